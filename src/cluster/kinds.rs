//! What a cluster serves: discovery, kept for as long as the run lasts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kube::api::{Api, DynamicObject};
use kube::core::{ApiResource, GroupVersion};
use kube::discovery::{ApiCapabilities, Scope, pinned_group};

use super::{Cluster, ClusterError};
use crate::manifest::Object;

/// How a kind is served.
pub(super) type Served = (ApiResource, ApiCapabilities);

/// A kind by its `apiVersion` and name.
type Kind = (String, String);

/// What discovery said. Only what was found is kept, so that a kind whose CRD comes later is asked
/// for again.
#[derive(Default)]
pub(super) struct Kinds {
    known: Mutex<BTreeMap<Kind, Served>>,
    /// Whose turn it is to ask about a group and version.
    turns: Mutex<BTreeMap<String, Turn>>,
}

type Turn = Arc<tokio::sync::Mutex<()>>;

impl Kinds {
    /// Returns how a kind is served, as far as that was asked for.
    pub(super) fn get(&self, kind: &Kind) -> Option<Served> {
        locked(&self.known).get(kind).cloned()
    }

    /// Returns a kind of a group in whichever version is known.
    pub(super) fn of_group(&self, group: &str, kind: &str) -> Option<Served> {
        let known = locked(&self.known);
        let mut served = known.values();
        served
            .find(|served| served.0.group == group && served.0.kind == kind)
            .cloned()
    }

    /// Returns whether a kind is known to live in namespaces.
    pub(super) fn is_namespaced(&self, api_version: &str, kind: &str) -> bool {
        let known = self.get(&(api_version.to_owned(), kind.to_owned()));
        known.is_some_and(|served| served.1.scope == Scope::Namespaced)
    }

    fn extend(&self, found: BTreeMap<Kind, Served>) {
        locked(&self.known).extend(found);
    }

    fn turn(&self, api_version: &str) -> Turn {
        let mut turns = locked(&self.turns);
        Arc::clone(turns.entry(api_version.to_owned()).or_default())
    }
}

/// What another thread left is whole: entries are only ever added.
fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cluster {
    pub(super) async fn api(&self, object: &Object) -> Result<Api<DynamicObject>, ClusterError> {
        let kind = self.kind(&object.api_version, &object.kind).await?;
        Ok(self.api_of(&kind, object.namespace.as_deref()))
    }

    pub(super) fn api_of(
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

    /// Returns how a kind is served, asking for each group and version once.
    pub(super) async fn kind(&self, api_version: &str, kind: &str) -> Result<Served, ClusterError> {
        let key = (api_version.to_owned(), kind.to_owned());
        if let Some(known) = self.kinds.get(&key) {
            return Ok(known);
        }
        // Many objects of a group come at once: the first asks, the others wait for its answer.
        let turn = self.kinds.turn(api_version);
        let _turn = turn.lock().await;
        if let Some(known) = self.kinds.get(&key) {
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
        self.kinds.extend(found);
        Ok(wanted)
    }
}
