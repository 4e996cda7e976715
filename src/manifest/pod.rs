//! The pod template that Deployments and `StatefulSet`s share.

use std::collections::BTreeMap;
use std::fmt::Write;

use k8s_openapi::api::core::v1::{
    Affinity, ConfigMapVolumeSource, EmptyDirVolumeSource, PersistentVolumeClaimVolumeSource,
    PodAffinityTerm, PodAntiAffinity, PodSecurityContext, PodSpec, PodTemplateSpec, SeccompProfile,
    SecretVolumeSource, TopologySpreadConstraint, Volume, VolumeMount, WeightedPodAffinityTerm,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sha2::{Digest, Sha256};

use super::container::{self, some};
use super::labels;
use super::quantity::quantity;
use super::{claims, images, service_account, users};
use crate::resolve::{
    Application, ConfigMapSpec, EnvSource, VolumeKind, VolumeSpec, Workload, WorkloadKind,
};

/// Where every container may write.
const TMP: (&str, &str) = ("/tmp", "64Mi");

/// A mount in the container, with its volume in the pod.
#[derive(Debug, Clone)]
pub(super) struct Mounted {
    /// The mount.
    pub(super) mount: VolumeMount,
    /// The volume; `None` for a claim that the `StatefulSet` makes.
    volume: Option<Volume>,
    /// The size limit of scratch space.
    pub(super) scratch: Option<String>,
}

/// Returns the pod template of a workload.
pub(super) fn template(application: &Application, workload: &Workload) -> PodTemplateSpec {
    PodTemplateSpec {
        metadata: Some(ObjectMeta {
            labels: Some(labels::pod(application, workload)),
            annotations: annotations(application, workload),
            ..ObjectMeta::default()
        }),
        spec: Some(spec(application, workload)),
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
    let mounts = mounts(workload);
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
        containers: vec![container::build(application, workload, &mounts)],
        volumes: some(volumes),
        ..PodSpec::default()
    }
}

fn security_context(workload: &Workload) -> PodSecurityContext {
    let uid = images::uid(workload);
    // Only volumes that come with an owner need a group to be readable.
    let owned = workload.volumes.iter().any(|volume| match volume.kind {
        VolumeKind::Claim(_) | VolumeKind::Secret(_) => true,
        VolumeKind::Scratch(_) | VolumeKind::ConfigMap(_) => false,
    });
    PodSecurityContext {
        run_as_non_root: Some(true),
        run_as_user: Some(uid),
        run_as_group: Some(uid),
        fs_group: owned.then_some(uid),
        fs_group_change_policy: owned.then(|| "OnRootMismatch".to_owned()),
        seccomp_profile: Some(SeccompProfile {
            type_: "RuntimeDefault".to_owned(),
            localhost_profile: None,
        }),
        ..PodSecurityContext::default()
    }
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

/// Returns what the container mounts: what the workload names, then what its image needs beside.
fn mounts(workload: &Workload) -> Vec<Mounted> {
    let known = images::known(workload);
    let mut specs = workload.volumes.clone();
    specs.extend(users::mount(workload));
    // Scratch space over a folder of a claim would swallow the data.
    let data = known
        .data
        .iter()
        .filter(|(path, _)| !workload.volumes.iter().any(|v| holds(v, path)));
    for (path, size) in data.chain(known.scratch).chain(std::iter::once(&TMP)) {
        if !specs
            .iter()
            .any(|spec| spec.path.trim_end_matches('/') == *path)
        {
            let name = free_name(&specs, path);
            specs.push(scratch(name, path, size));
        }
    }
    specs.iter().map(|spec| mounted(workload, spec)).collect()
}

/// Returns whether a path lies in a volume.
fn holds(volume: &VolumeSpec, path: &str) -> bool {
    path.strip_prefix(volume.path.trim_end_matches('/'))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns a volume's name after a path that no other volume has.
fn free_name(specs: &[VolumeSpec], path: &str) -> String {
    let mut name = path.trim_matches('/').replace(['/', '.', '_'], "-");
    while specs.iter().any(|spec| spec.name == name) {
        name.push_str("-scratch");
    }
    name
}

fn scratch(name: String, path: &str, size: &str) -> VolumeSpec {
    VolumeSpec {
        name,
        path: path.to_owned(),
        sub_path: None,
        kind: VolumeKind::Scratch(size.to_owned()),
        read_only: false,
    }
}

fn mounted(workload: &Workload, spec: &VolumeSpec) -> Mounted {
    let mut volume = Volume {
        name: spec.name.clone(),
        ..Volume::default()
    };
    let mut limit = None;
    let mut given = true;
    match &spec.kind {
        VolumeKind::Claim(_) if workload.kind == WorkloadKind::StatefulSet => given = false,
        VolumeKind::Claim(_) => {
            volume.persistent_volume_claim = Some(PersistentVolumeClaimVolumeSource {
                claim_name: claims::name(workload, spec),
                read_only: None,
            });
        }
        VolumeKind::Scratch(size) => {
            limit = Some(size.clone());
            volume.empty_dir = Some(EmptyDirVolumeSource {
                size_limit: Some(quantity(size)),
                medium: None,
            });
        }
        VolumeKind::ConfigMap(name) => {
            volume.config_map = Some(ConfigMapVolumeSource {
                name: name.clone(),
                ..ConfigMapVolumeSource::default()
            });
        }
        VolumeKind::Secret(name) => {
            volume.secret = Some(SecretVolumeSource {
                secret_name: Some(name.clone()),
                default_mode: Some(0o440),
                ..SecretVolumeSource::default()
            });
        }
    }
    Mounted {
        mount: VolumeMount {
            name: spec.name.clone(),
            mount_path: spec.path.clone(),
            sub_path: spec.sub_path.clone(),
            read_only: spec.read_only.then_some(true),
            ..VolumeMount::default()
        },
        volume: given.then_some(volume),
        scratch: limit,
    }
}

/// A checksum of the configuration, so that pods are replaced when it changes; and what a
/// Prometheus that looks for annotations scrapes.
fn annotations(application: &Application, workload: &Workload) -> Option<BTreeMap<String, String>> {
    let mut annotations = BTreeMap::new();
    let maps: Vec<&ConfigMapSpec> = application
        .config_maps
        .iter()
        .filter(|map| uses(workload, &map.name))
        .collect();
    if !maps.is_empty() {
        annotations.insert("orch.dev/config-checksum".to_owned(), checksum(&maps));
    }
    if let Some((path, port)) = workload
        .metrics
        .as_ref()
        .filter(|_| !application.service_monitors)
    {
        annotations.insert("prometheus.io/scrape".to_owned(), "true".to_owned());
        annotations.insert("prometheus.io/port".to_owned(), port.to_string());
        annotations.insert("prometheus.io/path".to_owned(), path.clone());
    }
    if annotations.is_empty() {
        None
    } else {
        Some(annotations)
    }
}

fn uses(workload: &Workload, map: &str) -> bool {
    let by_variable = workload.environment.iter().any(
        |variable| matches!(&variable.source, EnvSource::ConfigMap { name, .. } if name == map),
    );
    by_variable
        || workload
            .volumes
            .iter()
            .any(|volume| matches!(&volume.kind, VolumeKind::ConfigMap(name) if name == map))
}

fn checksum(maps: &[&ConfigMapSpec]) -> String {
    let mut hasher = Sha256::new();
    for text in maps.iter().flat_map(|map| {
        std::iter::once(&map.name).chain(map.data.iter().flat_map(|(key, value)| [key, value]))
    }) {
        // Lengths keep `ab`, `c` apart from `a`, `bc`.
        hasher.update(text.len().to_le_bytes());
        hasher.update(text.as_bytes());
    }
    let mut text = String::new();
    for byte in hasher.finalize().iter().take(8) {
        // Writing to a `String` can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::mounts;
    use crate::manifest::sample;
    use crate::resolve::{VolumeKind, VolumeSpec};

    #[track_caller]
    fn check(image: &str, volumes: &[(&str, &str)], expected: &[&str]) {
        let mut workload = sample::workload("a");
        workload.image = image.to_owned();
        workload.volumes = volumes
            .iter()
            .map(|(name, path)| VolumeSpec {
                name: (*name).to_owned(),
                path: (*path).to_owned(),
                sub_path: None,
                kind: VolumeKind::Claim("1Gi".to_owned()),
                read_only: false,
            })
            .collect();
        let found: Vec<String> = mounts(&workload)
            .into_iter()
            .map(|mounted| format!("{}:{}", mounted.mount.name, mounted.mount.mount_path))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn everything_may_write_to_tmp_once() {
        check("app", &[], &["tmp:/tmp"]);
        check("app", &[("mine", "/tmp/")], &["mine:/tmp/"]);
    }

    #[test]
    fn names_of_volumes_do_not_clash() {
        check(
            "app",
            &[("tmp", "/cache")],
            &["tmp:/cache", "tmp-scratch:/tmp"],
        );
    }

    #[test]
    fn scratch_space_never_covers_data() {
        let rest = ["var-run-postgresql:/var/run/postgresql", "tmp:/tmp"];
        check(
            "postgres:16",
            &[("d", "/var/lib/postgresql")],
            &["d:/var/lib/postgresql", rest[0], rest[1]],
        );
        check("redis:7", &[], &["data:/data", "tmp:/tmp"]);
    }
}
