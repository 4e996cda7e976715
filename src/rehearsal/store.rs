//! Versioned objects and the history of their changes: what etcd is to a real server.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;

/// How many changes a watch may be behind.
const HISTORY: usize = 20_000;

/// Where an object is stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    /// The resource: `apps/deployments`, `/pods`.
    pub(crate) resource: Arc<str>,
    /// The namespace; empty for what lives in none.
    pub(crate) namespace: String,
    /// The name.
    pub(crate) name: String,
}

impl Key {
    /// Returns a key.
    pub(crate) fn new(resource: &str, namespace: &str, name: &str) -> Self {
        Self {
            resource: Arc::from(resource),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }
}

/// A change of one object.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// The version that it made.
    pub(crate) revision: u64,
    /// The object's resource and namespace.
    pub(crate) key: Key,
    /// What was there before.
    pub(crate) before: Option<Arc<Value>>,
    /// What is there now; the last state, with the version of the deletion, where it is gone.
    pub(crate) object: Arc<Value>,
    /// Whether it is gone.
    pub(crate) deleted: bool,
}

/// The objects.
#[derive(Debug)]
pub(crate) struct Store {
    objects: BTreeMap<Key, Arc<Value>>,
    history: VecDeque<Change>,
    revision: u64,
    compacted: u64,
}

impl Store {
    /// Returns an empty store.
    pub(crate) fn new() -> Self {
        Self {
            objects: BTreeMap::new(),
            history: VecDeque::new(),
            revision: 1,
            compacted: 0,
        }
    }

    /// Returns the version of the last change.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns the oldest version that a watch can start from.
    pub(crate) fn compacted(&self) -> u64 {
        self.compacted
    }

    /// Forgets the history.
    pub(crate) fn compact(&mut self) {
        self.history.clear();
        self.compacted = self.revision;
    }

    /// Returns an object.
    pub(crate) fn get(&self, key: &Key) -> Option<&Arc<Value>> {
        self.objects.get(key)
    }

    /// Returns the objects of a resource, ordered by namespace and name.
    pub(crate) fn list<'a>(
        &'a self,
        resource: &str,
        namespace: Option<&str>,
    ) -> impl Iterator<Item = (&'a Key, &'a Arc<Value>)> + use<'a> {
        let from = Key::new(resource, namespace.unwrap_or_default(), "");
        let within = from.clone();
        let all = namespace.is_none();
        self.objects.range(from..).take_while(move |(key, _)| {
            key.resource == within.resource && (all || key.namespace == within.namespace)
        })
    }

    /// Returns every key in a namespace.
    pub(crate) fn in_namespace(&self, namespace: &str) -> Vec<Key> {
        self.objects
            .keys()
            .filter(|key| key.namespace == namespace)
            .cloned()
            .collect()
    }

    /// Returns the keys of all objects that an owner has.
    pub(crate) fn owned_by(&self, uid: &str) -> Vec<Key> {
        let owned = self.objects.iter().filter(|(_, object)| {
            let owners = object["metadata"]["ownerReferences"].as_array();
            owners.is_some_and(|owners| owners.iter().any(|owner| owner["uid"] == uid))
        });
        owned.map(|(key, _)| key.clone()).collect()
    }

    /// Stores an object under the next version, and returns it as stored.
    pub(crate) fn put(&mut self, key: &Key, mut object: Value) -> Arc<Value> {
        self.revision += 1;
        object["metadata"]["resourceVersion"] = Value::from(self.revision.to_string());
        let object = Arc::new(object);
        let before = self.objects.insert(key.clone(), Arc::clone(&object));
        self.record(Change {
            revision: self.revision,
            key: key.clone(),
            before,
            object: Arc::clone(&object),
            deleted: false,
        });
        object
    }

    /// Removes an object, and returns its last state.
    pub(crate) fn remove(&mut self, key: &Key) -> Option<Arc<Value>> {
        let before = self.objects.remove(key)?;
        self.revision += 1;
        let mut last = (*before).clone();
        last["metadata"]["resourceVersion"] = Value::from(self.revision.to_string());
        let object = Arc::new(last);
        self.record(Change {
            revision: self.revision,
            key: key.clone(),
            before: Some(before),
            object: Arc::clone(&object),
            deleted: true,
        });
        Some(object)
    }

    /// Returns the changes after a version.
    pub(crate) fn since(&self, revision: u64) -> impl Iterator<Item = &Change> {
        let start = self
            .history
            .partition_point(|change| change.revision <= revision);
        self.history.range(start..)
    }

    fn record(&mut self, change: Change) {
        self.history.push_back(change);
        while self.history.len() > HISTORY {
            if let Some(old) = self.history.pop_front() {
                self.compacted = old.revision;
            }
        }
    }
}
