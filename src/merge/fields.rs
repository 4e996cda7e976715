//! Merging YAML: change after change in the person's text, until none is needed.

use serde_json::Value;

use super::tree::{self, Document};
use super::walk::{Values, Walk};
use super::{Conflict, Merged, Prefer, Side, Versions, Why, edit, lines, secrets};

/// How many changes are made at most: more would mean that they undo each other.
const CHANGES: usize = 10_000;

/// Merges the documents of three texts.
pub(super) fn merge(versions: &Versions<'_>, prefer: Prefer) -> Merged {
    // What orch itself writes otherwise than as YAML (a chart's templates) is lines.
    let Ok(ours) = tree::parse(versions.ours).map(values) else {
        return lines::merge(versions, prefer);
    };
    let theirs = match tree::parse(versions.theirs) {
        Ok(documents) => values(documents),
        Err(problem) => return unreadable(versions, problem),
    };
    // What orch wrote it can read; a base that it can't read is as good as none.
    let base = versions
        .base
        .and_then(|text| tree::parse(text).ok())
        .map(values);
    let mut merged = if versions.ours == versions.theirs || versions.base == Some(versions.ours) {
        unchanged(versions.theirs)
    } else if versions.base == Some(versions.theirs) {
        unchanged(versions.ours)
    } else {
        between(versions, (base.as_deref(), theirs, &ours), prefer)
    };
    let now = tree::parse(&merged.text).map(values).unwrap_or_default();
    let kept = secrets::kept(&now, &ours);
    merged.conflicts.retain(|conflict| {
        let told = |secret: &Conflict| secret.place == conflict.place;
        !kept.iter().any(told)
    });
    merged.conflicts.extend(kept);
    merged
}

fn between(
    versions: &Versions<'_>,
    (base, mut theirs, ours): (Option<&[Value]>, Vec<Value>, &[Value]),
    prefer: Prefer,
) -> Merged {
    let mut text = headed(versions);
    let mut refused = Vec::new();
    for _ in 0..CHANGES {
        let values = Values {
            base,
            theirs: &theirs,
            ours,
        };
        let walk = Walk::over(&values, prefer, &refused);
        let Some(change) = walk.change else {
            let conflicts = walk.conflicts;
            return Merged { text, conflicts };
        };
        match edit::make(&text, &change) {
            Some((changed, now)) => {
                (text, theirs) = (changed, now);
                // What couldn't be done before may be possible now.
                refused.clear();
            }
            None => refused.push(change),
        }
    }
    let problem = "its changes undo each other".to_owned();
    unreadable(versions, problem)
}

fn unchanged(text: &str) -> Merged {
    Merged {
        text: text.to_owned(),
        conflicts: Vec::new(),
    }
}

/// Returns what the documents say that aren't empty.
pub(super) fn values(documents: Vec<Document>) -> Vec<Value> {
    documents
        .into_iter()
        .map(|document| document.value)
        .filter(|value| !value.is_null())
        .collect()
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
