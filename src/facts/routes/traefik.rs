//! Traefik's router labels.

use super::super::report::Report;
use super::{Labelled, Route, host, middlewares};
use crate::diagnostic::Diagnostic;

/// What one rule matches.
#[derive(Debug, Default)]
struct Rule {
    hosts: Vec<String>,
    paths: Vec<Matched>,
}

#[derive(Debug, Clone)]
struct Matched {
    path: String,
    exact: bool,
    regex: bool,
}

/// Returns the routes of a service's labels; what of them isn't carried over goes to the report.
pub(super) fn read(labelled: &Labelled<'_>, report: &mut Report) -> Vec<Route> {
    if labelled
        .label("traefik.enable")
        .is_some_and(|value| value == "false")
    {
        return Vec::new();
    }
    let mut routes = Vec::new();
    for (key, text) in labelled.labels() {
        let other = ["traefik.tcp.routers.", "traefik.udp.routers."];
        let rule = key.rsplit('.').next() == Some("rule");
        if rule && other.iter().any(|start| key.starts_with(start)) {
            report.push(
                unread(labelled, key, "an Ingress leads HTTP only")
                    .help("ask for a NodePort or a LoadBalancer below the task of its Service"),
            );
        }
        let Some(name) = key
            .strip_prefix("traefik.http.routers.")
            .and_then(|rest| rest.strip_suffix(".rule"))
        else {
            continue;
        };
        let Some(rule) = parse(text) else {
            let why = "it says more than hosts and paths";
            report.push(unread(labelled, key, why).help(
                "name the paths below the task of the Ingress, or in the phase's settings: \
                 [ingress.routes]",
            ));
            continue;
        };
        let middlewares = middlewares::of(labelled, name);
        let prefixes = stripped(labelled, name);
        let port = port(labelled, name);
        let hosts = match rule.hosts.as_slice() {
            [] => vec![None],
            named => named.iter().cloned().map(Some).collect(),
        };
        for host in hosts {
            for matched in &rule.paths {
                routes.push(Route {
                    host: host.clone(),
                    path: matched.path.clone(),
                    exact: matched.exact,
                    regex: matched.regex,
                    service: labelled.service.name.clone(),
                    port,
                    strip: prefixes.contains(&matched.path.trim_end_matches('/')),
                    by: "a Traefik label".to_owned(),
                    middlewares: middlewares.clone(),
                    origin: labelled.origin(key),
                });
            }
        }
    }
    routes
}

fn unread(labelled: &Labelled<'_>, key: &str, why: &str) -> Diagnostic {
    Diagnostic::warning(format!(
        "`{key}` of `{}` ({}) isn't carried over: {why}",
        labelled.service.name,
        labelled.origin(key)
    ))
}

/// Returns the port of the router's service, or of the only one.
fn port(labelled: &Labelled<'_>, router: &str) -> Option<u16> {
    let service = labelled.label(&format!("traefik.http.routers.{router}.service"));
    let service = service.unwrap_or(router);
    let own = format!("traefik.http.services.{service}.loadbalancer.server.port");
    let any = || {
        let found = labelled.labels().find(|(key, _)| {
            key.starts_with("traefik.http.services.") && key.ends_with(".loadbalancer.server.port")
        });
        found.map(|(_, value)| value)
    };
    labelled.label(&own).or_else(any)?.parse().ok()
}

/// Returns the prefixes that a router's middlewares strip.
fn stripped<'l>(labelled: &'l Labelled<'_>, router: &str) -> Vec<&'l str> {
    let used = labelled.label(&format!("traefik.http.routers.{router}.middlewares"));
    used.unwrap_or_default()
        .split(',')
        .map(|name| name.split('@').next().unwrap_or_default().trim())
        .filter_map(|name| {
            labelled.label(&format!(
                "traefik.http.middlewares.{name}.stripprefix.prefixes"
            ))
        })
        .flat_map(|prefixes| prefixes.split(','))
        .map(|prefix| prefix.trim().trim_end_matches('/'))
        .collect()
}

/// Returns what a rule matches; `None` where it says more than hosts and paths.
fn parse(text: &str) -> Option<Rule> {
    if text.contains('!') {
        return None;
    }
    let mut rule = Rule::default();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('`') {
        let (_, after) = arguments(behind)?;
        let name: String = before
            .chars()
            .rev()
            .skip_while(|it| *it == '(' || *it == ' ')
            .collect();
        let name: String = name.chars().take_while(char::is_ascii_alphabetic).collect();
        let name: String = name.chars().rev().collect();
        let (values, _) = arguments(behind)?;
        for value in values {
            match name.as_str() {
                "Host" => rule.hosts.extend(host(&value)),
                "PathPrefix" => rule.paths.push(matched(value, false, false)),
                "Path" => rule.paths.push(matched(value, true, false)),
                "PathRegexp" => rule.paths.push(matched(value, false, true)),
                _ => return None,
            }
        }
        rest = after;
    }
    if rule.paths.is_empty() {
        rule.paths.push(matched("/".to_owned(), false, false));
    }
    (!rule.hosts.is_empty() || text.contains("Path")).then_some(rule)
}

fn matched(path: String, exact: bool, regex: bool) -> Matched {
    let path = if regex {
        format!("/{}", path.trim_start_matches('^').trim_start_matches('/'))
    } else {
        path
    };
    Matched { path, exact, regex }
}

/// Returns the values up to the closing bracket, the first already opened, and what follows.
fn arguments(text: &str) -> Option<(Vec<String>, &str)> {
    let (inside, after) = text
        .split_once(')')
        .filter(|(inside, _)| inside.matches('`').count() % 2 == 1)?;
    let values = format!("`{inside}");
    let values = values
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    Some((values, after))
}
