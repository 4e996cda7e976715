//! One look at the workspace's text files and checklists.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use ignore::{DirEntry, WalkBuilder};

use super::workspace::is_absent;
use super::{FilesError, Workspace};
use crate::checklist::{Clash, SetFiles, Sets, file_name, sets};
use crate::facts::{Other, Tree, Unread};

/// Larger files are data, not source.
const LARGEST: u64 = 1 << 20;

/// Folders that hold nothing a person wrote, ignored by git or not.
const SKIPPED: [&str; 4] = [".git", ".orch", "target", "node_modules"];

/// The workspace as it was at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The text files.
    pub tree: Tree,
    /// The sets of checklists, by name.
    pub sets: Vec<SetFiles>,
    /// What keeps some of them from being used.
    pub clashes: Vec<Clash>,
}

impl Snapshot {
    /// Returns the snapshot of these files.
    pub fn of(tree: Tree) -> Self {
        let Sets { sets, clashes } = sets(tree.documents());
        Self {
            tree,
            sets,
            clashes,
        }
    }

    /// Returns the set of that name.
    pub fn set(&self, name: &str) -> Option<&SetFiles> {
        self.sets.iter().find(|set| set.name == name)
    }
}

impl Workspace {
    /// Returns the text files that git doesn't ignore, the `.env` files beside Compose files, and
    /// the sets of checklists. Of binary files and files over 1 MiB only the sizes are told, and
    /// folders that are workspaces of their own are left out.
    ///
    /// # Errors
    /// Where a folder can't be read.
    pub fn snapshot(&self) -> Result<Snapshot, FilesError> {
        let mut tree = Tree::default();
        let mut compose_folders = Vec::new();
        let walk = WalkBuilder::new(self.root())
            .hidden(false)
            .filter_entry(is_walked)
            .build();
        for entry in walk {
            let entry = match entry {
                Ok(entry) => entry,
                // A file that vanished meanwhile is as good as absent.
                Err(error) if error.io_error().is_some_and(is_absent) => continue,
                Err(error) => return Err(std::io::Error::other(error).into()),
            };
            let Some(relative) = self.relative(entry.path()) else {
                continue;
            };
            let checklist = file_name(&relative).is_some();
            let Some(file) = self.file_of(&entry, &relative, checklist) else {
                // A phase that isn't shown would be one that is forgotten.
                if checklist && let Some(unread) = self.unread(&entry, &relative) {
                    tree.insert_unread(relative, unread);
                }
                continue;
            };
            if file.executable {
                tree.mark_executable(relative.clone());
            }
            let Some(text) = file.text else {
                if checklist && let Some(unread) = self.unread(&entry, &relative) {
                    tree.insert_unread(relative, unread);
                    continue;
                }
                let (size, bytes) = (file.size, None);
                tree.insert_other(relative, Other { size, bytes });
                continue;
            };
            let (folder, name) = relative.rsplit_once('/').unwrap_or(("", &relative));
            if is_compose(name) {
                compose_folders.push(folder.to_owned());
            }
            tree.insert(relative, text);
        }
        for folder in compose_folders {
            let path = if folder.is_empty() {
                ".env".to_owned()
            } else {
                format!("{folder}/.env")
            };
            if tree.get(&path).is_none()
                && let Ok(Some(text)) = self.read(&path)
            {
                tree.insert(path, text);
            }
        }
        Ok(Snapshot::of(tree))
    }

    /// Returns why what has a checklist's name can't be read as one; nothing where it is a folder
    /// with other things in it, or is gone.
    fn unread(&self, entry: &DirEntry, relative: &str) -> Option<Unread> {
        let unread = |why: String, help: &str| {
            let (help, before) = (help.to_owned(), "".into());
            Some(Unread { why, help, before })
        };
        if entry.file_type()?.is_dir() {
            return None;
        }
        // Somebody meant a checklist, though none is there any more.
        let leads = fs_err::metadata(entry.path());
        if entry.path_is_symlink() && leads.is_err_and(|error| is_absent(&error)) {
            let why = format!("`{relative}` is a link to a file that is not there");
            return unread(why, "correct the link, or put the file there");
        }
        let regular = |path: std::path::PathBuf| fs_err::metadata(path).map(|it| it.is_file());
        if let Ok(Ok(false)) = self.path(relative).map(regular) {
            let why = format!("`{relative}` is no regular file");
            return unread(why, "put the checklist itself there");
        }
        let bytes = match self.read_bytes(relative) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return None,
            Err(error) => {
                let help = "put the checklist itself there, readable for you";
                return unread(error.to_string(), help);
            }
        };
        let Err(error) = std::str::from_utf8(&bytes) else {
            let path = relative.to_owned();
            return unread(FilesError::Changed { path }.to_string(), "run again");
        };
        let (path, offset) = (relative.to_owned(), error.valid_up_to());
        let why = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            format!("`{relative}` is UTF-16, not UTF-8")
        } else {
            FilesError::NotText { path, offset }.to_string()
        };
        let before = bytes.get(..offset).unwrap_or_default();
        Some(Unread {
            why,
            help: "save it as UTF-8".to_owned(),
            before: String::from_utf8_lossy(before).into(),
        })
    }

    /// Returns a path below the root with `/`, where it is UTF-8.
    fn relative(&self, path: &Path) -> Option<String> {
        let inside = path.strip_prefix(self.root()).ok()?;
        let parts: Option<Vec<&str>> = inside
            .components()
            .map(|part| part.as_os_str().to_str())
            .collect();
        parts
            .map(|parts| parts.join("/"))
            .filter(|path| !path.is_empty())
    }

    /// Returns a regular file, or the one in the workspace that a symlink leads to.
    fn file_of(&self, entry: &DirEntry, relative: &str, checklist: bool) -> Option<Found> {
        if entry.file_type()?.is_dir() {
            return None;
        }
        // The walk follows no symlinks, so nothing else can lead out.
        let path = if entry.path_is_symlink() {
            self.path(relative).ok()?
        } else {
            entry.path().to_owned()
        };
        let metadata = fs_err::metadata(&path).ok()?;
        if !metadata.is_file() {
            return None;
        }
        let read = || String::from_utf8(fs_err::read(path).ok()?).ok();
        // A checklist counts whatever its size; what is wrong with its bytes is its parser's to say.
        let small = metadata.len() <= LARGEST;
        let text = if small || checklist { read() } else { None };
        Some(Found {
            text: text.filter(|text| checklist || !text.contains('\0')),
            size: metadata.len(),
            executable: metadata.permissions().mode() & 0o100 != 0,
        })
    }
}

/// A file as the walk found it.
struct Found {
    /// Its text, where it is text and small enough to be source.
    text: Option<String>,
    size: u64,
    executable: bool,
}

/// Returns whether an entry is looked at: not in a skipped folder, nor in another workspace.
fn is_walked(entry: &DirEntry) -> bool {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    if entry.depth() == 0 || !is_folder {
        return entry.file_name() != ".git";
    }
    let skipped = SKIPPED.iter().any(|name| entry.file_name() == *name);
    !skipped && !entry.path().join("orch.toml").is_file()
}

/// Returns whether Compose would read a file of that name, or be given it.
fn is_compose(name: &str) -> bool {
    let is_yaml = Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "yml" || extension == "yaml");
    is_yaml && (name.starts_with("docker-compose") || name.starts_with("compose"))
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::workspace;
    use super::*;

    fn put(workspace: &Workspace, path: &str, bytes: impl AsRef<[u8]>) {
        let path = workspace.root().join(path);
        fs_err::create_dir_all(path.parent().expect("a folder")).expect("creates");
        fs_err::write(path, bytes).expect("writes");
    }

    fn paths(snapshot: &Snapshot) -> Vec<&str> {
        snapshot.tree.iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn the_tree_holds_text_that_git_doesnt_ignore() {
        let (_folder, workspace) = workspace();
        put(&workspace, ".gitignore", ".env\nbuild/\n");
        put(&workspace, "docker-compose.yml", "services: {}\n");
        put(&workspace, ".env", "A=1\n");
        put(&workspace, "tools/.env", "B=1\n");
        put(&workspace, "build/out.txt", "x");
        put(&workspace, "target/x.txt", "x");
        put(&workspace, "ui/node_modules/a/index.js", "x");
        put(&workspace, "logo.png", b"\x89PNG\0\xff");
        put(&workspace, "zeros", b"\0\0");
        put(&workspace, "big.txt", vec![b'a'; (1 << 20) + 1]);
        put(&workspace, "other/orch.toml", "");
        put(&workspace, "other/checklists/phase-01-x.md", "");
        put(&workspace, "src/config.py", "x = 1\n");
        let snapshot = workspace.snapshot().expect("reads");
        assert_eq!(
            paths(&snapshot),
            [".env", ".gitignore", "docker-compose.yml", "src/config.py"]
        );
        assert_eq!(snapshot.sets, []);
    }

    #[test]
    fn a_checklist_counts_however_large_and_is_never_passed_over() {
        let (_folder, workspace) = workspace();
        let large = format!("# Phase 4: A\n{}", "- [ ] a\n".repeat(200_000));
        put(&workspace, "checklists/a/phase-04-a.md", &large);
        put(&workspace, "data.txt", &large);
        let snapshot = workspace.snapshot().expect("a snapshot");
        assert_eq!(paths(&snapshot), ["checklists/a/phase-04-a.md"]);
        assert_eq!(snapshot.sets.len(), 1);
        put(
            &workspace,
            "checklists/a/phase-05-b.md",
            b"# \xd4\xe0\xe7\xe0 5\n",
        );
        let link = workspace.root().join("checklists/a/phase-06-c.md");
        std::os::unix::fs::symlink("/etc/hostname", link).expect("links");
        let link = workspace.root().join("checklists/a/phase-07-d.md");
        std::os::unix::fs::symlink("gone.md", link).expect("links");
        let snapshot = workspace.snapshot().expect("a snapshot");
        let phases = snapshot.sets.iter().flat_map(|set| &set.phases);
        let numbers: Vec<u32> = phases.map(|phase| phase.number).collect();
        assert_eq!(numbers, [4, 5, 6, 7]);
        let why = |name: &str| {
            let unread = snapshot.tree.unread(&format!("checklists/a/{name}"));
            unread.map(|unread| unread.why.clone()).unwrap_or_default()
        };
        assert!(why("phase-05-b.md").contains("isn't UTF-8 text (byte 2)"));
        assert!(why("phase-06-c.md").contains("leads out of the workspace"));
        assert!(why("phase-07-d.md").contains("a file that is not there"));
    }

    #[test]
    fn sets_are_folders_with_phases() {
        let (_folder, workspace) = workspace();
        put(
            &workspace,
            "checklists/shop/phase-02-kubernetes.md",
            "# Phase 2: Kubernetes\n",
        );
        put(
            &workspace,
            "checklists/shop/phase-01-docker.md",
            "# Phase 1: Docker\n",
        );
        put(&workspace, "checklists/shop/PROGRESS.md", "");
        put(&workspace, "docs/phase-one.md", "");
        put(&workspace, "docs/old/shop/phase-1.md", "");
        let snapshot = workspace.snapshot().expect("reads");
        let names: Vec<&str> = snapshot.sets.iter().map(|set| set.name.as_str()).collect();
        assert_eq!(names, ["docs.old.shop", "shop"]);
        let shop = snapshot.set("shop").expect("found");
        assert_eq!(shop.folder, "checklists/shop");
        assert_eq!(
            shop.phases
                .iter()
                .map(|phase| phase.number)
                .collect::<Vec<_>>(),
            [1, 2]
        );
        let phase = shop.phase(2).expect("found");
        assert_eq!(phase.name, "kubernetes");
        assert_eq!(phase.path, "checklists/shop/phase-02-kubernetes.md");
    }

    #[test]
    fn checklists_may_lie_in_checklists_itself() {
        let (_folder, workspace) = workspace();
        put(&workspace, "checklists/phase-01-docker.md", "");
        assert_eq!(
            workspace.snapshot().expect("reads").sets[0].name,
            "checklists"
        );
    }

    #[test]
    fn a_symlink_out_of_the_workspace_isnt_read() {
        let (_folder, workspace) = workspace();
        put(&workspace, "real.txt", "x");
        std::os::unix::fs::symlink("/etc/hostname", workspace.root().join("out")).expect("links");
        std::os::unix::fs::symlink("real.txt", workspace.root().join("in")).expect("links");
        assert_eq!(
            paths(&workspace.snapshot().expect("reads")),
            ["in", "real.txt"]
        );
    }
}
