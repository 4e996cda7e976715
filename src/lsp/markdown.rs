//! Text of files and journals in Markdown that is shown: nothing of it may act as markup.

use crate::terminal::printable;

/// Returns text that shows as it is.
pub(super) fn escape(text: &str) -> String {
    let text = printable(text);
    let mut escaped = String::with_capacity(text.len());
    // What would begin a heading, a quote or a list.
    let begins = |letter: char| "#>-+=".contains(letter);
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let dotted = number.strip_prefix(['.', ')']);
    let list = number.len() < text.len()
        && dotted.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let numbered = text.len() - number.len();
    for (at, letter) in text.char_indices() {
        match letter {
            '\n' | '\r' | '\t' => escaped.push(' '),
            // HTML is shown by some editors, whatever the escape.
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            _ => {
                let marks = "\\`*_[]~|$".contains(letter);
                if marks || at == 0 && begins(letter) || list && at == numbered {
                    escaped.push('\\');
                }
                escaped.push(letter);
            }
        }
    }
    escaped
}

/// Returns text as a code span, whatever backticks it holds.
pub(super) fn code(text: &str) -> String {
    let text = printable(text).replace(['\n', '\r', '\t'], " ");
    let mut longest = 0;
    let mut run = 0;
    for letter in text.chars() {
        run = if letter == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let edge = text.starts_with('`') || text.ends_with('`') || text.trim().is_empty();
    let space = if edge { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(escape(text), expected);
    }

    #[test]
    fn markup_shows_as_text() {
        check("a *b* <img> [x](y)", r"a \*b\* &lt;img> \[x\](y)");
        check("# дело\n- x", r"\# дело - x");
        check("12. a", r"12\. a");
        check("k8s/api.yml: b (c)", "k8s/api.yml: b (c)");
        check("4.2.1", "4.2.1");
    }

    #[test]
    fn code_holds_any_backticks() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`a"), "`` `a ``");
    }

    #[test]
    fn control_characters_dont_get_through() {
        for shown in [escape("a\u{1b}[31mb\u{202e}"), code("a\u{1b}[31mb\u{202e}")] {
            assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
        }
    }
}
