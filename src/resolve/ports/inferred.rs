//! The ports that a service must have, because others reach it there or its image says so.

use crate::facts::{Facts, Protocol, Service, image};

use super::super::reach::Reaches;

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

/// Returns the ports that a service must have beside those that it names: where others reach it;
/// or else, where nothing names any, what its image or its own settings say.
pub(in crate::resolve) fn inferred(
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::inferred;
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
}
