//! A new document, or orch's section of a person's.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::View;
use super::document::SET;
use super::history::event_text;
use super::labels::Words;
use super::phases::{status_text, tasks};
use super::table::escape;
use crate::checklist::StatusKind;

/// Returns a whole document.
pub(super) fn document(view: &View) -> String {
    let words = Words::of(view.language);
    format!(
        "# {}: {}\n{SET} {} -->\n\n## {}\n\n{}\n## {}\n\n{}\n{}",
        words.title,
        view.set,
        view.set,
        words.standing,
        standing(view),
        words.phases,
        phases(view),
        history_section(view)
    )
}

/// Returns orch's section of a document that has a form of its own.
pub(super) fn section(view: &View, has_history: bool) -> String {
    let words = Words::of(view.language);
    let mut text = format!(
        "## {}: {}\n\n{}\n{}",
        words.title,
        view.set,
        standing(view),
        phases(view)
    );
    if !has_history {
        text.push('\n');
        text.push_str(&history(view));
    }
    text
}

/// Returns the history with its heading.
pub(super) fn history_section(view: &View) -> String {
    format!(
        "## {}\n\n{}",
        Words::of(view.language).history,
        history(view)
    )
}

fn standing(view: &View) -> String {
    let words = Words::of(view.language);
    let row = view.row(view.current);
    let title = row
        .map(|row| format!(" — {}", row.title))
        .unwrap_or_default();
    let status = words.status_word(row.map_or(StatusKind::NotStarted, |row| row.status));
    let date = view.updated();
    format!(
        "- **{}:** {}{title}\n- **{}:** {status}\n- **{}:** {}\n",
        words.current,
        view.current,
        words.status,
        words.updated,
        date_text(date)
    )
}

fn phases(view: &View) -> String {
    let words = Words::of(view.language);
    let mut text = format!(
        "| # | {} | {} | {} | {} | {} |\n| --- | --- | --- | --- | --- | --- |\n",
        words.phase, words.status, words.tasks, words.started, words.completed
    );
    for row in &view.phases {
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "| {} | [{}]({}) | {} | {} | {} | {} |",
            row.number,
            escape(&row.title),
            row.file.replace(' ', "%20"),
            status_text(row, words),
            tasks(row),
            date_text(row.started),
            date_text(row.completed)
        );
    }
    text
}

fn history(view: &View) -> String {
    let words = Words::of(view.language);
    let mut text = format!(
        "| {} | {} | {} |\n| --- | --- | --- |\n",
        words.date, words.phase, words.event
    );
    for entry in &view.history {
        let event = escape(&event_text(entry, true));
        let _ = writeln!(text, "| {} | {} | {event} |", entry.date, entry.phase);
    }
    text
}

fn date_text(date: Option<Date>) -> String {
    date.map_or_else(|| "-".to_owned(), |date| date.to_string())
}
