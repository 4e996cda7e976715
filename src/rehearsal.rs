//! The embedded API server: a whole phase runs on a machine that has no cluster.
//!
//! It is an in-process `tower` service that is given to `kube::Client`: discovery, get, list,
//! watch, create, update, server-side apply by schema, delete, dry run. Controllers are simulated
//! on a virtual clock: what can be observed of a rollout is there (conditions, pods, events, claims,
//! addresses), what causes it is not. Scheduling, networking, admission webhooks, authorisation,
//! autoscaling and quotas are not modelled; `docs/rehearsal.md` has the table.

use std::sync::{Arc, Mutex, PoisonError};

mod apply;
mod controllers;
mod defaults;
mod delete;
mod discovery;
mod fixed;
mod read;
mod request;
mod resources;
mod schema;
mod script;
mod selector;
mod server;
mod status;
mod store;
mod validate;
mod watch;
mod world;
mod write;

pub use script::{Delay, Outcome, Script, ScriptError, ScriptedFailure, Selector};

/// Its name as a target.
pub const NAME: &str = "rehearsal";

/// A rehearsal: a cluster in memory. Clones share it.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    world: Arc<Mutex<world::World>>,
}

impl Rehearsal {
    /// Returns a fresh cluster that shows the script's failures.
    pub fn new(script: Script) -> Self {
        Self {
            world: Arc::new(Mutex::new(world::World::new(script))),
        }
    }

    /// Returns a client of it.
    ///
    /// # Panics
    /// Outside a tokio runtime, which `kube::Client` needs.
    pub fn client(&self) -> kube::Client {
        let world = Arc::clone(&self.world);
        let service = tower::service_fn(move |request: http::Request<kube::client::Body>| {
            server::answer(Arc::clone(&world), request)
        });
        kube::Client::new(service, "default")
    }

    /// Returns how many requests were answered.
    pub fn requests(&self) -> u64 {
        self.locked().requests
    }

    /// Returns the virtual time that has passed, in milliseconds.
    pub fn elapsed_millis(&self) -> u64 {
        self.locked().now()
    }

    /// Forgets the history of changes, as a server does after some minutes: watches from an older
    /// version end with 410.
    pub fn compact(&self) {
        self.locked().store.compact();
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, world::World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
