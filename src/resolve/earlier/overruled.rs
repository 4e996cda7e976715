//! What a task of this phase asks for otherwise than a task of an earlier one did.

use super::Wish;
use crate::checklist::Checklist;
use crate::diagnostic::Diagnostic;
use crate::resolve::application::Pdb;
use crate::resolve::rules::Read;
use crate::resolve::spec::{Amounts, HpaSpec, Spec};
use crate::resolve::target::FileKind;

/// Returns a warning for each task whose words overrule an earlier one's, with both places.
pub(super) fn overruled(
    wishes: &[Wish],
    reads: &[Read<'_>],
    checklist: &Checklist,
) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for read in reads {
        let Some(target) = read.target() else {
            continue;
        };
        let spec = read.spec();
        let ingress = |kind: FileKind| kind == FileKind::Ingress;
        let same = wishes.iter().filter(|wish| {
            let named = target.name.is_some() && wish.target.name == target.name;
            named || (ingress(target.kind) && ingress(wish.target.kind))
        });
        for wish in same {
            let what = differing(&spec, &wish.spec);
            if what.is_empty() {
                continue;
            }
            let message = format!(
                "`{}`: {} here overrules what {} asks for",
                target.path,
                what.join(", "),
                wish.by
            );
            let (span, (path, text, there)) = (read.task.text.span.clone(), &wish.place);
            told.push(
                Diagnostic::warning(message)
                    .at(&checklist.path, &checklist.text, span, "asked for here")
                    .related(path, text, there.clone(), "and otherwise there")
                    .help(format!(
                        "the earlier words stand in {path}:{}; where they are to stay, take these out",
                        wish.line
                    )),
            );
        }
    }
    told
}

/// Returns what both ask for, and not alike.
fn differing(own: &Spec, other: &Spec) -> Vec<&'static str> {
    let told = running(own, other).into_iter().chain(around(own, other));
    let told = told.filter(|(_, differs)| *differs);
    told.map(|(what, _)| what).collect()
}

/// Compares what is asked of the pods themselves.
fn running(own: &Spec, other: &Spec) -> [(&'static str, bool); 10] {
    let amounts = |own: &Amounts, other: &Amounts| {
        differ(own.cpu.as_ref(), other.cpu.as_ref())
            || differ(own.memory.as_ref(), other.memory.as_ref())
    };
    let ends = differ(own.grace.as_ref(), other.grace.as_ref())
        || differ(own.ends_within.as_ref(), other.ends_within.as_ref())
        || differ(own.drain.as_ref(), other.drain.as_ref());
    [
        (
            "replicas",
            differ(own.replicas.as_ref(), other.replicas.as_ref()),
        ),
        ("requests", amounts(&own.requests, &other.requests)),
        ("limits", amounts(&own.limits, &other.limits)),
        (
            "liveness",
            differ(own.liveness.as_ref(), other.liveness.as_ref()),
        ),
        (
            "readiness",
            differ(own.readiness.as_ref(), other.readiness.as_ref()),
        ),
        (
            "startup",
            differ(own.startup.as_ref(), other.startup.as_ref()),
        ),
        (
            "the claim's size",
            differ(own.claim.as_ref(), other.claim.as_ref()),
        ),
        (
            "the image",
            differ(own.image.as_ref(), other.image.as_ref()),
        ),
        (
            "the version",
            differ(own.version.as_ref(), other.version.as_ref()),
        ),
        ("the time to end", ends),
    ]
}

/// Compares what is asked of what is around them.
fn around(own: &Spec, other: &Spec) -> [(&'static str, bool); 6] {
    let scaled = own.hpa.zip(other.hpa);
    let (rollout, there) = (&own.rollout, &other.rollout);
    let (monitoring, monitored) = (&own.monitoring, &other.monitoring);
    let (open, opened) = (&own.exposures, &other.exposures);
    [
        (
            "the HPA",
            scaled.is_some_and(|(own, other)| scales(own, other)),
        ),
        ("the PDB", differ(figures(own), figures(other))),
        ("the rollout", differ(told(rollout), told(there))),
        (
            "the schedule",
            differ(own.job.schedule.as_ref(), other.job.schedule.as_ref()),
        ),
        ("the exposure", differ(told(open), told(opened))),
        (
            "the retention",
            differ(monitoring.retention.as_ref(), monitored.retention.as_ref()),
        ),
    ]
}

fn differ<T: PartialEq>(own: Option<&T>, other: Option<&T>) -> bool {
    own.is_some() && other.is_some() && own != other
}

/// Returns a wish that says anything.
fn told<T: Default + PartialEq>(wish: &T) -> Option<&T> {
    Some(wish).filter(|wish| **wish != T::default())
}

fn figures(spec: &Spec) -> Option<&Pdb> {
    spec.pdb.as_ref().and_then(told)
}

/// Returns whether a figure that both give differs.
fn scales(own: HpaSpec, other: HpaSpec) -> bool {
    differ(own.min.as_ref(), other.min.as_ref())
        || differ(own.max.as_ref(), other.max.as_ref())
        || differ(own.cpu.as_ref(), other.cpu.as_ref())
        || differ(own.memory.as_ref(), other.memory.as_ref())
}
