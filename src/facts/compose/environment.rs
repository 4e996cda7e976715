//! `environment` and `env_file`.

use std::collections::HashMap;

use super::super::interpolate::{Values, interpolate};
use super::super::yaml::{Entry, Node, Value};
use super::super::{dotenv, secret};
use super::fields::{Fields, Notes};
use super::keys;
use super::service::Scope;
use crate::diagnostic::Diagnostic;
use crate::facts::{EnvVar, Text, VariableUse};

/// Returns the env files and the variables: those of tracked files first, then the service's own.
pub(super) fn read(
    service: &mut Fields<'_>,
    scope: &Scope<'_>,
    notes: &mut Notes<'_>,
) -> (Vec<String>, Vec<EnvVar>) {
    let mut found = Found::default();
    // What an env file refers to: the project's variables, then those of the files before.
    let mut known: Option<Values> = None;
    let path = service.at("env_file");
    let mut files = Vec::new();
    for node in service.list("env_file", notes) {
        let known = known.get_or_insert_with(|| scope.values.clone());
        files.extend(file(node, &path, scope, &mut (known, &mut found), notes));
    }
    let path = service.at("environment");
    let own = service.take("environment");
    if let Some(node) = own.filter(|node| !matches!(node.value, Value::Map(_))) {
        notes.unfit(node, &path, "a mapping, or a list of `NAME=value`");
    }
    for entry in own.map(Node::entries).unwrap_or_default() {
        let value = match &entry.node.value {
            Value::Scalar(text) => Some(text.clone()),
            Value::Null => {
                let given = passed(&entry.key, scope.values);
                if given.is_none() && secret::by_name(&entry.key).is_none() {
                    notes.report.push(unset(entry));
                }
                given
            }
            Value::List(_) | Value::Map(_) => {
                notes.unfit(&entry.node, &path, "names and scalars");
                continue;
            }
        };
        found.set(EnvVar {
            name: entry.key.clone(),
            value,
            origin: entry.mark.origin(),
        });
    }
    (files, found.variables)
}

fn unset(entry: &Entry) -> Diagnostic {
    let message = format!(
        "`{}` isn't set: it is taken from the environment",
        entry.key
    );
    let warning = entry.mark.warning(message, "no value");
    warning.help("give its value here or in `.env`, where the program has no default")
}

/// Returns the value that `.env` gives to a variable that is only named.
fn passed(name: &str, values: &Values) -> Option<Text> {
    let value = values.get(name)?.clone();
    let place = 0..value.len();
    Some(Text {
        value,
        raw: format!("${{{name}}}"),
        variables: vec![VariableUse {
            name: name.to_owned(),
            default: None,
            required: None,
            given: true,
            place,
        }],
    })
}

/// Reads one env file; returns its path.
fn file(
    node: &Node,
    path: &str,
    scope: &Scope<'_>,
    (known, found): &mut (&mut Values, &mut Found),
    notes: &mut Notes<'_>,
) -> Option<String> {
    let mut fields = Fields::new(node, path.to_owned(), &keys::ENV_FILE, notes);
    let file = fields.string("path", notes);
    let required = fields.flag("required", notes).unwrap_or(true);
    let raw = fields.scalar("format", "`raw`, if anything", notes, |text| match text {
        "raw" => Some(true),
        "" => Some(false),
        _ => None,
    });
    fields.finish(notes);
    let Some(file) = file else {
        notes.unfit(node, path, "a path, or a mapping with a `path`");
        return None;
    };
    let file = file.strip_prefix("./").unwrap_or(&file).to_owned();
    let Some(text) = scope.tree.get(&file) else {
        if required {
            notes.report.push(node.mark.warning(
                format!("`{file}` isn't in the workspace: its variables are unknown"),
                "named here",
            ));
        }
        return Some(file);
    };
    let lines = if raw == Some(true) {
        dotenv::parse_raw(&file, text)
    } else {
        let parsed = dotenv::parse(&file, text);
        for odd in parsed.odd {
            let message = format!("this line of `{file}` isn't `NAME=value`: it is passed over");
            let place = node.mark.warning(message, "the file is named here");
            notes.report.push(place.help(format!("see {odd}")));
        }
        parsed.lines
    };
    for line in lines {
        let variable = assigned(line, known);
        if let Some(text) = &variable.value {
            let name = variable.name.clone();
            known.entry(name).or_insert_with(|| text.value.clone());
        }
        found.set(variable);
    }
    Some(file)
}

fn assigned(line: dotenv::Assignment, values: &Values) -> EnvVar {
    let value = match line.value {
        Some(raw) if line.literal => Some(as_it_is(raw)),
        Some(raw) => interpolate(&raw, values).ok().or(Some(as_it_is(raw))),
        None => passed(&line.name, values),
    };
    EnvVar {
        name: line.name,
        value,
        origin: line.origin,
    }
}

fn as_it_is(raw: String) -> Text {
    Text {
        value: raw.clone(),
        raw,
        variables: Vec::new(),
    }
}

/// Variables in order, each once.
#[derive(Default)]
struct Found {
    variables: Vec<EnvVar>,
    places: HashMap<String, usize>,
}

impl Found {
    /// Adds a variable; the later one of a name takes the place of the earlier.
    fn set(&mut self, variable: EnvVar) {
        let place = self.places.get(&variable.name).copied();
        if let Some(other) = place.and_then(|place| self.variables.get_mut(place)) {
            *other = variable;
            return;
        }
        let place = self.variables.len();
        self.places.insert(variable.name.clone(), place);
        self.variables.push(variable);
    }
}
