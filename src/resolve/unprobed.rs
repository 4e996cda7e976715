//! Workloads that no Service leads to and no probe asks, although they are known to listen: what is
//! asked of the probes of all pods can't leave them out.

use super::application::Workload;
use super::model::Requirement;
use super::read_out::Known;
use crate::facts::{EnvVar, Facts, Service, is_below, is_yaml};
use crate::manifest::{Object, containers_of, parse_documents};

/// Variables that end so name a port which something answers on beside the work itself.
const PORTS: &[&str] = &[
    "METRICS_PORT",
    "PROMETHEUS_PORT",
    "HEALTH_PORT",
    "PROBE_PORT",
];

/// Returns what keeps a rule for probes open: each workload that listens and lacks them, with how
/// that is known.
pub(super) fn unprobed(rule: &Requirement, known: &Known<'_>) -> Vec<String> {
    let lacks = |it: &&Workload| {
        let (live, ready) = (it.liveness.is_some(), it.readiness.is_some());
        // A Service's ports are asked for probes by the rule itself.
        let silent = !it.kind.ends() && it.ports.is_empty();
        silent
            && match rule {
                Requirement::Probes => !live && !ready,
                Requirement::Liveness => !live,
                Requirement::Readiness => !ready,
                Requirement::Namespace(_)
                | Requirement::NewNamespace(_)
                | Requirement::Resources
                | Requirement::AntiAffinity
                | Requirement::DisruptionBudget => false,
            }
    };
    let workloads = known.application.workloads.iter().filter(lacks);
    let told = workloads.filter_map(|it| {
        let how = listens(it, known.facts)?;
        let label = format!("{}/{}", it.kind.word(), it.name);
        (!is_probed(it, known)).then(|| format!("{label} {how}, and has no probe there"))
    });
    told.collect()
}

/// Returns how it is known that a workload listens.
fn listens(workload: &Workload, facts: &Facts) -> Option<String> {
    if let Some((path, port)) = &workload.metrics {
        return Some(format!("is scraped at {port}{path}"));
    }
    let project = facts.project.as_ref()?;
    let mut services = project.services.iter();
    let service = services.find(|it| workload.service.as_ref() == Some(&it.name))?;
    let variable = service.environment.iter().find(|it| names_listener(it));
    if let Some(variable) = variable {
        return Some(format!("listens by `{}`", variable.name));
    }
    served(service, facts).map(|path| format!("serves `{path}`"))
}

/// Returns whether a variable gives an address to listen on (`:9102`, `0.0.0.0:9102`), or such a port.
fn names_listener(variable: &EnvVar) -> bool {
    let value = variable.value.as_ref().map(|it| it.value.as_str());
    let Some(value) = value else { return false };
    let is_port = |it: &str| it.parse::<u16>().is_ok_and(|it| it > 0);
    let bound = value
        .rsplit_once(':')
        .is_some_and(|(host, port)| ["", "0.0.0.0", "[::]", "*"].contains(&host) && is_port(port));
    bound || is_port(value) && PORTS.iter().any(|end| variable.name.ends_with(end))
}

/// Returns an endpoint of the source that a service alone is built from.
fn served<'f>(service: &Service, facts: &'f Facts) -> Option<&'f str> {
    let context = &service.build.as_ref()?.context;
    let services = facts.project.iter().flat_map(|it| &it.services);
    let builds = services.filter_map(|it| it.build.as_ref());
    let below: Vec<&str> = builds
        .map(|it| it.context.as_str())
        .filter(|it| is_below(it, context) || *it == context)
        .collect();
    // What is built from one folder, or from one inside it, may be the one that serves.
    if below.len() > 1 {
        return None;
    }
    let mut endpoints = facts.endpoints.iter();
    let own = endpoints.find(|it| is_below(&it.origin.path, context))?;
    Some(&own.path)
}

/// Returns whether a person gave the workload a probe, in whatever file it lies.
fn is_probed(workload: &Workload, known: &Known<'_>) -> bool {
    let is = |it: &Object| it.kind == workload.kind.word() && it.name == workload.name;
    let probed = |object: &Object| {
        let has = |key: &str| {
            let containers = containers_of(object).unwrap_or_default();
            containers.iter().any(|it| it.get(key).is_some())
        };
        has("livenessProbe") || has("readinessProbe")
    };
    let texts = known.tree.iter().filter(|(path, text)| {
        is_yaml(path) && text.contains("Probe:") && text.contains(&workload.name)
    });
    let objects = texts.filter_map(|(path, text)| parse_documents(path, text).ok());
    objects.flatten().any(|it| is(&it) && probed(&it))
}
