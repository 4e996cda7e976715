//! Which objects the files of an earlier phase hold, as they lie there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Before, Earlier, Held};
use crate::facts::{Tree, is_yaml};
use crate::manifest::{Object, is_kustomization, parse_documents};
use crate::resolve::application::{Beside, ManifestItem};

/// The label that tells whose an object is.
const NAME: &str = "app.kubernetes.io/name";

/// Returns the files of objects that a phase wrote and that are there.
pub(super) fn of(phase: &Earlier, tree: &Tree) -> Vec<Held> {
    files(phase.written.iter(), phase.checklist.number, tree).collect()
}

/// Returns the files of objects that a phase alone wrote and that are there.
pub(super) fn alone(before: &Before, tree: &Tree) -> Vec<Held> {
    let others = |path: &String| {
        let mut earlier = before.phases.iter();
        before.later.contains(path) || earlier.any(|it| it.written.contains(path))
    };
    let paths = before.own.iter().filter(|path| !others(path));
    files(paths, before.number, tree).collect()
}

/// Returns the files of objects that later phases wrote, and this one didn't.
pub(super) fn beyond(before: &Before, tree: &Tree) -> Vec<Held> {
    let paths = before.later.difference(&before.own);
    files(paths, before.number, tree).collect()
}

/// Returns the files of objects that other sets wrote.
pub(super) fn foreign(before: &Before, tree: &Tree) -> Vec<Held> {
    files(before.foreign.keys(), before.number, tree).collect()
}

fn files<'a>(
    paths: impl Iterator<Item = &'a String>,
    phase: u32,
    tree: &'a Tree,
) -> impl Iterator<Item = Held> {
    paths.filter(|path| is_yaml(path)).filter_map(move |path| {
        let objects = parse_documents(path, tree.get(path)?).ok()?;
        file(path, phase, &objects)
    })
}

fn file(path: &str, phase: u32, objects: &[Object]) -> Option<Held> {
    let items: Vec<ManifestItem> = objects.iter().filter_map(item).collect();
    let given = objects.iter().filter_map(|object| {
        let keys = keys(object);
        (!keys.is_empty()).then(|| (item(object), keys))
    });
    let keys = given.filter_map(|(item, keys)| Some((item?, keys)));
    let held = Held {
        namespace: objects.iter().find_map(|it| it.namespace.clone()),
        beside: Beside {
            path: path.to_owned(),
            phase,
            keys: keys.collect(),
            items,
        },
    };
    (!held.beside.items.is_empty()).then_some(held)
}

/// Returns what an object is to a file; `None` for what other objects bring along.
fn item(object: &Object) -> Option<ManifestItem> {
    let labels = &object.value["metadata"]["labels"];
    let label = labels.get(NAME).and_then(Value::as_str);
    let owner = || label.unwrap_or(&object.name).to_owned();
    let name = || object.name.clone();
    Some(match object.kind.as_str() {
        "Namespace" => ManifestItem::Namespace,
        "Secret" => ManifestItem::Secret(name()),
        "ConfigMap" => ManifestItem::ConfigMap(name()),
        // A Job's name ends with what it runs.
        "Job" => ManifestItem::Workload(owner()),
        "Deployment" | "StatefulSet" | "DaemonSet" | "CronJob" => ManifestItem::Workload(name()),
        "ServiceAccount" => ManifestItem::ServiceAccount(name()),
        "Service" => ManifestItem::Services(owner()),
        "HorizontalPodAutoscaler" => ManifestItem::Hpa(name()),
        "PodDisruptionBudget" => ManifestItem::Pdb(name()),
        "PersistentVolumeClaim" => ManifestItem::Claims(owner()),
        "Ingress" | "Gateway" => ManifestItem::Ingress,
        "NetworkPolicy" if object.value["spec"]["podSelector"]["matchLabels"].is_null() => {
            ManifestItem::NamespacePolicy
        }
        "NetworkPolicy" => ManifestItem::NetworkPolicy(name()),
        _ => return None,
    })
}

/// Returns the objects that later phases wrote for workloads of this one, and it didn't. Files that
/// both wrote are merged.
pub(super) fn begun(before: &Before, tree: &Tree) -> Vec<ManifestItem> {
    let (own, later) = (&before.own, &before.later);
    let mut begun = items(later.difference(own), tree);
    if begun.is_empty() {
        return begun;
    }
    let known = items(own.difference(later), tree);
    begun.retain(|item| {
        let workload = whose(item).map(|name| ManifestItem::Workload(name.to_owned()));
        workload.is_some_and(|it| known.contains(&it)) && !known.contains(item)
    });
    begun
}

/// Returns the workloads in files of later phases that this one didn't write.
pub(super) fn run_later(before: &Before, tree: &Tree) -> BTreeSet<String> {
    let held = items(before.later.difference(&before.own), tree);
    let mut names = BTreeSet::new();
    for item in held {
        if let ManifestItem::Workload(name) = item {
            names.insert(name);
        }
    }
    names
}

/// Returns the workloads that files hold.
pub(super) fn workloads(held: &[Held]) -> BTreeSet<String> {
    let items = held.iter().flat_map(|it| &it.beside.items);
    let names = items.filter_map(|item| {
        let ManifestItem::Workload(name) = item else {
            return None;
        };
        Some(name.clone())
    });
    names.collect()
}

fn items<'p>(paths: impl Iterator<Item = &'p String>, tree: &Tree) -> Vec<ManifestItem> {
    let files = paths.filter_map(|path| parse_documents(path, tree.get(path)?).ok());
    let objects: Vec<Object> = files.flatten().collect();
    objects.iter().filter_map(item).collect()
}

/// Returns the workload that an object is about.
fn whose(item: &ManifestItem) -> Option<&str> {
    match item {
        ManifestItem::ServiceAccount(name)
        | ManifestItem::NetworkPolicy(name)
        | ManifestItem::Services(name)
        | ManifestItem::Hpa(name)
        | ManifestItem::Pdb(name) => Some(name),
        ManifestItem::Namespace
        | ManifestItem::NamespacePolicy
        | ManifestItem::Secret(_)
        | ManifestItem::ConfigMap(_)
        | ManifestItem::Claims(_)
        | ManifestItem::Workload(_)
        | ManifestItem::ServiceMonitor(_)
        | ManifestItem::Ingress => None,
    }
}

/// Returns what an item is called in messages, as Kubernetes names its kind.
pub(super) fn label(item: &ManifestItem) -> String {
    match item {
        ManifestItem::Namespace => "the Namespace".to_owned(),
        ManifestItem::NamespacePolicy => "the namespace's NetworkPolicy".to_owned(),
        ManifestItem::Ingress => "the way in".to_owned(),
        ManifestItem::Secret(name) => format!("Secret/{name}"),
        ManifestItem::ConfigMap(name) => format!("ConfigMap/{name}"),
        ManifestItem::ServiceAccount(name) => format!("ServiceAccount/{name}"),
        ManifestItem::NetworkPolicy(name) => format!("NetworkPolicy/{name}"),
        ManifestItem::Claims(name) => format!("the claims of {name}"),
        ManifestItem::Workload(name) => format!("the workload {name}"),
        ManifestItem::Services(name) => format!("Service/{name}"),
        ManifestItem::Hpa(name) => format!("HorizontalPodAutoscaler/{name}"),
        ManifestItem::Pdb(name) => format!("PodDisruptionBudget/{name}"),
        ManifestItem::ServiceMonitor(name) => format!("ServiceMonitor/{name}"),
    }
}

/// Returns whether a file is there that could hold objects, and holds none.
pub(super) fn is_bare(path: &str, tree: &Tree) -> bool {
    let text = tree
        .get(path)
        .filter(|_| is_yaml(path) && !is_kustomization(path));
    text.is_some_and(|text| parse_documents(path, text).is_ok_and(|it| it.is_empty()))
}

/// Returns the keys of a Secret or `ConfigMap`.
fn keys(object: &Object) -> BTreeSet<String> {
    if !matches!(object.kind.as_str(), "Secret" | "ConfigMap") {
        return BTreeSet::new();
    }
    let fields = ["data", "stringData", "binaryData"];
    let maps = fields
        .iter()
        .filter_map(|field| object.value.get(*field)?.as_object());
    maps.flat_map(|map| map.keys().cloned()).collect()
}
