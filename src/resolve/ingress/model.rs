//! The types of what is routed from outside, whichever API it is written in.

use serde_json::Value;

use crate::checklist::Span;
use crate::settings::EdgeApi;

/// How the application is reached from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngressSpec {
    /// Its name; the objects' names begin with it.
    pub name: String,
    /// Which API it is written in.
    pub api: EdgeApi,
    /// `ingressClassName` or `gatewayClassName`.
    pub class: String,
    /// The namespace of the pods that requests come from.
    pub controller_namespace: String,
    /// The hosts, each once, the main one first.
    pub hosts: Vec<String>,
    /// The TLS Secret, where TLS ends here.
    pub tls_secret: Option<String>,
    /// The Ingresses: one, and others for paths that need annotations of their own.
    pub parts: Vec<IngressPart>,
    /// What Traefik needs objects for.
    pub middlewares: Vec<Middleware>,
    /// Annotations of the Services that are routed to.
    pub service_annotations: Vec<(String, String)>,
    /// What the Gateway API needs beside paths.
    pub gateway: GatewaySpec,
    /// The checklist's bullets that the controller can't carry out.
    pub unmet: Vec<Span>,
    /// Paths that are asked for and of which it is not known who serves them: they are left out.
    pub undecided: Vec<String>,
}

impl IngressSpec {
    /// Returns every path, part by part.
    pub fn paths(&self) -> impl Iterator<Item = &IngressPath> {
        self.parts.iter().flat_map(|part| &part.paths)
    }
}

/// One Ingress.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IngressPart {
    /// Its name.
    pub name: String,
    /// Annotations in order.
    pub annotations: Vec<(String, String)>,
    /// The paths in order of precedence.
    pub paths: Vec<IngressPath>,
    /// Whether it only sends plain HTTP on to HTTPS, and so has no TLS itself.
    pub plain: bool,
}

/// One path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngressPath {
    /// The host.
    pub host: String,
    /// The path as the controller takes it (`/api`, `/api(/|$)(.*)`).
    pub path: String,
    /// How it matches.
    pub kind: PathKind,
    /// What the prefix becomes on its way, where it doesn't stay.
    pub rewrite: Option<String>,
    /// The workload behind it.
    pub workload: String,
    /// The port's name.
    pub port: String,
}

/// How a path matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PathKind {
    /// The whole path.
    Exact,
    /// A regular expression, which only some controllers know.
    Regex,
    /// What begins with its segments.
    Prefix,
}

/// A Traefik Middleware.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Middleware {
    /// Its name.
    pub name: String,
    /// Its `spec`.
    pub spec: Value,
}

/// What the Gateway API needs beside paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GatewaySpec {
    /// A Gateway that is there already: its namespace, where it isn't the application's, and name.
    pub existing: Option<(Option<String>, String)>,
    /// cert-manager's annotation of the Gateway.
    pub annotations: Vec<(String, String)>,
    /// Whether plain HTTP is sent on to HTTPS.
    pub redirect: bool,
    /// The CORS filter of each rule (standard since v1.5 of the API).
    pub cors: Option<Value>,
    /// `timeouts.request` of each rule.
    pub request_timeout: Option<String>,
}
