//! What is wrong with a value, by its schema.

use serde_json::Value;

use super::item_element;
use crate::rehearsal::schema::{Listing, Scalar, Schema, Type, TypeId};

/// Returns what is wrong with a value: each message starts with the path (`.spec.replicaz: …`).
pub(crate) fn check(schema: &Schema, id: TypeId, value: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    check_at(schema, id, value, ("", &mut problems));
    problems
}

fn check_at(schema: &Schema, id: TypeId, value: &Value, at: (&str, &mut Vec<String>)) {
    let (path, problems) = at;
    if value.is_null() {
        return;
    }
    match schema.get(id) {
        Type::Any => {}
        Type::Scalar(scalar) => {
            if let Some(expected) = mismatch(*scalar, value) {
                problems.push(format!(
                    "{path}: expected {expected}, got {}",
                    go_shown(value)
                ));
            }
        }
        Type::List { item, listing } => {
            let Some(items) = value.as_array() else {
                problems.push(format!("{path}: expected list, got {}", go_shown(value)));
                return;
            };
            check_items(schema, (*item, listing), items, (path, problems));
        }
        Type::Map { value: inner, .. } => match value.as_object() {
            Some(object) => {
                for (key, field) in object {
                    check_at(schema, *inner, field, (&format!("{path}.{key}"), problems));
                }
            }
            None => problems.push(format!("{path}: expected map, got {}", go_shown(value))),
        },
        Type::Struct { fields, open, .. } => match value.as_object() {
            Some(object) => {
                for (key, field) in object {
                    let here = format!("{path}.{key}");
                    match fields.get(key) {
                        Some(inner) => check_at(schema, *inner, field, (&here, problems)),
                        None if *open => {}
                        None => problems.push(format!("{here}: field not declared in schema")),
                    }
                }
            }
            None => problems.push(format!("{path}: expected map, got {}", go_shown(value))),
        },
    }
}

fn check_items(
    schema: &Schema,
    (item, listing): (TypeId, &Listing),
    items: &[Value],
    (path, problems): (&str, &mut Vec<String>),
) {
    let mut seen = Vec::new();
    for (index, inner) in items.iter().enumerate() {
        let here = if *listing == Listing::Atomic {
            format!("{path}[{index}]")
        } else {
            match item_element(listing, inner) {
                Ok(element) => {
                    let here =
                        format!("{path}{}", crate::rehearsal::apply::fields::shown(&element));
                    if seen.contains(&element) {
                        let shown = crate::rehearsal::apply::fields::shown(&element);
                        problems.push(format!("{path}: duplicate entries for key {shown}"));
                    }
                    seen.push(element);
                    here
                }
                Err(problem) => {
                    problems.push(format!("{path}: element {index}: {problem}"));
                    continue;
                }
            }
        };
        check_at(schema, item, inner, (&here, problems));
    }
}

fn mismatch(scalar: Scalar, value: &Value) -> Option<&'static str> {
    let (fits, expected) = match scalar {
        Scalar::Text => (value.is_string(), "string"),
        Scalar::Number => (value.is_number(), "numeric (int or float)"),
        Scalar::Flag => (value.is_boolean(), "boolean"),
        Scalar::Either => (value.is_string() || value.is_number(), "string or number"),
    };
    (!fits).then_some(expected)
}

fn go_shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("&value.valueUnstructured{{Value:{text:?}}}"),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            format!("&value.valueUnstructured{{Value:{value}}}")
        }
    }
}
