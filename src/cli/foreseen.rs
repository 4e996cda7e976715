//! What the phases before one will have written: a plan of a phase that comes later shows what it
//! will mean, not what it would be without them.

use std::borrow::Cow;

use super::exit::Result;
use super::load::{Loaded, Phase};
use super::mine::Mine;
use super::target::Target;
use crate::files::read_state;

impl Loaded {
    /// Returns the workspace as the open phases before that one will leave it, where it hasn't
    /// begun: they come first, and a run begins it early by `--force` only.
    ///
    /// Files that are there stay as they are. An earlier phase that can't be read writes nothing;
    /// what is wrong with it is told where it is asked for.
    ///
    /// # Errors
    /// Where the phase's own journal can't be read.
    pub(super) fn foreseeing(&self, phase: &Phase) -> Result<Cow<'_, Self>> {
        let state = read_state(&self.workspace, &phase.set, &phase.checklist)?;
        let target = Target::of_phase(self, phase)?;
        let known = state.target(target.name());
        let mut ahead = Cow::Borrowed(self);
        if known.is_some_and(|known| known.started.is_some()) {
            return Ok(ahead);
        }
        let set = self.set(&phase.set)?;
        for file in set.phases.iter().filter(|it| it.number < phase.file.number) {
            let Ok(earlier) = ahead.phase_of(set, file) else {
                continue;
            };
            if earlier.checklist.open_tasks().next().is_some() {
                ahead = ahead.after(&earlier).map_or(ahead, Cow::Owned);
            }
        }
        Ok(ahead)
    }

    /// Returns the workspace with the files that a phase writes and that aren't there; `None` where
    /// there are none.
    fn after(&self, phase: &Phase) -> Option<Self> {
        let monitors = phase.settings.rehearse.service_monitors;
        let meaning = self.meaning(phase, monitors, Mine::Merge).ok()?;
        let files = meaning.rendered.iter();
        let files = files.map(|file| (file.path.as_str(), file.text.as_str()));
        let tree = self.snapshot.tree.with_missing(files)?;
        let written = meaning.rendered.into_iter().map(|file| file.path);
        let is_new = |path: &String| self.snapshot.tree.get(path).is_none();
        let written = written.filter(is_new).collect();
        let mut after = self.clone();
        after.snapshot.tree = tree;
        let key = (phase.set.clone(), phase.checklist.number);
        after.foreseen.insert(key, written);
        Some(after)
    }

    /// Returns whether a file isn't there, and is taken to be what a phase wrote.
    pub(super) fn foresees(&self, path: &str) -> bool {
        self.foreseen.values().any(|written| written.contains(path))
    }
}
