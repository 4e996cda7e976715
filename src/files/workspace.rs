//! Finding the workspace, and the one way to a path in it.

use std::io;
use std::path::{Component, Path, PathBuf};

use super::FilesError;
use crate::journal::sha256;

/// A git work tree (or a folder of it with an `orch.toml`) that holds a rollout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    root: PathBuf,
    state: PathBuf,
    prefix: String,
}

impl Workspace {
    /// Returns the workspace that `start` lies in: the nearest folder upwards with an
    /// `orch.toml`, else the root of the git work tree.
    ///
    /// `GIT_DIR` and its like are not read: the folder decides.
    ///
    /// # Errors
    /// Where there is no git work tree, or git refuses to open it.
    pub fn open(start: &Path) -> Result<Self, FilesError> {
        let start = fs_err::canonicalize(start)?;
        let repository = git2::Repository::discover(&start).map_err(|source| {
            let start = start.display().to_string();
            if source.code() == git2::ErrorCode::NotFound {
                FilesError::NoRepository { start }
            } else if source.code() == git2::ErrorCode::Owner {
                FilesError::Owner { path: start }
            } else {
                FilesError::Git { start, source }
            }
        })?;
        let Some(work_tree) = repository.workdir() else {
            return Err(FilesError::Bare {
                path: repository.path().display().to_string(),
            });
        };
        let work_tree = fs_err::canonicalize(work_tree)?;
        let root = start
            .ancestors()
            .take_while(|folder| folder.starts_with(&work_tree))
            .find(|folder| folder.join("orch.toml").is_file())
            .unwrap_or(&work_tree)
            .to_owned();
        let mut prefix = String::new();
        for part in root.strip_prefix(&work_tree).unwrap_or(Path::new("")) {
            prefix.push_str(&part.to_string_lossy());
            prefix.push('-');
        }
        let state = fs_err::canonicalize(repository.commondir())?.join("orch");
        Ok(Self {
            root,
            state,
            prefix,
        })
    }

    /// Returns the root folder, absolute, symlinks resolved.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the path for a relative one, symlinks resolved; the file needn't exist.
    ///
    /// # Errors
    /// Refuses what is absolute, has `..`, lies in `.git`, or leads out through a symlink.
    pub fn path(&self, relative: &str) -> Result<PathBuf, FilesError> {
        let refuse = |reason: &str| FilesError::Path {
            path: relative.to_owned(),
            reason: reason.to_owned(),
        };
        let mut path = self.root.clone();
        for part in Path::new(relative).components() {
            match part {
                Component::Normal(name) if is_git(name) => {
                    return Err(refuse("it lies in git's own folder"));
                }
                Component::Normal(name) => path.push(name),
                Component::CurDir => {}
                Component::ParentDir => return Err(refuse("it has `..`")),
                Component::RootDir | Component::Prefix(_) => return Err(refuse("it is absolute")),
            }
        }
        if path == self.root {
            return Err(refuse("it names no file"));
        }
        let resolved = resolve(&path).map_err(|error| refuse(&error.to_string()))?;
        let Ok(inside) = resolved.strip_prefix(&self.root) else {
            return Err(refuse("a symlink leads out of the workspace"));
        };
        if inside.components().any(|part| is_git(part.as_os_str())) {
            return Err(refuse("a symlink leads into git's own folder"));
        }
        Ok(resolved)
    }

    /// Returns a relative path with its symlinks resolved; as it is where it is refused.
    pub fn real(&self, relative: &str) -> String {
        let real = self.path(relative).ok();
        let inside = real
            .as_deref()
            .and_then(|it| it.strip_prefix(&self.root).ok());
        let inside = inside.and_then(Path::to_str);
        inside.unwrap_or(relative).to_owned()
    }

    /// Returns the text of a file, or nothing where there is none.
    ///
    /// # Errors
    /// Where the path is refused, can't be read or isn't UTF-8.
    pub fn read(&self, relative: &str) -> Result<Option<String>, FilesError> {
        let Some(bytes) = self.read_bytes(relative)? else {
            return Ok(None);
        };
        String::from_utf8(bytes)
            .map(Some)
            .map_err(|error| FilesError::NotText {
                path: relative.to_owned(),
                offset: error.utf8_error().valid_up_to(),
            })
    }

    /// Returns the bytes of a file, or nothing where there is none.
    ///
    /// # Errors
    /// Where the path is refused or can't be read.
    pub fn read_bytes(&self, relative: &str) -> Result<Option<Vec<u8>>, FilesError> {
        match fs_err::read(self.path(relative)?) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Returns the path of a file that belongs to a phase and is private to this machine.
    ///
    /// It lies in git's *common* folder: a phase is the same rollout in every work tree of a
    /// repository, so they share one lock. A workspace below the work tree's root has its folder
    /// in the name.
    pub(super) fn state_path(
        &self,
        set: &str,
        phase: u32,
        extension: &str,
    ) -> Result<PathBuf, FilesError> {
        let name = format!("{}{set}-phase-{phase:02}.{extension}", self.prefix);
        if name.contains(['/', '\\', '\0']) {
            let reason = "a set's name is one folder's name".to_owned();
            return Err(FilesError::Path {
                path: set.to_owned(),
                reason,
            });
        }
        fs_err::create_dir_all(&self.state)?;
        Ok(self.state.join(name))
    }

    /// Returns the folder of what is private to this machine.
    pub(super) fn state_folder(&self) -> &Path {
        &self.state
    }

    /// Returns where the text of a file is kept as orch last wanted it; its folder is there.
    pub(super) fn written_path(&self, path: &str) -> Result<PathBuf, FilesError> {
        let folder = self.state.join(format!("{}written", self.prefix));
        fs_err::create_dir_all(&folder)?;
        let name: String = sha256(path.as_bytes()).chars().take(32).collect();
        Ok(folder.join(name))
    }

    /// Returns the path of the clone's mark; its folder is there.
    pub(super) fn clone_mark_path(&self) -> Result<PathBuf, FilesError> {
        fs_err::create_dir_all(&self.state)?;
        Ok(self.state.join("clone"))
    }
}

/// Returns whether an error says that there is no such file.
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Returns whether a path's part is git's folder, on file systems that ignore case as well.
fn is_git(name: &std::ffi::OsStr) -> bool {
    name.eq_ignore_ascii_case(".git")
}

/// Resolves symlinks of the part that exists, and keeps the rest.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    let mut existing = path;
    let mut rest = Vec::new();
    // `symlink_metadata` sees a dangling symlink, and canonicalising it then fails, as it should.
    while let Err(error) = fs_err::symlink_metadata(existing) {
        let (true, Some(parent), Some(name)) =
            (is_absent(&error), existing.parent(), existing.file_name())
        else {
            return Err(error);
        };
        rest.push(name);
        existing = parent;
    }
    let mut resolved = fs_err::canonicalize(existing)?;
    resolved.extend(rest.iter().rev());
    Ok(resolved)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Returns a workspace in a new repository; the folder lives as long as the first value.
    pub(in crate::files) fn workspace() -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().expect("a folder");
        git2::Repository::init(folder.path()).expect("a repository");
        let workspace = Workspace::open(folder.path()).expect("opens");
        (folder, workspace)
    }

    #[track_caller]
    fn check_refused(workspace: &Workspace, path: &str, reason: &str) {
        let message = workspace.path(path).expect_err("refused").to_string();
        assert!(message.contains(reason), "{message}");
    }

    #[test]
    fn paths_that_lead_out_are_refused() {
        let (folder, workspace) = workspace();
        let outside = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink(outside.path(), folder.path().join("out")).expect("links");
        std::os::unix::fs::symlink(".git", folder.path().join("g")).expect("links");
        std::os::unix::fs::symlink("nowhere", folder.path().join("dangling")).expect("links");
        check_refused(&workspace, "/etc/passwd", "absolute");
        check_refused(&workspace, "k8s/../../x", "`..`");
        check_refused(&workspace, ".git/config", "git's own folder");
        check_refused(&workspace, "sub/.GIT/hooks/x", "git's own folder");
        check_refused(&workspace, "out/new/file.yml", "leads out");
        check_refused(&workspace, "g/hooks/x", "into git's own folder");
        check_refused(&workspace, "dangling", "failed to canonicalize");
        check_refused(&workspace, ".", "names no file");
    }

    #[test]
    fn a_path_that_doesnt_exist_yet_is_given() {
        let (_folder, workspace) = workspace();
        let path = workspace.path("k8s/./api/service.yml").expect("allowed");
        assert_eq!(path, workspace.root().join("k8s/api/service.yml"));
    }

    #[test]
    fn the_nearest_orch_toml_names_the_workspace() {
        let (folder, workspace) = workspace();
        let inner = folder.path().join("services/api/src");
        fs_err::create_dir_all(&inner).expect("creates");
        assert_eq!(
            Workspace::open(&inner).expect("opens").root(),
            workspace.root()
        );
        fs_err::write(folder.path().join("services/api/orch.toml"), "").expect("writes");
        let nested = Workspace::open(&inner).expect("opens");
        assert_eq!(nested.root(), workspace.root().join("services/api"));
        let lock = nested.state_path("demo", 4, "lock").expect("named");
        assert!(
            lock.ends_with(".git/orch/services-api-demo-phase-04.lock"),
            "{lock:?}"
        );
    }

    #[test]
    fn a_folder_without_git_says_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let message = Workspace::open(folder.path())
            .expect_err("no repository")
            .to_string();
        assert!(message.contains("run `git init`"), "{message}");
    }

    #[test]
    fn a_bare_repository_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        git2::Repository::init_bare(folder.path()).expect("a repository");
        let message = Workspace::open(folder.path())
            .expect_err("bare")
            .to_string();
        assert!(message.contains("bare git repository"), "{message}");
    }
}
