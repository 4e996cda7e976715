//! What a service asks of its container and pod.

use std::net::IpAddr;

use super::super::secret;
use super::super::yaml::Value;
use super::fields::{Fields, Notes};
use super::{command, keys};
use crate::facts::{Hook, PodFacts};

/// Sysctls that are the pod's own and that every kubelet lets it set.
const SAFE_SYSCTLS: &[&str] = &[
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];

/// The smallest user that isn't likely to be one of a node's.
const LOWEST_UID: i64 = 10_000;

/// Returns what a pod can have of it; the rest is noted.
pub(super) fn read(service: &mut Fields<'_>, notes: &mut Notes<'_>) -> PodFacts {
    let mut pod = PodFacts {
        hostname: hostname(service, notes),
        shared_memory: service.bytes("shm_size", notes).filter(|size| *size > 0),
        platform: platform(service, notes),
        runtime: service
            .string("runtime", notes)
            .filter(|name| !is_usual(name)),
        init: service.flag("init", notes).unwrap_or(false),
        tty: service.flag("tty", notes).unwrap_or(false),
        stdin_open: service.flag("stdin_open", notes).unwrap_or(false),
        post_start: hooks(service, "post_start", notes),
        pre_stop: hooks(service, "pre_stop", notes),
        ..PodFacts::default()
    };
    names(&mut pod, service, notes);
    user(&mut pod, service, notes);
    privileges(&mut pod, service, notes);
    for (entry, value) in service.pairs("annotations", notes) {
        if is_annotation(&entry.key) && secret::by_name(&entry.key).is_none() {
            pod.annotations.push((entry.key.clone(), value.to_owned()));
        } else {
            service.leave("annotations", Some(&entry.key), &entry.mark, notes);
        }
    }
    settled(service, notes);
    pod
}

/// Takes the keys of which only what every pod has anyway is carried over.
fn settled(service: &mut Fields<'_>, notes: &mut Notes<'_>) {
    service.only("cgroup", &["private"], notes);
    service.only("ipc", &["private", "shareable", "none"], notes);
    service.only("isolation", &["default", "process"], notes);
    service.only("pid", &["private"], notes);
    service.only("privileged", &["false", "False", "no", "off"], notes);
    service.only("read_only", &["true", "True", "yes", "on"], notes);
    service.only("stop_signal", &["SIGTERM", "TERM", "15"], notes);
    let policies = ["always", "build", "daily", "weekly", "refresh"];
    if let Some(node) = service.take("pull_policy") {
        let policy = node.str().unwrap_or_default();
        if !policies.contains(&policy) && !policy.starts_with("every_") {
            service.leave("pull_policy", Some(policy), &node.mark, notes);
        }
    }
}

/// Reads hosts and DNS.
fn names(pod: &mut PodFacts, service: &mut Fields<'_>, notes: &mut Notes<'_>) {
    for (text, node) in service.strings("extra_hosts", notes) {
        let pair = text.split_once('=').or_else(|| text.split_once(':'));
        let address = |text: &str| {
            let bare = text.trim_start_matches('[').trim_end_matches(']');
            bare.parse::<IpAddr>().is_ok().then(|| bare.to_owned())
        };
        match pair.and_then(|(name, at)| Some((name.trim(), address(at.trim())?))) {
            Some((name, address)) => pod.hosts.push((name.to_owned(), address)),
            None => service.leave("extra_hosts", Some(text), &node.mark, notes),
        }
    }
    for (key, list) in [
        ("dns", &mut pod.dns_servers),
        ("dns_search", &mut pod.dns_searches),
        ("dns_opt", &mut pod.dns_options),
    ] {
        let found = service.strings(key, notes).into_iter();
        list.extend(found.map(|(text, _)| text.to_owned()));
    }
}

fn hostname(service: &mut Fields<'_>, notes: &mut Notes<'_>) -> Option<String> {
    let name = service.string("hostname", notes)?;
    if is_label(&name) {
        return Some(name);
    }
    let node = service.node();
    let mark = &node.get("hostname").unwrap_or(node).mark;
    service.leave("hostname", Some(&name), mark, notes);
    None
}

/// Returns whether a text is one part of a name of DNS.
fn is_label(text: &str) -> bool {
    let fits = |character: char| {
        character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-'
    };
    (1..=63).contains(&text.len())
        && text.chars().all(fits)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Returns whether Kubernetes takes a text as an annotation's name.
pub(crate) fn is_annotation(text: &str) -> bool {
    let (domain, name) = match text.split_once('/') {
        Some((domain, name)) => (Some(domain), name),
        None => (None, text),
    };
    let fits = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    let ends = |text: &str| {
        let end = |it: Option<char>| it.is_some_and(|it| it.is_ascii_alphanumeric());
        end(text.chars().next()) && end(text.chars().next_back())
    };
    name.len() <= 63
        && ends(name)
        && name.chars().all(fits)
        && domain.is_none_or(|domain| domain.len() <= 253 && domain.split('.').all(is_label))
}

fn is_usual(runtime: &str) -> bool {
    matches!(runtime, "" | "runc" | "io.containerd.runc.v2")
}

/// Returns operating system and architecture as Kubernetes calls them.
fn platform(service: &mut Fields<'_>, notes: &mut Notes<'_>) -> Option<(String, String)> {
    let node = service.take("platform")?;
    let text = node.str().unwrap_or_default();
    let mut parts = text.split('/');
    let first = parts.next().unwrap_or_default();
    let (system, machine) = match parts.next() {
        Some(machine) => (first, machine),
        None => ("linux", first),
    };
    let machine = match machine {
        "amd64" | "x86_64" | "x86-64" => "amd64",
        "arm64" | "aarch64" => "arm64",
        "arm" | "armhf" | "armel" => "arm",
        "386" | "i386" => "386",
        "ppc64le" => "ppc64le",
        "s390x" => "s390x",
        "riscv64" => "riscv64",
        _ => "",
    };
    if system == "linux" && !machine.is_empty() {
        return Some((system.to_owned(), machine.to_owned()));
    }
    service.leave("platform", Some(text), &node.mark, notes);
    None
}

/// Reads the group of `user`, and `group_add`.
fn user(pod: &mut PodFacts, service: &mut Fields<'_>, notes: &mut Notes<'_>) {
    if let Some(node) = service.take("user") {
        let text = node.str().unwrap_or_default();
        let (user, group) = text.split_once(':').unwrap_or((text, ""));
        let known = user.parse::<i64>().is_ok_and(|user| user >= LOWEST_UID);
        let fits = |group: &i64| *group >= LOWEST_UID && known;
        pod.group = group.parse().ok().filter(fits);
        // The root group is one of its groups: images that are made for any user give it their files.
        let root_group = known && group == "0";
        pod.groups.extend(root_group.then_some(0));
        let fits = known && (group.is_empty() || root_group || pod.group.is_some());
        if !fits && !text.is_empty() {
            service.leave("user", Some(text), &node.mark, notes);
        }
    }
    for (text, node) in service.strings("group_add", notes) {
        match text.parse() {
            Ok(group) => pod.groups.push(group),
            Err(_) => service.leave("group_add", Some(text), &node.mark, notes),
        }
    }
}

/// Reads what a container may do.
fn privileges(pod: &mut PodFacts, service: &mut Fields<'_>, notes: &mut Notes<'_>) {
    for (text, node) in service.strings("cap_add", notes) {
        let name = text.to_ascii_uppercase();
        let name = name.strip_prefix("CAP_").unwrap_or(&name);
        if name == "NET_BIND_SERVICE" {
            pod.capabilities.push(name.to_owned());
        } else {
            service.leave("cap_add", Some(text), &node.mark, notes);
        }
    }
    for (entry, value) in service.pairs("sysctls", notes) {
        if SAFE_SYSCTLS.contains(&entry.key.as_str()) {
            pod.sysctls.push((entry.key.clone(), value.to_owned()));
        } else {
            service.leave("sysctls", Some(&entry.key), &entry.mark, notes);
        }
    }
    for (text, node) in service.strings("security_opt", notes) {
        let plain = text.replace('=', ":");
        let usual = [
            "no-new-privileges",
            "no-new-privileges:true",
            "seccomp:builtin",
            "apparmor:docker-default",
        ];
        if !usual.contains(&plain.as_str()) {
            service.leave("security_opt", Some(text), &node.mark, notes);
        }
    }
    if let Some(node) = service.take("logging") {
        let path = service.at("logging");
        let mut fields = Fields::new(node, path, &keys::LOGGING, notes);
        fields.only("driver", &["json-file", "local", "journald", "none"], notes);
        fields.finish(notes);
    }
}

/// Returns the commands of `post_start` or `pre_stop`.
fn hooks(service: &mut Fields<'_>, key: &'static str, notes: &mut Notes<'_>) -> Vec<Hook> {
    let path = service.at(key);
    let mut hooks = Vec::new();
    for node in service.list(key, notes) {
        let mut fields = Fields::new(node, path.clone(), &keys::HOOK, notes);
        fields.only("privileged", &["false", "False", "no", "off"], notes);
        let pairs = fields.pairs("environment", notes).into_iter();
        let environment = pairs
            .map(|(entry, value)| (entry.key.clone(), value.to_owned()))
            .collect();
        let working_dir = fields.string("working_dir", notes);
        match command::hook(&mut fields, notes).filter(|it| !it.is_empty()) {
            Some(command) => hooks.push(Hook {
                command,
                working_dir,
                environment,
                origin: node.mark.origin(),
            }),
            None if matches!(node.value, Value::Map(_)) => {
                notes.unfit(node, &fields.at("command"), "given");
            }
            None => {}
        }
        fields.finish(notes);
    }
    hooks
}

#[cfg(test)]
mod tests {
    use super::{is_annotation, is_label};

    #[test]
    fn names_of_pods_are_names_of_dns() {
        assert!(is_label("db-0"));
        assert!(!is_label("db.local"));
        assert!(!is_label("-db"));
        assert!(!is_label(""));
    }

    #[test]
    fn names_of_annotations_may_have_a_domain() {
        assert!(is_annotation("prometheus.io/scrape"));
        assert!(is_annotation("com.example.team"));
        assert!(!is_annotation("a/b/c"));
        assert!(!is_annotation("traefik.http.routers.x[0].rule"));
        assert!(!is_annotation("team?"));
    }
}
