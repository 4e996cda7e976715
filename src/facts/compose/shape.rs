//! Short forms → the long ones that merge, and paths as seen from the workspace's root.
//!
//! Done to each file before it is merged: an environment given as a list must merge with one
//! given as a map, and a path is relative to the file that it stands in.

use super::super::paths;
use super::super::report::Report;
use super::super::yaml::{Entry, Node, Value};
use crate::facts::Text;

/// Keys whose lists of `NAME=value` are maps in truth.
const PAIRS: &[&str] = &["environment", "labels", "annotations", "sysctls", "args"];

/// Shapes a whole file whose paths are relative to `folder`.
pub(super) fn shape(root: &mut Node, folder: &str, report: &mut Report) {
    for entry in entries_mut(root) {
        match entry.key.as_str() {
            "services" => {
                for service in entries_mut(&mut entry.node) {
                    shape_service(&mut service.node, folder, report);
                }
            }
            "configs" | "secrets" => {
                for config in entries_mut(&mut entry.node) {
                    if let Some(file) = get_mut(&mut config.node, "file") {
                        rebase(file, folder);
                    }
                }
            }
            _ => {}
        }
    }
}

fn shape_service(service: &mut Node, folder: &str, report: &mut Report) {
    for entry in entries_mut(service) {
        let node = &mut entry.node;
        match entry.key.as_str() {
            key if PAIRS.contains(&key) => pairs(node, report),
            "depends_on" | "networks" => names(node),
            "tmpfs" | "dns" | "dns_search" => listed(node),
            "extends" => keyed(node, "service"),
            "build" => {
                keyed(node, "context");
                shape_build(node, folder, report);
            }
            "env_file" => {
                listed(node);
                for item in items_mut(node) {
                    keyed(item, "path");
                    get_mut(item, "path")
                        .into_iter()
                        .for_each(|path| rebase(path, folder));
                }
            }
            "volumes" => items_mut(node)
                .iter_mut()
                .for_each(|item| mount(item, folder)),
            _ => {}
        }
    }
}

fn shape_build(node: &mut Node, folder: &str, report: &mut Report) {
    for entry in entries_mut(node) {
        match entry.key.as_str() {
            "context" => rebase(&mut entry.node, folder),
            "args" | "labels" => pairs(&mut entry.node, report),
            _ => {}
        }
    }
}

fn mount(item: &mut Node, folder: &str) {
    if let Value::Scalar(text) = &mut item.value {
        if let Some((source, rest)) = text.value.split_once(':')
            && source.starts_with(['.', '~'])
        {
            text.value = format!("{}:{rest}", rebased(source, folder));
        }
    } else if item.get("type").and_then(Node::str) == Some("bind")
        && let Some(source) = get_mut(item, "source")
    {
        rebase(source, folder);
    }
}

fn rebase(node: &mut Node, folder: &str) {
    if let Value::Scalar(text) = &mut node.value
        && !text.value.contains("://")
    {
        text.value = rebased(&text.value, folder);
    }
}

/// Returns a path as seen from the root: `./…` inside of the workspace, else as it stands.
fn rebased(path: &str, folder: &str) -> String {
    match paths::join(folder, path) {
        Ok(inside) if path.ends_with('/') && !inside.is_empty() => format!("./{inside}/"),
        Ok(inside) => format!("./{inside}"),
        Err(outside) => outside,
    }
}

/// Returns a mapping's entries for change.
pub(super) fn entries_mut(node: &mut Node) -> &mut [Entry] {
    match &mut node.value {
        Value::Map(entries) => entries,
        Value::Null | Value::Scalar(_) | Value::List(_) => &mut [],
    }
}

fn items_mut(node: &mut Node) -> &mut [Node] {
    match &mut node.value {
        Value::List(items) => items,
        Value::Null | Value::Scalar(_) | Value::Map(_) => &mut [],
    }
}

fn get_mut<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    entries_mut(node)
        .iter_mut()
        .find(|entry| entry.key == key)
        .map(|entry| &mut entry.node)
}

/// Wraps a scalar in a list.
fn listed(node: &mut Node) {
    if matches!(node.value, Value::Scalar(_)) {
        let item = Node {
            value: take(node),
            mark: node.mark.clone(),
            tag: None,
        };
        node.value = Value::List(vec![item]);
    }
}

/// Wraps a scalar in a mapping with one key.
fn keyed(node: &mut Node, key: &str) {
    if matches!(node.value, Value::Scalar(_)) {
        let item = Node {
            value: take(node),
            mark: node.mark.clone(),
            tag: None,
        };
        let mark = node.mark.clone();
        node.value = Value::Map(vec![Entry {
            key: key.to_owned(),
            mark,
            node: item,
        }]);
    }
}

/// Makes a list of names a mapping whose values are empty.
fn names(node: &mut Node) {
    let Value::List(items) = &node.value else {
        return;
    };
    let entry = |item: &Node| {
        let empty = Node {
            value: Value::Null,
            mark: item.mark.clone(),
            tag: None,
        };
        Some(Entry {
            key: item.str()?.to_owned(),
            mark: item.mark.clone(),
            node: empty,
        })
    };
    node.value = Value::Map(items.iter().filter_map(entry).collect());
}

/// Makes a list of `NAME=value` a mapping; the last of a name wins.
fn pairs(node: &mut Node, report: &mut Report) {
    let Value::List(items) = &node.value else {
        return;
    };
    let mut entries: Vec<Entry> = Vec::new();
    for item in items {
        let Some(text) = item.text() else {
            report.push(
                item.mark
                    .error("an item here must be `NAME=value`", item.kind()),
            );
            continue;
        };
        let (key, value) = split_pair(text);
        let node = Node {
            value,
            mark: item.mark.clone(),
            tag: None,
        };
        entries.retain(|entry| entry.key != key);
        entries.push(Entry {
            key,
            mark: item.mark.clone(),
            node,
        });
    }
    node.value = Value::Map(entries);
}

fn split_pair(text: &Text) -> (String, Value) {
    let Some((key, value)) = text.value.split_once('=') else {
        return (text.value.clone(), Value::Null);
    };
    let raw = text
        .raw
        .split_once('=')
        .map_or(text.raw.as_str(), |(_, raw)| raw);
    let variables = text.variables.clone();
    let value = Text {
        value: value.to_owned(),
        raw: raw.to_owned(),
        variables,
    };
    (key.to_owned(), Value::Scalar(value))
}

fn take(node: &mut Node) -> Value {
    std::mem::replace(&mut node.value, Value::Null)
}
