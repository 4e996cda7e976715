//! Where a line begins with what is meant as a box, whatever stands before it.
//!
//! A box within a sentence is spoken of; one behind a sign, a number or a label is meant.

use super::Span;
use super::lookalike::{DRAWN, is_unseen};

/// How far into a line a box may begin, in letters.
const FURTHEST: usize = 120;
/// How many words a label before a box may have.
const LABEL: usize = 2;
/// How many signs, numbers and words may stand before a box.
const BEFORE: usize = 5;

/// Returns the place in a line of the box that it begins with, if it does.
pub(super) fn lead(line: &str) -> Option<Span> {
    let found = first(line)?;
    let (before, behind) = (line.get(..found.start)?, line.get(found.end..)?);
    leads(before, behind).then_some(found)
}

/// Returns the first box of a line.
fn first(line: &str) -> Option<Span> {
    // What is drawn as a box isn't ASCII.
    if line.is_ascii() && !line.contains(['[', '<']) {
        return None;
    }
    let places = line.char_indices().take(FURTHEST);
    places
        .filter(|(_, letter)| !letter.is_alphanumeric())
        .find_map(|(at, letter)| {
            let rest = line.get(at..)?;
            let length = match letter {
                '[' => bracketed(rest),
                '<' => checkbox(rest),
                _ => drawn(rest),
            }?;
            Some(at..at + length)
        })
}

/// Returns the length of a box in square brackets.
fn bracketed(rest: &str) -> Option<usize> {
    /// A box holds no more than one letter, or its name.
    const LONGEST: usize = 16;
    let inside = rest.strip_prefix('[')?;
    let close = inside.bytes().take(LONGEST).position(|it| it == b']')?;
    let (inside, behind) = inside.split_at_checked(close)?;
    let plain = inside.replace("&nbsp;", " ");
    let plain = plain.trim_end_matches('\\');
    let blank = |letter: char| letter.is_whitespace() || is_unseen(letter);
    let is_box = match plain.trim_matches(blank) {
        "" => !plain.is_empty(),
        "x" | "X" | "х" | "Х" | "✓" | "✔" | "✅" => {
            let behind = behind.strip_prefix(']').unwrap_or_default();
            !behind.starts_with(|it: char| it.is_alphanumeric() || "([:".contains(it))
        }
        _ => false,
    };
    is_box.then_some(close + "[]".len())
}

/// Returns the length of a box of HTML.
fn checkbox(rest: &str) -> Option<usize> {
    let (tag, _) = rest.split_once('>')?;
    let is_box = tag.starts_with("<input") && tag.contains("checkbox");
    is_box.then_some(tag.len() + 1)
}

/// Returns the length of a sign that is drawn as a box.
fn drawn(rest: &str) -> Option<usize> {
    let (sign, _) = DRAWN.iter().find(|(sign, _)| rest.starts_with(sign))?;
    Some(sign.len())
}

/// Returns whether a box is what its line begins with.
fn leads(before: &str, behind: &str) -> bool {
    let mention = |it: char| matches!(it, '`' | '"' | '\'' | '«' | '“' | '„' | '‘' | '’');
    if before.contains('`') || before.ends_with(mention) {
        return false;
    }
    let Some(before) = untagged(before) else {
        return false;
    };
    let mut tokens: Vec<&str> = before.split_whitespace().collect();
    if tokens.len() > BEFORE {
        return false;
    }
    tokens.retain(|token| !is_sign(token));
    // A second box: what boxes mean is explained.
    tokens.is_empty() || is_label(&tokens) && first(behind).is_none()
}

/// Returns a text without tags and entities; nothing where it ends within a comment.
fn untagged(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut left = text;
    while let Some((before, rest)) = left.split_once('<') {
        plain.push_str(before);
        let end = if rest.starts_with("!--") { "-->" } else { ">" };
        match rest.split_once(end) {
            Some((_, behind)) => left = behind,
            None if end == "-->" => return None,
            None => left = rest,
        }
    }
    plain.push_str(left);
    while let Some(at) = plain.find('&') {
        let (_, entity) = plain.split_at_checked(at)?;
        let Some(end) = entity.find(';') else { break };
        plain.replace_range(at..=at + end, "");
    }
    Some(plain)
}

/// Returns whether a token is a sign, or counts: `→`, `1.2.3`, `№1`, `(b)`, `IV.`.
fn is_sign(token: &str) -> bool {
    let core = token.trim_matches(|it: char| !it.is_alphanumeric());
    let behind = token.rsplit(|it: char| it.is_alphanumeric()).next();
    let ends = behind.is_some_and(|it| it.contains(['.', ')', ':', ']']));
    let roman = |it: char| "IVXLivxl".contains(it);
    let counts = |it: char| it.is_ascii_digit() || it == '.';
    core.is_empty()
        || core.chars().all(counts)
        || ends && (core.chars().count() == 1 || core.chars().all(roman))
}

/// Returns whether words are a label: `TODO`, `Signed off:`.
fn is_label(words: &[&str]) -> bool {
    let last = words.last().copied().unwrap_or_default();
    let ends = last.trim_end_matches(['*', '_']).ends_with(':');
    let shouted = |word: &&str| {
        let mut letters = word.chars().filter(|it| it.is_alphabetic());
        word.chars().count() > 1 && letters.all(char::is_uppercase)
    };
    words.len() <= LABEL && ends || words.len() == 1 && words.iter().all(shouted)
}

#[cfg(test)]
mod tests {
    use super::lead;

    #[track_caller]
    fn check(line: &str, expected: Option<&str>) {
        let found = lead(line).and_then(|span| line.get(span));
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn a_box_behind_signs_numbers_and_labels_leads_its_line() {
        for before in [
            "",
            "- ",
            "-",
            "\u{200b}- ",
            "-\u{200b}",
            "− ",
            "-- ",
            "▪ ",
            "→ ",
            "a. ",
            "а) ",
            "IV. ",
            "(1) ",
            "1 ",
            "№1 ",
            r"\- ",
            "&bull; ",
            "TODO: ",
            "TODO ",
            "**",
            "- 📌 ",
            "- 1.2.3 ",
            "- **A.** ",
            "- <b>",
            "- (",
            "- ==",
            ": - ",
            "[^n]: - ",
            "<ul><li>",
            "<td class=\"a\">",
            "{- ",
            "> ",
            "- Signed off: ",
            "**Ready:** ",
            "<!-- a --> ",
        ] {
            check(&format!("{before}[ ] Tell"), Some("[ ]"));
        }
    }

    #[test]
    fn what_people_write_for_a_box_leads_its_line() {
        for found in [
            "[x]",
            "[X]",
            "[х]",
            "[✓]",
            "[\u{a0}]",
            "[&nbsp;]",
            "[\u{200b}]",
            "[  ]",
            r"[ \]",
            "☐",
            "☑",
            "<input type=\"checkbox\" checked>",
        ] {
            check(&format!("→ {found} Tell"), Some(found));
        }
        check("- [ ]: Tell", Some("[ ]"));
        check("- [ ][Tell]", Some("[ ]"));
    }

    #[test]
    fn a_box_within_a_sentence_is_only_spoken_of() {
        for line in [
            "Tick the [ ] box when it is done",
            "A [x] is a box that is ticked",
            "Use [ ] for what is open",
            "Legend: [ ] open, [x] done",
            "- `[ ]` is how a box is written",
            "- \"[ ]\" is how a box is written",
            "«[ ]» is how a box is written",
            "values[ ] is empty",
            "- [x](https://example.com) is a link",
            "[x]: https://example.com",
            "- [x][1] is a link",
            "- a.b[x] is read",
            "<!-- [ ] Tell -->",
            "I think that [ ] is open",
            "| [x](u) | c |",
            "- {} is empty, [] too",
            "",
        ] {
            check(line, None);
        }
    }
}
