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

/// Variables that name settings which the library doesn't read.
const SETTINGS: [&str; 4] = [
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
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
        if let Some(name) = settings_elsewhere() {
            return Ok(Some(name.to_owned()));
        }
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

    /// Returns the name and mail address that the program would commit with.
    pub(super) fn identity_of_program(&self) -> Result<(String, String), GitError> {
        let output = self.program().args(["var", "GIT_AUTHOR_IDENT"]).output();
        let output = output.map_err(|error| cant_start(&error))?;
        let said = String::from_utf8_lossy(&output.stdout);
        // `Name <mail> seconds zone`
        let parts = said
            .rsplit_once('>')
            .and_then(|(who, _)| who.split_once(" <"));
        match parts.filter(|_| output.status.success()) {
            Some((name, mail)) if !name.is_empty() && !mail.is_empty() => {
                Ok((name.to_owned(), mail.to_owned()))
            }
            Some(_) | None => Err(GitError::NoIdentity),
        }
    }

    /// Returns the program, about to be started in the work tree.
    fn program(&self) -> Command {
        let mut command = Command::new("git");
        for name in MISLEADING {
            command.env_remove(name);
        }
        command.current_dir(&self.work_tree);
        command
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
        let mut child = self
            .program()
            .args(["commit", "--quiet", "--file=-"])
            .env("GIT_INDEX_FILE", &path)
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .env("GIT_TERMINAL_PROMPT", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| cant_start(&error))?;
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

/// Returns the variable that names settings which the library doesn't read, if one is set.
#[expect(
    clippy::disallowed_methods,
    reason = "these are git's own, and read as git reads them"
)]
pub(super) fn settings_elsewhere() -> Option<&'static str> {
    let names = SETTINGS.into_iter();
    let mut set = names.filter(|name| {
        let value = std::env::var_os(name).unwrap_or_default();
        !["", "0", "/dev/null"].iter().any(|none| value == *none)
    });
    set.next()
}

fn cant_start(error: &std::io::Error) -> std::io::Error {
    std::io::Error::new(error.kind(), format!("can't start `git`: {error}"))
}

fn is_executable(path: &Path) -> bool {
    fs_err::metadata(path)
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}
