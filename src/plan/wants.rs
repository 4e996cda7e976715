//! What a plan's objects need that the plan doesn't bring: it must be in the cluster already.

use std::collections::{BTreeMap, BTreeSet};

use super::{Plan, Work};
use crate::manifest::{Object, Ref, made_secret, references};

/// The `apiVersion` of the kinds that are looked for.
const KINDS: &[(&str, &str)] = &[
    ("Namespace", "v1"),
    ("ConfigMap", "v1"),
    ("Secret", "v1"),
    ("ServiceAccount", "v1"),
    ("Service", "v1"),
    ("PersistentVolumeClaim", "v1"),
    ("PriorityClass", "scheduling.k8s.io/v1"),
    ("RuntimeClass", "node.k8s.io/v1"),
    ("StorageClass", "storage.k8s.io/v1"),
    ("IngressClass", "networking.k8s.io/v1"),
    ("Role", "rbac.authorization.k8s.io/v1"),
    ("ClusterRole", "rbac.authorization.k8s.io/v1"),
    ("Deployment", "apps/v1"),
    ("StatefulSet", "apps/v1"),
    ("GatewayClass", "gateway.networking.k8s.io/v1"),
    ("Gateway", "gateway.networking.k8s.io/v1"),
    ("CustomResourceDefinition", "apiextensions.k8s.io/v1"),
];

/// Definitions of kinds that are written here; the names of others are only guessed.
const DEFINITIONS: &[&str] = &[
    "gateways.gateway.networking.k8s.io",
    "httproutes.gateway.networking.k8s.io",
    "middlewares.traefik.io",
    "servicemonitors.monitoring.coreos.com",
    "podmonitors.monitoring.coreos.com",
];

/// Something that must be in the cluster already.
#[derive(Debug, Clone, PartialEq)]
pub struct Want {
    /// What: an object without content.
    pub object: Object,
    /// The first object that wants it (`Deployment/api`), and by which field.
    pub by: (String, &'static str),
    /// The file that the object stands in.
    pub file: String,
    /// How many more objects want it.
    pub others: usize,
}

/// Returns what the objects of a plan refer to and no step of it brings, each once, in a stable
/// order. What every cluster has, optional references, and Secrets that a controller makes for an
/// object of the plan are left out.
pub fn wants(plan: &Plan) -> Vec<Want> {
    let mut brought: BTreeSet<(&str, Option<&str>, &str)> = BTreeSet::new();
    for object in plan.objects() {
        let namespace = object.namespace.as_deref();
        brought.insert((&object.kind, namespace, &object.name));
        if let Some(secret) = made_secret(object) {
            brought.insert(("Secret", namespace, secret));
        }
    }
    let mut wants: BTreeMap<(String, Option<String>, String), Want> = BTreeMap::new();
    for step in &plan.steps {
        let Work::Apply { object, file } = &step.work else {
            continue;
        };
        for wanted in references(object) {
            let namespace = wanted.namespace.as_deref();
            let key = (wanted.kind.as_str(), namespace, wanted.name.as_str());
            if brought.contains(&key) || is_everywhere(&wanted) || claimed(plan, &wanted) {
                continue;
            }
            let Some(missing) = bare(&wanted) else {
                continue;
            };
            let key = (wanted.kind, wanted.namespace, wanted.name);
            wants
                .entry(key)
                .and_modify(|want| want.others += 1)
                .or_insert_with(|| Want {
                    object: missing,
                    by: (object.label(), wanted.by),
                    file: file.clone(),
                    others: 0,
                });
        }
    }
    wants.into_values().collect()
}

/// What the server itself brings.
fn is_everywhere(wanted: &Ref) -> bool {
    let name = wanted.name.as_str();
    match wanted.kind.as_str() {
        "Namespace" => {
            matches!(
                name,
                "default" | "kube-system" | "kube-public" | "kube-node-lease"
            )
        }
        "ServiceAccount" => name == "default",
        "ConfigMap" => name == "kube-root-ca.crt",
        "PriorityClass" => name.starts_with("system-"),
        "ClusterRole" => {
            matches!(name, "admin" | "edit" | "view" | "cluster-admin")
                || name.starts_with("system:")
        }
        _ => false,
    }
}

/// Whether a claim is made for a pod of one of the plan's stateful sets (`data-db-0`).
fn claimed(plan: &Plan, wanted: &Ref) -> bool {
    wanted.kind == "PersistentVolumeClaim"
        && plan.objects().any(|object| {
            let templates = object.value["spec"]["volumeClaimTemplates"].as_array();
            let of = |template: &serde_json::Value| {
                let name = template["metadata"]["name"].as_str().unwrap_or_default();
                wanted.name.starts_with(&format!("{name}-{}-", object.name))
            };
            object.namespace == wanted.namespace && templates.into_iter().flatten().any(of)
        })
}

fn bare(wanted: &Ref) -> Option<Object> {
    let definition = wanted.kind == "CustomResourceDefinition";
    if definition && !DEFINITIONS.contains(&wanted.name.as_str()) {
        return None;
    }
    let (_, api_version) = KINDS.iter().find(|(kind, _)| *kind == wanted.kind)?;
    Some(Object {
        api_version: (*api_version).to_owned(),
        kind: wanted.kind.clone(),
        namespace: wanted.namespace.clone(),
        name: wanted.name.clone(),
        value: serde_json::Value::Null,
    })
}
