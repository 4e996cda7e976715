//! Writing that leaves either the old file or the new one, whenever it is interrupted.

use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::workspace::is_absent;
use super::{FilesError, Workspace};
use crate::journal::sha256;

impl Workspace {
    /// Writes a file, and its folders where they don't exist; a symlink stays one.
    ///
    /// # Errors
    /// Where the path is refused or can't be written; the file is then as it was.
    pub fn write_atomic(&self, relative: &str, bytes: &[u8]) -> Result<(), FilesError> {
        Ok(write(&self.path(relative)?, bytes)?)
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
        let found = self.read_bytes(relative)?.map(|bytes| sha256(&bytes));
        if found.as_deref() != expected {
            return Err(FilesError::Changed {
                path: relative.to_owned(),
            });
        }
        self.write_atomic(relative, bytes)
    }

    /// Writes a text where the file still holds the one that was read.
    ///
    /// # Errors
    /// As [`Workspace::replace`].
    pub fn replace_text(&self, relative: &str, read: &str, text: &str) -> Result<(), FilesError> {
        let found = self.read_bytes(relative)?;
        if found.as_deref() != Some(read.as_bytes()) {
            return Err(FilesError::Changed {
                path: relative.to_owned(),
            });
        }
        self.write_atomic(relative, text.as_bytes())
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

/// Writes a file through a temporary one in the same folder.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path
        .parent()
        .ok_or_else(|| io::Error::other("a file needs a folder"))?;
    create_folders(folder)?;
    let mode = match fs_err::metadata(path) {
        Ok(metadata) => Some(metadata.permissions()),
        Err(error) if is_absent(&error) => None,
        Err(error) => return Err(error),
    };
    // One name for each file: what a killed run left is replaced by the run that resumes it.
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = format!(".{name}.orch-tmp");
    match fs_err::remove_file(folder.join(&temporary)) {
        Err(error) if !is_absent(&error) => return Err(error),
        Ok(()) | Err(_) => {}
    }
    // The mode of a new file is subject to the umask, as that of any other.
    let mut file = tempfile::Builder::new()
        .prefix(&temporary)
        .rand_bytes(0)
        .permissions(std::fs::Permissions::from_mode(0o666))
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Some(mode) = mode {
        fs_err::set_permissions(file.path(), mode)?;
    }
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| {
        io::Error::new(
            error.error.kind(),
            format!("can't replace {}: {}", path.display(), error.error),
        )
    })?;
    sync_folder(folder)
}

/// Creates folders, each of them durably.
pub(super) fn create_folders(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        create_folders(parent)?;
        match fs_err::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            Ok(()) | Err(_) => {}
        }
        sync_folder(parent)?;
    }
    Ok(())
}

/// Makes a folder's entries durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    fs_err::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
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
    fn removing_what_is_absent_is_fine() {
        let (_folder, workspace) = workspace();
        workspace.write_atomic("a", b"").expect("writes");
        workspace.remove("a").expect("removes");
        workspace.remove("a").expect("is absent");
        assert_eq!(workspace.read("a").expect("reads"), None);
    }
}
