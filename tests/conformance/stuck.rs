//! What can't become ready: noticed as soon as it is certain, and told with its way out.

use std::time::Duration;

use orch::journal::Failure;
use orch::manifest::Object;

use crate::conformance::Case;
use crate::conformance::ready::kinds::{DAEMON_SET, JOB};
use crate::conformance::target::{apply, bring, connect, deployment, object};
use crate::harness::cluster::{block_on, cluster};
use crate::harness::wait::LIMIT;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    ("stuck::pods_that_can_not_start", pods_that_can_not_start),
    (
        "stuck::a_volume_that_can_not_be_mounted",
        a_volume_that_can_not_be_mounted,
    ),
    ("stuck::beyond_the_quota", beyond_the_quota),
    (
        "stuck::when_the_quota_is_used_up",
        when_the_quota_is_used_up,
    ),
    ("stuck::against_pod_security", against_pod_security),
    (
        "stuck::a_fix_in_spite_of_old_warnings",
        a_fix_in_spite_of_old_warnings,
    ),
    (
        "stuck::an_account_that_comes_later",
        an_account_that_comes_later,
    ),
    ("stuck::a_claim_of_no_class", a_claim_of_no_class),
    (
        "stuck::a_node_port_that_is_taken",
        a_node_port_that_is_taken,
    ),
];

/// A grace period that no test reaches: what fails is certain.
const LONG: Duration = LIMIT;

const SHORT: Duration = Duration::from_secs(2);

/// Asserts that what can't become ready fails with these words in its cause, in its details and in
/// its help.
#[track_caller]
fn check(object: &Object, grace: Duration, (cause, detail, help): (&str, &str, &str)) {
    let outcome = block_on(async { bring(&connect().await, object, grace).await });
    let label = object.label();
    let failure = outcome.map(|ready| ready.reason).map_err(|not| not.failure);
    let failure = failure.expect_err(&format!("{label} can't become ready"));
    assert!(
        failure
            .cause
            .starts_with(&format!("{label} is not ready: ")),
        "{failure:#?}"
    );
    assert!(failure.cause.contains(cause), "{failure:#?}");
    assert!(
        detail.is_empty() || failure.details.iter().any(|line| line.contains(detail)),
        "{failure:#?}"
    );
    assert!(says_how_to_mend(&failure, help), "{failure:#?}");
}

fn says_how_to_mend(failure: &Failure, help: &str) -> bool {
    failure
        .help
        .as_ref()
        .is_some_and(|text| text.contains(help))
}

fn failing(how: &str) -> String {
    deployment("api", &format!(", orch.test/pod: {how}"), "")
}

fn pods_that_can_not_start() {
    let init = "initContainers: [{ name: migrate, image: example.test/m:1 }], containers:";
    for (how, expected) in [
        (
            "out-of-memory",
            (
                "CrashLoopBackOff",
                "exit code 137 (OOMKilled: out of memory), 2 restarts",
                "raise limits.memory",
            ),
        ),
        (
            "init-crash",
            (
                "container migrate of pod api-",
                "container migrate ended with exit code 127 (Error: command not found)",
                "the command isn't in the image",
            ),
        ),
        (
            "image-name",
            ("InvalidImageName", "", "correct the image's name"),
        ),
        (
            "image-denied",
            ("failed to authorize", "", "an imagePullSecret that may"),
        ),
        (
            "config",
            (
                "couldn't find key PASSWORD in Secret shop/db",
                "",
                "add the key `PASSWORD` to the Secret `db`",
            ),
        ),
    ] {
        let namespace = cluster().namespace("start");
        let mut yaml = failing(how);
        if how == "init-crash" {
            yaml = yaml.replace("containers:", init);
        }
        check(&object(&namespace, &yaml), LONG, expected);
    }
}

fn a_volume_that_can_not_be_mounted() {
    let namespace = cluster().namespace("mount");
    // Its pods' names begin alike, and are not its own.
    let other = deployment("api-gateway", ", orch.test/pod: mount", "");
    let well = deployment("api", "", "");
    let stuck = failing("mount").replace("name: api }", "name: web }");
    block_on(async {
        let cluster = connect().await;
        apply(&cluster, &object(&namespace, &other))
            .await
            .expect("it is applied");
        let well = object(&namespace, &well.replace("replicas: 2", "replicas: 3"));
        bring(&cluster, &well, LONG).await.expect("ready");
    });
    let cause = "FailedMount: MountVolume.SetUp failed for volume \"conf\" : configmap \
                 \"settings\" not found";
    let help = "create the ConfigMap `settings`";
    check(&object(&namespace, &stuck), LONG, (cause, "", help));
}

const STATEFUL_SET: &str = "
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: store }
spec:
  replicas: 2
  serviceName: store
  selector: { matchLabels: { app: store } }
  template:
    metadata: { labels: { app: store } }
    spec: { containers: [{ name: main, image: 'example.test/store:1' }] }
";

/// A namespace in which that many pods may be, once the controllers know.
fn allowing(name: &str, pods: u32) -> String {
    let namespace = cluster().namespace(name);
    let quota = format!(
        "apiVersion: v1\nkind: ResourceQuota\nmetadata: {{ name: few }}\n\
         spec: {{ hard: {{ pods: {pods} }} }}\n"
    );
    block_on(async {
        let cluster = connect().await;
        apply(&cluster, &object(&namespace, &quota))
            .await
            .expect("it is applied");
    });
    let known = format!("--for=jsonpath={{.status.hard.pods}}={pods}");
    let wait = ["-n", &namespace, "wait", "resourcequota/few", &known];
    assert!(cluster().kubectl(&wait).status.success());
    namespace
}

fn beyond_the_quota() {
    let namespace = allowing("none", 0);
    let help = "the quota `few` allows pods=0, pods=0 is used and pods=1 more is asked for";
    for yaml in [STATEFUL_SET, DAEMON_SET, JOB, &deployment("api", "", "")] {
        let expected = ("exceeded quota: few", "", help);
        check(&object(&namespace, yaml), LONG, expected);
    }
}

fn when_the_quota_is_used_up() {
    let namespace = allowing("few", 1);
    let help = "the quota `few` allows pods=1, pods=1 is used and pods=1 more is asked for";
    let expected = ("exceeded quota: few", "", help);
    check(&object(&namespace, STATEFUL_SET), LONG, expected);
}

fn against_pod_security() {
    let namespace = cluster().namespace("secure");
    let label = "pod-security.kubernetes.io/enforce=restricted";
    let output = cluster().kubectl(&["label", "namespace", &namespace, label]);
    assert!(output.status.success());
    let help = "the namespace enforces Pod Security `restricted:latest`";
    for yaml in [STATEFUL_SET, JOB] {
        check(
            &object(&namespace, yaml),
            LONG,
            ("violates PodSecurity", "", help),
        );
    }
}

fn a_fix_in_spite_of_old_warnings() {
    let namespace = allowing("raised", 0);
    let set = object(&namespace, STATEFUL_SET);
    block_on(async {
        let cluster = connect().await;
        bring(&cluster, &set, LONG)
            .await
            .expect_err("it is over its quota");
    });
    let raise = [
        "-n",
        &namespace,
        "patch",
        "resourcequota",
        "few",
        "--type=merge",
        "-p",
        "{\"spec\":{\"hard\":{\"pods\":\"5\"}}}",
    ];
    assert!(cluster().kubectl(&raise).status.success());
    let known = "--for=jsonpath={.status.hard.pods}=5";
    let wait = ["-n", &namespace, "wait", "resourcequota/few", known];
    assert!(cluster().kubectl(&wait).status.success());
    block_on(async {
        let ready = bring(&connect().await, &set, LONG).await;
        assert_eq!(ready.expect("ready").reason, "2 of 2 replicas ready");
    });
}

fn an_account_that_comes_later() {
    let namespace = cluster().namespace("account");
    let yaml = deployment("api", "", "").replace(
        "spec: { containers:",
        "spec: { serviceAccountName: late, containers:",
    );
    let api = object(&namespace, &yaml);
    let ready = block_on(async {
        let cluster = connect().await;
        let applied = apply(&cluster, &api).await.expect("it is applied");
        let (report, mut reports) = tokio::sync::mpsc::unbounded_channel();
        // Who listens no more has heard enough.
        let report = move |text| drop(report.send(text));
        let wait = orch::cluster::Wait {
            timeout: LIMIT,
            grace: LONG,
            report: &report,
        };
        let account = async {
            while let Some(text) = reports.recv().await {
                if text.contains("serviceaccount \"late\" not found") {
                    break;
                }
            }
            let yaml = "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: late }\n";
            apply(&cluster, &object(&namespace, yaml))
                .await
                .expect("it is applied");
        };
        futures::join!(cluster.ready(&api, &applied, &wait), account).0
    });
    assert_eq!(ready.expect("ready").reason, "2 of 2 replicas available");
}

fn a_claim_of_no_class() {
    let namespace = cluster().namespace("class");
    let yaml = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data }\n\
                spec: { storageClassName: none-such, accessModes: [ReadWriteOnce], \
                resources: { requests: { storage: 1Gi } } }\n";
    let claim = object(&namespace, yaml);
    block_on(async {
        let cluster = connect().await;
        let applied = apply(&cluster, &claim).await.expect("it is applied");
        // The tests' control plane leaves volumes to KWOK: nobody else says that.
        let event = format!(
            "apiVersion: v1\nkind: Event\nmetadata: {{ name: data.1 }}\ntype: Warning\n\
             reason: ProvisioningFailed\ncount: 1\n\
             message: 'storageclass.storage.k8s.io \"none-such\" not found'\n\
             involvedObject: {{ apiVersion: v1, kind: PersistentVolumeClaim, name: data, \
             namespace: {namespace}, uid: {} }}\n",
            applied.uid
        );
        apply(&cluster, &object(&namespace, &event))
            .await
            .expect("it is recorded");
    });
    let cause = "ProvisioningFailed: storageclass.storage.k8s.io \"none-such\" not found";
    let help = "the cluster has no StorageClass `none-such`";
    check(&claim, SHORT, (cause, "", help));
}

fn a_node_port_that_is_taken() {
    let namespace = cluster().namespace("port");
    let service = |name: &str| {
        let yaml = format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{ name: {name} }}\n\
             spec: {{ type: NodePort, ports: [{{ port: 80, nodePort: 30977 }}] }}\n"
        );
        object(&namespace, &yaml)
    };
    block_on(async {
        let cluster = connect().await;
        apply(&cluster, &service("first")).await.expect("applied");
        let refused = apply(&cluster, &service("second")).await;
        let refused = refused.expect_err("the port is taken").to_string();
        assert!(
            refused.contains("provided port is already allocated"),
            "{refused}"
        );
    });
}
