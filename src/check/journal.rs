//! Journals that can't be read, and what boxes and records say of each other.
//!
//! Whether evidence still holds is a run's and `verify`'s business.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::checklist::{Checklist, SetFiles, Task, task_args};
use crate::diagnostic::{Diagnostic, Lines, causes};
use crate::journal::{self, Adrift, State, journal_path};
use crate::resolve::{Record, Records};

use super::Check;
use super::rules::{JOURNAL, RECORD};

/// How many tasks are named.
const NAMED: usize = 8;

impl Check<'_> {
    /// Checks a phase's journal, and its boxes beside it.
    pub(super) fn journal(&mut self, set: &SetFiles, checklist: &Checklist, set_flag: &str) {
        let path = journal_path(&set.name, checklist.number);
        let Some(text) = self.journals.get(&path) else {
            return;
        };
        match journal::replay(text, &path) {
            Ok(replay) => {
                if let Some(torn) = replay.torn {
                    let at = usize::try_from(torn).unwrap_or(text.len());
                    let note = Diagnostic::note("the journal's last line is torn").rule(JOURNAL);
                    let text: Arc<str> = Arc::from(text.as_str());
                    let note = note.at(&path, &text, at..text.len(), "not written to its end");
                    self.found
                        .push(note.help("the next run cuts it off and does that step again"));
                }
                let state = replay.state.followed(checklist);
                self.found.extend(without_record(checklist, &state));
                self.found.extend(adrift(checklist, &state, set_flag));
            }
            Err(error) => {
                let shared: Arc<str> = Arc::from(text.as_str());
                let lines = Lines::of(text);
                let start = (0..text.len()).find(|at| lines.line(*at) == error.line());
                let start = start.unwrap_or(text.len());
                let rest = text.get(start..).unwrap_or_default();
                let end = start + rest.find('\n').unwrap_or(rest.len()).min(60);
                let end = text.floor_char_boundary(end);
                let mut problem = Diagnostic::error("the journal can't be read").rule(JOURNAL);
                problem = problem.at(&path, &shared, start..end, "");
                for cause in causes(&error) {
                    problem = problem.help(cause);
                }
                self.found.push(problem);
            }
        }
    }

    /// Returns what phases wrote and applied; nothing of those whose journal can't be read.
    pub(super) fn recorded(&self, sets: &[SetFiles]) -> Records {
        let phases = sets.iter().flat_map(|set| {
            set.phases
                .iter()
                .map(|file| (set.name.clone(), file.number))
        });
        let mut records = Records::new();
        for (set, number) in phases {
            let path = journal_path(&set, number);
            let text = self.journals.get(&path);
            if let Some(Ok(known)) = text.map(|text| journal::replay(text, &path)) {
                let record = Record {
                    written: known.state.written().into_keys().collect(),
                    applied: known.state.applied(),
                };
                records.insert((set, number), record);
            }
        }
        records
    }

    /// Names journals that belong to no phase: what they record is known of no box.
    pub(super) fn lost_journals(&mut self, known: &BTreeSet<String>) {
        for path in self.journals.keys().filter(|path| !known.contains(*path)) {
            let note = Diagnostic::note(format!("`{path}` belongs to no phase")).rule(JOURNAL);
            let help = "a phase or its set has another number or name now: give it the old one \
                        again, or move the journal";
            self.found.push(note.help(help));
        }
    }
}

/// Returns what is to be known of decisions whose task isn't there any more; they count for no
/// other one. Where an open task has the id now, it may be the same one in other words.
pub fn adrift(checklist: &Checklist, state: &State, set_flag: &str) -> Vec<Diagnostic> {
    let told = |lost: &Adrift| {
        let what = if lost.left_out { "left out" } else { "done" };
        let said = lost.about.as_ref().map(|it| format!(" as `{}`", it.text));
        let said = said.unwrap_or_default();
        let message = format!(
            "task {} was {what}{said}, and no task reads so now",
            lost.task
        );
        let by = format!("decided by {}, {:.0}", lost.who, lost.at);
        let here = |problem: Diagnostic, span| {
            let problem = problem.rule(RECORD);
            problem.at(&checklist.path, &checklist.text, span, "")
        };
        let open = |task: &&Task| !task.marker.checked && !task.is_left_out();
        let now = checklist.task(&lost.task).filter(open);
        let Some(task) = now.filter(|_| lost.left_out) else {
            let note = here(Diagnostic::note(message), checklist.title_span.clone());
            return note.help(format!("{by}; it counts for no other task"));
        };
        let warning = here(Diagnostic::warning(message), task.text.span.clone());
        warning.help(format!(
            "{by}; it doesn't count for this task, which is to be done. If it is the same in other \
             words: orch task skip {} --note \"…\"",
            task_args(&task.id, checklist.number, set_flag)
        ))
    };
    state.adrift().iter().map(told).collect()
}

/// Returns a note on boxes that are ticked without a record, where the phase has been run.
fn without_record(checklist: &Checklist, state: &State) -> Option<Diagnostic> {
    state
        .targets()
        .find(|(_, target)| target.started.is_some())?;
    let recorded = |task: &Task| {
        let early = state.current().waived.contains_key(&task.id);
        early
            || state.targets().any(|(_, target)| {
                target.waived.contains_key(&task.id) || target.steps_of(&task.id).next().is_some()
            })
    };
    let ticked = checklist.tasks().filter(|task| task.marker.checked);
    let without: Vec<&Task> = ticked.filter(|task| !recorded(task)).collect();
    let first = without.first()?;
    let message = match without.len() {
        1 => format!(
            "task {} is ticked without a record: done elsewhere",
            first.id
        ),
        several => format!("{several} tasks are ticked without a record: done elsewhere"),
    };
    let span = first.marker.offset - 1..first.marker.offset + 2;
    let note = Diagnostic::note(message).rule(RECORD);
    let note = note.at(&checklist.path, &checklist.text, span, "");
    let ids: Vec<&str> = without
        .iter()
        .take(NAMED)
        .map(|task| task.id.as_str())
        .collect();
    let more = match without.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(note.help(format!(
        "{}{more}; it is respected; to have one done by a run, open its box",
        ids.join(", ")
    )))
}
