//! HPAs and Services of workloads that lie in a file of an earlier phase, or of a person: what that
//! file says must go with them, or they are a person's.

use std::cell::LazyCell;

use serde_json::Value;

use super::application::{Application, FileSpec, ManifestItem, Workload};
use super::hand_written::{self, HandWritten};
use super::rules::Read;
use super::target::{FileKind, Target};
use crate::checklist::Checklist;
use crate::diagnostic::Diagnostic;
use crate::facts::Tree;
use crate::manifest::containers_of;

/// Leaves the files that don't go with what is there; returns what is said of each. Those that the
/// phase wrote already stay, by `is_own`, and are warned of.
pub(super) fn leave(
    reads: &mut [Read<'_>],
    (files, application, tree): (&[FileSpec], &Application, &Tree),
    checklist: &Checklist,
    is_own: impl Fn(&str) -> bool,
) -> Vec<Diagnostic> {
    let theirs = LazyCell::new(|| hand_written::find(tree, application, files));
    let mut told = Vec::new();
    for read in reads {
        let around = |it: &&Target| matches!(it.kind, FileKind::Hpa | FileKind::Service);
        let Some(target) = read.target().filter(around) else {
            continue;
        };
        let name = target.name.as_deref().unwrap_or_default();
        let item = ManifestItem::Workload(name.to_owned());
        let Some(workload) = application.workload(name) else {
            continue;
        };
        if files.iter().any(|file| file.holds(&item)) {
            continue;
        }
        let is = |it: &&HandWritten| {
            let (object, there) = (&it.object, it.object.namespace.as_ref());
            object.kind == workload.kind.word()
                && object.name == workload.name
                && there == Some(&application.namespace)
        };
        let found = theirs.iter().find(is);
        let Some((why, way)) = found.and_then(|it| unfit(target, workload, it)) else {
            continue;
        };
        let span = read.task.text.span.clone();
        let warning = Diagnostic::warning(why.clone());
        told.push(
            warning
                .at(&checklist.path, &checklist.text, span, "asked for here")
                .help(way),
        );
        if !is_own(&target.path) {
            read.leave(why);
        }
    }
    told
}

/// Returns why a file doesn't go with a workload as it lies there, and the way out.
fn unfit(target: &Target, workload: &Workload, there: &HandWritten) -> Option<(String, String)> {
    match target.kind {
        FileKind::Hpa => fixed(target, there),
        FileKind::Service => closed(target, workload, there),
        FileKind::Namespace
        | FileKind::Readme
        | FileKind::Kustomization
        | FileKind::Secrets
        | FileKind::ConfigMap
        | FileKind::Ingress
        | FileKind::Pdb
        | FileKind::ServiceAccount
        | FileKind::NetworkPolicy
        | FileKind::Deployment
        | FileKind::StatefulSet
        | FileKind::DaemonSet
        | FileKind::Job
        | FileKind::CronJob
        | FileKind::Whole => None,
    }
}

/// A number that is written and one that is scaled fight: each apply puts the former back.
fn fixed(target: &Target, there: &HandWritten) -> Option<(String, String)> {
    let number = there.object.value["spec"]["replicas"].as_u64()?;
    let (path, label) = (&there.path, there.object.label());
    let why = format!(
        "`{path}` says `replicas: {number}` of {label}: each time that it is applied, it would undo \
         what `{}` scales",
        target.path
    );
    let way = format!(
        "take `replicas` out of `{path}` (what you take out stays out) and run again, or name that \
         file in this phase as well: - [ ] `{path}`"
    );
    Some((why, way))
}

/// A Service leads to ports of containers by their names; where none is called so, it leads nowhere.
fn closed(target: &Target, workload: &Workload, there: &HandWritten) -> Option<(String, String)> {
    let containers = containers_of(&there.object)?;
    let open: Vec<(&str, u64)> = containers
        .iter()
        .filter_map(|container| container.get("ports")?.as_array())
        .flatten()
        .filter_map(|port| {
            let name = port.get("name").and_then(Value::as_str)?;
            Some((name, port.get("containerPort")?.as_u64()?))
        })
        .collect();
    let lacks = |port: &(&str, u64)| !open.contains(port);
    let ports = workload.ports.iter();
    let mut ports = ports.map(|port| (port.name.as_str(), u64::from(port.port)));
    let (name, number) = ports.find(lacks)?;
    let (path, label) = (&there.path, there.object.label());
    let why = format!(
        "`{}` would lead nowhere: no container of {label} in `{path}` has the port {number} \
         (`{name}`)",
        target.path
    );
    let way = format!(
        "add `{{name: {name}, containerPort: {number}}}` to the container's `ports` in `{path}` and \
         run again, or name that file in this phase as well: - [ ] `{path}`"
    );
    Some((why, way))
}
