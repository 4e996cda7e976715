//! The ports of a workload: those that tasks and Compose name, and those that it must have,
//! because others reach it there or its image says so.

use crate::diagnostic::Diagnostic;
use crate::facts::{Facts, Protocol, Service, image};

use super::application::{Exposure, Role, ServicePort};
use super::kind::label;
use super::reach::Reaches;
use super::roster::Member;
use super::slug::slug;
use super::spec::ExposureSpec;

/// The numbers that Kubernetes has on nodes, where its administrator hasn't changed it.
const NODE_PORTS: std::ops::RangeInclusive<u16> = 30000..=32767;
/// The longest name of a port.
const LONGEST: usize = 15;
/// Variables that hold the port that a program listens on.
const OWN: &[&str] = &[
    "PORT",
    "HTTP_PORT",
    "APP_PORT",
    "SERVER_PORT",
    "LISTEN_PORT",
    "SERVICE_PORT",
    "API_PORT",
    "WEB_PORT",
];
/// Ports that are known by a name of their own.
const KNOWN: &[(u16, &str)] = &[
    (22, "ssh"),
    (25, "smtp"),
    (53, "dns"),
    (123, "ntp"),
    (443, "https"),
    (514, "syslog"),
    (389, "ldap"),
    (465, "smtps"),
    (587, "submission"),
    (636, "ldaps"),
    (1433, "mssql"),
    (1514, "syslog"),
    (1883, "mqtt"),
    (2181, "zookeeper"),
    (2222, "ssh"),
    (3306, "mysql"),
    (4222, "nats"),
    (4317, "otlp-grpc"),
    (4318, "otlp-http"),
    (5044, "beats"),
    (5060, "sip"),
    (5432, "postgresql"),
    (5671, "amqps"),
    (5672, "amqp"),
    (6379, "redis"),
    (8443, "https"),
    (8883, "mqtts"),
    (9042, "cql"),
    (9092, "kafka"),
    (9300, "transport"),
    (11211, "memcached"),
    (15672, "management"),
    (24224, "fluentd"),
    (27017, "mongodb"),
    (29092, "kafka"),
    (50051, "grpc"),
];
const TYPES: [&str; 2] = ["orch.service.type", "kompose.service.type"];
const NODE_PORT: [&str; 2] = ["orch.service.nodeport", "kompose.service.nodeport.port"];

/// Returns the ports that a service must have beside those that it names: where others reach it;
/// or else, where nothing names any, what its image or its own settings say.
pub(super) fn inferred(
    service: &Service,
    reaches: &Reaches,
    facts: &Facts,
) -> Vec<(u16, Protocol)> {
    let mut found: Vec<(u16, Protocol)> = Vec::new();
    let mut add = |number: u16, protocol: Protocol| {
        let named = service.ports.iter().any(|port| port.container == number);
        if !named && !found.contains(&(number, protocol)) {
            found.push((number, protocol));
        }
    };
    let told = |said: bool| {
        reaches
            .to(&service.name)
            .filter(move |reach| reach.said == said)
            .filter_map(|reach| reach.port)
    };
    for number in told(true) {
        add(number, Protocol::Tcp);
    }
    // Where labels lead requests to.
    let routes = facts.routes.iter().filter(|it| it.service == service.name);
    for number in routes.filter_map(|route| route.port) {
        add(number, Protocol::Tcp);
    }
    // Nobody publishes the ports that the nodes of one cluster reach each other by.
    let node = image::server(service).filter(|_| reaches.has_peers(&service.name));
    for (_, number) in node.iter().flat_map(|it| it.known().ports) {
        add(*number, Protocol::Tcp);
    }
    if !found.is_empty() || !service.ports.is_empty() {
        return found;
    }
    if image::server(service).is_some_and(|product| !product.known().ports.is_empty()) {
        return found;
    }
    let has_clients = reaches.to(&service.name).next().is_some();
    let own_program = service.command.is_none() && service.entrypoint.is_none();
    // Another command of the image needn't listen where the image's own does.
    let exposed = || {
        let build = service.build.as_ref()?;
        let all = &facts.dockerfiles;
        let file = all.iter().find(|file| file.path == build.dockerfile)?;
        let ports = file
            .ports
            .iter()
            .map(|port| (port.container, port.protocol));
        Some(ports.collect::<Vec<_>>()).filter(|ports| !ports.is_empty())
    };
    let tcp = |number: Option<u16>| number.map(|number| vec![(number, Protocol::Tcp)]);
    let listens = tcp(in_command(service));
    let listens = listens.or_else(|| exposed().filter(|_| own_program));
    let listens =
        listens.or_else(|| tcp(in_variable(service)).filter(|_| own_program || has_clients));
    let listens = listens.or_else(|| tcp(told(false).next()));
    let listens = listens.or_else(|| exposed().filter(|_| has_clients));
    listens.unwrap_or_default()
}

fn in_variable(service: &Service) -> Option<u16> {
    OWN.iter().find_map(|name| {
        let mut all = service.environment.iter();
        let variable = all.find(|variable| variable.name == *name)?;
        variable.value.as_ref()?.value.parse().ok()
    })
}

/// Returns the port that a command line names (`--port 8000`, `--bind=0.0.0.0:8000`).
fn in_command(service: &Service) -> Option<u16> {
    const FLAGS: &[&str] = &[
        "--port",
        "--http-port",
        "--bind",
        "-b",
        "--listen",
        "--addr",
    ];
    let words: Vec<&str> = service
        .entrypoint
        .iter()
        .chain(&service.command)
        .flatten()
        .flat_map(|word| word.split_whitespace())
        .collect();
    let port = |value: &str| {
        let number = value.rsplit(':').next().unwrap_or(value);
        number.parse::<u16>().ok().filter(|number| *number > 0)
    };
    words.iter().enumerate().find_map(|(at, word)| {
        let (flag, value) = match word.split_once('=') {
            Some((flag, value)) => (flag, Some(value)),
            None => (*word, words.get(at + 1).copied()),
        };
        FLAGS.contains(&flag).then(|| port(value?)).flatten()
    })
}

/// Returns the ports that a member serves, with their names.
pub(super) fn of(member: &Member<'_>, warnings: &mut Vec<Diagnostic>) -> Vec<ServicePort> {
    if member.kind.ends() {
        return Vec::new();
    }
    let mut ports: Vec<ServicePort> = Vec::new();
    for (number, label) in &member.spec.ports {
        let name = label
            .as_deref()
            .map_or_else(|| guess(member, *number, Protocol::Tcp, &ports), port_name);
        push(&mut ports, *number, Protocol::Tcp, name);
    }
    for port in member
        .service
        .map(|service| service.ports.as_slice())
        .unwrap_or_default()
    {
        let given = port.name.as_deref().map(slug);
        let given = given.map(|name| cut(&name)).filter(|name| !name.is_empty());
        let name = given.unwrap_or_else(|| guess(member, port.container, port.protocol, &ports));
        push(&mut ports, port.container, port.protocol, name);
        let known = ports.iter_mut().find(|it| it.port == port.container);
        if let Some(known) = known.filter(|_| port.app_protocol.is_some()) {
            known.app_protocol.clone_from(&port.app_protocol);
        }
    }
    for (number, protocol) in &member.inferred {
        let name = guess(member, *number, *protocol, &ports);
        push(&mut ports, *number, *protocol, name);
    }
    if ports.is_empty()
        && let Some(product) = member.product
    {
        for (name, number) in product.known().ports {
            push(&mut ports, *number, Protocol::Tcp, (*name).to_owned());
        }
    }
    for port in &mut ports {
        expose(member, port, warnings);
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
    let taken = |name: &str| ports.iter().any(|known| known.name == name);
    let transport = match protocol {
        Protocol::Tcp => "port",
        Protocol::Udp => "udp",
    };
    let name = if taken(&name) {
        format!("{transport}-{port}")
    } else {
        name
    };
    ports.push(ServicePort {
        name,
        port,
        protocol,
        exposure: Exposure::Cluster,
        node_port: None,
        app_protocol: None,
    });
}

/// Returns a port's name from the word in brackets behind it.
fn port_name(label: &str) -> String {
    let name = slug(label);
    match name.as_str() {
        "" | "api" | "web" | "ui" | "rest" | "https" => "http".to_owned(),
        _ => cut(&name),
    }
}

fn cut(name: &str) -> String {
    let short: String = name.chars().take(LONGEST).collect();
    short.trim_matches('-').to_owned()
}

/// Returns a port's name from the role, or from the variable that holds the number.
fn guess(member: &Member<'_>, number: u16, protocol: Protocol, known: &[ServicePort]) -> String {
    match member.role {
        Role::Postgres => return "postgresql".to_owned(),
        Role::Redis => return "redis".to_owned(),
        Role::Store if known.is_empty() => return cut(&slug(&member.name)),
        Role::Store | Role::Server | Role::Worker | Role::Prometheus | Role::Grafana => {}
    }
    let named = from_variable(member, number);
    if let Some(name) = named.as_ref().filter(|name| is_other_protocol(name)) {
        return name.clone();
    }
    let own = member.product.map(|product| product.known().ports);
    let own = own.and_then(|ports| ports.iter().find(|(_, port)| *port == number));
    if let Some((name, _)) = own.filter(|_| member.role == Role::Server) {
        return (*name).to_owned();
    }
    if let Some((_, name)) = KNOWN.iter().find(|(port, _)| *port == number) {
        return (*name).to_owned();
    }
    if protocol == Protocol::Udp {
        return named.unwrap_or_else(|| format!("udp-{number}"));
    }
    let http = known.iter().all(|port| port.name != "http");
    let first = known.iter().all(|port| port.protocol == Protocol::Udp);
    match named {
        Some(name) if !(http && first) || is_other_protocol(&name) => name,
        Some(_) | None if http && (first || speaks_http(number)) => "http".to_owned(),
        Some(name) => name,
        None => format!("port-{number}"),
    }
}

/// Returns whether a port is one of those that people give web servers.
fn speaks_http(number: u16) -> bool {
    matches!(number, 80..=89 | 3000..=3099 | 4000 | 4200 | 5000..=5099 | 5173 | 8000..=9099)
}

/// Returns the name of the variable that holds a port's number, `_PORT` dropped.
fn from_variable(member: &Member<'_>, number: u16) -> Option<String> {
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
    holds
        .and_then(|variable| variable.name.strip_suffix("_PORT"))
        .map(port_name)
}

fn is_other_protocol(name: &str) -> bool {
    [
        "socket", "tcp", "udp", "sip", "rtp", "grpc", "smtp", "metrics",
    ]
    .iter()
    .any(|it| name.contains(it))
}

/// Sets how far a port is reachable: the task's words, then labels.
fn expose(member: &Member<'_>, port: &mut ServicePort, warnings: &mut Vec<Diagnostic>) {
    let service = member.service;
    let asked = spec_of(&member.spec.exposures, port);
    let by_label = || {
        let kind = label(service?, &TYPES)?.to_lowercase();
        match kind.as_str() {
            "nodeport" => Some(Exposure::NodePort),
            "loadbalancer" => Some(Exposure::LoadBalancer),
            _ => None,
        }
    };
    let furthest =
        asked.and_then(|spec| spec.alternatives.iter().copied().max_by_key(|it| rank(*it)));
    port.exposure = furthest.or_else(by_label).unwrap_or(Exposure::Cluster);
    if port.exposure != Exposure::NodePort {
        return;
    }
    let labelled = || label(service?, &NODE_PORT)?.parse().ok();
    let wanted: Option<u16> = asked.and_then(|spec| spec.node_port).or_else(labelled);
    port.node_port = wanted.map(|wanted| node_port(wanted, &member.name, warnings));
}

/// Of alternatives, the one that reaches furthest is taken: it includes the others.
fn rank(exposure: Exposure) -> u8 {
    match exposure {
        Exposure::Cluster => 0,
        Exposure::NodePort => 1,
        Exposure::LoadBalancer => 2,
    }
}

/// Returns the exposure that is asked for the port by its name, or else for all ports.
fn spec_of<'s>(asked: &'s [ExposureSpec], port: &ServicePort) -> Option<&'s ExposureSpec> {
    let named = |spec: &&ExposureSpec| {
        spec.port
            .as_deref()
            .is_some_and(|word| port_name(word) == port.name)
    };
    let only = asked.first().filter(|_| asked.len() == 1);
    asked
        .iter()
        .find(named)
        .or_else(|| only.filter(|spec| spec.port.is_none()))
}

/// Returns a number that nodes have: the wanted one, or one made from it.
fn node_port(wanted: u16, name: &str, warnings: &mut Vec<Diagnostic>) -> u16 {
    if NODE_PORTS.contains(&wanted) {
        return wanted;
    }
    let room = NODE_PORTS.end() - NODE_PORTS.start() + 1;
    let moved = NODE_PORTS.start() + wanted % room;
    warnings.push(
        Diagnostic::warning(format!(
            "`{name}` is to have the node port {wanted}, which Kubernetes doesn't allow: it gets {moved}"
        ))
        .help(format!(
            "node ports lie between {} and {}; name one of these, or a LoadBalancer",
            NODE_PORTS.start(),
            NODE_PORTS.end()
        )),
    );
    moved
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{inferred, node_port};
    use crate::facts::{Inputs, Tree, gather};
    use crate::resolve::reach;

    /// Checks the ports that the first service must have.
    #[track_caller]
    fn check(compose: &str, expected: &[u16]) {
        let tree: Tree = [
            ("compose.yml", compose),
            ("Dockerfile", "FROM python:3.12\nEXPOSE 8080\n"),
        ]
        .into_iter()
        .collect();
        let facts = gather(&tree, &Inputs::default()).expect("facts").facts;
        let services = facts.project.iter().flat_map(|it| &it.services);
        let names: BTreeMap<String, String> = services
            .map(|it| (it.name.clone(), it.name.clone()))
            .collect();
        let reaches = reach::read(&facts, &tree, &names);
        let project = facts.project.as_ref().expect("a project");
        let first = project.services.first().expect("a service");
        let found = inferred(first, &reaches, &facts);
        let found: Vec<u16> = found.into_iter().map(|(number, _)| number).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn others_tell_the_port() {
        check(
            "services:\n  x: {image: a}\n  y: {image: b, environment: {U: \"http://x:8000\"}}\n",
            &[8000],
        );
        check(
            "services:\n  x: {image: a, expose: [\"9000\"]}\n  y: {image: b, environment: {U: \"http://x:8000\"}}\n",
            &[8000],
        );
    }

    #[test]
    fn a_label_tells_the_port() {
        check(
            "services:\n  x:\n    image: a\n    labels:\n      \
             traefik.http.routers.x.rule: Host(`x.test`)\n      \
             traefik.http.services.x.loadbalancer.server.port: 8081\n",
            &[8081],
        );
    }

    #[test]
    fn an_implied_port_counts_where_nothing_else_is_known() {
        check(
            "services:\n  x: {image: a}\n  y: {image: b, environment: {U: \"http://x/api\"}}\n",
            &[80],
        );
        check(
            "services:\n  x: {image: a, expose: [\"9000\"]}\n  y: {image: b, environment: {U: \"http://x/api\"}}\n",
            &[],
        );
        check(
            "services:\n  x: {image: a, environment: {PORT: \"3000\"}}\n  y: {image: b, environment: {U: \"http://x/api\"}}\n",
            &[3000],
        );
    }

    #[test]
    fn the_image_and_the_command_tell() {
        check("services:\n  x: {build: .}\n", &[8080]);
        check(
            "services:\n  x: {build: ., command: python -m worker}\n",
            &[],
        );
        check(
            "services:\n  x: {build: ., command: uvicorn app --port 8000}\n",
            &[8000],
        );
        check(
            "services:\n  x: {image: a, command: [\"gunicorn\", \"--bind=0.0.0.0:8001\"]}\n",
            &[8001],
        );
    }

    #[test]
    fn a_known_product_has_its_own_port() {
        check("services:\n  x: {image: \"redis:7\"}\n", &[]);
    }

    #[test]
    fn nodes_of_one_cluster_reach_all_ports_of_their_product() {
        check(
            "services:\n  x: {image: \"elasticsearch:8\", ports: [\"9200:9200\"]}\n  \
             y: {image: \"elasticsearch:8\", environment: {discovery.seed_hosts: x}}\n",
            &[9300],
        );
    }

    #[test]
    fn a_node_port_outside_is_moved_and_said() {
        let mut warnings = Vec::new();
        assert_eq!(node_port(30080, "web", &mut warnings), 30080);
        assert!(warnings.is_empty());
        let moved = node_port(8080, "web", &mut warnings);
        assert!((30000..=32767).contains(&moved));
        assert_eq!(warnings.len(), 1);
    }
}
