//! Objects as waiting needs them: without what makes them big, which is never even built.

use std::fmt;
use std::sync::Arc;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};
use serde_json::{Map, Value};

use crate::cluster::FIELD_MANAGER;

/// What was applied last, as an annotation of kubectl: the whole object once more.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Parts of a spec that say nothing about readiness.
const BIG: [&str; 5] = [
    "versions",
    "volumeClaimTemplates",
    "containers",
    "initContainers",
    "volumes",
];

/// Parts of an event beside its metadata.
const EVENT: [&str; 5] = ["involvedObject", "reason", "message", "count", "series"];

/// An object without its big parts: metadata, spec and status.
#[derive(Debug, Clone)]
pub(super) struct Slim {
    /// `metadata.name`.
    pub(super) name: String,
    /// `metadata.resourceVersion`.
    pub(super) version: Version,
    /// Whether orch manages some of its fields.
    pub(super) ours: bool,
    /// What is left of it.
    pub(super) value: Arc<Value>,
}

/// A resource version. Since 1.35 Kubernetes promises that they are numbers that grow; they always
/// were. Servers that don't keep to it are not compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Version(pub(super) String);

impl Version {
    /// Returns the version of an object.
    pub(super) fn of(object: &Value) -> Self {
        let version = object.pointer("/metadata/resourceVersion");
        let version = version.and_then(Value::as_str).unwrap_or_default();
        Self(version.to_owned())
    }

    /// Returns it as a number to compare; zero stands for "any", which is none.
    pub(super) fn number(&self) -> Option<u64> {
        self.0.parse().ok().filter(|number| *number > 0)
    }

    /// Returns whether it is certainly older than another one.
    pub(super) fn is_before(&self, other: &Self) -> bool {
        matches!((self.number(), other.number()), (Some(one), Some(other)) if one < other)
    }
}

/// Returns an object without its big parts.
pub(in crate::cluster) fn slim(object: &Value) -> Value {
    Slim::deserialize(object).map_or_else(
        |_| object.clone(),
        |slim| Arc::try_unwrap(slim.value).unwrap_or_default(),
    )
}

impl<'de> Deserialize<'de> for Slim {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = At::Object.deserialize(deserializer)?;
        let metadata = value.get_mut("metadata").and_then(Value::as_object_mut);
        let metadata = metadata.ok_or_else(|| D::Error::missing_field("metadata"))?;
        let managers = metadata.shift_remove("managedFields").unwrap_or_default();
        let ours = managers
            .as_array()
            .is_some_and(|managers| managers.iter().any(|it| it["manager"] == FIELD_MANAGER));
        let name = metadata.get("name").and_then(Value::as_str);
        Ok(Self {
            name: name.unwrap_or_default().to_owned(),
            version: Version::of(&value),
            ours,
            value: Arc::new(value),
        })
    }
}

/// A place in an object where parts are left out.
#[derive(Clone, Copy)]
enum At {
    Object,
    Metadata,
    Annotations,
    Managers,
    Manager,
    Spec,
}

/// What becomes of a field.
enum Fate {
    Keep,
    Drop,
    /// Only that it is there matters.
    Empty,
    Enter(At),
}

impl At {
    fn fate(self, key: &str) -> Fate {
        match (self, key) {
            (Self::Object, "metadata") => Fate::Enter(Self::Metadata),
            (Self::Object, "spec") => Fate::Enter(Self::Spec),
            (Self::Object, "apiVersion" | "kind" | "status") | (Self::Manager, "manager") => {
                Fate::Keep
            }
            (Self::Object, key) if EVENT.contains(&key) => Fate::Keep,
            (Self::Metadata, "annotations") => Fate::Enter(Self::Annotations),
            (Self::Metadata, "managedFields") => Fate::Enter(Self::Managers),
            (Self::Object | Self::Manager, _) | (Self::Annotations, LAST_APPLIED) => Fate::Drop,
            (Self::Spec, "template") => Fate::Empty,
            (Self::Spec, key) if BIG.contains(&key) => Fate::Drop,
            (Self::Metadata | Self::Annotations | Self::Managers | Self::Spec, _) => Fate::Keep,
        }
    }
}

impl<'de> DeserializeSeed<'de> for At {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for At {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object, a list or nothing")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Self::Manager)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            match self.fate(&key) {
                Fate::Keep => drop(map.insert(key, fields.next_value()?)),
                Fate::Enter(at) => drop(map.insert(key, fields.next_value_seed(at)?)),
                Fate::Drop => drop(fields.next_value::<IgnoredAny>()?),
                Fate::Empty => {
                    fields.next_value::<IgnoredAny>()?;
                    map.insert(key, Value::Object(Map::new()));
                }
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_big_is_left_out_and_the_manager_is_known() {
        let object = json!({
            "kind": "Deployment",
            "metadata": { "name": "api", "resourceVersion": "7", "generation": 2,
                "annotations": { LAST_APPLIED: "{}", "a": "b" },
                "managedFields": [
                    { "manager": "kubectl", "fieldsV1": { "f:spec": {} } },
                    { "manager": "orch", "fieldsV1": { "f:spec": {} } }] },
            "spec": { "replicas": 2, "template": { "spec": {} } },
            "data": { "a": "b" },
            "status": { "conditions": [{ "type": "Available" }] } });
        let text = object.to_string();
        let found: Slim = serde_json::from_str(&text).expect("an object");
        assert_eq!((found.name.as_str(), found.ours), ("api", true));
        assert_eq!(found.version.number(), Some(7));
        let left = json!({
            "kind": "Deployment",
            "metadata": { "name": "api", "resourceVersion": "7", "generation": 2,
                "annotations": { "a": "b" } },
            "spec": { "replicas": 2, "template": {} },
            "status": { "conditions": [{ "type": "Available" }] } });
        assert_eq!(*found.value, left);
        assert_eq!(slim(&object), left);
    }

    #[test]
    fn versions_that_are_no_numbers_are_not_compared() {
        let version = |text: &str| Version(text.to_owned());
        assert!(version("9").is_before(&version("10")));
        assert!(!version("10").is_before(&version("10")));
        assert!(!version("a").is_before(&version("b")));
        assert!(!version("0").is_before(&version("5")), "any version");
    }
}
