//! Boxes without a text, whose text stands where Markdown doesn't take it for theirs.

use super::{Span, TaskId};

use super::problems::Problems;

/// Where a text stands that may be meant as a box's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Apart {
    /// In a paragraph of its own below an empty line.
    Paragraph,
    /// In the next line, which isn't indented.
    NextLine,
}

/// Warns of a task without a text; `behind` is the place behind its box.
pub(super) fn warn(text: &str, behind: usize, id: &TaskId, problems: &mut Problems<'_>) {
    let place = behind.saturating_sub("[ ]".len())..behind;
    let apart = apart(text, behind);
    let (why, help) = match &apart {
        Some((_, Apart::Paragraph)) => (
            ": an empty line stands before it, so it is no part of the line",
            "put the text behind the box",
        ),
        Some((_, Apart::NextLine)) => (
            ": the line below isn't indented, so it is no part of it",
            "put the text behind the box, or indent it",
        ),
        None => ("", "say what is to be done behind the box"),
    };
    let message = format!("task {id} has no text{why}");
    let warning = problems.placed(&place, message, help).rule("box");
    problems.push(match apart {
        // What it means then, a person should see.
        Some((gap, _)) => warning.suggest(gap, " "),
        None => warning,
    });
}

/// Returns the blanks between a box and the text below that may be its own.
fn apart(text: &str, behind: usize) -> Option<(Span, Apart)> {
    let rest = text.get(behind..)?;
    let words = rest.trim_start();
    let gap = rest.strip_suffix(words)?;
    let indent = gap.rsplit(['\n', '\r']).next()?.len();
    let lines = gap.replace("\r\n", "\n").matches(['\n', '\r']).count();
    // A list, a heading or a field is none.
    let is_text = words.starts_with(|it: char| it.is_alphabetic() || it == '`');
    let apart = match (lines, indent) {
        _ if !is_text => None,
        (1, 0 | 1) => Some(Apart::NextLine),
        (2.., 2..) => Some(Apart::Paragraph),
        _ => None,
    };
    Some((behind..behind + gap.len(), apart?))
}

#[cfg(test)]
mod tests {
    use super::super::examine;
    use crate::vocabulary::Vocabulary;

    /// Checks what is told of a box with this behind it, and the text that the suggestion makes.
    #[track_caller]
    fn check(behind: &str, told: Option<&str>, mended: Option<&str>) {
        let text = format!("# Phase 1: A\n\n- [ ]{behind}");
        let found = examine("phase-01-a.md", &text, &Vocabulary::default()).1.0;
        let message = found.first().map(|it| it.message.as_str());
        assert_eq!(message, told, "{behind:?}");
        let fix = found.first().and_then(|it| it.fix.as_ref());
        let after = fix.map(|fix| {
            let before = text.get(..fix.span.start).unwrap_or_default();
            let rest = text.get(fix.span.end..).unwrap_or_default();
            format!("{before}{}{rest}", fix.text)
        });
        let mended = mended.map(|line| format!("# Phase 1: A\n\n{line}"));
        assert_eq!(after, mended, "{behind:?}");
    }

    #[test]
    fn a_text_on_the_next_line_is_the_boxs() {
        check("\n  Warm the cache\n", None, None);
        check("   \n  Warm the cache\n", None, None);
    }

    #[test]
    fn a_text_that_isnt_taken_is_told() {
        let paragraph =
            "task 1.1 has no text: an empty line stands before it, so it is no part of the line";
        check(
            "\n\n  Warm the cache\n",
            Some(paragraph),
            Some("- [ ] Warm the cache\n"),
        );
        check(
            "\r\n\r\n  `k8s/a.yml`\r\n",
            Some(paragraph),
            Some("- [ ] `k8s/a.yml`\r\n"),
        );
        let line = "task 1.1 has no text: the line below isn't indented, so it is no part of it";
        check(
            "\nWarm the cache\n",
            Some(line),
            Some("- [ ] Warm the cache\n"),
        );
    }

    #[test]
    fn what_is_no_text_is_left_alone() {
        let nothing = Some("task 1.1 has no text");
        check("\n", nothing, None);
        check("\n  - nested\n", nothing, None);
        check("\n\nA paragraph of the section\n", nothing, None);
        check("\n**Files:** `k8s/`\n", nothing, None);
    }
}
