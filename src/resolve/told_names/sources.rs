//! Whether a file is what settings or secrets are taken from, as a line says: `from .env.example`.
//!
//! What is written comes from the Compose files. Another file is a source of it only where it says
//! the same.

use crate::facts::dotenv;

use super::{Application, FileKind, Known};

/// Returns whether what is held comes from a file, or is what it says.
pub(super) fn is_one(
    path: &str,
    kind: FileKind,
    (known, held): (&Known<'_>, &Application),
) -> bool {
    let project = known.facts.project.as_ref();
    if project.is_some_and(|project| project.files.iter().any(|file| file == path)) {
        return true;
    }
    let mut data = held.config_maps.iter().flat_map(|map| &map.data);
    let Some(text) = known.tree.get(path) else {
        // A key may be called like a file.
        return data.any(|(key, _)| key == path);
    };
    let whole = data.any(|(_, value)| value.trim() == text.trim());
    let given = dotenv::values(path, text);
    let name = path.rsplit('/').next().unwrap_or(path);
    let sets = name.contains("env") && !given.is_empty();
    if kind == FileKind::Secrets {
        return sets && has_secrets(held, &given);
    }
    whole || sets && says_the_same((known, held), &given)
}

/// Returns whether each secret is among the variables that are given.
fn has_secrets(held: &Application, given: &[(String, String)]) -> bool {
    let mut keys = held.secrets.iter().flat_map(|it| &it.entries).peekable();
    let some = keys.peek().is_some();
    some && keys.all(|entry| given.iter().any(|(name, _)| *name == entry.key))
}

/// Returns whether all variables that are given are held with their values, secrets aside.
fn says_the_same((known, held): (&Known<'_>, &Application), given: &[(String, String)]) -> bool {
    let data = || held.config_maps.iter().flat_map(|map| &map.data);
    let entries = || known.application.secrets.iter().flat_map(|it| &it.entries);
    let secret = |name: &str| entries().any(|entry| entry.key == name);
    let written = |name: &str| data().find(|(key, _)| key == name).map(|it| it.1.as_str());
    let mut some = false;
    let alike = given.iter().all(|(name, value)| match written(name) {
        Some(found) => {
            some = true;
            found == value
        }
        None => secret(name),
    });
    some && alike
}
