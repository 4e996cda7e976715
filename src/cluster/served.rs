//! From an established definition to a kind that the server really serves.
//!
//! Discovery and the handler of a new kind lag behind the condition `Established`, by a moment on
//! one server and by more behind several: what comes next would fail for no reason of its own.

use std::time::Duration;

use kube::api::ListParams;
use tokio::time::Instant;

use super::{Cluster, ClusterError};
use crate::manifest::Object;

/// How long a new kind may take from its definition's establishment to being served.
const LIMIT: Duration = Duration::from_secs(30);

/// How long it is waited between two looks, at first; each time twice as long, up to half a second.
const LOOK: Duration = Duration::from_millis(20);
const SLOWEST: Duration = Duration::from_millis(500);

impl Cluster {
    /// Waits until the kind that a `CustomResourceDefinition` defines is served in each of its
    /// versions; returns at once for other objects.
    ///
    /// # Errors
    /// Where it isn't served in time, or the server can't be asked.
    pub async fn served(&self, definition: &Object) -> Result<(), ClusterError> {
        let deadline = Instant::now() + LIMIT;
        for (api_version, kind) in defined(definition) {
            let mut pause = LOOK;
            while !self.serves(&api_version, &kind).await? {
                if Instant::now() > deadline {
                    return Err(ClusterError::NoSuchKind { api_version, kind });
                }
                tokio::time::sleep(pause).await;
                pause = SLOWEST.min(pause * 2);
            }
        }
        Ok(())
    }

    /// Whether discovery has a kind, and its handler answers.
    async fn serves(&self, api_version: &str, kind: &str) -> Result<bool, ClusterError> {
        let served = match self.kind(api_version, kind).await {
            Ok(served) => served,
            Err(ClusterError::NoSuchKind { .. }) => return Ok(false),
            Err(error) => return Err(error),
        };
        let all = kube::Api::<kube::api::DynamicObject>::all_with(self.client.clone(), &served.0);
        match all.list(&ListParams::default().limit(1)).await {
            Ok(_) => Ok(true),
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(false),
            // Who may not list may still apply.
            Err(kube::Error::Api(status)) if status.code == 403 => Ok(true),
            Err(error) => Err(self.error(error)),
        }
    }
}

/// Returns the `apiVersion`s and the kind that an object defines; none where it is no definition.
fn defined(definition: &Object) -> Vec<(String, String)> {
    let spec = &definition.value["spec"];
    let (Some(group), Some(kind)) = (spec["group"].as_str(), spec["names"]["kind"].as_str()) else {
        return Vec::new();
    };
    if definition.kind != "CustomResourceDefinition" {
        return Vec::new();
    }
    let versions = spec["versions"].as_array();
    versions
        .into_iter()
        .flatten()
        .filter(|version| version["served"] == true)
        .filter_map(|version| version["name"].as_str())
        .map(|version| (format!("{group}/{version}"), kind.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::defined;
    use crate::manifest::parse_documents;

    #[track_caller]
    fn check(yaml: &str, expected: &[&str]) {
        let objects = parse_documents("a.yml", yaml).expect("an object");
        let found = defined(objects.first().expect("an object"));
        let found: Vec<String> = found
            .iter()
            .map(|(v, kind)| format!("{v} {kind}"))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn only_versions_that_are_served_are_waited_for() {
        check(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n\
             metadata: {name: widgets.example.test}\nspec:\n  group: example.test\n  \
             names: {kind: Widget}\n  versions: [{name: v1, served: true}, {name: v0, served: false}]\n",
            &["example.test/v1 Widget"],
        );
        check(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
            &[],
        );
    }
}
