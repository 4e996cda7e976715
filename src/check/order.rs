//! Why no plan can be made of a phase: circles and objects that are described twice, at the place
//! that a person would change.

use crate::checklist::{Checklist, Span, TaskId};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::plan::{Cycle, End, Twice, Why};

/// Returns the error of steps that wait for each other, at a directive that is part of it.
pub fn circle(cycle: &Cycle, checklist: &Checklist) -> Diagnostics {
    let error = Diagnostic::error(format!("these steps wait for each other: {cycle}"));
    let mut error = error.rule("cycle");
    for (task, after) in cycle.directives() {
        let Some(span) = directive(checklist, task, after) else {
            continue;
        };
        let label = format!("task {task} is to come after {after}");
        let (path, text) = (&checklist.path, &checklist.text);
        error = if error.place.is_none() {
            error.at(path, text, span, &label)
        } else {
            error.related(path, text, span, &label)
        };
    }
    for edge in &cycle.edges {
        let why = match (&edge.why, &edge.user.task) {
            (Why::After(after), Some(task)) => match directive(checklist, task, after) {
                Some(span) => {
                    let line = checklist.line_at(span.start);
                    format!("{} in {}:{line}", edge.why, checklist.path)
                }
                None => edge.why.to_string(),
            },
            _ => edge.why.to_string(),
        };
        error = error.help(format!(
            "{} waits for {}: {why}",
            end(&edge.user),
            end(&edge.need)
        ));
    }
    let help = if cycle.directives().next().is_some() {
        "take the `after=` away: what objects refer to is put in order without it"
    } else {
        "take one of these references away, or apply one of the objects by a task of its own"
    };
    Diagnostics(vec![error.help(help)])
}

/// Returns the error of an object that is described twice, at the task that comes second.
pub fn twice(twice: &Twice, checklist: &Checklist) -> Diagnostics {
    let message = format!(
        "one object is described twice, differently: {}",
        twice.first.name
    );
    let mut error = Diagnostic::error(message).rule("object");
    let task = |end: &End| end.task.as_ref().and_then(|id| checklist.task(id));
    if let Some(task) = task(&twice.second).or_else(|| task(&twice.first)) {
        let label = format!("task {} applies one of the two", task.id);
        error = error.at(&checklist.path, &checklist.text, task.span.clone(), &label);
    }
    if let (Some(first), Some(second)) = (task(&twice.first), task(&twice.second))
        && first.id != second.id
    {
        let label = format!("task {} applies the other", first.id);
        error = error.related(&checklist.path, &checklist.text, first.span.clone(), &label);
    }
    let ends = format!("{} and {}", end(&twice.first), end(&twice.second));
    let help = match (&twice.first.task, &twice.second.task) {
        (Some(first), Some(second)) if first != second => format!(
            "take one of them away; or, where the second is to replace the first: after={first} \
             at task {second}"
        ),
        _ => "take one of them away".to_owned(),
    };
    Diagnostics(vec![error.help(format!("it is in {ends}")).help(help)])
}

fn end(end: &End) -> String {
    let mut places: Vec<String> = Vec::new();
    places.extend(end.task.as_ref().map(|task| format!("task {task}")));
    places.extend(end.file.clone());
    if places.is_empty() {
        end.name.clone()
    } else {
        format!("{} ({})", end.name, places.join(", "))
    }
}

/// Returns the place of the id in `after=`.
fn directive(checklist: &Checklist, task: &TaskId, after: &TaskId) -> Option<Span> {
    let directive = checklist.task(task)?.directive.as_ref()?;
    let wanted = directive.after.iter().find(|it| it.value == *after)?;
    Some(wanted.span.clone())
}
