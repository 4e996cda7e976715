//! Which fields change, which are secret, and who took them over.

use super::*;

fn live() -> Value {
    json!({ "metadata": { "uid": "u" }, "spec": { "replicas": 3, "template": { "spec": {
        "containers": [{ "name": "main", "image": "x:1",
            "env": [{ "name": "COLOUR", "value": "red" }] }] } } } })
}

fn owned() -> Fields {
    Fields::parse(&json!({ "f:metadata": { "f:labels": { "f:set": {} } },
        "f:spec": { "f:replicas": {}, "f:template": { "f:spec": { "f:containers": {
            "k:{\"name\":\"main\"}": { ".": {}, "f:name": {}, "f:image": {}, "f:env": {
                "k:{\"name\":\"COLOUR\"}": { ".": {}, "f:name": {}, "f:value": {} },
                "k:{\"name\":\"SHAPE\"}": { ".": {}, "f:name": {}, "f:value": {} } } } } } } } }))
}

#[test]
fn the_places_at_which_an_apply_changes_something_are_found() {
    let mut then = live();
    then["metadata"]["labels"] = json!({ "set": "shop" });
    then["spec"]["replicas"] = json!(1);
    let env = &mut then["spec"]["template"]["spec"]["containers"][0]["env"];
    *env = json!([{ "name": "COLOUR", "value": "red" }, { "name": "SHAPE", "value": "round" }]);
    let mut found = Vec::new();
    differences((&live(), &then), &owned(), &mut Vec::new(), &mut found);
    let shown: Vec<String> = found
        .iter()
        .map(|path| place::shown(path).replace('"', ""))
        .collect();
    assert_eq!(
        shown,
        [
            ".metadata.labels",
            ".spec.replicas",
            ".spec.template.spec.containers[name=main].env[name=SHAPE]",
        ]
    );
}

#[track_caller]
fn named(written: &[&str], expected: &[&str]) {
    let written: Vec<String> = written.iter().map(|text| (*text).to_owned()).collect();
    let path = place::parse(&written).expect("a place");
    let names: Vec<String> = names_of(&path).collect();
    assert_eq!(names, expected);
}

#[test]
fn a_variables_value_goes_by_its_name() {
    named(
        &["f:env", "k:{\"name\":\"DB_PASSWORD\"}", "f:value"],
        &["value", "DB_PASSWORD"],
    );
    named(&["f:data", "f:DB_PASSWORD"], &["DB_PASSWORD"]);
    named(&["f:env", "k:{\"name\":\"DB_PASSWORD\"}"], &[]);
}

#[test]
fn kubectls_own_note_is_read_as_what_it_holds() {
    let note = json!({ "apiVersion": "v1", "kind": "Secret", "data": { "a": "eA==" } });
    let inner = configuration(&note.to_string()).expect("a configuration");
    assert_eq!(inner["kind"], "Secret");
    assert_eq!(configuration("plain"), None);
    assert_eq!(configuration("{}"), None);
}

#[test]
fn another_manager_owns_a_place_beside_orch() {
    let mut live = live();
    live["metadata"]["managedFields"] = json!([
        { "manager": "orch", "operation": "Apply", "fieldsV1": { "f:spec": { "f:paused": {} } } },
        { "manager": "kubectl-edit", "operation": "Update",
          "fieldsV1": { "f:spec": { "f:replicas": {} } } },
    ]);
    let path = |name: &str| {
        vec![
            Element::Field("spec".to_owned()),
            Element::Field(name.to_owned()),
        ]
    };
    assert!(owned_by_others(&live, &path("replicas")));
    assert_eq!(owner(&live, &path("replicas")), "kubectl-edit");
    assert!(!owned_by_others(&live, &path("paused")));
}

#[test]
fn a_manifests_field_that_others_own_is_found() {
    let manifest = json!({ "spec": { "replicas": 1 } });
    assert_eq!(
        set_by(&owned(), &manifest).as_deref(),
        Some(".spec.replicas")
    );
    assert_eq!(
        set_by(&owned(), &json!({ "spec": { "paused": true } })),
        None
    );
}
