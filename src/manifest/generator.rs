//! What kustomize's `configMapGenerator` makes of a `kustomization.yml` and the files beside it:
//! `ConfigMap`s that can't be changed, named by what they hold, and what refers to them.
//!
//! Only what orch writes is read (`files`, `literals`, `options`); an entry with other sources is
//! left to kustomize. That both agree is a test with the real kustomize.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::kustomization::folder;
use super::parse::read_document;
use super::pods::pod_spec_mut;
use super::{Object, Rendered};

/// What entries of a generator may say for orch to make the same of them.
const READ: &[&str] = &[
    "name",
    "namespace",
    "files",
    "literals",
    "options",
    "behavior",
];

/// The fields of a pod that name a `ConfigMap`.
const REFERENCES: &[&str] = &["configMap", "configMapRef", "configMapKeyRef"];

/// How many digits of a hash a name has.
const DIGITS: usize = 10;

/// Returns the `ConfigMap`s that a `kustomization.yml` generates, under their plain names; `read`
/// gives the text of a file of the workspace.
pub fn generated<'t>(
    path: &str,
    text: &str,
    read: impl Fn(&str) -> Option<&'t str>,
) -> Vec<Object> {
    let Ok(kustomization) = read_document(text) else {
        return Vec::new();
    };
    let entries = entries(&kustomization);
    let made = entries.filter_map(|entry| {
        let data = data(entry, folder(path), &read)?;
        let mut metadata = json!({ "name": entry["name"] });
        let own = entry.get("namespace");
        if let Some(namespace) = kustomization.get("namespace").or(own) {
            metadata["namespace"] = namespace.clone();
        }
        let labels = labels(entry, &kustomization);
        if !labels.is_empty() {
            metadata["labels"] = Value::Object(labels);
        }
        let mut value = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata });
        if option(entry, &kustomization, "immutable") {
            value["immutable"] = true.into();
        }
        value["data"] = Value::Object(data);
        Object::from_value(value)
    });
    made.collect()
}

fn entries(kustomization: &Value) -> impl Iterator<Item = &Value> {
    let list = kustomization
        .get("configMapGenerator")
        .and_then(Value::as_array);
    let own = |entry: &&Value| {
        let fields = entry.as_object();
        let created = entry.get("behavior").is_none_or(|it| it == "create");
        created && fields.is_some_and(|it| it.keys().all(|key| READ.contains(&key.as_str())))
    };
    list.into_iter().flatten().filter(own)
}

/// Returns whether an option holds: the entry's own, or that of all.
fn option(entry: &Value, kustomization: &Value, name: &str) -> bool {
    let own = entry.get("options").and_then(|it| it.get(name));
    let all = kustomization
        .get("generatorOptions")
        .and_then(|it| it.get(name));
    // kustomize takes either for a yes.
    [own, all].into_iter().flatten().any(|it| *it == true)
}

/// Returns the labels of what is generated: those of all objects win.
fn labels(entry: &Value, kustomization: &Value) -> Map<String, Value> {
    let mut labels = BTreeMap::new();
    let mut take = |found: Option<&Value>| {
        for (key, value) in found.and_then(Value::as_object).into_iter().flatten() {
            labels.insert(key.clone(), value.clone());
        }
    };
    take(kustomization.pointer("/generatorOptions/labels"));
    take(entry.pointer("/options/labels"));
    let pairs = kustomization.get("labels").and_then(Value::as_array);
    for pair in pairs.into_iter().flatten() {
        take(pair.get("pairs"));
    }
    labels.into_iter().collect()
}

/// Returns what an entry's files and literals say; nothing where a file isn't there.
fn data<'t>(
    entry: &Value,
    folder: &str,
    read: &impl Fn(&str) -> Option<&'t str>,
) -> Option<Map<String, Value>> {
    let list = |key: &str| {
        let items = entry.get(key).and_then(Value::as_array).into_iter();
        items.flatten().filter_map(Value::as_str)
    };
    let mut data = Map::new();
    for literal in list("literals") {
        let (key, value) = literal.split_once('=')?;
        data.insert(key.to_owned(), unquoted(value).into());
    }
    for source in list("files") {
        let (key, path) = source.split_once('=').unwrap_or_else(|| {
            let name = source.rsplit('/').next().unwrap_or(source);
            (name, source)
        });
        let path = match folder {
            "" => path.to_owned(),
            folder => format!("{folder}/{path}"),
        };
        data.insert(key.to_owned(), read(&path)?.into());
    }
    Some(data)
}

/// Returns a literal's value as kustomize reads it.
fn unquoted(value: &str) -> &str {
    let inner = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

/// Returns a generator's entry that holds these values.
pub(super) fn literals(name: &str, data: &[(String, String)]) -> Value {
    let literals = data.iter().map(|(key, value)| {
        if unquoted(value) == value {
            format!("{key}={value}")
        } else {
            format!("{key}=\"{value}\"")
        }
    });
    json!({ "name": name, "literals": literals.collect::<Vec<_>>() })
}

/// The names that generated `ConfigMap`s get, by namespace and plain name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Generations(BTreeMap<(Option<String>, String), String>);

impl Generations {
    /// Returns the names of what the `kustomization.yml`s among the files generate.
    pub fn of(files: &[Rendered]) -> Self {
        let mut names = BTreeMap::new();
        for file in files.iter().filter(|file| is_kustomization(&file.path)) {
            let kustomization = read_document(&file.text).unwrap_or_default();
            let fixed: Vec<&Value> = entries(&kustomization)
                .filter(|entry| option(entry, &kustomization, "disableNameSuffixHash"))
                .filter_map(|entry| entry.get("name"))
                .collect();
            for map in &file.objects {
                if !fixed.contains(&&Value::from(map.name.as_str())) {
                    let key = (map.namespace.clone(), map.name.clone());
                    names.insert(key, format!("{}-{}", map.name, hash(map)));
                }
            }
        }
        Self(names)
    }

    /// Returns an object under the name that it gets, with those of the `ConfigMap`s that it uses.
    #[must_use]
    pub fn named(&self, object: &Object) -> Object {
        let mut object = object.clone();
        if self.0.is_empty() {
            return object;
        }
        if object.api_version == "v1" && object.kind == "ConfigMap" {
            let key = (object.namespace.clone(), object.name.clone());
            if let Some(name) = self.0.get(&key) {
                object.name.clone_from(name);
                object.value["metadata"]["name"] = name.as_str().into();
            }
        }
        let namespace = object.namespace.clone();
        if let Some(spec) = pod_spec_mut(&mut object) {
            self.refer(spec, namespace.as_deref());
        }
        object
    }

    fn refer(&self, value: &mut Value, namespace: Option<&str>) {
        match value {
            Value::Object(fields) => {
                for (key, inner) in fields.iter_mut() {
                    let name = REFERENCES
                        .contains(&key.as_str())
                        .then(|| inner.get_mut("name"));
                    match name.flatten() {
                        Some(Value::String(name)) => {
                            let key = (namespace.map(str::to_owned), name.clone());
                            if let Some(new) = self.0.get(&key) {
                                name.clone_from(new);
                            }
                        }
                        _ => self.refer(inner, namespace),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|it| self.refer(it, namespace)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// Returns whether a path is that of a `kustomization.yml`.
pub fn is_kustomization(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(
        name,
        "kustomization.yml" | "kustomization.yaml" | "Kustomization"
    )
}

/// Returns whether two names are those of one generated object that holds different things.
pub fn is_generation(name: &str, other: &str) -> bool {
    let stem = |name: &str| {
        let (stem, hash) = name.rsplit_once('-')?;
        let digit = |it: char| it.is_ascii_digit() || it.is_ascii_lowercase();
        let is_hash = hash.len() == DIGITS && hash.chars().all(digit);
        is_hash.then(|| stem.to_owned())
    };
    name != other && stem(name).is_some() && stem(name) == stem(other)
}

/// Returns the hash that kustomize gives a `ConfigMap`: of its JSON as Go writes it, in digits that
/// spell no words.
fn hash(map: &Object) -> String {
    let mut text = String::from("{");
    if let Some(binary) = map.value.get("binaryData") {
        text.push_str("\"binaryData\":");
        go(binary, &mut text);
        text.push(',');
    }
    text.push_str("\"data\":");
    go(map.value.get("data").unwrap_or(&Value::from("")), &mut text);
    // kustomize looks for the name in a field that there isn't, and so hashes none.
    text.push_str(",\"kind\":\"ConfigMap\",\"name\":\"\"}");
    let mut hex = String::new();
    for byte in Sha256::digest(text.as_bytes()).iter().take(DIGITS / 2) {
        // Writing to a `String` can't fail.
        let _ = write!(hex, "{byte:02x}");
    }
    let spelled = hex.chars().map(|digit| match digit {
        '0' => 'g',
        '1' => 'h',
        '3' => 'k',
        'a' => 'm',
        'e' => 't',
        other => other,
    });
    spelled.collect()
}

/// Writes a value as Go's `encoding/json` does: keys in order, what HTML reads escaped.
fn go(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
            text.push('{');
            for (at, (key, inner)) in sorted.into_iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                go(&Value::from(key.as_str()), text);
                text.push(':');
                go(inner, text);
            }
            text.push('}');
        }
        Value::String(string) => {
            // `serde_json` writes a string alone; its escapes are Go's but for these.
            let plain = serde_json::to_string(string).unwrap_or_default();
            for character in plain.chars() {
                match character {
                    '<' => text.push_str("\\u003c"),
                    '>' => text.push_str("\\u003e"),
                    '&' => text.push_str("\\u0026"),
                    '\u{2028}' => text.push_str("\\u2028"),
                    '\u{2029}' => text.push_str("\\u2029"),
                    other => text.push(other),
                }
            }
        }
        // A map holds strings alone.
        Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {
            text.push_str(&value.to_string());
        }
    }
}

#[cfg(test)]
mod tests;
