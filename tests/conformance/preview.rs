//! What `plan` shows of a real target, what `run --plan` holds to, and what `status --live` finds:
//! the fields that would change or were changed, by the server's own word.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::conformance::{Case, phase};
use crate::harness::cluster::cluster;
use crate::harness::proxy::Proxy;
use crate::harness::workspace::{Run, Workspace};

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "preview::what_is_not_there_comes_after_its_namespace",
        what_is_not_there_comes_after_its_namespace,
    ),
    (
        "preview::each_field_that_changes_is_shown",
        each_field_that_changes_is_shown,
    ),
    (
        "preview::what_others_own_is_taken_over_by_name",
        what_others_own_is_taken_over_by_name,
    ),
    (
        "preview::what_cannot_change_is_recreated_with_consent",
        what_cannot_change_is_recreated_with_consent,
    ),
    (
        "preview::what_is_of_a_new_kind_comes_after_its_definition",
        what_is_of_a_new_kind_comes_after_its_definition,
    ),
    (
        "preview::what_the_server_refuses_is_said_before_it_is_tried",
        what_the_server_refuses_is_said_before_it_is_tried,
    ),
    (
        "preview::a_saved_plan_is_done_exactly",
        a_saved_plan_is_done_exactly,
    ),
    (
        "preview::a_saved_plan_is_refused_when_an_object_moved",
        a_saved_plan_is_refused_when_an_object_moved,
    ),
    (
        "preview::a_saved_plan_is_refused_when_a_file_moved",
        a_saved_plan_is_refused_when_a_file_moved,
    ),
    (
        "preview::a_plan_of_a_newer_orch_is_refused",
        a_plan_of_a_newer_orch_is_refused,
    ),
    (
        "preview::drift_is_told_by_field_and_by_who_made_it",
        drift_is_told_by_field_and_by_who_made_it,
    ),
    (
        "preview::a_secrets_drift_is_told_without_its_value",
        a_secrets_drift_is_told_without_its_value,
    ),
    (
        "preview::nothing_to_do_asks_once_a_kind_and_sends_nothing",
        nothing_to_do_asks_once_a_kind_and_sends_nothing,
    ),
    (
        "preview::a_whole_phase_is_seen_to_be_settled_without_a_dry_run",
        a_whole_phase_is_seen_to_be_settled_without_a_dry_run,
    ),
    (
        "preview::only_what_changed_is_sent",
        only_what_changed_is_sent,
    ),
];

/// The values of a Secret, which must turn up nowhere.
const FIRST: &str = "swordfish-one";
const SECOND: &str = "swordfish-two";

/// Objects in files, each applied by a task of its own.
struct Objects {
    workspace: Workspace,
    namespace: String,
    context: &'static str,
}

impl Objects {
    /// Returns a workspace whose tasks apply these files; `NS` in them is the namespace.
    fn new(namespace: &str, files: &[(&str, &str)]) -> Self {
        let mut checklist = String::from("# Phase 4: Objects\n\n## 4.1 Objects\n\n");
        let mut workspace = Workspace::new();
        for (name, text) in files {
            let path = format!("manifests/{name}.yaml");
            writeln!(
                checklist,
                "- [ ] Bring {name} <!-- orch: apply=\"{path}\" -->"
            )
            .expect("text");
            workspace = workspace.file(&path, text.replace("NS", namespace));
        }
        let workspace = workspace
            .file(
                &format!("checklists/{namespace}/phase-04-objects.md"),
                checklist,
            )
            .file("phases/04-objects.toml", "")
            .commit_all()
            .with_env("KUBECONFIG", cluster().kubeconfig());
        Self {
            workspace,
            namespace: namespace.to_owned(),
            context: cluster().context(),
        }
    }

    fn change(&self, name: &str, text: &str) {
        let path = format!("manifests/{name}.yaml");
        self.workspace
            .write(&path, text.replace("NS", &self.namespace));
        self.workspace.commit("Change an object");
    }

    fn orch(&self, arguments: &[&str]) -> Run {
        let context = ["--context", self.context];
        self.workspace
            .orch(&[&["phase", "4"], arguments, &context].concat())
    }

    /// Returns what `plan` shows of the cluster, without the plan itself.
    #[track_caller]
    fn preview(&self) -> String {
        let plan = self.orch(&["plan"]).expect(0).stdout;
        let at = plan.find("what a run would change").expect("a preview");
        plan.get(at..).expect("a preview").to_owned()
    }
}

const NAMESPACE: &str = "apiVersion: v1\nkind: Namespace\nmetadata: { name: NS }\n";

const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: config, namespace: NS }\n\
     data:\n  LEVEL: info\n  app.conf: |\n    listen 80\n    workers 2\n    log info\n";

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata: { name: keys, namespace: NS }\n\
     stringData: { TOKEN: swordfish-one, USER: someone }\n";

const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\n\
     metadata: { name: api, namespace: NS }\n\
     spec:\n  replicas: 1\n  selector: { matchLabels: { app: api } }\n  \
     template:\n    metadata: { labels: { app: api } }\n    \
     spec:\n      containers:\n      - { name: main, image: 'x:1', ports: [{ containerPort: 80 }], \
     resources: { limits: { cpu: 1000m } } }\n";

fn all() -> [(&'static str, &'static str); 4] {
    [
        ("namespace", NAMESPACE),
        ("config", CONFIG),
        ("keys", SECRET),
        ("api", DEPLOYMENT),
    ]
}

/// No value of a Secret, nor its form in base64, is told.
#[track_caller]
fn assert_masked(said: &str) {
    for value in [FIRST, SECOND, "c3dvcmRmaXNo"] {
        assert!(!said.contains(value), "{value} in {said}");
    }
}

/// Runs `kubectl` in the objects' namespace.
#[track_caller]
fn kubectl(objects: &Objects, arguments: &[&str], input: &str) {
    let arguments = [&["-n", &objects.namespace], arguments].concat();
    let output = cluster().kubectl_with(&arguments, &input.replace("NS", &objects.namespace));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
}

fn what_is_not_there_comes_after_its_namespace() {
    let objects = Objects::new("preview-new", &all());
    assert_eq!(
        objects.preview(),
        "what a run would change on orch-test\n  \
           + create     Namespace/preview-new  (4.1.1)\n  \
           + create     ConfigMap/config  (4.1.2)  after Namespace/preview-new\n  \
           + create     Secret/keys  (4.1.3)  after Namespace/preview-new\n  \
           + create     Deployment/api  (4.1.4)  after Namespace/preview-new\n  \
           4 to create\n"
    );
    let found = cluster().kubectl(&["get", "namespace", "preview-new"]);
    assert!(!found.status.success(), "a plan applies nothing");
}

fn each_field_that_changes_is_shown() {
    let objects = Objects::new("preview-changes", &all());
    objects.orch(&["run"]).expect(0);
    assert_eq!(
        objects.preview(),
        "what a run would change on orch-test\n  4 unchanged\n"
    );
    let config = CONFIG.replace("LEVEL: info", "LEVEL: debug");
    objects.change("config", &config.replace("workers 2", "workers 4"));
    objects.change("keys", &SECRET.replace(FIRST, SECOND));
    objects.change("api", &DEPLOYMENT.replace("x:1", "x:2"));
    let shown = objects.preview();
    assert_masked(&shown);
    assert_eq!(
        shown,
        "what a run would change on orch-test\n  \
           ~ change     ConfigMap/config  (4.1.2)\n      \
               data.LEVEL      info → debug\n      \
               data[app.conf]\n          \
                   listen 80\n        \
                 - workers 2\n        \
                 + workers 4\n          \
                   log info\n  \
           ~ change     Secret/keys  (4.1.3)\n      \
               data.TOKEN  *** (changed)\n  \
           ~ change     Deployment/api  (4.1.4)\n      \
               spec.template.spec.containers[name=main].image  x:1 → x:2\n  \
           note: finished steps are another thing now, a run needs --accept-changes: \
             apply ConfigMap/config, apply Secret/keys, apply Deployment/api\n  \
           3 to change · 1 unchanged\n"
    );
    let json = objects.orch(&["plan", "--json"]).expect(0).stdout;
    assert_masked(&json);
    let events: Vec<Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .filter(|event: &Value| event["event"] == "preview")
        .collect();
    let effects: Vec<&str> = events
        .iter()
        .filter_map(|it| it["effect"].as_str())
        .collect();
    assert_eq!(effects, ["unchanged", "change", "change", "change"]);
    assert_eq!(
        events[3]["fields"],
        json!([{ "path": "spec.template.spec.containers[name=main].image",
            "before": "x:1", "after": "x:2", "by": null }])
    );
}

fn what_others_own_is_taken_over_by_name() {
    let objects = Objects::new("preview-owned", &all());
    objects.orch(&["run"]).expect(0);
    let theirs = CONFIG.replace("info", "warn");
    let apply = [
        "apply",
        "--server-side",
        "--force-conflicts",
        "--field-manager=someone",
        "-f",
        "-",
    ];
    kubectl(&objects, &apply, &theirs);
    objects.change("config", &CONFIG.replace("LEVEL: info", "LEVEL: debug"));
    let shown = objects.preview();
    for piece in [
        "! take over  ConfigMap/config  (4.1.2)  needs --take-over someone",
        "data.LEVEL",
        "warn → debug  (someone",
        "1 to take over",
    ] {
        assert!(shown.contains(piece), "{piece}: {shown}");
    }
}

fn what_cannot_change_is_recreated_with_consent() {
    let objects = Objects::new("preview-fixed", &all());
    objects.orch(&["run"]).expect(0);
    objects.change("api", &DEPLOYMENT.replace("app: api", "app: web"));
    let shown = objects.preview();
    for piece in [
        "± recreate   Deployment/api  (4.1.4)  needs --recreate: all its pods end",
        "spec.selector",
        "1 to recreate",
    ] {
        assert!(shown.contains(piece), "{piece}: {shown}");
    }
}

fn what_is_of_a_new_kind_comes_after_its_definition() {
    let definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n\
         metadata: { name: lamps.preview.orch.test }\n\
         spec:\n  group: preview.orch.test\n  scope: Namespaced\n  \
           names: { kind: Lamp, plural: lamps, singular: lamp }\n  \
           versions:\n  - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: \
             { type: object, x-kubernetes-preserve-unknown-fields: true } } }\n";
    let lamp = "apiVersion: preview.orch.test/v1\nkind: Lamp\n\
         metadata: { name: red, namespace: default }\nspec: { colour: red }\n";
    let objects = Objects::new("preview-kind", &[("kind", definition), ("lamp", lamp)]);
    let shown = objects.preview();
    let after = "Lamp/red  (4.1.2)  after CustomResourceDefinition/lamps.preview.orch.test";
    assert!(shown.contains(after), "{shown}");
    objects.orch(&["run"]).expect(0);
    objects.change("lamp", &lamp.replace("colour: red", "colour: green"));
    let shown = objects.preview();
    assert!(shown.contains("spec.colour  red → green"), "{shown}");
}

fn what_the_server_refuses_is_said_before_it_is_tried() {
    let wrong = DEPLOYMENT.replace("replicas: 1", "replicas: -1");
    let objects = Objects::new("preview-wrong", &[("api", &wrong)]);
    assert!(
        cluster()
            .kubectl(&["create", "namespace", "preview-wrong"])
            .status
            .success()
    );
    let shown = objects.preview();
    assert!(shown.contains("! refused    Deployment/api"), "{shown}");
    assert!(
        shown.contains("must be greater than or equal to 0"),
        "{shown}"
    );
}

fn saved(objects: &Objects) -> String {
    let path = objects.workspace.outside("plan.json");
    let path = path.to_str().expect("a path").to_owned();
    let said = objects.orch(&["plan", "--out", &path]).expect(0);
    let context = format!("run --context {}", cluster().context());
    for part in [context, format!("--plan {path}")] {
        assert!(said.stderr.contains(&part), "{}", said.stderr);
    }
    path
}

fn a_saved_plan_is_done_exactly() {
    let objects = Objects::new("saved-done", &all());
    let path = saved(&objects);
    let text = fs_err::read_to_string(&path).expect("the plan");
    assert_masked(&text);
    let mode = fs_err::metadata(&path)
        .expect("the plan")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    objects.orch(&["run", "--plan", &path]).expect(0);
    let again = objects.orch(&["run", "--plan", &path]).expect(2);
    let there = "Namespace/saved-done is there now";
    assert!(again.stderr.contains(there), "{}", again.stderr);
}

/// Returns what `run --plan` says when it refuses after something was done to the objects.
#[track_caller]
fn refusal(namespace: &str, meanwhile: impl FnOnce(&Objects)) -> String {
    let objects = Objects::new(namespace, &all());
    objects.orch(&["run"]).expect(0);
    objects.change("api", &DEPLOYMENT.replace("x:1", "x:2"));
    let path = saved(&objects);
    meanwhile(&objects);
    let said = objects
        .orch(&["run", "--accept-changes", "--plan", &path])
        .expect(2);
    assert_masked(&said.stderr);
    let unchanged = cluster().kubectl(&[
        "-n",
        namespace,
        "get",
        "deployment",
        "api",
        "-o",
        "jsonpath={.spec.template.spec.containers[0].image}",
    ]);
    assert_eq!(
        String::from_utf8_lossy(&unchanged.stdout),
        "x:1",
        "nothing was done"
    );
    said.stderr
}

fn a_saved_plan_is_refused_when_an_object_moved() {
    let said = refusal("saved-object", |objects| {
        let patch = r#"{"data":{"LEVEL":"trace"}}"#;
        kubectl(
            objects,
            &["patch", "configmap", "config", "--type=merge", "-p", patch],
            "",
        );
        kubectl(objects, &["delete", "secret", "keys"], "");
    });
    assert!(
        said.contains("ConfigMap/config: data.LEVEL is trace now (kubectl-patch, "),
        "{said}"
    );
    assert!(said.contains("Secret/keys is gone"), "{said}");
}

fn a_saved_plan_is_refused_when_a_file_moved() {
    let said = refusal("saved-file", |objects| {
        objects.change("config", &CONFIG.replace("LEVEL: info", "LEVEL: debug"));
    });
    assert!(
        said.contains("the step `apply ConfigMap/config` changed"),
        "{said}"
    );
    let said = refusal("saved-checklist", |objects| {
        let path = "checklists/saved-checklist/phase-04-objects.md";
        let text = objects.workspace.read(path) + "\nA note.\n";
        objects.workspace.write(path, text);
    });
    assert!(said.contains("phase-04-objects.md` changed"), "{said}");
    let said = refusal("saved-settings", |objects| {
        objects
            .workspace
            .write("phases/04-objects.toml", "[timeouts]\nready = \"1m\"\n");
    });
    assert!(said.contains("`phases/04-objects.toml` changed"), "{said}");
}

fn a_plan_of_a_newer_orch_is_refused() {
    let objects = Objects::new("saved-newer", &all());
    let path = saved(&objects);
    let text = fs_err::read_to_string(&path).expect("the plan");
    fs_err::write(&path, text.replace("\"orchPlan\": 1", "\"orchPlan\": 99")).expect("a file");
    let said = objects.orch(&["run", "--plan", &path]).expect(2).stderr;
    assert!(said.contains("newer orch"), "{said}");
}

fn drift_is_told_by_field_and_by_who_made_it() {
    let objects = Objects::new("drift", &all());
    objects.orch(&["run"]).expect(0);
    let calm = objects.orch(&["status", "--live"]).expect(0).stdout;
    assert!(calm.contains("no drift: 4 objects"), "{calm}");
    kubectl(
        &objects,
        &["scale", "deployment", "api", "--replicas=3"],
        "",
    );
    let patch = r#"{"data":{"LEVEL":"trace"}}"#;
    kubectl(
        &objects,
        &["patch", "configmap", "config", "--type=merge", "-p", patch],
        "",
    );
    kubectl(&objects, &["delete", "secret", "keys"], "");
    let found = objects.orch(&["status", "--live"]).expect(0).stdout;
    for piece in [
        "! changed    ConfigMap/config  (4.1.2)",
        "data.LEVEL  info → trace  (kubectl-patch, ",
        "! changed    Deployment/api  (4.1.4)",
        "spec.replicas  1 → 3  (kubectl",
        "! gone       Secret/keys  (4.1.3)  Secret/keys is gone",
        "1 object as applied",
        "--repair",
    ] {
        assert!(found.contains(piece), "{piece}: {found}");
    }
    let shown = objects.preview();
    assert!(shown.contains("! drift      ConfigMap/config"), "{shown}");
    assert!(shown.contains("+ create     Secret/keys"), "{shown}");
    // What others took is only put back with a consent.
    objects.orch(&["run", "--repair"]).expect(1);
    objects.orch(&["run", "--repair", "--take-over"]).expect(0);
    let json = objects
        .orch(&["status", "--live", "--json"])
        .expect(0)
        .stdout;
    let last: Value = serde_json::from_str(json.lines().last().expect("a line")).expect("JSON");
    assert_eq!(
        (&last["objects"], &last["drifted"]),
        (&json!(4), &json!(0)),
        "{json}"
    );
}

fn a_secrets_drift_is_told_without_its_value() {
    let objects = Objects::new("drift-secret", &all());
    objects.orch(&["run"]).expect(0);
    let patch = r#"{"stringData":{"TOKEN":"swordfish-two"}}"#;
    kubectl(
        &objects,
        &["patch", "secret", "keys", "--type=merge", "-p", patch],
        "",
    );
    let found = objects.orch(&["status", "--live"]).expect(0).stdout;
    assert_masked(&found);
    assert!(
        found.contains("data.TOKEN  *** (changed)  (kubectl-patch, "),
        "{found}"
    );
}

fn nothing_to_do_asks_once_a_kind_and_sends_nothing() {
    let proxy = Proxy::before(cluster());
    let mut objects = Objects::new("quiet", &[("namespace", NAMESPACE), ("many", &many("a"))]);
    objects.workspace = objects.workspace.with_env("KUBECONFIG", proxy.kubeconfig());
    objects.context = proxy.context();
    objects.orch(&["run"]).expect(0);
    let before = proxy.requests().len();
    let said = objects.orch(&["run"]).expect(0);
    assert!(said.stderr.contains("nothing to do"), "{}", said.stderr);
    let requests = proxy.requests();
    let asked = requests.get(before..).expect("the second run's");
    assert!(
        !asked.iter().any(|it| it.starts_with("PATCH")),
        "{asked:#?}"
    );
    assert!(asked.len() <= 10, "{asked:#?}");
}

fn a_whole_phase_is_seen_to_be_settled_without_a_dry_run() {
    let proxy = Proxy::before(cluster());
    let workspace = phase::workspace("settled").with_env("KUBECONFIG", proxy.kubeconfig());
    let orch = |command| workspace.orch(&["phase", "4", command, "--context", proxy.context()]);
    orch("run").expect(0);
    let before = proxy.requests().len();
    let plan = orch("plan").expect(0).stdout;
    assert!(
        plan.contains(" unchanged\n") && !plan.contains("to change"),
        "{plan}"
    );
    let requests = proxy.requests();
    let asked = requests.get(before..).expect("the plan's");
    let patches: Vec<&String> = asked.iter().filter(|it| it.starts_with("PATCH")).collect();
    assert!(patches.is_empty(), "{patches:#?}");
}

fn only_what_changed_is_sent() {
    let proxy = Proxy::before(cluster());
    let mut objects = Objects::new("sparing", &[("namespace", NAMESPACE), ("many", &many("a"))]);
    objects.workspace = objects.workspace.with_env("KUBECONFIG", proxy.kubeconfig());
    objects.context = proxy.context();
    objects.orch(&["run"]).expect(0);
    let text = many("a").replacen("KEY: a", "KEY: b", 1);
    objects.change("many", &text);
    let before = proxy.requests().len();
    objects.orch(&["plan"]).expect(0);
    let requests = proxy.requests();
    let patches = |asked: &[String]| {
        let patch = |it: &&String| it.starts_with("PATCH") && it.contains("/configmaps/m");
        asked.iter().filter(patch).count()
    };
    assert_eq!(patches(&requests[before..]), 1, "one dry run");
    objects.orch(&["run", "--accept-changes"]).expect(0);
    assert_eq!(patches(&proxy.requests()[requests.len()..]), 1, "one apply");
}

/// Twenty ConfigMaps.
fn many(value: &str) -> String {
    let one = |at| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: m{at}, namespace: NS }}\n\
             data: {{ KEY: {value} }}\n"
        )
    };
    (0..20).map(one).collect::<Vec<_>>().join("---\n")
}
