//! The current phase, its status and the date, in a list near the document's head.

use super::View;
use super::document::Document;
use super::labels::{Topic, Words, topic};
use super::phases::restyled;
use super::table::{date_like, is_blank, number};

/// Brings the list up to date that has the current phase; other lists that have a status belong
/// to something else.
pub(super) fn update(document: &mut Document, view: &View) {
    let prose = document.prose();
    let about = |line: usize, wanted: Topic| {
        field(document.line(line)).is_some_and(|(topic, _)| topic == wanted)
    };
    let Some(current) = prose
        .iter()
        .copied()
        .find(|line| about(*line, Topic::Current))
    else {
        return;
    };
    let is_heading = |line: &usize| document.line(*line).starts_with('#');
    let start = prose
        .iter()
        .copied()
        .filter(|line| *line < current)
        .rfind(is_heading);
    let end = prose
        .iter()
        .copied()
        .filter(|line| *line > current)
        .find(is_heading);
    let block = start.unwrap_or(0)..end.unwrap_or(document.len());
    let status = prose
        .iter()
        .copied()
        .find(|line| block.contains(line) && about(*line, Topic::Status));
    let updated = prose
        .iter()
        .copied()
        .find(|line| block.contains(line) && about(*line, Topic::Updated));

    set(document, current, |old| current_value(old, view));
    if let Some(line) = status
        && let Some(row) = view.row(view.current)
    {
        let words = Words::of(view.language);
        set(document, line, |old| restyled(old, row.status, words));
    }
    let recorded = !view.history.is_empty();
    if let Some(line) = updated
        && let Some(date) = view.updated()
    {
        set(document, line, |old| {
            if recorded || is_blank(old) {
                date_like(date, Some(old))
            } else {
                old.to_owned()
            }
        });
    }
}

/// Returns the number in place of the old one, and the title where the old one's stood there.
fn current_value(old: &str, view: &View) -> String {
    let Some((was, range)) = number(old) else {
        return view.current.to_string();
    };
    let before = old.get(..range.start).unwrap_or("");
    let after = old.get(range.end..).unwrap_or("");
    let after = match (view.row(was), view.row(view.current)) {
        (Some(was), Some(now)) => after.replacen(&was.title, &now.title, 1),
        (None | Some(_), None | Some(_)) => after.to_owned(),
    };
    format!("{before}{}{after}", view.current)
}

fn set(document: &mut Document, line: usize, value: impl Fn(&str) -> String) {
    let text = document.line(line).to_owned();
    let Some((_, start)) = field(&text) else {
        return;
    };
    let old = text.get(start..).unwrap_or("");
    let trimmed = old.trim();
    let new = value(trimmed);
    if new == trimmed {
        return;
    }
    let lead = if trimmed.is_empty() {
        1
    } else {
        old.len() - old.trim_start().len()
    };
    let tail = if trimmed.is_empty() {
        0
    } else {
        old.len() - old.trim_end().len()
    };
    let label = text.get(..start).unwrap_or("");
    document.set_line(
        line,
        &format!("{label}{}{new}{}", " ".repeat(lead), " ".repeat(tail)),
    );
}

/// Returns what `- **Label:** value` is about, and where the value begins.
fn field(line: &str) -> Option<(Topic, usize)> {
    let colon = line.find(':')?;
    let label = line
        .get(..colon)?
        .trim_start()
        .trim_start_matches(['-', '*', '+', '>', ' ', '_']);
    let topic = topic(label)?;
    let rest = line.get(colon + 1..)?;
    let marks = rest.len() - rest.trim_start_matches(['*', '_']).len();
    // Marks behind the colon close the label only where the label opened them.
    let opened = line.get(..colon)?.contains("**") && !label.ends_with(['*', '_']);
    Some((topic, colon + 1 + if opened { marks } else { 0 }))
}
