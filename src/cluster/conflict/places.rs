//! Where the fields of managers are in an object, and how the server and people write them.

use serde_json::Value;

use crate::cluster::fields::{Element, Fields};

/// Returns the entries of an object's `managedFields`.
pub(in crate::cluster) fn entries_of(object: &Value) -> &[Value] {
    let entries = object.pointer("/metadata/managedFields");
    entries.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Returns the path in a set whose text is `field`.
pub(super) fn path(set: &Value, field: &str) -> Option<Vec<Element>> {
    fn search(set: &Fields, so_far: &str, field: &str) -> Option<Vec<Element>> {
        set.parts().find_map(|(element, part)| {
            let text = format!("{so_far}{}", as_the_server(element));
            let text = text.trim_start_matches('.');
            if text == field {
                return Some(vec![element.clone()]);
            }
            // A label's name has dots of its own: the text alone doesn't split.
            if !field.starts_with(text) {
                return None;
            }
            let mut rest = search(part, text, field)?;
            rest.insert(0, element.clone());
            Some(rest)
        })
    }
    search(&Fields::parse(set), "", field)
}

/// Returns an element as the server's messages write it.
fn as_the_server(element: &Element) -> String {
    match element {
        Element::Field(name) => format!(".{name}"),
        Element::Key(key) => {
            let key: Value = serde_json::from_str(key).unwrap_or_default();
            let fields = key.as_object().into_iter().flatten();
            let fields: Vec<String> = fields
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            format!("[{}]", fields.join(","))
        }
        Element::Item(item) => format!("[={item}]"),
        Element::Index(at) => format!("[{at}]"),
    }
}

/// Returns a place for people.
pub(in crate::cluster) fn text(path: &[Element]) -> String {
    let text: String = path.iter().map(ToString::to_string).collect();
    text.trim_start_matches('.').to_owned()
}

/// Returns what an object has at a path.
pub(in crate::cluster) fn at<'a>(object: &'a Value, path: &[Element]) -> Option<&'a Value> {
    path.iter()
        .try_fold(object, |value, element| match element {
            Element::Field(name) => value.get(name),
            Element::Key(_) | Element::Item(_) | Element::Index(_) => {
                let items = value.as_array()?.iter().enumerate();
                let mut items = items.filter(|(at, item)| element.may_be(*at, item));
                items.next().map(|(_, item)| item)
            }
        })
}

/// The same, to be changed.
pub(in crate::cluster) fn at_mut<'a>(
    object: &'a mut Value,
    path: &[Element],
) -> Option<&'a mut Value> {
    path.iter()
        .try_fold(object, |value, element| match element {
            Element::Field(name) => value.get_mut(name),
            Element::Key(_) | Element::Item(_) | Element::Index(_) => {
                let items = value.as_array_mut()?.iter_mut().enumerate();
                let mut items = items.filter(|(at, item)| element.may_be(*at, item));
                items.next().map(|(_, item)| item)
            }
        })
}
