//! `command` and `entrypoint`, and the commands of hooks.

use super::super::yaml::Value;
use super::fields::{Fields, Notes};
use super::hidden::{self, Executed};
use super::units;

/// Returns a container's command in exec form.
fn read(fields: &mut Fields<'_>, key: &'static str, notes: &mut Notes<'_>) -> Option<Vec<String>> {
    let words = marked(fields, key, notes)?;
    Some(words.iter().map(|word| hidden::in_argument(word)).collect())
}

/// Returns the command of a hook in exec form.
pub(super) fn hook(fields: &mut Fields<'_>, notes: &mut Notes<'_>) -> Option<Vec<String>> {
    Some(match hidden::executed(marked(fields, "command", notes)?) {
        Executed::Words(words) => words,
        Executed::Line(line) => ["/bin/sh", "-c", &line].map(str::to_owned).to_vec(),
    })
}

/// Returns the words of a command, secrets marked.
fn marked(
    fields: &mut Fields<'_>,
    key: &'static str,
    notes: &mut Notes<'_>,
) -> Option<Vec<String>> {
    let node = fields.take(key)?;
    let words = match &node.value {
        Value::Scalar(text) => {
            let words = units::words(&notes.marked(text));
            if words.is_none() {
                notes.unfit(node, &fields.at(key), "a command whose quotes are closed");
            }
            words
        }
        Value::List(items) => Some(notes.all_marked(items)),
        Value::Null | Value::Map(_) => {
            notes.unfit(node, &fields.at(key), "a string or a list");
            None
        }
    };
    Some(notes.concealed(words?, false, key, &node.mark.origin()))
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
