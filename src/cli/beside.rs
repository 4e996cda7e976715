//! What a phase's objects need that other manifests of the workspace hold: those that earlier phases
//! wrote, and those that people did.

use std::collections::BTreeMap;

use serde_json::json;

use crate::facts::{Tree, is_yaml};
use crate::manifest::{Object, Ref, parse_documents, references};
use crate::plan::{Plan, Want, Work, wants};

/// The kinds that others stand on, in the order in which they are to be there.
const ORDER: &[&str] = &[
    "Namespace",
    "CustomResourceDefinition",
    "ServiceAccount",
    "Secret",
    "ConfigMap",
    "PersistentVolumeClaim",
    "Service",
];

/// Objects by kind, namespace and name.
type Known = BTreeMap<(String, Option<String>, String), Object>;

/// Returns the objects of other manifests that the objects of a plan need, and those that these
/// need in turn, in an order in which they can be applied.
pub(super) fn objects(plan: &Plan, tree: &Tree) -> Vec<Object> {
    let mut due: Vec<Ref> = wants(plan).iter().map(reference).collect();
    if due.is_empty() {
        return Vec::new();
    }
    let mut known = known(plan, tree);
    let mut found = Vec::new();
    while let Some(wanted) = due.pop() {
        let key = |namespace: Option<String>| (wanted.kind.clone(), namespace, wanted.name.clone());
        let there = known.remove(&key(wanted.namespace.clone()));
        let there = there.or_else(|| known.remove(&key(None)));
        if let Some(object) = there {
            due.extend(references(&object));
            found.push(object);
        }
    }
    let place = |object: &Object| ORDER.iter().position(|kind| *kind == object.kind);
    found.sort_by_key(|object| (place(object).unwrap_or(ORDER.len()), object.label()));
    found
}

/// Returns the bare namespaces of a plan that such objects lie in: they come before them.
pub(super) fn homes(plan: &Plan, objects: &[Object]) -> Vec<Object> {
    let within = |name: &str| {
        objects
            .iter()
            .any(|it| it.namespace.as_deref() == Some(name))
    };
    let own = plan
        .objects()
        .filter(|it| it.kind == "Namespace" && within(&it.name));
    let bare = own.filter_map(|it| {
        Object::from_value(json!({ "apiVersion": "v1", "kind": "Namespace",
            "metadata": { "name": it.name } }))
    });
    bare.collect()
}

/// Returns whether that is in another manifest of the workspace.
pub(super) fn holds(objects: &[Object], want: &Want) -> bool {
    let wanted = &want.object;
    objects.iter().any(|object| {
        let there = object.namespace == wanted.namespace || object.namespace.is_none();
        there && object.kind == wanted.kind && object.name == wanted.name
    })
}

fn reference(want: &Want) -> Ref {
    Ref {
        kind: want.object.kind.clone(),
        namespace: want.object.namespace.clone(),
        name: want.object.name.clone(),
        by: want.by.1,
    }
}

/// Returns the objects of all manifests that the plan doesn't write. One that can't be read holds
/// nothing.
fn known(plan: &Plan, tree: &Tree) -> Known {
    let writes = |path: &str| {
        let mut steps = plan.steps.iter();
        steps.any(|step| matches!(&step.work, Work::Write { path: own, .. } if own == path))
    };
    let mut known = Known::new();
    for (path, text) in tree.iter() {
        if !is_yaml(path) || !text.contains("apiVersion:") || writes(path) {
            continue;
        }
        for object in parse_documents(path, text).unwrap_or_default() {
            let key = (
                object.kind.clone(),
                object.namespace.clone(),
                object.name.clone(),
            );
            known.entry(key).or_insert(object);
        }
    }
    known
}
