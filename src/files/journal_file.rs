//! The journal on disk: read, append, sync.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;

use super::workspace::is_absent;
use super::write::{create_folders, sync_folder};
use super::{FilesError, Workspace};
use crate::checklist::{Checklist, TaskId};
use crate::journal::{self, Event, Replay, State, journal_path};

/// A phase's journal, open for appending. Only the holder of the phase's lock opens one.
#[derive(Debug)]
pub struct JournalFile {
    /// The path, relative to the workspace.
    path: String,
    /// Open once there is something in it.
    file: Option<fs_err::File>,
    absolute: std::path::PathBuf,
    length: u64,
    replay: Replay,
    poisoned: bool,
}

impl Workspace {
    /// Returns the text of every journal by its path; bytes that are no text are replaced.
    ///
    /// # Errors
    /// Where one can't be read.
    pub fn journals(&self) -> Result<BTreeMap<String, String>, FilesError> {
        let mut journals = BTreeMap::new();
        for set in names(&self.root().join(".orch"))? {
            for file in names(&self.root().join(".orch").join(&set))? {
                let path = format!(".orch/{set}/{file}");
                if Path::new(&file).extension().is_some_and(|it| it == "jsonl")
                    && let Some(bytes) = self.read_bytes(&path)?
                {
                    journals.insert(path, String::from_utf8_lossy(&bytes).into_owned());
                }
            }
        }
        Ok(journals)
    }
}

/// Returns the names in a folder; none where it is no folder.
fn names(folder: &Path) -> Result<Vec<String>, FilesError> {
    let entries = match fs_err::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().into_string().ok());
    }
    Ok(names)
}

/// Returns what a journal says without opening it for appending; an absent one says nothing.
///
/// # Errors
/// Where it can't be read, is damaged or newer than this program.
pub fn read_journal(workspace: &Workspace, set: &str, phase: u32) -> Result<Replay, FilesError> {
    let path = journal_path(set, phase);
    let bytes = workspace.read_bytes(&path)?.unwrap_or_default();
    replay(&bytes, &path)
}

/// Returns what a phase's journal says of the tasks of its document; an absent one says nothing.
///
/// # Errors
/// Where it can't be read, is damaged or newer than this program.
pub fn read_state(
    workspace: &Workspace,
    set: &str,
    checklist: &Checklist,
) -> Result<State, FilesError> {
    let replay = read_journal(workspace, set, checklist.number)?;
    Ok(replay.state.followed(checklist))
}

/// Returns the tasks of a phase that a person left out. A journal that can't be read says nothing
/// here: who needs more of it says what is wrong.
pub fn skipped(workspace: &Workspace, set: &str, checklist: &Checklist) -> BTreeSet<TaskId> {
    let path = journal_path(set, checklist.number);
    let bytes = workspace.read_bytes(&path).ok().flatten();
    let text = bytes.as_deref().map(String::from_utf8_lossy);
    text.map(|text| journal::skipped(&text, &path, checklist))
        .unwrap_or_default()
}

impl JournalFile {
    /// Opens a phase's journal and cuts off a torn last line. The file is created by the first
    /// append.
    ///
    /// # Errors
    /// Where it can't be read, is damaged or newer than this program.
    pub fn open(workspace: &Workspace, set: &str, phase: u32) -> Result<Self, FilesError> {
        let path = journal_path(set, phase);
        let absolute = workspace.path(&path)?;
        let bytes = match fs_err::read(&absolute) {
            Ok(bytes) => Some(bytes),
            Err(error) if is_absent(&error) => None,
            Err(error) => return Err(error.into()),
        };
        let mut replay = replay(bytes.as_deref().unwrap_or_default(), &path)?;
        // What they amount to is enough: there may be thousands.
        replay.records = Vec::new();
        let mut journal = Self {
            path,
            file: None,
            absolute,
            length: 0,
            replay,
            poisoned: false,
        };
        if let Some(bytes) = bytes {
            let file = fs_err::OpenOptions::new()
                .append(true)
                .open(&journal.absolute)?;
            journal.length = bytes.len() as u64;
            if let Some(torn) = journal.replay.torn.take() {
                file.set_len(torn)?;
                file.sync_all()?;
                journal.length = torn;
            }
            journal.file = Some(file);
        }
        Ok(journal)
    }

    /// Returns the journal with each decision under the id that its task has in the document.
    #[must_use]
    pub fn following(mut self, checklist: &Checklist) -> Self {
        self.replay.state = self.replay.state.followed(checklist);
        self
    }

    /// Returns the path, relative to the workspace.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns what the records amount to.
    pub fn state(&self) -> &State {
        &self.replay.state
    }

    /// Appends events, all with one sync. Only once it has returned may what they announce be done.
    ///
    /// # Errors
    /// Where a record can't follow (nothing is written then) or writing fails. Either way the
    /// journal takes no more, and the run has to stop.
    pub fn append(&mut self, at: Timestamp, events: Vec<Event>) -> Result<(), FilesError> {
        if self.poisoned {
            return Err(FilesError::Poisoned {
                path: self.path.clone(),
            });
        }
        self.poisoned = true;
        let mut lines = String::new();
        for event in events {
            let (record, line) = journal::next_record(&mut self.replay.cursor, at, event);
            self.replay
                .state
                .apply(&record)
                .map_err(|source| FilesError::Illegal {
                    path: self.path.clone(),
                    source,
                })?;
            lines.push_str(&line);
            lines.push('\n');
        }
        self.write(lines.as_bytes())?;
        self.poisoned = false;
        Ok(())
    }

    fn write(&mut self, lines: &[u8]) -> Result<(), FilesError> {
        let file = if let Some(file) = &mut self.file {
            file
        } else {
            let folder = self.absolute.parent().unwrap_or(&self.absolute);
            create_folders(folder)?;
            let file = fs_err::OpenOptions::new()
                .append(true)
                .create_new(true)
                .open(&self.absolute)?;
            sync_folder(folder)?;
            self.file.insert(file)
        };
        // A checkout or an editor has no lock to respect.
        if file.metadata()?.len() != self.length {
            return Err(FilesError::Changed {
                path: self.path.clone(),
            });
        }
        file.write_all(lines)?;
        file.sync_data()?;
        self.length += lines.len() as u64;
        Ok(())
    }
}

/// Replays bytes; only a torn last line may be cut inside a character.
fn replay(bytes: &[u8], path: &str) -> Result<Replay, FilesError> {
    let whole = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |last| last + 1);
    let (lines, tail) = bytes.split_at(whole);
    let text = std::str::from_utf8(lines).map_err(|error| FilesError::NotText {
        path: path.to_owned(),
        offset: error.valid_up_to(),
    })?;
    let text = format!("{text}{}", String::from_utf8_lossy(tail));
    Ok(journal::replay(&text, path)?)
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::workspace;
    use super::*;
    use crate::journal::{Header, Outcome, RunId, StepId};

    fn started() -> Event {
        Event::RunStarted(Header {
            run: RunId::new("1"),
            checklist: String::new(),
            plan: String::new(),
            orch: String::new(),
            target: "тест".into(),
            cluster: String::new(),
            namespace: String::new(),
            undo: false,
            began: None,
            early: Vec::new(),
            gone: Vec::new(),
            tasks: BTreeMap::new(),
        })
    }

    fn ended() -> Event {
        Event::RunEnded {
            outcome: Outcome::Completed,
        }
    }

    /// How many records the journal on disk has.
    fn records(workspace: &Workspace) -> usize {
        let read = read_journal(workspace, "demo", 4).expect("reads");
        read.records.len()
    }

    #[test]
    fn what_was_appended_is_read_again() {
        let (_folder, workspace) = workspace();
        let mut journal = JournalFile::open(&workspace, "demo", 4).expect("opens");
        assert_eq!(
            workspace.read(journal.path()).expect("reads"),
            None,
            "nothing is created yet"
        );
        journal
            .append(Timestamp::UNIX_EPOCH, vec![started(), ended()])
            .expect("appends");
        let mut again = JournalFile::open(&workspace, "demo", 4).expect("opens");
        assert_eq!(records(&workspace), 2);
        assert_eq!(again.state(), journal.state());
        again
            .append(Timestamp::UNIX_EPOCH, vec![started()])
            .expect("appends");
        assert_eq!(records(&workspace), 3);
    }

    #[test]
    fn a_line_torn_at_any_byte_is_cut_off() {
        let (_folder, workspace) = workspace();
        let mut journal = JournalFile::open(&workspace, "demo", 4).expect("opens");
        journal
            .append(Timestamp::UNIX_EPOCH, vec![started(), ended()])
            .expect("appends");
        let path = workspace.root().join(journal_path("demo", 4));
        let bytes = fs_err::read(&path).expect("reads");
        for cut in 0..bytes.len() {
            fs_err::write(&path, &bytes[..cut]).expect("writes");
            let mut journal = JournalFile::open(&workspace, "demo", 4).expect("opens");
            let before = records(&workspace);
            journal.append(Timestamp::UNIX_EPOCH, vec![started()]).ok();
            JournalFile::open(&workspace, "demo", 4).expect("opens again");
            assert!(records(&workspace) >= before, "cut at {cut}");
        }
    }

    #[test]
    fn an_illegal_record_isnt_written_and_stops_the_journal() {
        let (_folder, workspace) = workspace();
        let mut journal = JournalFile::open(&workspace, "demo", 4).expect("opens");
        journal
            .append(Timestamp::UNIX_EPOCH, vec![started()])
            .expect("appends");
        let illegal = Event::RolledBack {
            step: StepId::new("s"),
        };
        assert!(
            journal
                .append(Timestamp::UNIX_EPOCH, vec![illegal])
                .is_err()
        );
        let error = journal
            .append(Timestamp::UNIX_EPOCH, vec![ended()])
            .expect_err("stopped");
        assert!(matches!(error, FilesError::Poisoned { .. }), "{error}");
        assert_eq!(records(&workspace), 1);
    }

    #[test]
    fn a_journal_that_changed_underneath_takes_no_more() {
        let (_folder, workspace) = workspace();
        let mut journal = JournalFile::open(&workspace, "demo", 4).expect("opens");
        journal
            .append(Timestamp::UNIX_EPOCH, vec![started()])
            .expect("appends");
        fs_err::write(workspace.root().join(journal_path("demo", 4)), "").expect("writes");
        let error = journal
            .append(Timestamp::UNIX_EPOCH, vec![ended()])
            .expect_err("changed");
        assert!(matches!(error, FilesError::Changed { .. }), "{error}");
    }
}
