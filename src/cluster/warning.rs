//! What a recorded warning amounts to: certain, doubtful or nothing to wait for.
//!
//! Pure. The controllers of `StatefulSet`s, `DaemonSet`s and Jobs say nowhere else that they may not
//! make a pod, and a kubelet nowhere else that it can't mount a volume.

use std::sync::LazyLock;

use regex::Regex;

use super::diagnose::Trouble;
use super::watches::Warning;

/// How often a controller has to run into a used up quota until that is no matter of moments: what
/// a pod that has just ended used is given back a moment later.
const TRIES: i64 = 3;

/// What admission says where only a change helps.
const FOR_GOOD: [&str; 8] = [
    "violates PodSecurity",
    "usage per Container is",
    "usage per Pod is",
    "failed quota",
    "is invalid",
    "denied the request",
    "is being terminated",
    "unable to validate against any security context constraint",
];

/// What admission says while something else is still on its way: a namespace's own account, a
/// webhook whose pods are just starting.
const FOR_NOW: [&str; 6] = [
    "looking up service account",
    "failed calling webhook",
    "no API token found",
    "not yet ready to handle request",
    "object is being deleted",
    "already exists",
];

/// What keeps a kubelet from mounting a volume, or from making a pod's sandbox.
const STARTING: [&str; 4] = [
    "FailedMount",
    "FailedAttachVolume",
    "FailedMapVolume",
    "FailedCreatePodSandBox",
];

static QUOTA: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"exceeded quota: [^,]+, requested: (.+?), used: .+?, limited: (.+)$").ok()
});

/// Returns what a warning says against its object or pod ever becoming ready, if it says anything.
pub(super) fn trouble(warning: &Warning) -> Option<Trouble> {
    let Warning {
        reason, message, ..
    } = warning;
    let said = format!("{reason}: {message}");
    if warning.kind == "Pod" {
        if !STARTING.contains(&reason.as_str()) {
            return None;
        }
        return Some(Trouble {
            text: format!("pod {}: {said}", warning.name),
            certain: is_reference(message),
            after_grace: true,
        });
    }
    match reason.as_str() {
        "FailedCreate" => Some(Trouble {
            certain: is_certain(message, warning.count),
            after_grace: true,
            text: said,
        }),
        "ProvisioningFailed" => Some(Trouble {
            certain: false,
            after_grace: true,
            text: said,
        }),
        _ => None,
    }
}

/// Returns whether a refusal to create a pod may be gone a moment later.
pub(super) fn passes(text: &str) -> bool {
    FOR_NOW.iter().any(|words| text.contains(words))
}

/// Whether a pod will be refused however often it is tried.
fn is_certain(message: &str, tries: i64) -> bool {
    if passes(message) {
        return false;
    }
    if message.contains("exceeded quota") {
        return tries >= TRIES || never_fits(message);
    }
    FOR_GOOD.iter().any(|words| message.contains(words))
}

/// Whether more is asked for than a quota allows, however little is used.
fn never_fits(message: &str) -> bool {
    let amounts = |text: &str| -> Vec<(String, Option<f64>)> {
        let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
        pairs
            .map(|(name, amount)| (name.to_owned(), quantity(amount)))
            .collect()
    };
    let Some(found) = QUOTA.as_ref().and_then(|quota| quota.captures(message)) else {
        return false;
    };
    let limits = amounts(&found[2]);
    amounts(&found[1]).iter().any(|(name, asked)| {
        let limit = limits.iter().find(|(limited, _)| limited == name);
        let limit = limit.and_then(|(_, limit)| *limit);
        asked.zip(limit).is_some_and(|(asked, limit)| asked > limit)
    })
}

/// A quantity as a number; `None` where it isn't one.
fn quantity(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text.strip_prefix(digits)? {
        "" => 1.0,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "Ki" => 1024.0,
        "Mi" => 1_048_576.0,
        "Gi" => 1_073_741_824.0,
        "Ti" => 1_099_511_627_776.0,
        _ => return None,
    };
    digits.parse::<f64>().ok().map(|number| number * factor)
}

/// Whether a volume can't be mounted because it refers to what isn't there.
fn is_reference(message: &str) -> bool {
    let missing = ["secret \"", "configmap \"", "persistentvolumeclaim \""]
        .iter()
        .any(|kind| message.contains(kind));
    missing && message.contains("not found") || message.contains("references non-existent")
}

#[cfg(test)]
mod tests {
    use super::{Warning, passes, trouble};

    #[track_caller]
    fn check((kind, reason, count): (&str, &str, i64), message: &str, expected: &str) {
        let warning = Warning {
            kind: kind.to_owned(),
            name: "api-0".to_owned(),
            uid: "u".to_owned(),
            reason: reason.to_owned(),
            message: message.to_owned(),
            count,
            fresh: true,
        };
        let found = match trouble(&warning) {
            None => "nothing",
            Some(trouble) if trouble.certain => "certain",
            Some(trouble) if trouble.after_grace => "after the grace period",
            Some(_) => "never",
        };
        assert_eq!(found, expected, "{message}");
    }

    #[track_caller]
    fn check_create(message: &str, expected: &str) {
        check(("StatefulSet", "FailedCreate", 1), message, expected);
    }

    #[test]
    fn a_pod_that_never_fits_into_its_quota_is_certain_to_fail() {
        for (asked, limit) in [
            ("pods=1", "pods=0"),
            (
                "requests.cpu=2,requests.memory=1Gi",
                "requests.cpu=4,requests.memory=512Mi",
            ),
            ("limits.cpu=1500m", "limits.cpu=1"),
        ] {
            let message = format!(
                "create Pod api-0 in StatefulSet api failed error: pods \"api-0\" is forbidden: \
                 exceeded quota: few, requested: {asked}, used: pods=0, limited: {limit}"
            );
            check_create(&message, "certain");
        }
    }

    #[test]
    fn a_quota_that_is_used_up_is_tried_a_few_times() {
        let message = "Error creating: pods \"a\" is forbidden: exceeded quota: few, requested: \
                       pods=1, used: pods=2, limited: pods=2";
        check(
            ("Job", "FailedCreate", 1),
            message,
            "after the grace period",
        );
        check(("Job", "FailedCreate", 3), message, "certain");
    }

    #[test]
    fn admission_refuses_for_good_or_for_now() {
        check_create(
            "pods \"a\" is forbidden: violates PodSecurity \"restricted:latest\": privileged",
            "certain",
        );
        check_create(
            "pods \"a\" is forbidden: maximum cpu usage per Container is 1, but limit is 2",
            "certain",
        );
        check_create(
            "admission webhook \"policy.test\" denied the request: no latest tags",
            "certain",
        );
        for message in [
            "pods \"a\" is forbidden: error looking up service account shop/default: \
             serviceaccount \"default\" not found",
            "Internal error occurred: failed calling webhook \"inject.test\": connection refused",
        ] {
            check_create(message, "after the grace period");
            assert!(passes(message));
        }
        check_create("etcdserver: request timed out", "after the grace period");
    }

    #[test]
    fn a_volume_of_what_is_not_there_can_not_be_mounted() {
        let mount = ("Pod", "FailedMount", 1);
        check(
            mount,
            "MountVolume.SetUp failed for volume \"c\" : secret \"db\" not found",
            "certain",
        );
        check(
            mount,
            "MountVolume.SetUp failed for volume \"c\" : references non-existent secret key: p",
            "certain",
        );
        check(
            mount,
            "Unable to attach or mount volumes: timed out waiting for the condition",
            "after the grace period",
        );
    }

    #[test]
    fn what_a_pod_s_status_tells_itself_is_left_to_it() {
        for reason in ["BackOff", "Unhealthy", "FailedScheduling", "Failed"] {
            check(("Pod", reason, 9), "whatever", "nothing");
        }
        check(
            ("PersistentVolumeClaim", "ProvisioningFailed", 1),
            "storageclass.storage.k8s.io \"fast\" not found",
            "after the grace period",
        );
    }
}
