//! `NetworkPolicy`s: nothing may talk to anything, except what a workload's policy names in either
//! direction.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::network_rules::{
    anywhere, api_server, dns, from_anywhere, from_namespace, from_pods, internet, ports,
    to_address, to_pods,
};
use super::peers::Peers;
use super::{labels, service_account};
use crate::facts::Protocol;
use crate::resolve::{Application, Exposure, Role, ServicePort, Workload};

/// Where an operator's Prometheus usually runs.
const MONITORING_NAMESPACE: &str = "monitoring";

/// Returns the policy that denies what no other policy allows.
pub(super) fn default_deny(application: &Application) -> NetworkPolicy {
    NetworkPolicy {
        metadata: labels::shared(application, "default-deny"),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(LabelSelector::default()),
            policy_types: Some(both()),
            ingress: None,
            egress: None,
        }),
    }
}

/// Returns the policy of a workload.
pub(super) fn build(peers: &Peers<'_>, workload: &Workload) -> NetworkPolicy {
    let application = peers.application;
    NetworkPolicy {
        metadata: labels::owned(application, workload, &workload.name),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(labels::label_selector(&workload.name)),
            policy_types: Some(both()),
            // An empty list is written on purpose: it says that nothing may come in.
            ingress: Some(ingress(peers, workload)),
            egress: Some(egress(peers, workload)),
        }),
    }
}

fn both() -> Vec<String> {
    vec!["Ingress".to_owned(), "Egress".to_owned()]
}

fn ingress(peers: &Peers<'_>, workload: &Workload) -> Vec<NetworkPolicyIngressRule> {
    let application = peers.application;
    let mut rules = Vec::new();
    let open: Vec<&ServicePort> = workload
        .ports
        .iter()
        .filter(|port| port.exposure != Exposure::Cluster)
        .collect();
    if !open.is_empty() {
        rules.push(from_anywhere(&open));
    }
    let routed = routed_ports(application, workload);
    if let Some(spec) = application.ingress.as_ref().filter(|_| !routed.is_empty()) {
        rules.push(from_namespace(&spec.controller_namespace, &routed));
    }
    let clients = peers.callers(workload);
    if !clients.is_empty() && !workload.ports.is_empty() {
        rules.push(from_pods(
            clients,
            &workload.ports.iter().collect::<Vec<_>>(),
        ));
    }
    rules.extend(scraping(application, workload, clients));
    rules
}

/// Returns the ports that the Ingress routes to.
fn routed_ports<'a>(application: &Application, workload: &'a Workload) -> Vec<&'a ServicePort> {
    let Some(spec) = &application.ingress else {
        return Vec::new();
    };
    let names: BTreeSet<&str> = spec
        .paths()
        .filter(|path| path.workload == workload.name)
        .map(|path| path.port.as_str())
        .collect();
    workload
        .ports
        .iter()
        .filter(|port| names.contains(port.name.as_str()))
        .collect()
}

/// Returns the rules for whatever scrapes the workload's metrics, what talks to it anyway left
/// out.
fn scraping(
    application: &Application,
    workload: &Workload,
    clients: &[&str],
) -> Vec<NetworkPolicyIngressRule> {
    let Some(port) = metrics_port(workload) else {
        return Vec::new();
    };
    let known = workload.ports.contains(&port);
    let served = [&port];
    let mut rules = Vec::new();
    let scrapers: Vec<&str> = application
        .workloads
        .iter()
        .filter(|other| other.role == Role::Prometheus && other.name != workload.name)
        .map(|other| other.name.as_str())
        .filter(|name| !known || !clients.contains(name))
        .collect();
    if !scrapers.is_empty() {
        rules.push(from_pods(&scrapers, &served));
    }
    if application.service_monitors {
        let set = application.monitors.namespace.as_deref();
        rules.push(from_namespace(set.unwrap_or(MONITORING_NAMESPACE), &served));
    }
    rules
}

fn egress(peers: &Peers<'_>, workload: &Workload) -> Vec<NetworkPolicyEgressRule> {
    let mut rules = vec![dns()];
    for other in peers.reached_by(workload) {
        let talks = workload.talks_to.contains(&other.name);
        let wanted: Vec<&ServicePort> = other
            .ports
            .iter()
            .filter(|port| talks || scrapes(workload, other, port))
            .collect();
        let unserved = metrics_port(other)
            .filter(|port| scrapes(workload, other, port) && !other.ports.contains(port));
        let wanted: Vec<&ServicePort> = wanted.into_iter().chain(&unserved).collect();
        if !wanted.is_empty() {
            rules.push(to_pods(&other.name, ports(&wanted)));
        }
    }
    // At which ports a person has it listen isn't known.
    let theirs = peers.application.persons.iter().map(|it| &it.name);
    let theirs = theirs.filter(|it| workload.talks_to.contains(it));
    rules.extend(theirs.map(|name| to_pods(name, Vec::new())));
    if service_account::needs_discovery(peers.application, workload) {
        rules.push(api_server());
    }
    rules.extend(out_of_the_cluster(workload));
    rules
}

/// Returns the port of a workload's metrics, one of its own where no Service has it.
fn metrics_port(workload: &Workload) -> Option<ServicePort> {
    let (_, number) = workload.metrics.as_ref()?;
    let served = workload.ports.iter().find(|port| port.port == *number);
    Some(served.cloned().unwrap_or_else(|| ServicePort {
        name: "metrics".to_owned(),
        port: *number,
        service: None,
        protocol: Protocol::Tcp,
        exposure: Exposure::Cluster,
        node_port: None,
        app_protocol: None,
    }))
}

/// Returns the rules for the hosts that settings name. Policies know no names: web ports are let
/// out to all that isn't private, other ports also to private networks, where data bases are, and
/// an address to itself. What is built here may reach the web anyway: its source may name hosts.
fn out_of_the_cluster(workload: &Workload) -> Vec<NetworkPolicyEgressRule> {
    let mut web: BTreeSet<u16> = BTreeSet::new();
    let mut others: BTreeSet<u16> = BTreeSet::new();
    let mut addresses: BTreeMap<&str, BTreeSet<u16>> = BTreeMap::new();
    if workload.built {
        web.insert(443);
    }
    for host in &workload.outside {
        if host.host.parse::<IpAddr>().is_ok() {
            addresses.entry(&host.host).or_default().insert(host.port);
        } else if [80, 443].contains(&host.port) {
            web.insert(host.port);
        } else {
            others.insert(host.port);
        }
    }
    let web = (!web.is_empty()).then(|| internet(&web));
    let others = (!others.is_empty()).then(|| anywhere(&others));
    let addresses = addresses
        .iter()
        .map(|(host, ports)| to_address(host, ports));
    web.into_iter().chain(others).chain(addresses).collect()
}

fn scrapes(workload: &Workload, other: &Workload, port: &ServicePort) -> bool {
    workload.role == Role::Prometheus
        && other
            .metrics
            .as_ref()
            .is_some_and(|(_, number)| *number == port.port)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::out_of_the_cluster;
    use crate::manifest::sample;
    use crate::resolve::{Outside, Workload};

    #[track_caller]
    fn check(built: bool, hosts: &[(&str, u16)], expected: &[Value]) {
        let outside = hosts.iter().map(|(host, port)| Outside {
            host: (*host).to_owned(),
            port: *port,
            by: "URL".to_owned(),
        });
        let workload = Workload {
            built,
            outside: outside.collect(),
            ..sample::workload("a")
        };
        let rules = out_of_the_cluster(&workload).into_iter().map(|rule| {
            let rule = serde_json::to_value(rule).expect("JSON");
            let ports = rule["ports"].as_array().expect("ports").iter();
            let ports: Vec<&Value> = ports.map(|port| &port["port"]).collect();
            let blocks = rule["to"].as_array().expect("blocks").iter().map(|to| {
                let block = &to["ipBlock"];
                let except = block["except"].as_array().map_or(0, Vec::len);
                json!([block["cidr"], except])
            });
            json!([blocks.collect::<Vec<_>>(), ports])
        });
        assert_eq!(rules.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_names_no_host_is_let_out_nowhere_unless_it_is_built_here() {
        check(false, &[], &[]);
        let web = json!([["0.0.0.0/0", 5], ["::/0", 2]]);
        check(true, &[], &[json!([web, [443]])]);
    }

    #[test]
    fn hosts_are_let_out_to_by_their_ports() {
        check(
            false,
            &[
                ("api.example.com", 443),
                ("feed.example.com", 80),
                ("db.example.com", 5432),
                ("10.1.2.3", 9000),
                ("2001:db8::7", 9000),
            ],
            &[
                json!([[["0.0.0.0/0", 5], ["::/0", 2]], [80, 443]]),
                json!([[["0.0.0.0/0", 1], ["::/0", 2]], [5432]]),
                json!([[["10.1.2.3/32", 0]], [9000]]),
                json!([[["2001:db8::7/128", 0]], [9000]]),
            ],
        );
    }
}
