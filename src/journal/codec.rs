//! Records ↔ lines: encoding, the hash chain, and replay with its account of damage.

use std::collections::BTreeSet;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use jiff::Timestamp;

use super::{Event, IllegalMove, Record, State};
use crate::checklist::{Checklist, TaskId};

/// The newest format version that this program writes and reads.
pub const VERSION: u32 = 4;

/// The version that a record is written in: the oldest one that knows it, so that programs of
/// before refuse only the journals that they would misread.
fn version(event: &Event) -> u32 {
    match event {
        // What isn't accepted would be.
        Event::Reopened { rejected, .. } if !rejected.is_empty() => 4,
        // By its id alone, it would be another task's where lines moved.
        Event::Waived { about: Some(_), .. }
        | Event::Skipped { about: Some(_), .. }
        | Event::Reopened { about: Some(_), .. } => 3,
        Event::RunStarted(header) if !header.tasks.is_empty() => 3,
        Event::Skipped { .. } => 2,
        Event::RunStarted(_)
        | Event::Started { .. }
        | Event::Observed { .. }
        | Event::Succeeded { .. }
        | Event::Failed { .. }
        | Event::Waived { .. }
        | Event::Reopened { .. }
        | Event::Compensating { .. }
        | Event::RolledBack { .. }
        | Event::RunEnded { .. } => 1,
    }
}

/// What the first record has as the previous line's hash.
pub const FIRST_PREV: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What is wrong with a journal, where, and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// A line isn't what the journal's rules promise.
    #[error(
        "{path}:{line}: the journal is damaged: expected {expected}; restore it with \
         `git checkout -- {path}`, or from the clone that ran the phase"
    )]
    Damaged {
        /// The journal.
        path: String,
        /// The 1-based line.
        line: usize,
        /// What should be there, and what is.
        expected: String,
    },
    /// A newer program wrote the line.
    #[error(
        "{path}:{line}: written in version {found} of the journal's format, and this orch reads \
         up to version {VERSION}; use the orch that wrote it, or a newer one"
    )]
    Newer {
        /// The journal.
        path: String,
        /// The 1-based line.
        line: usize,
        /// The version found.
        found: u32,
    },
    /// The records contradict each other.
    #[error(
        "{path}:{line}: the record can't follow those before it; restore the journal with \
         `git checkout -- {path}`, or from the clone that ran the phase"
    )]
    Illegal {
        /// The journal.
        path: String,
        /// The 1-based line.
        line: usize,
        /// The contradiction.
        #[source]
        source: IllegalMove,
    },
}

impl JournalError {
    /// Returns the 1-based line that it is about.
    pub fn line(&self) -> usize {
        match self {
            Self::Damaged { line, .. } | Self::Newer { line, .. } | Self::Illegal { line, .. } => {
                *line
            }
        }
    }
}

/// Where the next record goes: its number and what it is chained to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The next record's number.
    pub seq: u64,
    /// The SHA-256 of the last line.
    pub prev: String,
}

impl Default for Cursor {
    fn default() -> Self {
        Self {
            seq: 1,
            prev: FIRST_PREV.to_owned(),
        }
    }
}

/// A journal that was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Replay {
    /// The records in order.
    pub records: Vec<Record>,
    /// What they amount to.
    pub state: State,
    /// The byte offset where a torn last line begins; what follows is to be cut off before
    /// anything is appended.
    pub torn: Option<u64>,
    /// Where the next record goes.
    pub cursor: Cursor,
}

/// Returns the record as one line, without its line feed.
pub fn encode(record: &Record) -> String {
    // A record holds strings, numbers and sequences only, none of which serde_json refuses.
    serde_json::to_string(record).unwrap_or_default()
}

/// Returns the next record and its line, and moves the cursor behind it.
pub fn next_record(cursor: &mut Cursor, at: Timestamp, event: Event) -> (Record, String) {
    let record = Record {
        v: version(&event),
        seq: cursor.seq,
        prev: cursor.prev.clone(),
        at,
        event,
    };
    let line = encode(&record);
    cursor.seq += 1;
    cursor.prev = sha256(line.as_bytes());
    (record, line)
}

/// Returns the SHA-256 in hex.
pub fn sha256(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digest = Sha256::digest(bytes);
    let mut text = String::with_capacity(64);
    for byte in digest {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(DIGITS[usize::from(digit)]));
        }
    }
    text
}

/// Returns the records and the state that a journal's text amounts to.
///
/// A torn last line (without line feed, or not JSON at all) is left out and reported in
/// [`Replay::torn`]: nothing was done on its strength, since a record is synced before the act.
///
/// # Errors
/// Names the line where the text is damaged, was written by a newer program, or contradicts
/// itself. `path` is only shown.
pub fn replay(text: &str, path: &str) -> Result<Replay, JournalError> {
    let mut replay = Replay::default();
    let mut offset = 0;
    for (index, full) in text.split_inclusive('\n').enumerate() {
        let start = offset;
        offset += full.len();
        let last = offset == text.len();
        // A checkout may have turned line endings; the chain is over the line's own text.
        let Some(line) = full
            .strip_suffix('\n')
            .map(|line| line.strip_suffix('\r').unwrap_or(line))
        else {
            replay.torn = Some(start as u64);
            break;
        };
        let place = Place {
            path,
            line: index + 1,
        };
        let Some(record) = place.decode(line, last)? else {
            replay.torn = Some(start as u64);
            break;
        };
        place.check_chain(&record, &replay.cursor)?;
        replay
            .state
            .apply(&record)
            .map_err(|source| JournalError::Illegal {
                path: path.to_owned(),
                line: index + 1,
                source,
            })?;
        replay.cursor = Cursor {
            seq: record.seq + 1,
            prev: sha256(line.as_bytes()),
        };
        replay.records.push(record);
    }
    Ok(replay)
}

/// Returns the tasks of a document that a journal's text leaves out; none where it can't be read.
pub fn skipped(text: &str, path: &str, checklist: &Checklist) -> BTreeSet<TaskId> {
    // Hardly any journal has one, and they may be long.
    if !text.contains(r#""event":"skipped""#) {
        return BTreeSet::new();
    }
    let state = replay(text, path).map(|replay| replay.state.followed(checklist));
    let skipped = state.iter().flat_map(|state| state.skipped().keys());
    skipped.cloned().collect()
}

/// A line of a journal, for errors.
struct Place<'a> {
    path: &'a str,
    line: usize,
}

impl Place<'_> {
    /// Returns the record, or nothing where a last line is torn.
    fn decode(&self, line: &str, last: bool) -> Result<Option<Record>, JournalError> {
        #[derive(Deserialize)]
        struct Version {
            v: u32,
        }
        match serde_json::from_str::<Version>(line) {
            Ok(Version { v }) if v > VERSION => Err(JournalError::Newer {
                path: self.path.to_owned(),
                line: self.line,
                found: v,
            }),
            Err(error) if last && (error.is_eof() || error.is_syntax()) => Ok(None),
            Err(error) => {
                Err(self.damaged(format!("a JSON record with its version (`v`): {error}")))
            }
            Ok(Version { v }) => serde_json::from_str(line)
                .map(Some)
                .map_err(|error| self.damaged(format!("a record of version {v}: {error}"))),
        }
    }

    /// Checks number and hash.
    fn check_chain(&self, record: &Record, cursor: &Cursor) -> Result<(), JournalError> {
        if record.seq != cursor.seq {
            return Err(self.damaged(format!("record {}, found {}", cursor.seq, record.seq)));
        }
        if record.prev != cursor.prev {
            return Err(self.damaged(format!(
                "the hash of the line before (`{}`), found `{}`",
                short(&cursor.prev),
                short(&record.prev)
            )));
        }
        Ok(())
    }

    fn damaged(&self, expected: String) -> JournalError {
        JournalError::Damaged {
            path: self.path.to_owned(),
            line: self.line,
            expected,
        }
    }
}

/// Returns the first digits of a hash, which are enough to compare by eye.
fn short(hash: &str) -> String {
    hash.chars().take(12).collect()
}

#[cfg(test)]
#[path = "codec_tests.rs"]
mod tests;
