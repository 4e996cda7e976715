//! What a clause says of what was named before: that it is put to use somewhere, or answers an
//! endpoint.

use super::super::relation::{Relation, is_noun, lead};
use super::super::tokens::Token;
use super::super::words::Role;
use super::{Clause, Mode, Why};
use crate::facts::Form;
use crate::resolve::expect::{Answering, Expectation, Kind, Noun, Symbol};

impl Clause {
    /// ``… and register it in `app.py` ``: what was named before is to be used there; a change of
    /// the file alone doesn't tell that.
    pub(super) fn put_again(&mut self, named: &[Option<String>]) -> Result<(), Why> {
        let makes = matches!(self.mode, Mode::Make | Mode::Add);
        let own = !self.symbols.is_empty() || !self.variables.is_empty() || !self.wants.is_empty();
        let asks = self.again || self.puts();
        if named.is_empty() || own || !makes || !asks || self.into.is_empty() {
            return Ok(());
        }
        let known: Option<Vec<String>> = named.iter().cloned().collect();
        let known = known.filter(|_| self.again || !self.says);
        let known = known.ok_or_else(|| {
            let path = self.into.first().map_or("", String::as_str);
            format!("can't be told by which name `{path}` is to have it")
        })?;
        self.wants.extend(uses(&known, &self.into)?);
        Ok(())
    }
}

/// Returns the uses of some names in some files.
pub(super) fn uses(names: &[String], paths: &[String]) -> Result<Vec<Expectation>, Why> {
    if let Some(folder) = paths.iter().find(|path| path.ends_with('/')) {
        return Err(format!("can't be told which file in `{folder}` is to use it").into());
    }
    let each = paths.iter().flat_map(|path| {
        let used = |name: &String| Expectation::Use {
            name: name.clone(),
            path: path.clone(),
        };
        names.iter().map(used)
    });
    Ok(each.collect())
}

/// Returns the names of what is made, by which others use it.
pub(super) fn named(wants: &[Expectation]) -> Vec<Option<String>> {
    let name = |want: &Expectation| match want {
        Expectation::Symbol { symbol, .. } => Some(Some(symbol.name.clone())),
        Expectation::Variable { name, .. } => Some(Some(name.clone())),
        Expectation::File(path) => {
            let file = path.rsplit('/').next().unwrap_or_default();
            let stem = file.split('.').next().unwrap_or_default();
            // A class's file is called like it; of others, nobody knows.
            Some(Some(stem.to_owned()).filter(|it| it.starts_with(char::is_uppercase)))
        }
        Expectation::Endpoint { .. } => Some(None),
        Expectation::Change(_)
        | Expectation::Absent(_)
        | Expectation::Use { .. }
        | Expectation::Entry { .. } => None,
    };
    wants.iter().filter_map(name).collect()
}

/// Whether a word before what a clause names may be what it asks for.
pub(super) fn says(token: &Token<'_>) -> bool {
    let small = token.is(Role::It) || token.is(Role::Article) || token.is(Role::And);
    !(small || lead(token).is_some() || is_noun(token) && token.is(Role::File))
}

/// Ties an endpoint and what answers it: ``add `GET /a` (handler: `X`)``. Neither alone tells
/// that one is the other's.
pub(super) fn answer(clause: &mut Clause, relation: Relation, kind: Kind) -> Kind {
    let plain = matches!(
        relation,
        Relation::Object | Relation::Described | Relation::Unnamed
    );
    let with = relation == Relation::With;
    match kind {
        Kind::Symbol(ref symbol) if plain && may_answer(symbol) || with && is_called_so(symbol) => {
            for want in &mut clause.wants {
                if let Expectation::Endpoint { by, .. } = want {
                    by.get_or_insert_with(|| of(symbol));
                }
            }
            kind
        }
        Kind::Endpoint { method, route, .. } if plain || with => {
            let by = clause.symbols.last().filter(|it| may_answer(it)).map(of);
            Kind::Endpoint { method, route, by }
        }
        Kind::Path(_) | Kind::Symbol(_) | Kind::Endpoint { .. } | Kind::Variable(_) => kind,
    }
}

/// Whether a noun of what answers stands between a comma and a code span: ``, handler `X` ``.
pub(super) fn is_labelled(tokens: &[Token<'_>], at: usize) -> bool {
    let earlier = tokens.get(..at).unwrap_or_default();
    let Some((noun @ Token::Word(..), rest)) = earlier.split_last() else {
        return false;
    };
    noun.is(Role::Answers) && rest.last() == Some(&Token::Mark(','))
}

fn of(symbol: &Symbol) -> Answering {
    Answering {
        within: symbol.within.clone(),
        name: symbol.name.clone(),
    }
}

fn is_called_so(symbol: &Symbol) -> bool {
    matches!(
        symbol.noun,
        Noun::Part
            | Noun::Derived
            | Noun::Callable
            | Noun::Function
            | Noun::Method
            | Noun::Endpoint
    )
}

fn may_answer(symbol: &Symbol) -> bool {
    let class = Noun::Form(Form::Class);
    is_called_so(symbol) || [Noun::None, Noun::Other, class].contains(&symbol.noun)
}
