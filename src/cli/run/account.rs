//! What PROGRESS.md is told after a run.

use std::collections::BTreeMap;

use super::closing::{Close, evidence};
use super::{Prepared, Result};
use crate::checklist::{Checklist, StatusKind, parse};
use crate::cli::load::Loaded;
use crate::cli::standing::{self, standing};
use crate::execute::{Document, Ledger};
use crate::files::{Clock, FilesError, PhaseFile, Workspace, read_journal};
use crate::journal::{Evidence, State, StepId, sha256};
use crate::progress::{Entry, PhaseRow, Place, View, update};
use crate::terminal::without_controls;

/// How often an account is read again that others write at the same time.
const TRIES: u32 = 100;

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
        let path = prepared.progress_path();
        let view = self.view(ledger, &document.checklist, moment, &path);
        write(&prepared.loaded.workspace, &path, &view)
    }

    /// Writes the account again where somebody deleted it; returns whether it was gone.
    pub(super) fn restore_account(&self, ledger: &Ledger, document: &Document) -> Result<bool> {
        let prepared = self.prepared;
        let path = prepared.progress_path();
        if prepared.loaded.workspace.read(&path)?.is_some() {
            return Ok(false);
        }
        let known = ledger.state().target(prepared.target.name());
        let completed = known.and_then(|known| known.completed);
        let completed = completed.map(|at| Clock::date_of(at).to_string());
        self.progress(ledger, document, Moment::completed(completed.as_deref()))?;
        Ok(true)
    }

    /// Says that the account was gone.
    pub(super) fn restored_text(&self) -> String {
        let path = self.prepared.progress_path();
        format!(
            "{path} was gone and is written again from the checklists and the record; the history \
             of other phases is in git, where it was committed: git checkout -- {path}\n"
        )
    }

    fn view(&self, ledger: &Ledger, checklist: &Checklist, moment: Moment<'_>, path: &str) -> View {
        let prepared = self.prepared;
        let number = checklist.number;
        let rehearsed = self.outlook.rehearsed && prepared.touches_target();
        let shown = (checklist, rehearsed);
        let mut phases = rows(prepared.loaded, &prepared.phase.set, shown, path);
        // Without status boxes, nothing but the run says that it has begun.
        let own = phases.iter_mut().find(|row| row.number == number);
        if let (Moment::Under, Some(row)) = (moment, own)
            && row.status == StatusKind::NotStarted
        {
            row.status = StatusKind::InProgress;
        }
        let current = match moment {
            // What a further target has got says nothing of where the phases stand.
            _ if !self.outlook.home => open_from(&phases, 0),
            Moment::Completed(_) => following(&phases, checklist),
            // One that was begun early doesn't move the others on.
            Moment::Under => Some(early(&phases, &prepared.how.early).unwrap_or(number)),
            Moment::TurnedBack(_) => Some(number),
        };
        let entry = |date: &str, text: String| {
            Some(Entry {
                date: date.parse().ok()?,
                phase: number,
                title: without_controls(&checklist.title),
                text,
            })
        };
        let history = match moment {
            Moment::Under => None,
            Moment::Completed(date) => {
                let done = evidence(ledger.state().target(prepared.target.name()));
                entry(date, self.summary(&done))
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
            shared: is_shared(prepared.loaded, &prepared.phase.set),
            history: history.into_iter().collect(),
        }
    }

    /// What a phase did, in one line.
    fn summary(&self, done: &BTreeMap<StepId, Evidence>) -> String {
        let prepared = self.prepared;
        let words = crate::progress::Words::of(prepared.phase.checklist.language);
        let of = |wanted: fn(&Evidence) -> bool| done.values().filter(|it| wanted(it)).count();
        let tasks = prepared.phase.checklist.tasks();
        let left_out = tasks.filter(|it| it.is_left_out() && !it.marker.checked);
        let left_out = left_out.count();
        let counts = [
            (words.written, of(|it| matches!(it, Evidence::File { .. }))),
            (words.ready, of(|it| matches!(it, Evidence::Object(_)))),
            (
                words.commands,
                of(|it| matches!(it, Evidence::Command { .. })),
            ),
            (words.by_person, self.outlook.by_person()),
        ];
        let mut said: Vec<String> = counts
            .iter()
            .filter(|(_, number)| *number > 0)
            .map(|(what, number)| format!("{what}: {number}"))
            .collect();
        if said.is_empty() {
            let ticked = prepared.phase.checklist.tasks().count() - left_out;
            said.push(format!("{}: {ticked}", words.checked));
        }
        if left_out > 0 {
            said.push(format!("{}: {left_out}", words.left_out));
        }
        if !prepared.how.early.is_empty() {
            let before: Vec<String> = prepared.how.early.iter().map(u32::to_string).collect();
            said.push(format!("{}: {}", words.early, before.join(", ")));
        }
        said.join(", ") + &place(prepared, self.outlook.home)
    }
}

/// Brings an account up to date. Another set may have its part in the same document, and be run at
/// the same time: what it writes meanwhile is read again.
pub(in crate::cli) fn write(workspace: &Workspace, path: &str, view: &View) -> Result<()> {
    let mut left = TRIES;
    loop {
        let existing = workspace.read(path)?;
        let text = update(existing.as_deref(), view)?;
        if existing.as_deref() == Some(text.as_str()) {
            return Ok(());
        }
        let read = existing.map(|existing| sha256(existing.as_bytes()));
        match workspace.replace(path, read.as_deref(), text.as_bytes()) {
            Err(FilesError::Changed { .. }) if left > 0 => left -= 1,
            written => return Ok(written?),
        }
    }
}

/// Returns whether a set's account is in a document that other sets have theirs in as well.
pub(in crate::cli) fn is_shared(loaded: &Loaded, set: &str) -> bool {
    let path = loaded.progress_path(set);
    let sets = loaded.snapshot.sets.iter();
    let mut others = sets.filter(|other| other.name != set);
    others.any(|other| loaded.progress_path(&other.name) == path)
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
    let name = set.map_or("", |set| &set.name);
    let files = set.into_iter().flat_map(|set| &set.phases);
    // Where a document has no status and no dates, its record tells; a damaged one is `check`'s.
    let recorded = |checklist: &Checklist| {
        let says_all = checklist.status.is_some() && checklist.started.is_some();
        let replay = (!says_all).then(|| read_journal(&loaded.workspace, name, checklist.number));
        replay
            .and_then(std::result::Result::ok)
            .map(|it| it.state)
            .unwrap_or_default()
    };
    let of = |file: &PhaseFile| {
        if file.number == checklist.number {
            return Some(row(checklist, &recorded(checklist), (own, progress)));
        }
        let text = loaded.snapshot.tree.get(&file.path)?;
        let mut parsed = parse(&file.path, text, &checklist.vocabulary).ok()?;
        loaded.skip(name, &mut parsed.checklist);
        let state = recorded(&parsed.checklist);
        Some(row(&parsed.checklist, &state, (Place::Cluster, progress)))
    };
    files.filter_map(of).collect()
}

fn row(checklist: &Checklist, state: &State, (place, progress): (Place, &str)) -> PhaseRow {
    let (done, total) = checklist.counts();
    let status = standing(checklist, state);
    let (started, completed) = standing::dates(checklist, state);
    PhaseRow {
        number: checklist.number,
        title: without_controls(&checklist.title),
        status,
        done,
        total,
        started,
        // One that is open again was completed by what was there then.
        completed: completed
            .filter(|_| status == StatusKind::Completed || checklist.completed.is_some()),
        file: relative(&checklist.path, progress),
        place,
    }
}

/// Returns the phase that comes next when one is completed: an earlier one that is open, else what
/// the closing list says, else the next one that is open.
fn following(phases: &[PhaseRow], checklist: &Checklist) -> Option<u32> {
    let number = checklist.number;
    if let Some(earlier) = open_from(phases, 0).filter(|open| *open < number) {
        return Some(earlier);
    }
    let named = checklist.closing.as_ref().and_then(|it| it.next_phase);
    let named = named.filter(|named| *named > number);
    let is_done = |wanted: u32| {
        let row = phases.iter().find(|row| row.number == wanted);
        row.is_some_and(|row| row.status == StatusKind::Completed)
    };
    named
        .filter(|named| !is_done(*named))
        .or_else(|| open_from(phases, number + 1))
        .or(named)
}

/// Returns the first phase from a number on that isn't completed.
pub(in crate::cli) fn open_from(phases: &[PhaseRow], number: u32) -> Option<u32> {
    let mut open = phases
        .iter()
        .filter(|row| row.number >= number && row.status != StatusKind::Completed);
    open.next().map(|row| row.number)
}

/// Returns the first of the phases that one was begun before and that is still open.
fn early(phases: &[PhaseRow], before: &[u32]) -> Option<u32> {
    let open = |row: &&PhaseRow| row.status != StatusKind::Completed;
    let mut open = phases.iter().filter(open).map(|row| row.number);
    open.find(|number| before.contains(number))
}

/// Which target it was, where that is worth a word: where it may be one of several.
fn place(prepared: &Prepared<'_>, home: bool) -> String {
    let words = crate::progress::Words::of(prepared.phase.checklist.language);
    let several = prepared.loaded.settings.targets.len() > 1;
    if prepared.is_rehearsal() && !prepared.touches_target() {
        String::new()
    } else if prepared.is_rehearsal() {
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
