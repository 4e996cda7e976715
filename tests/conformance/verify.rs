//! Ticks beside what the cluster holds, again: an object deleted, changed, not ready; boxes opened
//! and done again.

use crate::conformance::Case;
use crate::conformance::things::{
    CHECKLIST, JOURNAL, WEB, arguments, is_there, kubectl, phase, run, settings,
};
use crate::harness::cluster::cluster;
use crate::harness::workspace::{Run, Workspace};

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "verify::lists_what_is_gone_and_a_run_after_unticking_does_it_again",
        lists_what_is_gone,
    ),
    (
        "verify::asks_no_cluster_that_is_not_named",
        asks_no_cluster_that_is_not_named,
    ),
    (
        "verify::says_what_others_changed_and_what_is_not_ready",
        says_what_others_changed,
    ),
];

fn things(namespace: &str) -> Workspace {
    let files = [
        ("settings", &*settings("settings", "info")),
        ("web", WEB),
        ("rest", &settings("rest", "info")),
    ];
    let workspace = phase(namespace, &files);
    run(&workspace, &[]).expect(0);
    workspace
}

fn verify(workspace: &Workspace, flags: &[&str]) -> Run {
    workspace.orch(&arguments("verify", flags))
}

#[track_caller]
fn check(run: &Run, pieces: &[&str]) {
    for piece in pieces {
        assert!(run.stdout.contains(piece), "no {piece:?} in {run:?}");
    }
}

fn lists_what_is_gone() {
    let namespace = cluster().namespace("verify-gone");
    let workspace = things(&namespace);
    let ticked = workspace.read(CHECKLIST);
    check(&verify(&workspace, &[]).expect(0), &["3 of 3 ticks hold"]);

    kubectl(&["-n", &namespace, "delete", "configmap", "rest"]);
    let (contents, head) = (workspace.contents(), workspace.head());
    let lost = verify(&workspace, &[]).expect(1);
    let pieces = ["4.1.3", "ConfigMap/rest is gone", "2 of 3 ticks hold"];
    check(&lost, &pieces);
    assert_eq!(workspace.contents(), contents, "it only looks");

    verify(&workspace, &["--untick"]).expect(1);
    let opened = workspace.read(CHECKLIST);
    assert!(opened.contains("- [ ] Bring rest"), "{opened}");
    assert!(opened.contains("- [x] Bring web"), "{opened}");
    assert!(opened.contains("- [x] In progress"), "{opened}");
    assert!(workspace.read(JOURNAL).contains("ConfigMap/rest is gone"));
    assert!(workspace.read("PROGRESS.md").contains("2/3"));
    assert_eq!(workspace.head(), head, "no commit");
    check(&verify(&workspace, &[]).expect(0), &["2 of 2 ticks hold"]);

    run(&workspace, &[]).expect(0);
    assert!(is_there(&namespace, "configmap/rest"));
    assert_eq!(workspace.read(CHECKLIST), ticked);
    check(&verify(&workspace, &[]).expect(0), &["3 of 3 ticks hold"]);
}

fn asks_no_cluster_that_is_not_named() {
    let namespace = cluster().namespace("verify-unnamed");
    let workspace = things(&namespace);
    kubectl(&["-n", &namespace, "delete", "configmap", "rest"]);
    let context = cluster().context();
    // The journal alone names the context.
    let unnamed = workspace.orch(&["phase", "4", "verify"]).expect(0);
    let way = format!("name the cluster: --context {context}");
    check(&unnamed, &[&way, "3 can't be checked"]);
    let all = workspace.orch(&["verify"]).expect(0);
    check(&all, &[&way]);

    let settings = "phases/04-things.toml";
    let named = format!("context = \"{context}\"\n{}", workspace.read(settings));
    workspace.write(settings, named);
    let all = workspace.orch(&["verify"]).expect(1);
    check(&all, &["ConfigMap/rest is gone"]);

    // What can be checked without the cluster is, and the rest said.
    let away = workspace.with_env("KUBECONFIG", "/nowhere/kubeconfig");
    let unreachable = away.orch(&["phase", "4", "verify"]).expect(4);
    check(&unreachable, &["/nowhere/kubeconfig", "3 can't be checked"]);
}

fn says_what_others_changed() {
    let namespace = cluster().namespace("verify-drift");
    let workspace = things(&namespace);
    let patch = "{\"data\":{\"LEVEL\":\"loud\"}}";
    kubectl(&["-n", &namespace, "patch", "configmap", "rest", "-p", patch]);
    let lost = verify(&workspace, &[]).expect(1);
    check(&lost, &["data.LEVEL", "info → loud", "--repair"]);
    let json = verify(&workspace, &["--json"]).expect(1).stdout;
    assert!(json.contains("\"standing\":\"lost\""), "{json}");

    let repair = ["--repair", "--take-over", "kubectl-patch"];
    run(&workspace, &repair).expect(0);
    check(&verify(&workspace, &[]).expect(0), &["3 of 3 ticks hold"]);
}
