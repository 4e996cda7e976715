//! `orch next` and `orch run`: what comes next in a set, and going on through its phases.

use clap::Args;
use serde_json::{Value, json};

use super::exit::{Code, Result};
use super::load::{self, Loaded, Phase};
use super::target::{Target, TargetArgs};
use super::{Session, Stop, explain, run};
use crate::checklist::{SetFiles, Task};
use crate::files::read_state;
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

/// Shows the first open task of each set: of the one that is named, else of the usual one first.
pub(super) fn next(session: &Session) -> Result {
    let loaded = load::workspace(session)?;
    let mut open = 0;
    for set in in_order(session, &loaded)? {
        let Some(phase) = first_open(&loaded, set)? else {
            continue;
        };
        let checklist = &phase.checklist;
        let left = checklist.open_tasks().count();
        let Some(task) = checklist.open_tasks().next() else {
            continue;
        };
        open += 1;
        if session.global.json {
            out(&format!("{}\n", event(&phase, task, left)))?;
            continue;
        }
        let heading = format!(
            "{}, phase {} {}: {} open",
            printable(&set.name),
            checklist.number,
            printable(&checklist.title),
            count(left, "task"),
        );
        let gap = if open > 1 { "\n" } else { "" };
        out(&format!("{gap}{}\n\n", session.out.bold(heading)))?;
        explain::run(session, &loaded, &phase, &task.id)?;
    }
    if open == 0 {
        err("every task is ticked or left out\n")?;
    }
    Ok(Code::Done)
}

fn event(phase: &Phase, task: &Task, left: usize) -> Value {
    let checklist = &phase.checklist;
    json!({
        "event": "next", "set": phase.set, "phase": checklist.number, "title": checklist.title,
        "task": task.id, "text": task.text.plain(), "open": left, "file": checklist.path,
        "line": checklist.line_at(task.marker.offset),
    })
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
    let mut ran = 0;
    for file in &set.phases {
        // A phase's commit and documents are what the next one starts from.
        let loaded = load::workspace(session)?;
        let phase = loaded.phase_of(set, file)?;
        if !args.names_target() && !is_left(&loaded, &phase)? {
            continue;
        }
        ran += 1;
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
    if ran == 0 {
        let name = printable(&set.name);
        err(&format!(
            "nothing to do: every phase of {name} is complete\n"
        ))?;
    }
    Ok(Code::Done)
}

/// Returns whether a phase has anything left: an open task, or a record that wasn't closed, as
/// when a person did the last task. What was ticked by hand without a record is left alone.
fn is_left(loaded: &Loaded, phase: &Phase) -> Result<bool> {
    if phase.checklist.open_tasks().next().is_some() {
        return Ok(true);
    }
    let state = read_state(&loaded.workspace, &phase.set, &phase.checklist)?;
    let own = match Target::of_phase(loaded, phase)? {
        Target::Rehearsal => state.first().map(str::to_owned),
        own @ Target::Context { .. } => Some(own.name().to_owned()),
    };
    let known = own.and_then(|own| state.target(&own));
    let known = known.unwrap_or(state.current());
    let decided = !known.waived.is_empty() || !state.skipped().is_empty();
    let begun = known.started.is_some() || decided;
    Ok(begun && known.completed.is_none())
}

/// Returns the sets to look at, the usual one first.
fn in_order<'l>(session: &Session, loaded: &'l Loaded) -> Result<Vec<&'l SetFiles>> {
    if session.global.set.is_some() {
        return meant(session, loaded);
    }
    let usual = meant(session, loaded)?;
    let others = loaded.snapshot.sets.iter();
    let others = others.filter(|set| usual.iter().all(|known| known.name != set.name));
    Ok(usual.iter().copied().chain(others).collect())
}

/// Returns the sets that are meant: the one that is named, or all.
fn meant<'l>(session: &Session, loaded: &'l Loaded) -> Result<Vec<&'l SetFiles>> {
    let wanted = session.global.set.as_ref().or(loaded.settings.set.as_ref());
    let sets = &loaded.snapshot.sets;
    if sets.is_empty() {
        let said = "no checklist was found: no folder holds a `phase-NN-name.md`";
        return Err(
            Stop::input(said).help("let one be written: `orch init`; or look at one: `orch demo`")
        );
    }
    let Some(name) = wanted else {
        return Ok(sets.iter().collect());
    };
    Ok(vec![loaded.set(name)?])
}

/// Returns the first phase with an open task.
fn first_open(loaded: &Loaded, set: &SetFiles) -> Result<Option<Phase>> {
    for file in &set.phases {
        let phase = loaded.phase_of(set, file)?;
        if phase.checklist.open_tasks().next().is_some() {
            return Ok(Some(phase));
        }
    }
    Ok(None)
}
