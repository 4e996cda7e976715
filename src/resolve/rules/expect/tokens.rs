//! A line as words, marks and code spans.

use std::borrow::Cow;
use std::ops::Range;

use super::words::{Role, Roles, roles};
use crate::checklist::{Inline, Part};
use crate::vocabulary::{
    Vocabulary, Word, fold, is_alphanumeric, is_infinitive, is_verbal_noun, language, words,
};

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// A word, as written and folded, and what it does.
    Word(&'t str, Cow<'t, str>, Roles),
    /// A mark between words.
    Mark(char),
    /// A code span's content.
    Code(&'t str),
}

impl<'t> Token<'t> {
    /// Returns a word as a piece of a line.
    pub(super) fn of_word(word: &'t str, vocabulary: &Vocabulary) -> Self {
        let folded = fold(word);
        // `React-компонент`
        let written_in = language(word).map(|(_, behind)| behind);
        let roles = match written_in.filter(|it| !it.is_empty()) {
            Some(behind) => roles(&fold(behind), vocabulary),
            None => roles(&folded, vocabulary),
        };
        Self::Word(word, folded, roles)
    }

    /// Returns the endings of the files of the language that a word names; none where it names none.
    pub(super) fn language(&self) -> &'static [&'static str] {
        let endings = self.spelt().and_then(language);
        endings.map_or(&[], |(endings, _)| endings)
    }

    /// Returns a word that asks to add something, whatever it is written like.
    pub(super) fn adding(written: &'t str, vocabulary: &Vocabulary) -> Self {
        Self::Word(written, Cow::Borrowed("add"), roles("add", vocabulary))
    }

    /// Returns the word as written, for as long as its line is there.
    pub(super) fn spelt(&self) -> Option<&'t str> {
        match self {
            Self::Word(written, ..) => Some(*written),
            Self::Mark(_) | Self::Code(_) => None,
        }
    }

    /// Returns the word folded.
    pub(super) fn word(&self) -> Option<&str> {
        match self {
            Self::Word(_, folded, _) => Some(folded),
            Self::Mark(_) | Self::Code(_) => None,
        }
    }

    /// Returns the word as written.
    pub(super) fn written(&self) -> Option<&str> {
        match self {
            Self::Word(written, ..) => Some(written),
            Self::Mark(_) | Self::Code(_) => None,
        }
    }

    /// Returns whether it is a word that does that.
    pub(super) fn is(&self, role: Role) -> bool {
        matches!(self, Self::Word(_, _, roles) if roles.has(role))
    }

    /// Returns whether it is a word that tells that.
    pub(super) fn tells(&self, word: Word) -> bool {
        matches!(self, Self::Word(_, _, roles) if roles.tells(word))
    }

    /// Returns whether it is no word, or one that does something.
    pub(super) fn is_known(&self) -> bool {
        matches!(self, Self::Mark(_) | Self::Code(_))
            || matches!(self, Self::Word(_, _, roles) if roles.any())
    }

    /// Returns whether it joins things of a list.
    pub(super) fn joins(&self) -> bool {
        self.is(Role::And) || matches!(self, Self::Mark(',' | ';' | '+' | '&' | '/'))
    }

    /// Returns whether it is a verb that asks for something, beginning a line or not.
    pub(super) fn is_verb(&self, first: bool) -> bool {
        let verbs = [Role::Make, Role::Add, Role::Change, Role::Remove];
        let word = self.word().unwrap_or_default();
        (first || !is_verbal_noun(word)) && verbs.into_iter().any(|role| self.is(role))
    }

    /// Returns whether it is a verb that asks for something that leaves no trace.
    pub(super) fn asks_for_more(&self) -> bool {
        !self.is_verb(true) && self.word().is_some_and(is_infinitive)
    }
}

/// Methods of HTTP, as they are written.
pub(super) const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// Returns the pieces of a line.
pub(super) fn tokens<'t>(text: &'t Inline, vocabulary: &Vocabulary) -> Vec<Token<'t>> {
    let mut tokens: Vec<Token<'t>> = Vec::new();
    for part in &text.parts {
        match part {
            Part::Code(code) => {
                let code = code.value.trim();
                let before = tokens.last_mut().filter(|_| code.starts_with('/'));
                if let Some(Token::Word(word, _, does)) = before
                    && METHODS.contains(word)
                {
                    // ``DELETE `/holds` `` asks to remove nothing.
                    *does = Roles::article();
                }
                tokens.push(Token::Code(code));
            }
            Part::Text(text) => split(&text.value, vocabulary, &mut tokens),
        }
    }
    tokens
}

/// Returns whether a text names an endpoint with its method outside of code marks: `POST /refunds`.
pub(super) fn names_endpoint(text: &str) -> bool {
    text.match_indices(" /").any(|(at, _)| {
        let word = text.get(..at).and_then(|it| words(it).last());
        word.is_some_and(|it| METHODS.contains(&it)) && route(text, at).is_some()
    })
}

/// Returns where the route ends that stands behind a place in a text, after a blank.
fn route(text: &str, at: usize) -> Option<usize> {
    let named = text.get(at..)?.strip_prefix(" /")?;
    let begins = |it: char| it.is_ascii_alphanumeric() || "_{:".contains(it);
    let ends = |it: char| it.is_whitespace() || ",;()`\"'*".contains(it);
    let named = named.starts_with(begins).then_some(named)?;
    let named = named.split(ends).next()?.trim_end_matches(['.', ':', '!']);
    Some(at + " /".len() + named.len())
}

/// Returns whether the piece at a place can begin a clause.
pub(super) fn begins(tokens: &[Token<'_>], at: usize) -> bool {
    let mut earlier = tokens.iter().take(at).rev();
    match earlier.next() {
        None => true,
        Some(Token::Mark(mark)) => *mark != '/',
        Some(Token::Code(_)) => false,
        Some(word) if word.is(Role::And) => true,
        Some(word) => word.is(Role::Must) && earlier.all(|token| token.is(Role::Must)),
    }
}

/// Returns whether the piece at a place is a verb that asks for something.
pub(super) fn is_verb(tokens: &[Token<'_>], at: usize) -> bool {
    let first = tokens.iter().take(at).all(|token| token.is(Role::Must));
    tokens.get(at).is_some_and(|token| token.is_verb(first))
}

fn split<'t>(text: &'t str, vocabulary: &Vocabulary, tokens: &mut Vec<Token<'t>>) {
    let mut characters = text.char_indices().peekable();
    let mut begun: Option<usize> = None;
    while let Some((at, character)) = characters.next() {
        let inner = |(_, next): &(usize, char)| is_alphanumeric(*next);
        let joined = begun.is_some()
            && matches!(character, '-' | '_' | '\'' | '’' | '.')
            && characters.peek().is_some_and(inner);
        if is_alphanumeric(character) || joined {
            begun.get_or_insert(at);
            continue;
        }
        let called = text.get(at..).is_some_and(|it| it.starts_with("()"));
        if let Some(begun) = begun.take() {
            let method = text.get(begun..at).is_some_and(|it| METHODS.contains(&it));
            if let Some(end) = route(text, at).filter(|_| method) {
                tokens.extend(text.get(begun..end).map(Token::Code));
                while characters.next_if(|(at, _)| *at < end).is_some() {}
                continue;
            }
            let end = if called { at + "()".len() } else { at };
            if let Some(name) = name(text, begun..end, tokens.last()) {
                tokens.push(Token::Code(name));
                if called {
                    characters.next();
                    continue;
                }
            } else {
                let word = text.get(begun..at).unwrap_or_default();
                tokens.push(Token::of_word(word, vocabulary));
            }
        }
        if !character.is_whitespace() {
            tokens.push(Token::Mark(character));
        }
    }
    if let Some(begun) = begun {
        let name = name(text, begun..text.len(), tokens.last());
        let word = text.get(begun..).unwrap_or_default();
        tokens.push(name.map_or_else(|| Token::of_word(word, vocabulary), Token::Code));
    }
}

/// Nouns behind which a word of capitals and small letters is a name: `class LoanService`.
const NOUNS: [Role; 10] = [
    Role::Type,
    Role::Model,
    Role::Class,
    Role::Structure,
    Role::Interface,
    Role::Trait,
    Role::Enumeration,
    Role::Exception,
    Role::Callable,
    Role::Value,
];

/// Returns a word outside of code marks that can be nothing but a name in code: `renew_loan`,
/// `renewLoan`, `renew()`, and `LoanService` behind what it is. `GitHub` and `PagerDuty` are none.
fn name<'t>(text: &'t str, at: Range<usize>, before: Option<&Token<'_>>) -> Option<&'t str> {
    let written = text.get(at.clone())?;
    let word = written.strip_suffix("()").unwrap_or(written);
    let letters = |it: char| it.is_ascii_alphanumeric() || it == '_';
    if !word.starts_with(|it: char| it.is_ascii_alphabetic()) || !word.chars().all(letters) {
        return None;
    }
    // `:no_entry:`, `@olha_k` and `#team_a` are none.
    let outside = text.get(..at.start)?.chars().next_back();
    let behind = text.get(at.end..)?.chars().next();
    let apart = |it: char| it.is_whitespace();
    if !outside.is_none_or(|it| apart(it) || it == '(')
        || !behind.is_none_or(|it| apart(it) || ",;.:)".contains(it))
    {
        return None;
    }
    let humps = |word: &str| {
        let joined = |pair: &[u8]| match pair {
            [before, behind] => before.is_ascii_lowercase() && behind.is_ascii_uppercase(),
            _ => false,
        };
        // `iOS`, `mTLS` and `FastAPI` are put together of capitals.
        let capitals = |pair: &[u8]| pair.iter().all(u8::is_ascii_uppercase);
        let bytes = word.as_bytes();
        bytes.windows(2).any(joined)
            && !bytes.windows(2).any(capitals)
            && bytes.last().is_some_and(|it| !it.is_ascii_uppercase())
    };
    // `eBay` and `iPhone` are brands.
    let small = word.bytes().take(2).all(|it| it.is_ascii_lowercase());
    let told = || before.is_some_and(|it| NOUNS.iter().any(|noun| it.is(*noun)));
    let is_name =
        word.len() < written.len() || word.contains('_') || humps(word) && (small || told());
    is_name.then_some(written)
}
