//! The journal's account → PROGRESS.md, new or updated in place.
//!
//! Pure. A person's document keeps every byte that this module doesn't have to change: the values
//! below "current phase", the cells of the phase's row, and a row of history. Where it doesn't
//! recognise a table of phases, or the document is another set's, it keeps a section of its own
//! between two markers. It doesn't
//! decide what is current or what counts as done; its caller does.

mod document;
mod history;
mod labels;
mod phases;
mod render;
mod standing;
mod table;

use jiff::civil::Date;

pub use labels::Words;

use crate::checklist::{Language, StatusKind};
use document::Document;

/// What PROGRESS.md has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The set's name.
    pub set: String,
    /// The checklists' language.
    pub language: Language,
    /// The phases by number.
    pub phases: Vec<PhaseRow>,
    /// The number of the phase whose row is brought up to date; other rows of an existing
    /// document are left alone.
    pub phase: u32,
    /// The number of the current phase: the one under way, or the next one once it is completed.
    pub current: u32,
    /// What happened, oldest first.
    pub history: Vec<Entry>,
    /// Whether other sets keep their account in the same document: a table in it may be theirs.
    pub shared: bool,
}

/// One phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhaseRow {
    /// Its number.
    pub number: u32,
    /// Its title (`Kubernetes`).
    pub title: String,
    /// Where it stands.
    pub status: StatusKind,
    /// How many of its tasks are done.
    pub done: usize,
    /// How many tasks it has.
    pub total: usize,
    /// When it was started.
    pub started: Option<Date>,
    /// When it was completed.
    pub completed: Option<Date>,
    /// Its checklist, relative to PROGRESS.md.
    pub file: String,
    /// What it ran against.
    pub place: Place,
}

/// What a phase ran against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A cluster, or nothing yet.
    Cluster,
    /// The rehearsal, which the document says.
    Rehearsal,
}

/// One row of history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub date: Date,
    /// The phase's number.
    pub phase: u32,
    /// The phase's title.
    pub title: String,
    /// What happened, in one line.
    pub text: String,
}

/// Why a document can't be updated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProgressError {
    /// A marker is missing.
    #[error(
        "line {line}: `{found}` without `{missing}`; add it, or remove both and what is between"
    )]
    Marker {
        /// The 1-based line.
        line: usize,
        /// The marker that is there.
        found: String,
        /// The one that isn't.
        missing: String,
    },
    /// Each update changes what the next one sees.
    #[error(
        "its tables and headings can't be told apart: each update would change it again; move it \
         away, and a new one is written"
    )]
    Unsettled,
}

/// How often a document is brought up to date until nothing changes any more.
const PASSES: usize = 4;

impl View {
    /// Returns the phase of that number.
    pub fn row(&self, number: u32) -> Option<&PhaseRow> {
        self.phases.iter().find(|row| row.number == number)
    }

    /// Returns when the account last changed: with the newest entry, or with the start of a phase
    /// that has none yet.
    fn updated(&self) -> Option<Date> {
        let newest = self.history.last().map(|entry| entry.date);
        newest.or_else(|| self.phases.iter().filter_map(|row| row.started).max())
    }
}

/// Returns the document, brought up to date; updating it again changes nothing.
///
/// # Errors
/// Where the markers of orch's section don't match.
pub fn update(existing: Option<&str>, view: &View) -> Result<String, ProgressError> {
    let Some(text) = existing.filter(|text| !text.trim().is_empty()) else {
        return Ok(render::document(view));
    };
    let mut updated = once(text, view)?;
    // What is written may let more be seen: a fence that a person left open in orch's section is
    // gone then, a row makes a table of what was none.
    for _ in 0..PASSES {
        let again = once(&updated, view)?;
        if again == updated {
            return Ok(updated);
        }
        updated = again;
    }
    Err(ProgressError::Unsettled)
}

fn once(text: &str, view: &View) -> Result<String, ProgressError> {
    let mut document = Document::parse(text)?;
    let others = match document.set() {
        Some(set) => set != view.set,
        None => view.shared && !phases::are_of(&document, view),
    };
    if others {
        // Its table has another set's phases, with the same numbers.
        document.set_section(&view.set, &render::section(view, false));
        return Ok(document.into_text());
    }
    standing::update(&mut document, view);
    let has_table = phases::update(&mut document, view);
    let has_history = history::update(&mut document, view);
    if has_table {
        if !has_history {
            document.append(&render::history_section(view));
        }
    } else {
        document.set_section(&view.set, &render::section(view, has_history));
    }
    Ok(document.into_text())
}

#[cfg(test)]
#[path = "progress/tests.rs"]
mod tests;
