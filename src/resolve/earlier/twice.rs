//! Objects that a file of this phase and one of an earlier phase would both hold: none may lie in
//! two files, or whoever applies both takes turns, and kustomize builds neither.

use super::{Past, held};
use crate::checklist::Checklist;
use crate::diagnostic::Diagnostic;
use crate::resolve::application::{Beside, Content, FileOrigin, FileSpec, ManifestItem};
use crate::resolve::rules::Read;
use crate::resolve::target::{FileKind, Target};
use crate::resolve::unwritten::warning;

/// Leaves the files that would hold an object of a file of an earlier phase that stays; those that
/// this phase wrote before stay its own. What lies beside its workload moves to a file of its own:
/// the earlier phase's is among those to be written again.
pub(super) fn leave(
    past: &Past<'_>,
    reads: &mut [Read<'_>],
    files: &[FileSpec],
    (checklist, again): (&Checklist, &mut Vec<String>),
) -> Vec<Diagnostic> {
    let staying = staying(past, reads, files);
    let mut told = Vec::new();
    for read in reads.iter_mut() {
        let Some(target) = read.target().filter(|it| !past.is_own(&it.path)) else {
            continue;
        };
        let Some((other, item)) = files
            .iter()
            .filter(|file| file.path == target.path)
            .find_map(|file| shared(file, &staying))
        else {
            continue;
        };
        if parts(item, target) && past.may_write_again(&other.path) {
            again.push(other.path.clone());
            continue;
        }
        let (path, phase, label) = (&other.path, other.phase, held::label(item));
        let why = format!("`{path}` of phase {phase} holds {label}: change it there");
        let way = format!(
            "or take {label} out of `{path}` (what you take out stays out) and run again, or name \
             that file in this phase as well: - [ ] `{path}`"
        );
        told.push(warning(read, &why, checklist).help(way));
        read.leave(why);
    }
    told
}

/// Returns whether an object that lies beside its workload goes to a file of its own by that task.
fn parts(item: &ManifestItem, target: &Target) -> bool {
    match target.kind {
        FileKind::ServiceAccount => matches!(item, ManifestItem::ServiceAccount(_)),
        FileKind::NetworkPolicy => matches!(item, ManifestItem::NetworkPolicy(_)),
        FileKind::Service => matches!(item, ManifestItem::Services(_)),
        FileKind::Hpa => matches!(item, ManifestItem::Hpa(_)),
        FileKind::Pdb => matches!(item, ManifestItem::Pdb(_)),
        FileKind::Namespace
        | FileKind::Readme
        | FileKind::Kustomization
        | FileKind::Secrets
        | FileKind::ConfigMap
        | FileKind::Ingress
        | FileKind::Deployment
        | FileKind::StatefulSet
        | FileKind::DaemonSet
        | FileKind::Job
        | FileKind::CronJob
        | FileKind::Whole => false,
    }
}

/// Leaves a `kustomization.yml` that would list two files of which each holds one object.
pub(super) fn unbuildable(
    past: &Past<'_>,
    reads: &mut [Read<'_>],
    files: &[FileSpec],
    checklist: &Checklist,
) -> Vec<Diagnostic> {
    let staying = staying(past, reads, files);
    let found = files.iter().find_map(|file| {
        let (other, item) = shared(file, &staying)?;
        Some((file.path.clone(), other.path.clone(), held::label(item)))
    });
    let between = || {
        let mut pairs = staying
            .iter()
            .enumerate()
            .flat_map(|(at, one)| staying.iter().skip(at + 1).map(move |other| (*one, *other)));
        pairs.find_map(|(one, other)| {
            let item = one.items.iter().find(|item| other.holds(item))?;
            Some((one.path.clone(), other.path.clone(), held::label(item)))
        })
    };
    let Some((one, other, label)) = found.or_else(between) else {
        return Vec::new();
    };
    let mut told = Vec::new();
    for read in reads.iter_mut() {
        let lists = |it: &&Target| it.kind == FileKind::Kustomization;
        let Some(target) = read.target().filter(lists) else {
            continue;
        };
        let why = format!(
            "`{}` couldn't be built: `{one}` and `{other}` both hold {label}",
            target.path
        );
        let span = read.task.text.span.clone();
        told.push(
            Diagnostic::warning(why.clone())
                .at(&checklist.path, &checklist.text, span, "asked for here")
                .help(format!("take {label} out of one of the two")),
        );
        read.leave(why);
    }
    told
}

/// Returns warnings for objects that a task's file holds, and a file of an earlier phase, too, where
/// this phase wrote it before, or one of a later phase.
pub(super) fn doubled(
    past: &Past<'_>,
    reads: &[Read<'_>],
    (files, namespace): (&[FileSpec], &str),
) -> Vec<Diagnostic> {
    let staying = staying(past, reads, files);
    let beyond = past.beyond.iter().filter(|it| it.is_in(namespace));
    let beyond: Vec<&Beside> = beyond.map(|it| &it.beside).collect();
    let asked = files
        .iter()
        .filter(|file| matches!(file.origin, FileOrigin::Task { .. }));
    let mut told = Vec::new();
    for file in asked {
        if let Some((other, _)) = shared(file, &staying) {
            let message = format!(
                "`{}` holds objects that `{}` of phase {} holds as well",
                file.path, other.path, other.phase
            );
            told.push(Diagnostic::warning(message).help("take them out of one of the two files"));
        } else if let Some((other, _)) = shared(file, &beyond)
            // A later phase that moved them wrote this file without them: there it stays.
            && !past.written_later.contains(&file.path)
        {
            let message = format!(
                "`{}` holds objects that `{}` of a later phase holds as well",
                file.path, other.path
            );
            let way = "run that phase again: what no task of it asks for it takes out of its file";
            told.push(Diagnostic::warning(message).help(way));
        }
    }
    told
}

/// Returns the files of earlier phases whose workloads get files of their own by tasks, those that
/// are bare for that reason since an earlier run, and those that this phase alone wrote before and
/// whose objects it writes to others now.
pub(super) fn moved(
    past: &Past<'_>,
    reads: &[Read<'_>],
    (files, namespace): (&[FileSpec], &str),
) -> Vec<FileSpec> {
    let asked = |path: &str| files.iter().any(|file| file.path == path);
    let held = past.held.iter().map(|it| &it.beside);
    let replaced = held.filter(|it| replaced(it, reads)).map(|it| &it.path);
    let alone = past.alone.iter().filter(|it| it.is_in(namespace));
    // Phases that ran before may have got tasks since.
    let staying = staying(past, reads, files);
    let elsewhere = alone.map(|it| &it.beside).filter(|it| {
        let runs = |item: &&ManifestItem| matches!(item, ManifestItem::Workload(_));
        let mut running = it.items.iter().filter(runs);
        files.iter().any(|file| shared(file, &[it]).is_some())
            || running.any(|item| staying.iter().any(|other| other.holds(item)))
    });
    let elsewhere = elsewhere.map(|it| &it.path);
    let mut paths: Vec<&String> = replaced.chain(elsewhere).chain(&past.bare).collect();
    paths.sort();
    paths.dedup();
    let file = |path: &String| FileSpec {
        path: path.clone(),
        origin: FileOrigin::Unassigned {
            reason: "what was here, which tasks give files of their own".to_owned(),
            section: section(reads),
        },
        content: Content::Manifests(Vec::new()),
    };
    let paths = paths.into_iter().filter(|path| !asked(path));
    paths.map(file).collect()
}

/// Returns whether a task gives what an earlier phase wrote by itself a file of its own.
pub(super) fn replaced(held: &Beside, reads: &[Read<'_>]) -> bool {
    let targets = reads.iter().filter_map(Read::target);
    let mut pods = targets.filter(|target| target.kind.runs_pods() && target.path != held.path);
    pods.any(|target| {
        let name = target.name.clone();
        name.is_some_and(|name| held.holds(&ManifestItem::Workload(name)))
    })
}

/// Returns the files of earlier phases that nothing of this phase writes.
fn staying<'p>(past: &'p Past<'_>, reads: &[Read<'_>], files: &[FileSpec]) -> Vec<&'p Beside> {
    let mut staying: Vec<&Beside> = Vec::new();
    for beside in past.held.iter().map(|it| &it.beside) {
        let written = files.iter().any(|file| file.path == beside.path);
        let known = staying.iter().any(|it| it.path == beside.path);
        if !written && !known && !replaced(beside, reads) {
            staying.push(beside);
        }
    }
    staying
}

/// Returns the first object of a file that another one holds, with that one.
fn shared<'a>(
    file: &'a FileSpec,
    staying: &[&'a Beside],
) -> Option<(&'a Beside, &'a ManifestItem)> {
    let Content::Manifests(items) = &file.content else {
        return None;
    };
    staying.iter().find_map(|other| {
        let item = items.iter().find(|item| other.holds(item))?;
        Some((*other, item))
    })
}

fn section(reads: &[Read<'_>]) -> String {
    let mut asking = reads.iter().filter(|read| read.target().is_some());
    let first = asking.next();
    first.map_or_else(String::new, |read| read.section.number.clone())
}
