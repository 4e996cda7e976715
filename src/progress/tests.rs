//! Documents of persons and of orch, updated.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn row(number: u32, title: &str, status: StatusKind, done: usize) -> PhaseRow {
    PhaseRow {
        number,
        title: title.to_owned(),
        status,
        done,
        total: 30,
        started: (status != StatusKind::NotStarted).then(|| date(2026, 1, 30)),
        completed: (status == StatusKind::Completed).then(|| date(2026, 1, 31)),
        file: format!("phase-{number:02}.md"),
        place: Place::Cluster,
    }
}

/// Phase 4 of 3 to 5 has just been completed.
fn view(language: Language) -> View {
    View {
        set: "demo".into(),
        language,
        phases: vec![
            row(3, "Testing", StatusKind::Completed, 30),
            row(4, "Kubernetes", StatusKind::Completed, 30),
            row(5, "Backup", StatusKind::NotStarted, 0),
        ],
        phase: 4,
        current: 5,
        history: vec![Entry {
            date: date(2026, 1, 31),
            phase: 4,
            title: "Kubernetes".into(),
            text: "completed".into(),
        }],
        shared: false,
    }
}

#[track_caller]
fn check(view: &View, input: &str, expected: &str) {
    let output = update(Some(input), view).expect("updates");
    assert_eq!(output, expected);
    assert_eq!(
        update(Some(&output), view).expect("updates"),
        output,
        "updating again"
    );
}

#[test]
fn a_new_document_is_complete_and_stays_as_it_is() {
    let text = update(None, &view(Language::English)).expect("creates");
    assert_eq!(
        text,
        "# Progress: demo\n\
         <!-- orch:set demo -->\n\
         \n\
         ## Current status\n\
         \n\
         - **Current phase:** 5 — Backup\n\
         - **Status:** Not started\n\
         - **Last updated:** 2026-01-31\n\
         \n\
         ## Phases\n\
         \n\
         | # | Phase | Status | Tasks | Started | Completed |\n\
         | --- | --- | --- | --- | --- | --- |\n\
         | 3 | [Testing](phase-03.md) | Completed | 30/30 (100%) | 2026-01-30 | 2026-01-31 |\n\
         | 4 | [Kubernetes](phase-04.md) | Completed | 30/30 (100%) | 2026-01-30 | 2026-01-31 |\n\
         | 5 | [Backup](phase-05.md) | Not started | 0/30 (0%) | - | - |\n\
         \n\
         ## History\n\
         \n\
         | Date | Phase | Event |\n\
         | --- | --- | --- |\n\
         | 2026-01-31 | 4 | completed |\n"
    );
    check(&view(Language::English), &text, &text);
}

#[test]
fn every_language_recognises_what_it_writes() {
    for language in [Language::English, Language::Russian, Language::Ukrainian] {
        let mut before = view(language);
        before.phases[1] = row(4, "Kubernetes", StatusKind::InProgress, 12);
        before.current = 4;
        before.history.clear();
        let old = update(None, &before).expect("creates");
        let expected = update(None, &view(language)).expect("creates");
        // A document that had no date is given one.
        check(&view(language), &old, &expected);
    }
}

#[test]
fn a_persons_document_keeps_its_form() {
    check(
        &view(Language::Russian),
        "# Прогресс проекта\n\
         \n\
         ## Текущий статус\n\
         - **Текущая фаза:** 4 (Kubernetes)\n\
         - **Статус:** в процессе  \n\
         - **Ответственный:** Анна\n\
         \n\
         | #  | Фаза       | Статус        | Прогресс   | Ссылка |\n\
         |---:|------------|---------------|-----------:|--------|\n\
         | 3  | Тесты      | ✅ Готово     | 30/30      | a      |\n\
         | 4  | Kubernetes | 🔄 В процессе | 12/30 (40%) | [b](b) |\n\
         | 5  | Бэкапы     | ⬜ Не начата  | 0%         | -      |\n\
         \n\
         ## История\n\
         | Дата | Фаза | Действие |\n\
         |------|------|----------|\n\
         | 12.01.2026 | 3 | Тесты готовы |\n\
         \n\
         Дальше — текст человека.\n",
        "# Прогресс проекта\n\
         \n\
         ## Текущий статус\n\
         - **Текущая фаза:** 5 (Backup)\n\
         - **Статус:** не начата  \n\
         - **Ответственный:** Анна\n\
         \n\
         | #  | Фаза       | Статус        | Прогресс   | Ссылка |\n\
         |---:|------------|---------------|-----------:|--------|\n\
         | 3  | Тесты      | ✅ Готово     | 30/30      | a      |\n\
         | 4  | Kubernetes | ✅ Готово     | 30/30 (100%) | [b](b) |\n\
         | 5  | Бэкапы     | ⬜ Не начата  | 0%         | -      |\n\
         \n\
         ## История\n\
         | Дата | Фаза | Действие |\n\
         |------|------|----------|\n\
         | 12.01.2026 | 3 | Тесты готовы |\n\
         | 31.01.2026 | 4 | completed |\n\
         \n\
         Дальше — текст человека.\n",
    );
}

#[test]
fn line_endings_and_a_missing_last_one_stay() {
    check(
        &view(Language::English),
        "| Phase | Tasks | Status |\r\n|---|---|---|\r\n| Phase 3: T | - | done |\r\n\
         | Phase 4: K | - | **Not started** |\r\n| Phase 5: B | 3 open | |\r\n\r\n\
         | Date | Event |\r\n|---|---|\r\n| - | - |",
        "| Phase | Tasks | Status |\r\n|---|---|---|\r\n| Phase 3: T | - | done |\r\n\
         | Phase 4: K | 30/30 | done |\r\n| Phase 5: B | 3 open | |\r\n\r\n\
         | Date | Event |\r\n|---|---|\r\n| 2026-01-31 | Kubernetes (4): completed |",
    );
}

#[test]
fn a_row_that_is_missing_is_inserted_at_its_place() {
    check(
        &view(Language::English),
        "| # | Phase | Status |\n|---|---|---|\n| 3 | Testing | Completed |\n| 5 | Backup | x |\n\n\
         ## History\n\n- 2026-01-12 — later\n- 2026-01-10 — earlier\n",
        "| # | Phase | Status |\n|---|---|---|\n| 3 | Testing | Completed |\n\
         | 4 | Kubernetes | Completed |\n| 5 | Backup | x |\n\n\
         ## History\n\n- 2026-01-31 — Kubernetes (4): completed\n- 2026-01-12 — later\n\
         - 2026-01-10 — earlier\n",
    );
}

#[test]
fn a_phases_number_and_name_may_have_a_column_each() {
    check(
        &view(Language::Russian),
        "| Фаза | Название | Статус |\n|---|---|---|\n| 03 | Тесты | Готово |\n| 05 | Б | - |\n\n\
         | Дата | Фаза | Действие |\n|---|---|---|\n| 2026-01-31 | Kubernetes | completed |\n",
        "| Фаза | Название | Статус |\n|---|---|---|\n| 03 | Тесты | Готово |\n\
         | 4 | Kubernetes | Завершена |\n| 05 | Б | - |\n\n\
         | Дата | Фаза | Действие |\n|---|---|---|\n| 2026-01-31 | Kubernetes | completed |\n",
    );
}

#[test]
fn a_rehearsed_phase_says_so_until_it_ran() {
    let mut rehearsed = view(Language::English);
    rehearsed.phases[1].place = Place::Rehearsal;
    rehearsed.history.clear();
    let table = |word: &str| {
        format!(
            "| # | Status |\n|---|---|\n| 3 | Done |\n| 4 | {word} |\n| 5 | - |\n\n\
             | Date | Event |\n|---|---|\n"
        )
    };
    check(
        &rehearsed,
        &table("In progress"),
        &table("Done (rehearsed)"),
    );
    rehearsed.phases[1].place = Place::Cluster;
    check(&rehearsed, &table("Done (rehearsed)"), &table("Done"));
}

#[test]
fn an_unknown_form_gets_a_section_of_its_own() {
    let text = "My notes\n\n```\n| # | Status |\n|---|---|\n| 4 | open |\n```\nend";
    let output = update(Some(text), &view(Language::English)).expect("updates");
    assert!(output.starts_with(&format!(
        "{text}\n\n<!-- orch:begin demo -->\n## Progress: demo\n"
    )));
    assert!(
        output.ends_with("| 2026-01-31 | 4 | completed |\n<!-- orch:end -->\n"),
        "{output}"
    );
    check(&view(Language::English), &output, &output);
    let mut later = view(Language::English);
    later.phases[2] = row(5, "Backup", StatusKind::InProgress, 3);
    let grown = update(Some(&format!("{output}Below.\n")), &later).expect("updates");
    assert_eq!(grown.matches("orch:begin").count(), 1);
    assert!(
        grown.contains("3/30 (10%)") && grown.ends_with("Below.\n"),
        "{grown}"
    );
}

#[test]
fn an_unclosed_section_is_an_error() {
    let error = update(Some("a\n<!-- orch:begin -->\n"), &view(Language::English));
    assert_eq!(
        error.expect_err("unclosed").to_string(),
        "line 2: `<!-- orch:begin -->` without `<!-- orch:end -->`; add it, or remove both and \
         what is between"
    );
}

#[test]
fn sets_that_share_a_document_have_sections_of_their_own() {
    let first = update(None, &view(Language::English)).expect("creates");
    let mut other = view(Language::English);
    other.set = "other".into();
    other.phases[1].title = "Mesh".into();
    let both = update(Some(&first), &other).expect("updates");
    assert!(
        both.starts_with(&first) && both.contains("<!-- orch:begin other -->"),
        "{both}"
    );
    check(&other, &both, &both);
    check(&view(Language::English), &both, &both);
    let mut third = view(Language::English);
    third.set = "third".into();
    let three = update(Some(&both), &third).expect("updates");
    assert!(three.starts_with(&both), "{three}");
    check(&other, &three, &three);
}

#[test]
fn a_status_elsewhere_is_left_alone() {
    let text = "- **Current phase:** 5\n\n## Team\n\n- **Status:** in progress\n\n\
                | # | Status |\n|-|-|\n| 3 | x |\n| 4 | Completed |\n| 5 | x |\n\n\
                | Date | Event |\n|-|-|\n| 2026-01-31 | Kubernetes (4): completed |\n";
    check(&view(Language::English), text, text);
}

/// A line that such a document may have.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        "[|#*: \\-a-zа-я0-9/%✅\r]{0,20}",
        Just("| # | Фаза | Статус | Задачи | Начата |".to_owned()),
        Just("|---|---|---|---|---|".to_owned()),
        Just("| 4 | K | 🔄 В процессе | 1/30 | - |".to_owned()),
        Just("| 5 | B \\| C | **не начата** | 10 % |".to_owned()),
        Just("- **Текущая фаза:** 4".to_owned()),
        Just("**Status**: open".to_owned()),
        Just("## История".to_owned()),
        Just("| Date | Phase | Action |".to_owned()),
        Just("|:-|:-:|-:|".to_owned()),
        Just("| 01.01.2026 | 3 | x |".to_owned()),
        Just("- **2026-01-02** — y".to_owned()),
        Just("```".to_owned()),
        Just(String::new()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn updating_twice_is_updating_once(lines in proptest::collection::vec(line(), 0..14)) {
        let view = view(Language::Russian);
        let once = update(Some(&lines.join("\n")), &view).expect("no markers");
        let twice = update(Some(&once), &view).expect("still fine");
        prop_assert_eq!(twice, once);
    }
}

#[test]
fn a_phase_that_is_turned_back_has_no_dates() {
    let mut undone = view(Language::English);
    undone.phases[1] = row(4, "Kubernetes", StatusKind::NotStarted, 0);
    undone.current = 4;
    undone.history[0].text = "turned back".into();
    check(
        &undone,
        "| # | Phase | Status | Started | Completed |\n|---|---|---|---|---|\n\
         | 3 | Testing | Completed | 2026-01-30 | 2026-01-31 |\n\
         | 4 | Kubernetes | Completed | 2026-01-30 | 2026-01-31 |\n\n\
         | Date | Event |\n|---|---|\n",
        "| # | Phase | Status | Started | Completed |\n|---|---|---|---|---|\n\
         | 3 | Testing | Completed | 2026-01-30 | 2026-01-31 |\n\
         | 4 | Kubernetes | Not started | - | - |\n\
         | 5 | Backup | Not started | - | - |\n\n\
         | Date | Event |\n|---|---|\n\
         | 2026-01-31 | Kubernetes (4): turned back |\n",
    );
}
