//! One workload → its task and the bullets below it, in words that `resolve` reads back.

use super::page::{Page, codes};
use super::texts;
use crate::checklist::Language;
use crate::facts::{self, Protocol, Service};
use crate::resolve::{
    EnvSource, Exposure, Overlap, Probe, ProbeAction, Role, ServicePort, VolumeKind, Workload,
    WorkloadKind,
};

/// How much CPU an autoscaler aims at, in percent.
const TARGET: &str = "70";
/// How many times its fewest pods an autoscaler may add up to.
const ROOM: u32 = 3;
/// Names of ports that the Ingress or the cluster's own clients use, not the world outside.
const INSIDE: &[&str] = &["http", "https", "grpc", "metrics", "management"];

/// What a task says of a workload beside its path.
pub(super) struct Described<'a> {
    pub(super) workload: &'a Workload,
    /// The service that it comes from.
    pub(super) service: Option<&'a Service>,
    pub(super) language: Language,
    /// Whether details may be named that a rule could read otherwise than they are meant.
    pub(super) in_detail: bool,
}

impl Described<'_> {
    /// Returns what the workload is, in a few words.
    pub(super) fn what(&self) -> String {
        let known = facts::image::product(&self.workload.image).filter(|_| !self.workload.built);
        let ends = self.workload.kind.ends();
        let another = self.service.is_some_and(facts::image::runs_another);
        let another = another && self.workload.ports.is_empty();
        if let Some(product) = known.filter(|_| !ends && !another) {
            return product.title().to_owned();
        }
        // A job that labels schedule is not the service that it runs in.
        let service = self
            .service
            .filter(|_| self.workload.kind != WorkloadKind::CronJob);
        let name = service.map_or(&self.workload.name, |it| &it.name);
        let build = self.service.and_then(|service| service.build.as_ref());
        let row = match self.workload.kind {
            WorkloadKind::Job => texts::A_JOB,
            WorkloadKind::CronJob => texts::A_CRON_JOB,
            WorkloadKind::DaemonSet => texts::AN_AGENT,
            WorkloadKind::Deployment | WorkloadKind::StatefulSet => match build {
                Some(build) if build.inline.is_none() => texts::A_BUILT_SERVICE,
                Some(_) | None => texts::A_SERVICE,
            },
        };
        let dockerfile = build.map_or("", |build| build.dockerfile.as_str());
        row.fill(
            self.language,
            &[("service", name), ("dockerfile", dockerfile)],
        )
    }

    /// Writes the bullets below the workload's own file.
    pub(super) fn bullets(&self, page: &mut Page) {
        for line in self.lines() {
            page.bullet(&line);
        }
    }

    fn lines(&self) -> Vec<String> {
        let workload = self.workload;
        let mut lines = Vec::new();
        // What takes the place of a tag that moves is left to the plan, which says so each time.
        let given = self.service.and_then(|service| service.image.as_ref());
        let fixed = facts::image::moving(&workload.image).is_none()
            && given.is_none_or(|text| text.value == workload.image);
        if self.in_detail && fixed && !workload.built && is_plain(&workload.image) {
            lines.push(self.fill(texts::IMAGE, "image", &workload.image));
        }
        lines.extend(self.job());
        if workload.kind.scales() {
            lines.push(self.fill(texts::REPLICAS, "count", &workload.replicas.to_string()));
        }
        lines.extend(self.claim());
        lines.push(self.resources());
        if self.in_detail {
            lines.extend(self.ports());
            lines.extend(self.probe("Liveness", workload.liveness.as_ref()));
            lines.extend(self.probe("Readiness", workload.readiness.as_ref()));
        }
        lines.extend(self.environment());
        let scripts = |path: &str| path.starts_with("/docker-entrypoint-initdb.d");
        if workload.volumes.iter().any(|it| scripts(&it.path)) {
            lines.push(texts::INIT_SCRIPTS.of(self.language).to_owned());
        }
        lines
    }

    fn fill(&self, row: texts::Row, name: &str, value: &str) -> String {
        row.fill(self.language, &[(name, value)])
    }

    fn job(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let Some(job) = &self.workload.job else {
            return lines;
        };
        if let Some(schedule) = &job.schedule {
            let cron = schedule.cron.as_ref();
            lines.extend(cron.map(|cron| self.fill(texts::SCHEDULE, "cron", cron)));
            let zone = schedule.time_zone.as_ref();
            lines.extend(zone.map(|zone| format!("Timezone: `{zone}`")));
            match schedule.overlap {
                Overlap::Forbid => {}
                Overlap::Allow => lines.push("concurrencyPolicy: Allow".to_owned()),
                Overlap::Replace => lines.push("concurrencyPolicy: Replace".to_owned()),
            }
        }
        lines.push(self.fill(texts::RETRIES, "count", &job.retries.to_string()));
        let deadline = job.deadline.map(|seconds| seconds.to_string());
        lines.extend(deadline.map(|seconds| self.fill(texts::DEADLINE, "seconds", &seconds)));
        lines
    }

    /// The size of the claims, where they have one and the same.
    fn claim(&self) -> Option<String> {
        let mut sizes: Vec<&str> = Vec::new();
        for volume in &self.workload.volumes {
            match &volume.kind {
                VolumeKind::Claim(size) => sizes.push(size),
                // A claim that several share isn't this workload's to size.
                VolumeKind::Shared(_) => return None,
                VolumeKind::Scratch(_)
                | VolumeKind::Memory(_)
                | VolumeKind::ConfigMap(_)
                | VolumeKind::Secret(_) => {}
            }
        }
        let first = sizes.first()?;
        let same = sizes.iter().all(|size| size == first);
        same.then(|| self.fill(texts::CLAIM, "size", first))
    }

    fn resources(&self) -> String {
        let amounts = &self.workload.resources;
        texts::RESOURCES.fill(
            self.language,
            &[
                ("memory", &amounts.memory_request),
                ("cpu", &amounts.cpu_request),
                ("memory_limit", &amounts.memory_limit),
                ("cpu_limit", &amounts.cpu_limit),
            ],
        )
    }

    fn ports(&self) -> Option<String> {
        let ports = &self.workload.ports;
        if ports.is_empty() || ports.iter().any(|port| port.protocol == Protocol::Udp) {
            return None;
        }
        let list: Vec<String> = ports
            .iter()
            .map(|port| format!("{} ({})", port.port, port.name))
            .collect();
        let row = if list.len() == 1 {
            texts::PORT
        } else {
            texts::PORTS
        };
        Some(self.fill(row, "list", &list.join(", ")))
    }

    fn probe(&self, label: &str, probe: Option<&Probe>) -> Option<String> {
        let probe = probe?;
        let fill =
            |row: texts::Row, name: &str, value: i32| self.fill(row, name, &value.to_string());
        let mut details = Vec::new();
        let what = match &probe.action {
            ProbeAction::Http { path, port } => {
                details.push("HTTP".to_owned());
                let number = self.port_of(port).filter(|_| self.usual() != Some(port));
                details.extend(number.map(|it| fill(texts::PROBE_PORT, "number", it.into())));
                // What stands behind `?` might be a token.
                let bare = is_plain(path) && !path.contains('?');
                bare.then(|| format!("`{path}`"))?
            }
            ProbeAction::Tcp { port } => format!("TCP {}", self.port_of(port)?),
            ProbeAction::Exec(command) => format!("`{}`", told(command)?),
        };
        details.extend(probe.period.map(|it| fill(texts::PERIOD, "seconds", it)));
        // What a check gets anyway needn't be said.
        let timeout = probe.timeout.filter(|seconds| *seconds != 5);
        details.extend(timeout.map(|it| fill(texts::TIMEOUT, "seconds", it)));
        details.extend(probe.failures.map(|it| fill(texts::FAILURES, "count", it)));
        details.extend(
            probe
                .initial_delay
                .map(|it| fill(texts::DELAY, "seconds", it)),
        );
        Some(if details.is_empty() {
            format!("{label}: {what}")
        } else {
            format!("{label}: {what} ({})", details.join(", "))
        })
    }

    fn port_of(&self, name: &str) -> Option<u16> {
        let mut ports = self.workload.ports.iter();
        ports.find(|port| port.name == name).map(|port| port.port)
    }

    /// The port that a probe asks where none is named.
    fn usual(&self) -> Option<&String> {
        let ports = &self.workload.ports;
        let http = ports.iter().find(|port| port.name == "http");
        http.or(ports.first()).map(|port| &port.name)
    }

    fn environment(&self) -> Option<String> {
        let of = |map: bool| {
            self.workload.environment.iter().any(|it| match it.source {
                EnvSource::ConfigMap { .. } => map,
                EnvSource::Secret { .. } => !map,
                EnvSource::Literal(_) => false,
            })
        };
        let and = format!("ConfigMap {} Secret", texts::AND.of(self.language));
        let sources = match (of(true), of(false)) {
            (true, true) => &and,
            (true, false) => "ConfigMap",
            (false, true) => "Secret",
            (false, false) => return None,
        };
        Some(self.fill(texts::ENVIRONMENT, "sources", sources))
    }

    /// Returns how far the workload's ports are to be reachable.
    pub(super) fn exposures(&self) -> String {
        let ports = &self.workload.ports;
        let mut words: Vec<(String, &str)> = Vec::new();
        for port in ports {
            let kind = match self.exposure(port) {
                Exposure::Cluster => "ClusterIP".to_owned(),
                Exposure::LoadBalancer => "LoadBalancer".to_owned(),
                Exposure::NodePort => match port.node_port {
                    Some(number) => format!("NodePort {number}"),
                    None => "NodePort".to_owned(),
                },
            };
            words.push((kind, &port.name));
        }
        let same = words
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if a.0 == b.0));
        if let Some((kind, _)) = words.first().filter(|_| same) {
            return kind.clone();
        }
        let each: Vec<String> = words
            .iter()
            .map(|(kind, port)| {
                texts::FOR_PORT.fill(self.language, &[("kind", kind), ("port", port)])
            })
            .collect();
        each.join(", ")
    }

    /// What a label says; else what is published in Compose and is no matter of an Ingress goes
    /// through a load balancer, where it isn't a data store's.
    fn exposure(&self, port: &ServicePort) -> Exposure {
        if port.exposure != Exposure::Cluster {
            return port.exposure;
        }
        let published = |protocol: Protocol| {
            self.service.is_some_and(|service| {
                let same = |it: &&facts::Port| it.container == port.port && it.protocol == protocol;
                let found = service.ports.iter().find(same);
                found.is_some_and(|it| it.published.is_some())
            })
        };
        // What is spoken over UDP and TCP alike is one protocol.
        let datagrams = published(Protocol::Udp);
        let own = self.workload.built || datagrams;
        let unknown = port.name.starts_with("port-") && !datagrams;
        let inside = INSIDE.contains(&port.name.as_str()) || unknown;
        let published = published(port.protocol);
        if published && own && !inside && self.workload.role == Role::Server {
            Exposure::LoadBalancer
        } else {
            Exposure::Cluster
        }
    }

    /// Returns the autoscaler of what is built here, serves HTTP, and keeps nothing.
    pub(super) fn autoscaler(&self) -> Option<String> {
        let workload = self.workload;
        let scales = workload.kind == WorkloadKind::Deployment
            && workload.role == Role::Server
            && workload.built
            && workload.replicas > 1
            && workload.ports.iter().any(|port| port.name == "http");
        let (min, max) = (workload.replicas, workload.replicas.saturating_mul(ROOM));
        scales.then(|| {
            texts::AUTOSCALER.fill(
                self.language,
                &[
                    ("min", &min.to_string()),
                    ("max", &max.to_string()),
                    ("percent", TARGET),
                ],
            )
        })
    }

    /// Returns whether it runs in several pods that a node's drain may take one by one.
    pub(super) fn needs_budget(&self) -> bool {
        self.workload.kind.scales() && self.workload.replicas > 1
    }
}

/// Returns a check's command as a checklist names it; `None` where that would be long, could be
/// read as something else, or might hold a password.
fn told(command: &[String]) -> Option<String> {
    let line = match command {
        [shell, flag, line] if shell == "/bin/sh" && flag == "-c" => line.trim(),
        _ => &command.join(" "),
    };
    let first = line.split_whitespace().next()?;
    // `pg_isready` is given user and data base from what the Compose file sets.
    if first == "pg_isready" {
        return Some(first.to_owned());
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let bare = |word: &&str| {
        let tame = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        word.chars().all(tame)
    };
    let short = words.len() <= 3 && words.iter().skip(1).all(|word| !word.starts_with("-p"));
    (short && words.iter().all(bare)).then(|| words.join(" "))
}

/// Returns whether a text can stand in code marks as it is.
pub(super) fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && c != '`')
}

/// Returns the names of Compose services in code marks.
pub(super) fn named(services: &[&Workload]) -> String {
    let names = services
        .iter()
        .map(|it| it.service.as_ref().unwrap_or(&it.name));
    codes(names)
}
