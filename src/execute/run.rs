//! The loop: start what can start, record, do, record, project.

use std::collections::BTreeMap;
use std::sync::Mutex;

use tokio::sync::watch;

use super::air::Air;
use super::course::Course;
use super::effect::Surroundings;
use super::membership::Membership;
use super::previous::{self, Recorder, first_touched};
use super::{Ledger, LedgerError, Options, Progress, Report, Standing};
use crate::checklist::TaskId;
use crate::cluster::{Cluster, Inventory, Live};
use crate::journal::{Event, Evidence, Failure, Header, Outcome, Previous, StepId, Written};
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
    /// Objects as they are really sent, by label (`Secret/db-credentials`): with secrets' values,
    /// images by known digests; none on the rehearsal.
    pub secrets: &'a BTreeMap<String, Object>,
    /// The files as orch wrote them last, by path.
    pub written: BTreeMap<String, Written>,
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

/// Runs a plan to its end, to failure, or until it is cancelled; `ticked` is called at the start
/// and whenever the last step of a task is recorded as done, with the evidence of all steps done so
/// far, and brings the documents up to date.
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
    let (recorder, mut revisions) = Recorder::new();
    let report_line = |step: &StepId, text: String| {
        let step = step.clone();
        progress(Progress::Under { step, text });
    };
    let around = Surroundings {
        cluster: run.cluster,
        workspace: ledger.workspace().cloned(),
        options: run.options,
        written: run.written.clone(),
        secrets: run.secrets,
        digests: Mutex::default(),
        report: &report_line,
        membership: Membership::new(run.inventory, run.plan),
        live: run.live,
        first,
        recorder,
    };
    let mut course = Course::new(run.plan, run.standing);
    let mut air = Air::clear(&around);
    let mut cancel = run.cancel.clone();
    let mut record = Record::default();
    tell(ticked(&course.done)?, progress);
    loop {
        let starting = course.take_startable(air.room());
        record.started(&starting, &around);
        // Outcomes and what begins after them are recorded with one sync.
        record.write(ledger, progress)?;
        air.begin(starting);
        if air.is_empty() {
            return Ok(course.finish());
        }
        let landed = tokio::select! {
            biased;
            () = stopped(&mut cancel) => {
                return Ok(Report { outcome: Outcome::Interrupted, ..course.finish() });
            }
            Some(note) = revisions.recv() => {
                // All that wait for theirs by now go on after one sync.
                let more = std::iter::from_fn(|| revisions.try_recv().ok());
                previous::keep(std::iter::once(note).chain(more).collect(), ledger)?;
                continue;
            }
            landed = air.landed(&mut course) => landed,
        };
        let mut complete = false;
        for (at, step, outcome) in landed {
            record.over(step, &outcome);
            complete |= course.settle(at, step, outcome);
        }
        if complete {
            // A box is ticked for what is recorded only.
            record.write(ledger, progress)?;
            tell(ticked(&course.done)?, progress);
        }
    }
}

async fn stopped(cancel: &mut watch::Receiver<bool>) {
    // A sender that is gone can't cancel any more.
    if cancel.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// What is to be recorded, and then told.
#[derive(Default)]
struct Record {
    events: Vec<Event>,
    told: Vec<Progress>,
}

impl Record {
    fn started(&mut self, steps: &[(usize, &Step)], around: &Surroundings<'_>) {
        for (_, step) in steps {
            let (id, task) = (step.id.clone(), step.task.clone());
            self.events.push(Event::Started {
                step: id.clone(),
                key: step.key.clone(),
                task: task.clone(),
                before: is_absent(step, around).then_some(Previous::Absent),
            });
            self.told.push(Progress::Started { step: id, task });
        }
    }

    fn over(&mut self, step: &Step, outcome: &Result<Evidence, Failure>) {
        let (id, key, task) = (step.id.clone(), step.key.clone(), step.task.clone());
        let (event, told) = match outcome {
            Ok(evidence) => (
                Event::Succeeded {
                    step: id.clone(),
                    key,
                    evidence: evidence.clone(),
                },
                Progress::Succeeded {
                    step: id,
                    task,
                    evidence: evidence.clone(),
                },
            ),
            Err(failure) => (
                Event::Failed {
                    step: id.clone(),
                    key,
                    failure: failure.clone(),
                },
                Progress::Failed {
                    step: id,
                    task,
                    failure: failure.clone(),
                },
            ),
        };
        self.events.push(event);
        self.told.push(told);
    }

    /// Records it all, and then tells it: nobody is told what a kill could take back.
    fn write(
        &mut self,
        ledger: &mut Ledger,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), LedgerError> {
        ledger.append(std::mem::take(&mut self.events))?;
        self.told.drain(..).for_each(progress);
        Ok(())
    }
}

/// Whether a step makes an object that wasn't there before this phase.
fn is_absent(step: &Step, around: &Surroundings<'_>) -> bool {
    match &step.work {
        Work::Apply { object, .. } => {
            around.first.contains(&step.id) && !around.live.has(object.as_ref())
        }
        Work::Study { .. }
        | Work::Conclude { .. }
        | Work::Refuse { .. }
        | Work::Write { .. }
        | Work::Expect { .. }
        | Work::Command { .. }
        | Work::Wait { .. }
        | Work::Build { .. } => false,
    }
}

fn tell(tasks: Vec<TaskId>, progress: &(dyn Fn(Progress) + Sync)) {
    for task in tasks {
        progress(Progress::Ticked { task });
    }
}
