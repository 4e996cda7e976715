//! What a service asks of its pod, put into the pod that every workload has.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    Affinity, Container, ExecAction, HostAlias, Lifecycle, LifecycleHandler, NodeAffinity,
    NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodAffinityTerm, PodAntiAffinity,
    PodDNSConfig, PodDNSConfigOption, PodSecurityContext, PodSpec, Sysctl, Toleration,
    TopologySpreadConstraint,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Map, Value};

use super::container::some;
use super::labels;
use super::quantity::quantity;
use crate::resolve::{PodOptions, Workload};

/// Puts the options into a pod.
pub(super) fn pod(spec: &mut PodSpec, workload: &Workload) {
    let options = &workload.pod;
    spec.host_aliases = some(options.host_aliases.iter().map(host_alias).collect());
    spec.dns_config = dns(options);
    spec.hostname.clone_from(&options.hostname);
    spec.runtime_class_name.clone_from(&options.runtime_class);
    spec.share_process_namespace = options.reaps.then_some(true);
    if !options.node_selector.is_empty() {
        spec.node_selector = Some(options.node_selector.iter().cloned().collect());
    }
    if let Some(context) = &mut spec.security_context {
        security(context, options);
    }
    place(spec, workload);
    // Nodes with devices are often kept for those that ask for them.
    let tolerated = options.devices.iter().map(|(resource, _)| Toleration {
        key: Some(resource.clone()),
        operator: Some("Exists".to_owned()),
        effect: Some("NoSchedule".to_owned()),
        ..Toleration::default()
    });
    let tolerated: Vec<Toleration> = tolerated.collect();
    if !tolerated.is_empty() {
        spec.tolerations.get_or_insert_default().extend(tolerated);
    }
}

fn host_alias((address, names): &(String, Vec<String>)) -> HostAlias {
    HostAlias {
        ip: address.clone(),
        hostnames: Some(names.clone()),
    }
}

/// Servers are asked after the cluster's own: those alone know the other services.
fn dns(options: &PodOptions) -> Option<PodDNSConfig> {
    let config = PodDNSConfig {
        nameservers: some(options.dns_servers.clone()),
        searches: some(options.dns_searches.clone()),
        options: some(
            options
                .dns_options
                .iter()
                .map(|(name, value)| PodDNSConfigOption {
                    name: Some(name.clone()),
                    value: value.clone(),
                })
                .collect(),
        ),
    };
    (config != PodDNSConfig::default()).then_some(config)
}

fn security(context: &mut PodSecurityContext, options: &PodOptions) {
    if !options.groups.is_empty() {
        let groups = context.supplemental_groups.get_or_insert_default();
        for group in &options.groups {
            if !groups.contains(group) {
                groups.push(*group);
            }
        }
    }
    for (name, value) in &options.sysctls {
        let sysctls = context.sysctls.get_or_insert_default();
        match sysctls.iter_mut().find(|known| known.name == *name) {
            Some(known) => known.value.clone_from(value),
            None => sysctls.push(Sysctl {
                name: name.clone(),
                value: value.clone(),
            }),
        }
    }
}

fn place(spec: &mut PodSpec, workload: &Workload) {
    let options = &workload.pod;
    let rules = options.nodes.iter().map(|rule| NodeSelectorRequirement {
        key: rule.label.clone(),
        operator: if rule.equal { "In" } else { "NotIn" }.to_owned(),
        values: Some(vec![rule.value.clone()]),
    });
    if let Some(rules) = some(rules.collect()) {
        let term = NodeSelectorTerm {
            match_expressions: Some(rules),
            match_fields: None,
        };
        let affinity = spec.affinity.get_or_insert_default();
        affinity.node_affinity = Some(NodeAffinity {
            required_during_scheduling_ignored_during_execution: Some(NodeSelector {
                node_selector_terms: vec![term],
            }),
            preferred_during_scheduling_ignored_during_execution: None,
        });
    }
    if options.one_per_node {
        alone(spec.affinity.get_or_insert_default(), workload);
    }
    let spread = options.spread.iter().map(|label| TopologySpreadConstraint {
        max_skew: 1,
        topology_key: label.clone(),
        when_unsatisfiable: "ScheduleAnyway".to_owned(),
        label_selector: Some(labels::label_selector(&workload.name)),
        ..TopologySpreadConstraint::default()
    });
    let spread: Vec<TopologySpreadConstraint> = spread.collect();
    if !spread.is_empty() {
        let constraints = spec.topology_spread_constraints.get_or_insert_default();
        for one in spread {
            if constraints
                .iter()
                .all(|known| known.topology_key != one.topology_key)
            {
                constraints.push(one);
            }
        }
    }
}

/// No node runs two: what is only preferred otherwise is required.
fn alone(affinity: &mut Affinity, workload: &Workload) {
    affinity.pod_anti_affinity = Some(PodAntiAffinity {
        required_during_scheduling_ignored_during_execution: Some(vec![PodAffinityTerm {
            label_selector: Some(labels::label_selector(&workload.name)),
            topology_key: "kubernetes.io/hostname".to_owned(),
            ..PodAffinityTerm::default()
        }]),
        preferred_during_scheduling_ignored_during_execution: None,
    });
}

/// Puts the options into a container.
pub(super) fn container(container: &mut Container, workload: &Workload) {
    let options = &workload.pod;
    container.tty = options.tty.then_some(true);
    container.stdin = options.stdin.then_some(true);
    if let Some(resources) = &mut container.resources {
        for (resource, count) in &options.devices {
            let count = quantity(&count.to_string());
            // Devices can't be shared: the request is the limit.
            for list in [&mut resources.requests, &mut resources.limits] {
                let list: &mut BTreeMap<_, _> = list.get_or_insert_default();
                list.insert(resource.clone(), count.clone());
            }
        }
    }
    let context = container.security_context.as_mut();
    if let Some(capabilities) = context.and_then(|it| it.capabilities.as_mut()) {
        for name in &options.capabilities {
            let add = capabilities.add.get_or_insert_default();
            if !add.contains(name) {
                add.push(name.clone());
            }
        }
    }
    let run = |command: &Vec<String>| LifecycleHandler {
        exec: Some(ExecAction {
            command: Some(command.clone()),
        }),
        ..LifecycleHandler::default()
    };
    if let Some(command) = &options.post_start {
        let lifecycle: &mut Lifecycle = container.lifecycle.get_or_insert_default();
        lifecycle.post_start = Some(run(command));
    }
    if let Some(command) = &options.pre_stop {
        let lifecycle = container.lifecycle.get_or_insert_default();
        lifecycle.pre_stop = Some(run(command));
    }
}

/// Adds the service's labels to the object that runs its pods, as annotations.
pub(super) fn workload(object: &mut Value, workload: &Workload) {
    let metadata = object.get_mut("metadata").and_then(Value::as_object_mut);
    let Some(metadata) = metadata.filter(|_| !workload.pod.labels.is_empty()) else {
        return;
    };
    let annotations = metadata
        .entry("annotations")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Some(annotations) = annotations.as_object_mut() {
        for (name, value) in &workload.pod.labels {
            annotations.insert(name.clone(), Value::String(value.clone()));
        }
    }
}

/// Adds the service's annotations to the pod's; `orch`'s own win.
pub(super) fn annotations(metadata: &mut ObjectMeta, workload: &Workload) {
    for (name, value) in &workload.pod.annotations {
        let annotations = metadata.annotations.get_or_insert_default();
        annotations
            .entry(name.clone())
            .or_insert_with(|| value.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::super::pod;
    use crate::manifest::sample;
    use crate::resolve::{NodeRule, PodOptions};

    fn options() -> PodOptions {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        PodOptions {
            host_aliases: vec![("10.0.0.2".to_owned(), vec!["db".to_owned()])],
            dns_servers: vec!["10.0.0.53".to_owned()],
            dns_options: vec![("ndots".to_owned(), Some("2".to_owned()))],
            hostname: Some("calls".to_owned()),
            groups: vec![2000],
            node_selector: vec![pair("disk", "ssd")],
            nodes: vec![NodeRule {
                label: "kubernetes.io/hostname".to_owned(),
                value: "old".to_owned(),
                equal: false,
            }],
            spread: vec!["rack".to_owned()],
            one_per_node: true,
            devices: vec![("nvidia.com/gpu".to_owned(), 2)],
            runtime_class: Some("kata".to_owned()),
            reaps: true,
            tty: true,
            stdin: true,
            sysctls: vec![pair("net.ipv4.tcp_syncookies", "0")],
            capabilities: vec!["NET_BIND_SERVICE".to_owned()],
            post_start: Some(vec!["./warm.sh".to_owned()]),
            pre_stop: Some(vec!["./drain".to_owned()]),
            annotations: vec![pair("example.com/team", "calls")],
            ..PodOptions::default()
        }
    }

    #[test]
    fn options_stand_in_the_pod() {
        let mut workload = sample::workload("api");
        workload.pod = options();
        let template = pod::template(&sample::application(), &workload);
        let text = serde_json::to_string(&template).unwrap();
        for part in [
            r#""hostAliases":[{"hostnames":["db"],"ip":"10.0.0.2"}]"#,
            r#""dnsConfig":{"nameservers":["10.0.0.53"],"options":[{"name":"ndots","value":"2"}]}"#,
            r#""hostname":"calls""#,
            r#""supplementalGroups":[2000]"#,
            r#""nodeSelector":{"disk":"ssd"}"#,
            r#""matchExpressions":[{"key":"kubernetes.io/hostname","operator":"NotIn","values":["old"]}]"#,
            r#""topologyKey":"rack""#,
            r#""nvidia.com/gpu":"2""#,
            r#""tolerations":[{"effect":"NoSchedule","key":"nvidia.com/gpu","operator":"Exists"}]"#,
            r#""runtimeClassName":"kata""#,
            r#""shareProcessNamespace":true"#,
            r#""tty":true"#,
            r#""stdin":true"#,
            r#""name":"net.ipv4.tcp_syncookies","value":"0""#,
            r#""add":["NET_BIND_SERVICE"]"#,
            r#""postStart":{"exec":{"command":["./warm.sh"]}}"#,
            r#""preStop":{"exec":{"command":["./drain"]}}"#,
            r#""example.com/team":"calls""#,
        ] {
            assert!(text.contains(part), "{part} isn't in {text}");
        }
        assert!(!text.contains("preferredDuringScheduling"), "{text}");
    }
}
