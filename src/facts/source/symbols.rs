//! Definitions in source text: functions, types, values and tables by name, each with its place.
//!
//! Patterns over code whose comments and strings are blanked, not a compiler: what a macro or a
//! decorator makes isn't seen, and neither is what is only declared elsewhere and imported.

mod head;
mod parameters;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::Tree;
use super::super::model::Origin;
use super::super::paths;
use super::code::{Code, Language};
use super::variables::{pattern, patterns};

pub use head::{Form, Head};
pub use parameters::{Parameter, divided, pieces};

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
    JS_ARROW = r"\b(?:const|let|var)\s+(\w+)\s*(?::[^=\n]+)?=\s*(?:async\s*)?(?:function\b|\([^()]*(?:\([^()]*\)[^()]*)*\)\s*(?::[^=\n{]+)?=>|\w+\s*=>)";
    JS_TYPE = r"\b(?:class|interface|enum)\s+(\w+)\b";
    JS_ALIAS = r"(?m)^[ \t]*(?:export\s+)?(?:declare\s+)?type\s+(\w+)\s*(?:<[^=]*>)?\s*=";
    JS_VALUE = r"(?m)^(?:export\s+)?(?:const|let|var)\s+(\w+)\b";
    JS_METHOD = r"(?m)^[ \t]+(?:(?:public|private|protected|static|readonly|override|abstract|async|get|set)\s+|\*\s*)*#?(\w+)\s*(?:<[^>(]*>)?\([^(){};]*(?:\([^()]*\)[^(){};]*)*\)\s*(?::[^={;\n]+)?\{";
    JS_EXPORTED = r"\bexports\.(\w+)\s*=\s*(?:async\s*)?(?:function\b|\([^()]*\)\s*=>|\w+\s*=>)";
    JS_TABLE = r#"\bcreateTable\(\s*["'`](\w+)["'`]"#;
    JVM_TYPE = r"\b(?:class|interface|enum|record|object)\s+(\w+)\b";
    KOTLIN_FUNCTION = r"\bfun\s+(?:<[^>]*>\s*)?(\w+)\s*\(";
    KOTLIN_VALUE = r"\bconst\s+val\s+(\w+)\b";
    JVM_VALUE = r"\bstatic\s+final\s+[\w<>\[\], ]+\s(\w+)\s*=";
    METHOD = r"(?m)^[ \t]*(?:@\w+(?:\([^)\n]*\))?\s+)*(?:(?:public|private|protected|internal|static|final|abstract|synchronized|default|async|override|virtual|sealed|partial|unsafe|new)\s+)*(?:<[^>(]*>\s*)?([\w<>\[\],.?]+)\s+(\w+)\s*(?:<[^>(]*>)?\([^;{}()]*(?:\([^()]*\)[^;{}()]*)*\)\s*(?:throws\s+[\w., ]+)?(?:where\s[^{;]+)?(?:\{|=>)";
    RUBY_FUNCTION = r"(?m)^[ \t]*def\s+(?:self\.)?(\w+)";
    RUBY_TYPE = r"(?m)^[ \t]*(?:class|module)\s+(?:\w+::)*(\w+)";
    RUBY_VALUE = r"(?m)^[ \t]*([A-Z]\w*)\s*=(?:[^=]|$)";
    RUBY_TABLE = r#"\bcreate_table\s*\(?\s*[:"'](\w+)"#;
    PHP_FUNCTION = r"\bfunction\s+&?(\w+)\s*\(";
    PHP_TYPE = r"\b(?:class|interface|trait|enum)\s+(\w+)\b";
    PHP_VALUE = r"\bconst\s+(?:\w+\s+)?(\w+)\s*=";
    CS_TYPE = r"\b(?:class|interface|struct|record|enum)\s+(?:class\s+|struct\s+)?(\w+)\b";
    CS_VALUE = r"\bconst\s+\w+\s+(\w+)\s*=";
    SQL_TABLE = r#"(?i)\bcreate\s+(?:(?:global|local|temp|temporary|unlogged|external)\s+)*table\s+(?:if\s+not\s+exists\s+)?(?:["`\[]?\w+["`\]]?\.)?["`\[]?(\w+)"#;
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

    fn add(&mut self, code: &Code) {
        let mut found = found(code);
        let tests = code.test_modules();
        // What a test makes up stands for what the application has.
        found.retain(|it| {
            it.name.starts_with("test") || !tests.iter().any(|module| module.contains(&it.at))
        });
        found.sort_by_key(|it| (it.at, it.sort == Sort::Value));
        // `const f = () => …` is a function, and not a value as well.
        found.dedup_by(|later, first| later.at == first.at && later.name == first.name);
        let bodies = bodies(code, &found);
        for it in &found {
            let inner = bodies
                .iter()
                .filter(|(_, body)| body.contains(&it.at))
                .min_by_key(|(_, body)| body.len());
            let inner = inner.map(|(name, _)| name.clone());
            let definition = Definition {
                sort: it.sort,
                within: it.receiver.clone().or(inner),
                origin: code.origin(it.at),
                at: it.at,
            };
            self.0.entry(it.name.clone()).or_default().push(definition);
        }
    }
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
        Language::Go => all.extend(go_methods(code)),
        Language::Java | Language::CSharp => all.extend(methods(code)),
        Language::Python
        | Language::Rust
        | Language::Script
        | Language::Ruby
        | Language::Php
        | Language::Sql => {}
    }
    all
}

fn go_methods(code: &Code) -> Vec<Found> {
    let captures = GO_METHOD.iter().flat_map(|it| it.captures_iter(&code.text));
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

/// The bodies of types, by the types' names.
fn bodies(code: &Code, found: &[Found]) -> Vec<(String, Range<usize>)> {
    let types = found.iter().filter(|it| it.sort == Sort::Type);
    let mut bodies: Vec<(String, Range<usize>)> = types
        .filter_map(|it| {
            let start = it.at + it.name.len();
            let end = match code.language {
                Language::Python | Language::Ruby => indented(code, it.at),
                Language::Script
                | Language::Java
                | Language::Rust
                | Language::Go
                | Language::Php
                | Language::CSharp => braced(code, start),
                Language::Sql => None,
            };
            Some((it.name.clone(), start..end?))
        })
        .collect();
    if code.language == Language::Rust {
        for captures in RUST_IMPL.iter().flat_map(|it| it.captures_iter(&code.bare)) {
            if let (Some(whole), Some(name)) = (captures.get(0), captures.get(1))
                && let Some(end) = braced(code, whole.end().saturating_sub(1))
            {
                bodies.push((name.as_str().to_owned(), whole.end()..end));
            }
        }
    }
    bodies
}

/// Returns where the block ends that begins with the first brace behind a place; `None` where what
/// is defined there has none.
fn braced(code: &Code, start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in code.bare.as_bytes().iter().enumerate().skip(start) {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            b';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// Returns where the lines end that are indented deeper than the one that holds a place.
fn indented(code: &Code, at: usize) -> Option<usize> {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let start = code.bare.get(..at)?.rfind('\n').map_or(0, |it| it + 1);
    let rest = code.bare.get(start..)?;
    let mut lines = rest.split_inclusive('\n');
    let own = lines.next()?;
    let depth = indent(own);
    let mut end = start + own.len();
    for line in lines {
        if !line.trim().is_empty() && indent(line) <= depth {
            break;
        }
        end += line.len();
    }
    Some(end)
}

#[cfg(test)]
mod tests;
