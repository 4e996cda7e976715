//! Secrets that are written into a command: `DB_PASSWORD=…`, `--token …`, a URL with a password.
//!
//! By names and by the forms that issuers give their keys. What stands for a value (`$TOKEN`, a
//! path, `<token>`) is none.

use std::ops::Range;

use super::{by_name, by_value, split_url};

/// Values shorter than this are words like `yes`.
const SHORTEST: usize = 4;

/// What separates the words of a command.
const BETWEEN: &str = " \t\r\n\"'`;&|()<>";

/// A secret's value in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// The value's bytes.
    pub span: Range<usize>,
    /// Why it is one, as `its name has …`.
    pub reason: String,
}

/// Returns the secrets that are written into a command, in their order.
pub fn literals(text: &str) -> Vec<Literal> {
    let words = split(text);
    let mut found: Vec<Literal> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        let literal = before
            .and_then(|before| by_word_before(text, before, word))
            .or_else(|| named(word))
            .or_else(|| shaped(word));
        let inside = found.last().is_some_and(|last| word.start < last.span.end);
        let is = |it: &Literal| !inside && text.get(it.span.clone()).is_some_and(is_value);
        found.extend(literal.filter(is).map(|it| quoted(text, it)));
    }
    found
}

/// Takes what stands between quotes as one value.
fn quoted(text: &str, literal: Literal) -> Literal {
    let Range { start, end } = literal.span;
    let (before, from) = text.split_at_checked(start).unwrap_or((text, ""));
    let mark = before.chars().next_back().filter(|it| "\"'".contains(*it));
    let closed = mark.and_then(|mark| from.find(mark));
    Literal {
        span: start..closed.map_or(end, |length| start + length),
        ..literal
    }
}

/// Returns a command with the secrets masked that are written into it.
pub fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut from = 0;
    for literal in literals(text) {
        masked.push_str(text.get(from..literal.span.start).unwrap_or_default());
        masked.push_str("***");
        from = literal.span.end;
    }
    masked.push_str(text.get(from..).unwrap_or_default());
    masked
}

/// A word of a command, and where it begins.
#[derive(Debug, Clone, Copy)]
struct Word<'t> {
    text: &'t str,
    start: usize,
}

impl Word<'_> {
    fn end(self) -> usize {
        self.start + self.text.len()
    }

    /// Returns the part of the word behind so many bytes as a secret.
    fn behind(self, bytes: usize, reason: String) -> Literal {
        Literal {
            span: self.start + bytes..self.end(),
            reason,
        }
    }
}

fn split(text: &str) -> Vec<Word<'_>> {
    let between = |letter: char| BETWEEN.contains(letter);
    let mut words = Vec::new();
    let mut start = 0;
    for part in text.split(between) {
        if !part.is_empty() {
            words.push(Word { text: part, start });
        }
        // All that separates words is one byte long.
        start += part.len() + 1;
    }
    words
}

/// `--password …`, `X-Api-Key: …`, `PASSWORD="…"`, `Bearer …`, `curl -u name:…`.
fn by_word_before(text: &str, before: &Word<'_>, word: &Word<'_>) -> Option<Literal> {
    let gap = text.get(before.end()..word.start)?;
    // `""` is a value as well, an empty one.
    if ["\"\"", "''", "\n", ";", "&", "|"]
        .iter()
        .any(|it| gap.contains(it))
    {
        return None;
    }
    let quoted = gap.contains(['"', '\'']);
    let name = before.text.trim_end_matches([':', '=']);
    let takes = match before.text.strip_prefix(name)? {
        "" => before.text.starts_with('-') && !before.text.contains('='),
        "=" => quoted,
        _ => true,
    };
    if takes && !word.text.starts_with('-') && !word.text.contains('=') {
        let last = name.rsplit('=').next().unwrap_or(name);
        if let Some(reason) = by_name(last.trim_start_matches('-')) {
            // `Authorization: Bearer …` is told by the word behind.
            return Some(word.behind(0, reason));
        }
    }
    if ["bearer", "basic"].contains(&before.text.to_lowercase().as_str()) {
        return Some(word.behind(0, format!("it stands behind `{}`", before.text)));
    }
    if ["-u", "--user"].contains(&before.text) {
        let (user, password) = word.text.split_once(':')?;
        let reason = format!("it is the password of `{user}`");
        return is_value(password).then(|| word.behind(user.len() + 1, reason));
    }
    None
}

/// `DB_PASSWORD=…`, `--token=…`, `--from-literal=password=…`.
fn named(word: &Word<'_>) -> Option<Literal> {
    let mut from = 0;
    while let Some((name, _)) = word.text.get(from..)?.split_once('=') {
        let behind = from + name.len() + 1;
        if let Some(reason) = by_name(name.trim_start_matches('-')) {
            return Some(word.behind(behind, reason));
        }
        from = behind;
    }
    None
}

/// A key as its issuer writes it, or a URL with a password.
fn shaped(word: &Word<'_>) -> Option<Literal> {
    let value = word.text.rsplit('=').next().unwrap_or(word.text);
    let from = word.text.len() - value.len();
    if let Some(parts) = split_url(value).filter(|parts| is_value(&parts.password)) {
        let before = parts.scheme.len() + "://".len() + parts.user.len() + 1;
        let start = word.start + from + before;
        return Some(Literal {
            span: start..start + parts.password.len(),
            reason: "it is the password in a URL".to_owned(),
        });
    }
    let url = value.contains("://");
    let reason = by_value(value).filter(|_| !url)?;
    Some(word.behind(from, reason))
}

/// Whether a text is a value itself, and doesn't only stand for one.
fn is_value(text: &str) -> bool {
    let stands = text.starts_with(['$', '<', '{', '@', '/', '.', '%', '*']);
    let plain = [
        "true",
        "false",
        "null",
        "none",
        "stdin",
        "change-me",
        "changeme",
    ];
    text.len() >= SHORTEST && !stands && !plain.contains(&text.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[track_caller]
    fn check(command: &str, expected: &str) {
        assert_eq!(masked(command), expected);
    }

    #[track_caller]
    fn check_kept(command: &str) {
        check(command, command);
    }

    #[test]
    fn values_behind_names_are_masked() {
        check("DB_PASSWORD=hunter2 ./warm.sh", "DB_PASSWORD=*** ./warm.sh");
        check("PASSWORD=\"hunter 2\" ./w", "PASSWORD=\"***\" ./w");
        check("app --token=abcd1234 up", "app --token=*** up");
        check("app --api-key abcd1234 up", "app --api-key *** up");
        check(
            "kubectl create secret generic db --from-literal=password=hunter2",
            "kubectl create secret generic db --from-literal=password=***",
        );
        check(
            "curl -H 'X-Api-Key: abcd1234' x",
            "curl -H 'X-Api-Key: ***' x",
        );
        check("curl -u ann:hunter2 x", "curl -u ann:*** x");
    }

    #[test]
    fn keys_and_urls_are_masked_by_their_form() {
        check(
            "curl -H 'Authorization: Bearer abc.def' x",
            "curl -H 'Authorization: Bearer ***' x",
        );
        check(
            "psql postgres://app:hunter2@db:5432/x",
            "psql postgres://app:***@db:5432/x",
        );
        check("push ghp_0123456789abcdefghij", "push ***");
    }

    #[test]
    fn what_only_stands_for_a_value_stays() {
        check_kept("DB_PASSWORD=$DB_PASSWORD ./warm.sh");
        check_kept("DB_PASSWORD=\"$DB_PASSWORD\" ./warm.sh");
        check_kept("DB_PASSWORD=$(cat /run/secrets/db) ./warm.sh");
        check_kept("app --password-stdin < token.txt");
        check_kept("PASSWORD= ./warm.sh");
        check_kept("PASSWORD='' ./warm.sh");
        check_kept("TOKEN_TTL=3600 app --token-file /run/token");
        check_kept("docker build --secret id=npm,src=.npmrc .");
        check_kept("kubectl get secret db; vault token lookup");
        check_kept("psql postgres://app:$PASS@db/x");
    }
}
