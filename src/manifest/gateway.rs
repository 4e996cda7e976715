//! Gateway, `HTTPRoute`s (`gateway.networking.k8s.io/v1`) and Traefik's Middlewares, which no typed
//! objects exist for. Only fields of the standard channel are written.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Value, json};

use super::labels;
use crate::resolve::{Application, IngressPath, IngressSpec, PathKind, ServicePort};

const API: &str = "gateway.networking.k8s.io/v1";

/// Returns the Gateway, unless one that is there already is meant, and its routes.
pub(super) fn build(application: &Application, spec: &IngressSpec) -> Vec<Value> {
    let mut all = Vec::new();
    if spec.gateway.existing.is_none() {
        all.push(gateway(application, spec));
    }
    for host in &spec.hosts {
        let paths: Vec<&IngressPath> = spec.paths().filter(|path| path.host == *host).collect();
        if !paths.is_empty() {
            all.push(route(application, spec, host, &paths));
        }
    }
    // A Gateway of others has listeners of theirs: whether one is plain HTTP isn't known here.
    if spec.gateway.redirect && spec.gateway.existing.is_none() {
        all.push(redirect(application, spec));
    }
    all
}

/// Returns Traefik's Middlewares.
pub(super) fn middlewares(application: &Application, spec: &IngressSpec) -> Vec<Value> {
    let one = |middleware: &crate::resolve::Middleware| {
        json!({
            "apiVersion": "traefik.io/v1alpha1",
            "kind": "Middleware",
            "metadata": labels::shared(application, &middleware.name),
            "spec": middleware.spec,
        })
    };
    spec.middlewares.iter().map(one).collect()
}

fn gateway(application: &Application, spec: &IngressSpec) -> Value {
    let mut metadata = labels::shared(application, &spec.name);
    if !spec.gateway.annotations.is_empty() {
        metadata.annotations = Some(spec.gateway.annotations.iter().cloned().collect());
    }
    let from = json!({"namespaces": {"from": "Same"}});
    let mut listeners = vec![json!({
        "name": "http",
        "protocol": "HTTP",
        "port": 80,
        "allowedRoutes": from,
    })];
    if let Some(secret) = &spec.tls_secret {
        for (index, host) in spec.hosts.iter().enumerate() {
            listeners.push(json!({
                "name": listener(index),
                "hostname": host,
                "protocol": "HTTPS",
                "port": 443,
                "tls": {"mode": "Terminate", "certificateRefs": [{"name": secret}]},
                "allowedRoutes": from,
            }));
        }
    }
    object(
        "Gateway",
        &metadata,
        &json!({
            "gatewayClassName": spec.class,
            "listeners": listeners,
        }),
    )
}

/// Returns the name of a host's TLS listener.
fn listener(index: usize) -> String {
    if index == 0 {
        "https".to_owned()
    } else {
        format!("https-{}", index + 1)
    }
}

fn object(kind: &str, metadata: &ObjectMeta, spec: &Value) -> Value {
    json!({"apiVersion": API, "kind": kind, "metadata": metadata, "spec": spec})
}

/// Returns the reference to the Gateway, to one of its listeners where it is ours.
fn parent(spec: &IngressSpec, section: &str) -> Value {
    match &spec.gateway.existing {
        Some((namespace, name)) => json!({"namespace": namespace, "name": name}),
        None => json!({"name": spec.name, "sectionName": section}),
    }
}

fn route(
    application: &Application,
    spec: &IngressSpec,
    host: &str,
    paths: &[&IngressPath],
) -> Value {
    let index = spec
        .hosts
        .iter()
        .position(|known| known == host)
        .unwrap_or(0);
    let name = if index == 0 {
        spec.name.clone()
    } else {
        format!("{}-{}", spec.name, index + 1)
    };
    let section = match spec.tls_secret {
        Some(_) => listener(index),
        None => "http".to_owned(),
    };
    let rules: Vec<Value> = paths
        .iter()
        .map(|path| rule(application, spec, path))
        .collect();
    object(
        "HTTPRoute",
        &labels::shared(application, &name),
        &json!({
            "parentRefs": [parent(spec, &section)],
            "hostnames": [host],
            "rules": rules,
        }),
    )
}

fn rule(application: &Application, spec: &IngressSpec, path: &IngressPath) -> Value {
    let kind = match path.kind {
        PathKind::Exact => "Exact",
        PathKind::Prefix => "PathPrefix",
        PathKind::Regex => "RegularExpression",
    };
    let number = application
        .workload(&path.workload)
        .and_then(|workload| workload.ports.iter().find(|port| port.name == path.port))
        .map(ServicePort::number);
    let mut rule = json!({
        "matches": [{"path": {"type": kind, "value": path.path}}],
        "backendRefs": [{"name": path.workload, "port": number}],
    });
    let mut filters = Vec::new();
    if let Some(cors) = &spec.gateway.cors {
        filters.push(json!({"type": "CORS", "cors": cors}));
    }
    if let Some(to) = &path.rewrite {
        filters.push(json!({
            "type": "URLRewrite",
            "urlRewrite": {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": to}},
        }));
    }
    if !filters.is_empty() {
        rule["filters"] = Value::Array(filters);
    }
    if let Some(timeout) = &spec.gateway.request_timeout {
        rule["timeouts"] = json!({"request": timeout});
    }
    rule
}

fn redirect(application: &Application, spec: &IngressSpec) -> Value {
    let name = format!("{}-https", spec.name);
    object(
        "HTTPRoute",
        &labels::shared(application, &name),
        &json!({
            "parentRefs": [parent(spec, "http")],
            "hostnames": spec.hosts,
            "rules": [{
                "filters": [{
                    "type": "RequestRedirect",
                    "requestRedirect": {"scheme": "https", "statusCode": 301},
                }],
            }],
        }),
    )
}
