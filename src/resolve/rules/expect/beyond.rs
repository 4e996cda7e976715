//! What a line says of a thing that its being there doesn't tell: ``add `GET /a` to Kong``,
//! ``create `a.md` in French``, ``add `f()` with 3 retries``.
//!
//! Whatever stands behind a code span and leads to a place, a way or a figure makes the line a
//! person's, and so does every word and mark that isn't known; for what it is, and what it is about,
//! is only told. What a file is, a dash may tell in any words.

use super::clause::{Why, unseen};
use super::code;
use super::relation::{comes_with, is_noun, is_part, lead, part};
use super::tokens::{Token, begins, tokens};
use super::words::Role;
use crate::checklist::Inline;
use crate::resolve::expect::Kind;
use crate::resolve::rules::ticket;
use crate::vocabulary::Vocabulary;

/// What says nothing of tests and endpoints that others aren't.
const USUAL: [&str; 4] = ["unit", "api", "http", "rest"];

/// What the code spans of a clause name so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Nothing,
    /// Files: what is in them is told, and not looked for.
    Files,
    /// Symbols, endpoints, variables.
    Things,
}

/// What a clause named last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// A folder: what is said of it is what is to be in it.
    Folder,
    Other,
}

/// What stands behind what was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behind {
    /// Nothing yet, or words that go with it.
    Thing,
    Brackets,
    /// What a file is, behind a dash or a colon.
    Description,
}

/// Refuses lines that say more of what they name than is looked for; `kinds` is what their code
/// spans name.
pub(super) fn refuse(tokens: &[Token<'_>], kinds: &[Result<Kind, String>]) -> Result<(), Why> {
    Reader::new(tokens, None).read(kinds)
}

/// Returns what the parts of the application are called that a line's work goes into.
pub(super) fn places(text: &Inline, vocabulary: &Vocabulary) -> Vec<String> {
    let tokens = tokens(text, vocabulary);
    let mut reader = Reader::new(&tokens, None);
    match reader.read(&code::kinds(&tokens)) {
        Ok(()) => reader.places.into_iter().map(str::to_owned).collect(),
        Err(_) => Vec::new(),
    }
}

/// What is asked for, as far as it was read.
struct Reader<'t> {
    tokens: &'t [Token<'t>],
    named: Named,
    /// What was named last.
    last: Last,
    /// What the clause's verb asks for; nothing before it.
    mode: Option<Role>,
    /// A file's purpose is told up to the next mark.
    purpose: bool,
    behind: Behind,
    /// What it is about is told up to what leads to something else.
    about: bool,
    /// The parts of the application that things go into.
    places: Vec<&'t str>,
    /// An unknown word between a verb and what it asks for, which may be what is asked for.
    other: Option<&'t str>,
    /// An unknown word that may say which kind is asked for: `paginated`, `fuzz`.
    kind: Option<&'t str>,
}

impl<'t> Reader<'t> {
    /// Returns one that has read nothing behind the verb of a clause.
    fn new(tokens: &'t [Token<'t>], mode: Option<Role>) -> Self {
        Self {
            tokens,
            named: Named::Nothing,
            last: Last::Other,
            mode,
            purpose: false,
            behind: Behind::Thing,
            about: false,
            places: Vec::new(),
            other: None,
            kind: None,
        }
    }

    fn read(&mut self, kinds: &[Result<Kind, String>]) -> Result<(), Why> {
        let mut kinds = kinds.iter();
        for (at, token) in self.tokens.iter().enumerate() {
            match token {
                Token::Code(_) => {
                    let kind = kinds.next();
                    self.last = last(kind);
                    self.code(at, named_by(kind))?;
                }
                Token::Mark(mark) => self.mark(at, *mark)?,
                Token::Word(word, ..) => self.word((at, token), word)?,
            }
        }
        Ok(())
    }

    fn code(&mut self, at: usize, named: Named) -> Result<(), Why> {
        self.named = self.named.max(named);
        let before = at.checked_sub(1).and_then(|before| self.tokens.get(before));
        // ``a partitioned table `users` ``, ``a JSON schema `Order` ``, but ``the JWT module `jwt.py` ``.
        let changes = self.mode == Some(Role::Change);
        let model = |token: &Token<'_>| token.is(Role::Table) || token.is(Role::Model);
        let told = changes || before.is_some_and(model);
        let thing = named == Named::Things;
        let kind = self.kind.take().filter(|_| thing);
        let other = self.other.take().filter(|_| told).or(kind);
        other.map_or(Ok(()), |word| Err(unseen(word)))
    }

    fn mark(&mut self, at: usize, mark: char) -> Result<(), Why> {
        if self.mode.is_some() && is_odd(self.tokens, at, mark) {
            return Err(unseen(&mark.to_string()));
        }
        (self.purpose, self.about) = (false, false);
        let made = matches!(self.mode, Some(Role::Make | Role::Add));
        let told = self.named == Named::Files && self.last != Last::Folder;
        // ``Create `docs/on-call.md`: phones, drills`` says what is to be in it.
        let next = self.tokens.get(at + 1).filter(|it| !it.is(Role::And));
        let next = next.and_then(Token::written);
        self.behind = match (self.behind, mark) {
            (Behind::Description, ',') => return next.map_or(Ok(()), |word| Err(unseen(word))),
            (Behind::Thing, '(') => Behind::Brackets,
            (Behind::Brackets, ')') => Behind::Thing,
            (Behind::Thing, ':' | '—' | '–' | '-') if told && made => Behind::Description,
            (behind, _) => behind,
        };
        Ok(())
    }

    fn word(&mut self, (at, token): (usize, &Token<'t>), word: &'t str) -> Result<(), Why> {
        if begins(self.tokens, at) && token.is_verb(self.named == Named::Nothing) {
            let verbs = [Role::Remove, Role::Change, Role::Add, Role::Make];
            let mode = verbs.into_iter().find(|role| token.is(*role));
            let places = std::mem::take(&mut self.places);
            *self = Self {
                places,
                ..Self::new(self.tokens, mode)
            };
            return Ok(());
        }
        if self.named == Named::Nothing {
            return self.between((at, token), word);
        }
        if at
            .checked_sub(1)
            .is_some_and(|mark| is_mention(self.tokens, mark))
        {
            return Ok(());
        }
        let stops = token.is(Role::Elsewhere) || token.is(Role::Narrows) || is_later(token);
        if stops || names_more(token, word) {
            return Err(unseen(word));
        }
        if self.purpose {
            return Ok(());
        }
        let small = [Role::And, Role::Article, Role::File, Role::It];
        let small = small.into_iter().any(|role| token.is(role)) || lead(token).is_some();
        if self.last == Last::Folder && !small {
            return Err(unseen(word));
        }
        let described = self.behind == Behind::Description;
        let claims = described && token.is(Role::Quality);
        if claims || is_figure(self.tokens, at, word) || is_demand(token) {
            return Err(unseen(word));
        }
        let lead = lead(token);
        let about = lead == Some(Role::About) || token.is(Role::Part);
        if self.mode == Some(Role::Remove) && about {
            return Err(unseen(word));
        }
        // Which part of the application that is, is looked at where its work is looked for.
        let makes = matches!(self.mode, Some(Role::Make | Role::Add));
        let part = part(self.tokens, at).filter(|_| self.named == Named::Things && makes);
        self.places.extend(part);
        if lead.is_some() {
            self.about = lead == Some(Role::About) || part.is_some();
        } else if !(self.about || described || is_known(self.tokens, at)) {
            return Err(unseen(word));
        }
        match lead {
            Some(Role::About) if self.named == Named::Files => self.purpose = true,
            Some(Role::Where) if self.named == Named::Things => return Err(unseen(word)),
            Some(role) if tells_more(role) && part.is_none() => led(self.tokens, at)?,
            Some(_) | None => {}
        }
        Ok(())
    }

    /// Looks at a word between a verb and what it asks for.
    fn between(&mut self, (at, token): (usize, &Token<'t>), word: &'t str) -> Result<(), Why> {
        // ``Update Java to 21 in `Dockerfile` ``
        if self.mode.is_some() && is_figure(self.tokens, at, word) {
            return Err(unseen(word));
        }
        if self.mode.is_some() && token.is(Role::Narrows) {
            return Err(unseen(word));
        }
        // ``fix prod as in `a.py` ``
        let ways = [Some(Role::Where), Some(Role::About)].contains(&lead(token));
        if lead(token).is_some() {
            self.about = ways;
            if !ways {
                (self.other, self.kind) = (None, None);
            }
        } else if self.mode.is_some()
            && token.language().is_empty()
            && (self.is_compound((at, token), word) || !is_known(self.tokens, at))
        {
            // ``Change the licence of `a.py` ``, but not ``fix the race in `a.py` ``.
            self.other = Some(word);
            let told = self.about || self.is_told((at, token), word);
            self.kind = self.kind.or((!told).then_some(word));
        }
        let tests = matches!(self.mode, Some(Role::Make | Role::Add)) && token.is(Role::Tests);
        match self.kind.filter(|_| tests && !self.about) {
            Some(kind) => Err(unseen(kind)),
            None => Ok(()),
        }
    }

    /// Whether a word says of tests what kind they are, though it begins like another: `table-driven`.
    fn is_compound(&self, (at, token): (usize, &Token<'_>), word: &str) -> bool {
        let tests = |token: &Token<'_>| token.is(Role::Tests);
        word.contains('-') && !tests(token) && self.tokens.get(at + 1).is_some_and(tests)
    }

    /// Whether a word doesn't say which kind of thing is asked for: what it is called by itself, what
    /// every such thing is, what its definition is to have, or, behind a noun, what it is for.
    fn is_told(&self, (at, token): (usize, &Token<'_>), word: &str) -> bool {
        let usual = USUAL.iter().any(|it| it.eq_ignore_ascii_case(word));
        let of_code = |it: &Token<'_>| matches!(it, Token::Code(code) if is_part(token, code));
        // «эндпоинт регистрации»
        let before = self.tokens.iter().take(at).rev();
        let mut before = before.take_while(|it| it.written().is_some());
        let noun = |it: &Token<'_>| is_noun(it) && !it.is(Role::Article);
        let behind_noun = !word.is_ascii() && before.any(noun);
        usual || code::is_keyword(word) || behind_noun || self.tokens.iter().any(of_code)
    }
}

/// Whether a word is known, or a number's or ticket's: `OPS-17`, `#12`.
fn is_known(tokens: &[Token<'_>], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| {
        let word = token.written().unwrap_or_default();
        let digits = word.starts_with(|it: char| it.is_ascii_digit());
        // `as in`, and not ``as default``.
        let leads = tokens.get(at + 1).is_some_and(|it| lead(it).is_some());
        let refers = token.is(Role::Refers) && leads;
        token.is(Role::Numbered) || refers || token.is_known() || is_ticket(tokens, word) || digits
    })
}

fn last(kind: Option<&Result<Kind, String>>) -> Last {
    match kind {
        Some(Ok(Kind::Path(path))) if path.ends_with('/') => Last::Folder,
        Some(_) | None => Last::Other,
    }
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
fn tells_more(role: Role) -> bool {
    let place = [Role::Into, Role::From, Role::Place].contains(&role);
    place || role == Role::With || role == Role::Where
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
    let to_code = match rest.first() {
        Some(Token::Code(_)) => true,
        Some(Token::Mark(':')) => comes_with(tokens, at + 1 + end + 1),
        Some(Token::Word(..) | Token::Mark(_)) | None => false,
    };
    let here =
        |token: &Token<'_>| token.is(Role::Here) || token.is(Role::Article) || token.is(Role::Must);
    // `по аналогии с`
    let refers = phrase.iter().any(|token| token.is(Role::Refers));
    if to_code || refers || phrase.iter().all(here) {
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

/// Whether a mark may say something of what it stands beside: `🚫`, `→ archive`, `[draft]`.
fn is_odd(tokens: &[Token<'_>], at: usize, mark: char) -> bool {
    let numbers = |token: Option<&Token<'_>>| {
        let word = token.and_then(Token::written);
        word.is_some_and(|word| {
            is_ticket(tokens, word) || word.chars().all(|it| it.is_ascii_digit())
        })
    };
    let word = |at: usize| matches!(tokens.get(at), Some(Token::Word(..)));
    match mark {
        // `:no_entry:`
        ':' => word(at + 1) && tokens.get(at + 2) == Some(&Token::Mark(':')),
        '@' => !is_mention(tokens, at),
        '#' | '№' | '[' => !numbers(tokens.get(at + 1)),
        ']' => !numbers(at.checked_sub(1).and_then(|before| tokens.get(before))),
        _ => !",;:.()—–-/+&\"'`«»“”„’*!".contains(mark),
    }
}

/// Whether a mark begins a person's name in brackets: `(OPS-7, @olha)`.
fn is_mention(tokens: &[Token<'_>], at: usize) -> bool {
    let person = |token: &Token<'_>| {
        let word = token.written().unwrap_or_default();
        word.starts_with(char::is_lowercase)
    };
    let ends = |token: &Token<'_>| matches!(token, Token::Mark(')' | ','));
    let begins = |token: &Token<'_>| matches!(token, Token::Mark('(' | ','));
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    tokens.get(at) == Some(&Token::Mark('@'))
        && before.is_some_and(begins)
        && tokens.get(at + 1).is_some_and(person)
        && tokens.get(at + 2).is_some_and(ends)
}

/// Whether a word only goes on in time: `then`.
fn is_later(token: &Token<'_>) -> bool {
    let other = [Role::And, Role::Must, Role::Article];
    let other = other.into_iter().any(|role| token.is(role)) || lead(token).is_some();
    token.is(Role::Opening) && !other
}

/// Whether a word names a file without code marks: `README`.
fn names_more(token: &Token<'_>, word: &str) -> bool {
    let noun = token.is(Role::Part) || token.is(Role::File) || token.is(Role::Docs);
    noun && word.starts_with(|it: char| it.is_ascii_uppercase())
}

/// Whether a word only numbers a ticket: `(OPS-17)`.
fn is_ticket(tokens: &[Token<'_>], word: &str) -> bool {
    if !word.contains('-') {
        return false;
    }
    let text: Vec<String> = tokens
        .iter()
        .map(|token| match token {
            Token::Word(word, ..) => (*word).to_owned(),
            Token::Mark(mark) => mark.to_string(),
            Token::Code(_) => "`".to_owned(),
        })
        .collect();
    ticket::is_ticket(&text.join(" "), word)
}

/// Whether a word says what must hold besides.
fn is_demand(token: &Token<'_>) -> bool {
    token.is(Role::Must) && !token.is(Role::Into) && !token.is(Role::Article)
}
