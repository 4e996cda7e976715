//! `StatefulSet`s.

use k8s_openapi::api::apps::v1::{StatefulSet, StatefulSetSpec, StatefulSetUpdateStrategy};

use super::container::some;
use super::{claims, labels, pod, service, workloads};
use crate::resolve::{Application, Workload};

/// Returns the `StatefulSet` of a workload.
pub(super) fn build(application: &Application, workload: &Workload) -> StatefulSet {
    StatefulSet {
        metadata: labels::owned(application, workload, &workload.name),
        spec: Some(StatefulSetSpec {
            replicas: workloads::replicas(workload),
            service_name: Some(service::headless_name(workload)),
            min_ready_seconds: workload.rollout.min_ready_seconds,
            revision_history_limit: Some(workloads::history(workload)),
            update_strategy: Some(StatefulSetUpdateStrategy {
                type_: Some("RollingUpdate".to_owned()),
                rolling_update: None,
            }),
            selector: labels::label_selector(&workload.name),
            template: pod::template(application, workload),
            volume_claim_templates: some(claims::templates(application, workload)),
            ..StatefulSetSpec::default()
        }),
        ..StatefulSet::default()
    }
}
