//! The types of facts.

use std::fmt;
use std::time::Duration;

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
    /// The top-level `configs` (name → file or content).
    pub configs: Vec<ConfigFile>,
    /// The top-level `secrets` (name → file or environment).
    pub secrets: Vec<ConfigFile>,
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
    /// `labels`.
    pub labels: Vec<(String, String)>,
    /// `stop_grace_period`.
    pub stop_grace_period: Option<Duration>,
    /// `profiles`.
    pub profiles: Vec<String>,
    /// Keys that nothing carries over yet; named in `analyze` and `plan`, never dropped in silence.
    pub unread: Vec<UnreadKey>,
}

/// A key that was read but isn't carried over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadKey {
    /// The key's path (`services.app.ulimits`).
    pub key: String,
    /// Where.
    pub origin: Origin,
}

/// A scalar after interpolation, which still knows what it was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// The value after interpolation (a variable without value and default is empty).
    pub value: String,
    /// The value as written.
    pub raw: String,
    /// The variables in it, in order.
    pub variables: Vec<VariableUse>,
}

/// One `${…}` of a [`Text`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableUse {
    /// The variable's name.
    pub name: String,
    /// The default, if one is given (`:-`, `-`).
    pub default: Option<String>,
    /// The message of `:?` or `?`: the value is required.
    pub required: Option<String>,
    /// Whether `.env` gave a value.
    pub given: bool,
}

impl Text {
    /// Returns whether a required variable has no value.
    pub fn lacks_required(&self) -> bool {
        self.variables
            .iter()
            .any(|variable| variable.required.is_some() && !variable.given)
    }
}

/// `build`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// The context folder, relative to the workspace (`.` is the empty string).
    pub context: String,
    /// The Dockerfile, relative to the workspace.
    pub dockerfile: String,
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
    /// Where.
    pub origin: Origin,
}

/// What a Dockerfile says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dockerfile {
    /// Its path.
    pub path: String,
    /// The base images, one a stage, with their lines.
    pub stages: Vec<(String, Origin)>,
    /// `EXPOSE`.
    pub ports: Vec<Port>,
    /// `USER` of the last stage, build arguments' defaults filled in.
    pub user: Option<String>,
    /// `WORKDIR` of the last stage.
    pub working_dir: Option<String>,
    /// `ENV` names and values, with their lines.
    pub environment: Vec<(String, String, Origin)>,
    /// `ENTRYPOINT` and `CMD`, as written.
    pub entrypoint: Option<String>,
    /// `CMD`, as written.
    pub command: Option<String>,
    /// `HEALTHCHECK`.
    pub healthcheck: Option<Healthcheck>,
}

/// A variable that the source reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name in the environment, upper case where the source's reader ignores case.
    pub name: String,
    /// Its default as text.
    pub default: Option<String>,
    /// Its type as the source names it (`int`, `SecretStr`).
    pub kind: Option<String>,
    /// Whether the source fails without it.
    pub required: bool,
    /// Why it is a secret, if it is.
    pub secret: Option<String>,
    /// Where.
    pub origin: Origin,
}

/// An HTTP endpoint found in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The method, upper case, where it is known.
    pub method: Option<String>,
    /// The path, router prefixes composed where they can be.
    pub path: String,
    /// Where.
    pub origin: Origin,
}
