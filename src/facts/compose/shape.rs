//! Short forms → the long ones that merge, and paths as seen from the workspace's root.
//!
//! Done to each file before it is merged: an environment given as a list must merge with one
//! given as a map, and a path is relative to the file that it stands in.

use std::collections::HashMap;

use super::super::paths;
use super::super::report::Report;
use super::super::yaml::{Entry, Node, Value};
use crate::facts::{Text, VariableUse};

/// Keys whose lists of `NAME=value` are maps in truth.
pub(super) const PAIRS: &[&str] = &[
    "additional_contexts",
    "annotations",
    "args",
    "environment",
    "labels",
    "ssh",
    "sysctls",
];

/// Shapes a whole file whose paths are relative to `folder`.
pub(super) fn shape(root: &mut Node, folder: &str, report: &mut Report) {
    for entry in entries_mut(root) {
        let part = entry.key.as_str();
        if !matches!(
            part,
            "services" | "configs" | "secrets" | "volumes" | "networks"
        ) {
            continue;
        }
        for one in entries_mut(&mut entry.node) {
            match part {
                "services" => service(&mut one.node, folder, report),
                _ => declared(&mut one.node, folder, report),
            }
        }
    }
}

/// Shapes a config, secret, volume or network.
fn declared(node: &mut Node, folder: &str, report: &mut Report) {
    if let Some(labels) = get_mut(node, "labels") {
        pairs(labels, report);
    }
    if let Some(file) = get_mut(node, "file") {
        rebase(file, folder);
    }
    if let Some(options) = get_mut(node, "driver_opts") {
        let binds = options
            .get("o")
            .and_then(Node::str)
            .is_some_and(|options| options.split(',').any(|it| it.trim().ends_with("bind")));
        if let Some(device) = get_mut(options, "device").filter(|_| binds) {
            rebase(device, folder);
        }
    }
}

fn service(service: &mut Node, folder: &str, report: &mut Report) {
    for entry in entries_mut(service) {
        let node = &mut entry.node;
        match entry.key.as_str() {
            key if PAIRS.contains(&key) => pairs(node, report),
            "depends_on" => names(node, DEPENDENCY),
            "networks" | "models" => names(node, &[]),
            "tmpfs" | "dns" | "dns_search" => listed(node),
            "label_file" => {
                listed(node);
                for item in items_mut(node) {
                    rebase(item, folder);
                }
            }
            "extra_hosts" => hosts(node),
            "extends" => keyed(node, "service"),
            "build" => {
                keyed(node, "context");
                build(node, folder, report);
            }
            "deploy" => {
                if let Some(labels) = get_mut(node, "labels") {
                    pairs(labels, report);
                }
            }
            "post_start" | "pre_stop" => {
                for hook in items_mut(node) {
                    if let Some(variables) = get_mut(hook, "environment") {
                        pairs(variables, report);
                    }
                }
            }
            "env_file" => env_files(node, folder),
            "volumes" => items_mut(node)
                .iter_mut()
                .for_each(|item| mount(item, folder)),
            _ => {}
        }
    }
}

/// What a short `depends_on` says.
const DEPENDENCY: &[(&str, &str)] = &[("condition", "service_started"), ("required", "true")];

fn build(node: &mut Node, folder: &str, report: &mut Report) {
    for entry in entries_mut(node) {
        match entry.key.as_str() {
            "context" => rebase(&mut entry.node, folder),
            "extra_hosts" => hosts(&mut entry.node),
            key if PAIRS.contains(&key) => {
                listed(&mut entry.node);
                pairs(&mut entry.node, report);
            }
            _ => {}
        }
    }
}

fn env_files(node: &mut Node, folder: &str) {
    // One file may be given as a mapping, without a list around it.
    if matches!(node.value, Value::Map(_)) {
        let item = Node {
            value: take(node),
            ..Node::null(&node.mark)
        };
        node.value = Value::List(vec![item]);
    }
    listed(node);
    for item in items_mut(node) {
        keyed(item, "path");
        if let Some(path) = get_mut(item, "path") {
            rebase(path, folder);
        }
    }
}

/// Makes a mapping of names and addresses a list of `name=address`, as one name may have several.
fn hosts(node: &mut Node) {
    let Value::Map(entries) = &node.value else {
        for item in items_mut(node) {
            if let Value::Scalar(text) = &mut item.value
                && !text.value.contains('=')
            {
                text.value = text.value.replacen(':', "=", 1);
            }
        }
        return;
    };
    let mut items = Vec::new();
    for entry in entries {
        let addresses = match &entry.node.value {
            Value::List(addresses) => addresses.as_slice(),
            Value::Null | Value::Scalar(_) | Value::Map(_) => std::slice::from_ref(&entry.node),
        };
        for address in addresses {
            let text = address.text().cloned().unwrap_or_default();
            let shift = |used: VariableUse| {
                let by = entry.key.len() + 1;
                let place = used.place.start + by..used.place.end + by;
                VariableUse { place, ..used }
            };
            items.push(Node {
                value: Value::Scalar(Text {
                    value: format!("{}={}", entry.key, text.value),
                    raw: format!("{}={}", entry.key, text.raw),
                    variables: text.variables.into_iter().map(shift).collect(),
                }),
                mark: entry.mark.clone(),
                tag: None,
            });
        }
    }
    node.value = Value::List(items);
}

fn scalar(value: &str) -> Value {
    Value::Scalar(Text {
        value: value.to_owned(),
        raw: value.to_owned(),
        variables: Vec::new(),
    })
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

/// Makes a list of names a mapping, each with these keys.
fn names(node: &mut Node, keys: &[(&str, &str)]) {
    let Value::List(items) = &node.value else {
        return;
    };
    let entry = |item: &Node| {
        let mut node = Node::null(&item.mark);
        if !keys.is_empty() {
            let fields = keys.iter().map(|(key, value)| Entry {
                key: (*key).to_owned(),
                mark: item.mark.clone(),
                node: Node {
                    value: scalar(value),
                    ..Node::null(&item.mark)
                },
            });
            node.value = Value::Map(fields.collect());
        }
        Some(Entry {
            key: item.str()?.to_owned(),
            mark: item.mark.clone(),
            node,
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
    let mut places: HashMap<String, usize> = HashMap::new();
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
        let entry = Entry {
            key,
            mark: item.mark.clone(),
            node,
        };
        let place = *places.entry(entry.key.clone()).or_insert(entries.len());
        match entries.get_mut(place) {
            Some(earlier) => *earlier = entry,
            None => entries.push(entry),
        }
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
    // Seen from the value's own beginning; those that stand in the name stay behind.
    let by = key.len() + 1;
    let moved = text.variables.iter().filter_map(|used| {
        let place = used.place.start.checked_sub(by)?..used.place.end.checked_sub(by)?;
        let used = used.clone();
        Some(VariableUse { place, ..used })
    });
    let value = Text {
        value: value.to_owned(),
        raw: raw.to_owned(),
        variables: moved.collect(),
    };
    (key.to_owned(), Value::Scalar(value))
}

fn take(node: &mut Node) -> Value {
    std::mem::replace(&mut node.value, Value::Null)
}
