//! What is seen when something isn't ready: pods, their containers, events, the log's tail.

use std::collections::BTreeSet;
use std::time::Duration;

use k8s_openapi::api::apps::v1::ReplicaSet;
use k8s_openapi::api::core::v1::{
    ContainerStateTerminated, ContainerStatus, Event, Pod, PodCondition,
};
use kube::api::{Api, ListParams, LogParams};
use serde_json::Value;

use super::Cluster;
use super::hint::{exit_code, hint};
use crate::journal::Failure;
use crate::manifest::Object;

/// Restarts after which a crash loop is no hiccup of the start any more.
const RESTARTS: i32 = 2;

/// Lines of a log that are shown.
const TAIL: i64 = 10;

/// How long a log is waited for.
const LOG: Duration = Duration::from_secs(3);

/// Pods that are shown: their siblings fail alike.
const PODS: usize = 2;

/// Events of a pod that are shown.
const EVENTS: usize = 4;

/// What keeps a pod from starting.
pub(super) struct Trouble {
    /// In one line.
    pub(super) text: String,
    /// Whether it won't go away by itself.
    pub(super) certain: bool,
    /// Whether it counts once the grace period is over.
    pub(super) after_grace: bool,
}

/// A revision of an object, by what its pods are labelled with.
pub(super) struct Revision {
    label: &'static str,
    hash: String,
}

impl Revision {
    /// Returns whether a pod is of that revision.
    pub(super) fn has(&self, pod: &Pod) -> bool {
        let labels = pod.metadata.labels.as_ref();
        labels.and_then(|labels| labels.get(self.label)) == Some(&self.hash)
    }
}

/// Returns the labels by which an object's pods are found, as a selector.
pub(super) fn selector(object: &Value) -> Option<String> {
    let labels = object.pointer("/spec/selector/matchLabels")?.as_object()?;
    object.pointer("/spec/template")?;
    let pairs = labels
        .iter()
        .filter_map(|(key, value)| Some(format!("{key}={}", value.as_str()?)));
    Some(pairs.collect::<Vec<_>>().join(","))
}

/// Returns what keeps a pod from starting, if anything does.
pub(super) fn pod_trouble(pod: &Pod) -> Option<Trouble> {
    let name = pod.metadata.name.as_deref().unwrap_or_default();
    let status = pod.status.as_ref()?;
    // A Job counts its own tries: a program that fails twice may still succeed.
    let owners = pod.metadata.owner_references.iter().flatten();
    let tries = owners.into_iter().any(|owner| owner.kind == "Job");
    if let Some(trouble) = containers(pod).find_map(|it| container_trouble(name, it, tries)) {
        return Some(trouble);
    }
    let unscheduled = status.conditions.iter().flatten().find(|condition| {
        condition.type_ == "PodScheduled"
            && condition.status == "False"
            && condition.reason.as_deref() == Some("Unschedulable")
    })?;
    let why = unscheduled.message.as_deref().unwrap_or("no node takes it");
    Some(Trouble {
        text: format!("no node takes pod {name}: {why}"),
        certain: false,
        after_grace: true,
    })
}

fn container_trouble(pod: &str, container: &ContainerStatus, tries: bool) -> Option<Trouble> {
    let waiting = container.state.as_ref()?.waiting.as_ref()?;
    let reason = waiting.reason.as_deref()?;
    let certain = match reason {
        "CrashLoopBackOff" => !tries && container.restart_count >= RESTARTS,
        "ImagePullBackOff"
        | "InvalidImageName"
        | "ErrImageNeverPull"
        | "CreateContainerConfigError"
        | "CreateContainerError"
        | "RunContainerError" => true,
        "ErrImagePull" => false,
        _ => return None,
    };
    let message = waiting
        .message
        .as_deref()
        .map(|text| format!(": {text}"))
        .unwrap_or_default();
    let text = format!(
        "container {} of pod {pod}: {reason}{message}",
        container.name
    );
    Some(Trouble {
        text,
        certain,
        after_grace: false,
    })
}

/// A pod's containers, those that run before the others first.
fn containers(pod: &Pod) -> impl Iterator<Item = &ContainerStatus> {
    pod.status.iter().flat_map(|status| {
        let inits = status.init_container_statuses.iter().flatten();
        inits.chain(status.container_statuses.iter().flatten())
    })
}

/// How a container ended badly, and whether that was its previous run.
fn ended(container: &ContainerStatus) -> Option<(&ContainerStateTerminated, bool)> {
    let now = container.state.as_ref()?.terminated.as_ref();
    let before = container.last_state.as_ref();
    let before = before.and_then(|state| state.terminated.as_ref());
    now.filter(|ended| ended.exit_code != 0)
        .map(|ended| (ended, false))
        .or(before.map(|ended| (ended, true)))
}

fn is_well(pod: &Pod) -> bool {
    let Some(status) = &pod.status else {
        return false;
    };
    let ready = |condition: &PodCondition| condition.type_ == "Ready" && condition.status == "True";
    status.phase.as_deref() == Some("Succeeded") || status.conditions.iter().flatten().any(ready)
}

/// What a pod's `Ready` condition says, else its phase.
fn state(pod: &Pod) -> String {
    let status = pod.status.as_ref();
    let conditions = status.and_then(|status| status.conditions.as_deref());
    let ready = conditions
        .unwrap_or_default()
        .iter()
        .find(|condition| condition.type_ == "Ready");
    ready
        .and_then(|condition| condition.message.clone())
        .or_else(|| status?.phase.clone())
        .unwrap_or_else(|| "it has no status".to_owned())
}

/// Newer components set only `eventTime`.
fn last_seen(event: &Event) -> Option<jiff::Timestamp> {
    let last = event.last_timestamp.as_ref().map(|time| time.0);
    last.or(event.event_time.as_ref().map(|time| time.0))
}

impl Cluster {
    /// Returns the newest revision of an object that has revisions, where it can be known.
    pub(super) async fn newest_revision(
        &self,
        live: &Object,
        now: Option<&Value>,
    ) -> Option<Revision> {
        match live.kind.as_str() {
            "Deployment" => self.newest_replica_set(live).await,
            "StatefulSet" => {
                let hash = now?.pointer("/status/updateRevision")?.as_str()?;
                Some(Revision {
                    label: "controller-revision-hash",
                    hash: hash.to_owned(),
                })
            }
            _ => None,
        }
    }

    async fn newest_replica_set(&self, live: &Object) -> Option<Revision> {
        let namespace = live.namespace.as_deref()?;
        let sets: Api<ReplicaSet> = Api::namespaced(self.client.clone(), namespace);
        let params = ListParams::default().labels(&selector(&live.value)?);
        let revision = |set: &ReplicaSet| -> Option<i64> {
            let notes = set.metadata.annotations.as_ref()?;
            notes.get("deployment.kubernetes.io/revision")?.parse().ok()
        };
        let sets = sets.list(&params).await.ok()?;
        let newest = sets.into_iter().max_by_key(revision)?;
        let hash = newest.metadata.labels?.get("pod-template-hash")?.clone();
        Some(Revision {
            label: "pod-template-hash",
            hash,
        })
    }

    /// Returns a failure with all that can be seen of it; what can't be read is left out.
    pub(super) async fn diagnose(&self, object: &Object, cause: String) -> Failure {
        let mut details = self.events_of(object, &object.kind, &object.name).await;
        let pods = self.troubled_pods(object).await;
        // What keeps a pod from starting says more than that a deadline passed.
        let mut troubles = pods.iter().filter_map(pod_trouble);
        let told = troubles.clone().any(|it| cause.contains(&it.text));
        let cause = match troubles.next().filter(|_| !told) {
            Some(trouble) => {
                if !cause.contains("ProgressDeadlineExceeded") {
                    details.insert(0, cause);
                }
                trouble.text
            }
            None => cause,
        };
        for pod in &pods {
            details.extend(self.pod_details(object, pod).await);
        }
        // The cause is said already, and a back-off's event is its older self.
        let backs_off = cause.contains("BackOff");
        let mut said = BTreeSet::new();
        details.retain(|line| {
            let text = line.strip_prefix("event ").unwrap_or(line);
            !(cause.contains(text) || backs_off && text.starts_with("BackOff: "))
                && said.insert(line.clone())
        });
        let help = hint(&details.iter().chain([&cause]).map(String::as_str));
        Failure {
            cause: self.redact(&cause),
            details: details.iter().map(|line| self.redact(line)).collect(),
            help: help.map(|help| self.redact(&help)),
        }
    }

    /// The pods of the newest revision that stand in the way: first those that can't start, then
    /// those that only aren't ready.
    async fn troubled_pods(&self, object: &Object) -> Vec<Pod> {
        let Some(namespace) = object.namespace.as_deref() else {
            return Vec::new();
        };
        let api: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
        if object.kind == "Pod" {
            return api.get(&object.name).await.into_iter().collect();
        }
        let Some(selector) = selector(&object.value) else {
            return Vec::new();
        };
        let Ok(pods) = api.list(&ListParams::default().labels(&selector)).await else {
            return Vec::new();
        };
        let now = self.get(object).await.ok().flatten();
        let now = now.and_then(|now| serde_json::to_value(now).ok());
        let newest = self.newest_revision(object, now.as_ref()).await;
        let of_newest = |pod: &Pod| newest.as_ref().is_none_or(|newest| newest.has(pod));
        let (stuck, others): (Vec<Pod>, Vec<Pod>) = pods
            .into_iter()
            .filter(of_newest)
            .partition(|pod| pod_trouble(pod).is_some());
        let unready = others.into_iter().filter(|pod| !is_well(pod));
        stuck.into_iter().chain(unready).take(PODS).collect()
    }

    async fn pod_details(&self, object: &Object, pod: &Pod) -> Vec<String> {
        let mut details = Vec::new();
        let name = pod.metadata.name.clone().unwrap_or_default();
        match pod_trouble(pod) {
            Some(trouble) => details.push(trouble.text),
            None => details.push(format!("pod {name} is not ready: {}", state(pod))),
        }
        for container in containers(pod) {
            let ended = ended(container);
            if let Some((ended, _)) = ended {
                let reason = ended.reason.as_deref();
                let meaning = exit_code(ended.exit_code, reason);
                details.push(format!(
                    "container {} ended with exit code {} ({}{}), {} restarts",
                    container.name,
                    ended.exit_code,
                    reason.unwrap_or("no reason given"),
                    meaning.map(|it| format!(": {it}")).unwrap_or_default(),
                    container.restart_count
                ));
            }
            let runs = container.state.iter().any(|state| state.running.is_some());
            if ended.is_some() || (runs && !container.ready) {
                let previous = ended.is_some_and(|(_, previous)| previous);
                let of = (name.as_str(), container.name.as_str());
                details.extend(self.log(object, of, previous).await);
            }
        }
        details.extend(self.events_of(object, "Pod", &name).await);
        details
    }

    async fn log(
        &self,
        object: &Object,
        (pod, container): (&str, &str),
        previous: bool,
    ) -> Vec<String> {
        let Some(namespace) = object.namespace.as_deref() else {
            return Vec::new();
        };
        let api: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
        let params = LogParams {
            container: Some(container.to_owned()),
            previous,
            tail_lines: Some(TAIL),
            ..LogParams::default()
        };
        // A node that doesn't answer must not hold the failure back.
        let log = match tokio::time::timeout(LOG, api.logs(pod, &params)).await {
            Ok(Ok(log)) => log,
            Ok(Err(kube::Error::Api(status))) if status.code < 500 => return Vec::new(),
            Ok(Err(_)) | Err(_) => "can't be read: its node doesn't answer".to_owned(),
        };
        log.lines()
            .map(|line| format!("log {container}: {line}"))
            .collect()
    }

    async fn events_of(&self, object: &Object, kind: &str, name: &str) -> Vec<String> {
        let Some(namespace) = object.namespace.as_deref() else {
            return Vec::new();
        };
        let api: Api<Event> = Api::namespaced(self.client.clone(), namespace);
        let fields = format!("involvedObject.kind={kind},involvedObject.name={name}");
        let Ok(events) = api.list(&ListParams::default().fields(&fields)).await else {
            return Vec::new();
        };
        let mut warnings: Vec<Event> = events
            .into_iter()
            .filter(|event| event.type_.as_deref() == Some("Warning"))
            .collect();
        warnings.sort_by_key(last_seen);
        let shown = warnings.iter().rev().take(EVENTS).rev();
        shown
            .map(|event| {
                format!(
                    "event {}: {}",
                    event.reason.as_deref().unwrap_or("Warning"),
                    event.message.as_deref().unwrap_or_default()
                )
            })
            .collect()
    }
}
