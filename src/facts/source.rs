//! The application's own source: the variables it reads and the endpoints it serves.
//!
//! Read by patterns over source whose comments are blanked, not by a compiler: what a program
//! computes (names put together, routes made in loops) isn't seen.

mod actions;
mod assigned;
mod called;
mod code;
mod endpoints;
mod literal;
mod marks;
mod pydantic;
mod stand_ins;
mod symbols;
mod unfilled;
mod uses;
mod variables;

use super::Tree;
use super::model::{Endpoints, Variable};
use super::paths::{self, is_below};
use code::{Code, Language};

pub use actions::action;
pub use assigned::{Assigned, assigned, has_settings};
pub use called::uncalled;
pub use marks::{marked, marked_part, marks};
use stand_ins::is_named_test;
pub use stand_ins::is_stand_in;
pub use symbols::{
    Definition, Definitions, Form, Head, Parameter, Sort, altered, answers_the_same, divided,
    field, is_migration, pieces,
};
pub use unfilled::{Unfilled, is_filled_test, says_the_same, unfilled};
pub use uses::{answer, answers, answers_here, used};

/// Folders that hold no source of the application's own.
const FOREIGN: &[&str] = &[
    ".git",
    ".tox",
    ".venv",
    "__tests__",
    "build",
    "dist",
    "docs",
    "fixtures",
    "migrations",
    "node_modules",
    "site-packages",
    "spec",
    "target",
    "test",
    "testdata",
    "tests",
    "vendor",
    "venv",
];

/// Returns the variables that the settings files read, or, where none are named, all source below
/// the contexts; each name once, files named like settings first.
pub(super) fn variables(tree: &Tree, contexts: &[String], settings: &[String]) -> Vec<Variable> {
    let mut files = if settings.is_empty() {
        sources(tree, contexts)
    } else {
        let named = settings.iter();
        named
            .filter_map(|path| Code::new(path, tree.get(path)?))
            .collect()
    };
    files.sort_by_key(|code| !is_settings(&code.path));
    let mut found = pydantic::variables(&files);
    for code in &files {
        found.extend(variables::read(code));
    }
    let rank = |variable: &Variable| {
        files
            .iter()
            .position(|code| code.path == variable.origin.path)
    };
    found.sort_by_key(|variable| (rank(variable), variable.origin.line));
    once(found)
}

/// Returns the endpoints that the source below the contexts serves.
pub(super) fn endpoints(tree: &Tree, contexts: &[String]) -> Endpoints {
    endpoints::read(&sources(tree, contexts), tree)
}

/// Keeps the first of each name; a default that only a later place gives is kept too.
fn once(found: Vec<Variable>) -> Vec<Variable> {
    let mut kept: Vec<Variable> = Vec::new();
    for variable in found {
        match kept.iter_mut().find(|other| other.name == variable.name) {
            Some(other) => {
                other.default = other.default.take().or(variable.default);
                other.kind = other.kind.take().or(variable.kind);
                other.secret = other.secret.take().or(variable.secret);
            }
            None => kept.push(variable),
        }
    }
    kept
}

fn sources(tree: &Tree, contexts: &[String]) -> Vec<Code> {
    let within = |path: &str| contexts.iter().any(|context| is_below(path, context));
    let own = tree
        .iter()
        .filter(|(path, _)| within(path) && !is_foreign(path));
    own.filter_map(|(path, text)| Code::new(path, text))
        .collect()
}

fn is_foreign(path: &str) -> bool {
    is_named_test(path)
        || paths::folder(path)
            .split('/')
            .any(|part| FOREIGN.contains(&part))
}

fn is_settings(path: &str) -> bool {
    let stem = paths::file_name(path)
        .split('.')
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let named = [
        "config",
        "configuration",
        "settings",
        "conf",
        "env",
        "environment",
    ];
    named.contains(&stem.as_str())
        || paths::folder(path)
            .split('/')
            .any(|part| part == "config" || part == "settings")
}

/// Returns the language of a path's extension.
fn language(path: &str) -> Option<Language> {
    match paths::file_name(path).rsplit_once('.')?.1 {
        "py" => Some(Language::Python),
        "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" => Some(Language::Script),
        "java" | "kt" => Some(Language::Java),
        "rs" => Some(Language::Rust),
        "go" => Some(Language::Go),
        "rb" => Some(Language::Ruby),
        "php" => Some(Language::Php),
        "cs" => Some(Language::CSharp),
        "sql" => Some(Language::Sql),
        _ => None,
    }
}
