//! `orch phase N rehearse`: the whole phase in memory.

use std::collections::BTreeMap;

use clap::Args;

use super::outlook::{Outlook, Waiting, surround};
use super::prepared::{How, prepare};
use super::{RunArgs, With, go, options, tell};
use crate::cli::Session;
use crate::cli::exit::{Code, Result};
use crate::cli::load::{Loaded, Phase};
use crate::cli::mine::Mine;
use crate::cli::target::{self, Target};
use crate::execute::{Document, Ledger, Options};
use crate::files::Clock;
use crate::journal::Outcome;
use crate::terminal::{err, out};

/// Arguments of `rehearse`.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct RehearseArgs {
    /// Tick boxes although a bullet below them was read by no rule
    #[arg(long)]
    accept_unread: bool,
    /// Rehearse only that section, with what it can't do without
    #[arg(long, value_name = "NUMBER")]
    section: Option<String>,
}

pub(in crate::cli) fn rehearse(
    session: &Session,
    loaded: &Loaded,
    phase: &Phase,
    args: &RehearseArgs,
) -> Result {
    target::runtime()?.block_on(async {
        let options = Options {
            overwrite: true,
            ..options(
                (session, loaded),
                &RunArgs::default(),
                &Target::Rehearsal,
                phase,
            )
        };
        let clock = Clock::new(session.environment.source_date_epoch.as_deref())?;
        let how = How {
            options,
            accept_unread: args.accept_unread,
            mine: Mine::Merge,
            section: args.section.clone(),
            early: Vec::new(),
            clock,
        };
        let prepared = prepare(session, loaded, phase, Target::Rehearsal, how).await?;
        let mut outlook = Outlook::afresh(&prepared);
        prepared.narrow(&mut outlook)?;
        surround(&prepared).await;
        let mut document = Document::new(phase.checklist.clone());
        let with = With {
            secrets: &BTreeMap::new(),
            live: &prepared.live().await?,
            lost: None,
        };
        let ledger = Ledger::memory();
        let (report, _) = go(&prepared, &outlook, with, ledger, &mut document).await?;
        tell::tell(&prepared, &report, tell::Kept::Nothing)?;
        let note = "rehearsed in memory: nothing was ticked, written or committed\n";
        err(note)?;
        let undecided = Waiting {
            files: outlook.undecided(&prepared),
            ..Waiting::default()
        };
        let waits = report.outcome == Outcome::Completed && !undecided.is_empty();
        if waits {
            err(&tell::waiting_text(&prepared, &outlook, &undecided))?;
        }
        let (code, outcome) = match report.outcome {
            Outcome::Completed if waits => (Code::Waiting, "waiting"),
            Outcome::Completed => (Code::Done, "done"),
            Outcome::Waiting | Outcome::Failed | Outcome::Interrupted => (Code::Failed, "failed"),
        };
        if session.global.json {
            let ended = serde_json::json!({ "event": "ended", "outcome": outcome,
                "target": prepared.target.called(), "kept": false });
            out(&format!("{ended}\n"))?;
        }
        Ok(code)
    })
}
