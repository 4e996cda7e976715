//! `volumes`, `tmpfs`, and the mounts of `configs` and `secrets`.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::yaml::{Node, Value};
use super::super::{Tree, paths};
use super::fields::{Fields, Notes};
use super::service::Scope;
use super::volumes::Backing;
use super::{keys, units};
use crate::facts::{Mount, MountSource};

/// Returns what a service mounts, each target once, the later one winning.
pub(super) fn read(
    service: &mut Fields<'_>,
    scope: &Scope<'_>,
    notes: &mut Notes<'_>,
) -> Vec<Mount> {
    let mut mounts = Mounts::default();
    for (index, node) in service.list("volumes", notes).iter().enumerate() {
        let path = format!("{}[{index}]", service.at("volumes"));
        let mount = match &node.value {
            Value::Scalar(text) => Some(short(&text.value, node, scope)),
            Value::Map(_) => long(node, path, scope, notes),
            Value::Null | Value::List(_) => {
                notes.unfit(node, &path, "a mount like `data:/var/lib/data:ro`");
                None
            }
        };
        mounts.add(mount.map(|mount| kept(mount, scope)));
    }
    for (text, node) in service.strings("tmpfs", notes) {
        let (target, options) = text.split_once(':').unwrap_or((text, ""));
        let size = options.split(',').find_map(|it| it.strip_prefix("size="));
        mounts.add(Some(Mount {
            size: size.and_then(units::bytes),
            ..mount(MountSource::Tmpfs, target, false, node)
        }));
    }
    for node in service.list("configs", notes) {
        let path = service.at("configs");
        mounts.add(grant(node, path, "/", MountSource::Config, notes));
    }
    for node in service.list("secrets", notes) {
        let path = service.at("secrets");
        mounts.add(grant(
            node,
            path,
            "/run/secrets/",
            MountSource::Secret,
            notes,
        ));
    }
    mounts.found
}

/// Mounts in order, each target once.
#[derive(Default)]
struct Mounts {
    found: Vec<Mount>,
    places: HashMap<String, usize>,
}

impl Mounts {
    fn add(&mut self, mount: Option<Mount>) {
        let Some(mount) = mount else { return };
        let place = self.places.get(&mount.target).copied();
        if let Some(other) = place.and_then(|place| self.found.get_mut(place)) {
            *other = mount;
            return;
        }
        self.places.insert(mount.target.clone(), self.found.len());
        self.found.push(mount);
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
        sub_path: None,
        size: None,
        folder: None,
        origin: node.mark.origin(),
    }
}

fn short(text: &str, node: &Node, scope: &Scope<'_>) -> Mount {
    // `C:\data:/data`: the first colon belongs to the drive.
    let drive = text.split_once(':').filter(|(drive, rest)| {
        let letter = drive.len() == 1 && drive.chars().all(|it| it.is_ascii_alphabetic());
        letter && rest.starts_with(['\\', '/'])
    });
    let windows = drive.and_then(|(_, rest)| rest.split_once(':'));
    if let (Some((drive, _)), Some((folder, rest))) = (drive, windows) {
        let target = rest.split(':').next().unwrap_or(rest);
        let host = MountSource::Host(format!("{drive}:{folder}"));
        return mount(host, target, false, node);
    }
    let mut parts = text.split(':');
    let first = parts.next().unwrap_or_default();
    let Some(target) = parts.next() else {
        return mount(MountSource::Anonymous, first, false, node);
    };
    let options = parts.next().unwrap_or_default();
    let read_only = options.split(',').any(|option| option == "ro");
    let (source, size) = source(first, scope);
    Mount {
        size,
        ..mount(source, target, read_only, node)
    }
}

/// Returns what a source is, and the size of memory: `./…` lies in the workspace (see `shape`).
fn source(written: &str, scope: &Scope<'_>) -> (MountSource, Option<u64>) {
    if written.starts_with(['/', '~', '.']) {
        return (folder(written, scope.tree), None);
    }
    match scope.volumes.get(written) {
        Some(Backing::Memory(size)) => (MountSource::Tmpfs, *size),
        Some(Backing::Folder(path)) => (folder(path, scope.tree), None),
        Some(Backing::Claim) | None => (MountSource::Volume(written.to_owned()), None),
    }
}

fn folder(written: &str, tree: &Tree) -> MountSource {
    match written.strip_prefix("./") {
        Some(inside) => MountSource::Bind(bind(inside, tree)),
        None => MountSource::Host(written.to_owned()),
    }
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

/// Returns a mount of a folder that a program keeps its data in as the volume that it is used as:
/// one that nothing in the workspace is in, or one of the host that isn't the system's.
fn kept(mount: Mount, scope: &Scope<'_>) -> Mount {
    if mount.read_only || mount.target.ends_with("initdb.d") {
        return mount;
    }
    let folder = match &mount.source {
        MountSource::Bind(path) if holds_nothing(path, scope.tree) => path.trim_end_matches('/'),
        MountSource::Host(path) if is_data(path) && !lies_in(KERNEL, &mount.target) => path,
        MountSource::Bind(_)
        | MountSource::Host(_)
        | MountSource::Volume(_)
        | MountSource::Anonymous
        | MountSource::Tmpfs
        | MountSource::Config(_)
        | MountSource::Secret(_) => return mount,
    };
    let mut name = String::new();
    for character in folder.to_lowercase().chars() {
        if character.is_ascii_alphanumeric() {
            name.push(character);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() {
        return mount;
    }
    Mount {
        folder: Some(folder.to_owned()),
        source: MountSource::Volume(name.to_owned()),
        ..mount
    }
}

/// Returns whether a folder has no file, or those alone that keep it in git.
fn holds_nothing(path: &str, tree: &Tree) -> bool {
    let folder = path.trim_end_matches('/');
    let empty = |(path, _): (&str, &Arc<str>)| {
        [".gitkeep", ".keep", ".gitignore"].contains(&paths::file_name(path))
    };
    path.ends_with('/')
        && !folder.is_empty()
        && tree.others_in(folder).next().is_none()
        && tree.below(folder).all(empty)
}

/// Folders that belong to the host's system, and to those who work there.
const SYSTEM: &[&str] = &[
    "/proc",
    "/sys",
    "/dev",
    "/run",
    "/var/run",
    "/etc",
    "/lib",
    "/lib64",
    "/usr",
    "/bin",
    "/sbin",
    "/boot",
    "/tmp",
    "/var/log",
    "/var/lib/docker",
    "/var/lib/containerd",
    "/var/lib/kubelet",
];

/// Where programs expect what runs on the host, and not files.
const KERNEL: &[&str] = &["/proc", "/sys", "/dev", "/run", "/var/run", "/lib/modules"];

/// Returns whether a path of the host looks like a folder where a program's data is kept.
fn is_data(path: &str) -> bool {
    let file = paths::file_name(path.trim_end_matches('/'));
    let hidden = path.split('/').any(|part| part.starts_with('.'));
    let rooted = path.starts_with('/') || path.starts_with("~/");
    rooted && !file.is_empty() && !file.contains('.') && !hidden && !lies_in(SYSTEM, path)
}

/// Returns whether a path is one of these folders, or lies below one.
fn lies_in(folders: &[&str], path: &str) -> bool {
    folders.iter().any(|folder| {
        let rest = path.strip_prefix(folder);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

fn long(node: &Node, path: String, scope: &Scope<'_>, notes: &mut Notes<'_>) -> Option<Mount> {
    let mut fields = Fields::new(node, path, &keys::MOUNT, notes);
    let kind = fields.string("type", notes);
    let written = fields.string("source", notes).filter(|it| !it.is_empty());
    let target = fields.string("target", notes);
    let read_only = fields.flag("read_only", notes).unwrap_or(false);
    if let Some(node) = fields.take("bind") {
        let mut part = Fields::new(node, fields.at("bind"), &keys::MOUNT_BIND, notes);
        part.only("propagation", &["private", "rprivate"], notes);
        part.finish(notes);
    }
    let mut sub_path = None;
    if let Some(node) = fields.take("volume") {
        let mut part = Fields::new(node, fields.at("volume"), &keys::MOUNT_VOLUME, notes);
        sub_path = part.string("subpath", notes);
        part.finish(notes);
    }
    let mut size = None;
    if let Some(node) = fields.take("tmpfs") {
        let mut part = Fields::new(node, fields.at("tmpfs"), &keys::MOUNT_TMPFS, notes);
        size = part.bytes("size", notes);
        part.finish(notes);
    }
    let path = fields.at("target");
    let kind = kind.as_deref().unwrap_or("volume");
    let (source, of_volume) = match (kind, written) {
        ("tmpfs", _) => (MountSource::Tmpfs, None),
        ("bind", Some(written)) => (folder(&written, scope.tree), None),
        ("volume", Some(written)) => source(&written, scope),
        ("volume", None) => (MountSource::Anonymous, None),
        _ => {
            fields.leave("type", Some(kind), &node.mark, notes);
            fields.finish(notes);
            return None;
        }
    };
    fields.finish(notes);
    let Some(target) = target else {
        notes.unfit(node, &path, "given");
        return None;
    };
    Some(Mount {
        sub_path,
        size: size.or(of_volume),
        ..mount(source, &target, read_only, node)
    })
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
    let mut fields = Fields::new(node, path, &keys::GRANT, notes);
    let name = fields.string("source", notes);
    let target = fields.string("target", notes);
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
