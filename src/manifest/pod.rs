//! The pod template that Deployments and `StatefulSet`s share.

use k8s_openapi::api::core::v1::{
    Affinity, PodAffinityTerm, PodAntiAffinity, PodSecurityContext, PodSpec, PodTemplateSpec,
    SeccompProfile, Sysctl, TopologySpreadConstraint, Volume, WeightedPodAffinityTerm,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::container::{self, some};
use super::mounts::mounts;
use super::{annotations, known, labels, options, seed, service_account};
use crate::resolve::{Application, VolumeKind, Workload};

/// Returns the pod template of a workload.
pub(super) fn template(application: &Application, workload: &Workload) -> PodTemplateSpec {
    let mut metadata = ObjectMeta {
        labels: Some(labels::pod(application, workload)),
        annotations: annotations::pod(application, workload),
        ..ObjectMeta::default()
    };
    options::annotations(&mut metadata, workload);
    let mut spec = spec(application, workload);
    options::pod(&mut spec, workload);
    PodTemplateSpec {
        metadata: Some(metadata),
        spec: Some(spec),
    }
}

/// Returns how many pods there are at least.
pub(super) fn fewest(workload: &Workload) -> u32 {
    workload
        .hpa
        .as_ref()
        .map_or(workload.replicas, |hpa| hpa.min)
}

fn spec(application: &Application, workload: &Workload) -> PodSpec {
    let mounts = mounts(application, workload);
    let mut volumes: Vec<Volume> = Vec::new();
    for volume in mounts.iter().filter_map(|mounted| mounted.volume.clone()) {
        if !volumes.iter().any(|known| known.name == volume.name) {
            volumes.push(volume);
        }
    }
    let spread = fewest(workload) >= 2 || workload.hpa.as_ref().is_some_and(|hpa| hpa.max >= 2);
    PodSpec {
        service_account_name: Some(workload.name.clone()),
        automount_service_account_token: Some(service_account::needs_discovery(
            application,
            workload,
        )),
        // The variables that Kubernetes would add (`REDIS_PORT=tcp://…`) clash with settings.
        enable_service_links: Some(false),
        termination_grace_period_seconds: workload.grace_seconds,
        security_context: Some(security_context(workload)),
        affinity: spread.then(|| affinity(workload)),
        // Given to single pods as well: it holds from the moment that someone scales them.
        topology_spread_constraints: Some(vec![zones(workload)]),
        priority_class_name: application.priority_class.clone(),
        init_containers: some(seed::build(workload, &mounts).into_iter().collect()),
        containers: vec![container::build(application, workload, &mounts)],
        volumes: some(volumes),
        ..PodSpec::default()
    }
}

fn security_context(workload: &Workload) -> PodSecurityContext {
    let identity = known::identity(workload);
    // Only volumes that come with an owner need a group to be readable.
    let owned = workload.volumes.iter().any(|volume| match volume.kind {
        VolumeKind::Claim(_) | VolumeKind::Secret(_) => true,
        VolumeKind::Scratch(_) | VolumeKind::Memory(_) | VolumeKind::ConfigMap(_) => false,
    });
    PodSecurityContext {
        run_as_non_root: Some(true),
        run_as_user: Some(identity.uid),
        run_as_group: Some(identity.gid),
        supplemental_groups: identity.root_group.then(|| vec![0]),
        fs_group: owned.then_some(identity.gid),
        fs_group_change_policy: owned.then(|| "OnRootMismatch".to_owned()),
        seccomp_profile: Some(SeccompProfile {
            type_: "RuntimeDefault".to_owned(),
            localhost_profile: None,
        }),
        sysctls: some(unprivileged_ports(workload).into_iter().collect()),
        ..PodSecurityContext::default()
    }
}

/// A capability would be no use: only root is given it. The sysctl is one of those that Kubernetes
/// calls safe, and allowed by Pod Security `restricted`; many container runtimes set it anyway.
fn unprivileged_ports(workload: &Workload) -> Option<Sysctl> {
    let lowest = known::privileged_port(workload)?;
    Some(Sysctl {
        name: "net.ipv4.ip_unprivileged_port_start".to_owned(),
        value: lowest.to_string(),
    })
}

/// Preferred, not required: a small cluster must still be able to run every pod.
fn affinity(workload: &Workload) -> Affinity {
    let term = PodAffinityTerm {
        label_selector: Some(labels::label_selector(&workload.name)),
        topology_key: "kubernetes.io/hostname".to_owned(),
        ..PodAffinityTerm::default()
    };
    Affinity {
        pod_anti_affinity: Some(PodAntiAffinity {
            preferred_during_scheduling_ignored_during_execution: Some(vec![
                WeightedPodAffinityTerm {
                    weight: 100,
                    pod_affinity_term: term,
                },
            ]),
            required_during_scheduling_ignored_during_execution: None,
        }),
        ..Affinity::default()
    }
}

fn zones(workload: &Workload) -> TopologySpreadConstraint {
    TopologySpreadConstraint {
        max_skew: 1,
        topology_key: "topology.kubernetes.io/zone".to_owned(),
        when_unsatisfiable: "ScheduleAnyway".to_owned(),
        label_selector: Some(labels::label_selector(&workload.name)),
        ..TopologySpreadConstraint::default()
    }
}
