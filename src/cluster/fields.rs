//! Sets of fields as `metadata.managedFields` writes them (`FieldsV1`, structured-merge-diff v4's
//! wire format): what a manager owns, and whether an object is already live and owned just so.
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
        let entries = object.pointer("/metadata/managedFields")?.as_array()?;
        let entry = entries.iter().find(|entry| {
            entry["manager"] == manager
                && entry["operation"] == "Apply"
                && entry["subresource"].as_str().unwrap_or_default().is_empty()
        })?;
        Some(Self::parse(&entry["fieldsV1"]))
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

    /// Returns whether applying `wanted` over `live` would change nothing: this set, what its
    /// manager owns, is exactly what `wanted` says, and the values are the same.
    ///
    /// It may say no where the server would find nothing to do (`1000m` and `1`), never yes where
    /// it would change something.
    pub fn is_settled(&self, wanted: &Value, live: &Value) -> bool {
        let (Value::Object(wanted), Value::Object(live)) = (wanted, live) else {
            return false;
        };
        let named = ["apiVersion", "kind"];
        if named
            .iter()
            .any(|name| wanted.get(*name) != live.get(*name))
        {
            return false;
        }
        let strip = |map: &Map<String, Value>| {
            let mut map = map.clone();
            map.retain(|key, _| !named.contains(&key.as_str()) && key != "status");
            if let Some(Value::Object(metadata)) = map.get_mut("metadata") {
                metadata.retain(|key, _| key != "name" && key != "namespace");
            }
            Value::Object(map)
        };
        let mut wanted = strip(wanted);
        let metadata = wanted.get("metadata").and_then(Value::as_object);
        if metadata.is_some_and(Map::is_empty)
            && let Some(map) = wanted.as_object_mut()
        {
            map.remove("metadata");
        }
        self.is_same(&wanted, &strip(live))
    }

    fn is_same(&self, wanted: &Value, live: &Value) -> bool {
        if self.is_leaf() {
            return wanted == live;
        }
        match (wanted, live) {
            (Value::Object(wanted), Value::Object(live)) => {
                wanted.len() == self.parts.len()
                    && wanted.iter().all(|(key, inner)| {
                        let part = self.parts.get(&Element::Field(key.clone()));
                        part.zip(live.get(key))
                            .is_some_and(|(part, live)| part.is_same(inner, live))
                    })
            }
            (Value::Array(wanted), Value::Array(live)) => {
                let mut visited: Vec<&Element> = Vec::with_capacity(wanted.len());
                let same = wanted.iter().enumerate().all(|(at, item)| {
                    let free = self.parts.iter().find(|(element, _)| {
                        !visited.contains(element) && element.may_be(at, item)
                    });
                    let Some((element, part)) = free else {
                        return false;
                    };
                    visited.push(element);
                    let theirs = live
                        .iter()
                        .enumerate()
                        .find(|(at, item)| element.is(*at, item));
                    theirs.is_some_and(|(_, theirs)| part.is_same_item(element, item, theirs))
                });
                same && visited.len() == self.parts.len()
            }
            _ => false,
        }
    }

    /// The key fields that the server filled in by a default are in the set, and not in `wanted`.
    fn is_same_item(&self, element: &Element, wanted: &Value, live: &Value) -> bool {
        match (element, wanted) {
            (Element::Key(key), Value::Object(fields)) if !self.is_leaf() => {
                let mut whole = fields.clone();
                let key: Value = serde_json::from_str(key).unwrap_or_default();
                for (name, value) in key.as_object().into_iter().flatten() {
                    let owned = self.parts.contains_key(&Element::Field(name.clone()));
                    if owned && !whole.contains_key(name) {
                        whole.insert(name.clone(), value.clone());
                    }
                }
                self.is_same(&Value::Object(whole), live)
            }
            _ => self.is_same(wanted, live),
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
    fn may_be(&self, at: usize, item: &Value) -> bool {
        self.matches(at, item, true)
    }

    fn matches(&self, at: usize, item: &Value, undefaulted: bool) -> bool {
        let parsed = |text: &str| serde_json::from_str::<Value>(text).ok();
        match self {
            Self::Field(_) => false,
            Self::Index(place) => *place == at,
            Self::Item(text) => parsed(text).is_some_and(|value| value == *item),
            Self::Key(text) => parsed(text).is_some_and(|key| {
                let Value::Object(key) = key else {
                    return false;
                };
                key.iter().all(|(name, value)| match item.get(name) {
                    Some(found) => found == value,
                    None => undefaulted,
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

    #[track_caller]
    fn settled(change: impl FnOnce(&mut Value, &mut Value), expected: bool) {
        let (mut wanted, mut live) = (wanted(), live());
        change(&mut wanted, &mut live);
        assert_eq!(owned().is_settled(&wanted, &live), expected);
    }

    #[test]
    fn what_is_live_and_owned_exactly_so_is_settled() {
        settled(|_, _| {}, true);
    }

    #[test]
    fn a_changed_value_is_not() {
        settled(|wanted, _| wanted["spec"]["replicas"] = json!(3), false);
        settled(|_, live| live["spec"]["replicas"] = json!(3), false);
    }

    #[test]
    fn a_field_more_or_less_is_not() {
        settled(|wanted, _| wanted["spec"]["paused"] = json!(true), false);
        settled(
            |wanted, _| {
                let spec = wanted["spec"].as_object_mut();
                spec.expect("fields").shift_remove("replicas");
            },
            false,
        );
    }

    #[test]
    fn an_item_more_or_less_or_changed_is_not() {
        let containers = "/spec/template/spec/containers";
        settled(
            |wanted, _| {
                let list = wanted.pointer_mut(containers).and_then(Value::as_array_mut);
                list.expect("a list")
                    .push(json!({ "name": "b", "image": "y" }));
            },
            false,
        );
        settled(
            |wanted, _| wanted["spec"]["template"]["spec"]["containers"] = json!([]),
            false,
        );
        settled(
            |wanted, _| wanted["spec"]["template"]["spec"]["containers"][0]["args"] = json!([]),
            false,
        );
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
