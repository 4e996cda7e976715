//! How many of what serves run where nobody says: two of what keeps nothing, so that an update or a
//! lost node stops no one; of what keeps data for one pod, one, as a `StatefulSet`, which never
//! starts a second beside it.
//!
//! What a task or the Compose file says wins: a file that a task calls a Deployment holds one, and
//! replicas are as many as are asked for. Workers and schedulers stay alone, since
//! nothing tells whether two of them may work.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::facts::image;

use super::application::{Pdb, Role, VolumeKind, VolumeSpec, Workload, WorkloadKind};
use super::roster::Member;

/// Settles how many pods serve; returns what a person should know of it.
///
/// `deployments` are the names that tasks ask to be Deployments.
pub(super) fn settle(
    workloads: &mut [Workload],
    members: &[Member<'_>],
    deployments: &BTreeSet<&str>,
) -> Vec<Diagnostic> {
    let mut doubled = Vec::new();
    let mut kept = Vec::new();
    for workload in workloads.iter_mut() {
        let member = members.iter().find(|member| member.name == workload.name);
        let serves = workload.kind == WorkloadKind::Deployment && !workload.ports.is_empty();
        if !serves || workload.hpa.is_some() || workload.replicas > 1 {
            continue;
        }
        if keeps(workload) {
            if !deployments.contains(workload.name.as_str()) {
                workload.kind = WorkloadKind::StatefulSet;
                kept.push(format!("`{}`", workload.name));
            }
        } else if member.is_some_and(|member| said(member).is_none()) {
            workload.replicas = 2;
            workload.pdb.get_or_insert_with(|| Pdb {
                min_available: Some("1".to_owned()),
                max_unavailable: None,
            });
            doubled.push(format!("`{}`", workload.name));
        }
    }
    let mut remarks: Vec<Diagnostic> = workloads.iter().filter_map(apart).collect();
    if !doubled.is_empty() {
        let message = format!(
            "nothing says how many of {} run: two of each, as they serve",
            doubled.join(", ")
        );
        let help = "say it in a task (`Replicas: 1`) or in the Compose file (`deploy.replicas`)";
        remarks.push(Diagnostic::warning(message).help(help));
    }
    if !kept.is_empty() {
        let message = format!(
            "{}: StatefulSets of one pod each, since two pods can't write the same data",
            kept.join(", ")
        );
        remarks.push(Diagnostic::warning(message));
    }
    remarks
}

/// Says of several pods of a store that each has its own data.
fn apart(workload: &Workload) -> Option<Diagnostic> {
    let pods = workload.replicas;
    let several = pods > 1 && is_lone(workload);
    several.then(|| {
        let name = &workload.name;
        Diagnostic::warning(format!(
            "{pods} pods of `{name}` are {pods} separate stores behind one name: nothing that is \
             written makes them one"
        ))
        .help(
            "run one (`Replicas: 1`); a cluster is its operator's or its chart's to make, or is \
             one service in Compose for each node",
        )
    })
}

/// Returns whether pods of a known product each have data of their own, which a second one wouldn't
/// know of.
pub(super) fn is_lone(workload: &Workload) -> bool {
    let Some(known) = image::known(&workload.image) else {
        return false;
    };
    let claims = |it: &VolumeSpec| matches!(it.kind, VolumeKind::Claim(_));
    let set = workload.kind == WorkloadKind::StatefulSet;
    let scales = workload.kind.scales();
    let own = set && workload.volumes.iter().any(claims);
    scales && (known.is_store() || known.keeps || own)
}

/// Returns how many are asked for.
fn said(member: &Member<'_>) -> Option<u32> {
    let given = member.service.and_then(|service| service.replicas);
    member.spec.replicas.or(given)
}

/// Returns whether a pod keeps something that a second one can't write as well.
fn keeps(workload: &Workload) -> bool {
    let claims = |kind: &VolumeKind| matches!(kind, VolumeKind::Claim(_));
    match workload.role {
        Role::Postgres | Role::Redis | Role::Store | Role::Prometheus | Role::Grafana => true,
        Role::Server | Role::Worker => workload.volumes.iter().any(|it| claims(&it.kind)),
    }
}
