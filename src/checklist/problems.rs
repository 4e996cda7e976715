//! Collects what is wrong with one document, so that it is reported together.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics};

use super::Span;

/// The problems found so far in one document.
pub(super) struct Problems<'d> {
    path: &'d str,
    text: Arc<str>,
    found: Vec<Diagnostic>,
    heard: Vec<Span>,
}

impl<'d> Problems<'d> {
    pub(super) fn new(path: &'d str, text: &Arc<str>) -> Self {
        Self {
            path,
            text: Arc::clone(text),
            found: Vec::new(),
            heard: Vec::new(),
        }
    }

    /// Adds an error; `help` may be empty.
    pub(super) fn error(&mut self, span: &Span, message: String, help: &str) {
        self.add(Diagnostic::error(message), span, help);
    }

    /// Adds a warning; `help` may be empty.
    pub(super) fn warning(&mut self, span: &Span, message: String, help: &str) {
        self.add(Diagnostic::warning(message), span, help);
    }

    /// Returns how many there are so far.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// Gives those found since there were `from` the name of a rule, where they have none.
    pub(super) fn name(&mut self, from: usize, rule: &'static str) {
        for found in self.found.iter_mut().skip(from) {
            if found.rule.is_empty() {
                found.rule = rule;
            }
        }
    }

    /// Adds what would mend the last one found, if a person chooses so.
    pub(super) fn suggest(&mut self, span: Span, text: &str) {
        if let Some(last) = self.found.pop() {
            self.found.push(last.suggest(span, text));
        }
    }

    /// Adds another place of the document that the last one found is about.
    pub(super) fn relate(&mut self, span: &Span, label: &str) {
        if let Some(last) = self.found.pop() {
            let related = last.related(self.path, &self.text, span.clone(), label);
            self.found.push(related);
        }
    }

    /// Takes a place down of which all that there is to say is said.
    pub(super) fn hear(&mut self, span: &Span) {
        self.heard.push(span.clone());
    }

    /// Returns the places of which all is said.
    pub(super) fn heard(&self) -> impl Iterator<Item = &Span> {
        self.heard.iter()
    }

    /// Returns where what these rules found begins, in order.
    pub(super) fn places(&self, rules: &[&str]) -> Vec<usize> {
        let found = self.found.iter().filter(|it| rules.contains(&it.rule));
        let mut places: Vec<usize> = found
            .filter_map(|it| Some(it.place.as_ref()?.span.start))
            .collect();
        places.sort_unstable();
        places
    }

    /// Adds what is placed already.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Returns a warning about a place, not added yet.
    pub(super) fn placed(&self, span: &Span, message: String, help: &str) -> Diagnostic {
        let warning = Diagnostic::warning(message).help(help);
        warning.at(self.path, &self.text, span.clone(), "")
    }

    /// Returns a note about a place, not added yet.
    pub(super) fn noted(&self, span: &Span, message: String, help: &str) -> Diagnostic {
        let note = Diagnostic::note(message).help(help);
        note.at(self.path, &self.text, span.clone(), "")
    }

    /// Returns everything, in the order of places.
    ///
    /// What has no rule's name yet is about how the document is written.
    pub(super) fn settle(mut self) -> Diagnostics {
        self.name(0, "document");
        let start = |found: &Diagnostic| found.place.as_ref().map_or(0, |place| place.span.start);
        self.found.sort_by_key(start);
        Diagnostics(self.found)
    }

    fn add(&mut self, diagnostic: Diagnostic, span: &Span, help: &str) {
        let placed = diagnostic.at(self.path, &self.text, span.clone(), "");
        self.found.push(if help.is_empty() {
            placed
        } else {
            placed.help(help)
        });
    }
}
