//! ``Create `k8s/api/service.yml` ``, or just a leading path: a file to write.

mod alone;
mod described;
mod label;
mod pieces;
mod stray;

pub(in crate::resolve) use described::Said;
pub(super) use described::{Taken, namespace, read as read_description};
pub(in crate::resolve) use pieces::parts;
pub(in crate::resolve) use stray::SOURCE;

use std::borrow::Cow;

use crate::checklist::Task;
use crate::vocabulary::{Phrase, Word, words};

use super::super::subjects::named_product;
use super::super::target::{self, FileKind, Target};
use super::wording::{self, Around, Verb};
use super::{Intent, Line, Outcome, Rule, reading};

pub(super) const RULE: Rule = Rule {
    name: "write",
    looks_for: "a manifest's path in code marks that leads the line, or one with a verb of making \
                before it, and nothing else that is asked for",
    read,
};

/// Words that may stand between a verb of making and the path.
const BETWEEN: &[Word] = &[Word::Object, Word::Purpose, Word::In, Word::Needed];

fn read(line: &Line<'_>) -> Outcome {
    // An absolute path is read as one, so that it can be refused by its name.
    let code = line
        .codes()
        .find(|code| target::is_path(code) || target::is_absolute(code))
        .ok_or("names no path in code marks")?;
    let target = target::read_in(code, &behind(line.task, code), line.led)
        .filter(|_| target::is_plain(code))
        .ok_or_else(|| format!("`{code}` is no manifest's path"))?;
    if matches!(target.kind, FileKind::Ingress | FileKind::Whole)
        && let Some(said) = rules_traffic(line)
    {
        return Err(format!("“{said}” is about who may reach whom, and nothing else").into());
    }
    let around = wording::around(line, code);
    let verb = leads(line, &target, code, &around)?;
    fits(&target, verb.as_ref())?;
    alone::check(line, &target, code, &around)?;
    let rule = format!("write {}", target.kind.word());
    let verb = verb.map(|verb| verb.word.to_owned());
    let matched = verb.into_iter().chain([code.to_owned()]);
    Ok((Intent::Write(target), reading(&rule, matched)))
}

/// Returns the words by which a line speaks of a `NetworkPolicy`.
fn rules_traffic<'l>(line: &'l Line<'_>) -> Option<&'l str> {
    let text = Phrase::new(line.plain, line.vocabulary);
    let named = |word: &&str| {
        let lower = word.to_lowercase();
        target::kind_named(word) == Some(FileKind::NetworkPolicy)
            || lower == "networkpolicies"
            || lower == "egress"
    };
    let said = text.find(&[Word::NetworkPolicy]);
    said.or_else(|| words(line.plain).find(named))
}

/// Returns the verb before the path; none where the path leads the line, or only what it is called
/// by stands before it.
fn leads<'l>(
    line: &Line<'l>,
    target: &Target,
    code: &str,
    around: &'l Around,
) -> Result<Option<Verb<'l>>, Cow<'static, str>> {
    let before = Phrase::new(&around.before, line.vocabulary);
    followed(line, target, around)?;
    if wording::opened(before).next().is_none() || label::is_one(line, target, code, before) {
        return Ok(None);
    }
    let verb = wording::verb(before, &[Word::Create, Word::Add, Word::SetUp])
        .or_else(|| wording::verb(before, &[Word::Change]).filter(|it| says_to_what(it, around)))
        .ok_or("doesn't begin with the path, and has no verb of making before it")?;
    let of_path: Vec<String> = code
        .split(['/', '-', '_', '.'])
        .map(str::to_lowercase)
        .collect();
    let known = |word: &&str| {
        let lower = word.to_lowercase();
        of_path.contains(&lower) || lower == code || named_product(&lower).is_some()
    };
    let others = verb.between.iter().copied().filter(|word| !known(word));
    if let Some(stray) = wording::stray(line, others, BETWEEN) {
        return Err(format!("“{stray}” stands between the verb and the path").into());
    }
    let tells = |word: &str, meaning| line.vocabulary.tells(word, meaning);
    // `Add limits in …`, `Set TLS up in …` change what is there.
    let changes = tells(verb.word, Word::Add) || tells(verb.word, Word::SetUp);
    let inside = |word: &&&str| changes && tells(word, Word::In);
    let last = verb.between.last();
    let of = |word: &&&str| tells(word, Word::Purpose);
    if let Some(word) = last.filter(of).or_else(|| verb.between.iter().find(inside)) {
        return Err(format!("“{word}” makes the path another thing's").into());
    }
    let placed = tells(verb.word, Word::SetUp) && before.with(line.plain).has(Word::Environments);
    if placed {
        return Err("names an environment, which a run's target is to be".into());
    }
    Ok(Some(verb))
}

/// Whether a file that is to be changed is so to figures behind it: `` Update `k8s/api.yml`: 3 replicas``.
fn says_to_what(verb: &Verb<'_>, around: &Around) -> bool {
    let after = around.after.trim_start();
    let parted = after.starts_with([':', '—', '–', '(']);
    verb.between.is_empty() && parted && after.contains(|it: char| it.is_ascii_digit())
}

/// Refuses a path that a sentence goes on about: `` `k8s/api.yml` has no limits``,
/// `` make `k8s/api.yml` internal``.
fn followed(line: &Line<'_>, target: &Target, around: &Around) -> Result<(), Cow<'static, str>> {
    let after = around.after.trim_start_matches(['*', '_']);
    let goes_on = after.trim_start().starts_with(char::is_alphanumeric);
    let word = words(after).next().filter(|_| goes_on);
    let mut known = [BETWEEN, &[Word::Create, Word::Ports, Word::Reference]].concat();
    // `min 3 / max 12`, `minAvailable 1`
    if matches!(target.kind, FileKind::Hpa | FileKind::Pdb) {
        known.extend([Word::Minimum, Word::Maximum]);
    }
    let range = |word: &&str| matches!(target.kind, FileKind::Hpa) && is_range(word);
    let stray = wording::stray(line, word, &known).filter(|it| !range(it));
    match stray.filter(|word| named_product(&word.to_lowercase()).is_none()) {
        Some(stray) => Err(format!("“{stray}” says something of the path").into()),
        None => Ok(()),
    }
}

/// Returns whether a word is a range of numbers: `2-6`.
fn is_range(word: &str) -> bool {
    let number = |text: &str| text.parse::<u32>().is_ok();
    let bounds = word.split_once('-');
    bounds.is_some_and(|(low, high)| number(low) && number(high))
}

/// Refuses a verb whose object is another kind of thing than the file's.
fn fits(target: &Target, verb: Option<&Verb<'_>>) -> Result<(), Cow<'static, str>> {
    let between = verb.map(|verb| verb.between.as_slice()).unwrap_or_default();
    let kinds = between.iter().filter_map(|word| target::kind_named(word));
    let kinds: Vec<FileKind> = kinds.collect();
    let own = |kind: &FileKind| {
        *kind == target.kind || (target.kind == FileKind::Whole && kind.runs_pods())
    };
    match kinds.first() {
        Some(kind) if !kinds.iter().any(own) => {
            Err(format!("asks for a {} in another's file", kind.word()).into())
        }
        Some(_) | None => Ok(()),
    }
}

/// Returns the line's words behind a code span, dashes and colons dropped.
pub(super) fn behind(task: &Task, code: &str) -> String {
    let plain = task.text.plain();
    let rest = plain.split_once(code).map_or("", |(_, rest)| rest);
    let dashes = |character: char| character.is_whitespace() || "—–-:".contains(character);
    rest.trim_matches(dashes).to_owned()
}
