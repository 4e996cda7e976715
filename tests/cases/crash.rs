//! `kill -9` at any moment: the next run ends where an undisturbed one does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use orch::vocabulary::Vocabulary;
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
fn check_resumed(workspace: &Workspace, what: &str) {
    let undisturbed = &UNDISTURBED.0;
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

/// An undisturbed run: what it leaves, and its journal.
static UNDISTURBED: LazyLock<(Outcome, String)> = LazyLock::new(|| {
    let workspace = call_center();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    (outcome(&workspace), workspace.read(JOURNAL))
});

/// Returns a file as an undisturbed run leaves it.
fn done(path: &str) -> &'static [u8] {
    &UNDISTURBED.0[path]
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
    let all = UNDISTURBED.1.lines().count();
    for at in [1, all / 4, all / 2, all - 1] {
        let workspace = call_center();
        let killed = workspace.spawn(&["phase", "4", "run"]);
        killed.kill_when("records in the journal", || lines(&workspace) >= at);
        check_resumed(&workspace, &format!("killed after {at} records"));
    }
}

#[test]
fn resumes_however_often_it_is_killed() {
    let workspace = call_center();
    // Each run is killed as soon as it has recorded something of its own.
    for _ in 0..5 {
        let before = lines(&workspace);
        let running = workspace.spawn(&["phase", "4", "run"]);
        running.kill_when("a record", || {
            lines(&workspace) > before || workspace.messages().len() > 1
        });
    }
    check_resumed(&workspace, "killed five times");
}

#[test]
fn resumes_from_prefixes_of_the_journal() {
    let journal = &UNDISTURBED.1;
    let records: Vec<Value> = journal
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let text = call_center().read(CHECKLIST);
    // Steps of one kind begin and end together: a prefix in each batch and the edges tell.
    let edges = (0..3).chain(records.len() - 2..=records.len());
    let between = (3..records.len() - 2).step_by(29);
    for kept in edges.chain(between) {
        let workspace = call_center();
        interrupted(&workspace, &records, kept);
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
            workspace.write(CHECKLIST, done(CHECKLIST));
            workspace.write("PROGRESS.md", done("PROGRESS.md"));
        } else {
            workspace.write(CHECKLIST, ticked(&text, &records, kept));
        }
        check_resumed(&workspace, &format!("{kept} records and a torn one"));
    }
}

/// Writes the files that the first `kept` records speak of; what was begun without an outcome may
/// be there or not.
fn interrupted(workspace: &Workspace, records: &[Value], kept: usize) {
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
            workspace.write(path, done(path));
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
    let parsed = orch::checklist::parse(CHECKLIST, text, &Vocabulary::default())
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
