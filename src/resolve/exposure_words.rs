//! How far a Service reaches, as people write it: `ClusterIP for the API, NodePort/LoadBalancer for
//! AudioSocket`, `LoadBalancer, port 5023`.

use std::fmt::Write as _;

use super::application::Exposure;
use super::ports;
use super::spec::{ExposureSpec, PortSpec, Spec};
use crate::vocabulary::{Phrase, Word, words};

/// Reads what a text asks of how far ports reach.
pub(super) fn read(plain: Phrase<'_>, spec: &mut Spec) -> Option<String> {
    let mut clauses: Vec<&str> = plain.text().split([',', ';']).collect();
    type_first(&mut clauses);
    for clause in clauses {
        let clause = plain.with(clause);
        let (alternatives, rest) = named(clause);
        if alternatives.is_empty() {
            narrow(clause, &rest, spec)?;
        } else {
            spec.exposures.push(exposure(clause, alternatives, &rest)?);
        }
    }
    let meanings: Vec<String> = spec.exposures.iter().map(described).collect();
    (!meanings.is_empty()).then(|| format!("service {}", meanings.join(", ")))
}

/// Moves the one type that stands behind its ports before them: `9082 (grpc), LoadBalancer`.
pub(super) fn type_first(clauses: &mut [&str]) {
    let typed = |clause: &&str| words(clause).any(|word| named_type(word).is_some());
    if clauses.iter().position(typed).map(|at| at + 1) == Some(clauses.len()) {
        clauses.rotate_right(1);
    }
}

/// Returns the type of Service that a word names.
pub(super) fn named_type(word: &str) -> Option<Exposure> {
    match word.to_lowercase().as_str() {
        "clusterip" => Some(Exposure::Cluster),
        "nodeport" => Some(Exposure::NodePort),
        "loadbalancer" => Some(Exposure::LoadBalancer),
        _ => None,
    }
}

/// Has a type that names no port mean those that are named beside it: the others stay inside.
pub(super) fn settle(spec: &mut Spec) {
    let [asked] = spec.exposures.as_slice() else {
        return;
    };
    let inside = asked.alternatives == [Exposure::Cluster];
    // One number on the nodes is no two ports'.
    let shared = asked.node_port.is_some() && spec.ports.len() > 1;
    if inside || shared || asked.port.is_some() || spec.ports.is_empty() {
        return;
    }
    let of = |port: &PortSpec| ExposureSpec {
        port: Some(port.number.to_string()),
        ..asked.clone()
    };
    spec.exposures = spec.ports.iter().map(of).collect();
}

/// Returns the types that a clause names, and what else it names.
fn named(clause: Phrase<'_>) -> (Vec<Exposure>, Vec<&str>) {
    let mut alternatives = Vec::new();
    let mut rest = Vec::new();
    for word in clause.words() {
        match named_type(word) {
            Some(named) => alternatives.push(named),
            None if names_no_port(clause.with(word)) => {}
            None => rest.push(word),
        }
    }
    (alternatives, rest)
}

fn names_no_port(word: Phrase<'_>) -> bool {
    word.find(&[Word::Internal, Word::Ports]).is_some()
}

/// Returns what a clause asks for: the number on nodes, the port by its word or its number.
fn exposure(
    clause: Phrase<'_>,
    alternatives: Vec<Exposure>,
    rest: &[&str],
) -> Option<ExposureSpec> {
    let inside = alternatives == [Exposure::Cluster];
    // A load balancer within the cluster's network only isn't written.
    if !inside && clause.has(Word::Within) {
        return None;
    }
    let (figures, words): (Vec<&str>, Vec<&str>) = rest
        .iter()
        .partition(|word| word.starts_with(|it: char| it.is_ascii_digit()));
    let numbers: Option<Vec<u16>> = figures.iter().map(|word| word.parse().ok()).collect();
    // Nor is an address.
    let mut numbers = numbers?;
    let mut node_port = None;
    if alternatives.contains(&Exposure::NodePort) {
        let on_nodes = |number: &u16| numbers.len() == 1 || ports::is_node_port(*number);
        let at = numbers.iter().position(on_nodes);
        node_port = at.map(|at| numbers.remove(at));
    }
    let port = match (numbers.as_slice(), words.last()) {
        ([], word) => word.map(|word| (*word).to_owned()),
        ([number], None) => Some(number.to_string()),
        _ => return None,
    };
    Some(ExposureSpec {
        alternatives,
        port,
        node_port,
    })
}

/// Takes the figures of a clause that names no type for ports of what the clause before it names:
/// `LoadBalancer, port 5023`. Nothing where it says more, of what is reached from outside.
fn narrow(clause: Phrase<'_>, rest: &[&str], spec: &mut Spec) -> Option<()> {
    let Some(before) = spec.exposures.last() else {
        return Some(());
    };
    let inside = before.alternatives == [Exposure::Cluster];
    if let (true, None, Some((service, number))) =
        (inside, &before.port, ports::pair(clause.text()))
    {
        spec.exposures.last_mut()?.port = Some(service.to_string());
        spec.ports.push(PortSpec::led(service, number));
        return Some(());
    }
    let ports = match numbered(clause, rest) {
        Some(ports) => ports,
        // `ClusterIP, 4222 for the clients`
        None if inside => figures(rest),
        None => return None,
    };
    for (number, label) in ports {
        let before = spec.exposures.last_mut()?;
        let nodes = before.alternatives.contains(&Exposure::NodePort);
        if nodes && before.node_port.is_none() && ports::is_node_port(number) {
            before.node_port = Some(number);
            continue;
        }
        let port = Some(number.to_string());
        if before.port.is_none() {
            before.port = port;
        } else if before.port.as_ref().is_some_and(|it| is_word(it)) {
            return None;
        } else {
            let alternatives = before.alternatives.clone();
            spec.exposures.push(ExposureSpec {
                alternatives,
                port,
                node_port: None,
            });
        }
        if clause.has(Word::Ports) || label.is_some() {
            spec.ports.push(PortSpec {
                number,
                label,
                protocol: None,
                service: None,
            });
        }
    }
    Some(())
}

/// Returns the ports that a Service within the cluster is to have, where a text names them beside
/// its type.
pub(super) fn only(asked: &[ExposureSpec]) -> Vec<u16> {
    let numbers = asked.iter().filter_map(|it| it.port.as_ref()?.parse().ok());
    numbers.filter(|_| are_inside(asked)).collect()
}

/// Returns whether a type is asked for, and none that leads out of the cluster.
pub(super) fn are_inside(asked: &[ExposureSpec]) -> bool {
    let mut all = asked.iter();
    !asked.is_empty() && all.all(|it| it.alternatives == [Exposure::Cluster])
}

/// Returns the numbers among words that say more of ports.
fn figures(rest: &[&str]) -> Vec<(u16, Option<String>)> {
    let numbers = rest.iter().filter_map(|word| word.parse().ok());
    numbers.map(|number| (number, None)).collect()
}

/// Returns the ports that a clause lists, each with the name behind it: `8082 (http) and 9082
/// (grpc)`. Nothing where it says more.
fn numbered(clause: Phrase<'_>, rest: &[&str]) -> Option<Vec<(u16, Option<String>)>> {
    let mut all: Vec<(u16, Option<String>)> = Vec::new();
    for word in rest {
        if let Ok(number) = word.parse() {
            all.push((number, None));
        } else if !clause.vocabulary().tells(word, Word::And) {
            let (_, label) = all.last_mut()?;
            if label.is_some() || !ports::is_name(word) {
                return None;
            }
            *label = Some((*word).to_owned());
        }
    }
    Some(all)
}

/// Whether a port is told by a word, and not by its number.
pub(super) fn is_word(port: &str) -> bool {
    port.parse::<u16>().is_err()
}

fn described(exposure: &ExposureSpec) -> String {
    let mut meaning = format!("{:?}", exposure.alternatives);
    if let Some(number) = exposure.node_port {
        // Writing to a `String` can't fail.
        let _ = write!(meaning, " {number}");
    }
    if let Some(port) = &exposure.port {
        let _ = write!(meaning, " for {port}");
    }
    meaning
}
