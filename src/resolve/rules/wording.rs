//! How a line is put: its verb, what stands between that and a path, and what else it asks for.
//!
//! Strict on purpose. A line that asks for anything beside what a rule does, or says that it isn't
//! to be done, is a person's.

use crate::checklist::{Inline, Part};
use crate::vocabulary::{Meanings, Phrase, Word, words};

use super::Line;

/// What begins another clause than the one that a rule reads, beside a full stop.
const CLAUSES: [char; 10] = [',', ';', ':', '(', ')', '—', '–', '→', '!', '\n'];

/// A line's verb, with the words between it and what follows.
#[derive(Debug)]
pub(super) struct Verb<'l> {
    pub(super) word: &'l str,
    pub(super) between: Vec<&'l str>,
}

/// The texts around one of a line's code spans, without the other code spans.
#[derive(Debug, Default)]
pub(super) struct Around {
    pub(super) before: String,
    pub(super) after: String,
}

/// Returns the texts around the first code span that is `code`.
pub(super) fn around(line: &Line<'_>, code: &str) -> Around {
    let mut around = Around::default();
    let mut met = false;
    for part in &line.task.text.parts {
        match part {
            Part::Code(it) if !met && it.value == code => met = true,
            Part::Code(_) if met => around.after.push(' '),
            Part::Code(_) => around.before.push(' '),
            Part::Text(it) if met => around.after.push_str(&it.value),
            Part::Text(it) => around.before.push_str(&it.value),
        }
    }
    around
}

/// Returns the text without its code spans.
pub(super) fn prose(text: &Inline) -> String {
    let texts = text.parts.iter().map(|part| match part {
        Part::Text(text) => text.value.as_str(),
        Part::Code(_) => " ",
    });
    texts.collect()
}

/// Returns a text's words behind numbers, marks and words that may stand before a verb.
pub(super) fn opened(text: Phrase<'_>) -> impl Iterator<Item = &str> {
    told_opened(text).map(|(word, _)| word)
}

/// Returns the same words, each with what it tells.
pub(super) fn told_opened(text: Phrase<'_>) -> impl Iterator<Item = (&str, Meanings)> {
    text.told()
        .skip_while(|(word, told)| told.has(Word::Opening) || is_number(word))
}

/// Returns whether a word numbers or marks a line: `1`, `2.3`, `P1`, `OPS-123`, `ЦНАП-119`.
pub(in crate::resolve) fn is_number(word: &str) -> bool {
    let (letters, digits) = word.split_at(
        word.find(|letter: char| letter.is_ascii_digit())
            .unwrap_or(word.len()),
    );
    let numbered = digits.chars().all(|it| it.is_ascii_digit() || it == '.');
    let mark = letters.trim_end_matches('-');
    numbered && !digits.is_empty() && mark.chars().all(char::is_uppercase)
}

/// Returns the verb that a text begins with, if it tells one of these and wasn't done already.
pub(super) fn verb<'l>(text: Phrase<'l>, meanings: &[Word]) -> Option<Verb<'l>> {
    if !text.may_tell(meanings) {
        return None;
    }
    let mut told = told_opened(text);
    let (word, tells) = told.next()?;
    let mut all = told.map(|(word, _)| word).peekable();
    if !meanings.iter().any(|it| tells.has(*it)) {
        // `set up`, `roll out`
        let two = format!("{word} {}", all.peek()?);
        let found = text.with(&two).find(meanings)?;
        if found != word {
            return None;
        }
        all.next();
    }
    (!tells.has(Word::Past)).then(|| Verb {
        word,
        between: all.collect(),
    })
}

/// Splits a text at marks and at full stops; in `shop.test`, the stop is none.
pub(super) fn clauses<'t>(text: &'t str, marks: &[char]) -> Vec<&'t str> {
    let small = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
    let joins = |at: usize| {
        let before = text.get(..at).and_then(|it| it.chars().next_back());
        let behind = text.get(at + 1..).and_then(|it| it.chars().next());
        before.is_some_and(small) && behind.is_some_and(small)
    };
    let mut all = Vec::new();
    let mut begun = 0;
    for (at, mark) in text.char_indices() {
        if marks.contains(&mark) || mark == '.' && !joins(at) {
            all.extend(text.get(begun..at));
            begun = at + mark.len_utf8();
        }
    }
    all.extend(text.get(begun..));
    all
}

/// Returns the first word of a clause that asks for something else: `… and delete the old one`.
pub(super) fn asks_more(text: Phrase<'_>) -> Option<&str> {
    let clauses = clauses(text.text(), &CLAUSES);
    clauses.into_iter().find_map(|clause| {
        let mut first = true;
        let mut joined = false;
        for word in words(clause) {
            let told = text.vocabulary().told_by(word).alone;
            let tells = |meanings| told.meets(Meanings::of(meanings));
            let asks = tells(&[Word::Other, Word::Past]);
            let makes = tells(&[Word::Create, Word::Add, Word::SetUp, Word::Study]);
            if (first || joined) && asks || joined && makes {
                return Some(word);
            }
            joined = tells(&[Word::And]);
            first = first && (joined || tells(&[Word::Opening]));
        }
        None
    })
}

/// Returns the word by which a clause says of a file what it is or must be: `it must have limits`.
pub(super) fn states(text: Phrase<'_>) -> Option<&str> {
    let clauses = clauses(text.text(), &CLAUSES).into_iter();
    let mut begins = clauses.flat_map(|clause| words(clause).take(2));
    begins.find(|word| text.vocabulary().tells(word, Word::Must))
}

/// Returns the first of these words that tells none of the meanings.
pub(super) fn stray<'w>(
    line: &Line<'_>,
    words: impl IntoIterator<Item = &'w str>,
    meanings: &[Word],
) -> Option<&'w str> {
    let meanings = Meanings::of(meanings);
    words.into_iter().find(|word| {
        let known = line.vocabulary.told_by(word).alone.meets(meanings);
        !known && !is_number(word)
    })
}
