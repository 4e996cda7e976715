//! Reading a mapping key by key, so that the keys that nobody asked for are known.

use std::time::Duration;

use super::super::report::Report;
use super::super::yaml::{Node, Value};
use super::units;
use crate::facts::UnreadKey;

/// What reading a project collects beside the project.
pub(super) struct Notes<'a> {
    /// The problems.
    pub(super) report: &'a mut Report,
    /// The keys that nothing carries over.
    pub(super) unread: Vec<UnreadKey>,
}

impl Notes<'_> {
    /// Notes a key that nothing carries over.
    pub(super) fn unread(&mut self, key: String, node: &Node) {
        self.unread.push(UnreadKey {
            key,
            origin: node.mark.origin(),
        });
    }

    /// Reports a node that isn't what its key takes.
    pub(super) fn unfit(&mut self, node: &Node, path: &str, expected: &str) {
        let message = format!("`{path}` must be {expected}");
        let label = match node.str() {
            Some(value) => format!("this is `{value}`"),
            None => format!("this is {}", node.kind()),
        };
        self.report.push(node.mark.error(message, &label));
    }
}

/// A mapping that is being read.
pub(super) struct Fields<'a> {
    node: &'a Node,
    path: String,
    taken: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// Starts to read a mapping; `path` is how messages call it (`services.api`).
    pub(super) fn new(node: &'a Node, path: String, notes: &mut Notes<'_>) -> Self {
        if !matches!(node.value, Value::Map(_) | Value::Null) {
            notes.unfit(node, &path, "a mapping");
        }
        Self {
            node,
            path,
            taken: Vec::new(),
        }
    }

    /// Returns the path of a key.
    pub(super) fn at(&self, key: &str) -> String {
        format!("{}.{key}", self.path)
    }

    /// Returns a key's node; what is null counts as not given.
    pub(super) fn take(&mut self, key: &'static str) -> Option<&'a Node> {
        self.taken.push(key);
        self.node.get(key).filter(|node| node.value != Value::Null)
    }

    /// Returns a scalar.
    pub(super) fn string(&mut self, key: &'static str, notes: &mut Notes<'_>) -> Option<String> {
        self.scalar(key, "a scalar", notes, |text| Some(text.to_owned()))
    }

    /// Returns a truth value.
    pub(super) fn flag(&mut self, key: &'static str, notes: &mut Notes<'_>) -> Option<bool> {
        self.scalar(key, "`true` or `false`", notes, |text| match text {
            "true" | "True" | "TRUE" | "yes" | "on" => Some(true),
            "false" | "False" | "FALSE" | "no" | "off" => Some(false),
            _ => None,
        })
    }

    /// Returns a number.
    pub(super) fn number(&mut self, key: &'static str, notes: &mut Notes<'_>) -> Option<u32> {
        self.scalar(key, "a whole number", notes, |text| text.parse().ok())
    }

    /// Returns a duration.
    pub(super) fn duration(
        &mut self,
        key: &'static str,
        notes: &mut Notes<'_>,
    ) -> Option<Duration> {
        self.scalar(key, "a duration like `1m30s`", notes, units::duration)
    }

    /// Returns a size in bytes.
    pub(super) fn bytes(&mut self, key: &'static str, notes: &mut Notes<'_>) -> Option<u64> {
        self.scalar(key, "a size like `512M`", notes, units::bytes)
    }

    /// Returns CPUs in thousandths.
    pub(super) fn cpus(&mut self, key: &'static str, notes: &mut Notes<'_>) -> Option<u64> {
        self.scalar(key, "a number of CPUs like `0.5`", notes, units::millicores)
    }

    /// Returns a scalar that `read` understands; reports what it doesn't.
    pub(super) fn scalar<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        notes: &mut Notes<'_>,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let node = self.take(key)?;
        let value = node.str().and_then(read);
        if value.is_none() {
            notes.unfit(node, &self.at(key), expected);
        }
        value
    }

    /// Returns a list's items; anything else is reported.
    pub(super) fn list(&mut self, key: &'static str, notes: &mut Notes<'_>) -> &'a [Node] {
        let Some(node) = self.take(key) else {
            return &[];
        };
        if let Value::List(items) = &node.value {
            return items;
        }
        notes.unfit(node, &self.at(key), "a list");
        &[]
    }

    /// Notes the keys that weren't taken; `x-` ones are the writer's own.
    pub(super) fn finish(self, notes: &mut Notes<'_>) {
        for entry in self.node.entries() {
            if !entry.key.starts_with("x-") && !self.taken.contains(&entry.key.as_str()) {
                let origin = entry.mark.origin();
                notes.unread.push(UnreadKey {
                    key: self.at(&entry.key),
                    origin,
                });
            }
        }
    }
}
