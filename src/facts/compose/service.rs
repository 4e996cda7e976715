//! A merged `services.<name>` → [`Service`].

use super::super::interpolate::{Values, interpolate};
use super::super::yaml::{Node, Value};
use super::super::{Tree, dotenv, paths};
use super::fields::{Fields, Notes};
use super::{health, mounts, ports, units};
use crate::facts::{Build, Condition, Dependency, EnvVar, Limits, Service, Text, secret};

/// What services are read with.
pub(super) struct Scope<'a> {
    /// The workspace.
    pub(super) tree: &'a Tree,
    /// The values of `.env`.
    pub(super) values: &'a Values,
}

/// Returns a service.
pub(super) fn read(name: &str, node: &Node, scope: &Scope<'_>, notes: &mut Notes<'_>) -> Service {
    let mut fields = Fields::new(node, format!("services.{name}"), notes);
    let (env_files, environment) = environment(&mut fields, scope, notes);
    let (replicas, limits) = deploy(&mut fields, notes);
    let mut service = Service {
        name: name.to_owned(),
        origin: node.mark.origin(),
        image: fields.take("image").and_then(Node::text).cloned(),
        build: build(&mut fields, notes),
        ports: ports::read(&mut fields, notes),
        environment,
        env_files,
        mounts: mounts::read(&mut fields, scope.tree, notes),
        healthcheck: health::read(&mut fields, notes),
        depends_on: depends_on(&mut fields, notes),
        entrypoint: command(&mut fields, "entrypoint", notes),
        command: command(&mut fields, "command", notes),
        user: fields.string("user", notes),
        working_dir: fields.string("working_dir", notes),
        restart: fields.string("restart", notes),
        replicas,
        limits,
        labels: labels(&mut fields),
        stop_grace_period: fields.duration("stop_grace_period", notes),
        profiles: profiles(&mut fields, notes),
        unread: Vec::new(),
    };
    fields.finish(notes);
    service.unread = std::mem::take(&mut notes.unread);
    service
}

fn build(service: &mut Fields<'_>, notes: &mut Notes<'_>) -> Option<Build> {
    let node = service.take("build")?;
    let mut fields = Fields::new(node, service.at("build"), notes);
    let context = fields
        .string("context", notes)
        .unwrap_or_else(|| "./".to_owned());
    let context = context
        .strip_prefix("./")
        .unwrap_or(&context)
        .trim_end_matches('/')
        .to_owned();
    let dockerfile = fields
        .string("dockerfile", notes)
        .unwrap_or_else(|| "Dockerfile".to_owned());
    let dockerfile = paths::join(&context, &dockerfile).unwrap_or_else(|path| path);
    let build = Build {
        context,
        dockerfile,
        target: fields.string("target", notes),
    };
    fields.finish(notes);
    Some(build)
}

/// Returns the env files and the variables: those of tracked files first, then the service's own.
fn environment(
    service: &mut Fields<'_>,
    scope: &Scope<'_>,
    notes: &mut Notes<'_>,
) -> (Vec<String>, Vec<EnvVar>) {
    let mut files = Vec::new();
    let mut variables = Vec::new();
    for node in service.list("env_file", notes) {
        let mut fields = Fields::new(node, service.at("env_file"), notes);
        let path = fields.string("path", notes).unwrap_or_default();
        let required = fields.flag("required", notes).unwrap_or(true);
        fields.finish(notes);
        let path = path.strip_prefix("./").unwrap_or(&path).to_owned();
        match scope.tree.get(&path) {
            Some(text) => {
                for line in dotenv::parse(&path, text) {
                    set(&mut variables, assigned(line, scope.values));
                }
            }
            None if required => notes.report.push(node.mark.warning(
                format!("`{path}` isn't in the workspace: its variables are unknown"),
                "named here",
            )),
            None => {}
        }
        files.push(path);
    }
    for entry in service
        .take("environment")
        .map(Node::entries)
        .unwrap_or_default()
    {
        let value = match &entry.node.value {
            Value::Scalar(text) => Some(text.clone()),
            Value::Null => None,
            Value::List(_) | Value::Map(_) => {
                notes.unfit(&entry.node, &service.at("environment"), "names and scalars");
                continue;
            }
        };
        set(
            &mut variables,
            EnvVar {
                name: entry.key.clone(),
                value,
                origin: entry.mark.origin(),
            },
        );
    }
    (files, variables)
}

fn assigned(line: dotenv::Assignment, values: &Values) -> EnvVar {
    let value = line.value.map(|raw| {
        let as_it_is = Text {
            value: raw.clone(),
            raw: raw.clone(),
            variables: Vec::new(),
        };
        if line.literal {
            as_it_is
        } else {
            interpolate(&raw, values).unwrap_or(as_it_is)
        }
    });
    EnvVar {
        name: line.name,
        value,
        origin: line.origin,
    }
}

fn set(variables: &mut Vec<EnvVar>, variable: EnvVar) {
    match variables
        .iter_mut()
        .find(|other| other.name == variable.name)
    {
        Some(other) => *other = variable,
        None => variables.push(variable),
    }
}

fn depends_on(service: &mut Fields<'_>, notes: &mut Notes<'_>) -> Vec<Dependency> {
    let mut found: Vec<Dependency> = Vec::new();
    let path = service.at("depends_on");
    for entry in service
        .take("depends_on")
        .map(Node::entries)
        .unwrap_or_default()
    {
        let mut fields = Fields::new(&entry.node, format!("{path}.{}", entry.key), notes);
        let expected = "`service_started`, `service_healthy` or `service_completed_successfully`";
        let condition = fields.scalar("condition", expected, notes, |text| match text {
            "service_started" => Some(Condition::Started),
            "service_healthy" => Some(Condition::Healthy),
            "service_completed_successfully" => Some(Condition::Completed),
            _ => None,
        });
        // Whether it may be absent, or restarts with it, is the cluster's business.
        fields.take("required");
        fields.take("restart");
        fields.finish(notes);
        found.push(Dependency {
            service: entry.key.clone(),
            condition: condition.unwrap_or(Condition::Started),
            origin: entry.mark.origin(),
        });
    }
    for node in service.list("links", notes) {
        let link = node.str().unwrap_or_default();
        let name = link.split_once(':').map_or(link, |(name, _)| name);
        if !name.is_empty() && found.iter().all(|other| other.service != name) {
            let origin = node.mark.origin();
            let condition = Condition::Started;
            found.push(Dependency {
                service: name.to_owned(),
                condition,
                origin,
            });
        }
    }
    found
}

/// Returns a command in exec form.
fn command(
    service: &mut Fields<'_>,
    key: &'static str,
    notes: &mut Notes<'_>,
) -> Option<Vec<String>> {
    let node = service.take(key)?;
    warn_of_secrets(node, key, notes);
    match &node.value {
        Value::Scalar(text) => {
            let words = units::words(&text.value);
            if words.is_none() {
                notes.unfit(node, &service.at(key), "a command whose quotes are closed");
            }
            words
        }
        Value::List(items) => Some(strings(items)),
        Value::Null | Value::Map(_) => {
            notes.unfit(node, &service.at(key), "a string or a list");
            None
        }
    }
}

/// Says that a secret in a command has no value: nothing can stand for it there.
fn warn_of_secrets(node: &Node, key: &str, notes: &mut Notes<'_>) {
    let words = match &node.value {
        Value::List(items) => items.as_slice(),
        Value::Scalar(_) | Value::Null | Value::Map(_) => std::slice::from_ref(node),
    };
    for word in words {
        let Value::Scalar(text) = &word.value else {
            continue;
        };
        let lost = text.variables.iter().filter(|variable| {
            let empty = !variable.given && variable.default.is_none();
            empty && secret::by_name(&variable.name).is_some()
        });
        for variable in lost {
            let message = format!("`{}` in `{key}` is a secret, and left out", variable.name);
            let help =
                "let the program read it from its environment, where a Secret can stand for it";
            notes.report.push(
                node.mark
                    .warning(message, "it has no value here")
                    .help(help),
            );
        }
    }
}

/// Returns the scalars of a list.
pub(super) fn strings(items: &[Node]) -> Vec<String> {
    items
        .iter()
        .map(|item| item.str().unwrap_or_default().to_owned())
        .collect()
}

fn labels(service: &mut Fields<'_>) -> Vec<(String, String)> {
    let entries = service
        .take("labels")
        .map(Node::entries)
        .unwrap_or_default();
    let value = |node: &Node| node.str().unwrap_or_default().to_owned();
    entries
        .iter()
        .map(|entry| (entry.key.clone(), value(&entry.node)))
        .collect()
}

fn profiles(service: &mut Fields<'_>, notes: &mut Notes<'_>) -> Vec<String> {
    strings(service.list("profiles", notes))
}

fn deploy(service: &mut Fields<'_>, notes: &mut Notes<'_>) -> (Option<u32>, Limits) {
    let mut limits = Limits {
        cpu_limit: service.cpus("cpus", notes),
        memory_limit: service.bytes("mem_limit", notes),
        cpu_request: None,
        memory_request: service.bytes("mem_reservation", notes),
    };
    let mut replicas = service.number("scale", notes);
    let Some(node) = service.take("deploy") else {
        return (replicas, limits);
    };
    let mut fields = Fields::new(node, service.at("deploy"), notes);
    replicas = fields.number("replicas", notes).or(replicas);
    // `replicated` is what a Deployment is; anything else isn't carried over.
    if node.get("mode").and_then(Node::str) == Some("replicated") {
        fields.take("mode");
    }
    if let Some(resources) = fields.take("resources") {
        let mut parts = Fields::new(resources, fields.at("resources"), notes);
        let (cpu, memory) = resources_of(&mut parts, "limits", notes);
        limits.cpu_limit = cpu.or(limits.cpu_limit);
        limits.memory_limit = memory.or(limits.memory_limit);
        let (cpu, memory) = resources_of(&mut parts, "reservations", notes);
        limits.cpu_request = cpu.or(limits.cpu_request);
        limits.memory_request = memory.or(limits.memory_request);
        parts.finish(notes);
    }
    fields.finish(notes);
    (replicas, limits)
}

fn resources_of(
    resources: &mut Fields<'_>,
    key: &'static str,
    notes: &mut Notes<'_>,
) -> (Option<u64>, Option<u64>) {
    let Some(node) = resources.take(key) else {
        return (None, None);
    };
    let mut fields = Fields::new(node, resources.at(key), notes);
    let found = (fields.cpus("cpus", notes), fields.bytes("memory", notes));
    fields.finish(notes);
    found
}
