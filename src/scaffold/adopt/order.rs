//! Which part of a rollout a manifest is, and in which order the parts come.

use serde_json::Value;

use crate::facts::image;
use crate::manifest::Object;
use crate::scaffold::manifests::Manifest;
use crate::scaffold::texts::{self, Row};

/// A part of a rollout, in the order in which parts are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Definitions,
    Access,
    Configuration,
    Stores,
    Application,
    Ingress,
    Monitoring,
    Other,
}

impl Part {
    pub(super) const ALL: [Self; 8] = [
        Self::Definitions,
        Self::Access,
        Self::Configuration,
        Self::Stores,
        Self::Application,
        Self::Ingress,
        Self::Monitoring,
        Self::Other,
    ];

    /// Returns the title of its section.
    pub(super) fn title(self) -> Row {
        match self {
            Self::Definitions => texts::DEFINITIONS,
            Self::Access => texts::ACCESS,
            Self::Configuration => texts::CONFIGURATION,
            Self::Stores => texts::STORES,
            Self::Application => texts::APPLICATION,
            Self::Ingress => texts::INGRESS,
            Self::Monitoring => texts::MONITORING,
            Self::Other => texts::OTHER,
        }
    }
}

const DEFINITIONS: &[&str] = &["Namespace", "CustomResourceDefinition"];
const ACCESS: &[&str] = &[
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "ClusterRole",
    "ClusterRoleBinding",
];
const CONFIGURATION: &[&str] = &[
    "ConfigMap",
    "Secret",
    "SealedSecret",
    "ExternalSecret",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "StorageClass",
    "PriorityClass",
    "ResourceQuota",
    "LimitRange",
    "NetworkPolicy",
];
const RUNNING: &[&str] = &[
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
    "Pod",
    "ReplicaSet",
];
const BESIDE: &[&str] = &["Service", "HorizontalPodAutoscaler", "PodDisruptionBudget"];
/// Returns the part of every file. A Service, autoscaler or budget goes with what it is about.
pub(super) fn parts(files: &[Manifest]) -> Vec<Part> {
    let own: Vec<Option<Part>> = files.iter().map(|file| running(&file.objects)).collect();
    let part = |(file, part): (&Manifest, &Option<Part>)| {
        part.unwrap_or_else(|| beside(file, files, &own).unwrap_or_else(|| quiet(&file.objects)))
    };
    files.iter().zip(&own).map(part).collect()
}

/// Returns the part of a file that runs something.
fn running(objects: &[Object]) -> Option<Part> {
    let runs: Vec<&Object> = objects
        .iter()
        .filter(|it| RUNNING.contains(&it.kind.as_str()))
        .collect();
    if runs.is_empty() {
        return None;
    }
    let of = |part: Part| runs.iter().all(|it| part_of(it) == part);
    Some(if of(Part::Monitoring) {
        Part::Monitoring
    } else if of(Part::Stores) {
        Part::Stores
    } else {
        Part::Application
    })
}

fn part_of(object: &Object) -> Part {
    let template = if object.kind == "CronJob" {
        "/spec/jobTemplate/spec/template/spec/containers/0/image"
    } else {
        "/spec/template/spec/containers/0/image"
    };
    let image = object
        .value
        .pointer(template)
        .and_then(Value::as_str)
        .unwrap_or_default();
    let product = image::product(image);
    let claims = object.value.pointer("/spec/volumeClaimTemplates").is_some();
    match product.map(image::Product::part) {
        Some(image::Part::Prometheus | image::Part::Grafana) => Part::Monitoring,
        Some(image::Part::Postgres | image::Part::Redis | image::Part::Store)
            if !matches!(object.kind.as_str(), "Job" | "CronJob") =>
        {
            Part::Stores
        }
        None if object.kind == "StatefulSet" && claims => Part::Stores,
        Some(_) | None => Part::Application,
    }
}

/// Returns the part of the workload that a file of Services, autoscalers or budgets is about.
fn beside(file: &Manifest, files: &[Manifest], parts: &[Option<Part>]) -> Option<Part> {
    let about = file
        .objects
        .iter()
        .find(|it| BESIDE.contains(&it.kind.as_str()))?;
    let only = file
        .objects
        .iter()
        .all(|it| BESIDE.contains(&it.kind.as_str()));
    if !only {
        return None;
    }
    let selector = about.value.pointer("/spec/selector");
    let selector = selector.map(|it| it.get("matchLabels").unwrap_or(it));
    let selects = |it: &Object| {
        let labels = it.value.pointer("/spec/template/metadata/labels");
        let (Some(labels), Some(wanted)) = (labels, selector.and_then(Value::as_object)) else {
            return it.name == about.name;
        };
        !wanted.is_empty()
            && wanted
                .iter()
                .all(|(name, value)| labels.get(name) == Some(value))
    };
    let found = files.iter().zip(parts).find(|(other, _)| {
        let mut runs = other
            .objects
            .iter()
            .filter(|it| RUNNING.contains(&it.kind.as_str()));
        runs.any(selects)
    });
    Some(
        found
            .and_then(|(_, part)| *part)
            .unwrap_or(Part::Application),
    )
}

/// Returns the part of a file that runs nothing: the earliest of its objects'.
fn quiet(objects: &[Object]) -> Part {
    let of = |object: &Object| {
        let kind = object.kind.as_str();
        let group = object.api_version.split('/').next().unwrap_or_default();
        if DEFINITIONS.contains(&kind) {
            Part::Definitions
        } else if ACCESS.contains(&kind) {
            Part::Access
        } else if CONFIGURATION.contains(&kind) {
            Part::Configuration
        } else if BESIDE.contains(&kind) {
            Part::Application
        } else if kind.starts_with("Ingress")
            || group.ends_with("gateway.networking.k8s.io")
            || group.starts_with("traefik.")
        {
            Part::Ingress
        } else if group == "monitoring.coreos.com" {
            Part::Monitoring
        } else {
            Part::Other
        }
    };
    objects.iter().map(of).min().unwrap_or(Part::Other)
}
