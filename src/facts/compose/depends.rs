//! What a service needs of others: `depends_on`, `links`, `volumes_from`; and the names by which
//! others reach it.

use super::super::report::Mark;
use super::super::yaml::{Node, Value};
use super::fields::{Fields, Notes};
use super::keys::{self, Loss};
use crate::facts::{Condition, Dependency};

/// A service whose mounts another one has too.
#[derive(Debug, Clone)]
pub(super) struct Borrowed {
    /// The service.
    pub(super) service: String,
    /// Whether they are read-only there.
    pub(super) read_only: bool,
    /// Where.
    pub(super) mark: Mark,
}

/// Returns what a service waits for: `depends_on`, then `links`.
pub(super) fn read(service: &mut Fields<'_>, notes: &mut Notes<'_>) -> Vec<Dependency> {
    let mut found: Vec<Dependency> = Vec::new();
    let path = service.at("depends_on");
    let node = service.take("depends_on");
    if let Some(node) = node.filter(|node| !matches!(node.value, Value::Map(_))) {
        notes.unfit(node, &path, "a list of services, or a mapping");
    }
    for entry in node.map(Node::entries).unwrap_or_default() {
        let path = format!("{path}.{}", entry.key);
        let mut fields = Fields::new(&entry.node, path, &keys::DEPENDENCY, notes);
        let expected = "`service_started`, `service_healthy` or `service_completed_successfully`";
        let condition = fields.scalar("condition", expected, notes, |text| match text {
            "service_started" => Some(Condition::Started),
            "service_healthy" => Some(Condition::Healthy),
            "service_completed_successfully" => Some(Condition::Completed),
            _ => None,
        });
        let required = fields.flag("required", notes).unwrap_or(true);
        let restart = entry.node.get("restart").and_then(Node::str) == Some("true");
        fields.finish(notes);
        found.push(Dependency {
            service: entry.key.clone(),
            condition: condition.unwrap_or(Condition::Started),
            required,
            restart,
            origin: entry.mark.origin(),
        });
    }
    found
}

/// Whose network a service is in by `network_mode`: the beginning of the value, why pods have no
/// such thing, and the way out.
const MODES: &[(&str, Loss)] = &[
    ("service:", JOINED),
    ("container:", JOINED),
    (
        "host",
        Loss {
            why: "the restricted Pod Security Standard forbids the node's network",
            way: "list the `ports` that it serves, and ask for NodePort or LoadBalancer",
        },
    ),
    (
        "none",
        Loss {
            why: "every pod has a network: what may talk to it is said by NetworkPolicies, and it \
                  may still ask DNS",
            way: "put it alone into a network that is `internal`",
        },
    ),
];
const JOINED: Loss = Loss {
    why: "each service is a pod with an address of its own, which shares its network with no other: \
          `localhost` doesn't lead from one to the other, and its traffic doesn't go through it",
    way: "list its `ports` at the service itself, and let others use its name for a host; what must \
          share one address (behind a VPN, say) must be containers of one pod: write that manifest, \
          and let a task apply it (`<!-- orch: apply=\"PATH\" -->`)",
};

/// Reads `network_mode`, and adds the service whose network it would share to what it waits for.
pub(super) fn network(
    service: &mut Fields<'_>,
    found: &mut Vec<Dependency>,
    notes: &mut Notes<'_>,
) {
    let Some(node) = service.take("network_mode") else {
        return;
    };
    let Some(mode) = node.str() else {
        return notes.unfit(node, &service.at("network_mode"), "a scalar");
    };
    if ["", "bridge", "default"].contains(&mode) {
        return;
    }
    if let Some(name) = mode.strip_prefix("service:")
        && found.iter().all(|other| other.service != name)
    {
        found.push(Dependency {
            service: name.to_owned(),
            condition: Condition::Started,
            required: false,
            restart: false,
            origin: node.mark.origin(),
        });
    }
    let told = MODES.iter().find(|(start, _)| mode.starts_with(start));
    service.leave("network_mode", Some(mode), &node.mark, notes);
    if let (Some((_, loss)), Some(left)) = (told, notes.left.last_mut()) {
        left.why = loss.why;
        left.way = Some(loss.way);
    }
}

/// Adds what a service is linked to, and returns the names that it knows the others by.
pub(super) fn links(
    service: &mut Fields<'_>,
    found: &mut Vec<Dependency>,
    notes: &mut Notes<'_>,
) -> Vec<(String, String)> {
    let mut aliases = Vec::new();
    for (link, node) in service.strings("links", notes) {
        let (name, alias) = match link.split_once(':') {
            Some((name, alias)) => (name, Some(alias)),
            None => (link, None),
        };
        if let Some(alias) = alias.filter(|alias| *alias != name) {
            aliases.push((name.to_owned(), alias.to_owned()));
        }
        if found.iter().all(|other| other.service != name) {
            found.push(Dependency {
                service: name.to_owned(),
                condition: Condition::Started,
                required: true,
                restart: false,
                origin: node.mark.origin(),
            });
        }
    }
    aliases
}

/// Returns the services whose mounts a service has too.
pub(super) fn borrowed(service: &mut Fields<'_>, notes: &mut Notes<'_>) -> Vec<Borrowed> {
    let mut found = Vec::new();
    for (text, node) in service.strings("volumes_from", notes) {
        if text.starts_with("container:") {
            service.leave("volumes_from", Some(text), &node.mark, notes);
            continue;
        }
        let (name, mode) = text.split_once(':').unwrap_or((text, ""));
        found.push(Borrowed {
            service: name.to_owned(),
            read_only: mode == "ro",
            mark: node.mark.clone(),
        });
    }
    found
}

/// Returns the networks that a service is in, and its names beside its own.
pub(super) fn networks(
    service: &mut Fields<'_>,
    notes: &mut Notes<'_>,
) -> (Vec<String>, Vec<String>) {
    let mut names = Vec::new();
    let mut aliases: Vec<String> = Vec::new();
    let path = service.at("networks");
    let node = service.take("networks");
    if let Some(node) = node.filter(|node| !matches!(node.value, Value::Map(_))) {
        notes.unfit(node, &path, "a list of networks, or a mapping");
    }
    for entry in node.map(Node::entries).unwrap_or_default() {
        names.push(entry.key.clone());
        let path = format!("{path}.{}", entry.key);
        let mut fields = Fields::new(&entry.node, path, &keys::NETWORK_USE, notes);
        for (alias, _) in fields.strings("aliases", notes) {
            if aliases.iter().all(|known| known != alias) {
                aliases.push(alias.to_owned());
            }
        }
        fields.finish(notes);
    }
    (names, aliases)
}
