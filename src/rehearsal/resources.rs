//! The kinds that are served: the table's, the scripted ones and those of applied CRDs.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::schema::{Schema, Served, Table, TypeId};

/// The resources of the table that aren't objects in the store, or would be a second view of one.
const LEFT_OUT: [&str; 3] = [
    "bindings",
    "localsubjectaccessreviews",
    "subjectaccessreviews",
];

/// Short names and categories, which `OpenAPI` doesn't have.
const SHORT: [(&str, &str); 22] = [
    ("configmaps", "cm"),
    ("cronjobs", "cj"),
    ("customresourcedefinitions", "crd"),
    ("daemonsets", "ds"),
    ("deployments", "deploy"),
    ("endpoints", "ep"),
    ("events", "ev"),
    ("horizontalpodautoscalers", "hpa"),
    ("ingresses", "ing"),
    ("limitranges", "limits"),
    ("namespaces", "ns"),
    ("networkpolicies", "netpol"),
    ("nodes", "no"),
    ("persistentvolumeclaims", "pvc"),
    ("persistentvolumes", "pv"),
    ("poddisruptionbudgets", "pdb"),
    ("pods", "po"),
    ("priorityclasses", "pc"),
    ("replicasets", "rs"),
    ("resourcequotas", "quota"),
    ("services", "svc"),
    ("statefulsets", "sts"),
];

/// Kinds that a cluster has only where something brought their definitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extension {
    /// Those of the Prometheus operator.
    Monitors,
    /// Those of the Gateway API's standard channel that routes are written in.
    GatewayApi,
    /// Traefik's Middlewares.
    Traefik,
}

impl Extension {
    fn kinds(self) -> &'static [(&'static str, &'static str, &'static str, &'static str)] {
        match self {
            Self::Monitors => &[
                (
                    "monitoring.coreos.com",
                    "v1",
                    "ServiceMonitor",
                    "servicemonitors",
                ),
                ("monitoring.coreos.com", "v1", "PodMonitor", "podmonitors"),
            ],
            Self::GatewayApi => &[
                (
                    "gateway.networking.k8s.io",
                    "v1",
                    "GatewayClass",
                    "gatewayclasses",
                ),
                ("gateway.networking.k8s.io", "v1", "Gateway", "gateways"),
                ("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes"),
                ("gateway.networking.k8s.io", "v1", "GRPCRoute", "grpcroutes"),
            ],
            Self::Traefik => &[("traefik.io", "v1alpha1", "Middleware", "middlewares")],
        }
    }
}

/// A served resource.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    /// Where its objects are stored: `apps/deployments`.
    pub(crate) id: Arc<str>,
    /// `apps`; empty for the core group.
    pub(crate) group: String,
    /// `v1`.
    pub(crate) version: String,
    /// `deployments`.
    pub(crate) plural: String,
    /// `Deployment`.
    pub(crate) kind: String,
    /// Whether its objects live in namespaces.
    pub(crate) namespaced: bool,
    /// `status`, `scale`.
    pub(crate) subresources: Vec<String>,
    /// The short name.
    pub(crate) short: Option<String>,
    /// The types.
    pub(crate) schema: Arc<Schema>,
    /// The type.
    pub(crate) type_id: TypeId,
    /// Whether a CRD defines it: its schema is checked, its semantics are not.
    pub(crate) custom: bool,
}

impl Resource {
    /// Returns `apps/v1` or `v1`.
    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// Returns the group and the plural, as refusals name them.
    pub(crate) fn names(&self) -> (&str, &str) {
        (&self.group, &self.plural)
    }

    /// Returns whether `/status` is its own way of writing.
    pub(crate) fn has_status(&self) -> bool {
        self.subresources.iter().any(|name| name == "status")
    }
}

/// All that is served.
#[derive(Debug)]
pub(crate) struct Resources {
    /// By group version and plural.
    all: BTreeMap<(String, String), Arc<Resource>>,
    /// The types of the table.
    schema: Arc<Schema>,
    /// The version that the table was taken from.
    pub(crate) version: String,
}

impl Resources {
    /// Returns the built-in resources.
    pub(crate) fn builtin() -> Self {
        let table = Table::embedded();
        let mut resources = Self {
            all: BTreeMap::new(),
            schema: table.schema,
            version: table.version,
        };
        for served in table.resources {
            if LEFT_OUT.contains(&served.plural.as_str())
                || served.group_version == "events.k8s.io/v1"
            {
                continue;
            }
            resources.add_builtin(served);
        }
        resources
    }

    fn add_builtin(&mut self, served: Served) {
        let (group, version) = served
            .group_version
            .rsplit_once('/')
            .unwrap_or(("", &served.group_version));
        let short = SHORT.iter().find(|(plural, _)| *plural == served.plural);
        let resource = Resource {
            id: Arc::from(format!("{group}/{}", served.plural)),
            group: group.to_owned(),
            version: version.to_owned(),
            kind: served.kind,
            namespaced: served.namespaced,
            subresources: served.subresources,
            short: short.map(|(_, short)| (*short).to_owned()),
            type_id: self.schema.named(&served.type_name),
            schema: Arc::clone(&self.schema),
            custom: false,
            plural: served.plural.clone(),
        };
        self.all
            .insert((served.group_version, served.plural), Arc::new(resource));
    }

    /// Returns whether a group version has any resource.
    pub(crate) fn serves(&self, group_version: &str) -> bool {
        self.all.keys().any(|(served, _)| served == group_version)
    }

    /// Adds what a custom resource definition defines, replacing what it defined before.
    pub(crate) fn define(&mut self, definition: &Value) {
        self.forget(definition);
        let spec = &definition["spec"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let group = text(&spec["group"]);
        let plural = text(&spec["names"]["plural"]);
        for version in spec["versions"].as_array().into_iter().flatten() {
            if version["served"] != true {
                continue;
            }
            let (schema, type_id) = self.schema.with(&version["schema"]["openAPIV3Schema"]);
            let names = version["subresources"].as_object();
            let resource = Resource {
                id: Arc::from(format!("{group}/{plural}")),
                version: text(&version["name"]),
                kind: text(&spec["names"]["kind"]),
                namespaced: spec["scope"] != "Cluster",
                subresources: names
                    .into_iter()
                    .flatten()
                    .map(|(name, _)| name.clone())
                    .collect(),
                short: spec["names"]["shortNames"][0].as_str().map(str::to_owned),
                schema: Arc::new(schema),
                type_id,
                custom: true,
                group: group.clone(),
                plural: plural.clone(),
            };
            self.all
                .insert((resource.api_version(), plural.clone()), Arc::new(resource));
        }
    }

    /// Removes what a custom resource definition defined.
    pub(crate) fn forget(&mut self, definition: &Value) {
        let group = definition["spec"]["group"].as_str().unwrap_or_default();
        let plural = definition["spec"]["names"]["plural"]
            .as_str()
            .unwrap_or_default();
        self.all.retain(|_, resource| {
            !(resource.custom && resource.group == group && resource.plural == plural)
        });
    }

    /// Adds the kinds of a scripted extension, unchecked below `spec`.
    pub(crate) fn define_extension(&mut self, extension: Extension) {
        for (group, version, kind, plural) in extension.kinds() {
            self.define_kind((group, version), kind, plural);
        }
    }

    fn define_kind(&mut self, (group, version): (&str, &str), kind: &str, plural: &str) {
        self.define(&json!({"spec": {
            "group": group,
            "scope": if kind == "GatewayClass" { "Cluster" } else { "Namespaced" },
            "names": {"plural": plural, "kind": kind},
            "versions": [{
                "name": version,
                "served": true,
                "schema": {"openAPIV3Schema": {
                    "type": "object",
                    "properties": {
                        "spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
                    },
                }},
            }],
        }}));
    }

    /// Returns a resource.
    pub(crate) fn find(&self, group_version: &str, plural: &str) -> Option<Arc<Resource>> {
        self.all
            .get(&(group_version.to_owned(), plural.to_owned()))
            .cloned()
    }

    /// Returns the resource that is stored under an id.
    pub(crate) fn by_id(&self, id: &str) -> Option<Arc<Resource>> {
        self.all
            .values()
            .find(|resource| &*resource.id == id)
            .cloned()
    }

    /// Returns the resources of a group version.
    pub(crate) fn of(&self, group_version: &str) -> Vec<Arc<Resource>> {
        let wanted = self
            .all
            .iter()
            .filter(|((known, _), _)| known == group_version);
        wanted.map(|(_, resource)| Arc::clone(resource)).collect()
    }

    /// Returns the groups with their versions, without the core group.
    pub(crate) fn groups(&self) -> BTreeMap<String, Vec<String>> {
        let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for resource in self
            .all
            .values()
            .filter(|resource| !resource.group.is_empty())
        {
            let versions = groups.entry(resource.group.clone()).or_default();
            if !versions.contains(&resource.version) {
                versions.push(resource.version.clone());
            }
        }
        groups
    }
}
