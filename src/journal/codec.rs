//! Records ↔ lines: encoding, the hash chain, and replay with its account of damage.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use jiff::Timestamp;

use super::{Event, IllegalMove, Record, State};

/// The newest format version that this program writes and reads.
pub const VERSION: u32 = 1;

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

/// Returns the next record and moves the cursor behind it.
pub fn next_record(cursor: &mut Cursor, at: Timestamp, event: Event) -> Record {
    let record = Record {
        v: VERSION,
        seq: cursor.seq,
        prev: cursor.prev.clone(),
        at,
        event,
    };
    cursor.seq += 1;
    cursor.prev = sha256(encode(&record).as_bytes());
    record
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
            Ok(_) => serde_json::from_str(line)
                .map(Some)
                .map_err(|error| self.damaged(format!("a record of version {VERSION}: {error}"))),
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
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::checklist::TaskId;
    use crate::journal::{
        Evidence, Failure, Header, ObjectEvidence, Outcome, RunId, StepId, StepKey,
    };

    fn header() -> Header {
        Header {
            run: RunId::new("00112233aabbccdd"),
            checklist: "c".into(),
            plan: "p".into(),
            orch: "0.1.0".into(),
            target: "rehearsal".into(),
            cluster: "uid".into(),
            namespace: "shop".into(),
        }
    }

    /// Returns the events of one step, each with whatever text.
    fn step_events(name: &str, text: &str, kind: u8) -> Vec<Event> {
        let step = StepId::new(name);
        let key = StepKey::new(text);
        let evidence = match kind % 4 {
            0 => Evidence::Facts {
                found: vec![text.to_owned()],
            },
            1 => Evidence::Command {
                exit: i32::from(kind),
            },
            2 => Evidence::File {
                path: text.to_owned(),
                sha256: sha256(text.as_bytes()),
            },
            _ => Evidence::Object(ObjectEvidence {
                api_version: "v1".into(),
                kind: "Service".into(),
                namespace: Some(text.to_owned()),
                name: text.to_owned(),
                uid: "u".into(),
                generation: Some(i64::from(kind)),
                ready: text.to_owned(),
            }),
        };
        let started = Event::Started {
            step: step.clone(),
            key: key.clone(),
            task: kind.is_multiple_of(2).then(|| TaskId::new(text)),
        };
        let failure = Failure {
            cause: text.to_owned(),
            details: vec![],
            help: Some(text.into()),
        };
        vec![
            started.clone(),
            Event::Failed {
                step: step.clone(),
                key: key.clone(),
                failure,
            },
            started,
            Event::Observed {
                step: step.clone(),
                note: text.to_owned(),
            },
            Event::Succeeded {
                step,
                key,
                evidence,
            },
            Event::Waived {
                task: TaskId::new(name),
                who: text.to_owned(),
                why: text.to_owned(),
            },
        ]
    }

    fn journal(events: Vec<Event>) -> (Vec<Record>, String) {
        let mut cursor = Cursor::default();
        let records: Vec<Record> = events
            .into_iter()
            .map(|event| next_record(&mut cursor, Timestamp::UNIX_EPOCH, event))
            .collect();
        let text = records.iter().map(|record| encode(record) + "\n").collect();
        (records, text)
    }

    fn sample() -> (Vec<Record>, String) {
        let mut events = vec![Event::RunStarted(header())];
        events.extend(step_events("écrire", "две строки\n\"и\"", 3));
        events.push(Event::RunEnded {
            outcome: Outcome::Completed,
        });
        journal(events)
    }

    #[track_caller]
    fn check_damage(text: &str, expected: &str) {
        let message = replay(text, ".orch/demo/phase-01.jsonl")
            .expect_err("damage")
            .to_string();
        assert!(message.contains(expected), "{message}");
    }

    #[test]
    fn sha256_is_the_standard_one() {
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_last_line_that_is_no_json_is_torn() {
        let (records, text) = sample();
        let replay = replay(&format!("{text}\0\0\0\n"), "j").expect("replays");
        assert_eq!(replay.records, records);
        assert_eq!(replay.torn, Some(text.len() as u64));
    }

    #[test]
    fn a_changed_line_breaks_the_chain_at_the_next_one() {
        let (_, text) = sample();
        check_damage(
            &text.replacen("shop", "mall", 1),
            "phase-01.jsonl:2: the journal is damaged",
        );
    }

    #[test]
    fn a_missing_line_is_named_by_its_number() {
        let (_, text) = sample();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        check_damage(
            &[lines[0], lines[2]].concat(),
            ":2: the journal is damaged: expected record 2, found 3",
        );
    }

    #[test]
    fn damage_before_the_last_line_is_no_torn_line() {
        let (_, text) = sample();
        check_damage(
            &text.replacen("{\"v\":1,\"seq\":2", "<<<<<<<", 1),
            ":2: the journal is damaged",
        );
    }

    #[test]
    fn a_newer_version_is_refused_even_on_the_last_line() {
        check_damage("{\"v\":2,\"what\":\"else\"}\n", ":1: written in version 2");
    }

    #[test]
    fn line_endings_turned_by_a_checkout_are_accepted() {
        let (records, text) = sample();
        assert_eq!(
            replay(&text.replace('\n', "\r\n"), "j")
                .expect("replays")
                .records,
            records
        );
    }

    proptest! {
        #[test]
        fn replay_inverts_encoding(steps in proptest::collection::vec((".*", any::<u8>()), 0..6)) {
            let mut events = vec![Event::RunStarted(header())];
            for (index, (text, kind)) in steps.iter().enumerate() {
                events.extend(step_events(&format!("s{index}"), text, *kind));
            }
            let (records, text) = journal(events);
            let replayed = replay(&text, "j").expect("replays");
            prop_assert_eq!(&replayed.records, &records);
            prop_assert_eq!(replayed.torn, None);
            prop_assert_eq!(replayed.cursor.seq, records.len() as u64 + 1);
        }

        #[test]
        fn a_cut_text_gives_the_records_before_the_cut(cut in 0_usize..4000) {
            let (records, text) = sample();
            if let Some(prefix) = text.get(..cut.min(text.len())) {
                let replayed = replay(prefix, "j").expect("replays");
                let whole = prefix.matches('\n').count();
                prop_assert_eq!(&replayed.records[..], &records[..whole]);
                prop_assert_eq!(replayed.torn.is_none(), prefix.is_empty() || prefix.ends_with('\n'));
            }
        }
    }
}
