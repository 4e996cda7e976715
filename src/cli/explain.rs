//! `orch phase N explain TASK`: all that was considered for one task, rule by rule, and what
//! follows: facts, steps, what they wait for, evidence.

mod facts;
mod json;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::exit::{Code, Result};
use super::load::{Loaded, Meaning, Phase};
use super::mine::Mine;
use super::target::{self, Target};
use super::{Session, Stop};
use crate::checklist::{Task, TaskId};
use crate::files::read_state;
use crate::journal::{Evidence, State, StepStatus};
use crate::plan::{Plan, Step, reasons};
use crate::resolve::{
    BulletReading, BulletRule, Considered, Explained, Reading, ResolvedTask, Verdict, explain,
};
use crate::settings::Settings;
use crate::terminal::{Paint, out, printable, told, wrapped};

/// The column that what is said begins at.
const SAID: usize = 14;

/// How many of the last lines of what a command said are shown.
const SHOWN: usize = 20;

/// All that is known of how a task is read, and what follows.
struct Told<'a> {
    phase: &'a Phase,
    task: &'a Task,
    /// What it resolves to.
    resolved: Option<&'a ResolvedTask>,
    explained: Explained,
    /// The facts that were used, with their places.
    facts: Vec<(String, Option<String>)>,
    plan: &'a Plan,
    meaning: &'a Meaning,
    records: Vec<String>,
    /// The end of what the task's commands said.
    outputs: Vec<String>,
}

pub(super) fn run(session: &Session, loaded: &Loaded, phase: &Phase, id: &TaskId) -> Result {
    let checklist = &phase.checklist;
    let found = checklist.task(id).zip(checklist.section_of(id));
    let (task, section) = found.ok_or_else(|| {
        let ids: Vec<&str> = checklist.tasks().map(|task| task.id.as_str()).collect();
        Stop::input(format!("phase {} has no task {id}", checklist.number))
            .help(format!("its tasks: {}", ids.join(", ")))
    })?;
    let monitors = phase.settings.rehearse.service_monitors;
    let target = Target::of_phase(loaded, phase)?;
    let loaded = &*loaded.foreseeing(phase)?;
    let meaning = loaded.meaning_on(phase, monitors, (&target, Mine::Merge))?;
    let plan = meaning.plan(target.name())?;
    let state = read_state(&loaded.workspace, &phase.set, checklist)?;
    let gathered = loaded.facts(phase)?;
    let mut tasks = meaning.resolved.tasks.iter();
    let resolved = tasks.find(|resolved| resolved.id == *id);
    let told = Told {
        phase,
        task,
        resolved,
        explained: explain(
            checklist,
            (section, task),
            (&gathered.facts, &phase.settings),
        ),
        facts: facts::used(&gathered.facts, &meaning, resolved),
        plan: &plan,
        meaning: &meaning,
        records: records(&loaded.settings, &state, id),
        outputs: outputs(loaded, &state, id),
    };
    let text = if session.global.json {
        told.json()
    } else {
        told.text(session.out)
    };
    out(&text)?;
    Ok(Code::Done)
}

impl Told<'_> {
    fn text(&self, paint: Paint) -> String {
        let checklist = &self.phase.checklist;
        let title = wrapped(&printable(&self.task.text.plain()), 2);
        let mut text = format!("{} {title}\n", paint.bold(&self.task.id));
        let line = checklist.line_at(self.task.marker.offset);
        let mut row = |label: &str, said: &str| {
            let said = wrapped(&printable(said), SAID);
            let _ = writeln!(text, "  {label:<12}{said}");
        };
        row("at", &format!("{}:{line}", checklist.path));
        if let Some(resolved) = self.resolved {
            row("action", resolved.action.word());
            row("rule", &rule(&resolved.reading));
            for note in &resolved.notes {
                row("note", note);
            }
        }
        text += &self.rules(paint);
        text += &self.bullets(paint);
        text += &part(
            paint,
            "facts used",
            self.facts.iter().map(|(fact, place)| match place {
                Some(place) => format!("{fact} ({place})"),
                None => fact.clone(),
            }),
        );
        text += &self.steps(paint);
        text += &part(paint, "recorded", self.records.iter().cloned());
        text + &part(
            paint,
            "what its commands said",
            self.outputs.iter().cloned(),
        )
    }

    fn rules(&self, paint: Paint) -> String {
        let mut text = format!("\n  {}\n", paint.bold("considered, in this order"));
        for rule in &self.explained.rules {
            let (mark, said) = verdict(rule);
            let mark = match &rule.verdict {
                Verdict::Read(_) => paint.good(mark),
                Verdict::Later(_) | Verdict::No(_) => paint.dim(mark),
            };
            let said = wrapped(&printable(&said), SAID + 4);
            let _ = writeln!(text, "  {mark} {:<14}{said}", rule.rule);
        }
        let read = |it: &Considered| matches!(it.verdict, Verdict::Read(_));
        if !self.explained.rules.iter().any(read) {
            let said = "no rule reads it, so a person does it; a directive can say what it is \
                        (docs/directives.md)";
            let _ = writeln!(text, "  {}", paint.warn(wrapped(said, 2)));
        }
        text
    }

    fn bullets(&self, paint: Paint) -> String {
        let mut text = String::new();
        for (at, (bullet, rule)) in self.read_bullets().iter().enumerate() {
            if at == 0 {
                let _ = writeln!(text, "\n  {}", paint.bold("bullets"));
            }
            let (written, said, unread) = said_of(bullet, *rule);
            let _ = writeln!(text, "    {}", wrapped(&printable(written), 6));
            let said = wrapped(&printable(&said), 8);
            let said = if unread { paint.warn(said) } else { said };
            let _ = writeln!(text, "      → {said}");
        }
        text
    }

    /// The bullets as they were read, each with its rule where it is part of a specification.
    fn read_bullets(&self) -> Vec<(&BulletReading, Option<&BulletRule>)> {
        let bullets = self.resolved.into_iter().flat_map(|it| &it.bullets);
        let rules = &self.explained.bullets;
        bullets
            .enumerate()
            .map(|(at, bullet)| (bullet, rules.get(at)))
            .collect()
    }

    fn steps(&self, paint: Paint) -> String {
        let mut text = String::new();
        for (at, step) in self.plan.steps_of(&self.task.id) {
            if text.is_empty() {
                let _ = writeln!(text, "\n  {}", paint.bold("steps"));
            }
            let _ = writeln!(text, "    {}", wrapped(&printable(step.id.as_str()), 6));
            for (why, steps) in self.waits(at) {
                let said = format!("{why}: {}", steps.join(", "));
                let _ = writeln!(text, "      after {}", wrapped(&printable(&said), 8));
            }
        }
        text
    }

    /// What a step waits for, by why.
    fn waits(&self, at: usize) -> BTreeMap<String, Vec<&str>> {
        let mut waits: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (need, why) in reasons(self.plan, &self.meaning.resolved, at) {
            let name = self
                .plan
                .steps
                .get(need)
                .map(|step: &Step| step.id.as_str());
            waits.entry(why.to_string()).or_default().extend(name);
        }
        waits
    }
}

fn part(paint: Paint, heading: &str, lines: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    for (at, line) in lines.enumerate() {
        if at == 0 {
            let _ = writeln!(text, "\n  {}", paint.bold(heading));
        }
        let _ = writeln!(text, "    {}", wrapped(&printable(&line), 6));
    }
    text
}

fn rule(reading: &Reading) -> String {
    if reading.matched.is_empty() {
        return reading.rule.clone();
    }
    format!("{}, matched: {}", reading.rule, reading.matched.join(" · "))
}

/// Returns a rule's mark and what it makes of the task.
fn verdict(considered: &Considered) -> (&'static str, String) {
    match &considered.verdict {
        Verdict::Read(reading) => ("✓", format!("reads it: {}", rule(reading))),
        Verdict::Later(reading) => (
            "·",
            format!("would read it, and comes later: {}", rule(reading)),
        ),
        Verdict::No(why) => ("·", why.clone()),
    }
}

/// Returns a bullet as written, what became of it, and whether nothing reads it.
fn said_of<'b>(bullet: &'b BulletReading, rule: Option<&BulletRule>) -> (&'b str, String, bool) {
    let by = rule.and_then(|rule| rule.rule);
    let by = by.map(|by| format!(" (by {by})")).unwrap_or_default();
    match bullet {
        BulletReading::Read { text, meaning } => (text, format!("{meaning}{by}"), false),
        BulletReading::Vacuous { text, reason } => {
            (text, format!("nothing to do: {reason}{by}"), false)
        }
        BulletReading::Unread { text, .. } => {
            let close = rule.and_then(|rule| rule.close.as_deref());
            let close = close.map(|close| format!("; {close}")).unwrap_or_default();
            let said = match (bullet.unmet(), by.as_str()) {
                (Some(unmet), _) => unmet,
                (None, "") => format!("no rule reads it{close}"),
                (None, by) => format!("understood{by}, and can't be carried out here"),
            };
            (text, said, true)
        }
    }
}

/// Returns what is recorded of a task, a line a step or decision and target.
pub(super) fn records(settings: &Settings, state: &State, id: &TaskId) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(skip) = state.skipped().get(id) {
        let why = skip.why.as_deref().map(|why| format!(": {why}"));
        let why = why.unwrap_or_default();
        lines.push(format!("left out, {:.0}: {}{why}", skip.at, skip.who));
    }
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

/// Returns the end of what a task's commands said, where this machine ran them.
fn outputs(loaded: &Loaded, state: &State, id: &TaskId) -> Vec<String> {
    let steps = state.targets().flat_map(|(_, target)| target.steps_of(id));
    let mut lines = Vec::new();
    for (_, step) in steps {
        let Some(Evidence::Command {
            output: Some(path), ..
        }) = step.evidence()
        else {
            continue;
        };
        let Some(said) = loaded.workspace.kept_output(path) else {
            lines.push(format!("{path}: not kept on this machine"));
            continue;
        };
        lines.push(format!("{path}, below git's own folder:"));
        let all: Vec<&str> = said.lines().collect();
        let from = all.len().saturating_sub(SHOWN);
        lines.extend(all.iter().skip(from).map(|line| format!("| {line}")));
    }
    lines
}
