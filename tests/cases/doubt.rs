//! What a person who doubts tries: they take records and accounts away, edit while a run goes on,
//! say things twice, and name folders in their own script.

use std::collections::{BTreeMap, BTreeSet};

use crate::harness::call_center::{CHECKLIST, call_center, checklist, with_checklist};
use crate::harness::workspace::Workspace;

const ONE: &str = "checklists/shop/phase-01-base.md";

fn shop(tasks: &str) -> Workspace {
    Workspace::new()
        .file(
            ONE,
            format!("# Phase 1: Base\n\n### 1.1 Work\n{tasks}\n**Notes:** -\n"),
        )
        .file(
            "compose.yaml",
            "services: {api: {image: 'example.test/api:1'}}\n",
        )
}

#[test]
fn what_a_person_made_first_is_there_in_the_rehearsal() {
    let task = "- [ ] Create `k8s/namespace.yml`";
    let text = checklist().replace(task, &task.replace("[ ]", "[x]"));
    assert_ne!(text, checklist());
    let workspace = with_checklist(&text);
    workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(!workspace.has("k8s/namespace.yml"), "it was done elsewhere");
}

#[test]
fn a_phase_without_its_record_counts_as_done_elsewhere() {
    let workspace = call_center();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let ticked = workspace.read(CHECKLIST);
    fs_err::remove_dir_all(workspace.path(".orch")).expect("removes");
    workspace.commit("Forget what was done");
    workspace.orch(&["phase", "4", "run"]).expect(0);
    assert_eq!(workspace.read(CHECKLIST), ticked);
}

#[test]
fn an_account_that_is_gone_is_written_again() {
    let workspace = call_center();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let (before, head) = (workspace.contents(), workspace.head());
    fs_err::remove_file(workspace.path("PROGRESS.md")).expect("removes");
    let run = workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(
        run.stderr.contains("PROGRESS.md was gone"),
        "{}",
        run.stderr
    );
    assert_eq!(workspace.contents(), before);
    assert_eq!(workspace.head(), head, "nothing is committed for it");
    let run = workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(run.stderr.contains("nothing to do"), "{}", run.stderr);
}

/// A command edits the checklist while the run goes on, as an editor would.
#[track_caller]
fn check_edited(from: &str, to: &str, open: &str) {
    let tasks = "- [ ] Edit <!-- orch: run=./edit.sh -->\n- [ ] Move <!-- orch: run=fence after=1.1.1 -->\n\
                 \n  ```sh\n  true\n  ```\n- [ ] Look <!-- orch: run=true after=1.1.2 -->\n";
    let script = format!("#!/bin/sh\ngrep -q '{from}' {ONE} && sed -i 's/{from}/{to}/' {ONE}\n");
    let workspace = shop(tasks).file("edit.sh", script);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs_err::set_permissions(workspace.path("edit.sh"), mode).expect("sets");
    let workspace = workspace.commit_all();
    let run = workspace.orch(&["phase", "1", "run", "--yes"]).expect(2);
    assert!(run.stderr.contains("isn't what it was"), "{}", run.stderr);
    let text = workspace.read(ONE);
    assert!(text.contains("- [x] Edit"), "{text}");
    assert!(text.contains(to), "the person's edit stays\n{text}");
    assert!(
        text.contains(open),
        "not ticked for another command\n{text}"
    );
    assert_eq!(workspace.messages().len(), 1, "nothing is committed");
}

#[test]
fn what_was_done_for_one_command_ticks_no_other() {
    check_edited("run=true after", "run=false after", "- [ ] Look");
    check_edited("^  true", "  false", "- [ ] Move");
}

#[test]
fn a_note_that_is_given_twice_is_there_once() {
    let workspace = shop("- [ ] Ask Ada\n- [ ] Ask Ben\n").commit_all();
    let done = |id: &str, note: &str| {
        workspace
            .orch(&["task", "done", id, "--note", note])
            .expect(0);
    };
    done("1.1.1", "She agrees");
    done("1.1.1", "She agrees");
    done("1.1.2", "He agrees.");
    done("1.1.2", "He agrees.");
    let text = workspace.read(ONE);
    let notes = "**Notes:** 1.1.1: She agrees; 1.1.2: He agrees.\n";
    assert!(text.ends_with(notes), "{text}");
}

#[test]
fn unticking_goes_back_to_the_first_phase_that_is_open() {
    let workspace = shop("- [ ] Create `a.txt`\n")
        .file("a.txt", "a\n")
        .file("b.txt", "b\n")
        .file(
            "checklists/shop/phase-02-more.md",
            "# Phase 2: More\n\n- [ ] Create `b.txt`\n- [ ] Ask Ada\n",
        )
        .commit_all();
    workspace.orch(&["run"]).expect(3);
    for path in ["a.txt", "b.txt"] {
        fs_err::remove_file(workspace.path(path)).expect("removes");
    }
    workspace.orch(&["verify", "--untick"]).expect(1);
    let account = workspace.read("PROGRESS.md");
    assert!(account.contains("**Current phase:** 1"), "{account}");
}

#[test]
fn a_conflict_that_nobody_resolved_is_told_and_nothing_is_run() {
    let workspace = shop(
        "<<<<<<< HEAD\n- [x] Study `compose.yaml`\n=======\n- [ ] Study `compose.yaml` again\n>>>>>>> other\n",
    )
    .commit_all();
    let checked = workspace.orch(&["check"]).expect(2);
    let told = "a conflict of git's isn't resolved here";
    assert!(checked.stdout.contains(told), "{}", checked.stdout);
    let before = workspace.contents();
    workspace.orch(&["phase", "1", "run"]).expect(2);
    assert_eq!(workspace.contents(), before);
}

#[test]
fn names_in_another_script_become_names_of_kubernetes() {
    let workspace = Workspace::new()
        .file(
            "compose.yaml",
            "name: моё-приложение\nservices: {web: {image: 'nginx:1.27', ports: ['80']}}\n",
        )
        .commit_all();
    workspace.orch(&["init", "--language", "ru"]).expect(0);
    workspace.orch(&["phase", "1", "rehearse"]).expect(0);
    let text = workspace.read("checklists/моё-приложение/phase-01-kubernetes.md");
    assert!(
        text.contains("Пространство имён: `moe-prilozhenie`"),
        "{text}"
    );
}

#[test]
fn compose_files_in_a_folder_are_found_and_several_are_asked_about() {
    let compose = "services: {api: {build: ../.., ports: ['8080:8080']}}\n";
    let workspace = Workspace::new()
        .file("deploy/docker/docker-compose.yml", compose)
        .file("Dockerfile", "FROM scratch\nEXPOSE 8080\n")
        .commit_all();
    let dry = ["-C", "deploy/docker", "init", "--dry-run"];
    let said = workspace.orch(&dry).expect(0).stderr;
    assert!(
        said.contains("to make deploy/docker one of its own"),
        "{said}"
    );
    let said = workspace.orch(&["init", "--set", "shop"]).expect(0).stderr;
    assert!(!said.contains("touch orch.toml"), "{said}");
    assert!(
        said.contains("found deploy/docker/docker-compose.yml"),
        "{said}"
    );
    let text = workspace.read("checklists/shop/phase-01-kubernetes.md");
    assert!(
        text.contains("Study `deploy/docker/docker-compose.yml`"),
        "{text}"
    );
    let checked = workspace.orch(&["check"]).expect(0).stderr;
    assert_eq!(checked, "nothing to complain about\n");
    workspace.orch(&["phase", "1", "rehearse"]).expect(0);

    let several = Workspace::new()
        .file(
            "a/compose.yaml",
            "services: {a: {image: 'example.test/a:1'}}\n",
        )
        .file(
            "b/compose.yaml",
            "services: {b: {image: 'example.test/b:1'}}\n",
        )
        .commit_all();
    let said = several.orch(&["init"]).expect(2).stderr;
    assert!(said.contains("init --compose b/compose.yaml"), "{said}");
    let init = ["init", "--set", "shop", "--compose", "b/compose.yaml"];
    several.orch(&init).expect(0);
    assert!(several.has("checklists/shop/phase-01-kubernetes.md"));
    several
        .orch(&["init", "--compose", "c/compose.yaml"])
        .expect(2);
}

#[test]
fn a_rehearsal_tells_programs_each_tick_once_and_its_end() {
    let workspace = call_center();
    let run = workspace
        .orch(&["phase", "4", "rehearse", "--json"])
        .expect(0);
    let ticked = run.stdout.lines().filter(|it| it.contains("\"ticked\""));
    let mut each: Vec<&str> = ticked.collect();
    assert_eq!(each.len(), 32);
    each.sort_unstable();
    each.dedup();
    assert_eq!(each.len(), 32);
    let last = run.stdout.lines().last().unwrap_or_default();
    let last: serde_json::Value = serde_json::from_str(last).expect("JSON");
    let expected = serde_json::json!({ "event": "ended", "outcome": "done", "target": "rehearsal", "kept": false });
    assert_eq!(last, expected);
}

/// Returns the events of a page's table with their keys.
fn documented() -> BTreeMap<String, String> {
    let page = fs_err::read_to_string("docs/json.md").expect("the page");
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let mut events: BTreeMap<String, String> = BTreeMap::new();
    for row in rows {
        let cells: Vec<&str> = row.split('|').collect();
        let [_, _, kinds, keys, _] = cells.as_slice() else {
            continue;
        };
        for kind in kinds.split('`').skip(1).step_by(2) {
            events.entry(kind.to_owned()).or_default().push_str(keys);
        }
    }
    events
}

#[test]
fn every_event_is_one_that_the_page_names() {
    let documented = documented();
    let workspace = call_center();
    let commands = [
        "init --dry-run",
        "new phase Later --dry-run",
        "status",
        "next",
        "check",
        "analyze",
        "phase 4 plan",
        "phase 4 plan --section 4.2",
        "phase 4 rehearse",
        "run",
        "phase 4 status",
        "phase 4 explain 4.2.1",
        "verify",
        "task reopen 4.2.2",
        "task done 4.2.2 --note fine",
        "phase 4 run",
        "status --live",
        "phase 4 undo",
        "phase 4 undo --yes",
        "new phase Later",
        "task skip 5.1.1 --note later",
        "phase 5 run",
    ];
    let mut seen = BTreeSet::new();
    for command in commands {
        let mut arguments: Vec<&str> = command.split(' ').collect();
        arguments.push("--json");
        let run = workspace.orch(&arguments);
        for line in run.stdout.lines() {
            let event: serde_json::Value = serde_json::from_str(line)
                .unwrap_or_else(|error| panic!("{command}: {error}: {line}"));
            let kind = event["event"].as_str().expect("its kind").to_owned();
            let keys = documented.get(&kind);
            let keys = keys.unwrap_or_else(|| panic!("{command}: no `{kind}` on the page"));
            for key in event.as_object().expect("an object").keys() {
                let named = key == "event" || keys.contains(&format!("`{key}`"));
                assert!(named, "{command}: no `{key}` of `{kind}` on the page");
            }
            seen.insert(kind);
        }
    }
    for kind in [
        "decided",
        "ended",
        "would-write",
        "wrote",
        "ticked",
        "verified",
        "needed",
    ] {
        assert!(seen.contains(kind), "{kind} was not seen: {seen:?}");
    }
}

#[test]
fn a_run_that_fails_ends_with_an_event_as_well() {
    let workspace = shop("- [ ] Fail <!-- orch: run=false -->\n").commit_all();
    let run = workspace
        .orch(&["phase", "1", "run", "--yes", "--json"])
        .expect(1);
    let last = run.stdout.lines().last().unwrap_or_default();
    let last: serde_json::Value = serde_json::from_str(last).expect("JSON");
    assert_eq!(
        (&last["event"], &last["outcome"]),
        (&"ended".into(), &"failed".into())
    );
}

#[test]
fn sets_that_are_run_at_once_keep_their_parts_of_the_account() {
    let sets = ["a", "b", "c", "d"];
    let mut workspace = Workspace::new().file("x.yml", "a: 1\n");
    for set in sets {
        let text = format!("# Phase 1: {set}\n\n### 1.1 Work\n- [ ] Study `x.yml`\n");
        workspace = workspace.file(&format!("checklists/{set}/phase-01-x.md"), text);
    }
    let workspace = workspace.commit_all();
    let runs = sets.map(|set| workspace.spawn(&["--set", set, "phase", "1", "run"]));
    for run in runs {
        run.wait().expect(0);
    }
    let account = workspace.read("PROGRESS.md");
    for set in sets {
        let row = format!("](checklists/{set}/phase-01-x.md) | Completed");
        assert!(account.contains(&row), "no {set} in\n{account}");
    }
    assert_eq!(workspace.messages().len(), 1 + sets.len());
    assert!(
        workspace.git_status().is_empty(),
        "{:?}",
        workspace.git_status()
    );
}

/// Checks that a task with this below its line is left open, and that the plan shows what it says.
#[track_caller]
fn check_left(line: &str, below: &str, shown: &str) {
    let tasks = format!("- [ ] Create `src/plain.py`\n- [ ] {line}{below}\n");
    let workspace = shop(&tasks)
        .file("src/plain.py", "pass\n")
        .file("src/a.py", "pass\n")
        .commit_all();
    let plan = workspace.orch(&["phase", "1", "plan"]).expect(0).stdout;
    assert!(plan.contains(shown), "{shown}\n{plan}");
    workspace.orch(&["phase", "1", "run"]).expect(3);
    let text = workspace.read(ONE);
    assert!(text.contains("- [x] Create `src/plain.py`"), "{text}");
    assert!(text.contains(&format!("- [ ] {line}")), "{text}");
}

#[test]
fn nothing_that_stands_below_a_box_is_dropped() {
    let line = "Create `src/a.py`";
    for (below, shown) in [
        (
            "\n\n  Must also be signed off by Ann.",
            "Must also be signed",
        ),
        ("\n\n  Не раньше пятницы.", "Не раньше пятницы."),
        ("\n  - \n    and its tests", "and its tests"),
        ("\n\n  > Only after the audit.", "> Only after the audit."),
        (
            "\n\n  | not | yet |\n  | --- | --- |\n  | so | far |",
            "| not | yet |",
        ),
        ("\n  ### Blocked by legal", "Blocked by legal"),
        ("\n  <p>Blocked by legal</p>", "<p>Blocked by legal</p>"),
        ("\n\n  ![](blocked.png)", "![](blocked.png)"),
        ("\n\n      only after the audit", "only after the audit"),
        ("\n  ***\n  Not before Friday.", "Not before Friday."),
        ("\n\n  ~~cancelled~~", "~~cancelled~~"),
        (
            "\n  ```\n  only after the audit\n  ```",
            "only after the audit",
        ),
    ] {
        check_left(line, below, shown);
    }
    let friday = "\n\n  Not before Friday.";
    check_left("Study `compose.yaml`", friday, "Not before Friday.");
    check_left(
        "Which services are needed: api",
        friday,
        "Not before Friday.",
    );
    check_left("`k8s/namespace.yml`", friday, "Not before Friday.");
}

#[test]
fn what_is_struck_through_is_never_done() {
    for line in [
        "Create ~~`src/a.py`~~",
        "<s>Create `src/a.py`</s>",
        "Create `src/a.py` <del>and its tests</del>",
        "~~`k8s/api/deployment.yml`~~",
        "`k8s/api/deployment.yml`: ~~replicas 5~~",
    ] {
        check_left(line, "", "struck through");
    }
    let tasks = "- [ ] `k8s/api/deployment.yml`\n  - ~~Replicas: 5~~\n";
    let workspace = shop(tasks).commit_all();
    workspace.orch(&["phase", "1", "run"]).expect(3);
    let written = workspace.read("k8s/api/deployment.yml");
    assert!(!written.contains("replicas: 5"), "{written}");
}

#[test]
fn a_box_that_is_no_task_is_told() {
    let tasks = "- [ ] Ask Ann\n  -\n- [ ] Ask Bob\n\nа) [ ] Ask Cid\n\n- 📌 [ ] Ask Dan\n";
    let workspace = shop(tasks).commit_all();
    let checked = workspace.orch(&["check"]).expect(0);
    let told = checked.stdout + &checked.stderr;
    let boxes = told.matches("isn't the first thing of a list's item");
    assert_eq!(boxes.count(), 2, "{told}");
    assert!(told.contains("begin the line with `- [ ] …`"), "{told}");
    let status = workspace.orch(&["phase", "1", "status"]).expect(0).stdout;
    assert!(
        status.contains("Ask Ann") && status.contains("Ask Bob"),
        "{status}"
    );
}
