//! What a service asks of its pod → [`PodOptions`].

use crate::diagnostic::Diagnostic;
use crate::facts::{Hook, Service, is_annotation, secret};

use super::application::{NodeRule, PodOptions, WorkloadKind};
use super::roster::Member;

/// Labels that are for programs beside Docker, which don't run in a cluster, or that `orch` reads
/// itself.
const TOOLS: &[&str] = &[
    "com.docker.",
    "com.centurylinklabs.",
    "traefik.",
    "caddy",
    "ofelia.",
    "kompose.",
    "orch.",
];

/// Returns the options of a member's pods.
pub(super) fn options(member: &Member<'_>, warnings: &mut Vec<Diagnostic>) -> PodOptions {
    let Some(service) = member.service else {
        return PodOptions::default();
    };
    let (facts, deploy) = (&service.pod, &service.deploy);
    let rules = deploy.constraints.iter().map(|one| NodeRule {
        label: one.label.clone(),
        value: one.value.clone(),
        equal: one.equal,
    });
    let (wanted, unwanted): (Vec<NodeRule>, Vec<NodeRule>) = rules.partition(|rule| rule.equal);
    let platform = facts.platform.iter().flat_map(|(system, machine)| {
        [
            ("kubernetes.io/os".to_owned(), system.clone()),
            ("kubernetes.io/arch".to_owned(), machine.clone()),
        ]
    });
    let mut node_selector: Vec<(String, String)> = Vec::new();
    let mut nodes = unwanted;
    for (label, value) in platform.chain(wanted.into_iter().map(|it| (it.label, it.value))) {
        match node_selector.iter().find(|(known, _)| *known == label) {
            // Two values of one label: no node has both, and that is what was asked for.
            Some((_, known)) if *known != value => nodes.push(NodeRule {
                label,
                value,
                equal: true,
            }),
            Some(_) => {}
            None => node_selector.push((label, value)),
        }
    }
    PodOptions {
        host_aliases: host_aliases(&facts.hosts),
        dns_servers: facts.dns_servers.clone(),
        dns_searches: facts.dns_searches.clone(),
        dns_options: facts.dns_options.iter().map(|it| option(it)).collect(),
        hostname: hostname(member, service, warnings),
        group: facts.group,
        groups: facts.groups.clone(),
        node_selector,
        nodes,
        spread: deploy.spread.clone(),
        one_per_node: deploy.most_per_node == Some(1),
        devices: facts.devices.clone(),
        runtime_class: facts.runtime.clone(),
        reaps: facts.init,
        headless: service.deploy.headless,
        tty: facts.tty,
        stdin: facts.stdin_open,
        sysctls: facts.sysctls.clone(),
        capabilities: facts.capabilities.clone(),
        post_start: hook(&facts.post_start, member, warnings),
        pre_stop: hook(&facts.pre_stop, member, warnings),
        annotations: facts.annotations.clone(),
        labels: labels(service),
    }
}

/// Returns the addresses, each with all its names.
fn host_aliases(hosts: &[(String, String)]) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for (name, address) in hosts {
        match found.iter_mut().find(|(known, _)| known == address) {
            Some((_, names)) if names.contains(name) => {}
            Some((_, names)) => names.push(name.clone()),
            None => found.push((address.clone(), vec![name.clone()])),
        }
    }
    found
}

fn option(text: &str) -> (String, Option<String>) {
    match text.split_once(':') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (text.to_owned(), None),
    }
}

fn hostname(
    member: &Member<'_>,
    service: &Service,
    warnings: &mut Vec<Diagnostic>,
) -> Option<String> {
    let name = service.pod.hostname.clone()?;
    if member.kind != WorkloadKind::StatefulSet {
        return Some(name);
    }
    if name != member.name && name != service.name {
        let message = format!(
            "the `hostname` of `{}` ({}) isn't carried over: a StatefulSet's pods are named by \
             their number (`{}-0`)",
            service.name, service.origin, member.name
        );
        let help = "give the program its name in its own settings";
        warnings.push(Diagnostic::warning(message).help(help));
    }
    None
}

/// Returns the one command that hooks come to.
fn hook(
    hooks: &[Hook],
    member: &Member<'_>,
    warnings: &mut Vec<Diagnostic>,
) -> Option<Vec<String>> {
    let plain = |hook: &Hook| hook.working_dir.is_none() && hook.environment.is_empty();
    match hooks {
        [] => None,
        [one] if plain(one) => Some(one.command.clone()),
        several => {
            let parts = several.iter().map(|hook| line(hook, member, warnings));
            let script = parts.collect::<Vec<_>>().join(" && ");
            Some(vec!["/bin/sh".to_owned(), "-c".to_owned(), script])
        }
    }
}

fn line(hook: &Hook, member: &Member<'_>, warnings: &mut Vec<Diagnostic>) -> String {
    let mut words = Vec::new();
    for (name, value) in &hook.environment {
        if secret::by_name(name).is_some() {
            let message = format!(
                "`{name}` of a hook of `{}` ({}) is a secret, and left out",
                member.name, hook.origin
            );
            let help = "name it in the service's `environment`: hooks have it as well";
            warnings.push(Diagnostic::warning(message).help(help));
        } else {
            words.push(format!("{name}={}", quoted(value)));
        }
    }
    words.extend(hook.command.iter().map(|word| quoted(word)));
    let command = words.join(" ");
    match &hook.working_dir {
        Some(folder) => format!("(cd {} && {command})", quoted(folder)),
        None => command,
    }
}

/// Returns a word as a shell reads it back.
fn quoted(word: &str) -> String {
    let plain =
        |character: char| character.is_ascii_alphanumeric() || "-_./:=,@%+".contains(character);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Returns the labels that a workload can carry as annotations.
fn labels(service: &Service) -> Vec<(String, String)> {
    let all = service.labels.iter().chain(&service.deploy.labels);
    let mut labels: Vec<(String, String)> = Vec::new();
    for (name, value) in all {
        let tool = TOOLS.iter().any(|tool| name.starts_with(tool));
        let hidden = secret::by_name(name).is_some() || secret::by_value(value).is_some();
        if tool || hidden || !is_annotation(name) {
            continue;
        }
        match labels.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => known.clone_from(value),
            None => labels.push((name.clone(), value.clone())),
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::{host_aliases, option, quoted};

    #[test]
    fn an_address_has_all_its_names() {
        let hosts = [("a", "10.0.0.1"), ("b", "10.0.0.2"), ("c", "10.0.0.1")];
        let hosts = hosts.map(|(name, at)| (name.to_owned(), at.to_owned()));
        let found = host_aliases(&hosts);
        assert_eq!(found[0].1, ["a", "c"]);
        assert_eq!(found[1].1, ["b"]);
    }

    #[test]
    fn options_of_dns_may_have_a_value() {
        assert_eq!(
            option("ndots:2"),
            ("ndots".to_owned(), Some("2".to_owned()))
        );
        assert_eq!(option("rotate"), ("rotate".to_owned(), None));
    }

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        assert_eq!(quoted("./warm.sh"), "./warm.sh");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
