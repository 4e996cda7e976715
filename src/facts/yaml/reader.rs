//! Events of the YAML parser → the tree.

use std::collections::HashMap;
use std::sync::Arc;

use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use super::{Entry, MergeTag, Node, Value};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::facts::model::Text;
use crate::facts::report::{Document, Mark};

/// How many nodes a file may have once its aliases are written out: four hundred for each of a
/// thousand services, which take about 100 MB. What has more multiplies its aliases on purpose.
const NODE_LIMIT: usize = 400_000;
/// How many keys a mapping may have before they are looked up by a table.
const FEW: usize = 16;

/// Returns a file's documents, in order.
pub(in crate::facts) fn parse(path: &str, text: &Arc<str>) -> Result<Vec<Node>, Diagnostics> {
    let document = Arc::new(Document {
        path: path.to_owned(),
        text: Arc::clone(text),
    });
    let mut reader = Reader {
        events: Parser::new_from_str(text),
        document,
        anchors: HashMap::new(),
        nodes: 0,
        problems: Vec::new(),
    };
    let result = reader.documents();
    let mut problems = reader.problems;
    match result {
        Ok(nodes) if problems.is_empty() => Ok(nodes),
        Ok(_) => Err(Diagnostics(problems)),
        Err(fatal) => {
            problems.push(*fatal);
            Err(Diagnostics(problems))
        }
    }
}

struct Reader<'a> {
    events: Parser<'a, StrInput<'a>>,
    document: Arc<Document>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
    problems: Vec<Diagnostic>,
}

type Fatal = Box<Diagnostic>;

impl<'a> Reader<'a> {
    fn documents(&mut self) -> Result<Vec<Node>, Fatal> {
        let mut nodes = Vec::new();
        while let Some((event, span)) = self.next()? {
            if event.is_node() {
                nodes.push(self.node(event, span)?);
            }
        }
        Ok(nodes)
    }

    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, Fatal> {
        self.events
            .next_event()
            .transpose()
            .map_err(|error| Box::new(self.broken(&error)))
    }

    fn broken(&self, error: &ScanError) -> Diagnostic {
        let marker = error.marker();
        let start = marker
            .byte_offset()
            .unwrap_or(0)
            .min(self.document.text.len());
        let mark = Mark::new(&self.document, start..start, marker.line());
        let message = format!(
            "`{}` is not valid YAML (line {}, column {})",
            self.document.path,
            marker.line(),
            marker.col() + 1
        );
        mark.error(message, &error.info())
    }

    fn mark(&self, span: Span) -> Mark {
        let range = span.byte_range().unwrap_or(0..0);
        Mark::new(&self.document, range, span.start.line())
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "the parser's enum is non-exhaustive"
    )]
    fn node(&mut self, event: Event<'a>, span: Span) -> Result<Node, Fatal> {
        let mark = self.mark(span);
        self.grow(1, &mark)?;
        let anchor = event.anchor_id();
        let tag = merge_tag(event.tag());
        let value = match event {
            Event::Alias(id) => return self.alias(id, &mark),
            Event::Scalar(text, style, ..) => scalar(&text, style),
            Event::SequenceStart(..) => self.list()?,
            Event::MappingStart(..) => self.map()?,
            // The caller hands over nodes only.
            _ => Value::Null,
        };
        let node = Node { value, mark, tag };
        if let Some(id) = anchor {
            self.anchors.insert(id, node.clone());
        }
        Ok(node)
    }

    fn grow(&mut self, by: usize, mark: &Mark) -> Result<(), Fatal> {
        self.nodes += by;
        if self.nodes > NODE_LIMIT {
            return Err(Box::new(mark.error(
                format!("`{}` has more than {NODE_LIMIT} nodes", self.document.path),
                "with the aliases up to here written out",
            )));
        }
        Ok(())
    }

    fn alias(&mut self, id: usize, mark: &Mark) -> Result<Node, Fatal> {
        let Some(node) = self.anchors.get(&id).cloned() else {
            return Err(Box::new(
                mark.error("an alias can't stand inside of its own anchor", ""),
            ));
        };
        self.grow(node.count(), mark)?;
        Ok(node)
    }

    fn list(&mut self) -> Result<Value, Fatal> {
        let mut items = Vec::new();
        while let Some((event, span)) = self.next()? {
            if matches!(event, Event::SequenceEnd) {
                break;
            }
            if event.is_node() {
                items.push(self.node(event, span)?);
            }
        }
        Ok(Value::List(items))
    }

    fn map(&mut self) -> Result<Value, Fatal> {
        let mut entries = Entries::default();
        let mut merged: Vec<Node> = Vec::new();
        while let Some((event, span)) = self.next()? {
            if matches!(event, Event::MappingEnd) {
                break;
            }
            if !event.is_node() {
                continue;
            }
            let key = self.node(event, span)?;
            let node = self.value()?.unwrap_or_else(|| Node {
                value: Value::Null,
                mark: key.mark.clone(),
                tag: None,
            });
            self.entry(&key, node, &mut entries, &mut merged);
        }
        for node in merged {
            entries.adopt(node);
        }
        Ok(Value::Map(entries.list))
    }

    fn value(&mut self) -> Result<Option<Node>, Fatal> {
        while let Some((event, span)) = self.next()? {
            if event.is_node() {
                return self.node(event, span).map(Some);
            }
        }
        Ok(None)
    }

    fn entry(&mut self, key: &Node, node: Node, entries: &mut Entries, merged: &mut Vec<Node>) {
        let name = match &key.value {
            Value::Scalar(text) => text.value.clone(),
            Value::Null => "null".to_owned(),
            Value::List(_) | Value::Map(_) => {
                self.problems
                    .push(key.mark.error("a key must be a scalar", key.kind()));
                return;
            }
        };
        if name == "<<" {
            self.merge_key(node, merged);
        } else if let Some(first) = entries.get(&name) {
            let message = format!("`{name}` is given twice in one mapping");
            let label = format!("already given in line {}", first.mark.origin().line);
            self.problems.push(key.mark.error(message, &label));
        } else {
            entries.push(Entry {
                key: name,
                mark: key.mark.clone(),
                node,
            });
        }
    }

    fn merge_key(&mut self, node: Node, merged: &mut Vec<Node>) {
        match node.value {
            Value::Map(_) => merged.push(node),
            Value::List(items) => {
                for item in items {
                    if matches!(item.value, Value::Map(_)) {
                        merged.push(item);
                    } else {
                        self.problems.push(not_mergeable(&item));
                    }
                }
            }
            Value::Null | Value::Scalar(_) => self.problems.push(not_mergeable(&node)),
        }
    }
}

fn not_mergeable(node: &Node) -> Diagnostic {
    node.mark.error(
        "`<<` takes a mapping or a list of mappings",
        &format!("this is {}", node.kind()),
    )
}

/// The entries of a mapping that is being read.
#[derive(Default)]
struct Entries {
    list: Vec<Entry>,
    /// The keys' places, once there are more than a few.
    places: HashMap<String, usize>,
}

impl Entries {
    fn get(&self, key: &str) -> Option<&Entry> {
        if self.places.is_empty() {
            return self.list.iter().find(|entry| entry.key == key);
        }
        self.places.get(key).and_then(|place| self.list.get(*place))
    }

    fn push(&mut self, entry: Entry) {
        if !self.places.is_empty() {
            self.places.insert(entry.key.clone(), self.list.len());
        }
        self.list.push(entry);
        if self.places.is_empty() && self.list.len() > FEW {
            let keys = self.list.iter().enumerate();
            self.places = keys.map(|(at, entry)| (entry.key.clone(), at)).collect();
        }
    }

    /// Adds the entries whose keys aren't there yet: a mapping's own keys win over merged ones.
    fn adopt(&mut self, node: Node) {
        let Value::Map(others) = node.value else {
            return;
        };
        for other in others {
            if self.get(&other.key).is_none() {
                self.push(other);
            }
        }
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    let plain = style == ScalarStyle::Plain;
    if plain && matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Value::Null;
    }
    Value::Scalar(Text {
        value: text.to_owned(),
        raw: text.to_owned(),
        variables: Vec::new(),
    })
}

fn merge_tag(tag: Option<&Tag>) -> Option<MergeTag> {
    match tag?.original().as_str() {
        "!reset" => Some(MergeTag::Reset),
        "!override" => Some(MergeTag::Override),
        "!merge" => Some(MergeTag::Merge),
        _ => None,
    }
}
