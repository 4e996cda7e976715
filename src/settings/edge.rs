//! `[ingress]` and `[monitoring]` of a phase: how the application is reached and watched.
//!
//! Which annotations a controller understands is `resolve`'s business.

use super::read::{Entry, Reader};

pub(super) const INGRESS_KEYS: &[&str] = &[
    "api",
    "host",
    "hosts",
    "class",
    "controller",
    "controller_namespace",
    "tls_secret",
    "issuer",
    "cluster_issuer",
    "gateway",
    "routes",
    "annotations",
];
pub(super) const MONITORING_KEYS: &[&str] = &["namespace", "labels", "retention", "storage"];

/// `[ingress]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IngressSettings {
    /// Which API routes are written in.
    pub api: EdgeApi,
    /// The hosts; the first is that of paths which name none.
    pub hosts: Vec<String>,
    /// `ingressClassName`, or `gatewayClassName`.
    pub class: Option<String>,
    /// Whose annotations are written.
    pub controller: Option<Controller>,
    /// The namespace that the controller's pods run in.
    pub controller_namespace: Option<String>,
    /// The TLS Secret.
    pub tls_secret: Option<String>,
    /// What issues the certificate (cert-manager).
    pub issuer: Option<Issuer>,
    /// A Gateway that is there already (`name` or `namespace/name`).
    pub gateway: Option<String>,
    /// Paths (with a host before them, if it matters) → workloads or services.
    pub routes: Vec<(String, String)>,
    /// Annotations beside those that wishes come to.
    pub annotations: Vec<(String, String)>,
}

/// Which API routes are written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum EdgeApi {
    /// `networking.k8s.io/v1` Ingress.
    #[default]
    Ingress,
    /// `gateway.networking.k8s.io/v1` Gateway and `HTTPRoute`.
    Gateway,
}

/// An Ingress controller, told by the annotations that it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Controller {
    /// The community's ingress-nginx (`nginx.ingress.kubernetes.io/…`), retired in March 2026.
    IngressNginx,
    /// F5's NGINX Ingress Controller (`nginx.org/…`).
    F5Nginx,
    /// Traefik (`traefik.ingress.kubernetes.io/…` and Middlewares).
    Traefik,
    /// That of `HAProxy` Technologies (`haproxy.org/…`).
    Haproxy,
}

impl Controller {
    /// Every controller.
    pub const ALL: [Self; 4] = [
        Self::IngressNginx,
        Self::F5Nginx,
        Self::Traefik,
        Self::Haproxy,
    ];

    /// Returns its name in settings and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::IngressNginx => "ingress-nginx",
            Self::F5Nginx => "f5-nginx",
            Self::Traefik => "traefik",
            Self::Haproxy => "haproxy",
        }
    }

    /// Returns the Ingress class that it is installed with.
    pub fn class(self) -> &'static str {
        match self {
            Self::IngressNginx | Self::F5Nginx => "nginx",
            Self::Traefik => "traefik",
            Self::Haproxy => "haproxy",
        }
    }

    /// Returns the namespace that its own instructions install it in.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::IngressNginx => "ingress-nginx",
            Self::F5Nginx => "nginx-ingress",
            Self::Traefik => "traefik",
            Self::Haproxy => "haproxy-controller",
        }
    }
}

/// A cert-manager issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Its name.
    pub name: String,
    /// Whether it is a `ClusterIssuer`.
    pub cluster: bool,
}

/// `[monitoring]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MonitoringSettings {
    /// The namespace that the operator's Prometheus runs in.
    pub namespace: Option<String>,
    /// Labels that the operator's Prometheus selects monitors by.
    pub labels: Vec<(String, String)>,
    /// How long Prometheus keeps samples (`15d`).
    pub retention: Option<String>,
    /// The size of Prometheus's volume.
    pub storage: Option<String>,
}

pub(super) fn read_ingress(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) -> IngressSettings {
    let mut ingress = IngressSettings::default();
    let issuer = |name: Option<String>, cluster| name.map(|name| Issuer { name, cluster });
    for inner in reader.table(entry) {
        match inner.key {
            "api" => ingress.api = read_api(reader, &inner).unwrap_or_default(),
            "host" => ingress.hosts.extend(reader.string(&inner)),
            "hosts" => ingress.hosts.extend(reader.strings(&inner)),
            "class" => ingress.class = reader.string(&inner),
            "controller" => ingress.controller = read_controller(reader, &inner),
            "controller_namespace" => ingress.controller_namespace = reader.string(&inner),
            "tls_secret" => ingress.tls_secret = reader.string(&inner),
            "issuer" => ingress.issuer = issuer(reader.string(&inner), false),
            "cluster_issuer" => ingress.issuer = issuer(reader.string(&inner), true),
            "gateway" => ingress.gateway = reader.string(&inner),
            "routes" => ingress.routes = reader.pairs(&inner),
            "annotations" => ingress.annotations = reader.pairs(&inner),
            _ => reader.unknown(&inner, INGRESS_KEYS),
        }
    }
    ingress
}

fn read_api(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) -> Option<EdgeApi> {
    let text = reader.string(entry)?;
    match text.as_str() {
        "ingress" => Some(EdgeApi::Ingress),
        "gateway" => Some(EdgeApi::Gateway),
        _ => {
            let message = format!("`{text}` is no API of routes; `ingress` and `gateway` are");
            reader.problem(message, entry.span.clone(), "");
            None
        }
    }
}

fn read_controller(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) -> Option<Controller> {
    let text = reader.string(entry)?;
    let found = Controller::ALL.into_iter().find(|it| it.name() == text);
    if found.is_none() {
        let known = Controller::ALL.map(Controller::name).join(", ");
        let message = format!("`{text}` is no controller that annotations are known of");
        reader.problem(message, entry.span.clone(), &format!("known: {known}"));
    }
    found
}

pub(super) fn read_monitoring(
    reader: &mut Reader<'_>,
    entry: &Entry<'_, '_>,
) -> MonitoringSettings {
    let mut monitoring = MonitoringSettings::default();
    for inner in reader.table(entry) {
        match inner.key {
            "namespace" => monitoring.namespace = reader.string(&inner),
            "labels" => monitoring.labels = reader.pairs(&inner),
            "retention" => monitoring.retention = reader.string(&inner),
            "storage" => monitoring.storage = reader.string(&inner),
            _ => reader.unknown(&inner, MONITORING_KEYS),
        }
    }
    monitoring
}

#[cfg(test)]
mod tests {
    use super::{Controller, EdgeApi};
    use crate::settings::PhaseSettings;

    #[track_caller]
    fn check(text: &str, expected: impl Fn(&PhaseSettings) -> bool) {
        let settings = PhaseSettings::parse("phases/04-x.toml", text).expect("settings");
        assert!(expected(&settings), "{settings:?}");
    }

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        let problems = PhaseSettings::parse("phases/04-x.toml", text).expect_err("refused");
        assert!(problems.to_string().contains(expected), "{problems}");
    }

    #[test]
    fn one_host_and_several_are_read_alike() {
        check("[ingress]\nhost = \"a.test\"\n", |it| {
            it.ingress.hosts == ["a.test"]
        });
        check("[ingress]\nhosts = [\"a.test\", \"b.test\"]\n", |it| {
            it.ingress.hosts == ["a.test", "b.test"]
        });
    }

    #[test]
    fn api_and_controller_are_chosen_by_name() {
        check("[ingress]\napi = \"gateway\"\n", |it| {
            it.ingress.api == EdgeApi::Gateway
        });
        check("[ingress]\ncontroller = \"f5-nginx\"\n", |it| {
            it.ingress.controller == Some(Controller::F5Nginx)
        });
        refused("[ingress]\napi = \"mesh\"\n", "no API of routes");
        refused(
            "[ingress]\ncontroller = \"nginx\"\n",
            "no controller that annotations are known of",
        );
    }

    #[test]
    fn issuers_are_told_apart() {
        check("[ingress]\ncluster_issuer = \"le\"\n", |it| {
            it.ingress.issuer.as_ref().is_some_and(|it| it.cluster)
        });
        check("[ingress]\nissuer = \"le\"\n", |it| {
            it.ingress.issuer.as_ref().is_some_and(|it| !it.cluster)
        });
    }

    #[test]
    fn monitoring_is_read() {
        let text = "[monitoring]\nnamespace = \"observability\"\nretention = \"30d\"\n\
                    storage = \"20Gi\"\nlabels = { release = \"kps\" }\n";
        check(text, |it| {
            it.monitoring.labels == [("release".to_owned(), "kps".to_owned())]
                && it.monitoring.namespace.as_deref() == Some("observability")
        });
        refused("[monitoring]\nretain = \"1d\"\n", "no setting `retain`");
    }
}
