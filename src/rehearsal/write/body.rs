//! A request's body before it is written: decoded, completed with a name, patches merged.

use serde_json::{Value, json};

use crate::rehearsal::apply::typed;
use crate::rehearsal::request::{Parameters, Target};
use crate::rehearsal::resources::Resource;
use crate::rehearsal::status::Refusal;
use crate::rehearsal::store::Key;
use crate::rehearsal::world::{self, World};

/// Checks that a body is about what the path is about, and fills in what only the path says.
pub(super) fn complete(
    target: &Target,
    name: Option<&str>,
    body: &mut Value,
) -> Result<(), Refusal> {
    let resource = &target.resource;
    if !body.is_object() {
        return Err(Refusal::bad(
            "the body of the request must be a JSON object",
        ));
    }
    for (field, expected) in [
        ("apiVersion", resource.api_version()),
        ("kind", resource.kind.clone()),
    ] {
        match body[field].as_str() {
            None => body[field] = Value::from(expected),
            Some(given) if given == expected => {}
            Some(given) => {
                return Err(Refusal::bad(format!(
                    "the {field} in the data ({given}) does not match the expected {field} ({expected})"
                )));
            }
        }
    }
    if !body["metadata"].is_object() {
        body["metadata"] = json!({});
    }
    let metadata = &mut body["metadata"];
    for (field, expected, named) in [
        ("name", name, "name"),
        ("namespace", target.namespace.as_deref(), "namespace"),
    ] {
        let Some(expected) = expected else { continue };
        match metadata[field].as_str() {
            None | Some("") => metadata[field] = Value::from(expected),
            Some(given) if given == expected => {}
            Some(given) => {
                return Err(Refusal::bad(format!(
                    "the {named} of the provided object does not match the {named} sent on the request (provided: {given}, expected: {expected})"
                )));
            }
        }
    }
    if !resource.namespaced
        && let Some(metadata) = body["metadata"].as_object_mut()
    {
        metadata.shift_remove("namespace");
    }
    Ok(())
}

/// Checks a body against the schema: a wrong type is always refused, an unknown field where the
/// client asked for it.
pub(super) fn decode(
    resource: &Resource,
    parameters: &Parameters,
    body: &mut Value,
) -> Result<(), Refusal> {
    let problems = typed::check(&resource.schema, resource.type_id, body);
    let (unknown, wrong): (Vec<String>, Vec<String>) = problems
        .into_iter()
        .filter(|problem| !problem.contains("duplicate entries"))
        .partition(|problem| problem.ends_with("field not declared in schema"));
    if !wrong.is_empty() {
        return Err(Refusal::bad(format!(
            "{} in version \"{}\" cannot be handled as a {}: {}",
            resource.kind,
            resource.version,
            resource.kind,
            wrong.join(", ")
        )));
    }
    if !unknown.is_empty() {
        if parameters.text("fieldValidation") == "Strict" {
            let fields: Vec<String> = unknown
                .iter()
                .filter_map(|problem| problem.split_once(": "))
                .map(|(path, _)| format!("unknown field {:?}", path.trim_start_matches('.')))
                .collect();
            return Err(Refusal::bad(format!(
                "strict decoding error: {}",
                fields.join(", ")
            )));
        }
        *body = typed::known(&resource.schema, resource.type_id, body);
    }
    Ok(())
}

pub(super) fn generated_name(world: &mut World, body: &mut Value) -> String {
    let metadata = &mut body["metadata"];
    let name = metadata["name"].as_str().unwrap_or_default().to_owned();
    let prefix = metadata["generateName"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    if !name.is_empty() || prefix.is_empty() {
        return name;
    }
    let seed = world.next_uid(&Key::new("generated", "", &prefix));
    let name = format!("{prefix}{}", world::suffix_of(&seed, 5));
    metadata["name"] = Value::from(name.as_str());
    name
}

pub(super) fn merge_patch(target: &mut Value, patch: &Value) {
    let Some(fields) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let Some(object) = target.as_object_mut() else {
        return;
    };
    for (name, value) in fields {
        if value.is_null() {
            object.shift_remove(name);
        } else {
            merge_patch(object.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

pub(super) fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, inner)| !inner.is_null());
            Value::Object(
                kept.map(|(name, inner)| (name.clone(), without_nulls(inner)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
