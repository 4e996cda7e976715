//! Defaults: what the server fills in when an object doesn't say it.
//!
//! Only those that a client can observe in a rollout; the table in `docs/rehearsal.md` lists the
//! kinds. Quantities are stored as they were written.

use serde_json::{Map, Value, json};

use super::resources::Resource;

/// Fills in the defaults of an object.
pub(crate) fn fill(resource: &Resource, object: &mut Value) {
    match (resource.group.as_str(), resource.kind.as_str()) {
        ("apps", "Deployment") => deployment(&mut object["spec"]),
        ("apps", "StatefulSet") => stateful_set(&mut object["spec"]),
        ("apps", "DaemonSet") => daemon_set(&mut object["spec"]),
        ("apps", "ReplicaSet") => {
            or(&mut object["spec"], "replicas", json!(1));
            template(&mut object["spec"]["template"]);
        }
        ("batch", "Job") => job(&mut object["spec"]),
        ("batch", "CronJob") => cron_job(&mut object["spec"]),
        ("", "Pod") => pod_spec(&mut object["spec"]),
        ("", "Service") => service(&mut object["spec"]),
        ("", "Secret") => secret(object),
        ("", "PersistentVolumeClaim") => claim(&mut object["spec"]),
        ("", "Namespace") => {
            let name = object["metadata"]["name"].clone();
            let labels = ensure(&mut object["metadata"], "labels");
            or(labels, "kubernetes.io/metadata.name", name);
            or(ensure(object, "spec"), "finalizers", json!(["kubernetes"]));
        }
        ("autoscaling", "HorizontalPodAutoscaler") => {
            or(&mut object["spec"], "minReplicas", json!(1));
        }
        ("networking.k8s.io", "Ingress") => ingress(&mut object["spec"]),
        ("networking.k8s.io", "NetworkPolicy") => network_policy(&mut object["spec"]),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => binding(object),
        ("storage.k8s.io", "StorageClass") => {
            or(object, "reclaimPolicy", json!("Delete"));
            or(object, "volumeBindingMode", json!("Immediate"));
        }
        _ => {}
    }
}

/// Sets a field that an object lacks.
fn or(value: &mut Value, field: &str, default: Value) {
    if let Some(object) = value.as_object_mut() {
        let missing = object.get(field).is_none_or(Value::is_null);
        if missing {
            object.insert(field.to_owned(), default);
        }
    }
}

/// Returns a field's object, made where it is missing.
fn ensure<'a>(value: &'a mut Value, field: &str) -> &'a mut Value {
    or(value, field, Value::Object(Map::new()));
    &mut value[field]
}

fn each<'a>(value: &'a mut Value, field: &str) -> impl Iterator<Item = &'a mut Value> + use<'a> {
    value
        .get_mut(field)
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
}

fn deployment(spec: &mut Value) {
    or(spec, "replicas", json!(1));
    or(spec, "revisionHistoryLimit", json!(10));
    or(spec, "progressDeadlineSeconds", json!(600));
    let strategy = ensure(spec, "strategy");
    or(strategy, "type", json!("RollingUpdate"));
    if strategy["type"] == "RollingUpdate" {
        let rolling = ensure(strategy, "rollingUpdate");
        or(rolling, "maxSurge", json!("25%"));
        or(rolling, "maxUnavailable", json!("25%"));
    }
    template(&mut spec["template"]);
}

fn stateful_set(spec: &mut Value) {
    or(spec, "replicas", json!(1));
    or(spec, "revisionHistoryLimit", json!(10));
    or(spec, "podManagementPolicy", json!("OrderedReady"));
    or(
        spec,
        "persistentVolumeClaimRetentionPolicy",
        json!({"whenDeleted": "Retain", "whenScaled": "Retain"}),
    );
    let strategy = ensure(spec, "updateStrategy");
    or(strategy, "type", json!("RollingUpdate"));
    if strategy["type"] == "RollingUpdate" {
        or(ensure(strategy, "rollingUpdate"), "partition", json!(0));
    }
    for entry in each(spec, "volumeClaimTemplates") {
        or(entry, "apiVersion", json!("v1"));
        or(entry, "kind", json!("PersistentVolumeClaim"));
        or(entry, "status", json!({"phase": "Pending"}));
        claim(&mut entry["spec"]);
    }
    template(&mut spec["template"]);
}

fn daemon_set(spec: &mut Value) {
    or(spec, "revisionHistoryLimit", json!(10));
    let strategy = ensure(spec, "updateStrategy");
    or(strategy, "type", json!("RollingUpdate"));
    if strategy["type"] == "RollingUpdate" {
        let rolling = ensure(strategy, "rollingUpdate");
        or(rolling, "maxSurge", json!(0));
        or(rolling, "maxUnavailable", json!(1));
    }
    template(&mut spec["template"]);
}

fn job(spec: &mut Value) {
    or(spec, "backoffLimit", json!(6));
    or(spec, "completions", json!(1));
    or(spec, "parallelism", json!(1));
    or(spec, "completionMode", json!("NonIndexed"));
    or(spec, "suspend", json!(false));
    or(spec, "manualSelector", json!(false));
    or(spec, "podReplacementPolicy", json!("TerminatingOrFailed"));
    template(&mut spec["template"]);
}

fn cron_job(spec: &mut Value) {
    or(spec, "concurrencyPolicy", json!("Allow"));
    or(spec, "suspend", json!(false));
    or(spec, "successfulJobsHistoryLimit", json!(3));
    or(spec, "failedJobsHistoryLimit", json!(1));
    template(&mut spec["jobTemplate"]["spec"]["template"]);
}

fn template(template: &mut Value) {
    or(
        ensure(template, "metadata"),
        "creationTimestamp",
        Value::Null,
    );
    pod_spec(&mut template["spec"]);
}

fn pod_spec(spec: &mut Value) {
    if !spec.is_object() {
        return;
    }
    or(spec, "restartPolicy", json!("Always"));
    or(spec, "terminationGracePeriodSeconds", json!(30));
    or(spec, "dnsPolicy", json!("ClusterFirst"));
    or(spec, "securityContext", json!({}));
    or(spec, "schedulerName", json!("default-scheduler"));
    // The old name is kept in step with the new one.
    if let Some(account) = spec.get("serviceAccountName").cloned() {
        or(spec, "serviceAccount", account);
    }
    for list in ["containers", "initContainers"] {
        for entry in each(spec, list) {
            container(entry);
        }
    }
    for volume in each(spec, "volumes") {
        for (kind, mode) in [("secret", 420), ("configMap", 420), ("projected", 420)] {
            if volume[kind].is_object() {
                or(&mut volume[kind], "defaultMode", json!(mode));
            }
        }
    }
}

fn container(container: &mut Value) {
    or(
        container,
        "terminationMessagePath",
        json!("/dev/termination-log"),
    );
    or(container, "terminationMessagePolicy", json!("File"));
    or(container, "resources", json!({}));
    let image = container["image"].as_str().unwrap_or_default();
    let name = image.rsplit('/').next().unwrap_or_default();
    let latest = !image.contains('@') && (!name.contains(':') || name.ends_with(":latest"));
    let policy = if latest { "Always" } else { "IfNotPresent" };
    or(container, "imagePullPolicy", json!(policy));
    for port in each(container, "ports") {
        or(port, "protocol", json!("TCP"));
    }
    for entry in each(container, "env") {
        if entry["valueFrom"]["fieldRef"].is_object() {
            or(
                &mut entry["valueFrom"]["fieldRef"],
                "apiVersion",
                json!("v1"),
            );
        }
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if container[probe].is_object() {
            fill_probe(&mut container[probe]);
        }
    }
    if container["resources"]["limits"].is_object() {
        let limits = container["resources"]["limits"].clone();
        let requests = ensure(&mut container["resources"], "requests");
        for (name, value) in limits.as_object().into_iter().flatten() {
            or(requests, name, value.clone());
        }
    }
}

fn fill_probe(probe: &mut Value) {
    or(probe, "timeoutSeconds", json!(1));
    or(probe, "periodSeconds", json!(10));
    or(probe, "successThreshold", json!(1));
    or(probe, "failureThreshold", json!(3));
    if probe["httpGet"].is_object() {
        or(&mut probe["httpGet"], "path", json!("/"));
        or(&mut probe["httpGet"], "scheme", json!("HTTP"));
    }
}

fn service(spec: &mut Value) {
    or(spec, "type", json!("ClusterIP"));
    or(spec, "sessionAffinity", json!("None"));
    if spec["type"] == "ExternalName" {
        return;
    }
    or(spec, "internalTrafficPolicy", json!("Cluster"));
    if matches!(spec["type"].as_str(), Some("NodePort" | "LoadBalancer")) {
        or(spec, "externalTrafficPolicy", json!("Cluster"));
    }
    if spec["type"] == "LoadBalancer" {
        or(spec, "allocateLoadBalancerNodePorts", json!(true));
    }
    or(spec, "ipFamilies", json!(["IPv4"]));
    or(spec, "ipFamilyPolicy", json!("SingleStack"));
    for port in each(spec, "ports") {
        or(port, "protocol", json!("TCP"));
        let number = port["port"].clone();
        or(port, "targetPort", number);
    }
}

/// Defaults the type, and moves `stringData` into `data`.
fn secret(object: &mut Value) {
    or(object, "type", json!("Opaque"));
    let Some(plain) = object
        .as_object_mut()
        .and_then(|fields| fields.shift_remove("stringData"))
    else {
        return;
    };
    let data = ensure(object, "data");
    for (name, value) in plain.as_object().into_iter().flatten() {
        let text = value.as_str().unwrap_or_default();
        data[name] = Value::from(base64(text.as_bytes()));
    }
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or_default());
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let index = (group >> (18 - 6 * at)) & 63;
            let letter = LETTERS.get(usize::try_from(index).unwrap_or_default());
            let letter = letter.map_or('=', |letter| char::from(*letter));
            text.push(if at > chunk.len() { '=' } else { letter });
        }
    }
    text
}

fn claim(spec: &mut Value) {
    or(spec, "volumeMode", json!("Filesystem"));
}

fn ingress(spec: &mut Value) {
    for rule in each(spec, "rules") {
        for path in each(&mut rule["http"], "paths") {
            or(path, "pathType", json!("ImplementationSpecific"));
        }
    }
}

fn network_policy(spec: &mut Value) {
    let mut types = vec!["Ingress"];
    if spec["egress"].is_array() {
        types.push("Egress");
    }
    or(spec, "policyTypes", json!(types));
    for direction in ["ingress", "egress"] {
        for rule in each(spec, direction) {
            for port in each(rule, "ports") {
                or(port, "protocol", json!("TCP"));
            }
        }
    }
}

fn binding(object: &mut Value) {
    or(
        &mut object["roleRef"],
        "apiGroup",
        json!("rbac.authorization.k8s.io"),
    );
    for subject in each(object, "subjects") {
        let group = if subject["kind"] == "ServiceAccount" {
            ""
        } else {
            "rbac.authorization.k8s.io"
        };
        if !group.is_empty() {
            or(subject, "apiGroup", json!(group));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn string_data_becomes_data() {
        let mut object = json!({"stringData": {"a": "f", "b": "fo", "c": "foo"}});
        secret(&mut object);
        assert_eq!(
            object["data"],
            json!({"a": "Zg==", "b": "Zm8=", "c": "Zm9v"})
        );
        assert_eq!(object["type"], "Opaque");
    }

    #[track_caller]
    fn pulls(image: &str, expected: &str) {
        let mut value = json!({"image": image});
        container(&mut value);
        assert_eq!(value["imagePullPolicy"], expected, "{image}");
    }

    #[test]
    fn only_latest_images_are_pulled_always() {
        pulls("redis", "Always");
        pulls("registry:5000/redis", "Always");
        pulls("redis:7", "IfNotPresent");
        pulls("redis@sha256:00", "IfNotPresent");
    }

    #[test]
    fn limits_are_the_requests_that_are_not_said() {
        let mut value = json!({"image": "a:1", "resources": {"limits": {"cpu": "1"}}});
        container(&mut value);
        assert_eq!(value["resources"]["requests"], json!({"cpu": "1"}));
    }
}
