//! Compose files → [`Project`].
//!
//! In Compose's own order: each file to a spanned tree, interpolated, its `include` and `extends`
//! followed, merged; only then typed, the keys that nothing carries over noted by line. What a
//! service becomes in Kubernetes isn't decided here.

mod check;
mod command;
mod depends;
mod deploy;
mod devices;
mod environment;
mod fields;
mod health;
mod hidden;
mod keys;
mod left;
mod load;
mod merge;
mod mounts;
mod pod;
mod ports;
mod service;
mod shape;
mod stand_in;
mod units;
mod volumes;
mod withheld;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use super::Inputs;
use super::model::{Project, UnreadKey};
use super::report::Report;
use super::tree::Tree;
use super::yaml::{Entry, Node, Value};
use super::{dotenv, paths};
use depends::Borrowed;
use fields::{Fields, Left, Notes};
use hidden::Hidden;

pub(crate) use pod::is_annotation;
pub(super) use ports::short as short_port;
pub(super) use units::{duration, words};

/// The default names, in Compose's order of preference.
const DEFAULTS: &[&str] = &[
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];

/// Returns the Compose files that a folder has, in merge order: those that `COMPOSE_FILE` in its
/// `.env` names, else the main file and its override by their default names.
pub fn default_compose_files(tree: &Tree, folder: &str) -> Vec<String> {
    let named = named_files(tree, folder);
    if !named.is_empty() {
        return named;
    }
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

/// Returns the files that a folder's `.env` names. Its text isn't interpolated: what names files
/// has no variables in practice.
fn named_files(tree: &Tree, folder: &str) -> Vec<String> {
    let Ok(path) = paths::join(folder, ".env") else {
        return Vec::new();
    };
    let values: HashMap<String, String> = tree
        .get(&path)
        .map(|text| dotenv::values(&path, text).into_iter().collect())
        .unwrap_or_default();
    let separator = values.get("COMPOSE_PATH_SEPARATOR");
    let separator = separator.filter(|it| !it.is_empty());
    let separator = separator.map_or(":", String::as_str);
    let files = values.get("COMPOSE_FILE").map(String::as_str);
    let files = files.into_iter().flat_map(|names| names.split(separator));
    let files = files.map(str::trim).filter(|name| !name.is_empty());
    files
        .filter_map(|name| paths::join(folder, name).ok())
        .collect()
}

/// Returns the project that the files make; problems go to the report.
pub(super) fn read(
    tree: &Tree,
    files: &[String],
    inputs: &Inputs,
    report: &mut Report,
) -> Option<Project> {
    let (mut root, values) = load::load(tree, files, report)?;
    let mut hidden = Hidden::of(&root, inputs);
    let folder = files.first().map_or("", |first| paths::folder(first));
    hidden.follow(tree, folder, &values);
    withheld::take_out(&mut root, &hidden, report);
    let mut notes = Notes::new(report, &hidden);
    let mut fields = Fields::new(&root, String::new(), &keys::PROJECT, &mut notes);
    let (declared, backings) = volumes::volumes(&mut fields, &mut notes);
    let own = values.get("COMPOSE_PROJECT_NAME").cloned();
    let mut project = Project {
        name: own.or(fields.string("name", &mut notes)),
        files: files.to_vec(),
        services: Vec::new(),
        volumes: declared,
        networks: volumes::networks(&mut fields, &mut notes),
        configs: volumes::configs(&mut fields, &values, &mut notes),
        secrets: volumes::secrets(&mut fields, &mut notes),
        hidden: hidden.names(),
        unread: Vec::new(),
    };
    let services = fields.take("services");
    // Followed where the files are read.
    fields.take("include");
    fields.finish(&mut notes);
    let mut left = std::mem::take(&mut notes.left);
    project.unread = left.iter().map(Left::fact).collect();
    if let Some(node) = services {
        let scope = service::Scope {
            tree,
            values: &values,
            volumes: &backings,
        };
        // What settings name wins over what `.env` does.
        let active = &inputs.profiles;
        let given = values.get("COMPOSE_PROFILES").filter(|_| active.is_empty());
        let given = given.map(|names| names.split(',').map(|name| name.trim().to_owned()));
        let active = given.map_or_else(|| active.clone(), Iterator::collect);
        let mut reading = Reading {
            active: &active,
            left: &mut left,
            project: &mut project,
        };
        reading.services(node, &scope, &mut notes);
    }
    left::report(&left, notes.report);
    check::names(&project, &root, notes.report);
    Some(project)
}

/// Reads the services into the project.
struct Reading<'a> {
    active: &'a [String],
    left: &'a mut Vec<Left>,
    project: &'a mut Project,
}

impl Reading<'_> {
    fn services(&mut self, node: &Node, scope: &service::Scope<'_>, notes: &mut Notes<'_>) {
        if node.text().is_some() || node.kind() == "a list" {
            notes.unfit(node, "services", "a mapping of names");
        }
        let mut aliases: Vec<(String, String)> = Vec::new();
        let mut borrowed: Vec<(usize, Borrowed)> = Vec::new();
        for entry in node.entries() {
            let read = service::read(entry, scope, notes);
            if self.is_idle(&read.service.profiles) {
                let profiles = read.service.profiles.join(", ");
                let message = format!("`{}` is left out: it needs a profile", entry.key);
                let warning = entry.mark.warning(message, &format!("of {profiles}"));
                notes.report.push(warning);
                continue;
            }
            self.left.extend(read.left);
            if entry.node.get("provider").is_some() {
                self.provided(&entry.key, read.service.unread);
                continue;
            }
            let service = &read.service;
            if service.image.is_none() && service.build.is_none() {
                let message = format!("service `{}` has neither `image` nor `build`", entry.key);
                let error = entry.mark.error(message, "nothing says what it runs");
                notes.report.push(error);
            }
            let place = self.project.services.len();
            borrowed.extend(read.borrowed.into_iter().map(|one| (place, one)));
            aliases.extend(read.aliases);
            self.project.services.push(read.service);
        }
        self.share(borrowed, notes);
        for (name, alias) in aliases {
            let mut services = self.project.services.iter_mut();
            if let Some(service) = services.find(|service| service.name == name)
                && !service.aliases.contains(&alias)
            {
                service.aliases.push(alias);
            }
        }
    }

    /// Keeps what is known of a service that isn't a container.
    fn provided(&mut self, name: &str, unread: Vec<UnreadKey>) {
        let key = format!("services.{name}.provider");
        let own = unread.into_iter().filter(|one| one.key == key);
        self.project.unread.extend(own);
    }

    fn is_idle(&self, profiles: &[String]) -> bool {
        let is_active = |one: &String| self.active.iter().any(|it| it == "*" || it == one);
        !profiles.is_empty() && !profiles.iter().any(is_active)
    }

    /// Gives services the mounts of those that they name in `volumes_from`.
    fn share(&mut self, borrowed: Vec<(usize, Borrowed)>, notes: &mut Notes<'_>) {
        for (place, one) in borrowed {
            let services = &self.project.services;
            let Some(lender) = services.iter().find(|it| it.name == one.service) else {
                let message = format!("`volumes_from` names `{}`, which isn't there", one.service);
                notes.report.push(one.mark.error(message, "named here"));
                continue;
            };
            let lent = lender.mounts.clone();
            let Some(service) = self.project.services.get_mut(place) else {
                continue;
            };
            for mut mount in lent {
                if service.mounts.iter().all(|own| own.target != mount.target) {
                    mount.read_only |= one.read_only;
                    mount.origin = one.mark.origin();
                    service.mounts.push(mount);
                }
            }
        }
    }
}

/// Returns a key of a service, with the names of its variables: values may be secret.
pub(super) fn said(key: &Entry) -> String {
    let listed = |it: &Node| {
        let text = it.text().map(|it| it.value.as_str())?;
        Some(text.split('=').next()?.to_owned())
    };
    let names: Vec<String> = match &key.node.value {
        Value::Map(entries) => entries.iter().map(|it| it.key.clone()).collect(),
        Value::List(nodes) => nodes.iter().filter_map(listed).collect(),
        Value::Null | Value::Scalar(_) => Vec::new(),
    };
    if key.key == "environment" && !names.is_empty() {
        return format!("environment ({})", names.join(", "));
    }
    key.key.clone()
}
