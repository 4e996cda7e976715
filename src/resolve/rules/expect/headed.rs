//! Lines without a verb that say what is to be there all the same: ``New class `Loan` in `loan.py` ``,
//! ``Function `renew(id: number)` in `client.ts` ``.
//!
//! Such a line may as well name what is to be looked at, so no word stands in it that isn't known, and
//! the heading above it asks for no other work. What begins with a noun names the file, too.

use super::code;
use super::tokens::{Token, is_verb};
use super::words::Role;
use crate::vocabulary::{Vocabulary, Word};

/// Nouns for what is looked for by its name.
const NAMED: [Role; 5] = [
    Role::Type,
    Role::Callable,
    Role::Table,
    Role::Endpoint,
    Role::Value,
];

/// Words that may stand between what is named.
const JOINING: [Role; 4] = [Role::And, Role::With, Role::Into, Role::Article];

/// Words of a heading below which lines name what is to be looked at, changed or removed.
const OTHERWISE: [Word; 20] = [
    Word::Study,
    Word::SetUp,
    Word::Change,
    Word::Remove,
    Word::Other,
    Word::Past,
    Word::Work,
    Word::Judge,
    Word::Uncertain,
    Word::Negation,
    Word::Condition,
    Word::ByHand,
    Word::Doubt,
    Word::Question,
    Word::Trouble,
    Word::Outcome,
    Word::Elsewhere,
    Word::Inspection,
    Word::Tests,
    Word::Docs,
];

/// Puts the verb of adding that such a line stands for before it, and returns whether it is one below
/// that heading.
pub(super) fn ask(tokens: &mut Vec<Token<'_>>, heading: &str, vocabulary: &Vocabulary) -> bool {
    let first = tokens.first().and_then(Token::spelt);
    let first = first.filter(|_| asks(tokens) && !is_otherwise(heading, vocabulary));
    if let Some(written) = first {
        tokens.insert(0, Token::adding(written, vocabulary));
    }
    first.is_some()
}

/// Whether the tokens of a line say what is to be there, without a verb.
fn asks(tokens: &[Token<'_>]) -> bool {
    let fresh = tokens.first().is_some_and(|it| it.is(Role::Fresh));
    let begins = tokens.iter().take_while(|it| is_noun(it, fresh)).count();
    let nouns = tokens.iter().take(begins);
    let named = nouns.clone().any(|it| !it.is(Role::Article));
    let behind = matches!(tokens.get(begins), Some(Token::Code(_)));
    let verb = (0..tokens.len()).any(|at| is_verb(tokens, at));
    if !named || !behind || verb || !(fresh || goes_into_file(tokens)) {
        return false;
    }
    // Of two files beside a name, one may be where it is only used.
    let parts = nouns
        .clone()
        .any(|it| it.is(Role::File) || it.is(Role::Part));
    if !parts && tokens.iter().filter(|it| is_file(it)).count() > 1 {
        return false;
    }
    (begins..tokens.len()).all(|at| is_plain(tokens, at, fresh))
}

/// Whether a word may be a noun for what the line names.
fn is_noun(token: &Token<'_>, fresh: bool) -> bool {
    let parts = [Role::File, Role::Part, Role::Article];
    let part = fresh && parts.into_iter().any(|role| token.is(role));
    let folder = token.is(Role::Folder) || token.is(Role::Variable);
    let other = token.is(Role::Tests) || token.is(Role::Docs) || folder;
    !other && (part || NAMED.into_iter().any(|role| token.is(role)))
}

/// Whether a file is named that what stands before it goes into.
fn goes_into_file(tokens: &[Token<'_>]) -> bool {
    let into = |at: usize| {
        let before = tokens.get(..at).unwrap_or_default().iter().rev();
        let mut words = before.take_while(|it| matches!(it, Token::Word(..)));
        words.any(|it| it.is(Role::Into))
    };
    let mut places = tokens.iter().enumerate();
    places.any(|(at, it)| is_file(it) && into(at))
}

fn is_file(token: &Token<'_>) -> bool {
    matches!(token, Token::Code(code) if code::is_file(code))
}

/// Whether a piece only goes on with names: a name, a comma, or words that lead to the next one.
fn is_plain(tokens: &[Token<'_>], at: usize, fresh: bool) -> bool {
    let words = |it: &&Token<'_>| matches!(it, Token::Word(..));
    let behind = || tokens.iter().skip(at + 1);
    let leads = || matches!(behind().find(|it| !words(it)), Some(Token::Code(_)));
    match tokens.get(at) {
        Some(Token::Code(_)) | None => true,
        Some(Token::Mark(',')) => leads(),
        Some(Token::Mark('.')) => at + 1 == tokens.len(),
        Some(Token::Mark(':' | '-' | '–' | '—')) => fresh && leads(),
        Some(Token::Mark(_)) => false,
        Some(token @ Token::Word(..)) => {
            let joins = JOINING.into_iter().any(|role| token.is(role));
            leads() && (joins || is_noun(token, true))
        }
    }
}

fn is_otherwise(heading: &str, vocabulary: &Vocabulary) -> bool {
    let mut words = crate::vocabulary::words(heading);
    heading.contains('?')
        || words.any(|it| OTHERWISE.iter().any(|other| vocabulary.tells(it, *other)))
}
