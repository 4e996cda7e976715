//! Readings → [`ResolvedTask`]s: actions with their answers, bullets with what became of them.

use crate::checklist::{Checklist, Inline, Span, Spanned};
use crate::diagnostic::Diagnostic;
use crate::facts::secret::masked;
use crate::facts::{Facts, Tree};
use crate::vocabulary::{Phrase, Vocabulary, Word};

use super::answers;
use super::application::{
    Application, Content, EnvSource, Environment, FileSpec, ManifestItem, Role, Workload,
};
use super::bullets::Meaning;
use super::bypassed;
use super::expect::{Expectation, Look};
use super::findings;
use super::hand_written;
use super::kept::Written;
use super::model::{Action, BulletReading, InventoryKind, Requirement, ResolvedTask, Unkept};
use super::rules::{self, Intent, Read, Required};
use super::spec::Spec;
use super::target::{FileKind, Target};
use super::told_names;

/// What tasks are answered from.
pub(super) struct Known<'a> {
    /// The words that the checklist is read with.
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) facts: &'a Facts,
    pub(super) tree: &'a Tree,
    pub(super) application: &'a Application,
    /// The application as inventories are answered from it: with what services need that no task
    /// writes.
    pub(super) needed: &'a Application,
    pub(super) files: &'a [FileSpec],
    pub(super) hand_written: &'a hand_written::Found,
    /// Whether tasks apply manifests that people wrote.
    pub(super) applies: bool,
    /// The namespaces that these create.
    pub(super) brought: &'a [String],
    /// The files of budgets that are a person's to write.
    pub(super) budgets: &'a [&'a str],
    /// The files of pods that are a person's to write, and aren't there yet.
    pub(super) unwritten: &'a [&'a str],
    /// Whether another environment is resolved than the base.
    pub(super) overlaid: bool,
    pub(super) strict: bool,
    /// Workloads with scripts that set a data base up.
    pub(super) init_scripts: &'a [String],
    /// What the way in was read from, beside the checklist.
    pub(super) routed: &'a [String],
    /// What is to be noted of Prometheus.
    pub(super) watched: &'a [String],
    /// Mounts that are left out: the workload, then the words.
    pub(super) left_out: &'a [(String, String)],
    /// What traces of persons' work are looked for in.
    pub(super) look: &'a Look<'a>,
}

impl Known<'_> {
    /// Returns in what is written otherwise what is asked of a task's file.
    fn differs(&self, asks: &Spec, target: Option<&Target>) -> Vec<&'static str> {
        let written = Written {
            application: self.application,
            files: self.files,
            overlaid: self.overlaid,
        };
        let differs = target.map(|target| written.differs(asks, target));
        differs.unwrap_or_default()
    }
}

/// Returns a task resolved.
pub(super) fn task(read: &Read<'_>, known: &Known<'_>) -> ResolvedTask {
    let mut notes: Vec<String> = read.left.iter().cloned().collect();
    let action = action(read, known, &mut notes);
    let directive = read.task.directive.as_ref();
    let after = directive.map(|it| it.after.iter().map(|id| id.value.clone()).collect());
    let target = read.target();
    let below = read.bullets.iter().map(|it| Part {
        text: it.text,
        meaning: &it.meaning,
        asks: &it.asks,
        told: true,
    });
    let said = read.said.iter();
    let said = said.filter(|said| !target.is_some_and(|it| told_names::known(said, it, known)));
    let mut said: Vec<Part<'_>> = said
        .map(|it| Part {
            text: &it.text,
            meaning: &it.meaning,
            asks: &it.asks,
            told: it.told,
        })
        .collect();
    if said.iter().any(|it| *it.meaning == Meaning::Unread) {
        // What is unread of a line is enough to say.
        said.retain(|it| {
            *it.meaning == Meaning::Unread || known.differs(it.asks, target).is_empty()
        });
    }
    ResolvedTask {
        id: read.task.id.clone(),
        action,
        reading: read.reading.clone(),
        wait: directive
            .map(|it| it.wait.iter().map(|one| one.value.clone()).collect())
            .unwrap_or_default(),
        timeout: directive.and_then(|it| it.timeout),
        retries: directive.and_then(|it| it.retries).unwrap_or(0),
        bullets: below
            .chain(said)
            .filter_map(|part| bullet(&part, target, known))
            .chain(undecided(read, known))
            .chain(bypassed::read(read, known))
            .collect(),
        after: after.unwrap_or_default(),
        notes,
    }
}

fn action(read: &Read<'_>, known: &Known<'_>, notes: &mut Vec<String>) -> Action {
    match &read.intent {
        Intent::Skip => Action::Skip,
        Intent::Manual => Action::Manual,
        Intent::Wait => Action::Wait,
        Intent::Command(script) => Action::Command {
            run: script.text.clone(),
            shell: script.shell,
        },
        Intent::ApplyPath(path) => Action::Apply {
            path: Some(path.clone()),
            fence: None,
        },
        Intent::ApplyFence(fence) => Action::Apply {
            path: None,
            fence: fence.clone(),
        },
        Intent::Study(subjects) => study((subjects, read), known, notes),
        Intent::Inventory(kind, names) => inventory(*kind, names, known, notes),
        // Only one namespace is written and checked.
        Intent::Require(Required::Namespace | Required::NewNamespace, Some(name))
            if *name != known.application.namespace =>
        {
            let used = &known.application.namespace;
            notes.push(format!(
                "everything is written for the namespace `{used}`: `{name}` isn't checked"
            ));
            Action::Manual
        }
        Intent::Require(rule, _) => {
            let rule = match rule {
                Required::Namespace => Requirement::Namespace(known.application.namespace.clone()),
                Required::NewNamespace => {
                    Requirement::NewNamespace(known.application.namespace.clone())
                }
                Required::Resources => Requirement::Resources,
                Required::Probes => Requirement::Probes,
                Required::Liveness => Requirement::Liveness,
                Required::Readiness => Requirement::Readiness,
                Required::AntiAffinity => Requirement::AntiAffinity,
                Required::DisruptionBudget => Requirement::DisruptionBudget,
            };
            hand_written::require(rule, known)
        }
        Intent::Expect(wants, _) => expect((wants, read), known, notes),
        Intent::Write(target) => write(target, known, notes),
    }
}

/// Reads what a line studies; what it wants to know of it must be something that is read.
fn study(
    (subjects, read): (&[String], &Read<'_>),
    known: &Known<'_>,
    notes: &mut Vec<String>,
) -> Action {
    let text = &read.task.text;
    let read = (known.facts, known.tree);
    if let Some(subject) = findings::unanswered(text, subjects, read, known.vocabulary) {
        notes.push(format!(
            "nothing is read from `{subject}` that could tell what is asked of it"
        ));
        return Action::Manual;
    }
    let findings = subjects.iter();
    let findings = findings.map(|subject| findings::study(subject, known.facts, known.tree));
    Action::Study {
        findings: findings.collect(),
    }
}

/// Answers which of the listed names the facts support.
fn inventory(
    kind: InventoryKind,
    names: &[Spanned<String>],
    known: &Known<'_>,
    notes: &mut Vec<String>,
) -> Action {
    let answer = answers::answer(kind, names, (known.facts, known.needed), known.vocabulary);
    for name in &answer.missing {
        notes.push(format!(
            "`{name}` is listed, but nothing in the facts supports it"
        ));
    }
    // What finds nothing at all of a list answers nothing.
    let none = answer.matched.is_empty() && !answer.missing.is_empty();
    if none || known.strict && !answer.missing.is_empty() {
        return Action::Manual;
    }
    Action::Inventory { kind, answer }
}

/// Looks for the traces of a person's work.
fn expect(
    (wants, read): (&[Expectation], &Read<'_>),
    known: &Known<'_>,
    notes: &mut Vec<String>,
) -> Action {
    let written = |path: &str| known.files.iter().any(|file| file.path == path);
    if let Some(path) = wants
        .iter()
        .filter_map(Expectation::path)
        .find(|it| written(it))
    {
        notes.push(format!(
            "orch writes `{path}` itself, so it tells nothing of a person's work"
        ));
        return Action::Manual;
    }
    let around = rules::around(read.section, read.task, known.vocabulary);
    Action::Expect {
        traces: known.look.expect_all(wants, &around),
    }
}

/// Writes a file, with notes on what it was made from.
fn write(target: &Target, known: &Known<'_>, notes: &mut Vec<String>) -> Action {
    let file = known.files.iter().find(|file| file.path == target.path);
    if file.is_some_and(|file| file.content == Content::Manifests(Vec::new())) {
        notes.push(format!("the application has nothing for `{}`", target.path));
    }
    if target.kind == FileKind::Ingress {
        notes.extend(known.routed.iter().cloned());
    }
    let name = target.name.as_deref().unwrap_or_default();
    let workload = known.application.workload(name);
    if workload.is_some_and(|it| it.role == Role::Prometheus) {
        notes.extend(known.watched.iter().cloned());
    }
    let runs = |workload: &str| {
        let item = ManifestItem::Workload(workload.to_owned());
        file.is_some_and(|file| file.holds(&item))
    };
    let left_out = known.left_out.iter().filter(|(name, _)| runs(name));
    notes.extend(left_out.map(|(name, text)| format!("{name}: {text}")));
    Action::Write {
        path: target.path.clone(),
    }
}

/// A bullet, or a part of the line itself.
struct Part<'a> {
    text: &'a Inline,
    meaning: &'a Meaning,
    asks: &'a Spec,
    /// Whether it is worth a line where it is kept.
    told: bool,
}

/// Returns what became of a bullet, or of a part of the line; nothing where that isn't worth a line.
fn bullet(part: &Part<'_>, target: Option<&Target>, known: &Known<'_>) -> Option<BulletReading> {
    let name = target.and_then(|target| target.name.as_deref());
    let workload = name.and_then(|name| known.application.workload(name));
    let (text, span) = (masked(&part.text.on_one_line()), part.text.span.clone());
    let mut differs = known.differs(part.asks, target);
    if is_unmet(&span, target, known) {
        differs.push("what the controller carries out");
    }
    Some(match part.meaning {
        // What is overruled, or what the controller can't carry out, stays open for a person.
        Meaning::Carried(asks) if !differs.is_empty() => BulletReading::Unread {
            text,
            asks: Some(Unkept {
                meaning: asks.clone(),
                differs,
            }),
            span,
        },
        Meaning::Carried(_) if !part.told => return None,
        Meaning::Carried(meaning) => BulletReading::Read {
            text,
            meaning: meaning.clone(),
        },
        Meaning::Heading => BulletReading::Read {
            text,
            meaning: "a remark".to_owned(),
        },
        Meaning::InitScripts => {
            if known
                .init_scripts
                .iter()
                .any(|it| Some(it.as_str()) == name)
            {
                BulletReading::Read {
                    text,
                    meaning: "init scripts from the repository".to_owned(),
                }
            } else {
                let reason = "the Compose files mount no init scripts".to_owned();
                BulletReading::Vacuous { text, reason }
            }
        }
        Meaning::Environment(named) => {
            let secret = named.is_empty() && is_secret_alone(&text, known.vocabulary);
            environment(workload, (named, secret), text, span)
        }
        Meaning::Unread => unread(text, span),
    })
}

/// Returns what becomes of a bullet that no rule reads.
fn unread(text: String, span: Span) -> BulletReading {
    BulletReading::Unread {
        text,
        asks: None,
        span,
    }
}

/// Returns whether a bullet names Secrets as what the environment comes from, and no `ConfigMap`s.
fn is_secret_alone(text: &str, vocabulary: &Vocabulary) -> bool {
    let text = Phrase::new(text, vocabulary);
    text.has(Word::Secrets) && !text.has(Word::ConfigMaps)
}

/// Returns what became of a bullet that asks for the environment: where it comes from, unless the
/// bullet names a source or a variable that the workload doesn't have, or wants all to be `secret`.
fn environment(
    workload: Option<&Workload>,
    (named, secret): (&[String], bool),
    text: String,
    span: Span,
) -> BulletReading {
    let variables = workload.map(|it| it.environment.as_slice());
    let variables = variables.unwrap_or_default();
    let mut sources: Vec<&str> = variables
        .iter()
        .filter_map(|variable| match &variable.source {
            EnvSource::ConfigMap { name, .. } | EnvSource::Secret { name, .. } => Some(&**name),
            EnvSource::Literal(_) => None,
        })
        .collect();
    sources.sort_unstable();
    sources.dedup();
    let known = |name: &String| {
        sources.contains(&name.as_str()) || variables.iter().any(|it| it.name == *name)
    };
    let in_maps = |it: &Environment| matches!(it.source, EnvSource::ConfigMap { .. });
    if !named.iter().all(known) || secret && variables.iter().any(in_maps) {
        return unread(text, span);
    }
    if sources.is_empty() {
        let reason = "the service sets no variables".to_owned();
        return BulletReading::Vacuous { text, reason };
    }
    BulletReading::Read {
        text,
        meaning: format!("environment from {}", sources.join(", ")),
    }
}

fn is_unmet(span: &Span, target: Option<&Target>, known: &Known<'_>) -> bool {
    let ingress = known.application.ingress.as_ref();
    target.is_some_and(|target| target.kind == FileKind::Ingress)
        && ingress.is_some_and(|ingress| ingress.unmet.contains(span))
}

/// Returns the paths of an Ingress of which it isn't known who serves them.
fn undecided(read: &Read<'_>, known: &Known<'_>) -> Vec<BulletReading> {
    let leads = read.target().is_some_and(|it| it.kind == FileKind::Ingress);
    let ingress = known.application.ingress.as_ref().filter(|_| leads);
    // Another line's are its own to tell.
    let edge = read.spec().edge;
    let own = |path: &&String| {
        let mut asked = edge.paths.iter();
        let asked = asked.any(|it| {
            let host = it.host.as_deref().unwrap_or_default();
            **path == format!("{host}{}", it.path)
        });
        asked || edge.paths.is_empty()
    };
    let paths = ingress.into_iter().flat_map(|it| &it.undecided).filter(own);
    let unread = |path: &String| unread(format!("`{path}`"), read.task.text.span.clone());
    paths.map(unread).collect()
}

/// Returns warnings for listed names that nothing supports.
pub(super) fn unsupported(
    read: &Read<'_>,
    resolved: &ResolvedTask,
    checklist: &Checklist,
) -> Vec<Diagnostic> {
    let (Intent::Inventory(_, names), Action::Inventory { answer, .. }) =
        (&read.intent, &resolved.action)
    else {
        return Vec::new();
    };
    let missing = names
        .iter()
        .filter(|name| answer.missing.contains(&name.value));
    missing
        .map(|name| {
            Diagnostic::warning(format!("nothing in the facts supports `{}`", name.value)).at(
                &checklist.path,
                &checklist.text,
                name.span.clone(),
                "listed here",
            )
        })
        .collect()
}
