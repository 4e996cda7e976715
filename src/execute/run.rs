//! The loop: start what can start, record, do, record, project.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};
use tokio::sync::watch;

use super::effect::{self, Surroundings};
use super::membership::Membership;
use super::previous::{Recorder, first_touched};
use super::{Ledger, LedgerError, Options, Progress, Report, Standing};
use crate::checklist::TaskId;
use crate::cluster::{Cluster, Inventory, Live};
use crate::journal::{Event, Evidence, Failure, Header, Outcome, Previous, StepId};
use crate::manifest::Object;
use crate::plan::{Plan, Step, Work};

/// What is to be run, and with what.
pub struct Run<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Where each of its steps stands.
    pub standing: &'a [Standing],
    /// The target.
    pub cluster: &'a Cluster,
    /// Secrets with their real values, by label (`Secret/db-credentials`); none on the rehearsal.
    pub secrets: &'a BTreeMap<String, Object>,
    /// The hashes of the files that orch wrote, by path.
    pub written: BTreeMap<String, String>,
    /// How to behave.
    pub options: &'a Options,
    /// The inventory that the objects become members of.
    pub inventory: &'a Inventory,
    /// What the cluster held of the plan's kinds before the run.
    pub live: &'a Live,
    /// Turns true when a person wants to stop.
    pub cancel: watch::Receiver<bool>,
}

/// Brings the documents up to date with the evidence so far; returns the tasks that were ticked.
pub type Tick<'a> =
    dyn FnMut(&BTreeMap<StepId, Evidence>) -> Result<Vec<TaskId>, super::ProjectError> + 'a;

/// Why a run could not go on; failed steps are no errors, but part of the [`Report`].
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// Recording failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The documents could not be brought up to date.
    #[error(transparent)]
    Project(#[from] super::ProjectError),
}

/// What is known while a run goes on.
struct Course {
    done: BTreeMap<StepId, Evidence>,
    /// By index: done before or elsewhere, or now.
    satisfied: BTreeSet<usize>,
    todo: BTreeSet<usize>,
    failed: Vec<(StepId, Option<TaskId>, Failure)>,
    ran: usize,
}

impl Course {
    fn new(run: &Run<'_>) -> Self {
        let mut course = Self {
            done: BTreeMap::new(),
            satisfied: BTreeSet::new(),
            todo: BTreeSet::new(),
            failed: Vec::new(),
            ran: 0,
        };
        for (at, (step, standing)) in run.plan.steps.iter().zip(run.standing).enumerate() {
            match standing {
                Standing::Done(evidence) => {
                    course.done.insert(step.id.clone(), evidence.clone());
                    course.satisfied.insert(at);
                }
                Standing::Elsewhere => {
                    course.satisfied.insert(at);
                }
                Standing::Todo(_) => {
                    course.todo.insert(at);
                }
            }
        }
        course
    }

    /// Takes up to `room` steps whose needs are satisfied, in the plan's order.
    fn take_startable(&mut self, plan: &Plan, room: usize) -> Vec<usize> {
        let startable: Vec<usize> = self
            .todo
            .iter()
            .copied()
            .filter(|at| {
                plan.steps
                    .get(*at)
                    .is_some_and(|step| step.needs.iter().all(|n| self.satisfied.contains(n)))
            })
            .take(room)
            .collect();
        for at in &startable {
            self.todo.remove(at);
        }
        startable
    }

    fn settle(&mut self, at: usize, step: &Step, outcome: Result<Evidence, Failure>) {
        self.ran += 1;
        match outcome {
            Ok(evidence) => {
                self.satisfied.insert(at);
                self.done.insert(step.id.clone(), evidence);
            }
            Err(failure) => self
                .failed
                .push((step.id.clone(), step.task.clone(), failure)),
        }
    }
}

/// Runs a plan to its end, to failure, or until it is cancelled; `ticked` is called after each
/// batch of outcomes is recorded, with the evidence of all steps done so far, and brings the
/// documents up to date.
///
/// The caller records how the run ended, because what comes after the steps (waiting for a
/// person, the closing of the phase) is part of that.
///
/// # Errors
/// Returns an [`ExecuteError`] where recording or projecting failed; nothing is started then.
pub async fn execute(
    run: &Run<'_>,
    header: Header,
    ledger: &mut Ledger,
    progress: &(dyn Fn(Progress) + Sync),
    ticked: &mut Tick<'_>,
) -> Result<Report, ExecuteError> {
    let first = first_touched(run.plan, ledger.state().target(&header.target));
    ledger.append(vec![Event::RunStarted(header)])?;
    let (recorder, mut previous) = Recorder::new();
    let report_line = |step: &StepId, text: String| {
        progress(Progress::Under {
            step: step.clone(),
            text,
        });
    };
    let around = Surroundings {
        cluster: run.cluster,
        workspace: ledger.workspace().cloned(),
        options: run.options,
        written: run.written.clone(),
        secrets: run.secrets,
        report: &report_line,
        membership: Membership::new(run.inventory, run.plan),
        live: run.live,
        first,
        recorder,
    };
    let mut course = Course::new(run);
    let mut cancel = run.cancel.clone();
    let mut flying = FuturesUnordered::new();
    tell(ticked(&course.done)?, progress);
    loop {
        let room = run.options.in_flight.saturating_sub(flying.len());
        let startable = course.take_startable(run.plan, room);
        announce(run, (&startable, &around.first), ledger, progress)?;
        for at in startable {
            if let Some(step) = run.plan.steps.get(at) {
                flying.push(effect::perform(step, &around).map(move |outcome| (at, outcome)));
            }
        }
        if flying.is_empty() {
            return Ok(finish(run.plan, course));
        }
        let mut landed = tokio::select! {
            biased;
            () = stopped(&mut cancel) => {
                return Ok(Report { outcome: Outcome::Interrupted, ..finish(run.plan, course) });
            }
            Some(note) = previous.recv() => {
                note.keep(ledger)?;
                continue;
            }
            first = flying.next() => first.into_iter().collect::<Vec<_>>(),
        };
        // What has landed by now is recorded with one sync.
        while let Some(Some(more)) = flying.next().now_or_never() {
            landed.push(more);
        }
        record(run.plan, landed, &mut course, ledger, progress)?;
        tell(ticked(&course.done)?, progress);
    }
}

async fn stopped(cancel: &mut watch::Receiver<bool>) {
    // A sender that is gone can't cancel any more.
    if cancel.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn announce(
    run: &Run<'_>,
    (startable, first): (&[usize], &BTreeSet<StepId>),
    ledger: &mut Ledger,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(), LedgerError> {
    let steps: Vec<&Step> = startable
        .iter()
        .filter_map(|at| run.plan.steps.get(*at))
        .collect();
    let absent = |step: &Step| match &step.work {
        Work::Apply { object, .. } => {
            first.contains(&step.id) && run.live.get(object.as_ref()).is_none()
        }
        Work::Study { .. }
        | Work::Conclude { .. }
        | Work::Refuse { .. }
        | Work::Write { .. }
        | Work::Command { .. } => false,
    };
    ledger.append(
        steps
            .iter()
            .map(|step| Event::Started {
                step: step.id.clone(),
                key: step.key.clone(),
                task: step.task.clone(),
                before: absent(step).then_some(Previous::Absent),
            })
            .collect(),
    )?;
    for step in steps {
        progress(Progress::Started {
            step: step.id.clone(),
            task: step.task.clone(),
        });
    }
    Ok(())
}

fn record(
    plan: &Plan,
    landed: Vec<(usize, Result<Evidence, Failure>)>,
    course: &mut Course,
    ledger: &mut Ledger,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(), LedgerError> {
    let landed: Vec<(usize, &Step, Result<Evidence, Failure>)> = landed
        .into_iter()
        .filter_map(|(at, outcome)| Some((at, plan.steps.get(at)?, outcome)))
        .collect();
    ledger.append(
        landed
            .iter()
            .map(|(_, step, outcome)| {
                let (step, key) = (step.id.clone(), step.key.clone());
                match outcome {
                    Ok(evidence) => Event::Succeeded {
                        step,
                        key,
                        evidence: evidence.clone(),
                    },
                    Err(failure) => Event::Failed {
                        step,
                        key,
                        failure: failure.clone(),
                    },
                }
            })
            .collect(),
    )?;
    for (at, step, outcome) in landed {
        let (id, task) = (step.id.clone(), step.task.clone());
        progress(match &outcome {
            Ok(evidence) => Progress::Succeeded {
                step: id,
                task,
                evidence: evidence.clone(),
            },
            Err(failure) => Progress::Failed {
                step: id,
                task,
                failure: failure.clone(),
            },
        });
        course.settle(at, step, outcome);
    }
    Ok(())
}

fn tell(tasks: Vec<TaskId>, progress: &(dyn Fn(Progress) + Sync)) {
    for task in tasks {
        progress(Progress::Ticked { task });
    }
}

fn finish(plan: &Plan, course: Course) -> Report {
    let blocked = course
        .todo
        .iter()
        .filter_map(|at| plan.steps.get(*at))
        .map(|s| s.id.clone());
    Report {
        outcome: if course.failed.is_empty() {
            Outcome::Completed
        } else {
            Outcome::Failed
        },
        blocked: blocked.collect(),
        failed: course.failed,
        ran: course.ran,
    }
}
