//! What a cluster has and does by itself: namespaces, claims, definitions of kinds.

use std::sync::Arc;

use serde_json::{Value, json};

use super::conditions::{self, Condition};
use super::{Task, events, set_status, text};
use crate::rehearsal::store::Key;
use crate::rehearsal::validate::DEFAULT_CLASS;
use crate::rehearsal::world::{Part, World};

/// Creates what every cluster has.
pub(crate) fn bootstrap(world: &mut World) {
    for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
        world.create("/namespaces", json!({"metadata": {"name": name}}));
    }
    world.create(
        "storage.k8s.io/storageclasses",
        json!({
            "metadata": {
                "name": DEFAULT_CLASS,
                "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
            },
            "provisioner": "rehearsal/volumes",
            "volumeBindingMode": "WaitForFirstConsumer",
        }),
    );
    let room = json!({"cpu": "16", "memory": "64Gi", "pods": "110"});
    world.create(
        "/nodes",
        json!({"metadata": {
            "name": super::pods::NODE,
            "labels": {"kubernetes.io/hostname": super::pods::NODE, "kubernetes.io/os": "linux"},
        }}),
    );
    let version = world.resources.version.clone();
    let now = world.timestamp();
    set_status(
        world,
        &Key::new("/nodes", "", super::pods::NODE),
        json!({
            "capacity": room,
            "allocatable": room,
            "addresses": [{"type": "InternalIP", "address": "192.168.0.10"}],
            "nodeInfo": {"kubeletVersion": version},
            "conditions": [{
                "type": "Ready",
                "status": "True",
                "reason": "KubeletReady",
                "lastTransitionTime": now,
            }],
        }),
    );
    let service = json!({
        "metadata": {"name": "kubernetes", "namespace": "default"},
        "spec": {
            "clusterIP": "10.96.0.1",
            "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}],
        },
    });
    world.create("/services", service);
}

/// Gives a namespace its account and the root certificate's `ConfigMap`.
pub(super) fn namespace(world: &mut World, key: &Key) {
    let metadata = |name: &str| json!({"name": name, "namespace": key.name});
    world.create("/serviceaccounts", json!({"metadata": metadata("default")}));
    world.create(
        "/configmaps",
        json!({
            "metadata": metadata("kube-root-ca.crt"),
            "data": {"ca.crt": "a rehearsal has no certificate\n"},
        }),
    );
}

/// Binds a claim whose class doesn't wait for a pod.
pub(super) fn claim(world: &mut World, key: &Key, claim: &Value) {
    if text(claim, "/status/phase") == "Bound" {
        return;
    }
    match class(world, claim) {
        Some(class) if text(&class, "/volumeBindingMode") == "WaitForFirstConsumer" => {
            if claim["metadata"]["annotations"]["volume.kubernetes.io/selected-node"].is_null() {
                let message = "waiting for first consumer to be created before binding";
                once(world, claim, ("Normal", "WaitForFirstConsumer", message));
            } else {
                bind(world, key, claim);
            }
        }
        Some(_) => bind(world, key, claim),
        None => {
            let message = format!(
                "storageclass.storage.k8s.io {:?} not found",
                text(claim, "/spec/storageClassName")
            );
            once(world, claim, ("Warning", "ProvisioningFailed", &message));
        }
    }
}

fn once(world: &mut World, claim: &Value, what: (&str, &str, &str)) {
    events::record(world, claim, "persistentvolume-controller", what);
}

fn class(world: &World, claim: &Value) -> Option<Arc<Value>> {
    world.get(
        "storage.k8s.io/storageclasses",
        "",
        text(claim, "/spec/storageClassName"),
    )
}

/// Tells a claim that a pod wants it; returns why the pod has to wait, empty for "not long".
pub(super) fn wanted(world: &mut World, key: &Key, claim: &Value) -> String {
    if class(world, claim).is_none() {
        return "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims."
            .to_owned();
    }
    world.change(key, Part::Rest, |claim| {
        claim["metadata"]["annotations"]["volume.kubernetes.io/selected-node"] =
            Value::from(super::pods::NODE);
    });
    world.schedule(1_000, Task::Reconcile(key.clone()));
    String::new()
}

fn bind(world: &mut World, key: &Key, claim: &Value) {
    let name = format!("pvc-{}", text(claim, "/metadata/uid"));
    let volume = json!({
        "metadata": {"name": name},
        "spec": {
            "accessModes": claim["spec"]["accessModes"],
            "capacity": claim["spec"]["resources"]["requests"],
            "storageClassName": claim["spec"]["storageClassName"],
            "persistentVolumeReclaimPolicy": "Delete",
            "volumeMode": claim["spec"]["volumeMode"],
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "name": key.name,
                "namespace": key.namespace,
                "uid": claim["metadata"]["uid"],
            },
            "hostPath": {"path": format!("/rehearsal/{name}")},
        },
    });
    world.create("/persistentvolumes", volume);
    set_status(
        world,
        &Key::new("/persistentvolumes", "", &name),
        json!({"phase": "Bound"}),
    );
    world.change(key, Part::Status, |claim| {
        claim["spec"]["volumeName"] = Value::from(name.as_str());
        claim["status"] = json!({
            "phase": "Bound",
            "accessModes": claim["spec"]["accessModes"],
            "capacity": claim["spec"]["resources"]["requests"],
        });
    });
    let message = format!("Successfully provisioned volume {name}");
    events::record(
        world,
        claim,
        "persistentvolume-controller",
        ("Normal", "ProvisioningSucceeded", &message),
    );
}

/// Establishes a custom resource definition: its kind is served from now on.
pub(super) fn definition(world: &mut World, key: &Key, definition: &Value) {
    let known = definition["status"]["storedVersions"].is_array();
    world.resources.define(definition);
    let now = world.timestamp();
    let mut status = json!({
        "conditions": definition["status"]["conditions"],
        "acceptedNames": definition["spec"]["names"],
        "storedVersions": definition["status"]["storedVersions"],
    });
    if !known {
        let versions = definition["spec"]["versions"]
            .as_array()
            .into_iter()
            .flatten();
        let stored: Vec<Value> = versions
            .filter(|version| version["storage"] == true)
            .map(|version| version["name"].clone())
            .collect();
        status["storedVersions"] = Value::Array(stored);
    }
    for (kind, reason, message) in [
        ("NamesAccepted", "NoConflicts", "no conflicts found"),
        (
            "Established",
            "InitialNamesAccepted",
            "the initial names have been accepted",
        ),
    ] {
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
