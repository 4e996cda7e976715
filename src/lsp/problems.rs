//! What is wrong with a workspace, as an editor shows it.

use std::collections::BTreeMap;

use gen_lsp_types::{Diagnostic as Shown, DiagnosticSeverity, DiagnosticTag, Message, Range};
use serde_json::json;

use super::text::{Encoding, Lines};
use crate::diagnostic::{Diagnostic, Severity};
use crate::terminal::printable;

/// What stands before a rule's name has none.
const UNNAMED: &str = "document";

/// Returns the problems by the file that they are about; `is_open` tells whether an editor has a
/// file, and with it no byte order mark. What has no place is told at the start of `orch.toml`, or
/// of the first file that is given.
pub(super) fn by_file(
    found: &[Diagnostic],
    (encoding, is_open): (Encoding, &dyn Fn(&str) -> bool),
    first: Option<&str>,
) -> BTreeMap<String, Vec<Shown>> {
    let mut files: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    let first = first.unwrap_or("orch.toml");
    for one in found {
        let path = one.place.as_ref().map_or(first, |place| &place.path);
        files.entry(path).or_default().push(one);
    }
    let shown = |(path, found): (&str, Vec<&Diagnostic>)| {
        let texts = found.iter().filter_map(|it| it.place.as_ref());
        let text = texts.map(|place| &*place.text).next().unwrap_or_default();
        let lines = Lines::of(text, encoding).marked(!is_open(path));
        let shown = found.iter().map(|one| shown(one, &lines)).collect();
        (path.to_owned(), shown)
    };
    files.into_iter().map(shown).collect()
}

/// Returns a problem as an editor shows it.
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
