//! What is known of each task before anything is done, looked up with every box that is ticked.

use std::collections::{BTreeMap, HashMap};

use crate::checklist::TaskId;
use crate::journal::{Evidence, StepId};
use crate::plan::Plan;
use crate::resolve::{Action, ResolvedTask};

/// A task's steps, and what keeps its box open for a person.
#[derive(Debug, Default)]
struct Known {
    steps: Vec<StepId>,
    undecided: bool,
    needs_person: bool,
    /// What is missing of the traces that the work is to leave.
    missing: Vec<String>,
}

/// The tasks of a phase.
#[derive(Debug, Default)]
pub(super) struct Tasks(HashMap<TaskId, Known>);

impl Tasks {
    /// Returns what is known of tasks; `waits` says of which a person has to look at the outcome.
    pub(super) fn new(
        tasks: &[ResolvedTask],
        plan: &Plan,
        waits: impl Fn(&ResolvedTask) -> bool,
    ) -> Self {
        let mut known: HashMap<TaskId, Known> = HashMap::new();
        for task in tasks {
            let known = known.entry(task.id.clone()).or_default();
            known.needs_person = waits(task);
            known.missing = task.action.missing().map(str::to_owned).collect();
        }
        for step in &plan.steps {
            let Some(task) = &step.task else { continue };
            let known = known.entry(task.clone()).or_default();
            known.steps.push(step.id.clone());
            known.undecided |= !step.work.conflicts().is_empty();
        }
        Self(known)
    }

    /// Returns whether a person has to decide what a task's file is to hold.
    pub(super) fn undecided(&self, id: &TaskId) -> bool {
        self.0.get(id).is_some_and(|known| known.undecided)
    }

    /// Returns whether a task's box stays open for a person although its steps are done.
    pub(super) fn needs_person(&self, id: &TaskId) -> bool {
        self.0.get(id).is_some_and(|known| known.needs_person)
    }

    /// Returns what is missing of the traces that a task's work is to leave.
    pub(super) fn missing(&self, id: &TaskId) -> &[String] {
        self.0.get(id).map_or(&[], |known| &known.missing)
    }

    /// Returns whether a task has steps, and all of them are done.
    pub(super) fn done(&self, id: &TaskId, done: &BTreeMap<StepId, Evidence>) -> bool {
        let steps = self.0.get(id).map(|known| known.steps.as_slice());
        let steps = steps.unwrap_or_default();
        !steps.is_empty() && steps.iter().all(|step| done.contains_key(step))
    }
}

/// Returns whether a person has to look at what a task's steps made.
pub(super) fn is_open(task: &ResolvedTask, strict: bool, accept_unread: bool) -> bool {
    let unanswered = match &task.action {
        Action::Inventory { answer, .. } => strict && !answer.missing.is_empty(),
        Action::Study { .. }
        | Action::Require { .. }
        | Action::Write { .. }
        | Action::Apply { .. }
        | Action::Command { .. }
        | Action::Expect { .. }
        | Action::Wait
        | Action::Manual
        | Action::Skip => false,
    };
    unanswered || (task.has_unread() && !accept_unread)
}
