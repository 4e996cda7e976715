//! Values of Secrets: never shown, and never kept in a file that is committed.

use serde_json::Value;

use super::change::{Step, written};
use super::{Conflict, Side, Why, keys};
use crate::manifest::{PLACEHOLDER, yaml_text};

/// The fields of a Secret that hold its values.
const HOLDERS: [&str; 2] = ["data", "stringData"];

/// What is shown instead of a value.
const HIDDEN: &str = "***";

/// Returns a value as it may be shown: as YAML, a Secret's own hidden.
pub(super) fn shown(document: &str, path: &[Step], value: &Value) -> String {
    let secret = document == "Secret" || document.starts_with("Secret/");
    let text = |value: &Value| yaml_text(value).trim_end().to_owned();
    if !secret {
        return text(value);
    }
    match path {
        [] => {
            let mut value = value.clone();
            for holder in HOLDERS {
                if let Some(values) = value.get_mut(holder) {
                    hide(values);
                }
            }
            text(&value)
        }
        [Step::Key(holder), ..] if HOLDERS.contains(&holder.as_str()) => {
            let mut value = value.clone();
            hide(&mut value);
            text(&value)
        }
        _ => text(value),
    }
}

fn hide(value: &mut Value) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(hide),
        Value::Array(items) => items.iter_mut().for_each(hide),
        Value::String(text) if text == PLACEHOLDER => {}
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            *value = Value::String(HIDDEN.to_owned());
        }
    }
}

/// Returns the places where a Secret holds more than orch would put there: nobody may commit them.
pub(super) fn kept(theirs: &[Value], ours: &[Value]) -> Vec<Conflict> {
    let mut found = Vec::new();
    let names = keys::called(ours);
    for (document, name) in theirs.iter().zip(keys::called(theirs)) {
        if document.get("kind").and_then(Value::as_str) != Some("Secret") {
            continue;
        }
        let mut known = ours.iter().zip(&names);
        let wanted = known.find(|(_, known)| **known == name).map(|it| it.0);
        for holder in HOLDERS {
            let values = document.get(holder).and_then(Value::as_object);
            for (key, value) in values.into_iter().flatten() {
                let same = wanted.and_then(|wanted| wanted.get(holder)?.get(key)) == Some(value);
                if same || value.as_str() == Some(PLACEHOLDER) || value.is_null() {
                    continue;
                }
                let path = [Step::Key(holder.to_owned()), Step::Key(key.clone())];
                found.push(Conflict {
                    place: format!("{name}: {}", written(&path)),
                    why: Why::Secret,
                    written: Side::Unknown,
                    found: Side::Is(HIDDEN.to_owned()),
                    wanted: Side::Is(PLACEHOLDER.to_owned()),
                });
            }
        }
    }
    found
}
