//! The snapshot that facts are read from.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The workspace's text files by path (relative, with `/`), as `files` found them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    files: BTreeMap<String, Arc<str>>,
}

impl Tree {
    /// Returns the text at a path.
    pub fn get(&self, path: &str) -> Option<&Arc<str>> {
        self.files.get(path)
    }

    /// Adds a file.
    pub fn insert(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) {
        self.files.insert(path.into(), text.into());
    }

    /// Returns all paths and texts, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arc<str>)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text))
    }

    /// Returns whether a folder holds any file.
    pub fn has_folder(&self, folder: &str) -> bool {
        let prefix = format!("{}/", folder.trim_end_matches('/'));
        self.files
            .range(prefix.clone()..)
            .next()
            .is_some_and(|(path, _)| path.starts_with(&prefix))
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
