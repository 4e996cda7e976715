//! What comes before what on a real control plane, from files that have it all the wrong way round.

use serde_json::Value;

use crate::conformance::Case;
use crate::harness::cluster::cluster;
use crate::harness::workspace::Workspace;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "order::a_folder_in_the_wrong_order_is_applied_in_the_right_one",
        a_folder_in_the_wrong_order,
    ),
    (
        "order::a_kind_and_its_objects_come_in_one_run",
        a_kind_and_its_objects_come_in_one_run,
    ),
    (
        "order::what_nothing_brings_is_named_before_anything_is_done",
        what_nothing_brings_is_named,
    ),
];

/// Returns a workspace whose checklist, of a set of its own, has these tasks.
fn workspace(set: &str, tasks: &str) -> Workspace {
    let text = format!("# Phase 4: Order\n\n## 4.1 Things\n\n{tasks}");
    Workspace::new()
        .file(&format!("checklists/{set}/phase-04-order.md"), text)
        .with_env("KUBECONFIG", cluster().kubeconfig())
}

fn arguments(command: &str) -> [&str; 5] {
    ["phase", "4", command, "--context", cluster().context()]
}

/// Returns where the journal says that something happened to the step that applies an object.
#[track_caller]
fn record(journal: &str, event: &str, object: &str) -> usize {
    let step = format!("apply {object}");
    let is = |line: &str| {
        let record: Value = serde_json::from_str(line).expect("a record");
        record["event"] == event && record["step"] == step.as_str()
    };
    journal
        .lines()
        .position(is)
        .unwrap_or_else(|| panic!("no {event} of {object} in\n{journal}"))
}

/// Checks that an object was begun only when another one was ready.
#[track_caller]
fn assert_after(journal: &str, object: &str, need: &str) {
    let (begun, ready) = (
        record(journal, "started", object),
        record(journal, "succeeded", need),
    );
    assert!(ready < begun, "{object} was begun before {need} was ready");
}

/// Everything before what it needs.
const BACKWARDS: &str = "
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: NS-hook }
webhooks:
- name: hook.example.test
  admissionReviewVersions: [v1]
  sideEffects: None
  failurePolicy: Ignore
  objectSelector: { matchLabels: { example.test/hooked: NS } }
  clientConfig: { service: { name: hook, namespace: NS, path: /check } }
  rules: [{ apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [configmaps] }]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: hook, namespace: NS }
spec: { minAvailable: 1, selector: { matchLabels: { app: hook } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: hook, namespace: NS }
spec:
  replicas: 2
  selector: { matchLabels: { app: hook } }
  template:
    metadata: { labels: { app: hook } }
    spec:
      serviceAccountName: hook
      priorityClassName: NS-high
      imagePullSecrets: [{ name: pull }]
      volumes:
      - { name: a, projected: { sources: [{ configMap: { name: settings } }] } }
      containers:
      - name: main
        image: example.test/hook:1
        resources: { requests: { cpu: 1m, memory: 1Mi }, limits: { cpu: 1m, memory: 1Mi } }
        env: [{ name: TOKEN, valueFrom: { secretKeyRef: { name: token, key: token } } }]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: spare, namespace: NS }
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: NS-class
  resources: { requests: { storage: 1Mi } }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: hook, namespace: NS }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: hook }
subjects: [{ kind: ServiceAccount, name: hook, namespace: NS }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: hook, namespace: NS }
rules: [{ apiGroups: [''], resources: [configmaps], verbs: [get] }]
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: hook, namespace: NS }
---
apiVersion: v1
kind: Service
metadata: { name: hook, namespace: NS }
spec: { selector: { app: hook }, ports: [{ port: 443 }] }
---
apiVersion: v1
kind: Secret
metadata: { name: token, namespace: NS }
stringData: { token: swordfish }
---
apiVersion: v1
kind: Secret
metadata: { name: pull, namespace: NS }
type: kubernetes.io/dockerconfigjson
stringData: { .dockerconfigjson: '{\"auths\":{}}' }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: NS }
data: { a: b }
---
apiVersion: v1
kind: ResourceQuota
metadata: { name: pods, namespace: NS }
spec: { hard: { pods: '10' } }
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: NS-class }
provisioner: example.test/nobody
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: NS-high }
value: 1000
---
apiVersion: v1
kind: Namespace
metadata: { name: NS }
";

fn a_folder_in_the_wrong_order() {
    let workspace = workspace(
        "backwards",
        "- [ ] Bring it <!-- orch: apply=\"deploy\" -->\n",
    )
    .file("deploy/all.yml", BACKWARDS.replace("NS", "backwards"))
    .commit_all();
    workspace.orch(&arguments("run")).expect(0);
    let journal = workspace.read(".orch/backwards/phase-04.jsonl");
    let namespaced = ["Secret/token", "ConfigMap/settings", "Role/hook"];
    for object in namespaced {
        assert_after(&journal, object, "Namespace/backwards");
    }
    for need in [
        "ServiceAccount/hook",
        "RoleBinding/hook",
        "PriorityClass/backwards-high",
        "Secret/token",
        "Secret/pull",
        "ConfigMap/settings",
        "ResourceQuota/pods",
    ] {
        assert_after(&journal, "Deployment/hook", need);
    }
    for (object, need) in [
        (
            "PersistentVolumeClaim/spare",
            "StorageClass/backwards-class",
        ),
        ("RoleBinding/hook", "Role/hook"),
        ("RoleBinding/hook", "ServiceAccount/hook"),
        ("PodDisruptionBudget/hook", "Deployment/hook"),
        (
            "ValidatingWebhookConfiguration/backwards-hook",
            "Deployment/hook",
        ),
        (
            "ValidatingWebhookConfiguration/backwards-hook",
            "Service/hook",
        ),
    ] {
        assert_after(&journal, object, need);
    }
    let plan = workspace.orch(&arguments("plan")).expect(0).stdout;
    let (_, waves) = plan.split_once("waves:").expect("waves");
    let line = |name: &str| waves.lines().position(|line| line.contains(name));
    assert!(
        line("Namespace backwards") < line("RoleBinding hook"),
        "{plan}"
    );
    assert!(
        line("Deployment hook") < line("PodDisruptionBudget hook"),
        "{plan}"
    );
}

/// A kind whose plural is not what the rules of English make of it.
const DEFINITION: &str = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: data.order.example.test }
spec:
  group: order.example.test
  scope: Namespaced
  names: { kind: Datum, plural: data, singular: datum }
  versions:
  - name: v1
    served: true
    storage: true
    schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { size: { type: integer } } } } } }
";

fn datum(name: &str, namespace: &str) -> String {
    format!(
        "apiVersion: order.example.test/v1\nkind: Datum\n\
         metadata: {{ name: {name}, namespace: {namespace} }}\nspec: {{ size: 1 }}\n"
    )
}

fn a_kind_and_its_objects_come_in_one_run() {
    let namespace = cluster().namespace("kinds");
    let workspace = workspace(
        "kinds",
        "- [ ] First what is of the kind <!-- orch: apply=\"early\" -->\n\
         - [ ] Then the kind itself <!-- orch: apply=\"kind\" -->\n",
    )
    .file("early/other.yml", datum("other", &namespace))
    .file(
        "kind/all.yml",
        format!("{}---{DEFINITION}", datum("one", &namespace)),
    )
    .commit_all();
    workspace.orch(&arguments("run")).expect(0);
    let journal = workspace.read(".orch/kinds/phase-04.jsonl");
    for object in ["Datum/one", "Datum/other"] {
        let definition = "CustomResourceDefinition/data.order.example.test";
        assert_after(&journal, object, definition);
    }
    let found = cluster().kubectl(&[
        "get",
        "data.order.example.test",
        "-n",
        &namespace,
        "-o",
        "name",
    ]);
    assert_eq!(String::from_utf8_lossy(&found.stdout).lines().count(), 2);
    let checklist = workspace.read("checklists/kinds/phase-04-order.md");
    assert_eq!(checklist.matches("- [x]").count(), 2, "{checklist}");
}

fn what_nothing_brings_is_named() {
    let namespace = cluster().namespace("wanting");
    let pods = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: a, namespace: {namespace} }}\n\
         spec:\n  replicas: 0\n  selector: {{ matchLabels: {{ app: a }} }}\n  template:\n    \
         metadata: {{ labels: {{ app: a }} }}\n    spec:\n      \
         containers:\n      - name: c\n        image: example.test/a:1\n        envFrom:\n        \
         - {{ secretRef: {{ name: there }} }}\n        - {{ secretRef: {{ name: nowhere }} }}\n        \
         - {{ configMapRef: {{ name: perhaps, optional: true }} }}\n"
    );
    let workspace = workspace("wanting", "- [ ] Bring it <!-- orch: apply=\"a.yml\" -->\n")
        .file("a.yml", pods)
        .commit_all();
    let made = ["create", "secret", "generic", "there", "-n", &namespace];
    assert!(cluster().kubectl(&made).status.success());
    let plan = workspace.orch(&arguments("plan")).expect(0).stderr;
    let wanted = format!(
        "nothing brings Secret/nowhere in `{namespace}`: Deployment/a needs it (envFrom, a.yml)"
    );
    assert!(plan.contains(&wanted), "{plan}");
    assert_eq!(plan.matches("nothing brings").count(), 1, "{plan}");
    let json = workspace
        .orch(&[&arguments("plan")[..], &["--json"]].concat())
        .expect(0)
        .stdout;
    let missing: Vec<Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .filter(|event: &Value| event["event"] == "missing")
        .collect();
    assert_eq!(missing.len(), 1, "{json}");
    assert_eq!(missing[0]["name"], "nowhere");
    let run = workspace.orch(&arguments("run")).expect(0);
    assert!(run.stderr.contains(&wanted), "{}", run.stderr);
}
