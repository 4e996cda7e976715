//! Real values for Secrets on a real target: from the environment or an ignored env file, or from
//! the Secret that is there already. The rehearsal runs on placeholders.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::Live;
use crate::manifest::{Object, pinned, references, secret_keys, with_secret_values};
use crate::plan::Plan;

/// Why Secrets can't be filled.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// Values are missing; all of them are listed.
    #[error("no value for {} of {} Secrets: {}", .0.len(), secrets(.0), list(.0))]
    Missing(Vec<(String, String)>),
}

/// Counts, on pods' templates, how often a value of their Secrets was changed: a pod reads its
/// Secrets once. A hash of the value would do as well, and could be guessed.
const ROTATION: &str = "orch.dev/secret-rotation";

/// Objects as they are really sent.
#[derive(Debug, Default)]
pub struct Filled {
    /// The Secrets that hold no placeholder any more, and what runs images whose digests are
    /// known, by label.
    pub objects: BTreeMap<String, Object>,
    /// The values that are missing: the Secret's name and the key.
    pub missing: Vec<(String, String)>,
}

impl Filled {
    /// Puts digests (image with tag → `sha256:…`) in place of the tags of a plan's images.
    pub fn pin(&mut self, plan: &Plan, digests: &BTreeMap<String, String>) {
        if digests.is_empty() {
            return;
        }
        for object in plan.objects() {
            let label = object.label();
            let now = self.objects.get(&label).unwrap_or(object);
            if let Some(pinned) = pinned(now, digests) {
                self.objects.insert(label, pinned);
            }
        }
    }

    /// Has pods made anew whose Secrets get other values than they have, and keeps the count of
    /// those that were.
    fn roll(&mut self, plan: &Plan, live: &Live, changed: &BTreeSet<String>) {
        let kinds = ["Deployment", "StatefulSet", "DaemonSet"];
        for object in plan
            .objects()
            .filter(|it| kinds.contains(&it.kind.as_str()))
        {
            let there = live.get(object).unwrap_or_default();
            let count = there.pointer("/spec/template/metadata/annotations");
            let count = count.and_then(|it| it.get(ROTATION)?.as_str()?.parse::<u64>().ok());
            let uses = references(object)
                .iter()
                .any(|it| it.kind == "Secret" && changed.contains(&it.name));
            let count = match (count, uses) {
                (count, true) => count.unwrap_or(0) + 1,
                (Some(count), false) => count,
                (None, false) => continue,
            };
            let mut rolled = object.clone();
            if let Some(metadata) = rolled.value.pointer_mut("/spec/template/metadata") {
                metadata["annotations"][ROTATION] = count.to_string().into();
                self.objects.insert(rolled.label(), rolled);
            }
        }
    }

    /// Returns the Secrets where none lacks a value.
    ///
    /// # Errors
    /// Returns all missing values together, before anything is applied.
    pub fn complete(self) -> Result<BTreeMap<String, Object>, SecretsError> {
        if self.missing.is_empty() {
            Ok(self.objects)
        } else {
            Err(SecretsError::Missing(self.missing))
        }
    }
}

fn secrets(missing: &[(String, String)]) -> usize {
    missing
        .iter()
        .map(|(secret, _)| secret)
        .collect::<std::collections::BTreeSet<_>>()
        .len()
}

fn list(missing: &[(String, String)]) -> String {
    missing
        .iter()
        .map(|(secret, key)| format!("{key} ({secret})"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Returns the Secrets of a plan with real values.
///
/// A key's value is taken from `given`, else left as it is in the Secret that the cluster holds
/// already: what is there is never overwritten by a placeholder.
pub fn fill(plan: &Plan, live: &Live, given: &BTreeMap<String, String>) -> Filled {
    let mut filled = Filled::default();
    let mut changed = BTreeSet::new();
    for object in plan.objects().filter(|object| object.kind == "Secret") {
        let keys = secret_keys(object);
        if keys.is_empty() {
            continue;
        }
        let kept = kept_values(live, object);
        let mut values = BTreeMap::new();
        let missing = filled.missing.len();
        for key in keys {
            let value = given.get(&key).filter(|value| !value.is_empty());
            if value.is_some_and(|value| kept.get(&key).is_some_and(|kept| kept != value)) {
                changed.insert(object.name.clone());
            }
            match value.or_else(|| kept.get(&key)) {
                Some(value) => drop(values.insert(key, value.clone())),
                None => filled.missing.push((object.name.clone(), key)),
            }
        }
        if filled.missing.len() == missing {
            let real = with_secret_values(object, &values);
            filled.objects.insert(object.label(), real);
        }
    }
    filled.roll(plan, live, &changed);
    filled
}

/// The values of the Secret that the cluster holds, where they are text.
fn kept_values(live: &Live, object: &Object) -> BTreeMap<String, String> {
    let there = live.get(object).unwrap_or_default();
    let data = there.get("data").and_then(serde_json::Value::as_object);
    data.into_iter()
        .flatten()
        .filter_map(|(key, value)| {
            let bytes: k8s_openapi::ByteString = serde_json::from_value(value.clone()).ok()?;
            Some((key.clone(), String::from_utf8(bytes.0).ok()?))
        })
        .collect()
}
