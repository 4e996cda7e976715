//! Chooses a workload's controller.

use serde_json::Value;

use super::{daemon_set, deployment, job, stateful_set};
use crate::resolve::{Application, Workload, WorkloadKind};

/// How many old revisions are kept to go back to.
const HISTORY: i32 = 5;

/// Returns the object that runs a workload's pods.
pub(super) fn value(
    application: &Application,
    workload: &Workload,
) -> Result<Value, serde_json::Error> {
    match workload.kind {
        WorkloadKind::Deployment => serde_json::to_value(deployment::build(application, workload)),
        WorkloadKind::StatefulSet => {
            serde_json::to_value(stateful_set::build(application, workload))
        }
        WorkloadKind::DaemonSet => serde_json::to_value(daemon_set::build(application, workload)),
        WorkloadKind::Job | WorkloadKind::CronJob => {
            let schedule = workload.job.as_ref().and_then(|job| job.schedule.as_ref());
            match schedule {
                Some(schedule) => {
                    serde_json::to_value(job::scheduled(application, workload, schedule))
                }
                None => serde_json::to_value(job::build(application, workload)?),
            }
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

/// Returns `spec.revisionHistoryLimit`.
pub(super) fn history(workload: &Workload) -> i32 {
    workload.rollout.history.unwrap_or(HISTORY)
}
