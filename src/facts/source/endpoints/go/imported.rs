//! Which folder of the workspace a package is that a file of Go's imports.

use std::sync::LazyLock;

use regex::Regex;

use super::super::super::code::Code;
use super::super::super::variables::{pattern, patterns};
use crate::facts::{Tree, paths};

patterns! {
    MODULE = r#"(?m)^module[ \t]+"?([^\s"]+)"?"#;
    IMPORT = r#"(?m)^[ \t]*(?:import[ \t]+)?(?:(\w+|\.)[ \t]+)?"([^"\s]+)""#;
}

/// The modules of a workspace: each one's folder, and the name that imports of it begin with.
pub(super) struct Modules(Vec<(String, String)>);

impl Modules {
    /// Returns those that have a `go.mod`.
    pub(super) fn of(tree: &Tree) -> Self {
        let modules = tree.iter().filter_map(|(path, text)| {
            let is_one = paths::file_name(path) == "go.mod";
            let found = MODULE.as_ref().filter(|_| is_one)?.captures(text)?;
            Some((paths::folder(path).to_owned(), found[1].to_owned()))
        });
        Self(modules.collect())
    }

    /// Returns whether an import's path means a folder of the workspace. Where no module says what it
    /// is called, the folder must end the path.
    fn means(&self, import: &str, folder: &str) -> bool {
        if self.0.is_empty() {
            let rest = import.strip_suffix(folder);
            return rest.is_some_and(|it| it.is_empty() || it.ends_with('/'));
        }
        self.0.iter().any(|(root, name)| {
            let Some(below) = import.strip_prefix(name.as_str()) else {
                return false;
            };
            let whole = below.is_empty() || below.starts_with('/');
            let below = below.trim_start_matches('/');
            let parts = [root.as_str(), below];
            let parts = parts.into_iter().filter(|it| !it.is_empty());
            parts.collect::<Vec<_>>().join("/") == folder && whole
        })
    }
}

/// What a file imports, as it is called there.
pub(super) struct Imports<'c> {
    all: Vec<(Option<&'c str>, &'c str)>,
}

impl<'c> Imports<'c> {
    /// Returns the imports of a file, which stand above its functions.
    pub(super) fn of(code: &'c Code) -> Self {
        let above = code.text.split("\nfunc ").next().unwrap_or_default();
        let found = IMPORT.iter().flat_map(|it| it.captures_iter(above));
        let named = found.filter_map(|it| {
            let alias = it.get(1).map(|it| it.as_str());
            Some((alias.filter(|it| *it != "import"), it.get(2)?.as_str()))
        });
        Self {
            all: named.collect(),
        }
    }

    /// Returns the path that is imported under another name than its own.
    pub(super) fn aliased(&self, name: &str) -> Option<&'c str> {
        let mut all = self.all.iter();
        all.find(|(alias, _)| *alias == Some(name))
            .map(|(_, path)| *path)
    }

    /// Returns whether anything that is imported under its own name means a folder.
    pub(super) fn has(&self, modules: &Modules, folder: &str) -> bool {
        let mut plain = self.all.iter().filter(|(alias, _)| alias.is_none());
        plain.any(|(_, path)| modules.means(path, folder))
    }
}

/// Returns whether a path that is imported means the folder of a file.
pub(super) fn is_in(modules: &Modules, import: &str, path: &str) -> bool {
    modules.means(import, paths::folder(path))
}
