//! Services that no task writes: those whose files are written all the same, and those that are left
//! out because a person's task names them.

use std::collections::{BTreeMap, BTreeSet};

use crate::checklist::{Checklist, nested};
use crate::facts::{Origin, Tree, image};
use crate::resolve::Context;
use crate::resolve::application::{Absent, FileOrigin, FileSpec};
use crate::resolve::earlier::Past;
use crate::resolve::model::Note;
use crate::resolve::quantity;
use crate::resolve::roster::{Member, Roster};
use crate::resolve::rules::{Intent, Read};
use crate::resolve::subjects::named_product;
use crate::resolve::tables;
use crate::resolve::target::{self, FileKind};
use crate::resolve::unwritten;
use crate::settings::Extras;
use crate::vocabulary::{Phrase, Vocabulary, Word, words};

/// The kinds that run a service's pods, as manifests name them.
const KINDS: [&str; 3] = ["Deployment", "StatefulSet", "DaemonSet"];

/// A service of Compose that no task writes.
pub(in crate::resolve) struct Unassigned {
    workload: String,
    service: String,
    origin: Origin,
    /// The workloads that it talks to.
    talks_to: Vec<String>,
    /// Which task names it and is a person's, or writes nothing.
    by: Option<String>,
}

/// Names the services that no task writes, and drops those that are only to be reported, or that a
/// person's task names, here or in an earlier phase, or a table: what that asks for isn't known. One whose manifest
/// is there stays known, and isn't written.
pub(super) fn leave_out(
    roster: &mut Roster<'_>,
    reads: &[Read<'_>],
    promises: bool,
    (checklist, tree, context, past): (&Checklist, &Tree, &Context<'_>, &Past<'_>),
) -> Vec<Unassigned> {
    let mut unassigned: Vec<Unassigned> = Vec::new();
    let any = roster.members.iter().any(|member| member.unassigned);
    let own = reads.iter().filter(|_| any).flat_map(|read| {
        let names = theirs(read, &checklist.vocabulary).into_iter();
        let why = format!("task {} names it, which is a person's", read.task.id);
        names.map(move |name| (name, why.clone()))
    });
    // Of two that name it, this phase's own is said.
    let earlier = past
        .theirs
        .iter()
        .map(|(name, by)| (name.clone(), by.clone()));
    let tables = tables::named(checklist).into_iter();
    let tables = tables.map(|name| (name, "a table says figures of it".to_owned()));
    let theirs: BTreeMap<String, String> = tables.chain(earlier).chain(own).collect();
    for member in roster.members.iter_mut().filter(|it| it.unassigned) {
        // Who talks to it goes on with that, whoever writes it from now on.
        let runs = |kind| {
            unwritten::holding(tree, kind, &member.name)
                .next()
                .is_some()
        };
        let there = || KINDS.into_iter().any(runs);
        member.unassigned = named(member, &theirs).is_none() || !there();
    }
    let Roster {
        members,
        names,
        reaches,
        ..
    } = roster;
    members.retain(|member| {
        let Some(service) = member.service.filter(|_| member.unassigned) else {
            return true;
        };
        let by = named(member, &theirs).cloned();
        let stays = by.is_none();
        let reached = reaches.from(&service.name).map(|it| &it.to);
        let needed = service.depends_on.iter().map(|it| &it.service);
        let talks_to: BTreeSet<&String> = reached
            .chain(needed)
            .filter_map(|it| names.get(it))
            .filter(|it| **it != member.name)
            .collect();
        unassigned.push(Unassigned {
            workload: member.name.clone(),
            service: service.name.clone(),
            origin: service.origin.clone(),
            talks_to: talks_to.into_iter().cloned().collect(),
            by,
        });
        stays
    });
    if context.extras() == Extras::Report || !promises {
        roster.members.retain(|member| !member.unassigned);
    }
    // Who talks to what a person brings does so whatever this phase writes.
    unassigned.retain(|it| promises || it.by.is_some());
    unassigned
}

/// Returns the workloads that persons' tasks bring.
pub(super) fn persons(found: &[Unassigned]) -> Vec<Absent> {
    let theirs = found.iter().filter(|it| it.by.is_some());
    let absent = theirs.map(|it| Absent {
        name: it.workload.clone(),
        talks_to: it.talks_to.clone(),
    });
    absent.collect()
}

/// Returns which task names a service, by its own name or by that of what it runs.
fn named<'t>(member: &Member<'_>, theirs: &'t BTreeMap<String, String>) -> Option<&'t String> {
    let service = member.service?;
    let called = theirs.get(&member.name);
    let called = called.or_else(|| theirs.get(&service.name.to_lowercase()));
    let reference = service.image.as_ref().map(|it| it.value.as_str());
    let runs = reference.and_then(image::product);
    let by_product = || {
        let mut named = theirs
            .iter()
            .filter(|(name, _)| named_product(name) == runs);
        named.next().map(|(_, by)| by)
    };
    called.or_else(|| runs.and_then(|_| by_product()))
}

/// Returns what may run by a person's task, in lower case: what is in the file that it names first,
/// and whatever it names beside a kind of workload (`CronJob for billing, nightly`), what a pod or a
/// claim of it is to have (`records: 2 replicas, uploads on 10Gi`), a verb of bringing it up, or a
/// word that leaves something out (`imgproxy stays off the cluster`).
pub(in crate::resolve) fn theirs(read: &Read<'_>, vocabulary: &Vocabulary) -> Vec<String> {
    if read.intent != Intent::Manual {
        return Vec::new();
    }
    let file = || {
        let (code, _) = read.task.text.codes().next()?;
        target::read(code, "")
    };
    if let Some(target) = read.persons.clone().or_else(file) {
        let name = target.name.filter(|_| target.kind.runs_pods());
        return name.into_iter().collect();
    }
    let line = read.task.text.plain();
    let below = nested(&read.task.bullets).into_iter();
    let below: Vec<String> = below.map(|bullet| bullet.text.plain()).collect();
    let asks = std::iter::once(&line).chain(&below);
    let asks = asks.map(|text| Phrase::new(text, vocabulary));
    if leaves_out(Phrase::new(&line, vocabulary)) || asks.into_iter().any(runs) {
        let whole = line.split_whitespace();
        let whole = whole.map(|it| it.trim_matches(|it: char| !it.is_alphanumeric()));
        let all = words(&line).chain(whole).map(str::to_lowercase);
        all.collect()
    } else {
        let line = Phrase::new(&line, vocabulary);
        let brought = brought_up(line);
        brought.into_iter().chain(begun_with(line)).collect()
    }
}

/// Returns the name that a line says something of: `redis, no persistence`, `worker: one is enough`,
/// `Redis with AOF`.
fn begun_with(line: Phrase<'_>) -> Option<String> {
    let mut first = line.words();
    let (first, second) = (first.next()?, first.next());
    let (_, behind) = line.text().split_once(first)?;
    let behind = behind.trim_start();
    let marked = behind.starts_with([',', ':', '(', '—', '–']) || behind.starts_with("- ");
    let goes_on = |word: &str| {
        let told = [Word::With, Word::Negation];
        told.iter().any(|it| line.vocabulary().tells(word, *it))
    };
    (marked || second.is_some_and(goes_on)).then(|| first.to_lowercase())
}

/// Returns whether a line leaves something out of the cluster, or what it has to keep data on.
fn leaves_out(line: Phrase<'_>) -> bool {
    let leaves = line.find(&[Word::Off, Word::Negation]).is_some();
    let what = [Word::Cluster, Word::Deployed, Word::Volumes, Word::Claim];
    leaves && line.find(&what).is_some()
}

/// Returns whether a text says what pods are to be: of what kind, how many, or with which disk. What
/// is scaled or let in is something beside them.
fn runs(text: Phrase<'_>) -> bool {
    const BESIDE: [Word; 4] = [
        Word::Autoscaler,
        Word::Disruption,
        Word::ServiceMonitor,
        Word::Entry,
    ];
    let of_pods = |word: &str| target::kind_named(word).is_some_and(FileKind::runs_pods);
    if words(text.text()).any(of_pods) {
        return true;
    }
    let counted = || text.text().contains(|it: char| it.is_ascii_digit());
    let many = || text.has(Word::Replicas) && counted();
    let kept = || text.find(&[Word::Claim, Word::ReadWriteOnce]).is_some() && counted();
    text.find(&BESIDE).is_none() && (many() || kept() || quantity::bytes(text).is_some())
}

/// Returns what a line names right behind a verb of bringing up: `Deploy the billing service`.
fn brought_up(line: Phrase<'_>) -> Vec<String> {
    let tells = |word: &str, meaning| line.vocabulary().tells(word, meaning);
    let mut words = words(line.text()).peekable();
    let verbs = std::iter::from_fn(|| words.next_if(|it| tells(it, Word::SetUp))).count();
    if verbs == 0 {
        return Vec::new();
    }
    let around = |word: &&str| tells(word, Word::Article) || tells(word, Word::Object);
    let named = words.find(|word| !around(word));
    named.map(str::to_lowercase).into_iter().collect()
}

/// Returns why a file is written that no task names, where it is a service's.
pub(in crate::resolve) fn reason(service: &str) -> String {
    format!("service {service}")
}

/// Returns the notes on services that no task writes.
pub(in crate::resolve) fn unassigned(found: &[Unassigned], files: &[FileSpec]) -> Vec<Note> {
    let note = |it: &Unassigned| {
        let service = &it.service;
        let of_it = reason(service);
        let file = files.iter().find(
            |file| matches!(&file.origin, FileOrigin::Unassigned { reason, .. } if *reason == of_it),
        );
        let text = match (file, &it.by) {
            (Some(file), _) => format!("service {service} → {}", file.path),
            (None, Some(by)) => format!("service {service} is in no file: {by}"),
            (None, None) => format!("service {service} is in no file"),
        };
        Note {
            text,
            origin: Some(it.origin.clone()),
        }
    };
    found.iter().map(note).collect()
}
