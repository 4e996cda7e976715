//! ``Set `BATCH_LIMIT` to 500 in `src/config.py` ``, ``add `LOG_LEVEL=info` to `.env.example` ``, ``add `alembic`
//! to `requirements.txt` ``: entries of files of settings and of dependencies.
//!
//! Only whole lines that say nothing else.

use super::super::super::expect::{Entry, Expectation};
use super::code::is_file;
use super::tokens::Token;
use super::words::Role;
use crate::facts::{self, secret};
use crate::vocabulary::Word;

/// What a line of entries asks for, with its verb and code spans.
pub(super) type Asked = (Vec<Expectation>, Vec<String>);

/// Reads a line that gives settings values, or lists dependencies, in a file that it names.
pub(super) fn read(tokens: &[Token<'_>]) -> Option<Asked> {
    let mut line = Cursor { tokens, at: 0 };
    while line.takes(|it| it.is(Role::Must) || it.is(Role::Opening)) {}
    let before = line.leading();
    let verb = line.next(asks)?;
    let mut entries = vec![line.entry()?];
    while line.takes(Token::joins) {
        entries.push(line.entry()?);
    }
    // ``Change `A` to `B` `` gives it another name.
    if verb.is(Role::Change) && entries.iter().any(renames) {
        return None;
    }
    let path = match before {
        Some(path) => path,
        None => line.place()?,
    };
    line.takes(|it| matches!(it, Token::Mark('.')));
    if line.at < tokens.len() || !entries.iter().all(|it| stands(it, path)) {
        return None;
    }
    let spans = tokens.iter().filter_map(|token| match token {
        Token::Code(code) => Some((*code).to_owned()),
        Token::Word(..) | Token::Mark(_) => None,
    });
    let matched = verb.written().map(str::to_owned).into_iter().chain(spans);
    let path = || path.to_owned();
    let wants = entries.into_iter().map(|entry| Expectation::Entry {
        entry,
        path: path(),
    });
    Some((wants.collect(), matched.collect()))
}

/// Words that may stand before a name.
const NOUNS: [Word; 6] = [
    Word::Article,
    Word::Fresh,
    Word::SettingNoun,
    Word::VariableNoun,
    Word::ValueNoun,
    Word::DependencyNoun,
];

/// Whether a word asks for an entry.
fn asks(token: &Token<'_>) -> bool {
    token.is(Role::Add) || token.tells(Word::Assign) && !token.tells(Word::Past)
}

/// Whether a word leads to a value or a file: `to`, `in`, `до`.
fn leads(token: &Token<'_>) -> bool {
    [Word::Until, Word::Place, Word::Into]
        .iter()
        .any(|it| token.tells(*it))
}

/// A place in a line.
struct Cursor<'a, 't> {
    tokens: &'a [Token<'t>],
    at: usize,
}

impl<'a, 't> Cursor<'a, 't> {
    fn next(&mut self, wanted: impl Fn(&Token<'t>) -> bool) -> Option<&'a Token<'t>> {
        let token = self.tokens.get(self.at).filter(|it| wanted(it))?;
        self.at += 1;
        Some(token)
    }

    fn takes(&mut self, wanted: impl Fn(&Token<'t>) -> bool) -> bool {
        self.next(wanted).is_some()
    }

    fn code(&mut self) -> Option<&'t str> {
        match self.tokens.get(self.at)? {
            Token::Code(code) => {
                self.at += 1;
                Some(*code)
            }
            Token::Word(..) | Token::Mark(_) => None,
        }
    }

    /// Reads the file that a line begins with: ``In `a.py` set …``, `` `a.py`: set …``.
    fn leading(&mut self) -> Option<&'t str> {
        let start = self.at;
        let path = self.inside();
        let path = path.or_else(|| self.code().filter(|it| is_file(it)));
        let led = self.takes(|it| matches!(it, Token::Mark(':' | ',' | '—' | '–' | '-')));
        let led = path.is_some() && (led || self.at > start + 1);
        if led && self.tokens.get(self.at).is_some_and(asks) {
            return path;
        }
        self.at = start;
        None
    }

    /// Reads ``in the file `a.py` ``.
    fn inside(&mut self) -> Option<&'t str> {
        let start = self.at;
        if self.takes(leads) {
            while self.takes(|it| it.is(Role::Article) || it.is(Role::File)) {}
            if let Some(path) = self.code().filter(|it| is_file(it)) {
                return Some(path);
            }
        }
        self.at = start;
        None
    }

    /// Reads the file behind the entries: ``in `a.py` ``, ``(`a.py`)``, ``— `a.py` ``.
    fn place(&mut self) -> Option<&'t str> {
        if let Some(path) = self.inside() {
            return Some(path);
        }
        let bracket = self.takes(|it| matches!(it, Token::Mark('(')));
        if !bracket {
            self.next(|it| matches!(it, Token::Mark(':' | '—' | '–' | '-')))?;
        }
        let path = match self.inside() {
            Some(path) => path,
            None => self.code().filter(|it| is_file(it))?,
        };
        if bracket {
            self.next(|it| matches!(it, Token::Mark(')')))?;
        }
        Some(path)
    }

    /// Reads a name with its value, or one that may be a dependency's.
    fn entry(&mut self) -> Option<Entry> {
        let said = |it: &Token<'_>| NOUNS.iter().any(|noun| it.tells(*noun));
        while self.takes(said) {}
        let code = self.code()?;
        if let Some((name, value)) = pair(code) {
            return Some(entry(name, value));
        }
        if !is_name(code) {
            return is_dependency(code).then(|| Entry::Dependency(code.to_owned()));
        }
        let named = self.at;
        let value = self.value();
        if value.is_none() {
            self.at = named;
        }
        Some(value.map_or_else(
            || Entry::Dependency(code.to_owned()),
            |value| entry(code, value),
        ))
    }

    /// Reads what stands behind a setting's name: `from 100 to 500`, `= 500`, ``(default `500`)``.
    fn value(&mut self) -> Option<&'t str> {
        if self.takes(|it| matches!(it, Token::Mark('('))) {
            let told = |it: &Token<'_>| it.tells(Word::Usual);
            if !self.takes(told) {
                self.next(|it| it.word().is_some())?;
                self.next(told)?;
            }
            self.takes(|it| matches!(it, Token::Mark('=' | ':' | '—' | '–' | '-')));
            let value = self.scalar()?;
            self.next(|it| matches!(it, Token::Mark(')')))?;
            return Some(value);
        }
        if self.takes(|it| it.is(Role::From)) {
            self.scalar()?;
        }
        self.next(|it| matches!(it, Token::Mark('=' | ':' | '→')) || leads(it))?;
        self.scalar()
    }

    fn scalar(&mut self) -> Option<&'t str> {
        let token = self.tokens.get(self.at)?;
        let value = match token {
            Token::Code(code) => *code,
            Token::Word(word, ..) => Some(*word).filter(|it| is_figure(it))?,
            Token::Mark(_) => return None,
        };
        self.at += 1;
        // `50 %` and `30 seconds` are no figures alone; a file is none at all.
        (is_scalar(value) && !is_file(value)).then_some(value)
    }
}

fn entry(name: &str, value: &str) -> Entry {
    Entry::Value {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

/// Splits `LOG_LEVEL=info` and `timeout: 30s`.
fn pair(code: &str) -> Option<(&str, &str)> {
    let split = code.split_once('=').or_else(|| code.split_once(": "))?;
    let (name, value) = (split.0.trim(), split.1.trim());
    (is_name(name) && is_scalar(value)).then_some((name, value))
}

/// Whether a text may be a setting's name.
fn is_name(text: &str) -> bool {
    let inner = |it: char| it.is_ascii_alphanumeric() || "_.:-".contains(it);
    text.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && text.ends_with(|it: char| it.is_ascii_alphanumeric())
        && text.chars().all(inner)
}

/// Whether a text may be a dependency's name.
fn is_dependency(text: &str) -> bool {
    let inner = |it: char| it.is_ascii_alphanumeric() || "_.:/@-".contains(it);
    let version = text.get(1..).is_some_and(|rest| rest.contains('@'));
    !version && text.contains(|it: char| it.is_ascii_alphabetic()) && text.chars().all(inner)
}

/// Whether a word is a number, or a switch.
fn is_figure(text: &str) -> bool {
    let digits = text.starts_with(|it: char| it.is_ascii_digit());
    digits && text.is_ascii() || ["true", "false"].contains(&text)
}

/// Whether a text is one value, and not what a person is to fill in.
fn is_scalar(text: &str) -> bool {
    let quoted = [('"', '"'), ('\'', '\'')].iter().any(|(open, close)| {
        let inside = text
            .strip_prefix(*open)
            .and_then(|it| it.strip_suffix(*close));
        inside.is_some_and(|it| !it.contains(['"', '\'', '$', '<']))
    });
    let inner = |it: char| it.is_alphanumeric() || "_.:/@+%,*-".contains(it);
    let plain = text.starts_with(|it: char| it.is_alphanumeric() || "/*-".contains(it))
        && text.chars().all(inner)
        && !text.ends_with("..");
    quoted || plain
}

/// Whether a value may be another name.
fn renames(entry: &Entry) -> bool {
    match entry {
        Entry::Value { value, .. } => {
            let name = value.chars().all(|it| it.is_uppercase() || it == '_');
            name || value.contains('_') && !is_figure(value)
        }
        Entry::Dependency(_) => false,
    }
}

/// Whether a file may hold an entry, so that its standing there tells that it is done.
fn stands(entry: &Entry, path: &str) -> bool {
    match entry {
        Entry::Dependency(_) => facts::lists_dependencies(path),
        Entry::Value { name, value } => {
            let hidden = secret::by_name(name).is_some() || secret::by_value(value).is_some();
            let plain = is_figure(value) || !name.chars().any(char::is_lowercase);
            // In source, a word may be another name: ``change `a` to `b` in `x.py` ``.
            let told = plain || !facts::is_source(path);
            !hidden && told && facts::has_settings(path)
        }
    }
}
