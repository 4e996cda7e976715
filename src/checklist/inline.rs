//! Inline nodes → [`Inline`]: text without emphasis markers, code spans told apart.

use super::tree::{Kind, Node};
use super::{Inline, Part, Span, Spanned};

/// Returns the run of text that the nodes make. Comments and boxes are no part of it.
pub(super) fn read<'n>(text: &str, nodes: impl Iterator<Item = &'n Node<'n>>) -> Inline {
    let mut run = Run {
        text,
        parts: Vec::new(),
        span: None,
    };
    for node in nodes {
        run.push(node);
    }
    run.finish()
}

/// Returns the plain text of the nodes.
pub(super) fn plain(text: &str, nodes: &[Node<'_>]) -> String {
    read(text, nodes.iter()).plain()
}

struct Run<'t> {
    text: &'t str,
    parts: Vec<Part>,
    span: Option<Span>,
}

impl Run<'_> {
    fn push(&mut self, node: &Node<'_>) {
        match &node.kind {
            Kind::Text(value) => self.words(value, &node.span),
            Kind::Break => self.words(" ", &node.span),
            Kind::Code(value) => {
                self.cover(&node.span);
                let span = content(self.text, &node.span);
                self.parts.push(Part::Code(Spanned {
                    value: String::from(&**value),
                    span,
                }));
            }
            Kind::Html => {
                let source = self.text.get(node.span.clone()).unwrap_or_default();
                if !source.starts_with("<!--") {
                    self.words(source, &node.span);
                }
            }
            Kind::Wrapper => {
                // The markers belong to the source, not to the words.
                self.cover(&node.span);
                for child in &node.children {
                    self.push(child);
                }
            }
            Kind::Marker
            | Kind::Heading(_)
            | Kind::Paragraph
            | Kind::List
            | Kind::Item
            | Kind::Fence(_)
            | Kind::Indented
            | Kind::Opaque => {}
        }
    }

    fn words(&mut self, words: &str, span: &Span) {
        if words.trim().is_empty() && self.parts.is_empty() {
            return;
        }
        self.cover(span);
        if let Some(Part::Text(last)) = self.parts.last_mut() {
            last.value.push_str(words);
            last.span.end = span.end;
        } else {
            self.parts.push(Part::Text(Spanned {
                value: words.to_owned(),
                span: span.clone(),
            }));
        }
    }

    fn cover(&mut self, span: &Span) {
        let covered = self.span.get_or_insert_with(|| span.clone());
        covered.end = covered.end.max(span.end);
    }

    fn finish(mut self) -> Inline {
        if let Some(Part::Text(first)) = self.parts.first_mut() {
            let kept = first.value.trim_start().len();
            first.span.start = trimmed(self.text, first.span.clone())
                .start
                .min(first.span.end);
            first.value = first.value.split_off(first.value.len() - kept);
        }
        if let Some(Part::Text(last)) = self.parts.last_mut() {
            last.span.end = trimmed(self.text, last.span.clone())
                .end
                .max(last.span.start);
            last.value.truncate(last.value.trim_end().len());
            if last.value.is_empty() {
                self.parts.pop();
            }
        }
        let span = trimmed(self.text, self.span.unwrap_or(0..0));
        let source = self.text.get(span.clone()).unwrap_or_default().to_owned();
        Inline {
            source,
            span,
            parts: self.parts,
        }
    }
}

/// Returns the span without white space at its ends.
pub(super) fn trimmed(text: &str, span: Span) -> Span {
    let Some(slice) = text.get(span.clone()) else {
        return span;
    };
    let end = span.start + slice.trim_end().len();
    let start = span.end - slice.trim_start().len();
    start.min(end)..end
}

/// Returns where a code span's content is, without backticks and the space that may pad them.
fn content(text: &str, span: &Span) -> Span {
    let source = text.get(span.clone()).unwrap_or_default();
    let ticks = source.bytes().take_while(|byte| *byte == b'`').count();
    let (start, end) = (span.start + ticks, span.end.saturating_sub(ticks));
    let inner = text.get(start..end).unwrap_or_default();
    let padded = inner.starts_with(' ') && inner.ends_with(' ') && !inner.trim().is_empty();
    let pad = usize::from(padded);
    start + pad..end.saturating_sub(pad).max(start + pad)
}
