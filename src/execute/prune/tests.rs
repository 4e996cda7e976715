//! What may go, and in which order.

use serde_json::json;

use super::*;

fn inventory() -> Inventory {
    Inventory::new("shop", 4, "shop")
}

fn consent(names: &[&str]) -> Consent {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    Consent::parse(&names).expect("names")
}

fn object(kind: &str, name: &str) -> Object {
    let object = Object::from_value(json!({ "apiVersion": "v1", "kind": kind,
        "metadata": { "name": name, "namespace": "shop", "uid": "u", "managedFields": [
            { "manager": "orch", "operation": "Apply", "fieldsV1": { "f:data": {} } }] } }));
    inventory().marked(&object.expect("an object"))
}

#[track_caller]
fn ours(change: impl FnOnce(&mut Value), expected: Result<(), &str>) {
    let mut object = object("ConfigMap", "a");
    change(&mut object.value["metadata"]);
    let found = is_ours(&object.value, &inventory());
    assert_eq!(found, expected.map_err(str::to_owned));
}

#[test]
fn only_what_orch_applied_and_nobody_controls_is_ours() {
    ours(|_| {}, Ok(()));
    ours(
        |metadata| metadata["labels"] = json!({}),
        Err("it doesn't carry the inventory's label any more"),
    );
    ours(
        |metadata| metadata["managedFields"][0]["manager"] = json!("operator"),
        Err("it carries the label, but orch never applied it"),
    );
    ours(
        |metadata| metadata["managedFields"][0]["operation"] = json!("Update"),
        Err("it carries the label, but orch never applied it"),
    );
    let owner = |controller: bool| json!([{ "kind": "Widget", "name": "w", "uid": "o", "controller": controller }]);
    ours(
        |metadata| metadata["ownerReferences"] = owner(true),
        Err("Widget/w made it and copied the label"),
    );
    ours(
        |metadata| metadata["ownerReferences"] = owner(false),
        Ok(()),
    );
}

#[track_caller]
fn guarded(object: &Object, expected: bool) {
    assert_eq!(protected(object).is_some(), expected, "{}", object.label());
}

#[test]
fn what_holds_data_or_other_objects_is_protected() {
    for kind in [
        "PersistentVolumeClaim",
        "PersistentVolume",
        "Namespace",
        "CustomResourceDefinition",
    ] {
        guarded(&object(kind, "a"), true);
    }
    guarded(&object("ConfigMap", "a"), false);
    let mut set = object("StatefulSet", "a");
    guarded(&set, false);
    set.value["spec"]["persistentVolumeClaimRetentionPolicy"] =
        json!({ "whenDeleted": "Delete", "whenScaled": "Retain" });
    guarded(&set, true);
}

#[track_caller]
fn of_content(content: &[Object], named: &[&str], expected: &Fate) {
    let namespace = object("Namespace", "shop");
    let found = namespace_fate(&namespace, content, &inventory(), &consent(named));
    assert_eq!(found, *expected);
}

#[test]
fn a_namespace_goes_by_name_only_and_its_claims_are_named_too() {
    let mut foreign = object("ConfigMap", "theirs");
    foreign.value["metadata"]["labels"] = json!({});
    let parent = object("ConfigMap", inventory().name());
    let empty = [object("Service", "ours"), parent];
    of_content(
        &empty,
        &[],
        &Fate::Named("all that is in it would go".to_owned()),
    );
    of_content(&empty, &["ns/shop"], &Fate::Goes(None));
    let with = "with what orch didn't put into it: ConfigMap/theirs".to_owned();
    of_content(
        &[foreign.clone()],
        &[],
        &Fate::Named(format!("all that is in it would go, {with}")),
    );
    of_content(&[foreign], &["ns/shop"], &Fate::Goes(Some(with)));
    let claim = [object("PersistentVolumeClaim", "data")];
    of_content(
        &claim,
        &["ns/shop"],
        &Fate::Named("it holds claims, to be named too: PersistentVolumeClaim/data".to_owned()),
    );
    of_content(&claim, &["ns/shop", "pvc/data"], &Fate::Goes(None));
}

#[track_caller]
fn waved(needs: &[&[usize]], expected: &[&[usize]]) {
    let needs: Vec<BTreeSet<usize>> = needs
        .iter()
        .map(|wanted| wanted.iter().copied().collect())
        .collect();
    assert_eq!(waves(&needs), expected);
}

#[test]
fn what_needs_others_goes_first() {
    waved(&[&[], &[0], &[1], &[0]], &[&[2, 3], &[1], &[0]]);
}

#[test]
fn a_circle_goes_at_once() {
    waved(&[&[1], &[0], &[0]], &[&[2], &[0, 1]]);
}
