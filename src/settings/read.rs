//! Reads tables of a TOML document with places, collecting all problems.

use std::sync::Arc;
use std::time::Duration;

use toml::de::{DeTable, DeValue};

use crate::checklist::Span;
use crate::diagnostic::{Diagnostic, Diagnostics, nearest};

use super::Extras;

/// The rule's name of what is wrong with settings.
const RULE: &str = "setting";

/// A document being read, with the problems found so far.
pub(super) struct Reader<'d> {
    path: &'d str,
    text: Arc<str>,
    problems: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
}

/// A value with its key's and its own place.
pub(super) struct Entry<'t, 'd> {
    pub(super) key: &'t str,
    pub(super) key_span: Span,
    pub(super) value: &'t DeValue<'d>,
    pub(super) span: Span,
}

impl<'d> Reader<'d> {
    pub(super) fn new(path: &'d str, text: &str) -> Self {
        Self {
            path,
            text: Arc::from(text),
            problems: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Returns the settings, or all problems.
    pub(super) fn finish<T>(self, settings: T) -> Result<T, Diagnostics> {
        if self.problems.is_empty() {
            Ok(settings)
        } else {
            Err(Diagnostics(self.problems))
        }
    }

    /// Returns what a person should know of settings that can be read.
    pub(super) fn warnings(&mut self) -> Diagnostics {
        Diagnostics(std::mem::take(&mut self.warnings))
    }

    /// Adds a warning about a place.
    pub(super) fn warn(&mut self, warning: Diagnostic, span: Span) {
        self.warnings
            .push(warning.at(self.path, &self.text, span, ""));
    }

    /// Adds a problem that has its help already.
    pub(super) fn refuse(&mut self, problem: Diagnostic, span: Span, label: &str) {
        self.problems
            .push(problem.at(self.path, &self.text, span, label));
    }

    /// Returns the document's syntax errors.
    pub(super) fn syntax(mut self, error: &toml::de::Error) -> Diagnostics {
        let span = error.span().unwrap_or(0..0);
        self.problem(
            error.message().to_lowercase().trim_end_matches('.'),
            span,
            "",
        );
        Diagnostics(self.problems)
    }

    pub(super) fn problem(&mut self, message: impl Into<String>, span: Span, label: &str) {
        let diagnostic = Diagnostic::error(message).rule(RULE);
        let diagnostic = diagnostic.at(self.path, &self.text, span, label);
        self.problems.push(diagnostic);
    }

    /// Reports a key that is none of the known ones.
    pub(super) fn unknown(&mut self, entry: &Entry<'_, '_>, known: &[&str]) {
        let key = entry.key;
        let mut diagnostic = Diagnostic::error(format!("there is no setting `{key}`")).at(
            self.path,
            &self.text,
            entry.key_span.clone(),
            "not known",
        );
        diagnostic = match nearest(key, known) {
            Some(near) => diagnostic
                .help(format!("did you mean `{near}`?"))
                .suggest(entry.key_span.clone(), near),
            None => diagnostic.help(format!("known here: {}", known.join(", "))),
        };
        self.problems.push(diagnostic.rule(RULE));
    }

    fn wrong_type<T>(&mut self, entry: &Entry<'_, '_>, wanted: &str) -> Option<T> {
        let message = format!("`{}` must be {wanted}", entry.key);
        let found = format!("this is of type {}", entry.value.type_str());
        self.problem(message, entry.span.clone(), &found);
        None
    }

    pub(super) fn string(&mut self, entry: &Entry<'_, '_>) -> Option<String> {
        match entry.value.as_str() {
            Some(text) => Some(text.to_owned()),
            None => self.wrong_type(entry, "a string"),
        }
    }

    pub(super) fn boolean(&mut self, entry: &Entry<'_, '_>) -> Option<bool> {
        match entry.value.as_bool() {
            Some(value) => Some(value),
            None => self.wrong_type(entry, "`true` or `false`"),
        }
    }

    /// Returns the texts of a string or of a list of strings, each with its place.
    pub(super) fn names(&mut self, entry: &Entry<'_, '_>) -> Vec<(String, Span)> {
        match entry.value.as_str() {
            Some(one) => vec![(one.to_owned(), entry.span.clone())],
            None => self.items(entry, "a string or a list of strings"),
        }
    }

    pub(super) fn strings(&mut self, entry: &Entry<'_, '_>) -> Vec<String> {
        let items = self.items(entry, "a list of strings").into_iter();
        items.map(|(text, _)| text).collect()
    }

    /// Returns the texts of a list, each with its place, or none where it isn't what is `wanted`.
    fn items(&mut self, entry: &Entry<'_, '_>, wanted: &str) -> Vec<(String, Span)> {
        let Some(array) = entry.value.as_array() else {
            let none: Option<()> = self.wrong_type(entry, wanted);
            return none.map(|()| Vec::new()).unwrap_or_default();
        };
        let mut items = Vec::new();
        for item in array {
            let entry = Entry {
                key: entry.key,
                key_span: entry.key_span.clone(),
                value: item.get_ref(),
                span: item.span(),
            };
            items.extend(self.string(&entry).map(|text| (text, item.span())));
        }
        items
    }

    /// Returns the entries of a table, or none where it isn't one.
    pub(super) fn table<'t, 'v>(&mut self, entry: &Entry<'t, 'v>) -> Vec<Entry<'t, 'v>> {
        match entry.value.as_table() {
            Some(table) => entries(table),
            None => self.wrong_type(entry, "a table").unwrap_or_default(),
        }
    }

    /// Returns the tables of a list of tables.
    pub(super) fn tables<'t, 'v>(&mut self, entry: &Entry<'t, 'v>) -> Vec<Vec<Entry<'t, 'v>>> {
        match entry.value.as_array() {
            Some(array) if array.iter().all(|item| item.get_ref().is_table()) => array
                .iter()
                .filter_map(|item| item.get_ref().as_table())
                .map(entries)
                .collect(),
            Some(_) | None => self
                .wrong_type(entry, "a list of tables")
                .unwrap_or_default(),
        }
    }

    /// Returns a table's names with their texts, in order.
    pub(super) fn pairs(&mut self, entry: &Entry<'_, '_>) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for inner in self.table(entry) {
            if let Some(value) = self.string(&inner) {
                pairs.push((inner.key.to_owned(), value));
            }
        }
        pairs
    }

    /// Returns a table's names with their images, which may have `{service}` and `{revision}`.
    pub(super) fn images(&mut self, entry: &Entry<'_, '_>) -> Vec<(String, String)> {
        let mut images = Vec::new();
        for inner in self.table(entry) {
            let Some(image) = self.string(&inner) else {
                continue;
            };
            let rest = image.replace("{service}", "").replace("{revision}", "");
            if let Some(unknown) = braced(&rest) {
                let message = format!("an image has no `{unknown}`");
                let label = "`{service}` and `{revision}` are filled in";
                self.problem(message, inner.span.clone(), label);
            }
            if image.trim().is_empty() {
                let message = format!("`{}` names no image", inner.key);
                self.problem(message, inner.span.clone(), "");
            }
            images.push((inner.key.to_owned(), image.trim().to_owned()));
        }
        images
    }

    pub(super) fn duration(&mut self, entry: &Entry<'_, '_>) -> Option<Duration> {
        let text = self.string(entry)?;
        let read = duration(&text);
        if read.is_none() {
            let message = format!("`{text}` is not a length of time such as `500ms`, `30s`, `5m`");
            self.problem(message, entry.span.clone(), "");
        }
        read
    }

    pub(super) fn extras(&mut self, entry: &Entry<'_, '_>) -> Option<Extras> {
        match self.string(entry)?.as_str() {
            "write" => Some(Extras::Write),
            "report" => Some(Extras::Report),
            other => {
                let message = format!("`extras` must be `write` or `report`, not `{other}`");
                self.problem(message, entry.span.clone(), "");
                None
            }
        }
    }
}

/// Returns a table's entries in the document's order.
pub(super) fn entries<'t, 'd>(table: &'t DeTable<'d>) -> Vec<Entry<'t, 'd>> {
    let mut entries: Vec<Entry<'t, 'd>> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref(),
            key_span: key.span(),
            value: value.get_ref(),
            span: value.span(),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_span.start);
    entries
}

/// Returns the first `{…}` of a text.
fn braced(text: &str) -> Option<String> {
    let (_, rest) = text.split_once('{')?;
    let (name, _) = rest.split_once('}')?;
    Some(format!("{{{name}}}"))
}

/// Returns the length of time that a text such as `90s` or `5m` gives.
fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_secs(number.checked_mul(60)?)),
        "h" => Some(Duration::from_secs(number.checked_mul(3600)?)),
        _ => None,
    }
}
