//! The pods of a namespace that are in trouble, and whose they are: the others are nobody's
//! business, and are not kept.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use k8s_openapi::api::core::v1::Pod;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

use super::follow::Change;
use super::slim::Slim;
use super::{Begin, Seen};
use crate::cluster::diagnose::pod_trouble;

/// Labels that a pod must have.
pub(in crate::cluster) type Labels = BTreeMap<String, String>;

/// Those who wait, and the pods in trouble by name.
#[derive(Default)]
pub(super) struct Pods {
    waiters: Vec<Waiter>,
    troubled: HashMap<String, Arc<Pod>>,
    listed: HashSet<String>,
    begun: bool,
    /// Whether nobody has watched for a while.
    idle: bool,
}

struct Waiter {
    id: u64,
    labels: Labels,
    seen: UnboundedSender<Seen>,
}

impl Pods {
    /// Adds somebody who is concerned by pods with these labels; returns where the watch has to
    /// begin anew for that, if it has to.
    pub(super) fn add(
        &mut self,
        id: u64,
        labels: Labels,
        seen: UnboundedSender<Seen>,
    ) -> Option<Begin> {
        let waiter = Waiter { id, labels, seen };
        let known: Vec<Seen> = self
            .troubled
            .values()
            .filter(|pod| waiter.is_concerned(pod))
            .map(|pod| Seen::Pod(Arc::clone(pod)))
            .collect();
        // A pod that was in trouble when somebody last looked may be well long since; but where
        // there was none, the watch goes on from where it was.
        let stale = self.idle && !known.is_empty();
        if stale || !self.begun {
            self.troubled.clear();
            self.begun = true;
            self.idle = false;
            self.waiters.push(waiter);
            return Some(Begin::List);
        }
        for seen in known {
            waiter.tell(seen);
        }
        self.idle = false;
        self.waiters.push(waiter);
        None
    }

    /// Takes somebody out; returns whether nobody is left.
    pub(super) fn remove(&mut self, id: u64) -> bool {
        self.waiters.retain(|waiter| waiter.id != id);
        self.idle = self.waiters.is_empty();
        self.idle
    }

    /// Takes what was seen and tells those whom it concerns.
    pub(super) fn take(&mut self, change: Change) {
        match change {
            Change::Listing => self.listed.clear(),
            Change::Found(slim) => {
                self.listed.insert(slim.name.clone());
                self.see(slim);
            }
            Change::Listed(_) => {
                let listed = std::mem::take(&mut self.listed);
                let absent = |name: &&String| !listed.contains(*name);
                let gone: Vec<String> = self.troubled.keys().filter(absent).cloned().collect();
                for name in gone {
                    self.lose(&name, None);
                }
            }
            Change::Changed(slim) => self.see(slim),
            Change::Deleted(slim) => self.lose(&slim.name, None),
            Change::Broken(why) => self.tell_all(|| Seen::Broken(why.clone())),
            // Where pods may not be seen, the object's own status has to do.
            Change::Reached(_) | Change::Refused(_) => {}
        }
    }

    fn see(&mut self, slim: Slim) {
        let value = Arc::unwrap_or_clone(slim.value);
        let pod = serde_json::from_value::<Pod>(value).ok();
        let pod = pod.filter(|pod| pod_trouble(pod).is_some()).map(Arc::new);
        self.lose(&slim.name, pod.as_deref());
        let Some(pod) = pod else {
            return;
        };
        for waiter in self.waiters.iter().filter(|it| it.is_concerned(&pod)) {
            waiter.tell(Seen::Pod(Arc::clone(&pod)));
        }
        self.troubled.insert(slim.name, pod);
    }

    /// Forgets a pod and says so to those who aren't concerned by what it is now.
    fn lose(&mut self, name: &str, now: Option<&Pod>) {
        let Some(before) = self.troubled.remove(name) else {
            return;
        };
        for waiter in &self.waiters {
            let stays = now.is_some_and(|now| waiter.is_concerned(now));
            if waiter.is_concerned(&before) && !stays {
                waiter.tell(Seen::NoPod(name.to_owned()));
            }
        }
    }

    fn tell_all(&self, seen: impl Fn() -> Seen) {
        for waiter in &self.waiters {
            waiter.tell(seen());
        }
    }
}

impl Waiter {
    fn is_concerned(&self, pod: &Pod) -> bool {
        let found = pod.metadata.labels.as_ref();
        self.labels
            .iter()
            .all(|(key, value)| found.and_then(|found| found.get(key)) == Some(value))
    }

    /// Who doesn't listen any more is about to leave.
    fn tell(&self, seen: Seen) {
        drop(self.seen.send(seen));
    }
}

/// Returns the labels by which an object's pods are found.
pub(in crate::cluster) fn pod_labels(object: &Value) -> Option<Labels> {
    object.pointer("/spec/template")?;
    let labels = object.pointer("/spec/selector/matchLabels")?.as_object()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let pairs = labels
        .iter()
        .filter_map(|(key, value)| Some((key.clone(), text(value)?)));
    Some(pairs.collect())
}
