//! Waiting by watching: an object until it is ready or can't become so any more.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::api::Api;
use serde_json::{Value, json};

use super::diagnose::{Revision, Trouble};
use super::sight::{Next, Sight};
use super::watches::{Seen, Ticket, Warning, pod_labels, slim};
use super::{Applied, Cluster, warning};
use crate::journal::Failure;
use crate::manifest::Object;

/// After that time, what is recorded of an object that still isn't ready is looked at, too: most
/// are ready before.
const QUIET: Duration = Duration::from_millis(500);

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

impl Applied {
    /// Returns it without what waiting doesn't need: many wait at once.
    pub(crate) fn trimmed(mut self) -> Self {
        self.object = slim(&self.object);
        self
    }
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
        let known = Arc::new(slim(&applied.object));
        let namespace = known.pointer("/metadata/namespace").and_then(Value::as_str);
        let live = Object {
            value: reference(&known),
            namespace: namespace
                .map(str::to_owned)
                .or_else(|| object.namespace.clone()),
            api_version: object.api_version.clone(),
            kind: object.kind.clone(),
            name: object.name.clone(),
        };
        let consumer = self.waits_for_consumer(&live).await;
        let mut sight = Sight::new(&object.kind, known, consumer);
        let mut last = String::new();
        let watched = self.watch(&live, &mut sight, wait, &mut last);
        let cause = match tokio::time::timeout(wait.timeout, watched).await {
            Ok(Ok(reason)) => {
                let seen = sight
                    .object()
                    .map(|object| &object["metadata"]["resourceVersion"]);
                let version = seen.and_then(Value::as_str).unwrap_or_default();
                tracing::debug!(object = %object.label(), version, %reason, "it is ready");
                return Ok(Ready { reason });
            }
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
        let mut watch: Option<Watch> = None;
        let mut newest = None;
        let mut told = Told::new(self, wait);
        let grace = tokio::time::sleep(wait.grace);
        let quiet = tokio::time::sleep(QUIET);
        tokio::pin!(grace, quiet);
        let (mut patient, mut listens) = (true, false);
        loop {
            match sight.next(patient) {
                Next::Ready(reason) => return Ok(reason),
                Next::Failed(cause) => return Err(cause),
                Next::Suspect(pods) => {
                    if let Some(cause) = self.blame(live, sight, pods, &mut newest).await {
                        return Err(cause);
                    }
                    // All of them were of older revisions, or got on: what is left decides.
                    continue;
                }
                Next::Wait(_) if !patient && live.kind == "Service" => {
                    return Ok("has its address; no load balancer gave one yet".to_owned());
                }
                Next::Wait(text) => {
                    told.waits(&text);
                    *last = text;
                }
            }
            let watch = match &mut watch {
                Some(watch) => watch,
                None => watch.insert(self.open(live).await.map_err(|error| error.to_string())?),
            };
            let seen = tokio::select! {
                seen = watch.next() => seen,
                () = &mut grace, if patient => {
                    patient = false;
                    continue;
                }
                () = &mut quiet, if !listens => {
                    watch.listen(self, live);
                    listens = true;
                    continue;
                }
            };
            told.broken = false;
            match seen {
                Seen::Object(now) => sight.see(now),
                Seen::Missing => match self.look(live).await {
                    Ok(now) => sight.see(now),
                    Err(error) => told.breaks(&error.to_string()),
                },
                Seen::Pod(pod) => sight.see_pod(pod),
                Seen::NoPod(name) => sight.lose_pod(&name),
                Seen::Warning(warning) => self.hear(live, sight, warning).await,
                Seen::Broken(why) => told.breaks(&why),
                Seen::Refused(why) => watch.narrow(self, live, &why)?,
            }
        }
    }

    /// Takes a warning where it says something against the object.
    async fn hear(&self, live: &Object, sight: &mut Sight, warning: Arc<Warning>) {
        if live.value["metadata"]["uid"] == *warning.uid {
            return sight.see_warning(warning);
        }
        if warning::trouble(&warning).is_none() || sight.is_left_out(&warning.uid) {
            return;
        }
        let pod = match sight.stuck(&warning.name) {
            Some(pod) => Ok(Some(pod)),
            None => self.own_pod(live, &warning.name).await,
        };
        match pod {
            Ok(Some(pod)) if pod.metadata.uid.as_ref() == Some(&warning.uid) => {
                if is_starting(&pod) {
                    sight.see_stuck(pod, warning);
                }
            }
            Ok(_) => sight.leave_out_uid(&warning.uid),
            // It is recorded again where it matters.
            Err(_) => {}
        }
    }

    /// Returns the pod of a name, where it is one of the object's.
    async fn own_pod(&self, live: &Object, name: &str) -> kube::Result<Option<Arc<Pod>>> {
        let (Some(labels), Some(namespace)) = (pod_labels(&live.value), live.namespace.as_deref())
        else {
            return Ok(None);
        };
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
        let pod = pods.get_opt(name).await?;
        let ours = |pod: &Pod| {
            let found = pod.metadata.labels.as_ref();
            labels
                .iter()
                .all(|(key, value)| found.and_then(|found| found.get(key)) == Some(value))
        };
        Ok(pod.filter(ours).map(Arc::new))
    }

    /// Returns whether what was recorded of a pod still keeps it from starting.
    async fn stays_stuck(&self, live: &Object, name: &str) -> bool {
        let pod = self.own_pod(live, name).await.ok().flatten();
        pod.is_some_and(|pod| is_starting(&pod))
    }

    /// Returns the trouble of the first suspect that is of the newest revision; the others are
    /// left out from now on. `known` is the newest revision of a generation.
    async fn blame(
        &self,
        live: &Object,
        sight: &mut Sight,
        suspects: Vec<(Arc<Pod>, Trouble)>,
        known: &mut Option<(Option<i64>, Revision)>,
    ) -> Option<String> {
        let generation = sight.settled_generation();
        let generation = generation.filter(|_| live.kind == "Deployment");
        let asked = known.as_ref().and_then(|(generation, _)| *generation);
        if generation.is_none() || asked != generation {
            let found = self.newest_revision(live, sight.object()).await;
            *known = found.map(|revision| (generation, revision));
        }
        let newest = known.as_ref().map(|(_, revision)| revision);
        for (pod, trouble) in suspects {
            let name = pod.metadata.name.clone().unwrap_or_default();
            if newest.is_some_and(|newest| !newest.has(&pod)) {
                sight.leave_out(&pod);
            } else if sight.stuck(&name).is_some() && !self.stays_stuck(live, &name).await {
                // What was recorded of it is past: nothing that is seen of pods says so.
                sight.forget_stuck(&name);
            } else {
                return Some(trouble.text);
            }
        }
        None
    }

    /// Begins to watch an object and, where it has pods, theirs.
    async fn open(&self, live: &Object) -> Result<Watch, super::ClusterError> {
        let path = self.api(live).await?.resource_url().to_owned();
        let pods = live.namespace.as_deref().zip(pod_labels(&live.value));
        Ok(Watch {
            own: self.watches.object(&self.client, &path, &live.value, false),
            pods: pods
                .map(|(namespace, labels)| self.watches.pods(&self.client, namespace, labels)),
            warnings: None,
            path,
            alone: false,
        })
    }

    /// Returns an object that no watch saw where it should be.
    async fn look(&self, live: &Object) -> Result<Option<Arc<Value>>, super::ClusterError> {
        let found = self.get(live).await?;
        Ok(found.map(|found| Arc::new(slim(&serde_json::to_value(found).unwrap_or_default()))))
    }

    /// Whether a claim's class binds it only when a pod uses it. A class that can't be read is
    /// taken as one that binds at once: the wait then names the claim.
    async fn waits_for_consumer(&self, object: &Object) -> bool {
        if object.kind != "PersistentVolumeClaim" {
            return false;
        }
        let wanted = object.value.pointer("/spec/storageClassName");
        let wanted = wanted.and_then(Value::as_str);
        self.classes.is_late(&self.client, wanted).await
    }
}

/// Returns what is to be known of an object to ask about it: which it is, and which pods are its.
fn reference(known: &Value) -> Value {
    let part = |part: &str, wanted: &[&str]| {
        let found = known.get(part).and_then(Value::as_object);
        let found = found.into_iter().flatten();
        let kept = found.filter(|(key, _)| wanted.contains(&key.as_str()));
        Value::Object(
            kept.map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        )
    };
    json!({
        "metadata": part("metadata", &["name", "uid", "resourceVersion"]),
        "spec": part("spec", &["selector", "template", "storageClassName"]),
    })
}

/// What was told of a wait.
struct Told<'a> {
    cluster: &'a Cluster,
    wait: &'a Wait<'a>,
    line: String,
    /// Whether what was seen last is that the watch broke off.
    broken: bool,
}

impl<'a> Told<'a> {
    fn new(cluster: &'a Cluster, wait: &'a Wait<'a>) -> Self {
        Self {
            cluster,
            wait,
            line: String::new(),
            broken: false,
        }
    }

    /// Tells how far it is; while nothing is seen, that is not known.
    fn waits(&mut self, text: &str) {
        if !self.broken {
            self.say(text);
        }
    }

    fn breaks(&mut self, why: &str) {
        self.broken = true;
        self.say(&format!("watching again: {why}"));
    }

    fn say(&mut self, line: &str) {
        if self.line != line {
            line.clone_into(&mut self.line);
            (self.wait.report)(self.cluster.redact(line));
        }
    }
}

/// What is watched for one object.
struct Watch {
    own: Ticket,
    pods: Option<Ticket>,
    /// What is recorded of it and its pods, once it takes long.
    warnings: Option<Ticket>,
    path: String,
    /// Whether only this object is watched: the user may not see the others.
    alone: bool,
}

impl Watch {
    async fn next(&mut self) -> Seen {
        loop {
            // Where the others may not be seen, the object's own status has to do.
            tokio::select! {
                biased;
                seen = self.own.next() => return seen,
                seen = next_of(&mut self.pods) => {
                    if !matches!(seen, Seen::Refused(_)) {
                        return seen;
                    }
                    self.pods = None;
                }
                seen = next_of(&mut self.warnings) => {
                    if !matches!(seen, Seen::Refused(_)) {
                        return seen;
                    }
                    self.warnings = None;
                }
            }
        }
    }

    /// Begins to look at what is recorded of the object and its pods.
    fn listen(&mut self, cluster: &Cluster, live: &Object) {
        let namespace = live.namespace.as_deref();
        let watches = &cluster.watches;
        self.warnings =
            namespace.map(|namespace| watches.warnings(&cluster.client, namespace, &live.value));
    }

    /// Watches the object alone, where its siblings may not be seen.
    fn narrow(&mut self, cluster: &Cluster, live: &Object, why: &str) -> Result<(), String> {
        if self.alone {
            return Err(format!("it can't be watched: {why}"));
        }
        self.alone = true;
        let watches = &cluster.watches;
        self.own = watches.object(&cluster.client, &self.path, &live.value, true);
        Ok(())
    }
}

async fn next_of(ticket: &mut Option<Ticket>) -> Seen {
    match ticket {
        Some(ticket) => ticket.next().await,
        None => std::future::pending().await,
    }
}

fn is_starting(pod: &Pod) -> bool {
    let phase = pod
        .status
        .as_ref()
        .and_then(|status| status.phase.as_deref());
    phase == Some("Pending")
}
