//! What `plan` shows of a real target: the fields that would change, by the server's own word.

use serde_json::{Value, json};

use crate::conformance::objects::{
    CONFIG, DEPLOYMENT, FIRST, NAMESPACE, Objects, SECOND, SECRET, all, assert_masked, kubectl,
};
use crate::conformance::{Case, phase};
use crate::harness::cluster::cluster;
use crate::harness::proxy::Proxy;

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
