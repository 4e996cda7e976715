//! Which sources the work tree has: the commit that last changed them, and what no commit has.

use std::path::Path;

use git2::{Commit, Delta, StatusOptions};

use super::retry::reading;
use super::{GitError, Repo};

/// How many letters of a commit's hash are shown: git's own abbreviation depends on the clone.
const SHORT: usize = 12;

/// The sources' revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The newest commit that changed a source, abbreviated.
    pub commit: String,
    /// Sources that are not as that commit has them.
    pub changed: Vec<String>,
}

impl Revision {
    /// Returns the revision as a tag: a tree with changes is told apart.
    pub fn tag(&self) -> String {
        if self.changed.is_empty() {
            self.commit.clone()
        } else {
            format!("{}-dirty", self.commit)
        }
    }
}

impl Repo {
    /// Returns the sources' revision, or nothing where there is no commit yet. Only paths that are
    /// a source by `is_source` (relative to the workspace) count: what orch itself commits doesn't
    /// make a new revision.
    ///
    /// # Errors
    /// Where git can't be read.
    pub fn revision(&self, is_source: &dyn Fn(&str) -> bool) -> Result<Option<Revision>, GitError> {
        let Some(mut commit) = self.tip()? else {
            return Ok(None);
        };
        // A merge counts by what it brought to the branch.
        while let Ok(parent) = commit.parent(0) {
            if self.differs(&commit, &parent, is_source)? {
                break;
            }
            commit = parent;
        }
        let hash = commit.id().to_string();
        Ok(Some(Revision {
            commit: hash.chars().take(SHORT).collect(),
            changed: self.changed(is_source)?,
        }))
    }

    fn differs(
        &self,
        commit: &Commit<'_>,
        parent: &Commit<'_>,
        is_source: &dyn Fn(&str) -> bool,
    ) -> Result<bool, GitError> {
        let (before, after) = (parent.tree()?, commit.tree()?);
        let diff = self
            .repository
            .diff_tree_to_tree(Some(&before), Some(&after), None)?;
        let source = |path: Option<&Path>| {
            path.and_then(|path| self.in_workspace(path))
                .is_some_and(|path| is_source(&path))
        };
        let found = diff.deltas().any(|delta| {
            delta.status() != Delta::Unmodified
                && (source(delta.new_file().path()) || source(delta.old_file().path()))
        });
        Ok(found)
    }

    /// Sources that are changed, new or gone since the last commit.
    fn changed(&self, is_source: &dyn Fn(&str) -> bool) -> Result<Vec<String>, GitError> {
        let mut options = StatusOptions::new();
        options.include_untracked(true).recurse_untracked_dirs(true);
        let statuses = reading(|| self.repository.statuses(Some(&mut options)))?;
        let paths = statuses.iter().filter_map(|entry| {
            let path = entry.path().ok()?;
            self.in_workspace(Path::new(path))
        });
        Ok(paths.filter(|path| is_source(path)).collect())
    }

    /// Returns a path of the work tree as seen from the workspace, if it lies there.
    fn in_workspace(&self, path: &Path) -> Option<String> {
        let inside = path.strip_prefix(&self.prefix).ok()?;
        Some(inside.to_str()?.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Fixture;
    use super::Revision;

    fn source(path: &str) -> bool {
        !path.starts_with("k8s/")
    }

    fn revision(fixture: &Fixture) -> Revision {
        let found = fixture.repo().revision(&source);
        found.expect("git is read").expect("there is a commit")
    }

    fn commit(fixture: &Fixture, path: &str) {
        fixture.put(path, path);
        fixture.git(&["add", path]);
        fixture.git(&["commit", "--quiet", "-m", path]);
    }

    fn head(fixture: &Fixture) -> String {
        let hash = fixture.git(&["rev-parse", "HEAD"]);
        hash.chars().take(12).collect()
    }

    #[test]
    fn a_revision_is_the_newest_commit_that_changed_a_source() {
        let fixture = Fixture::with_commit();
        commit(&fixture, "src/main.py");
        let newest = head(&fixture);
        commit(&fixture, "k8s/deployment.yml");
        commit(&fixture, "k8s/service.yml");
        let found = revision(&fixture);
        assert_eq!(found.tag(), newest);
    }

    #[test]
    fn the_first_commit_is_one_too() {
        let fixture = Fixture::with_commit();
        let first = head(&fixture);
        commit(&fixture, "k8s/deployment.yml");
        assert_eq!(revision(&fixture).tag(), first);
    }

    #[test]
    fn a_tree_with_changes_is_told_apart() {
        let fixture = Fixture::with_commit();
        fixture.put("README.md", "changed");
        fixture.put("src/new.py", "");
        fixture.put("k8s/deployment.yml", "");
        let found = revision(&fixture);
        assert_eq!(found.changed, ["README.md", "src/new.py"]);
        assert!(found.tag().ends_with("-dirty"));
    }

    #[test]
    fn without_a_commit_there_is_no_revision() {
        let fixture = Fixture::new();
        assert_eq!(fixture.repo().revision(&source).expect("git is read"), None);
    }
}
