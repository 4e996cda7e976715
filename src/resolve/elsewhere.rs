//! HPAs and Services of workloads, and ways in to them, where the workload or its policy lies in a
//! file of an earlier phase, or of a person: what that file says must go with them, or they are a
//! person's.

use std::cell::OnceCell;

use serde_json::Value;

use super::application::{Application, FileSpec, ManifestItem, ServicePort, Workload};
use super::earlier::Past;
use super::hand_written::{self, HandWritten};
use super::rules::Read;
use super::target::{FileKind, Target};
use super::unwritten::warning;
use crate::checklist::Checklist;
use crate::diagnostic::Diagnostic;
use crate::facts::Tree;
use crate::manifest::containers_of;

const AUTOSCALER: &str = "HorizontalPodAutoscaler";

/// Why a file doesn't go with what is there.
struct Misfit {
    /// The file that says otherwise.
    file: String,
    why: String,
    way: String,
}

/// What is said of files that don't go with what is there.
#[derive(Default)]
pub(super) struct Told {
    /// The files of earlier phases that are to be written again, so that they do.
    pub(super) again: Vec<String>,
    /// Of those that were left to a person.
    pub(super) left: Vec<Diagnostic>,
    /// Of those that stay as they are read.
    pub(super) stay: Vec<Diagnostic>,
}

/// Leaves the files that don't go with what is there; returns what is said of each. What an earlier
/// phase wrote is written again instead. Those that the phase wrote already stay and are warned of;
/// so are numbers of pods that an HPA beside them scales.
pub(super) fn leave(
    reads: &mut [Read<'_>],
    (files, application, tree): (&[FileSpec], &Application, &Tree),
    checklist: &Checklist,
    past: &Past<'_>,
) -> Told {
    let there = There {
        application,
        files,
        tree,
        theirs: OnceCell::new(),
    };
    let mut told = Told::default();
    for read in reads {
        let Some(target) = read.target() else {
            continue;
        };
        // What a later phase made of the file says no number where it has the workload scaled.
        let stale = past.is_written_later(&target.path);
        if let Some((why, way)) = there.scaled(target).filter(|_| !stale) {
            told.stay.push(warning(read, &why, checklist).help(way));
        }
        let found = if target.kind == FileKind::Ingress {
            there.barred(target)
        } else if matches!(target.kind, FileKind::Hpa | FileKind::Service) {
            there.around(target)
        } else {
            None
        };
        let Some(Misfit { file, why, way }) = found else {
            continue;
        };
        if past.may_write_again(&file) {
            told.again.push(file);
            continue;
        }
        let problem = warning(read, &why, checklist).help(way);
        if past.is_own(&target.path) {
            told.stay.push(problem);
        } else {
            told.left.push(problem);
            read.leave(why);
        }
    }
    told
}

/// What is written, and what lies there beside it.
struct There<'a> {
    application: &'a Application,
    files: &'a [FileSpec],
    tree: &'a Tree,
    /// Read only once something asks for it: most phases write all that they lean on.
    theirs: OnceCell<hand_written::Found>,
}

impl There<'_> {
    /// Returns the object of that kind and name that lies there.
    fn object(&self, kind: &str, name: &str) -> Option<&HandWritten> {
        let is = |it: &&HandWritten| {
            let (object, there) = (&it.object, it.object.namespace.as_ref());
            object.kind == kind && object.name == name && there == Some(&self.application.namespace)
        };
        self.theirs().objects.iter().find(is)
    }

    fn theirs(&self) -> &hand_written::Found {
        let find = || hand_written::find(self.tree, self.application, self.files);
        self.theirs.get_or_init(find)
    }

    fn writes(&self, item: &ManifestItem) -> bool {
        self.files.iter().any(|file| file.holds(item))
    }

    /// Returns why an HPA or a Service doesn't go with its workload, and the way out.
    fn around(&self, target: &Target) -> Option<Misfit> {
        let workload = self.application.workload(target.name.as_deref()?)?;
        if self.writes(&ManifestItem::Workload(workload.name.clone())) {
            return None;
        }
        let there = self.object(workload.kind.word(), &workload.name)?;
        unfit(target, workload, there)
    }

    /// Returns which HPA that isn't written here scales a file's workload, of which the number of
    /// pods is written, and the way out. Whether somebody applies it isn't known.
    fn scaled(&self, target: &Target) -> Option<(String, String)> {
        let workload = self.application.workload(target.name.as_deref()?)?;
        let numbered = target.kind.runs_pods() && workload.kind.scales() && workload.hpa.is_none();
        let mut manifests = self.tree.iter();
        if !numbered || !manifests.any(|(_, text)| text.contains(AUTOSCALER)) {
            return None;
        }
        let scales = |it: &&HandWritten| {
            let scaled = &it.object.value["spec"]["scaleTargetRef"];
            it.object.kind == AUTOSCALER
                && it.object.namespace.as_ref() == Some(&self.application.namespace)
                && scaled["kind"] == workload.kind.word()
                && scaled["name"] == workload.name.as_str()
        };
        let there = self.theirs().objects.iter().find(scales)?;
        let (path, written, number) = (&there.path, &target.path, workload.replicas);
        let why = format!(
            "`{written}` says `replicas: {number}`, and `{path}` scales {}/{}: each time that the \
             former is applied, it undoes what the latter scaled",
            workload.kind.word(),
            workload.name
        );
        let way = format!(
            "have the HPA written here as well: - [ ] `{path}`: 2–6, CPU 70%; or delete `{path}`"
        );
        Some((why, way))
    }

    /// Returns which workload lets nobody in whom the way in would lead to it, and the way out.
    fn barred(&self, target: &Target) -> Option<Misfit> {
        let ingress = self.application.ingress.as_ref()?;
        let from = ingress.controller_namespace.as_str();
        ingress.paths().find_map(|path| {
            let workload = self.application.workload(&path.workload)?;
            if self.writes(&ManifestItem::NetworkPolicy(workload.name.clone())) {
                return None;
            }
            let port = workload.ports.iter().find(|it| it.name == path.port)?;
            let there = self.object("NetworkPolicy", &workload.name)?;
            if lets_in(&there.object.value, port, from) {
                return None;
            }
            let (file, label, number) = (&there.path, there.object.label(), port.port);
            let why = format!(
                "`{}` would lead nowhere: {label} in `{file}` lets nobody in from the namespace \
                 `{from}` to port {number}",
                target.path
            );
            let way = format!(
                "add a rule for that namespace and port to `spec.ingress` of {label} in `{file}` \
                 (what you add stays) and run again"
            );
            let file = file.clone();
            Some(Misfit { file, why, way })
        })
    }
}

/// Returns whether a policy admits a namespace to a port.
fn lets_in(policy: &Value, port: &ServicePort, from: &str) -> bool {
    let spec = &policy["spec"];
    let about = filled(&spec["policyTypes"]);
    if about.is_some_and(|types| types.iter().all(|it| it != "Ingress")) {
        return true;
    }
    let peer = |peer: &Value| {
        let namespaces = peer.get("namespaceSelector");
        let named = namespaces.map(|it| &it["matchLabels"]["kubernetes.io/metadata.name"]);
        let named = named.map(|it| it.as_str().is_none_or(|it| it == from));
        named.unwrap_or(false) || peer.get("ipBlock").is_some()
    };
    let open = |it: &Value| {
        let it = &it["port"];
        it.is_null() || *it == port.port || *it == port.name.as_str()
    };
    filled(&spec["ingress"]).into_iter().flatten().any(|rule| {
        filled(&rule["from"]).is_none_or(|all| all.iter().any(peer))
            && filled(&rule["ports"]).is_none_or(|all| all.iter().any(open))
    })
}

/// Returns a list that holds something: to Kubernetes, an empty one of a policy says as little as
/// none.
fn filled(list: &Value) -> Option<&Vec<Value>> {
    list.as_array().filter(|all| !all.is_empty())
}

/// Returns why a file doesn't go with a workload as it lies there, and the way out.
fn unfit(target: &Target, workload: &Workload, there: &HandWritten) -> Option<Misfit> {
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
fn fixed(target: &Target, there: &HandWritten) -> Option<Misfit> {
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
    let file = path.clone();
    Some(Misfit { file, why, way })
}

/// A Service leads to ports of containers by their names; where none is called so, it leads nowhere.
fn closed(target: &Target, workload: &Workload, there: &HandWritten) -> Option<Misfit> {
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
    let file = path.clone();
    Some(Misfit { file, why, way })
}
