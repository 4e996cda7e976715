//! Reading: get and list, with selectors and pages.

use std::sync::Arc;

use serde_json::{Value, json};

use super::request::{Parameters, Target};
use super::selector::Selector;
use super::status::Refusal;
use super::store::Key;
use super::world::World;

/// Returns one object.
pub(crate) fn get(world: &World, target: &Target, name: &str) -> Result<Arc<Value>, Refusal> {
    world
        .store
        .get(&target.key(name))
        .cloned()
        .ok_or_else(|| Refusal::not_found(target.resource.names(), name))
}

/// Returns a list, or one page of it.
///
/// A page's `continue` names the version and the last key of the page; the pages that follow are of
/// the current state, which is what a server does once it has compacted the version.
pub(crate) fn list(
    world: &World,
    target: &Target,
    parameters: &Parameters,
) -> Result<Value, Refusal> {
    let selector = Selector::parse(
        parameters.text("labelSelector"),
        parameters.text("fieldSelector"),
    )?;
    if let Some(asked) = parameters.number("resourceVersion")
        && asked > world.store.revision()
    {
        return Err(Refusal::too_new(asked, world.store.revision()));
    }
    let after = parse_continue(parameters.text("continue"))?;
    let limit = parameters.number("limit").filter(|limit| *limit > 0);
    let limit = limit.map_or(usize::MAX, |limit| {
        usize::try_from(limit).unwrap_or(usize::MAX)
    });
    let mut found = world
        .store
        .list(&target.resource.id, target.namespace.as_deref())
        .filter(|(key, _)| after.as_ref().is_none_or(|after| place(key) > *after))
        .filter(|(_, object)| selector.fits(object));
    let mut items = Vec::new();
    let mut last = None;
    for (key, object) in found.by_ref().take(limit) {
        items.push((**object).clone());
        last = Some(place(key));
    }
    let left = found.count();
    let mut metadata = json!({"resourceVersion": world.store.revision().to_string()});
    if let Some((namespace, name)) = last.filter(|_| left > 0) {
        metadata["continue"] = Value::from(format!("{namespace}/{name}"));
        // The server doesn't count what a selector would have to look at first.
        if selector.is_empty() {
            metadata["remainingItemCount"] = Value::from(left);
        }
    }
    Ok(json!({
        "kind": format!("{}List", target.resource.kind),
        "apiVersion": target.resource.api_version(),
        "metadata": metadata,
        "items": items,
    }))
}

fn place(key: &Key) -> (String, String) {
    (key.namespace.clone(), key.name.clone())
}

fn parse_continue(text: &str) -> Result<Option<(String, String)>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    let (namespace, name) = text
        .split_once('/')
        .ok_or_else(|| Refusal::bad("continue key is not valid"))?;
    Ok(Some((namespace.to_owned(), name.to_owned())))
}

/// Returns an object with only its metadata, where the client asked for that.
pub(crate) fn metadata_only(object: &Value) -> Value {
    if let Some(items) = object["items"].as_array() {
        let items: Vec<Value> = items.iter().map(metadata_only).collect();
        return json!({
            "kind": "PartialObjectMetadataList",
            "apiVersion": "meta.k8s.io/v1",
            "metadata": object["metadata"],
            "items": items,
        });
    }
    json!({
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": object["metadata"],
    })
}
