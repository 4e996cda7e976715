//! Reading a mapping key by key, so that the keys that nobody asked for are known.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::report::{Mark, Report};
use super::super::yaml::{Entry, Node, Value};
use super::hidden::Hidden;
use super::keys::{Fate, Loss, Section};
use super::stand_in::Held;
use super::units;
use crate::diagnostic::nearest;
use crate::facts::UnreadKey;

/// What reading a project collects beside the project.
pub(super) struct Notes<'a> {
    /// The problems.
    pub(super) report: &'a mut Report,
    /// Which variables are secrets.
    pub(super) hidden: &'a Hidden,
    /// The service that is read.
    pub(super) service: String,
    /// The secret variables that its commands name, and why each is one.
    pub(super) spoken: BTreeMap<String, String>,
    /// The secret values that variables are known to have.
    pub(super) held: Vec<Held>,
    /// The keys that nothing carries over.
    pub(super) left: Vec<Left>,
}

/// A key that isn't carried over, with its place.
#[derive(Debug, Clone)]
pub(super) struct Left {
    /// The key's name.
    pub(super) name: &'static str,
    /// Its path, with the value that isn't carried over where the others are.
    pub(super) path: String,
    /// Where.
    pub(super) mark: Mark,
    /// Why.
    pub(super) why: &'static str,
    /// The way out; `None` where the key has no effect in a cluster.
    pub(super) way: Option<&'static str>,
}

impl Left {
    /// Returns the fact.
    pub(super) fn fact(&self) -> UnreadKey {
        UnreadKey {
            key: self.path.clone(),
            origin: self.mark.origin(),
            why: self.why,
            way: self.way,
        }
    }
}

impl<'a> Notes<'a> {
    /// Returns notes with nothing in them.
    pub(super) fn new(report: &'a mut Report, hidden: &'a Hidden) -> Self {
        Self {
            report,
            hidden,
            service: String::new(),
            spoken: BTreeMap::new(),
            held: hidden.held.clone(),
            left: Vec::new(),
        }
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

    /// Reports a key that Compose doesn't have.
    fn unknown(&mut self, entry: &Entry, path: &str, known: &[&str]) {
        let message = format!("`{path}` isn't a key of the Compose Specification");
        let warning = entry.mark.warning(message, "not read");
        let help = match nearest(&entry.key, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "keys of your own begin with `x-`".to_owned(),
        };
        self.report.push(warning.help(help));
    }
}

/// A mapping that is being read.
pub(super) struct Fields<'a> {
    node: &'a Node,
    path: String,
    section: &'static Section,
    taken: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// Starts to read a mapping; `path` is how messages call it (`services.api`).
    pub(super) fn new(
        node: &'a Node,
        path: String,
        section: &'static Section,
        notes: &mut Notes<'_>,
    ) -> Self {
        if !matches!(node.value, Value::Map(_) | Value::Null) {
            notes.unfit(node, &path, "a mapping");
        }
        Self {
            node,
            path,
            section,
            taken: Vec::new(),
        }
    }

    /// Reports the keys of a mapping that its section doesn't have.
    pub(super) fn check(
        node: &'a Node,
        path: &str,
        section: &'static Section,
        report: &mut Report,
    ) {
        let hidden = Hidden::NONE;
        let mut notes = Notes::new(report, &hidden);
        let mut fields = Self::new(node, path.to_owned(), section, &mut notes);
        fields.taken = section.names();
        fields.finish(&mut notes);
    }

    /// Returns the path of a key.
    pub(super) fn at(&self, key: &str) -> String {
        if self.path.is_empty() {
            return key.to_owned();
        }
        format!("{}.{key}", self.path)
    }

    /// Returns the mapping itself.
    pub(super) fn node(&self) -> &'a Node {
        self.node
    }

    /// Returns a key's node; what is null counts as not given.
    pub(super) fn take(&mut self, key: &'static str) -> Option<&'a Node> {
        debug_assert!(
            matches!(
                self.section.fate(key),
                Some(Fate::Carried(_) | Fate::Partly(..) | Fate::Below)
            ),
            "the table of keys of {:?} doesn't say that `{key}` is read",
            self.section.at
        );
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

    /// Returns a list's scalars; items that are none are reported.
    pub(super) fn strings(
        &mut self,
        key: &'static str,
        notes: &mut Notes<'_>,
    ) -> Vec<(&'a str, &'a Node)> {
        let mut found = Vec::new();
        for item in self.list(key, notes) {
            match item.str() {
                Some(text) => found.push((text, item)),
                None => notes.unfit(item, &self.at(key), "a list of scalars"),
            }
        }
        found
    }

    /// Returns a mapping's names and scalars; what is null is empty.
    pub(super) fn pairs(
        &mut self,
        key: &'static str,
        notes: &mut Notes<'_>,
    ) -> Vec<(&'a Entry, &'a str)> {
        let Some(node) = self.take(key) else {
            return Vec::new();
        };
        if !matches!(node.value, Value::Map(_)) {
            notes.unfit(node, &self.at(key), "a mapping, or a list of `NAME=value`");
        }
        let mut found = Vec::new();
        for entry in node.entries() {
            match &entry.node.value {
                Value::Scalar(text) => found.push((entry, text.value.as_str())),
                Value::Null => found.push((entry, "")),
                Value::List(_) | Value::Map(_) => {
                    notes.unfit(&entry.node, &self.at(key), "names and scalars");
                }
            }
        }
        found
    }

    /// Notes that a key, or that value of it, isn't carried over.
    pub(super) fn leave(
        &self,
        key: &'static str,
        value: Option<&str>,
        mark: &Mark,
        notes: &mut Notes<'_>,
    ) {
        let Some(Fate::Partly(_, Loss { why, way }) | Fate::Lost(Loss { why, way })) =
            self.section.fate(key)
        else {
            debug_assert!(false, "the table of keys has no reason for leaving `{key}`");
            return;
        };
        let mut path = self.at(key);
        if let Some(value) = value {
            path = format!("{path}: {value}");
        }
        notes.left.push(Left {
            name: key,
            path,
            mark: mark.clone(),
            why,
            way: Some(way),
        });
    }

    /// Takes a scalar of which some values aren't carried over: those that aren't among `fine`.
    pub(super) fn only(&mut self, key: &'static str, fine: &[&str], notes: &mut Notes<'_>) {
        let Some(node) = self.take(key) else { return };
        match node.str() {
            Some(value) if value.is_empty() || fine.contains(&value) => {}
            Some(value) => self.leave(key, Some(value), &node.mark, notes),
            None => notes.unfit(node, &self.at(key), "a scalar"),
        }
    }

    /// Notes the keys that weren't taken; `x-` ones are the writer's own.
    pub(super) fn finish(self, notes: &mut Notes<'_>) {
        for entry in self.node.entries() {
            let key = entry.key.as_str();
            if key.starts_with("x-") || self.taken.contains(&key) {
                continue;
            }
            let known = self.section.keys.iter().find(|known| known.name == key);
            let Some(known) = known else {
                notes.unknown(entry, &self.at(key), &self.section.names());
                continue;
            };
            let (why, way) = match known.fate {
                Fate::Idle(why) => (why, None),
                Fate::Lost(Loss { why, way }) | Fate::Partly(_, Loss { why, way }) => {
                    (why, Some(way))
                }
                Fate::Carried(_) | Fate::Below => {
                    debug_assert!(false, "`{}` is said to be read, and isn't", self.at(key));
                    continue;
                }
            };
            if way.is_some() && says_nothing(&entry.node) {
                continue;
            }
            notes.left.push(Left {
                name: known.name,
                path: self.at(key),
                mark: entry.mark.clone(),
                why,
                way,
            });
        }
    }
}

/// Returns whether a value asks for nothing that isn't so anyway.
fn says_nothing(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Scalar(text) => matches!(text.value.as_str(), "" | "false" | "False" | "no" | "off"),
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
    }
}
