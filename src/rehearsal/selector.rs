//! Label and field selectors, of requests and of objects.

use serde_json::Value;

use super::status::Refusal;

/// What an object must look like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Selector {
    labels: Vec<Requirement>,
    fields: Vec<(String, bool, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Absent(String),
}

impl Selector {
    /// Reads the `labelSelector` and `fieldSelector` of a request.
    pub(crate) fn parse(labels: &str, fields: &str) -> Result<Self, Refusal> {
        let labels = split(labels)
            .into_iter()
            .map(|part| {
                let read = requirement(&part).filter(|read| !read.key().is_empty());
                read.ok_or_else(|| {
                    Refusal::bad(format!("unable to parse requirement: found {part:?}"))
                })
            })
            .collect::<Result<_, _>>()?;
        let fields = fields
            .split(',')
            .filter(|part| !part.trim().is_empty())
            .map(|part| {
                field(part).ok_or_else(|| {
                    Refusal::bad(format!("invalid selector: {part:?}; can't understand"))
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { labels, fields })
    }

    /// Returns whether every object fits.
    pub(crate) fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// Returns whether an object fits.
    pub(crate) fn fits(&self, object: &Value) -> bool {
        let labels = &object["metadata"]["labels"];
        self.labels
            .iter()
            .all(|requirement| requirement.fits(labels))
            && self.fields.iter().all(|(path, equal, wanted)| {
                let pointer = format!("/{}", path.replace('.', "/"));
                let found = object
                    .pointer(&pointer)
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                (found == wanted) == *equal
            })
    }
}

impl Requirement {
    fn key(&self) -> &str {
        match self {
            Self::In(key, _) | Self::NotIn(key, _) | Self::Exists(key) | Self::Absent(key) => key,
        }
    }

    fn fits(&self, labels: &Value) -> bool {
        match self {
            Self::In(key, values) => labels[key]
                .as_str()
                .is_some_and(|value| values.iter().any(|one| one == value)),
            Self::NotIn(key, values) => labels[key]
                .as_str()
                .is_none_or(|value| values.iter().all(|one| one != value)),
            Self::Exists(key) => labels[key].is_string(),
            Self::Absent(key) => !labels[key].is_string(),
        }
    }
}

/// Returns whether labels fit an object's own selector: `{matchLabels, matchExpressions}`, or the
/// plain map of a Service. An empty one fits all, a missing one nothing.
pub(crate) fn selects(selector: &Value, labels: &Value) -> bool {
    let Some(object) = selector.as_object() else {
        return false;
    };
    let expressions = selector["matchExpressions"].as_array();
    let plain = if object.contains_key("matchLabels") || expressions.is_some() {
        selector["matchLabels"].as_object()
    } else {
        Some(object)
    };
    plain
        .into_iter()
        .flatten()
        .all(|(key, value)| labels[key] == *value)
        && expressions.into_iter().flatten().all(|expression| {
            let key = expression["key"].as_str().unwrap_or_default().to_owned();
            let values = expression["values"].as_array().into_iter().flatten();
            let values = values
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect();
            match expression["operator"].as_str() {
                Some("In") => Requirement::In(key, values),
                Some("NotIn") => Requirement::NotIn(key, values),
                Some("DoesNotExist") => Requirement::Absent(key),
                _ => Requirement::Exists(key),
            }
            .fits(labels)
        })
}

/// Splits at the commas outside parentheses.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if c == ',' && depth == 0 {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts
        .into_iter()
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

fn requirement(part: &str) -> Option<Requirement> {
    let one = |value: &str| vec![value.trim().to_owned()];
    let key = |text: &str| text.trim().to_owned();
    if let Some((name, values)) = part.strip_suffix(')').and_then(|part| part.split_once('(')) {
        let values = values
            .split(',')
            .map(|value| value.trim().to_owned())
            .collect();
        let (name, operator) = name.trim().rsplit_once(char::is_whitespace)?;
        return match operator {
            "in" => Some(Requirement::In(key(name), values)),
            "notin" => Some(Requirement::NotIn(key(name), values)),
            _ => None,
        };
    }
    if let Some((name, value)) = part.split_once("!=") {
        return Some(Requirement::NotIn(key(name), one(value)));
    }
    if let Some((name, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        return Some(Requirement::In(key(name), one(value)));
    }
    match part.strip_prefix('!') {
        Some(name) => Some(Requirement::Absent(key(name))),
        None if part.contains(char::is_whitespace) => None,
        None => Some(Requirement::Exists(key(part))),
    }
}

fn field(part: &str) -> Option<(String, bool, String)> {
    let own = |path: &str, equal, value: &str| {
        Some((path.trim().to_owned(), equal, value.trim().to_owned()))
    };
    if let Some((path, value)) = part.split_once("!=") {
        return own(path, false, value);
    }
    let (path, value) = part.split_once("==").or_else(|| part.split_once('='))?;
    own(path, true, value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(labels: &str, expected: bool) {
        let object = json!({"metadata": {"labels": {"app": "api", "tier": "web"}}});
        let selector = Selector::parse(labels, "").expect("a selector");
        assert_eq!(selector.fits(&object), expected, "{labels}");
    }

    #[test]
    fn label_selectors_have_equality_sets_and_existence() {
        check("app=api", true);
        check("app==api,tier!=db", true);
        check("app in (web, api),!gone", true);
        check("app notin (api)", false);
        check("tier", true);
        check("other!=x", true);
    }

    #[test]
    fn field_selectors_look_at_paths() {
        let event = json!({"metadata": {"name": "e"}, "involvedObject": {"name": "p"}});
        let fits = |fields: &str| Selector::parse("", fields).expect("one").fits(&event);
        assert!(fits("involvedObject.name=p"));
        assert!(!fits("metadata.name!=e"));
    }

    #[test]
    fn an_objects_selector_may_be_a_plain_map() {
        let labels = json!({"app": "api"});
        assert!(selects(&json!({"app": "api"}), &labels));
        assert!(selects(&json!({"matchLabels": {"app": "api"}}), &labels));
        assert!(!selects(&Value::Null, &labels));
    }
}
