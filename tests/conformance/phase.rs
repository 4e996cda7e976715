//! A whole phase on a real control plane: done, done again, killed and resumed.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::conformance::Case;
use crate::harness::call_center::{self, JOURNAL, SETTINGS};
use crate::harness::cluster::{Cluster, cluster};
use crate::harness::workspace::{Run, Workspace};

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "phase::is_done_and_nothing_is_left_to_do",
        is_done_and_nothing_is_left_to_do,
    ),
    (
        "phase::resumes_after_ten_kills_with_the_same_end",
        resumes_after_ten_kills,
    ),
    (
        "phase::missing_secrets_stop_a_run_before_anything",
        missing_secrets_stop_a_run,
    ),
    (
        "phase::images_that_nobody_named_are_refused",
        images_that_nobody_named_are_refused,
    ),
    (
        "phase::plan_says_where_it_would_run",
        plan_says_where_it_would_run,
    ),
];

/// Values that must turn up nowhere but in the cluster.
const SECRETS: &str = "POSTGRES_PASSWORD=swordfish-1\nJWT_SECRET=swordfish-2\n\
     SPEECH_API_KEY=swordfish-3\nGRAFANA_ADMIN_PASSWORD=swordfish-4\n";

/// The kinds that a phase applies.
const KINDS: &str = "configmaps,secrets,services,serviceaccounts,persistentvolumeclaims,\
     deployments.apps,statefulsets.apps,horizontalpodautoscalers.autoscaling,\
     poddisruptionbudgets.policy,ingresses.networking.k8s.io,networkpolicies.networking.k8s.io";

/// No load balancer runs here: waiting for one would only take time.
const PATIENCE: &str = "\n[timeouts]\nload_balancer = \"1s\"\n";

/// Returns the call centre with its own namespace, ready to run on the control plane.
pub(super) fn workspace(namespace: &str) -> Workspace {
    with_checklist(namespace, &call_center::checklist())
}

/// Returns the same for a control plane of a test's own.
pub(super) fn workspace_on(cluster: &Cluster, namespace: &str) -> Workspace {
    with(cluster, namespace, &call_center::checklist())
}

/// Returns the call centre under that checklist, with its own namespace.
fn with_checklist(namespace: &str, checklist: &str) -> Workspace {
    with(cluster(), namespace, checklist)
}

fn with(cluster: &Cluster, namespace: &str, checklist: &str) -> Workspace {
    let named = |text: &str| text.replace("`call-center`", &format!("`{namespace}`"));
    let settings = call_center::settings();
    let (top, ingress) = settings
        .split_once("[ingress]")
        .expect("the settings' last table");
    call_center::with_checklist(&named(checklist))
        .file(SETTINGS, format!("{top}{PATIENCE}\n[ingress]{ingress}"))
        .commit_all()
        .file(".env", SECRETS)
        .with_env("KUBECONFIG", cluster.kubeconfig())
}

pub(super) fn run(workspace: &Workspace) -> Run {
    workspace.orch(&["phase", "4", "run", "--context", cluster().context()])
}

fn is_done_and_nothing_is_left_to_do() {
    let namespace = "done-once";
    let workspace = workspace(namespace);
    let first = run(&workspace).expect(0);
    assert_no_box_is_open(&workspace);
    assert_everything_is_ready(namespace);
    assert_no_secret_in(&workspace, &first);
    kustomization_builds(&workspace);
    let before = versions(namespace);
    let again = run(&workspace).expect(0);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
    assert_eq!(
        versions(namespace),
        before,
        "the second run changed nothing"
    );
}

fn resumes_after_ten_kills() {
    // The checklist beside the repository, where it is there.
    let checklist = call_center::foreign().text;
    let undisturbed = with_checklist("undisturbed", &checklist);
    run(&undisturbed).expect(0);
    let total = lines(&undisturbed);
    let disturbed = with_checklist("disturbed", &checklist);
    for moment in moments(total) {
        let running = disturbed.spawn(&["phase", "4", "run", "--context", cluster().context()]);
        running.kill_when(&format!("{moment} records"), || lines(&disturbed) >= moment);
    }
    run(&disturbed).expect(0);
    assert_no_box_is_open(&disturbed);
    assert_eq!(
        disturbed.messages().len(),
        undisturbed.messages().len(),
        "one commit a phase"
    );
    let (found, expected) = (objects("disturbed"), objects("undisturbed"));
    assert!(
        found.keys().eq(expected.keys()),
        "{:?} {:?}",
        found.keys(),
        expected.keys()
    );
    for (name, object) in &expected {
        assert_eq!(found.get(name), Some(object), "{name}");
    }
    let stable = |text: String| text.replace("undisturbed", "disturbed");
    for path in undisturbed
        .files()
        .iter()
        .filter(|path| path.starts_with("k8s/"))
    {
        assert_eq!(
            disturbed.read(path),
            stable(undisturbed.read(path)),
            "{path}"
        );
    }
}

/// Ten moments of a run, as records in its journal: drawn by a fixed generator, so that a failure
/// can be had again.
fn moments(total: usize) -> Vec<usize> {
    let mut state: usize = 20_261_121;
    let mut moments: Vec<usize> = (0..10)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            1 + (state >> 33) % (total - 2)
        })
        .collect();
    moments.sort_unstable();
    moments
}

fn lines(workspace: &Workspace) -> usize {
    if workspace.has(JOURNAL) {
        workspace.read(JOURNAL).lines().count()
    } else {
        0
    }
}

fn missing_secrets_stop_a_run() {
    let namespace = "no-secrets";
    let workspace = workspace(namespace).file(".env", "POSTGRES_PASSWORD=swordfish-1\n");
    let refused = run(&workspace).expect(2);
    for key in ["JWT_SECRET", "SPEECH_API_KEY", "GRAFANA_ADMIN_PASSWORD"] {
        assert!(refused.stderr.contains(key), "{}", refused.stderr);
    }
    assert!(
        !refused.stderr.contains("POSTGRES_PASSWORD"),
        "{}",
        refused.stderr
    );
    let found = cluster().kubectl(&["get", "namespace", namespace]);
    assert!(!found.status.success(), "nothing was applied");
    assert!(!workspace.has("k8s"), "nothing was written");
}

fn images_that_nobody_named_are_refused() {
    let workspace = workspace("no-image");
    let compose = workspace
        .read("docker-compose.yml")
        .replace("  image: call-center/app:1.4.0\n", "");
    workspace.write("docker-compose.yml", compose);
    let refused = run(&workspace).expect(2);
    assert!(
        refused.stderr.contains("no image is named"),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.contains("[images]"), "{}", refused.stderr);
}

fn plan_says_where_it_would_run() {
    let workspace = workspace("planned");
    let plan = workspace
        .orch(&["phase", "4", "plan", "--context", cluster().context()])
        .expect(0);
    for said in [
        "context orch-test",
        "127.0.0.1",
        "v1.36.3",
        "no ServiceMonitor CRD",
    ] {
        assert!(plan.stdout.contains(said), "{said}: {}", plan.stdout);
    }
    let found = cluster().kubectl(&["get", "namespace", "planned"]);
    assert!(!found.status.success(), "a plan applies nothing");
}

#[track_caller]
fn assert_no_box_is_open(workspace: &Workspace) {
    let text = workspace.read(call_center::CHECKLIST);
    // Two status boxes stay open; an indented box stands in an instruction.
    let open = text
        .lines()
        .filter(|line| line.starts_with("- [ ]"))
        .count();
    assert_eq!(open, 2, "{text}");
}

#[track_caller]
fn assert_everything_is_ready(namespace: &str) {
    for item in items(namespace) {
        let status = &item["status"];
        let wanted = &item["spec"]["replicas"];
        match item["kind"].as_str() {
            Some("Deployment") => assert_eq!(&status["availableReplicas"], wanted, "{item}"),
            Some("StatefulSet") => assert_eq!(&status["readyReplicas"], wanted, "{item}"),
            _ => {}
        }
    }
}

#[track_caller]
fn assert_no_secret_in(workspace: &Workspace, said: &Run) {
    for path in workspace.files().iter().filter(|path| *path != ".env") {
        let text = fs_err::read(workspace.path(path)).expect("a file");
        assert!(
            !String::from_utf8_lossy(&text).contains("swordfish"),
            "{path}"
        );
    }
    assert!(!said.stdout.contains("swordfish") && !said.stderr.contains("swordfish"));
    let kept = cluster().kubectl(&[
        "-n",
        "done-once",
        "get",
        "secret",
        "jwt-secret",
        "-o",
        "yaml",
    ]);
    let kept = String::from_utf8_lossy(&kept.stdout).into_owned();
    assert!(
        kept.contains("c3dvcmRmaXNoLTI="),
        "the cluster has the real value: {kept}"
    );
}

#[track_caller]
fn kustomization_builds(workspace: &Workspace) {
    let folder = workspace.path("k8s");
    let built = cluster().kubectl(&["kustomize", folder.to_str().expect("a path")]);
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let text = String::from_utf8_lossy(&built.stdout).into_owned();
    assert!(
        text.contains("kind: StatefulSet") && !text.contains("kind: Secret"),
        "{text}"
    );
    // The server takes all of it with strict validation.
    let dry = cluster().kubectl_with(
        &[
            "apply",
            "--server-side",
            "--field-manager=orch",
            "--dry-run=server",
            "--validate=strict",
            "-f",
            "-",
        ],
        &text,
    );
    let said = String::from_utf8_lossy(&dry.stderr).into_owned();
    assert!(dry.status.success(), "{said}");
    assert!(!said.contains("Warning"), "{said}");
}

/// What orch applied in a namespace, as the server has it.
fn items(namespace: &str) -> Vec<Value> {
    let label = "app.kubernetes.io/managed-by=orch";
    let found = cluster().kubectl(&["-n", namespace, "get", KINDS, "-l", label, "-o", "json"]);
    let list: Value = serde_json::from_slice(&found.stdout).expect("a list");
    list["items"].as_array().expect("items").clone()
}

fn versions(namespace: &str) -> BTreeMap<String, String> {
    let of = |item: &Value, field: &str| item["metadata"][field].as_str().unwrap_or("").to_owned();
    // Controllers write to the status of what they look after at any time.
    let quiet = |item: &&Value| item["status"].is_null();
    let found = items(namespace);
    found
        .iter()
        .filter(quiet)
        .map(|item| {
            (
                format!("{}/{}", item["kind"], of(item, "name")),
                of(item, "resourceVersion"),
            )
        })
        .collect()
}

/// The objects of a namespace without what the server makes up for each anew.
fn objects(namespace: &str) -> BTreeMap<String, Value> {
    items(namespace)
        .into_iter()
        .map(|mut item| {
            let name = format!("{}/{}", item["kind"], item["metadata"]["name"]);
            for field in [
                "uid",
                "resourceVersion",
                "creationTimestamp",
                "managedFields",
                "generation",
            ] {
                item["metadata"]
                    .as_object_mut()
                    .expect("metadata")
                    .remove(field);
            }
            if let Some(labels) = item["metadata"]["labels"].as_object_mut() {
                // The inventory's id is made of its namespace too.
                labels.remove("applyset.kubernetes.io/part-of");
                labels.remove("applyset.kubernetes.io/id");
            }
            for field in [
                "clusterIP",
                "clusterIPs",
                "volumeName",
                "healthCheckNodePort",
            ] {
                if let Some(spec) = item.get_mut("spec").and_then(Value::as_object_mut) {
                    spec.remove(field);
                }
            }
            if let Some(ports) = item
                .pointer_mut("/spec/ports")
                .and_then(Value::as_array_mut)
            {
                for port in ports {
                    port.as_object_mut().expect("a port").remove("nodePort");
                }
            }
            item.as_object_mut().expect("an object").remove("status");
            let text = item.to_string().replace("undisturbed", "disturbed");
            (name, serde_json::from_str(&text).expect("JSON"))
        })
        .collect()
}
