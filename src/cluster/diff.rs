//! What differs between two states of an object, field by field.
//!
//! Pure. Which lists are told apart by their items' keys is read from the objects'
//! `managedFields`; what the server keeps for itself (its own metadata, `status`) is left out, and
//! of what is new only what the applier sets is told, not the defaults beside it. Nothing here
//! masks secrets: that is the caller's business.

use std::collections::BTreeSet;

use serde_json::Value;

use super::fields::{Element, Fields, Path};
use super::{FIELD_MANAGER, PART_OF};

/// What of `metadata` is the server's own.
const SERVERS: [&str; 7] = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// The annotation in which client-side apply keeps a copy of everything.
const COPY: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A field that differs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Difference {
    /// Where.
    pub(super) path: Path,
    /// What was there.
    pub(super) before: Option<Value>,
    /// What is there after.
    pub(super) after: Option<Value>,
}

/// Returns what an apply changes, by the object before it and as it left it, in the object's order.
pub(super) fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut keyed = Fields::default();
    for object in [before, after] {
        let entries = object.pointer("/metadata/managedFields");
        for entry in entries.and_then(Value::as_array).into_iter().flatten() {
            keyed.extend(&Fields::parse(&entry["fieldsV1"]));
        }
    }
    let mut walk = Walk {
        path: Vec::new(),
        found: Vec::new(),
    };
    let set = Fields::applied_by(after, FIELD_MANAGER).unwrap_or_default();
    walk.both((before, after), Some(&keyed), Some(&set));
    walk.found
}

/// Returns a place for people: `spec.containers[name=main].image`.
pub(super) fn shown(path: &[Element]) -> String {
    let text = |element: &Element| match element {
        // Names of annotations and files have dots of their own.
        Element::Field(name) if name.contains(['.', '/', '[']) => format!("[{name}]"),
        Element::Key(_) => element.to_string().replace('"', ""),
        Element::Field(_) | Element::Item(_) | Element::Index(_) => element.to_string(),
    };
    let text: String = path.iter().map(text).collect();
    text.trim_start_matches('.').to_owned()
}

struct Walk {
    path: Path,
    found: Vec<Difference>,
}

impl Walk {
    /// Compares what is there before and after. `keyed` says which lists have keys, `set` what the
    /// applier sets.
    fn both(
        &mut self,
        (before, after): (&Value, &Value),
        keyed: Option<&Fields>,
        set: Option<&Fields>,
    ) {
        if before == after {
            return;
        }
        match (before, after) {
            (Value::Object(old), Value::Object(new)) => {
                let names = old
                    .keys()
                    .chain(new.keys().filter(|key| !old.contains_key(*key)));
                for name in names {
                    let element = Element::Field(name.clone());
                    self.part(element, (old.get(name), new.get(name)), keyed, set);
                }
            }
            (Value::Array(old), Value::Array(new)) => match elements(keyed, old, new) {
                Some(elements) => {
                    for element in elements {
                        let of = |list: &'_ [Value]| {
                            let mut items = list.iter().enumerate();
                            let found = items.find(|(at, item)| element.is(*at, item));
                            found.map(|(at, _)| at)
                        };
                        let sides = (
                            of(old).and_then(|at| old.get(at)),
                            of(new).and_then(|at| new.get(at)),
                        );
                        self.part(element.clone(), sides, keyed, set);
                    }
                }
                None if old.len() == new.len() && old.iter().all(Value::is_object) => {
                    for (at, sides) in old.iter().zip(new).enumerate() {
                        let sides = (Some(sides.0), Some(sides.1));
                        self.part(Element::Index(at), sides, keyed, set);
                    }
                }
                None => self.note(Some(before), Some(after)),
            },
            _ => self.note(Some(before), Some(after)),
        }
    }

    fn part(
        &mut self,
        element: Element,
        sides: (Option<&Value>, Option<&Value>),
        keyed: Option<&Fields>,
        set: Option<&Fields>,
    ) {
        let keyed = keyed.and_then(|keyed| keyed.part(&element));
        // What is owned as a whole is set as a whole.
        let whole = set.is_some_and(Fields::is_leaf);
        let set = if whole {
            set
        } else {
            set.and_then(|set| set.part(&element))
        };
        self.path.push(element);
        if !self.is_noise() {
            match sides {
                (Some(before), Some(after)) => self.both((before, after), keyed, set),
                (None, Some(after)) => {
                    // What nobody asked for is a default that came along.
                    if let Some(after) = set.and_then(|set| set.restrict(after)) {
                        self.alone(&after, keyed, |walk, value| walk.note(None, Some(value)));
                    }
                }
                (Some(before), None) => {
                    self.alone(before, keyed, |walk, value| walk.note(Some(value), None));
                }
                (None, None) => {}
            }
        }
        self.path.pop();
    }

    /// Notes each field of what is on one side only.
    fn alone(&mut self, value: &Value, keyed: Option<&Fields>, note: fn(&mut Self, &Value)) {
        let parts: Vec<(Element, &Value)> = match value {
            Value::Object(map) => map
                .iter()
                .map(|(name, value)| (Element::Field(name.clone()), value))
                .collect(),
            Value::Array(list) => {
                let elements = elements(keyed, list, &[]).unwrap_or_default();
                elements.into_iter().zip(list).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        };
        if parts.is_empty() {
            note(self, value);
        }
        for (element, inner) in parts {
            let keyed = keyed.and_then(|keyed| keyed.part(&element));
            self.path.push(element);
            if !self.is_noise() {
                self.alone(inner, keyed, note);
            }
            self.path.pop();
        }
    }

    fn note(&mut self, before: Option<&Value>, after: Option<&Value>) {
        self.found.push(Difference {
            path: self.path.clone(),
            before: before.cloned(),
            after: after.cloned(),
        });
    }

    /// Whether what is here is nobody's wish.
    fn is_noise(&self) -> bool {
        let names: Vec<&str> = self.path.iter().map_while(name).collect();
        match names.as_slice() {
            ["status"] => true,
            ["metadata", field] => SERVERS.contains(field),
            ["metadata", "annotations", key] => *key == COPY,
            ["metadata", "labels", key] => *key == PART_OF,
            _ => false,
        }
    }
}

fn name(element: &Element) -> Option<&str> {
    match element {
        Element::Field(name) => Some(name),
        Element::Key(_) | Element::Item(_) | Element::Index(_) => None,
    }
}

/// The keys of two lists' items, the second list's first; `None` where not all items have one.
fn elements(keyed: Option<&Fields>, old: &[Value], new: &[Value]) -> Option<Vec<Element>> {
    let parts = keyed?.parts().map(|(element, _)| element);
    let known: Vec<&Element> = parts
        .filter(|it| matches!(it, Element::Key(_) | Element::Item(_)))
        .collect();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (at, item) in new.iter().chain(old).enumerate() {
        let element = known.iter().find(|element| element.is(at, item))?;
        if seen.insert(*element) {
            found.push((*element).clone());
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{differences, shown};

    fn live() -> Value {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": { "name": "a", "uid": "u", "resourceVersion": "1",
                "labels": { "app": "a" },
                "annotations": { "example.com/note": "x" },
                "managedFields": [{ "manager": "orch", "operation": "Apply", "fieldsV1": {
                    "f:metadata": { "f:labels": { "f:app": {} } },
                    "f:spec": { "f:replicas": {}, "f:template": { "f:spec": { "f:containers": {
                        "k:{\"name\":\"main\"}": { ".": {}, "f:image": {}, "f:name": {},
                            "f:args": {} } } } } } } }] },
            "spec": { "replicas": 2, "revisionHistoryLimit": 10, "template": { "spec": {
                "containers": [{ "name": "main", "image": "x:1", "args": ["-v"],
                    "imagePullPolicy": "Always" }] } } },
            "status": { "replicas": 2 },
        })
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Value), expected: &[&str]) {
        let mut after = live();
        change(&mut after);
        let found: Vec<String> = differences(&live(), &after)
            .iter()
            .map(|it| {
                let text = |value: &Option<Value>| {
                    value.as_ref().map_or("-".to_owned(), ToString::to_string)
                };
                format!(
                    "{} {} {}",
                    shown(&it.path),
                    text(&it.before),
                    text(&it.after)
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_the_server_keeps_for_itself_is_no_difference() {
        check(
            |after| {
                after["metadata"]["resourceVersion"] = json!("2");
                after["metadata"]["generation"] = json!(2);
                after["metadata"]["managedFields"][0]["time"] = json!("now");
                after["status"]["replicas"] = json!(3);
            },
            &[],
        );
    }

    #[test]
    fn a_field_of_a_list_is_named_by_its_items_key() {
        check(
            |after| after["spec"]["template"]["spec"]["containers"][0]["image"] = json!("x:2"),
            &[r#"spec.template.spec.containers[name=main].image "x:1" "x:2""#],
        );
    }

    #[test]
    fn of_what_is_new_only_what_is_set_is_told() {
        check(
            |after| {
                let containers = &mut after["spec"]["template"]["spec"]["containers"];
                let side = json!({ "name": "side", "image": "y:1", "imagePullPolicy": "Always" });
                containers.as_array_mut().expect("a list").push(side);
                let fields = &mut after["metadata"]["managedFields"][0]["fieldsV1"];
                fields["f:spec"]["f:template"]["f:spec"]["f:containers"]["k:{\"name\":\"side\"}"] =
                    json!({ ".": {}, "f:image": {}, "f:name": {} });
                after["spec"]["minReadySeconds"] = json!(0);
            },
            &[
                r#"spec.template.spec.containers[name=side].name - "side""#,
                r#"spec.template.spec.containers[name=side].image - "y:1""#,
            ],
        );
    }

    #[test]
    fn what_goes_is_told() {
        check(
            |after| {
                let main = &mut after["spec"]["template"]["spec"]["containers"][0];
                main.as_object_mut().expect("fields").shift_remove("args");
                let annotations = &mut after["metadata"]["annotations"];
                *annotations = json!({});
            },
            &[
                r#"metadata.annotations[example.com/note] "x" -"#,
                r#"spec.template.spec.containers[name=main].args ["-v"] -"#,
            ],
        );
    }

    #[test]
    fn a_list_that_is_owned_as_a_whole_changes_as_a_whole() {
        check(
            |after| {
                after["spec"]["template"]["spec"]["containers"][0]["args"] = json!(["-q", "-v"]);
            },
            &[r#"spec.template.spec.containers[name=main].args ["-v"] ["-q","-v"]"#],
        );
    }
}
