//! What is committed, and what stays as it was.

use std::os::unix::fs::PermissionsExt as _;

use super::super::fixture::{Fixture, draft};
use super::*;
use crate::git::DetachedHead;

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
fn another_branch_than_before_gets_no_commit() {
    let fixture = Fixture::with_commit();
    fixture.put("a.txt", "a\n");
    let repo = fixture.repo();
    let paths = ["a.txt".to_owned()];
    fixture.git(&["switch", "--quiet", "-c", "other"]);
    let error = repo.commit(&draft(&paths)).expect_err("refused");
    assert!(error.to_string().contains("HEAD is on `other`"), "{error}");
    assert!(error.to_string().contains("git switch main"), "{error}");
    assert_eq!(fixture.git(&["log", "--oneline"]).lines().count(), 1);
    fixture.git(&["switch", "--quiet", "main"]);
    assert!(repo.commit(&draft(&paths)).expect("commits").created);
}

#[test]
fn what_isnt_in_the_work_tree_stays_as_the_last_commit_has_it() {
    let fixture = Fixture::with_commit();
    fixture.put("old/a.yml", "a\n");
    fixture.put("b.yml", "b\n");
    fixture.commit(&["old/a.yml", "b.yml"]);
    fs_err::remove_file(fixture.path().join("old/a.yml")).expect("removes");
    fixture.put("b.yml", "c\n");
    let committed = fixture.commit(&["old/a.yml", "b.yml", "never.yml"]);
    assert!(committed.created);
    assert_eq!(committed.absent, ["old/a.yml"]);
    let files = fixture.git(&["ls-tree", "-r", "--name-only", "HEAD"]);
    assert_eq!(files, "README.md\nb.yml\nold/a.yml\n");
    assert_eq!(fixture.git(&["status", "--porcelain"]), " D old/a.yml\n");
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
    let committed = fixture.commit(&["k8s/new [1].yml", "README.md"]);
    assert_eq!(committed.program.as_deref(), Some("the pre-commit hook"));
    assert!(fixture.path().join("ran").exists());
    assert_eq!(
        fixture.git(&["show", "--format=%aI", "--name-status", "HEAD"]),
        "2026-01-31T12:00:00+00:00\n\nA\tk8s/new [1].yml\n"
    );
    assert_eq!(
        fixture.git(&["status", "--porcelain"]),
        "A  staged.txt\n?? ran\n"
    );
    assert!(fixture.repo().head_has_trailer("00ff").expect("looks"));
}

#[test]
fn what_a_file_becomes_after_the_commit_is_not_staged() {
    let fixture = Fixture::with_commit();
    let hook = fixture.path().join(".git/hooks/post-commit");
    fixture.put(".git/hooks/post-commit", "#!/bin/sh\necho b >a.txt\n");
    fs_err::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("sets");
    fixture.put("a.txt", "a\n");
    assert!(fixture.commit(&["a.txt"]).created);
    assert_eq!(fixture.git(&["show", "HEAD:a.txt"]), "a\n");
    assert_eq!(fixture.git(&["status", "--porcelain"]), " M a.txt\n");
    assert_eq!(fixture.git(&["diff", "--cached", "--name-only"]), "");
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
    assert_eq!(
        fixture.git(&["status", "--porcelain"]),
        "?? a.txt\n",
        "the index is as it was"
    );
}

#[test]
fn a_run_killed_between_its_commit_and_the_index_goes_on() {
    let fixture = Fixture::with_commit();
    let index = fixture.path().join(".git/index");
    let before = fs_err::read(&index).expect("reads");
    fixture.put("README.md", "ticked\n");
    fixture.put("new.txt", "new\n");
    fixture.commit(&["README.md", "new.txt"]);
    fs_err::write(&index, before).expect("writes");
    fixture.put("README.md", "ticked more\n");
    assert!(fixture.commit(&["README.md", "new.txt"]).created);
    assert_eq!(fixture.git(&["status", "--porcelain"]), "");
}

#[test]
fn commits_at_the_same_time_all_arrive() {
    let fixture = Fixture::with_commit();
    let names: Vec<String> = (0..6).map(|index| format!("{index}.txt")).collect();
    std::thread::scope(|scope| {
        for name in &names {
            fixture.put(name, "x\n");
            scope.spawn(|| {
                let paths = [name.clone()];
                assert!(
                    fixture
                        .repo()
                        .commit(&draft(&paths))
                        .expect("commits")
                        .created
                );
            });
        }
    });
    assert_eq!(fixture.git(&["rev-list", "--count", "HEAD"]), "7\n");
    assert_eq!(fixture.git(&["status", "--porcelain"]), "");
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
