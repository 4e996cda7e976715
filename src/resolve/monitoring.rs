//! Prometheus and Grafana: what the repository configures is carried over; where it configures
//! nothing, a scrape configuration, a data source and one small dashboard are made.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::application::{ConfigMapSpec, Role, VolumeKind, VolumeSpec, Workload};
use super::hosts;

/// Finds out who has metrics, and fills in the configuration that is missing.
pub(super) fn complete(
    workloads: &mut [Workload],
    maps: &mut Vec<(String, ConfigMapSpec)>,
    metrics_endpoint: bool,
) {
    let names: BTreeMap<String, String> = workloads
        .iter()
        .map(|it| (it.name.clone(), it.name.clone()))
        .collect();
    let prometheus = name_of(workloads, Role::Prometheus);
    let own = |maps: &[(String, ConfigMapSpec)], owner: &Option<String>| -> Vec<String> {
        let of_owner = maps.iter().filter(|(name, _)| Some(name) == owner.as_ref());
        of_owner
            .flat_map(|(_, map)| map.data.iter().map(|(_, text)| text.clone()))
            .collect()
    };
    let carried = own(maps, &prometheus);
    let mut targets: Vec<(String, Option<u16>)> = Vec::new();
    for text in &carried {
        let found = hosts::mentioned(text, &names);
        targets.extend(
            found
                .into_iter()
                .map(|(name, port)| (name.to_owned(), port)),
        );
    }
    mark(workloads, &targets, carried.is_empty() && metrics_endpoint);
    let Some(prometheus) = prometheus else { return };
    if carried.is_empty() {
        let text = scrape_config(workloads);
        add(
            workloads,
            maps,
            &prometheus,
            &Generated {
                map: "prometheus-config",
                path: "/etc/prometheus",
                files: &[("prometheus.yml", &text)],
            },
        );
    }
    talk(
        workloads,
        &prometheus,
        targets.iter().map(|(name, _)| name.clone()).collect(),
    );
    if let Some(grafana) = name_of(workloads, Role::Grafana) {
        provision(workloads, maps, &grafana, &prometheus);
        talk(workloads, &grafana, vec![prometheus]);
    }
}

fn name_of(workloads: &[Workload], role: Role) -> Option<String> {
    workloads
        .iter()
        .find(|it| it.role == role)
        .map(|it| it.name.clone())
}

/// Marks the workloads that are scraped; where nothing says so, the first server that is built.
fn mark(workloads: &mut [Workload], targets: &[(String, Option<u16>)], by_endpoint: bool) {
    for (name, port) in targets {
        let Some(workload) = workloads.iter_mut().find(|it| it.name == *name) else {
            continue;
        };
        let known = workload
            .ports
            .iter()
            .map(|it| it.port)
            .find(|it| port.is_none_or(|p| p == *it));
        if workload.role != Role::Prometheus {
            workload.metrics = known.map(|port| ("/metrics".to_owned(), port));
        }
    }
    if by_endpoint
        && let Some(first) = workloads
            .iter_mut()
            .find(|it| it.built && it.ports.iter().any(|it| it.name == "http"))
    {
        let port = first
            .ports
            .iter()
            .find(|it| it.name == "http")
            .map(|it| it.port);
        first.metrics = port.map(|port| ("/metrics".to_owned(), port));
    }
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

fn scrape_config(workloads: &[Workload]) -> String {
    let mut text = "global:\n  scrape_interval: 30s\n\nscrape_configs:\n".to_owned();
    let own = (
        "prometheus".to_owned(),
        "localhost:9090".to_owned(),
        "/metrics".to_owned(),
    );
    let scraped = workloads.iter().filter_map(|workload| {
        let (path, port) = workload.metrics.as_ref()?;
        Some((
            workload.name.clone(),
            format!("{}:{port}", workload.name),
            path.clone(),
        ))
    });
    for (job, target, path) in std::iter::once(own).chain(scraped) {
        // Writing to a String can't fail.
        let _ = writeln!(
            text,
            "  - job_name: {job}\n    metrics_path: {path}\n    static_configs:\n      - targets: [\"{target}\"]"
        );
    }
    text
}

struct Generated<'a> {
    map: &'a str,
    path: &'a str,
    files: &'a [(&'a str, &'a str)],
}

fn add(
    workloads: &mut [Workload],
    maps: &mut Vec<(String, ConfigMapSpec)>,
    owner: &str,
    generated: &Generated<'_>,
) {
    let Some(workload) = workloads.iter_mut().find(|it| it.name == owner) else {
        return;
    };
    if workload
        .volumes
        .iter()
        .any(|volume| volume.path == generated.path)
    {
        return;
    }
    workload.volumes.push(VolumeSpec {
        name: generated.map.to_owned(),
        path: generated.path.to_owned(),
        sub_path: None,
        kind: VolumeKind::ConfigMap(generated.map.to_owned()),
        read_only: true,
    });
    let files = generated.files.iter();
    let data = files
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    maps.push((
        owner.to_owned(),
        ConfigMapSpec {
            name: generated.map.to_owned(),
            data,
            ..ConfigMapSpec::default()
        },
    ));
}

fn provision(
    workloads: &mut [Workload],
    maps: &mut Vec<(String, ConfigMapSpec)>,
    grafana: &str,
    prometheus: &str,
) {
    let has = |workloads: &[Workload], part: &str| {
        workloads
            .iter()
            .filter(|it| it.name == grafana)
            .any(|it| it.volumes.iter().any(|volume| volume.path.contains(part)))
    };
    let root = "/etc/grafana/provisioning";
    if !has(workloads, "provisioning/datasources") {
        let text = format!(
            "apiVersion: 1\ndatasources:\n  - name: Prometheus\n    uid: prometheus\n    type: prometheus\n    access: proxy\n    url: http://{prometheus}:9090\n    isDefault: true\n"
        );
        let path = format!("{root}/datasources");
        let files = [("prometheus.yml", text.as_str())];
        add(
            workloads,
            maps,
            grafana,
            &Generated {
                map: "grafana-datasources",
                path: &path,
                files: &files,
            },
        );
    }
    if !has(workloads, "dashboards") {
        let path = format!("{root}/dashboards");
        let files = [("files.yml", PROVIDER)];
        add(
            workloads,
            maps,
            grafana,
            &Generated {
                map: "grafana-dashboard-provider",
                path: &path,
                files: &files,
            },
        );
        let files = [("overview.json", DASHBOARD)];
        let path = "/var/lib/grafana/dashboards";
        add(
            workloads,
            maps,
            grafana,
            &Generated {
                map: "grafana-dashboards",
                path,
                files: &files,
            },
        );
    }
}

const PROVIDER: &str = "apiVersion: 1\nproviders:\n  - name: files\n    type: file\n    options:\n      path: /var/lib/grafana/dashboards\n";

const DASHBOARD: &str = r#"{
  "uid": "overview",
  "title": "Overview",
  "schemaVersion": 39,
  "refresh": "30s",
  "time": { "from": "now-6h", "to": "now" },
  "panels": [
    {
      "id": 1,
      "type": "stat",
      "title": "Targets up",
      "gridPos": { "x": 0, "y": 0, "w": 6, "h": 6 },
      "datasource": { "type": "prometheus", "uid": "prometheus" },
      "targets": [{ "refId": "A", "expr": "sum by (job) (up)" }]
    },
    {
      "id": 2,
      "type": "timeseries",
      "title": "CPU seconds a second",
      "gridPos": { "x": 6, "y": 0, "w": 18, "h": 6 },
      "datasource": { "type": "prometheus", "uid": "prometheus" },
      "targets": [{ "refId": "A", "expr": "rate(process_cpu_seconds_total[5m])" }]
    }
  ]
}
"#;
