//! Previous revisions on their way into the journal: recorded before an object is first changed.

use std::collections::BTreeSet;

use tokio::sync::{mpsc, oneshot};

use super::{Ledger, LedgerError};
use crate::journal::{Event, Failure, Previous, Revision, StepId, StepStatus, TargetState};
use crate::plan::{Plan, Work};

/// Sends previous revisions to the loop, which alone writes to the journal.
#[derive(Clone)]
pub(super) struct Recorder(mpsc::UnboundedSender<Note>);

/// A previous revision that is to be recorded.
pub(super) struct Note {
    step: StepId,
    revision: Revision,
    done: oneshot::Sender<()>,
}

impl Recorder {
    /// Returns a recorder and where its notes arrive.
    pub(super) fn new() -> (Self, mpsc::UnboundedReceiver<Note>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Returns once the revision survives a kill.
    pub(super) async fn record(&self, step: &StepId, revision: Revision) -> Result<(), Failure> {
        let (done, recorded) = oneshot::channel();
        let note = Note {
            step: step.clone(),
            revision,
            done,
        };
        let ended = || Failure {
            cause: "the run ended before the previous revision was recorded".to_owned(),
            details: Vec::new(),
            help: None,
        };
        self.0.send(note).map_err(|_| ended())?;
        recorded.await.map_err(|_| ended())
    }
}

/// Records revisions, all with one sync, and lets their steps go on.
pub(super) fn keep(notes: Vec<Note>, ledger: &mut Ledger) -> Result<(), LedgerError> {
    let (events, waiting): (Vec<Event>, Vec<_>) = notes.into_iter().map(Note::event).unzip();
    ledger.append(events)?;
    for done in waiting {
        // A step that was given up needs no answer.
        let _ = done.send(());
    }
    Ok(())
}

impl Note {
    fn event(self) -> (Event, oneshot::Sender<()>) {
        let note = match self.revision.changes.len() {
            0 => "it was there before, just so".to_owned(),
            1 => "it was there before; 1 field changes".to_owned(),
            count => format!("it was there before; {count} fields change"),
        };
        let event = Event::Observed {
            step: self.step,
            note,
            before: Some(Previous::There(self.revision)),
        };
        (event, self.done)
    }
}

/// Returns the steps whose object a phase touches for the first time: never tried, undone, or
/// ended before its previous revision was recorded.
pub(super) fn first_touched(plan: &Plan, state: Option<&TargetState>) -> BTreeSet<StepId> {
    let steps = plan.steps.iter();
    let untouched = |id: &StepId| {
        let Some(known) = state.and_then(|state| state.step(id)) else {
            return true;
        };
        // An older orch recorded no revisions; what it applied can't be told from what was there.
        known.before.is_none()
            && (known.status == StepStatus::RolledBack
                || known.last.is_none() && !matches!(known.status, StepStatus::Reopened))
    };
    steps
        .filter(|step| matches!(step.work, Work::Apply { .. }) && untouched(&step.id))
        .map(|step| step.id.clone())
        .collect()
}
