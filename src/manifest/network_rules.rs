//! The rules that `NetworkPolicy`s are composed of.

use std::collections::BTreeSet;

use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer,
    NetworkPolicyPort,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::container::{protocol, some};
use super::labels;
use crate::facts::Protocol;
use crate::resolve::ServicePort;

/// The label that every cluster puts on its namespaces.
const NAMESPACE_LABEL: &str = "kubernetes.io/metadata.name";

/// Returns the rule that lets anyone in, for ports that are exposed outside of the cluster.
pub(super) fn from_anywhere(served: &[&ServicePort]) -> NetworkPolicyIngressRule {
    NetworkPolicyIngressRule {
        from: None,
        ports: Some(ports(served)),
    }
}

/// Returns the rule that lets the pods of a namespace in.
pub(super) fn from_namespace(namespace: &str, served: &[&ServicePort]) -> NetworkPolicyIngressRule {
    NetworkPolicyIngressRule {
        from: Some(vec![NetworkPolicyPeer {
            namespace_selector: Some(one_label(NAMESPACE_LABEL, namespace)),
            ..NetworkPolicyPeer::default()
        }]),
        ports: Some(ports(served)),
    }
}

/// Returns the rule that lets the pods of workloads in.
pub(super) fn from_pods(workloads: &[&str], served: &[&ServicePort]) -> NetworkPolicyIngressRule {
    NetworkPolicyIngressRule {
        from: Some(workloads.iter().map(|name| pods(name)).collect()),
        ports: Some(ports(served)),
    }
}

/// Returns the rule that lets a workload reach another, at any port where none is told.
pub(super) fn to_pods(workload: &str, ports: Vec<NetworkPolicyPort>) -> NetworkPolicyEgressRule {
    NetworkPolicyEgressRule {
        to: Some(vec![pods(workload)]),
        ports: (!ports.is_empty()).then_some(ports),
    }
}

/// Returns the rule for looking names up, which everything does.
pub(super) fn dns() -> NetworkPolicyEgressRule {
    NetworkPolicyEgressRule {
        to: Some(vec![NetworkPolicyPeer {
            namespace_selector: Some(one_label(NAMESPACE_LABEL, "kube-system")),
            pod_selector: Some(one_label("k8s-app", "kube-dns")),
            ip_block: None,
        }]),
        ports: Some(vec![port(53, Protocol::Udp), port(53, Protocol::Tcp)]),
    }
}

/// Returns the rule for the cluster's API, which runs on the hosts and so can't be selected.
pub(super) fn api_server() -> NetworkPolicyEgressRule {
    NetworkPolicyEgressRule {
        to: None,
        ports: Some(vec![port(443, Protocol::Tcp), port(6443, Protocol::Tcp)]),
    }
}

/// All addresses, of either family: a cluster may have both.
const ALL: [&str; 2] = ["0.0.0.0/0", "::/0"];
/// Where clouds tell a machine's own credentials to whoever asks, by the address's family.
const METADATA: [&str; 2] = ["169.254.0.0/16", "fd00:ec2::254/128"];
/// Addresses that are of one link alone.
const LINK_LOCAL: &str = "fe80::/10";

/// Returns the rule for services on the internet, private networks left out.
pub(super) fn internet(ports: &BTreeSet<u16>) -> NetworkPolicyEgressRule {
    let private = [
        "10.0.0.0/8",
        "100.64.0.0/10",
        METADATA[0],
        "172.16.0.0/12",
        "192.168.0.0/16",
    ];
    to_blocks(
        &[(ALL[0], &private), (ALL[1], &["fc00::/7", LINK_LOCAL])],
        ports,
    )
}

/// Returns the rule for hosts outside of the cluster that may be in a private network.
pub(super) fn anywhere(ports: &BTreeSet<u16>) -> NetworkPolicyEgressRule {
    to_blocks(
        &[
            (ALL[0], &[METADATA[0]]),
            (ALL[1], &[METADATA[1], LINK_LOCAL]),
        ],
        ports,
    )
}

/// Returns the rule for one address.
pub(super) fn to_address(address: &str, ports: &BTreeSet<u16>) -> NetworkPolicyEgressRule {
    let bits = if address.contains(':') { 128 } else { 32 };
    to_blocks(&[(&format!("{address}/{bits}"), &[])], ports)
}

/// Returns the rule for blocks of addresses, each with those that are left out of it.
fn to_blocks(blocks: &[(&str, &[&str])], ports: &BTreeSet<u16>) -> NetworkPolicyEgressRule {
    let peers = blocks.iter().map(|(cidr, except)| NetworkPolicyPeer {
        ip_block: Some(IPBlock {
            cidr: (*cidr).to_owned(),
            except: some(except.iter().map(|block| (*block).to_owned()).collect()),
        }),
        ..NetworkPolicyPeer::default()
    });
    NetworkPolicyEgressRule {
        to: Some(peers.collect()),
        ports: Some(
            ports
                .iter()
                .map(|number| port(*number, Protocol::Tcp))
                .collect(),
        ),
    }
}

/// Returns the ports, by their names' numbers: policies on names are not carried out everywhere.
pub(super) fn ports(served: &[&ServicePort]) -> Vec<NetworkPolicyPort> {
    served
        .iter()
        .map(|served| port(served.port, served.protocol))
        .collect()
}

fn port(number: u16, transport: Protocol) -> NetworkPolicyPort {
    NetworkPolicyPort {
        port: Some(IntOrString::Int(i32::from(number))),
        protocol: Some(protocol(transport)),
        end_port: None,
    }
}

fn pods(workload: &str) -> NetworkPolicyPeer {
    NetworkPolicyPeer {
        pod_selector: Some(labels::label_selector(workload)),
        ..NetworkPolicyPeer::default()
    }
}

fn one_label(key: &str, value: &str) -> LabelSelector {
    LabelSelector {
        match_labels: Some([(key.to_owned(), value.to_owned())].into()),
        match_expressions: None,
    }
}
