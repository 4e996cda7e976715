//! `PodDisruptionBudget`s.

use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};

use super::labels;
use super::quantity::amount;
use crate::resolve::{Application, Workload};

/// Returns the workload's PDB, if it has one.
pub(super) fn build(application: &Application, workload: &Workload) -> Option<PodDisruptionBudget> {
    let pdb = workload.pdb.as_ref()?;
    Some(PodDisruptionBudget {
        metadata: labels::owned(application, workload, &workload.name),
        spec: Some(PodDisruptionBudgetSpec {
            min_available: pdb.min_available.as_deref().map(amount),
            max_unavailable: pdb.max_unavailable.as_deref().map(amount),
            selector: Some(labels::label_selector(&workload.name)),
            // A pod that doesn't run must not keep a node from being drained.
            unhealthy_pod_eviction_policy: Some("AlwaysAllow".to_owned()),
        }),
        status: None,
    })
}
