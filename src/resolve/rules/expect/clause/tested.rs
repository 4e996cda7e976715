//! What tests are for: the file that has them is to use it.

use super::super::relation::{self, Relation};
use super::super::tokens::Token;
use super::super::words::Role;
use super::{Clause, Mode};
use crate::resolve::expect::{Expectation, Kind};

/// The names that tests are for, or may be.
#[derive(Debug, Default)]
pub(super) struct Tested {
    names: Vec<String>,
    /// Whether a noun for tests says that some are.
    said: bool,
}

impl Clause {
    /// Notes a name behind `for`: ``tests for `Cart` ``, or `` `cart.test.ts` for `Cart` ``.
    pub(super) fn note_tested(
        &mut self,
        tokens: &[Token<'_>],
        at: usize,
        (relation, kind): (Relation, &Kind),
    ) {
        let Kind::Symbol(symbol) = kind else { return };
        if relation != Relation::About || self.mode == Mode::Remove {
            return;
        }
        let before = tokens.get(relation::words_before(tokens, at)..at);
        let before = before.unwrap_or_default();
        let leads = before.iter().rev().find_map(relation::lead);
        let joined = leads.is_none() && !self.tested.names.is_empty();
        if joined || leads == Some(Role::About) {
            self.tested.said |= before.iter().any(|it| it.is(Role::Tests));
            self.tested.names.push(symbol.name.clone());
        }
    }

    /// Returns whether it has said what its tests are for.
    pub(super) fn tells_tested(&self) -> bool {
        self.tested.said
    }

    /// Returns the uses that tests make of what they are for, in those of some paths that are called
    /// like tests, or in all where a noun says that they have some.
    pub(super) fn uses_of_tests(&self, paths: &[String]) -> Vec<Expectation> {
        let tests = |path: &&String| {
            let lower = path.to_lowercase();
            lower.contains("test") || lower.contains("spec")
        };
        let files = || paths.iter().filter(|it| !it.ends_with('/'));
        let all = self.tested.said && !files().any(|it| tests(&it));
        let files = files().filter(|it| all || tests(it));
        let used = |path: &String| {
            let names = self.tested.names.iter().cloned();
            let path = path.clone();
            names.map(move |name| Expectation::Use {
                name,
                path: path.clone(),
            })
        };
        files.flat_map(used).collect()
    }
}
