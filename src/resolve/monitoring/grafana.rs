//! Grafana: data sources and dashboards of the application are carried over, so that they find each
//! other; where there are none, ours are provisioned. Its administrator has a password of a Secret.

use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::application::{
    ConfigMapSpec, EnvSource, Environment, Role, SecretEntry, SecretSpec, VolumeSpec, Workload,
};
use super::dashboard;
use super::rules::Exporter;
use super::{Generated, Parts, add, yaml};
use crate::diagnostic::Diagnostic;

const PROVISIONING: &str = "/etc/grafana/provisioning";
const DASHBOARDS: &str = "/var/lib/grafana/dashboards";
const PASSWORD: &str = "GF_SECURITY_ADMIN_PASSWORD";

/// Provisions a Grafana.
pub(super) fn complete(
    parts: &mut Parts<'_>,
    grafana: &str,
    prometheus: Option<&str>,
    (app, exporters): (&str, &[Exporter]),
) -> Vec<Diagnostic> {
    password(parts, grafana);
    if let Some(prometheus) = prometheus
        && !mounts(parts.workloads, grafana, "/datasources")
    {
        data_source(parts, grafana, prometheus);
    }
    let sources = sources(parts.maps, grafana);
    if has_dashboards(parts.maps, grafana) {
        return fix(parts.maps, grafana, &sources);
    }
    if prometheus.is_some() {
        provision(parts, grafana, (app, exporters));
    }
    Vec::new()
}

/// Without one, Grafana begins with a password that everybody knows.
fn password(parts: &mut Parts<'_>, grafana: &str) {
    let Some(workload) = parts.workloads.iter_mut().find(|it| it.name == grafana) else {
        return;
    };
    let given = workload.environment.iter().any(|variable| {
        variable.name.starts_with(PASSWORD)
            || variable.name == "GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"
    });
    if given {
        return;
    }
    let secret = format!("{grafana}-credentials");
    workload.environment.push(Environment {
        name: PASSWORD.to_owned(),
        source: EnvSource::Secret {
            name: secret.clone(),
            key: PASSWORD.to_owned(),
        },
    });
    let entry = SecretEntry {
        key: PASSWORD.to_owned(),
        reason: "Grafana's administrator needs a password".to_owned(),
        file: None,
        text: None,
    };
    match parts.secrets.iter_mut().find(|known| known.name == secret) {
        Some(known) => known.entries.push(entry),
        None => parts.secrets.push(SecretSpec {
            name: secret,
            entries: vec![entry],
        }),
    }
}

fn mounts(workloads: &[Workload], name: &str, end: &str) -> bool {
    let own = workloads.iter().filter(|it| it.name == name);
    own.flat_map(|it| &it.volumes)
        .any(|volume| volume.path.contains(end))
}

fn data_source(parts: &mut Parts<'_>, grafana: &str, prometheus: &str) {
    let port = parts
        .workloads
        .iter()
        .find(|it| it.name == prometheus)
        .and_then(|it| it.ports.first())
        .map_or(9090, |port| port.port);
    let text = yaml(&json!({
        "apiVersion": 1,
        "datasources": [{
            "name": "Prometheus",
            "uid": dashboard::SOURCE,
            "type": "prometheus",
            "access": "proxy",
            "url": format!("http://{prometheus}:{port}"),
            "isDefault": true,
        }],
    }));
    let generated = Generated {
        map: format!("{grafana}-datasources"),
        path: format!("{PROVISIONING}/datasources"),
        files: vec![("prometheus.yml".to_owned(), text)],
    };
    add(parts, grafana, generated);
}

fn own<'m>(
    maps: &'m [(String, ConfigMapSpec)],
    owner: &'m str,
) -> impl Iterator<Item = &'m (String, String)> {
    let own = maps.iter().filter(move |(name, _)| name == owner);
    own.flat_map(|(_, map)| &map.data)
}

fn is_dashboard(key: &str) -> bool {
    key.rsplit_once('.')
        .is_some_and(|(_, extension)| extension == "json")
}

fn has_dashboards(maps: &[(String, ConfigMapSpec)], grafana: &str) -> bool {
    own(maps, grafana).any(|(key, _)| is_dashboard(key))
}

/// A provisioned data source: its type and uid.
struct Source {
    kind: String,
    uid: String,
}

/// Returns the data sources that are provisioned.
fn sources(maps: &[(String, ConfigMapSpec)], grafana: &str) -> Vec<Source> {
    let mut found = Vec::new();
    for (_, text) in own(maps, grafana) {
        let Ok(Value::Object(config)) = serde_saphyr::from_str(text) else {
            continue;
        };
        let listed = config.get("datasources").and_then(Value::as_array);
        for one in listed.into_iter().flatten() {
            let text = |key: &str| one[key].as_str().map(str::to_owned);
            let Some(kind) = text("type") else { continue };
            let uid = text("uid").or_else(|| Some(given_uid(&text("name")?)));
            found.extend(uid.map(|uid| Source { kind, uid }));
        }
    }
    found
}

/// Returns the uid that Grafana gives a provisioned data source which names none.
fn given_uid(name: &str) -> String {
    let hash = Sha256::digest(name.as_bytes());
    let mut uid = "P".to_owned();
    for byte in hash.iter().take(8) {
        // Writing to a `String` can't fail.
        let _ = write!(uid, "{byte:02X}");
    }
    uid
}

/// Makes carried dashboards ask the data sources that are provisioned: those exported for sharing
/// name a placeholder, others the uid of the Grafana that they were made in.
fn fix(maps: &mut [(String, ConfigMapSpec)], grafana: &str, sources: &[Source]) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    let own = maps.iter_mut().filter(|(name, _)| name == grafana);
    for (key, text) in own.flat_map(|(_, map)| &mut map.data) {
        if !is_dashboard(key) {
            continue;
        }
        let Ok(dashboard) = serde_json::from_str::<Value>(text) else {
            warnings.push(
                Diagnostic::warning(format!(
                    "the dashboard `{key}` is not JSON: Grafana will skip it"
                ))
                .help("correct the file; it is carried over as it is"),
            );
            continue;
        };
        let mut asked = Vec::new();
        collect(&dashboard, &mut asked);
        for (kind, uid) in asked {
            let known = sources.iter().any(|source| source.uid == uid);
            let variable = uid.starts_with('$') && !uid.starts_with("${DS_");
            if known || variable || uid.starts_with('-') || uid == "grafana" {
                continue;
            }
            let mut fitting = sources
                .iter()
                .filter(|source| kind.as_ref().is_none_or(|kind| source.kind == *kind));
            match (fitting.next(), fitting.next()) {
                (Some(one), None) => {
                    *text = text.replace(&format!("\"{uid}\""), &format!("\"{}\"", one.uid));
                }
                (_, _) => warnings.push(
                    Diagnostic::warning(format!(
                        "the dashboard `{key}` asks the data source `{uid}`, which isn't provisioned"
                    ))
                    .help("give the provisioned data source that `uid`, or the dashboard its"),
                ),
            }
        }
    }
    warnings
}

/// Collects the data sources that a dashboard asks, each once: type, where it is named, and uid.
fn collect(value: &Value, asked: &mut Vec<(Option<String>, String)>) {
    match value {
        Value::Object(fields) => {
            let source = fields.get("datasource");
            let found = match source {
                Some(Value::Object(source)) => {
                    let text = |key: &str| source.get(key).and_then(Value::as_str);
                    text("uid").map(|uid| (text("type").map(str::to_owned), uid.to_owned()))
                }
                Some(Value::String(name)) if name.starts_with("${DS_") => {
                    Some((None, name.clone()))
                }
                Some(_) | None => None,
            };
            if let Some(found) = found.filter(|found| !asked.contains(found)) {
                asked.push(found);
            }
            fields.values().for_each(|inner| collect(inner, asked));
        }
        Value::Array(items) => items.iter().for_each(|inner| collect(inner, asked)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Provisions our dashboards: where the application's own provider looks, if it has one.
fn provision(parts: &mut Parts<'_>, grafana: &str, (app, exporters): (&str, &[Exporter])) {
    let provided = own(parts.maps, grafana).find_map(|(_, text)| {
        let config: Value = serde_saphyr::from_str(text).ok()?;
        let path = config["providers"].as_array()?.first()?["options"]["path"].as_str()?;
        Some(path.to_owned())
    });
    let path = provided.clone().unwrap_or_else(|| DASHBOARDS.to_owned());
    if provided.is_none() {
        let text = yaml(&json!({
            "apiVersion": 1,
            "providers": [{"name": "files", "type": "file", "options": {"path": path}}],
        }));
        let generated = Generated {
            map: format!("{grafana}-dashboard-provider"),
            path: format!("{PROVISIONING}/dashboards"),
            files: vec![("files.yml".to_owned(), text)],
        };
        add(parts, grafana, generated);
    }
    let mut files = vec![(
        "overview.json".to_owned(),
        dashboard::text(&dashboard::overview(app)),
    )];
    for exporter in exporters {
        files.push(match exporter {
            Exporter::Postgres => (
                "postgres.json".to_owned(),
                dashboard::text(&dashboard::postgres(app)),
            ),
            Exporter::Redis => (
                "redis.json".to_owned(),
                dashboard::text(&dashboard::redis(app)),
            ),
        });
    }
    let generated = Generated {
        map: format!("{grafana}-dashboards"),
        path,
        files,
    };
    add(parts, grafana, generated);
}

/// Returns the exporters that the application runs.
pub(super) fn exporters(workloads: &[Workload]) -> Vec<Exporter> {
    let runs = |names: &[&str]| {
        workloads.iter().any(|it| {
            let image = it.image.replace('_', "-");
            !matches!(it.role, Role::Postgres | Role::Redis)
                && names.iter().any(|name| image.contains(name))
        })
    };
    let mut found = Vec::new();
    if runs(&["postgres-exporter"]) {
        found.push(Exporter::Postgres);
    }
    if runs(&["redis-exporter"]) {
        found.push(Exporter::Redis);
    }
    found
}

/// Returns a mount of a whole map.
pub(super) fn mount(
    name: &str,
    path: &str,
    kind: super::super::application::VolumeKind,
) -> VolumeSpec {
    VolumeSpec {
        name: name.to_owned(),
        path: path.to_owned(),
        sub_path: None,
        kind,
        read_only: true,
    }
}

#[cfg(test)]
mod tests {
    use super::{ConfigMapSpec, Source, fix, given_uid};

    #[track_caller]
    fn check(text: &str, expected: &str, warned: bool) {
        let data = vec![("a.json".to_owned(), text.to_owned())];
        let map = ConfigMapSpec {
            name: "m".to_owned(),
            data,
            ..ConfigMapSpec::default()
        };
        let mut maps = vec![("grafana".to_owned(), map)];
        let sources = [
            Source {
                kind: "prometheus".to_owned(),
                uid: "prom".to_owned(),
            },
            Source {
                kind: "loki".to_owned(),
                uid: "loki".to_owned(),
            },
        ];
        let warnings = fix(&mut maps, "grafana", &sources);
        assert_eq!(maps[0].1.data[0].1, expected);
        assert_eq!(!warnings.is_empty(), warned, "{warnings:?}");
    }

    #[test]
    fn dashboards_ask_the_data_source_that_is_provisioned() {
        check(
            r#"{"panels": [{"datasource": {"type": "prometheus", "uid": "${DS_PROMETHEUS}"}}]}"#,
            r#"{"panels": [{"datasource": {"type": "prometheus", "uid": "prom"}}]}"#,
            false,
        );
        check(
            r#"{"panels": [{"datasource": {"type": "loki", "uid": "abc"}}]}"#,
            r#"{"panels": [{"datasource": {"type": "loki", "uid": "loki"}}]}"#,
            false,
        );
    }

    #[test]
    fn what_fits_is_left_alone() {
        for uid in ["prom", "$source", "-- Grafana --"] {
            let text = format!(r#"{{ "datasource": {{ "uid": "{uid}" }} }}"#);
            check(&text, &text, false);
        }
    }

    #[test]
    fn what_nothing_fits_is_reported() {
        let text = r#"{"datasource": {"type": "tempo", "uid": "t"}}"#;
        check(text, text, true);
        check("{", "{", true);
    }

    #[test]
    fn a_data_source_without_a_uid_has_the_one_that_grafana_gives_it() {
        assert_eq!(given_uid("Prometheus"), "PBFA97CFB590B2093");
    }
}
