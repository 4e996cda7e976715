//! A line's clauses → the traces that each verb asks for, or why the line is a person's.

use std::borrow::Cow;

use super::super::super::expect::{Expectation, Kind, Symbol};
use super::code::{Beside, kind};
use super::tokens::{Token, tokens};
use super::words::Role;
use crate::checklist::Inline;
use crate::vocabulary::Vocabulary;

/// Why a line without a verb is a person's.
pub(super) const NO_VERB: &str = "has no verb of making, changing or removing";

/// Why a line is a person's.
pub(super) type Why = Cow<'static, str>;

/// What a verb asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Make,
    Add,
    Change,
    Remove,
}

/// What a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parsed {
    /// The traces; none where the line only leads bullets.
    pub(super) wants: Vec<Expectation>,
    /// Its verbs and code spans.
    pub(super) matched: Vec<String>,
    /// What its last verb asks for.
    pub(super) mode: Mode,
    /// The files that symbols below it are looked for in.
    pub(super) paths: Vec<String>,
}

/// What a bullet has from the line above it: what the verb asks for, and in which files.
pub(super) type Above<'a> = (Mode, &'a [String]);

/// How a code span stands to the verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// It is what is asked for; nothing but nouns for it stand between.
    Object,
    /// It is what is asked for, with other words before it.
    Described,
    /// It is where something goes.
    Into,
    /// It comes with what is asked for.
    With,
    /// It is where something comes from.
    From,
    /// It is referred to.
    About,
}

/// Reads a line, or a bullet below one.
pub(super) fn parse(
    text: &Inline,
    above: Option<Above<'_>>,
    vocabulary: &Vocabulary,
) -> Result<Parsed, Why> {
    let tokens = tokens(text, vocabulary);
    refuse_words(&tokens)?;
    let mut walk = Walk {
        tokens: &tokens,
        above,
        clause: above.map(|(mode, _)| Clause::new(mode, String::new())),
        relation: Relation::Object,
        lead: None,
        done: Parsed {
            wants: Vec::new(),
            matched: Vec::new(),
            mode: above.map_or(Mode::Make, |(mode, _)| mode),
            paths: Vec::new(),
        },
    };
    for at in 0..tokens.len() {
        walk.step(at)?;
    }
    walk.finish()
}

/// Refuses lines that leave open what is wanted, or want a person's judgement.
fn refuse_words(tokens: &[Token<'_>]) -> Result<(), Why> {
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

/// What is asked for by one verb.
struct Clause {
    mode: Mode,
    /// The verb as written; empty for a bullet's, which is the line's above it.
    verb: String,
    wants: Vec<Expectation>,
    symbols: Vec<Symbol>,
    variables: Vec<String>,
    /// Where things go.
    into: Vec<String>,
}

impl Clause {
    fn new(mode: Mode, verb: String) -> Self {
        Self {
            mode,
            verb,
            wants: Vec::new(),
            symbols: Vec::new(),
            variables: Vec::new(),
            into: Vec::new(),
        }
    }

    /// Whether no code span has said yet what is asked for.
    fn names_nothing(&self) -> bool {
        let things = self.symbols.is_empty() && self.variables.is_empty();
        things && self.wants.is_empty() && self.into.is_empty()
    }

    /// Returns the traces, symbols narrowed to the files that are named beside them.
    fn close(self, above: &[String]) -> Result<(Vec<Expectation>, Vec<String>), Why> {
        let own = self.wants.iter().filter_map(Expectation::path);
        let mut paths: Vec<String> = own.map(str::to_owned).chain(self.into.clone()).collect();
        let named = paths.clone();
        if paths.is_empty() {
            paths.extend(above.iter().cloned());
        }
        let things = !self.symbols.is_empty() || !self.variables.is_empty();
        if self.mode == Mode::Change && things && paths.is_empty() {
            return Err("names what is to change, and no path whose change would tell".into());
        }
        let mut wants = self.wants;
        // What is made in a file may be told by its name there; what is put into one changes it.
        if self.mode != Mode::Make || !things {
            wants.extend(self.into.into_iter().map(Expectation::Change));
        }
        wants.extend(self.symbols.into_iter().map(|symbol| Expectation::Symbol {
            symbol,
            paths: paths.clone(),
        }));
        wants.extend(
            self.variables
                .into_iter()
                .map(|name| Expectation::Variable {
                    name,
                    paths: paths.clone(),
                }),
        );
        Ok((wants, named))
    }
}

struct Walk<'t> {
    tokens: &'t [Token<'t>],
    above: Option<Above<'t>>,
    clause: Option<Clause>,
    /// How the last code span stood to its verb.
    relation: Relation,
    /// A path that leads the line, before its verb.
    lead: Option<String>,
    done: Parsed,
}

impl Walk<'_> {
    fn step(&mut self, at: usize) -> Result<(), Why> {
        match self.tokens.get(at) {
            Some(Token::Word(word, ..)) => self.word(at, word),
            Some(Token::Code(code)) => self.code(at, code),
            Some(Token::Mark(_)) | None => Ok(()),
        }
    }

    fn before(&self, at: usize) -> Option<&Token<'_>> {
        self.tokens.get(at.checked_sub(1)?)
    }

    /// Whether a word can begin a clause.
    fn begins(&self, at: usize) -> bool {
        let mut earlier = self.tokens.iter().take(at).rev();
        match earlier.next() {
            None => true,
            Some(Token::Mark(mark)) => *mark != '/',
            Some(Token::Code(_)) => false,
            Some(word) if word.is(Role::And) => true,
            Some(word) => word.is(Role::Must) && earlier.all(|token| token.is(Role::Must)),
        }
    }

    fn word(&mut self, at: usize, word: &str) -> Result<(), Why> {
        let Some(token) = self.tokens.get(at) else {
            return Ok(());
        };
        let first = self.tokens.iter().take(at).all(|it| it.is(Role::Must));
        let begins = self.begins(at);
        if token.is_verb(first) {
            if !begins {
                return Err(format!("“{word}” doesn't begin what is asked for").into());
            }
            return self.verb(mode(token), word);
        }
        if begins && token.is(Role::Other) {
            return Err(format!("asks for work beside its traces (“{word}”)").into());
        }
        self.refuse_unmarked(at, word)
    }

    /// Refuses ``and tests`` behind a code span: something else is asked for as well.
    fn refuse_unmarked(&self, at: usize, word: &str) -> Result<(), Why> {
        let joined = self.before(at).is_some_and(Token::joins);
        let listed = at
            .checked_sub(2)
            .is_some_and(|two| matches!(self.tokens.get(two), Some(Token::Code(_))));
        let token = self.tokens.get(at);
        let leads = [Role::About, Role::With, Role::From, Role::Into, Role::And];
        let explains = token.is_some_and(|it| leads.into_iter().any(|role| it.is(role)));
        // Nouns may stand before the next code span: `a.py` and class `B`.
        let noun = self
            .tokens
            .iter()
            .skip(at)
            .take(3)
            .any(|it| matches!(it, Token::Code(_)));
        if joined && listed && !explains && !noun {
            return Err(format!("asks for more than is in code marks (“{word}”)").into());
        }
        Ok(())
    }

    fn verb(&mut self, mode: Mode, verb: &str) -> Result<(), Why> {
        self.close()?;
        self.done.matched.push(verb.to_owned());
        self.done.mode = mode;
        let mut clause = Clause::new(mode, verb.to_owned());
        if let Some(path) = self.lead.take() {
            match mode {
                Mode::Change => clause.wants.push(Expectation::Change(path)),
                Mode::Remove => clause.wants.push(Expectation::Absent(path)),
                Mode::Make | Mode::Add => clause.into.push(path),
            }
        }
        self.clause = Some(clause);
        Ok(())
    }

    fn close(&mut self) -> Result<(), Why> {
        let Some(clause) = self.clause.take() else {
            return Ok(());
        };
        let verb = clause.verb.clone();
        let (wants, paths) = clause.close(self.above.map_or(&[], |(_, paths)| paths))?;
        if wants.is_empty() && !self.leads_bullets() && !verb.is_empty() {
            return Err(
                format!("“{verb}” has nothing in code marks that can be looked for").into(),
            );
        }
        self.done.wants.extend(wants);
        self.done.paths.extend(paths);
        Ok(())
    }

    /// Whether the line names nothing and ends with a colon: the bullets below it do.
    fn leads_bullets(&self) -> bool {
        self.tokens.last() == Some(&Token::Mark(':'))
            && !self.tokens.iter().any(|it| matches!(it, Token::Code(_)))
    }

    fn code(&mut self, at: usize, code: &str) -> Result<(), Why> {
        let (relation, beside) = self.relation_of(at)?;
        let kind = kind(code, beside)?;
        self.relation = relation;
        self.done.matched.push(code.to_owned());
        let Some(clause) = &mut self.clause else {
            return match (kind, at, self.tokens.get(1)) {
                (Kind::Path(path), 0, Some(Token::Mark(_))) => {
                    self.lead = Some(path);
                    Ok(())
                }
                _ => Err("has no verb of making, changing or removing before what it names".into()),
            };
        };
        take(clause, relation, kind)
    }

    /// How the code span at a place stands to its verb, and the words beside it.
    fn relation_of(&self, at: usize) -> Result<(Relation, Beside<'_>), Why> {
        let beside = Beside {
            before: self.before(at),
            behind: self.tokens.get(at + 1),
        };
        let nouns = [
            Role::File,
            Role::Type,
            Role::Callable,
            Role::Value,
            Role::Table,
            Role::Endpoint,
            Role::Variable,
        ];
        let mut back = at;
        while let Some(token) = self.before(back)
            && at - back < 3
            && !token.is_verb(back == 1)
            && nouns.into_iter().any(|role| token.is(role))
        {
            back -= 1;
        }
        let relation = match self.before(back) {
            Some(token) if token.joins() => {
                let listed = back
                    .checked_sub(2)
                    .and_then(|two| self.tokens.get(two))
                    .is_some_and(|it| !matches!(it, Token::Word(..)) || self.follows_code(back));
                if !listed {
                    return Err("asks for more than is in code marks".into());
                }
                self.relation
            }
            None | Some(Token::Mark(_) | Token::Code(_)) => Relation::Object,
            Some(token) if token.is_verb(true) => Relation::Object,
            Some(token) if token.is(Role::Into) => Relation::Into,
            Some(token) if token.is(Role::With) => Relation::With,
            Some(token) if token.is(Role::From) => Relation::From,
            Some(token) if token.is(Role::About) => Relation::About,
            Some(_) => Relation::Described,
        };
        Ok((relation, beside))
    }

    /// Whether nouns that belong to a code span stand between it and what joins the next one
    /// (`users` table and `calls`).
    fn follows_code(&self, back: usize) -> bool {
        back.checked_sub(3)
            .and_then(|three| self.tokens.get(three))
            .is_some_and(|it| matches!(it, Token::Code(_)))
    }

    fn finish(mut self) -> Result<Parsed, Why> {
        self.close()?;
        if self.lead.is_some() || (self.above.is_none() && self.done.matched.is_empty()) {
            return Err(NO_VERB.into());
        }
        Ok(self.done)
    }
}

fn mode(verb: &Token<'_>) -> Mode {
    let modes = [
        (Role::Change, Mode::Change),
        (Role::Remove, Mode::Remove),
        (Role::Add, Mode::Add),
    ];
    let found = modes.into_iter().find(|(role, _)| verb.is(*role));
    found.map_or(Mode::Make, |(_, mode)| mode)
}

/// Takes what a code span names into the clause of its verb.
fn take(clause: &mut Clause, relation: Relation, kind: Kind) -> Result<(), Why> {
    let makes = matches!(clause.mode, Mode::Make | Mode::Add);
    match (relation, makes) {
        (Relation::About, _) | (Relation::From, true) => return Ok(()),
        (Relation::From | Relation::With, false) => {
            return Err(format!("can't be told what of `{}` is asked for", name(&kind)).into());
        }
        (Relation::With, true) if clause.names_nothing() => {
            let name = name(&kind);
            return Err(format!("what is to be made with `{name}` has no name").into());
        }
        (Relation::Object | Relation::Described | Relation::Into | Relation::With, _) => {}
    }
    match (clause.mode, relation, kind) {
        (Mode::Remove, Relation::Object | Relation::Described, Kind::Path(path)) => {
            clause.wants.push(Expectation::Absent(path));
        }
        (Mode::Remove, _, kind) => {
            let name = name(&kind);
            return Err(format!("no trace tells that `{name}` was removed").into());
        }
        (Mode::Change, _, Kind::Path(path)) => clause.wants.push(Expectation::Change(path)),
        (_, Relation::Into, Kind::Path(path)) => clause.into.push(path),
        (Mode::Add, Relation::Described, Kind::Path(path)) => {
            return Err(format!("can't be told whether `{path}` is to be made or changed").into());
        }
        (_, _, Kind::Path(path)) => clause.wants.push(Expectation::File(path)),
        (_, Relation::Into, kind) => {
            let name = name(&kind);
            return Err(format!("no trace tells what goes into `{name}`").into());
        }
        (Mode::Change, _, Kind::Endpoint { route, .. }) => {
            return Err(format!("no trace tells that `{route}` was changed").into());
        }
        (_, _, Kind::Endpoint { method, route }) => {
            clause.wants.push(Expectation::Endpoint { method, route });
        }
        (_, _, Kind::Symbol(symbol)) => clause.symbols.push(symbol),
        (_, _, Kind::Variable(name)) => clause.variables.push(name),
    }
    Ok(())
}

fn name(kind: &Kind) -> String {
    match kind {
        Kind::Path(name) | Kind::Variable(name) => name.clone(),
        Kind::Symbol(symbol) => symbol.to_string(),
        Kind::Endpoint { route, .. } => route.clone(),
    }
}
