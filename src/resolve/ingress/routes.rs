//! Hosts and paths, and the workload behind each.

use crate::facts::Route;

use super::super::application::{Role, ServicePort, Workload};
use super::super::subjects::normal;
use super::model::{IngressPath, PathKind};
use super::paths::{PathWish, parse};
use super::{Remarks, Sources, behind};

/// What is routed.
pub(super) struct Routed {
    pub(super) hosts: Vec<String>,
    /// In order of precedence.
    pub(super) paths: Vec<IngressPath>,
    /// Prefixes that labels strip.
    pub(super) stripped: Vec<String>,
}

/// Returns what is routed; `None` where nothing serves.
pub(super) fn build(sources: &Sources<'_>, remarks: &mut Remarks) -> Option<Routed> {
    let (wishes, stripped) = wishes(sources, remarks);
    let hosts = hosts(sources, &wishes, remarks);
    let mut paths: Vec<IngressPath> = Vec::new();
    for wish in &wishes {
        for host in hosts_of(wish, &wishes, &hosts) {
            let Some(path) = route(wish, host, sources, remarks) else {
                continue;
            };
            if paths.iter().all(|known| !same(known, &path)) {
                paths.push(path);
            }
        }
    }
    for path in &paths {
        below(path, sources, remarks);
    }
    let place = |host: &str| hosts.iter().position(|known| known == host);
    paths.sort_by_key(|path| {
        let length = std::cmp::Reverse(path.path.len());
        (place(&path.host), path.path == "/", path.kind, length)
    });
    (!paths.is_empty()).then_some(Routed {
        hosts,
        paths,
        stripped,
    })
}

/// Says of what makes links to itself that it must know the path it is reached by.
fn below(path: &IngressPath, sources: &Sources<'_>, remarks: &mut Remarks) {
    let workload = find(sources, &path.workload).filter(|_| path.path != "/");
    let Some(workload) = workload else { return };
    let knows = |flag: &str| {
        workload
            .args
            .iter()
            .flatten()
            .any(|arg| arg.starts_with(flag))
    };
    let set = |name: &str| {
        workload
            .environment
            .iter()
            .any(|variable| variable.name == name)
    };
    let told = match workload.role {
        Role::Grafana if !set("GF_SERVER_SERVE_FROM_SUB_PATH") => {
            "set GF_SERVER_ROOT_URL and GF_SERVER_SERVE_FROM_SUB_PATH in the Compose file"
        }
        Role::Prometheus if !knows("--web.external-url") => {
            "add --web.external-url to its command in the Compose file"
        }
        Role::Grafana
        | Role::Prometheus
        | Role::Postgres
        | Role::Redis
        | Role::Store
        | Role::Server
        | Role::Worker => return,
    };
    remarks.warn(
        format!(
            "`{}` is reached by `{}` and doesn't know it",
            path.workload, path.path
        ),
        told,
    );
}

fn same(one: &IngressPath, other: &IngressPath) -> bool {
    one.host == other.host && one.path == other.path && one.kind == other.kind
}

/// Returns the paths that are asked for: the settings', else the checklist's, else those of labels
/// and proxy configurations, else everything.
fn wishes(sources: &Sources<'_>, remarks: &mut Remarks) -> (Vec<PathWish>, Vec<String>) {
    let mut set = Vec::new();
    for (text, to) in &sources.settings.routes {
        match parse(text) {
            Some(mut wish) => {
                wish.to = Some(to.clone());
                set.push(wish);
            }
            None => remarks.warn(
                format!("`{text}` of [ingress.routes] is no path: it is left out"),
                "write a path, with its host before it if it has one: \"shop.test/api/*\"",
            ),
        }
    }
    if !set.is_empty() {
        return (set, Vec::new());
    }
    let asked = &sources.spec.edge.paths;
    if !asked.is_empty() {
        return (asked.clone(), Vec::new());
    }
    let mut stripped = Vec::new();
    let mut hinted = Vec::new();
    for hint in sources
        .hints
        .iter()
        .filter(|hint| find(sources, &hint.service).is_some())
    {
        let wish = of_hint(hint);
        if hint.strip && !stripped.contains(&wish.path) {
            stripped.push(wish.path.clone());
        }
        let host = hint.host.as_deref().unwrap_or("any host");
        remarks.notes.push(format!(
            "{host}{} goes to {}, as {} says ({})",
            wish.path, hint.service, hint.by, hint.origin
        ));
        hinted.push(wish);
    }
    if hinted.is_empty() {
        hinted.extend(parse("/"));
    }
    (hinted, stripped)
}

fn of_hint(hint: &Route) -> PathWish {
    let kind = match (hint.regex, hint.exact) {
        (true, _) => PathKind::Regex,
        (false, true) => PathKind::Exact,
        (false, false) => PathKind::Prefix,
    };
    let path = match kind {
        PathKind::Prefix => super::paths::prefix(&hint.path),
        PathKind::Exact | PathKind::Regex => hint.path.clone(),
    };
    let port = hint
        .port
        .map_or_else(String::new, |port| format!(":{port}"));
    PathWish {
        host: hint.host.clone(),
        path,
        kind,
        to: Some(format!("{}{port}", hint.service)),
    }
}

/// Returns the hosts, the main one first.
fn hosts(sources: &Sources<'_>, wishes: &[PathWish], remarks: &mut Remarks) -> Vec<String> {
    let mut hosts = sources.settings.hosts.clone();
    if hosts.is_empty() {
        hosts.clone_from(&sources.spec.edge.hosts);
    }
    let of_paths = wishes.iter().filter_map(|wish| wish.host.clone());
    hosts.extend(of_paths);
    if hosts.is_empty() {
        for hint in sources.hints {
            let Some(host) = &hint.host else { continue };
            if !hosts.contains(host) {
                remarks.notes.push(format!(
                    "host {host}, as {} says ({})",
                    hint.by, hint.origin
                ));
                hosts.push(host.clone());
            }
        }
    }
    if hosts.is_empty() {
        let host = format!("{}.example.com", sources.app);
        remarks.warn(
            format!("no host is named: `{host}` stands for it"),
            "name it in the phase's settings: [ingress] host = \"…\"",
        );
        hosts.push(host);
    }
    let mut once: Vec<String> = Vec::new();
    for host in hosts {
        if !once.contains(&host) {
            once.push(host);
        }
    }
    once
}

/// Returns the hosts that a path is served at: its own, else those that no path names.
fn hosts_of<'h>(wish: &'h PathWish, wishes: &[PathWish], hosts: &'h [String]) -> Vec<&'h str> {
    if let Some(host) = &wish.host {
        return vec![host];
    }
    let named = |host: &&String| wishes.iter().any(|wish| wish.host.as_ref() == Some(*host));
    let free: Vec<&str> = hosts
        .iter()
        .filter(|host| !named(host))
        .map(String::as_str)
        .collect();
    if free.is_empty() {
        hosts.iter().map(String::as_str).collect()
    } else {
        free
    }
}

/// Returns where a path leads at a host.
fn route(
    wish: &PathWish,
    host: &str,
    sources: &Sources<'_>,
    remarks: &mut Remarks,
) -> Option<IngressPath> {
    let hinted = || {
        let hint = sources.hints.iter().find(|hint| {
            let hinted = of_hint(hint);
            hinted.path == wish.path && hinted.host.is_none_or(|it| it == host)
        })?;
        find(sources, &hint.service)?;
        of_hint(hint).to
    };
    let to = wish.to.clone().or_else(hinted);
    let (name, number) = match to
        .as_deref()
        .map(|to| to.split_once(':').unwrap_or((to, "")))
    {
        Some((name, number)) => (Some(name), number.parse::<u16>().ok()),
        None => (None, None),
    };
    let named = name.and_then(|name| {
        let found = find(sources, name);
        if found.is_none() {
            let known: Vec<&str> = servers(sources).map(|it| it.name.as_str()).collect();
            remarks.warn(
                format!(
                    "`{}` is to go to `{name}`, and nothing that serves is called so",
                    wish.path
                ),
                format!("what serves: {}", known.join(", ")),
            );
        }
        found
    });
    let told = || behind::of(wish, sources).filter(|_| name.is_none());
    let Some(workload) = named.or_else(told) else {
        remarks.undecided(wish, name.is_some());
        return None;
    };
    let port = port(workload, (wish, number), remarks)?;
    Some(IngressPath {
        host: host.to_owned(),
        path: wish.path.clone(),
        kind: wish.kind,
        rewrite: None,
        workload: workload.name.clone(),
        port: port.name.clone(),
    })
}

/// Returns the port that a path is to go to: the one of that number, else the one that speaks HTTP.
/// A number that is asked for is that or none.
fn port<'w>(
    workload: &'w Workload,
    (wish, number): (&PathWish, Option<u16>),
    remarks: &mut Remarks,
) -> Option<&'w ServicePort> {
    let ports = || workload.ports.iter();
    let asked = ports().find(|port| number == Some(port.port));
    if let Some(number) = number.filter(|_| wish.to.is_some() && asked.is_none()) {
        remarks.warn(
            format!(
                "`{}` is to go to port {number} of `{}`, which it isn't known to have",
                wish.path, workload.name
            ),
            "name the port in a task (`Port: 8080`) or in the Compose file (`expose`)",
        );
        remarks.undecided(wish, true);
        return None;
    }
    asked
        .or_else(|| ports().find(|port| port.name == "http"))
        .or(workload.ports.first())
}

/// Returns the workload of that name, or of that Compose service.
fn find<'w>(sources: &Sources<'w>, name: &str) -> Option<&'w Workload> {
    let serving = || sources.workloads.iter().filter(|it| !it.ports.is_empty());
    let service = |it: &&Workload| it.service.as_deref() == Some(name);
    serving()
        .find(|it| it.name == name)
        .or_else(|| serving().find(service))
        .or_else(|| serving().find(|it| normal(&it.name) == normal(name)))
}

pub(super) fn servers<'w>(sources: &Sources<'w>) -> impl Iterator<Item = &'w Workload> {
    sources.workloads.iter().filter(|it| {
        !it.ports.is_empty() && matches!(it.role, Role::Server | Role::Grafana | Role::Prometheus)
    })
}
