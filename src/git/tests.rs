//! On real repositories in temporary folders.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use jiff::Timestamp;

use super::*;

/// A repository with an identity, whose default branch is `main`.
struct Fixture {
    folder: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
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
    fn with_commit() -> Self {
        let fixture = Self::new();
        fixture.put("README.md", "hello\n");
        fixture.git(&["add", "README.md"]);
        fixture.git(&["commit", "--quiet", "-m", "first"]);
        fixture
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs_err::create_dir_all(path.parent().expect("a folder")).expect("creates");
        fs_err::write(path, text).expect("writes");
    }

    fn try_git(&self, arguments: &[&str]) -> (bool, String) {
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
    fn git(&self, arguments: &[&str]) -> String {
        let (success, text) = self.try_git(arguments);
        assert!(success, "git {arguments:?}: {text}");
        text
    }

    fn repo(&self) -> Repo {
        Repo::open(self.path()).expect("opens")
    }

    #[track_caller]
    fn commit(&self, paths: &[&str]) -> Committed {
        let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
        let repo = self.repo();
        repo.check(&paths, DetachedHead::Allow)
            .expect("nothing is in the way");
        repo.commit(&draft(&paths)).expect("commits")
    }

    #[track_caller]
    fn check_refused(&self, path: &str, expected: &str) {
        let error = self
            .repo()
            .check(&[path], DetachedHead::Refuse)
            .expect_err("refused");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

fn draft(paths: &[String]) -> Draft<'_> {
    Draft {
        paths,
        message: "checklist(demo): phase-4 kubernetes completed",
        run: "00ff",
        at: Timestamp::from_second(1_769_860_800).expect("in range"),
    }
}

#[test]
fn only_owned_paths_are_committed() {
    let fixture = Fixture::with_commit();
    fixture.put("README.md", "changed\n");
    fixture.put("staged.txt", "mine\n");
    fixture.git(&["add", "staged.txt"]);
    fixture.put("untracked.txt", "mine\n");
    fixture.put("k8s/a.yml", "a: 1\n");
    let committed = fixture.commit(&["k8s/a.yml"]);
    assert!(committed.created);
    assert_eq!(committed.program, None);
    assert_eq!(
        fixture.git(&["show", "--format=", "--name-status", "HEAD"]),
        "A\tk8s/a.yml\n"
    );
    assert_eq!(
        fixture.git(&["status", "--porcelain"]),
        " M README.md\nA  staged.txt\n?? untracked.txt\n"
    );
    assert_eq!(
        fixture.git(&["log", "-1", "--format=%an <%ae> %aI%n%B"]),
        "Ann <ann@example.com> 2026-01-31T12:00:00+00:00\n\
         checklist(demo): phase-4 kubernetes completed\n\nOrch-Run: 00ff\n\n"
    );
}

#[test]
fn nothing_changed_makes_no_commit() {
    let fixture = Fixture::with_commit();
    let head = fixture.git(&["rev-parse", "HEAD"]);
    let committed = fixture.commit(&["README.md", "absent.txt"]);
    assert!(!committed.created);
    assert_eq!(committed.oid, head.trim());
}

#[test]
fn the_first_commit_of_a_repository_works() {
    let fixture = Fixture::new();
    fixture.put("a.txt", "a\n");
    fixture.put("mine.txt", "mine\n");
    fixture.git(&["add", "mine.txt"]);
    assert!(fixture.commit(&["a.txt"]).created);
    assert_eq!(fixture.git(&["ls-tree", "--name-only", "HEAD"]), "a.txt\n");
    assert_eq!(fixture.git(&["status", "--porcelain"]), "A  mine.txt\n");
}

#[test]
fn a_removed_path_is_removed() {
    let fixture = Fixture::with_commit();
    fixture.put("old/a.yml", "a\n");
    fixture.commit(&["old/a.yml"]);
    fs_err::remove_file(fixture.path().join("old/a.yml")).expect("removes");
    assert!(fixture.commit(&["old/a.yml"]).created);
    assert_eq!(
        fixture.git(&["ls-tree", "-r", "--name-only", "HEAD"]),
        "README.md\n"
    );
    assert_eq!(fixture.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_workspace_below_the_root_names_its_own_paths() {
    let fixture = Fixture::with_commit();
    fixture.put("services/api/k8s/a.yml", "a\n");
    let repo = Repo::open(&fixture.path().join("services/api")).expect("opens");
    let paths = ["k8s/a.yml".to_owned()];
    repo.check(&paths, DetachedHead::Refuse).expect("fine");
    assert!(repo.commit(&draft(&paths)).expect("commits").created);
    let shown = fixture.git(&["show", "--format=", "--name-only", "HEAD"]);
    assert_eq!(shown, "services/api/k8s/a.yml\n");
}

#[test]
fn a_linked_work_tree_commits_on_its_own_branch() {
    let fixture = Fixture::with_commit();
    let elsewhere = tempfile::tempdir().expect("a folder");
    let tree = elsewhere.path().join("tree");
    let name = tree.to_str().expect("text");
    fixture.git(&["worktree", "add", "--quiet", "-b", "side", name]);
    fs_err::write(tree.join("a.txt"), "a\n").expect("writes");
    let repo = Repo::open(&tree).expect("opens");
    let paths = ["a.txt".to_owned()];
    repo.check(&paths, DetachedHead::Refuse).expect("fine");
    assert!(repo.commit(&draft(&paths)).expect("commits").created);
    assert_eq!(fixture.git(&["log", "--format=%s", "main"]), "first\n");
    assert!(
        fixture
            .git(&["log", "-1", "--format=%s", "side"])
            .starts_with("checklist(demo)")
    );
}

#[test]
fn line_endings_are_gits_business() {
    let fixture = Fixture::with_commit();
    fixture.git(&["config", "core.autocrlf", "true"]);
    fixture.put("a.md", "one\r\ntwo\r\n");
    fixture.commit(&["a.md"]);
    assert_eq!(
        fixture.git(&["cat-file", "blob", "HEAD:a.md"]),
        "one\ntwo\n"
    );
    assert_eq!(fixture.git(&["status", "--porcelain"]), "");
    assert!(!fixture.commit(&["a.md"]).created);
}

#[test]
fn a_hook_runs_through_the_program() {
    let fixture = Fixture::with_commit();
    let hook = fixture.path().join(".git/hooks/pre-commit");
    fixture.put(".git/hooks/pre-commit", "#!/bin/sh\ntouch ran\n");
    fs_err::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("sets");
    fixture.put("staged.txt", "mine\n");
    fixture.git(&["add", "staged.txt"]);
    fixture.put("k8s/new [1].yml", "a\n");
    fs_err::remove_file(fixture.path().join("README.md")).expect("removes");
    let committed = fixture.commit(&["k8s/new [1].yml", "README.md"]);
    assert_eq!(committed.program.as_deref(), Some("the pre-commit hook"));
    assert!(fixture.path().join("ran").exists());
    assert_eq!(
        fixture.git(&["show", "--format=%aI", "--name-status", "HEAD"]),
        "2026-01-31T12:00:00+00:00\n\nD\tREADME.md\nA\tk8s/new [1].yml\n"
    );
    assert_eq!(
        fixture.git(&["status", "--porcelain"]),
        "A  staged.txt\n?? ran\n"
    );
    assert!(fixture.repo().head_has_trailer("00ff").expect("looks"));
}

#[test]
fn a_hook_that_refuses_is_quoted() {
    let fixture = Fixture::with_commit();
    let hook = fixture.path().join(".git/hooks/commit-msg");
    fixture.put(
        ".git/hooks/commit-msg",
        "#!/bin/sh\necho 'no ticket number' >&2\nexit 1\n",
    );
    fs_err::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("sets");
    fixture.put("a.txt", "a\n");
    let paths = ["a.txt".to_owned()];
    let error = fixture
        .repo()
        .commit(&draft(&paths))
        .expect_err("refused")
        .to_string();
    assert!(error.contains("no ticket number"), "{error}");
    assert_eq!(fixture.git(&["log", "--format=%s"]), "first\n");
}

#[test]
fn a_commit_is_found_by_its_run() {
    let fixture = Fixture::with_commit();
    assert!(!fixture.repo().head_has_trailer("00ff").expect("looks"));
    fixture.put("a.txt", "a\n");
    fixture.commit(&["a.txt"]);
    fixture.git(&["commit", "--quiet", "--allow-empty", "-m", "on top"]);
    assert!(fixture.repo().head_has_trailer("00ff").expect("looks"));
    assert!(!fixture.repo().head_has_trailer("00fe").expect("looks"));
    assert!(
        !Fixture::new()
            .repo()
            .head_has_trailer("00ff")
            .expect("looks")
    );
}

#[test]
fn a_trailer_joins_the_messages_own() {
    let fixture = Fixture::with_commit();
    fixture.put("a.txt", "a\n");
    let paths = ["a.txt".to_owned()];
    let message = "done\n\nReviewed-by: Bob";
    fixture
        .repo()
        .commit(&Draft {
            message,
            ..draft(&paths)
        })
        .expect("commits");
    let expected = "done\n\nReviewed-by: Bob\nOrch-Run: 00ff\n\n";
    assert_eq!(fixture.git(&["log", "-1", "--format=%B"]), expected);
}

#[test]
fn an_owned_path_that_the_user_staged_is_refused() {
    let fixture = Fixture::with_commit();
    fixture.put("README.md", "staged\n");
    fixture.git(&["add", "README.md"]);
    fixture
        .repo()
        .check(&["README.md"], DetachedHead::Refuse)
        .expect("staged as it is on disk");
    fixture.put("README.md", "staged\nand more\n");
    fixture.check_refused("README.md", "`git restore --staged README.md`");
}

#[test]
fn a_merge_in_progress_is_refused() {
    let fixture = Fixture::with_commit();
    fixture.git(&["switch", "--quiet", "-c", "side"]);
    fixture.put("README.md", "side\n");
    fixture.git(&["commit", "--quiet", "-am", "side"]);
    fixture.git(&["switch", "--quiet", "main"]);
    fixture.put("README.md", "main\n");
    fixture.git(&["commit", "--quiet", "-am", "main"]);
    let (merged, _) = fixture.try_git(&["merge", "side"]);
    assert!(!merged);
    fixture.check_refused(
        "a.txt",
        "a merge is in progress; finish it or run `git merge --abort`",
    );
}

#[test]
fn a_detached_head_is_refused_unless_allowed() {
    let fixture = Fixture::with_commit();
    fixture.git(&["switch", "--quiet", "--detach"]);
    fixture.check_refused("a.txt", "HEAD is detached");
    fixture.put("a.txt", "a\n");
    assert!(fixture.commit(&["a.txt"]).created);
}

#[test]
fn a_missing_identity_says_which_command_sets_it() {
    let fixture = Fixture::with_commit();
    fixture.git(&["config", "user.name", ""]);
    fixture.check_refused("a.txt", "run `git config user.name");
}

#[test]
fn a_path_with_a_clean_filter_is_refused() {
    let fixture = Fixture::with_commit();
    fixture.put(
        ".gitattributes",
        "k8s/secrets.yml filter=git-crypt diff=git-crypt\n",
    );
    fixture.check_refused("k8s/secrets.yml", "the filter `git-crypt`");
    fixture
        .repo()
        .check(&["k8s/other.yml"], DetachedHead::Refuse)
        .expect("no filter");
}

#[test]
fn a_path_in_a_submodule_is_refused() {
    let fixture = Fixture::with_commit();
    let head = fixture.git(&["rev-parse", "HEAD"]);
    let entry = format!("160000,{},lib", head.trim());
    fixture.git(&["update-index", "--add", "--cacheinfo", &entry]);
    fixture.check_refused("lib/a.yml", "the submodule `lib`");
}

#[test]
fn a_lock_of_another_git_command_is_waited_for_and_left_alone() {
    let fixture = Fixture::with_commit();
    fixture.put(".git/index.lock", "");
    fixture.put("a.txt", "a\n");
    let paths = ["a.txt".to_owned()];
    let error = fixture
        .repo()
        .commit(&draft(&paths))
        .expect_err("locked")
        .to_string();
    assert!(error.contains("index.lock` exists"), "{error}");
    assert!(fixture.path().join(".git/index.lock").exists());
    assert_eq!(fixture.git(&["log", "--format=%s"]), "first\n");
}

#[test]
fn ignored_paths_are_known() {
    let fixture = Fixture::with_commit();
    fixture.put(".gitignore", ".orch/\n");
    let repo = fixture.repo();
    assert!(repo.is_ignored(".orch/demo/phase-04.jsonl").expect("asks"));
    assert!(!repo.is_ignored("k8s/a.yml").expect("asks"));
}

#[test]
fn a_sparse_checkout_keeps_what_it_hides() {
    let fixture = Fixture::with_commit();
    fixture.put("hidden/a.txt", "a\n");
    fixture.put("shown/b.txt", "b\n");
    fixture.git(&["add", "."]);
    fixture.git(&["commit", "--quiet", "-m", "second"]);
    fixture.git(&["sparse-checkout", "set", "--no-sparse-index", "shown"]);
    fixture.put("shown/c.txt", "c\n");
    fixture.commit(&["shown/c.txt"]);
    assert_eq!(
        fixture.git(&["ls-tree", "-r", "--name-only", "HEAD"]),
        "README.md\nhidden/a.txt\nshown/b.txt\nshown/c.txt\n"
    );
    assert_eq!(fixture.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_bare_repository_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    git2::Repository::init_bare(folder.path()).expect("a repository");
    let error = Repo::open(folder.path())
        .err()
        .expect("refused")
        .to_string();
    assert!(error.contains("bare git repository"), "{error}");
}
