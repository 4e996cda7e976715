//! The container of a pod: ports, environment, probes, resources and what it may do.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    Capabilities, ConfigMapEnvSource, ConfigMapKeySelector, Container, ContainerPort,
    EnvFromSource, EnvVar, EnvVarSource, Lifecycle, LifecycleHandler, ResourceRequirements,
    SecretKeySelector, SecurityContext, SleepAction,
};

use super::mounts::Mounted;
use super::quantity::{mebibytes, quantity};
use super::{known, options, probes};
use crate::facts;
use crate::resolve::{self, Application, EnvSource, Environment, Workload};

/// A `ConfigMap` whose keys are all wanted, and this many at least, is taken as a whole.
const WHOLE_MAP: usize = 4;
/// What a container may need on the node beside its scratch volumes: logs and its own layer.
const LOGS_MEBIBYTES: u64 = 256;

/// Returns the container of a workload.
pub(super) fn build(
    application: &Application,
    workload: &Workload,
    mounts: &[Mounted],
) -> Container {
    let (env_from, env) = environment(application, workload);
    let (liveness, readiness) = probes::told_apart(workload);
    let mut container = Container {
        name: workload.name.clone(),
        image: Some(workload.image.clone()),
        // A tag can be moved; asking the registry costs little, as layers are kept.
        image_pull_policy: Some("Always".to_owned()),
        command: workload.command.clone(),
        args: workload.args.clone(),
        working_dir: workload.working_dir.clone(),
        ports: some(workload.ports.iter().map(port).collect()),
        env_from: some(env_from),
        env: some(env),
        startup_probe: workload.startup.as_ref().map(probes::build),
        liveness_probe: liveness.as_ref().map(probes::build),
        readiness_probe: readiness.as_ref().map(probes::build),
        lifecycle: workload.drain_seconds.map(drain),
        resources: Some(resources(workload, mounts)),
        security_context: Some(security_context(workload)),
        volume_mounts: some(mounts.iter().map(|mounted| mounted.mount.clone()).collect()),
        ..Container::default()
    };
    // Two probes that a task asks for alike: written out, what holds anyway keeps linters (and
    // `require`) from taking them for one.
    if container.liveness_probe == container.readiness_probe
        && let Some(readiness) = &mut container.readiness_probe
    {
        readiness.success_threshold = Some(1);
    }
    options::container(&mut container, workload);
    container
}

/// Returns the list, or nothing where it is empty.
pub(super) fn some<T>(items: Vec<T>) -> Option<Vec<T>> {
    if items.is_empty() { None } else { Some(items) }
}

/// Returns a transport as Kubernetes writes it.
pub(super) fn protocol(protocol: facts::Protocol) -> String {
    match protocol {
        facts::Protocol::Tcp => "TCP".to_owned(),
        facts::Protocol::Udp => "UDP".to_owned(),
    }
}

fn port(port: &resolve::ServicePort) -> ContainerPort {
    ContainerPort {
        name: Some(port.name.clone()),
        container_port: i32::from(port.port),
        protocol: Some(protocol(port.protocol)),
        ..ContainerPort::default()
    }
}

fn environment(
    application: &Application,
    workload: &Workload,
) -> (Vec<EnvFromSource>, Vec<EnvVar>) {
    let whole = whole_maps(application, workload);
    let from = whole.iter().map(|name| EnvFromSource {
        config_map_ref: Some(ConfigMapEnvSource {
            name: (*name).to_owned(),
            optional: None,
        }),
        ..EnvFromSource::default()
    });
    let single = workload
        .environment
        .iter()
        .filter(|variable| match &variable.source {
            EnvSource::ConfigMap { name, .. } => !whole.contains(&name.as_str()),
            EnvSource::Literal(_) | EnvSource::Secret { .. } => true,
        });
    let mut env: Vec<EnvVar> = single.map(env_var).collect();
    let wanted = known::known(workload).map_or(&[][..], |known| known.environment);
    for (name, value) in wanted {
        if !workload
            .environment
            .iter()
            .any(|variable| variable.name == *name)
        {
            env.push(literal(name, value));
        }
    }
    (from.collect(), env)
}

/// Returns the maps of which the workload wants every key under the key's own name.
fn whole_maps<'a>(application: &'a Application, workload: &Workload) -> Vec<&'a str> {
    let wants = |map: &str, wanted: &str| {
        workload.environment.iter().any(|variable| {
            variable.name == wanted
                && matches!(&variable.source, EnvSource::ConfigMap { name, key }
                    if name == map && key == wanted)
        })
    };
    application
        .config_maps
        .iter()
        .filter(|map| map.data.len() >= WHOLE_MAP)
        .filter(|map| map.data.iter().all(|(key, _)| wants(&map.name, key)))
        .filter(|map| !renames(workload, &map.name))
        .map(|map| map.name.as_str())
        .collect()
}

/// Returns whether the workload takes a key of the map under another name.
fn renames(workload: &Workload, map: &str) -> bool {
    workload.environment.iter().any(|variable| {
        matches!(&variable.source, EnvSource::ConfigMap { name, key }
            if name == map && *key != variable.name)
    })
}

fn literal(name: &str, value: &str) -> EnvVar {
    EnvVar {
        name: name.to_owned(),
        value: Some(value.to_owned()),
        value_from: None,
    }
}

fn env_var(variable: &Environment) -> EnvVar {
    let source = match &variable.source {
        EnvSource::Literal(value) => return literal(&variable.name, value),
        EnvSource::ConfigMap { name, key } => EnvVarSource {
            config_map_key_ref: Some(ConfigMapKeySelector {
                name: name.clone(),
                key: key.clone(),
                optional: None,
            }),
            ..EnvVarSource::default()
        },
        EnvSource::Secret { name, key } => EnvVarSource {
            secret_key_ref: Some(SecretKeySelector {
                name: name.clone(),
                key: key.clone(),
                optional: None,
            }),
            ..EnvVarSource::default()
        },
    };
    EnvVar {
        name: variable.name.clone(),
        value: None,
        value_from: Some(source),
    }
}

fn resources(workload: &Workload, mounts: &[Mounted]) -> ResourceRequirements {
    let given = &workload.resources;
    let scratch: u64 = mounts
        .iter()
        .filter_map(|mounted| mounted.scratch.as_deref())
        .filter_map(mebibytes)
        .sum();
    let ephemeral = format!("{}Mi", scratch + LOGS_MEBIBYTES);
    let list = |cpu: &str, memory: &str, ephemeral: &str| {
        let entries = [
            ("cpu", cpu),
            ("memory", memory),
            ("ephemeral-storage", ephemeral),
        ];
        let given = entries.into_iter().filter(|(_, amount)| !amount.is_empty());
        given
            .map(|(name, amount)| (name.to_owned(), quantity(amount)))
            .collect::<BTreeMap<_, _>>()
    };
    ResourceRequirements {
        requests: Some(list(&given.cpu_request, &given.memory_request, "64Mi")),
        limits: Some(list(&given.cpu_limit, &given.memory_limit, &ephemeral)),
        claims: None,
    }
}

/// The pod goes on serving until everything has heard that it is leaving. The kubelet waits by
/// itself: the image needs no shell.
fn drain(seconds: i64) -> Lifecycle {
    Lifecycle {
        pre_stop: Some(LifecycleHandler {
            sleep: Some(SleepAction { seconds }),
            ..LifecycleHandler::default()
        }),
        ..Lifecycle::default()
    }
}

/// Returns what the container may do.
pub(super) fn security_context(workload: &Workload) -> SecurityContext {
    // Pod Security `restricted` allows this one; without it, the kernel refuses the program.
    let add = known::needs_bind_capability(workload).then(|| vec!["NET_BIND_SERVICE".to_owned()]);
    SecurityContext {
        allow_privilege_escalation: Some(false),
        read_only_root_filesystem: Some(true),
        capabilities: Some(Capabilities {
            drop: Some(vec!["ALL".to_owned()]),
            add,
        }),
        ..SecurityContext::default()
    }
}
