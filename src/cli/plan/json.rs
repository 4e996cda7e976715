//! A phase's plan as JSON: one event a line.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::cli::after::Lacks;
use crate::cli::before::Before;
use crate::cli::load::{Meaning, Phase};
use crate::cli::section::{Part, needed_json};
use crate::cli::target::Target;
use crate::plan::{Plan, waves};
use crate::resolve::{Action, BulletReading, Expected, ResolvedTask};

/// Returns one event a task and one a step.
pub(super) fn json_lines(
    phase: &Phase,
    meaning: &Meaning,
    (plan, part): (&Plan, Option<&Part>),
) -> String {
    let mut text = String::new();
    let asked = |task: &&ResolvedTask| part.is_none_or(|part| part.scope.asks(&task.id));
    let tasks = phase.checklist.by_id();
    for task in meaning.resolved.tasks.iter().filter(asked) {
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
        let written = tasks.get(&task.id);
        let checked = written.is_some_and(|task| task.marker.checked);
        let mut value = json!({
            "event": "task", "task": task.id, "action": task.action.word(),
            "rule": task.reading.rule, "matched": task.reading.matched, "checked": checked,
            "steps": steps, "unread": unread, "notes": task.notes,
        });
        if let Action::Expect { traces } = &task.action {
            value["traces"] = traces.iter().map(trace_json).collect();
        }
        let _ = writeln!(text, "{value}");
    }
    let steps = plan.steps.iter().zip(waves(plan)).enumerate();
    let is_part = |at: usize| part.is_none_or(|part| part.scope.has(at));
    for (_, (step, wave)) in steps.filter(|(at, _)| is_part(*at)) {
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
    text + &part.map_or_else(String::new, |part| needed_json(plan, &part.scope))
}

fn trace_json(trace: &Expected) -> Value {
    let mut value = json!({ "kind": trace.what.word(), "what": trace.what.to_string() });
    match &trace.found {
        Ok(found) => value["found"] = json!(found),
        Err(missing) => value["missing"] = json!(missing),
    }
    value
}

/// Returns the event that ends a plan.
pub(super) fn json_plan(
    plan: &Plan,
    target: &Target,
    (lacking, before): (&[Lacks], &[Before]),
) -> String {
    let mut value = json!({ "event": "plan", "target": target.called(),
        "fingerprint": plan.fingerprint });
    if !before.is_empty() {
        value["before"] = before.iter().map(Before::json).collect();
    }
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
