//! `orch phase N plan`: what each box means, why, what it waits for, and where.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value, json};

use super::after::{self, Lacks};
use super::exit::{Code, Result};
use super::load::{Loaded, Meaning, Phase};
use super::target::{self, Target, TargetArgs};
use super::{Session, order};
use crate::cluster::ClusterInfo;
use crate::diagnostic::render;
use crate::files::read_journal;
use crate::plan::{Plan, Want, Work, waves};
use crate::resolve::{Action, BulletReading, FileOrigin, ResolvedTask};
use crate::terminal::{Paint, count, err, out, printable};

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    on: TargetArgs,
}

pub(super) fn run(session: &Session, loaded: &Loaded, phase: &Phase, args: &PlanArgs) -> Result {
    let target = Target::choose(&args.on, loaded, phase)?;
    let (there, plan, meaning) = match &target {
        // Known without a server: a plan for the rehearsal needs no runtime at all.
        Target::Rehearsal => {
            let meaning = loaded.meaning(phase, phase.settings.rehearse.service_monitors)?;
            let plan = meaning.plan(target.name())?;
            let missing = order::expected(&plan);
            let there = There {
                info: None,
                service_monitors: phase.settings.rehearse.service_monitors,
                missing,
            };
            (there, plan, meaning)
        }
        Target::Context { .. } => target::runtime()?.block_on(async {
            let cluster = target.connect(session, phase).await?;
            let service_monitors = target.service_monitors(&cluster).await?;
            let meaning = loaded.meaning_on(phase, service_monitors, &target)?;
            let plan = meaning.plan(target.name())?;
            let missing = order::missing(&plan, &cluster).await;
            let there = There {
                info: Some(cluster.info().clone()),
                service_monitors,
                missing,
            };
            Ok::<_, super::Stop>((there, plan, meaning))
        })?,
    };
    let state = read_journal(&loaded.workspace, &phase.set, phase.checklist.number)?.state;
    let lacking = after::lacking(loaded, phase, (&target, &state))?;
    if session.global.json {
        out(&json_lines(phase, &meaning, &plan))?;
        out(&order::json(&there.missing))?;
        out(&json_plan(&plan, &target, &lacking))?;
    } else {
        let shown = Shown {
            phase,
            meaning: &meaning,
            plan: &plan,
            lacking: &lacking,
            paint: session.out,
        };
        out(&shown.text(&target, &there))?;
    }
    let mut warnings = meaning.warnings.clone();
    warnings.0.extend(order::warnings(&there.missing).0);
    if !warnings.0.is_empty() {
        err(&format!("{}\n", render(&warnings, session.err.colour)))?;
    }
    Ok(Code::Done)
}

/// What is known of the target itself.
struct There {
    /// `None` for the rehearsal.
    info: Option<ClusterInfo>,
    /// Whether it serves `ServiceMonitor`s.
    service_monitors: bool,
    /// What objects need that nothing brings.
    missing: Vec<Want>,
}

struct Shown<'a> {
    phase: &'a Phase,
    meaning: &'a Meaning,
    plan: &'a Plan,
    /// What targets lack that this one comes after.
    lacking: &'a [Lacks],
    paint: Paint,
}

impl Shown<'_> {
    fn text(&self, target: &Target, there: &There) -> String {
        let checklist = &self.phase.checklist;
        let application = &self.meaning.resolved.application;
        let mut text = format!(
            "{}\n",
            self.paint.bold(format!(
                "phase {} {}",
                checklist.number,
                printable(&checklist.title)
            ))
        );
        let _ = writeln!(text, "  checklist  {}", checklist.path);
        let _ = match &there.info {
            None => writeln!(
                text,
                "  target     {} (embedded, no cluster is touched)",
                target.name()
            ),
            Some(info) => writeln!(
                text,
                "  target     {}context {} · {} · Kubernetes {}",
                target
                    .settings()
                    .map(|named| format!("{} · ", printable(&named.name)))
                    .unwrap_or_default(),
                printable(&info.target),
                printable(&info.server),
                printable(&info.version)
            ),
        };
        let _ = writeln!(text, "  namespace  {}", application.namespace);
        text += &self.conditions(target);
        if !there.service_monitors {
            text += "  no ServiceMonitor CRD there: Prometheus scrapes by static configuration\n";
        }
        for section in &checklist.sections {
            let _ = writeln!(
                text,
                "\n{}",
                self.paint
                    .bold(format!("{} {}", section.number, printable(&section.title)))
            );
            for task in &section.tasks {
                let resolved = self.meaning.resolved.tasks.iter().find(|r| r.id == task.id);
                if let Some(resolved) = resolved {
                    text += &self.task(resolved, task.marker.checked, &task.text.plain());
                }
            }
        }
        text += &self.unassigned();
        text += &order::waves_text(self.plan, self.paint);
        text + &self.totals()
    }

    /// What must hold before a run on the target begins.
    fn conditions(&self, target: &Target) -> String {
        let mut text = String::new();
        let Some(named) = target.settings() else {
            return text;
        };
        for before in &named.after {
            let lacks = self.lacking.iter().find(|lacks| lacks.target == *before);
            let said = match lacks {
                None => "has it".to_owned(),
                Some(lacks) => self.paint.warn(format!("lacks it: {}", lacks.summary())),
            };
            let _ = writeln!(text, "  after      {}: {said}", printable(before));
        }
        if named.protected {
            text += "  protected  a run asks for the target's name\n";
        }
        text
    }

    fn task(&self, task: &ResolvedTask, checked: bool, title: &str) -> String {
        let mark = if checked { "x" } else { " " };
        let mut text = format!(
            "  [{mark}] {:<7} {:<9} {}\n",
            task.id.as_str(),
            self.paint.name(task.action.word()),
            printable(title)
        );
        let matched: Vec<String> = task
            .reading
            .matched
            .iter()
            .map(|word| format!("`{}`", printable(word)))
            .collect();
        let _ = writeln!(
            text,
            "      {}",
            self.paint.dim(format!(
                "by rule {}: {}",
                task.reading.rule,
                matched.join(", ")
            ))
        );
        for line in self.details(task) {
            let _ = writeln!(text, "      {}", printable(&line));
        }
        let waits = self.waits_for(task);
        if !waits.is_empty() {
            let _ = writeln!(text, "      waits for {}", waits.join(", "));
        }
        for bullet in &task.bullets {
            let line = match bullet {
                BulletReading::Read { text, meaning } => {
                    format!("· {} → {}", printable(text), printable(meaning))
                }
                BulletReading::Vacuous { text, reason } => {
                    format!("· {} → nothing to do: {reason}", printable(text))
                }
                BulletReading::Unread { text, .. } => self.paint.warn(format!(
                    "· {} → unread; the box stays open for a person",
                    printable(text)
                )),
            };
            let _ = writeln!(text, "        {line}");
        }
        for note in &task.notes {
            let _ = writeln!(
                text,
                "      {} {}",
                self.paint.warn("note:"),
                printable(note)
            );
        }
        text
    }

    fn details(&self, task: &ResolvedTask) -> Vec<String> {
        match &task.action {
            Action::Study { findings } => findings
                .iter()
                .map(|finding| match &finding.missing {
                    Some(where_) => format!("{}: not found ({where_})", finding.subject),
                    None => format!(
                        "{}: {}",
                        finding.subject,
                        count(finding.facts.len(), "fact")
                    ),
                })
                .collect(),
            Action::Inventory { answer, .. } => {
                let mut lines: Vec<String> = answer
                    .matched
                    .iter()
                    .map(|(name, what, origin)| match origin {
                        Some(origin) => format!("{name} = {what} ({origin})"),
                        None => format!("{name} = {what}"),
                    })
                    .collect();
                lines.extend(
                    answer
                        .missing
                        .iter()
                        .map(|name| format!("{name}: not found")),
                );
                let extra: Vec<&str> = answer.extra.iter().map(|(what, _)| what.as_str()).collect();
                if !extra.is_empty() {
                    lines.push(format!("not listed: {}", extra.join(", ")));
                }
                lines
            }
            Action::Write { path } => {
                let objects = self.meaning.rendered.iter().find(|file| file.path == *path);
                let labels: Vec<String> = objects
                    .into_iter()
                    .flat_map(|file| &file.objects)
                    .map(crate::manifest::Object::label)
                    .collect();
                if labels.is_empty() {
                    vec!["written, nothing to apply".to_owned()]
                } else {
                    vec![format!("applies {}", labels.join(", "))]
                }
            }
            Action::Apply { .. } => {
                let objects = self.meaning.written.get(&task.id).into_iter().flatten();
                let labels: Vec<String> = objects.map(crate::manifest::Object::label).collect();
                vec![format!("applies {}", labels.join(", "))]
            }
            Action::Command { run } => vec![format!("runs {run}")],
            Action::Require(_) | Action::Manual | Action::Skip => Vec::new(),
        }
    }

    /// The tasks and unassigned files whose steps this task's steps need.
    fn waits_for(&self, task: &ResolvedTask) -> Vec<String> {
        let mut tasks: BTreeMap<usize, String> = BTreeMap::new();
        let mut others: BTreeSet<String> = BTreeSet::new();
        let needs = self
            .plan
            .steps_of(&task.id)
            .flat_map(|(_, step)| &step.needs);
        for step in needs.filter_map(|at| self.plan.steps.get(*at)) {
            match (&step.task, &step.work) {
                (Some(other), _) if *other == task.id => {}
                (Some(other), _) => {
                    let at = self
                        .meaning
                        .resolved
                        .tasks
                        .iter()
                        .position(|t| t.id == *other);
                    tasks.insert(at.unwrap_or(usize::MAX), other.to_string());
                }
                (None, Work::Apply { object, .. }) => {
                    others.insert(object.label());
                }
                (None, _) => {}
            }
        }
        ranges(&tasks).into_iter().chain(others).collect()
    }

    fn unassigned(&self) -> String {
        if self.meaning.resolved.unassigned.is_empty() {
            return String::new();
        }
        let mut text = format!(
            "\n{}\n",
            self.paint.bold("unassigned: in Compose, named by no task")
        );
        for note in &self.meaning.resolved.unassigned {
            let place = note
                .origin
                .as_ref()
                .map(|o| format!(" ({o})"))
                .unwrap_or_default();
            let _ = writeln!(text, "  {}{place}", printable(&note.text));
        }
        text
    }

    fn totals(&self) -> String {
        let resolved = &self.meaning.resolved;
        let manual = resolved
            .tasks
            .iter()
            .filter(|task| matches!(task.action, Action::Manual))
            .count();
        let unread = resolved
            .tasks
            .iter()
            .filter(|task| task.has_unread())
            .count();
        let extra = resolved
            .files
            .iter()
            .filter(|file| matches!(file.origin, FileOrigin::Unassigned { .. }))
            .count();
        format!(
            "\n{} tasks: {manual} for a person, {unread} with something unread · {} files ({extra} \
             unassigned) · {} objects · {} steps\n",
            resolved.tasks.len(),
            resolved.files.len(),
            self.plan.objects().count(),
            self.plan.steps.len()
        )
    }
}

/// Writes neighbouring tasks as a range (`4.0.1–4.0.5`).
fn ranges(tasks: &BTreeMap<usize, String>) -> Vec<String> {
    let mut runs: Vec<(usize, &str, usize, &str)> = Vec::new();
    for (at, id) in tasks {
        match runs.last_mut() {
            Some((_, _, last, end)) if *last + 1 == *at => {
                *last = *at;
                *end = id;
            }
            _ => runs.push((*at, id, *at, id)),
        }
    }
    runs.into_iter()
        .map(|(_, start, _, end)| {
            if start == end {
                start.to_owned()
            } else {
                format!("{start}–{end}")
            }
        })
        .collect()
}

fn json_lines(phase: &Phase, meaning: &Meaning, plan: &Plan) -> String {
    let mut text = String::new();
    for task in &meaning.resolved.tasks {
        let steps: Vec<&str> = plan
            .steps_of(&task.id)
            .map(|(_, step)| step.id.as_str())
            .collect();
        let unread: Vec<&str> = task
            .bullets
            .iter()
            .filter_map(|bullet| match bullet {
                BulletReading::Unread { text, .. } => Some(text.as_str()),
                BulletReading::Read { .. } | BulletReading::Vacuous { .. } => None,
            })
            .collect();
        let checked = phase
            .checklist
            .task(&task.id)
            .is_some_and(|task| task.marker.checked);
        let value = json!({
            "event": "task", "task": task.id, "action": task.action.word(),
            "rule": task.reading.rule, "matched": task.reading.matched, "checked": checked,
            "steps": steps, "unread": unread, "notes": task.notes,
        });
        let _ = writeln!(text, "{value}");
    }
    for (step, wave) in plan.steps.iter().zip(waves(plan)) {
        let needs: Vec<&str> = step
            .needs
            .iter()
            .filter_map(|at| plan.steps.get(*at))
            .map(|step| step.id.as_str())
            .collect();
        let mut value = json!({
            "event": "step", "step": step.id, "task": step.task, "key": step.key, "needs": needs,
        });
        if let Some(wave) = wave {
            value["wave"] = wave.into();
        }
        let _ = writeln!(text, "{value}");
    }
    text
}

fn json_plan(plan: &Plan, target: &Target, lacking: &[Lacks]) -> String {
    let mut value = json!({ "event": "plan", "target": target.called(),
        "fingerprint": plan.fingerprint });
    if let Some(named) = target.settings() {
        let after: serde_json::Map<String, Value> = named
            .after
            .iter()
            .map(|name| {
                let lacks = lacking.iter().find(|lacks| lacks.target == *name);
                let said = lacks.map_or_else(
                    || json!({ "has": true }),
                    |lacks| {
                        json!({ "has": false, "never": lacks.never, "changed": lacks.changed,
                        "undone": lacks.undone, "waiting": lacks.waiting })
                    },
                );
                (name.clone(), said)
            })
            .collect();
        value["after"] = after.into();
        value["protected"] = named.protected.into();
    }
    format!("{value}\n")
}
