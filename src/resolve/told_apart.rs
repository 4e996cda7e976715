//! Changes that several tasks of a phase ask for, which can't be told apart.
//!
//! ``Fix the race in `src/main.py` `` and ``add logging to `src/main.py` `` both want a change of one
//! file: whichever is done first would tick the other. A name that is found there tells them apart,
//! and so does a box that is ticked already: that was looked at before.

use std::collections::BTreeMap;

use super::expect::{Expectation, Expected};
use super::model::{Action, ResolvedTask};
use super::rules::{Intent, Read};
use crate::facts::Tree;

/// Takes the changes back that were found for a task and may be another task's.
pub(super) fn refuse(reads: &[Read<'_>], tree: &Tree, tasks: &mut [ResolvedTask]) {
    let mut touched: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, read) in reads.iter().enumerate() {
        for path in read.expected().iter().flat_map(Expectation::touches) {
            let by = touched.entry(path.trim_end_matches('/')).or_default();
            if by.last() != Some(&at) {
                by.push(at);
            }
        }
        // A person's work leaves changes as well.
        let persons = read.intent == Intent::Manual;
        let codes = read.task.text.codes().filter(|_| persons);
        for (code, _) in codes {
            touched
                .entry(code.trim_end_matches('/'))
                .or_default()
                .push(at);
        }
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
            let other = same.flat_map(|(_, by)| by).find(|by| **by != at);
            if let Some(other) = other.and_then(|other| reads.get(*other)) {
                trace.found = Err(format!(
                    "`{path}` changed, and that may be task {}: say which is done",
                    other.task.id
                ));
            }
        }
    }
}

/// Whether what a task names is a path, maybe by no more than its end: `application.yml`.
fn is_same(named: &str, path: &str, tree: &Tree) -> bool {
    let end = || path.strip_suffix(named).is_some_and(|it| it.ends_with('/'));
    named == path || !named.is_empty() && end() && tree.get(named).is_none()
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
