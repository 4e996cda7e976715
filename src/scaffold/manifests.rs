//! The manifests that people wrote, wherever they lie, and what only looks like some.
//!
//! Helm charts, templates, overlays, and Secrets with values are found and set aside, with the
//! reason; which order the rest is applied in is `adopt`'s business.

mod kustomization;
mod namespaces;
mod secrets;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::facts::{Tree, is_yaml};
use crate::manifest::{Object, document_ranges, is_cluster_kind, parse_documents, read_document};
use kustomization::{Kustomization, Says};

/// Folders whose YAML is for trying things out, or others' own.
const ELSEWHERE: &[&str] = &[
    "tests",
    "test",
    "testdata",
    "fixtures",
    "examples",
    "example",
    "vendor",
    "third_party",
    "node_modules",
    "docs",
];
/// Groups of documents that are for tools, not for a cluster.
const TOOLS: &[&str] = &[
    "kustomize.config.k8s.io",
    "kind.x-k8s.io",
    "k3d.io",
    "skaffold",
    "kubeadm.k8s.io",
    "kubelet.config.k8s.io",
    "kubeproxy.config.k8s.io",
    "apiserver.config.k8s.io",
    "audit.k8s.io",
    "client.authentication.k8s.io",
    "eksctl.io",
    "ctlptl.dev",
    "backstage.io",
];

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The files that can be applied as they are, by path.
    pub files: Vec<Manifest>,
    /// What can't, and why, by path.
    pub aside: Vec<Aside>,
}

/// A file of objects.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// Its path.
    pub path: String,
    /// Its objects, in the namespace below.
    pub objects: Vec<Object>,
    /// The namespace that a kustomization gives those which name none.
    pub namespace: Option<String>,
}

/// What can't be applied as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// The file or folder.
    pub path: String,
    /// Why.
    pub why: Why,
}

/// Why something can't be applied as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// A Helm chart.
    Chart,
    /// YAML only once it is filled in.
    Template,
    /// It can't be read.
    Broken,
    /// Its objects get their names from the cluster, so each time is another one.
    Nameless,
    /// A kustomize overlay.
    Overlay,
    /// A kustomization that changes what it lists, by these fields.
    Transforms(Vec<String>),
    /// A kustomization puts these objects into that namespace, and the file says another.
    Moved(String, Vec<String>),
    /// A kustomization doesn't list it.
    Unlisted,
    /// These Secrets have values.
    Secrets(Vec<String>),
    /// Another file describes these objects too.
    Twice(String, Vec<String>),
    /// No directive can hold its path.
    Name,
    /// It lies among manifests and is none.
    NoManifest,
}

/// Returns the manifests of a workspace.
pub fn find(tree: &Tree) -> Found {
    let charts = charts(tree);
    let mut looked = Look {
        found: Found::default(),
        owners: BTreeMap::new(),
    };
    let kustomizations = Kustomization::all(tree, |path| is_elsewhere(path, &charts));
    for (path, text) in tree.iter() {
        let meant = is_yaml(path) || is_json_manifest(path, text);
        if meant && !is_elsewhere(path, &charts) && !kustomization::is_one(path) {
            looked.at(path, text, &kustomizations);
        }
    }
    let mut found = looked.found;
    let mut aside: Vec<Aside> = kustomizations
        .iter()
        .filter_map(Kustomization::aside)
        .collect();
    for chart in charts {
        let why = Why::Chart;
        aside.push(Aside { path: chart, why });
    }
    aside.extend(strangers(tree, &found));
    found.aside.extend(aside);
    found.aside.sort_by(|one, other| one.path.cmp(&other.path));
    found.aside.dedup_by(|one, other| one.path == other.path);
    found
}

/// Returns the folders of Helm charts, with their `/`, those within others left out.
fn charts(tree: &Tree) -> Vec<String> {
    let mut charts: Vec<String> = Vec::new();
    for (path, _) in tree.iter() {
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let folder = format!("{folder}/");
        let within = charts.iter().any(|chart| folder.starts_with(chart));
        if matches!(file, "Chart.yaml" | "Chart.yml") && folder != "/" && !within {
            charts.push(folder);
        }
    }
    charts
}

/// Returns whether a file is JSON that says itself what object it is: most JSON is for programs.
fn is_json_manifest(path: &str, text: &str) -> bool {
    let json = path.rsplit_once('.').is_some_and(|(_, end)| end == "json");
    if !json || !claims_objects(text) {
        return false;
    }
    let Ok(Value::Object(fields)) = serde_json::from_str(text.trim_start_matches('\u{feff}'))
    else {
        return false;
    };
    ["apiVersion", "kind"]
        .iter()
        .all(|key| fields.get(*key).is_some_and(Value::is_string))
}

fn is_elsewhere(path: &str, charts: &[String]) -> bool {
    is_aside(path) || charts.iter().any(|chart| path.starts_with(chart))
}

/// Returns whether a file lies in a folder for trying things out, of tools, or of others.
pub(super) fn is_aside(path: &str) -> bool {
    let mut folders: Vec<&str> = path.split('/').collect();
    folders.pop();
    let other = |folder: &&str| folder.starts_with('.') || ELSEWHERE.contains(folder);
    folders.iter().any(other)
}

/// A walk through the workspace's YAML.
struct Look {
    found: Found,
    /// Which file describes an object: by kind, namespace and name.
    owners: BTreeMap<(String, Option<String>, String), String>,
}

impl Look {
    fn at(&mut self, path: &str, text: &str, kustomizations: &[Kustomization]) {
        if !claims_objects(text) {
            return;
        }
        let says = kustomizations.iter().map(|it| it.says(path));
        match says.max().unwrap_or(Says::Nothing) {
            Says::Nothing => {}
            Says::Mine => return,
            Says::Unlisted => {
                self.set_aside(path, Why::Unlisted);
                return;
            }
        }
        let Ok(objects) = parse_documents(path, text) else {
            let filled = ["{{", "<%", "${"].iter().any(|mark| text.contains(mark));
            let why = match filled {
                true => Why::Template,
                false if is_nameless(text) => Why::Nameless,
                false => Why::Broken,
            };
            self.set_aside(path, why);
            return;
        };
        if objects.is_empty() || objects.iter().all(is_tools) {
            return;
        }
        if objects.iter().any(is_template) {
            self.set_aside(path, Why::Template);
            return;
        }
        let secrets = secrets::with_values(&objects);
        if !secrets.is_empty() {
            self.set_aside(path, Why::Secrets(secrets));
            return;
        }
        let odd = |it: char| it.is_control() || "\"'`<>".contains(it);
        if path.contains("--") || path.contains(odd) {
            self.set_aside(path, Why::Name);
            return;
        }
        let mut moved = kustomizations.iter().filter_map(|it| it.namespace(path));
        let Some(first) = moved.next() else {
            self.add(path, objects, None);
            return;
        };
        let unlike = moved.find(|it| *it != first);
        let strays = match unlike {
            Some(_) => objects.iter().map(Object::label).collect(),
            None => namespaces::strays(&objects, first),
        };
        if strays.is_empty() {
            self.add(path, objects, Some(first));
        } else {
            self.set_aside(path, Why::Moved(first.to_owned(), strays));
        }
    }

    fn set_aside(&mut self, path: &str, why: Why) {
        let path = path.to_owned();
        self.found.aside.push(Aside { path, why });
    }

    fn add(&mut self, path: &str, objects: Vec<Object>, namespace: Option<&str>) {
        let bare = |it: &Object| it.namespace.is_none() && !is_cluster_kind(&it.kind);
        let namespace = namespace.filter(|_| objects.iter().any(bare));
        let objects = objects.into_iter().map(|object| match namespace {
            Some(namespace) => object.within(namespace),
            None => object,
        });
        let objects: Vec<Object> = objects.collect();
        let key = |it: &Object| (it.kind.clone(), it.namespace.clone(), it.name.clone());
        let mut known = objects.iter().filter_map(|it| self.owners.get(&key(it)));
        if let Some(other) = known.next().cloned() {
            let same = objects
                .iter()
                .filter(|it| self.owners.get(&key(it)) == Some(&other));
            let labels = same.map(Object::label).collect();
            self.set_aside(path, Why::Twice(other, labels));
            return;
        }
        for object in &objects {
            self.owners.insert(key(object), path.to_owned());
        }
        let path = path.to_owned();
        let namespace = namespace.map(str::to_owned);
        self.found.files.push(Manifest {
            path,
            objects,
            namespace,
        });
    }
}

/// Returns whether a text has what every object has, without reading it as YAML: both keys, at the
/// begin of a line or in braces, with quotes or without.
fn claims_objects(text: &str) -> bool {
    let has = |key: &str| {
        let mut places = text.match_indices(key);
        places.any(|(at, _)| {
            let before = text.get(..at).unwrap_or_default();
            let line = before.rsplit('\n').next().unwrap_or_default();
            let opens = |it: char| it.is_whitespace() || "-\"'\u{feff}".contains(it);
            let line = line.trim_end_matches(opens);
            let behind = text.get(at + key.len()..).unwrap_or_default();
            let behind = behind.trim_start_matches(['"', '\'']).trim_start();
            (line.is_empty() || line.ends_with(['{', ','])) && behind.starts_with(':')
        })
    };
    has("apiVersion") && has("kind")
}

fn is_tools(object: &Object) -> bool {
    let group = object.api_version.split('/').next().unwrap_or_default();
    let kubeconfig = object.api_version == "v1" && object.kind == "Config";
    kubeconfig || TOOLS.contains(&group)
}

/// Returns whether a text's objects are whole but for names, which the cluster makes up.
fn is_nameless(text: &str) -> bool {
    let parts = document_ranges(text).into_iter();
    let documents = parts.map(|range| read_document(text.get(range).unwrap_or_default()));
    let Ok(values) = documents.collect::<Result<Vec<Value>, String>>() else {
        return false;
    };
    let mut made_up = values.iter().map(|it| it.pointer("/metadata/generateName"));
    made_up.any(|prefix| prefix.is_some())
}

/// Returns whether an object has blanks that somebody fills in where a name or an image stands.
fn is_template(object: &Object) -> bool {
    let blank = |text: &str| text.contains("${") || text.contains("{{") || text.starts_with('$');
    let namespace = object.namespace.iter().any(|it| blank(it));
    blank(&object.name) || namespace || has_blank_image(&object.value, &blank)
}

fn has_blank_image(value: &Value, blank: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::Object(fields) => fields.iter().any(|(name, value)| {
            let image = name == "image" && value.as_str().is_some_and(blank);
            image || has_blank_image(value, blank)
        }),
        Value::Array(items) => items.iter().any(|it| has_blank_image(it, blank)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Returns the YAML that lies in a folder of manifests and is none.
fn strangers(tree: &Tree, found: &Found) -> Vec<Aside> {
    let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let folders: BTreeSet<String> = found
        .files
        .iter()
        .filter_map(|it| folder(&it.path))
        .collect();
    let known = |path: &str| {
        found.files.iter().any(|it| it.path == path) || found.aside.iter().any(|it| it.path == path)
    };
    let mut strangers = Vec::new();
    for (path, text) in tree.iter() {
        let there = folder(path).is_some_and(|it| folders.contains(&it));
        let says = text.lines().any(|line| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with('#') && line != "---"
        });
        if is_yaml(path)
            && there
            && says
            && !known(path)
            && !kustomization::is_one(path)
            && !claims_objects(text)
        {
            let why = Why::NoManifest;
            let path = path.to_owned();
            strangers.push(Aside { path, why });
        }
    }
    strangers
}
