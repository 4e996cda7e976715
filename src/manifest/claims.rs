//! `PersistentVolumeClaim`s: a `StatefulSet`'s templates, and claims of their own.

use k8s_openapi::api::core::v1::{
    PersistentVolumeClaim, PersistentVolumeClaimSpec, VolumeResourceRequirements,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::labels;
use super::quantity::quantity;
use crate::resolve::{Application, SharedClaim, VolumeKind, VolumeSpec, Workload, WorkloadKind};

/// Returns the claims that a workload's file holds, each once: its own, which a `StatefulSet` makes
/// by itself, and the shared ones that it mounts first.
pub(super) fn build(application: &Application, workload: &Workload) -> Vec<PersistentVolumeClaim> {
    let claim = |name: &str, spec: PersistentVolumeClaimSpec| PersistentVolumeClaim {
        metadata: labels::owned(application, workload, name),
        spec: Some(spec),
        status: None,
    };
    let own = sizes(workload)
        .into_iter()
        .filter(|_| workload.kind != WorkloadKind::StatefulSet)
        .map(|(spec, size)| claim(&name(workload, spec), claim_spec(application, size)));
    let mut shared: Vec<&SharedClaim> = Vec::new();
    for volume in &workload.volumes {
        if let VolumeKind::Shared(found) = &volume.kind
            && found.users.first() == Some(&workload.name)
            && shared.iter().all(|known| known.name != found.name)
        {
            shared.push(found);
        }
    }
    let shared = shared
        .into_iter()
        .map(|found| claim(&found.name, shared_spec(application, found)));
    own.chain(shared).collect()
}

fn shared_spec(application: &Application, claim: &SharedClaim) -> PersistentVolumeClaimSpec {
    let mode = if claim.many {
        "ReadWriteMany"
    } else {
        "ReadWriteOnce"
    };
    let class = claim.class.clone();
    PersistentVolumeClaimSpec {
        access_modes: Some(vec![mode.to_owned()]),
        storage_class_name: class.or_else(|| application.storage_class.clone()),
        ..claim_spec(application, &claim.size)
    }
}

/// Returns the claim templates of a `StatefulSet`. They can't be changed later, so they carry
/// no labels that may change.
pub(super) fn templates(
    application: &Application,
    workload: &Workload,
) -> Vec<PersistentVolumeClaim> {
    let template = |(spec, size): (&VolumeSpec, &str)| PersistentVolumeClaim {
        metadata: ObjectMeta {
            name: Some(spec.name.clone()),
            labels: Some(labels::selector(&workload.name)),
            ..ObjectMeta::default()
        },
        spec: Some(claim_spec(application, size)),
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

fn claim_spec(application: &Application, size: &str) -> PersistentVolumeClaimSpec {
    PersistentVolumeClaimSpec {
        access_modes: Some(vec!["ReadWriteOnce".to_owned()]),
        storage_class_name: application.storage_class.clone(),
        resources: Some(VolumeResourceRequirements {
            requests: Some([("storage".to_owned(), quantity(size))].into()),
            limits: None,
        }),
        ..PersistentVolumeClaimSpec::default()
    }
}
