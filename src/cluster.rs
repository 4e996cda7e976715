//! The cluster at the edge: server-side apply, watching until ready, and what is seen on failure.
//!
//! Nothing here chooses a cluster: a [`Cluster`] is made of a context that somebody named, or of
//! the rehearsal's client. Which object comes before which is `plan`'s business.

mod apply;
mod connect;
mod diagnose;
mod error;
mod fields;
mod kinds;
mod lease;
mod live;
mod readiness;
mod redact;
mod retry;
mod secret;
mod sight;
mod wait;

pub use apply::{Applied, ApplyOptions};
pub use connect::{IN_CLUSTER, Sources};
pub use error::{ApplyError, ClusterError};
pub use fields::{Fields, Path};
pub use lease::{Claim, Lease, LeaseError};
pub use live::Live;
pub use readiness::{Verdict, verdict};
pub use redact::redact;
pub use retry::Trouble;
pub use wait::{NotReady, Ready, Wait};

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kube::api::DynamicObject;
use kube::{Client, ResourceExt as _};

use crate::journal::ObjectEvidence;
use crate::manifest::Object;
use kinds::Served;
use redact::Known;

/// The field manager of everything that orch applies.
pub const FIELD_MANAGER: &str = "orch";

/// A connection to one cluster; cheap to clone.
#[derive(Clone)]
pub struct Cluster {
    client: Client,
    info: Arc<ClusterInfo>,
    /// What discovery said, by `apiVersion` and kind. Only what was found is kept, so that a kind
    /// whose CRD comes later is asked for again.
    kinds: Arc<Mutex<BTreeMap<(String, String), Served>>>,
    /// The values of the Secrets that were applied or read: masked in whatever is told.
    secrets: Arc<Mutex<Known>>,
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
        let label = format!("{}/{}", evidence.kind, evidence.name);
        let api = match self.kind(&evidence.api_version, &evidence.kind).await {
            Ok(kind) => self.api_of(&kind, evidence.namespace.as_deref()),
            Err(ClusterError::NoSuchKind { .. }) => return Ok(Some(format!("{label} is gone"))),
            Err(error) => return Err(error),
        };
        let found = api
            .get_opt(&evidence.name)
            .await
            .map_err(|error| self.error(error))?;
        Ok(match found {
            None => Some(format!("{label} is gone")),
            Some(object) if object.uid().as_deref() != Some(&evidence.uid) => {
                Some(format!("{label} is another object of the same name"))
            }
            Some(object) if object.metadata.deletion_timestamp.is_some() => {
                Some(format!("{label} is being deleted"))
            }
            Some(_) => None,
        })
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
