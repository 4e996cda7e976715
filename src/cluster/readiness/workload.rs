//! Readiness of what runs pods.

use serde_json::Value;

use super::Verdict::{self, Failed, Progressing, Ready};
use super::{condition, number, status, told, unseen};

pub(super) fn deployment(object: &Value) -> Verdict {
    if number(object, "/status/observedGeneration").is_none() {
        return unseen();
    }
    let desired = number(object, "/spec/replicas").unwrap_or(1);
    let (all, updated, available) = (
        status(object, "replicas"),
        status(object, "updatedReplicas"),
        status(object, "availableReplicas"),
    );
    if let Some(progressing) = condition(object, "Progressing")
        && progressing["reason"] == "ProgressDeadlineExceeded"
    {
        return Failed(told(progressing));
    }
    if let Some(failure) = condition(object, "ReplicaFailure")
        && failure["status"] == "True"
    {
        return Failed(told(failure));
    }
    if updated < desired && object["spec"]["paused"] == true {
        return Failed("it is paused (spec.paused), so that nothing is rolled out".to_owned());
    }
    if updated < desired {
        return Progressing(format!("{updated} of {desired} replicas updated"));
    }
    if all > updated {
        return Progressing(format!("{} old replicas are still there", all - updated));
    }
    if available < desired {
        return Progressing(format!("{available} of {desired} replicas available"));
    }
    Ready(format!("{available} of {desired} replicas available"))
}

pub(super) fn stateful_set(object: &Value) -> Verdict {
    if number(object, "/status/observedGeneration").is_none() {
        return unseen();
    }
    let desired = number(object, "/spec/replicas").unwrap_or(1);
    let (ready, updated) = (
        status(object, "readyReplicas"),
        status(object, "updatedReplicas"),
    );
    if on_delete(object) {
        return if ready >= desired {
            Ready(format!(
                "{ready} of {desired} replicas ready; delete pods by hand to update them"
            ))
        } else {
            Progressing(format!("{ready} of {desired} replicas ready"))
        };
    }
    let partition = number(object, "/spec/updateStrategy/rollingUpdate/partition").unwrap_or(0);
    // The pods below the partition keep the old revision on purpose.
    let wanted = (desired - partition).max(0);
    if updated < wanted {
        return Progressing(format!("{updated} of {wanted} replicas updated"));
    }
    if ready < desired {
        return Progressing(format!("{ready} of {desired} replicas ready"));
    }
    // Where a pod has to be ready for a while.
    let waits = number(object, "/spec/minReadySeconds").is_some_and(|seconds| seconds > 0);
    let available = status(object, "availableReplicas");
    if waits && available < desired {
        return Progressing(format!("{available} of {desired} replicas available"));
    }
    let surplus = status(object, "replicas") - desired;
    if surplus > 0 {
        return Progressing(format!("{surplus} surplus replicas are still there"));
    }
    if partition == 0 && object["status"]["currentRevision"] != object["status"]["updateRevision"] {
        return Progressing("the last replicas are being updated".to_owned());
    }
    Ready(format!("{ready} of {desired} replicas ready"))
}

pub(super) fn daemon_set(object: &Value) -> Verdict {
    if number(object, "/status/observedGeneration").is_none() {
        return unseen();
    }
    let desired = status(object, "desiredNumberScheduled");
    let (updated, available) = (
        status(object, "updatedNumberScheduled"),
        status(object, "numberAvailable"),
    );
    let text = format!("{available} of {desired} nodes available");
    if on_delete(object) {
        return if available >= desired {
            Ready(format!("{text}; delete pods by hand to update them"))
        } else {
            Progressing(text)
        };
    }
    if updated < desired {
        return Progressing(format!("{updated} of {desired} nodes updated"));
    }
    if available >= desired {
        Ready(text)
    } else {
        Progressing(text)
    }
}

pub(super) fn job(object: &Value) -> Verdict {
    for (kind, make) in [
        ("Failed", Failed as fn(String) -> Verdict),
        // It is decided; only its pods still have to end.
        ("FailureTarget", Failed),
        ("Complete", Ready),
    ] {
        if let Some(found) = condition(object, kind)
            && found["status"] == "True"
        {
            let text = told(found);
            return make(if text.is_empty() {
                kind.to_lowercase()
            } else {
                text
            });
        }
    }
    if object["spec"]["suspend"] == true {
        return Ready("suspended: it runs when somebody resumes it".to_owned());
    }
    let wanted = number(object, "/spec/completions").unwrap_or(1);
    let succeeded = status(object, "succeeded");
    match status(object, "failed") {
        0 => Progressing(format!("{succeeded} of {wanted} pods succeeded")),
        failed => Progressing(format!(
            "{succeeded} of {wanted} pods succeeded, {failed} failed"
        )),
    }
}

pub(super) fn pod(object: &Value) -> Verdict {
    match object["status"]["phase"].as_str().unwrap_or_default() {
        "Succeeded" => Ready("succeeded".to_owned()),
        "Failed" => Failed(match told(&object["status"]) {
            said if said.is_empty() => "it has ended, and not well".to_owned(),
            said => said,
        }),
        _ => match condition(object, "Ready") {
            Some(ready) if ready["status"] == "True" => Ready("ready".to_owned()),
            Some(ready) => Progressing(told(ready)),
            None => Progressing("not started yet".to_owned()),
        },
    }
}

/// A `ReplicaSet` or `ReplicationController` of somebody's own: it has no rollout.
pub(super) fn replica_set(object: &Value) -> Verdict {
    if number(object, "/status/observedGeneration").is_none() {
        return unseen();
    }
    if let Some(failure) = condition(object, "ReplicaFailure")
        && failure["status"] == "True"
    {
        return Failed(told(failure));
    }
    let desired = number(object, "/spec/replicas").unwrap_or(1);
    let available = status(object, "availableReplicas");
    let text = format!("{available} of {desired} replicas available");
    if available < desired || status(object, "replicas") > desired {
        Progressing(text)
    } else {
        Ready(text)
    }
}

fn on_delete(object: &Value) -> bool {
    object
        .pointer("/spec/updateStrategy/type")
        .is_some_and(|kind| kind == "OnDelete")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::cluster::readiness::tests::check;

    fn deployment(status: &Value) -> Value {
        json!({ "kind": "Deployment", "metadata": { "generation": 2 },
            "spec": { "replicas": 2 }, "status": status })
    }

    #[test]
    fn a_deployment_is_ready_when_all_replicas_are_updated_and_available() {
        check(
            &deployment(
                &json!({ "observedGeneration": 2, "replicas": 2, "updatedReplicas": 2,
                "availableReplicas": 2 }),
            ),
            "ready: 2 of 2 replicas available",
        );
        check(
            &deployment(
                &json!({ "observedGeneration": 2, "replicas": 3, "updatedReplicas": 2,
                "availableReplicas": 3 }),
            ),
            "progressing: 1 old replicas are still there",
        );
        check(
            &deployment(&json!({})),
            "progressing: its controller hasn't seen it yet",
        );
    }

    #[test]
    fn conditions_of_an_older_generation_do_not_count() {
        check(
            &deployment(&json!({ "observedGeneration": 1, "conditions": [
                { "type": "Progressing", "reason": "ProgressDeadlineExceeded" }] })),
            "progressing: its controller hasn't seen the change yet",
        );
    }

    #[test]
    fn a_deployment_past_its_deadline_or_over_quota_has_failed() {
        check(
            &deployment(&json!({ "observedGeneration": 2, "conditions": [
                { "type": "Progressing", "reason": "ProgressDeadlineExceeded",
                  "message": "timed out" }] })),
            "failed: ProgressDeadlineExceeded: timed out",
        );
        check(
            &deployment(&json!({ "observedGeneration": 2, "conditions": [
                { "type": "ReplicaFailure", "status": "True", "reason": "FailedCreate",
                  "message": "exceeded quota" }] })),
            "failed: FailedCreate: exceeded quota",
        );
    }

    #[test]
    fn a_stateful_set_is_ready_when_its_revisions_agree() {
        let set = |current: &str| {
            json!({ "kind": "StatefulSet", "metadata": { "generation": 1 },
                "spec": { "replicas": 1 }, "status": { "observedGeneration": 1,
                "readyReplicas": 1, "updatedReplicas": 1, "currentRevision": current,
                "updateRevision": "b" } })
        };
        check(&set("b"), "ready: 1 of 1 replicas ready");
        check(
            &set("a"),
            "progressing: the last replicas are being updated",
        );
    }

    #[test]
    fn a_stateful_set_s_replicas_stay_ready_for_as_long_as_it_wants() {
        let set = |available: i64| {
            json!({ "kind": "StatefulSet", "spec": { "replicas": 1, "minReadySeconds": 5 },
                "status": { "observedGeneration": 1, "readyReplicas": 1, "updatedReplicas": 1,
                "availableReplicas": available, "currentRevision": "a", "updateRevision": "a" } })
        };
        check(&set(0), "progressing: 0 of 1 replicas available");
        check(&set(1), "ready: 1 of 1 replicas ready");
    }

    #[test]
    fn a_job_ends_in_one_of_two_ways() {
        let job = |kind: &str| {
            json!({ "kind": "Job", "status": { "conditions": [
                { "type": kind, "status": "True", "reason": "BackoffLimitExceeded" }] } })
        };
        check(&job("Failed"), "failed: BackoffLimitExceeded");
        check(&job("FailureTarget"), "failed: BackoffLimitExceeded");
        check(&job("Complete"), "ready: BackoffLimitExceeded");
    }

    #[test]
    fn a_paused_deployment_that_has_something_to_roll_out_has_failed() {
        let mut paused = deployment(&json!({ "observedGeneration": 2, "replicas": 2,
            "updatedReplicas": 0, "availableReplicas": 2 }));
        paused["spec"]["paused"] = json!(true);
        check(
            &paused,
            "failed: it is paused (spec.paused), so that nothing is rolled out",
        );
    }

    #[test]
    fn a_partition_keeps_the_replicas_below_it_on_purpose() {
        let set = |updated: i64| {
            json!({ "kind": "StatefulSet", "spec": { "replicas": 3, "updateStrategy": {
                "type": "RollingUpdate", "rollingUpdate": { "partition": 2 } } },
                "status": { "observedGeneration": 1, "readyReplicas": 3, "replicas": 3,
                "updatedReplicas": updated, "currentRevision": "a", "updateRevision": "b" } })
        };
        check(&set(0), "progressing: 0 of 1 replicas updated");
        check(&set(1), "ready: 3 of 3 replicas ready");
    }

    #[test]
    fn what_is_updated_on_delete_says_so() {
        let on_delete = |kind: &str, status: &Value| {
            json!({ "kind": kind, "spec": { "replicas": 1,
                "updateStrategy": { "type": "OnDelete" } }, "status": status })
        };
        check(
            &on_delete(
                "StatefulSet",
                &json!({ "observedGeneration": 1, "readyReplicas": 1 }),
            ),
            "ready: 1 of 1 replicas ready; delete pods by hand to update them",
        );
        check(
            &on_delete(
                "DaemonSet",
                &json!({ "observedGeneration": 1, "desiredNumberScheduled": 2,
                "numberAvailable": 2, "updatedNumberScheduled": 0 }),
            ),
            "ready: 2 of 2 nodes available; delete pods by hand to update them",
        );
    }

    #[test]
    fn a_daemon_set_is_ready_when_every_node_has_the_new_pod() {
        let set = |updated: i64, available: i64| {
            json!({ "kind": "DaemonSet", "status": { "observedGeneration": 1,
                "desiredNumberScheduled": 2, "updatedNumberScheduled": updated,
                "numberAvailable": available } })
        };
        check(&set(1, 2), "progressing: 1 of 2 nodes updated");
        check(&set(2, 1), "progressing: 1 of 2 nodes available");
        check(&set(2, 2), "ready: 2 of 2 nodes available");
    }

    #[test]
    fn a_job_that_is_suspended_is_not_waited_for() {
        check(
            &json!({ "kind": "Job", "spec": { "suspend": true }, "status": {} }),
            "ready: suspended: it runs when somebody resumes it",
        );
        check(
            &json!({ "kind": "Job", "spec": { "completions": 3 },
                "status": { "succeeded": 1, "failed": 2 } }),
            "progressing: 1 of 3 pods succeeded, 2 failed",
        );
    }

    #[test]
    fn a_pod_is_ready_or_has_ended_well() {
        let pod = |status: &Value| json!({ "kind": "Pod", "status": status });
        check(
            &pod(&json!({ "phase": "Pending" })),
            "progressing: not started yet",
        );
        check(&pod(&json!({ "phase": "Succeeded" })), "ready: succeeded");
        check(
            &pod(&json!({ "phase": "Failed", "reason": "Evicted" })),
            "failed: Evicted",
        );
        check(
            &pod(&json!({ "phase": "Failed" })),
            "failed: it has ended, and not well",
        );
        check(
            &pod(&json!({ "phase": "Running", "conditions": [
                { "type": "Ready", "status": "True" }] })),
            "ready: ready",
        );
    }

    #[test]
    fn a_replica_set_of_its_own_waits_for_its_pods() {
        let set = |available: i64| {
            json!({ "kind": "ReplicaSet", "spec": { "replicas": 2 }, "status": {
                "observedGeneration": 1, "replicas": 2, "availableReplicas": available } })
        };
        check(&set(1), "progressing: 1 of 2 replicas available");
        check(&set(2), "ready: 2 of 2 replicas available");
    }
}
