//! [`Application`] + [`FileSpec`] → Kubernetes objects and the text of files; one file per kind.
//!
//! Pure. Typed `k8s-openapi` objects, serialised in a stable, readable order, each file with a
//! short header that names its task. Secrets are written with placeholders only. What a cluster
//! makes of the objects is not this module's business.

mod annotations;
mod chart;
mod check;
mod claims;
mod clear;
mod config_map;
mod container;
mod daemon_set;
mod deployment;
mod gateway;
mod generator;
mod hpa;
mod ingress;
mod item;
mod job;
mod known;
mod kustomization;
mod labels;
mod mounts;
mod namespace;
mod network_policy;
mod network_rules;
mod options;
mod overlay;
mod parse;
mod pdb;
mod peers;
mod pins;
mod pod;
mod pods;
mod probes;
mod quantity;
mod readme;
mod references;
mod relocate;
mod secret;
mod seed;
mod service;
mod service_account;
mod service_monitor;
mod stateful_set;
mod strategic;
mod users;
mod wait;
mod workloads;
mod yaml;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use chart::chart;
pub use check::{Checked, check, is_cluster_kind, violations};
pub use clear::{InClear, in_clear};
pub use generator::{Generations, generated, is_generation, is_kustomization};
pub(crate) use kustomization::relative;
pub use overlay::{ADDED, Overlaid, OverlayFiles, added_text, overlay};
pub use parse::parse_documents;
pub(crate) use parse::{document_ranges, read_document};
pub use pins::{images, pinned};
pub use pods::containers_of;
pub use references::{Ref, made_secret, references};
pub use relocate::relocate;
pub use secret::{secret_keys, with_secret_values};

use std::collections::BTreeMap;

use peers::Peers;
use serde_json::Value;
use thiserror::Error;

use crate::abreast;
use crate::merge::Conflict;
use crate::resolve::{Application, Content, FileOrigin, FileSpec, ManifestItem};

/// The value that stands for a secret in the repository; never applied to a real cluster.
pub const PLACEHOLDER: &str = "CHANGE_ME";

/// Fewer files than these are rendered one by one.
const FEW: usize = 64;

/// A file as it is to be written, with the objects in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// The path, relative to the workspace.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// The objects in the text's order; those of `kustomization.yml` are what it generates, under
    /// their plain names; none for what holds no objects.
    pub objects: Vec<Object>,
    /// What a person made of the file, where they changed it or wrote it themselves.
    pub theirs: Option<Box<Theirs>>,
}

impl Rendered {
    /// Returns the text that counts: what is on disk while a person has to decide on it.
    fn standing_text(&self) -> &str {
        match &self.theirs {
            Some(theirs) if !theirs.conflicts.is_empty() && !theirs.text.is_empty() => &theirs.text,
            Some(_) | None => &self.text,
        }
    }
}

/// A file that a person changed: its text and objects are merged, or wait for a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Theirs {
    /// What orch wants, without their changes.
    pub ours: String,
    /// The objects in that.
    pub wanted: Vec<Object>,
    /// What is on disk.
    pub text: String,
    /// The SHA-256 of what is on disk, in hex.
    pub found: String,
    /// Whether orch left it so, for an earlier phase or in a run that couldn't record it.
    pub as_written: bool,
    /// What a person has to decide before the file is written.
    pub conflicts: Vec<Conflict>,
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
    pub value: Value,
}

impl Object {
    /// Returns whether it is the same object as another one, whatever they hold.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.kind, &self.namespace, &self.name) == (&other.kind, &other.namespace, &other.name)
    }

    /// Returns the object that a value describes; `None` if it lacks `apiVersion`, `kind` or
    /// `metadata.name`.
    pub fn from_value(value: Value) -> Option<Self> {
        let text = |pointer: &str| value.pointer(pointer)?.as_str().map(str::to_owned);
        Some(Self {
            api_version: text("/apiVersion")?,
            kind: text("/kind")?,
            namespace: text("/metadata/namespace"),
            name: text("/metadata/name")?,
            value,
        })
    }

    /// Returns the object in a namespace, where it names none and may live in one.
    #[must_use]
    pub fn within(mut self, namespace: &str) -> Self {
        if self.namespace.is_none() && !is_cluster_kind(&self.kind) {
            self.namespace = Some(namespace.to_owned());
            self.value["metadata"]["namespace"] = namespace.into();
        }
        self
    }

    /// Returns `Kind/name`.
    pub fn label(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }
}

/// Why a file can't be rendered: what was resolved doesn't fit together.
#[derive(Debug, Error)]
pub enum RenderError {
    /// A file holds something that the application doesn't have.
    #[error("`{path}` is to hold {what}, which the application does not have")]
    Unknown {
        /// The file.
        path: String,
        /// What it is to hold.
        what: String,
    },
    /// An object is not what Kubernetes takes.
    #[error("`{path}`: an object cannot be serialised")]
    Serialise {
        /// The file.
        path: String,
        /// The reason.
        source: serde_json::Error,
    },
    /// An object cannot be written as YAML.
    #[error("`{path}`: an object cannot be written as YAML")]
    Yaml {
        /// The file.
        path: String,
        /// The reason.
        source: Box<serde_saphyr::SerializeError>,
    },
}

/// Returns every file of a phase, rendered, in the order given.
///
/// # Errors
///
/// Fails on a file that is to hold what the application doesn't have.
pub fn render(application: &Application, files: &[FileSpec]) -> Result<Vec<Rendered>, RenderError> {
    let peers = Peers::of(application);
    let rendered = abreast::compute(files, FEW, |file| render_file(&peers, files, file));
    let mut rendered = rendered
        .into_iter()
        .collect::<Result<Vec<Rendered>, RenderError>>()?;
    if application.config_maps.iter().any(|map| map.generated) {
        generate(files, &mut rendered, |_| None);
    }
    Ok(rendered)
}

/// Makes the objects anew that the base's `kustomization.yml` generates of what the files say now;
/// `read` gives the text of any other file of the workspace.
pub fn generate<'t>(
    files: &[FileSpec],
    rendered: &mut [Rendered],
    read: impl Fn(&str) -> Option<&'t str>,
) {
    let base = files
        .iter()
        .find(|file| file.content == Content::Kustomization);
    let at = rendered
        .iter()
        .position(|file| base.is_some_and(|base| base.path == file.path));
    let Some((at, file)) = at.and_then(|at| Some((at, rendered.get(at)?))) else {
        return;
    };
    let texts: BTreeMap<&str, &str> = rendered
        .iter()
        .map(|file| (file.path.as_str(), file.standing_text()))
        .collect();
    let text = |path: &str| texts.get(path).copied().or_else(|| read(path));
    let objects = generated(&file.path, file.standing_text(), text);
    if let Some(file) = rendered.get_mut(at) {
        file.objects = objects;
    }
}

fn render_file(
    peers: &Peers<'_>,
    files: &[FileSpec],
    file: &FileSpec,
) -> Result<Rendered, RenderError> {
    let application = peers.application;
    let header = header(application, &file.origin);
    let (text, objects) = match &file.content {
        Content::Manifests(items) => manifests(peers, file, items, &header)?,
        Content::Kustomization => {
            let text = kustomization::text(application, files, &file.path, &header)
                .map_err(|source| yaml_error(&file.path, source))?;
            (text, Vec::new())
        }
        // What differs is known once both environments are rendered.
        Content::Overlay(_) => (String::new(), Vec::new()),
        Content::ConfigFile { map, key } => (config_file(peers, file, (map, key))?, Vec::new()),
        Content::Readme => (
            readme::text(application, files, &file.path, &header),
            Vec::new(),
        ),
    };
    Ok(Rendered {
        path: file.path.clone(),
        text,
        objects,
        theirs: None,
    })
}

/// Returns the file that a key of a `ConfigMap` is made of: what it holds, and nothing else.
fn config_file(
    peers: &Peers<'_>,
    file: &FileSpec,
    (map, key): (&str, &str),
) -> Result<String, RenderError> {
    let data = peers
        .config_map(map)
        .and_then(|known| known.data.iter().find(|(name, _)| name == key));
    let Some((_, text)) = data else {
        let path = file.path.clone();
        let what = format!("`{key}` of ConfigMap `{map}`");
        return Err(RenderError::Unknown { path, what });
    };
    Ok(text.clone())
}

/// Returns the comment's text: what the file was written for, on one line.
pub fn header(application: &Application, origin: &FileOrigin) -> String {
    let text = match origin {
        FileOrigin::Task { id, text } => {
            format!(
                "Written by orch for task {id} of phase {}: {text}",
                application.phase
            )
        }
        FileOrigin::Unassigned { reason, section } => {
            format!(
                "unassigned: {reason} (section {section}); written by orch for phase {}",
                application.phase
            )
        }
    };
    // No YAML holds control characters, not even in a comment.
    let words = text.split(|letter: char| letter.is_whitespace() || letter.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let line = words.join(" ");
    line.trim_end_matches([':', ' ']).to_owned()
}

fn manifests(
    peers: &Peers<'_>,
    file: &FileSpec,
    items: &[ManifestItem],
    header: &str,
) -> Result<(String, Vec<Object>), RenderError> {
    let mut objects = Vec::new();
    for item in items {
        let values = item::values(peers, item).map_err(|error| error.in_file(&file.path))?;
        objects.extend(
            values
                .into_iter()
                .filter_map(|value| Object::from_value(yaml::readable(value))),
        );
    }
    let mut text = format!("# {header}\n");
    if objects.is_empty() {
        text.push_str("# The application has nothing for it: there is nothing to apply.\n");
    }
    for (index, object) in objects.iter().enumerate() {
        if index > 0 {
            text.push_str("---\n");
        }
        let document =
            yaml::emit(&object.value).map_err(|source| yaml_error(&file.path, source))?;
        text.push_str(&document);
    }
    Ok((text, objects))
}

/// Returns a value as YAML in block style; what can't be written so is written as JSON, which is
/// YAML too.
pub(crate) fn yaml_text(value: &Value) -> String {
    yaml::emit(value).unwrap_or_else(|_| format!("{value}\n"))
}

fn yaml_error(path: &str, source: serde_saphyr::SerializeError) -> RenderError {
    RenderError::Yaml {
        path: path.to_owned(),
        source: Box::new(source),
    }
}
