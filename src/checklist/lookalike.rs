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
        "x" | "X" | "✅" | "✓" | "✔" | "☑" | "✔\u{fe0f}" => (
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

/// What people begin items with beside Markdown's own signs.
const BULLETS: &[char] = &['•', '◦', '‣', '·', '–', '—'];

/// Warns of lines that look like tasks and stand in a text, where Markdown has none.
///
/// An item's own first line is [`check`]ed instead: `skipped` lines are left out.
pub(super) fn lines(text: &str, span: &Span, skipped: usize, problems: &mut Problems<'_>) {
    let mut start = span.start;
    let source = text.get(span.clone()).unwrap_or_default();
    for (index, line) in source.split_inclusive(['\n', '\r']).enumerate() {
        let place = start + line.len() - line.trim_start().len();
        start += line.len();
        if index >= skipped {
            astray(line.trim(), place, problems);
        }
    }
}

/// Warns where a line that begins at a place looks like a task, and is none.
fn astray(line: &str, start: usize, problems: &mut Problems<'_>) {
    let Some(mark) = line.find('[') else { return };
    let (before, rest) = line.split_at_checked(mark).unwrap_or_default();
    let sign = before.trim_end();
    let Some((inside, behind)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'))
    else {
        return;
    };
    let boxed = matches!(
        inside,
        " " | "\u{a0}" | "x" | "X" | "х" | "Х" | "✓" | "✔" | "✅"
    );
    if !boxed || behind.starts_with(['(', '[', ':']) {
        return;
    }
    let markdown = matches!(sign, "-" | "*" | "+") || is_number(sign);
    let bullet = sign.chars().all(|sign| BULLETS.contains(&sign)) && sign.chars().count() == 1;
    let span = start..start + mark + inside.len() + 2;
    let (message, help, fix) = if sign.is_empty() {
        let fix = (start..start, "- ".to_owned());
        (
            "this box is in no list, so it is no task",
            "write `- [ ] …`",
            Some(fix),
        )
    } else if bullet {
        let fix = (start..start + mark, "- ".to_owned());
        let message = "this sign begins no item in Markdown, so its box is no task";
        (message, "begin the line with `- `", Some(fix))
    } else if markdown && before == sign {
        let fix = (start + mark..start + mark, " ".to_owned());
        let message = "no space stands before this box, so it is no task";
        (message, "put a space before the `[`", Some(fix))
    } else if markdown {
        let message = "this line continues the text above, so its box is no task";
        (
            message,
            "put an empty line above it, or indent it less",
            None,
        )
    } else {
        return;
    };
    let mut warning = problems.placed(&span, message.to_owned(), help).rule("box");
    if let Some((span, text)) = fix {
        warning = warning.fix(span, text);
    }
    problems.push(warning);
}

fn is_number(sign: &str) -> bool {
    let digits = sign.strip_suffix(['.', ')']).unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// Warns where a block of indented code, or a heading, holds what looks like a task.
pub(super) fn elsewhere(text: &str, span: &Span, what: &str, problems: &mut Problems<'_>) {
    let mut start = span.start;
    let source = text.get(span.clone()).unwrap_or_default();
    for line in source.split_inclusive(['\n', '\r']) {
        let place = start + line.len() - line.trim_start().len();
        start += line.len();
        let line = line.trim();
        let item = line.trim_start_matches(['#', ' ']);
        let item = ["-", "*", "+"]
            .iter()
            .find_map(|sign| item.strip_prefix(sign))
            .unwrap_or(item);
        let item = item.trim_start();
        if item.starts_with("[ ] ") || item.starts_with("[x] ") || item.starts_with("[X] ") {
            let message = format!("{what} holds this box, so it is no task");
            let span = place..place + line.len() - item.len() + 3;
            let warning = problems.placed(&span, message, "write it as an item, `- [ ] …`");
            problems.push(warning.rule("box"));
        }
    }
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
