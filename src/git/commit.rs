//! Committing owned paths only.

use std::error::Error as _;
use std::fs::File;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, Index, IndexEntry, Oid, Signature, Time};
use jiff::Timestamp;

use super::retry::{TRIES, back_off, reading};
use super::{GitError, Repo, TRAILER};

/// A commit that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// The paths that orch owns; one that isn't in the work tree stays as HEAD has it: orch removes
    /// none, and a sparse work tree lacks more than a person deleted.
    pub paths: &'a [String],
    /// The message, without the trailer.
    pub message: &'a str,
    /// The run, for the trailer.
    pub run: &'a str,
    /// The time of author and committer.
    pub at: Timestamp,
}

/// What became of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// HEAD's commit; empty where there is none yet.
    pub oid: String,
    /// Whether it was made just now; not so where nothing had changed.
    pub created: bool,
    /// Why the `git` program made it, where it did (`commit.gpgsign`, `the pre-commit hook`).
    pub program: Option<String>,
    /// What to tell the user where the commit was made and the index couldn't follow.
    pub warning: Option<String>,
    /// The paths that HEAD has and the work tree lacks.
    pub absent: Vec<String>,
}

impl Repo {
    /// Commits the paths on top of HEAD; everything else that is staged or changed stays so.
    ///
    /// Does nothing where HEAD has the same content. [`Repo::check`] is asked before. The index
    /// follows the commit, so whatever refuses the commit leaves it as it was.
    ///
    /// # Errors
    /// Where HEAD is on another branch than it was, a lock stays taken, the branch keeps moving, the
    /// `git` program or one of its hooks refuses, or git fails. HEAD is then as it was.
    pub fn commit(&self, draft: &Draft<'_>) -> Result<Committed, GitError> {
        let _turn = self.turn()?;
        for attempt in 0..TRIES {
            if self.index_lock().exists() {
                back_off(attempt);
                continue;
            }
            match self.try_commit(draft) {
                Err(GitError::Git(error)) if error.code() == ErrorCode::Locked => {
                    back_off(attempt);
                }
                // The branch moved: build on the new tip.
                Err(GitError::Git(error)) if error.code() == ErrorCode::Modified => {}
                Err(error) => return Err(error),
                Ok(committed) => {
                    return Ok(Committed {
                        warning: self.follow(draft),
                        absent: self.absent(draft)?,
                        ..committed
                    });
                }
            }
        }
        let lock = self.index_lock();
        if lock.exists() {
            return Err(GitError::Locked {
                lock: lock.display().to_string(),
            });
        }
        Err(GitError::Moving)
    }

    fn try_commit(&self, draft: &Draft<'_>) -> Result<Committed, GitError> {
        self.refuse_other_branch()?;
        let tip = self.tip()?;
        let mut next = self.next(draft, tip.as_ref())?;
        let tree = self
            .repository
            .find_tree(next.write_tree_to(&self.repository)?)?;
        let is_same = tip
            .as_ref()
            .map_or(tree.is_empty(), |tip| tip.tree_id() == tree.id());
        if is_same {
            let oid = tip.map(|tip| tip.id().to_string()).unwrap_or_default();
            return Ok(Committed {
                oid,
                created: false,
                program: None,
                warning: None,
                absent: Vec::new(),
            });
        }
        let message = message(draft);
        let program = self.program_needed()?;
        let oid = if program.is_some() {
            self.commit_through_program(&next, &message, draft.at)?;
            self.tip()?
                .map(|tip| tip.id().to_string())
                .unwrap_or_default()
        } else {
            let (name, email) = self.identity()?;
            let who = Signature::new(&name, &email, &Time::new(draft.at.as_second(), 0))?;
            let parents: Vec<&git2::Commit<'_>> = tip.iter().collect();
            let head = Some("HEAD");
            self.repository
                .commit(head, &who, &who, &message, &tree, &parents)?
                .to_string()
        };
        Ok(Committed {
            oid,
            created: true,
            program,
            warning: None,
            absent: Vec::new(),
        })
    }

    /// Returns HEAD's entries with the owned paths as they are on disk.
    fn next(&self, draft: &Draft<'_>, tip: Option<&git2::Commit<'_>>) -> Result<Index, GitError> {
        let mut next = Index::new()?;
        if let Some(tip) = tip {
            next.read_tree(&tip.tree()?)?;
        }
        // The repository's index knows line endings and modes; it is changed in memory only.
        let mut index = self.repository.index()?;
        index.read(true)?;
        for path in draft.paths {
            let path = self.inside(path)?;
            if self.is_on_disk(&path) {
                reading(|| index.add_path(&path))?;
                if let Some(entry) = index.get_path(&path, 0) {
                    next.add(&entry)?;
                }
            }
        }
        index.read(true)?;
        Ok(next)
    }

    /// Lets the owned paths' entries of the user's index follow the commit; returns what to tell
    /// the user where they can't. What a file became after the commit isn't staged.
    fn follow(&self, draft: &Draft<'_>) -> Option<String> {
        let mut result = Ok(());
        for attempt in 0..TRIES {
            result = self.try_follow(draft);
            match &result {
                Err(GitError::Git(error)) if error.code() == ErrorCode::Locked => {
                    back_off(attempt);
                }
                Ok(()) | Err(_) => break,
            }
        }
        let paths = draft.paths.join(" ");
        result.err().map(|error| {
            let cause = error
                .source()
                .map_or_else(|| error.to_string(), ToString::to_string);
            format!("git's index couldn't follow the commit ({cause}); run `git add -- {paths}`")
        })
    }

    fn try_follow(&self, draft: &Draft<'_>) -> Result<(), GitError> {
        let Some(tip) = self.tip()? else {
            return Ok(());
        };
        let tree = tip.tree()?;
        let mut index = self.repository.index()?;
        // Read anew: what the user staged meanwhile must stay.
        index.read(true)?;
        let mut changed = false;
        for path in draft.paths {
            let path = self.inside(path)?;
            let Ok(committed) = tree.get_path(&path) else {
                continue;
            };
            if !self.is_on_disk(&path) {
                continue;
            }
            let old = index.get_path(&path, 0);
            reading(|| index.add_path(&path))?;
            if let Some(mut new) = index.get_path(&path, 0) {
                if new.id != committed.id() {
                    new.id = committed.id();
                    // Git's own mark for an entry whose file has to be looked into.
                    new.file_size = 0;
                    index.add(&new)?;
                }
                changed |= old.is_none_or(|old| key(&old) != key(&new));
            }
        }
        if changed {
            index.write()?;
        }
        Ok(())
    }

    /// Returns the paths that HEAD has and the work tree lacks.
    fn absent(&self, draft: &Draft<'_>) -> Result<Vec<String>, GitError> {
        let mut absent = Vec::new();
        for path in draft.paths {
            if !self.is_on_disk(&self.inside(path)?) && self.head_has(path)? {
                absent.push(path.clone());
            }
        }
        Ok(absent)
    }

    fn is_on_disk(&self, inside: &Path) -> bool {
        fs_err::symlink_metadata(self.work_tree.join(inside)).is_ok()
    }

    fn index_lock(&self) -> PathBuf {
        self.repository.path().join("index.lock")
    }

    /// Waits until no other orch commits to this repository, and keeps others waiting: of two
    /// that write the index at once, one would undo the other's entries, and between a commit and
    /// its index one would take the other's for the user's.
    pub(super) fn turn(&self) -> Result<File, GitError> {
        let folder = self.repository.commondir().join("orch");
        fs_err::create_dir_all(&folder)?;
        let path = folder.join("commit.lock");
        let file = fs_err::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)?;
        let (file, _) = file.into_parts();
        file.lock()?;
        Ok(file)
    }
}

/// Returns what an index's entry has that is written anew where it changes.
fn key(entry: &IndexEntry) -> (Oid, u32, u32) {
    (entry.id, entry.mode, entry.file_size)
}

/// Returns the message with the run's trailer, joined to trailers that it has already.
fn message(draft: &Draft<'_>) -> String {
    let text = draft.message.trim_end();
    let has_trailers = git2::message_trailers_strs(text).is_ok_and(|trailers| trailers.len() > 0);
    let gap = if has_trailers { "\n" } else { "\n\n" };
    format!("{text}{gap}{TRAILER}: {}\n", draft.run)
}

#[cfg(test)]
#[path = "commit_tests.rs"]
mod tests;
