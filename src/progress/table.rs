//! Tables in a document: finding them, and changing single cells.

use std::ops::Range;

use jiff::civil::Date;

use super::document::Document;
use super::labels::{Topic, topic};

/// A table's place in a document.
#[derive(Debug)]
pub(super) struct Table {
    /// The header's line; the delimiters' line follows it.
    pub(super) header: usize,
    /// The lines of its rows.
    pub(super) rows: Range<usize>,
    /// What each column is about.
    pub(super) columns: Vec<Option<Topic>>,
}

impl Table {
    /// Returns the column that is about something.
    pub(super) fn column(&self, wanted: Topic) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| *column == Some(wanted))
    }

    /// Returns whether the rows are what happened; with a status alone, they are phases.
    pub(super) fn is_history(&self) -> bool {
        let has = |topic| self.column(topic).is_some();
        let event = has(Topic::Event) || (has(Topic::Phase) && !has(Topic::Status));
        has(Topic::Date) && event && !has(Topic::Progress)
    }

    /// Returns whether the rows are phases; no table is both, or one row would be taken for another.
    pub(super) fn is_of_phases(&self) -> bool {
        let has = |topic| self.column(topic).is_some();
        let phase = has(Topic::Number) || has(Topic::Phase);
        phase && (has(Topic::Status) || has(Topic::Progress)) && !self.is_history()
    }

    /// Returns a cell's text.
    pub(super) fn cell(document: &Document, row: usize, column: usize) -> &str {
        let line = document.line(row);
        cells(line)
            .get(column)
            .and_then(|cell| line.get(cell.clone()))
            .unwrap_or("")
            .trim()
    }
}

/// Returns every table in a document's prose.
pub(super) fn tables(document: &Document) -> Vec<Table> {
    let prose = document.prose();
    let mut tables = Vec::new();
    let mut next = 0;
    for pair in prose.windows(2) {
        let &[header, delimiters] = pair else {
            continue;
        };
        if header < next || delimiters != header + 1 {
            continue;
        }
        let line = document.line(header);
        if is_item(line) || !line.contains('|') || !is_delimiters(document.line(delimiters)) {
            continue;
        }
        let mut end = delimiters + 1;
        let goes_on = |line: &str| line.contains('|') && !is_item(line);
        while prose.binary_search(&end).is_ok() && goes_on(document.line(end)) {
            end += 1;
        }
        let topics = cells(line)
            .into_iter()
            .map(|cell| topic(line.get(cell).unwrap_or("")));
        let mut columns: Vec<Option<Topic>> = topics.collect();
        // `Phase | Name`: the first of two has the number.
        let is_phase = |column: &Option<Topic>| *column == Some(Topic::Phase);
        if !columns.contains(&Some(Topic::Number))
            && columns.iter().filter(|column| is_phase(column)).count() > 1
            && let Some(first) = columns.iter_mut().find(|column| is_phase(column))
        {
            *first = Some(Topic::Number);
        }
        tables.push(Table {
            header,
            rows: delimiters + 1..end,
            columns,
        });
        next = end;
    }
    tables
}

/// Whether a line begins a list's item, which ends a table.
fn is_item(line: &str) -> bool {
    let rest = line.trim_start().strip_prefix(['-', '*', '+']);
    rest.is_some_and(|rest| rest.starts_with([' ', '\t']))
}

/// Returns a line with one cell's text replaced. Where the cell is as wide as the header's, its
/// padding gives way first, so that columns stay aligned where they can.
pub(super) fn with_cell(header: &str, line: &str, column: usize, text: &str) -> String {
    let Some(range) = cells(line).get(column).cloned() else {
        return line.to_owned();
    };
    let old = line.get(range.clone()).unwrap_or("");
    if old.trim() == text {
        return line.to_owned();
    }
    let lead = if old.trim().is_empty() {
        1
    } else {
        old.len() - old.trim_start().len()
    };
    let whole = width(old);
    let filled = lead + width(text);
    let tail = if old.trim().is_empty() {
        1
    } else {
        old.len() - old.trim_end().len()
    };
    let is_aligned = cells(header)
        .get(column)
        .and_then(|cell| header.get(cell.clone()))
        .is_some_and(|cell| width(cell) == whole);
    let pad = if is_aligned {
        whole.saturating_sub(filled).max(tail.min(1))
    } else {
        tail.min(1)
    };
    let before = line.get(..range.start).unwrap_or("");
    let after = line.get(range.end..).unwrap_or("");
    format!(
        "{before}{}{text}{}{after}",
        " ".repeat(lead),
        " ".repeat(pad)
    )
}

/// Returns a row with these cells, in the shape of another line of its table.
pub(super) fn row_like(line: &str, texts: &[String]) -> String {
    let ranges = cells(line);
    let aligned = ranges.iter().any(|range| {
        let cell = line.get(range.clone()).unwrap_or("");
        cell.len() > cell.trim_end().len() + 1
    });
    let mut row = String::from("|");
    for (index, text) in texts.iter().enumerate() {
        let text = escape(text);
        row.push(' ');
        row.push_str(&text);
        let cell = ranges
            .get(index)
            .and_then(|range| line.get(range.clone()))
            .unwrap_or("");
        let whole = if aligned { width(cell) } else { 0 };
        row.push_str(&" ".repeat(whole.saturating_sub(width(&text) + 1).max(1)));
        row.push('|');
    }
    row
}

/// Returns a text as a cell can hold it.
pub(super) fn escape(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line.replace('\\', "\\\\").replace('|', "\\|")
}

/// Returns whether a cell says nothing.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_whitespace() || "-–—…".contains(c))
}

/// Returns the first whole number in a text, and where it is.
pub(super) fn number(text: &str) -> Option<(u32, Range<usize>)> {
    numbers(text).into_iter().next()
}

/// Returns the whole numbers in a text, and where they are.
pub(super) fn numbers(text: &str) -> Vec<(u32, Range<usize>)> {
    let mut found = Vec::new();
    let mut start = None;
    for (index, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, c.is_ascii_digit()) {
            (None, true) => start = Some(index),
            (Some(begin), false) => {
                if let Some(value) = text
                    .get(begin..index)
                    .and_then(|digits| digits.parse().ok())
                {
                    found.push((value, begin..index));
                }
                start = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    found
}

/// Returns a date as a document writes dates, judged by one of its own.
pub(super) fn date_like(date: Date, example: Option<&str>) -> String {
    let dotted = example.is_some_and(|text| text.matches('.').count() == 2);
    if dotted {
        format!("{:02}.{:02}.{:04}", date.day(), date.month(), date.year())
    } else {
        date.to_string()
    }
}

/// Returns how many columns a text takes in an editor, marks such as ✅ two.
fn width(text: &str) -> usize {
    text.chars()
        .map(|c| match c {
            '\u{fe0f}' | '\u{200d}' => 0,
            '\u{2300}'.. => 2,
            _ => 1,
        })
        .sum()
}

/// Returns the byte ranges of a row's cells, white space included.
fn cells(line: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (index, c) in line.char_indices() {
        if c == '|' && !escaped {
            ranges.push(start..index);
            start = index + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    ranges.push(start..line.len());
    let is_empty = |range: &Range<usize>| line.get(range.clone()).unwrap_or("").trim().is_empty();
    if line.trim_end().ends_with('|') && ranges.last().is_some_and(is_empty) {
        ranges.pop();
    }
    if line.trim_start().starts_with('|') && ranges.first().is_some_and(is_empty) {
        ranges.remove(0);
    }
    ranges
}

fn is_delimiters(line: &str) -> bool {
    line.contains('|')
        && line.contains('-')
        && line.chars().all(|c| c.is_whitespace() || "|:-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, column: usize, text: &str, expected: &str) {
        assert_eq!(
            with_cell("| # | Name     | x |", line, column, text),
            expected
        );
    }

    #[test]
    fn padding_gives_way_first() {
        check("| 4 | Фаза     | x |", 1, "Готово", "| 4 | Готово   | x |");
        check("| 4 | a | x |", 1, "longer", "| 4 | longer | x |");
        check("|4|a|x|", 1, "b", "|4|b|x|");
        check("4 | a | x", 2, "y", "4 | a | y");
        check("| 4 |  |", 1, "y", "| 4 | y |");
    }

    #[test]
    fn an_escaped_pipe_is_no_border() {
        check(r"| a \| b | c |", 1, "d", r"| a \| b | d |");
    }

    #[test]
    fn a_cell_that_isnt_there_changes_nothing() {
        check("| a |", 3, "d", "| a |");
    }
}
