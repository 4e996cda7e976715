//! One column for each target: those of orch.toml in their order, then what else was run on.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::checklist::Task;
use crate::cli::target::{called, recorded_as};
use crate::journal::{Outcome, State, StepStatus, TargetState};
use crate::settings::Settings;
use crate::terminal::printable;

/// What stands where a target has nothing of a phase or task.
const NOTHING: &str = "–";

/// The columns of a table.
pub(super) struct Columns<'a> {
    settings: &'a Settings,
    names: Vec<String>,
    widths: Vec<usize>,
}

impl<'a> Columns<'a> {
    /// Returns the columns for what these journals know; with `only`, that target's alone.
    pub(super) fn of<'s>(
        settings: &'a Settings,
        states: impl Iterator<Item = &'s State>,
        only: Option<&str>,
    ) -> Self {
        let targets = settings.targets.iter();
        let mut names: Vec<String> = targets.map(|target| target.name.clone()).collect();
        for state in states {
            for (recorded, _) in state.targets() {
                let name = called(recorded, settings, state);
                if !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            }
        }
        if let Some(only) = only {
            names.retain(|name| name == only);
        }
        let widths = names.iter().map(|name| name.chars().count()).collect();
        Self {
            settings,
            names,
            widths,
        }
    }

    /// Returns whether there is more than one.
    pub(super) fn several(&self) -> bool {
        self.names.len() > 1
    }

    /// Returns the columns' names.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Makes room for a row of cells.
    pub(super) fn fit(&mut self, cells: &[String]) {
        for (width, cell) in self.widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count());
        }
    }

    /// Returns the names above their cells.
    pub(super) fn header(&self) -> String {
        self.row(&self.names)
    }

    /// Returns a row of cells, padded.
    pub(super) fn row(&self, cells: &[String]) -> String {
        let mut text = String::new();
        for (cell, width) in cells.iter().zip(&self.widths) {
            // Writing to a string can't fail.
            let _ = write!(text, "{:<width$}  ", printable(cell));
        }
        text
    }

    /// Returns what a journal knows of each column's target.
    pub(super) fn known<'s>(
        &'s self,
        state: &'s State,
    ) -> impl Iterator<Item = (&'s str, Option<&'s TargetState>)> {
        self.names.iter().map(|name| {
            let known = match self.settings.target(name) {
                Some(target) => state.target(&recorded_as(target, self.settings, state)),
                None => state.target(name),
            };
            (name.as_str(), known)
        })
    }

    /// Returns a phase's cells.
    pub(super) fn phase_cells(&self, state: &State) -> Vec<String> {
        self.known(state)
            .map(|(_, known)| known.map_or_else(|| NOTHING.to_owned(), phase_cell))
            .collect()
    }

    /// Returns a task's cells.
    pub(super) fn task_cells(&self, state: &State, task: &Task) -> Vec<String> {
        self.known(state)
            .map(|(_, known)| {
                known
                    .and_then(|known| task_cell(known, task))
                    .unwrap_or_else(|| NOTHING.to_owned())
            })
            .collect()
    }

    /// Returns what JSON says of a phase, by target; `null` where it has nothing of it.
    pub(super) fn phase_json(&self, state: &State) -> Value {
        let columns: Map<String, Value> = self
            .known(state)
            .map(|(name, known)| (name.to_owned(), known.map_or(Value::Null, phase_value)))
            .collect();
        columns.into()
    }
}

fn steps(target: &TargetState) -> (usize, usize) {
    let done = target
        .steps()
        .filter(|(_, step)| step.evidence().is_some())
        .count();
    (done, target.steps().count())
}

/// Where a phase stands on a target, in a word.
fn word(target: &TargetState) -> &'static str {
    match (target.outcome, target.started) {
        (_, None) => "none",
        (Some(Outcome::Completed), _) => "done",
        (Some(Outcome::Failed), _) => "failed",
        (Some(Outcome::Waiting), _) if target.undone.is_some() => "turned back",
        (Some(Outcome::Waiting), _) => "waiting",
        (Some(Outcome::Interrupted), _) => "interrupted",
        (None, _) => "open",
    }
}

fn phase_cell(target: &TargetState) -> String {
    let (done, total) = steps(target);
    if target.started.is_none() {
        return NOTHING.to_owned();
    }
    match (target.outcome, target.completed) {
        (Some(Outcome::Completed), Some(at)) => format!("done {}", at.strftime("%Y-%m-%d")),
        (Some(Outcome::Failed), _) => format!("failed {done}/{total}"),
        (Some(Outcome::Waiting), _) => match target.undone {
            Some(at) => format!("undone {}", at.strftime("%Y-%m-%d")),
            None => format!("waits {done}/{total}"),
        },
        _ => format!("{done}/{total}"),
    }
}

fn phase_value(target: &TargetState) -> Value {
    let (done, total) = steps(target);
    let header = target.header.as_ref();
    json!({
        "state": word(target), "done": done, "steps": total,
        "started": target.started, "completed": target.completed,
        "cluster": header.map(|header| &header.cluster),
        "namespace": header.map(|header| &header.namespace),
    })
}

fn task_cell(target: &TargetState, task: &Task) -> Option<String> {
    if target.waived.contains_key(&task.id) {
        return Some("decided".to_owned());
    }
    let steps: Vec<_> = target.steps_of(&task.id).map(|(_, step)| step).collect();
    if steps.is_empty() {
        return None;
    }
    let done = steps
        .iter()
        .filter(|step| step.evidence().is_some())
        .count();
    let failed = steps
        .iter()
        .any(|step| matches!(step.status, StepStatus::Failed(_)));
    Some(match done {
        _ if failed => "failed".to_owned(),
        all if all == steps.len() => "done".to_owned(),
        some => format!("{some}/{}", steps.len()),
    })
}
