//! `<!-- orch: … -->` → [`Directive`].
//!
//! Whether what a directive names exists (a path, another task) is not decided here. Its keys are
//! rows of one table, `keys`.

mod awaited;
mod keys;
#[cfg(test)]
mod page;

use std::time::Duration;

pub use awaited::Awaited;
pub use keys::{KEYS, Key, RESERVED, Reserved};

use super::problems::Problems;
use super::tree::{Kind, Node};
use super::{Directive, Span, Spanned, TaskId, script};

/// Returns the directive that a comment holds, if it holds one.
pub(super) fn read(text: &str, span: &Span, problems: &mut Problems<'_>) -> Option<Directive> {
    let before = problems.count();
    let directive = read_comment(text, span, problems);
    problems.name(before, RULE);
    directive
}

/// The rule's name of what is wrong with a directive.
pub(super) const RULE: &str = "directive";

fn read_comment(text: &str, span: &Span, problems: &mut Problems<'_>) -> Option<Directive> {
    let source = text.get(span.clone())?;
    let inside = source.trim_start().strip_prefix("<!--")?;
    let inside = inside.trim_start();
    let (name, words) = inside.split_at_checked(name_end(inside))?;
    if !is_name(name) {
        return None;
    }
    let start = span.start + source.len() - source.trim_start().len();
    if name != NAME {
        if !words.trim_start().starts_with(':') {
            return None;
        }
        let message = format!("`{name}` begins no directive");
        problems.error(span, message, "write `orch:` in small Latin letters");
        let at = span.end - inside.len();
        problems.suggest(at..at + name.len(), NAME);
        return None;
    }
    let Some(rest) = words.trim_start().strip_prefix(':') else {
        let message = "a comment starts with `orch`, but has no colon behind it".to_owned();
        problems.warning(
            span,
            message,
            "write `<!-- orch: … -->`, if this is a directive",
        );
        return None;
    };
    let body_start = span.end - rest.len();
    let Some((body, _)) = rest.split_once("-->") else {
        problems.error(
            span,
            "this directive has no end".to_owned(),
            "close it with `-->`",
        );
        return None;
    };
    let body_span = body_start..body_start + body.len();
    let mut directive = Directive {
        span: start..body_span.end + 3,
        ..Directive::default()
    };
    if let Some(at) = body.find("--") {
        let place = body_start + at..body_start + at + 2;
        let help = "not every Markdown program takes it: put the command into a script";
        problems.error(&place, "a comment holds no `--`".to_owned(), help);
    }
    let words = split(body, body_start);
    if words.is_empty() {
        let help = "say what is to be done, or take it away";
        problems.warning(span, "this directive says nothing".to_owned(), help);
    }
    for word in words {
        assign(&mut directive, &word, problems);
    }
    refuse_contradictions(&directive, problems);
    Some(directive)
}

/// What a directive begins with.
const NAME: &str = "orch";

/// Returns where a comment's first word ends.
fn name_end(inside: &str) -> usize {
    let part = |next: char| next.is_alphanumeric() || next == '-' || next == '_';
    inside.find(|next| !part(next)).unwrap_or(inside.len())
}

/// Returns whether a word is read as `orch` by people: in any case, with any alphabet's letters.
fn is_name(word: &str) -> bool {
    let latin = |letter: char| match letter {
        'о' => 'o',
        'с' => 'c',
        other => other,
    };
    word.to_lowercase().chars().map(latin).eq(NAME.chars())
}

/// Says that a task's own text begins a directive that isn't closed: Markdown shows it as text.
pub(super) fn unclosed(text: &str, nodes: &[Node<'_>], problems: &mut Problems<'_>) {
    // The parser cuts a text into pieces at signs that could have begun something.
    let mut piece: Option<Span> = None;
    for node in nodes {
        match (&node.kind, &mut piece) {
            (Kind::Text(_), Some(piece)) if piece.end == node.span.start => {
                piece.end = node.span.end;
            }
            (Kind::Text(_), _) => piece = Some(node.span.clone()),
            _ => piece = None,
        }
        let Some(piece) = &piece else { continue };
        let source = text.get(piece.clone()).unwrap_or_default();
        let Some((before, rest)) = source.split_once("<!--") else {
            continue;
        };
        let inside = rest.trim_start();
        let (name, behind) = inside
            .split_at_checked(name_end(inside))
            .unwrap_or_default();
        if is_name(name) && behind.trim_start().starts_with(':') {
            let at = problems.count();
            let start = piece.start + before.len();
            let help = "close it with `-->`, on the same line";
            problems.error(
                &(start..piece.end),
                "this directive has no end".to_owned(),
                help,
            );
            problems.name(at, RULE);
            return;
        }
    }
}

/// One `key`, `key=value` or `key="value"`.
struct Word {
    key: String,
    value: Option<Spanned<String>>,
    closed: bool,
    span: Span,
}

fn split(body: &str, base: usize) -> Vec<Word> {
    let mut words = Vec::new();
    let mut chars = body.char_indices().peekable();
    while let Some(&(start, first)) = chars.peek() {
        if first.is_whitespace() {
            chars.next();
            continue;
        }
        let mut key = String::new();
        while let Some((_, next)) = chars.next_if(|(_, c)| !c.is_whitespace() && *c != '=') {
            key.push(next);
        }
        let mut word = Word {
            key,
            value: None,
            closed: true,
            span: base + start..base + start,
        };
        if chars.next_if(|(_, c)| *c == '=').is_some() {
            let quote = chars
                .next_if(|(_, c)| *c == '"' || *c == '\'')
                .map(|(_, c)| c);
            let at = base + chars.peek().map_or(body.len(), |(at, _)| *at);
            let (value, closed) = value(&mut chars, quote);
            let end = base + chars.peek().map_or(body.len(), |(at, _)| *at);
            let end = end - usize::from(quote.is_some() && closed);
            word.value = Some(Spanned {
                value,
                span: at..end.max(at),
            });
            word.closed = closed;
        }
        word.span.end = base + chars.peek().map_or(body.trim_end().len(), |(at, _)| *at);
        words.push(word);
    }
    words
}

/// Returns a value's text and whether its quote is closed.
fn value(
    chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>,
    quote: Option<char>,
) -> (String, bool) {
    let mut value = String::new();
    let Some(quote) = quote else {
        while let Some((_, next)) = chars.next_if(|(_, c)| !c.is_whitespace()) {
            value.push(next);
        }
        return (value, true);
    };
    while let Some((_, next)) = chars.next() {
        if next == quote {
            return (value, true);
        }
        // Only the quote and the backslash are escaped, so that paths and patterns stay as they are.
        let escaped = chars.next_if(|(_, c)| next == '\\' && (*c == quote || *c == '\\'));
        value.push(escaped.map_or(next, |(_, c)| c));
    }
    (value, false)
}

fn assign(directive: &mut Directive, word: &Word, problems: &mut Problems<'_>) {
    if !word.closed {
        let message = format!("the value of `{}` has no closing quote", word.key);
        problems.error(&word.span, message, "");
        return;
    }
    let flag = word.key == "manual" || word.key == "skip";
    match &word.value {
        None if flag => {
            directive.manual |= word.key == "manual";
            directive.skip |= word.key == "skip";
        }
        Some(_) if flag => {
            let message = format!("`{}` takes no value", word.key);
            problems.error(&word.span, message, &format!("write just `{}`", word.key));
        }
        _ if !KEYS.iter().any(|key| key.name == word.key) => unknown(word, problems),
        Some(value) if !value.value.trim().is_empty() => give(directive, word, value, problems),
        Some(_) | None => {
            let message = format!("`{}` needs a value", word.key);
            problems.error(&word.span, message, &format!("write `{}=…`", word.key));
        }
    }
}

fn give(
    directive: &mut Directive,
    word: &Word,
    value: &Spanned<String>,
    problems: &mut Problems<'_>,
) {
    let twice = match word.key.as_str() {
        "id" => {
            let id = Spanned {
                value: TaskId::new(value.value.as_str()),
                span: value.span.clone(),
            };
            directive.id.replace(id).is_some()
        }
        "after" => {
            let before = !directive.after.is_empty();
            directive.after.extend(ids(value));
            before
        }
        "run" => {
            refuse_comment(value, problems);
            directive.run.replace(value.clone()).is_some()
        }
        "apply" => directive.apply.replace(value.clone()).is_some(),
        "namespace" => {
            if !is_label(&value.value) {
                let message = format!("`{}` can't be the name of a namespace", value.value);
                let help = "small letters, digits and `-`, 63 at most";
                problems.error(&value.span, message, help);
            }
            directive.namespace.replace(value.clone()).is_some()
        }
        "wait" => {
            let before = !directive.wait.is_empty();
            match awaited::read(&value.value) {
                Ok(objects) => directive.wait.extend(objects.into_iter().map(|it| Spanned {
                    span: value.span.start + it.span.start..value.span.start + it.span.end,
                    value: it.value,
                })),
                Err((message, help)) => problems.error(&value.span, message, &help),
            }
            before
        }
        "timeout" => {
            let timeout = duration(&value.value);
            if timeout.is_none() {
                let message = format!("`{}` is no duration", value.value);
                problems.error(&value.span, message, "write it like `90s`, `5m` or `1h30m`");
            }
            std::mem::replace(&mut directive.timeout, timeout).is_some()
        }
        _ => {
            let retries = value.value.parse().ok();
            if retries.is_none() {
                let message = format!("`{}` is no number of retries", value.value);
                problems.error(&value.span, message, "write it like `retries=3`");
            }
            std::mem::replace(&mut directive.retries, retries).is_some()
        }
    };
    if twice {
        problems.error(&word.span, format!("`{}` is given twice", word.key), "");
    }
}

/// A shell that is given a comment does nothing, and that proves nothing.
fn refuse_comment(run: &Spanned<String>, problems: &mut Problems<'_>) {
    if script::does_nothing(&run.value) {
        let message = "`run` holds no command: what begins with `#` is a comment".to_owned();
        problems.error(&run.span, message, "write the command without `#`");
    }
}

/// Returns whether a text can be the name of a namespace (RFC 1123).
fn is_label(text: &str) -> bool {
    let inner = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    let ends = text.starts_with('-') || text.ends_with('-');
    (1..=63).contains(&text.len()) && text.chars().all(inner) && !ends
}

fn ids(list: &Spanned<String>) -> Vec<Spanned<TaskId>> {
    let mut start = list.span.start;
    let mut ids = Vec::new();
    for piece in list.value.split(',') {
        let id = piece.trim();
        let at = start + piece.len() - piece.trim_start().len();
        if !id.is_empty() {
            ids.push(Spanned {
                value: TaskId::new(id),
                span: at..at + id.len(),
            });
        }
        start += piece.len() + 1;
    }
    ids
}

/// Returns the duration that `90s`, `5m` or `1h30m` stands for.
fn duration(text: &str) -> Option<Duration> {
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let (digits, tail) = rest.split_at_checked(rest.find(|c: char| !c.is_ascii_digit())?)?;
        let number: u64 = digits.parse().ok()?;
        let end = tail
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(tail.len());
        let (unit, next) = tail.split_at_checked(end)?;
        let piece = match unit {
            "ms" => Duration::from_millis(number),
            "s" => Duration::from_secs(number),
            "m" => Duration::from_secs(number.checked_mul(60)?),
            "h" => Duration::from_secs(number.checked_mul(3600)?),
            _ => return None,
        };
        total = total.checked_add(piece)?;
        rest = next;
    }
    (!total.is_zero()).then_some(total)
}

fn unknown(word: &Word, problems: &mut Problems<'_>) {
    if RESERVED.iter().any(|reserved| reserved.name == word.key) {
        let message = format!("`{}` can't be used in a directive yet", word.key);
        problems.error(
            &word.span,
            message,
            "the word is reserved; leave it out for now",
        );
        return;
    }
    let nearest = KEYS
        .iter()
        .map(|key| (distance(key.name, &word.key), key.name))
        .min()
        .filter(|(distance, _)| *distance <= 2);
    let help = if let Some((_, key)) = nearest {
        format!("did you mean `{key}`?")
    } else {
        let names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
        format!("keys: {}", names.join(", "))
    };
    problems.error(
        &word.span,
        format!("a directive has no key `{}`", word.key),
        &help,
    );
    if let Some((_, key)) = nearest {
        let start = word.span.start;
        problems.suggest(start..start + word.key.len(), key);
    }
}

/// Returns how many letters must be changed to make one word of the other.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (line, a) in left.chars().enumerate() {
        let mut diagonal = line;
        let mut previous = line + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(right.chars()) {
            let best = (diagonal + usize::from(a != b))
                .min(previous + 1)
                .min(*cell + 1);
            diagonal = *cell;
            *cell = best;
            previous = best;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

fn refuse_contradictions(directive: &Directive, problems: &mut Problems<'_>) {
    let ways = [
        directive.run.is_some(),
        directive.apply.is_some(),
        directive.manual,
    ];
    if ways.iter().filter(|given| **given).count() > 1 {
        let message = "`run`, `apply` and `manual` exclude each other".to_owned();
        problems.error(&directive.span, message, "keep one of them");
    }
    if let (Some(namespace), None) = (&directive.namespace, &directive.apply) {
        let message = "`namespace` goes with `apply` only".to_owned();
        problems.error(&namespace.span, message, "add `apply=…`, or take it away");
    }
    if directive.manual && !directive.wait.is_empty() {
        let message = "`manual` and `wait` exclude each other".to_owned();
        problems.error(
            &directive.span,
            message,
            "a person's box is ticked by a person",
        );
    }
}
