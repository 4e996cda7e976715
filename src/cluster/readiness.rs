//! Readiness as pure functions from an object to a verdict with its reason.
//!
//! The rules are the union of what kapp, kstatus and kubectl's rollout know; conditions older
//! than the applied generation never count.

mod workload;

use serde_json::Value;

use workload::{daemon_set, deployment, job, pod, replica_set, stateful_set};

/// What an object's status says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is ready, and why.
    Ready(String),
    /// It may become ready; how far it is.
    Progressing(String),
    /// It may become ready once something else is there, which nothing of its own brings.
    Lacking(String),
    /// It can't become ready without a change.
    Failed(String),
}

use Verdict::{Failed, Lacking, Progressing, Ready};

/// Conditions that tell of a Deployment's or `ReplicaSet`'s failure and stay until its controller
/// gets on: kind, and the field and value that mean failure.
const LASTING: [(&str, &str, &str); 2] = [
    ("Progressing", "reason", "ProgressDeadlineExceeded"),
    ("ReplicaFailure", "status", "True"),
];

/// Returns the verdict on an object.
///
/// The kind is told apart because a list's items don't carry it. `waits_for_consumer` says of a
/// volume claim that its class binds it only when a pod uses it.
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
        "ReplicaSet" | "ReplicationController" => replica_set(object),
        "PersistentVolumeClaim" => claim(object, waits_for_consumer),
        "Service" => service(object),
        "Namespace" => phase(object, "Active"),
        "CustomResourceDefinition" => definition(object),
        "HorizontalPodAutoscaler" => autoscaler(object),
        "PodDisruptionBudget" => match observed {
            Some(_) => Ready("observed".to_owned()),
            None => unseen(),
        },
        "Ingress" => Ready("accepted".to_owned()),
        "CronJob" if object["spec"]["suspend"] == true => {
            Ready("suspended: it runs when somebody resumes it".to_owned())
        }
        "PersistentVolume" => volume(object),
        "APIService" if condition(object, "Available").is_none() => unseen(),
        "HTTPRoute" | "GRPCRoute" | "TLSRoute" | "TCPRoute" | "UDPRoute" => route(object),
        "GatewayClass" => by_condition(object, &["Accepted"]),
        _ => by_condition(object, &["Ready", "Available", "Reconciled", "Programmed"]),
    }
}

/// Returns whether the failure that an object shows was there when its apply was answered, and goes
/// away when its cause does: its controller hasn't said anything new since.
pub(super) fn is_stale(kind: &str, applied: &Value, now: &Value) -> bool {
    let recovers = matches!(kind, "Deployment" | "ReplicaSet" | "ReplicationController");
    let mut failed = LASTING
        .into_iter()
        .filter(|(kind, field, value)| condition(now, kind).is_some_and(|it| it[*field] == *value))
        .map(|(kind, _, _)| kind)
        .peekable();
    recovers
        && now.pointer("/metadata/deletionTimestamp").is_none()
        && failed.peek().is_some()
        && failed.all(|kind| condition(now, kind) == condition(applied, kind))
}

fn unseen() -> Verdict {
    Progressing("its controller hasn't seen it yet".to_owned())
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

fn claim(object: &Value, waits_for_consumer: bool) -> Verdict {
    match object["status"]["phase"].as_str().unwrap_or_default() {
        "Bound" => Ready("bound".to_owned()),
        "Lost" => Failed("its volume is lost".to_owned()),
        // Waiting for it before its pod is applied would be a deadlock (argo-cd #12840).
        _ if waits_for_consumer => Ready("bound when a pod uses it".to_owned()),
        _ => Progressing("not bound yet".to_owned()),
    }
}

fn volume(object: &Value) -> Verdict {
    match object["status"]["phase"].as_str().unwrap_or_default() {
        found @ ("Available" | "Bound" | "Released") => Ready(found.to_lowercase()),
        "Failed" => Failed(told(&object["status"])),
        _ => Progressing("not available yet".to_owned()),
    }
}

/// A route of the Gateway API: each gateway that it names says for itself whether it takes it. One
/// that none has said anything of counts as ready by being there, as any kind without a status.
fn route(object: &Value) -> Verdict {
    let parents = object["status"]["parents"].as_array();
    let parents = parents.map(Vec::as_slice).unwrap_or_default();
    for parent in parents {
        let view = serde_json::json!({ "metadata": object["metadata"], "status": parent });
        for kind in ["Accepted", "ResolvedRefs"] {
            let verdict = by_condition(&view, &[kind]);
            if !matches!(verdict, Ready(_)) {
                return verdict;
            }
        }
    }
    match parents.len() {
        0 => Ready("present".to_owned()),
        1 => Ready("accepted by its gateway".to_owned()),
        gateways => Ready(format!("accepted by {gateways} gateways")),
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
        "" => unseen(),
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
        None => return unseen(),
        // What it scales comes before it in every plan.
        Some(able) if able["status"] == "False" && is_not_found(able) => {
            return Lacking(told(able));
        }
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

/// Returns whether an autoscaler's condition says that what it scales isn't there.
fn is_not_found(able: &Value) -> bool {
    let message = able["message"].as_str().unwrap_or_default();
    able["reason"] == "FailedGetScale" && message.contains("not found")
}

/// Kinds that nothing here knows. One whose controller hasn't written a status yet counts as ready
/// by being there: whether it will write one can't be told.
fn by_condition(object: &Value, kinds: &[&str]) -> Verdict {
    let generation = number(object, "/metadata/generation");
    let current = |found: &&Value| match found["observedGeneration"].as_i64() {
        Some(observed) => Some(observed) >= generation,
        None => true,
    };
    let holds = |kind: &str| {
        condition(object, kind)
            .filter(current)
            .filter(|found| found["status"] == "True")
    };
    if let Some(stalled) = holds("Stalled") {
        return Failed(told(stalled));
    }
    for kind in kinds {
        let Some(found) = condition(object, kind) else {
            continue;
        };
        return if !current(&found) {
            Progressing("its controller hasn't seen the change yet".to_owned())
        } else if found["status"] == "True" {
            Ready(kind.to_lowercase())
        } else if found["reason"].as_str().is_some_and(is_terminal) {
            Failed(told(found))
        } else {
            Progressing(told(found))
        };
    }
    Ready("present".to_owned())
}

/// Reasons that controllers give where only a change of the object helps.
fn is_terminal(reason: &str) -> bool {
    matches!(
        reason,
        "InvalidSpec" | "InvalidConfiguration" | "ValidationFailed" | "Terminal" | "TerminalError"
    )
}

#[cfg(test)]
mod tests;
