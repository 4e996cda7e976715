//! `ServiceAccount`s, and the Role of a Prometheus that finds its targets through the API.

use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{PolicyRule, Role, RoleBinding, RoleRef, Subject};

use super::labels;
use crate::resolve::{self, Application, VolumeKind, Workload};

/// Returns the `ServiceAccount` of a workload. It carries no token unless a pod asks for one.
pub(super) fn build(application: &Application, workload: &Workload) -> ServiceAccount {
    ServiceAccount {
        metadata: labels::owned(application, workload, &workload.name),
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    }
}

/// Returns whether the workload is a Prometheus whose configuration looks for targets in the
/// cluster.
pub(super) fn needs_discovery(application: &Application, workload: &Workload) -> bool {
    let mounts = |name: &str| {
        workload
            .volumes
            .iter()
            .any(|volume| matches!(&volume.kind, VolumeKind::ConfigMap(map) if map == name))
    };
    workload.role == resolve::Role::Prometheus
        && application
            .config_maps
            .iter()
            .filter(|map| mounts(&map.name))
            .flat_map(|map| &map.data)
            .any(|(_, text)| text.contains("kubernetes_sd_configs"))
}

/// Returns the Role for discovery: reading in its own namespace, nothing else.
pub(super) fn role(application: &Application, workload: &Workload) -> Role {
    let rule = |group: &str, resources: &[&str]| PolicyRule {
        api_groups: Some(vec![group.to_owned()]),
        resources: Some(resources.iter().map(|name| (*name).to_owned()).collect()),
        verbs: ["get", "list", "watch"].map(str::to_owned).to_vec(),
        ..PolicyRule::default()
    };
    Role {
        metadata: labels::owned(application, workload, &workload.name),
        rules: Some(vec![
            rule("", &["endpoints", "pods", "services"]),
            rule("discovery.k8s.io", &["endpointslices"]),
        ]),
    }
}

/// Returns the binding of that Role to the workload's `ServiceAccount`.
pub(super) fn role_binding(application: &Application, workload: &Workload) -> RoleBinding {
    RoleBinding {
        metadata: labels::owned(application, workload, &workload.name),
        role_ref: RoleRef {
            api_group: Some("rbac.authorization.k8s.io".to_owned()),
            kind: "Role".to_owned(),
            name: workload.name.clone(),
        },
        subjects: Some(vec![Subject {
            kind: "ServiceAccount".to_owned(),
            name: workload.name.clone(),
            namespace: Some(application.namespace.clone()),
            api_group: None,
        }]),
    }
}
