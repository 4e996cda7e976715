//! The inventory of a phase: an ApplySet as KEP-3659 describes it, so that `kubectl` understands
//! which objects belong together.
//!
//! A ConfigMap in the phase's namespace is the parent. It names the kinds and namespaces that the
//! members are of, always at least those that there are: it is widened before members are applied,
//! and narrowed once what is superfluous was deleted. Members carry a label with the parent's id;
//! the files don't. Which members are to go is not decided here.

mod requests;

use std::collections::BTreeSet;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::ConfigMap;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::ClusterError;
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

    /// Returns the id of another inventory that an object is a member of.
    pub fn other<'v>(&self, object: &'v Value) -> Option<&'v str> {
        let id = object["metadata"]["labels"][PART_OF].as_str()?;
        (id != self.id).then_some(id)
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

/// Returns `Kind.group`, or `Kind` of the core group.
fn group_kind(object: &Object) -> String {
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
mod tests;
