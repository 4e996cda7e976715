//! Prometheus and Grafana: what the application configures is carried over; where it configures
//! nothing, a scrape configuration, a data source, dashboards and, if asked for, rules are made.

mod dashboard;
mod grafana;
mod keep;
mod made;
mod rules;
mod scrape;
#[cfg(test)]
mod tests;

use serde_json::Value;

use made::{Generated, add};

use super::application::{ConfigMapSpec, Role, SecretSpec, ServicePort, VolumeKind, Workload};
use super::roster::Roster;
use super::spec::MonitoringSpec;
use crate::diagnostic::Diagnostic;
use crate::facts::{self, Facts, Protocol};
use crate::settings::MonitoringSettings;

/// What is completed.
pub(super) struct Parts<'a> {
    pub(super) workloads: &'a mut Vec<Workload>,
    /// Each with the workload that it belongs to.
    pub(super) maps: &'a mut Vec<(String, ConfigMapSpec)>,
    pub(super) secrets: &'a mut Vec<SecretSpec>,
}

/// What it is completed from.
pub(super) struct Sources<'a> {
    pub(super) app: &'a str,
    pub(super) facts: &'a Facts,
    pub(super) roster: &'a Roster<'a>,
    pub(super) settings: &'a MonitoringSettings,
}

/// Finds out who has metrics, and fills in the configuration that is missing; returns what a
/// person should know, and what is to be noted of Prometheus.
pub(super) fn complete(
    parts: &mut Parts<'_>,
    sources: &Sources<'_>,
) -> (Vec<Diagnostic>, Vec<String>) {
    let prometheus = name_of(parts.workloads, Role::Prometheus);
    let exporters = grafana::exporters(parts.workloads);
    let (mut warnings, mut notes) = (Vec::new(), Vec::new());
    let carried = prometheus.as_deref().map(|name| {
        let files = files(parts, name);
        scrape::carried(&files, parts.workloads)
    });
    let carried = carried.unwrap_or_default();
    let configured = !carried.targets.is_empty()
        || prometheus
            .as_deref()
            .is_some_and(|name| has_main(parts, name));
    for target in &carried.targets {
        mark(parts.workloads, target);
    }
    warnings.extend(carried.warnings);
    by_variable(parts.workloads, sources.facts);
    if !configured {
        by_endpoint(parts.workloads, sources.facts);
    }
    if let Some(prometheus) = &prometheus {
        let spec = asked(sources, prometheus);
        let wants_rules = spec.alerts && !has_rules(parts, prometheus);
        if configured {
            notes.extend(through_services(parts.workloads, &carried.targets));
            if wants_rules && !carried.rules {
                name_rules(parts, prometheus);
            }
        } else {
            let text = scrape::generated(parts.workloads, wants_rules);
            let generated = Generated {
                map: format!("{prometheus}-config"),
                path: scrape::FOLDER.to_owned(),
                files: vec![("prometheus.yml".to_owned(), text)],
            };
            add(parts, prometheus, generated);
        }
        if wants_rules {
            let generated = Generated {
                map: format!("{prometheus}-rules"),
                path: scrape::RULES.to_owned(),
                files: vec![("rules.yml".to_owned(), rules::text(sources.app, &exporters))],
            };
            add(parts, prometheus, generated);
        }
        keep::samples(parts.workloads, prometheus, (&spec, sources));
        let named = carried.targets.into_iter().map(|it| it.workload).collect();
        talk(parts.workloads, prometheus, named);
    }
    if let Some(grafana) = name_of(parts.workloads, Role::Grafana) {
        let of = (sources.app, exporters.as_slice());
        warnings.extend(grafana::complete(
            parts,
            &grafana,
            prometheus.as_deref(),
            of,
        ));
        talk(parts.workloads, &grafana, prometheus.into_iter().collect());
    }
    (warnings, notes)
}

fn name_of(workloads: &[Workload], role: Role) -> Option<String> {
    workloads
        .iter()
        .find(|it| it.role == role)
        .map(|it| it.name.clone())
}

/// Returns what the checklist asks of a Prometheus.
fn asked(sources: &Sources<'_>, prometheus: &str) -> MonitoringSpec {
    let mut members = sources.roster.members.iter();
    let member = members.find(|member| member.name == prometheus);
    member
        .map(|member| member.spec.monitoring.clone())
        .unwrap_or_default()
}

/// Returns the files that a workload mounts from maps: path in the container and text.
fn files<'p>(parts: &'p Parts<'_>, name: &str) -> Vec<(String, &'p str)> {
    let Some(workload) = parts.workloads.iter().find(|it| it.name == name) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for volume in &workload.volumes {
        let VolumeKind::ConfigMap(map) = &volume.kind else {
            continue;
        };
        for (_, map) in parts.maps.iter().filter(|(_, known)| known.name == *map) {
            let folder = volume.path.trim_end_matches('/');
            for (key, text) in &map.data {
                let file = map.files.iter().find(|file| file.key == *key);
                let path = file.map_or(key, |file| &file.path);
                match &volume.sub_path {
                    None => files.push((format!("{folder}/{path}"), text.as_str())),
                    Some(one) if one == key => files.push((volume.path.clone(), text.as_str())),
                    Some(_) => {}
                }
            }
        }
    }
    files
}

fn has_main(parts: &Parts<'_>, prometheus: &str) -> bool {
    files(parts, prometheus)
        .iter()
        .any(|(path, text)| path.starts_with(scrape::FOLDER) && text.contains("scrape_configs"))
}

/// Returns whether rules of the application's own are mounted.
fn has_rules(parts: &Parts<'_>, prometheus: &str) -> bool {
    let is_rule = |text: &str| text.contains("alert:") || text.contains("record:");
    files(parts, prometheus)
        .iter()
        .any(|(_, text)| is_rule(text))
}

/// Adds our rule file to a configuration that names none.
fn name_rules(parts: &mut Parts<'_>, prometheus: &str) {
    let own = parts
        .maps
        .iter_mut()
        .filter(|(owner, _)| owner == prometheus);
    for (key, text) in own.flat_map(|(_, map)| &mut map.data) {
        let extension = key.rsplit_once('.').map_or("", |(_, extension)| extension);
        if text.contains("scrape_configs") && matches!(extension, "yml" | "yaml") {
            let more = format!("\nrule_files:\n  - {}/*.yml\n", scrape::RULES);
            *text = format!("{}\n{more}", text.trim_end());
        }
    }
}

/// Marks a workload that is scraped. A port that nothing else names is one of its own: in Compose
/// every port is reached, in a cluster only those of a Service.
fn mark(workloads: &mut [Workload], target: &scrape::Target) {
    let Some(workload) = workloads.iter_mut().find(|it| it.name == target.workload) else {
        return;
    };
    let Some(path) = &target.path else { return };
    if workload.role == Role::Prometheus {
        return;
    }
    let known = workload
        .ports
        .iter()
        .map(|it| it.port)
        .find(|it| target.port.is_none_or(|port| port == *it));
    if let (None, Some(port)) = (known, target.port) {
        workload.ports.push(ServicePort {
            name: "metrics".to_owned(),
            port,
            service: None,
            protocol: Protocol::Tcp,
            exposure: super::application::Exposure::Cluster,
            node_port: None,
            app_protocol: None,
        });
    }
    if let Some(port) = known.or(target.port) {
        workload.metrics = Some((path.clone(), port));
    }
}

/// What serves nothing may still have metrics, on a port that a variable names.
fn by_variable(workloads: &mut [Workload], facts: &Facts) {
    let services = facts.project.iter().flat_map(|project| &project.services);
    for service in services {
        let port = service.environment.iter().find_map(|variable| {
            let named = ["METRICS_PORT", "PROMETHEUS_PORT"]
                .iter()
                .any(|end| variable.name.ends_with(end));
            variable
                .value
                .as_ref()
                .filter(|_| named)?
                .value
                .parse::<u16>()
                .ok()
        });
        let Some(port) = port else { continue };
        let mut own = workloads
            .iter_mut()
            .filter(|it| it.service.as_deref() == Some(&service.name));
        if let Some(workload) = own.next().filter(|it| it.metrics.is_none()) {
            workload.metrics = Some(("/metrics".to_owned(), port));
        }
    }
}

/// Where nothing says who has metrics, and the source has an endpoint for them, the first server
/// that is built from each such source; from any where it isn't told whose the source is.
fn by_endpoint(workloads: &mut [Workload], facts: &Facts) {
    let services = || facts.project.iter().flat_map(|project| &project.services);
    let endpoints = facts.endpoints.iter();
    let metrics = endpoints.filter(|endpoint| endpoint.path == "/metrics");
    let mut folders: Vec<Option<&str>> = metrics
        .map(|endpoint| facts::built_from(services(), &endpoint.origin.path))
        .collect();
    folders.sort_unstable();
    folders.dedup();
    if folders.iter().any(Option::is_some) {
        folders.retain(Option::is_some);
    }
    for folder in folders {
        let own = services().filter(|it| {
            let context = it.build.as_ref().map(|build| build.context.as_str());
            folder.is_none() || context == folder
        });
        let own: Vec<&str> = own.map(|it| it.name.as_str()).collect();
        first_with_metrics(workloads, &own);
    }
}

/// Marks the first of the services that serves HTTP as one that has metrics.
fn first_with_metrics(workloads: &mut [Workload], services: &[&str]) {
    let http = |it: &Workload| {
        it.ports
            .iter()
            .find(|it| it.name == "http")
            .map(|it| it.port)
    };
    let own = |it: &Workload| {
        let service = it.service.as_deref();
        service.is_some_and(|service| services.contains(&service))
    };
    let first = workloads
        .iter_mut()
        .find(|it| it.built && own(it) && http(it).is_some());
    if let Some(first) = first.filter(|first| first.metrics.is_none()) {
        first.metrics = http(first).map(|port| ("/metrics".to_owned(), port));
    }
}

/// Says of workloads with several pods that one name leads to any of them.
fn through_services(workloads: &[Workload], targets: &[scrape::Target]) -> Vec<String> {
    let scraped = |it: &&Workload| {
        let mut own = targets.iter().filter(|target| target.workload == it.name);
        own.any(|target| target.path.is_some())
    };
    let several = workloads
        .iter()
        .filter(scraped)
        .filter(|it| scrape::several(it));
    several
        .map(|workload| {
            format!(
                "its configuration names `{}` as one target, and each scrape meets one of several \
                 pods: `kubernetes_sd_configs` with `own_namespace: true` finds each",
                workload.name
            )
        })
        .collect()
}

fn talk(workloads: &mut [Workload], name: &str, to: Vec<String>) {
    let Some(workload) = workloads.iter_mut().find(|it| it.name == name) else {
        return;
    };
    for other in to {
        if other != name && !workload.talks_to.contains(&other) {
            workload.talks_to.push(other);
        }
    }
}

/// Returns a value as YAML.
fn yaml(value: &Value) -> String {
    // What is written here are values of JSON, none of which YAML refuses.
    let options = serde_saphyr::ser_options! {
        indent_step: 2,
        compact_list_indent: false,
        folded_wrap_chars: usize::MAX,
    };
    serde_saphyr::to_string_with_options(value, options).unwrap_or_default()
}
