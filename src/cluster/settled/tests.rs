//! Against the rehearsal's server-side apply: what was applied is settled, and any change to it
//! isn't.

use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};
use proptest::test_runner::Config;
use serde_json::{Map, Value, json};

use super::is_settled;
use crate::cluster::{ApplyOptions, Cluster};
use crate::manifest::Object;
use crate::rehearsal::{Rehearsal, Script};

fn object(value: &Value) -> Object {
    Object::from_value(value.clone()).expect("an object")
}

/// Returns what a server has after an apply.
fn applied(value: &Value) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let client = Rehearsal::new(Script::default()).client();
        let cluster = Cluster::over(client, "test").await.expect("a cluster");
        let options = ApplyOptions::default();
        let answer = cluster.apply(&object(value), options).await;
        answer.expect("it is applied").object
    })
}

fn deployment() -> Value {
    json!({ "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "a", "namespace": "default", "labels": { "app": "a" } },
        "spec": {
            "replicas": 2,
            "selector": { "matchLabels": { "app": "a" } },
            "template": {
                "metadata": { "labels": { "app": "a" } },
                "spec": {
                    "containers": [
                        { "name": "main", "image": "x:1", "args": ["-v"],
                          "env": [
                              { "name": "A", "value": "1" },
                              { "name": "N", "valueFrom": { "fieldRef": {
                                  "fieldPath": "metadata.name" } } },
                          ],
                          "ports": [{ "containerPort": 80 }],
                          "readinessProbe": { "httpGet": { "path": "/", "port": 80 } },
                          "resources": { "limits": { "cpu": "1000m", "memory": "1024Mi" } } },
                        { "name": "side", "image": "y:1" },
                    ],
                    "volumes": [{ "name": "tmp", "emptyDir": {} }],
                },
            },
        } })
}

fn change(value: &mut Value, at: &str, to: Value) {
    let (parent, name) = at.rsplit_once('/').expect("a pointer");
    let parent = value.pointer_mut(parent).expect("a place");
    match name.parse::<usize>() {
        Ok(index) => parent[index] = to,
        Err(_) => parent[name] = to,
    }
}

#[track_caller]
fn check(wanted: &Value, live: &Value, expected: bool) {
    assert_eq!(is_settled(&object(wanted), live), expected, "{wanted}");
}

#[test]
fn what_was_applied_is_settled() {
    let wanted = deployment();
    check(&wanted, &applied(&wanted), true);
}

#[test]
fn what_others_added_changes_nothing() {
    let wanted = deployment();
    let mut live = applied(&wanted);
    change(&mut live, "/metadata/labels/other", json!("y"));
    change(
        &mut live,
        "/spec/template/spec/containers/1/stdin",
        json!(true),
    );
    let containers = live.pointer_mut("/spec/template/spec/containers");
    let containers = containers.and_then(Value::as_array_mut);
    let sidecar = json!({ "name": "injected", "image": "mesh" });
    containers.expect("a list").insert(0, sidecar);
    check(&wanted, &live, true);
}

#[test]
fn an_amount_written_otherwise_is_the_same() {
    let live = applied(&deployment());
    let mut wanted = deployment();
    let limits = "/spec/template/spec/containers/0/resources/limits";
    change(&mut wanted, limits, json!({ "cpu": 1, "memory": "1Gi" }));
    check(&wanted, &live, true);
    change(&mut wanted, limits, json!({ "cpu": 1, "memory": "1G" }));
    check(&wanted, &live, false);
}

#[test]
fn each_change_of_what_is_wanted_is_seen() {
    let live = applied(&deployment());
    let main = "/spec/template/spec/containers/0";
    for (at, to) in [
        ("/spec/replicas", json!(3)),
        ("/spec/paused", json!(true)),
        ("/metadata/labels/app", json!("b")),
        ("/metadata/annotations", json!({ "a": "b" })),
        (&format!("{main}/image"), json!("x:2")),
        (&format!("{main}/name"), json!("other")),
        (&format!("{main}/args"), json!([])),
        (&format!("{main}/args/0"), json!("-q")),
        (&format!("{main}/env/0/value"), json!("2")),
        (&format!("{main}/env/0/name"), json!("B")),
        (&format!("{main}/ports"), json!([])),
        (&format!("{main}/ports/0/containerPort"), json!(81)),
        (&format!("{main}/ports/0/protocol"), json!("UDP")),
        (&format!("{main}/ports/0/protocol"), json!("TCP")),
        (&format!("{main}/resources"), json!({})),
        (
            "/spec/template/spec/containers/1",
            json!({ "name": "main", "image": "y:1" }),
        ),
        ("/spec/template/spec/volumes", json!([])),
        ("/spec/selector/matchLabels/more", json!("y")),
    ] {
        let mut wanted = deployment();
        change(&mut wanted, at, to);
        check(&wanted, &live, false);
    }
}

#[test]
fn another_order_is_a_change() {
    let live = applied(&deployment());
    let mut wanted = deployment();
    let list = wanted.pointer_mut("/spec/template/spec/containers");
    let list = list.and_then(Value::as_array_mut).expect("a list");
    list.reverse();
    check(&wanted, &live, false);
}

#[test]
fn each_change_of_what_is_live_is_seen() {
    let wanted = deployment();
    let live = applied(&wanted);
    for (at, to) in [
        ("/spec/replicas", json!(3)),
        ("/metadata/deletionTimestamp", json!("2026-01-01T00:00:00Z")),
        ("/metadata/managedFields", json!([])),
        ("/spec/template/spec/containers/0/image", json!("x:2")),
        (
            "/spec/template/spec/containers/0/env/1/valueFrom/fieldRef/apiVersion",
            json!("v2"),
        ),
    ] {
        let mut live = live.clone();
        change(&mut live, at, to);
        check(&wanted, &live, false);
    }
}

#[test]
fn data_that_looks_like_an_amount_is_compared_as_text() {
    for key in ["limits", "storage", "sizeLimit", "divisor"] {
        let mut wanted = json!({ "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": { "name": "a", "namespace": "default", "labels": { key: "1000m" } },
            "data": { key: "1000m" } });
        let live = applied(&wanted);
        check(&wanted, &live, true);
        change(&mut wanted, &format!("/data/{key}"), json!("1"));
        check(&wanted, &live, false);
    }
}

#[test]
fn a_secret_is_compared_as_it_is_sent() {
    let mut wanted = json!({ "apiVersion": "v1", "kind": "Secret",
        "metadata": { "name": "a", "namespace": "default" },
        "stringData": { "A": "x", "B": "y" } });
    let live = applied(&wanted);
    check(&wanted, &live, true);
    change(&mut wanted, "/stringData/B", json!("z"));
    check(&wanted, &live, false);
    change(&mut wanted, "/stringData", json!({ "A": "x" }));
    check(&wanted, &live, false);
}

#[test]
fn what_is_empty_is_settled() {
    let wanted = json!({ "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": { "name": "a", "namespace": "default", "labels": {}, "annotations": {} },
        "data": {} });
    check(&wanted, &applied(&wanted), true);
}

#[test]
fn defaults_inside_of_what_is_owned_as_a_whole_are_known() {
    let wanted = json!({ "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": { "name": "a", "namespace": "default" },
        "spec": { "podSelector": {}, "policyTypes": ["Ingress"],
            "ingress": [{ "ports": [{ "port": 80 }] }] } });
    let live = applied(&wanted);
    let mut with_default = live.clone();
    change(
        &mut with_default,
        "/spec/ingress/0/ports/0/protocol",
        json!("TCP"),
    );
    check(&wanted, &with_default, true);
    change(
        &mut with_default,
        "/spec/ingress/0/ports/0/protocol",
        json!("UDP"),
    );
    check(&wanted, &with_default, false);
}

/// A ConfigMap's data, labels and annotations.
fn texts() -> impl Strategy<Value = Map<String, Value>> {
    let value = prop_oneof!["[a-z]{0,3}", "[0-9]{1,2}(m|Mi|)"].prop_map(Value::from);
    prop::collection::btree_map("[a-c](/[a-c])?", value, 0..4).prop_map(|map| {
        let named = map.into_iter();
        named
            .map(|(key, value)| (key.replace('/', "."), value))
            .collect()
    })
}

fn config() -> impl Strategy<Value = Value> {
    (texts(), texts(), any::<bool>()).prop_map(|(data, labels, immutable)| {
        let mut value = json!({ "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": { "name": "a", "namespace": "default" } });
        if !labels.is_empty() {
            value["metadata"]["annotations"] = labels.into();
        }
        if !data.is_empty() {
            value["data"] = data.into();
        }
        if immutable {
            value["immutable"] = true.into();
        }
        value
    })
}

proptest! {
    #![proptest_config(Config::with_cases(64))]

    #[test]
    fn an_object_is_settled_by_itself_and_by_no_other(one in config(), other in config()) {
        let live = applied(&one);
        check(&one, &live, true);
        check(&other, &live, one == other);
    }
}
