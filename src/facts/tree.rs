//! The snapshot that facts are read from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What source code's files end with.
const SOURCE: &[&str] = &[
    "py", "js", "mjs", "cjs", "jsx", "ts", "tsx", "go", "rs", "rb", "java", "php", "cs", "kt",
    "scala", "ex", "exs", "swift", "vue", "svelte",
];

/// The workspace's text files by path (relative, with `/`), as `files` found them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    files: BTreeMap<String, Arc<str>>,
    /// What isn't text, or is too large to be source.
    others: BTreeMap<String, Other>,
    executable: BTreeSet<String>,
    /// Checklists, by their names, that can't be read.
    unread: BTreeMap<String, Unread>,
}

/// Why a checklist can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// What is wrong with it.
    pub why: String,
    /// The way out.
    pub help: String,
    /// Its text before the place that can't be read.
    pub before: Arc<str>,
}

/// A file that isn't read as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Its size in bytes.
    pub size: u64,
    /// Its content, where somebody asked for it.
    pub bytes: Option<Arc<[u8]>>,
}

/// Returns whether a file is source code, by its name.
pub fn is_source(path: &str) -> bool {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| SOURCE.contains(&extension))
}

impl Tree {
    /// Returns the text at a path.
    pub fn get(&self, path: &str) -> Option<&Arc<str>> {
        self.files.get(path)
    }

    /// Returns whether a folder (`""`: the workspace) holds source code.
    pub fn has_source(&self, folder: &str) -> bool {
        let folder = folder.trim_matches('/');
        let prefix = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let below = self.files.range(prefix.clone()..);
        let mut below = below.take_while(|(path, _)| path.starts_with(&prefix));
        below.any(|(path, _)| is_source(path))
    }

    /// Adds a file.
    pub fn insert(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) {
        let path = path.into();
        self.unread.remove(&path);
        self.files.insert(path, text.into());
    }

    /// Returns the files with these, where any of them isn't there yet; what is there stays.
    pub fn with_missing<'f>(
        &self,
        files: impl IntoIterator<Item = (&'f str, &'f str)>,
    ) -> Option<Self> {
        let is_new = |path: &str| self.get(path).is_none() && self.other(path).is_none();
        let mut missing = files
            .into_iter()
            .filter(|(path, _)| is_new(path))
            .peekable();
        missing.peek()?;
        let mut tree = self.clone();
        for (path, text) in missing {
            tree.insert(path, text);
        }
        Some(tree)
    }

    /// Adds a checklist that can't be read.
    pub fn insert_unread(&mut self, path: impl Into<String>, unread: Unread) {
        self.unread.insert(path.into(), unread);
    }

    /// Returns why the checklist at a path can't be read, where that is so.
    pub fn unread(&self, path: &str) -> Option<&Unread> {
        self.unread.get(path)
    }

    /// Returns the text's path that ends with another one, below some folder, where only one does.
    pub fn only_below(&self, path: &str) -> Option<&str> {
        let ends = |it: &&String| {
            let folder = it.strip_suffix(path);
            folder.is_some_and(|folder| folder.ends_with('/'))
        };
        let mut found = self.files.keys().filter(ends);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// Returns the paths of all texts, and of the checklists that can't be read.
    pub fn documents(&self) -> impl Iterator<Item = &str> {
        self.files
            .keys()
            .chain(self.unread.keys())
            .map(String::as_str)
    }

    /// Returns all paths and texts, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arc<str>)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text))
    }

    /// Adds a file that isn't read as text.
    pub fn insert_other(&mut self, path: impl Into<String>, other: Other) {
        self.others.insert(path.into(), other);
    }

    /// Returns the file at a path that isn't read as text.
    pub fn other(&self, path: &str) -> Option<&Other> {
        self.others.get(path)
    }

    /// Returns the files of a folder that aren't read as text, in the order of their paths.
    pub fn others_in<'t>(&'t self, folder: &str) -> impl Iterator<Item = (&'t str, &'t Other)> {
        let prefix = format!("{}/", folder.trim_end_matches('/'));
        let start = self.others.range(prefix.clone()..);
        start
            .take_while(move |(path, _)| path.starts_with(&prefix))
            .map(|(path, other)| (path.as_str(), other))
    }

    /// Marks a file as a program.
    pub fn mark_executable(&mut self, path: impl Into<String>) {
        self.executable.insert(path.into());
    }

    /// Returns whether a file is a program.
    pub fn is_executable(&self, path: &str) -> bool {
        self.executable.contains(path)
    }

    /// Returns the texts of a folder, in the order of their paths.
    pub fn below(&self, folder: &str) -> impl Iterator<Item = (&str, &Arc<str>)> {
        let prefix = format!("{}/", folder.trim_end_matches('/'));
        self.files
            .range(prefix.clone()..)
            .take_while(move |(path, _)| path.starts_with(&prefix))
            .map(|(path, text)| (path.as_str(), text))
    }

    /// Returns whether a folder holds any file.
    pub fn has_folder(&self, folder: &str) -> bool {
        self.below(folder).next().is_some() || self.others_in(folder).next().is_some()
    }
}

impl<P: Into<String>, T: Into<Arc<str>>> FromIterator<(P, T)> for Tree {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(iter: I) -> Self {
        let mut tree = Self::default();
        for (path, text) in iter {
            tree.insert(path, text);
        }
        tree
    }
}
