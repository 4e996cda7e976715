//! Files that would be others than are asked for without words that nothing reads, and couldn't be
//! left so until a person decides: they would be applied.

use crate::checklist::{Checklist, TaskId, nested};
use crate::diagnostic::Diagnostic;
use crate::vocabulary::{Phrase, Vocabulary, Word};

use super::application::{Application, Exposure, VolumeKind, VolumeSpec};
use super::bypassed::WHOM;
use super::model::{BulletReading, ResolvedTask};
use super::quantity;
use super::rules::{Intent, Read};
use super::spec::{ExposureSpec, Spec};
use super::target::{FileKind, Target};
use super::unwritten::warning;

/// Leaves autoscalers and budgets of which not all is carried, what lets in from
/// outside and of which words aren't that
/// may keep people out, and pods with a claim of which the size isn't known for sure: they would be
/// others than are asked for, and be applied. Returns what is said of each.
pub(super) fn leave(
    reads: &mut [Read<'_>],
    (tasks, application): (&[ResolvedTask], &Application),
    checklist: &Checklist,
) -> Vec<Diagnostic> {
    let persons: Vec<(TaskId, String)> = reads.iter().flat_map(persons).collect();
    let mut told = Vec::new();
    for (read, task) in reads.iter_mut().zip(tasks) {
        let Some(target) = read.target() else {
            continue;
        };
        let vocabulary = &checklist.vocabulary;
        if let Some((by, text)) = sized(target, application, (&persons, vocabulary)) {
            let (why, help) = doubt_of_another(target, (by, text));
            told.push(warning(read, &why, checklist).help(help));
            read.leave(why);
            continue;
        }
        let figures = matches!(target.kind, FileKind::Hpa | FileKind::Pdb);
        let served = target.kind == FileKind::Service && opens(&read.spec());
        let lets_in = target.kind == FileKind::Ingress || served;
        let claims = claims(target, application);
        let matters = |text: &str| {
            figures
                || lets_in && restricts(text, vocabulary)
                || !claims.is_empty() && sizes(text, &claims, vocabulary)
        };
        let elsewhere = task.bullets.iter().find_map(|it| match it {
            BulletReading::Unread {
                asks: Some(asks), ..
            } if asks.differs == [WHOM] => Some(&asks.meaning),
            BulletReading::Unread { .. }
            | BulletReading::Read { .. }
            | BulletReading::Vacuous { .. } => None,
        });
        let unread = task.bullets.iter().find_map(|it| match it {
            BulletReading::Unread { text, .. } => matters(text).then_some(text),
            BulletReading::Read { .. } | BulletReading::Vacuous { .. } => None,
        });
        let (why, help) = match (elsewhere, unread) {
            (Some(way), _) => doubt_of_way(target, way),
            (None, Some(unread)) => doubt(target, (unread, lets_in)),
            (None, None) => continue,
        };
        told.push(warning(read, &why, checklist).help(help));
        read.leave(why);
    }
    told
}

/// Returns what a person's task says, its line and what stands below that, each with the task.
fn persons(read: &Read<'_>) -> Vec<(TaskId, String)> {
    if read.intent != Intent::Manual {
        return Vec::new();
    }
    let below = nested(&read.task.bullets).into_iter();
    let texts = std::iter::once(&read.task.text).chain(below.map(|it| &it.text));
    texts.map(|it| (read.task.id.clone(), it.plain())).collect()
}

/// Returns the person's task that says of a file's claims how large one is to be, with its words, where
/// that isn't what is written.
fn sized<'p>(
    target: &Target,
    application: &Application,
    (persons, vocabulary): (&'p [(TaskId, String)], &Vocabulary),
) -> Option<(&'p TaskId, &'p str)> {
    let claims = claims(target, application);
    let workload = application.workload(target.name.as_deref()?);
    let service = workload.and_then(|it| it.service.as_deref());
    let mut names: Vec<&str> = claims.iter().map(|(name, _)| *name).collect();
    names.extend(target.name.as_deref().into_iter().chain(service));
    let mut all = persons.iter().filter(|_| !claims.is_empty());
    let found = all.find(|(_, text)| {
        let text = Phrase::new(text, vocabulary);
        let about = || {
            let mut words = text.words();
            words.any(|word| names.iter().any(|it| it.eq_ignore_ascii_case(word)))
        };
        let known = |amount: &str| claims.iter().any(|(_, size)| *size == amount);
        let other = quantity::bytes(text).is_some_and(|it| !known(&it));
        other && text.has(Word::Claim) && about()
    });
    found.map(|(id, text)| (id, text.as_str()))
}

/// Returns why a file isn't written whose claim a person's task says the size of, and the way out.
fn doubt_of_another(target: &Target, (by, text): (&TaskId, &str)) -> (String, String) {
    let path = &target.path;
    let why = format!(
        "task {by} says “{text}”, which is a person's, so that a claim of `{path}` might get another \
         size, which can't be taken back: it is a person's to write"
    );
    let help =
        format!("say the size below the task that writes it (`PVC: 40Gi`), or leave {by} out");
    (why, help)
}

/// Returns why a way in isn't written that would lead to another service than is named, and the way out.
fn doubt_of_way(target: &Target, way: &str) -> (String, String) {
    let path = &target.path;
    let why = format!(
        "nothing in `{path}` would be {way}, which the line names: it is a person's to write"
    );
    let help = format!(
        "say where each host and path leads (`shop.example.com/api` → api), or write the file by hand and \
         have it applied: <!-- orch: apply={path} -->"
    );
    (why, help)
}

/// Returns why a file isn't written without some words, and the way out.
fn doubt(target: &Target, (unread, lets_in): (&str, bool)) -> (String, String) {
    let path = &target.path;
    let by_hand =
        format!("write the file by hand and have it applied: <!-- orch: apply={path} -->");
    if lets_in {
        let why = format!(
            "nothing reads “{unread}”, so that `{path}` might let in whom it mustn't: it is a \
             person's to write"
        );
        let help = if target.kind == FileKind::Ingress {
            format!("say it as docs/ingress-and-monitoring.md shows, or {by_hand}")
        } else {
            format!("leave those words out, or {by_hand}")
        };
        return (why, help);
    }
    if target.kind.runs_pods() {
        let why = format!(
            "nothing reads “{unread}”, so that a claim of `{path}` might get another size, which \
             can't be taken back: it is a person's to write"
        );
        let help = format!(
            "say the size alone (`PVC: 40Gi`), and a class in the phase's settings (`storage_class`), \
             or {by_hand}"
        );
        return (why, help);
    }
    let why = format!(
        "not all of “{unread}” can be carried, so that `{path}` would be another {} than is asked for",
        target.kind.word().to_uppercase()
    );
    let drained = if target.kind == FileKind::Pdb {
        "a budget that lets no pod go isn't written, since no node that one runs on could be \
         drained; otherwise "
    } else {
        ""
    };
    let help = format!("{drained}leave those words out, or {by_hand}");
    (why, help)
}

/// Returns whether a Service that is asked for is reached from outside of the cluster.
fn opens(spec: &Spec) -> bool {
    let inside = |it: &ExposureSpec| it.alternatives == [Exposure::Cluster];
    !spec.exposures.iter().all(inside)
}

/// Returns whether words may keep people out: they say so, or name addresses.
fn restricts(text: &str, vocabulary: &Vocabulary) -> bool {
    let addresses = || {
        let mut pieces = text.split(|it: char| it.is_whitespace() || "`(),;".contains(it));
        pieces.any(|it| it.contains('/') && it.split(['.', '/']).all(|it| it.parse::<u8>().is_ok()))
    };
    Phrase::new(text, vocabulary).has(Word::Restricted) || addresses()
}

/// Returns the names of the claims that the pods of a file have, and their sizes.
fn claims<'a>(target: &Target, application: &'a Application) -> Vec<(&'a str, &'a str)> {
    let name = target.name.as_deref().filter(|_| target.kind.runs_pods());
    let workload = name.and_then(|name| application.workload(name));
    let volumes = workload.map(|it| it.volumes.as_slice()).unwrap_or_default();
    let claim = |it: &'a VolumeSpec| match &it.kind {
        VolumeKind::Claim(size) => Some((it.name.as_str(), size.as_str())),
        VolumeKind::Shared(claim) => Some((claim.name.as_str(), claim.size.as_str())),
        VolumeKind::Scratch(_)
        | VolumeKind::Memory(_)
        | VolumeKind::ConfigMap(_)
        | VolumeKind::Secret(_) => None,
    };
    volumes.iter().filter_map(claim).collect()
}

/// Returns whether words are about how large a claim is. A volume never gets smaller, and templates
/// for claims of a `StatefulSet` never change (its API's validation).
fn sizes(text: &str, claims: &[(&str, &str)], vocabulary: &Vocabulary) -> bool {
    let text = Phrase::new(text, vocabulary);
    let named = || {
        text.words()
            .any(|word| claims.iter().any(|(name, _)| *name == word))
    };
    // `1 replica, 2Gi`: of what keeps data, an amount alone is more likely a volume's than memory.
    let alone = || {
        let begins = |word: &str| word.starts_with(|it: char| it.is_ascii_digit());
        text.words().next().is_some_and(begins) && text.words().count() <= 2
    };
    (text.has(Word::Claim) || named() || alone()) && quantity::bytes(text).is_some()
}
