//! What Compose labels, variables and carried proxy configurations say of hosts and paths: Traefik's
//! router labels, Caddy's, `VIRTUAL_HOST`, and nginx's `location`s.
//!
//! They are hints: a checklist's own words win over them. Rules that say more than hosts and paths
//! (`!Path(…)`, headers) and what else a proxy does are reported.

mod middlewares;
mod nginx;
mod traefik;

use super::Tree;
use super::model::{MountSource, Origin, Project, Route, Service};
use super::report::Report;

/// Returns the routes that a project's files mention, in order; what of them isn't carried over
/// goes to the report.
pub(super) fn read(tree: &Tree, project: &Project, report: &mut Report) -> Vec<Route> {
    let mut routes = Vec::new();
    for service in &project.services {
        routes.extend(traefik::read(&Labelled { service, tree }, report));
        routes.extend(caddy(&Labelled { service, tree }));
        routes.extend(virtual_hosts(service));
    }
    for (service, path, text) in configurations(tree, project) {
        routes.extend(nginx::read(path, text, &service.name, project));
    }
    routes
}

/// A service whose labels are read.
struct Labelled<'a> {
    service: &'a Service,
    tree: &'a Tree,
}

impl Labelled<'_> {
    fn label(&self, key: &str) -> Option<&str> {
        let (_, value) = self
            .labels()
            .find(|(known, _)| known.eq_ignore_ascii_case(key))?;
        Some(value)
    }

    /// Returns the container's labels, and those of a swarm's service.
    fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        let service = self.service;
        let all = service.labels.iter().chain(&service.deploy.labels);
        all.map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Returns where a label stands: the first line behind the service's own that has its key.
    fn origin(&self, key: &str) -> Origin {
        let start = &self.service.origin;
        let line = self.tree.get(&start.path).and_then(|text| {
            let mut lines = text.lines().enumerate().skip(start.line.saturating_sub(1));
            lines
                .find(|(_, line)| line.contains(key))
                .map(|(index, _)| index + 1)
        });
        Origin {
            path: start.path.clone(),
            line: line.unwrap_or(start.line),
        }
    }
}

/// Reads `caddy=shop.test`, `caddy.handle_path=/api/*`, `caddy.reverse_proxy={{upstreams 8080}}`.
fn caddy(labelled: &Labelled<'_>) -> Vec<Route> {
    let mut routes = Vec::new();
    for (key, hosts) in labelled.labels() {
        let numbered = key.strip_prefix("caddy_").is_some_and(|number| {
            !number.is_empty() && number.chars().all(|digit| digit.is_ascii_digit())
        });
        if key != "caddy" && !numbered {
            continue;
        }
        let at = |name: &str| labelled.label(&format!("{key}.{name}"));
        let proxy = at("reverse_proxy")
            .or_else(|| at("handle_path.0_reverse_proxy"))
            .unwrap_or_default();
        let matcher = proxy
            .split_whitespace()
            .next()
            .filter(|word| word.starts_with('/'));
        let stripped = at("handle_path");
        let path = stripped.or_else(|| at("handle")).or(matcher).unwrap_or("/");
        let port = proxy
            .split(|character: char| !character.is_ascii_digit())
            .find_map(|digits| digits.parse().ok());
        for host in hosts.split([' ', ',']).filter_map(host) {
            routes.push(Route {
                host: Some(host),
                path: path.to_owned(),
                exact: path != "/" && !path.ends_with('*'),
                regex: false,
                service: labelled.service.name.clone(),
                port,
                strip: stripped.is_some(),
                by: "a Caddy label".to_owned(),
                middlewares: Vec::new(),
                origin: labelled.origin(key),
            });
        }
    }
    routes
}

/// Returns a host without scheme and port, in lower case; `None` for what is none.
fn host(text: &str) -> Option<String> {
    let bare = text.trim();
    let bare = bare
        .strip_prefix("https://")
        .or_else(|| bare.strip_prefix("http://"))
        .unwrap_or(bare);
    let bare = bare.split([':', '/']).next().unwrap_or_default();
    let named =
        !bare.is_empty() && bare != "_" && bare != "localhost" && !bare.contains(['$', '~', '{']);
    named.then(|| bare.to_lowercase())
}

/// Reads `VIRTUAL_HOST` (with `VIRTUAL_PORT`, `VIRTUAL_PATH`), as nginx-proxy does.
fn virtual_hosts(service: &Service) -> Vec<Route> {
    let variable = |name: &str| {
        let found = service
            .environment
            .iter()
            .find(|variable| variable.name == name)?;
        Some((found.value.as_ref()?.value.as_str(), &found.origin))
    };
    let Some((hosts, origin)) = variable("VIRTUAL_HOST") else {
        return Vec::new();
    };
    let path = variable("VIRTUAL_PATH").map_or("/", |(path, _)| path);
    let port = variable("VIRTUAL_PORT").and_then(|(port, _)| port.parse().ok());
    let stripped = variable("VIRTUAL_DEST").is_some_and(|(to, _)| to == "/");
    hosts
        .split(',')
        .filter_map(host)
        .map(|host| Route {
            host: Some(host),
            path: path.to_owned(),
            exact: false,
            regex: false,
            service: service.name.clone(),
            port,
            strip: stripped && path != "/",
            by: "VIRTUAL_HOST".to_owned(),
            middlewares: Vec::new(),
            origin: origin.clone(),
        })
        .collect()
}

/// Returns the configurations that services mount below `/etc/nginx`.
fn configurations<'a>(
    tree: &'a Tree,
    project: &'a Project,
) -> Vec<(&'a Service, &'a str, &'a str)> {
    let mut found: Vec<(&Service, &str, &str)> = Vec::new();
    for service in &project.services {
        for mount in service
            .mounts
            .iter()
            .filter(|it| it.target.starts_with("/etc/nginx"))
        {
            let source = match &mount.source {
                MountSource::Bind(path) => Some(path.as_str()),
                MountSource::Config(name) => project
                    .configs
                    .iter()
                    .find(|config| config.name == *name)
                    .and_then(|config| config.file.as_deref()),
                MountSource::Volume(_)
                | MountSource::Host(_)
                | MountSource::Anonymous
                | MountSource::Tmpfs
                | MountSource::Secret(_) => None,
            };
            let Some(source) = source else { continue };
            let folder = format!("{}/", source.trim_end_matches('/'));
            let files = tree
                .iter()
                .filter(|(path, _)| *path == source || path.starts_with(&folder));
            for (path, text) in files {
                if found.iter().all(|(_, known, _)| *known != path) {
                    found.push((service, path, text));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::facts::{Inputs, Tree, gather};

    /// Compares `host path service:port place` of each route, `=`, `~` and `-` marking whole paths,
    /// expressions and prefixes that are stripped.
    #[track_caller]
    fn check(files: &[(&'static str, &'static str)], expected: &[&str]) {
        let tree: Tree = files.iter().copied().collect();
        let facts = gather(&tree, &Inputs::default()).expect("facts").facts;
        let found: Vec<String> = facts
            .routes
            .iter()
            .map(|route| {
                let mark = match (route.exact, route.regex, route.strip) {
                    (true, _, _) => "=",
                    (_, true, _) => "~",
                    (_, _, true) => "-",
                    (false, false, false) => "",
                };
                let host = route.host.as_deref().unwrap_or("*");
                let port = route
                    .port
                    .map_or_else(String::new, |port| format!(":{port}"));
                format!(
                    "{host} {mark}{} {}{port} {}",
                    route.path, route.service, route.origin
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn traefik_labels_give_hosts_paths_and_ports() {
        let compose = "services:\n  api:\n    image: a\n    labels:\n      \
            - traefik.enable=true\n      \
            - traefik.http.routers.api.rule=Host(`Shop.test`) && PathPrefix(`/api`)\n      \
            - traefik.http.routers.api.middlewares=cut@docker\n      \
            - traefik.http.middlewares.cut.stripprefix.prefixes=/api\n      \
            - traefik.http.services.api.loadbalancer.server.port=8080\n      \
            - traefik.http.routers.up.rule=(Host(`a.test`) || Host(`b.test`)) && Path(`/up`)\n";
        check(
            &[("docker-compose.yml", compose)],
            &[
                "shop.test -/api api:8080 docker-compose.yml:6",
                "a.test =/up api:8080 docker-compose.yml:10",
                "b.test =/up api:8080 docker-compose.yml:10",
            ],
        );
    }

    #[test]
    fn rules_that_say_more_than_hosts_and_paths_are_left_alone() {
        let compose = "services:\n  api:\n    image: a\n    labels:\n      \
            traefik.http.routers.a.rule: Host(`a.test`) && !Path(`/x`)\n      \
            traefik.http.routers.b.rule: Host(`a.test`) && Headers(`X`, `y`)\n  \
            off:\n    image: a\n    labels:\n      traefik.enable: 'false'\n      \
            traefik.http.routers.c.rule: Host(`c.test`)\n";
        let files = [("docker-compose.yml", compose)];
        check(&files, &[]);
        check_warnings(
            &files,
            &[
                "`traefik.http.routers.a.rule` of `api` (docker-compose.yml:5) isn't carried over: \
                 it says more than hosts and paths",
                "`traefik.http.routers.b.rule` of `api` (docker-compose.yml:6) isn't carried over: \
                 it says more than hosts and paths",
            ],
        );
    }

    #[track_caller]
    fn check_warnings(files: &[(&'static str, &'static str)], expected: &[&str]) {
        let tree: Tree = files.iter().copied().collect();
        let warnings = gather(&tree, &Inputs::default()).expect("facts").warnings;
        let found: Vec<&str> = warnings.0.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_else_traefik_does_is_told() {
        let compose = "services:\n  api:\n    image: a\n    labels:\n      \
            traefik.http.routers.a.rule: Host(`a.test`)\n      \
            traefik.http.routers.a.middlewares: auth@docker,cut,gone@file\n      \
            traefik.http.middlewares.auth.basicauth.users: a:b\n      \
            traefik.http.middlewares.cut.stripprefix.prefixes: /api\n      \
            traefik.tcp.routers.db.rule: HostSNI(`*`)\n";
        check_warnings(
            &[("docker-compose.yml", compose)],
            &[
                "`traefik.tcp.routers.db.rule` of `api` (docker-compose.yml:9) isn't carried over: an \
                 Ingress leads HTTP only",
            ],
        );
    }

    #[test]
    fn middlewares_are_known_by_their_kind() {
        let compose = "services:\n  api:\n    image: a\n    labels:\n      \
            traefik.http.routers.a.rule: Host(`a.test`)\n      \
            traefik.http.routers.a.middlewares: auth@docker,cut,gone@file\n      \
            traefik.http.middlewares.auth.basicAuth.users: a:b\n      \
            traefik.http.middlewares.cut.stripprefix.prefixes: /api\n";
        let tree: Tree = [("docker-compose.yml", compose)].into_iter().collect();
        let facts = gather(&tree, &Inputs::default()).expect("facts").facts;
        let all = facts.routes.iter().flat_map(|route| &route.middlewares);
        let found: Vec<String> = all
            .map(|it| format!("{} {:?} {}", it.name, it.kind.as_deref(), it.origin))
            .collect();
        assert_eq!(
            found,
            [
                "auth Some(\"basicauth\") docker-compose.yml:7",
                "gone None docker-compose.yml:6"
            ]
        );
    }

    #[test]
    fn other_proxies_are_read_too() {
        let compose = "services:\n  web:\n    image: a\n    environment:\n      \
            VIRTUAL_HOST: a.test,www.a.test\n      VIRTUAL_PORT: 3000\n  \
            api:\n    image: a\n    labels:\n      caddy: https://b.test\n      \
            caddy.handle_path: /api/*\n      caddy.reverse_proxy: '{{upstreams 8000}}'\n";
        check(
            &[("docker-compose.yml", compose)],
            &[
                "a.test / web:3000 docker-compose.yml:5",
                "www.a.test / web:3000 docker-compose.yml:5",
                "b.test -/api/* api:8000 docker-compose.yml:10",
            ],
        );
    }

    #[test]
    fn locations_of_a_mounted_configuration_lead_to_services() {
        let compose = "services:\n  proxy:\n    image: nginx\n    volumes: ['./nginx:/etc/nginx/conf.d:ro']\n  \
            api:\n    image: a\n  web:\n    image: a\n";
        let conf = "upstream backend {\n  server api:8000; # one\n}\nserver {\n  listen 80;\n  \
            server_name shop.test www.shop.test;\n  location /api/ {\n    proxy_pass http://backend/;\n  }\n  \
            location = /health { proxy_pass http://api:8000; }\n  location ~ ^/v[0-9]+/ {\n    proxy_pass http://api:8000;\n  }\n  \
            location /old { return 301 /new; }\n  location /static/ { root /srv; }\n  \
            location / {\n    proxy_pass http://web:3000;\n  }\n}\n";
        let expected: Vec<String> = ["shop.test", "www.shop.test"]
            .iter()
            .flat_map(|host| {
                [
                    format!("{host} -/api/ api:8000 nginx/default.conf:7"),
                    format!("{host} =/health api:8000 nginx/default.conf:10"),
                    format!("{host} ~/v[0-9]+/ api:8000 nginx/default.conf:11"),
                    format!("{host} /static/ proxy nginx/default.conf:15"),
                    format!("{host} / web:3000 nginx/default.conf:16"),
                ]
            })
            .collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check(
            &[
                ("docker-compose.yml", compose),
                ("nginx/default.conf", conf),
            ],
            &expected,
        );
    }
}
