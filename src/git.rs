//! The commit at a phase's end: HEAD's tree plus the paths that orch owns.
//!
//! The user's index and other changes stay as they were. Where git wouldn't do what the user
//! configured if it were done by a library (hooks, signatures), the `git` program commits. This
//! module never pushes, never switches branches and never removes anybody's lock.

mod check;
mod commit;
mod error;
#[cfg(test)]
mod fixture;
mod history;
mod program;
mod retry;
mod revision;
mod since;

use std::path::{Component, Path, PathBuf};

pub use check::DetachedHead;
pub use commit::{Committed, Draft};
pub use error::GitError;
pub use revision::Revision;
pub use since::short;

/// The trailer that names a commit's run.
pub const TRAILER: &str = "Orch-Run";

/// How many commits below HEAD may be a run's: people may have committed on top.
const SEARCHED: usize = 50;

/// The git repository of a workspace. Paths are relative to the workspace, which may lie below
/// the work tree's root.
pub struct Repo {
    repository: git2::Repository,
    work_tree: PathBuf,
    prefix: PathBuf,
    /// The branch that HEAD was on when it was opened; `None`: on none.
    branch: Option<String>,
}

impl Repo {
    /// Opens the repository that a workspace's root lies in.
    ///
    /// # Errors
    /// Where there is none, it is bare, or belongs to somebody else.
    pub fn open(root: &Path) -> Result<Self, GitError> {
        let shown = || root.display().to_string();
        let repository = git2::Repository::discover(root).map_err(|source| {
            if source.code() == git2::ErrorCode::Owner {
                GitError::Owner { path: shown() }
            } else {
                GitError::Open {
                    path: shown(),
                    source,
                }
            }
        })?;
        let Some(work_tree) = repository.workdir() else {
            return Err(GitError::Bare { path: shown() });
        };
        let work_tree = fs_err::canonicalize(work_tree)?;
        let prefix = fs_err::canonicalize(root)?
            .strip_prefix(&work_tree)
            .map(Path::to_owned)
            .unwrap_or_default();
        let branch = branch(&repository);
        Ok(Self {
            repository,
            work_tree,
            prefix,
            branch,
        })
    }

    /// Makes a folder a repository with those files in its first commit. Where git doesn't know
    /// who commits, the repository gets an identity of its own.
    ///
    /// # Errors
    /// Where git or the disk refuses.
    pub fn init(folder: &Path, paths: &[String], message: &str) -> Result<(), GitError> {
        let repository = git2::Repository::init(folder)?;
        if repository.signature().is_err() {
            let mut config = repository.config()?;
            config.set_str("user.name", "orch demo")?;
            config.set_str("user.email", "demo@orch.invalid")?;
        }
        let mut index = repository.index()?;
        for path in paths {
            index.add_path(Path::new(path))?;
        }
        index.write()?;
        let tree = repository.find_tree(index.write_tree()?)?;
        let who = repository.signature()?;
        repository.commit(Some("HEAD"), &who, &who, message, &tree, &[])?;
        Ok(())
    }

    /// Returns the user's name and mail address, as git would put them in a commit.
    ///
    /// # Errors
    /// Where they aren't set; the message says which command sets them.
    pub fn identity(&self) -> Result<(String, String), GitError> {
        if program::settings_elsewhere().is_some() {
            return self.identity_of_program();
        }
        let signature = self
            .repository
            .author_from_env()
            .map_err(|_| GitError::NoIdentity)?;
        match (signature.name(), signature.email()) {
            (Ok(name), Ok(email)) if !name.is_empty() && !email.is_empty() => {
                Ok((name.to_owned(), email.to_owned()))
            }
            _ => Err(GitError::NoIdentity),
        }
    }

    /// Returns whether git ignores a path: what is committed there surprises people.
    ///
    /// # Errors
    /// Where git's ignore files can't be read.
    pub fn is_ignored(&self, path: &str) -> Result<bool, GitError> {
        Ok(self.repository.is_path_ignored(self.inside(path)?)?)
    }

    /// Returns whether a run's commit is HEAD or shortly below it: the run was killed after its
    /// commit, and mustn't commit twice.
    ///
    /// # Errors
    /// Where the history can't be read.
    pub fn head_has_trailer(&self, run: &str) -> Result<bool, GitError> {
        let mut next = self.tip()?;
        for _ in 0..SEARCHED {
            let Some(commit) = next else { return Ok(false) };
            let trailers = git2::message_trailers_bytes(commit.message_bytes());
            let has = trailers.is_ok_and(|trailers| {
                trailers
                    .iter()
                    .any(|(key, value)| key == TRAILER.as_bytes() && value == run.as_bytes())
            });
            if has {
                return Ok(true);
            }
            next = commit.parent(0).ok();
        }
        Ok(false)
    }

    /// Refuses another branch than the one that HEAD was on when the repository was opened.
    fn refuse_other_branch(&self) -> Result<(), GitError> {
        let now = branch(&self.repository);
        if now == self.branch {
            return Ok(());
        }
        let shown = |branch: Option<String>| branch.unwrap_or_else(|| "no branch".to_owned());
        let back = match &self.branch {
            Some(branch) => format!("git switch {branch}"),
            None => "git switch --detach".to_owned(),
        };
        Err(GitError::Switched {
            began: shown(self.branch.clone()),
            now: shown(now),
            back,
        })
    }

    /// Returns whether HEAD's commit has a file.
    ///
    /// # Errors
    /// Where the repository can't be read.
    pub fn head_has(&self, path: &str) -> Result<bool, GitError> {
        let inside = self.inside(path)?;
        let Some(tip) = self.tip()? else {
            return Ok(false);
        };
        Ok(tip.tree()?.get_path(&inside).is_ok())
    }

    /// Returns whether the work tree holds a part of the files only, as `git sparse-checkout` has
    /// it.
    pub fn is_sparse(&self) -> bool {
        let config = self.repository.config();
        config.is_ok_and(|config| config.get_bool("core.sparseCheckout").unwrap_or(false))
    }

    /// Returns a path as git names it: relative to the work tree, without `.`.
    fn inside(&self, path: &str) -> Result<PathBuf, GitError> {
        let mut inside = self.prefix.clone();
        for part in Path::new(path).components() {
            match part {
                Component::Normal(name) => inside.push(name),
                Component::CurDir => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                    return Err(GitError::Outside {
                        path: path.to_owned(),
                    });
                }
            }
        }
        if inside == self.prefix {
            return Err(GitError::Outside {
                path: path.to_owned(),
            });
        }
        Ok(inside)
    }

    /// Returns HEAD's commit; nothing where there is none yet.
    fn tip(&self) -> Result<Option<git2::Commit<'_>>, GitError> {
        match self.repository.head() {
            Ok(head) => Ok(Some(head.peel_to_commit()?)),
            Err(error) if error.code() == git2::ErrorCode::UnbornBranch => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Returns the branch that HEAD is on, also one without a commit.
fn branch(repository: &git2::Repository) -> Option<String> {
    let head = repository.find_reference("HEAD").ok()?;
    let full = head.symbolic_target().ok().flatten()?;
    Some(full.strip_prefix("refs/heads/").unwrap_or(full).to_owned())
}
