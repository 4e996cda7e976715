//! The ports of a workload and how far they are reachable: those that tasks and Compose name, and
//! those that it must have.

mod inferred;
mod listening;
mod names;
mod probed;

pub(super) use inferred::inferred;
pub(super) use listening::keep_known;
pub(super) use names::{is_encrypted, is_name, port_name};
pub(super) use probed::probed;

use crate::diagnostic::Diagnostic;
use crate::facts::image::Product;
use crate::facts::{Protocol, Service};

use super::application::{Exposure, ServicePort, Workload};
use super::ingress::ARROWS;
use super::kind::label;
use super::roster::{Member, Roster};
use super::spec::{ExposureSpec, PortSpec, Spec};
use crate::vocabulary::words;
use names::{given, guess};

/// The numbers that Kubernetes has on nodes, where its administrator hasn't changed it.
const NODE_PORTS: std::ops::RangeInclusive<u16> = 30000..=32767;
const TYPES: [&str; 2] = ["orch.service.type", "kompose.service.type"];
const NODE_PORT: [&str; 2] = ["orch.service.nodeport", "kompose.service.nodeport.port"];

/// Returns the ports that a member serves, with their names.
pub(super) fn of(member: &Member<'_>, warnings: &mut Vec<Diagnostic>) -> Vec<ServicePort> {
    if member.kind.ends() {
        return Vec::new();
    }
    let mut ports = asked(member);
    // What a product is asked at comes before what else is published, as its management.
    if let Some(number) =
        main(member).filter(|number| ports.is_empty() && is_known(member, *number))
    {
        let name = composed(member, number);
        let name = name.unwrap_or_else(|| guess(member, number, Protocol::Tcp, &ports));
        push(&mut ports, number, Protocol::Tcp, name);
    }
    for port in member
        .service
        .map(|service| service.ports.as_slice())
        .unwrap_or_default()
    {
        let given = port.name.as_deref().and_then(given);
        let name = given.unwrap_or_else(|| guess(member, port.container, port.protocol, &ports));
        push(&mut ports, port.container, port.protocol, name);
        let known = ports.iter_mut().find(|it| it.port == port.container);
        if let Some(known) = known.filter(|_| port.app_protocol.is_some()) {
            known.app_protocol.clone_from(&port.app_protocol);
        }
    }
    for (number, protocol) in &member.inferred {
        let name = guess(member, *number, *protocol, &ports);
        push(&mut ports, *number, *protocol, name);
    }
    if ports.is_empty()
        && let Some(product) = member.product
    {
        for (name, number) in product.known().ports {
            push(&mut ports, *number, Protocol::Tcp, (*name).to_owned());
        }
    }
    if let Some((name, number)) = probed::monitor(member) {
        push(&mut ports, number, Protocol::Tcp, name.to_owned());
    }
    let protocols: Vec<Protocol> = ports.iter().map(|port| port.protocol).collect();
    for port in &mut ports {
        let alone = protocols.iter().filter(|it| **it == port.protocol).count() == 1;
        expose(member, (port, alone), warnings);
    }
    ports
}

/// Returns the ports of a member that tasks name.
fn asked(member: &Member<'_>) -> Vec<ServicePort> {
    let mut ports: Vec<ServicePort> = Vec::new();
    for asked in &member.spec.ports {
        let (number, protocol) = (asked.number, protocol(asked, member));
        let usual = guess(member, number, protocol, &ports);
        let called = |label: &&str| {
            let name = port_name(label);
            is_name(label) || name == usual || composed(member, number) == Some(name)
        };
        let label = asked.label.as_deref();
        // Of what is said of a port in other words nothing is carried.
        if label.is_some_and(|it| !called(&it)) && !is_known(member, number) {
            continue;
        }
        let label = label.filter(called);
        let name = label.map(port_name).or_else(|| composed(member, number));
        let name = name.unwrap_or_else(|| usual.clone());
        push(&mut ports, number, protocol, name);
        let same = |it: &&mut ServicePort| it.port == number && it.protocol == protocol;
        if let Some(port) = ports.iter_mut().find(same) {
            port.service = asked.service.filter(|it| *it != number);
        }
    }
    ports
}

/// Reads `port 80 → 8080`: a Service's number and the pods' that it leads to.
pub(super) fn pair(text: &str) -> Option<(u16, u16)> {
    let mut arrows = ARROWS.iter();
    let (service, pods) = arrows.find_map(|it| text.split_once(it))?;
    let number = |part: &str| {
        let numbers = words(part).filter(|it| it.contains(|it: char| it.is_ascii_digit()));
        let numbers: Vec<&str> = numbers.collect();
        match numbers.as_slice() {
            [one] => one.parse::<u16>().ok(),
            _ => None,
        }
    };
    number(service).zip(number(pods))
}

/// Takes from a Service's file what the ports are called that the pods are known to have, in their
/// order: the first is the main one. All that it names are taken where nothing is known.
pub(super) fn take_of_service(
    asked: Vec<PortSpec>,
    own: &mut Spec,
    (service, product): (Option<&Service>, Option<Product>),
    inferred: &[(u16, Protocol)],
) {
    let composed = service.iter().flat_map(|it| &it.ports);
    let composed = composed.map(|port| (port.container, port.protocol));
    let mut known: Vec<(u16, Protocol)> = composed.chain(inferred.iter().copied()).collect();
    if let Some(product) = product.filter(|_| known.is_empty() && own.ports.is_empty()) {
        let ports = product.known().ports.iter();
        known.extend(ports.map(|(_, number)| (*number, Protocol::Tcp)));
    }
    if known.is_empty() && own.ports.is_empty() {
        own.ports = asked;
        return;
    }
    let asked = led(asked, &known, own);
    if asked
        .iter()
        .all(|port| port.label.is_none() && port.service.is_none())
    {
        return;
    }
    for (number, protocol) in known {
        if own.ports.iter().all(|port| port.number != number) {
            own.ports.push(PortSpec {
                number,
                label: None,
                protocol: Some(protocol),
                service: None,
            });
        }
    }
    for port in &mut own.ports {
        let meant = |it: &&PortSpec| {
            let protocol = port.protocol.is_none() || it.protocol.is_none();
            it.number == port.number && (protocol || it.protocol == port.protocol)
        };
        let named = asked.iter().find(meant);
        port.label = port.label.take().or(named.and_then(|it| it.label.clone()));
        port.service = port.service.or(named.and_then(|it| it.service));
    }
}

/// Takes the only number that a Service's file names for the Service's own, where the pods have one port,
/// and that is another.
fn led(mut asked: Vec<PortSpec>, known: &[(u16, Protocol)], own: &Spec) -> Vec<PortSpec> {
    let own = own.ports.iter().map(|port| port.number);
    let mut pods: Vec<u16> = own.chain(known.iter().map(|(number, _)| *number)).collect();
    pods.sort_unstable();
    pods.dedup();
    if let ([port], [pod]) = (asked.as_mut_slice(), pods.as_slice())
        && port.service.is_none()
        && port.number != *pod
    {
        port.service = Some(port.number);
        port.number = *pod;
    }
    asked
}

/// Gives Services the numbers of the pods again where others are known to ask for these.
pub(super) fn keep_reached(workloads: &mut [Workload], roster: &Roster<'_>) {
    let waits = workloads.iter().filter_map(|it| it.wait.as_ref());
    let waits: Vec<(String, u16)> = waits.flat_map(|it| it.services.clone()).collect();
    for workload in workloads {
        let main = workload.ports.first().map(|it| it.port);
        let service = workload.service.as_deref().unwrap_or(&workload.name);
        let name = &workload.name;
        for port in &mut workload.ports {
            let mut all = roster.reaches.to(service);
            let reached = all.any(|it| it.port.or(main) == Some(port.port));
            let awaited = waits.iter().any(|it| it.0 == *name && it.1 == port.port);
            if reached || awaited {
                port.service = None;
            }
        }
    }
}

/// Returns the port that a member's product is asked at.
fn main(member: &Member<'_>) -> Option<u16> {
    let ports = member.product?.known().ports;
    ports.first().map(|(_, number)| *number)
}

/// Returns whether a port is known without a task's word.
fn is_known(member: &Member<'_>, number: u16) -> bool {
    let mut composed = member.service.iter().flat_map(|it| &it.ports);
    let mut inferred = member.inferred.iter();
    composed.any(|it| it.container == number) || inferred.any(|(it, _)| *it == number)
}

/// Returns the name that the Compose file gives a port.
fn composed(member: &Member<'_>, number: u16) -> Option<String> {
    let mut ports = member.service.iter().flat_map(|it| &it.ports);
    let port = ports.find(|it| it.container == number)?;
    port.name.as_deref().and_then(given)
}

/// Returns the protocol of a port that is asked for: the one that is named, else the Compose file's.
fn protocol(asked: &PortSpec, member: &Member<'_>) -> Protocol {
    let composed = member.service.iter().flat_map(|it| &it.ports);
    let composed = composed.map(|port| (port.container, port.protocol));
    let mut known = composed.chain(member.inferred.iter().copied());
    let of = |known: Option<(u16, Protocol)>| known.map(|(_, protocol)| protocol);
    let found = of(known.find(|(number, _)| *number == asked.number));
    asked.protocol.or(found).unwrap_or(Protocol::Tcp)
}

fn push(ports: &mut Vec<ServicePort>, port: u16, protocol: Protocol, name: String) {
    if ports
        .iter()
        .any(|known| known.port == port && known.protocol == protocol)
    {
        return;
    }
    let taken = |name: &str| ports.iter().any(|known| known.name == name);
    let transport = match protocol {
        Protocol::Tcp => "port",
        Protocol::Udp => "udp",
    };
    let name = if taken(&name) {
        format!("{transport}-{port}")
    } else {
        name
    };
    ports.push(ServicePort {
        name,
        port,
        service: None,
        protocol,
        exposure: Exposure::Cluster,
        node_port: None,
        app_protocol: None,
    });
}

/// Sets how far a port is reachable: the task's words, then labels. One number on the nodes is no
/// two ports' of one protocol.
fn expose(
    member: &Member<'_>,
    (port, alone): (&mut ServicePort, bool),
    warnings: &mut Vec<Diagnostic>,
) {
    let service = member.service;
    let asked = spec_of(&member.spec.exposures, port);
    let asked = asked.filter(|it| alone || it.port.is_some() || it.node_port.is_none());
    let by_label = || {
        let kind = label(service?, &TYPES)?.to_lowercase();
        match kind.as_str() {
            "nodeport" => Some(Exposure::NodePort),
            "loadbalancer" => Some(Exposure::LoadBalancer),
            _ => None,
        }
    };
    let furthest =
        asked.and_then(|spec| spec.alternatives.iter().copied().max_by_key(|it| rank(*it)));
    port.exposure = furthest.or_else(by_label).unwrap_or(Exposure::Cluster);
    if port.exposure != Exposure::NodePort {
        return;
    }
    let labelled = service.and_then(|it| label(it, &NODE_PORT)?.parse().ok());
    let labelled = labelled.filter(|_| alone);
    let wanted: Option<u16> = asked.and_then(|spec| spec.node_port).or(labelled);
    port.node_port = wanted.map(|wanted| node_port(wanted, &member.name, warnings));
}

/// Of alternatives, the one that reaches furthest is taken: it includes the others.
fn rank(exposure: Exposure) -> u8 {
    match exposure {
        Exposure::Cluster => 0,
        Exposure::NodePort => 1,
        Exposure::LoadBalancer => 2,
    }
}

/// Returns whether a word is a port's name or its number.
pub(super) fn is_called(port: &ServicePort, word: &str) -> bool {
    let numbers = [port.port, port.number()];
    port_name(word) == port.name || numbers.iter().any(|it| word == it.to_string())
}

/// Returns the exposure that is asked for the port by its name, or else for all ports.
fn spec_of<'s>(asked: &'s [ExposureSpec], port: &ServicePort) -> Option<&'s ExposureSpec> {
    let named = |spec: &&ExposureSpec| spec.port.as_deref().is_some_and(|it| is_called(port, it));
    let only = asked.first().filter(|_| asked.len() == 1);
    asked
        .iter()
        .find(named)
        .or_else(|| only.filter(|spec| spec.port.is_none()))
}

/// Returns whether Kubernetes gives nodes ports of that number.
pub(super) fn is_node_port(number: u16) -> bool {
    NODE_PORTS.contains(&number)
}

/// Returns a number that nodes have: the wanted one, or one made from it.
fn node_port(wanted: u16, name: &str, warnings: &mut Vec<Diagnostic>) -> u16 {
    if is_node_port(wanted) {
        return wanted;
    }
    let room = NODE_PORTS.end() - NODE_PORTS.start() + 1;
    let moved = NODE_PORTS.start() + wanted % room;
    warnings.push(
        Diagnostic::warning(format!(
            "`{name}` is to have the node port {wanted}, which Kubernetes doesn't allow: it gets {moved}"
        ))
        .help(format!(
            "node ports lie between {} and {}; name one of these, or a LoadBalancer",
            NODE_PORTS.start(),
            NODE_PORTS.end()
        )),
    );
    moved
}

#[cfg(test)]
mod tests {
    use super::node_port;

    #[test]
    fn a_node_port_outside_is_moved_and_said() {
        let mut warnings = Vec::new();
        assert_eq!(node_port(30080, "web", &mut warnings), 30080);
        assert!(warnings.is_empty());
        let moved = node_port(8080, "web", &mut warnings);
        assert!((30000..=32767).contains(&moved));
        assert_eq!(warnings.len(), 1);
    }
}
