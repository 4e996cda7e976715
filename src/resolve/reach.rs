//! Who reaches whom by name, and at which port: read from environments, commands and the files
//! that are mounted. Says nothing of connections that a program makes by itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::facts::{Facts, MountSource, Origin, Project, Service, Tree, image};

use super::hosts;

/// Ports that a URL's scheme stands for.
const SCHEMES: &[(&str, u16)] = &[
    ("http", 80),
    ("ws", 80),
    ("https", 443),
    ("wss", 443),
    ("postgres", 5432),
    ("postgresql", 5432),
    ("mysql", 3306),
    ("mariadb", 3306),
    ("redis", 6379),
    ("rediss", 6379),
    ("amqp", 5672),
    ("amqps", 5671),
    ("mongodb", 27017),
    ("nats", 4222),
    ("mqtt", 1883),
    ("kafka", 9092),
    ("grpc", 50051),
];
/// Ends of names of variables that hold a host alone; `…_PORT` beside them holds the port.
const HOSTS: &[&str] = &["HOSTNAME", "HOST", "SERVER", "ADDRESS", "ADDR"];

/// One service that names another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reach {
    /// The Compose service that connects.
    pub(super) from: String,
    /// The Compose service that it names.
    pub(super) to: String,
    /// The name that it uses: the service's own, or an alias.
    pub(super) by: String,
    /// The port, where it is said.
    pub(super) port: Option<u16>,
    /// Whether it is written, and not only what the URL's scheme stands for.
    pub(super) said: bool,
    /// Where.
    pub(super) origin: Origin,
}

/// All reaches of a project, by either end.
#[derive(Debug, Clone, Default)]
pub(super) struct Reaches {
    all: Vec<Reach>,
    from: HashMap<String, Vec<usize>>,
    to: HashMap<String, Vec<usize>>,
    /// The services that another of the same product names: they are nodes of one cluster.
    peers: BTreeSet<String>,
}

impl Reaches {
    fn of(all: Vec<Reach>) -> Self {
        let mut reaches = Self::default();
        for (at, reach) in all.iter().enumerate() {
            let ends = [
                (&mut reaches.from, &reach.from),
                (&mut reaches.to, &reach.to),
            ];
            for (places, service) in ends {
                places.entry(service.clone()).or_default().push(at);
            }
        }
        reaches.all = all;
        reaches
    }

    /// Returns who names a service.
    pub(super) fn to(&self, service: &str) -> impl Iterator<Item = &Reach> + use<'_> {
        self.at(self.to.get(service))
    }

    /// Returns whom a service names.
    pub(super) fn from(&self, service: &str) -> impl Iterator<Item = &Reach> + use<'_> {
        self.at(self.from.get(service))
    }

    /// Returns whether another service of the same product names it.
    pub(super) fn has_peers(&self, service: &str) -> bool {
        self.peers.contains(service)
    }

    fn at<'r>(&'r self, places: Option<&'r Vec<usize>>) -> impl Iterator<Item = &'r Reach> {
        let places = places.into_iter().flatten();
        places.filter_map(|at| self.all.get(*at))
    }
}

/// Returns who reaches whom; `names` are the names that services are known by, aliases included.
pub(super) fn read(facts: &Facts, tree: &Tree, names: &BTreeMap<String, String>) -> Reaches {
    let Some(project) = &facts.project else {
        return Reaches::default();
    };
    let mut all = Vec::new();
    for service in &project.services {
        let mut reader = Reader {
            service,
            names,
            seen: BTreeSet::new(),
            found: &mut all,
        };
        reader.environment();
        reader.commands();
        reader.files(project, tree);
    }
    Reaches {
        peers: peers(&project.services),
        ..Reaches::of(all)
    }
}

/// Returns the services that another of the same product names in its environment.
fn peers(services: &[Service]) -> BTreeSet<String> {
    let mut nodes: BTreeMap<&str, Vec<&Service>> = BTreeMap::new();
    for service in services {
        if let Some(product) = image::server(service) {
            nodes.entry(product.title()).or_default().push(service);
        }
    }
    let ends = |c: char| c.is_whitespace() || ",;:/@=".contains(c);
    let mut peers = BTreeSet::new();
    for nodes in nodes.values() {
        let names: BTreeSet<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
        for node in nodes {
            let values = node.environment.iter().filter_map(|it| it.value.as_ref());
            let words = values.flat_map(|text| text.value.split(ends));
            let others = words.filter(|word| *word != node.name && names.contains(word));
            peers.extend(others.map(str::to_owned));
        }
    }
    peers
}

struct Reader<'a> {
    service: &'a Service,
    names: &'a BTreeMap<String, String>,
    seen: BTreeSet<(String, Option<u16>)>,
    found: &'a mut Vec<Reach>,
}

impl Reader<'_> {
    fn environment(&mut self) {
        for variable in &self.service.environment {
            let Some(text) = &variable.value else {
                continue;
            };
            let value = text.value.as_str();
            self.text(value, &variable.origin);
            if self.names.contains_key(value) && holds_host(&variable.name) {
                let port = self.port_beside(&variable.name);
                self.push(value, (port, true), &variable.origin);
            }
        }
    }

    /// Returns the port that stands beside a host (`API_HOST=api`, `API_PORT=8000`).
    fn port_beside(&self, variable: &str) -> Option<u16> {
        let upper = variable.to_uppercase();
        let stem = HOSTS.iter().find_map(|end| upper.strip_suffix(end))?;
        let wanted = format!("{stem}PORT");
        let mut all = self.service.environment.iter();
        let beside = all.find(|other| other.name.to_uppercase() == wanted)?;
        beside.value.as_ref()?.value.parse().ok()
    }

    fn commands(&mut self) {
        let words = self.service.entrypoint.iter().chain(&self.service.command);
        for word in words.flatten() {
            self.text(word, &self.service.origin);
        }
    }

    fn files(&mut self, project: &Project, tree: &Tree) {
        for mount in &self.service.mounts {
            match &mount.source {
                MountSource::Bind(path) => {
                    let path = path.trim_end_matches('/');
                    if let Some(text) = tree.get(path) {
                        self.text(text, &mount.origin);
                        continue;
                    }
                    for (_, text) in tree.below(path).filter(|(path, _)| is_config(path)) {
                        self.text(text, &mount.origin);
                    }
                }
                MountSource::Config(name) => {
                    let config = project.configs.iter().find(|config| config.name == *name);
                    let file = config.and_then(|config| config.file.as_deref());
                    let content = config.and_then(|config| config.content.as_deref());
                    if let Some(text) = content.or_else(|| tree.get(file?).map(AsRef::as_ref)) {
                        self.text(text, &mount.origin);
                    }
                }
                MountSource::Volume(_)
                | MountSource::Host(_)
                | MountSource::Anonymous
                | MountSource::Tmpfs
                | MountSource::Secret(_) => {}
            }
        }
    }

    fn text(&mut self, text: &str, origin: &Origin) {
        for found in hosts::found(text, self.names) {
            let scheme = found.scheme.and_then(|scheme| {
                let known = SCHEMES.iter().find(|(name, _)| *name == scheme);
                known.map(|(_, port)| *port)
            });
            let port = (found.port.or(scheme), found.port.is_some());
            self.push(found.host, port, origin);
        }
    }

    fn push(&mut self, by: &str, (port, said): (Option<u16>, bool), origin: &Origin) {
        let Some(to) = self.names.get(by) else {
            return;
        };
        if *to == self.service.name || !self.seen.insert((by.to_owned(), port)) {
            return;
        }
        self.found.push(Reach {
            from: self.service.name.clone(),
            to: to.clone(),
            by: by.to_owned(),
            port,
            said,
            origin: origin.clone(),
        });
    }
}

/// Source that is mounted for developing names hosts in tests and comments as well.
fn is_config(path: &str) -> bool {
    let known = [
        "conf",
        "cfg",
        "ini",
        "yml",
        "yaml",
        "toml",
        "json",
        "properties",
        "template",
        "vcl",
    ];
    path.rsplit_once('.')
        .is_some_and(|(_, extension)| known.contains(&extension))
}

fn holds_host(variable: &str) -> bool {
    let upper = variable.to_uppercase();
    let more = ["BROKER", "ENDPOINT", "URL", "SERVICE", "UPSTREAM"];
    HOSTS.iter().chain(&more).any(|end| upper.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::facts::{Inputs, Tree, gather};

    #[track_caller]
    fn check(compose: &str, expected: &[&str]) {
        let mut tree = Tree::default();
        tree.insert("compose.yml", compose);
        let nginx = "upstream app { server api:8000; }\n";
        tree.insert("nginx.conf", nginx);
        let facts = gather(&tree, &Inputs::default()).expect("facts").facts;
        let services = facts.project.iter().flat_map(|it| &it.services);
        let names = services
            .map(|it| (it.name.clone(), it.name.clone()))
            .collect();
        let found: Vec<String> = read(&facts, &tree, &names)
            .all
            .iter()
            .map(|reach| {
                let port = reach.port.map_or("?".to_owned(), |port| port.to_string());
                format!("{}→{}:{port}", reach.from, reach.to)
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn urls_and_addresses_name_services() {
        check(
            "services:\n  web:\n    image: a\n    environment:\n      API: http://api:8000/v1\n      \
             STATIC: http://files/x\n      BROKER: queue:4222\n  api: {image: b}\n  \
             files: {image: c}\n  queue: {image: d}\n",
            &["web→api:8000", "web→files:80", "web→queue:4222"],
        );
    }

    #[test]
    fn a_host_has_its_port_beside_it() {
        check(
            "services:\n  web:\n    image: a\n    environment: {API_HOST: api, API_PORT: \"8000\", NAME: db}\n  \
             api: {image: b}\n  db: {image: c}\n",
            &["web→api:8000"],
        );
    }

    #[test]
    fn commands_and_mounted_files_count() {
        check(
            "services:\n  web:\n    image: nginx\n    volumes: [\"./nginx.conf:/etc/nginx/nginx.conf:ro\"]\n  \
             job:\n    image: a\n    command: [run, --api=http://api:8000]\n  api: {image: b}\n",
            &["web→api:8000", "job→api:8000"],
        );
    }
}
