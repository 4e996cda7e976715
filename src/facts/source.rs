//! The application's own source: the variables it reads and the endpoints it serves.
//!
//! Read by patterns over source whose comments are blanked, not by a compiler: what a program
//! computes (names put together, routes made in loops) isn't seen.

mod code;
mod endpoints;
mod literal;
mod pydantic;
mod symbols;
mod uses;
mod variables;

use super::Tree;
use super::model::{Endpoints, Variable};
use super::paths::{self, is_below};
use code::{Code, Language};

pub use symbols::{Definition, Definitions, Form, Head, Parameter, Sort, divided, pieces};
pub use uses::{answer, answers, used};

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

/// Returns whether a file is named like one of tests.
fn is_named_test(path: &str) -> bool {
    let name = paths::file_name(path);
    let stem = name.split('.').next().unwrap_or_default();
    stem.starts_with("test_")
        || stem.ends_with("_test")
        || stem == "conftest"
        || name.contains(".test.")
        || name.contains(".spec.")
}

/// Returns whether a file is one of tests, by its name or its folder.
fn is_test(path: &str) -> bool {
    let tests = ["__tests__", "fixtures", "spec", "test", "testdata", "tests"];
    let folder = paths::folder(path);
    let class = || is_test_class(paths::file_name(path));
    is_named_test(path) || class() || folder.split('/').any(|part| tests.contains(&part))
}

/// Returns whether a file is named like a class of tests: `ShipmentServiceTest.java`.
fn is_test_class(file: &str) -> bool {
    let classes = ["java", "kt", "cs", "php", "groovy", "scala"];
    let Some((stem, extension)) = file.rsplit_once('.') else {
        return false;
    };
    let lower = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
    let ends = ["Test", "Tests", "TestCase", "IT", "Spec"];
    let mut ended = ends.iter().filter_map(|end| stem.strip_suffix(end));
    classes.contains(&extension) && ended.any(|it| it.ends_with(lower))
}

/// Returns whether a file only stands for what the application has: a test, a mock, a sample.
pub fn is_stand_in(path: &str) -> bool {
    let stand_ins = [
        "__mocks__",
        "demo",
        "demos",
        "example",
        "examples",
        "fake",
        "fakes",
        "mock",
        "mocks",
        "playground",
        "sample",
        "samples",
        "sandbox",
        "stub",
        "stubs",
    ];
    let folder = paths::folder(path);
    is_test(path) || folder.split('/').any(|part| stand_ins.contains(&part))
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
