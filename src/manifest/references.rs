//! What an object refers to, so that a plan can put things in order.
//!
//! Reads values, not types, so hand-written objects and custom resources work too. Whether what is
//! referred to exists is not asked here, nor what a label selector means.

mod kinds;
mod pods;

use std::collections::BTreeMap;

use serde_json::Value;

use super::Object;
use super::pods::pod_spec;

/// Something that an object refers to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ref {
    /// `kind`.
    pub kind: String,
    /// The namespace; `None` for what has none.
    pub namespace: Option<String>,
    /// `metadata.name`; a `CustomResourceDefinition`'s is composed by the usual rules of English
    /// (`servicemonitors.monitoring.coreos.com`).
    pub name: String,
    /// The field that refers to it (`envFrom`, `scaleTargetRef`).
    pub by: &'static str,
}

/// Returns what the object refers to, each once, in a stable order. References marked `optional`
/// are left out: the object works without them.
pub fn references(object: &Object) -> Vec<Ref> {
    let mut found = Found {
        namespace: object.namespace.as_deref(),
        refs: BTreeMap::new(),
    };
    if let Some(namespace) = &object.namespace {
        found.global("Namespace", namespace, "namespace");
    }
    if let Some(definition) = definition(object) {
        found.global("CustomResourceDefinition", &definition, "kind");
    }
    for owner in items(&object.value, "/metadata/ownerReferences") {
        if let Some(kind) = text(owner, "/kind") {
            found.local(kind, owner, "/name", "ownerReferences");
        }
    }
    if let Some(spec) = pod_spec(object) {
        found.pod(spec);
    }
    found.by_kind(object);
    found
        .refs
        .into_iter()
        .map(|((kind, namespace, name), by)| Ref {
            kind,
            namespace,
            name,
            by,
        })
        .collect()
}

/// Returns the Secret that an object has its controller make: what uses that Secret comes after
/// the object, and nobody has to bring the Secret.
pub fn made_secret(object: &Object) -> Option<&str> {
    let value = &object.value;
    let (group, _) = object.api_version.split_once('/')?;
    match (group, object.kind.as_str()) {
        ("cert-manager.io", "Certificate") => text(value, "/spec/secretName"),
        ("external-secrets.io", "ExternalSecret") => {
            text(value, "/spec/target/name").or(Some(&object.name))
        }
        ("bitnami.com", "SealedSecret") => {
            text(value, "/spec/template/metadata/name").or(Some(&object.name))
        }
        _ => None,
    }
}

/// Returns the name of the CRD that the object's kind comes from; `None` for built-in kinds.
fn definition(object: &Object) -> Option<String> {
    let (group, _) = object.api_version.split_once('/')?;
    // Groups without a dot and those of `k8s.io` come with the cluster; of the latter, the
    // projects that live beside it have their own name before (`gateway.networking.k8s.io`).
    let beside = [
        "gateway.networking.k8s.io",
        "snapshot.storage.k8s.io",
        "metrics.k8s.io",
    ];
    let builtin = !group.contains('.') || (group.ends_with(".k8s.io") && !beside.contains(&group));
    if builtin || group == "metrics.k8s.io" {
        return None;
    }
    Some(format!("{}.{group}", plural(&object.kind.to_lowercase())))
}

fn plural(kind: &str) -> String {
    let vowel_before_y = ["ay", "ey", "oy", "uy"]
        .iter()
        .any(|end| kind.ends_with(end));
    match kind.strip_suffix('y') {
        Some(stem) if !vowel_before_y => format!("{stem}ies"),
        Some(_) | None
            if ["s", "x", "z", "ch", "sh"]
                .iter()
                .any(|end| kind.ends_with(end)) =>
        {
            format!("{kind}es")
        }
        Some(_) | None => format!("{kind}s"),
    }
}

struct Found<'a> {
    namespace: Option<&'a str>,
    /// By kind, namespace and name: the field that referred to it first.
    refs: BTreeMap<(String, Option<String>, String), &'static str>,
}

impl Found<'_> {
    fn add(&mut self, kind: &str, namespace: Option<&str>, name: &str, by: &'static str) {
        if !name.is_empty() {
            let key = (
                kind.to_owned(),
                namespace.map(str::to_owned),
                name.to_owned(),
            );
            self.refs.entry(key).or_insert(by);
        }
    }

    fn global(&mut self, kind: &str, name: &str, by: &'static str) {
        self.add(kind, None, name, by);
    }

    /// Adds what a pointer below a value names outside of namespaces.
    fn global_at(&mut self, kind: &str, value: &Value, pointer: &str, by: &'static str) {
        if let Some(name) = text(value, pointer) {
            self.global(kind, name, by);
        }
    }

    /// Adds what a pointer below a value names in the object's own namespace.
    fn local(&mut self, kind: &str, value: &Value, pointer: &str, by: &'static str) {
        let optional = pointer
            .rsplit_once('/')
            .and_then(|(parent, _)| value.pointer(parent));
        if optional.and_then(|parent| parent.get("optional")) == Some(&Value::Bool(true)) {
            return;
        }
        if let Some(name) = text(value, pointer) {
            self.add(kind, self.namespace, name, by);
        }
    }

    /// Adds what a value names, in the namespace that it names or else the object's own.
    fn elsewhere(&mut self, kind: &str, value: &Value, by: &'static str) {
        if let Some(name) = text(value, "/name") {
            let namespace = text(value, "/namespace").or(self.namespace);
            self.add(kind, namespace, name, by);
        }
    }
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}

fn items<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::{plural, references};
    use crate::manifest::parse_documents;

    #[track_caller]
    fn check(yaml: &str, expected: &[&str]) {
        let objects = parse_documents("a.yml", yaml).unwrap();
        let found: Vec<String> = references(objects.first().unwrap())
            .into_iter()
            .map(|found| match found.namespace {
                Some(namespace) => format!("{}/{namespace}/{}", found.kind, found.name),
                None => format!("{}/{}", found.kind, found.name),
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn pods_name_what_they_need() {
        check(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: n}\n\
             spec:\n  template:\n    spec:\n      serviceAccountName: sa\n      \
             volumes: [{name: x, secret: {secretName: s}}, {name: y, persistentVolumeClaim: {claimName: p}}]\n      \
             containers:\n        - name: c\n          envFrom: [{configMapRef: {name: m}}, {secretRef: {name: o, optional: true}}]\n          \
             env: [{name: E, valueFrom: {secretKeyRef: {name: t, key: k}}}]\n",
            &[
                "ConfigMap/n/m",
                "Namespace/n",
                "PersistentVolumeClaim/n/p",
                "Secret/n/s",
                "Secret/n/t",
                "ServiceAccount/n/sa",
            ],
        );
    }

    #[test]
    fn bindings_and_targets_are_followed() {
        check(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: a, namespace: n}\n\
             roleRef: {kind: Role, name: r}\nsubjects: [{kind: ServiceAccount, name: s, namespace: m}]\n",
            &["Namespace/n", "Role/n/r", "ServiceAccount/m/s"],
        );
        check(
            "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a, namespace: n}\n\
             spec: {scaleTargetRef: {kind: Deployment, name: d}}\n",
            &["Deployment/n/d", "Namespace/n"],
        );
    }

    #[test]
    fn custom_resources_need_their_definition() {
        check(
            "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a}\n",
            &["CustomResourceDefinition/serviceentries.networking.istio.io"],
        );
        check(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\n",
            &[],
        );
    }

    #[test]
    fn plurals_follow_the_usual_rules() {
        assert_eq!(plural("gateway"), "gateways");
        assert_eq!(plural("authorizationpolicy"), "authorizationpolicies");
        assert_eq!(plural("prometheus"), "prometheuses");
        assert_eq!(plural("rollout"), "rollouts");
    }
}
