//! Objects that others brought, become `orch`'s: applied client-side by `kubectl`, by Helm, by hand;
//! and those that others keep.

use fs_err as fs;
use orch::cluster::{ApplyOptions, Cluster, WayOut};
use serde_json::json;

use crate::conformance::Case;
use crate::conformance::conflicts::{SETTINGS, all, consent, managers};
use crate::conformance::target::{
    applied, connect, contains, deployment, kubectl_in, object, refused,
};
use crate::harness::cluster::{block_on, cluster};
use crate::harness::proxy::{Fault, Proxy};
use crate::harness::wait::eventually;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "adoption::client_side_apply_is_adopted_and_keeps_its_share",
        client_side_apply_is_adopted,
    ),
    (
        "adoption::client_side_apply_is_migrated_with_consent",
        client_side_apply_is_migrated,
    ),
    (
        "adoption::a_refused_migration_changes_nothing",
        a_refused_migration_changes_nothing,
    ),
    (
        "adoption::a_helm_release_is_taken_over_by_name_only",
        a_helm_release_is_taken_over,
    ),
    (
        "adoption::what_is_kept_by_others_is_not_adopted",
        what_is_kept_by_others_is_not_adopted,
    ),
    (
        "adoption::what_nobody_keeps_is_adopted",
        what_nobody_keeps_is_adopted,
    ),
    (
        "adoption::a_migration_whose_answer_is_lost_is_made_once",
        a_migration_whose_answer_is_lost,
    ),
    (
        "adoption::a_dry_run_shows_the_migration",
        a_dry_run_shows_the_migration,
    ),
];

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

fn client_side_apply_is_adopted() {
    let namespace = cluster().namespace("client");
    kubectl_in(&namespace, &["apply", "-f", "-"], SETTINGS);
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
    kubectl_in(&namespace, &["apply", "-f", "-"], &more);
    kubectl_in(&namespace, &["label", "deployment", "api", "by=hand"], "");
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
    kubectl_in(&namespace, &["apply", "-f", "-"], SETTINGS);
    let arguments = [
        "patch",
        "configmap",
        "settings",
        "-p",
        r#"{"data":{"SIZE":"7"}}"#,
    ];
    kubectl_in(&namespace, &arguments, "");
    let get = [
        "get",
        "configmap",
        "settings",
        "-o",
        "yaml",
        "--show-managed-fields",
    ];
    let before = kubectl_in(&namespace, &get, "");
    let changed = object(&namespace, &SETTINGS.replace("info", "debug"));
    let (_, failure) = refused(&changed, consent(&["kubectl-client-side-apply"]));
    contains(
        &failure.help.expect("a way out"),
        &["doesn't name kubectl-patch"],
    );
    assert_eq!(kubectl_in(&namespace, &get, ""), before);
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
        kubectl_in(&namespace, &["create", "-f", "-"], &marked(mark));
        let settings = object(&namespace, SETTINGS);
        let (_, failure) = refused(&settings, ApplyOptions::default());
        contains(&failure.cause, &[owner]);
        refused(&settings, consent(&["helm"]));
        let taken = applied(&settings, consent(&[name]));
        contains(&taken.notes.join("\n"), &[owner]);
        kubectl_in(&namespace, &["delete", "configmap", "settings"], "");
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
        Some(kubectl_in(&namespace, &get, "")).filter(|name| !name.is_empty())
    });
    let set = deployment("api", "", "")
        .replace("kind: Deployment", "kind: ReplicaSet")
        .replace("{ name: api }\n", &format!("{{ name: {name} }}\n"));
    let (_, failure) = refused(&object(&namespace, &set), ApplyOptions::default());
    contains(&failure.cause, &["Deployment/api, which controls it"]);
}

fn what_nobody_keeps_is_adopted() {
    let namespace = cluster().namespace("adopted");
    kubectl_in(&namespace, &["create", "-f", "-"], SETTINGS);
    let adopted = applied(&object(&namespace, SETTINGS), ApplyOptions::default());
    contains(
        &adopted.notes.join("\n"),
        &["adopted: it was there before, made by kubectl-create on 20"],
    );
    let again = applied(&object(&namespace, SETTINGS), ApplyOptions::default());
    assert_eq!(again.notes, [] as [&str; 0]);
}

fn a_migration_whose_answer_is_lost() {
    let namespace = cluster().namespace("lost-move");
    kubectl_in(&namespace, &["apply", "-f", "-"], SETTINGS);
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

fn a_dry_run_shows_the_migration() {
    let namespace = cluster().namespace("preview");
    kubectl_in(&namespace, &["apply", "-f", "-"], SETTINGS);
    let less = object(&namespace, &SETTINGS.replace("info, SIZE: '1'", "debug"));
    let dry_run = true;
    let shown = applied(&less, ApplyOptions { dry_run, ..all() });
    assert_eq!(shown.object["data"], json!({ "LEVEL": "debug" }));
    contains(&shown.notes.join("\n"), &["taken out: data.SIZE"]);
    let live = block_on(async { connect().await.get(&less).await });
    let live = live.expect("it answers").expect("it is there");
    assert_eq!(live.data["data"], json!({ "LEVEL": "info", "SIZE": "1" }));
}
