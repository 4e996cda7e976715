//! Where the bodies of types and functions are, by their names: what stands in one belongs to it.

use std::ops::Range;

use super::super::code::{Code, Language, closing};
use super::{Found, RUST_IMPL, Sort};

/// The bodies of types, by the types' names.
pub(super) fn bodies(code: &Code, found: &[Found]) -> Vec<(String, Range<usize>)> {
    let types = found.iter().filter(|it| it.sort == Sort::Type);
    let mut bodies: Vec<(String, Range<usize>)> = types
        .filter_map(|it| {
            let start = it.at + it.name.len();
            let end = match code.language {
                Language::Python | Language::Ruby => indented(code, it.at, it.at),
                Language::Java if is_bodiless(code, start) => None,
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

/// Whether something else is defined before the first brace behind a type's name: Kotlin's classes may
/// have no body.
fn is_bodiless(code: &Code, start: usize) -> bool {
    const DEFINING: [&str; 6] = ["class", "fun", "interface", "object", "val", "var"];
    let rest = code.bare.get(start..).unwrap_or_default();
    let mut depth = 0_usize;
    let mut ends = rest.len();
    let mut head = String::new();
    for (at, letter) in rest.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '{' | ';' if depth == 0 => {
                ends = at;
                break;
            }
            _ if depth == 0 => head.push(letter),
            _ => {}
        }
        if letter == '(' {
            head.push(' ');
        }
    }
    let mut words = head.split(|it: char| !(it.is_alphanumeric() || it == '_'));
    ends == rest.len() || words.any(|it| DEFINING.contains(&it))
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

/// Returns where the lines behind a place end that are indented deeper than the one with another.
pub(super) fn indented(code: &Code, at: usize, behind: usize) -> Option<usize> {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let start = code.bare.get(..at)?.rfind('\n').map_or(0, |it| it + 1);
    let depth = indent(code.bare.get(start..)?);
    let mut lines = code.bare.get(behind..)?.split_inclusive('\n');
    let mut end = behind + lines.next().map_or(0, str::len);
    for line in lines {
        if !line.trim().is_empty() && indent(line) <= depth {
            break;
        }
        end += line.len();
    }
    Some(end)
}

/// The bodies of functions, by the functions' names; those that are told by nothing aren't known.
pub(super) fn functions(code: &Code, found: &[Found]) -> Vec<(String, Range<usize>)> {
    let functions = found.iter().filter(|it| it.sort == Sort::Function);
    let body = |it: &Found| {
        let start = it.at + it.name.len();
        let end = match code.language {
            Language::Python => indented(code, it.at, it.at)?,
            Language::Script
            | Language::Java
            | Language::Rust
            | Language::Go
            | Language::Php
            | Language::CSharp => braced(code, opened(code, start)?)?,
            // Ruby's belong to the type all the same.
            Language::Ruby => indented(code, it.at, it.at).filter(|_| it.name == "down")?,
            Language::Sql => return None,
        };
        Some((it.name.clone(), start..end))
    };
    functions.filter_map(body).collect()
}

/// Returns where the body of a function opens, behind its parameters; nothing where it has no
/// block of its own.
fn opened(code: &Code, start: usize) -> Option<usize> {
    let rest = code.bare.get(start..)?;
    let bracket = start + rest.find('(')?;
    let before = code.bare.get(start..bracket)?;
    // `name<T>(`, `name = async (`.
    let plain = |it: char| it.is_alphanumeric() || it.is_whitespace() || "_<>,:&'=*".contains(it);
    before.chars().all(plain).then_some(())?;
    let close = closing(&code.bare, bracket + 1)?;
    let behind = code.bare.get(close..)?;
    let open = behind.find('{')?;
    let head = behind.get(..open)?.replace("=>", "");
    (!head.contains([';', '=', '}'])).then_some(close + open)
}

/// Returns where the body of a function of SQL's stands between two dollar quotes, behind its name's
/// place.
pub(super) fn quoted(code: &Code, at: usize) -> Option<Range<usize>> {
    let rest = code.text.get(at..)?;
    let head = rest.get(..rest.find(';').unwrap_or(rest.len()))?;
    let open = head.find('$')?;
    let tag = rest.get(open + 1..)?.find('$')? + 2;
    let mark = rest.get(open..open + tag)?;
    let begins = open + tag;
    let length = rest.get(begins..)?.find(mark)?;
    Some(at + begins..at + begins + length)
}
