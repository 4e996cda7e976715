//! Ticks of a task that says something else by now, of which not all is read: what was done was
//! done for other words.

use std::collections::BTreeSet;

use crate::checklist::Task;
use crate::journal::{StepState, Subject, likeness};
use crate::resolve::{Action, BulletReading, ResolvedTask};
use crate::vocabulary::words;

/// Returns why a tick doesn't stand for what a task says any more; none where it does, or that can't be
/// told. `steps` are what was recorded of the task.
pub fn reworded<'s>(
    task: &Task,
    resolved: &ResolvedTask,
    steps: impl IntoIterator<Item = &'s StepState>,
    now: &Subject,
) -> Option<String> {
    let done = steps.into_iter().filter(|step| step.evidence().is_some());
    // What has the number of another task, which is gone, says nothing like it.
    let alike = |then: &&Subject| {
        let (then, now) = (&then.text, &now.text);
        likeness(then, now).is_some() || is_about_the_same(then, now)
    };
    let said = done.filter_map(|step| step.about.as_ref());
    let said: Vec<&Subject> = said
        .filter(|then| then.is_same(now) || alike(then))
        .collect();
    let first = said.first()?;
    if first.is_same(now) {
        let more = |then: &&Subject| {
            let below = then.below.as_ref();
            then.is_same(now) && below.is_some_and(|then| Some(then) != now.below.as_ref())
        };
        let told = told(task, resolved, Place::Below).filter(|_| said.iter().all(more));
        return told.map(|told| format!("what stands below it changed since: {told}"));
    }
    let edited = |then: &&Subject| !then.is_same(now);
    let told = told(task, resolved, Place::Line).filter(|_| said.iter().all(edited));
    told.map(|told| format!("the line changed since it was ticked: {told}"))
}

/// Whether two lines name the same things, whatever else they say: `Postgres as a StatefulSet, 20Gi`
/// and `Postgres (StatefulSet), a volume of 40 GB`.
fn is_about_the_same(one: &str, other: &str) -> bool {
    /// Words of fewer letters name nothing.
    const SHORTEST: usize = 4;
    /// One alone may be the kind of both.
    const FEWEST: usize = 2;
    let named = |text: &str| -> BTreeSet<String> {
        let words = words(text).map(str::to_lowercase);
        words
            .filter(|it| it.chars().filter(|it| it.is_alphabetic()).count() >= SHORTEST)
            .collect()
    };
    named(one).intersection(&named(other)).count() >= FEWEST
}

/// Where a task says something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In its line.
    Line,
    /// Below it.
    Below,
}

/// Returns what a task says there that nothing does.
fn told(task: &Task, resolved: &ResolvedTask, place: Place) -> Option<String> {
    let line = &task.text.span;
    let is_meant = |start| line.contains(start) == (place == Place::Line);
    let unread = resolved.bullets.iter().find_map(|it| match it {
        BulletReading::Unread { text, span, .. } if is_meant(&span.start) => {
            let unmet = it.unmet().map(|unmet| format!("“{text}” {unmet}"));
            Some(unmet.unwrap_or_else(|| format!("nothing reads “{text}”")))
        }
        BulletReading::Unread { .. }
        | BulletReading::Read { .. }
        | BulletReading::Vacuous { .. } => None,
    });
    let manual = resolved.action == Action::Manual && task.directive.is_none();
    let noted = || resolved.notes.first().cloned();
    let why = || noted().unwrap_or_else(|| "no rule reads it as it is now".to_owned());
    unread.or_else(|| manual.then(why))
}
