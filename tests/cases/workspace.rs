//! The harness's own tests: a workspace is a git work tree that owes nothing to the machine.

use crate::harness::workspace::Workspace;

#[test]
fn holds_the_files_that_it_was_given() {
    let workspace = Workspace::new()
        .file("a/b.md", "text\n")
        .file("c", "")
        .commit_all();
    assert_eq!(workspace.files(), ["a/b.md", "c"]);
    assert_eq!(workspace.read("a/b.md"), "text\n");
    assert_eq!(workspace.messages(), ["Set up the workspace"]);
}

#[test]
fn makes_the_same_commit_twice() {
    let commit = || Workspace::new().file("a", "a\n").commit("Add a");
    assert_eq!(commit(), commit());
}

#[test]
fn commits_what_git_does_not_ignore() {
    let workspace = Workspace::new()
        .file(".gitignore", "secret\n")
        .file("secret", "x");
    workspace.commit("Keep the secret");
    let tree = workspace
        .git()
        .head()
        .and_then(|head| head.peel_to_tree())
        .expect("a commit");
    let names: Vec<_> = tree
        .iter()
        .filter_map(|entry| entry.name().ok().map(str::to_owned))
        .collect();
    assert_eq!(names, [".gitignore"]);
}
