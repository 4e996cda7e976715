//! `Resource limits for every pod`: a rule that every written manifest must satisfy.

use crate::vocabulary::{Meanings, Phrase, Word, words};

use super::{Intent, Line, Outcome, Required, Rule, reading, ticket, wording};

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
    if let Some(code) = line.codes().next().or_else(|| path(line.plain)) {
        return Err(format!("`{code}` is another thing than every manifest").into());
    }
    let another = |it: &&(Required, &str, &[Word])| it.0 != required && prose.find(it.2).is_some();
    if let Some((_, other, _)) = REQUIRED.iter().find(another) {
        return Err(format!("{other} is another thing than {rule}").into());
    }
    if let Some(stray) = stray(line, required) {
        return Err(format!("“{stray}” says more than what is required").into());
    }
    let (required, rule) = one_kind(required, prose).unwrap_or((required, rule));
    let said = prose.find(&[Word::Past, Word::Environments]);
    if let Some(more) = said.or_else(|| wording::asks_more(prose)) {
        return Err(format!("asks for more (“{more}”)").into());
    }
    Ok((Intent::Require(required, None), reading(rule, [word])))
}

/// Returns the one kind of probe that alone is required.
fn one_kind(required: Required, prose: Phrase<'_>) -> Option<(Required, &'static str)> {
    let has = |word: Word| prose.has(word);
    match (required, has(Word::Liveness), has(Word::Readiness)) {
        (Required::Probes, true, false) => Some((Required::Liveness, "require liveness probes")),
        (Required::Probes, false, true) => Some((Required::Readiness, "require readiness probes")),
        _ => None,
    }
}

/// Returns a path that stands in a line without code marks: `(/healthz)`.
fn path(plain: &str) -> Option<&str> {
    let marks = |it: char| "()[]«»“”\"',;:.".contains(it);
    let mut pieces = plain.split_whitespace().map(|it| it.trim_matches(marks));
    pieces.find(|it| it.starts_with('/') && it.chars().any(char::is_alphanumeric))
}

/// Returns a word that asks for more than what is required.
fn stray<'l>(line: &'l Line<'_>, required: Required) -> Option<&'l str> {
    let prose = line.prose();
    let mut known: Vec<Word> = TOLD.to_vec();
    known.extend([Word::Around, Word::Replicas]);
    // A line may say what a budget or different nodes are good for.
    let replicated = matches!(
        required,
        Required::DisruptionBudget | Required::AntiAffinity
    );
    if replicated {
        known.extend([Word::Idle, Word::Purpose, Word::Rolling]);
    }
    let begun = wording::verb(prose, VERBS).is_some();
    // Several words may say one thing: `without downtime`.
    let all: Vec<&str> = wording::opened(prose).skip(usize::from(begun)).collect();
    let told = line.vocabulary.marked(&all, &known);
    let mut words = all.iter().copied().zip(told).enumerate();
    let stray = words.find(|(at, (word, told))| {
        if word.contains(|it: char| it.is_ascii_digit()) && !told {
            let next = all.get(at + 1).copied().unwrap_or_default();
            return !(is_ticket(line, word) || replicated && is_several(line, word, next));
        }
        let alone = line.vocabulary.told_by(word).alone;
        !told || alone.meets(Meanings::of(&known)) && !is_covered(line, word, &known)
    });
    let aside = || {
        let text = prose.text();
        let dash = text.find(" - ");
        let at = text.find(ASIDE).into_iter().chain(dash).min()?;
        text.get(at..)
    };
    let counted = || prose.with(aside()?).find(&[Word::Count]);
    stray.map(|(_, (word, _))| word).or_else(counted)
}

/// Marks behind which a line says more of what is required.
const ASIDE: [char; 7] = ['(', '[', ':', ';', '+', '—', '–'];

/// Returns whether a word is a known one, inflected or put together from such at most: `LimitRange`
/// and `resource-quota` are other things than limits and resources.
fn is_covered(line: &Line<'_>, word: &str, known: &[Word]) -> bool {
    let fits = |word: &str| line.vocabulary.is_form(word, known);
    let mut parts = vec![String::new()];
    let mut small = false;
    for letter in word.chars() {
        if letter == '-' || small && letter.is_uppercase() {
            parts.push(String::new());
        }
        small = letter.is_lowercase();
        if let Some(part) = parts.last_mut().filter(|_| letter != '-') {
            part.push(letter);
        }
    }
    fits(word) || parts.len() > 1 && parts.iter().all(|part| fits(part))
}

/// Returns whether a word numbers a ticket: `OPS-17`, `#12`.
fn is_ticket(line: &Line<'_>, word: &str) -> bool {
    let marked = || line.plain.contains(&format!("#{word}"));
    ticket::is_ticket(line.plain, word) || wording::is_number(word) && marked()
}

/// Returns whether a figure only says what a rule is about anyhow: `2 replicas`, `2+ pods`.
fn is_several(line: &Line<'_>, word: &str, next: &str) -> bool {
    let tells = |meaning| line.vocabulary.tells(next, meaning);
    word == "2" && (tells(Word::Replicas) || tells(Word::Pods))
}

/// How many words may stand before the one that tells.
const NEAR: usize = 6;

/// Refuses words that alone may tell something else: resources of a team, readiness of people.
fn enough(required: Required, prose: Phrase<'_>) -> Result<(), &'static str> {
    let has = |words: &[Word]| prose.find(words).is_some();
    let both = |one: &[Word], two: &[Word]| has(one) && has(two);
    let told = match required {
        Required::Probes | Required::Liveness | Required::Readiness => {
            has(&[Word::Probes]) || both(&[Word::Liveness], &[Word::Readiness])
        }
        Required::Resources => {
            let parts = [Word::Limits, Word::Requests];
            both(&[Word::Resources, Word::Cpu, Word::Memory], &parts)
                || both(&[Word::Limits], &[Word::Requests])
                || both(&parts, &[Word::Pods])
        }
        Required::Namespace
        | Required::NewNamespace
        | Required::AntiAffinity
        | Required::DisruptionBudget => true,
    };
    told.then_some(())
        .ok_or("what is required isn't told by one word alone")
}

/// Reads `Namespace: x` and ``Create namespace `x` ``, with nothing else said.
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
    let with = before.find(&[Word::With, Word::And]);
    let stray = wording::stray(line, all, &[Word::Namespace, Word::Object]);
    if let Some(stray) = with.or(stray) {
        return Err(format!("“{stray}” says more than the namespace's name").into());
    }
    // Whatever stands behind may be another object: `(with ResourceQuota)`.
    let more = words(&after).find(|word| !is_ticket(line, word));
    if let Some(more) = more.or_else(|| line.codes().nth(1)) {
        return Err(format!("“{more}” says more than the namespace's name").into());
    }
    let required = if begun {
        Required::NewNamespace
    } else {
        Required::Namespace
    };
    let matched = reading("require namespace", [word, &name]);
    Ok((Intent::Require(required, Some(name.clone())), matched))
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
