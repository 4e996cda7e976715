//! What lies at a path that a person's work is to fill: looked at within bounds, never beyond the
//! workspace.

use std::io::Read as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::Workspace;
use super::workspace::is_absent;
use crate::resolve::There;

/// How many entries of a folder are counted.
const COUNTED: usize = 10_000;

/// Files that are there so that git keeps a folder.
const KEEPERS: &[&str] = &[".gitkeep", ".keep"];

impl Workspace {
    /// Returns what lies at a path. What can't be looked at, or mustn't be, is refused with the
    /// reason.
    pub fn there(&self, path: &str) -> There {
        let refused = |error: &dyn std::fmt::Display| There::Refused(error.to_string());
        let found = match self.path(path.trim_end_matches('/')) {
            Ok(found) => found,
            Err(error) => return refused(&error),
        };
        match fs_err::metadata(&found) {
            Err(error) if is_absent(&error) => There::Nothing,
            Err(error) => refused(&error),
            Ok(metadata) if metadata.is_dir() => There::Folder {
                files: count(&found),
            },
            Ok(metadata) if metadata.is_file() => match content(&found) {
                Ok(Content {
                    size,
                    sha256,
                    blank,
                }) => There::File {
                    size,
                    sha256,
                    blank,
                },
                Err(error) => refused(&error),
            },
            Ok(_) => There::Refused("it is neither a file nor a folder".to_owned()),
        }
    }
}

struct Content {
    size: u64,
    sha256: String,
    /// Whether it is blanks alone, with a byte order mark maybe.
    blank: bool,
}

/// Returns what is in a file, which may be larger than memory.
fn content(path: &Path) -> std::io::Result<Content> {
    let mut file = fs_err::File::open(path)?;
    let (mut size, mut hasher, mut blank) = (0, Sha256::new(), true);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        let mark = if size == 0 { "\u{feff}" } else { "" };
        let inner = bytes.strip_prefix(mark.as_bytes()).unwrap_or(bytes);
        blank &= inner.iter().all(u8::is_ascii_whitespace);
        size += bytes.len() as u64;
        hasher.update(bytes);
    }
    let digest = hasher.finalize();
    let hex = digest.iter().map(|byte| format!("{byte:02x}"));
    Ok(Content {
        size,
        sha256: hex.collect(),
        blank,
    })
}

/// Returns how many files a folder holds, as far as they are counted; symlinks are neither followed
/// nor counted.
fn count(folder: &Path) -> usize {
    let walk = ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .follow_links(false)
        .build();
    walk.filter_map(Result::ok)
        .take(COUNTED)
        .filter(|entry| {
            let file = entry.file_type().is_some_and(|kind| kind.is_file());
            file && !KEEPERS.iter().any(|name| entry.file_name() == *name)
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::workspace;
    use super::There;
    use crate::journal::sha256;

    #[test]
    fn files_and_folders_are_told() {
        let (folder, workspace) = workspace();
        let put = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs_err::create_dir_all(path.parent().expect("a folder")).expect("creates");
            fs_err::write(path, text).expect("writes");
        };
        put("src/a.py", "x = 1\n");
        put("empty/.gitkeep", "");
        assert_eq!(
            workspace.there("src/a.py"),
            There::File {
                size: 6,
                sha256: sha256(b"x = 1\n"),
                blank: false,
            }
        );
        put("blank/a.py", "\u{feff}\n  \n");
        let blank = workspace.there("blank/a.py");
        assert!(
            matches!(blank, There::File { blank: true, .. }),
            "{blank:?}"
        );
        assert_eq!(workspace.there("src/"), There::Folder { files: 1 });
        assert_eq!(workspace.there("empty"), There::Folder { files: 0 });
        assert_eq!(workspace.there("src/b.py"), There::Nothing);
        assert_eq!(workspace.there("src/a.py/b"), There::Nothing);
    }

    #[test]
    fn nothing_is_looked_at_beyond_the_workspace() {
        let (folder, workspace) = workspace();
        let outside = tempfile::tempdir().expect("a folder");
        fs_err::write(outside.path().join("a.py"), "x").expect("writes");
        std::os::unix::fs::symlink(outside.path(), folder.path().join("out")).expect("links");
        for path in ["out/a.py", "../a.py", "/etc/hostname", ".git/config"] {
            let there = workspace.there(path);
            assert!(matches!(there, There::Refused(_)), "{path}: {there:?}");
        }
    }
}
