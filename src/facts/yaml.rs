//! YAML → a tree in which every node and key knows its file, line and bytes.
//!
//! Anchors, aliases and merge keys (`<<`) are resolved here; the tags `!reset` and `!override`
//! are kept for the merge. Scalars stay text: what `yes` or `8080` means is for whoever reads the
//! key. Other tags are ignored, as Compose does.

mod reader;

pub(super) use reader::parse;

use super::model::Text;
use super::report::Mark;

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    /// What it holds.
    pub(super) value: Value,
    /// Where.
    pub(super) mark: Mark,
    /// How it merges, if a tag says so.
    pub(super) tag: Option<MergeTag>,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// Nothing (`~`, `null` or empty).
    Null,
    /// A scalar, interpolated or not.
    Scalar(Text),
    /// A list.
    List(Vec<Node>),
    /// A mapping in the file's order.
    Map(Vec<Entry>),
}

/// A key of a mapping with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The key.
    pub(super) key: String,
    /// Where the key is.
    pub(super) mark: Mark,
    /// The value.
    pub(super) node: Node,
}

/// Compose's own tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MergeTag {
    /// `!reset`: what earlier files give is dropped.
    Reset,
    /// `!override`: what earlier files give is replaced, not merged.
    Override,
    /// `!merge`: a list is merged item by item, not joined.
    Merge,
}

impl Node {
    /// Returns a node that holds nothing.
    pub(super) fn null(mark: &Mark) -> Self {
        Self {
            value: Value::Null,
            mark: mark.clone(),
            tag: None,
        }
    }

    /// Returns the mapping's entries; nothing else has any.
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            Value::Null | Value::Scalar(_) | Value::List(_) => &[],
        }
    }

    /// Returns the value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries()
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.node)
    }

    /// Returns the scalar's text.
    pub(super) fn text(&self) -> Option<&Text> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// Returns the scalar's value.
    pub(super) fn str(&self) -> Option<&str> {
        self.text().map(|text| text.value.as_str())
    }

    /// Returns what the node is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Scalar(_) => "a scalar",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    fn count(&self) -> usize {
        1 + match &self.value {
            Value::Null | Value::Scalar(_) => 0,
            Value::List(items) => items.iter().map(Self::count).sum(),
            Value::Map(entries) => entries.iter().map(|entry| entry.node.count()).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MergeTag, Node, Value, parse};
    use std::sync::Arc;

    fn tree(text: &str) -> Node {
        parse("compose.yml", &Arc::from(text)).unwrap().remove(0)
    }

    #[track_caller]
    fn check_error(text: &str, message: &str, line: usize) {
        let error = parse("compose.yml", &Arc::from(text)).unwrap_err();
        let found: Vec<_> = error.0.iter().map(|one| one.message.as_str()).collect();
        assert!(found.iter().any(|one| one.contains(message)), "{found:?}");
        let start = error.0[0].place.as_ref().unwrap().span.start;
        assert_eq!(text.get(..start).unwrap().matches('\n').count() + 1, line);
    }

    #[test]
    fn nodes_know_their_lines_and_bytes() {
        let text = "services:\n  # розмова\n  api:\n    image: \"голос:1\"\n";
        let root = tree(text);
        let image = root
            .get("services")
            .unwrap()
            .get("api")
            .unwrap()
            .get("image")
            .unwrap();
        assert_eq!(image.mark.origin().to_string(), "compose.yml:4");
        let span = image.mark.error("", "").place.unwrap().span;
        assert_eq!(text.get(span), Some("\"голос:1\""));
    }

    #[test]
    fn merge_keys_fill_in_what_a_mapping_lacks() {
        let root = tree(
            "x-base: &base\n  restart: always\n  user: app\nx-log: &log {tty: true}\napi:\n  \
             <<: [*base, *log]\n  user: '10001'\n",
        );
        let api = root.get("api").unwrap();
        assert_eq!(api.get("user").unwrap().str(), Some("10001"));
        assert_eq!(api.get("restart").unwrap().str(), Some("always"));
        assert_eq!(api.get("restart").unwrap().mark.origin().line, 2);
        assert_eq!(api.get("tty").unwrap().str(), Some("true"));
    }

    #[test]
    fn compose_tags_are_kept() {
        let root = tree("api:\n  ports: !override\n    - 80\n  env_file: !reset []\n");
        let api = root.get("api").unwrap();
        assert_eq!(api.get("ports").unwrap().tag, Some(MergeTag::Override));
        assert_eq!(api.get("env_file").unwrap().tag, Some(MergeTag::Reset));
    }

    #[test]
    fn null_is_told_from_the_empty_string() {
        let root = tree("a:\nb: ''\nc: ~\n");
        assert_eq!(root.get("a").unwrap().value, Value::Null);
        assert_eq!(root.get("b").unwrap().str(), Some(""));
        assert_eq!(root.get("c").unwrap().value, Value::Null);
    }

    #[test]
    fn a_key_given_twice_is_an_error_at_the_second() {
        check_error(
            "api:\n  image: a\n  image: b\n",
            "`image` is given twice",
            3,
        );
    }

    #[test]
    fn broken_yaml_names_line_and_column() {
        check_error("services:\n  api: [1, 2\n", "line", 2);
        check_error("a: *nowhere\n", "not valid YAML (line 1, column 4)", 1);
    }

    #[test]
    fn aliases_that_multiply_are_stopped() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..9_usize {
            let alias = format!("*a{}", level - 1);
            let items = vec![alias; 10].join(", ");
            text.extend([format!("a{level}: &a{level} [{items}]\n")]);
        }
        let error = parse("compose.yml", &Arc::from(text.as_str())).unwrap_err();
        assert!(error.0[0].message.contains("more than"), "{error}");
    }
}
