//! Sets of fields as `metadata.managedFields` writes them (`FieldsV1`, structured-merge-diff v4's
//! wire format): what a manager owns.
//!
//! Pure. There is no schema here: which lists are associative is read from the set itself, so a
//! set only answers questions about objects of the kind that it was made for.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A step from a value into a part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Element {
    /// A map's entry (`f:name`).
    Field(String),
    /// An associative list's item by the JSON of its key fields (`k:{"name":"main"}`).
    Key(String),
    /// A set's item by its JSON (`v:"finalizer"`).
    Item(String),
    /// A list's item by its place (`i:0`).
    Index(usize),
}

/// A place in an object.
pub type Path = Vec<Element>;

/// A set of fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// Whether the place itself is in the set; one without parts always is.
    itself: bool,
    parts: BTreeMap<Element, Fields>,
}

impl Fields {
    /// Returns the set that a `fieldsV1` value writes; what is no set is an empty one.
    pub fn parse(written: &Value) -> Self {
        let mut fields = Self::default();
        for (name, part) in written.as_object().into_iter().flatten() {
            if name == "." {
                fields.itself = true;
            } else if let Some(element) = element(name) {
                fields.parts.insert(element, Self::parse(part));
            }
        }
        fields
    }

    /// Returns what a manager owns of an object by server-side apply (operation `Apply`, no
    /// subresource); `None` where it never applied it.
    pub fn applied_by(object: &Value, manager: &str) -> Option<Self> {
        let entry = applied_entry(object, manager)?;
        Some(Self::parse(&entry["fieldsV1"]))
    }

    /// Adds all that is in another set.
    pub fn extend(&mut self, other: &Self) {
        self.itself |= other.itself;
        for (element, part) in &other.parts {
            self.parts.entry(element.clone()).or_default().extend(part);
        }
    }

    /// Returns whether the set holds a place, something in it, or all that it is in.
    pub fn touches(&self, path: &[Element]) -> bool {
        let Some((first, rest)) = path.split_first() else {
            return true;
        };
        match self.parts.get(first) {
            Some(part) => part.touches(rest),
            None => self.is_leaf(),
        }
    }

    /// Returns whether nothing is in the set but the place itself.
    pub fn is_leaf(&self) -> bool {
        self.parts.is_empty()
    }

    /// Returns the parts, in order.
    pub fn parts(&self) -> impl Iterator<Item = (&Element, &Self)> {
        self.parts.iter()
    }

    /// Returns the part at an element.
    pub fn part(&self, element: &Element) -> Option<&Self> {
        self.parts.get(element)
    }

    /// Returns what an object has at the places of the set; `None` where it has nothing there.
    ///
    /// `apiVersion`, `kind` and the object's name are in no set: the caller adds them.
    pub fn restrict(&self, value: &Value) -> Option<Value> {
        if self.is_leaf() {
            return Some(value.clone());
        }
        match value {
            Value::Object(map) => {
                let mut kept = Map::new();
                for (key, inner) in map {
                    let part = self.parts.get(&Element::Field(key.clone()));
                    if let Some(inner) = part.and_then(|part| part.restrict(inner)) {
                        kept.insert(key.clone(), inner);
                    }
                }
                (self.itself || !kept.is_empty()).then_some(Value::Object(kept))
            }
            Value::Array(list) => {
                let kept: Vec<Value> = list
                    .iter()
                    .enumerate()
                    .filter_map(|(at, item)| self.of_item(at, item)?.1.restrict(item))
                    .collect();
                (self.itself || !kept.is_empty()).then_some(Value::Array(kept))
            }
            scalar @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
                Some(scalar.clone())
            }
        }
    }

    /// Returns the part that an item of a list is in.
    fn of_item(&self, at: usize, item: &Value) -> Option<(&Element, &Self)> {
        self.parts.iter().find(|(element, _)| element.is(at, item))
    }
}

impl Element {
    /// Returns whether the element means that item of a list.
    pub fn is(&self, at: usize, item: &Value) -> bool {
        self.matches(at, item, false)
    }

    /// The same for an item that the server hasn't defaulted yet: a key field may be missing.
    pub(super) fn may_be(&self, at: usize, item: &Value) -> bool {
        self.matches(at, item, true)
    }

    fn matches(&self, at: usize, item: &Value, undefaulted: bool) -> bool {
        let parsed = |text: &str| serde_json::from_str::<Value>(text).ok();
        match self {
            Self::Field(_) => false,
            Self::Index(place) => *place == at,
            Self::Item(text) => parsed(text).is_some_and(|value| value == *item),
            Self::Key(text) => parsed(text).is_some_and(|key| {
                key.as_object().is_some_and(|key| {
                    key.iter().all(|(name, value)| match item.get(name) {
                        Some(found) => found == value,
                        None => undefaulted,
                    })
                })
            }),
        }
    }
}

impl std::fmt::Display for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Field(name) => write!(f, ".{name}"),
            Self::Key(key) => {
                let key: Value = serde_json::from_str(key).unwrap_or_default();
                let fields = key.as_object().into_iter().flatten();
                let fields: Vec<String> = fields
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect();
                write!(f, "[{}]", fields.join(","))
            }
            Self::Item(item) => write!(f, "[={item}]"),
            Self::Index(at) => write!(f, "[{at}]"),
        }
    }
}

/// Returns the entry of `managedFields` that says what a manager applied.
pub(super) fn applied_entry<'a>(object: &'a Value, manager: &str) -> Option<&'a Value> {
    let entries = object.pointer("/metadata/managedFields")?.as_array()?;
    entries.iter().find(|entry| {
        entry["manager"] == manager
            && entry["operation"] == "Apply"
            && entry["subresource"].as_str().unwrap_or_default().is_empty()
    })
}

fn element(written: &str) -> Option<Element> {
    let (sort, rest) = written.split_once(':')?;
    match sort {
        "f" => Some(Element::Field(rest.to_owned())),
        "k" => Some(Element::Key(rest.to_owned())),
        "v" => Some(Element::Item(rest.to_owned())),
        "i" => Some(Element::Index(rest.parse().ok()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Fields;
    use serde_json::{Value, json};

    fn owned() -> Fields {
        Fields::parse(&json!({
            "f:metadata": { "f:labels": { "f:app": {} } },
            "f:spec": { "f:replicas": {}, "f:template": { "f:spec": { "f:containers": {
                "k:{\"name\":\"main\"}": { ".": {}, "f:image": {}, "f:name": {}, "f:args": {},
                    "f:ports": { "k:{\"containerPort\":80,\"protocol\":\"TCP\"}":
                        { ".": {}, "f:containerPort": {} } } } } } } },
        }))
    }

    fn wanted() -> Value {
        json!({ "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": { "name": "a", "namespace": "n", "labels": { "app": "a" } },
            "spec": { "replicas": 2, "template": { "spec": { "containers": [
                { "name": "main", "image": "x:1", "args": ["-v"],
                  "ports": [{ "containerPort": 80 }] }] } } } })
    }

    fn live() -> Value {
        let mut live = wanted();
        live["metadata"]["uid"] = json!("u");
        live["metadata"]["labels"]["other"] = json!("y");
        live["spec"]["revisionHistoryLimit"] = json!(10);
        live["spec"]["template"]["spec"]["containers"][0]["imagePullPolicy"] = json!("Always");
        live["spec"]["template"]["spec"]["containers"][0]["ports"][0]["protocol"] = json!("TCP");
        live["spec"]["template"]["spec"]["containers"]
            .as_array_mut()
            .expect("a list")
            .insert(0, json!({ "name": "injected", "image": "mesh" }));
        live["status"] = json!({ "replicas": 2 });
        live
    }

    #[test]
    fn an_object_is_restricted_to_what_a_manager_owns() {
        let mut expected = wanted();
        let fields = expected.as_object_mut().expect("fields");
        fields.retain(|key, _| key == "metadata" || key == "spec");
        let metadata = fields["metadata"].as_object_mut().expect("metadata");
        metadata.retain(|key, _| key == "labels");
        assert_eq!(owned().restrict(&live()), Some(expected));
    }
}
