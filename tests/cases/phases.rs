//! Across the phases of a set: what comes next, and going on until a person is needed.

use crate::harness::workspace::Workspace;

fn phase(number: u32, tasks: &str) -> String {
    format!("# Phase {number}: Part {number}\n\n## {number}.1 Work\n\n{tasks}")
}

fn map(name: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: {name}, namespace: parts }}\n")
}

/// Three phases: one that runs, one with a task for a person, one after it.
fn workspace() -> Workspace {
    let bring = |name: &str| format!("- [ ] Bring it <!-- orch: apply=\"{name}.yml\" -->\n");
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: { name: parts }\n---\n";
    Workspace::new()
        .file("orch.toml", "")
        .file("one.yml", namespace.to_owned() + &map("one"))
        .file("two.yml", map("two"))
        .file("checklists/parts/phase-01-one.md", phase(1, &bring("one")))
        .file(
            "checklists/parts/phase-02-ask.md",
            phase(2, "- [ ] Ask the owners\n"),
        )
        .file(
            "checklists/parts/phase-03-last.md",
            phase(3, "- [ ] Tell everybody\n"),
        )
        .commit_all()
}

#[test]
fn a_set_is_run_until_a_person_is_needed_and_goes_on_after() {
    let workspace = workspace();
    let first = workspace.orch(&["run"]).expect(3);
    assert!(first.stderr.contains("phase 1 Part 1"), "{}", first.stderr);
    assert!(first.stderr.contains("Ask the owners"), "{}", first.stderr);
    assert!(!first.stderr.contains("phase 3"), "{}", first.stderr);
    assert!(
        workspace
            .read("checklists/parts/phase-01-one.md")
            .contains("[x] Bring it")
    );

    let next = workspace.orch(&["next"]).expect(0).stdout;
    assert!(
        next.contains("parts, phase 2 Part 2: 1 task open"),
        "{next}"
    );
    assert!(
        next.contains("2.1.1") && next.contains("Ask the owners"),
        "{next}"
    );

    let done = ["task", "done", "2.1.1", "--note", "they agree"];
    workspace.orch(&done).expect(0);
    let second = workspace.orch(&["run"]).expect(3);
    assert!(!second.stderr.contains("phase 1"), "{}", second.stderr);
    assert!(
        second.stderr.contains("Tell everybody"),
        "{}",
        second.stderr
    );
}

#[test]
fn of_several_sets_one_is_to_be_chosen() {
    let workspace = workspace()
        .file("checklists/other/phase-01-one.md", phase(1, "- [ ] Ask\n"))
        .commit_all();
    let refused = workspace.orch(&["run"]).expect(2);
    assert!(
        refused.stderr.contains("which set? other, parts"),
        "{}",
        refused.stderr
    );
    let next = workspace.orch(&["next"]).expect(0).stdout;
    assert!(
        next.contains("other, phase 1") && next.contains("parts, phase 1"),
        "{next}"
    );
}

#[test]
fn a_phase_comes_after_those_before_it_unless_it_is_forced() {
    let workspace = workspace();
    let before = workspace.contents();
    let refused = workspace.orch(&["phase", "3", "run"]).expect(2);
    for piece in [
        "phase 3 comes after phases 1 and 2, which aren't complete",
        "phase 2 has 1 task open",
        "2.1.1 Ask the owners (checklists/parts/phase-02-ask.md:5)",
        "phase 1 run",
        "--force",
    ] {
        assert!(
            refused.stderr.contains(piece),
            "no {piece:?} in\n{}",
            refused.stderr
        );
    }
    let plan = workspace.orch(&["phase", "3", "plan"]).expect(0).stdout;
    assert!(
        plan.contains("phase 2 has 1 task open: a run begins it by --force only"),
        "{plan}"
    );
    let json = workspace
        .orch(&["phase", "3", "plan", "--json"])
        .expect(0)
        .stdout;
    assert!(
        json.contains("\"before\":[{\"phase\":1,\"title\":\"Part 1\",\"open\":[\"1.1.1\"]"),
        "{json}"
    );
    workspace.orch(&["phase", "3", "rehearse"]).expect(0);
    assert_eq!(workspace.contents(), before, "nothing is written");

    workspace.orch(&["phase", "3", "run", "--force"]).expect(3);
    let journal = ".orch/parts/phase-03.jsonl";
    assert!(workspace.read(journal).contains("\"early\":[1,2]"));
    // What was begun goes on.
    workspace.orch(&["phase", "3", "run"]).expect(3);
    let done = ["task", "done", "3.1.1", "--note", "told"];
    workspace.orch(&done).expect(0);
    workspace.orch(&["phase", "3", "run"]).expect(0);
    let progress = workspace.read("PROGRESS.md");
    let event = "boxes by a person: 1, early, before phase: 1, 2 |";
    assert!(progress.contains(event), "{progress}");
    assert!(progress.contains("**Current phase:** 1"), "{progress}");
}

#[test]
fn what_was_ticked_by_hand_counts_as_done() {
    let workspace = workspace();
    for path in [
        "checklists/parts/phase-01-one.md",
        "checklists/parts/phase-02-ask.md",
    ] {
        let ticked = workspace.read(path).replace("- [ ]", "- [x]");
        workspace.write(path, ticked);
    }
    workspace.orch(&["phase", "3", "run"]).expect(3);
    let one = workspace.read("checklists/parts/phase-01-one.md");
    let all = workspace.orch(&["run"]).expect(3);
    assert!(
        all.stderr.contains("phase 3") && !all.stderr.contains("phase 1"),
        "{}",
        all.stderr
    );
    assert_eq!(workspace.read("checklists/parts/phase-01-one.md"), one);
}

const ASKED: &str = "checklists/asked/phase-02-ask.md";

/// A set whose first phase is for people only, with all that a checklist may have.
fn asked() -> Workspace {
    let text = "# Фаза 2: Согласование\n\n## Статус\n- [ ] Не начата\n- [ ] В процессе\n\
                - [ ] Завершена\n\n**Начата:** -\n**Завершена:** -\n\n## 2.1 Люди\n\n\
                - [ ] Спросить владельцев\n- [ ] Назначить вечер\n\n## При завершении фазы\n\n\
                1. Заполни дату \"Завершена: ДД.ММ.ГГГГ\"\n2. Обнови PROGRESS.md:\n   \
                - Текущая фаза: 5\n";
    let progress = "# Прогресс\n\n- **Текущая фаза:** 2\n- **Статус:** Не начата\n\n\
                    | Фаза | Название | Статус | Прогресс | Завершена |\n|---|---|---|---|---|\n\
                    | 2 | Согласование | ⬜ Не начата | 0/2 | - |\n\
                    | 5 | Переезд | ⬜ Не начата | 0/1 | - |\n\n## История\n\n\
                    | Дата | Действие |\n|---|---|\n";
    Workspace::new()
        .file("orch.toml", "")
        .file(ASKED, text)
        .file(
            "checklists/asked/phase-05-move.md",
            "# Фаза 5: Переезд\n\n- [ ] Переехать\n",
        )
        .file("checklists/asked/PROGRESS.md", progress)
        .commit_all()
}

#[test]
fn a_phase_for_people_is_begun_waits_and_is_closed() {
    let workspace = asked();
    workspace.orch(&["run"]).expect(3);
    let text = workspace.read(ASKED);
    assert!(
        text.contains("- [x] В процессе") && !text.contains("- [x] Не начата"),
        "{text}"
    );
    assert!(
        text.contains("**Начата:** 02.01.2026\n**Завершена:** -"),
        "{text}"
    );
    assert_eq!(workspace.messages().len(), 1, "no commit while it waits");
    let progress = workspace.read("checklists/asked/PROGRESS.md");
    assert!(
        progress.contains("| 2 | Согласование | 🔄 В процессе | 0/2 | - |"),
        "{progress}"
    );
    let before = workspace.contents();
    workspace.orch(&["run"]).expect(3);
    assert_eq!(workspace.contents(), before, "waiting goes on");

    let done = |id: &str| {
        workspace
            .orch(&["task", "done", id, "--note", "да"])
            .expect(0)
    };
    let first = done("2.1.1").stderr;
    assert!(!first.contains("last open task"), "{first}");
    let last = done("2.1.2").stderr;
    assert!(
        last.contains("it was the last open task of phase 2"),
        "{last}"
    );
    let went = workspace.orch(&["run"]).expect(3).stderr;
    assert!(went.contains("is complete: 2 tasks by a person"), "{went}");
    let text = workspace.read(ASKED);
    assert!(
        text.contains("- [x] Завершена") && !text.contains("- [x] В процессе"),
        "{text}"
    );
    assert!(text.contains("**Завершена:** 02.01.2026"), "{text}");
    let progress = workspace.read("checklists/asked/PROGRESS.md");
    for piece in [
        "**Текущая фаза:** 5",
        "✅ Завершена | 2/2 |",
        "| 2026-01-02 | Согласование (2): отмечено человеком: 2 |",
    ] {
        assert!(progress.contains(piece), "no {piece:?} in\n{progress}");
    }
    assert_eq!(
        workspace.messages()[0].lines().next(),
        Some("checklist(asked): phase-2 ask completed")
    );

    // Once it is closed, nothing changes.
    let (before, head) = (workspace.contents(), workspace.head());
    workspace.orch(&["phase", "2", "run"]).expect(0);
    assert_eq!((workspace.contents(), workspace.head()), (before, head));
}

#[test]
fn a_closed_phase_that_is_opened_again_has_no_date_of_completion() {
    let workspace = asked();
    for id in ["2.1.1", "2.1.2"] {
        workspace
            .orch(&["task", "done", id, "--note", "да"])
            .expect(0);
    }
    workspace.orch(&["phase", "2", "run"]).expect(0);
    workspace.orch(&["task", "reopen", "2.1.2"]).expect(0);
    workspace.orch(&["phase", "2", "run"]).expect(3);
    let text = workspace.read(ASKED);
    assert!(text.contains("- [x] В процессе"), "{text}");
    assert!(
        text.contains("**Начата:** 02.01.2026\n**Завершена:** -"),
        "{text}"
    );
    let progress = workspace.read("checklists/asked/PROGRESS.md");
    assert!(progress.contains("**Текущая фаза:** 2"), "{progress}");
    assert!(progress.contains("🔄 В процессе | 1/2 | - |"), "{progress}");
}

#[test]
fn sets_that_share_an_account_keep_their_parts() {
    let progress = "# Progress\n\n| Phase | Title | Status |\n|---|---|---|\n\
                    | 1 | Part 1 | Not started |\n";
    let workspace = Workspace::new()
        .file("orch.toml", "")
        .file("PROGRESS.md", progress)
        .file("checklists/parts/phase-01-one.md", phase(1, "- [ ] Ask\n"))
        .file(
            "checklists/other/phase-01-first.md",
            "# Phase 1: Elsewhere\n\n- [ ] Tell\n",
        )
        .commit_all();
    workspace.orch(&["--set", "other", "run"]).expect(3);
    let theirs = workspace.read("PROGRESS.md");
    assert!(theirs.starts_with(progress), "{theirs}");
    assert!(theirs.contains("<!-- orch:begin other -->"), "{theirs}");
    workspace.orch(&["--set", "parts", "run"]).expect(3);
    let both = workspace.read("PROGRESS.md");
    assert!(both.contains("| 1 | Part 1 | In progress |"), "{both}");
    assert!(
        both.contains("[Elsewhere](checklists/other/phase-01-first.md)"),
        "{both}"
    );
}

#[test]
fn every_set_and_phase_is_shown_in_80_columns() {
    let long = "# Phase 7: A title that is much longer than what is left of a line\n\n\
                - [x] Ask\n- [ ] Tell\n- [ ] Book <!-- orch: skip -->\n";
    let workspace = workspace()
        .file("checklists/parts/phase-7-long.md", long)
        .file(
            "checklists/other/01-first.md",
            "# Phase 1: Elsewhere\n\n- [x] Told\n",
        )
        .file(
            "checklists/other/README.md",
            "# What this is\n\n- [ ] no task\n",
        )
        .file("orch.toml", "set = \"parts\"\n")
        .commit_all();
    workspace.orch(&["run"]).expect(3);
    let status = workspace.orch(&["status"]).expect(0).stdout;
    for line in status.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    crate::cases::commands::check_golden("status-sets", &status);
    let json = workspace.orch(&["status", "--json"]).expect(0).stdout;
    let last: serde_json::Value =
        serde_json::from_str(json.lines().last().expect("a line")).expect("JSON");
    assert_eq!(last["percent"], 50);
    assert_eq!(last["forPerson"], serde_json::json!(["7.2"]));
    let next = workspace.orch(&["next"]).expect(0).stdout;
    assert!(next.starts_with("parts, phase 2"), "{next}");
}

#[test]
fn two_checklists_of_one_number_keep_their_set_from_being_used_and_no_other() {
    let workspace = workspace()
        .file("checklists/twice/phase-1-a.md", phase(1, "- [ ] Ask\n"))
        .file("checklists/twice/phase-01-b.md", phase(1, "- [ ] Tell\n"))
        .commit_all();
    let refused = workspace
        .orch(&["--set", "twice", "phase", "1", "run"])
        .expect(2);
    for piece in [
        "phase 1 of `twice` has two checklists",
        "--> checklists/twice/phase-1-a.md:1:1",
        "the other is `checklists/twice/phase-01-b.md`",
    ] {
        assert!(
            refused.stderr.contains(piece),
            "no {piece:?} in\n{}",
            refused.stderr
        );
    }
    let other = ["--set", "parts", "phase", "1", "run"];
    workspace.orch(&other).expect(0);
    let status = workspace.orch(&["status"]).expect(2);
    assert!(status.stdout.contains("Part 1"), "{}", status.stdout);
    let checked = workspace.orch(&["check"]).expect(2).stdout;
    assert!(checked.contains("has two checklists"), "{checked}");
}

#[test]
fn what_is_to_be_typed_names_the_set_where_it_has_to_be() {
    let workspace = workspace()
        .file("checklists/other/phase-01-one.md", phase(1, "- [ ] Ask\n"))
        .commit_all();
    let run = workspace
        .orch(&["phase", "1", "run", "--set", "other"])
        .expect(3);
    let typed = "orch task done 1.1.1 --set other --note";
    assert!(run.stderr.contains(typed), "{}", run.stderr);
    let done = [
        "task",
        "done",
        "1.1.1",
        "--set",
        "other",
        "--note",
        "asked \u{1b}[31mher",
    ];
    let said = workspace.orch(&done).expect(0).stderr;
    assert!(said.contains("`orch phase 1 run --set other`"), "{said}");
    let journal = workspace.read(".orch/other/phase-01.jsonl");
    assert!(journal.contains("asked [31mher"), "no escape: {journal}");
    let usual = workspace.file("orch.toml", "set = \"other\"\n");
    let done = usual.orch(&["task", "reopen", "1.1.1"]).expect(0).stderr;
    assert!(done.contains("`orch phase 1 run`"), "{done}");
}

#[test]
fn an_id_of_two_phases_is_never_guessed() {
    let text = |number: u32| format!("# Phase {number}: A\n\n## 1.1 Work\n\n- [ ] Ask\n");
    let workspace = Workspace::new()
        .file("checklists/parts/phase-01-a.md", text(1))
        .file("checklists/parts/phase-02-b.md", text(2))
        .commit_all();
    let done = ["task", "done", "1.1.1", "--note", "asked"];
    let refused = workspace.orch(&done).expect(2).stderr;
    assert!(
        refused.contains("phases 1, 2 have a task `1.1.1`"),
        "{refused}"
    );
    let run = workspace.orch(&["phase", "2", "run", "--force"]).expect(3);
    let typed = "orch task done 1.1.1 --phase 2 --note";
    assert!(run.stderr.contains(typed), "{}", run.stderr);
    workspace
        .orch(&["task", "done", "1.1.1", "--phase", "2", "--note", "asked"])
        .expect(0);
    assert_eq!(workspace.read("checklists/parts/phase-01-a.md"), text(1));
}

#[test]
fn the_account_tells_what_is_current_as_the_table_does() {
    let workspace = workspace();
    // Without status boxes, the records tell that a phase has begun.
    workspace.orch(&["phase", "2", "run", "--force"]).expect(3);
    workspace
        .orch(&["task", "done", "1.1.1", "--note", "done"])
        .expect(0);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    workspace.orch(&["phase", "2", "run"]).expect(3);
    let progress = workspace.read("PROGRESS.md");
    assert!(progress.contains("**Current phase:** 2"), "{progress}");
    assert!(progress.contains("**Status:** In progress"), "{progress}");
    assert!(
        !progress.contains("In progress | 0/1 (0%) | - |"),
        "{progress}"
    );
}
