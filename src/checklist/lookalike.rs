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
    // What stands for a box beyond doubt: its place, and what it is to be.
    let whole = |text: &str| Some((span.clone(), text.to_owned()));
    let (message, help, fix) = match mark {
        "х" | "Х" => (
            format!("`[{mark}]` holds the Cyrillic letter `{mark}`, so it is no box"),
            "write `[x]` with the Latin letter",
            whole("[x]"),
        ),
        "" | "x" | "X" if inside.chars().count() == 1 => behind_box(inside, behind, &span),
        "" => (
            format!("`[{inside}]` is no box of Markdown"),
            "write `[ ]`, with one space",
            whole("[ ]"),
        ),
        "x" | "X" => (
            format!("`[{inside}]` is no box of Markdown"),
            "write `[x]`",
            whole("[x]"),
        ),
        "✅" | "✓" | "✔" | "☑" | "✔\u{fe0f}" => (
            format!("`[{inside}]` is no box of Markdown"),
            "write `[x]`",
            whole("[x]"),
        ),
        _ => (
            format!("`[{inside}]` is no box of Markdown"),
            "write `[x]` if it is done, `[ ]` if it is not; say more in the text",
            None,
        ),
    };
    let mut warning = problems.placed(&span, message, help).rule("box");
    if let Some((span, mut text)) = fix {
        // A box needs a space behind it as well.
        if text.starts_with('[') && behind.starts_with(|next: char| !next.is_whitespace()) {
            text.push(' ');
        }
        warning = warning.fix(span, text);
    }
    problems.push(warning);
}

/// What is wrong with a box, how it is written rightly, and what mends it.
type Finding = (String, &'static str, Option<(Span, String)>);

fn behind_box(inside: &str, behind: &str, span: &Span) -> Finding {
    if !inside.is_ascii() {
        let message = "the space in this box is a no-break space, so it is no box".to_owned();
        let fix = Some((span.clone(), "[ ]".to_owned()));
        return (message, "write `[ ]` with a plain space", fix);
    }
    match behind.chars().next() {
        Some(next) if next.is_whitespace() => {
            let message = "a no-break space follows this box, so it is no box".to_owned();
            let fix = Some((span.end..span.end + next.len_utf8(), " ".to_owned()));
            (message, "put a plain space behind the `]`", fix)
        }
        Some(_) => {
            let message = "no space follows this box, so it is no box".to_owned();
            let fix = Some((span.end..span.end, " ".to_owned()));
            (message, "put a space behind the `]`", fix)
        }
        None => (
            "this box has no text".to_owned(),
            "say what is to be done behind the box",
            None,
        ),
    }
}
