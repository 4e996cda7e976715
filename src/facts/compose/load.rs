//! Compose files → one merged tree: read, interpolate, shape, `include`, `extends`, merge.

use std::collections::{BTreeMap, BTreeSet};

use super::super::interpolate::{Values, interpolate};
use super::super::report::Report;
use super::super::yaml::{Entry, Node, Value, parse};
use super::super::{Tree, dotenv, paths, secret};
use super::fields::Fields;
use super::keys;
use super::merge::{merge, settle};
use super::shape::{entries_mut, shape};
use crate::diagnostic::Diagnostic;
use crate::facts::Text;

/// How deep `include` and `extends` may nest.
const DEPTH_LIMIT: usize = 16;

/// Returns the tree merged from `files` (the first one's folder is the project's), and the values
/// of its variables. Problems go to the report.
pub(super) fn load(tree: &Tree, files: &[String], report: &mut Report) -> Option<(Node, Values)> {
    let folder = files.first().map(|first| paths::folder(first).to_owned())?;
    let values = env_values(tree, &folder, &Values::new());
    let mut loader = Loader {
        tree,
        report,
        warned: BTreeSet::new(),
        depth: 0,
    };
    let mut root = loader.files(files, &folder, &values)?;
    settle(&mut root);
    Some((root, values))
}

/// Returns the variables of a folder's `.env`, overlaid with `outer`.
fn env_values(tree: &Tree, folder: &str, outer: &Values) -> Values {
    let path = paths::join(folder, ".env").unwrap_or_default();
    let mut values = Values::new();
    for assignment in tree
        .get(&path)
        .map(|text| dotenv::parse(&path, text).lines)
        .unwrap_or_default()
    {
        let Some(raw) = assignment.value else {
            continue;
        };
        let value = if assignment.literal {
            raw
        } else {
            interpolate(&raw, &values).map_or(raw, |text| text.value)
        };
        values.insert(assignment.name, value);
    }
    values.extend(
        outer
            .iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    values
}

struct Loader<'a> {
    tree: &'a Tree,
    report: &'a mut Report,
    /// Variables whose lack of a value was mentioned already.
    warned: BTreeSet<String>,
    depth: usize,
}

impl Loader<'_> {
    fn files(&mut self, files: &[String], folder: &str, values: &Values) -> Option<Node> {
        let mut merged: Option<Node> = None;
        for file in files {
            for node in self.file(file, folder, values) {
                let node = self.extended(node, merged.as_ref(), file, values);
                let node = self.included(node, folder, values);
                merged = Some(match merged {
                    Some(base) => merge(base, node, &mut Vec::new()),
                    None => node,
                });
            }
        }
        merged
    }

    /// Returns a file's documents, interpolated and shaped.
    fn file(&mut self, path: &str, folder: &str, values: &Values) -> Vec<Node> {
        let Some(text) = self.tree.get(path) else {
            self.report.push(missing(self.tree, path));
            return Vec::new();
        };
        let documents = match parse(path, text) {
            Ok(documents) => documents,
            Err(problems) => {
                problems
                    .0
                    .into_iter()
                    .for_each(|problem| self.report.push(problem));
                return Vec::new();
            }
        };
        let mut roots = Vec::new();
        for mut root in documents {
            match root.value {
                Value::Map(_) => {
                    self.interpolate(&mut root, "", values);
                    shape(&mut root, folder, self.report);
                    roots.push(root);
                }
                Value::Null => {}
                Value::Scalar(_) | Value::List(_) => {
                    let message = format!("`{path}` is not a Compose file");
                    let label = format!("a mapping is expected, this is {}", root.kind());
                    self.report.push(root.mark.error(message, &label));
                }
            }
        }
        roots
    }

    /// Interpolates all scalars; `name` is what the nearest key calls them.
    fn interpolate(&mut self, node: &mut Node, name: &str, values: &Values) {
        match &mut node.value {
            Value::Null => {}
            Value::Scalar(text) => match interpolate(&text.raw, values) {
                Ok(done) => {
                    *text = done;
                    self.check_values(node, name);
                }
                Err(error) => {
                    let message = format!("`{name}` can't be interpolated");
                    self.report
                        .push(node.mark.error(message, &error.to_string()));
                }
            },
            Value::List(items) => {
                for item in items {
                    let raw = item.text().map(|text| text.raw.clone()).unwrap_or_default();
                    let name = raw.split_once('=').map_or(name, |(name, _)| name);
                    self.interpolate(item, name, values);
                }
            }
            Value::Map(entries) => {
                for entry in entries {
                    self.interpolate(&mut entry.node, &entry.key, values);
                }
            }
        }
    }

    /// Reports the variables of a scalar that have no value.
    fn check_values(&mut self, node: &Node, name: &str) {
        let Some(text) = node.text() else { return };
        for used in text
            .variables
            .iter()
            .filter(|used| !used.given && used.default.is_none())
        {
            let secret = is_secret(text, name, &used.name);
            let variable = &used.name;
            match &used.required {
                Some(_) if secret => self.report.push(node.mark.warning(
                    format!("`{variable}` has no value: a placeholder stands for it"),
                    "a secret, to be given where the application runs",
                )),
                Some(why) => self.report.push(
                    node.mark
                        .error(format!("`{variable}` is required and has no value"), why)
                        .help(format!(
                            "give it in `.env` beside the Compose file: {variable}=…"
                        )),
                ),
                None if secret || !self.warned.insert(variable.clone()) => {}
                None => self.report.push(node.mark.warning(
                    format!("`{variable}` has no value and no default: `{name}` lacks it"),
                    "empty here",
                )),
            }
        }
    }

    /// Returns the file's tree with what it includes below it.
    fn included(&mut self, node: Node, folder: &str, values: &Values) -> Node {
        let Some(Value::List(items)) = node.get("include").map(|include| include.value.clone())
        else {
            return node;
        };
        let mut base: Option<Node> = None;
        for item in items {
            if item.text().is_none() {
                Fields::check(&item, "include", &keys::INCLUDE, self.report);
            }
            let files = included_paths(&item, folder);
            let Some(first) = files.first() else { continue };
            if let Some(missing) = files.iter().find(|file| self.tree.get(file).is_none()) {
                let message = format!("`{missing}` is included, but isn't there");
                self.report.push(item.mark.error(message, "included here"));
                continue;
            }
            if !self.enter(&item) {
                continue;
            }
            let given = item.get("project_directory").and_then(Node::str);
            let inner = given.and_then(|given| paths::join(folder, given).ok());
            let inner = inner.unwrap_or_else(|| paths::folder(first).to_owned());
            let values = env_values(self.tree, &inner, values);
            let included = self.files(&files, &inner, &values);
            self.depth -= 1;
            base = match (base, included) {
                (Some(base), Some(node)) => Some(merge(base, node, &mut Vec::new())),
                (base, included) => base.or(included),
            };
        }
        match base {
            Some(base) => merge(base, node, &mut Vec::new()),
            None => node,
        }
    }

    /// Counts one level more, or reports that there are too many.
    fn enter(&mut self, node: &Node) -> bool {
        if self.depth >= DEPTH_LIMIT {
            self.report.push(
                node.mark
                    .error("this leads back to itself", "followed too deep"),
            );
            return false;
        }
        self.depth += 1;
        true
    }

    /// Returns the file's tree with each service merged over what it extends.
    fn extended(
        &mut self,
        mut root: Node,
        base: Option<&Node>,
        path: &str,
        values: &Values,
    ) -> Node {
        let siblings = services(&root);
        let earlier = base.map(services).unwrap_or_default();
        for entry in entries_mut(&mut root) {
            if entry.key != "services" {
                continue;
            }
            for service in entries_mut(&mut entry.node) {
                let scope = Scope {
                    path,
                    siblings: &siblings,
                    earlier: &earlier,
                    values,
                };
                service.node = self.extend(service.node.clone(), &service.key, &scope);
            }
        }
        root
    }

    fn extend(&mut self, mut service: Node, name: &str, scope: &Scope<'_>) -> Node {
        let Some(extends) = service.get("extends").cloned() else {
            return service;
        };
        if let Value::Map(entries) = &mut service.value {
            entries.retain(|entry| entry.key != "extends");
        }
        let at = format!("services.{name}.extends");
        Fields::check(&extends, &at, &keys::EXTENDS, self.report);
        let Some(wanted) = extends.get("service").and_then(Node::str) else {
            self.report
                .push(extends.mark.error("`extends` must name a `service`", ""));
            return service;
        };
        if !self.enter(&extends) {
            return service;
        }
        let base = if let Some(file) = extends.get("file").and_then(Node::str) {
            self.of_other_file(&extends, file, wanted, scope)
        } else {
            let found = scope
                .siblings
                .get(wanted)
                .or_else(|| scope.earlier.get(wanted));
            found
                .cloned()
                .map(|found| self.extend(found, wanted, scope))
        };
        self.depth -= 1;
        let Some(base) = base else {
            if !self.report.failed() {
                let message = format!("`{name}` extends `{wanted}`, which isn't there");
                self.report.push(extends.mark.error(message, "named here"));
            }
            return service;
        };
        merge(
            base,
            service,
            &mut vec!["services".to_owned(), name.to_owned()],
        )
    }

    fn of_other_file(
        &mut self,
        extends: &Node,
        file: &str,
        wanted: &str,
        scope: &Scope<'_>,
    ) -> Option<Node> {
        let path = paths::join(paths::folder(scope.path), file).unwrap_or_else(|path| path);
        if self.tree.get(&path).is_none() {
            let message = format!("`{path}` is extended, but isn't there");
            self.report.push(extends.mark.error(message, "named here"));
            return None;
        }
        let folder = paths::folder(&path).to_owned();
        let root = self.file(&path, &folder, scope.values).into_iter().next()?;
        let siblings = services(&root);
        let service = siblings.get(wanted).cloned()?;
        let none = BTreeMap::new();
        let scope = Scope {
            path: &path,
            siblings: &siblings,
            earlier: &none,
            values: scope.values,
        };
        Some(self.extend(service, wanted, &scope))
    }
}

/// Where `extends` looks for a service.
struct Scope<'a> {
    path: &'a str,
    siblings: &'a BTreeMap<String, Node>,
    earlier: &'a BTreeMap<String, Node>,
    values: &'a Values,
}

fn services(root: &Node) -> BTreeMap<String, Node> {
    let entries = root.get("services").map(Node::entries).unwrap_or_default();
    entries
        .iter()
        .map(|Entry { key, node, .. }| (key.clone(), node.clone()))
        .collect()
}

fn included_paths(item: &Node, folder: &str) -> Vec<String> {
    let node = item.get("path").unwrap_or(item);
    let written: Vec<&str> = match &node.value {
        Value::Scalar(text) => vec![&text.value],
        Value::List(items) => items.iter().filter_map(Node::str).collect(),
        Value::Null | Value::Map(_) => Vec::new(),
    };
    written
        .iter()
        .map(|path| paths::join(folder, path).unwrap_or_else(|path| path))
        .collect()
}

/// Returns whether a variable's value is a secret where it is used.
fn is_secret(text: &Text, name: &str, variable: &str) -> bool {
    let named = secret::by_name(variable)
        .or_else(|| secret::by_name(name))
        .is_some();
    // In the list form of an environment, the name stands before the value.
    let value = text
        .raw
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix('='));
    let in_url = secret::split_url(value.unwrap_or(&text.raw))
        .is_some_and(|url| url.password.contains(variable));
    named || in_url
}

fn missing(tree: &Tree, path: &str) -> Diagnostic {
    let error = Diagnostic::error(format!("there is no Compose file `{path}`"));
    let found = super::default_compose_files(tree, paths::folder(path));
    if found.is_empty() {
        return error;
    }
    error.help(format!("found beside it: {}", found.join(", ")))
}
