//! What kustomizations say of the files around them.

use serde_json::Value;

use super::{Aside, Why};
use crate::facts::Tree;
use crate::manifest::read_document;

/// Fields that list, name, or say nothing of the objects.
const HARMLESS: &[&str] = &[
    "apiVersion",
    "kind",
    "metadata",
    "resources",
    "sortOptions",
    "openapi",
    "buildMetadata",
];

/// What a kustomization says of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Says {
    /// It is none of its business, or is listed as it is.
    Nothing,
    /// It lies beside the kustomization and isn't listed.
    Unlisted,
    /// It is applied through the kustomization only, which speaks for it.
    Mine,
}

/// A kustomization, in its folder.
pub(super) struct Kustomization {
    path: String,
    /// The folder, with its `/`; empty for the root.
    folder: String,
    /// What it lists, below the workspace.
    resources: Vec<String>,
    /// The fields by which it changes what it lists.
    changes: Vec<String>,
    /// The namespace that it gives what it lists, where it changes nothing else.
    namespace: Option<String>,
    /// Whether it stands on one elsewhere.
    overlay: bool,
}

/// Returns whether a file is a kustomization, by its name.
pub(super) fn is_one(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    matches!(
        file,
        "kustomization.yaml" | "kustomization.yml" | "Kustomization"
    )
}

impl Kustomization {
    /// Returns the kustomizations of a workspace that aren't left out.
    pub(super) fn all(tree: &Tree, left_out: impl Fn(&str) -> bool) -> Vec<Self> {
        let files = tree
            .iter()
            .filter(|(path, _)| is_one(path) && !left_out(path));
        files
            .filter_map(|(path, text)| Self::read(path, text))
            .collect()
    }

    fn read(path: &str, text: &str) -> Option<Self> {
        let value = read_document(text).ok()?;
        let fields = value.as_object()?;
        let folder = path
            .rsplit_once('/')
            .map_or(String::new(), |(it, _)| format!("{it}/"));
        let list = |name: &str| -> Vec<&str> {
            let items = value.get(name).and_then(Value::as_array);
            items
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect()
        };
        let listed = [list("resources"), list("bases")].concat();
        let outside =
            |it: &&str| it.starts_with("..") || it.contains("://") || it.starts_with("github.com");
        let component = value.get("kind").and_then(Value::as_str) == Some("Component");
        let empty = |value: &Value| match value {
            Value::Null => true,
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::String(text) => text.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        };
        let changes = fields
            .iter()
            .filter(|(name, value)| !HARMLESS.contains(&name.as_str()) && !empty(value));
        let mut changes: Vec<String> = changes.map(|(name, _)| name.clone()).collect();
        let namespace = fields.get("namespace").and_then(Value::as_str);
        let namespace = namespace.filter(|_| changes == ["namespace"]);
        if namespace.is_some() {
            changes.clear();
        }
        Some(Self {
            path: path.to_owned(),
            namespace: namespace.map(str::to_owned),
            overlay: component || listed.iter().any(outside),
            resources: listed
                .iter()
                .map(|it| format!("{folder}{}", it.trim_start_matches("./")))
                .collect(),
            changes,
            folder,
        })
    }

    /// Returns what it is itself set aside for.
    pub(super) fn aside(&self) -> Option<Aside> {
        let (path, why) = if self.overlay {
            (self.folder.clone(), Why::Overlay)
        } else if self.changes.is_empty() {
            return None;
        } else {
            (self.path.clone(), Why::Transforms(self.changes.clone()))
        };
        Some(Aside { path, why })
    }

    /// Returns the namespace that it gives a manifest.
    pub(super) fn namespace(&self, path: &str) -> Option<&str> {
        let namespace = self.namespace.as_deref()?;
        (!self.overlay && self.lists(path)).then_some(namespace)
    }

    fn lists(&self, path: &str) -> bool {
        let lists =
            |it: &String| path == it || path.starts_with(&format!("{}/", it.trim_end_matches('/')));
        self.resources.iter().any(lists)
    }

    /// Returns what becomes of a manifest because of it.
    pub(super) fn says(&self, path: &str) -> Says {
        let Some(inside) = path.strip_prefix(&self.folder) else {
            return Says::Nothing;
        };
        if self.overlay {
            return Says::Mine;
        }
        let listed = self.lists(path);
        if !self.changes.is_empty() {
            // Patches and what generators read lie beside what is listed.
            return if listed || !inside.contains('/') {
                Says::Mine
            } else {
                Says::Nothing
            };
        }
        if listed || inside.contains('/') {
            Says::Nothing
        } else {
            Says::Unlisted
        }
    }
}
