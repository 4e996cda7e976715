//! Diagnostics as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines.
//!
//! Columns count UTF-16 units, as most of those who read it take for granted. What is about no place
//! is told at the first line of a file, because code hosts pass over what has none.

mod fingerprint;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::check::{RULES, Rule};
use crate::checklist::Span;
use crate::diagnostic::{Counted, Diagnostic, Place, Severity, reference};

/// Where the schema of the format is.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// What paths are relative to.
const ROOT: &str = "%SRCROOT%";

/// What is known of the documents, found once for each.
#[derive(Default)]
struct Known {
    counted: Counted,
    fingerprints: Vec<(Arc<str>, Vec<String>)>,
}

impl Known {
    /// Returns the fingerprint of a 1-based line.
    fn fingerprint(&mut self, text: &Arc<str>, line: usize) -> Option<&String> {
        let mut known = self.fingerprints.iter();
        let at = known.position(|(known, _)| Arc::ptr_eq(known, text));
        let at = at.unwrap_or_else(|| {
            let found = fingerprint::of_lines(text);
            self.fingerprints.push((Arc::clone(text), found));
            self.fingerprints.len() - 1
        });
        let (_, lines) = self.fingerprints.get(at)?;
        lines.get(line.checked_sub(1)?)
    }
}

/// Returns the document; `home` is the file at which is told what has no place.
pub(super) fn document(found: &[Diagnostic], home: (&str, &Arc<str>)) -> Value {
    let mut known = Known::default();
    let results = found.iter().map(|one| result(one, home, &mut known));
    let results: Vec<Value> = results.collect();
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
            "originalUriBaseIds": { ROOT: {
                "description": { "text": "The workspace: the top folder of the repository." },
            } },
            "columnKind": "utf16CodeUnits",
            "results": results,
        }],
    })
}

fn rule(rule: &Rule) -> Value {
    let help = format!("{}.\n\nWhat to do: {}.", capital(rule.why), rule.way);
    let markdown = format!("{}.\n\n**What to do:** {}.", capital(rule.why), rule.way);
    json!({
        "id": rule.name,
        "name": capital(rule.name),
        "shortDescription": { "text": capital(rule.what) },
        "fullDescription": { "text": format!("{}: {}.", capital(rule.what), rule.why) },
        "help": { "text": help, "markdown": markdown },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "tags": ["checklist"] },
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

fn result(one: &Diagnostic, home: (&str, &Arc<str>), known: &mut Known) -> Value {
    let text = std::iter::once(&one.message).chain(&one.help);
    let text: Vec<&str> = text.map(String::as_str).collect();
    let mut result = json!({
        "ruleId": one.rule, "level": level(one.severity),
        "message": { "text": text.join("\n") },
    });
    if let Some(index) = RULES.iter().position(|rule| rule.name == one.rule) {
        result["ruleIndex"] = json!(index);
    }
    let place = one.place.clone().unwrap_or_else(|| Place {
        path: home.0.to_owned(),
        text: Arc::clone(home.1),
        span: 0..0,
        label: String::new(),
    });
    let line = known.counted.of(&place.text).line(place.span.start);
    result["locations"] = json!([location(&place, &mut known.counted)]);
    if let Some(print) = known.fingerprint(&place.text, line) {
        result["partialFingerprints"] = json!({ "primaryLocationLineHash": print });
    }
    if !one.related.is_empty() {
        let related = one.related.iter().enumerate().map(|(index, place)| {
            let mut location = location(place, &mut known.counted);
            location["id"] = json!(index);
            location["message"] = json!({ "text": place.label });
            location
        });
        result["relatedLocations"] = related.collect();
    }
    if let (Some(fix), Some(_)) = (&one.fix, &one.place) {
        let replacement = json!({
            "deletedRegion": region(&place, &fix.span, &mut known.counted),
            "insertedContent": { "text": fix.text },
        });
        let said = if fix.safe {
            "beyond doubt: orch check --fix"
        } else {
            "what may have been meant"
        };
        result["fixes"] = json!([{
            "description": { "text": said },
            "artifactChanges": [{
                "artifactLocation": artifact(&place), "replacements": [replacement],
            }],
            "properties": { "safe": fix.safe },
        }]);
    }
    result
}

fn artifact(place: &Place) -> Value {
    json!({ "uri": reference(&place.path), "uriBaseId": ROOT })
}

fn location(place: &Place, counted: &mut Counted) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": artifact(place),
        "region": region(place, &place.span, counted),
    } })
}

/// Returns a place in lines and columns, and in bytes.
fn region(place: &Place, span: &Span, counted: &mut Counted) -> Value {
    let text = &place.text;
    let lines = counted.of(text);
    let [start, end] = [span.start, span.end].map(|at| lines.position(text, at));
    json!({
        "startLine": start.line, "startColumn": start.utf16,
        "endLine": end.line, "endColumn": end.utf16,
        "byteOffset": span.start, "byteLength": span.len(),
    })
}
