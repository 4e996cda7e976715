//! `orch phase N undo`: what would be turned back, shown; a person's consent; doing it; and what
//! follows for the documents.

mod closing;
mod preview;

use clap::Args;

use super::claim::Claimed;
use super::closing::Close;
use super::outlook::Outlook;
use super::{
    Code, How, Opened, Prepared, Result, RunArgs, Stop, check, header, options, prepare, prune,
    target, watch,
};
use crate::cli::Session;
use crate::cli::confirm;
use crate::cli::load::{Loaded, Phase};
use crate::cli::mine::Mine;
use crate::cli::target::TargetArgs;
use crate::cluster::Wait;
use crate::execute::{Ledger, Turn, Undo, Undoing, Undone};
use crate::files::JournalFile;
use crate::journal::{Event, Header, Outcome};
use crate::terminal::{count, err, out};

/// Arguments of `undo`.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct UndoArgs {
    #[command(flatten)]
    on: TargetArgs,
    /// The name of a protected target, where no terminal can ask for it
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    /// Name a claim, namespace or other object that would stay, and may be deleted
    #[arg(long, value_name = "KIND/NAME")]
    delete: Vec<String>,
    /// Only show what would be turned back
    #[arg(long)]
    dry_run: bool,
    /// Turn back without asking
    #[arg(long)]
    yes: bool,
    /// Commit even on a detached HEAD
    #[arg(long)]
    allow_detached: bool,
}

pub(in crate::cli) fn undo(
    session: &Session,
    loaded: &Loaded,
    phase: &Phase,
    args: &UndoArgs,
) -> Result {
    target::runtime()?.block_on(undo_phase(session, loaded, phase, args))
}

async fn undo_phase(session: &Session, loaded: &Loaded, phase: &Phase, args: &UndoArgs) -> Result {
    let Opened {
        clock,
        repo,
        _lock,
        target,
        journal,
    } = Opened::by(session, loaded, phase, &args.on)?;
    let consent = prune::consent(&args.delete)?;
    let Some(state) = journal.state().target(target.name()).cloned() else {
        let name = target.called();
        err(&format!(
            "nothing to turn back: phase {} never ran on {name}\n",
            phase.checklist.number
        ))?;
        return Ok(Code::Done);
    };
    let how = How {
        options: options((session, loaded), &RunArgs::default(), &target, phase),
        accept_unread: false,
        mine: Mine::Merge,
        section: None,
        early: Vec::new(),
        clock,
    };
    let prepared = prepare(session, loaded, phase, target, how).await?;
    let outlook = Outlook::new(&prepared, journal.state());
    outlook.refuse_other_cluster(&prepared)?;
    prepared.refuse_back_door(journal.state())?;
    let undo = Undo {
        plan: &prepared.plan,
        inventory: prepared.inventory(),
        state: &state,
        consent: &consent,
    };
    let waves = show(&prepared, undo).await?;
    let close = Close {
        prepared: &prepared,
        outlook: &outlook,
        repo: &repo,
    };
    with_consent(&close, undo, (&waves, journal), args).await
}

/// Turns back what there is, if a person agrees.
async fn with_consent(
    close: &Close<'_>,
    undo: Undo<'_>,
    (waves, journal): (&[Vec<Undoing>], JournalFile),
    args: &UndoArgs,
) -> Result {
    let prepared = close.prepared;
    let mut all = waves.iter().flatten();
    // A kill may have come between the last object and the documents, or the commit.
    let begun = journal.state().running().is_some_and(|header| header.undo);
    let work = begun || all.any(|it| !matches!(it.turn, Turn::Keep(_)));
    if args.dry_run || !(work || undo.state.undone.is_some()) {
        return Ok(Code::Done);
    }
    let owned = close.outlook.owned_paths(prepared, journal.path());
    check(close.repo, &owned, args.allow_detached)?;
    let ledger = Ledger::Durable {
        journal: Box::new(journal),
        workspace: prepared.loaded.workspace.clone(),
        clock: prepared.how.clock,
    };
    if !work {
        close.commit(&ledger)?;
        return Ok(Code::Done);
    }
    if !agreed(args)? {
        err("nothing was changed; to turn it back, run again with --yes\n")?;
        return Ok(Code::Waiting);
    }
    prepared.confirm(work_text(waves), args.confirm.as_deref())?;
    claimed(close, undo, waves, ledger).await
}

/// Turns back while no other machine runs the phase.
async fn claimed(
    close: &Close<'_>,
    undo: Undo<'_>,
    waves: &[Vec<Undoing>],
    ledger: Ledger,
) -> Result {
    let claimed = Claimed::by(close.prepared).await?;
    let stop = watch::interrupted(claimed.lost());
    let ended = turn_back(close, undo, waves, (ledger, stop)).await;
    claimed.end(ended).await
}

/// Looks what is to become of what the phase did, and shows it.
async fn show(prepared: &Prepared<'_>, undo: Undo<'_>) -> Result<Vec<Vec<Undoing>>> {
    let cluster = (!prepared.is_rehearsal()).then_some(&prepared.cluster);
    let waves = undo.look(cluster).await?;
    let objects = waves.iter().flatten().filter_map(|it| it.object.as_ref());
    let unknown = undo.consent.unknown(objects);
    if !unknown.is_empty() {
        return Err(Stop::input(format!(
            "this phase has nothing that is called {}",
            unknown.join(", ")
        )));
    }
    out(&preview::text(prepared, &waves))?;
    Ok(waves)
}

/// Turns back and ends the run.
async fn turn_back(
    close: &Close<'_>,
    undo: Undo<'_>,
    waves: &[Vec<Undoing>],
    (mut ledger, stop): (Ledger, tokio::sync::watch::Receiver<bool>),
) -> Result {
    let prepared = close.prepared;
    let cluster = (!prepared.is_rehearsal()).then_some(&prepared.cluster);
    ledger.append(vec![Event::RunStarted(Header {
        undo: true,
        ..header(prepared)
    })])?;
    let say = |text: String| tracing::info!("{text}");
    let wait = Wait {
        timeout: prepared.how.options.timeout,
        grace: prepared.how.options.grace,
        report: &say,
    };
    let stopped = || *stop.borrow();
    let undone = undo
        .perform(cluster, waves, (&mut ledger, &stopped), &wait)
        .await?;
    let outcome = if !undone.failed.is_empty() {
        Outcome::Failed
    } else if undone.interrupted {
        Outcome::Interrupted
    } else {
        Outcome::Waiting
    };
    if outcome != Outcome::Waiting {
        ledger.append(vec![Event::RunEnded { outcome }])?;
        return tell(prepared, &undone);
    }
    if let Some(cluster) = cluster {
        let inventory = prepared.inventory();
        let mut left = cluster.members(inventory).await?;
        // Its namespace alone needs no parent.
        left.retain(|it| it.kind != "Namespace" || it.name != inventory.namespace());
        let extent = cluster.extent(left.iter()).await;
        let extent = (!left.is_empty()).then_some(&extent);
        cluster.close_inventory(inventory, extent).await?;
    }
    close.turned_back(&undone, ledger)
}

/// Says how far it came.
fn tell(prepared: &Prepared<'_>, undone: &Undone) -> Result {
    let report = crate::execute::Report {
        outcome: Outcome::Failed,
        failed: undone
            .failed
            .iter()
            .map(|(step, failure)| (step.clone(), None, failure.clone()))
            .collect(),
        blocked: Vec::new(),
        ran: 0,
    };
    if undone.interrupted {
        err("interrupted; run `undo` again to go on\n")?;
        return Ok(Code::Interrupted);
    }
    super::tell::failures(prepared, &report)?;
    err("what was turned back is recorded; run `undo` again to go on from there\n")?;
    Ok(Code::Failed)
}

/// Returns whether a person agrees: by flag, or on the terminal.
fn agreed(args: &UndoArgs) -> Result<bool> {
    if args.yes {
        return Ok(true);
    }
    Ok(confirm::can_ask() && confirm::typed("turn it back? type yes: ")? == "yes")
}

/// Returns what turning back is to do (`2 objects to delete, 1 object to put back`).
fn work_text(waves: &[Vec<Undoing>]) -> String {
    let those = |wanted: fn(&Turn) -> bool| {
        let all = waves.iter().flatten();
        all.filter(|it| wanted(&it.turn)).count()
    };
    format!(
        "{} to delete, {} to put back",
        count(those(|turn| matches!(turn, Turn::Delete(_))), "object"),
        count(those(|turn| matches!(turn, Turn::Restore(..))), "object"),
    )
}
