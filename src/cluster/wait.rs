//! Waiting by watching: an object until it is ready or can't become so any more.

use std::time::Duration;

use futures::stream::{BoxStream, StreamExt as _, select};
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::api::storage::v1::StorageClass;
use kube::api::{Api, DynamicObject, ListParams};
use kube::runtime::{WatchStreamExt as _, watcher};
use serde_json::Value;

use super::readiness::{Verdict, verdict};
use super::{Applied, Cluster, diagnose};
use crate::journal::Failure;
use crate::manifest::Object;

/// How long to wait, and for what.
#[derive(Clone, Copy)]
pub struct Wait<'a> {
    /// After that time, an object that isn't ready has failed.
    pub timeout: Duration,
    /// After that time, a pod that no node takes, or a load balancer without an address, counts.
    pub grace: Duration,
    /// Takes lines that say how far it is; lossy.
    pub report: &'a (dyn Fn(String) + Sync),
}

/// Why an object counts as ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// In one line.
    pub reason: String,
}

/// Why an object is not ready and won't be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotReady {
    /// Cause, pods, events, the log's tail: redacted.
    pub failure: Failure,
}

/// What a watch saw.
enum Seen {
    Object(Box<Value>),
    Pod(Box<Pod>),
    /// The watch broke off; it begins again by itself.
    Broken(String),
}

impl Cluster {
    /// Waits until an applied object is ready.
    ///
    /// # Errors
    /// Returns what stands in the way as soon as it is certain, at the latest at the timeout.
    pub async fn ready(
        &self,
        object: &Object,
        applied: &Applied,
        wait: &Wait<'_>,
    ) -> Result<Ready, NotReady> {
        let consumer = self.waits_for_consumer(object).await;
        match verdict(&object.kind, &applied.object, consumer) {
            Verdict::Ready(reason) => return Ok(Ready { reason }),
            Verdict::Failed(cause) => return Err(self.not_ready(object, cause).await),
            Verdict::Progressing(text) => (wait.report)(text),
        }
        let mut last = String::new();
        let watched = self.watch(object, consumer, wait, &mut last);
        if let Ok(outcome) = tokio::time::timeout(wait.timeout, watched).await {
            return outcome;
        }
        let cause = format!("not ready after {} s: {last}", wait.timeout.as_secs());
        Err(self.not_ready(object, cause).await)
    }

    async fn watch(
        &self,
        object: &Object,
        consumer: bool,
        wait: &Wait<'_>,
        last: &mut String,
    ) -> Result<Ready, NotReady> {
        let mut seen = match self.seen(object).await {
            Ok(seen) => seen,
            Err(error) => return Err(self.not_ready(object, error.to_string()).await),
        };
        let grace = tokio::time::sleep(wait.grace);
        tokio::pin!(grace);
        let (mut patient, mut stuck) = (true, None);
        loop {
            let event = tokio::select! {
                event = seen.next() => event,
                () = &mut grace, if patient => {
                    patient = false;
                    if let Some(cause) = stuck.take() {
                        return Err(self.not_ready(object, cause).await);
                    }
                    if object.kind == "Service" {
                        let reason = "has its address; no load balancer gave one yet".to_owned();
                        return Ok(Ready { reason });
                    }
                    continue;
                }
            };
            match event {
                Some(Seen::Object(now)) => match verdict(&object.kind, &now, consumer) {
                    Verdict::Ready(reason) => return Ok(Ready { reason }),
                    Verdict::Failed(cause) => return Err(self.not_ready(object, cause).await),
                    Verdict::Progressing(text) => {
                        last.clone_from(&text);
                        (wait.report)(text);
                    }
                },
                Some(Seen::Pod(pod)) => match diagnose::pod_trouble(&pod) {
                    Some(trouble) if trouble.certain || (!patient && trouble.after_grace) => {
                        if self.is_current(object, &pod).await {
                            return Err(self.not_ready(object, trouble.text).await);
                        }
                    }
                    Some(trouble) => {
                        (wait.report)(trouble.text.clone());
                        stuck = trouble.after_grace.then_some(trouble.text);
                    }
                    None => stuck = None,
                },
                Some(Seen::Broken(why)) => (wait.report)(format!("watching again: {why}")),
                None => {
                    let cause = "the watch ended".to_owned();
                    return Err(self.not_ready(object, cause).await);
                }
            }
        }
    }

    /// The object's changes and, where it has pods, theirs.
    async fn seen(&self, object: &Object) -> Result<BoxStream<'static, Seen>, super::ClusterError> {
        let api = self.api(object).await?;
        let config = watcher::Config::default().fields(&format!("metadata.name={}", object.name));
        let own = changes(api, config).map(|change: Result<DynamicObject, String>| match change {
            Ok(object) => Seen::Object(Box::new(serde_json::to_value(object).unwrap_or_default())),
            Err(why) => Seen::Broken(why),
        });
        let (Some(selector), Some(namespace)) = (
            diagnose::selector(&object.value),
            object.namespace.as_deref(),
        ) else {
            return Ok(own.boxed());
        };
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
        let config = watcher::Config::default().labels(&selector);
        let pods = changes(pods, config).map(|change: Result<Pod, String>| match change {
            Ok(pod) => Seen::Pod(Box::new(pod)),
            Err(why) => Seen::Broken(why),
        });
        Ok(select(own, pods).boxed())
    }

    /// Whether a claim's class binds it only when a pod uses it. A class that can't be read is
    /// taken as one that binds at once: the wait then names the claim.
    async fn waits_for_consumer(&self, object: &Object) -> bool {
        if object.kind != "PersistentVolumeClaim" {
            return false;
        }
        let classes: Api<StorageClass> = Api::all(self.client.clone());
        let Ok(classes) = classes.list(&ListParams::default()).await else {
            return false;
        };
        let wanted = object
            .value
            .pointer("/spec/storageClassName")
            .and_then(Value::as_str);
        let class = classes.into_iter().find(|class| match wanted {
            Some(name) => class.metadata.name.as_deref() == Some(name),
            None => class.metadata.annotations.as_ref().is_some_and(|notes| {
                notes
                    .get("storageclass.kubernetes.io/is-default-class")
                    .map(String::as_str)
                    == Some("true")
            }),
        });
        class.is_some_and(|class| {
            class.volume_binding_mode.as_deref() == Some("WaitForFirstConsumer")
        })
    }

    async fn not_ready(&self, object: &Object, cause: String) -> NotReady {
        let mut failure = self.diagnose(object, cause).await;
        failure.cause = format!("{} is not ready: {}", object.label(), failure.cause);
        NotReady { failure }
    }
}

/// The objects of a watch as they come and change; deletions of one's own object show as an error
/// of the next read, so only what exists is passed on.
fn changes<K>(
    api: Api<K>,
    config: watcher::Config,
) -> impl futures::Stream<Item = Result<K, String>> + Send + 'static
where
    K: kube::Resource + Clone + std::fmt::Debug + serde::de::DeserializeOwned + Send + 'static,
{
    // Without the back-off a server that is down is asked again without a pause.
    watcher::watcher(api, config)
        .default_backoff()
        .filter_map(|event| async move {
            match event {
                Ok(watcher::Event::Apply(object) | watcher::Event::InitApply(object)) => {
                    Some(Ok(object))
                }
                Ok(watcher::Event::Init | watcher::Event::InitDone | watcher::Event::Delete(_)) => {
                    None
                }
                Err(error) => Some(Err(error.to_string())),
            }
        })
}
