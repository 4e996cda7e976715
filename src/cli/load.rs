//! From a folder to a phase that is read, resolved and rendered.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::exit::Result;
use super::mine::{self, Mine};
use super::target::Target;
use super::{Session, Stop, images, overlays, places, traces};
use crate::check;
use crate::checklist::{Checklist, TaskId, task_args};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::facts;
use crate::files::{PhaseFile, SetFiles, Snapshot, Workspace, read_state, skipped};
use crate::git::Revision;
use crate::manifest::{self, Object, Rendered, in_clear};
use crate::plan::{self, Plan, PlanError};
use crate::resolve::{self, Action, Requirement, Resolved};
use crate::settings::{PhaseSettings, Settings};

/// A workspace with its settings.
pub(super) struct Loaded {
    pub(super) workspace: Workspace,
    pub(super) snapshot: Snapshot,
    pub(super) settings: Settings,
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

/// A phase with its meaning.
pub(super) struct Meaning {
    pub(super) resolved: Resolved,
    pub(super) rendered: Vec<Rendered>,
    /// The objects that `apply` tasks name.
    pub(super) written: BTreeMap<TaskId, Vec<Arc<Object>>>,
    pub(super) warnings: Diagnostics,
    /// The sources' revision, where images are named by it.
    pub(super) revision: Option<Revision>,
    /// What it is the meaning of.
    checklist: Checklist,
}

impl Meaning {
    /// Moves all objects from the phase's namespace to another one; the files stay as they are.
    pub(super) fn relocate(&mut self, namespace: &str) {
        let from = std::mem::replace(
            &mut self.resolved.application.namespace,
            namespace.to_owned(),
        );
        let rendered = self.rendered.iter_mut().flat_map(|file| {
            let wanted = file.theirs.iter_mut().flat_map(|theirs| &mut theirs.wanted);
            file.objects.iter_mut().chain(wanted)
        });
        let written = self.written.values_mut().flatten().map(Arc::make_mut);
        for object in rendered.chain(written) {
            manifest::relocate(object, &from, namespace);
        }
        for task in &mut self.resolved.tasks {
            if let Action::Require(Requirement::Namespace(name)) = &mut task.action
                && *name == from
            {
                namespace.clone_into(name);
            }
        }
    }

    /// Returns warnings of the secrets that people put into manifests in clear.
    pub(super) fn in_clear(&self, phase: &Phase) -> Diagnostics {
        let told = &phase.settings.secrets;
        let found = self.rendered.iter().flat_map(|file| in_clear(file, told));
        Diagnostics(found.map(|it| mine::in_clear(&it, phase)).collect())
    }

    /// Returns the plan for a target.
    pub(super) fn plan(&self, target: &str) -> Result<Plan> {
        let plan = plan::build(&self.resolved, &self.rendered, &self.written, target);
        plan.map_err(|error| self.told(error))
    }

    /// Says whether there is a plan.
    pub(super) fn possible(&self) -> Result<()> {
        let plan = plan::check(&self.resolved, &self.rendered, &self.written);
        plan.map_err(|error| self.told(error))
    }

    fn told(&self, error: PlanError) -> Stop {
        match error {
            PlanError::Cycle(cycle) => check::circle(&cycle, &self.checklist).into(),
            PlanError::Twice(twice) => check::twice(&twice, &self.checklist).into(),
            PlanError::NoSuchTask { .. } => error.into(),
        }
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
        let (settings, settings_path) = self.phase_settings(&set.name, file)?;
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

    /// Gathers the facts of a phase.
    pub(super) fn facts(&self, phase: &Phase) -> Result<facts::Gathered> {
        self.facts_by(phase, &phase.settings)
    }

    fn facts_by(&self, phase: &Phase, settings: &PhaseSettings) -> Result<facts::Gathered> {
        places::check_compose(self, phase)?;
        let inputs = resolve::inputs(&phase.checklist, &self.snapshot.tree, settings);
        Ok(facts::gather(&self.snapshot.tree, &inputs)?)
    }

    /// Resolves and renders a phase for a target. The files are the phase's own, whatever the
    /// target; the objects are those of the target, in its namespace and with its images.
    pub(super) fn meaning_on(
        &self,
        phase: &Phase,
        service_monitors: bool,
        (target, mine): (&Target, Mine),
    ) -> Result<Meaning> {
        if *target == Target::Rehearsal {
            return self.meaning(phase, service_monitors, mine);
        }
        let mut meaning = self.meaning_by(phase, &phase.settings, service_monitors)?;
        self.merge(phase, &mut meaning.rendered, mine)?;
        self.generate(&mut meaning);
        let Some(there) = target.settings() else {
            return Ok(meaning);
        };
        let overlay = there.overlay.as_ref();
        let overlay = overlay.map(|name| self.overlay(phase, name)).transpose()?;
        if !there.images.is_empty() || overlay.is_some() {
            let base = phase.settings.clone();
            let mut settings = match &overlay {
                Some(overlay) => resolve::overlaid(&base, overlay),
                None => base,
            };
            let own = std::mem::take(&mut settings.images);
            settings.images.clone_from(&there.images);
            settings.images.extend(own);
            let imaged = self.meaning_by(phase, &settings, service_monitors)?;
            meaning.resolved.application = imaged.resolved.application;
            meaning.revision = imaged.revision;
            let tree = &self.snapshot.tree;
            overlays::take_objects(&mut meaning.rendered, imaged.rendered, |path| {
                tree.get(path).map(|text| &**text)
            });
        }
        let namespace = overlay.and_then(|overlay| overlay.namespace);
        if let Some(namespace) = there.namespace.as_ref().or(namespace.as_ref()) {
            meaning.relocate(namespace);
        }
        Ok(meaning)
    }

    /// Resolves and renders a phase where no cluster pulls images: none is built. What a person
    /// changed is merged.
    pub(super) fn meaning(
        &self,
        phase: &Phase,
        service_monitors: bool,
        mine: Mine,
    ) -> Result<Meaning> {
        let mut meaning = self.meaning_by(phase, &phase.settings, service_monitors)?;
        self.merge(phase, &mut meaning.rendered, mine)?;
        self.generate(&mut meaning);
        meaning.resolved.application.builds.clear();
        Ok(meaning)
    }

    /// Makes what kustomize generates anew of what a person made of the files.
    fn generate(&self, meaning: &mut Meaning) {
        let changed = meaning.rendered.iter().any(|file| file.theirs.is_some());
        if changed {
            let tree = &self.snapshot.tree;
            manifest::generate(&meaning.resolved.files, &mut meaning.rendered, |path| {
                tree.get(path).map(|text| &**text)
            });
        }
    }

    pub(super) fn meaning_by(
        &self,
        phase: &Phase,
        settings: &PhaseSettings,
        service_monitors: bool,
    ) -> Result<Meaning> {
        let gathered = self.facts_by(phase, settings)?;
        let tree = images::with_mounted_bytes(self, &gathered.facts)?;
        let seen = traces::seen(self, phase)?;
        let resolve = |settings: &PhaseSettings| {
            let context = resolve::Context {
                seen: Some(&seen),
                set: phase.set.clone(),
                settings: &self.settings,
                phase: settings,
                service_monitors,
            };
            resolve::resolve(&phase.checklist, &gathered.facts, &tree, &context)
        };
        let mut resolved = resolve(settings)?;
        let revision = if images::name_revision(settings) {
            let revision = images::revision(self, phase, &resolved)?;
            resolved = resolve(&images::with_revision(settings, &revision))?;
            Some(revision)
        } else {
            None
        };
        places::check_written(self, phase, &resolved)?;
        let rendered = manifest::render(&resolved.application, &resolved.files)?;
        let written = plan::applied(&phase.checklist, &resolved, &self.snapshot.tree)?;
        let mut warnings = phase.warnings.clone();
        warnings.0.extend(gathered.warnings.0);
        warnings.0.extend(resolved.warnings.0.iter().cloned());
        let mut meaning = Meaning {
            resolved,
            rendered,
            written,
            warnings,
            revision,
            checklist: phase.checklist.clone(),
        };
        self.render_overlays(phase, (settings, service_monitors), &mut meaning)?;
        self.render_chart(settings, &mut meaning)?;
        Ok(meaning)
    }
}

fn phase_numbers(set: &SetFiles) -> String {
    set.phases
        .iter()
        .map(|phase| phase.number.to_string())
        .collect::<Vec<_>>()
        .join(", ")
}
