//! Diagnostics → text in cargo's style, by `annotate-snippets`.
//!
//! What users and other programs wrote is shown with its control characters made visible, so
//! that a document can't drive the terminal. Where the text goes is the caller's business.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Counted, Diagnostic, Diagnostics, Place, Severity};
use crate::abreast;

/// Fewer messages are rendered on one processor.
const FEW: usize = 100;

/// What messages are shown on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Screen {
    /// Whether the terminal's escapes for colour are added.
    pub color: bool,
    /// How many columns it has, where that is known; a longer line is cut around what is meant.
    pub width: Option<usize>,
}

/// Returns the messages as people read them, an empty line between them and no final newline.
pub fn render(diagnostics: &Diagnostics, screen: Screen) -> String {
    let renderer = if screen.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = match screen.width {
        Some(width) => renderer.term_width(width),
        None => renderer,
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut documents = Counted::default();
    let placed: Vec<(&Diagnostic, usize)> = diagnostics
        .0
        .iter()
        .map(|one| (one, line(one, &mut documents)))
        .collect();
    let shown = abreast::compute(&placed, FEW, |(one, line)| message(one, *line, &renderer));
    shown.join("\n\n")
}

/// Returns the number of the line on which what is meant begins; nought where that is nowhere.
fn line(diagnostic: &Diagnostic, documents: &mut Counted) -> usize {
    diagnostic.place.as_ref().map_or(0, |place| {
        let (start, _) = bounds(&place.text, &place.span);
        documents.of(&place.text).line(start)
    })
}

fn message(diagnostic: &Diagnostic, line: usize, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(visible(&diagnostic.message));
    let Some(place) = &diagnostic.place else {
        // Without a snippet there is no margin that the help could continue.
        let help = diagnostic
            .help
            .iter()
            .map(|help| Level::HELP.primary_title(visible(help)));
        let lines = std::iter::once(title).chain(help);
        let shown: Vec<String> = lines
            .map(|line| renderer.render(&[Group::with_title(line)]))
            .collect();
        return shown.join("\n");
    };
    let mut groups = vec![title.element(snippet(place, line))];
    for help in &diagnostic.help {
        groups.push(Group::with_title(
            Level::HELP.secondary_title(visible(help)),
        ));
    }
    renderer.render(&groups)
}

/// Shows the lines that are meant alone: the rest of a long document would be read for nothing.
fn snippet(
    place: &Place,
    line_number: usize,
) -> Snippet<'static, annotate_snippets::Annotation<'static>> {
    let (start, end) = bounds(&place.text, &place.span);
    let (head, rest) = place
        .text
        .split_at_checked(start)
        .unwrap_or((&place.text, ""));
    let (meant, tail) = rest.split_at_checked(end - start).unwrap_or((rest, ""));
    let line = head.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let before = head.get(line..).unwrap_or(head);
    let behind = tail.split(['\n', '\r']).next().unwrap_or_default();
    let (before, meant, behind) = (visible(before), visible(meant), visible(behind));
    let span = before.len()..before.len() + meant.len();
    let mut annotation = AnnotationKind::Primary.span(span);
    if !place.label.is_empty() {
        annotation = annotation.label(visible(&place.label));
    }
    Snippet::source(format!("{before}{meant}{behind}"))
        .path(visible(&place.path))
        .line_start(line_number)
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{Diagnostic, Diagnostics};
    use super::{Screen, render};

    fn one(text: &str, meant: &str, label: &str) -> Diagnostic {
        let start = text.find(meant).unwrap();
        let text = Arc::from(text);
        Diagnostic::error("nothing is called `admin-api`").at(
            "checklists/demo/phase-04-kubernetes.md",
            &text,
            start..start + meant.len(),
            label,
        )
    }

    #[test]
    fn a_place_is_shown_with_line_column_and_help() {
        let text = "# Фаза 4: Ёж\n\n- Служби: перша, admin-api, далі\n";
        let found = one(text, "admin-api", "named here")
            .help("services found: api, worker")
            .help("map it in phases/04-kubernetes.toml");
        insta::assert_snapshot!(render(&Diagnostics(vec![found]), Screen::default()), @r"
        error: nothing is called `admin-api`
         --> checklists/demo/phase-04-kubernetes.md:3:18
          |
        3 | - Служби: перша, admin-api, далі
          |                  ^^^^^^^^^ named here
          |
        help: services found: api, worker
        help: map it in phases/04-kubernetes.toml
        ");
    }

    #[test]
    fn several_messages_stand_apart() {
        let both = vec![
            Diagnostic::error("first"),
            Diagnostic::warning("second").help("look"),
        ];
        insta::assert_snapshot!(render(&Diagnostics(both), Screen::default()), @r"
        error: first

        warning: second
        help: look
        ");
    }

    #[test]
    fn control_characters_never_reach_the_terminal() {
        let text = "\u{feff}- \u{1b}[31m\u{9b}1m\u{202e}admin-api\u{7}\r\n";
        let mut found = one(text, "admin-api", "\u{1b}]0;x\u{7}").help("\u{1b}c");
        found.message.push('\u{8}');
        let shown = render(&Diagnostics(vec![found]), Screen::default());
        let bad = |letter: &char| letter.is_control() && *letter != '\n';
        assert_eq!(shown.chars().find(bad), None, "{shown:?}");
        assert!(shown.contains("admin-api") && !shown.contains('\u{202e}'));
    }

    #[test]
    fn a_span_outside_of_the_text_is_moved_into_it() {
        let text = Arc::from("я");
        let found = Diagnostic::error("odd").at("a.md", &text, 1..99, "");
        assert!(render(&Diagnostics(vec![found]), Screen::default()).contains("a.md:1:1"));
    }

    #[test]
    fn a_place_far_down_keeps_its_line_whatever_ends_lines() {
        let text: Arc<str> = Arc::from("one\r\ntwo\rthree\nfour admin-api\nfive");
        let start = text.find("admin-api").unwrap();
        let found = Diagnostic::error("odd").at("a.md", &text, start..start + 9, "");
        let shown = render(&Diagnostics(vec![found]), Screen::default());
        assert!(shown.contains("a.md:4:6"), "{shown}");
        assert!(!shown.contains("five"), "{shown}");
    }

    #[test]
    fn colour_is_only_added_where_wanted() {
        let found = Diagnostics(vec![one("admin-api", "admin-api", "")]);
        assert!(
            render(
                &found,
                Screen {
                    color: true,
                    width: None
                }
            )
            .contains("\u{1b}[")
        );
        assert!(!render(&found, Screen::default()).contains("\u{1b}["));
    }
}
