//! What a run stands on, git, a cluster, a lock: refused with the way out where it isn't there.

use std::process::Command;

use crate::harness::call_center::{CHECKLIST, JOURNAL, call_center, checklist, with_checklist};
use crate::harness::wait::eventually;
use crate::harness::workspace::Workspace;

#[track_caller]
fn check_refused(workspace: &Workspace, arguments: &[&str], code: i32, pieces: &[&str]) {
    let (contents, messages) = (workspace.contents(), workspace.messages());
    let run = workspace.orch(arguments).expect(code);
    for piece in pieces {
        assert!(
            run.stderr.contains(piece),
            "no {piece:?} in\n{}",
            run.stderr
        );
    }
    assert_eq!(workspace.contents(), contents, "nothing is written");
    assert_eq!(workspace.messages(), messages, "nothing is committed");
}

#[test]
fn a_folder_without_git_is_refused() {
    let workspace = call_center();
    let outside = workspace.outside("").display().to_string();
    let arguments = ["-C", &outside, "phase", "4", "run"];
    check_refused(
        &workspace,
        &arguments,
        2,
        &["isn't in a git repository", "git init"],
    );
}

#[test]
fn a_user_whom_git_does_not_know_is_told_how_to_say_it() {
    let workspace = call_center();
    let mut config = workspace.git().config().expect("settings");
    config.remove("user.name").expect("it was set");
    check_refused(
        &workspace,
        &["phase", "4", "run"],
        2,
        &["git config", "user.name"],
    );
}

#[test]
fn a_detached_head_is_refused_unless_allowed() {
    let workspace = call_center();
    workspace
        .git()
        .set_head_detached(workspace.head())
        .expect("detached");
    check_refused(
        &workspace,
        &["phase", "4", "run"],
        2,
        &["detached", "--allow-detached"],
    );
    workspace
        .orch(&["phase", "4", "run", "--allow-detached"])
        .expect(0);
}

#[test]
fn an_ignored_manifest_is_refused_before_anything_runs() {
    let workspace = call_center();
    workspace.write(".gitignore", "k8s/\n.env\n");
    check_refused(
        &workspace,
        &["phase", "4", "run"],
        2,
        &["k8s/", "gitignore"],
    );
}

/// Writes a kubeconfig with one context and returns the workspace that uses it.
fn with_context(name: &str, server: &str) -> Workspace {
    let workspace = call_center();
    let path = workspace.outside("kubeconfig");
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: {name}\n\
         clusters: [{{ name: c, cluster: {{ server: '{server}' }} }}]\n\
         users: [{{ name: u, user: {{ token: t }} }}]\n\
         contexts: [{{ name: {name}, context: {{ cluster: c, user: u }} }}]\n"
    );
    fs_err::write(&path, text).expect("a kubeconfig");
    workspace.with_env("KUBECONFIG", path)
}

#[test]
fn a_context_that_is_not_there_lists_those_that_are() {
    let workspace = with_context("production", "https://127.0.0.1:9");
    let arguments = ["phase", "4", "run", "--context", "staging"];
    check_refused(&workspace, &arguments, 4, &["`staging`", "production"]);
}

#[test]
fn a_server_that_does_not_answer_is_named() {
    let workspace = with_context("staging", "http://127.0.0.1:9");
    let arguments = ["phase", "4", "run", "--context", "staging"];
    check_refused(&workspace, &arguments, 4, &["127.0.0.1:9", "staging"]);
}

#[test]
fn the_current_context_is_never_used_by_itself() {
    let workspace = with_context("production", "http://127.0.0.1:9");
    workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(!workspace.read(JOURNAL).contains("production"));
}

#[test]
fn a_second_run_finds_the_phase_locked() {
    let workspace = gated();
    let first = workspace.spawn(&["phase", "4", "run", "--yes"]);
    eventually("the command", || under_way(&workspace));

    let pid = format!("pid {}", first.id());
    let pieces = ["phase 4 of `call-center` is locked by another run", &pid];
    let run = workspace.orch(&["phase", "4", "run"]).expect(5);
    for piece in pieces {
        assert!(
            run.stderr.contains(piece),
            "no {piece:?} in\n{}",
            run.stderr
        );
    }
    workspace
        .orch(&["task", "done", "4.1.1", "--note", "x"])
        .expect(5);
    let status = workspace.orch(&["phase", "4", "status"]).expect(0).stdout;
    assert!(status.contains("a run is under way"), "{status}");

    open(&workspace);
    first.wait().expect(0);
    assert!(workspace.messages()[0].starts_with("checklist(call-center): phase-4"));
}

#[test]
fn an_interrupted_run_resumes() {
    let workspace = gated();
    let running = workspace.spawn(&["phase", "4", "run", "--yes"]);
    eventually("the command", || under_way(&workspace));
    running.interrupt();
    let run = running.wait().expect(130);
    assert!(run.stderr.contains("run again to go on"), "{}", run.stderr);
    assert!(workspace.read(JOURNAL).contains("\"interrupted\""));

    // Nothing that the first run began waits at the gate any more: its command was ended.
    let resumed = workspace.spawn(&["phase", "4", "run", "--yes"]);
    open(&workspace);
    resumed.wait().expect(0);
    assert!(workspace.read(CHECKLIST).contains("- [x] Completed"));
}

/// Returns the call centre with a command that ends when somebody writes to a pipe.
fn gated() -> Workspace {
    // The pipe's path goes with the workspace, so the checklist is written once there is one.
    let workspace = call_center();
    let gate = workspace.outside("gate");
    let made = Command::new("mkfifo").arg(&gate).status().expect("mkfifo");
    assert!(made.success());
    let last = "- [ ] `k8s/kustomization.yml`: Kustomize over all of it\n";
    let wait = format!(
        "{last}- [ ] Wait <!-- orch: run=\"cat {}\" -->\n",
        gate.display()
    );
    workspace.write(CHECKLIST, checklist().replace(last, &wait));
    workspace.commit("Wait for the gate");
    workspace
}

/// Returns something once the command has begun.
fn under_way(workspace: &Workspace) -> Option<()> {
    let began = |line: &str| line.contains("\"started\"") && line.contains("run cat");
    (workspace.has(JOURNAL) && workspace.read(JOURNAL).lines().any(began)).then_some(())
}

/// Lets the command end.
fn open(workspace: &Workspace) {
    fs_err::OpenOptions::new()
        .write(true)
        .open(workspace.outside("gate"))
        .expect("a reader");
}

#[test]
fn a_command_that_fails_is_named_with_its_code() {
    let last = "- [ ] `k8s/kustomization.yml`: Kustomize over all of it\n";
    let fail = format!("{last}- [ ] Fail <!-- orch: run=\"exit 7\" -->\n");
    let workspace = with_checklist(&checklist().replace(last, &fail));
    let run = workspace.orch(&["phase", "4", "run", "--yes"]).expect(1);
    assert!(
        run.stderr.contains("`exit 7` ended with exit code 7"),
        "{}",
        run.stderr
    );
}
