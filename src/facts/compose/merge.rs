//! Merging one tree over another, as Compose does with several files and `extends`.
//!
//! Maps merge, lists are joined, scalars are replaced; `command`, `entrypoint` and a health check's
//! `test` are replaced whole, and so is `logging` where the driver differs. Items of some lists are
//! known by a part of them (a mount by its target), the later one taking the earlier one's place.
//! Short and long forms were made one before (see `shape`).

use std::collections::HashMap;

use super::super::report::{Mark, Report};
use super::super::yaml::{Entry, MergeTag, Node, Value};
use super::shape::PAIRS;

/// How many entries a mapping may have before its keys are looked up by a table.
const FEW: usize = 16;

/// Returns `over` merged over `base`, both at `path` (`services`, `api`, …).
pub(super) fn merge(base: Node, over: Node, path: &[&str], report: &mut Report) -> Node {
    let mut merging = Merging {
        path: path.iter().map(|part| (*part).to_owned()).collect(),
        report,
    };
    merging.nodes(base, over)
}

struct Merging<'r> {
    path: Vec<String>,
    report: &'r mut Report,
}

impl Merging<'_> {
    fn nodes(&mut self, base: Node, over: Node) -> Node {
        match over.tag {
            Some(MergeTag::Merge) => return self.by_place(base, over),
            Some(MergeTag::Reset | MergeTag::Override) => return over,
            None if base.tag == Some(MergeTag::Reset) => return over,
            None if self.replaces(&base, &over) => return over,
            None => {}
        }
        let (mark, tag) = (base.mark.clone(), base.tag);
        let value = match (base.value, over.value) {
            (Value::Map(entries), Value::Map(others)) => Value::Map(self.maps(entries, others)),
            (Value::List(items), Value::List(others)) => Value::List(self.lists(items, others)),
            // Nothing keeps what was there; a variable that is only named doesn't.
            (value, Value::Null) if !self.in_pairs() => value,
            (Value::Map(_), other @ (Value::List(_) | Value::Scalar(_)))
            | (Value::List(_), other @ (Value::Map(_) | Value::Scalar(_)))
                if !self.is_ulimit() =>
            {
                let over = Node {
                    value: other,
                    ..over
                };
                self.mismatch(&mark, &over);
                return over;
            }
            (_, value) => {
                let mark = over.mark;
                return Node {
                    value,
                    mark,
                    tag: None,
                };
            }
        };
        Node { value, mark, tag }
    }

    fn maps(&mut self, mut entries: Vec<Entry>, others: Vec<Entry>) -> Vec<Entry> {
        let mut places: Option<HashMap<String, usize>> = None;
        if entries.len() > FEW && others.len() > FEW {
            let keys = entries.iter().enumerate();
            places = Some(keys.map(|(at, entry)| (entry.key.clone(), at)).collect());
        }
        for other in others {
            let place = match &places {
                Some(places) => places.get(&other.key).copied(),
                None => entries.iter().position(|entry| entry.key == other.key),
            };
            let Some(entry) = place.and_then(|place| entries.get_mut(place)) else {
                if let Some(places) = &mut places {
                    places.insert(other.key.clone(), entries.len());
                }
                entries.push(other);
                continue;
            };
            let base = std::mem::replace(&mut entry.node, Node::null(&other.mark));
            self.path.push(other.key);
            entry.node = self.nodes(base, other.node);
            self.path.pop();
        }
        // What is reset goes at once, so that a later file can give it anew.
        entries.retain(|entry| entry.node.tag != Some(MergeTag::Reset));
        entries
    }

    fn lists(&mut self, mut items: Vec<Node>, others: Vec<Node>) -> Vec<Node> {
        let identity = identity(&self.path);
        let keys = items.iter().enumerate();
        let mut places: HashMap<String, usize> = keys
            .filter_map(|(at, item)| Some((identity(item)?, at)))
            .collect();
        for other in others {
            let key = identity(&other);
            let place = key.as_ref().and_then(|key| places.get(key)).copied();
            if let Some(item) = place.and_then(|place| items.get_mut(place)) {
                *item = other;
                continue;
            }
            places.extend(key.map(|key| (key, items.len())));
            items.push(other);
        }
        items
    }

    /// Merges a list item by item (`!merge`); an empty item keeps the one that is there.
    fn by_place(&mut self, base: Node, mut over: Node) -> Node {
        over.tag = None;
        let (Value::List(items), Value::List(others)) = (base.value, &mut over.value) else {
            return over;
        };
        let mut merged = Vec::new();
        let mut others = std::mem::take(others).into_iter();
        for item in items {
            merged.push(match others.next() {
                Some(other) if !is_empty(&other) => self.nodes(item, other),
                Some(_) | None => item,
            });
        }
        merged.extend(others);
        Node {
            value: Value::List(merged),
            mark: base.mark,
            tag: base.tag,
        }
    }

    fn mismatch(&mut self, base: &Mark, over: &Node) {
        let path = self.path.join(".");
        let message = format!("`{path}` is {} here and something else before", over.kind());
        let error = over.mark.error(message, "the two can't be merged");
        let help = format!("write it as in {}, or tag it `!override`", base.origin());
        self.report.push(error.help(help));
    }

    fn parts(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    fn replaces(&self, base: &Node, over: &Node) -> bool {
        match self.parts().as_slice() {
            ["services", _, "command" | "entrypoint"] | ["services", _, "healthcheck", "test"] => {
                true
            }
            ["services", _, "logging"] => {
                let driver =
                    |node: &Node| node.get("driver").and_then(Node::str).map(str::to_owned);
                matches!((driver(base), driver(over)), (Some(one), Some(other)) if one != other)
            }
            _ => false,
        }
    }

    /// Returns whether what is merged is an entry of a mapping that may be written as a list of
    /// `NAME=value`.
    fn in_pairs(&self) -> bool {
        let above = self.path.len().checked_sub(2);
        above
            .and_then(|above| self.path.get(above))
            .is_some_and(|above| PAIRS.contains(&above.as_str()))
    }

    fn is_ulimit(&self) -> bool {
        matches!(self.parts().as_slice(), ["services", _, "ulimits", _])
    }
}

fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Scalar(_) => false,
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
    }
}

/// Returns what tells the items of a list apart; `None`: nothing does.
fn identity(path: &[String]) -> fn(&Node) -> Option<String> {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["services", _, "volumes" | "devices"] => target,
        ["services", _, "configs"] => |node| granted(node, "/"),
        ["services", _, "secrets"] => |node| granted(node, "/run/secrets/"),
        ["services", _, "ports"] => port,
        ["services", _, "env_file"] => |node| node.get("path")?.str().map(str::to_owned),
        _ => |node| node.str().map(str::to_owned),
    }
}

fn target(node: &Node) -> Option<String> {
    if let Some(text) = node.str() {
        let mut parts = text.split(':');
        let first = parts.next();
        return parts.next().or(first).map(str::to_owned);
    }
    node.get("target")?.str().map(str::to_owned)
}

fn granted(node: &Node, folder: &str) -> Option<String> {
    if let Some(name) = node.str() {
        return Some(format!("{folder}{name}"));
    }
    match node.get("target").and_then(Node::str) {
        Some(target) if target.starts_with('/') => Some(target.to_owned()),
        Some(target) => Some(format!("{folder}{target}")),
        None => Some(format!("{folder}{}", node.get("source")?.str()?)),
    }
}

/// Returns a port as `address:published:container/protocol`, whichever way it is written.
fn port(node: &Node) -> Option<String> {
    let get = |key: &str| node.get(key).and_then(Node::str);
    let Some(text) = node.str() else {
        let (address, published) = (get("host_ip").unwrap_or(""), get("published").unwrap_or(""));
        let protocol = get("protocol").unwrap_or("tcp");
        return Some(format!(
            "{address}:{published}:{}/{protocol}",
            get("target")?
        ));
    };
    let (text, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let (before, container) = text.rsplit_once(':').unwrap_or(("", text));
    let (address, published) = before.rsplit_once(':').unwrap_or(("", before));
    Some(format!("{address}:{published}:{container}/{protocol}"))
}

/// Drops what `!reset` marks and forgets the tags: nothing else is merged over the tree.
pub(super) fn settle(node: &mut Node) {
    node.tag = None;
    match &mut node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::List(items) => {
            items.retain(|item| item.tag != Some(MergeTag::Reset));
            items.iter_mut().for_each(settle);
        }
        Value::Map(entries) => {
            entries.retain(|entry| entry.node.tag != Some(MergeTag::Reset));
            for entry in entries {
                settle(&mut entry.node);
            }
        }
    }
}

#[cfg(test)]
mod tests;
