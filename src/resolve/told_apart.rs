//! Changes that several tasks of a phase ask for, which can't be told apart.
//!
//! ``Fix the race in `src/main.py` `` and ``add logging to `src/main.py` `` both want a change of one
//! file: whichever is done first would tick the other. A name that is found there tells them apart,
//! and so does a box that is ticked already: that was looked at before.

use std::collections::BTreeMap;

use super::expect::{Expectation, Expected};
use super::model::{Action, ResolvedTask};
use super::rules::{Intent, Read};

/// Takes the changes back that were found for a task and may be another task's.
pub(super) fn refuse(reads: &[Read<'_>], tasks: &mut [ResolvedTask]) {
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
            let by = touched.get(path.trim_end_matches('/'));
            let other = by.into_iter().flatten().find(|by| **by != at);
            if let Some(other) = other.and_then(|other| reads.get(*other)) {
                trace.found = Err(format!(
                    "`{path}` changed, and that may be task {}: say which is done",
                    other.task.id
                ));
            }
        }
    }
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
