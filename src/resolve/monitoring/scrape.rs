//! What Prometheus scrapes: the application's own configuration, read for its targets and for what
//! can't work in a cluster; one of ours where it has none.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::application::{Role, Workload};
use super::super::hosts;
use crate::diagnostic::Diagnostic;

/// Where Prometheus keeps its configuration.
pub(super) const FOLDER: &str = "/etc/prometheus";
/// Where our rules are mounted: not below the configuration, which is read-only.
pub(super) const RULES: &str = "/etc/prometheus-rules";

/// A workload that a configuration names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) workload: String,
    pub(super) port: Option<u16>,
    /// The path of its metrics; `None` where it is named for something else.
    pub(super) path: Option<String>,
}

/// What the application's own files say.
#[derive(Debug, Default)]
pub(super) struct Carried {
    pub(super) targets: Vec<Target>,
    pub(super) warnings: Vec<Diagnostic>,
    /// Whether the main file names rule files.
    pub(super) rules: bool,
}

/// Reads the files that Prometheus mounts: path in the container and text.
pub(super) fn carried(files: &[(String, &str)], workloads: &[Workload]) -> Carried {
    let mut carried = Carried::default();
    let names: BTreeMap<String, String> = workloads
        .iter()
        .map(|it| (it.name.clone(), it.name.clone()))
        .collect();
    for (path, text) in files {
        let parsed: Option<Value> = serde_saphyr::from_str(text).ok();
        match parsed {
            Some(config @ Value::Object(_)) if config.get("scrape_configs").is_some() => {
                carried.main(path, &config, (files, &names));
            }
            // Lists of targets, for `file_sd_configs`.
            Some(Value::Array(groups)) => {
                let metrics = "/metrics";
                for group in &groups {
                    carried.group(group, metrics, &names);
                }
            }
            Some(_) | None => {}
        }
        let mentioned = hosts::mentioned(text, &names);
        for (name, port) in mentioned {
            let known = carried.targets.iter().any(|it| it.workload == name);
            if !known {
                carried.targets.push(Target {
                    workload: name.to_owned(),
                    port,
                    path: None,
                });
            }
        }
    }
    carried
}

impl Carried {
    fn main(
        &mut self,
        path: &str,
        config: &Value,
        (files, names): (&[(String, &str)], &BTreeMap<String, String>),
    ) {
        let jobs = config["scrape_configs"].as_array();
        for job in jobs.into_iter().flatten() {
            let metrics = job["metrics_path"].as_str().unwrap_or("/metrics");
            for group in job["static_configs"].as_array().into_iter().flatten() {
                self.group(group, metrics, names);
            }
            self.refuse(job, path);
            self.found(job, path, files);
        }
        let rules: Vec<&str> = texts(&config["rule_files"]).collect();
        self.rules = !rules.is_empty();
        for pattern in rules {
            self.there(pattern, "rule_files", path, files);
        }
    }

    fn group(&mut self, group: &Value, metrics: &str, names: &BTreeMap<String, String>) {
        for target in texts(&group["targets"]) {
            let bare = target.split_once("://").map_or(target, |(_, rest)| rest);
            let (name, port) = bare.split_once(':').unwrap_or((bare, ""));
            if let Some(name) = names.get(name) {
                self.targets.push(Target {
                    workload: name.clone(),
                    port: port.parse().ok(),
                    path: Some(metrics.to_owned()),
                });
            }
        }
    }

    /// Names what a job relies on that a pod doesn't have.
    fn refuse(&mut self, job: &Value, path: &str) {
        let name = job["job_name"].as_str().unwrap_or("?");
        for kind in ["docker_sd_configs", "dockerswarm_sd_configs"] {
            if job.get(kind).is_some() {
                self.warn(
                    format!("`{path}`: the job `{name}` looks for targets by `{kind}`, which finds nothing in a cluster"),
                    "use `kubernetes_sd_configs` with `namespaces: {own_namespace: true}`: the rights for it are written then",
                );
            }
        }
        let everywhere = job["kubernetes_sd_configs"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|it| {
                it["namespaces"]["own_namespace"] != true
                    && it["namespaces"]["names"]
                        .as_array()
                        .is_none_or(Vec::is_empty)
            });
        if everywhere {
            self.warn(
                format!("`{path}`: the job `{name}` looks for targets in all namespaces, and may read its own only"),
                "add `namespaces: {own_namespace: true}` to its `kubernetes_sd_configs`",
            );
        }
        let groups = job["static_configs"].as_array().into_iter().flatten();
        for target in groups.flat_map(|group| texts(&group["targets"])) {
            let host = target.split(':').next().unwrap_or_default();
            if host == "host.docker.internal" || (host == "localhost" && !target.ends_with(":9090"))
            {
                self.warn(
                    format!(
                        "`{path}`: the job `{name}` scrapes `{target}`, which is nothing in a pod"
                    ),
                    "name a Service of the cluster instead",
                );
            }
        }
    }

    fn found(&mut self, job: &Value, path: &str, files: &[(String, &str)]) {
        for discovery in job["file_sd_configs"].as_array().into_iter().flatten() {
            for pattern in texts(&discovery["files"]) {
                self.there(pattern, "file_sd_configs", path, files);
            }
        }
    }

    /// Says where a file that the configuration names isn't mounted.
    fn there(&mut self, pattern: &str, key: &str, path: &str, files: &[(String, &str)]) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let whole = if pattern.starts_with('/') {
            pattern.to_owned()
        } else {
            format!("{folder}/{pattern}")
        };
        if !files.iter().any(|(file, _)| fits(&whole, file)) {
            self.warn(
                format!("`{path}`: `{key}` names `{pattern}`, and nothing is mounted there"),
                "mount the file in the Compose file: it is carried over then",
            );
        }
    }

    fn warn(&mut self, message: String, help: &str) {
        self.warnings.push(Diagnostic::warning(message).help(help));
    }
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// Returns whether a path fits a pattern whose `*` stand for anything within a segment.
fn fits(pattern: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    let same = pattern.split('/').all(|wanted| {
        segments.next().is_some_and(|segment| {
            let mut rest = segment;
            let mut parts = wanted.split('*');
            let Some(first) = parts.next() else {
                return false;
            };
            let Some(after) = rest.strip_prefix(first) else {
                return false;
            };
            rest = after;
            let mut last = first;
            for part in parts {
                last = part;
                let Some(at) = rest.rfind(part) else {
                    return false;
                };
                rest = rest.get(at + part.len()..).unwrap_or_default();
            }
            rest.is_empty() || (wanted.contains('*') && last.is_empty())
        })
    });
    same && segments.next().is_none()
}

/// Returns the configuration for an application that has none.
///
/// A single pod is scraped through its Service. Each of several is found by itself, for which
/// Prometheus may read its own namespace: through a Service, every scrape would meet another.
pub(super) fn generated(workloads: &[Workload], rules: bool) -> String {
    let own = json!({
        "job_name": "prometheus",
        "static_configs": [{"targets": ["localhost:9090"]}],
    });
    let jobs = workloads
        .iter()
        .filter(|workload| workload.role != Role::Prometheus)
        .filter_map(|workload| Some(job(workload, workload.metrics.as_ref()?)));
    let jobs: Vec<Value> = std::iter::once(own).chain(jobs).collect();
    let mut config = Map::new();
    config.insert(
        "global".to_owned(),
        json!({"scrape_interval": "30s", "evaluation_interval": "30s"}),
    );
    if rules {
        config.insert("rule_files".to_owned(), json!([format!("{RULES}/*.yml")]));
    }
    let alertmanager = workloads
        .iter()
        .find(|it| it.image.contains("alertmanager"));
    if let Some(alertmanager) = alertmanager {
        let port = alertmanager.ports.first().map_or(9093, |port| port.port);
        let target = format!("{}:{port}", alertmanager.name);
        config.insert(
            "alerting".to_owned(),
            json!({"alertmanagers": [{"static_configs": [{"targets": [target]}]}]}),
        );
    }
    config.insert("scrape_configs".to_owned(), Value::Array(jobs));
    super::yaml(&Value::Object(config))
}

fn job(workload: &Workload, (path, port): &(String, u16)) -> Value {
    let mut job = json!({"job_name": workload.name});
    if path != "/metrics" {
        job["metrics_path"] = json!(path);
    }
    let served = workload.ports.iter().find(|known| known.port == *port);
    if let Some(served) = served.filter(|_| !several(workload)) {
        let target = format!("{}:{}", workload.name, served.number());
        job["static_configs"] = json!([{"targets": [target]}]);
        return job;
    }
    job["kubernetes_sd_configs"] = json!([{
        "role": "pod",
        "namespaces": {"own_namespace": true},
        "selectors": [{"role": "pod", "label": format!("app.kubernetes.io/name={}", workload.name)}],
    }]);
    job["relabel_configs"] = json!([
        {
            "source_labels": ["__address__"],
            "regex": "(\\[[^\\]]+\\]|[^:]+)(?::\\d+)?",
            "replacement": format!("$1:{port}"),
            "target_label": "__address__",
        },
        {"source_labels": ["__meta_kubernetes_pod_name"], "target_label": "pod"},
    ]);
    job
}

/// Returns whether a workload has, or may get, several pods.
pub(super) fn several(workload: &Workload) -> bool {
    workload.replicas > 1 || workload.hpa.as_ref().is_some_and(|hpa| hpa.max > 1)
}

#[cfg(test)]
mod tests {
    use super::{carried, fits};

    #[track_caller]
    fn check(pattern: &str, path: &str, expected: bool) {
        assert_eq!(fits(pattern, path), expected, "{pattern} {path}");
    }

    #[test]
    fn patterns_match_within_a_folder() {
        check(
            "/etc/prometheus/rules/*.yml",
            "/etc/prometheus/rules/a.yml",
            true,
        );
        check(
            "/etc/prometheus/rules/*.yml",
            "/etc/prometheus/rules/a.json",
            false,
        );
        check(
            "/etc/prometheus/*.yml",
            "/etc/prometheus/rules/a.yml",
            false,
        );
        check(
            "/etc/prometheus/alerts.yml",
            "/etc/prometheus/alerts.yml",
            true,
        );
        check("/a/*", "/a/b", true);
        check("/a/b*", "/a/b", true);
        check("/a/b", "/a/bc", false);
    }

    #[track_caller]
    fn warned(config: &str, expected: &str) {
        let files = [("/etc/prometheus/prometheus.yml".to_owned(), config)];
        let found = carried(&files, &[]).warnings;
        let found: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
        assert!(found.iter().any(|it| it.contains(expected)), "{found:?}");
    }

    #[test]
    fn what_a_pod_does_not_have_is_named() {
        warned(
            "scrape_configs:\n  - job_name: a\n    docker_sd_configs: [{host: x}]\n",
            "docker_sd_configs",
        );
        warned(
            "scrape_configs:\n  - job_name: a\n    static_configs: [{targets: ['host.docker.internal:9100']}]\n",
            "is nothing in a pod",
        );
        warned(
            "rule_files: [rules/*.yml]\nscrape_configs: []\n",
            "nothing is mounted there",
        );
        warned(
            "scrape_configs:\n  - job_name: a\n    file_sd_configs: [{files: ['targets/*.json']}]\n",
            "`file_sd_configs` names `targets/*.json`",
        );
        warned(
            "scrape_configs:\n  - job_name: a\n    kubernetes_sd_configs: [{role: pod}]\n",
            "all namespaces",
        );
    }
}
