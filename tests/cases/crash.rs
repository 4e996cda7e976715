//! `kill -9` at any moment: the next run ends where an undisturbed one does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::harness::call_center::{CHECKLIST, JOURNAL, call_center};
use crate::harness::workspace::Workspace;

/// What must not depend on kills. The journal and the commit hold the run's random id.
type Outcome = BTreeMap<String, Vec<u8>>;

fn outcome(workspace: &Workspace) -> Outcome {
    let mut contents = workspace.contents();
    contents.remove(JOURNAL).expect("a journal");
    contents
}

/// Runs the phase to its end, as the next run after a kill does, and compares.
#[track_caller]
fn check_resumed(workspace: &Workspace, undisturbed: &Outcome, what: &str) {
    let run = workspace.orch(&["phase", "4", "run"]);
    assert_eq!(run.code, Some(0), "{what}\n{}{}", run.stdout, run.stderr);
    let found = outcome(workspace);
    let names: Vec<&String> = found.keys().collect();
    assert_eq!(names, undisturbed.keys().collect::<Vec<_>>(), "{what}");
    for (path, bytes) in &found {
        assert_eq!(
            String::from_utf8_lossy(bytes),
            String::from_utf8_lossy(&undisturbed[path]),
            "{what}: {path}"
        );
    }
    assert_eq!(
        workspace.messages().len(),
        2,
        "{what}: one commit for the phase"
    );
    assert!(
        workspace.git_status().is_empty(),
        "{what}: {:?}",
        workspace.git_status()
    );
}

fn undisturbed() -> (Workspace, Outcome) {
    let workspace = call_center();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let outcome = outcome(&workspace);
    (workspace, outcome)
}

fn lines(workspace: &Workspace) -> usize {
    if workspace.has(JOURNAL) {
        workspace.read(JOURNAL).lines().count()
    } else {
        0
    }
}

#[test]
fn resumes_after_a_kill_at_many_moments() {
    let (done, undisturbed) = undisturbed();
    let all = lines(&done);
    for at in [1, all / 5, all / 3, all / 2, all * 3 / 4, all - 1, all] {
        let workspace = call_center();
        let killed = workspace.spawn(&["phase", "4", "run"]);
        killed.kill_when("records in the journal", || lines(&workspace) >= at);
        check_resumed(
            &workspace,
            &undisturbed,
            &format!("killed after {at} records"),
        );
    }
}

#[test]
fn resumes_however_often_it_is_killed() {
    let (done, undisturbed) = undisturbed();
    let workspace = call_center();
    // Each run is killed as soon as it has recorded something of its own.
    for _ in 0..5 {
        let before = lines(&workspace);
        let running = workspace.spawn(&["phase", "4", "run"]);
        running.kill_when("a record", || {
            lines(&workspace) > before || workspace.messages().len() > 1
        });
    }
    assert!(lines(&workspace) > 0 && lines(&done) > 0);
    check_resumed(&workspace, &undisturbed, "killed five times");
}

#[test]
fn resumes_from_every_prefix_of_the_journal() {
    let (done, undisturbed) = undisturbed();
    let journal = done.read(JOURNAL);
    let records: Vec<Value> = journal
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let text = call_center().read(CHECKLIST);
    // Steps of one kind begin and end together: a prefix in each batch and the edges tell.
    let edges = (0..4).chain(records.len() - 3..=records.len());
    let between = (4..records.len() - 3).step_by(13);
    for kept in edges.chain(between) {
        let workspace = call_center();
        interrupted(&workspace, &done, &records, kept);
        let torn: String = journal
            .lines()
            .nth(kept)
            .unwrap_or_default()
            .chars()
            .take(40)
            .collect();
        let whole: String = journal.split_inclusive('\n').take(kept).collect();
        workspace.write(JOURNAL, whole + &torn);
        if kept == records.len() {
            // The run's end is recorded after the documents are written, before the commit.
            workspace.write(CHECKLIST, done.read(CHECKLIST));
            workspace.write("PROGRESS.md", done.read("PROGRESS.md"));
        } else {
            workspace.write(CHECKLIST, ticked(&text, &records, kept));
        }
        check_resumed(
            &workspace,
            &undisturbed,
            &format!("{kept} records and a torn one"),
        );
    }
}

/// Writes the files that the first `kept` records speak of; what was begun without an outcome may
/// be there or not.
fn interrupted(workspace: &Workspace, done: &Workspace, records: &[Value], kept: usize) {
    let known = if kept.is_multiple_of(2) {
        "started"
    } else {
        "succeeded"
    };
    for record in records
        .iter()
        .take(kept)
        .filter(|record| record["event"] == known)
    {
        let step = record["step"].as_str().expect("a step");
        if let Some(path) = step.strip_prefix("write ") {
            workspace.write(path, done.read(path));
        }
    }
}

/// Returns the checklist as the first `kept` records leave it: a kill may have come between a
/// record and its box, so that the last record's box is still open.
fn ticked(text: &str, records: &[Value], kept: usize) -> String {
    let steps = |records: &[Value], event: &str| -> BTreeSet<String> {
        let of = records.iter().filter(|record| record["event"] == event);
        of.filter_map(|record| record["step"].as_str().map(str::to_owned))
            .collect()
    };
    let succeeded = steps(&records[..kept.saturating_sub(1)], "succeeded");
    let mut tasks: BTreeMap<&str, bool> = BTreeMap::new();
    for record in records {
        if let (Some(task), Some(step)) = (record["task"].as_str(), record["step"].as_str()) {
            *tasks.entry(task).or_insert(true) &= succeeded.contains(step);
        }
    }
    let parsed = orch::checklist::parse(CHECKLIST, text)
        .expect("a checklist")
        .checklist;
    let mut bytes = text.as_bytes().to_vec();
    for (task, _) in tasks.iter().filter(|(_, done)| **done) {
        let task = parsed
            .task(&orch::checklist::TaskId::new(*task))
            .expect("a task");
        bytes[task.marker.offset] = b'x';
    }
    String::from_utf8(bytes).expect("text")
}
