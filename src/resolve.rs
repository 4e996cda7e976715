//! Task + facts → [`Action`], by rules and never by guessing, with the reason for each reading.
//!
//! Order: an explicit directive; then the rules over verb, code spans, heading and nested
//! bullets; else `manual`. This module decides *what* is wanted; what the Kubernetes objects look
//! like is `manifest`'s business, in which order things happen is `plan`'s.

mod amounts;
mod answers;
mod application;
mod assemble;
mod bare;
mod budget;
mod bullets;
mod bypassed;
mod checks;
mod confidential;
mod doubtful;
mod earlier;
mod elsewhere;
mod environment;
mod expect;
mod exposure_words;
mod figures;
mod file_name;
mod findings;
mod generated;
mod hand_written;
mod health;
mod hosts;
mod images;
mod ingress;
mod kept;
mod kind;
mod layout;
mod model;
mod monitoring;
mod mounts;
mod narrowed;
mod outside;
mod overlays;
mod pathless;
mod pod;
mod ports;
mod probe_words;
mod put_off;
mod quantity;
mod reach;
mod read_out;
mod rollout;
mod roster;
mod rules;
mod running_words;
mod scaling_words;
mod schedule;
mod slug;
mod spec;
mod speeds;
mod steady;
mod storage;
mod subjects;
mod tables;
mod target;
#[cfg(test)]
mod tests;
mod timers;
mod told_apart;
mod told_names;
mod unprobed;
mod unwritten;
mod user;
mod waits;
mod workload;

pub use application::{
    Absent, Application, Beside, ConfigMapSpec, Content, EnvSource, Environment, Exposure,
    FileOrigin, FileSpec, Hpa, ImageBuild, JobSpec, ManifestItem, MapFile, Monitors, NodeRule,
    Outside, Overlap, Pdb, PodOptions, Probe, ProbeAction, Resources, Role, Rollout, Scaling,
    Schedule, SecretEntry, SecretSpec, SecretText, ServicePort, SharedClaim, VolumeKind,
    VolumeSpec, Wait, WaitProgram, Workload, WorkloadKind,
};
pub use earlier::{Before, Earlier, Record, Records};
pub use expect::{Expectation, Expected, Look, Seen, Sight, Since, Symbol, There};
pub use file_name::{FileName, file_name_for};
pub use hand_written::HandWritten;
pub use ingress::{GatewaySpec, IngressPart, IngressPath, IngressSpec, Middleware, PathKind};
pub use model::{
    Action, Answer, BulletReading, BulletRule, Considered, Explained, Finding, InventoryKind, Note,
    Reading, Requirement, Resolved, ResolvedTask, Unkept, Verdict,
};

pub use overlays::{overlaid, overlays};

use std::collections::{BTreeMap, BTreeSet};

use crate::abreast;
use crate::checklist::{Checklist, Section, Task};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::facts::{Facts, Inputs, Tree, is_compose};
use crate::settings::{Extras, PhaseSettings, Settings};
use crate::vocabulary::Vocabulary;

use earlier::Past;
use rules::Read;
use target::FileKind;

/// Fewer tasks than these are read one by one.
const FEW: usize = 256;

/// What a phase is resolved with, beside its document and the facts.
#[derive(Debug, Clone)]
pub struct Context<'s> {
    /// The set's name.
    pub set: String,
    /// The workspace's settings.
    pub settings: &'s Settings,
    /// The phase's settings.
    pub phase: &'s PhaseSettings,
    /// Whether the target has the `ServiceMonitor` CRD.
    pub service_monitors: bool,
    /// What was seen of the paths that [`expected_paths`] returns; `None`: no trace of a person's
    /// work is looked for.
    pub seen: Option<&'s Seen>,
    /// What earlier phases of the set wrote; `None`: nothing.
    pub before: Option<&'s Before>,
}

impl Context<'_> {
    fn strict(&self) -> bool {
        self.phase.strict.unwrap_or(self.settings.strict)
    }

    fn extras(&self) -> Extras {
        self.phase.extras.unwrap_or(self.settings.extras)
    }
}

/// Returns every task of a phase resolved, the application, and the files to write.
///
/// # Errors
/// All problems found together: workloads that the Compose files don't have.
pub fn resolve(
    checklist: &Checklist,
    facts: &Facts,
    tree: &Tree,
    context: &Context<'_>,
) -> Result<Resolved, Diagnostics> {
    let look = Look::new(tree, facts, context.seen);
    let mut reads = bare::read_placed(checklist, tree, Some(&look));
    pathless::read(&mut reads, checklist, (facts, context.phase));
    let mut left = pathless::leave_theirs(&mut reads, (checklist, tree), context.before);
    left.extend(earlier::leave_created(
        &mut reads,
        (checklist, tree),
        context,
    ));
    let named = assemble::named(&reads, context);
    let mut past = Past::read(context, facts, tree, named.as_deref());
    let phase = past.named(context.phase);
    let context = &Context {
        phase: &phase,
        ..context.clone()
    };
    left.extend(past.leave(&mut reads, (checklist, facts)));
    let more = unwritten::leave(&mut reads, facts, context.phase, checklist);
    left.extend(more);
    let of = (checklist, facts, tree);
    let overlaid = !overlays::overlays(checklist, tree, context.phase).is_empty();
    loop {
        let mut resolved = resolve_as_read(&mut reads, of, (context, &mut past), &mut left)?;
        let made = (&resolved.tasks[..], &resolved.application);
        let doubtful = doubtful::leave(&mut reads, made, checklist);
        let narrowed = unread_of_line(&mut reads, &resolved.tasks, context);
        // What is asked for must be the same in every environment.
        if doubtful.is_empty() && !narrowed || overlaid {
            left.append(&mut resolved.warnings.0);
            left.extend(tables::unread(checklist, &resolved.application));
            resolved.warnings = Diagnostics(left);
            return Ok(resolved);
        }
        left.extend(doubtful);
    }
}

/// Takes nothing of clauses of a line of which the facts don't know the rest; returns whether that
/// makes a difference.
fn unread_of_line(reads: &mut [Read<'_>], tasks: &[ResolvedTask], context: &Context<'_>) -> bool {
    let in_line = |read: &Read<'_>, it: &BulletReading| {
        let line = &read.task.text.span;
        matches!(it, BulletReading::Unread { span, .. } if line.contains(&span.start))
    };
    let unread = |read: &Read<'_>, task: &ResolvedTask| {
        let mut bullets = task.bullets.iter();
        bullets.any(|it| in_line(read, it))
    };
    // What another line has written, or this phase wrote before, is what the line is about.
    let own = context.before.into_iter().flat_map(|before| &before.own);
    let sure: BTreeSet<String> = reads
        .iter()
        .zip(tasks)
        .filter(|(read, task)| !unread(read, task))
        .filter_map(|(read, _)| Some(read.target()?.path.clone()))
        .chain(own.cloned())
        .collect();
    let mut narrowed = false;
    for (read, task) in reads.iter_mut().zip(tasks) {
        if unread(read, task) {
            narrowed |= pathless::leave(read, task, &sure) || read.narrow();
        }
    }
    narrowed
}

/// Returns the files of pods that are left to a person and that aren't there, where nothing else
/// that is written runs their pods.
fn unwritten_pods<'r>(reads: &'r [Read<'_>], files: &[FileSpec], tree: &Tree) -> Vec<&'r str> {
    let left = reads.iter().filter_map(|read| read.persons.as_ref());
    let left = left.filter(|it| {
        let name = it.name.as_deref().unwrap_or_default();
        let item = ManifestItem::Workload(name.to_owned());
        let runs = files.iter().any(|file| file.holds(&item));
        it.kind.runs_pods() && !runs && tree.get(&it.path).is_none()
    });
    left.map(|it| it.path.as_str()).collect()
}

/// Returns the files of a kind that are left to a person.
fn left_of<'r>(reads: &'r [Read<'_>], kind: target::FileKind) -> Vec<&'r str> {
    let left = reads.iter().filter_map(|read| read.persons.as_ref());
    let left = left.filter(|it| it.kind == kind);
    left.map(|it| it.path.as_str()).collect()
}

/// Resolves tasks as they are read, those aside that would write nothing; adds what is said of them.
fn resolve_as_read<'f>(
    reads: &mut [Read<'_>],
    (checklist, facts, tree): (&Checklist, &'f Facts, &Tree),
    (context, past): (&Context<'_>, &mut Past<'f>),
    left: &mut Vec<Diagnostic>,
) -> Result<Resolved, Diagnostics> {
    let of = (checklist, facts, tree);
    let (mut assembled, mut files) = settled(reads, of, (context, &mut *past), left)?;
    let made = (&files[..], &*assembled.application.namespace);
    let doubled = past.doubled(reads, made);
    let moved = past.moved(reads, made);
    let asked = overlays::overlays(checklist, tree, context.phase);
    overlays::add_files(&mut files, &asked, reads);
    if context.phase.generator != Some(false) {
        assembled.generate(&mut files, reads, past.base());
    }
    files.extend(moved);
    let look = Look::new(tree, facts, context.seen);
    let needed = assembled.needed.take();
    let needed = needed.map(|(secrets, config_maps)| Application {
        secrets,
        config_maps,
        ..assembled.application.clone()
    });
    let hand_written = hand_written::asked(reads, tree, &assembled.application, &files);
    let known = read_out::Known {
        budgets: &left_of(reads, target::FileKind::Pdb),
        unwritten: &unwritten_pods(reads, &files, tree),
        needed: needed.as_ref().unwrap_or(&assembled.application),
        left_out: &assembled.left_out,
        vocabulary: &checklist.vocabulary,
        look: &look,
        facts,
        tree,
        application: &assembled.application,
        files: &files,
        hand_written: &hand_written,
        applies: reads.iter().any(Read::applies),
        brought: &hand_written::brought(reads, tree),
        overlaid: context.phase.overlay.is_some(),
        strict: context.strict(),
        init_scripts: &assembled.init_scripts,
        routed: &assembled.routed,
        watched: &assembled.watched,
    };
    let mut tasks: Vec<ResolvedTask> =
        abreast::compute(reads, FEW, |read| read_out::task(read, &known));
    told_apart::refuse(reads, (tree, &look), &mut tasks);
    put_off::refuse(reads, &look, &mut tasks);
    let mut warnings = std::mem::take(&mut assembled.warnings);
    warnings.extend(doubled);
    warnings.extend(overlays::misplaced(&files));
    let application = &assembled.application;
    warnings.extend(unwritten::homeless(reads, application, &files, tree));
    for (read, task) in reads.iter().zip(&tasks) {
        warnings.extend(read_out::unsupported(read, task, checklist));
    }
    let unassigned = assemble::unassigned(&assembled.unassigned, &files);
    Ok(Resolved {
        tasks,
        application: assembled.application,
        files,
        hand_written: hand_written.objects,
        unassigned,
        warnings: Diagnostics(warnings),
    })
}

/// Returns the application with its files once nothing more is to be left to a person, and adds what
/// is said of that.
fn settled<'f>(
    reads: &mut [Read<'_>],
    (checklist, facts, tree): (&Checklist, &'f Facts, &Tree),
    (context, past): (&Context<'_>, &mut Past<'f>),
    left: &mut Vec<Diagnostic>,
) -> Result<(assemble::Assembled<'f>, Vec<FileSpec>), Diagnostics> {
    loop {
        let mut assembled = assemble::assemble(reads, checklist, facts, tree, (context, past))?;
        let files = assembled.files(reads);
        let application = &assembled.application;
        let mut more = unwritten::empty(reads, &files, application, checklist);
        more.extend(unwritten::unscaled(
            reads,
            (&files, application, tree),
            checklist,
        ));
        let mut again = Vec::new();
        more.extend(past.second(reads, &files, (checklist, &mut again)));
        let of = (&files[..], application, tree);
        let told = elsewhere::leave(reads, of, checklist, past);
        more.extend(told.left);
        again.extend(told.again);
        if !more.is_empty() {
            // What a task asks for that is left to a person counts for nothing else either.
            left.extend(assembled.astray);
            left.extend(more);
        } else if again.is_empty() {
            assembled.warnings.extend(told.stay);
            return Ok((assembled, files));
        }
        past.write_again(again);
    }
}

/// Returns what every rule makes of a task, in the order in which they are asked.
pub fn consider(task: &Task, vocabulary: &Vocabulary) -> Vec<Considered> {
    rules::consider(("", task), vocabulary, &[])
}

/// Returns the paths that tasks expect traces of a person's work at, with those that are to change
/// told apart; each once. What is there must be known before the phase is resolved.
pub fn expected_paths(checklist: &Checklist, tree: &Tree) -> Vec<(String, bool)> {
    let mut paths: BTreeMap<String, bool> = BTreeMap::new();
    for read in bare::read_placed(checklist, tree, None) {
        for want in read.expected() {
            let Some(path) = want.path() else { continue };
            let changes = matches!(want, Expectation::Change(_));
            *paths.entry(path.to_owned()).or_default() |= changes;
        }
    }
    paths.into_iter().collect()
}

/// Returns how a task is read, with all that was considered for it.
pub fn explain(
    checklist: &Checklist,
    (section, task): (&Section, &Task),
    of: (&Facts, &PhaseSettings),
) -> Explained {
    let vocabulary = &checklist.vocabulary;
    let reads = read(checklist);
    let led = led(&reads);
    let read = rules::read_in(section, task, vocabulary, &led);
    let written = pathless::written(&read, &reads, checklist, of);
    let task = written.as_ref().unwrap_or(task);
    let read = rules::read_in(section, task, vocabulary, &led);
    let of = read.target().map(|target| bullets::About {
        kind: Some(target.kind),
        path: &target.path,
    });
    Explained {
        rules: rules::consider((&rules::heading(section, task), task), vocabulary, &led),
        bullets: of.map_or_else(Vec::new, |of| {
            bullets::explain(&task.bullets, of, vocabulary)
        }),
    }
}

/// Returns which files the facts of a phase are read from: the phase's settings, else the Compose
/// files and sources that its study tasks name, else those of the last earlier phase that names any,
/// else the usual ones.
pub fn inputs(
    checklist: &Checklist,
    tree: &Tree,
    phase: &PhaseSettings,
    before: Option<&Before>,
) -> Inputs {
    let mut inputs = named_inputs(checklist, tree, phase);
    let earlier = || before.into_iter().flat_map(|it| it.phases.iter().rev());
    // What was written from them is to mean the same here.
    for named in earlier().map(|it| named_inputs(&it.checklist, tree, &it.settings)) {
        let is_there = |path: &String| tree.get(path).is_some();
        if inputs.compose.is_empty() && !named.compose.is_empty() {
            inputs.compose = named.compose.into_iter().filter(is_there).collect();
        }
        for path in named.settings.into_iter().filter(is_there) {
            if !inputs.settings.contains(&path) {
                inputs.settings.push(path);
            }
        }
    }
    inputs.compose = overlays::compose((checklist, tree), phase, inputs.compose);
    inputs
}

/// Returns the inputs that a phase names itself.
fn named_inputs(checklist: &Checklist, tree: &Tree, phase: &PhaseSettings) -> Inputs {
    let mut inputs = Inputs {
        compose: phase.compose.clone(),
        settings: phase.sources.clone(),
        profiles: phase.profiles.clone(),
        secret: phase.secrets.names.clone(),
        plain: phase.secrets.settings.clone(),
    };
    // What names no file that is there isn't worth reading here.
    let is_there = |code: &str| tree.get(code.trim_start_matches("./")).is_some();
    let reads = read_naming(checklist, is_there);
    let studied = reads.iter().flat_map(Read::studied);
    // A file that isn't there fails its own study task, and nothing else.
    for subject in studied.map(|subject| subject.trim_start_matches("./")) {
        let file = subject.rsplit('/').next().unwrap_or(subject);
        let there = tree.get(subject).is_some();
        let again = inputs.compose.iter().any(|it| it == subject);
        if phase.compose.is_empty() && there && is_compose(file) && !again {
            inputs.compose.push(subject.to_owned());
        }
        if phase.sources.is_empty() && there && is_source(file) {
            inputs.settings.push(subject.to_owned());
        }
    }
    if phase.compose.is_empty() {
        // The project's folder is that of the first.
        inputs.compose.sort_by_key(|path| path.matches('/').count());
    }
    inputs
}

fn is_source(file: &str) -> bool {
    let extensions = [
        ".py", ".js", ".ts", ".go", ".rs", ".rb", ".java", ".kt", ".php", ".cs",
    ];
    extensions.iter().any(|extension| file.ends_with(extension))
}

fn read(checklist: &Checklist) -> Vec<Read<'_>> {
    read_where(checklist, |_| true)
}

/// Returns the tasks read that name something of that kind in code marks.
fn read_naming(checklist: &Checklist, is: impl Fn(&str) -> bool) -> Vec<Read<'_>> {
    read_where(checklist, |task| {
        task.text.codes().any(|(code, _)| is(code))
    })
}

fn read_where(checklist: &Checklist, wanted: impl Fn(&Task) -> bool) -> Vec<Read<'_>> {
    let sections = checklist.sections.iter();
    let tasks = sections.flat_map(|section| section.tasks.iter().map(move |task| (section, task)));
    let tasks: Vec<(&Section, &Task)> = tasks.filter(|(_, task)| wanted(task)).collect();
    let mut reads = abreast::compute(&tasks, FEW, |(section, task)| {
        rules::read(section, task, &checklist.vocabulary)
    });
    let led = led(&reads);
    for read in reads.iter_mut().filter(|read| lies_in(read.task, &led)) {
        *read = rules::read_in(read.section, read.task, &checklist.vocabulary, &led);
    }
    reads
}

/// Returns the folders at the root that tasks write workloads to, those aside that are known to be
/// for manifests.
fn led(reads: &[Read<'_>]) -> Vec<String> {
    let mut folders: Vec<String> = Vec::new();
    for target in reads.iter().filter_map(Read::target) {
        let leads = target.kind.runs_pods() || target.kind == FileKind::Namespace;
        let known = target::is_for_manifests(&target.path, &folders);
        let first = target.path.split_once('/').filter(|_| leads && !known);
        folders.extend(first.map(|(first, _)| first.to_owned()));
    }
    folders
}

/// Returns whether a task names a file below one of these folders.
fn lies_in(task: &Task, folders: &[String]) -> bool {
    let first = |code: &str| code.split_once('/').map(|(first, _)| first.to_owned());
    let mut codes = task.text.codes();
    !folders.is_empty()
        && codes.any(|(code, _)| first(code).is_some_and(|it| folders.contains(&it)))
}
