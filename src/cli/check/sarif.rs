//! Diagnostics as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines.

use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Severity};

/// Returns the document.
pub(super) fn document(found: &[Diagnostic]) -> Value {
    let rules: BTreeSet<&str> = found.iter().map(rule).collect();
    let rules: Vec<Value> = rules.into_iter().map(|id| json!({ "id": id })).collect();
    let results: Vec<Value> = found.iter().map(result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "orch",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// What has no rule's name is about how a document is written.
fn rule(one: &Diagnostic) -> &str {
    if one.rule.is_empty() {
        "document"
    } else {
        one.rule
    }
}

fn result(one: &Diagnostic) -> Value {
    let level = match one.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let text = std::iter::once(&one.message).chain(&one.help);
    let text: Vec<&str> = text.map(String::as_str).collect();
    let mut result = json!({
        "ruleId": rule(one), "level": level, "message": { "text": text.join("\n") },
    });
    let Some(place) = &one.place else {
        return result;
    };
    let uri = json!({ "uri": utf8_percent_encode(&place.path, PATH).to_string() });
    let [(line, column), (end_line, end_column)] = place.positions();
    result["locations"] = json!([{ "physicalLocation": {
        "artifactLocation": uri,
        "region": {
            "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column,
        },
    } }]);
    if let Some(fix) = &one.fix {
        let length = fix.span.end - fix.span.start;
        let replacement = json!({
            "deletedRegion": { "byteOffset": fix.span.start, "byteLength": length },
            "insertedContent": { "text": fix.text },
        });
        result["fixes"] = json!([{ "artifactChanges": [{
            "artifactLocation": uri, "replacements": [replacement],
        }] }]);
    }
    result
}

/// What stands for itself in a path of a URI reference (RFC 3986).
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');
