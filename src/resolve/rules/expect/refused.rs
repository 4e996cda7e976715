//! Lines that are a person's by their words alone, wherever those stand.

use super::clause::Why;
use super::tokens::Token;
use super::tokens::is_verb;
use super::words::Role;
use crate::checklist::Inline;
use crate::resolve::rules::wording;

/// Marks before a line's verb that say that it isn't to be done, or not yet.
const STOPS: &str = "❌⛔🚫👎❓❔⏸×✗✘✖❎⏳⌛🔒⚠🛑💤🗑🙅🤔✋🔜−{}";

/// Refuses lines that leave open what is wanted, or want a person's judgement.
pub(super) fn words(tokens: &[Token<'_>]) -> Result<(), Why> {
    for token in tokens {
        let Token::Word(word, ..) = token else {
            if *token == Token::Mark('?') {
                return Err("asks a question".into());
            }
            continue;
        };
        if token.is(Role::Doubt) {
            return Err(format!("leaves open what is wanted (“{word}”)").into());
        }
        if token.is(Role::Judge) {
            return Err(format!("asks for a person's judgement (“{word}”)").into());
        }
        if token.asks_for_more() {
            return Err(format!("asks for work beside its traces (“{word}”)").into());
        }
    }
    if let Some(word) = stand_in(tokens) {
        return Err(format!("says only “{word}” of what is wanted").into());
    }
    if let Some(word) = tokens.last().filter(|token| token.is(Role::And)) {
        let word = word.written().unwrap_or_default();
        return Err(format!("ends with “{word}”").into());
    }
    let ellipsis = |tokens: &[Token<'_>]| tokens.iter().all(|token| *token == Token::Mark('.'));
    if tokens.contains(&Token::Mark('…')) || tokens.windows(3).any(ellipsis) {
        return Err("goes on with what isn't named (“…”)".into());
    }
    let codes = || {
        tokens.iter().filter_map(|token| match token {
            Token::Code(code) => Some(code.to_lowercase()),
            Token::Word(..) | Token::Mark(_) => None,
        })
    };
    let says = |role: Role| tokens.iter().any(|token| token.is(role));
    let tests = codes().any(|code| code.contains("test") || code.contains("spec"));
    if says(Role::Tests) && !tests {
        return Err("asks for tests, and names none in code marks".into());
    }
    let endings = [".md", ".rst", ".adoc", ".html", ".txt"];
    let docs = codes()
        .any(|code| code.contains("doc") || endings.iter().any(|ending| code.ends_with(ending)));
    if says(Role::Docs) && !docs {
        return Err("asks for documentation, and names none in code marks".into());
    }
    Ok(())
}

/// Returns what stands behind a verb for what another line names: ``put them in `a.yml` ``.
fn stand_in(tokens: &[Token<'_>]) -> Option<String> {
    let asks = [Role::Put, Role::Register];
    let asks = |at: usize| {
        let token = tokens.get(at);
        token.is_some_and(|token| token.is_verb(true) || asks.iter().any(|role| token.is(*role)))
    };
    let named = |token: &&Token<'_>| !matches!(token, Token::Code(_));
    let before = tokens.iter().take_while(named).enumerate();
    let mut before = before.filter(|(at, token)| token.is(Role::It) && *at > 0 && asks(at - 1));
    before.next()?.1.written().map(str::to_owned)
}

/// Refuses names that are links: what they lead to may be another thing.
pub(super) fn links(text: &Inline) -> Result<(), Why> {
    if text.source.contains("`](") || text.source.contains("`][") {
        return Err("names what a link leads to, here or elsewhere".into());
    }
    Ok(())
}

/// Refuses what stands before a line's verb and may take it back or put it off: `Rejected: create`,
/// `🚫 add`.
pub(super) fn opening(tokens: &[Token<'_>]) -> Result<(), Why> {
    let Some(verb) = (0..tokens.len()).find(|at| is_verb(tokens, *at)) else {
        return Ok(());
    };
    let before = tokens.iter().take(verb);
    for token in before.take_while(|token| !matches!(token, Token::Code(_))) {
        let odd = match token {
            Token::Word(word, ..) => {
                !(token.is(Role::Must) || token.is(Role::Opening) || wording::is_number(word))
            }
            Token::Mark(mark) => STOPS.contains(*mark),
            Token::Code(_) => false,
        };
        if odd {
            let what = match token {
                Token::Mark(mark) => mark.to_string(),
                Token::Word(..) | Token::Code(_) => token.written().unwrap_or_default().to_owned(),
            };
            return Err(format!("“{what}” stands before what is asked for").into());
        }
    }
    Ok(())
}
