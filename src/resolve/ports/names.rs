//! What ports are called: by the task or the Compose file, by their product, or by a variable that
//! holds the number.

use crate::facts::Protocol;

use super::super::application::{Role, ServicePort};
use super::super::roster::Member;
use super::super::slug::slug;
use super::super::subjects::named_product;

/// The longest name of a port.
const LONGEST: usize = 15;
/// What ports are usually called by.
const USUAL: &[&str] = &[
    "http",
    "http2",
    "h2c",
    "https",
    "web",
    "api",
    "rest",
    "ui",
    "graphql",
    "grpc",
    "rpc",
    "ws",
    "wss",
    "websocket",
    "websockets",
    "socket",
    "app",
    "server",
    "backend",
    "frontend",
    "gateway",
    "main",
    "admin",
    "management",
    "console",
    "dashboard",
    "metrics",
    "monitor",
    "monitoring",
    "prometheus",
    "health",
    "healthcheck",
    "status",
    "probes",
    "debug",
    "jmx",
    "events",
    "webhook",
    "webhooks",
    "hooks",
    "sip",
    "sips",
    "rtp",
    "rtcp",
    "rtmp",
    "rtsp",
    "stun",
    "turn",
    "ari",
    "ami",
    "imap",
    "imaps",
    "pop3",
    "ftp",
    "sftp",
    "smtp",
    "tftp",
    "radius",
    "snmp",
    "coap",
    "game",
    "media",
    "video",
    "audio",
    "cluster",
    "peer",
    "gossip",
    "raft",
    "client",
    "broker",
    "queue",
    "cache",
    "db",
    "database",
    "proxy",
    "data",
    "discovery",
    "transport",
    "controller",
    "replication",
    "sql",
    "native",
];
/// Ports that are known by a name of their own.
const KNOWN: &[(u16, &str)] = &[
    (22, "ssh"),
    (25, "smtp"),
    (53, "dns"),
    (123, "ntp"),
    (443, "https"),
    (514, "syslog"),
    (389, "ldap"),
    (465, "smtps"),
    (587, "submission"),
    (636, "ldaps"),
    (1433, "mssql"),
    (1514, "syslog"),
    (1883, "mqtt"),
    (2181, "zookeeper"),
    (2222, "ssh"),
    (3306, "mysql"),
    (4222, "nats"),
    (4317, "otlp-grpc"),
    (4318, "otlp-http"),
    (5044, "beats"),
    (5060, "sip"),
    (5432, "postgresql"),
    (5671, "amqps"),
    (5672, "amqp"),
    (6379, "redis"),
    (8443, "https"),
    (8883, "mqtts"),
    (9042, "cql"),
    (9092, "kafka"),
    (9300, "transport"),
    (11211, "memcached"),
    (15672, "management"),
    (24224, "fluentd"),
    (27017, "mongodb"),
    (29092, "kafka"),
    (50051, "grpc"),
];

/// Returns whether a word may be a port's name: what ports are usually called by, a product, a
/// protocol, or a name in the form of `AudioSocket`. Any other word beside a port says something
/// of it (`blocked`).
pub(in crate::resolve) fn is_name(word: &str) -> bool {
    let lower = word.to_lowercase();
    let known = KNOWN.iter().any(|(_, name)| *name == lower);
    let mut letters = word.chars();
    let compound = letters.next().is_some_and(|it| it.is_ascii_uppercase())
        && letters.next().is_some_and(|it| it.is_ascii_lowercase())
        && letters.any(|it| it.is_ascii_uppercase());
    let plain = word.chars().all(|it| it.is_ascii_alphanumeric());
    known || USUAL.contains(&lower.as_str()) || compound && plain || named_product(&lower).is_some()
}

/// Returns whether a port is known as one of HTTP over TLS; any other is HTTP's, whatever it is called.
pub(in crate::resolve) fn is_encrypted(number: u16) -> bool {
    KNOWN.contains(&(number, "https"))
}

/// Returns whether a port is one that something else than HTTP is known by.
pub(super) fn is_other(number: u16) -> bool {
    let name = KNOWN.iter().find(|(port, _)| *port == number);
    name.is_some_and(|(_, name)| !["https", "management", "otlp-http"].contains(name))
}

/// Returns a port's name from the word in brackets behind it.
pub(in crate::resolve) fn port_name(label: &str) -> String {
    let name = slug(label);
    match name.as_str() {
        "" | "api" | "web" | "ui" | "rest" | "https" => "http".to_owned(),
        _ => cut(&name),
    }
}

/// Returns a port's name from the one that it is given in the Compose file.
pub(super) fn given(name: &str) -> Option<String> {
    Some(cut(&slug(name))).filter(|name| !name.is_empty())
}

fn cut(name: &str) -> String {
    let short: String = name.chars().take(LONGEST).collect();
    short.trim_matches('-').to_owned()
}

/// Returns a port's name from the role, or from the variable that holds the number.
pub(super) fn guess(
    member: &Member<'_>,
    number: u16,
    protocol: Protocol,
    known: &[ServicePort],
) -> String {
    match member.role {
        Role::Postgres => return "postgresql".to_owned(),
        Role::Redis => return "redis".to_owned(),
        Role::Store if known.is_empty() => return cut(&slug(&member.name)),
        Role::Store | Role::Server | Role::Worker | Role::Prometheus | Role::Grafana => {}
    }
    let named = from_variable(member, number);
    if let Some(name) = named.as_ref().filter(|name| is_other_protocol(name)) {
        return name.clone();
    }
    let own = member.product.map(|product| product.known().ports);
    let own = own.and_then(|ports| ports.iter().find(|(_, port)| *port == number));
    let kept = matches!(member.role, Role::Server | Role::Store);
    if let Some((name, _)) = own.filter(|_| kept) {
        return (*name).to_owned();
    }
    if let Some((_, name)) = KNOWN.iter().find(|(port, _)| *port == number) {
        return (*name).to_owned();
    }
    if protocol == Protocol::Udp {
        return named.unwrap_or_else(|| format!("udp-{number}"));
    }
    let http = known.iter().all(|port| port.name != "http");
    let first = known.iter().all(|port| port.protocol == Protocol::Udp);
    match named {
        Some(name) if !(http && first) || is_other_protocol(&name) => name,
        Some(_) | None if http && (first || speaks_http(number)) => "http".to_owned(),
        Some(name) => name,
        None => format!("port-{number}"),
    }
}

/// Returns whether a port is one of those that people give web servers.
fn speaks_http(number: u16) -> bool {
    matches!(number, 80..=89 | 3000..=3099 | 4000 | 4200 | 5000..=5099 | 5173 | 8000..=9099)
}

/// Returns the name of the variable that holds a port's number, `_PORT` dropped.
fn from_variable(member: &Member<'_>, number: u16) -> Option<String> {
    let variables = member
        .service
        .map(|service| service.environment.as_slice())
        .unwrap_or_default();
    let holds = variables.iter().find(|variable| {
        variable
            .value
            .as_ref()
            .is_some_and(|text| text.value == number.to_string())
    });
    holds
        .and_then(|variable| variable.name.strip_suffix("_PORT"))
        .map(port_name)
}

fn is_other_protocol(name: &str) -> bool {
    [
        "socket", "tcp", "udp", "sip", "rtp", "grpc", "smtp", "metrics",
    ]
    .iter()
    .any(|it| name.contains(it))
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[track_caller]
    fn check(words: &[&str], expected: bool) {
        for word in words {
            assert_eq!(is_name(word), expected, "{word}");
        }
    }

    #[test]
    fn what_ports_are_called_by_is_a_name() {
        check(
            &[
                "API",
                "AudioSocket",
                "gRPC",
                "metrics",
                "MQTT",
                "Kafka",
                "https",
            ],
            true,
        );
    }

    #[test]
    fn what_says_something_of_a_port_is_none() {
        check(
            &[
                "blocked",
                "closed",
                "mTLS",
                "TLS",
                "on",
                "SCTP",
                "потом",
                "на",
                "Later",
            ],
            false,
        );
    }
}
