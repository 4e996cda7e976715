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
use super::warning::{passes, trouble};
use super::watches::Warning;

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
    /// Whether no controller had looked at it yet when its apply was answered: what is recorded of
    /// it is of this apply.
    new: bool,
    consumer: bool,
    pods: BTreeMap<String, Arc<Pod>>,
    /// What was recorded against the object itself since it last got on.
    warning: Option<Arc<Warning>>,
    /// Pods that can't start for what was recorded of them, by name.
    stuck: BTreeMap<String, (Arc<Pod>, Arc<Warning>)>,
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
            new: is_new(&applied),
            consumer,
            pods: BTreeMap::new(),
            warning: None,
            stuck: BTreeMap::new(),
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
        // It gets on: what stood in the way before may not any more.
        let before = self.object.as_deref().map(|object| &object["status"]);
        if object.as_deref().map(|object| &object["status"]) != before {
            self.warning = None;
        }
        self.object = object;
    }

    /// Takes a warning that was recorded of the object itself.
    pub(super) fn see_warning(&mut self, warning: Arc<Warning>) {
        if trouble(&warning).is_some() {
            self.warning = Some(warning);
        }
    }

    /// Takes a warning that was recorded of one of its pods.
    pub(super) fn see_stuck(&mut self, pod: Arc<Pod>, warning: Arc<Warning>) {
        self.stuck.insert(name_of(&pod), (pod, warning));
    }

    /// Forgets what was recorded of a pod: it has started since, or is gone.
    pub(super) fn forget_stuck(&mut self, name: &str) {
        self.stuck.remove(name);
    }

    /// Returns the pod of which something was recorded that speaks against it.
    pub(super) fn stuck(&self, name: &str) -> Option<Arc<Pod>> {
        self.stuck.get(name).map(|(pod, _)| Arc::clone(pod))
    }

    /// Returns whether a pod is left out.
    pub(super) fn is_left_out(&self, uid: &str) -> bool {
        self.old.contains(uid)
    }

    /// Leaves out what is nobody's, or somebody else's, pod.
    pub(super) fn leave_out_uid(&mut self, uid: &str) {
        self.old.insert(uid.to_owned());
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
            // Such as the account of a namespace that has just been made.
            Verdict::Failed(text) if patient && passes(&text) => text,
            // What it lacks comes from somewhere else, or never.
            Verdict::Lacking(cause) if !patient => return Next::Failed(cause),
            Verdict::Failed(cause) => return Next::Failed(cause),
            Verdict::Progressing(text) | Verdict::Lacking(text) => text,
        };
        // Until its controller has seen the change, all its pods are those of before.
        if self.generation.is_some() && observed(object).is_some_and(|n| Some(n) < self.generation)
        {
            return Next::Wait(text);
        }
        if let Some((warning, trouble)) = self.own_trouble() {
            if self.counts(&trouble, patient, warning.fresh) {
                return Next::Failed(trouble.text);
            }
            return Next::Wait(format!("{text}; {}", trouble.text));
        }
        let troubled = self.troubled();
        let why = troubled.first().map(|(_, trouble, _)| trouble.text.clone());
        let suspects: Vec<_> = troubled
            .into_iter()
            .filter(|(_, trouble, fresh)| self.counts(trouble, patient, *fresh))
            .map(|(pod, trouble, _)| (pod, trouble))
            .collect();
        match why {
            _ if !suspects.is_empty() => Next::Suspect(suspects),
            Some(why) => Next::Wait(format!("{text}; {why}")),
            None => Next::Wait(text),
        }
    }

    fn own_trouble(&self) -> Option<(&Warning, Trouble)> {
        let warning = self.warning.as_deref()?;
        Some((warning, trouble(warning)?))
    }

    /// Its pods that are in trouble, and whether that is known to be of now.
    fn troubled(&self) -> Vec<(Arc<Pod>, Trouble, bool)> {
        let shown = self.pods.values().filter_map(|pod| {
            let trouble = pod_trouble(pod)?;
            Some((Arc::clone(pod), trouble, !self.settled))
        });
        let recorded = self
            .stuck
            .values()
            .filter_map(|(pod, warning)| Some((Arc::clone(pod), trouble(warning)?, warning.fresh)));
        let is_old = |pod: &Pod| {
            let uid = pod.metadata.uid.as_ref();
            uid.is_some_and(|uid| self.is_left_out(uid))
        };
        shown
            .chain(recorded)
            .filter(|(pod, ..)| pod.metadata.deletion_timestamp.is_none() && !is_old(pod))
            .collect()
    }

    /// Whether trouble is a reason to give up. What isn't known to be of now may be on its way to
    /// recover as long as the grace period lasts.
    fn counts(&self, trouble: &Trouble, patient: bool, fresh: bool) -> bool {
        trouble.certain && (fresh || self.new || !patient) || trouble.after_grace && !patient
    }
}

/// Whether no controller has looked at an object yet.
fn is_new(object: &Value) -> bool {
    ["observedGeneration", "startTime", "conditions"]
        .iter()
        .all(|field| object["status"].get(field).is_none())
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
mod tests;
