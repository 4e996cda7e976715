//! Chooses a workload's controller.

use serde_json::Value;

use super::{deployment, stateful_set};
use crate::resolve::{Application, Workload, WorkloadKind};

/// Returns the Deployment or `StatefulSet` of a workload.
pub(super) fn value(
    application: &Application,
    workload: &Workload,
) -> Result<Value, serde_json::Error> {
    match workload.kind {
        WorkloadKind::Deployment => serde_json::to_value(deployment::build(application, workload)),
        WorkloadKind::StatefulSet => {
            serde_json::to_value(stateful_set::build(application, workload))
        }
    }
}

/// Returns `spec.replicas`: nothing where an HPA decides, or every apply would undo its decision.
pub(super) fn replicas(workload: &Workload) -> Option<i32> {
    match workload.hpa {
        Some(_) => None,
        None => i32::try_from(workload.replicas).ok(),
    }
}
