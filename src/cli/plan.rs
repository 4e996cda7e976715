//! `orch phase N plan`: what each box means, why, what it waits for, and where; on a real target
//! also what a run would change there, field by field.

mod json;
pub(super) mod preview;
pub(super) mod saved;
mod shown;

use std::path::PathBuf;

use clap::Args;

use super::after;
use super::exit::{Code, Result};
use super::load::{Loaded, Phase};
use super::run::ahead::Prospect;
use super::target::{self, Target, TargetArgs};
use super::{Session, Stop, order};
use crate::diagnostic::render;
use crate::files::read_journal;
use crate::terminal::{err, out};
use saved::{Of, Saved};
use shown::Shown;

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    on: TargetArgs,
    /// Take secrets' values from that ignored env file too
    #[arg(long, value_name = "FILE")]
    env_file: Option<String>,
    /// Save what a run would change, for `run --plan FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(session: &Session, loaded: &Loaded, phase: &Phase, args: &PlanArgs) -> Result {
    let target = Target::choose(&args.on, loaded, phase)?;
    let state = read_journal(&loaded.workspace, &phase.set, phase.checklist.number)?.state;
    let lacking = after::lacking(loaded, phase, (&target, &state))?;
    let prospect = match &target {
        // Known without a server: a plan for the rehearsal needs no runtime at all.
        Target::Rehearsal => None,
        Target::Context { .. } => {
            let on = (target.clone(), args.env_file.as_deref());
            let found = Prospect::find(session, loaded, phase, on, &state);
            Some(target::runtime()?.block_on(found)?)
        }
    };
    let rehearsed = if prospect.is_none() {
        let monitors = phase.settings.rehearse.service_monitors;
        let meaning = loaded.meaning_on(phase, monitors, &target)?;
        let plan = meaning.plan(target.name())?;
        target.refuse_idle_failures(phase, &plan)?;
        let missing = order::expected(&plan);
        Some((meaning, plan, monitors, missing))
    } else {
        None
    };
    let (meaning, plan, monitors, missing) = match (&prospect, &rehearsed) {
        (Some(found), _) => (
            &found.meaning,
            &found.plan,
            found.service_monitors,
            &found.missing,
        ),
        (None, Some((meaning, plan, monitors, missing))) => (meaning, plan, *monitors, missing),
        (None, None) => return Ok(Code::Done),
    };
    let ahead = prospect.as_ref().map(|found| &found.ahead);
    if session.global.json {
        out(&json::json_lines(phase, meaning, plan))?;
        out(&ahead.map(preview::json).unwrap_or_default())?;
        out(&order::json(missing))?;
        out(&json::json_plan(plan, &target, &lacking))?;
    } else {
        let shown = Shown {
            phase,
            meaning,
            plan,
            lacking: &lacking,
            paint: session.out,
        };
        let info = prospect.as_ref().map(|found| &found.info);
        out(&shown.text(&target, info, monitors))?;
        let changes = ahead.map(|ahead| preview::text(ahead, target.called(), session.out));
        out(&changes.unwrap_or_default())?;
    }
    let mut warnings = meaning.warnings.clone();
    warnings.0.extend(order::warnings(missing).0);
    if !warnings.0.is_empty() {
        err(&format!(
            "{}
",
            render(&warnings, session.err.colour)
        ))?;
    }
    if let Some(path) = &args.out {
        let Some(found) = &prospect else {
            return Err(Stop::input(
                "a plan for the rehearsal isn't saved: it begins anew each time",
            )
            .help("name a cluster: --target NAME or --context NAME"));
        };
        let of = Of {
            loaded,
            phase,
            plan,
            info: &found.info,
        };
        Saved::new(&of, &found.ahead).write(path)?;
        err(&format!(
            "saved; do exactly that: orch phase {} run --plan {}\n",
            phase.checklist.number,
            path.display()
        ))?;
    }
    Ok(Code::Done)
}
