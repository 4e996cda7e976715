//! Whole documents: what is read from them, and what edits make of them.

use std::fmt::Write as _;

use super::{Checklist, Edits, StatusKind, TaskId, examine, parse, set_date, set_status, tick};
use crate::diagnostic::Diagnostics;
use crate::vocabulary::Vocabulary;

/// Reads the file in tests only; the program's disk access is elsewhere.
fn acceptance() -> String {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/checklists/phase-04-kubernetes.md"
    );
    fs_err::read_to_string(path).unwrap_or_else(|_| stand_in())
}

/// The same structure in other words, for where the document isn't there.
fn stand_in() -> String {
    let mut text = String::from(
        "# Фаза 4: Kubernetes\n\n## Статус\n- [ ] Не начата\n- [ ] В процессе\n- [ ] Завершена\n\n\
         **Начата:** -\n**Завершена:** -\n\n## Задачи\n\n### 4.0 Анализ\n",
    );
    for (group, tasks) in [("A. Код", 5), ("B. Зависимости", 4), ("C. Архитектура", 5)]
    {
        let _ = write!(text, "\n#### {group}\n");
        text.push_str(&"- [ ] Изучить `a.yml`\n".repeat(tasks));
        if tasks == 4 {
            text.push_str("\n**Компоненты:**\n");
            text.push_str(&"- Services: a, b (c, d)\n".repeat(7));
        }
    }
    text.push_str("\n```bash\n# - [ ] no\n```\n\n**Заметки для переиспользования:** -\n");
    for section in 1..=4 {
        let _ = write!(
            text,
            "\n---\n\n### 4.{section} Раздел\n\n- [ ] `k8s/a.yml` — API:\n"
        );
        text.push_str(&"  - Replicas: 2\n".repeat(6));
        text.push_str(&"- [ ] `k8s/b.yml` — ClusterIP\n".repeat(3));
        text.push_str("\n**Файлы:** `k8s/`\n**Заметки:** одна строка\n");
    }
    text + "\n---\n\n## При завершении фазы\n\n1. Статус:\n   - [x] Завершена\n2. Коммит:\n   \
            ```bash\n   git add .\n   git commit -m \"checklist(x): phase-4 kubernetes completed\"\n   \
            ```\n3. PROGRESS.md:\n   - Текущая фаза: 5\n"
}

#[track_caller]
fn read(text: &str) -> Checklist {
    parse(
        "checklists/demo/phase-04-kubernetes.md",
        text,
        &Vocabulary::default(),
    )
    .unwrap()
    .checklist
}

#[track_caller]
fn warnings(text: &str) -> Vec<String> {
    messages(
        &parse("phase-04-a.md", text, &Vocabulary::default())
            .unwrap()
            .warnings,
    )
}

fn messages(diagnostics: &Diagnostics) -> Vec<String> {
    diagnostics
        .0
        .iter()
        .map(|one| one.message.clone())
        .collect()
}

fn ids(checklist: &Checklist) -> Vec<&str> {
    checklist.tasks().map(|task| task.id.as_str()).collect()
}

/// Every span must be the bytes it says it is.
#[track_caller]
fn check_spans(checklist: &Checklist) {
    let text = &checklist.text;
    for task in checklist.tasks() {
        let at = task.marker.offset;
        let marker = text.get(at - 1..at + 2).unwrap();
        assert!(
            matches!(marker, "[ ]" | "[x]" | "[X]" | "[\t]"),
            "{marker:?}"
        );
        assert_eq!(
            text.get(task.text.span.clone()),
            Some(task.text.source.as_str())
        );
        for inline in std::iter::once(&task.text).chain(task.bullets.iter().map(|b| &b.text)) {
            assert_eq!(text.get(inline.span.clone()), Some(inline.source.as_str()));
            for (code, span) in inline.codes() {
                // A code span's line ends are read as spaces.
                let source = text.get(span.clone()).unwrap();
                assert!(
                    source == code || source.contains(['\r', '\n']),
                    "{source:?} {code:?}"
                );
            }
        }
    }
    for value in checklist
        .sections
        .iter()
        .flat_map(|s| &s.hints)
        .flat_map(|hint| &hint.values)
    {
        assert_eq!(text.get(value.span.clone()), Some(value.value.as_str()));
    }
}

#[test]
fn the_kubernetes_phase_is_read_whole() {
    for text in [acceptance(), stand_in()] {
        let parsed = parse("phase-04-kubernetes.md", &text, &Vocabulary::default()).unwrap();
        assert_eq!(messages(&parsed.warnings), Vec::<String>::new());
        let checklist = parsed.checklist;
        check_spans(&checklist);
        let counts: Vec<(&str, usize)> = checklist
            .sections
            .iter()
            .map(|s| (s.number.as_str(), s.tasks.len()))
            .collect();
        assert_eq!(
            counts,
            [("4.0", 14), ("4.1", 4), ("4.2", 4), ("4.3", 4), ("4.4", 4)]
        );
        assert_eq!(
            (checklist.number, checklist.title.as_str()),
            (4, "Kubernetes")
        );
        assert_eq!(checklist.language, super::Language::Russian);
        assert_eq!(checklist.status.as_ref().unwrap().boxes.len(), 3);
        assert_eq!(checklist.started.as_ref().unwrap().text, "-");
        assert_eq!(checklist.completed.as_ref().unwrap().text, "-");
        let closing = checklist.closing.as_ref().unwrap();
        assert_eq!(closing.next_phase, Some(5));
        let message = closing.commit_message.as_deref().unwrap();
        assert!(
            message.ends_with("phase-4 kubernetes completed"),
            "{message}"
        );
        let analysis = &checklist.sections[0];
        assert_eq!(analysis.tasks[13].id, TaskId::new("4.0.14"));
        assert!(analysis.tasks[13].headings[0].starts_with("C. "));
        assert_eq!(analysis.hints.len(), 7);
        assert_eq!(analysis.fences.len(), 1);
        assert_eq!(analysis.notes.as_ref().unwrap().text, "-");
        let deployment = &checklist.sections[2];
        assert_eq!(deployment.tasks[0].bullets.len(), 6);
        assert!(deployment.files[0].value.starts_with("k8s/"));
        assert!(!deployment.notes.as_ref().unwrap().text.is_empty());
    }
}

const SMALL: &str = r#"# Phase 4: Small

## Status
- [x] Not started
- [ ] In progress
- [ ] Completed

**Started:** -
**Completed:**

### 4.1 One
- [ ] a `b c` **d**
  - e: `f`
    - g
- [x] h <!-- orch: run="./warm.sh" after=4.1.1 timeout=1h30m retries=3 -->
"#;

#[test]
fn byte_order_mark_and_line_ends_keep_spans_right() {
    let crlf = SMALL.replace('\n', "\r\n");
    let cr = SMALL.replace('\n', "\r");
    for text in [SMALL, SMALL.trim_end(), &crlf, &cr] {
        for text in [text.to_owned(), format!("\u{feff}{text}")] {
            let checklist = read(&text);
            check_spans(&checklist);
            assert_eq!(ids(&checklist), ["4.1.1", "4.1.2"], "{text:?}");
            let first = &checklist.sections[0].tasks[0];
            assert_eq!(first.text.plain(), "a b c d");
            assert_eq!(first.bullets[0].children[0].text.source, "g");
            let ticked = tick(&text, &first.marker, true).unwrap();
            assert!(read(&ticked).sections[0].tasks[0].marker.checked);
        }
    }
}

#[track_caller]
fn check_directive(task: &str, expected: &[&str]) {
    let text = format!("# Phase 1: A\n\n- [ ] Ask {task}\n");
    let (_, found) = examine("phase-01-a.md", &text, &Vocabulary::default());
    let found: Vec<&str> = found.0.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(found, expected, "{task}");
}

#[test]
fn what_can_only_be_meant_as_a_directive_is_never_passed_over() {
    check_directive(
        "<!-- orch: run=\"# kubectl apply -f x\" -->",
        &["`run` holds no command: what begins with `#` is a comment"],
    );
    check_directive("<!-- orch: skip", &["this directive has no end"]);
    check_directive(
        "**now** <!--orch: run=\"a\"",
        &["this directive has no end"],
    );
    check_directive("<!-- Orch: skip -->", &["`Orch` begins no directive"]);
    check_directive("<!-- оrсh: skip -->", &["`оrсh` begins no directive"]);
    check_directive("<!-- orch: -->", &["this directive says nothing"]);
    check_directive("`<!-- orch: skip`", &[]);
    check_directive("<!-- orchestration: by Ada -->", &[]);
    check_directive("<!-- Orch does this -->", &[]);
}

#[test]
fn directives_are_read_from_the_line_and_from_below_it() {
    let checklist = read(SMALL);
    let task = &checklist.sections[0].tasks[1];
    assert_eq!(task.text.source, "h");
    let directive = task.directive.as_ref().unwrap();
    assert_eq!(directive.run.as_ref().unwrap().value, "./warm.sh");
    assert_eq!(directive.after[0].value, TaskId::new("4.1.1"));
    assert_eq!(directive.timeout, Some(std::time::Duration::from_mins(90)));
    assert_eq!(directive.retries, Some(3));
    for below in [
        "  <!-- orch: manual -->\n",
        "<!-- orch: manual -->\n",
        "\n<!-- orch: manual -->",
    ] {
        let checklist = read(&format!("# Phase 4: A\n- [ ] a\n{below}"));
        assert!(
            checklist.sections[0].tasks[0]
                .directive
                .as_ref()
                .unwrap()
                .manual,
            "{below:?}"
        );
    }
}

#[test]
fn tasks_know_the_sub_headings_that_they_stand_below() {
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let checklist = read(&format!("# Phase 4: A\n{text}- [ ] a\n"));
        let mut tasks = checklist.tasks();
        assert_eq!(&*tasks.next().unwrap().headings, expected, "{text}");
    }
    check("", &[]);
    check("## B\n#### C\n", &["B", "C"]);
    check("## B\n### C\n## D\n", &["D"]);
    check("## B\n## 4.1 C\n### D\n", &["D"]);
    check("## 4.1 B\n### C\n## D\n", &["D"]);
    check("## B\n# C\n", &[]);
}

#[test]
fn documents_without_numbered_sections_count_from_the_phase() {
    let checklist = read("# Phase 4: A\n## First\n- [ ] a\n  - [ ] b\n## Second\n1. [ ] c\n");
    assert_eq!(ids(&checklist), ["4.1", "4.1.1", "4.2"]);
    let task = checklist.task(&TaskId::new("4.2")).unwrap();
    assert_eq!(&*task.headings, ["Second"]);
}

#[test]
fn what_only_looks_like_a_task_is_none() {
    let checklist = read(
        "# Phase 4: A\n## 4.1 B\n- [ ] a\n\n```\n- [ ] b\n```\n\n<!--\n- [ ] c\n-->\n\n> - [ ] d\n\n\
         ## When the phase is done\n- [x] Done\n",
    );
    assert_eq!(ids(&checklist), ["4.1.1"]);
    assert!(checklist.closing.is_some());
}

#[test]
fn boxes_that_markdown_does_not_read_are_warned_of() {
    for (item, part) in [
        ("[х] a", "Cyrillic"),
        ("[Х] a", "Cyrillic"),
        ("[x]a", "no space"),
        ("[ ]\u{a0}a", "no-break space"),
        ("[\u{a0}] a", "no-break space"),
        ("[~] a", "`[~]`"),
        ("[✅] a", "`[✅]`"),
        ("[] a", "`[]`"),
    ] {
        let found = warnings(&format!("# Phase 4: A\n- [ ] ok\n- {item}\n"));
        assert!(
            found.len() == 1 && found[0].contains(part),
            "{item}: {found:?}"
        );
    }
    assert_eq!(
        warnings("# Phase 4: A\n- [ ] ok\n- [a](b.md)\n- [RFC 1] c\n"),
        Vec::<String>::new()
    );
}

#[track_caller]
fn check_refused(text: &str, expected: &[&str]) {
    let found = parse("notes.md", text, &Vocabulary::default()).unwrap_err();
    assert_eq!(messages(&found), expected, "{text:?}");
}

#[test]
fn unusable_documents_are_refused_with_all_their_problems() {
    check_refused("\u{feff} \n", &["the checklist is empty"]);
    check_refused(
        "# Phase 4: A\n- [ ] a\0\n",
        &["the checklist holds a NUL byte"],
    );
    check_refused("- [ ] a\n", &["the checklist has no title"]);
    check_refused("# Notes\n- [ ] a\n", &["the title names no phase"]);
    check_refused("# Phase 4: A\n", &["the checklist has no tasks"]);
    check_refused(
        &format!("# Phase 4: A\n{}a", "> ".repeat(9999)),
        &["the checklist is nested too deeply"],
    );
    check_refused(
        "# Phase 4: A\n## 4.1 B\n- [ ] a\n## 4.1 C\n- [ ] d <!-- orch: tmeout=5m every=1s after=9 -->\n",
        &[
            "two tasks have the id `4.1.1`",
            "a directive has no key `tmeout`",
            "`every` can't be used in a directive yet",
            "no task of this phase has the id `9`",
        ],
    );
}

#[test]
fn statuses_and_dates_are_written_in_place() {
    let checklist = read(SMALL);
    let text = set_status(SMALL, &checklist, StatusKind::InProgress).unwrap();
    assert!(text.contains("- [ ] Not started\n- [x] In progress\n- [ ] Completed"));
    let text = set_date(&text, checklist.started.as_ref().unwrap(), "2026-01-31").unwrap();
    let completed = read(&text).completed.unwrap();
    let text = set_date(&text, &completed, "2026-02-01").unwrap();
    let again = read(&text);
    assert_eq!(again.started.unwrap().text, "2026-01-31");
    assert_eq!(again.completed.unwrap().text, "2026-02-01");
    assert!(text.contains("**Completed:** 2026-02-01\n"));
}

#[test]
fn each_language_is_read() {
    use super::Language::{English, Russian, Ukrainian};
    let ukrainian = "# Фаза 4 — Сховище\n## Статус\n- [ ] Не розпочата\n- [x] У процесі\n\
        - [ ] Завершена\n\n**Розпочата:** 2026-01-31\n**Завершена:** -\n\n## 4.1 Томи\n- [ ] а\n\n\
        **Файли:** `k8s/`, `k8s/db/`\n**Нотатки:** одна\nі друга\n\n\
        ## При завершенні фази\n- [x] Завершена\n- Поточна фаза: 5\n";
    let english = "# Phase 4: Storage\n\n## 4.1 Volumes\n- [ ] a\n\n**Files**: `k8s/`\n\
        - **Notes:** x\n\n## On completion\nCurrent phase: **5**\n";
    for (text, language, title, files, notes) in [
        (ukrainian, Ukrainian, "Сховище", 2, Some("одна\nі друга")),
        (english, English, "Storage", 1, None),
        (
            "# Фаза 4. Хранилище\n## 4.1 Б\n- [ ] в\n",
            Russian,
            "Хранилище",
            0,
            None,
        ),
    ] {
        let checklist = read(text);
        assert_eq!((checklist.number, checklist.title.as_str()), (4, title));
        assert_eq!(checklist.language, language);
        assert_eq!(ids(&checklist), ["4.1.1"]);
        let section = &checklist.sections[0];
        assert_eq!(section.files.len(), files);
        assert_eq!(
            section.notes.as_ref().map(|notes| notes.text.as_str()),
            notes
        );
        let next = checklist
            .closing
            .as_ref()
            .and_then(|closing| closing.next_phase);
        assert_eq!(next, (files > 0).then_some(5));
    }
    let kinds: Vec<_> = read(ukrainian)
        .status
        .unwrap()
        .boxes
        .iter()
        .map(|b| (b.kind, b.marker.checked))
        .collect();
    assert_eq!(
        kinds,
        [
            (StatusKind::NotStarted, false),
            (StatusKind::InProgress, true),
            (StatusKind::Completed, false),
        ]
    );
}

#[test]
fn edits_are_refused_where_the_text_moved() {
    let checklist = read(SMALL);
    let marker = checklist.sections[0].tasks[0].marker;
    let moved = format!("\n{SMALL}");
    assert!(tick(&moved, &marker, true).is_err());
    assert!(tick("", &marker, true).is_err());
    let ticked = tick(SMALL, &marker, true).unwrap();
    assert!(
        tick(&ticked, &marker, true).is_err(),
        "somebody ticked it meanwhile"
    );
    assert!(
        Edits::new()
            .replace(0..3, "# P", "")
            .replace(2..4, "Ph", "")
            .apply(SMALL)
            .is_err()
    );
}

#[test]
fn tasks_right_below_the_status_are_no_status_boxes() {
    let text = "# Phase 1: A\n\n## Status\n- [x] Not started\n- [ ] Done\n\n**Started:** -\n\n\
                - [ ] Ask\n- [x] Tell\n";
    let read = parse("phase-01-a.md", text, &Vocabulary::default()).expect("a checklist");
    let checklist = read.checklist;
    let ids: Vec<&str> = checklist.tasks().map(|task| task.id.as_str()).collect();
    assert_eq!(ids, ["1.1", "1.2"]);
    assert_eq!(checklist.status.map(|status| status.boxes.len()), Some(2));
    assert_eq!(read.warnings.0, []);
}

proptest::proptest! {
    #[test]
    fn ticking_a_task_changes_one_byte(
        lines in proptest::collection::vec(
            ("(  ){0,2}", "(- \\[[ xX]\\] |- |\\* |1\\. \\[ \\] |> - \\[ \\] |#### |```\n|)", "[a-zа-яії`*:,\\[\\] ]{0,12}"),
            0..24,
        ),
        ends in proptest::sample::select(vec!["\n", "\r\n"]),
        pick in 0_usize..1000,
    ) {
        let mut text = String::from("# Phase 4: A\n\n## 4.1 B\n- [ ] first\n");
        for (indent, marker, words) in &lines {
            let _ = writeln!(text, "{indent}{marker}{words}");
        }
        let text = text.replace('\n', ends);
        if let Ok(parsed) = parse("phase-04-a.md", &text, &Vocabulary::default()) {
            check_spans(&parsed.checklist);
            let tasks: Vec<_> = parsed.checklist.tasks().collect();
            let chosen = tasks[pick % tasks.len()];
            let edited = tick(&text, &chosen.marker, !chosen.marker.checked).unwrap();
            let differing = text.bytes().zip(edited.bytes()).filter(|(a, b)| a != b).count();
            proptest::prop_assert_eq!((differing, edited.len()), (1, text.len()));
            let again = parse("phase-04-a.md", &edited, &Vocabulary::default()).unwrap().checklist;
            let flipped: Vec<_> = again.tasks().zip(&tasks)
                .filter(|(new, old)| new.marker.checked != old.marker.checked)
                .map(|(new, _)| new.id.clone()).collect();
            proptest::prop_assert_eq!(flipped, vec![chosen.id.clone()]);
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,80}") {
        let text = format!("# Phase 4: A\n- [ ] {text}\n  - {text}\n{text}");
        let _ = parse("phase-04-a.md", &text, &Vocabulary::default());
    }
}
