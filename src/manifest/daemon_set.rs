//! `DaemonSet`s.

use k8s_openapi::api::apps::v1::{
    DaemonSet, DaemonSetSpec, DaemonSetUpdateStrategy, RollingUpdateDaemonSet,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::quantity::amount;
use super::{labels, pod, workloads};
use crate::resolve::{Application, Workload};

/// Returns the `DaemonSet` of a workload.
pub(super) fn build(application: &Application, workload: &Workload) -> DaemonSet {
    DaemonSet {
        metadata: labels::owned(application, workload, &workload.name),
        spec: Some(DaemonSetSpec {
            min_ready_seconds: workload.rollout.min_ready_seconds,
            revision_history_limit: Some(workloads::history(workload)),
            update_strategy: Some(DaemonSetUpdateStrategy {
                type_: Some("RollingUpdate".to_owned()),
                rolling_update: Some(rolling(workload)),
            }),
            selector: labels::label_selector(&workload.name),
            template: pod::template(application, workload),
        }),
        status: None,
    }
}

/// Either may be given, not both: where pods may be missing, there are none beside the wanted ones.
fn rolling(workload: &Workload) -> RollingUpdateDaemonSet {
    let rollout = &workload.rollout;
    let missing = rollout.max_unavailable.as_deref().map(amount);
    let none = || IntOrString::Int(0);
    match missing {
        Some(missing) if missing != none() => RollingUpdateDaemonSet {
            max_unavailable: Some(missing),
            max_surge: Some(none()),
        },
        None if rollout.max_surge.as_deref() == Some("0") => RollingUpdateDaemonSet {
            max_unavailable: Some(IntOrString::Int(1)),
            max_surge: Some(none()),
        },
        Some(_) | None => RollingUpdateDaemonSet {
            max_unavailable: Some(none()),
            max_surge: Some(amount(rollout.max_surge.as_deref().unwrap_or("1"))),
        },
    }
}
