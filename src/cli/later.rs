//! Files that a later phase of the set wrote, too: what it asks of them stays when an earlier phase
//! runs again.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use serde_json::Value;

use super::exit::Result;
use super::load::{Loaded, Phase};
use super::mine::{Mine, settle};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::files::{read_journal, unix};
use crate::journal::{Written, sha256};
use crate::manifest::{Object, Rendered, parse_documents, yaml_text};

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
        let before = LazyCell::new(|| self.written_before(phase));
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
            let base = match self.base(&file.path, &written)? {
                Some(own) => Some(own),
                // An earlier phase's file, which this one writes for the first time.
                None => self.base(&file.path, &before)?,
            };
            let base = base.or_else(|| in_common(file, &text));
            // Where nobody knows any more what this phase wrote, what both want can't be told apart
            // from what was changed: a person decides.
            let mine = base.as_ref().map_or(Mine::Merge, |_| Mine::Keep);
            settle(file, (base.as_deref(), text, found), mine);
            let stays = self.doubles(file, others.keys());
            if stays {
                stay(file);
            }
            only_wanted(file);
            later.merged.insert(file.path.clone());
            let what = (&*file.path, stays);
            later.told.0.push(told(what, (number, *other), phase));
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
    objects.iter().any(|object| object.is_same(wanted))
}

/// Leaves a file as it lies there.
fn stay(file: &mut Rendered) {
    if let Some(theirs) = &file.theirs {
        file.text.clone_from(&theirs.text);
        file.objects = objects(&file.path, &theirs.text);
    }
}

/// Returns what a file and the text that lies there have both, as this phase wants it, where it
/// holds only Secrets and `ConfigMap`s: what it wants beyond that is new, and goes in.
fn in_common(file: &Rendered, text: &str) -> Option<String> {
    let shared = |it: &Object| matches!(it.kind.as_str(), "Secret" | "ConfigMap");
    if !file.objects.iter().all(shared) {
        return None;
    }
    let there = objects(&file.path, text);
    let common = file.objects.iter().filter_map(|own| {
        let other = there.iter().find(|it| it.is_same(own))?;
        Some(yaml_text(&both(&own.value, &other.value)))
    });
    let common: Vec<String> = common.collect();
    Some(common.join("---\n"))
}

/// Returns the fields of a value that another one has as well.
fn both(own: &Value, other: &Value) -> Value {
    let (Value::Object(own), Value::Object(other)) = (own, other) else {
        return own.clone();
    };
    let fields = own.iter().filter_map(|(key, value)| {
        let there = other.get(key)?;
        Some((key.clone(), both(value, there)))
    });
    Value::Object(fields.collect())
}

/// Leaves the objects that only the later phase asks for to that one.
fn only_wanted(file: &mut Rendered) {
    if let Some(theirs) = &file.theirs {
        file.objects.retain(|it| holds(&theirs.wanted, it));
    }
}

/// Returns whether orch wanted just that of a file when a phase wrote it.
fn wrote(written: &Written, file: &Rendered) -> bool {
    match &written.ours {
        Some(ours) => *ours == file.text,
        None => written.sha256 == sha256(file.text.as_bytes()),
    }
}

/// Says what becomes of a file that both phases wrote: this one's wishes go in, or the file stays.
fn told((path, stays): (&str, bool), (number, other): (u32, u32), phase: &Phase) -> Diagnostic {
    let becomes = if stays {
        format!(
            "the file stays as it is, since another file of a later phase holds objects which phase \
             {number} would put into it"
        )
    } else {
        format!("what it asks stays, and what phase {number} wants now goes in beside it")
    };
    let message = format!("phase {other} wrote `{path}`, too: {becomes}");
    Diagnostic::warning(message).help(format!(
        "run phase {other} again afterwards: orch phase {other} run{}",
        phase.set_flag
    ))
}
