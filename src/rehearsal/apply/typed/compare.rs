//! What changed between two values of a type.

use serde_json::{Map, Value};

use super::item_element;
use crate::rehearsal::apply::fields::FieldSet;
use crate::rehearsal::schema::{Listing, Schema, Type, TypeId};

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
