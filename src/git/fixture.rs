//! Real repositories in temporary folders, for tests.

use std::path::Path;
use std::process::Command;

use jiff::Timestamp;

use super::{Committed, DetachedHead, Draft, Repo};

/// A repository with an identity, whose default branch is `main`.
pub(super) struct Fixture {
    folder: tempfile::TempDir,
}

impl Fixture {
    pub(super) fn new() -> Self {
        let fixture = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        fixture.git(&["init", "--quiet", "--initial-branch=main"]);
        for (key, value) in [
            ("user.name", "Ann"),
            ("user.email", "ann@example.com"),
            ("commit.gpgsign", "false"),
            ("core.hooksPath", ".git/hooks"),
            ("core.autocrlf", "false"),
        ] {
            fixture.git(&["config", key, value]);
        }
        fixture
    }

    /// Returns a fixture with one commit that has `README.md`.
    pub(super) fn with_commit() -> Self {
        let fixture = Self::new();
        fixture.put("README.md", "hello\n");
        fixture.git(&["add", "README.md"]);
        fixture.git(&["commit", "--quiet", "-m", "first"]);
        fixture
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn put(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs_err::create_dir_all(path.parent().expect("a folder")).expect("creates");
        fs_err::write(path, text).expect("writes");
    }

    pub(super) fn try_git(&self, arguments: &[&str]) -> (bool, String) {
        let output = Command::new("git")
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .args(arguments)
            .output()
            .expect("git runs");
        let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
        (output.status.success(), text)
    }

    #[track_caller]
    pub(super) fn git(&self, arguments: &[&str]) -> String {
        let (success, text) = self.try_git(arguments);
        assert!(success, "git {arguments:?}: {text}");
        text
    }

    pub(super) fn repo(&self) -> Repo {
        Repo::open(self.path()).expect("opens")
    }

    #[track_caller]
    pub(super) fn commit(&self, paths: &[&str]) -> Committed {
        let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
        let repo = self.repo();
        repo.check(&paths, DetachedHead::Allow)
            .expect("nothing is in the way");
        repo.commit(&draft(&paths)).expect("commits")
    }

    #[track_caller]
    pub(super) fn check_refused(&self, path: &str, expected: &str) {
        let error = self
            .repo()
            .check(&[path], DetachedHead::Refuse)
            .expect_err("refused");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

/// Returns a draft of run `00ff` at a fixed time.
pub(super) fn draft(paths: &[String]) -> Draft<'_> {
    Draft {
        paths,
        message: "checklist(demo): phase-4 kubernetes completed",
        run: "00ff",
        at: Timestamp::from_second(1_769_860_800).expect("in range"),
    }
}
