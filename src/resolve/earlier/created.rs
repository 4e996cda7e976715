//! A namespace that a line has created beside that of earlier phases: it is the phase's own only
//! where the phase begins something that lives in it, or writes its file.

use super::{Before, Earlier, held};
use crate::checklist::Checklist;
use crate::diagnostic::Diagnostic;
use crate::facts::Tree;
use crate::manifest::parse_documents;
use crate::resolve::Context;
use crate::resolve::application::ManifestItem;
use crate::resolve::rules::Read;
use crate::resolve::target::{FileKind, Target};
use crate::resolve::unwritten::warning;

/// Leaves to a person the namespaces that lines have created and that nothing of this phase is
/// begun in; returns what is said of each. What the phase writes belongs to what is there already.
pub(super) fn leave(
    reads: &mut [Read<'_>],
    (checklist, tree): (&Checklist, &Tree),
    context: &Context<'_>,
) -> Vec<Diagnostic> {
    let Some(before) = context.before else {
        return Vec::new();
    };
    if !reads.iter().any(|it| it.new_namespace().is_some()) || begins(reads, before, tree) {
        return Vec::new();
    }
    let homes = homes(&before.phases, tree);
    let Some((phase, home)) = homes.first().cloned() else {
        return Vec::new();
    };
    let mut told = Vec::new();
    for read in reads.iter_mut() {
        let Some(name) = read.new_namespace().map(str::to_owned) else {
            continue;
        };
        let set = context.phase.namespace.as_ref() == Some(&name);
        let known = homes.iter().any(|(_, home)| *home == name);
        if set || known || wrote_to(before, &name, tree) {
            continue;
        }
        let why = format!(
            "phase {phase} wrote to the namespace `{home}`, and this phase begins nothing that could \
             live in `{name}`: creating that is a person's"
        );
        let help = format!(
            "to have all that this phase writes there, name it in the phase's settings: namespace = \
             \"{name}\"; to create it alone, write its manifest and have that applied: <!-- orch: \
             apply=k8s/{name}.yml -->"
        );
        told.push(warning(read, &why, checklist).help(help));
        read.leave(why);
    }
    told
}

/// Returns the namespaces that earlier phases wrote to, each with the phase.
fn homes(phases: &[Earlier], tree: &Tree) -> Vec<(u32, String)> {
    let of = |phase: &Earlier| {
        let held = held::of(phase, tree).into_iter();
        let number = phase.checklist.number;
        let homes = held.filter_map(move |it| Some((number, it.namespace?)));
        homes.collect::<Vec<_>>()
    };
    phases.iter().flat_map(of).collect()
}

/// Returns whether tasks write a namespace's file, or pods that no earlier phase has.
fn begins(reads: &[Read<'_>], before: &Before, tree: &Tree) -> bool {
    let earlier = before.phases.iter().flat_map(|phase| held::of(phase, tree));
    let earlier: Vec<_> = earlier.map(|it| it.beside).collect();
    let is_new = |target: &Target| {
        let item = target.name.clone().map(ManifestItem::Workload);
        let holds = item.is_some_and(|item| earlier.iter().any(|it| it.holds(&item)));
        let path = earlier.iter().any(|it| it.path == target.path);
        target.kind.runs_pods() && !holds && !path
    };
    let mut targets = reads.iter().filter_map(Read::target);
    targets.any(|target| target.kind == FileKind::Namespace || is_new(target))
}

/// Returns whether this phase wrote something to that namespace before.
fn wrote_to(before: &Before, name: &str, tree: &Tree) -> bool {
    let texts = before
        .own
        .iter()
        .filter_map(|path| Some((path, tree.get(path)?)));
    let mut objects = texts
        .filter_map(|(path, text)| parse_documents(path, text).ok())
        .flatten();
    objects.any(|it| it.namespace.as_deref() == Some(name))
}
