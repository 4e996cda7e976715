//! The types of a parsed checklist. All spans are byte ranges of the text as it is on disk.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Awaited, Bullet, struck};
use crate::diagnostic::Lines;
use crate::vocabulary::Vocabulary;

/// A byte range of the document as it is on disk (a BOM, if there is one, counts).
pub type Span = Range<usize>;

/// A value with the place it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// Where.
    pub span: Span,
}

/// The language that a label or a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// English.
    English,
    /// Russian.
    Russian,
    /// Ukrainian.
    Ukrainian,
}

/// One phase's document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checklist {
    /// The document's path, relative to the workspace, with `/`.
    pub path: String,
    /// The whole text as it is on disk.
    pub text: Arc<str>,
    /// The language most labels are written in.
    pub language: Language,
    /// The words that it is read with.
    pub vocabulary: Vocabulary,
    /// The phase's number, from the title (`# Phase 4: …`) or else from the file's name.
    pub number: u32,
    /// The title behind the number and the colon (`Kubernetes`).
    pub title: String,
    /// The title's line.
    pub title_span: Span,
    /// The three status boxes, where the document has them.
    pub status: Option<Status>,
    /// `Started: -`.
    pub started: Option<DateField>,
    /// `Completed: -`.
    pub completed: Option<DateField>,
    /// The numbered sections, in the document's order.
    pub sections: Vec<Section>,
    /// The closing list (what orch itself does at the end).
    pub closing: Option<Closing>,
}

impl Checklist {
    /// Returns how many tasks are done, and how many there are; those that are left out don't count.
    pub fn counts(&self) -> (usize, usize) {
        let done = self.tasks().filter(|task| task.marker.checked).count();
        (done, done + self.open_tasks().count())
    }

    /// Returns how wide a column for the ids of its tasks is.
    pub fn id_width(&self) -> usize {
        const USUAL: usize = 7;
        let widths = self.tasks().map(|task| task.id.as_str().chars().count());
        widths.max().unwrap_or_default().max(USUAL)
    }

    /// Returns every task in the document's order.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> {
        self.sections.iter().flat_map(|section| &section.tasks)
    }

    /// Returns where the phase stands: what its one ticked status box says; where none or several
    /// are ticked, what the tasks' boxes tell.
    pub fn standing(&self) -> StatusKind {
        let boxes = self.status.iter().flat_map(|status| &status.boxes);
        let mut ticked = boxes.filter(|status| status.marker.checked);
        match (ticked.next(), ticked.next()) {
            (Some(only), None) => only.kind,
            _ => self.standing_by_tasks(),
        }
    }

    /// Returns where the phase stands by its tasks' boxes; tasks that are left out don't count.
    pub fn standing_by_tasks(&self) -> StatusKind {
        if self.open_tasks().next().is_none() {
            StatusKind::Completed
        } else if self.tasks().any(|task| task.marker.checked) {
            StatusKind::InProgress
        } else {
            StatusKind::NotStarted
        }
    }

    /// Returns the tasks whose box is open, without those that are left out.
    pub fn open_tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks()
            .filter(|task| !task.marker.checked && !task.is_left_out())
    }

    /// Leaves out the tasks that a person decided to skip, and no others.
    pub fn skip(&mut self, skipped: &BTreeSet<TaskId>) {
        let sections = self.sections.iter_mut();
        for task in sections.flat_map(|section| &mut section.tasks) {
            task.skipped = skipped.contains(&task.id);
        }
    }

    /// Returns the tasks that a person decided to skip.
    pub fn skipped(&self) -> BTreeSet<TaskId> {
        let skipped = self.tasks().filter(|task| task.skipped);
        skipped.map(|task| task.id.clone()).collect()
    }

    /// Returns the task with that id.
    pub fn task(&self, id: &TaskId) -> Option<&Task> {
        self.tasks().find(|task| task.id == *id)
    }

    /// Returns every task by its id, for those who look many up.
    pub fn by_id(&self) -> HashMap<&TaskId, &Task> {
        self.tasks().map(|task| (&task.id, task)).collect()
    }

    /// Returns the section that holds the task with that id.
    pub fn section_of(&self, id: &TaskId) -> Option<&Section> {
        self.sections
            .iter()
            .find(|section| section.tasks.iter().any(|task| task.id == *id))
    }

    /// Returns the 1-based line that holds a byte offset.
    pub fn line_at(&self, offset: usize) -> usize {
        self.lines().line(offset)
    }

    /// Returns where the document's lines begin, for those who look many up.
    pub fn lines(&self) -> Lines {
        Lines::of(&self.text)
    }
}

/// A task's name within its phase: section and ordinal (`4.2.1`), or an explicit `id=`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskId(String);

impl TaskId {
    /// Returns the id with that text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The status boxes at the document's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The boxes, in the document's order, at most one of a kind.
    pub boxes: Vec<StatusBox>,
}

/// One status box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusBox {
    /// Which status it stands for.
    pub kind: StatusKind,
    /// Its marker.
    pub marker: Marker,
}

/// What a status box stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatusKind {
    /// "Not started".
    NotStarted,
    /// "In progress".
    InProgress,
    /// "Completed".
    Completed,
}

/// A `[ ]` or `[x]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    /// The offset of the one byte between the brackets.
    pub offset: usize,
    /// Whether it is ticked.
    pub checked: bool,
}

/// A date's value behind its label (`**Started:** -`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateField {
    /// The value's place, white space around it left out (may be empty).
    pub value: Span,
    /// The value's text (`-`, `2026-01-31`, or nothing).
    pub text: String,
}

/// A heading with a number, and what stands below it up to the next such heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The number (`4.2`).
    pub number: String,
    /// The heading behind the number.
    pub title: String,
    /// The heading's line.
    pub span: Span,
    /// The tasks of this section, those below its unnumbered sub-headings included.
    pub tasks: Vec<Task>,
    /// The code spans of `Files: …`.
    pub files: Vec<Spanned<String>>,
    /// `Notes: …`.
    pub notes: Option<Field>,
    /// The plain lists (`- Deployments: a, b`) that are hints for names and kinds.
    pub hints: Vec<Hint>,
    /// The fences outside of tasks; never executed.
    pub fences: Vec<Fence>,
}

/// A labelled field with its value's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The label as written (`Notes`), without the colon.
    pub label: String,
    /// The value's text.
    pub text: String,
    /// The value's place.
    pub span: Span,
}

/// A plain list item `label: a, b` that is no task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// What stands before the colon (`Deployments`).
    pub label: String,
    /// What stands behind it, split at commas outside of brackets, with each part's place.
    pub values: Vec<Spanned<String>>,
    /// The whole item.
    pub span: Span,
}

/// One `- [ ]` line with what is nested below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// Its box.
    pub marker: Marker,
    /// The unnumbered sub-headings above it (`B. Dependencies`), the outermost first.
    pub headings: Arc<[String]>,
    /// The line's own text, without marker and directive.
    pub text: Inline,
    /// What stands below the line: nested bullets, and blocks that are none.
    pub bullets: Vec<Bullet>,
    /// Fences inside the item.
    pub fences: Vec<Fence>,
    /// The directive, where one is given.
    pub directive: Option<Box<Directive>>,
    /// Whether a person decided to leave it out; the journal says so, not the document.
    pub skipped: bool,
    /// The whole item.
    pub span: Span,
}

impl Task {
    /// Returns whether the phase is complete without it: by its directive, or by a person's
    /// decision.
    pub fn is_left_out(&self) -> bool {
        self.skipped || self.directive.as_ref().is_some_and(|given| given.skip)
    }

    /// Returns the headings that say what it is about: the sub-headings above it, the nearest first,
    /// and that of its section.
    pub fn headed<'t>(&'t self, section: &'t Section) -> impl Iterator<Item = &'t str> {
        let nearest = self.headings.iter().rev().map(String::as_str);
        nearest.chain(std::iter::once(section.title.as_str()))
    }

    /// Returns the commands of the fenced block that `run=fence` means.
    ///
    /// # Errors
    /// Says in plain words what is wrong where there is none, or more than one.
    pub fn script(&self) -> Result<super::Script, &'static str> {
        super::script::read(&self.fences)
    }
}

/// A run of text with its code spans told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inline {
    /// The source text, trimmed, as written (backticks and emphasis kept).
    pub source: String,
    /// Its place.
    pub span: Span,
    /// Its parts in order; emphasis markers are dropped from texts.
    pub parts: Vec<Part>,
}

impl Inline {
    /// Returns the text without backticks and emphasis.
    pub fn plain(&self) -> String {
        self.parts.iter().map(Part::text).collect()
    }

    /// Returns the text as written, on one line, and of a long one the beginning.
    pub fn on_one_line(&self) -> String {
        const LONGEST: usize = 200;
        let words: Vec<&str> = self.source.split_whitespace().collect();
        let line = words.join(" ");
        let mut letters = line.chars();
        let shown: String = letters.by_ref().take(LONGEST).collect();
        match letters.next() {
            Some(_) => shown + "…",
            None => shown,
        }
    }

    /// Returns whether a part is struck through (`~~…~~`, `<s>`, `<del>`).
    pub fn is_struck(&self) -> bool {
        struck::is_struck(&self.parts)
    }

    /// Returns the code spans in order.
    pub fn codes(&self) -> impl Iterator<Item = (&str, &Span)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Code(code) => Some((code.value.as_str(), &code.span)),
            Part::Text(_) => None,
        })
    }
}

/// A piece of an [`Inline`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Plain text.
    Text(Spanned<String>),
    /// A code span's content; the span covers the content, not the backticks.
    Code(Spanned<String>),
}

impl Part {
    /// Returns the piece's text.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(part) | Self::Code(part) => &part.value,
        }
    }
}

/// A fenced code block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The info string (`bash`).
    pub info: String,
    /// The content, without the item's indent.
    pub body: String,
    /// The whole block.
    pub span: Span,
}

/// `<!-- orch: … -->` on a task.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directive {
    /// `id=`: also the task's [`TaskId`].
    pub id: Option<Spanned<TaskId>>,
    /// `after=4.3.1,4.3.2`.
    pub after: Vec<Spanned<TaskId>>,
    /// `run="…"`, or `run=fence`.
    pub run: Option<Spanned<String>>,
    /// `apply=path` or `apply=fence`.
    pub apply: Option<Spanned<String>>,
    /// `namespace=shop`, beside `apply=`.
    pub namespace: Option<Spanned<String>>,
    /// `wait=Deployment/api,Job/move`.
    pub wait: Vec<Spanned<Awaited>>,
    /// `manual`.
    pub manual: bool,
    /// `timeout=5m`.
    pub timeout: Option<Duration>,
    /// `retries=3`.
    pub retries: Option<u32>,
    /// `skip`.
    pub skip: bool,
    /// The whole comment.
    pub span: Span,
}

/// The closing list: what orch itself does when a phase is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The whole section.
    pub span: Span,
    /// The commit message named by its fence (`git commit -m "…"`), if any.
    pub commit_message: Option<String>,
    /// The phase that the list says comes next.
    pub next_phase: Option<u32>,
}
