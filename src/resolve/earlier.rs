//! What earlier phases of the set ask for and wrote: what they ask stays asked, and what they wrote
//! isn't written a second time unless a task of this phase names it.
//!
//! A phase means the same before and after later ones, but for objects that it never wrote and they
//! did: it doesn't begin to write these.

mod again;
mod created;
mod held;
mod leave;
mod overruled;
mod twice;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::checklist::{Checklist, Span};
use crate::diagnostic::Diagnostic;
use crate::facts::{Facts, Tree};
use crate::settings::PhaseSettings;

use super::application::{Beside, ManifestItem};
use super::generated::Base;
use super::layout::Others;
use super::roster::Member;
use super::rules::Read;
use super::slug::slug;
use super::spec::Spec;
use super::subjects::{self, Subject};
use super::target::{FileKind, Target};
use super::{Context, assemble, pathless, read, unwritten};

/// The earlier phases of a set, as one of its phases sees them.
#[derive(Debug, Clone, Default)]
pub struct Before {
    /// The phase's own number.
    pub number: u32,
    /// Those that wrote files, in order.
    pub phases: Vec<Earlier>,
    /// The files that this phase wrote itself, by its record.
    pub own: BTreeSet<String>,
    /// The files that later phases wrote, by theirs.
    pub later: BTreeSet<String>,
    /// The files that phases of other sets wrote and this one didn't, each with the set.
    pub foreign: BTreeMap<String, String>,
    /// The objects that earlier phases applied, by their records (`Service/api`).
    pub applied: BTreeSet<String>,
}

/// What a phase wrote and applied, by its journal.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// The files.
    pub written: BTreeSet<String>,
    /// The objects (`Service/api`).
    pub applied: BTreeSet<String>,
}

/// The records of phases, by set and number.
pub type Records = BTreeMap<(String, u32), Record>;

impl Before {
    /// Returns what the records of all phases are to one of them; no document has been read yet.
    pub fn of((set, number): (&str, u32), records: &Records) -> Self {
        let mut before = Self {
            number,
            ..Self::default()
        };
        if let Some(own) = records.get(&(set.to_owned(), number)) {
            before.own.clone_from(&own.written);
        }
        for ((other, at), record) in records {
            if other != set {
                let theirs = record.written.iter().filter(|it| !before.own.contains(*it));
                let theirs = theirs.map(|path| (path.clone(), other.clone()));
                before.foreign.extend(theirs);
            } else if *at < number {
                before.applied.extend(record.applied.iter().cloned());
            } else if *at > number {
                before.later.extend(record.written.iter().cloned());
            }
        }
        before
    }
}

/// An earlier phase.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// Its document.
    pub checklist: Checklist,
    /// Its settings.
    pub settings: PhaseSettings,
    /// The files that it wrote, by its record.
    pub written: BTreeSet<String>,
}

/// Leaves to a person a namespace that a line has created where nothing of this phase lives in it.
pub(super) fn leave_created(
    reads: &mut [Read<'_>],
    of: (&Checklist, &Tree),
    context: &Context<'_>,
) -> Vec<Diagnostic> {
    created::leave(reads, of, context)
}

/// A task's file that an earlier phase wrote, with what is asked of it.
struct Wish {
    target: Target,
    spec: Spec,
    phase: u32,
    /// The task with its phase (`task 1.2.3 of phase 1`).
    by: String,
    /// The checklist's path and text, and the task's place there.
    place: (String, Arc<str>, Span),
    /// The task's line.
    line: usize,
}

/// A file that an earlier phase wrote.
struct Held {
    beside: Beside,
    /// The first namespace that its objects name.
    namespace: Option<String>,
}

impl Held {
    /// Returns whether its objects are of that namespace, or of whichever they are applied to.
    fn is_in(&self, namespace: &str) -> bool {
        self.namespace.as_deref().is_none_or(|it| it == namespace)
    }
}

/// What earlier phases left.
#[derive(Default)]
pub(super) struct Past<'f> {
    /// The namespace that they wrote to.
    pub(super) namespace: Option<String>,
    /// The workloads that they wrote.
    subjects: Vec<Subject<'f>>,
    wishes: Vec<Wish>,
    /// The files in this phase's namespace.
    held: Vec<Held>,
    /// The files in another one.
    apart: Vec<Held>,
    /// What kustomize generates in this phase's namespace.
    base: Option<Base>,
    /// The services whose workloads lie there.
    services_apart: BTreeSet<String>,
    /// The files that this phase wrote itself.
    own: BTreeSet<String>,
    /// Those of them that an earlier phase wrote before, and that hold nothing any more.
    bare: BTreeSet<String>,
    /// Those of them that no other phase wrote, with what they hold.
    alone: Vec<Held>,
    /// The objects that files of later phases alone hold, about workloads of files of this phase
    /// alone.
    later: Vec<ManifestItem>,
    /// The files that later phases wrote.
    written_later: BTreeSet<String>,
    /// Those of them that this phase didn't write, with what they hold.
    beyond: Vec<Held>,
    /// The workloads in those of them that this phase didn't write.
    run_later: BTreeSet<String>,
    /// The files of other sets, each with the set.
    foreign: BTreeMap<String, String>,
    /// Those of them whose objects live where this phase's do.
    abroad: Vec<Held>,
    /// The workloads in files of other sets, wherever they live.
    run_abroad: BTreeSet<String>,
    /// The files of earlier phases that are written again, as what this phase writes changes them.
    again: BTreeSet<String>,
    /// What tasks that wrote nothing name as what is to run, each with which one does, and why it did not
    /// write it.
    pub(super) theirs: BTreeMap<String, String>,
}

impl<'f> Past<'f> {
    /// Returns what earlier phases left for a phase that names that namespace, or none.
    pub(super) fn read(
        context: &Context<'_>,
        facts: &'f Facts,
        tree: &Tree,
        named: Option<&str>,
    ) -> Self {
        let Some(before) = context.before else {
            return Self::default();
        };
        let held: Vec<(&Earlier, Vec<Held>)> = before
            .phases
            .iter()
            .map(|phase| (phase, held::of(phase, tree)))
            .collect();
        let home = |held: &[Held]| held.iter().find_map(|it| it.namespace.clone());
        let mut homes = held.iter().filter_map(|(_, held)| home(held));
        let alone = held::alone(before, tree);
        // What is written stays where it is when the line that named the namespace goes.
        let own = || home(&alone);
        let namespace = named.map(slug).or_else(|| homes.next()).or_else(own);
        let mut past = Self {
            namespace: namespace.clone(),
            own: before.own.clone(),
            written_later: before.later.clone(),
            foreign: before.foreign.clone(),
            ..Self::default()
        };
        let written = before.phases.iter().flat_map(|phase| &phase.written);
        let bare = written.filter(|path| before.own.contains(*path) && held::is_bare(path, tree));
        past.bare = bare.cloned().collect();
        past.alone = alone;
        let project = facts.project.as_ref().and_then(|it| it.name.as_deref());
        let usual = || slug(project.unwrap_or(&context.set));
        let lives = past.namespace.clone().unwrap_or_else(usual);
        past.abroad = held::foreign(before, tree);
        past.run_abroad = held::workloads(&past.abroad);
        past.abroad.retain(|it| it.is_in(&lives));
        past.later = held::begun(before, tree);
        past.beyond = held::beyond(before, tree);
        past.run_later = held::run_later(before, tree);
        // Of two that ask differently, the later one's words count.
        for (phase, held) in held.into_iter().rev() {
            let same = home(&held).is_none_or(|it| Some(&it) == namespace.as_ref());
            past.take(phase, (held, same), (facts, tree));
            if same && past.base.is_none() {
                let mut paths = phase.written.iter();
                let number = phase.checklist.number;
                past.base = paths.find_map(|path| Base::read(path, number, tree));
            }
        }
        past
    }

    fn take(
        &mut self,
        phase: &Earlier,
        (held, same): (Vec<Held>, bool),
        (facts, tree): (&'f Facts, &Tree),
    ) {
        let project = facts.project.as_ref();
        let (checklist, settings) = (&phase.checklist, &phase.settings);
        let mut reads = read(checklist);
        pathless::read(&mut reads, checklist, (facts, settings));
        unwritten::leave(&mut reads, facts, settings, checklist);
        let mut known = subjects::collect(&reads);
        // What it couldn't write was said there.
        subjects::assign(&mut known, project, settings, checklist);
        let wrote = |read: &Read<'_>| {
            let path = read.target().map(|target| target.path.as_str());
            path.is_some_and(|path| phase.written.contains(path) && tree.get(path).is_some())
        };
        let (asked, left): (Vec<Read<'_>>, Vec<Read<'_>>) = reads.into_iter().partition(wrote);
        self.left(&left, checklist);
        let mut reads = asked;
        // What was doubted there was a person's.
        reads.retain(|read| read.task.marker.checked || !pathless::is_partly_read(read));
        // A box that something was unread of is open until a person decides.
        for read in reads.iter_mut().filter(|it| !it.task.marker.checked) {
            read.narrow();
        }
        for mut subject in subjects::collect(&reads) {
            let Some(known) = known.iter().find(|it| it.name == subject.name) else {
                continue;
            };
            (subject.service, subject.product) = (known.service, known.product);
            subject.timer = known.timer;
            let is_known = subject.service.is_some() || subject.product.is_some() || subject.timer;
            match self.subjects.iter_mut().find(|it| it.name == subject.name) {
                _ if !same => self
                    .services_apart
                    .extend(subject.service.map(|service| service.name.clone())),
                Some(later) => complete(later, &subject),
                None if is_known => self.subjects.push(subject),
                None => {}
            }
        }
        if same {
            self.wishes
                .extend(reads.iter().filter_map(|read| wish(read, checklist)));
            self.held.extend(held);
        } else {
            self.apart.extend(held);
        }
    }

    /// Takes up what a phase's tasks that wrote nothing name as what is to run.
    fn left(&mut self, reads: &[Read<'_>], checklist: &Checklist) {
        for read in reads {
            let task = format!("task {} of phase {}", read.task.id, checklist.number);
            let unwritten = read.target().filter(|it| it.kind.runs_pods());
            let unwritten = unwritten.and_then(|it| it.name.clone());
            let why = match unwritten {
                Some(_) => format!("{task} asks for it, and hasn't written it"),
                None => format!("{task} names it, which is a person's"),
            };
            let names = assemble::theirs(read, &checklist.vocabulary);
            for name in names.into_iter().chain(unwritten) {
                self.theirs.entry(name).or_insert_with(|| why.clone());
            }
        }
    }

    /// Returns a phase's settings, with the services that workloads of earlier phases turned out to
    /// be as aliases: they are called the same here.
    pub(super) fn named(&self, phase: &PhaseSettings) -> PhaseSettings {
        let mut phase = phase.clone();
        for subject in &self.subjects {
            let Some(service) = subject.service.map(|it| &it.name) else {
                continue;
            };
            if *service != subject.name && phase.alias(&subject.name).is_none() {
                phase.aliases.push((subject.name.clone(), service.clone()));
            }
        }
        phase
    }

    /// Adds to what tasks of this phase ask of a workload what earlier ones do.
    pub(super) fn complete(&self, subjects: &mut [Subject<'f>]) {
        for subject in subjects {
            if let Some(known) = self.subjects.iter().find(|it| it.name == subject.name) {
                complete(subject, known);
            }
        }
    }

    /// Returns the workloads that no task of this phase names, and an earlier one did.
    pub(super) fn others(&self, named: &[Subject<'f>]) -> Vec<Subject<'f>> {
        let service = |it: &Subject<'f>| it.service.map(|service| service.name.as_str());
        let taken = |it: &Subject<'f>| {
            named.iter().any(|own| {
                own.name == it.name || (service(it).is_some() && service(own) == service(it))
            })
        };
        let others = self.subjects.iter().filter(|it| !taken(it));
        others.cloned().collect()
    }

    /// Takes the services that an earlier phase wrote without a task out of those that are still to
    /// be written.
    pub(super) fn settle(&self, members: &mut [Member<'f>], reads: &[Read<'_>]) {
        // One database is enough: what another set runs isn't run a second time, unless this phase runs
        // what that one does in a namespace of its own.
        let targets = reads.iter().filter_map(Read::target);
        let mut named = targets
            .filter(|it| it.kind.runs_pods())
            .filter_map(|it| it.name.as_ref());
        let anew = named.any(|name| self.run_abroad.contains(name));
        let here = held::workloads(&self.abroad);
        let elsewhere = if anew { &here } else { &self.run_abroad };
        for member in members.iter_mut().filter(|member| member.unassigned) {
            let item = ManifestItem::Workload(member.name.clone());
            let apart = member
                .service
                .is_some_and(|it| self.services_apart.contains(&it.name));
            let mut all = self.held.iter().chain(&self.apart);
            let is_theirs =
                |path: &String| !self.own.contains(path) || again::is(self, path, reads);
            let wrote = all.any(|it| it.beside.holds(&item) && is_theirs(&it.beside.path));
            let mut alone = self.alone.iter();
            let abroad =
                elsewhere.contains(&member.name) && !alone.any(|it| it.beside.holds(&item));
            member.unassigned = !(wrote || apart || abroad);
        }
    }

    /// Returns what the earlier phases asked of the way in.
    pub(super) fn edge(&self) -> Option<Spec> {
        let mut asked = self
            .wishes
            .iter()
            .filter(|it| it.target.kind == FileKind::Ingress);
        let first = asked.next()?;
        let mut edge = first.spec.clone();
        // Several lines of a phase, and several phases, may each have a host led in.
        for more in asked {
            edge.edge.add_missing(&more.spec.edge);
            edge.tls |= more.spec.tls;
            if more.phase == first.phase {
                edge.edge
                    .wishes
                    .extend(more.spec.edge.wishes.iter().cloned());
            }
        }
        Some(edge)
    }

    /// Returns the earlier phases' files that stay as they are, each once.
    pub(super) fn beside(&self, reads: &[Read<'_>]) -> Vec<Beside> {
        let targets: Vec<&Target> = reads.iter().filter_map(Read::target).collect();
        let named = |it: &Beside| targets.iter().any(|target| target.path == it.path);
        let mut beside: Vec<Beside> = Vec::new();
        for held in self.held.iter().map(|it| &it.beside) {
            let known = beside.iter().any(|it| it.path == held.path);
            let written = self.is_own(&held.path) || self.again.contains(&held.path);
            let stays = !written && !named(held) && !twice::replaced(held, reads);
            if stays && !known {
                beside.push(held.clone());
            }
        }
        beside
    }

    /// Returns what an earlier phase has kustomize generate.
    pub(super) fn base(&self) -> Option<&Base> {
        self.base.as_ref()
    }

    /// Returns whether a file of an earlier phase can be written again, and isn't yet.
    pub(super) fn may_write_again(&self, path: &str) -> bool {
        again::can(self, path) && !self.again.contains(path)
    }

    /// Takes files of earlier phases to be written again.
    pub(super) fn write_again(&mut self, paths: impl IntoIterator<Item = String>) {
        self.again.extend(paths);
    }

    /// Returns whether a file that this phase or an earlier one wrote holds an object.
    pub(super) fn holds(&self, item: &ManifestItem) -> bool {
        let mut held = self.held.iter().chain(&self.alone);
        held.any(|it| it.beside.holds(item))
    }

    /// Returns whether a later phase wrote a file, too.
    pub(super) fn is_written_later(&self, path: &str) -> bool {
        self.written_later.contains(path)
    }

    /// Returns whether this phase wrote a file before.
    pub(super) fn is_own(&self, path: &str) -> bool {
        self.own.contains(path)
    }

    /// Returns what other phases hold.
    pub(super) fn others_hold(&self, reads: &[Read<'_>]) -> Others {
        let apart = self.apart.iter().map(|it| it.beside.path.clone());
        let mut in_common: Vec<Beside> = Vec::new();
        for held in self.held.iter().map(|it| &it.beside) {
            let known = in_common.iter().any(|it| it.path == held.path);
            if self.is_own(&held.path) && !known {
                in_common.push(held.clone());
            }
        }
        Others {
            // What lies there is in another namespace.
            taken: apart.filter(|path| !self.own.contains(path)).collect(),
            foreign: self.foreign.keys().cloned().collect(),
            later: self.later.clone(),
            written_later: self.written_later.clone(),
            run_later: self.run_later.clone(),
            own: self.own.clone(),
            again: again::files(self, reads),
            in_common,
        }
    }

    /// Leaves to a person what can't be written beside what earlier phases wrote, and says what of
    /// theirs this phase overrules.
    pub(super) fn leave(
        &self,
        reads: &mut [Read<'_>],
        (checklist, facts): (&Checklist, &Facts),
    ) -> Vec<Diagnostic> {
        let mut told = leave::leave(self, reads, (checklist, facts));
        told.extend(overruled::overruled(&self.wishes, reads, checklist));
        told
    }

    /// Leaves to a person the files that would hold an object which a file of an earlier phase holds,
    /// and a `kustomization.yml` over two such files; returns what is said of each. Files of earlier
    /// phases that are to be written again instead are added.
    pub(super) fn second(
        &self,
        reads: &mut [Read<'_>],
        files: &[super::FileSpec],
        (checklist, again): (&Checklist, &mut Vec<String>),
    ) -> Vec<Diagnostic> {
        let told = twice::leave(self, reads, files, (checklist, &mut *again));
        if told.is_empty() && again.is_empty() {
            return twice::unbuildable(self, reads, files, checklist);
        }
        told
    }

    /// Returns warnings for objects that a task of this phase wrote before and another file has, too.
    pub(super) fn doubled(
        &self,
        reads: &[Read<'_>],
        (files, namespace): (&[super::FileSpec], &str),
    ) -> Vec<Diagnostic> {
        twice::doubled(self, reads, (files, namespace))
    }

    /// Returns the files of earlier phases, and those that this one wrote before, that hold nothing
    /// any more, as what was in them has files of its own now.
    pub(super) fn moved(
        &self,
        reads: &[Read<'_>],
        (files, namespace): (&[super::FileSpec], &str),
    ) -> Vec<super::FileSpec> {
        twice::moved(self, reads, (files, namespace))
    }
}

/// Adds what another one asks of the same workload; the first one's words stay.
fn complete(subject: &mut Subject<'_>, other: &Subject<'_>) {
    let mut spec = other.spec.clone();
    let own = &subject.spec;
    let is_new = |number: u16| own.ports.iter().all(|port| port.number != number);
    spec.ports.retain(|port| is_new(port.number));
    if !own.exposures.is_empty() {
        spec.exposures.clear();
    }
    subject.spec.merge(spec);
    if subject.service_ports.is_empty() {
        subject.service_ports.clone_from(&other.service_ports);
    }
    subject.kind = subject.kind.or(other.kind);
}

fn wish(read: &Read<'_>, checklist: &Checklist) -> Option<Wish> {
    let number = checklist.number;
    let (path, text) = (checklist.path.clone(), Arc::clone(&checklist.text));
    Some(Wish {
        target: read.target()?.clone(),
        spec: read.spec(),
        phase: number,
        by: format!("task {} of phase {number}", read.task.id),
        place: (path, text, read.task.text.span.clone()),
        line: checklist.line_at(read.task.marker.offset),
    })
}
