//! `status --live`: what became of what was applied, for people and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::cli::exit::Result;
use crate::cli::load::{Loaded, Phase};
use crate::cli::plan::preview::{field, field_json};
use crate::cli::run::drift::{Drift, Drifted};
use crate::cli::target::{self, REHEARSAL, Target, TargetArgs, called};
use crate::cli::{Session, Stop};
use crate::journal::State;
use crate::terminal::{Paint, count, printable};

/// Returns what became of what a phase applied on its real targets, or on that one.
pub(super) fn live(
    session: &Session,
    loaded: &Loaded,
    phase: &Phase,
    only: &TargetArgs,
    state: &State,
) -> Result<String> {
    let mut text = String::new();
    for target in targets(loaded, phase, only, state)? {
        let (name, flag) = (target.called().to_owned(), target.flag());
        let found = Drift::find(session, loaded, phase, target, state);
        let drift = target::runtime()?.block_on(found)?;
        text += &if session.global.json {
            json_lines(&drift, &name, phase)
        } else {
            let back = format!(
                "orch phase {} run {flag}{} --repair",
                phase.checklist.number, phase.set_flag
            );
            shown(&drift, &name, &back, (session.out, phase.checklist.number))
        };
    }
    Ok(text)
}

/// The real targets that have a record of the phase, or the one that was named.
fn targets(
    loaded: &Loaded,
    phase: &Phase,
    only: &TargetArgs,
    state: &State,
) -> Result<Vec<Target>> {
    if only.target.is_some() || only.context.is_some() {
        let target = Target::choose(only, loaded, phase)?;
        if target == Target::Rehearsal {
            return Err(
                Stop::input("the rehearsal ends with its run: nothing of it lives on")
                    .help("name a cluster: --target NAME or --context NAME"),
            );
        }
        return Ok(vec![target]);
    }
    let recorded = state.targets().map(|(name, _)| name);
    recorded
        .filter(|name| *name != REHEARSAL)
        .map(|name| {
            let called = called(name, &loaded.settings, state);
            if loaded.settings.target(called).is_some() {
                Target::named(called, loaded, phase)
            } else {
                let context = TargetArgs {
                    target: None,
                    context: Some(name.to_owned()),
                };
                Target::choose(&context, loaded, phase)
            }
        })
        .collect()
}

fn shown(drift: &Drift, target: &str, back: &str, (paint, phase): (Paint, u32)) -> String {
    let heading = format!("phase {phase} as it is on {}", printable(target));
    let mut text = format!("\n{}\n", paint.bold(heading));
    for it in &drift.found {
        text += &rows(it, paint);
    }
    let same = drift.total - drift.found.len();
    if drift.found.is_empty() {
        let _ = writeln!(
            text,
            "  {}: {}",
            paint.good("no drift"),
            count(same, "object")
        );
    } else {
        let _ = writeln!(text, "  {} as applied", count(same, "object"));
    }
    let mended = |it: &Drifted| it.gone.is_some() || !it.fields.is_empty();
    if drift.found.iter().any(mended) {
        let _ = writeln!(text, "  put it back: {back}");
    }
    text
}

fn rows(it: &Drifted, paint: Paint) -> String {
    let mut text = String::new();
    let task = it.task.as_ref();
    let task = task
        .map(|task| paint.dim(format!("  ({task})")))
        .unwrap_or_default();
    let label = printable(&it.label);
    let mut row = |word: &str, beside: &str| {
        let beside = if beside.is_empty() {
            String::new()
        } else {
            format!("  {}", printable(beside))
        };
        let _ = writeln!(
            text,
            "  {} {label}{task}{beside}",
            paint.bad(format!("! {word:<10}"))
        );
    };
    if let Some(why) = &it.gone {
        row("gone", why);
    }
    if let Some(why) = &it.unready {
        row("not ready", why);
    }
    if let Some(note) = &it.note {
        row("unknown", note);
    }
    if !it.fields.is_empty() {
        row("changed", "");
        let width = it.fields.iter().map(|it| it.path.chars().count()).max();
        for change in &it.fields {
            text += &field(change, width.unwrap_or(0), paint);
        }
    }
    text
}

fn json_lines(drift: &Drift, target: &str, phase: &Phase) -> String {
    let mut text = String::new();
    for it in &drift.found {
        let fields: Vec<Value> = it.fields.iter().map(field_json).collect();
        let value = json!({ "event": "drift", "target": target, "object": it.label,
            "namespace": it.namespace, "task": it.task, "gone": it.gone, "fields": fields,
            "unready": it.unready, "note": it.note });
        let _ = writeln!(text, "{value}");
    }
    let value = json!({ "event": "live", "target": target, "set": phase.set,
        "phase": phase.checklist.number, "objects": drift.total, "drifted": drift.found.len() });
    let _ = writeln!(text, "{value}");
    text
}
