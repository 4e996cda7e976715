//! Where a name leads: a task that another comes after, a file, what was found of an endpoint.

use super::place::{self, Place};
use super::seen::{Reading, Seen};
use crate::checklist::{Span, TaskId};
use crate::resolve::Action;

/// Where a name leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lead {
    /// To a place of the same document.
    Here(Span),
    /// To a line, counted from 1, of a file of the workspace.
    File(String, usize),
}

/// Returns where what stands at a byte offset leads.
pub(super) fn of(seen: &Seen, reading: &Reading, offset: usize) -> Vec<Lead> {
    match place::at(&reading.checklist, offset) {
        Some(Place::After(_, id, _)) => task(reading, &id).into_iter().collect(),
        Some(Place::Path(_, path, _)) => {
            file(seen, path).map_or_else(|| found(reading, path), |lead| vec![lead])
        }
        Some(Place::Section(_) | Place::Key(..) | Place::Task(_)) | None => Vec::new(),
    }
}

fn task(reading: &Reading, id: &TaskId) -> Option<Lead> {
    let task = reading.checklist.task(id)?;
    let start = task.marker.offset.saturating_sub(1);
    Some(Lead::Here(start..task.text.span.end))
}

fn file(seen: &Seen, path: &str) -> Option<Lead> {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let tree = &seen.tree;
    if tree.get(path).is_some() || tree.other(path).is_some() {
        return Some(Lead::File(path.to_owned(), 1));
    }
    let (first, _) = tree.below(path).next()?;
    Some(Lead::File(first.to_owned(), 1))
}

/// Returns where a study found something of it.
fn found(reading: &Reading, subject: &str) -> Vec<Lead> {
    let mut leads = Vec::new();
    for task in &reading.tasks {
        let Action::Study { findings } = &task.action else {
            continue;
        };
        let own = findings.iter().filter(|it| it.subject == subject);
        for (_, origin) in own.flat_map(|finding| &finding.facts) {
            let lead = Lead::File(origin.path.clone(), origin.line);
            if !leads.contains(&lead) {
                leads.push(lead);
            }
        }
    }
    leads
}
