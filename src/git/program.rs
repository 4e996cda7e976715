//! Committing through the `git` program, where the user configured what only it does.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use git2::Index;
use jiff::Timestamp;

use super::{GitError, Repo};

/// The hooks that a commit runs.
const HOOKS: [&str; 4] = [
    "pre-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
];

/// Variables that would make the program look at another repository than the workspace's.
const MISLEADING: [&str; 6] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
];

impl Repo {
    /// Returns why the program has to commit, if it has to.
    pub(super) fn program_needed(&self) -> Result<Option<String>, GitError> {
        let config = self.repository.config()?.snapshot()?;
        if config.get_bool("commit.gpgsign").unwrap_or(false) {
            return Ok(Some("commit.gpgsign".to_owned()));
        }
        let folder = match config.get_path("core.hooksPath") {
            // A relative path is relative to where hooks run: the work tree's root.
            Ok(path) => self.work_tree.join(path),
            Err(_) => self.repository.commondir().join("hooks"),
        };
        let hook = HOOKS.iter().find(|hook| is_executable(&folder.join(hook)));
        Ok(hook.map(|hook| format!("the {hook} hook")))
    }

    /// Commits an index, which is given to the program as a temporary one, as its own
    /// `git commit --only` does: the user's stays as it is while hooks run.
    pub(super) fn commit_through_program(
        &self,
        next: &Index,
        message: &str,
        at: Timestamp,
    ) -> Result<(), GitError> {
        let folder = tempfile::Builder::new()
            .prefix("orch-")
            .tempdir_in(self.repository.path())?;
        let path = folder.path().join("index");
        let mut index = Index::open(&path)?;
        for entry in next.iter() {
            index.add(&entry)?;
        }
        index.write()?;
        let date = format!("@{} +0000", at.as_second());
        let mut command = Command::new("git");
        for name in MISLEADING {
            command.env_remove(name);
        }
        let mut child = command
            .current_dir(&self.work_tree)
            .args(["commit", "--quiet", "--file=-"])
            .env("GIT_INDEX_FILE", &path)
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .env("GIT_TERMINAL_PROMPT", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| {
                std::io::Error::new(error.kind(), format!("can't start `git`: {error}"))
            })?;
        if let Some(mut input) = child.stdin.take() {
            // A hook that fails early may close it; the status then says what happened.
            input.write_all(message.as_bytes()).ok();
        }
        let output = child.wait_with_output()?;
        if output.status.success() {
            return Ok(());
        }
        let said = [output.stderr, output.stdout].concat();
        Err(GitError::Program {
            status: output.status.to_string(),
            output: String::from_utf8_lossy(&said).trim().to_owned(),
        })
    }
}

fn is_executable(path: &Path) -> bool {
    fs_err::metadata(path)
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}
