//! The rules that read a task: a directive first, then its words, else a person does it.

use crate::checklist::{Directive, Section, Spanned, Task};

use super::bullets::{self, Meaning, ReadBullet};
use super::ingress;
use super::model::{InventoryKind, Reading};
use super::spec::Spec;
use super::target::{self, Target};
use super::words::{Word, find, tells, words};

/// A task as its words say, before the facts are looked at.
#[derive(Debug, Clone)]
pub(super) struct Read<'c> {
    pub(super) task: &'c Task,
    pub(super) section: &'c Section,
    pub(super) intent: Intent,
    pub(super) reading: Reading,
    pub(super) bullets: Vec<ReadBullet<'c>>,
    pub(super) spec: Spec,
    /// The line's words behind the path.
    pub(super) description: String,
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

    /// Returns what the task studies.
    pub(super) fn studied(&self) -> &[String] {
        if let Intent::Study(subjects) = &self.intent {
            subjects
        } else {
            &[]
        }
    }

    /// Returns the namespace that the task requires.
    pub(super) fn namespace(&self) -> Option<&str> {
        if let Intent::Require(Rule::Namespace, name) = &self.intent {
            name.as_deref()
        } else {
            None
        }
    }
}

/// What a task asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Intent {
    Skip,
    Manual,
    Command(String),
    ApplyPath(String),
    ApplyFence(Option<String>),
    Study(Vec<String>),
    Inventory(InventoryKind, Vec<Spanned<String>>),
    Require(Rule, Option<String>),
    Write(Target),
}

/// What is required of every manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    Namespace,
    Resources,
    Probes,
    AntiAffinity,
    DisruptionBudget,
}

/// Returns a task read by the first rule that fits.
pub(super) fn read<'c>(section: &'c Section, task: &'c Task) -> Read<'c> {
    let mut spec = Spec::default();
    let (intent, reading) = task
        .directive
        .as_ref()
        .and_then(|directive| by_directive(task, directive))
        .unwrap_or_else(|| by_words(task));
    let kind = match &intent {
        Intent::Write(target) => Some(target.kind),
        Intent::Skip
        | Intent::Manual
        | Intent::Command(_)
        | Intent::ApplyPath(_)
        | Intent::ApplyFence(_)
        | Intent::Study(_)
        | Intent::Inventory(..)
        | Intent::Require(..) => None,
    };
    let mut bullets = bullets::read_all(&task.bullets, kind, &mut spec);
    let mut description = String::new();
    match &intent {
        Intent::Write(target) => {
            description = behind(task, &target.path);
            let mut own = Spec::default();
            read_description(task, target, &description, &mut own);
            spec.merge(own);
        }
        // What isn't written has no specification: details below it are remarks.
        Intent::Study(_) | Intent::Inventory(..) | Intent::Require(..) => {
            for bullet in &mut bullets {
                bullet.meaning = Meaning::Heading;
            }
        }
        Intent::Skip
        | Intent::Manual
        | Intent::Command(_)
        | Intent::ApplyPath(_)
        | Intent::ApplyFence(_) => bullets.clear(),
    }
    Read {
        task,
        section,
        intent,
        reading,
        bullets,
        spec,
        description,
    }
}

fn reading(rule: &str, matched: impl IntoIterator<Item = impl Into<String>>) -> Reading {
    Reading {
        rule: rule.to_owned(),
        matched: matched.into_iter().map(Into::into).collect(),
    }
}

fn by_directive(task: &Task, directive: &Directive) -> Option<(Intent, Reading)> {
    if directive.skip {
        return Some((Intent::Skip, reading("directive skip", ["skip"])));
    }
    if directive.manual {
        return Some((Intent::Manual, reading("directive manual", ["manual"])));
    }
    if let Some(run) = &directive.run {
        let matched = reading("directive run", [run.value.as_str()]);
        return Some((Intent::Command(run.value.clone()), matched));
    }
    if let Some(apply) = &directive.apply {
        let matched = reading("directive apply", [apply.value.as_str()]);
        let intent = if apply.value == "fence" {
            Intent::ApplyFence(task.fences.first().map(|fence| fence.body.clone()))
        } else {
            Intent::ApplyPath(apply.value.clone())
        };
        return Some((intent, matched));
    }
    None
}

fn by_words(task: &Task) -> (Intent, Reading) {
    let plain = task.text.plain();
    study(task, &plain)
        .or_else(|| inventory(task, &plain))
        .or_else(|| write(task, &plain))
        .or_else(|| require(task, &plain))
        .unwrap_or_else(|| (Intent::Manual, reading("no rule", [""; 0])))
}

fn first_word(plain: &str) -> Option<&str> {
    words(plain).next()
}

fn study(task: &Task, plain: &str) -> Option<(Intent, Reading)> {
    let verb = first_word(plain).filter(|word| tells(&word.to_lowercase(), Word::Study))?;
    let codes = task.text.codes().map(|(code, _)| code);
    let subjects: Vec<String> = codes
        .filter(|code| target::is_endpoint(code) || target::is_path(code))
        .map(str::to_owned)
        .collect();
    if subjects.is_empty() {
        return None;
    }
    let matched = std::iter::once(verb.to_owned()).chain(subjects.iter().cloned());
    Some((Intent::Study(subjects.clone()), reading("study", matched)))
}

fn inventory(task: &Task, plain: &str) -> Option<(Intent, Reading)> {
    let which = words(plain)
        .take(2)
        .find(|word| tells(&word.to_lowercase(), Word::Which))?;
    let (head, list) = plain.split_once(':').unwrap_or((plain, ""));
    let needed = find(head, &[Word::Needed])?;
    let kinds = [
        (Word::ConfigMaps, InventoryKind::ConfigMaps),
        (Word::Secrets, InventoryKind::Secrets),
        (Word::Volumes, InventoryKind::Volumes),
        (Word::Services, InventoryKind::Services),
    ];
    let (thing, kind) = kinds
        .iter()
        .find_map(|(word, kind)| Some((find(head, &[*word])?, *kind)))?;
    let names = split_list(list)
        .map(|value| Spanned {
            span: place(task, &value),
            value,
        })
        .collect();
    Some((
        Intent::Inventory(kind, names),
        reading("inventory", [which, thing, needed]),
    ))
}

/// Returns a list's names, split at commas outside of brackets.
fn split_list(list: &str) -> impl Iterator<Item = String> {
    let mut depth = 0_i32;
    let mut names = vec![String::new()];
    for character in list.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if matches!(character, ',' | ';') && depth <= 0 {
            names.push(String::new());
        } else if let Some(last) = names.last_mut() {
            last.push(character);
        }
    }
    names
        .into_iter()
        .map(|name| name.trim().trim_end_matches('.').trim().to_owned())
        .filter(|name| !name.is_empty())
}

/// Returns where a name stands in the task's line; the whole line where it can't be told.
fn place(task: &Task, name: &str) -> crate::checklist::Span {
    match task.text.source.find(name) {
        Some(at) => {
            let start = task.text.span.start + at;
            start..start + name.len()
        }
        None => task.text.span.clone(),
    }
}

fn write(task: &Task, plain: &str) -> Option<(Intent, Reading)> {
    let mut codes = task.text.codes().map(|(code, _)| code);
    // An absolute path is read as one, so that it can be refused by its name.
    let code = codes.find(|code| target::is_path(code) || target::is_absolute(code))?;
    let leading = task.text.source.trim_start().starts_with('`')
        || task.text.source.trim_start().starts_with("**`");
    let verb = words(plain)
        .take(2)
        .find(|word| tells(&word.to_lowercase(), Word::Create));
    if !leading && verb.is_none() {
        return None;
    }
    let target = target::read(code, &behind(task, code))?;
    let rule = format!("write {}", target.kind.word());
    let matched = verb.map(str::to_owned).into_iter().chain([code.to_owned()]);
    Some((Intent::Write(target), reading(&rule, matched)))
}

/// Returns the line's words behind a code span, dashes and colons dropped.
fn behind(task: &Task, code: &str) -> String {
    let plain = task.text.plain();
    let rest = plain.split_once(code).map_or("", |(_, rest)| rest);
    let dashes = |character: char| character.is_whitespace() || "—–-:".contains(character);
    rest.trim_matches(dashes).to_owned()
}

/// Reads what the line itself asks for behind the path (`HPA: min 2, max 10`, `PostgreSQL 16`).
fn read_description(task: &Task, target: &Target, description: &str, spec: &mut Spec) {
    let mut line = task.text.clone();
    line.parts = vec![crate::checklist::Part::Text(Spanned {
        value: description.to_owned(),
        span: line.span.clone(),
    })];
    let kind = target.kind;
    let reads = matches!(
        kind,
        target::FileKind::Hpa
            | target::FileKind::Pdb
            | target::FileKind::Service
            | target::FileKind::Job
            | target::FileKind::CronJob
    );
    if reads {
        bullets::read(&line, Some(kind), spec);
        return;
    }
    if kind == target::FileKind::Ingress {
        // The line itself may state wishes; its words needn't.
        ingress::read_bullet(&line, spec);
    }
    spec.version = version(description);
}

/// Returns the version behind a name (`PostgreSQL 16`, `Redis 7.2`).
fn version(description: &str) -> Option<String> {
    let mut all = words(description);
    all.next()?;
    let word = all.next()?.trim_start_matches('v');
    let plain = word
        .chars()
        .all(|character| character.is_ascii_digit() || character == '.');
    plain.then(|| word.to_owned())
}

fn require(task: &Task, plain: &str) -> Option<(Intent, Reading)> {
    let head = plain.split_once(':').map_or(plain, |(head, _)| head);
    let near: Vec<&str> = words(head).take(4).collect();
    let near = near.join(" ");
    let affinity = words(head).find(|word| {
        let lower = word.to_lowercase();
        ["affinity", "аффинит", "афініт"]
            .iter()
            .any(|stem| lower.contains(stem))
    });
    if let Some(word) = find(&near, &[Word::Namespace]) {
        let value = namespace(task, plain)?;
        let matched = reading("require namespace", [word, &value]);
        return Some((
            Intent::Require(Rule::Namespace, Some(value.clone())),
            matched,
        ));
    }
    let rules = [
        (
            find(&near, &[Word::Disruption]),
            Rule::DisruptionBudget,
            "require disruption budget",
        ),
        (affinity, Rule::AntiAffinity, "require anti-affinity"),
        (
            find(&near, &[Word::Probes, Word::Liveness, Word::Readiness]),
            Rule::Probes,
            "require probes",
        ),
        (
            find(&near, &[Word::Resources, Word::Limits]),
            Rule::Resources,
            "require resources",
        ),
    ];
    let (word, rule, name) = rules
        .into_iter()
        .find_map(|(word, rule, name)| Some((word?, rule, name)))?;
    Some((Intent::Require(rule, None), reading(name, [word])))
}

/// Returns the namespace that a line names, as a code span or behind the colon.
fn namespace(task: &Task, plain: &str) -> Option<String> {
    let code = task.text.codes().next().map(|(code, _)| code.to_owned());
    code.or_else(|| {
        let (_, value) = plain.split_once(':')?;
        let value = value.split_whitespace().next()?;
        Some(
            value
                .trim_matches(|character: char| !character.is_ascii_alphanumeric())
                .to_owned(),
        )
    })
}
