//! A kustomize overlay: the least that makes one environment's objects of the base's.
//!
//! Both environments are rendered, and what differs becomes `images`, `replicas` and patches:
//! strategic ones where Kubernetes knows the items of a list by name, else single operations.
//! What kustomize does by itself (the namespace) is taken into account. Secrets are left out, as
//! in the base.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::kustomization::{folder, relative};
use super::{Object, generator, strategic, yaml};

/// What an overlay is made of.
pub struct Overlaid<'a> {
    /// The overlay's path.
    pub path: &'a str,
    /// The base's path.
    pub base_path: &'a str,
    /// The header's text.
    pub header: &'a str,
    /// The base's objects.
    pub base: &'a [Object],
    /// The environment's objects.
    pub objects: &'a [Object],
    /// The `ConfigMap`s that kustomize generates in the environment.
    pub generated: &'a [String],
    /// The namespaces of both.
    pub namespaces: (&'a str, &'a str),
}

/// An overlay's files.
#[derive(Debug)]
pub struct OverlayFiles {
    /// The text of `kustomization.yml`.
    pub text: String,
    /// The objects that the base doesn't have.
    pub added: Vec<Object>,
}

/// The file beside an overlay's `kustomization.yml` that holds what the base doesn't have.
pub const ADDED: &str = "added.yml";

/// Returns an overlay's files.
///
/// # Errors
/// Where a value can't be written as YAML.
pub fn overlay(from: &Overlaid<'_>) -> Result<OverlayFiles, serde_saphyr::SerializeError> {
    let secret = |object: &&Object| object.kind != "Secret";
    let base: Vec<&Object> = from.base.iter().filter(secret).collect();
    let wanted: Vec<&Object> = from.objects.iter().filter(secret).collect();
    let mut expected: Vec<Object> = base.iter().map(|it| moved(it, from.namespaces)).collect();
    let key = |object: &Object| (object.kind.clone(), object.name.clone());
    let by_key: BTreeMap<_, &Object> = wanted.iter().map(|it| (key(it), *it)).collect();
    let pairs: Vec<(&Object, &Object)> = expected
        .iter()
        .filter_map(|object| Some((object, *by_key.get(&key(object))?)))
        .collect();
    let images = images(&pairs);
    let replicas = replicas(&pairs);
    for object in &mut expected {
        let wanted = by_key.get(&key(object));
        let count = wanted.and_then(|it| it.value.pointer("/spec/replicas"));
        if replicas.iter().any(|(_, name, _)| *name == object.name)
            && let (Some(now), Some(count)) = (object.value.pointer_mut("/spec/replicas"), count)
        {
            *now = count.clone();
        }
        for container in containers_mut(&mut object.value) {
            if let Some(image) = container.get_mut("image")
                && let Some(to) = image.as_str().and_then(|image| images.get(name(image)))
            {
                *image = Value::from(to.as_str());
            }
        }
    }
    let mut patches = Vec::new();
    for (object, from) in expected.iter().zip(&base) {
        match by_key.get(&key(object)) {
            Some(wanted) => patches.extend(patch(object, wanted, from)?),
            None => patches.push(deleted(from)?),
        }
    }
    let known: BTreeSet<_> = expected.iter().map(key).collect();
    let new = wanted.iter().filter(|object| !known.contains(&key(object)));
    let (made, added): (Vec<&Object>, Vec<&Object>) =
        new.partition(|object| object.kind == "ConfigMap" && from.generated.contains(&object.name));
    let added: Vec<Object> = added.into_iter().cloned().collect();
    let mut kustomization = kustomization(from, (&images, &replicas, patches), !added.is_empty());
    if !made.is_empty() {
        kustomization["configMapGenerator"] = made.into_iter().map(map_generator).collect();
    }
    let text = format!("# {}\n{}", from.header, yaml::emit(&kustomization)?);
    Ok(OverlayFiles { text, added })
}

/// Returns what makes a `ConfigMap` that the base doesn't have.
fn map_generator(object: &Object) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let data = object.value.get("data").and_then(Value::as_object);
    let data = data.into_iter().flatten();
    let data: Vec<(String, String)> = data
        .map(|(key, value)| (key.clone(), text(value)))
        .collect();
    let mut entry = generator::literals(&object.name, &data);
    if let Some(namespace) = &object.namespace {
        entry["namespace"] = namespace.as_str().into();
    }
    entry["options"] = json!({ "immutable": true, "labels": object.value["metadata"]["labels"] });
    entry
}

type Replicas = Vec<(String, String, Value)>;

fn kustomization(
    from: &Overlaid<'_>,
    (images, replicas, patches): (&BTreeMap<String, String>, &Replicas, Vec<Value>),
    added: bool,
) -> Value {
    let own = folder(from.path);
    let base = relative(own, folder(from.base_path));
    let mut resources = vec![base];
    if added {
        resources.push(ADDED.to_owned());
    }
    let mut fields = Map::new();
    fields.insert(
        "apiVersion".to_owned(),
        "kustomize.config.k8s.io/v1beta1".into(),
    );
    fields.insert("kind".to_owned(), "Kustomization".into());
    if from.namespaces.0 != from.namespaces.1 {
        fields.insert("namespace".to_owned(), from.namespaces.1.into());
    }
    fields.insert("resources".to_owned(), resources.into());
    let images: Vec<Value> = images
        .iter()
        .map(|(name, image)| image_entry(name, image))
        .collect();
    let replicas: Vec<Value> = replicas
        .iter()
        .map(|(_, name, count)| json!({ "name": name, "count": count }))
        .collect();
    for (key, list) in [
        ("images", images),
        ("replicas", replicas),
        ("patches", patches),
    ] {
        if !list.is_empty() {
            fields.insert(key.to_owned(), Value::Array(list));
        }
    }
    Value::Object(fields)
}

/// Returns `images` of a kustomization for an image: by its tag or digest, and by its name where
/// that changes.
pub(super) fn image_entry(name: &str, image: &str) -> Value {
    let mut entry = json!({ "name": name });
    let new = self::name(image);
    if new != name {
        entry["newName"] = new.into();
    }
    let rest = image.strip_prefix(new).unwrap_or_default();
    if let Some((_, digest)) = rest.split_once('@') {
        entry["digest"] = digest.into();
    } else if let Some(tag) = rest.strip_prefix(':') {
        entry["newTag"] = tag.into();
    }
    entry
}

/// Returns an image's name, without tag and digest.
pub(super) fn name(image: &str) -> &str {
    let plain = image.split_once('@').map_or(image, |(name, _)| name);
    let start = plain.rfind('/').unwrap_or(0);
    let colon = plain.get(start..).and_then(|last| last.find(':'));
    colon
        .and_then(|at| plain.get(..start + at))
        .unwrap_or(plain)
}

/// Returns a base's object as kustomize moves it to another namespace.
fn moved(object: &Object, (from, to): (&str, &str)) -> Object {
    let mut object = object.clone();
    if from == to {
        return object;
    }
    if object.kind == "Namespace" {
        to.clone_into(&mut object.name);
        object.value["metadata"]["name"] = to.into();
    }
    if object.namespace.is_some() {
        object.namespace = Some(to.to_owned());
        object.value["metadata"]["namespace"] = to.into();
    }
    let subjects = object
        .value
        .get_mut("subjects")
        .and_then(Value::as_array_mut);
    for subject in subjects.into_iter().flatten() {
        if subject["kind"] == "ServiceAccount" && subject["namespace"] == from {
            subject["namespace"] = to.into();
        }
    }
    object
}

/// The pod template's containers of whatever has one.
fn containers(value: &Value) -> impl Iterator<Item = &Value> {
    let spec = [
        "/spec/template/spec",
        "/spec/jobTemplate/spec/template/spec",
    ];
    let specs = spec
        .into_iter()
        .filter_map(|pointer| value.pointer(pointer));
    specs.flat_map(|spec| {
        let lists = ["initContainers", "containers"];
        let lists = lists
            .into_iter()
            .filter_map(|key| spec.get(key)?.as_array());
        lists.flatten()
    })
}

fn containers_mut(value: &mut Value) -> Vec<&mut Value> {
    let job = value.pointer("/spec/jobTemplate").is_some();
    let pointer = if job {
        "/spec/jobTemplate/spec/template/spec"
    } else {
        "/spec/template/spec"
    };
    let spec = value.pointer_mut(pointer).and_then(Value::as_object_mut);
    let lists = spec.into_iter().flatten();
    lists
        .filter(|(key, _)| *key == "initContainers" || *key == "containers")
        .filter_map(|(_, list)| list.as_array_mut())
        .flatten()
        .collect()
}

/// Returns the images that another takes the place of, everywhere: by the base's name.
fn images(pairs: &[(&Object, &Object)]) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut changes = false;
    for (base, wanted) in pairs {
        for container in containers(&base.value) {
            let there = containers(&wanted.value).find(|it| it["name"] == container["name"]);
            let (Some(old), Some(new)) = (
                container["image"].as_str(),
                there.and_then(|it| it["image"].as_str()),
            ) else {
                continue;
            };
            changes |= old != new;
            found
                .entry(name(old).to_owned())
                .and_modify(|known| {
                    if known.as_deref() != Some(new) {
                        *known = None;
                    }
                })
                .or_insert_with(|| Some(new.to_owned()));
        }
    }
    if !changes {
        return BTreeMap::new();
    }
    let unchanged = |name: &str, image: &str| {
        let mut all = pairs.iter().flat_map(|(base, _)| containers(&base.value));
        all.all(|it| {
            let old = it["image"].as_str().unwrap_or_default();
            self::name(old) != name || old == image
        })
    };
    found
        .into_iter()
        .filter_map(|(name, image)| Some((name, image?)))
        .filter(|(name, image)| !unchanged(name, image))
        .collect()
}

/// Returns the replicas that differ, where each has some: kind, name, count.
fn replicas(pairs: &[(&Object, &Object)]) -> Replicas {
    let kinds = ["Deployment", "StatefulSet"];
    let differ = pairs.iter().filter_map(|(base, wanted)| {
        let old = base.value.pointer("/spec/replicas")?;
        let new = wanted.value.pointer("/spec/replicas")?;
        let is = kinds.contains(&base.kind.as_str()) && old != new;
        is.then(|| (base.kind.clone(), base.name.clone(), new.clone()))
    });
    differ.collect()
}

/// Returns what makes an object of another, where they differ.
fn patch(
    object: &Object,
    wanted: &Object,
    from: &Object,
) -> Result<Option<Value>, serde_saphyr::SerializeError> {
    if object.value == wanted.value {
        return Ok(None);
    }
    let strategic = strategic::patch(&object.kind, &object.value, &wanted.value);
    let body = if let Some(Value::Object(fields)) = strategic {
        let mut whole = identity(from);
        if let Value::Object(whole) = &mut whole {
            join(whole, fields);
        }
        yaml::emit(&whole)?
    } else {
        let operations = json_patch::diff(&object.value, &wanted.value);
        yaml::emit(&serde_json::to_value(operations).unwrap_or_default())?
    };
    Ok(Some(aimed(from, &body)))
}

fn deleted(object: &Object) -> Result<Value, serde_saphyr::SerializeError> {
    let mut body = identity(object);
    body["$patch"] = "delete".into();
    Ok(aimed(object, &yaml::emit(&body)?))
}

fn identity(object: &Object) -> Value {
    json!({ "apiVersion": object.api_version, "kind": object.kind,
        "metadata": { "name": object.name } })
}

fn aimed(object: &Object, body: &str) -> Value {
    json!({ "target": { "kind": object.kind, "name": object.name }, "patch": body })
}

fn join(into: &mut Map<String, Value>, fields: Map<String, Value>) {
    for (key, value) in fields {
        match (into.get_mut(&key), value) {
            (Some(Value::Object(there)), Value::Object(more)) => join(there, more),
            (_, value) => drop(into.insert(key, value)),
        }
    }
}

/// Returns the text of the file with what the base doesn't have.
///
/// # Errors
/// Where an object can't be written as YAML.
pub fn added_text(
    header: &str,
    objects: &[Object],
) -> Result<String, serde_saphyr::SerializeError> {
    let mut text = format!("# {header}\n");
    for (at, object) in objects.iter().enumerate() {
        if at > 0 {
            text.push_str("---\n");
        }
        let _ = write!(text, "{}", yaml::emit(&object.value)?);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{image_entry, name};
    use serde_json::json;

    #[track_caller]
    fn check(image: &str, expected: &str) {
        assert_eq!(name(image), expected);
    }

    #[test]
    fn an_image_is_its_name_and_a_tag_or_digest() {
        check("redis:7", "redis");
        check("registry:5000/a/b", "registry:5000/a/b");
        check("registry:5000/a/b:1@sha256:ab", "registry:5000/a/b");
        assert_eq!(
            image_entry("redis", "redis:8"),
            json!({"name": "redis", "newTag": "8"})
        );
        assert_eq!(
            image_entry("app", "r.io/app@sha256:ab"),
            json!({"name": "app", "newName": "r.io/app", "digest": "sha256:ab"})
        );
    }
}
