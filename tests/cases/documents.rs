//! Whatever a checklist is written like, its boxes are found, none but them, and edits change the
//! bytes that they are to change.

mod fixes;
mod page;
mod pieces;
mod progress;

use orch::checklist::{Checklist, Edits, Parsed, Span, StatusKind};
use proptest::prelude::*;

use crate::invariants::documents::{self, outline};
use page::{Expected, page, single};
use pieces::draft;

/// Returns the tasks that were read, as they are expected.
fn found(checklist: &Checklist) -> Vec<Expected> {
    let tasks = checklist.tasks().map(|task| Expected {
        id: task.id.to_string(),
        checked: task.marker.checked,
        words: single(&task.text.plain()),
    });
    tasks.collect()
}

#[track_caller]
fn read(text: &str) -> Parsed {
    let refuse = |problems| {
        panic!(
            "{}\n{text:?}",
            orch::diagnostic::render(&problems, orch::diagnostic::Screen::default())
        )
    };
    documents::read(text).unwrap_or_else(refuse)
}

/// An edit of what orch owns.
#[derive(Debug, Clone)]
enum Edit {
    Status(StatusKind),
    Started(&'static str),
    Completed(&'static str),
    Notes(usize, &'static str),
    Tick(usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let dates = || proptest::sample::select(vec!["2026-01-31", "-", "2026-02-01"]);
    let kinds = vec![
        StatusKind::NotStarted,
        StatusKind::InProgress,
        StatusKind::Completed,
    ];
    let notes = vec![
        "-",
        "готово — `a.yml`",
        "- [ ] none",
        "# 4.1 No",
        "```",
        "<!--",
        "",
    ];
    prop_oneof![
        proptest::sample::select(kinds).prop_map(Edit::Status),
        dates().prop_map(Edit::Started),
        dates().prop_map(Edit::Completed),
        (any::<usize>(), proptest::sample::select(notes))
            .prop_map(|(at, note)| Edit::Notes(at, note)),
        any::<usize>().prop_map(Edit::Tick),
    ]
}

/// Makes an edit and checks that what was asked for is read, and nothing else is new.
fn make(before: &Checklist, edit: &Edit) -> String {
    let text = edits(before, edit)
        .apply(&before.text)
        .expect("the text is as it was read");
    let after = read(&text).checklist;
    let mut expected = outline(before);
    if let Edit::Tick(at) = edit {
        expected.flip(at % before.tasks().count());
    }
    assert_eq!(outline(&after), expected, "{edit:?} of {:?}", before.text);
    match edit {
        Edit::Status(kind) => {
            for one in after.status.iter().flat_map(|status| &status.boxes) {
                assert_eq!(
                    one.marker.checked,
                    one.kind == *kind,
                    "{edit:?} of {:?}",
                    before.text
                );
            }
        }
        Edit::Started(date) => {
            assert!(
                after.started.iter().all(|field| field.text == *date),
                "{text:?}"
            );
        }
        Edit::Completed(date) => {
            assert!(
                after.completed.iter().all(|field| field.text == *date),
                "{text:?}"
            );
        }
        Edit::Notes(at, note) => {
            let section = after.sections.get(at % before.sections.len());
            let notes = section.and_then(|section| section.notes.as_ref());
            assert!(
                notes
                    .iter()
                    .all(|notes| notes.text == orch::checklist::harmless(note)),
                "{edit:?} in {text:?}"
            );
        }
        Edit::Tick(_) => {}
    }
    text
}

/// Returns what an edit changes; nothing where the checklist has no such field.
fn edits(before: &Checklist, edit: &Edit) -> Edits {
    let edits = match edit {
        Edit::Status(kind) => before
            .status
            .as_ref()
            .map(|status| Edits::new().status(status, *kind)),
        Edit::Started(date) => before
            .started
            .as_ref()
            .map(|field| Edits::new().date(field, date)),
        Edit::Completed(date) => before
            .completed
            .as_ref()
            .map(|field| Edits::new().date(field, date)),
        Edit::Notes(at, note) => {
            let section = before.sections.get(at % before.sections.len());
            section
                .and_then(|it| it.notes.as_ref())
                .map(|field| Edits::new().field(field, note))
        }
        Edit::Tick(at) => {
            let task = before
                .tasks()
                .nth(at % before.tasks().count())
                .expect("a task");
            Some(Edits::new().tick(&task.marker, !task.marker.checked))
        }
    };
    edits.unwrap_or_default()
}

/// Returns the text between what orch owns, white space around that left out.
fn foreign(checklist: &Checklist) -> Vec<&str> {
    let dates = [&checklist.started, &checklist.completed]
        .into_iter()
        .flatten();
    let mut owned: Vec<Span> = dates.map(|field| field.value.clone()).collect();
    let status = checklist
        .status
        .iter()
        .flat_map(|status| &status.boxes)
        .map(|one| one.marker);
    let markers = status.chain(checklist.tasks().map(|task| task.marker));
    owned.extend(markers.map(|marker| marker.offset..marker.offset + 1));
    let notes = checklist
        .sections
        .iter()
        .filter_map(|section| section.notes.as_ref());
    owned.extend(notes.map(|notes| notes.span.clone()));
    owned.sort_by_key(|span| span.start);
    let (mut pieces, mut done) = (Vec::new(), 0);
    for span in owned {
        pieces.push(
            checklist
                .text
                .get(done..span.start)
                .expect("spans don't overlap")
                .trim(),
        );
        done = span.end;
    }
    pieces.push(
        checklist
            .text
            .get(done..)
            .expect("a place of the text")
            .trim(),
    );
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn every_box_is_found_as_it_was_written_and_nothing_else_is(draft in draft()) {
        let page = page(&draft);
        let parsed = read(&page.text);
        prop_assert_eq!(found(&parsed.checklist), page.tasks, "of {:?}", page.text);
        let told = parsed.warnings.0.iter().filter(|one| one.rule == "box").count();
        prop_assert_eq!(told, page.lookalikes, "{:#?} of {:?}", documents::told(&parsed.warnings), page.text);
    }

    #[test]
    fn ticking_a_task_changes_one_byte_and_unticking_restores_it(draft in draft()) {
        let page = page(&draft);
        let parsed = read(&page.text);
        for index in 0..page.tasks.len() {
            documents::flips(&parsed, index);
        }
    }

    #[test]
    fn what_is_said_of_a_document_holds_for_generated_ones(draft in draft()) {
        documents::document(&page(&draft).text);
    }

    #[test]
    fn edits_in_any_order_change_only_what_orch_owns(
        draft in draft(),
        edits in proptest::collection::vec(edit(), 1..8),
    ) {
        let page = page(&draft);
        let first = read(&page.text).checklist;
        let mut text = page.text.clone();
        for edit in &edits {
            text = make(&read(&text).checklist, edit);
        }
        let last = read(&text).checklist;
        prop_assert_eq!(foreign(&last), foreign(&first), "{:?}", edits);
    }
}
