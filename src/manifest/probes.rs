//! Probes, told apart: what makes a pod lose its traffic must not be what gets it killed.

use k8s_openapi::api::core::v1::{ExecAction, HTTPGetAction, Probe, TCPSocketAction};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::facts::Protocol;
use crate::resolve::{self, ProbeAction, Role, Workload};

/// Returns liveness and readiness. Where both ask the same, readiness asks more closely, and
/// liveness is the more patient one; where there is nothing else to ask, nothing is served either,
/// and readiness is left out. A command and figures that a task gives stay as they are.
pub(super) fn told_apart(workload: &Workload) -> (Option<resolve::Probe>, Option<resolve::Probe>) {
    let mut liveness = workload.liveness.clone();
    let mut readiness = workload.readiness.clone();
    if let (Some(live), Some(ready)) = (&mut liveness, &mut readiness)
        && live.action == ready.action
    {
        ready.action = match &ready.action {
            ProbeAction::Exec(command) if ready.asked => {
                ProbeAction::Exec(respelled(workload, command))
            }
            action
            @ (ProbeAction::Exec(_) | ProbeAction::Http { .. } | ProbeAction::Tcp { .. }) => {
                match closer(workload, action) {
                    Some(action) => action,
                    None => return (liveness, None),
                }
            }
        };
        set_patience(live, ready);
    }
    (liveness, readiness)
}

/// Returns the same command in other words, so that linters don't take two probes that are asked
/// for alike for one. What is built here may have no shell.
fn respelled(workload: &Workload, command: &[String]) -> Vec<String> {
    let line = match command {
        [shell, flag, line] if shell == "/bin/sh" && flag == "-c" => line.clone(),
        _ if workload.built => return command.to_vec(),
        _ => quoted(command),
    };
    ["sh".to_owned(), "-c".to_owned(), line].to_vec()
}

/// Lets liveness fail for longer than readiness, by figures that nobody gave.
fn set_patience(live: &mut resolve::Probe, ready: &mut resolve::Probe) {
    if patience(live) > patience(ready) {
        return;
    }
    let given = |probe: &resolve::Probe| probe.asked && probe.failures.is_some();
    if !given(live) {
        let period = live.period.unwrap_or(10).max(1);
        live.failures = Some(patience(ready).saturating_mul(2) / period + 1);
    } else if !given(ready) && live.failures > Some(USUAL_FAILURES) {
        ready.failures = None;
    }
}

/// What Kubernetes takes where no number of failures is given.
const USUAL_FAILURES: i32 = 3;

/// Returns for how many seconds a probe may fail.
fn patience(probe: &resolve::Probe) -> i32 {
    probe
        .period
        .unwrap_or(10)
        .saturating_mul(probe.failures.unwrap_or(USUAL_FAILURES))
}

/// Returns an action that asks the same and more, or in another way.
fn closer(workload: &Workload, action: &ProbeAction) -> Option<ProbeAction> {
    let first_port = || {
        let mut ports = workload.ports.iter();
        let port = ports.find(|port| port.protocol == Protocol::Tcp)?;
        Some(ProbeAction::Tcp {
            port: port.name.clone(),
        })
    };
    match action {
        // The server doesn't mind; its log tells the two apart.
        ProbeAction::Http { path, port } => {
            let mark = if path.contains('?') { '&' } else { '?' };
            let path = format!("{path}{mark}probe=readiness");
            Some(ProbeAction::Http {
                path,
                port: port.clone(),
            })
        }
        ProbeAction::Exec(command) => closer_command(workload, command).or_else(first_port),
        // One port is all there is to ask, so the difference is in how patiently it is asked. The
        // number in place of the name keeps linters from taking the two for one.
        ProbeAction::Tcp { port } => {
            let port = workload.ports.iter().find(|known| known.name == *port)?;
            Some(ProbeAction::Tcp {
                port: port.port.to_string(),
            })
        }
    }
}

fn closer_command(workload: &Workload, command: &[String]) -> Option<ProbeAction> {
    let (last, before) = command.split_last()?;
    let shell = matches!(before, [.., flag] if flag == "-c");
    let whole = if shell {
        last.clone()
    } else {
        command.join(" ")
    };
    // The kernel's table is all there is to ask; linters take equal words for one probe.
    if shell && last.starts_with("grep -q ") && last.contains("/proc/net/udp") {
        let other = last.replacen("grep -q ", "grep -qs ", 1);
        let command = before.iter().cloned().chain([other]);
        return Some(ProbeAction::Exec(command.collect()));
    }
    // While its image initialises a data base, the server listens on its socket only: ready is
    // what answers on the network. A Redis that still loads its data answers, but not `PONG`.
    let suffix = match workload.role {
        Role::Postgres
            if whole.starts_with("pg_isready")
                && ![" -h", "--host"].iter().any(|it| whole.contains(it)) =>
        {
            " -h 127.0.0.1"
        }
        Role::Redis if whole.trim_end().ends_with("ping") => " | grep -q PONG",
        Role::Postgres
        | Role::Redis
        | Role::Store
        | Role::Server
        | Role::Worker
        | Role::Prometheus
        | Role::Grafana => return None,
    };
    let command = if shell {
        // What follows the program may be another command: `pg_isready || exit 1`.
        let line = match (workload.role, last.strip_prefix("pg_isready")) {
            (Role::Postgres, Some(rest)) => format!("pg_isready{suffix}{rest}"),
            (_, _) => format!("{last}{suffix}"),
        };
        before.iter().cloned().chain([line]).collect()
    } else if workload.role == Role::Postgres {
        command
            .iter()
            .cloned()
            .chain(["-h", "127.0.0.1"].map(str::to_owned))
            .collect()
    } else {
        [
            "sh".to_owned(),
            "-c".to_owned(),
            format!("{}{suffix}", quoted(command)),
        ]
        .to_vec()
    };
    Some(ProbeAction::Exec(command))
}

/// Returns a command as a shell reads it.
fn quoted(command: &[String]) -> String {
    let plain = |word: &String| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_./:=".contains(c))
    };
    let quote = |word: &String| {
        if plain(word) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    };
    command.iter().map(quote).collect::<Vec<_>>().join(" ")
}

/// Returns a port by its number or its name, which can't be digits alone.
fn port_of(port: &str) -> IntOrString {
    match port.parse() {
        Ok(number) => IntOrString::Int(number),
        Err(_) => IntOrString::String(port.to_owned()),
    }
}

/// Returns the probe as Kubernetes takes it.
pub(super) fn build(probe: &resolve::Probe) -> Probe {
    let mut built = Probe {
        initial_delay_seconds: probe.initial_delay,
        period_seconds: probe.period,
        timeout_seconds: probe.timeout,
        failure_threshold: probe.failures,
        ..Probe::default()
    };
    match &probe.action {
        ProbeAction::Http { path, port } => {
            built.http_get = Some(HTTPGetAction {
                path: Some(path.clone()),
                port: port_of(port),
                ..HTTPGetAction::default()
            });
        }
        ProbeAction::Exec(command) => {
            built.exec = Some(ExecAction {
                command: Some(command.clone()),
            });
        }
        ProbeAction::Tcp { port } => {
            built.tcp_socket = Some(TCPSocketAction {
                port: port_of(port),
                host: None,
            });
        }
    }
    built
}

#[cfg(test)]
mod tests {
    use super::{patience, told_apart};
    use crate::manifest::sample;
    use crate::resolve::{Probe, ProbeAction, Role};

    #[track_caller]
    fn check(role: Role, action: &ProbeAction, expected: &ProbeAction) {
        let mut workload = sample::workload("a");
        workload.role = role;
        workload.liveness = Some(sample::probe(action.clone(), 10));
        workload.readiness = workload.liveness.clone();
        let (liveness, readiness) = told_apart(&workload);
        let (liveness, readiness) = (liveness.unwrap(), readiness.unwrap());
        assert_eq!(&liveness.action, action);
        assert_eq!(&readiness.action, expected);
        assert!(patience(&liveness) > patience(&readiness));
    }

    fn exec(words: &[&str]) -> ProbeAction {
        ProbeAction::Exec(words.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn postgres_is_ready_when_it_answers_on_the_network() {
        check(
            Role::Postgres,
            &exec(&["pg_isready", "-U", "app"]),
            &exec(&["pg_isready", "-U", "app", "-h", "127.0.0.1"]),
        );
        check(
            Role::Postgres,
            &exec(&["/bin/sh", "-c", "pg_isready -U $POSTGRES_USER"]),
            &exec(&["/bin/sh", "-c", "pg_isready -h 127.0.0.1 -U $POSTGRES_USER"]),
        );
        check(
            Role::Postgres,
            &exec(&["/bin/sh", "-c", "pg_isready || exit 1"]),
            &exec(&["/bin/sh", "-c", "pg_isready -h 127.0.0.1 || exit 1"]),
        );
    }

    #[test]
    fn redis_is_ready_when_it_has_loaded() {
        check(
            Role::Redis,
            &exec(&["redis-cli", "ping"]),
            &exec(&["sh", "-c", "redis-cli ping | grep -q PONG"]),
        );
    }

    #[test]
    fn a_single_port_is_asked_by_number_and_by_name() {
        let port = |port: &str| ProbeAction::Tcp {
            port: port.to_owned(),
        };
        check(Role::Store, &port("http"), &port("8080"));
    }

    #[test]
    fn anything_else_is_asked_in_another_way() {
        check(
            Role::Server,
            &exec(&["./ok"]),
            &ProbeAction::Tcp {
                port: "http".to_owned(),
            },
        );
        check(
            Role::Server,
            &ProbeAction::Http {
                path: "/health".to_owned(),
                port: "http".to_owned(),
            },
            &ProbeAction::Http {
                path: "/health?probe=readiness".to_owned(),
                port: "http".to_owned(),
            },
        );
    }

    /// Returns what becomes of two probes that a task asks for alike: question and failures each.
    fn asked(action: &ProbeAction, failures: Option<i32>) -> [(ProbeAction, Option<i32>); 2] {
        let mut workload = sample::workload("a");
        workload.role = Role::Redis;
        workload.built = false;
        let probe = Probe {
            failures,
            asked: true,
            ..sample::probe(action.clone(), 10)
        };
        workload.liveness = Some(probe.clone());
        workload.readiness = Some(probe);
        let (liveness, readiness) = told_apart(&workload);
        [liveness, readiness].map(|it| {
            let it = it.unwrap();
            (it.action, it.failures)
        })
    }

    #[test]
    fn a_command_and_figures_that_a_task_gives_are_written_as_they_are() {
        let ping = exec(&["redis-cli", "ping"]);
        let spelled = exec(&["sh", "-c", "redis-cli ping"]);
        let given = [(ping.clone(), Some(4)), (spelled.clone(), Some(4))];
        assert_eq!(asked(&ping, Some(4)), given);
        // Liveness is the more patient one, by a figure that nobody gave.
        let [live, ready] = asked(&ping, None);
        assert_eq!((live, ready), ((ping, Some(7)), (spelled, None)));
    }

    #[test]
    fn failures_given_for_liveness_alone_are_kept() {
        let mut workload = sample::workload("a");
        let action = ProbeAction::Http {
            path: "/up".to_owned(),
            port: "http".to_owned(),
        };
        let probe = sample::probe(action, 10);
        let asked = Probe {
            failures: Some(6),
            asked: true,
            ..probe.clone()
        };
        workload.liveness = Some(asked);
        workload.readiness = Some(Probe {
            failures: Some(6),
            ..probe
        });
        let (liveness, readiness) = told_apart(&workload);
        assert_eq!(liveness.unwrap().failures, Some(6));
        assert_eq!(readiness.unwrap().failures, None);
    }
}
