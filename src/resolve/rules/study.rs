//! ``Study `docker-compose.yml` ``: what is to be read.

use crate::vocabulary::{Meanings, Phrase, Word, words};

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
    let more = goes_on(after).or_else(|| wording::asks_more(after));
    if let Some(more) = more.or_else(|| asks(after)) {
        return Err(format!("asks for more (“{more}”)").into());
    }
    let matched = std::iter::once(verb.word.to_owned()).chain(subjects.iter().cloned());
    Ok((Intent::Study(subjects.clone()), reading("study", matched)))
}

/// What may stand right behind a path: further ones, and what is to be seen there.
const BEHIND: &[Word] = &[
    Word::And,
    Word::Plain,
    Word::Article,
    Word::Object,
    Word::Purpose,
    Word::VariableNoun,
    Word::EndpointNoun,
    Word::Ports,
    Word::Services,
    Word::Volumes,
    Word::Secrets,
    Word::ConfigMaps,
];

/// Returns the word with which a line goes on behind its paths, where that is no more of them and
/// doesn't say what is to be seen there: `` `src/a.py` and speed it up``, `` `a.md` with the team``,
/// `` `Dockerfile`, draw a diagram``.
fn goes_on(after: Phrase<'_>) -> Option<&str> {
    let text = after.text().split(" - ").next().unwrap_or_default();
    let segment = text.split(['—', '–', ':', '(']).next().unwrap_or_default();
    let segment = after.with(segment);
    let meanings = Meanings::of(BEHIND);
    let mut words = segment.told();
    let stray = words.find(|(_, told)| !told.meets(meanings) || told.has(Word::With));
    stray.map(|(word, _)| word)
}

/// Returns the word by which what is said behind the paths asks why something is wrong, wants
/// something made of them, or names persons to study them with: `— is it up to date`, `: what breaks`, `— a list for
/// the wiki`, `— with the team`.
fn asks(after: Phrase<'_>) -> Option<&str> {
    let vocabulary = after.vocabulary();
    if let Some(word) = after.find(&[Word::Trouble, Word::Outcome]) {
        return Some(word);
    }
    let clauses = after.text().split(['—', '–', ':', ';', '.', '(', ',']);
    let mut first = clauses.filter_map(|clause| words(clause).next());
    first.find(|word| {
        let told = vocabulary.told_by(word).alone;
        told.has(Word::With) || told.has(Word::Must)
    })
}
