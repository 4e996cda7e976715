//! One run of a phase at a time on this machine.
//!
//! The lock is advisory and belongs to the open file, so a killed holder leaves none behind; its
//! file is never unlinked, since another process may hold the unlinked one.

use std::fs::TryLockError;
use std::io::{Read as _, Seek as _, Write as _};

use jiff::Timestamp;

use super::{FilesError, Workspace};

/// A phase's lock, held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: std::fs::File,
}

impl Lock {
    /// Takes a phase's lock; `at` is shown to whoever finds it taken.
    ///
    /// # Errors
    /// [`FilesError::Locked`] with the holder where another run has it.
    pub fn take(
        workspace: &Workspace,
        set: &str,
        phase: u32,
        at: Timestamp,
    ) -> Result<Self, FilesError> {
        let mut file = open(workspace, set, phase)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = describe(&mut file);
                return Err(FilesError::Locked {
                    set: set.to_owned(),
                    phase,
                    holder,
                });
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        file.set_len(0)?;
        file.rewind()?;
        write!(file, "pid {} since {at:.0}", std::process::id())?;
        Ok(Self { _file: file })
    }
}

/// Returns who holds a phase's lock (`pid 4711 since …`), if anybody does.
///
/// # Errors
/// Where the lock's file can't be opened.
pub fn holder(workspace: &Workspace, set: &str, phase: u32) -> Result<Option<String>, FilesError> {
    let mut file = open(workspace, set, phase)?;
    match file.try_lock_shared() {
        Ok(()) => Ok(None),
        Err(TryLockError::WouldBlock) => Ok(Some(describe(&mut file))),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

fn open(workspace: &Workspace, set: &str, phase: u32) -> Result<std::fs::File, FilesError> {
    let path = workspace.state_path(set, phase, "lock")?;
    let file = fs_err::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    Ok(file.into_parts().0)
}

/// Returns what the holder wrote about itself.
fn describe(file: &mut std::fs::File) -> String {
    let mut text = String::new();
    match file.read_to_string(&mut text) {
        Ok(_) if !text.trim().is_empty() => text.trim().to_owned(),
        // The holder has just taken it, and hasn't said so yet.
        Ok(_) | Err(_) => "pid unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::workspace;
    use super::*;

    #[test]
    fn a_second_run_is_told_who_has_the_lock() {
        let (_folder, workspace) = workspace();
        let lock = Lock::take(&workspace, "demo", 4, Timestamp::UNIX_EPOCH).expect("takes");
        let message = Lock::take(&workspace, "demo", 4, Timestamp::UNIX_EPOCH)
            .expect_err("locked")
            .to_string();
        let expected = format!(
            "phase 4 of `demo` is locked by another run (pid {} since 1970-01-01T00:00:00Z)",
            std::process::id()
        );
        assert_eq!(message, expected);
        assert!(holder(&workspace, "demo", 4).expect("asks").is_some());
        drop(lock);
        assert_eq!(holder(&workspace, "demo", 4).expect("asks"), None);
        Lock::take(&workspace, "demo", 4, Timestamp::UNIX_EPOCH).expect("is free again");
    }

    #[test]
    fn phases_have_locks_of_their_own() {
        let (_folder, workspace) = workspace();
        let _four = Lock::take(&workspace, "demo", 4, Timestamp::UNIX_EPOCH).expect("takes");
        let _five = Lock::take(&workspace, "demo", 5, Timestamp::UNIX_EPOCH).expect("takes");
    }

    #[test]
    fn every_work_tree_of_a_repository_shares_the_lock() {
        let (folder, workspace) = workspace();
        let repository = git2::Repository::open(folder.path()).expect("opens");
        let who = git2::Signature::now("a", "a@example.com").expect("a signature");
        let tree = repository
            .index()
            .expect("an index")
            .write_tree()
            .expect("a tree");
        let tree = repository.find_tree(tree).expect("a tree");
        repository
            .commit(Some("HEAD"), &who, &who, "first", &tree, &[])
            .expect("commits");
        let other = tempfile::tempdir().expect("a folder");
        let path = other.path().join("tree");
        repository
            .worktree("tree", &path, None)
            .expect("a work tree");
        let second = Workspace::open(&path).expect("opens");
        assert_ne!(second.root(), workspace.root());
        let _lock = Lock::take(&workspace, "demo", 4, Timestamp::UNIX_EPOCH).expect("takes");
        assert!(Lock::take(&second, "demo", 4, Timestamp::UNIX_EPOCH).is_err());
    }
}
