//! What a run says at its end.

use std::fmt::Write as _;

use super::outlook::{Left, Outlook, Waiting};
use super::{Prepared, Result};
use crate::checklist::TaskId;
use crate::cli::changed;
use crate::execute::Report;
use crate::journal::{Outcome, StepId};
use crate::manifest::Rendered;
use crate::resolve::Action;
use crate::terminal::{count, err, fitted, printable};

/// How many steps that could not start are named.
const NAMED: usize = 12;

/// What becomes of the steps that succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// The journal has them.
    Recorded,
    /// Nothing: it was tried in memory.
    Nothing,
}

/// Says what failed and what could not start because of it.
pub(super) fn tell(prepared: &Prepared<'_>, report: &Report, kept: Kept) -> Result<()> {
    failures(prepared, report)?;
    let mut text = String::new();
    if !report.blocked.is_empty() && report.outcome == Outcome::Failed {
        text += &blocked_text(&report.blocked);
    }
    text += match (report.outcome, kept) {
        (Outcome::Completed | Outcome::Waiting, _) => "",
        (Outcome::Failed, Kept::Recorded) => {
            "what succeeded is recorded; run again to go on from there
"
        }
        (Outcome::Interrupted, Kept::Recorded) => {
            "interrupted; run again to go on
"
        }
        (Outcome::Failed, Kept::Nothing) => {
            "a run would end so; correct it and rehearse again
"
        }
        (Outcome::Interrupted, Kept::Nothing) => {
            "interrupted
"
        }
    };
    err(&text)?;
    Ok(())
}

/// Says what failed.
pub(super) fn failures(prepared: &Prepared<'_>, report: &Report) -> Result<()> {
    let paint = prepared.session.err;
    let checklist = &prepared.phase.checklist;
    let mut text = String::new();
    for (step, task, failure) in &report.failed {
        let of = task
            .as_ref()
            .map(|task| format!(" (task {task})"))
            .unwrap_or_default();
        let _ = writeln!(
            text,
            "\n{} {}{of}",
            paint.bad("failed:"),
            printable(step.as_str())
        );
        let known = task.as_ref().and_then(|id| checklist.task(id));
        if let Some(task) = known {
            let line = checklist.line_at(task.marker.offset);
            let _ = writeln!(text, "  {} {}:{line}", paint.dim("-->"), checklist.path);
        }
        let _ = writeln!(text, "  {}", printable(&failure.cause));
        for detail in &failure.details {
            let _ = writeln!(text, "  {} {}", paint.dim("|"), printable(detail));
        }
        if let Some(help) = &failure.help {
            let _ = writeln!(text, "  {} {}", paint.name("help:"), printable(help));
        }
    }
    err(&text)?;
    Ok(())
}

/// Returns what is to be known of files that a commit left as they were; none, nothing.
pub(super) fn absent_text(absent: &[String]) -> Option<String> {
    const PATHS: usize = 5;
    if absent.is_empty() {
        return None;
    }
    let named: Vec<&str> = absent.iter().take(PATHS).map(String::as_str).collect();
    let more = match absent.len().saturating_sub(PATHS) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "warning: not in the work tree, and left as the last commit has it: {}{more} (`git restore \
         FILE` brings it back)\n",
        printable(&named.join(", "))
    ))
}

/// Names the first steps that could not start; the rest is counted.
fn blocked_text(blocked: &[StepId]) -> String {
    let names: Vec<&str> = blocked.iter().take(NAMED).map(StepId::as_str).collect();
    let more = match blocked.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!(
        "\n{} did not start because of that: {}{more}\n",
        count(blocked.len(), "step"),
        printable(&names.join(", "))
    )
}

/// Returns what waits for a person: tasks, each with its place, and files to decide on.
pub(super) fn waiting_text(
    prepared: &Prepared<'_>,
    outlook: &Outlook,
    waiting: &Waiting,
) -> String {
    let mut text = String::new();
    if !waiting.tasks.is_empty() {
        text += &tasks_text(prepared, outlook, &waiting.tasks);
    }
    text += &left_text(prepared, waiting.left);
    if !waiting.files.is_empty() {
        let held = |path: &str| outlook.held_by_file(path);
        text += &undecided_text(prepared, &held);
    }
    text
}

/// Returns what a run about a part of the phase left; nothing where nothing is.
pub(super) fn left_text(prepared: &Prepared<'_>, left: Left) -> String {
    let mut parts = Vec::new();
    if left.tasks > 0 {
        parts.push(format!(
            "{} of other sections",
            count(left.tasks, "open task")
        ));
    }
    if left.steps > 0 {
        parts.push(format!("{} that no task names", count(left.steps, "step")));
    }
    if parts.is_empty() {
        return String::new();
    }
    let number = prepared.phase.checklist.number;
    format!(
        "left as they are: {}; go on: orch phase {number} run{}\n",
        parts.join(", "),
        prepared.phase.set_flag
    )
}

/// Returns the files that a person has to decide on, each with what conflicts.
fn undecided_text(prepared: &Prepared<'_>, held: &dyn Fn(&str) -> usize) -> String {
    let paint = prepared.session.err;
    let files: Vec<&Rendered> = changed::undecided(&prepared.meaning.rendered).collect();
    let mut text = format!(
        "{} for a person to decide on:\n",
        count(files.len(), "file")
    );
    for file in files {
        text += &changed::conflicts(file, paint);
        let waits = held(&file.path).saturating_sub(1);
        if waits > 0 {
            let wait = if waits == 1 { "waits" } else { "wait" };
            let _ = writeln!(text, "    {} {wait} for it", count(waits, "step"));
        }
    }
    text + &changed::ways_out(&prepared.meaning.rendered).concat()
}

fn tasks_text(prepared: &Prepared<'_>, outlook: &Outlook, waiting: &[TaskId]) -> String {
    let checklist = &prepared.phase.checklist;
    let (tasks, lines) = (checklist.by_id(), checklist.lines());
    let held_by = outlook.held_by_task();
    let mut text = format!("{} for a person to do:\n", count(waiting.len(), "task"));
    for id in waiting {
        let Some(task) = tasks.get(id) else {
            continue;
        };
        let indent = id.as_str().chars().count() + 4;
        let _ = writeln!(
            text,
            "  {id}  {}\n         {}:{}",
            fitted(&printable(&task.text.plain()), indent),
            checklist.path,
            lines.line(task.span.start)
        );
        for missing in prepared.missing(id) {
            let _ = writeln!(text, "         {}", printable(missing));
        }
        let held = held_by.get(id).copied().unwrap_or_default();
        if held > 0 {
            let wait = if held == 1 { "waits" } else { "wait" };
            let _ = writeln!(text, "         {} {wait} for it", count(held, "step"));
        }
    }
    let traced = |id: &&TaskId| !prepared.missing(id).is_empty();
    if waiting.iter().any(|id| traced(&id)) {
        text += "what leaves a trace is ticked by the next run that finds it\n";
    }
    let Some(first) = waiting.iter().find(|id| !traced(id)).or(waiting.first()) else {
        return text;
    };
    let task = prepared.phase.task_args(first);
    let _ = writeln!(
        text,
        "when one is done: orch task done {task} --note \"what was done\""
    );
    // What orch has done already can't be left out.
    let undone = |id: &&TaskId| {
        let mut resolved = prepared.meaning.resolved.tasks.iter();
        resolved
            .any(|it| it.id == **id && matches!(it.action, Action::Manual | Action::Expect { .. }))
    };
    if let Some(first) = waiting.iter().find(undone) {
        let task = prepared.phase.task_args(first);
        let _ = writeln!(
            text,
            "one that nobody will do: orch task skip {task} --note \"why\""
        );
    }
    text
}
