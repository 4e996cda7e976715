//! The durable record of step events; the truth. Boxes, PROGRESS.md, terminal and JSON are
//! projections of it.
//!
//! Records are chained by hash and replayed through one pure transition function. This module
//! doesn't touch the disk: `files` appends and syncs.

mod codec;
mod model;
mod previous;
mod state;
mod target;
mod trace;

/// Returns a journal's path, relative to the workspace.
pub fn journal_path(set: &str, phase: u32) -> String {
    format!(".orch/{set}/phase-{phase:02}.jsonl")
}

pub use codec::{
    Cursor, FIRST_PREV, JournalError, Replay, VERSION, encode, next_record, replay, sha256, skipped,
};
pub use model::{
    Event, Evidence, Failure, Header, ObjectEvidence, Outcome, Record, RunId, StepId, StepKey,
};
pub use previous::{FieldChange, Previous, Revision, Was};
pub use state::{Began, IllegalMove, State, Written};
pub use target::{Reopening, Skip, StepState, StepStatus, TargetState, Waiver};
pub use trace::{Beginning, Trace};
