//! The Ingresses.

use k8s_openapi::api::networking::v1::{
    HTTPIngressPath, HTTPIngressRuleValue, Ingress, IngressBackend, IngressRule,
    IngressServiceBackend, IngressSpec, IngressTLS, ServiceBackendPort,
};

use super::labels;
use crate::resolve::{self, Application, IngressPart, IngressPath, PathKind};

/// Returns the Ingresses, the main one first.
pub(super) fn build(application: &Application, ingress: &resolve::IngressSpec) -> Vec<Ingress> {
    ingress
        .parts
        .iter()
        .map(|part| one(application, ingress, part))
        .collect()
}

fn one(application: &Application, ingress: &resolve::IngressSpec, part: &IngressPart) -> Ingress {
    let mut metadata = labels::shared(application, &part.name);
    if !part.annotations.is_empty() {
        metadata.annotations = Some(part.annotations.iter().cloned().collect());
    }
    let hosts: Vec<&String> = ingress
        .hosts
        .iter()
        .filter(|host| part.paths.iter().any(|path| path.host == **host))
        .collect();
    // The first asks for the certificate, which is that of all hosts.
    let first = ingress
        .parts
        .first()
        .is_some_and(|first| first.name == part.name);
    let certified: Vec<String> = if first {
        ingress.hosts.clone()
    } else {
        hosts.iter().map(|host| (*host).clone()).collect()
    };
    let secret = ingress.tls_secret.as_ref().filter(|_| !part.plain);
    let tls = secret.map(|secret| {
        vec![IngressTLS {
            hosts: Some(certified),
            secret_name: Some(secret.clone()),
        }]
    });
    let rules = hosts.iter().map(|host| IngressRule {
        host: Some((*host).clone()),
        http: Some(HTTPIngressRuleValue {
            paths: part
                .paths
                .iter()
                .filter(|path| path.host == **host)
                .map(path)
                .collect(),
        }),
    });
    Ingress {
        metadata,
        spec: Some(IngressSpec {
            ingress_class_name: Some(ingress.class.clone()),
            tls,
            rules: Some(rules.collect()),
            default_backend: None,
        }),
        status: None,
    }
}

fn path(path: &IngressPath) -> HTTPIngressPath {
    let kind = match path.kind {
        PathKind::Exact => "Exact",
        PathKind::Prefix => "Prefix",
        // Only the controller knows what it means.
        PathKind::Regex => "ImplementationSpecific",
    };
    HTTPIngressPath {
        path: Some(path.path.clone()),
        path_type: kind.to_owned(),
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
