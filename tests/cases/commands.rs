//! The commands that look and don't touch, as people and programs read them.

use serde_json::Value;

use crate::harness::call_center::{
    CHECKLIST, JOURNAL, SETTINGS, application, call_center, checklist, foreign,
};
use crate::harness::workspace::Workspace;

/// Compares with what was reviewed; `INSTA_UPDATE=always` writes anew what is then reviewed again.
#[track_caller]
pub(super) fn check_golden(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../golden/commands");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[track_caller]
fn check_json(text: &str, events: &[&str]) {
    let mut seen = Vec::new();
    for line in text.lines() {
        let value: Value = serde_json::from_str(line).expect("one JSON value a line");
        seen.push(value["event"].as_str().expect("an event").to_owned());
    }
    for event in events {
        assert!(
            seen.iter().any(|found| found == event),
            "no {event} in {seen:?}"
        );
    }
}

#[test]
fn rehearsing_leaves_no_trace() {
    let workspace = call_center();
    let (contents, head) = (workspace.contents(), workspace.head());
    let run = workspace.orch(&["phase", "4", "rehearse"]).expect(0);
    assert!(
        run.stderr
            .contains("nothing was ticked, written or committed"),
        "{}",
        run.stderr
    );
    assert_eq!(workspace.contents(), contents);
    assert_eq!(workspace.head(), head);

    let settings = workspace.read(SETTINGS);
    let failure =
        "[[rehearse.failures]]\nselector = \"Deployment/worker\"\noutcome = \"Pending\"\n";
    workspace.write(SETTINGS, format!("{settings}\n{failure}"));
    let contents = workspace.contents();
    workspace.orch(&["phase", "4", "rehearse"]).expect(1);
    assert_eq!(workspace.contents(), contents);
}

#[test]
fn rehearsing_after_a_run_starts_from_nothing() {
    let workspace = call_center();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let contents = workspace.contents();
    let run = workspace.orch(&["phase", "4", "rehearse"]).expect(0);
    assert!(run.stderr.contains("4.2.1"), "{}", run.stderr);
    assert_eq!(workspace.contents(), contents);
}

#[test]
fn the_plan_says_what_each_box_means() {
    let workspace = call_center();
    let contents = workspace.contents();
    let plan = workspace.orch(&["phase", "4", "plan"]).expect(0);
    check_golden("plan", &plan.stdout);
    check_golden("plan-warnings", &plan.stderr);
    let json = workspace.orch(&["phase", "4", "plan", "--json"]).expect(0);
    check_json(&json.stdout, &["task", "step", "plan"]);
    assert_eq!(workspace.contents(), contents);
}

#[test]
fn every_box_of_a_foreign_checklist_has_a_meaning() {
    let plan = foreign()
        .workspace
        .orch(&["phase", "4", "plan"])
        .expect(0)
        .stdout;
    assert!(
        plan.contains(
            " 0 for a person, 0 told by traces of a person's work, 0 with something unread"
        ),
        "{plan}"
    );
}

#[test]
fn a_task_is_explained() {
    let workspace = call_center();
    let write = workspace
        .orch(&["phase", "4", "explain", "4.2.1"])
        .expect(0);
    check_golden("explain-write", &write.stdout);
    let inventory = workspace
        .orch(&["phase", "4", "explain", "4.0.6"])
        .expect(0);
    check_golden("explain-inventory", &inventory.stdout);
    let unknown = workspace
        .orch(&["phase", "4", "explain", "4.9.1"])
        .expect(2);
    assert!(
        unknown.stderr.contains("no task 4.9.1"),
        "{}",
        unknown.stderr
    );
    assert!(unknown.stderr.contains("4.4.4"), "{}", unknown.stderr);
}

#[test]
fn the_application_is_analysed() {
    let workspace = call_center();
    check_golden("analyze", &workspace.orch(&["analyze"]).expect(0).stdout);
    let json = workspace.orch(&["analyze", "--json"]).expect(0);
    check_json(&json.stdout, &[]);
}

#[test]
fn status_shows_sets_phases_and_tasks() {
    let workspace = call_center();
    check_golden(
        "status-before",
        &workspace.orch(&["status"]).expect(0).stdout,
    );
    let run = workspace.orch(&["phase", "4", "run", "--json"]).expect(0);
    check_json(&run.stdout, &["started", "succeeded", "ticked", "ended"]);
    check_golden(
        "status-after",
        &workspace.orch(&["status"]).expect(0).stdout,
    );
    check_golden(
        "phase-status",
        &workspace.orch(&["phase", "4", "status"]).expect(0).stdout,
    );
    check_json(
        &workspace.orch(&["status", "--json"]).expect(0).stdout,
        &["phase"],
    );
    let json = workspace
        .orch(&["phase", "4", "status", "--json"])
        .expect(0);
    check_json(&json.stdout, &["task"]);
}

#[test]
fn a_run_is_told_as_it_goes() {
    let workspace = call_center();
    let run = workspace.orch(&["phase", "4", "run"]).expect(0);
    check_golden("run-ends", &tail(&run.stderr, 5));
}

fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len() - lines..].join("\n")
}

#[test]
fn init_writes_settings_with_comments_once() {
    let workspace = application(Workspace::new())
        .file(CHECKLIST, checklist())
        .commit_all();
    let before = workspace.contents();
    let dry = workspace.orch(&["init", "--dry-run"]).expect(0);
    assert!(
        dry.stderr.contains("would write orch.toml"),
        "{}",
        dry.stderr
    );
    assert_eq!(workspace.contents(), before);

    let run = workspace.orch(&["init"]).expect(0);
    check_golden("init", &run.stderr);
    check_golden("init-orch.toml", &workspace.read("orch.toml"));
    check_golden("init-phase.toml", &workspace.read(SETTINGS));
    // Every comment is a key that may be set: all of them are read.
    let plan = workspace.orch(&["phase", "4", "plan"]).expect(0).stdout;
    let uncommented = |path: &str| -> String {
        let text = workspace.read(path);
        let key = |line: &str| {
            let line = line.strip_prefix("# ")?;
            let is_setting = line.starts_with('[')
                || line.split_once(" = ").is_some_and(|(key, _)| {
                    key.chars()
                        .all(|c| c.is_ascii_lowercase() || c == '-' || c == '_')
                });
            is_setting.then(|| format!("{line}\n"))
        };
        text.lines().filter_map(key).collect()
    };
    let settings = uncommented("orch.toml");
    assert!(settings.contains("set = "), "{settings}");
    let set = uncommented(SETTINGS);
    let kept = workspace.contents();
    workspace.orch(&["init"]).expect(0);
    assert_eq!(workspace.contents(), kept, "what is there is kept");

    workspace.write("orch.toml", &settings);
    workspace.orch(&["status"]).expect(0);
    workspace
        .orch(&["phase", "4", "explain", "4.1.1"])
        .expect(0);
    workspace.write("orch.toml", "");
    assert_eq!(
        workspace.orch(&["phase", "4", "plan"]).expect(0).stdout,
        plan
    );
    workspace.write(SETTINGS, set);
    let all = workspace.orch(&["phase", "4", "explain", "4.1.1"]);
    assert!(
        !all.stderr.contains("there is no setting"),
        "{}",
        all.stderr
    );
}

#[test]
fn the_demo_makes_the_example_and_runs_it() {
    let workspace = Workspace::new();
    let folder = workspace.outside("demo");
    let run = workspace
        .orch(&["demo", &folder.display().to_string()])
        .expect(0);
    for piece in ["is done on rehearsal", "git log", "PROGRESS.md", "k8s/"] {
        assert!(
            run.stderr.contains(piece),
            "no {piece:?} in\n{}",
            run.stderr
        );
    }
    let example = call_center();
    for (path, bytes) in example.contents() {
        if path != CHECKLIST {
            assert_eq!(
                fs_err::read(folder.join(&path)).expect("a file"),
                bytes,
                "{path}"
            );
        }
    }
    let ticked = fs_err::read_to_string(folder.join(CHECKLIST)).expect("a checklist");
    example.orch(&["phase", "4", "run"]).expect(0);
    assert_eq!(ticked, example.read(CHECKLIST));
    assert!(folder.join(JOURNAL).exists());
    let again = workspace
        .orch(&["demo", &folder.display().to_string()])
        .expect(2);
    assert!(
        again.stderr.contains("is there already"),
        "{}",
        again.stderr
    );
}

#[test]
fn flags_are_checked() {
    let workspace = call_center();
    workspace.orch(&["phase", "four", "run"]).expect(2);
    workspace
        .orch(&["phase", "4", "run", "--quickly"])
        .expect(2);
    let version = workspace.orch(&["--version"]).expect(0);
    assert_eq!(
        version.stdout,
        format!("orch {}\n", env!("CARGO_PKG_VERSION"))
    );
    let help = workspace.orch(&["--help"]).expect(0);
    assert!(
        help.stdout.contains("Exit codes: 0 done"),
        "{}",
        help.stdout
    );
    assert!(
        workspace
            .orch(&["completions", "bash"])
            .expect(0)
            .stdout
            .contains("_orch")
    );
}
