//! Conditions: one of a type, whose transition time changes only with its status.

use serde_json::{Value, json};

/// What a condition says.
pub(super) struct Condition<'a> {
    /// Its type.
    pub(super) kind: &'a str,
    /// Whether it holds.
    pub(super) holds: bool,
    /// Why, in one word.
    pub(super) reason: &'a str,
    /// Why, for people.
    pub(super) message: &'a str,
}

/// Sets a condition of a status.
pub(super) fn set(status: &mut Value, now: &str, condition: &Condition<'_>) {
    if !status["conditions"].is_array() {
        status["conditions"] = json!([]);
    }
    let Some(list) = status["conditions"].as_array_mut() else {
        return;
    };
    let holds = if condition.holds { "True" } else { "False" };
    let mut entry = json!({
        "type": condition.kind,
        "status": holds,
        "lastTransitionTime": now,
    });
    if !condition.reason.is_empty() {
        entry["reason"] = Value::from(condition.reason);
    }
    if !condition.message.is_empty() {
        entry["message"] = Value::from(condition.message);
    }
    match list
        .iter_mut()
        .find(|known| known["type"] == condition.kind)
    {
        Some(known) => {
            if known["status"] == holds {
                entry["lastTransitionTime"] = known["lastTransitionTime"].clone();
            }
            if !known["lastUpdateTime"].is_null() {
                entry["lastUpdateTime"] = known["lastUpdateTime"].clone();
            }
            *known = entry;
        }
        None => list.push(entry),
    }
}

/// Returns a condition of an object's status.
pub(super) fn get<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    object["status"]["conditions"]
        .as_array()?
        .iter()
        .find(|known| known["type"] == kind)
}

/// Returns whether a condition holds.
pub(super) fn holds(object: &Value, kind: &str) -> bool {
    get(object, kind).is_some_and(|known| known["status"] == "True")
}
