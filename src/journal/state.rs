//! The state that records amount to: one pure transition function, which names illegal moves.
//!
//! Evidence is kept per target; what follows a [`Event::RunStarted`] belongs to its target. This
//! module doesn't decide whether a success still counts: `execute` compares keys and looks at the
//! target.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::target::OpenRun;
use super::{
    Beginning, Decided, Decisions, Event, Evidence, Header, Outcome, Record, Reopening, RunId,
    Skip, StepId, Subject, Subjects, TargetState, Waiver,
};
use crate::checklist::{Checklist, TaskId};

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

/// A file as orch wrote it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// When that was recorded.
    pub at: Timestamp,
    /// Its SHA-256, in hex.
    pub sha256: String,
    /// What orch wanted, where a person's changes were merged into it.
    pub ours: Option<String>,
    /// The task that asked for it, if one did.
    pub task: Option<TaskId>,
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
    /// When and where the first run began.
    began: Option<Began>,
    /// Tasks that a person left out, whatever the target.
    skipped: Decisions<Option<String>>,
    /// Decisions whose task the document hasn't got any more.
    adrift: Vec<Adrift>,
}

/// A person's decision on a task that the document hasn't got any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adrift {
    /// The id that the task had.
    pub task: TaskId,
    /// Whether it was left out; else it was done.
    pub left_out: bool,
    /// Who decided.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// What the task said.
    pub about: Option<Subject>,
}

/// When and where a phase began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Began {
    /// When its first run was recorded.
    pub at: Timestamp,
    /// Where that was in git's history; older journals don't tell.
    pub there: Option<Beginning>,
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

    /// Returns each file as orch wrote it last, on whichever target.
    pub fn written(&self) -> BTreeMap<String, Written> {
        let mut latest: BTreeMap<String, Written> = BTreeMap::new();
        let steps = self.targets().flat_map(|(_, target)| target.steps());
        for (_, step) in steps {
            let Some(Evidence::File { path, sha256, ours }) = &step.last else {
                continue;
            };
            let known = latest.get(path);
            if known.is_none_or(|known| step.at >= known.at) {
                let written = Written {
                    at: step.at,
                    sha256: sha256.clone(),
                    ours: ours.clone(),
                    task: step.task.clone(),
                };
                latest.insert(path.clone(), written);
            }
        }
        latest
    }

    /// Returns the objects that were applied, to whatever target (`Service/api`).
    pub fn applied(&self) -> BTreeSet<String> {
        let steps = self.targets().flat_map(|(_, target)| target.steps());
        let objects = steps.filter_map(|(id, _)| id.as_str().strip_prefix("apply "));
        objects.map(str::to_owned).collect()
    }

    /// Returns the steps that applied an object to a target and weren't undone since.
    pub fn applied_to(&self, target: &str) -> BTreeSet<StepId> {
        let steps = self.target(target).into_iter().flat_map(TargetState::steps);
        let held = steps.filter(|(_, known)| matches!(known.evidence(), Some(Evidence::Object(_))));
        held.map(|(id, _)| id.clone()).collect()
    }

    /// Returns the name of the last run's target.
    pub fn current_name(&self) -> Option<&str> {
        self.current.as_deref()
    }

    /// Returns when and where the phase began: its first run, on whichever target.
    pub fn began(&self) -> Option<&Began> {
        self.began.as_ref()
    }

    /// Returns the tasks that a person left out.
    pub fn skipped(&self) -> &BTreeMap<TaskId, Skip> {
        &self.skipped
    }

    /// Returns the decisions whose task the document that was [followed](Self::followed) hasn't got
    /// any more; they count for no task.
    pub fn adrift(&self) -> &[Adrift] {
        &self.adrift
    }

    /// Returns the state with each decision under the id that its task has in a document now,
    /// wherever its line moved.
    #[must_use]
    pub fn followed(mut self, checklist: &Checklist) -> Self {
        let tasks = Subjects::new(checklist);
        let lost = self.skipped.follow(&tasks);
        let mut adrift: Vec<Adrift> = lost.into_iter().map(|it| Adrift::new(it, true)).collect();
        let all = self.targets.values_mut();
        for target in all.chain(std::iter::once(&mut self.early)) {
            target.follow(&tasks);
            let lost = target.waived.follow(&tasks);
            adrift.extend(lost.into_iter().map(|it| Adrift::new(it, false)));
            // Of one task known by other words, both may be recorded: the later one counts.
            let skipped = &mut self.skipped;
            target
                .waived
                .retain(|id, waiver| skipped.get(id).is_none_or(|skip| skip.at <= waiver.at));
            let waived = &target.waived;
            skipped.retain(|id, _| !waived.contains_key(id));
        }
        adrift.dedup_by(|one, other| one.task == other.task && one.about == other.about);
        self.adrift = adrift;
        self
    }

    /// Returns the target of the first run.
    pub fn first(&self) -> Option<&str> {
        let started = self
            .targets()
            .filter_map(|(name, target)| Some((target.started?, name)));
        started.min().map(|(_, name)| name)
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
            Event::RunStarted(header) => self.run_started(header, at)?,
            Event::RunEnded { outcome } => self.run_ended(*outcome, at)?,
            decision @ (Event::Waived { .. } | Event::Skipped { .. } | Event::Reopened { .. }) => {
                self.decide(decision, at);
            }
            Event::Started {
                step,
                key,
                task,
                before,
            } => {
                self.open_run(step, at)?
                    .start(step, key, (task.as_ref(), before.as_ref()))?;
            }
            Event::Observed { step, note, before } => {
                self.open_run(step, at)?
                    .observe(step, note, before.as_ref())?;
            }
            Event::Succeeded {
                step,
                key,
                evidence,
            } => {
                self.open_run(step, at)?.succeed(step, key, evidence)?;
            }
            Event::Failed { step, key, failure } => {
                self.open_run(step, at)?.fail(step, key, failure)?;
            }
            Event::Compensating { step } => self.open_run(step, at)?.compensate(step)?,
            Event::RolledBack { step } => self.open_run(step, at)?.roll_back(step)?,
        }
        Ok(())
    }

    /// Takes in what a person decided; other events change nothing.
    fn decide(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::Waived {
                task,
                who,
                why,
                target,
                about,
            } => {
                self.skipped.remove(task, about.as_ref());
                let waiver = Waiver {
                    who: who.clone(),
                    why: why.clone(),
                    at,
                    about: about.clone(),
                };
                self.decided_on(target.as_deref()).waive(task, waiver);
            }
            Event::Skipped {
                task,
                who,
                why,
                about,
            } => {
                let skip = Skip {
                    who: who.clone(),
                    why: why.clone(),
                    at,
                    about: about.clone(),
                };
                self.leave_out(task, skip);
            }
            Event::Reopened {
                task,
                who,
                why,
                target,
                about,
                rejected,
            } => {
                let about = about.as_ref();
                self.skipped.remove(task, about);
                let reopening = Reopening {
                    who: who.clone(),
                    why: why.clone(),
                    at,
                    rejected: rejected.clone(),
                };
                self.decided_on(target.as_deref())
                    .reopen(task, about, reopening);
            }
            Event::RunStarted(_)
            | Event::Started { .. }
            | Event::Observed { .. }
            | Event::Succeeded { .. }
            | Event::Failed { .. }
            | Event::Compensating { .. }
            | Event::RolledBack { .. }
            | Event::RunEnded { .. } => {}
        }
    }

    /// What was decided of a task before, on whichever target, counts no more.
    fn leave_out(&mut self, task: &TaskId, skip: Skip) {
        let all = self.targets.values_mut();
        for target in all.chain(std::iter::once(&mut self.early)) {
            target.leave_out(task, skip.about.as_ref());
        }
        self.skipped.insert(task, skip);
    }

    /// A run that follows one without an end is legal: that one was killed.
    fn run_started(&mut self, header: &Header, at: Timestamp) -> Result<(), IllegalMove> {
        if self.running().is_some_and(|open| open.run == header.run) {
            return Err(IllegalMove::RunTwice(header.run.clone()));
        }
        self.began.get_or_insert_with(|| Began {
            at,
            there: header.began.clone(),
        });
        let early = std::mem::take(&mut self.early);
        let target = self.targets.entry(header.target.clone()).or_insert(early);
        target.header = Some(header.clone());
        target.gone = header.gone.iter().cloned().collect();
        target.outcome = None;
        target.started.get_or_insert(at);
        target.undone = None;
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
        let undo = target.header.as_ref().is_some_and(|header| header.undo);
        match outcome {
            Outcome::Waiting if undo => target.undone = Some(at),
            Outcome::Completed => {
                target.completed.get_or_insert(at);
            }
            Outcome::Waiting | Outcome::Failed | Outcome::Interrupted => {}
        }
        Ok(())
    }

    /// Returns the target that a person's decision is about: the last run's where none is named.
    fn decided_on(&mut self, name: Option<&str>) -> &mut TargetState {
        match name {
            Some(name) => self.targets.entry(name.to_owned()).or_default(),
            None => self.current_mut(),
        }
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

    /// Returns the open run, for what happens to a step at that time.
    fn open_run(&mut self, step: &StepId, at: Timestamp) -> Result<OpenRun<'_>, IllegalMove> {
        let Some(run) = self.running().map(|header| header.run.clone()) else {
            return Err(IllegalMove::OutsideRun(step.clone()));
        };
        Ok(OpenRun {
            target: self.current_mut(),
            run,
            at,
        })
    }
}

impl Adrift {
    fn new<W>((task, decided): (TaskId, Decided<W>), left_out: bool) -> Self {
        Self {
            task,
            left_out,
            who: decided.who,
            at: decided.at,
            about: decided.about,
        }
    }
}

#[cfg(test)]
mod tests;
