//! Compose files → [`Project`].
//!
//! In Compose's own order: each file to a spanned tree, interpolated, its `include` and `extends`
//! followed, merged; only then typed, the keys that nothing carries over noted by line. What a
//! service becomes in Kubernetes isn't decided here.

mod fields;
mod health;
mod load;
mod merge;
mod mounts;
mod ports;
mod service;
mod shape;
mod units;

#[cfg(test)]
mod tests;

use super::interpolate::Values;
use super::model::{ConfigFile, Project, Service, Volume};
use super::paths;
use super::report::Report;
use super::tree::Tree;
use super::yaml::Node;
use fields::{Fields, Notes};

pub(super) use ports::short as short_port;
pub(super) use units::{duration, words};

/// The default names, in Compose's order of preference.
const DEFAULTS: &[&str] = &[
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];

/// Returns the Compose files that a folder has by their default names: the main file and its
/// override, in merge order.
pub fn default_compose_files(tree: &Tree, folder: &str) -> Vec<String> {
    let existing = |name: &str| {
        let path = paths::join(folder, name).ok()?;
        tree.get(&path).is_some().then_some(path)
    };
    let Some(main) = DEFAULTS.iter().find_map(|name| existing(name)) else {
        return Vec::new();
    };
    let stem = paths::file_name(&main)
        .split('.')
        .next()
        .unwrap_or_default();
    let over = ["yaml", "yml"]
        .iter()
        .find_map(|extension| existing(&format!("{stem}.override.{extension}")));
    [Some(main.clone()), over].into_iter().flatten().collect()
}

/// Returns the project that the files make; problems go to the report.
pub(super) fn read(
    tree: &Tree,
    files: &[String],
    active: &[String],
    report: &mut Report,
) -> Option<Project> {
    let (root, values) = load::load(tree, files, report)?;
    let mut notes = Notes {
        report,
        unread: Vec::new(),
    };
    let mut fields = Fields::new(&root, String::new(), &mut notes);
    let mut project = Project {
        name: fields.string("name", &mut notes),
        files: files.to_vec(),
        services: Vec::new(),
        volumes: volumes(&mut fields),
        configs: config_files(&mut fields, "configs", &mut notes),
        secrets: config_files(&mut fields, "secrets", &mut notes),
    };
    let services = fields
        .take("services")
        .map(Node::entries)
        .unwrap_or_default();
    // Networks are how Docker separates services; `manifest` does it by who talks to whom.
    for key in ["version", "networks", "include"] {
        fields.take(key);
    }
    fields.finish(&mut notes);
    for unread in std::mem::take(&mut notes.unread) {
        let key = unread.key.trim_start_matches('.').to_owned();
        if let Some(entry) = root.entries().iter().find(|entry| entry.key == key) {
            let message = format!("`{key}` isn't a key that a Compose file has");
            notes.report.push(entry.mark.warning(message, "not read"));
        }
    }
    for entry in services {
        let service = read_service(entry, tree, &values, &mut notes);
        let idle = !service.profiles.is_empty()
            && !service
                .profiles
                .iter()
                .any(|own| active.contains(own) || active.contains(&all()));
        if idle {
            let profiles = service.profiles.join(", ");
            let message = format!("`{}` is left out: it needs a profile", entry.key);
            let label = format!("of {profiles}");
            notes.report.push(entry.mark.warning(message, &label));
        } else {
            project.services.push(service);
        }
    }
    check_names(&project, &root, &mut notes);
    Some(project)
}

fn all() -> String {
    "*".to_owned()
}

fn read_service(
    entry: &super::yaml::Entry,
    tree: &Tree,
    values: &Values,
    notes: &mut Notes<'_>,
) -> Service {
    let scope = service::Scope { tree, values };
    let mut service = service::read(&entry.key, &entry.node, &scope, notes);
    service.origin = entry.mark.origin();
    if service.image.is_none() && service.build.is_none() {
        let message = format!("service `{}` has neither `image` nor `build`", entry.key);
        notes
            .report
            .push(entry.mark.error(message, "nothing says what it runs"));
    }
    service
}

fn volumes(root: &mut Fields<'_>) -> Vec<Volume> {
    let entries = root.take("volumes").map(Node::entries).unwrap_or_default();
    let volume = |entry: &super::yaml::Entry| Volume {
        name: entry.key.clone(),
        origin: entry.mark.origin(),
    };
    entries.iter().map(volume).collect()
}

fn config_files(
    root: &mut Fields<'_>,
    key: &'static str,
    notes: &mut Notes<'_>,
) -> Vec<ConfigFile> {
    let entries = root.take(key).map(Node::entries).unwrap_or_default();
    let mut found = Vec::new();
    for entry in entries {
        let mut fields = Fields::new(&entry.node, format!("{key}.{}", entry.key), notes);
        let file = fields.string("file", notes);
        let file = file.map(|path| path.strip_prefix("./").unwrap_or(&path).to_owned());
        found.push(ConfigFile {
            name: entry.key.clone(),
            file,
            environment: fields.string("environment", notes),
            content: fields.string("content", notes),
            origin: entry.mark.origin(),
        });
    }
    found
}

/// Reports services that depend on what isn't there, and volumes that nothing declares.
fn check_names(project: &Project, root: &Node, notes: &mut Notes<'_>) {
    let defined = root.get("services");
    for service in &project.services {
        for dependency in &service.depends_on {
            let name = &dependency.service;
            if defined.is_some_and(|services| services.get(name).is_some()) {
                continue;
            }
            let node = defined.and_then(|services| services.get(&service.name));
            let node = node.and_then(|node| node.get("depends_on").or_else(|| node.get("links")));
            let place = node.and_then(|node| {
                node.entries()
                    .iter()
                    .find(|entry| &entry.key == name)
                    .map(|entry| &entry.mark)
            });
            let message = format!("`{}` depends on `{name}`, which isn't there", service.name);
            if let Some(mark) = place.or(node.map(|node| &node.mark)) {
                notes.report.push(mark.error(message, "named here"));
            }
        }
    }
}
