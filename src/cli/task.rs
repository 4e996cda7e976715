//! `orch task done|reopen ID`: what a person decides.

use clap::{Args, Subcommand};

use super::exit::{Code, Result};
use super::{Session, Stop, load};
use crate::checklist::{Edits, TaskId};
use crate::files::{Clock, JournalFile, Lock};
use crate::git::Repo;
use crate::journal::{Event, sha256};
use crate::terminal::err;

/// Arguments of `orch task`.
#[derive(Debug, Args)]
pub(super) struct TaskArgs {
    #[command(subcommand)]
    command: TaskCommand,
}

#[derive(Debug, Subcommand)]
enum TaskCommand {
    /// Tick a task that you did, or whose result you accept
    Done {
        /// The task's id (`4.2.1`)
        id: String,
        /// What was done, or why it is accepted
        #[arg(long)]
        note: String,
        /// The phase, where the id doesn't tell
        #[arg(long)]
        phase: Option<u32>,
    },
    /// Open a task again: it is to be done once more
    Reopen {
        /// The task's id (`4.2.1`)
        id: String,
        /// The phase, where the id doesn't tell
        #[arg(long)]
        phase: Option<u32>,
    },
}

pub(super) fn run(session: &Session, args: &TaskArgs) -> Result {
    let (id, number, note) = match &args.command {
        TaskCommand::Done { id, note, phase } => (id, phase, Some(note)),
        TaskCommand::Reopen { id, phase } => (id, phase, None),
    };
    let number = number
        .or_else(|| id.split('.').next()?.parse().ok())
        .ok_or_else(|| {
            Stop::input(format!("which phase is `{id}` of?")).help("name it: --phase N")
        })?;
    let loaded = load::workspace(session)?;
    let phase = loaded.phase(session, number)?;
    let id = TaskId::new(id.clone());
    let Some(task) = phase.checklist.task(&id) else {
        return Err(Stop::input(format!("phase {number} has no task {id}"))
            .help(format!("see `orch phase {number} status`")));
    };
    if note.is_some_and(|note| note.trim().is_empty()) {
        return Err(Stop::input("a note says what was done; this one is empty"));
    }
    let clock = Clock::new(session.environment.source_date_epoch.as_deref())?;
    let (name, mail) = Repo::open(loaded.workspace.root())?.identity()?;
    let _lock = Lock::take(&loaded.workspace, &phase.set, number, clock.now())?;
    let mut journal = JournalFile::open(&loaded.workspace, &phase.set, number)?;
    let who = format!("{name} <{mail}>");
    let event = match note {
        Some(note) => Event::Waived {
            task: id.clone(),
            who,
            why: note.trim().to_owned(),
        },
        None => Event::Reopened {
            task: id.clone(),
            who,
        },
    };
    let ticked = note.is_some();
    // Whichever comes second may be lost to a kill. A box that is ticked without a record is
    // respected; one that is open in spite of a record would count as taken back.
    if !ticked {
        journal.append(clock.now(), vec![event.clone()])?;
    }
    if task.marker.checked != ticked {
        let text = &phase.checklist.text;
        let edited = Edits::new().tick(&task.marker, ticked).apply(text)?;
        let before = sha256(text.as_bytes());
        loaded
            .workspace
            .replace(&phase.checklist.path, Some(&before), edited.as_bytes())?;
    }
    if ticked {
        journal.append(clock.now(), vec![event])?;
    }
    let word = if ticked { "done" } else { "open again" };
    err(&format!(
        "task {id} is {word}; `orch phase {number} run` goes on from there\n"
    ))?;
    Ok(Code::Done)
}
