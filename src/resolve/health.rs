//! A health check that asks the service itself over the network → the request that Kubernetes can
//! send by itself, where it is the same question.
//!
//! What sends a body, headers or credentials, or looks at the answer, stays a command.

use crate::facts::{EnvVar, HealthTest, Protocol};

use super::application::{ProbeAction, ServicePort};

/// Flags whose request is more than a plain GET, or whose answer is looked at.
const MORE: &[&str] = &[
    "-X",
    "--request",
    "-d",
    "--data",
    "-H",
    "--header",
    "-u",
    "--user",
    "-b",
    "--cookie",
    "-F",
    "--form",
    "--post-data",
    "--post-file",
    "--unix-socket",
];
/// Parts of paths that answer by a status.
const HEALTH: &[&str] = &["health", "ready", "live", "ping", "status", "-/"];
const HOSTS: &[&str] = &["localhost", "127.0.0.1", "0.0.0.0", "[::1]"];

/// Returns the request that a check comes to, if it is one to a port of the service itself.
pub(super) fn request(
    test: &HealthTest,
    ports: &[ServicePort],
    environment: &[EnvVar],
) -> Option<ProbeAction> {
    let line = match test {
        HealthTest::Exec(words) => words.join(" "),
        HealthTest::Shell(line) => line.clone(),
        HealthTest::Disabled => return None,
    };
    let line = filled(&line, environment);
    let words: Vec<&str> = line.split_whitespace().collect();
    if looks_closer(&line, &words) {
        return None;
    }
    tcp(&words, ports).or_else(|| http(&line, &words, ports))
}

/// Returns whether a command does more than ask, and fail where there is no answer.
fn looks_closer(line: &str, words: &[&str]) -> bool {
    let more = words.iter().any(|word| {
        MORE.iter()
            .any(|flag| word == flag || word.starts_with(&format!("{flag}=")))
    });
    let without_exit = line.replace("||", "");
    more || without_exit.contains('|') || line.contains("&&") || line.contains("grep")
}

fn http(line: &str, words: &[&str], ports: &[ServicePort]) -> Option<ProbeAction> {
    let rest = match line.split_once("http://") {
        Some((_, rest)) => rest,
        None => without_scheme(words)?,
    };
    let end = |character: char| character.is_whitespace() || "\"'`|;)".contains(character);
    let rest = rest.split(end).next()?;
    let (host, path) = match rest.split_once('/') {
        Some((host, path)) => (host, format!("/{path}")),
        None => (rest, "/".to_owned()),
    };
    let (host, number) = match host.rsplit_once(':') {
        Some((host, number)) => (host, number.parse().ok()?),
        None => (host, 80),
    };
    let port = port_of(number, ports).filter(|_| HOSTS.contains(&host))?;
    // Without `-f`, curl is content with any answer, and a probe isn't.
    let curl = words.iter().any(|word| word.ends_with("curl"));
    let fails = words.iter().any(|word| {
        *word == "--fail"
            || word
                .strip_prefix('-')
                .is_some_and(|flags| !flags.starts_with('-') && flags.contains('f'))
    });
    let by_status = HEALTH.iter().any(|part| path.contains(part));
    if curl && !fails && !by_status {
        return None;
    }
    Some(ProbeAction::Http { path, port })
}

/// Returns what curl or wget is asked for where it stands without `http://`.
fn without_scheme<'w>(words: &[&'w str]) -> Option<&'w str> {
    let asks = |word: &&str| word.ends_with("curl") || word.ends_with("wget");
    let host = |word: &&str| {
        let mut hosts = HOSTS.iter().filter_map(|host| word.strip_prefix(host));
        hosts.any(|rest| rest.starts_with([':', '/']))
    };
    let found = words.iter().copied().find(host)?;
    words.iter().any(asks).then_some(found)
}

/// Reads `nc -z localhost 5432`.
fn tcp(words: &[&str], ports: &[ServicePort]) -> Option<ProbeAction> {
    let at = words.iter().position(|word| word.ends_with("nc"))?;
    let rest = words.get(at + 1..)?;
    let scans = rest
        .iter()
        .any(|word| word.starts_with('-') && word.contains('z'));
    let host = rest.iter().position(|word| HOSTS.contains(word))?;
    let number: u16 = rest.get(host + 1)?.trim_end_matches(';').parse().ok()?;
    let port = port_of(number, ports).filter(|_| scans)?;
    Some(ProbeAction::Tcp { port })
}

fn port_of(number: u16, ports: &[ServicePort]) -> Option<String> {
    let port = ports
        .iter()
        .find(|port| port.port == number && port.protocol == Protocol::Tcp)?;
    Some(port.name.clone())
}

/// Fills in the variables that a shell would (`$PORT`, `${PORT}`, `${PORT:-8000}`).
fn filled(line: &str, environment: &[EnvVar]) -> String {
    let value = |name: &str| {
        let variable = environment.iter().find(|variable| variable.name == name)?;
        Some(variable.value.as_ref()?.value.clone())
    };
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, behind)) = rest.split_once('$') {
        text.push_str(before);
        let of_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let braced = behind
            .strip_prefix('{')
            .and_then(|inside| inside.split_once('}'));
        let (found, after) = if let Some((inside, after)) = braced {
            let (name, default) = match inside.split_once(":-").or_else(|| inside.split_once('-')) {
                Some((name, default)) => (name, Some(default.to_owned())),
                None => (inside, None),
            };
            (value(name).or(default), after)
        } else {
            let end = behind.find(|character| !of_name(character));
            let (name, after) = behind
                .split_at_checked(end.unwrap_or(behind.len()))
                .unwrap_or((behind, ""));
            (value(name), after)
        };
        text.push_str(found.as_deref().unwrap_or("$"));
        rest = after;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::request;
    use crate::facts::{EnvVar, HealthTest, Origin, Protocol, Text};
    use crate::resolve::application::{Exposure, ProbeAction, ServicePort};

    #[track_caller]
    fn check(line: &str, expected: Option<&str>) {
        let port = |name: &str, port| ServicePort {
            name: name.to_owned(),
            port,
            service: None,
            protocol: Protocol::Tcp,
            exposure: Exposure::Cluster,
            node_port: None,
            app_protocol: None,
        };
        let ports = [port("http", 8080), port("web", 80)];
        let variable = EnvVar {
            name: "PORT".to_owned(),
            value: Some(Text {
                value: "8080".to_owned(),
                ..Text::default()
            }),
            origin: Origin {
                path: String::new(),
                line: 1,
            },
        };
        let found = request(&HealthTest::Shell(line.to_owned()), &ports, &[variable]);
        let found = found.map(|action| match action {
            ProbeAction::Http { path, port } => format!("{port}{path}"),
            ProbeAction::Tcp { port } => port,
            ProbeAction::Exec(_) => "a command".to_owned(),
        });
        assert_eq!(found.as_deref(), expected, "{line}");
    }

    #[test]
    fn a_plain_question_becomes_a_request() {
        check(
            "curl -fsS http://localhost:8080/up || exit 1",
            Some("http/up"),
        );
        check("wget -qO- http://127.0.0.1:8080/x", Some("http/x"));
        check("wget --spider http://localhost/", Some("web/"));
        check(
            "python -c \"import urllib.request; urllib.request.urlopen('http://localhost:8080/health')\"",
            Some("http/health"),
        );
        check("nc -z localhost 8080", Some("http"));
        check(
            "curl --silent --fail localhost:8080/up || exit 1",
            Some("http/up"),
        );
        check("echo localhost:8080/up", None);
    }

    #[test]
    fn variables_are_filled_in() {
        check("curl -f http://localhost:$PORT/up", Some("http/up"));
        check("curl -f http://localhost:${PORT}/up", Some("http/up"));
        check(
            "curl -f http://localhost:${OTHER:-8080}/up",
            Some("http/up"),
        );
        check("curl -f http://localhost:$OTHER/up", None);
    }

    #[test]
    fn what_asks_for_more_stays_a_command() {
        check("curl -f -X POST http://localhost:8080/up", None);
        check("curl -f -H 'Host: x' http://localhost:8080/up", None);
        check("curl -s http://localhost:8080/up | grep ok", None);
        check("curl -f http://other:8080/up", None);
        check("curl -f http://localhost:9999/up", None);
        check("nc localhost 8080", None);
    }

    #[test]
    fn curl_that_takes_any_answer_is_no_probe_unless_the_path_is_for_health() {
        check("curl http://localhost:8080/", None);
        check("curl http://localhost:8080/health", Some("http/health"));
    }
}
