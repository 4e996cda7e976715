//! What follows pods and workloads: endpoints, load balancers, disruption budgets, autoscalers.
//! No traffic flows, and no metric is measured.

use std::sync::Arc;

use serde_json::{Value, json};

use super::conditions::{self, Condition};
use super::{number, owned, set_status, text};
use crate::rehearsal::selector::selects;
use crate::rehearsal::store::Key;
use crate::rehearsal::world::{Part, World, suffix_of};

fn selected(world: &World, key: &Key, selector: &Value) -> Vec<Arc<Value>> {
    world
        .store
        .list("/pods", Some(&key.namespace))
        .filter(|(_, pod)| selects(selector, &pod["metadata"]["labels"]) && owned::active(pod))
        .map(|(_, pod)| Arc::clone(pod))
        .collect()
}

/// Gives a Service its load balancer's address and its endpoints.
pub(super) fn service(world: &mut World, key: &Key, service: &Value) {
    let balanced = service["spec"]["type"] == "LoadBalancer";
    if balanced && service["status"]["loadBalancer"]["ingress"].is_null() {
        let address = suffix(text(service, "/metadata/uid"));
        set_status(
            world,
            key,
            json!({"loadBalancer": {"ingress": [
                {"ip": format!("203.0.113.{address}"), "ipMode": "VIP"},
            ]}}),
        );
    }
    if service["spec"]["selector"].is_object() {
        endpoints(world, key, service);
    }
}

fn suffix(text: &str) -> u32 {
    text.bytes().fold(7_u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u32::from(byte))
    }) % 254
        + 1
}

fn endpoints(world: &mut World, key: &Key, service: &Value) {
    let mut pods = selected(world, key, &service["spec"]["selector"]);
    pods.retain(|pod| pod["status"]["podIP"].is_string());
    let endpoints: Vec<Value> = pods
        .iter()
        .map(|pod| {
            let ready = owned::ready(pod);
            json!({
                "addresses": [pod["status"]["podIP"]],
                "conditions": {"ready": ready, "serving": ready, "terminating": false},
                "nodeName": super::pods::NODE,
                "targetRef": {
                    "kind": "Pod",
                    "name": pod["metadata"]["name"],
                    "namespace": key.namespace,
                    "uid": pod["metadata"]["uid"],
                },
            })
        })
        .collect();
    let ports: Vec<Value> = service["spec"]["ports"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|port| {
            json!({
                "name": text(port, "/name"),
                "port": target_port(port, &pods),
                "protocol": port["protocol"],
            })
        })
        .collect();
    let name = format!("{}-{}", key.name, suffix_of(&key.name, 5));
    let slice = Key::new("discovery.k8s.io/endpointslices", &key.namespace, &name);
    if world.store.get(&slice).is_none() {
        let object = json!({
            "metadata": {
                "name": name,
                "namespace": key.namespace,
                "labels": {
                    "kubernetes.io/service-name": key.name,
                    "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
                },
                "ownerReferences": super::owner(service),
            },
            "addressType": "IPv4",
            "endpoints": endpoints,
            "ports": ports,
        });
        world.create("discovery.k8s.io/endpointslices", object);
        return;
    }
    world.change(&slice, Part::Rest, |slice| {
        slice["endpoints"] = Value::Array(endpoints);
        slice["ports"] = Value::Array(ports);
    });
}

/// Returns the number of a port that may be named by the pods' containers.
fn target_port(port: &Value, pods: &[Arc<Value>]) -> Value {
    let target = &port["targetPort"];
    if !target.is_string() {
        return if target.is_null() {
            port["port"].clone()
        } else {
            target.clone()
        };
    }
    let containers = pods
        .iter()
        .filter_map(|pod| pod["spec"]["containers"].as_array());
    let mut ports = containers
        .flatten()
        .filter_map(|one| one["ports"].as_array())
        .flatten();
    ports
        .find(|one| one["name"] == *target)
        .map_or(Value::Null, |one| one["containerPort"].clone())
}

/// Counts how many pods a budget lets go.
pub(super) fn disruption_budget(world: &mut World, key: &Key, budget: &Value) {
    let pods = selected(world, key, &budget["spec"]["selector"]);
    let expected = i64::try_from(pods.len()).unwrap_or_default();
    let healthy = pods.iter().filter(|pod| owned::ready(pod)).count();
    let healthy = i64::try_from(healthy).unwrap_or_default();
    let share = |value: &Value| match value.as_str().and_then(|text| text.strip_suffix('%')) {
        Some(percent) => (expected * percent.parse::<i64>().unwrap_or_default() + 99) / 100,
        None => value.as_i64().unwrap_or_default(),
    };
    let desired = if budget["spec"]["maxUnavailable"].is_null() {
        share(&budget["spec"]["minAvailable"])
    } else {
        (expected - share(&budget["spec"]["maxUnavailable"])).max(0)
    };
    let allowed = (healthy - desired).max(0);
    let now = world.timestamp();
    let mut status = json!({
        "observedGeneration": budget["metadata"]["generation"],
        "expectedPods": expected,
        "currentHealthy": healthy,
        "desiredHealthy": desired,
        "disruptionsAllowed": allowed,
        "conditions": budget["status"]["conditions"],
    });
    conditions::set(
        &mut status,
        &now,
        &Condition {
            kind: "DisruptionAllowed",
            holds: allowed > 0,
            reason: if allowed > 0 {
                "SufficientPods"
            } else {
                "InsufficientPods"
            },
            message: "",
        },
    );
    set_status(world, key, status);
}

/// Keeps a workload within an autoscaler's bounds; the metrics are always fine.
pub(super) fn autoscaler(world: &mut World, key: &Key, autoscaler: &Value) {
    let reference = &autoscaler["spec"]["scaleTargetRef"];
    let resource = super::owner_resource(text(reference, "/kind")).unwrap_or_default();
    let target = Key::new(resource, &key.namespace, text(reference, "/name"));
    let now = world.timestamp();
    let mut status = json!({"conditions": autoscaler["status"]["conditions"]});
    let Some(found) = world.store.get(&target).cloned() else {
        let message = format!(
            "the HPA controller was unable to get the target's current scale: {} {:?} not found",
            text(reference, "/kind"),
            target.name
        );
        conditions::set(
            &mut status,
            &now,
            &Condition {
                kind: "AbleToScale",
                holds: false,
                reason: "FailedGetScale",
                message: &message,
            },
        );
        status["currentMetrics"] = Value::Null;
        status["desiredReplicas"] = Value::from(0);
        set_status(world, key, status);
        return;
    };
    let replicas = number(&found, "/spec/replicas");
    let wanted = replicas
        .max(number(autoscaler, "/spec/minReplicas"))
        .min(number(autoscaler, "/spec/maxReplicas"));
    if wanted != replicas && replicas > 0 {
        world.change(&target, Part::Rest, |target| {
            target["spec"]["replicas"] = Value::from(wanted);
        });
    }
    status["currentReplicas"] = Value::from(replicas);
    status["desiredReplicas"] = Value::from(wanted);
    let size = (
        "AbleToScale",
        "ReadyForNewScale",
        "recommended size matches current size",
    );
    let metric = (
        "ScalingActive",
        "ValidMetricFound",
        "the HPA was able to compute a replica count",
    );
    for (kind, reason, message) in [size, metric] {
        conditions::set(
            &mut status,
            &now,
            &Condition {
                kind,
                holds: true,
                reason,
                message,
            },
        );
    }
    set_status(world, key, status);
}
