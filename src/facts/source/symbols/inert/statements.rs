//! The statements of a body: what stands between the ends of lines, semicolons and the braces of blocks.

use std::ops::Range;

use super::super::super::code::{Code, Language, closing};
use super::super::stub::is_logged;

/// One statement, trimmed, with what its strings hold and without.
pub(in super::super) struct Statement<'c> {
    pub(in super::super) bare: &'c str,
    pub(in super::super) text: &'c str,
    /// The byte that it begins at.
    pub(in super::super) at: usize,
    /// How many braces are open before it.
    pub(in super::super) depth: usize,
}

impl<'c> Statement<'c> {
    fn of(code: &'c Code, part: Range<usize>, depth: usize) -> Option<Self> {
        let bare = code.bare.get(part.clone())?;
        let text = code.text.get(part.clone())?;
        let whole = Self {
            bare,
            text,
            at: part.start,
            depth,
        };
        whole.trimmed()
    }

    fn trimmed(&self) -> Option<Self> {
        let start = self.bare.len() - self.bare.trim_start().len();
        let end = self.bare.trim_end().len();
        Some(Self {
            bare: self.bare.get(start..end.max(start))?,
            text: self.text.get(start..end.max(start))?,
            at: self.at + start,
            depth: self.depth,
        })
    }

    /// Returns the condition behind a header's words, and the statement that stands behind it on the
    /// same line.
    pub(in super::super) fn behind_header(
        &self,
        at: usize,
        language: Language,
    ) -> (&'c str, Option<Self>) {
        let rest = self.bare.get(at..).unwrap_or_default();
        let ends = if language == Language::Python {
            colon(rest).map(|it| it + 1)
        } else {
            let closes = || closing(rest, 1).map(|it| it + 1);
            rest.starts_with('(').then(closes).flatten()
        };
        // Without brackets, `else return x` has no condition.
        let bracketless = !matches!(language, Language::Python | Language::Go | Language::Rust);
        let ends = ends.or((bracketless && !rest.starts_with('(')).then_some(0));
        let Some(ends) = ends else {
            return (rest, None);
        };
        let behind = Self {
            bare: rest.get(ends..).unwrap_or_default(),
            text: self.text.get(at + ends..).unwrap_or_default(),
            at: self.at + at + ends,
            depth: self.depth + 1,
        };
        (rest.get(..ends).unwrap_or_default(), behind.trimmed())
    }
}

/// Returns where the colon stands that ends a header of Python's.
fn colon(rest: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b':' if depth == 0 && rest.as_bytes().get(at + 1) != Some(&b'=') => return Some(at),
            _ => {}
        }
    }
    None
}

/// Returns where statements of a part of a file stand that only log.
pub(in super::super) fn logged(code: &Code, part: Range<usize>) -> Vec<Range<usize>> {
    let all = statements(code, part).into_iter();
    let all = all.filter(|it| is_logged(it.bare));
    all.map(|it| it.at..it.at + it.bare.len()).collect()
}

/// Returns the statements of a part of a file; those of blocks stand for themselves.
pub(in super::super) fn statements(code: &Code, part: Range<usize>) -> Vec<Statement<'_>> {
    let bytes = code.bare.as_bytes();
    let mut all = Vec::new();
    let (mut at, mut begins, mut depth) = (part.start, part.start, 0_usize);
    let python = matches!(code.language, Language::Python | Language::Ruby);
    while at < part.end {
        let byte = bytes.get(at).copied().unwrap_or_default();
        let inside = match byte {
            b'(' | b'[' => true,
            b'{' => python || is_value(code, begins, at),
            _ => false,
        };
        if inside {
            at = closing(&code.bare, at + 1).map_or(part.end, |close| close + 1);
            continue;
        }
        if matches!(byte, b'\n' | b';' | b'{' | b'}') {
            all.extend(Statement::of(code, begins..at, depth));
            begins = at + 1;
        }
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    all.extend(Statement::of(code, begins..part.end.max(begins), depth));
    all.retain(|it| !it.bare.is_empty());
    all
}

/// Whether a brace opens no block: there is nothing in it, names are taken from it, or a string has it.
fn is_value(code: &Code, begins: usize, at: usize) -> bool {
    let before = code.bare.get(begins..at).unwrap_or_default();
    let behind = code.bare.get(at + 1..).unwrap_or_default();
    let taken = ["const", "let", "var", "val"].contains(&before.trim());
    let said = before.ends_with(['$', '#']);
    let empty = behind.trim_start().starts_with('}');
    let value = before.trim_end();
    let header = value.ends_with(')') || value.ends_with("else") || value.ends_with("try");
    taken || said || empty && !header
}
