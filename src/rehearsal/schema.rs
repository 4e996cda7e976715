//! The types of the API: what is a list of keyed items, a set, an atomic, a scalar.
//!
//! Read from a table that `examples/derive_schema.rs` derives from `OpenAPI` v3 documents, and from
//! the `openAPIV3Schema` of applied custom resource definitions. It doesn't check patterns,
//! ranges or `x-kubernetes-validations`.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::sync::Arc;

use serde_json::Value;

/// The table, compressed.
const TABLE: &[u8] = include_bytes!("schema/table.json.gz");

/// A type's place in its [`Schema`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TypeId(usize);

/// What a scalar accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar {
    /// Text.
    Text,
    /// A number, whole or not.
    Number,
    /// `true` or `false`.
    Flag,
    /// Text or a number: quantities, ports.
    Either,
}

/// How a list's items are told apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Listing {
    /// They aren't: the list is one value.
    Atomic,
    /// By their value.
    Set,
    /// By the values of these fields; each with its default.
    Keyed(Vec<(String, Option<Value>)>),
}

/// A type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Type {
    /// A leaf.
    Scalar(Scalar),
    /// A list.
    List {
        /// The items' type.
        item: TypeId,
        /// How they are told apart.
        listing: Listing,
    },
    /// An object with keys of the user's choice.
    Map {
        /// The values' type.
        value: TypeId,
        /// Whether it is one value.
        atomic: bool,
    },
    /// An object with declared fields.
    Struct {
        /// The fields.
        fields: BTreeMap<String, TypeId>,
        /// Whether it is one value.
        atomic: bool,
        /// Whether undeclared fields are kept.
        open: bool,
    },
    /// Anything: lists are atomic, objects are not.
    Any,
}

/// A set of types that may refer to one another.
#[derive(Debug, Clone)]
pub(crate) struct Schema {
    types: Vec<Type>,
    names: HashMap<String, TypeId>,
}

/// A served resource, as the table lists it.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Served {
    /// `apps/v1`, `v1`.
    pub(crate) group_version: String,
    /// `deployments`.
    pub(crate) plural: String,
    /// `Deployment`.
    pub(crate) kind: String,
    /// The type's name.
    #[serde(rename = "type")]
    pub(crate) type_name: String,
    /// Whether its objects live in namespaces.
    pub(crate) namespaced: bool,
    /// `status`, `scale`.
    pub(crate) subresources: Vec<String>,
}

/// The table as a whole.
#[derive(Debug)]
pub(crate) struct Table {
    /// The Kubernetes version it was taken from, as `v1.36.3`.
    pub(crate) version: String,
    /// The resources.
    pub(crate) resources: Vec<Served>,
    /// Their types.
    pub(crate) schema: Arc<Schema>,
}

#[derive(serde::Deserialize)]
struct RawTable {
    version: String,
    resources: Vec<Served>,
    types: BTreeMap<String, Value>,
}

impl Table {
    /// Reads the embedded table; an unreadable one yields an empty table, which a test rules out.
    pub(crate) fn embedded() -> Self {
        let mut text = Vec::new();
        let raw = flate2::read::GzDecoder::new(TABLE)
            .read_to_end(&mut text)
            .ok()
            .and_then(|_| serde_json::from_slice::<RawTable>(&text).ok());
        match raw {
            Some(raw) => Self {
                version: raw.version,
                resources: raw.resources,
                schema: Arc::new(Schema::parse(&raw.types)),
            },
            None => Self {
                version: String::new(),
                resources: Vec::new(),
                schema: Arc::new(Schema::parse(&BTreeMap::new())),
            },
        }
    }
}

impl Schema {
    /// Reads named schemas.
    pub(crate) fn parse(types: &BTreeMap<String, Value>) -> Self {
        let mut schema = Self {
            types: vec![Type::Any],
            names: HashMap::new(),
        };
        for name in types.keys() {
            let id = schema.push(Type::Any);
            schema.names.insert(name.clone(), id);
        }
        for (name, value) in types {
            let parsed = schema.read(value);
            if let Some(slot) = schema
                .names
                .get(name)
                .copied()
                .and_then(|id| schema.types.get_mut(id.0))
            {
                *slot = parsed;
            }
        }
        schema
    }

    /// Returns a copy with one more type, and that type: a custom resource's.
    pub(crate) fn with(&self, custom: &Value) -> (Self, TypeId) {
        let mut schema = self.clone();
        let mut parsed = schema.read(custom);
        if let Type::Struct { fields, .. } = &mut parsed {
            let text = schema.push(Type::Scalar(Scalar::Text));
            let meta = schema.named("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
            fields.insert("apiVersion".to_owned(), text);
            fields.insert("kind".to_owned(), text);
            fields.insert("metadata".to_owned(), meta);
        }
        let id = schema.push(parsed);
        (schema, id)
    }

    /// Returns the type of that name; `Any` where there is none.
    pub(crate) fn named(&self, name: &str) -> TypeId {
        self.names.get(name).copied().unwrap_or(TypeId(0))
    }

    /// Returns a type.
    pub(crate) fn get(&self, id: TypeId) -> &Type {
        self.types.get(id.0).unwrap_or(&Type::Any)
    }

    fn push(&mut self, of: Type) -> TypeId {
        self.types.push(of);
        TypeId(self.types.len() - 1)
    }

    fn intern(&mut self, value: &Value) -> TypeId {
        if let Some(name) = value["$ref"].as_str() {
            return self.named(name);
        }
        let parsed = self.read(value);
        if parsed == Type::Any {
            TypeId(0)
        } else {
            self.push(parsed)
        }
    }

    fn read(&mut self, value: &Value) -> Type {
        if value["x-kubernetes-int-or-string"] == true
            || value["oneOf"].is_array()
            || value["format"] == "int-or-string"
        {
            return Type::Scalar(Scalar::Either);
        }
        match value["type"].as_str() {
            Some("string") => Type::Scalar(Scalar::Text),
            Some("integer" | "number") => Type::Scalar(Scalar::Number),
            Some("boolean") => Type::Scalar(Scalar::Flag),
            Some("array") => self.read_list(value),
            Some("object") => self.read_object(value),
            _ => Type::Any,
        }
    }

    fn read_list(&mut self, value: &Value) -> Type {
        let listing = match value["x-kubernetes-list-type"].as_str() {
            Some("set") => Listing::Set,
            Some("map") => Listing::Keyed(
                value["x-kubernetes-list-map-keys"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .map(|key| (key.to_owned(), None))
                    .collect(),
            ),
            _ => Listing::Atomic,
        };
        Type::List {
            item: self.intern(&value["items"]),
            listing,
        }
    }

    fn read_object(&mut self, value: &Value) -> Type {
        let atomic = value["x-kubernetes-map-type"] == "atomic";
        let open = value["x-kubernetes-preserve-unknown-fields"] == true;
        if let Some(properties) = value["properties"].as_object() {
            let fields = properties
                .iter()
                .map(|(name, inner)| (name.clone(), self.intern(inner)))
                .collect();
            return Type::Struct {
                fields,
                atomic,
                open,
            };
        }
        if value["additionalProperties"].is_object() {
            return Type::Map {
                value: self.intern(&value["additionalProperties"]),
                atomic,
            };
        }
        if atomic {
            Type::Map {
                value: TypeId(0),
                atomic,
            }
        } else {
            Type::Any
        }
    }

    /// Fills in what a list key is when an item doesn't say it.
    ///
    /// Only ports have such keys in the built-in types; reading it from each item type's own
    /// defaults would cost a second pass for one case.
    pub(crate) fn key_default(name: &str) -> Option<Value> {
        (name == "protocol").then(|| Value::from("TCP"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_table_holds_the_kinds_of_a_rollout() {
        let table = Table::embedded();
        assert!(table.version.starts_with("v1."));
        for kind in [
            "Deployment",
            "StatefulSet",
            "Service",
            "Ingress",
            "PodDisruptionBudget",
        ] {
            assert!(
                table.resources.iter().any(|served| served.kind == kind),
                "{kind}"
            );
        }
    }

    #[test]
    fn container_ports_are_keyed_by_port_and_protocol() {
        let table = Table::embedded();
        let id = table.schema.named("io.k8s.api.core.v1.Container");
        let Type::Struct { fields, .. } = table.schema.get(id) else {
            panic!("a struct")
        };
        let Type::List {
            listing: Listing::Keyed(keys),
            ..
        } = table.schema.get(fields["ports"])
        else {
            panic!("a keyed list")
        };
        let names: Vec<&str> = keys.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["containerPort", "protocol"]);
    }
}
