//! What a phase means on a target: resolved, rendered, merged with what people changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Loaded, Phase};
use crate::check;
use crate::checklist::{Checklist, TaskId};
use crate::cli::exit::{Result, Stop};
use crate::cli::later::Later;
use crate::cli::mine::{self, Mine};
use crate::cli::target::Target;
use crate::cli::{images, overlays, places, traces};
use crate::diagnostic::Diagnostics;
use crate::facts;
use crate::git::Revision;
use crate::manifest::{self, Object, Rendered, in_clear};
use crate::plan::{self, Plan, PlanError};
use crate::resolve::{self, Action, Before, Requirement, Resolved};
use crate::settings::PhaseSettings;

/// A phase with its meaning.
pub(in crate::cli) struct Meaning {
    pub(in crate::cli) resolved: Resolved,
    pub(in crate::cli) rendered: Vec<Rendered>,
    /// The objects that `apply` tasks name.
    pub(in crate::cli) written: BTreeMap<TaskId, Vec<Arc<Object>>>,
    pub(in crate::cli) warnings: Diagnostics,
    /// The sources' revision, where images are named by it.
    pub(in crate::cli) revision: Option<Revision>,
    /// What becomes of files that later phases wrote, too.
    pub(in crate::cli) later: Later,
    /// What it is the meaning of.
    checklist: Checklist,
}

impl Meaning {
    /// Moves all objects from the phase's namespace to another one; the files stay as they are.
    pub(in crate::cli) fn relocate(&mut self, namespace: &str) {
        let from = std::mem::replace(
            &mut self.resolved.application.namespace,
            namespace.to_owned(),
        );
        let rendered = self.rendered.iter_mut().flat_map(|file| {
            let wanted = file.theirs.iter_mut().flat_map(|theirs| &mut theirs.wanted);
            file.objects.iter_mut().chain(wanted)
        });
        let written = self.written.values_mut().flatten().map(Arc::make_mut);
        let beside = self.resolved.hand_written.iter_mut();
        let beside = beside.map(|it| &mut it.object);
        for object in rendered.chain(written).chain(beside) {
            manifest::relocate(object, &from, namespace);
        }
        for task in &mut self.resolved.tasks {
            if let Action::Require {
                rule: Requirement::Namespace(name) | Requirement::NewNamespace(name),
                ..
            } = &mut task.action
                && *name == from
            {
                namespace.clone_into(name);
            }
        }
    }

    /// Returns warnings of the secrets that people put into manifests in clear.
    pub(in crate::cli) fn in_clear(&self, phase: &Phase) -> Diagnostics {
        let told = &phase.settings.secrets;
        let found = self.rendered.iter().flat_map(|file| in_clear(file, told));
        Diagnostics(found.map(|it| mine::in_clear(&it, phase)).collect())
    }

    /// Returns the plan for a target.
    pub(in crate::cli) fn plan(&self, target: &str) -> Result<Plan> {
        let plan = plan::build(&self.resolved, &self.rendered, &self.written, target);
        plan.map_err(|error| self.told(error))
    }

    /// Says whether there is a plan.
    pub(in crate::cli) fn possible(&self) -> Result<()> {
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

impl Loaded {
    /// Gathers the facts of a phase.
    pub(in crate::cli) fn facts(&self, phase: &Phase) -> Result<facts::Gathered> {
        self.facts_by(phase, &phase.settings, &self.before(phase))
    }

    fn facts_by(
        &self,
        phase: &Phase,
        settings: &PhaseSettings,
        before: &Before,
    ) -> Result<facts::Gathered> {
        places::check_compose(self, phase)?;
        let tree = &self.snapshot.tree;
        let inputs = resolve::inputs(&phase.checklist, tree, settings, Some(before));
        Ok(facts::gather(&self.snapshot.tree, &inputs)?)
    }

    /// Resolves and renders a phase for a target. The files are the phase's own, whatever the
    /// target; the objects are those of the target, in its namespace and with its images.
    pub(in crate::cli) fn meaning_on(
        &self,
        phase: &Phase,
        service_monitors: bool,
        (target, mine): (&Target, Mine),
    ) -> Result<Meaning> {
        if *target == Target::Rehearsal {
            return self.meaning(phase, service_monitors, mine);
        }
        let mut meaning = self.meaning_by(phase, &phase.settings, service_monitors)?;
        self.merge_with(phase, &mut meaning, mine)?;
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
    pub(in crate::cli) fn meaning(
        &self,
        phase: &Phase,
        service_monitors: bool,
        mine: Mine,
    ) -> Result<Meaning> {
        let mut meaning = self.meaning_by(phase, &phase.settings, service_monitors)?;
        self.merge_with(phase, &mut meaning, mine)?;
        self.generate(&mut meaning);
        meaning.resolved.application.builds.clear();
        Ok(meaning)
    }

    /// Merges what a phase writes with what persons and later phases made of its files.
    fn merge_with(&self, phase: &Phase, meaning: &mut Meaning, mine: Mine) -> Result<()> {
        meaning.later = self.merge(phase, &mut meaning.rendered, mine)?;
        let told = meaning.later.told.0.iter().cloned();
        meaning.warnings.0.extend(told);
        Ok(())
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

    pub(in crate::cli) fn meaning_by(
        &self,
        phase: &Phase,
        settings: &PhaseSettings,
        service_monitors: bool,
    ) -> Result<Meaning> {
        let before = self.before(phase);
        let gathered = self.facts_by(phase, settings, &before)?;
        let tree = images::with_mounted_bytes(self, &gathered.facts)?;
        let seen = traces::seen(self, phase)?;
        let resolve = |settings: &PhaseSettings| {
            let context = resolve::Context {
                seen: Some(&seen),
                before: Some(&before),
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
            later: Later::default(),
            checklist: phase.checklist.clone(),
        };
        self.render_overlays(phase, (settings, service_monitors), &mut meaning)?;
        self.render_chart(settings, &mut meaning)?;
        Ok(meaning)
    }
}
