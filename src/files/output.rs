//! What commands said, kept on this machine alone: below git's own folder, beside the locks.

use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use super::{FilesError, Workspace};

/// What the paths of outputs begin with, below git's own folder.
const FOLDER: &str = "orch/output";

impl Workspace {
    /// Keeps what a task's command said, in place of what it said before. Returns its path below
    /// git's own folder. Secrets must be masked.
    ///
    /// # Errors
    /// Where it can't be written.
    pub fn keep_output(
        &self,
        (set, phase): (&str, u32),
        task: &str,
        text: &str,
    ) -> Result<String, FilesError> {
        let plain = |c: char| {
            if c.is_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '-'
            }
        };
        let task: String = task.chars().map(plain).collect();
        let folder = self.state_path(set, phase, "output")?;
        let name = folder
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let path = format!(
            "{FOLDER}/{}/{}.txt",
            name.unwrap_or_default().trim_end_matches(".output"),
            task.trim_start_matches('.')
        );
        let place = self.output_place(&path);
        if let Some(folder) = place.parent() {
            fs_err::create_dir_all(folder)?;
        }
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = fs_err::OpenOptions::from_options(options).open(&place)?;
        std::io::Write::write_all(&mut file, text.as_bytes())?;
        Ok(path)
    }

    /// Returns what is kept at such a path; nothing where this machine has none.
    pub fn kept_output(&self, path: &str) -> Option<String> {
        let inside = path.strip_prefix(FOLDER)?;
        let leads_out = inside.split('/').any(|part| part == "..");
        if leads_out {
            return None;
        }
        fs_err::read_to_string(self.output_place(path)).ok()
    }

    fn output_place(&self, path: &str) -> PathBuf {
        let inside = path.strip_prefix("orch/").unwrap_or(path);
        self.state_folder().join(inside)
    }
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::workspace;

    #[test]
    fn what_a_command_said_is_kept_and_found() {
        let (folder, workspace) = workspace();
        let path = workspace
            .keep_output(("demo", 4), "4.1/2", "said\n")
            .expect("kept");
        assert_eq!(path, "orch/output/demo-phase-04/4.1-2.txt");
        assert!(folder.path().join(".git").join(&path).exists());
        assert_eq!(workspace.kept_output(&path).as_deref(), Some("said\n"));
        assert_eq!(workspace.kept_output("orch/output/../../config"), None);
        assert_eq!(workspace.kept_output("config"), None);
    }
}
