//! Manifests that people wrote: applied and adopted as they are.

use kube::api::{Api, DynamicObject, PostParams};
use kube::core::{ApiResource, GroupVersionKind};
use orch::cluster::{ApplyOptions, Cluster, TakeOver};
use orch::facts::Tree;
use orch::manifest::Object;
use orch::rehearsal::{Rehearsal, Script};
use orch::scaffold;
use serde_json::{Value, json};

use super::check_golden;
use crate::harness::cluster::block_on;
use crate::harness::workspace::Workspace;

const NAMESPACE: &str = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n";
const SETTINGS: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: shop }\ndata: { LEVEL: info }\n";
const ACCESS: &str =
    "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: api, namespace: shop }\n";

fn running(kind: &str, name: &str, image: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: {kind}\nmetadata: {{ name: {name}, namespace: shop }}\nspec:\n  \
         replicas: 1\n  selector: {{ matchLabels: {{ app: {name} }} }}\n  {}template:\n    \
         metadata: {{ labels: {{ app: {name} }} }}\n    spec: {{ containers: [{{ name: main, image: \"{image}\" }}] }}\n",
        if kind == "StatefulSet" {
            "serviceName: db\n  "
        } else {
            ""
        }
    )
}

fn service(name: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{ name: {name}, namespace: shop }}\nspec:\n  \
         selector: {{ app: {name} }}\n  ports: [{{ port: 80 }}]\n"
    )
}

/// A repository with manifests of every sort, and things that only look like some.
fn workspace() -> Workspace {
    Workspace::new()
        .file("k8s/namespace.yml", NAMESPACE)
        .file("k8s/settings.yml", SETTINGS)
        .file("k8s/rbac.yml", ACCESS)
        .file("k8s/api/deployment.yml", running("Deployment", "api", "example.test/api:1.0"))
        .file("k8s/api/service.yml", service("api"))
        .file("k8s/db.yml", format!("{}---\n{}", running("StatefulSet", "db", "postgres:16"), service("db")))
        .file("k8s/secrets.yml", "apiVersion: v1\nkind: Secret\nmetadata: { name: db, namespace: shop }\nstringData: { PASSWORD: swordfish-9 }\n")
        .file("k8s/values.yml", "replicas: 3\n")
        .file("chart/Chart.yaml", "apiVersion: v2\nname: shop\n")
        .file("chart/templates/api.yaml", "apiVersion: v1\nkind: {{ .Values.kind }}\n")
        .file("compose.yaml", "services:\n  api:\n    image: example.test/api:1.0\n")
}

#[test]
fn manifests_are_adopted_in_a_sound_order() {
    let workspace = workspace();
    let said = workspace.orch(&["init", "--set", "shop"]).expect(0).stderr;
    check_golden(
        "adopted-said",
        &said.replace(env!("CARGO_BIN_EXE_orch"), "orch"),
    );
    let path = "checklists/shop/phase-01-kubernetes.md";
    check_golden("adopted", &workspace.read(path));
    assert!(
        workspace
            .read("phases/01-kubernetes.toml")
            .contains("\nnamespace = \"shop\"\n")
    );
    for language in ["ru", "uk"] {
        let other = self::workspace();
        let dry = other.orch(&["init", "--language", language, "--dry-run", "--set", "shop"]);
        check_golden(&format!("adopted-{language}"), &dry.expect(0).stdout);
    }

    let checked = workspace.orch(&["check"]).expect(0);
    assert_eq!(checked.stderr, "nothing to complain about\n");
    let before = workspace.contents();
    workspace.commit("Begin");
    let run = workspace.orch(&["phase", "1", "run"]).expect(3);
    let ticked = workspace.read(path);
    let (_, tasks) = ticked.split_once("### ").expect("a section");
    for line in tasks.lines().filter(|line| line.starts_with("- [ ]")) {
        assert!(line.contains("orch: manual"), "{line}");
    }
    let written = workspace.contents();
    for (path, bytes) in before.iter().filter(|(path, _)| path.starts_with("k8s/")) {
        assert_eq!(written.get(path), Some(bytes), "{path} stays as it is");
    }
    let journal = workspace.read(".orch/shop/phase-01.jsonl");
    for text in [&said, &run.stdout, &run.stderr, &ticked, &journal] {
        assert!(!text.contains("swordfish"), "{text}");
    }
}

#[test]
fn new_manifests_are_written_elsewhere_where_that_is_asked_for() {
    let workspace = workspace();
    workspace
        .orch(&["init", "--set", "shop", "--from", "compose"])
        .expect(0);
    let text = workspace.read("checklists/shop/phase-01-kubernetes.md");
    assert!(text.contains("`kubernetes/api/deployment.yml`"), "{text}");
    assert!(!text.contains("`k8s/"), "{text}");
    workspace.orch(&["phase", "1", "rehearse"]);
}

/// Creates an object as `kubectl apply` does, and returns it as it is there.
async fn kubectl_apply(client: &kube::Client, object: &Object) -> Value {
    let mut value = object.value.clone();
    let last = "kubectl.kubernetes.io/last-applied-configuration";
    value["metadata"]["annotations"] = json!({ last: object.value.to_string() });
    let made: DynamicObject = serde_json::from_value(value).expect("an object");
    let (group, version) = match object.api_version.split_once('/') {
        Some((group, version)) => (group, version),
        None => ("", object.api_version.as_str()),
    };
    let kind = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, &object.kind));
    let api: Api<DynamicObject> = match &object.namespace {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, &kind),
        None => Api::all_with(client.clone(), &kind),
    };
    let params = PostParams {
        field_manager: Some("kubectl-client-side-apply".to_owned()),
        ..PostParams::default()
    };
    let made = api.create(&params, &made).await.expect("it is created");
    serde_json::to_value(made).expect("JSON")
}

#[test]
fn what_the_rehearsal_has_already_is_adopted_without_a_change() {
    let files = [
        ("k8s/namespace.yml", NAMESPACE.to_owned()),
        ("k8s/settings.yml", SETTINGS.to_owned()),
        ("k8s/rbac.yml", ACCESS.to_owned()),
        (
            "k8s/api.yml",
            running("Deployment", "api", "example.test/api:1.0"),
        ),
        ("k8s/service.yml", service("api")),
    ];
    let tree: Tree = files.into_iter().collect();
    let found = scaffold::find(&tree);
    let mut objects: Vec<&Object> = found.files.iter().flat_map(|file| &file.objects).collect();
    objects.sort_by_key(|object| object.kind != "Namespace");
    assert_eq!(objects.len(), 5);
    block_on(async {
        let client = Rehearsal::new(Script::default()).client();
        let cluster = Cluster::over(client.clone(), "rehearsal")
            .await
            .expect("it connects");
        for object in &objects {
            let made = kubectl_apply(&client, object).await;
            let options = ApplyOptions {
                take_over: TakeOver::Only(vec!["kubectl".to_owned()]),
                ..ApplyOptions::default()
            };
            let adopted = cluster.apply(object, options).await.expect("it is adopted");
            let label = object.label();
            assert_eq!(adopted.uid, made["metadata"]["uid"], "{label}");
            assert_eq!(adopted.object["spec"], made["spec"], "{label}");
            assert_eq!(adopted.object["data"], made["data"], "{label}");
            let generation = |it: &Value| it["metadata"]["generation"].clone();
            assert_eq!(generation(&adopted.object), generation(&made), "{label}");
            let managers = adopted.object["metadata"]["managedFields"].to_string();
            assert!(
                !managers.contains("kubectl-client-side-apply"),
                "{label}: {managers}"
            );
        }
    });
}

#[test]
fn a_kustomization_with_only_a_namespace_is_adopted_there() {
    let bare = |text: &str| text.replace(", namespace: shop", "");
    let kustomization =
        "namespace: shop\nresources: [namespace.yml, settings.yml, rbac.yml, api, binding.yml]\n";
    let binding = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: api }\n\
        roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: api }\n\
        subjects: [{ kind: ServiceAccount, name: api }]\n";
    let workspace = Workspace::new()
        .file("k8s/kustomization.yml", kustomization)
        .file("k8s/namespace.yml", NAMESPACE)
        .file("k8s/settings.yml", bare(SETTINGS))
        .file("k8s/rbac.yml", ACCESS)
        .file("k8s/binding.yml", binding)
        .file(
            "k8s/api/kustomization.yml",
            "resources: [deployment.yml, service.yml]\n",
        )
        .file(
            "k8s/api/deployment.yml",
            bare(&running("Deployment", "api", "example.test/api:1.0")),
        )
        .file("k8s/api/service.yml", bare(&service("api")))
        .commit_all();
    workspace.orch(&["init", "--set", "shop"]).expect(0);
    let text = workspace.read("checklists/shop/phase-01-kubernetes.md");
    check_golden("adopted-namespace", &text);
    let settings = workspace.read("phases/01-kubernetes.toml");
    assert!(settings.contains("\nnamespace = \"shop\"\n"), "{settings}");
    let checked = workspace.orch(&["check"]).expect(0);
    assert_eq!(checked.stderr, "nothing to complain about\n");
    workspace.commit("Begin");
    workspace.orch(&["phase", "1", "run"]).expect(3);
    let journal = workspace.read(".orch/shop/phase-01.jsonl");
    for object in ["Deployment/api", "Service/api", "ConfigMap/settings"] {
        let (kind, name) = object.split_once('/').expect("both");
        let shop = format!("\"type\":\"{kind}\",\"namespace\":\"shop\",\"name\":\"{name}\"");
        assert!(journal.contains(&shop), "no {shop} in {journal}");
    }
}

#[test]
fn a_namespace_beside_apply_is_refused_where_an_object_names_another() {
    let text =
        "# Phase 1: Base\n\n## 1.1 A\n\n- [ ] Bring it <!-- orch: apply=k8s/ namespace=other -->\n";
    let workspace = Workspace::new()
        .file("k8s/settings.yml", SETTINGS)
        .file("checklists/shop/phase-01-a.md", text)
        .commit_all();
    let checked = workspace.orch(&["check"]).expect(2).stdout;
    for piece in [
        "ConfigMap/settings of `k8s/settings.yml` names the namespace `shop`",
        "checklists/shop/phase-01-a.md:5",
    ] {
        assert!(checked.contains(piece), "no {piece:?} in {checked}");
    }
    workspace.orch(&["phase", "1", "run"]).expect(2);
}
