//! Byte offsets → lines and columns, as people, programs and editors count them.

use std::sync::Arc;

/// Where the lines of a text begin, found once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    starts: Vec<usize>,
}

/// A place as it is counted; all three begin at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column in characters.
    pub column: usize,
    /// The column in units of UTF-16, as editors count.
    pub utf16: usize,
}

impl Lines {
    /// Returns the lines of a text; `\n`, `\r\n` and a lone `\r` end one.
    pub fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| {
            let lone = **byte == b'\r' && bytes.get(at + 1) != Some(&b'\n');
            **byte == b'\n' || lone
        });
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1));
        Self {
            starts: starts.collect(),
        }
    }

    /// Returns the 1-based line that holds a byte.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// Returns the byte at which a 1-based line begins; none where there is no such line.
    pub fn start(&self, line: usize) -> Option<usize> {
        self.starts.get(line.checked_sub(1)?).copied()
    }

    /// Returns the position of a byte of the text that the lines are of. An offset inside of a
    /// character, or behind the end, is moved back; a byte order mark takes no column.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let line = self.line(offset);
        let start = self.start(line).unwrap_or_default();
        let before = text.get(start..offset).unwrap_or_default();
        // The `\r` of a `\r\n` belongs to the line's end.
        let before = before.strip_prefix('\u{feff}').unwrap_or(before);
        Position {
            line,
            column: before.chars().count() + 1,
            utf16: before.encode_utf16().count() + 1,
        }
    }
}

/// The lines of documents, found once for each.
#[derive(Debug, Default)]
pub struct Counted(Vec<(Arc<str>, Lines)>);

impl Counted {
    /// Returns the lines of a document; texts are told apart by where they are kept.
    pub fn of(&mut self, text: &Arc<str>) -> &Lines {
        let mut known = self.0.iter();
        let at = known.position(|(known, _)| Arc::ptr_eq(known, text));
        let at = at.unwrap_or_else(|| {
            self.0.push((Arc::clone(text), Lines::of(text)));
            self.0.len() - 1
        });
        // Found or pushed just now.
        &self.0[at].1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Lines, Position};

    #[track_caller]
    fn check(text: &str, offset: usize, (line, column, utf16): (usize, usize, usize)) {
        let expected = Position {
            line,
            column,
            utf16,
        };
        assert_eq!(Lines::of(text).position(text, offset), expected);
    }

    #[test]
    fn characters_and_units_are_counted_apart() {
        check("ё🙂x", 6, (1, 3, 4));
        check("a\nё🙂x", 8, (2, 3, 4));
    }

    #[test]
    fn every_kind_of_line_end_ends_a_line() {
        check("a\r\nb\rc\nd", 3, (2, 1, 1));
        check("a\r\nb\rc\nd", 5, (3, 1, 1));
        check("a\r\nb\rc\nd", 7, (4, 1, 1));
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        check("\u{feff}ab", 4, (1, 2, 2));
        check("\u{feff}ab", 0, (1, 1, 1));
    }

    #[test]
    fn what_is_outside_is_moved_into_the_text() {
        check("я", 1, (1, 1, 1));
        check("я", 99, (1, 2, 2));
    }

    proptest! {
        #[test]
        fn lines_are_those_of_a_plain_count(text in "[a\r\nё🙂]{0,20}", at in 0_usize..60) {
            let at = text.floor_char_boundary(at.min(text.len()));
            let before = text.split_at(at).0.replace("\r\n", "\n");
            // Between the two bytes of one line end, the line isn't over yet.
            prop_assume!(!(before.ends_with('\r') && text.split_at(at).1.starts_with('\n')));
            let expected = before.matches(['\n', '\r']).count() + 1;
            prop_assert_eq!(Lines::of(&text).line(at), expected);
        }
    }
}
