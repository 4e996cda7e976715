use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Generations, generated, hash, is_generation, literals, unquoted};
use crate::manifest::{Object, Rendered, parse_documents};

const KUSTOMIZATION: &str = "\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: shop
labels:
  - pairs: {app.kubernetes.io/part-of: shop}
generatorOptions:
  immutable: true
  labels: {orch.dev/phase: '4'}
configMapGenerator:
  - name: web-config
    files: [files/web-config/nginx.conf]
  - name: app-config
    literals: [A=1, 'B=\"\"quoted\"\"']
";

fn objects(text: &str) -> Vec<Object> {
    let files = BTreeMap::from([("k8s/files/web-config/nginx.conf", "events {}\n")]);
    generated("k8s/kustomization.yml", text, |path| {
        files.get(path).copied()
    })
}

fn rendered(text: &str) -> Vec<Rendered> {
    vec![Rendered {
        path: "k8s/kustomization.yml".to_owned(),
        text: text.to_owned(),
        objects: objects(text),
        theirs: None,
    }]
}

#[test]
fn maps_hold_files_and_literals() {
    let found = objects(KUSTOMIZATION);
    let labels = json!({ "app.kubernetes.io/part-of": "shop", "orch.dev/phase": "4" });
    assert_eq!(
        found[0].value,
        json!({ "apiVersion": "v1", "kind": "ConfigMap", "immutable": true,
            "metadata": { "name": "web-config", "namespace": "shop", "labels": labels },
            "data": { "nginx.conf": "events {}\n" } })
    );
    assert_eq!(
        found[1].value["data"],
        json!({ "A": "1", "B": "\"quoted\"" })
    );
}

#[test]
fn what_only_kustomize_can_read_is_left_to_it() {
    assert!(objects("configMapGenerator: [{name: a, envs: [a.env]}]\n").is_empty());
    assert!(objects("configMapGenerator: [{name: a, files: [gone]}]\n").is_empty());
    assert!(objects("configMapGenerator: [{name: a, behavior: merge}]\n").is_empty());
    assert!(objects("{").is_empty());
}

#[track_caller]
fn check_hash(fields: Value, expected: &str) {
    let map = Object {
        api_version: "v1".to_owned(),
        kind: "ConfigMap".to_owned(),
        namespace: None,
        name: String::new(),
        value: fields,
    };
    assert_eq!(hash(&map), expected);
}

/// The values are those of kustomize's own tests.
#[test]
fn a_hash_is_kustomizes() {
    check_hash(json!({}), "6ct58987ht");
    check_hash(json!({ "data": { "one": "" } }), "9g67k2htb6");
    let three = json!({ "two": 2, "one": "", "three": 3 });
    check_hash(json!({ "data": three }), "7757f9kkct");
    let both = json!({ "data": { "one": "" }, "binaryData": { "two": "" } });
    check_hash(both, "698h7c7t9m");
}

#[test]
fn references_follow() {
    let named = Generations::of(&rendered(KUSTOMIZATION));
    let pod = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n\
               spec:\n  template:\n    spec:\n      volumes:\n        - configMap: {name: web-config}\n        \
               - projected: {sources: [{configMap: {name: web-config}}]}\n        - configMap: {name: other}\n      \
               containers:\n        - envFrom: [{configMapRef: {name: app-config}}]\n          \
               env: [{valueFrom: {configMapKeyRef: {name: app-config, key: A}}}]\n";
    let pod = parse_documents("a.yml", pod).expect("an object").remove(0);
    let text = named.named(&pod).value.to_string();
    let web = hash(&objects(KUSTOMIZATION)[0]);
    assert_eq!(text.matches(&format!("web-config-{web}")).count(), 2);
    assert_eq!(text.matches("\"app-config-").count(), 2, "{text}");
    assert!(text.contains("\"other\""));
    // Another namespace has maps of its own.
    let mut elsewhere = pod;
    elsewhere.namespace = Some("other".to_owned());
    assert_eq!(named.named(&elsewhere), elsewhere);
}

#[test]
fn a_person_may_keep_a_name() {
    let fixed = format!("{KUSTOMIZATION}    options: {{disableNameSuffixHash: true}}\n");
    let maps = objects(&fixed);
    let named = Generations::of(&rendered(&fixed));
    assert_ne!(named.named(&maps[0]).name, "web-config");
    assert_eq!(named.named(&maps[1]).name, "app-config");
}

#[test]
fn generations_are_told_by_their_hashes() {
    assert!(is_generation(
        "app-config-6ct58987ht",
        "app-config-9g67k2htb6"
    ));
    assert!(!is_generation(
        "app-config-6ct58987ht",
        "app-config-6ct58987ht"
    ));
    assert!(!is_generation(
        "app-config-6ct58987ht",
        "web-config-9g67k2htb6"
    ));
    assert!(!is_generation("app-config", "app-settings"));
}

proptest::proptest! {
    #[test]
    fn a_literal_reads_back(value in "[^\r]*") {
        let entry = literals("a", &[("KEY".to_owned(), value.clone())]);
        let literal = entry["literals"][0].as_str().expect("text");
        let (_, read) = literal.split_once('=').expect("a value");
        proptest::prop_assert_eq!(unquoted(read), value);
    }
}
