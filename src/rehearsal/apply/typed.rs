//! What server-side apply does to typed values: check, list the fields, merge, compare, remove.

mod check;
mod compare;

use serde_json::{Map, Value};

use super::fields::FieldSet;
use crate::rehearsal::schema::{Listing, Schema, Type, TypeId};

pub(crate) use check::check;
pub(crate) use compare::{Comparison, compare};

/// Returns the encoded element that stands for an item; an error where a key is missing.
fn item_element(listing: &Listing, item: &Value) -> Result<String, String> {
    match listing {
        Listing::Atomic => Err("items of an atomic list have no key".to_owned()),
        Listing::Set => Ok(format!("v:{item}")),
        Listing::Keyed(keys) => {
            let mut names: Vec<&(String, Option<Value>)> = keys.iter().collect();
            names.sort_by(|a, b| a.0.cmp(&b.0));
            let mut element = Map::new();
            for (name, default) in names {
                let default = default.clone().or_else(|| Schema::key_default(name));
                match item
                    .get(name)
                    .filter(|value| !value.is_null())
                    .cloned()
                    .or(default)
                {
                    Some(value) => element.insert(name.clone(), value),
                    None => {
                        return Err(format!(
                            "associative list with keys has an element that omits key field {name:?} (and doesn't have default value)"
                        ));
                    }
                };
            }
            Ok(format!("k:{}", Value::Object(element)))
        }
    }
}

/// Returns the fields that a configuration sets.
pub(crate) fn field_set(schema: &Schema, id: TypeId, value: &Value) -> FieldSet {
    let mut set = FieldSet::default();
    collect(schema, id, value, &mut set);
    set
}

fn collect(schema: &Schema, id: TypeId, value: &Value, set: &mut FieldSet) {
    match (schema.get(id), value) {
        (Type::List { item, listing }, Value::Array(items)) if *listing != Listing::Atomic => {
            for inner in items {
                if let Ok(element) = item_element(listing, inner) {
                    let child = set.child_mut(element);
                    collect(schema, *item, inner, child);
                    child.mark();
                }
            }
        }
        (
            Type::Map {
                value: inner,
                atomic: false,
            },
            Value::Object(object),
        ) => {
            for (key, field) in object {
                let child = set.child_mut(format!("f:{key}"));
                collect(schema, *inner, field, child);
                child.mark();
            }
        }
        (
            Type::Struct {
                fields,
                atomic: false,
                ..
            },
            Value::Object(object),
        ) => {
            for (key, field) in object {
                let child = set.child_mut(format!("f:{key}"));
                match fields.get(key) {
                    Some(inner) => collect(schema, *inner, field, child),
                    None => collect(schema, schema.named(""), field, child),
                }
                let bare = field.is_null() || field.as_object().is_some_and(Map::is_empty);
                if bare || !fields.contains_key(key) {
                    child.mark();
                }
            }
        }
        (Type::Any, Value::Object(object)) => {
            for (key, field) in object {
                let child = set.child_mut(format!("f:{key}"));
                collect(schema, id, field, child);
                child.mark();
            }
        }
        // A keyed list or an object that is null owns nothing below it; its parent says so.
        (Type::List { listing, .. }, Value::Null) if *listing != Listing::Atomic => {}
        (Type::Map { atomic: false, .. } | Type::Struct { atomic: false, .. }, Value::Null) => {}
        _ => set.mark(),
    }
}

/// Returns the live value with the configuration merged into it.
pub(crate) fn merge(schema: &Schema, id: TypeId, live: &Value, config: &Value) -> Value {
    match (schema.get(id), live, config) {
        (Type::List { item, listing }, Value::Array(old), Value::Array(new))
            if *listing != Listing::Atomic =>
        {
            Value::Array(merge_items(schema, (*item, listing), old, new))
        }
        (
            Type::Map {
                value,
                atomic: false,
            },
            Value::Object(old),
            Value::Object(new),
        ) => merge_objects(schema, |_| *value, old, new),
        (
            Type::Struct {
                fields,
                atomic: false,
                ..
            },
            Value::Object(old),
            Value::Object(new),
        ) => {
            let any = schema.named("");
            merge_objects(
                schema,
                |key| fields.get(key).copied().unwrap_or(any),
                old,
                new,
            )
        }
        (Type::Any, Value::Object(old), Value::Object(new)) => {
            merge_objects(schema, |_| id, old, new)
        }
        _ => config.clone(),
    }
}

fn merge_objects(
    schema: &Schema,
    of: impl Fn(&str) -> TypeId,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
) -> Value {
    let mut merged = old.clone();
    for (key, value) in new {
        let value = match old.get(key) {
            Some(live) => merge(schema, of(key), live, value),
            None => value.clone(),
        };
        merged.insert(key.clone(), value);
    }
    Value::Object(merged)
}

/// Keeps the configuration's order for what it names; what only the live list has stays after the
/// item that it followed.
fn merge_items(
    schema: &Schema,
    (item, listing): (TypeId, &Listing),
    old: &[Value],
    new: &[Value],
) -> Vec<Value> {
    let element = |value: &Value| item_element(listing, value).unwrap_or_default();
    let wanted: Vec<String> = new.iter().map(&element).collect();
    let existing: Vec<String> = old.iter().map(&element).collect();
    let mut merged = Vec::new();
    let mut cursor = 0;
    for (config, name) in new.iter().zip(&wanted) {
        match existing.iter().position(|known| known == name) {
            Some(place) => {
                let passed = old.iter().zip(&existing).take(place).skip(cursor);
                merged.extend(
                    passed
                        .filter(|(_, known)| !wanted.contains(known))
                        .map(|(live, _)| live.clone()),
                );
                cursor = cursor.max(place + 1);
                let live = old.get(place).unwrap_or(&Value::Null);
                merged.push(merge(schema, item, live, config));
            }
            None => merged.push(config.clone()),
        }
    }
    let rest = old.iter().zip(&existing).skip(cursor);
    merged.extend(
        rest.filter(|(_, known)| !wanted.contains(known))
            .map(|(live, _)| live.clone()),
    );
    merged
}

/// Returns the value without the paths of the set.
pub(crate) fn remove(schema: &Schema, id: TypeId, value: &Value, set: &FieldSet) -> Value {
    match (schema.get(id), value) {
        (Type::List { item, listing }, Value::Array(items)) if *listing != Listing::Atomic => {
            let left = items.iter().filter_map(|inner| {
                let element = item_element(listing, inner).unwrap_or_default();
                match set.child(&element) {
                    Some(child) if child.is_member() => None,
                    Some(child) => Some(remove(schema, *item, inner, child)),
                    None => Some(inner.clone()),
                }
            });
            Value::Array(left.collect())
        }
        (
            Type::Map {
                value: inner,
                atomic: false,
            },
            Value::Object(object),
        ) => remove_fields(schema, |_| *inner, object, set),
        (
            Type::Struct {
                fields,
                atomic: false,
                ..
            },
            Value::Object(object),
        ) => {
            let any = schema.named("");
            remove_fields(
                schema,
                |key| fields.get(key).copied().unwrap_or(any),
                object,
                set,
            )
        }
        (Type::Any, Value::Object(object)) => remove_fields(schema, |_| id, object, set),
        _ => value.clone(),
    }
}

fn remove_fields(
    schema: &Schema,
    of: impl Fn(&str) -> TypeId,
    object: &Map<String, Value>,
    set: &FieldSet,
) -> Value {
    let mut left = Map::new();
    for (key, value) in object {
        match set.child(&format!("f:{key}")) {
            Some(child) if child.is_member() => {}
            Some(child) => {
                let inner = remove(schema, of(key), value, child);
                // A container that lost its last field goes with it.
                let emptied = match &inner {
                    Value::Object(fields) => fields.is_empty(),
                    Value::Array(items) => items.is_empty(),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
                };
                if !emptied || value == &inner {
                    left.insert(key.clone(), inner);
                }
            }
            None => {
                left.insert(key.clone(), value.clone());
            }
        }
    }
    Value::Object(left)
}

/// Returns a value without the fields that the schema doesn't declare.
pub(crate) fn known(schema: &Schema, id: TypeId, value: &Value) -> Value {
    match (schema.get(id), value) {
        (Type::List { item, .. }, Value::Array(items)) => items
            .iter()
            .map(|inner| known(schema, *item, inner))
            .collect(),
        (Type::Map { value: inner, .. }, Value::Object(object)) => {
            let fields = object.iter();
            Value::Object(
                fields
                    .map(|(key, field)| (key.clone(), known(schema, *inner, field)))
                    .collect(),
            )
        }
        (
            Type::Struct {
                fields,
                open: false,
                ..
            },
            Value::Object(object),
        ) => {
            let declared = object.iter().filter_map(|(key, field)| {
                fields
                    .get(key)
                    .map(|inner| (key.clone(), known(schema, *inner, field)))
            });
            Value::Object(declared.collect())
        }
        _ => value.clone(),
    }
}
