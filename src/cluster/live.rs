//! What a cluster holds of a plan's kinds: one LIST a kind and namespace, in pages.

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use kube::api::{Api, DynamicObject, ListParams};
use kube::discovery::Scope;
use serde_json::Value;

use super::{Cluster, ClusterError};
use crate::manifest::Object;

/// How many objects one answer holds.
const PAGE: u32 = 500;

/// How many lists are under way at once.
const LISTS: usize = 8;

/// A kind in a namespace: group and version, kind, namespace.
type Place = (String, String, Option<String>);

/// What a cluster held when it was asked.
#[derive(Debug, Default)]
pub struct Live {
    objects: BTreeMap<Place, BTreeMap<String, Value>>,
}

impl Live {
    /// Returns an object as the cluster held it.
    pub fn get(&self, object: &Object) -> Option<&Value> {
        self.objects
            .get(&place(object))
            .and_then(|named| named.get(&object.name))
    }
}

impl Cluster {
    /// Returns what the cluster holds of the kinds of these objects, in their namespaces.
    ///
    /// A kind that isn't served yet, or a namespace that isn't there, holds nothing.
    ///
    /// # Errors
    /// Where the cluster can't be asked.
    pub async fn live<'a>(
        &self,
        objects: impl Iterator<Item = &'a Object>,
    ) -> Result<Live, ClusterError> {
        let places: BTreeSet<Place> = objects.map(place).collect();
        let lists = stream::iter(places)
            .map(async |place| Ok::<_, ClusterError>((place.clone(), self.list(&place).await?)))
            .buffer_unordered(LISTS);
        Ok(Live {
            objects: lists.try_collect().await?,
        })
    }

    async fn list(&self, place: &Place) -> Result<BTreeMap<String, Value>, ClusterError> {
        let (api_version, kind, namespace) = place;
        let api = match self.kind(api_version, kind).await {
            Ok(served) if served.1.scope == Scope::Cluster => self.api_of(&served, None),
            Ok(served) => self.api_of(&served, namespace.as_deref()),
            Err(ClusterError::NoSuchKind { .. }) => return Ok(BTreeMap::new()),
            Err(error) => return Err(error),
        };
        let mut found = BTreeMap::new();
        let mut params = ListParams::default().limit(PAGE);
        loop {
            let page = self.page(&api, &params).await?;
            let next = page.metadata.continue_.filter(|token| !token.is_empty());
            for mut object in page.items {
                // The items of a list don't say what they are.
                object.types = Some(kube::core::TypeMeta {
                    api_version: api_version.clone(),
                    kind: kind.clone(),
                });
                if kind == "Secret" {
                    self.known().add_secret(&object.data);
                }
                let name = object.metadata.name.clone().unwrap_or_default();
                found.insert(name, serde_json::to_value(object).unwrap_or_default());
            }
            match next {
                Some(token) => params = params.continue_token(&token),
                None => return Ok(found),
            }
        }
    }

    async fn page(
        &self,
        api: &Api<DynamicObject>,
        params: &ListParams,
    ) -> Result<kube::core::ObjectList<DynamicObject>, ClusterError> {
        api.list(params).await.map_err(|error| self.error(error))
    }
}

fn place(object: &Object) -> Place {
    (
        object.api_version.clone(),
        object.kind.clone(),
        object.namespace.clone(),
    )
}
