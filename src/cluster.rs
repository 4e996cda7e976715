//! The cluster at the edge: server-side apply, watching until ready, and what is seen on failure.
//!
//! Nothing here chooses a cluster: a [`Cluster`] is made of a context that somebody named, or of
//! the rehearsal's client. Which object comes before which is `plan`'s business.

mod connect;
mod diagnose;
mod error;
mod lease;
mod readiness;
mod redact;
mod retry;
mod secret;
mod sight;
mod wait;

pub use connect::{IN_CLUSTER, Sources};
pub use error::{ApplyError, ClusterError};
pub use lease::{Claim, Lease, LeaseError};
pub use readiness::{Verdict, verdict};
pub use redact::redact;
pub use retry::Trouble;
pub use wait::{NotReady, Ready, Wait};

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kube::api::{Api, DynamicObject, Patch, PatchParams, ValidationDirective};
use kube::core::{ApiResource, GroupVersion};
use kube::discovery::{ApiCapabilities, Scope, pinned_group};
use kube::{Client, ResourceExt as _};
use serde_json::Value;

use crate::journal::ObjectEvidence;
use crate::manifest::Object;
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

/// How a kind is served.
type Served = (ApiResource, ApiCapabilities);

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

/// How an object is applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ApplyOptions {
    /// Ask the server what would happen; change nothing.
    pub dry_run: bool,
    /// Take fields over that other managers own.
    pub force: bool,
}

/// An object as the server has it after an apply.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// `metadata.uid`.
    pub uid: String,
    /// `metadata.generation`, where the kind has one.
    pub generation: Option<i64>,
    /// The whole object.
    pub object: Value,
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

    /// Applies an object by server-side apply.
    ///
    /// # Errors
    /// Returns what the server refused, in plain words; nothing was changed then.
    pub async fn apply(
        &self,
        object: &Object,
        options: ApplyOptions,
    ) -> Result<Applied, ApplyError> {
        let api = self.api(object).await?;
        let params = PatchParams {
            dry_run: options.dry_run,
            force: options.force,
            field_manager: Some(FIELD_MANAGER.to_owned()),
            field_validation: Some(ValidationDirective::Strict),
        };
        let value = secret::encoded(object);
        if object.kind == "Secret" {
            self.known().add_secret(&value);
        }
        let patch = Patch::Apply(&*value);
        let server = &self.info.server;
        let answer = api
            .patch(&object.name, &params, &patch)
            .await
            .map_err(|error| ApplyError::of(object, server, self.masked(error)))?;
        let uid = answer.uid().unwrap_or_default();
        let generation = answer.metadata.generation;
        let object = serde_json::to_value(answer).unwrap_or(Value::Null);
        Ok(Applied {
            uid,
            generation,
            object,
        })
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

    async fn api(&self, object: &Object) -> Result<Api<DynamicObject>, ClusterError> {
        let kind = self.kind(&object.api_version, &object.kind).await?;
        Ok(self.api_of(&kind, object.namespace.as_deref()))
    }

    fn api_of(
        &self,
        (resource, capabilities): &Served,
        namespace: Option<&str>,
    ) -> Api<DynamicObject> {
        match (&capabilities.scope, namespace) {
            (Scope::Cluster, _) => Api::all_with(self.client.clone(), resource),
            (Scope::Namespaced, Some(namespace)) => {
                Api::namespaced_with(self.client.clone(), namespace, resource)
            }
            (Scope::Namespaced, None) => {
                Api::default_namespaced_with(self.client.clone(), resource)
            }
        }
    }

    async fn kind(&self, api_version: &str, kind: &str) -> Result<Served, ClusterError> {
        let key = (api_version.to_owned(), kind.to_owned());
        if let Some(known) = self
            .kinds
            .lock()
            .ok()
            .and_then(|kinds| kinds.get(&key).cloned())
        {
            return Ok(known);
        }
        let missing = || ClusterError::NoSuchKind {
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
        };
        let version: GroupVersion = api_version.parse().map_err(|_| missing())?;
        let group = match pinned_group(&self.client, &version).await {
            Ok(group) => group,
            // A group that is not there is answered with plain text, hence the code.
            Err(kube::Error::Api(status)) if status.code == 404 => return Err(missing()),
            Err(kube::Error::Discovery(_)) => return Err(missing()),
            Err(error) => return Err(self.error(error)),
        };
        let found: BTreeMap<_, _> = group
            .versioned_resources(&version.version)
            .into_iter()
            .map(|resource| ((api_version.to_owned(), resource.0.kind.clone()), resource))
            .collect();
        let wanted = found.get(&key).cloned().ok_or_else(missing)?;
        if let Ok(mut kinds) = self.kinds.lock() {
            kinds.extend(found);
        }
        Ok(wanted)
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
