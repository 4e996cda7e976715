//! What a task's words and bullets ask of a workload, before the facts are looked at.

use super::application::{Exposure, Overlap, Pdb, Rollout};
use super::ingress::{Asked, PathWish};
use crate::facts::Protocol;
use crate::vocabulary::Word;

/// What is asked for; what isn't, is left to the facts and to defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Spec {
    pub(super) replicas: Option<u32>,
    pub(super) requests: Amounts,
    pub(super) limits: Amounts,
    pub(super) liveness: Option<ProbeSpec>,
    pub(super) readiness: Option<ProbeSpec>,
    pub(super) startup: Option<ProbeSpec>,
    pub(super) ports: Vec<PortSpec>,
    pub(super) claim: Option<String>,
    pub(super) hpa: Option<HpaSpec>,
    pub(super) pdb: Option<Pdb>,
    pub(super) rollout: Rollout,
    pub(super) job: JobWish,
    /// Seconds that a program is given to end.
    pub(super) grace: Option<i64>,
    /// Seconds from when a pod is to go until it is gone, the drain included.
    pub(super) ends_within: Option<i64>,
    /// Seconds that a pod goes on serving before it ends.
    pub(super) drain: Option<i64>,
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
    /// What manifests have without being asked.
    pub(super) always: Vec<Word>,
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

/// An autoscaler as asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct HpaSpec {
    pub(super) min: Option<u32>,
    pub(super) max: Option<u32>,
    pub(super) cpu: Option<u32>,
    pub(super) memory: Option<u32>,
    pub(super) up: Option<ScalingSpec>,
    pub(super) down: Option<ScalingSpec>,
}

/// How fast pods are to be added or removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ScalingSpec {
    pub(super) percent: Option<u32>,
    pub(super) pods: Option<u32>,
    /// In how many seconds.
    pub(super) period: Option<u32>,
    /// For how many seconds the wish must have held.
    pub(super) window: Option<u32>,
}

/// How a Job is to run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct JobWish {
    pub(super) schedule: Option<String>,
    pub(super) time_zone: Option<String>,
    pub(super) overlap: Option<Overlap>,
    pub(super) retries: Option<u32>,
    pub(super) deadline: Option<i64>,
}

/// CPU and memory as Kubernetes writes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Amounts {
    pub(super) cpu: Option<String>,
    pub(super) memory: Option<String>,
}

/// A port as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PortSpec {
    pub(super) number: u16,
    /// The word that it is called by (`AudioSocket`).
    pub(super) label: Option<String>,
    /// TCP, or what the Compose file says, where none is named.
    pub(super) protocol: Option<Protocol>,
    /// The number of the Service that leads to it, where that is named as another one.
    pub(super) service: Option<u16>,
}

impl PortSpec {
    /// Returns the port that a Service's leads to.
    pub(super) fn led(service: u16, number: u16) -> Self {
        Self {
            number,
            label: None,
            protocol: None,
            service: Some(service),
        }
    }
}

/// How far ports are to be reachable: the alternatives named, for ports with that word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExposureSpec {
    pub(super) alternatives: Vec<Exposure>,
    /// The port's word (`AudioSocket`); all ports where none is named.
    pub(super) port: Option<String>,
    /// The number on every node.
    pub(super) node_port: Option<u16>,
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
    /// Leads in what another spec does, beside what this one says.
    pub(super) fn lead_in(&mut self, other: &Self) {
        self.edge.add_missing(&other.edge);
        let wishes = other.edge.wishes.iter().cloned();
        self.edge.wishes.extend(wishes);
        self.tls |= other.tls;
    }

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
            rollout,
            job,
            grace,
            ends_within,
            drain,
            exposures,
            init_scripts,
            tls,
            controllers,
            edge,
            monitoring,
            image,
            version,
            always,
        } = other;
        self.replicas = self.replicas.or(replicas);
        self.requests.merge(requests);
        self.limits.merge(limits);
        self.liveness = self.liveness.take().or(liveness);
        self.readiness = self.readiness.take().or(readiness);
        self.startup = self.startup.take().or(startup);
        self.ports.extend(ports);
        self.claim = self.claim.take().or(claim);
        if let Some(hpa) = hpa {
            self.hpa.get_or_insert_default().merge(hpa);
        }
        // One that gives no figures leaves them to another.
        let bare = self.pdb.take_if(|own| *own == Pdb::default());
        self.pdb = self.pdb.take().or(pdb).or(bare);
        self.rollout.merge(rollout);
        self.job.merge(job);
        self.grace = self.grace.or(grace);
        self.ends_within = self.ends_within.or(ends_within);
        self.drain = self.drain.or(drain);
        self.exposures.extend(exposures);
        self.init_scripts |= init_scripts;
        self.tls |= tls;
        self.controllers.extend(controllers);
        self.edge.merge(edge);
        self.monitoring.merge(monitoring);
        self.image = self.image.take().or(image);
        self.version = self.version.take().or(version);
        self.always.extend(always);
    }

    /// Returns whether another one asks for something else where one thing can be had.
    pub(super) fn contradicts(&self, other: &Self) -> bool {
        let pair = |of: fn(&Self) -> Vec<Option<String>>| {
            let mut pairs = of(self).into_iter().zip(of(other));
            pairs.any(|(one, other)| one.zip(other).is_some_and(|(one, other)| one != other))
        };
        pair(|it| {
            let number = |it: Option<u32>| it.map(|it| it.to_string());
            let hpa = it.hpa.unwrap_or_default();
            let pdb = it.pdb.clone().unwrap_or_default();
            vec![
                number(it.replicas),
                it.requests.cpu.clone(),
                it.requests.memory.clone(),
                it.limits.cpu.clone(),
                it.limits.memory.clone(),
                it.claim.clone(),
                it.image.clone(),
                it.version.clone(),
                number(hpa.min),
                number(hpa.max),
                number(hpa.cpu),
                number(hpa.memory),
                pdb.min_available,
                pdb.max_unavailable,
                it.job.schedule.clone(),
                number(it.job.retries),
                it.rollout.max_surge.clone(),
                it.rollout.max_unavailable.clone(),
            ]
        }) || self.budgets_both(other)
            || other.budgets_both(self)
            || [
                (&self.liveness, &other.liveness),
                (&self.readiness, &other.readiness),
                (&self.startup, &other.startup),
            ]
            .into_iter()
            .any(|(one, other)| {
                let both = one.as_ref().zip(other.as_ref());
                both.is_some_and(|(one, other)| one.check != other.check)
            })
    }

    /// Returns whether this one says how many pods must stay, and another one how many may be
    /// missing: no budget has both.
    fn budgets_both(&self, other: &Self) -> bool {
        let least = self.pdb.as_ref().and_then(|it| it.min_available.as_ref());
        let most = other
            .pdb
            .as_ref()
            .and_then(|it| it.max_unavailable.as_ref());
        least.is_some() && most.is_some()
    }
}

impl EdgeSpec {
    /// Returns whether no host is named.
    pub(super) fn is_without_hosts(&self) -> bool {
        self.hosts.is_empty() && self.paths.iter().all(|it| it.host.is_none())
    }

    /// Gives the paths without a host the one that is named beside them, if it is the only one: other
    /// lines may name others.
    pub(super) fn bind(&mut self) {
        let of_paths = self.paths.iter().filter_map(|it| it.host.as_ref());
        let mut hosts: Vec<&String> = self.hosts.iter().chain(of_paths).collect();
        hosts.sort();
        hosts.dedup();
        let [only] = hosts.as_slice() else { return };
        let only = (*only).clone();
        for path in self.paths.iter_mut().filter(|it| it.host.is_none()) {
            path.host = Some(only.clone());
        }
    }

    /// Takes over the hosts and paths of another that aren't here yet.
    pub(super) fn add_missing(&mut self, other: &Self) {
        fn add<T: Clone + PartialEq>(own: &mut Vec<T>, others: &[T]) {
            for other in others {
                if !own.contains(other) {
                    own.push(other.clone());
                }
            }
        }
        add(&mut self.hosts, &other.hosts);
        add(&mut self.paths, &other.paths);
    }

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

impl HpaSpec {
    pub(super) fn merge(&mut self, other: Self) {
        let Self {
            min,
            max,
            cpu,
            memory,
            up,
            down,
        } = other;
        self.min = self.min.or(min);
        self.max = self.max.or(max);
        self.cpu = self.cpu.or(cpu);
        self.memory = self.memory.or(memory);
        for (own, other) in [(&mut self.up, up), (&mut self.down, down)] {
            if let Some(other) = other {
                own.get_or_insert_default().merge(other);
            }
        }
    }
}

impl ScalingSpec {
    fn merge(&mut self, other: Self) {
        let Self {
            percent,
            pods,
            period,
            window,
        } = other;
        self.percent = self.percent.or(percent);
        self.pods = self.pods.or(pods);
        self.period = self.period.or(period);
        self.window = self.window.or(window);
    }
}

impl JobWish {
    fn merge(&mut self, other: Self) {
        let Self {
            schedule,
            time_zone,
            overlap,
            retries,
            deadline,
        } = other;
        self.schedule = self.schedule.take().or(schedule);
        self.time_zone = self.time_zone.take().or(time_zone);
        self.overlap = self.overlap.or(overlap);
        self.retries = self.retries.or(retries);
        self.deadline = self.deadline.or(deadline);
    }
}

impl Amounts {
    fn merge(&mut self, other: Self) {
        self.cpu = self.cpu.take().or(other.cpu);
        self.memory = self.memory.take().or(other.memory);
    }
}
