//! `orch next` and `orch run`: what comes next in a set, and going on through its phases.

use clap::Args;

use super::exit::{Code, Result};
use super::load::{self, Loaded, Phase};
use super::target::TargetArgs;
use super::{Session, Stop, explain, run};
use crate::files::SetFiles;
use crate::terminal::{count, err, out, printable};

/// Arguments of `orch run`.
#[derive(Debug, Args)]
pub(super) struct AllArgs {
    #[command(flatten)]
    on: TargetArgs,
    /// The name of a protected target, where no terminal can ask for it
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    /// Take secrets' values from that ignored env file too
    #[arg(long, value_name = "FILE")]
    env_file: Option<String>,
    /// Tick boxes although a bullet below them was read by no rule
    #[arg(long)]
    accept_unread: bool,
    /// Let the checklists' commands run
    #[arg(long)]
    yes: bool,
}

impl AllArgs {
    fn of_phase(&self) -> run::RunArgs {
        run::RunArgs {
            on: self.on.clone(),
            confirm: self.confirm.clone(),
            env_file: self.env_file.clone(),
            accept_unread: self.accept_unread,
            yes: self.yes,
            ..run::RunArgs::default()
        }
    }

    /// Whether a target is named that may lack what the boxes say.
    fn names_target(&self) -> bool {
        self.on.target.is_some() || self.on.context.is_some()
    }
}

/// Shows the first open task of each set that is meant, and how it is read.
pub(super) fn next(session: &Session) -> Result {
    let loaded = load::workspace(session)?;
    let mut open = 0;
    for set in meant(session, &loaded)? {
        let Some(phase) = first_open(&loaded, set)? else {
            continue;
        };
        let checklist = &phase.checklist;
        let left: Vec<_> = checklist.tasks().filter(|it| !it.marker.checked).collect();
        let Some(task) = left.first() else {
            continue;
        };
        open += 1;
        let heading = format!(
            "{}, phase {} {}: {} open",
            printable(&set.name),
            checklist.number,
            printable(&checklist.title),
            count(left.len(), "task"),
        );
        if !session.global.json {
            out(&format!("{}\n\n", session.out.bold(heading)))?;
        }
        explain::run(session, &loaded, &phase, &task.id)?;
    }
    if open == 0 {
        err("every task is ticked\n")?;
    }
    Ok(Code::Done)
}

/// Runs the phases of a set in order, until one needs a person or fails.
pub(super) fn run_all(session: &Session, args: &AllArgs) -> Result {
    let loaded = load::workspace(session)?;
    let sets = meant(session, &loaded)?;
    let [set] = sets.as_slice() else {
        let names: Vec<&str> = sets.iter().map(|set| set.name.as_str()).collect();
        return Err(Stop::input(format!("which set? {}", names.join(", ")))
            .help("choose one: `--set NAME`, or `set = \"NAME\"` in orch.toml"));
    };
    for file in &set.phases {
        // A phase's commit and documents are what the next one starts from.
        let loaded = load::workspace(session)?;
        let phase = loaded.phase_of(set, file)?;
        let open = phase.checklist.tasks().any(|it| !it.marker.checked);
        if !open && !args.names_target() {
            continue;
        }
        let heading = format!(
            "phase {} {}",
            phase.checklist.number,
            printable(&phase.checklist.title)
        );
        err(&format!("{}\n", session.err.bold(heading)))?;
        let code = run::run(session, &loaded, &phase, &args.of_phase())?;
        if code != Code::Done {
            return Ok(code);
        }
    }
    Ok(Code::Done)
}

/// Returns the sets that are meant: the one that is named, or all.
fn meant<'l>(session: &Session, loaded: &'l Loaded) -> Result<Vec<&'l SetFiles>> {
    let wanted = session.global.set.as_ref().or(loaded.settings.set.as_ref());
    let sets = &loaded.snapshot.sets;
    if sets.is_empty() {
        let said = "no checklist was found: no folder holds a `phase-NN-name.md`";
        return Err(Stop::input(said).help("look at one: `orch demo`"));
    }
    let Some(name) = wanted else {
        return Ok(sets.iter().collect());
    };
    let found = loaded.snapshot.set(name).ok_or_else(|| {
        let names: Vec<&str> = sets.iter().map(|set| set.name.as_str()).collect();
        Stop::input(format!("no set is called `{name}`"))
            .help(format!("sets found: {}", names.join(", ")))
    })?;
    Ok(vec![found])
}

/// Returns the first phase with an open task.
fn first_open(loaded: &Loaded, set: &SetFiles) -> Result<Option<Phase>> {
    for file in &set.phases {
        let phase = loaded.phase_of(set, file)?;
        if phase.checklist.tasks().any(|it| !it.marker.checked) {
            return Ok(Some(phase));
        }
    }
    Ok(None)
}
