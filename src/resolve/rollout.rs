//! How many pods, how they are replaced and how they end: what tasks ask for, then Compose, then
//! what never drops below what serves.

use std::time::Duration;

use crate::diagnostic::Diagnostic;
use crate::facts::{Update, UpdateOrder};

use super::application::{Exposure, Hpa, Rollout, Scaling, ServicePort, WorkloadKind};
use super::roster::Member;
use super::spec::{HpaSpec, ScalingSpec};

/// The CPU, in percent of what is requested, that pods are added at where nobody says it.
const USUAL_CPU: u32 = 80;
/// How long a pod goes on serving: until every node knows that it is leaving.
const INSIDE: i64 = 5;
/// The same behind a load balancer or an Ingress, which hear of it later.
const OUTSIDE: i64 = 10;

/// Returns the autoscaler that is asked for; what isn't said has a default. `replicas` under it is
/// its minimum.
pub(super) fn autoscaler(
    asked: &HpaSpec,
    replicas: Option<u32>,
    member: &Member<'_>,
    warnings: &mut Vec<Diagnostic>,
) -> Hpa {
    let min = asked.min.or(replicas).unwrap_or(2).max(1);
    if let Some(replicas) = replicas.filter(|replicas| *replicas != min) {
        warnings.push(Diagnostic::warning(format!(
            "`{}` is to have {replicas} replicas, but its HPA at least {min}: the HPA decides",
            member.name
        )));
    }
    let cpu = match (asked.cpu, asked.memory) {
        (None, None) => Some(USUAL_CPU),
        (cpu, _) => cpu,
    };
    let max = asked.max.unwrap_or(min.saturating_mul(5));
    if max < min {
        warnings.push(Diagnostic::warning(format!(
            "the HPA of `{}` is to have at most {max} pods and at least {min}: both are {min}",
            member.name
        )));
    }
    Hpa {
        min,
        max: max.max(min),
        cpu,
        memory: asked.memory,
        up: scaling(Scaling::UP, asked.up),
        down: scaling(Scaling::DOWN, asked.down),
    }
}

fn scaling(usual: Scaling, asked: Option<ScalingSpec>) -> Scaling {
    let asked = asked.unwrap_or_default();
    let said = asked.percent.is_some() || asked.pods.is_some();
    Scaling {
        percent: if said { asked.percent } else { usual.percent },
        pods: if said { asked.pods } else { usual.pods },
        period: asked.period.unwrap_or(usual.period).clamp(1, 1800),
        window: asked.window.unwrap_or(usual.window).min(3600),
    }
}

/// Returns how a member's pods are replaced: the task's words, then `update_config`.
pub(super) fn of(member: &Member<'_>, warnings: &mut Vec<Diagnostic>) -> Rollout {
    let mut rollout = member.spec.rollout.clone();
    let update = member.service.and_then(|it| it.deploy.update.as_ref());
    if let Some(update) = update {
        rollout.merge(from_compose(update));
    }
    let several = rollout.max_unavailable.is_some() || rollout.max_surge.is_some();
    if member.kind == WorkloadKind::StatefulSet && several {
        warnings.push(
            Diagnostic::warning(format!(
                "`{}` is a StatefulSet, whose pods are replaced one by one: how many may be \
                 missing or added isn't carried over",
                member.name
            ))
            .help("a Deployment can; what keeps data is better replaced one by one"),
        );
    }
    rollout
}

/// What of both is said goes first; the other way round, nothing may be missing or added.
fn from_compose(update: &Update) -> Rollout {
    let seconds = |time: Option<Duration>| {
        let seconds = i32::try_from(time?.as_secs()).ok()?;
        (seconds > 0).then_some(seconds)
    };
    // Nought at a time are all at once.
    let at_once = match update.parallelism {
        Some(0) => Some("100%".to_owned()),
        Some(number) => Some(number.to_string()),
        None => None,
    };
    let (max_unavailable, max_surge) = match (update.order, at_once) {
        (Some(UpdateOrder::StopFirst), pods) => (
            Some(pods.unwrap_or_else(|| "1".to_owned())),
            Some("0".to_owned()),
        ),
        // Compose stops first where nothing is said; here, nobody asked for less than what serves.
        (Some(UpdateOrder::StartFirst) | None, Some(pods)) => (Some("0".to_owned()), Some(pods)),
        (Some(UpdateOrder::StartFirst) | None, None) => (None, None),
    };
    Rollout {
        max_unavailable,
        max_surge,
        min_ready_seconds: seconds(update.delay).max(seconds(update.monitor)),
        ..Rollout::default()
    }
}

/// Returns how long a member's program may take to end, behind that drain: what is left of the
/// whole time that is asked for, or the time of the program's own.
pub(super) fn grace(member: &Member<'_>, drain: Option<i64>) -> Option<i64> {
    if let Some(whole) = member.spec.ends_within {
        return Some((whole - drain.unwrap_or(0)).max(0));
    }
    let compose = member
        .service
        .and_then(|service| service.stop_grace_period)
        .and_then(|grace| i64::try_from(grace.as_secs()).ok());
    member.spec.grace.or(compose)
}

/// Returns how long a pod of a member goes on serving before it ends. What keeps data ends at once:
/// its clients have to find the next one anyway.
pub(super) fn drain(member: &Member<'_>, ports: &[ServicePort]) -> Option<i64> {
    let hook = member
        .service
        .is_some_and(|service| !service.pod.pre_stop.is_empty());
    // The service's own hook knows better what is to be done before the end.
    if hook {
        return None;
    }
    if member.spec.drain.is_some() {
        return member.spec.drain.filter(|seconds| *seconds > 0);
    }
    let serves = !ports.is_empty()
        && matches!(
            member.kind,
            WorkloadKind::Deployment | WorkloadKind::DaemonSet
        );
    let outside = ports.iter().any(|port| port.exposure != Exposure::Cluster);
    serves.then(|| usual_drain(member, outside))
}

/// Returns how long a pod goes on serving where nobody says it: no more than half of the time that
/// the whole end may take.
pub(super) fn usual_drain(member: &Member<'_>, outside: bool) -> i64 {
    let usual = if outside { OUTSIDE } else { INSIDE };
    let whole = member.spec.ends_within;
    whole.map_or(usual, |whole| usual.min(whole / 2))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{from_compose, scaling};
    use crate::facts::{Origin, Update, UpdateOrder};
    use crate::resolve::application::Scaling;
    use crate::resolve::spec::ScalingSpec;

    #[track_caller]
    fn check(parallelism: Option<u32>, order: Option<UpdateOrder>, expected: [Option<&str>; 2]) {
        let rollout = from_compose(&Update {
            parallelism,
            delay: Some(Duration::from_secs(10)),
            order,
            monitor: Some(Duration::from_secs(30)),
            failure_action: None,
            origin: Origin {
                path: String::new(),
                line: 1,
            },
        });
        let found = [rollout.max_unavailable, rollout.max_surge];
        assert_eq!(found.each_ref().map(Option::as_deref), expected);
        assert_eq!(rollout.min_ready_seconds, Some(30));
    }

    #[test]
    fn what_goes_first_tells_what_may_be_missing() {
        use UpdateOrder::{StartFirst, StopFirst};
        check(Some(2), Some(StartFirst), [Some("0"), Some("2")]);
        check(Some(2), Some(StopFirst), [Some("2"), Some("0")]);
        check(None, Some(StopFirst), [Some("1"), Some("0")]);
        check(Some(0), None, [Some("0"), Some("100%")]);
        check(None, None, [None, None]);
    }

    #[test]
    fn a_speed_that_is_asked_for_keeps_the_usual_window() {
        let asked = ScalingSpec {
            pods: Some(2),
            ..ScalingSpec::default()
        };
        let found = scaling(Scaling::DOWN, Some(asked));
        assert_eq!((found.percent, found.pods), (None, Some(2)));
        assert_eq!((found.period, found.window), (15, 300));
    }
}
