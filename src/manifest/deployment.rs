//! Deployments.

use k8s_openapi::api::apps::v1::{
    Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::quantity::amount;
use super::{labels, pod, workloads};
use crate::resolve::{Application, Probe, VolumeKind, Workload};

/// From this many pods on, a quarter of them is a whole pod.
const QUARTER: u32 = 4;
/// After how many seconds without progress Kubernetes gives a rollout up.
const DEADLINE: i32 = 600;
/// What a start needs beside the time that its probe gives it: pulling the image, being placed.
const BEFORE_START: i32 = 300;

/// Returns the Deployment of a workload.
pub(super) fn build(application: &Application, workload: &Workload) -> Deployment {
    Deployment {
        metadata: labels::owned(application, workload, &workload.name),
        spec: Some(DeploymentSpec {
            replicas: workloads::replicas(workload),
            min_ready_seconds: workload.rollout.min_ready_seconds,
            progress_deadline_seconds: deadline(workload),
            revision_history_limit: Some(workloads::history(workload)),
            strategy: Some(strategy(workload)),
            selector: labels::label_selector(&workload.name),
            template: pod::template(application, workload),
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    }
}

/// Returns the deadline that is asked for, or one that a slow start doesn't miss.
fn deadline(workload: &Workload) -> Option<i32> {
    let budget = |probe: &Probe| {
        let period = probe.period.unwrap_or(10);
        let tries = probe.failures.unwrap_or(3);
        period.saturating_mul(tries) + probe.initial_delay.unwrap_or(0)
    };
    let start = workload.startup.as_ref().map_or(0, budget);
    let ready = workload.rollout.min_ready_seconds.unwrap_or(0);
    let needed = start.saturating_add(ready).saturating_add(BEFORE_START);
    workload
        .rollout
        .progress_deadline
        .or_else(|| (needed > DEADLINE).then_some(needed))
}

fn strategy(workload: &Workload) -> DeploymentStrategy {
    if workload.rollout.recreate {
        return DeploymentStrategy {
            type_: Some("Recreate".to_owned()),
            rolling_update: None,
        };
    }
    let (unavailable, surge) = rolling(workload);
    DeploymentStrategy {
        type_: Some("RollingUpdate".to_owned()),
        rolling_update: Some(RollingUpdateDeployment {
            max_unavailable: Some(unavailable),
            max_surge: Some(surge),
        }),
    }
}

/// Returns how many pods may be missing and how many more there may be: what is asked for; else a
/// new pod serves before an old one goes.
fn rolling(workload: &Workload) -> (IntOrString, IntOrString) {
    let rollout = &workload.rollout;
    let given = |text: &Option<String>| text.as_deref().map(amount);
    let claims = workload.volumes.iter().any(|volume| match &volume.kind {
        VolumeKind::Claim(_) => true,
        VolumeKind::Shared(claim) => !claim.many,
        VolumeKind::Scratch(_)
        | VolumeKind::Memory(_)
        | VolumeKind::ConfigMap(_)
        | VolumeKind::Secret(_) => false,
    });
    let more = if pod::fewest(workload) < QUARTER {
        IntOrString::Int(1)
    } else {
        IntOrString::String("25%".to_owned())
    };
    let (unavailable, surge) = if claims {
        // A claim belongs to one pod at a time: the old one goes before the new one comes.
        (IntOrString::Int(1), IntOrString::Int(0))
    } else {
        (IntOrString::Int(0), more.clone())
    };
    let unavailable = given(&rollout.max_unavailable).unwrap_or(unavailable);
    let asked = given(&rollout.max_surge);
    if rollout.max_unavailable.is_none() && asked.as_ref().is_some_and(is_none) {
        // Where none may be added, one has to go first.
        return (IntOrString::Int(1), IntOrString::Int(0));
    }
    let surge = asked.unwrap_or(surge);
    if is_none(&unavailable) && is_none(&surge) {
        // Kubernetes refuses a rollout that may neither take a pod away nor add one.
        return (unavailable, more);
    }
    (unavailable, surge)
}

fn is_none(amount: &IntOrString) -> bool {
    match amount {
        IntOrString::Int(number) => *number == 0,
        IntOrString::String(text) => text.trim_end_matches('%') == "0",
    }
}

#[cfg(test)]
mod tests {
    use super::{deadline, strategy};
    use crate::manifest::sample;
    use crate::resolve::{Rollout, Workload};

    #[track_caller]
    fn check(change: impl Fn(&mut Workload), expected: &str) {
        let mut workload = sample::workload("web");
        workload.hpa = None;
        change(&mut workload);
        let text = match strategy(&workload).rolling_update {
            Some(rolling) => {
                let json = serde_json::to_value(rolling).expect("JSON");
                format!("-{} +{}", json["maxUnavailable"], json["maxSurge"])
            }
            None => "recreate".to_owned(),
        };
        assert_eq!(text.replace('"', ""), expected);
    }

    #[test]
    fn what_serves_never_drops_below_what_is_wanted() {
        check(|it| it.replicas = 1, "-0 +1");
        check(|it| it.replicas = 8, "-0 +25%");
    }

    #[test]
    fn what_is_asked_for_is_taken() {
        let asked = |missing: Option<&str>, more: Option<&str>| Rollout {
            max_unavailable: missing.map(str::to_owned),
            max_surge: more.map(str::to_owned),
            ..Rollout::default()
        };
        check(|it| it.rollout = asked(Some("25%"), None), "-25% +1");
        check(|it| it.rollout = asked(Some("1"), Some("0")), "-1 +0");
        check(|it| it.rollout = asked(None, Some("0")), "-1 +0");
        check(|it| it.rollout = asked(Some("0"), Some("0%")), "-0 +1");
        check(|it| it.rollout.recreate = true, "recreate");
    }

    #[test]
    fn a_slow_start_does_not_miss_the_deadline() {
        let mut workload = sample::workload("web");
        assert_eq!(deadline(&workload), None);
        workload.startup = workload
            .liveness
            .clone()
            .map(|probe| crate::resolve::Probe {
                period: Some(10),
                failures: Some(60),
                ..probe
            });
        assert_eq!(deadline(&workload), Some(900));
    }
}
