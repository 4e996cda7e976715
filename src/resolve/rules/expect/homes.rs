//! Files that are only named as the place of what is asked for: by a bullet, or behind an endpoint in
//! brackets, a dash or a colon.

use std::path::Path;

use super::super::super::bullets::is_readable;
use super::super::super::expect::Expectation;
use super::relation::{is_noun, words_before};
use super::tokens::{Token, tokens};
use super::words::Role;
use crate::checklist::Bullet;
use crate::facts;
use crate::resolve::target;
use crate::vocabulary::Vocabulary;

/// Endings of files that hold definitions: in these a bullet's path alone is a place.
const SOURCES: &[&str] = &[
    "cs", "go", "java", "js", "jsx", "kt", "php", "py", "rb", "rs", "sql", "ts", "tsx", "vue",
];

/// Words that may lead such a path.
const LEADS: &[Role] = &[Role::File, Role::Into, Role::Place];

/// Has symbols and endpoints that no file is named for looked for in the files which bullets name.
pub(super) fn bind(wants: &mut [Expectation], bullets: &[Bullet], vocabulary: &Vocabulary) {
    let homes: Vec<String> = bullets
        .iter()
        .filter(|bullet| is_readable(bullet) && bullet.children.is_empty())
        .filter_map(|bullet| home(bullet, vocabulary))
        .collect();
    for want in wants {
        match want {
            Expectation::Symbol { paths, .. } | Expectation::Endpoint { paths, .. }
                if paths.is_empty() =>
            {
                paths.clone_from(&homes);
            }
            Expectation::Symbol { .. }
            | Expectation::Use { .. }
            | Expectation::Entry { .. }
            | Expectation::Endpoint { .. }
            | Expectation::Variable { .. }
            | Expectation::File(_)
            | Expectation::Change(_)
            | Expectation::Absent(_) => {}
        }
    }
}

/// Returns the path that a bullet names and nothing else: `` file: `src/a.py` ``, `` `src/a.py` ``.
fn home(bullet: &Bullet, vocabulary: &Vocabulary) -> Option<String> {
    let tokens = tokens(&bullet.text, vocabulary);
    let mut path = None;
    let mut named = false;
    for token in &tokens {
        match token {
            Token::Code(code) if path.is_none() && target::is_path(code) => path = Some(*code),
            Token::Word(..) if LEADS.iter().any(|role| token.is(*role)) => named = true,
            Token::Word(..) | Token::Code(_) => return None,
            Token::Mark(_) => {}
        }
    }
    path.filter(|path| named || is_source(path))
        .map(str::to_owned)
}

/// Returns whether a file behind an endpoint is where that is to be served from: `` (file `a.ts`) ``,
/// `` (`a.ts`, `b.ts`) ``, `` — `a.ts` ``, `` : `a.ts` ``. A test or a document is another thing.
pub(super) fn holds(tokens: &[Token<'_>], at: usize, path: &str) -> bool {
    let begins = words_before(tokens, at);
    let words = tokens.get(begins..at).unwrap_or_default();
    let place = |token: &Token<'_>| LEADS.iter().any(|role| token.is(*role));
    let named = words.iter().any(|token| token.is(Role::File));
    let source = named || is_source(path) || path.ends_with('/');
    if !words.iter().all(place) || !source || facts::is_stand_in(path) {
        return false;
    }
    let earlier = tokens.get(..begins).unwrap_or_default();
    match earlier.split_last() {
        Some((Token::Mark('('), _)) => true,
        Some((Token::Mark(':' | '-' | '–' | '—'), before)) => before
            .last()
            .is_some_and(|it| matches!(it, Token::Code(_) | Token::Mark(_)) || it.is(Role::File)),
        Some((joint, before)) if joint.joins() => match before.last() {
            Some(Token::Code(code)) if target::is_path(code) => {
                holds(tokens, before.len().saturating_sub(1), code)
            }
            _ => named && is_bracketed(tokens, at),
        },
        Some(_) | None => false,
    }
}

/// Whether a bracket is open before a place.
pub(super) fn is_bracketed(tokens: &[Token<'_>], at: usize) -> bool {
    let mut earlier = tokens.iter().take(at).rev();
    let bracket = earlier.find(|it| matches!(it, Token::Mark('(' | ')')));
    bracket == Some(&Token::Mark('('))
}

/// Whether a place stands in a list behind a colon that belongs to a code span of that name:
/// ``class `Shift`: `start`, `stop` ``, ``enum `Status`: `New`, `Paid` ``.
pub(super) fn is_listed_of(tokens: &[Token<'_>], at: usize, owner: &str) -> bool {
    let earlier = tokens.get(..at).unwrap_or_default();
    let Some(colon) = earlier.iter().rposition(|it| *it == Token::Mark(':')) else {
        return false;
    };
    let (before, list) = earlier.split_at(colon);
    let listed = |it: &Token<'_>| matches!(it, Token::Code(_)) || it.joins() || is_noun(it);
    let mut before = before.iter().rev().skip_while(|it| is_noun(it));
    let of = matches!(before.next(), Some(Token::Code(code)) if *code == owner);
    of && list.iter().skip(1).all(listed)
}

fn is_source(path: &str) -> bool {
    let ending = Path::new(path).extension().and_then(|it| it.to_str());
    ending.is_some_and(|it| SOURCES.contains(&it))
}
