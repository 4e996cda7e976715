//! Sets of field paths, in the `FieldsV1` form that `metadata.managedFields` carries.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A set of paths: a tree whose edges are encoded elements (`f:name`, `k:{…}`, `v:…`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FieldSet {
    member: bool,
    children: BTreeMap<String, FieldSet>,
}

impl FieldSet {
    /// Returns whether no path is in the set.
    pub(crate) fn is_empty(&self) -> bool {
        !self.member && self.children.values().all(Self::is_empty)
    }

    /// Returns whether the root itself is in the set.
    pub(crate) fn is_member(&self) -> bool {
        self.member
    }

    /// Adds the root.
    pub(crate) fn mark(&mut self) {
        self.member = true;
    }

    /// Returns what is below an element.
    pub(crate) fn child(&self, element: &str) -> Option<&Self> {
        self.children.get(element)
    }

    /// Returns what is below an element, to be filled.
    pub(crate) fn child_mut(&mut self, element: String) -> &mut Self {
        self.children.entry(element).or_default()
    }

    /// Removes all below a path of elements, and the path.
    pub(crate) fn remove(&mut self, path: &[&str]) {
        match path {
            [] => {}
            [last] => {
                self.children.remove(*last);
            }
            [first, rest @ ..] => {
                if let Some(child) = self.children.get_mut(*first) {
                    child.remove(rest);
                    if child.is_empty() {
                        self.children.remove(*first);
                    }
                }
            }
        }
    }

    /// Takes the element itself out of the set, not what is below it.
    pub(crate) fn unmark_child(&mut self, element: &str) {
        if let Some(child) = self.children.get_mut(element) {
            child.member = false;
            if child.is_empty() {
                self.children.remove(element);
            }
        }
    }

    /// Returns the paths of this set that have nothing of the other below them: an item goes only
    /// when nobody owns anything in it.
    #[must_use]
    pub(crate) fn without_ancestors_of(&self, other: &Self) -> Self {
        let mut result = Self {
            member: self.member && other.is_empty(),
            ..Self::default()
        };
        for (element, child) in &self.children {
            let left = match other.children.get(element) {
                Some(others) => child.without_ancestors_of(others),
                None => child.clone(),
            };
            if !left.is_empty() {
                result.children.insert(element.clone(), left);
            }
        }
        result
    }

    /// Keeps only what is below these first elements.
    pub(crate) fn keep_only(&mut self, first: &[&str]) {
        self.children
            .retain(|element, _| first.contains(&element.as_str()));
    }

    /// Returns the paths in either set.
    #[must_use]
    pub(crate) fn union(&self, other: &Self) -> Self {
        let mut result = self.clone();
        result.member |= other.member;
        for (element, child) in &other.children {
            let merged = match result.children.get(element) {
                Some(own) => own.union(child),
                None => child.clone(),
            };
            result.children.insert(element.clone(), merged);
        }
        result
    }

    /// Returns the paths of this set that the other lacks.
    #[must_use]
    pub(crate) fn difference(&self, other: &Self) -> Self {
        let mut result = Self {
            member: self.member && !other.member,
            children: BTreeMap::new(),
        };
        for (element, child) in &self.children {
            let left = match other.children.get(element) {
                Some(others) => child.difference(others),
                None => child.clone(),
            };
            if !left.is_empty() {
                result.children.insert(element.clone(), left);
            }
        }
        result
    }

    /// Returns the paths in both sets.
    #[must_use]
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let mut result = Self {
            member: self.member && other.member,
            children: BTreeMap::new(),
        };
        for (element, child) in &self.children {
            if let Some(others) = other.children.get(element) {
                let both = child.intersection(others);
                if !both.is_empty() {
                    result.children.insert(element.clone(), both);
                }
            }
        }
        result
    }

    /// Returns the paths as the server prints them (`.spec.replicas`).
    pub(crate) fn paths(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.collect("", &mut found);
        found
    }

    fn collect(&self, prefix: &str, found: &mut Vec<String>) {
        if self.member {
            found.push(prefix.to_owned());
        }
        for (element, child) in &self.children {
            child.collect(&format!("{prefix}{}", shown(element)), found);
        }
    }

    /// Returns the `FieldsV1` form.
    pub(crate) fn to_json(&self) -> Value {
        let mut object = Map::new();
        if self.member && !self.children.is_empty() {
            object.insert(".".to_owned(), Value::Object(Map::new()));
        }
        for (element, child) in &self.children {
            object.insert(element.clone(), child.to_json());
        }
        Value::Object(object)
    }

    /// Reads the `FieldsV1` form of a set whose root isn't a member.
    pub(crate) fn from_json(value: &Value) -> Self {
        let mut set = Self::read(value);
        set.member = false;
        set
    }

    fn read(value: &Value) -> Self {
        let mut set = Self::default();
        let Some(object) = value.as_object() else {
            return set;
        };
        set.member = object.is_empty() || object.contains_key(".");
        for (element, inner) in object.iter().filter(|(element, _)| *element != ".") {
            set.children.insert(element.clone(), Self::read(inner));
        }
        set
    }
}

/// Returns an encoded element as the server prints it.
pub(crate) fn shown(element: &str) -> String {
    if let Some(name) = element.strip_prefix("f:") {
        return format!(".{name}");
    }
    if let Some(value) = element.strip_prefix("v:") {
        return format!("[={value}]");
    }
    let keys: Map<String, Value> = element
        .strip_prefix("k:")
        .and_then(|keys| serde_json::from_str(keys).ok())
        .unwrap_or_default();
    let pairs: Vec<String> = keys
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("[{}]", pairs.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn set(value: &Value) -> FieldSet {
        FieldSet::from_json(value)
    }

    #[test]
    fn a_set_survives_its_wire_form() {
        let value =
            json!({"f:spec": {"f:containers": {"k:{\"name\":\"a\"}": {".": {}, "f:image": {}}}}});
        assert_eq!(set(&value).to_json(), value);
    }

    #[test]
    fn set_operations_work_on_members_not_on_branches() {
        let one = set(&json!({"f:a": {".": {}, "f:b": {}}}));
        let two = set(&json!({"f:a": {"f:b": {}, "f:c": {}}}));
        assert_eq!(one.intersection(&two).paths(), [".a.b"]);
        assert_eq!(one.difference(&two).paths(), [".a"]);
        assert_eq!(one.union(&two).paths(), [".a", ".a.b", ".a.c"]);
    }

    #[test]
    fn paths_print_list_keys() {
        let one =
            set(&json!({"f:ports": {"k:{\"port\":80,\"protocol\":\"TCP\"}": {"f:name": {}}}}));
        assert_eq!(one.paths(), [".ports[port=80,protocol=\"TCP\"].name"]);
    }
}
