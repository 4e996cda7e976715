//! `Which volumes are needed: a, b`: a list that the facts answer.

use crate::checklist::{Span, Spanned, Task};

use super::super::model::InventoryKind;
use super::super::subjects::named_product;
use super::{Intent, Line, Outcome, Rule, reading, wording};
use crate::vocabulary::{Meanings, Phrase, Word, words};

pub(super) const RULE: Rule = Rule {
    name: "inventory",
    looks_for: "“which … are needed” with services, volumes, secrets or ConfigMaps before the \
                colon",
    read,
};

/// Why a line without it isn't read.
const NO_WHICH: &str = "doesn't begin with “which”";

fn read(line: &Line<'_>) -> Outcome {
    if !line.prose().may_tell(&[Word::Which]) {
        return Err(NO_WHICH.into());
    }
    let plain = line.plain;
    let phrase = Phrase::new(plain, line.vocabulary);
    let which = wording::opened(phrase)
        .next()
        .filter(|word| line.vocabulary.tells(word, Word::Which))
        .ok_or(NO_WHICH)?;
    let (head, list) = plain.split_once(':').unwrap_or((plain, ""));
    let head = phrase.with(head);
    let needed = head
        .find(&[Word::Needed])
        .ok_or("doesn't say “needed” before the colon")?;
    let kinds = [
        (Word::ConfigMaps, InventoryKind::ConfigMaps),
        (Word::Secrets, InventoryKind::Secrets),
        (Word::Volumes, InventoryKind::Volumes),
        (Word::Services, InventoryKind::Services),
    ];
    let (thing, kind) = kinds
        .iter()
        .find_map(|(word, kind)| Some((head.find(&[*word])?, *kind)))
        .ok_or("asks for no services, volumes, secrets or ConfigMaps")?;
    let known = [
        Word::Which,
        Word::Needed,
        Word::Services,
        Word::Volumes,
        Word::Secrets,
        Word::ConfigMaps,
        Word::Object,
        Word::Purpose,
        Word::And,
        Word::Must,
        Word::Opening,
    ];
    if let Some(stray) = wording::stray(line, wording::opened(head), &known) {
        return Err(format!("“{stray}” asks for something else").into());
    }
    let names = listed(kind, phrase.with(list))
        .map_err(|more| format!("the list asks for more (“{more}”)"))?
        .into_iter()
        .map(|value| Spanned {
            span: place(line.task, &value),
            value,
        })
        .collect();
    Ok((
        Intent::Inventory(kind, names),
        reading("inventory", [which, thing, needed]),
    ))
}

/// Returns the names that a list has, or the word by which it asks for more.
fn listed(kind: InventoryKind, list: Phrase<'_>) -> Result<Vec<String>, String> {
    if let Some(more) = open(list).or_else(|| remark(list)) {
        return Err(more.to_owned());
    }
    let names: Vec<String> = split_list(list.text())
        .flat_map(|name| match kind {
            InventoryKind::Services => side_by_side(&name, list),
            InventoryKind::Volumes | InventoryKind::Secrets | InventoryKind::ConfigMaps => {
                vec![name]
            }
        })
        .collect();
    let mut more = names.iter().filter_map(|name| surplus(name, kind, list));
    match more.next() {
        Some(more) => Err(more),
        None => Ok(names),
    }
}

/// Returns the word by which a list leaves a name open, or asks something beside it: `db or mysql`,
/// `worker and how many replicas`.
fn open(list: Phrase<'_>) -> Option<&str> {
    list.find(&[
        Word::Uncertain,
        Word::Negation,
        Word::Question,
        Word::Which,
        Word::Must,
    ])
}

/// Returns the word by which a remark in brackets says more than what a name stands for:
/// `worker (stays where it is)`; `db (PostgreSQL)` says no more.
fn remark(list: Phrase<'_>) -> Option<&str> {
    const NAMED: &[Word] = &[
        Word::Database,
        Word::Postgres,
        Word::Application,
        Word::Worker,
        Word::Keys,
        Word::And,
        Word::Article,
    ];
    let brackets = list.text().split('(').skip(1);
    let mut words = brackets
        .filter_map(|behind| behind.split(')').next())
        .flat_map(words);
    words.find(|word| {
        let told = list.vocabulary().told_by(word).alone;
        let version = word.starts_with(|it: char| it.is_ascii_digit());
        !version
            && !told.meets(Meanings::of(NAMED))
            && named_product(&word.to_lowercase()).is_none()
    })
}

/// Returns the names that “and” joins: `worker and cron` are two services.
fn side_by_side(name: &str, phrase: Phrase<'_>) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut depth = 0_usize;
    for word in name.split_whitespace() {
        let bare = word.chars().all(char::is_alphabetic);
        if depth == 0 && bare && phrase.with(word).has(Word::And) {
            names.push(String::new());
        } else if let Some(last) = names.last_mut() {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
        depth += word.matches('(').count();
        depth = depth.saturating_sub(word.matches(')').count());
    }
    names.retain(|name| !name.is_empty());
    names
}

/// Returns the word by which a name of several words says more than what it names: `api twice`,
/// `except migrate`, `2 workers`; `PostgreSQL 16` says no more.
fn surplus(name: &str, kind: InventoryKind, phrase: Phrase<'_>) -> Option<String> {
    const BACK: &[Word] = &[Word::Off, Word::Condition];
    const MORE: &[Word] = &[
        Word::Off,
        Word::Condition,
        Word::Demand,
        Word::Exactly,
        Word::Environments,
    ];
    let bare = name.split('(').next().unwrap_or_default();
    let all: Vec<&str> = words(bare).collect();
    if all.len() < 2 {
        return None;
    }
    let services = kind == InventoryKind::Services;
    let asking = Meanings::of(if services { MORE } else { BACK });
    let figure = |at: usize, word: &str| {
        let before = at.checked_sub(1).and_then(|at| all.get(at));
        let product = before.is_some_and(|it| named_product(&it.to_lowercase()).is_some());
        let digits = word.trim_start_matches(['x', 'х', 'v']);
        let counts = digits.starts_with(|it: char| it.is_ascii_digit());
        services && counts && !product
    };
    let mut all_of = all.iter().enumerate();
    let more = all_of.find(|(at, word)| {
        let told = phrase.vocabulary().told_by(word).alone;
        told.meets(asking) || figure(*at, word)
    });
    more.map(|(_, word)| (*word).to_owned())
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
fn place(task: &Task, name: &str) -> Span {
    match task.text.source.find(name) {
        Some(at) => {
            let start = task.text.span.start + at;
            start..start + name.len()
        }
        None => task.text.span.clone(),
    }
}
