//! The inventory of a phase: an ApplySet as KEP-3659 describes it, so that `kubectl` understands
//! which objects belong together.
//!
//! A ConfigMap in the phase's namespace is the parent. It names the kinds and namespaces that the
//! members are of, always at least those that there are: it is widened before members are applied,
//! and narrowed once what is superfluous was deleted. Members carry a label with the parent's id;
//! the files don't. Which members are to go is not decided here.

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, Preconditions};
use kube::discovery::Scope;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::kinds::Served;
use super::{Cluster, ClusterError};
use crate::journal::sha256;
use crate::manifest::Object;

/// The label of a member.
pub const PART_OF: &str = "applyset.kubernetes.io/part-of";

const ID: &str = "applyset.kubernetes.io/id";
const TOOLING: &str = "applyset.kubernetes.io/tooling";
const KINDS: &str = "applyset.kubernetes.io/contains-group-kinds";
const NAMESPACES: &str = "applyset.kubernetes.io/additional-namespaces";

/// The tool's name in the annotation; a parent of another tool is left alone.
const TOOL: &str = "orch";

/// The field manager of parents, named as `kubectl` names its own.
const MANAGER: &str = "orch-applyset";

/// How many objects one answer holds.
const PAGE: u32 = 500;

/// How many lists are under way at once.
const LISTS: usize = 8;

/// Which inventory a phase has. Whether it is there is asked of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    name: String,
    namespace: String,
    id: String,
}

/// The kinds and namespaces that members are of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extent {
    /// `Kind.group`, or `Kind` of the core group.
    kinds: BTreeSet<String>,
    /// All namespaces, the parent's own included.
    namespaces: BTreeSet<String>,
}

/// Why an inventory can't be used.
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    /// The parent's name is taken.
    #[error(
        "ConfigMap/{name} in {namespace} is no inventory of orch: {why}; rename it, or delete it \
         if nothing needs it"
    )]
    Foreign {
        /// The name.
        name: String,
        /// The namespace.
        namespace: String,
        /// What speaks against it.
        why: String,
    },
    /// The cluster refused.
    #[error("can't keep the inventory of the phase")]
    Cluster(#[from] ClusterError),
}

impl Inventory {
    /// Returns the inventory of a set's phase that works in a namespace.
    pub fn new(set: &str, phase: u32, namespace: &str) -> Self {
        let name = format!("orch-{}-phase-{phase:02}", plain(set));
        let seed = format!("{name}.{namespace}.ConfigMap.");
        Self {
            id: format!("applyset-{}-v1", url_safe(&Sha256::digest(seed.as_bytes()))),
            name,
            namespace: namespace.to_owned(),
        }
    }

    /// Returns the parent's id: the value of the members' label.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the parent's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the parent's namespace.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Returns the object with the members' label.
    pub fn marked(&self, object: &Object) -> Object {
        let mut marked = object.clone();
        let metadata = &mut marked.value["metadata"];
        if !metadata["labels"].is_object() {
            metadata["labels"] = json!({});
        }
        metadata["labels"][PART_OF] = Value::from(self.id.as_str());
        marked
    }

    /// Returns whether an object carries the label.
    pub fn marks(&self, object: &Value) -> bool {
        object["metadata"]["labels"][PART_OF] == self.id.as_str()
    }

    /// Returns the parent as it is applied.
    fn parent(&self, extent: &Extent) -> Value {
        let list = |names: &BTreeSet<String>| {
            let names: Vec<&str> = names
                .iter()
                .map(String::as_str)
                .filter(|name| *name != self.namespace)
                .collect();
            names.join(",")
        };
        json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": self.name,
                "namespace": self.namespace,
                "labels": { ID: self.id, "app.kubernetes.io/managed-by": TOOL },
                "annotations": {
                    TOOLING: format!("{TOOL}/v{}", env!("CARGO_PKG_VERSION")),
                    KINDS: list(&extent.kinds),
                    NAMESPACES: list(&extent.namespaces),
                },
            },
        })
    }

    /// Returns what a parent says its members are of.
    fn extent(&self, parent: &ConfigMap) -> Result<Extent, InventoryError> {
        let foreign = |why: String| InventoryError::Foreign {
            name: self.name.clone(),
            namespace: self.namespace.clone(),
            why,
        };
        let note = |key: &str| {
            let notes = parent.metadata.annotations.as_ref();
            notes.and_then(|notes| notes.get(key)).map(String::as_str)
        };
        let tooling = note(TOOLING).ok_or_else(|| foreign(format!("it has no `{TOOLING}`")))?;
        let tool = tooling.rsplit_once('/').map_or(tooling, |(tool, _)| tool);
        if tool != TOOL {
            return Err(foreign(format!("it is managed by `{tooling}`")));
        }
        let id = parent.metadata.labels.as_ref().and_then(|it| it.get(ID));
        if id != Some(&self.id) {
            return Err(foreign(format!("its `{ID}` is not {}", self.id)));
        }
        let list = |key: &str| -> BTreeSet<String> {
            let names = note(key).unwrap_or_default().split(',');
            names
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let mut namespaces = list(NAMESPACES);
        namespaces.insert(self.namespace.clone());
        Ok(Extent {
            kinds: list(KINDS),
            namespaces,
        })
    }
}

impl Extent {
    fn with(mut self, other: &Self) -> Self {
        self.kinds.extend(other.kinds.iter().cloned());
        self.namespaces.extend(other.namespaces.iter().cloned());
        self
    }
}

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
                match namespace {
                    Some(namespace) => {
                        extent.namespaces.insert(namespace);
                    }
                    // What names no namespace lives in none, or in the connection's own.
                    None => {
                        let served = self.kind(&api_version, &kind).await;
                        if served.is_ok_and(|served| served.1.scope == Scope::Namespaced) {
                            let own = self.client.default_namespace().to_owned();
                            extent.namespaces.insert(own);
                        }
                    }
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

/// Returns `Kind.group`, or `Kind` of the core group.
pub(super) fn group_kind(object: &Object) -> String {
    match object.api_version.split_once('/') {
        Some((group, _)) => format!("{}.{group}", object.kind),
        None => object.kind.clone(),
    }
}

/// Returns bytes in the base64 of URLs, without padding.
fn url_safe(bytes: &[u8]) -> String {
    // The API's own type for bytes writes the usual base64.
    let coded = serde_json::to_value(ByteString(bytes.to_vec())).unwrap_or_default();
    let coded = coded.as_str().unwrap_or_default().trim_end_matches('=');
    coded.replace('+', "-").replace('/', "_")
}

/// Returns a set's name as a part of an object's name. One that has to be changed for that gets
/// some digits of its hash: two sets must not share an inventory.
fn plain(set: &str) -> String {
    const LONGEST: usize = 200;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !set.is_empty() && set.len() <= LONGEST && set.chars().all(fits) {
        return set.to_owned();
    }
    let kept: String = set
        .to_ascii_lowercase()
        .chars()
        .filter(|c| fits(*c))
        .take(40)
        .collect();
    let hash: String = sha256(set.as_bytes()).chars().take(10).collect();
    format!("{kept}-{hash}").trim_start_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_what_kubectl_computes() {
        // `kubectl apply --prune --applyset=configmap/orch-shop-phase-04 -n shop` (1.36.3).
        let inventory = Inventory::new("shop", 4, "shop");
        assert_eq!(inventory.name(), "orch-shop-phase-04");
        assert_eq!(
            inventory.id(),
            "applyset-9OtdM1WATEhJqzoB1dJ6BhiTsLrgC-LeibQRdr-ggNA-v1"
        );
    }

    #[track_caller]
    fn named(set: &str, expected: &str) {
        assert_eq!(Inventory::new(set, 4, "n").name(), expected);
    }

    #[test]
    fn any_set_has_a_name_that_kubernetes_takes() {
        named("call-center", "orch-call-center-phase-04");
        named("Call_Center", "orch-callcenter-bc8f38cfab-phase-04");
        named("Запуск", "orch-f7ffa59af6-phase-04");
    }

    #[test]
    fn the_parent_is_listed_in_order_and_without_its_own_namespace() {
        let inventory = Inventory::new("shop", 4, "shop");
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let extent = Extent {
            kinds: set(&["Service", "Deployment.apps"]),
            namespaces: set(&["shop", "b", "a"]),
        };
        let parent = inventory.parent(&extent);
        let notes = &parent["metadata"]["annotations"];
        assert_eq!(notes[KINDS], "Deployment.apps,Service");
        assert_eq!(notes[NAMESPACES], "a,b");
        let parent: ConfigMap = serde_json::from_value(parent).expect("a ConfigMap");
        assert_eq!(inventory.extent(&parent).expect("ours"), extent);
    }

    #[track_caller]
    fn refused(change: impl FnOnce(&mut Value), expected: &str) {
        let inventory = Inventory::new("shop", 4, "shop");
        let mut parent = inventory.parent(&Extent::default());
        change(&mut parent["metadata"]);
        let parent: ConfigMap = serde_json::from_value(parent).expect("a ConfigMap");
        let error = inventory.extent(&parent).expect_err("it is foreign");
        assert!(error.to_string().contains(expected), "{error}");
    }

    #[test]
    fn a_parent_of_others_is_left_alone() {
        refused(
            |metadata| metadata["annotations"][TOOLING] = "kubectl/v1.36".into(),
            "managed by `kubectl/v1.36`",
        );
        refused(
            |metadata| metadata["annotations"] = json!({}),
            "it has no `applyset.kubernetes.io/tooling`",
        );
        refused(
            |metadata| metadata["labels"] = json!({}),
            "its `applyset.kubernetes.io/id` is not",
        );
    }

    #[test]
    fn the_label_is_added_to_those_that_are_there() {
        let inventory = Inventory::new("shop", 4, "shop");
        let object = |labels: Value| {
            Object::from_value(json!({ "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": { "name": "a", "labels": labels } }))
            .expect("an object")
        };
        let marked = inventory.marked(&object(json!({ "app": "a" })));
        assert_eq!(marked.value["metadata"]["labels"]["app"], "a");
        assert!(inventory.marks(&marked.value));
        assert!(inventory.marks(&inventory.marked(&object(Value::Null)).value));
        assert!(!inventory.marks(&object(Value::Null).value));
    }
}
