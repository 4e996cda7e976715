//! Colours, bars, and text that can't drive the terminal.

use std::fmt::Display;

use crate::diagnostic::Screen;

/// Whether and how to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paint {
    /// Whether colour is wanted and the stream is a terminal.
    pub colour: bool,
    /// How many columns the stream's terminal has, where it is one.
    pub width: Option<usize>,
}

/// Returns a number of things in words (`1 step`, `2 steps`).
pub fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

impl Paint {
    /// Returns the stream as messages are shown on it.
    pub fn screen(self) -> Screen {
        Screen {
            color: self.colour,
            width: self.width,
        }
    }

    fn style(
        self,
        text: impl Display,
        style: impl FnOnce(console::Style) -> console::Style,
    ) -> String {
        style(console::Style::new().force_styling(self.colour))
            .apply_to(text)
            .to_string()
    }

    /// Returns the text as a success.
    pub fn good(self, text: impl Display) -> String {
        self.style(text, console::Style::green)
    }

    /// Returns the text as a failure.
    pub fn bad(self, text: impl Display) -> String {
        self.style(text, |style| style.red().bold())
    }

    /// Returns the text as a warning.
    pub fn warn(self, text: impl Display) -> String {
        self.style(text, console::Style::yellow)
    }

    /// Returns the text as something by the way.
    pub fn dim(self, text: impl Display) -> String {
        self.style(text, console::Style::dim)
    }

    /// Returns the text as a heading.
    pub fn bold(self, text: impl Display) -> String {
        self.style(text, console::Style::bold)
    }

    /// Returns the text as a name.
    pub fn name(self, text: impl Display) -> String {
        self.style(text, console::Style::cyan)
    }
}

/// Returns a bar of `width` cells.
pub fn bar(done: usize, total: usize, width: usize) -> String {
    let filled = (done * width).checked_div(total).unwrap_or(0).min(width);
    format!("{}{}", "█".repeat(filled), "░".repeat(width - filled))
}

/// Returns the text with control characters (escape sequences, bidirectional overrides) made
/// visible; line feeds and tabs stay.
pub fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let harmless = c == '\n' || c == '\t';
            let shown: Vec<char> = if drives(c) && !harmless {
                c.escape_unicode().collect()
            } else {
                vec![c]
            };
            shown
        })
        .collect()
}

/// Returns the text without control characters: for documents, which others show on terminals.
pub fn without_controls(text: &str) -> String {
    text.chars().filter(|c| !drives(*c)).collect()
}

/// Returns whether a character drives a terminal, or turns what is behind it around.
fn drives(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

#[cfg(test)]
mod tests {
    use super::{bar, printable, without_controls};

    #[test]
    fn documents_get_no_control_characters() {
        assert_eq!(without_controls("a\u{1b}]0;x\u{7}b\u{202e}в"), "a]0;xbв");
    }

    #[test]
    fn escape_sequences_and_overrides_become_visible() {
        assert_eq!(
            printable("a\u{1b}[2Jb\tв\n\u{202e}"),
            "a\\u{1b}[2Jb\tв\n\\u{202e}"
        );
    }

    #[test]
    fn a_bar_is_never_longer_than_asked_for() {
        assert_eq!(bar(0, 0, 4), "░░░░");
        assert_eq!(bar(1, 2, 4), "██░░");
        assert_eq!(bar(9, 2, 4), "████");
    }
}
