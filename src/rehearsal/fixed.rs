//! What can't be changed of an object once it is there, in the words of the real server.

use serde_json::{Value, json};

use super::resources::Resource;
use super::validate::Cause;

/// What a StatefulSet's `spec` lets be changed.
const STATEFUL: [&str; 7] = [
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
];

const STATEFUL_TEXT: &str = "Forbidden: updates to statefulset spec for fields other than \
    'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', \
    'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

const CLAIM_TEXT: &str = "Forbidden: spec is immutable after creation except resources.requests \
    and volumeAttributesClassName for bound claims";

const POD_TEXT: &str = "Forbidden: pod updates may not change fields other than \
    `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,\
    `spec.tolerations` (only additions to existing tolerations),\
    `spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/// Returns what an update must not change.
pub(crate) fn change(resource: &Resource, old: &Value, new: &Value) -> Vec<Cause> {
    let mut causes: Vec<Cause> = fields(resource)
        .iter()
        .filter_map(|pointer| field(pointer, old, new))
        .collect();
    let spec = |text: &str| ("spec".to_owned(), text.to_owned());
    match resource.plural.as_str() {
        "statefulsets" if differ(old, new, stateful) => causes.push(spec(STATEFUL_TEXT)),
        "persistentvolumeclaims" if differ(old, new, claim) => causes.push(spec(CLAIM_TEXT)),
        "pods" if differ(old, new, pod) => causes.push(spec(POD_TEXT)),
        "services" => causes.extend(address(old, new)),
        "rolebindings" | "clusterrolebindings" if old["roleRef"] != new["roleRef"] => {
            let what = format!("Invalid value: {}: cannot change roleRef", new["roleRef"]);
            causes.push(("roleRef".to_owned(), what));
        }
        "configmaps" | "secrets" if old["immutable"] == true => {
            let changed = ["data", "binaryData"].into_iter();
            causes.extend(
                changed
                    .filter(|field| old[field] != new[field])
                    .map(|field| {
                        let what = "Forbidden: field is immutable when `immutable` is set";
                        (field.to_owned(), what.to_owned())
                    }),
            );
        }
        "priorityclasses" if old["value"] != new["value"] => {
            let what = "Forbidden: may not be changed in an update.";
            causes.push(("value".to_owned(), what.to_owned()));
        }
        _ => {}
    }
    causes
}

/// The fields that can't be changed as a whole, once they are set.
fn fields(resource: &Resource) -> &'static [&'static str] {
    match resource.plural.as_str() {
        "deployments" | "daemonsets" | "replicasets" => &["/spec/selector"],
        "jobs" => &["/spec/selector", "/spec/template", "/spec/completions"],
        "secrets" => &["/type"],
        "storageclasses" => &["/provisioner", "/parameters", "/volumeBindingMode"],
        "ingressclasses" => &["/spec/controller"],
        _ => &[],
    }
}

fn field(pointer: &str, old: &Value, new: &Value) -> Option<Cause> {
    let (before, after) = (old.pointer(pointer), new.pointer(pointer));
    let unset = before.is_none_or(|value| value.is_null() || value == "");
    if before == after || unset {
        return None;
    }
    let shown = after.cloned().unwrap_or_default();
    let field = pointer.trim_start_matches('/').replace('/', ".");
    Some((field, format!("Invalid value: {shown}: field is immutable")))
}

fn differ(old: &Value, new: &Value, fixed: impl Fn(&Value) -> Value) -> bool {
    fixed(&old["spec"]) != fixed(&new["spec"])
}

fn without(spec: &Value, fields: &[&str]) -> Value {
    let mut fixed = spec.clone();
    if let Some(map) = fixed.as_object_mut() {
        map.retain(|name, _| !fields.contains(&name.as_str()));
    }
    fixed
}

fn stateful(spec: &Value) -> Value {
    without(spec, &STATEFUL)
}

fn claim(spec: &Value) -> Value {
    without(
        spec,
        &["resources", "volumeAttributesClassName", "volumeName"],
    )
}

fn pod(spec: &Value) -> Value {
    let mut fixed = without(
        spec,
        &[
            "activeDeadlineSeconds",
            "tolerations",
            "terminationGracePeriodSeconds",
            "nodeName",
        ],
    );
    for containers in ["containers", "initContainers"] {
        for container in fixed[containers].as_array_mut().into_iter().flatten() {
            container["image"] = Value::Null;
        }
    }
    fixed
}

/// The address of a Service, unless it has none to keep or gives it up for a name.
fn address(old: &Value, new: &Value) -> Option<Cause> {
    let (before, after) = (&old["spec"]["clusterIP"], &new["spec"]["clusterIP"]);
    let unset = before.as_str().is_none_or(str::is_empty);
    if unset || before == after || new["spec"]["type"] == "ExternalName" {
        return None;
    }
    let what = format!("Invalid value: {}: may not change once set", json!([after]));
    Some(("spec.clusterIPs[0]".to_owned(), what))
}
