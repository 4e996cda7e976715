//! `orch phase N …`

use clap::{Args, Subcommand};

use super::exit::Result;
use super::{Session, explain, load, plan, run, status, verify};
use crate::checklist::TaskId;

/// Arguments of `orch phase`.
#[derive(Debug, Args)]
pub(super) struct PhaseArgs {
    /// The phase's number
    number: u32,
    #[command(subcommand)]
    command: PhaseCommand,
}

#[derive(Debug, Subcommand)]
enum PhaseCommand {
    /// Show what each box means, what it waits for, and where it would be done
    Plan(plan::PlanArgs),
    /// Do what is to be done, tick boxes on evidence, commit when all is done
    Run(run::RunArgs),
    /// Run the whole phase in memory: nothing is ticked, written or committed
    Rehearse(run::RehearseArgs),
    /// Turn the phase back: delete what it made, put back what it changed; shown first
    Undo(run::UndoArgs),
    /// Show each task with its evidence
    Status(status::StatusArgs),
    /// Check every tick again against its evidence
    Verify(verify::VerifyArgs),
    /// Show how one task is read, and why
    Explain {
        /// The task's id (`4.2.1`)
        task: String,
    },
}

pub(super) fn run(session: &Session, args: &PhaseArgs) -> Result {
    let loaded = load::workspace(session)?;
    let phase = loaded.phase(session, args.number)?;
    match &args.command {
        PhaseCommand::Plan(args) => plan::run(session, &loaded, &phase, args),
        PhaseCommand::Run(args) => run::run(session, &loaded, &phase, args),
        PhaseCommand::Undo(args) => run::undo(session, &loaded, &phase, args),
        PhaseCommand::Rehearse(args) => run::rehearse(session, &loaded, &phase, args),
        PhaseCommand::Status(args) => status::phase(session, &loaded, &phase, args),
        PhaseCommand::Verify(args) => verify::phase(session, &loaded, &phase, args),
        PhaseCommand::Explain { task } => {
            explain::run(session, &loaded, &phase, &TaskId::new(task.clone()))
        }
    }
}
