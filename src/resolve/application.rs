//! The application as it is to run: the contract between `resolve`, which reads it from the
//! checklist and the facts, and `manifest`, which turns it into Kubernetes objects.
//!
//! Quantities are strings as Kubernetes writes them (`250m`, `256Mi`).

mod files;
mod given;
mod pod;
mod running;

pub use files::{Beside, Content, FileOrigin, FileSpec, ManifestItem};
pub use given::{
    ConfigMapSpec, EnvSource, Environment, MapFile, SecretEntry, SecretSpec, SecretText,
    SharedClaim, VolumeKind, VolumeSpec,
};
pub use pod::{NodeRule, PodOptions};
pub use running::{Hpa, JobSpec, Overlap, Pdb, Rollout, Scaling, Schedule, Wait, WaitProgram};

use std::collections::BTreeSet;

use crate::facts::Protocol;

use super::ingress::IngressSpec;

/// The whole application.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Application {
    /// Its name, for `app.kubernetes.io/part-of`.
    pub name: String,
    /// The set's name and the phase's number, for orch's own labels.
    pub set: String,
    /// The phase's number.
    pub phase: u32,
    /// The phase whose `kustomization.yml` generates `ConfigMap`s, where that is an earlier one.
    pub generating: Option<u32>,
    /// The namespace.
    pub namespace: String,
    /// The workloads, data stores first, in the order in which they are to come up.
    pub workloads: Vec<Workload>,
    /// The Secrets; the repository holds placeholders only.
    pub secrets: Vec<SecretSpec>,
    /// The `ConfigMap`s.
    pub config_maps: Vec<ConfigMapSpec>,
    /// The way in.
    pub ingress: Option<IngressSpec>,
    /// What an operator's Prometheus is told.
    pub monitors: Monitors,
    /// The storage class of claims; the cluster's default where none is given.
    pub storage_class: Option<String>,
    /// Whether the target has the `ServiceMonitor` CRD (`monitoring.coreos.com/v1`).
    pub service_monitors: bool,
    /// The `PriorityClass` of its pods, where settings name one.
    pub priority_class: Option<String>,
    /// How the images of built services are built and pushed, where settings say so.
    pub builds: Vec<ImageBuild>,
    /// The files of earlier phases that stay as they are.
    pub beside: Vec<Beside>,
    /// The objects that earlier phases applied, by their records (`Service/api`).
    pub applied: BTreeSet<String>,
    /// The workloads that persons' tasks bring: what needs one may reach its pods all the same, and be
    /// reached by them.
    pub persons: Vec<Absent>,
}

/// A workload that a person's task brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absent {
    /// Its name, by which its pods are told.
    pub name: String,
    /// The workloads that it talks to.
    pub talks_to: Vec<String>,
}

impl Application {
    /// Returns the workload of that name.
    pub fn workload(&self, name: &str) -> Option<&Workload> {
        self.workloads.iter().find(|workload| workload.name == name)
    }
}

/// How an image is built and pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageBuild {
    /// The image with its tag.
    pub image: String,
    /// The command line that builds and pushes it.
    pub run: String,
    /// The command line that tells its digest, where the first one doesn't.
    pub digest: Option<String>,
}

/// What an operator's Prometheus is told, and where it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Monitors {
    /// Its namespace; the usual one where it isn't set.
    pub namespace: Option<String>,
    /// Labels that it selects monitors by.
    pub labels: Vec<(String, String)>,
}

/// What runs pods, with all that belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Workload {
    /// Its name in Kubernetes (`call-processor`).
    pub name: String,
    /// The Compose service it comes from; `None` where only the checklist asks for it.
    pub service: Option<String>,
    /// Which kind.
    pub kind: WorkloadKind,
    /// What it is to the application.
    pub role: Role,
    /// The image with tag or digest.
    pub image: String,
    /// Whether the image is built from this repository.
    pub built: bool,
    /// What an image that is built here begins with (`nginx:1.30-alpine`).
    pub base: Option<String>,
    /// Whether the image only stands for one that nobody named: it is on no registry.
    pub placeholder: bool,
    /// Overrides the image's entrypoint.
    pub command: Option<Vec<String>>,
    /// Overrides the image's arguments.
    pub args: Option<Vec<String>>,
    /// Working directory.
    pub working_dir: Option<String>,
    /// The numeric user and group it runs as, where one is known; `manifest` has a default.
    pub uid: Option<i64>,
    /// How many pods; under an HPA this is its minimum.
    pub replicas: u32,
    /// Requests and limits.
    pub resources: Resources,
    /// Liveness.
    pub liveness: Option<Probe>,
    /// Readiness.
    pub readiness: Option<Probe>,
    /// Startup.
    pub startup: Option<Probe>,
    /// The ports it serves.
    pub ports: Vec<ServicePort>,
    /// Its environment, in order.
    pub environment: Vec<Environment>,
    /// What it mounts; writable paths that the image needs included.
    pub volumes: Vec<VolumeSpec>,
    /// `HorizontalPodAutoscaler`.
    pub hpa: Option<Hpa>,
    /// `PodDisruptionBudget`.
    pub pdb: Option<Pdb>,
    /// How pods are replaced.
    pub rollout: Rollout,
    /// How it runs to its end; given for Jobs and `CronJob`s, and for nothing else.
    pub job: Option<JobSpec>,
    /// Workloads that must be ready before it; of a Job, that it has completed.
    pub after: Vec<String>,
    /// What its pods wait for before they start, and with which program of the image.
    pub wait: Option<Wait>,
    /// Further names that others in the cluster know it by.
    pub aliases: Vec<String>,
    /// The ports that its Services within the cluster have, where a task names them; else all.
    pub service_ports: Vec<u16>,
    /// Workloads it opens connections to (for `NetworkPolicy`); `after` included.
    pub talks_to: Vec<String>,
    /// Hosts outside of the cluster that its settings name.
    pub outside: Vec<Outside>,
    /// Whether the Ingress routes to it.
    pub behind_ingress: bool,
    /// How long the program may take to end; `terminationGracePeriodSeconds` has the drain as well.
    pub grace_seconds: Option<i64>,
    /// How long a pod that is to end goes on serving, until nothing sends it requests any more.
    pub drain_seconds: Option<i64>,
    /// Path and port of its metrics, where it has them.
    pub metrics: Option<(String, u16)>,
    /// What it asks of its pods beside.
    pub pod: PodOptions,
}

/// A host outside of the cluster that a workload connects to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// The host's name or IPv4 address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// What names it: a variable, a file, the arguments.
    pub by: String,
}

/// The controller of a workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WorkloadKind {
    /// Stateless.
    Deployment,
    /// With a volume claim and a stable name.
    StatefulSet,
    /// One pod on each node.
    DaemonSet,
    /// Runs once, to its end.
    Job,
    /// Runs to its end, by a schedule.
    CronJob,
}

impl Workload {
    /// Returns the ports that its Services within the cluster may have.
    pub fn inner_ports(&self) -> impl Iterator<Item = &ServicePort> {
        let named = |port: &&ServicePort| self.service_ports.contains(&port.number());
        let all = self.service_ports.is_empty();
        self.ports.iter().filter(move |port| all || named(port))
    }

    /// Returns the names of the `ConfigMap`s that it takes variables from or mounts.
    pub fn maps<'a>(&'a self) -> BTreeSet<&'a str> {
        let of_variable = |source: &'a EnvSource| match source {
            EnvSource::ConfigMap { name, .. } => Some(name.as_str()),
            EnvSource::Literal(_) | EnvSource::Secret { .. } => None,
        };
        let of_volume = |kind: &'a VolumeKind| match kind {
            VolumeKind::ConfigMap(name) => Some(name.as_str()),
            VolumeKind::Claim(_)
            | VolumeKind::Shared(_)
            | VolumeKind::Scratch(_)
            | VolumeKind::Memory(_)
            | VolumeKind::Secret(_) => None,
        };
        self.configured(of_variable, of_volume)
    }

    /// Returns the names of the Secrets that it takes variables from or mounts.
    pub fn secrets<'a>(&'a self) -> BTreeSet<&'a str> {
        let of_variable = |source: &'a EnvSource| match source {
            EnvSource::Secret { name, .. } => Some(name.as_str()),
            EnvSource::Literal(_) | EnvSource::ConfigMap { .. } => None,
        };
        let of_volume = |kind: &'a VolumeKind| match kind {
            VolumeKind::Secret(name) => Some(name.as_str()),
            VolumeKind::Claim(_)
            | VolumeKind::Shared(_)
            | VolumeKind::Scratch(_)
            | VolumeKind::Memory(_)
            | VolumeKind::ConfigMap(_) => None,
        };
        self.configured(of_variable, of_volume)
    }

    fn configured<'a>(
        &'a self,
        of_variable: fn(&'a EnvSource) -> Option<&'a str>,
        of_volume: fn(&'a VolumeKind) -> Option<&'a str>,
    ) -> BTreeSet<&'a str> {
        let variables = self.environment.iter().map(|it| &it.source);
        let volumes = self.volumes.iter().map(|it| &it.kind);
        let mounted = volumes.filter_map(of_volume);
        variables.filter_map(of_variable).chain(mounted).collect()
    }
}

impl WorkloadKind {
    /// Returns the kind as Kubernetes names it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
            Self::Job => "Job",
            Self::CronJob => "CronJob",
        }
    }

    /// Returns whether its pods run to an end.
    pub fn ends(self) -> bool {
        matches!(self, Self::Job | Self::CronJob)
    }

    /// Returns whether it has a number of replicas that somebody can change.
    pub fn scales(self) -> bool {
        matches!(self, Self::Deployment | Self::StatefulSet)
    }
}

/// What a workload is to the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// `PostgreSQL`.
    Postgres,
    /// Redis or Valkey.
    Redis,
    /// Another data store.
    Store,
    /// Serves requests.
    Server,
    /// Works off queues or schedules; serves nothing.
    Worker,
    /// Prometheus.
    Prometheus,
    /// Grafana.
    Grafana,
}

/// Requests and limits as Kubernetes writes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resources {
    /// `requests.cpu`.
    pub cpu_request: String,
    /// `requests.memory`.
    pub memory_request: String,
    /// `limits.cpu`.
    pub cpu_limit: String,
    /// `limits.memory`.
    pub memory_limit: String,
}

/// A probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What is asked.
    pub action: ProbeAction,
    /// `periodSeconds`.
    pub period: Option<i32>,
    /// `timeoutSeconds`.
    pub timeout: Option<i32>,
    /// `failureThreshold`.
    pub failures: Option<i32>,
    /// `initialDelaySeconds`.
    pub initial_delay: Option<i32>,
    /// Whether a task asks for it: its question and its figures are written as they stand there.
    pub asked: bool,
}

/// What a probe asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProbeAction {
    /// HTTP GET on a port by its name.
    Http {
        /// The path.
        path: String,
        /// The port's name.
        port: String,
    },
    /// A command in the container.
    Exec(Vec<String>),
    /// A TCP connection to a port by its name.
    Tcp {
        /// The port's name.
        port: String,
    },
}

/// A port that a workload serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePort {
    /// Its name (`http`, `audiosocket`; 15 characters at most).
    pub name: String,
    /// The number in the container.
    pub port: u16,
    /// The Service's number, where that is another one.
    pub service: Option<u16>,
    /// Transport.
    pub protocol: Protocol,
    /// How far it is reachable.
    pub exposure: Exposure,
    /// The number on every node, where one is asked for.
    pub node_port: Option<u16>,
    /// What is spoken there (`http`, `grpc`), where the Compose file says it.
    pub app_protocol: Option<String>,
}

impl ServicePort {
    /// Returns the Service's number.
    pub fn number(&self) -> u16 {
        self.service.unwrap_or(self.port)
    }
}

/// How far a Service's port is reachable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exposure {
    /// Within the cluster.
    Cluster,
    /// On every node (its number is the cluster's choice where none is asked for).
    NodePort,
    /// Through a load balancer.
    LoadBalancer,
}
