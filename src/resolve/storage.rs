//! Claims: how large they are, and which are shared by several workloads, or by several pods of
//! one.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::facts::image::{Part, Product};
use crate::facts::{MountSource, Origin};
use crate::settings::{PhaseSettings, VolumeSettings};
use crate::vocabulary::{Phrase, Vocabulary};

use super::application::{SharedClaim, VolumeKind, Workload, WorkloadKind};
use super::kind::label;
use super::roster::{Member, Roster};
use super::slug::slug;

const SIZES: [&str; 2] = ["orch.volume.size", "kompose.volume.size"];
/// The size of a claim of which nothing is known.
const SMALL: &str = "1Gi";
/// The size of a claim that collects data for months.
const LARGE: &str = "10Gi";

/// A named volume with those that mount it: the workload, and where.
type Users<'r> = Vec<(&'r Member<'r>, &'r str, &'r Origin)>;

/// Gives claims their sizes, and makes one claim of what several pods mount.
pub(super) fn complete(
    workloads: &mut [Workload],
    roster: &Roster<'_>,
    phase: &PhaseSettings,
    warnings: &mut Vec<Diagnostic>,
) {
    let named = named_volumes(roster);
    for workload in &mut *workloads {
        let Some(member) = roster.members.iter().find(|it| it.name == workload.name) else {
            continue;
        };
        for volume in &mut workload.volumes {
            if let VolumeKind::Claim(size) = &mut volume.kind {
                let set = settings(member, &volume.path, phase);
                *size = self::size(member, set);
            }
        }
    }
    for (name, users) in named {
        share(&name, &users, workloads, phase, warnings);
    }
}

/// Returns the named volumes that members mount.
fn named_volumes<'r>(roster: &'r Roster<'_>) -> BTreeMap<String, Users<'r>> {
    let mut all: BTreeMap<String, Users<'r>> = BTreeMap::new();
    for member in &roster.members {
        let mounts = member.service.map(|service| service.mounts.as_slice());
        for mount in mounts.unwrap_or_default() {
            if let MountSource::Volume(name) = &mount.source {
                let users = all.entry(name.clone()).or_default();
                users.push((member, mount.target.as_str(), &mount.origin));
            }
        }
    }
    all
}

/// Returns what settings say of the volume that a member mounts there.
fn settings<'p>(
    member: &Member<'_>,
    path: &str,
    phase: &'p PhaseSettings,
) -> Option<&'p VolumeSettings> {
    let mounts = member.service.map(|service| service.mounts.as_slice());
    let mut mounts = mounts.unwrap_or_default().iter();
    let named = mounts.find_map(|mount| match &mount.source {
        MountSource::Volume(name) if mount.target == path => Some(name.as_str()),
        MountSource::Volume(_)
        | MountSource::Bind(_)
        | MountSource::Host(_)
        | MountSource::Anonymous
        | MountSource::Tmpfs
        | MountSource::Config(_)
        | MountSource::Secret(_) => None,
    });
    named
        .and_then(|name| phase.volume(name))
        .or_else(|| phase.volume(&member.name))
}

/// Returns a claim's size: the task's, the settings', the label's, what the product needs.
fn size(member: &Member<'_>, set: Option<&VolumeSettings>) -> String {
    let labelled = || {
        let value = label(member.service?, &SIZES)?;
        super::quantity::bytes(Phrase::new(value, &Vocabulary::default()))
    };
    let keeps = member.product.is_some_and(|it| it.known().keeps);
    let usual = match member.product.map(Product::part) {
        Some(Part::Postgres | Part::Store | Part::Prometheus) => LARGE,
        Some(Part::Server) if keeps => LARGE,
        Some(Part::Redis | Part::Grafana | Part::Server) | None => SMALL,
    };
    member
        .spec
        .claim
        .clone()
        .or_else(|| set.and_then(|set| set.size.clone()))
        .or_else(labelled)
        .unwrap_or_else(|| usual.to_owned())
}

/// Makes one claim of a volume that several pods mount, which may run on several nodes.
fn share(
    name: &str,
    users: &Users<'_>,
    workloads: &mut [Workload],
    phase: &PhaseSettings,
    warnings: &mut Vec<Diagnostic>,
) {
    let mut mounting: Vec<String> = Vec::new();
    for (member, _, _) in users {
        if !mounting.contains(&member.name) {
            mounting.push(member.name.clone());
        }
    }
    let several = mounting.len() > 1
        || workloads
            .iter()
            .any(|it| mounting.first() == Some(&it.name) && has_many_pods(it));
    if !several {
        return;
    }
    let set = phase.volume(name);
    let many = set.and_then(|set| set.many).unwrap_or(true);
    let mut size: Option<String> = None;
    for volume in mounted(workloads, users) {
        if let VolumeKind::Claim(own) = &volume.kind {
            size = Some(match size.take() {
                Some(largest) if larger(&largest, own) => largest,
                Some(_) | None => own.clone(),
            });
        }
    }
    let Some(size) = size else { return };
    let claim = SharedClaim {
        name: slug(name),
        size,
        class: set.and_then(|set| set.class.clone()),
        many,
        users: mounting.clone(),
    };
    for volume in mounted(workloads, users) {
        if matches!(volume.kind, VolumeKind::Claim(_)) {
            volume.name.clone_from(&claim.name);
            volume.kind = VolumeKind::Shared(claim.clone());
        }
    }
    warnings.push(said(name, &mounting, users, many));
}

/// Returns the volumes of workloads that are that named volume.
fn mounted<'w>(
    workloads: &'w mut [Workload],
    users: &'w Users<'_>,
) -> impl Iterator<Item = &'w mut super::application::VolumeSpec> {
    workloads.iter_mut().flat_map(move |workload| {
        let name = workload.name.clone();
        let is = move |path: &str| {
            users
                .iter()
                .any(|(member, target, _)| member.name == name && *target == path)
        };
        workload.volumes.iter_mut().filter(move |it| is(&it.path))
    })
}

fn larger(left: &str, right: &str) -> bool {
    let size = super::quantity::size;
    size(left) >= size(right)
}

fn has_many_pods(workload: &Workload) -> bool {
    match workload.kind {
        // Each of its pods has a claim of its own.
        WorkloadKind::StatefulSet => false,
        WorkloadKind::DaemonSet => true,
        WorkloadKind::Deployment => workload.replicas > 1 || workload.hpa.is_some(),
        WorkloadKind::Job | WorkloadKind::CronJob => {
            workload.job.as_ref().is_some_and(|job| job.parallelism > 1)
        }
    }
}

fn said(name: &str, mounting: &[String], users: &Users<'_>, many: bool) -> Diagnostic {
    let names: Vec<String> = mounting.iter().map(|name| format!("`{name}`")).collect();
    let place = users
        .first()
        .map(|(_, _, origin)| format!(" ({origin})"))
        .unwrap_or_default();
    let message = format!(
        "volume `{name}`{place} is mounted by several pods: {}",
        names.join(", ")
    );
    if many {
        Diagnostic::warning(message).help(format!(
            "one claim with `ReadWriteMany` is written, which the storage class must offer (NFS, \
             CephFS, EFS, Azure Files); name the class in the phase's settings: [volumes.{name}] \
             class = \"…\", or keep all pods on one node: access = \"ReadWriteOnce\""
        ))
    } else {
        Diagnostic::warning(message)
            .help("one claim with `ReadWriteOnce` is written: all of them run on one node")
    }
}
