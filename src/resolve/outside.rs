//! Whom workloads connect to beside what their variables say: others of the application, by the
//! files that they mount and their arguments, and hosts outside of the cluster.
//!
//! Reads URLs and `host:port` pairs in variables, arguments and mounted files. A host is outside if
//! it has a dot and is nothing of the cluster's. Hosts that the source code itself names aren't
//! found: what is built here may reach the web anyway.

use std::collections::BTreeMap;

use super::application::{ConfigMapSpec, EnvSource, Outside, VolumeKind, Workload};
use super::hosts;

/// Ports of URLs that name none.
const PORTS: &[(&str, u16)] = &[
    ("https", 443),
    ("wss", 443),
    ("http", 80),
    ("ws", 80),
    ("postgres", 5432),
    ("postgresql", 5432),
    ("mysql", 3306),
    ("mariadb", 3306),
    ("mongodb", 27017),
    ("redis", 6379),
    ("rediss", 6379),
    ("amqp", 5672),
    ("amqps", 5671),
    ("mqtt", 1883),
    ("mqtts", 8883),
    ("nats", 4222),
    ("smtp", 25),
    ("smtps", 465),
    ("ldap", 389),
    ("ldaps", 636),
    ("sftp", 22),
    ("ssh", 22),
];

/// Words of variables that say where the application itself is found.
const OWN: &[&str] = &[
    "ROOT", "PUBLIC", "BASE", "EXTERNAL", "ORIGIN", "ORIGINS", "CORS", "ALLOWED", "DOMAIN",
    "REDIRECT", "CALLBACK", "SITE", "FRONTEND", "HOSTNAME", "ISSUER", "AUDIENCE",
];

/// Words of variables that hold a server's host, and the ports that such a server usually has.
const SERVERS: &[(&str, u16)] = &[
    ("SMTP", 25),
    ("SMTP", 465),
    ("SMTP", 587),
    ("MAIL", 587),
    ("POSTGRES", 5432),
    ("PG", 5432),
    ("MYSQL", 3306),
    ("MARIADB", 3306),
    ("REDIS", 6379),
    ("MONGO", 27017),
    ("MONGODB", 27017),
    ("RABBITMQ", 5672),
    ("AMQP", 5672),
    ("MQTT", 1883),
    ("LDAP", 389),
    ("LDAP", 636),
];

/// Hosts whose addresses are names of formats, not of servers.
const NAMES: &[&str] = &["www.w3.org", "json-schema.org", "schemas.xmlsoap.org"];

/// Adds to each workload whom it connects to; `maps` are what workloads mount.
pub(super) fn reach(workloads: &mut [Workload], maps: &[ConfigMapSpec]) {
    let names: BTreeMap<String, String> = workloads
        .iter()
        .map(|it| (it.name.clone(), it.name.clone()))
        .collect();
    for workload in workloads {
        workload.outside = named(workload, maps);
        talk_by_files(workload, maps, &names);
    }
}

/// Adds whom the files that a workload mounts, and its arguments, name as hosts.
fn talk_by_files(
    workload: &mut Workload,
    maps: &[ConfigMapSpec],
    names: &BTreeMap<String, String>,
) {
    let mounted = |map: &&ConfigMapSpec| {
        workload
            .volumes
            .iter()
            .any(|volume| matches!(&volume.kind, VolumeKind::ConfigMap(name) if *name == map.name))
    };
    let files = maps.iter().filter(mounted).flat_map(|map| &map.data);
    let words = workload.command.iter().chain(&workload.args).flatten();
    let found: Vec<String> = files
        .map(|(_, text)| text)
        .chain(words)
        .flat_map(|text| hosts::mentioned(text, names))
        .map(|(name, _)| name.to_owned())
        .collect();
    for name in found {
        if name != workload.name && !workload.talks_to.contains(&name) {
            workload.talks_to.push(name);
        }
    }
}

/// Returns the hosts outside of the cluster that a workload's settings name, each once.
fn named(workload: &Workload, maps: &[ConfigMapSpec]) -> Vec<Outside> {
    let mut found = Vec::new();
    for variable in &workload.environment {
        let name = variable.name.as_str();
        let own = name
            .split('_')
            .any(|word| OWN.contains(&word.to_uppercase().as_str()));
        let value = match &variable.source {
            _ if own => None,
            EnvSource::Literal(value) => Some(value.as_str()),
            EnvSource::ConfigMap { name, key } => value_of(maps, name, key),
            EnvSource::Secret { .. } => None,
        };
        for (host, port) in value.map(in_text).unwrap_or_default() {
            add(&mut found, host, port, name);
        }
    }
    for (host, port, by) in apart(workload, maps) {
        add(&mut found, host, (port, false), &by);
    }
    let words = workload.command.iter().chain(&workload.args).flatten();
    for (host, port) in words.flat_map(|word| in_text(word)) {
        add(&mut found, host, port, "its arguments");
    }
    for volume in &workload.volumes {
        let VolumeKind::ConfigMap(name) = &volume.kind else {
            continue;
        };
        let keys = maps.iter().filter(|map| map.name == *name);
        let keys = keys.flat_map(|map| &map.data);
        let mounted = |key: &str| volume.sub_path.as_deref().is_none_or(|only| only == key);
        for (key, text) in keys.filter(|(key, _)| mounted(key)) {
            let lines = text.lines().filter(|line| !is_comment(line));
            // A pair without a scheme may be anything in a file.
            let urls = lines.flat_map(in_text).filter(|(_, port)| port.1);
            for (host, port) in urls {
                add(&mut found, host, port, key);
            }
        }
    }
    found
}

/// Returns hosts that have a variable of their own, whose port is in another one (`SMTP_SERVER` and
/// `SMTP_PORT`) or is what is usual for such a server.
fn apart(workload: &Workload, maps: &[ConfigMapSpec]) -> Vec<(String, u16, String)> {
    let value = |source: &EnvSource| match source {
        EnvSource::Literal(value) => Some(value.clone()),
        EnvSource::ConfigMap { name, key } => value_of(maps, name, key).map(str::to_owned),
        EnvSource::Secret { .. } => None,
    };
    let mut found = Vec::new();
    for variable in &workload.environment {
        let name = variable.name.as_str();
        let mut ends = ["_HOST", "_SERVER", "_ADDRESS", "_HOSTNAME", "_ADDR"].iter();
        let Some(stem) = ends.find_map(|end| name.strip_suffix(end)) else {
            continue;
        };
        let own = stem.split('_').any(|word| OWN.contains(&word));
        let host = value(&variable.source).filter(|host| !own && is_outside(host));
        let Some(host) = host else { continue };
        let port = format!("{stem}_PORT");
        let mut all = workload.environment.iter();
        let said = all.find(|it| it.name == port);
        let said = said.and_then(|it| value(&it.source)?.parse::<u16>().ok());
        let of_word = |word: &str| stem.split('_').any(|it| it == word);
        let usual = SERVERS.iter().filter(|(word, _)| of_word(word));
        let usual = usual.map(|(_, port)| *port);
        let ports: Vec<u16> = said.map_or_else(|| usual.collect(), |port| vec![port]);
        found.extend(
            ports
                .into_iter()
                .map(|port| (host.clone(), port, name.to_owned())),
        );
    }
    found
}

fn value_of<'m>(maps: &'m [ConfigMapSpec], name: &str, key: &str) -> Option<&'m str> {
    let map = maps.iter().find(|map| map.name == name)?;
    let (_, value) = map.data.iter().find(|(known, _)| known == key)?;
    Some(value)
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    ["#", "//", ";", "<!--", "--"]
        .iter()
        .any(|mark| line.starts_with(mark))
}

fn add(found: &mut Vec<Outside>, host: String, (port, _): (u16, bool), by: &str) {
    let known = |it: &Outside| it.host == host && it.port == port;
    if !found.iter().any(known) {
        found.push(Outside {
            host,
            port,
            by: by.to_owned(),
        });
    }
}

/// Returns the outside hosts of a text with their ports, and whether a URL names each.
fn in_text(text: &str) -> Vec<(String, (u16, bool))> {
    let ends = |c: char| c.is_whitespace() || "\"'`,;<>()[]{}|\\".contains(c);
    let words = text.split(ends).filter(|word| !word.is_empty());
    words.filter_map(in_word).collect()
}

fn in_word(word: &str) -> Option<(String, (u16, bool))> {
    // `--url=https://…`, and the assignments of property files.
    let start = word.find("://").map(|at| {
        let scheme = word.get(..at).unwrap_or_default();
        let letter = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        scheme.rfind(|c| !letter(c)).map_or(0, |last| last + 1)
    });
    let word = word.get(start.unwrap_or(0)..)?;
    let (scheme, rest) = match word.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
        None => (None, word),
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    let place = authority.rsplit('@').next()?;
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse::<u16>().ok()?)),
        None => (place, None),
    };
    let base = scheme.as_deref().map(|scheme| {
        let base = scheme.split('+').next().unwrap_or(scheme);
        PORTS.iter().find(|(known, _)| *known == base)
    });
    let port = match (port, base) {
        (Some(port), _) => port,
        (None, Some(Some((_, port)))) => *port,
        (None, Some(None) | None) => return None,
    };
    (port > 0 && is_outside(host)).then(|| (host.to_ascii_lowercase(), (port, scheme.is_some())))
}

/// Returns whether a host is none of the cluster's, nor the pod itself.
fn is_outside(host: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
    let inside = [
        ".local",
        ".svc",
        ".internal",
        ".localhost",
        ".test",
        ".invalid",
    ];
    let itself = host == "0.0.0.0" || host.starts_with("127.");
    let labels: Vec<&str> = host.split('.').collect();
    labels.len() > 1
        && labels.iter().all(|label| !label.is_empty())
        && host.chars().all(fits)
        && !itself
        && !inside.iter().any(|end| host.ends_with(end))
        && !NAMES.contains(&host)
        && (is_address(host) || labels.last().is_some_and(|last| is_top_level(last)))
}

fn is_top_level(label: &str) -> bool {
    label.len() > 1 && label.chars().all(|c| c.is_ascii_alphabetic())
}

/// Returns whether a host is an IPv4 address.
pub(super) fn is_address(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::in_text;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, u16)]) {
        let found = in_text(text);
        let found: Vec<_> = found
            .iter()
            .map(|(host, (port, _))| (host.as_str(), *port))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn urls_name_hosts_and_ports() {
        check("https://api.openai.com/v1", &[("api.openai.com", 443)]);
        check("http://10.1.2.3:9000", &[("10.1.2.3", 9000)]);
        check(
            "postgresql+asyncpg://u:p@db.example.com/x",
            &[("db.example.com", 5432)],
        );
        check("--url=https://a.example.com", &[("a.example.com", 443)]);
        check("smtp.example.com:587", &[("smtp.example.com", 587)]);
        check(
            "https://a.example.com, https://b.example.com",
            &[("a.example.com", 443), ("b.example.com", 443)],
        );
    }

    #[test]
    fn what_is_inside_is_not_named() {
        check("http://api:8080", &[]);
        check("http://localhost:8080 http://127.0.0.1:1", &[]);
        check(
            "http://x.default.svc:80 redis.shop.svc.cluster.local:6379",
            &[],
        );
    }

    #[test]
    fn other_words_are_no_hosts() {
        check("python3.12 app.py:main 1.5:2", &[]);
        check("http://www.w3.org/2000/svg", &[]);
        check("config.yml", &[]);
        check("a.b.c:x", &[]);
    }
}
