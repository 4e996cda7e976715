//! `orch lsp`: what the language server asks of the program.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::{Code, Result};
use super::explain;
use super::load::{Loaded, Meaning, Phase};
use super::mine::Mine;
use super::section::Part;
use super::target::{REHEARSAL, Target};
use super::{Session, Stop};
use crate::check::{Input, check};
use crate::checklist::{TaskId, parse};
use crate::diagnostic::{Diagnostic, causes};
use crate::execute::{Carried, Edited, carry};
use crate::facts::secret;
use crate::files::{Snapshot, Workspace, read_state};
use crate::lsp::{Asked, End, Program, Reading, Seen, Texts, Versions, serve, without_directives};
use crate::plan::{Plan, Work};
use crate::settings::Settings;

/// Folders whose files are none of a workspace, open or not.
const NOT_OURS: &[&str] = &[".git", ".orch", "target", "node_modules"];

/// Arguments of `orch lsp`.
#[derive(Debug, Args)]
pub(super) struct LspArgs {
    /// Accepted, as editors give it: there is no other way
    #[arg(long)]
    stdio: bool,
}

pub(super) fn run(session: &Session, args: &LspArgs) -> Result {
    let LspArgs { stdio: _ } = args;
    let executable = session.environment.executable.as_ref();
    let executable =
        executable.ok_or_else(|| Stop::input("this program's own file can't be found"))?;
    let disk = RefCell::new(BTreeMap::new());
    let program = Program {
        executable,
        root: &|folder| {
            let workspace = Workspace::open(folder).map_err(|error| said(&error))?;
            Ok(workspace.root().to_owned())
        },
        look: &|root, texts, again| look(&disk, root, (texts, again)),
        check: &problems,
        read: &|seen, path| read(seen, path).ok().flatten(),
        refuse: &|seen, asked| refuse(seen, asked).ok().flatten(),
        carry: &|seen, versions| carried(seen, versions).ok(),
    };
    Ok(match serve(&program)? {
        End::Orderly => Code::Done,
        End::Abrupt => Code::Failed,
    })
}

fn said(error: &dyn std::error::Error) -> String {
    causes(error).join(": ")
}

/// Returns a workspace with open texts in place of the disk's, which is read again where that is
/// asked for.
fn look(
    disk: &RefCell<BTreeMap<PathBuf, Snapshot>>,
    root: &Path,
    (texts, again): (&Texts, bool),
) -> std::result::Result<Seen, String> {
    let mut disk = disk.borrow_mut();
    if again || !disk.contains_key(root) {
        let workspace = Workspace::open(root).map_err(|error| said(&error))?;
        let snapshot = workspace.snapshot().map_err(|error| said(&error))?;
        disk.insert(root.to_owned(), snapshot);
    }
    let mut tree = disk.get(root).map(|it| it.tree.clone()).unwrap_or_default();
    let is_own = |path: &str| !path.split('/').any(|part| NOT_OURS.contains(&part));
    for (path, text) in texts.iter().filter(|(path, _)| is_own(path)) {
        tree.insert(path.clone(), text.clone());
    }
    let root = root.to_owned();
    Ok(Seen { root, tree })
}

fn problems(seen: &Seen) -> std::result::Result<Vec<Diagnostic>, String> {
    let workspace = Workspace::open(&seen.root).map_err(|error| said(&error))?;
    let journals = workspace.journals().map_err(|error| said(&error))?;
    Ok(check(&Input {
        tree: &seen.tree,
        journals: &journals,
        only: &BTreeSet::new(),
    }))
}

/// Returns a workspace as commands have it.
fn loaded(seen: &Seen) -> Result<Loaded> {
    let text = seen.tree.get("orch.toml");
    let settings = text.and_then(|text| Settings::parse("orch.toml", text).ok());
    Ok(Loaded {
        workspace: Workspace::open(&seen.root)?,
        snapshot: Snapshot::of(seen.tree.clone()),
        settings: settings.unwrap_or_default(),
        foreseen: BTreeMap::new(),
    })
}

fn phase_at(loaded: &Loaded, path: &str) -> Result<Option<Phase>> {
    for set in &loaded.snapshot.sets {
        if let Some(file) = set.phases.iter().find(|file| file.path == path) {
            return loaded.phase_of(set, file).map(Some);
        }
    }
    Ok(None)
}

/// Returns what a phase means where it runs; the rehearsal is asked nothing, and neither is a
/// cluster.
fn meaning_of(loaded: &Loaded, phase: &Phase) -> Result<(Meaning, Target)> {
    let target = Target::of_phase(loaded, phase)?;
    let monitors = phase.settings.rehearse.service_monitors;
    let meaning = loaded.meaning_on(phase, monitors, (&target, Mine::Merge))?;
    Ok((meaning, target))
}

fn read(seen: &Seen, path: &str) -> Result<Option<Reading>> {
    let mut loaded = loaded(seen)?;
    let (phase, whole) = if let Ok(phase) = phase_at(&loaded, path) {
        (phase, true)
    } else {
        let text = seen.tree.get(path).map(|text| without_directives(text));
        loaded.snapshot.tree.insert(path, text.unwrap_or_default());
        (phase_at(&loaded, path)?, false)
    };
    let Some(phase) = phase else {
        return Ok(None);
    };
    let mut reading = Reading {
        set: phase.set.clone(),
        phase: phase.file.number,
        checklist: phase.checklist.clone(),
        tasks: Vec::new(),
        objects: BTreeMap::new(),
        records: BTreeMap::new(),
    };
    // Without its directives, tasks would mean something else.
    let ahead = loaded.foreseeing(&phase)?;
    if whole && let Ok((meaning, _)) = meaning_of(&ahead, &phase) {
        let plan = meaning.plan(REHEARSAL).ok();
        reading.objects = objects(plan.as_ref());
        reading.tasks = meaning.resolved.tasks;
    }
    if let Ok(state) = read_state(&loaded.workspace, &phase.set, &phase.checklist) {
        let records = |id: &TaskId| explain::records(&loaded.settings, &state, id);
        let tasks = phase.checklist.tasks().map(|task| &task.id);
        reading.records = tasks.map(|id| (id.clone(), records(id))).collect();
    }
    Ok(Some(reading))
}

/// Carries what a run has written into a text that isn't saved.
fn carried(seen: &Seen, versions: &Versions<'_>) -> Result<Carried> {
    let vocabulary = loaded(seen)?.settings.vocabulary;
    let read = |text: &str| parse(versions.path, text, &vocabulary);
    let carried = carry(Edited {
        saved: &read(versions.saved)?.checklist,
        on_disk: &read(versions.on_disk)?.checklist,
        unsaved: &read(versions.unsaved)?.checklist,
    })?;
    Ok(carried)
}

/// Returns the objects that are applied, by their files.
fn objects(plan: Option<&Plan>) -> BTreeMap<String, Vec<String>> {
    let mut objects: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for step in plan.into_iter().flat_map(|plan| &plan.steps) {
        if let Work::Apply { object, file } = &step.work {
            objects
                .entry(file.clone())
                .or_default()
                .push(object.label());
        }
    }
    objects
}

/// Returns why a section isn't run without a terminal: a protected target, or commands that are
/// still to be run.
fn refuse(seen: &Seen, asked: &Asked) -> Result<Option<String>> {
    let loaded = loaded(seen)?;
    let Some(phase) = phase_at(&loaded, &asked.path)? else {
        return Ok(None);
    };
    let (meaning, target) = meaning_of(&loaded, &phase)?;
    let called = target.called();
    if target.settings().is_some_and(|it| it.protected) {
        let why = format!("`{called}` is protected: a run asks for its name.");
        return Ok(Some(why));
    }
    let plan = meaning.plan(target.name())?;
    let of = (&plan, &meaning.resolved);
    let Some(part) = Part::of(Some(&asked.section), &phase.checklist, of)? else {
        return Ok(None);
    };
    let state = read_state(&loaded.workspace, &phase.set, &phase.checklist)?;
    let known = state.target(target.name());
    let mut commands = Vec::new();
    for (at, step) in plan.steps.iter().enumerate() {
        let (Work::Command { run, .. } | Work::Build { run, .. }) = &step.work else {
            continue;
        };
        if !part.scope.has(at) {
            continue;
        }
        let done = known.and_then(|it| it.step(&step.id));
        if done.is_none_or(|it| it.evidence().is_none() || it.key != step.key) {
            commands.push(format!("`{}`", secret::masked(run)));
        }
    }
    if commands.is_empty() {
        return Ok(None);
    }
    let list = commands.join(", ");
    Ok(Some(format!(
        "Section {} runs commands, which a person has to allow (--yes): {list}",
        asked.section
    )))
}
