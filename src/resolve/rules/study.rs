//! ``Study `docker-compose.yml` ``: what is to be read.

use crate::vocabulary::{Phrase, Word};

use super::super::target;
use super::{Intent, Line, Outcome, Rule, reading, wording};

pub(super) const RULE: Rule = Rule {
    name: "study",
    looks_for: "a verb of looking at the line's beginning, and a path or an endpoint in code marks \
                right behind it",
    read,
};

/// Why a line without one isn't read.
const NO_VERB: &str = "doesn't begin with a verb of looking";

fn read(line: &Line<'_>) -> Outcome {
    let whole = line.prose();
    if !whole.may_tell(&[Word::Study]) {
        return Err(NO_VERB.into());
    }
    let subjects: Vec<String> = line
        .codes()
        .filter(|code| target::is_endpoint(code) || target::is_path(code))
        .map(str::to_owned)
        .collect();
    let first = subjects.first();
    let around = first.map(|code| wording::around(line, code));
    let before = around.as_ref().map(|around| whole.with(&around.before));
    let before = before.unwrap_or(whole);
    let verb = wording::verb(before, &[Word::Study]);
    let verb = verb.ok_or(NO_VERB)?;
    let around = around
        .as_ref()
        .ok_or("names no path and no endpoint in code marks")?;
    let between = [Word::Object, Word::In];
    if let Some(stray) = wording::stray(line, verb.between.iter().copied(), &between) {
        return Err(format!("“{stray}” stands between the verb and the path").into());
    }
    let after = before.with(&around.after);
    if let Some(more) = goes_on(after).or_else(|| wording::asks_more(after)) {
        return Err(format!("asks for more (“{more}”)").into());
    }
    let matched = std::iter::once(verb.word.to_owned()).chain(subjects.iter().cloned());
    Ok((Intent::Study(subjects.clone()), reading("study", matched)))
}

/// Returns the word with which a line goes on behind its paths, where that is no more of them and
/// doesn't say what they are studied for: `` `src/a.py` and speed it up``.
fn goes_on(after: Phrase<'_>) -> Option<&str> {
    let segment = after.text().split(['—', '–', '-', ':', ';', '.', '(']);
    let segment = after.with(segment.into_iter().next().unwrap_or_default());
    let tells = |word: &str, meanings: &[Word]| {
        let mut all = meanings.iter();
        all.any(|meaning| after.vocabulary().tells(word, *meaning))
    };
    let mut words = segment.words();
    let first = words.next()?;
    if tells(first, &[Word::And]) {
        return words.find(|word| !tells(word, &[Word::And, Word::Object]));
    }
    let leads = [Word::Object, Word::In, Word::Purpose, Word::Reference];
    let listed = segment.text().trim_start().starts_with(',');
    (!listed && !tells(first, &leads)).then_some(first)
}
