//! Functions of JavaScript and TypeScript, and the names that values are given.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::super::super::code::Code;
use super::super::super::variables::{pattern, patterns};
use super::super::chain::{self, Function};

patterns! {
    FUNCTION = r"\bfunction\b\s*\*?\s*([\w$]*)\s*(?:<[^>(]*>)?\(";
    ARROW = r"(?:\(([^()]*)\)\s*(?::\s*[\w.<>\[\]| ]+)?|\b([\w$]+))\s*=>\s*";
    METHOD = r"(?m)^[ \t]+(?:(?:public|private|protected|static|async)\s+)*([\w$]+)\s*\(([^()]*)\)\s*(?::\s*[\w.<>\[\]| ]+)?\s*\{";
    NAMED = r"(?:\b(?:const|let|var)\s+([\w$]+)\s*(?::[^=]+)?=|\bexports\.([\w$]+)\s*=|(?:\bmodule\.exports\s*=|\bexport\s+default\b))\s*(?:async\s*)?$";
    ASSIGNED = r"(?:\b(?:const|let|var)\s+|(\bthis\.#?)|(?m:^)[ \t]+(?:(?:public|private|protected|readonly|static)\s+)+|(?m:^)[ \t]*)([A-Za-z_$][\w$]*)\s*(?::\s*[\w.<>, |]+?)?\s*=\s*[^=>\s]";
}

/// What a function is called that a module gives as it is.
pub(super) const ANONYMOUS: &str = "default";

/// Words that look like a method's name.
const KEYWORDS: &[&str] = &[
    "if", "for", "while", "switch", "catch", "function", "return", "with",
];

/// How far before an arrow its name is looked for.
const BEFORE: usize = 160;

/// A name that a value is given.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) name: String,
    pub(super) at: usize,
    /// Where the value begins.
    pub(super) value: usize,
    /// Whether it is a part of `this`, which all methods see.
    pub(super) member: bool,
}

pub(super) fn made(code: &Code) -> Vec<Made> {
    let all = ASSIGNED.iter().flat_map(|it| it.captures_iter(&code.bare));
    let made = |captures: Captures<'_>| {
        let (whole, name) = (captures.get(0)?, captures.get(2)?);
        Some(Made {
            name: name.as_str().to_owned(),
            at: name.start(),
            value: whole.end().checked_sub(1)?,
            member: captures.get(1).is_some(),
        })
    };
    all.filter_map(made).collect()
}

pub(super) fn functions(code: &Code) -> Vec<Function> {
    let mut all = Vec::new();
    for captures in FUNCTION.iter().flat_map(|it| it.captures_iter(&code.bare)) {
        let Some(whole) = captures.get(0) else {
            continue;
        };
        let Some(close) = chain::closing(&code.bare, whole.end()) else {
            continue;
        };
        let inside = code.bare.get(whole.end()..close).unwrap_or_default();
        let own = Some(captures[1].to_owned()).filter(|name| !name.is_empty());
        let name = own.or_else(|| name_before(code, whole.start()));
        all.extend(function(code, (name, inside), (whole.start(), close + 1)));
    }
    for captures in ARROW.iter().flat_map(|it| it.captures_iter(&code.bare)) {
        let Some(whole) = captures.get(0) else {
            continue;
        };
        let inside = captures.get(1).or_else(|| captures.get(2));
        let inside = inside.map_or("", |it| it.as_str());
        let name = name_before(code, whole.start());
        if code.bare.as_bytes().get(whole.end()) == Some(&b'{') {
            all.extend(function(code, (name, inside), (whole.start(), whole.end())));
        } else {
            let end = chain::closing(&code.bare, whole.end()).unwrap_or(code.bare.len());
            all.push(Function {
                name,
                parameters: parameters(inside),
                at: whole.start(),
                body: whole.end()..end,
            });
        }
    }
    for captures in METHOD.iter().flat_map(|it| it.captures_iter(&code.bare)) {
        let (Some(whole), Some(name)) = (captures.get(0), captures.get(1)) else {
            continue;
        };
        if KEYWORDS.contains(&name.as_str()) {
            continue;
        }
        let name = Some(name.as_str().to_owned());
        let brace = whole.end().saturating_sub(1);
        all.extend(function(code, (name, &captures[2]), (whole.start(), brace)));
    }
    all
}

/// Returns a function whose brace is the next one behind a place.
fn function(
    code: &Code,
    (name, inside): (Option<String>, &str),
    (at, behind): (usize, usize),
) -> Option<Function> {
    let rest = code.bare.get(behind..)?;
    let brace = rest.find('{').filter(|brace| {
        let between = rest.get(..*brace).unwrap_or_default();
        !between.contains([';', '}', ','])
    })?;
    let start = behind + brace + 1;
    Some(Function {
        name,
        parameters: parameters(inside),
        at,
        body: start..chain::closing(&code.bare, start)?,
    })
}

/// Returns the name that a closure is given by what stands before it.
fn name_before(code: &Code, at: usize) -> Option<String> {
    let mut from = at.saturating_sub(BEFORE);
    while !code.bare.is_char_boundary(from) {
        from += 1;
    }
    let before = code.bare.get(from..at)?;
    let captures = NAMED.as_ref()?.captures(before)?;
    let name = captures.get(1).or_else(|| captures.get(2));
    Some(name.map_or(ANONYMOUS, |it| it.as_str()).to_owned())
}

fn parameters(inside: &str) -> Vec<String> {
    let name = |part: &str| {
        let inner = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$');
        part.trim().chars().take_while(inner).collect()
    };
    inside.split(',').map(name).collect()
}
