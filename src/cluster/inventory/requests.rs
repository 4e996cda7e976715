//! What is asked of a cluster about an inventory.

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, Preconditions};
use kube::discovery::Scope;

use super::{Extent, Inventory, InventoryError, PART_OF, group_kind};
use crate::cluster::kinds::Served;
use crate::cluster::{Cluster, ClusterError};
use crate::manifest::Object;

/// The field manager of parents, named as `kubectl` names its own.
const MANAGER: &str = "orch-applyset";

/// How many objects one answer holds.
const PAGE: u32 = 500;

/// How many lists are under way at once.
const LISTS: usize = 8;

impl Cluster {
    /// Returns the kinds and namespaces of objects that are or will be members.
    pub async fn extent<'a>(&self, objects: impl Iterator<Item = &'a Object>) -> Extent {
        let mut extent = Extent::default();
        let mut places = BTreeMap::new();
        for object in objects {
            let key = (object.api_version.clone(), object.kind.clone());
            extent.kinds.insert(group_kind(object));
            places
                .entry(key)
                .or_insert_with(BTreeSet::new)
                .insert(object.namespace.clone());
        }
        for ((api_version, kind), namespaces) in places {
            for namespace in namespaces {
                if let Some(namespace) = namespace {
                    extent.namespaces.insert(namespace);
                    continue;
                }
                // What names no namespace lives in none, or in the connection's own.
                let served = self.kind(&api_version, &kind).await;
                if served.is_ok_and(|served| served.1.scope == Scope::Namespaced) {
                    let own = self.client.default_namespace().to_owned();
                    extent.namespaces.insert(own);
                }
            }
        }
        extent
    }

    /// Makes sure that the inventory covers what is about to be applied; returns false where its
    /// namespace isn't there yet.
    ///
    /// # Errors
    /// Where the parent's name is taken, or the cluster refuses.
    pub async fn open_inventory(
        &self,
        inventory: &Inventory,
        extent: &Extent,
    ) -> Result<bool, InventoryError> {
        let known = match self.parent(inventory).await? {
            Some(parent) => inventory.extent(&parent)?,
            None => Extent::default(),
        };
        let wanted = known.clone().with(extent);
        let wanted = Extent {
            namespaces: wanted
                .namespaces
                .into_iter()
                .chain([inventory.namespace.clone()])
                .collect(),
            ..wanted
        };
        if wanted == known {
            return Ok(true);
        }
        self.write_parent(inventory, &wanted).await
    }

    /// Narrows the inventory to what is left in it, or takes it away where nothing is.
    ///
    /// # Errors
    /// Where the parent's name is taken, or the cluster refuses.
    pub async fn close_inventory(
        &self,
        inventory: &Inventory,
        extent: Option<&Extent>,
    ) -> Result<(), InventoryError> {
        let Some(parent) = self.parent(inventory).await? else {
            return Ok(());
        };
        let known = inventory.extent(&parent)?;
        match extent {
            Some(extent) if *extent == known => Ok(()),
            Some(extent) => self.write_parent(inventory, extent).await.map(|_| ()),
            None => {
                let params = DeleteParams {
                    preconditions: Some(Preconditions {
                        uid: parent.metadata.uid,
                        resource_version: None,
                    }),
                    ..DeleteParams::default()
                };
                match self
                    .parents(inventory)
                    .delete(&inventory.name, &params)
                    .await
                {
                    Ok(_) => Ok(()),
                    Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
                    Err(error) => Err(self.error(error).into()),
                }
            }
        }
    }

    /// Returns the members: what carries the label, of the kinds and in the namespaces that the
    /// parent names, and nowhere else.
    ///
    /// # Errors
    /// Where the parent's name is taken, or the cluster can't be asked.
    pub async fn members(&self, inventory: &Inventory) -> Result<Vec<Object>, InventoryError> {
        let Some(parent) = self.parent(inventory).await? else {
            return Ok(Vec::new());
        };
        let extent = inventory.extent(&parent)?;
        let kinds: Vec<Option<Served>> = stream::iter(&extent.kinds)
            .map(|kind| self.served_as(kind))
            .buffered(LISTS)
            .try_collect()
            .await?;
        let mut places: Vec<(Served, Option<String>)> = Vec::new();
        for served in kinds.into_iter().flatten() {
            if served.1.scope == Scope::Cluster {
                places.push((served, None));
            } else {
                let namespaces = extent.namespaces.iter();
                places.extend(namespaces.map(|name| (served.clone(), Some(name.clone()))));
            }
        }
        let lists: Vec<Vec<Object>> = stream::iter(places)
            .map(|(served, namespace)| self.labelled(served, namespace, inventory))
            .buffered(LISTS)
            .try_collect()
            .await?;
        Ok(lists.into_iter().flatten().collect())
    }

    async fn labelled(
        &self,
        served: Served,
        namespace: Option<String>,
        inventory: &Inventory,
    ) -> Result<Vec<Object>, ClusterError> {
        let api: Api<DynamicObject> = self.api_of(&served, namespace.as_deref());
        let label = format!("{PART_OF}={}", inventory.id);
        let mut params = ListParams::default().labels(&label).limit(PAGE);
        let mut found = Vec::new();
        loop {
            let page = api.list(&params).await.map_err(|error| self.error(error))?;
            for mut object in page.items {
                // The items of a list don't say what they are.
                object.types = Some(kube::core::TypeMeta {
                    api_version: served.0.api_version.clone(),
                    kind: served.0.kind.clone(),
                });
                if served.0.kind == "Secret" {
                    self.known().add_secret(&object.data);
                }
                let value = serde_json::to_value(object).unwrap_or_default();
                found.extend(Object::from_value(value));
            }
            match page.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => params = params.continue_token(&token),
                None => return Ok(found),
            }
        }
    }

    /// Returns how a `Kind.group` is served, in the version that the cluster prefers; `None` where
    /// it is not (any more).
    async fn served_as(&self, group_kind: &str) -> Result<Option<Served>, ClusterError> {
        let (kind, group) = group_kind.split_once('.').unwrap_or((group_kind, ""));
        let known = self.kinds.of_group(group, kind);
        if known.is_some() {
            return Ok(known);
        }
        match kube::discovery::group(&self.client, group).await {
            Ok(found) => Ok(found.recommended_kind(kind)),
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(None),
            Err(kube::Error::Discovery(_)) => Ok(None),
            Err(error) => Err(self.error(error)),
        }
    }

    fn parents(&self, inventory: &Inventory) -> Api<ConfigMap> {
        Api::namespaced(self.client.clone(), &inventory.namespace)
    }

    async fn parent(&self, inventory: &Inventory) -> Result<Option<ConfigMap>, ClusterError> {
        let found = self.parents(inventory).get_opt(&inventory.name).await;
        found.map_err(|error| self.error(error))
    }

    /// Returns false where the parent's namespace isn't there, or is going.
    async fn write_parent(
        &self,
        inventory: &Inventory,
        extent: &Extent,
    ) -> Result<bool, InventoryError> {
        // Its id was checked: it is ours, whoever wrote to it.
        let params = PatchParams::apply(MANAGER).force();
        let patch = Patch::Apply(inventory.parent(extent));
        let written = self.parents(inventory);
        match written.patch(&inventory.name, &params, &patch).await {
            Ok(_) => Ok(true),
            Err(kube::Error::Api(status)) if status.code == 404 || is_terminating(&status) => {
                Ok(false)
            }
            Err(error) => Err(self.error(error).into()),
        }
    }
}

fn is_terminating(status: &kube::core::Status) -> bool {
    let causes = status.details.iter().flat_map(|details| &details.causes);
    status.code == 403
        && causes
            .into_iter()
            .any(|cause| cause.reason == "NamespaceTerminating")
}
