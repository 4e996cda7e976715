//! The history: a table, or a list below its heading.

use super::document::Document;
use super::labels::{Topic, is_history};
use super::table::{Table, date_like, escape, is_blank, row_like, tables};
use super::{Entry, View};

/// Adds what the history doesn't have yet; returns whether there is a history.
pub(super) fn update(document: &mut Document, view: &View) -> bool {
    if find_table(document).is_some() {
        for entry in &view.history {
            // What an item tells already needs no row.
            let mut items = document.prose().into_iter();
            if items.any(|line| tells(document.line(line), entry)) {
                continue;
            }
            if let Some(table) = find_table(document) {
                add_row(document, &table, entry);
            }
        }
        return true;
    }
    let mut found = false;
    for entry in &view.history {
        found |= add_item(document, entry);
    }
    found
}

/// Returns an entry's text in a table without a column for the phase.
pub(super) fn event_text(entry: &Entry, has_phase: bool) -> String {
    if has_phase {
        entry.text.clone()
    } else {
        format!("{} ({}): {}", entry.title, entry.phase, entry.text)
    }
}

fn find_table(document: &Document) -> Option<Table> {
    tables(document).into_iter().find(Table::is_history)
}

fn add_row(document: &mut Document, table: &Table, entry: &Entry) {
    let Some(date_column) = table.column(Topic::Date) else {
        return;
    };
    let dates: Vec<&str> = table
        .rows
        .clone()
        .map(|row| Table::cell(document, row, date_column))
        .collect();
    let example = dates.iter().copied().find(|date| !is_blank(date));
    let date = date_like(entry.date, example);
    let has_phase = table
        .column(Topic::Phase)
        .or_else(|| table.column(Topic::Number))
        .is_some();
    let has_event = table.column(Topic::Event).is_some();
    let cells: Vec<String> = table
        .columns
        .iter()
        .map(|topic| match topic {
            Some(Topic::Date) => date.clone(),
            Some(Topic::Number) => entry.phase.to_string(),
            Some(Topic::Phase) if has_event => format!("{}", entry.phase),
            Some(Topic::Phase) => format!("{}: {}", entry.phase, entry.text),
            Some(Topic::Event) => event_text(entry, has_phase),
            Some(
                Topic::Status
                | Topic::Progress
                | Topic::Started
                | Topic::Completed
                | Topic::Current
                | Topic::Updated,
            )
            | None => "-".to_owned(),
        })
        .collect();
    let same = |row: usize| {
        cells.iter().enumerate().all(|(column, text)| {
            // A person may have worded the phase or added to the other columns.
            let counts = matches!(
                table.columns.get(column),
                Some(Some(Topic::Date | Topic::Event))
            );
            !counts && has_event || Table::cell(document, row, column) == escape(text)
        })
    };
    if table.rows.clone().any(same) {
        return;
    }
    let blank = table.rows.clone().find(|row| {
        (0..table.columns.len()).all(|column| is_blank(Table::cell(document, *row, column)))
    });
    let line = row_like(document.line(table.header), &cells);
    match blank {
        Some(row) => document.set_line(row, &line),
        None if is_newest_first(&dates) => document.insert(table.rows.start, &line),
        None => document.insert(table.rows.end, &line),
    }
}

/// Adds an item to a list of dates below the history's heading.
fn add_item(document: &mut Document, entry: &Entry) -> bool {
    let prose = document.prose();
    let heading = prose.iter().copied().find(|line| {
        let text = document.line(*line);
        text.starts_with('#') && is_history(text)
    });
    let Some(heading) = heading else { return false };
    let items: Vec<usize> = prose
        .into_iter()
        .filter(|line| *line > heading)
        .take_while(|line| !document.line(*line).starts_with('#'))
        .filter(|line| item_date(document.line(*line)).is_some())
        .collect();
    let (Some(first), Some(last)) = (items.first(), items.last()) else {
        return false;
    };
    let example = document.line(*first).to_owned();
    let dates: Vec<&str> = items
        .iter()
        .filter_map(|line| item_date(document.line(*line)))
        .collect();
    let date = date_like(entry.date, dates.first().copied());
    let bullet: String = example
        .chars()
        .take_while(|c| "-*+ ".contains(*c))
        .collect();
    let (bullet, date_text) = if example.contains("**") {
        (bullet.replace("**", ""), format!("**{date}**"))
    } else {
        (bullet, date.clone())
    };
    if !items.iter().any(|line| tells(document.line(*line), entry)) {
        let place = if is_newest_first(&dates) {
            *first
        } else {
            last + 1
        };
        let text = escape(&event_text(entry, false));
        document.insert(place, &format!("{bullet}{date_text} — {text}"));
    }
    true
}

/// Returns whether a line is the item of an entry.
fn tells(line: &str, entry: &Entry) -> bool {
    let day = sortable(&entry.date.to_string());
    let of_day = item_date(line).is_some_and(|date| sortable(date) == day);
    of_day && line.ends_with(&escape(&event_text(entry, false)))
}

/// Returns the date that a list item begins with.
fn item_date(line: &str) -> Option<&str> {
    let rest = line
        .trim_start()
        .strip_prefix(['-', '*', '+'])?
        .trim_start();
    let rest = rest.trim_start_matches('*');
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '-' || c == '.'))?;
    let date = rest.get(..end)?;
    (date.len() == 10 && sortable(date).len() == 8).then_some(date)
}

fn is_newest_first(dates: &[&str]) -> bool {
    let keys: Vec<String> = dates
        .iter()
        .map(|date| sortable(date))
        .filter(|key| key.len() == 8)
        .collect();
    matches!((keys.first(), keys.last()), (Some(first), Some(last)) if first > last)
}

/// Returns a date's digits, the year first.
fn sortable(date: &str) -> String {
    let mut parts: Vec<&str> = date.split(['-', '.', '/']).collect();
    if parts.first().is_some_and(|part| part.len() == 2) {
        parts.reverse();
    }
    parts
        .concat()
        .chars()
        .filter(char::is_ascii_digit)
        .collect()
}
