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
            ("k8s/values.yml", "a: 1\n"),
        ],
        &["k8s/d.yml"],
        &[
            ("chart/", Why::Chart),
            ("k8s/a.yml", Why::Template),
            ("k8s/b.yml", Why::Template),
            ("k8s/c.yml", Why::Broken),
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
