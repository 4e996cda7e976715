//! What lies in the files beside what reaches a cluster: a person's own fields, an overlay's
//! environment, and the generations of a `ConfigMap`.

use serde_json::Value;

use crate::conformance::{Case, phase};
use crate::harness::call_center::SETTINGS;
use crate::harness::cluster::cluster;
use crate::harness::workspace::{Run, Workspace};

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "written::a_persons_fields_reach_the_cluster_and_stay",
        a_persons_fields_reach_the_cluster_and_stay,
    ),
    (
        "written::a_target_gets_its_overlays_objects",
        a_target_gets_its_overlays_objects,
    ),
    (
        "written::a_changed_file_is_another_config_map",
        a_changed_file_is_another_config_map,
    ),
];

/// An image that only the overlay has.
const IMAGE: &str = "registry.example.com/call-center/app:2.0.0";

fn run(workspace: &Workspace, arguments: &[&str]) -> Run {
    let context = ["phase", "4", "run", "--context", cluster().context()];
    workspace.orch(&[&context[..], arguments].concat())
}

#[track_caller]
fn get(namespace: &str, name: &str) -> Value {
    let output = cluster().kubectl(&["get", name, "-o", "json", "-n", namespace]);
    assert!(output.status.success(), "{name}: {output:?}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn a_persons_fields_reach_the_cluster_and_stay() {
    let namespace = "their-fields";
    let workspace = phase::workspace(namespace);
    run(&workspace, &[]).expect(0);
    let path = "k8s/redis/service.yml";
    let theirs = "metadata:\n  annotations:\n    example.com/team: telephony # on call\n";
    let text = workspace.read(path).replacen("metadata:\n", theirs, 1);
    workspace.write(path, text);

    run(&workspace, &["--accept-changes"]).expect(0);
    let team = |object: &Value| object["metadata"]["annotations"]["example.com/team"].clone();
    assert_eq!(team(&get(namespace, "service/redis")), "telephony");
    let again = run(&workspace, &[]).expect(0);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);

    // A later run that does something else leaves it.
    let compose = workspace.read("docker-compose.yml");
    let changed = compose.replace("LOG_LEVEL: info", "LOG_LEVEL: warning");
    workspace.write("docker-compose.yml", changed);
    run(&workspace, &["--accept-changes", "--repair"]).expect(0);
    assert_eq!(team(&get(namespace, "service/redis")), "telephony");
    assert!(workspace.read(path).contains("telephony # on call"));
}

fn a_target_gets_its_overlays_objects() {
    let namespace = "with-overlay";
    let workspace = phase::workspace(namespace);
    let settings = workspace
        .read(SETTINGS)
        .replace("  \"docker-compose.staging.yml\",\n", "");
    let overlay = format!(
        "{settings}\n[kustomize.overlays.staging]\nnamespace = \"{namespace}-staging\"\n\
         host = \"staging.example.com\"\nimages = {{ app = \"{IMAGE}\" }}\n"
    );
    let target = format!(
        "[targets.staging]\ncontext = \"{}\"\noverlay = \"staging\"\n",
        cluster().context()
    );
    let workspace = workspace
        .file(SETTINGS, overlay)
        .file("orch.toml", target)
        .commit_all();
    workspace
        .orch(&["phase", "4", "run", "--target", "staging"])
        .expect(0);

    let there = format!("{namespace}-staging");
    let worker = get(&there, "deployment/worker");
    assert_eq!(worker["spec"]["replicas"], 2, "{worker}");
    let containers = &worker["spec"]["template"]["spec"]["containers"];
    assert_eq!(containers[0]["image"], IMAGE);
    let settings = get(&there, "configmap/app-config");
    assert_eq!(settings["data"]["APP_ENV"], "staging", "{settings}");
    let ingress = get(&there, "ingress").to_string();
    assert!(ingress.contains("staging.example.com"), "{ingress}");
    let base = cluster().kubectl(&["get", "namespace", namespace]);
    assert!(!base.status.success(), "the base's namespace is another");
    let written = workspace.read("k8s/configmap.yml");
    assert!(written.contains("APP_ENV: development"), "{written}");
}

/// Returns the ConfigMap that a StatefulSet's pods mount as their configuration.
#[track_caller]
fn mounted(namespace: &str, workload: &str) -> String {
    let object = get(namespace, &format!("statefulset/{workload}"));
    let volumes = object["spec"]["template"]["spec"]["volumes"].as_array();
    let mut maps = volumes
        .into_iter()
        .flatten()
        .filter_map(|volume| volume["configMap"]["name"].as_str());
    maps.next().expect("a ConfigMap").to_owned()
}

fn a_changed_file_is_another_config_map() {
    let namespace = "generations";
    let workspace = phase::workspace(namespace);
    run(&workspace, &[]).expect(0);
    let first = mounted(namespace, "prometheus");
    assert!(first.starts_with("prometheus-config-"), "{first}");
    assert_eq!(
        get(namespace, &format!("configmap/{first}"))["immutable"],
        true
    );
    let revision = |object: &Value| object["metadata"]["generation"].as_u64();
    let grafana = revision(&get(namespace, "statefulset/grafana"));
    let prometheus = revision(&get(namespace, "statefulset/prometheus"));

    let path = "config/prometheus.yml";
    let changed = workspace.read(path).replace("15s", "20s");
    assert_ne!(changed, workspace.read(path), "the example has an interval");
    workspace.write(path, changed);
    run(&workspace, &["--accept-changes"]).expect(0);
    let second = mounted(namespace, "prometheus");
    assert_ne!(first, second);
    assert!(second.starts_with("prometheus-config-"), "{second}");
    let rolled = revision(&get(namespace, "statefulset/prometheus"));
    assert_eq!(rolled, prometheus.map(|it| it + 1), "it is rolled out once");
    assert_eq!(revision(&get(namespace, "statefulset/grafana")), grafana);

    // The earlier one stays for a way back, and nobody is asked about it again.
    get(namespace, &format!("configmap/{first}"));
    let again = run(&workspace, &[]).expect(0);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
    let pruned = run(&workspace, &["--prune"]).expect(0);
    assert!(pruned.stderr.contains(&first), "{}", pruned.stderr);
    let left = cluster().kubectl(&["get", "configmap", "-n", namespace, "-o", "name"]);
    let left = String::from_utf8_lossy(&left.stdout).into_owned();
    assert!(!left.contains(&first) && left.contains(&second), "{left}");
}
