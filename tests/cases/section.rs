//! `--section`: a part of a phase, with what it can't do without, and all else left as it is.

use crate::harness::call_center::{
    CHECKLIST, SETTINGS, call_center, checklist, own, with_checklist,
};
use crate::harness::workspace::Workspace;

/// Returns the boxes that are ticked, by the first words of their lines.
fn ticked(workspace: &Workspace) -> Vec<String> {
    let text = workspace.read(CHECKLIST);
    let ticked = text.lines().filter_map(|line| line.strip_prefix("- [x] "));
    let name = |line: &str| line.split('`').nth(1).unwrap_or(line).to_owned();
    ticked.map(name).collect()
}

#[test]
fn a_section_is_run_with_what_it_cant_do_without() {
    let workspace = call_center();
    let messages = workspace.messages();
    let run = workspace
        .orch(&["phase", "4", "run", "--section", "4.3"])
        .expect(0);
    assert_eq!(
        ticked(&workspace),
        [
            "In progress",
            "k8s/namespace.yml",
            "k8s/postgresql/statefulset.yml",
            "k8s/postgresql/service.yml",
            "k8s/redis/statefulset.yml",
            "k8s/redis/service.yml",
        ]
    );
    for piece in [
        "section 4.3 can't do without:",
        "apply Namespace/call-center (task 4.1.1): for apply ",
        "apply Secret/db-credentials (task 4.1.2): for apply StatefulSet/postgresql, env",
        "section 4.3 is done on rehearsal",
        "left as they are: 25 open tasks of other sections",
    ] {
        assert!(run.stderr.contains(piece), "no {piece:?} in {}", run.stderr);
    }
    assert!(!workspace.has("k8s/ingress.yml"), "another section's file");
    assert!(workspace.read("PROGRESS.md").contains("| 5/32 (15%) |"));
    assert_eq!(workspace.messages(), messages, "nothing is committed");

    let again = workspace
        .orch(&["phase", "4", "run", "--section", "4.3"])
        .expect(0);
    let piece = "nothing to do: section 4.3 is done on rehearsal";
    assert!(again.stderr.contains(piece), "{}", again.stderr);
}

#[test]
fn a_full_run_goes_on_where_a_section_ended() {
    let workspace = call_center();
    let section = ["phase", "4", "run", "--json", "--section", "4.2"];
    let first = workspace.orch(&section).expect(0);
    let second = workspace.orch(&["phase", "4", "run", "--json"]).expect(0);
    let started = |text: &str| -> Vec<String> {
        let events = text.lines().map(|line| {
            let event: serde_json::Value = serde_json::from_str(line).expect("an event");
            event
        });
        let started = events.filter(|event| event["event"] == "started");
        started.map(|it| it["step"].to_string()).collect()
    };
    let (first, second) = (started(&first.stdout), started(&second.stdout));
    assert!(!first.is_empty() && !second.is_empty());
    let twice: Vec<&String> = second.iter().filter(|it| first.contains(it)).collect();
    assert!(twice.is_empty(), "done again: {twice:?}");

    // All is as after one run.
    let whole = own().workspace;
    whole.orch(&["phase", "4", "run"]).expect(0);
    let but_journal = |workspace: &Workspace| {
        let mut contents = workspace.contents();
        contents.retain(|path, _| !path.starts_with(".orch/"));
        contents
    };
    assert_eq!(but_journal(&workspace), but_journal(&whole));
    assert_eq!(workspace.messages().len(), whole.messages().len());
}

#[test]
fn the_last_section_completes_the_phase() {
    let text = "# Phase 4: Kubernetes\n\n## 4.1 Base\n\n- [ ] Create `k8s/namespace.yml`\n\n\
        ## 4.2 Notes\n\n- [ ] Study `docker-compose.yml`\n";
    let workspace = with_checklist(text);
    workspace.write(SETTINGS, "extras = \"report\"\n");
    workspace.commit("Settle");
    workspace
        .orch(&["phase", "4", "run", "--section", "4.1"])
        .expect(0);
    let before = workspace.messages().len();
    let run = workspace
        .orch(&["phase", "4", "run", "--section", "4.2"])
        .expect(0);
    assert!(
        run.stderr.contains("phase 4 Kubernetes is done"),
        "{}",
        run.stderr
    );
    assert_eq!(workspace.messages().len(), before + 1, "it is committed");
}

#[test]
fn a_change_in_another_section_is_left_to_the_full_run() {
    let workspace = call_center();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let text = workspace.read(CHECKLIST);
    let changed = text.replace("requests 128Mi/100m", "requests 160Mi/100m");
    workspace.write(CHECKLIST, changed);
    let other = ["phase", "4", "run", "--section", "4.1"];
    workspace.orch(&other).expect(0);
    let whole = workspace.orch(&["phase", "4", "run"]).expect(2);
    let piece = "finished steps are not what they were";
    assert!(whole.stderr.contains(piece), "{}", whole.stderr);
    let section = ["phase", "4", "run", "--section", "4.2"];
    workspace.orch(&section).expect(2);
}

#[test]
fn a_person_in_the_section_is_waited_for_and_one_elsewhere_isnt() {
    let text = checklist().replace(
        "- [ ] `k8s/redis/service.yml`",
        "- [ ] Ask who owns the backups\n- [ ] `k8s/redis/service.yml`",
    );
    let workspace = with_checklist(&text);
    let run = workspace
        .orch(&["phase", "4", "run", "--section", "4.3"])
        .expect(3);
    assert!(
        run.stderr.contains("Ask who owns the backups"),
        "{}",
        run.stderr
    );
    let run = workspace
        .orch(&["phase", "4", "run", "--section", "4.1"])
        .expect(0);
    assert!(!run.stderr.contains("Ask who owns"), "{}", run.stderr);
}

#[test]
fn an_unknown_section_is_refused_with_those_there_are() {
    let workspace = call_center();
    let before = workspace.contents();
    for command in ["plan", "run", "rehearse"] {
        let run = workspace
            .orch(&["phase", "4", command, "--section", "4.9"])
            .expect(2);
        for piece in ["phase 4 has no section 4.9", "4.1 Base · 4.2 Application"] {
            assert!(run.stderr.contains(piece), "no {piece:?} in {}", run.stderr);
        }
    }
    assert_eq!(workspace.contents(), before, "nothing is written");
}

#[test]
fn a_plan_of_a_section_shows_its_tasks_and_what_they_need() {
    let workspace = call_center();
    let plan = ["phase", "4", "plan", "--section", "4.3"];
    let text = workspace.orch(&plan).expect(0).stdout;
    assert!(!text.contains("4.2.1"), "{text}");
    for piece in ["\n4.3 Data stores\n", "section 4.3 can't do without:\n"] {
        assert!(text.contains(piece), "no {piece:?} in {text}");
    }
    let json = workspace.orch(&[&plan[..], &["--json"]].concat()).expect(0);
    let tasks = json
        .stdout
        .lines()
        .filter(|it| it.contains("\"event\":\"task\""));
    assert_eq!(tasks.count(), 4);
    assert!(json.stdout.contains("\"event\":\"needed\""));
}

#[test]
fn rehearsing_a_section_changes_nothing() {
    let workspace = call_center();
    let before = workspace.contents();
    workspace
        .orch(&["phase", "4", "rehearse", "--section", "4.2"])
        .expect(0);
    assert_eq!(workspace.contents(), before);
}

#[test]
fn boxes_that_were_opened_again_take_nothing_away_from_the_rehearsal() {
    let workspace = call_center();
    let run = ["phase", "4", "run", "--section", "4.3"];
    workspace.orch(&run).expect(0);
    let done = workspace.read(CHECKLIST);
    // Somebody saves over the ticks, or takes the file back.
    workspace.write(CHECKLIST, checklist());
    let again = workspace.orch(&run).expect(0);
    assert!(
        again.stderr.contains("section 4.3 is done"),
        "{}",
        again.stderr
    );
    assert_eq!(workspace.read(CHECKLIST), done);
    workspace.write(CHECKLIST, checklist());
    workspace.orch(&["phase", "4", "run"]).expect(0);
}
