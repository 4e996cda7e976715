//! What PROGRESS.md is told after a run.

use std::collections::BTreeMap;

use super::closing::{Close, evidence};
use super::{Prepared, Result};
use crate::checklist::{Checklist, StatusKind, parse};
use crate::cli::load::Loaded;
use crate::execute::{Document, Ledger};
use crate::files::PhaseFile;
use crate::journal::{Evidence, StepId};
use crate::progress::{Entry, PhaseRow, Place, View, update};

/// What has just happened to a phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment<'a> {
    /// It is under way.
    Under,
    /// It was completed, on that date.
    Completed(&'a str),
    /// It was turned back, on that date.
    TurnedBack(&'a str),
}

impl<'a> Moment<'a> {
    pub(super) fn completed(date: Option<&'a str>) -> Self {
        date.map_or(Self::Under, Self::Completed)
    }
}

impl Close<'_> {
    /// Brings PROGRESS.md up to date.
    pub(super) fn progress(
        &self,
        ledger: &Ledger,
        document: &Document,
        moment: Moment<'_>,
    ) -> Result<()> {
        let prepared = self.prepared;
        let workspace = &prepared.loaded.workspace;
        let path = prepared.progress_path();
        let existing = workspace.read(&path)?;
        let view = self.view(ledger, &document.checklist, moment, &path);
        let text = update(existing.as_deref(), &view)?;
        if existing.as_deref() != Some(text.as_str()) {
            workspace.write_atomic(&path, text.as_bytes())?;
        }
        Ok(())
    }

    fn view(&self, ledger: &Ledger, checklist: &Checklist, moment: Moment<'_>, path: &str) -> View {
        let prepared = self.prepared;
        let number = checklist.number;
        let shown = (checklist, self.outlook.rehearsed);
        let phases = rows(prepared.loaded, &prepared.phase.set, shown, path);
        let next = phases
            .iter()
            .map(|row| row.number)
            .find(|other| *other > number);
        let following = || next.or(checklist.closing.as_ref().and_then(|c| c.next_phase));
        let current = match moment {
            // What a further target has got says nothing of where the phases stand.
            _ if !self.outlook.home => {
                let open = |row: &&PhaseRow| row.status != StatusKind::Completed;
                phases
                    .iter()
                    .find(open)
                    .map(|row| row.number)
                    .or_else(following)
            }
            Moment::Completed(_) => following(),
            Moment::Under | Moment::TurnedBack(_) => Some(number),
        };
        let entry = |date: &str, text: String| {
            Some(Entry {
                date: date.parse().ok()?,
                phase: number,
                title: checklist.title.clone(),
                text,
            })
        };
        let history = match moment {
            Moment::Under => None,
            Moment::Completed(date) => {
                let done = evidence(ledger.state().target(prepared.target.name()));
                entry(date, summary(prepared, &done, self.outlook.home))
            }
            Moment::TurnedBack(date) => {
                let words = crate::progress::Words::of(checklist.language);
                entry(
                    date,
                    format!("{}{}", words.undone, place(prepared, self.outlook.home)),
                )
            }
        };
        View {
            set: prepared.phase.set.clone(),
            language: checklist.language,
            phases,
            phase: number,
            current: current.unwrap_or(number),
            history: history.into_iter().collect(),
        }
    }
}

/// Returns the rows of a set's phases: that checklist as it is given, and whether it was only
/// rehearsed; the others as they were read.
pub(in crate::cli) fn rows(
    loaded: &Loaded,
    set: &str,
    (checklist, rehearsed): (&Checklist, bool),
    progress: &str,
) -> Vec<PhaseRow> {
    let own = if rehearsed {
        Place::Rehearsal
    } else {
        Place::Cluster
    };
    let set = loaded.snapshot.set(set);
    let files = set.into_iter().flat_map(|set| &set.phases);
    let of = |file: &PhaseFile| {
        if file.number == checklist.number {
            return Some(row(checklist, own, progress));
        }
        let text = loaded.snapshot.tree.get(&file.path)?;
        let parsed = parse(&file.path, text, &checklist.vocabulary).ok()?;
        Some(row(&parsed.checklist, Place::Cluster, progress))
    };
    files.filter_map(of).collect()
}

fn row(checklist: &Checklist, place: Place, progress: &str) -> PhaseRow {
    let date = |field: &Option<crate::checklist::DateField>| {
        field.as_ref().and_then(|field| field.text.parse().ok())
    };
    let status = checklist.status.as_ref().and_then(|status| {
        let mut boxes = status.boxes.iter().rev();
        boxes.find(|it| it.marker.checked).map(|it| it.kind)
    });
    PhaseRow {
        number: checklist.number,
        title: checklist.title.clone(),
        status: status.unwrap_or(StatusKind::NotStarted),
        done: checklist.tasks().filter(|task| task.marker.checked).count(),
        total: checklist.tasks().count(),
        started: date(&checklist.started),
        completed: date(&checklist.completed),
        file: relative(&checklist.path, progress),
        place,
    }
}

/// What a phase did, in one line.
fn summary(prepared: &Prepared<'_>, done: &BTreeMap<StepId, Evidence>, home: bool) -> String {
    let files = done
        .values()
        .filter(|e| matches!(e, Evidence::File { .. }))
        .count();
    let objects = done
        .values()
        .filter(|e| matches!(e, Evidence::Object(_)))
        .count();
    let words = crate::progress::Words::of(prepared.phase.checklist.language);
    let place = place(prepared, home);
    format!(
        "{}: {files}, {}: {objects}{place}",
        words.written, words.ready
    )
}

/// Which target it was, where that is worth a word: where it may be one of several.
fn place(prepared: &Prepared<'_>, home: bool) -> String {
    let words = crate::progress::Words::of(prepared.phase.checklist.language);
    let several = prepared.loaded.settings.targets.len() > 1;
    if prepared.is_rehearsal() {
        format!(" ({})", words.rehearsed)
    } else if several || !home {
        format!(" ({})", prepared.target.called())
    } else {
        String::new()
    }
}

/// Returns a path relative to the folder of another.
fn relative(path: &str, beside: &str) -> String {
    let folder = beside.rsplit_once('/').map_or("", |(folder, _)| folder);
    match path.strip_prefix(folder) {
        Some(rest) if !folder.is_empty() => rest.trim_start_matches('/').to_owned(),
        _ => path.to_owned(),
    }
}
