//! Waiting by watching: an object until it is ready or can't become so any more.

use std::time::Duration;

use futures::stream::{BoxStream, StreamExt as _, select};
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::api::storage::v1::StorageClass;
use kube::api::{Api, DynamicObject, ListParams};
use kube::runtime::{WatchStreamExt as _, watcher};
use serde_json::Value;

use super::diagnose::Trouble;
use super::sight::{Next, Sight};
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
    /// The object as it is now; `None` when it is gone.
    Object(Option<Box<Value>>),
    /// A pod came or changed.
    Pod(Box<Pod>),
    /// A pod is gone.
    NoPod(Box<Pod>),
    /// The pods are about to be listed again.
    PodsAgain,
    /// The watch broke off; it begins again by itself.
    Broken(String),
    /// The user may not watch it: no sense in trying again.
    Refused(String),
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
        // As the server completed it: a Job's selector is the server's.
        let namespace = applied
            .object
            .pointer("/metadata/namespace")
            .and_then(Value::as_str);
        let live = Object {
            value: applied.object.clone(),
            namespace: namespace
                .map(str::to_owned)
                .or_else(|| object.namespace.clone()),
            ..object.clone()
        };
        let consumer = self.waits_for_consumer(&live).await;
        let mut sight = Sight::new(&object.kind, applied.object.clone(), consumer);
        let mut last = String::new();
        let watched = self.watch(&live, &mut sight, wait, &mut last);
        let cause = match tokio::time::timeout(wait.timeout, watched).await {
            Ok(Ok(reason)) => return Ok(Ready { reason }),
            Ok(Err(cause)) => cause,
            Err(_) => format!("still not ready after {} s: {last}", wait.timeout.as_secs()),
        };
        let mut failure = self.diagnose(&live, cause).await;
        failure.cause = format!("{} is not ready: {}", object.label(), failure.cause);
        Err(NotReady { failure })
    }

    /// Returns why the object is ready, or what stands in the way for good.
    async fn watch(
        &self,
        live: &Object,
        sight: &mut Sight,
        wait: &Wait<'_>,
        last: &mut String,
    ) -> Result<String, String> {
        let mut seen: Option<BoxStream<'static, Seen>> = None;
        let grace = tokio::time::sleep(wait.grace);
        tokio::pin!(grace);
        let mut patient = true;
        loop {
            match sight.next(patient) {
                Next::Ready(reason) => return Ok(reason),
                Next::Failed(cause) => return Err(cause),
                Next::Suspect(pods) => {
                    if let Some(cause) = self.blame(live, sight, pods).await {
                        return Err(cause);
                    }
                    // All of them were of older revisions: what is left decides.
                    continue;
                }
                Next::Wait(_) if !patient && live.kind == "Service" => {
                    return Ok("has its address; no load balancer gave one yet".to_owned());
                }
                Next::Wait(text) if text != *last => {
                    last.clone_from(&text);
                    (wait.report)(self.redact(&text));
                }
                Next::Wait(_) => {}
            }
            let stream = match &mut seen {
                Some(stream) => stream,
                None => seen.insert(self.seen(live).await.map_err(|error| error.to_string())?),
            };
            tokio::select! {
                event = stream.next() => match event.ok_or("the watch ended")? {
                    Seen::Object(now) => sight.see(now.map(|object| *object)),
                    Seen::Pod(pod) => sight.see_pod(*pod),
                    Seen::NoPod(pod) => sight.lose_pod(&pod),
                    Seen::PodsAgain => sight.lose_pods(),
                    Seen::Broken(why) => (wait.report)(self.redact(&format!("watching again: {why}"))),
                    Seen::Refused(why) => return Err(format!("it can't be watched: {why}")),
                },
                () = &mut grace, if patient => patient = false,
            }
        }
    }

    /// Returns the trouble of the first suspect that is of the newest revision; the others are
    /// left out from now on.
    async fn blame(
        &self,
        live: &Object,
        sight: &mut Sight,
        suspects: Vec<(Pod, Trouble)>,
    ) -> Option<String> {
        let newest = self.newest_revision(live, sight.object()).await;
        for (pod, trouble) in suspects {
            if newest.as_ref().is_none_or(|newest| newest.has(&pod)) {
                return Some(trouble.text);
            }
            sight.leave_out(&pod);
        }
        None
    }

    /// The object's changes and, where it has pods, theirs.
    async fn seen(&self, live: &Object) -> Result<BoxStream<'static, Seen>, super::ClusterError> {
        let api = self.api(live).await?;
        let config = watcher::Config::default().fields(&format!("metadata.name={}", live.name));
        let own = own_changes(api, config);
        let (Some(selector), Some(namespace)) =
            (diagnose::selector(&live.value), live.namespace.as_deref())
        else {
            return Ok(own);
        };
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
        let config = watcher::Config::default().labels(&selector);
        Ok(select(own, pod_changes(pods, config)).boxed())
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
}

/// The changes of one object.
fn own_changes(api: Api<DynamicObject>, config: watcher::Config) -> BoxStream<'static, Seen> {
    let mut listed = true;
    // Without the back-off a server that is down is asked again without a pause.
    let events = watcher::watcher(api, config).default_backoff();
    let seen = events.filter_map(move |event| {
        let seen = match event {
            Ok(watcher::Event::Apply(object) | watcher::Event::InitApply(object)) => {
                listed = true;
                let value = serde_json::to_value(object).unwrap_or_default();
                Some(Seen::Object(Some(Box::new(value))))
            }
            Ok(watcher::Event::Delete(_)) => Some(Seen::Object(None)),
            Ok(watcher::Event::Init) => {
                listed = false;
                None
            }
            // It went while nobody watched.
            Ok(watcher::Event::InitDone) => (!listed).then_some(Seen::Object(None)),
            Err(error) if is_refusal(&error) => Some(Seen::Refused(error.to_string())),
            Err(error) => Some(Seen::Broken(error.to_string())),
        };
        std::future::ready(seen)
    });
    seen.boxed()
}

/// The changes of an object's pods. Where the user may not see pods, the object's own status has
/// to do.
fn pod_changes(api: Api<Pod>, config: watcher::Config) -> BoxStream<'static, Seen> {
    let events = watcher::watcher(api, config).default_backoff();
    let seen = events.filter_map(|event| {
        let seen = match event {
            Ok(watcher::Event::Apply(pod) | watcher::Event::InitApply(pod)) => {
                Some(Seen::Pod(Box::new(pod)))
            }
            Ok(watcher::Event::Delete(pod)) => Some(Seen::NoPod(Box::new(pod))),
            Ok(watcher::Event::Init) => Some(Seen::PodsAgain),
            Ok(watcher::Event::InitDone) => None,
            Err(error) => Some(Seen::Broken(error.to_string())),
        };
        std::future::ready(seen)
    });
    seen.boxed()
}

fn is_refusal(error: &watcher::Error) -> bool {
    let (watcher::Error::InitialListFailed(error) | watcher::Error::WatchStartFailed(error)) =
        error
    else {
        return false;
    };
    matches!(error, kube::Error::Api(status) if matches!(status.code, 401 | 403))
}
