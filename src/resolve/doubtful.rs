//! Files that would be others than are asked for without words that nothing reads, and couldn't be
//! left so until a person decides: they would be applied.

use crate::checklist::Checklist;
use crate::diagnostic::Diagnostic;
use crate::vocabulary::{Phrase, Vocabulary, Word};

use super::application::{Application, Exposure, VolumeKind, VolumeSpec};
use super::model::{BulletReading, ResolvedTask};
use super::quantity;
use super::rules::Read;
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
    let mut told = Vec::new();
    for (read, task) in reads.iter_mut().zip(tasks) {
        let Some(target) = read.target() else {
            continue;
        };
        let figures = matches!(target.kind, FileKind::Hpa | FileKind::Pdb);
        let served = target.kind == FileKind::Service && opens(&read.spec());
        let lets_in = target.kind == FileKind::Ingress || served;
        let claims = claims(target, application);
        let vocabulary = &checklist.vocabulary;
        let matters = |text: &str| {
            figures
                || lets_in && restricts(text, vocabulary)
                || !claims.is_empty() && sizes(text, &claims, vocabulary)
        };
        let unread = task.bullets.iter().find_map(|it| match it {
            BulletReading::Unread { text, .. } => matters(text).then_some(text),
            BulletReading::Read { .. } | BulletReading::Vacuous { .. } => None,
        });
        let Some(unread) = unread else { continue };
        let (why, help) = doubt(target, (unread, lets_in));
        told.push(warning(read, &why, checklist).help(help));
        read.leave(why);
    }
    told
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

/// Returns the names of the claims that the pods of a file have.
fn claims<'a>(target: &Target, application: &'a Application) -> Vec<&'a str> {
    let name = target.name.as_deref().filter(|_| target.kind.runs_pods());
    let workload = name.and_then(|name| application.workload(name));
    let volumes = workload.map(|it| it.volumes.as_slice()).unwrap_or_default();
    let claim = |it: &'a VolumeSpec| match &it.kind {
        VolumeKind::Claim(_) => Some(it.name.as_str()),
        VolumeKind::Shared(claim) => Some(claim.name.as_str()),
        VolumeKind::Scratch(_)
        | VolumeKind::Memory(_)
        | VolumeKind::ConfigMap(_)
        | VolumeKind::Secret(_) => None,
    };
    volumes.iter().filter_map(claim).collect()
}

/// Returns whether words are about how large a claim is. A volume never gets smaller, and templates
/// for claims of a `StatefulSet` never change (its API's validation).
fn sizes(text: &str, claims: &[&str], vocabulary: &Vocabulary) -> bool {
    let text = Phrase::new(text, vocabulary);
    let named = || text.words().any(|word| claims.contains(&word));
    // `1 replica, 2Gi`: of what keeps data, an amount alone is more likely a volume's than memory.
    let alone = || {
        let begins = |word: &str| word.starts_with(|it: char| it.is_ascii_digit());
        text.words().next().is_some_and(begins) && text.words().count() <= 2
    };
    (text.has(Word::Claim) || named() || alone()) && quantity::bytes(text).is_some()
}
