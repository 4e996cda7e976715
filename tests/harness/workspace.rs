//! A workspace of its own for each test: a git work tree in a temporary folder, and `orch` run in it
//! with a clock that stands still and nothing of the machine's own settings.
//!
//! It doesn't know what `orch` writes; cases ask for files and output.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use fs_err as fs;
use git2::{IndexAddOption, Repository, RepositoryInitOptions, Signature, Time};
use tempfile::TempDir;

use crate::harness::wait::eventually;

/// The instant at which every test happens: 2026-01-02 03:04:05 UTC.
pub(crate) const NOW: i64 = 1_767_323_045;

/// The person who commits in a workspace.
const PERSON: (&str, &str) = ("Ada Tester", "ada@example.test");

/// A git work tree in a temporary folder, removed with it.
pub(crate) struct Workspace {
    folder: TempDir,
    repository: Repository,
    environment: BTreeMap<String, OsString>,
}

/// What a finished `orch` said.
#[derive(Debug)]
pub(crate) struct Run {
    /// Its data.
    pub(crate) stdout: String,
    /// Everything else that it said.
    pub(crate) stderr: String,
    /// Its exit code; none when a signal ended it.
    pub(crate) code: Option<i32>,
}

/// An `orch` that is still running; dropping it kills it.
pub(crate) struct Running {
    child: Option<Child>,
}

impl Workspace {
    /// Returns an empty git work tree on branch `main`, without a commit.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("orch-")
            .tempdir()
            .expect("a folder");
        fs::create_dir(folder.path().join("home")).expect("a home");
        let mut options = RepositoryInitOptions::new();
        options.initial_head("main").external_template(false);
        let repository =
            Repository::init_opts(folder.path().join("work"), &options).expect("a repository");
        let mut config = repository.config().expect("its settings");
        // Local settings win over those of the machine.
        for (name, value) in [
            ("user.name", PERSON.0),
            ("user.email", PERSON.1),
            ("core.autocrlf", "false"),
            ("core.excludesFile", "/dev/null"),
            ("commit.gpgSign", "false"),
        ] {
            config.set_str(name, value).expect("a setting");
        }
        let home = folder.path().join("home");
        let mut environment: BTreeMap<String, OsString> = [
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("LC_ALL", "C.UTF-8"),
            ("NO_COLOR", "1"),
            ("TZ", "UTC"),
        ]
        .map(|(name, value)| (name.to_owned(), value.into()))
        .into();
        environment.insert("SOURCE_DATE_EPOCH".to_owned(), NOW.to_string().into());
        environment.insert("XDG_CONFIG_HOME".to_owned(), home.join(".config").into());
        environment.insert("HOME".to_owned(), home.into());
        // Commands of a checklist are found where the machine has them.
        environment.extend(
            std::env::vars_os()
                .find_map(|(name, value)| (name == "PATH").then(|| ("PATH".to_owned(), value))),
        );
        Self {
            folder,
            repository,
            environment,
        }
    }

    /// Writes a file, with the folders that it needs; `path` is relative to the work tree.
    pub(crate) fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.write(path, text);
        self
    }

    /// Writes a file as a person would between two runs.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("its folder");
        fs::write(path, text).expect("a file");
    }

    /// Commits everything that isn't ignored, as a person would.
    pub(crate) fn commit_all(self) -> Self {
        self.commit("Set up the workspace");
        self
    }

    /// Commits everything that isn't ignored with this message; returns the commit's id.
    pub(crate) fn commit(&self, message: &str) -> git2::Oid {
        let mut index = self.repository.index().expect("an index");
        index
            .add_all(["."], IndexAddOption::DEFAULT, None)
            .expect("the files");
        index
            .update_all(["."], None)
            .expect("the files that are gone");
        index.write().expect("an index");
        let tree = index.write_tree().expect("a tree");
        let tree = self.repository.find_tree(tree).expect("a tree");
        let person = Signature::new(PERSON.0, PERSON.1, &Time::new(NOW, 0)).expect("a signature");
        let parent = self
            .repository
            .head()
            .ok()
            .map(|head| head.peel_to_commit().expect("HEAD"));
        let parents: Vec<_> = parent.iter().collect();
        self.repository
            .commit(Some("HEAD"), &person, &person, message, &tree, &parents)
            .expect("a commit")
    }

    /// Sets a variable of `orch`'s environment.
    pub(crate) fn with_env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }

    /// Returns what `orch` does with these arguments, from its start to its end.
    #[track_caller]
    pub(crate) fn orch(&self, arguments: &[&str]) -> Run {
        self.spawn(arguments).wait()
    }

    /// Starts `orch` with these arguments, for a test that looks at it or kills it on its way.
    #[track_caller]
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Running {
        let child = self
            .command(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program was built");
        Running { child: Some(child) }
    }

    /// Returns `orch` with these arguments in this workspace's environment, not started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.program(env!("CARGO_BIN_EXE_orch"), arguments)
    }

    /// Returns a program with these arguments in this workspace's environment, not started.
    pub(crate) fn program(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.root())
            .env_clear()
            .envs(&self.environment);
        command
    }

    /// Returns the work tree's folder.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Returns where a path of the work tree lies on the disk.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// Returns a file's text.
    #[track_caller]
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect("a file of text")
    }

    /// Returns whether the work tree has a file or folder here.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// Returns the files of the work tree, sorted, without git's own.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        list(&self.root(), &self.root(), &mut files);
        files.sort();
        files
    }

    /// Returns every file of the work tree with its bytes, without git's own.
    pub(crate) fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        let read = |path: String| {
            let bytes = fs::read(self.path(&path)).expect("a file");
            (path, bytes)
        };
        self.files().into_iter().map(read).collect()
    }

    /// Returns a path outside of the work tree that goes with the workspace.
    pub(crate) fn outside(&self, name: &str) -> PathBuf {
        self.folder.path().join("home").join(name)
    }

    /// Returns HEAD's commit.
    pub(crate) fn head(&self) -> git2::Oid {
        self.repository
            .head()
            .expect("HEAD")
            .target()
            .expect("a commit")
    }

    /// Returns the paths that HEAD's commit changed, sorted.
    pub(crate) fn changed_by_head(&self) -> Vec<String> {
        let head = self.repository.find_commit(self.head()).expect("HEAD");
        let before = head.parent(0).expect("a parent").tree().expect("a tree");
        let diff = self
            .repository
            .diff_tree_to_tree(Some(&before), Some(&head.tree().expect("a tree")), None)
            .expect("a difference");
        let path = |delta: git2::DiffDelta<'_>| {
            delta
                .new_file()
                .path()
                .map(|path| path.to_string_lossy().into_owned())
        };
        let mut paths: Vec<String> = diff.deltas().filter_map(path).collect();
        paths.sort();
        paths
    }

    /// Returns what git says of each path that is not as in HEAD.
    pub(crate) fn git_status(&self) -> BTreeMap<String, git2::Status> {
        let statuses = self.repository.statuses(None).expect("a status");
        statuses
            .iter()
            .map(|entry| (entry.path().unwrap_or_default().to_owned(), entry.status()))
            .collect()
    }

    /// Returns the repository.
    pub(crate) fn git(&self) -> &Repository {
        &self.repository
    }

    /// Returns the commits' messages from the last one back.
    pub(crate) fn messages(&self) -> Vec<String> {
        let Ok(head) = self.repository.head() else {
            return Vec::new();
        };
        let mut commit = Some(head.peel_to_commit().expect("HEAD"));
        let mut messages = Vec::new();
        while let Some(current) = commit {
            messages.push(current.message().unwrap_or_default().trim_end().to_owned());
            commit = current.parent(0).ok();
        }
        messages
    }
}

impl Run {
    /// Returns itself if `orch` ended with this code, else fails with all that it said.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout,
            self.stderr
        );
        self
    }
}

impl Running {
    /// Waits for its end.
    #[track_caller]
    pub(crate) fn wait(mut self) -> Run {
        let child = self.child.take().expect("it is taken only once");
        child.wait_with_output().expect("its output").into()
    }

    /// Kills it, as a power failure would, once the condition holds; returns what it had said.
    ///
    /// # Panics
    /// When the condition doesn't hold within the limit of [`eventually`].
    #[track_caller]
    pub(crate) fn kill_when(mut self, what: &str, condition: impl Fn() -> bool) -> Run {
        eventually(what, || condition().then_some(()));
        let mut child = self.child.take().expect("it is taken only once");
        // One that has ended needs no killing.
        drop(child.kill());
        child.wait_with_output().expect("its output").into()
    }

    /// Returns its process's id.
    #[track_caller]
    pub(crate) fn id(&self) -> u32 {
        self.child.as_ref().expect("it is taken only once").id()
    }

    /// Sends it what Ctrl-C sends.
    #[track_caller]
    pub(crate) fn interrupt(&self) {
        let id = self.id();
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -INT {id}")])
            .status();
        assert!(sent.expect("a shell").success(), "nothing runs as {id}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        }
    }
}

fn list(root: &Path, folder: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != ".git") {
                list(root, &path, files);
            }
        } else {
            let path = path.strip_prefix(root).expect("it lies below");
            files.push(path.to_string_lossy().into_owned());
        }
    }
}
