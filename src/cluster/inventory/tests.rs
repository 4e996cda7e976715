//! The id, the parent, and the mark.

use super::*;

#[test]
fn the_id_is_what_kubectl_computes() {
    // `kubectl apply --prune --applyset=configmap/orch-shop-phase-04 -n shop` (1.36.3).
    let inventory = Inventory::new("shop", 4, "shop");
    assert_eq!(inventory.name(), "orch-shop-phase-04");
    assert_eq!(
        inventory.id(),
        "applyset-9OtdM1WATEhJqzoB1dJ6BhiTsLrgC-LeibQRdr-ggNA-v1"
    );
}

#[track_caller]
fn named(set: &str, expected: &str) {
    assert_eq!(Inventory::new(set, 4, "n").name(), expected);
}

#[test]
fn any_set_has_a_name_that_kubernetes_takes() {
    named("call-center", "orch-call-center-phase-04");
    named("Call_Center", "orch-callcenter-bc8f38cfab-phase-04");
    named("Запуск", "orch-f7ffa59af6-phase-04");
}

#[test]
fn the_parent_is_listed_in_order_and_without_its_own_namespace() {
    let inventory = Inventory::new("shop", 4, "shop");
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let extent = Extent {
        kinds: set(&["Service", "Deployment.apps"]),
        namespaces: set(&["shop", "b", "a"]),
    };
    let parent = inventory.parent(&extent);
    let notes = &parent["metadata"]["annotations"];
    assert_eq!(notes[KINDS], "Deployment.apps,Service");
    assert_eq!(notes[NAMESPACES], "a,b");
    let parent: ConfigMap = serde_json::from_value(parent).expect("a ConfigMap");
    assert_eq!(inventory.extent(&parent).expect("ours"), extent);
}

#[track_caller]
fn refused(change: impl FnOnce(&mut Value), expected: &str) {
    let inventory = Inventory::new("shop", 4, "shop");
    let mut parent = inventory.parent(&Extent::default());
    change(&mut parent["metadata"]);
    let parent: ConfigMap = serde_json::from_value(parent).expect("a ConfigMap");
    let error = inventory.extent(&parent).expect_err("it is foreign");
    assert!(error.to_string().contains(expected), "{error}");
}

#[test]
fn a_parent_of_others_is_left_alone() {
    refused(
        |metadata| metadata["annotations"][TOOLING] = "kubectl/v1.36".into(),
        "managed by `kubectl/v1.36`",
    );
    refused(
        |metadata| metadata["annotations"] = json!({}),
        "it has no `applyset.kubernetes.io/tooling`",
    );
    refused(
        |metadata| metadata["labels"] = json!({}),
        "its `applyset.kubernetes.io/id` is not",
    );
}

#[test]
fn the_label_is_added_to_those_that_are_there() {
    let inventory = Inventory::new("shop", 4, "shop");
    let object = |labels: Value| {
        Object::from_value(json!({ "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": { "name": "a", "labels": labels } }))
        .expect("an object")
    };
    let marked = inventory.marked(&object(json!({ "app": "a" })));
    assert_eq!(marked.value["metadata"]["labels"]["app"], "a");
    assert!(inventory.marks(&marked.value));
    assert!(inventory.marks(&inventory.marked(&object(Value::Null)).value));
    assert!(!inventory.marks(&object(Value::Null).value));
}
