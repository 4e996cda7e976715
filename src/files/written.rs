//! The text of a file as orch last wanted it: kept in git's folder until a commit has it, so that a
//! person's changes can be told from orch's own. One copy a path, in this clone only.

use super::workspace::is_absent;
use super::{FilesError, Workspace};
use crate::journal::sha256;

impl Workspace {
    /// Keeps the text of a file as orch wants it; the one before is forgotten.
    ///
    /// # Errors
    /// Where it can't be written.
    pub fn remember(&self, path: &str, text: &str) -> Result<(), FilesError> {
        let kept = self.written_path(path)?;
        if fs_err::read_to_string(&kept).is_ok_and(|known| known == text) {
            return Ok(());
        }
        // Not synced: what a power cut tears doesn't have its hash any more and counts as unknown.
        fs_err::write(kept, text)?;
        Ok(())
    }

    /// Returns the text that was kept of a file, where it has that SHA-256 (hex).
    ///
    /// # Errors
    /// Where it can't be read.
    pub fn remembered(&self, path: &str, hash: &str) -> Result<Option<String>, FilesError> {
        match fs_err::read(self.written_path(path)?) {
            Ok(bytes) if sha256(&bytes) == hash => Ok(String::from_utf8(bytes).ok()),
            Ok(_) => Ok(None),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::workspace;
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
}
