//! What a task's words and bullets ask of a workload, before the facts are looked at.

use super::application::{Exposure, Hpa, Pdb};
use super::ingress::{Asked, PathWish};

/// What is asked for; what isn't, is left to the facts and to defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Spec {
    pub(super) replicas: Option<u32>,
    pub(super) requests: Amounts,
    pub(super) limits: Amounts,
    pub(super) liveness: Option<ProbeSpec>,
    pub(super) readiness: Option<ProbeSpec>,
    pub(super) startup: Option<ProbeSpec>,
    /// Ports with the word in brackets behind them.
    pub(super) ports: Vec<(u16, Option<String>)>,
    pub(super) claim: Option<String>,
    pub(super) hpa: Option<Hpa>,
    pub(super) pdb: Option<Pdb>,
    pub(super) exposures: Vec<ExposureSpec>,
    pub(super) init_scripts: bool,
    pub(super) tls: bool,
    /// Ingress controllers whose annotations are asked for.
    pub(super) controllers: Vec<String>,
    /// What is asked of the way in.
    pub(super) edge: EdgeSpec,
    /// What is asked of Prometheus.
    pub(super) monitoring: MonitoringSpec,
    pub(super) image: Option<String>,
    /// The product's version (`PostgreSQL 16`).
    pub(super) version: Option<String>,
}

/// Hosts, paths and wishes of the way in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct EdgeSpec {
    pub(super) hosts: Vec<String>,
    pub(super) paths: Vec<PathWish>,
    pub(super) wishes: Vec<Asked>,
    /// The cert-manager issuer of the whole cluster.
    pub(super) issuer: Option<String>,
}

/// What is asked of Prometheus.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct MonitoringSpec {
    /// How long samples are kept (`15d`).
    pub(super) retention: Option<String>,
    /// Whether alert rules are asked for.
    pub(super) alerts: bool,
}

/// CPU and memory as Kubernetes writes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Amounts {
    pub(super) cpu: Option<String>,
    pub(super) memory: Option<String>,
}

/// How far ports are to be reachable: the alternatives named, for ports with that word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExposureSpec {
    pub(super) alternatives: Vec<Exposure>,
    /// The port's word (`AudioSocket`); all ports where none is named.
    pub(super) port: Option<String>,
}

/// A probe as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ProbeSpec {
    pub(super) check: Check,
    pub(super) period: Option<i32>,
    pub(super) timeout: Option<i32>,
    pub(super) failures: Option<i32>,
    pub(super) delay: Option<i32>,
}

/// What a probe is to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Check {
    /// HTTP GET of a path, on a port where one is named.
    Http(String, Option<u16>),
    /// A command line.
    Command(String),
    /// A TCP connection, to a port where one is named.
    Tcp(Option<u16>),
}

impl Spec {
    /// Takes over what another task asks of the same workload; the earlier task's words stay.
    pub(super) fn merge(&mut self, other: Self) {
        let Self {
            replicas,
            requests,
            limits,
            liveness,
            readiness,
            startup,
            ports,
            claim,
            hpa,
            pdb,
            exposures,
            init_scripts,
            tls,
            controllers,
            edge,
            monitoring,
            image,
            version,
        } = other;
        self.replicas = self.replicas.or(replicas);
        self.requests.merge(requests);
        self.limits.merge(limits);
        self.liveness = self.liveness.take().or(liveness);
        self.readiness = self.readiness.take().or(readiness);
        self.startup = self.startup.take().or(startup);
        self.ports.extend(ports);
        self.claim = self.claim.take().or(claim);
        self.hpa = self.hpa.take().or(hpa);
        self.pdb = self.pdb.take().or(pdb);
        self.exposures.extend(exposures);
        self.init_scripts |= init_scripts;
        self.tls |= tls;
        self.controllers.extend(controllers);
        self.edge.merge(edge);
        self.monitoring.merge(monitoring);
        self.image = self.image.take().or(image);
        self.version = self.version.take().or(version);
    }
}

impl EdgeSpec {
    fn merge(&mut self, other: Self) {
        self.hosts.extend(other.hosts);
        self.paths.extend(other.paths);
        self.wishes.extend(other.wishes);
        self.issuer = self.issuer.take().or(other.issuer);
    }
}

impl MonitoringSpec {
    fn merge(&mut self, other: Self) {
        self.retention = self.retention.take().or(other.retention);
        self.alerts |= other.alerts;
    }
}

impl Amounts {
    fn merge(&mut self, other: Self) {
        self.cpu = self.cpu.take().or(other.cpu);
        self.memory = self.memory.take().or(other.memory);
    }
}
