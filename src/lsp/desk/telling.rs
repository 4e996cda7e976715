//! What the editor has to be told of what it has open, and of the rest.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{Diagnostic as Shown, Uri};

use super::{Desk, disk, real, same};
use crate::check::home;
use crate::lsp::problems::{self, Manner};
use crate::lsp::told::{News, State};
use crate::lsp::uri;

/// A document that was edited while its file was changed by a run.
#[derive(Debug, Clone)]
pub(in crate::lsp) struct Overtaken {
    pub(in crate::lsp) uri: Uri,
    pub(in crate::lsp) version: i32,
    /// Its path in the workspace.
    pub(in crate::lsp) path: String,
    /// What the edits were made on.
    pub(in crate::lsp) saved: Arc<str>,
    /// What the editor has.
    pub(in crate::lsp) unsaved: Arc<str>,
    /// What the disk has.
    pub(in crate::lsp) on_disk: String,
}

impl Desk<'_> {
    /// Returns the problems of a workspace by file, as the editor shows them.
    pub(in crate::lsp) fn problems(
        &mut self,
        root: &Path,
    ) -> Result<BTreeMap<String, Vec<Shown>>, String> {
        let found = self.found(root)?;
        let seen = self.seen(root)?;
        let manner = Manner {
            encoding: self.encoding,
            related: self.related,
            is_open: &|path| self.documents.contains_key(&root.join(path)),
            uri: &|path| self.uri(root, path),
        };
        let home = home(&seen.tree).map_or("orch.toml", |(path, _)| path);
        Ok(problems::by_file(&found, &manner, home))
    }

    /// Returns the workspaces.
    pub(in crate::lsp) fn roots(&self) -> Vec<PathBuf> {
        self.known.keys().cloned().collect()
    }

    /// Returns a workspace of which there may be more to tell.
    pub(in crate::lsp) fn untold(&self) -> Option<PathBuf> {
        let untold = self.known.iter().find(|(_, known)| known.untold);
        untold.map(|(root, _)| root.clone())
    }

    /// Has everything looked through once more for what is to be told.
    pub(in crate::lsp) fn tell_all(&mut self) {
        for known in self.known.values_mut() {
            known.untold = true;
        }
    }

    /// Gives a workspace up that can't be checked, until something changes.
    pub(in crate::lsp) fn give_up(&mut self, root: &Path) {
        if let Some(known) = self.known.get_mut(root) {
            known.untold = false;
        }
    }

    /// Takes in what the editor was answered of a file.
    pub(in crate::lsp) fn answered(&mut self, root: &Path, path: &str, state: State) {
        if let Some(known) = self.known.get_mut(root) {
            known.told.answered(path, state);
        }
    }

    /// Returns what the editor has to be told of a workspace: the files whose problems aren't what
    /// it was told before.
    pub(in crate::lsp) fn news(&mut self, root: &Path) -> Result<News, String> {
        let mut files = self.problems(root)?;
        let Some(known) = self.known.get_mut(root) else {
            return Ok(News::default());
        };
        known.untold = false;
        for path in known.told.paths() {
            files.entry(path.clone()).or_default();
        }
        for document in self.documents.values().filter(|it| it.root == root) {
            // An editor waits to hear that nothing is wrong.
            files.entry(document.path.clone()).or_default();
        }
        let mut news = News::default();
        for (path, shown) in files {
            let document = self.documents.get(&root.join(&path));
            let version = document.map(|it| it.version);
            let now = State { version, shown };
            known.told.add(path, now, self.asks, &mut news);
        }
        Ok(news)
    }

    /// Returns the open documents of a workspace that have edits which aren't saved, while the disk
    /// has another text than the one that they were made on.
    pub(in crate::lsp) fn overtaken(&self, root: &Path) -> Vec<Overtaken> {
        let own = self.documents.iter().filter(|(_, it)| it.root == root);
        let overtaken = own.filter_map(|(file, document)| {
            let saved = document.saved.clone()?;
            let on_disk = disk(file)?;
            let clean = document.text == saved || same(&on_disk, &document.text);
            (!clean && !same(&on_disk, &saved)).then(|| Overtaken {
                uri: document.uri.clone(),
                version: document.version,
                path: document.path.clone(),
                saved,
                unsaved: Arc::clone(&document.text),
                on_disk,
            })
        });
        overtaken.collect()
    }
}

/// Returns a file's path in a workspace.
pub(in crate::lsp) fn inside(root: &Path, uri: &Uri) -> Option<String> {
    let file = real(&uri::path(uri)?);
    let inside = file.strip_prefix(root).ok()?;
    inside.to_str().map(str::to_owned)
}
