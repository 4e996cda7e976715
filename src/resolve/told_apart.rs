//! Changes that several tasks of a phase ask for, which can't be told apart.
//!
//! ``Fix the race in `src/main.py` `` and ``add logging to `src/main.py` `` both want a change of one
//! file: whichever is done first would tick the other. A name that is found there tells them apart,
//! and so does a box that is ticked already: that was looked at before. A task touches a file as well
//! whose path it doesn't name: ``add `cancel()` to `OrderService` `` is work in that class's file.

use std::collections::{BTreeMap, BTreeSet};

use super::expect::{Expectation, Expected, Look};
use super::model::{Action, ResolvedTask};
use super::rules::{Intent, Read};
use crate::facts::{Tree, is_below};

/// The tasks that touch each path, by their places in a phase.
type Touched<'a> = BTreeMap<&'a str, BTreeSet<usize>>;

/// Takes the changes back that were found for a task and may be another task's.
pub(super) fn refuse(
    reads: &[Read<'_>],
    (tree, look): (&Tree, &Look<'_>),
    tasks: &mut [ResolvedTask],
) {
    let is_change = |it: &Expected| it.found.is_ok() && matches!(it.what, Expectation::Change(_));
    if !tasks.iter().flat_map(traces).any(is_change) {
        return;
    }
    let found = found_in(tasks);
    let mut touched = named(reads);
    for (path, by) in found
        .iter()
        .map(|(path, at)| (path.as_str(), *at))
        .chain(worked_on(reads, look))
    {
        touched.entry(path).or_default().insert(by);
    }
    for (at, (read, task)) in reads.iter().zip(tasks).enumerate() {
        let Action::Expect { traces } = &mut task.action else {
            continue;
        };
        if read.task.marker.checked {
            continue;
        }
        for trace in traces.iter_mut().filter(|it| it.found.is_ok()) {
            let Some(path) = changed(trace, read.expected()) else {
                continue;
            };
            let path = path.trim_end_matches('/');
            let same = touched.iter().filter(|(by, _)| is_same(by, path, tree));
            let mut others = same.flat_map(|(_, by)| by);
            let other = others.find(|by| **by != at);
            if let Some(other) = other.and_then(|other| reads.get(*other)) {
                trace.found = Err(format!(
                    "`{path}` changed, and that may be task {}: say which is done",
                    other.task.id
                ));
            }
        }
    }
}

/// Returns what is looked for in a task's stead.
fn traces(task: &ResolvedTask) -> &[Expected] {
    if let Action::Expect { traces } = &task.action {
        traces
    } else {
        &[]
    }
}

/// Returns the paths that tasks name, and the tasks.
fn named<'a>(reads: &'a [Read<'_>]) -> Touched<'a> {
    let mut touched = Touched::new();
    for (at, read) in reads.iter().enumerate() {
        let expected = read.expected().iter().flat_map(Expectation::touches);
        // A person's work leaves changes as well.
        let persons = read.intent == Intent::Manual;
        let codes = read.task.text.codes().filter(|_| persons);
        for path in expected.map(String::as_str).chain(codes.map(|it| it.0)) {
            let by = touched.entry(path.trim_end_matches('/')).or_default();
            by.insert(at);
        }
    }
    touched
}

/// Returns the files in which something was found for a task, beside that they changed.
fn found_in(tasks: &[ResolvedTask]) -> Vec<(String, usize)> {
    let found = tasks.iter().enumerate().flat_map(|(at, task)| {
        let found = traces(task).iter().filter_map(|it| it.found.as_ref().ok());
        found.filter_map(move |it| Some((it.holder()?.to_owned(), at)))
    });
    found.collect()
}

/// Returns the files that define what tasks name: types, and functions where one alone is called so.
fn worked_on<'l>(reads: &[Read<'_>], look: &'l Look<'_>) -> impl Iterator<Item = (&'l str, usize)> {
    let words = reads.iter().enumerate().flat_map(|(at, read)| {
        let codes = read.task.text.codes();
        let word = |it: char| !(it.is_alphanumeric() || it == '_');
        let words = codes.flat_map(move |(code, _)| code.split(word));
        let words: BTreeSet<&str> = words.filter(|it| !it.is_empty()).collect();
        words.into_iter().map(move |it| (it, at))
    });
    let found: Vec<(&str, usize)> = words
        .filter_map(|(word, at)| Some((look.home(word)?, at)))
        .collect();
    found.into_iter()
}

/// Whether what a task names is a path, maybe by no more than its end: `application.yml`; or lies in
/// it, where it is a folder.
fn is_same(named: &str, path: &str, tree: &Tree) -> bool {
    let end = || path.strip_suffix(named).is_some_and(|it| it.ends_with('/'));
    let part = || tree.get(path).is_none() && is_below(named, path);
    named == path || !named.is_empty() && (end() && tree.get(named).is_none() || part())
}

/// Returns the path that a trace is a change of, where nothing else is looked for in it.
fn changed(trace: &Expected, wants: &[Expectation]) -> Option<String> {
    let Expectation::Change(path) = &trace.what else {
        return None;
    };
    let named = |want: &Expectation| {
        !matches!(want, Expectation::Change(_)) && want.touches().contains(path)
    };
    (!wants.iter().any(named)).then(|| path.clone())
}
