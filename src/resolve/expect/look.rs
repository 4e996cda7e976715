//! Looking for one trace: in what was seen of paths, in definitions, endpoints and variables.

mod later;
mod parts;
mod served;

use std::path::Path;
use std::sync::OnceLock;

use super::places::Places;
use super::written::{is_asked, is_stub, is_test};
use super::{Entry, Expectation, Noun, Seen, Sight, Since, Symbol, There};
use crate::facts::{self, Definition, Definitions, Endpoints, Facts, Origin, Sort, Tree};
use crate::journal::{Trace, sha256};

/// Names of files that are there by being there.
const EMPTY: &[&str] = &["__init__.py", "py.typed", ".nojekyll", ".gitkeep", ".keep"];

/// What traces are looked for in. What takes long is read once, when it is first asked for.
pub struct Look<'a> {
    tree: &'a Tree,
    facts: &'a Facts,
    seen: Option<&'a Seen>,
    definitions: OnceLock<Definitions>,
    endpoints: OnceLock<Endpoints>,
    variables: OnceLock<Vec<(String, Origin)>>,
    places: OnceLock<Places<'a>>,
}

impl<'a> Look<'a> {
    /// Returns what there is to look in.
    pub fn new(tree: &'a Tree, facts: &'a Facts, seen: Option<&'a Seen>) -> Self {
        Self {
            tree,
            facts,
            seen,
            definitions: OnceLock::new(),
            endpoints: OnceLock::new(),
            variables: OnceLock::new(),
            places: OnceLock::new(),
        }
    }

    fn variables(&self) -> &[(String, Origin)] {
        self.variables
            .get_or_init(|| facts::named_variables(self.tree, self.facts))
    }

    fn find(&self, what: &Expectation) -> Result<Trace, String> {
        if self.seen.is_none() {
            return Err(format!("`{what}` wasn't looked for"));
        }
        match what {
            Expectation::File(path) => self.file(path),
            Expectation::Change(path) => self.change(path),
            Expectation::Absent(path) => self.absent(path),
            Expectation::Symbol { symbol, paths } => {
                let scope = Scope::of(paths);
                self.symbol(symbol, scope, !paths.is_empty())
            }
            Expectation::Use { name, path } => self.used(name, path),
            Expectation::Entry { entry, path } => self.entry(entry, path),
            Expectation::Endpoint { .. } => self.served(what, &[]),
            Expectation::Variable { name, paths } => self.variable(name, paths),
        }
    }

    /// Looks for a name where it is put to use.
    fn used(&self, name: &str, path: &str) -> Result<Trace, String> {
        self.file(path)?;
        let used = facts::used(self.tree, path, name);
        let line = used.ok_or_else(|| {
            format!("`{name}` isn't used in `{path}`: comments and imports don't count")
        })?;
        Ok(Trace::Use {
            name: name.to_owned(),
            path: path.to_owned(),
            line,
        })
    }

    /// Looks for an entry of a file. A setting that stands there twice has the value in each place.
    fn entry(&self, entry: &Entry, path: &str) -> Result<Trace, String> {
        self.file(path)?;
        let line = match entry {
            Entry::Value { name, value } => {
                let found = facts::assigned(self.tree, path, name);
                let first = found.first().ok_or_else(|| {
                    format!("`{path}` gives `{name}` no value that can be read there")
                })?;
                let other = found.iter().find(|it| !it.is(value));
                if let Some(other) = other {
                    let line = other.line;
                    return Err(format!("`{name}` isn't `{value}` at {path}:{line}"));
                }
                first.line
            }
            Entry::Dependency(name) => facts::dependency(self.tree, path, name)
                .ok_or_else(|| format!("`{path}` doesn't list `{name}`"))?,
        };
        Ok(Trace::Entry {
            entry: entry.to_string(),
            path: path.to_owned(),
            line,
        })
    }

    /// What is known of a path: what was seen of it, else what the snapshot has there.
    fn sight(&self, path: &str) -> Sight {
        let by_tree = || {
            let folder = path.trim_end_matches('/');
            let there = match (self.tree.get(folder), self.tree.other(folder)) {
                (Some(text), _) => There::File {
                    size: u64::try_from(text.len()).unwrap_or(u64::MAX),
                    sha256: sha256(text.as_bytes()),
                    blank: text.trim_start_matches('\u{feff}').trim().is_empty(),
                },
                (None, Some(other)) => There::File {
                    size: other.size,
                    sha256: String::new(),
                    blank: other.size == 0,
                },
                (None, None) if self.tree.has_folder(folder) => There::Folder {
                    files: self.tree.below(folder).count() + self.tree.others_in(folder).count(),
                },
                (None, None) => There::Nothing,
            };
            Sight {
                there,
                changed: None,
                known: false,
                ignored: false,
            }
        };
        let seen = self.seen.and_then(|seen| seen.paths.get(path));
        seen.cloned().unwrap_or_else(by_tree)
    }

    fn file(&self, path: &str) -> Result<Trace, String> {
        let name = path.rsplit('/').next().unwrap_or(path);
        match self.sight(path).there {
            There::Nothing => Err(match self.tree.only_below(path) {
                Some(other) => {
                    format!("`{path}` isn't there yet (if `{other}` is meant, say its whole path)")
                }
                None => format!("`{path}` isn't there yet"),
            }),
            There::Refused(reason) => Err(format!("`{path}`: {reason}")),
            // `docs/` may be written `docs`, but `docs/api.md` can only be a file.
            There::Folder { .. }
                if Path::new(path).extension().is_some() && !path.ends_with('/') =>
            {
                Err(format!("`{path}` is a folder, not a file"))
            }
            There::Folder { files: 0 } => Err(format!("`{path}` holds no file yet")),
            There::Folder { files } if self.is_only_told_of(path, files) => {
                Err(format!("`{path}` holds nothing but a README"))
            }
            There::Folder { files } => Ok(Trace::Folder {
                path: path.to_owned(),
                files,
            }),
            There::File { .. } if path.ends_with('/') => {
                Err(format!("`{path}` is a file, not a folder"))
            }
            There::File { size: 0, .. } if !EMPTY.contains(&name) => {
                Err(format!("`{path}` is empty"))
            }
            There::File { blank: true, .. } if !EMPTY.contains(&name) => {
                Err(format!("`{path}` holds nothing but blanks"))
            }
            There::File { size, sha256, .. } => {
                let text = self.tree.get(path).filter(|_| !EMPTY.contains(&name));
                if let Some(lacks) = text.and_then(|text| facts::unfilled(path, text)) {
                    return Err(format!("`{path}` {lacks}"));
                }
                Ok(Trace::File {
                    path: path.to_owned(),
                    size,
                    sha256,
                })
            }
        }
    }

    /// Whether a folder holds nothing but what says what it is for; one of documents may.
    fn is_only_told_of(&self, path: &str, files: usize) -> bool {
        let documents = ["doc", "adr", "guide", "readme", "runbook", "wiki"];
        let lower = path.to_ascii_lowercase();
        let readme = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or_default();
            name.to_ascii_uppercase().starts_with("README")
        };
        let below = self.tree.below(path.trim_end_matches('/'));
        let told = below.filter(|(path, _)| readme(path)).count();
        told >= files && !documents.iter().any(|word| lower.contains(word))
    }

    fn change(&self, path: &str) -> Result<Trace, String> {
        // What was emptied or deleted was changed, but not as anybody asks for.
        self.file(path)?;
        let sight = self.sight(path);
        let since = self.seen.map_or(&Since::NotBegun, |seen| &seen.since);
        match (since, sight.changed) {
            (Since::NotBegun, _) => Err(format!(
                "a change of `{path}` counts from the phase's first run on"
            )),
            (Since::Unknown(why), _) => {
                Err(format!("it can't be told whether `{path}` changed: {why}"))
            }
            (Since::Commit(_), Some(commit)) => Ok(Trace::Change {
                path: path.to_owned(),
                commit,
            }),
            (Since::Commit(_), None) if sight.ignored => Err(format!(
                "git ignores `{path}`, so nobody can tell whether it changed"
            )),
            (Since::Commit(commit), None) => Err(format!(
                "`{path}` hasn't changed since the phase began (at {commit}); comments and blank lines \
                 don't count"
            )),
        }
    }

    fn absent(&self, path: &str) -> Result<Trace, String> {
        let sight = self.sight(path);
        match sight.there {
            There::Refused(reason) => Err(format!("`{path}`: {reason}")),
            There::File { .. } | There::Folder { .. } => Err(format!("`{path}` is still there")),
            There::Nothing if sight.known => Ok(Trace::Absent {
                path: path.to_owned(),
            }),
            There::Nothing => Err(format!(
                "`{path}` isn't there, and git never had it: is the path right?"
            )),
        }
    }

    /// Whether a place only stands for what the application has, as a test or a mock does; the
    /// application itself may be an example.
    fn stands_in(&self, origin: &Origin) -> bool {
        let compose = self.facts.project.as_ref().and_then(|it| it.files.first());
        let home = compose.and_then(|file| Some(file.rsplit_once('/')?.0));
        let own = home.and_then(|home| origin.path.strip_prefix(home));
        facts::is_stand_in(own.unwrap_or(&origin.path))
    }

    /// Whether one of the paths is the stand-in itself, or a folder of such; the folder of a package
    /// isn't its tests.
    fn names_stand_in(&self, paths: &[String], origin: &Origin) -> bool {
        let stands_in = |folder: &String| {
            let inside = Origin {
                path: format!("{}/a", folder.trim_end_matches('/')),
                line: 1,
            };
            self.stands_in(&inside)
        };
        paths.iter().any(|it| *it == origin.path || stands_in(it))
    }

    /// Whether a table is made there: by a migration, where the workspace has any.
    fn makes_table(&self, found: &Definition) -> bool {
        facts::is_migration(&found.origin.path) || !self.definitions().has_migrations()
    }

    /// Looks for a definition; `stand_ins` is whether the paths may name tests and mocks as well.
    fn symbol(&self, symbol: &Symbol, scope: Scope<'_>, stand_ins: bool) -> Result<Trace, String> {
        // Tables are made by migrations, in whatever those are written.
        let scope = if symbol.noun == Noun::Table {
            Scope::of(scope.paths)
        } else {
            scope
        };
        let paths = scope.paths;
        let fits: Vec<&Definition> = self
            .definitions()
            .named(&symbol.name)
            .iter()
            .filter(|it| belongs(it, symbol) && is_asked(self.tree, it, symbol))
            .filter(|it| it.sort != Sort::Table || self.makes_table(it))
            .filter(|it| symbol.noun != Noun::Endpoint || self.is_served(symbol, it))
            .collect();
        let inside = |it: &&&Definition| {
            let named = || stand_ins && self.names_stand_in(paths, &it.origin);
            let meant = is_test(&symbol.name) || !self.stands_in(&it.origin) || named();
            meant && scope.has(&it.origin)
        };
        if let Some(found) = fits.iter().find(inside) {
            if symbol.changed && self.is_as_it_was(symbol, &found.origin.path) {
                return Err(format!(
                    "`{symbol}` at {} is as it was when the phase began",
                    found.origin
                ));
            }
            return Ok(Trace::Symbol {
                name: symbol.to_string(),
                path: found.origin.path.clone(),
                line: found.origin.line,
            });
        }
        if let Some((path, line)) = self.field(symbol, inside) {
            return Ok(Trace::Symbol {
                name: symbol.to_string(),
                path,
                line,
            });
        }
        if let Some((path, line)) = self.written_plainly(symbol, paths) {
            return Ok(Trace::Symbol {
                name: symbol.to_string(),
                path,
                line,
            });
        }
        let known = fits.iter().any(|it| !self.stands_in(&it.origin));
        if let Some(used) = self.placed(symbol, (scope, known)) {
            return Ok(used);
        }
        Err(self.undefined(symbol, scope, fits.first().copied()))
    }

    /// Looks for a component that was to be added to a page, where it is put: defined elsewhere, or in
    /// a package (``add `ErrorBoundary` to `main.tsx` ``).
    fn placed(&self, symbol: &Symbol, (scope, known): (Scope<'_>, bool)) -> Option<Trace> {
        const PAGES: [&str; 4] = ["jsx", "svelte", "tsx", "vue"];
        let [path] = scope.paths else { return None };
        let page = Path::new(path).extension().and_then(|it| it.to_str());
        let page = page.is_some_and(|it| PAGES.contains(&it));
        let component = symbol.name.starts_with(char::is_uppercase)
            && matches!(symbol.noun, Noun::None | Noun::Part)
            && symbol.within.is_none()
            && !symbol.call
            && symbol.signature.is_empty();
        let there = known || self.definitions().named(&symbol.name).is_empty();
        (symbol.put && page && component && there).then_some(())?;
        self.used(&symbol.name, path).ok()
    }

    /// Returns that a symbol was found nowhere, and what there is instead: the first that fits and lies
    /// elsewhere, or one of its name.
    fn undefined(&self, symbol: &Symbol, scope: Scope<'_>, first: Option<&Definition>) -> String {
        let place = match scope.paths {
            [] => String::new(),
            paths => format!(" in {}", quoted(paths)),
        };
        let called = self.definitions().named(&symbol.name).iter();
        let mut called = called.filter(|it| scope.has(&it.origin));
        let other = match (first, called.next()) {
            (Some(it), _) => format!("; there is one at {}", it.origin),
            (None, Some(it)) if is_stub(self.tree, it, symbol) => {
                format!("; the one at {} does nothing yet", it.origin)
            }
            (None, Some(it)) => format!("; what is called so at {} is another", it.origin),
            (None, None) => String::new(),
        };
        format!("no definition of `{symbol}` was found{place}{other}")
    }

    /// Whether a file changed, and what is defined there by that name didn't.
    fn is_as_it_was(&self, symbol: &Symbol, path: &str) -> bool {
        let altered = self.seen.and_then(|seen| seen.altered.get(path));
        altered.is_some_and(|names| !names.contains(&symbol.name))
    }

    /// Looks for a field in the type that it is to be one of.
    fn field(
        &self,
        symbol: &Symbol,
        inside: impl Fn(&&&Definition) -> bool,
    ) -> Option<(String, usize)> {
        let owner = symbol.within.as_deref()?;
        let plain = matches!(symbol.noun, Noun::None | Noun::Field) && symbol.signature.is_empty();
        (plain && !symbol.call).then_some(())?;
        let types = self.definitions().named(owner).iter();
        let types: Vec<&Definition> = types.filter(|it| it.sort == Sort::Type).collect();
        types.iter().filter(inside).find_map(|of| {
            let line = facts::field(self.tree, (owner, of), &symbol.name)?;
            Some((of.origin.path.clone(), line))
        })
    }

    /// Looks for a function of a shell script's, or a directive of nginx's, in the files that are named.
    fn written_plainly(&self, symbol: &Symbol, paths: &[String]) -> Option<(String, usize)> {
        if symbol.within.is_some() || !symbol.signature.is_empty() {
            return None;
        }
        let function = matches!(symbol.noun, Noun::None | Noun::Function);
        let directive = !symbol.call && symbol.noun == Noun::None;
        paths.iter().find_map(|path| {
            let text = self.tree.get(path)?;
            let called = || facts::shell_function(path, text, &symbol.name);
            let given = || facts::directive(path, text, &symbol.name);
            let found = function.then(called).flatten();
            let line = found.or_else(|| directive.then(given).flatten())?;
            Some((path.clone(), line))
        })
    }

    /// Returns the files that a type is defined in.
    fn homes(&self, owner: &str, paths: &[String]) -> Result<Vec<String>, String> {
        let types = self.definitions().named(owner).iter();
        let types = types.filter(|it| it.sort == Sort::Type && !self.stands_in(&it.origin));
        let inside = types.filter(|it| paths.is_empty() || is_within(&it.origin, paths));
        let homes: Vec<String> = inside.map(|it| it.origin.path.clone()).collect();
        if homes.is_empty() {
            return Err(format!("no definition of `{owner}` was found"));
        }
        Ok(homes)
    }

    /// Returns the only file of the application that defines a function or type of that name.
    pub(in crate::resolve) fn home(&self, name: &str) -> Option<&str> {
        let defined = self.definitions().named(name).iter();
        let mut defined = defined.filter(|it| {
            let made = matches!(it.sort, Sort::Function | Sort::Type) && !it.promised;
            made && !self.stands_in(&it.origin)
        });
        let first = defined.next()?.origin.path.as_str();
        defined.all(|it| it.origin.path == first).then_some(first)
    }

    fn definitions(&self) -> &Definitions {
        self.definitions
            .get_or_init(|| facts::definitions(self.tree))
    }

    fn variable(&self, name: &str, paths: &[String]) -> Result<Trace, String> {
        let all = self.variables();
        let inside = |origin: &Origin| {
            paths.is_empty() && !self.stands_in(origin) || is_within(origin, paths)
        };
        let defined = all
            .iter()
            .find(|(known, origin)| known == name && inside(origin))
            .map(|(_, origin)| (origin.path.clone(), origin.line));
        // A script's own variables are looked at where the script is named.
        let in_script = || {
            paths.iter().find_map(|path| {
                let line = facts::shell_variable(path, self.tree.get(path)?, name)?;
                Some((path.clone(), line))
            })
        };
        match defined.or_else(in_script) {
            Some((path, line)) => Ok(Trace::Variable {
                name: name.to_owned(),
                path,
                line,
            }),
            None if paths.is_empty() => Err(format!(
                "`{name}` is in no settings source, no `.env.example` and no Compose file"
            )),
            None => Err(format!("`{name}` isn't read or set in {}", quoted(paths))),
        }
    }
}

/// Where a trace is looked for.
#[derive(Clone, Copy)]
struct Scope<'s> {
    /// The files and folders; anywhere where there are none.
    paths: &'s [String],
    /// The endings of files; any where there are none.
    endings: &'s [&'s str],
}

impl<'s> Scope<'s> {
    fn of(paths: &'s [String]) -> Self {
        Self {
            paths,
            endings: &[],
        }
    }

    fn has(&self, origin: &Origin) -> bool {
        let ending = origin.path.rsplit('.').next().unwrap_or_default();
        let written = self.endings.is_empty() || self.endings.contains(&ending);
        written && (self.paths.is_empty() || is_within(origin, self.paths))
    }

    /// Returns the scope in words.
    fn told(&self) -> String {
        if self.paths.is_empty() {
            let endings: Vec<String> = self.endings.iter().map(|it| format!("`.{it}`")).collect();
            endings.join(" or ")
        } else {
            quoted(self.paths)
        }
    }
}

/// Returns whether a definition belongs to what a symbol does.
fn belongs(found: &Definition, symbol: &Symbol) -> bool {
    symbol.within.as_ref().is_none_or(|within| {
        found.within.as_ref() == Some(within)
            || (found.within.is_none() && module(&found.origin.path) == within)
    })
}

/// Returns the name of the module that a file is.
fn module(path: &str) -> &str {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = file.split('.').next().unwrap_or(file);
    if matches!(stem, "mod" | "__init__" | "index") {
        folder.rsplit('/').next().unwrap_or(folder)
    } else {
        stem
    }
}

/// Returns whether a place is in one of these files, or below one of these folders.
fn is_within(origin: &Origin, paths: &[String]) -> bool {
    let inside = |path: &String| {
        if is_package(&origin.path, path) {
            origin.path.rsplit_once('/').map(|(folder, _)| folder) == Some(path)
        } else {
            is_below(&origin.path, path)
        }
    };
    paths.iter().any(inside)
}

/// Returns whether a path that isn't written as a folder's is a package of Go's, for a file of Go's:
/// what lies below one is of other packages.
fn is_package(file: &str, path: &str) -> bool {
    let has = |path: &str, ending: &str| Path::new(path).extension().is_some_and(|it| it == ending);
    has(file, "go") && !has(path, "go") && !path.ends_with('/')
}

/// Returns whether a path is another one or lies below it.
pub(super) fn is_below(path: &str, other: &str) -> bool {
    path == other.trim_end_matches('/') || facts::is_below(path, other)
}

fn quoted(paths: &[String]) -> String {
    let quote = |path: &String| format!("`{}`", path.trim_end_matches('/'));
    let quoted: Vec<String> = paths.iter().map(quote).collect();
    quoted.join(" or ")
}

#[cfg(test)]
mod lines;
#[cfg(test)]
mod tests;
