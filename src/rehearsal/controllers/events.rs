//! Events: what controllers tell people. The same event again counts up.

use serde_json::{Value, json};

use crate::rehearsal::store::Key;
use crate::rehearsal::world::{Part, World, suffix_of};

/// Records an event about an object: `(type, reason, message)` from a component.
pub(super) fn record(
    world: &mut World,
    object: &Value,
    component: &str,
    (kind, reason, message): (&str, &str, &str),
) {
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    let namespace = object["metadata"]["namespace"]
        .as_str()
        .unwrap_or("default");
    let uid = object["metadata"]["uid"].as_str().unwrap_or_default();
    let suffix = suffix_of(&format!("{uid}/{reason}/{message}"), 16);
    let key = Key::new("/events", namespace, &format!("{name}.{suffix}"));
    let now = world.timestamp();
    if let Some(known) = world.store.get(&key) {
        let count = known["count"].as_i64().unwrap_or(1) + 1;
        world.change(&key, Part::Rest, |event| {
            event["count"] = Value::from(count);
            event["lastTimestamp"] = Value::from(now);
        });
        return;
    }
    let event = json!({
        "metadata": {"name": key.name, "namespace": namespace},
        "involvedObject": {
            "apiVersion": object["apiVersion"],
            "kind": object["kind"],
            "name": name,
            "namespace": namespace,
            "uid": uid,
            "resourceVersion": object["metadata"]["resourceVersion"],
        },
        "reason": reason,
        "message": message,
        "source": {"component": component},
        "reportingComponent": component,
        "reportingInstance": "",
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
        "type": kind,
        "eventTime": null,
    });
    world.create("/events", event);
}
