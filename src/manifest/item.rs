//! What an item of a file is: one object, or the few that belong together.

use serde::Serialize;
use serde_json::Value;

use super::peers::Peers;
use super::{
    RenderError, claims, config_map, gateway, hpa, ingress, namespace, network_policy, options,
    pdb, secret, service, service_account, service_monitor, users, workloads,
};
use crate::resolve::{Application, IngressSpec, ManifestItem, Workload};
use crate::settings::EdgeApi;

/// Why one item can't be made; the file is added where it is known.
#[derive(Debug)]
pub(super) enum ItemError {
    Unknown(String),
    Serialise(serde_json::Error),
}

impl ItemError {
    pub(super) fn in_file(self, path: &str) -> RenderError {
        let path = path.to_owned();
        match self {
            Self::Unknown(what) => RenderError::Unknown { path, what },
            Self::Serialise(source) => RenderError::Serialise { path, source },
        }
    }
}

impl From<serde_json::Error> for ItemError {
    fn from(error: serde_json::Error) -> Self {
        Self::Serialise(error)
    }
}

/// Returns the objects of an item of a file.
pub(super) fn values(peers: &Peers<'_>, item: &ManifestItem) -> Result<Vec<Value>, ItemError> {
    let application = peers.application;
    let workload = |name: &String| {
        peers
            .workload(name)
            .ok_or_else(|| ItemError::Unknown(format!("workload `{name}`")))
    };
    match item {
        ManifestItem::Namespace => all([namespace::build(application)]),
        ManifestItem::NamespacePolicy => all([network_policy::default_deny(application)]),
        ManifestItem::Secret(name) => {
            let secret = application
                .secrets
                .iter()
                .find(|secret| secret.name == *name);
            let secret = secret.ok_or_else(|| ItemError::Unknown(format!("Secret `{name}`")))?;
            all([secret::build(application, secret)])
        }
        ManifestItem::ConfigMap(name) => {
            let map = peers.config_map(name);
            let map = map.ok_or_else(|| ItemError::Unknown(format!("ConfigMap `{name}`")))?;
            all([config_map::build(application, map)])
        }
        ManifestItem::ServiceAccount(name) => service_account_values(application, workload(name)?),
        ManifestItem::NetworkPolicy(name) => all([network_policy::build(peers, workload(name)?)]),
        ManifestItem::Claims(name) => all(claims::build(application, workload(name)?)),
        ManifestItem::Workload(name) => {
            let workload = workload(name)?;
            let mut values = all(users::build(application, workload))?;
            let mut value = workloads::value(application, workload)?;
            options::workload(&mut value, workload);
            values.push(value);
            Ok(values)
        }
        ManifestItem::Services(name) => all(service::build(peers, workload(name)?)),
        ManifestItem::Hpa(name) => all(hpa::build(application, workload(name)?)),
        ManifestItem::Pdb(name) => all(pdb::build(application, workload(name)?)),
        ManifestItem::ServiceMonitor(name) => {
            Ok(service_monitor::build(application, workload(name)?)
                .into_iter()
                .collect())
        }
        ManifestItem::Ingress => {
            let ingress = application.ingress.as_ref();
            let ingress = ingress.ok_or_else(|| ItemError::Unknown("an Ingress".to_owned()))?;
            way_in(application, ingress)
        }
    }
}

fn way_in(application: &Application, spec: &IngressSpec) -> Result<Vec<Value>, ItemError> {
    match spec.api {
        EdgeApi::Ingress => {
            let mut values = gateway::middlewares(application, spec);
            values.extend(all(ingress::build(application, spec))?);
            Ok(values)
        }
        EdgeApi::Gateway => Ok(gateway::build(application, spec)),
    }
}

fn service_account_values(
    application: &Application,
    workload: &Workload,
) -> Result<Vec<Value>, ItemError> {
    let mut values = all([service_account::build(application, workload)])?;
    if service_account::needs_discovery(application, workload) {
        values.extend(all([service_account::role(application, workload)])?);
        values.extend(all([service_account::role_binding(application, workload)])?);
    }
    Ok(values)
}

fn all<T: Serialize>(objects: impl IntoIterator<Item = T>) -> Result<Vec<Value>, ItemError> {
    objects
        .into_iter()
        .map(|object| Ok(serde_json::to_value(object)?))
        .collect()
}
