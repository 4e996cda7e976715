//! The durable record of step events; the truth. Boxes, PROGRESS.md, terminal and JSON are
//! projections of it.
//!
//! Records are chained by hash and replayed through one pure transition function. This module
//! doesn't touch the disk: `files` appends and syncs.

mod codec;
mod decided;
mod model;
mod previous;
mod state;
mod subject;
mod target;
mod trace;

/// Returns a journal's path, relative to the workspace.
pub fn journal_path(set: &str, phase: u32) -> String {
    format!(".orch/{set}/phase-{phase:02}.jsonl")
}

pub use codec::{
    Cursor, FIRST_PREV, JournalError, Replay, VERSION, encode, next_record, replay, sha256, skipped,
};
pub use decided::{Decided, Decisions, Skip, Waiver};
pub use model::{
    Event, Evidence, Failure, Header, ObjectEvidence, Outcome, Record, Rejected, RunId, StepId,
    StepKey,
};
pub use previous::{FieldChange, Previous, Revision, Was};
pub use state::{Adrift, Began, IllegalMove, State, Written};
pub use subject::{Subject, Subjects, Twin, likeness};
pub use target::{Reopening, StepState, StepStatus, TargetState};
pub use trace::{Beginning, Trace};
