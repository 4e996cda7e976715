//! `**Label:** value` lines and `label: a, b` items.

use super::inline::trimmed;
use super::tree::{Kind, Node};
use super::{Hint, Span, Spanned};
use crate::vocabulary::Vocabulary;

/// A line `label: value` of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Labelled {
    /// The label without emphasis and colon.
    pub(super) label: String,
    /// The value on the label's own line, white space left out.
    pub(super) value: Span,
    /// The value with the lines that continue it.
    pub(super) continued: Span,
}

/// Returns the labelled lines of a block of text.
///
/// A line without a label of its own continues the one above it.
pub(super) fn lines(text: &str, span: &Span, vocabulary: &Vocabulary) -> Vec<Labelled> {
    let mut found: Vec<Labelled> = Vec::new();
    let mut start = span.start;
    let block = text.get(span.clone()).unwrap_or_default();
    for line in block.split_inclusive(['\n', '\r']) {
        let place = start..start + line.len();
        start = place.end;
        let bold = line.trim_start().starts_with("**") || line.trim_start().starts_with("__");
        match labelled(text, &place) {
            Some(field) if bold || found.is_empty() || vocabulary.is_any_label(&field.label) => {
                found.push(field);
            }
            Some(_) | None => {
                let line = trimmed(text, place);
                if let Some(last) = found.last_mut().filter(|_| !line.is_empty()) {
                    let empty = last.continued.is_empty();
                    last.continued = if empty {
                        line
                    } else {
                        last.continued.start..line.end
                    };
                }
            }
        }
    }
    found
}

fn labelled(text: &str, line: &Span) -> Option<Labelled> {
    let (label, mut value) = split(text, line)?;
    let label = label.trim_matches(['*', '_', ' ', '\t']).to_owned();
    // `**Label:** value` closes its emphasis behind the colon.
    let rest = text.get(value.clone()).unwrap_or_default();
    let closing = rest
        .strip_prefix("**")
        .or_else(|| rest.strip_prefix("__"))
        .unwrap_or(rest);
    value.start = value.end - closing.len();
    // Spaces behind an empty value may be a hard line break, so they stay behind it.
    let value = if closing.trim().is_empty() {
        value.start..value.start
    } else {
        trimmed(text, value)
    };
    let emphasised = label.is_empty();
    // `[label]: value` is a link's address (CommonMark, "Link reference definitions") or becomes one
    // by what is written there; its bracket may open lines above.
    let refers = label.ends_with(']');
    (!emphasised && !refers).then(|| Labelled {
        label,
        continued: value.clone(),
        value,
    })
}

/// Returns the label's text and the place of what stands behind its colon.
fn split<'t>(text: &'t str, span: &Span) -> Option<(&'t str, Span)> {
    let source = text.get(span.clone())?;
    let mut code = false;
    for (at, letter) in source.char_indices() {
        match letter {
            '`' => code = !code,
            ':' if !code => {
                let (label, rest) = source.split_at_checked(at)?;
                let behind = rest.get(1..).unwrap_or_default();
                let ends = behind.is_empty()
                    || behind.starts_with(char::is_whitespace)
                    || behind.starts_with(['*', '_']);
                return ends.then_some((label, span.start + at + 1..span.end));
            }
            _ => {}
        }
    }
    None
}

/// Returns the hint that a plain item gives, if it has a label.
///
/// Values come from the item's own line, or, where that names none, from the items below it.
pub(super) fn hint(text: &str, item: &Node<'_>, line: &Span) -> Option<Hint> {
    let field = labelled(text, line)?;
    let mut values = commas(text, &field.value);
    if values.is_empty() {
        let below = item.children.iter().filter(|node| node.kind == Kind::List);
        values = below
            .flat_map(|list| &list.children)
            .map(|item| super::task::line_of(text, item))
            .map(|inline| bare(text, inline.span))
            .filter(|value| !value.value.is_empty())
            .collect();
    }
    let span = trimmed(text, item.span.clone());
    Some(Hint {
        label: field.label,
        values,
        span,
    })
}

/// Splits at commas outside of brackets and code spans.
fn commas(text: &str, span: &Span) -> Vec<Spanned<String>> {
    let source = text.get(span.clone()).unwrap_or_default();
    let (mut depth, mut code, mut start) = (0_usize, false, span.start);
    let mut pieces = Vec::new();
    for (at, letter) in source.char_indices() {
        match letter {
            '`' => code = !code,
            '(' | '[' | '{' if !code => depth += 1,
            ')' | ']' | '}' if !code => depth = depth.saturating_sub(1),
            ',' | ';' if !code && depth == 0 => {
                pieces.push(start..span.start + at);
                start = span.start + at + 1;
            }
            _ => {}
        }
    }
    pieces.push(start..span.end);
    pieces
        .into_iter()
        .map(|piece| bare(text, piece))
        .filter(|p| !p.value.is_empty())
        .collect()
}

/// Returns the piece without white space and the markers around it.
fn bare(text: &str, piece: Span) -> Spanned<String> {
    let outer = trimmed(text, piece);
    let source = text.get(outer.clone()).unwrap_or_default();
    let markers = ['`', '*', '_'];
    let end = outer.start + source.trim_end_matches(markers).len();
    let start = (outer.end - source.trim_start_matches(markers).len()).min(end);
    let value = text.get(start..end).unwrap_or_default().to_owned();
    Spanned {
        value,
        span: start..end,
    }
}
