//! Deployments.

use k8s_openapi::api::apps::v1::{
    Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{labels, pod, workloads};
use crate::resolve::{Application, VolumeKind, Workload};

/// From this many pods on, a quarter of them is a whole pod.
const QUARTER: u32 = 4;

/// Returns the Deployment of a workload.
pub(super) fn build(application: &Application, workload: &Workload) -> Deployment {
    Deployment {
        metadata: labels::owned(application, workload, &workload.name),
        spec: Some(DeploymentSpec {
            replicas: workloads::replicas(workload),
            revision_history_limit: Some(5),
            strategy: Some(strategy(workload)),
            selector: labels::label_selector(&workload.name),
            template: pod::template(application, workload),
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    }
}

fn strategy(workload: &Workload) -> DeploymentStrategy {
    let claims = workload
        .volumes
        .iter()
        .any(|volume| matches!(volume.kind, VolumeKind::Claim(_)));
    let percent = || IntOrString::String("25%".to_owned());
    let (unavailable, surge) = if claims {
        // A claim belongs to one pod at a time: the old one goes before the new one comes.
        (IntOrString::Int(1), IntOrString::Int(0))
    } else if pod::fewest(workload) < QUARTER {
        (IntOrString::Int(0), IntOrString::Int(1))
    } else {
        (percent(), percent())
    };
    DeploymentStrategy {
        type_: Some("RollingUpdate".to_owned()),
        rolling_update: Some(RollingUpdateDeployment {
            max_unavailable: Some(unavailable),
            max_surge: Some(surge),
        }),
    }
}
