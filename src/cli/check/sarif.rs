//! Diagnostics as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::Counted;
use crate::check::{RULES, Rule};
use crate::checklist::Span;
use crate::diagnostic::{Diagnostic, Place, Severity};

/// Where the schema of the format is.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Returns the document.
pub(super) fn document(found: &[Diagnostic]) -> Value {
    let mut counted = Counted::default();
    let results: Vec<Value> = found.iter().map(|one| result(one, &mut counted)).collect();
    let rules: Vec<Value> = RULES.iter().map(rule).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "orch",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(rule: &Rule) -> Value {
    let help = format!("{}.\n\nWhat to do: {}.", capital(rule.why), rule.way);
    let markdown = format!("{}.\n\n**What to do:** {}.", capital(rule.why), rule.way);
    json!({
        "id": rule.name,
        "shortDescription": { "text": capital(rule.what) },
        "fullDescription": { "text": format!("{}: {}.", capital(rule.what), rule.why) },
        "help": { "text": help, "markdown": markdown },
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

fn result(one: &Diagnostic, counted: &mut Counted) -> Value {
    let text = std::iter::once(&one.message).chain(&one.help);
    let text: Vec<&str> = text.map(String::as_str).collect();
    let mut result = json!({
        "ruleId": one.rule, "level": level(one.severity),
        "message": { "text": text.join("\n") },
    });
    if let Some(index) = RULES.iter().position(|rule| rule.name == one.rule) {
        result["ruleIndex"] = json!(index);
    }
    let Some(place) = &one.place else {
        return result;
    };
    let uri = json!({ "uri": utf8_percent_encode(&place.path, PATH).to_string() });
    result["locations"] = json!([{ "physicalLocation": {
        "artifactLocation": uri,
        "region": region(place, &place.span, counted),
    } }]);
    if let Some(fix) = &one.fix {
        let replacement = json!({
            "deletedRegion": region(place, &fix.span, counted),
            "insertedContent": { "text": fix.text },
        });
        let said = if fix.safe {
            "beyond doubt: orch check --fix"
        } else {
            "what may have been meant"
        };
        result["fixes"] = json!([{
            "description": { "text": said },
            "artifactChanges": [{ "artifactLocation": uri, "replacements": [replacement] }],
        }]);
    }
    result
}

/// Returns a place in lines and columns, characters and bytes.
fn region(place: &Place, span: &Span, counted: &mut Counted) -> Value {
    let text = &place.text;
    let lines = counted.of(text);
    let [start, end] = [span.start, span.end].map(|at| lines.position(text, at));
    let before = text.get(..span.start).unwrap_or_default();
    let inside = text.get(span.clone()).unwrap_or_default();
    json!({
        "startLine": start.line, "startColumn": start.column,
        "endLine": end.line, "endColumn": end.column,
        "charOffset": before.chars().count(), "charLength": inside.chars().count(),
        "byteOffset": span.start, "byteLength": inside.len(),
    })
}

/// What stands for itself in a path of a URI reference (RFC 3986).
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');
