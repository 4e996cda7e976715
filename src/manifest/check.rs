//! Requirements checked against objects.
//!
//! Looks at values, so that it holds for hand-written objects as well. Whether the cluster keeps a
//! promise (that pods really are spread) is not asked here.

use serde_json::Value;

use super::Object;
use super::pods::{containers, fewest, pod_spec, selects, template};
use crate::resolve::Requirement;

/// What checking one requirement found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The rule in words.
    pub rule: String,
    /// How many objects it was checked against, exempt ones left out.
    pub objects: usize,
    /// What the rule doesn't apply to, each with the reason.
    pub exempt: Vec<String>,
    /// What breaks the rule, each with how.
    pub violations: Vec<String>,
}

/// Kinds that live in no namespace.
const CLUSTER_KINDS: &[&str] = &[
    "APIService",
    "CSIDriver",
    "ClusterIssuer",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "GatewayClass",
    "IngressClass",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "RuntimeClass",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeSnapshotClass",
];

/// Returns whether a kind is known to live in no namespace.
pub fn is_cluster_kind(kind: &str) -> bool {
    CLUSTER_KINDS.contains(&kind)
}

/// What one object is to a rule.
enum Verdict {
    /// The rule isn't about such objects at all.
    Unrelated,
    /// The rule would be, but doesn't apply, for this reason.
    Exempt(String),
    /// The rule applies; what breaks it, if anything.
    Checked(Vec<String>),
    /// A part of the rule applies; what breaks that, and why the rest doesn't apply.
    Partly(Vec<String>, String),
}

/// Returns what a requirement finds among the objects.
pub fn check(requirement: &Requirement, objects: &[Object]) -> Checked {
    let mut checked = Checked {
        rule: rule(requirement),
        objects: 0,
        exempt: Vec::new(),
        violations: Vec::new(),
    };
    for object in objects {
        let (problems, exempt) = match verdict(requirement, object, objects) {
            Verdict::Unrelated => (None, None),
            Verdict::Exempt(reason) => (None, Some(reason)),
            Verdict::Checked(problems) => (Some(problems), None),
            Verdict::Partly(problems, reason) => (Some(problems), Some(reason)),
        };
        let named = |text: String| format!("{}: {text}", object.label());
        checked.objects += usize::from(problems.is_some());
        checked.exempt.extend(exempt.map(named));
        checked
            .violations
            .extend(problems.into_iter().flatten().map(named));
    }
    checked
}

/// Returns what an object breaks of a requirement; `all` are those that it lives among.
pub fn violations(requirement: &Requirement, object: &Object, all: &[Object]) -> Vec<String> {
    match verdict(requirement, object, all) {
        Verdict::Unrelated | Verdict::Exempt(_) => Vec::new(),
        Verdict::Checked(problems) | Verdict::Partly(problems, _) => problems,
    }
}

fn rule(requirement: &Requirement) -> String {
    match requirement {
        Requirement::Namespace(name) | Requirement::NewNamespace(name) => {
            format!("namespace `{name}`")
        }
        Requirement::Resources => "requests and limits".to_owned(),
        Requirement::Probes => "liveness and readiness probes".to_owned(),
        Requirement::Liveness => "liveness probes".to_owned(),
        Requirement::Readiness => "readiness probes".to_owned(),
        Requirement::AntiAffinity => "anti-affinity".to_owned(),
        Requirement::DisruptionBudget => "pod disruption budget".to_owned(),
    }
}

fn verdict(requirement: &Requirement, object: &Object, all: &[Object]) -> Verdict {
    match requirement {
        Requirement::Namespace(name) | Requirement::NewNamespace(name) => namespace(object, name),
        Requirement::Resources => resources(object),
        Requirement::Probes => probes(object, &[LIVENESS, READINESS]),
        Requirement::Liveness => probes(object, &[LIVENESS]),
        Requirement::Readiness => probes(object, &[READINESS]),
        Requirement::AntiAffinity => replicated(object, all, anti_affinity),
        Requirement::DisruptionBudget => replicated(object, all, disruption_budget),
    }
}

fn namespace(object: &Object, wanted: &str) -> Verdict {
    if object.kind == "Namespace" {
        let problem = format!("the namespace is to be `{wanted}`");
        return Verdict::Checked(problem_if(object.name != wanted, problem));
    }
    if CLUSTER_KINDS.contains(&object.kind.as_str()) {
        return Verdict::Exempt("lives in no namespace".to_owned());
    }
    let problem = match &object.namespace {
        Some(other) => format!("is in namespace `{other}`"),
        None => "names no namespace".to_owned(),
    };
    Verdict::Checked(problem_if(
        object.namespace.as_deref() != Some(wanted),
        problem,
    ))
}

fn problem_if(wrong: bool, problem: String) -> Vec<String> {
    if wrong { vec![problem] } else { Vec::new() }
}

fn resources(object: &Object) -> Verdict {
    let Some(spec) = pod_spec(object) else {
        return Verdict::Unrelated;
    };
    let mut problems = Vec::new();
    for container in containers(spec, true) {
        for kind in ["requests", "limits"] {
            for resource in ["cpu", "memory"] {
                if container
                    .pointer(&format!("/resources/{kind}/{resource}"))
                    .is_none()
                {
                    let name = name(container);
                    problems.push(format!("container `{name}` lacks {kind}.{resource}"));
                }
            }
        }
    }
    Verdict::Checked(problems)
}

/// Where containers have their probes.
const LIVENESS: &str = "livenessProbe";
const READINESS: &str = "readinessProbe";

/// Checks that containers have the probes of these kinds that make sense for them.
fn probes(object: &Object, asked: &[&str]) -> Verdict {
    let Some(spec) = pod_spec(object) else {
        return Verdict::Unrelated;
    };
    if matches!(object.kind.as_str(), "Job" | "CronJob") {
        return Verdict::Exempt("runs to completion".to_owned());
    }
    let mut problems = Vec::new();
    let (mut concerned, mut silent) = (false, false);
    for container in containers(spec, false) {
        let has = |key: &str| container.get(key).is_some_and(|value| !value.is_null());
        let serves = container
            .get("ports")
            .and_then(Value::as_array)
            .is_some_and(|p| !p.is_empty());
        // What serves nothing has no traffic to be ready for.
        let fits = |probe: &str| {
            let checked = has(LIVENESS) || has(READINESS);
            serves || probe == LIVENESS && checked || has(probe)
        };
        concerned |= asked.iter().any(|probe| fits(probe));
        silent |= asked.contains(&READINESS) && !fits(READINESS);
        let lacking = asked.iter().filter(|probe| fits(probe) && !has(probe));
        let name = name(container);
        problems.extend(lacking.map(|probe| format!("container `{name}` lacks {probe}")));
        let same = has(LIVENESS) && container.get(LIVENESS) == container.get(READINESS);
        if same && asked.len() > 1 {
            problems.push(format!(
                "container `{name}` has one probe for liveness and readiness"
            ));
        }
    }
    match (concerned, silent, asked) {
        (true, true, _) => {
            let reason = "serves nothing that it could be ready for".to_owned();
            Verdict::Partly(problems, reason)
        }
        (true, false, _) => Verdict::Checked(problems),
        (false, _, [READINESS]) => Verdict::Exempt("serves nothing".to_owned()),
        (false, ..) => Verdict::Exempt("serves nothing and has no known check".to_owned()),
    }
}

/// Applies a rule to what runs two pods or more.
fn replicated(
    object: &Object,
    all: &[Object],
    rule: fn(&Object, &[Object]) -> Vec<String>,
) -> Verdict {
    match object.kind.as_str() {
        "Deployment" | "StatefulSet" => match fewest(object, all) {
            0 => Verdict::Exempt("no replicas".to_owned()),
            1 => Verdict::Exempt("one replica".to_owned()),
            _ => Verdict::Checked(rule(object, all)),
        },
        "DaemonSet" => Verdict::Exempt("one pod on each node".to_owned()),
        _ => Verdict::Unrelated,
    }
}

fn anti_affinity(object: &Object, _all: &[Object]) -> Vec<String> {
    let Some(spec) = pod_spec(object) else {
        return Vec::new();
    };
    let labels = template(object).and_then(|it| it.pointer("/metadata/labels"));
    let listed = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let rules = &spec["affinity"]["podAntiAffinity"];
    let preferred = listed(&rules["preferredDuringSchedulingIgnoredDuringExecution"]);
    let preferred = preferred.iter().map(|it| it["podAffinityTerm"].clone());
    let required = listed(&rules["requiredDuringSchedulingIgnoredDuringExecution"]);
    let kept_apart = preferred.chain(required);
    let spread = listed(&spec["topologySpreadConstraints"]).into_iter();
    let spread = spread.filter(|it| it["topologyKey"] == "kubernetes.io/hostname");
    // A rule that selects other pods keeps these together as before.
    let about = |it: Value| {
        let selector = it.get("labelSelector").filter(|it| it.is_object());
        selector.is_some_and(|it| selects(it, labels))
    };
    problem_if(
        !kept_apart.chain(spread).any(about),
        "its pods are not kept apart".to_owned(),
    )
}

fn disruption_budget(object: &Object, all: &[Object]) -> Vec<String> {
    let labels = template(object).and_then(|template| template.pointer("/metadata/labels"));
    let covered = all.iter().any(|other| {
        other.kind == "PodDisruptionBudget"
            && other.namespace == object.namespace
            && other
                .value
                .pointer("/spec/selector")
                .is_some_and(|selector| selects(selector, labels))
    });
    problem_if(
        !covered,
        "no PodDisruptionBudget selects its pods".to_owned(),
    )
}

fn name(container: &Value) -> &str {
    container.get("name").and_then(Value::as_str).unwrap_or("?")
}

#[cfg(test)]
mod tests;
