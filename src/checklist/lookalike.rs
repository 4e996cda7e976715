//! What people write for a box and Markdown doesn't read as one: said, never silently dropped.

use super::Span;
use super::lead::lead;
use super::problems::Problems;

/// Signs that are drawn as a box, and what each is to be.
pub(super) const DRAWN: &[(&str, &str)] = &[
    ("☐", "[ ]"),
    ("⬜", "[ ]"),
    ("🔲", "[ ]"),
    ("□", "[ ]"),
    ("▢", "[ ]"),
    ("◻", "[ ]"),
    ("☑", "[x]"),
    ("🗹", "[x]"),
];

/// Brackets that people write a box with, beside Markdown's own.
const BRACKETS: &[(char, char, &str)] = &[
    ('［', '］', "full-width brackets"),
    ('【', '】', "full-width brackets"),
    ('(', ')', "round brackets"),
    ('{', '}', "braces"),
];

/// Warns where a plain item's text starts like a box.
pub(super) fn check(text: &str, line: &Span, problems: &mut Problems<'_>) {
    let source = text.get(line.clone()).unwrap_or_default();
    // Brackets over two lines aren't meant as a box.
    let source = source.split(['\n', '\r']).next().unwrap_or_default();
    let found = disguised(source, line.start, text).or_else(|| {
        let (inside, behind) = source.strip_prefix('[')?.split_once(']')?;
        let before = text.get(..line.start).unwrap_or_default();
        marked((before, inside, behind), line.start)
    });
    let Some((span, (message, help, fix))) = found else {
        return;
    };
    let mut warning = problems.placed(&span, message, help).rule("box");
    if let Some((span, mut text)) = fix {
        let behind = source.get(span.end - line.start..).unwrap_or_default();
        // A box needs a space behind it as well.
        if text.ends_with(']') && behind.starts_with(|next: char| !next.is_whitespace()) {
            text.push(' ');
        }
        // `[]byte` is a type in some languages.
        let glued = |rest: &str| rest.starts_with(char::is_alphanumeric);
        warning = if source.strip_prefix("[]").is_some_and(glued) {
            warning.suggest(span, text)
        } else {
            warning.fix(span, text)
        };
    }
    problems.push(warning);
}

/// Returns what is wrong with what stands in square brackets, and its place.
fn marked((before, inside, behind): (&str, &str, &str), start: usize) -> Option<(Span, Finding)> {
    let span = start..start + inside.len() + 2;
    let mark = inside.trim_matches(|letter: char| letter.is_whitespace() || is_unseen(letter));
    let word = WORDS.contains(&mark.to_lowercase().as_str());
    // A link or a reference, not a box.
    if behind.starts_with(['(', '[', ':']) || mark.chars().count() > 2 && !word {
        return None;
    }
    // What stands for a box beyond doubt: its place, and what it is to be.
    let whole = |text: &str| Some((span.clone(), text.to_owned()));
    let unseen = inside.contains(is_unseen);
    let finding = match mark {
        "" | "x" | "X" if unseen => (
            "this box holds a character that can't be seen, so it is no box".to_owned(),
            "write it anew, with a plain space or `x`",
            whole(if mark.is_empty() { "[ ]" } else { "[x]" }),
        ),
        "х" | "Х" => (
            format!("`[{mark}]` holds the Cyrillic letter `{mark}`, so it is no box"),
            "write `[x]` with the Latin letter",
            whole("[x]"),
        ),
        "" | "x" | "X" if inside.chars().count() == 1 => {
            beside_box((before, inside, behind), &span)
        }
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
    Some((span, finding))
}

/// Words that stand in brackets where a box is meant.
const WORDS: &[&str] = &["done", "todo", "wip", "готово", "сделано", "зроблено"];

/// Returns whether a letter takes no place on a screen.
pub(super) fn is_unseen(letter: char) -> bool {
    matches!(
        letter,
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}'
    )
}

/// Boxes as Markdown reads them.
const PLAIN: [&str; 3] = ["[ ] ", "[x] ", "[X] "];

/// Returns what is wrong with a box that isn't written with plain square brackets at an item's
/// very start, and its place.
fn disguised(source: &str, start: usize, text: &str) -> Option<(Span, Finding)> {
    let finding = |(length, message, fix): (usize, String, String)| {
        let span = start..start + length;
        let fix = Some((span.clone(), fix));
        (span, (message, "write `- [ ] …` or `- [x] …`", fix))
    };
    let before = text.get(..start)?;
    if before.ends_with('\\') {
        return escaped(source, start);
    }
    let first = source.chars().next()?;
    let found = if is_unseen(first) || matches!(first, '*' | '_' | '~') {
        led(source, first)
    } else {
        drawn(source, first)
    };
    found.map(finding)
}

/// Returns what is wrong with a box whose brackets are escaped, and its place.
fn escaped(source: &str, start: usize) -> Option<(Span, Finding)> {
    let (inside, _) = source.strip_prefix('[')?.split_once(']')?;
    let message = "a backslash takes this box its meaning, so it is no box";
    let (span, fix) = (start - 1..start + inside.len() + 2, square(inside, '\\')?);
    let help = "write it without backslashes";
    Some((span.clone(), (message.to_owned(), help, Some((span, fix)))))
}

/// Returns the length of what stands before a box that would be one without it, what is said, and
/// what mends it.
fn led(source: &str, first: char) -> Option<(usize, String, String)> {
    let unseen = is_unseen(first);
    let leads = |letter: char| letter == first || unseen && is_unseen(letter);
    let rest = source.trim_start_matches(leads);
    let signs = source.get(..source.len() - rest.len())?;
    let plain = PLAIN.into_iter().find(|it| rest.starts_with(it))?;
    Some(if unseen {
        let message = "a character that can't be seen stands before this box, so it is no box";
        (signs.len(), message.to_owned(), String::new())
    } else {
        let message = "this box stands behind a sign of emphasis, so it is no box";
        let fix = format!("{plain}{signs}");
        (fix.len(), message.to_owned(), fix)
    })
}

/// Returns the length of what is drawn as a box, what is said, and what mends it.
fn drawn(source: &str, first: char) -> Option<(usize, String, String)> {
    if let Some((sign, fix)) = DRAWN.iter().find(|(sign, _)| source.starts_with(sign)) {
        let tail = source.strip_prefix(sign)?;
        let variation = if tail.starts_with('\u{fe0f}') { 3 } else { 0 };
        let message = format!("`{sign}` is no box of Markdown");
        return Some((sign.len() + variation, message, (*fix).to_owned()));
    }
    if first == '<' && source.starts_with("<input") {
        let (tag, _) = source.split_once('>')?;
        let fix = if tag.contains("checked") {
            "[x]"
        } else {
            "[ ]"
        };
        let message = "an HTML box is no box of Markdown".to_owned();
        return tag
            .contains("checkbox")
            .then(|| (tag.len() + 1, message, fix.to_owned()));
    }
    let (_, close, what) = BRACKETS.iter().find(|(open, ..)| *open == first)?;
    let (inside, _) = source.get(first.len_utf8()..)?.split_once(*close)?;
    let length = first.len_utf8() + inside.len() + close.len_utf8();
    let message = format!("{what} make no box of Markdown");
    Some((length, message, square(inside, ' ')?))
}

/// Returns the box that is meant by what stands in brackets, where it is one; `but` counts for
/// nothing.
fn square(inside: &str, but: char) -> Option<String> {
    let mark = inside.trim_matches(|letter: char| letter.is_whitespace() || letter == but);
    match mark {
        "" if !inside.is_empty() => Some("[ ]".to_owned()),
        "x" | "X" | "х" | "Х" | "✓" | "✔" | "✅" => Some("[x]".to_owned()),
        _ => None,
    }
}

/// What people begin items with beside Markdown's own signs.
const BULLETS: &[char] = &[
    '•', '◦', '‣', '·', '–', '—', '−', '‑', '‒', '―', '∙', '⁃', '▪', '▫', '●', '○', '■', '→', '➔',
    '➢', '►', '▶',
];

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
        "" | " " | "\u{a0}" | "x" | "X" | "х" | "Х" | "✓" | "✔" | "✅"
    );
    if !boxed || behind.starts_with(['(', '[', ':']) {
        return;
    }
    let markdown = matches!(sign, "-" | "*" | "+") || is_number(sign);
    let bullet = sign.chars().all(|sign| BULLETS.contains(&sign)) && sign.chars().count() == 1;
    let span = start..start + mark + inside.len() + 2;
    // An empty pair of brackets stands for more than boxes.
    if inside.is_empty() && !(sign.is_empty() && behind.starts_with(' ')) {
        return;
    }
    let odd = |space: char| !matches!(space, ' ' | '\t');
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
    } else if markdown && before.trim_start_matches(sign).contains(odd) {
        let fix = (start..start + mark, format!("{sign} "));
        let message = "a no-break space follows this sign, so it begins no item";
        (message, "put a plain space behind the sign", Some(fix))
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

/// Notes where a block whose boxes are never tasks holds some.
pub(super) fn apart(text: &str, span: &Span, problems: &mut Problems<'_>) {
    let source = text.get(span.clone()).unwrap_or_default();
    // Who puts boxes into a comment means them not to be there.
    if source.trim_start().starts_with("<!--") {
        return;
    }
    let mut start = span.start;
    let mut boxes: Vec<Span> = Vec::new();
    for line in source.split_inclusive(['\n', '\r']) {
        let mut place = start;
        start += line.len();
        // A table's cell begins as a line does.
        for cell in line.split_inclusive('|') {
            if let Some(found) = lead(cell) {
                boxes.push(place + found.start..place + found.end);
                break;
            }
            place += cell.len();
        }
    }
    problems.hear(span);
    let Some(first) = boxes.first() else { return };
    let what = match source.trim_start().chars().next() {
        Some('>') => "quote",
        Some('<') => "block of HTML",
        Some('|') => "table",
        _ => "block",
    };
    let message = match boxes.len() {
        1 => format!("this {what} holds a box, which is no task"),
        many => format!("this {what} holds {many} boxes, which are no tasks"),
    };
    let help = match what {
        "block of HTML" => "put an empty line above it, and Markdown reads it",
        _ => "write what is to be done as an item, `- [ ] …`",
    };
    let note = problems.noted(first, message, help);
    problems.push(note.rule("box"));
}

/// What is wrong with a box, how it is written rightly, and what mends it.
type Finding = (String, &'static str, Option<(Span, String)>);

fn beside_box((before, inside, behind): (&str, &str, &str), span: &Span) -> Finding {
    if !inside.is_ascii() {
        let message = "the space in this box is a no-break space, so it is no box".to_owned();
        let fix = Some((span.clone(), "[ ]".to_owned()));
        return (message, "write `[ ]` with a plain space", fix);
    }
    match behind.chars().next() {
        Some(' ' | '\t') => {
            let message = "no plain space stands before this box, so it is no box".to_owned();
            let blank = |last: &char| last.is_whitespace() && !" \t\r\n".contains(*last);
            let last = before.chars().next_back().filter(blank);
            let fix = last.map(|last| (span.start - last.len_utf8()..span.start, " ".to_owned()));
            (message, "put a plain space before the `[`", fix)
        }
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

#[cfg(test)]
mod tests;
