//! Diagnostics → text in cargo's style, by `annotate-snippets`.
//!
//! What users and other programs wrote is shown with its control characters made visible, so
//! that a document can't drive the terminal. Where the text goes is the caller's business.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, Place, Severity};

/// Returns the messages as people read them, an empty line between them and no final newline.
///
/// `color` adds the terminal's escapes for colour.
pub fn render(diagnostics: &Diagnostics, color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let shown: Vec<String> = diagnostics
        .0
        .iter()
        .map(|one| message(one, &renderer))
        .collect();
    shown.join("\n\n")
}

fn message(diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(visible(&diagnostic.message));
    let mut groups = vec![match &diagnostic.place {
        Some(place) => title.element(snippet(place)),
        None => Group::with_title(title),
    }];
    for help in &diagnostic.help {
        groups.push(Group::with_title(
            Level::HELP.secondary_title(visible(help)),
        ));
    }
    renderer.render(&groups)
}

fn snippet(place: &Place) -> Snippet<'static, annotate_snippets::Annotation<'static>> {
    let (start, end) = bounds(&place.text, &place.span);
    let before = visible(place.text.get(..start).unwrap_or_default());
    let meant = visible(place.text.get(start..end).unwrap_or_default());
    let behind = visible(place.text.get(end..).unwrap_or_default());
    let span = before.len()..before.len() + meant.len();
    let mut annotation = AnnotationKind::Primary.span(span);
    if !place.label.is_empty() {
        annotation = annotation.label(visible(&place.label));
    }
    Snippet::source(format!("{before}{meant}{behind}"))
        .path(visible(&place.path))
        .annotation(annotation)
}

/// Returns the span's ends, moved to the text's end and to the start of a character if need be.
fn bounds(text: &str, span: &std::ops::Range<usize>) -> (usize, usize) {
    let start = text.floor_char_boundary(span.start);
    (start, text.floor_char_boundary(span.end.max(start)))
}

/// Returns the text with control characters made visible; line ends and tabs stay.
///
/// A byte order mark is left out: it takes no column.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\n' | '\t' => shown.push(letter),
            // Both "\r\n" and a lone "\r" end a line.
            '\r' if letters.peek() == Some(&'\n') => {}
            '\r' => shown.push('\n'),
            '\u{feff}' => {}
            '\0'..='\u{1f}' => {
                shown.push(char::from_u32(0x2400 + u32::from(letter)).unwrap_or('\u{fffd}'));
            }
            '\u{7f}' => shown.push('\u{2421}'),
            '\u{80}'..='\u{9f}' => shown.push('\u{fffd}'),
            // Characters that reorder what is shown.
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                shown.push('\u{fffd}');
            }
            _ => shown.push(letter),
        }
    }
    shown
}
