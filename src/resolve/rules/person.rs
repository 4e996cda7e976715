//! Words that leave a line to a person, whatever else it says: not, if, optional, by hand, an open
//! question, something that is struck through.

use crate::vocabulary::{Meanings, Phrase, Word};

use super::{Intent, Line, Outcome, Rule, reading, wording};

pub(super) const RULE: Rule = Rule {
    name: "person",
    looks_for: "words that leave the line to a person: not, if, optional, by hand, an open \
                question; or something that is struck through",
    read,
};

fn read(line: &Line<'_>) -> Outcome {
    let (why, word) = left(line).ok_or("says nothing that leaves it to a person")?;
    let rule = format!("person: {why}");
    Ok((Intent::Manual, reading(&rule, [word])))
}

/// Returns why a line is a person's, and the word that says so.
fn left(line: &Line<'_>) -> Option<(&'static str, String)> {
    if line.task.text.is_struck() {
        return Some(("struck through", "~~".to_owned()));
    }
    let phrase = line.prose();
    let first = phrase.told().next();
    let asks = first.is_some_and(|(_, told)| told.has(Word::Which));
    if !asks
        && phrase
            .text()
            .trim_end()
            .trim_end_matches(['*', '_', ')'])
            .ends_with('?')
    {
        return Some(("a question", "?".to_owned()));
    }
    let said = [
        ("by hand", Word::ByHand),
        ("on a condition", Word::Condition),
        ("undecided", Word::Doubt),
    ];
    let mut said = said
        .into_iter()
        .filter_map(|(why, word)| Some((why, phrase.find(&[word])?.to_owned())));
    said.next()
        .or_else(|| Some(("not to be done", negated(phrase)?.to_owned())))
}

/// Returns the negation that a line begins with, or that stands right before a verb, or behind the first one.
fn negated(phrase: Phrase<'_>) -> Option<&str> {
    const VERBS: [Word; 6] = [
        Word::Study,
        Word::Create,
        Word::Add,
        Word::SetUp,
        Word::Other,
        Word::Needed,
    ];
    if !phrase.may_tell(&[Word::Negation]) {
        return None;
    }
    let negates = |(_, told): &(&str, Meanings)| told.has(Word::Negation);
    let first = wording::told_opened(phrase).next();
    let first = first.filter(negates).map(|(word, _)| word);
    let mut pairs = phrase.told().zip(phrase.told().skip(1));
    let is_verb = |(_, told): &(&str, Meanings)| VERBS.into_iter().any(|it| told.has(it));
    // As other languages say it: `Erstelle nicht …`.
    let mut opening = wording::told_opened(phrase);
    let behind = opening.next().filter(is_verb).and(opening.next());
    let behind = behind.filter(negates).map(|(word, _)| word);
    let before = pairs.find(|(one, next)| negates(one) && is_verb(next));
    let said = behind.or_else(|| before.map(|((not, _), _)| not));
    first.or(said)
}
