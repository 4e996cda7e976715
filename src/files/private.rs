//! Files that a person names, inside the workspace or out of it, and that nobody else may read.

use std::io::{self, Write as _};
use std::path::Path;

/// Writes a file that only its owner may read, whole or not at all.
///
/// # Errors
/// Where its folder isn't there or can't be written to.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    // A temporary file is its owner's alone, and keeps that when it gets its name.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Returns the text of a file that a person names.
///
/// # Errors
/// Where it isn't there, can't be read, or is no text.
pub fn read_named(path: &Path) -> io::Result<String> {
    fs_err::read_to_string(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::{read_named, write_private};

    #[test]
    fn what_is_written_is_the_owners_alone_even_over_another_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plan.json");
        fs_err::write(&path, "old").expect("a file");
        write_private(&path, b"new").expect("it is written");
        assert_eq!(read_named(&path).expect("it is read"), "new");
        let mode = fs_err::metadata(&path)
            .expect("a file")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
