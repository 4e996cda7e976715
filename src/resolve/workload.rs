//! One member of the roster → [`Workload`].

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::facts::{Facts, Limits};
use crate::settings::PhaseSettings;

use super::application::{EnvSource, Environment, Hpa, Pdb, Resources, Role, VolumeSpec, Workload};
use super::roster::{Member, Roster};
use super::{checks, hosts, images, kind, pod, ports, quantity, rollout, user};

/// What all workloads are built with.
pub(super) struct Sources<'a, 'f> {
    pub(super) roster: &'a Roster<'f>,
    pub(super) facts: &'f Facts,
    pub(super) phase: &'a PhaseSettings,
    /// The application's name.
    pub(super) name: &'a str,
    /// The members' names in Kubernetes, each as its own.
    pub(super) own: &'a BTreeMap<String, String>,
}

/// Returns the workload, and what a person should know of it.
pub(super) fn build(
    member: &Member<'_>,
    environment: Vec<Environment>,
    volumes: Vec<VolumeSpec>,
    sources: &Sources<'_, '_>,
) -> (Workload, Vec<Diagnostic>) {
    let mut warnings = Vec::new();
    let service = member.service;
    let ports = ports::of(member, &mut warnings);
    let probes = checks::probes(member, &ports, sources.facts);
    let pods = pods(member, &mut warnings);
    warnings.extend(user::told(member, sources.facts));
    let after = after(member, sources.roster);
    let talks_to = talks_to(member, &environment, &after, sources);
    let (command, args) = commands(member);
    let image = images::image(member, sources, &mut warnings);
    let drain = rollout::drain(member, &ports);
    let workload = Workload {
        name: member.name.clone(),
        service: service.map(|service| service.name.clone()),
        kind: member.kind,
        role: member.role,
        image: image.reference,
        base: base(member, sources.facts),
        placeholder: image.placeholder,
        built: member.built(),
        command,
        args,
        working_dir: service.and_then(|service| service.working_dir.clone()),
        uid: user::uid(member, sources.facts),
        replicas: pods.replicas,
        resources: resources(member, &mut warnings),
        liveness: probes.liveness,
        readiness: probes.readiness,
        startup: probes.startup,
        environment,
        volumes,
        hpa: pods.hpa,
        pdb: pods.pdb,
        rollout: rollout::of(member, &mut warnings),
        job: kind::job(member, &mut warnings),
        after,
        wait: None,
        aliases: aliases(member, sources.roster, &mut warnings),
        service_ports: Vec::new(),
        talks_to,
        outside: Vec::new(),
        behind_ingress: false,
        grace_seconds: rollout::grace(member, drain),
        drain_seconds: drain,
        ports,
        metrics: None,
        pod: pod::options(member, &mut warnings),
    };
    (workload, warnings)
}

/// Returns the image that a member's own one begins with.
fn base(member: &Member<'_>, facts: &Facts) -> Option<String> {
    let build = member.service?.build.as_ref()?;
    let mut files = facts.dockerfiles.iter();
    files
        .find(|file| file.path == build.dockerfile)?
        .base
        .clone()
}

/// How many pods a workload has.
struct Pods {
    replicas: u32,
    hpa: Option<Hpa>,
    pdb: Option<Pdb>,
}

fn pods(member: &Member<'_>, warnings: &mut Vec<Diagnostic>) -> Pods {
    let spec = &member.spec;
    if !member.kind.scales() {
        return Pods {
            replicas: 1,
            hpa: None,
            pdb: None,
        };
    }
    let given = member.service.and_then(|service| service.replicas);
    let given = spec.replicas.or(given);
    let hpa = spec
        .hpa
        .as_ref()
        .map(|hpa| rollout::autoscaler(hpa, spec.replicas, member, warnings));
    let replicas = hpa.as_ref().map_or(given.unwrap_or(1), |hpa| hpa.min);
    let figures = spec.pdb.clone().filter(|it| *it != Pdb::default());
    let pdb = figures.or_else(|| {
        (spec.pdb.is_some() || replicas >= 2).then(|| Pdb {
            min_available: Some("1".to_owned()),
            max_unavailable: None,
        })
    });
    Pods { replicas, hpa, pdb }
}

/// Returns the further names that Services give a member; a name that another has stays that one's.
fn aliases(
    member: &Member<'_>,
    roster: &Roster<'_>,
    warnings: &mut Vec<Diagnostic>,
) -> Vec<String> {
    let Some(service) = member.service.filter(|_| member.command.is_none()) else {
        return Vec::new();
    };
    let mut aliases = Vec::new();
    for alias in &service.aliases {
        let name = alias.to_lowercase();
        if name == member.name || aliases.contains(&name) {
            continue;
        }
        let taken = roster.members.iter().any(|other| other.name == name);
        let fits = super::slug::slug(&name) == name
            && name.starts_with(|first: char| first.is_ascii_lowercase());
        if taken || !fits {
            let why = if taken {
                "another workload is called so"
            } else {
                "a Service can't be called so"
            };
            warnings.push(Diagnostic::warning(format!(
                "the name `{alias}` of `{}` ({}) is not carried over: {why}",
                service.name, service.origin
            )));
            continue;
        }
        aliases.push(name);
    }
    aliases
}

/// What the Ingress or a load balancer sends requests to hears later that a pod is leaving; how
/// long it drains that says so stays.
pub(super) fn drain_longer(workload: &mut Workload, member: &Member<'_>) {
    if workload.behind_ingress && member.spec.drain.is_none() {
        workload.drain_seconds = workload
            .drain_seconds
            .map(|seconds| seconds.max(rollout::usual_drain(member, true)));
        workload.grace_seconds = rollout::grace(member, workload.drain_seconds);
    }
}

fn after(member: &Member<'_>, roster: &Roster<'_>) -> Vec<String> {
    let dependencies = member.service.map(|service| service.depends_on.as_slice());
    let mut after: Vec<String> = Vec::new();
    for dependency in dependencies.unwrap_or_default() {
        if let Some(name) = roster.names.get(&dependency.service)
            && *name != member.name
            && !after.contains(name)
        {
            after.push(name.clone());
        }
    }
    after
}

fn talks_to(
    member: &Member<'_>,
    environment: &[Environment],
    after: &[String],
    sources: &Sources<'_, '_>,
) -> Vec<String> {
    let roster = sources.roster;
    let mut talks: Vec<String> = after.to_vec();
    let service = member.service.map(|service| service.name.as_str());
    let reached = service
        .into_iter()
        .flat_map(|name| roster.reaches.from(name));
    for name in reached.filter_map(|reach| roster.names.get(&reach.to)) {
        if *name != member.name && !talks.contains(name) {
            talks.push(name.clone());
        }
    }
    let compose = member
        .service
        .map(|service| service.environment.as_slice())
        .unwrap_or_default();
    let values = compose.iter().filter_map(|variable| {
        let value = variable.value.as_ref()?.value.as_str();
        Some((variable.name.as_str(), value, &roster.names))
    });
    let composed = environment
        .iter()
        .filter_map(|variable| match &variable.source {
            EnvSource::Literal(value) => {
                Some((variable.name.as_str(), value.as_str(), sources.own))
            }
            EnvSource::ConfigMap { .. } | EnvSource::Secret { .. } => None,
        });
    for (variable, value, names) in values.chain(composed) {
        let whole = names.get(value).filter(|_| may_hold_host(variable));
        let whole = whole.map(String::as_str);
        for name in hosts::mentioned(value, names)
            .into_iter()
            .map(|(name, _)| name)
            .chain(whole)
        {
            if name != member.name && talks.iter().all(|known| known != name) {
                talks.push(name.to_owned());
            }
        }
    }
    talks
}

/// Returns whether a variable's whole value may be a host: a data base or a user may be called as
/// a service is.
fn may_hold_host(variable: &str) -> bool {
    const OTHERS: [&str; 12] = [
        "DB",
        "DATABASE",
        "DBNAME",
        "DB_NAME",
        "DATABASE_NAME",
        "USER",
        "USERNAME",
        "SCHEMA",
        "VHOST",
        "BUCKET",
        "TOPIC",
        "QUEUE",
    ];
    let name = variable.to_uppercase();
    let ends = |end: &str| {
        let before = name.strip_suffix(end);
        before.is_some_and(|before| before.is_empty() || before.ends_with('_'))
    };
    !OTHERS.iter().any(|end| ends(end))
}

/// Returns entrypoint and command.
fn commands(member: &Member<'_>) -> (Option<Vec<String>>, Option<Vec<String>>) {
    if member.command.is_some() {
        return (member.command.clone(), None);
    }
    let service = member.service;
    let command = service.and_then(|service| service.entrypoint.clone());
    let args = service.and_then(|service| service.command.clone());
    (command, args)
}

/// Returns requests and limits: the task's, then Compose's, then what the role usually needs. Who
/// asks for more than a usual limit has that as the limit.
fn resources(member: &Member<'_>, warnings: &mut Vec<Diagnostic>) -> Resources {
    let [cpu, memory, cpu_most, memory_most] = match member.role {
        Role::Postgres | Role::Store => ["250m", "256Mi", "1000m", "1Gi"],
        Role::Redis | Role::Grafana => ["100m", "128Mi", "250m", "256Mi"],
        Role::Server | Role::Worker => ["100m", "128Mi", "500m", "512Mi"],
        Role::Prometheus => ["100m", "256Mi", "500m", "1Gi"],
    };
    let compose = member
        .service
        .map_or_else(Limits::default, |service| service.limits);
    let spec = &member.spec;
    let milli = |cpu: Option<u64>| cpu.map(|cpu| format!("{cpu}m"));
    let pick = |asked: &Option<String>, compose: Option<String>, default: &str| {
        asked
            .clone()
            .or(compose)
            .unwrap_or_else(|| default.to_owned())
    };
    let cpu_limit = pick(
        &spec.limits.cpu,
        milli(compose.cpu_limit),
        &roomy(cpu_most, spec.requests.cpu.as_ref()),
    );
    let memory_limit = pick(
        &spec.limits.memory,
        compose.memory_limit.map(quantity::memory),
        &roomy(&grown(memory_most, member), spec.requests.memory.as_ref()),
    );
    let cpu_request = pick(&spec.requests.cpu, milli(compose.cpu_request), cpu);
    let memory_request = pick(
        &spec.requests.memory,
        compose.memory_request.map(quantity::memory),
        memory,
    );
    let asked = [
        (&spec.requests.cpu, &cpu_limit, "CPU"),
        (&spec.requests.memory, &memory_limit, "memory"),
    ];
    for (asked, limit, what) in asked {
        if let Some(asked) = asked
            .as_ref()
            .filter(|it| least((*it).clone(), limit) != **it)
        {
            warnings.push(Diagnostic::warning(format!(
                "`{}` is to request {asked} of {what}, and its limit is {limit}: {limit} is \
                 requested",
                member.name
            )));
        }
    }
    Resources {
        cpu_request: least(cpu_request, &cpu_limit),
        memory_request: least(memory_request, &memory_limit),
        cpu_limit,
        memory_limit,
    }
}

/// Returns a usual limit, or what is requested where that is more.
fn roomy(limit: &str, asked: Option<&String>) -> String {
    let more = asked.filter(|asked| least((*asked).clone(), limit) != **asked);
    more.map_or_else(|| limit.to_owned(), Clone::clone)
}

/// Returns a limit of memory with room for `/dev/shm`, which counts in it.
fn grown(limit: &str, member: &Member<'_>) -> String {
    let shared = member.service.and_then(|it| it.pod.shared_memory);
    match (shared, quantity::binary(limit)) {
        (Some(shared), Some(limit)) => quantity::memory(limit + shared),
        (_, _) => limit.to_owned(),
    }
}

/// Returns the request, or the limit where that is less: Kubernetes takes no request above it.
fn least(request: String, limit: &str) -> String {
    match (quantity::size(&request), quantity::size(limit)) {
        (Some(wanted), Some(most)) if wanted > most => limit.to_owned(),
        (_, _) => request,
    }
}

#[cfg(test)]
mod tests {
    use super::may_hold_host;

    #[test]
    fn a_data_bases_or_users_name_is_no_host() {
        for name in [
            "POSTGRES_DB",
            "MYSQL_DATABASE",
            "DB_NAME",
            "DB_USER",
            "db_username",
        ] {
            assert!(!may_hold_host(name), "{name}");
        }
        for name in ["DB_HOST", "CATALOG_SERVICE_NAME", "UPSTREAM", "API"] {
            assert!(may_hold_host(name), "{name}");
        }
    }
}
