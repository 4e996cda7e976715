//! Words that leave a line to a person, whatever else it says: not, if, optional, by hand, an open
//! question, a line that is struck through.

use crate::vocabulary::{Phrase, Word};

use super::{Intent, Line, Outcome, Rule, reading, wording};

pub(super) const RULE: Rule = Rule {
    name: "person",
    looks_for: "words that leave the line to a person: not, if, optional, by hand, an open \
                question; or a line that is struck through",
    read,
};

fn read(line: &Line<'_>) -> Outcome {
    let (why, word) = left(line).ok_or("says nothing that leaves it to a person")?;
    let rule = format!("person: {why}");
    Ok((Intent::Manual, reading(&rule, [word])))
}

/// Returns why a line is a person's, and the word that says so.
fn left(line: &Line<'_>) -> Option<(&'static str, String)> {
    let source = line.task.text.source.as_str();
    if source.starts_with("~~") && source.matches("~~").count() > 1 {
        return Some(("struck through", "~~".to_owned()));
    }
    let phrase = line.prose();
    let asks = phrase
        .words()
        .next()
        .is_some_and(|word| line.vocabulary.tells(word, Word::Which));
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

/// Returns the negation that a line begins with, or that stands right before a verb.
fn negated(phrase: Phrase<'_>) -> Option<&str> {
    const VERBS: [Word; 6] = [
        Word::Study,
        Word::Create,
        Word::Add,
        Word::SetUp,
        Word::Other,
        Word::Needed,
    ];
    let tells = |word: &str, meaning| phrase.vocabulary().tells(word, meaning);
    let first = wording::opened(phrase).next();
    if let Some(first) = first.filter(|word| tells(word, Word::Negation)) {
        return Some(first);
    }
    let all: Vec<&str> = phrase.words().collect();
    all.windows(2).find_map(|pair| match pair {
        [not, verb] => {
            let is = tells(not, Word::Negation) && VERBS.into_iter().any(|it| tells(verb, it));
            is.then_some(*not)
        }
        _ => None,
    })
}
