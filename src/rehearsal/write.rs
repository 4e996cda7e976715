//! Writing: create, update, patch and apply. Deleting is in `delete`.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::apply::managed::{self, Context, Entry, Writer};
use super::apply::typed;
use super::defaults;
use super::fixed;
use super::request::{Parameters, Target};
use super::resources::Resource;
use super::status::Refusal;
use super::store::Key;
use super::validate;
use super::world::World;

/// What a write answers with.
pub(crate) type Written = Result<(StatusCode, Arc<Value>), Refusal>;

/// Creates an object (POST).
pub(crate) fn create(
    world: &mut World,
    target: &Target,
    parameters: &Parameters,
    mut body: Value,
) -> Written {
    complete(target, None, &mut body)?;
    decode(&target.resource, parameters, &mut body)?;
    let name = generated_name(world, &mut body);
    let key = target.key(&name);
    if world.store.get(&key).is_some() {
        return Err(Refusal::exists(target.resource.names(), &name));
    }
    let writer = writer(target, parameters, false);
    admit(
        world,
        &Write {
            target,
            key: &key,
            live: None,
            writer: &writer,
            dry: parameters.dry_run(),
        },
        body,
        None,
    )
}

/// Replaces an object (PUT).
pub(crate) fn replace(
    world: &mut World,
    target: &Target,
    parameters: &Parameters,
    (name, mut body): (&str, Value),
) -> Written {
    complete(target, Some(name), &mut body)?;
    decode(&target.resource, parameters, &mut body)?;
    let key = target.key(name);
    let live = world.store.get(&key).cloned();
    let live = live.ok_or_else(|| Refusal::not_found(target.resource.names(), name))?;
    let version = body["metadata"]["resourceVersion"]
        .as_str()
        .unwrap_or_default();
    if !version.is_empty() && live["metadata"]["resourceVersion"] != *version {
        return Err(Refusal::stale(target.resource.names(), name));
    }
    let writer = writer(target, parameters, false);
    let write = Write {
        target,
        key: &key,
        live: Some(&live),
        writer: &writer,
        dry: parameters.dry_run(),
    };
    admit(world, &write, body, None)
}

/// Merges a JSON merge patch into an object.
///
/// Strategic merge patches are merged by the schema's list keys; `$patch` directives are not read.
pub(crate) fn patch(
    world: &mut World,
    target: &Target,
    parameters: &Parameters,
    (name, strategic, patch): (&str, bool, Value),
) -> Written {
    let key = target.key(name);
    let live = world.store.get(&key).cloned();
    let live = live.ok_or_else(|| Refusal::not_found(target.resource.names(), name))?;
    let resource = &target.resource;
    let version = patch["metadata"]["resourceVersion"].as_str();
    if version.is_some_and(|version| live["metadata"]["resourceVersion"] != *version) {
        return Err(Refusal::stale(resource.names(), name));
    }
    let mut body = if strategic {
        let merged = typed::merge(&resource.schema, resource.type_id, &live, &patch);
        without_nulls(&merged)
    } else {
        let mut merged = (*live).clone();
        merge_patch(&mut merged, &patch);
        merged
    };
    complete(target, Some(name), &mut body)?;
    decode(resource, parameters, &mut body)?;
    let writer = writer(target, parameters, false);
    let write = Write {
        target,
        key: &key,
        live: Some(&live),
        writer: &writer,
        dry: parameters.dry_run(),
    };
    admit(world, &write, body, None)
}

/// Applies a configuration (server-side apply).
pub(crate) fn apply(
    world: &mut World,
    target: &Target,
    parameters: &Parameters,
    (name, mut config): (&str, Value),
) -> Written {
    let resource = &target.resource;
    if parameters.text("fieldManager").is_empty() {
        let what = "Required value: is required for apply patch".to_owned();
        return Err(Refusal::invalid(
            ("meta.k8s.io", "PatchOptions"),
            "",
            &[("fieldManager".to_owned(), what)],
        ));
    }
    if config["metadata"]["managedFields"]
        .as_array()
        .is_some_and(|list| !list.is_empty())
    {
        return Err(Refusal::bad("metadata.managedFields must be nil"));
    }
    complete(target, Some(name), &mut config)?;
    typed_check(target, name, &config)?;
    let key = target.key(name);
    let live = world.store.get(&key).cloned();
    if live.is_none() && target.subresource.is_some() {
        return Err(Refusal::not_found(resource.names(), name));
    }
    let version = config["metadata"]["resourceVersion"]
        .as_str()
        .unwrap_or_default();
    if !version.is_empty()
        && live
            .as_ref()
            .is_none_or(|live| live["metadata"]["resourceVersion"] != *version)
    {
        return Err(Refusal::stale(resource.names(), name));
    }
    let writer = writer(target, parameters, true);
    let now = world.timestamp();
    let context = Context {
        schema: &resource.schema,
        id: resource.type_id,
        writer: &writer,
        now: &now,
    };
    let empty = json!({
        "apiVersion": resource.api_version(),
        "kind": resource.kind,
        "metadata": {},
    });
    let base = live.as_deref().unwrap_or(&empty);
    let (merged, entries) = managed::apply(context, base, &config, parameters.flag("force"))
        .map_err(|conflicts| Refusal::conflicts(&conflicts))?;
    let write = Write {
        target,
        key: &key,
        live: live.as_ref(),
        writer: &writer,
        dry: parameters.dry_run(),
    };
    admit(world, &write, merged, Some(entries))
}

/// Refuses a configuration that doesn't fit the schema, in the words of the real server.
fn typed_check(target: &Target, name: &str, config: &Value) -> Result<(), Refusal> {
    let resource = &target.resource;
    let problems = typed::check(&resource.schema, resource.type_id, config);
    if problems.is_empty() {
        return Ok(());
    }
    let namespace = target.namespace.as_deref().unwrap_or_default();
    let kind = format!("{}, Kind={}", resource.api_version(), resource.kind);
    Err(Refusal::untyped(
        &format!("{namespace}/{name}"),
        &kind,
        &problems,
    ))
}

/// A write on its way into the store.
struct Write<'a> {
    target: &'a Target,
    key: &'a Key,
    live: Option<&'a Arc<Value>>,
    writer: &'a Writer,
    dry: bool,
}

/// Defaults, validates, and stores what is to be written; an unchanged object keeps its version.
fn admit(
    world: &mut World,
    write: &Write<'_>,
    mut new: Value,
    entries: Option<Vec<Entry>>,
) -> Written {
    let resource = &write.target.resource;
    let Some(live) = write.live else {
        return admit_new(world, write, new, entries);
    };
    drop_empty(&mut new);
    keep(
        resource,
        write.target.subresource.as_deref(),
        live,
        &mut new,
    );
    defaults::fill(resource, &mut new);
    validate::carry_over(resource, live, &mut new);
    let causes = [
        validate::object(resource, &new),
        fixed::change(resource, live, &new),
    ]
    .concat();
    if !causes.is_empty() {
        let about = (resource.group.as_str(), resource.kind.as_str());
        return Err(Refusal::invalid(about, &write.key.name, &causes));
    }
    if let Some(generation) = live["metadata"]["generation"].as_i64()
        && desired(&new) != desired(live)
    {
        new["metadata"]["generation"] = Value::from(generation + 1);
    }
    let now = world.timestamp();
    let entries = entries.unwrap_or_else(|| {
        let context = Context {
            schema: &resource.schema,
            id: resource.type_id,
            writer: write.writer,
            now: &now,
        };
        managed::update(context, live, &new)
    });
    managed::write(&mut new, &entries);
    if new == **live {
        return Ok((StatusCode::OK, Arc::clone(live)));
    }
    if write.dry {
        return Ok((StatusCode::OK, Arc::new(new)));
    }
    let stored = world.put(write.key, new);
    super::delete::finish(world, write.key);
    Ok((StatusCode::OK, stored))
}

fn admit_new(
    world: &mut World,
    write: &Write<'_>,
    mut new: Value,
    entries: Option<Vec<Entry>>,
) -> Written {
    let resource = &write.target.resource;
    if resource.namespaced {
        let namespace = write.key.namespace.as_str();
        match world.get("/namespaces", "", namespace) {
            None => return Err(Refusal::not_found(("", "namespaces"), namespace)),
            Some(found) if found["metadata"]["deletionTimestamp"].is_string() => {
                return Err(Refusal::terminating(
                    resource.names(),
                    &write.key.name,
                    namespace,
                ));
            }
            Some(_) => {}
        }
    }
    defaults::fill(resource, &mut new);
    let causes = validate::object(resource, &new);
    if !causes.is_empty() {
        let about = (resource.group.as_str(), resource.kind.as_str());
        return Err(Refusal::invalid(about, &write.key.name, &causes));
    }
    if write.dry {
        // What a dry run would have allocated is not used up.
        new["metadata"]["uid"] = Value::from(super::world::uid_of("dry run"));
        new["metadata"]["creationTimestamp"] = Value::from(world.timestamp());
    } else {
        identify(world, resource, write.key, &mut new);
    }
    let now = world.timestamp();
    let entries = entries.unwrap_or_else(|| {
        let context = Context {
            schema: &resource.schema,
            id: resource.type_id,
            writer: write.writer,
            now: &now,
        };
        managed::update(context, &Value::Null, &new)
    });
    managed::write(&mut new, &entries);
    if write.dry {
        return Ok((StatusCode::CREATED, Arc::new(new)));
    }
    Ok((StatusCode::CREATED, world.put(write.key, new)))
}

/// Gives a new object what the server gives it: uid, time, generation, first status, addresses.
pub(crate) fn identify(world: &mut World, resource: &Resource, key: &Key, new: &mut Value) {
    let uid = world.next_uid(key);
    let time = world.timestamp();
    let metadata = &mut new["metadata"];
    metadata["name"] = Value::from(key.name.as_str());
    if !key.namespace.is_empty() {
        metadata["namespace"] = Value::from(key.namespace.as_str());
    }
    metadata["uid"] = Value::from(uid);
    metadata["creationTimestamp"] = Value::from(time);
    if has_generation(resource) {
        metadata["generation"] = Value::from(1);
    }
    if resource.has_status()
        && let Some(object) = new.as_object_mut()
    {
        object.shift_remove("status");
    }
    validate::allocate(world, resource, new);
}

/// Returns whether a kind counts the changes of its spec.
fn has_generation(resource: &Resource) -> bool {
    if resource.custom {
        return true;
    }
    matches!(
        resource.plural.as_str(),
        "deployments"
            | "statefulsets"
            | "daemonsets"
            | "replicasets"
            | "jobs"
            | "cronjobs"
            | "pods"
            | "ingresses"
            | "ingressclasses"
            | "networkpolicies"
            | "poddisruptionbudgets"
            | "endpointslices"
            | "customresourcedefinitions"
            | "priorityclasses"
    )
}

/// Returns what counts as a change of what is wanted: all but metadata and status.
fn desired(object: &Value) -> Map<String, Value> {
    let mut desired = object.as_object().cloned().unwrap_or_default();
    desired.shift_remove("metadata");
    desired.shift_remove("status");
    desired
}

/// Keeps what this way of writing can't change.
fn keep(resource: &Resource, subresource: Option<&str>, live: &Value, new: &mut Value) {
    if subresource == Some("status") {
        let status = new["status"].take();
        let managed = new["metadata"]["managedFields"].take();
        *new = live.clone();
        new["status"] = status;
        if managed.is_array() {
            new["metadata"]["managedFields"] = managed;
        }
        return;
    }
    if resource.has_status() {
        match live.get("status") {
            Some(status) => new["status"] = status.clone(),
            None => {
                if let Some(object) = new.as_object_mut() {
                    object.shift_remove("status");
                }
            }
        }
    }
    for field in [
        "uid",
        "creationTimestamp",
        "generation",
        "resourceVersion",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "namespace",
        "name",
    ] {
        match live["metadata"].get(field) {
            Some(value) => new["metadata"][field] = value.clone(),
            None => {
                if let Some(metadata) = new["metadata"].as_object_mut() {
                    metadata.shift_remove(field);
                }
            }
        }
    }
}

/// Maps of metadata that became empty are as good as none.
fn drop_empty(object: &mut Value) {
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.retain(|name, value| {
            let map = ["annotations", "labels"].contains(&name.as_str());
            !(map && value.as_object().is_some_and(Map::is_empty))
        });
    }
}

fn writer(target: &Target, parameters: &Parameters, applies: bool) -> Writer {
    let manager = match parameters.text("fieldManager") {
        "" => "unknown",
        manager => manager,
    };
    Writer {
        manager: manager.to_owned(),
        applies,
        subresource: target.subresource.clone(),
    }
}

/// Checks that a body is about what the path is about, and fills in what only the path says.
fn complete(target: &Target, name: Option<&str>, body: &mut Value) -> Result<(), Refusal> {
    let resource = &target.resource;
    if !body.is_object() {
        return Err(Refusal::bad(
            "the body of the request must be a JSON object",
        ));
    }
    for (field, expected) in [
        ("apiVersion", resource.api_version()),
        ("kind", resource.kind.clone()),
    ] {
        match body[field].as_str() {
            None => body[field] = Value::from(expected),
            Some(given) if given == expected => {}
            Some(given) => {
                return Err(Refusal::bad(format!(
                    "the {field} in the data ({given}) does not match the expected {field} ({expected})"
                )));
            }
        }
    }
    if !body["metadata"].is_object() {
        body["metadata"] = json!({});
    }
    let metadata = &mut body["metadata"];
    for (field, expected, named) in [
        ("name", name, "name"),
        ("namespace", target.namespace.as_deref(), "namespace"),
    ] {
        let Some(expected) = expected else { continue };
        match metadata[field].as_str() {
            None | Some("") => metadata[field] = Value::from(expected),
            Some(given) if given == expected => {}
            Some(given) => {
                return Err(Refusal::bad(format!(
                    "the {named} of the provided object does not match the {named} sent on the request (provided: {given}, expected: {expected})"
                )));
            }
        }
    }
    if !resource.namespaced
        && let Some(metadata) = body["metadata"].as_object_mut()
    {
        metadata.shift_remove("namespace");
    }
    Ok(())
}

/// Checks a body against the schema: a wrong type is always refused, an unknown field where the
/// client asked for it.
fn decode(resource: &Resource, parameters: &Parameters, body: &mut Value) -> Result<(), Refusal> {
    let problems = typed::check(&resource.schema, resource.type_id, body);
    let (unknown, wrong): (Vec<String>, Vec<String>) = problems
        .into_iter()
        .filter(|problem| !problem.contains("duplicate entries"))
        .partition(|problem| problem.ends_with("field not declared in schema"));
    if !wrong.is_empty() {
        return Err(Refusal::bad(format!(
            "{} in version \"{}\" cannot be handled as a {}: {}",
            resource.kind,
            resource.version,
            resource.kind,
            wrong.join(", ")
        )));
    }
    if !unknown.is_empty() {
        if parameters.text("fieldValidation") == "Strict" {
            let fields: Vec<String> = unknown
                .iter()
                .filter_map(|problem| problem.split_once(": "))
                .map(|(path, _)| format!("unknown field {:?}", path.trim_start_matches('.')))
                .collect();
            return Err(Refusal::bad(format!(
                "strict decoding error: {}",
                fields.join(", ")
            )));
        }
        *body = typed::known(&resource.schema, resource.type_id, body);
    }
    Ok(())
}

fn generated_name(world: &mut World, body: &mut Value) -> String {
    let metadata = &mut body["metadata"];
    let name = metadata["name"].as_str().unwrap_or_default().to_owned();
    let prefix = metadata["generateName"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    if !name.is_empty() || prefix.is_empty() {
        return name;
    }
    let seed = world.next_uid(&Key::new("generated", "", &prefix));
    let name = format!("{prefix}{}", super::world::suffix_of(&seed, 5));
    metadata["name"] = Value::from(name.as_str());
    name
}

fn merge_patch(target: &mut Value, patch: &Value) {
    let Some(fields) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let Some(object) = target.as_object_mut() else {
        return;
    };
    for (name, value) in fields {
        if value.is_null() {
            object.shift_remove(name);
        } else {
            merge_patch(object.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, inner)| !inner.is_null());
            Value::Object(
                kept.map(|(name, inner)| (name.clone(), without_nulls(inner)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
