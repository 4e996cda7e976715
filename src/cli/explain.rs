//! `orch phase N explain TASK`: how one task is read, and what is known of it.

use std::fmt::Write as _;

use super::exit::{Code, Result};
use super::load::{Loaded, Phase};
use super::mine::Mine;
use super::target::{self, Target};
use super::{Session, Stop};
use crate::checklist::TaskId;
use crate::files::read_journal;
use crate::journal::{Evidence, State, StepStatus};
use crate::resolve::{Action, BulletReading};
use crate::settings::Settings;
use crate::terminal::{out, printable, told};

/// How many of the last lines of what a command said are shown.
const SHOWN: usize = 20;

pub(super) fn run(session: &Session, loaded: &Loaded, phase: &Phase, id: &TaskId) -> Result {
    let checklist = &phase.checklist;
    let task = checklist.task(id).ok_or_else(|| {
        let ids: Vec<&str> = checklist.tasks().map(|task| task.id.as_str()).collect();
        Stop::input(format!("phase {} has no task {id}", checklist.number))
            .help(format!("its tasks: {}", ids.join(", ")))
    })?;
    let monitors = phase.settings.rehearse.service_monitors;
    let target = Target::of_phase(loaded, phase)?;
    let meaning = loaded.meaning_on(phase, monitors, (&target, Mine::Merge))?;
    let plan = meaning.plan(target.name())?;
    let paint = session.out;
    let mut text = format!("{} {}\n", paint.bold(id), printable(&task.text.plain()));
    let line = checklist.line_at(task.marker.offset);
    let _ = writeln!(text, "  at       {}:{line}", checklist.path);
    if let Some(resolved) = meaning
        .resolved
        .tasks
        .iter()
        .find(|resolved| resolved.id == *id)
    {
        let _ = writeln!(text, "  action   {}", paint.name(resolved.action.word()));
        let _ = writeln!(
            text,
            "  rule     {}, matched: {}",
            resolved.reading.rule,
            printable(&resolved.reading.matched.join(" · "))
        );
        for bullet in &resolved.bullets {
            let said = match bullet {
                BulletReading::Read { text, meaning } => format!("{text} → {meaning}"),
                BulletReading::Vacuous { text, reason } => format!("{text} → {reason}"),
                BulletReading::Unread { text, .. } => format!("{text} → unread"),
            };
            let _ = writeln!(text, "  bullet   {}", printable(&said));
        }
        for note in &resolved.notes {
            let _ = writeln!(text, "  note     {}", printable(note));
        }
        text += &facts(&resolved.action);
    }
    for (_, step) in plan.steps_of(id) {
        let _ = writeln!(text, "  step     {}", printable(step.id.as_str()));
        for need in step.needs.iter().filter_map(|at| plan.steps.get(*at)) {
            let _ = writeln!(text, "           after {}", printable(need.id.as_str()));
        }
    }
    let replay = read_journal(&loaded.workspace, &phase.set, phase.checklist.number)?;
    for line in records(&loaded.settings, &replay.state, id) {
        let _ = writeln!(text, "  {}", printable(&line));
    }
    text += &outputs(loaded, &replay.state, id);
    out(&text)?;
    Ok(Code::Done)
}

/// The end of what a task's commands said, where this machine ran them.
fn outputs(loaded: &Loaded, state: &State, id: &TaskId) -> String {
    let steps = state.targets().flat_map(|(_, target)| target.steps_of(id));
    let mut text = String::new();
    for (_, step) in steps {
        let Some(Evidence::Command {
            output: Some(path), ..
        }) = step.evidence()
        else {
            continue;
        };
        let _ = writeln!(
            text,
            "  output   {}, below git's own folder",
            printable(path)
        );
        let said = loaded.workspace.kept_output(path);
        let said = said.unwrap_or_else(|| "(not kept on this machine)".to_owned());
        let lines: Vec<&str> = said.lines().collect();
        let from = lines.len().saturating_sub(SHOWN);
        for line in lines.iter().skip(from) {
            let _ = writeln!(text, "           | {}", printable(line));
        }
    }
    text
}

fn facts(action: &Action) -> String {
    let mut text = String::new();
    if let Action::Study { findings } = action {
        for (fact, origin) in findings.iter().flat_map(|finding| &finding.facts) {
            let _ = writeln!(text, "  fact     {} ({origin})", printable(fact));
        }
    }
    if let Action::Expect { traces } = action {
        for trace in traces {
            let _ = match &trace.found {
                Ok(found) => writeln!(text, "  there    {}", printable(&found.to_string())),
                Err(missing) => writeln!(text, "  missing  {}", printable(missing)),
            };
        }
    }
    if let Action::Inventory { answer, .. } = action {
        for (name, what, _) in &answer.matched {
            let _ = writeln!(text, "  answer   {} = {}", printable(name), printable(what));
        }
        for name in &answer.missing {
            let _ = writeln!(text, "  missing  {}", printable(name));
        }
        for (what, _) in &answer.extra {
            let _ = writeln!(text, "  extra    {}", printable(what));
        }
    }
    text
}

/// Returns what is recorded of a task, a line a step or decision and target.
pub(super) fn records(settings: &Settings, state: &State, id: &TaskId) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, target) in state.targets() {
        let name = target::called(name, settings, state);
        for (step, known) in target.steps_of(id) {
            let said = match &known.status {
                StepStatus::Succeeded(evidence) => told(evidence),
                StepStatus::Failed(failure) => format!("failed: {}", failure.cause),
                StepStatus::Unknown => "started, outcome unknown".to_owned(),
                StepStatus::Reopened => "to be done again".to_owned(),
                StepStatus::Compensating => "being undone".to_owned(),
                StepStatus::RolledBack => "undone".to_owned(),
            };
            lines.push(format!(
                "evidence on {name}, {:.0}: {step}: {said}",
                known.at
            ));
        }
        if let Some(waiver) = target.waived.get(id) {
            let (who, why) = (&waiver.who, &waiver.why);
            lines.push(format!("decided on {name}, {:.0}: {who}: {why}", waiver.at));
        }
    }
    lines
}
