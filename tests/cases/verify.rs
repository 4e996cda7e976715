//! Ticks beside their evidence, again: files, facts, rules, a person's word, and boxes ticked by
//! hand.

use serde_json::Value;

use super::commands::check_golden;
use crate::harness::call_center::{
    CHECKLIST, JOURNAL, application, call_center, checklist, with_checklist,
};
use crate::harness::workspace::{Run, Workspace};

/// The last task of 4.3.
const LAST: &str = "- [ ] `k8s/redis/service.yml`: ClusterIP\n";

fn verify(workspace: &Workspace) -> Run {
    workspace.orch(&["phase", "4", "verify"])
}

fn done() -> Workspace {
    let workspace = call_center();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    workspace
}

/// Verifies, which changes nothing, and must say these pieces.
#[track_caller]
fn check(workspace: &Workspace, code: i32, pieces: &[&str]) -> Run {
    let (contents, head) = (workspace.contents(), workspace.head());
    let run = verify(workspace).expect(code);
    for piece in pieces {
        assert!(
            run.stdout.contains(piece),
            "no {piece:?} in\n{}",
            run.stdout
        );
    }
    assert_eq!(workspace.contents(), contents, "nothing is changed");
    assert_eq!(workspace.head(), head);
    run
}

#[test]
fn all_holds_after_a_run() {
    let workspace = done();
    let run = check(
        &workspace,
        0,
        &["32 of 32 ticks hold", "53 objects were rehearsed"],
    );
    check_golden("verify", &run.stdout);
}

#[test]
fn nothing_is_ticked_before_a_run() {
    check(&call_center(), 0, &["nothing is ticked"]);
}

#[test]
fn what_was_edited_or_deleted_is_listed_with_the_way_out() {
    let workspace = done();
    fs_err::remove_file(workspace.path("k8s/redis/service.yml")).expect("removed");
    let budget = "k8s/call-processor/pdb.yml";
    let edited = workspace
        .read(budget)
        .replace("minAvailable: 1", "minAvailable: 2");
    assert_ne!(edited, workspace.read(budget));
    workspace.write(budget, edited);
    let run = check(&workspace, 1, &["2 don't hold", "30 of 32 ticks hold"]);
    check_golden("verify-lost", &run.stdout);
}

#[test]
fn unticking_opens_just_the_boxes_and_the_next_run_does_it_again() {
    let workspace = done();
    let (ticked, records) = (workspace.read(CHECKLIST), workspace.read(JOURNAL));
    fs_err::remove_file(workspace.path("k8s/redis/service.yml")).expect("removed");
    let head = workspace.head();
    let run = workspace
        .orch(&["phase", "4", "verify", "--untick"])
        .expect(1);
    assert!(
        run.stderr.contains("1 task opened again: 4.3.4"),
        "{}",
        run.stderr
    );
    let opened = ticked
        .replace(
            "- [x] `k8s/redis/service.yml`",
            "- [ ] `k8s/redis/service.yml`",
        )
        .replace("- [ ] In progress", "- [x] In progress")
        .replace("- [x] Completed", "- [ ] Completed")
        .replace("**Completed:** 2026-01-02", "**Completed:** -");
    assert_eq!(workspace.read(CHECKLIST), opened);
    assert_eq!(workspace.head(), head, "no commit");
    let after = workspace.read(JOURNAL);
    let added: Vec<Value> = after
        .strip_prefix(&records)
        .expect("records are only added")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a record"))
        .collect();
    assert_eq!(added.len(), 1, "{added:?}");
    assert_eq!(added[0]["event"], "reopened");
    assert_eq!(added[0]["task"], "4.3.4");
    assert_eq!(added[0]["who"], "Ada Tester <ada@example.test>");
    let why = added[0]["why"].as_str().expect("a reason");
    assert!(
        why.contains("k8s/redis/service.yml") && why.contains("isn't there"),
        "{why}"
    );
    assert!(workspace.read("PROGRESS.md").contains("31/32"));

    check(&workspace, 0, &["31 of 31 ticks hold"]);
    workspace.orch(&["phase", "4", "run"]).expect(0);
    assert_eq!(workspace.read(CHECKLIST), ticked);
    check(&workspace, 0, &["32 of 32 ticks hold"]);
    let again = workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
}

#[test]
fn a_persons_word_is_respected_and_named() {
    let added = "- [ ] Agree with the owners on an evening for the move\n";
    let workspace = with_checklist(&checklist().replace(LAST, &format!("{LAST}{added}")));
    workspace.orch(&["phase", "4", "run"]).expect(3);
    let note = ["task", "done", "4.3.5", "--note", "Tuesday, says Ada"];
    workspace.orch(&note).expect(0);
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let word = "Ada Tester <ada@example.test>, 2026-01-02: Tuesday, says Ada";
    check(&workspace, 0, &[word, "1 by a person's word"]);
}

#[test]
fn a_box_ticked_by_hand_is_checked_where_it_can_be() {
    let text = checklist()
        .replace(
            "- [ ] Create `k8s/README.md`",
            "- [x] Create `k8s/README.md`",
        )
        .replace("- [ ] Study `Dockerfile`", "- [x] Study `Dockerfile`")
        .replace(LAST, &format!("{LAST}- [x] Agree with the owners\n"));
    let workspace = with_checklist(&text);
    let pieces = [
        "its box is ticked by hand",
        "ticked by hand, without a record",
        "1 doesn't hold",
        "1 by a person's word",
    ];
    check(&workspace, 1, &pieces);
    workspace.write("k8s/README.md", "# By hand\n");
    check(&workspace, 0, &["2 of 3 ticks hold"]);

    // Without any run, the box is opened all the same, and the phase isn't begun by that.
    fs_err::remove_file(workspace.path("k8s/README.md")).expect("removed");
    workspace
        .orch(&["phase", "4", "verify", "--untick"])
        .expect(1);
    let opened = text.replace(
        "- [x] Create `k8s/README.md`",
        "- [ ] Create `k8s/README.md`",
    );
    let opened = opened.replace("- [ ] Not started", "- [x] Not started");
    assert_eq!(workspace.read(CHECKLIST), opened);
}

#[test]
fn a_source_that_says_other_things_now_is_named() {
    let workspace = done();
    let dockerfile = workspace.read("Dockerfile");
    let other = dockerfile.replace("EXPOSE 8080", "EXPOSE 8088");
    assert_ne!(other, dockerfile);
    workspace.write("Dockerfile", other);
    check(
        &workspace,
        1,
        &["4.0.3", "port 8080 (Dockerfile:16)", "now port 8088"],
    );
}

#[test]
fn rules_are_checked_against_what_is_on_the_disk() {
    let workspace = done();
    let path = "k8s/redis/statefulset.yml";
    let text = workspace.read(path);
    let (before, rest) = text
        .split_once("          resources:\n")
        .expect("resources");
    let (_, behind) = rest.split_once("320Mi\n").expect("their end");
    workspace.write(path, format!("{before}{behind}"));
    check(
        &workspace,
        1,
        &[
            "every manifest keeps the rule: requests and limits",
            "StatefulSet/redis",
        ],
    );
}

#[test]
fn a_journal_with_a_torn_line_is_read_up_to_it() {
    let workspace = done();
    let records = workspace.read(JOURNAL);
    workspace.write(JOURNAL, format!("{records}{{\"v\":1,\"seq\":9"));
    check(&workspace, 0, &["32 of 32 ticks hold"]);
    let damaged = records.replacen("\"started\"", "\"strated\"", 1);
    workspace.write(JOURNAL, damaged);
    let run = verify(&workspace).expect(2);
    assert!(
        run.stderr.contains("the journal is damaged"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_phase_that_cant_be_read_is_verified_as_far_as_its_record_goes() {
    let workspace = done();
    let text = workspace
        .read("docker-compose.yml")
        .replace("  redis:\n", "  redis: [\n");
    workspace.write("docker-compose.yml", text);
    let run = verify(&workspace).expect(2);
    assert!(run.stderr.contains("docker-compose.yml:"), "{}", run.stderr);
    assert!(run.stdout.contains("ticks hold"), "{}", run.stdout);
    fs_err::remove_file(workspace.path("k8s/redis/service.yml")).expect("removed");
    let run = verify(&workspace).expect(1);
    assert!(run.stdout.contains("it isn't there"), "{}", run.stdout);
}

#[test]
fn all_sets_and_phases_are_verified() {
    let other = "checklists/branch/phase-01-begin.md";
    let text =
        "# Phase 1: Begin\n\n## 1.1 Work\n\n- [x] Study `Dockerfile`\n- [x] Study `gone.txt`\n";
    let workspace = application(Workspace::new())
        .file(CHECKLIST, checklist())
        .file(other, text)
        .file("checklists/branch/phase-02-broken.md", "")
        .commit_all();
    workspace
        .orch(&["--set", "call-center", "phase", "4", "run"])
        .expect(0);
    let all = workspace.orch(&["verify"]).expect(1);
    for piece in ["call-center, phase 4", "branch, phase 1", "`gone.txt`"] {
        assert!(all.stdout.contains(piece), "{}", all.stdout);
    }
    assert!(all.stderr.contains("phase-02-broken.md"), "{}", all.stderr);
    let one = workspace
        .orch(&["verify", "--set", "call-center"])
        .expect(0);
    assert!(!one.stdout.contains("branch"), "{}", one.stdout);
    workspace.orch(&["verify", "--set", "nowhere"]).expect(2);
    workspace.orch(&["verify", "--untick"]).expect(1);
    assert!(workspace.read(other).contains("- [ ] Study `gone.txt`"));
    assert!(workspace.read(other).contains("- [x] Study `Dockerfile`"));
}

#[test]
fn it_is_told_as_json_too() {
    let workspace = done();
    fs_err::remove_file(workspace.path("k8s/redis/service.yml")).expect("removed");
    let run = workspace
        .orch(&["phase", "4", "verify", "--json"])
        .expect(1);
    let events: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("one JSON value a line"))
        .collect();
    let lost: Vec<&Value> = events
        .iter()
        .filter(|it| it["standing"] == "lost")
        .collect();
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert_eq!(lost[0]["task"], "4.3.4");
    assert_eq!(lost[0]["claims"][0]["found"], "it isn't there");
    let end = events.last().expect("an event");
    assert_eq!(
        (&end["event"], &end["lost"]),
        (&"verified".into(), &1.into())
    );
}
