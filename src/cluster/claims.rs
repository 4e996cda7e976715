//! The claims that a StatefulSet's controller makes from its templates: they have no owner, and stay
//! when it goes.

use k8s_openapi::api::core::v1::PersistentVolumeClaim;
use kube::ResourceExt as _;
use kube::api::{Api, ListParams};

use super::{Cluster, ClusterError};
use crate::manifest::Object;

impl Cluster {
    /// Returns the claims of a StatefulSet, by the names that its controller gives them.
    ///
    /// # Errors
    /// Where the cluster can't be asked.
    pub async fn claims_of(&self, set: &Object) -> Result<Vec<Object>, ClusterError> {
        let Some(namespace) = self.namespace_of(set) else {
            return Ok(Vec::new());
        };
        let api: Api<PersistentVolumeClaim> = Api::namespaced(self.client.clone(), &namespace);
        let listed = api.list(&ListParams::default()).await;
        let listed = listed.map_err(|error| self.error(error))?;
        let templates = set.value["spec"]["volumeClaimTemplates"].as_array();
        let beginnings: Vec<String> = templates
            .into_iter()
            .flatten()
            .filter_map(|template| template["metadata"]["name"].as_str())
            .map(|template| format!("{template}-{}-", set.name))
            .collect();
        let of_set = |name: &str| {
            beginnings.iter().any(|beginning| {
                let ordinal = name.strip_prefix(beginning.as_str()).unwrap_or_default();
                !ordinal.is_empty() && ordinal.chars().all(|c| c.is_ascii_digit())
            })
        };
        let claims = listed.items.into_iter().filter(|it| of_set(&it.name_any()));
        Ok(claims
            .filter_map(|claim| {
                let mut value = serde_json::to_value(claim).ok()?;
                value["apiVersion"] = "v1".into();
                value["kind"] = "PersistentVolumeClaim".into();
                Object::from_value(value)
            })
            .collect())
    }
}
