//! Looking for one trace: in what was seen of paths, in definitions, endpoints and variables.

use std::cell::OnceCell;

use super::{Expectation, Expected, Seen, Sight, Since, Symbol, There};
use crate::facts::{self, Definition, Definitions, Endpoint, Facts, Origin, Sort, Tree};
use crate::journal::{Trace, sha256};

/// Names of files that are there by being there.
const EMPTY: &[&str] = &["__init__.py", "py.typed", ".nojekyll", ".gitkeep", ".keep"];

/// What traces are looked for in. What takes long is read once, when it is first asked for.
pub struct Look<'a> {
    tree: &'a Tree,
    facts: &'a Facts,
    seen: Option<&'a Seen>,
    definitions: OnceCell<Definitions>,
    endpoints: OnceCell<Vec<Endpoint>>,
    variables: OnceCell<Vec<(String, Origin)>>,
}

impl<'a> Look<'a> {
    /// Returns what there is to look in.
    pub fn new(tree: &'a Tree, facts: &'a Facts, seen: Option<&'a Seen>) -> Self {
        Self {
            tree,
            facts,
            seen,
            definitions: OnceCell::new(),
            endpoints: OnceCell::new(),
            variables: OnceCell::new(),
        }
    }

    /// Returns a trace with what was found of it.
    pub fn expect(&self, what: &Expectation) -> Expected {
        Expected {
            what: what.clone(),
            found: self.find(what),
        }
    }

    /// Returns why a trace that was found before isn't there any more, if it isn't.
    pub fn gone(&self, trace: &Trace) -> Option<String> {
        self.find(&wanted(trace)).err()
    }

    fn find(&self, what: &Expectation) -> Result<Trace, String> {
        if self.seen.is_none() {
            return Err(format!("`{what}` wasn't looked for"));
        }
        match what {
            Expectation::File(path) => self.file(path),
            Expectation::Change(path) => self.change(path),
            Expectation::Absent(path) => self.absent(path),
            Expectation::Symbol { symbol, paths } => self.symbol(symbol, paths),
            Expectation::Endpoint { method, route } => self.endpoint(method.as_deref(), route),
            Expectation::Variable { name, paths } => self.variable(name, paths),
        }
    }

    /// What is known of a path: what was seen of it, else what the snapshot has there.
    fn sight(&self, path: &str) -> Sight {
        let by_tree = || {
            let folder = path.trim_end_matches('/');
            let there = match (self.tree.get(folder), self.tree.other(folder)) {
                (Some(text), _) => There::File {
                    size: u64::try_from(text.len()).unwrap_or(u64::MAX),
                    sha256: sha256(text.as_bytes()),
                },
                (None, Some(other)) => There::File {
                    size: other.size,
                    sha256: String::new(),
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
            There::Nothing => Err(format!("`{path}` isn't there yet")),
            There::Refused(reason) => Err(format!("`{path}`: {reason}")),
            There::Folder { files: 0 } => Err(format!("`{path}` holds no file yet")),
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
            There::File { size, sha256 } => Ok(Trace::File {
                path: path.to_owned(),
                size,
                sha256,
            }),
        }
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
                "`{path}` hasn't changed since the phase began (at {commit})"
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

    fn symbol(&self, symbol: &Symbol, paths: &[String]) -> Result<Trace, String> {
        let definitions = self
            .definitions
            .get_or_init(|| facts::definitions(self.tree));
        let fits: Vec<&Definition> = definitions
            .named(&symbol.name)
            .iter()
            .filter(|it| fits(it, symbol))
            .collect();
        let inside = |it: &&&Definition| {
            if paths.is_empty() {
                // What a test makes up stands for what the application has.
                !facts::is_test(&it.origin.path) || symbol.name.to_lowercase().starts_with("test")
            } else {
                paths.iter().any(|path| is_below(&it.origin.path, path))
            }
        };
        if let Some(found) = fits.iter().find(inside) {
            return Ok(Trace::Symbol {
                name: symbol.to_string(),
                path: found.origin.path.clone(),
                line: found.origin.line,
            });
        }
        let place = match paths {
            [] => String::new(),
            paths => format!(" in {}", quoted(paths)),
        };
        let other = match fits.first() {
            Some(it) => format!("; there is one at {}", it.origin),
            None => String::new(),
        };
        Err(format!(
            "no definition of `{symbol}` was found{place}{other}"
        ))
    }

    fn endpoint(&self, method: Option<&str>, route: &str) -> Result<Trace, String> {
        let all = self.endpoints.get_or_init(|| facts::endpoints(self.tree));
        let wanted = shape(route);
        let same: Vec<&Endpoint> = all.iter().filter(|it| shape(&it.path) == wanted).collect();
        let fits = |it: &&&Endpoint| method.is_none() || it.method.as_deref() == method;
        if let Some(found) = same.iter().find(fits) {
            return Ok(Trace::Endpoint {
                method: method.map(str::to_owned),
                route: route.to_owned(),
                path: found.origin.path.clone(),
                line: found.origin.line,
            });
        }
        match (same.first(), method) {
            (Some(it), Some(method)) => Err(format!(
                "`{route}` is served at {}, and the source doesn't tell that it takes {method}",
                it.origin
            )),
            (_, Some(method)) => Err(format!("no endpoint `{method} {route}` was found")),
            (_, None) => Err(format!("no endpoint `{route}` was found")),
        }
    }

    fn variable(&self, name: &str, paths: &[String]) -> Result<Trace, String> {
        let all = self
            .variables
            .get_or_init(|| facts::named_variables(self.tree, self.facts));
        let inside = |path: &str| paths.is_empty() || paths.iter().any(|it| is_below(path, it));
        let found = all
            .iter()
            .find(|(known, origin)| known == name && inside(&origin.path));
        match found {
            Some((_, origin)) => Ok(Trace::Variable {
                name: name.to_owned(),
                path: origin.path.clone(),
                line: origin.line,
            }),
            None if paths.is_empty() => Err(format!(
                "`{name}` is in no settings source, no `.env.example` and no Compose file"
            )),
            None => Err(format!("`{name}` isn't read or set in {}", quoted(paths))),
        }
    }
}

/// Returns what would leave that trace.
fn wanted(trace: &Trace) -> Expectation {
    match trace {
        Trace::File { path, .. } | Trace::Folder { path, .. } => Expectation::File(path.clone()),
        Trace::Change { path, .. } => Expectation::Change(path.clone()),
        Trace::Absent { path } => Expectation::Absent(path.clone()),
        Trace::Symbol { name, path, .. } => {
            let call = name.ends_with("()");
            let name = name.trim_end_matches("()");
            let (within, name) = match name.rsplit_once('.') {
                Some((within, name)) => (Some(within.to_owned()), name),
                None => (None, name),
            };
            Expectation::Symbol {
                symbol: Symbol {
                    name: name.to_owned(),
                    within,
                    call,
                    table: false,
                },
                paths: vec![path.clone()],
            }
        }
        Trace::Endpoint { method, route, .. } => Expectation::Endpoint {
            method: method.clone(),
            route: route.clone(),
        },
        Trace::Variable { name, path, .. } => Expectation::Variable {
            name: name.clone(),
            paths: vec![path.clone()],
        },
    }
}

fn fits(found: &Definition, symbol: &Symbol) -> bool {
    let sort = match found.sort {
        Sort::Function => !symbol.table,
        // A type is made by calling it.
        Sort::Type => !symbol.table,
        Sort::Value => !symbol.table && !symbol.call,
        // A trace tells a name alone.
        Sort::Table => !symbol.call,
    };
    let within = symbol.within.as_ref().is_none_or(|within| {
        found.within.as_ref() == Some(within)
            || (found.within.is_none() && module(&found.origin.path) == within)
    });
    sort && within
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

/// Returns whether a path is another one or lies below it.
fn is_below(path: &str, other: &str) -> bool {
    let other = other.trim_end_matches('/');
    path == other
        || path
            .strip_prefix(other)
            .is_some_and(|rest| rest.starts_with('/'))
}

/// Returns a route without the names of its parameters, which each framework writes its own way.
fn shape(route: &str) -> Vec<String> {
    let parts = route.split('/').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let parameter = part.starts_with([':', '{', '<', '['])
                || (part.starts_with('(') && part.ends_with(')'));
            if parameter {
                "{}".to_owned()
            } else {
                part.to_owned()
            }
        })
        .collect()
}

fn quoted(paths: &[String]) -> String {
    let quoted: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
    quoted.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::super::{Expectation, Seen, Sight, Since, Symbol, There};
    use super::Look;
    use crate::facts::{Facts, Tree};
    use crate::journal::Trace;

    fn tree() -> Tree {
        [
            ("src/auth/jwt.py", "class Tokens:\n    def verify(self):\n        pass\n"),
            ("src/auth/__init__.py", ""),
            ("src/empty.py", ""),
            (
                "src/api.py",
                "import os\n@app.post('/api/v1/login')\ndef login(): ...\n\n@app.get('/users/{user_id}')\n\
                 def user(user_id): ...\nLEVEL = os.getenv('LOG_LEVEL')\n",
            ),
            ("tests/test_jwt.py", "def helper(): pass\ndef test_verify(): pass\n"),
            (".env.example", "# the key\nJWT_SECRET=change-me\n"),
        ]
        .into_iter()
        .collect()
    }

    fn symbol(name: &str, within: Option<&str>, paths: &[&str]) -> Expectation {
        Expectation::Symbol {
            symbol: Symbol {
                name: name.to_owned(),
                within: within.map(str::to_owned),
                call: true,
                table: false,
            },
            paths: paths.iter().map(|it| (*it).to_owned()).collect(),
        }
    }

    fn sight(there: There) -> Sight {
        Sight {
            there,
            changed: None,
            known: false,
            ignored: false,
        }
    }

    fn file() -> There {
        There::File {
            size: 1,
            sha256: "00".to_owned(),
        }
    }

    #[track_caller]
    fn check_seen(seen: &Seen, what: &Expectation, expected: Result<&str, &str>) {
        let (tree, facts) = (tree(), Facts::default());
        let found = Look::new(&tree, &facts, Some(seen)).expect(what).found;
        let found = found.map(|trace| trace.to_string());
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(found, expected);
    }

    #[track_caller]
    fn check(what: &Expectation, expected: Result<&str, &str>) {
        check_seen(&Seen::default(), what, expected);
    }

    #[test]
    fn a_file_is_there_and_not_empty() {
        let file = |path: &str| Expectation::File(path.to_owned());
        check(
            &file("src/auth/jwt.py"),
            Ok("`src/auth/jwt.py` is there (49 bytes)"),
        );
        check(&file("src/auth/"), Ok("`src/auth/` holds 2 files"));
        check(
            &file("src/auth/__init__.py"),
            Ok("`src/auth/__init__.py` is there (0 bytes)"),
        );
        check(&file("src/empty.py"), Err("`src/empty.py` is empty"));
        check(&file("src/no.py"), Err("`src/no.py` isn't there yet"));
        check(
            &file("src/api.py/"),
            Err("`src/api.py/` is a file, not a folder"),
        );
        let seen = Seen {
            paths: [(
                "out".to_owned(),
                sight(There::Refused("it leads out".to_owned())),
            )]
            .into(),
            ..Seen::default()
        };
        check_seen(&seen, &file("out"), Err("`out`: it leads out"));
    }

    #[test]
    fn a_change_is_one_since_the_phase_began() {
        let change = Expectation::Change("src/api.py".to_owned());
        check(
            &change,
            Err("a change of `src/api.py` counts from the phase's first run on"),
        );
        let mut seen = Seen {
            since: Since::Commit("abc".to_owned()),
            paths: [("src/api.py".to_owned(), sight(file()))].into(),
        };
        check_seen(
            &seen,
            &change,
            Err("`src/api.py` hasn't changed since the phase began (at abc)"),
        );
        let changed = Sight {
            changed: Some(Some("def".to_owned())),
            ..sight(file())
        };
        seen.paths.insert("src/api.py".to_owned(), changed);
        check_seen(&seen, &change, Ok("`src/api.py` was changed by commit def"));
        let deleted = Sight {
            changed: Some(None),
            ..sight(There::Nothing)
        };
        seen.paths.insert("src/api.py".to_owned(), deleted);
        check_seen(&seen, &change, Err("`src/api.py` isn't there yet"));
        seen.since = Since::Unknown("the commit abc isn't here".to_owned());
        seen.paths.insert("src/api.py".to_owned(), sight(file()));
        check_seen(
            &seen,
            &change,
            Err("it can't be told whether `src/api.py` changed: the commit abc isn't here"),
        );
    }

    #[test]
    fn what_was_never_there_is_not_gone() {
        let absent = |path: &str| Expectation::Absent(path.to_owned());
        check(&absent("src/api.py"), Err("`src/api.py` is still there"));
        check(
            &absent("src/ap.py"),
            Err("`src/ap.py` isn't there, and git never had it: is the path right?"),
        );
        let known = Sight {
            known: true,
            ..sight(There::Nothing)
        };
        let seen = Seen {
            paths: [("src/old.py".to_owned(), known)].into(),
            ..Seen::default()
        };
        check_seen(&seen, &absent("src/old.py"), Ok("`src/old.py` is gone"));
    }

    #[test]
    fn a_symbol_is_defined_where_it_is_looked_for() {
        let at = "`Tokens.verify()` is defined at src/auth/jwt.py:2";
        check(&symbol("verify", Some("Tokens"), &[]), Ok(at));
        check(
            &symbol("verify", Some("Tokens"), &["src/api.py"]),
            Err(
                "no definition of `Tokens.verify()` was found in `src/api.py`; there is one at \
                 src/auth/jwt.py:2",
            ),
        );
        check(
            &symbol("helper", None, &[]),
            Err("no definition of `helper()` was found; there is one at tests/test_jwt.py:1"),
        );
        check(
            &symbol("test_verify", None, &[]),
            Ok("`test_verify()` is defined at tests/test_jwt.py:2"),
        );
        check(
            &symbol("login", Some("api"), &[]),
            Ok("`api.login()` is defined at src/api.py:3"),
        );
    }

    #[test]
    fn an_endpoint_has_the_method_and_the_whole_path() {
        let endpoint = |method: Option<&str>, route: &str| Expectation::Endpoint {
            method: method.map(str::to_owned),
            route: route.to_owned(),
        };
        check(
            &endpoint(Some("POST"), "/api/v1/login"),
            Ok("`POST /api/v1/login` is served at src/api.py:2"),
        );
        check(
            &endpoint(None, "/users/:id"),
            Ok("`/users/:id` is served at src/api.py:5"),
        );
        check(
            &endpoint(Some("DELETE"), "/users/{id}"),
            Err(
                "`/users/{id}` is served at src/api.py:5, and the source doesn't tell that it \
                 takes DELETE",
            ),
        );
        check(
            &endpoint(Some("POST"), "/login"),
            Err("no endpoint `POST /login` was found"),
        );
    }

    #[test]
    fn a_variable_is_named_without_its_value() {
        let variable = |name: &str| Expectation::Variable {
            name: name.to_owned(),
            paths: Vec::new(),
        };
        check(
            &variable("JWT_SECRET"),
            Ok("`JWT_SECRET` is at .env.example:2"),
        );
        check(&variable("LOG_LEVEL"), Ok("`LOG_LEVEL` is at src/api.py:7"));
        check(
            &variable("OTHER"),
            Err("`OTHER` is in no settings source, no `.env.example` and no Compose file"),
        );
    }

    #[test]
    fn a_trace_is_looked_for_again() {
        let facts = Facts::default();
        let seen = Seen::default();
        let trace = Trace::Symbol {
            name: "Tokens.verify()".to_owned(),
            path: "src/auth/jwt.py".to_owned(),
            line: 2,
        };
        let tree = tree();
        assert_eq!(Look::new(&tree, &facts, Some(&seen)).gone(&trace), None);
        let none = Tree::default();
        assert!(Look::new(&none, &facts, Some(&seen)).gone(&trace).is_some());
    }
}
