//! Committing owned paths only.

use std::time::Duration;

use git2::{ErrorCode, Index, Oid, Signature, Time};
use jiff::Timestamp;

use super::{GitError, Repo, TRAILER};

/// How often a lock or a moving branch is tried again.
const TRIES: u32 = 8;

/// A commit that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// The paths that orch owns; one that doesn't exist is removed.
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
}

impl Repo {
    /// Commits the paths on top of HEAD; everything else that is staged or changed stays so.
    ///
    /// Does nothing where HEAD has the same content. [`Repo::check`] is asked before.
    ///
    /// # Errors
    /// Where a lock stays taken, the branch keeps moving, the `git` program or one of its hooks
    /// refuses, or git fails. HEAD is then as it was.
    pub fn commit(&self, draft: &Draft<'_>) -> Result<Committed, GitError> {
        for attempt in 0..TRIES {
            match self.try_commit(draft) {
                Err(GitError::Git(error)) if error.code() == ErrorCode::Locked => {
                    back_off(attempt);
                }
                // The branch moved: build on the new tip.
                Err(GitError::Git(error)) if error.code() == ErrorCode::Modified => {}
                result => return result,
            }
        }
        let lock = self.repository.path().join("index.lock");
        if lock.exists() {
            return Err(GitError::Locked {
                lock: lock.display().to_string(),
            });
        }
        Err(GitError::Moving)
    }

    fn try_commit(&self, draft: &Draft<'_>) -> Result<Committed, GitError> {
        let tip = self.tip()?;
        // Forced: what an attempt before left in memory mustn't stay, and what the user staged
        // meanwhile must.
        let mut index = self.repository.index()?;
        index.read(true)?;
        let tree = self.tree(draft, tip.as_ref(), &mut index)?;
        let old = tip.as_ref().map(git2::Commit::tree_id);
        if old == Some(tree) || (old.is_none() && self.repository.find_tree(tree)?.is_empty()) {
            let oid = tip.map(|tip| tip.id().to_string()).unwrap_or_default();
            return Ok(Committed {
                oid,
                created: false,
                program: None,
            });
        }
        // The index goes first: where the run is killed in between, it holds what the files hold,
        // and the next attempt finds nothing of the user's in it.
        index.write()?;
        let message = message(draft);
        if let Some(reason) = self.program_needed()? {
            self.commit_through_program(draft, &message)?;
            let oid = self
                .tip()?
                .map(|tip| tip.id().to_string())
                .unwrap_or_default();
            return Ok(Committed {
                oid,
                created: true,
                program: Some(reason),
            });
        }
        let (name, email) = self.identity()?;
        let who = Signature::new(&name, &email, &Time::new(draft.at.as_second(), 0))?;
        let tree = self.repository.find_tree(tree)?;
        let parents: Vec<&git2::Commit<'_>> = tip.iter().collect();
        let oid = self
            .repository
            .commit(Some("HEAD"), &who, &who, &message, &tree, &parents)?;
        Ok(Committed {
            oid: oid.to_string(),
            created: true,
            program: None,
        })
    }

    /// Returns the tree of HEAD plus the owned paths, whose entries are refreshed in `index`.
    fn tree(
        &self,
        draft: &Draft<'_>,
        tip: Option<&git2::Commit<'_>>,
        index: &mut Index,
    ) -> Result<Oid, GitError> {
        let mut tree = Index::new()?;
        if let Some(tip) = tip {
            tree.read_tree(&tip.tree()?)?;
        }
        for path in draft.paths {
            let path = self.inside(path)?;
            if fs_err::symlink_metadata(self.work_tree.join(&path)).is_ok() {
                // Line endings and modes are git's business here.
                index.add_path(&path)?;
                if let Some(entry) = index.get_path(&path, 0) {
                    tree.add(&entry)?;
                }
            } else {
                index.remove_path(&path)?;
                if tree.get_path(&path, 0).is_some() {
                    tree.remove(&path, 0)?;
                }
            }
        }
        Ok(tree.write_tree_to(&self.repository)?)
    }
}

/// Returns the message with the run's trailer, joined to trailers that it has already.
fn message(draft: &Draft<'_>) -> String {
    let text = draft.message.trim_end();
    let has_trailers = git2::message_trailers_strs(text).is_ok_and(|trailers| trailers.len() > 0);
    let gap = if has_trailers { "\n" } else { "\n\n" };
    format!("{text}{gap}{TRAILER}: {}\n", draft.run)
}

/// Waits a moment, longer each time.
#[expect(
    clippy::disallowed_methods,
    reason = "git announces no release of its locks"
)]
fn back_off(attempt: u32) {
    std::thread::sleep(Duration::from_millis(5 << attempt));
}
