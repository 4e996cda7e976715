//! The warnings of a namespace, and whom they concern.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

use super::follow::Change;
use super::slim::Slim;
use super::{Begin, Seen};

/// A warning that a controller, the scheduler or a kubelet recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cluster) struct Warning {
    /// The kind of what it is about.
    pub(in crate::cluster) kind: String,
    /// Its name.
    pub(in crate::cluster) name: String,
    /// Its uid.
    pub(in crate::cluster) uid: String,
    /// Such as `FailedCreate`.
    pub(in crate::cluster) reason: String,
    /// In one line.
    pub(in crate::cluster) message: String,
    /// How often it was recorded.
    pub(in crate::cluster) count: i64,
    /// Whether it was recorded while somebody watched: otherwise it may be of long ago.
    pub(in crate::cluster) fresh: bool,
}

/// Those who wait, and the warnings that were recorded, by their events' names.
#[derive(Default)]
pub(super) struct Warnings {
    waiters: Vec<Waiter>,
    known: HashMap<String, Arc<Warning>>,
    begun: bool,
}

struct Waiter {
    id: u64,
    uid: String,
    /// What its pods' names begin with.
    prefix: String,
    seen: UnboundedSender<Seen>,
}

impl Warnings {
    /// Adds somebody who is concerned by the warnings about an object and its pods; returns where
    /// the watch has to begin anew for that, if it has to.
    pub(super) fn add(
        &mut self,
        id: u64,
        object: &Value,
        seen: UnboundedSender<Seen>,
    ) -> Option<Begin> {
        let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default();
        let waiter = Waiter {
            id,
            uid: text("uid").to_owned(),
            prefix: format!("{}-", text("name")),
            seen,
        };
        let begin = (!self.begun).then_some(Begin::List);
        self.begun = true;
        for warning in self.known.values() {
            waiter.tell(warning);
        }
        self.waiters.push(waiter);
        begin
    }

    /// Takes somebody out; returns whether nobody is left. Nothing is kept for nobody: what is
    /// recorded meanwhile would be missed.
    pub(super) fn remove(&mut self, id: u64) -> bool {
        self.waiters.retain(|waiter| waiter.id != id);
        if self.waiters.is_empty() {
            self.known.clear();
            self.begun = false;
        }
        self.waiters.is_empty()
    }

    /// Takes what was seen and tells those whom it concerns.
    pub(super) fn take(&mut self, change: Change) {
        match change {
            Change::Found(slim) => self.see(slim, false),
            Change::Changed(slim) => self.see(slim, true),
            Change::Deleted(slim) => drop(self.known.remove(&slim.name)),
            // Where warnings can't be seen, the statuses have to do.
            Change::Listing
            | Change::Listed(_)
            | Change::Reached(_)
            | Change::Broken(_)
            | Change::Refused(_) => {}
        }
    }

    fn see(&mut self, slim: Slim, live: bool) {
        let before = self.known.get(&slim.name);
        let mut warning = Warning::of(&slim.value);
        // A list that had to be made again tells what is new by how often it was recorded.
        warning.fresh =
            live || before.is_some_and(|before| before.fresh || before.count < warning.count);
        let warning = Arc::new(warning);
        for waiter in &self.waiters {
            waiter.tell(&warning);
        }
        self.known.insert(slim.name, warning);
    }
}

impl Waiter {
    /// Who doesn't listen any more is about to leave.
    fn tell(&self, warning: &Arc<Warning>) {
        let own = warning.uid == self.uid;
        if own || warning.kind == "Pod" && warning.name.starts_with(&self.prefix) {
            drop(self.seen.send(Seen::Warning(Arc::clone(warning))));
        }
    }
}

impl Warning {
    fn of(event: &Value) -> Self {
        let text = |pointer: &str| {
            let found = event.pointer(pointer).and_then(Value::as_str);
            found.unwrap_or_default().to_owned()
        };
        let number = |pointer: &str| event.pointer(pointer).and_then(Value::as_i64);
        Self {
            kind: text("/involvedObject/kind"),
            name: text("/involvedObject/name"),
            uid: text("/involvedObject/uid"),
            reason: text("/reason"),
            message: text("/message"),
            // Newer components count in a series.
            count: number("/series/count")
                .or_else(|| number("/count"))
                .unwrap_or(1),
            fresh: false,
        }
    }
}
