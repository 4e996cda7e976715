//! Manifests that people wrote and `kubectl` applied: the phase that `orch init` writes adopts what
//! runs, and makes nothing anew.

use serde_json::Value;

use crate::conformance::Case;
use crate::conformance::conflicts::managers;
use crate::conformance::target::{contains, deployment};
use crate::harness::cluster::{Cluster, cluster};
use crate::harness::workspace::Workspace;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[(
    "nothing::hand_written_manifests_are_adopted_as_they_run",
    hand_written_manifests_are_adopted,
)];

const NAMESPACE: &str = "inherited";

/// The manifests, as files.
fn manifests() -> Vec<(&'static str, String)> {
    let named = |text: &str| text.replace("NAMESPACE", NAMESPACE);
    let settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: NAMESPACE }\n\
         data: { LEVEL: info }\n";
    let service = "apiVersion: v1\nkind: Service\nmetadata: { name: api, namespace: NAMESPACE }\n\
         spec: { selector: { app: api }, ports: [{ port: 80 }] }\n";
    let api = deployment("api", "", "").replacen("name: api", "name: api, namespace: inherited", 1);
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
fn live(kind: &str, name: &str) -> Value {
    let arguments = [
        "get",
        kind,
        name,
        "-n",
        NAMESPACE,
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
    for (path, text) in manifests() {
        workspace = workspace.file(path, &text);
        let output = cluster().kubectl_with(&["apply", "-f", "-"], &text);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{path}: {said}");
    }
    let objects = [
        ("configmap", "settings"),
        ("deployment", "api"),
        ("service", "api"),
    ];
    wait_for_pods(cluster());
    let before = objects.map(|(kind, name)| kept(&live(kind, name)));
    let pods = pods();

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

    let after = objects.map(|(kind, name)| kept(&live(kind, name)));
    assert_eq!(after, before, "nothing but the ownership changed");
    assert_eq!(self::pods(), pods, "no pod was made anew");
    for (kind, name) in objects {
        let object = live(kind, name);
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
fn pods() -> Vec<String> {
    let path = "jsonpath={.items[*].metadata.uid}";
    let output = cluster().kubectl(&["get", "pods", "-n", NAMESPACE, "-o", path]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut pods: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    pods.sort();
    assert!(!pods.is_empty(), "the Deployment has pods");
    pods
}

fn wait_for_pods(cluster: &Cluster) {
    let arguments = [
        "rollout",
        "status",
        "deployment/api",
        "-n",
        NAMESPACE,
        "--timeout=60s",
    ];
    let output = cluster.kubectl(&arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
