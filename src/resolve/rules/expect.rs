//! ``Create `src/auth/jwt.py` ``, ``add `verify_token()` to `src/auth.py` ``: work of a person's that
//! leaves a trace which can be looked for.
//!
//! Strict: a line that asks for anything beside its traces, or leaves open what it asks for, stays
//! a person's. Each verb must have a trace of its own; what is only referred to counts for none.

mod beyond;
mod clause;
mod code;
mod entries;
mod headed;
mod homes;
mod refused;
mod relation;
mod tokens;
mod words;

use std::path::Path;

use super::super::bullets::{Meaning, is_readable};
use super::super::expect::{Around, Expectation};
use super::super::target;
use super::{Intent, Line, Outcome, Rule, reading};
use crate::checklist::{Bullet, Inline, Part, Section, Task};
use crate::vocabulary::{Vocabulary, Word, endings, words as split};
use clause::Parsed;
pub(super) use code::is_file;
pub(super) use words::{Role, is as plays};

pub(super) const RULE: Rule = Rule {
    name: "expect",
    looks_for: "a verb of making, changing or removing, and in code marks the paths, symbols, \
                endpoints or variables that the work is to leave",
    read,
};

/// Verbs without which a line isn't read, and words that say why one isn't although it has them.
const TOLD: &[Role] = &[
    Role::Make,
    Role::Add,
    Role::Change,
    Role::Remove,
    Role::Judge,
    Role::Doubt,
];

fn read(line: &Line<'_>) -> Outcome {
    let task = line.task;
    if !names_any(&task.text, &task.bullets) {
        return Err("names nothing in code marks".into());
    }
    let prose = line.prose();
    if let Some(word) = prose.find(&[Word::Machines]) {
        return Err(format!("is to be done on machines, not here (“{word}”)").into());
    }
    let told = TOLD.iter().any(|role| prose.may_tell(role.meanings()));
    let tokens = tokens::tokens(&task.text, line.vocabulary);
    if let Some(read) = entries::read(&tokens).filter(|_| task.bullets.is_empty()) {
        return entered(read);
    }
    let parsed = clause::parse_line(&task.text, (line.heading, told), line.vocabulary)?;
    let mut wants = parsed.wants.clone();
    homes::bind(&mut wants, &task.bullets, line.vocabulary);
    let mut meanings = Vec::new();
    let of_line = (&parsed, line.vocabulary);
    below(&task.bullets, of_line, (&mut meanings, &mut wants));
    let mut paths = wants.iter().filter_map(|it| Some((it, it.path()?)));
    if let Some((want, path)) = paths.find(|(_, path)| is_ours(path)) {
        return Err(match want {
            Expectation::Absent(_) => {
                format!("that `{path}` is gone doesn't tell what became of its objects")
            }
            Expectation::File(_)
            | Expectation::Change(_)
            | Expectation::Symbol { .. }
            | Expectation::Use { .. }
            | Expectation::Entry { .. }
            | Expectation::Endpoint { .. }
            | Expectation::Variable { .. } => format!("orch writes `{path}` itself"),
        }
        .into());
    }
    if wants.is_empty() {
        return Err("names nothing in code marks that can be looked for".into());
    }
    let mut all: Vec<Expectation> = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    for want in wants {
        if !words.contains(&want.word()) {
            words.push(want.word());
        }
        if !all.contains(&want) {
            all.push(want);
        }
    }
    let rule = format!("expect {}", words.join(" + "));
    Ok((
        Intent::Expect(all, meanings),
        reading(&rule, parsed.matched),
    ))
}

/// Returns what a line of entries asks for.
fn entered((wants, matched): entries::Asked) -> Outcome {
    let ours = wants
        .iter()
        .flat_map(Expectation::touches)
        .find(|it| is_ours(it));
    if let Some(path) = ours {
        return Err(format!("orch writes `{path}` itself").into());
    }
    let word = wants.first().map_or("", Expectation::word);
    let reading = reading(&format!("expect {word}"), matched);
    Ok((Intent::Expect(wants, Vec::new()), reading))
}

/// Returns the words around what a task asks for, which may name a part of the application.
pub(in crate::resolve) fn around(
    section: &Section,
    task: &Task,
    vocabulary: &Vocabulary,
) -> Around {
    let said = |heading: &str| split(heading).map(str::to_owned).collect();
    let own = relation::languages(&task.text, vocabulary);
    let headed = task.headed(section).map(endings);
    let endings = std::iter::once(own).chain(headed);
    let mut endings = endings.filter(|it| !it.is_empty());
    let mut around = Around {
        purpose: relation::purpose(&task.text, vocabulary),
        places: beyond::places(&task.text, vocabulary),
        line: relation::written(&task.text, vocabulary),
        adds: relation::adds(&task.text, vocabulary),
        headings: task.headed(section).map(said).collect(),
        endings: endings.next().unwrap_or_default(),
    };
    let mut bullets: Vec<&Bullet> = task.bullets.iter().collect();
    while let Some(bullet) = bullets.pop() {
        let purpose = relation::purpose(&bullet.text, vocabulary);
        around.purpose.extend(purpose);
        let places = beyond::places(&bullet.text, vocabulary);
        around.places.extend(places);
        bullets.extend(&bullet.children);
    }
    around
}

/// Returns whether a line or a bullet below it has a code span, or a method with its route: most lines
/// of a plan have none.
fn names_any(text: &Inline, bullets: &[Bullet]) -> bool {
    let below = |bullet: &Bullet| names_any(&bullet.text, &bullet.children);
    let routed = |part: &Part| match part {
        Part::Text(text) => tokens::names_endpoint(&text.value),
        Part::Code(_) => true,
    };
    text.parts.iter().any(routed) || bullets.iter().any(below)
}

/// Reads the bullets below a line that leaves traces: those that tell further ones, those that lead
/// them, and those that nothing reads.
fn below(
    bullets: &[Bullet],
    (parent, vocabulary): (&Parsed, &Vocabulary),
    (meanings, wants): (&mut Vec<Meaning>, &mut Vec<Expectation>),
) {
    for bullet in bullets {
        let above = Some(parent);
        let parsed = is_readable(bullet).then(|| clause::parse(&bullet.text, above, vocabulary));
        let parsed = parsed.and_then(Result::ok);
        let parsed = parsed.filter(|parsed| !parsed.wants.is_empty());
        meanings.push(match &parsed {
            Some(parsed) => {
                wants.extend(parsed.wants.iter().cloned());
                let wanted: Vec<String> = parsed.wants.iter().map(told).collect();
                Meaning::Carried(wanted.join(", "))
            }
            None if leads(bullet) && is_readable(bullet) => Meaning::Heading,
            None => Meaning::Unread,
        });
        let parent = parsed.as_ref().unwrap_or(parent);
        below(&bullet.children, (parent, vocabulary), (meanings, wants));
    }
}

/// Returns whether a bullet does no more than lead those below it.
fn leads(bullet: &Bullet) -> bool {
    !bullet.children.is_empty()
        && bullet.text.codes().next().is_none()
        && bullet.text.plain().trim_end().ends_with(':')
}

/// Returns whether orch writes a path itself, so that it tells nothing of a person's work.
fn is_ours(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    let document =
        file.starts_with("phase-") && Path::new(file).extension().is_some_and(|it| it == "md");
    file == "PROGRESS.md"
        || document
        || path.starts_with(".orch")
        || target::read(path, "").is_some()
}

fn told(want: &Expectation) -> String {
    match want {
        Expectation::Change(_)
        | Expectation::Absent(_)
        | Expectation::Use { .. }
        | Expectation::Entry { .. } => want.to_string(),
        Expectation::File(_)
        | Expectation::Symbol { .. }
        | Expectation::Endpoint { .. }
        | Expectation::Variable { .. } => format!("{} {want}", want.word()),
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
