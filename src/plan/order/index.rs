//! A plan's objects by what others know them by.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::manifest::{Object, made_secret, references};
use crate::resolve::Application;

/// Kinds that run pods until they are ready.
const WORKLOADS: [&str; 4] = ["Deployment", "StatefulSet", "DaemonSet", "Job"];

/// A namespace and a name in it.
type Place<'a> = (Option<&'a str>, &'a str);

/// A namespace, and a label of pods in it with its value.
type Label<'a> = (Option<&'a str>, &'a str, &'a str);

/// The objects by what others refer to them by.
pub(super) struct Index<'a> {
    objects: &'a [&'a Object],
    application: &'a Application,
    by_name: BTreeMap<(&'a str, Place<'a>), usize>,
    /// What has its controller make a Secret of that name.
    makers: BTreeMap<Place<'a>, usize>,
    /// The definition of a kind, by group and kind.
    definitions: BTreeMap<(&'a str, &'a str), usize>,
    /// The `APIService` of an `apiVersion`.
    apis: BTreeMap<String, usize>,
    /// What holds for all pods of a namespace: limits, quotas, policies that select by no label.
    rules: BTreeMap<Option<&'a str>, Vec<usize>>,
    /// Network policies by one of the labels that they select by.
    policies: BTreeMap<Label<'a>, Vec<usize>>,
    /// What gives a service account its rights.
    bindings: BTreeMap<Place<'a>, Vec<usize>>,
    /// Workloads by each of their pods' labels.
    workloads: BTreeMap<Label<'a>, Vec<usize>>,
    /// Jobs by the workload that they are, as their names end with a hash.
    jobs: BTreeMap<Place<'a>, usize>,
}

impl<'a> Index<'a> {
    pub(super) fn of(objects: &'a [&'a Object], application: &'a Application) -> Self {
        let mut index = Self {
            objects,
            application,
            by_name: BTreeMap::new(),
            makers: BTreeMap::new(),
            definitions: BTreeMap::new(),
            apis: BTreeMap::new(),
            rules: BTreeMap::new(),
            policies: BTreeMap::new(),
            bindings: BTreeMap::new(),
            workloads: BTreeMap::new(),
            jobs: BTreeMap::new(),
        };
        for (at, object) in objects.iter().enumerate() {
            index.add(at, object);
        }
        index
    }

    fn add(&mut self, at: usize, object: &'a Object) {
        let namespace = object.namespace.as_deref();
        let name = (object.kind.as_str(), (namespace, object.name.as_str()));
        self.by_name.insert(name, at);
        if let Some(secret) = made_secret(object) {
            self.makers.insert((namespace, secret), at);
        }
        let text = |pointer: &str| object.value.pointer(pointer).and_then(Value::as_str);
        match object.kind.as_str() {
            "CustomResourceDefinition" => {
                if let (Some(group), Some(kind)) = (text("/spec/group"), text("/spec/names/kind")) {
                    self.definitions.insert((group, kind), at);
                }
            }
            "APIService" => {
                if let (Some(group), Some(version)) = (text("/spec/group"), text("/spec/version")) {
                    self.apis.insert(format!("{group}/{version}"), at);
                }
            }
            "NetworkPolicy" | "LimitRange" | "ResourceQuota" => {
                let selector = &object.value["spec"]["podSelector"]["matchLabels"];
                match pairs(selector)
                    .next()
                    .filter(|_| object.kind == "NetworkPolicy")
                {
                    Some((key, value)) => {
                        let policies = self.policies.entry((namespace, key, value));
                        policies.or_default().push(at);
                    }
                    None => self.rules.entry(namespace).or_default().push(at),
                }
            }
            "RoleBinding" | "ClusterRoleBinding" => self.add_binding(at, object),
            kind if WORKLOADS.contains(&kind) => {
                for (key, value) in pairs(pod_labels(object)) {
                    let workloads = self.workloads.entry((namespace, key, value));
                    workloads.or_default().push(at);
                }
                if let Some(workload) = job_of(object) {
                    self.jobs.insert((namespace, workload), at);
                }
            }
            _ => {}
        }
    }

    fn add_binding(&mut self, at: usize, object: &'a Object) {
        let subjects = object.value["subjects"].as_array();
        for subject in subjects.into_iter().flatten() {
            let text = |key: &str| subject.get(key).and_then(Value::as_str);
            if let (Some("ServiceAccount"), Some(name)) = (text("kind"), text("name")) {
                let namespace = text("namespace").or(object.namespace.as_deref());
                let account = self.bindings.entry((namespace, name)).or_default();
                account.push(at);
            }
        }
    }

    /// Returns what must be ready before an object, each with the reason.
    pub(super) fn needs(&self, at: usize) -> Vec<(usize, &'static str)> {
        let Some(object) = self.objects.get(at) else {
            return Vec::new();
        };
        let mut needs = self.referred(object);
        needs.extend(self.served(object));
        needs.extend(self.selected(object, &needs));
        if is_workload(object) {
            needs.extend(self.before_pods(object));
            needs.extend(self.started_before(object));
        }
        needs.retain(|(need, _)| *need != at);
        needs
    }

    fn find(&self, kind: &str, namespace: Option<&str>, name: &str) -> Option<usize> {
        self.by_name.get(&(kind, (namespace, name))).copied()
    }

    /// What the object names itself: its namespace, its `ConfigMap`s, the target of its HPA …
    fn referred(&self, object: &Object) -> Vec<(usize, &'static str)> {
        references(object)
            .iter()
            .filter_map(|wanted| {
                let namespace = wanted.namespace.as_deref();
                let place = (namespace, wanted.name.as_str());
                let found = self.find(&wanted.kind, namespace, &wanted.name);
                let made = || match wanted.kind.as_str() {
                    "Secret" => self.makers.get(&place).copied(),
                    _ => None,
                };
                Some((found.or_else(made)?, wanted.by))
            })
            .collect()
    }

    /// What makes the server know the object's kind, or the kind that it is about.
    fn served(&self, object: &Object) -> Vec<(usize, &'static str)> {
        let mut needs = Vec::new();
        let mut kind = |api_version: &str, kind: &str, by| {
            let group = api_version.split_once('/').map_or("", |(group, _)| group);
            let definition = self.definitions.get(&(group, kind));
            needs.extend(definition.map(|at| (*at, by)));
        };
        kind(&object.api_version, &object.kind, "kind");
        let about = &object.value["spec"]["paramKind"];
        if let (Some(version), Some(name)) = (about["apiVersion"].as_str(), about["kind"].as_str())
        {
            kind(version, name, "paramKind");
        }
        needs.extend(self.apis.get(&object.api_version).map(|at| (*at, "kind")));
        needs
    }

    /// What the object selects by labels: a budget its workload; what sends requests to Services,
    /// the workloads behind them.
    fn selected(
        &self,
        object: &Object,
        referred: &[(usize, &'static str)],
    ) -> Vec<(usize, &'static str)> {
        let with = |reason: &'static str| move |at: usize| (at, reason);
        match object.kind.as_str() {
            "PodDisruptionBudget" => self
                .selected_by(object, &object.value["spec"]["selector"]["matchLabels"])
                .into_iter()
                .map(with("selector"))
                .collect(),
            "Ingress"
            | "HTTPRoute"
            | "GRPCRoute"
            | "TCPRoute"
            | "TLSRoute"
            | "UDPRoute"
            | "APIService"
            | "ValidatingWebhookConfiguration"
            | "MutatingWebhookConfiguration" => referred
                .iter()
                .filter_map(|(at, _)| self.objects.get(*at))
                .filter(|referred| referred.kind == "Service")
                .flat_map(|service| self.selected_by(service, &service.value["spec"]["selector"]))
                .map(with("behind its Service"))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// What holds for a workload's pods and what gives them their rights: they come first, so that
    /// no pod ever runs without them.
    fn before_pods(&self, object: &Object) -> Vec<(usize, &'static str)> {
        let template = &object.value["spec"]["template"];
        let labels = pod_labels(object);
        let namespace = object.namespace.as_deref();
        let mut needs = Vec::new();
        let policies =
            pairs(labels).filter_map(|(key, value)| self.policies.get(&(namespace, key, value)));
        let rules = self.rules.get(&namespace).into_iter().chain(policies);
        for at in rules.flatten() {
            let Some(rule) = self.objects.get(*at) else {
                continue;
            };
            let reason = match rule.kind.as_str() {
                "NetworkPolicy" => "its network policy",
                "LimitRange" => "its namespace's limits",
                _ => "its namespace's quota",
            };
            let selector = &rule.value["spec"]["podSelector"]["matchLabels"];
            if rule.kind != "NetworkPolicy" || selects(selector, labels) {
                needs.push((*at, reason));
            }
        }
        let account = template["spec"]["serviceAccountName"].as_str();
        let place = (namespace, account.unwrap_or("default"));
        let bindings = self.bindings.get(&place).into_iter().flatten();
        needs.extend(bindings.map(|at| (*at, "its rights")));
        needs
    }

    /// The workloads that the application's start order puts before this one (`depends_on`).
    fn started_before(&self, object: &Object) -> Vec<(usize, &'static str)> {
        let name = job_of(object).unwrap_or(&object.name);
        let Some(workload) = self.application.workload(name) else {
            return Vec::new();
        };
        let namespace = object.namespace.as_deref();
        let named = |name: &String| {
            let job = self.jobs.get(&(namespace, name.as_str())).copied();
            let objects = WORKLOADS.map(|kind| self.find(kind, namespace, name));
            let all: Vec<usize> = objects.into_iter().flatten().chain(job).collect();
            all
        };
        let needs = workload.after.iter().flat_map(named);
        needs.map(|at| (at, "depends_on")).collect()
    }

    fn selected_by(&self, by: &Object, selector: &Value) -> BTreeSet<usize> {
        let namespace = by.namespace.as_deref();
        let with = |(key, value)| self.workloads.get(&(namespace, key, value));
        // All of the labels must be there, so the rarest of them leaves the fewest to look at.
        let rarest = pairs(selector)
            .map(|pair| with(pair).map_or(&[][..], Vec::as_slice))
            .min_by_key(|workloads| workloads.len());
        rarest
            .into_iter()
            .flatten()
            .copied()
            .filter(|at| {
                let object = self.objects.get(*at);
                object.is_some_and(|object| selects(selector, pod_labels(object)))
            })
            .collect()
    }
}

/// Returns the workload that a Job is, whose name ends with a hash of what it runs.
fn job_of(object: &Object) -> Option<&str> {
    let label = "/metadata/labels/app.kubernetes.io~1name";
    let workload = object.value.pointer(label).and_then(Value::as_str)?;
    let rest = object.name.strip_prefix(workload)?;
    (object.kind == "Job" && rest.starts_with('-')).then_some(workload)
}

fn is_workload(object: &Object) -> bool {
    WORKLOADS.contains(&object.kind.as_str())
}

fn pod_labels(object: &Object) -> &Value {
    &object.value["spec"]["template"]["metadata"]["labels"]
}

/// Returns labels with their values.
fn pairs(labels: &Value) -> impl Iterator<Item = (&str, &str)> {
    let labels = labels.as_object().into_iter().flatten();
    labels.filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
}

/// An absent selector selects everything, as in a `NetworkPolicy`.
fn selects(selector: &Value, labels: &Value) -> bool {
    selector.as_object().is_none_or(|wanted| {
        wanted
            .iter()
            .all(|(key, value)| labels.get(key) == Some(value))
    })
}
