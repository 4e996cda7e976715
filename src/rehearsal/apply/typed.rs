//! What server-side apply does to typed values: check, list the fields, merge, compare, remove.

use serde_json::{Map, Value};

use super::fields::FieldSet;
use crate::rehearsal::schema::{Listing, Scalar, Schema, Type, TypeId};

/// What changed between two values.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Comparison {
    /// Paths that only the new one has.
    pub(crate) added: FieldSet,
    /// Leaves whose values differ.
    pub(crate) modified: FieldSet,
    /// Paths that only the old one has.
    pub(crate) removed: FieldSet,
}

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
                    let here = format!("{path}{}", super::fields::shown(&element));
                    if seen.contains(&element) {
                        let shown = super::fields::shown(&element);
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

/// Returns what changed from the old value to the new one.
pub(crate) fn compare(schema: &Schema, id: TypeId, old: &Value, new: &Value) -> Comparison {
    let mut comparison = Comparison::default();
    let mut path = Vec::new();
    walk(
        schema,
        id,
        (Some(old), Some(new)),
        (&mut path, &mut comparison),
    );
    comparison
}

fn insert(set: &mut FieldSet, path: &[String]) {
    let mut at = set;
    for element in path {
        at = at.child_mut(element.clone());
    }
    at.mark();
}

type Sides<'a> = (Option<&'a Value>, Option<&'a Value>);

fn walk(
    schema: &Schema,
    id: TypeId,
    sides: Sides<'_>,
    (path, comparison): (&mut Vec<String>, &mut Comparison),
) {
    let pairs = inner_pairs(schema, id, sides);
    match (&pairs, sides) {
        (None, (Some(old), Some(new))) if old != new => {
            insert(&mut comparison.modified, path);
        }
        (_, (None, Some(_))) if !path.is_empty() => insert(&mut comparison.added, path),
        (_, (Some(_), None)) if !path.is_empty() => insert(&mut comparison.removed, path),
        _ => {}
    }
    for (element, inner, pair) in pairs.into_iter().flatten() {
        path.push(element);
        walk(schema, inner, pair, (path, comparison));
        path.pop();
    }
}

type Pairs<'a> = Vec<(String, TypeId, Sides<'a>)>;

/// Returns the children to compare; `None` where the value is a leaf.
fn inner_pairs<'a>(schema: &Schema, id: TypeId, (old, new): Sides<'a>) -> Option<Pairs<'a>> {
    let objects = || {
        let old = old.and_then(Value::as_object);
        let new = new.and_then(Value::as_object);
        let bare = |side: Option<&Map<String, Value>>| side.is_none_or(Map::is_empty);
        (!(bare(old) && bare(new))).then_some((old, new))
    };
    match schema.get(id) {
        Type::Scalar(_)
        | Type::List {
            listing: Listing::Atomic,
            ..
        }
        | Type::Map { atomic: true, .. }
        | Type::Struct { atomic: true, .. } => None,
        Type::List { item, listing } => {
            let old = old.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let new = new.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let bare = old.is_empty() && new.is_empty();
            (!bare).then(|| item_pairs((*item, listing), old, new))
        }
        Type::Map { value, .. } => objects().map(|sides| field_pairs(|_| *value, sides)),
        Type::Struct { fields, .. } => {
            let any = schema.named("");
            objects().map(|sides| field_pairs(|key| fields.get(key).copied().unwrap_or(any), sides))
        }
        Type::Any => {
            let object = |side: Option<&Value>| side.is_none_or(Value::is_object);
            (object(old) && object(new))
                .then(objects)
                .flatten()
                .map(|sides| field_pairs(|_| id, sides))
        }
    }
}

/// The fields of one side.
type Fields<'a> = Option<&'a Map<String, Value>>;

fn field_pairs<'a>(of: impl Fn(&str) -> TypeId, (old, new): (Fields<'a>, Fields<'a>)) -> Pairs<'a> {
    let mut pairs = Pairs::new();
    for (key, value) in old.into_iter().flatten() {
        let other = new.and_then(|new| new.get(key));
        pairs.push((format!("f:{key}"), of(key), (Some(value), other)));
    }
    for (key, value) in new.into_iter().flatten() {
        if old.is_none_or(|old| !old.contains_key(key)) {
            pairs.push((format!("f:{key}"), of(key), (None, Some(value))));
        }
    }
    pairs
}

fn item_pairs<'a>(
    (item, listing): (TypeId, &Listing),
    old: &'a [Value],
    new: &'a [Value],
) -> Pairs<'a> {
    let mut pairs: Pairs<'a> = Vec::new();
    for value in old {
        if let Ok(element) = item_element(listing, value) {
            pairs.push((element, item, (Some(value), None)));
        }
    }
    for value in new {
        let Ok(element) = item_element(listing, value) else {
            continue;
        };
        match pairs.iter_mut().find(|(known, ..)| *known == element) {
            Some((.., sides)) => sides.1 = Some(value),
            None => pairs.push((element, item, (None, Some(value)))),
        }
    }
    pairs
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
