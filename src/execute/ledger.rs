//! Where a run is recorded: on disk, or in memory for a rehearsal that must leave no trace.

use jiff::Timestamp;

use crate::files::{Clock, FilesError, JournalFile, Workspace};
use crate::journal::{Cursor, Event, State, next_record};

/// A run's record.
#[derive(Debug)]
pub enum Ledger {
    /// The journal and the files of a workspace.
    Durable {
        /// The journal, locked by the caller.
        journal: Box<JournalFile>,
        /// The workspace that files are written to.
        workspace: Workspace,
        /// What the time is.
        clock: Clock,
    },
    /// Nothing is kept, nothing is written.
    Memory {
        /// The state so far.
        state: Box<State>,
        /// The next record's place.
        cursor: Cursor,
    },
}

/// Why nothing could be recorded; the run stops.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The disk refused.
    #[error("can't record the run")]
    Files(#[from] FilesError),
    /// The events contradict what was recorded before: a defect of orch.
    #[error("a defect in orch: the events contradict each other")]
    Illegal(#[from] crate::journal::IllegalMove),
}

impl Ledger {
    /// Returns a ledger that keeps nothing.
    pub fn memory() -> Self {
        Self::Memory {
            state: Box::default(),
            cursor: Cursor::default(),
        }
    }

    /// Records events, all together: when this returns, they survive a kill.
    ///
    /// # Errors
    /// Returns a [`LedgerError`] where they could not be recorded.
    pub fn append(&mut self, events: Vec<Event>) -> Result<(), LedgerError> {
        if events.is_empty() {
            return Ok(());
        }
        match self {
            Self::Durable { journal, clock, .. } => {
                journal.append(clock.now(), events)?;
            }
            Self::Memory { state, cursor } => {
                for event in events {
                    let (record, _) = next_record(cursor, Timestamp::UNIX_EPOCH, event);
                    state.apply(&record)?;
                }
            }
        }
        Ok(())
    }

    /// Returns what the records say.
    pub fn state(&self) -> &State {
        match self {
            Self::Durable { journal, .. } => journal.state(),
            Self::Memory { state, .. } => state,
        }
    }

    /// Returns the workspace to write to, if anything is to be written.
    pub fn workspace(&self) -> Option<&Workspace> {
        match self {
            Self::Durable { workspace, .. } => Some(workspace),
            Self::Memory { .. } => None,
        }
    }
}
