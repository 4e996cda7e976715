//! Files of this phase that can't be written beside those of earlier ones: they are a person's.

use std::collections::BTreeSet;

use super::{Held, Past, Wish};
use crate::checklist::Checklist;
use crate::diagnostic::Diagnostic;
use crate::facts::Facts;
use crate::resolve::application::ManifestItem;
use crate::resolve::rules::Read;
use crate::resolve::slug::slug;
use crate::resolve::target::{FileKind, Target};
use crate::resolve::unwritten::{names, objects, warning};

/// Leaves to a person what another namespace has, and a second file for objects that an earlier
/// task's file holds; returns what is said of each.
pub(super) fn leave(
    past: &Past<'_>,
    reads: &mut [Read<'_>],
    (checklist, facts): (&Checklist, &Facts),
) -> Vec<Diagnostic> {
    let mut names = names(reads, facts);
    names.extend(past.subjects.iter().map(|subject| subject.name.clone()));
    let mut told: Vec<Diagnostic> = elsewhere(past, reads, checklist).into_iter().collect();
    let own: Vec<Target> = reads.iter().filter_map(Read::target).cloned().collect();
    for read in reads.iter_mut() {
        let Some(target) = read.target() else {
            continue;
        };
        let Some((why, way)) = foreign(past, target, checklist)
            .or_else(|| apart(past, target, &own))
            .or_else(|| second(past, target, (&own, &names)))
        else {
            continue;
        };
        told.push(warning(read, &why, checklist).help(way));
        read.leave(why);
    }
    told
}

/// Says why a file isn't to be written that a phase of another set wrote: each would undo the other's.
fn foreign(past: &Past<'_>, target: &Target, checklist: &Checklist) -> Option<(String, String)> {
    let path = &target.path;
    let Some(set) = past.foreign.get(path) else {
        return abroad(past, target);
    };
    let why = format!("`{path}` is written by the set `{set}`");
    let own = checklist.path.rsplit('/').nth(1).unwrap_or_default();
    let way = match path.split_once('/') {
        Some((root, rest)) => format!(
            "name a file of this set's own (- [ ] `{root}/{}/{rest}`), or put the task into `{set}`",
            slug(own)
        ),
        None => format!("name a file of this set's own, or put the task into `{set}`"),
    };
    Some((why, way))
}

/// Says why pods aren't to be written that a phase of another set wrote to the same namespace.
fn abroad(past: &Past<'_>, target: &Target) -> Option<(String, String)> {
    let name = target.name.clone().filter(|_| target.kind.runs_pods())?;
    let item = ManifestItem::Workload(name.clone());
    let there = past.abroad.iter().find(|it| it.beside.holds(&item))?;
    let (path, set) = past.foreign.get_key_value(&there.beside.path)?;
    let why = format!("`{path}` of the set `{set}` has `{name}` in the same namespace");
    let way = format!("name another namespace in this phase, or put the task into `{set}`");
    Some((why, way))
}

/// Says that this phase writes to another namespace than earlier ones.
fn elsewhere(past: &Past<'_>, reads: &[Read<'_>], checklist: &Checklist) -> Option<Diagnostic> {
    let (there, own) = (past.apart.last()?, past.namespace.as_deref()?);
    let (phase, other) = (there.beside.phase, there.namespace.as_deref()?);
    let message = format!(
        "phase {phase} wrote to the namespace `{other}`, and this phase names `{own}`: what it \
         writes goes there, and what phase {phase} wrote stays where it is"
    );
    let named = reads.iter().find(|read| {
        let target = read
            .target()
            .is_some_and(|it| it.kind == FileKind::Namespace);
        read.namespace().is_some() || target
    });
    let warning = Diagnostic::warning(message).help(format!(
        "what lies in `{other}` is reached from `{own}` by names with it only: `db.{other}`"
    ));
    Some(match named {
        Some(read) => {
            let span = read.task.text.span.clone();
            warning.at(&checklist.path, &checklist.text, span, "named here")
        }
        None => warning,
    })
}

/// Says why a file isn't to be written where an earlier phase wrote to another namespace: it is
/// that phase's, or about a workload that is there alone.
fn apart(past: &Past<'_>, target: &Target, own: &[Target]) -> Option<(String, String)> {
    let namespace = past.namespace.as_deref().unwrap_or_default();
    let said = |held: &Held, what: &str| {
        let there = held.namespace.as_deref().unwrap_or_default();
        let phase = held.beside.phase;
        let why = format!(
            "`{}` {what} phase {phase} in the namespace `{there}`, and this phase writes to \
             `{namespace}`",
            target.path
        );
        (
            why,
            format!("name the namespace `{there}` in this phase, or change the file by hand"),
        )
    };
    let mut files = past.apart.iter();
    if let Some(held) = files.find(|it| it.beside.path == target.path) {
        return Some(said(held, "was written by"));
    }
    let shared = matches!(target.kind, FileKind::Secrets | FileKind::ConfigMap);
    let whose = || target.whose().filter(|_| shared);
    let name = target.name.clone().or_else(whose);
    let name = name.filter(|_| !target.kind.runs_pods())?;
    // What was written elsewhere isn't this phase's to write, whatever it asks of it.
    let stays = |it: &Target| past.apart.iter().any(|held| held.beside.path == it.path);
    let mut pods = own.iter().filter(|it| it.kind.runs_pods() && !stays(it));
    if pods.any(|it| it.name.as_ref() == Some(&name)) {
        return None;
    }
    let item = ManifestItem::Workload(name);
    let held = past.apart.iter().find(|it| it.beside.holds(&item))?;
    Some(said(held, "is about what was written by"))
}

/// Says why a file would be a second one for objects that an earlier task's file holds.
fn second(
    past: &Past<'_>,
    target: &Target,
    (own, names): (&[Target], &BTreeSet<String>),
) -> Option<(String, String)> {
    let wanted = objects(target, names)?;
    let is_own = |path: &str| own.iter().any(|it| it.path == path);
    let is = |wish: &&Wish| {
        let other = &wish.target;
        other.path != target.path
            && objects(other, names).as_ref() == Some(&wanted)
            && !is_own(&other.path)
    };
    // What this phase wrote before stays its own.
    if past.own.contains(&target.path) {
        return None;
    }
    let wish = past.wishes.iter().find(is)?;
    let why = format!(
        "`{}` would hold the same objects as `{}` of phase {}",
        target.path, wish.target.path, wish.phase
    );
    let way = format!(
        "name `{}` here as well, or leave the task out",
        wish.target.path
    );
    Some((why, way))
}
