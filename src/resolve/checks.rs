//! Probes of a workload: the checklist's words, then the Compose health check, then endpoints in
//! the source, then what the product is known by.

use std::time::Duration;

use crate::facts::image;
use crate::facts::{Facts, HealthTest, Healthcheck, Protocol, Service, is_below};

use super::application::{Probe, ProbeAction, Role, ServicePort};
use super::health;
use super::ports;
use super::roster::Member;
use super::spec::{Check, ProbeSpec};

/// How often a check that worked may fail. People write more of them for a slow start, which a
/// startup probe is for: a pod that fails twenty times keeps its traffic for minutes.
const MOST_FAILURES: u32 = 10;

/// Liveness, readiness and startup.
#[derive(Debug, Clone, Default)]
pub(super) struct Probes {
    pub(super) liveness: Option<Probe>,
    pub(super) readiness: Option<Probe>,
    pub(super) startup: Option<Probe>,
}

/// Returns the probes of a member; what runs to its end has none.
pub(super) fn probes(member: &Member<'_>, ports: &[ServicePort], facts: &Facts) -> Probes {
    if member.kind.ends() {
        return Probes::default();
    }
    let endpoints = endpoints(member, facts);
    let spec = &member.spec;
    let asked =
        |probe: &Option<ProbeSpec>| probe.as_ref().and_then(|it| from_spec(member, it, ports));
    let health = healthcheck(member, facts);
    let default = || {
        health
            .and_then(|it| from_healthcheck(member, it, ports))
            .or_else(|| known(member, ports, &endpoints))
    };
    let liveness = asked(&spec.liveness).or_else(default);
    let closer = || ready_endpoint(member, ports, &endpoints, liveness.as_ref());
    let asked_ready = asked(&spec.readiness);
    // What serves nothing has no traffic to be ready for; a startup probe holds a rollout up as
    // well, and can't be taken for liveness.
    let serves = !ports.is_empty();
    let same = || liveness.clone().filter(|_| serves).map(hasty);
    let readiness = asked_ready.or_else(closer).or_else(same);
    let startup = asked(&spec.startup).or_else(|| startup(health, liveness.as_ref(), serves));
    Probes {
        liveness,
        readiness,
        startup,
    }
}

/// Traffic is to stop sooner than a pod is to be killed.
fn hasty(probe: Probe) -> Probe {
    Probe {
        period: Some(10),
        asked: false,
        ..probe
    }
}

/// Returns the startup probe that `start_period` asks for, or that what serves nothing is held up
/// by until it works.
fn startup(health: Option<&Healthcheck>, live: Option<&Probe>, serves: bool) -> Option<Probe> {
    const PERIOD: u64 = 5;
    const SPARE: u64 = 6;
    let seconds = |time: Option<Duration>| time.map(|it| it.as_secs()).filter(|it| *it > 0);
    let grace = seconds(health.and_then(|it| it.start_period));
    let tries = health.map_or(0, |it| {
        let retries = it.retries.filter(|retries| *retries > MOST_FAILURES);
        u64::from(retries.unwrap_or(0)) * it.interval.map_or(30, |it| it.as_secs().max(1))
    });
    let grace = match (grace, tries) {
        (None, 0) => (!serves).then_some(PERIOD * SPARE)?,
        (grace, tries) => grace.unwrap_or(0) + tries,
    };
    let period = seconds(health.and_then(|it| it.start_interval)).unwrap_or(PERIOD);
    Some(Probe {
        period: i32::try_from(period).ok(),
        failures: i32::try_from(grace.div_ceil(period) + SPARE).ok(),
        initial_delay: None,
        asked: false,
        ..live?.clone()
    })
}

/// Returns the check that the service, or else the image that is built for it, has. Another
/// command of that image needn't pass the image's check.
fn healthcheck<'a>(member: &'a Member<'_>, facts: &'a Facts) -> Option<&'a Healthcheck> {
    let service = member.service?;
    let of_image = || {
        let build = service.build.as_ref()?;
        let own = service.command.is_none() && service.entrypoint.is_none();
        let mut all = facts.dockerfiles.iter().filter(|_| own);
        all.find(|file| file.path == build.dockerfile)?
            .healthcheck
            .as_ref()
    };
    service.healthcheck.as_ref().or_else(of_image)
}

/// Returns the paths that the member's own source serves.
fn endpoints<'a>(member: &Member<'_>, facts: &'a Facts) -> Vec<&'a str> {
    let build = member.service.and_then(|service| service.build.as_ref());
    let Some(build) = build else {
        return Vec::new();
    };
    let all = facts.endpoints.iter();
    all.filter(|endpoint| is_below(&endpoint.origin.path, &build.context))
        .map(|endpoint| endpoint.path.as_str())
        .collect()
}

fn from_spec(member: &Member<'_>, spec: &ProbeSpec, ports: &[ServicePort]) -> Option<Probe> {
    let action = match &spec.check {
        Check::Http(path, port) => ProbeAction::Http {
            path: path.clone(),
            port: ports::probed(member, ports, *port)?,
        },
        Check::Tcp(port) => ProbeAction::Tcp {
            port: port_of(ports, *port)?,
        },
        Check::Command(command) => ProbeAction::Exec(full_command(member, command)),
    };
    Some(Probe {
        action,
        period: spec.period,
        timeout: spec.timeout.or(Some(5)),
        failures: spec.failures,
        initial_delay: spec.delay,
        asked: true,
    })
}

/// Returns the name of a port; of the HTTP one, or else the first, where no number is given.
fn port_of(ports: &[ServicePort], number: Option<u16>) -> Option<String> {
    let numbered = |port: &&ServicePort| number == Some(port.port);
    let http = |port: &&ServicePort| port.name == "http";
    // Neither HTTP nor a connection is to be had over UDP.
    let all = || ports.iter().filter(|port| port.protocol == Protocol::Tcp);
    let found = all().find(numbered).or_else(|| all().find(http));
    found.or_else(|| all().next()).map(|port| port.name.clone())
}

/// What only a shell understands.
const SHELL: &str = "|&;<>()$`\\\"'*?[]{}~#!";

/// Returns a command as it stands. One that is named bare (`pg_isready`, `redis-cli ping`) has what
/// the Compose file's own check by the same program gives it: a user, a data base, a password.
fn full_command(member: &Member<'_>, command: &str) -> Vec<String> {
    let plain = |word: &str| {
        let fits = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-';
        !word.starts_with('-') && word.chars().all(fits)
    };
    let same = || {
        let health = member.service?.healthcheck.as_ref()?;
        let (line, test) = match &health.test {
            HealthTest::Exec(test) => (test.join(" "), test.clone()),
            HealthTest::Shell(line) => (line.clone(), shell(line)),
            HealthTest::Disabled => return None,
        };
        let begins = line.split_whitespace().next() == command.split_whitespace().next();
        let more = line.replace("|| exit 1", "").contains(['|', '&', ';']);
        (begins && !more && has_all(&line, command)).then_some(test)
    };
    let bare = command.split_whitespace().all(plain);
    if let Some(same) = same().filter(|_| bare) {
        return same;
    }
    let user = member
        .service
        .is_some_and(|service| sets(service, "POSTGRES_USER"));
    if command == "pg_isready" && user {
        return shell("pg_isready -U \"$POSTGRES_USER\" -d \"${POSTGRES_DB:-$POSTGRES_USER}\"");
    }
    if command.contains(|it| SHELL.contains(it)) {
        return shell(command);
    }
    command.split_whitespace().map(str::to_owned).collect()
}

/// Returns whether a command line has all words of another, in their order.
pub(super) fn has_all(line: &str, words: &str) -> bool {
    let mut all = line.split_whitespace();
    words
        .split_whitespace()
        .all(|word| all.any(|it| it == word))
}

fn sets(service: &Service, name: &str) -> bool {
    service
        .environment
        .iter()
        .any(|variable| variable.name == name)
}

fn shell(command: &str) -> Vec<String> {
    vec!["/bin/sh".to_owned(), "-c".to_owned(), command.to_owned()]
}

fn from_healthcheck(
    member: &Member<'_>,
    health: &Healthcheck,
    ports: &[ServicePort],
) -> Option<Probe> {
    let environment = member.service.map(|service| service.environment.as_slice());
    let request = health::request(&health.test, ports, environment.unwrap_or_default());
    let action = request.or_else(|| match &health.test {
        HealthTest::Exec(test) => Some(ProbeAction::Exec(test.clone())),
        HealthTest::Shell(test) => Some(ProbeAction::Exec(shell(test))),
        HealthTest::Disabled => None,
    })?;
    let seconds =
        |time: Option<Duration>| time.and_then(|time| i32::try_from(time.as_secs().max(1)).ok());
    Some(Probe {
        action,
        period: seconds(health.interval).or(Some(30)),
        timeout: seconds(health.timeout).or(Some(5)),
        failures: health
            .retries
            .filter(|retries| *retries <= MOST_FAILURES)
            .and_then(|retries| i32::try_from(retries).ok()),
        initial_delay: None,
        asked: false,
    })
}

/// Returns the check that a product, or a server with a health endpoint, is known by.
fn known(member: &Member<'_>, ports: &[ServicePort], endpoints: &[&str]) -> Option<Probe> {
    let http = |path: &str| {
        Some(ProbeAction::Http {
            path: path.to_owned(),
            port: ports::probed(member, ports, None)?,
        })
    };
    let action = match member.role {
        Role::Postgres => Some(ProbeAction::Exec(full_command(member, "pg_isready"))),
        Role::Redis => Some(ProbeAction::Exec(full_command(member, "redis-cli ping"))),
        Role::Worker => None,
        Role::Prometheus | Role::Grafana | Role::Server | Role::Store
            if product_check(member, ports).is_some() =>
        {
            product_check(member, ports)
        }
        Role::Prometheus | Role::Grafana | Role::Server | Role::Store => {
            let paths = ["/health", "/healthz", "/health/live", "/live", "/livez"];
            let found = paths
                .iter()
                .find(|path| endpoints.contains(path))
                .and_then(|path| http(path));
            let tcp = || {
                Some(ProbeAction::Tcp {
                    port: port_of(ports, None)?,
                })
            };
            found.or_else(tcp).or_else(|| udp(ports))
        }
    };
    let probe = |action| Probe {
        action,
        period: Some(30),
        timeout: Some(5),
        failures: None,
        initial_delay: None,
        asked: false,
    };
    action.map(probe)
}

/// Returns the check that something listens on a UDP port: nobody answers there who isn't asked in
/// the right words, so the kernel's own table is.
fn udp(ports: &[ServicePort]) -> Option<ProbeAction> {
    let port = ports.iter().find(|port| port.protocol == Protocol::Udp)?;
    let listens = format!("grep -q ':{:04X} ' /proc/net/udp /proc/net/udp6", port.port);
    Some(ProbeAction::Exec(shell(&listens)))
}

/// Returns what tells that a product is alive, as its row knows it.
fn product_check(member: &Member<'_>, ports: &[ServicePort]) -> Option<ProbeAction> {
    from_check(member.product?.known().alive, ports)
}

fn from_check(check: image::Check, ports: &[ServicePort]) -> Option<ProbeAction> {
    match check {
        image::Check::Unknown => None,
        image::Check::Http(path, number) => {
            let port = ports.iter().find(|port| port.port == number)?;
            Some(ProbeAction::Http {
                path: path.to_owned(),
                port: port.name.clone(),
            })
        }
        image::Check::Exec(command) => {
            let command = command.iter().map(|word| (*word).to_owned());
            Some(ProbeAction::Exec(command.collect()))
        }
        image::Check::Tcp => Some(ProbeAction::Tcp {
            port: port_of(ports, None)?,
        }),
    }
}

fn ready_endpoint(
    member: &Member<'_>,
    ports: &[ServicePort],
    endpoints: &[&str],
    liveness: Option<&Probe>,
) -> Option<Probe> {
    let action = if member.role == Role::Server && member.built() {
        let paths = ["/health/ready", "/ready", "/readyz", "/healthz/ready"];
        let path = paths.into_iter().find(|path| endpoints.contains(path))?;
        let port = match &liveness?.action {
            ProbeAction::Http { port, .. } | ProbeAction::Tcp { port } => port.clone(),
            ProbeAction::Exec(_) => ports::probed(member, ports, None)?,
        };
        ProbeAction::Http {
            path: path.to_owned(),
            port,
        }
    } else {
        from_check(member.product?.known().ready, ports)?
    };
    Some(Probe {
        action,
        period: Some(10),
        timeout: Some(5),
        failures: None,
        initial_delay: None,
        asked: false,
    })
}
