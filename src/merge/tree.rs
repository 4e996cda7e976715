//! YAML → documents with their values, and the bytes of each node.
//!
//! Values are read as `manifest` reads objects. Where an alias or a merge key stands, the tree and
//! the value differ; what isn't in the tree can't be edited.

use std::ops::Range;

use serde_json::Value;
use serde_saphyr::granit_parser::{Event, Parser, StrInput, StructureStyle};

use crate::manifest::{document_ranges, read_document};

/// A text's documents.
#[derive(Debug)]
pub(super) struct Documents {
    /// All of them, where they stand.
    pub(super) all: Vec<Document>,
    /// What those say that aren't empty.
    pub(super) values: Vec<Value>,
}

impl Documents {
    /// Returns the place in `all` of one that isn't empty.
    pub(super) fn filled(&self, index: usize) -> Option<usize> {
        let mut filled = self.all.iter().enumerate().filter(|(_, it)| !it.empty);
        filled.nth(index).map(|(at, _)| at)
    }
}

/// One document of a text; all places but its own count from its first byte.
#[derive(Debug)]
pub(super) struct Document {
    /// Its bytes, with the `---` before it.
    pub(super) span: Range<usize>,
    /// Whether it says nothing.
    pub(super) empty: bool,
    /// Its tree; nothing where it is empty.
    pub(super) root: Option<Node>,
    /// The comments.
    pub(super) comments: Vec<Range<usize>>,
}

/// A node's place.
#[derive(Debug)]
pub(super) struct Node {
    /// Its bytes; those of a block collection begin at its first key or dash.
    pub(super) span: Range<usize>,
    /// What it is made of.
    pub(super) kind: Kind,
}

/// What a node is made of.
#[derive(Debug)]
pub(super) enum Kind {
    /// A scalar or an alias.
    Leaf,
    /// A list, in brackets or not.
    List {
        /// Whether it stands in brackets.
        flow: bool,
        /// Its items.
        items: Vec<Node>,
    },
    /// A mapping, in braces or not.
    Map {
        /// Whether it stands in braces.
        flow: bool,
        /// Its entries.
        entries: Vec<Entry>,
    },
}

/// A key with its value.
#[derive(Debug)]
pub(super) struct Entry {
    /// The key.
    pub(super) key: String,
    /// The key's bytes.
    pub(super) span: Range<usize>,
    /// The value.
    pub(super) node: Node,
}

/// Returns the documents of a text.
///
/// # Errors
/// Says what is wrong with the first one that can't be read.
pub(super) fn parse(text: &str) -> Result<Documents, String> {
    let (mut all, mut values) = (Vec::new(), Vec::new());
    for span in document_ranges(text) {
        let part = text.get(span.clone()).unwrap_or_default();
        let value = read_document(part)?;
        let mut reader = Reader {
            text: part,
            events: Parser::new_from_str(part),
            comments: Vec::new(),
        };
        let root = reader.root()?;
        all.push(Document {
            span,
            empty: value.is_null(),
            root,
            comments: reader.comments,
        });
        values.extend(Some(value).filter(|value| !value.is_null()));
    }
    Ok(Documents { all, values })
}

struct Reader<'a> {
    text: &'a str,
    events: Parser<'a, StrInput<'a>>,
    comments: Vec<Range<usize>>,
}

impl<'a> Reader<'a> {
    /// Returns the next event that isn't a comment.
    fn next(&mut self) -> Result<Option<(Event<'a>, Range<usize>)>, String> {
        loop {
            let next = self.events.next_event().transpose();
            let Some((event, span)) = next.map_err(|error| error.to_string())? else {
                return Ok(None);
            };
            let range = span.byte_range().unwrap_or(0..0);
            if matches!(event, Event::Comment(..)) {
                self.comments.push(range);
            } else {
                return Ok(Some((event, range)));
            }
        }
    }

    /// Returns the document's node, and reads to its end for the comments.
    fn root(&mut self) -> Result<Option<Node>, String> {
        let mut root = None;
        while let Some((event, range)) = self.next()? {
            if event.is_node() {
                root = Some(self.node(&event, range)?);
            }
        }
        Ok(root)
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "the parser's enum is non-exhaustive"
    )]
    fn node(&mut self, event: &Event<'a>, range: Range<usize>) -> Result<Node, String> {
        match event {
            Event::SequenceStart(style, ..) => self.list(*style == StructureStyle::Flow, range),
            Event::MappingStart(style, ..) => self.map(*style == StructureStyle::Flow, range),
            _ => Ok(Node {
                span: self.trimmed(range),
                kind: Kind::Leaf,
            }),
        }
    }

    fn list(&mut self, flow: bool, range: Range<usize>) -> Result<Node, String> {
        let mut items: Vec<Node> = Vec::new();
        let mut end = range.end;
        while let Some((event, range)) = self.next()? {
            if matches!(event, Event::SequenceEnd) {
                end = range.end;
                break;
            }
            items.push(self.node(&event, range)?);
        }
        if let (false, Some(last)) = (flow, items.last()) {
            end = last.span.end;
        }
        Ok(Node {
            span: range.start..end,
            kind: Kind::List { flow, items },
        })
    }

    fn map(&mut self, flow: bool, range: Range<usize>) -> Result<Node, String> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut end = range.end;
        while let Some((event, key)) = self.next()? {
            if matches!(event, Event::MappingEnd) {
                end = key.end;
                break;
            }
            // A key that is no text names nothing that could be edited.
            let name = if let Event::Scalar(text, ..) = &event {
                text.clone().into_owned()
            } else {
                String::new()
            };
            let span = self.node(&event, key)?.span;
            let Some((event, value)) = self.next()? else {
                break;
            };
            let mut node = self.node(&event, value)?;
            if node.span.is_empty() {
                node.span = self.behind_colon(span.end);
            }
            entries.push(Entry {
                key: name,
                span,
                node,
            });
        }
        let start = match (flow, entries.first()) {
            (false, Some(first)) => first.span.start,
            _ => range.start,
        };
        if let (false, Some(last)) = (flow, entries.last()) {
            end = last.node.span.end;
        }
        Ok(Node {
            span: start..end,
            kind: Kind::Map { flow, entries },
        })
    }

    /// Cuts blanks and line feeds off a scalar's end.
    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let text = self.text.get(range.clone());
        range.start..range.start + text.map_or(0, |text| text.trim_end().len())
    }

    /// Returns the place of a value that isn't there: behind its key's colon.
    fn behind_colon(&self, from: usize) -> Range<usize> {
        let rest = self.text.get(from..).unwrap_or_default();
        let at = from + rest.find(':').map_or(0, |at| at + 1);
        at..at
    }
}
