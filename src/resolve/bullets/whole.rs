//! What a text is read as: by the first rule that leaves nothing of it, or clause by clause.

use crate::checklist::{Inline, Part, Spanned};

use super::super::spec::Spec;
use super::super::target::FileKind;
use super::rows::{Asked, ROUTED, ROWS, Row};
use super::{About, Meaning, left};
use crate::vocabulary::{Vocabulary, Word};

/// What a text may say beyond what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::resolve) enum Beyond {
    /// Words that describe, no figures: a line that describes a file.
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
    let by_clauses = |left| {
        let clauses = clauses(text);
        if clauses.len() < 2 {
            return Err(left);
        }
        let mut read = clauses
            .iter()
            .map(|clause| whole(clause, of, beyond, vocabulary).ok());
        let first = read.next().flatten();
        let all = first.and_then(|first| read.try_fold(first, |all, found| all.and(found?)));
        all.ok_or(left)
    };
    whole(text, of, beyond, vocabulary).or_else(by_clauses)
}

impl Found {
    /// Returns this and another one as one; what is answered from the facts is answered alone.
    fn and(mut self, other: Self) -> Option<Self> {
        let (Meaning::Carried(one), Meaning::Carried(two)) = (&self.meaning, &other.meaning) else {
            return None;
        };
        if self.spec.contradicts(&other.spec) {
            return None;
        }
        self.meaning = Meaning::Carried(format!("{one}; {two}"));
        self.spec.merge(other.spec);
        Some(self)
    }
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
    let plain = text.plain();
    let asked = Asked::of(text, &plain, of.kind, vocabulary);
    for row in routed.into_iter().chain(ROWS) {
        let Some((meaning, spec)) = row.asked(asked) else {
            continue;
        };
        let beside = left::Beside {
            vocabulary,
            meanings: &[row.about, row.beside].concat(),
            signs: row.signs,
            path: of.path,
            words: beyond == Beyond::Words,
            leading: leading(row, routed),
        };
        let word = left::first(text, &beside, |text| {
            let plain = text.plain();
            row.asked(Asked::of(text, &plain, of.kind, vocabulary))
        });
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

/// Returns what leads to a thing that a rule's reading would hold for alone: the wishes of a way in
/// are the whole file's, and one claim is all pods'.
fn leading(row: &Row, routed: Option<&Row>) -> &'static [Word] {
    if routed.is_some() {
        &[Word::Each, Word::Purpose]
    } else if row.about.contains(&Word::Claim) {
        &[Word::Each]
    } else {
        &[]
    }
}

/// Returns what stands between a text's commas and semicolons; those in brackets part nothing.
pub(in crate::resolve) fn clauses(text: &Inline) -> Vec<Inline> {
    let empty = Inline {
        parts: Vec::new(),
        ..text.clone()
    };
    let mut all = Vec::new();
    let mut clause = empty.clone();
    let mut depth = 0_usize;
    for part in &text.parts {
        let Part::Text(words) = part else {
            clause.parts.push(part.clone());
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
                all.push(std::mem::replace(&mut clause, empty.clone()));
            }
            clause.parts.push(Part::Text(Spanned {
                value: piece.to_owned(),
                span: words.span.clone(),
            }));
        }
    }
    all.push(clause);
    all
}
