//! `orch phase N plan`: what each box means, why, what it waits for, and where; on a real target
//! also what a run would change there, field by field.

mod json;
pub(super) mod preview;
pub(super) mod saved;
mod shown;

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::{Code, Result};
use super::load::{Loaded, Meaning, Phase};
use super::mine::Mine;
use super::run::ahead::Prospect;
use super::section::Part;
use super::target::{self, Target, TargetArgs};
use super::{Session, Stop, after, before, changed, order};
use crate::diagnostic::render;
use crate::files::read_state;
use crate::journal::State;
use crate::plan::Plan;
use crate::terminal::{err, out};
use saved::{Of, Saved};
use shown::{Shown, There};

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    on: TargetArgs,
    /// Take secrets' values from that ignored env file too
    #[arg(long, value_name = "FILE")]
    env_file: Option<String>,
    /// Show only that section, and what it can't do without
    #[arg(long, value_name = "NUMBER", conflicts_with = "out")]
    section: Option<String>,
    /// Save what a run would change, for `run --plan FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(session: &Session, loaded: &Loaded, phase: &Phase, args: &PlanArgs) -> Result {
    let target = Target::choose(&args.on, loaded, phase)?;
    let state = read_state(&loaded.workspace, &phase.set, &phase.checklist)?;
    let (mut there, plan, meaning) = match &target {
        Target::Rehearsal if args.out.is_some() => {
            let said = "a plan for the rehearsal isn't saved: it begins anew each time";
            return Err(Stop::input(said).help("name a cluster: --target NAME or --context NAME"));
        }
        Target::Rehearsal => rehearsed(&*loaded.foreseeing(phase)?, phase, &target)?,
        Target::Context { .. } => {
            let on = (target.clone(), args.env_file.as_deref());
            target::runtime()?.block_on(live(session, loaded, phase, on, &state))?
        }
    };
    let lacking = after::lacking(loaded, phase, (&target, &state))?;
    let before = before::incomplete(loaded, phase, Some(&target))?;
    let of = (&plan, &meaning.resolved);
    let part = Part::of(args.section.as_ref(), &phase.checklist, of)?;
    let mut files = meaning.rendered.clone();
    if let Some(part) = &part {
        files.retain(|file| part.writes(&plan, &file.path));
        there.narrow(&plan, part);
    }
    let ahead = there.ahead.as_ref();
    if session.global.json {
        out(&json::json_lines(phase, &meaning, (&plan, part.as_ref())))?;
        out(&order::json(&there.missing))?;
        out(&ahead.map(preview::json).unwrap_or_default())?;
        out(&changed::json(&files))?;
        out(&json::json_plan(&plan, &target, (&lacking, &before)))?;
    } else {
        let shown = Shown {
            phase,
            meaning: &meaning,
            plan: &plan,
            part: part.as_ref(),
            lacking: &lacking,
            before: &before,
            paint: session.out,
        };
        out(&shown.text(&target, &there))?;
        let changes = ahead.map(|ahead| preview::text(ahead, target.called(), session.out));
        out(&changes.unwrap_or_default())?;
        out(&changed::text(&files, session.out))?;
    }
    let mut warnings = meaning.warnings.clone();
    warnings.0.extend(meaning.in_clear(phase).0);
    warnings.0.extend(order::warnings(&there.missing).0);
    if !warnings.0.is_empty() {
        err(&format!("{}\n", render(&warnings, session.err.screen())))?;
    }
    if let Some(path) = &args.out {
        save((loaded, phase), (&plan, &target), &there, path)?;
    }
    Ok(Code::Done)
}

/// What is known without a server: a plan for the rehearsal needs no runtime at all.
fn rehearsed(loaded: &Loaded, phase: &Phase, target: &Target) -> Result<(There, Plan, Meaning)> {
    let meaning = loaded.meaning(phase, phase.settings.rehearse.service_monitors, Mine::Merge)?;
    let plan = meaning.plan(target.name())?;
    target.refuse_idle_failures(phase, &plan)?;
    let there = There {
        info: None,
        service_monitors: phase.settings.rehearse.service_monitors,
        missing: order::expected(&plan, &loaded.snapshot.tree),
        ahead: None,
    };
    Ok((there, plan, meaning))
}

/// What a real target says.
async fn live(
    session: &Session,
    loaded: &Loaded,
    phase: &Phase,
    on: (Target, Option<&str>),
    state: &State,
) -> Result<(There, Plan, Meaning)> {
    let found = Prospect::find(session, loaded, phase, on, state).await?;
    let there = There {
        info: Some(found.info),
        service_monitors: found.service_monitors,
        missing: found.missing,
        ahead: Some(found.ahead),
    };
    Ok((there, found.plan, found.meaning))
}

fn save(
    (loaded, phase): (&Loaded, &Phase),
    (plan, target): (&Plan, &Target),
    there: &There,
    path: &Path,
) -> Result<()> {
    let (Some(info), Some(ahead)) = (&there.info, &there.ahead) else {
        return Ok(());
    };
    let of = Of {
        loaded,
        phase,
        plan,
        info,
    };
    Saved::new(&of, ahead).write(path)?;
    let accept = if ahead.changed.is_empty() {
        ""
    } else {
        " --accept-changes"
    };
    err(&format!(
        "saved; do exactly that: orch phase {} run {}{accept}{} --plan {}\n",
        phase.checklist.number,
        target.flag(),
        phase.set_flag,
        path.display()
    ))?;
    Ok(())
}
