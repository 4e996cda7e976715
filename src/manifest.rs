//! [`Application`](crate::resolve::Application) + [`FileSpec`](crate::resolve::FileSpec) →
//! Kubernetes objects and the text of files; one file per kind.
//!
//! Pure. Typed `k8s-openapi` objects, serialised in a stable, readable order, each file with a
//! short header that names its task. Secrets are written with placeholders only.

use crate::resolve::FileSpec;

/// A file as it is to be written, with the objects in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// The path, relative to the workspace.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// The objects in the text's order; empty for `README.md` and `kustomization.yml`.
    pub objects: Vec<Object>,
}

/// A Kubernetes object.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// `metadata.namespace`.
    pub namespace: Option<String>,
    /// `metadata.name`.
    pub name: String,
    /// The whole object.
    pub value: serde_json::Value,
}

impl Object {
    /// Returns `Kind/name`.
    pub fn label(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }
}

/// The value that stands for a secret in the repository; never applied to a real cluster.
pub const PLACEHOLDER: &str = "CHANGE_ME";

/// Returns every file of a phase, rendered, in the order given.
pub fn render(_application: &crate::resolve::Application, _files: &[FileSpec]) -> Vec<Rendered> {
    Vec::new()
}
