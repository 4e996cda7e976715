//! Readiness as pure functions from an object to a verdict with its reason.
//!
//! The rules are the union of what kapp, kstatus and kubectl's rollout know; conditions older
//! than the applied generation never count.

use serde_json::Value;

/// What an object's status says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is ready, and why.
    Ready(String),
    /// It may become ready; how far it is.
    Progressing(String),
    /// It can't become ready without a change.
    Failed(String),
}

use Verdict::{Failed, Progressing, Ready};

/// Returns the verdict on an object.
///
/// The kind is told apart because a list's items don't carry it. `waits_for_consumer` says of a volume claim that its class binds it only when a pod uses it.
pub fn verdict(kind: &str, object: &Value, waits_for_consumer: bool) -> Verdict {
    if object.pointer("/metadata/deletionTimestamp").is_some() {
        return Failed("somebody is deleting it".to_owned());
    }
    let generation = number(object, "/metadata/generation");
    let observed = number(object, "/status/observedGeneration");
    if let (Some(generation), Some(observed)) = (generation, observed)
        && observed < generation
    {
        return Progressing("its controller hasn't seen the change yet".to_owned());
    }
    match kind {
        "Deployment" => deployment(object),
        "StatefulSet" => stateful_set(object),
        "DaemonSet" => daemon_set(object),
        "Job" => job(object),
        "Pod" => pod(object),
        "PersistentVolumeClaim" => claim(object, waits_for_consumer),
        "Service" => service(object),
        "Namespace" => phase(object, "Active"),
        "CustomResourceDefinition" => definition(object),
        "HorizontalPodAutoscaler" => autoscaler(object),
        "PodDisruptionBudget" => match observed {
            Some(_) => Ready("observed".to_owned()),
            None => Progressing("its controller hasn't seen it yet".to_owned()),
        },
        "Ingress" => Ready("accepted".to_owned()),
        _ => by_condition(object),
    }
}

fn number(object: &Value, pointer: &str) -> Option<i64> {
    object.pointer(pointer).and_then(Value::as_i64)
}

fn status(object: &Value, field: &str) -> i64 {
    object["status"][field].as_i64().unwrap_or(0)
}

fn condition<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    let conditions = object["status"]["conditions"].as_array()?;
    conditions
        .iter()
        .find(|condition| condition["type"] == kind)
}

fn told(condition: &Value) -> String {
    let text = |key: &str| condition[key].as_str().unwrap_or_default();
    match (text("reason"), text("message")) {
        ("", message) => message.to_owned(),
        (reason, "") => reason.to_owned(),
        (reason, message) => format!("{reason}: {message}"),
    }
}

fn deployment(object: &Value) -> Verdict {
    if number(object, "/status/observedGeneration").is_none() {
        return Progressing("its controller hasn't seen it yet".to_owned());
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

fn stateful_set(object: &Value) -> Verdict {
    if number(object, "/status/observedGeneration").is_none() {
        return Progressing("its controller hasn't seen it yet".to_owned());
    }
    let desired = number(object, "/spec/replicas").unwrap_or(1);
    let (ready, updated) = (
        status(object, "readyReplicas"),
        status(object, "updatedReplicas"),
    );
    if object
        .pointer("/spec/updateStrategy/type")
        .is_some_and(|kind| kind == "OnDelete")
    {
        return if ready >= desired {
            Ready(format!(
                "{ready} of {desired} replicas ready; delete pods by hand to update them"
            ))
        } else {
            Progressing(format!("{ready} of {desired} replicas ready"))
        };
    }
    let partition = number(object, "/spec/updateStrategy/rollingUpdate/partition").unwrap_or(0);
    let wanted = (desired - partition).max(0);
    if updated < wanted {
        return Progressing(format!("{updated} of {wanted} replicas updated"));
    }
    if ready < desired {
        return Progressing(format!("{ready} of {desired} replicas ready"));
    }
    if partition == 0 && object["status"]["currentRevision"] != object["status"]["updateRevision"] {
        return Progressing("the last replicas are being updated".to_owned());
    }
    Ready(format!("{ready} of {desired} replicas ready"))
}

fn daemon_set(object: &Value) -> Verdict {
    if number(object, "/status/observedGeneration").is_none() {
        return Progressing("its controller hasn't seen it yet".to_owned());
    }
    let desired = status(object, "desiredNumberScheduled");
    let (updated, available) = (
        status(object, "updatedNumberScheduled"),
        status(object, "numberAvailable"),
    );
    let text = format!("{available} of {desired} nodes available");
    if updated >= desired && available >= desired {
        Ready(text)
    } else {
        Progressing(text)
    }
}

fn job(object: &Value) -> Verdict {
    for (kind, make) in [
        ("Failed", Failed as fn(String) -> Verdict),
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
    Progressing(format!("{} pods succeeded", status(object, "succeeded")))
}

fn pod(object: &Value) -> Verdict {
    match object["status"]["phase"].as_str().unwrap_or_default() {
        "Succeeded" => Ready("succeeded".to_owned()),
        "Failed" => Failed(told(&object["status"])),
        _ => match condition(object, "Ready") {
            Some(ready) if ready["status"] == "True" => Ready("ready".to_owned()),
            Some(ready) => Progressing(told(ready)),
            None => Progressing("not scheduled yet".to_owned()),
        },
    }
}

fn claim(object: &Value, waits_for_consumer: bool) -> Verdict {
    match object["status"]["phase"].as_str().unwrap_or_default() {
        "Bound" => Ready("bound".to_owned()),
        "Lost" => Failed("its volume is lost".to_owned()),
        // Waiting for it before its pod is applied would be a deadlock (argo-cd #12840).
        _ if waits_for_consumer => Ready("bound when a pod uses it".to_owned()),
        _ => Progressing("not bound yet".to_owned()),
    }
}

fn service(object: &Value) -> Verdict {
    let balanced = object
        .pointer("/spec/type")
        .is_some_and(|kind| kind == "LoadBalancer");
    let external = object
        .pointer("/spec/type")
        .is_some_and(|kind| kind == "ExternalName");
    if !external && object.pointer("/spec/clusterIP").is_none() {
        return Progressing("no cluster IP yet".to_owned());
    }
    if !balanced {
        return Ready("has its address".to_owned());
    }
    let given = object.pointer("/status/loadBalancer/ingress/0");
    let address = given.and_then(|at| at["ip"].as_str().or_else(|| at["hostname"].as_str()));
    match address {
        Some(address) => Ready(format!("load balancer at {address}")),
        None => Progressing("no load balancer address yet".to_owned()),
    }
}

fn phase(object: &Value, wanted: &str) -> Verdict {
    match object["status"]["phase"].as_str().unwrap_or_default() {
        found if found == wanted => Ready(wanted.to_lowercase()),
        found => Progressing(format!("phase {found}")),
    }
}

fn definition(object: &Value) -> Verdict {
    if let Some(names) = condition(object, "NamesAccepted")
        && names["status"] == "False"
    {
        return Failed(told(names));
    }
    match condition(object, "Established") {
        Some(established) if established["status"] == "True" => Ready("established".to_owned()),
        _ => Progressing("not established yet".to_owned()),
    }
}

fn autoscaler(object: &Value) -> Verdict {
    let able = condition(object, "AbleToScale");
    match able {
        None => return Progressing("its controller hasn't seen it yet".to_owned()),
        Some(able) if able["status"] == "False" => return Progressing(told(able)),
        Some(_) => {}
    }
    let least = number(object, "/spec/minReplicas").unwrap_or(1);
    let most = number(object, "/spec/maxReplicas").unwrap_or(least);
    let active = condition(object, "ScalingActive").is_some_and(|it| it["status"] == "True");
    let (wanted, running) = (
        status(object, "desiredReplicas"),
        status(object, "currentReplicas"),
    );
    // Metrics may come minutes later, or never where no metrics server runs: a target that has
    // its minimum already is left alone then, and nothing is ever wanted of it.
    if !active && running >= least {
        return Ready(format!(
            "has {running} replicas of {least} to {most}; no metrics yet"
        ));
    }
    if wanted < least {
        return Progressing(format!(
            "wants {wanted} replicas, {least} at least are asked for"
        ));
    }
    let note = if active { "" } else { "; no metrics yet" };
    Ready(format!(
        "wants {wanted} replicas of {least} to {most}{note}"
    ))
}

fn by_condition(object: &Value) -> Verdict {
    for kind in ["Ready", "Available", "Reconciled"] {
        if let Some(found) = condition(object, kind) {
            return if found["status"] == "True" {
                Ready(kind.to_lowercase())
            } else {
                Progressing(told(found))
            };
        }
    }
    Ready("present".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Verdict, verdict};

    #[track_caller]
    fn check(object: &Value, expected: &str) {
        let found = match verdict(object["kind"].as_str().unwrap(), object, false) {
            Verdict::Ready(text) => format!("ready: {text}"),
            Verdict::Progressing(text) => format!("progressing: {text}"),
            Verdict::Failed(text) => format!("failed: {text}"),
        };
        assert_eq!(found, expected);
    }

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
    fn a_pending_claim_is_ready_only_where_its_class_waits_for_a_consumer() {
        let claim = json!({ "kind": "PersistentVolumeClaim", "status": { "phase": "Pending" } });
        check(&claim, "progressing: not bound yet");
        assert_eq!(
            verdict("PersistentVolumeClaim", &claim, true),
            Verdict::Ready("bound when a pod uses it".to_owned())
        );
    }

    #[test]
    fn a_job_ends_in_one_of_two_ways() {
        let job = |kind: &str| {
            json!({ "kind": "Job", "status": { "conditions": [
                { "type": kind, "status": "True", "reason": "BackoffLimitExceeded" }] } })
        };
        check(&job("Failed"), "failed: BackoffLimitExceeded");
        check(&job("Complete"), "ready: BackoffLimitExceeded");
    }

    #[test]
    fn a_load_balancer_waits_for_its_address() {
        let service = |status: &Value| {
            json!({ "kind": "Service", "spec": { "type": "LoadBalancer",
                "clusterIP": "10.0.0.1" }, "status": status })
        };
        check(
            &service(&json!({})),
            "progressing: no load balancer address yet",
        );
        check(
            &service(&json!({ "loadBalancer": { "ingress": [{ "ip": "192.0.2.1" }] } })),
            "ready: load balancer at 192.0.2.1",
        );
    }

    #[test]
    fn a_definition_with_a_taken_name_has_failed() {
        check(
            &json!({ "kind": "CustomResourceDefinition", "status": { "conditions": [
                { "type": "NamesAccepted", "status": "False", "reason": "ListKindConflict" }] } }),
            "failed: ListKindConflict",
        );
    }

    #[test]
    fn an_autoscaler_is_ready_when_it_wants_its_minimum_even_without_metrics() {
        let autoscaler = |wanted: i64, active: &str| {
            json!({ "kind": "HorizontalPodAutoscaler",
                "spec": { "minReplicas": 2, "maxReplicas": 10 },
                "status": { "desiredReplicas": wanted, "conditions": [
                    { "type": "AbleToScale", "status": "True" },
                    { "type": "ScalingActive", "status": active }] } })
        };
        check(
            &autoscaler(1, "True"),
            "progressing: wants 1 replicas, 2 at least are asked for",
        );
        check(&autoscaler(2, "True"), "ready: wants 2 replicas of 2 to 10");
        check(
            &autoscaler(2, "False"),
            "ready: wants 2 replicas of 2 to 10; no metrics yet",
        );
    }

    #[test]
    fn what_is_being_deleted_has_failed() {
        check(
            &json!({ "kind": "ConfigMap", "metadata": { "deletionTimestamp": "2026-01-01T00:00:00Z" } }),
            "failed: somebody is deleting it",
        );
    }

    #[test]
    fn other_kinds_go_by_their_condition_or_are_ready_by_being_there() {
        check(&json!({ "kind": "ConfigMap" }), "ready: present");
        check(
            &json!({ "kind": "Certificate", "status": { "conditions": [
                { "type": "Ready", "status": "False", "reason": "Issuing" }] } }),
            "progressing: Issuing",
        );
    }
}
