//! Waiting by watching: what counts as ready, and failures that are noticed long before a timeout.

pub(super) mod kinds;

use std::time::Duration;

use orch::cluster::{Wait, redact};
use orch::journal::Failure;
use orch::manifest::Object;

use crate::conformance::Case;
use crate::conformance::target::{apply, bring, cluster_object, connect, deployment, object};
use crate::harness::cluster::{block_on, cluster};
use crate::harness::wait::LIMIT;
use kinds::{
    AUTOSCALER, BUDGET, CLAIM, DAEMON_SET, DEFINITION, INGRESS, JOB, POD, SERVICE, STATEFUL_SET,
};

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "ready::each_kind_by_its_own_rule",
        each_kind_by_its_own_rule,
    ),
    (
        "ready::a_definition_and_then_its_resources",
        a_definition_and_then_its_resources,
    ),
    (
        "ready::a_load_balancer_after_the_grace_period",
        a_load_balancer_after_the_grace_period,
    ),
    (
        "ready::a_claim_that_waits_for_its_pod",
        a_claim_that_waits_for_its_pod,
    ),
    (
        "ready::at_once_where_nothing_changed",
        at_once_where_nothing_changed,
    ),
    ("ready::not_with_a_crash_loop", not_with_a_crash_loop),
    ("ready::not_without_an_image", not_without_an_image),
    (
        "ready::not_a_job_or_pod_without_an_image",
        not_a_job_or_pod_without_an_image,
    ),
    ("ready::not_without_a_node", not_without_a_node),
    ("ready::not_beyond_the_quota", not_beyond_the_quota),
    (
        "ready::not_when_deleted_meanwhile",
        not_when_deleted_meanwhile,
    ),
    ("ready::says_what_it_waited_for", says_what_it_waited_for),
    (
        "ready::a_fix_in_spite_of_the_old_pods",
        a_fix_in_spite_of_the_old_pods,
    ),
    (
        "ready::a_fix_in_spite_of_the_old_failure",
        a_fix_in_spite_of_the_old_failure,
    ),
];

/// A grace period that no test reaches.
const LONG: Duration = LIMIT;

const SHORT: Duration = Duration::from_millis(300);

fn each_kind_by_its_own_rule() {
    let namespace = cluster().namespace("ready");
    let new = format!("{namespace}-new");
    block_on(async {
        let cluster = connect().await;
        let wanted = cluster_object(&format!(
            "apiVersion: v1\nkind: Namespace\nmetadata: {{ name: {new} }}\n"
        ));
        assert_eq!(
            bring(&cluster, &wanted, LONG).await.expect("ready").reason,
            "active"
        );
        for (yaml, reason) in [
            (
                "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n",
                "present",
            ),
            (
                "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a }\n",
                "present",
            ),
            (CLAIM, "bound"),
            (SERVICE, "has its address"),
            (&deployment("api", "", ""), "2 of 2 replicas available"),
            (STATEFUL_SET, "2 of 2 replicas ready"),
            (DAEMON_SET, "3 of 3 nodes available"),
            (
                JOB,
                "CompletionsReached: Reached expected number of succeeded pods",
            ),
            (POD, "ready"),
            (AUTOSCALER, "has 2 replicas of 2 to 4; no metrics yet"),
            (BUDGET, "observed"),
            (INGRESS, "accepted"),
        ] {
            let object = object(&namespace, yaml);
            let ready = bring(&cluster, &object, LONG).await;
            let ready = ready.unwrap_or_else(|not| panic!("{}: {not:#?}", object.label()));
            assert_eq!(ready.reason, reason, "{}", object.label());
        }
    });
}

fn a_definition_and_then_its_resources() {
    block_on(async {
        let cluster = connect().await;
        assert!(
            !cluster
                .has("orch.test/v1", "Greeting")
                .await
                .expect("it answers")
        );
        let definition = cluster_object(DEFINITION);
        assert_eq!(
            bring(&cluster, &definition, LONG)
                .await
                .expect("ready")
                .reason,
            "established"
        );
        // Discovery lags behind, and is asked again: the kind wasn't there a moment ago.
        cluster.served(&definition).await.expect("it is served");
        let greeting = "apiVersion: orch.test/v1\nkind: Greeting\nmetadata: { name: a }\n";
        let greeting = cluster_object(greeting);
        assert_eq!(
            bring(&cluster, &greeting, LONG)
                .await
                .expect("ready")
                .reason,
            "present"
        );
    });
}

fn a_load_balancer_after_the_grace_period() {
    let namespace = cluster().namespace("balancer");
    let yaml = SERVICE.replace("spec: {", "spec: { type: LoadBalancer,");
    let ready =
        block_on(async { bring(&connect().await, &object(&namespace, &yaml), SHORT).await });
    let reason = ready.expect("ready").reason;
    assert_eq!(reason, "has its address; no load balancer gave one yet");
}

fn a_claim_that_waits_for_its_pod() {
    let namespace = cluster().namespace("claim");
    let class = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: late }\n\
                 provisioner: orch.test/none\nvolumeBindingMode: WaitForFirstConsumer\n";
    let claim = CLAIM.replace("spec: {", "spec: { storageClassName: late,");
    let ready = block_on(async {
        let cluster = connect().await;
        bring(&cluster, &cluster_object(class), LONG)
            .await
            .expect("ready");
        bring(&cluster, &object(&namespace, &claim), LONG).await
    });
    assert_eq!(ready.expect("ready").reason, "bound when a pod uses it");
}

fn at_once_where_nothing_changed() {
    let namespace = cluster().namespace("again");
    let api = object(&namespace, &deployment("api", "", ""));
    block_on(async {
        let cluster = connect().await;
        bring(&cluster, &api, LONG).await.expect("ready");
        let applied = apply(&cluster, &api).await.expect("it is unchanged");
        // No time to watch anything: the answer itself has to do.
        let wait = Wait {
            timeout: Duration::ZERO,
            grace: LONG,
            report: &|_| (),
        };
        cluster.ready(&api, &applied, &wait).await.expect("ready");
    });
}

fn not_with_a_crash_loop() {
    let namespace = cluster().namespace("crash");
    let yaml = deployment("api", ", orch.test/pod: crash-loop", "");
    let failure = failure(&object(&namespace, &yaml), LONG);
    for part in [
        "Deployment/api is not ready",
        "container main of pod api-",
        "CrashLoopBackOff",
    ] {
        assert!(failure.cause.contains(part), "{failure:#?}");
    }
    let ended = "container main ended with exit code 1 (Error), 3 restarts";
    assert!(
        failure.details.iter().any(|line| line == ended),
        "{failure:#?}"
    );
    assert!(failure.help.expect("a way out").contains("ends by itself"));
}

fn not_without_an_image() {
    let namespace = cluster().namespace("image");
    let yaml = STATEFUL_SET.replace(
        "{ app: store } }",
        "{ app: store, orch.test/pod: image-pull } }",
    );
    let yaml = yaml.replacen(
        "{ app: store, orch.test/pod: image-pull } }",
        "{ app: store } }",
        1,
    );
    let failure = failure(&object(&namespace, &yaml), LONG);
    let cause = "StatefulSet/store is not ready: container main of pod store-0: ImagePullBackOff: \
                 back-off pulling the image";
    assert_eq!(failure.cause, cause);
    assert!(failure.help.expect("a way out").contains("image exists"));
}

fn not_a_job_or_pod_without_an_image() {
    let namespace = cluster().namespace("image");
    let job = JOB.replace(
        "    spec: {",
        "    metadata: { labels: { orch.test/pod: image-pull } }\n    spec: {",
    );
    let pod = POD.replace(
        "name: one }",
        "name: one, labels: { orch.test/pod: image-pull } }",
    );
    for (yaml, label) in [(job, "Job/once"), (pod, "Pod/one")] {
        let failure = failure(&object(&namespace, &yaml), LONG);
        let cause = format!("{label} is not ready: container main of pod ");
        assert!(failure.cause.starts_with(&cause), "{failure:#?}");
        assert!(failure.cause.contains("ImagePullBackOff"), "{failure:#?}");
    }
}

fn not_without_a_node() {
    let namespace = cluster().namespace("node");
    let yaml = deployment("api", "", ", resources: { requests: { cpu: 1000 } }");
    let failure = failure(&object(&namespace, &yaml), SHORT);
    assert!(
        failure.cause.contains("no node takes pod api-"),
        "{failure:#?}"
    );
    assert!(failure.cause.contains("Insufficient cpu"), "{failure:#?}");
    assert!(
        failure
            .details
            .iter()
            .any(|line| line.starts_with("event FailedScheduling")),
        "{failure:#?}"
    );
    assert!(
        failure
            .help
            .expect("a way out")
            .contains("lower the requests")
    );
}

fn not_beyond_the_quota() {
    let namespace = cluster().namespace("quota");
    let quota = "apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: none }\nspec: { hard: { pods: 0 } }\n";
    block_on(async {
        let cluster = connect().await;
        apply(&cluster, &object(&namespace, quota))
            .await
            .expect("it is applied");
    });
    let output = cluster().kubectl(&[
        "-n",
        &namespace,
        "wait",
        "resourcequota/none",
        "--for=jsonpath={.status.hard.pods}=0",
    ]);
    assert!(output.status.success());
    let failure = failure(&object(&namespace, &deployment("api", "", "")), LONG);
    assert!(failure.cause.contains("FailedCreate"), "{failure:#?}");
    assert!(
        failure.cause.contains("exceeded quota: none"),
        "{failure:#?}"
    );
    assert!(failure.help.expect("a way out").contains("quota"));
}

fn not_when_deleted_meanwhile() {
    let namespace = cluster().namespace("deleted");
    let api = object(
        &namespace,
        &deployment("api", ", orch.test/pod: unready", ""),
    );
    let told = block_on(async {
        let cluster = connect().await;
        let applied = apply(&cluster, &api).await.expect("it is applied");
        let (report, mut reports) = tokio::sync::mpsc::unbounded_channel();
        let report = move |_| assert!(report.send(()).is_ok(), "somebody listens");
        let wait = Wait {
            timeout: LIMIT,
            grace: LONG,
            report: &report,
        };
        let delete = async {
            reports.recv().await;
            let namespace = namespace.clone();
            let delete = move || {
                crate::harness::cluster::cluster().kubectl(&[
                    "-n",
                    &namespace,
                    "delete",
                    "deployment",
                    "api",
                ])
            };
            tokio::task::spawn_blocking(delete)
                .await
                .expect("kubectl ends")
        };
        let (ready, deleted) = futures::join!(cluster.ready(&api, &applied, &wait), delete);
        assert!(deleted.status.success());
        ready.expect_err("it is gone").failure
    });
    let causes = [
        "Deployment/api is not ready: somebody deleted it",
        "Deployment/api is not ready: somebody is deleting it",
    ];
    assert!(causes.contains(&told.cause.as_str()), "{told:#?}");
}

fn says_what_it_waited_for() {
    let namespace = cluster().namespace("late");
    let api = object(
        &namespace,
        &deployment("api", ", orch.test/pod: unready", ""),
    );
    let failure = block_on(async {
        let cluster = connect().await;
        let applied = apply(&cluster, &api).await.expect("it is applied");
        let wait = Wait {
            timeout: Duration::from_secs(3),
            grace: LONG,
            report: &|_| (),
        };
        cluster
            .ready(&api, &applied, &wait)
            .await
            .expect_err("it never is")
            .failure
    });
    let cause = "Deployment/api is not ready: still not ready after 3 s: 0 of 2 replicas available";
    assert_eq!(failure.cause, cause);
    assert_eq!(redact(cause), cause);
    let details = &failure.details;
    let unready = details
        .iter()
        .filter(|line| line.starts_with("pod api-") && line.contains(" is not ready: "));
    assert_eq!(unready.count(), 2, "{details:#?}");
}

fn a_fix_in_spite_of_the_old_pods() {
    let namespace = cluster().namespace("fix");
    let broken = object(
        &namespace,
        &deployment("api", ", orch.test/pod: crash-loop", ""),
    );
    let fixed = object(&namespace, &deployment("api", "", ""));
    block_on(async {
        let cluster = connect().await;
        bring(&cluster, &broken, LONG)
            .await
            .expect_err("it crashes");
        let ready = bring(&cluster, &fixed, LONG).await;
        assert_eq!(ready.expect("ready").reason, "2 of 2 replicas available");
    });
}

fn a_fix_in_spite_of_the_old_failure() {
    let namespace = cluster().namespace("mended");
    let quota = "apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: none }\nspec: { hard: { pods: 0 } }\n";
    let api = object(&namespace, &deployment("api", "", ""));
    let kubectl = |arguments: &[&str]| {
        let output = cluster().kubectl(&[&["-n", namespace.as_str()], arguments].concat());
        assert!(output.status.success());
    };
    block_on(async {
        let cluster = connect().await;
        apply(&cluster, &object(&namespace, quota))
            .await
            .expect("it is applied");
        kubectl(&[
            "wait",
            "resourcequota/none",
            "--for=jsonpath={.status.hard.pods}=0",
        ]);
        bring(&cluster, &api, LONG)
            .await
            .expect_err("it is over its quota");
        kubectl(&["delete", "resourcequota", "none"]);
        // Nothing about the Deployment changes, and its status still tells of the quota.
        let ready = bring(&cluster, &api, LONG).await;
        assert_eq!(ready.expect("ready").reason, "2 of 2 replicas available");
    });
}

/// Applies what can't become ready and returns how that is said.
#[track_caller]
fn failure(object: &Object, grace: Duration) -> Failure {
    let outcome = block_on(async { bring(&connect().await, object, grace).await });
    outcome.expect_err("it can't become ready").failure
}
