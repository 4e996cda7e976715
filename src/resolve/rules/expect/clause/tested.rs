//! What tests are for: the file that has them is to use it.

use super::super::relation::{self, Relation};
use super::super::tokens::Token;
use super::super::words::Role;
use super::{Clause, Mode, Why};
use crate::resolve::expect::{Expectation, Kind};

/// What tests are for, or may be.
#[derive(Debug, Default)]
pub(super) struct Tested {
    /// Names of code.
    names: Vec<String>,
    /// Endpoints and variables: where tests only name them in strings, no use is found.
    others: Vec<String>,
    /// Whether a noun for tests says that they are for some of these.
    said: bool,
    /// Whether a noun for tests stands before anything that is named.
    noun: bool,
}

/// Words that may lead to what tests are for: `for`, `on`, `of`, `via`, «на», «по», «от».
const LEADING: [Role; 4] = [Role::About, Role::Place, Role::Where, Role::From];

impl Clause {
    /// Notes what stands behind a word that leads to what tests are for: ``tests for `Cart` ``,
    /// ``tests `cart.test.ts` on `Cart` ``.
    pub(super) fn note_tested(
        &mut self,
        tokens: &[Token<'_>],
        at: usize,
        (relation, kind): (Relation, &Kind),
    ) {
        let before = tokens.get(relation::words_before(tokens, at)..at);
        let before = before.unwrap_or_default();
        let tests = before.iter().any(|it| it.is(Role::Tests));
        self.tested.noun |= tests;
        let told = matches!(relation, Relation::About | Relation::From);
        if !told || self.mode == Mode::Remove {
            return;
        }
        let refers = before.iter().any(|it| it.is(Role::Refers));
        let leads = before.iter().rev().find_map(relation::lead);
        let begun = !self.tested.names.is_empty() || !self.tested.others.is_empty();
        let led = match leads {
            Some(role) => LEADING.contains(&role) && (role == Role::About || !refers),
            None => begun,
        };
        if !led {
            return;
        }
        match kind {
            Kind::Symbol(symbol) => self.tested.names.push(symbol.name.clone()),
            Kind::Endpoint { route, .. } => self.tested.others.push(route.clone()),
            Kind::Variable(name) => self.tested.others.push(name.clone()),
            Kind::Path(_) => return,
        }
        self.tested.said |= tests;
    }

    /// Returns whether it has said what its tests are for.
    pub(super) fn tells_tested(&self) -> bool {
        self.tested.said
    }

    /// Returns the uses that tests make of what they are for, in those of some paths that are called
    /// like tests, or in all where a noun says that they have some.
    pub(super) fn uses_of_tests(&self, paths: &[String]) -> Result<Vec<Expectation>, Why> {
        let tests = |path: &&String| {
            let lower = path.to_lowercase();
            lower.contains("test") || lower.contains("spec")
        };
        let files = || paths.iter().filter(|it| !it.ends_with('/'));
        let said = self.tested.said || self.tested.noun;
        let all = said && !files().any(|it| tests(&it));
        let files: Vec<&String> = files().filter(|it| all || tests(it)).collect();
        if let (Some(other), false) = (self.tested.others.first(), files.is_empty()) {
            return Err(format!("can't be told whether tests are for `{other}`").into());
        }
        let used = |path: &String| {
            let names = self.tested.names.iter().cloned();
            let path = path.clone();
            names.map(move |name| Expectation::Use {
                name,
                path: path.clone(),
            })
        };
        Ok(files.into_iter().flat_map(used).collect())
    }
}
