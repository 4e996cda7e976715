//! ``Study `docker-compose.yml` ``: what is to be read.

use super::super::target;
use super::{Intent, Line, Outcome, Rule, reading};
use crate::vocabulary::Word;

pub(super) const RULE: Rule = Rule {
    name: "study",
    looks_for: "a verb of looking at the line's beginning, and a path or an endpoint in code marks",
    read,
};

fn read(line: &Line<'_>) -> Outcome {
    let verb = line.first_word();
    let verb = verb.filter(|word| line.vocabulary.tells(word, Word::Study));
    let verb = verb.ok_or("doesn't begin with a verb of looking")?;
    let subjects: Vec<String> = line
        .codes()
        .filter(|code| target::is_endpoint(code) || target::is_path(code))
        .map(str::to_owned)
        .collect();
    if subjects.is_empty() {
        return Err("names no path and no endpoint in code marks".into());
    }
    let matched = std::iter::once(verb.to_owned()).chain(subjects.iter().cloned());
    Ok((Intent::Study(subjects.clone()), reading("study", matched)))
}
