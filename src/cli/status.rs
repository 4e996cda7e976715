//! `orch status` and `orch phase N status`.

use std::fmt::Write as _;

use serde_json::json;

use super::Session;
use super::exit::{Code, Result};
use super::load::{self, Loaded, Phase};
use crate::checklist::{Checklist, StatusKind, Task, parse};
use crate::diagnostic::Diagnostics;
use crate::files::{holder, read_journal};
use crate::journal::{State, StepStatus, TargetState};
use crate::terminal::{Paint, bar, out, printable};

/// Shows every set and phase.
pub(super) fn all(session: &Session) -> Result {
    let loaded = load::workspace(session)?;
    let mut text = String::new();
    let mut problems = Vec::new();
    for set in &loaded.snapshot.sets {
        if session
            .global
            .set
            .as_ref()
            .is_some_and(|wanted| *wanted != set.name)
        {
            continue;
        }
        if !session.global.json {
            let _ = writeln!(text, "{} ({})", session.out.bold(&set.name), set.folder);
        }
        for file in &set.phases {
            let source = loaded
                .snapshot
                .tree
                .get(&file.path)
                .cloned()
                .unwrap_or_default();
            match parse(&file.path, &source) {
                Ok(parsed) => {
                    let state = read_journal(&loaded.workspace, &set.name, file.number)?.state;
                    text += &row(session, &set.name, &parsed.checklist, &state);
                }
                Err(found) => problems.extend(found.0),
            }
        }
    }
    if loaded.snapshot.sets.is_empty() {
        text += "no checklist was found: no folder holds a `phase-NN-name.md` (try `orch demo`)\n";
    }
    out(&text)?;
    if problems.is_empty() {
        Ok(Code::Done)
    } else {
        Err(Diagnostics(problems).into())
    }
}

fn row(session: &Session, set: &str, checklist: &Checklist, state: &State) -> String {
    let total = checklist.tasks().count();
    let done = checklist.tasks().filter(|task| task.marker.checked).count();
    let status = status_of(checklist, done, total);
    let targets: Vec<String> = state
        .targets()
        .map(|(name, target)| target_text(name, target))
        .collect();
    if session.global.json {
        let value = json!({ "event": "phase", "set": set, "phase": checklist.number,
            "title": checklist.title, "status": status, "done": done, "total": total,
            "file": checklist.path, "targets": targets });
        return format!("{value}\n");
    }
    format!(
        "  {:>3}  {} {:>3}/{:<3} {:<12} {}{}\n",
        checklist.number,
        bar(done, total, 12),
        done,
        total,
        status,
        printable(&checklist.title),
        if targets.is_empty() {
            String::new()
        } else {
            format!("  ({})", targets.join("; "))
        }
    )
}

fn target_text(name: &str, target: &TargetState) -> String {
    let steps = target.steps().count();
    let done = target
        .steps()
        .filter(|(_, step)| step.evidence().is_some())
        .count();
    match target.completed {
        Some(at) => format!("{name}: done {at:.0}"),
        None => format!("{name}: {done} of {steps} steps"),
    }
}

fn status_of(checklist: &Checklist, done: usize, total: usize) -> &'static str {
    let ticked: Vec<StatusKind> = checklist
        .status
        .iter()
        .flat_map(|status| &status.boxes)
        .filter(|status| status.marker.checked)
        .map(|status| status.kind)
        .collect();
    match ticked.as_slice() {
        [StatusKind::Completed] => "completed",
        [StatusKind::InProgress] => "in progress",
        [StatusKind::NotStarted] => "not started",
        _ if done == total => "completed",
        _ if done > 0 => "in progress",
        _ => "not started",
    }
}

/// Shows each task of a phase with its evidence.
pub(super) fn phase(session: &Session, loaded: &Loaded, phase: &Phase) -> Result {
    let checklist = &phase.checklist;
    let state = read_journal(&loaded.workspace, &phase.set, checklist.number)?.state;
    let mut text = String::new();
    if !session.global.json {
        let (total, done) = (
            checklist.tasks().count(),
            checklist.tasks().filter(|task| task.marker.checked).count(),
        );
        let _ = writeln!(
            text,
            "{}  {} {done}/{total}",
            session.out.bold(format!(
                "phase {} {}",
                checklist.number,
                printable(&checklist.title)
            )),
            bar(done, total, 24)
        );
        for (name, target) in state.targets() {
            let _ = writeln!(text, "  {}", target_text(name, target));
        }
        if let Some(who) = holder(&loaded.workspace, &phase.set, checklist.number)? {
            let _ = writeln!(text, "  a run is under way ({who})");
        }
    }
    for section in &checklist.sections {
        if !session.global.json {
            let _ = writeln!(
                text,
                "\n{}",
                session
                    .out
                    .bold(format!("{} {}", section.number, printable(&section.title)))
            );
        }
        for task in &section.tasks {
            text += &task_row(session, task, &state);
        }
    }
    out(&text)?;
    Ok(Code::Done)
}

fn task_row(session: &Session, task: &Task, state: &State) -> String {
    let known: Vec<(String, String)> = state
        .targets()
        .filter_map(|(name, target)| Some((name.to_owned(), standing(target, task)?)))
        .collect();
    if session.global.json {
        let targets: serde_json::Map<String, serde_json::Value> = known
            .into_iter()
            .map(|(name, said)| (name, said.into()))
            .collect();
        let value = json!({ "event": "task", "task": task.id, "checked": task.marker.checked,
            "text": task.text.plain(), "targets": targets });
        return format!("{value}\n");
    }
    let paint: Paint = session.out;
    let said = match (known.as_slice(), task.marker.checked) {
        ([], true) => "done elsewhere (no record)".to_owned(),
        ([], false) => String::new(),
        (known, _) => known
            .iter()
            .map(|(name, said)| format!("{name}: {said}"))
            .collect::<Vec<_>>()
            .join("; "),
    };
    format!(
        "  [{}] {:<7} {}  {}\n",
        if task.marker.checked {
            paint.good("x")
        } else {
            " ".to_owned()
        },
        task.id.as_str(),
        printable(&task.text.plain()),
        paint.dim(said)
    )
}

/// Where a task stands on one target; `None` where nothing is recorded.
fn standing(target: &TargetState, task: &Task) -> Option<String> {
    if let Some(waiver) = target.waived.get(&task.id) {
        return Some(format!(
            "decided by {}: {}",
            printable(&waiver.who),
            printable(&waiver.why)
        ));
    }
    let steps: Vec<_> = target.steps_of(&task.id).map(|(_, step)| step).collect();
    if steps.is_empty() {
        return None;
    }
    let failed = steps.iter().find_map(|step| match &step.status {
        StepStatus::Failed(failure) => Some(format!("failed: {}", printable(&failure.cause))),
        StepStatus::Unknown
        | StepStatus::Succeeded(_)
        | StepStatus::Compensating
        | StepStatus::RolledBack
        | StepStatus::Reopened => None,
    });
    let done = steps
        .iter()
        .filter(|step| step.evidence().is_some())
        .count();
    Some(failed.unwrap_or_else(|| {
        if done == steps.len() {
            let last = steps.iter().map(|step| step.at).max();
            last.map_or_else(|| "done".to_owned(), |at| format!("done {at:.0}"))
        } else {
            format!("{done} of {} steps", steps.len())
        }
    }))
}
