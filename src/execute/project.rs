//! What a run means for the checklist: boxes, status, dates, and nothing else.
//!
//! The document is re-read before each edit. Where a person changed it meanwhile, what they wrote
//! stays; where they changed a task that this run is about, the run stops and says so.

use std::collections::{BTreeSet, HashSet};

use crate::checklist::{
    Bullet, Checklist, EditError, Edits, StatusKind, Task, TaskId, parse, read_date,
};
use crate::diagnostic::Diagnostics;
use crate::files::{FilesError, Workspace};
use crate::journal::Subject;

/// What a date field shows where nothing happened yet.
const NO_DATE: &str = "-";

/// Why a checklist could not be brought up to date; nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// It is gone.
    #[error("`{0}` is gone; restore it and run again: what was done is recorded")]
    Gone(String),
    /// A task is another one now.
    #[error(
        "`{path}` changed while running: task {task} isn't what it was when the run began; \
         run again, and the new text is read"
    )]
    TaskChanged {
        /// The document.
        path: String,
        /// The task.
        task: TaskId,
    },
    /// It can't be read as a checklist any more.
    #[error("`{0}` changed while running and can't be read any more")]
    Unreadable(String, #[source] Diagnostics),
    /// An edit doesn't fit.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The disk refused.
    #[error(transparent)]
    Files(#[from] FilesError),
}

/// What a document is to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection {
    /// The boxes to tick.
    pub ticked: BTreeSet<TaskId>,
    /// The boxes to open.
    pub opened: BTreeSet<TaskId>,
    /// The status.
    pub status: StatusKind,
    /// The date of the first run; without one, a date that is there goes.
    pub started: Option<String>,
    /// The date of completion; without one, a date that is there goes.
    pub completed: Option<String>,
}

/// Returns a checklist's text as the projection wants it; the same text where it is so already.
///
/// # Errors
/// Returns an [`EditError`] where an edit doesn't fit the document.
pub fn project(checklist: &Checklist, wanted: &Projection) -> Result<String, EditError> {
    let ticked = to_tick(checklist, wanted);
    apply(checklist, wanted, &ticked)
}

/// Returns the tasks whose boxes are to be ticked and aren't.
fn to_tick<'c>(checklist: &'c Checklist, wanted: &Projection) -> Vec<&'c Task> {
    // Each task of a long document is looked up.
    let ticked: HashSet<&str> = wanted.ticked.iter().map(TaskId::as_str).collect();
    let open = checklist.tasks().filter(|task| !task.marker.checked);
    open.filter(|task| ticked.contains(task.id.as_str()))
        .collect()
}

fn apply(
    checklist: &Checklist,
    wanted: &Projection,
    ticked: &[&Task],
) -> Result<String, EditError> {
    let mut edits = Edits::new();
    for task in ticked {
        edits = edits.tick(&task.marker, true);
    }
    for task in checklist.tasks().filter(|task| task.marker.checked) {
        if wanted.opened.contains(&task.id) && !wanted.ticked.contains(&task.id) {
            edits = edits.tick(&task.marker, false);
        }
    }
    if let Some(status) = &checklist.status {
        edits = edits.status(status, wanted.status);
    }
    let style = checklist.date_style();
    for (field, date) in [
        (&checklist.started, &wanted.started),
        (&checklist.completed, &wanted.completed),
    ] {
        let Some(field) = field else { continue };
        let date = date.as_deref().and_then(read_date);
        match (date, read_date(&field.text)) {
            // What a person wrote in its place stays.
            (Some(_), Some(_)) | (None, None) => {}
            (Some(date), None) => edits = edits.date(field, &style.write(date)),
            (None, Some(_)) => edits = edits.date(field, NO_DATE),
        }
    }
    edits.apply(&checklist.text)
}

/// A checklist on disk.
#[derive(Debug, Clone)]
pub struct Document {
    /// As the run read it: what its steps are about.
    read: Checklist,
    /// As it was last seen or written.
    pub checklist: Checklist,
    /// Its tasks; those that aren't what they were when the run began are left out.
    same: HashSet<TaskId>,
}

impl Document {
    /// Returns the document that a run has read.
    pub fn new(checklist: Checklist) -> Self {
        Self {
            read: checklist.clone(),
            same: checklist.tasks().map(|task| task.id.clone()).collect(),
            checklist,
        }
    }

    /// Brings the document on disk up to date and returns the tasks whose boxes were ticked.
    ///
    /// # Errors
    /// Returns a [`ProjectError`] where the document changed in a way that matters, or can't be
    /// written; it is untouched then.
    pub fn update(
        &mut self,
        workspace: &Workspace,
        wanted: &Projection,
    ) -> Result<Vec<TaskId>, ProjectError> {
        let path = self.checklist.path.clone();
        let on_disk = workspace
            .read(&path)?
            .ok_or_else(|| ProjectError::Gone(path.clone()))?;
        if *on_disk != *self.checklist.text {
            let mut fresh = parse(&path, &on_disk, &self.checklist.vocabulary)
                .map_err(|problems| ProjectError::Unreadable(path.clone(), problems))?
                .checklist;
            fresh.skip(&Subject::carried(&self.read.skipped(), &self.read, &fresh));
            self.same = same_tasks(&self.read, &fresh);
            self.checklist = fresh;
        }
        if let Some(task) = wanted.ticked.iter().find(|id| !self.same.contains(id)) {
            let task = task.clone();
            return Err(ProjectError::TaskChanged { path, task });
        }
        let ticked = to_tick(&self.checklist, wanted);
        let text = apply(&self.checklist, wanted, &ticked)?;
        if text == *self.checklist.text {
            return Ok(Vec::new());
        }
        let ticked = ticked.into_iter().map(|task| task.id.clone()).collect();
        workspace.replace_text(&path, &self.checklist.text, &text)?;
        // Ticking changes one byte, which moves nothing: reading all of it again would take far
        // longer than writing it.
        if !self.checklist.take_boxes(&text) {
            self.checklist = parse(&path, &text, &self.checklist.vocabulary)
                .map_err(|problems| ProjectError::Unreadable(path, problems))?
                .checklist;
            let skipped = Subject::carried(&self.read.skipped(), &self.read, &self.checklist);
            self.checklist.skip(&skipped);
        }
        Ok(ticked)
    }
}

/// Returns the tasks that are what they were: same id, same words; those that are new count.
fn same_tasks(read: &Checklist, now: &Checklist) -> HashSet<TaskId> {
    let before = read.by_id();
    let same = |task: &&Task| {
        let known = before.get(&task.id);
        known.is_none_or(|known| words(&read.text, known) == words(&now.text, task))
    };
    now.tasks()
        .filter(same)
        .map(|task| task.id.clone())
        .collect()
}

/// All that a task asks for: its line, its bullets, its blocks and its directive. What was done for
/// one command is no evidence for another.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words<'t> {
    line: &'t str,
    bullets: Vec<(usize, &'t str)>,
    fences: Vec<(&'t str, &'t str)>,
    directive: Option<&'t str>,
}

/// Returns what a task of a document with that text asks for.
pub(super) fn words<'t>(text: &'t str, task: &'t Task) -> Words<'t> {
    let mut bullets = Vec::new();
    collect(&task.bullets, 0, &mut bullets);
    let fences = task.fences.iter();
    let directive = task.directive.as_ref();
    Words {
        line: &task.text.source,
        bullets,
        fences: fences
            .map(|it| (it.info.as_str(), it.body.as_str()))
            .collect(),
        directive: directive.and_then(|it| text.get(it.span.clone())),
    }
}

/// Collects bullets with how deep they are nested.
fn collect<'t>(bullets: &'t [Bullet], depth: usize, into: &mut Vec<(usize, &'t str)>) {
    for bullet in bullets {
        into.push((depth, bullet.text.source.as_str()));
        collect(&bullet.children, depth + 1, into);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Vocabulary;

    const TEXT: &str = "# Phase 1: Base\n\n- [ ] Warm up <!-- orch: run=fence timeout=5m -->\n  - with\n    - care\n\n  \
                        ```sh\n  make warm\n  ```\n";

    /// Checks whether the task is still the same when a piece of the document is another.
    #[track_caller]
    fn check(from: &str, to: &str, same: bool) {
        let read = |text: &str| {
            let parsed = parse("a.md", text, &Vocabulary::default());
            parsed.expect("a checklist").checklist
        };
        let edited = TEXT.replacen(from, to, 1);
        assert_ne!(edited, TEXT);
        assert_eq!(
            same_tasks(&read(TEXT), &read(&edited)).len(),
            usize::from(same)
        );
    }

    #[test]
    fn a_task_is_the_same_as_long_as_it_asks_for_the_same() {
        check("# Phase 1: Base\n", "# Phase 1: Other\n\nWords.\n", true);
        check("[ ] Warm", "[x] Warm", true);
        check("Warm up", "Cool down", false);
        check("care", "speed", false);
        check("make warm", "make clean", false);
        check("timeout=5m", "timeout=9m", false);
    }
}
