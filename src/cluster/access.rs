//! What a run asks of a cluster, as permissions: one table, by which roles are written and which is
//! checked before the first step.
//!
//! Whoever lets orch ask for something new adds it here. Discovery, the version and reviews of
//! one's own access are left out: every user who is known to a server may ask for them.

mod print;
mod review;

use std::collections::{BTreeMap, BTreeSet};

use kube::core::{ApiResource, GroupVersionKind};

use super::FIELD_MANAGER;
use crate::manifest::Object;

pub use print::{Account, roles};
pub use review::Missing;

/// The kinds whose pods are looked at when they aren't ready.
const WORKLOADS: [&str; 6] = [
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
    "Pod",
];

/// Reading.
const READ: [&str; 3] = ["get", "list", "watch"];

/// Applying: the server asks for `create` where an object isn't there, else for `patch`.
const APPLY: [&str; 2] = ["create", "patch"];

/// Where a phase's claim lies.
pub(super) const CLAIMS: &str = "default";

/// What a permission is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Without it a run can't do its work.
    Run,
    /// Without it a failure is told with less of its reason.
    Diagnosis,
    /// Only pruning, turning back and making again need it.
    Removal,
    /// For roles that grant more than this user may do.
    Grant,
}

/// A resource, where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resource {
    /// The API group; empty for the core.
    pub group: String,
    /// The plural, with a subresource behind a slash.
    pub name: String,
    /// The namespace; none where it is outside of namespaces.
    pub namespace: Option<String>,
    /// The one object that is meant; none for all.
    pub only: Option<String>,
}

/// Permissions: by resource and verb, what for.
pub type Asks = BTreeMap<(Resource, &'static str), Need>;

/// Returns what a run of these objects asks for, in the phase's namespace and theirs.
pub fn asks(objects: &[&Object], namespace: &str) -> Asks {
    let mut asks = Table::default();
    let defined: BTreeMap<(String, String), String> =
        objects.iter().filter_map(|it| definition(it)).collect();
    for object in objects {
        let resource = resource(object, &defined);
        asks.add(&resource, &READ, Need::Run);
        asks.add(&resource, &APPLY, Need::Run);
        asks.add(&resource, &["delete"], Need::Removal);
        asks.grants(object, &resource);
        let home = object.namespace.as_deref();
        if WORKLOADS.contains(&object.kind.as_str()) {
            for (group, name) in [("", "pods"), ("", "events"), ("apps", "replicasets")] {
                asks.add(&Resource::new(group, name, home), &READ, Need::Diagnosis);
            }
            let log = Resource::new("", "pods/log", home);
            asks.add(&log, &["get"], Need::Diagnosis);
        }
        if matches!(
            object.kind.as_str(),
            "PersistentVolumeClaim" | "StatefulSet"
        ) {
            let classes = Resource::new("storage.k8s.io", "storageclasses", None);
            asks.add(&classes, &["get", "list"], Need::Diagnosis);
        }
        if object.kind == "StatefulSet" {
            // Its claims stay when it goes, and are named when a phase is turned back.
            let claims = Resource::new("", "persistentvolumeclaims", home);
            asks.add(&claims, &["get", "list", "delete"], Need::Removal);
        }
        if object.namespace.is_some() {
            asks.add(&Resource::new("", "events", home), &READ, Need::Diagnosis);
        }
    }
    // The inventory.
    let parent = Resource::new("", "configmaps", Some(namespace));
    asks.add(&parent, &["get", "create", "patch"], Need::Run);
    asks.add(&parent, &["delete"], Need::Removal);
    // The claim on the phase.
    let claims = Resource::new("coordination.k8s.io", "leases", Some(CLAIMS));
    asks.add(&claims, &["get", "create", "update", "delete"], Need::Run);
    // Which cluster it is.
    let identity = Resource {
        only: Some("kube-system".to_owned()),
        ..Resource::new("", "namespaces", None)
    };
    asks.add(&identity, &["get"], Need::Diagnosis);
    asks.0
}

#[derive(Default)]
struct Table(Asks);

impl Table {
    /// What is needed for several reasons is needed for the most urgent.
    fn add(&mut self, resource: &Resource, verbs: &[&'static str], need: Need) {
        for verb in verbs {
            let entry = self.0.entry((resource.clone(), *verb)).or_insert(need);
            *entry = need.min(*entry);
        }
    }

    /// The server lets nobody grant what he may not do himself, but by these verbs.
    fn grants(&mut self, object: &Object, resource: &Resource) {
        let verb = match object.kind.as_str() {
            "Role" | "ClusterRole" => "escalate",
            "RoleBinding" | "ClusterRoleBinding" => {
                let role = object.value["roleRef"]["kind"].as_str();
                let (name, namespace) = match role {
                    Some("Role") => ("roles", resource.namespace.as_deref()),
                    Some(_) | None => ("clusterroles", None),
                };
                let bound = Resource {
                    only: object.value["roleRef"]["name"].as_str().map(str::to_owned),
                    ..Resource::new("rbac.authorization.k8s.io", name, namespace)
                };
                return self.add(&bound, &["bind"], Need::Grant);
            }
            _ => return,
        };
        if object.api_version.starts_with("rbac.authorization.k8s.io/") {
            self.add(resource, &[verb], Need::Grant);
        }
    }
}

impl Resource {
    fn new(group: &str, name: &str, namespace: Option<&str>) -> Self {
        Self {
            group: group.to_owned(),
            name: name.to_owned(),
            namespace: namespace.map(str::to_owned),
            only: None,
        }
    }

    /// Returns it as `kubectl` names it: `deployments.apps`.
    fn full_name(&self) -> String {
        if self.group.is_empty() {
            self.name.clone()
        } else {
            format!("{}.{}", self.name, self.group)
        }
    }
}

/// Returns the namespaces in which something is asked for.
fn namespaces(asks: &Asks) -> BTreeSet<&str> {
    let named = asks
        .keys()
        .map(|(resource, _)| resource.namespace.as_deref());
    named.flatten().collect()
}

/// The resource of an object's kind: the definition's word, else the plural that all kinds of
/// Kubernetes itself follow.
fn resource(object: &Object, defined: &BTreeMap<(String, String), String>) -> Resource {
    let (group, version) = object
        .api_version
        .split_once('/')
        .unwrap_or(("", &object.api_version));
    let key = (group.to_owned(), object.kind.clone());
    let plural = defined.get(&key).cloned().unwrap_or_else(|| {
        let kind = GroupVersionKind::gvk(group, version, &object.kind);
        ApiResource::from_gvk(&kind).plural
    });
    Resource::new(group, &plural, object.namespace.as_deref())
}

/// The group, kind and plural that a definition defines.
fn definition(object: &Object) -> Option<((String, String), String)> {
    if object.kind != "CustomResourceDefinition" {
        return None;
    }
    let spec = &object.value["spec"];
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let kind = (text(&spec["group"])?, text(&spec["names"]["kind"])?);
    Some((kind, text(&spec["names"]["plural"])?))
}

/// The default name of a run's service account.
pub(super) const ACCOUNT: &str = FIELD_MANAGER;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::parse_documents;

    /// Lines of `need verbs resource@namespace`.
    #[track_caller]
    fn check(yaml: &str, expected: &[&str]) {
        let objects = parse_documents("a.yml", yaml).expect("objects");
        let mut lines: BTreeMap<(Need, String), Vec<&str>> = BTreeMap::new();
        let objects: Vec<&Object> = objects.iter().collect();
        for ((resource, verb), need) in asks(&objects, "shop") {
            let place = resource.namespace.clone().unwrap_or_default();
            let only = resource.only.as_deref().unwrap_or_default();
            let of = format!("{}@{place} {only}", resource.full_name());
            lines
                .entry((need, of.trim_end().to_owned()))
                .or_default()
                .push(verb);
        }
        let lines: Vec<String> = lines
            .into_iter()
            .map(|((need, of), verbs)| format!("{need:?} {} {of}", verbs.join(",")))
            .filter(|line| !line.contains("leases") && !line.contains("kube-system"))
            .collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_workload_is_applied_and_looked_into() {
        check(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: shop}\n",
            &[
                "Run create,get,patch configmaps@shop",
                "Run create,get,list,patch,watch deployments.apps@shop",
                "Diagnosis get,list,watch events@shop",
                "Diagnosis get pods/log@shop",
                "Diagnosis get,list,watch pods@shop",
                "Diagnosis get,list,watch replicasets.apps@shop",
                "Removal delete configmaps@shop",
                "Removal delete deployments.apps@shop",
            ],
        );
    }

    #[test]
    fn a_kind_is_named_as_its_definition_names_it() {
        check(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n\
             metadata: {name: mice.example.test}\n\
             spec: {group: example.test, names: {kind: Mouse, plural: mice}}\n---\n\
             apiVersion: example.test/v1\nkind: Mouse\nmetadata: {name: a}\n",
            &[
                "Run create,get,patch configmaps@shop",
                "Run create,get,list,patch,watch customresourcedefinitions.apiextensions.k8s.io@",
                "Run create,get,list,patch,watch mice.example.test@",
                "Removal delete configmaps@shop",
                "Removal delete customresourcedefinitions.apiextensions.k8s.io@",
                "Removal delete mice.example.test@",
            ],
        );
    }

    #[test]
    fn granting_is_asked_for_by_itself() {
        check(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n\
             metadata: {name: a, namespace: shop}\nroleRef: {kind: Role, name: reader}\n",
            &[
                "Run create,get,patch configmaps@shop",
                "Run create,get,list,patch,watch rolebindings.rbac.authorization.k8s.io@shop",
                "Diagnosis get,list,watch events@shop",
                "Removal delete configmaps@shop",
                "Removal delete rolebindings.rbac.authorization.k8s.io@shop",
                "Grant bind roles.rbac.authorization.k8s.io@shop reader",
            ],
        );
    }
}
