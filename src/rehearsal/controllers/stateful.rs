//! `StatefulSet`s: pods with ordinals, one after the other, each with its claims.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{events, number, owned, set_status, text};
use crate::rehearsal::delete;
use crate::rehearsal::store::Key;
use crate::rehearsal::world::{World, suffix_of};

const COMPONENT: &str = "statefulset-controller";

/// Takes the next step and writes the status.
pub(super) fn reconcile(world: &mut World, key: &Key, set: &Value) {
    let template = &set["spec"]["template"];
    let revision = format!("{}-{}", key.name, suffix_of(&template.to_string(), 10));
    create_missing(world, key, set, &revision);
    remove_surplus(world, set);
    replace_outdated(world, key, set, &revision);
    status(world, key, set, &revision);
}

fn pod(world: &World, key: &Key, ordinal: i64) -> Option<(Key, Arc<Value>)> {
    let pod = Key::new("/pods", &key.namespace, &format!("{}-{ordinal}", key.name));
    let found = world.store.get(&pod).cloned()?;
    Some((pod, found))
}

fn create_missing(world: &mut World, key: &Key, set: &Value, revision: &str) {
    let ordered = set["spec"]["podManagementPolicy"] != "Parallel";
    for ordinal in 0..number(set, "/spec/replicas") {
        match pod(world, key, ordinal) {
            Some((_, found)) if ordered && !owned::ready(&found) => return,
            Some(_) => {}
            None => {
                let name = format!("{}-{ordinal}", key.name);
                let template = with_claims(world, key, set, &name);
                let labels = json!({
                    "apps.kubernetes.io/pod-index": ordinal.to_string(),
                    "controller-revision-hash": revision,
                    "statefulset.kubernetes.io/pod-name": name,
                });
                let made = owned::create(world, (set, COMPONENT), &template, (&name, &labels));
                if made.is_err() || ordered {
                    return;
                }
            }
        }
    }
}

/// Creates a pod's claims, and returns the template with volumes for them.
fn with_claims(world: &mut World, key: &Key, set: &Value, name: &str) -> Value {
    let mut template = set["spec"]["template"].clone();
    for claim in set["spec"]["volumeClaimTemplates"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let volume = text(claim, "/metadata/name");
        let full = format!("{volume}-{name}");
        let made = world.create(
            "/persistentvolumeclaims",
            json!({
                "metadata": {
                    "name": full,
                    "namespace": key.namespace,
                    "labels": set["spec"]["selector"]["matchLabels"],
                },
                "spec": claim["spec"],
            }),
        );
        if made.is_some() {
            let message = format!(
                "create Claim {full} Pod {name} in StatefulSet {} success",
                key.name
            );
            events::record(
                world,
                set,
                COMPONENT,
                ("Normal", "SuccessfulCreate", &message),
            );
        }
        if !template["spec"]["volumes"].is_array() {
            template["spec"]["volumes"] = json!([]);
        }
        if let Some(volumes) = template["spec"]["volumes"].as_array_mut() {
            volumes.retain(|known| known["name"] != volume);
            volumes.push(json!({"name": volume, "persistentVolumeClaim": {"claimName": full}}));
        }
    }
    template["spec"]["hostname"] = Value::from(name);
    template
}

fn remove_surplus(world: &mut World, set: &Value) {
    let wanted = number(set, "/spec/replicas");
    let mut surplus: Vec<(i64, Key)> = owned::of(world, "/pods", set)
        .into_iter()
        .filter(|(_, pod)| !owned::ending(pod))
        .filter_map(|(pod, _)| {
            let ordinal: i64 = pod.name.rsplit('-').next()?.parse().ok()?;
            (ordinal >= wanted).then_some((ordinal, pod))
        })
        .collect();
    surplus.sort_by_key(|(ordinal, _)| *ordinal);
    if let Some((_, last)) = surplus.pop() {
        delete::end(world, &last, None);
    }
}

/// Replaces the pod with the highest ordinal that has an earlier template, one at a time.
fn replace_outdated(world: &mut World, key: &Key, set: &Value, revision: &str) {
    if set["spec"]["updateStrategy"]["type"] == "OnDelete" {
        return;
    }
    let partition = number(set, "/spec/updateStrategy/rollingUpdate/partition");
    for ordinal in (partition..number(set, "/spec/replicas")).rev() {
        let Some((pod, found)) = pod(world, key, ordinal) else {
            return;
        };
        if owned::ending(&found) {
            return;
        }
        if found["metadata"]["labels"]["controller-revision-hash"] != revision {
            delete::end(world, &pod, None);
            return;
        }
        if !owned::ready(&found) {
            return;
        }
    }
}

fn status(world: &mut World, key: &Key, set: &Value, revision: &str) {
    let mut pods = owned::of(world, "/pods", set);
    pods.retain(|(_, pod)| owned::active(pod));
    let count = |fits: &dyn Fn(&Value) -> bool| pods.iter().filter(|(_, pod)| fits(pod)).count();
    let updated = |pod: &Value| pod["metadata"]["labels"]["controller-revision-hash"] == revision;
    let before = match text(set, "/status/currentRevision") {
        "" => revision,
        before => before,
    };
    let ready = count(&owned::ready);
    let wanted = usize::try_from(number(set, "/spec/replicas")).unwrap_or_default();
    let done = count(&updated) == wanted && ready == wanted && pods.len() == wanted;
    let current = if done { revision } else { before };
    let mut status = json!({
        "observedGeneration": set["metadata"]["generation"],
        "replicas": pods.len(),
        "currentRevision": current,
        "updateRevision": revision,
        "collisionCount": 0,
        "availableReplicas": ready,
    });
    let on_current = count(&|pod| pod["metadata"]["labels"]["controller-revision-hash"] == current);
    for (field, count) in [
        ("readyReplicas", ready),
        ("updatedReplicas", count(&updated)),
        ("currentReplicas", on_current),
    ] {
        if count > 0 {
            status[field] = Value::from(count);
        }
    }
    set_status(world, key, status);
}
