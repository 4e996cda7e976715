//! What people write for a box and Markdown doesn't read as one: said, never silently dropped.

use super::Span;
use super::problems::Problems;

/// Warns where a plain item's text starts like a box.
pub(super) fn check(text: &str, line: &Span, problems: &mut Problems<'_>) {
    let source = text.get(line.clone()).unwrap_or_default();
    let Some((inside, behind)) = source
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    else {
        return;
    };
    // A link or a reference, not a box.
    if behind.starts_with(['(', '[', ':']) || inside.trim().chars().count() > 2 {
        return;
    }
    let span = line.start..line.start + inside.len() + 2;
    let mark = inside.trim();
    let (message, help) = match mark {
        "х" | "Х" => (
            format!("`[{mark}]` holds the Cyrillic letter `{mark}`, so it is no box"),
            "write `[x]` with the Latin letter",
        ),
        "" | "x" | "X" if inside.chars().count() == 1 => behind_box(inside, behind),
        "" => (
            format!("`[{inside}]` is no box of Markdown"),
            "write `[ ]`, with one space",
        ),
        "x" | "X" => (format!("`[{inside}]` is no box of Markdown"), "write `[x]`"),
        _ => (
            format!("`[{inside}]` is no box of Markdown"),
            "write `[x]` if it is done, `[ ]` if it is not; say more in the text",
        ),
    };
    problems.warning(&span, message, help);
}

fn behind_box(inside: &str, behind: &str) -> (String, &'static str) {
    let space = inside.chars().find(|letter| !letter.is_ascii());
    if space.is_some() {
        let message = "the space in this box is a no-break space, so it is no box".to_owned();
        return (message, "write `[ ]` with a plain space");
    }
    match behind.chars().next() {
        Some(next) if next.is_whitespace() => {
            let message = "a no-break space follows this box, so it is no box".to_owned();
            (message, "put a plain space behind the `]`")
        }
        Some(_) => {
            let message = "no space follows this box, so it is no box".to_owned();
            (message, "put a space behind the `]`")
        }
        None => (
            "this box has no text".to_owned(),
            "say what is to be done behind the box",
        ),
    }
}
