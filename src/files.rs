//! The workspace on disk: its snapshot, safe paths, atomic writes, journals, locks, requests and
//! the clock.
//!
//! Every path that this module touches inside a workspace goes through [`Workspace::path`], which
//! lets nothing lead out. It doesn't interpret what it reads; `checklist` and `facts` do.

mod clock;
mod clone;
mod error;
mod journal_file;
mod lock;
mod output;
mod private;
pub mod request;
mod snapshot;
mod there;
mod together;
mod workspace;
mod write;
mod writing;
mod written;

pub use crate::checklist::{PhaseFile, SetFiles};
pub use clock::{Clock, ClockError};
pub use error::FilesError;
pub use journal_file::{JournalFile, read_journal, read_state, skipped};
pub use lock::{Lock, holder};
pub use private::{read_named, write_private};
pub use snapshot::Snapshot;
pub use workspace::Workspace;

/// Returns a text with line feeds alone, where it has carriage returns before them: git gives files
/// such ends where it is told to, and nobody changed anything.
pub fn unix(bytes: &[u8]) -> Option<String> {
    let text = str::from_utf8(bytes).ok()?;
    text.contains("\r\n").then(|| text.replace("\r\n", "\n"))
}
