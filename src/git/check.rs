//! What has to hold before anything is committed.

use git2::{AttrCheckFlags, AttrValue, RepositoryState};

use super::retry::reading;
use super::{GitError, Repo};

/// What to do where HEAD is no branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DetachedHead {
    /// Refuse: the commit would be easily lost.
    Refuse,
    /// Commit there, as CI does.
    Allow,
}

/// The mode of a submodule in an index.
const SUBMODULE: u32 = 0o160_000;

impl Repo {
    /// Checks that the paths can be committed. Best asked before a run, too: better refused
    /// before the work than after it.
    ///
    /// # Errors
    /// Names the first thing in the way, with the way out.
    pub fn check<P: AsRef<str>>(
        &self,
        paths: &[P],
        detached: DetachedHead,
    ) -> Result<(), GitError> {
        self.identity()?;
        if let Some((what, abort)) = in_progress(self.repository.state()) {
            return Err(GitError::InProgress { what, abort });
        }
        if detached == DetachedHead::Refuse && self.repository.head_detached()? {
            return Err(GitError::Detached);
        }
        let _turn = self.turn()?;
        let mut index = self.repository.index()?;
        index.read(true)?;
        let tip = self.tip()?;
        for path in paths {
            let path = path.as_ref();
            self.check_path(path, &index)?;
            self.check_staged(path, &index, tip.as_ref())?;
        }
        Ok(())
    }

    fn check_path(&self, path: &str, index: &git2::Index) -> Result<(), GitError> {
        let inside = self.inside(path)?;
        for folder in inside
            .ancestors()
            .skip(1)
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            if index
                .get_path(folder, 0)
                .is_some_and(|entry| entry.mode == SUBMODULE)
            {
                let submodule = folder.display().to_string();
                return Err(GitError::Submodule {
                    path: path.to_owned(),
                    submodule,
                });
            }
        }
        let value = self
            .repository
            .get_attr_bytes(&inside, "filter", AttrCheckFlags::default())?;
        if let AttrValue::String(name) = AttrValue::from_bytes(value) {
            return Err(GitError::Filtered {
                path: path.to_owned(),
                filter: name.to_owned(),
            });
        }
        let tracked = index.get_path(&inside, 0).is_some();
        if !tracked && self.repository.is_path_ignored(&inside)? {
            return Err(GitError::Ignored {
                path: path.to_owned(),
            });
        }
        if (1..=3).any(|stage| index.get_path(&inside, stage).is_some()) {
            return Err(GitError::Conflicted {
                path: path.to_owned(),
            });
        }
        Ok(())
    }

    /// What is staged is the user's, unless it is what the file has, or HEAD, or the commit before
    /// it: then it isn't lost, and a run that was killed right after its commit left it so.
    fn check_staged(
        &self,
        path: &str,
        index: &git2::Index,
        tip: Option<&git2::Commit<'_>>,
    ) -> Result<(), GitError> {
        let inside = self.inside(path)?;
        let staged = index.get_path(&inside, 0).map(|entry| entry.id);
        let of = |commit: &git2::Commit<'_>| {
            let tree = commit.tree().ok()?;
            tree.get_path(&inside).ok().map(|entry| entry.id())
        };
        let before = tip.and_then(|tip| tip.parent(0).ok());
        if staged == tip.and_then(of) || before.is_some_and(|before| staged == of(&before)) {
            return Ok(());
        }
        let on_disk = self.work_tree.join(&inside);
        let file = match fs_err::symlink_metadata(&on_disk) {
            Ok(_) => Some(reading(|| self.repository.blob_path(&on_disk))?),
            Err(_) => None,
        };
        if staged == file {
            Ok(())
        } else {
            Err(GitError::Staged {
                path: path.to_owned(),
            })
        }
    }
}

/// Returns what is unfinished, and what gives it up.
fn in_progress(state: RepositoryState) -> Option<(&'static str, &'static str)> {
    match state {
        RepositoryState::Clean => None,
        RepositoryState::Merge => Some(("a merge", "git merge --abort")),
        RepositoryState::Revert | RepositoryState::RevertSequence => {
            Some(("a revert", "git revert --abort"))
        }
        RepositoryState::CherryPick | RepositoryState::CherryPickSequence => {
            Some(("a cherry-pick", "git cherry-pick --abort"))
        }
        RepositoryState::Bisect => Some(("a bisection", "git bisect reset")),
        RepositoryState::Rebase
        | RepositoryState::RebaseInteractive
        | RepositoryState::RebaseMerge => Some(("a rebase", "git rebase --abort")),
        RepositoryState::ApplyMailbox | RepositoryState::ApplyMailboxOrRebase => {
            Some(("applying mails", "git am --abort"))
        }
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
