//! `volumes`, `tmpfs`, and the mounts of `configs` and `secrets`.

use super::super::yaml::{Node, Value};
use super::super::{Tree, paths};
use super::fields::{Fields, Notes};
use crate::facts::{Mount, MountSource};

/// Returns what a service mounts, each target once, the later one winning.
pub(super) fn read(service: &mut Fields<'_>, tree: &Tree, notes: &mut Notes<'_>) -> Vec<Mount> {
    let mut mounts = Vec::new();
    for (index, node) in service.list("volumes", notes).iter().enumerate() {
        let path = format!("{}[{index}]", service.at("volumes"));
        let mount = match &node.value {
            Value::Scalar(text) => Some(short(&text.value, node, tree)),
            Value::Map(_) => long(node, path, tree, notes),
            Value::Null | Value::List(_) => {
                notes.unfit(node, &path, "a mount like `data:/var/lib/data:ro`");
                None
            }
        };
        mount.into_iter().for_each(|mount| add(&mut mounts, mount));
    }
    for node in service.list("tmpfs", notes) {
        let target = node.str().unwrap_or_default();
        let target = target.split_once(':').map_or(target, |(target, _)| target);
        add(&mut mounts, mount(MountSource::Tmpfs, target, false, node));
    }
    for node in service.list("configs", notes) {
        let path = service.at("configs");
        let named = grant(node, path, "/", MountSource::Config, notes);
        named.into_iter().for_each(|mount| add(&mut mounts, mount));
    }
    for node in service.list("secrets", notes) {
        let path = service.at("secrets");
        let named = grant(node, path, "/run/secrets/", MountSource::Secret, notes);
        named.into_iter().for_each(|mount| add(&mut mounts, mount));
    }
    mounts
}

fn add(mounts: &mut Vec<Mount>, mount: Mount) {
    match mounts.iter_mut().find(|other| other.target == mount.target) {
        Some(other) => *other = mount,
        None => mounts.push(mount),
    }
}

fn mount(source: MountSource, target: &str, read_only: bool, node: &Node) -> Mount {
    let target = match target.trim_end_matches('/') {
        "" => "/",
        trimmed => trimmed,
    };
    Mount {
        source,
        target: target.to_owned(),
        read_only,
        origin: node.mark.origin(),
    }
}

fn short(text: &str, node: &Node, tree: &Tree) -> Mount {
    let mut parts = text.split(':');
    let first = parts.next().unwrap_or_default();
    let Some(target) = parts.next() else {
        return mount(MountSource::Anonymous, first, false, node);
    };
    let options = parts.next().unwrap_or_default();
    let read_only = options.split(',').any(|option| option == "ro");
    mount(source(first, tree), target, read_only, node)
}

/// Returns what a source is: `./…` lies in the workspace (see `shape`).
fn source(written: &str, tree: &Tree) -> MountSource {
    if let Some(inside) = written.strip_prefix("./") {
        return MountSource::Bind(bind(inside, tree));
    }
    if written.starts_with(['/', '~', '.']) {
        return MountSource::Host(written.to_owned());
    }
    MountSource::Volume(written.to_owned())
}

/// Returns a bind source; a folder's ends with `/`. A path that isn't in the tree is a folder
/// unless its name has an extension: Docker makes folders of what is missing.
fn bind(inside: &str, tree: &Tree) -> String {
    let path = inside.trim_end_matches('/');
    let looks_like_file = || paths::file_name(path).contains('.') && !inside.ends_with('/');
    let is_file = tree.get(path).is_some() || (!tree.has_folder(path) && looks_like_file());
    if is_file {
        path.to_owned()
    } else {
        format!("{path}/")
    }
}

fn long(node: &Node, path: String, tree: &Tree, notes: &mut Notes<'_>) -> Option<Mount> {
    let mut fields = Fields::new(node, path, notes);
    let kind = fields
        .string("type", notes)
        .unwrap_or_else(|| "volume".to_owned());
    let written = fields.string("source", notes);
    let target = fields.string("target", notes);
    let read_only = fields.flag("read_only", notes).unwrap_or(false);
    // How Docker makes the mount; nothing that a pod could do differently.
    for key in ["bind", "tmpfs", "consistency"] {
        fields.take(key);
    }
    let path = fields.at("target");
    fields.finish(notes);
    let Some(target) = target else {
        notes.unfit(node, &path, "given");
        return None;
    };
    let source = match (kind.as_str(), written) {
        ("tmpfs", _) => MountSource::Tmpfs,
        ("bind", Some(written)) => source(&written, tree),
        ("volume", Some(written)) => MountSource::Volume(written),
        ("volume", None) => MountSource::Anonymous,
        _ => {
            notes.unread(path.trim_end_matches(".target").to_owned(), node);
            return None;
        }
    };
    Some(mount(source, &target, read_only, node))
}

/// Returns the mount of a config or secret that a service is granted.
fn grant(
    node: &Node,
    path: String,
    folder: &str,
    source: impl Fn(String) -> MountSource,
    notes: &mut Notes<'_>,
) -> Option<Mount> {
    if let Some(name) = node.str() {
        return Some(mount(
            source(name.to_owned()),
            &format!("{folder}{name}"),
            true,
            node,
        ));
    }
    let mut fields = Fields::new(node, path, notes);
    let name = fields.string("source", notes);
    let target = fields.string("target", notes);
    for key in ["uid", "gid", "mode"] {
        fields.take(key);
    }
    let path = fields.at("source");
    fields.finish(notes);
    let Some(name) = name else {
        notes.unfit(node, &path, "given");
        return None;
    };
    let target = match target {
        Some(target) if target.starts_with('/') => target,
        Some(target) => format!("{folder}{target}"),
        None => format!("{folder}{name}"),
    };
    Some(mount(source(name), &target, true, node))
}
