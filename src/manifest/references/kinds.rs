//! What objects of each kind refer to, beside what their pods do.

use serde_json::Value;

use super::{Found, items, text};
use crate::manifest::Object;

/// What an Ingress carries where cert-manager makes its Secret once it is there.
const ISSUERS: [&str; 2] = ["cert-manager.io/issuer", "cert-manager.io/cluster-issuer"];

/// Where an Ingress names the Secret with the users that may pass.
const USERS: [&str; 3] = [
    "/metadata/annotations/nginx.ingress.kubernetes.io~1auth-secret",
    "/metadata/annotations/nginx.org~1basic-auth-secret",
    "/metadata/annotations/haproxy.org~1auth-secret",
];

impl Found<'_> {
    /// Adds what an object names.
    pub(super) fn by_kind(&mut self, object: &Object) {
        let value = &object.value;
        match object.kind.as_str() {
            "StatefulSet" => {
                self.local("Service", value, "/spec/serviceName", "serviceName");
                for template in items(value, "/spec/volumeClaimTemplates") {
                    self.claim(template, "volumeClaimTemplates");
                }
            }
            "PersistentVolumeClaim" => self.claim(value, "storageClassName"),
            "PersistentVolume" => {
                self.global_at(
                    "StorageClass",
                    value,
                    "/spec/storageClassName",
                    "storageClassName",
                );
            }
            "HorizontalPodAutoscaler" | "ScaledObject" => {
                self.target(value, "/spec/scaleTargetRef", "scaleTargetRef");
            }
            "VerticalPodAutoscaler" => self.target(value, "/spec/targetRef", "targetRef"),
            "Ingress" => self.ingress(value),
            "Gateway" => self.gateway(value),
            "Middleware" => self.local("Secret", value, "/spec/basicAuth/secret", "basicAuth"),
            "HTTPRoute" | "GRPCRoute" | "TCPRoute" | "TLSRoute" | "UDPRoute" => self.route(value),
            "RoleBinding" | "ClusterRoleBinding" => self.binding(value),
            "ServiceAccount" => {
                for secret in items(value, "/imagePullSecrets") {
                    self.local("Secret", secret, "/name", "imagePullSecrets");
                }
            }
            "Secret" => self.token(value),
            "Endpoints" => self.local("Service", value, "/metadata/name", "its Service"),
            "EndpointSlice" => {
                let label = "/metadata/labels/kubernetes.io~1service-name";
                self.local("Service", value, label, "its Service");
            }
            "Certificate" | "CertificateRequest" => {
                let kind = text(value, "/spec/issuerRef/kind").unwrap_or("Issuer");
                match kind {
                    "ClusterIssuer" => {
                        self.global_at(kind, value, "/spec/issuerRef/name", "issuerRef");
                    }
                    _ => self.local(kind, value, "/spec/issuerRef/name", "issuerRef"),
                }
            }
            _ => self.of_the_server(object),
        }
    }

    /// What has the API server ask others, or decide by rules.
    fn of_the_server(&mut self, object: &Object) {
        let value = &object.value;
        match object.kind.as_str() {
            "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => {
                for webhook in items(value, "/webhooks") {
                    if let Some(service) = webhook.pointer("/clientConfig/service") {
                        self.elsewhere("Service", service, "clientConfig");
                    }
                }
            }
            "CustomResourceDefinition" => {
                let conversion = "/spec/conversion/webhook/clientConfig/service";
                if let Some(service) = value.pointer(conversion) {
                    self.elsewhere("Service", service, "conversion");
                }
            }
            "APIService" => {
                if let Some(service) = value.pointer("/spec/service") {
                    self.elsewhere("Service", service, "service");
                }
            }
            "ValidatingAdmissionPolicyBinding" => {
                let kind = "ValidatingAdmissionPolicy";
                self.global_at(kind, value, "/spec/policyName", "policyName");
            }
            "MutatingAdmissionPolicyBinding" => {
                let kind = "MutatingAdmissionPolicy";
                self.global_at(kind, value, "/spec/policyName", "policyName");
            }
            _ => {}
        }
    }

    fn target(&mut self, value: &Value, pointer: &str, by: &'static str) {
        if let Some(target) = value.pointer(pointer) {
            let kind = text(target, "/kind").unwrap_or("Deployment");
            self.local(kind, target, "/name", by);
        }
    }

    fn ingress(&mut self, value: &Value) {
        self.global_at(
            "IngressClass",
            value,
            "/spec/ingressClassName",
            "ingressClassName",
        );
        self.local(
            "Service",
            value,
            "/spec/defaultBackend/service/name",
            "backend",
        );
        for rule in items(value, "/spec/rules") {
            for path in items(rule, "/http/paths") {
                self.local("Service", path, "/backend/service/name", "backend");
            }
        }
        for key in USERS {
            self.local("Secret", value, key, "its users");
        }
        let annotations = value.pointer("/metadata/annotations");
        if annotations.is_some_and(|has| ISSUERS.iter().any(|name| has.get(name).is_some())) {
            return;
        }
        for tls in items(value, "/spec/tls") {
            self.local("Secret", tls, "/secretName", "tls");
        }
    }

    fn gateway(&mut self, value: &Value) {
        self.global_at(
            "GatewayClass",
            value,
            "/spec/gatewayClassName",
            "gatewayClassName",
        );
        for listener in items(value, "/spec/listeners") {
            for certificate in items(listener, "/tls/certificateRefs") {
                let kind = text(certificate, "/kind").unwrap_or("Secret");
                self.elsewhere(kind, certificate, "certificateRefs");
            }
        }
    }

    fn route(&mut self, value: &Value) {
        for parent in items(value, "/spec/parentRefs") {
            self.elsewhere(
                text(parent, "/kind").unwrap_or("Gateway"),
                parent,
                "parentRefs",
            );
        }
        for rule in items(value, "/spec/rules") {
            for backend in items(rule, "/backendRefs") {
                let kind = text(backend, "/kind").unwrap_or("Service");
                self.elsewhere(kind, backend, "backendRefs");
            }
        }
    }

    fn binding(&mut self, value: &Value) {
        match text(value, "/roleRef/kind") {
            Some("ClusterRole") => self.global_at("ClusterRole", value, "/roleRef/name", "roleRef"),
            Some(kind) => self.local(kind, value, "/roleRef/name", "roleRef"),
            None => {}
        }
        for subject in items(value, "/subjects") {
            if text(subject, "/kind") == Some("ServiceAccount") {
                self.elsewhere("ServiceAccount", subject, "subjects");
            }
        }
    }

    /// A token's Secret is removed again where its account isn't there.
    fn token(&mut self, value: &Value) {
        if text(value, "/type") == Some("kubernetes.io/service-account-token") {
            let account = "/metadata/annotations/kubernetes.io~1service-account.name";
            self.local("ServiceAccount", value, account, "its account");
        }
    }
}
