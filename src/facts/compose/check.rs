//! Names that services use and that must be declared somewhere.

use std::collections::{HashMap, HashSet};

use super::super::report::{Mark, Report};
use super::super::yaml::{Node, Value};
use crate::facts::{MountSource, Project, Service};

/// Reports services that depend on what isn't there, and volumes, networks, configs and secrets
/// that nothing declares.
pub(super) fn names(project: &Project, root: &Node, report: &mut Report) {
    let entries = root.get("services").map(Node::entries).unwrap_or_default();
    let defined: HashMap<&str, &Node> = entries
        .iter()
        .map(|entry| (entry.key.as_str(), &entry.node))
        .collect();
    let active: HashSet<&str> = project
        .services
        .iter()
        .map(|service| service.name.as_str())
        .collect();
    let declared = Declared::of(project);
    for service in &project.services {
        let Some(node) = defined.get(service.name.as_str()) else {
            continue;
        };
        for dependency in &service.depends_on {
            let name = dependency.service.as_str();
            let provided = defined
                .get(name)
                .is_some_and(|it| it.get("provider").is_some());
            if active.contains(name) || provided || !dependency.required {
                continue;
            }
            let message = format!("`{}` depends on `{name}`, which isn't there", service.name);
            let mut error = place(node, name).error(message, "named here");
            if let Some(other) = defined.get(name) {
                let profiles: Vec<&str> = profiles(other);
                error = error.help(format!(
                    "it needs a profile: add one of `{}` to `profiles` in the phase's settings, or \
                     write `required: false`",
                    profiles.join("`, `")
                ));
            }
            report.push(error);
        }
        declared.check(service, node, report);
    }
}

fn profiles(node: &Node) -> Vec<&str> {
    match node.get("profiles").map(|node| &node.value) {
        Some(Value::List(items)) => items.iter().filter_map(Node::str).collect(),
        Some(_) | None => Vec::new(),
    }
}

/// Returns where a service names another.
fn place<'n>(node: &'n Node, name: &str) -> &'n Mark {
    let list = node.get("depends_on").or_else(|| node.get("links"));
    let mut entries = list.map(Node::entries).unwrap_or_default().iter();
    entries
        .find(|entry| entry.key == name)
        .map_or_else(|| &list.unwrap_or(node).mark, |entry| &entry.mark)
}

/// What is declared at the top.
struct Declared<'p> {
    volumes: HashSet<&'p str>,
    networks: HashSet<&'p str>,
    configs: HashSet<&'p str>,
    secrets: HashSet<&'p str>,
}

impl<'p> Declared<'p> {
    fn of(project: &'p Project) -> Self {
        Self {
            volumes: project.volumes.iter().map(|it| it.name.as_str()).collect(),
            networks: project.networks.iter().map(|it| it.name.as_str()).collect(),
            configs: project.configs.iter().map(|it| it.name.as_str()).collect(),
            secrets: project.secrets.iter().map(|it| it.name.as_str()).collect(),
        }
    }

    fn check(&self, service: &Service, node: &Node, report: &mut Report) {
        let at = |key: &str| &node.get(key).unwrap_or(node).mark;
        for mount in service.mounts.iter().filter(|it| it.folder.is_none()) {
            let (key, name, known) = match &mount.source {
                MountSource::Volume(name) => ("volumes", name, &self.volumes),
                MountSource::Config(name) => ("configs", name, &self.configs),
                MountSource::Secret(name) => ("secrets", name, &self.secrets),
                MountSource::Bind(_)
                | MountSource::Host(_)
                | MountSource::Anonymous
                | MountSource::Tmpfs => continue,
            };
            if !known.contains(name.as_str()) {
                undeclared(&service.name, key, name, at(key), report);
            }
        }
        let networks = service.networks.iter();
        for name in networks.filter(|name| *name != "default") {
            if !self.networks.contains(name.as_str()) {
                undeclared(&service.name, "networks", name, at("networks"), report);
            }
        }
    }
}

/// Reports a name that nothing declares. Compose refuses such a file; where nothing is lost by it,
/// it is only said.
fn undeclared(service: &str, key: &str, name: &str, mark: &Mark, report: &mut Report) {
    let message = format!("`{service}` uses `{name}`, which the top-level `{key}` don't declare");
    let label = "used here";
    let found = match key {
        "configs" | "secrets" => mark.error(message, label),
        _ => mark.warning(message, label),
    };
    report.push(found.help(format!("declare it: {key}: {{{name}: }}")));
}
