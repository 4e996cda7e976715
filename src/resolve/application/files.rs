//! Which files are written, who asks for them, and which objects they hold.

use std::collections::BTreeSet;

use crate::checklist::TaskId;

/// A file to write.
#[derive(Debug, Clone, PartialEq)]
pub struct FileSpec {
    /// Its path, relative to the workspace, as the checklist writes it.
    pub path: String,
    /// Which task asks for it.
    pub origin: FileOrigin,
    /// What it holds.
    pub content: Content,
}

impl FileSpec {
    /// Returns whether the file holds that object.
    pub fn holds(&self, item: &ManifestItem) -> bool {
        match &self.content {
            Content::Manifests(items) => items.contains(item),
            Content::Kustomization
            | Content::Overlay(_)
            | Content::Readme
            | Content::ConfigFile { .. } => false,
        }
    }
}

/// A file that an earlier phase of the set wrote, and that stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Beside {
    /// Its path, relative to the workspace.
    pub path: String,
    /// The phase's number.
    pub phase: u32,
    /// What it holds.
    pub items: Vec<ManifestItem>,
    /// The keys of the Secrets and `ConfigMap`s in it.
    pub keys: Vec<(ManifestItem, BTreeSet<String>)>,
}

impl Beside {
    /// Returns whether the file holds that object.
    pub fn holds(&self, item: &ManifestItem) -> bool {
        self.items.contains(item)
    }

    /// Returns whether a Secret or `ConfigMap` in it has these keys.
    pub fn has_keys(&self, item: &ManifestItem, keys: &[&str]) -> bool {
        let known = self.keys.iter().find(|(known, _)| known == item);
        let mut keys = keys.iter();
        keys.all(|key| known.is_some_and(|(_, known)| known.contains(*key)))
    }

    /// Returns whether it holds Secrets.
    pub fn holds_secrets(&self) -> bool {
        let mut items = self.items.iter();
        items.any(|item| matches!(item, ManifestItem::Secret(_)))
    }
}

/// Who asks for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileOrigin {
    /// A task, with its text for the header comment.
    Task {
        /// The task.
        id: TaskId,
        /// The task's own words, code marks dropped.
        text: String,
    },
    /// No task: the Compose file has it, and the phase promises the whole application.
    Unassigned {
        /// What it is for (`service worker`).
        reason: String,
        /// The section whose folder it lies in.
        section: String,
    },
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Kubernetes objects, in this order.
    Manifests(Vec<ManifestItem>),
    /// `kustomization.yml` over the other files, the Secrets left out.
    Kustomization,
    /// `kustomization.yml` of the overlay of that name.
    Overlay(String),
    /// `README.md` with deployment instructions.
    Readme,
    /// What one key of a generated `ConfigMap` holds.
    ConfigFile {
        /// The `ConfigMap`.
        map: String,
        /// The key.
        key: String,
    },
}

/// One object (or the few that belong together) of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManifestItem {
    /// The Namespace.
    Namespace,
    /// What holds for the whole namespace: `NetworkPolicy` default-deny.
    NamespacePolicy,
    /// The Secret of that name.
    Secret(String),
    /// The `ConfigMap` of that name.
    ConfigMap(String),
    /// `ServiceAccount` (with RBAC where the role needs it) of a workload.
    ServiceAccount(String),
    /// `NetworkPolicy` of a workload, both directions.
    NetworkPolicy(String),
    /// `PersistentVolumeClaim`s that no `StatefulSet` makes.
    Claims(String),
    /// What runs its pods.
    Workload(String),
    /// Its Services (a second one for ports exposed further; a headless one for a `StatefulSet`).
    Services(String),
    /// Its HPA.
    Hpa(String),
    /// Its PDB.
    Pdb(String),
    /// Its `ServiceMonitor`, where the target has the CRD.
    ServiceMonitor(String),
    /// The Ingresses, or the Gateway and its routes.
    Ingress,
}
