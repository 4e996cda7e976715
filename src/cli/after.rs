//! What a target that comes after others asks of them: that they have the phase, as it is now.
//!
//! Told from the journal: the other target's plan is made anew and its keys are compared with what
//! is recorded there, so that a change made since is found. The other cluster isn't asked.

use std::collections::{BTreeMap, BTreeSet};

use super::exit::Result;
use super::load::{Loaded, Phase};
use super::mine::Mine;
use super::target::Target;
use super::{Session, Stop};
use crate::checklist::TaskId;
use crate::execute::{Standing, Why, compare, task_done};
use crate::journal::{Evidence, State, StepId, TargetState};
use crate::plan::Plan;
use crate::resolve::{Action, Resolved, ResolvedTask};
use crate::terminal::count;

/// How many tasks or steps are named.
const NAMED: usize = 8;

/// What a target lacks of a phase.
pub(super) struct Lacks {
    /// The target's name.
    pub(super) target: String,
    /// What was done there and is another thing now.
    pub(super) changed: Vec<String>,
    /// What was never done there, or not to its end.
    pub(super) undone: Vec<String>,
    /// The tasks that wait there for a person.
    pub(super) waiting: Vec<String>,
    /// Whether it never had a run of this phase.
    pub(super) never: bool,
}

impl Lacks {
    /// Returns whether it has all of the phase.
    fn is_empty(&self) -> bool {
        !self.never && self.changed.is_empty() && self.undone.is_empty() && self.waiting.is_empty()
    }

    /// Returns how much is lacking, in a few words.
    pub(super) fn summary(&self) -> String {
        if self.never {
            return "it never ran there".to_owned();
        }
        let counts = [
            (self.changed.len(), "step", "changed since"),
            (self.undone.len(), "step", "not done"),
            (self.waiting.len(), "task", "waiting for a person"),
        ];
        let said: Vec<String> = counts
            .iter()
            .filter(|(number, _, _)| *number > 0)
            .map(|(number, what, how)| format!("{} {how}", count(*number, what)))
            .collect();
        said.join(", ")
    }
}

/// Refuses a target whose predecessors lack something of the phase.
///
/// # Errors
/// Names, for each, what it lacks and the command that brings it there.
pub(super) fn refuse_too_early(
    session: &Session,
    loaded: &Loaded,
    phase: &Phase,
    (target, state): (&Target, &State),
) -> Result<()> {
    let lacking = lacking(loaded, phase, (target, state))?;
    let Some(first) = lacking.first() else {
        return Ok(());
    };
    let number = phase.checklist.number;
    let names: Vec<String> = lacking
        .iter()
        .map(|lacks| format!("`{}`", lacks.target))
        .collect();
    let mut stop = Stop::target(format!(
        "`{}` comes after {}, which {} have phase {number} as it is now",
        target.called(),
        names.join(" and "),
        if lacking.len() == 1 {
            "doesn't"
        } else {
            "don't"
        },
    ));
    for lacks in &lacking {
        if lacks.never {
            stop = stop.help(format!("phase {number} never ran on `{}`", lacks.target));
        }
        for (what, list) in [
            ("changed since", &lacks.changed),
            ("not done on", &lacks.undone),
            ("waiting for a person on", &lacks.waiting),
        ] {
            if !list.is_empty() {
                let line = format!("{what} `{}`: {}", lacks.target, listed(list));
                stop = stop.help(line);
            }
        }
    }
    let program = &session.environment.program;
    let changed = if first.changed.is_empty() {
        ""
    } else {
        " --accept-changes"
    };
    Err(stop.help(format!(
        "bring it there first: {program} phase {number} run --target {}{changed}{}",
        first.target, phase.set_flag
    )))
}

/// Returns what each target lacks that this one comes after; those that have all are left out.
pub(super) fn lacking(
    loaded: &Loaded,
    phase: &Phase,
    (target, state): (&Target, &State),
) -> Result<Vec<Lacks>> {
    let mut lacking = Vec::new();
    for name in target.settings().into_iter().flat_map(|it| &it.after) {
        let before = Target::named(name, loaded, phase)?;
        let lacks = of_target(loaded, phase, (&before, state))?;
        lacking.extend(Some(lacks).filter(|lacks| !lacks.is_empty()));
    }
    Ok(lacking)
}

fn of_target(loaded: &Loaded, phase: &Phase, (before, state): (&Target, &State)) -> Result<Lacks> {
    let mut lacks = Lacks {
        target: before.called().to_owned(),
        changed: Vec::new(),
        undone: Vec::new(),
        waiting: Vec::new(),
        never: false,
    };
    let Some(known) = state
        .target(before.name())
        .filter(|known| known.started.is_some())
    else {
        lacks.never = true;
        return Ok(lacks);
    };
    let home = Target::of_phase(loaded, phase)?;
    let boxes = *before == home;
    // Whether that cluster serves `ServiceMonitor`s is not recorded: the plan that fits better was
    // the one.
    let mut best: Option<(usize, Lacks)> = None;
    for monitors in [false, true] {
        let meaning = loaded.meaning_on(phase, monitors, (before, Mine::Merge))?;
        let plan = meaning.plan(before.name())?;
        let view = There {
            phase,
            resolved: &meaning.resolved,
            plan: &plan,
            known,
            boxes,
        };
        let found = view.lacks(&lacks.target);
        let size = found.changed.len() + found.undone.len();
        if best.as_ref().is_none_or(|(least, _)| size < *least) {
            best = Some((size, found));
        }
    }
    Ok(best.map_or(lacks, |(_, found)| found))
}

/// A phase beside what another target's journal says.
struct There<'a> {
    phase: &'a Phase,
    resolved: &'a Resolved,
    plan: &'a Plan,
    known: &'a TargetState,
    /// Whether the checklist's boxes are that target's.
    boxes: bool,
}

impl There<'_> {
    fn lacks(&self, target: &str) -> Lacks {
        let tasks = self.resolved.tasks.iter();
        let elsewhere: BTreeSet<TaskId> = tasks
            .filter(|task| self.elsewhere(&task.id))
            .map(|task| task.id.clone())
            .collect();
        let comparison = compare(self.plan, Some(self.known), &elsewhere, &BTreeSet::new());
        let (mut changed, mut undone) = (Vec::new(), Vec::new());
        let mut done: BTreeMap<StepId, Evidence> = BTreeMap::new();
        for (step, standing) in self.plan.steps.iter().zip(comparison.standing) {
            let named = || match &step.task {
                Some(task) => format!("{} (task {task})", step.id),
                None => step.id.to_string(),
            };
            match standing {
                Standing::Done(evidence) => {
                    done.insert(step.id.clone(), evidence);
                }
                Standing::Elsewhere | Standing::Held(_) | Standing::Left => {}
                Standing::Todo(Why::Changed) => changed.push(named()),
                Standing::Todo(
                    Why::New | Why::Failed | Why::Unknown | Why::Gone(_) | Why::Reopened,
                ) => undone.push(named()),
            }
        }
        let waits = |task: &&ResolvedTask| {
            !elsewhere.contains(&task.id)
                && !self.known.waived.contains_key(&task.id)
                && match &task.action {
                    Action::Skip => false,
                    Action::Manual => true,
                    Action::Expect { .. } => task.action.missing().next().is_some(),
                    Action::Study { .. }
                    | Action::Inventory { .. }
                    | Action::Require { .. }
                    | Action::Write { .. }
                    | Action::Apply { .. }
                    | Action::Wait
                    | Action::Command { .. } => {
                        // A run that completed accepted what was unread then.
                        self.known.completed.is_none()
                            && task.has_unread()
                            && task_done(self.plan, &task.id, &done)
                    }
                }
        };
        let tasks = self.resolved.tasks.iter().filter(waits);
        Lacks {
            target: target.to_owned(),
            changed,
            undone,
            waiting: tasks.map(|task| task.id.to_string()).collect(),
            never: false,
        }
    }

    /// Whether a person did a task without orch, by a record or, where the boxes are that
    /// target's, by the box alone.
    fn elsewhere(&self, id: &TaskId) -> bool {
        let ticked = || {
            let task = self.phase.checklist.task(id);
            self.boxes && task.is_some_and(|task| task.marker.checked)
        };
        self.known.steps_of(id).next().is_none() && (self.known.waived.contains_key(id) || ticked())
    }
}

fn listed(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    match names.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{}, and {more} more", shown.join(", ")),
    }
}
