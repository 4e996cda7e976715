//! Manifests that lie in the workspace without being written here: people's, and those of earlier
//! phases. What is asked for of every pod is asked for of theirs, too.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::application::{Application, Content, FileSpec, ManifestItem};
use super::model::{Action, Requirement};
use super::read_out::Known;
use super::rules::{Intent, Read};
use super::target;
use super::unprobed;
use crate::facts::{Tree, is_below, is_yaml};
use crate::manifest::{Object, containers_of, parse_documents, violations};

/// An object of a manifest that isn't written here.
#[derive(Debug, Clone, PartialEq)]
pub struct HandWritten {
    /// The file that it lies in.
    pub path: String,
    /// What it is, in the application's namespace where it names none.
    pub object: Object,
}

/// Returns what lies beside the files where a task asks something of all objects; looking for it
/// takes time.
pub(super) fn asked(
    reads: &[Read<'_>],
    tree: &Tree,
    application: &Application,
    files: &[FileSpec],
) -> Found {
    if reads.iter().any(Read::rules_all) {
        find(tree, application, files)
    } else {
        Found::default()
    }
}

/// Returns the objects that lie in folders for manifests and that no file of `files` holds. A patch
/// of one is none.
pub(super) fn find(tree: &Tree, application: &Application, files: &[FileSpec]) -> Found {
    let mut found = Found::default();
    for (path, text) in others(tree, files) {
        let Ok(objects) = parse_documents(path, text) else {
            if text.contains("containers") {
                found.unread.push(path.to_owned());
            }
            continue;
        };
        let objects = objects.into_iter().filter(|it| !is_patch(it));
        found.objects.extend(objects.map(|object| HandWritten {
            path: path.to_owned(),
            object: object.within(&application.namespace),
        }));
    }
    found
}

/// What lies beside what is written here.
#[derive(Default)]
pub(super) struct Found {
    pub(super) objects: Vec<HandWritten>,
    /// Files for pods that can't be read as objects: a chart's templates, broken YAML.
    unread: Vec<String>,
}

/// Returns the files with objects that lie in folders for manifests and aren't among `files`.
fn others<'t>(
    tree: &'t Tree,
    files: &'t [FileSpec],
) -> impl Iterator<Item = (&'t str, &'t Arc<str>)> {
    let folders: Vec<String> = files
        .iter()
        .filter_map(|file| Some(file.path.split_once('/')?.0.to_owned()))
        .collect();
    tree.iter().filter(move |(path, text)| {
        let json = Path::new(path).extension().is_some_and(|it| it == "json");
        (is_yaml(path) || json)
            && text.contains("apiVersion")
            && target::is_for_manifests(path, &folders)
            && files
                .iter()
                .all(|file| file.path != *path && !is_overlaid(file, path))
    })
}

/// Returns whether a file is an overlay, in whose folder a path lies: what is there only changes what
/// stands elsewhere.
fn is_overlaid(file: &FileSpec, path: &str) -> bool {
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    matches!(file.content, Content::Overlay(_)) && is_below(path, folder)
}

/// Returns whether pods are described in part: the rest stands where the object itself does.
fn is_patch(object: &Object) -> bool {
    let image = |container: &&Value| container.get("image").is_some();
    containers_of(object).is_some_and(|them| them.is_empty() || !them.iter().all(image))
}

fn holds(files: &[FileSpec], is: impl Fn(&ManifestItem) -> bool) -> bool {
    files.iter().any(|file| match &file.content {
        Content::Manifests(items) => items.iter().any(&is),
        Content::Kustomization
        | Content::Overlay(_)
        | Content::Readme
        | Content::ConfigFile { .. } => false,
    })
}

/// Returns a rule for manifests with what keeps its box open that isn't written here: an object of
/// somebody else's which breaks it, or that there is no pod at all which it could be checked by.
pub(super) fn require(requirement: Requirement, known: &Known<'_>) -> Action {
    let theirs = &known.hand_written.objects;
    let mut missing = match requirement {
        // Only what is written here lives in the namespace that the line names.
        Requirement::Namespace(_) | Requirement::NewNamespace(_) => Vec::new(),
        Requirement::Resources
        | Requirement::Probes
        | Requirement::Liveness
        | Requirement::Readiness
        | Requirement::AntiAffinity
        | Requirement::DisruptionBudget => broken(&requirement, theirs),
    };
    missing.extend(unprobed::unprobed(&requirement, known));
    if requirement == Requirement::DisruptionBudget {
        let told = |path| format!("`{path}` is a person's to write");
        missing.extend(known.budgets.iter().map(told));
    }
    let namespace = requirement.namespace();
    if namespace.is_none() {
        // What isn't there can't be as is asked of all.
        let told = |path| format!("`{path}` is a person's to write");
        missing.extend(known.unwritten.iter().map(told));
        let told = |path| format!("`{path}` can't be read as objects, so its pods aren't known");
        missing.extend(known.hand_written.unread.iter().map(told));
    }
    let pods = theirs.iter().any(|it| {
        let there = namespace.is_none_or(|name| it.object.namespace.as_deref() == Some(name));
        there && containers_of(&it.object).is_some()
    });
    let own = || holds(known.files, |_| true);
    if missing.is_empty() && !pods && !known.applies && !own() {
        missing.push("no manifest is there that it could be checked by".to_owned());
    } else if let Requirement::NewNamespace(name) = &requirement {
        missing.extend(uncreated(name, known));
    }
    Action::Require {
        rule: requirement,
        missing,
    }
}

/// Returns why nothing is known to create a namespace.
fn uncreated(name: &str, known: &Known<'_>) -> Option<String> {
    let theirs = known.hand_written.objects.iter();
    let mut theirs = theirs.filter(|it| it.object.kind == "Namespace" && it.object.name == name);
    let is_earlier = |it: &HandWritten| {
        let mut earlier = known.application.beside.iter();
        earlier.any(|earlier| earlier.path == it.path)
    };
    let written = holds(known.files, |item| *item == ManifestItem::Namespace)
        || known.brought.iter().any(|it| it == name);
    // Where nothing is written into it, what a person wrote may never be applied.
    let lives = holds(known.files, |_| true);
    if written || theirs.any(|it| lives || is_earlier(it)) {
        return None;
    }
    Some(format!(
        "no manifest that is applied creates Namespace/{name}"
    ))
}

/// Returns the namespaces that people's manifests create which tasks apply.
pub(super) fn brought(reads: &[Read<'_>], tree: &Tree) -> Vec<String> {
    let mut texts: Vec<(&str, &str)> = Vec::new();
    for read in reads {
        if let Intent::ApplyFence(Some(fence)) = &read.intent {
            texts.push(("fence", fence));
        } else if let Intent::ApplyPath(path) = &read.intent {
            let files = tree.iter();
            let files = files.filter(|(it, _)| is_below(it, path) || it == path);
            texts.extend(files.map(|(path, text)| (path, text.as_ref())));
        }
    }
    let objects = texts
        .into_iter()
        .filter_map(|(path, text)| parse_documents(path, text).ok())
        .flatten();
    let namespaces = objects.filter(|it| it.kind == "Namespace");
    namespaces.map(|it| it.name).collect()
}

/// Returns what breaks a rule, object by object.
fn broken(rule: &Requirement, theirs: &[HandWritten]) -> Vec<String> {
    let all: Vec<Object> = theirs.iter().map(|it| it.object.clone()).collect();
    let broken = theirs.iter().flat_map(|it| {
        let place = format!("{} of `{}`", it.object.label(), it.path);
        let problems = violations(rule, &it.object, &all).into_iter();
        problems.map(move |problem| format!("{place}: {problem}"))
    });
    broken.collect()
}
