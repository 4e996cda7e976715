//! `ReplicaSet`s: as many pods as asked for.

use serde_json::{Value, json};

use super::conditions::{self, Condition};
use super::{events, number, owned, set_status};
use crate::rehearsal::delete;
use crate::rehearsal::store::Key;
use crate::rehearsal::world::{World, suffix_of};

const COMPONENT: &str = "replicaset-controller";

/// Creates or deletes pods, and writes the status.
pub(super) fn reconcile(world: &mut World, key: &Key, set: &Value) {
    let wanted = usize::try_from(number(set, "/spec/replicas")).unwrap_or_default();
    let mut pods = owned::of(world, "/pods", set);
    pods.retain(|(_, pod)| owned::active(pod));
    let mut failed = None;
    let mut counter = 0;
    for _ in pods.len()..wanted {
        let name = free_name(world, key, &mut counter);
        let template = &set["spec"]["template"];
        let made = owned::create(world, (set, COMPONENT), template, (&name, &Value::Null));
        if let Err(message) = made {
            failed = Some(message);
            break;
        }
    }
    // Those that aren't ready go first, then the youngest.
    pods.sort_by_key(|(_, pod)| {
        (
            owned::ready(pod),
            std::cmp::Reverse(pod["metadata"]["creationTimestamp"].to_string()),
        )
    });
    let surplus = pods.len().saturating_sub(wanted);
    for (pod, _) in pods.iter().take(surplus) {
        delete::end(world, pod, None);
        let message = format!("Deleted pod: {}", pod.name);
        events::record(
            world,
            set,
            COMPONENT,
            ("Normal", "SuccessfulDelete", &message),
        );
    }
    status(world, key, set, failed.as_deref());
}

fn free_name(world: &World, key: &Key, counter: &mut u32) -> String {
    loop {
        *counter += 1;
        let name = format!(
            "{}-{}",
            key.name,
            suffix_of(&format!("{}{counter}", key.name), 5)
        );
        if world.get("/pods", &key.namespace, &name).is_none() {
            return name;
        }
    }
}

fn status(world: &mut World, key: &Key, set: &Value, failed: Option<&str>) {
    let mut pods = owned::of(world, "/pods", set);
    pods.retain(|(_, pod)| owned::active(pod));
    let ready = pods.iter().filter(|(_, pod)| owned::ready(pod)).count();
    let mut status = json!({
        "replicas": pods.len(),
        "observedGeneration": set["metadata"]["generation"],
    });
    if !pods.is_empty() {
        status["fullyLabeledReplicas"] = Value::from(pods.len());
    }
    if ready > 0 {
        status["readyReplicas"] = Value::from(ready);
        status["availableReplicas"] = Value::from(ready);
    }
    if let Some(message) = failed {
        let now = world.timestamp();
        status["conditions"] = set["status"]["conditions"].clone();
        conditions::set(
            &mut status,
            &now,
            &Condition {
                kind: "ReplicaFailure",
                holds: true,
                reason: "FailedCreate",
                message,
            },
        );
    }
    set_status(world, key, status);
}
