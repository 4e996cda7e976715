//! Real values for Secrets on a real target: from the environment or an ignored env file, or from
//! the Secret that is there already. The rehearsal runs on placeholders.

use std::collections::BTreeMap;

use crate::cluster::{Cluster, ClusterError};
use crate::manifest::{Object, secret_keys, with_secret_values};
use crate::plan::Plan;

/// Why Secrets can't be filled.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// Values are missing; all of them are listed.
    #[error("no value for {} of {} Secrets: {}", .0.len(), secrets(.0), list(.0))]
    Missing(Vec<(String, String)>),
    /// The cluster could not be asked.
    #[error("can't look for the Secrets that are there already")]
    Cluster(#[from] ClusterError),
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

/// Returns the Secrets of a plan with real values, by label.
///
/// A key's value is taken from `given`, else left as it is in the Secret that the cluster holds
/// already: what is there is never overwritten by a placeholder.
///
/// # Errors
/// Returns all missing values together, before anything is applied.
pub async fn fill(
    plan: &Plan,
    cluster: &Cluster,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Object>, SecretsError> {
    let mut filled = BTreeMap::new();
    let mut missing = Vec::new();
    for object in plan.objects().filter(|object| object.kind == "Secret") {
        let keys = secret_keys(object);
        if keys.is_empty() {
            continue;
        }
        let kept = kept_values(cluster, object).await?;
        let mut values = BTreeMap::new();
        for key in keys {
            match given
                .get(&key)
                .filter(|value| !value.is_empty())
                .or_else(|| kept.get(&key))
            {
                Some(value) => {
                    values.insert(key, value.clone());
                }
                None => missing.push((object.name.clone(), key)),
            }
        }
        filled.insert(object.label(), with_secret_values(object, &values));
    }
    if missing.is_empty() {
        Ok(filled)
    } else {
        Err(SecretsError::Missing(missing))
    }
}

/// The values of the Secret that the cluster holds, where they are text.
async fn kept_values(
    cluster: &Cluster,
    object: &Object,
) -> Result<BTreeMap<String, String>, ClusterError> {
    let Some(there) = cluster.get(object).await? else {
        return Ok(BTreeMap::new());
    };
    let data = there
        .data
        .get("data")
        .and_then(serde_json::Value::as_object);
    Ok(data
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| {
            let bytes: k8s_openapi::ByteString = serde_json::from_value(value.clone()).ok()?;
            Some((key.clone(), String::from_utf8(bytes.0).ok()?))
        })
        .collect())
}
