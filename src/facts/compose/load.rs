//! Compose files → one merged tree: read, interpolate, shape, `include`, `extends`, merge.

mod extends;
mod include;

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::super::interpolate::{Values, interpolate};
use super::super::report::Report;
use super::super::yaml::{Node, Value, parse};
use super::super::{Tree, dotenv, paths, secret};
use super::merge::{merge, settle};
use super::shape::shape;
use crate::diagnostic::Diagnostic;
use crate::facts::Text;

/// Returns the tree merged from `files` (the first one's folder is the project's), and the values
/// of its variables. Problems go to the report.
pub(super) fn load(tree: &Tree, files: &[String], report: &mut Report) -> Option<(Node, Values)> {
    let folder = files.first().map(|first| paths::folder(first).to_owned())?;
    let env = paths::join(&folder, ".env").unwrap_or_default();
    let values = env_values(tree, &[env], &Values::new());
    let mut loader = Loader {
        tree,
        report,
        warned: BTreeSet::new(),
        including: Vec::new(),
        included: BTreeSet::new(),
        extended: HashMap::new(),
    };
    let mut root = loader.files(files, &folder, &values)?;
    settle(&mut root);
    Some((root, values))
}

/// Returns the variables of env files, overlaid with `outer`.
fn env_values(tree: &Tree, files: &[String], outer: &Values) -> Values {
    let mut values = Values::new();
    for path in files {
        let lines = tree.get(path).map(|text| dotenv::parse(path, text).lines);
        for line in lines.unwrap_or_default() {
            let Some(raw) = line.value else { continue };
            let known = |values: &Values| {
                let mut known = values.clone();
                known.extend(outer.clone());
                known
            };
            let value = if line.literal || !raw.contains('$') {
                raw
            } else {
                interpolate(&raw, &known(&values)).map_or(raw, |text| text.value)
            };
            values.insert(line.name, value);
        }
    }
    values.extend(outer.clone());
    values
}

struct Loader<'a> {
    tree: &'a Tree,
    report: &'a mut Report,
    /// Variables whose lack of a value was mentioned already.
    warned: BTreeSet<String>,
    /// The files whose `include` is being followed, outermost first.
    including: Vec<String>,
    /// The files that others include.
    included: BTreeSet<String>,
    /// The services of files that others extend.
    extended: HashMap<String, Rc<HashMap<String, Node>>>,
}

impl Loader<'_> {
    fn files(&mut self, files: &[String], folder: &str, values: &Values) -> Option<Node> {
        let mut merged: Option<Node> = None;
        for file in files {
            // Included, it was read with its own folder and variables.
            if self.including.is_empty() && self.included.contains(file) {
                continue;
            }
            for node in self.file(file, folder, values) {
                let place = extends::Place {
                    path: file,
                    folder,
                    values,
                };
                let node = self.extended(node, merged.as_ref(), &place);
                let node = self.included(node, file, folder, values);
                merged = Some(match merged {
                    Some(base) => merge(base, node, &[], self.report),
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
