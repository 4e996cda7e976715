//! What `orch` writes for applications of many shapes, before a real API server and kube-score.
//!
//! The manifests are those of a rehearsed phase, as they lie in git, placeholders included: no
//! container starts here. What a run does on a cluster is told in `phase`.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::conformance::Case;
use crate::conformance::target::kubectl;
use crate::harness::applications::{NAMES, manifests, workspace};
use crate::harness::cluster::{cluster, fed};
use crate::harness::definitions::{self, TRAEFIK};
use crate::harness::programs;
use crate::harness::wait::eventually;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "applications::have_no_finding_in_kube_score",
        have_no_finding_in_kube_score,
    ),
    (
        "applications::are_accepted_whole_and_their_pods_admitted",
        are_accepted_whole_and_their_pods_admitted,
    ),
];

/// Files that no server is asked about: `kubectl` has no kind for what is in them.
const APPLIED: &str = "-f-";

/// Files with their paths.
type Files = Vec<(String, String)>;

/// Returns every application's manifests, as its rehearsed phase wrote them.
fn written() -> &'static BTreeMap<&'static str, Files> {
    static WRITTEN: OnceLock<BTreeMap<&'static str, Files>> = OnceLock::new();
    WRITTEN.get_or_init(|| {
        let made = NAMES.iter().map(|name| {
            let workspace = workspace(name);
            workspace.orch(&["phase", "4", "run"]).expect(0);
            (*name, manifests(&workspace))
        });
        made.collect()
    })
}

/// Returns files as one stream of documents.
fn joined(files: &Files) -> String {
    let texts: Vec<&str> = files.iter().map(|(_, text)| text.as_str()).collect();
    texts.join("---\n")
}

/// kube-score with all of its checks but one on, the optional ones as well.
///
/// `container-resource-requests-equal-limits` and its two parts stay off: the checklists ask for
/// requests below the limits.
fn have_no_finding_in_kube_score() {
    let program = programs::build().expect("it is built").join("kube-score");
    let mut found = Vec::new();
    for (name, files) in written() {
        for (path, text) in files {
            assert!(
                !text.contains("kube-score/"),
                "{path} of {name} waives a check"
            );
        }
        let mut score = Command::new(&program);
        score
            .args([
                "score",
                "--output-format",
                "ci",
                "--kubernetes-version",
                "v1.36",
            ])
            .args(["--enable-optional-test", "container-seccomp-profile"])
            .args(["--enable-optional-test", "container-ports-check", "-"]);
        let said = fed(score, &joined(files));
        let text = String::from_utf8_lossy(&said.stdout);
        assert!(text.contains("[OK]"), "{name}: {said:?}");
        let findings = text
            .lines()
            .filter(|line| line.starts_with("[CRITICAL]") || line.starts_with("[WARNING]"));
        found.extend(findings.map(|line| format!("{name}: {line}")));
    }
    assert!(
        found.is_empty(),
        "{} findings\n{}",
        found.len(),
        found.join("\n")
    );
}

/// Strict validation knows every field, the namespace takes only `restricted` pods, and the
/// controllers make those pods.
fn are_accepted_whole_and_their_pods_admitted() {
    // One of them is behind Traefik.
    definitions::add(cluster(), &[TRAEFIK]);
    let mut problems = Vec::new();
    let mut namespaces = Vec::new();
    for (name, files) in written() {
        match accepted(files) {
            Ok(namespace) => namespaces.push((*name, namespace)),
            Err(said) => problems.push(format!("{name}: {said}")),
        }
    }
    for (name, namespace) in &namespaces {
        let refused = eventually(&format!("the pods of {name}"), || judged(namespace));
        problems.extend(refused.into_iter().map(|said| format!("{name}: {said}")));
    }
    for (_, namespace) in &namespaces {
        kubectl(&["delete", "namespace", namespace, "--wait=false"]);
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Applies all files of an application, after a dry run of all of them; returns its namespace.
fn accepted(files: &Files) -> Result<String, String> {
    let (path, namespace) = files.first().expect("files");
    assert_eq!(path, "k8s/namespace.yml");
    for line in ["enforce: restricted", "kind: NetworkPolicy"] {
        assert!(namespace.contains(line), "{namespace}");
    }
    apply(&[], namespace)?;
    let all = joined(files);
    apply(&["--dry-run=server"], &all)?;
    apply(&[], &all)?;
    let named = namespace
        .lines()
        .find_map(|line| line.strip_prefix("  name: "));
    Ok(named.expect("a name").to_owned())
}

/// Applies documents with strict validation; a warning is a problem as well.
fn apply(flags: &[&str], documents: &str) -> Result<(), String> {
    let arguments = [
        &["apply", "--server-side", "--validate=strict", APPLIED],
        flags,
    ]
    .concat();
    let output = cluster().kubectl_with(&arguments, documents);
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() && said.trim().is_empty() {
        Ok(())
    } else {
        Err(said.into_owned())
    }
}

/// Returns what speaks against a namespace's pods, once every workload has had one made or refused.
fn judged(namespace: &str) -> Option<Vec<String>> {
    let refused = [
        "-n",
        namespace,
        "get",
        "events",
        "--field-selector",
        "reason=FailedCreate",
        "-o",
        "jsonpath={range .items[*]}{.involvedObject.kind}/{.involvedObject.name}: {.message}{\"\\n\"}{end}",
    ];
    let refused: Vec<String> = kubectl(&refused).lines().map(str::to_owned).collect();
    if !refused.is_empty() {
        return Some(refused);
    }
    let workloads = [
        "-n",
        namespace,
        "get",
        "deployments,statefulsets,daemonsets,jobs",
        "-o",
        "json",
    ];
    let workloads: Value = serde_json::from_str(&kubectl(&workloads)).expect("JSON");
    let workloads = workloads["items"].as_array().expect("a list");
    assert!(!workloads.is_empty(), "{namespace} runs nothing");
    workloads.iter().all(has_pods).then(Vec::new)
}

/// Returns whether a workload's controller has made a pod.
fn has_pods(workload: &Value) -> bool {
    let counts = ["replicas", "currentNumberScheduled", "active", "succeeded"];
    let made = counts
        .iter()
        .filter_map(|count| workload["status"][*count].as_u64());
    made.sum::<u64>() > 0
}
