//! The text of a file as orch last wanted it: kept in git's folder until a commit has it, so that a
//! person's changes can be told from orch's own. In this clone only; a few texts before the last are
//! kept beside it, since another phase may have wanted one of them.

use std::path::{Path, PathBuf};

use super::workspace::is_absent;
use super::{FilesError, Workspace};
use crate::journal::sha256;

/// How many texts are kept of a file beside the last one.
const EARLIER: usize = 6;

impl Workspace {
    /// Keeps the text of a file as orch wants it, and those before it that were wanted lately.
    ///
    /// # Errors
    /// Where it can't be written.
    pub fn remember(&self, path: &str, text: &str) -> Result<(), FilesError> {
        let kept = self.written_path(path)?;
        if let Ok(known) = fs_err::read_to_string(&kept) {
            if known == text {
                return Ok(());
            }
            fs_err::rename(&kept, earlier(&kept, &sha256(known.as_bytes())))?;
            forget(&kept)?;
        }
        // Not synced: what a power cut tears doesn't have its hash any more and counts as unknown.
        fs_err::write(kept, text)?;
        Ok(())
    }

    /// Returns the text that was kept of a file last, where it has that SHA-256 (hex).
    ///
    /// # Errors
    /// Where it can't be read.
    pub fn remembered(&self, path: &str, hash: &str) -> Result<Option<String>, FilesError> {
        text(&self.written_path(path)?, hash)
    }

    /// Returns a text that was kept of a file, the last one or one before it, that has that SHA-256
    /// (hex).
    ///
    /// # Errors
    /// Where it can't be read.
    pub fn recalled(&self, path: &str, hash: &str) -> Result<Option<String>, FilesError> {
        let kept = self.written_path(path)?;
        match text(&kept, hash)? {
            Some(text) => Ok(Some(text)),
            None => text(&earlier(&kept, hash), hash),
        }
    }
}

/// Returns a file's text where it has that SHA-256.
fn text(path: &Path, hash: &str) -> Result<Option<String>, FilesError> {
    match fs_err::read(path) {
        Ok(bytes) if sha256(&bytes) == hash => Ok(String::from_utf8(bytes).ok()),
        Ok(_) => Ok(None),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Returns where a text is kept that isn't the last one.
fn earlier(kept: &Path, hash: &str) -> PathBuf {
    let hash: String = hash.chars().take(16).collect();
    kept.with_extension(hash)
}

/// Removes the oldest of the texts that are kept beside the last one, beyond so many.
fn forget(kept: &Path) -> Result<(), FilesError> {
    let Some(folder) = kept.parent() else {
        return Ok(());
    };
    let mut all = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some() && path.file_stem() == kept.file_name() {
            all.push((fs_err::metadata(&path)?.modified()?, path));
        }
    }
    all.sort_unstable();
    let beyond = all.len().saturating_sub(EARLIER);
    for (_, path) in all.iter().take(beyond) {
        fs_err::remove_file(path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::workspace;
    use super::EARLIER;
    use crate::journal::sha256;

    #[test]
    fn the_last_text_is_kept_and_known_by_its_hash() {
        let (_folder, workspace) = workspace();
        let of = |text: &str| {
            workspace
                .remembered("k8s/a.yml", &sha256(text.as_bytes()))
                .expect("readable")
        };
        assert_eq!(of("a: 1\n"), None);
        workspace.remember("k8s/a.yml", "a: 1\n").expect("kept");
        assert_eq!(of("a: 1\n").as_deref(), Some("a: 1\n"));
        workspace.remember("k8s/a.yml", "a: 2\n").expect("kept");
        assert_eq!(of("a: 1\n"), None);
        assert_eq!(of("a: 2\n").as_deref(), Some("a: 2\n"));
    }

    #[test]
    fn a_few_texts_before_the_last_are_recalled() {
        let (_folder, workspace) = workspace();
        for number in 0..=EARLIER + 1 {
            let text = format!("a: {number}\n");
            workspace.remember("k8s/a.yml", &text).expect("kept");
        }
        let known = (0..=EARLIER + 1).filter(|number| {
            let text = format!("a: {number}\n");
            let hash = sha256(text.as_bytes());
            let found = workspace.recalled("k8s/a.yml", &hash).expect("readable");
            found.as_ref() == Some(&text)
        });
        // One by one is forgotten beyond so many; which is told by their times.
        assert_eq!(known.count(), EARLIER + 1);
        assert_eq!(workspace.recalled("k8s/b.yml", "").expect("readable"), None);
    }
}
