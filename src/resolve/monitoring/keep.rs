//! How long and how much Prometheus keeps, and where it answers.

use super::super::application::{ProbeAction, VolumeKind, VolumeSpec, Workload};
use super::super::quantity;
use super::super::spec::MonitoringSpec;
use super::{Sources, scrape};

/// What Prometheus keeps its samples on, where nothing says how much that is.
const STORAGE: &str = "10Gi";
/// Where its image keeps them.
const USUAL: &str = "/prometheus";

/// Sets how long and how much Prometheus keeps, so that its volume never fills up, and asks its
/// probes where it answers.
pub(super) fn samples(
    workloads: &mut [Workload],
    prometheus: &str,
    (spec, sources): (&MonitoringSpec, &Sources<'_>),
) {
    let mut members = sources.roster.members.iter();
    let asked_size = members
        .find(|member| member.name == prometheus)
        .and_then(|member| member.spec.claim.clone());
    let Some(workload) = workloads.iter_mut().find(|it| it.name == prometheus) else {
        return;
    };
    let size = sources
        .settings
        .storage
        .clone()
        .or(asked_size)
        .unwrap_or_else(|| STORAGE.to_owned());
    let told = workload.args.iter().flatten();
    let mut told = told.filter_map(|arg| arg.strip_prefix("--storage.tsdb.path="));
    let samples = told.next_back().unwrap_or(USUAL).to_owned();
    let samples = samples.trim_end_matches('/');
    follow_claim(workload, samples);
    let mut claimed = false;
    for volume in &mut workload.volumes {
        if let VolumeKind::Claim(size_of) = &mut volume.kind
            && volume.path.trim_end_matches('/') == samples
        {
            size_of.clone_from(&size);
            claimed = true;
        }
    }
    let retention = sources
        .settings
        .retention
        .clone()
        .or_else(|| spec.retention.clone());
    // A command of its own names its flags itself, wherever they stand.
    if workload.command.is_some() && workload.args.is_none() {
        return;
    }
    let args = workload.args.get_or_insert_with(|| {
        vec![
            format!("--config.file={}/prometheus.yml", scrape::FOLDER),
            format!("--storage.tsdb.path={samples}"),
        ]
    });
    if let Some(retention) = retention {
        args.retain(|arg| !arg.starts_with("--storage.tsdb.retention.time"));
        args.push(format!("--storage.tsdb.retention.time={retention}"));
    }
    let limited = args
        .iter()
        .any(|arg| arg.starts_with("--storage.tsdb.retention.size"));
    if let Some(most) = megabytes(&size).filter(|_| claimed && !limited) {
        args.push(format!("--storage.tsdb.retention.size={most}MB"));
    }
    let args = args.clone();
    follow(workload, &args);
}

/// Has the claim that is made for it lie where it is told to keep its samples.
fn follow_claim(workload: &mut Workload, samples: &str) {
    let taken = |it: &VolumeSpec| it.path.trim_end_matches('/') == samples;
    if workload.volumes.iter().any(taken) {
        return;
    }
    let mut made = workload.volumes.iter_mut();
    let made = made.find(|it| matches!(it.kind, VolumeKind::Claim(_)) && it.path == USUAL);
    if let Some(claim) = made {
        samples.clone_into(&mut claim.path);
    }
}

/// Has the probes ask below the prefix that Prometheus is told, if it is told one.
fn follow(workload: &mut Workload, args: &[String]) {
    let Some(prefix) = prefix(args) else { return };
    for probe in [
        &mut workload.liveness,
        &mut workload.readiness,
        &mut workload.startup,
    ] {
        if let Some(probe) = probe
            && let ProbeAction::Http { path, .. } = &mut probe.action
            && path.starts_with("/-/")
        {
            *path = format!("{prefix}{path}");
        }
    }
}

/// Returns what of a volume samples may take, in units of 1024² bytes as Prometheus counts them:
/// the rest is for what is being written.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes of volumes are positive and far below what a u64 holds"
)]
fn megabytes(size: &str) -> Option<u64> {
    let bytes = quantity::size(size)?;
    Some((bytes * 0.8 / (1024.0 * 1024.0)) as u64).filter(|most| *most > 0)
}

/// Returns the prefix that Prometheus serves below, if it is told one.
pub(super) fn prefix(args: &[String]) -> Option<String> {
    let value = |flag: &str| args.iter().find_map(|arg| arg.strip_prefix(flag));
    let path = if let Some(prefix) = value("--web.route-prefix=") {
        prefix.to_owned()
    } else {
        let url = value("--web.external-url=")?;
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        rest.split_once('/').map_or("", |(_, path)| path).to_owned()
    };
    let path = path.trim_matches('/');
    (!path.is_empty()).then(|| format!("/{path}"))
}
