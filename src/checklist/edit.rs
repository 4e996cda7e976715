//! The edits orch makes to a checklist: replacements that are refused where the text isn't what
//! was read, so that a line which a person moved is never ticked by its old place.

use std::sync::Arc;

use super::{Checklist, DateField, Field, Marker, Span, Status, StatusKind};

/// Why an edit was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The text is not what was expected.
    #[error("the text at byte {} is `{found}`, not `{expected}` as when it was read", span.start)]
    Changed {
        /// Where.
        span: Span,
        /// What was read there before.
        expected: String,
        /// What is there now.
        found: String,
    },
    /// The place is outside of the text, or inside a character.
    #[error("the text has no bytes {} to {} any more", span.start, span.end)]
    Outside {
        /// Where.
        span: Span,
    },
    /// Two edits want the same bytes.
    #[error("two edits change the text at byte {}", span.start)]
    Overlap {
        /// Where.
        span: Span,
    },
}

/// Replacements that are made together or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits {
    edits: Vec<Edit>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Edit {
    /// A box that is as the marker says becomes (un)ticked.
    Box { marker: Marker, checked: bool },
    /// A text becomes another one.
    Text {
        span: Span,
        expected: String,
        new: String,
    },
    /// A field's value becomes another one, on its label's line.
    Field {
        span: Span,
        expected: String,
        new: String,
    },
}

impl Edits {
    /// Returns no edits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the replacement of what is expected at a place.
    #[must_use]
    pub fn replace(mut self, span: Span, expected: &str, new: &str) -> Self {
        let (expected, new) = (expected.to_owned(), new.to_owned());
        self.edits.push(Edit::Text {
            span,
            expected,
            new,
        });
        self
    }

    /// Adds (un)ticking a box; one byte changes, none if the box is as wanted.
    #[must_use]
    pub fn tick(mut self, marker: &Marker, checked: bool) -> Self {
        self.edits.push(Edit::Box {
            marker: *marker,
            checked,
        });
        self
    }

    /// Adds ticking the box of that kind and unticking the others.
    #[must_use]
    pub fn status(self, status: &Status, kind: StatusKind) -> Self {
        let boxes = status.boxes.iter();
        boxes.fold(self, |edits, one| edits.tick(&one.marker, one.kind == kind))
    }

    /// Adds writing a date (`2026-01-31`, or `-` for none).
    #[must_use]
    pub fn date(self, field: &DateField, date: &str) -> Self {
        self.value(&field.value, &field.text, date)
    }

    /// Adds writing a field's value; it stays on one line, which is its label's: what begins a
    /// line of its own could be a heading or a task there. What would change how the rest of the
    /// document is read is written so that it doesn't ([`harmless`]).
    #[must_use]
    pub fn field(self, field: &Field, value: &str) -> Self {
        self.value(&field.span, &field.text, &harmless(value))
    }

    /// Adds writing a remark behind what a field holds, or in place of a dash; it stays on one line.
    #[must_use]
    pub fn remark(self, field: &Field, remark: &str) -> Self {
        let remark = harmless(remark);
        let held = field.text.trim();
        if matches!(held, "" | "-" | "–" | "—") {
            return self.field(field, &remark);
        }
        // Who says the same twice adds nothing: a command that was killed is given again.
        let said = held.strip_suffix(remark.as_str());
        if said.is_some_and(|before| {
            before.trim_end().is_empty() || before.trim_end().ends_with([';', '.', '!'])
        }) {
            return self;
        }
        let joined = if held.ends_with(['.', ';', '!']) {
            format!(" {remark}")
        } else {
            format!("; {remark}")
        };
        let end = field.span.end;
        self.replace(end..end, "", &joined)
    }

    /// Returns whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// Returns the text with all edits made.
    ///
    /// # Errors
    ///
    /// Returns why nothing was changed: the text differs from what the edits expect, or two of
    /// them overlap.
    pub fn apply(&self, text: &str) -> Result<String, EditError> {
        let mut changes = Vec::new();
        for edit in &self.edits {
            changes.push(edit.resolve(text)?);
        }
        changes.sort_by_key(|(span, _)| (span.start, span.end));
        let mut result = String::with_capacity(text.len());
        let mut done = 0;
        for (span, new) in changes {
            if span.start < done {
                return Err(EditError::Overlap { span });
            }
            result.push_str(text.get(done..span.start).unwrap_or_default());
            result.push_str(&new);
            done = span.end;
        }
        result.push_str(text.get(done..).unwrap_or_default());
        Ok(result)
    }

    fn value(mut self, span: &Span, old: &str, new: &str) -> Self {
        self.edits.push(Edit::Field {
            span: span.clone(),
            expected: old.to_owned(),
            new: on_one_line(new),
        });
        self
    }
}

/// What may stand in a box: Markdown takes some other blanks for a space.
const INSIDE: &[u8] = b" \t\x0b\x0cxX";

/// Returns whether a box is ticked; nothing where it is none.
fn held(found: &str) -> Option<bool> {
    let [b'[', inside, b']'] = found.as_bytes() else {
        return None;
    };
    INSIDE
        .contains(inside)
        .then_some(matches!(inside, b'x' | b'X'))
}

/// Returns a remark on one line, that begins no comment, which may be a directive, and no code span
/// that something behind it would end.
pub fn harmless(remark: &str) -> String {
    let line = on_one_line(remark).replace("<!--", "&lt;!--");
    if paired(&line) {
        return line;
    }
    let parts: Vec<&str> = line.split('`').collect();
    let (last, parts) = parts.split_last().unwrap_or((&"", &[]));
    // A backslash before an entity would show the entity.
    let parts = parts.iter().map(|part| part.trim_end_matches('\\'));
    parts
        .flat_map(|part| [part, "&#96;"])
        .chain([*last])
        .collect()
}

/// Returns whether each run of backticks is ended by one of its length, and none is escaped.
fn paired(line: &str) -> bool {
    if line.contains("\\`") {
        return false;
    }
    let mut open = None;
    for run in line
        .split(|it: char| it != '`')
        .filter(|run| !run.is_empty())
    {
        open = match open {
            None => Some(run.len()),
            Some(length) if length == run.len() => None,
            Some(length) => Some(length),
        };
    }
    open.is_none()
}

impl Edit {
    fn resolve(&self, text: &str) -> Result<(Span, String), EditError> {
        match self {
            Self::Box { marker, checked } => {
                let span = marker.offset.saturating_sub(1)..marker.offset.saturating_add(2);
                let found = slice(text, &span)?;
                let held = held(found);
                if held != Some(marker.checked) {
                    let expected = if marker.checked { "[x]" } else { "[ ]" };
                    return Err(changed(&span, expected, found));
                }
                let inside = slice(text, &(marker.offset..marker.offset + 1))?;
                let new = match (marker.checked, checked) {
                    (false, true) => "x",
                    (true, false) => " ",
                    (true, true) | (false, false) => inside,
                };
                Ok((marker.offset..marker.offset + 1, new.to_owned()))
            }
            Self::Text {
                span,
                expected,
                new,
            } => {
                let found = slice(text, span)?;
                if found != expected {
                    return Err(changed(span, expected, found));
                }
                Ok((span.clone(), new.clone()))
            }
            Self::Field {
                span,
                expected,
                new,
            } => {
                let found = slice(text, span)?;
                if found != expected {
                    return Err(changed(span, expected, found));
                }
                let before = slice(text, &(0..span.start))?.trim_end();
                let apart = slice(text, &(before.len()..span.start))?;
                // It touches its label, or begins a line of its own.
                if new.is_empty() || !(apart.is_empty() || apart.contains(['\n', '\r'])) {
                    return Ok((span.clone(), new.clone()));
                }
                Ok((before.len()..span.end, format!(" {new}")))
            }
        }
    }
}

fn on_one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

fn slice<'t>(text: &'t str, span: &Span) -> Result<&'t str, EditError> {
    text.get(span.clone())
        .ok_or_else(|| EditError::Outside { span: span.clone() })
}

fn changed(span: &Span, expected: &str, found: &str) -> EditError {
    let (expected, found) = (expected.to_owned(), found.to_owned());
    EditError::Changed {
        span: span.clone(),
        expected,
        found,
    }
}

impl Checklist {
    /// Takes a text over in which nothing but boxes is other than here; returns whether it is one,
    /// and leaves everything as it is where it isn't.
    pub fn take_boxes(&mut self, text: &str) -> bool {
        let tasks = self.sections.iter_mut().flat_map(|it| &mut it.tasks);
        let boxes = self.status.iter_mut().flat_map(|it| &mut it.boxes);
        let markers = tasks.map(|task| &mut task.marker);
        let mut markers: Vec<&mut Marker> =
            markers.chain(boxes.map(|one| &mut one.marker)).collect();
        markers.sort_by_key(|marker| marker.offset);
        let (before, after) = (self.text.as_bytes(), text.as_bytes());
        let mut done = 0;
        for marker in &markers {
            let known = after
                .get(marker.offset)
                .is_some_and(|byte| INSIDE.contains(byte));
            if !known || before.get(done..marker.offset) != after.get(done..marker.offset) {
                return false;
            }
            done = marker.offset + 1;
        }
        if before.get(done..) != after.get(done..) {
            return false;
        }
        for marker in markers {
            marker.checked = matches!(after.get(marker.offset), Some(b'x' | b'X'));
        }
        self.text = Arc::from(text);
        true
    }
}

/// Returns the text with one box (un)ticked.
///
/// # Errors
///
/// Returns what is there instead, if the box isn't as it was read.
pub fn tick(text: &str, marker: &Marker, checked: bool) -> Result<String, EditError> {
    Edits::new().tick(marker, checked).apply(text)
}

/// Returns the text with the box of that status ticked and the others unticked.
///
/// A checklist without status boxes stays as it is.
///
/// # Errors
///
/// Returns what is there instead, if a box isn't as it was read.
pub fn set_status(
    text: &str,
    checklist: &Checklist,
    kind: StatusKind,
) -> Result<String, EditError> {
    let edits = Edits::new();
    checklist
        .status
        .as_ref()
        .map_or(edits.clone(), |status| edits.status(status, kind))
        .apply(text)
}

/// Returns the text with a date written.
///
/// # Errors
///
/// Returns what is there instead, if the value isn't as it was read.
pub fn set_date(text: &str, field: &DateField, date: &str) -> Result<String, EditError> {
    Edits::new().date(field, date).apply(text)
}

/// Returns the text with a field's value written.
///
/// # Errors
///
/// Returns what is there instead, if the value isn't as it was read.
pub fn set_field(text: &str, field: &Field, value: &str) -> Result<String, EditError> {
    Edits::new().field(field, value).apply(text)
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_remark_changes_nothing_behind_it() {
        for (remark, written) in [
            ("done\n by\thand", "done by hand"),
            ("set `A` and ``b ` c``", "set `A` and ``b ` c``"),
            ("one ` mark", "one &#96; mark"),
            (r"a \` b `c`", "a &#96; b &#96;c&#96;"),
            ("<!-- orch: manual", "&lt;!-- orch: manual"),
        ] {
            assert_eq!(harmless(remark), written);
            assert_eq!(harmless(written), written);
        }
    }
}
