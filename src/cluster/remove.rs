//! Deleting one object: only the one that is meant, with what hangs on it, until it is gone.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use kube::ResourceExt as _;
use kube::api::{
    Api, DeleteParams, DynamicObject, ListParams, PartialObjectMeta, Preconditions,
    PropagationPolicy,
};
use kube::core::Status;
use kube::discovery::{ApiCapabilities, Discovery, Scope, verbs};
use kube::runtime::{WatchStreamExt as _, watcher};
use serde_json::Value;

use super::kinds::Served;
use super::{Cluster, ClusterError, Wait};
use crate::journal::Failure;
use crate::manifest::Object;

/// How often a deletion is tried again when someone wrote to the object in between.
const TRIES: usize = 20;

/// Why an object that is looked at again may not be deleted after all.
pub type Guard<'a> = dyn Fn(&Value) -> Result<(), String> + Sync + 'a;

impl Cluster {
    /// Deletes the object of that uid and waits until it is gone; one that is gone already, or that
    /// another of the same name has replaced, is no error.
    ///
    /// `guard` is asked about the object as it is right before it is deleted; whoever changes it in
    /// between makes it be asked again.
    ///
    /// # Errors
    /// Names what holds the object where it isn't gone in time, what the guard says, or what the
    /// cluster refuses.
    pub async fn delete(
        &self,
        (object, uid): (&Object, &str),
        guard: &Guard<'_>,
        wait: &Wait<'_>,
    ) -> Result<(), Failure> {
        let failed = |cause: String| Failure {
            cause: format!("{} can't be deleted: {cause}", object.label()),
            details: Vec::new(),
            help: None,
        };
        let api = match self.api(object).await {
            Ok(api) => api,
            Err(ClusterError::NoSuchKind { .. }) => return Ok(()),
            Err(error) => return Err(failed(error.to_string())),
        };
        for _ in 0..TRIES {
            let found = api.get_opt(&object.name).await;
            let found = found.map_err(|error| failed(self.error(error).to_string()))?;
            let Some(live) = found.filter(|live| live.uid().as_deref() == Some(uid)) else {
                return Ok(());
            };
            if live.metadata.deletion_timestamp.is_none() {
                let value = serde_json::to_value(&live).unwrap_or_default();
                guard(&value).map_err(failed)?;
                match api.delete(&object.name, &params(object, &live)).await {
                    Ok(_) => {}
                    Err(kube::Error::Api(status)) if status.code == 404 => return Ok(()),
                    Err(kube::Error::Api(status)) if is_stale(&status) => continue,
                    Err(error) => return Err(failed(self.error(error).to_string())),
                }
            }
            return self.gone_from(&api, (object, uid), wait).await;
        }
        Err(failed("it is being changed all the time".to_owned()))
    }

    /// Waits until an object that ends is gone.
    async fn gone_from(
        &self,
        api: &Api<DynamicObject>,
        (object, uid): (&Object, &str),
        wait: &Wait<'_>,
    ) -> Result<(), Failure> {
        let mut holds = Vec::new();
        let waited = until_gone(api, (object, uid), &mut holds, wait);
        let cause = match tokio::time::timeout(wait.timeout, waited).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(cause)) => cause,
            Err(_) => format!("it isn't gone after {} s", wait.timeout.as_secs()),
        };
        Err(Failure {
            cause: format!("{} is being deleted: {cause}", object.label()),
            help: (!holds.is_empty()).then(|| {
                "whoever set a finalizer has to do its work and remove it; run again to wait on"
                    .to_owned()
            }),
            details: holds.iter().map(|hold| self.redact(hold)).collect(),
        })
    }

    /// Returns what a namespace holds, without what Kubernetes puts into each and what has an owner
    /// that goes with it.
    ///
    /// # Errors
    /// Where the cluster can't be asked.
    pub async fn content(&self, namespace: &str) -> Result<Vec<Object>, ClusterError> {
        let discovery = Discovery::new(self.client.clone()).run_aggregated().await;
        let discovery = discovery.map_err(|error| self.error(error))?;
        let mut found = BTreeMap::new();
        for served in discovery
            .groups()
            .flat_map(kube::discovery::ApiGroup::recommended_resources)
        {
            if !is_listed(&served.1) || is_transient(&served) {
                continue;
            }
            for object in self.metadata(&served, namespace).await? {
                found.insert((object.kind.clone(), object.name.clone()), object);
            }
        }
        Ok(found.into_values().collect())
    }

    async fn metadata(
        &self,
        served: &Served,
        namespace: &str,
    ) -> Result<Vec<Object>, ClusterError> {
        let api = self.api_of(served, Some(namespace));
        let list = match api.list_metadata(&ListParams::default()).await {
            Ok(list) => list,
            // Served by an extension that is away, or not for this user: not seen, not counted.
            Err(kube::Error::Api(status)) if matches!(status.code, 403 | 404 | 405 | 503) => {
                return Ok(Vec::new());
            }
            Err(error) => return Err(self.error(error)),
        };
        let own = list
            .items
            .into_iter()
            .filter(|object| !comes_by_itself(served, object));
        Ok(own
            .filter_map(|object| {
                let mut value = serde_json::to_value(&object).ok()?;
                value["apiVersion"] = served.0.api_version.as_str().into();
                value["kind"] = served.0.kind.as_str().into();
                Object::from_value(value)
            })
            .collect())
    }
}

async fn until_gone(
    api: &Api<DynamicObject>,
    (object, uid): (&Object, &str),
    holds: &mut Vec<String>,
    wait: &Wait<'_>,
) -> Result<(), String> {
    let config = watcher::Config::default().fields(&format!("metadata.name={}", object.name));
    let mut events = watcher::watcher(api.clone(), config)
        .default_backoff()
        .boxed();
    let mut listed = false;
    while let Some(event) = events.next().await {
        match event {
            Ok(watcher::Event::Apply(now) | watcher::Event::InitApply(now)) => {
                if now.uid().as_deref() != Some(uid) {
                    return Ok(());
                }
                listed = true;
                *holds = held_by(&serde_json::to_value(now).unwrap_or_default());
                if let Some(first) = holds.first() {
                    (wait.report)(format!("ending: {first}"));
                }
            }
            Ok(watcher::Event::Delete(now)) if now.uid().as_deref() == Some(uid) => return Ok(()),
            Ok(watcher::Event::InitDone) if !listed => return Ok(()),
            Ok(watcher::Event::Init) => listed = false,
            Ok(watcher::Event::Delete(_) | watcher::Event::InitDone) => {}
            Err(
                watcher::Error::InitialListFailed(kube::Error::Api(status))
                | watcher::Error::WatchStartFailed(kube::Error::Api(status)),
            ) if matches!(status.code, 401 | 403) => {
                return Err(format!("it can't be watched: {}", status.message));
            }
            Err(error) => (wait.report)(format!("watching again: {error}")),
        }
    }
    Err("the watch ended".to_owned())
}

/// What keeps an object that ends: its finalizers, and what a namespace says of its content.
fn held_by(live: &Value) -> Vec<String> {
    let list = |pointer: &str| live.pointer(pointer).and_then(Value::as_array);
    let metadata = list("/metadata/finalizers").into_iter().flatten();
    let spec = list("/spec/finalizers").into_iter().flatten();
    let finalizers = metadata
        .chain(spec.filter(|name| *name != "kubernetes"))
        .filter_map(Value::as_str)
        .map(|name| format!("finalizer {name}"));
    let conditions = list("/status/conditions").into_iter().flatten();
    let content = conditions
        .filter(|condition| {
            let kind = condition["type"].as_str().unwrap_or_default();
            kind.starts_with("Namespace") && condition["status"] == "True"
        })
        .filter_map(|condition| condition["message"].as_str().map(str::to_owned));
    finalizers.chain(content).collect()
}

fn params(object: &Object, live: &DynamicObject) -> DeleteParams {
    DeleteParams {
        // What has pods is gone when they are; the API's own default leaves a Job's behind.
        propagation_policy: Some(match object.kind.as_str() {
            "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" | "CronJob" => {
                PropagationPolicy::Foreground
            }
            _ => PropagationPolicy::Background,
        }),
        preconditions: Some(Preconditions {
            uid: live.uid(),
            resource_version: live.resource_version(),
        }),
        ..DeleteParams::default()
    }
}

/// Another write came between looking and deleting.
fn is_stale(status: &Status) -> bool {
    status.code == 409
}

fn is_listed(capabilities: &ApiCapabilities) -> bool {
    capabilities.scope == Scope::Namespaced && capabilities.supports_operation(verbs::LIST)
}

/// Kinds of which nobody misses anything.
fn is_transient((resource, _): &Served) -> bool {
    matches!(
        resource.kind.as_str(),
        "Event" | "PodMetrics" | "Endpoints" | "EndpointSlice" | "ControllerRevision"
    )
}

fn comes_by_itself((resource, _): &Served, object: &PartialObjectMeta<DynamicObject>) -> bool {
    let name = object.metadata.name.as_deref().unwrap_or_default();
    let owned = object.metadata.owner_references.as_ref();
    matches!(
        (resource.kind.as_str(), name),
        ("ServiceAccount", "default") | ("ConfigMap", "kube-root-ca.crt")
    ) || owned.is_some_and(|owners| !owners.is_empty())
}
