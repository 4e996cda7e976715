//! Watches that are shared: one for a kind in a namespace, however many of its objects are waited
//! for, one for the pods of a namespace, and one for its warnings.
//!
//! A watch begins where the first of those who wait knows its object from, so that nothing is
//! listed that was just applied; who comes later and knows less makes it go back, or list. Nobody
//! misses a change between an apply and its wait: what orch manages is kept from the moment that
//! it is seen.
//!
//! There is no task behind it: one of those who wait drives the watch for all, and another one
//! takes over when it leaves. The connection is closed when nobody waits; the next one goes on
//! from there. What follows from what is seen is `sight`'s business.

mod classes;
mod follow;
mod names;
mod pods;
mod slim;
mod warnings;

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::StreamExt as _;
use k8s_openapi::api::core::v1::Pod;
use kube::Client;
use serde_json::Value;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

pub(super) use classes::Classes;
use follow::{Change, Changes, Source, follow};
use names::Names;
use pods::Pods;
pub(super) use pods::{Labels, pod_labels};
use slim::Version;
pub(super) use slim::slim;
pub(super) use warnings::Warning;
use warnings::Warnings;

/// What somebody who waits sees.
#[derive(Debug)]
pub(super) enum Seen {
    /// The object as it is now; `None` when it is gone.
    Object(Option<Arc<Value>>),
    /// It isn't where it should be: it has to be asked for.
    Missing,
    /// A pod is in trouble.
    Pod(Arc<Pod>),
    /// A pod is gone, or not in trouble any more.
    NoPod(String),
    /// A warning was recorded of it, or of what may be one of its pods.
    Warning(Arc<Warning>),
    /// The watch broke off; it begins anew by itself.
    Broken(String),
    /// The user may not watch it.
    Refused(String),
}

/// Where a watch begins.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Begin {
    /// With a list.
    List,
    /// After a version.
    From(Version),
}

/// The watches of a cluster.
#[derive(Default)]
pub(super) struct Watches {
    hubs: Mutex<HashMap<(Source, Whose), Arc<Hub>>>,
}

/// Whom a watch is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Whose {
    Names,
    /// Only one name, where the others may not be seen.
    Name,
    Pods,
    Warnings,
}

impl Watches {
    /// Returns what is to be seen of an object from now on. `path` is its kind's in its namespace,
    /// `known` the object as it is known. Where `alone`, no other names are looked at.
    pub(super) fn object(&self, client: &Client, path: &str, known: &Value, alone: bool) -> Ticket {
        let name = known.pointer("/metadata/name").and_then(Value::as_str);
        let name = name.unwrap_or_default();
        let source = Source {
            path: path.to_owned(),
            fields: alone.then(|| format!("metadata.name={name}")),
        };
        let whose = if alone { Whose::Name } else { Whose::Names };
        let hub = self.hub(client, source, whose);
        hub.join(|fan, id, seen| match fan {
            Fan::Names(names) => names.add(name, (id, Version::of(known)), seen),
            Fan::Pods(_) | Fan::Warnings(_) => None,
        })
    }

    /// Returns what is to be seen of pods in trouble from now on.
    pub(super) fn pods(&self, client: &Client, namespace: &str, labels: Labels) -> Ticket {
        let source = Source {
            path: format!("/api/v1/namespaces/{namespace}/pods"),
            fields: None,
        };
        let hub = self.hub(client, source, Whose::Pods);
        hub.join(|fan, id, seen| match fan {
            Fan::Pods(pods) => pods.add(id, labels, seen),
            Fan::Names(_) | Fan::Warnings(_) => None,
        })
    }

    /// Returns the warnings that are recorded of an object, or of what may be its pods by their
    /// names: those that are there, and those to come.
    pub(super) fn warnings(&self, client: &Client, namespace: &str, known: &Value) -> Ticket {
        let source = Source {
            path: format!("/api/v1/namespaces/{namespace}/events"),
            fields: Some("type=Warning".to_owned()),
        };
        let hub = self.hub(client, source, Whose::Warnings);
        hub.join(|fan, id, seen| match fan {
            Fan::Warnings(warnings) => warnings.add(id, known, seen),
            Fan::Names(_) | Fan::Pods(_) => None,
        })
    }

    fn hub(&self, client: &Client, source: Source, whose: Whose) -> Arc<Hub> {
        let mut hubs = self.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        // One name's watch is nobody else's: what it knew, or wasn't allowed, is past.
        hubs.retain(|(_, whose), hub| *whose != Whose::Name || Arc::strong_count(hub) > 1);
        let key = (source, whose);
        if let Some(hub) = hubs.get(&key) {
            return Arc::clone(hub);
        }
        let hub = Arc::new(Hub {
            client: client.clone(),
            source: key.0.clone(),
            state: Mutex::new(State {
                fan: match whose {
                    Whose::Names | Whose::Name => Fan::Names(Names::default()),
                    Whose::Pods => Fan::Pods(Pods::default()),
                    Whose::Warnings => Fan::Warnings(Warnings::default()),
                },
                begin: Begin::List,
                anew: false,
                refused: None,
                tickets: 0,
            }),
            changes: tokio::sync::Mutex::default(),
            nudge: Notify::new(),
        });
        hubs.insert(key, Arc::clone(&hub));
        hub
    }
}

/// One watch and those who wait for something of it.
struct Hub {
    client: Client,
    source: Source,
    state: Mutex<State>,
    /// What it sees; held by the one who drives it.
    changes: tokio::sync::Mutex<Option<Changes>>,
    /// Tells the one who drives it that it has to begin anew.
    nudge: Notify,
}

struct State {
    fan: Fan,
    /// Where it begins when it has to.
    begin: Begin,
    /// Whether it has to begin anew.
    anew: bool,
    /// Why the user may not watch it.
    refused: Option<String>,
    tickets: u64,
}

enum Fan {
    Names(Names),
    Pods(Pods),
    Warnings(Warnings),
}

impl State {
    fn take(&mut self, change: Change) {
        let begin = match &change {
            Change::Listing => Some(Begin::List),
            Change::Listed(version) | Change::Reached(version) => {
                Some(Begin::From(version.clone()))
            }
            Change::Changed(slim) | Change::Deleted(slim) => {
                Some(Begin::From(slim.version.clone()))
            }
            Change::Refused(why) => {
                self.refused = Some(why.clone());
                None
            }
            Change::Found(_) | Change::Broken(_) => None,
        };
        // Where it has to begin anew, what is left of the old watch doesn't say from where.
        if let Some(begin) = begin.filter(|_| !self.anew) {
            self.begin = begin;
        }
        match &mut self.fan {
            Fan::Names(names) => names.take(change),
            Fan::Pods(pods) => pods.take(change),
            Fan::Warnings(warnings) => warnings.take(change),
        }
    }
}

impl Hub {
    fn join(
        self: Arc<Self>,
        add: impl FnOnce(&mut Fan, u64, UnboundedSender<Seen>) -> Option<Begin>,
    ) -> Ticket {
        let (sender, seen) = unbounded_channel();
        let mut state = self.state();
        state.tickets += 1;
        let id = state.tickets;
        if let Some(why) = &state.refused {
            drop(sender.send(Seen::Refused(why.clone())));
        }
        if let Some(begin) = add(&mut state.fan, id, sender) {
            // A list that is still to come tells all.
            if !(state.anew && state.begin == Begin::List) {
                state.begin = begin;
            }
            state.anew = true;
            self.nudge.notify_one();
        }
        drop(state);
        Ticket {
            hub: self,
            id,
            seen,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches for all who wait, once it is this one's turn.
    async fn drive(&self) -> Infallible {
        let mut changes = self.changes.lock().await;
        loop {
            let begin = {
                let mut state = self.state();
                if std::mem::take(&mut state.anew) {
                    *changes = None;
                }
                state.begin.clone()
            };
            let open = changes.get_or_insert_with(|| {
                let from = match begin {
                    Begin::List => None,
                    Begin::From(version) => Some(version),
                };
                follow(self.client.clone(), self.source.clone(), from)
            });
            tokio::select! {
                seen = open.next() => match seen {
                    Some(seen) => {
                        let mut state = self.state();
                        for change in seen {
                            state.take(change);
                        }
                    }
                    // It is refused, and all know it.
                    None => std::future::pending().await,
                },
                () = self.nudge.notified() => {}
            }
        }
    }
}

/// The right to see what a watch sees; the watch ends with the last one.
pub(super) struct Ticket {
    hub: Arc<Hub>,
    id: u64,
    seen: UnboundedReceiver<Seen>,
}

impl Ticket {
    /// Returns what is seen next.
    pub(super) async fn next(&mut self) -> Seen {
        tokio::select! {
            biased;
            seen = self.seen.recv() => match seen {
                Some(seen) => seen,
                None => std::future::pending().await,
            },
            never = self.hub.drive() => match never {},
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.hub.state();
        let last = match &mut state.fan {
            Fan::Names(names) => names.remove(self.id),
            Fan::Pods(pods) => pods.remove(self.id),
            Fan::Warnings(warnings) => warnings.remove(self.id),
        };
        // Somebody who has just come drives it already where it can't be locked.
        if last && let Ok(mut changes) = self.hub.changes.try_lock() {
            *changes = None;
        }
    }
}

#[cfg(test)]
mod tests;
