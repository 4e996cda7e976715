//! Paths that lead out of the workspace are refused before anything is written.

use std::os::unix::fs::symlink;

use crate::harness::call_center::{call_center, checklist, with_checklist};
use crate::harness::workspace::Workspace;

/// Returns the call centre with a file of that path to write in its checklist.
fn writing(path: &str) -> Workspace {
    with_checklist(&checklist().replace("`k8s/redis/service.yml`", &format!("`{path}`")))
}

#[track_caller]
fn check_refused(workspace: &Workspace, path: &str, reason: &str) {
    let before = workspace.contents();
    for command in ["run", "plan", "rehearse"] {
        let run = workspace.orch(&["phase", "4", command]).expect(2);
        for piece in [
            path,
            reason,
            "checklists/call-center/phase-04-kubernetes.md:",
        ] {
            assert!(
                run.stderr.contains(piece),
                "no {piece:?} in\n{}",
                run.stderr
            );
        }
    }
    assert_eq!(workspace.contents(), before);
    let beside: Vec<_> = fs_err::read_dir(workspace.root().join(".."))
        .expect("a folder")
        .collect();
    assert_eq!(beside.len(), 2, "{beside:?}");
    assert_eq!(workspace.messages().len(), 1);
}

#[test]
fn out_of_the_folder() {
    check_refused(
        &writing("../redis-service.yml"),
        "../redis-service.yml",
        "it has `..`",
    );
    check_refused(
        &writing("k8s/../../redis.yml"),
        "k8s/../../redis.yml",
        "it has `..`",
    );
}

#[test]
fn absolute() {
    check_refused(
        &writing("/tmp/redis/service.yml"),
        "/tmp/redis/service.yml",
        "absolute",
    );
}

#[test]
fn into_gits_own_folder() {
    check_refused(
        &writing(".git/redis/service.yml"),
        ".git/redis/service.yml",
        "git's own folder",
    );
}

#[test]
fn through_a_symlink() {
    let workspace = call_center();
    symlink(workspace.outside(""), workspace.path("k8s")).expect("a link");
    check_refused(&workspace, "k8s/", "a symlink leads out");
    assert_eq!(
        fs_err::read_dir(workspace.outside(""))
            .expect("a folder")
            .count(),
        0
    );
}

#[test]
fn to_be_studied() {
    let text = checklist().replace("Study `Dockerfile`", "Study `../../etc/hosts.conf`");
    let workspace = with_checklist(&text);
    let run = workspace.orch(&["phase", "4", "run"]).expect(1);
    for piece in ["`../../etc/hosts.conf`", "phase-04-kubernetes.md:21"] {
        assert!(
            run.stderr.contains(piece),
            "no {piece:?} in\n{}",
            run.stderr
        );
    }
    assert!(!workspace.has("k8s"));
}

#[test]
fn in_the_settings() {
    let workspace = call_center();
    workspace.write(
        "phases/04-kubernetes.toml",
        "compose = [\"../docker-compose.yml\"]\n",
    );
    let run = workspace.orch(&["phase", "4", "run"]).expect(2);
    assert!(
        run.stderr.contains("../docker-compose.yml"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_a_symlink_leads_to_is_ticked_and_committed() {
    let workspace = Workspace::new()
        .file("src/a.py", "x = 1\n")
        .file("docs/plan.md", "# Phase 1: A\n\n- [ ] Create `src/a.py`\n")
        .file("checklists/shop/README.md", "");
    let link = workspace.path("checklists/shop/phase-01-a.md");
    std::os::unix::fs::symlink("../../docs/plan.md", &link).expect("links");
    let workspace = workspace.commit_all();
    workspace.orch(&["phase", "1", "run"]).expect(0);
    assert!(workspace.read("docs/plan.md").contains("- [x] Create"));
    assert!(link.is_symlink(), "the link stays one");
    let changed = workspace.changed_by_head();
    assert!(changed.contains(&"docs/plan.md".to_owned()), "{changed:?}");
    assert_eq!(workspace.git_status().len(), 0, "nothing is left behind");
}
