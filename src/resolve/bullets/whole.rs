//! What a text is read as: by the first rule that leaves nothing of it, or clause by clause.

use crate::checklist::{Inline, Part, Spanned};

use super::super::spec::Spec;
use super::super::target::FileKind;
use super::rows::{ROUTED, ROWS};
use super::{About, Meaning, left};
use crate::vocabulary::Vocabulary;

/// What a text may say beyond what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::resolve) enum Beyond {
    /// Words that describe, no figures.
    Words,
    /// Nothing that asks for anything.
    Nothing,
}

/// What a text was read as.
pub(super) struct Found {
    pub(super) rule: &'static str,
    pub(super) meaning: Meaning,
    pub(super) spec: Spec,
}

/// What a rule leaves of a text that it reads in part.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) rule: &'static str,
    pub(super) word: String,
}

/// Returns what the first rule makes of a text that leaves nothing of it, or several of its
/// clauses; else what the first that reads some of it leaves.
pub(super) fn read(
    text: &Inline,
    of: About<'_>,
    beyond: Beyond,
    vocabulary: &Vocabulary,
) -> Result<Found, Option<Left>> {
    let left = match whole(text, of, beyond, vocabulary) {
        Err(left) => left,
        found => return found,
    };
    let mut clauses = clauses(text).into_iter();
    let mut all: Option<Found> = None;
    let read = clauses.len() > 1
        && clauses.all(|clause| {
            let Ok(found) = whole(&clause, of, beyond, vocabulary) else {
                return false;
            };
            match (&mut all, found.meaning) {
                (None, meaning) => all = Some(Found { meaning, ..found }),
                (Some(all), Meaning::Carried(meaning)) => {
                    all.spec.merge(found.spec);
                    match &mut all.meaning {
                        Meaning::Carried(before) => *before = format!("{before}; {meaning}"),
                        Meaning::Environment(_)
                        | Meaning::InitScripts
                        | Meaning::Heading
                        | Meaning::Unread => return false,
                    }
                }
                // These are answered from the facts, one at a time.
                (
                    Some(_),
                    Meaning::Environment(_)
                    | Meaning::InitScripts
                    | Meaning::Heading
                    | Meaning::Unread,
                ) => return false,
            }
            true
        });
    all.filter(|_| read).ok_or(left)
}

/// Returns what the first rule makes of a text that leaves nothing of it.
fn whole(
    text: &Inline,
    of: About<'_>,
    beyond: Beyond,
    vocabulary: &Vocabulary,
) -> Result<Found, Option<Left>> {
    let routed = (of.kind == Some(FileKind::Ingress)).then_some(&ROUTED);
    let mut left = None;
    for row in routed.into_iter().chain(ROWS) {
        let Some((meaning, spec)) = row.asked(text, of.kind, vocabulary) else {
            continue;
        };
        let beside = left::Beside {
            vocabulary,
            meanings: &[row.about, row.beside].concat(),
            signs: row.signs,
            path: of.path,
            words: beyond == Beyond::Words,
        };
        let word = left::first(text, &beside, |text| row.asked(text, of.kind, vocabulary));
        let rule = row.name;
        match word {
            None => {
                return Ok(Found {
                    rule,
                    meaning,
                    spec,
                });
            }
            Some(word) => left = left.or(Some(Left { rule, word })),
        }
    }
    Err(left)
}

/// Returns what stands between a text's commas and semicolons; those in brackets part nothing.
fn clauses(text: &Inline) -> Vec<Inline> {
    let empty = Inline {
        parts: Vec::new(),
        ..text.clone()
    };
    let mut all = vec![empty.clone()];
    let mut depth = 0_usize;
    for part in &text.parts {
        let Part::Text(words) = part else {
            all.iter_mut()
                .last()
                .into_iter()
                .for_each(|last| last.parts.push(part.clone()));
            continue;
        };
        let pieces = words.value.split(|letter: char| {
            match letter {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && matches!(letter, ',' | ';')
        });
        for (at, piece) in pieces.enumerate() {
            if at > 0 {
                all.push(empty.clone());
            }
            let piece = Part::Text(Spanned {
                value: piece.to_owned(),
                span: words.span.clone(),
            });
            all.iter_mut()
                .last()
                .into_iter()
                .for_each(|last| last.parts.push(piece.clone()));
        }
    }
    all
}
