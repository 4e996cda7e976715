//! Which of its ports a program is asked on over HTTP, and the one that NATS is watched on.

use crate::facts::image::{Check, Known, Product};
use crate::facts::{Protocol, Service};

use super::super::application::ServicePort;
use super::super::roster::Member;
use super::super::spec::{self, ProbeSpec};
use super::names;

/// What products call the ports that they serve HTTP on.
const HTTP: &[&str] = &[
    "http",
    "management",
    "console",
    "dashboard",
    "ui",
    "api",
    "metrics",
    "monitor",
];

/// The product that serves HTTP where its command names the port.
const NATS: &str = "NATS";
const NATS_MONITOR: (&str, u16) = ("monitor", 8222);
const NATS_FLAGS: [&str; 4] = ["-m", "--m", "-http_port", "--http_port"];

/// Returns the name of the port that a probe asks over HTTP: the one with this number, else where
/// the product has its health checks, else where it serves HTTP; none where all ports that there
/// are serve something else.
pub(in crate::resolve) fn probed(
    member: &Member<'_>,
    ports: &[ServicePort],
    number: Option<u16>,
) -> Option<String> {
    let known = member.product.map(Product::known);
    // Nothing is asked over HTTP on UDP.
    let tcp = || ports.iter().filter(|it| it.protocol == Protocol::Tcp);
    let serves = |port: &ServicePort| speaks_http(known, port.port);
    let may = |port: &&ServicePort| serves(port) != Some(false);
    let found = if let Some(number) = number {
        tcp().find(|it| it.port == number).filter(may)
    } else {
        let checked = known.and_then(health_port);
        let checked = || tcp().find(|it| Some(it.port) == checked);
        let sure = || tcp().find(|it| known.is_some() && serves(it) == Some(true));
        let called = || tcp().find(|it| it.name == "http" && may(it));
        // Another port of a store than those that it is known by may be anything.
        let any = || tcp().find(may).filter(|_| known.is_none_or(is_web));
        checked().or_else(sure).or_else(called).or_else(any)
    };
    found.map(|port| port.name.clone())
}

/// Returns whether the main port of a product serves HTTP, so that one it has instead does as well.
fn is_web(known: &Known) -> bool {
    let main = known.ports.first();
    main.is_none_or(|(name, _)| HTTP.contains(name)) && !known.is_store()
}

/// Returns the port that a product answers its health checks on.
fn health_port(known: &Known) -> Option<u16> {
    [known.alive, known.ready]
        .into_iter()
        .find_map(|it| match it {
            Check::Http(_, number) => Some(number),
            Check::Unknown | Check::Exec(_) | Check::Tcp => None,
        })
}

/// Returns whether a port serves HTTP, where that is known.
fn speaks_http(known: Option<&Known>, number: u16) -> Option<bool> {
    let own = known.and_then(|it| it.ports.iter().find(|(_, port)| *port == number));
    let own = own.map(|(name, _)| HTTP.contains(name));
    own.or_else(|| names::is_other(number).then_some(false))
}

/// Returns the port that NATS answers on over HTTP, where it does: its command says so; or it runs
/// by the image's own settings, and a probe asks for it.
pub(super) fn monitor(member: &Member<'_>) -> Option<(&'static str, u16)> {
    let (name, number) = NATS_MONITOR;
    let service = member.service?;
    if member.product?.title() != NATS {
        return None;
    }
    if let Some(told) = told(service) {
        return Some((name, told));
    }
    let asks = |probe: &Option<ProbeSpec>| {
        let check = probe.as_ref().map(|it| &it.check);
        matches!(check, Some(spec::Check::Http(..)))
    };
    let spec = &member.spec;
    let asked = asks(&spec.liveness) || asks(&spec.readiness) || asks(&spec.startup);
    let own = service.command.is_none() && service.entrypoint.is_none();
    (own && asked).then_some((name, number))
}

/// Returns the port that the command of NATS names for HTTP.
fn told(service: &Service) -> Option<u16> {
    let lines = service.entrypoint.iter().chain(&service.command).flatten();
    let words: Vec<&str> = lines.flat_map(|it| it.split_whitespace()).collect();
    words.iter().enumerate().find_map(|(at, word)| {
        let (flag, value) = match word.split_once('=') {
            Some((flag, value)) => (flag, Some(value)),
            None => (*word, words.get(at + 1).copied()),
        };
        value?.parse().ok().filter(|_| NATS_FLAGS.contains(&flag))
    })
}
