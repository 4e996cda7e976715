//! Where a definition's head stands: the brackets of its parameters, and its end.

use super::super::code::{Code, Language, closing};
use super::Sort;

/// Bytes that a definition's head may have at most.
const LONGEST: usize = 4000;

/// Returns where the brackets of a definition's parameters open and close, behind those of its type
/// parameters.
pub(super) fn brackets(code: &Code, start: usize, sort: Sort) -> Option<(usize, usize)> {
    let bytes = code.bare.as_bytes();
    let blank = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_whitespace);
    let mut at = start;
    while blank(at) {
        at += 1;
    }
    match bytes.get(at)? {
        b'<' => at = angled(&code.bare, at)?,
        b'[' => at = closing(&code.bare, at + 1)? + 1,
        _ => {}
    }
    while blank(at) {
        at += 1;
    }
    let arrow = code.language == Language::Script && sort == Sort::Function;
    if arrow && bytes.get(at) != Some(&b'(') {
        let rest = code
            .bare
            .get(at..at.saturating_add(LONGEST).min(code.bare.len()))?;
        let assigned = at + rest.find('=')? + 1;
        let open = assigned + code.bare.get(assigned..)?.find('(')?;
        // `x => f(x)` has no brackets of its own.
        let plain = |it: char| it.is_alphanumeric() || it.is_whitespace() || "_*<>,".contains(it);
        let between = code.bare.get(assigned..open)?;
        (between.chars().all(plain) && !between.contains("=>")).then_some(())?;
        at = open;
    }
    (bytes.get(at) == Some(&b'(')).then_some(())?;
    Some((at, closing(&code.bare, at + 1)?))
}

/// Returns the place behind what stands between angle brackets.
fn angled(bare: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut before = b' ';
    for (at, byte) in bare.bytes().enumerate().skip(open).take(LONGEST) {
        match byte {
            b'<' => depth += 1,
            b'>' if before != b'-' && before != b'=' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
        before = byte;
    }
    None
}

/// Whether a function's head in Kotlin goes on behind the end of a line.
fn goes_on(bare: &str, at: usize) -> bool {
    let before = bare.get(..at).unwrap_or_default().trim_end();
    let behind = bare.get(at..).unwrap_or_default().trim_start();
    before.ends_with([':', ',', '.'])
        || before.ends_with("->")
        || behind.starts_with(['=', ':', '{', '<', '?'])
        || behind.starts_with("where ")
        || behind.starts_with("->")
}

/// Returns where a head ends that goes on at a place: before its body.
pub(super) fn ends(code: &Code, (start, sort): (usize, Sort)) -> usize {
    let kotlin = sort == Sort::Function && code.path.rsplit('.').next() == Some("kt");
    let lines = matches!(
        code.language,
        Language::Python | Language::Ruby | Language::Go
    );
    let bytes = code.bare.as_bytes();
    let mut depth = 0_usize;
    let mut before = b' ';
    for (at, byte) in bytes.iter().enumerate().skip(start).take(LONGEST) {
        let next = bytes.get(at + 1).copied();
        let ends = match byte {
            b'{' | b'}' | b';' | b')' if depth == 0 => true,
            b':' if code.language == Language::Python => depth == 0,
            // `= …`, `=> …`, but not `==`.
            b'=' => depth == 0 && code.language != Language::Go,
            b'\n' if kotlin => depth == 0 && !goes_on(&code.bare, at),
            b'\n' => lines && depth == 0,
            _ => false,
        };
        if ends {
            return at;
        }
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b'<' if next != Some(b' ') => depth += 1,
            b'>' if b"-=".contains(&before) => {}
            b')' | b']' | b'}' | b'>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        before = *byte;
    }
    bytes.len().min(start.saturating_add(LONGEST))
}
