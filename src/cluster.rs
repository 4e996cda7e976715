//! The cluster at the edge: server-side apply, watching until ready, and what is seen on failure.
//!
//! Nothing here chooses a cluster: a [`Cluster`] is made of a context that somebody named, or of
//! the rehearsal's client. Which object comes before which is `plan`'s business.

mod access;
mod apply;
mod claims;
mod conflict;
mod connect;
mod diagnose;
mod diff;
mod error;
mod fields;
mod hint;
mod inventory;
mod kinds;
mod lease;
mod live;
mod migrate;
mod owner;
mod place;
mod preview;
mod previous;
mod readiness;
mod recreate;
mod redact;
mod remove;
mod retry;
mod secret;
mod served;
mod settled;
mod sight;
mod wait;
mod warning;
mod watches;

pub use access::{Account, Asks, Missing, Need, Resource, asks, roles};
pub use apply::{Applied, ApplyOptions, Before, Situation};
pub use conflict::{Conflict, Conflicts, Holder};
pub use connect::{IN_CLUSTER, Sources};
pub use error::{ApplyError, ClusterError, WayOut};
pub use fields::{Element, Fields, Path};
pub use inventory::{Extent, Inventory, InventoryError, PART_OF};
pub use lease::{Claim, Lease, LeaseError};
pub use live::{Live, Name};
pub use owner::{Owner, TakeOver};
pub use preview::{Effect, FieldChange, Preview};
pub use previous::{Return, Returning, set_by};
pub use readiness::{Verdict, verdict};
pub use recreate::{Fixed, FixedField, Remake};
pub use redact::{Mask, redact};
pub use remove::Guard;
pub use retry::Trouble;
pub use settled::is_settled;
pub use wait::{NotReady, Ready, Wait};

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kube::Client;
use kube::api::DynamicObject;

use crate::journal::ObjectEvidence;
use crate::manifest::Object;
use kinds::Kinds;
use redact::Known;

/// The field manager of everything that orch applies.
pub const FIELD_MANAGER: &str = "orch";

/// A connection to one cluster; cheap to clone.
#[derive(Clone)]
pub struct Cluster {
    client: Client,
    info: Arc<ClusterInfo>,
    kinds: Arc<Kinds>,
    /// The values of the Secrets that were applied or read: masked in whatever is told.
    secrets: Arc<Mutex<Known>>,
    /// What is watched for those who wait.
    watches: Arc<watches::Watches>,
    classes: Arc<watches::Classes>,
    /// Where requests say that they have to ask again.
    board: retry::Board,
}

/// Which cluster it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterInfo {
    /// `rehearsal`, or the context's name.
    pub target: String,
    /// The server's address.
    pub server: String,
    /// The uid of its `kube-system` namespace; the server's address where that may not be read.
    pub uid: String,
    /// The server's version.
    pub version: String,
}

impl Cluster {
    /// Returns which cluster it is.
    pub fn info(&self) -> &ClusterInfo {
        &self.info
    }

    /// Returns what keeps requests waiting, as it changes; nothing where the server answers.
    pub fn trouble(&self) -> tokio::sync::watch::Receiver<Option<Trouble>> {
        self.board.trouble()
    }

    /// Returns whether the cluster serves a kind.
    ///
    /// # Errors
    /// Where the cluster can't be asked.
    pub async fn has(&self, api_version: &str, kind: &str) -> Result<bool, ClusterError> {
        match self.kind(api_version, kind).await {
            Ok(_) => Ok(true),
            Err(ClusterError::NoSuchKind { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Returns an object as the cluster has it.
    ///
    /// # Errors
    /// Where the cluster can't be asked.
    pub async fn get(&self, object: &Object) -> Result<Option<DynamicObject>, ClusterError> {
        let api = self.api(object).await?;
        let found = api.get_opt(&object.name).await;
        let found = found.map_err(|error| self.error(error))?;
        if let Some(secret) = found.as_ref().filter(|_| object.kind == "Secret") {
            self.known().add_secret(&secret.data);
        }
        Ok(found)
    }

    /// Returns why evidence doesn't hold any more, if it doesn't: the object is gone, or another
    /// one has its name.
    ///
    /// # Errors
    /// Where the cluster can't be asked.
    pub async fn gone(&self, evidence: &ObjectEvidence) -> Result<Option<String>, ClusterError> {
        Ok(self.live([evidence]).await?.gone(evidence))
    }

    /// Returns the namespace that an object lives in; `None` where it lives in none, as far as its
    /// kind is known by now.
    pub fn namespace_of(&self, object: &Object) -> Option<String> {
        if let Some(namespace) = &object.namespace {
            return Some(namespace.clone());
        }
        self.kinds
            .is_namespaced(&object.api_version, &object.kind)
            .then(|| self.client.default_namespace().to_owned())
    }

    fn error(&self, error: kube::Error) -> ClusterError {
        ClusterError::of(&self.info.server, error)
    }

    /// Returns the text with secrets masked and control characters made visible.
    fn redact(&self, text: &str) -> String {
        self.known().redact(text)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // What another thread left is whole: values are only ever added.
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Masks what a server's answer quotes.
    fn masked(&self, error: kube::Error) -> kube::Error {
        let kube::Error::Api(mut status) = error else {
            return error;
        };
        let known = self.known();
        status.message = known.mask(&status.message);
        for cause in status.details.iter_mut().flat_map(|it| &mut it.causes) {
            cause.message = known.mask(&cause.message);
        }
        drop(known);
        kube::Error::Api(status)
    }
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cluster")
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}
