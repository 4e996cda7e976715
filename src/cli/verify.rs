//! `orch verify` and `orch phase N verify`: every tick beside its evidence, again.
//!
//! Looks only, but for `--untick`. No cluster is asked that settings or flags don't name.

mod look;
mod moved;
mod shown;
mod untick;

use std::collections::BTreeSet;

use clap::Args;

use super::exit::{Code, Result};
use super::load::{self, Loaded, Phase};
use super::target::TargetArgs;
use super::{Session, Stop};
use crate::checklist::TaskId;
use crate::files::{Clock, Lock};
use crate::terminal::{err, out};
use crate::verify::{Standing, Tick, verify};
use look::Look;

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    on: TargetArgs,
    /// Open the boxes of what doesn't hold any more; the next run does it again
    #[arg(long)]
    untick: bool,
}

/// What came of a phase, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Came {
    Lost,
    Unread,
    Locked,
    Unreachable,
    AllHolds,
}

impl Came {
    /// What came of a phase that couldn't be looked at.
    fn of(stop: &Stop) -> Self {
        match stop.code() {
            Code::Target => Self::Unreachable,
            Code::Locked => Self::Locked,
            Code::Done | Code::Failed | Code::Input | Code::Waiting | Code::Interrupted => {
                Self::Unread
            }
        }
    }

    fn code(self) -> Code {
        match self {
            Self::Lost => Code::Failed,
            Self::Unread => Code::Input,
            Self::Locked => Code::Locked,
            Self::Unreachable => Code::Target,
            Self::AllHolds => Code::Done,
        }
    }
}

/// Verifies one phase.
pub(super) fn phase(
    session: &Session,
    loaded: &Loaded,
    phase: &Phase,
    args: &VerifyArgs,
) -> Result {
    Ok(one(session, loaded, phase, args)?.code())
}

/// Verifies every phase of every set, or of the one that is named.
pub(super) fn all(session: &Session, args: &VerifyArgs) -> Result {
    let loaded = load::workspace(session)?;
    let wanted = session.global.set.as_ref();
    if let Some(name) = wanted.filter(|name| loaded.snapshot.set(name).is_none()) {
        let sets = loaded.snapshot.sets.iter();
        let names: Vec<&str> = sets.map(|set| set.name.as_str()).collect();
        return Err(Stop::input(format!("no set is called `{name}`"))
            .help(format!("sets found: {}", names.join(", "))));
    }
    let mut came = Came::AllHolds;
    for set in &loaded.snapshot.sets {
        if wanted.is_some_and(|wanted| *wanted != set.name) {
            continue;
        }
        for file in &set.phases {
            // What was opened in one phase is part of what the account says with the next one's.
            let again = args.untick.then(|| load::workspace(session)).transpose()?;
            let loaded = again.as_ref().unwrap_or(&loaded);
            let verified = loaded
                .phase_of(set, file)
                .and_then(|phase| one(session, loaded, &phase, args));
            match verified {
                Ok(found) => came = came.min(found),
                // The other phases are looked at all the same.
                Err(stop) => {
                    err(&format!("{}\n", file.path))?;
                    let _ = stop.report(session.err);
                    came = came.min(Came::of(&stop));
                }
            }
        }
    }
    Ok(came.code())
}

fn one(session: &Session, loaded: &Loaded, phase: &Phase, args: &VerifyArgs) -> Result<Came> {
    let number = phase.checklist.number;
    // What is looked at is what is opened: no run comes between.
    let held = if args.untick {
        let clock = Clock::new(session.environment.source_date_epoch.as_deref())?;
        Some(Lock::take(
            &loaded.workspace,
            &phase.set,
            number,
            clock.now(),
        )?)
    } else {
        None
    };
    let look = Look::at(session, loaded, phase, &args.on)?;
    let ticks = look.with(phase, |seen| verify(&phase.checklist, seen));
    out(&shown::text(session, phase, (&look, &ticks), args.untick))?;
    if let Some(stop) = look.problem() {
        let _ = stop.report(session.err);
    }
    let lost = lost(&ticks);
    if held.is_some() && !lost.is_empty() {
        untick::untick(session, loaded, phase, (&look, &ticks))?;
    }
    let is_lost = ticks.iter().any(|tick| tick.standing() == Standing::Lost);
    Ok(match (is_lost, &look.unreachable) {
        (true, _) => Came::Lost,
        (false, _) if look.problem().is_some() => Came::Unread,
        (false, Some(_)) => Came::Unreachable,
        (false, None) => Came::AllHolds,
    })
}

/// The tasks whose tick doesn't hold.
fn lost(ticks: &[Tick]) -> BTreeSet<TaskId> {
    ticks
        .iter()
        .filter(|tick| tick.standing() == Standing::Lost)
        .filter_map(|tick| tick.task.clone())
        .collect()
}
