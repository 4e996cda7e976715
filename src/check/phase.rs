//! One phase: its document, its settings, what it means, its order.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use crate::checklist::{self, Checklist, PhaseFile, SetFiles};
use crate::diagnostic::Diagnostic;
use crate::facts::{self, Gathered, Inputs, Tree};
use crate::journal::{self, journal_path};
use crate::manifest::{self, Rendered};
use crate::plan::{self, PlanError};
use crate::resolve::{self, Action, Before, BulletReading, Context, Earlier, Resolved};
use crate::settings::PhaseSettings;

use super::named::Written;
use super::rules::{APPLICATION, CYCLE, DOCUMENT, NAME, READING, SETTING, UNREAD};
use super::{Check, circle, paths, secrets, taken_number, twice, unreadable};

impl Check<'_> {
    /// Checks a phase.
    pub(super) fn phase(&mut self, set: &SetFiles, file: &PhaseFile, all: &[SetFiles]) {
        let unread = unreadable(&file.path, self.tree);
        self.found.extend(unread);
        let text = self.tree.get(&file.path);
        let checklist = text.and_then(|text| self.document(Some(&set.name), &file.path, text));
        if let Some(checklist) = &checklist {
            self.found.extend(taken_number((set, file), checklist));
            let flag = set.flag(checklist.number, self.settings.set.as_deref(), all);
            self.journal(set, checklist, &flag);
        }
        let path = self.settings_path(set, file);
        let text = path.as_ref().and_then(|path| self.tree.get(path));
        let settings = match (&path, text) {
            (Some(path), Some(text)) => {
                let parsed = PhaseSettings::parse(path, text);
                let settings = self.kept(SETTING, parsed);
                let written = Written { path, text };
                let targets = self
                    .settings
                    .targets
                    .iter()
                    .map(|target| target.name.as_str());
                let targets: Vec<&str> = targets.collect();
                let unknown = written.target(&targets);
                self.found.extend(unknown);
                settings.map(|settings| (settings, Some(written)))
            }
            _ => Some((PhaseSettings::default(), None)),
        };
        if let (Some(checklist), Some((settings, written))) = (checklist, settings) {
            let of = Of {
                set: &set.name,
                checklist: &checklist,
                settings: &settings,
                set_flag: set.flag(checklist.number, self.settings.set.as_deref(), all),
                written,
            };
            self.meaning(&of);
        }
    }

    /// Checks one document by itself.
    pub(super) fn document(
        &mut self,
        set: Option<&str>,
        path: &str,
        text: &Arc<str>,
    ) -> Option<Checklist> {
        let (mut checklist, problems) = checklist::examine(path, text, &self.settings.vocabulary);
        if let (Some(checklist), Some(set)) = (&mut checklist, set) {
            let path = journal_path(set, checklist.number);
            let text = self.journals.get(&path).map_or("", String::as_str);
            let skipped = journal::skipped(text, &path, checklist);
            checklist.skip(&skipped);
        }
        if let Some(checklist) = &checklist {
            self.found.extend(checklist::review(checklist));
            self.found.extend(secrets::written(checklist));
        }
        let sound = checklist.and_then(|it| it.without_faulty(&problems));
        self.extend(DOCUMENT, problems.0);
        sound
    }

    /// Checks what a phase means.
    fn meaning(&mut self, of: &Of<'_>) {
        let Of {
            checklist,
            settings,
            ..
        } = of;
        let foreseen = self.foreseen.clone();
        let tree = foreseen.as_deref().unwrap_or(self.tree);
        let path = of.written.as_ref().map(|written| written.path);
        let missing = paths::missing_compose(self.tree, &settings.compose, path);
        self.found
            .extend(paths::missing_sources(self.tree, &settings.sources, path));
        if !missing.is_empty() {
            return self.found.extend(missing);
        }
        if !settings.compose.is_empty() {
            self.making.insert(checklist.path.clone());
        }
        let before = self.before(of);
        let inputs = resolve::inputs(checklist, tree, settings, Some(&before));
        let Some(gathered) = self.gathered(inputs) else {
            return;
        };
        let project = gathered.facts.project.as_ref();
        if let (Some(written), Some(project)) = (&of.written, project) {
            let unknown = written.aliases(project);
            if !unknown.is_empty() {
                return self.found.extend(unknown);
            }
        }
        let context = Context {
            set: of.set.to_owned(),
            settings: &self.settings,
            phase: settings,
            service_monitors: settings.rehearse.service_monitors,
            seen: None,
            before: Some(&before),
        };
        let resolved = resolve::resolve(checklist, &gathered.facts, tree, &context);
        let Some(resolved) = self.kept(NAME, resolved) else {
            return;
        };
        if let (Some(written), Some(project)) = (&of.written, project) {
            self.found
                .extend(written.unused(project, &resolved.application));
        }
        self.extend(READING, resolved.warnings.0.iter().cloned());
        self.found
            .extend(unread(checklist, &resolved, &of.set_flag));
        self.found
            .extend(paths::missing_subjects(checklist, &resolved, tree));
        self.found
            .extend(paths::missing_changes(checklist, &resolved, tree));
        self.found.extend(paths::outside(checklist, &resolved));
        self.found.extend(paths::outside_files(checklist));
        self.plan(of, &resolved, tree);
    }

    /// Checks that a plan can be made.
    fn plan(&mut self, of: &Of<'_>, resolved: &Resolved, tree: &Tree) {
        let checklist = of.checklist;
        let rendered = match manifest::render(&resolved.application, &resolved.files) {
            Ok(rendered) => rendered,
            Err(error) => return self.push(APPLICATION, Diagnostic::error(error.to_string())),
        };
        self.leave(of, &rendered, tree);
        let applied = plan::applied(checklist, resolved, tree);
        let Some(applied) = self.kept(APPLICATION, applied) else {
            return;
        };
        if !rendered.is_empty() || !applied.is_empty() {
            self.making.insert(checklist.path.clone());
        }
        let Err(error) = plan::check(resolved, &rendered, &applied) else {
            return;
        };
        match error {
            PlanError::Cycle(cycle) => {
                let told = self.found.iter().any(|one| {
                    let here = |place: &crate::diagnostic::Place| place.path == checklist.path;
                    one.rule == CYCLE && one.place.as_ref().is_some_and(here)
                });
                if !told {
                    self.found.extend(circle(&cycle, checklist).0);
                }
            }
            PlanError::Twice(both) => self.found.extend(twice(&both, checklist).0),
            PlanError::NoSuchTask { .. } => {
                self.push("after", Diagnostic::error(error.to_string()));
            }
        }
    }

    /// Returns what the other phases are to one.
    fn before(&self, of: &Of<'_>) -> Before {
        Before {
            phases: self.earlier.clone(),
            ..Before::of((of.set, of.checklist.number), &self.records)
        }
    }

    /// Leaves to later phases of the set what a phase wrote, and, where it is open yet, what it is to
    /// write.
    fn leave(&mut self, of: &Of<'_>, rendered: &[Rendered], tree: &Tree) {
        let key = (of.set.to_owned(), of.checklist.number);
        let record = self.records.get(&key);
        let mut written = record.map_or_else(BTreeSet::new, |it| it.written.clone());
        if of.checklist.open_tasks().next().is_some() {
            let files = rendered.iter();
            let files = files.map(|it| (it.path.as_str(), it.text.as_str()));
            if let Some(foreseen) = tree.with_missing(files) {
                let new = rendered.iter().map(|it| &it.path);
                written.extend(new.filter(|path| tree.get(path).is_none()).cloned());
                self.foreseen = Some(Rc::new(foreseen));
            }
        }
        if !written.is_empty() {
            self.earlier.push(Earlier {
                checklist: of.checklist.clone(),
                settings: of.settings.clone(),
                written,
            });
        }
    }

    /// Returns the facts that are read from these files, and says once what is wrong with them.
    fn gathered(&mut self, inputs: Inputs) -> Option<Rc<Gathered>> {
        if let Some((_, known)) = self.facts.iter().find(|(known, _)| *known == inputs) {
            return known.clone();
        }
        let gathered = facts::gather(self.tree, &inputs);
        let gathered = self.kept(APPLICATION, gathered).map(Rc::new);
        if let Some(gathered) = &gathered {
            self.extend(READING, gathered.warnings.0.iter().cloned());
        }
        self.facts.push((inputs, gathered.clone()));
        gathered
    }
}

/// A phase as it is read.
struct Of<'a> {
    set: &'a str,
    checklist: &'a Checklist,
    settings: &'a PhaseSettings,
    /// What names the set in commands.
    set_flag: String,
    written: Option<Written<'a>>,
}

/// Returns a note for each bullet that no rule reads, where the task is otherwise orch's.
fn unread(checklist: &Checklist, resolved: &Resolved, set_flag: &str) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (written, task) in resolved.beside(checklist) {
        // A box that is ticked was looked at by a person.
        let looked_at = written.marker.checked;
        if looked_at || matches!(task.action, Action::Manual | Action::Skip) {
            continue;
        }
        for bullet in &task.bullets {
            let BulletReading::Unread { text, span, .. } = bullet else {
                continue;
            };
            let text = text.trim();
            let unmet = bullet.unmet().map(|unmet| format!("`{text}` {unmet}"));
            let message = unmet.unwrap_or_else(|| format!("no rule reads `{text}`"));
            let note = Diagnostic::note(message).rule(UNREAD);
            let note = note.at(&checklist.path, &checklist.text, span.clone(), "");
            found.push(note.help(format!(
                "the work is done without it, and the box of task {} is left to a person; say it \
                 in other words, or accept it: orch task done {} --note \"…\"",
                task.id,
                checklist::task_args(&task.id, checklist.number, set_flag)
            )));
        }
    }
    found
}
