//! The table of phases.

use super::document::Document;
use super::labels::{Topic, Words, mark, says_rehearsed, status_of};
use super::table::{Table, date_like, is_blank, number, numbers, row_like, tables, with_cell};
use super::{PhaseRow, Place, View};
use crate::checklist::StatusKind;

/// Brings the phase's row up to date and adds rows that are missing; returns whether there is a
/// table of phases.
pub(super) fn update(document: &mut Document, view: &View) -> bool {
    let Some(table) = find(document) else {
        return false;
    };
    let vocabulary = Vocabulary::of(document, &table);
    if let Some(row) = view.row(view.phase)
        && let Some(line) = line_of(document, &table, row.number)
    {
        let text = updated(document, &table, line, (row, &vocabulary, view));
        document.set_line(line, &text);
    }
    for row in &view.phases {
        // Found anew: rows were inserted.
        let Some(table) = find(document) else { break };
        if line_of(document, &table, row.number).is_none() {
            insert(document, &table, row, view);
        }
    }
    true
}

/// Returns whether a document's table of phases is about the view's: one has the title or the
/// checklist that it has there.
pub(super) fn are_of(document: &Document, view: &View) -> bool {
    let Some(table) = find(document) else {
        return false;
    };
    view.phases.iter().any(|row| {
        line_of(document, &table, row.number).is_some_and(|line| names(document.line(line), row))
    })
}

/// Returns whether a text has a phase's title or checklist in it.
fn names(text: &str, row: &PhaseRow) -> bool {
    let text = text.to_lowercase();
    !row.title.is_empty() && text.contains(&row.title.to_lowercase())
        || text.contains(&row.file.to_lowercase())
}

/// Returns the cell that tells how many tasks are done.
pub(super) fn tasks(row: &PhaseRow) -> String {
    format!("{}/{} ({}%)", row.done, row.total, percent(row))
}

/// Returns a status in words, with a note where it was rehearsed.
pub(super) fn status_text(row: &PhaseRow, words: &Words) -> String {
    noted(words.status_word(row.status), row, words)
}

/// Returns a text that tells a status in the manner of an old one.
pub(super) fn restyled(old: &str, status: StatusKind, words: &Words) -> String {
    if status_of(old) == Some(status) {
        return old.to_owned();
    }
    let word = words.status_word(status);
    let bare = old.trim_matches('*');
    let marked = bare
        .chars()
        .next()
        .is_some_and(|c| !c.is_alphanumeric() && !is_blank(bare));
    let lower = bare
        .chars()
        .find(|c| c.is_alphabetic())
        .is_some_and(char::is_lowercase);
    let word = if lower {
        word.to_lowercase()
    } else {
        word.to_owned()
    };
    let only_mark = marked && !bare.chars().any(char::is_alphabetic);
    let text = match (only_mark, marked) {
        (true, _) => mark(status).to_owned(),
        (false, true) => format!("{} {word}", mark(status)),
        (false, false) => word,
    };
    if bare.len() < old.len() {
        format!("**{text}**")
    } else {
        text
    }
}

/// How a document words each status, learned from its rows.
struct Vocabulary(Vec<(StatusKind, String)>);

impl Vocabulary {
    fn of(document: &Document, table: &Table) -> Self {
        let Some(column) = table.column(Topic::Status) else {
            return Self(Vec::new());
        };
        let cells = table
            .rows
            .clone()
            .map(|row| Table::cell(document, row, column));
        // What has digits tells more than a status: a date, a count.
        let plain = cells
            .filter(|cell| !cell.contains(|c: char| c.is_ascii_digit()) && !says_rehearsed(cell));
        Self(
            plain
                .filter_map(|cell| Some((status_of(cell)?, cell.to_owned())))
                .collect(),
        )
    }

    fn word(&self, status: StatusKind) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| *known == status)
            .map(|(_, word)| word.as_str())
    }
}

/// Returns the first table that has phases in rows, and their status or progress.
fn find(document: &Document) -> Option<Table> {
    tables(document).into_iter().find(Table::is_of_phases)
}

/// Returns the line of a phase's row.
fn line_of(document: &Document, table: &Table, wanted: u32) -> Option<usize> {
    table
        .rows
        .clone()
        .find(|row| number_of(document, table, *row) == Some(wanted))
}

fn number_of(document: &Document, table: &Table, row: usize) -> Option<u32> {
    let column = table
        .column(Topic::Number)
        .or_else(|| table.column(Topic::Phase))?;
    number(Table::cell(document, row, column)).map(|(number, _)| number)
}

/// Returns a row's line with the cells that orch knows better.
fn updated(
    document: &Document,
    table: &Table,
    line: usize,
    (row, vocabulary, view): (&PhaseRow, &Vocabulary, &View),
) -> String {
    let words = Words::of(view.language);
    let mut text = document.line(line).to_owned();
    for (column, topic) in table.columns.iter().enumerate() {
        let old = Table::cell(document, line, column);
        let new = match topic {
            // By it the phase is known again, whatever the column is called.
            _ if names(old, row) => continue,
            Some(Topic::Status) => status_cell(old, row, vocabulary, words),
            Some(Topic::Progress) => progress_cell(old, row),
            Some(Topic::Started) => date_cell(old, row.started, row),
            // A phase that is open again has no date of completion.
            Some(Topic::Completed) if row.completed.is_none() && is_open(row) => {
                if is_blank(old) { old } else { "-" }.to_owned()
            }
            Some(Topic::Completed) => date_cell(old, row.completed, row),
            Some(
                Topic::Number
                | Topic::Phase
                | Topic::Date
                | Topic::Event
                | Topic::Current
                | Topic::Updated,
            )
            | None => continue,
        };
        text = with_cell(document.line(table.header), &text, column, &new);
    }
    text
}

fn status_cell(old: &str, row: &PhaseRow, vocabulary: &Vocabulary, words: &Words) -> String {
    let rehearsed = is_noted(row);
    if status_of(old) == Some(row.status) && says_rehearsed(old) == rehearsed {
        return old.to_owned();
    }
    let word = match vocabulary.word(row.status) {
        Some(word) => word.to_owned(),
        // The note alone changed: start from the bare word.
        None if status_of(old) == Some(row.status) => restyled("", row.status, words),
        None => restyled(old, row.status, words),
    };
    noted(&word, row, words)
}

fn is_open(row: &PhaseRow) -> bool {
    row.status != StatusKind::Completed
}

/// Only what was done can have been rehearsed.
fn is_noted(row: &PhaseRow) -> bool {
    row.place == Place::Rehearsal && row.status == StatusKind::Completed
}

fn noted(word: &str, row: &PhaseRow, words: &Words) -> String {
    if is_noted(row) {
        format!("{word} ({})", words.rehearsed)
    } else {
        word.to_owned()
    }
}

/// Replaces the numbers of `12/30`, `40%`, `12 of 30 (40%)`; what has other numbers is left.
fn progress_cell(old: &str, row: &PhaseRow) -> String {
    if is_blank(old) {
        return format!("{}/{}", row.done, row.total);
    }
    let found = numbers(old);
    let is_percent = |end: usize| {
        old.get(end..)
            .is_some_and(|rest| rest.trim_start().starts_with('%'))
    };
    let counts = found
        .iter()
        .filter(|(_, range)| !is_percent(range.end))
        .count();
    if counts != 0 && counts != 2 {
        return old.to_owned();
    }
    let mut values = [row.done, row.total].into_iter();
    let mut text = String::new();
    let mut last = 0;
    for (_, range) in found {
        text.push_str(old.get(last..range.start).unwrap_or(""));
        let value = if is_percent(range.end) {
            Some(percent(row))
        } else {
            values.next()
        };
        text.push_str(&value.unwrap_or_default().to_string());
        last = range.end;
    }
    text.push_str(old.get(last..).unwrap_or(""));
    text
}

fn date_cell(old: &str, date: Option<jiff::civil::Date>, row: &PhaseRow) -> String {
    match date {
        Some(date) => date_like(date, Some(old)),
        // It was turned back.
        None if row.status == StatusKind::NotStarted && !is_blank(old) => "-".to_owned(),
        None => old.to_owned(),
    }
}

fn percent(row: &PhaseRow) -> usize {
    (row.done * 100).checked_div(row.total).unwrap_or(0)
}

/// Inserts a phase's row at its place.
fn insert(document: &mut Document, table: &Table, row: &PhaseRow, view: &View) {
    let words = Words::of(view.language);
    let date = |date: Option<jiff::civil::Date>| {
        date.map_or_else(|| "-".to_owned(), |date| date.to_string())
    };
    let has_number = table.column(Topic::Number).is_some();
    let cells: Vec<String> = table
        .columns
        .iter()
        .map(|topic| match topic {
            Some(Topic::Number) => row.number.to_string(),
            Some(Topic::Phase) if has_number => row.title.clone(),
            Some(Topic::Phase) => format!("{}. {}", row.number, row.title),
            Some(Topic::Status) => status_text(row, words),
            Some(Topic::Progress) => tasks(row),
            Some(Topic::Started) => date(row.started),
            Some(Topic::Completed) => date(row.completed),
            Some(Topic::Date | Topic::Event | Topic::Current | Topic::Updated) | None => {
                "-".to_owned()
            }
        })
        .collect();
    let place = table
        .rows
        .clone()
        .find(|line| number_of(document, table, *line).is_some_and(|other| other > row.number))
        .unwrap_or(table.rows.end);
    let line = row_like(document.line(table.header), &cells);
    document.insert(place, &line);
}
