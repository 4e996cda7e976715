//! What a line says of a thing that its being there doesn't tell: ``add `GET /a` to Kong``,
//! ``create `a.md` in French``, ``add `f()` with 3 retries``.
//!
//! Whatever stands behind a code span and leads to a place, a way or a figure makes the line a
//! person's; for what it is, and what it is about, is only told.

use super::clause::{Why, unseen};
use super::relation::lead;
use super::tokens::{Token, begins};
use super::words::Role;
use crate::resolve::expect::Kind;

/// What the code spans of a clause name so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Nothing,
    /// Files: what is in them is told, and not looked for.
    Files,
    /// Symbols, endpoints, variables.
    Things,
}

/// Refuses lines that say more of what they name than is looked for; `kinds` is what their code
/// spans name.
pub(super) fn refuse(tokens: &[Token<'_>], kinds: &[Result<Kind, String>]) -> Result<(), Why> {
    let mut kinds = kinds.iter();
    let mut named = Named::Nothing;
    let (mut asks, mut removes) = (false, false);
    // A file's purpose is told up to the next mark.
    let mut purpose = false;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Code(_) => named = named.max(named_by(kinds.next())),
            Token::Mark(_) => purpose = false,
            Token::Word(..) if begins(tokens, at) && token.is_verb(named == Named::Nothing) => {
                (named, purpose) = (Named::Nothing, false);
                (asks, removes) = (true, token.is(Role::Remove));
            }
            Token::Word(word, ..) if named != Named::Nothing && token.is(Role::Elsewhere) => {
                return Err(unseen(word));
            }
            // ``Update Java to 21 in `Dockerfile` ``
            Token::Word(word, ..) if named == Named::Nothing && asks => {
                if is_figure(tokens, at, word) {
                    return Err(unseen(word));
                }
            }
            Token::Word(..) if named == Named::Nothing || purpose => {}
            Token::Word(word, ..) => {
                if is_figure(tokens, at, word) || is_demand(token) {
                    return Err(unseen(word));
                }
                match lead(token) {
                    Some(Role::About) if named == Named::Files => purpose = true,
                    Some(role) if tells_more(role, named, removes) => led(tokens, at)?,
                    Some(_) | None => {}
                }
            }
        }
    }
    Ok(())
}

/// Returns what a code span names, by what is known of it; the walk says what is wrong with it.
fn named_by(kind: Option<&Result<Kind, String>>) -> Named {
    match kind {
        Some(Ok(Kind::Path(_))) => Named::Files,
        Some(Ok(_)) => Named::Things,
        Some(Err(_)) | None => Named::Nothing,
    }
}

/// Whether what a word leads to is more than the being there of what is named tells.
fn tells_more(role: Role, named: Named, removes: bool) -> bool {
    let place = [Role::Into, Role::From, Role::Place].contains(&role);
    let way = removes || named == Named::Things;
    place || role == Role::With || role == Role::Where && way
}

/// Refuses plain words that a word leads to, unless they say that it is here.
fn led(tokens: &[Token<'_>], at: usize) -> Result<(), Why> {
    let refers = at.checked_sub(1).and_then(|before| tokens.get(before));
    if refers.is_some_and(|token| token.is(Role::Refers)) {
        return Ok(());
    }
    let behind = tokens.get(at + 1..).unwrap_or_default();
    let ends = |token: &Token<'_>| {
        !matches!(token, Token::Word(..)) || token.joins() || lead(token).is_some()
    };
    let end = behind.iter().position(ends).unwrap_or(behind.len());
    let (phrase, rest) = behind.split_at(end);
    let to_code = matches!(rest.first(), Some(Token::Code(_)));
    let here =
        |token: &Token<'_>| token.is(Role::Here) || token.is(Role::Article) || token.is(Role::Must);
    if to_code || phrase.iter().all(here) {
        return Ok(());
    }
    let words = tokens.get(at..=at + end).unwrap_or_default();
    let words: Vec<&str> = words.iter().filter_map(Token::written).collect();
    Err(unseen(&words.join(" ")))
}

/// Whether a word is a figure that says what something is to be, and not what it is called by.
fn is_figure(tokens: &[Token<'_>], at: usize, word: &str) -> bool {
    let figure = word.starts_with(|it: char| it.is_ascii_digit())
        && !["2fa", "2d", "3d"].contains(&word.to_ascii_lowercase().as_str());
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    let names = match before {
        Some(Token::Mark('#' | '№')) => true,
        Some(token) => token.is(Role::Numbered),
        None => false,
    };
    figure && !names
}

/// Whether a word says what must hold besides.
fn is_demand(token: &Token<'_>) -> bool {
    token.is(Role::Must) && !token.is(Role::Into) && !token.is(Role::Article)
}
