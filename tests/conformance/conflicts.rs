//! Objects that others made or write too: `kubectl`, `helm`, an autoscaler, Flux, another ApplySet.

use orch::cluster::{ApplyOptions, TakeOver, WayOut};
use orch::manifest::Object;
use serde_json::{Value, json};

use crate::conformance::Case;
use crate::conformance::target::{
    applied, apply, connect, contains, deployment, kubectl_in, object, refused,
};
use crate::harness::cluster::{block_on, cluster};
use crate::harness::wait::eventually;
use crate::harness::workspace::Workspace;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "conflicts::every_field_is_shown_with_its_manager_and_both_values",
        every_field_is_shown,
    ),
    (
        "conflicts::only_the_managers_that_are_named_are_overruled",
        only_the_named_are_overruled,
    ),
    (
        "conflicts::a_field_both_want_alike_is_none",
        a_field_both_want_alike_is_none,
    ),
    (
        "conflicts::an_amount_written_in_another_way_is_none",
        an_amount_written_in_another_way_is_none,
    ),
    (
        "conflicts::secrets_values_are_masked",
        secrets_values_are_masked,
    ),
    (
        "conflicts::an_autoscalers_replicas_are_explained",
        an_autoscalers_replicas_are_explained,
    ),
    ("conflicts::hand_edits_are_named", hand_edits_are_named),
    (
        "conflicts::what_changes_all_the_time_is_taken_over_all_the_same",
        what_changes_all_the_time,
    ),
    (
        "conflicts::many_at_once_under_a_quota_get_through",
        many_at_once_under_a_quota,
    ),
    (
        "conflicts::a_run_asks_for_consent_and_tells_what_it_took",
        a_run_asks_for_consent,
    ),
];

pub(super) const SETTINGS: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, labels: \
     { app.kubernetes.io/name: shop } }\ndata: { LEVEL: info, SIZE: '1' }\n";

pub(super) fn consent(managers: &[&str]) -> ApplyOptions {
    ApplyOptions {
        take_over: TakeOver::Only(managers.iter().map(|name| (*name).to_owned()).collect()),
        ..ApplyOptions::default()
    }
}

pub(super) fn all() -> ApplyOptions {
    ApplyOptions {
        take_over: TakeOver::All,
        ..ApplyOptions::default()
    }
}

/// Returns the managers of an object, each with its operation.
pub(super) fn managers(object: &Value) -> Vec<String> {
    let entries = object["metadata"]["managedFields"].as_array();
    let text = |entry: &Value, field: &str| entry[field].as_str().unwrap_or_default().to_owned();
    let entries = entries.expect("managed fields").iter();
    entries
        .filter(|entry| entry["subresource"].is_null())
        .map(|entry| format!("{} {}", text(entry, "manager"), text(entry, "operation")))
        .collect()
}

fn server_side(manager: &str) -> [&str; 5] {
    ["apply", "--server-side", manager, "-f", "-"]
}

fn every_field_is_shown() {
    let namespace = cluster().namespace("fields");
    let other = SETTINGS.replace("info", "debug").replace("shop", "other");
    kubectl_in(&namespace, &server_side("--field-manager=someone"), &other);
    let (error, failure) = refused(&object(&namespace, SETTINGS), ApplyOptions::default());
    assert_eq!(
        error.way_out(),
        WayOut::TakeOver(vec!["someone".to_owned()])
    );
    assert_eq!(failure.details.len(), 2, "{:?}", failure.details);
    contains(
        &failure.details.join("\n"),
        &[
            "data.LEVEL: \"debug\" in the cluster, \"info\" in the manifest; owned by someone \
             (Apply, last at 20",
            "metadata.labels[app.kubernetes.io/name]: \"other\" in the cluster, \"shop\" in the \
             manifest; owned by someone (Apply",
        ],
    );
    contains(
        &failure.help.expect("a way out"),
        &["--take-over someone", "take them out of the manifest"],
    );
}

fn only_the_named_are_overruled() {
    let namespace = cluster().namespace("named");
    let bare = SETTINGS.replace(", labels: { app.kubernetes.io/name: shop }", "");
    let level = bare.replace("info, SIZE: '1'", "debug");
    let size = bare.replace("LEVEL: info, SIZE: '1'", "SIZE: '9'");
    kubectl_in(&namespace, &server_side("--field-manager=first"), &level);
    kubectl_in(&namespace, &server_side("--field-manager=second"), &size);
    let settings = object(&namespace, SETTINGS);
    let (_, failure) = refused(&settings, consent(&["first"]));
    contains(&failure.help.expect("a way out"), &["doesn't name second"]);
    let live = block_on(async { connect().await.get(&settings).await });
    let live = live.expect("it answers").expect("it is there");
    assert_eq!(live.data["data"], json!({ "LEVEL": "debug", "SIZE": "9" }));
    let taken = applied(&settings, consent(&["first", "second"]));
    assert_eq!(
        taken.object["data"],
        json!({ "LEVEL": "info", "SIZE": "1" })
    );
    contains(
        &taken.notes.join("\n"),
        &["taken over: data.LEVEL (first), data.SIZE (second)"],
    );
}

fn a_field_both_want_alike_is_none() {
    let namespace = cluster().namespace("alike");
    kubectl_in(
        &namespace,
        &server_side("--field-manager=someone"),
        SETTINGS,
    );
    let both = applied(&object(&namespace, SETTINGS), ApplyOptions::default());
    assert_eq!(managers(&both.object), ["orch Apply", "someone Apply"]);
}

fn an_amount_written_in_another_way_is_none() {
    let namespace = cluster().namespace("amount");
    let with = |cpu: &str| {
        deployment(
            "api",
            "",
            &format!(", resources: {{ limits: {{ cpu: {cpu} }} }}"),
        )
    };
    kubectl_in(
        &namespace,
        &server_side("--field-manager=someone"),
        &with("'1'"),
    );
    let ours = applied(&object(&namespace, &with("1000m")), ApplyOptions::default());
    let limit = "/spec/template/spec/containers/0/resources/limits/cpu";
    assert_eq!(ours.object.pointer(limit), Some(&json!("1")));
    assert_eq!(managers(&ours.object), ["orch Apply", "someone Apply"]);
    // Another amount still is a conflict.
    let (_, failure) = refused(&object(&namespace, &with("1500m")), ApplyOptions::default());
    contains(
        &failure.details.join("\n"),
        &["limits.cpu: \"1\" in the cluster, \"1500m\" in"],
    );
}

fn secrets_values_are_masked() {
    let namespace = cluster().namespace("masked");
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: keys }\n\
                  stringData: { KEY: swordfish-live }\n";
    kubectl_in(&namespace, &server_side("--field-manager=someone"), secret);
    let ours = secret.replace(
        "stringData: { KEY: swordfish-live }",
        "data: { KEY: c3dvcmRmaXNoLW91cnM= }",
    );
    // The server keeps `stringData` out of ownership: somebody has to own `data`.
    let theirs = secret.replace(
        "stringData: { KEY: swordfish-live }",
        "data: { KEY: c3dvcmRmaXNoLWxpdmU= }",
    );
    kubectl_in(&namespace, &server_side("--field-manager=someone"), &theirs);
    let (error, failure) = refused(&object(&namespace, &ours), ApplyOptions::default());
    let text = format!("{error} {failure:?}");
    contains(
        &text,
        &["data.KEY: *** in the cluster, *** in the manifest"],
    );
    for value in ["swordfish", "c3dvcmRmaXNo"] {
        assert!(!text.contains(value), "{value} in {text}");
    }
}

fn an_autoscalers_replicas_are_explained() {
    let namespace = cluster().namespace("scaled");
    let api = object(&namespace, &deployment("api", "", ""));
    applied(&api, ApplyOptions::default());
    let autoscaler = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n\
         metadata: { name: api }\nspec: { minReplicas: 4, maxReplicas: 9, scaleTargetRef: \
         { apiVersion: apps/v1, kind: Deployment, name: api }, metrics: [{ type: Resource, \
         resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } } }] }\n";
    applied(&object(&namespace, autoscaler), ApplyOptions::default());
    eventually("the autoscaler's change", || {
        let arguments = [
            "get",
            "deployment",
            "api",
            "-o",
            "jsonpath={.spec.replicas}",
        ];
        (kubectl_in(&namespace, &arguments, "") == "4").then_some(())
    });
    let (_, failure) = refused(&api, ApplyOptions::default());
    contains(
        &failure.details.join("\n"),
        &[
            "spec.replicas: 4 in the cluster, 2 in the manifest; owned by kube-controller-manager",
            "of its scale",
            "an autoscaler sets it: leave `replicas` out of the manifest",
        ],
    );
    // What the hint says works: left out, it stays as the autoscaler has it.
    let without = deployment("api", "", "").replace("replicas: 2", "revisionHistoryLimit: 3");
    let left = applied(&object(&namespace, &without), ApplyOptions::default());
    assert_eq!(left.object["spec"]["replicas"], 4);
}

fn hand_edits_are_named() {
    let namespace = cluster().namespace("hand");
    let api = object(&namespace, &deployment("api", "", ""));
    applied(&api, ApplyOptions::default());
    kubectl_in(&namespace, &["scale", "deployment/api", "--replicas=5"], "");
    let image = "main=example.test/main:2";
    kubectl_in(&namespace, &["set", "image", "deployment/api", image], "");
    let edit = cluster()
        .program("kubectl")
        .args(["-n", &namespace, "edit", "deployment", "api"])
        .env(
            "KUBE_EDITOR",
            "sed -i s/progressDeadlineSeconds:.600/progressDeadlineSeconds:\\ 70/",
        )
        .output()
        .expect("kubectl runs");
    assert!(edit.status.success(), "{edit:?}");
    let yaml = deployment("api", "", "")
        .replace("replicas: 2", "replicas: 2\n  progressDeadlineSeconds: 90");
    let api = object(&namespace, &yaml);
    let (error, failure) = refused(&api, ApplyOptions::default());
    contains(
        &failure.details.join("\n"),
        &[
            "spec.replicas: 5 in the cluster, 2 in the manifest; owned by kubectl (Update, of its \
             scale",
            "somebody scaled it by hand",
            "containers[name=main].image: \"example.test/main:2\" in the cluster, \
             \"example.test/main:1\" in the manifest; owned by kubectl-set (Update, last at",
            "spec.progressDeadlineSeconds: 70 in the cluster, 90 in the manifest; owned by \
             kubectl-edit",
        ],
    );
    let WayOut::TakeOver(names) = error.way_out() else {
        panic!("{error}");
    };
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let taken = applied(&api, consent(&names));
    assert_eq!(taken.object["spec"]["replicas"], 2);
    applied(&api, ApplyOptions::default());
}

fn what_changes_all_the_time() {
    let namespace = cluster().namespace("busy-object");
    kubectl_in(
        &namespace,
        &server_side("--field-manager=someone"),
        &SETTINGS.replace("info", "debug"),
    );
    let settings = object(&namespace, SETTINGS);
    let path = format!("/api/v1/namespaces/{namespace}/configmaps/settings");
    block_on(async {
        let target = connect().await;
        let client = cluster().client().await;
        let done = tokio::sync::watch::channel(false);
        let disturb = async {
            let mut count = 0;
            while !*done.1.borrow() {
                count += 1;
                let body = json!({ "metadata": { "annotations": { "count": count.to_string() } } });
                let request = http::Request::patch(&path)
                    .header("content-type", "application/merge-patch+json")
                    .body(body.to_string().into_bytes())
                    .expect("a request");
                client
                    .request::<Value>(request)
                    .await
                    .expect("it is changed");
            }
            count
        };
        let take = async {
            let taken = target.apply(&settings, all()).await;
            done.0.send_replace(true);
            taken
        };
        let (count, taken) = futures::join!(disturb, take);
        let taken = taken.expect("it is taken over");
        assert_eq!(taken.object["data"]["LEVEL"], "info");
        assert!(count > 0);
    });
}

fn many_at_once_under_a_quota() {
    let namespace = cluster().namespace("quota");
    let quota = "apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: q }\n\
                 spec: { hard: { count/configmaps: '200' } }\n";
    applied(&object(&namespace, quota), ApplyOptions::default());
    eventually("the quota", || {
        let get = ["get", "resourcequota", "q", "-o", "jsonpath={.status.hard}"];
        Some(kubectl_in(&namespace, &get, "")).filter(|hard| hard.contains("200"))
    });
    block_on(async {
        let target = connect().await;
        let objects: Vec<Object> = (0..80)
            .map(|number| {
                let yaml = SETTINGS.replace("name: settings", &format!("name: s{number}"));
                object(&namespace, &yaml)
            })
            .collect();
        // Every object twice: two runs that don't know of each other.
        let applies = objects
            .iter()
            .chain(&objects)
            .map(|object| apply(&target, object));
        for applied in futures::future::join_all(applies).await {
            applied.expect("it is applied");
        }
    });
}

fn a_run_asks_for_consent() {
    let namespace = cluster().namespace("run");
    kubectl_in(&namespace, &["apply", "-f", "-"], SETTINGS);
    let manifest = SETTINGS
        .replace(
            "name: settings",
            &format!("name: settings, namespace: {namespace}"),
        )
        .replace("info, SIZE: '1'", "debug");
    let checklist = "# Phase 1: Settings\n\n## 1.1 Settings\n\n\
         - [ ] Settle it <!-- orch: apply=\"k8s/settings.yml\" -->\n";
    let workspace = Workspace::new()
        .file("checklists/demo/phase-01-settings.md", checklist)
        .file("k8s/settings.yml", manifest)
        .with_env("KUBECONFIG", cluster().kubeconfig())
        .commit_all();
    let run = |more: &[&'static str]| {
        let all = [
            &["phase", "1", "run", "--context", cluster().context()],
            more,
        ]
        .concat();
        workspace.orch(&all)
    };
    let refused = run(&[]).expect(1);
    contains(
        &refused.stderr,
        &[
            "ConfigMap/settings can't be applied",
            "data.LEVEL: \"info\" in the cluster, \"debug\" in the manifest",
            "--take-over kubectl-client-side-apply",
        ],
    );
    run(&["--take-over", "helm", "--take-over", "argocd"]).expect(1);
    let taken = run(&["--take-over", "kubectl-client-side-apply"]).expect(0);
    contains(&taken.stderr, &["taken out: data.SIZE"]);
    let data = ["get", "configmap", "settings", "-o", "jsonpath={.data}"];
    assert_eq!(kubectl_in(&namespace, &data, ""), r#"{"LEVEL":"debug"}"#);
    let journal = workspace.read(".orch/demo/phase-01.jsonl");
    contains(&journal, &["taken over from kubectl-client-side-apply"]);
}
