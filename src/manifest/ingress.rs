//! The Ingress.

use k8s_openapi::api::networking::v1::{
    HTTPIngressPath, HTTPIngressRuleValue, Ingress, IngressBackend, IngressRule,
    IngressServiceBackend, IngressSpec, IngressTLS, ServiceBackendPort,
};

use super::labels;
use crate::resolve::{self, Application, IngressPath};

/// Returns the Ingress.
pub(super) fn build(application: &Application, ingress: &resolve::IngressSpec) -> Ingress {
    let mut metadata = labels::shared(application, &ingress.name);
    if !ingress.annotations.is_empty() {
        metadata.annotations = Some(ingress.annotations.iter().cloned().collect());
    }
    let tls = ingress.tls_secret.as_ref().map(|secret| {
        vec![IngressTLS {
            hosts: Some(vec![ingress.host.clone()]),
            secret_name: Some(secret.clone()),
        }]
    });
    Ingress {
        metadata,
        spec: Some(IngressSpec {
            ingress_class_name: Some(ingress.class.clone()),
            tls,
            rules: Some(vec![IngressRule {
                host: Some(ingress.host.clone()),
                http: Some(HTTPIngressRuleValue {
                    paths: ingress.paths.iter().map(path).collect(),
                }),
            }]),
            default_backend: None,
        }),
        status: None,
    }
}

fn path(path: &IngressPath) -> HTTPIngressPath {
    HTTPIngressPath {
        path: Some(path.path.clone()),
        path_type: "Prefix".to_owned(),
        backend: IngressBackend {
            service: Some(IngressServiceBackend {
                name: path.workload.clone(),
                port: Some(ServiceBackendPort {
                    name: Some(path.port.clone()),
                    number: None,
                }),
            }),
            resource: None,
        },
    }
}
