//! `PersistentVolumeClaim`s: a `StatefulSet`'s templates, and the claims of a Deployment.

use k8s_openapi::api::core::v1::{
    PersistentVolumeClaim, PersistentVolumeClaimSpec, VolumeResourceRequirements,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::labels;
use super::quantity::quantity;
use crate::resolve::{Application, VolumeKind, VolumeSpec, Workload, WorkloadKind};

/// Returns the claims of a Deployment, each once; a `StatefulSet` makes its own.
pub(super) fn build(application: &Application, workload: &Workload) -> Vec<PersistentVolumeClaim> {
    if workload.kind == WorkloadKind::StatefulSet {
        return Vec::new();
    }
    let claim = |(spec, size): (&VolumeSpec, &str)| PersistentVolumeClaim {
        metadata: labels::owned(application, workload, &name(workload, spec)),
        spec: Some(claim_spec(size)),
        status: None,
    };
    sizes(workload).into_iter().map(claim).collect()
}

/// Returns the claim templates of a `StatefulSet`. They can't be changed later, so they carry
/// no labels that may change.
pub(super) fn templates(workload: &Workload) -> Vec<PersistentVolumeClaim> {
    let template = |(spec, size): (&VolumeSpec, &str)| PersistentVolumeClaim {
        metadata: ObjectMeta {
            name: Some(spec.name.clone()),
            labels: Some(labels::selector(&workload.name)),
            ..ObjectMeta::default()
        },
        spec: Some(claim_spec(size)),
        status: None,
    };
    sizes(workload).into_iter().map(template).collect()
}

/// Returns the name of a Deployment's claim.
pub(super) fn name(workload: &Workload, spec: &VolumeSpec) -> String {
    if spec.name == workload.name || spec.name.starts_with(&format!("{}-", workload.name)) {
        spec.name.clone()
    } else {
        format!("{}-{}", workload.name, spec.name)
    }
}

fn sizes(workload: &Workload) -> Vec<(&VolumeSpec, &str)> {
    let mut sizes: Vec<(&VolumeSpec, &str)> = Vec::new();
    for spec in &workload.volumes {
        if let VolumeKind::Claim(size) = &spec.kind
            && !sizes.iter().any(|(known, _)| known.name == spec.name)
        {
            sizes.push((spec, size));
        }
    }
    sizes
}

fn claim_spec(size: &str) -> PersistentVolumeClaimSpec {
    PersistentVolumeClaimSpec {
        access_modes: Some(vec!["ReadWriteOnce".to_owned()]),
        resources: Some(VolumeResourceRequirements {
            requests: Some([("storage".to_owned(), quantity(size))].into()),
            limits: None,
        }),
        ..PersistentVolumeClaimSpec::default()
    }
}
