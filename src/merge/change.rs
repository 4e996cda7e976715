//! A change of a value at a place, and what it makes of the value.

use std::fmt::Write as _;

use serde_json::Value;

/// One step of a path into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// To a key's value.
    Key(String),
    /// To an item, with what tells it from the others where that is known.
    Item(usize, Option<String>),
}

/// A change in one document of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    /// The document, by its place among those that aren't empty.
    pub(super) document: usize,
    /// The place: of what is set or removed, or of what something is added to.
    pub(super) path: Vec<Step>,
    /// What happens there.
    pub(super) what: What,
}

/// What happens at a place.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    /// It becomes this.
    Set(Value),
    /// It goes.
    Remove,
    /// A mapping gets a key, behind another one or first.
    AddKey(String, Value, Option<String>),
    /// A list gets an item, behind another one or first.
    AddItem(Value, Option<usize>),
    /// A document comes behind this one.
    AddDocument(Value),
}

impl Change {
    /// Makes the change in a text's values; returns whether the place was there.
    pub(super) fn make(&self, values: &mut Vec<Value>) -> bool {
        if let What::AddDocument(value) = &self.what {
            let at = (self.document + 1).min(values.len());
            values.insert(at, value.clone());
            return true;
        }
        if self.what == What::Remove && self.path.is_empty() {
            let there = self.document < values.len();
            if there {
                values.remove(self.document);
            }
            return there;
        }
        let root = values.get_mut(self.document);
        root.and_then(|root| self.make_in(root)).is_some()
    }

    /// Makes the change in its document's value; nothing where the place isn't there.
    pub(super) fn make_in(&self, root: &mut Value) -> Option<()> {
        match &self.what {
            What::Set(value) => step(root, &self.path).map(|place| *place = value.clone()),
            What::Remove => self.remove(root),
            What::AddKey(key, value, _) => step(root, &self.path)
                .and_then(Value::as_object_mut)
                .map(|map| drop(map.insert(key.clone(), value.clone()))),
            What::AddItem(value, after) => step(root, &self.path)
                .and_then(Value::as_array_mut)
                .map(|list| list.insert(after.map_or(0, |at| at + 1), value.clone())),
            What::AddDocument(_) => None,
        }
    }

    fn remove(&self, root: &mut Value) -> Option<()> {
        let (last, parents) = self.path.split_last()?;
        let parent = step(root, parents)?;
        match last {
            Step::Key(key) => parent.as_object_mut()?.shift_remove(key).map(drop),
            Step::Item(at, _) => {
                let items = parent.as_array_mut()?;
                (*at < items.len()).then(|| drop(items.remove(*at)))
            }
        }
    }
}

fn step<'v>(value: &'v mut Value, path: &[Step]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Item(at, _) => value.get_mut(*at),
    })
}

/// Returns a path as people write it (`spec.containers[api].image`).
pub(super) fn written(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        // Writing to a string can't fail.
        let _ = match step {
            Step::Key(key) if key.contains(['.', '/']) => write!(text, "[{key}]"),
            Step::Key(key) if text.is_empty() => write!(text, "{key}"),
            Step::Key(key) => write!(text, ".{key}"),
            Step::Item(_, Some(name)) => write!(text, "[{name}]"),
            Step::Item(at, None) => write!(text, "[{at}]"),
        };
    }
    text
}
