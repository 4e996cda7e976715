//! The facts that a task was read with, each with file and line.

use std::collections::BTreeSet;

use crate::cli::load::Meaning;
use crate::facts::{Facts, Origin, Service};
use crate::resolve::{Action, Content, ManifestItem, ResolvedTask};

/// A fact in one line, and its place.
type Fact = (String, Option<String>);

/// Returns the facts that a task's action uses.
pub(super) fn used(facts: &Facts, meaning: &Meaning, resolved: Option<&ResolvedTask>) -> Vec<Fact> {
    let Some(resolved) = resolved else {
        return Vec::new();
    };
    match &resolved.action {
        Action::Study { findings } => findings
            .iter()
            .flat_map(|finding| {
                let facts = finding.facts.iter();
                let missing = finding.missing.iter();
                facts.map(|(fact, at)| placed(fact, at)).chain(
                    missing
                        .map(|looked| (format!("{}: not found: {looked}", finding.subject), None)),
                )
            })
            .collect(),
        Action::Inventory { answer, .. } => {
            let matched = answer.matched.iter().map(|(name, what, at)| {
                let place = at.as_ref().map(ToString::to_string);
                (format!("{name} = {what}"), place)
            });
            let missing = answer.missing.iter();
            let missing = missing.map(|name| (format!("{name}: nothing supports it"), None));
            let extra = answer.extra.iter().map(|(what, at)| {
                let place = at.as_ref().map(ToString::to_string);
                (format!("not listed: {what}"), place)
            });
            matched.chain(missing).chain(extra).collect()
        }
        Action::Write { path } => of_file(facts, meaning, path),
        Action::Expect { traces } => traces
            .iter()
            .map(|trace| match &trace.found {
                Ok(found) => (found.to_string(), None),
                Err(missing) => (format!("missing: {missing}"), None),
            })
            .collect(),
        Action::Require { .. }
        | Action::Apply { .. }
        | Action::Command { .. }
        | Action::Wait
        | Action::Manual
        | Action::Skip => Vec::new(),
    }
}

fn placed(fact: &str, at: &Origin) -> Fact {
    (fact.to_owned(), Some(at.to_string()))
}

/// The facts of the services that a file's workloads come from.
fn of_file(facts: &Facts, meaning: &Meaning, path: &str) -> Vec<Fact> {
    let files = &meaning.resolved.files;
    let Some(file) = files.iter().find(|file| file.path == path) else {
        return Vec::new();
    };
    let Content::Manifests(items) = &file.content else {
        return Vec::new();
    };
    let names: BTreeSet<&str> = items.iter().filter_map(workload).collect();
    let Some(project) = &facts.project else {
        return Vec::new();
    };
    let application = &meaning.resolved.application;
    let services = names
        .into_iter()
        .filter_map(|name| application.workload(name)?.service.as_deref());
    let services: BTreeSet<&str> = services.collect();
    services
        .into_iter()
        .filter_map(|name| project.service(name))
        .flat_map(of_service)
        .collect()
}

/// The workload that an object is about.
fn workload(item: &ManifestItem) -> Option<&str> {
    match item {
        ManifestItem::ServiceAccount(name)
        | ManifestItem::NetworkPolicy(name)
        | ManifestItem::Claims(name)
        | ManifestItem::Workload(name)
        | ManifestItem::Services(name)
        | ManifestItem::Hpa(name)
        | ManifestItem::Pdb(name)
        | ManifestItem::ServiceMonitor(name) => Some(name),
        ManifestItem::Namespace
        | ManifestItem::NamespacePolicy
        | ManifestItem::Secret(_)
        | ManifestItem::ConfigMap(_)
        | ManifestItem::Ingress => None,
    }
}

fn of_service(service: &Service) -> Vec<Fact> {
    let mut facts = vec![placed(
        &format!("service {}", service.name),
        &service.origin,
    )];
    if let Some(build) = &service.build {
        facts.push((
            format!("built by {}", build.dockerfile),
            Some(format!("{}:1", build.dockerfile)),
        ));
    } else if let Some(image) = &service.image {
        facts.push((format!("image {}", image.value), None));
    }
    for port in &service.ports {
        facts.push(placed(&format!("port {}", port.container), &port.origin));
    }
    // Names only: values may be secret.
    let mut variables: Vec<(&Origin, Vec<&str>)> = Vec::new();
    for variable in &service.environment {
        match variables
            .iter_mut()
            .find(|(at, _)| at.path == variable.origin.path)
        {
            Some((_, names)) => names.push(&variable.name),
            None => variables.push((&variable.origin, vec![&variable.name])),
        }
    }
    for (at, names) in variables {
        facts.push(placed(&format!("variables {}", names.join(", ")), at));
    }
    for mount in &service.mounts {
        facts.push(placed(&format!("mount {}", mount.target), &mount.origin));
    }
    if let Some(check) = &service.healthcheck {
        facts.push(placed("health check", &check.origin));
    }
    facts
}
