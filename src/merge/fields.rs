//! Merging YAML: change after change in the person's text, until none is needed.

use std::collections::HashSet;

use serde_json::Value;

use super::tree;
use super::walk::{Values, Walk};
use super::{Conflict, Merged, Prefer, Side, Versions, Why, edit, lines, secrets};
use crate::journal::sha256;

/// How many changes are made at most; more would mean that each asks for another one.
const CHANGES: usize = 10_000;

/// Merges the documents of three texts.
pub(super) fn merge(versions: &Versions<'_>, prefer: Prefer) -> Merged {
    // What orch itself writes otherwise than as YAML (a chart's templates) is lines.
    let Ok(ours) = tree::parse(versions.ours) else {
        return lines::merge(versions, prefer);
    };
    if let Err(problem) = tree::parse(versions.theirs) {
        return unreadable(versions, problem);
    }
    let mut merged = if versions.ours == versions.theirs || versions.base == Some(versions.ours) {
        unchanged(versions.theirs)
    } else if versions.base == Some(versions.theirs) {
        unchanged(versions.ours)
    } else {
        between(versions, &ours.values, prefer)
            .unwrap_or_else(|problem| unreadable(versions, problem))
    };
    let now = tree::parse(&merged.text)
        .map(|now| now.values)
        .unwrap_or_default();
    let kept = secrets::kept(&now, &ours.values);
    merged.conflicts.retain(|conflict| {
        let told = |secret: &Conflict| secret.place == conflict.place;
        !kept.iter().any(told)
    });
    merged.conflicts.extend(kept);
    merged
}

/// Makes change after change.
///
/// # Errors
/// Says why the text can't be changed at all.
fn between(versions: &Versions<'_>, ours: &[Value], prefer: Prefer) -> Result<Merged, String> {
    // What orch wrote it can read; a base that it can't read is as good as none.
    let base = versions.base.and_then(|text| tree::parse(text).ok());
    let mut text = headed(versions);
    let mut documents = tree::parse(&text)?;
    let mut refused = Vec::new();
    let mut moved = false;
    // What was there before would be changed in the same way for ever.
    let mut seen = HashSet::from([sha256(text.as_bytes())]);
    for _ in 0..CHANGES {
        let values = Values {
            base: base.as_ref().map(|base| base.values.as_slice()),
            theirs: &documents.values,
            ours,
        };
        let walk = Walk::over(&values, prefer, &refused);
        let Some(change) = walk.change else {
            if moved && !refused.is_empty() {
                // What couldn't be done before may be possible now.
                (moved, refused) = (false, Vec::new());
                continue;
            }
            let conflicts = walk.conflicts;
            return Ok(Merged { text, conflicts });
        };
        if edit::make(&mut text, &mut documents, &change) {
            moved = true;
            if !seen.insert(sha256(text.as_bytes())) {
                break;
            }
        } else {
            refused.push(change);
        }
    }
    Err("its changes undo each other".to_owned())
}

fn unchanged(text: &str) -> Merged {
    Merged {
        text: text.to_owned(),
        conflicts: Vec::new(),
    }
}

fn unreadable(versions: &Versions<'_>, problem: String) -> Merged {
    Merged {
        text: versions.theirs.to_owned(),
        conflicts: vec![Conflict {
            place: "the whole file".to_owned(),
            why: Why::Unreadable(problem),
            written: Side::Unknown,
            found: Side::Unknown,
            wanted: Side::Unknown,
        }],
    }
}

/// Returns the person's text, with orch's own header brought up to date where they left it alone.
fn headed(versions: &Versions<'_>) -> String {
    let theirs = versions.theirs;
    let Some(base) = versions.base else {
        return theirs.to_owned();
    };
    let (before, now) = (header(base), header(versions.ours));
    match theirs.strip_prefix(before) {
        Some(rest) if !before.is_empty() && !now.is_empty() => format!("{now}{rest}"),
        _ => theirs.to_owned(),
    }
}

/// Returns the first line, where it is a comment.
fn header(text: &str) -> &str {
    let line = text.split_inclusive('\n').next().unwrap_or_default();
    if line.starts_with('#') { line } else { "" }
}
