//! The rules of kube-linter (all that it has on by default, and those of the rest that make sense
//! without settings) and of Polaris, told again over parsed manifests.
//!
//! kube-score itself runs in `tests/conformance`. There is no way to waive a rule.

use orch::manifest::Object;
use serde_json::Value;

use super::{polaris, references, rules};

/// A rule: what it is called by its tool, and what breaks it.
pub(super) struct Rule {
    /// `tool/check`.
    pub(super) name: &'static str,
    /// Returns what breaks it, each by the object's name.
    pub(super) broken: fn(&Manifests<'_>) -> Vec<String>,
}

/// All manifests of an application.
pub(super) struct Manifests<'a> {
    /// Every object.
    pub(super) objects: &'a [Object],
}

/// The pods of one workload, as its template describes them.
pub(super) struct Pods<'a> {
    /// The workload.
    pub(super) object: &'a Object,
    /// The template.
    pub(super) template: &'a Value,
    /// The template's `spec`.
    pub(super) spec: &'a Value,
}

/// Returns every rule.
pub(super) fn all() -> Vec<&'static Rule> {
    [rules::RULES, references::RULES, polaris::RULES]
        .into_iter()
        .flatten()
        .collect()
}

/// Returns all that breaks a rule.
pub(super) fn findings(objects: &[Object]) -> Vec<String> {
    let manifests = Manifests { objects };
    let mut findings = Vec::new();
    for rule in all() {
        let broken = (rule.broken)(&manifests);
        findings.extend(broken.iter().map(|what| format!("{}: {what}", rule.name)));
    }
    findings
}

impl<'a> Manifests<'a> {
    /// Returns the objects of a kind.
    pub(super) fn of<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'a Object> + 'b {
        self.objects
            .iter()
            .filter(move |object| object.kind == kind)
    }

    /// Returns the pods of every workload.
    pub(super) fn pods(&self) -> Vec<Pods<'a>> {
        let pods = |object: &'a Object| {
            let template = match object.kind.as_str() {
                "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => "/spec/template",
                "CronJob" => "/spec/jobTemplate/spec/template",
                "Pod" => "",
                _ => return None,
            };
            let template = object.value.pointer(template)?;
            Some(Pods {
                object,
                template,
                spec: template.get("spec")?,
            })
        };
        self.objects.iter().filter_map(pods).collect()
    }

    /// Returns the names of the pods that break a rule about pods.
    pub(super) fn pods_where(&self, breaks: impl Fn(&Pods<'a>) -> bool) -> Vec<String> {
        let pods = self.pods().into_iter().filter(|pods| breaks(pods));
        pods.map(|pods| pods.object.label()).collect()
    }

    /// Returns the names of the containers that break a rule about containers.
    pub(super) fn containers_where(&self, breaks: impl Fn(&Value) -> bool) -> Vec<String> {
        self.containers_of_pods_where(|_, container| breaks(container))
    }

    /// Returns the names of the containers that break a rule about containers and their pods.
    pub(super) fn containers_of_pods_where(
        &self,
        breaks: impl Fn(&Pods<'a>, &Value) -> bool,
    ) -> Vec<String> {
        let mut found = Vec::new();
        for pods in self.pods() {
            for container in pods.containers() {
                if breaks(&pods, container) {
                    let name = text(container, "/name");
                    found.push(format!("{}, container {name}", pods.object.label()));
                }
            }
        }
        found
    }
}

impl<'a> Pods<'a> {
    /// Returns all containers, those that run before the others included.
    pub(super) fn containers(&self) -> impl Iterator<Item = &'a Value> + use<'a> {
        let (init, main) = (items(self.spec, "/initContainers"), self.main());
        init.iter().chain(main)
    }

    /// Returns the containers that stay.
    pub(super) fn main(&self) -> &'a [Value] {
        items(self.spec, "/containers")
    }

    /// Returns the volumes.
    pub(super) fn volumes(&self) -> &'a [Value] {
        items(self.spec, "/volumes")
    }

    /// Returns whether these pods have all of a selector's labels.
    pub(super) fn has_labels(&self, selector: &Value) -> bool {
        let own = self.template.pointer("/metadata/labels");
        let wanted = selector.as_object();
        wanted.is_some_and(|wanted| {
            !wanted.is_empty()
                && wanted
                    .iter()
                    .all(|(key, value)| own.and_then(|own| own.get(key)) == Some(value))
        })
    }

    /// Returns whether they serve for as long as they run, which a Job's don't.
    pub(super) fn stay(&self) -> bool {
        !matches!(self.object.kind.as_str(), "Job" | "CronJob" | "Pod")
    }

    /// Returns the fewest of them: an autoscaler's minimum, or else the replicas.
    pub(super) fn fewest(&self, manifests: &Manifests<'_>) -> u64 {
        let scaled = manifests.of("HorizontalPodAutoscaler").find(|scaler| {
            text(&scaler.value, "/spec/scaleTargetRef/name") == self.object.name
                && text(&scaler.value, "/spec/scaleTargetRef/kind") == self.object.kind
        });
        let number = match scaled {
            Some(found) => found.value.pointer("/spec/minReplicas"),
            None => self.object.value.pointer("/spec/replicas"),
        };
        number.and_then(Value::as_u64).unwrap_or(1)
    }
}

/// Returns the items of a list; none where it is missing.
pub(super) fn items<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    let list = value.pointer(pointer).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

/// Returns a text; an empty one where it is missing.
pub(super) fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_default()
}

/// Returns whether a field is `true`.
pub(super) fn is_true(value: &Value, pointer: &str) -> bool {
    value.pointer(pointer) == Some(&Value::Bool(true))
}
