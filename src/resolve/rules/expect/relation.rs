//! How a code span stands to its verb: it is what is asked for, where that goes, or only referred
//! to.
//!
//! By the words between the two; whatever stands there and isn't known makes the line a person's.

use std::collections::BTreeSet;

use super::clause::Why;
use super::tokens::{Token, is_verb, tokens};
use super::words::{NOUNS, Role};
use crate::checklist::Inline;
use crate::vocabulary::Vocabulary;

/// How a code span stands to the verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// It is what is asked for; nothing but nouns for it stand between.
    Object,
    /// It is what is asked for, with other words beside those nouns.
    Described,
    /// It is what is asked for, and no noun says that it may be: `symlink`.
    Unnamed,
    /// It stands behind a colon, and the words before that ask for something that may be done in
    /// it: `Add caching: …`.
    Listed,
    /// It is where something goes.
    Into,
    /// It comes with what is asked for.
    With,
    /// It is where something comes from.
    From,
    /// It is referred to.
    About,
}

/// What a word leads to; the first that it does counts.
pub(super) const LEADING: [Role; 6] = [
    Role::Into,
    Role::With,
    Role::From,
    Role::About,
    Role::Where,
    Role::Place,
];

/// Returns how the code span at a place stands to its verb; `listed` is how the one before it did.
pub(super) fn of(tokens: &[Token<'_>], at: usize, listed: Relation) -> Result<Relation, Why> {
    let begins = words_before(tokens, at);
    let words = tokens.get(begins..at).unwrap_or_default();
    let code = code(tokens, at);
    let before = begins.checked_sub(1).and_then(|it| tokens.get(it));
    let Some(leads) = words.iter().rposition(leads) else {
        return match before {
            Some(token) if token.joins() => {
                if !follows_code(tokens, begins) || object(words, code) == Relation::Unnamed {
                    return Err("asks for more than is in code marks".into());
                }
                Ok(listed)
            }
            Some(Token::Mark(':')) if comes_with(tokens, begins) => Ok(Relation::With),
            Some(Token::Mark(':' | '-' | '–' | '—' | '(')) if is_listed(tokens, begins, code) => {
                Ok(Relation::Listed)
            }
            Some(_) | None => Ok(object(words, code)),
        };
    };
    let (head, inner) = words.split_at(leads);
    let inner = inner.get(1..).unwrap_or_default();
    let refers = head.last().is_some_and(|token| token.is(Role::Refers));
    match words.get(leads).and_then(lead) {
        Some(Role::Into | Role::With) if refers => Ok(Relation::About),
        Some(Role::Into) if object(inner, code) == Relation::Unnamed => {
            Err(format!("can't be told what goes into `{code}`").into())
        }
        Some(Role::Into) => Ok(Relation::Into),
        Some(Role::With) => Ok(Relation::With),
        Some(Role::From) => Ok(Relation::From),
        Some(_) | None => Ok(Relation::About),
    }
}

/// Whether words before a colon call what stands behind it parts that come with a type:
/// ``class `A` with methods: …``.
pub(super) fn comes_with(tokens: &[Token<'_>], behind: usize) -> bool {
    let mark = behind.saturating_sub(1);
    let words = tokens
        .get(words_before(tokens, mark)..mark)
        .unwrap_or_default();
    let part = |it: &Token<'_>| it.is(Role::Callable) || it.is(Role::Field);
    match words {
        [with, inner @ .., noun] => {
            lead(with) == Some(Role::With) && inner.iter().all(is_noun) && part(noun)
        }
        [] | [_] => false,
    }
}

/// Returns the words of a line that say what its work is for, up to the next mark.
pub(super) fn purpose(text: &Inline, vocabulary: &Vocabulary) -> Vec<String> {
    let mut all = Vec::new();
    let mut purpose = false;
    for token in tokens(text, vocabulary) {
        let Token::Word(word, ..) = token else {
            purpose &= matches!(token, Token::Mark('-' | ',' | '/'));
            continue;
        };
        if let Some(role) = lead(&token) {
            purpose = role == Role::About;
        } else if purpose {
            all.extend(word.split('-').map(str::to_owned));
            if word.contains('-') {
                all.push(word.to_owned());
            }
        }
    }
    all
}

/// Returns what a part of the application is called, where a word leads to that and to nothing else:
/// `to the orders service`, `в sms-notifier`.
pub(super) fn part<'t>(tokens: &[Token<'t>], at: usize) -> Option<&'t str> {
    let role = tokens.get(at).and_then(lead)?;
    matches!(role, Role::Into | Role::Place).then_some(())?;
    let behind = tokens.get(at + 1..)?;
    let ends = |it: &&Token<'_>| matches!(it, Token::Word(..)) && !it.joins() && lead(it).is_none();
    let phrase = behind.iter().take_while(ends);
    let length = phrase.clone().count();
    // ``to package `a/b` ``, `to orders and billing`
    let next = behind.get(length);
    let goes_on = next.is_some_and(|it| it.joins() || matches!(it, Token::Code(_)));
    let called = phrase.clone().any(|it| it.is(Role::Service));
    let mut names = phrase.filter(|it| !it.is(Role::Article) && !it.is(Role::Service));
    let (Some(token @ Token::Word(name, ..)), None) = (names.next(), names.next()) else {
        return None;
    };
    // `to Vault` is a product.
    let small = called || name.chars().all(|it| !it.is_uppercase());
    (small && !goes_on && !token.is(Role::Here)).then_some(())?;
    let letter = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
    name.chars().all(letter).then_some(*name)
}

/// Returns the words of a line as they are written.
pub(super) fn written(text: &Inline, vocabulary: &Vocabulary) -> Vec<String> {
    let tokens = tokens(text, vocabulary);
    let words = tokens.iter().filter_map(Token::written);
    words.map(str::to_owned).collect()
}

/// Whether all verbs of a line ask to make or to add something.
pub(super) fn adds(text: &Inline, vocabulary: &Vocabulary) -> bool {
    let tokens = tokens(text, vocabulary);
    let verbs = || (0..tokens.len()).filter(|at| is_verb(&tokens, *at));
    let other = |token: &Token<'_>| token.is(Role::Change) || token.is(Role::Remove);
    verbs().next().is_some() && !verbs().filter_map(|at| tokens.get(at)).any(other)
}

/// Whether a word is a noun for what a code span names, or stands before one.
pub(super) fn is_noun(token: &Token<'_>) -> bool {
    let noun = || NOUNS.iter().any(|role| token.is(*role));
    token.is(Role::Article) || noun() || !token.language().is_empty()
}

/// Returns the endings of the files of the languages that a line names; none where it names none.
pub(super) fn languages(text: &Inline, vocabulary: &Vocabulary) -> Vec<&'static str> {
    let tokens = tokens(text, vocabulary);
    let named = tokens.iter().flat_map(Token::language);
    let named: BTreeSet<&str> = named.copied().collect();
    named.into_iter().collect()
}

/// Returns where the words begin that stand right before a code span, without its verb.
pub(super) fn words_before(tokens: &[Token<'_>], at: usize) -> usize {
    let mut begins = at;
    while let Some(before) = begins.checked_sub(1)
        && let Some(token @ Token::Word(..)) = tokens.get(before)
        && !token.joins()
        && !is_verb(tokens, before)
    {
        begins = before;
    }
    begins
}

fn code<'t>(tokens: &[Token<'t>], at: usize) -> &'t str {
    match tokens.get(at) {
        Some(Token::Code(code)) => code,
        Some(Token::Word(..) | Token::Mark(_)) | None => "",
    }
}

/// Whether what stands before a code span, and the words that belong to it, joins it to another.
pub(super) fn is_joined(tokens: &[Token<'_>], at: usize) -> bool {
    let begins = words_before(tokens, at);
    let before = begins.checked_sub(1).and_then(|it| tokens.get(it));
    before.is_some_and(Token::joins)
}

/// Returns what a word leads to, if it leads to anything.
pub(super) fn lead(token: &Token<'_>) -> Option<Role> {
    LEADING.into_iter().find(|role| token.is(*role))
}

fn leads(token: &Token<'_>) -> bool {
    lead(token).is_some()
}

/// Whether a code span, maybe with nouns behind it, stands before what joins the next one
/// (`users` table and `calls`).
fn follows_code(tokens: &[Token<'_>], begins: usize) -> bool {
    let earlier = tokens.iter().take(begins).rev();
    let mut earlier = earlier.skip_while(|token| token.joins());
    let nouns = earlier.by_ref().take(2);
    for token in nouns {
        match token {
            Token::Code(_) | Token::Mark(_) => return true,
            Token::Word(..) if is_noun(token) => {}
            Token::Word(..) => return false,
        }
    }
    matches!(earlier.next(), Some(Token::Code(_)))
}

/// How a code span stands to a verb with these words between.
fn object(words: &[Token<'_>], code: &str) -> Relation {
    if words.iter().all(is_noun) {
        Relation::Object
    } else if names(words, code) || words.iter().any(|token| is_part(token, code)) {
        Relation::Described
    } else {
        Relation::Unnamed
    }
}

/// Whether the words before a colon or a dash ask for something that may be done in what stands
/// behind it: `Add caching`, but not `Create the modules`.
fn is_listed(tokens: &[Token<'_>], behind: usize, code: &str) -> bool {
    let mark = behind.saturating_sub(1);
    let begins = words_before(tokens, mark);
    let words = tokens.get(begins..mark).unwrap_or_default();
    // `Create tests for the API: …`: what is made is told before the first of such words.
    let head = words.split(leads).next().unwrap_or_default();
    let asked = begins > 0 && !words.is_empty();
    let other = !head.iter().all(is_noun) && !names(head, code);
    // `Add request id middleware: …` may be done in a file that is there; a new one changed, too.
    let verb = begins.checked_sub(1).and_then(|it| tokens.get(it));
    let adds = verb.is_some_and(|it| it.is(Role::Add));
    let file = head
        .iter()
        .any(|it| it.is(Role::File) || it.is(Role::Folder));
    let part = adds && !file && code.contains(['/', '.']);
    asked && (other || part || holds_several(words, head))
}

/// Whether what is made may be a part of a file that is there already: tests, and what is for
/// something, but for a file itself.
fn holds_several(words: &[Token<'_>], head: &[Token<'_>]) -> bool {
    let named = |role: Role| head.iter().any(|token| token.is(role));
    let told = head.len() < words.len() && !named(Role::File);
    named(Role::Tests) || named(Role::Docs) || told
}

/// Whether a noun for tests stands before a code span: they may be put into what is there.
pub(super) fn is_for_tests(tokens: &[Token<'_>], at: usize) -> bool {
    let words = tokens.get(words_before(tokens, at)..at).unwrap_or_default();
    let named = |role: Role| words.iter().any(|token| token.is(role));
    named(Role::Tests) && !named(Role::File)
}

/// Whether a line names no file, and asks for something that may be done in those that stand below
/// it: `Add caching:`, but not `Create the modules:`.
pub(super) fn lists(tokens: &[Token<'_>]) -> bool {
    let last = tokens.last() == Some(&Token::Mark(':'));
    let named = tokens.iter().any(|it| matches!(it, Token::Code(_)));
    last && !named && is_listed(tokens, tokens.len(), "")
}

/// Whether some words are a noun with what describes it: in English, the noun is the last one.
fn names(words: &[Token<'_>], code: &str) -> bool {
    let noun = |token: &Token<'_>| {
        let article = token.is(Role::Article);
        !article && (is_noun(token) || is_part(token, code))
    };
    let english = words
        .iter()
        .all(|token| token.word().is_some_and(str::is_ascii));
    if english {
        words.last().is_some_and(noun)
    } else {
        words.iter().any(noun)
    }
}

/// Whether a path is called by a word: `JWT` of `src/auth/jwt.py`.
pub(super) fn is_part(token: &Token, code: &str) -> bool {
    const SHORTEST: usize = 3;
    let Some(word) = token.word().filter(|word| word.len() >= SHORTEST) else {
        return false;
    };
    let code = code.to_lowercase();
    let mut parts = code.split(|letter: char| !letter.is_alphanumeric());
    parts.any(|part| part.len() >= SHORTEST && (part.starts_with(word) || word.starts_with(part)))
}
