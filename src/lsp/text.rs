//! Texts by the protocol's lines and columns: bytes or UTF-16 units, as the editor has it.

use gen_lsp_types::{Position, PositionEncodingKind, Range};

use crate::checklist::Span;
use crate::diagnostic;

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 units, which every editor knows.
    Utf16,
}

impl Encoding {
    /// Returns the encoding that suits best among those that an editor offers.
    pub(super) fn choose(offered: &[PositionEncodingKind]) -> Self {
        if offered.contains(&PositionEncodingKind::UTF8) {
            Self::Utf8
        } else {
            Self::Utf16
        }
    }

    /// Returns its name in the protocol.
    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    fn units(self, letter: char) -> usize {
        match self {
            Self::Utf8 => letter.len_utf8(),
            Self::Utf16 => letter.len_utf16(),
        }
    }
}

/// A text with its lines.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    text: &'t str,
    encoding: Encoding,
    starts: diagnostic::Lines,
    /// How many bytes at the text's start take no column.
    mark: usize,
}

impl<'t> Lines<'t> {
    /// Returns the lines of a text; `\n`, `\r\n` and a lone `\r` end one.
    pub(super) fn of(text: &'t str, encoding: Encoding) -> Self {
        Self {
            text,
            encoding,
            starts: diagnostic::Lines::of(text),
            mark: 0,
        }
    }

    /// Returns the lines of a text whose byte order mark, if it has one, takes no column where
    /// that is said: editors don't show it, and don't send it.
    pub(super) fn marked(mut self, unseen: bool) -> Self {
        if unseen && self.text.starts_with('\u{feff}') {
            self.mark = '\u{feff}'.len_utf8();
        }
        self
    }

    /// Returns where a line begins, as the protocol counts lines: from 0.
    fn start(&self, line: usize) -> Option<usize> {
        let start = self.starts.start(line + 1)?;
        Some(if line == 0 { self.mark } else { start })
    }

    /// Returns the place of a byte offset; one beyond the text's end is its end.
    pub(super) fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset.min(self.text.len()));
        let line = self.starts.line(offset) - 1;
        let start = self.start(line).unwrap_or_default().min(offset);
        let before = self.text.get(start..offset).unwrap_or_default();
        let column: usize = before.chars().map(|it| self.encoding.units(it)).sum();
        Position::new(number(line), number(column))
    }

    /// Returns the range of a span.
    pub(super) fn range(&self, span: &Span) -> Range {
        Range::new(self.position(span.start), self.position(span.end))
    }

    /// Returns the byte offset of a place; a column beyond its line is the line's end, a line
    /// beyond the text the text's end.
    pub(super) fn offset(&self, position: Position) -> usize {
        let line = position.line as usize;
        let Some(start) = self.start(line) else {
            return self.text.len();
        };
        let end = self.start(line + 1).unwrap_or(self.text.len());
        let line = self.text.get(start..end).unwrap_or_default();
        let line = line.trim_end_matches(['\r', '\n']);
        let mut column = 0;
        for (at, letter) in line.char_indices() {
            if column >= position.character as usize {
                return start + at;
            }
            column += self.encoding.units(letter);
        }
        start + line.len()
    }

    /// Returns the span of a range.
    pub(super) fn span(&self, range: Range) -> Span {
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        start..end.max(start)
    }
}

/// The protocol has no larger numbers, and no editor such texts.
fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, encoding: Encoding, offset: usize, expected: (u32, u32)) {
        let lines = Lines::of(text, encoding);
        let found = lines.position(offset);
        assert_eq!((found.line, found.character), expected);
        assert_eq!(lines.offset(found), offset, "and back");
    }

    #[test]
    fn columns_count_what_was_agreed_on() {
        let text = "- [ ] Дело\n- [х] 🚀 go\n";
        let at = text.find("go").expect("there");
        check(text, Encoding::Utf16, at, (1, 9));
        check(text, Encoding::Utf8, at, (1, 12));
        check(text, Encoding::Utf16, text.len(), (2, 0));
        check("e\u{301}x", Encoding::Utf16, 3, (0, 2));
    }

    #[test]
    fn every_kind_of_line_end_ends_one() {
        check("a\r\nb\rc\nd", Encoding::Utf8, 3, (1, 0));
        check("a\r\nb\rc\nd", Encoding::Utf8, 5, (2, 0));
        check("a\r\nb\rc\nd", Encoding::Utf8, 7, (3, 0));
    }

    #[test]
    fn what_lies_beyond_is_the_end() {
        let lines = Lines::of("ab\r\nc", Encoding::Utf16);
        assert_eq!(lines.offset(Position::new(0, 99)), 2);
        assert_eq!(lines.offset(Position::new(7, 0)), 5);
        assert_eq!(lines.position(99), Position::new(1, 1));
    }

    #[test]
    fn a_mark_that_the_editor_doesnt_see_takes_no_column() {
        let text = "\u{feff}# a";
        let lines = Lines::of(text, Encoding::Utf16).marked(true);
        assert_eq!(lines.position(3), Position::new(0, 0));
        assert_eq!(lines.position(5), Position::new(0, 2));
        assert_eq!(lines.offset(Position::new(0, 2)), 5);
        let lines = Lines::of(text, Encoding::Utf16).marked(false);
        assert_eq!(lines.position(3), Position::new(0, 1));
    }

    #[test]
    fn bytes_are_taken_where_they_are_offered() {
        let both = [PositionEncodingKind::UTF16, PositionEncodingKind::UTF8];
        assert_eq!(Encoding::choose(&both), Encoding::Utf8);
        assert_eq!(Encoding::choose(&[]), Encoding::Utf16);
    }

    proptest! {
        #[test]
        fn a_place_leads_back_to_its_offset(text in "[aя🚀\n\r\t ]{0,40}", at in 0_usize..160) {
            for encoding in [Encoding::Utf8, Encoding::Utf16] {
                let lines = Lines::of(&text, encoding);
                let offset = text.floor_char_boundary(at.min(text.len()));
                let found = lines.offset(lines.position(offset));
                // Within `\r\n` there is no place of its own.
                let within = text.as_bytes().get(offset) == Some(&b'\n')
                    && offset > 0 && text.as_bytes().get(offset - 1) == Some(&b'\r');
                prop_assert_eq!(found, offset - usize::from(within));
            }
        }
    }
}
