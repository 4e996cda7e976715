//! What an apply meets on its way: other managers, fields that can't be changed, deletions.

use serde_json::{Value, json};

use super::scenarios::{DEPLOYMENTS, MAPS, apply, at, deployment, get, map};
use super::{Step, check, step};
use crate::conformance::Case;

/// The tests of this file.
pub(super) const CASES: &[Case] = &[
    (
        "rehearsal::conflict_with_an_update",
        conflict_with_an_update,
    ),
    ("rehearsal::guarded_apply", guarded_apply),
    ("rehearsal::managers_are_moved", managers_are_moved),
    ("rehearsal::immutable_fields", immutable_fields),
    ("rehearsal::immutable_stateful_set", immutable_stateful_set),
    (
        "rehearsal::immutable_fields_of_the_cluster",
        immutable_fields_of_the_cluster,
    ),
    ("rehearsal::guarded_delete", guarded_delete),
    ("rehearsal::orphans_stay", orphans_stay),
];

fn conflict_with_an_update() {
    let cause = json!({ "reason": "FieldManagerConflict", "field": ".data.LEVEL",
        "message": "~conflict with \"kubectl-create\" using v1" });
    let refused = json!({ "code": 409, "reason": "Conflict", "details": { "causes": [cause] } });
    let mut bare = map("a", "debug");
    bare["metadata"] = json!({ "name": "a" });
    let mut ours = bare.clone();
    ours["data"]["LEVEL"] = json!("info");
    check(
        "update",
        &[
            step(
                "POST",
                &format!("{MAPS}?fieldManager=kubectl-create"),
                &bare,
                (201, json!({})),
            ),
            apply(&at("a"), "force=false", &ours, (409, refused)),
            apply(
                &at("a"),
                "force=false",
                &bare,
                (
                    200,
                    json!({ "metadata": { "managedFields": [
                { "manager": "orch", "operation": "Apply" },
                { "manager": "kubectl-create", "operation": "Update" }] } }),
                ),
            ),
        ],
    );
}

fn guarded_apply() {
    let mut stale = map("a", "debug");
    stale["metadata"]["resourceVersion"] = json!("1");
    let refused = json!({ "code": 409, "reason": "Conflict",
        "message": "~the object has been modified", "details": { "causes": null } });
    check(
        "guarded",
        &[
            apply(&at("a"), "force=true", &map("a", "info"), (201, json!({}))),
            apply(&at("a"), "force=true", &stale, (409, refused)),
            get(&at("a"), (200, json!({ "data": { "LEVEL": "info" } }))),
        ],
    );
}

/// As a migration from client-side apply does it.
fn managers_are_moved() {
    let mut before = map("a", "info");
    before["data"]["OLD"] = json!("x");
    before["metadata"] = json!({ "name": "a", "annotations": { "last": "{}" } });
    let mut after = before.clone();
    after["metadata"] = json!({ "name": "a" });
    after["data"] = json!({ "LEVEL": "info" });
    let entry = json!({ "manager": "orch", "operation": "Apply", "apiVersion": "v1",
        "time": "2026-01-01T00:00:00Z", "fieldsType": "FieldsV1",
        "fieldsV1": { "f:data": { "f:LEVEL": {}, "f:OLD": {} } } });
    let moved = json!({ "metadata": { "managedFields": [entry],
        "annotations": { "last": null } } });
    check(
        "moved",
        &[
            step(
                "POST",
                &format!("{MAPS}?fieldManager=kubectl-client-side-apply"),
                &before,
                (201, json!({})),
            ),
            step(
                "PATCH",
                &at("a"),
                &moved,
                (
                    200,
                    json!({ "data": { "OLD": "x" }, "metadata": { "annotations": null,
                    "managedFields": [{ "manager": "orch", "operation": "Apply" }] } }),
                ),
            ),
            apply(
                &at("a"),
                "",
                &after,
                (
                    200,
                    json!({ "data": { "OLD": null, "LEVEL": "info" },
                "metadata": { "managedFields": [{ "manager": "orch",
                    "fieldsV1": { "f:data": { "f:LEVEL": {} } } }] } }),
                ),
            ),
        ],
    );
}

/// Applies an object and then a changed one, which is refused because of these fields.
fn change(
    path: &str,
    before: &Value,
    (old, new): (&str, &str),
    causes: &[(&str, &str)],
) -> Vec<Step> {
    let name = before["metadata"]["name"].as_str().unwrap_or_default();
    let path = format!("{path}/{name}");
    let after: Value = serde_json::from_str(&before.to_string().replace(old, new)).expect("JSON");
    let causes: Vec<Value> = causes
        .iter()
        .map(|(field, message)| json!({ "field": field, "message": format!("~{message}") }))
        .collect();
    let refused = json!({ "code": 422, "reason": "Invalid", "details": { "causes": causes } });
    vec![
        apply(&path, "force=true", before, (201, json!({}))),
        apply(&path, "force=true", &after, (422, refused)),
    ]
}

fn immutable_fields() {
    let core = "/api/v1/namespaces/NS";
    let rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/NS";
    let containers = json!([{ "name": "c", "image": "example.test/c", "command": ["old"] }]);
    let steps = [
        change(
            "/apis/batch/v1/namespaces/NS/jobs",
            &json!({ "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": "j" },
                "spec": { "template": { "spec": { "restartPolicy": "Never",
                    "containers": containers } } } }),
            ("[\"old\"]", "[\"new\"]"),
            &[("spec.template", "field is immutable")],
        ),
        change(
            &format!("{core}/configmaps"),
            &json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "c" },
                "immutable": true, "data": { "A": "old" } }),
            ("old", "new"),
            &[("data", "field is immutable when `immutable` is set")],
        ),
        change(
            &format!("{core}/secrets"),
            &json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "s" },
                "type": "example.test/old" }),
            ("test/old", "test/new"),
            &[("type", "field is immutable")],
        ),
        change(
            &format!("{core}/services"),
            &json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": "s" },
                "spec": { "clusterIP": "10.96.66.6", "ports": [{ "port": 80 }] } }),
            ("10.96.66.6", "10.96.66.7"),
            &[("spec.clusterIPs[0]", "may not change once set")],
        ),
        change(
            &format!("{core}/persistentvolumeclaims"),
            &json!({ "apiVersion": "v1", "kind": "PersistentVolumeClaim",
                "metadata": { "name": "d" }, "spec": { "storageClassName": "old",
                "accessModes": ["ReadWriteOnce"],
                "resources": { "requests": { "storage": "1Gi" } } } }),
            ("\"old\"", "\"new\""),
            &[("spec", "spec is immutable after creation except")],
        ),
        change(
            &format!("{rbac}/rolebindings"),
            &json!({ "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                "metadata": { "name": "r" }, "roleRef": { "kind": "Role", "name": "old",
                "apiGroup": "rbac.authorization.k8s.io" },
                "subjects": [{ "kind": "ServiceAccount", "name": "default", "namespace": "NS" }] }),
            ("\"old\"", "\"new\""),
            &[("roleRef", "cannot change roleRef")],
        ),
        change(
            &format!("{core}/pods"),
            &json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "p" },
                "spec": { "containers": containers } }),
            ("[\"old\"]", "[\"new\"]"),
            &[("spec", "pod updates may not change fields other than")],
        ),
    ];
    check("immutables", &steps.concat());
}

fn immutable_stateful_set() {
    let set = json!({ "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": { "name": "db" },
        "spec": { "serviceName": "old", "selector": { "matchLabels": { "app": "db" } },
            "template": { "metadata": { "labels": { "app": "db" } },
                "spec": { "containers": [{ "name": "c", "image": "example.test/c" }] } } } });
    let message = "updates to statefulset spec for fields other than";
    let steps = change(
        "/apis/apps/v1/namespaces/NS/statefulsets",
        &set,
        ("\"old\"", "\"new\""),
        &[("spec", message)],
    );
    check("stateful", &steps);
}

/// Objects outside of namespaces are the same for all tests: they carry this one's name.
fn immutable_fields_of_the_cluster() {
    let steps = [
        change(
            "/apis/storage.k8s.io/v1/storageclasses",
            &json!({ "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
                "metadata": { "name": "NS" }, "provisioner": "example.test/p",
                "parameters": { "tier": "old" } }),
            ("\"old\"", "\"new\""),
            &[("parameters", "field is immutable")],
        ),
        change(
            "/apis/scheduling.k8s.io/v1/priorityclasses",
            &json!({ "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass",
                "metadata": { "name": "NS" }, "value": 100 }),
            ("100", "200"),
            &[("value", "may not be changed in an update")],
        ),
        change(
            "/apis/networking.k8s.io/v1/ingressclasses",
            &json!({ "apiVersion": "networking.k8s.io/v1", "kind": "IngressClass",
                "metadata": { "name": "NS" }, "spec": { "controller": "example.test/old" } }),
            ("test/old", "test/new"),
            &[("spec.controller", "field is immutable")],
        ),
    ];
    check("immutable-cluster", &steps.concat());
}

fn guarded_delete() {
    let options = |field: &str, value: &str| json!({ "kind": "DeleteOptions", "apiVersion": "v1", "preconditions": { field: value } });
    let refused = |message: &str| {
        (
            409,
            json!({ "code": 409, "reason": "Conflict", "message": format!("~{message}") }),
        )
    };
    check(
        "guarded-delete",
        &[
            step("POST", MAPS, &map("a", "info"), (201, json!({}))),
            step(
                "DELETE",
                &at("a"),
                &options("uid", "other"),
                refused("the UID in the precondition (other) does not match the UID in record"),
            ),
            step(
                "DELETE",
                &at("a"),
                &options("resourceVersion", "1"),
                refused("the ResourceVersion in the precondition (1) does not match"),
            ),
            get(&at("a"), (200, json!({}))),
        ],
    );
}

fn orphans_stay() {
    let path = format!("{DEPLOYMENTS}/api");
    let orphan = json!({ "kind": "DeleteOptions", "apiVersion": "v1",
        "propagationPolicy": "Orphan" });
    let none = json!({ "kind": "DeleteOptions", "apiVersion": "v1",
        "propagationPolicy": "Upwards" });
    check(
        "orphans",
        &[
            apply(&path, "", &deployment("api"), (201, json!({}))),
            step(
                "DELETE",
                &path,
                &none,
                (422, json!({ "code": 422, "reason": "Invalid" })),
            ),
            step("DELETE", &path, &orphan, (200, json!({}))),
        ],
    );
}
