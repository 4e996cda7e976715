//! Services: the one that a workload is known by, a headless one for a `StatefulSet`, and one for
//! what is reached from outside.

use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::container::{protocol, some};
use super::labels;
use super::peers::Peers;
use crate::resolve::{self, Application, Exposure, Workload, WorkloadKind};

/// Returns the Services of a workload; none where it serves nothing.
pub(super) fn build(peers: &Peers<'_>, workload: &Workload) -> Vec<Service> {
    let application = peers.application;
    let mut services = Vec::new();
    let inside = inside(peers, workload);
    if !inside.is_empty() {
        services.push(service(
            application,
            workload,
            &Shape::cluster(workload),
            &inside,
        ));
    }
    if workload.kind == WorkloadKind::StatefulSet {
        let all: Vec<_> = workload.inner_ports().collect();
        services.push(service(
            application,
            workload,
            &Shape::headless(workload),
            &all,
        ));
    }
    let outside: Vec<_> = workload
        .ports
        .iter()
        .filter(|port| port.exposure != Exposure::Cluster)
        .collect();
    if !outside.is_empty() {
        services.push(service(
            application,
            workload,
            &Shape::external(workload),
            &outside,
        ));
    }
    for alias in &workload.aliases {
        let all: Vec<_> = workload.ports.iter().collect();
        services.push(service(application, workload, &Shape::alias(alias), &all));
    }
    services
}

/// Returns the name of a `StatefulSet`'s headless Service.
pub(super) fn headless_name(workload: &Workload) -> String {
    format!("{}-headless", workload.name)
}

/// Returns the ports of the main Service: those exposed further are only in it where something in
/// the cluster knows them by its name, or may, as an earlier phase has applied it.
fn inside<'a>(peers: &Peers<'_>, workload: &'a Workload) -> Vec<&'a resolve::ServicePort> {
    let name = format!("Service/{}", workload.name);
    let called = peers.application.applied.contains(&name) || !peers.callers(workload).is_empty();
    let routed = |port: &resolve::ServicePort| {
        let paths = peers
            .application
            .ingress
            .iter()
            .flat_map(resolve::IngressSpec::paths);
        paths
            .into_iter()
            .any(|path| path.workload == workload.name && path.port == port.name)
    };
    let scraped = |port: &resolve::ServicePort| {
        workload
            .metrics
            .as_ref()
            .is_some_and(|(_, number)| *number == port.port)
    };
    let wanted = |port: &&resolve::ServicePort| {
        called || port.exposure == Exposure::Cluster || routed(port) || scraped(port)
    };
    workload.inner_ports().filter(wanted).collect()
}

/// What tells the Services of one workload apart.
struct Shape {
    name: String,
    kind: &'static str,
    headless: bool,
    label: Option<&'static str>,
}

impl Shape {
    fn cluster(workload: &Workload) -> Self {
        Self {
            name: workload.name.clone(),
            kind: "ClusterIP",
            headless: workload.pod.headless,
            label: None,
        }
    }

    fn headless(workload: &Workload) -> Self {
        let name = headless_name(workload);
        Self {
            name,
            kind: "ClusterIP",
            headless: true,
            label: Some("headless"),
        }
    }

    /// The same pods by another name.
    fn alias(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind: "ClusterIP",
            headless: false,
            label: Some("alias"),
        }
    }

    fn external(workload: &Workload) -> Self {
        let balanced = workload
            .ports
            .iter()
            .any(|port| port.exposure == Exposure::LoadBalancer);
        Self {
            name: format!("{}-external", workload.name),
            kind: if balanced { "LoadBalancer" } else { "NodePort" },
            headless: false,
            label: Some("external"),
        }
    }
}

fn service(
    application: &Application,
    workload: &Workload,
    shape: &Shape,
    ports: &[&resolve::ServicePort],
) -> Service {
    let mut metadata = labels::owned(application, workload, &shape.name);
    if let (Some(labels), Some(label)) = (&mut metadata.labels, shape.label) {
        labels.insert(labels::SERVICE.to_owned(), label.to_owned());
    }
    // Some controllers are told at the Service how to balance.
    let told = application
        .ingress
        .as_ref()
        .map(|it| &it.service_annotations);
    if let Some(told) = told.filter(|it| !it.is_empty())
        && shape.label.is_none()
        && workload.behind_ingress
    {
        metadata.annotations = Some(told.iter().cloned().collect());
    }
    Service {
        metadata,
        spec: Some(ServiceSpec {
            type_: Some(shape.kind.to_owned()),
            cluster_ip: shape.headless.then(|| "None".to_owned()),
            selector: Some(labels::selector(&workload.name)),
            ports: some(
                ports
                    .iter()
                    .map(|port| service_port(port, shape.kind))
                    .collect(),
            ),
            ..ServiceSpec::default()
        }),
        status: None,
    }
}

fn service_port(port: &resolve::ServicePort, kind: &str) -> ServicePort {
    // A load balancer's Service has numbers on the nodes as well; nobody needs to know them.
    let node_port = port.node_port.filter(|_| kind == "NodePort");
    ServicePort {
        node_port: node_port.map(i32::from),
        app_protocol: port.app_protocol.clone(),
        name: Some(port.name.clone()),
        port: i32::from(port.number()),
        target_port: Some(IntOrString::String(port.name.clone())),
        protocol: Some(protocol(port.protocol)),
    }
}

#[cfg(test)]
mod tests {
    use super::build;
    use crate::manifest::peers::Peers;
    use crate::manifest::sample;
    use crate::resolve::{Exposure, Workload, WorkloadKind};

    #[track_caller]
    fn check(workload: &Workload, expected: &[&str]) {
        let mut application = sample::application();
        application.ingress = None;
        let services: Vec<String> = build(&Peers::of(&application), workload)
            .into_iter()
            .map(|service| {
                let spec = service.spec.unwrap_or_default();
                let ports = spec.ports.unwrap_or_default();
                let ports: Vec<String> = ports.into_iter().filter_map(|port| port.name).collect();
                format!(
                    "{} {} {}",
                    service.metadata.name.unwrap_or_default(),
                    spec.cluster_ip.or(spec.type_).unwrap_or_default(),
                    ports.join("+")
                )
            })
            .collect();
        assert_eq!(services, expected);
    }

    #[test]
    fn what_is_exposed_has_a_service_of_its_own() {
        let mut workload = sample::workload("web");
        check(
            &workload,
            &[
                "web ClusterIP http",
                "web-external LoadBalancer audiosocket",
            ],
        );
        for port in &mut workload.ports {
            port.exposure = Exposure::NodePort;
        }
        workload.metrics = None;
        check(&workload, &["web-external NodePort http+audiosocket"]);
    }

    #[test]
    fn names_lead_to_the_pods_themselves_where_compose_says_so() {
        let mut workload = sample::workload("db");
        workload.pod.headless = true;
        for port in &mut workload.ports {
            port.exposure = Exposure::Cluster;
        }
        check(&workload, &["db None http+audiosocket"]);
    }

    #[test]
    fn an_alias_is_another_service_of_the_same_pods() {
        let mut workload = sample::workload("db");
        workload.aliases = vec!["database".to_owned()];
        for port in &mut workload.ports {
            port.exposure = Exposure::Cluster;
        }
        check(
            &workload,
            &[
                "db ClusterIP http+audiosocket",
                "database ClusterIP http+audiosocket",
            ],
        );
    }

    #[test]
    fn a_stateful_set_has_a_headless_service_even_without_ports() {
        let mut workload = sample::workload("store");
        workload.kind = WorkloadKind::StatefulSet;
        workload.ports.clear();
        check(&workload, &["store-headless None "]);
    }
}
