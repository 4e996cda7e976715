//! What the journal says about a plan: what is done, what is to be done and why, what changed.
//!
//! Pure. Whether what a finished step made is still there is looked at by `effect`.

use std::collections::{BTreeMap, BTreeSet};

use crate::checklist::TaskId;
use crate::journal::{Evidence, StepId, StepStatus, TargetState};
use crate::plan::{Plan, Scope, Step, Work};

/// Where a step stands before a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// Done, by this evidence.
    Done(Evidence),
    /// Its task was ticked by a person without a record; respected.
    Elsewhere,
    /// To be done.
    Todo(Why),
    /// To be done once a person has done something.
    Held(Held),
    /// To be done, but not by this run: it is about another part of the plan.
    Left,
}

/// What a person has to do before a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// That task.
    Task(TaskId),
    /// Decide what that file is to hold.
    File(String),
    /// Its own task, of which a trace is missing.
    Trace(TaskId),
}

/// Why a step is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Never tried.
    New,
    /// It failed the last time.
    Failed,
    /// It was begun and its outcome is unknown.
    Unknown,
    /// What it made is not there any more.
    Gone(String),
    /// A person opened its task again.
    Reopened,
    /// It changed, and the change was accepted.
    Changed,
}

/// A finished step that the plan has no more, or has in another form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The step.
    pub step: StepId,
    /// Whether the plan still has it.
    pub vanished: bool,
}

/// A plan beside its journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// For each step of the plan, where it stands.
    pub standing: Vec<Standing>,
    /// Finished steps that changed or vanished.
    pub changed: Vec<Changed>,
}

/// Returns where the steps of a plan stand.
///
/// `elsewhere` are the tasks whose boxes a person ticked without a record, `reopened` those whose
/// boxes a person opened although their steps were recorded as done.
pub fn compare(
    plan: &Plan,
    state: Option<&TargetState>,
    elsewhere: &BTreeSet<TaskId>,
    reopened: &BTreeSet<TaskId>,
) -> Comparison {
    let mut changed = Vec::new();
    let standing = plan
        .steps
        .iter()
        .map(|step| {
            let of = |tasks: &BTreeSet<TaskId>| {
                step.task.as_ref().is_some_and(|task| tasks.contains(task))
            };
            if of(elsewhere) {
                return Standing::Elsewhere;
            }
            let Some(known) = state.and_then(|state| state.step(&step.id)) else {
                return Standing::Todo(Why::New);
            };
            match &known.status {
                StepStatus::Succeeded(evidence) if known.key == step.key => {
                    if of(reopened) {
                        Standing::Todo(Why::Reopened)
                    } else {
                        Standing::Done(evidence.clone())
                    }
                }
                StepStatus::Succeeded(then) if is_learned(then, &step.work) => {
                    Standing::Todo(Why::Changed)
                }
                StepStatus::Succeeded(_) => {
                    changed.push(Changed {
                        step: step.id.clone(),
                        vanished: false,
                    });
                    Standing::Todo(Why::Changed)
                }
                StepStatus::Failed(_) => Standing::Todo(Why::Failed),
                StepStatus::Reopened => Standing::Todo(Why::Reopened),
                StepStatus::RolledBack => Standing::Todo(Why::New),
                StepStatus::Unknown | StepStatus::Compensating => Standing::Todo(Why::Unknown),
            }
        })
        .collect();
    changed.extend(vanished(plan, state));
    Comparison { standing, changed }
}

/// Returns whether a step only learns what is there: that changes as people work, and is read again
/// without anybody's consent. What a rule finds may be something else than before: that it is broken.
fn is_learned(then: &Evidence, work: &Work) -> bool {
    if matches!(then, Evidence::Checked { .. }) {
        return true;
    }
    match work {
        Work::Study { .. } => true,
        Work::Conclude { evidence } => matches!(evidence, Evidence::Answer { .. }),
        Work::Expect { .. }
        | Work::Refuse { .. }
        | Work::Write { .. }
        | Work::Apply { .. }
        | Work::Wait { .. }
        | Work::Command { .. }
        | Work::Build { .. } => false,
    }
}

/// Holds the steps that look for traces of a person's work of which one is missing, also those that
/// were done before: what they found is gone. Where a person decided on the task, nothing is
/// missing.
pub fn expect(plan: &Plan, standing: &mut [Standing], decided: &dyn Fn(&TaskId) -> bool) {
    for (step, now) in plan.steps.iter().zip(standing) {
        let (Work::Expect { missing, .. }, Some(task)) = (&step.work, &step.task) else {
            continue;
        };
        if decided(task) {
            if !matches!(now, Standing::Done(_)) {
                *now = Standing::Elsewhere;
            }
        } else if !missing.is_empty() {
            *now = Standing::Held(Held::Trace(task.clone()));
        }
    }
}

/// Holds what tasks do that come after a task which a person hasn't done yet, files that a person
/// has to decide on, and all that needs them; `held` has the latter tasks by the former. Other
/// files are written all the same.
pub fn hold(plan: &Plan, standing: &mut [Standing], held: &BTreeMap<TaskId, TaskId>) {
    let undecided = |step: &Step| !step.work.conflicts().is_empty();
    let waits = standing.iter().any(|it| matches!(it, Standing::Held(_)));
    if held.is_empty() && !waits && !plan.steps.iter().any(undecided) {
        return;
    }
    for (at, step) in plan.steps.iter().enumerate() {
        if let Work::Write { path, .. } = &step.work
            && undecided(step)
            && let Some(now) = standing.get_mut(at)
            && *now != Standing::Elsewhere
        {
            *now = Standing::Held(Held::File(path.clone()));
            continue;
        }
        let does = matches!(
            step.work,
            Work::Apply { .. }
                | Work::Command { .. }
                | Work::Wait { .. }
                | Work::Build { .. }
                | Work::Expect { .. }
        );
        let directed = step.task.as_ref().filter(|_| does);
        let by = directed.and_then(|task| held.get(task)).cloned();
        let by = by.map(Held::Task);
        let needed = || {
            step.needs
                .iter()
                .find_map(|need| match standing.get(*need) {
                    Some(Standing::Held(Held::Trace(task))) => Some(Held::Task(task.clone())),
                    Some(Standing::Held(by)) => Some(by.clone()),
                    Some(
                        Standing::Done(_)
                        | Standing::Elsewhere
                        | Standing::Todo(_)
                        | Standing::Left,
                    )
                    | None => None,
                })
        };
        let by = by.or_else(needed);
        if let (Some(by), Some(now)) = (by, standing.get_mut(at))
            && matches!(now, Standing::Todo(_))
        {
            *now = Standing::Held(by);
        }
    }
}

/// Leaves what is to be done outside of a part of the plan.
pub fn narrow(standing: &mut [Standing], scope: &Scope) {
    for (at, now) in standing.iter_mut().enumerate() {
        if matches!(now, Standing::Todo(_)) && !scope.has(at) {
            *now = Standing::Left;
        }
    }
}

fn vanished(plan: &Plan, state: Option<&TargetState>) -> Vec<Changed> {
    let planned: BTreeSet<&StepId> = plan.steps.iter().map(|step| &step.id).collect();
    state
        .into_iter()
        .flat_map(TargetState::steps)
        .filter(|(id, known)| {
            matches!(known.status, StepStatus::Succeeded(_)) && !planned.contains(id)
        })
        .map(|(id, _)| Changed {
            step: id.clone(),
            vanished: true,
        })
        .collect()
}

/// Returns whether all of a task's steps are done; a task without steps never is.
pub fn task_done(plan: &Plan, task: &TaskId, done: &BTreeMap<StepId, Evidence>) -> bool {
    let mut steps = plan.steps_of(task).peekable();
    steps.peek().is_some() && steps.all(|(_, step)| done.contains_key(&step.id))
}
