//! Files of earlier phases that this one writes again, as what it writes changes what they say: a
//! policy that is to let the way in's controller in, a number of pods that is scaled now, an object
//! that gets a file of its own.

use super::{Held, Past, twice};
use crate::resolve::application::{Beside, ManifestItem};
use crate::resolve::layout::Again;
use crate::resolve::rules::Read;
use crate::resolve::target::Target;

/// Returns whether an earlier phase's file is one about a workload, in this phase's namespace: all
/// that it says follows from the facts and the tasks.
pub(super) fn can(past: &Past<'_>, path: &str) -> bool {
    let mut held = past.held.iter();
    let theirs = !past.foreign.contains_key(path);
    theirs && held.any(|it| it.beside.path == path && workload(&it.beside).is_some())
}

/// Returns whether a file of an earlier phase is written again, without a task of this phase: for
/// what this one writes, or as it did before.
pub(super) fn is(past: &Past<'_>, path: &String, reads: &[Read<'_>]) -> bool {
    let wanted = past.again.contains(path) || past.own.contains(path);
    let mut targets = reads.iter().filter_map(Read::target);
    wanted && can(past, path) && !targets.any(|it| it.path == *path)
}

/// Returns these files, each once.
pub(super) fn files(past: &Past<'_>, reads: &[Read<'_>]) -> Vec<Again> {
    let mut files: Vec<Again> = Vec::new();
    for Held { beside, .. } in &past.held {
        let known = files.iter().any(|it| it.path == beside.path);
        if known || !is(past, &beside.path, reads) || twice::replaced(beside, reads) {
            continue;
        }
        let target = |it: &&super::Wish| it.target.path == beside.path;
        let wish = past.wishes.iter().find(target);
        files.extend(workload(beside).map(|workload| Again {
            path: beside.path.clone(),
            phase: beside.phase,
            workload,
            target: wish.map(|it| -> Target { it.target.clone() }),
        }));
    }
    files
}

/// Returns the workload that a file holds.
fn workload(beside: &Beside) -> Option<String> {
    beside.items.iter().find_map(|item| {
        let ManifestItem::Workload(name) = item else {
            return None;
        };
        Some(name.clone())
    })
}
