//! Deleting and making again, interrupted: by a kill, a hanging finalizer, a lost answer, a person.
//! No object is lost.

use std::time::Duration;

use orch::cluster::{ApplyOptions, Cluster};
use serde_json::{Value, json};

use crate::conformance::Case;
use crate::conformance::immutable::{JOB, recreate};
use crate::conformance::target::{
    applied, cluster_object, connect, contains, kubectl_in, object, refused,
};
use crate::harness::cluster::{block_on, cluster};
use crate::harness::proxy::{Fault, Proxy};
use crate::harness::wait::eventually;
use crate::harness::workspace::Workspace;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "interrupted::a_finalizer_that_hangs_is_named",
        a_finalizer_that_hangs_is_named,
    ),
    (
        "interrupted::a_run_killed_while_it_makes_again_is_resumed",
        a_killed_run_is_resumed,
    ),
    (
        "interrupted::lost_answers_lose_no_object",
        lost_answers_lose_no_object,
    ),
    (
        "interrupted::a_namespace_that_goes_is_made_again",
        a_namespace_that_goes_is_made_again,
    ),
    (
        "interrupted::what_a_person_deletes_is_waited_for_and_made",
        what_a_person_deletes_is_made,
    ),
];

fn a_finalizer_that_hangs_is_named() {
    let namespace = cluster().namespace("hangs");
    let held = JOB.replace("name: move", "name: move, finalizers: [orch.test/stay]");
    applied(&object(&namespace, &held), ApplyOptions::default());
    let options = ApplyOptions {
        patience: Duration::from_secs(1),
        ..recreate()
    };
    let (_, failure) = refused(&object(&namespace, &held.replace("c:1", "c:2")), options);
    contains(
        &failure.cause,
        &["wasn't gone after 1 s", "held by orch.test/stay"],
    );
    contains(&failure.help.expect("a way out"), &["it goes on from here"]);
    release(&namespace);
}

fn a_killed_run_is_resumed() {
    let run = |more: &[&'static str]| {
        [
            &["phase", "1", "run", "--context", cluster().context()],
            more,
        ]
        .concat()
    };
    for gone in [false, true] {
        let namespace = cluster().namespace("killed");
        let workspace = workspace(&namespace);
        workspace.orch(&run(&[])).expect(0);
        let first = job(&namespace).expect("it is there");
        workspace.write(
            "k8s/job.yml",
            workspace.read("k8s/job.yml").replace("c:1", "c:2"),
        );
        workspace.commit("Change the job");
        let refused = workspace.orch(&run(&["--accept-changes"])).expect(1);
        contains(&refused.stderr, &["--recreate", "containers[name=c].image"]);

        let ending =
            || job(&namespace).is_some_and(|job| job["metadata"]["deletionTimestamp"].is_string());
        workspace
            .spawn(&run(&["--accept-changes", "--recreate"]))
            .kill_when("its deletion", ending);
        if gone {
            release(&namespace);
            eventually("its end", || job(&namespace).is_none().then_some(()));
        }
        // No consent is needed any more: what is gone, or going, is only made.
        let resumed = workspace.spawn(&run(&["--accept-changes"]));
        if !gone {
            release(&namespace);
        }
        resumed.wait().expect(0);
        let second = job(&namespace).expect("it is there");
        assert_ne!(first["metadata"]["uid"], second["metadata"]["uid"]);
        assert_eq!(
            second.pointer("/spec/template/spec/containers/0/image"),
            Some(&json!("example.test/c:2"))
        );
        release(&namespace);
    }
}

fn what_a_person_deletes_is_made() {
    let namespace = cluster().namespace("deleted");
    let held = JOB.replace("name: move", "name: move, finalizers: [orch.test/stay]");
    let job = object(&namespace, &held);
    let first = applied(&job, ApplyOptions::default());
    kubectl_in(&namespace, &["delete", "job", "move", "--wait=false"], "");
    let again = block_on(async {
        let target = connect().await;
        let apply = target.apply(&job, recreate());
        let release = tokio::task::spawn_blocking({
            let namespace = namespace.clone();
            move || release(&namespace)
        });
        let (again, released) = futures::join!(apply, release);
        released.expect("it is released");
        again.expect("it is made")
    });
    assert_ne!(first.uid, again.uid);
    release(&namespace);
}

fn lost_answers_lose_no_object() {
    let namespace = cluster().namespace("lost-job");
    let proxy = Proxy::before(cluster());
    applied(&object(&namespace, JOB), ApplyOptions::default());
    let changed = object(&namespace, &JOB.replace("c:1", "c:2"));
    block_on(async {
        let target = Cluster::connect(proxy.context(), &[proxy.kubeconfig()]).await;
        let target = target.expect("it connects");
        proxy.hit(1, "DELETE", Fault::LoseAnswer);
        let again = target.apply(&changed, recreate()).await;
        let again = again.expect("it is made again");
        assert_eq!((proxy.hits(), proxy.count("DELETE")), (1, 2));
        let image = "/spec/template/spec/containers/0/image";
        assert_eq!(
            again.object.pointer(image),
            Some(&json!("example.test/c:2"))
        );
    });
}

fn a_namespace_that_goes_is_made_again() {
    let name = cluster().namespace("again");
    let yaml = format!("apiVersion: v1\nkind: Namespace\nmetadata: {{ name: {name} }}\n");
    let namespace = cluster_object(&yaml);
    let first = applied(&namespace, ApplyOptions::default());
    let output = cluster().kubectl(&["delete", "namespace", &name, "--wait=false"]);
    assert!(output.status.success());
    let second = applied(&namespace, recreate());
    assert_ne!(first.uid, second.uid);
    applied(&object(&name, JOB), ApplyOptions::default());
}

/// Takes the finalizer away that holds the job.
fn release(namespace: &str) {
    let patch = r#"{"metadata":{"finalizers":null}}"#;
    kubectl_in(
        namespace,
        &["patch", "job", "move", "--type=merge", "-p", patch],
        "",
    );
}

fn job(namespace: &str) -> Option<Value> {
    let get = ["get", "job", "move", "-o", "json", "--ignore-not-found"];
    serde_json::from_str(&kubectl_in(namespace, &get, "")).ok()
}

fn workspace(namespace: &str) -> Workspace {
    let yaml = JOB.replace(
        "name: move",
        &format!("name: move, namespace: {namespace}, finalizers: [orch.test/stay]"),
    );
    let checklist = "# Phase 1: Move\n\n## 1.1 Move\n\n\
         - [ ] Move the data <!-- orch: apply=\"k8s/job.yml\" -->\n";
    Workspace::new()
        .file("checklists/demo/phase-01-move.md", checklist)
        .file("k8s/job.yml", yaml)
        .with_env("KUBECONFIG", cluster().kubeconfig())
        .commit_all()
}
