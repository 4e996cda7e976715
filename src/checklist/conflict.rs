//! What git leaves in a document where two sides changed the same lines.
//!
//! Markdown takes the marks for text, and both sides for tasks: ids move on, and boxes are ticked
//! that nobody sees. Marks in a fenced block are somebody's example.

use super::Span;
use super::problems::Problems;

/// Reports conflicts that nobody has resolved yet.
pub(super) fn report(text: &str, problems: &mut Problems<'_>) {
    if !text.contains("<<<<<<< ") {
        return;
    }
    for span in conflicts(text) {
        let message = "a conflict of git's isn't resolved here".to_owned();
        let help = "keep what is meant of both sides, and take the lines with `<<<<<<<`, \
             `=======` and `>>>>>>>` away";
        problems.error(&span, message, help);
    }
}

/// Returns the first lines of conflicts.
fn conflicts(text: &str) -> Vec<Span> {
    let (mut found, mut begun, mut divided, mut fenced) = (Vec::new(), None, false, false);
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let shown = line.trim_end();
        if shown.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if shown.starts_with("<<<<<<< ") && !fenced {
            (begun, divided) = (Some(offset..offset + shown.len()), false);
        } else if shown == "=======" {
            divided = begun.is_some();
        } else if shown.starts_with(">>>>>>> ") && divided {
            found.extend(begun.take());
            divided = false;
        }
        offset += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::conflicts;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found = conflicts(text);
        let found: Vec<&str> = found
            .into_iter()
            .filter_map(|span| text.get(span))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_conflict_begins_divides_and_ends() {
        let text = "a\n<<<<<<< HEAD\n- [x] б\n=======\n- [ ] в\n>>>>>>> other\nc\n";
        check(text, &["<<<<<<< HEAD"]);
        check(&text.replace('\n', "\r\n"), &["<<<<<<< HEAD"]);
        check(&text.repeat(2), &["<<<<<<< HEAD", "<<<<<<< HEAD"]);
    }

    #[test]
    fn other_lines_are_text() {
        check("<<<<<<< HEAD\n- [ ] a\n", &[]);
        check("Title\n=======\n\n- [ ] a\n>>>>>>> b\n", &[]);
        check("```\n<<<<<<< HEAD\n=======\n>>>>>>> b\n```\n", &[]);
    }
}
