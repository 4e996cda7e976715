//! What is wrong with a workspace, as an editor shows it.

use std::collections::BTreeMap;

use gen_lsp_types::{
    Diagnostic as Shown, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    Message, Range, Uri,
};
use serde_json::json;

use super::text::{Encoding, Lines};
use crate::diagnostic::{Diagnostic, Severity};
use crate::terminal::printable;

/// What stands before a rule's name has none.
const UNNAMED: &str = "document";

/// How problems are shown.
pub(super) struct Manner<'m> {
    /// What columns count.
    pub(super) encoding: Encoding,
    /// Whether the editor shows other places that a problem is about.
    pub(super) related: bool,
    /// Whether the editor has a file open, and with it no byte order mark.
    pub(super) is_open: &'m dyn Fn(&str) -> bool,
    /// Returns the URI of a file.
    pub(super) uri: &'m dyn Fn(&str) -> Uri,
}

/// Returns the problems by the file that they are about. What has no place is told at the start of
/// the file that is given.
pub(super) fn by_file(
    found: &[Diagnostic],
    manner: &Manner<'_>,
    home: &str,
) -> BTreeMap<String, Vec<Shown>> {
    let mut files: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for one in found {
        let path = one.place.as_ref().map_or(home, |place| &place.path);
        files.entry(path).or_default().push(one);
    }
    let all = |(path, found): (&str, Vec<&Diagnostic>)| {
        let texts = found.iter().filter_map(|it| it.place.as_ref());
        let text = texts.map(|place| &*place.text).next().unwrap_or_default();
        let lines = Lines::of(text, manner.encoding).marked(!(manner.is_open)(path));
        let shown = found.iter().map(|one| Shown {
            related_information: related(one, manner),
            ..shown(one, &lines)
        });
        (path.to_owned(), shown.collect())
    };
    files.into_iter().map(all).collect()
}

/// Returns a problem as an editor shows it, without other places.
pub(super) fn shown(one: &Diagnostic, lines: &Lines<'_>) -> Shown {
    let range = match &one.place {
        Some(place) => lines.range(&place.span),
        None => Range::default(),
    };
    let rule = if one.rule.is_empty() {
        UNNAMED
    } else {
        one.rule
    };
    Shown {
        range,
        severity: Some(severity(one.severity)),
        code: Some(rule.into()),
        source: Some("orch".to_owned()),
        message: Message::String(message(one)),
        // Settings of no phase do nothing.
        tags: (rule == "stray").then(|| vec![DiagnosticTag::Unnecessary]),
        data: Some(json!({ "rule": rule })),
        ..Shown::default()
    }
}

/// Returns the other places that a problem is about, where the editor shows them.
fn related(one: &Diagnostic, manner: &Manner<'_>) -> Option<Vec<DiagnosticRelatedInformation>> {
    if !manner.related || one.related.is_empty() {
        return None;
    }
    let places = one.related.iter().map(|place| {
        let lines = Lines::of(&place.text, manner.encoding);
        let lines = lines.marked(!(manner.is_open)(&place.path));
        DiagnosticRelatedInformation {
            location: Location {
                uri: (manner.uri)(&place.path),
                range: lines.range(&place.span),
            },
            message: printable(&place.label),
        }
    });
    Some(places.collect())
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::Error,
        Severity::Warning => DiagnosticSeverity::Warning,
        Severity::Note => DiagnosticSeverity::Information,
    }
}

/// Returns what is wrong, what stands there, and the way out.
fn message(one: &Diagnostic) -> String {
    let mut lines = vec![one.message.clone()];
    let label = one.place.as_ref().map(|place| place.label.as_str());
    lines.extend(
        label
            .filter(|it| !it.is_empty())
            .map(|it| format!("({it})")),
    );
    lines.extend(one.help.iter().map(|help| format!("help: {help}")));
    let lines: Vec<String> = lines.iter().map(|line| printable(line)).collect();
    lines.join("\n")
}
