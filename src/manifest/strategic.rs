//! Strategic merge patches: the least that makes one value of another, lists by Kubernetes' merge
//! keys. Where a list has none, there is no such patch.

use serde_json::{Map, Value};

/// Kinds whose lists are merged by key.
const KINDS: &[&str] = &[
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
    "Service",
];

/// The merge keys of lists.
const KEYS: &[(&str, &str)] = &[
    ("containers", "name"),
    ("initContainers", "name"),
    ("env", "name"),
    ("volumes", "name"),
    ("imagePullSecrets", "name"),
    ("volumeMounts", "mountPath"),
    ("topologySpreadConstraints", "topologyKey"),
    ("hostAliases", "ip"),
];

/// Returns the patch that makes `wanted` of `base`, where there is one.
pub(super) fn patch(kind: &str, base: &Value, wanted: &Value) -> Option<Value> {
    let (Value::Object(base), Value::Object(wanted)) = (base, wanted) else {
        return None;
    };
    maps(kind, base, wanted).map(Value::Object)
}

fn maps(
    kind: &str,
    base: &Map<String, Value>,
    wanted: &Map<String, Value>,
) -> Option<Map<String, Value>> {
    let mut patch = Map::new();
    for (key, new) in wanted {
        match (base.get(key), new) {
            (Some(old), new) if old == new => {}
            (Some(Value::Object(old)), Value::Object(new)) => {
                patch.insert(key.clone(), Value::Object(maps(kind, old, new)?));
            }
            (Some(Value::Array(old)), Value::Array(new)) => {
                patch.insert(key.clone(), Value::Array(lists((kind, key), old, new)?));
            }
            (_, new) => drop(patch.insert(key.clone(), new.clone())),
        }
    }
    for key in base.keys().filter(|key| !wanted.contains_key(*key)) {
        patch.insert(key.clone(), Value::Null);
    }
    Some(patch)
}

fn lists((kind, field): (&str, &str), old: &[Value], new: &[Value]) -> Option<Vec<Value>> {
    let scalar = |value: &Value| !matches!(value, Value::Array(_) | Value::Object(_));
    if old.iter().chain(new).all(scalar) {
        return Some(new.to_vec());
    }
    let key = merge_key(kind, field)?;
    let (before, after) = (keyed(old, key)?, keyed(new, key)?);
    let mut patch = Vec::new();
    for (name, item) in after.iter().zip(new) {
        let known = before.iter().position(|it| it == name);
        match (known.and_then(|at| old.get(at)), item) {
            (Some(there), item) if there == item => {}
            (Some(Value::Object(there)), Value::Object(item)) => {
                let mut whole = Map::new();
                whole.insert(key.to_owned(), name.clone());
                whole.extend(maps(kind, there, item)?);
                patch.push(Value::Object(whole));
            }
            // Its place among the others may matter, and a patch doesn't say which it is.
            (None, item) if item.to_string().contains("$(") => return None,
            (_, item) => patch.push(item.clone()),
        }
    }
    for name in before.iter().filter(|name| !after.contains(name)) {
        let mut gone = Map::new();
        gone.insert(key.to_owned(), name.clone());
        gone.insert("$patch".to_owned(), "delete".into());
        patch.push(Value::Object(gone));
    }
    Some(patch)
}

fn merge_key(kind: &str, field: &str) -> Option<&'static str> {
    if !KINDS.contains(&kind) {
        return None;
    }
    if field == "ports" {
        return Some(if kind == "Service" {
            "port"
        } else {
            "containerPort"
        });
    }
    let known = KEYS.iter().find(|(list, _)| *list == field);
    known.map(|(_, key)| *key)
}

/// Returns the items' keys, where each has one of its own.
fn keyed(items: &[Value], key: &str) -> Option<Vec<Value>> {
    let mut keys: Vec<Value> = Vec::new();
    for item in items {
        let key = item.get(key)?;
        if keys.contains(key) {
            return None;
        }
        keys.push(key.clone());
    }
    Some(keys)
}

#[cfg(test)]
mod tests {
    use super::patch;
    use serde_json::{Value, json};

    #[track_caller]
    fn check(base: &Value, wanted: &Value, expected: Option<&Value>) {
        assert_eq!(patch("Deployment", base, wanted).as_ref(), expected);
    }

    #[test]
    fn only_what_differs_is_said() {
        check(
            &json!({"spec": {"a": 1, "b": {"x": 1, "y": 2}, "gone": 1}}),
            &json!({"spec": {"a": 1, "b": {"x": 1, "y": 3}, "c": [1]}}),
            Some(&json!({"spec": {"b": {"y": 3}, "c": [1], "gone": null}})),
        );
    }

    #[test]
    fn items_are_known_by_their_keys() {
        check(
            &json!({"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}),
            &json!({"env": [{"name": "A", "value": "3"}, {"name": "C", "value": "4"}]}),
            Some(
                &json!({"env": [{"name": "A", "value": "3"}, {"name": "C", "value": "4"},
                {"name": "B", "$patch": "delete"}]}),
            ),
        );
    }

    #[test]
    fn lists_without_keys_and_places_that_matter_have_no_patch() {
        check(
            &json!({"rules": [{"host": "a"}]}),
            &json!({"rules": [{"host": "b"}]}),
            None,
        );
        check(
            &json!({"env": [{"name": "A", "value": "1"}]}),
            &json!({"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "$(A)"}]}),
            None,
        );
    }
}
