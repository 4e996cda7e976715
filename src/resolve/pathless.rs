//! Manifests that a line names without a path, as people do who name what runs: by a kind and the
//! service that it is for (`Deployment for booking: 3 replicas`, `web — PDB, maxUnavailable 1`,
//! `HPA на payments 2–6`), or by the service alone whose figures follow (`web: 2 replicas`).
//!
//! Such a line is read as if the path stood there that the manifest gets. Only a path makes a line a
//! manifest's for certain, so without one the service is called as the Compose file calls it, words
//! that aren't only Kubernetes' count in sections about Kubernetes, and a line of which nothing else
//! is read is a person's. So is one without a kind of which anything is unread.

mod head;

use std::collections::BTreeSet;

use crate::checklist::{Checklist, Inline, Part, Spanned, Task};
use crate::diagnostic::Diagnostic;
use crate::facts::image;
use crate::facts::{Facts, Service, Tree};
use crate::settings::PhaseSettings;
use crate::vocabulary::{Phrase, Word, words};

use super::application::WorkloadKind;
use super::bullets::Meaning;
use super::earlier::Before;
use super::ingress::is_host;
use super::model::{BulletReading, ResolvedTask, Unkept};
use super::rules::{self, Pathless, Read};
use super::slug::slug;
use super::subjects::{named_product, normal};
use super::target::{FileKind, Target};
use super::{kind, layout, unwritten};
use head::Head;

/// The folder of manifests where nothing tells another.
const FOLDER: &str = "k8s";

/// What a line says behind the path of what runs the pods that names their Service first.
const SERVED: &str = " + Service";

/// Why an Ingress is a person's of which neither the line nor anything else says the host.
const NO_HOST: &str = "the line names no path, and no host is said in the phase, its settings or the \
                       Compose file: say the host (`Ingress: host shop.example.com → web`)";

/// Reads the tasks that no rule reads and that name a manifest by its kind and its service, or only
/// say the figures of a service.
pub(super) fn read(
    reads: &mut [Read<'_>],
    checklist: &Checklist,
    (facts, phase): (&Facts, &PhaseSettings),
) {
    // A service alone is told by what other lines write for it.
    for by in [Pathless::Kind, Pathless::Service] {
        let Some(names) = Names::of(reads, facts, phase) else {
            return;
        };
        let lines = reads.iter().enumerate();
        let found = lines.filter_map(|(at, read)| {
            let found = names.read(read, (reads, by), checklist)?;
            Some((at, found))
        });
        let found: Vec<(usize, Read<'_>)> = found.collect();
        for (at, found) in found {
            if let Some(read) = reads.get_mut(at) {
                *read = found;
            }
        }
    }
    leave_hostless(reads, facts, phase);
}

/// Leaves to a person what asks for an Ingress where no host is said anywhere: a line without a path
/// says then neither what is written nor what it leads in.
fn leave_hostless(reads: &mut [Read<'_>], facts: &Facts, phase: &PhaseSettings) {
    let set = &phase.ingress;
    let routed = || facts.routes.iter().any(|it| it.host.is_some());
    if !set.hosts.is_empty() || !set.routes.is_empty() || routed() {
        return;
    }
    let names = |read: &Read<'_>| {
        let edge = read.spec().edge;
        !edge.hosts.is_empty() || edge.paths.iter().any(|it| it.host.is_some())
    };
    if reads.iter().any(names) {
        return;
    }
    let ingress = |it: &Target| it.kind == FileKind::Ingress;
    let asked = |it: &&mut Read<'_>| it.pathless.is_some() && it.target().is_some_and(ingress);
    for read in reads.iter_mut().filter(asked) {
        read.leave(NO_HOST.to_owned());
        read.persons = None;
    }
}

/// Returns a task as it is read, where it names a manifest without a path.
pub(super) fn written(
    read: &Read<'_>,
    reads: &[Read<'_>],
    checklist: &Checklist,
    (facts, phase): (&Facts, &PhaseSettings),
) -> Option<Task> {
    let names = Names::of(reads, facts, phase)?;
    let found = names.written(read, reads, checklist);
    found.map(|found| found.task)
}

/// Leaves to a person what a manifest of theirs has already: without a path, a line may be about
/// that. Returns what is said of each.
pub(super) fn leave_theirs(
    reads: &mut [Read<'_>],
    (checklist, tree): (&Checklist, &Tree),
    before: Option<&Before>,
) -> Vec<Diagnostic> {
    let written = |path: &str| {
        before.is_some_and(|it| {
            let mut earlier = it.phases.iter();
            it.own.contains(path)
                || it.later.contains(path)
                || earlier.any(|phase| phase.written.contains(path))
        })
    };
    let mut told = Vec::new();
    for read in reads.iter_mut().filter(|it| it.pathless.is_some()) {
        let Some(target) = read.target() else {
            continue;
        };
        let Some(kind) = object(target.kind) else {
            continue;
        };
        let name = target.name.clone().unwrap_or_default();
        let mut theirs = unwritten::holding(tree, kind, &name);
        let theirs = theirs.find(|path| *path != target.path && !written(path));
        let Some(path) = theirs.map(str::to_owned) else {
            continue;
        };
        let why = format!(
            "`{path}` has {kind}/{name}, and the line names no path: which of the two is meant is a \
             person's to say"
        );
        let help = format!(
            "have that file applied (<!-- orch: apply={path} -->), or name the file that is to be \
             written: - [ ] `{}`",
            target.path
        );
        told.push(unwritten::warning(read, &why, checklist).help(help));
        read.leave(why);
        read.persons = None;
    }
    told
}

/// Returns the kind of the object that a file of one workload is for.
fn object(kind: FileKind) -> Option<&'static str> {
    const BESIDE: [(FileKind, &str); 3] = [
        (FileKind::Service, "Service"),
        (FileKind::Hpa, "HorizontalPodAutoscaler"),
        (FileKind::Pdb, "PodDisruptionBudget"),
    ];
    let beside = BESIDE.iter().find(|(of, _)| *of == kind);
    let workload = || kind.workload().map(WorkloadKind::word);
    beside.map(|(_, word)| *word).or_else(workload)
}

/// Leaves a task to a person whose line may be about something else than its file, which isn't among
/// those that are written for `sure`; returns whether it was one.
pub(super) fn leave(read: &mut Read<'_>, task: &ResolvedTask, sure: &BTreeSet<String>) -> bool {
    let known = read.target().is_some_and(|it| sure.contains(&it.path));
    let kept = |it: &Unkept| known || it.keeps_some();
    let line = read.task.text.span.clone();
    let unread = task.bullets.iter().find_map(|it| match it {
        // What is read, and only written otherwise, is about what its words say.
        BulletReading::Unread {
            asks: Some(asks), ..
        } if kept(asks) => None,
        BulletReading::Unread { text, span, .. } if line.contains(&span.start) => Some(text),
        BulletReading::Unread { .. }
        | BulletReading::Read { .. }
        | BulletReading::Vacuous { .. } => None,
    });
    let doubted = unread.zip(read.target()).filter(|_| is_doubted(read));
    let Some((unread, Target { path, .. })) = doubted else {
        return false;
    };
    let why = if unread == SERVED.trim() {
        format!("nothing is known to listen there, so that `{path}` has no Service")
    } else {
        format!(
            "nothing reads “{unread}”, and the line names no path, so that it may be about something \
             else than `{path}`"
        )
    };
    read.leave(why);
    // Nobody named a file that a person is to write.
    read.persons = None;
    true
}

/// Returns whether a line that something is unread of may be about something else: one that names
/// no path, and no kind or nothing that is carried.
pub(super) fn is_doubted(read: &Read<'_>) -> bool {
    match read.pathless {
        None => false,
        // An Ingress lets in: what nothing reads may be whom.
        Some(Pathless::Kind) => {
            let lets_in = |it: &Target| it.kind == FileKind::Ingress;
            read.target().is_some_and(lets_in) || !carries(read)
        }
        Some(Pathless::Service) => true,
    }
}

/// Returns whether a line names no path, and nothing reads a part of it.
pub(super) fn is_partly_read(read: &Read<'_>) -> bool {
    let mut said = read.said.iter();
    read.pathless.is_some() && said.any(|it| it.meaning == Meaning::Unread)
}

/// Returns whether anything of a task's line is carried.
fn carries(read: &Read<'_>) -> bool {
    let edge = read.spec().edge;
    let routed = !(edge.paths.is_empty() && edge.hosts.is_empty());
    let mut said = read.said.iter();
    routed || said.any(|it| matches!(it.meaning, Meaning::Carried(_)))
}

/// A task as it is read.
struct Written {
    task: Task,
    kind: FileKind,
    by: Pathless,
    /// The words by which its manifest is named.
    matched: Vec<String>,
    /// The folder at the root that its path leads to.
    led: String,
}

/// What the services of the Compose files are called.
struct Names<'f> {
    services: &'f [Service],
    /// Their names without case, joiners and the like.
    normal: Vec<String>,
    phase: &'f PhaseSettings,
    /// The folder that other tasks write the manifests of services to.
    root: String,
}

impl<'f> Names<'f> {
    fn of(reads: &[Read<'_>], facts: &'f Facts, phase: &'f PhaseSettings) -> Option<Self> {
        let services = facts.project.as_ref()?.services.as_slice();
        (!services.is_empty()).then(|| Self {
            services,
            normal: services.iter().map(|it| normal(&it.name)).collect(),
            phase,
            root: root(reads),
        })
    }

    /// Returns a task that is told so, read as if its manifest's path stood there.
    fn read<'c>(
        &self,
        read: &Read<'c>,
        (reads, by): (&[Read<'_>], Pathless),
        checklist: &Checklist,
    ) -> Option<Read<'c>> {
        let found = self.written(read, reads, checklist);
        let found = found.filter(|it| it.by == by)?;
        let of = (read.task, &found.task);
        let mut read = rules::read_as(read.section, of, &checklist.vocabulary, &[found.led]);
        let fits = read.target().is_some_and(|it| it.kind == found.kind);
        read.reading.matched = found.matched;
        read.pathless = Some(found.by);
        // A name and a mark say nothing alone.
        let says = found.by == Pathless::Kind || carries(&read);
        (fits && says).then_some(read)
    }

    /// Returns a task with its manifest's path instead of what its line begins with.
    fn written(
        &self,
        read: &Read<'_>,
        reads: &[Read<'_>],
        checklist: &Checklist,
    ) -> Option<Written> {
        let (section, task) = (read.section, read.task);
        if !read.is_unread() || !self.may_begin(task) {
            return None;
        }
        let vocabulary = &checklist.vocabulary;
        let text = marked(&task.text)?;
        let about = |title: &str| Phrase::new(title, vocabulary).has(Word::Cluster);
        let mut headed = task.headed(section);
        let folder = layout::told_folder(section);
        let about = folder.is_some() || headed.any(about) || about(&checklist.title);
        let head = head::read(&text, vocabulary, about, |name| self.service(name))?;
        let rest = text.get(head.end..)?;
        if self.names_another(rest, &head) {
            return None;
        }
        let figure = head.figure.and_then(|(start, end)| text.get(start..end));
        let told = rest.trim_start_matches(|it: char| it.is_whitespace() || ":,—–".contains(it));
        let rest = match figure {
            Some(figure) => format!(": {figure} {told}"),
            None if head.served => format!("{SERVED}, {told}"),
            // `Ingress shop.example.com → web`
            None if leads(told, head.kind) => format!(": {told}"),
            None => rest.to_owned(),
        };
        let root = folder.as_deref().unwrap_or(&self.root);
        let (path, kind) = match head.kind {
            Some(kind) => (path(root, kind, head.service), kind),
            None => self.workload(root, head.service?, reads)?,
        };
        let by = head.kind.map_or(Pathless::Service, |_| Pathless::Kind);
        let led = path.split('/').next().unwrap_or_default().to_owned();
        Some(Written {
            task: Task {
                text: with_path(&task.text, &path, &rest),
                ..task.clone()
            },
            kind,
            by,
            matched: head.matched,
            led,
        })
    }

    /// Returns whether a task may begin so, without much ado: most don't.
    fn may_begin(&self, task: &Task) -> bool {
        task.directive.is_none() && head::may_be(task, |word| self.service(word).is_some())
    }

    /// Returns the file of what runs a service's pods: another task's, else one by what it is.
    fn workload(
        &self,
        root: &str,
        service: &str,
        reads: &[Read<'_>],
    ) -> Option<(String, FileKind)> {
        let name = slug(service);
        let mut targets = reads.iter().filter_map(Read::target);
        let own = |it: &&Target| it.kind.runs_pods() && it.name.as_ref() == Some(&name);
        if let Some(target) = targets.find(own) {
            return Some((target.path.clone(), target.kind));
        }
        let found = self.services.iter().find(|it| it.name == service)?;
        let awaited = kind::awaited(self.services).contains(service);
        let kind = match kind::of(found, awaited, false) {
            WorkloadKind::Deployment => FileKind::Deployment,
            WorkloadKind::StatefulSet => FileKind::StatefulSet,
            // What ends has no number of pods to be kept.
            WorkloadKind::DaemonSet | WorkloadKind::Job | WorkloadKind::CronJob => return None,
        };
        Some((path(root, kind, Some(service)), kind))
    }

    /// Returns whether a text is about another service as well: `PDB for web, and for booking too`.
    fn names_another(&self, text: &str, head: &Head<'_>) -> bool {
        let others = |word: &str| {
            let service = self.service(word);
            service.is_some() && service != head.service
        };
        head.service.is_some() && words(text).any(others)
    }

    /// Returns the service that is called so, or the only one that runs a product of that name.
    fn service(&self, name: &str) -> Option<&'f str> {
        let alias = self.phase.alias(name).unwrap_or(name);
        let only = |is: &dyn Fn(&Service, &String) -> bool| {
            let all = self.services.iter().zip(&self.normal);
            let mut all = all.filter(|(service, normal)| is(service, normal));
            let (first, _) = all.next()?;
            all.next().is_none().then_some(first.name.as_str())
        };
        let product = named_product(name);
        let runs = |service: &Service| {
            let image = service.image.as_ref();
            image.is_some_and(|it| image::product(&it.value) == product)
        };
        let wanted = normal(alias);
        only(&|it, _| it.name.eq_ignore_ascii_case(alias))
            .or_else(|| only(&|_, normal| *normal == wanted))
            .or_else(|| product.and_then(|_| only(&|it, _| runs(it))))
    }
}

/// Returns whether what is said of an Ingress begins with a host.
fn leads(told: &str, kind: Option<FileKind>) -> bool {
    let mut words = told.split_whitespace();
    let host = words.next().map(|it| it.trim_matches('`'));
    kind == Some(FileKind::Ingress) && host.is_some_and(is_host)
}

/// Returns a line's text with its code spans between backticks.
fn marked(text: &Inline) -> Option<String> {
    let mut marked = String::new();
    for part in &text.parts {
        match part {
            Part::Text(it) => marked.push_str(&it.value),
            Part::Code(it) if it.value.contains('`') => return None,
            Part::Code(it) => marked.extend(["`", &it.value, "`"]),
        }
    }
    Some(marked)
}

/// Returns a line with a path instead of what stands before the rest.
fn with_path(text: &Inline, path: &str, rest: &str) -> Inline {
    let path = Part::Code(Spanned {
        value: path.to_owned(),
        span: text.span.clone(),
    });
    let rest = rules::parts(rest, &text.span);
    Inline {
        parts: std::iter::once(path).chain(rest).collect(),
        ..text.clone()
    }
}

/// Returns the file of a manifest: each service has a folder.
fn path(root: &str, kind: FileKind, service: Option<&str>) -> String {
    let kind = kind.word();
    let Some(service) = service.map(slug) else {
        return format!("{root}/{kind}.yml");
    };
    if root.rsplit('/').next() == Some(service.as_str()) {
        return format!("{root}/{kind}.yml");
    }
    format!("{root}/{service}/{kind}.yml")
}

/// Returns the folder that other tasks write the manifests of services to.
fn root(reads: &[Read<'_>]) -> String {
    let targets = || reads.iter().filter_map(Read::target);
    let of_folder = targets().find_map(|target| {
        let (folder, _) = target.path.rsplit_once('/')?;
        let (root, own) = folder.rsplit_once('/')?;
        (target.name.as_deref() == Some(own)).then_some(root)
    });
    let first = || {
        let files = targets().filter(|it| it.kind != FileKind::Readme);
        let mut folders = files.filter_map(|it| it.path.split_once('/'));
        folders.next().map(|(folder, _)| folder)
    };
    let root = of_folder.or_else(first).unwrap_or(FOLDER);
    root.to_owned()
}
