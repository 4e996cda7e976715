//! Ticks of a line that says something else by now, of which not all is read: what was done was
//! done for other words.

use std::collections::BTreeSet;

use crate::checklist::Task;
use crate::journal::{StepState, Subject};
use crate::resolve::{Action, BulletReading, ResolvedTask};
use crate::vocabulary::words;

/// Returns why a tick doesn't stand for a task's line any more; none where it does, or that can't be
/// told. `steps` are what was recorded of the task.
pub fn reworded<'s>(
    task: &Task,
    resolved: &ResolvedTask,
    steps: impl IntoIterator<Item = &'s StepState>,
    now: &Subject,
) -> Option<String> {
    let told = told(task, resolved)?;
    let done = steps.into_iter().filter(|step| step.evidence().is_some());
    let mut said = done.filter_map(|step| step.about.as_ref()).peekable();
    said.peek()?;
    // A task that has the number of another one, which is gone, says nothing like it.
    let edited = |then: &Subject| !then.is_same(now) && is_alike(&then.text, &now.text);
    said.all(edited)
        .then(|| format!("the line changed since it was ticked: {told}"))
}

/// Returns what a line says that nothing does.
fn told(task: &Task, resolved: &ResolvedTask) -> Option<String> {
    let line = &task.text.span;
    let unread = resolved.bullets.iter().find_map(|it| match it {
        BulletReading::Unread { text, span } if line.contains(&span.start) => {
            Some(format!("nothing reads “{text}”"))
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

/// Returns whether two texts have half of their words in common.
fn is_alike(one: &str, other: &str) -> bool {
    let of = |text: &str| -> BTreeSet<String> { words(text).map(str::to_lowercase).collect() };
    let (one, other) = (of(one), of(other));
    let common = one.intersection(&other).count();
    common * 2 >= one.len().max(1)
}
