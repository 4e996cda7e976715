//! Derives the schema table of the embedded API server (`src/rehearsal/schema/table.json.gz`)
//! from `OpenAPI` v3 documents.
//!
//! ```sh
//! cargo run --example derive_schema -- v1.36.3 FOLDER src/rehearsal/schema/table.json.gz
//! ```
//!
//! FOLDER holds one JSON document per API group version, as a server returns them
//! (`kubectl get --raw /openapi/v3/apis/apps/v1 > apps_v1.json`) or as the Kubernetes sources keep
//! them (`api/openapi-spec/v3`). The table keeps what merging and checking need (types, list keys,
//! defaults) for the groups below, and no descriptions.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

/// The group versions that the table holds; alpha and beta ones are left out.
const GROUPS: [&str; 14] = [
    "v1",
    "apiextensions.k8s.io/v1",
    "apps/v1",
    "authorization.k8s.io/v1",
    "autoscaling/v2",
    "batch/v1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "events.k8s.io/v1",
    "networking.k8s.io/v1",
    "policy/v1",
    "rbac.authorization.k8s.io/v1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1",
];

/// What is kept of a schema, besides properties, items and references.
const KEPT: [&str; 9] = [
    "type",
    "format",
    "required",
    "default",
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-map-type",
    "x-kubernetes-int-or-string",
    "x-kubernetes-preserve-unknown-fields",
];

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [version, folder, output] = arguments.as_slice() else {
        anyhow::bail!("usage: derive_schema VERSION FOLDER OUTPUT");
    };
    let (types, resources) = read(Path::new(folder))?;
    let types = reachable(&types, &resources);
    let table = json!({
        "version": version,
        "resources": resources.into_values().collect::<Vec<_>>(),
        "types": types,
    });
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gz.write_all(&serde_json::to_vec(&table)?)?;
    fs_err::write(output, gz.finish()?)?;
    Ok(())
}

type Resources = BTreeMap<String, Value>;

/// Reads every document of the folder.
fn read(folder: &Path) -> Result<(BTreeMap<String, Value>, Resources)> {
    let mut types = BTreeMap::new();
    let mut resources = Resources::new();
    let mut paths: Vec<_> = fs_err::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    paths.sort();
    for path in paths
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
    {
        let text = fs_err::read(path)?;
        let document: Value =
            serde_json::from_slice(&text).with_context(|| path.display().to_string())?;
        let before = resources.len();
        collect_resources(&document, &mut resources);
        if resources.len() == before {
            continue;
        }
        let schemas = document["components"]["schemas"].as_object();
        for (name, schema) in schemas.into_iter().flatten() {
            types.entry(name.clone()).or_insert_with(|| reduced(schema));
        }
    }
    Ok((types, resources))
}

/// Adds the resources that the document's paths serve.
fn collect_resources(document: &Value, resources: &mut Resources) {
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let Some((group_version, rest)) = split(path) else {
            continue;
        };
        if !GROUPS.contains(&group_version.as_str()) {
            continue;
        }
        let (namespaced, rest) = match rest.strip_prefix("namespaces/{namespace}/") {
            Some(rest) => (true, rest),
            None => (false, rest.as_str()),
        };
        let parts: Vec<&str> = rest.split('/').collect();
        let (plural, subresource) = match parts.as_slice() {
            [plural] | [plural, "{name}" | "{namespace}"] => (*plural, None),
            [plural, "{name}" | "{namespace}", subresource] => (*plural, Some(*subresource)),
            _ => continue,
        };
        if plural.is_empty() || plural == "watch" || rest.contains("{path}") {
            continue;
        }
        let entry = resources
            .entry(format!("{group_version}/{plural}"))
            .or_insert_with(|| {
                json!({"groupVersion": group_version, "plural": plural, "kind": "", "type": "",
                "namespaced": false, "subresources": []})
            });
        if namespaced {
            entry["namespaced"] = Value::Bool(true);
        }
        match subresource {
            Some(name) => add_subresource(entry, name),
            None => describe(entry, item),
        }
    }
    resources.retain(|_, entry| entry["kind"] != "");
}

fn add_subresource(entry: &mut Value, name: &str) {
    if let Some(names) = entry["subresources"].as_array_mut()
        && !names.iter().any(|known| known == name)
    {
        names.push(Value::String(name.to_owned()));
    }
}

/// Takes kind and type from the operation that creates the resource.
fn describe(entry: &mut Value, item: &Value) {
    let post = &item["post"];
    let Some(kind) = post["x-kubernetes-group-version-kind"]["kind"].as_str() else {
        return;
    };
    let body = &post["requestBody"]["content"]["*/*"]["schema"]["$ref"];
    let body = match body.as_str() {
        Some(body) => body,
        None => post["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            .as_str()
            .unwrap_or_default(),
    };
    entry["kind"] = Value::String(kind.to_owned());
    entry["type"] = Value::String(short(body));
}

/// Splits a path into group version and the rest.
fn split(path: &str) -> Option<(String, String)> {
    let parts: Vec<&str> = path.trim_start_matches('/').splitn(4, '/').collect();
    match parts.as_slice() {
        ["api", version, ..] => Some(((*version).to_owned(), after(path, 3))),
        ["apis", group, version, _] => Some((format!("{group}/{version}"), after(path, 4))),
        _ => None,
    }
}

fn after(path: &str, parts: usize) -> String {
    path.split('/').skip(parts).collect::<Vec<_>>().join("/")
}

fn short(reference: &str) -> String {
    reference.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Returns a schema without what merging doesn't need.
fn reduced(schema: &Value) -> Value {
    let mut kept = Map::new();
    for key in KEPT {
        let Some(value) = schema.get(key) else {
            continue;
        };
        // `{}` and `""` are what Go's zero values serialise to, not defaults.
        if key == "default" && (value == &json!({}) || value == "") {
            continue;
        }
        kept.insert(key.to_owned(), value.clone());
    }
    if let Some(reference) = schema["$ref"].as_str() {
        kept.insert("$ref".to_owned(), Value::String(short(reference)));
    }
    if let Some(reference) = schema["allOf"][0]["$ref"].as_str() {
        kept.insert("$ref".to_owned(), Value::String(short(reference)));
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[key].as_array() {
            kept.insert(key.to_owned(), choices.iter().map(reduced).collect());
        }
    }
    if let Some(properties) = schema["properties"].as_object() {
        let properties = properties
            .iter()
            .map(|(name, inner)| (name.clone(), reduced(inner)));
        kept.insert("properties".to_owned(), Value::Object(properties.collect()));
    }
    for key in ["items", "additionalProperties"] {
        if schema[key].is_object() {
            kept.insert(key.to_owned(), reduced(&schema[key]));
        }
    }
    Value::Object(kept)
}

/// Returns the types that the resources reach.
fn reachable(types: &BTreeMap<String, Value>, resources: &Resources) -> BTreeMap<String, Value> {
    let mut wanted: Vec<String> = resources
        .values()
        .filter_map(|resource| resource["type"].as_str().map(str::to_owned))
        .collect();
    let mut seen = BTreeSet::new();
    while let Some(name) = wanted.pop() {
        let Some(schema) = types.get(&name) else {
            continue;
        };
        if seen.insert(name) {
            references(schema, &mut wanted);
        }
    }
    types
        .iter()
        .filter(|(name, _)| seen.contains(*name))
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect()
}

fn references(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get("$ref") {
                found.push(reference.clone());
            }
            object.values().for_each(|inner| references(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| references(inner, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
