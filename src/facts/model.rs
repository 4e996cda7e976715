//! The types of facts.

mod code;
mod deploy;
mod pod;
mod text;

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

pub use code::{Dockerfile, Endpoint, Endpoints, Variable};
pub use deploy::{
    Constraint, Deploy, FailureAction, Mode, RestartCondition, RestartPolicy, Update, UpdateOrder,
};
pub use pod::{Hook, PodFacts};
pub use text::{Piece, Text, VariableUse};

/// Where a fact was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The file, relative to the workspace.
    pub path: String,
    /// The 1-based line.
    pub line: usize,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

/// All that is known of the application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The merged Compose project; `None` where the workspace has no Compose file.
    pub project: Option<Project>,
    /// The Dockerfiles of built services.
    pub dockerfiles: Vec<Dockerfile>,
    /// The variables that the settings source and other code read.
    pub variables: Vec<Variable>,
    /// The HTTP endpoints found in the source.
    pub endpoints: Vec<Endpoint>,
    /// The hosts and paths that labels and proxy configurations lead to services.
    pub routes: Vec<Route>,
}

/// A Compose project after interpolation and merging.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Project {
    /// The top-level `name`, if given.
    pub name: Option<String>,
    /// The files it was merged from, in order.
    pub files: Vec<String>,
    /// The services in the files' order.
    pub services: Vec<Service>,
    /// The named volumes.
    pub volumes: Vec<Volume>,
    /// The top-level `networks`.
    pub networks: Vec<Network>,
    /// The top-level `configs` (name → file or content).
    pub configs: Vec<ConfigFile>,
    /// The top-level `secrets` (name → file or environment).
    pub secrets: Vec<ConfigFile>,
    /// The variables that are secrets by what they are used for or made from, whatever they are
    /// called.
    pub hidden: BTreeSet<String>,
    /// Keys beside the services' that nothing carries over, or that have no effect here.
    pub unread: Vec<UnreadKey>,
}

impl Project {
    /// Returns the service of that name.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }
}

/// A Compose service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Where it is defined first.
    pub origin: Origin,
    /// `image`.
    pub image: Option<Text>,
    /// `build`.
    pub build: Option<Build>,
    /// `ports` and `expose`, each container port and protocol once.
    pub ports: Vec<Port>,
    /// `environment` and the variables of tracked env files, in order.
    pub environment: Vec<EnvVar>,
    /// `env_file` paths, relative to the workspace.
    pub env_files: Vec<String>,
    /// `volumes`, `tmpfs`, and the mounts of `configs` and `secrets`.
    pub mounts: Vec<Mount>,
    /// `healthcheck`.
    pub healthcheck: Option<Healthcheck>,
    /// The secret variables that its commands, checks and hooks name; they stand there as
    /// references, never as values.
    pub spoken: Vec<Spoken>,
    /// `depends_on` and `links`.
    pub depends_on: Vec<Dependency>,
    /// `entrypoint`, as exec form.
    pub entrypoint: Option<Vec<String>>,
    /// `command`, as exec form.
    pub command: Option<Vec<String>>,
    /// `user`.
    pub user: Option<String>,
    /// `working_dir`.
    pub working_dir: Option<String>,
    /// `restart`.
    pub restart: Option<String>,
    /// `deploy.replicas` or `scale`.
    pub replicas: Option<u32>,
    /// `deploy.resources`, `mem_limit`, `cpus`.
    pub limits: Limits,
    /// `labels` and those of `label_file`.
    pub labels: Vec<(String, String)>,
    /// `stop_grace_period`.
    pub stop_grace_period: Option<Duration>,
    /// `profiles`.
    pub profiles: Vec<String>,
    /// `deploy`.
    pub deploy: Deploy,
    /// What it asks of its container and pod.
    pub pod: PodFacts,
    /// The networks it is in; empty: the default one alone.
    pub networks: Vec<String>,
    /// `container_name`, by which others may reach it as well.
    pub container_name: Option<String>,
    /// The names beside its own by which others reach it: network aliases, and those that others
    /// link it by.
    pub aliases: Vec<String>,
    /// Keys that nothing carries over, or that have no effect here; named in `analyze` and `plan`,
    /// never dropped in silence.
    pub unread: Vec<UnreadKey>,
}

/// A secret variable that a command, a check or a hook names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// Its name.
    pub name: String,
    /// Why it counts as a secret.
    pub why: String,
}

/// A key that was read but isn't carried over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadKey {
    /// The key's path (`services.app.ulimits`).
    pub key: String,
    /// Where.
    pub origin: Origin,
    /// Why.
    pub why: &'static str,
    /// The way out; `None` where nothing is lost, as the key has no effect in a cluster.
    pub way: Option<&'static str>,
}

/// `build`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// The context folder, relative to the workspace (`.` is the empty string).
    pub context: String,
    /// The Dockerfile, relative to the workspace.
    pub dockerfile: String,
    /// `dockerfile_inline`: its text, where it stands in the Compose file.
    pub inline: Option<String>,
    /// `target`.
    pub target: Option<String>,
}

/// Transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// A container port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// The port in the container.
    pub container: u16,
    /// The port on the host, where it is published.
    pub published: Option<u16>,
    /// Transport.
    pub protocol: Protocol,
    /// `name`.
    pub name: Option<String>,
    /// `app_protocol`: what is spoken there (`http`, `grpc`).
    pub app_protocol: Option<String>,
    /// Where.
    pub origin: Origin,
}

/// An environment variable of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvVar {
    /// Its name.
    pub name: String,
    /// Its value; `None` where it is passed through from the host (`- NAME`).
    pub value: Option<Text>,
    /// Where.
    pub origin: Origin,
}

/// A mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// What is mounted.
    pub source: MountSource,
    /// The path in the container.
    pub target: String,
    /// Whether it is read-only.
    pub read_only: bool,
    /// `volume.subpath`: the folder of the volume that is mounted alone.
    pub sub_path: Option<String>,
    /// The size of memory, in bytes, where one is given.
    pub size: Option<u64>,
    /// The folder of whoever runs Compose that a volume stands for: programs keep their data there.
    pub folder: Option<String>,
    /// Where.
    pub origin: Origin,
}

/// What a mount mounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MountSource {
    /// A named volume.
    Volume(String),
    /// A file or folder of the workspace (relative path; a folder's ends with `/`).
    Bind(String),
    /// A host path outside of the workspace.
    Host(String),
    /// A volume without a name.
    Anonymous,
    /// Memory.
    Tmpfs,
    /// A top-level config.
    Config(String),
    /// A top-level secret.
    Secret(String),
}

/// `healthcheck`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Healthcheck {
    /// What is run.
    pub test: HealthTest,
    /// `interval`.
    pub interval: Option<Duration>,
    /// `timeout`.
    pub timeout: Option<Duration>,
    /// `retries`.
    pub retries: Option<u32>,
    /// `start_period`.
    pub start_period: Option<Duration>,
    /// `start_interval`.
    pub start_interval: Option<Duration>,
    /// Where.
    pub origin: Origin,
}

/// What a health check runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HealthTest {
    /// `CMD`: executed as it is.
    Exec(Vec<String>),
    /// `CMD-SHELL` or a plain string: run by `/bin/sh -c`.
    Shell(String),
    /// `NONE` or `disable: true`.
    Disabled,
}

/// A `depends_on` entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The service depended on.
    pub service: String,
    /// What of it.
    pub condition: Condition,
    /// Whether it must be there at all (`required`).
    pub required: bool,
    /// Whether it is started again with what it depends on (`restart`).
    pub restart: bool,
    /// Where.
    pub origin: Origin,
}

/// A `depends_on` condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// `service_started`.
    Started,
    /// `service_healthy`.
    Healthy,
    /// `service_completed_successfully`.
    Completed,
}

/// CPU (in thousandths) and memory (in bytes), as Compose gives them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Limit of CPU in millicores.
    pub cpu_limit: Option<u64>,
    /// Limit of memory in bytes.
    pub memory_limit: Option<u64>,
    /// Reservation of CPU in millicores.
    pub cpu_request: Option<u64>,
    /// Reservation of memory in bytes.
    pub memory_request: Option<u64>,
}

/// A named volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Its name.
    pub name: String,
    /// Whether it is there already, made by someone else.
    pub external: bool,
    /// Where.
    pub origin: Origin,
}

/// A top-level network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// Its name.
    pub name: String,
    /// `internal`: what is in it alone doesn't reach the world outside.
    pub internal: bool,
    /// Where.
    pub origin: Origin,
}

/// A top-level `configs` or `secrets` entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFile {
    /// Its name.
    pub name: String,
    /// `file`, relative to the workspace.
    pub file: Option<String>,
    /// `environment`: the variable that holds it.
    pub environment: Option<String>,
    /// `content`.
    pub content: Option<String>,
    /// The name of what is there already, made by someone else (`external`).
    pub external: Option<String>,
    /// Where.
    pub origin: Origin,
}

/// A host and path that a label or a proxy's configuration leads to a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The host; `None` for every host.
    pub host: Option<String>,
    /// The path as written (`/api`, `/api/*`).
    pub path: String,
    /// Whether only the whole path is meant.
    pub exact: bool,
    /// Whether the path is a regular expression.
    pub regex: bool,
    /// The Compose service.
    pub service: String,
    /// Its port, where one is named.
    pub port: Option<u16>,
    /// Whether the prefix is cut off on the way.
    pub strip: bool,
    /// What says so (`a Traefik label`).
    pub by: String,
    /// What is done with requests on the way.
    pub middlewares: Vec<Middleware>,
    /// Where.
    pub origin: Origin,
}

/// What a proxy does with requests beside leading them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Middleware {
    /// Its name.
    pub name: String,
    /// Its kind, lower case (`basicauth`); `None` where it isn't in the Compose files.
    pub kind: Option<String>,
    /// Where.
    pub origin: Origin,
}
