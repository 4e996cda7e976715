//! `orch status` and `orch phase N status`.

mod columns;
mod drift;
mod overview;

use std::fmt::Write as _;

use clap::Args;
use serde_json::json;

use super::exit::{Code, Result};
use super::load::{self, Loaded, Phase};
use super::target::TargetArgs;
use super::{Session, Stop};
use crate::checklist::Task;
use crate::diagnostic::Diagnostics;
use crate::files::{holder, read_journal, read_state};
use crate::journal::{State, StepStatus, TargetState};
use crate::terminal::{Paint, bar, count, out, printable};
use columns::Columns;
use overview::{Known, Row};

/// Arguments of `orch phase N status`.
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// Show that target only
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// Ask the cluster what became of what was applied: gone, changed (by whom), not ready
    #[arg(long)]
    live: bool,
    /// Ask that kubeconfig context, where no target names it
    #[arg(
        long,
        value_name = "NAME",
        requires = "live",
        conflicts_with = "target"
    )]
    context: Option<String>,
}

/// Arguments of `orch status`.
#[derive(Debug, Args)]
pub(super) struct AllArgs {
    /// Ask the clusters what became of what was applied: gone, changed (by whom), not ready
    #[arg(long)]
    live: bool,
}

/// Shows every set and phase.
pub(super) fn all(session: &Session, args: &AllArgs) -> Result {
    let loaded = load::workspace(session)?;
    let mut text = String::new();
    let mut problems = Vec::new();
    let mut known = Known::default();
    if let Some(name) = &session.global.set {
        loaded.set(name)?;
    }
    let wanted = session.global.set.as_ref();
    let sets = loaded.snapshot.sets.iter();
    for set in sets.filter(|set| wanted.is_none_or(|wanted| *wanted == set.name)) {
        let mut rows = Vec::new();
        for file in &set.phases {
            match loaded.phase_of(set, file) {
                Ok(phase) => {
                    rows.push(Row {
                        state: read_state(&loaded.workspace, &set.name, &phase.checklist)?,
                        for_person: known.for_person(&loaded, &phase),
                        phase,
                    });
                }
                Err(stop) => match stop.problems() {
                    Some(found) => problems.extend(found.0.iter().cloned()),
                    None => return Err(stop),
                },
            }
        }
        text += &overview::set(session, &loaded, set, &rows);
    }
    if loaded.snapshot.sets.is_empty() {
        text += "no checklist was found: no folder holds a `phase-NN-name.md` (`orch init` writes \
                 one, `orch demo` shows one)\n";
    }
    out(&text)?;
    if args.live {
        all_live(session, &loaded)?;
    }
    // A set that clashes says so once, not once a phase.
    problems.dedup();
    if problems.is_empty() {
        Ok(Code::Done)
    } else {
        Err(Diagnostics(problems).into())
    }
}

/// Shows what became of what each phase applied.
fn all_live(session: &Session, loaded: &Loaded) -> Result<()> {
    let wanted = session.global.set.as_ref();
    let sets = loaded.snapshot.sets.iter();
    for set in sets.filter(|set| wanted.is_none_or(|wanted| *wanted == set.name)) {
        for file in &set.phases {
            let state = read_journal(&loaded.workspace, &set.name, file.number)?.state;
            if state.targets().next().is_some() {
                let phase = loaded.phase_of(set, file)?;
                let none = TargetArgs::default();
                out(&drift::live(session, loaded, &phase, &none, &state)?)?;
            }
        }
    }
    Ok(())
}

fn target_text(name: &str, target: &TargetState) -> String {
    let steps = target.steps().count();
    let done = target
        .steps()
        .filter(|(_, step)| step.evidence().is_some())
        .count();
    match (target.completed, target.undone) {
        (Some(at), _) => format!("{name}: done {}", at.strftime("%Y-%m-%d")),
        (None, Some(at)) => format!("{name}: turned back {}", at.strftime("%Y-%m-%d")),
        (None, None) => format!("{name}: {done} of {steps} steps"),
    }
}

/// Shows each task of a phase with its evidence.
pub(super) fn phase(
    session: &Session,
    loaded: &Loaded,
    phase: &Phase,
    args: &StatusArgs,
) -> Result {
    let checklist = &phase.checklist;
    let state = read_state(&loaded.workspace, &phase.set, checklist)?;
    let only = args.target.as_deref();
    let mut columns = Columns::of(&loaded.settings, std::iter::once(&state), only);
    if let (Some(name), true) = (only, columns.names().is_empty()) {
        return Err(Stop::input(format!("no target is called `{name}`")));
    }
    let missing = Known::default().missing(loaded, phase);
    let mut text = String::new();
    if !session.global.json {
        text += &head(session, loaded, phase, (&columns, &state))?;
    }
    for task in checklist.tasks() {
        let cells = columns.task_cells(&state, task);
        columns.fit(&cells);
    }
    let width = checklist.id_width();
    for section in &checklist.sections {
        if !session.global.json {
            let title = format!("{} {}", section.number, printable(&section.title));
            let _ = writeln!(text, "\n{}", session.out.bold(title));
            if columns.several() {
                let header = format!("{:2$}{}", "", columns.header(), width + BESIDE);
                let _ = writeln!(text, "{}", session.out.dim(header.trim_end()));
            }
        }
        for task in &section.tasks {
            let missing = missing.get(&task.id).map_or(&[][..], Vec::as_slice);
            text += &task_row((session, width), (task, missing), (&columns, &state));
        }
    }
    out(&text)?;
    if args.live {
        let only = TargetArgs {
            target: args.target.clone(),
            context: args.context.clone(),
        };
        out(&drift::live(session, loaded, phase, &only, &state)?)?;
    }
    Ok(Code::Done)
}

/// The phase's own lines, above its tasks.
fn head(
    session: &Session,
    loaded: &Loaded,
    phase: &Phase,
    (columns, state): (&Columns<'_>, &State),
) -> Result<String> {
    let checklist = &phase.checklist;
    let (done, total) = checklist.counts();
    let left_out = match checklist.tasks().count() - total {
        0 => String::new(),
        some => format!(", {} left out", count(some, "task")),
    };
    let title = format!("phase {} {}", checklist.number, printable(&checklist.title));
    let mut text = format!(
        "{}  {} {done}/{total}{left_out}\n",
        session.out.bold(title),
        bar(done, total, 24)
    );
    for (name, target) in columns.known(state) {
        let said = match target.filter(|target| target.started.is_some()) {
            Some(target) => target_text(name, target),
            None if columns.several() => format!("{name}: nothing yet"),
            None => continue,
        };
        let _ = writeln!(text, "  {}", printable(&said));
    }
    if let Some(who) = holder(&loaded.workspace, &phase.set, checklist.number)? {
        let _ = writeln!(text, "  a run is under way ({who})");
    }
    Ok(text)
}

/// The columns beside a task's id: the box before it, a space behind it.
const BESIDE: usize = 7;

/// Returns a task's lines, with what is missing of the traces that it is to leave.
fn task_row(
    (session, width): (&Session, usize),
    (task, missing): (&Task, &[String]),
    (columns, state): (&Columns<'_>, &State),
) -> String {
    let known: Vec<(&str, String)> = columns
        .known(state)
        .filter_map(|(name, target)| Some((name, standing(target?, task)?)))
        .collect();
    let left_out = left_out(task, state);
    if session.global.json {
        let targets: serde_json::Map<String, serde_json::Value> = known
            .into_iter()
            .map(|(name, said)| (name.to_owned(), said.into()))
            .collect();
        let value = json!({ "event": "task", "task": task.id, "checked": task.marker.checked,
            "text": task.text.plain(), "targets": targets, "missing": missing,
            "leftOut": left_out });
        return format!("{value}\n");
    }
    let paint: Paint = session.out;
    let mark = if task.marker.checked {
        paint.good("x")
    } else {
        " ".to_owned()
    };
    let title = printable(&task.text.plain());
    let id = task.id.as_str();
    let mut below = Vec::new();
    let mut text = if columns.several() {
        let cells = columns.row(&columns.task_cells(state, task));
        // The cell has no room for the reason.
        let reasons = known.iter().filter(|(_, said)| !said.starts_with("done"));
        below.extend(reasons.map(|(name, said)| format!("{name}: {said}")));
        below.extend(left_out);
        format!("  [{mark}] {id:<width$} {cells}{title}\n")
    } else {
        let said = match (known.as_slice(), task.marker.checked) {
            ([], false) if left_out.is_some() => left_out.clone().unwrap_or_default(),
            ([], true) => "done elsewhere (no record)".to_owned(),
            ([], false) => String::new(),
            (known, _) => known
                .iter()
                .map(|(name, said)| format!("{name}: {said}"))
                .collect::<Vec<_>>()
                .join("; "),
        };
        let said = match said.as_str() {
            "" => said,
            said => format!("  {}", paint.dim(said)),
        };
        format!("  [{mark}] {id:<width$} {title}{said}\n")
    };
    below.extend(missing.iter().map(|it| printable(it)));
    for line in below {
        let _ = writeln!(text, "{:2$}{}", "", paint.dim(line), width + BESIDE);
    }
    text
}

/// Says by whom a task is left out, if it is.
fn left_out(task: &Task, state: &State) -> Option<String> {
    if let Some(skip) = state.skipped().get(&task.id) {
        let why = skip
            .why
            .as_deref()
            .map(|why| format!(": {}", printable(why)));
        let who = printable(&skip.who);
        return Some(format!("left out by {who}{}", why.unwrap_or_default()));
    }
    task.is_left_out()
        .then(|| "left out by its directive".to_owned())
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
