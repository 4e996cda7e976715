//! `Resource limits for every pod`: a rule that every written manifest must satisfy.

use crate::vocabulary::{Phrase, Word};

use super::super::target;
use super::{Intent, Line, Outcome, Required, Rule, reading, wording};

pub(super) const RULE: Rule = Rule {
    name: "require",
    looks_for: "a namespace with its name, or resources, probes, anti-affinity or a disruption \
                budget, with nothing but words around it",
    read,
};

/// What is required, with the words that tell it.
const REQUIRED: &[(Required, &str, &[Word])] = &[
    (
        Required::DisruptionBudget,
        "require disruption budget",
        &[Word::Disruption],
    ),
    (
        Required::AntiAffinity,
        "require anti-affinity",
        &[Word::AntiAffinity],
    ),
    (
        Required::Probes,
        "require probes",
        &[Word::Probes, Word::Liveness, Word::Readiness],
    ),
    (
        Required::Resources,
        "require resources",
        &[Word::Resources, Word::Limits],
    ),
];

/// Every word that tells something that is required.
const TOLD: &[Word] = &[
    Word::Disruption,
    Word::AntiAffinity,
    Word::Probes,
    Word::Liveness,
    Word::Readiness,
    Word::Resources,
    Word::Limits,
    Word::Requests,
    Word::Cpu,
    Word::Memory,
];

const NOTHING: &str = "names nothing that manifests can be checked for";

/// What compares one thing with another.
const SIGNS: &[char] = &['=', '<', '>', '≤', '≥', '≠', '×'];

/// Verbs that a requirement may begin with.
const VERBS: &[Word] = &[Word::Create, Word::Add, Word::SetUp];

fn read(line: &Line<'_>) -> Outcome {
    let prose = line.prose();
    if !prose.may_tell(&[TOLD, &[Word::Namespace]].concat()) {
        return Err(NOTHING.into());
    }
    if prose.before(':').find(&[Word::Namespace]).is_some() {
        return namespace(line);
    }
    let near: Vec<&str> = prose.before(':').words().take(NEAR).collect();
    let near = near.join(" ");
    let near = prose.with(&near);
    let told = |words: &[Word]| near.find(words).map(str::to_owned);
    let (required, rule, word) = REQUIRED
        .iter()
        .find_map(|(required, rule, words)| Some((*required, *rule, told(words)?)))
        .ok_or(NOTHING)?;
    enough(required, prose)?;
    if let Some(sign) = line.plain.chars().find(|it| SIGNS.contains(it)) {
        return Err(format!("“{sign}” says more than what is required").into());
    }
    let begun = wording::verb(prose, VERBS).map(|verb| verb.word);
    let all = wording::opened(prose).skip(usize::from(begun.is_some()));
    if let Some(code) = line.codes().find(|code| !target::is_endpoint(code)) {
        return Err(format!("`{code}` is another thing than every manifest").into());
    }
    let another = |it: &&(Required, &str, &[Word])| it.0 != required && prose.find(it.2).is_some();
    if let Some((_, other, _)) = REQUIRED.iter().find(another) {
        return Err(format!("{other} is another thing than {rule}").into());
    }
    let mut known: Vec<Word> = TOLD.to_vec();
    known.extend([Word::Around, Word::Replicas]);
    // A line may say what a budget or different nodes are good for.
    if matches!(
        required,
        Required::DisruptionBudget | Required::AntiAffinity
    ) {
        known.extend([Word::Idle, Word::Purpose, Word::Rolling]);
    }
    // Several words may say one thing: `without downtime`.
    let all: Vec<&str> = all.collect();
    let told = line.vocabulary.marked(&all, &known);
    let others = all.into_iter().zip(told).filter(|(_, told)| !told);
    if let Some(stray) = wording::stray(line, others.map(|(word, _)| word), &[]) {
        return Err(format!("“{stray}” says more than what is required").into());
    }
    let said = prose.find(&[Word::Past, Word::Environments]);
    if let Some(more) = said.or_else(|| wording::asks_more(prose)) {
        return Err(format!("asks for more (“{more}”)").into());
    }
    Ok((Intent::Require(required, None), reading(rule, [word])))
}

/// How many words may stand before the one that tells.
const NEAR: usize = 6;

/// Refuses words that alone may tell something else: resources of a team, readiness of people.
fn enough(required: Required, prose: Phrase<'_>) -> Result<(), &'static str> {
    let has = |words: &[Word]| prose.find(words).is_some();
    let both = |one: &[Word], two: &[Word]| has(one) && has(two);
    let told = match required {
        Required::Probes => has(&[Word::Probes]) || both(&[Word::Liveness], &[Word::Readiness]),
        Required::Resources => {
            let parts = [Word::Limits, Word::Requests];
            both(&[Word::Resources, Word::Cpu, Word::Memory], &parts)
                || both(&[Word::Limits], &[Word::Requests])
                || both(&parts, &[Word::Pods])
        }
        Required::Namespace | Required::AntiAffinity | Required::DisruptionBudget => true,
    };
    told.then_some(())
        .ok_or("what is required isn't told by one word alone")
}

/// Reads `Namespace: x`, with nothing else said.
fn namespace(line: &Line<'_>) -> Outcome {
    let (name, before, after) = named(line).ok_or("names no namespace")?;
    if !is_name(&name) {
        return Err(format!("`{name}` can't be a namespace's name").into());
    }
    let before = Phrase::new(&before, line.vocabulary);
    let word = before
        .find(&[Word::Namespace])
        .ok_or("no word for a namespace stands before the name")?;
    let begun = wording::verb(before, VERBS).is_some();
    let all = wording::opened(before).skip(usize::from(begun));
    if let Some(stray) = wording::stray(line, all, &[Word::Namespace, Word::Object]) {
        return Err(format!("“{stray}” says more than the namespace's name").into());
    }
    let after = before.with(&after);
    let goes_on = after.text().trim_start().starts_with(char::is_alphanumeric);
    if goes_on || line.codes().count() > 1 || wording::asks_more(after).is_some() {
        return Err("says more than the namespace's name".into());
    }
    let matched = reading("require namespace", [word, &name]);
    Ok((
        Intent::Require(Required::Namespace, Some(name.clone())),
        matched,
    ))
}

/// Returns the namespace that a line names, as a code span or behind the colon, with what stands
/// before and behind it.
fn named(line: &Line<'_>) -> Option<(String, String, String)> {
    if let Some(code) = line.codes().next() {
        let around = wording::around(line, code);
        return Some((code.to_owned(), around.before, around.after));
    }
    let (before, value) = line.plain.split_once(':')?;
    let value = value.trim_start();
    let end = value.find(char::is_whitespace).unwrap_or(value.len());
    let (name, after) = value.split_at_checked(end)?;
    let name = name.trim_matches(|letter: char| !letter.is_alphanumeric());
    Some((name.to_owned(), before.to_owned(), after.to_owned()))
}

/// Returns whether Kubernetes takes a name for a namespace.
fn is_name(name: &str) -> bool {
    const LONGEST: usize = 63;
    let fits = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    let inside = !name.starts_with('-') && !name.ends_with('-');
    !name.is_empty() && name.len() <= LONGEST && inside && name.chars().all(fits)
}
