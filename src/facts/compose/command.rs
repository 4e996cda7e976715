//! `command` and `entrypoint`, and the commands of hooks.

use super::super::secret;
use super::super::yaml::{Node, Value};
use super::fields::{Fields, Notes};
use super::units;

/// Returns a command in exec form.
pub(super) fn read(
    fields: &mut Fields<'_>,
    key: &'static str,
    notes: &mut Notes<'_>,
) -> Option<Vec<String>> {
    let node = fields.take(key)?;
    warn_of_secrets(node, key, notes);
    match &node.value {
        Value::Scalar(text) => {
            let words = units::words(&text.value);
            if words.is_none() {
                notes.unfit(node, &fields.at(key), "a command whose quotes are closed");
            }
            words
        }
        Value::List(items) => Some(strings(items)),
        Value::Null | Value::Map(_) => {
            notes.unfit(node, &fields.at(key), "a string or a list");
            None
        }
    }
}

/// Returns entrypoint and command as Kubernetes takes them: where the image's entrypoint is taken
/// away (`entrypoint: []`), the command is what is executed.
pub(super) fn both(
    service: &mut Fields<'_>,
    notes: &mut Notes<'_>,
) -> (Option<Vec<String>>, Option<Vec<String>>) {
    let entrypoint = read(service, "entrypoint", notes);
    let command = read(service, "command", notes);
    match entrypoint {
        Some(words) if words.is_empty() => (command, None),
        entrypoint => (entrypoint, command),
    }
}

/// Says that a secret in a command has no value: nothing can stand for it there.
fn warn_of_secrets(node: &Node, key: &str, notes: &mut Notes<'_>) {
    let words = match &node.value {
        Value::List(items) => items.as_slice(),
        Value::Scalar(_) | Value::Null | Value::Map(_) => std::slice::from_ref(node),
    };
    for word in words {
        let Value::Scalar(text) = &word.value else {
            continue;
        };
        let lost = text.variables.iter().filter(|variable| {
            let empty = !variable.given && variable.default.is_none();
            empty && secret::by_name(&variable.name).is_some()
        });
        for variable in lost {
            let message = format!("`{}` in `{key}` is a secret, and left out", variable.name);
            let help =
                "let the program read it from its environment, where a Secret can stand for it";
            notes.report.push(
                node.mark
                    .warning(message, "it has no value here")
                    .help(help),
            );
        }
    }
}

/// Returns the scalars of a list.
pub(super) fn strings(items: &[Node]) -> Vec<String> {
    items
        .iter()
        .map(|item| item.str().unwrap_or_default().to_owned())
        .collect()
}
