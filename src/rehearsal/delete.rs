//! Deleting: finalizers, dependents, and namespaces with all that is in them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::controllers::Task;
use super::request::{Parameters, Target};
use super::status::Refusal;
use super::store::Key;
use super::world::World;

/// How long a pod takes to stop, in milliseconds.
const STOPPING: u64 = 1_000;

/// Deletes an object; answers with it while it still ends, and with a success when it is gone.
pub(crate) fn delete(
    world: &mut World,
    target: &Target,
    parameters: &Parameters,
    (name, options): (&str, &Value),
) -> Result<Value, Refusal> {
    let key = target.key(name);
    let live = world.store.get(&key).cloned();
    let live = live.ok_or_else(|| Refusal::not_found(target.resource.names(), name))?;
    preconditions(target, name, (options, &live))?;
    let dry = parameters.dry_run() || options["dryRun"][0] == "All";
    if dry {
        return Ok((*live).clone());
    }
    let policy = match parameters.text("propagationPolicy") {
        "" => options["propagationPolicy"].as_str().unwrap_or_default(),
        given => given,
    };
    let known = ["", "Foreground", "Background", "Orphan"];
    if !known.contains(&policy) {
        let what = format!(
            "Unsupported value: {policy:?}: supported values: \"Foreground\", \"Background\", \
             \"Orphan\", \"nil\""
        );
        let about = ("meta.k8s.io", "DeleteOptions");
        return Err(Refusal::invalid(
            about,
            "",
            &[("propagationPolicy".to_owned(), what)],
        ));
    }
    // The API's own default for Jobs leaves their pods behind.
    let orphan = policy == "Orphan" || (policy.is_empty() && &*key.resource == "batch/jobs");
    let uid = live["metadata"]["uid"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    if orphan {
        disown(world, &uid);
    }
    let grace = options["gracePeriodSeconds"].as_i64();
    end(world, &key, grace);
    match world.store.get(&key) {
        Some(ending) => Ok((**ending).clone()),
        None if &*key.resource == "/pods" => Ok((*live).clone()),
        None => Ok(json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Success",
            "details": {
                "name": name,
                "group": target.resource.group,
                "kind": target.resource.plural,
                "uid": uid,
            },
        })),
    }
}

/// Refuses to delete another object than the one that was meant.
fn preconditions(
    target: &Target,
    name: &str,
    (options, live): (&Value, &Value),
) -> Result<(), Refusal> {
    for (field, shown, might) in [
        ("uid", "UID", "deleted and then recreated"),
        ("resourceVersion", "ResourceVersion", "modified"),
    ] {
        let wanted = &options["preconditions"][field];
        let found = &live["metadata"][field];
        if let Some(text) = wanted.as_str().filter(|_| wanted != found) {
            let found = found.as_str().unwrap_or_default();
            let what = format!(
                "the {shown} in the precondition ({text}) does not match the {shown} in record \
                 ({found}). The object might have been {might}"
            );
            let resource = &target.resource;
            let about = (resource.group.as_str(), resource.kind.as_str());
            return Err(Refusal::precondition(about, name, &what));
        }
    }
    Ok(())
}

/// Ends an object: at once, or once its finalizers, its pods' grace or its content are gone.
pub(crate) fn end(world: &mut World, key: &Key, grace: Option<i64>) {
    let Some(live) = world.store.get(key).cloned() else {
        return;
    };
    let graceful = &*key.resource == "/pods" && grace != Some(0) && started(&live);
    let waits = graceful || &*key.resource == "/namespaces" || has_finalizers(&live);
    if !waits {
        remove(world, key, &live);
        return;
    }
    if !live["metadata"]["deletionTimestamp"].is_string() {
        let mut ending = (*live).clone();
        ending["metadata"]["deletionTimestamp"] = Value::from(world.timestamp());
        let seconds = if graceful {
            grace
                .or_else(|| live["spec"]["terminationGracePeriodSeconds"].as_i64())
                .unwrap_or(30)
        } else {
            0
        };
        ending["metadata"]["deletionGracePeriodSeconds"] = Value::from(seconds);
        if &*key.resource == "/namespaces" {
            ending["status"] = json!({"phase": "Terminating"});
        }
        world.put(key, ending);
    }
    if graceful {
        world.schedule(STOPPING, Task::Stopped(key.clone()));
    }
}

/// Removes an object whose deletion waited, if nothing holds it any more.
pub(crate) fn finish(world: &mut World, key: &Key) {
    let Some(live) = world.store.get(key).cloned() else {
        return;
    };
    let ending = live["metadata"]["deletionTimestamp"].is_string();
    let own_way = matches!(&*key.resource, "/pods" | "/namespaces");
    if ending && !own_way && !has_finalizers(&live) {
        remove(world, key, &live);
    }
}

/// Removes a pod that has stopped.
pub(crate) fn stopped(world: &mut World, key: &Key) {
    let Some(live) = world.store.get(key).cloned() else {
        return;
    };
    if live["metadata"]["deletionTimestamp"].is_string() && !has_finalizers(&live) {
        remove(world, key, &live);
    }
}

/// Empties a namespace that ends, and removes it once it is empty.
pub(crate) fn empty(world: &mut World, key: &Key) {
    let content = world.store.in_namespace(&key.name);
    if content.is_empty() {
        world.remove(key);
        return;
    }
    for inner in content {
        end(world, &inner, Some(0));
    }
    if world.store.in_namespace(&key.name).is_empty() {
        world.remove(key);
    }
}

fn remove(world: &mut World, key: &Key, live: &Arc<Value>) {
    world.remove(key);
    if &*key.resource == "apiextensions.k8s.io/customresourcedefinitions" {
        let id = format!(
            "{}/{}",
            live["spec"]["group"].as_str().unwrap_or_default(),
            live["spec"]["names"]["plural"].as_str().unwrap_or_default()
        );
        let keys: Vec<Key> = world
            .store
            .list(&id, None)
            .map(|(key, _)| key.clone())
            .collect();
        for inner in keys {
            world.remove(&inner);
        }
        world.resources.forget(live);
    }
    let uid = live["metadata"]["uid"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    for dependent in world.store.owned_by(&uid) {
        let alone = world.store.get(&dependent).is_some_and(|object| {
            object["metadata"]["ownerReferences"]
                .as_array()
                .is_none_or(|owners| owners.len() < 2)
        });
        if alone {
            end(world, &dependent, None);
        } else {
            disown_one(world, &dependent, &uid);
        }
    }
}

fn disown(world: &mut World, uid: &str) {
    for dependent in world.store.owned_by(uid) {
        disown_one(world, &dependent, uid);
    }
}

fn disown_one(world: &mut World, dependent: &Key, uid: &str) {
    let Some(live) = world.store.get(dependent).cloned() else {
        return;
    };
    let mut object = (*live).clone();
    if let Some(owners) = object["metadata"]["ownerReferences"].as_array_mut() {
        owners.retain(|owner| owner["uid"] != uid);
    }
    world.put(dependent, object);
}

fn has_finalizers(object: &Value) -> bool {
    object["metadata"]["finalizers"]
        .as_array()
        .is_some_and(|list| !list.is_empty())
}

/// A pod that no node has taken needs no time to stop.
fn started(pod: &Value) -> bool {
    pod["spec"]["nodeName"].is_string()
}
