//! A write on its way into the store: what the server adds, keeps, refuses and owns.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Map, Value};

use super::Written;
use crate::rehearsal::apply::managed::{self, Context, Entry, Writer};
use crate::rehearsal::request::Target;
use crate::rehearsal::resources::Resource;
use crate::rehearsal::status::Refusal;
use crate::rehearsal::store::Key;
use crate::rehearsal::world::{self, World};
use crate::rehearsal::{defaults, delete, fixed, validate};

/// A write on its way into the store.
pub(super) struct Write<'a> {
    pub(super) target: &'a Target,
    pub(super) key: &'a Key,
    pub(super) live: Option<&'a Arc<Value>>,
    pub(super) writer: &'a Writer,
    pub(super) dry: bool,
}

/// Defaults, validates, and stores what is to be written; an unchanged object keeps its version.
pub(super) fn admit(
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
    own(world, write, live, (&mut new, entries));
    if new == **live {
        return Ok((StatusCode::OK, Arc::clone(live)));
    }
    if write.dry {
        return Ok((StatusCode::OK, Arc::new(new)));
    }
    let stored = world.put(write.key, new);
    delete::finish(world, write.key);
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
        new["metadata"]["uid"] = Value::from(world::uid_of("dry run"));
        new["metadata"]["creationTimestamp"] = Value::from(world.timestamp());
    } else {
        identify(world, resource, write.key, &mut new);
    }
    own(world, write, &Value::Null, (&mut new, entries));
    if write.dry {
        return Ok((StatusCode::CREATED, Arc::new(new)));
    }
    Ok((StatusCode::CREATED, world.put(write.key, new)))
}

/// Writes who owns which fields: as it is said, or as what is written differs from what was there.
fn own(
    world: &World,
    write: &Write<'_>,
    before: &Value,
    (new, entries): (&mut Value, Option<Vec<Entry>>),
) {
    let resource = &write.target.resource;
    let now = world.timestamp();
    let entries = entries.unwrap_or_else(|| {
        let context = Context {
            schema: &resource.schema,
            id: resource.type_id,
            writer: write.writer,
            now: &now,
        };
        managed::update(context, before, new)
    });
    managed::write(new, &entries);
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
