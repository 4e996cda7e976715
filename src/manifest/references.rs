//! What an object refers to, so that a plan can put things in order.
//!
//! Reads values, not types, so hand-written objects and custom resources work too. Whether what is
//! referred to exists is not asked here, nor what a label selector means.

use std::collections::BTreeSet;

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
}

/// Returns what the object refers to, each once, in a stable order. References marked `optional`
/// are left out: the object works without them.
pub fn references(object: &Object) -> Vec<Ref> {
    let mut found = Found {
        namespace: object.namespace.as_deref(),
        refs: BTreeSet::new(),
    };
    if let Some(namespace) = &object.namespace {
        found.global("Namespace", namespace);
    }
    if let Some(definition) = definition(object) {
        found.global("CustomResourceDefinition", &definition);
    }
    if let Some(spec) = pod_spec(object) {
        found.pod(spec);
    }
    found.by_kind(object);
    found.refs.into_iter().collect()
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
    refs: BTreeSet<Ref>,
}

impl Found<'_> {
    fn global(&mut self, kind: &str, name: &str) {
        self.refs.insert(Ref {
            kind: kind.to_owned(),
            namespace: None,
            name: name.to_owned(),
        });
    }

    /// Adds what a pointer below a value names in the object's own namespace.
    fn local(&mut self, kind: &str, value: &Value, pointer: &str) {
        let optional = pointer
            .rsplit_once('/')
            .and_then(|(parent, _)| value.pointer(parent));
        if optional.and_then(|parent| parent.get("optional")) == Some(&Value::Bool(true)) {
            return;
        }
        if let Some(name) = text(value, pointer).filter(|name| !name.is_empty()) {
            let namespace = self.namespace.map(str::to_owned);
            self.refs.insert(Ref {
                kind: kind.to_owned(),
                namespace,
                name: name.to_owned(),
            });
        }
    }

    fn pod(&mut self, spec: &Value) {
        self.local("ServiceAccount", spec, "/serviceAccountName");
        for secret in items(spec, "/imagePullSecrets") {
            self.local("Secret", secret, "/name");
        }
        if let Some(class) = text(spec, "/priorityClassName").filter(|c| !c.starts_with("system-"))
        {
            self.global("PriorityClass", class);
        }
        for volume in items(spec, "/volumes") {
            self.local("ConfigMap", volume, "/configMap/name");
            self.local("Secret", volume, "/secret/secretName");
            self.local(
                "PersistentVolumeClaim",
                volume,
                "/persistentVolumeClaim/claimName",
            );
            for source in items(volume, "/projected/sources") {
                self.local("ConfigMap", source, "/configMap/name");
                self.local("Secret", source, "/secret/name");
            }
        }
        for container in items(spec, "/initContainers").chain(items(spec, "/containers")) {
            for source in items(container, "/envFrom") {
                self.local("ConfigMap", source, "/configMapRef/name");
                self.local("Secret", source, "/secretRef/name");
            }
            for variable in items(container, "/env") {
                self.local("ConfigMap", variable, "/valueFrom/configMapKeyRef/name");
                self.local("Secret", variable, "/valueFrom/secretKeyRef/name");
            }
        }
    }

    fn by_kind(&mut self, object: &Object) {
        let value = &object.value;
        match object.kind.as_str() {
            "StatefulSet" => {
                self.local("Service", value, "/spec/serviceName");
            }
            "PersistentVolumeClaim" => {
                if let Some(class) = text(value, "/spec/storageClassName") {
                    self.global("StorageClass", class);
                }
            }
            "HorizontalPodAutoscaler" => {
                if let Some(kind) = text(value, "/spec/scaleTargetRef/kind") {
                    self.local(kind, value, "/spec/scaleTargetRef/name");
                }
            }
            "Ingress" => self.ingress(value),
            "HTTPRoute" | "GRPCRoute" | "TCPRoute" | "TLSRoute" => self.route(value),
            "RoleBinding" | "ClusterRoleBinding" => self.binding(value),
            _ => {}
        }
    }

    fn ingress(&mut self, value: &Value) {
        if let Some(class) = text(value, "/spec/ingressClassName") {
            self.global("IngressClass", class);
        }
        self.local("Service", value, "/spec/defaultBackend/service/name");
        for rule in items(value, "/spec/rules") {
            for path in items(rule, "/http/paths") {
                self.local("Service", path, "/backend/service/name");
            }
        }
        for tls in items(value, "/spec/tls") {
            self.local("Secret", tls, "/secretName");
        }
    }

    fn route(&mut self, value: &Value) {
        for parent in items(value, "/spec/parentRefs") {
            self.elsewhere(text(parent, "/kind").unwrap_or("Gateway"), parent);
        }
        for rule in items(value, "/spec/rules") {
            for backend in items(rule, "/backendRefs") {
                self.elsewhere(text(backend, "/kind").unwrap_or("Service"), backend);
            }
        }
    }

    fn binding(&mut self, value: &Value) {
        match (text(value, "/roleRef/kind"), text(value, "/roleRef/name")) {
            (Some("ClusterRole"), Some(name)) => self.global("ClusterRole", name),
            (Some(kind), Some(_)) => self.local(kind, value, "/roleRef/name"),
            _ => {}
        }
        for subject in items(value, "/subjects") {
            if text(subject, "/kind") == Some("ServiceAccount") {
                self.elsewhere("ServiceAccount", subject);
            }
        }
    }

    /// Adds what a value names, in the namespace that it names or else the object's own.
    fn elsewhere(&mut self, kind: &str, value: &Value) {
        if let Some(name) = text(value, "/name") {
            let namespace = text(value, "/namespace")
                .or(self.namespace)
                .map(str::to_owned);
            self.refs.insert(Ref {
                kind: kind.to_owned(),
                namespace,
                name: name.to_owned(),
            });
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
