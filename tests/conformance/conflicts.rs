//! Objects that others made or write too: `kubectl`, `helm`, an autoscaler, Flux, another ApplySet.

use fs_err as fs;
use orch::cluster::{Applied, ApplyOptions, Cluster, TakeOver, WayOut};
use orch::manifest::Object;
use serde_json::{Value, json};

use crate::conformance::Case;
use crate::conformance::target::{apply, connect, deployment, object, refused};
use crate::harness::cluster::{block_on, cluster};
use crate::harness::proxy::{Fault, Proxy};
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
        "conflicts::client_side_apply_is_adopted_and_keeps_its_share",
        client_side_apply_is_adopted,
    ),
    (
        "conflicts::client_side_apply_is_migrated_with_consent",
        client_side_apply_is_migrated,
    ),
    (
        "conflicts::a_refused_migration_changes_nothing",
        a_refused_migration_changes_nothing,
    ),
    (
        "conflicts::a_helm_release_is_taken_over_by_name_only",
        a_helm_release_is_taken_over,
    ),
    (
        "conflicts::what_is_kept_by_others_is_not_adopted",
        what_is_kept_by_others_is_not_adopted,
    ),
    (
        "conflicts::what_nobody_keeps_is_adopted",
        what_nobody_keeps_is_adopted,
    ),
    (
        "conflicts::what_changes_all_the_time_is_taken_over_all_the_same",
        what_changes_all_the_time,
    ),
    (
        "conflicts::many_at_once_under_a_quota_get_through",
        many_at_once_under_a_quota,
    ),
    (
        "conflicts::a_migration_whose_answer_is_lost_is_made_once",
        a_migration_whose_answer_is_lost,
    ),
    (
        "conflicts::a_run_asks_for_consent_and_tells_what_it_took",
        a_run_asks_for_consent,
    ),
    (
        "conflicts::a_dry_run_shows_the_migration",
        a_dry_run_shows_the_migration,
    ),
];

const SETTINGS: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, labels: \
     { app.kubernetes.io/name: shop } }\ndata: { LEVEL: info, SIZE: '1' }\n";

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Has `kubectl` do something with this input in a namespace; it must succeed.
#[track_caller]
fn kubectl(namespace: &str, arguments: &[&str], input: &str) -> String {
    let output = cluster().kubectl_with(&[&["-n", namespace], arguments].concat(), input);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn consent(managers: &[&str]) -> ApplyOptions {
    ApplyOptions {
        take_over: TakeOver::Only(managers.iter().map(|name| (*name).to_owned()).collect()),
        ..ApplyOptions::default()
    }
}

fn all() -> ApplyOptions {
    ApplyOptions {
        take_over: TakeOver::All,
        ..ApplyOptions::default()
    }
}

#[track_caller]
fn applied(object: &Object, options: ApplyOptions) -> Applied {
    let applied = block_on(async { connect().await.apply(object, options).await });
    applied.expect("it is applied")
}

/// Returns the managers of an object, each with its operation.
fn managers(object: &Value) -> Vec<String> {
    let entries = object["metadata"]["managedFields"].as_array();
    let text = |entry: &Value, field: &str| entry[field].as_str().unwrap_or_default().to_owned();
    let entries = entries.expect("managed fields").iter();
    entries
        .filter(|entry| entry["subresource"].is_null())
        .map(|entry| format!("{} {}", text(entry, "manager"), text(entry, "operation")))
        .collect()
}

#[track_caller]
fn contains(text: &str, pieces: &[&str]) {
    for piece in pieces {
        assert!(text.contains(piece), "no {piece:?} in {text}");
    }
}

fn server_side(manager: &str) -> [&str; 5] {
    ["apply", "--server-side", manager, "-f", "-"]
}

fn every_field_is_shown() {
    let namespace = cluster().namespace("fields");
    let other = SETTINGS.replace("info", "debug").replace("shop", "other");
    kubectl(&namespace, &server_side("--field-manager=someone"), &other);
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
    kubectl(&namespace, &server_side("--field-manager=first"), &level);
    kubectl(&namespace, &server_side("--field-manager=second"), &size);
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
    kubectl(
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
    kubectl(
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
    kubectl(&namespace, &server_side("--field-manager=someone"), secret);
    let ours = secret.replace(
        "stringData: { KEY: swordfish-live }",
        "data: { KEY: c3dvcmRmaXNoLW91cnM= }",
    );
    // The server keeps `stringData` out of ownership: somebody has to own `data`.
    let theirs = secret.replace(
        "stringData: { KEY: swordfish-live }",
        "data: { KEY: c3dvcmRmaXNoLWxpdmU= }",
    );
    kubectl(&namespace, &server_side("--field-manager=someone"), &theirs);
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
        (kubectl(&namespace, &arguments, "") == "4").then_some(())
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
    kubectl(&namespace, &["scale", "deployment/api", "--replicas=5"], "");
    let image = "main=example.test/main:2";
    kubectl(&namespace, &["set", "image", "deployment/api", image], "");
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

fn client_side_apply_is_adopted() {
    let namespace = cluster().namespace("client");
    kubectl(&namespace, &["apply", "-f", "-"], SETTINGS);
    let settings = object(&namespace, SETTINGS);
    let adopted = applied(&settings, ApplyOptions::default());
    contains(
        &adopted.notes.join("\n"),
        &[
            "adopted: it was there before, made by kubectl-client-side-apply on 20",
            "--take-over kubectl-client-side-apply",
        ],
    );
    // Its share: what is taken out of the manifest stays.
    let less = object(&namespace, &SETTINGS.replace(", SIZE: '1'", ""));
    let left = applied(&less, ApplyOptions::default());
    assert_eq!(left.object["data"]["SIZE"], "1");
    // And it conflicts where the manifest changes.
    let changed = object(&namespace, &SETTINGS.replace("info", "debug"));
    let (_, failure) = refused(&changed, ApplyOptions::default());
    contains(
        &failure.help.expect("a way out"),
        &[
            "--take-over kubectl-client-side-apply",
            "also moves what kubectl's",
        ],
    );
}

fn client_side_apply_is_migrated() {
    let namespace = cluster().namespace("migrated");
    let more = deployment(
        "api",
        "",
        ", env: [{ name: OLD, value: x }, { name: KEPT, value: b }]",
    );
    kubectl(&namespace, &["apply", "-f", "-"], &more);
    kubectl(&namespace, &["label", "deployment", "api", "by=hand"], "");
    let less = deployment("api", "", ", env: [{ name: KEPT, value: z }]");
    let taken = applied(&object(&namespace, &less), consent(&["kubectl"]));
    assert_eq!(
        taken.object.pointer("/spec/template/spec/containers/0/env"),
        Some(&json!([{ "name": "KEPT", "value": "z" }])),
        "what the manifest leaves out is really gone"
    );
    assert_eq!(
        managers(&taken.object),
        ["orch Apply", "kubectl-label Update"]
    );
    assert!(
        taken.object["metadata"]["annotations"]
            .get(LAST_APPLIED)
            .is_none()
    );
    assert_eq!(
        taken.object["metadata"]["labels"]["by"], "hand",
        "nobody's manifest had it"
    );
    assert_eq!(
        taken.object["spec"]["progressDeadlineSeconds"], 600,
        "a default stays"
    );
    contains(
        &taken.notes.join("\n"),
        &[
            "taken over from kubectl-client-side-apply; not in the manifest, so taken out: \
             spec.template.spec.containers[name=main].env[name=OLD]",
        ],
    );
    let again = applied(&object(&namespace, &less), consent(&["kubectl"]));
    assert_eq!(again.notes, [] as [&str; 0], "it is done once");
}

fn a_refused_migration_changes_nothing() {
    let namespace = cluster().namespace("halfway");
    kubectl(&namespace, &["apply", "-f", "-"], SETTINGS);
    let arguments = [
        "patch",
        "configmap",
        "settings",
        "-p",
        r#"{"data":{"SIZE":"7"}}"#,
    ];
    kubectl(&namespace, &arguments, "");
    let get = [
        "get",
        "configmap",
        "settings",
        "-o",
        "yaml",
        "--show-managed-fields",
    ];
    let before = kubectl(&namespace, &get, "");
    let changed = object(&namespace, &SETTINGS.replace("info", "debug"));
    let (_, failure) = refused(&changed, consent(&["kubectl-client-side-apply"]));
    contains(
        &failure.help.expect("a way out"),
        &["doesn't name kubectl-patch"],
    );
    assert_eq!(kubectl(&namespace, &get, ""), before);
}

fn a_helm_release_is_taken_over() {
    let namespace = cluster().namespace("helm");
    let chart = tempfile::tempdir().expect("a folder");
    let template = |replicas: &str| {
        deployment("web", "", "")
            .replace("replicas: 2", replicas)
            .replace(
                "metadata: { name: web }",
                "metadata: { name: web, annotations: { tool: helm } }",
            )
    };
    fs::create_dir(chart.path().join("templates")).expect("a folder");
    let file = |name: &str, text: String| fs::write(chart.path().join(name), text).expect("a file");
    file(
        "Chart.yaml",
        "apiVersion: v2\nname: web\nversion: 0.1.0\n".to_owned(),
    );
    file("templates/web.yaml", template("replicas: 3"));
    let install = cluster()
        .program("helm")
        .args(["install", "shop-web", "--namespace", &namespace])
        .arg(chart.path())
        .output()
        .expect("helm runs");
    assert!(install.status.success(), "{install:?}");

    let web = object(&namespace, &deployment("web", "", ""));
    let (error, failure) = refused(&web, ApplyOptions::default());
    assert_eq!(error.way_out(), WayOut::TakeOver(vec!["helm".to_owned()]));
    let owner = format!("it is kept by the Helm release {namespace}/shop-web");
    contains(&failure.cause, &[&owner]);
    refused(&web, consent(&["kubectl", "flux"]));

    let taken = applied(&web, consent(&["helm"]));
    assert_eq!(taken.object["spec"]["replicas"], 2);
    assert!(
        taken.object["metadata"]["annotations"]
            .get("tool")
            .is_none(),
        "what only the chart has goes: {}",
        taken.object
    );
    assert_eq!(managers(&taken.object), ["orch Apply"]);
    contains(
        &taken.notes.join("\n"),
        &[
            "taken over from the Helm release",
            "helm still believes that it owns it",
            "taken over from helm",
        ],
    );
    // From now on it is a run's own.
    applied(&web, ApplyOptions::default());
}

fn what_is_kept_by_others_is_not_adopted() {
    let namespace = cluster().namespace("kept");
    let marked = |mark: &str| SETTINGS.replace("app.kubernetes.io/name: shop", mark);
    for (mark, owner, name) in [
        (
            "kustomize.toolkit.fluxcd.io/name: shop, kustomize.toolkit.fluxcd.io/namespace: flux",
            "Flux's Kustomization flux/shop",
            "flux",
        ),
        (
            "argocd.argoproj.io/instance: shop",
            "the Argo CD application shop",
            "argocd",
        ),
        (
            "applyset.kubernetes.io/part-of: applyset-other",
            "the ApplySet applyset-other",
            "applyset",
        ),
    ] {
        kubectl(&namespace, &["create", "-f", "-"], &marked(mark));
        let settings = object(&namespace, SETTINGS);
        let (_, failure) = refused(&settings, ApplyOptions::default());
        contains(&failure.cause, &[owner]);
        refused(&settings, consent(&["helm"]));
        let taken = applied(&settings, consent(&[name]));
        contains(&taken.notes.join("\n"), &[owner]);
        kubectl(&namespace, &["delete", "configmap", "settings"], "");
    }
    // What a controller made for another object.
    applied(
        &object(&namespace, &deployment("api", "", "")),
        ApplyOptions::default(),
    );
    let get = [
        "get",
        "replicasets",
        "-l",
        "app=api",
        "-o",
        "jsonpath={.items[*].metadata.name}",
    ];
    let name = eventually("its ReplicaSet", || {
        Some(kubectl(&namespace, &get, "")).filter(|name| !name.is_empty())
    });
    let set = deployment("api", "", "")
        .replace("kind: Deployment", "kind: ReplicaSet")
        .replace("{ name: api }\n", &format!("{{ name: {name} }}\n"));
    let (_, failure) = refused(&object(&namespace, &set), ApplyOptions::default());
    contains(&failure.cause, &["Deployment/api, which controls it"]);
}

fn what_nobody_keeps_is_adopted() {
    let namespace = cluster().namespace("adopted");
    kubectl(&namespace, &["create", "-f", "-"], SETTINGS);
    let adopted = applied(&object(&namespace, SETTINGS), ApplyOptions::default());
    contains(
        &adopted.notes.join("\n"),
        &["adopted: it was there before, made by kubectl-create on 20"],
    );
    let again = applied(&object(&namespace, SETTINGS), ApplyOptions::default());
    assert_eq!(again.notes, [] as [&str; 0]);
}

fn what_changes_all_the_time() {
    let namespace = cluster().namespace("busy-object");
    kubectl(
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
        Some(kubectl(&namespace, &get, "")).filter(|hard| hard.contains("200"))
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

fn a_dry_run_shows_the_migration() {
    let namespace = cluster().namespace("preview");
    kubectl(&namespace, &["apply", "-f", "-"], SETTINGS);
    let less = object(&namespace, &SETTINGS.replace("info, SIZE: '1'", "debug"));
    let dry_run = true;
    let shown = applied(&less, ApplyOptions { dry_run, ..all() });
    assert_eq!(shown.object["data"], json!({ "LEVEL": "debug" }));
    contains(&shown.notes.join("\n"), &["taken out: data.SIZE"]);
    let live = block_on(async { connect().await.get(&less).await });
    let live = live.expect("it answers").expect("it is there");
    assert_eq!(live.data["data"], json!({ "LEVEL": "info", "SIZE": "1" }));
}

fn a_migration_whose_answer_is_lost() {
    let namespace = cluster().namespace("lost-move");
    kubectl(&namespace, &["apply", "-f", "-"], SETTINGS);
    let proxy = Proxy::before(cluster());
    let less = object(&namespace, &SETTINGS.replace(", SIZE: '1'", ""));
    block_on(async {
        let target = Cluster::connect(proxy.context(), &[proxy.kubeconfig()]).await;
        let target = target.expect("it connects");
        // The one patch that is no apply: those say whether they force.
        proxy.hit(1, "settings?&fieldManager=orch", Fault::LoseAnswer);
        let taken = target.apply(&less, all()).await.expect("it is taken over");
        assert_eq!(proxy.hits(), 1);
        assert_eq!(taken.object["data"], json!({ "LEVEL": "info" }));
        assert_eq!(managers(&taken.object), ["orch Apply"]);
    });
}

fn a_run_asks_for_consent() {
    let namespace = cluster().namespace("run");
    kubectl(&namespace, &["apply", "-f", "-"], SETTINGS);
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
    assert_eq!(kubectl(&namespace, &data, ""), r#"{"LEVEL":"debug"}"#);
    let journal = workspace.read(".orch/demo/phase-01.jsonl");
    contains(&journal, &["taken over from kubectl-client-side-apply"]);
}
