//! What changed since a commit: in later commits, and in the work tree.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use git2::{Delta, DiffOptions, Oid, Tree};
use jiff::Timestamp;

use super::{GitError, Repo};
use crate::journal::{Beginning, sha256};

/// How many commits are looked through.
const SEARCHED: usize = 5_000;

/// How many letters of a commit's hash are shown.
const SHORT: usize = 12;

/// Returns a commit's hash as it is shown.
pub fn short(commit: &str) -> String {
    commit.chars().take(SHORT).collect()
}

impl Repo {
    /// Returns where history stands, with those of these paths that aren't as HEAD has them.
    ///
    /// # Errors
    /// Where git or the work tree can't be read.
    pub fn beginning(&self, paths: &[String]) -> Result<Beginning, GitError> {
        let tip = self.tip()?;
        let tree = tip.as_ref().map(git2::Commit::tree).transpose()?;
        let mut dirty = BTreeMap::new();
        if !paths.is_empty() {
            for path in self.differing(tree.as_ref(), paths)? {
                let hash = self.hash(&path)?;
                dirty.insert(path, hash);
            }
        }
        Ok(Beginning {
            head: tip.map_or(Oid::ZERO_SHA1, |tip| tip.id()).to_string(),
            dirty,
        })
    }

    /// Returns the commit that HEAD was at, at a time: for phases whose journal doesn't tell.
    /// Nothing where the whole history is younger.
    ///
    /// # Errors
    /// Where git can't be read.
    pub fn commit_at(&self, time: Timestamp) -> Result<Option<String>, GitError> {
        let mut next = self.tip()?;
        for _ in 0..SEARCHED {
            let Some(commit) = next else { return Ok(None) };
            if commit.time().seconds() <= time.as_second() {
                return Ok(Some(commit.id().to_string()));
            }
            next = commit.parent(0).ok();
        }
        Ok(None)
    }

    /// Returns, of these paths, those that changed since a phase began, each with the newest commit
    /// that changed it, abbreviated, or nothing where the work tree did. A folder changes with what
    /// lies in it. What differed at the beginning must differ from that as well, and `is_same` tells
    /// of a path which of two texts say the same.
    ///
    /// # Errors
    /// Where git or the work tree can't be read, or the commit isn't there.
    pub fn changed_since(
        &self,
        began: &Beginning,
        paths: &[String],
        is_same: impl Fn(&str, &str, &str) -> bool,
    ) -> Result<BTreeMap<String, Option<String>>, GitError> {
        let base = Oid::from_str(&began.head)?;
        let tree = if base.is_zero() {
            None
        } else {
            Some(self.repository.find_commit(base)?.tree()?)
        };
        let mut differing = self.differing(tree.as_ref(), paths)?;
        // What a person had begun before the phase did is none of its changes.
        for (path, hash) in &began.dirty {
            if self.hash(path)? == *hash {
                differing.remove(path);
            } else {
                differing.insert(path.clone());
            }
        }
        let mut otherwise = BTreeSet::new();
        for path in differing {
            let before = tree.as_ref().map(|tree| self.text_in(tree, &path));
            let before = before.transpose()?.flatten();
            let now = fs_err::read_to_string(self.work_tree.join(self.inside(&path)?)).ok();
            let same = before
                .zip(now)
                .is_some_and(|(old, new)| is_same(&path, &old, &new));
            if !same {
                otherwise.insert(path);
            }
        }
        let head = self.tip()?.map(|tip| tip.tree()).transpose()?;
        let loose = self.differing(head.as_ref(), paths)?;
        let mut changed = BTreeMap::new();
        for path in paths {
            let of_path: Vec<&String> = otherwise.iter().filter(|it| is_at(it, path)).collect();
            if of_path.is_empty() {
                continue;
            }
            let commit = if of_path.iter().any(|it| loose.contains(*it)) {
                None
            } else {
                self.newest(&of_path, base)?
            };
            changed.insert(path.clone(), commit);
        }
        Ok(changed)
    }

    /// Returns those of these paths that HEAD has, or a commit below it had.
    ///
    /// # Errors
    /// Where git can't be read.
    pub fn ever_had(&self, paths: &[String]) -> Result<BTreeSet<String>, GitError> {
        let mut had = BTreeSet::new();
        if paths.is_empty() || self.tip()?.is_none() {
            return Ok(had);
        }
        let mut wanted: Vec<(&String, PathBuf)> = Vec::new();
        for path in paths {
            wanted.push((path, self.inside(path.trim_end_matches('/'))?));
        }
        let mut walk = self.repository.revwalk()?;
        walk.push_head()?;
        for id in walk.take(SEARCHED) {
            let tree = self.repository.find_commit(id?)?.tree()?;
            wanted.retain(|(path, inside)| {
                let found = tree.get_path(inside).is_ok();
                if found {
                    had.insert((*path).clone());
                }
                !found
            });
            if wanted.is_empty() {
                break;
            }
        }
        Ok(had)
    }

    /// The files at these paths that the work tree has otherwise than a tree does.
    fn differing(
        &self,
        tree: Option<&Tree<'_>>,
        paths: &[String],
    ) -> Result<BTreeSet<String>, GitError> {
        let mut options = DiffOptions::new();
        options
            .disable_pathspec_match(true)
            .include_untracked(true)
            .recurse_untracked_dirs(true)
            .include_typechange(true)
            .ignore_filemode(true)
            .ignore_submodules(true);
        for path in paths {
            options.pathspec(self.inside(path.trim_end_matches('/'))?);
        }
        let diff = self
            .repository
            .diff_tree_to_workdir_with_index(tree, Some(&mut options))?;
        let differs = diff
            .deltas()
            .filter(|delta| delta.status() != Delta::Unmodified);
        let files = differs.filter_map(|delta| {
            let file = delta.new_file().path().or(delta.old_file().path())?;
            let inside = file.strip_prefix(&self.prefix).ok()?;
            Some(inside.to_str()?.to_owned())
        });
        Ok(files.collect())
    }

    /// The text of a file in a tree; nothing where it isn't there, or is no text.
    fn text_in(&self, tree: &Tree<'_>, path: &str) -> Result<Option<String>, GitError> {
        let Ok(entry) = tree.get_path(&self.inside(path)?) else {
            return Ok(None);
        };
        let blob = self.repository.find_blob(entry.id()).ok();
        Ok(blob.and_then(|it| String::from_utf8(it.content().to_vec()).ok()))
    }

    /// The SHA-256 of a file as it is now; nothing where it isn't there.
    fn hash(&self, path: &str) -> Result<String, GitError> {
        let path = self.work_tree.join(self.inside(path)?);
        let is_file = fs_err::symlink_metadata(&path).is_ok_and(|it| it.is_file());
        if is_file {
            Ok(sha256(&fs_err::read(path)?))
        } else {
            Ok(String::new())
        }
    }

    /// The newest commit above a base that changed one of these files, by its first parent.
    fn newest(&self, files: &[&String], base: Oid) -> Result<Option<String>, GitError> {
        let mut inside = Vec::new();
        for file in files {
            inside.push(self.inside(file)?);
        }
        let entry = |tree: &Tree<'_>, path: &Path| tree.get_path(path).ok().map(|it| it.id());
        let mut next = self.tip()?;
        for _ in 0..SEARCHED {
            let Some(commit) = next.filter(|commit| commit.id() != base) else {
                break;
            };
            let tree = commit.tree()?;
            let parent = commit.parent(0).ok();
            let before = parent.as_ref().map(git2::Commit::tree).transpose()?;
            let changed = inside.iter().any(|path| {
                entry(&tree, path) != before.as_ref().and_then(|tree| entry(tree, path))
            });
            if changed {
                return Ok(Some(short(&commit.id().to_string())));
            }
            next = parent;
        }
        Ok(Some(short(
            &self.tip()?.map_or(base, |tip| tip.id()).to_string(),
        )))
    }
}

/// Returns whether a file is a path, or lies below it.
fn is_at(file: &str, path: &str) -> bool {
    let path = path.trim_end_matches('/');
    file.strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Fixture;
    use super::short;
    use crate::journal::Beginning;

    fn began(fixture: &Fixture, paths: &[&str]) -> Beginning {
        let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
        fixture.repo().beginning(&paths).expect("git is read")
    }

    /// Where a path was changed.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Change<'a> {
        Nothing,
        WorkTree,
        Commit(&'a str),
    }

    #[track_caller]
    fn check(fixture: &Fixture, began: &Beginning, path: &str, expected: Change<'_>) {
        let paths = [path.to_owned()];
        let changed = fixture
            .repo()
            .changed_since(began, &paths, |_, old, new| old.trim() == new.trim());
        let changed = changed.expect("git is read");
        let found = match changed.get(path) {
            None => Change::Nothing,
            Some(None) => Change::WorkTree,
            Some(Some(commit)) => Change::Commit(commit),
        };
        assert_eq!(found, expected);
    }

    fn commit(fixture: &Fixture, path: &str, text: &str) -> String {
        fixture.put(path, text);
        fixture.git(&["add", path]);
        fixture.git(&["commit", "--quiet", "-m", path]);
        short(&fixture.git(&["rev-parse", "HEAD"]))
    }

    #[test]
    fn a_change_is_told_with_the_commit_or_the_work_tree() {
        let fixture = Fixture::with_commit();
        let began = began(&fixture, &["README.md"]);
        check(&fixture, &began, "README.md", Change::Nothing);
        fixture.put("README.md", "changed\n");
        check(&fixture, &began, "README.md", Change::WorkTree);
        fixture.git(&["commit", "--quiet", "-am", "second"]);
        let second = short(&fixture.git(&["rev-parse", "HEAD"]));
        commit(&fixture, "other.md", "x");
        check(&fixture, &began, "README.md", Change::Commit(&second));
        commit(&fixture, "README.md", "hello\n");
        check(&fixture, &began, "README.md", Change::Nothing);
    }

    #[test]
    fn what_was_begun_before_the_phase_is_no_change() {
        let fixture = Fixture::with_commit();
        fixture.put("README.md", "begun\n");
        let began = began(&fixture, &["README.md"]);
        assert_eq!(began.dirty.len(), 1);
        check(&fixture, &began, "README.md", Change::Nothing);
        fixture.git(&["commit", "--quiet", "-am", "as it was"]);
        check(&fixture, &began, "README.md", Change::Nothing);
        fixture.put("README.md", "done\n");
        check(&fixture, &began, "README.md", Change::WorkTree);
    }

    #[test]
    fn a_folder_changes_with_what_lies_in_it() {
        let fixture = Fixture::with_commit();
        let began = began(&fixture, &["src/"]);
        check(&fixture, &began, "src/", Change::Nothing);
        fixture.put("src/a.py", "x");
        check(&fixture, &began, "src/", Change::WorkTree);
        fixture.put("srcs/a.py", "x");
        check(&fixture, &began, "src", Change::WorkTree);
        check(&fixture, &began, "sr", Change::Nothing);
    }

    #[test]
    fn a_mode_is_no_change() {
        use std::os::unix::fs::PermissionsExt as _;
        let fixture = Fixture::with_commit();
        let began = began(&fixture, &["README.md"]);
        let path = fixture.path().join("README.md");
        fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("set");
        check(&fixture, &began, "README.md", Change::Nothing);
    }

    #[test]
    fn a_phase_may_begin_before_the_first_commit() {
        let fixture = Fixture::new();
        let began = began(&fixture, &["a.py"]);
        assert!(began.head.chars().all(|digit| digit == '0'));
        check(&fixture, &began, "a.py", Change::Nothing);
        let first = commit(&fixture, "a.py", "x");
        check(&fixture, &began, "a.py", Change::Commit(&first));
    }

    #[test]
    fn what_says_the_same_as_before_hasnt_changed() {
        let fixture = Fixture::with_commit();
        let first = commit(&fixture, "a.py", "x = 1\n");
        let began = began(&fixture, &["a.py", "b.py"]);
        commit(&fixture, "a.py", "x = 1\n\n");
        check(&fixture, &began, "a.py", Change::Nothing);
        commit(&fixture, "b.py", "\n");
        assert_ne!(first, commit(&fixture, "b.py", "y = 1\n"));
        fixture.put("a.py", "x = 2\n");
        check(&fixture, &began, "a.py", Change::WorkTree);
    }

    #[test]
    fn a_commit_that_isnt_there_is_an_error() {
        let fixture = Fixture::with_commit();
        let began = Beginning {
            head: "1234567890123456789012345678901234567890".to_owned(),
            ..Beginning::default()
        };
        let paths = ["README.md".to_owned()];
        assert!(
            fixture
                .repo()
                .changed_since(&began, &paths, |_, old, new| old == new)
                .is_err()
        );
    }

    #[test]
    fn what_git_ever_had_is_told() {
        let fixture = Fixture::with_commit();
        commit(&fixture, "src/old.py", "x");
        fixture.git(&["rm", "--quiet", "src/old.py"]);
        fixture.git(&["commit", "--quiet", "-m", "gone"]);
        let paths = ["src/old.py", "src/ol.py"].map(str::to_owned);
        let had = fixture.repo().ever_had(&paths).expect("git is read");
        assert_eq!(had.into_iter().collect::<Vec<_>>(), ["src/old.py"]);
    }
}
