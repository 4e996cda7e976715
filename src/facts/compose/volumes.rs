//! What is declared at the top beside services: volumes, networks, configs and secrets.

use std::collections::BTreeMap;

use super::super::interpolate::Values;
use super::super::reference;
use super::super::yaml::{Entry, Node};
use super::fields::{Fields, Notes};
use super::{keys, units};
use crate::facts::{ConfigFile, Network, Volume};

/// What a named volume is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Backing {
    /// Disk space that outlives the container.
    Claim,
    /// Memory, with its size in bytes if one is given.
    Memory(Option<u64>),
    /// A folder, as a bind mount's source.
    Folder(String),
}

/// Returns the volumes, and what they are.
pub(super) fn volumes(
    root: &mut Fields<'_>,
    notes: &mut Notes<'_>,
) -> (Vec<Volume>, BTreeMap<String, Backing>) {
    let mut volumes = Vec::new();
    let mut backings = BTreeMap::new();
    for entry in declared(root, "volumes", notes) {
        let path = format!("volumes.{}", entry.key);
        let mut fields = Fields::new(&entry.node, path, &keys::VOLUME, notes);
        let external = external(&mut fields);
        if let Some(node) = external {
            fields.leave("external", None, &node.mark, notes);
        }
        fields.only("driver", &["local", "default"], notes);
        let backing = backing(&mut fields, notes);
        fields.finish(notes);
        backings.insert(entry.key.clone(), backing);
        volumes.push(Volume {
            name: entry.key.clone(),
            external: external.is_some(),
            origin: entry.mark.origin(),
        });
    }
    (volumes, backings)
}

/// Returns what a volume's options make of it.
fn backing(fields: &mut Fields<'_>, notes: &mut Notes<'_>) -> Backing {
    let Some(node) = fields.take("driver_opts") else {
        return Backing::Claim;
    };
    let text = |key: &str| node.get(key).and_then(Node::str).unwrap_or_default();
    let options: Vec<&str> = text("o").split(',').map(str::trim).collect();
    if text("type") == "tmpfs" {
        let size = options.iter().find_map(|it| it.strip_prefix("size="));
        return Backing::Memory(size.and_then(units::bytes));
    }
    if options.contains(&"bind") || options.contains(&"rbind") {
        return Backing::Folder(text("device").to_owned());
    }
    if !node.entries().is_empty() {
        fields.leave("driver_opts", None, &node.mark, notes);
    }
    Backing::Claim
}

/// Returns the node of `external` where it says that the thing is there already.
fn external<'a>(fields: &mut Fields<'a>) -> Option<&'a Node> {
    let node = fields.take("external")?;
    let no = ["false", "False", "no", "off", ""];
    (!node.str().is_some_and(|text| no.contains(&text))).then_some(node)
}

/// Returns the networks.
pub(super) fn networks(root: &mut Fields<'_>, notes: &mut Notes<'_>) -> Vec<Network> {
    let mut networks = Vec::new();
    for entry in declared(root, "networks", notes) {
        let path = format!("networks.{}", entry.key);
        let mut fields = Fields::new(&entry.node, path, &keys::NETWORK, notes);
        let internal = fields.flag("internal", notes).unwrap_or(false);
        fields.finish(notes);
        networks.push(Network {
            name: entry.key.clone(),
            internal,
            origin: entry.mark.origin(),
        });
    }
    networks
}

/// Returns the configs.
pub(super) fn configs(
    root: &mut Fields<'_>,
    values: &Values,
    notes: &mut Notes<'_>,
) -> Vec<ConfigFile> {
    let mut found = Vec::new();
    for entry in declared(root, "configs", notes) {
        let path = format!("configs.{}", entry.key);
        let mut fields = Fields::new(&entry.node, path, &keys::CONFIG, notes);
        let file = fields.string("file", notes).map(inside);
        let text = fields.take("content").and_then(Node::text);
        let mut content = text.map(|text| notes.hidden.marked(text));
        let environment = fields.string("environment", notes);
        if let Some(variable) = &environment {
            let secret = notes.hidden.named(variable);
            let secret = secret.then(|| reference::to(variable));
            content = secret.or_else(|| values.get(variable).cloned());
            if content.is_none() {
                fields.leave("environment", Some(variable), &entry.mark, notes);
            }
        }
        let external = external(&mut fields);
        let named = entry.node.get("name").and_then(Node::str);
        fields.finish(notes);
        found.push(ConfigFile {
            name: entry.key.clone(),
            file,
            environment,
            content,
            external: external.map(|_| named.unwrap_or(&entry.key).to_owned()),
            origin: entry.mark.origin(),
        });
    }
    found
}

/// Returns the secrets. What they hold is never read.
pub(super) fn secrets(root: &mut Fields<'_>, notes: &mut Notes<'_>) -> Vec<ConfigFile> {
    let mut found = Vec::new();
    for entry in declared(root, "secrets", notes) {
        let path = format!("secrets.{}", entry.key);
        let mut fields = Fields::new(&entry.node, path, &keys::SECRET, notes);
        let external = external(&mut fields);
        let named = entry.node.get("name").and_then(Node::str);
        found.push(ConfigFile {
            name: entry.key.clone(),
            file: fields.string("file", notes).map(inside),
            environment: fields.string("environment", notes),
            content: None,
            external: external.map(|_| named.unwrap_or(&entry.key).to_owned()),
            origin: entry.mark.origin(),
        });
        fields.finish(notes);
    }
    found
}

fn declared<'a>(root: &mut Fields<'a>, key: &'static str, notes: &mut Notes<'_>) -> &'a [Entry] {
    let Some(node) = root.take(key) else {
        return &[];
    };
    if node.entries().is_empty() && (node.text().is_some() || node.kind() == "a list") {
        notes.unfit(node, key, "a mapping of names");
    }
    node.entries()
}

fn inside(path: String) -> String {
    path.strip_prefix("./").map(str::to_owned).unwrap_or(path)
}
