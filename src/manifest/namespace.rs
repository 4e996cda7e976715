//! The Namespace, which refuses pods that aren't hardened.

use k8s_openapi::api::core::v1::Namespace;

use super::labels;
use crate::resolve::Application;

/// Returns the Namespace, with Pod Security `restricted`.
pub(super) fn build(application: &Application) -> Namespace {
    let mut metadata = labels::shared(application, &application.namespace);
    metadata.namespace = None;
    if let Some(labels) = &mut metadata.labels {
        for mode in ["enforce", "audit", "warn"] {
            labels.insert(
                format!("pod-security.kubernetes.io/{mode}"),
                "restricted".to_owned(),
            );
        }
    }
    Namespace {
        metadata,
        ..Namespace::default()
    }
}
