//! Two machines and one phase: who comes second is told who was first.

use orch::cluster::{Claim, LeaseError};

use crate::conformance::target::{connect, kubectl};
use crate::conformance::{Case, phase};
use crate::harness::cluster::{block_on, cluster};

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    ("lease::one_machine_runs_a_phase", one_machine_runs_a_phase),
    (
        "lease::a_killed_runs_clone_goes_on",
        a_killed_runs_clone_goes_on,
    ),
    (
        "lease::a_silent_holder_is_replaced",
        a_silent_holder_is_replaced,
    ),
    (
        "lease::a_second_machine_is_told_who_runs_the_phase",
        a_second_machine_is_told_who_runs_the_phase,
    ),
];

fn claim(set: &str, clone: &str) -> Claim {
    Claim {
        set: set.to_owned(),
        phase: 4,
        namespace: "not-there-yet".to_owned(),
        host: "laptop".to_owned(),
        clone: clone.to_owned(),
    }
}

fn one_machine_runs_a_phase() {
    block_on(async {
        let cluster = connect().await;
        let lease = cluster
            .lease(&claim("first", "one"))
            .await
            .expect("it is free");
        let refused = cluster
            .lease(&claim("first", "two"))
            .await
            .err()
            .expect("it is held");
        assert!(matches!(refused, LeaseError::Held { .. }), "{refused}");
        let text = refused.to_string();
        let said = "phase 4 of `first` is being run on another machine (laptop, process ";
        assert!(text.starts_with(said), "{text}");
        let other = cluster
            .lease(&claim("second", "two"))
            .await
            .expect("another set is free");
        other.release().await;
        assert!(!*lease.lost().borrow());
        lease.release().await;
        let next = cluster
            .lease(&claim("first", "two"))
            .await
            .expect("it is free again");
        next.release().await;
    });
    assert_eq!(leases("first"), "", "nothing is left behind");
}

fn a_killed_runs_clone_goes_on() {
    block_on(async {
        let cluster = connect().await;
        // Dropped without a word, as by a kill.
        drop(
            cluster
                .lease(&claim("killed", "one"))
                .await
                .expect("it is free"),
        );
        cluster
            .lease(&claim("killed", "two"))
            .await
            .err()
            .expect("it is held");
        let lease = cluster
            .lease(&claim("killed", "one"))
            .await
            .expect("it is its own");
        lease.release().await;
    });
}

fn a_silent_holder_is_replaced() {
    block_on(async {
        let cluster = connect().await;
        drop(
            cluster
                .lease(&claim("silent", "one"))
                .await
                .expect("it is free"),
        );
        let name = leases("silent");
        let patch = r#"{"spec":{"renewTime":"2026-01-01T00:00:00.000000Z"}}"#;
        kubectl(&[
            "-n",
            "default",
            "patch",
            "lease",
            &name,
            "--type=merge",
            "-p",
            patch,
        ]);
        let lease = cluster
            .lease(&claim("silent", "two"))
            .await
            .expect("it has expired");
        lease.release().await;
    });
}

fn a_second_machine_is_told_who_runs_the_phase() {
    let namespace = "claimed";
    let workspace = phase::workspace(namespace);
    let first = Claim {
        namespace: namespace.to_owned(),
        ..claim("call-center", "one")
    };
    block_on(async {
        let cluster = connect().await;
        let lease = cluster.lease(&first).await.expect("it is free");
        let second = phase::run(&workspace).expect(5);
        let said = "phase 4 of `call-center` is being run on another machine (laptop, process ";
        assert!(second.stderr.contains(said), "{}", second.stderr);
        lease.release().await;
    });
    let found = cluster().kubectl(&["get", "namespace", namespace]);
    assert!(!found.status.success(), "nothing was applied");
    assert!(!workspace.has("k8s"), "nothing was written");
}

/// Returns the names of a set's Leases.
#[track_caller]
fn leases(set: &str) -> String {
    let path =
        format!("jsonpath={{.items[?(@.metadata.annotations.orch/set=='{set}')].metadata.name}}");
    kubectl(&["-n", "default", "get", "leases", "-o", &path])
}
