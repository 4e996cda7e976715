//! Places in an object by the elements of `managedFields`: reading, writing and removing what is
//! there.
//!
//! Pure. As in `fields`, there is no schema: a list's items are found by the keys that the place
//! names.

use serde_json::{Map, Value};

use super::{Element, Path};

/// Returns a place as the journal holds it: `f:spec`, `k:{"name":"main"}`, `v:…`, `i:0`.
pub(super) fn written(path: &[Element]) -> Vec<String> {
    path.iter()
        .map(|element| match element {
            Element::Field(name) => format!("f:{name}"),
            Element::Key(key) => format!("k:{key}"),
            Element::Item(item) => format!("v:{item}"),
            Element::Index(at) => format!("i:{at}"),
        })
        .collect()
}

/// Returns the place that is written so; `None` where it isn't one.
pub(super) fn parse(written: &[String]) -> Option<Path> {
    written
        .iter()
        .map(|text| {
            let (sort, rest) = text.split_once(':')?;
            Some(match sort {
                "f" => Element::Field(rest.to_owned()),
                "k" => Element::Key(rest.to_owned()),
                "v" => Element::Item(rest.to_owned()),
                "i" => Element::Index(rest.parse().ok()?),
                _ => return None,
            })
        })
        .collect()
}

/// Returns a place for people: `.spec.containers[name="main"].image`.
pub(super) fn shown(path: &[Element]) -> String {
    path.iter().map(ToString::to_string).collect()
}

/// Returns what is at a place.
pub(super) fn at<'v>(value: &'v Value, path: &[Element]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, element| match element {
        Element::Field(name) => value.get(name),
        Element::Key(_) | Element::Item(_) | Element::Index(_) => {
            let mut items = value.as_array()?.iter().enumerate();
            items
                .find(|(at, item)| element.is(*at, item))
                .map(|(_, item)| item)
        }
    })
}

/// Puts a value at a place, with the maps and items that lead there.
pub(super) fn put(value: &mut Value, path: &[Element], new: &Value) {
    let Some((first, rest)) = path.split_first() else {
        *value = new.clone();
        return;
    };
    match first {
        Element::Field(name) => {
            if !value.is_object() {
                *value = Value::Object(Map::new());
            }
            put(&mut value[name.as_str()], rest, new);
        }
        Element::Key(text) | Element::Item(text) => {
            let Some(items) = list(value) else { return };
            let found = items
                .iter()
                .enumerate()
                .position(|(at, item)| first.is(at, item));
            let at = found.unwrap_or_else(|| {
                items.push(serde_json::from_str(text).unwrap_or_default());
                items.len() - 1
            });
            if let Some(item) = items.get_mut(at) {
                put(item, rest, new);
            }
        }
        Element::Index(at) => {
            if let Some(item) = list(value).and_then(|items| items.get_mut(*at)) {
                put(item, rest, new);
            }
        }
    }
}

/// Removes what is at a place.
pub(super) fn remove(value: &mut Value, path: &[Element]) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    match (first, value) {
        (Element::Field(name), Value::Object(map)) if rest.is_empty() => {
            map.shift_remove(name);
        }
        (Element::Field(name), Value::Object(map)) => {
            if let Some(inner) = map.get_mut(name) {
                remove(inner, rest);
            }
        }
        (_, Value::Array(items)) => {
            let found = items
                .iter()
                .enumerate()
                .position(|(at, item)| first.is(at, item));
            if let Some(at) = found {
                if rest.is_empty() {
                    items.remove(at);
                } else if let Some(item) = items.get_mut(at) {
                    remove(item, rest);
                }
            }
        }
        _ => {}
    }
}

/// Returns the list that a value is, or is made.
fn list(value: &mut Value) -> Option<&mut Vec<Value>> {
    if !value.is_array() {
        *value = Value::Array(Vec::new());
    }
    value.as_array_mut()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn place(written: &[&str]) -> Path {
        let written: Vec<String> = written.iter().map(|text| (*text).to_owned()).collect();
        parse(&written).expect("a place")
    }

    const IMAGE: &[&str] = &["f:spec", "f:containers", "k:{\"name\":\"main\"}", "f:image"];

    fn pod() -> Value {
        json!({ "spec": { "containers": [{ "name": "side", "image": "s" },
            { "name": "main", "image": "x:1" }] } })
    }

    #[test]
    fn a_place_is_written_and_read_again_and_shown() {
        assert_eq!(written(&place(IMAGE)), IMAGE);
        let text = shown(&place(IMAGE)).replace('"', "");
        assert_eq!(text, ".spec.containers[name=main].image");
        assert_eq!(parse(&["x:y".to_owned()]), None);
    }

    #[test]
    fn what_is_at_a_place_is_found_replaced_and_removed() {
        let mut pod = pod();
        assert_eq!(at(&pod, &place(IMAGE)), Some(&json!("x:1")));
        put(&mut pod, &place(IMAGE), &json!("x:2"));
        assert_eq!(pod["spec"]["containers"][1]["image"], "x:2");
        remove(&mut pod, &place(IMAGE));
        assert_eq!(pod["spec"]["containers"][1], json!({ "name": "main" }));
        remove(&mut pod, &place(&IMAGE[..3]));
        assert_eq!(pod["spec"]["containers"].as_array().map(Vec::len), Some(1));
        assert_eq!(at(&pod, &place(IMAGE)), None);
    }

    #[test]
    fn what_leads_to_a_place_is_made() {
        let mut empty = json!({});
        put(&mut empty, &place(IMAGE), &json!("x:1"));
        let expected = json!({ "spec": { "containers": [{ "name": "main", "image": "x:1" }] } });
        assert_eq!(empty, expected);
    }
}
