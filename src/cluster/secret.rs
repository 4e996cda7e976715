//! Secrets as server-side apply needs them.

use std::borrow::Cow;

use k8s_openapi::ByteString;
use serde_json::{Map, Value};

use crate::manifest::Object;

/// Returns an object with a Secret's `stringData` moved into `data`.
///
/// The server does the same, but owns what it moved by nobody's name: a key that is taken out of
/// `stringData` later would stay in the cluster for ever.
pub(super) fn encoded(object: &Object) -> Cow<'_, Value> {
    if object.kind != "Secret" || object.value.get("stringData").is_none() {
        return Cow::Borrowed(&object.value);
    }
    let mut value = object.value.clone();
    if let Some(fields) = value.as_object_mut() {
        let plain = fields.remove("stringData");
        let data = fields.entry("data").or_insert_with(|| Map::new().into());
        if let (Some(Value::Object(plain)), Some(data)) = (plain, data.as_object_mut()) {
            for (key, text) in plain {
                let coded = text
                    .as_str()
                    .map(|text| ByteString(text.as_bytes().to_vec()));
                // What is no text is left to the server to refuse.
                let coded = coded.and_then(|bytes| serde_json::to_value(bytes).ok());
                data.insert(key, coded.unwrap_or(text));
            }
        }
    }
    Cow::Owned(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(value: Value, expected: &Value) {
        let mut value = value;
        value["apiVersion"] = "v1".into();
        value["metadata"] = json!({ "name": "a" });
        let object = Object::from_value(value).expect("an object");
        let mut found = encoded(&object).into_owned();
        let fields = found.as_object_mut().expect("fields");
        fields.retain(|key, _| key.ends_with("ata") && key != "metadata");
        assert_eq!(found, *expected);
    }

    #[test]
    fn string_data_becomes_data_and_wins_as_on_the_server() {
        check(
            json!({ "kind": "Secret", "data": { "A": "eA==", "B": "eA==" },
                "stringData": { "B": "y" } }),
            &json!({ "data": { "A": "eA==", "B": "eQ==" } }),
        );
    }

    #[test]
    fn other_kinds_stay_as_they_are() {
        check(
            json!({ "kind": "ConfigMap", "data": { "A": "x" } }),
            &json!({ "data": { "A": "x" } }),
        );
    }
}
