//! What follows from what was seen, in each order.

use super::*;
use serde_json::json;

#[track_caller]
fn check(sight: &Sight, patient: bool, expected: &str) {
    let said = match sight.next(patient) {
        Next::Ready(text) => format!("ready: {text}"),
        Next::Failed(text) => format!("failed: {text}"),
        Next::Wait(text) => format!("wait: {text}"),
        Next::Suspect(pods) => {
            let names: Vec<String> = pods.iter().map(|(pod, _)| name_of(pod)).collect();
            format!("suspect: {}", names.join(", "))
        }
    };
    assert_eq!(said, expected);
}

fn deployment(generation: i64, observed: i64) -> Arc<Value> {
    let value = json!({ "kind": "Deployment", "metadata": { "generation": generation },
        "spec": { "replicas": 1 }, "status": { "observedGeneration": observed,
        "replicas": 1, "updatedReplicas": 1 } });
    Arc::new(value)
}

fn pod(name: &str, status: &Value) -> Arc<Pod> {
    let value = json!({ "metadata": { "name": name, "uid": name }, "status": status });
    Arc::new(serde_json::from_value(value).expect("a pod"))
}

fn crashing(name: &str) -> Arc<Pod> {
    pod(
        name,
        &json!({ "containerStatuses": [{ "name": "main", "image": "", "imageID": "",
        "ready": false, "restartCount": 3,
        "state": { "waiting": { "reason": "CrashLoopBackOff" } } }] }),
    )
}

fn unscheduled(name: &str) -> Arc<Pod> {
    pod(
        name,
        &json!({ "conditions": [{ "type": "PodScheduled", "status": "False",
        "reason": "Unschedulable", "message": "too big" }] }),
    )
}

#[test]
fn pods_are_looked_at_once_the_controller_has_seen_the_change() {
    let mut sight = Sight::new("Deployment", deployment(2, 1), false);
    sight.see_pod(crashing("a"));
    check(
        &sight,
        true,
        "wait: its controller hasn't seen the change yet",
    );
    sight.see(Some(deployment(2, 2)));
    check(&sight, true, "suspect: a");
}

#[test]
fn pods_of_an_older_revision_are_left_out() {
    let mut sight = Sight::new("Deployment", deployment(2, 1), false);
    sight.see(Some(deployment(2, 2)));
    let old = crashing("a");
    sight.see_pod(old.clone());
    sight.leave_out(&old);
    check(&sight, true, "wait: 0 of 1 replicas available");
}

#[test]
fn what_failed_before_an_apply_that_changed_nothing_may_recover() {
    let mut sight = Sight::new("Deployment", deployment(2, 2), false);
    sight.see_pod(crashing("a"));
    let text = "wait: 0 of 1 replicas available; container main of pod a: CrashLoopBackOff";
    check(&sight, true, text);
    check(&sight, false, "suspect: a");
}

#[test]
fn an_unschedulable_pod_counts_after_the_grace_period_whatever_its_siblings_do() {
    let mut sight = Sight::new("Deployment", deployment(1, 0), false);
    sight.see(Some(deployment(1, 1)));
    sight.see_pod(unscheduled("a"));
    sight.see_pod(pod("b", &json!({})));
    check(
        &sight,
        true,
        "wait: 0 of 1 replicas available; no node takes pod a: too big",
    );
    check(&sight, false, "suspect: a");
    sight.lose_pod("a");
    check(&sight, false, "wait: 0 of 1 replicas available");
}

#[test]
fn an_object_that_is_gone_has_failed() {
    let mut sight = Sight::new("Deployment", deployment(1, 0), false);
    sight.see(None);
    check(&sight, true, "failed: somebody deleted it");
}

fn over_quota(at: &str, observed: i64) -> Arc<Value> {
    let mut object = Value::clone(&deployment(2, observed));
    object["status"]["conditions"] = json!([{ "type": "ReplicaFailure", "status": "True",
        "lastTransitionTime": at, "reason": "FailedCreate" }]);
    Arc::new(object)
}

#[test]
fn an_old_failure_does_not_fail_the_change_that_mends_it() {
    let mut sight = Sight::new("Deployment", over_quota("10:00", 1), false);
    sight.see(Some(over_quota("10:00", 2)));
    check(&sight, true, "wait: before this apply: FailedCreate");
    check(&sight, false, "failed: FailedCreate");
    sight.see(Some(over_quota("10:01", 2)));
    check(&sight, true, "failed: FailedCreate");
}

fn warning(kind: &str, message: &str, fresh: bool) -> Arc<Warning> {
    Arc::new(Warning {
        kind: kind.to_owned(),
        name: "a".to_owned(),
        uid: "u".to_owned(),
        reason: if kind == "Pod" {
            "FailedMount"
        } else {
            "FailedCreate"
        }
        .to_owned(),
        message: message.to_owned(),
        count: 1,
        fresh,
    })
}

#[test]
fn what_is_recorded_of_a_new_object_is_of_this_apply() {
    let new = json!({ "metadata": { "generation": 1 }, "status": { "replicas": 0 } });
    let mut sight = Sight::new("StatefulSet", Arc::new(new), false);
    let seen = json!({ "metadata": { "generation": 1 }, "spec": { "replicas": 1 },
        "status": { "observedGeneration": 1 } });
    sight.see(Some(Arc::new(seen)));
    sight.see_warning(warning("StatefulSet", "violates PodSecurity", false));
    check(&sight, true, "failed: FailedCreate: violates PodSecurity");
}

#[test]
fn what_was_recorded_before_an_apply_counts_after_the_grace_period_or_when_recorded_again() {
    let mut sight = Sight::new("Deployment", deployment(2, 1), false);
    sight.see(Some(deployment(2, 2)));
    sight.see_warning(warning("Deployment", "is invalid", false));
    check(
        &sight,
        true,
        "wait: 0 of 1 replicas available; FailedCreate: is invalid",
    );
    check(&sight, false, "failed: FailedCreate: is invalid");
    sight.see_warning(warning("Deployment", "is invalid", true));
    check(&sight, true, "failed: FailedCreate: is invalid");
}

#[test]
fn a_warning_is_past_once_its_object_gets_on() {
    let mut sight = Sight::new("Deployment", deployment(2, 1), false);
    sight.see(Some(deployment(2, 2)));
    sight.see_warning(warning("Deployment", "timed out", true));
    check(
        &sight,
        true,
        "wait: 0 of 1 replicas available; FailedCreate: timed out",
    );
    let mut on = Value::clone(&deployment(2, 2));
    on["status"]["readyReplicas"] = json!(1);
    sight.see(Some(Arc::new(on)));
    check(&sight, false, "wait: 0 of 1 replicas available");
}

#[test]
fn a_pod_whose_volume_refers_to_nothing_is_a_suspect() {
    let mut sight = Sight::new("Deployment", deployment(2, 1), false);
    sight.see(Some(deployment(2, 2)));
    let missing = warning("Pod", "secret \"db\" not found", true);
    sight.see_stuck(pod("a", &json!({})), missing);
    assert!(sight.stuck("a").is_some());
    check(&sight, true, "suspect: a");
    sight.forget_stuck("a");
    check(&sight, true, "wait: 0 of 1 replicas available");
}

#[test]
fn an_account_that_is_about_to_be_made_is_waited_for() {
    let mut over = Value::clone(&deployment(1, 1));
    let message = "error looking up service account a/default: serviceaccount not found";
    over["status"]["conditions"] = json!([{ "type": "ReplicaFailure", "status": "True",
        "reason": "FailedCreate", "message": message }]);
    let mut sight = Sight::new("Deployment", deployment(1, 0), false);
    sight.see(Some(Arc::new(over)));
    check(&sight, true, &format!("wait: FailedCreate: {message}"));
    check(&sight, false, &format!("failed: FailedCreate: {message}"));
}

#[test]
fn an_object_that_took_its_name_is_another() {
    let mut sight = Sight::new("Deployment", deployment(1, 0), false);
    let mut other = Value::clone(&deployment(1, 1));
    other["metadata"]["uid"] = json!("v");
    sight.see(Some(Arc::new(other)));
    check(&sight, true, "failed: another object took its name");
}

#[test]
fn a_job_decides_itself_how_often_its_program_may_fail() {
    let job = json!({ "kind": "Job", "metadata": {}, "status": {} });
    let mut sight = Sight::new("Job", Arc::new(job), false);
    let mut pod = Pod::clone(&crashing("a"));
    let owner = json!([{ "apiVersion": "batch/v1", "kind": "Job", "name": "j", "uid": "u" }]);
    pod.metadata.owner_references = serde_json::from_value(owner).expect("an owner");
    sight.see_pod(Arc::new(pod));
    check(
        &sight,
        true,
        "wait: 0 of 1 pods succeeded; container main of pod a: CrashLoopBackOff",
    );
}
