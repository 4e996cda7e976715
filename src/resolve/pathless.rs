//! Manifests that a line names without a path, as people do who name what runs: by a kind and the
//! service that it is for (`Deployment for booking: 3 replicas`, `web — PDB, maxUnavailable 1`,
//! `HPA на payments 2–6`).
//!
//! Such a line is read as if the path stood there that the manifest gets. Only a path makes a line a
//! manifest's for certain, so without one the service is called as the Compose file calls it, words
//! that aren't only Kubernetes' count in sections about Kubernetes, and a line of which nothing else
//! is read is a person's.

mod head;

use crate::checklist::{Checklist, Inline, Part, Spanned, Task};
use crate::facts::image;
use crate::facts::{Facts, Service};
use crate::settings::PhaseSettings;
use crate::vocabulary::{Phrase, Word, words};

use super::bullets::Meaning;
use super::layout;
use super::model::{BulletReading, ResolvedTask};
use super::rules::{self, Read};
use super::slug::slug;
use super::subjects::{named_product, normal};
use super::target::FileKind;
use head::Head;

/// The folder of manifests where nothing tells another.
const FOLDER: &str = "k8s";

/// What a line says behind the path of what runs the pods that names their Service first.
const SERVED: &str = " + Service";

/// Reads the tasks that no rule reads and that name a manifest by its kind and its service.
pub(super) fn read(
    reads: &mut [Read<'_>],
    checklist: &Checklist,
    (facts, phase): (&Facts, &PhaseSettings),
) {
    let Some(names) = Names::of(facts, phase) else {
        return;
    };
    let found: Vec<(usize, Read<'_>)> = reads
        .iter()
        .enumerate()
        .filter_map(|(at, read)| Some((at, names.read(read, reads, checklist)?)))
        .collect();
    for (at, found) in found {
        if let Some(read) = reads.get_mut(at) {
            *read = found;
        }
    }
}

/// Returns a task as it is read, where it names a manifest without a path.
pub(super) fn written(
    read: &Read<'_>,
    reads: &[Read<'_>],
    checklist: &Checklist,
    (facts, phase): (&Facts, &PhaseSettings),
) -> Option<Task> {
    let names = Names::of(facts, phase)?;
    names.written(read, reads, checklist).map(|it| it.0)
}

/// Leaves a task to a person of whose line nothing is read but what it begins with; returns whether
/// it was one.
pub(super) fn leave(read: &mut Read<'_>, task: &ResolvedTask) -> bool {
    let line = read.task.text.span.clone();
    let Some(target) = read.target().filter(|_| read.pathless) else {
        return false;
    };
    let unread = task.bullets.iter().find_map(|it| match it {
        BulletReading::Unread { text, span } if line.contains(&span.start) => Some(text),
        BulletReading::Unread { .. }
        | BulletReading::Read { .. }
        | BulletReading::Vacuous { .. } => None,
    });
    let Some(unread) = unread.filter(|_| !carries(read)) else {
        return false;
    };
    let path = &target.path;
    let why = if unread == SERVED.trim() {
        format!("nothing is known to listen there, so that `{path}` has no Service")
    } else {
        format!(
            "nothing reads “{unread}”, and the line names no path, so that it may be about something \
             else than `{path}`"
        )
    };
    read.leave(why);
    true
}

/// Returns whether anything of a task's line is carried.
pub(super) fn carries(read: &Read<'_>) -> bool {
    let edge = read.spec().edge;
    let routed = !(edge.paths.is_empty() && edge.hosts.is_empty());
    let mut said = read.said.iter();
    routed || said.any(|it| matches!(it.meaning, Meaning::Carried(_)))
}

/// What the services of the Compose files are called.
struct Names<'f> {
    services: &'f [Service],
    phase: &'f PhaseSettings,
}

impl<'f> Names<'f> {
    fn of(facts: &'f Facts, phase: &'f PhaseSettings) -> Option<Self> {
        let services = facts.project.as_ref()?.services.as_slice();
        (!services.is_empty()).then_some(Self { services, phase })
    }

    /// Returns a task read as if its manifest's path stood there.
    fn read<'c>(
        &self,
        read: &Read<'c>,
        reads: &[Read<'_>],
        checklist: &Checklist,
    ) -> Option<Read<'c>> {
        let (written, head, led) = self.written(read, reads, checklist)?;
        let of = (read.task, &written);
        let mut read = rules::read_as(read.section, of, &checklist.vocabulary, &led);
        let fits = read.target().is_some_and(|it| it.kind == head.kind);
        fits.then(|| {
            read.reading.matched = head.matched;
            read.pathless = true;
            read
        })
    }

    /// Returns a task with its manifest's path, what its line begins with, and the folder at the root
    /// that the path leads to.
    fn written(
        &self,
        read: &Read<'_>,
        reads: &[Read<'_>],
        checklist: &Checklist,
    ) -> Option<(Task, Head<'f>, Vec<String>)> {
        let (section, task) = (read.section, read.task);
        if !read.is_unread() || !head::may_be(task) {
            return None;
        }
        let vocabulary = &checklist.vocabulary;
        let text = marked(&task.text)?;
        let about = |title: &str| Phrase::new(title, vocabulary).has(Word::Cluster);
        let folder = layout::told_folder(section);
        let about = folder.is_some() || about(&section.title) || about(&checklist.title);
        let head = head::read(&text, vocabulary, about, |name| self.service(name))?;
        let root = folder.unwrap_or_else(|| root(reads));
        let rest = text.get(head.end..)?;
        if self.names_another(rest, &head) {
            return None;
        }
        let rest = if head.served {
            let marks = |it: char| it.is_whitespace() || ":,—–".contains(it);
            format!("{SERVED}, {}", rest.trim_start_matches(marks))
        } else {
            rest.to_owned()
        };
        let text = with_path(&task.text, &path(&root, &head), &rest);
        let led = root.split('/').take(1).map(str::to_owned).collect();
        let task = task.clone();
        Some((Task { text, ..task }, head, led))
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
        let only = |is: &dyn Fn(&Service) -> bool| {
            let mut all = self.services.iter().filter(|it| is(it));
            let first = all.next()?;
            all.next().is_none().then_some(first.name.as_str())
        };
        let product = named_product(name);
        let runs = |service: &Service| {
            let image = service.image.as_ref();
            image.is_some_and(|it| image::product(&it.value) == product)
        };
        only(&|it| it.name.eq_ignore_ascii_case(alias))
            .or_else(|| only(&|it| normal(&it.name) == normal(alias)))
            .or_else(|| product.and_then(|_| only(&runs)))
    }
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
    let spanned = |value: &str| Spanned {
        value: value.to_owned(),
        span: text.span.clone(),
    };
    let rest = rest.split('`').enumerate();
    let rest = rest.map(|(at, it)| match at % 2 {
        0 => Part::Text(spanned(it)),
        _ => Part::Code(spanned(it)),
    });
    Inline {
        parts: std::iter::once(Part::Code(spanned(path)))
            .chain(rest)
            .collect(),
        ..text.clone()
    }
}

/// Returns the file of a manifest: each service has a folder.
fn path(root: &str, head: &Head<'_>) -> String {
    let kind = head.kind.word();
    let Some(service) = head.service.map(slug) else {
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
