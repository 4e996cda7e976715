//! Long text in a column.

use console::measure_text_width;

/// How wide a screen is, where nobody says.
const WIDTH: usize = 80;

/// Returns a text broken between words so that it fits behind `indent` columns; the first line is
/// not indented, because something stands before it. What has no space stays whole.
pub fn wrapped(text: &str, indent: usize) -> String {
    let room = WIDTH.saturating_sub(indent).max(20);
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
    use super::{WIDTH, wrapped};

    #[track_caller]
    fn check(text: &str, indent: usize, expected: &str) {
        assert_eq!(wrapped(text, indent), expected);
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
        let shown = wrapped(text.trim(), 10);
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
    fn what_has_no_space_stays_whole() {
        let path = "a/".repeat(50);
        check(
            &format!("see {path}"),
            60,
            &format!("see\n{}{path}", " ".repeat(60)),
        );
    }
}
