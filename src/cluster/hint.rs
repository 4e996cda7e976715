//! What Kubernetes' own words mean, and the way out, in plain words.
//!
//! Pure: texts of conditions, events and container states in, one line out. The texts are those of
//! Kubernetes 1.36's scheduler, kubelet, quota and Pod Security admission; one that isn't known
//! gets no hint rather than a wrong one.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// A text that is known: its pattern, and what is to be done.
type Rule<P> = (P, Way);

/// What is to be done where a pattern matches.
type Way = fn(&Captures<'_>) -> String;

/// The first that matches wins: what names a cause comes before what names an effect.
static RULES: LazyLock<Vec<Rule<Regex>>> = LazyLock::new(|| {
    let rules: [Rule<&str>; 30] = [
        (
            r"exceeded quota: ([^,]+), requested: ([^,]+(?:,[^,:]+=[^,]+)*), used: ([^,]+(?:,[^,:]+=[^,]+)*), limited: (.+)$",
            |it| {
                format!(
                    "the quota `{}` allows {}, {} is used and {} more is asked for: raise it, or \
                     lower the requests",
                    &it[1], &it[4], &it[3], &it[2]
                )
            },
        ),
        (
            r"failed quota: ([^:]+): must specify (.+?)(?: for:.*)?$",
            |it| {
                format!(
                    "the quota `{}` wants {} of every container: set them under `resources`",
                    &it[1], &it[2]
                )
            },
        ),
        (r"exceeded quota", |_| {
            "raise the namespace's quota, or lower the requests".to_owned()
        }),
        (
            r"couldn't find key (\S+) in (Secret|ConfigMap) (?:\S+/)?(\S+)",
            |it| {
                format!(
                    "add the key `{}` to the {} `{}`, or correct the reference to it",
                    &it[1], &it[2], &it[3]
                )
            },
        ),
        (
            r#"(?i)(?:references non-existent (secret|config) key:? ?)([^\s,"]+)"#,
            |it| {
                let kind = if it[1].eq_ignore_ascii_case("secret") {
                    "Secret"
                } else {
                    "ConfigMap"
                };
                format!(
                    "add the key `{}` to the {kind}, or correct the volume's items",
                    &it[2]
                )
            },
        ),
        (
            r#"(?i)\b(secret|configmap|serviceaccount) "([^"]+)" not found"#,
            |it| {
                let kind = match it[1].to_lowercase().as_str() {
                    "secret" => "Secret",
                    "configmap" => "ConfigMap",
                    _ => "ServiceAccount",
                };
                format!(
                    "create the {kind} `{}`, or correct the reference to it",
                    &it[2]
                )
            },
        ),
        (
            r#"storageclass\.storage\.k8s\.io "([^"]+)" not found"#,
            |it| {
                format!(
                    "the cluster has no StorageClass `{}`: correct the claim's storageClassName",
                    &it[1]
                )
            },
        ),
        (r#"persistentvolumeclaim "([^"]+)" not found"#, |it| {
            format!(
                "create the PersistentVolumeClaim `{}`, or correct its name",
                &it[1]
            )
        }),
        (
            r"violates PodSecurity \S?([a-z]+:[a-z0-9.]+)\S?: (.+)$",
            |it| {
                format!(
                    "the namespace enforces Pod Security `{}`: mend what it names, or change the \
                 namespace's pod-security.kubernetes.io/enforce label",
                    &it[1]
                )
            },
        ),
        (r#"admission webhook "([^"]+)" denied"#, |it| {
            format!(
                "the cluster's policy `{}` refuses it: change what it names",
                &it[1]
            )
        }),
        (
            r"(?:minimum|maximum) (\S+) usage per (Container|Pod) is ([^,.]+)",
            |it| {
                format!(
                    "the namespace's LimitRange sets {} as the bound of {} a {}: keep to it",
                    &it[3],
                    &it[1],
                    it[2].to_lowercase()
                )
            },
        ),
        (r"provided port is already allocated", |_| {
            "another Service has that node port: leave `nodePort` out, or choose another".to_owned()
        }),
        (r"InvalidImageName|couldn't parse image", |_| {
            "correct the image's name: [images] in the phase's settings".to_owned()
        }),
        (
            r"(?i)(?:ErrImage|ImagePull|pull(?:ing)? image).*(?:unauthorized|denied|authentication required|no basic auth|forbidden)",
            |_| {
                "the registry doesn't let the cluster pull it: check the name, and give the pods \
                 an imagePullSecret that may"
                    .to_owned()
            },
        ),
        (
            r"(?i)(?:ErrImage|ImagePull|pull(?:ing)? image).*(?:no such host|i/o timeout|connection refused|x509|network is unreachable|deadline exceeded)",
            |_| {
                "the nodes can't reach the registry: check its name, network and certificate"
                    .to_owned()
            },
        ),
        (
            r"(?i)(?:ErrImage|ImagePull|pull(?:ing)? image).*(?:not found|manifest unknown|does not exist)",
            |_| "the registry has no such image or tag: push it, or correct its name".to_owned(),
        ),
        (r"ErrImageNeverPull", |_| {
            "the image isn't on the node and `imagePullPolicy: Never` forbids to pull it".to_owned()
        }),
        (r"ErrImage|ImagePullBackOff", |_| {
            "check that the image exists and that the cluster may pull it".to_owned()
        }),
        (r"OOMKilled|exit code 137 \(OOM", |_| {
            "the container used more memory than its limit: raise limits.memory, or make the \
             program use less"
                .to_owned()
        }),
        (r"exit code 127\b", |_| {
            "the command isn't in the image: check `command` and the image".to_owned()
        }),
        (r"exit code 126\b", |_| {
            "the command can't be executed: check that its file is executable for that user"
                .to_owned()
        }),
        (r"exit code 139\b", |_| {
            "the program crashed (segmentation fault): was the image built for this machine's \
             architecture?"
                .to_owned()
        }),
        (r"Liveness probe failed|Startup probe failed", |_| {
            "the kubelet restarts it because its probe fails: check the probe's path and port, and \
             whether it starts slower than the probe allows"
                .to_owned()
        }),
        (r"Readiness probe failed", |_| {
            "it runs, and its readiness probe fails: check the probe's path and port, and what the \
             program waits for"
                .to_owned()
        }),
        (r"CrashLoopBackOff", |_| {
            "the program ends by itself: see the log above".to_owned()
        }),
        (r"CreateContainerConfigError", |_| {
            "create the Secret or ConfigMap key that it names".to_owned()
        }),
        (
            r"FailedMount|FailedAttachVolume|Unable to attach or mount",
            |_| "a volume can't be mounted: see the event above for which, and why".to_owned(),
        ),
        (
            r"no node takes pod [^:]*: (.*)$|\d+/\d+ nodes are available: (.*)$",
            |it| {
                let why = it.get(1).or_else(|| it.get(2)).map_or("", |it| it.as_str());
                unscheduled(why)
            },
        ),
        (r"ProgressDeadlineExceeded", |_| {
            "nothing got on for longer than progressDeadlineSeconds: see the pods above".to_owned()
        }),
        (
            r"reached the specified backoff limit|active longer than specified deadline",
            |_| {
                "read its log and mend the cause; then delete the Job and run again (a changed \
                 image or command is another Job, and runs by itself)"
                    .to_owned()
            },
        ),
    ];
    rules
        .into_iter()
        .filter_map(|(pattern, hint)| Some((Regex::new(pattern).ok()?, hint)))
        .collect()
});

/// Returns the way out of what these texts tell of, the first of them that is known.
pub(super) fn hint<'a>(texts: &(impl Iterator<Item = &'a str> + Clone)) -> Option<String> {
    RULES.iter().find_map(|(pattern, hint)| {
        let found = texts.clone().find_map(|text| pattern.captures(text))?;
        Some(hint(&found))
    })
}

/// Returns what an exit code means, where the number alone doesn't say it.
pub(super) fn exit_code(code: i32, reason: Option<&str>) -> Option<&'static str> {
    match (code, reason) {
        (_, Some("OOMKilled")) => Some("out of memory"),
        (126, _) => Some("can't be executed"),
        (127, _) => Some("command not found"),
        (134, _) => Some("aborted"),
        (137, _) => Some("killed: out of memory, or it didn't end when asked to"),
        (139, _) => Some("segmentation fault"),
        (143, _) => Some("ended when asked to"),
        _ => None,
    }
}

/// Returns the ways out of all that the scheduler names, because each node may have another.
fn unscheduled(why: &str) -> String {
    let known = [
        ("Insufficient ", "lower the requests or add a node"),
        ("Too many pods", "add a node: those there take no more pods"),
        (
            "untolerated taint",
            "tolerate the taint that it names, or take it off a node",
        ),
        (
            "node affinity/selector",
            "label a node as the pod's nodeSelector or affinity wants",
        ),
        (
            "anti-affinity",
            "add a node, or run fewer replicas: they may not share one",
        ),
        (
            "pod affinity rules",
            "start the pods that it wants to be near to first",
        ),
        (
            "topology spread",
            "relax the topology spread, or add a node in the zone that lacks one",
        ),
        (
            "volume node affinity conflict",
            "the volume is in a zone where no node takes the pod",
        ),
        (
            "unbound immediate PersistentVolumeClaims",
            "its volume claim isn't bound: see the claim",
        ),
        ("unschedulable", "uncordon a node"),
        ("free ports", "another pod has that host port on every node"),
    ];
    let ways: Vec<&str> = known
        .iter()
        .filter(|(words, _)| why.contains(words))
        .map(|(_, way)| *way)
        .collect();
    if ways.is_empty() {
        return "lower the requests, add a node, or relax where it may run".to_owned();
    }
    ways.join("; ")
}

#[cfg(test)]
mod tests {
    use super::{exit_code, hint};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = hint(&[text].into_iter()).unwrap_or_default();
        assert!(found.contains(expected), "{found}");
    }

    #[test]
    fn every_pattern_is_one() {
        assert_eq!(super::RULES.len(), 30);
    }

    #[test]
    fn a_quota_is_named_with_its_numbers() {
        check(
            "FailedCreate: pods \"a-0\" is forbidden: exceeded quota: few, requested: pods=1, \
             used: pods=2, limited: pods=2",
            "the quota `few` allows pods=2, pods=2 is used and pods=1 more is asked for",
        );
        check(
            "pods \"a\" is forbidden: failed quota: q: must specify limits.cpu for: main",
            "the quota `q` wants limits.cpu of every container",
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        check(
            "CreateContainerConfigError: couldn't find key PASSWORD in Secret shop/db",
            "add the key `PASSWORD` to the Secret `db`",
        );
        check(
            "CreateContainerConfigError: secret \"db\" not found",
            "create the Secret `db`",
        );
        check(
            "event FailedMount: MountVolume.SetUp failed: configmap \"conf\" not found",
            "create the ConfigMap `conf`",
        );
        check(
            "ProvisioningFailed: storageclass.storage.k8s.io \"fast\" not found",
            "has no StorageClass `fast`",
        );
        check(
            "error looking up service account a/b: serviceaccount \"b\" not found",
            "create the ServiceAccount `b`",
        );
    }

    #[test]
    fn an_image_is_missing_or_forbidden_or_out_of_reach() {
        check(
            "ImagePullBackOff: Back-off pulling image \"x:1\": ErrImagePull: x:1: not found",
            "no such image or tag",
        );
        check(
            "ErrImagePull: failed to pull: 401 Unauthorized",
            "doesn't let the cluster pull it",
        );
        check(
            "ErrImagePull: dial tcp: lookup reg.test: no such host",
            "can't reach the registry",
        );
        check("ImagePullBackOff", "check that the image exists");
    }

    #[test]
    fn the_scheduler_s_reasons_each_have_their_way_out() {
        check(
            "no node takes pod a: 0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had \
             untolerated taint {gpu: yes}",
            "lower the requests or add a node; tolerate the taint",
        );
        check("no node takes pod a: because", "relax where it may run");
    }

    #[test]
    fn a_cause_is_told_rather_than_its_effect() {
        let texts = [
            "container main of pod a: CrashLoopBackOff",
            "container main ended with exit code 127 (Error), 3 restarts",
        ];
        let found = hint(&texts.into_iter()).unwrap_or_default();
        assert!(found.contains("isn't in the image"), "{found}");
    }

    #[test]
    fn admission_is_told_in_its_terms() {
        check(
            "pods \"a\" is forbidden: violates PodSecurity \"restricted:latest\": \
             allowPrivilegeEscalation != false",
            "enforces Pod Security `restricted:latest`",
        );
        check(
            "admission webhook \"policy.test\" denied the request: no latest tags",
            "policy `policy.test`",
        );
        check(
            "pods \"a\" is forbidden: maximum cpu usage per Container is 1, but limit is 2",
            "LimitRange sets 1",
        );
    }

    #[test]
    fn a_job_that_failed_is_made_again() {
        check(
            "BackoffLimitExceeded: Job has reached the specified backoff limit",
            "delete the Job and run again",
        );
    }

    #[test]
    fn what_is_unknown_gets_no_hint() {
        assert_eq!(hint(&["all is well"].into_iter()), None);
        assert_eq!(exit_code(1, Some("Error")), None);
    }
}
