//! The text behind a path in pieces: clauses, what stands in brackets, words and code spans.
//!
//! Texts are as written, with code spans between backticks; nothing within one parts anything.

use crate::checklist::{Inline, Part, Span, Spanned};
use crate::vocabulary::{Vocabulary, Word, words};

use super::super::Line;

/// A word, or a code span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'t> {
    Word(&'t str),
    Code(&'t str),
}

impl<'t> Token<'t> {
    pub(super) fn text(self) -> &'t str {
        match self {
            Self::Word(text) | Self::Code(text) => text,
        }
    }
}

/// Returns what stands behind the first code span that is the path.
pub(super) fn behind(line: &Line<'_>, path: &str) -> String {
    let mut met = false;
    let mut text = String::new();
    for part in &line.task.text.parts {
        match part {
            Part::Code(code) if !met => met = path.starts_with(code.value.as_str()),
            Part::Code(code) => text.extend(["`", &code.value, "`"]),
            Part::Text(it) if met => text.push_str(&it.value),
            Part::Text(_) => {}
        }
    }
    let marks = |letter: char| letter.is_whitespace() || "—–-:)]*_".contains(letter);
    let ends = |letter: char| letter.is_whitespace() || "—–-:.*_".contains(letter);
    let text = text.trim_start_matches(marks).trim_end_matches(ends);
    text.to_owned()
}

/// Returns a part of a line as a text of its own, at its place where that is told.
pub(super) fn inline(line: &Line<'_>, text: &str) -> Inline {
    let whole = &line.task.text;
    let found = whole.source.find(text);
    let alike = whole.span.len() == whole.source.len();
    let span: Span = match found.filter(|_| alike) {
        Some(at) => whole.span.start + at..whole.span.start + at + text.len(),
        None => whole.span.clone(),
    };
    Inline {
        source: text.to_owned(),
        parts: parts(text, &span).collect(),
        span,
    }
}

/// Returns the parts of a text with its code spans between backticks, all at one place.
pub(in crate::resolve) fn parts<'t>(
    text: &'t str,
    span: &'t Span,
) -> impl Iterator<Item = Part> + 't {
    text.split('`').enumerate().map(|(at, value)| {
        let it = Spanned {
            value: value.to_owned(),
            span: span.clone(),
        };
        if at % 2 == 0 {
            Part::Text(it)
        } else {
            Part::Code(it)
        }
    })
}

/// Returns the clauses of a text.
pub(super) fn clauses(text: &str) -> Vec<&str> {
    split(text, |letter| matches!(letter, ',' | ';' | '—' | '–'))
}

/// Returns the parts of a text between words that tell that.
pub(super) fn between<'t>(text: &'t str, vocabulary: &Vocabulary, word: Word) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut after_figure = false;
    let mut place = 0;
    for piece in split(text, char::is_whitespace) {
        let at = text.get(place..).and_then(|rest| rest.find(piece));
        let at = place + at.unwrap_or_default();
        place = at + piece.len();
        let bare = piece.chars().all(char::is_alphabetic);
        // Seconds behind a number are no `with`: `30 с`.
        let unit = after_figure && piece.chars().nth(1).is_none();
        if bare && !unit && vocabulary.tells(piece, word) {
            parts.extend(text.get(start..at));
            start = place;
        }
        after_figure = piece.ends_with(|letter: char| letter.is_ascii_digit());
    }
    parts.extend(text.get(start..));
    let parts = parts.into_iter().map(str::trim);
    parts.filter(|part| !part.is_empty()).collect()
}

/// Returns a text without what stands in brackets, then the latter.
pub(super) fn brackets(text: &str) -> Vec<String> {
    let mut outside = String::new();
    let mut inside: Vec<String> = Vec::new();
    let mut depth = 0_usize;
    let mut code = false;
    for letter in text.chars() {
        if letter == '`' {
            code = !code;
        }
        match letter {
            '(' | '[' if !code => {
                if depth == 0 {
                    inside.push(String::new());
                    outside.push(' ');
                }
                depth += 1;
            }
            ')' | ']' if !code => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(letter),
            _ => inside.last_mut().into_iter().for_each(|it| it.push(letter)),
        }
    }
    std::iter::once(outside).chain(inside).collect()
}

/// Returns whether a text names several things side by side.
pub(super) fn joins_some(text: &str, vocabulary: &Vocabulary) -> bool {
    let marks = ['+', '&', '/', ',', ';'];
    let and = |token: &Token<'_>| match token {
        Token::Word(word) => vocabulary.tells(word, Word::And),
        Token::Code(_) => false,
    };
    let plain = text.split('`').step_by(2);
    let marked = plain.into_iter().any(|part| part.contains(marks));
    marked || tokens(text).iter().any(and)
}

/// Returns the words and code spans of a text.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut all = Vec::new();
    for (at, part) in text.split('`').enumerate() {
        if at % 2 == 0 {
            all.extend(words(part).map(Token::Word));
        } else {
            all.push(Token::Code(part));
        }
    }
    all
}

/// Returns the parts of a text between such letters, those in brackets and code spans aside.
fn split(text: &str, parts: impl Fn(char) -> bool) -> Vec<&str> {
    let mut depth = 0_usize;
    let mut code = false;
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    let all = text.split(|letter: char| {
        letters.next();
        let digits = before.is_ascii_digit() && letters.peek().is_some_and(char::is_ascii_digit);
        before = letter;
        match letter {
            '`' => code = !code,
            '(' | '[' if !code => depth += 1,
            ')' | ']' if !code => depth = depth.saturating_sub(1),
            _ => {}
        }
        // A dash between figures is `to`: `2–6`.
        let to = digits && matches!(letter, '–' | '—');
        depth == 0 && !code && !to && parts(letter)
    });
    all.map(str::trim).filter(|it| !it.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{between, brackets, clauses};
    use crate::vocabulary::{Vocabulary, Word};

    #[test]
    fn brackets_and_code_part_nothing() {
        assert_eq!(
            clauses("a (b, c), `d, e` — f; g"),
            ["a (b, c)", "`d, e`", "f", "g"]
        );
        assert_eq!(clauses("2–6, a – b, 2 – 6"), ["2–6", "a", "b", "2", "6"]);
        assert_eq!(brackets("a (b) c [d `)`]"), ["a   c  ", "b", "d `)`"]);
    }

    #[test]
    fn a_unit_is_no_with() {
        let words = Vocabulary::default();
        let check = |text, expected: &[&str]| {
            assert_eq!(between(text, &words, Word::With), expected, "{text}");
        };
        check("Redis 7 with 512 MB", &["Redis 7", "512 MB"]);
        check(
            "Prometheus с ServiceMonitor",
            &["Prometheus", "ServiceMonitor"],
        );
        check("период 30 с", &["период 30 с"]);
        check("API (with TLS)", &["API (with TLS)"]);
    }
}
