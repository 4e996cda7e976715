//! `HorizontalPodAutoscaler`s.

use k8s_openapi::api::autoscaling::v2::{
    CrossVersionObjectReference, HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec, MetricSpec,
    MetricTarget, ResourceMetricSource,
};

use super::labels;
use crate::resolve::{Application, Hpa, Workload, WorkloadKind};

/// Returns the workload's HPA, if it has one.
pub(super) fn build(
    application: &Application,
    workload: &Workload,
) -> Option<HorizontalPodAutoscaler> {
    let hpa = workload.hpa.as_ref()?;
    let kind = match workload.kind {
        WorkloadKind::Deployment => "Deployment",
        WorkloadKind::StatefulSet => "StatefulSet",
    };
    Some(HorizontalPodAutoscaler {
        metadata: labels::owned(application, workload, &workload.name),
        spec: HorizontalPodAutoscalerSpec {
            scale_target_ref: CrossVersionObjectReference {
                api_version: Some("apps/v1".to_owned()),
                kind: kind.to_owned(),
                name: workload.name.clone(),
            },
            min_replicas: i32::try_from(hpa.min).ok(),
            max_replicas: i32::try_from(hpa.max).unwrap_or(i32::MAX),
            metrics: Some(metrics(hpa)),
            behavior: None,
        },
        status: None,
    })
}

fn metrics(hpa: &Hpa) -> Vec<MetricSpec> {
    let targets = [("cpu", hpa.cpu), ("memory", hpa.memory)];
    let metric = |(name, percent): (&str, u32)| MetricSpec {
        type_: "Resource".to_owned(),
        resource: Some(ResourceMetricSource {
            name: name.to_owned(),
            target: MetricTarget {
                type_: "Utilization".to_owned(),
                average_utilization: i32::try_from(percent).ok(),
                ..MetricTarget::default()
            },
        }),
        ..MetricSpec::default()
    };
    targets
        .into_iter()
        .filter_map(|(name, percent)| Some(metric((name, percent?))))
        .collect()
}
