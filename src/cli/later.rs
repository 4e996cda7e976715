//! Files that a later phase of the set wrote, too: what it asks of them stays when an earlier phase
//! runs again.

use std::collections::BTreeSet;

use super::exit::Result;
use super::load::{Loaded, Phase};
use super::mine::{Mine, settle};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::files::{read_journal, unix};
use crate::journal::{Written, sha256};
use crate::manifest::{Object, Rendered, parse_documents};

/// What becomes of a phase's files that a later one wrote.
#[derive(Debug, Default)]
pub(super) struct Later {
    /// Those of which the phase wants nothing else than when it wrote them: they stay as they are,
    /// and so does what lies on the target.
    pub(super) kept: BTreeSet<String>,
    /// Those that take what the phase wants otherwise now beside what the later one asks.
    merged: BTreeSet<String>,
    /// What is said of the latter.
    pub(super) told: Diagnostics,
}

impl Later {
    /// Returns whether a later phase wrote that file.
    pub(super) fn has(&self, path: &str) -> bool {
        self.kept.contains(path) || self.merged.contains(path)
    }
}

impl Loaded {
    /// Merges what a phase wants of files that later phases wrote since into these; where both
    /// want something else, the later one's stays.
    pub(super) fn beside_later(&self, phase: &Phase, files: &mut [Rendered]) -> Result<Later> {
        let others = self.written_later(phase);
        let mut later = Later::default();
        if others.is_empty() {
            return Ok(later);
        }
        let number = phase.checklist.number;
        let written = read_journal(&self.workspace, &phase.set, number)?
            .state
            .written();
        for file in files {
            let Some(other) = others.get(&file.path) else {
                continue;
            };
            // What can't be read is told of where it is merged with what a person has.
            let Ok(Some(text)) = self.workspace.read(&file.path) else {
                continue;
            };
            let found = sha256(text.as_bytes());
            let text = unix(text.as_bytes()).unwrap_or(text);
            if text == file.text {
                continue;
            }
            if written.get(&file.path).is_some_and(|it| wrote(it, file)) {
                later.kept.insert(file.path.clone());
                continue;
            }
            let base = self.base(&file.path, &written)?;
            settle(file, (base.as_deref(), text, found), Mine::Keep);
            if self.doubles(file, others.keys()) {
                stay(file);
            }
            later.merged.insert(file.path.clone());
            later.told.0.push(told(&file.path, (number, *other), phase));
        }
        Ok(later)
    }

    /// Returns whether a file would begin to hold an object that another one of a later phase does.
    fn doubles<'p>(&self, file: &Rendered, mut others: impl Iterator<Item = &'p String>) -> bool {
        let text = file.theirs.as_ref().map_or("", |theirs| &theirs.text);
        let before = objects(&file.path, text);
        let own = file.objects.iter();
        let new: Vec<&Object> = own.filter(|it| !holds(&before, it)).collect();
        !new.is_empty()
            && others.any(|path| {
                let text = self.snapshot.tree.get(path).filter(|_| *path != file.path);
                let there = text.map_or_else(Vec::new, |text| objects(path, text));
                new.iter().any(|it| holds(&there, it))
            })
    }
}

fn objects(path: &str, text: &str) -> Vec<Object> {
    parse_documents(path, text).unwrap_or_default()
}

fn holds(objects: &[Object], wanted: &Object) -> bool {
    let id = |it: &Object| (it.kind.clone(), it.namespace.clone(), it.name.clone());
    objects.iter().any(|object| id(object) == id(wanted))
}

/// Leaves a file as it lies there.
fn stay(file: &mut Rendered) {
    if let Some(theirs) = &file.theirs {
        file.text.clone_from(&theirs.text);
        file.objects = objects(&file.path, &theirs.text);
    }
}

/// Returns whether orch wanted just that of a file when a phase wrote it.
fn wrote(written: &Written, file: &Rendered) -> bool {
    match &written.ours {
        Some(ours) => *ours == file.text,
        None => written.sha256 == sha256(file.text.as_bytes()),
    }
}

fn told(path: &str, (number, other): (u32, u32), phase: &Phase) -> Diagnostic {
    let message = format!(
        "phase {other} wrote `{path}`, too: what it asks stays, and what phase {number} wants now \
         goes in beside it"
    );
    Diagnostic::warning(message).help(format!(
        "run phase {other} again afterwards: orch phase {other} run{}",
        phase.set_flag
    ))
}
