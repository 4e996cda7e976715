//! From a folder to a phase that is read.

mod meaning;

pub(super) use meaning::Meaning;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::exit::Result;
use super::{Session, Stop};
use crate::check;
use crate::checklist::{Checklist, TaskId, task_args};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::files::{PhaseFile, SetFiles, Snapshot, Workspace, read_state, skipped};
use crate::settings::{PhaseSettings, Settings};

/// A workspace with its settings.
#[derive(Clone)]
pub(super) struct Loaded {
    pub(super) workspace: Workspace,
    pub(super) snapshot: Snapshot,
    pub(super) settings: Settings,
    /// The files that phases are taken to have written, by set and number, though they aren't there
    /// yet.
    pub(super) foreseen: BTreeMap<(String, u32), BTreeSet<String>>,
}

/// One phase of it, read.
pub(super) struct Phase {
    pub(super) set: String,
    /// What names the set in commands, where it has to be named: ` --set shop`.
    pub(super) set_flag: String,
    pub(super) file: PhaseFile,
    pub(super) settings: PhaseSettings,
    /// The file that the settings are from, where there is one.
    pub(super) settings_path: Option<String>,
    pub(super) checklist: Checklist,
    pub(super) warnings: Diagnostics,
}

impl Phase {
    /// Returns what names a task of it in `orch task`: its id, with the phase where the id doesn't
    /// tell it.
    pub(super) fn task_args(&self, id: &TaskId) -> String {
        task_args(id, self.checklist.number, &self.set_flag)
    }

    /// Returns warnings of decisions that may be about a task whose words changed.
    pub(super) fn adrift(&self) -> Diagnostics {
        let warnings = self.warnings.0.iter();
        Diagnostics(
            warnings
                .filter(|one| one.rule == check::RECORD)
                .cloned()
                .collect(),
        )
    }

    /// Returns the path of its settings, whether they are there or not.
    pub(super) fn settings_file(&self) -> String {
        let [_, _, usual, _] = self.file.settings_paths(&self.set);
        self.settings_path.clone().unwrap_or(usual)
    }
}

/// Opens the workspace of a session.
pub(super) fn workspace(session: &Session) -> Result<Loaded> {
    let (loaded, problems) = workspace_as_it_is(session)?;
    problems.map_or(Ok(loaded), |problems| Err(problems.into()))
}

/// Opens the workspace of a session; settings that can't be read are the defaults, and what is
/// wrong with them comes along.
pub(super) fn workspace_as_it_is(session: &Session) -> Result<(Loaded, Option<Diagnostics>)> {
    let start = session
        .global
        .directory
        .as_deref()
        .unwrap_or_else(|| Path::new("."));
    let workspace = Workspace::open(start)?;
    let snapshot = workspace.snapshot()?;
    let text = snapshot.tree.get("orch.toml");
    let (settings, problems) = match text.map(|text| Settings::parse("orch.toml", text)) {
        Some(Ok(settings)) => (settings, None),
        Some(Err(problems)) => (Settings::default(), Some(problems)),
        None => (Settings::default(), None),
    };
    let loaded = Loaded {
        workspace,
        snapshot,
        settings,
        foreseen: BTreeMap::new(),
    };
    Ok((loaded, problems))
}

impl Loaded {
    /// Returns the sets that hold a phase of that number, or the one that was asked for.
    fn choose(&self, session: &Session, number: u32) -> Result<(&SetFiles, &PhaseFile)> {
        let wanted = session
            .global
            .set
            .as_deref()
            .or(self.settings.set.as_deref());
        if let Some(name) = wanted {
            let set = self.set(name)?;
            let phase = set.phase(number).ok_or_else(|| {
                Stop::input(format!("the set `{name}` has no phase {number}"))
                    .help(format!("its phases: {}", phase_numbers(set)))
            })?;
            return Ok((set, phase));
        }
        let found: Vec<(&SetFiles, &PhaseFile)> = self
            .snapshot
            .sets
            .iter()
            .filter_map(|set| Some((set, set.phase(number)?)))
            .collect();
        match found.as_slice() {
            [one] => Ok(*one),
            [] if self.snapshot.sets.is_empty() => Err(Stop::input(
                "no checklist was found: no folder holds a `phase-NN-name.md`",
            )
            .help(
                "let one be written (`orch init`), write checklists/<set>/phase-01-<name>.md \
                 yourself, or look at an example (`orch demo`)",
            )),
            [] => Err(Stop::input(format!("no set has a phase {number}"))
                .help(format!("sets found: {}", self.set_names()))),
            several => {
                let list: Vec<String> = several
                    .iter()
                    .map(|(set, phase)| format!("{} ({})", set.name, phase.path))
                    .collect();
                Err(Stop::input(format!(
                    "{} sets have a phase {number}: {}",
                    several.len(),
                    list.join(", ")
                ))
                .help("choose one: `--set NAME`, or `set = \"NAME\"` in orch.toml"))
            }
        }
    }

    /// Returns what names a set in commands about a phase, where another set has that number, too.
    fn set_flag(&self, set: &SetFiles, number: u32) -> String {
        let usual = self.settings.set.as_deref();
        set.flag(number, usual, &self.snapshot.sets)
    }

    fn set_names(&self) -> String {
        let names: Vec<&str> = self
            .snapshot
            .sets
            .iter()
            .map(|set| set.name.as_str())
            .collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    }

    /// Returns the numbers of the phases of the set that is meant, or of all where none is.
    pub(super) fn phase_numbers(&self, session: &Session) -> Vec<u32> {
        let wanted = session.global.set.as_ref().or(self.settings.set.as_ref());
        let sets = self.snapshot.sets.iter();
        let meant = sets.filter(|set| wanted.is_none_or(|wanted| *wanted == set.name));
        let numbers: BTreeSet<u32> = meant
            .flat_map(|set| set.phases.iter().map(|phase| phase.number))
            .collect();
        numbers.into_iter().collect()
    }

    /// Reads one phase's checklist and settings.
    pub(super) fn phase(&self, session: &Session, number: u32) -> Result<Phase> {
        let (set, file) = self.choose(session, number)?;
        self.phase_of(set, file)
    }

    /// Returns the set of that name.
    pub(super) fn set(&self, name: &str) -> Result<&SetFiles> {
        self.snapshot.set(name).ok_or_else(|| {
            Stop::input(format!("no set is called `{name}`"))
                .help(format!("sets found: {}", self.set_names()))
        })
    }

    /// Refuses a set of which two checklists, or which and another one, would share a journal.
    fn refuse_clash(&self, set: &SetFiles) -> Result<()> {
        let clashes = check::clashes_of(&self.snapshot.clashes, &set.name);
        let tree = &self.snapshot.tree;
        let problems: Vec<Diagnostic> = clashes.map(|it| check::clashing(it, tree)).collect();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Diagnostics(problems).into())
        }
    }

    /// Reads that phase's checklist and settings.
    ///
    /// # Errors
    /// Also where another checklist of the set has its number, by name or title.
    pub(super) fn phase_of(&self, set: &SetFiles, file: &PhaseFile) -> Result<Phase> {
        self.refuse_clash(set)?;
        if let Some(unreadable) = check::unreadable(&file.path, &self.snapshot.tree) {
            return Err(Diagnostics(vec![unreadable]).into());
        }
        let (mut settings, settings_path) = self.phase_settings(&set.name, file)?;
        let earlier = set.phases.iter().filter(|it| it.number < file.number);
        for file in earlier.rev() {
            // What is wrong with it is told where that phase is asked for.
            if let Ok((earlier, _)) = self.phase_settings(&set.name, file) {
                settings.inherit(earlier);
            }
        }
        let text = self
            .snapshot
            .tree
            .get(&file.path)
            .cloned()
            .unwrap_or_default();
        let mut parsed = crate::checklist::parse(&file.path, &text, &self.settings.vocabulary)?;
        self.skip(&set.name, &mut parsed.checklist);
        let set_flag = self.set_flag(set, file.number);
        let mut warnings = self.settings.warnings.0.clone();
        warnings.extend(parsed.warnings.0);
        warnings.extend(self.adrift(&set.name, &parsed.checklist, &set_flag));
        if let Some(taken) = check::taken_number((set, file), &parsed.checklist) {
            return Err(Diagnostics(vec![taken]).into());
        }
        Ok(Phase {
            set: set.name.clone(),
            set_flag,
            file: file.clone(),
            settings,
            settings_path,
            checklist: parsed.checklist,
            warnings: Diagnostics(warnings),
        })
    }

    /// Leaves out of a phase's checklist what a person decided to skip.
    pub(super) fn skip(&self, set: &str, checklist: &mut Checklist) {
        checklist.skip(&skipped(&self.workspace, set, checklist));
    }

    /// Returns warnings of decisions that may be about a task whose words changed.
    fn adrift(&self, set: &str, checklist: &Checklist, set_flag: &str) -> Vec<Diagnostic> {
        // A journal that can't be read is told of by whoever needs more of it.
        let state = read_state(&self.workspace, set, checklist).unwrap_or_default();
        let mut found = check::adrift(checklist, &state, set_flag);
        found.retain(|one| one.severity == Severity::Warning);
        found
    }

    /// `phases/<set>/NN-name.toml` where several sets share the numbers, else `phases/NN-name.toml`.
    fn phase_settings(
        &self,
        set: &str,
        file: &PhaseFile,
    ) -> Result<(PhaseSettings, Option<String>)> {
        let mut paths = file.settings_paths(set).into_iter();
        let found = paths.find_map(|path| Some((self.snapshot.tree.get(&path)?, path)));
        match found {
            Some((text, path)) => Ok((PhaseSettings::parse(&path, text)?, Some(path))),
            None => Ok((PhaseSettings::default(), None)),
        }
    }

    /// Returns PROGRESS.md's path: the set's own where one lies beside its checklists, else the
    /// workspace's.
    pub(super) fn progress_path(&self, set: &str) -> String {
        let own = self
            .snapshot
            .set(set)
            .map(|set| format!("{}/PROGRESS.md", set.folder));
        own.filter(|path| self.snapshot.tree.get(path).is_some())
            .unwrap_or_else(|| "PROGRESS.md".to_owned())
    }
}

fn phase_numbers(set: &SetFiles) -> String {
    set.phases
        .iter()
        .map(|phase| phase.number.to_string())
        .collect::<Vec<_>>()
        .join(", ")
}
