//! Whether applying an object would change nothing: it is live with these values, and what orch
//! owns of it is exactly what is wanted.
//!
//! Pure, and without a schema: it may say no where the server would find nothing to do, never yes
//! where it would change something. What nobody but orch owns is as orch's last apply left it, so
//! that only the server's own ways to write a value have to be known: amounts, and the defaults
//! inside of what is owned as a whole.

pub(super) mod amount;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use super::fields::{Element, Fields, applied_entry};
use super::{FIELD_MANAGER, secret};
use crate::manifest::Object;
use amount::{is_amount, same_amount};

/// What of `metadata` nobody owns.
const UNOWNED: [&str; 8] = [
    "name",
    "namespace",
    "creationTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// The groups whose fields the server itself knows: what it makes of values is known here too.
const BUILT_IN: [&str; 5] = ["", "apps", "batch", "autoscaling", "policy"];

/// Returns whether applying `wanted` over `live` would change nothing.
pub fn is_settled(wanted: &Object, live: &Value) -> bool {
    let value = secret::encoded(wanted);
    if live["apiVersion"] != wanted.api_version
        || live["kind"] != wanted.kind
        || !live["metadata"]["deletionTimestamp"].is_null()
    {
        return false;
    }
    let group = wanted.api_version.rsplit_once('/');
    let group = group.map_or("", |(group, _)| group);
    let sides = Sides {
        built_in: BUILT_IN.contains(&group) || group == "networking.k8s.io",
        amounts: BUILT_IN.contains(&group),
    };
    let Some(value) = sides.ownable(&value) else {
        return false;
    };
    let Some(entry) = applied_entry(live, FIELD_MANAGER) else {
        // Who applies nothing but a name owns nothing.
        return is_empty(&value);
    };
    let owned = Fields::parse(&entry["fieldsV1"]);
    // The paths of another version may be others.
    entry["apiVersion"] == wanted.api_version && sides.same(&owned, &value, live, At::default())
}

/// Where a value stands: its field and the one that holds that.
#[derive(Clone, Copy, Default)]
struct At<'a> {
    holder: &'a str,
    field: &'a str,
}

impl<'a> At<'a> {
    fn below(self, field: &'a str) -> Self {
        Self {
            holder: self.field,
            field,
        }
    }
}

/// How values of an object are compared.
#[derive(Clone, Copy)]
struct Sides {
    /// Whether the server knows the kind by itself and fills defaults in.
    built_in: bool,
    /// Whether amounts are rewritten by it.
    amounts: bool,
}

impl Sides {
    /// Returns the part of an object that can be owned; `None` where that can't be told.
    fn ownable(self, wanted: &Value) -> Option<Value> {
        let mut map: Map<String, Value> = wanted.as_object()?.clone();
        map.shift_remove("apiVersion");
        map.shift_remove("kind");
        if map.contains_key("status") {
            // A kind of a CRD may have its status for everybody to write.
            if !self.built_in {
                return None;
            }
            map.shift_remove("status");
        }
        let metadata = map.get_mut("metadata")?.as_object_mut()?;
        metadata.retain(|key, _| !UNOWNED.contains(&key.as_str()));
        if metadata.is_empty() {
            map.shift_remove("metadata");
        }
        Some(Value::Object(map))
    }

    /// Compares a value at a place that is owned.
    fn same(self, owned: &Fields, wanted: &Value, live: &Value, at: At<'_>) -> bool {
        if owned.is_leaf() {
            return self.equal(wanted, live, at);
        }
        match (wanted, live) {
            (Value::Object(wanted), Value::Object(live)) => {
                owned.parts().count() == wanted.len()
                    && wanted.iter().all(|(key, inner)| {
                        let Some(part) = owned.part(&Element::Field(key.clone())) else {
                            return false;
                        };
                        match live.get(key) {
                            Some(live) => self.same(part, inner, live, at.below(key)),
                            // What is empty isn't kept.
                            None => part.is_leaf() && is_empty(inner),
                        }
                    })
            }
            (Value::Array(wanted), Value::Array(live)) => self.same_items(owned, wanted, live, at),
            _ => false,
        }
    }

    /// Compares a list whose items are owned one by one, in their order: it counts.
    fn same_items(self, owned: &Fields, wanted: &[Value], live: &[Value], at: At<'_>) -> bool {
        let mut visited: Vec<&Element> = Vec::with_capacity(wanted.len());
        let mut behind = 0;
        let same = wanted.iter().enumerate().all(|(index, item)| {
            let keyed = with_key_defaults(item);
            let mut parts = owned.parts();
            let Some((element, part)) = parts.find(|(element, _)| element.is(index, &keyed)) else {
                return false;
            };
            if visited.contains(&element) {
                return false;
            }
            visited.push(element);
            let rest = live.iter().enumerate().skip(behind);
            let found = rest.into_iter().find(|(index, it)| element.is(*index, it));
            let Some((place, theirs)) = found else {
                return false;
            };
            behind = place + 1;
            self.same(part, item, theirs, at)
        });
        same && visited.len() == owned.parts().count()
    }

    /// Compares what is owned as a whole.
    fn equal(self, wanted: &Value, live: &Value, at: At<'_>) -> bool {
        match (wanted, live) {
            (Value::Object(wanted), Value::Object(live)) => {
                wanted.iter().all(|(key, inner)| match live.get(key) {
                    Some(live) => self.equal(inner, live, at.below(key)),
                    None => false,
                }) && live.iter().all(|(key, inner)| {
                    wanted.contains_key(key) || self.built_in && is_default(key, inner, wanted)
                })
            }
            (Value::Array(wanted), Value::Array(live)) => {
                wanted.len() == live.len()
                    && wanted
                        .iter()
                        .zip(live)
                        .all(|(wanted, live)| self.equal(wanted, live, at))
            }
            _ => {
                wanted == live
                    || self.amounts && is_amount(at.holder, at.field) && same_amount(wanted, live)
            }
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The key of a port has a default.
fn with_key_defaults(item: &Value) -> Value {
    let mut item = item.clone();
    let is_port = item.get("containerPort").is_some() || item.get("port").is_some();
    if let Some(fields) = item.as_object_mut().filter(|_| is_port) {
        fields
            .entry("protocol")
            .or_insert_with(|| "TCP".to_owned().into());
    }
    item
}

/// Whether the server fills that in where it isn't given, inside of what is owned as a whole.
fn is_default(key: &str, value: &Value, beside: &Map<String, Value>) -> bool {
    let claim = beside.contains_key("spec") && beside.contains_key("metadata");
    let expected = match key {
        "apiVersion" if beside.contains_key("fieldPath") => json!("v1"),
        "divisor" if beside.contains_key("resource") => json!("0"),
        // A port of a network policy.
        "protocol" if beside.contains_key("port") || beside.is_empty() => json!("TCP"),
        "expirationSeconds" if beside.contains_key("path") => json!(3600),
        // A claim's template of a StatefulSet.
        "apiVersion" if claim => json!("v1"),
        "kind" if claim => json!("PersistentVolumeClaim"),
        "status" if claim => json!({ "phase": "Pending" }),
        "volumeMode" if beside.contains_key("accessModes") => json!("Filesystem"),
        "creationTimestamp" => Value::Null,
        _ => return false,
    };
    *value == expected
}
