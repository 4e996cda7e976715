//! The pod template that all kinds of workloads share.

use k8s_openapi::api::core::v1::{
    Affinity, PodAffinity, PodAffinityTerm, PodAntiAffinity, PodSecurityContext, PodSpec,
    PodTemplateSpec, SeccompProfile, Sysctl, TopologySpreadConstraint, Volume,
    WeightedPodAffinityTerm,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::container::{self, some};
use super::mounts::mounts;
use super::{annotations, known, labels, options, seed, service_account, wait};
use crate::resolve::{Application, SharedClaim, VolumeKind, Workload};

/// What Kubernetes gives a program to end, where nothing else is asked for.
const GRACE_SECONDS: i64 = 30;

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
    let scales = workload.kind.scales();
    let first = seed::build(workload, &mounts)
        .into_iter()
        .chain(wait::build(workload, &mounts))
        .collect();
    PodSpec {
        service_account_name: Some(workload.name.clone()),
        automount_service_account_token: Some(service_account::needs_discovery(
            application,
            workload,
        )),
        // The variables that Kubernetes would add (`REDIS_PORT=tcp://…`) clash with settings.
        enable_service_links: Some(false),
        restart_policy: workload.kind.ends().then(|| "Never".to_owned()),
        termination_grace_period_seconds: grace(workload),
        security_context: Some(security_context(workload)),
        affinity: affinity(workload),
        // Given to single pods as well: it holds from the moment that someone scales them.
        topology_spread_constraints: scales.then(|| vec![zones(workload)]),
        priority_class_name: application.priority_class.clone(),
        init_containers: some(first),
        containers: vec![container::build(application, workload, &mounts)],
        volumes: some(volumes),
        ..PodSpec::default()
    }
}

/// The drain counts as well: the program gets the rest.
fn grace(workload: &Workload) -> Option<i64> {
    match (workload.grace_seconds, workload.drain_seconds) {
        (None, None) => None,
        (grace, drain) => Some(grace.unwrap_or(GRACE_SECONDS) + drain.unwrap_or(0)),
    }
}

fn security_context(workload: &Workload) -> PodSecurityContext {
    let identity = known::identity(workload);
    // Only volumes that come with an owner need a group to be readable.
    let owned = workload.volumes.iter().any(|volume| match volume.kind {
        VolumeKind::Claim(_) | VolumeKind::Shared(_) | VolumeKind::Secret(_) => true,
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

/// Pods of one workload are kept apart, those that share a claim of one node together.
fn affinity(workload: &Workload) -> Option<Affinity> {
    let spread = fewest(workload) >= 2 || workload.hpa.as_ref().is_some_and(|hpa| hpa.max >= 2);
    let together: Vec<PodAffinityTerm> = workload
        .volumes
        .iter()
        .filter_map(|volume| match &volume.kind {
            VolumeKind::Shared(claim) if !claim.many => Some(beside(claim)),
            VolumeKind::Shared(_)
            | VolumeKind::Claim(_)
            | VolumeKind::Scratch(_)
            | VolumeKind::Memory(_)
            | VolumeKind::ConfigMap(_)
            | VolumeKind::Secret(_) => None,
        })
        .collect();
    let apart = (spread && workload.kind.scales()).then(|| apart(workload));
    if apart.is_none() && together.is_empty() {
        return None;
    }
    Some(Affinity {
        pod_anti_affinity: apart,
        pod_affinity: some(together).map(|terms| PodAffinity {
            required_during_scheduling_ignored_during_execution: Some(terms),
            preferred_during_scheduling_ignored_during_execution: None,
        }),
        ..Affinity::default()
    })
}

/// Returns the term that puts a pod on the node of the others that mount the claim; the first one
/// goes anywhere.
fn beside(claim: &SharedClaim) -> PodAffinityTerm {
    PodAffinityTerm {
        label_selector: Some(labels::any_of(&claim.users)),
        topology_key: "kubernetes.io/hostname".to_owned(),
        ..PodAffinityTerm::default()
    }
}

/// Preferred, not required: a small cluster must still be able to run every pod.
fn apart(workload: &Workload) -> PodAntiAffinity {
    let term = PodAffinityTerm {
        label_selector: Some(labels::label_selector(&workload.name)),
        topology_key: "kubernetes.io/hostname".to_owned(),
        ..PodAffinityTerm::default()
    };
    PodAntiAffinity {
        preferred_during_scheduling_ignored_during_execution: Some(vec![WeightedPodAffinityTerm {
            weight: 100,
            pod_affinity_term: term,
        }]),
        required_during_scheduling_ignored_during_execution: None,
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
