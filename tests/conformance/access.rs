//! The least that a run needs to be allowed: printed, enough, and checked before the first step.

use fs_err as fs;

use crate::conformance::Case;
use crate::conformance::phase::workspace;
use crate::harness::call_center::JOURNAL;
use crate::harness::cluster::cluster;
use crate::harness::workspace::Workspace;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "access::the_printed_roles_are_enough_for_a_whole_phase",
        the_printed_roles_are_enough,
    ),
    (
        "access::what_is_missing_is_told_before_anything_is_touched",
        what_is_missing_is_told,
    ),
];

/// Returns the call centre's workspace under a service account with the roles that are printed for
/// it, after `change`.
fn under_roles(namespace: &str, change: impl Fn(String) -> String) -> Workspace {
    let workspace = workspace(namespace);
    let on = ["--context", cluster().context()];
    let print = [&["access", "--phase", "4", "--print"], &on[..]].concat();
    let printed = workspace.orch(&print).expect(0).stdout;
    let applied = cluster().kubectl_with(&["apply", "-f", "-"], &change(printed));
    assert!(
        applied.status.success(),
        "{}",
        String::from_utf8_lossy(&applied.stderr)
    );
    let token = cluster().account_token(namespace, "orch");
    let context = cluster().context();
    let kubeconfig = format!(
        "clusters:\n- name: s\n  cluster: {{ server: \"{}\", certificate-authority: \"{}\" }}\n\
         users:\n- name: u\n  user: {{ token: {token} }}\n\
         contexts:\n- name: {context}\n  context: {{ cluster: s, user: u }}\n",
        cluster().server(),
        cluster().authority().display()
    );
    let file = workspace.outside("kubeconfig");
    fs::write(&file, kubeconfig).expect("a kubeconfig");
    workspace.with_env("KUBECONFIG", file)
}

fn the_printed_roles_are_enough() {
    let namespace = "least";
    let workspace = under_roles(namespace, |roles| roles);
    let on = ["--context", cluster().context()];
    let check = [&["access", "--phase", "4"], &on[..]].concat();
    let checked = workspace.orch(&check).expect(0);
    assert!(
        checked.stdout.contains("phase 4 may run on"),
        "{}",
        checked.stdout
    );
    let run = [&["phase", "4", "run"], &on[..]].concat();
    let ran = workspace.orch(&run).expect(0);
    assert!(
        !ran.stderr.contains("note: a failure will be told"),
        "{}",
        ran.stderr
    );
    workspace.orch(&run).expect(0);
    let found = cluster().kubectl(&["-n", namespace, "get", "deployments", "-o", "name"]);
    assert!(String::from_utf8_lossy(&found.stdout).contains("call-processor"));
}

fn what_is_missing_is_told() {
    let namespace = "lacking";
    let workspace = under_roles(namespace, |roles| {
        let lines = roles.split_inclusive('\n');
        lines
            .map(|line| match line.contains("resources: [deployments") {
                true => line.replace("deployments", "daemonsets"),
                false => line.to_owned(),
            })
            .collect()
    });
    let arguments = ["phase", "4", "run", "--context", cluster().context()];
    let refused = workspace.orch(&arguments).expect(4);
    for piece in [
        &*format!("system:serviceaccount:{namespace}:orch may not do all that"),
        "create, get, list, patch, watch deployments.apps in lacking",
        "orch access --phase 4 --print",
    ] {
        assert!(
            refused.stderr.contains(piece),
            "no {piece:?} in\n{}",
            refused.stderr
        );
    }
    assert!(!workspace.has(JOURNAL), "nothing was begun");
    assert!(!workspace.has("k8s"), "nothing was written");
    let found = cluster().kubectl(&["-n", namespace, "get", "configmaps,services", "-o", "name"]);
    let found = String::from_utf8_lossy(&found.stdout).into_owned();
    assert!(
        !found.contains("app-config"),
        "nothing was applied: {found}"
    );
}
