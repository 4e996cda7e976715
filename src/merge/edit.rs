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

/// What takes the place of which bytes.
type Splice = (Range<usize>, String);

/// Makes a change in a text and its documents; returns whether it can be made.
pub(super) fn make(text: &mut String, documents: &mut Documents, change: &Change) -> bool {
    let made = match &change.what {
        What::AddDocument(_) => among(text, documents, change),
        What::Remove if change.path.is_empty() => among(text, documents, change),
        What::Set(_) | What::Remove | What::AddKey(..) | What::AddItem(..) => {
            within(text, documents, change)
        }
    };
    made.is_some()
}

/// Adds a document or takes one away: all are read again.
fn among(text: &mut String, documents: &mut Documents, change: &Change) -> Option<()> {
    let found = documents.filled(change.document);
    let document = found.and_then(|at| documents.all.get(at));
    let splice = if let What::AddDocument(value) = &change.what {
        add_document(text, document, value)
    } else {
        Place::of(text, document?)?.without()
    };
    let changed = spliced(text, &splice)?;
    let mut expected = documents.values.clone();
    change.make(&mut expected).then_some(())?;
    let now = tree::parse(&changed).ok()?;
    let kept = is_kept(
        comments(text, &documents.all),
        &comments(&changed, &now.all),
    );
    (now.values == expected && kept).then_some(())?;
    (*text, *documents) = (changed, now);
    Some(())
}

/// Changes a document, which alone is read again.
fn within(text: &mut String, documents: &mut Documents, change: &Change) -> Option<()> {
    let at = documents.filled(change.document)?;
    let place = Place::of(text, documents.all.get(at)?)?;
    let part = spliced(place.text, &place.splice(change)?)?;
    let mut expected = documents.values.get(change.document)?.clone();
    change.make_in(&mut expected)?;
    let Documents { all, values } = tree::parse(&part).ok()?;
    let [mut now] = <[Document; 1]>::try_from(all).ok()?;
    let kept = is_kept(
        place.comments(),
        &Place {
            text: &part,
            document: &now,
        }
        .comments(),
    );
    // The next one begins in a line of its own.
    let ended = part.ends_with('\n') || at + 1 == documents.all.len();
    (values == [expected] && kept && ended).then_some(())?;
    let before = place.document.span.clone();
    now.span = before.start..before.start + part.len();
    for later in documents.all.iter_mut().skip(at + 1) {
        let moved = |place: usize| place - before.end + now.span.end;
        later.span = moved(later.span.start)..moved(later.span.end);
    }
    text.replace_range(before, &part);
    documents.all.splice(at..=at, [now]);
    documents
        .values
        .splice(change.document..=change.document, values);
    Some(())
}

fn spliced(text: &str, (range, replacement): &Splice) -> Option<String> {
    let (head, tail) = (text.get(..range.start)?, text.get(range.end..)?);
    Some([head, replacement.as_str(), tail].concat())
}

fn comments<'t>(text: &'t str, documents: &'t [Document]) -> Vec<&'t str> {
    let places = documents.iter().filter_map(|it| Place::of(text, it));
    places.flat_map(|place| place.comments()).collect()
}

/// Whether all comments are still there.
fn is_kept(mut before: Vec<&str>, now: &[&str]) -> bool {
    for kept in now {
        if let Some(at) = before.iter().position(|comment| comment == kept) {
            before.swap_remove(at);
        }
    }
    before.is_empty()
}

fn add_document(text: &str, after: Option<&Document>, value: &Value) -> Splice {
    let at = after.map_or(text.len(), |document| document.span.end);
    let ended = text.get(..at).is_none_or(|before| before.ends_with('\n'));
    let feed = if ended || at == 0 { "" } else { "\n" };
    let mark = if after.is_some() { "---\n" } else { "" };
    (at..at, format!("{feed}{mark}{}", yaml_text(value)))
}

/// A document and its text.
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
    fn of(whole: &'t str, document: &'t Document) -> Option<Self> {
        let text = whole.get(document.span.clone())?;
        Some(Self { text, document })
    }

    fn comments(&self) -> Vec<&'t str> {
        let spans = self.document.comments.iter();
        let texts = spans.filter_map(|span| Some(self.text.get(span.clone())?.trim_end()));
        texts.collect()
    }

    /// Returns what makes a change in the document.
    fn splice(&self, change: &Change) -> Option<Splice> {
        match &change.what {
            What::Set(value) => self.set(&change.path, value),
            What::Remove => self.remove(&change.path),
            What::AddKey(key, value, after) => {
                self.add_key(&change.path, (key, value), after.as_deref())
            }
            What::AddItem(value, after) => self.add_item(&change.path, value, *after),
            What::AddDocument(_) => None,
        }
    }

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

    fn set(&self, path: &[Step], value: &Value) -> Option<Splice> {
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
    ) -> Option<Splice> {
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

    fn add_item(&self, path: &[Step], value: &Value, after: Option<usize>) -> Option<Splice> {
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

    fn remove(&self, path: &[Step]) -> Option<Splice> {
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

    /// Takes the whole document away, in the text that it is in.
    fn without(&self) -> Splice {
        let kept = self.kept(&(0..self.text.len()), "", "\n");
        (self.document.span.clone(), kept)
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
