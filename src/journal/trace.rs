//! What a person's work left behind, as it was found. Never a value, but the one that a task asks for in
//! the clear.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a phase began in git's history: what changed since is told from there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beginning {
    /// The commit that HEAD was at (40 hex digits); all zeros where there was none yet.
    pub head: String,
    /// The files that were not as that commit has them, with the SHA-256 of what they held (empty:
    /// they were gone). Only those that the checklist's tasks are to change.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dirty: BTreeMap<String, String>,
}

/// One trace of a person's work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "trace", rename_all = "kebab-case")]
pub enum Trace {
    /// A file is there, and isn't empty.
    File {
        /// Its path.
        path: String,
        /// Its size in bytes.
        size: u64,
        /// Its SHA-256, in hex.
        sha256: String,
    },
    /// A folder is there, and holds files.
    Folder {
        /// Its path.
        path: String,
        /// How many files it holds, as far as they were counted.
        files: usize,
    },
    /// A path changed since the phase began.
    Change {
        /// Its path.
        path: String,
        /// The newest commit that changed it, abbreviated; `None`: the work tree did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        commit: Option<String>,
    },
    /// A path that git knew is gone.
    Absent {
        /// Its path.
        path: String,
    },
    /// A symbol is defined.
    Symbol {
        /// Its name.
        name: String,
        /// The file.
        path: String,
        /// The 1-based line.
        line: usize,
    },
    /// A name is used in a file.
    Use {
        /// The name.
        name: String,
        /// The file.
        path: String,
        /// The 1-based line.
        line: usize,
    },
    /// An entry stands in a file: a setting with its value, a dependency.
    Entry {
        /// The entry, as it was asked for (`BATCH_LIMIT = 500`).
        entry: String,
        /// The file.
        path: String,
        /// The 1-based line.
        line: usize,
    },
    /// An endpoint is served.
    Endpoint {
        /// The method, where one was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        method: Option<String>,
        /// The path, as asked for.
        route: String,
        /// The file.
        path: String,
        /// The 1-based line.
        line: usize,
    },
    /// A variable is read, or set, by name.
    Variable {
        /// Its name.
        name: String,
        /// The file.
        path: String,
        /// The 1-based line.
        line: usize,
    },
}

impl Trace {
    /// Returns the file that tells it; none for a folder, and for what is gone.
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::File { path, .. } | Self::Change { path, .. } => Some(path),
            Self::Folder { .. } | Self::Absent { .. } => None,
            Self::Symbol { .. }
            | Self::Use { .. }
            | Self::Entry { .. }
            | Self::Endpoint { .. }
            | Self::Variable { .. } => self.holder(),
        }
    }

    /// Returns the file that holds it, where it is something in a file.
    pub fn holder(&self) -> Option<&str> {
        match self {
            Self::Symbol { path, .. }
            | Self::Use { path, .. }
            | Self::Entry { path, .. }
            | Self::Endpoint { path, .. }
            | Self::Variable { path, .. } => Some(path),
            Self::File { .. } | Self::Folder { .. } | Self::Change { .. } | Self::Absent { .. } => {
                None
            }
        }
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, size, .. } => write!(f, "`{path}` is there ({size} bytes)"),
            Self::Folder { path, files: 1 } => write!(f, "`{path}` holds a file"),
            Self::Folder { path, files } => write!(f, "`{path}` holds {files} files"),
            Self::Change { path, commit } => match commit {
                Some(commit) => write!(f, "`{path}` was changed by commit {commit}"),
                None => write!(f, "`{path}` was changed in the work tree"),
            },
            Self::Absent { path } => write!(f, "`{path}` is gone"),
            Self::Symbol { name, path, line } => {
                write!(f, "`{name}` is defined at {path}:{line}")
            }
            Self::Use { name, path, line } => write!(f, "`{name}` is used at {path}:{line}"),
            Self::Entry { entry, path, line } => write!(f, "`{entry}` stands at {path}:{line}"),
            Self::Endpoint {
                method,
                route,
                path,
                line,
            } => {
                let method = method.as_ref().map(|it| format!("{it} "));
                let method = method.unwrap_or_default();
                write!(f, "`{method}{route}` is served at {path}:{line}")
            }
            Self::Variable { name, path, line } => write!(f, "`{name}` is at {path}:{line}"),
        }
    }
}
