//! Values that settings have in files: `BATCH_LIMIT = 500`, `"cacheMinutes": 30`, `LOG_LEVEL=info`.
//!
//! Read line by line, by the name alone, in source (where comments don't count) and in files of
//! settings. A name with dots or colons is a way into a file of YAML or JSON. What is computed is no
//! value; what is taken where the environment has none (`getenv("X", "5")`, `${X:-5}`) is one.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::super::Tree;
use super::super::paths::{file_name, is_yaml};
use super::code::Code;
use super::variables::{pattern, patterns};

patterns! {
    // Between a name and `=`: a type, accessors of a property.
    ANNOTATED = r"^\s*(?::\s*)?[\w<>\[\].?*&' ]*(?:\{[\w; ]*\}\s*)?$";
    QUOTED = r#"^(?:[rubf]?"([^"\\\n]*)"|[rubf]?'([^'\\\n]*)')"#;
}

/// What may end a value on its line.
const ENDS: &[char] = &[';', ',', ')', ']', '}'];

/// A value that a name is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// The value, without quotes.
    value: String,
    /// The 1-based line.
    pub line: usize,
}

impl Assigned {
    /// Returns whether it is that value: `1_000` is 1000, `TRUE` is true.
    pub fn is(&self, wanted: &str) -> bool {
        plain(&self.value) == plain(wanted)
    }
}

/// Returns whether a file may give settings values that are read, by its name.
pub fn has_settings(path: &str) -> bool {
    let file = file_name(path);
    let end = file.rsplit_once('.').map_or("", |(_, end)| end);
    let ends = [
        "env",
        "properties",
        "ini",
        "cfg",
        "conf",
        "toml",
        "yml",
        "yaml",
        "json",
        "jsonc",
        "example",
    ];
    file.starts_with(".env") || ends.contains(&end) || super::language(path).is_some()
}

/// Returns the values that a name is given in a file; none where nothing there can be read as one.
pub fn assigned(tree: &Tree, path: &str, name: &str) -> Vec<Assigned> {
    let Some(text) = tree.get(path) else {
        return Vec::new();
    };
    let code = Code::new(path, text);
    let found = match &code {
        Some(code) => scan(&code.text, name, Some(code)),
        None => scan(&uncommented(path, text), name, None),
    };
    if !found.is_empty() || code.is_some() {
        return found;
    }
    nested(path, text, name)
}

/// Returns a value as it is compared.
fn plain(value: &str) -> String {
    let value = value.trim().trim_matches(['"', '\'', '`']);
    let number = value.replace('_', "");
    let digits = number.trim_start_matches('-');
    if digits.starts_with(|it: char| it.is_ascii_digit()) {
        // `500L`, `500u32` and `1.5f` are numbers with their type.
        let typed = [
            "usize", "u64", "u32", "i64", "i32", "f64", "L", "l", "f", "F",
        ];
        let bare = typed.iter().find_map(|end| number.strip_suffix(end));
        let bare = bare.filter(|it| it.parse::<f64>().is_ok());
        return bare.unwrap_or(&number).to_owned();
    }
    let folded = value.to_ascii_lowercase();
    match folded.as_str() {
        "true" | "false" => folded,
        _ => value.to_owned(),
    }
}

/// Returns a file of settings without its comments, with all its lines.
fn uncommented(path: &str, text: &str) -> String {
    let marks: &[&str] = if is_json(path) {
        &["//"]
    } else {
        &["#", ";", "//", "!"]
    };
    let line = |line: &str| {
        if marks.iter().any(|mark| line.trim_start().starts_with(mark)) {
            return String::new();
        }
        // Behind a value, a comment begins with a space.
        let open = |before: &str| before.matches('"').count() % 2 == 1;
        let end = line
            .find(" #")
            .filter(|at| !open(line.get(..*at).unwrap_or_default()));
        line.get(..end.unwrap_or(line.len()))
            .unwrap_or_default()
            .to_owned()
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn is_json(path: &str) -> bool {
    file_name(path)
        .rsplit_once('.')
        .is_some_and(|(_, end)| end == "json" || end == "jsonc")
}

/// Returns the values that a name is given in a text, as it is written.
fn scan(text: &str, name: &str, code: Option<&Code>) -> Vec<Assigned> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(name) {
        let before = text.get(..at).unwrap_or_default();
        let behind = text.get(at + name.len()..).unwrap_or_default();
        let inside = |it: char| it.is_alphanumeric() || it == '_' || it == '-';
        if before.ends_with(inside) || behind.starts_with(inside) {
            continue;
        }
        let quote = before.chars().next_back().filter(|it| "\"'".contains(*it));
        let quoted = quote.filter(|quote| behind.starts_with(*quote));
        if quoted.is_none() && code.is_some_and(|code| !code.is_code(at)) && !is_reference(before) {
            continue;
        }
        let behind = behind
            .strip_prefix(|it| Some(it) == quoted)
            .unwrap_or(behind);
        let line = before.matches('\n').count() + 1;
        let value = value(before, behind, (quoted.is_some(), code.is_some()));
        found.extend(value.map(|value| Assigned { value, line }));
    }
    found
}

/// Whether a reference begins there: `${`.
fn is_reference(before: &str) -> bool {
    before.ends_with("${")
}

/// Returns the value that stands behind a name.
fn value(before: &str, behind: &str, (quoted, source): (bool, bool)) -> Option<String> {
    let (line, next) = behind.split_once('\n').unwrap_or((behind, ""));
    let rest = line.trim_start();
    if is_reference(before) {
        let inside = rest.split_once('}')?.0.strip_prefix(':')?;
        return Some(inside.strip_prefix('-').unwrap_or(inside).trim().to_owned());
    }
    if rest.is_empty() && !quoted {
        // `- name: X`, and below it `value: 5`.
        let own = before.rsplit('\n').next().unwrap_or_default();
        let is_name = own.trim_start().trim_start_matches("- ").trim() == "name:";
        let value = next.lines().next()?.trim_start().strip_prefix("value:")?;
        return is_name.then(|| scalar(value)).flatten();
    }
    for equal in ["===", "==", "=~", "!="] {
        if rest.starts_with(equal) {
            return None;
        }
    }
    for mark in [":=", "=>", "=", "??", "||"] {
        if let Some(value) = rest.strip_prefix(mark) {
            return scalar(value);
        }
    }
    if quoted && let Some(value) = rest.strip_prefix(',') {
        return scalar(value);
    }
    let typed = source.then(|| rest.split_once('=')).flatten();
    let typed = typed.filter(|(_, value)| !value.starts_with(['=', '>', '~']));
    if let Some((_, value)) = typed.filter(|(kind, _)| ANNOTATED.iter().any(|it| it.is_match(kind)))
    {
        return scalar(value);
    }
    if let Some(value) = rest.strip_prefix(':') {
        return scalar(value);
    }
    // nginx's directives have neither.
    let directive = !source && line.starts_with(' ') && rest.trim_end().ends_with(';');
    directive.then(|| scalar(rest)).flatten()
}

/// Returns the only scalar that a rest of a line holds.
fn scalar(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(found) = QUOTED.iter().find_map(|it| it.captures(text)) {
        let rest = text.get(found.get(0)?.end()..)?.trim_start();
        let inside = found.get(1).or(found.get(2))?.as_str();
        return (rest.is_empty() || rest.starts_with(ENDS)).then(|| inside.to_owned());
    }
    let value = text.split([';', ',', ')', '}']).next()?.trim();
    let computed = value.is_empty() || value.contains(['(', '$', '{', '[']);
    (!computed).then(|| value.to_owned())
}

/// Returns the value at a way into a file of YAML or JSON: `spring.jpa.open-in-view`, `Cache:Minutes`.
fn nested(path: &str, text: &str, name: &str) -> Vec<Assigned> {
    let root: Option<Value> = if is_yaml(path) {
        serde_saphyr::from_str(text).ok()
    } else if is_json(path) {
        serde_json::from_str(text).ok()
    } else {
        None
    };
    let keys: Vec<&str> = name.split(['.', ':']).collect();
    let mut at = root.as_ref();
    for key in &keys {
        at = at.and_then(|it| it.get(key));
    }
    let value = match at {
        Some(Value::String(text)) => text.clone(),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
        Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => return Vec::new(),
    };
    let last = keys.last().copied().unwrap_or_default();
    let found = Assigned { value, line: 1 };
    let mut places = scan(&uncommented(path, text), last, None).into_iter();
    let line = places
        .find(|it| it.is(&found.value))
        .map_or(1, |it| it.line);
    vec![Assigned { line, ..found }]
}

#[cfg(test)]
#[path = "assigned/tests.rs"]
mod tests;
