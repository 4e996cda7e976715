//! Goes through a line's words and code spans, and gives each clause what it asks for.

use std::vec::IntoIter;

use super::super::homes;
use super::super::relation::{self, Relation};
use super::super::tokens::{Token, begins, is_verb};
use super::super::words::Role;
use super::again::{self, answer, is_labelled, named};
use super::taken::take;
use super::{Above, Asks, Clause, Mode, NO_VERB, Parsed, Why, unseen};
use crate::resolve::expect::{Expectation, Kind};

pub(super) struct Walk<'t> {
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

impl<'t> Walk<'t> {
    /// Begins at a line's first token; `kinds` is what its code spans name.
    pub(super) fn new(
        tokens: &'t [Token<'t>],
        kinds: Vec<Result<Kind, String>>,
        above: Above<'t>,
    ) -> Self {
        Self {
            tokens,
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
                listed: relation::lists(tokens),
            },
        }
    }

    /// Reads all tokens.
    pub(super) fn read(mut self) -> Result<Parsed, Why> {
        for at in 0..self.tokens.len() {
            self.step(at)?;
        }
        self.finish()
    }

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
            return self.verb(at, token, word);
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
        // Nouns may stand before the next code span: `a.py` and class `B`, but not and tests in `b.py`.
        let words = self.tokens.iter().skip(at).take(3);
        let mut words = words.take_while(|it| relation::lead(it).is_none());
        let noun = words.any(|it| matches!(it, Token::Code(_)));
        let more = joined && listed && !noun || self.names_another(at);
        if more && !explains {
            return Err(format!("asks for more than is in code marks (“{word}”)").into());
        }
        Ok(())
    }

    /// Whether a noun behind that of a code span is another thing, which has no name: `X` model and
    /// migration, `X` model (migration).
    fn names_another(&self, at: usize) -> bool {
        let noun =
            |token: &&Token<'_>| matches!(token, Token::Word(..)) && relation::is_noun(token);
        let other = |token: &&Token<'_>| noun(token) || token.is(Role::Thing);
        let joined = self
            .before(at)
            .is_some_and(|it| it.joins() || *it == Token::Mark('('));
        let Some(before) = at.checked_sub(1).filter(|_| joined) else {
            return false;
        };
        let earlier = self.tokens.iter().take(before).rev();
        let mut earlier = earlier.skip_while(|it| it.joins()).peekable();
        let is_behind = earlier.next_if(noun).is_some()
            && matches!(earlier.find(|it| !noun(it)), Some(Token::Code(_)));
        let mut later = self.tokens.iter().skip(at);
        is_behind
            && self.tokens.get(at).as_ref().is_some_and(other)
            && !matches!(later.find(|it| !noun(it)), Some(Token::Code(_)))
    }

    fn verb(&mut self, at: usize, token: &Token<'_>, verb: &str) -> Result<(), Why> {
        let before = self.done.paths.len();
        self.close()?;
        let mode = mode(token);
        self.done.matched.push(verb.to_owned());
        self.done.mode = mode;
        let mut clause = Clause::new(mode, verb.to_owned());
        clause.asks = asks(token);
        let last = self.done.paths.get(before..).unwrap_or_default();
        if self.before(at) == Some(&Token::Mark('(')) {
            clause.beside = Some(last.to_vec());
        }
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
        let bracketed = homes::is_bracketed(self.tokens, at);
        let Some(clause) = &mut self.clause else {
            return match (kind, at, self.tokens.get(1)) {
                (Kind::Path(path), 0, Some(Token::Mark(_))) => {
                    self.lead = Some(path);
                    Ok(())
                }
                _ => Err("has no verb of making, changing or removing before what it names".into()),
            };
        };
        if clause.beside.is_some() && !bracketed {
            return Err(format!("can't be told what `{code}` behind the brackets is for").into());
        }
        let below = self.above.is_some_and(|above| above.listed);
        let tests = clause.tells_tested() || relation::is_for_tests(self.tokens, at);
        let inside = below || tests || clause.about.is_some() && clause.names_nothing();
        let relation = match (relation, &kind) {
            (Relation::Object, Kind::Path(_)) if inside => Relation::Listed,
            (other, _) => other,
        };
        clause.note_tested(self.tokens, at, (relation, &kind));
        if let (Relation::With, Kind::Symbol(symbol)) = (relation, &kind) {
            let joined = relation::is_joined(self.tokens, at);
            clause.stand(symbol, joined);
        }
        let kind = clause.part(kind, (self.tokens, at), bracketed)?;
        let beside = relation == Relation::With || bracketed;
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
