//! That the real kustomize builds of base and overlays what orch renders itself.

use std::collections::BTreeMap;

use orch::manifest::{Generations, Object, Rendered, generated, parse_documents};
use serde_json::Value;

use crate::conformance::Case;
use crate::harness::applications::manifests;
use crate::harness::call_center::{SETTINGS, checklist, with_checklist};
use crate::harness::cluster::cluster;
use crate::harness::workspace::Workspace;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "kustomize::the_base_builds_what_orch_writes",
        the_base_builds_what_orch_writes,
    ),
    (
        "kustomize::an_overlay_builds_what_orch_renders_there",
        an_overlay_builds_what_orch_renders_there,
    ),
];

const COMPOSE: &str = "docker-compose.yml";
const STAGING: &str = "docker-compose.staging.yml";
const IMAGE: &str = "registry.example.com/app:1.4.0";

/// Returns the call centre with an overlay, its phase done.
fn overlaid() -> Workspace {
    let workspace = with_checklist(&checklist());
    let settings = format!(
        "compose = [\"{COMPOSE}\"]\n[ingress]\nhost = \"calls.example.com\"\n\
         [kustomize.overlays.staging]\nnamespace = \"call-center-staging\"\n\
         host = \"staging.example.com\"\nimages = {{ app = \"{IMAGE}\" }}\n"
    );
    workspace.write(SETTINGS, settings);
    workspace.orch(&["phase", "4", "run"]).expect(0);
    workspace
}

/// Returns the objects by kind and name, Secrets left out, the order of variables too.
pub(crate) fn by_name(text: &str) -> BTreeMap<String, Value> {
    by_label(parse_documents("built.yml", text).expect("objects"))
}

fn by_label(objects: Vec<Object>) -> BTreeMap<String, Value> {
    let objects = objects.into_iter().filter(|it| it.kind != "Secret");
    objects
        .map(|object| {
            let label = object.label();
            let mut value = object.value;
            in_order(&mut value);
            (label, value)
        })
        .collect()
}

fn in_order(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields.iter_mut() {
                in_order(inner);
                if let (true, Value::Array(items)) = (key == "env", inner) {
                    items.sort_by_key(|item| item["name"].to_string());
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(in_order),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Returns what kustomize builds of a folder.
#[track_caller]
fn built(workspace: &Workspace, folder: &str) -> BTreeMap<String, Value> {
    let path = workspace.path(folder);
    let output = cluster().kubectl(&["kustomize", path.to_str().expect("a path")]);
    assert!(output.status.success(), "{output:?}");
    by_name(&String::from_utf8(output.stdout).expect("text"))
}

/// Returns the objects that orch wrote below `k8s/`, and those that kustomize generates there.
fn objects(workspace: &Workspace) -> (Vec<Object>, Rendered) {
    let manifests = manifests(workspace).into_iter();
    let written =
        manifests.flat_map(|(path, text)| parse_documents(&path, &text).expect("objects"));
    let path = "k8s/kustomization.yml";
    let text = workspace.read(path);
    let files: Vec<(String, String)> = workspace
        .files()
        .into_iter()
        .filter(|path| path.contains("/files/"))
        .map(|path| (path.clone(), workspace.read(&path)))
        .collect();
    let made = generated(path, &text, |path| {
        let mut files = files.iter();
        files
            .find(|(known, _)| known == path)
            .map(|(_, text)| &**text)
    });
    let kustomization = Rendered {
        path: path.to_owned(),
        text,
        objects: made,
        theirs: None,
    };
    (written.collect(), kustomization)
}

/// Returns what orch wrote below `k8s/`, under the names that the files say.
pub(crate) fn written(workspace: &Workspace) -> BTreeMap<String, Value> {
    let (mut written, kustomization) = objects(workspace);
    written.extend(kustomization.objects);
    by_label(written)
}

/// Returns what orch applies of what it wrote below `k8s/`.
fn applied(workspace: &Workspace) -> BTreeMap<String, Value> {
    let (mut written, kustomization) = objects(workspace);
    written.extend(kustomization.objects.clone());
    let names = Generations::of(&[kustomization]);
    by_label(written.iter().map(|object| names.named(object)).collect())
}

#[track_caller]
pub(crate) fn check_same(built: &BTreeMap<String, Value>, expected: &BTreeMap<String, Value>) {
    let names = |objects: &BTreeMap<String, Value>| objects.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(built), names(expected));
    for (name, value) in expected {
        assert_eq!(built.get(name), Some(value), "{name}");
    }
}

fn the_base_builds_what_orch_writes() {
    let workspace = overlaid();
    check_same(&built(&workspace, "k8s"), &applied(&workspace));
}

fn an_overlay_builds_what_orch_renders_there() {
    let workspace = overlaid();
    // The same environment as a phase of its own.
    let alone = checklist().replace("`call-center`", "`call-center-staging`");
    let there = with_checklist(&alone);
    let settings = format!(
        "compose = [\"{COMPOSE}\", \"{STAGING}\"]\n[images]\napp = \"{IMAGE}\"\n\
         [ingress]\nhost = \"staging.example.com\"\n"
    );
    there.write(SETTINGS, settings);
    there.orch(&["phase", "4", "run"]).expect(0);
    let mut expected = applied(&there);
    // Labels stay when a namespace is moved: they are words, not references.
    let namespace = expected.get_mut("Namespace/call-center-staging");
    namespace.expect("written")["metadata"]["labels"]["app.kubernetes.io/name"] =
        "call-center".into();
    check_same(&built(&workspace, "overlays/staging"), &expected);
}
