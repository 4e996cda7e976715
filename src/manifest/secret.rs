//! Secrets: placeholders in the repository, real values only on the way to a cluster.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Secret;
use serde_json::{Map, Value};

use super::{Object, PLACEHOLDER, labels};
use crate::resolve::{Application, SecretSpec};

/// Returns the Secret with placeholders, its keys in the order given.
pub(super) fn build(application: &Application, secret: &SecretSpec) -> Value {
    let object = Secret {
        metadata: labels::shared(application, &secret.name),
        type_: Some("Opaque".to_owned()),
        ..Secret::default()
    };
    let data: Map<String, Value> = secret
        .entries
        .iter()
        .map(|entry| (entry.key.clone(), PLACEHOLDER.into()))
        .collect();
    let mut value = serde_json::to_value(object).unwrap_or_default();
    if let Value::Object(fields) = &mut value {
        fields.insert("stringData".to_owned(), data.into());
    }
    value
}

/// Returns the keys of a Secret that hold placeholders, in order; none for any other object.
pub fn secret_keys(object: &Object) -> Vec<String> {
    let data = object.value.get("stringData").and_then(Value::as_object);
    let data = data.filter(|_| object.kind == "Secret");
    data.into_iter()
        .flatten()
        .filter(|(_, value)| value.as_str() == Some(PLACEHOLDER))
        .map(|(key, _)| key.clone())
        .collect()
}

/// Returns the Secret with real values in place of its placeholders, as far as `values` has them.
/// The result must go nowhere but to a cluster.
#[must_use]
pub fn with_secret_values(object: &Object, values: &BTreeMap<String, String>) -> Object {
    let mut filled = object.clone();
    let keys = secret_keys(object);
    let data = filled
        .value
        .get_mut("stringData")
        .and_then(Value::as_object_mut);
    for (key, value) in data.into_iter().flatten() {
        if let Some(real) = values.get(key).filter(|_| keys.contains(key)) {
            *value = Value::String(real.clone());
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::{secret_keys, with_secret_values};
    use crate::manifest::Object;

    fn object(kind: &str) -> Object {
        Object::from_value(json!({
            "apiVersion": "v1", "kind": kind, "metadata": {"name": "a"},
            "stringData": {"B": "CHANGE_ME", "A": "CHANGE_ME", "USER": "app"},
        }))
        .unwrap()
    }

    #[test]
    fn placeholders_are_found_in_order() {
        assert_eq!(secret_keys(&object("Secret")), ["B", "A"]);
        assert!(secret_keys(&object("ConfigMap")).is_empty());
    }

    #[test]
    fn only_placeholders_are_filled() {
        let values = BTreeMap::from([
            ("A".to_owned(), "real".to_owned()),
            ("USER".to_owned(), "other".to_owned()),
        ]);
        let filled = with_secret_values(&object("Secret"), &values);
        assert_eq!(
            filled.value["stringData"],
            json!({"B": "CHANGE_ME", "A": "real", "USER": "app"})
        );
        assert_eq!(secret_keys(&filled), ["B"]);
    }
}
