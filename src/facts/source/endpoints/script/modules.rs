//! Modules of JavaScript and TypeScript: what a file takes from which other, and what it gives.
//!
//! A path is followed where a file lies at it; packages and aliases of build tools aren't.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::super::super::code::Code;
use super::super::super::variables::{pattern, patterns};
use super::shape::ANONYMOUS;
use crate::facts::paths;

patterns! {
    DEFAULT = r#"\bimport\s+([\w$]+)\s*(?:,\s*\{([^}]*)\}\s*)?from\s*["']([^"'\n]+)["']"#;
    NAMED = r#"\bimport\s+(?:type\s+)?\{([^}]*)\}\s*from\s*["']([^"'\n]+)["']"#;
    STAR = r#"\bimport\s*\*\s*as\s+([\w$]+)\s+from\s*["']([^"'\n]+)["']"#;
    REQUIRE = r#"\b(?:const|let|var|import)\s+([\w$]+)\s*=\s*require\(\s*["']([^"'\n]+)["']\s*\)(?:\.([\w$]+))?"#;
    PICKED = r#"\b(?:const|let|var)\s*\{([^}]*)\}\s*=\s*require\(\s*["']([^"'\n]+)["']\s*\)"#;
    GIVEN_DEFAULT = r"\bexport\s+default\s+(?:async\s+)?(function\b\s*\*?\s*|class\s+)?([\w$]*)";
    GIVEN = r"\bmodule\.exports\s*=\s*(?:async\s+)?(function\b\s*\*?\s*)?([\w$]*)\s*(\(|;|$|\n)?";
    GIVEN_PARTS = r"\bmodule\.exports\s*=\s*\{([^}]*)\}";
    GIVEN_ONE = r"\bexports\.([\w$]+)\s*=\s*([\w$]+)\s*(?:;|\n|$)";
    GIVEN_NAMED = r"\bexport\s+(?:async\s+)?(?:const|let|var|function|class)\s+([\w$]+)";
    GIVEN_LIST = r#"\bexport\s*\{([^}]*)\}\s*(?:from\s*["']([^"'\n]+)["'])?"#;
    GIVEN_ALL = r#"\bexport\s*\*\s*from\s*["']([^"'\n]+)["']"#;
}

/// What `module.exports` is.
pub(super) const WHOLE: &str = "=";
/// All that a module gives, by its names.
const ALL: &str = "*";

/// What a name is taken from: the module as written, and its name there.
pub(super) type Taken = (String, String);

/// What a name that a module gives is.
#[derive(Debug)]
enum Given {
    /// A name of the file's own.
    Own(String),
    /// What another module gives.
    Other(Taken),
}

/// What a file takes and gives.
#[derive(Debug, Default)]
pub(super) struct Module {
    taken: HashMap<String, Taken>,
    given: HashMap<String, Given>,
    /// Modules whose names it all gives.
    all: Vec<String>,
}

impl Module {
    pub(super) fn of(code: &Code) -> Self {
        let mut module = Self::default();
        module.take(code);
        module.give(code);
        module
    }

    pub(super) fn taken(&self, name: &str) -> Option<&Taken> {
        self.taken.get(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = (&String, &Taken)> {
        self.taken.iter()
    }

    fn take(&mut self, code: &Code) {
        let mut add = |name: &str, path: &str, there: &str| {
            let taken = (path.to_owned(), there.to_owned());
            self.taken.insert(name.to_owned(), taken);
        };
        for (_, captures) in DEFAULT.iter().flat_map(|it| code.matches(it)) {
            add(&captures[1], &captures[3], ANONYMOUS);
            for (there, here) in parts(captures.get(2).map_or("", |it| it.as_str()), " as ") {
                add(here, &captures[3], there);
            }
        }
        for (_, captures) in NAMED.iter().flat_map(|it| code.matches(it)) {
            for (there, here) in parts(&captures[1], " as ") {
                add(here, &captures[2], there);
            }
        }
        for (_, captures) in STAR.iter().flat_map(|it| code.matches(it)) {
            add(&captures[1], &captures[2], ALL);
        }
        for (_, captures) in REQUIRE.iter().flat_map(|it| code.matches(it)) {
            let there = captures.get(3).map_or(WHOLE, |it| it.as_str());
            add(&captures[1], &captures[2], there);
        }
        for (_, captures) in PICKED.iter().flat_map(|it| code.matches(it)) {
            for (there, here) in parts(&captures[1], ":") {
                add(here, &captures[2], there);
            }
        }
    }

    fn give(&mut self, code: &Code) {
        let mut own = |name: &str, here: &str| {
            let given = Given::Own(here.to_owned());
            self.given.insert(name.to_owned(), given);
        };
        for (_, captures) in GIVEN_NAMED.iter().flat_map(|it| code.matches(it)) {
            own(&captures[1], &captures[1]);
        }
        for (_, captures) in GIVEN_DEFAULT.iter().flat_map(|it| code.matches(it)) {
            let named = captures.get(2).map_or("", |it| it.as_str());
            own(ANONYMOUS, if named.is_empty() { ANONYMOUS } else { named });
        }
        for (_, captures) in GIVEN.iter().flat_map(|it| code.matches(it)) {
            let function = captures.get(1).is_some();
            let named = captures.get(2).map_or("", |it| it.as_str());
            let called = captures.get(3).is_none_or(|it| it.as_str() == "(");
            match (function, named) {
                (_, "") => own(WHOLE, ANONYMOUS),
                (false, _) if called => {}
                (_, named) => own(WHOLE, named),
            }
        }
        for (_, captures) in GIVEN_PARTS.iter().flat_map(|it| code.matches(it)) {
            for (name, here) in parts(&captures[1], ":") {
                own(name, here);
            }
        }
        for (_, captures) in GIVEN_ONE.iter().flat_map(|it| code.matches(it)) {
            own(&captures[1], &captures[2]);
        }
        for (_, captures) in GIVEN_LIST.iter().flat_map(|it| code.matches(it)) {
            for (here, name) in parts(&captures[1], " as ") {
                let given = match captures.get(2) {
                    Some(path) => Given::Other((path.as_str().to_owned(), here.to_owned())),
                    None => Given::Own(here.to_owned()),
                };
                self.given.insert(name.to_owned(), given);
            }
        }
        for (_, captures) in GIVEN_ALL.iter().flat_map(|it| code.matches(it)) {
            self.all.push(captures[1].to_owned());
        }
    }
}

/// Returns the parts of a list in braces: each name, and the one that it is given (`a`, `a as b`,
/// `a: b`).
fn parts<'t>(list: &'t str, by: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
    let name = |text: &str| {
        let inner = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$');
        !text.is_empty() && text.chars().all(inner)
    };
    list.split(',')
        .map(move |part| match part.split_once(by) {
            Some((first, second)) => (first.trim(), second.trim()),
            None => (part.trim(), part.trim()),
        })
        .filter(move |(first, second)| name(first) && name(second))
}

/// All modules, by their paths.
pub(super) struct Modules<'a> {
    pub(super) files: HashMap<usize, Module>,
    places: HashMap<&'a str, usize>,
    paths: HashMap<usize, &'a str>,
}

impl<'a> Modules<'a> {
    pub(super) fn of(files: &[(usize, &'a Code)]) -> Self {
        let modules = files.iter().map(|(file, code)| (*file, Module::of(code)));
        let paths = files.iter().map(|(file, code)| (*file, code.path.as_str()));
        Self {
            files: modules.collect(),
            places: paths.clone().map(|(file, path)| (path, file)).collect(),
            paths: paths.collect(),
        }
    }

    /// Returns the file that a path in an import leads to.
    pub(super) fn file_of(&self, path: &str, from: usize) -> Option<usize> {
        let here = paths::folder(self.paths.get(&from)?);
        let base = if path.starts_with('.') {
            paths::join(here, path).ok()?
        } else if path.contains('/') && !path.starts_with('@') {
            // Modules that are named from the workspace's root.
            path.to_owned()
        } else {
            return None;
        };
        let stem = base
            .strip_suffix(".js")
            .or_else(|| base.strip_suffix(".mjs"))
            .or_else(|| base.strip_suffix(".cjs"))
            .unwrap_or(&base);
        let endings = ["ts", "js", "mjs", "cjs", "mts", "cts", "tsx", "jsx"];
        let beside = endings.iter().map(|ending| format!("{stem}.{ending}"));
        let within = endings
            .iter()
            .map(|ending| format!("{base}/index.{ending}"));
        let mut tried = std::iter::once(base.clone()).chain(beside).chain(within);
        tried.find_map(|path| self.places.get(path.as_str()).copied())
    }

    /// Returns the file's own name that is behind one that a module gives.
    pub(super) fn given(
        &self,
        (path, name): &Taken,
        from: usize,
        depth: usize,
    ) -> Option<(usize, String)> {
        let file = self.file_of(path, from)?;
        let module = self.files.get(&file)?;
        if depth > 8 {
            return None;
        }
        let found = module.given.get(name).or_else(|| match name.as_str() {
            // The two kinds of modules take one's default for the other's whole.
            ANONYMOUS => module.given.get(WHOLE),
            _ => None,
        });
        match found {
            // What is made of a package's own is the file's: `require("express").Router()`.
            Some(Given::Own(own)) => module
                .taken(own)
                .and_then(|taken| self.given(taken, file, depth + 1))
                .or_else(|| Some((file, own.clone()))),
            Some(Given::Other(taken)) => self.given(taken, file, depth + 1),
            None => module
                .all
                .iter()
                .find_map(|path| self.given(&(path.clone(), name.clone()), file, depth + 1)),
        }
    }
}
