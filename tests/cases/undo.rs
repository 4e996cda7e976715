//! A phase that was rehearsed and is turned back: its records, boxes and account.

use crate::harness::call_center::{CHECKLIST, JOURNAL, call_center, checklist};
use crate::harness::workspace::Workspace;

fn undo(workspace: &Workspace, flags: &[&str], code: i32) -> String {
    let run = workspace.orch(&[&["phase", "4", "undo"], flags].concat());
    run.expect(code).stdout
}

#[test]
fn a_phase_that_never_ran_has_nothing_to_turn_back() {
    let workspace = call_center();
    let run = workspace.orch(&["phase", "4", "undo", "--yes"]).expect(0);
    assert!(
        run.stderr.contains("never ran on rehearsal"),
        "{}",
        run.stderr
    );
    assert!(!workspace.has(JOURNAL), "nothing is written");
}

#[test]
fn without_consent_it_is_shown_only() {
    let workspace = call_center();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let before = workspace.contents();
    for (flags, code) in [(&[][..], 3), (&["--dry-run"], 0)] {
        let shown = undo(&workspace, flags, code);
        assert!(shown.contains("only records are turned back"), "{shown}");
        assert_eq!(workspace.contents(), before);
    }
}

#[test]
fn boxes_open_again_and_files_stay() {
    let workspace = call_center();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let manifest = workspace.read("k8s/namespace.yml");
    undo(&workspace, &["--yes"], 0);
    let expected = checklist().replace("- [ ] Not started", "- [x] Not started");
    assert_eq!(workspace.read(CHECKLIST), expected);
    assert_eq!(workspace.read("k8s/namespace.yml"), manifest);
    let messages = workspace.messages();
    let expected = "checklist(call-center): phase-4 kubernetes undone\n\nOrch-Run: ";
    assert!(messages[0].starts_with(expected), "{messages:?}");
    assert!(
        workspace.git_status().is_empty(),
        "{:?}",
        workspace.git_status()
    );

    let commits = messages.len();
    undo(&workspace, &["--yes"], 0);
    assert_eq!(
        workspace.messages().len(),
        commits,
        "nothing more to commit"
    );
    // Orch's own files are still known as its own.
    workspace.orch(&["phase", "4", "run"]).expect(0);
    assert_eq!(workspace.messages().len(), commits + 1);
}

#[test]
fn what_is_to_be_deleted_is_named_with_its_kind() {
    let workspace = call_center();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let run = workspace.orch(&["phase", "4", "undo", "--delete", "data"]);
    assert!(run.expect(2).stderr.contains("`data` names no object"));
    let run = workspace.orch(&["phase", "4", "run", "--delete", "pvc/data"]);
    assert!(run.expect(2).stderr.contains("--prune"));
}

#[test]
fn what_a_person_did_alone_stays_done() {
    let first = "- [ ] Study `docker-compose.yml`";
    let manual = format!("- [ ] Tell the support team <!-- orch: manual -->\n{first}");
    let text = checklist().replacen(first, &manual, 1);
    let workspace = crate::harness::call_center::with_checklist(&text);
    workspace.orch(&["phase", "4", "run"]).expect(3);
    let task = workspace
        .orch(&["--json", "phase", "4", "status"])
        .expect(0)
        .stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find(|event| event["text"] == "Tell the support team")
        .and_then(|event| event["task"].as_str().map(str::to_owned))
        .expect("the task");
    workspace
        .orch(&["task", "done", &task, "--note", "told them"])
        .expect(0);
    workspace.orch(&["phase", "4", "run"]).expect(0);
    undo(&workspace, &["--yes"], 0);
    let left = workspace.read(CHECKLIST);
    assert!(left.contains("- [x] Tell the support team"), "{left}");
    assert_eq!(
        left.matches("- [x]").count(),
        2,
        "beside the status: {left}"
    );
}
