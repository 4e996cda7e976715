//! Probes and ports of a workload: the checklist's words, then the Compose health check, then
//! endpoints in the source, then what the product is known by.

use crate::facts::image;
use crate::facts::{Endpoint, HealthTest, Healthcheck, Protocol, Service};

use super::application::{Exposure, Probe, ProbeAction, Role, ServicePort};
use super::mounts::slug;
use super::roster::Member;
use super::spec::{Check, ExposureSpec, ProbeSpec};

/// Liveness, readiness and startup.
#[derive(Debug, Clone, Default)]
pub(super) struct Probes {
    pub(super) liveness: Option<Probe>,
    pub(super) readiness: Option<Probe>,
    pub(super) startup: Option<Probe>,
}

/// Returns the ports that a member serves, with their names.
pub(super) fn ports(member: &Member<'_>) -> Vec<ServicePort> {
    let mut ports: Vec<ServicePort> = Vec::new();
    for (number, label) in &member.spec.ports {
        let name = label
            .as_deref()
            .map_or_else(|| guess(member, *number, &ports), port_name);
        push(&mut ports, *number, Protocol::Tcp, name);
    }
    for port in member
        .service
        .map(|service| service.ports.as_slice())
        .unwrap_or_default()
    {
        let name = guess(member, port.container, &ports);
        push(&mut ports, port.container, port.protocol, name);
    }
    if ports.is_empty()
        && let Some(product) = member.product
    {
        for (name, number) in product.known().ports {
            push(&mut ports, *number, Protocol::Tcp, (*name).to_owned());
        }
    }
    for port in &mut ports {
        port.exposure = exposure(&member.spec.exposures, port);
    }
    ports
}

fn push(ports: &mut Vec<ServicePort>, port: u16, protocol: Protocol, name: String) {
    if ports
        .iter()
        .any(|known| known.port == port && known.protocol == protocol)
    {
        return;
    }
    let taken = ports.iter().any(|known| known.name == name);
    let name = if taken { format!("port-{port}") } else { name };
    ports.push(ServicePort {
        name,
        port,
        protocol,
        exposure: Exposure::Cluster,
    });
}

/// Returns a port's name from the word in brackets behind it.
fn port_name(label: &str) -> String {
    let name = slug(label);
    match name.as_str() {
        "" | "api" | "web" | "ui" | "rest" | "https" => "http".to_owned(),
        _ => name
            .chars()
            .take(15)
            .collect::<String>()
            .trim_end_matches('-')
            .to_owned(),
    }
}

/// Returns a port's name from the role, or from the variable that holds the number.
fn guess(member: &Member<'_>, number: u16, known: &[ServicePort]) -> String {
    match member.role {
        Role::Postgres => return "postgresql".to_owned(),
        Role::Redis => return "redis".to_owned(),
        Role::Store if known.is_empty() => return slug(&member.name).chars().take(15).collect(),
        Role::Store | Role::Server | Role::Worker | Role::Prometheus | Role::Grafana => {}
    }
    let variables = member
        .service
        .map(|service| service.environment.as_slice())
        .unwrap_or_default();
    let holds = variables.iter().find(|variable| {
        variable
            .value
            .as_ref()
            .is_some_and(|text| text.value == number.to_string())
    });
    let named = holds
        .and_then(|variable| variable.name.strip_suffix("_PORT"))
        .map(port_name);
    let http = known.iter().all(|port| port.name != "http");
    match named {
        Some(name) if !(http && known.is_empty()) || is_other_protocol(&name) => name,
        Some(_) | None if http => "http".to_owned(),
        Some(name) => name,
        None => format!("port-{number}"),
    }
}

fn is_other_protocol(name: &str) -> bool {
    [
        "socket", "tcp", "udp", "sip", "rtp", "grpc", "smtp", "metrics",
    ]
    .iter()
    .any(|it| name.contains(it))
}

fn exposure(asked: &[ExposureSpec], port: &ServicePort) -> Exposure {
    let matching = |spec: &&ExposureSpec| {
        spec.port
            .as_deref()
            .is_some_and(|word| port_name(word) == port.name)
    };
    let only = |_: &&ExposureSpec| asked.len() == 1;
    let found = asked
        .iter()
        .find(matching)
        .or_else(|| asked.iter().filter(only).find(|spec| spec.port.is_none()));
    // Of alternatives, the one that reaches furthest: it includes the others.
    let furthest = found.and_then(|spec| {
        let rank = |exposure: &Exposure| match exposure {
            Exposure::Cluster => 0,
            Exposure::NodePort => 1,
            Exposure::LoadBalancer => 2,
        };
        spec.alternatives.iter().copied().max_by_key(rank)
    });
    furthest.unwrap_or(Exposure::Cluster)
}

/// Returns the probes of a member.
pub(super) fn probes(member: &Member<'_>, ports: &[ServicePort], endpoints: &[Endpoint]) -> Probes {
    let spec = &member.spec;
    let asked =
        |probe: &Option<ProbeSpec>| probe.as_ref().and_then(|it| from_spec(member, it, ports));
    let health = member
        .service
        .and_then(|service| service.healthcheck.as_ref());
    let default = || {
        health
            .and_then(|it| from_healthcheck(it, ports))
            .or_else(|| known(member, ports, endpoints))
    };
    let liveness = asked(&spec.liveness).or_else(default);
    let closer = || ready_endpoint(member, ports, endpoints, liveness.as_ref());
    let readiness = asked(&spec.readiness).or_else(closer).or_else(|| {
        liveness.clone().map(|probe| Probe {
            period: Some(10),
            ..probe
        })
    });
    let mut startup = asked(&spec.startup);
    let grace = health
        .and_then(|it| it.start_period)
        .map(|it| it.as_secs())
        .filter(|it| *it > 0);
    if let (None, Some(grace), Some(live)) = (&startup, grace, &liveness) {
        let failures = i32::try_from(grace.div_ceil(5) + 6).ok();
        startup = Some(Probe {
            period: Some(5),
            failures,
            initial_delay: None,
            ..live.clone()
        });
    }
    Probes {
        liveness,
        readiness,
        startup,
    }
}

fn from_spec(member: &Member<'_>, spec: &ProbeSpec, ports: &[ServicePort]) -> Option<Probe> {
    let action = match &spec.check {
        Check::Http(path, port) => ProbeAction::Http {
            path: path.clone(),
            port: port_of(ports, *port)?,
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
    })
}

/// Returns the name of a port; of the HTTP one, or else the first, where no number is given.
fn port_of(ports: &[ServicePort], number: Option<u16>) -> Option<String> {
    let numbered = |port: &&ServicePort| number == Some(port.port);
    let http = |port: &&ServicePort| port.name == "http";
    let found = ports
        .iter()
        .find(numbered)
        .or_else(|| ports.iter().find(http));
    found
        .or_else(|| ports.first())
        .map(|port| port.name.clone())
}

/// Returns the command of a known check with what it needs: the Compose file's own health check
/// where it runs the same program, since that names user and data base.
fn full_command(member: &Member<'_>, command: &str) -> Vec<String> {
    let split = || {
        command
            .split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let program = command.split_whitespace().next().unwrap_or(command);
    let health = member
        .service
        .and_then(|service| service.healthcheck.as_ref());
    let same = health.and_then(|health| match &health.test {
        HealthTest::Exec(test) if test.first().is_some_and(|first| first == program) => {
            Some(test.clone())
        }
        HealthTest::Shell(test) if test.trim_start().starts_with(program) => Some(shell(test)),
        HealthTest::Exec(_) | HealthTest::Shell(_) | HealthTest::Disabled => None,
    });
    if let Some(same) = same {
        return same;
    }
    let user = member
        .service
        .is_some_and(|service| sets(service, "POSTGRES_USER"));
    if command == "pg_isready" && user {
        return shell("pg_isready -U \"$POSTGRES_USER\" -d \"${POSTGRES_DB:-$POSTGRES_USER}\"");
    }
    split()
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

fn from_healthcheck(health: &Healthcheck, ports: &[ServicePort]) -> Option<Probe> {
    let line = match &health.test {
        HealthTest::Exec(test) => test.join(" "),
        HealthTest::Shell(test) => test.clone(),
        HealthTest::Disabled => return None,
    };
    let action = local_url(&line, ports).unwrap_or_else(|| match &health.test {
        HealthTest::Exec(test) => ProbeAction::Exec(test.clone()),
        HealthTest::Shell(test) => ProbeAction::Exec(shell(test)),
        HealthTest::Disabled => ProbeAction::Exec(Vec::new()),
    });
    let seconds = |time: Option<std::time::Duration>| {
        time.and_then(|time| i32::try_from(time.as_secs().max(1)).ok())
    };
    Some(Probe {
        action,
        period: seconds(health.interval).or(Some(30)),
        timeout: seconds(health.timeout).or(Some(5)),
        failures: health
            .retries
            .and_then(|retries| i32::try_from(retries).ok()),
        initial_delay: None,
    })
}

/// Returns the request of a check that asks the service itself (`curl http://localhost:8080/up`).
fn local_url(command: &str, ports: &[ServicePort]) -> Option<ProbeAction> {
    let hosts = ["http://localhost:", "http://127.0.0.1:", "http://0.0.0.0:"];
    let rest = hosts
        .iter()
        .find_map(|host| command.split_once(host).map(|(_, rest)| rest))?;
    let end = |character: char| character.is_whitespace() || "\"'|;)".contains(character);
    let rest = rest.split(end).next()?;
    let (number, path) = rest.split_once('/').unwrap_or((rest, ""));
    let number: u16 = number.parse().ok()?;
    let port = ports.iter().find(|port| port.port == number)?;
    Some(ProbeAction::Http {
        path: format!("/{path}"),
        port: port.name.clone(),
    })
}

/// Returns the check that a product, or a server with a health endpoint, is known by.
fn known(member: &Member<'_>, ports: &[ServicePort], endpoints: &[Endpoint]) -> Option<Probe> {
    let http = |path: &str| {
        Some(ProbeAction::Http {
            path: path.to_owned(),
            port: port_of(ports, None)?,
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
                .find(|path| endpoints.iter().any(|it| it.path == **path));
            let found = found.filter(|_| member.built()).and_then(|path| http(path));
            found.or_else(|| {
                Some(ProbeAction::Tcp {
                    port: port_of(ports, None)?,
                })
            })
        }
    };
    let probe = |action| Probe {
        action,
        period: Some(30),
        timeout: Some(5),
        failures: None,
        initial_delay: None,
    };
    action.map(probe)
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
    endpoints: &[Endpoint],
    liveness: Option<&Probe>,
) -> Option<Probe> {
    let action = if member.role == Role::Server && member.built() {
        let paths = ["/health/ready", "/ready", "/readyz", "/healthz/ready"];
        let path = paths
            .into_iter()
            .find(|path| endpoints.iter().any(|it| it.path == *path))?;
        let port = match &liveness?.action {
            ProbeAction::Http { port, .. } | ProbeAction::Tcp { port } => port.clone(),
            ProbeAction::Exec(_) => port_of(ports, None)?,
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
    })
}
