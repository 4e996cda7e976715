//! A small phase on a real control plane: manifests that people wrote, each applied by a task of
//! its own, in a namespace of its own.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use crate::conformance::target;
use crate::harness::cluster::cluster;
use crate::harness::workspace::{Run, Workspace};

/// Where the checklist lies.
pub(crate) const CHECKLIST: &str = "checklists/things/phase-04-things.md";
/// Where the journal lies.
pub(crate) const JOURNAL: &str = ".orch/things/phase-04.jsonl";

/// Returns a phase that applies these manifests in order, `NAMESPACE` standing for its namespace.
pub(crate) fn phase(namespace: &str, manifests: &[(&str, &str)]) -> Workspace {
    let mut workspace = Workspace::new().with_env("KUBECONFIG", cluster().kubeconfig());
    for (name, text) in manifests {
        let text = text.replace("NAMESPACE", namespace);
        workspace = workspace.file(&format!("manifests/{name}.yml"), text);
    }
    workspace
        .file(".gitignore", ".env\n")
        .file(
            "phases/04-things.toml",
            format!("namespace = \"{namespace}\"\n"),
        )
        .file(CHECKLIST, checklist(manifests))
        .commit_all()
}

/// Returns the checklist of these manifests, each needing the one before.
pub(crate) fn checklist(manifests: &[(&str, &str)]) -> String {
    let mut text = "# Phase 4: Things\n\n## Status\n\n- [x] Not started\n- [ ] In progress\n\
         - [ ] Completed\n\n**Started:** -\n**Completed:** -\n\n## 4.1 Things\n\n"
        .to_owned();
    for (at, (name, _)) in manifests.iter().enumerate() {
        let after = match at {
            0 => String::new(),
            at => format!(" after=4.1.{at}"),
        };
        let _ = writeln!(
            text,
            "- [ ] Bring {name} <!-- orch: apply=\"manifests/{name}.yml\"{after} -->"
        );
    }
    text
}

/// Runs the phase with these flags.
#[track_caller]
pub(crate) fn run(workspace: &Workspace, flags: &[&str]) -> Run {
    orch(workspace, "run", flags)
}

/// Turns the phase back with these flags.
#[track_caller]
pub(crate) fn undo(workspace: &Workspace, flags: &[&str]) -> Run {
    orch(workspace, "undo", flags)
}

fn orch(workspace: &Workspace, command: &str, flags: &[&str]) -> Run {
    workspace.orch(&arguments(command, flags))
}

/// Returns the arguments of a command on the control plane.
pub(crate) fn arguments<'a>(command: &'a str, flags: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["phase", "4", command, "--context", cluster().context()];
    arguments.extend(flags);
    arguments
}

/// Applies manifests as a person would, by `kubectl` with these arguments.
#[track_caller]
pub(crate) fn kubectl_apply(namespace: &str, arguments: &[&str], text: &str) {
    let mut all = vec!["-n", namespace, "apply", "-f", "-"];
    all.extend(arguments);
    let output = cluster().kubectl_with(&all, &text.replace("NAMESPACE", namespace));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
}

/// Returns what `kubectl` prints, without the blanks around it; it must succeed.
#[track_caller]
pub(crate) fn kubectl(arguments: &[&str]) -> String {
    target::kubectl(arguments).trim().to_owned()
}

/// Sets an object's finalizers (`["example.test/hold"]`, `null`).
#[track_caller]
pub(crate) fn set_finalizers(namespace: &str, name: &str, list: &str) {
    let patch = format!("{{\"metadata\":{{\"finalizers\":{list}}}}}");
    kubectl(&["-n", namespace, "patch", name, "--type=merge", "-p", &patch]);
}

/// Returns an object as the cluster has it.
#[track_caller]
pub(crate) fn get(namespace: &str, name: &str) -> Value {
    let arguments = [
        "-n",
        namespace,
        "get",
        name,
        "--show-managed-fields",
        "-o",
        "json",
    ];
    serde_json::from_str(&kubectl(&arguments)).expect("JSON")
}

/// Returns whether the cluster has an object.
pub(crate) fn is_there(namespace: &str, name: &str) -> bool {
    let found = cluster().kubectl(&["-n", namespace, "get", name]);
    found.status.success()
}

/// Returns the names of what a namespace holds (`configmap/settings`), without pods and the like,
/// which controllers make.
#[track_caller]
pub(crate) fn content(namespace: &str) -> BTreeSet<String> {
    let kinds = "configmaps,secrets,services,serviceaccounts,deployments,statefulsets,jobs,pods,\
                 persistentvolumeclaims,networkpolicies,ingresses,horizontalpodautoscalers,leases";
    let found = kubectl(&["-n", namespace, "get", kinds, "-o", "name"]);
    found.lines().map(str::to_owned).collect()
}

/// A `ConfigMap` with one value.
pub(crate) fn settings(name: &str, value: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: {name}, namespace: NAMESPACE }}\n\
         data: {{ LEVEL: {value} }}\n"
    )
}

/// A Deployment of one replica that takes its settings from `settings`.
pub(crate) const WEB: &str = "apiVersion: apps/v1\n\
kind: Deployment\n\
metadata: { name: web, namespace: NAMESPACE, labels: { app: web } }\n\
spec:\n  \
  replicas: 1\n  \
  selector: { matchLabels: { app: web } }\n  \
  template:\n    \
    metadata: { labels: { app: web } }\n    \
    spec:\n      \
      containers:\n        \
        - name: main\n          \
          image: example.test/web:2\n          \
          envFrom: [{ configMapRef: { name: settings } }]\n";

/// A claim.
pub(crate) const CLAIM: &str = "apiVersion: v1\n\
kind: PersistentVolumeClaim\n\
metadata: { name: data, namespace: NAMESPACE }\n\
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }\n";
