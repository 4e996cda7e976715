//! Container- and pod-level keys: what is carried, and how the rest is named.

use std::collections::BTreeSet;

use super::{check_error, check_warning, project, service};
use crate::facts::{Mode, MountSource, Project, RestartCondition, UpdateOrder};

const EVERY: &str = include_str!("../keys/every.yml");

fn every() -> (Project, crate::diagnostic::Diagnostics) {
    project(&[("compose.yml", EVERY)]).unwrap()
}

#[test]
fn every_key_is_read_or_named() {
    let (project, warnings) = every();
    let api = project.service("api").unwrap();
    let named: BTreeSet<&str> = api
        .unread
        .iter()
        .chain(&project.unread)
        .map(|key| key.key.split(": ").next().unwrap_or(&key.key))
        .collect();
    for key in [
        "services.api.blkio_config",
        "services.api.build.args",
        "services.api.cap_add",
        "services.api.deploy.placement.constraints",
        "services.api.develop",
        "services.api.logging.driver",
        "services.api.networks.front.ipv4_address",
        "services.api.post_start.user",
        "services.api.ulimits",
        "services.api.volumes[0].bind.propagation",
        "services.set-up.provider",
        "configs.from-env.environment",
        "models",
        "networks.other.external",
        "secrets.key.driver",
        "version",
        "volumes.data.driver",
    ] {
        assert!(named.contains(key), "{key} isn't named: {named:?}");
    }
    let unknown = warnings
        .0
        .iter()
        .find(|it| it.message.contains("isn't a key"));
    assert_eq!(unknown, None);
}

#[test]
fn what_a_pod_can_have_is_carried() {
    let (project, _) = every();
    let api = project.service("api").unwrap();
    let pod = &api.pod;
    let hosts: Vec<(&str, &str)> = pod
        .hosts
        .iter()
        .map(|(name, at)| (name.as_str(), at.as_str()))
        .collect();
    assert_eq!(
        hosts,
        [
            ("db", "10.0.0.2"),
            ("both", "10.0.0.3"),
            ("both", "10.0.0.4")
        ]
    );
    assert_eq!(pod.dns_servers, ["10.0.0.53"]);
    assert_eq!(pod.dns_options, ["ndots:2"]);
    assert_eq!(pod.hostname.as_deref(), Some("calls"));
    assert_eq!(pod.shared_memory, Some(128 << 20));
    assert_eq!(
        (pod.group, pod.groups.as_slice()),
        (Some(10_002), &[2000][..])
    );
    assert_eq!(pod.platform, Some(("linux".to_owned(), "arm64".to_owned())));
    assert_eq!(pod.devices, [("nvidia.com/gpu".to_owned(), 2)]);
    assert_eq!(pod.runtime.as_deref(), Some("kata"));
    assert!(pod.init && pod.tty && pod.stdin_open);
    assert_eq!(pod.sysctls.len(), 1);
    assert_eq!(pod.capabilities, ["NET_BIND_SERVICE"]);
    assert_eq!(pod.post_start[0].command, ["./warm.sh"]);
    assert_eq!(pod.pre_stop[0].command, ["./drain", "--now"]);
    assert_eq!(pod.annotations.len(), 1);
    assert_eq!(api.aliases, ["voice"]);
    assert_eq!(api.container_name.as_deref(), Some("calls"));
    assert_eq!(api.command, None);
    assert_eq!(api.entrypoint.as_deref(), Some(&["serve".to_owned()][..]));
}

#[test]
fn what_deploy_says_is_carried() {
    let (project, _) = every();
    let api = project.service("api").unwrap();
    let deploy = &api.deploy;
    assert_eq!(deploy.mode, Mode::Replicated);
    let update = deploy.update.as_ref().unwrap();
    assert_eq!(
        (update.parallelism, update.order),
        (Some(2), Some(UpdateOrder::StartFirst))
    );
    let restart = deploy.restart.as_ref().unwrap();
    assert_eq!(
        (restart.condition, restart.max_attempts),
        (RestartCondition::OnFailure, Some(3))
    );
    let constraints: Vec<(&str, &str, bool)> = deploy
        .constraints
        .iter()
        .map(|it| (it.label.as_str(), it.value.as_str(), it.equal))
        .collect();
    assert_eq!(
        constraints,
        [
            ("disk", "ssd", true),
            ("kubernetes.io/hostname", "old", false)
        ]
    );
    assert_eq!(deploy.spread, ["zone"]);
    assert_eq!(api.limits.cpu_limit, Some(1500));
    assert_eq!(api.limits.cpu_request, Some(500));
}

#[test]
fn a_volume_is_what_its_options_say() {
    let (project, _) = every();
    let api = project.service("api").unwrap();
    let at = |target: &str| api.mounts.iter().find(|it| it.target == target).unwrap();
    assert_eq!(at("/quick").source, MountSource::Tmpfs);
    assert_eq!(at("/quick").size, Some(16 << 20));
    assert_eq!(
        at("/local").source,
        MountSource::Volume("folder".to_owned())
    );
    assert_eq!(at("/local").folder.as_deref(), Some("folder"));
    assert_eq!(at("/cache").size, Some(16 << 20));
    assert_eq!(at("/run").size, Some(8 << 20));
    assert_eq!(at("/data").sub_path.as_deref(), Some("calls"));
    assert!(project.volumes[0].external);
}

#[test]
fn a_quota_is_a_limit_and_shares_are_a_request() {
    let api = service("    cpu_quota: 50000\n    cpu_shares: 512\n");
    assert_eq!(api.limits.cpu_limit, Some(500));
    assert_eq!(api.limits.cpu_request, Some(500));
    let api = service("    cpu_quota: -1\n    cpus: 2\n");
    assert_eq!(api.limits.cpu_limit, Some(2000));
}

#[test]
fn what_is_lost_in_several_services_is_said_once() {
    let compose = "services:\n  a: {image: a, ulimits: {nofile: 1}}\n  b: {image: b, ulimits: \
                   {nofile: 1}}\n  c: {image: c, ulimits: {}}\n";
    let (_, warnings) = project(&[("compose.yml", compose)]).unwrap();
    assert_eq!(warnings.0.len(), 1, "{warnings:?}");
    assert!(
        warnings.0[0]
            .message
            .starts_with("`services.a.ulimits` isn't carried over: ")
    );
    assert_eq!(
        warnings.0[0].help[1],
        "the same here: `services.b.ulimits` (compose.yml:3)"
    );
}

#[test]
fn an_unknown_key_is_named_with_what_may_be_meant() {
    let compose = "services:\n  api:\n    image: a\n    helthcheck: {test: x}\n    replicas: 2\n";
    let (_, warnings) = project(&[("compose.yml", compose)]).unwrap();
    let all: Vec<_> = warnings.0.iter().collect();
    assert!(
        all[0]
            .message
            .contains("`services.api.helthcheck` isn't a key")
    );
    assert_eq!(all[0].help, ["did you mean `healthcheck`?"]);
    assert_eq!(all[1].help, ["keys of your own begin with `x-`"]);
}

#[test]
fn a_service_that_is_none_is_left_out() {
    let (project, warnings) = every();
    assert!(project.service("set-up").is_none());
    check_warning(&warnings, "`services.set-up.provider` isn't carried over");
}

#[test]
fn the_image_s_entrypoint_is_taken_away_by_an_empty_one() {
    let api = service("    entrypoint: []\n    command: [a, b]\n");
    assert_eq!(api.entrypoint.unwrap(), ["a", "b"]);
    assert_eq!(api.command, None);
}

#[test]
fn an_undeclared_secret_is_an_error_and_a_volume_a_warning() {
    let compose = "services:\n  api:\n    image: a\n    secrets: [key]\n";
    check_error(
        &[("compose.yml", compose)],
        "`api` uses `key`, which the top-level `secrets` don't declare",
        "compose.yml:4",
    );
    let compose = "services:\n  api: {image: a, volumes: ['data:/data']}\n";
    let (_, warnings) = project(&[("compose.yml", compose)]).unwrap();
    check_warning(&warnings, "the top-level `volumes` don't declare");
}

#[test]
fn a_shared_network_is_named_with_what_to_do() {
    let compose = "services:\n  vpn: {image: a, ports: [\"8080:8080\"]}\n  \
                   app:\n    image: b\n    network_mode: service:vpn\n  \
                   agent: {image: c, network_mode: host}\n";
    let (found, warnings) = project(&[("compose.yml", compose)]).unwrap();
    let told: Vec<&str> = warnings.0.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(told.len(), 2, "{warnings}");
    check_warning(
        &warnings,
        "network_mode: service:vpn` isn't carried over: each service is a pod",
    );
    check_warning(
        &warnings,
        "network_mode: host` isn't carried over: the restricted Pod Security",
    );
    let app = found.service("app").unwrap();
    let after: Vec<&str> = app
        .depends_on
        .iter()
        .map(|it| it.service.as_str())
        .collect();
    assert_eq!(after, ["vpn"], "it waits for what it would join");
}
