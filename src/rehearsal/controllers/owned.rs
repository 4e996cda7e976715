//! The pods of a controller: which they are, how they do, making them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{conditions, events, owner, text};
use crate::rehearsal::store::Key;
use crate::rehearsal::world::World;

/// Returns the objects of a resource that an object controls, in the order of their names.
pub(super) fn of(world: &World, resource: &str, object: &Value) -> Vec<(Key, Arc<Value>)> {
    let uid = &object["metadata"]["uid"];
    world
        .store
        .list(resource, Some(text(object, "/metadata/namespace")))
        .filter(|(_, found)| found["metadata"]["ownerReferences"][0]["uid"] == *uid)
        .map(|(key, found)| (key.clone(), Arc::clone(found)))
        .collect()
}

/// Returns whether a pod is neither ended nor ending.
pub(super) fn active(pod: &Value) -> bool {
    !ending(pod) && !matches!(text(pod, "/status/phase"), "Succeeded" | "Failed")
}

/// Returns whether a pod is being deleted.
pub(super) fn ending(pod: &Value) -> bool {
    pod["metadata"]["deletionTimestamp"].is_string()
}

/// Returns whether a pod is ready.
pub(super) fn ready(pod: &Value) -> bool {
    !ending(pod) && conditions::holds(pod, "Ready")
}

/// Creates a pod from a template; says why in an event, and returns it, where that fails.
pub(super) fn create(
    world: &mut World,
    (object, component): (&Value, &str),
    template: &Value,
    (name, labels): (&str, &Value),
) -> Result<(), String> {
    let namespace = text(object, "/metadata/namespace").to_owned();
    let account = match text(template, "/spec/serviceAccountName") {
        "" => "default",
        account => account,
    };
    if world.get("/serviceaccounts", &namespace, account).is_none() {
        let message = format!(
            "Error creating: pods {name:?} is forbidden: error looking up service account {namespace}/{account}: serviceaccount {account:?} not found"
        );
        events::record(
            world,
            object,
            component,
            ("Warning", "FailedCreate", &message),
        );
        return Err(message);
    }
    let mut metadata = json!({
        "name": name,
        "namespace": namespace,
        "labels": template["metadata"]["labels"],
        "ownerReferences": owner(object),
    });
    for (label, value) in labels.as_object().into_iter().flatten() {
        metadata["labels"][label] = value.clone();
    }
    if template["metadata"]["annotations"].is_object() {
        metadata["annotations"] = template["metadata"]["annotations"].clone();
    }
    world.create(
        "/pods",
        json!({"metadata": metadata, "spec": template["spec"]}),
    );
    let message = format!("Created pod: {name}");
    events::record(
        world,
        object,
        component,
        ("Normal", "SuccessfulCreate", &message),
    );
    Ok(())
}
