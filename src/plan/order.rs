//! Which object must be there before which: from references, and from what selects what.

mod index;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::manifest::Object;
use crate::resolve::Application;
use index::Index;

/// Returns, for each object, the indices of the objects that must be ready before it.
pub(super) fn object_needs(objects: &[&Object], application: &Application) -> Vec<BTreeSet<usize>> {
    let index = Index::of(objects, application);
    (0..objects.len())
        .map(|at| index.needs(at).into_iter().map(|(need, _)| need).collect())
        .collect()
}

/// Returns why each of an object's needs must be ready before it.
pub(super) fn reasons(
    objects: &[&Object],
    application: &Application,
    at: usize,
) -> BTreeMap<usize, &'static str> {
    reasons_of(&Index::of(objects, application), at)
}

/// Returns the same for each object.
pub(super) fn all_reasons(
    objects: &[&Object],
    application: &Application,
) -> Vec<BTreeMap<usize, &'static str>> {
    let index = Index::of(objects, application);
    (0..objects.len())
        .map(|at| reasons_of(&index, at))
        .collect()
}

fn reasons_of(index: &Index<'_>, at: usize) -> BTreeMap<usize, &'static str> {
    let mut reasons = BTreeMap::new();
    for (need, why) in index.needs(at) {
        reasons.entry(need).or_insert(why);
    }
    reasons
}

/// Returns a shortest cycle among indices that form or hang on one: each needs the next, the last
/// needs the first.
pub(super) fn cycle(needs: &[BTreeSet<usize>], within: &[usize]) -> Vec<usize> {
    let within: BTreeSet<usize> = within.iter().copied().collect();
    within
        .iter()
        .filter_map(|start| back_to(*start, needs, &within))
        .min_by_key(Vec::len)
        .unwrap_or_default()
}

/// Returns a shortest way from an index over its needs back to itself.
fn back_to(
    start: usize,
    needs: &[BTreeSet<usize>],
    within: &BTreeSet<usize>,
) -> Option<Vec<usize>> {
    let mut came_from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for need in needs.get(at)?.iter().filter(|need| within.contains(need)) {
            if *need == start {
                let mut path = vec![at];
                while let Some(before) = path.last().and_then(|at| came_from.get(at)) {
                    path.push(*before);
                }
                path.reverse();
                return Some(path);
            }
            if !came_from.contains_key(need) {
                came_from.insert(*need, at);
                queue.push_back(*need);
            }
        }
    }
    None
}

/// Returns the steps in an order in which each comes after what it needs, ties in the given order,
/// or the steps that form or hang on a cycle. What comes behind the first `steps` are gates, which
/// are passed as soon as what they need is done.
pub(super) fn sort(needs: &[BTreeSet<usize>], steps: usize) -> Result<Vec<usize>, Vec<usize>> {
    let mut waiting: Vec<usize> = needs.iter().map(BTreeSet::len).collect();
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    for (user, wanted) in needs.iter().enumerate() {
        for need in wanted {
            if let Some(list) = users.get_mut(*need) {
                list.push(user);
            }
        }
    }
    let mut free: BTreeSet<usize> = BTreeSet::new();
    let mut passed: Vec<usize> = Vec::new();
    for (at, _) in waiting.iter().enumerate().filter(|(_, count)| **count == 0) {
        if at < steps {
            free.insert(at);
        } else {
            passed.push(at);
        }
    }
    let mut sorted = Vec::with_capacity(steps);
    while let Some(next) = passed.pop().or_else(|| free.pop_first()) {
        if next < steps {
            sorted.push(next);
        }
        for user in users.get(next).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(*user) {
                *count -= 1;
                match (*count, *user < steps) {
                    (0, true) => {
                        free.insert(*user);
                    }
                    (0, false) => passed.push(*user),
                    (_, _) => {}
                }
            }
        }
    }
    if sorted.len() == steps {
        return Ok(sorted);
    }
    let done: BTreeSet<usize> = sorted.into_iter().collect();
    Err((0..steps).filter(|at| !done.contains(at)).collect())
}
