//! What a pod refers to and isn't there: Secrets and `ConfigMap`s, whole or by a key.

use serde_json::Value;

use crate::rehearsal::controllers::text;
use crate::rehearsal::world::World;

/// Returns the first volume whose Secret or `ConfigMap` isn't there.
pub(super) fn missing_volume(world: &World, pod: &Value) -> Option<(String, String)> {
    let namespace = text(pod, "/metadata/namespace");
    let volumes = pod["spec"]["volumes"].as_array()?;
    volumes.iter().find_map(|volume| {
        let secret = &volume["secret"];
        let map = &volume["configMap"];
        missing(
            world,
            namespace,
            ("secret", text(secret, "/secretName"), &secret["optional"]),
            "",
        )
        .or_else(|| {
            missing(
                world,
                namespace,
                ("configmap", text(map, "/name"), &map["optional"]),
                "",
            )
        })
        .map(|what| (text(volume, "/name").to_owned(), what))
    })
}

/// Returns the first container whose environment refers to what isn't there.
pub(super) fn missing_variable(world: &World, pod: &Value) -> Option<(String, String)> {
    let namespace = text(pod, "/metadata/namespace");
    let containers = ["initContainers", "containers"]
        .iter()
        .flat_map(|list| pod["spec"][list].as_array().into_iter().flatten());
    for container in containers {
        let from = container["envFrom"].as_array().into_iter().flatten();
        let whole = from.flat_map(|from| {
            [
                ("secret", &from["secretRef"]),
                ("configmap", &from["configMapRef"]),
            ]
        });
        let variables = container["env"].as_array().into_iter().flatten();
        let keyed = variables.flat_map(|variable| {
            let from = &variable["valueFrom"];
            [
                ("secret", &from["secretKeyRef"]),
                ("configmap", &from["configMapKeyRef"]),
            ]
        });
        for (kind, reference) in whole.chain(keyed) {
            let name = text(reference, "/name");
            let wanted = (kind, name, &reference["optional"]);
            if let Some(what) = missing(world, namespace, wanted, text(reference, "/key")) {
                return Some((text(container, "/name").to_owned(), what));
            }
        }
    }
    None
}

fn missing(
    world: &World,
    namespace: &str,
    (kind, name, optional): (&str, &str, &Value),
    key: &str,
) -> Option<String> {
    if name.is_empty() || *optional == true {
        return None;
    }
    let resource = if kind == "secret" {
        "/secrets"
    } else {
        "/configmaps"
    };
    let Some(found) = world.get(resource, namespace, name) else {
        return Some(format!("{kind} {name:?} not found"));
    };
    let has = |field: &str| {
        found[field]
            .as_object()
            .is_some_and(|data| data.contains_key(key))
    };
    if key.is_empty() || has("data") || has("binaryData") {
        return None;
    }
    let shown = if kind == "secret" {
        "Secret"
    } else {
        "ConfigMap"
    };
    Some(format!(
        "couldn't find key {key} in {shown} {namespace}/{name}"
    ))
}
