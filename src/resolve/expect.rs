//! What a person's work leaves behind, and whether it is there: paths, changes, symbols, endpoints,
//! variables.
//!
//! Pure: paths and git's history were looked at before ([`Seen`]). It doesn't read lines; the rule
//! `expect` does.

mod look;
mod places;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use look::Look;

use crate::checklist::TaskId;
use crate::facts::{Form, Origin};
use crate::journal::Trace;

/// What a code span names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Path(String),
    Symbol(Symbol),
    Endpoint {
        method: Option<String>,
        route: String,
        /// What answers it, where that is named.
        by: Option<Answering>,
    },
    Variable(String),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "path {path}"),
            Self::Symbol(symbol) if symbol.noun == Noun::Table => write!(f, "table {symbol}"),
            Self::Symbol(symbol) => write!(f, "symbol {symbol}"),
            Self::Endpoint { method, route, .. } => {
                let method = method.as_ref().map(|it| format!("{it} "));
                write!(f, "endpoint {}{route}", method.unwrap_or_default())
            }
            Self::Variable(name) => write!(f, "variable {name}"),
        }
    }
}

/// A symbol that is to be defined.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// The type or module that it belongs to, where one is named.
    pub within: Option<String>,
    /// Whether it must be something that can be called.
    pub call: bool,
    /// What the line calls it.
    pub noun: Noun,
    /// Whether it was to be changed: a change of something else in its file doesn't do.
    pub changed: bool,
    /// Whether it was to be added to a file: on a page, what is defined elsewhere may be put.
    pub put: bool,
    /// What else its definition must say.
    pub signature: Signature,
}

/// What a line says of a definition, beside its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signature {
    /// The words that it is begun by: `async`, `struct`.
    pub modifiers: Vec<String>,
    /// Its parameters or bases, in their order, as they are written in the line.
    pub parameters: Vec<String>,
    /// What it returns; empty where nobody says.
    pub result: String,
}

impl Signature {
    /// Returns whether nothing is said of it.
    pub fn is_empty(&self) -> bool {
        self.modifiers.is_empty() && self.parameters.is_empty() && self.result.is_empty()
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = self.modifiers.clone();
        words.extend(self.parameters.iter().cloned());
        if !self.result.is_empty() {
            words.push(format!("-> {}", self.result));
        }
        f.write_str(&words.join(", "))
    }
}

/// What a line calls a symbol.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Noun {
    /// Nothing.
    #[default]
    None,
    /// A table of a data base.
    Table,
    /// A model or a schema, which no function is.
    Defined,
    /// A type, whichever.
    Type,
    /// A type of that form.
    Form(Form),
    /// A constant.
    Constant,
    /// A field of a type.
    Field,
    /// A function.
    Function,
    /// A function of a type.
    Method,
    /// Something that may be a function or a type: a handler, a middleware.
    Callable,
    /// What is a function, a class or a value of that name: a component, a controller.
    Part,
    /// A migration: what is of that name and lies among those.
    Migration,
    /// What answers an endpoint.
    Endpoint,
    /// The same as a part; where classes are derived from a framework's to make it, one that is: a form, a
    /// serializer.
    Derived,
    /// A test.
    Test,
    /// Something else that is no table.
    Other,
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(within) = &self.within {
            write!(f, "{within}.")?;
        }
        write!(f, "{}{}", self.name, if self.call { "()" } else { "" })?;
        if self.signature.is_empty() {
            Ok(())
        } else {
            write!(f, " with {}", self.signature)
        }
    }
}

/// What answers an endpoint: a function or a type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answering {
    /// The type that it belongs to, where one is named.
    pub within: Option<String>,
    /// Its name.
    pub name: String,
}

impl fmt::Display for Answering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut within = self.within.iter();
        within.try_for_each(|it| write!(f, "{it}."))?;
        f.write_str(&self.name)
    }
}

/// A trace that a task's work is to leave.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expectation {
    /// A path is there: a file that isn't empty, or a folder that holds one.
    File(String),
    /// A path changed since the phase began.
    Change(String),
    /// A path is gone.
    Absent(String),
    /// A symbol is defined.
    Symbol {
        /// Which.
        symbol: Symbol,
        /// The paths that it is to be found in; anywhere where there are none.
        paths: Vec<String>,
    },
    /// A name is used in a file, outside of its comments and imports.
    Use {
        /// The name.
        name: String,
        /// The file.
        path: String,
    },
    /// An entry stands in a file of settings or dependencies.
    Entry {
        /// Which.
        entry: Entry,
        /// The file.
        path: String,
    },
    /// An endpoint is served.
    Endpoint {
        /// The method, where one is named.
        method: Option<String>,
        /// The path.
        route: String,
        /// The type that it belongs to, where one is named: it is served where that is defined.
        within: Option<String>,
        /// What answers it, where that is named: a function or a type, by its last two names.
        by: Option<Answering>,
        /// The files that it is to be served from; anywhere where there are none.
        paths: Vec<String>,
    },
    /// A variable is named where variables are.
    Variable {
        /// Its name.
        name: String,
        /// The paths that it is to be found in; anywhere where there are none.
        paths: Vec<String>,
    },
}

/// What is to stand in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entry {
    /// A setting has that value.
    Value {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// A dependency is listed.
    Dependency(String),
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { name, value } => write!(f, "{name} = {value}"),
            Self::Dependency(name) => f.write_str(name),
        }
    }
}

impl Expectation {
    /// Returns the word for what is looked for (`file`, `symbol`).
    pub fn word(&self) -> &'static str {
        match self {
            Self::File(_) => "file",
            Self::Change(_) => "change",
            Self::Absent(_) => "absent",
            Self::Symbol { .. } => "symbol",
            Self::Use { .. } => "use",
            Self::Entry { entry, .. } => match entry {
                Entry::Value { .. } => "value",
                Entry::Dependency(_) => "dependency",
            },
            Self::Endpoint { .. } => "endpoint",
            Self::Variable { .. } => "variable",
        }
    }

    /// Returns the paths that the work which leaves it is done in, as far as they are named.
    pub(super) fn touches(&self) -> &[String] {
        match self {
            Self::File(path)
            | Self::Change(path)
            | Self::Use { path, .. }
            | Self::Entry { path, .. } => std::slice::from_ref(path),
            Self::Symbol { paths, .. }
            | Self::Variable { paths, .. }
            | Self::Endpoint { paths, .. } => paths,
            Self::Absent(_) => &[],
        }
    }

    /// Returns the paths of files that are there for the work, to be told more exactly.
    pub(super) fn touches_mut(&mut self) -> &mut [String] {
        match self {
            Self::Change(path) | Self::Use { path, .. } | Self::Entry { path, .. } => {
                std::slice::from_mut(path)
            }
            Self::Symbol { paths, .. }
            | Self::Variable { paths, .. }
            | Self::Endpoint { paths, .. } => paths,
            Self::File(_) | Self::Absent(_) => &mut [],
        }
    }

    /// Returns the path whose presence or change is asked for.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::File(path) | Self::Change(path) | Self::Absent(path) => Some(path),
            Self::Symbol { .. }
            | Self::Use { .. }
            | Self::Entry { .. }
            | Self::Endpoint { .. }
            | Self::Variable { .. } => None,
        }
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let within = |paths: &[String]| match paths {
            [] => String::new(),
            paths => format!(" in {}", paths.join(" or ")),
        };
        match self {
            Self::File(path) => write!(f, "{path}"),
            Self::Change(path) => write!(f, "a change of {path}"),
            Self::Absent(path) => write!(f, "{path} gone"),
            Self::Symbol { symbol, paths } => write!(f, "{symbol}{}", within(paths)),
            Self::Use { name, path } => write!(f, "{name} used in {path}"),
            Self::Entry { entry, path } => write!(f, "{entry} in {path}"),
            Self::Endpoint {
                method,
                route,
                within: of,
                by,
                paths,
            } => {
                let method = method.as_ref().map(|it| format!("{it} "));
                let of = of.as_ref().map(|it| format!(" of {it}"));
                let (method, of) = (method.unwrap_or_default(), of.unwrap_or_default());
                let by = by.as_ref().map(|it| format!(" by {it}"));
                write!(
                    f,
                    "{method}{route}{of}{}{}",
                    by.unwrap_or_default(),
                    within(paths)
                )
            }
            Self::Variable { name, paths } => write!(f, "{name}{}", within(paths)),
        }
    }
}

/// The words around what a task asks for, which may name a part of the application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around {
    /// What its work is for: `the`, `api` of ``add `X` for the api``.
    pub purpose: Vec<String>,
    /// The parts of the application that its work goes into: `orders` of ``add `X` to the orders
    /// service``.
    pub places: Vec<String>,
    /// All of its line.
    pub line: Vec<String>,
    /// Whether all its verbs ask to make or to add something.
    pub adds: bool,
    /// The headings above it, the nearest first.
    pub headings: Vec<Vec<String>>,
    /// The endings of files of source that the nearest heading names that names a language; none
    /// where none does.
    pub endings: Vec<&'static str>,
}

/// A trace that is looked for, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// What is looked for.
    pub what: Expectation,
    /// The trace; or what is missing, in plain words (`src/auth/jwt.py` isn't there yet).
    pub found: Result<Trace, String>,
}

/// Where a phase began, as far as that can be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Since {
    /// It hasn't begun.
    #[default]
    NotBegun,
    /// At that commit, abbreviated.
    Commit(String),
    /// It can't be told, and why.
    Unknown(String),
}

/// What was seen of the paths that tasks name, on disk and in git's history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Where the phase began.
    pub since: Since,
    /// The paths, as tasks name them.
    pub paths: BTreeMap<String, Sight>,
    /// The names of what is defined in the paths that changed, and is written otherwise than it was.
    pub altered: BTreeMap<String, BTreeSet<String>>,
    /// The paths whose change says more often than before that something is to be done, with where.
    pub put_off: BTreeMap<String, Origin>,
    /// The tasks that somebody opened again and nothing of which changed since: who, and a file that
    /// is to change.
    pub rejected: BTreeMap<TaskId, (String, String)>,
}

/// What was seen of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// What is there.
    pub there: There,
    /// What changed it since the phase began: a commit, abbreviated, or (`None` inside) the work
    /// tree.
    pub changed: Option<Option<String>>,
    /// Whether git ever had it.
    pub known: bool,
    /// Whether git ignores it.
    pub ignored: bool,
}

/// What lies at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum There {
    /// Nothing.
    Nothing,
    /// A file.
    File {
        /// Its size in bytes.
        size: u64,
        /// Its SHA-256, in hex.
        sha256: String,
        /// Whether it holds nothing but blanks.
        blank: bool,
    },
    /// A folder.
    Folder {
        /// How many files it holds, as far as they were counted.
        files: usize,
    },
    /// It mustn't be looked at, and why.
    Refused(String),
}
