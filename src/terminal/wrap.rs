//! Long text in a column.

use console::{Term, measure_text_width};

/// How wide a screen is, where nobody says; longer lines are no pleasure to read.
const WIDTH: usize = 80;

/// Returns a message broken between words where the terminal that shows messages has an end; the
/// same text where they don't go to a terminal, but to a file that is searched.
pub fn fitted(text: &str, indent: usize) -> String {
    match columns(&Term::stderr()) {
        Some(width) => broken(text, indent, width),
        None => text.to_owned(),
    }
}

/// Returns a text broken between words so that it fits behind `indent` columns; the first line is
/// not indented, because something stands before it. What has no space stays whole.
pub fn wrapped(text: &str, indent: usize) -> String {
    let width = columns(&Term::stdout()).unwrap_or(WIDTH);
    broken(text, indent, width.min(WIDTH))
}

/// Returns how wide a terminal is, where it is one.
fn columns(terminal: &Term) -> Option<usize> {
    let (_, columns) = terminal.size_checked()?;
    Some(usize::from(columns))
}

fn broken(text: &str, indent: usize, width: usize) -> String {
    let room = width.saturating_sub(indent).max(20);
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let mut current = String::new();
        for word in line.split(' ') {
            let longer = measure_text_width(&current) + 1 + measure_text_width(word) > room;
            if !current.is_empty() && longer {
                lines.push(std::mem::take(&mut current));
            } else if !current.is_empty() {
                current.push(' ');
            }
            current.push_str(word);
        }
        lines.push(current);
    }
    lines.join(&format!("\n{}", " ".repeat(indent)))
}

#[cfg(test)]
mod tests {
    use super::{WIDTH, broken};

    #[track_caller]
    fn check(text: &str, indent: usize, expected: &str) {
        assert_eq!(broken(text, indent, WIDTH), expected);
    }

    #[test]
    fn what_fits_stays_on_its_line() {
        check("", 10, "");
        check("a b  c", 10, "a b  c");
        check("a\nb", 2, "a\n  b");
    }

    #[test]
    fn long_text_goes_on_below_its_beginning() {
        let text = "сорок восемь ".repeat(8);
        let shown = broken(text.trim(), 10, WIDTH);
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines.len() > 1, "{shown}");
        assert!(
            lines
                .iter()
                .skip(1)
                .all(|line| line.starts_with("          ") && !line.starts_with("           "))
        );
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
    }

    #[test]
    fn a_narrow_terminal_is_used_to_its_end() {
        let shown = broken("Create the name space and look", 4, 24);
        assert_eq!(shown, "Create the name\n    space and look");
    }

    #[test]
    fn what_has_no_space_stays_whole() {
        let path = "a/".repeat(50);
        check(
            &format!("see {path}"),
            60,
            &format!("see\n{}{path}", " ".repeat(60)),
        );
    }
}
