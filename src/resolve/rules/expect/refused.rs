//! Lines that are a person's by their words alone, wherever those stand.

use super::clause::Why;
use super::tokens::Token;
use super::words::Role;

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
