//! The document's title and the headings that start a section.

use super::problems::Problems;
use super::tree::{Kind, Node};
use super::{Span, inline};
use crate::vocabulary::{Label, Vocabulary};

/// The phase's title.
pub(super) struct Title {
    pub(super) number: u32,
    pub(super) text: String,
    pub(super) span: Span,
}

/// Returns the title that the first heading of the first level gives.
pub(super) fn read(
    text: &str,
    blocks: &[Node<'_>],
    file: Option<(u32, String)>,
    (vocabulary, problems): (&Vocabulary, &mut Problems<'_>),
) -> Title {
    let before = problems.count();
    let title = read_title(text, blocks, file, (vocabulary, &mut *problems));
    problems.name(before, "title");
    title
}

fn read_title(
    text: &str,
    blocks: &[Node<'_>],
    file: Option<(u32, String)>,
    (vocabulary, problems): (&Vocabulary, &mut Problems<'_>),
) -> Title {
    let Some(block) = blocks.iter().find(|block| block.kind == Kind::Heading(1)) else {
        let message = "the checklist has no title".to_owned();
        problems.error(&(0..0), message, "start it with `# Phase 1: …`");
        let (number, text) = file.unwrap_or_default();
        return Title {
            number,
            text,
            span: 0..0,
        };
    };
    let span = inline::trimmed(text, block.span.clone());
    let heading = inline::plain(text, &block.children);
    let from_file = file.map(|(number, _)| number);
    let Some((number, title)) = phase(&heading, vocabulary) else {
        if from_file.is_none() {
            let message = "the title names no phase".to_owned();
            let help = "write it like `# Phase 1: …`, or name the file `phase-01-….md`";
            problems.error(&span, message, help);
        }
        return Title {
            number: from_file.unwrap_or_default(),
            text: heading,
            span,
        };
    };
    if let Some(other) = from_file.filter(|other| *other != number) {
        let message = format!("the title names phase {number}, the file's name phase {other}");
        let help = "the title counts; rename the file";
        let warning = problems.placed(&span, message, help);
        problems.push(warning.rule("number"));
    }
    Title {
        number,
        text: title.to_owned(),
        span,
    }
}

/// Returns number and title of `Phase 4: …`.
fn phase<'h>(heading: &'h str, vocabulary: &Vocabulary) -> Option<(u32, &'h str)> {
    let rest = vocabulary
        .after_label(Label::Phase, heading)?
        .trim_start_matches([' ', '№', '#']);
    let digits = rest
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(rest.len());
    let (number, title) = rest.split_at_checked(digits)?;
    let title = title.trim_start_matches(|c: char| c.is_whitespace() || ":.—–-".contains(c));
    Some((number.parse().ok()?, title))
}

/// Returns number and title of a heading like `4.2 …`.
pub(super) fn numbered(heading: &str) -> Option<(&str, &str)> {
    let end = heading.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let (number, title) = heading.split_at_checked(end.unwrap_or(heading.len()))?;
    let number = number.trim_end_matches('.');
    let digits = number.split('.').all(|part| !part.is_empty());
    let apart = title.is_empty() || title.starts_with([' ', '\t', ':', ')', '—', '–', '-']);
    let title = title.trim_start_matches(|c: char| c.is_whitespace() || ":)—–-".contains(c));
    (digits && apart && number.contains('.')).then_some((number, title))
}
