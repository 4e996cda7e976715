//! Making one change in a YAML text, the rest of it left byte for byte as it is.
//!
//! A change is made by replacing a span, and then proven: the text is read again and must say
//! exactly what the change was to make of it, with every comment still there. Where that fails,
//! nothing is changed, and the caller has a person decide.

use std::ops::Range;

use serde_json::{Map, Value};

use super::change::{Change, Step, What};
use super::tree::{self, Document, Documents, Entry, Kind, Node};
use crate::manifest::yaml_text;

/// Returns the changed text with its documents, where the change can be made.
pub(super) fn make(text: &str, before: &Documents, change: &Change) -> Option<(String, Documents)> {
    let (range, replacement) = splice(text, before, change)?;
    let mut changed = text.get(..range.start)?.to_owned();
    changed.push_str(&replacement);
    changed.push_str(text.get(range.end..)?);
    let mut expected = before.values.clone();
    change.make(&mut expected).then_some(())?;
    let now = tree::parse(&changed).ok()?;
    let mut comments = comments(text, before);
    for kept in self::comments(&changed, &now) {
        if let Some(at) = comments.iter().position(|comment| *comment == kept) {
            comments.swap_remove(at);
        }
    }
    (now.values == expected && comments.is_empty()).then_some((changed, now))
}

fn comments<'t>(text: &'t str, documents: &Documents) -> Vec<&'t str> {
    let spans = documents.all.iter().flat_map(|document| &document.comments);
    spans
        .filter_map(|span| Some(text.get(span.clone())?.trim_end()))
        .collect()
}

fn splice(text: &str, documents: &Documents, change: &Change) -> Option<(Range<usize>, String)> {
    let mut filled = documents.all.iter().filter(|it| !it.empty);
    let document = filled.nth(change.document);
    if let What::AddDocument(value) = &change.what {
        return Some(add_document(text, document, value));
    }
    let place = Place {
        text,
        document: document?,
    };
    match &change.what {
        What::Set(value) => place.set(&change.path, value),
        What::Remove if change.path.is_empty() => Some(place.without()),
        What::Remove => place.remove(&change.path),
        What::AddKey(key, value, after) => {
            place.add_key(&change.path, (key, value), after.as_deref())
        }
        What::AddItem(value, after) => place.add_item(&change.path, value, *after),
        What::AddDocument(_) => None,
    }
}

fn add_document(text: &str, after: Option<&Document>, value: &Value) -> (Range<usize>, String) {
    let at = after.map_or(text.len(), |document| document.span.end);
    let ended = text.get(..at).is_none_or(|before| before.ends_with('\n'));
    let feed = if ended || at == 0 { "" } else { "\n" };
    let mark = if after.is_some() { "---\n" } else { "" };
    (at..at, format!("{feed}{mark}{}", yaml_text(value)))
}

/// A document in its text.
struct Place<'t> {
    text: &'t str,
    document: &'t Document,
}

/// A node, and what it lies in.
struct Found<'t> {
    node: &'t Node,
    parent: Option<Parent<'t>>,
    /// Whether it lies in braces or brackets.
    in_flow: bool,
}

#[derive(Clone, Copy)]
enum Parent<'t> {
    Map(&'t [Entry], usize),
    List(&'t [Node], usize),
}

impl<'t> Place<'t> {
    fn find(&self, path: &[Step]) -> Option<Found<'t>> {
        let mut found = Found {
            node: self.document.root.as_ref()?,
            parent: None,
            in_flow: false,
        };
        for step in path {
            found = match (&found.node.kind, step) {
                (Kind::Map { flow, entries }, Step::Key(key)) => {
                    let at = entries.iter().position(|entry| entry.key == *key)?;
                    Found {
                        node: &entries.get(at)?.node,
                        parent: Some(Parent::Map(entries, at)),
                        in_flow: found.in_flow || *flow,
                    }
                }
                (Kind::List { flow, items }, Step::Item(at, _)) => Found {
                    node: items.get(*at)?,
                    parent: Some(Parent::List(items, *at)),
                    in_flow: found.in_flow || *flow,
                },
                (Kind::Leaf | Kind::Map { .. } | Kind::List { .. }, _) => return None,
            };
        }
        Some(found)
    }

    fn set(&self, path: &[Step], value: &Value) -> Option<(Range<usize>, String)> {
        let found = self.find(path)?;
        let span = found.node.span.clone();
        let leaf = matches!(found.node.kind, Kind::Leaf);
        let one_line = self
            .text
            .get(span.clone())
            .is_some_and(|it| !it.contains('\n'));
        if found.in_flow || (is_filled_flow(found.node) && is_plain(value)) {
            return Some((span, value.to_string()));
        }
        if leaf && one_line && !matches!(value, Value::Object(_) | Value::Array(_)) {
            let inline = yaml_text(value).trim_end().to_owned();
            if !inline.contains('\n') {
                let blank = if span.is_empty() { " " } else { "" };
                return Some((span, format!("{blank}{inline}")));
            }
        }
        let (start, text) = match found.parent {
            None => (span.start, yaml_text(value).trim_end().to_owned()),
            Some(Parent::Map(entries, at)) => {
                let entry = entries.get(at)?;
                (
                    entry.span.start,
                    self.entry(&entry.key, value, entry.span.start),
                )
            }
            Some(Parent::List(items, at)) => {
                let dash = self.dash(items.get(at)?)?;
                (dash, self.item(value, dash))
            }
        };
        // Behind several lines a comment would belong to the last of them, or to its text.
        let end = if text.contains('\n') {
            self.line_end(span.end)
        } else {
            span.end
        };
        let range = start..end;
        let indent = self.indent(start);
        let kept = self.kept(&range, &format!("\n{indent}"), "");
        Some((range, text + &kept))
    }

    fn add_key(
        &self,
        path: &[Step],
        (key, value): (&str, &Value),
        after: Option<&str>,
    ) -> Option<(Range<usize>, String)> {
        let found = self.find(path)?;
        let Kind::Map { flow, entries } = &found.node.kind else {
            return None;
        };
        let after = after.and_then(|key| entries.iter().find(|entry| entry.key == *key));
        let Some(first) = entries.first() else {
            let whole: Map<String, Value> = [(key.to_owned(), value.clone())].into_iter().collect();
            return self.set(path, &Value::Object(whole));
        };
        if *flow || found.in_flow {
            let name = Value::from(key);
            let behind = after.map(|entry| entry.node.span.end);
            let text = match behind {
                Some(_) => format!(", {name}: {value}"),
                None => format!("{name}: {value}, "),
            };
            let at = behind.unwrap_or(first.span.start);
            return Some((at..at, text));
        }
        let text = self.entry(key, value, first.span.start);
        let indent = self.indent(first.span.start);
        let behind = after.map(|entry| self.line_end(entry.node.span.end));
        let text = match behind {
            Some(_) => format!("\n{indent}{text}"),
            None => format!("{text}\n{indent}"),
        };
        let at = behind.unwrap_or(first.span.start);
        Some((at..at, text))
    }

    fn add_item(
        &self,
        path: &[Step],
        value: &Value,
        after: Option<usize>,
    ) -> Option<(Range<usize>, String)> {
        let found = self.find(path)?;
        let Kind::List { flow, items } = &found.node.kind else {
            return None;
        };
        let Some(first) = items.first() else {
            return self.set(path, &Value::Array(vec![value.clone()]));
        };
        let after = after.and_then(|at| items.get(at));
        if *flow || found.in_flow {
            return Some(match after {
                Some(item) => (item.span.end..item.span.end, format!(", {value}")),
                None => (first.span.start..first.span.start, format!("{value}, ")),
            });
        }
        let dash = self.dash(first)?;
        let (text, indent) = (self.item(value, dash), self.indent(dash));
        let behind = after.map(|item| self.line_end(item.span.end));
        let text = match behind {
            Some(_) => format!("\n{indent}{text}"),
            None => format!("{text}\n{indent}"),
        };
        let at = behind.unwrap_or(dash);
        Some((at..at, text))
    }

    fn remove(&self, path: &[Step]) -> Option<(Range<usize>, String)> {
        let (_, container) = path.split_last()?;
        let found = self.find(path)?;
        let parent = found.parent?;
        let spans: Vec<Range<usize>> = match parent {
            Parent::Map(entries, _) => entries
                .iter()
                .map(|entry| entry.span.start..entry.node.span.end)
                .collect(),
            Parent::List(items, _) if found.in_flow => {
                items.iter().map(|item| item.span.clone()).collect()
            }
            Parent::List(items, _) => items
                .iter()
                .map(|item| Some(self.dash(item)?..item.span.end))
                .collect::<Option<_>>()?,
        };
        let (at, empty) = match parent {
            Parent::Map(_, at) => (at, Value::Object(Map::new())),
            Parent::List(_, at) => (at, Value::Array(Vec::new())),
        };
        let own = spans.get(at)?.clone();
        if spans.len() == 1 {
            return self.set(container, &empty);
        }
        if found.in_flow {
            let range = match at.checked_sub(1).and_then(|before| spans.get(before)) {
                Some(before) => before.end..own.end,
                None => own.start..spans.get(1)?.start,
            };
            return Some((range, String::new()));
        }
        let indent = self.indent(own.start);
        if self.begins_line(own.start) {
            let start = own.start - indent.len();
            let end = self.line_end(own.end);
            let kept = self.kept(&(start..end), &indent, "\n");
            return Some((start..(end + 1).min(self.text.len()), kept));
        }
        // The first key behind a dash: the next one takes its place.
        let range = own.start..spans.get(at + 1)?.start;
        let kept = self.kept(&range, "", &format!("\n{indent}"));
        Some((range, kept))
    }

    /// Takes the whole document away.
    fn without(&self) -> (Range<usize>, String) {
        let range = self.document.span.clone();
        let kept = self.kept(&range, "", "\n");
        (range, kept)
    }

    /// Returns the comments in a range, each between these texts.
    fn kept(&self, range: &Range<usize>, before: &str, after: &str) -> String {
        let mut kept = String::new();
        let comments = self.document.comments.iter();
        for comment in comments.filter(|it| range.contains(&it.start)) {
            let text = self.text.get(comment.clone()).unwrap_or_default();
            kept.extend([before, text.trim_end(), after]);
        }
        kept
    }

    /// Returns an entry in block style for a place, the first line without its indent.
    fn entry(&self, key: &str, value: &Value, at: usize) -> String {
        let whole: Map<String, Value> = [(key.to_owned(), value.clone())].into_iter().collect();
        indented(&yaml_text(&Value::Object(whole)), &self.indent(at))
    }

    /// Returns an item in block style for a place, the first line without its indent.
    fn item(&self, value: &Value, at: usize) -> String {
        let whole = Value::Array(vec![value.clone()]);
        indented(&yaml_text(&whole), &self.indent(at))
    }

    /// Returns where an item's dash stands.
    fn dash(&self, item: &Node) -> Option<usize> {
        let mut before = self.text.get(..item.span.start)?.trim_end();
        loop {
            if before.ends_with('-') {
                return Some(before.len() - 1);
            }
            // Comments may stand between a dash and what it begins.
            let start = before.rfind('\n').map_or(0, |at| at + 1);
            let line = before.get(start..)?;
            let inner = line.trim_start();
            if inner.starts_with("- ") {
                return Some(start + line.len() - inner.len());
            }
            if !inner.starts_with('#') {
                return None;
            }
            before = before.get(..start)?.trim_end();
        }
    }

    fn line_start(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        before.rfind('\n').map_or(0, |at| at + 1)
    }

    fn line_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        rest.find('\n').map_or(self.text.len(), |found| at + found)
    }

    fn begins_line(&self, at: usize) -> bool {
        let before = self.text.get(self.line_start(at)..at);
        before.is_some_and(|before| before.bytes().all(|byte| byte == b' '))
    }

    /// Returns as many blanks as stand, or something else stands, before a place in its line.
    fn indent(&self, at: usize) -> String {
        let before = self.text.get(self.line_start(at)..at).unwrap_or_default();
        " ".repeat(before.chars().count())
    }
}

fn is_filled_flow(node: &Node) -> bool {
    match &node.kind {
        Kind::Leaf => false,
        Kind::List { flow, items } => *flow && !items.is_empty(),
        Kind::Map { flow, entries } => *flow && !entries.is_empty(),
    }
}

/// Returns whether a value is a short collection of scalars, which may stay in brackets.
fn is_plain(value: &Value) -> bool {
    let scalar = |value: &Value| !matches!(value, Value::Array(_) | Value::Object(_));
    match value {
        Value::Array(items) => items.iter().all(scalar),
        Value::Object(fields) => fields.values().all(scalar),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn indented(text: &str, indent: &str) -> String {
    let mut lines = text.trim_end().split('\n');
    let mut whole = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        whole.push('\n');
        if !line.is_empty() {
            whole.push_str(indent);
            whole.push_str(line);
        }
    }
    whole
}
