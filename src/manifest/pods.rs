//! Where the pods of any workload object are described. Reads values, so that hand-written objects
//! work too.

use serde_json::Value;

use super::Object;

/// Returns the pod spec that an object holds.
pub(super) fn pod_spec(object: &Object) -> Option<&Value> {
    if object.kind == "Pod" {
        return object.value.pointer("/spec");
    }
    // What other controllers run, as a Rollout of Argo's, has containers there as well.
    let other = || object.value.pointer("/spec/template/spec");
    let other = || other().filter(|it| it["containers"].is_array());
    let known = template(object).map(|it| it.get("spec"));
    known.unwrap_or_else(other)
}

/// Returns the pod spec that an object holds, to be changed.
pub(super) fn pod_spec_mut(object: &mut Object) -> Option<&mut Value> {
    match object.kind.as_str() {
        "Pod" => object.value.pointer_mut("/spec"),
        _ => template_mut(object)?.get_mut("spec"),
    }
}

/// Returns the pod template that an object holds.
pub(super) fn template(object: &Object) -> Option<&Value> {
    object.value.pointer(template_place(&object.kind)?)
}

/// Returns the pod template that an object holds, to be changed.
pub(super) fn template_mut(object: &mut Object) -> Option<&mut Value> {
    let place = template_place(&object.kind)?;
    object.value.pointer_mut(place)
}

fn template_place(kind: &str) -> Option<&'static str> {
    match kind {
        "Deployment"
        | "StatefulSet"
        | "DaemonSet"
        | "ReplicaSet"
        | "ReplicationController"
        | "Job" => Some("/spec/template"),
        "CronJob" => Some("/spec/jobTemplate/spec/template"),
        _ => None,
    }
}

/// Returns the containers of the pods that an object describes; `None` where it describes none.
pub fn containers_of(object: &Object) -> Option<Vec<&Value>> {
    pod_spec(object).map(|spec| containers(spec, false))
}

/// Returns the containers of a pod spec, `initContainers` first where they are wanted.
pub(super) fn containers(spec: &Value, with_init: bool) -> Vec<&Value> {
    let list = |key: &str| {
        spec.get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let init = list("initContainers").filter(|_| with_init);
    init.chain(list("containers")).collect()
}

/// Returns the fewest pods that a workload runs: an HPA's minimum, or else its replicas.
pub(super) fn fewest(object: &Object, all: &[Object]) -> u64 {
    let scaler = all.iter().find(|other| {
        let target = |key: &str| other.value.pointer(&format!("/spec/scaleTargetRef/{key}"));
        other.kind == "HorizontalPodAutoscaler"
            && other.namespace == object.namespace
            && target("kind").and_then(Value::as_str) == Some(object.kind.as_str())
            && target("name").and_then(Value::as_str) == Some(object.name.as_str())
    });
    let number = match scaler {
        Some(scaler) => scaler.value.pointer("/spec/minReplicas"),
        None => object.value.pointer("/spec/replicas"),
    };
    number.and_then(Value::as_u64).unwrap_or(1)
}

/// Returns whether a `LabelSelector` selects pods with these labels. Expressions are read, too.
pub(super) fn selects(selector: &Value, labels: Option<&Value>) -> bool {
    let label = |key: &str| labels.and_then(|labels| labels.get(key));
    let equal = selector.get("matchLabels").and_then(Value::as_object);
    let equal =
        equal.is_none_or(|wanted| wanted.iter().all(|(key, value)| label(key) == Some(value)));
    let expressions = selector.get("matchExpressions").and_then(Value::as_array);
    let holds = |expression: &Value| {
        let key = expression
            .get("key")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let values = expression.get("values").and_then(Value::as_array);
        let among =
            label(key).is_some_and(|value| values.is_some_and(|values| values.contains(value)));
        match expression.get("operator").and_then(Value::as_str) {
            Some("In") => among,
            Some("NotIn") => !among,
            Some("Exists") => label(key).is_some(),
            Some("DoesNotExist") => label(key).is_none(),
            _ => false,
        }
    };
    equal && expressions.is_none_or(|expressions| expressions.iter().all(holds))
}
