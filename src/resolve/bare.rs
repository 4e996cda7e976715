//! Files of classes that a task names without their folders, as people do where those are deep:
//! `OrderService.kt` is the only file that is called so.
//!
//! Another part's file may be called so before the one that is meant is there: one that is to be made
//! is looked for among what changed, and none where the words name a part that it isn't in.

use std::collections::BTreeMap;

use super::expect::{Expectation, Look};
use super::rules::{Read, around};
use super::{Checklist, is_source, read};
use crate::facts::{Tree, is_stand_in};

/// The files of source by their bare names; nothing for a name that several have.
struct Names<'t>(BTreeMap<&'t str, Option<&'t str>>);

/// Returns the tasks as they are read, what they expect in files told by their whole paths. `look`
/// tells in which part of the application a task's work is; without one, any will do.
pub(super) fn read_placed<'c>(
    checklist: &'c Checklist,
    tree: &Tree,
    look: Option<&Look<'_>>,
) -> Vec<Read<'c>> {
    let mut reads = read(checklist);
    let is_placed = |read: &&mut Read<'_>| {
        let mut paths = read.expected().iter().flat_map(Expectation::touches);
        paths.any(|path| is_bare(path, tree))
    };
    let mut bare = reads.iter_mut().filter(is_placed).peekable();
    let Some(names) = bare.peek().map(|_| Names::of(tree)) else {
        return reads;
    };
    for read in bare {
        let words = around(read.section, read.task, &checklist.vocabulary);
        let whole = |path: &str| {
            let whole = names.only(path)?;
            let meant = look.is_none_or(|look| look.may_be_in(whole, &words));
            meant.then(|| whole.to_owned())
        };
        for want in read.expected_mut() {
            place(want, |path| {
                is_bare(path, tree).then(|| whole(path)).flatten()
            });
        }
    }
    reads
}

/// Tells the paths of a trace more exactly.
fn place(want: &mut Expectation, whole: impl Fn(&str) -> Option<String>) {
    for path in want.touches_mut() {
        if let Some(whole) = whole(path) {
            *path = whole;
        }
    }
    if let Expectation::File(path) = want
        && let Some(whole) = whole(path)
    {
        *want = Expectation::Change(whole);
    }
}

/// Whether a path is a file of a class without its folder: not `main.py`, which each service has.
fn is_bare(path: &str, tree: &Tree) -> bool {
    let class = path.starts_with(char::is_uppercase) && is_source(path);
    class && !path.contains('/') && tree.get(path).is_none()
}

impl<'t> Names<'t> {
    fn of(tree: &'t Tree) -> Self {
        let mut names = BTreeMap::new();
        let (stand_ins, own): (Vec<&str>, Vec<&str>) = tree
            .iter()
            .map(|(path, _)| path)
            .filter(|path| is_source(path))
            .partition(|path| is_stand_in(path));
        // A test's helper is no second one.
        for all in [stand_ins, own] {
            let mut these: BTreeMap<&str, Option<&str>> = BTreeMap::new();
            for path in all {
                let name = path.rsplit('/').next().unwrap_or(path);
                these
                    .entry(name)
                    .and_modify(|only| *only = None)
                    .or_insert(Some(path));
            }
            names.extend(these);
        }
        Self(names)
    }

    fn only(&self, name: &str) -> Option<&'t str> {
        self.0.get(name).copied().flatten()
    }
}
