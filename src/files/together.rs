//! Writing files together: each is durable as if it were written alone, and all of them take about
//! as long as a few.
//!
//! A disk makes many files durable in the time of one, so it is asked for many at once: first all
//! bytes under temporary names, then all names, then each folder once. It doesn't check paths.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::workspace::is_absent;
use super::write::sync_folder;
use super::writing::temporary;
use crate::abreast;

/// How many requests to the disk are under way at once.
const ASKING: usize = 16;

/// A file that is written, and not under its own name yet.
struct Made<'a> {
    path: &'a Path,
    temporary: TempPath,
    /// The folders that have a new entry by it.
    folders: BTreeSet<PathBuf>,
}

/// Writes files, no two of one path, and returns what became of each, in their order.
pub(super) fn write(files: &[(PathBuf, &[u8])]) -> Vec<io::Result<()>> {
    let made = abreast::map(files, ASKING, |(path, bytes)| make(path, bytes));
    let synced = abreast::map(&made, ASKING, |made| match made {
        Ok(made) => fs_err::File::open(&made.temporary)?.sync_all(),
        Err(_) => Ok(()),
    });
    let mut folders = BTreeSet::new();
    let mut outcomes: Vec<io::Result<()>> = made
        .into_iter()
        .zip(synced)
        .map(|(made, synced)| {
            let made = made?;
            synced?;
            folders.extend(made.name()?);
            Ok(())
        })
        .collect();
    let folders: Vec<PathBuf> = folders.into_iter().collect();
    let synced = abreast::map(&folders, ASKING, |folder| sync_folder(folder));
    let failed: BTreeMap<&Path, io::Error> = folders
        .iter()
        .zip(synced)
        .filter_map(|(folder, synced)| Some((folder.as_path(), synced.err()?)))
        .collect();
    if !failed.is_empty() {
        for (outcome, (path, _)) in outcomes.iter_mut().zip(files) {
            let error = path.ancestors().find_map(|folder| failed.get(folder));
            if let (Ok(()), Some(error)) = (&*outcome, error) {
                *outcome = Err(io::Error::new(error.kind(), error.to_string()));
            }
        }
    }
    outcomes
}

/// Writes a file's bytes under a temporary name in its folder, with the mode that it is to have.
fn make<'a>(path: &'a Path, bytes: &[u8]) -> io::Result<Made<'a>> {
    let folder = path
        .parent()
        .ok_or_else(|| io::Error::other("a file needs a folder"))?;
    let mut folders = BTreeSet::from([folder.to_owned()]);
    make_folders(folder, &mut folders)?;
    let mode = match fs_err::metadata(path) {
        Ok(metadata) => Some(metadata.permissions()),
        Err(error) if is_absent(&error) => None,
        Err(error) => return Err(error),
    };
    let temporary = temporary(path);
    match fs_err::remove_file(&temporary) {
        Err(error) if !is_absent(&error) => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let name = temporary.file_name().unwrap_or_default();
    // The mode of a new file is subject to the umask, as that of any other.
    let mut file = tempfile::Builder::new()
        .prefix(name)
        .rand_bytes(0)
        .permissions(std::fs::Permissions::from_mode(0o666))
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    // Open files are few, however many are written.
    let temporary = file.into_temp_path();
    if let Some(mode) = mode {
        fs_err::set_permissions(&temporary, mode)?;
    }
    Ok(Made {
        path,
        temporary,
        folders,
    })
}

impl Made<'_> {
    /// Gives the file its name, and returns the folders that are to be synced.
    fn name(self) -> io::Result<BTreeSet<PathBuf>> {
        self.temporary.persist(self.path).map_err(|error| {
            io::Error::new(
                error.error.kind(),
                format!("can't replace {}: {}", self.path.display(), error.error),
            )
        })?;
        Ok(self.folders)
    }
}

/// Creates folders, and adds those that got a new entry by it.
pub(super) fn make_folders(folder: &Path, changed: &mut BTreeSet<PathBuf>) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        make_folders(parent, changed)?;
        match fs_err::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            Ok(()) | Err(_) => {}
        }
        changed.insert(parent.to_owned());
    }
    Ok(())
}
