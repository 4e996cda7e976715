//! What a person decides, does, ticks and unticks.

use crate::harness::call_center::{CHECKLIST, JOURNAL, call_center, checklist, with_checklist};
use crate::harness::workspace::Workspace;

/// The last task of 4.3.
const LAST: &str = "- [ ] `k8s/redis/service.yml`: ClusterIP\n";

fn with(added: &str) -> Workspace {
    with_checklist(&checklist().replace(LAST, &format!("{LAST}{added}")))
}

/// Returns how many boxes are ticked, the status box among them.
fn ticked(workspace: &Workspace) -> usize {
    workspace.read(CHECKLIST).matches("- [x]").count()
}

#[test]
fn waits_for_a_person_after_all_else_is_done() {
    let workspace = with("- [ ] Agree with the owners on an evening for the move\n");

    let waiting = workspace.orch(&["phase", "4", "run"]).expect(3);

    assert!(waiting.stderr.contains("4.3.5"), "{}", waiting.stderr);
    assert!(
        waiting.stderr.contains("Agree with the owners"),
        "{}",
        waiting.stderr
    );
    assert!(
        waiting.stderr.contains("orch task done 4.3.5"),
        "{}",
        waiting.stderr
    );
    let text = workspace.read(CHECKLIST);
    assert_eq!(ticked(&workspace), 32 + 1, "all but one, and the status");
    assert!(text.contains("- [ ] Agree with the owners"));
    assert!(text.contains("- [x] In progress"));
    assert!(text.contains("**Completed:** -"));
    assert_eq!(workspace.messages().len(), 1, "no commit yet");
    assert!(workspace.read("PROGRESS.md").contains("32/33"));

    // Waiting goes on, and changes nothing.
    let before = workspace.contents();
    workspace.orch(&["phase", "4", "run"]).expect(3);
    assert_eq!(workspace.contents(), before);

    let done = ["task", "done", "4.3.5", "--note", "Tuesday, says Ada"];
    workspace.orch(&done).expect(0);
    assert!(
        workspace
            .read(CHECKLIST)
            .contains("- [x] Agree with the owners")
    );
    let status = workspace.orch(&["phase", "4", "status"]).expect(0).stdout;
    assert!(status.contains("Tuesday, says Ada"), "{status}");

    workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(workspace.read(CHECKLIST).contains("- [x] Completed"));
    assert_eq!(workspace.messages().len(), 2);
    assert!(workspace.git_status().is_empty());
    check_done(&workspace);
}

#[test]
fn an_unread_bullet_leaves_its_box_to_a_person() {
    let workspace = with("  - Mind the phase of the moon\n");
    let waiting = workspace.orch(&["phase", "4", "run"]).expect(3);
    assert!(waiting.stderr.contains("4.3.4"), "{}", waiting.stderr);
    assert!(workspace.has("k8s/redis/service.yml"), "the work is done");
    assert!(workspace.read(CHECKLIST).contains(LAST), "the box is open");

    workspace
        .orch(&["task", "done", "4.3.4", "--note", "the moon is fine"])
        .expect(0);
    workspace.orch(&["phase", "4", "run"]).expect(0);
    check_done(&workspace);
}

#[test]
fn an_unread_bullet_can_be_accepted() {
    let workspace = with("  - Mind the phase of the moon\n");
    workspace
        .orch(&["phase", "4", "run", "--accept-unread"])
        .expect(0);
    assert_eq!(ticked(&workspace), 33);
    check_done(&workspace);
}

#[test]
fn a_person_may_tick_what_was_left_open_for_them() {
    let workspace = with("  - Mind the phase of the moon\n");
    workspace.orch(&["phase", "4", "run"]).expect(3);
    let text = workspace
        .read(CHECKLIST)
        .replace(LAST, &LAST.replace("[ ]", "[x]"));
    workspace.write(CHECKLIST, text);
    workspace.orch(&["phase", "4", "run"]).expect(0);
    check_done(&workspace);
}

#[test]
fn a_box_that_a_person_ticked_without_a_record_is_respected() {
    let text = checklist().replace(
        "- [ ] Create `k8s/README.md`",
        "- [x] Create `k8s/README.md`",
    );
    let workspace = with_checklist(&text);
    workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(!workspace.has("k8s/README.md"), "it was done elsewhere");
    assert_eq!(ticked(&workspace), 33);
    let status = workspace.orch(&["phase", "4", "status"]).expect(0).stdout;
    assert!(status.contains("done elsewhere"), "{status}");
    check_done(&workspace);
}

#[test]
fn a_box_that_a_person_unticked_is_done_again() {
    let workspace = call_center();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let done = workspace.read(CHECKLIST);
    let box_of = |mark: &str| format!("- [{mark}] `k8s/redis/service.yml`");
    workspace.write(CHECKLIST, done.replace(&box_of("x"), &box_of(" ")));

    let again = workspace.orch(&["phase", "4", "run"]).expect(0);

    assert!(!again.stderr.contains("nothing to do"), "{}", again.stderr);
    assert_eq!(workspace.read(CHECKLIST), done);
    assert!(
        workspace
            .read(crate::harness::call_center::JOURNAL)
            .contains("\"reopened\"")
    );
    assert_eq!(workspace.messages().len(), 3);
    check_done(&workspace);
}

#[test]
fn a_decision_that_a_person_takes_back_is_open_again() {
    let workspace = with("- [ ] Agree with the owners on an evening for the move\n");
    workspace
        .orch(&["task", "done", "4.3.5", "--note", "agreed"])
        .expect(0);
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let box_of = |mark: &str| format!("- [{mark}] Agree");
    let text = workspace
        .read(CHECKLIST)
        .replace(&box_of("x"), &box_of(" "));
    workspace.write(CHECKLIST, text);

    workspace.orch(&["phase", "4", "run"]).expect(3);
    let text = workspace.read(CHECKLIST);
    assert!(text.contains(&box_of(" ")), "the box stays open");
    assert!(text.contains("- [x] In progress"), "{text}");

    workspace
        .orch(&["task", "done", "4.3.5", "--note", "agreed again"])
        .expect(0);
    workspace.orch(&["phase", "4", "run"]).expect(0);
    check_done(&workspace);
}

#[test]
fn a_task_can_be_opened_again_by_command() {
    let workspace = call_center();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    workspace.orch(&["task", "reopen", "4.1.3"]).expect(0);
    assert!(
        workspace
            .read(CHECKLIST)
            .contains("- [ ] Create `k8s/configmap.yml`")
    );
    workspace.orch(&["phase", "4", "run"]).expect(0);
    assert_eq!(ticked(&workspace), 33);
    check_done(&workspace);
}

#[test]
fn a_decision_needs_a_note_and_a_task() {
    let workspace = call_center();
    let before = workspace.contents();
    let empty = workspace
        .orch(&["task", "done", "4.1.1", "--note", " "])
        .expect(2);
    assert!(
        empty.stderr.contains("a note says what was done"),
        "{}",
        empty.stderr
    );
    let unknown = workspace
        .orch(&["task", "done", "4.9.9", "--note", "x"])
        .expect(2);
    assert!(
        unknown.stderr.contains("no task 4.9.9"),
        "{}",
        unknown.stderr
    );
    let text = workspace
        .orch(&["task", "done", "backup", "--note", "x"])
        .expect(2);
    assert!(text.stderr.contains("--phase N"), "{}", text.stderr);
    assert_eq!(workspace.contents(), before);
}

/// Running a phase that is done changes nothing.
#[track_caller]
fn check_done(workspace: &Workspace) {
    let (contents, head) = (workspace.contents(), workspace.head());
    let run = workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(run.stderr.contains("nothing to do"), "{}", run.stderr);
    assert_eq!(workspace.contents(), contents);
    assert_eq!(workspace.head(), head);
}

#[test]
fn what_comes_after_a_persons_task_waits_for_it() {
    let text = checklist()
        .replace(
            "- [ ] Create `k8s/namespace.yml`: the namespace\n",
            "- [ ] Create `k8s/namespace.yml`: the namespace\n\
             - [ ] Ask Ada whether it may go on <!-- orch: id=ask manual -->\n",
        )
        .replace(
            "PostgreSQL 16\n",
            "PostgreSQL 16 <!-- orch: after=ask -->\n",
        );
    assert_eq!(text.matches("after=ask").count(), 1, "{text}");
    let workspace = with_checklist(&text);
    let run = workspace.orch(&["phase", "4", "run"]).expect(3);
    assert!(run.stderr.contains("wait for it"), "{}", run.stderr);
    let begun = |object: &str| {
        let started = |line: &str| line.contains("\"started\"") && line.contains(object);
        workspace.read(JOURNAL).lines().any(started)
    };
    assert!(workspace.has("k8s/postgresql/statefulset.yml"));
    assert!(begun("apply StatefulSet/redis"));
    assert!(!begun("apply StatefulSet/postgresql"));
    // What needs the database waits, too.
    assert!(!begun("apply Deployment/call-processor"));
    let records = workspace.read(JOURNAL);
    workspace.orch(&["phase", "4", "run"]).expect(3);
    assert_eq!(workspace.read(JOURNAL), records, "nothing could be done");

    let done = [
        "task",
        "done",
        "ask",
        "--phase",
        "4",
        "--note",
        "she agrees",
    ];
    workspace.orch(&done).expect(0);
    workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(begun("apply StatefulSet/postgresql"));
}

/// A phase that only waits for persons.
fn for_persons() -> Workspace {
    let text = "# Phase 1: Talks\n\n## Status\n- [ ] Not started\n- [ ] In progress\n- [ ] Completed\n\n\
                **Started:** -\n**Completed:** -\n\n## 1.1 Talks\n\n- [ ] Ask Ada\n- [ ] Ask Bob\n\n**Notes:** -\n";
    let next = text.replace("Phase 1", "Phase 2").replace("1.1", "2.1");
    Workspace::new()
        .file("checklists/talks/phase-01-talks.md", text)
        .file("checklists/talks/phase-02-more.md", &next)
        .commit_all()
}

const TALKS: &str = "checklists/talks/phase-01-talks.md";

#[test]
fn what_a_person_leaves_out_closes_the_phase_without_a_tick() {
    let workspace = for_persons();
    workspace.orch(&["phase", "1", "run"]).expect(3);
    workspace
        .orch(&["task", "done", "1.1.1", "--note", "she agrees"])
        .expect(0);
    let skipped = ["task", "skip", "1.1.2", "--note", "Bob has left"];
    let said = workspace.orch(&skipped).expect(0).stderr;
    assert!(said.contains("task 1.1.2 is left out"), "{said}");
    assert!(said.contains("the next run closes it"), "{said}");

    let text = workspace.read(TALKS);
    assert!(text.contains("- [ ] Ask Bob"), "never a tick: {text}");
    assert!(text.contains("1.1.2: Bob has left"), "{text}");
    let journal = workspace.read(".orch/talks/phase-01.jsonl");
    assert!(journal.contains("\"event\":\"skipped\""), "{journal}");
    let status = workspace.orch(&["phase", "1", "status"]).expect(0).stdout;
    assert!(status.contains("left out by"), "{status}");
    assert!(status.contains("Bob has left"), "{status}");
    assert!(status.contains("1/1, 1 task left out"), "{status}");
    let explained = ["phase", "1", "explain", "1.1.2"];
    let explained = workspace.orch(&explained).expect(0).stdout;
    assert!(explained.contains("left out, 20"), "{explained}");

    workspace.orch(&["phase", "1", "run"]).expect(0);
    let text = workspace.read(TALKS);
    assert!(text.contains("- [x] Completed"), "{text}");
    assert!(text.contains("- [ ] Ask Bob"), "{text}");
    let progress = workspace.read("PROGRESS.md");
    assert!(progress.contains("boxes left out: 1"), "{progress}");
    // It isn't open for those that come after it, nor for the checks.
    let check = workspace.orch(&["check"]).expect(0);
    assert!(!check.stderr.contains("is open"), "{}", check.stderr);
    let next = workspace.orch(&["next"]).expect(0).stdout;
    assert!(next.contains("2.1.1"), "{next}");
    workspace.orch(&["phase", "2", "run"]).expect(3);

    // Until somebody wants it after all.
    workspace
        .orch(&["task", "reopen", "1.1.2", "--note", "Bob is back"])
        .expect(0);
    workspace.orch(&["phase", "1", "run"]).expect(3);
    let text = workspace.read(TALKS);
    assert!(text.contains("- [x] In progress"), "{text}");
    assert!(text.contains("**Completed:** -"), "{text}");
}

#[test]
fn what_is_done_or_left_out_already_isnt_left_out() {
    let workspace = for_persons();
    let skip = ["task", "skip", "1.1.1"];
    workspace.orch(&skip).expect(0);
    let again = workspace.orch(&skip).expect(2).stderr;
    assert!(again.contains("left out already"), "{again}");
    workspace
        .orch(&["task", "done", "1.1.1", "--note", "after all"])
        .expect(0);
    let done = workspace.orch(&skip).expect(2).stderr;
    assert!(done.contains("orch task reopen 1.1.1"), "{done}");
}

const ASKED: &str = "# Phase 1: Talks\n\n## 1.1 Ask\n\n- [ ] Ask security\n- [ ] Book a room\n\
                     - [ ] Ask the lawyers\n- [ ] Migrate \
                     <!-- orch: run=\"echo ran >> ran.txt\" -->\n";

fn asked() -> Workspace {
    let workspace = Workspace::new();
    workspace.write(TALKS, ASKED);
    workspace.commit("start");
    workspace
}

#[test]
fn a_decision_stays_with_its_task_when_lines_move() {
    let workspace = asked();
    workspace.orch(&["task", "skip", "1.1.2"]).expect(0);
    workspace.write(TALKS, ASKED.replace("- [ ] Book a room\n", ""));
    workspace
        .orch(&["task", "done", "1.1.1", "--note", "ok"])
        .expect(0);

    let ran = workspace.orch(&["phase", "1", "run", "--yes"]).expect(3);

    let said = ran.stderr;
    assert!(said.contains("left out as `Book a room`"), "{said}");
    assert!(said.contains("orch task skip 1.1.2"), "{said}");
    assert!(said.contains("Ask the lawyers"), "left to a person: {said}");
    let check = workspace.orch(&["check"]).expect(0).stdout;
    assert!(check.contains("left out as `Book a room`"), "{check}");

    // The decision is made, whatever becomes of the lines above.
    workspace.orch(&["task", "skip", "1.1.2"]).expect(0);
    let text = workspace.read(TALKS);
    let moved = text.replace("- [x] Ask security", "- [x] New\n- [x] Ask security");
    workspace.write(TALKS, &moved);
    workspace.orch(&["phase", "1", "run", "--yes"]).expect(0);
    let status = workspace.orch(&["phase", "1", "status"]).expect(0).stdout;
    let line = status.lines().find(|line| line.contains("lawyers"));
    assert!(
        line.is_some_and(|line| line.contains("left out by")),
        "{status}"
    );
}

#[test]
fn a_command_isnt_left_out_in_place_of_another_task() {
    let workspace = asked();
    workspace.orch(&["task", "skip", "1.1.3"]).expect(0);
    let first = "- [ ] Ask security\n";
    workspace.write(TALKS, ASKED.replace(first, ""));

    workspace.orch(&["phase", "1", "run", "--yes"]).expect(3);

    assert_eq!(workspace.read("ran.txt"), "ran\n");
}

#[test]
fn a_command_that_is_left_out_stays_so_when_its_words_are_mended() {
    let workspace = asked();
    workspace.orch(&["task", "skip", "1.1.4"]).expect(0);
    workspace.write(TALKS, ASKED.replace("Migrate", "Migrate the data"));

    workspace.orch(&["phase", "1", "run", "--yes"]).expect(3);

    assert!(!workspace.has("ran.txt"));
}
