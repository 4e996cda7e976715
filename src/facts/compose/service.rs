//! A merged `services.<name>` → [`Service`].

use std::collections::BTreeMap;

use super::super::interpolate::Values;
use super::super::yaml::{Entry, Node};
use super::super::{Tree, dotenv, paths, secret};
use super::depends::{self, Borrowed};
use super::fields::{Fields, Left, Notes};
use super::volumes::Backing;
use super::{command, deploy, environment, health, keys, mounts, pod, ports, stand_in};
use crate::facts::{Build, Service, Spoken};

/// What services are read with.
pub(super) struct Scope<'a> {
    /// The workspace.
    pub(super) tree: &'a Tree,
    /// The values of `.env`.
    pub(super) values: &'a Values,
    /// What the named volumes are.
    pub(super) volumes: &'a BTreeMap<String, Backing>,
}

/// A service, with what concerns others.
#[derive(Debug)]
pub(super) struct Read {
    /// The service.
    pub(super) service: Service,
    /// The keys that nothing carries over.
    pub(super) left: Vec<Left>,
    /// The names that it knows others by.
    pub(super) aliases: Vec<(String, String)>,
    /// The services whose mounts it has too.
    pub(super) borrowed: Vec<Borrowed>,
}

/// Returns a service.
pub(super) fn read(entry: &Entry, scope: &Scope<'_>, notes: &mut Notes<'_>) -> Read {
    let node = &entry.node;
    let path = format!("services.{}", entry.key);
    let mut fields = Fields::new(node, path, &keys::SERVICE, notes);
    let (env_files, environment) = environment::read(&mut fields, scope, notes);
    notes.service.clone_from(&entry.key);
    notes.held.extend(environment.iter().filter_map(|it| {
        // What env files give; the others are known.
        stand_in::held(&entry.key, &it.name, it.value.as_ref()?)
    }));
    let rollout = deploy::read(&mut fields, notes);
    let (entrypoint, command) = command::both(&mut fields, notes);
    let (networks, aliases) = depends::networks(&mut fields, notes);
    let mut depends_on = depends::read(&mut fields, notes);
    let known_as = depends::links(&mut fields, &mut depends_on, notes);
    depends::network(&mut fields, &mut depends_on, notes);
    let user = node.get("user").and_then(Node::str).map(str::to_owned);
    let mut pod = pod::read(&mut fields, notes);
    pod.devices = rollout.devices;
    let mut service = Service {
        name: entry.key.clone(),
        origin: entry.mark.origin(),
        image: fields.take("image").and_then(Node::text).cloned(),
        build: build(&mut fields, notes),
        ports: ports::read(&mut fields, notes),
        environment,
        env_files,
        mounts: mounts::read(&mut fields, scope, notes),
        healthcheck: health::read(&mut fields, notes),
        spoken: Vec::new(),
        depends_on,
        entrypoint,
        command,
        user: user.filter(|user| !user.is_empty()),
        working_dir: fields.string("working_dir", notes),
        restart: fields.string("restart", notes),
        replicas: rollout.replicas,
        limits: rollout.limits,
        labels: labels(&mut fields, scope, notes),
        stop_grace_period: fields.duration("stop_grace_period", notes),
        profiles: profiles(&mut fields, notes),
        deploy: rollout.deploy,
        pod,
        networks,
        container_name: fields.string("container_name", notes),
        aliases,
        unread: Vec::new(),
    };
    let borrowed = depends::borrowed(&mut fields, notes);
    fields.finish(notes);
    let left = std::mem::take(&mut notes.left);
    service.unread = left.iter().map(Left::fact).collect();
    let spoken = std::mem::take(&mut notes.spoken).into_iter();
    service.spoken = spoken.map(|(name, why)| Spoken { name, why }).collect();
    Read {
        service,
        left,
        aliases: known_as,
        borrowed,
    }
}

fn build(service: &mut Fields<'_>, notes: &mut Notes<'_>) -> Option<Build> {
    let node = service.take("build")?;
    let mut fields = Fields::new(node, service.at("build"), &keys::BUILD, notes);
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
    let inline = fields.string("dockerfile_inline", notes);
    let build = Build {
        context,
        // A name that no file has, for what stands in the Compose file itself.
        dockerfile: match inline {
            Some(_) => format!("{} (`{}`)", node.mark.origin().path, service.at("build")),
            None => dockerfile,
        },
        inline,
        target: fields.string("target", notes),
    };
    fields.finish(notes);
    Some(build)
}

/// Returns the labels: those of files first, then the service's own.
fn labels(
    service: &mut Fields<'_>,
    scope: &Scope<'_>,
    notes: &mut Notes<'_>,
) -> Vec<(String, String)> {
    let mut labels: BTreeMap<String, String> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    let mut set = |name: &str, value: &str| {
        if labels.insert(name.to_owned(), value.to_owned()).is_none() {
            order.push(name.to_owned());
        }
    };
    for (path, node) in service.strings("label_file", notes) {
        let path = path.strip_prefix("./").unwrap_or(path);
        match scope.tree.get(path) {
            Some(text) => {
                for (name, value) in dotenv::values(path, text) {
                    set(&name, &value);
                }
            }
            None => notes.report.push(node.mark.warning(
                format!("`{path}` isn't in the workspace: its labels are unknown"),
                "named here",
            )),
        }
    }
    for (entry, value) in service.pairs("labels", notes) {
        let hidden = secret::by_name(&entry.key).or_else(|| secret::by_value(value));
        let tool = entry.key.starts_with("traefik.");
        if !tool && (hidden.is_some() || !pod::is_annotation(&entry.key)) {
            service.leave("labels", Some(&entry.key), &entry.mark, notes);
        }
        set(&entry.key, value);
    }
    let pairs = order.into_iter();
    pairs
        .filter_map(|name| labels.remove_entry(&name))
        .collect()
}

fn profiles(service: &mut Fields<'_>, notes: &mut Notes<'_>) -> Vec<String> {
    let profiles = service.strings("profiles", notes).into_iter();
    profiles.map(|(name, _)| name.to_owned()).collect()
}
