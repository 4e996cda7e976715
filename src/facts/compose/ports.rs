//! `ports` and `expose`: short and long syntax, ranges, host addresses.

use std::collections::HashMap;
use std::net::IpAddr;

use super::super::yaml::{Node, Value};
use super::fields::{Fields, Notes};
use super::keys;
use crate::facts::{Origin, Port, Protocol};

const EXPECTED: &str = "a port like `8080`, `80:8080`, `127.0.0.1:80:8080/tcp` or `9000-9010`";

/// Returns a service's ports, each container port and protocol once, the later one winning.
pub(super) fn read(service: &mut Fields<'_>, notes: &mut Notes<'_>) -> Vec<Port> {
    let mut ports = Ports::default();
    for (index, node) in service.list("ports", notes).iter().enumerate() {
        let path = format!("{}[{index}]", service.at("ports"));
        for port in one(node, &path, notes) {
            ports.add(port);
        }
    }
    for (index, node) in service.list("expose", notes).iter().enumerate() {
        let path = format!("{}[{index}]", service.at("expose"));
        for port in one(node, &path, notes) {
            ports.add(Port {
                published: None,
                ..port
            });
        }
    }
    ports.found
}

/// Ports in order, each once.
#[derive(Default)]
struct Ports {
    found: Vec<Port>,
    places: HashMap<(u16, Protocol), usize>,
}

impl Ports {
    fn add(&mut self, port: Port) {
        let key = (port.container, port.protocol);
        let place = self.places.get(&key).copied();
        match place.and_then(|place| self.found.get_mut(place)) {
            // A port that is only exposed adds nothing to one that is published.
            Some(_) if port.published.is_none() => {}
            Some(other) => *other = port,
            None => {
                self.places.insert(key, self.found.len());
                self.found.push(port);
            }
        }
    }
}

fn one(node: &Node, path: &str, notes: &mut Notes<'_>) -> Vec<Port> {
    let origin = node.mark.origin();
    let found = match &node.value {
        Value::Scalar(text) => short(&text.value, &origin),
        Value::Map(_) => long(node, path, notes),
        Value::Null | Value::List(_) => None,
    };
    found.unwrap_or_else(|| {
        notes.unfit(node, path, EXPECTED);
        Vec::new()
    })
}

fn long(node: &Node, path: &str, notes: &mut Notes<'_>) -> Option<Vec<Port>> {
    let mut fields = Fields::new(node, path.to_owned(), &keys::PORT, notes);
    let target = fields.string("target", notes);
    let published = fields.string("published", notes).unwrap_or_default();
    let protocol = fields.string("protocol", notes);
    let name = fields.string("name", notes);
    let app_protocol = fields.string("app_protocol", notes);
    fields.finish(notes);
    let protocol = protocol
        .as_deref()
        .map_or(Some(Protocol::Tcp), self::protocol)?;
    let mut ports = pair(&published, &target?, protocol, &node.mark.origin())?;
    for port in &mut ports {
        port.name.clone_from(&name);
        port.app_protocol.clone_from(&app_protocol);
    }
    Some(ports)
}

/// Returns the ports of the short syntax.
pub(in super::super) fn short(text: &str, origin: &Origin) -> Option<Vec<Port>> {
    let (text, protocol) = match text.split_once('/') {
        Some((text, name)) => (text, protocol(name)?),
        None => (text, Protocol::Tcp),
    };
    let (before, container) = text.rsplit_once(':').unwrap_or(("", text));
    // An address may stand before the published port, an IPv6 one in brackets or bare.
    let (address, published) = before.rsplit_once(':').unwrap_or(("", before));
    if !is_address(address) {
        return None;
    }
    pair(published, container, protocol, origin)
}

/// Whether a text is an IP address or empty, as where a variable has no value.
fn is_address(text: &str) -> bool {
    let inside = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    text.is_empty() || inside.unwrap_or(text).parse::<IpAddr>().is_ok()
}

fn protocol(name: &str) -> Option<Protocol> {
    match name {
        "tcp" => Some(Protocol::Tcp),
        "udp" => Some(Protocol::Udp),
        _ => None,
    }
}

fn pair(
    published: &str,
    container: &str,
    protocol: Protocol,
    origin: &Origin,
) -> Option<Vec<Port>> {
    let (first, last) = range(container)?;
    let hosts = if published.is_empty() {
        None
    } else {
        Some(range(published)?)
    };
    let port = |container: u16| Port {
        container,
        // `8000-8010:80` publishes at any one of them.
        published: hosts.map(|(host, _)| host + (container - first)),
        protocol,
        name: None,
        app_protocol: None,
        origin: origin.clone(),
    };
    let fits = hosts.is_none_or(|(host, end)| first == last || end - host == last - first);
    fits.then(|| (first..=last).map(port).collect())
}

fn range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first > 0 && first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::short;
    use crate::facts::{Origin, Protocol};

    #[track_caller]
    fn check(text: &str, expected: Option<&[(u16, Option<u16>, Protocol)]>) {
        let origin = Origin {
            path: "compose.yml".to_owned(),
            line: 1,
        };
        let found = short(text, &origin).map(|ports| {
            ports
                .iter()
                .map(|one| (one.container, one.published, one.protocol))
                .collect::<Vec<_>>()
        });
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn short_ports_are_read() {
        use Protocol::{Tcp, Udp};
        check("8080", Some(&[(8080, None, Tcp)]));
        check("80:8080", Some(&[(8080, Some(80), Tcp)]));
        check("127.0.0.1:8080:80/tcp", Some(&[(80, Some(8080), Tcp)]));
        check("127.0.0.1::80", Some(&[(80, None, Tcp)]));
        check(":8080:80", Some(&[(80, Some(8080), Tcp)]));
        check("::1:8080:80", Some(&[(80, Some(8080), Tcp)]));
        check("[::1]:5060:5060/udp", Some(&[(5060, Some(5060), Udp)]));
        check(
            "9000-9001:19000-19001",
            Some(&[(19000, Some(9000), Tcp), (19001, Some(9001), Tcp)]),
        );
        check("8000-8010:80", Some(&[(80, Some(8000), Tcp)]));
    }

    #[test]
    fn what_is_no_port_is_refused() {
        check("http", None);
        check("80:99999", None);
        check("9000-9001:80-90", None);
        check("80/sctp", None);
        check("80:80:80:80", None);
        check("localhost:80:80", None);
        check("0", None);
    }
}
