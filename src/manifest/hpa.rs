//! `HorizontalPodAutoscaler`s.

use k8s_openapi::api::autoscaling::v2::{
    CrossVersionObjectReference, HPAScalingPolicy, HPAScalingRules, HorizontalPodAutoscaler,
    HorizontalPodAutoscalerBehavior, HorizontalPodAutoscalerSpec, MetricSpec, MetricTarget,
    ResourceMetricSource,
};

use super::labels;
use crate::resolve::{Application, Hpa, Scaling, Workload};

/// Returns the workload's HPA, if it has one.
pub(super) fn build(
    application: &Application,
    workload: &Workload,
) -> Option<HorizontalPodAutoscaler> {
    let hpa = workload.hpa.as_ref().filter(|_| workload.kind.scales())?;
    Some(HorizontalPodAutoscaler {
        metadata: labels::owned(application, workload, &workload.name),
        spec: HorizontalPodAutoscalerSpec {
            scale_target_ref: CrossVersionObjectReference {
                api_version: Some("apps/v1".to_owned()),
                kind: workload.kind.word().to_owned(),
                name: workload.name.clone(),
            },
            min_replicas: i32::try_from(hpa.min).ok(),
            max_replicas: i32::try_from(hpa.max).unwrap_or(i32::MAX),
            metrics: Some(metrics(hpa)),
            behavior: Some(HorizontalPodAutoscalerBehavior {
                scale_up: Some(rules(hpa.up)),
                scale_down: Some(rules(hpa.down)),
            }),
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

fn rules(scaling: Scaling) -> HPAScalingRules {
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let policies = [("Percent", scaling.percent), ("Pods", scaling.pods)];
    let policy = |(kind, value): (&str, u32)| HPAScalingPolicy {
        type_: kind.to_owned(),
        value: number(value),
        period_seconds: number(scaling.period),
    };
    let policies: Vec<HPAScalingPolicy> = policies
        .into_iter()
        .filter_map(|(kind, value)| Some(policy((kind, value?))))
        .collect();
    HPAScalingRules {
        stabilization_window_seconds: Some(number(scaling.window)),
        // Of several, the one that changes more counts.
        select_policy: (policies.len() > 1).then(|| "Max".to_owned()),
        policies: super::container::some(policies),
        ..HPAScalingRules::default()
    }
}
