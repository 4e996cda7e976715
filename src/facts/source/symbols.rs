//! Definitions in source text: functions, types, values and tables by name, each with its place.
//!
//! Patterns over code whose comments and strings are blanked, not a compiler: what a macro or a
//! decorator makes isn't seen, and neither is what is only declared elsewhere and imported.

mod body;
mod constant;
mod extent;
mod field;
mod head;
mod idle;
mod inert;
mod markup;
mod null_object;
mod parameters;
mod passes;
mod promised;
mod stub;
mod unavailable;
mod undone;
mod unused;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::super::Tree;
use super::super::model::Origin;
use super::super::paths;
use super::code::{Code, Language, is_compiled_if};
use super::unfilled::says_the_same;
use super::variables::{pattern, patterns};
use body::{bodies, functions};
use promised::promises;
use undone::is_undone;

pub use constant::answers_the_same;
pub(super) use constant::is_constant;
pub use field::field;
pub use head::{Form, Head};
pub(super) use idle::is_idle_file;
use idle::is_vacant;
pub use parameters::{Parameter, divided, pieces};
pub(super) use stub::is_stub;

/// What is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    /// A function or method.
    Function,
    /// A class, struct, interface, trait, enumeration, alias or module.
    Type,
    /// A constant or variable of a module or class.
    Value,
    /// A table of a data base.
    Table,
}

/// One definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// What it is.
    pub sort: Sort,
    /// The type whose body it stands in, or whose method it is.
    pub within: Option<String>,
    /// Where.
    pub origin: Origin,
    /// Whether it is a function of Python's inside another one, which nobody else can call.
    pub nested: bool,
    /// Whether an interface of Go's or of a script's only promises it.
    pub promised: bool,
    /// The byte that its name begins at.
    at: usize,
}

/// All definitions of a workspace's own source by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Definitions(BTreeMap<String, Vec<Definition>>);

/// Folders of what others wrote or what was built.
const OTHERS: &[&str] = &[
    ".git",
    ".tox",
    ".venv",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "target",
    "third_party",
    "vendor",
    "venv",
];

/// Words that stand where a method's type or name would, and aren't one.
const KEYWORDS: &[&str] = &[
    "await",
    "case",
    "catch",
    "constructor",
    "do",
    "else",
    "for",
    "foreach",
    "function",
    "if",
    "lock",
    "new",
    "return",
    "switch",
    "throw",
    "try",
    "using",
    "when",
    "while",
    "with",
    "yield",
];

/// What the functions of migrations are called that take one back: a table that one makes is none
/// that the application has.
const REVERTING: &[&str] = &["down", "downgrade"];

patterns! {
    PY_FUNCTION = r"(?m)^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)\s*[\(\[]";
    PY_TYPE = r"(?m)^[ \t]*class[ \t]+(\w+)\b";
    PY_VALUE = r"(?m)^(\w+)[ \t]*(?::[^=\n]+)?=(?:[^=]|$)";
    PY_TABLE = r#"\b(?:__tablename__\s*=\s*|create_table\(\s*|\bTable\(\s*)["'](\w+)["']"#;
    RUST_FUNCTION = r"\bfn\s+(\w+)\s*[(<]";
    RUST_TYPE = r"\b(?:struct|enum|union|trait|type|mod)\s+(\w+)\b";
    RUST_VALUE = r"\b(?:const|static)\s+(?:mut\s+)?(\w+)\s*:";
    RUST_MACRO = r"\bmacro_rules!\s+(\w+)\b";
    RUST_IMPL = r"\bimpl\b(?:\s*<[^{;>]*>)?\s+(?:[\w:<>,&' ]+\s+for\s+)?(?:\w+::)*(\w+)[^;{]*\{";
    GO_FUNCTION = r"(?m)^func\s+(\w+)\s*[(\[]";
    GO_METHOD = r"(?m)^func\s+\(\s*(?:\w+\s+)?\*?(\w+)(?:\[[^\]]*\])?\s*\)\s*(\w+)\s*\(";
    GO_TYPE = r"(?m)^(?:type\s+|[ \t]+)(\w+)(?:\[[^\]]*\])?\s+(?:struct|interface|func)\b";
    GO_ALIAS = r"(?m)^type\s+(\w+)\b";
    GO_VALUE = r"(?m)^(?:var|const)\s+(\w+)\b";
    JS_FUNCTION = r"\bfunction\s*\*?\s*(\w+)\s*[(<]";
    JS_ARROW = r"\b(?:const|let|var)\s+(\w+)\s*(?::[^=\n]+)?=\s*(?:async\s*)?(?:function\b|(?:<[^()=>]*(?:=?[^()=>]*<[^()<>]*>[^()=>]*)*(?:=[^()<>]*)?>\s*)?\([^()]*(?:\([^()]*\)[^()]*)*\)\s*(?::[^=\n{]+)?=>|\w+\s*=>)";
    JS_FIELD = r"(?m)^[ \t]+(?:(?:public|private|protected|static|readonly|override)\s+)*#?(\w+)\s*(?::[^=\n]+)?=\s*(?:async\s*)?(?:<[^()=>]*(?:=?[^()=>]*<[^()<>]*>[^()=>]*)*(?:=[^()<>]*)?>\s*)?\([^()]*(?:\([^()]*\)[^()]*)*\)\s*(?::[^=\n{]+)?=>";
    JS_TYPE = r"\b(?:class|interface|enum)\s+(\w+)\b";
    JS_ALIAS = r"(?m)^[ \t]*(?:export\s+)?(?:declare\s+)?type\s+(\w+)\s*(?:<[^=]*>)?\s*=";
    JS_VALUE = r"(?m)^(?:export\s+)?(?:const|let|var)\s+(\w+)\b";
    JS_METHOD = r"(?m)^[ \t]+(?:(?:public|private|protected|static|readonly|override|abstract|async|get|set)\s+|\*\s*)*#?(\w+)\s*(?:<[^>(]*>)?\((?:[^(){};]|\([^()]*\)|\{[^{}]*\})*\)\s*(?::(?:[^={;\n]|\{[^{}\n]*\})+)?\{";
    JS_EXPORTED = r"\bexports\.(\w+)\s*=\s*(?:async\s*)?(?:function\b|\([^()]*\)\s*=>|\w+\s*=>)";
    JS_TABLE = r#"\bcreateTable\(\s*["'`](\w+)["'`]"#;
    JVM_TYPE = r"\b(?:class|interface|enum(?:\s+class)?|annotation\s+class|record|object)\s+(\w+)\b";
    KOTLIN_FUNCTION = r"\bfun\s+(?:<[^>]*>\s*)?(\w+)\s*\(";
    KOTLIN_EXTENSION = r"\bfun\s+(?:<[^>]*>\s*)?(?:\w+\.)*(\w+)(?:<[^()\n]*>)?\??\.(\w+)\s*\(";
    KOTLIN_VALUE = r"\bconst\s+val\s+(\w+)\b";
    JVM_VALUE = r"\bstatic\s+final\s+[\w<>\[\], ]+\s(\w+)\s*=";
    METHOD = r"(?m)^[ \t]*(?:@\w+(?:\([^)\n]*\))?\s+)*(?:(?:public|private|protected|internal|static|final|abstract|synchronized|default|async|override|virtual|sealed|partial|unsafe|new)\s+)*(?:<[^>(]*>\s*)?([\w.]+(?:<[^(){};=\n]*>)?[\[\]?]*)\s+(\w+)\s*(?:<[^>(]*>)?\([^;{}()]*(?:\([^()]*\)[^;{}()]*)*\)\s*(?:throws\s+[\w., ]+)?(?:where\s[^{;]+)?(?:\{|=>)";
    RUBY_FUNCTION = r"(?m)^[ \t]*def\s+(?:self\.)?(\w+)";
    RUBY_TYPE = r"(?m)^[ \t]*(?:class|module)\s+(?:\w+::)*(\w+)";
    RUBY_VALUE = r"(?m)^[ \t]*([A-Z]\w*)\s*=(?:[^=]|$)";
    RUBY_TABLE = r#"\bcreate_table\s*\(?\s*[:"'](\w+)"#;
    PHP_FUNCTION = r"\bfunction\s+&?(\w+)\s*\(";
    PHP_TYPE = r"\b(?:class|interface|trait|enum)\s+(\w+)\b";
    PHP_TABLE = r#"\bSchema::create\(\s*["'](\w+)["']"#;
    PHP_VALUE = r"\bconst\s+(?:\w+\s+)?(\w+)\s*=";
    CS_TYPE = r"\b(?:class|interface|struct|record|enum)\s+(?:class\s+|struct\s+)?(\w+)\b";
    CS_VALUE = r"\bconst\s+\w+\s+(\w+)\s*=";
    SQL_TABLE = r#"(?i)\bcreate\s+(?:(?:unlogged|external|foreign)\s+)*table\s+(?:if\s+not\s+exists\s+)?(?:["`\[]?\w+["`\]]?\.)?["`\[]?(\w+)"#;
    SQL_FUNCTION = r#"(?i)\bcreate\s+(?:or\s+replace\s+)?(?:function|procedure|trigger)\s+(?:["`\[]?\w+["`\]]?\.)?["`\[]?(\w+)"#;
    SQL_TYPE = r#"(?i)\bcreate\s+(?:or\s+replace\s+)?(?:materialized\s+)?(?:view|type|index|unique\s+index|sequence)\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?(?:["`\[]?\w+["`\]]?\.)?["`\[]?(\w+)"#;
}

type Row = (&'static LazyLock<Option<Regex>>, Sort);

const PYTHON: &[Row] = &[
    (&PY_FUNCTION, Sort::Function),
    (&PY_TYPE, Sort::Type),
    (&PY_VALUE, Sort::Value),
    (&PY_TABLE, Sort::Table),
];
const RUST: &[Row] = &[
    (&RUST_FUNCTION, Sort::Function),
    (&RUST_TYPE, Sort::Type),
    (&RUST_VALUE, Sort::Value),
    (&RUST_MACRO, Sort::Function),
];
const GO: &[Row] = &[
    (&GO_FUNCTION, Sort::Function),
    (&GO_TYPE, Sort::Type),
    (&GO_ALIAS, Sort::Type),
    (&GO_VALUE, Sort::Value),
];
const SCRIPT: &[Row] = &[
    (&JS_FUNCTION, Sort::Function),
    (&JS_ARROW, Sort::Function),
    (&JS_EXPORTED, Sort::Function),
    (&JS_METHOD, Sort::Function),
    (&JS_TYPE, Sort::Type),
    (&JS_ALIAS, Sort::Type),
    (&JS_VALUE, Sort::Value),
    (&JS_TABLE, Sort::Table),
];
const JVM: &[Row] = &[
    (&JVM_TYPE, Sort::Type),
    (&KOTLIN_FUNCTION, Sort::Function),
    (&KOTLIN_VALUE, Sort::Value),
    (&JVM_VALUE, Sort::Value),
];
const RUBY: &[Row] = &[
    (&RUBY_FUNCTION, Sort::Function),
    (&RUBY_TYPE, Sort::Type),
    (&RUBY_VALUE, Sort::Value),
    (&RUBY_TABLE, Sort::Table),
];
const PHP: &[Row] = &[
    (&PHP_FUNCTION, Sort::Function),
    (&PHP_TYPE, Sort::Type),
    (&PHP_VALUE, Sort::Value),
    (&PHP_TABLE, Sort::Table),
];
const CSHARP: &[Row] = &[(&CS_TYPE, Sort::Type), (&CS_VALUE, Sort::Value)];
const SQL: &[Row] = &[
    (&SQL_TABLE, Sort::Table),
    (&SQL_FUNCTION, Sort::Function),
    (&SQL_TYPE, Sort::Type),
];

impl Definitions {
    /// Returns the definitions in a workspace's own source; tests are part of it.
    pub(in crate::facts) fn of(tree: &Tree) -> Self {
        let mut all = Self::default();
        for (path, text) in tree.iter() {
            let others = paths::folder(path)
                .split('/')
                .any(|part| OTHERS.contains(&part));
            if others {
                continue;
            }
            if let Some(code) = Code::new(path, text) {
                all.add(&code);
            }
        }
        all
    }

    /// Returns the definitions of that name, in the order of their paths.
    pub fn named(&self, name: &str) -> &[Definition] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns how a definition of that name is written.
    pub fn head(tree: &Tree, name: &str, found: &Definition) -> Option<Head> {
        Head::of(name, found, tree.get(&found.origin.path)?)
    }

    /// Returns whether a class of Python's says nothing, whatever it is derived from.
    pub fn is_blank_class(tree: &Tree, name: &str, of: &Definition) -> bool {
        let path = &of.origin.path;
        let code = tree.get(path).and_then(|text| Code::new(path, text));
        let Some(code) = code.filter(|it| it.language == Language::Python) else {
            return false;
        };
        let parts = Self::parts(&code, name, of);
        let body = parts.into_iter().next();
        let Some(text) = body.and_then(|it| code.bare.get(it)) else {
            return false;
        };
        let said = match text.split_once(":\n") {
            Some((_, said)) => said,
            None => text.rsplit(':').next().unwrap_or_default(),
        };
        said.lines().map(str::trim).all(|line| {
            matches!(line, "pass" | "...") || line.chars().all(|it| "\"' ".contains(it))
        })
    }

    /// Returns where a name is defined in a file.
    pub(super) fn places(code: &Code, name: &str) -> Vec<usize> {
        let found = found(code).into_iter().filter(|it| it.name == name);
        found.map(|it| it.at).collect()
    }

    /// Returns the parts of a file, in bytes, in which a definition's body stands: of a type of Rust's,
    /// its `impl` blocks as well.
    pub(super) fn parts(code: &Code, name: &str, of: &Definition) -> Vec<Range<usize>> {
        let found = found(code);
        let parts = match of.sort {
            Sort::Function => functions(code, &found),
            Sort::Type => bodies(code, &found),
            Sort::Value | Sort::Table => return Vec::new(),
        };
        let behind = |it: &Range<usize>| it.end > of.at;
        let mut own = parts.into_iter().filter(|(of, _)| of == name);
        let own = own.by_ref().map(|(_, part)| part).filter(behind);
        if of.sort == Sort::Function {
            return own.min_by_key(|it| it.start).into_iter().collect();
        }
        own.collect()
    }

    /// Returns the part of a file, in bytes, that a function or a type is all of, with what is said of it
    /// in the lines above.
    pub(super) fn whole(code: &Code, name: &str, of: &Definition) -> Option<Range<usize>> {
        let body = Self::parts(code, name, of).into_iter().next()?;
        let line = |at: usize| code.bare.get(..at)?.rfind('\n').map(|it| it + 1);
        let mut start = line(of.at).unwrap_or(0);
        while let Some(above) = start.checked_sub(1) {
            let begins = line(above).unwrap_or(0);
            let said = code.bare.get(begins..above)?.trim_start();
            if !said.starts_with(['@', '#', '[']) {
                break;
            }
            start = begins;
        }
        Some(start..body.end)
    }

    /// Returns the bodies of the functions of a file that a piece of it calls.
    pub(super) fn called(code: &Code, piece: &str) -> String {
        let found = found(code);
        let calls = |name: &str| {
            let mut places = piece.match_indices(name);
            places.any(|(at, _)| {
                let before = piece.get(..at).and_then(|it| it.chars().next_back());
                let apart = !before.is_some_and(|it| it.is_alphanumeric() || it == '_');
                apart
                    && piece
                        .get(at + name.len()..)
                        .is_some_and(|it| it.starts_with('('))
            })
        };
        let bodies = functions(code, &found).into_iter();
        let called =
            bodies.filter(|(name, _)| !name.to_lowercase().starts_with("test") && calls(name));
        called
            .filter_map(|(_, body)| code.text.get(body))
            .collect::<Vec<&str>>()
            .join("\n")
    }

    /// Returns the innermost function around a place in a file that stands in no type, with the place
    /// of its name.
    pub(super) fn function_around(code: &Code, at: usize) -> Option<(String, usize)> {
        let found = found(code);
        let types = bodies(code, &found);
        let functions = functions(code, &found);
        let around = functions.iter().filter(|(_, body)| body.contains(&at));
        let (name, body) = around.min_by_key(|(_, body)| body.len())?;
        let named = found
            .iter()
            .rfind(|it| it.name == *name && it.at < body.start.max(1))?;
        let inside = types.iter().any(|(_, body)| body.contains(&named.at));
        (!inside).then(|| (name.clone(), named.at))
    }

    /// Returns whether migrations make tables, so that a model alone makes none.
    pub fn has_migrations(&self) -> bool {
        let mut all = self.0.values().flatten();
        all.any(|it| it.sort == Sort::Table && is_migration(&it.origin.path))
    }

    /// Returns what is defined around the part of a file between two places, and right behind it.
    pub(super) fn beside(code: &Code, start: usize, end: usize) -> Beside {
        let found = found(code);
        let next = found.iter().filter(|it| it.at >= end);
        let next = next.min_by_key(|it| it.at).map(|it| it.name.clone());
        let types = bodies(code, &found).into_iter();
        let around = types.filter(|(_, body)| body.contains(&start));
        let owner = around.min_by_key(|(_, body)| body.len());
        Beside {
            owner: owner.map(|(name, _)| name),
            next,
        }
    }

    fn add(&mut self, code: &Code) {
        let mut found = found(code);
        let tests = code.test_modules();
        // What a test makes up stands for what the application has.
        found.retain(|it| {
            it.name.starts_with("test") || !tests.iter().any(|module| module.contains(&it.at))
        });
        if code.language == Language::CSharp && code.bare.contains("#if") {
            let before = |it: &Found| code.bare.get(..it.at).unwrap_or_default().lines();
            found.retain(|it| !is_compiled_if(before(it)));
        }
        found.sort_by_key(|it| (it.at, it.sort == Sort::Value));
        // `const f = () => …` is a function, and not a value as well.
        found.dedup_by(|later, first| later.at == first.at && later.name == first.name);
        let promised = promises(code, &found);
        let types = bodies(code, &found);
        let functions = functions(code, &found);
        let reverts = |it: &Found| {
            let within = |(name, body): &(String, Range<usize>)| {
                body.contains(&it.at) && REVERTING.contains(&name.as_str())
            };
            it.sort == Sort::Table && functions.iter().any(within)
        };
        let made = found
            .iter()
            .filter(|it| !reverts(it) && !is_undone(code, it) && !is_vacant(code, it));
        for (it, promised) in made
            .map(|it| (it, false))
            .chain(promised.iter().map(|it| (it, true)))
        {
            let around = |all: &[(String, Range<usize>)]| {
                let around = all.iter().filter(|(_, body)| body.contains(&it.at));
                around.min_by_key(|(_, body)| body.len()).cloned()
            };
            let function = around(&functions);
            // What stands in a function of a type isn't the type's.
            let inner = around(&types).filter(|(_, body)| {
                let nearer = function.as_ref().map(|(_, inner)| inner.len() < body.len());
                !nearer.unwrap_or_default()
            });
            let inner = inner.map(|(name, _)| name);
            let python = code.language == Language::Python && it.sort == Sort::Function;
            let definition = Definition {
                nested: python && inner.is_none() && function.is_some(),
                promised,
                sort: it.sort,
                within: it.receiver.clone().or(inner),
                origin: code.origin(it.at),
                at: it.at,
            };
            self.0.entry(it.name.clone()).or_default().push(definition);
        }
    }
}

/// Returns the names of what a file defines, and that is written otherwise than in another text of it.
pub fn altered(path: &str, before: &str, now: &str) -> BTreeSet<String> {
    let parts = |text: &str| {
        let mut parts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let Some(code) = Code::new(path, &Arc::from(text)) else {
            return parts;
        };
        let mut all = Definitions::default();
        all.add(&code);
        for (name, found) in all.0 {
            let part = |of: &Definition| {
                let whole = Definitions::whole(&code, &name, of);
                let line = || code.text.get(of.at..)?.lines().next();
                let text = whole.and_then(|it| code.text.get(it)).or_else(line);
                text.unwrap_or_default().to_owned()
            };
            parts.insert(name.clone(), found.iter().map(part).collect());
        }
        parts
    };
    let (before, now) = (parts(before), parts(now));
    let same = |old: &Vec<String>, new: &Vec<String>| {
        let mut pairs = old.iter().zip(new);
        old.len() == new.len() && pairs.all(|(old, new)| says_the_same(path, old, new))
    };
    let altered = now.into_iter().filter(|(name, new)| {
        let old = before.get(name);
        !old.is_some_and(|old| same(old, new))
    });
    altered.map(|(name, _)| name).collect()
}

/// Returns whether a file is a migration, by its folder or its language.
pub fn is_migration(path: &str) -> bool {
    let sql = paths::file_name(path).rsplit('.').next() == Some("sql");
    sql || is_of_migrations(&paths::folder(path).to_ascii_lowercase())
}

/// Returns whether a folder is one of migrations, or lies in one.
pub(super) fn is_of_migrations(folder: &str) -> bool {
    let mut folders = folder.split('/');
    folders.any(|it| ["migrations", "migration", "migrate", "versions"].contains(&it))
}

/// What is defined beside a part of a file.
pub(super) struct Beside {
    /// The innermost type that holds it.
    pub(super) owner: Option<String>,
    /// The next definition behind it.
    pub(super) next: Option<String>,
}

/// A definition with its place in the text.
struct Found {
    name: String,
    sort: Sort,
    at: usize,
    receiver: Option<String>,
}

fn found(code: &Code) -> Vec<Found> {
    let rows = match code.language {
        Language::Python => PYTHON,
        Language::Rust => RUST,
        Language::Go => GO,
        Language::Script => SCRIPT,
        Language::Java => JVM,
        Language::Ruby => RUBY,
        Language::Php => PHP,
        Language::CSharp => CSHARP,
        Language::Sql => SQL,
    };
    let mut all = Vec::new();
    for (pattern, sort) in rows {
        let captures = pattern.iter().flat_map(|it| it.captures_iter(&code.text));
        for captures in captures {
            let (Some(whole), Some(name)) = (captures.get(0), captures.get(1)) else {
                continue;
            };
            // A table's name stands in a string; what calls it doesn't.
            let at = match sort {
                Sort::Table => whole.start(),
                Sort::Function | Sort::Type | Sort::Value => name.start(),
            };
            if code.is_code(at) && !KEYWORDS.contains(&name.as_str()) {
                all.push(Found {
                    name: name.as_str().to_owned(),
                    sort: *sort,
                    at,
                    receiver: None,
                });
            }
        }
    }
    match code.language {
        Language::Go => all.extend(received(code, &GO_METHOD)),
        Language::Java => {
            all.extend(methods(code));
            all.extend(received(code, &KOTLIN_EXTENSION));
        }
        Language::CSharp => all.extend(methods(code)),
        Language::Script => {
            let fields = fields(code, &all);
            all.extend(fields);
        }
        Language::Python | Language::Rust | Language::Ruby | Language::Php | Language::Sql => {}
    }
    all
}

/// Functions that say of which type they are before their name: Go's methods, Kotlin's extensions.
fn received(code: &Code, pattern: &LazyLock<Option<Regex>>) -> Vec<Found> {
    let captures = pattern.iter().flat_map(|it| it.captures_iter(&code.text));
    let method = |captures: regex::Captures<'_>| {
        let name = captures.get(2)?;
        code.is_code(name.start()).then(|| Found {
            name: name.as_str().to_owned(),
            sort: Sort::Function,
            at: name.start(),
            receiver: Some(captures[1].to_owned()),
        })
    };
    captures.filter_map(method).collect()
}

/// Properties of a script's classes that are given an arrow function: right in a class, where no
/// function stands between.
fn fields(code: &Code, found: &[Found]) -> Vec<Found> {
    let types = bodies(code, found);
    let functions = functions(code, found);
    let inner = |all: &[(String, Range<usize>)], at: usize| {
        let around = all.iter().map(|(_, body)| body);
        let around = around.filter(|body| body.contains(&at));
        around.map(ExactSizeIterator::len).min()
    };
    let captures = JS_FIELD.iter().flat_map(|it| it.captures_iter(&code.text));
    let field = |captures: regex::Captures<'_>| {
        let name = captures.get(1)?;
        let at = name.start();
        let class = inner(&types, at)?;
        let own = inner(&functions, at).is_none_or(|function| function > class);
        let known = found.iter().any(|it| it.at == at);
        (own && !known && code.is_code(at)).then(|| Found {
            name: name.as_str().to_owned(),
            sort: Sort::Function,
            at,
            receiver: None,
        })
    };
    captures.filter_map(field).collect()
}

/// Methods that are told by a type before their name.
fn methods(code: &Code) -> Vec<Found> {
    let captures = METHOD.iter().flat_map(|it| it.captures_iter(&code.text));
    let method = |captures: regex::Captures<'_>| {
        let (of, name) = (captures.get(1)?.as_str(), captures.get(2)?);
        let is_one = !KEYWORDS.contains(&of) && !KEYWORDS.contains(&name.as_str());
        (is_one && code.is_code(name.start())).then(|| Found {
            name: name.as_str().to_owned(),
            sort: Sort::Function,
            at: name.start(),
            receiver: None,
        })
    };
    captures.filter_map(method).collect()
}

#[cfg(test)]
mod tests;
