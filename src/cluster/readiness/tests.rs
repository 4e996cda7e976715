//! The verdict on each kind, state by state.

use serde_json::{Value, json};

use super::{Verdict, is_stale, verdict};

/// Asserts the verdict on an object (`ready: 2 of 2 replicas available`).
#[track_caller]
pub(super) fn check(object: &Value, expected: &str) {
    let found = match verdict(object["kind"].as_str().unwrap(), object, false) {
        Verdict::Ready(text) => format!("ready: {text}"),
        Verdict::Progressing(text) => format!("progressing: {text}"),
        Verdict::Lacking(text) => format!("lacking: {text}"),
        Verdict::Failed(text) => format!("failed: {text}"),
    };
    assert_eq!(found, expected);
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
fn an_autoscaler_lacks_what_it_scales_where_that_is_not_there() {
    let unable = |message: &str| {
        json!({ "kind": "HorizontalPodAutoscaler", "status": { "conditions": [
            { "type": "AbleToScale", "status": "False", "reason": "FailedGetScale",
              "message": message }] } })
    };
    check(
        &unable("deployments.apps \"web\" not found"),
        "lacking: FailedGetScale: deployments.apps \"web\" not found",
    );
    check(
        &unable("the server is busy"),
        "progressing: FailedGetScale: the server is busy",
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

#[test]
fn a_condition_of_an_older_generation_does_not_count() {
    let certificate = |observed: i64, reason: &str| {
        json!({ "kind": "Certificate", "metadata": { "generation": 2 },
            "status": { "conditions": [{ "type": "Ready", "status": "False",
            "observedGeneration": observed, "reason": reason }] } })
    };
    check(
        &certificate(1, "InvalidSpec"),
        "progressing: its controller hasn't seen the change yet",
    );
    check(&certificate(2, "InvalidSpec"), "failed: InvalidSpec");
    check(&certificate(2, "Issuing"), "progressing: Issuing");
}

#[test]
fn a_route_is_ready_when_each_gateway_takes_it() {
    let route = |parents: Value| {
        json!({ "kind": "HTTPRoute", "metadata": { "generation": 2 },
            "status": { "parents": parents } })
    };
    let parent = |observed: i64, refs: &str| {
        json!({ "conditions": [
            { "type": "Accepted", "status": "True", "observedGeneration": observed },
            { "type": "ResolvedRefs", "status": refs, "observedGeneration": observed,
              "reason": "BackendNotFound", "message": "service \"api\" not found" }] })
    };
    check(&route(json!([])), "ready: present");
    check(
        &route(json!([parent(1, "True")])),
        "progressing: its controller hasn't seen the change yet",
    );
    check(
        &route(json!([parent(2, "True"), parent(2, "False")])),
        "progressing: BackendNotFound: service \"api\" not found",
    );
    check(
        &route(json!([parent(2, "True"), parent(2, "True")])),
        "ready: accepted by 2 gateways",
    );
}

#[test]
fn a_gateway_is_ready_when_it_is_programmed() {
    let gateway = |status: &str| {
        json!({ "kind": "Gateway", "metadata": { "generation": 1 },
            "status": { "conditions": [
            { "type": "Accepted", "status": "True", "observedGeneration": 1 },
            { "type": "Programmed", "status": status, "observedGeneration": 1,
              "reason": "AddressNotAssigned" }] } })
    };
    check(&gateway("False"), "progressing: AddressNotAssigned");
    check(&gateway("True"), "ready: programmed");
    check(
        &json!({ "kind": "GatewayClass", "status": { "conditions": [
            { "type": "Accepted", "status": "Unknown", "reason": "Pending" }] } }),
        "progressing: Pending",
    );
}

#[test]
fn an_aggregated_api_is_ready_when_its_server_answers() {
    let service = |status: &Value| json!({ "kind": "APIService", "status": status });
    check(
        &service(&json!({})),
        "progressing: its controller hasn't seen it yet",
    );
    check(
        &service(
            &json!({ "conditions": [{ "type": "Available", "status": "False",
            "reason": "MissingEndpoints" }] }),
        ),
        "progressing: MissingEndpoints",
    );
    check(
        &service(&json!({ "conditions": [{ "type": "Available", "status": "True" }] })),
        "ready: available",
    );
}

#[test]
fn a_volume_is_ready_when_a_claim_may_have_it() {
    let volume = |status: &Value| json!({ "kind": "PersistentVolume", "status": status });
    check(&volume(&json!({})), "progressing: not available yet");
    check(
        &volume(&json!({ "phase": "Available" })),
        "ready: available",
    );
    check(
        &volume(&json!({ "phase": "Failed", "message": "no such disk" })),
        "failed: no such disk",
    );
}

#[test]
fn what_its_controller_gave_up_has_failed() {
    check(
        &json!({ "kind": "HelmRelease", "status": { "conditions": [
            { "type": "Stalled", "status": "True", "reason": "RetriesExceeded" },
            { "type": "Ready", "status": "False", "reason": "InstallFailed" }] } }),
        "failed: RetriesExceeded",
    );
}

#[test]
fn a_failure_is_stale_until_its_condition_changes() {
    let deployment = |at: &str| {
        json!({ "kind": "Deployment", "status": { "conditions": [
            { "type": "ReplicaFailure", "status": "True", "lastUpdateTime": at }] } })
    };
    assert!(is_stale(
        "Deployment",
        &deployment("10:00"),
        &deployment("10:00")
    ));
    assert!(!is_stale(
        "Deployment",
        &deployment("10:00"),
        &deployment("10:01")
    ));
    let job = json!({ "kind": "Job" });
    assert!(
        !is_stale("Job", &job, &job),
        "a Job that has failed stays failed"
    );
}
