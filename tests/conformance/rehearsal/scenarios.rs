//! The scenarios: what a client may rely on, whichever server answers.

use serde_json::{Value, json};

use super::{Step, check, step};
use crate::conformance::Case;

/// The tests of this file.
pub(super) const CASES: &[Case] = &[
    ("rehearsal::create_and_get", create_and_get),
    (
        "rehearsal::apply_creates_then_leaves_unchanged",
        apply_creates,
    ),
    ("rehearsal::conflict_and_force", conflict_and_force),
    (
        "rehearsal::apply_names_its_manager",
        apply_names_its_manager,
    ),
    ("rehearsal::unknown_fields", unknown_fields),
    ("rehearsal::dry_run", dry_run),
    ("rehearsal::missing_namespace", missing_namespace),
    ("rehearsal::generation", generation),
    ("rehearsal::immutable_selector", immutable_selector),
    ("rehearsal::invalid_objects", invalid_objects),
    ("rehearsal::delete", delete),
    ("rehearsal::what_is_taken_out_goes", what_is_taken_out_goes),
    (
        "rehearsal::defaults_of_a_deployment",
        defaults_of_a_deployment,
    ),
    ("rehearsal::stale_writes", stale_writes),
];

pub(super) const MAPS: &str = "/api/v1/namespaces/NS/configmaps";
pub(super) const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/NS/deployments";

pub(super) fn map(name: &str, level: &str) -> Value {
    json!({ "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": { "name": name, "labels": { "app": name, "tier": level } },
        "data": { "LEVEL": level } })
}

pub(super) fn deployment(app: &str) -> Value {
    json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "api" },
        "spec": { "replicas": 1, "selector": { "matchLabels": { "app": app } },
            "template": { "metadata": { "labels": { "app": app } },
                "spec": { "containers": [{ "name": "main", "image": "example.test/main:1" }] } } } })
}

pub(super) fn create(name: &str, level: &str) -> Step {
    step("POST", MAPS, &map(name, level), (201, json!({})))
}

pub(super) fn apply(path: &str, query: &str, body: &Value, answer: (u16, Value)) -> Step {
    let manager = if query.contains("fieldManager=") {
        ""
    } else {
        "&fieldManager=orch"
    };
    step("PATCH", &format!("{path}?{query}{manager}"), body, answer)
}

pub(super) fn get(path: &str, answer: (u16, Value)) -> Step {
    step("GET", path, &Value::Null, answer)
}

pub(super) fn at(name: &str) -> String {
    format!("{MAPS}/{name}")
}

fn create_and_get() {
    let made = json!({ "kind": "ConfigMap", "apiVersion": "v1", "data": { "LEVEL": "info" },
        "metadata": { "name": "a", "namespace": "NS", "uid": "*", "resourceVersion": "*",
            "creationTimestamp": "*", "generation": null } });
    let missing = json!({ "kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404,
        "message": "configmaps \"b\" not found", "details": { "name": "b", "kind": "configmaps" } });
    let twice = json!({ "kind": "Status", "reason": "AlreadyExists", "code": 409,
        "message": "configmaps \"a\" already exists" });
    check(
        "create",
        &[
            step("POST", MAPS, &map("a", "info"), (201, made.clone())),
            get(&at("a"), (200, made)),
            get(&at("b"), (404, missing)),
            step("POST", MAPS, &map("a", "info"), (409, twice)),
        ],
    );
}

fn apply_creates() {
    let managed = json!({ "metadata": { "managedFields": [{ "manager": "orch", "operation": "Apply",
        "apiVersion": "v1", "fieldsType": "FieldsV1",
        "fieldsV1": { "f:data": { "f:LEVEL": {} } } }] } });
    check(
        "apply",
        &[
            apply(
                &at("a"),
                "force=false",
                &map("a", "info"),
                (201, managed.clone()),
            ),
            apply(&at("a"), "force=false", &map("a", "info"), (200, managed)),
        ],
    );
}

fn conflict_and_force() {
    let cause = |field: &str| {
        json!({ "reason": "FieldManagerConflict", "field": field,
            "message": "conflict with \"other\"" })
    };
    let refused = json!({ "kind": "Status", "reason": "Conflict", "code": 409,
        "message": "~conflicts with \"other\"",
        "details": { "causes": [cause(".data.LEVEL"), cause(".metadata.labels.tier")] } });
    check(
        "conflict",
        &[
            apply(
                &at("a"),
                "fieldManager=other",
                &map("a", "debug"),
                (201, json!({})),
            ),
            apply(&at("a"), "", &map("a", "info"), (409, refused)),
            get(&at("a"), (200, json!({ "data": { "LEVEL": "debug" } }))),
            apply(
                &at("a"),
                "force=true",
                &map("a", "info"),
                (200, json!({ "data": { "LEVEL": "info" } })),
            ),
        ],
    );
}

fn apply_names_its_manager() {
    let refused = json!({ "kind": "Status", "status": "Failure", "reason": "Invalid", "code": 422,
        "message": "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch",
        "details": { "group": "meta.k8s.io", "kind": "PatchOptions", "causes": [
            { "reason": "FieldValueRequired", "field": "fieldManager",
                "message": "Required value: is required for apply patch" }] } });
    check(
        "manager",
        &[
            apply(&at("a"), "fieldManager=", &map("a", "info"), (422, refused)),
            get(&at("a"), (404, json!({ "reason": "NotFound" }))),
        ],
    );
}

fn unknown_fields() {
    let mut body = deployment("api");
    body["spec"]["replicaz"] = json!(2);
    let applied = json!({ "kind": "Status", "code": 500,
        "message": "~.spec.replicaz: field not declared in schema" });
    let posted = json!({ "kind": "Status", "reason": "BadRequest", "code": 400,
        "message": "~strict decoding error: unknown field \"spec.replicaz\"" });
    check(
        "unknown",
        &[
            apply(
                &format!("{DEPLOYMENTS}/api"),
                "fieldValidation=Strict",
                &body,
                (500, applied),
            ),
            step(
                "POST",
                &format!("{DEPLOYMENTS}?fieldValidation=Strict"),
                &body,
                (400, posted),
            ),
            get(
                &format!("{DEPLOYMENTS}/api"),
                (404, json!({ "reason": "NotFound" })),
            ),
        ],
    );
}

fn dry_run() {
    check(
        "dry",
        &[
            apply(
                &at("a"),
                "dryRun=All",
                &map("a", "info"),
                (201, json!({ "data": { "LEVEL": "info" } })),
            ),
            get(&at("a"), (404, json!({}))),
            create("a", "info"),
            apply(
                &at("a"),
                "dryRun=All&force=true",
                &map("a", "debug"),
                (200, json!({ "data": { "LEVEL": "debug" } })),
            ),
            step(
                "DELETE",
                &format!("{}?dryRun=All", at("a")),
                &Value::Null,
                (200, json!({})),
            ),
            get(&at("a"), (200, json!({ "data": { "LEVEL": "info" } }))),
        ],
    );
}

fn missing_namespace() {
    let path = "/api/v1/namespaces/nowhere/configmaps";
    let refused = json!({ "kind": "Status", "reason": "NotFound", "code": 404,
        "message": "namespaces \"nowhere\" not found" });
    check(
        "missing",
        &[
            apply(
                &format!("{path}/a"),
                "",
                &map("a", "info"),
                (404, refused.clone()),
            ),
            apply(
                &format!("{path}/a"),
                "dryRun=All",
                &map("a", "info"),
                (404, refused.clone()),
            ),
            step("POST", path, &map("a", "info"), (404, refused)),
            get(path, (200, json!({ "kind": "ConfigMapList", "items": [] }))),
        ],
    );
}

fn generation() {
    let path = format!("{DEPLOYMENTS}/api");
    let mut labelled = deployment("api");
    labelled["metadata"]["labels"] = json!({ "new": "yes" });
    let mut scaled = labelled.clone();
    scaled["spec"]["replicas"] = json!(2);
    let says = |generation: i64| json!({ "metadata": { "generation": generation } });
    check(
        "generation",
        &[
            apply(&path, "", &deployment("api"), (201, says(1))),
            apply(&path, "", &deployment("api"), (200, says(1))),
            apply(&path, "", &labelled, (200, says(1))),
            apply(&path, "", &scaled, (200, says(2))),
        ],
    );
}

fn immutable_selector() {
    let path = format!("{DEPLOYMENTS}/api");
    let refused = json!({ "kind": "Status", "reason": "Invalid", "code": 422,
        "message": "~field is immutable",
        "details": { "name": "api", "kind": "Deployment", "group": "apps",
            "causes": [{ "reason": "FieldValueInvalid", "field": "spec.selector" }] } });
    check(
        "immutable",
        &[
            apply(&path, "", &deployment("api"), (201, json!({}))),
            apply(&path, "force=true", &deployment("other"), (422, refused)),
        ],
    );
}

fn invalid_objects() {
    let mut mismatched = deployment("api");
    mismatched["spec"]["template"]["metadata"]["labels"] = json!({ "app": "other" });
    let mut nameless = deployment("api");
    nameless["spec"]["template"]["spec"]["containers"][0]["image"] = json!("");
    let invalid = json!({ "kind": "Status", "reason": "Invalid", "code": 422 });
    check(
        "invalid",
        &[
            apply(
                &format!("{DEPLOYMENTS}/api"),
                "",
                &mismatched,
                (422, invalid.clone()),
            ),
            apply(
                &format!("{DEPLOYMENTS}/api"),
                "",
                &nameless,
                (422, invalid.clone()),
            ),
            step("POST", MAPS, &map("Not_A_Name", "info"), (422, invalid)),
        ],
    );
}

fn delete() {
    let gone =
        json!({ "kind": "Status", "status": "Success", "details": { "name": "a", "uid": "*" } });
    check(
        "delete",
        &[
            create("a", "info"),
            step("DELETE", &at("a"), &Value::Null, (200, gone)),
            get(&at("a"), (404, json!({ "reason": "NotFound" }))),
            step(
                "DELETE",
                &at("a"),
                &Value::Null,
                (404, json!({ "reason": "NotFound" })),
            ),
        ],
    );
}

fn what_is_taken_out_goes() {
    let mut more = map("a", "info");
    more["data"]["EXTRA"] = json!("yes");
    check(
        "taken",
        &[
            apply(
                &at("a"),
                "",
                &more,
                (201, json!({ "data": { "EXTRA": "yes" } })),
            ),
            apply(
                &at("a"),
                "",
                &map("a", "info"),
                (200, json!({ "data": { "EXTRA": null, "LEVEL": "info" } })),
            ),
        ],
    );
}

fn defaults_of_a_deployment() {
    let defaults = json!({ "spec": { "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
        "strategy": { "type": "RollingUpdate",
            "rollingUpdate": { "maxSurge": "25%", "maxUnavailable": "25%" } },
        "template": { "spec": { "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
            "schedulerName": "default-scheduler", "terminationGracePeriodSeconds": 30,
            "containers": [{ "imagePullPolicy": "IfNotPresent",
                "terminationMessagePath": "/dev/termination-log",
                "terminationMessagePolicy": "File" }] } } } });
    let path = format!("{DEPLOYMENTS}/api");
    check(
        "defaults",
        &[apply(&path, "", &deployment("api"), (201, defaults))],
    );
}

fn stale_writes() {
    let mut stale = map("a", "debug");
    stale["metadata"]["resourceVersion"] = json!("1");
    let refused = json!({ "kind": "Status", "reason": "Conflict", "code": 409 });
    check(
        "stale",
        &[
            create("a", "info"),
            step("PUT", &at("a"), &stale, (409, refused)),
            step(
                "PUT",
                &at("a"),
                &map("a", "debug"),
                (200, json!({ "data": { "LEVEL": "debug" } })),
            ),
        ],
    );
}
