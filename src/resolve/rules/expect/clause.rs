//! A line's clauses → the traces that each verb asks for, or why the line is a person's.

mod again;
mod folders;
mod taken;
mod tested;

use std::borrow::Cow;
use std::vec::IntoIter;

use super::super::super::expect::{Expectation, Kind, Symbol};
use super::relation::{self, Relation};
use super::tokens::{Token, begins, is_verb, tokens};
use super::words::Role;
use super::{beyond, code, homes, refused};
use crate::checklist::Inline;
use crate::vocabulary::Vocabulary;
use again::{answer, is_labelled, named};
use taken::{is_member, is_type, take};
use tested::Tested;

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
    /// The type that what stands below it belongs to, where it names one.
    pub(super) owner: Option<String>,
    /// The names of what it makes, which what stands below it may put to use; nothing for what has
    /// no name that is known.
    pub(super) named: Vec<Option<String>>,
    /// Whether paths below it are where its work is done, and not what it makes.
    pub(super) listed: bool,
}

/// What a bullet has from the line above it.
pub(super) type Above<'a> = Option<&'a Parsed>;

/// Reads a line, or a bullet below one.
pub(super) fn parse(
    text: &Inline,
    above: Above<'_>,
    vocabulary: &Vocabulary,
) -> Result<Parsed, Why> {
    let tokens = tokens(text, vocabulary);
    refused::links(text)?;
    refused::words(&tokens)?;
    refused::opening(&tokens)?;
    let kinds = code::kinds(&tokens);
    beyond::refuse(&tokens, &kinds)?;
    let mut walk = Walk {
        tokens: &tokens,
        kinds: kinds.into_iter(),
        above,
        clause: above.map(|above| Clause::new(above.mode, String::new())),
        relation: Relation::Object,
        lead: None,
        path: false,
        done: Parsed {
            wants: Vec::new(),
            matched: Vec::new(),
            mode: above.map_or(Mode::Make, |above| above.mode),
            paths: Vec::new(),
            owner: None,
            named: above.map_or_else(Vec::new, |above| above.named.clone()),
            listed: relation::lists(&tokens),
        },
    };
    for at in 0..tokens.len() {
        walk.step(at)?;
    }
    walk.finish()
}

/// What a verb asks for besides what its mode tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    Nothing,
    /// Its things are put into what they go into: that they are there doesn't tell it.
    Put,
    /// Its things are made known where they are used.
    Registered,
    /// Maybe what an interface promises.
    Fulfilled,
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
    /// Where its endpoints are to be served from, and nothing goes.
    homes: Vec<String>,
    /// What its verb asks for besides.
    asks: Asks,
    /// Whether it names again what was named before.
    again: bool,
    /// Whether plain words before what it names may be what it asks for.
    says: bool,
    /// What it is about, if it has named nothing before: a path behind that may be where its work
    /// is done (``an index on `users(name)`: `a.sql` ``).
    about: Option<String>,
    /// Whether a noun before what it names says what a file of source may be: a migration.
    part: bool,
    /// The word that says what they are to be, where their being there doesn't tell that.
    quality: Option<String>,
    /// What its tests are for.
    tested: Tested,
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
            homes: Vec::new(),
            asks: Asks::Nothing,
            again: false,
            says: false,
            about: None,
            part: false,
            quality: None,
            tested: Tested::default(),
        }
    }

    /// Returns the type that what comes with it belongs to, where one is named.
    fn owner(&self) -> Option<String> {
        let typed = self.symbols.iter().rfind(|it| is_type(it));
        typed.map(|it| it.name.clone())
    }

    /// Whether its things are put into what they go into.
    fn puts(&self) -> bool {
        matches!(self.asks, Asks::Put | Asks::Registered)
    }

    /// Whether it names an endpoint.
    fn serves(&self) -> bool {
        let mut wants = self.wants.iter();
        wants.any(|it| matches!(it, Expectation::Endpoint { .. }))
    }

    /// Whether no code span has said yet what is asked for.
    fn names_nothing(&self) -> bool {
        let things = self.symbols.is_empty() && self.variables.is_empty();
        things && self.wants.is_empty() && self.into.is_empty()
    }

    /// Returns the type that what stands below it belongs to: the only one that it names.
    fn only_type(&self) -> Option<String> {
        let mut types = self.symbols.iter().filter(|it| is_type(it));
        let first = types.next()?;
        types.next().is_none().then(|| first.name.clone())
    }

    /// Puts what stands below a type into it, unless another place is named.
    fn belong(&mut self, owner: &str) {
        let placed = !self.into.is_empty() || self.wants.iter().any(|it| it.path().is_some());
        if placed {
            return;
        }
        for symbol in self.symbols.iter_mut().filter(|it| is_member(it)) {
            symbol.within.get_or_insert_with(|| owner.to_owned());
        }
        for want in &mut self.wants {
            if let Expectation::Endpoint { within, .. } = want {
                within.get_or_insert_with(|| owner.to_owned());
            }
        }
    }

    fn push(&mut self, symbol: Symbol) {
        self.symbols.push(Symbol {
            filled: self.asks == Asks::Fulfilled,
            ..symbol
        });
    }

    /// Returns the traces, symbols narrowed to the files that are named beside them.
    fn close(mut self, above: Above<'_>) -> Result<(Vec<Expectation>, Vec<String>), Why> {
        self.place()?;
        self.refuse_folder()?;
        self.refuse_migration()?;
        if let Some(owner) = above.and_then(|above| above.owner.as_deref()) {
            self.belong(owner);
        }
        let above = above.map_or(&[][..], |above| &above.paths);
        let own = self.wants.iter().filter_map(Expectation::path);
        let mut paths: Vec<String> = own.map(str::to_owned).chain(self.into.clone()).collect();
        let named = paths.clone();
        let tests = self.uses_of_tests(&named);
        if paths.is_empty() {
            paths.extend(above.iter().cloned());
        }
        let things = !self.symbols.is_empty() || !self.variables.is_empty();
        if self.puts() && self.into.is_empty() && !self.names_nothing() {
            let verb = &self.verb;
            return Err(format!("“{verb}” asks to put it into what isn't in code marks").into());
        }
        if self.mode == Mode::Change && things && paths.is_empty() {
            return Err("names what is to change, and no path whose change would tell".into());
        }
        let several = self.into.len() > 1;
        let uses = if self.asks == Asks::Registered && !self.into.is_empty() {
            let known: Vec<String> = self.symbols.drain(..).map(|it| it.name).collect();
            again::uses(&known, &self.into)?
        } else {
            Vec::new()
        };
        let mut wants = self.wants;
        for want in &mut wants {
            if let Expectation::Endpoint { paths, .. } = want {
                paths.clone_from(&self.into);
                paths.extend(self.homes.iter().cloned());
            }
        }
        // What is made in a file may be told by its name there; what is put into one changes it.
        if self.mode != Mode::Make || !things {
            wants.extend(self.into.into_iter().map(Expectation::Change));
        }
        wants.extend(tests);
        wants.extend(uses);
        wants.extend(self.symbols.into_iter().map(|symbol| Expectation::Symbol {
            symbol,
            paths: paths.clone(),
        }));
        // A variable that is put into several files is to be in each.
        let each: Vec<Vec<String>> = if several {
            paths.iter().map(|path| vec![path.clone()]).collect()
        } else {
            vec![paths]
        };
        for name in self.variables {
            wants.extend(each.iter().map(|paths| Expectation::Variable {
                name: name.clone(),
                paths: paths.clone(),
            }));
        }
        Ok((wants, named))
    }
}

struct Walk<'t> {
    tokens: &'t [Token<'t>],
    /// What the code spans name that aren't reached yet.
    kinds: IntoIter<Result<Kind, String>>,
    above: Above<'t>,
    clause: Option<Clause>,
    /// How the last code span stood to its verb.
    relation: Relation,
    /// A path that leads the line, before its verb.
    lead: Option<String>,
    /// Whether the last code span was a path.
    path: bool,
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

    fn word(&mut self, at: usize, word: &str) -> Result<(), Why> {
        let tokens = self.tokens;
        let Some(token) = tokens.get(at) else {
            return Ok(());
        };
        let begins = begins(self.tokens, at);
        if is_verb(self.tokens, at) {
            if !begins {
                return Err(format!("“{word}” doesn't begin what is asked for").into());
            }
            return self.verb(token, word);
        }
        if begins && token.is(Role::Other) {
            return Err(format!("asks for work beside its traces (“{word}”)").into());
        }
        let (again, says) = (token.is(Role::It), again::says(token));
        if let Some(clause) = self.clause.as_mut().filter(|it| it.names_nothing()) {
            clause.again |= again;
            clause.says |= says;
            clause.part |= token.is(Role::Part);
        }
        self.refuse_described(at, word)?;
        self.refuse_unmarked(at, word)
    }

    /// Refuses what the thing's being there doesn't tell: ``executable `run.sh` ``,
    /// ``make `run.sh` faster``.
    fn refuse_described(&mut self, at: usize, word: &str) -> Result<(), Why> {
        let (Some(token), Some(clause)) = (self.tokens.get(at), &mut self.clause) else {
            return Ok(());
        };
        if token.is(Role::Quality) && clause.mode != Mode::Remove {
            if clause.mode != Mode::Change && !clause.names_nothing() {
                return Err(unseen(word));
            }
            clause.quality.get_or_insert_with(|| word.to_owned());
        }
        let mut earlier = self.tokens.iter().take(at).rev();
        let behind = earlier.find(|it| !relation::is_noun(it));
        let object = !matches!(self.relation, Relation::Into | Relation::About);
        if clause.mode != Mode::Change
            && object
            && matches!(behind, Some(Token::Code(_)))
            && !token.is_known()
        {
            return Err(unseen(word));
        }
        Ok(())
    }

    /// Refuses ``and tests`` behind a code span: something else is asked for as well.
    fn refuse_unmarked(&self, at: usize, word: &str) -> Result<(), Why> {
        let joined = self.before(at).is_some_and(Token::joins);
        let listed = at
            .checked_sub(2)
            .is_some_and(|two| matches!(self.tokens.get(two), Some(Token::Code(_))));
        let token = self.tokens.get(at);
        let explains = token.is_some_and(|it| relation::lead(it).is_some() || it.is(Role::And));
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

    fn verb(&mut self, token: &Token<'_>, verb: &str) -> Result<(), Why> {
        self.close()?;
        let mode = mode(token);
        self.done.matched.push(verb.to_owned());
        self.done.mode = mode;
        let mut clause = Clause::new(mode, verb.to_owned());
        clause.asks = asks(token);
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
        let Some(mut clause) = self.clause.take() else {
            return Ok(());
        };
        clause.put_again(&self.done.named)?;
        let verb = clause.verb.clone();
        self.done.owner = clause.only_type();
        let (wants, paths) = clause.close(self.above)?;
        if wants.is_empty() && !self.leads_bullets() && !verb.is_empty() {
            return Err(
                format!("“{verb}” has nothing in code marks that can be looked for").into(),
            );
        }
        self.done.named.extend(named(&wants));
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
        let relation = relation::of(self.tokens, at, self.relation)?;
        let Some(kind) = self.kinds.next().transpose()? else {
            return Ok(());
        };
        self.refuse_range(at, &kind)?;
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
        let below = self.above.is_some_and(|above| above.listed);
        let tests = clause.tells_tested() || relation::is_for_tests(self.tokens, at);
        let inside = below || tests;
        let relation = match (relation, &kind) {
            (Relation::Object, Kind::Path(_)) if inside => Relation::Listed,
            (Relation::Object, Kind::Path(_))
                if clause.about.is_some() && clause.names_nothing() =>
            {
                Relation::Listed
            }
            (other, _) => other,
        };
        clause.note_tested(self.tokens, at, (relation, &kind));
        let beside = relation == Relation::With || homes::is_bracketed(self.tokens, at);
        let kind = match kind {
            kind if relation::is_joined(self.tokens, at) && !is_labelled(self.tokens, at) => kind,
            kind => answer(clause, relation, kind),
        };
        if let Kind::Path(path) = &kind
            && clause.serves()
            && homes::holds(self.tokens, at, path)
        {
            clause.homes.push(path.clone());
        }
        match (kind, beside) {
            (Kind::Path(path), true) => take(clause, relation, Kind::Path(clause.in_folder(path))),
            (kind, _) => take(clause, relation, kind),
        }
    }

    /// Refuses paths of which only the first and the last are named, or that become one another.
    fn refuse_range(&mut self, at: usize, kind: &Kind) -> Result<(), Why> {
        let path = matches!(kind, Kind::Path(_));
        let after_path = std::mem::replace(&mut self.path, path);
        let marks =
            |token: &&Token<'_>| matches!(token, Token::Mark('-' | '–' | '—' | '→' | '>' | '='));
        let mut earlier = self.tokens.iter().take(at).rev();
        let marked = earlier.by_ref().take_while(marks).count() > 0;
        let code = |at: usize| matches!(self.tokens.get(at), Some(Token::Code(_)));
        let last = (0..at)
            .rev()
            .find(|at| !self.tokens.get(*at).is_some_and(|it| marks(&it)));
        if marked && path && after_path && last.is_some_and(code) {
            return Err("can't be told how the paths beside a dash go together".into());
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Parsed, Why> {
        self.close()?;
        if self.lead.is_some() || (self.above.is_none() && self.done.matched.is_empty()) {
            return Err(NO_VERB.into());
        }
        Ok(self.done)
    }
}

fn asks(verb: &Token<'_>) -> Asks {
    let asks = [
        (Role::Register, Asks::Registered),
        (Role::Put, Asks::Put),
        (Role::Fulfil, Asks::Fulfilled),
    ];
    let found = asks.into_iter().find(|(role, _)| verb.is(*role));
    found.map_or(Asks::Nothing, |(_, asks)| asks)
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

/// Why a line is a person's that says more of a thing than its being there tells.
pub(super) fn unseen(word: &str) -> Why {
    format!("asks for more than its being there tells (“{word}”)").into()
}
