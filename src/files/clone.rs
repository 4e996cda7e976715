//! What tells one clone of a repository from all others: a mark in the folder of git that is never
//! committed, shared by the clone's work trees as the lock is.

use std::hash::{BuildHasher as _, RandomState};
use std::io::Write as _;

use super::{FilesError, Workspace};

impl Workspace {
    /// Returns the clone's mark (16 hex digits), made up by the first who asks.
    ///
    /// # Errors
    /// Where it can be neither read nor written.
    pub fn clone_mark(&self) -> Result<String, FilesError> {
        let path = self.clone_mark_path()?;
        let mark =
            || -> std::io::Result<String> { Ok(fs_err::read_to_string(&path)?.trim().to_owned()) };
        if let Ok(found) = mark()
            && !found.is_empty()
        {
            return Ok(found);
        }
        // Every instance of it hashes with random keys.
        let made = format!("{:016x}", RandomState::new().hash_one(std::process::id()));
        let folder = path.parent().unwrap_or(&path);
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(made.as_bytes())?;
        match file.persist_noclobber(&path) {
            Ok(_) => Ok(made),
            // Another run was faster: its mark is the clone's.
            Err(_) => Ok(mark()?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::workspace;

    #[test]
    fn a_clone_keeps_its_mark_and_shares_it_with_no_other() {
        let ((_one, first), (_two, second)) = (workspace(), workspace());
        let mark = first.clone_mark().expect("a mark");
        assert_eq!(mark.len(), 16);
        assert_eq!(first.clone_mark().expect("a mark"), mark);
        assert_ne!(second.clone_mark().expect("a mark"), mark);
    }
}
