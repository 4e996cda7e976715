//! What the other tests rely on: the API answers, controllers work, pods and claims become ready.

use crate::conformance::Case;
use crate::conformance::target::{deployment, kubectl};
use crate::harness::cluster::{block_on, cluster};

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::Api;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "control_plane::answers_with_its_version",
        answers_with_its_version,
    ),
    (
        "control_plane::gives_each_test_its_namespace",
        gives_each_test_its_namespace,
    ),
    (
        "control_plane::makes_a_deployment_ready",
        makes_a_deployment_ready,
    ),
    (
        "control_plane::binds_the_claims_of_a_stateful_set",
        binds_the_claims_of_a_stateful_set,
    ),
    ("control_plane::completes_a_job", completes_a_job),
    (
        "control_plane::keeps_a_failing_pod_failing",
        keeps_a_failing_pod_failing,
    ),
    (
        "control_plane::has_no_service_monitors",
        has_no_service_monitors,
    ),
];

fn answers_with_its_version() {
    let version = block_on(async { cluster().client().await.apiserver_version().await })
        .expect("the API server answers");
    assert_eq!(version.git_version, "v1.36.3");
}

fn gives_each_test_its_namespace() {
    let (one, other) = (cluster().namespace("mine"), cluster().namespace("mine"));
    assert_ne!(one, other);
    assert_eq!(
        kubectl(&["get", "namespace", &one, "-o", "jsonpath={.status.phase}"]),
        "Active"
    );
}

fn makes_a_deployment_ready() {
    let namespace = cluster().namespace("deployment");
    apply(&namespace, &deployment("api", "", ""));
    kubectl(&[
        "-n",
        &namespace,
        "rollout",
        "status",
        "deployment/api",
        "--timeout=60s",
    ]);
    assert_eq!(ready(&namespace, "deployment/api"), "2");
}

fn binds_the_claims_of_a_stateful_set() {
    let namespace = cluster().namespace("stateful");
    apply(&namespace, STATEFUL_SET);
    kubectl(&[
        "-n",
        &namespace,
        "rollout",
        "status",
        "statefulset/store",
        "--timeout=60s",
    ]);
    assert_eq!(ready(&namespace, "statefulset/store"), "1");
    let claim = [
        "-n",
        &namespace,
        "get",
        "pvc",
        "data-store-0",
        "-o",
        "jsonpath={.status.phase}",
    ];
    assert_eq!(kubectl(&claim), "Bound");
}

fn completes_a_job() {
    let namespace = cluster().namespace("job");
    apply(&namespace, JOB);
    kubectl(&[
        "-n",
        &namespace,
        "wait",
        "--for=condition=complete",
        "job/once",
        "--timeout=60s",
    ]);
}

fn keeps_a_failing_pod_failing() {
    let namespace = cluster().namespace("failing");
    for (mode, reason) in [
        ("crash-loop", "CrashLoopBackOff"),
        ("image-pull", "ImagePullBackOff"),
    ] {
        apply(
            &namespace,
            &deployment(mode, &format!(", orch.test/pod: {mode}"), ""),
        );
        let path = "{.status.containerStatuses[0].state.waiting.reason}";
        let wait = format!("--for=jsonpath={path}={reason}");
        let pods = format!("app={mode}");
        let created = [
            "-n",
            &namespace,
            "wait",
            "deployment",
            mode,
            "--timeout=60s",
        ];
        kubectl(&[&created[..], &["--for=jsonpath={.status.replicas}=2"]].concat());
        kubectl(&[
            "-n",
            &namespace,
            "wait",
            "pod",
            "-l",
            &pods,
            &wait,
            "--timeout=60s",
        ]);
        assert_eq!(ready(&namespace, &format!("deployment/{mode}")), "");
    }
}

fn has_no_service_monitors() {
    let missing = block_on(async {
        let definitions: Api<CustomResourceDefinition> = Api::all(cluster().client().await);
        definitions
            .get_opt("servicemonitors.monitoring.coreos.com")
            .await
    });
    assert!(missing.expect("the API server answers").is_none());
}

#[track_caller]
fn apply(namespace: &str, manifest: &str) {
    let output = cluster().kubectl_with(
        &["-n", namespace, "apply", "--server-side", "-f", "-"],
        manifest,
    );
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[track_caller]
fn ready(namespace: &str, object: &str) -> String {
    kubectl(&[
        "-n",
        namespace,
        "get",
        object,
        "-o",
        "jsonpath={.status.readyReplicas}",
    ])
}

const STATEFUL_SET: &str = "
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: store }
spec:
  replicas: 1
  serviceName: store
  selector: { matchLabels: { app: store } }
  template:
    metadata: { labels: { app: store } }
    spec: { containers: [{ name: main, image: example.test/store:1 }] }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec:
        accessModes: [ReadWriteOnce]
        resources: { requests: { storage: 1Gi } }
";

const JOB: &str = "
apiVersion: batch/v1
kind: Job
metadata: { name: once }
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: main, image: example.test/once:1 }]
";
