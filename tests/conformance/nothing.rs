//! Manifests that people wrote and `kubectl` applied: the phase that `orch init` writes adopts what
//! runs, and makes nothing anew.

use serde_json::Value;

use crate::conformance::Case;
use crate::conformance::conflicts::managers;
use crate::conformance::target::{contains, deployment};
use crate::harness::cluster::{Cluster, cluster};
use crate::harness::workspace::Workspace;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "nothing::hand_written_manifests_are_adopted_as_they_run",
        hand_written_manifests_are_adopted,
    ),
    (
        "nothing::what_kustomize_puts_into_a_namespace_is_adopted_there",
        what_kustomize_puts_into_a_namespace,
    ),
];

const NAMESPACE: &str = "inherited";

/// The manifests, as files.
fn manifests(namespace: &str) -> Vec<(&'static str, String)> {
    let named = |text: &str| text.replace("NAMESPACE", namespace);
    let settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: NAMESPACE }\n\
         data: { LEVEL: info }\n";
    let service = "apiVersion: v1\nkind: Service\nmetadata: { name: api, namespace: NAMESPACE }\n\
         spec: { selector: { app: api }, ports: [{ port: 80 }] }\n";
    let place = format!("name: api, namespace: {namespace}");
    let api = deployment("api", "", "").replacen("name: api", &place, 1);
    vec![
        (
            "k8s/namespace.yml",
            named("apiVersion: v1\nkind: Namespace\nmetadata: { name: NAMESPACE }\n"),
        ),
        ("k8s/settings.yml", named(settings)),
        ("k8s/api/deployment.yml", api),
        ("k8s/api/service.yml", named(service)),
    ]
}

/// Returns an object that runs there.
#[track_caller]
fn live(namespace: &str, (kind, name): (&str, &str)) -> Value {
    let arguments = [
        "get",
        kind,
        name,
        "-n",
        namespace,
        "-o",
        "json",
        "--show-managed-fields",
    ];
    let output = cluster().kubectl(&arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{kind}/{name}: {said}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// What must not change when an object is adopted.
fn kept(object: &Value) -> Value {
    let mut kept = object.clone();
    kept["status"] = Value::Null;
    let metadata = kept["metadata"].as_object_mut().expect("metadata");
    // Whose it is, is what changes. A Deployment's generation counts its annotations too, and
    // kubectl's goes.
    metadata.retain(|name, _| matches!(name.as_str(), "uid" | "name" | "creationTimestamp"));
    kept
}

fn hand_written_manifests_are_adopted() {
    let mut workspace = Workspace::new();
    for (path, text) in manifests(NAMESPACE) {
        workspace = workspace.file(path, &text);
        let output = cluster().kubectl_with(&["apply", "-f", "-"], &text);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{path}: {said}");
    }
    check_adopted(workspace, NAMESPACE);
}

fn what_kustomize_puts_into_a_namespace() {
    let namespace = "placed";
    let place = format!(", namespace: {namespace}");
    let mut workspace = Workspace::new()
        .file(
            "k8s/kustomization.yml",
            format!("namespace: {namespace}\nresources: [namespace.yml, settings.yml, api]\n"),
        )
        .file(
            "k8s/api/kustomization.yml",
            "resources: [deployment.yml, service.yml]\n",
        );
    for (path, text) in manifests(namespace) {
        workspace = workspace.file(path, text.replace(&place, ""));
    }
    let folder = workspace.path("k8s");
    let folder = folder.to_str().expect("a path");
    let output = cluster().kubectl(&["apply", "-k", folder]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    check_adopted(workspace, namespace);
}

/// Asserts that what runs in a namespace is adopted by what `orch init` writes of the workspace, and
/// changes in nothing but whose it is.
#[track_caller]
fn check_adopted(workspace: Workspace, namespace: &str) {
    let objects = [
        ("configmap", "settings"),
        ("deployment", "api"),
        ("service", "api"),
    ];
    wait_for_pods(cluster(), namespace);
    let before = objects.map(|it| kept(&live(namespace, it)));
    let pods = pods(namespace);

    let workspace = workspace
        .with_env("KUBECONFIG", cluster().kubeconfig())
        .commit_all();
    let said = workspace.orch(&["init", "--set", "shop"]).expect(0).stderr;
    contains(&said, &["--take-over kubectl"]);
    workspace.commit("Begin");
    let context = ["--context", cluster().context()];
    let run = [
        &["phase", "1", "run", "--take-over", "kubectl"],
        &context[..],
    ]
    .concat();
    workspace.orch(&run).expect(0);

    let after = objects.map(|it| kept(&live(namespace, it)));
    assert_eq!(after, before, "nothing but the ownership changed");
    assert_eq!(self::pods(namespace), pods, "no pod was made anew");
    for (kind, name) in objects {
        let object = live(namespace, (kind, name));
        let managers = managers(&object);
        assert!(managers.contains(&"orch Apply".to_owned()), "{managers:?}");
        let client = |it: &String| it.starts_with("kubectl-client-side-apply");
        assert!(!managers.iter().any(client), "{managers:?}");
    }
    let again = [&["phase", "1", "run"], &context[..]].concat();
    let again = workspace.orch(&again).expect(0);
    contains(&again.stderr, &["nothing to do"]);
}

/// Returns the pods' unique names.
fn pods(namespace: &str) -> Vec<String> {
    let path = "jsonpath={.items[*].metadata.uid}";
    let output = cluster().kubectl(&["get", "pods", "-n", namespace, "-o", path]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut pods: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    pods.sort();
    assert!(!pods.is_empty(), "the Deployment has pods");
    pods
}

fn wait_for_pods(cluster: &Cluster, namespace: &str) {
    let arguments = [
        "rollout",
        "status",
        "deployment/api",
        "-n",
        namespace,
        "--timeout=60s",
    ];
    let output = cluster.kubectl(&arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
