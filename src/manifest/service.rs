//! Services: the one that a workload is known by, a headless one for a `StatefulSet`, and one for
//! what is reached from outside.

use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::container::protocol;
use super::labels;
use crate::resolve::{self, Application, Exposure, Workload, WorkloadKind};

/// Returns the Services of a workload; none where it serves nothing.
pub(super) fn build(application: &Application, workload: &Workload) -> Vec<Service> {
    let mut services = Vec::new();
    let inside = inside(application, workload);
    if !inside.is_empty() {
        services.push(service(
            application,
            workload,
            &Shape::cluster(workload),
            &inside,
        ));
    }
    if workload.kind == WorkloadKind::StatefulSet {
        let all: Vec<_> = workload.ports.iter().collect();
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
    services
}

/// Returns the name of a `StatefulSet`'s headless Service.
pub(super) fn headless_name(workload: &Workload) -> String {
    format!("{}-headless", workload.name)
}

/// Returns the ports of the main Service: those exposed further are only in it where other
/// workloads know them by its name.
fn inside<'a>(application: &Application, workload: &'a Workload) -> Vec<&'a resolve::ServicePort> {
    let known = application
        .workloads
        .iter()
        .any(|other| other.name != workload.name && other.talks_to.contains(&workload.name));
    workload
        .ports
        .iter()
        .filter(|port| known || port.exposure == Exposure::Cluster)
        .collect()
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
            headless: false,
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
    Service {
        metadata,
        spec: Some(ServiceSpec {
            type_: Some(shape.kind.to_owned()),
            cluster_ip: shape.headless.then(|| "None".to_owned()),
            selector: Some(labels::selector(&workload.name)),
            ports: super::container::some(ports.iter().map(|port| service_port(port)).collect()),
            ..ServiceSpec::default()
        }),
        status: None,
    }
}

fn service_port(port: &resolve::ServicePort) -> ServicePort {
    ServicePort {
        name: Some(port.name.clone()),
        port: i32::from(port.port),
        target_port: Some(IntOrString::String(port.name.clone())),
        protocol: Some(protocol(port.protocol)),
        ..ServicePort::default()
    }
}
