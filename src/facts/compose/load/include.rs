//! `include`: further files, each with its own folder and variables.

use super::super::super::interpolate::Values;
use super::super::super::paths;
use super::super::super::yaml::{Entry, Node, Value};
use super::super::fields::Fields;
use super::super::keys;
use super::super::merge::merge;
use super::super::shape::entries_mut;
use super::{Loader, env_values};

/// What of an included file counts.
const PARTS: &[&str] = &[
    "services", "volumes", "networks", "secrets", "configs", "models",
];

/// One entry of `include`.
struct Included {
    /// The files, the later ones over the first.
    files: Vec<String>,
    /// Where their paths start.
    folder: String,
    /// Where their variables' values come from.
    env_files: Vec<String>,
}

impl Loader<'_> {
    /// Returns the file's tree with what it includes below it.
    pub(super) fn included(
        &mut self,
        node: Node,
        path: &str,
        folder: &str,
        values: &Values,
    ) -> Node {
        let Some(include) = node.get("include") else {
            return node;
        };
        let items = match &include.value {
            Value::List(items) => items.clone(),
            Value::Null => Vec::new(),
            Value::Scalar(_) | Value::Map(_) => {
                let error = include
                    .mark
                    .error("`include` must be a list", include.kind());
                self.report.push(error);
                Vec::new()
            }
        };
        self.including.push(path.to_owned());
        let mut base: Option<Node> = None;
        for item in items {
            let Some(found) = self.include(&item, folder) else {
                continue;
            };
            let values = env_values(self.tree, &found.env_files, values);
            let Some(mut included) = self.files(&found.files, &found.folder, &values) else {
                continue;
            };
            if let Value::Map(entries) = &mut included.value {
                entries.retain(|entry| PARTS.contains(&entry.key.as_str()));
            }
            base = Some(match base {
                Some(base) => self.import(base, included),
                None => included,
            });
        }
        self.including.pop();
        match base {
            Some(base) => self.import(base, node),
            None => node,
        }
    }

    /// Reads one entry; `None` where what it names can't be included.
    fn include(&mut self, item: &Node, folder: &str) -> Option<Included> {
        if item.text().is_none() {
            Fields::check(item, "include", &keys::INCLUDE, self.report);
        }
        let at = |path: &str| paths::join(folder, path).unwrap_or_else(|path| path);
        let named = |key: &str| item.get(key).map(texts).unwrap_or_default();
        let files = match item.text() {
            Some(text) => vec![text.value.clone()],
            None => named("path"),
        };
        let files: Vec<String> = files.iter().map(|path| at(path)).collect();
        let Some(first) = files.first() else {
            let error = item.mark.error("`include` must name a `path`", item.kind());
            self.report.push(error);
            return None;
        };
        let env_files: Vec<String> = named("env_file").iter().map(|path| at(path)).collect();
        let mut wanted = files.iter().chain(&env_files);
        if let Some(missing) = wanted.find(|file| self.tree.get(file).is_none()) {
            let message = format!("`{missing}` is included, but isn't there");
            self.report.push(item.mark.error(message, "included here"));
            return None;
        }
        if self.including.contains(first) {
            let circle = self.including.join("` → `");
            let message = format!("`{first}` leads back to itself: `{circle}` → `{first}`");
            self.report.push(item.mark.error(message, "included here"));
            return None;
        }
        self.included.extend(files.iter().cloned());
        let given = item.get("project_directory").and_then(Node::str);
        let folder = given.map_or_else(|| paths::folder(first).to_owned(), at);
        let own = paths::join(&folder, ".env").unwrap_or_default();
        Some(Included {
            env_files: if env_files.is_empty() {
                vec![own]
            } else {
                env_files
            },
            folder,
            files,
        })
    }

    /// Returns both trees in one; what they define differently is reported.
    fn import(&mut self, included: Node, mut node: Node) -> Node {
        for part in entries_mut(&mut node) {
            let Some(theirs) = included.get(&part.key).filter(|_| is_part(part)) else {
                continue;
            };
            for entry in part.node.entries() {
                let Some(other) = theirs.get(&entry.key).filter(|it| !alike(it, &entry.node))
                else {
                    continue;
                };
                let what = format!("{}.{}", part.key, entry.key);
                let place = other.mark.origin();
                let message = format!("`{what}` is defined here and in what is included ({place})");
                let help = "change it in a Compose file of its own, given after this one, or in \
                            `include` with a list: path: [theirs.yml, changes.yml]";
                let error = entry.mark.error(message, "the two differ");
                self.report.push(error.help(help));
            }
        }
        merge(included, node, &[], self.report)
    }
}

fn is_part(entry: &Entry) -> bool {
    PARTS.contains(&entry.key.as_str())
}

/// Returns whether two nodes hold the same, wherever they stand.
fn alike(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Null, Value::Null) => true,
        (Value::Scalar(one), Value::Scalar(other)) => one.value == other.value,
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
        }
        (Value::Map(entries), Value::Map(others)) => {
            let same = |entry: &Entry| {
                other
                    .get(&entry.key)
                    .is_some_and(|other| alike(&entry.node, other))
            };
            entries.len() == others.len() && entries.iter().all(same)
        }
        (Value::Null | Value::Scalar(_) | Value::List(_) | Value::Map(_), _) => false,
    }
}

/// Returns a scalar, or the scalars of a list.
fn texts(node: &Node) -> Vec<String> {
    match &node.value {
        Value::Scalar(text) => vec![text.value.clone()],
        Value::List(items) => items
            .iter()
            .filter_map(Node::str)
            .map(str::to_owned)
            .collect(),
        Value::Null | Value::Map(_) => Vec::new(),
    }
}
