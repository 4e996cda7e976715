//! What a run leaves: to a person, and, where it is about a part of the phase, to another run.

use std::collections::{BTreeMap, BTreeSet};

use super::Outlook;
use crate::checklist::TaskId;
use crate::cli::exit::Code;
use crate::cli::run::Prepared;
use crate::execute::{Filled, Standing, narrow};
use crate::journal::{Evidence, StepId};
use crate::plan::{Needed, Plan, Scope, Work};
use crate::resolve::{Action, ResolvedTask};

/// What waits for a person.
#[derive(Debug, Default)]
pub(in crate::cli::run) struct Waiting {
    /// Tasks that a person does.
    pub(in crate::cli::run) tasks: Vec<TaskId>,
    /// Files that a person has to decide on.
    pub(in crate::cli::run) files: Vec<String>,
    /// What else the phase lacks, where only a part of it was asked for.
    pub(in crate::cli::run) left: Left,
}

/// What a run leaves that is about a part of the phase.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli::run) struct Left {
    /// Tasks that are open.
    pub(in crate::cli::run) tasks: usize,
    /// Steps that no task names.
    pub(in crate::cli::run) steps: usize,
}

impl Waiting {
    /// Returns whether nothing waits.
    pub(in crate::cli::run) fn is_empty(&self) -> bool {
        self.nobody() && self.left == Left::default()
    }

    /// Returns whether nothing of what was asked for waits.
    pub(in crate::cli::run) fn nobody(&self) -> bool {
        self.tasks.is_empty() && self.files.is_empty()
    }
}

impl Outlook {
    /// Leaves all that isn't part of what is asked for as it is.
    pub(in crate::cli::run) fn narrow(&mut self, plan: &Plan, scope: Scope) {
        narrow(&mut self.standing, &scope);
        let ids: BTreeSet<&StepId> = plan
            .steps
            .iter()
            .enumerate()
            .filter(|(at, _)| scope.has(*at))
            .map(|(_, step)| &step.id)
            .collect();
        self.changed.retain(|change| ids.contains(&change.step));
        self.reopened.retain(|task| scope.touches(plan, task));
        self.scope = Some(scope);
    }

    /// Keeps of the values that are missing those of Secrets that are applied.
    pub(in crate::cli::run) fn narrow_missing(&self, plan: &Plan, filled: &mut Filled) {
        let Some(scope) = &self.scope else {
            return;
        };
        let steps = plan.steps.iter().enumerate();
        let applied = steps.filter_map(|(at, step)| {
            let Work::Apply { object, .. } = &step.work else {
                return None;
            };
            (scope.has(at) && object.kind == "Secret").then_some(object.name.as_str())
        });
        let applied: BTreeSet<&str> = applied.collect();
        let missing = &mut filled.missing;
        missing.retain(|(secret, _)| applied.contains(secret.as_str()));
    }

    /// Returns the steps that are still to be done for what was asked for, without being part of
    /// it, with why.
    pub(in crate::cli::run) fn needed(&self) -> impl Iterator<Item = &Needed> {
        let needs = self.scope.iter().flat_map(|scope| &scope.needs);
        needs.filter(|it| matches!(self.standing.get(it.step), Some(Standing::Todo(_))))
    }

    /// Returns what waits for a person.
    pub(in crate::cli::run) fn waiting(
        &self,
        prepared: &Prepared<'_>,
        done: &BTreeMap<StepId, Evidence>,
    ) -> Waiting {
        let ticked = self.tickable(prepared, done);
        let (asked, others): (Vec<_>, Vec<_>) = prepared
            .meaning
            .resolved
            .tasks
            .iter()
            .filter(|task| !matches!(task.action, Action::Skip))
            .partition(|task| self.touches(prepared, &task.id));
        let waits = |task: &&ResolvedTask| {
            matches!(task.action, Action::Manual)
                || task.action.missing().next().is_some()
                || prepared.needs_person(&task.id)
                || self.reworded.contains(&task.id)
        };
        let tasks = asked
            .into_iter()
            .filter(|task| !ticked.contains(&task.id) && waits(task));
        let decided = |task: &ResolvedTask| {
            self.waived.contains(&task.id) || self.elsewhere.contains(&task.id)
        };
        let open = |task: &&ResolvedTask| {
            self.leaves(prepared, Some(&task.id)) > 0 || waits(task) && !decided(task)
        };
        Waiting {
            tasks: tasks.map(|task| task.id.clone()).collect(),
            files: self.undecided(prepared),
            left: Left {
                tasks: others.iter().filter(|task| open(task)).count(),
                steps: self.leaves(prepared, None),
            },
        }
    }

    /// Returns how many steps of a task, or of none, this run leaves or that wait, where it is
    /// about a part of the phase.
    fn leaves(&self, prepared: &Prepared<'_>, task: Option<&TaskId>) -> usize {
        let Some(scope) = &self.scope else {
            return 0;
        };
        let steps = prepared.plan.steps.iter().zip(&self.standing).enumerate();
        let left = steps.filter(|(at, (step, standing))| {
            let waits = matches!(standing, Standing::Left | Standing::Held(_));
            waits && step.task.as_ref() == task && !scope.has(*at)
        });
        left.count()
    }

    /// Returns the files that a person has to decide on.
    pub(in crate::cli::run) fn undecided(&self, prepared: &Prepared<'_>) -> Vec<String> {
        let steps = prepared.plan.steps.iter().zip(&self.standing).enumerate();
        let asked = steps.filter(|(at, _)| is_part(self.scope.as_ref(), *at));
        let files = asked.filter_map(|(_, (step, standing))| match (&step.work, standing) {
            (Work::Write { path, .. }, Standing::Held(_)) => Some(path.clone()),
            _ => None,
        });
        files.collect()
    }

    /// Returns the exit code of a phase whose steps are all done.
    pub(in crate::cli::run) fn code(waiting: &Waiting) -> Code {
        if waiting.nobody() {
            Code::Done
        } else {
            Code::Waiting
        }
    }
}

/// Returns whether a step is asked for, or needed by one that is.
pub(super) fn is_part(scope: Option<&Scope>, step: usize) -> bool {
    scope.is_none_or(|scope| scope.has(step))
}
