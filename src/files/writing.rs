//! One writer at a time in a repository, and what a killed one left.
//!
//! Temporary files lie beside those that they become. They are noted before they are made, so that
//! whoever writes next takes away what a killed writer left; and git is told to look away, so that
//! nobody commits one in between.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use super::Workspace;
use super::workspace::is_absent;

/// What temporary files end with.
const ENDING: &str = ".orch-tmp";
/// What git is told, in the clone's own list of what it ignores.
const EXCLUDED: &str = ".*.orch-tmp";

/// The right to write, until it is dropped.
#[derive(Debug)]
pub(super) struct Writing {
    file: File,
}

impl Workspace {
    /// Waits until nobody else writes, and takes away what a killed writer left.
    pub(super) fn writing(&self) -> io::Result<Writing> {
        fs_err::create_dir_all(self.state_folder())?;
        let file = fs_err::OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(self.state_folder().join("writing"))?;
        let mut writing = Writing {
            file: file.into_parts().0,
        };
        writing.file.lock()?;
        writing.sweep()?;
        if let Some(git) = self.state_folder().parent() {
            // Where the list can't be written, git shows such a file, and nothing else is amiss.
            let _ = exclude(&git.join("info"));
        }
        Ok(writing)
    }
}

impl Writing {
    /// Notes the temporary files that are about to be made.
    pub(super) fn note<'p>(&mut self, paths: impl Iterator<Item = &'p Path>) -> io::Result<()> {
        let names: Vec<String> = paths
            .map(|path| path.to_string_lossy().into_owned())
            .collect();
        self.forget()?;
        self.file.write_all(names.join("\0").as_bytes())
    }

    fn forget(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()
    }

    fn sweep(&mut self) -> io::Result<()> {
        let mut noted = Vec::new();
        self.file.read_to_end(&mut noted)?;
        let noted = String::from_utf8_lossy(&noted);
        for path in noted.split('\0').filter(|path| path.ends_with(ENDING)) {
            match fs_err::remove_file(path) {
                Err(error) if !is_absent(&error) => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        self.forget()
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        // What stays noted isn't there any more, which is as well.
        let _ = self.forget();
    }
}

/// Returns the temporary file of a file, in the same folder. One name for each: what a killed run
/// left is replaced by the run that resumes it.
pub(super) fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}{ENDING}"))
}

fn exclude(folder: &Path) -> io::Result<()> {
    let path = folder.join("exclude");
    let listed = match fs_err::read(&path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if is_absent(&error) => String::new(),
        Err(error) => return Err(error),
    };
    if listed.lines().any(|line| line.trim() == EXCLUDED) {
        return Ok(());
    }
    fs_err::create_dir_all(folder)?;
    let open = fs_err::OpenOptions::new()
        .append(true)
        .create(true)
        .open(&path);
    let before = if listed.is_empty() || listed.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let text = format!("{before}# what a killed orch may leave until its next run\n{EXCLUDED}\n");
    open?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::workspace;
    use super::*;

    #[test]
    fn what_a_killed_writer_left_is_taken_away_by_the_next() {
        let (_folder, workspace) = workspace();
        let path = workspace.root().join("docs/a.md");
        let left = temporary(&path);
        fs_err::create_dir_all(workspace.root().join("docs")).expect("creates");
        fs_err::write(&left, "half").expect("writes");
        let own = workspace.root().join("mine.txt");
        fs_err::write(&own, "a person's").expect("writes");
        let mut killed = workspace.writing().expect("the right to write");
        killed
            .note([left.as_path(), own.as_path()].into_iter())
            .expect("notes");
        // A kill runs no destructor; only the lock goes.
        killed.file.unlock().expect("unlocks");
        std::mem::forget(killed);
        workspace.write_atomic("b.md", b"other").expect("writes");
        assert!(!left.exists());
        assert!(own.exists(), "nothing but temporary files is taken away");
    }

    #[test]
    fn git_looks_away_from_temporary_files() {
        let (_folder, workspace) = workspace();
        let list = workspace.root().join(".git/info/exclude");
        fs_err::create_dir_all(list.parent().expect("a folder")).expect("creates");
        fs_err::write(&list, "mine").expect("writes");
        for _ in 0..2 {
            workspace.write_atomic("a.md", b"text").expect("writes");
        }
        let listed = fs_err::read_to_string(&list).expect("reads");
        assert!(listed.starts_with("mine\n#"), "{listed}");
        assert_eq!(listed.matches(EXCLUDED).count(), 1, "{listed}");
        let repository = git2::Repository::open(workspace.root()).expect("a repository");
        let ignores = |path: &str| repository.is_path_ignored(path).expect("asks");
        assert!(ignores("docs/.a.md.orch-tmp"));
        assert!(!ignores("docs/a.md"));
    }

    #[test]
    fn two_writers_of_one_file_dont_meet() {
        let (_folder, workspace) = workspace();
        std::thread::scope(|scope| {
            for letter in ["a", "b", "c", "d"] {
                let workspace = &workspace;
                scope.spawn(move || {
                    for _ in 0..20 {
                        let text = letter.repeat(9000);
                        let written = workspace.write_atomic("a.md", text.as_bytes());
                        written.expect("writes");
                        let found = workspace.read("a.md").expect("reads").unwrap_or_default();
                        assert_eq!(found.len(), 9000, "whole");
                    }
                });
            }
        });
    }
}
