//! What a cluster serves: discovery, kept for as long as the run lasts.

use std::collections::BTreeMap;

use kube::api::{Api, DynamicObject};
use kube::core::{ApiResource, GroupVersion};
use kube::discovery::{ApiCapabilities, Scope, pinned_group};

use super::{Cluster, ClusterError};
use crate::manifest::Object;

/// How a kind is served.
pub(super) type Served = (ApiResource, ApiCapabilities);

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

    pub(super) async fn kind(&self, api_version: &str, kind: &str) -> Result<Served, ClusterError> {
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
}
