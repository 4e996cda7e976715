//! Deployments: `ReplicaSet`s of the current and earlier templates, rolled within surge and
//! unavailability.

use std::sync::Arc;

use serde_json::{Value, json};

use super::conditions::{self, Condition};
use super::{Task, events, number, owned, owner, set_status, text};
use crate::rehearsal::store::Key;
use crate::rehearsal::world::{Part, World, suffix_of};

const COMPONENT: &str = "deployment-controller";

type Set = (Key, Arc<Value>);

/// Takes the next step of a rollout and writes the status.
pub(super) fn reconcile(world: &mut World, key: &Key, deployment: &Value) {
    let template = &deployment["spec"]["template"];
    let hash = suffix_of(&template.to_string(), 10);
    let name = format!("{}-{hash}", key.name);
    if deployment["spec"]["paused"] != true {
        let (new, old) = sets(world, deployment, &name);
        if deployment["spec"]["strategy"]["type"] == "Recreate" {
            recreate(world, deployment, (&name, &hash), (new.as_ref(), &old));
        } else {
            roll(world, deployment, (&name, &hash), (new.as_ref(), &old));
        }
    }
    let (new, old) = sets(world, deployment, &name);
    status(world, key, new.as_ref(), &old);
}

fn sets(world: &World, deployment: &Value, name: &str) -> (Option<Set>, Vec<Set>) {
    let (mut new, old): (Vec<Set>, Vec<Set>) = owned::of(world, "apps/replicasets", deployment)
        .into_iter()
        .partition(|(key, _)| key.name == name);
    (new.pop(), old)
}

fn recreate(
    world: &mut World,
    deployment: &Value,
    (name, hash): (&str, &str),
    (new, old): (Option<&Set>, &[Set]),
) {
    for (key, set) in old {
        scale(world, deployment, key, (number(set, "/spec/replicas"), 0));
    }
    let left = old
        .iter()
        .any(|(_, set)| !owned::of(world, "/pods", set).is_empty());
    if !left {
        let replicas = number(deployment, "/spec/replicas");
        grow(world, deployment, (name, hash), (new, replicas));
    }
}

fn roll(
    world: &mut World,
    deployment: &Value,
    (name, hash): (&str, &str),
    (new, old): (Option<&Set>, &[Set]),
) {
    let wanted = number(deployment, "/spec/replicas");
    let rolling = &deployment["spec"]["strategy"]["rollingUpdate"];
    let surge = share(&rolling["maxSurge"], wanted, true);
    let mut missing = share(&rolling["maxUnavailable"], wanted, false);
    if surge == 0 && missing == 0 {
        missing = 1;
    }
    let size = |set: &Set| number(&set.1, "/spec/replicas");
    let total: i64 = old.iter().chain(new).map(size).sum();
    let current = new.map_or(0, size);
    let room = (wanted + surge - total).max(0);
    let target = if current > wanted {
        wanted
    } else {
        wanted.min(current + room)
    };
    grow(world, deployment, (name, hash), (new, target));

    let available: i64 = old
        .iter()
        .chain(new)
        .map(|(_, set)| number(set, "/status/availableReplicas"))
        .sum();
    let new_unavailable =
        current - new.map_or(0, |(_, set)| number(set, "/status/availableReplicas"));
    let mut spare = (total - (wanted - missing) - new_unavailable).max(0);
    let mut can_lose = (available - (wanted - missing)).max(0);
    for (key, set) in old {
        let replicas = number(set, "/spec/replicas");
        let unhealthy = replicas - number(set, "/status/availableReplicas");
        let dead = unhealthy.min(spare).max(0);
        let healthy = (replicas - dead).min(can_lose).max(0);
        spare -= dead;
        can_lose -= healthy;
        scale(
            world,
            deployment,
            key,
            (replicas, replicas - dead - healthy),
        );
    }
}

/// Makes the new set, or gives it that many replicas.
fn grow(
    world: &mut World,
    deployment: &Value,
    (name, hash): (&str, &str),
    (new, replicas): (Option<&Set>, i64),
) {
    if let Some((key, set)) = new {
        scale(
            world,
            deployment,
            key,
            (number(set, "/spec/replicas"), replicas),
        );
        return;
    }
    let mut template = deployment["spec"]["template"].clone();
    template["metadata"]["labels"]["pod-template-hash"] = Value::from(hash);
    let mut selector = deployment["spec"]["selector"].clone();
    selector["matchLabels"]["pod-template-hash"] = Value::from(hash);
    let set = json!({
        "metadata": {
            "name": name,
            "namespace": deployment["metadata"]["namespace"],
            "labels": template["metadata"]["labels"],
            "ownerReferences": owner(deployment),
        },
        "spec": {"replicas": replicas, "selector": selector, "template": template},
    });
    world.create("apps/replicasets", set);
    let message = format!("Scaled up replica set {name} from 0 to {replicas}");
    events::record(
        world,
        deployment,
        COMPONENT,
        ("Normal", "ScalingReplicaSet", &message),
    );
}

fn scale(world: &mut World, deployment: &Value, key: &Key, (from, to): (i64, i64)) {
    if from == to {
        return;
    }
    world.change(key, Part::Rest, |set| {
        set["spec"]["replicas"] = Value::from(to);
    });
    let direction = if to > from { "up" } else { "down" };
    let message = format!(
        "Scaled {direction} replica set {} from {from} to {to}",
        key.name
    );
    events::record(
        world,
        deployment,
        COMPONENT,
        ("Normal", "ScalingReplicaSet", &message),
    );
}

/// Returns a number or percentage of replicas.
fn share(value: &Value, of: i64, up: bool) -> i64 {
    if let Some(number) = value.as_i64() {
        return number;
    }
    let percent = value.as_str().and_then(|text| text.strip_suffix('%'));
    let percent: i64 = percent
        .and_then(|number| number.parse().ok())
        .unwrap_or_default();
    if up {
        (of * percent + 99) / 100
    } else {
        of * percent / 100
    }
}

fn status(world: &mut World, key: &Key, new: Option<&Set>, old: &[Set]) {
    let Some(deployment) = world.store.get(key).cloned() else {
        return;
    };
    let sum = |pointer: &str| {
        old.iter()
            .chain(new)
            .map(|(_, set)| number(set, pointer))
            .sum::<i64>()
    };
    let wanted = number(&deployment, "/spec/replicas");
    let (total, available) = (sum("/status/replicas"), sum("/status/availableReplicas"));
    let updated = new.map_or(0, |(_, set)| number(set, "/status/replicas"));
    let mut status = json!({
        "observedGeneration": deployment["metadata"]["generation"],
        "conditions": deployment["status"]["conditions"],
    });
    for (field, count) in [
        ("replicas", total),
        ("updatedReplicas", updated),
        ("readyReplicas", sum("/status/readyReplicas")),
        ("availableReplicas", available),
        (
            "unavailableReplicas",
            (wanted.max(total) - available).max(0),
        ),
    ] {
        if count > 0 {
            status[field] = Value::from(count);
        }
    }
    let now = world.timestamp();
    let unavailable = share(
        &deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"],
        wanted,
        false,
    );
    let enough = available >= wanted - unavailable;
    conditions::set(
        &mut status,
        &now,
        &Condition {
            kind: "Available",
            holds: enough,
            reason: if enough {
                "MinimumReplicasAvailable"
            } else {
                "MinimumReplicasUnavailable"
            },
            message: if enough {
                "Deployment has minimum availability."
            } else {
                "Deployment does not have minimum availability."
            },
        },
    );
    let complete = updated == wanted && total == wanted && available == wanted;
    progress(world, (key, &deployment), &mut status, (complete, new));
    failure(&mut status, &now, new);
    set_status(world, key, status);
}

/// Sets `Progressing`; what has timed out stays so until something moves.
fn progress(
    world: &mut World,
    (key, deployment): (&Key, &Value),
    status: &mut Value,
    (complete, new): (bool, Option<&Set>),
) {
    let before = &deployment["status"];
    let moved = ["updatedReplicas", "readyReplicas", "availableReplicas"]
        .iter()
        .any(|field| status[field].as_i64().unwrap_or(0) > before[field].as_i64().unwrap_or(0))
        || status["observedGeneration"] != before["observedGeneration"];
    let known = conditions::get(deployment, "Progressing");
    let reason = known.map_or("", |known| known["reason"].as_str().unwrap_or_default());
    let name = new.map_or("", |(key, _)| key.name.as_str());
    let (reason, message) = if complete {
        (
            "NewReplicaSetAvailable",
            format!("ReplicaSet {name:?} has successfully progressed."),
        )
    } else if reason == "ProgressDeadlineExceeded" && !moved {
        return;
    } else if known.is_some() {
        (
            "ReplicaSetUpdated",
            format!("ReplicaSet {name:?} is progressing."),
        )
    } else {
        (
            "NewReplicaSetCreated",
            format!("Created new replica set {name:?}"),
        )
    };
    let now = world.timestamp();
    let condition = Condition {
        kind: "Progressing",
        holds: true,
        reason,
        message: &message,
    };
    conditions::set(status, &now, &condition);
    let entry = status["conditions"].as_array_mut().into_iter().flatten();
    for entry in entry.filter(|entry| entry["type"] == "Progressing") {
        if moved || entry["lastUpdateTime"].is_null() {
            entry["lastUpdateTime"] = Value::from(now.as_str());
        }
    }
    if !complete && (moved || known.is_none()) {
        let seconds = number(deployment, "/spec/progressDeadlineSeconds");
        let millis = u64::try_from(seconds).unwrap_or(600) * 1_000;
        world.schedule(millis, Task::Deadline(key.clone()));
    }
}

/// Hands a set's failure to create pods up.
fn failure(status: &mut Value, now: &str, new: Option<&Set>) {
    let failed = new.and_then(|(_, set)| conditions::get(set, "ReplicaFailure"));
    match failed {
        Some(failed) => conditions::set(
            status,
            now,
            &Condition {
                kind: "ReplicaFailure",
                holds: true,
                reason: "FailedCreate",
                message: failed["message"].as_str().unwrap_or_default(),
            },
        ),
        None => {
            if let Some(list) = status["conditions"].as_array_mut() {
                list.retain(|known| known["type"] != "ReplicaFailure");
            }
        }
    }
}

/// Fails a Deployment that hasn't progressed since its deadline was set.
pub(super) fn deadline(world: &mut World, key: &Key) {
    let Some(deployment) = world.store.get(key).cloned() else {
        return;
    };
    let Some(known) = conditions::get(&deployment, "Progressing") else {
        return;
    };
    if matches!(
        text(known, "/reason"),
        "NewReplicaSetAvailable" | "ProgressDeadlineExceeded"
    ) {
        return;
    }
    let since: Option<jiff::Timestamp> = text(known, "/lastUpdateTime").parse().ok();
    let now: Option<jiff::Timestamp> = world.timestamp().parse().ok();
    let (Some(since), Some(now)) = (since, now) else {
        return;
    };
    let seconds = number(&deployment, "/spec/progressDeadlineSeconds");
    let left = seconds - (now.as_second() - since.as_second());
    if left > 0 {
        let millis = u64::try_from(left).unwrap_or_default() * 1_000;
        world.schedule(millis, Task::Deadline(key.clone()));
        return;
    }
    let hash = suffix_of(&deployment["spec"]["template"].to_string(), 10);
    let message = format!(
        "ReplicaSet \"{}-{hash}\" has timed out progressing.",
        key.name
    );
    let now = world.timestamp();
    world.change(key, Part::Status, |deployment| {
        conditions::set(
            &mut deployment["status"],
            &now,
            &Condition {
                kind: "Progressing",
                holds: false,
                reason: "ProgressDeadlineExceeded",
                message: &message,
            },
        );
    });
}
