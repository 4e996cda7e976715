//! Pods that don't come up: what the script shows, and what the objects themselves cause.

use serde_json::{Value, json};

use super::conditions::{self, Condition};
use super::pods::{Stage, enter, restarts};
use super::{events, text};
use crate::rehearsal::script::ScriptedFailure;
use crate::rehearsal::store::Key;
use crate::rehearsal::world::{Part, World};

/// How often a crash, or a failed pull, is repeated before nothing new can be seen.
const ATTEMPTS: u32 = 5;

/// Leaves a pod without a node.
pub(super) fn unschedulable(world: &mut World, key: &Key, failure: Option<&ScriptedFailure>) {
    let Some(pod) = world.store.get(key).cloned() else {
        return;
    };
    let message = failure
        .and_then(|failure| failure.message.clone())
        .unwrap_or_else(|| "0/1 nodes are available: 1 Insufficient memory.".to_owned());
    let after = failure.map_or(0, |failure| failure.after.millis());
    let waited = world
        .runs
        .get(text(&pod, "/metadata/uid"))
        .is_some_and(|run| run.attempts > 0);
    if after > 0 && !waited {
        if let Some(run) = world.runs.get_mut(text(&pod, "/metadata/uid")) {
            run.attempts += 1;
        }
        enter(world, &pod, Stage::New, Some(after), key);
        return;
    }
    waits(world, key, &pod, &message);
    enter(world, &pod, Stage::Settled, None, key);
}

/// Says that no node takes a pod.
pub(super) fn waits(world: &mut World, key: &Key, pod: &Value, message: &str) {
    let now = world.timestamp();
    let known = conditions::get(pod, "PodScheduled");
    if known.is_some_and(|known| known["message"] == message) {
        return;
    }
    world.change(key, Part::Status, |pod| {
        conditions::set(
            &mut pod["status"],
            &now,
            &Condition {
                kind: "PodScheduled",
                holds: false,
                reason: "Unschedulable",
                message,
            },
        );
    });
    events::record(
        world,
        pod,
        "default-scheduler",
        ("Warning", "FailedScheduling", message),
    );
}

/// Fails to pull, and backs off.
pub(super) fn unpullable(world: &mut World, key: &Key, failure: Option<&ScriptedFailure>) {
    let Some(pod) = world.store.get(key).cloned() else {
        return;
    };
    let image = text(&pod, "/spec/containers/0/image").to_owned();
    let Some(run) = world.runs.get_mut(text(&pod, "/metadata/uid")) else {
        return;
    };
    run.attempts += 1;
    let attempts = run.attempts;
    let why = failure
        .and_then(|failure| failure.message.clone())
        .unwrap_or_else(|| format!("failed to resolve reference {image:?}: not found"));
    let message = format!("Failed to pull image {image:?}: {why}");
    let backing_off = attempts % 2 == 0;
    if backing_off {
        let message = format!("Back-off pulling image {image:?}");
        events::record(world, &pod, "kubelet", ("Normal", "BackOff", &message));
        wait(world, key, "ImagePullBackOff", &message);
    } else {
        events::record(world, &pod, "kubelet", ("Warning", "Failed", &message));
        events::record(
            world,
            &pod,
            "kubelet",
            ("Warning", "Failed", "Error: ErrImagePull"),
        );
        wait(world, key, "ErrImagePull", &message);
    }
    let next = (attempts < 2 * ATTEMPTS).then(|| 5_000 << (attempts / 2).min(5));
    enter(world, &pod, Stage::Unpullable, next, key);
}

/// Sets what the containers wait for.
fn wait(world: &mut World, key: &Key, reason: &str, message: &str) {
    world.change(key, Part::Status, |pod| {
        for one in pod["status"]["containerStatuses"]
            .as_array_mut()
            .into_iter()
            .flatten()
        {
            one["state"] = json!({"waiting": {"reason": reason, "message": message}});
            one["ready"] = Value::from(false);
            one["started"] = Value::from(false);
        }
    });
}

/// Leaves a container uncreated because its environment refers to what isn't there.
pub(super) fn misconfigured(
    world: &mut World,
    key: &Key,
    pod: &Value,
    (container, what): (&str, &str),
) {
    let waiting = json!({"waiting": {"reason": "CreateContainerConfigError", "message": what}});
    let message = format!("Error: {what}");
    events::record(world, pod, "kubelet", ("Warning", "Failed", &message));
    world.change(key, Part::Status, |pod| {
        for list in ["containerStatuses", "initContainerStatuses"] {
            for one in pod["status"][list].as_array_mut().into_iter().flatten() {
                if one["name"] == container {
                    one["state"] = waiting.clone();
                }
            }
        }
    });
}

/// Ends a container; it is started again after a while, where its pod wants that.
pub(super) fn crash(world: &mut World, key: &Key, failure: Option<&ScriptedFailure>) {
    let Some(pod) = world.store.get(key).cloned() else {
        return;
    };
    let why = failure
        .and_then(|failure| failure.message.clone())
        .unwrap_or_else(|| "fatal: the script of the rehearsal ends this container".to_owned());
    let now = world.timestamp();
    let again = text(&pod, "/spec/restartPolicy") != "Never";
    let name = text(&pod, "/spec/containers/0/name").to_owned();
    let message = format!(
        "back-off {}s restarting failed container={name} pod={}_{}",
        10 << restarts(&pod).clamp(0, 5),
        key.name,
        key.namespace
    );
    world.change(key, Part::Status, |pod| {
        end_containers(pod, &now, again.then_some(message.as_str()));
    });
    let Some(run) = world.runs.get_mut(text(&pod, "/metadata/uid")) else {
        return;
    };
    run.log = format!("{why}\n");
    run.previous = Some(run.log.clone());
    run.attempts += 1;
    let attempts = run.attempts;
    if !again {
        enter(world, &pod, Stage::Settled, None, key);
        return;
    }
    let text = format!(
        "Back-off restarting failed container {name} in pod {}",
        key.name
    );
    events::record(world, &pod, "kubelet", ("Warning", "BackOff", &text));
    let next = (attempts < ATTEMPTS).then(|| 10_000 << attempts.saturating_sub(1).min(5));
    enter(world, &pod, Stage::Crashed, next, key);
}

/// Ends a pod's containers; where they start again, `back_off` says what they wait for.
fn end_containers(pod: &mut Value, now: &str, back_off: Option<&str>) {
    let status = &mut pod["status"];
    for one in status["containerStatuses"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        let ended = json!({"terminated": {
            "exitCode": 1,
            "reason": "Error",
            "startedAt": one["state"]["running"]["startedAt"],
            "finishedAt": now,
        }});
        one["ready"] = Value::from(false);
        one["started"] = Value::from(false);
        if let Some(message) = back_off {
            let restarts = one["restartCount"].as_i64().unwrap_or_default();
            one["restartCount"] = Value::from(restarts + 1);
            one["lastState"] = ended;
            one["state"] = json!({"waiting": {"reason": "CrashLoopBackOff", "message": message}});
        } else {
            one["state"] = ended;
        }
    }
    if back_off.is_none() {
        status["phase"] = Value::from("Failed");
    }
}
