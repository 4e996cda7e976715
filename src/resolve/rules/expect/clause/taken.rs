//! What a code span adds to the clause of its verb, or why the line is a person's.

use super::super::homes::is_listed_of;
use super::super::relation::Relation;
use super::super::tokens::Token;
use super::{Asks, Clause, Mode, Standing, Why, unseen};
use crate::facts::Form;
use crate::resolve::expect::{Answering, Expectation, Kind, Noun, Symbol};

/// Returns whether a code span is only referred to, or why it can't be told how it belongs to its
/// verb.
fn is_referred(clause: &Clause, relation: Relation, kind: &Kind) -> Result<bool, Why> {
    let makes = matches!(clause.mode, Mode::Make | Mode::Add);
    let path = matches!(kind, Kind::Path(_));
    match (relation, makes) {
        // ``Изменить `send(to)` на `send(to, text)` в `a.py` ``
        (Relation::About, false) if !path && !clause.names_nothing() => {
            return Err(format!("can't be told what `{}` is to be after it", name(kind)).into());
        }
        (Relation::About, _) | (Relation::From, true) => return Ok(true),
        (Relation::From | Relation::With, false) => {
            return Err(format!("can't be told what of `{}` is asked for", name(kind)).into());
        }
        (Relation::With, true) if clause.names_nothing() => {
            let name = name(kind);
            return Err(format!("what is to be made with `{name}` has no name").into());
        }
        (Relation::Object | Relation::Described | Relation::Unnamed | Relation::Listed, _) => {
            if let Some(word) = clause.quality.as_deref() {
                return Err(unseen(word));
            }
        }
        (Relation::Into | Relation::With, _) => {}
    }
    Ok(false)
}

/// Takes what a code span names into the clause of its verb.
pub(super) fn take(clause: &mut Clause, relation: Relation, kind: Kind) -> Result<(), Why> {
    if is_referred(clause, relation, &kind)? {
        if clause.names_nothing() {
            clause.about = Some(name(&kind));
        }
        return Ok(());
    }
    match (clause.mode, relation, kind) {
        (Mode::Make | Mode::Add, Relation::Listed, Kind::Path(path)) => {
            refuse_folder(&path)?;
            clause.wants.push(Expectation::Change(path));
        }
        (Mode::Make | Mode::Add, Relation::Listed | Relation::Unnamed, kind) => {
            let name = name(&kind);
            return Err(format!("can't be told what is to be made of `{name}`").into());
        }
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
        (Mode::Make | Mode::Add, Relation::Into, Kind::Symbol(owner)) if clause.joins(&owner) => {
            clause.join(&owner.name);
        }
        (_, Relation::Into, kind) => {
            let name = name(&kind);
            return Err(format!("no trace tells what goes into `{name}`").into());
        }
        (Mode::Change, _, Kind::Endpoint { route, .. }) => {
            return Err(format!("no trace tells that `{route}` was changed").into());
        }
        (_, relation, Kind::Endpoint { method, route, by }) => {
            clause.serve(relation, (method, route), by);
        }
        (_, _, Kind::Symbol(symbol)) if is_promised(clause, &symbol) => {
            let name = &symbol.name;
            return Err(
                format!("can't be told whether `{name}` is to be defined or fulfilled").into(),
            );
        }
        (_, Relation::With, Kind::Symbol(mut symbol)) => {
            if is_member(&symbol) && symbol.within.is_none() && clause.standing == Standing::Inside
            {
                symbol.within = clause.owner();
            }
            clause.symbols.push(symbol);
        }
        (_, _, Kind::Symbol(symbol)) => clause.push(symbol),
        (_, _, Kind::Variable(name)) => clause.variables.push(name),
    }
    Ok(())
}

/// Refuses work in a folder that no name tells: a change of any file there would do.
pub(super) fn refuse_folder(path: &str) -> Result<(), Why> {
    if path.ends_with('/') {
        return Err(format!("any file in `{path}` would do for what goes into it").into());
    }
    Ok(())
}

/// Whether a symbol may be a type.
pub(super) fn is_type(symbol: &Symbol) -> bool {
    !symbol.call && symbol.name.starts_with(char::is_uppercase)
}

/// Whether a symbol may belong to a type.
pub(super) fn is_member(symbol: &Symbol) -> bool {
    let called = symbol.call || symbol.name.starts_with(char::is_lowercase);
    called && symbol.noun != Noun::Table
}

impl Clause {
    /// Returns what a code span names, a part of the type that it stands behind in brackets or in a list
    /// behind a colon.
    pub(super) fn part(
        &self,
        kind: Kind,
        (tokens, at): (&[Token<'_>], usize),
        bracketed: bool,
    ) -> Result<Kind, Why> {
        let Some(owner) = self.symbols.iter().rfind(|it| is_type(it)) else {
            return Ok(kind);
        };
        let listed = is_listed_of(tokens, at, &owner.name);
        match kind {
            _ if !(bracketed || listed) => Ok(kind),
            Kind::Symbol(symbol) if symbol.within.is_none() && is_member(&symbol) => {
                let within = Some(owner.name.clone());
                Ok(Kind::Symbol(Symbol { within, ..symbol }))
            }
            // Enumerators aren't known.
            Kind::Symbol(Symbol { ref name, .. }) | Kind::Variable(ref name)
                if listed || owner.noun == Noun::Form(Form::Enumeration) =>
            {
                let owner = &owner.name;
                Err(format!("can't be told what `{name}` is to be of `{owner}`").into())
            }
            Kind::Symbol(_) | Kind::Variable(_) | Kind::Path(_) | Kind::Endpoint { .. } => Ok(kind),
        }
    }

    /// Takes an endpoint; one that comes with a type is the type's.
    fn serve(
        &mut self,
        relation: Relation,
        (method, route): (Option<String>, String),
        by: Option<Answering>,
    ) {
        let within = self.owner().filter(|_| relation == Relation::With);
        self.wants.push(Expectation::Endpoint {
            method,
            route,
            by: by.filter(|_| within.is_none()),
            within,
            paths: Vec::new(),
        });
    }

    /// Whether what it names so far are methods and endpoints that may go into a type.
    fn joins(&self, owner: &Symbol) -> bool {
        let field = |it: &Symbol| it.noun == Noun::Field;
        let fields = self.symbols.iter().any(field);
        let of_type = |it: &Symbol| {
            it.call || it.noun == Noun::Method || field(it) || fields && is_member(it)
        };
        let method = |it: &Symbol| of_type(it) && it.within.is_none();
        let served = |it: &Expectation| {
            matches!(
                it,
                Expectation::Endpoint {
                    by: None,
                    within: None,
                    ..
                }
            )
        };
        let named = !(self.symbols.is_empty() && self.wants.is_empty());
        let members = self.symbols.iter().all(method) && self.wants.iter().all(served);
        let alone = self.variables.is_empty() && !self.puts();
        let whole = owner.within.is_none() && owner.signature.is_empty();
        alone && named && members && is_type(owner) && whole
    }

    /// Tells where something stands that comes with what it asks for, joined to what was named before:
    /// a function that is called one stands beside a class, as do those joined to it.
    pub(super) fn stand(&mut self, symbol: &Symbol, joined: bool) {
        let before = self.standing == Standing::Alone;
        let as_before = before && !is_type(symbol) && symbol.noun != Noun::Method;
        let alone = joined && (as_before || symbol.noun == Noun::Function);
        self.standing = if alone {
            Standing::Alone
        } else {
            Standing::Inside
        };
    }

    /// Looks for what it names in a type.
    fn join(&mut self, owner: &str) {
        for symbol in &mut self.symbols {
            symbol.within = Some(owner.to_owned());
        }
        for want in &mut self.wants {
            if let Expectation::Endpoint { within, .. } = want {
                *within = Some(owner.to_owned());
            }
        }
    }
}

/// Whether a symbol is called an interface, or a trait, that may be there to be fulfilled.
fn is_promised(clause: &Clause, symbol: &Symbol) -> bool {
    let mut forms = [Form::Interface, Form::Trait].into_iter();
    let promise = forms.any(|form| symbol.noun == Noun::Form(form));
    clause.asks == Asks::Fulfilled && promise
}

fn name(kind: &Kind) -> String {
    match kind {
        Kind::Path(name) | Kind::Variable(name) => name.clone(),
        Kind::Symbol(symbol) => symbol.to_string(),
        Kind::Endpoint { route, .. } => route.clone(),
    }
}
