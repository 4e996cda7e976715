//! What a watch has seen of an object and its pods, and what follows from it.
//!
//! Pure but for the [`Pod`]s that it is told of; which of them belong to an older revision is
//! asked of the cluster by `wait`, because the object's own status doesn't say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use k8s_openapi::api::core::v1::Pod;
use serde::Deserialize as _;
use serde_json::Value;

use super::diagnose::{Trouble, pod_trouble};
use super::readiness::{Verdict, is_stale, verdict};

/// What has been seen so far.
pub(super) struct Sight {
    /// Its kind: the items of a list don't say it.
    kind: String,
    /// The object as the apply left it.
    applied: Arc<Value>,
    /// The object as it was seen last; `None` once it is gone.
    object: Option<Arc<Value>>,
    /// The generation that was applied.
    generation: Option<i64>,
    /// Whether the apply changed nothing that its controller hadn't seen before: what fails then
    /// may be on its way to recover, because something else was mended (a Secret, an image).
    settled: bool,
    consumer: bool,
    pods: BTreeMap<String, Arc<Pod>>,
    /// Pods of older revisions, by uid: their failure must not fail the fix.
    old: BTreeSet<String>,
}

/// What follows from what was seen.
pub(super) enum Next {
    /// It is ready, and why.
    Ready(String),
    /// It won't become ready.
    Failed(String),
    /// It won't become ready if one of these pods is of its newest revision.
    Suspect(Vec<(Arc<Pod>, Trouble)>),
    /// How far it is.
    Wait(String),
}

impl Sight {
    /// Returns the sight of an object as the server answered the apply.
    pub(super) fn new(kind: &str, applied: Arc<Value>, consumer: bool) -> Self {
        let generation = applied
            .pointer("/metadata/generation")
            .and_then(Value::as_i64);
        let settled = generation.is_some() && observed(&applied) >= generation;
        let mut sight = Self {
            kind: kind.to_owned(),
            applied: Arc::clone(&applied),
            object: None,
            generation,
            settled,
            consumer,
            pods: BTreeMap::new(),
            old: BTreeSet::new(),
        };
        sight.see(Some(applied));
        sight
    }

    /// Takes the object as it is now; `None` when it is gone.
    pub(super) fn see(&mut self, object: Option<Arc<Value>>) {
        if object.as_deref().is_some_and(|now| self.is_older(now)) {
            return;
        }
        let pod = object.as_deref().filter(|_| self.kind == "Pod");
        if let Some(pod) = pod.and_then(|pod| Pod::deserialize(pod).ok()) {
            self.see_pod(Arc::new(pod));
        }
        self.object = object;
    }

    /// Whether that is the object as it was before the apply: a watch may lag behind.
    fn is_older(&self, now: &Value) -> bool {
        let generation = now.pointer("/metadata/generation").and_then(Value::as_i64);
        let same = now.pointer("/metadata/uid") == self.applied.pointer("/metadata/uid");
        same && generation.is_some() && generation < self.generation
    }

    /// Takes one of its pods as it is now.
    pub(super) fn see_pod(&mut self, pod: Arc<Pod>) {
        self.pods.insert(name_of(&pod), pod);
    }

    /// Forgets a pod that is gone, or well.
    pub(super) fn lose_pod(&mut self, name: &str) {
        self.pods.remove(name);
    }

    /// Leaves a pod of an older revision out from now on.
    pub(super) fn leave_out(&mut self, pod: &Pod) {
        self.old.extend(pod.metadata.uid.clone());
    }

    /// Returns the object as it was seen last.
    pub(super) fn object(&self) -> Option<&Value> {
        self.object.as_deref()
    }

    /// Returns the object's generation, where its controller has seen it.
    pub(super) fn settled_generation(&self) -> Option<i64> {
        let object = self.object.as_deref()?;
        let generation = object.pointer("/metadata/generation")?.as_i64();
        generation.filter(|_| observed(object) >= generation)
    }

    /// Returns what follows; `patient` as long as the grace period lasts.
    pub(super) fn next(&self, patient: bool) -> Next {
        let Some(object) = &self.object else {
            return Next::Failed("somebody deleted it".to_owned());
        };
        if object.pointer("/metadata/uid") != self.applied.pointer("/metadata/uid") {
            return Next::Failed("another object took its name".to_owned());
        }
        let text = match verdict(&self.kind, object, self.consumer) {
            Verdict::Ready(reason) => return Next::Ready(reason),
            // A wait that believes an old failure fails its own fix.
            Verdict::Failed(text) if patient && is_stale(&self.kind, &self.applied, object) => {
                format!("before this apply: {text}")
            }
            Verdict::Failed(cause) => return Next::Failed(cause),
            Verdict::Progressing(text) => text,
        };
        // Until its controller has seen the change, all its pods are those of before.
        if self.generation.is_some() && observed(object).is_some_and(|n| Some(n) < self.generation)
        {
            return Next::Wait(text);
        }
        let troubled: Vec<(Arc<Pod>, Trouble)> = self
            .pods
            .values()
            .filter(|pod| pod.metadata.deletion_timestamp.is_none())
            .filter(|pod| {
                !pod.metadata
                    .uid
                    .as_ref()
                    .is_some_and(|uid| self.old.contains(uid))
            })
            .filter_map(|pod| Some((Arc::clone(pod), pod_trouble(pod)?)))
            .collect();
        let why = troubled.first().map(|(_, trouble)| trouble.text.clone());
        let counts = |trouble: &Trouble| {
            trouble.certain && !(self.settled && patient) || trouble.after_grace && !patient
        };
        let suspects: Vec<_> = troubled
            .into_iter()
            .filter(|(_, trouble)| counts(trouble))
            .collect();
        match why {
            _ if !suspects.is_empty() => Next::Suspect(suspects),
            Some(why) => Next::Wait(format!("{text}; {why}")),
            None => Next::Wait(text),
        }
    }
}

fn observed(object: &Value) -> Option<i64> {
    object
        .pointer("/status/observedGeneration")
        .and_then(Value::as_i64)
}

fn name_of(pod: &Pod) -> String {
    pod.metadata.name.clone().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(sight: &Sight, patient: bool, expected: &str) {
        let said = match sight.next(patient) {
            Next::Ready(text) => format!("ready: {text}"),
            Next::Failed(text) => format!("failed: {text}"),
            Next::Wait(text) => format!("wait: {text}"),
            Next::Suspect(pods) => {
                let names: Vec<String> = pods.iter().map(|(pod, _)| name_of(pod)).collect();
                format!("suspect: {}", names.join(", "))
            }
        };
        assert_eq!(said, expected);
    }

    fn deployment(generation: i64, observed: i64) -> Arc<Value> {
        let value = json!({ "kind": "Deployment", "metadata": { "generation": generation },
            "spec": { "replicas": 1 }, "status": { "observedGeneration": observed,
            "replicas": 1, "updatedReplicas": 1 } });
        Arc::new(value)
    }

    fn pod(name: &str, status: &Value) -> Arc<Pod> {
        let value = json!({ "metadata": { "name": name, "uid": name }, "status": status });
        Arc::new(serde_json::from_value(value).expect("a pod"))
    }

    fn crashing(name: &str) -> Arc<Pod> {
        pod(
            name,
            &json!({ "containerStatuses": [{ "name": "main", "image": "", "imageID": "",
            "ready": false, "restartCount": 3,
            "state": { "waiting": { "reason": "CrashLoopBackOff" } } }] }),
        )
    }

    fn unscheduled(name: &str) -> Arc<Pod> {
        pod(
            name,
            &json!({ "conditions": [{ "type": "PodScheduled", "status": "False",
            "reason": "Unschedulable", "message": "too big" }] }),
        )
    }

    #[test]
    fn pods_are_looked_at_once_the_controller_has_seen_the_change() {
        let mut sight = Sight::new("Deployment", deployment(2, 1), false);
        sight.see_pod(crashing("a"));
        check(
            &sight,
            true,
            "wait: its controller hasn't seen the change yet",
        );
        sight.see(Some(deployment(2, 2)));
        check(&sight, true, "suspect: a");
    }

    #[test]
    fn pods_of_an_older_revision_are_left_out() {
        let mut sight = Sight::new("Deployment", deployment(2, 1), false);
        sight.see(Some(deployment(2, 2)));
        let old = crashing("a");
        sight.see_pod(old.clone());
        sight.leave_out(&old);
        check(&sight, true, "wait: 0 of 1 replicas available");
    }

    #[test]
    fn what_failed_before_an_apply_that_changed_nothing_may_recover() {
        let mut sight = Sight::new("Deployment", deployment(2, 2), false);
        sight.see_pod(crashing("a"));
        let text = "wait: 0 of 1 replicas available; container main of pod a: CrashLoopBackOff";
        check(&sight, true, text);
        check(&sight, false, "suspect: a");
    }

    #[test]
    fn an_unschedulable_pod_counts_after_the_grace_period_whatever_its_siblings_do() {
        let mut sight = Sight::new("Deployment", deployment(1, 0), false);
        sight.see(Some(deployment(1, 1)));
        sight.see_pod(unscheduled("a"));
        sight.see_pod(pod("b", &json!({})));
        check(
            &sight,
            true,
            "wait: 0 of 1 replicas available; no node takes pod a: too big",
        );
        check(&sight, false, "suspect: a");
        sight.lose_pod("a");
        check(&sight, false, "wait: 0 of 1 replicas available");
    }

    #[test]
    fn an_object_that_is_gone_has_failed() {
        let mut sight = Sight::new("Deployment", deployment(1, 0), false);
        sight.see(None);
        check(&sight, true, "failed: somebody deleted it");
    }

    fn over_quota(at: &str, observed: i64) -> Arc<Value> {
        let mut object = Value::clone(&deployment(2, observed));
        object["status"]["conditions"] = json!([{ "type": "ReplicaFailure", "status": "True",
            "lastTransitionTime": at, "reason": "FailedCreate" }]);
        Arc::new(object)
    }

    #[test]
    fn an_old_failure_does_not_fail_the_change_that_mends_it() {
        let mut sight = Sight::new("Deployment", over_quota("10:00", 1), false);
        sight.see(Some(over_quota("10:00", 2)));
        check(&sight, true, "wait: before this apply: FailedCreate");
        check(&sight, false, "failed: FailedCreate");
        sight.see(Some(over_quota("10:01", 2)));
        check(&sight, true, "failed: FailedCreate");
    }

    #[test]
    fn an_object_that_took_its_name_is_another() {
        let mut sight = Sight::new("Deployment", deployment(1, 0), false);
        let mut other = Value::clone(&deployment(1, 1));
        other["metadata"]["uid"] = json!("v");
        sight.see(Some(Arc::new(other)));
        check(&sight, true, "failed: another object took its name");
    }

    #[test]
    fn a_job_decides_itself_how_often_its_program_may_fail() {
        let job = json!({ "kind": "Job", "metadata": {}, "status": {} });
        let mut sight = Sight::new("Job", Arc::new(job), false);
        let mut pod = Pod::clone(&crashing("a"));
        let owner = json!([{ "apiVersion": "batch/v1", "kind": "Job", "name": "j", "uid": "u" }]);
        pod.metadata.owner_references = serde_json::from_value(owner).expect("an owner");
        sight.see_pod(Arc::new(pod));
        check(
            &sight,
            true,
            "wait: 0 of 1 pods succeeded; container main of pod a: CrashLoopBackOff",
        );
    }
}
