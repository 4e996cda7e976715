//! Messages with spans, in cargo's style.
//!
//! A diagnostic is a fact about a document; rendering is done by `annotate-snippets`. This module
//! doesn't decide exit codes.

mod lines;
mod nearest;
mod render;
mod uri;

pub use lines::{Counted, Lines, Position};
pub(crate) use nearest::{nearest, nearest_path};
pub use render::{Screen, render};
pub use uri::reference;

use std::fmt;
use std::sync::Arc;

use crate::checklist::Span;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The document can't be used.
    Error,
    /// It can, but a person should look.
    Warning,
    /// It is as it may be, and good to know.
    Note,
}

/// One message about one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: lower case, no final period.
    pub message: String,
    /// Where, if it is about a place.
    pub place: Option<Place>,
    /// The way out, one line each.
    pub help: Vec<String>,
    /// The name of the rule that found it, for programs; empty where it has none.
    pub rule: &'static str,
    /// What mends it.
    pub fix: Option<Fix>,
    /// Other places that it is about, each with what is there as its label.
    pub related: Vec<Place>,
}

/// A replacement in the document that a diagnostic is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The bytes that are replaced.
    pub span: Span,
    /// What stands there then.
    pub text: String,
    /// Whether it is beyond doubt and changes nothing that is meant; what isn't is for a person to
    /// choose.
    pub safe: bool,
}

/// A place in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The path as shown.
    pub path: String,
    /// The whole text.
    pub text: Arc<str>,
    /// The bytes meant.
    pub span: Span,
    /// What is said at the place (`named here`); may be empty.
    pub label: String,
}

impl Place {
    /// Returns the 1-based line and column, in characters, of the place's start and end.
    ///
    /// A byte order mark takes no column; `\r\n`, `\n` and a lone `\r` end a line.
    pub fn positions(&self) -> [(usize, usize); 2] {
        let lines = Lines::of(&self.text);
        [self.span.start, self.span.end].map(|offset| {
            let at = lines.position(&self.text, offset);
            (at.line, at.column)
        })
    }
}

impl Diagnostic {
    /// Returns an error without a place.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            place: None,
            help: Vec::new(),
            rule: "",
            fix: None,
            related: Vec::new(),
        }
    }

    /// Returns a warning without a place.
    pub fn warning(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(message)
        }
    }

    /// Returns the diagnostic, placed.
    #[must_use]
    pub fn at(mut self, path: &str, text: &Arc<str>, span: Span, label: &str) -> Self {
        self.place = Some(Place {
            path: path.to_owned(),
            text: Arc::clone(text),
            span,
            label: label.to_owned(),
        });
        self
    }

    /// Returns the diagnostic with one more place that it is about.
    #[must_use]
    pub fn related(mut self, path: &str, text: &Arc<str>, span: Span, label: &str) -> Self {
        self.related.push(Place {
            path: path.to_owned(),
            text: Arc::clone(text),
            span,
            label: label.to_owned(),
        });
        self
    }

    /// Returns a note without a place.
    pub fn note(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Note,
            ..Self::error(message)
        }
    }

    /// Returns the diagnostic with a line of help added.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Returns the diagnostic with its rule's name.
    #[must_use]
    pub fn rule(mut self, name: &'static str) -> Self {
        self.rule = name;
        self
    }

    /// Returns the diagnostic with what mends it beyond doubt, without changing what is meant.
    #[must_use]
    pub fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        let safe = true;
        self.fix = Some(Fix { span, text, safe });
        self
    }

    /// Returns the diagnostic with what would mend it, if a person chooses so.
    #[must_use]
    pub fn suggest(mut self, span: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        let safe = false;
        self.fix = Some(Fix { span, text, safe });
        self
    }
}

/// Returns an error's message and those of what caused it, outermost first.
pub fn causes(error: &dyn std::error::Error) -> Vec<String> {
    let mut chain = vec![error.to_string()];
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        // Some libraries repeat the cause in their own text.
        if chain.len() > 1 && chain.last().is_some_and(|last| last.ends_with(&text)) {
            chain.pop();
        }
        chain.push(text);
        next = cause.source();
    }
    chain
}

/// All problems found together; never empty when used as an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl std::error::Error for Diagnostics {}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{}", diagnostic.message)?;
        }
        Ok(())
    }
}
