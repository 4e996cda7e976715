//! The inventory of a phase: what it covers, and that `kubectl` reads it as its own kind of set.

use serde_json::Value;

use crate::conformance::Case;
use crate::conformance::things::{
    CLAIM, WEB, get, is_there, kubectl, kubectl_apply, phase, run, settings,
};
use crate::harness::cluster::{cluster, fed};

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "inventory::members_are_found_by_their_label",
        members_are_found_by_their_label,
    ),
    ("inventory::kubectl_reads_it", kubectl_reads_it),
    (
        "inventory::a_parent_of_another_tool_is_refused",
        a_parent_of_another_tool_is_refused,
    ),
];

const PARENT: &str = "configmap/orch-things-phase-04";

fn note<'a>(parent: &'a Value, name: &str) -> &'a str {
    let notes = &parent["metadata"]["annotations"];
    notes[format!("applyset.kubernetes.io/{name}")]
        .as_str()
        .unwrap_or_default()
}

fn members_are_found_by_their_label() {
    let namespace = "inventoried";
    let first = format!("apiVersion: v1\nkind: Namespace\nmetadata: {{ name: {namespace} }}\n");
    let files = [
        ("namespace", first.as_str()),
        ("settings", &settings("settings", "info")),
        ("web", WEB),
        ("claim", CLAIM),
    ];
    let workspace = phase(namespace, &files);
    run(&workspace, &[]).expect(0);
    let parent = get(namespace, PARENT);
    let id = parent["metadata"]["labels"]["applyset.kubernetes.io/id"]
        .as_str()
        .expect("an id");
    let label = format!("applyset.kubernetes.io/part-of={id}");
    let kinds = "namespaces,configmaps,deployments,persistentvolumeclaims,pods,replicasets";
    let found = kubectl(&["-n", namespace, "get", kinds, "-l", &label, "-o", "name"]);
    let found: Vec<&str> = found.lines().collect();
    assert_eq!(
        found,
        [
            "namespace/inventoried",
            "configmap/settings",
            "deployment.apps/web",
            "persistentvolumeclaim/data",
        ]
    );
    assert_eq!(
        note(&parent, "contains-group-kinds"),
        "ConfigMap,Deployment.apps,Namespace,PersistentVolumeClaim"
    );
    assert_eq!(note(&parent, "additional-namespaces"), "");
    assert!(note(&parent, "tooling").starts_with("orch/v"), "{parent}");
    let written = workspace.read("manifests/web.yml");
    assert!(!written.contains("applyset"), "the files aren't marked");
}

/// `kubectl` checks tooling, id and kinds, in this order, before it applies anything.
fn kubectl_reads_it() {
    let namespace = cluster().namespace("applyset");
    let files = [("settings", &*settings("settings", "info")), ("web", WEB)];
    let workspace = phase(&namespace, &files);
    run(&workspace, &[]).expect(0);
    let text = settings("settings", "info").replace("NAMESPACE", &namespace);
    let refused = applyset(&namespace, &text);
    assert!(
        refused.contains("is managed by tooling \"orch\" instead of \"kubectl\""),
        "{refused}"
    );
    // A kubectl that took it for its own would find the id right, and what is superfluous.
    let own = "applyset.kubernetes.io/tooling=kubectl/v1.36";
    kubectl(&["-n", &namespace, "annotate", "--overwrite", PARENT, own]);
    let pruned = applyset(&namespace, &text);
    assert!(
        pruned.contains("deployment.apps/web pruned (server dry run)"),
        "{pruned}"
    );
    assert!(!pruned.contains("settings pruned"), "{pruned}");
}

/// What `kubectl apply --prune --applyset` says of the phase's inventory, changing nothing.
fn applyset(namespace: &str, text: &str) -> String {
    let mut kubectl = cluster().program("kubectl");
    kubectl
        .env("KUBECTL_APPLYSET", "true")
        .args([
            "-n",
            namespace,
            "apply",
            "--server-side",
            "--force-conflicts",
        ])
        .args([
            "--prune",
            "--applyset",
            PARENT,
            "--dry-run=server",
            "-f",
            "-",
        ]);
    let output = fed(kubectl, text);
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn a_parent_of_another_tool_is_refused() {
    let namespace = cluster().namespace("foreign-set");
    let other = settings("orch-things-phase-04", "theirs");
    kubectl_apply(&namespace, &[], &other);
    let workspace = phase(&namespace, &[("settings", &settings("settings", "info"))]);
    let refused = run(&workspace, &[]).expect(1);
    assert!(
        refused.stderr.contains("is no inventory of orch"),
        "{}",
        refused.stderr
    );
    assert!(!is_there(&namespace, "configmap/settings"));
    assert_eq!(get(&namespace, PARENT)["data"]["LEVEL"], "theirs");
}
