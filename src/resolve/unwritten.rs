//! Files that tasks ask for and that can't be written: what runs at times and no service is called
//! like, a second file for an object that has one, what would hold nothing, and autoscalers and
//! budgets that would be others than are asked for. They are a person's, with the reason.
//!
//! A name that is nearly a service's is an error (`subjects`).

mod endless;
mod hosted;

use std::collections::{BTreeSet, HashMap};

use crate::checklist::Checklist;
use crate::diagnostic::{Diagnostic, nearest};
use crate::facts::{Facts, Tree, is_yaml};
use crate::settings::PhaseSettings;

use super::application::{Application, Content, FileSpec, ManifestItem, Workload, WorkloadKind};
use super::roster;
use super::rules::Read;
use super::subjects::{self, Subject};
use super::target::{self, FileKind, Target};

/// Leaves to a person what can't be written; returns what is said of it.
pub(super) fn leave(
    reads: &mut [Read<'_>],
    facts: &Facts,
    phase: &PhaseSettings,
    checklist: &Checklist,
) -> Vec<Diagnostic> {
    let mut told = unknown(reads, facts, phase, checklist);
    told.extend(doubted(reads, facts, phase, checklist));
    told.extend(twice(reads, facts, checklist));
    told
}

/// Leaves what is called like no service.
fn unknown(
    reads: &mut [Read<'_>],
    facts: &Facts,
    phase: &PhaseSettings,
    checklist: &Checklist,
) -> Vec<Diagnostic> {
    let project = facts.project.as_ref();
    let mut subjects = subjects::collect(reads);
    if subjects::assign(&mut subjects, project, phase, checklist).is_empty() {
        return Vec::new();
    }
    let unknown = subjects.iter().filter(|it| {
        let found = it.service.is_some() || it.product.is_some() || it.timer;
        !found && phase.alias(&it.name).is_none()
    });
    let names: Vec<String> = unknown.map(|it| it.name.clone()).collect();
    let services = project.map(|it| it.services.as_slice()).unwrap_or_default();
    let first = services.first();
    let called: Vec<&str> = services.iter().map(|it| it.name.as_str()).collect();
    let mut told = Vec::new();
    for name in names {
        let of = |read: &&mut Read<'_>| {
            let target = read.target();
            target.is_some_and(|it| it.name.as_ref() == Some(&name))
        };
        let mut targets = reads.iter().filter_map(Read::target);
        let theirs = |it: &&Target| it.name.as_ref() == Some(&name);
        // A name alone may be anything's: `rules.yml`.
        let alone = |it: &Target| it.kind == FileKind::Whole || ends(it);
        let strict = |it: &Target| !alone(it) && target::is_for_manifests(&it.path, &[]);
        // What is nearly called so was meant, and would be written elsewhere.
        let near = nearest(&name, &called).is_some();
        if near && targets.any(|it| theirs(&it) && strict(it)) {
            continue;
        }
        let Some(service) = first else { continue };
        for read in reads.iter_mut().filter(of) {
            let path = path(read);
            let why = format!(
                "no service in `{}` is called `{name}`, so that `{path}` is a person's to write",
                service.origin.path
            );
            let help = format!(
                "map it in the phase's settings: [aliases] {name} = \"{}\"; or write the file and \
                 have it applied: <!-- orch: apply={path} -->",
                service.name
            );
            told.push(warning(read, &why, checklist).help(help));
            read.leave(why);
        }
    }
    told
}

/// Leaves what would run, and not as it is asked for.
fn doubted(
    reads: &mut [Read<'_>],
    facts: &Facts,
    phase: &PhaseSettings,
    checklist: &Checklist,
) -> Vec<Diagnostic> {
    let mut subjects = subjects::collect(reads);
    // What can't be assigned is told where the application is put together.
    subjects::assign(&mut subjects, facts.project.as_ref(), phase, checklist);
    let subjects: HashMap<&str, &Subject<'_>> =
        subjects.iter().map(|it| (it.name.as_str(), it)).collect();
    let mut told = Vec::new();
    for read in reads.iter_mut() {
        let doubt = read.target().and_then(|target| {
            let subject = subjects.get(target.name.as_deref()?)?;
            hosted::doubt(subject, target).or_else(|| endless::doubt(subject, target))
        });
        if let Some((why, help)) = doubt {
            told.push(warning(read, &why, checklist).help(help));
            read.leave(why);
        }
    }
    told
}

/// Leaves a second file for objects that another task's file holds.
fn twice(reads: &mut [Read<'_>], facts: &Facts, checklist: &Checklist) -> Vec<Diagnostic> {
    let names = names(reads, facts);
    let mut holders: HashMap<Objects, Target> = HashMap::new();
    for target in reads.iter().filter_map(Read::target) {
        let Some(objects) = objects(target, &names) else {
            continue;
        };
        let holder = holders.entry(objects).or_insert_with(|| target.clone());
        // What runs on is what a service usually is: a Job of it gives way.
        if ends(holder) && !ends(target) {
            holder.clone_from(target);
        }
    }
    let mut told = Vec::new();
    for read in reads.iter_mut() {
        let Some(target) = read.target() else {
            continue;
        };
        let held = objects(target, &names).and_then(|it| holders.get(&it));
        let Some(held) = held.filter(|held| held.path != target.path) else {
            continue;
        };
        // A path out of the workspace is an error, whatever it would hold.
        if target.path.starts_with('/') || target.path.split('/').any(|part| part == "..") {
            continue;
        }
        let why = said(target, held);
        let problem = warning(read, &why, checklist);
        let way_out = if target.kind == FileKind::Ingress {
            "put its hosts, paths and bullets below the task of the other one"
        } else {
            "leave one of the two out, or name another service in its path"
        };
        told.push(problem.help(way_out));
        read.leave(why);
    }
    told
}

/// Leaves the files that would hold nothing; returns what is said of each. Templates for secrets
/// and settings of which there are none stay, and say so.
pub(super) fn empty(
    reads: &mut [Read<'_>],
    files: &[FileSpec],
    application: &Application,
    checklist: &Checklist,
) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for read in reads.iter_mut() {
        let Some(target) = read.target() else {
            continue;
        };
        let holds_nothing = |file: &FileSpec| {
            file.path == target.path && file.content == Content::Manifests(Vec::new())
        };
        let template = matches!(target.kind, FileKind::Secrets | FileKind::ConfigMap)
            && configured(target, application).is_none();
        if template || !files.iter().any(holds_nothing) {
            continue;
        }
        let why = format!(
            "`{}` would be empty: {}",
            target.path,
            lacking(target, application)
        );
        let problem = warning(read, &why, checklist);
        told.push(problem.help("leave the task out, or write the file by hand"));
        read.leave(why);
    }
    told
}

/// Returns why the application has nothing for a file.
fn lacking(target: &Target, application: &Application) -> String {
    if application.workloads.is_empty() {
        return "no task of the checklist writes a workload".to_owned();
    }
    let name = target.name.as_deref().unwrap_or_default();
    let kind = application.workload(name).map(|it| it.kind);
    let kind = kind.map_or("workload", WorkloadKind::word);
    match target.kind {
        FileKind::Service => format!("no port of `{name}` is known"),
        FileKind::Hpa => format!("nothing scales a {kind}, which `{name}` is"),
        FileKind::Pdb => format!("a {kind}, which `{name}` is, has no number of pods to keep"),
        FileKind::Ingress => "nothing is known that serves its paths".to_owned(),
        FileKind::Secrets | FileKind::ConfigMap => {
            let name = configured(target, application).map(|it| it.name.as_str());
            let name = name.unwrap_or_default();
            format!("`{name}` uses none that no other file holds")
        }
        FileKind::Namespace
        | FileKind::Readme
        | FileKind::Kustomization
        | FileKind::Deployment
        | FileKind::StatefulSet
        | FileKind::DaemonSet
        | FileKind::Job
        | FileKind::CronJob
        | FileKind::ServiceAccount
        | FileKind::NetworkPolicy
        | FileKind::Whole => "the application has nothing for it".to_owned(),
    }
}

/// Returns the workload that a file of Secrets or `ConfigMap`s is for, if it is for one.
fn configured<'a>(target: &Target, application: &'a Application) -> Option<&'a Workload> {
    application.workload(&target.whose()?)
}

fn ends(target: &Target) -> bool {
    target.kind.workload().is_some_and(WorkloadKind::ends)
}

/// Returns why a file can't hold what another one does.
fn said(target: &Target, held: &Target) -> String {
    let name = target.name.as_deref().unwrap_or_default();
    let kind = |it: &Target| it.kind.workload().map(WorkloadKind::word);
    match (kind(target), kind(held)) {
        (Some(one), Some(other)) if one != other => format!(
            "`{}` can't make `{name}` a {one}: it is a {other} by `{}`",
            target.path, held.path
        ),
        _ => format!(
            "`{}` would hold the same objects as `{}`",
            target.path, held.path
        ),
    }
}

/// What tells a file's objects: their kind, and whose they are.
pub(super) type Objects = (FileKind, Option<String>);

/// Returns the names of the workloads that there will be.
pub(super) fn names(reads: &[Read<'_>], facts: &Facts) -> BTreeSet<String> {
    let targets = reads.iter().filter_map(Read::target);
    let asked = targets.filter_map(|target| target.name.clone());
    let services = facts.project.iter().flat_map(|it| &it.services);
    let services = services.map(|it| roster::usual_name(&it.name));
    asked.chain(services).collect()
}

/// Returns what tells the objects that a task asks for from others.
pub(super) fn objects(target: &Target, names: &BTreeSet<String>) -> Option<Objects> {
    // Each overlay has its own.
    const SHARED: [FileKind; 2] = [FileKind::Readme, FileKind::Kustomization];
    let kind = if target.kind.runs_pods() {
        FileKind::Whole
    } else {
        target.kind
    };
    let whose = || target.whose().filter(|name| names.contains(name));
    let configures = matches!(kind, FileKind::Secrets | FileKind::ConfigMap);
    let name = if configures {
        whose()
    } else {
        target.name.clone()
    };
    (!SHARED.contains(&kind)).then_some((kind, name))
}

fn path(read: &Read<'_>) -> String {
    let path = read.target().map(|target| target.path.clone());
    path.unwrap_or_default()
}

/// Says why a task is left to a person, where it is asked for.
pub(super) fn warning(read: &Read<'_>, why: &str, checklist: &Checklist) -> Diagnostic {
    let span = read.task.text.span.clone();
    Diagnostic::warning(why.to_owned()).at(&checklist.path, &checklist.text, span, "asked for here")
}

/// Leaves the HPAs of what is in no file: there would be nothing to scale, and none becomes ready.
pub(super) fn unscaled(
    reads: &mut [Read<'_>],
    (files, application, tree): (&[FileSpec], &Application, &Tree),
    checklist: &Checklist,
) -> Vec<Diagnostic> {
    let homeless = without_file(application, files, tree);
    let mut left = Vec::new();
    for workload in homeless {
        let is = |read: &Read<'_>| {
            let target = read.target();
            target.is_some_and(|it| {
                it.kind == FileKind::Hpa && it.name.as_deref() == Some(&workload.name)
            })
        };
        let found = reads.iter().enumerate().filter(|(_, read)| is(read));
        let found: Vec<usize> = found.map(|(at, _)| at).collect();
        for at in found {
            let Some(target) = reads.get(at).and_then(Read::target) else {
                continue;
            };
            let (why, help) = needs(target, workload, reads);
            left.push((at, why, help));
        }
    }
    let mut told = Vec::new();
    for (at, why, help) in left {
        if let Some(read) = reads.get_mut(at) {
            told.push(warning(read, &why, checklist).help(help));
            read.leave(why);
        }
    }
    told
}

/// Returns warnings for workloads that tasks write a Service, a PDB or the like for, and nobody the
/// workload itself.
pub(super) fn homeless(
    reads: &[Read<'_>],
    application: &Application,
    files: &[FileSpec],
    tree: &Tree,
) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for workload in without_file(application, files, tree) {
        let targets = reads.iter().filter_map(Read::target);
        for target in targets.filter(|it| it.name.as_deref() == Some(&workload.name)) {
            let (message, help) = needs(target, workload, reads);
            told.push(Diagnostic::warning(message).help(help));
        }
    }
    told
}

/// Returns the workloads that no file holds, neither one of this phase nor another one.
fn without_file<'a>(
    application: &'a Application,
    files: &[FileSpec],
    tree: &Tree,
) -> Vec<&'a Workload> {
    let holds = |name: &str| {
        let item = ManifestItem::Workload(name.to_owned());
        files.iter().any(|file| file.holds(&item))
    };
    let workloads = application.workloads.iter();
    let homeless = workloads.filter(|it| !holds(&it.name));
    homeless
        .filter(|it| !is_there(tree, it.kind.word(), &it.name))
        .collect()
}

/// Says that a file needs a workload that is in no file, and the way out.
fn needs(target: &Target, workload: &Workload, reads: &[Read<'_>]) -> (String, String) {
    let (path, name, word) = (&target.path, &workload.name, workload.kind.word());
    let needs = format!("`{path}` needs {word}/{name}, which is in no file");
    let asked = reads.iter().find_map(|read| {
        let mut codes = read.task.text.codes().map(|(code, _)| code);
        let file = codes.find(|code| {
            let target = target::read(code, "");
            target.is_some_and(|it| it.kind.runs_pods() && it.name.as_ref() == Some(name))
        })?;
        Some((&read.task.id, file))
    });
    if let Some((id, file)) = asked {
        let why = format!("{needs}: task {id} leaves `{file}` to a person");
        return (why, format!("write `{file}`; then run again"));
    }
    let (folder, _) = path.rsplit_once('/').unwrap_or_default();
    let file = word.to_lowercase();
    let help = format!("add a task for it: - [ ] `{folder}/{file}.yml`");
    (format!("{needs}: no task asks for it"), help)
}

/// Returns whether a manifest of the workspace has an object, as an earlier phase or a person
/// wrote it.
fn is_there(tree: &Tree, kind: &str, name: &str) -> bool {
    holding(tree, kind, name).next().is_some()
}

/// Returns the manifests of the workspace that have an object.
pub(super) fn holding<'t>(tree: &'t Tree, kind: &str, name: &str) -> impl Iterator<Item = &'t str> {
    // What an HPA scales is told further in.
    let (kind, name) = (format!("kind: {kind}"), format!("name: {name}"));
    let has = move |text: &str| {
        let mut lines = text.lines();
        lines.any(|line| line.trim_end() == kind) && text.lines().any(|line| line.trim() == name)
    };
    let files = tree.iter();
    let files = files.filter(|(path, _)| is_yaml(path) && target::is_for_manifests(path, &[]));
    files
        .filter(move |(_, text)| has(text))
        .map(|(path, _)| path)
}
