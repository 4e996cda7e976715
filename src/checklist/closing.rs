//! The closing list: read for what it names, never for tasks.

use super::tree::{Kind, Node};
use super::{Closing, Span, field, task};
use crate::vocabulary::{Label, Vocabulary};

/// Returns what the blocks below the closing heading name.
pub(super) fn read(
    text: &str,
    blocks: &[Node<'_>],
    span: Span,
    vocabulary: &Vocabulary,
) -> Closing {
    let mut closing = Closing {
        span,
        commit_message: None,
        next_phase: None,
    };
    for block in blocks {
        visit(text, block, vocabulary, &mut closing);
    }
    closing
}

fn visit(text: &str, node: &Node<'_>, vocabulary: &Vocabulary, closing: &mut Closing) {
    if let Kind::Fence(info) = &node.kind {
        let found = task::fence(node, info)
            .body
            .lines()
            .find_map(commit_message);
        if closing.commit_message.is_none() {
            closing.commit_message = found;
        }
        return;
    }
    let own = match node.kind {
        Kind::Item => Some(task::line_of(text, node).span),
        Kind::Paragraph => Some(node.span.clone()),
        Kind::Heading(_)
        | Kind::List
        | Kind::Fence(_)
        | Kind::Html
        | Kind::Text(_)
        | Kind::Code(_)
        | Kind::Break
        | Kind::Marker
        | Kind::Wrapper
        | Kind::Indented
        | Kind::Opaque => None,
    };
    for line in own
        .iter()
        .flat_map(|span| field::lines(text, span, vocabulary))
    {
        let names = vocabulary.is_label(Label::CurrentPhase, &line.label);
        if closing.next_phase.is_none() && names {
            closing.next_phase = number(text.get(line.value).unwrap_or_default());
        }
    }
    for child in &node.children {
        visit(text, child, vocabulary, closing);
    }
}

fn number(value: &str) -> Option<u32> {
    let digits: String = value
        .chars()
        .skip_while(|letter| !letter.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

/// Returns the message of a `git commit -m "…"` line.
fn commit_message(line: &str) -> Option<String> {
    let (_, options) = line.split_once("git commit")?;
    let flag = ["-m", "-am", "--message"].iter().find_map(|flag| {
        let (_, behind) = options.split_once(&format!(" {flag}"))?;
        Some(behind.trim_start_matches([' ', '=']))
    })?;
    let quote = flag
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    let mut message = String::new();
    let mut letters = flag.chars().skip(1);
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if quote == '"' => message.extend(letters.next()),
            letter if letter == quote => return Some(message),
            letter => message.push(letter),
        }
    }
    None
}
