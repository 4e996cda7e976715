//! What the server asks of the program around it: workspaces as the editor has them, and what
//! their documents mean.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::checklist::{Checklist, TaskId};
use crate::diagnostic::Diagnostic;
use crate::execute::Carried;
use crate::facts::Tree;
use crate::resolve::ResolvedTask;

/// The texts that an editor has open, by their paths in the workspace.
pub type Texts = BTreeMap<String, Arc<str>>;

/// A workspace as an editor has it: the disk's files, with open texts in their place.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Its folder.
    pub root: PathBuf,
    /// Its files.
    pub tree: Tree,
}

/// A checklist and what it means.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The set that it belongs to.
    pub set: String,
    /// The phase's number, as commands take it.
    pub phase: u32,
    /// The document.
    pub checklist: Checklist,
    /// What its tasks mean; none where the phase can't be resolved.
    pub tasks: Vec<ResolvedTask>,
    /// The objects that are applied, by the file that they stand in.
    pub objects: BTreeMap<String, Vec<String>>,
    /// What is recorded of each task, a line a step and target.
    pub records: BTreeMap<TaskId, Vec<String>>,
}

impl Reading {
    /// Returns what a task means.
    pub(super) fn meaning(&self, id: &TaskId) -> Option<&ResolvedTask> {
        self.tasks.iter().find(|task| task.id == *id)
    }
}

/// A section of a phase, as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The checklist's path in the workspace.
    pub path: String,
    /// The section's number.
    pub section: String,
}

/// The versions of a checklist that was edited while a run changed its file.
#[derive(Debug, Clone, Copy)]
pub struct Versions<'t> {
    /// The checklist's path in the workspace.
    pub path: &'t str,
    /// What the edits were made on.
    pub saved: &'t str,
    /// What the run has written.
    pub on_disk: &'t str,
    /// What the editor has.
    pub unsaved: &'t str,
}

/// What the program around the server does for it. Nothing of it asks a cluster.
pub struct Program<'p> {
    /// The program's own file, for runs.
    pub executable: &'p Path,
    /// Returns the folder of the workspace that a folder lies in.
    pub root: &'p dyn Fn(&Path) -> Result<PathBuf, String>,
    /// Reads a workspace; from the disk again where that is asked for.
    pub look: &'p dyn Fn(&Path, &Texts, bool) -> Result<Seen, String>,
    /// Returns everything that is wrong with a workspace.
    pub check: &'p dyn Fn(&Seen) -> Result<Vec<Diagnostic>, String>,
    /// Reads the checklist at a path.
    pub read: &'p dyn Fn(&Seen, &str) -> Option<Reading>,
    /// Returns why a section isn't run from an editor, if it isn't: it would need consent.
    pub refuse: &'p dyn Fn(&Seen, &Asked) -> Option<String>,
    /// Carries what a run has written into what an editor has; nothing where one of them can't be
    /// read as a checklist.
    pub carry: &'p dyn Fn(&Seen, &Versions<'_>) -> Option<Carried>,
}
