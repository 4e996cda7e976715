//! Pods: scheduled, pulled, started, ready; and what keeps them from it.
//!
//! A pod goes through stages. A stage that waits for time schedules the next step; one that waits
//! for an object (a claim, a Secret) is looked at again when such an object changes.

mod log;
mod missing;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::conditions::{self, Condition};
use super::{Task, events, number, owned, pods_failing, text};
use crate::rehearsal::script::{Outcome, ScriptedFailure};
use crate::rehearsal::store::Key;
use crate::rehearsal::world::{Part, World};

pub(crate) use log::log;
use missing::{missing_variable, missing_volume};

/// The node.
pub(super) const NODE: &str = "rehearsal-node";

/// How far a pod is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nobody has taken it.
    New,
    /// The node has it; its images are being pulled.
    Scheduled,
    /// Its containers can start.
    Pulled,
    /// Its containers run.
    Started,
    /// It serves, or has ended; nothing follows.
    Settled,
    /// Its container ended, and waits to be started again.
    Crashed,
    /// Its image can't be pulled.
    Unpullable,
}

/// How far a pod is, and what it waits for.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(super) stage: Stage,
    /// Counts steps, so that a step that was overtaken is not taken.
    step: u32,
    /// Whether it waits for an object rather than for time.
    blocked: bool,
    /// How often the container was started again, or the pull tried.
    pub(super) attempts: u32,
    /// What the container wrote since it was started last.
    pub(super) log: String,
    /// What it wrote in the run before that, or in the last one where it waits to be started
    /// again.
    pub(super) previous: Option<String>,
}

/// Looks at a pod that waits for an object.
pub(super) fn nudge(world: &mut World, key: &Key, pod: &Value) {
    let uid = text(pod, "/metadata/uid").to_owned();
    let run = world.runs.entry(uid).or_insert_with(|| Run {
        stage: Stage::New,
        step: 0,
        blocked: true,
        attempts: 0,
        log: String::new(),
        previous: None,
    });
    if run.blocked {
        let step = run.step;
        self::step(world, key, step);
    }
}

/// Takes a pod's next step, unless it was taken already.
pub(super) fn step(world: &mut World, key: &Key, step: u32) {
    let Some(pod) = world.store.get(key).cloned() else {
        return;
    };
    let Some(run) = world.runs.get(text(&pod, "/metadata/uid")) else {
        return;
    };
    if run.step != step || owned::ending(&pod) {
        return;
    }
    let failure = scripted(world, &pod);
    let outcome = failure.as_ref().map(|failure| failure.outcome);
    match (run.stage, outcome) {
        (Stage::New, Some(Outcome::Pending)) => {
            pods_failing::unschedulable(world, key, failure.as_ref());
        }
        (Stage::New, _) => schedule(world, key, &pod),
        (Stage::Scheduled, Some(Outcome::ImagePullBackOff)) => {
            let after = failure.map_or(0, |failure| failure.after.millis());
            enter(world, &pod, Stage::Unpullable, Some(after), key);
        }
        (Stage::Scheduled, _) => pull(world, key, &pod),
        (Stage::Unpullable, _) => pods_failing::unpullable(world, key, failure.as_ref()),
        (Stage::Pulled | Stage::Crashed, _) => start(world, key, &pod, failure.as_ref()),
        (Stage::Started, Some(Outcome::CrashLoopBackOff)) => {
            pods_failing::crash(world, key, failure.as_ref());
        }
        (Stage::Started, _) => settle(world, key, &pod),
        (Stage::Settled, _) => {}
    }
}

/// Puts a pod into a stage; the next step comes after a delay, or when an object changes.
pub(super) fn enter(world: &mut World, pod: &Value, stage: Stage, after: Option<u64>, key: &Key) {
    let Some(run) = world.runs.get_mut(text(pod, "/metadata/uid")) else {
        return;
    };
    run.stage = stage;
    run.step += 1;
    run.blocked = false;
    let step = run.step;
    if let Some(after) = after {
        world.schedule(after, Task::Step(key.clone(), step));
    }
}

fn block(world: &mut World, pod: &Value) {
    if let Some(run) = world.runs.get_mut(text(pod, "/metadata/uid")) {
        run.blocked = true;
    }
}

/// Returns the script's failure for a pod: its own, or that of what owns it.
fn scripted(world: &World, pod: &Value) -> Option<ScriptedFailure> {
    let mut names = vec![("Pod".to_owned(), text(pod, "/metadata/name").to_owned())];
    let namespace = text(pod, "/metadata/namespace");
    let mut owner = pod["metadata"]["ownerReferences"][0].clone();
    while let Some(kind) = owner["kind"].as_str() {
        let name = text(&owner, "/name").to_owned();
        names.push((kind.to_owned(), name.clone()));
        let set = (kind == "ReplicaSet")
            .then(|| world.get("apps/replicasets", namespace, &name))
            .flatten();
        owner = set.map_or(Value::Null, |set| {
            set["metadata"]["ownerReferences"][0].clone()
        });
    }
    let fits = |failure: &&ScriptedFailure| {
        names
            .iter()
            .any(|(kind, name)| failure.selector.kind() == kind && failure.selector.name() == name)
    };
    world.script.failures.iter().find(fits).cloned()
}

/// Takes the pod to the node once its claims are bound.
fn schedule(world: &mut World, key: &Key, pod: &Value) {
    if let Some(message) = unbound(world, key, pod) {
        if !message.is_empty() {
            pods_failing::waits(world, key, pod, &message);
        }
        block(world, pod);
        return;
    }
    let now = world.timestamp();
    world.change(key, Part::Status, |pod| {
        pod["spec"]["nodeName"] = Value::from(NODE);
        let waiting = |container: &Value| {
            json!({
                "name": container["name"],
                "image": container["image"],
                "imageID": "",
                "ready": false,
                "started": false,
                "restartCount": 0,
                "state": {"waiting": {"reason": "ContainerCreating"}},
            })
        };
        for (list, status) in [
            ("containers", "containerStatuses"),
            ("initContainers", "initContainerStatuses"),
        ] {
            if let Some(containers) = pod["spec"][list].as_array() {
                let statuses: Vec<Value> = containers.iter().map(waiting).collect();
                pod["status"][status] = Value::Array(statuses);
            }
        }
        for (kind, holds) in [
            ("PodScheduled", true),
            ("Initialized", false),
            ("ContainersReady", false),
            ("Ready", false),
        ] {
            let reason = if holds { "" } else { "ContainersNotReady" };
            let condition = Condition {
                kind,
                holds,
                reason,
                message: "",
            };
            conditions::set(&mut pod["status"], &now, &condition);
        }
        pod["status"]["hostIP"] = Value::from("192.168.0.10");
        pod["status"]["startTime"] = Value::from(now.as_str());
    });
    let message = format!(
        "Successfully assigned {}/{} to {NODE}",
        key.namespace, key.name
    );
    events::record(
        world,
        pod,
        "default-scheduler",
        ("Normal", "Scheduled", &message),
    );
    enter(world, pod, Stage::Scheduled, Some(10), key);
}

/// Returns why a pod's claims keep it from a node: empty where they are about to be bound.
fn unbound(world: &mut World, key: &Key, pod: &Value) -> Option<String> {
    let volumes = pod["spec"]["volumes"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let mut waits = None;
    for name in volumes
        .iter()
        .map(|one| text(one, "/persistentVolumeClaim/claimName"))
    {
        if name.is_empty() {
            continue;
        }
        let claim = Key::new("/persistentvolumeclaims", &key.namespace, name);
        let Some(found) = world.store.get(&claim).cloned() else {
            return Some(format!(
                "0/1 nodes are available: persistentvolumeclaim {name:?} not found."
            ));
        };
        if text(&found, "/status/phase") != "Bound" {
            waits = Some(super::cluster::wanted(world, &claim, &found));
        }
    }
    waits
}

/// Pulls the images, once all that is mounted is there.
fn pull(world: &mut World, key: &Key, pod: &Value) {
    if let Some((volume, what)) = missing_volume(world, pod) {
        let message = format!("MountVolume.SetUp failed for volume {volume:?} : {what}");
        events::record(world, pod, "kubelet", ("Warning", "FailedMount", &message));
        block(world, pod);
        return;
    }
    for image in images(pod) {
        let message = format!("Pulling image {image:?}");
        events::record(world, pod, "kubelet", ("Normal", "Pulling", &message));
    }
    enter(world, pod, Stage::Pulled, Some(1_000), key);
}

fn images(pod: &Value) -> BTreeSet<String> {
    ["initContainers", "containers"]
        .iter()
        .flat_map(|list| pod["spec"][list].as_array().into_iter().flatten())
        .map(|container| text(container, "/image").to_owned())
        .collect()
}

/// Starts the containers, once all that their environment refers to is there.
fn start(world: &mut World, key: &Key, pod: &Value, failure: Option<&ScriptedFailure>) {
    if let Some((container, what)) = missing_variable(world, pod) {
        pods_failing::misconfigured(world, key, pod, (&container, &what));
        block(world, pod);
        return;
    }
    for image in images(pod) {
        let message = format!("Successfully pulled image {image:?}");
        events::record(world, pod, "kubelet", ("Normal", "Pulled", &message));
    }
    let now = world.timestamp();
    let address = match text(pod, "/status/podIP") {
        "" => world.next_pod_address(),
        known => known.to_owned(),
    };
    world.change(key, Part::Status, |pod| {
        let status = &mut pod["status"];
        status["phase"] = Value::from("Running");
        status["podIP"] = Value::from(address.as_str());
        status["podIPs"] = json!([{"ip": address}]);
        for one in status["initContainerStatuses"]
            .as_array_mut()
            .into_iter()
            .flatten()
        {
            one["ready"] = Value::from(true);
            one["state"] = json!({"terminated": {
                "exitCode": 0,
                "reason": "Completed",
                "startedAt": now,
                "finishedAt": now,
            }});
        }
        for one in status["containerStatuses"]
            .as_array_mut()
            .into_iter()
            .flatten()
        {
            one["started"] = Value::from(true);
            one["state"] = json!({"running": {"startedAt": now}});
            one["imageID"] = one["image"].clone();
        }
        let condition = Condition {
            kind: "Initialized",
            holds: true,
            reason: "",
            message: "",
        };
        conditions::set(status, &now, &condition);
    });
    for container in pod["spec"]["containers"].as_array().into_iter().flatten() {
        let name = text(container, "/name");
        let created = format!("Created container: {name}");
        events::record(world, pod, "kubelet", ("Normal", "Created", &created));
        let started = format!("Started container {name}");
        events::record(world, pod, "kubelet", ("Normal", "Started", &started));
    }
    begin_log(world, pod);
    let crash = failure.filter(|failure| failure.outcome == Outcome::CrashLoopBackOff);
    let after = crash.map_or_else(|| warm_up(pod), |failure| failure.after.millis());
    enter(world, pod, Stage::Started, Some(after), key);
}

/// A container that is started begins a log of its own.
fn begin_log(world: &mut World, pod: &Value) {
    if let Some(run) = world.runs.get_mut(text(pod, "/metadata/uid")) {
        run.log.clear();
    }
}

/// Returns how long a pod runs before it is ready, or done.
fn warm_up(pod: &Value) -> u64 {
    let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
    let seconds = containers.map(|container| {
        let delay = |probe: &str| {
            let probe = &container[probe];
            let delay = probe["initialDelaySeconds"].as_u64().unwrap_or_default();
            if probe.is_object() { delay + 1 } else { 0 }
        };
        delay("startupProbe").max(delay("readinessProbe"))
    });
    1_000 * seconds.max().unwrap_or_default().max(1)
}

/// Makes a pod ready, or done where it is one that ends.
fn settle(world: &mut World, key: &Key, pod: &Value) {
    let ends = text(pod, "/spec/restartPolicy") != "Always";
    let now = world.timestamp();
    world.change(key, Part::Status, |pod| {
        let status = &mut pod["status"];
        for one in status["containerStatuses"]
            .as_array_mut()
            .into_iter()
            .flatten()
        {
            one["ready"] = Value::from(!ends);
            if ends {
                one["started"] = Value::from(false);
                one["state"] = json!({"terminated": {
                    "exitCode": 0,
                    "reason": "Completed",
                    "startedAt": one["state"]["running"]["startedAt"],
                    "finishedAt": now,
                }});
            }
        }
        if ends {
            status["phase"] = Value::from("Succeeded");
        }
        for kind in ["ContainersReady", "Ready"] {
            let reason = if ends { "PodCompleted" } else { "" };
            let condition = Condition {
                kind,
                holds: !ends,
                reason,
                message: "",
            };
            conditions::set(status, &now, &condition);
        }
    });
    enter(world, pod, Stage::Settled, None, key);
}

/// Returns how often a pod's containers were started again.
pub(super) fn restarts(pod: &Value) -> i64 {
    number(pod, "/status/containerStatuses/0/restartCount")
}
