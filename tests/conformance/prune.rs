//! Pruning: what the plan doesn't have any more goes, in reverse order, and nothing else does.

use crate::conformance::Case;
use crate::conformance::things::{
    CHECKLIST, CLAIM, JOURNAL, WEB, arguments, get, is_there, kubectl, kubectl_apply, phase, run,
    set_finalizers, settings,
};
use crate::harness::cluster::cluster;
use crate::harness::workspace::Workspace;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "prune::deletes_what_vanished_and_claims_only_by_name",
        deletes_what_vanished_and_claims_only_by_name,
    ),
    (
        "prune::leaves_what_only_carries_the_label",
        leaves_what_only_carries_the_label,
    ),
    (
        "prune::goes_on_after_a_kill_and_names_what_holds_an_object",
        goes_on_after_a_kill,
    ),
    (
        "prune::deletes_jobs_and_definitions_only_by_name",
        deletes_jobs_and_definitions_only_by_name,
    ),
    (
        "prune::deletes_nothing_when_a_step_fails",
        deletes_nothing_when_a_step_fails,
    ),
];

/// A person takes tasks out of the checklist.
fn take_out(workspace: &Workspace, names: &[&str]) {
    let text = workspace.read(CHECKLIST);
    let kept = text.split_inclusive('\n').filter(|line| {
        !names
            .iter()
            .any(|name| line.contains(&format!("Bring {name} ")))
    });
    workspace.write(CHECKLIST, kept.collect::<String>());
}

fn kinds(namespace: &str) -> String {
    let parent = get(namespace, "configmap/orch-things-phase-04");
    let notes = &parent["metadata"]["annotations"];
    notes["applyset.kubernetes.io/contains-group-kinds"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn deletes_what_vanished_and_claims_only_by_name() {
    let namespace = cluster().namespace("prune");
    let files = [
        ("rest", &*settings("rest", "info")),
        ("settings", &settings("settings", "info")),
        ("web", WEB),
        ("claim", CLAIM),
    ];
    let workspace = phase(&namespace, &files);
    run(&workspace, &[]).expect(0);
    take_out(&workspace, &["settings", "web", "claim"]);
    let refused = run(&workspace, &[]).expect(2);
    assert!(refused.stderr.contains("--prune"), "{}", refused.stderr);
    assert!(is_there(&namespace, "deployment/web"));

    let pruned = run(&workspace, &["--prune"]).expect(0);
    let web = pruned.stderr.find("Deployment/web").expect("it is shown");
    let used = pruned.stderr.find("ConfigMap/settings");
    assert!(used.expect("it is shown") > web, "{}", pruned.stderr);
    let kept = "PersistentVolumeClaim/data  (data would be lost; --delete \
                PersistentVolumeClaim/data lets it go)";
    assert!(pruned.stderr.contains(kept), "{}", pruned.stderr);
    for gone in ["deployment/web", "configmap/settings", "pods -l app=web"] {
        let name: Vec<&str> = gone.split(' ').collect();
        let found = cluster().kubectl(&[&["-n", &namespace, "get", "-o", "name"], &*name].concat());
        assert!(found.stdout.is_empty(), "{gone} is still there");
    }
    assert!(is_there(&namespace, "pvc/data") && is_there(&namespace, "configmap/rest"));
    assert_eq!(kinds(&namespace), "ConfigMap,PersistentVolumeClaim");
    let journal = workspace.read(JOURNAL);
    let begun = |step: &str| journal.find(&format!("\"compensating\",\"step\":\"{step}\""));
    assert!(begun("apply Deployment/web") < begun("apply ConfigMap/settings"));

    let unknown = run(&workspace, &["--prune", "--delete", "pvc/other"]).expect(2);
    assert!(
        unknown.stderr.contains("persistentvolumeclaim/other"),
        "{}",
        unknown.stderr
    );
    run(&workspace, &["--prune", "--delete", "pvc/data"]).expect(0);
    assert!(!is_there(&namespace, "pvc/data"));
    assert_eq!(kinds(&namespace), "ConfigMap");
    let again = run(&workspace, &["--prune"]).expect(0);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
}

fn leaves_what_only_carries_the_label() {
    let namespace = cluster().namespace("copied");
    let files = [
        ("settings", &*settings("settings", "info")),
        ("web", WEB),
        ("rest", &settings("rest", "info")),
    ];
    let workspace = phase(&namespace, &files);
    run(&workspace, &[]).expect(0);
    let id = kubectl(&[
        "-n",
        &namespace,
        "get",
        "configmap/rest",
        "-o",
        "jsonpath={.metadata.labels.applyset\\.kubernetes\\.io/part-of}",
    ]);
    let label = format!("applyset.kubernetes.io/part-of={id}");
    let create = ["-n", &namespace, "create", "configmap"];
    kubectl(&[&create[..], &["copied"]].concat());
    kubectl(&["-n", &namespace, "label", "configmap/copied", &label]);
    // As operators do for what they make.
    let owner = get(&namespace, "deployment/web");
    let uid = owner["metadata"]["uid"].as_str().expect("a uid");
    kubectl(&[&create[..], &["made"]].concat());
    let patch = format!(
        "{{\"metadata\":{{\"labels\":{{\"applyset.kubernetes.io/part-of\":\"{id}\"}},\
         \"ownerReferences\":[{{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"name\":\"web\",\
         \"uid\":\"{uid}\",\"controller\":true}}]}}}}"
    );
    kubectl(&[
        "-n",
        &namespace,
        "patch",
        "configmap/made",
        "--type=merge",
        "-p",
        &patch,
    ]);
    let elsewhere = labelled_elsewhere(&id);
    take_out(&workspace, &["rest"]);
    let pruned = run(&workspace, &["--prune"]).expect(0);
    for said in [
        "keep    ConfigMap/copied  (it carries the label, but orch never applied it)",
        "keep    ConfigMap/made  (Deployment/web made it and copied the label)",
        "delete  ConfigMap/rest",
    ] {
        assert!(pruned.stderr.contains(said), "{said}: {}", pruned.stderr);
    }
    assert!(
        !pruned.stderr.contains("ConfigMap/far"),
        "{}",
        pruned.stderr
    );
    assert!(is_there(&elsewhere, "configmap/far"));
    assert!(is_there(&namespace, "configmap/copied"));
    assert!(is_there(&namespace, "configmap/made"));
    assert!(!is_there(&namespace, "configmap/rest"));
}

/// A namespace that the inventory doesn't name, with an object that carries its label: nothing is
/// even looked at there.
fn labelled_elsewhere(id: &str) -> String {
    let elsewhere = cluster().namespace("elsewhere");
    let same = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: far\n  \
         labels: {{ applyset.kubernetes.io/part-of: {id} }}\n"
    );
    let as_orch = ["--server-side", "--field-manager=orch"];
    kubectl_apply(&elsewhere, &as_orch, &same);
    elsewhere
}

fn goes_on_after_a_kill() {
    let namespace = cluster().namespace("held");
    let files = [
        ("rest", &*settings("rest", "info")),
        ("settings", &settings("settings", "info")),
    ];
    let workspace = phase(&namespace, &files);
    run(&workspace, &[]).expect(0);
    let finalizers = |list: &str| set_finalizers(&namespace, "configmap/settings", list);
    finalizers("[\"example.test/hold\"]");
    take_out(&workspace, &["settings"]);
    let settings = workspace.read("phases/04-things.toml");
    workspace.write(
        "phases/04-things.toml",
        format!("{settings}[timeouts]\nready = \"1s\"\n"),
    );
    let held = run(&workspace, &["--prune"]).expect(1);
    assert!(
        held.stderr.contains("finalizer example.test/hold"),
        "{}",
        held.stderr
    );
    workspace.write("phases/04-things.toml", settings);
    let running = workspace.spawn(&arguments("run", &["--prune"]));
    let before = workspace.read(JOURNAL).lines().count();
    running.kill_when("the deletion's record", || {
        let journal = workspace.read(JOURNAL);
        let new: Vec<&str> = journal.lines().skip(before).collect();
        new.iter().any(|line| line.contains("\"compensating\""))
    });
    finalizers("null");
    run(&workspace, &["--prune"]).expect(0);
    assert!(!is_there(&namespace, "configmap/settings"));
    let end = workspace.read(JOURNAL);
    assert!(
        end.contains("\"rolled-back\",\"step\":\"apply ConfigMap/settings\""),
        "{end}"
    );
    let again = run(&workspace, &[]).expect(0);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
}

const JOB: &str = "apiVersion: batch/v1\n\
kind: Job\n\
metadata: { name: once, namespace: NAMESPACE }\n\
spec:\n  \
  template:\n    \
    metadata: { labels: { app: once } }\n    \
    spec:\n      \
      restartPolicy: Never\n      \
      containers: [{ name: main, image: example.test/once:1 }]\n";

const DEFINITION: &str = "apiVersion: apiextensions.k8s.io/v1\n\
kind: CustomResourceDefinition\n\
metadata: { name: lamps.NAMESPACE.test }\n\
spec:\n  \
  group: NAMESPACE.test\n  \
  names: { kind: Lamp, plural: lamps, singular: lamp }\n  \
  scope: Namespaced\n  \
  versions:\n    \
    - name: v1\n      \
      served: true\n      \
      storage: true\n      \
      schema:\n        \
        openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true }\n";

const LAMP: &str = "apiVersion: NAMESPACE.test/v1\n\
kind: Lamp\n\
metadata: { name: red, namespace: NAMESPACE }\n\
watts: 5\n";

fn deletes_jobs_and_definitions_only_by_name() {
    let namespace = cluster().namespace("lamps");
    let files = [
        ("rest", &*settings("rest", "info")),
        ("once", JOB),
        ("definition", DEFINITION),
        ("lamp", LAMP),
    ];
    let workspace = phase(&namespace, &files);
    run(&workspace, &[]).expect(0);
    take_out(&workspace, &["once", "definition", "lamp"]);
    let definition = format!("customresourcedefinition/lamps.{namespace}.test");
    let pruned = run(&workspace, &["--prune"]).expect(0);
    let kept = format!("--delete CustomResourceDefinition/lamps.{namespace}.test lets it go");
    assert!(pruned.stderr.contains(&kept), "{}", pruned.stderr);
    assert!(!is_there(&namespace, "job/once"));
    // The Job's pods go with it.
    let pods = kubectl(&[
        "-n", &namespace, "get", "pods", "-l", "app=once", "-o", "name",
    ]);
    assert_eq!(pods, "");
    assert!(is_there(&namespace, &definition));
    assert!(!is_there(&namespace, "lamp/red"), "it isn't in the plan");

    run(&workspace, &["--prune", "--delete", &definition]).expect(0);
    assert!(!is_there(&namespace, &definition));
    let again = run(&workspace, &["--prune"]).expect(0);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
}

fn deletes_nothing_when_a_step_fails() {
    let namespace = cluster().namespace("unpruned");
    let files = [
        ("rest", &*settings("rest", "info")),
        ("settings", &settings("settings", "info")),
    ];
    let workspace = phase(&namespace, &files);
    run(&workspace, &[]).expect(0);
    take_out(&workspace, &["settings"]);
    let wrong = WEB.replace("matchLabels: { app: web }", "matchLabels: { app: other }");
    workspace.write("manifests/web.yml", wrong.replace("NAMESPACE", &namespace));
    let text = workspace.read(CHECKLIST);
    let task = "- [ ] Bring web <!-- orch: apply=\"manifests/web.yml\" -->\n";
    workspace.write(CHECKLIST, text + task);
    run(&workspace, &["--prune"]).expect(1);
    assert!(
        is_there(&namespace, "configmap/settings"),
        "it waits for the plan"
    );
}
