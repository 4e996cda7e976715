//! The Ingress: paths to workloads, TLS, and what controllers want to be told.

use crate::settings::IngressSettings;

use super::application::{IngressPath, IngressSpec, Role, Workload};
use super::spec::Spec;

/// Returns the Ingress that a spec asks for; `None` where nothing serves HTTP.
pub(super) fn build(
    app: &str,
    spec: &Spec,
    settings: &IngressSettings,
    workloads: &[Workload],
) -> Option<IngressSpec> {
    let mut wanted: Vec<String> = spec.paths.iter().map(|path| prefix(path)).collect();
    if wanted.is_empty() {
        wanted.push("/".to_owned());
    }
    wanted.sort_by_key(|path| std::cmp::Reverse(path.len()));
    wanted.dedup();
    let paths: Vec<IngressPath> = wanted
        .into_iter()
        .filter_map(|path| route(path, workloads))
        .collect();
    if paths.is_empty() {
        return None;
    }
    let class = settings.class.clone();
    let class = class.or_else(|| spec.controllers.first().cloned());
    let class = class.unwrap_or_else(|| "nginx".to_owned());
    let mut controllers = spec.controllers.clone();
    if controllers.is_empty() {
        controllers.push(class.clone());
    }
    let tls = settings
        .tls_secret
        .clone()
        .or_else(|| spec.tls.then(|| format!("{app}-tls")));
    Some(IngressSpec {
        name: app.to_owned(),
        host: settings
            .host
            .clone()
            .unwrap_or_else(|| format!("{app}.example.com")),
        annotations: annotations(&controllers, tls.is_some()),
        tls_secret: tls,
        class,
        paths,
    })
}

fn prefix(path: &str) -> String {
    let bare = path.trim_end_matches('*').trim_end_matches('/');
    if bare.is_empty() {
        "/".to_owned()
    } else {
        bare.to_owned()
    }
}

/// Returns the workload behind a path: one that is called like it, else the application itself.
fn route(prefix: String, workloads: &[Workload]) -> Option<IngressPath> {
    let segment = prefix
        .trim_matches('/')
        .split('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    let serves = |it: &&Workload| {
        !it.ports.is_empty() && matches!(it.role, Role::Server | Role::Grafana | Role::Prometheus)
    };
    let called = |it: &&Workload, word: &str| {
        let service = it.service.as_deref().unwrap_or_default();
        [it.name.as_str(), service]
            .iter()
            .any(|name| name.split(['-', '_']).any(|part| part == word))
    };
    let administers = |it: &&Workload| called(it, "admin");
    let front = ["frontend", "web", "ui"];
    let all = || workloads.iter().filter(serves);
    let own = all()
        .filter(|_| segment != "api")
        .find(|it| !segment.is_empty() && called(it, &segment));
    let own = own.or_else(|| {
        all()
            .filter(|_| segment.is_empty())
            .find(|it| front.iter().any(|word| called(it, word)))
    });
    let app = || {
        all()
            .find(|it| it.built && !administers(it))
            .or_else(|| all().find(|it| it.built))
    };
    let workload = own.or_else(app).or_else(|| all().next())?;
    let port = workload
        .ports
        .iter()
        .find(|port| port.name == "http")
        .or(workload.ports.first())?;
    Some(IngressPath {
        path: prefix,
        workload: workload.name.clone(),
        port: port.name.clone(),
    })
}

/// Long timeouts keep web sockets open.
fn annotations(controllers: &[String], tls: bool) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut add = |key: &str, value: &str| all.push((key.to_owned(), value.to_owned()));
    for controller in controllers {
        match controller.as_str() {
            "nginx" => {
                add("nginx.ingress.kubernetes.io/proxy-read-timeout", "3600");
                add("nginx.ingress.kubernetes.io/proxy-send-timeout", "3600");
                if tls {
                    add("nginx.ingress.kubernetes.io/ssl-redirect", "true");
                }
            }
            "traefik" => {
                let entry = if tls { "websecure" } else { "web" };
                add("traefik.ingress.kubernetes.io/router.entrypoints", entry);
                if tls {
                    add("traefik.ingress.kubernetes.io/router.tls", "true");
                }
            }
            _ => {}
        }
    }
    all
}
