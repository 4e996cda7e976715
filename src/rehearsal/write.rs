//! Writing: create, update, patch and apply. Deleting is in `delete`.

pub(crate) mod admit;
mod body;

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use super::apply::managed::{self, Context, Writer};
use super::apply::typed;
use super::request::{Parameters, Target};
use super::status::Refusal;
use super::store::Key;
use super::world::World;
use admit::{Write, admit};
use body::{complete, decode, generated_name, merge_patch, without_nulls};

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
    update(world, target, parameters, (&key, &live, body))
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
    update(world, target, parameters, (&key, &live, body))
}

/// Writes what an object is to become, for a client that doesn't apply.
fn update(
    world: &mut World,
    target: &Target,
    parameters: &Parameters,
    (key, live, body): (&Key, &Arc<Value>, Value),
) -> Written {
    let writer = writer(target, parameters, false);
    let write = Write {
        target,
        key,
        live: Some(live),
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
