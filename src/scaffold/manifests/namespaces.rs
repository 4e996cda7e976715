//! What kustomize's `namespace:` does to objects, beyond giving a namespace to those that name none.

use serde_json::Value;

use crate::manifest::{Object, is_cluster_kind};

/// Where objects name the namespace of what they refer to, which kustomize may move along.
const REFERENCES: &[(&str, &[&str])] = &[
    ("APIService", &["/spec/service"]),
    (
        "CustomResourceDefinition",
        &["/spec/conversion/webhook/clientConfig/service"],
    ),
    ("PersistentVolume", &["/spec/claimRef"]),
];

/// Returns the objects that would be others in this namespace than their file says: they name
/// another one, are one of another name, or refer to what is in another one, or in none that is named.
pub(super) fn strays(objects: &[Object], namespace: &str) -> Vec<String> {
    let strays = objects.iter().filter(|it| is_stray(it, namespace));
    strays.map(Object::label).collect()
}

fn is_stray(object: &Object, namespace: &str) -> bool {
    let elsewhere = |value: Option<&Value>| {
        value.is_some_and(|it| it.get("namespace").and_then(Value::as_str) != Some(namespace))
    };
    let list = |pointer: &str| {
        let list = object.value.pointer(pointer).and_then(Value::as_array);
        list.into_iter().flatten()
    };
    match object.kind.as_str() {
        "Namespace" => return object.name != namespace,
        "RoleBinding" | "ClusterRoleBinding" => {
            let account = |it: &&Value| it["kind"] == "ServiceAccount";
            if list("/subjects")
                .filter(account)
                .any(|it| elsewhere(Some(it)))
            {
                return true;
            }
        }
        "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration" => {
            let mut hooks = list("/webhooks");
            if hooks.any(|it| elsewhere(it.pointer("/clientConfig/service"))) {
                return true;
            }
        }
        kind => {
            let known = REFERENCES.iter().filter(|(known, _)| *known == kind);
            let mut places = known.flat_map(|(_, places)| *places);
            if places.any(|it| elsewhere(object.value.pointer(it))) {
                return true;
            }
        }
    }
    let own = object.namespace.as_deref();
    // kustomize puts a namespace on kinds that it doesn't know, and on none of these.
    !is_cluster_kind(&object.kind) && own.is_some_and(|own| own != namespace)
}
