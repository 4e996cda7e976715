//! Services that have only the ports which a task names: `ClusterIP, port 9000`.
//!
//! A port that others are known to reach it by isn't taken away: the task stays open then.

use super::application::{ServicePort, Workload};
use super::exposure_words;
use super::ingress::IngressSpec;
use super::roster::Roster;
use super::rules::Read;
use super::target::FileKind;

/// Takes from Services the ports that their tasks don't name.
pub(super) fn settle(
    workloads: &mut [Workload],
    reads: &[Read<'_>],
    (roster, ingress): (&Roster<'_>, Option<&IngressSpec>),
) {
    for read in reads {
        let Some(target) = read.target() else {
            continue;
        };
        let spec = read.spec();
        let mut only = exposure_words::only(&spec.exposures);
        // `ClusterIP` and `Port: 4222`, each a bullet of its own.
        if exposure_words::are_inside(&spec.exposures) {
            only.extend(spec.ports.iter().map(|it| it.number));
        }
        let mut named = workloads.iter_mut();
        let workload = named.find(|it| Some(&it.name) == target.name.as_ref());
        let Some(workload) = workload.filter(|_| target.kind == FileKind::Service) else {
            continue;
        };
        let has = |number: &u16| workload.ports.iter().any(|it| it.number() == *number);
        let needed = |port: &ServicePort| is_needed(port, workload, (roster, ingress));
        let mut left = workload
            .ports
            .iter()
            .filter(|it| !only.contains(&it.number()));
        if only.iter().all(has) && !left.any(needed) {
            workload.service_ports = only;
        }
    }
}

/// Returns whether a Service, the way in or monitoring is known to lead to a port.
fn is_needed(
    port: &ServicePort,
    workload: &Workload,
    (roster, ingress): (&Roster<'_>, Option<&IngressSpec>),
) -> bool {
    let main = workload.ports.first().map(|it| it.port);
    let service = workload.service.as_deref().unwrap_or(&workload.name);
    let mut reaches = roster.reaches.to(service);
    let scraped = workload.metrics.as_ref().map(|(_, number)| *number);
    let mut paths = ingress.into_iter().flat_map(IngressSpec::paths);
    reaches.any(|reach| reach.port.or(main) == Some(port.port))
        || scraped == Some(port.port)
        || paths.any(|path| path.workload == workload.name && path.port == port.name)
}
