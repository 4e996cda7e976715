//! What is known of one target, and how an open run moves its steps.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    Decisions, Evidence, Failure, Header, IllegalMove, Outcome, Previous, Rejected, RunId, StepId,
    StepKey, Subject, Subjects, Waiver,
};
use crate::checklist::TaskId;

/// How many notes are kept of a step; the journal has them all.
const NOTES_KEPT: usize = 20;

/// What is known of one target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetState {
    steps: BTreeMap<StepId, StepState>,
    /// Tasks that a person decided on.
    pub waived: Decisions<String>,
    /// Tasks that a person wants done again and that aren't yet.
    pub reopened: BTreeMap<TaskId, Reopening>,
    /// The last run's header.
    pub header: Option<Header>,
    /// How the last run ended; `None` while it is open or where it was killed.
    pub outcome: Option<Outcome>,
    /// When the first run started.
    pub started: Option<Timestamp>,
    /// When a run completed first; emptied when a task is reopened or a step undone.
    pub completed: Option<Timestamp>,
    /// When the phase was turned back, where nothing was done since.
    pub undone: Option<Timestamp>,
    /// The uids of all objects that were ever seen ready.
    pub(super) applied: BTreeSet<String>,
    /// The finished steps that the plan doesn't have any more, where a person accepted that.
    pub(super) gone: BTreeSet<StepId>,
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
    /// What that task said when the step was started last.
    pub about: Option<Subject>,
    /// When it got there.
    pub at: Timestamp,
    /// The run that brought it there.
    pub run: RunId,
    /// The last observations since its last start.
    pub notes: Vec<String>,
    /// What its object was before the phase first touched it, where that is recorded; until it is
    /// undone.
    pub before: Option<Previous>,
    /// The evidence of its last success, whatever happened since.
    pub last: Option<Evidence>,
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

/// A person's wish that a task be done again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reopening {
    /// Who.
    pub who: String,
    /// What didn't hold of it any more, where that is why.
    pub why: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The files whose traces aren't accepted as they were then.
    pub rejected: Vec<Rejected>,
}

impl TargetState {
    /// Returns what is known of a step.
    pub fn step(&self, id: &StepId) -> Option<&StepState> {
        self.steps.get(id)
    }

    /// Returns whether a step brought forth the object of that uid, in whichever run.
    pub fn has_applied(&self, uid: &str) -> bool {
        self.applied.contains(uid)
    }

    /// Returns whether a person accepted that the plan doesn't have a finished step any more.
    pub fn is_gone(&self, id: &StepId) -> bool {
        self.gone.contains(id)
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

    pub(super) fn waive(&mut self, task: &TaskId, waiver: Waiver) {
        self.reopened.remove(task);
        self.waived.insert(task, waiver);
    }

    /// Forgets what was decided of a task before it was left out.
    pub(super) fn leave_out(&mut self, task: &TaskId, about: Option<&Subject>) {
        self.reopened.remove(task);
        self.waived.remove(task, about);
    }

    pub(super) fn reopen(&mut self, task: &TaskId, about: Option<&Subject>, reopening: Reopening) {
        let is_of = |state: &&mut StepState| match state.about.as_ref().zip(about) {
            Some((then, now)) => then.is_same(now),
            None => state.task.as_ref() == Some(task),
        };
        for state in self.steps.values_mut().filter(is_of) {
            if matches!(state.status, StepStatus::Succeeded(_)) {
                state.status = StepStatus::Reopened;
                state.at = reopening.at;
            }
        }
        self.waived.remove(task, about);
        self.completed = None;
        self.reopened.insert(task.clone(), reopening);
    }

    /// Gives each step to the task that says what its own did. Where none does, its words were
    /// changed: it stays with the task of its id, unless that is another one by what is recorded of
    /// it, or says nothing like it and one of its section does.
    pub(super) fn follow(&mut self, tasks: &Subjects<'_>) {
        let mut found: BTreeSet<TaskId> = BTreeSet::new();
        let mut lost = Vec::new();
        for state in self.steps.values_mut() {
            let Some(about) = &state.about else { continue };
            match tasks.find(about) {
                Some(task) => {
                    found.insert(task.id.clone());
                    state.task = Some(task.id.clone());
                }
                None => lost.push(state),
            }
        }
        for state in lost {
            let own = state.task.take().filter(|task| !found.contains(task));
            let about = state.about.as_ref();
            let alike = about.and_then(|about| tasks.alike(about, own.as_ref(), &found));
            state.task = alike.cloned().or(own);
        }
    }

    /// Forgets that a step's task was reopened once all its steps were done again.
    fn settle(&mut self, step: &StepId) {
        let Some(task) = self.steps.get(step).and_then(|state| state.task.clone()) else {
            return;
        };
        // Hardly ever: or a phase of many steps would look through all of them after each.
        if !self.reopened.contains_key(&task) {
            return;
        }
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
}

/// The run that is open on a target, at the time of one record.
#[derive(Debug)]
pub(super) struct OpenRun<'a> {
    pub(super) target: &'a mut TargetState,
    pub(super) run: RunId,
    pub(super) at: Timestamp,
}

impl OpenRun<'_> {
    pub(super) fn start(
        self,
        step: &StepId,
        key: &StepKey,
        (task, before): (Option<&TaskId>, Option<&Previous>),
    ) -> Result<(), IllegalMove> {
        let tasks = self.target.header.as_ref().map(|header| &header.tasks);
        let about = task.and_then(|task| tasks?.get(task)).cloned();
        let known = self.target.steps.get(step);
        if known.is_some_and(|known| {
            known.run == self.run
                && matches!(known.status, StepStatus::Unknown | StepStatus::Compensating)
        }) {
            return Err(IllegalMove::StartedTwice(step.clone()));
        }
        // What was before the phase's first touch stays so until that is undone.
        let earlier = known.and_then(|known| known.before.clone());
        let state = StepState {
            key: key.clone(),
            status: StepStatus::Unknown,
            task: task.cloned(),
            about,
            at: self.at,
            run: self.run,
            notes: Vec::new(),
            before: earlier.or_else(|| before.cloned()),
            last: known.and_then(|known| known.last.clone()),
        };
        self.target.steps.insert(step.clone(), state);
        Ok(())
    }

    pub(super) fn observe(
        mut self,
        step: &StepId,
        note: &str,
        before: Option<&Previous>,
    ) -> Result<(), IllegalMove> {
        let known = self.known(step, "was observed")?;
        if known.notes.len() == NOTES_KEPT {
            known.notes.remove(0);
        }
        known.notes.push(note.to_owned());
        if known.before.is_none() {
            known.before = before.cloned();
        }
        Ok(())
    }

    pub(super) fn succeed(
        mut self,
        step: &StepId,
        key: &StepKey,
        evidence: &Evidence,
    ) -> Result<(), IllegalMove> {
        self.under_way(step, key, "succeeded")?;
        self.go(step, StepStatus::Succeeded(evidence.clone()));
        if let Evidence::Object(object) = evidence {
            self.target.applied.insert(object.uid.clone());
        }
        if let Some(known) = self.target.steps.get_mut(step) {
            known.last = Some(evidence.clone());
        }
        self.target.settle(step);
        Ok(())
    }

    pub(super) fn fail(
        mut self,
        step: &StepId,
        key: &StepKey,
        failure: &Failure,
    ) -> Result<(), IllegalMove> {
        self.under_way(step, key, "failed")?;
        self.go(step, StepStatus::Failed(failure.clone()));
        Ok(())
    }

    /// A compensation that was interrupted is begun again by a later run.
    pub(super) fn compensate(mut self, step: &StepId) -> Result<(), IllegalMove> {
        let what = "is being rolled back";
        let run = self.run.clone();
        let known = self.known(step, what)?;
        if known.status == StepStatus::Compensating && known.run == run {
            return Err(IllegalMove::StartedTwice(step.clone()));
        }
        if known.status == StepStatus::RolledBack {
            return Err(IllegalMove::NotUnderWay {
                step: step.clone(),
                what,
            });
        }
        self.go(step, StepStatus::Compensating);
        Ok(())
    }

    pub(super) fn roll_back(mut self, step: &StepId) -> Result<(), IllegalMove> {
        if self.known(step, "was rolled back")?.status != StepStatus::Compensating {
            return Err(IllegalMove::NotCompensating(step.clone()));
        }
        self.go(step, StepStatus::RolledBack);
        self.target.completed = None;
        if let Some(known) = self.target.steps.get_mut(step) {
            known.before = None;
        }
        Ok(())
    }

    fn known(&mut self, step: &StepId, what: &'static str) -> Result<&mut StepState, IllegalMove> {
        self.target
            .steps
            .get_mut(step)
            .ok_or_else(|| IllegalMove::NeverStarted {
                step: step.clone(),
                what,
            })
    }

    /// Checks that an outcome belongs to a start.
    fn under_way(
        &mut self,
        step: &StepId,
        key: &StepKey,
        what: &'static str,
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
        Ok(())
    }

    fn go(&mut self, step: &StepId, status: StepStatus) {
        if let Some(known) = self.target.steps.get_mut(step) {
            known.status = status;
            known.at = self.at;
            known.run = self.run.clone();
        }
    }
}
