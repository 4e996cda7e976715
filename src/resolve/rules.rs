//! The rules that read a task: a directive first, then its words, else a person does it.
//!
//! The rules over words are rows of one table, [`RULES`], asked in its order; the first that reads
//! a line wins. A new rule is a row, with its function in a file below this one.

mod directive;
mod expect;
mod inventory;
mod person;
mod require;
mod study;
mod ticket;
mod wording;
mod write;

pub(super) use expect::around;
pub(super) use wording::is_number;
use write::Taken;
pub(super) use write::{SOURCE, Said, parts};

use std::borrow::Cow;

use crate::checklist::{Bullet, Form, Script, Section, Spanned, Task, nested};

use super::bullets::{self, Meaning, ReadBullet};
use super::expect::Expectation;
use super::exposure_words;
use super::model::{Considered, InventoryKind, Reading, Verdict};
use super::spec::Spec;
use super::target::{FileKind, Target};
use crate::vocabulary::{Phrase, Vocabulary, Words};

/// The rules over words, in the order in which they are asked.
pub(super) const RULES: &[Rule] = &[
    person::RULE,
    study::RULE,
    inventory::RULE,
    write::RULE,
    expect::RULE,
    require::RULE,
];

/// What a reading says where nothing reads the task.
const NO_RULE: &str = "no rule";

/// A rule over a task's words.
pub(super) struct Rule {
    /// Its name, as `explain` and the docs have it; a reading's may add the kind.
    pub(super) name: &'static str,
    /// What it looks for, in one sentence without a subject.
    pub(super) looks_for: &'static str,
    /// Reads a line.
    pub(super) read: fn(&Line<'_>) -> Outcome,
}

/// What a rule makes of a line, or why it doesn't apply, in plain words (`names no path`).
pub(super) type Outcome = Result<(Intent, Reading), Cow<'static, str>>;

/// A task's line, as the rules look at it.
pub(super) struct Line<'c> {
    pub(super) task: &'c Task,
    /// Its text without backticks and emphasis.
    pub(super) plain: &'c str,
    /// The words that it is read by.
    pub(super) vocabulary: &'c Vocabulary,
    /// Folders at the root that other tasks write manifests to.
    pub(super) led: &'c [String],
    /// The headings above it.
    pub(super) heading: &'c str,
    /// Its text without code spans.
    prose: &'c str,
    /// The words of that.
    words: Words<'c>,
}

/// A task's line without its marks.
struct Texts {
    plain: String,
    prose: String,
}

impl Texts {
    fn of(task: &Task) -> Self {
        Self {
            plain: task.text.plain(),
            prose: wording::prose(&task.text),
        }
    }
}

impl<'c> Line<'c> {
    fn of(task: &'c Task, texts: &'c Texts, vocabulary: &'c Vocabulary) -> Self {
        Self {
            task,
            plain: &texts.plain,
            vocabulary,
            led: &[],
            heading: "",
            prose: &texts.prose,
            words: Words::of(&texts.prose, vocabulary),
        }
    }

    /// Returns its text without code spans, with the words that it is read by.
    fn prose(&self) -> Phrase<'_> {
        Phrase::known(self.prose, self.vocabulary, &self.words)
    }

    /// Returns its code spans.
    fn codes(&self) -> impl Iterator<Item = &'c str> {
        self.task.text.codes().map(|(code, _)| code)
    }
}

/// A task as its words say, before the facts are looked at.
#[derive(Debug, Clone)]
pub(super) struct Read<'c> {
    pub(super) task: &'c Task,
    pub(super) section: &'c Section,
    pub(super) intent: Intent,
    pub(super) reading: Reading,
    pub(super) bullets: Vec<ReadBullet<'c>>,
    /// What the line says behind the path of the file that it writes.
    pub(super) said: Vec<Said>,
    /// The namespace that the line names, where it writes one.
    pub(super) named: Option<String>,
    /// What the file that it writes is to be.
    spec: Option<Box<Spec>>,
    /// The same without what the line says with words that nothing reads, where there are such.
    sure: Option<Box<Spec>>,
    /// The line's words behind the path.
    pub(super) description: String,
    /// By what the file that it writes is told, where its path stands nowhere in the line.
    pub(super) pathless: Option<Pathless>,
    /// Why it is left to a person although a rule reads it.
    pub(super) left: Option<String>,
    /// The file that a person is to write for that reason.
    pub(super) persons: Option<Target>,
    /// What was read of it, where it is a way in: one that is there still leads where it did.
    pub(super) led_in: Option<Box<Spec>>,
}

impl Read<'_> {
    /// Returns the file that the task asks for.
    pub(super) fn target(&self) -> Option<&Target> {
        if let Intent::Write(target) = &self.intent {
            Some(target)
        } else {
            None
        }
    }

    /// Returns whether no rule reads the task.
    pub(super) fn is_unread(&self) -> bool {
        self.intent == Intent::Manual && self.reading.rule == NO_RULE
    }

    /// Returns what the file that the task writes is to be.
    pub(super) fn spec(&self) -> Spec {
        self.spec.as_deref().cloned().unwrap_or_default()
    }

    /// Takes nothing of what the line says with words that nothing reads; returns whether that
    /// makes a difference.
    pub(super) fn narrow(&mut self) -> bool {
        self.sure.take().is_some_and(|sure| {
            self.spec = Some(sure);
            true
        })
    }

    /// Leaves the task to a person, with the reason.
    pub(super) fn leave(&mut self, why: String) {
        if let Intent::Write(target) = std::mem::replace(&mut self.intent, Intent::Manual) {
            if target.kind == FileKind::Ingress {
                self.led_in = self.spec.take();
            }
            self.persons = Some(target);
        }
        self.bullets.clear();
        self.said.clear();
        (self.named, self.left) = (None, Some(why));
        (self.spec, self.sure) = (None, None);
    }

    /// Returns the traces that the task's work is to leave.
    pub(super) fn expected(&self) -> &[Expectation] {
        if let Intent::Expect(wants, _) = &self.intent {
            wants
        } else {
            &[]
        }
    }

    /// Returns them, to be told more exactly.
    pub(super) fn expected_mut(&mut self) -> &mut [Expectation] {
        if let Intent::Expect(wants, _) = &mut self.intent {
            wants
        } else {
            &mut []
        }
    }

    /// Returns what the task studies.
    pub(super) fn studied(&self) -> &[String] {
        if let Intent::Study(subjects) = &self.intent {
            subjects
        } else {
            &[]
        }
    }

    /// Returns whether the task applies what people wrote.
    pub(super) fn applies(&self) -> bool {
        matches!(self.intent, Intent::ApplyPath(_) | Intent::ApplyFence(_))
    }

    /// Returns whether the task asks something of all objects, those of others too.
    pub(super) fn rules_all(&self) -> bool {
        matches!(&self.intent, Intent::Require(..))
    }

    /// Returns the namespace that the task requires.
    pub(super) fn namespace(&self) -> Option<&str> {
        if let Intent::Require(Required::Namespace | Required::NewNamespace, name) = &self.intent {
            name.as_deref()
        } else {
            None
        }
    }

    /// Returns the namespace that the task has created.
    pub(super) fn new_namespace(&self) -> Option<&str> {
        let new = matches!(self.intent, Intent::Require(Required::NewNamespace, _));
        self.namespace().filter(|_| new)
    }
}

/// By what a line names a manifest that names no path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pathless {
    /// By its kind and the service.
    Kind,
    /// By the service, whose figures follow.
    Service,
}

/// What a task asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Intent {
    Skip,
    Manual,
    Command(Script),
    /// Only for what the directive names.
    Wait,
    ApplyPath(String),
    ApplyFence(Option<String>),
    Study(Vec<String>),
    Inventory(InventoryKind, Vec<Spanned<String>>),
    Require(Required, Option<String>),
    Write(Target),
    /// The traces, and what each bullet below the line means, nested ones after theirs.
    Expect(Vec<Expectation>, Vec<Meaning>),
}

/// What is required of every manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Required {
    Namespace,
    /// A namespace that the line has created, and that everything lives in.
    NewNamespace,
    Resources,
    Probes,
    Liveness,
    Readiness,
    AntiAffinity,
    DisruptionBudget,
}

/// Returns a task read by the first rule that fits.
pub(super) fn read<'c>(section: &'c Section, task: &'c Task, vocabulary: &Vocabulary) -> Read<'c> {
    read_in(section, task, vocabulary, &[])
}

/// Returns the same, where other tasks write manifests to these folders at the root.
pub(super) fn read_in<'c>(
    section: &'c Section,
    task: &'c Task,
    vocabulary: &Vocabulary,
    led: &[String],
) -> Read<'c> {
    read_as(section, (task, task), vocabulary, led)
}

/// Returns the same for a task with another line than its own.
pub(super) fn read_as<'c>(
    section: &'c Section,
    (task, written): (&'c Task, &Task),
    vocabulary: &Vocabulary,
    led: &[String],
) -> Read<'c> {
    let texts = Texts::of(written);
    let line = Line {
        led,
        heading: &heading(section, task),
        ..Line::of(written, &texts, vocabulary)
    };
    let (intent, reading) = by_rule(&line);
    let (mut spec, mut sure) = (None, None);
    let mut description = String::new();
    let (mut said, mut named) = (Vec::new(), None);
    let bullets = match &intent {
        Intent::Write(target) => {
            let of = bullets::About {
                kind: Some(target.kind),
                path: &target.path,
            };
            let spec = spec.get_or_insert_with(Box::<Spec>::default);
            let bullets = bullets::read_all(&task.bullets, of, vocabulary, spec);
            description = write::behind(written, &target.path);
            named = write::namespace(&line, target);
            let below = spec.clone();
            said = described(&line, target, (Taken::Read, spec));
            if said.iter().any(|it| it.meaning == Meaning::Unread) {
                let sure = sure.get_or_insert(below);
                described(&line, target, (Taken::Nothing, sure));
            }
            bullets
        }
        Intent::Study(_) | Intent::Inventory(..) => {
            let nested = nested(&task.bullets).into_iter();
            only_told(task, nested.map(|bullet| remark(bullet, vocabulary)))
        }
        // The rule is always the same: whose details may be others.
        Intent::Require(..) => only_told(task, std::iter::repeat(Meaning::Unread)),
        Intent::Expect(_, below) => only_told(task, below.iter().cloned()),
        // A person, a command or a file says it all.
        Intent::Skip
        | Intent::Manual
        | Intent::Wait
        | Intent::Command(_)
        | Intent::ApplyPath(_)
        | Intent::ApplyFence(_) => Vec::new(),
    };
    Read {
        task,
        section,
        intent,
        reading,
        bullets,
        said,
        named,
        sure: sure.filter(|it| spec.as_ref() != Some(it)),
        spec,
        description,
        pathless: None,
        led_in: None,
        left: None,
        persons: None,
    }
}

/// Returns the headings above a task as one text.
pub(super) fn heading<'c>(section: &'c Section, task: &'c Task) -> Cow<'c, str> {
    if task.headings.is_empty() {
        return Cow::Borrowed(&section.title);
    }
    let all: Vec<&str> = task.headed(section).collect();
    Cow::Owned(all.join(" · "))
}

/// Adds what a line says behind its path to what the bullets below it ask for.
fn described(line: &Line<'_>, target: &Target, (taken, spec): (Taken, &mut Spec)) -> Vec<Said> {
    let mut own = Spec::default();
    let said = write::read_description(line, target, (taken, &mut own));
    spec.merge(own);
    spec.edge.bind();
    exposure_words::settle(spec);
    // A file of its own asks for one, whatever its figures.
    if target.kind == FileKind::Hpa {
        spec.hpa.get_or_insert_default();
    }
    if target.kind == FileKind::Pdb {
        spec.pdb.get_or_insert_default();
    }
    said
}

/// Returns what the first rule that fits makes of a line.
fn by_rule(line: &Line<'_>) -> (Intent, Reading) {
    let by_words = || RULES.iter().find_map(|rule| (rule.read)(line).ok());
    directive::read(line.task)
        .ok()
        .or_else(by_words)
        .or_else(|| directive::wait(line.task))
        .unwrap_or_else(|| (Intent::Manual, reading(NO_RULE, [""; 0])))
}

/// Returns what every rule makes of a task, in the order in which they are asked; those behind the
/// one that read it included.
pub(super) fn consider(
    (heading, task): (&str, &Task),
    vocabulary: &Vocabulary,
    led: &[String],
) -> Vec<Considered> {
    let texts = Texts::of(task);
    let line = Line {
        led,
        heading,
        ..Line::of(task, &texts, vocabulary)
    };
    let mut read = false;
    let mut verdict = |outcome: Outcome| match outcome {
        Ok((_, reading)) if !read => {
            read = true;
            Verdict::Read(reading)
        }
        Ok((_, reading)) => Verdict::Later(reading),
        Err(why) => Verdict::No(why.into_owned()),
    };
    let first = Considered {
        rule: "directive",
        looks_for: directive::LOOKS_FOR,
        verdict: verdict(directive::read(task)),
    };
    let mut all = vec![first];
    all.extend(RULES.iter().map(|rule| Considered {
        rule: rule.name,
        looks_for: rule.looks_for,
        verdict: verdict((rule.read)(&line)),
    }));
    // What no rule reads may still be waited for.
    if !read && let (Some((_, reading)), Some(first)) = (directive::wait(task), all.first_mut()) {
        first.verdict = Verdict::Read(reading);
    }
    all
}

/// Returns what a bullet below a line is of which nothing is written: a remark, unless it asks for
/// something itself. A text of its own may ask for anything.
fn remark(bullet: &Bullet, vocabulary: &Vocabulary) -> Meaning {
    let plain = bullet.text.plain();
    let asks = wording::asks_more(Phrase::new(&plain, vocabulary)).is_some();
    match bullet.form {
        Form::Item if !asks => Meaning::Heading,
        Form::Item | Form::Words | Form::Block => Meaning::Unread,
    }
}

/// Returns the bullets below a line that specify nothing which is written, nested ones after theirs;
/// each has one of these meanings.
fn only_told(task: &Task, meanings: impl IntoIterator<Item = Meaning>) -> Vec<ReadBullet<'_>> {
    let each = nested(&task.bullets).into_iter().zip(meanings);
    let told = each.map(|(bullet, meaning)| ReadBullet {
        text: &bullet.text,
        meaning,
        asks: Box::default(),
    });
    told.collect()
}

fn reading(rule: &str, matched: impl IntoIterator<Item = impl Into<String>>) -> Reading {
    Reading {
        rule: rule.to_owned(),
        matched: matched.into_iter().map(Into::into).collect(),
    }
}

#[cfg(test)]
mod tests;
