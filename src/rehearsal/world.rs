//! The state of a rehearsal: objects, kinds, the virtual clock and what is due on it.
//!
//! Time stands still while requests are written. It advances to the next thing due when somebody
//! waits: a watch that has nothing to deliver, or a read. So a rollout takes as long as the work it
//! causes, and the same requests give the same timestamps.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::task::Waker;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::apply::managed::{self, Context, Writer};
use super::controllers::{self, Run, Task};
use super::resources::{Extension, Resource, Resources};
use super::script::Script;
use super::store::{Key, Store};

/// 2026-01-01T00:00:00Z, where every rehearsal starts.
const EPOCH: i64 = 1_767_225_600;

/// How long a controller takes to notice a change, in milliseconds.
const LATENCY: u64 = 10;

/// All of it.
#[derive(Debug)]
pub(crate) struct World {
    /// The objects.
    pub(crate) store: Store,
    /// The kinds.
    pub(crate) resources: Resources,
    /// The failures to show.
    pub(crate) script: Script,
    /// How far pods have come, by uid.
    pub(crate) runs: HashMap<String, Run>,
    /// How many requests were answered.
    pub(crate) requests: u64,
    now: u64,
    sequence: u64,
    due: BTreeMap<(u64, u64), Task>,
    queued: HashSet<Task>,
    creations: HashMap<String, u64>,
    wakers: Vec<Waker>,
    addresses: u32,
    ports: u32,
}

impl World {
    /// Returns a cluster with one node, the usual namespaces and a default storage class.
    pub(crate) fn new(script: Script) -> Self {
        let mut world = Self {
            store: Store::new(),
            resources: Resources::builtin(),
            runs: HashMap::new(),
            requests: 0,
            now: 0,
            sequence: 0,
            due: BTreeMap::new(),
            queued: HashSet::new(),
            creations: HashMap::new(),
            wakers: Vec::new(),
            addresses: 10,
            ports: 30_000,
            script,
        };
        for (there, extension) in [
            (world.script.service_monitors, Extension::Monitors),
            (world.script.gateway_api, Extension::GatewayApi),
            (world.script.traefik, Extension::Traefik),
        ] {
            if there {
                world.resources.define_extension(extension);
            }
        }
        controllers::bootstrap(&mut world);
        world.advance_now();
        world
    }

    /// Returns the time, in milliseconds since the start.
    pub(crate) fn now(&self) -> u64 {
        self.now
    }

    /// Returns the time as RFC 3339, in whole seconds.
    pub(crate) fn timestamp(&self) -> String {
        self.timestamp_at(self.now)
    }

    /// Returns a time as RFC 3339, in whole seconds.
    #[allow(
        clippy::unused_self,
        reason = "the epoch is the world's, even if it is a constant now"
    )]
    pub(crate) fn timestamp_at(&self, millis: u64) -> String {
        let seconds = EPOCH + i64::try_from(millis / 1_000).unwrap_or_default();
        jiff::Timestamp::from_second(seconds)
            .map(|time| time.to_string())
            .unwrap_or_default()
    }

    /// Returns the next cluster address.
    pub(crate) fn next_address(&mut self) -> String {
        self.addresses += 1;
        let [.., high, low] = self.addresses.to_be_bytes();
        format!("10.96.{high}.{low}")
    }

    /// Returns the next address of a pod.
    pub(crate) fn next_pod_address(&mut self) -> String {
        self.addresses += 1;
        let [.., high, low] = self.addresses.to_be_bytes();
        format!("10.244.{high}.{low}")
    }

    /// Returns the next node port.
    pub(crate) fn next_port(&mut self) -> u32 {
        self.ports += 1;
        self.ports
    }

    /// Returns a uid: the same for the same object of the same history.
    pub(crate) fn next_uid(&mut self, key: &Key) -> String {
        let identity = format!("{}/{}/{}", key.resource, key.namespace, key.name);
        let count = self.creations.entry(identity.clone()).or_default();
        *count += 1;
        uid_of(&format!("{identity}#{count}"))
    }

    /// Schedules a task after a delay in milliseconds; one that waits already stays where it is.
    pub(crate) fn schedule(&mut self, after: u64, task: Task) {
        if self.queued.insert(task.clone()) {
            self.sequence += 1;
            self.due.insert((self.now + after, self.sequence), task);
        }
    }

    /// Runs all that is due at the next instant; returns whether there was anything.
    pub(crate) fn advance(&mut self) -> bool {
        let Some((&(at, _), _)) = self.due.first_key_value() else {
            return false;
        };
        self.now = self.now.max(at);
        self.advance_now();
        true
    }

    fn advance_now(&mut self) {
        while let Some(entry) = self.due.first_entry() {
            if entry.key().0 > self.now {
                break;
            }
            let task = entry.remove();
            self.queued.remove(&task);
            controllers::run(self, &task);
        }
    }

    /// Returns an object.
    pub(crate) fn get(&self, resource: &str, namespace: &str, name: &str) -> Option<Arc<Value>> {
        self.store
            .get(&Key::new(resource, namespace, name))
            .cloned()
    }

    /// Stores an object and lets the controllers know.
    pub(crate) fn put(&mut self, key: &Key, object: Value) -> Arc<Value> {
        let stored = self.store.put(key, object);
        self.react(key, &stored);
        stored
    }

    /// Removes an object and lets the controllers know.
    pub(crate) fn remove(&mut self, key: &Key) -> Option<Arc<Value>> {
        let last = self.store.remove(key)?;
        if let Some(uid) = last["metadata"]["uid"].as_str() {
            self.runs.remove(uid);
        }
        self.react(key, &last);
        Some(last)
    }

    fn react(&mut self, key: &Key, object: &Value) {
        for task in controllers::reactions(self, key, object) {
            self.schedule(LATENCY, task);
        }
        for waker in self.wakers.drain(..) {
            waker.wake();
        }
    }

    /// Wakes somebody at the next change.
    pub(crate) fn wake(&mut self, waker: &Waker) {
        if !self.wakers.iter().any(|known| known.will_wake(waker)) {
            self.wakers.push(waker.clone());
        }
    }

    /// Lets a controller change an object: its status, or the rest of it.
    pub(crate) fn change(&mut self, key: &Key, part: Part, edit: impl FnOnce(&mut Value)) {
        let Some(live) = self.store.get(key).cloned() else {
            return;
        };
        let mut new = (*live).clone();
        edit(&mut new);
        if new == *live {
            return;
        }
        if part == Part::Rest && new["spec"] != live["spec"] {
            let generation = live["metadata"]["generation"].as_i64();
            if let Some(generation) = generation {
                new["metadata"]["generation"] = Value::from(generation + 1);
            }
        }
        if let Some(resource) = self.resources.by_id(&key.resource) {
            self.own(&resource, &live, &mut new, part);
        }
        self.put(key, new);
    }

    /// Lets a controller create an object, unless it is there.
    pub(crate) fn create(&mut self, resource: &str, mut object: Value) -> Option<Arc<Value>> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let name = text(&object["metadata"]["name"]);
        let key = Key::new(resource, &text(&object["metadata"]["namespace"]), &name);
        let resource = self.resources.by_id(resource)?;
        if self.store.get(&key).is_some() {
            return None;
        }
        object["apiVersion"] = Value::from(resource.api_version());
        object["kind"] = Value::from(resource.kind.as_str());
        super::defaults::fill(&resource, &mut object);
        super::write::admit::identify(self, &resource, &key, &mut object);
        self.own(&resource, &Value::Null, &mut object, Part::Rest);
        Some(self.put(&key, object))
    }

    fn own(&self, resource: &Resource, live: &Value, new: &mut Value, part: Part) {
        let writer = Writer {
            manager: part.manager(&resource.plural).to_owned(),
            applies: false,
            subresource: (part == Part::Status).then(|| "status".to_owned()),
        };
        let now = self.timestamp();
        let context = Context {
            schema: &resource.schema,
            id: resource.type_id,
            writer: &writer,
            now: &now,
        };
        let entries = managed::update(context, live, new);
        managed::write(new, &entries);
    }
}

/// What a controller changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Its status.
    Status,
    /// Spec or metadata.
    Rest,
}

impl Part {
    fn manager(self, plural: &str) -> &'static str {
        if plural == "pods" && self == Self::Status {
            "kubelet"
        } else {
            "kube-controller-manager"
        }
    }
}

/// Returns a UUID that a text determines.
pub(crate) fn uid_of(text: &str) -> String {
    let digest = crate::journal::sha256(text.as_bytes());
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-4{}-a{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}

/// Returns a suffix that a text determines, in the letters that Kubernetes uses for names.
pub(crate) fn suffix_of(text: &str, length: usize) -> String {
    const LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
    Sha256::digest(text.as_bytes())
        .iter()
        .take(length)
        .filter_map(|byte| LETTERS.get(usize::from(*byte) % LETTERS.len()))
        .map(|letter| char::from(*letter))
        .collect()
}
