//! `ConfigMap`s.

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::ConfigMap;
use serde_json::{Map, Value};

use super::labels;
use crate::resolve::{Application, ConfigMapSpec};

/// Returns the `ConfigMap`, its keys in the order given: neighbours in the source belong together.
pub(super) fn build(application: &Application, map: &ConfigMapSpec) -> Value {
    let object = ConfigMap {
        metadata: labels::shared(application, &map.name),
        ..ConfigMap::default()
    };
    let data: Map<String, Value> = map
        .data
        .iter()
        .map(|(key, value)| (key.clone(), value.clone().into()))
        .collect();
    let mut value = serde_json::to_value(object).unwrap_or_default();
    let binary: Map<String, Value> = map
        .binary
        .iter()
        .filter_map(|(key, bytes)| {
            let value = serde_json::to_value(ByteString(bytes.clone())).ok()?;
            Some((key.clone(), value))
        })
        .collect();
    if let Value::Object(fields) = &mut value {
        if !data.is_empty() || binary.is_empty() {
            fields.insert("data".to_owned(), data.into());
        }
        if !binary.is_empty() {
            fields.insert("binaryData".to_owned(), binary.into());
        }
    }
    value
}
