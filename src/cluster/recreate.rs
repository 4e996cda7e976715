//! Fields that can't be changed: which kinds may be deleted and made again, what that costs, and
//! which never.
//!
//! The table is pure; deleting, and waiting until the old one is gone, are below it.

mod fixed;

use std::time::Duration;

use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, DynamicObject, Preconditions, PropagationPolicy};
use kube::runtime::wait::{await_condition, conditions};
use serde_json::Value;

pub use fixed::{Fixed, FixedField};

use super::{ApplyError, Cluster};
use crate::manifest::Object;

/// What to do about fields that can't be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remake {
    /// With consent (`--recreate`) the object is deleted and made again; what that costs.
    Consent(&'static str),
    /// It has ended, and would run another build of its image: it is deleted and made again without
    /// being asked, because nothing but its record is lost; what is to be known of it.
    Again(&'static str),
    /// orch never deletes it; what a person can do.
    Never(&'static str),
}

/// How an object is deleted to be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// With all that belongs to it, which is waited for.
    Foreground,
    /// What belongs to it stays, and is adopted.
    Orphan,
    /// Nothing belongs to it.
    Alone,
}

/// The pause before a watch that was cut begins anew.
const AGAIN: Duration = Duration::from_millis(200);

const CLAIM: &str = "orch never deletes a claim: its data would go with it. The storage class, the \
    access modes and the volume of a claim can't be changed, and its size can only grow, where the \
    class allows it. Copy the data into a claim of another name, or write these fields as they \
    were";

const VOLUME: &str = "orch never deletes a volume: its data may go with it. Write these fields as \
    they were, or make a volume of another name";

const NAMESPACE: &str = "orch never deletes a namespace: all that is in it would go. Write these \
    fields as they were";

const CRD: &str = "orch never deletes a CRD: all objects of its kind would go. Write these fields \
    as they were, or serve another version of the kind";

const UNKNOWN: &str = "orch doesn't know what deleting this kind takes along. Write these fields \
    as they were, or delete it by hand, if it may go, and run again";

const CLAIMS_GO: &str = "its `persistentVolumeClaimRetentionPolicy` says that its claims go with \
    it: set `whenDeleted: Retain` first, then run again";

/// Returns what to do about fixed fields of a live object.
pub(super) fn remake(object: &Object, live: &Value) -> Remake {
    match way(object, live) {
        Ok((_, cost)) => Remake::Consent(cost),
        Err(by_hand) => Remake::Never(by_hand),
    }
}

/// The policy: how each kind is deleted and what that costs, or why it never is.
fn way(object: &Object, live: &Value) -> Result<(Way, &'static str), &'static str> {
    let group = object
        .api_version
        .rsplit_once('/')
        .map_or("", |(group, _)| group);
    Ok(match (group, object.kind.as_str()) {
        ("batch", "Job") => (
            Way::Foreground,
            "its pods end, and it runs from its beginning",
        ),
        ("apps", "Deployment" | "ReplicaSet" | "DaemonSet") => (
            Way::Foreground,
            "all its pods end before new ones start: it is down for that time",
        ),
        ("apps", "StatefulSet") => return stateful_set(object, live),
        ("", "Pod") => (Way::Alone, "it ends, and starts again"),
        ("", "Service") => (
            Way::Alone,
            "it gets another address: clients that keep the old one lose it",
        ),
        ("", "ConfigMap" | "Secret") => (
            Way::Alone,
            "for a moment it isn't there; pods that run keep what they have read",
        ),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => (
            Way::Alone,
            "for a moment its subjects lose these permissions",
        ),
        ("storage.k8s.io", "StorageClass" | "CSIDriver" | "VolumeAttributesClass")
        | ("scheduling.k8s.io", "PriorityClass")
        | ("networking.k8s.io", "IngressClass")
        | ("node.k8s.io", "RuntimeClass") => (
            Way::Alone,
            "for a moment it isn't there; what was made by it stays as it is",
        ),
        ("discovery.k8s.io", "EndpointSlice") => {
            (Way::Alone, "for a moment these endpoints aren't there")
        }
        ("", "PersistentVolumeClaim") => return Err(CLAIM),
        ("", "PersistentVolume") => return Err(VOLUME),
        ("", "Namespace") => return Err(NAMESPACE),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => return Err(CRD),
        _ => return Err(UNKNOWN),
    })
}

/// The pods of a StatefulSet stay, unless the new one wouldn't know them by its selector: their
/// names would then be taken. Its claims always stay.
fn stateful_set(object: &Object, live: &Value) -> Result<(Way, &'static str), &'static str> {
    let selector = "/spec/selector";
    if object.value.pointer(selector) == live.pointer(selector) {
        return Ok((
            Way::Orphan,
            "its pods and claims stay and are adopted; claims that exist stay as they are",
        ));
    }
    let retention = "/spec/persistentVolumeClaimRetentionPolicy/whenDeleted";
    if live.pointer(retention).and_then(Value::as_str) == Some("Delete") {
        return Err(CLAIMS_GO);
    }
    Ok((
        Way::Foreground,
        "all its pods end before new ones start: it is down for that time; its claims stay",
    ))
}

/// An object that is to go, so that it can be made again.
pub(super) struct Old<'a> {
    pub(super) api: &'a Api<DynamicObject>,
    pub(super) object: &'a Object,
    pub(super) live: &'a Value,
    /// How long its end is waited for.
    pub(super) patience: Duration,
}

impl Cluster {
    /// Deletes exactly the object that was looked at, and waits until it is gone.
    pub(super) async fn make_room(&self, old: &Old<'_>) -> Result<(), ApplyError> {
        let Ok((way, _)) = way(old.object, old.live) else {
            return Ok(());
        };
        let text = |field: &str| old.live["metadata"][field].as_str().map(str::to_owned);
        let params = DeleteParams {
            propagation_policy: Some(match way {
                Way::Foreground => PropagationPolicy::Foreground,
                Way::Orphan => PropagationPolicy::Orphan,
                Way::Alone => PropagationPolicy::Background,
            }),
            preconditions: Some(Preconditions {
                uid: text("uid"),
                resource_version: text("resourceVersion"),
            }),
            ..DeleteParams::default()
        };
        match old.api.delete(&old.object.name, &params).await {
            Ok(_) => self.gone_by_itself(old).await,
            // Somebody else was faster.
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
            Err(error) => Err(self.refusal(old.object, error)),
        }
    }

    /// Waits until an object that is being deleted is gone.
    pub(super) async fn gone_by_itself(&self, old: &Old<'_>) -> Result<(), ApplyError> {
        let uid = old.live["metadata"]["uid"].as_str().unwrap_or_default();
        let gone = async {
            let is_deleted = || conditions::is_deleted(uid);
            while await_condition(old.api.clone(), &old.object.name, is_deleted())
                .await
                .is_err()
            {
                // A watch that was cut begins anew.
                tokio::time::sleep(AGAIN).await;
            }
        };
        match tokio::time::timeout(old.patience, gone).await {
            Ok(()) => Ok(()),
            Err(_) => self.still_there(old, uid).await,
        }
    }

    async fn still_there(&self, old: &Old<'_>, uid: &str) -> Result<(), ApplyError> {
        let found = old.api.get_opt(&old.object.name).await;
        let found = found.map_err(|error| self.refusal(old.object, error))?;
        match found {
            Some(object) if object.uid().as_deref() == Some(uid) => Err(ApplyError::Ending {
                seconds: old.patience.as_secs(),
                finalizers: object.finalizers().to_vec(),
            }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Remake, Way, remake, way};
    use crate::manifest::Object;

    fn object(api_version: &str, kind: &str, spec: &Value) -> Object {
        let value = json!({ "apiVersion": api_version, "kind": kind,
            "metadata": { "name": "a" }, "spec": spec });
        Object::from_value(value).expect("an object")
    }

    #[track_caller]
    fn never(api_version: &str, kind: &str, part: &str) {
        let object = object(api_version, kind, &json!({}));
        let found = remake(&object, &object.value);
        assert!(
            matches!(found, Remake::Never(text) if text.contains(part)),
            "{found:?}"
        );
    }

    #[test]
    fn what_holds_data_is_never_deleted() {
        never("v1", "PersistentVolumeClaim", "its size can only grow");
        never("v1", "PersistentVolume", "never deletes a volume");
        never("v1", "Namespace", "never deletes a namespace");
        never(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            "never deletes a CRD",
        );
        never("example.test/v1", "Database", "doesn't know");
        never("example.test/v1", "Job", "doesn't know");
    }

    #[track_caller]
    fn stateful(old: &Value, expected: Result<Way, ()>) {
        let wanted = object(
            "apps/v1",
            "StatefulSet",
            &json!({ "selector": { "a": "b" } }),
        );
        let live = object("apps/v1", "StatefulSet", old);
        let found = way(&wanted, &live.value).map(|(way, _)| way);
        assert_eq!(found.map_err(|_| ()), expected);
    }

    #[test]
    fn a_stateful_sets_pods_stay_where_the_new_one_knows_them() {
        stateful(&json!({ "selector": { "a": "b" } }), Ok(Way::Orphan));
        stateful(&json!({ "selector": { "a": "c" } }), Ok(Way::Foreground));
    }

    #[test]
    fn a_stateful_set_whose_claims_would_go_is_never_deleted() {
        stateful(
            &json!({ "selector": { "a": "c" },
                "persistentVolumeClaimRetentionPolicy": { "whenDeleted": "Delete" } }),
            Err(()),
        );
    }
}
