//! What a run changed in a checklist on the disk → the same in a text of it that a person is still
//! editing: boxes, status and dates. What the person wrote stays.

use super::project::words;
use crate::checklist::{Checklist, DateField, EditError, Edits, StatusKind, TaskId};

/// The versions of a document.
#[derive(Debug, Clone, Copy)]
pub struct Edited<'c> {
    /// What the person's edits were made on.
    pub saved: &'c Checklist,
    /// What the run has written.
    pub on_disk: &'c Checklist,
    /// What the person has.
    pub unsaved: &'c Checklist,
}

/// What became of the run's changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The person's text with them.
    pub text: String,
    /// The tasks whose boxes are now as the run wants them.
    pub taken: Vec<TaskId>,
    /// Those that the person has changed or taken out: their boxes stay as they are.
    pub left: Vec<TaskId>,
}

/// Returns the unsaved text with what a run changed.
///
/// # Errors
/// Returns an [`EditError`] where an edit doesn't fit the text.
pub fn carry(versions: Edited<'_>) -> Result<Carried, EditError> {
    let Edited {
        saved,
        on_disk,
        unsaved,
    } = versions;
    let (before, own) = (saved.by_id(), unsaved.by_id());
    let (mut edits, mut taken, mut left) = (Edits::new(), Vec::new(), Vec::new());
    for task in on_disk.tasks() {
        let checked = task.marker.checked;
        let was = before.get(&task.id).map(|it| it.marker.checked);
        if was == Some(checked) {
            continue;
        }
        match own.get(&task.id) {
            Some(own) if words(&unsaved.text, own) == words(&on_disk.text, task) => {
                if own.marker.checked != checked {
                    edits = edits.tick(&own.marker, checked);
                }
                taken.push(task.id.clone());
            }
            Some(_) | None => left.push(task.id.clone()),
        }
    }
    if let (Some(status), Some(wanted)) = (&unsaved.status, ticked(on_disk))
        && ticked(saved) != Some(wanted)
        && ticked(unsaved) == ticked(saved)
    {
        edits = edits.status(status, wanted);
    }
    for field in [started, completed] {
        if let (Some(own), Some(before), Some(now)) = (field(unsaved), field(saved), field(on_disk))
            && own.text == before.text
            && now.text != before.text
        {
            edits = edits.date(own, &now.text);
        }
    }
    Ok(Carried {
        text: edits.apply(&unsaved.text)?,
        taken,
        left,
    })
}

/// Returns the status that a document shows, where it is one.
fn ticked(checklist: &Checklist) -> Option<StatusKind> {
    let boxes = checklist.status.iter().flat_map(|status| &status.boxes);
    let mut ticked = boxes.filter(|it| it.marker.checked);
    let first = ticked.next()?;
    ticked.next().is_none().then_some(first.kind)
}

fn started(checklist: &Checklist) -> Option<&DateField> {
    checklist.started.as_ref()
}

fn completed(checklist: &Checklist) -> Option<&DateField> {
    checklist.completed.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::parse;
    use crate::vocabulary::Vocabulary;

    const SAVED: &str = "# Phase 1: Base\n\n## Status\n\n- [ ] Not started\n- [ ] In progress\n- [ ] Completed\n\n\
         **Started:** -\n\n## 1.1 A\n\n- [ ] Ask\n- [ ] Tell\n";

    /// Checks what is carried into an unsaved text.
    #[track_caller]
    fn check(on_disk: &str, unsaved: &str, expected: &str, left: &[&str]) {
        let read = |text: &str| {
            let parsed = parse("a.md", text, &Vocabulary::default());
            parsed.expect("a checklist").checklist
        };
        let versions = Edited {
            saved: &read(SAVED),
            on_disk: &read(on_disk),
            unsaved: &read(unsaved),
        };
        let carried = carry(versions).expect("it fits");
        assert_eq!(carried.text, expected);
        let found: Vec<&str> = carried.left.iter().map(TaskId::as_str).collect();
        assert_eq!(found, left);
    }

    #[test]
    fn ticks_and_dates_are_carried_and_words_stay() {
        let on_disk = SAVED
            .replace("[ ] Ask", "[x] Ask")
            .replace("Started:** -", "Started:** 2026-01-02");
        let unsaved = SAVED.replace(
            "# Phase 1: Base\n",
            "# Phase 1: Base, and more 🚀\n\nWords.\n",
        );
        let expected = unsaved
            .replace("[ ] Ask", "[x] Ask")
            .replace("Started:** -", "Started:** 2026-01-02");
        check(&on_disk, &unsaved, &expected, &[]);
        let returns = unsaved.replace('\n', "\r\n");
        check(&on_disk, &returns, &expected.replace('\n', "\r\n"), &[]);
    }

    #[test]
    fn a_task_that_the_person_changed_keeps_its_box() {
        let on_disk = SAVED
            .replace("[ ] Ask", "[x] Ask")
            .replace("[ ] Tell", "[x] Tell");
        let unsaved = SAVED.replace("Ask", "Ask Ada");
        let expected = unsaved.replace("[ ] Tell", "[x] Tell");
        check(&on_disk, &unsaved, &expected, &["1.1.1"]);
        let directed = SAVED.replace("Ask", "Ask <!-- orch: manual -->");
        let expected = directed.replace("[ ] Tell", "[x] Tell");
        check(&on_disk, &directed, &expected, &["1.1.1"]);
        let gone = SAVED.replace("- [ ] Tell\n", "");
        let expected = gone.replace("[ ] Ask", "[x] Ask");
        check(&on_disk, &gone, &expected, &["1.1.2"]);
    }

    #[test]
    fn what_the_person_says_of_status_and_dates_counts() {
        let status = |text: &str, ticked: &str| {
            text.replace(&format!("[ ] {ticked}"), &format!("[x] {ticked}"))
        };
        let on_disk = status(SAVED, "In progress");
        check(&on_disk, SAVED, &on_disk, &[]);
        let unsaved = status(SAVED, "Completed").replace("Started:** -", "Started:** 2025-12-31");
        let on_disk = on_disk.replace("Started:** -", "Started:** 2026-01-02");
        check(&on_disk, &unsaved, &unsaved, &[]);
    }
}
