//! Which Secrets of a repository have values that orch must not apply.
//!
//! Values are looked at, never kept or shown.

use serde_json::Value;

use crate::manifest::{Object, PLACEHOLDER};

/// Returns the names of the Secrets that hold more than orch's own placeholder: real values, or
/// stand-ins of another form, which would overwrite the real ones in the cluster.
pub(super) fn with_values(objects: &[Object]) -> Vec<String> {
    let secrets = objects
        .iter()
        .filter(|it| it.kind == "Secret" && it.api_version == "v1");
    let with = secrets.filter(|it| holds_values(&it.value));
    with.map(|it| it.name.clone()).collect()
}

fn holds_values(secret: &Value) -> bool {
    ["data", "stringData"].iter().any(|holder| {
        let values = secret.get(holder).and_then(Value::as_object);
        let mut values = values.into_iter().flat_map(|fields| fields.values());
        values.any(|value| match value {
            Value::Null => false,
            Value::String(text) => text != PLACEHOLDER,
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => true,
        })
    })
}
