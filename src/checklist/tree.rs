//! Markdown → a small tree of blocks and inlines with spans of the text on disk.
//!
//! This contains what pulldown-cmark may do on odd input: a panic becomes `None`, and nesting
//! is bounded so that walking the tree can't exhaust the stack.

use std::borrow::Cow;
use std::panic::catch_unwind;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag};

use super::Span;

/// Deeper nesting than any person writes.
const DEEPEST: usize = 64;

/// What a node is; what this module's readers don't tell apart is `Other`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind<'t> {
    /// A heading with its level (1–6).
    Heading(usize),
    /// A paragraph.
    Paragraph,
    /// A list.
    List,
    /// A list's item.
    Item,
    /// A fenced block with its info string.
    Fence(CowStr<'t>),
    /// A block or an inline of HTML, comments included.
    Html,
    /// Text.
    Text(CowStr<'t>),
    /// A code span's content.
    Code(CowStr<'t>),
    /// A line's end inside of a paragraph.
    Break,
    /// A task's box.
    Marker,
    /// Emphasis, a link and the like: what counts is inside.
    Wrapper,
    /// A block of indented code.
    Indented,
    /// A block that holds no tasks: a quote, a table.
    Opaque,
}

/// A block or inline.
#[derive(Debug, Clone)]
pub(super) struct Node<'t> {
    pub(super) kind: Kind<'t>,
    pub(super) span: Span,
    pub(super) children: Box<[Node<'t>]>,
}

impl Node<'_> {
    /// Returns whether this stands inside a line of text.
    pub(super) fn is_inline(&self) -> bool {
        match self.kind {
            Kind::Text(_) | Kind::Code(_) | Kind::Break | Kind::Marker | Kind::Wrapper => true,
            // An HTML block has its lines as children, an inline has none.
            Kind::Html => self.children.is_empty(),
            Kind::Heading(_)
            | Kind::Paragraph
            | Kind::List
            | Kind::Item
            | Kind::Fence(_)
            | Kind::Indented
            | Kind::Opaque => false,
        }
    }
}

/// Why no tree could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// The parser gave up.
    Panicked,
    /// Something is nested too deeply; where it begins.
    Deep(usize),
}

/// Returns the top-level blocks of a text as [`with_line_feeds`] gives it. `base` is added to every
/// offset (the BOM's length).
pub(super) fn read(body: &str, base: usize) -> Result<Vec<Node<'_>>, Unreadable> {
    catch_unwind(|| nest(body, base)).map_err(|_| Unreadable::Panicked)?
}

fn nest(body: &str, base: usize) -> Result<Vec<Node<'_>>, Unreadable> {
    let options = Options::ENABLE_TASKLISTS | Options::ENABLE_TABLES;
    // What is read and belongs to nothing that is closed yet.
    let mut done: Vec<Node<'_>> = Vec::new();
    // What is open, with the place of its first child.
    let mut open: Vec<(Kind<'_>, Span, usize)> = Vec::new();
    for (event, span) in Parser::new_ext(body, options).into_offset_iter() {
        let span = span.start + base..span.end + base;
        let node = match event {
            Event::Start(tag) => {
                if open.len() >= DEEPEST {
                    return Err(Unreadable::Deep(span.start));
                }
                open.push((opened(tag), span, done.len()));
                continue;
            }
            Event::End(_) => {
                let Some((kind, span, first)) = open.pop() else {
                    continue;
                };
                let children = done.split_off(first).into_boxed_slice();
                Node {
                    kind,
                    span,
                    children,
                }
            }
            Event::Text(text) => leaf(Kind::Text(text), span),
            Event::Code(code) => leaf(Kind::Code(code), span),
            Event::Html(_) | Event::InlineHtml(_) => leaf(Kind::Html, span),
            Event::SoftBreak | Event::HardBreak => leaf(Kind::Break, span),
            Event::TaskListMarker(_) => leaf(Kind::Marker, span),
            Event::Rule
            | Event::FootnoteReference(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => leaf(Kind::Opaque, span),
        };
        done.push(node);
    }
    Ok(done)
}

/// Returns the text with a line feed for each lone carriage return, so that every offset stays: the
/// parser knows them as line ends, but not everywhere (a fence in an item doesn't end there).
pub(super) fn with_line_feeds(body: &str) -> Cow<'_, str> {
    if !body.contains('\r') {
        return Cow::Borrowed(body);
    }
    let mut letters = body.chars().peekable();
    let mut text = String::with_capacity(body.len());
    while let Some(letter) = letters.next() {
        let lone = letter == '\r' && letters.peek() != Some(&'\n');
        text.push(if lone { '\n' } else { letter });
    }
    Cow::Owned(text)
}

fn leaf(kind: Kind<'_>, span: Span) -> Node<'_> {
    Node {
        kind,
        span,
        children: Box::default(),
    }
}

fn opened(tag: Tag<'_>) -> Kind<'_> {
    match tag {
        Tag::Heading { level, .. } => Kind::Heading(depth(level)),
        Tag::Paragraph => Kind::Paragraph,
        Tag::List(_) => Kind::List,
        Tag::Item => Kind::Item,
        Tag::CodeBlock(CodeBlockKind::Fenced(info)) => Kind::Fence(info),
        Tag::HtmlBlock => Kind::Html,
        Tag::Emphasis
        | Tag::Strong
        | Tag::Strikethrough
        | Tag::Superscript
        | Tag::Subscript
        | Tag::Link { .. }
        | Tag::Image { .. } => Kind::Wrapper,
        Tag::CodeBlock(CodeBlockKind::Indented) => Kind::Indented,
        Tag::BlockQuote(_)
        | Tag::FootnoteDefinition(_)
        | Tag::DefinitionList
        | Tag::DefinitionListTitle
        | Tag::DefinitionListDefinition
        | Tag::Table(_)
        | Tag::TableHead
        | Tag::TableRow
        | Tag::TableCell
        | Tag::MetadataBlock(_) => Kind::Opaque,
    }
}

fn depth(level: HeadingLevel) -> usize {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
