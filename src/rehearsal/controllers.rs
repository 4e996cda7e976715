//! Simulated controllers: what a cluster does on its own once objects are there.
//!
//! Each is level-triggered: it looks at what is there and does the next thing. A change schedules
//! the controllers that it may concern; the queue drains, because nothing here goes on for ever.

use serde_json::{Value, json};

use super::selector::selects;
use super::store::Key;
use super::world::{Part, World};

mod cluster;
mod conditions;
mod daemons;
mod deployment;
mod events;
mod jobs;
mod network;
mod owned;
mod pods;
mod pods_failing;
mod replicas;
mod stateful;

pub(crate) use cluster::bootstrap;
pub(crate) use pods::{Run, log};

/// Something due.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Task {
    /// Look at an object.
    Reconcile(Key),
    /// Take a pod's next step, if it hasn't been taken yet.
    Step(Key, u32),
    /// Fail a Deployment that hasn't progressed.
    Deadline(Key),
    /// Remove a pod that has stopped.
    Stopped(Key),
}

/// Runs a task.
pub(crate) fn run(world: &mut World, task: &Task) {
    match task {
        Task::Reconcile(key) => reconcile(world, key),
        Task::Step(key, step) => pods::step(world, key, *step),
        Task::Deadline(key) => deployment::deadline(world, key),
        Task::Stopped(key) => super::delete::stopped(world, key),
    }
}

fn reconcile(world: &mut World, key: &Key) {
    let Some(object) = world.store.get(key).cloned() else {
        return;
    };
    if object["metadata"]["deletionTimestamp"].is_string() {
        if &*key.resource == "/namespaces" {
            super::delete::empty(world, key);
        }
        return;
    }
    match &*key.resource {
        "/namespaces" => cluster::namespace(world, key),
        "/persistentvolumeclaims" => cluster::claim(world, key, &object),
        "apiextensions.k8s.io/customresourcedefinitions" => {
            cluster::definition(world, key, &object);
        }
        "apps/deployments" => deployment::reconcile(world, key, &object),
        "apps/replicasets" => replicas::reconcile(world, key, &object),
        "apps/statefulsets" => stateful::reconcile(world, key, &object),
        "apps/daemonsets" => daemons::reconcile(world, key, &object),
        "batch/jobs" => jobs::reconcile(world, key, &object),
        "/pods" => pods::nudge(world, key, &object),
        "/services" => network::service(world, key, &object),
        "policy/poddisruptionbudgets" => network::disruption_budget(world, key, &object),
        "autoscaling/horizontalpodautoscalers" => network::autoscaler(world, key, &object),
        _ => {}
    }
}

/// The resources whose objects a controller looks at.
const WATCHED: [&str; 12] = [
    "/namespaces",
    "/persistentvolumeclaims",
    "/pods",
    "/services",
    "apiextensions.k8s.io/customresourcedefinitions",
    "apps/daemonsets",
    "apps/deployments",
    "apps/replicasets",
    "apps/statefulsets",
    "autoscaling/horizontalpodautoscalers",
    "batch/jobs",
    "policy/poddisruptionbudgets",
];

/// Returns what a change may concern.
pub(crate) fn reactions(world: &World, key: &Key, object: &Value) -> Vec<Task> {
    let mut tasks = Vec::new();
    if WATCHED.contains(&&*key.resource) {
        tasks.push(Task::Reconcile(key.clone()));
    }
    for owner in object["metadata"]["ownerReferences"]
        .as_array()
        .into_iter()
        .flatten()
    {
        if let Some(resource) = owner_resource(owner["kind"].as_str().unwrap_or_default()) {
            let name = owner["name"].as_str().unwrap_or_default();
            tasks.push(Task::Reconcile(Key::new(resource, &key.namespace, name)));
        }
    }
    let all = |resource: &str| {
        let found = world.store.list(resource, Some(&key.namespace));
        found
            .map(|(key, _)| Task::Reconcile(key.clone()))
            .collect::<Vec<_>>()
    };
    match &*key.resource {
        "/pods" => {
            let labels = &object["metadata"]["labels"];
            for (resource, pointer) in [
                ("/services", "/spec/selector"),
                ("policy/poddisruptionbudgets", "/spec/selector"),
            ] {
                for (key, found) in world.store.list(resource, Some(&key.namespace)) {
                    if selects(found.pointer(pointer).unwrap_or(&Value::Null), labels) {
                        tasks.push(Task::Reconcile(key.clone()));
                    }
                }
            }
        }
        // What a pod may be waiting for.
        "/secrets" | "/configmaps" | "/persistentvolumeclaims" => tasks.extend(all("/pods")),
        "/serviceaccounts" => {
            for resource in [
                "apps/replicasets",
                "apps/statefulsets",
                "apps/daemonsets",
                "batch/jobs",
            ] {
                tasks.extend(all(resource));
            }
        }
        "apps/deployments" | "apps/statefulsets" => {
            tasks.extend(all("autoscaling/horizontalpodautoscalers"));
        }
        _ => {}
    }
    tasks
}

fn owner_resource(kind: &str) -> Option<&'static str> {
    match kind {
        "Deployment" => Some("apps/deployments"),
        "ReplicaSet" => Some("apps/replicasets"),
        "StatefulSet" => Some("apps/statefulsets"),
        "DaemonSet" => Some("apps/daemonsets"),
        "Job" => Some("batch/jobs"),
        _ => None,
    }
}

/// Sets an object's status.
fn set_status(world: &mut World, key: &Key, status: Value) {
    world.change(key, Part::Status, |object| object["status"] = status);
}

/// Returns a number of an object; zero where there is none.
fn number(object: &Value, pointer: &str) -> i64 {
    object
        .pointer(pointer)
        .and_then(Value::as_i64)
        .unwrap_or_default()
}

/// Returns a text of an object; empty where there is none.
fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Returns the reference that makes an object the controller of another.
fn owner(object: &Value) -> Value {
    json!([{
        "apiVersion": object["apiVersion"],
        "kind": object["kind"],
        "name": object["metadata"]["name"],
        "uid": object["metadata"]["uid"],
        "controller": true,
        "blockOwnerDeletion": true,
    }])
}
