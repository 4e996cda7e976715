//! Images by digest: what a tag points to can be changed later, a digest can't. Reads values, so
//! that hand-written objects work too.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Object;
use super::pods::{containers, pod_spec};

/// Returns the images that an object's pods run.
pub fn images(object: &Object) -> Vec<&str> {
    let containers = pod_spec(object).map(|spec| containers(spec, true));
    let images = containers.into_iter().flatten();
    images
        .filter_map(|container| container.get("image")?.as_str())
        .collect()
}

/// Returns the object with these images by their digests (image with tag → `sha256:…`); nothing
/// where it runs none of them.
pub fn pinned(object: &Object, digests: &BTreeMap<String, String>) -> Option<Object> {
    if !images(object)
        .iter()
        .any(|image| digests.contains_key(*image))
    {
        return None;
    }
    let mut pinned = object.clone();
    for image in images_mut(&mut pinned.value) {
        if let Some(digest) = image.as_str().and_then(|image| digests.get(image)) {
            let tagged = image.as_str().unwrap_or_default();
            *image = Value::String(format!("{tagged}@{digest}"));
        }
    }
    Some(pinned)
}

/// The `image` of every container, wherever the pod's description stands.
fn images_mut(value: &mut Value) -> Vec<&mut Value> {
    let mut found = Vec::new();
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match (key.as_str(), value) {
                    ("containers" | "initContainers", Value::Array(items)) => {
                        found.extend(items.iter_mut().filter_map(|item| item.get_mut("image")));
                    }
                    ("spec" | "template" | "jobTemplate", value) => found.extend(images_mut(value)),
                    _ => {}
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::{images, pinned};
    use crate::manifest::Object;

    fn object(kind: &str, spec: &Value) -> Object {
        let value = json!({ "apiVersion": "v1", "kind": kind, "metadata": { "name": "a" },
            "spec": spec });
        Object::from_value(value).expect("an object")
    }

    #[track_caller]
    fn check(kind: &str, at: &str, spec: &Value) {
        let object = object(kind, spec);
        assert_eq!(images(&object), ["r/init:1", "r/api:1"]);
        let digests = BTreeMap::from([("r/api:1".to_owned(), "sha256:00".to_owned())]);
        let pinned = pinned(&object, &digests).expect("it runs the image");
        let found = pinned.value.pointer(at).and_then(Value::as_str);
        assert_eq!(found, Some("r/api:1@sha256:00"));
        assert_eq!(images(&pinned), ["r/init:1", "r/api:1@sha256:00"]);
    }

    fn pod() -> Value {
        json!({ "containers": [{ "image": "r/api:1" }], "initContainers": [{ "image": "r/init:1" }] })
    }

    #[test]
    fn images_are_pinned_wherever_a_pod_is_described() {
        check("Pod", "/spec/containers/0/image", &pod());
        let template = json!({ "template": { "spec": pod() } });
        let at = "/spec/template/spec/containers/0/image";
        check("Deployment", at, &template);
        check("Job", at, &template);
        let at = "/spec/jobTemplate/spec/template/spec/containers/0/image";
        check(
            "CronJob",
            at,
            &json!({ "jobTemplate": { "spec": template } }),
        );
    }

    #[test]
    fn other_objects_stay() {
        let object = object("Service", &json!({}));
        assert_eq!(pinned(&object, &BTreeMap::new()), None);
    }
}
