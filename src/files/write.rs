//! Writing that leaves either the old file or the new one, whenever it is interrupted.

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use super::together::{self, make_folders};
use super::workspace::is_absent;
use super::writing::{Writing, temporary};
use super::{FilesError, Workspace};
use crate::journal::sha256;

impl Workspace {
    /// Writes a file, and its folders where they don't exist; a symlink stays one.
    ///
    /// # Errors
    /// Where the path is refused or can't be written; the file is then as it was.
    pub fn write_atomic(&self, relative: &str, bytes: &[u8]) -> Result<(), FilesError> {
        self.write_held(&mut self.writing()?, relative, bytes)
    }

    /// Writes files, each as [`Workspace::write_atomic`] does, and returns what became of each, in
    /// their order: when it returns, those that didn't fail are durable. A thousand take about a
    /// tenth of the time that they would take one by one.
    pub fn write_all(&self, files: &[(&str, &[u8])]) -> Vec<Result<(), FilesError>> {
        match self.writing() {
            Ok(mut writing) => self.write_group(&mut writing, files),
            Err(error) => files.iter().map(|_| Err(again(&error).into())).collect(),
        }
    }

    fn write_held(
        &self,
        writing: &mut Writing,
        relative: &str,
        bytes: &[u8],
    ) -> Result<(), FilesError> {
        let mut outcomes = self.write_group(writing, &[(relative, bytes)]);
        outcomes.pop().unwrap_or(Ok(()))
    }

    fn write_group(
        &self,
        writing: &mut Writing,
        files: &[(&str, &[u8])],
    ) -> Vec<Result<(), FilesError>> {
        let mut outcomes = Vec::with_capacity(files.len());
        let mut group = Group::default();
        for (relative, bytes) in files {
            match self.path(relative) {
                Ok(path) => {
                    // A file that is named twice is written twice, in this order.
                    if group.known.contains(&path) {
                        group.write(writing, &mut outcomes);
                    }
                    group.known.insert(path.clone());
                    group.places.push(outcomes.len());
                    group.files.push((path, bytes));
                    outcomes.push(Ok(()));
                }
                Err(error) => outcomes.push(Err(error)),
            }
        }
        group.write(writing, &mut outcomes);
        outcomes
    }

    /// Writes a file where it is still what it was: `expected` is the SHA-256 (hex) of its bytes,
    /// or nothing where there was none.
    ///
    /// # Errors
    /// [`FilesError::Changed`] where it isn't; else as [`Workspace::write_atomic`].
    pub fn replace(
        &self,
        relative: &str,
        expected: Option<&str>,
        bytes: &[u8],
    ) -> Result<(), FilesError> {
        let mut writing = self.writing()?;
        let found = self.read_bytes(relative)?.map(|bytes| sha256(&bytes));
        if found.as_deref() != expected {
            return Err(FilesError::Changed {
                path: relative.to_owned(),
            });
        }
        self.write_held(&mut writing, relative, bytes)
    }

    /// Writes a text where the file still holds the one that was read.
    ///
    /// # Errors
    /// As [`Workspace::replace`].
    pub fn replace_text(&self, relative: &str, read: &str, text: &str) -> Result<(), FilesError> {
        let mut writing = self.writing()?;
        let found = self.read_bytes(relative)?;
        if found.as_deref() != Some(read.as_bytes()) {
            return Err(FilesError::Changed {
                path: relative.to_owned(),
            });
        }
        self.write_held(&mut writing, relative, text.as_bytes())
    }

    /// Removes a file; one that doesn't exist is as good as removed.
    ///
    /// # Errors
    /// Where the path is refused or can't be removed.
    pub fn remove(&self, relative: &str) -> Result<(), FilesError> {
        let path = self.path(relative)?;
        match fs_err::remove_file(&path) {
            Err(error) if !is_absent(&error) => Err(error.into()),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// Files that are written together.
#[derive(Default)]
struct Group<'a> {
    /// Where each stands among all that are to be written.
    places: Vec<usize>,
    files: Vec<(PathBuf, &'a [u8])>,
    known: HashSet<PathBuf>,
}

impl Group<'_> {
    /// Writes what there is, and notes what failed.
    fn write(&mut self, writing: &mut Writing, outcomes: &mut [Result<(), FilesError>]) {
        let made: Vec<PathBuf> = self.files.iter().map(|(path, _)| temporary(path)).collect();
        let written = match writing.note(made.iter().map(PathBuf::as_path)) {
            Ok(()) => together::write(&self.files),
            Err(error) => self.files.iter().map(|_| Err(again(&error))).collect(),
        };
        for (place, written) in self.places.iter().zip(written) {
            if let (Some(outcome), Err(error)) = (outcomes.get_mut(*place), written) {
                *outcome = Err(error.into());
            }
        }
        *self = Self::default();
    }
}

/// Returns an error that several files have.
fn again(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}

/// Creates folders, each of them durably.
pub(super) fn create_folders(folder: &Path) -> io::Result<()> {
    let mut changed = BTreeSet::new();
    make_folders(folder, &mut changed)?;
    changed.iter().try_for_each(|folder| sync_folder(folder))
}

/// Makes a folder's entries durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    fs_err::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::super::workspace::tests::workspace;
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs_err::metadata(path).expect("exists").permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_written_with_its_folders() {
        let (_folder, workspace) = workspace();
        workspace
            .write_atomic("k8s/api/service.yml", b"a")
            .expect("writes");
        assert_eq!(
            workspace
                .read("k8s/api/service.yml")
                .expect("reads")
                .as_deref(),
            Some("a")
        );
        let left = fs_err::read_dir(workspace.root().join("k8s/api"))
            .expect("reads")
            .count();
        assert_eq!(left, 1, "no temporary file is left");
    }

    #[test]
    fn what_a_killed_run_left_is_replaced() {
        let (_folder, workspace) = workspace();
        let left = workspace.root().join(".a.md.orch-tmp");
        fs_err::write(&left, "half").expect("writes");
        workspace.write_atomic("a.md", b"whole").expect("writes");
        assert!(!left.exists());
        assert_eq!(
            workspace.read("a.md").expect("reads").as_deref(),
            Some("whole")
        );
    }

    #[test]
    fn the_mode_stays() {
        let (_folder, workspace) = workspace();
        let path = workspace.root().join("run.sh");
        fs_err::write(&path, "old").expect("writes");
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o750)).expect("sets");
        workspace.write_atomic("run.sh", b"new").expect("writes");
        assert_eq!(mode(&path), 0o750);
        workspace.write_atomic("fresh.txt", b"new").expect("writes");
        assert_ne!(mode(&workspace.root().join("fresh.txt")), 0o600);
    }

    #[test]
    fn a_symlink_stays_one() {
        let (_folder, workspace) = workspace();
        fs_err::write(workspace.root().join("real.md"), "old").expect("writes");
        let link = workspace.root().join("link.md");
        std::os::unix::fs::symlink("real.md", &link).expect("links");
        workspace.write_atomic("link.md", b"new").expect("writes");
        assert!(
            fs_err::symlink_metadata(&link)
                .expect("exists")
                .is_symlink()
        );
        assert_eq!(
            workspace.read("real.md").expect("reads").as_deref(),
            Some("new")
        );
    }

    #[test]
    fn a_file_that_a_person_changed_isnt_overwritten() {
        let (_folder, workspace) = workspace();
        fs_err::write(workspace.root().join("a.md"), "theirs").expect("writes");
        let error = workspace
            .replace("a.md", Some(&sha256(b"ours")), b"new")
            .expect_err("changed");
        assert!(matches!(error, FilesError::Changed { .. }), "{error}");
        assert!(workspace.replace("a.md", None, b"new").is_err());
        assert_eq!(
            workspace.read("a.md").expect("reads").as_deref(),
            Some("theirs")
        );
        workspace
            .replace("a.md", Some(&sha256(b"theirs")), b"new")
            .expect("writes");
        workspace.replace("b.md", None, b"new").expect("writes");
    }

    #[test]
    fn many_files_are_written_together_and_each_failure_is_its_own() {
        let (_folder, workspace) = workspace();
        workspace.write_atomic("taken", b"a file").expect("writes");
        let names: Vec<String> = (0..99).map(|at| format!("k8s/s{at}/a.yml")).collect();
        let mut files: Vec<(&str, &[u8])> = names
            .iter()
            .map(|name| (name.as_str(), name.as_bytes()))
            .collect();
        files.insert(3, ("../out", b"refused"));
        files.insert(5, ("taken/below", b"no folder"));
        files.push(("k8s/s0/a.yml", b"the last word"));
        let outcomes = workspace.write_all(&files);
        let failed = outcomes.iter().enumerate().filter(|(_, it)| it.is_err());
        let failed: Vec<usize> = failed.map(|(at, _)| at).collect();
        assert_eq!((outcomes.len(), failed), (files.len(), vec![3, 5]));
        let read = |name: &str| workspace.read(name).expect("reads");
        assert_eq!(read("k8s/s0/a.yml").as_deref(), Some("the last word"));
        for name in names.iter().skip(1) {
            assert_eq!(read(name).as_ref(), Some(name));
        }
        let left = fs_err::read_dir(workspace.root().join("k8s/s7")).expect("reads");
        assert_eq!(left.count(), 1, "no temporary file is left");
    }

    #[test]
    fn removing_what_is_absent_is_fine() {
        let (_folder, workspace) = workspace();
        workspace.write_atomic("a", b"").expect("writes");
        workspace.remove("a").expect("removes");
        workspace.remove("a").expect("is absent");
        assert_eq!(workspace.read("a").expect("reads"), None);
    }
}
