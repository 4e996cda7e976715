//! Names and labels that every object carries.
//!
//! Selectors hold `app.kubernetes.io/name` alone: they can't be changed later, and a set or phase
//! may be.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{
    LabelSelector, LabelSelectorRequirement, ObjectMeta,
};

use crate::resolve::{Application, Role, Workload};

/// The label that tells the workloads of an application apart; the only one selected by.
pub(super) const NAME: &str = "app.kubernetes.io/name";
/// The label that names what runs; here, one instance of each workload.
const INSTANCE: &str = "app.kubernetes.io/instance";
/// The label that names the application.
pub(super) const PART_OF: &str = "app.kubernetes.io/part-of";
/// The label that names what made the object.
pub(super) const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// The label that says what a workload is to the application.
const COMPONENT: &str = "app.kubernetes.io/component";
/// The labels that name the set and the phase of an object.
pub(super) const SET: &str = "orch.dev/set";
/// See [`SET`].
pub(super) const PHASE: &str = "orch.dev/phase";
/// The label that tells a workload's further Services from its main one.
pub(super) const SERVICE: &str = "orch.dev/service";

/// Returns the metadata of an object that belongs to the whole application.
pub(super) fn shared(application: &Application, name: &str) -> ObjectMeta {
    metadata(application, name, name)
}

/// Returns the metadata of an object of a workload.
pub(super) fn owned(application: &Application, workload: &Workload, name: &str) -> ObjectMeta {
    let mut metadata = metadata(application, name, &workload.name);
    if let Some(labels) = &mut metadata.labels {
        labels.insert(COMPONENT.to_owned(), component(workload).to_owned());
        labels.insert(INSTANCE.to_owned(), value(&workload.name));
    }
    metadata
}

fn metadata(application: &Application, name: &str, label: &str) -> ObjectMeta {
    let labels = [
        (NAME, value(label)),
        (PART_OF, value(&application.name)),
        (MANAGED_BY, "orch".to_owned()),
        (SET, value(&application.set)),
        (PHASE, application.phase.to_string()),
    ];
    ObjectMeta {
        name: Some(name.to_owned()),
        namespace: Some(application.namespace.clone()),
        labels: Some(
            labels
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        ),
        ..ObjectMeta::default()
    }
}

/// Returns the metadata of what an object makes: the object's labels, and no name.
pub(super) fn template(of: &ObjectMeta) -> ObjectMeta {
    ObjectMeta {
        labels: of.labels.clone(),
        ..ObjectMeta::default()
    }
}

/// Returns the labels of a workload's pods. They lack set and phase, for which pods needn't be
/// replaced.
pub(super) fn pod(application: &Application, workload: &Workload) -> BTreeMap<String, String> {
    let mut labels = selector(&workload.name);
    labels.insert(COMPONENT.to_owned(), component(workload).to_owned());
    labels.insert(PART_OF.to_owned(), value(&application.name));
    labels.retain(|_, value| !value.is_empty());
    labels
}

/// Returns the labels that select a workload's pods.
pub(super) fn selector(workload: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(NAME.to_owned(), value(workload))])
}

/// Returns the selector of a workload's pods.
pub(super) fn label_selector(workload: &str) -> LabelSelector {
    LabelSelector {
        match_labels: Some(selector(workload)),
        match_expressions: None,
    }
}

/// Returns the selector of the pods of several workloads.
pub(super) fn any_of(workloads: &[String]) -> LabelSelector {
    LabelSelector {
        match_labels: None,
        match_expressions: Some(vec![LabelSelectorRequirement {
            key: NAME.to_owned(),
            operator: "In".to_owned(),
            values: Some(workloads.iter().map(|name| value(name)).collect()),
        }]),
    }
}

fn component(workload: &Workload) -> &'static str {
    match workload.role {
        Role::Postgres => "database",
        Role::Redis => "cache",
        Role::Store => "store",
        Role::Server => "server",
        Role::Worker => "worker",
        Role::Prometheus => "monitoring",
        Role::Grafana => "dashboard",
    }
}

/// Returns the text as a label's value: what isn't allowed there becomes `-`, 63 bytes at most.
pub(super) fn value(text: &str) -> String {
    let allowed: String = text
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '-'
            }
        })
        .take(63)
        .collect();
    allowed
        .trim_matches(|c: char| !c.is_ascii_alphanumeric())
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::value;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(value(text), expected);
    }

    #[test]
    fn values_become_valid() {
        check("call-center", "call-center");
        check("Call Center / 2", "Call-Center---2");
        check("-a.", "a");
        check("фаза", "");
        check(&"a".repeat(80), &"a".repeat(63));
    }
}
