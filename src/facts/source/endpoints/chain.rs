//! Chains of calls in languages with braces: what stands before a `.get(…)`, argument by argument.
//!
//! Told by brackets over code whose strings are blanked; types and overloads aren't known.

use std::ops::Range;

use super::super::code::Code;
pub(super) use super::super::code::closing;
use super::super::literal;

/// A link of a chain: `name`, or `name(arguments)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link<'c> {
    /// Its name; in Rust with the path before it (`web::scope`).
    pub(super) name: &'c str,
    /// Where its name begins.
    pub(super) at: usize,
    /// What is between its brackets, where it is called.
    pub(super) inside: Option<Range<usize>>,
}

/// A function or closure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Function {
    /// Its name; none for a closure.
    pub(super) name: Option<String>,
    /// Its parameters' names.
    pub(super) parameters: Vec<String>,
    /// Where it begins, parameters and all.
    pub(super) at: usize,
    /// What is between its braces.
    pub(super) body: Range<usize>,
}

impl Function {
    pub(super) fn holds(&self, at: usize) -> bool {
        self.body.contains(&at)
    }
}

/// Returns the functions that hold a place, the innermost one first.
pub(super) fn around(functions: &[Function], at: usize) -> Vec<&Function> {
    let mut all: Vec<&Function> = functions.iter().filter(|it| it.holds(at)).collect();
    all.sort_by_key(|it| it.body.len());
    all
}

/// Returns whether what is made at `made` can be seen at `used`: the function that it is made in
/// holds both.
pub(super) fn sees(functions: &[Function], made: usize, used: usize) -> bool {
    around(functions, made)
        .first()
        .is_none_or(|inner| inner.holds(used))
}

/// Returns the arguments of a call, what is between whose brackets is given.
pub(super) fn arguments(code: &Code, inside: &Range<usize>) -> Vec<Range<usize>> {
    let found = literal::arguments(&code.text, &code.bare, inside.start);
    let place = |part: &str| offset(code, part).map(|start| start..start + part.len());
    found.into_iter().filter_map(place).collect()
}

/// Returns where a part of a file's text begins in it; `None` for what is no part of it.
pub(super) fn offset(code: &Code, part: &str) -> Option<usize> {
    let all = code.text.as_bytes().as_ptr_range();
    let at = part.as_ptr();
    all.contains(&at).then(|| at.addr() - all.start.addr())
}

/// Returns what a part of the text says.
pub(super) fn text<'c>(code: &'c Code, range: &Range<usize>) -> &'c str {
    code.text.get(range.clone()).unwrap_or_default().trim()
}

/// Returns what the string literal holds that an argument is.
pub(super) fn string(code: &Code, range: &Range<usize>) -> Option<String> {
    literal::string(text(code, range))
}

/// Returns the string literal that a call's first argument is.
pub(super) fn first_string(code: &Code, inside: &Range<usize>) -> Option<String> {
    string(code, arguments(code, inside).first()?)
}

/// Returns where the bracket was opened that is closed at a place, or that a place is directly in.
pub(super) fn opening(bare: &str, close: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let before = bare.as_bytes().get(..close)?;
    for (at, byte) in before.iter().enumerate().rev() {
        match byte {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth == 0 => return Some(at),
            b'(' | b'[' | b'{' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Returns whether a byte is part of a name; `::` is, as Rust's paths have it.
fn is_name(bytes: &[u8], at: usize) -> bool {
    let colon = |at: usize| bytes.get(at) == Some(&b':');
    bytes.get(at).is_some_and(|byte| match byte {
        b':' => colon(at + 1) || at.checked_sub(1).is_some_and(colon),
        _ => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'#' | b'$'),
    })
}

fn blank(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// Returns the chain that begins at a place, and where it ends.
pub(super) fn chain(code: &Code, start: usize) -> (Vec<Link<'_>>, usize) {
    let bytes = code.bare.as_bytes();
    let mut at = lead(&code.bare, start);
    let mut links = Vec::new();
    let mut end = at;
    loop {
        at = blank(bytes, at);
        let from = at;
        while is_name(bytes, at) {
            at += 1;
        }
        let Some(name) = code.bare.get(from..at).filter(|name| !name.is_empty()) else {
            break;
        };
        if bytes.get(at) == Some(&b'!') && bytes.get(at + 1) == Some(&b'[') {
            at += 1;
        }
        let opens =
            matches!(bytes.get(at), Some(b'(')) || bytes.get(at.wrapping_sub(1)) == Some(&b'!');
        let inside = match (opens, opens.then(|| closing(&code.bare, at + 1)).flatten()) {
            (true, Some(close)) => {
                let inside = at + 1..close;
                at = close + 1;
                Some(inside)
            }
            (true, None) => break,
            (false, _) => None,
        };
        links.push(Link {
            name: name.trim_matches(':'),
            at: from,
            inside,
        });
        end = at;
        at = blank(bytes, at);
        while matches!(bytes.get(at), Some(b'?' | b'!')) {
            at += 1;
        }
        if bytes.get(at) != Some(&b'.') {
            break;
        }
        at += 1;
    }
    (links, end)
}

/// Skips what may stand before a chain: `await`, `new`, `&mut`.
fn lead(bare: &str, start: usize) -> usize {
    let mut at = start;
    loop {
        let rest = bare.get(at..).unwrap_or_default();
        let inner = rest.trim_start();
        let skipped = rest.len() - inner.len();
        let word = ["await ", "new ", "mut ", "&", "*"]
            .into_iter()
            .find(|word| inner.starts_with(word));
        match word {
            Some(word) => at += skipped + word.len(),
            None => return at + skipped,
        }
    }
}

/// Returns where the chain begins that a dot goes on with.
pub(super) fn begins(bare: &str, dot: usize) -> Option<usize> {
    let bytes = bare.as_bytes();
    let mut at = dot;
    loop {
        at = unblank(bytes, at);
        if matches!(bytes.get(at.checked_sub(1)?), Some(b'?' | b'!')) {
            at = unblank(bytes, at - 1);
        }
        if matches!(bytes.get(at.checked_sub(1)?), Some(b')' | b']')) {
            at = opening(bare, at - 1)?;
            if bytes.get(at.wrapping_sub(1)) == Some(&b'!') {
                at -= 1;
            }
        }
        let end = at;
        while at > 0 && is_name(bytes, at - 1) {
            at -= 1;
        }
        if at == end {
            return None;
        }
        let before = unblank(bytes, at);
        if before > 0 && bytes.get(before - 1) == Some(&b'.') {
            at = before - 1;
        } else {
            return Some(at);
        }
    }
}

fn unblank(bytes: &[u8], mut at: usize) -> usize {
    while at > 0 && bytes.get(at - 1).is_some_and(u8::is_ascii_whitespace) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::super::super::code::Code;
    use super::{begins, chain};
    use std::sync::Arc;

    #[track_caller]
    fn check(path: &str, source: &str, expected: &[&str]) {
        let code = Code::new(path, &Arc::from(source)).unwrap();
        let dot = source.find(".get(").unwrap();
        let start = begins(&code.bare, dot).unwrap();
        let (links, _) = chain(&code, start);
        let found: Vec<String> = links
            .iter()
            .map(|link| match &link.inside {
                Some(inside) => format!("{}({})", link.name, super::text(&code, inside)),
                None => link.name.to_owned(),
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn chains_are_read_from_their_beginning() {
        check(
            "a.js",
            "x = this.app.get('/a')",
            &["this", "app", "get('/a')"],
        );
        check(
            "a.js",
            "router\n  .route('/a)')\n  .get(f(1, '('))\n  .post(g)",
            &["router", "route('/a)')", "get(f(1, '('))", "post(g)"],
        );
        check(
            "a.rs",
            "web::scope(\"/a\").route(\"/b\", web::get()).get(x)?",
            &["web::scope(\"/a\")", "route(\"/b\", web::get())", "get(x)"],
        );
    }
}
