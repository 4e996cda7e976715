//! Repositories with manifests, and with what only looks like some.

use super::{Why, find};
use crate::facts::Tree;

const POD: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: api }\n";

#[track_caller]
fn check(files: &[(&'static str, &'static str)], applied: &[&str], aside: &[(&str, Why)]) {
    let tree: Tree = files.iter().copied().collect();
    let found = find(&tree);
    let files: Vec<&str> = found.files.iter().map(|it| it.path.as_str()).collect();
    let set: Vec<(&str, Why)> = found
        .aside
        .iter()
        .map(|it| (it.path.as_str(), it.why.clone()))
        .collect();
    assert_eq!(files, applied);
    assert_eq!(set, aside);
}

#[test]
fn manifests_are_found_wherever_they_lie() {
    check(
        &[
            ("k8s/api.yml", POD),
            (
                "deploy/web/web.yaml",
                "apiVersion: v1\nkind: Service\nmetadata: { name: web }\n",
            ),
            (".github/workflows/ci.yml", POD),
            ("tests/pod.yml", POD),
            ("compose.yaml", "services: {}\n"),
            (
                "kind.yaml",
                "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nmetadata: { name: x }\n",
            ),
        ],
        &["deploy/web/web.yaml", "k8s/api.yml"],
        &[],
    );
}

#[test]
fn what_must_be_rendered_first_is_set_aside() {
    check(
        &[
            ("chart/Chart.yaml", "apiVersion: v2\nname: x\n"),
            (
                "chart/templates/api.yaml",
                "apiVersion: v1\nkind: {{ .Kind }}\n",
            ),
            (
                "k8s/a.yml",
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ name }}\n",
            ),
            (
                "k8s/b.yml",
                "apiVersion: v1\nkind: Pod\nmetadata: { name: b }\nspec: { containers: [{ image: \"x:${TAG}\" }] }\n",
            ),
            (
                "k8s/c.yml",
                "apiVersion: v1\nkind: Pod\nmetadata: { name: c\n",
            ),
            ("k8s/d.yml", POD),
            (
                "k8s/e.yml",
                "apiVersion: batch/v1\nkind: Job\nmetadata:\n  generateName: seed-\n",
            ),
            ("k8s/values.yml", "a: 1\n"),
        ],
        &["k8s/d.yml"],
        &[
            ("chart/", Why::Chart),
            ("k8s/a.yml", Why::Template),
            ("k8s/b.yml", Why::Template),
            ("k8s/c.yml", Why::Broken),
            ("k8s/e.yml", Why::Nameless),
            ("k8s/values.yml", Why::NoManifest),
        ],
    );
}

#[test]
fn one_object_is_applied_from_one_file() {
    check(
        &[("k8s/a.yml", POD), ("k8s/b.yml", POD)],
        &["k8s/a.yml"],
        &[(
            "k8s/b.yml",
            Why::Twice("k8s/a.yml".to_owned(), vec!["Deployment/api".to_owned()]),
        )],
    );
}

#[test]
fn secrets_with_values_are_set_aside() {
    check(
        &[
            (
                "k8s/a.yml",
                "apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData: { KEY: CHANGE_ME }\n",
            ),
            (
                "k8s/b.yml",
                "apiVersion: v1\nkind: Secret\nmetadata: { name: b }\nstringData: { KEY: swordfish }\n",
            ),
        ],
        &["k8s/a.yml"],
        &[("k8s/b.yml", Why::Secrets(vec!["b".to_owned()]))],
    );
}

#[test]
fn kustomizations_say_what_is_applied() {
    check(
        &[
            ("k8s/base/kustomization.yaml", "resources: [api.yml]\n"),
            ("k8s/base/api.yml", POD),
            (
                "k8s/base/old.yml",
                "apiVersion: v1\nkind: Service\nmetadata: { name: old }\n",
            ),
            (
                "k8s/overlays/prod/kustomization.yaml",
                "resources: [../../base]\npatches: [{ path: api.yml }]\n",
            ),
            ("k8s/overlays/prod/api.yml", POD),
        ],
        &["k8s/base/api.yml"],
        &[
            ("k8s/base/old.yml", Why::Unlisted),
            ("k8s/overlays/prod/", Why::Overlay),
        ],
    );
    check(
        &[
            (
                "k8s/kustomization.yml",
                "namePrefix: x-\nresources: [api.yml]\n",
            ),
            ("k8s/api.yml", POD),
        ],
        &[],
        &[(
            "k8s/kustomization.yml",
            Why::Transforms(vec!["namePrefix".to_owned()]),
        )],
    );
}

#[test]
fn what_no_directive_can_name_is_set_aside() {
    check(
        &[("k8s/a--b.yml", POD)],
        &[],
        &[("k8s/a--b.yml", Why::Name)],
    );
}

const BINDING: &str = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: b }\n\
     roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: b }\nsubjects: [{ kind: ServiceAccount, name: api }]\n";

#[test]
fn a_kustomization_with_only_a_namespace_says_where_its_files_go() {
    let kustomization =
        "namespace: shop\nresources: [ns.yml, api.yml, own.yml, other.yml, rbac.yml]\n";
    let own = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: own, namespace: shop }\n";
    let other = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: other, namespace: else }\n";
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n";
    let files = [
        ("k8s/api.yml", POD),
        ("k8s/kustomization.yml", kustomization),
        ("k8s/ns.yml", namespace),
        ("k8s/other.yml", other),
        ("k8s/own.yml", own),
        ("k8s/rbac.yml", BINDING),
    ];
    let moved = |label: &str| Why::Moved("shop".to_owned(), vec![label.to_owned()]);
    check(
        &files,
        &["k8s/api.yml", "k8s/ns.yml", "k8s/own.yml"],
        &[
            ("k8s/other.yml", moved("ConfigMap/other")),
            ("k8s/rbac.yml", moved("RoleBinding/b")),
        ],
    );
    let tree: Tree = files.into_iter().collect();
    let found = find(&tree).files;
    let given: Vec<Option<&str>> = found.iter().map(|it| it.namespace.as_deref()).collect();
    assert_eq!(
        given,
        [Some("shop"), None, None],
        "only what names none is given one"
    );
    let api = found[0].objects.first().expect("a Deployment");
    assert_eq!(api.namespace.as_deref(), Some("shop"));
    assert_eq!(api.value["metadata"]["namespace"], "shop");
}

#[test]
fn two_kustomizations_that_disagree_leave_a_file_to_a_person() {
    check(
        &[
            ("k8s/api/api.yml", POD),
            (
                "k8s/api/kustomization.yml",
                "namespace: one\nresources: [api.yml]\n",
            ),
            (
                "k8s/kustomization.yml",
                "namespace: two\nresources: [api]\n",
            ),
        ],
        &[],
        &[(
            "k8s/api/api.yml",
            Why::Moved("one".to_owned(), vec!["Deployment/api".to_owned()]),
        )],
    );
}

#[test]
fn whatever_else_a_kustomization_changes_is_left_to_a_person() {
    for field in [
        "namePrefix: x-",
        "nameSuffix: -x",
        "commonLabels: { app: x }",
        "labels: [{ pairs: { app: x } }]",
        "commonAnnotations: { a: x }",
        "images: [{ name: x, newTag: y }]",
        "replicas: [{ name: api, count: 3 }]",
        "patches: [{ path: patch.yml }]",
        "configMapGenerator: [{ name: c, literals: [A=1] }]",
        "components: [../c]",
        "helmCharts: [{ name: c }]",
    ] {
        let text = format!("namespace: shop\nresources: [api.yml]\n{field}\n");
        let tree: Tree = [
            ("k8s/api.yml", POD),
            ("k8s/kustomization.yml", text.as_str()),
        ]
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect();
        let found = find(&tree);
        assert!(found.files.is_empty(), "{field}");
        let name = field.split(':').next().unwrap_or_default();
        let Some(Why::Transforms(fields)) = found.aside.first().map(|it| &it.why) else {
            panic!("{field}: {:?}", found.aside);
        };
        assert!(fields.contains(&name.to_owned()), "{fields:?}");
    }
}

#[test]
fn json_marks_and_braces_hide_no_object() {
    check(
        &[
            (
                "k8s/a.json",
                "{\"apiVersion\": \"v1\", \"kind\": \"Service\", \"metadata\": {\"name\": \"a\"}}",
            ),
            (
                "k8s/b.yaml",
                "\u{feff}apiVersion: v1\r\nkind: Service\r\nmetadata: { name: b }\r\n",
            ),
            (
                "k8s/c.yaml",
                "{apiVersion: v1, kind: Service, metadata: {name: c}}\n",
            ),
            (
                "k8s/dashboard.json",
                "{\"title\": \"kind: of apiVersion:\"}",
            ),
            ("package.json", "{\"kind\": 1, \"apiVersion\": \"2\"}"),
        ],
        &["k8s/a.json", "k8s/b.yaml", "k8s/c.yaml"],
        &[],
    );
}
