//! The API server goes away in the middle of a run and comes back.

use std::time::{Duration, Instant};

use orch::cluster::Cluster;
use serde_json::Value;

use crate::conformance::Case;
use crate::conformance::phase::workspace_on;
use crate::conformance::target::{bring, object};
use crate::harness::call_center::JOURNAL;
use crate::harness::cluster::{self, block_on};
use crate::harness::wait::eventually;
use crate::harness::workspace::Workspace;

/// The tests of this file; they share a control plane of their own.
pub(crate) const CASES: &[Case] = &[(
    "outage::a_run_outlasts_ten_seconds_without_a_server",
    a_run_outlasts_ten_seconds_without_a_server,
)];

/// How long the server is away.
const AWAY: Duration = Duration::from_secs(10);

fn a_run_outlasts_ten_seconds_without_a_server() {
    let cluster = cluster::Cluster::private();
    in_mid_apply(&cluster);
    in_mid_wait(&cluster);
}

/// Takes the server away by a signal, and lets it come back.
fn away(cluster: &cluster::Cluster, signal: &str) {
    cluster.stop_api_server(signal);
    let gone = Instant::now();
    eventually("the end of the outage", || {
        (gone.elapsed() > AWAY).then_some(())
    });
    cluster.start_api_server();
}

fn in_mid_apply(cluster: &cluster::Cluster) {
    let namespace = "outage";
    let workspace = workspace_on(cluster, namespace);
    let arguments = ["phase", "4", "run", "--context", cluster.context()];
    let running = workspace.spawn(&arguments);
    eventually("the first objects", || {
        (events(&workspace, "succeeded") > 20).then_some(())
    });
    away(cluster, "KILL");
    let run = running.wait().expect(0);
    assert!(run.stderr.contains("trying again since"), "{}", run.stderr);
    assert_each_step_was_done_once(&workspace);
    let found = cluster.kubectl(&["-n", namespace, "get", "deployments", "-o", "json"]);
    let found: Value = serde_json::from_slice(&found.stdout).expect("a list");
    let items = found["items"].as_array().expect("items");
    assert!(items.len() > 2, "{found}");
    for item in items {
        let revision = &item["metadata"]["annotations"]["deployment.kubernetes.io/revision"];
        assert_eq!(revision, "1", "rolled out twice: {item}");
    }
    // The journal holds for the next run, and there is nothing left to do.
    workspace.orch(&arguments).expect(0);
}

fn in_mid_wait(cluster: &cluster::Cluster) {
    let namespace = cluster.namespace("waiting");
    // Nothing but this test gives it an address: controllers take their time to come back.
    let yaml = "apiVersion: v1\nkind: Service\nmetadata: { name: late }\n\
                spec: { type: LoadBalancer, selector: { a: b }, ports: [{ port: 80 }] }\n";
    let object = object(&namespace, yaml);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            block_on(async {
                let target = Cluster::connect(cluster.context(), &[cluster.kubeconfig()]).await;
                bring(
                    &target.expect("it connects"),
                    &object,
                    Duration::from_mins(1),
                )
                .await
            })
        });
        let kubectl = |arguments: &[&str]| {
            let arguments = [&["-n", &namespace], arguments].concat();
            cluster.kubectl(&arguments).status.success().then_some(())
        };
        eventually("the service", || kubectl(&["get", "service", "late"]));
        away(cluster, "TERM");
        let address = r#"{"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"}]}}}"#;
        let status = [
            "patch",
            "service",
            "late",
            "--subresource=status",
            "-p",
            address,
        ];
        eventually("its address", || kubectl(&status));
        let ready = waiting.join().expect("no panic").expect("it is ready");
        assert!(ready.reason.contains("192.0.2.1"), "{}", ready.reason);
    });
}

/// One run, in which every step began once and succeeded.
#[track_caller]
pub(super) fn assert_each_step_was_done_once(workspace: &Workspace) {
    for (event, count) in [("failed", 0), ("run-started", 1)] {
        assert_eq!(events(workspace, event), count, "{event}");
    }
    let (started, succeeded) = (events(workspace, "started"), events(workspace, "succeeded"));
    assert_eq!(started, succeeded, "each step once");
}

/// How often the journal tells of an event.
fn events(workspace: &Workspace, event: &str) -> usize {
    if !workspace.has(JOURNAL) {
        return 0;
    }
    let journal = workspace.read(JOURNAL);
    let records = journal
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    records.filter(|record| record["event"] == event).count()
}
