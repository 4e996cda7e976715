//! The state that records amount to: one pure transition function, which names illegal moves.
//!
//! Evidence is kept per target; what follows a [`Event::RunStarted`] belongs to its target. This
//! module doesn't decide whether a success still counts: `execute` compares keys and looks at the
//! target.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Event, Evidence, Failure, Header, Outcome, Record, RunId, StepId, StepKey};
use crate::checklist::TaskId;

/// How many notes are kept of a step; the journal has them all.
const NOTES_KEPT: usize = 20;

/// A record that can't follow those before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IllegalMove {
    /// Something happened to a step, and no run is open.
    #[error("`{0}` is recorded outside of a run")]
    OutsideRun(StepId),
    /// A run ended that isn't open.
    #[error("a run ended, and none is open")]
    EndedTwice,
    /// A run began under the name of the one that is open.
    #[error("run `{0}` started twice")]
    RunTwice(RunId),
    /// A step was started while it was under way.
    #[error("`{0}` started, and it is under way in the same run")]
    StartedTwice(StepId),
    /// A step had an outcome, was observed or undone, and never started.
    #[error("`{step}` {what}, and it never started")]
    NeverStarted {
        /// The step.
        step: StepId,
        /// What is recorded of it.
        what: &'static str,
    },
    /// A step had an outcome while it wasn't under way.
    #[error("`{step}` {what}, and it isn't under way")]
    NotUnderWay {
        /// The step.
        step: StepId,
        /// What is recorded of it.
        what: &'static str,
    },
    /// A step's outcome has another key than its start.
    #[error("`{step}` {what} with another key than it started with")]
    OtherKey {
        /// The step.
        step: StepId,
        /// What is recorded of it.
        what: &'static str,
    },
    /// A step was rolled back without a start of its compensation.
    #[error("`{0}` was rolled back, and its compensation never started")]
    NotCompensating(StepId),
}

/// All that a journal says, per target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    targets: BTreeMap<String, TargetState>,
    /// The target of the last run.
    current: Option<String>,
    /// Whether the last run has no end.
    open: bool,
    /// A person's decisions before the first run; the first run's target takes them over.
    early: TargetState,
}

/// What is known of one target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetState {
    steps: BTreeMap<StepId, StepState>,
    /// Tasks that a person decided on.
    pub waived: BTreeMap<TaskId, Waiver>,
    /// Tasks that a person wants done again and that aren't yet.
    pub reopened: BTreeMap<TaskId, Reopening>,
    /// The last run's header.
    pub header: Option<Header>,
    /// How the last run ended; `None` while it is open or where it was killed.
    pub outcome: Option<Outcome>,
    /// When the first run started.
    pub started: Option<Timestamp>,
    /// When a run completed first; emptied when a task is reopened.
    pub completed: Option<Timestamp>,
}

/// What is known of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepState {
    /// The key of its last start.
    pub key: StepKey,
    /// Where it stands.
    pub status: StepStatus,
    /// The task it belongs to.
    pub task: Option<TaskId>,
    /// When it got there.
    pub at: Timestamp,
    /// The run that brought it there.
    pub run: RunId,
    /// The last observations since its last start.
    pub notes: Vec<String>,
}

/// Where a step stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepStatus {
    /// It started and has no outcome: its effect may or may not have happened.
    Unknown,
    /// Its effect was seen to hold.
    Succeeded(Evidence),
    /// It failed.
    Failed(Failure),
    /// What undoes it started and has no outcome.
    Compensating,
    /// It was undone.
    RolledBack,
    /// A person wants its task done again.
    Reopened,
}

/// A person's decision that a task is done, or that what it lacks is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Who.
    pub who: String,
    /// Why.
    pub why: String,
    /// When.
    pub at: Timestamp,
}

/// A person's wish that a task be done again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reopening {
    /// Who.
    pub who: String,
    /// When.
    pub at: Timestamp,
}

impl State {
    /// Returns what is known of a target.
    pub fn target(&self, name: &str) -> Option<&TargetState> {
        self.targets.get(name)
    }

    /// Returns the targets by name.
    pub fn targets(&self) -> impl Iterator<Item = (&str, &TargetState)> {
        self.targets
            .iter()
            .map(|(name, target)| (name.as_str(), target))
    }

    /// Returns the target of the last run, which also takes what persons decide outside of runs;
    /// before the first run, what they decided so far.
    pub fn current(&self) -> &TargetState {
        self.current
            .as_ref()
            .and_then(|name| self.targets.get(name))
            .unwrap_or(&self.early)
    }

    /// Returns the header of the last run where that has no end: it is under way or was killed.
    pub fn running(&self) -> Option<&Header> {
        if self.open { self.last_header() } else { None }
    }

    /// Returns the header of the last run.
    pub fn last_header(&self) -> Option<&Header> {
        self.current().header.as_ref()
    }

    /// Takes a record in.
    ///
    /// # Errors
    /// Names the move where the record can't follow those before it; the state is then as it was.
    pub fn apply(&mut self, record: &Record) -> Result<(), IllegalMove> {
        let at = record.at;
        match &record.event {
            Event::RunStarted(header) => self.run_started(header, at),
            Event::RunEnded { outcome } => self.run_ended(*outcome, at),
            Event::Waived { task, who, why } => {
                let waiver = Waiver {
                    who: who.clone(),
                    why: why.clone(),
                    at,
                };
                let target = self.current_mut();
                target.reopened.remove(task);
                target.waived.insert(task.clone(), waiver);
                Ok(())
            }
            Event::Reopened { task, who } => {
                self.current_mut().reopen(
                    task,
                    Reopening {
                        who: who.clone(),
                        at,
                    },
                );
                Ok(())
            }
            Event::Started { step, key, task } => {
                let (target, run) = self.open_run(step)?;
                target.start(step, StepState::new(key, task.as_ref(), at, run))
            }
            Event::Observed { step, note } => {
                let (target, _) = self.open_run(step)?;
                target.known(step, "was observed")?.note(note);
                Ok(())
            }
            Event::Succeeded {
                step,
                key,
                evidence,
            } => {
                let (target, run) = self.open_run(step)?;
                let moved = Move {
                    run,
                    at,
                    status: StepStatus::Succeeded(evidence.clone()),
                };
                target.end(step, key, "succeeded", moved)?;
                target.settle(step);
                Ok(())
            }
            Event::Failed { step, key, failure } => {
                let (target, run) = self.open_run(step)?;
                let moved = Move {
                    run,
                    at,
                    status: StepStatus::Failed(failure.clone()),
                };
                target.end(step, key, "failed", moved)
            }
            Event::Compensating { step } => {
                let (target, run) = self.open_run(step)?;
                target.compensate(
                    step,
                    Move {
                        run,
                        at,
                        status: StepStatus::Compensating,
                    },
                )
            }
            Event::RolledBack { step } => {
                let (target, run) = self.open_run(step)?;
                target.roll_back(
                    step,
                    Move {
                        run,
                        at,
                        status: StepStatus::RolledBack,
                    },
                )
            }
        }
    }

    /// A run that follows one without an end is legal: that one was killed.
    fn run_started(&mut self, header: &Header, at: Timestamp) -> Result<(), IllegalMove> {
        if self.running().is_some_and(|open| open.run == header.run) {
            return Err(IllegalMove::RunTwice(header.run.clone()));
        }
        let early = std::mem::take(&mut self.early);
        let target = self.targets.entry(header.target.clone()).or_insert(early);
        target.header = Some(header.clone());
        target.outcome = None;
        target.started.get_or_insert(at);
        self.current = Some(header.target.clone());
        self.open = true;
        Ok(())
    }

    fn run_ended(&mut self, outcome: Outcome, at: Timestamp) -> Result<(), IllegalMove> {
        if !self.open {
            return Err(IllegalMove::EndedTwice);
        }
        self.open = false;
        let target = self.current_mut();
        target.outcome = Some(outcome);
        if outcome == Outcome::Completed {
            target.completed.get_or_insert(at);
        }
        Ok(())
    }

    fn current_mut(&mut self) -> &mut TargetState {
        match self
            .current
            .as_ref()
            .and_then(|name| self.targets.get_mut(name))
        {
            Some(target) => target,
            None => &mut self.early,
        }
    }

    /// Returns the open run's target and the run.
    fn open_run(&mut self, step: &StepId) -> Result<(&mut TargetState, RunId), IllegalMove> {
        let run = self.running().map(|header| header.run.clone());
        match run {
            Some(run) => Ok((self.current_mut(), run)),
            None => Err(IllegalMove::OutsideRun(step.clone())),
        }
    }
}

/// Where a step is moved to, by which run and when.
struct Move {
    run: RunId,
    at: Timestamp,
    status: StepStatus,
}

impl TargetState {
    /// Returns what is known of a step.
    pub fn step(&self, id: &StepId) -> Option<&StepState> {
        self.steps.get(id)
    }

    /// Returns every step that ever started, by name.
    pub fn steps(&self) -> impl Iterator<Item = (&StepId, &StepState)> {
        self.steps.iter()
    }

    /// Returns the steps of a task.
    pub fn steps_of(&self, task: &TaskId) -> impl Iterator<Item = (&StepId, &StepState)> {
        self.steps
            .iter()
            .filter(move |(_, state)| state.task.as_ref() == Some(task))
    }

    fn start(&mut self, step: &StepId, state: StepState) -> Result<(), IllegalMove> {
        if let Some(known) = self.steps.get(step)
            && known.run == state.run
            && matches!(known.status, StepStatus::Unknown | StepStatus::Compensating)
        {
            return Err(IllegalMove::StartedTwice(step.clone()));
        }
        self.steps.insert(step.clone(), state);
        Ok(())
    }

    fn known(&mut self, step: &StepId, what: &'static str) -> Result<&mut StepState, IllegalMove> {
        self.steps
            .get_mut(step)
            .ok_or_else(|| IllegalMove::NeverStarted {
                step: step.clone(),
                what,
            })
    }

    fn end(
        &mut self,
        step: &StepId,
        key: &StepKey,
        what: &'static str,
        moved: Move,
    ) -> Result<(), IllegalMove> {
        let known = self.known(step, what)?;
        if known.status != StepStatus::Unknown {
            return Err(IllegalMove::NotUnderWay {
                step: step.clone(),
                what,
            });
        }
        if known.key != *key {
            return Err(IllegalMove::OtherKey {
                step: step.clone(),
                what,
            });
        }
        known.go(moved);
        Ok(())
    }

    /// A compensation that was interrupted is begun again by a later run.
    fn compensate(&mut self, step: &StepId, moved: Move) -> Result<(), IllegalMove> {
        let what = "is being rolled back";
        let known = self.known(step, what)?;
        match known.status {
            StepStatus::Compensating if known.run == moved.run => {
                Err(IllegalMove::StartedTwice(step.clone()))
            }
            StepStatus::RolledBack => Err(IllegalMove::NotUnderWay {
                step: step.clone(),
                what,
            }),
            StepStatus::Compensating
            | StepStatus::Unknown
            | StepStatus::Succeeded(_)
            | StepStatus::Failed(_)
            | StepStatus::Reopened => {
                known.go(moved);
                Ok(())
            }
        }
    }

    fn roll_back(&mut self, step: &StepId, moved: Move) -> Result<(), IllegalMove> {
        let known = self.known(step, "was rolled back")?;
        if known.status != StepStatus::Compensating {
            return Err(IllegalMove::NotCompensating(step.clone()));
        }
        known.go(moved);
        Ok(())
    }

    fn reopen(&mut self, task: &TaskId, reopening: Reopening) {
        for state in self
            .steps
            .values_mut()
            .filter(|state| state.task.as_ref() == Some(task))
        {
            if matches!(state.status, StepStatus::Succeeded(_)) {
                state.status = StepStatus::Reopened;
                state.at = reopening.at;
            }
        }
        self.waived.remove(task);
        self.completed = None;
        self.reopened.insert(task.clone(), reopening);
    }

    /// Forgets that a step's task was reopened once all its steps were done again.
    fn settle(&mut self, step: &StepId) {
        let Some(task) = self.steps.get(step).and_then(|state| state.task.clone()) else {
            return;
        };
        if !self
            .steps_of(&task)
            .any(|(_, state)| state.status == StepStatus::Reopened)
        {
            self.reopened.remove(&task);
        }
    }
}

impl StepState {
    /// Returns the evidence, where the step succeeded.
    pub fn evidence(&self) -> Option<&Evidence> {
        match &self.status {
            StepStatus::Succeeded(evidence) => Some(evidence),
            StepStatus::Unknown
            | StepStatus::Failed(_)
            | StepStatus::Compensating
            | StepStatus::RolledBack
            | StepStatus::Reopened => None,
        }
    }

    fn new(key: &StepKey, task: Option<&TaskId>, at: Timestamp, run: RunId) -> Self {
        Self {
            key: key.clone(),
            status: StepStatus::Unknown,
            task: task.cloned(),
            at,
            run,
            notes: Vec::new(),
        }
    }

    fn note(&mut self, note: &str) {
        if self.notes.len() == NOTES_KEPT {
            self.notes.remove(0);
        }
        self.notes.push(note.to_owned());
    }

    fn go(&mut self, moved: Move) {
        self.status = moved.status;
        self.at = moved.at;
        self.run = moved.run;
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
