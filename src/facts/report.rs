//! Places in the files that are read, and the problems found there.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use super::model::Origin;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};

/// A file that is being read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Document {
    /// Its path, relative to the workspace.
    pub(super) path: String,
    /// Its whole text.
    pub(super) text: Arc<str>,
}

/// A place in a [`Document`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    document: Arc<Document>,
    span: Range<usize>,
    line: usize,
}

impl Mark {
    /// Returns the mark of a byte range whose 1-based line is known.
    pub(super) fn new(document: &Arc<Document>, span: Range<usize>, line: usize) -> Self {
        Self {
            document: Arc::clone(document),
            span,
            line,
        }
    }

    /// Returns the mark's file and line.
    pub(super) fn origin(&self) -> Origin {
        Origin {
            path: self.document.path.clone(),
            line: self.line,
        }
    }

    /// Returns an error about this place.
    pub(super) fn error(&self, message: impl Into<String>, label: &str) -> Diagnostic {
        self.place(Diagnostic::error(message), label)
    }

    /// Returns a warning about this place.
    pub(super) fn warning(&self, message: impl Into<String>, label: &str) -> Diagnostic {
        self.place(Diagnostic::warning(message), label)
    }

    fn place(&self, diagnostic: Diagnostic, label: &str) -> Diagnostic {
        diagnostic.at(
            &self.document.path,
            &self.document.text,
            self.span.clone(),
            label,
        )
    }
}

/// Collects the problems of one reading, errors and warnings alike.
#[derive(Debug, Default)]
pub(super) struct Report {
    found: Vec<Diagnostic>,
    /// What was said and where.
    known: HashSet<(String, Option<(String, usize)>)>,
}

impl Report {
    /// Adds a problem, unless the same one is there already (an anchor is read at each alias).
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        let place = diagnostic.place.as_ref();
        let place = place.map(|place| (place.path.clone(), place.span.start));
        if self.known.insert((diagnostic.message.clone(), place)) {
            self.found.push(diagnostic);
        }
    }

    /// Returns whether an error was found.
    pub(super) fn failed(&self) -> bool {
        self.found
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Returns the warnings, or, if there is an error among them, everything as an error.
    pub(super) fn finish(self) -> Result<Diagnostics, Diagnostics> {
        if self.failed() {
            Err(Diagnostics(self.found))
        } else {
            Ok(Diagnostics(self.found))
        }
    }
}
