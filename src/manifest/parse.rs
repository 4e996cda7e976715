//! Any multi-document YAML or JSON, hand-written and CRDs included, → objects.
//!
//! Knows nothing of kinds; what a document lacks to be an object is reported with its line.

use std::sync::Arc;

use serde_json::Value;

use super::Object;
use crate::diagnostic::{Diagnostic, Diagnostics};

/// Returns the objects of a text with any number of YAML documents; empty documents are skipped
/// and the items of a `List` are taken out of it.
///
/// # Errors
///
/// Fails with all problems found, each at its place.
pub fn parse_documents(path: &str, text: &str) -> Result<Vec<Object>, Diagnostics> {
    let whole: Arc<str> = Arc::from(text);
    let mut objects = Vec::new();
    let mut problems = Vec::new();
    for (start, document) in documents(text) {
        if let Err(problem) = read(document, &mut objects) {
            let span = problem.span(document, start);
            problems.push(Diagnostic::error(problem.message).at(path, &whole, span, ""));
        }
    }
    if problems.is_empty() {
        Ok(objects)
    } else {
        Err(Diagnostics(problems))
    }
}

/// Returns the bytes of each document of a text, with the `---` before it.
pub(crate) fn document_ranges(text: &str) -> Vec<std::ops::Range<usize>> {
    let parts = documents(text).into_iter();
    parts
        .map(|(start, document)| start..start + document.len())
        .collect()
}

/// Returns what one document says; null where it says nothing.
///
/// # Errors
/// Says what is wrong with it.
pub(crate) fn read_document(document: &str) -> Result<Value, String> {
    value(document).map_err(|problem| match problem.line {
        Some(line) => format!("{} (line {line})", problem.message),
        None => problem.message,
    })
}

/// What is wrong with a document, and on which of its lines (1-based), where that is known.
struct Problem {
    message: String,
    line: Option<usize>,
}

impl Problem {
    fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            line: None,
        }
    }

    /// Returns the bytes of the line meant, or else of the first line that says something.
    fn span(&self, document: &str, start: usize) -> std::ops::Range<usize> {
        let mut offset = start;
        for (index, line) in document.split_inclusive('\n').enumerate() {
            let text = line.trim_end();
            let meant = match self.line {
                Some(number) => index + 1 == number,
                None => says_something(text) && text != "---",
            };
            if meant {
                return offset..offset + text.len();
            }
            offset += line.len();
        }
        start..start
    }
}

fn says_something(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with('#')
}

/// Splits at lines that are `---`, keeping where each document starts. A block scalar can't hold
/// such a line without an indent, so no parser is needed.
fn documents(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let separates = line
            .strip_prefix("---")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']));
        if separates && offset > start {
            found.push((start, text.get(start..offset).unwrap_or_default()));
            start = offset;
        }
        offset += line.len();
    }
    found.push((start, text.get(start..).unwrap_or_default()));
    found
}

fn read(document: &str, objects: &mut Vec<Object>) -> Result<(), Problem> {
    collect(value(document)?, objects)
}

fn value(document: &str) -> Result<Value, Problem> {
    let document = document.trim_start_matches('\u{feff}');
    // JSON is YAML, but for tabs and for how long a line may be.
    if document.trim_start().starts_with('{')
        && let Ok(value) = serde_json::from_str(document)
    {
        return Ok(value);
    }
    let blank = |line: &str| {
        let line = line.trim_end();
        !says_something(line) || line == "---" || line == "..." || line.starts_with('%')
    };
    if document.lines().all(blank) {
        return Ok(Value::Null);
    }
    // CRDs are long; a file that a person chose to apply isn't an attack on this process. Modes
    // such as `0440` are octal to `kubectl`; a bare `n` or `y` is a string to it.
    let options = serde_saphyr::options! {
        budget: None,
        strict_booleans: true,
        legacy_octal_numbers: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(document, options).map_err(|error| Problem {
        line: error
            .location()
            .and_then(|place| usize::try_from(place.line()).ok()),
        message: error.to_string(),
    })
}

fn collect(value: Value, objects: &mut Vec<Object>) -> Result<(), Problem> {
    if value.is_null() {
        return Ok(());
    }
    // A list has no name of its own; a custom resource whose kind happens to end so has one.
    let kind = value
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let list = kind.ends_with("List") && value.pointer("/metadata/name").is_none();
    if let Some(items) = value
        .get("items")
        .and_then(Value::as_array)
        .filter(|_| list)
    {
        return items
            .iter()
            .try_for_each(|item| collect(item.clone(), objects));
    }
    if !value.is_object() {
        return Err(Problem::new("a Kubernetes object is a mapping"));
    }
    for (pointer, name) in [
        ("/apiVersion", "apiVersion"),
        ("/kind", "kind"),
        ("/metadata/name", "metadata.name"),
    ] {
        if value
            .pointer(pointer)
            .and_then(Value::as_str)
            .is_none_or(str::is_empty)
        {
            let mut message = format!("the object has no `{name}`");
            if pointer == "/metadata/name" && value.pointer("/metadata/generateName").is_some() {
                message += ", only a `generateName`: each time it would be another one";
            }
            return Err(Problem::new(message));
        }
    }
    objects.extend(Object::from_value(value));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::parse_documents;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let objects = parse_documents("a.yml", text).unwrap();
        let labels: Vec<String> = objects.iter().map(super::Object::label).collect();
        assert_eq!(labels, expected);
    }

    #[track_caller]
    fn check_fails(text: &str, message: &str, place: &str) {
        let problems = parse_documents("a.yml", text).unwrap_err();
        let problem = problems.0.first().unwrap();
        assert!(problem.message.contains(message), "{}", problem.message);
        let span = problem.place.as_ref().unwrap().span.clone();
        assert_eq!(text.get(span), Some(place));
    }

    const A: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n";

    #[test]
    fn documents_become_objects() {
        check(
            &format!("# head\n{A}---\n# nothing\n---\n{A}...\n"),
            &["ConfigMap/a", "ConfigMap/a"],
        );
        check("", &[]);
        check("---\n---\n", &[]);
    }

    #[test]
    fn json_and_a_byte_order_mark_are_read() {
        let json = "{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"List\",\n\t\"items\": [{\"apiVersion\": \
                    \"v1\", \"kind\": \"Service\", \"metadata\": {\"name\": \"a\\/b\"}}]\n}\n";
        check(json, &["Service/a/b"]);
        check(&format!("\u{feff}{A}"), &["ConfigMap/a"]);
        check(
            &format!("\u{feff}{A}").replace('\n', "\r\n"),
            &["ConfigMap/a"],
        );
    }

    #[test]
    fn a_separator_in_a_block_belongs_to_the_text() {
        check(
            &format!("{A}data:\n  x: |\n    ---\n    y\n"),
            &["ConfigMap/a"],
        );
    }

    #[test]
    fn lists_are_taken_apart() {
        let item = "  - {apiVersion: v1, kind: Secret, metadata: {name: b}}\n";
        check(
            &format!("apiVersion: v1\nkind: List\nitems:\n{item}{item}"),
            &["Secret/b", "Secret/b"],
        );
    }

    #[test]
    fn scalars_mean_what_they_mean_to_kubectl() {
        let objects =
            parse_documents("a.yml", &format!("{A}x: [0440, n, true, \"1\", 1e3]\n")).unwrap();
        let value = &objects.first().unwrap().value["x"];
        assert_eq!(value, &serde_json::json!([288, "n", true, "1", 1000.0]));
    }

    #[test]
    fn what_an_object_lacks_is_named() {
        check_fails(
            &format!("{A}---\n# c\napiVersion: v1\nkind: Pod\n"),
            "`metadata.name`",
            "apiVersion: v1",
        );
        check_fails("- a\n", "mapping", "- a");
        check_fails(
            "apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: seed- }\n",
            "only a `generateName`",
            "apiVersion: batch/v1",
        );
    }

    #[test]
    fn broken_yaml_is_shown_at_its_line() {
        check_fails(&format!("{A}---\na: 1\nb: [1\nc: 2\n"), "", "c: 2");
    }
}
