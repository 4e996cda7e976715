//! `--section`: one section of a phase, as it is asked for and shown.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::json;

use super::Stop;
use super::exit::Result;
use crate::checklist::{Checklist, Section, TaskId};
use crate::plan::{Needed, Plan, Scope, Work};
use crate::resolve::Resolved;
use crate::terminal::printable;

/// Returns the tasks of a section, those of the sections below it included (`4.2.1` is below
/// `4.2`).
pub(super) fn tasks(checklist: &Checklist, number: &str) -> Result<BTreeSet<TaskId>> {
    let sections = &checklist.sections;
    let found: Vec<&Section> = sections.iter().filter(|it| is_in(it, number)).collect();
    if found.is_empty() {
        let said = format!("phase {} has no section {number}", checklist.number);
        let known: Vec<String> = sections
            .iter()
            .map(|it| printable(format!("{} {}", it.number, it.title).trim()))
            .collect();
        return Err(Stop::input(said).help(format!("its sections: {}", known.join(" · "))));
    }
    let tasks: BTreeSet<TaskId> = found
        .iter()
        .flat_map(|section| section.tasks.iter().map(|task| task.id.clone()))
        .collect();
    if tasks.is_empty() {
        return Err(Stop::input(format!("section {number} has no tasks")));
    }
    Ok(tasks)
}

/// Returns whether a section is the one of that number, or below it.
pub(super) fn is_in(section: &Section, number: &str) -> bool {
    let number = number.trim().trim_end_matches('.');
    let below = section.number.strip_prefix(number);
    below.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Returns the steps of other tasks that a section can't do without, each with why; nothing where
/// there are none.
pub(super) fn needed_text<'n>(
    plan: &Plan,
    needed: impl Iterator<Item = &'n Needed>,
    number: &str,
) -> String {
    let mut text = String::new();
    for one in needed {
        let (Some(step), Some(by)) = (plan.steps.get(one.step), plan.steps.get(one.by)) else {
            continue;
        };
        let of = step.task.as_ref();
        let of = of.map_or_else(String::new, |task| format!(" (task {task})"));
        let line = format!("{}{of}: for {}, {}", step.id, by.id, one.why);
        // Writing to a string can't fail.
        let _ = writeln!(text, "  {}", printable(&line));
    }
    if text.is_empty() {
        return text;
    }
    format!("section {} can't do without:\n{text}", printable(number))
}

/// Returns the same, one JSON event a line.
pub(super) fn needed_json(plan: &Plan, scope: &Scope) -> String {
    let mut text = String::new();
    for one in &scope.needs {
        let (Some(step), Some(by)) = (plan.steps.get(one.step), plan.steps.get(one.by)) else {
            continue;
        };
        let value = json!({ "event": "needed", "step": step.id, "task": step.task, "by": by.id,
            "why": one.why.to_string() });
        let _ = writeln!(text, "{value}");
    }
    text
}

/// The part of a plan that belongs to a section.
pub(super) struct Part {
    pub(super) number: String,
    pub(super) scope: Scope,
}

impl Part {
    /// Returns the part of a section, where one is asked for.
    pub(super) fn of(
        number: Option<&String>,
        checklist: &Checklist,
        (plan, resolved): (&Plan, &Resolved),
    ) -> Result<Option<Self>> {
        let Some(number) = number else {
            return Ok(None);
        };
        let tasks = tasks(checklist, number)?;
        Ok(Some(Self {
            number: number.clone(),
            scope: Scope::of(plan, resolved, &tasks),
        }))
    }

    /// Returns whether a file is written by it.
    pub(super) fn writes(&self, plan: &Plan, wanted: &str) -> bool {
        let mut steps = plan.steps.iter().enumerate();
        steps.any(|(at, step)| {
            let is = matches!(&step.work, Work::Write { path, .. } if path == wanted);
            is && self.scope.has(at)
        })
    }
}
