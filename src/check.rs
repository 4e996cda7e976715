//! Texts → everything that is wrong with a workspace's checklists and settings, at once.
//!
//! Pure: an editor's unsaved texts are put into the tree, and nothing is read from the disk or
//! asked of a cluster. Each problem has the name of a rule of [`RULES`], where it can its place,
//! and, where there is one, what mends it. Remarks on the application itself (Compose files,
//! sources) are `plan`'s and `analyze`'s.

mod examples;
mod journal;
mod named;
mod order;
#[cfg(test)]
mod page;
mod paths;
mod phase;
mod rules;
mod secrets;
mod workspace;

pub use journal::adrift;
pub use order::{circle, twice};
pub use paths::missing_compose;
pub use rules::{Example, JOURNAL, RECORD, RULES, Rule, rule};
pub use workspace::{clashing, taken_number, unreadable};

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::checklist::{Clash, PhaseFile, SetFiles, Sets, file_name, sets};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::facts::{Gathered, Inputs, Tree};
use crate::resolve::{Earlier, Records};
use crate::settings::Settings;

/// What is checked.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The workspace's text files.
    pub tree: &'a Tree,
    /// The journals by path (`.orch/<set>/phase-04.jsonl`).
    pub journals: &'a BTreeMap<String, String>,
    /// The files that are to be told of; all where there are none.
    pub only: &'a BTreeSet<String>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Checked {
    /// What is wrong, in the order of files and places, each once.
    pub found: Vec<Diagnostic>,
    /// The phases that write or apply something or name Compose files, by their checklists' paths:
    /// of them, the disk may tell more.
    pub making: BTreeSet<String>,
}

/// Returns what is wrong, in the order of files and places, each once.
pub fn check(input: &Input<'_>) -> Vec<Diagnostic> {
    check_all(input).found
}

/// Returns what is wrong, and of which phases the disk may tell more.
pub fn check_all(input: &Input<'_>) -> Checked {
    let mut check = Check::new(input);
    check.workspace();
    let sets = std::mem::take(&mut check.sets.sets);
    check.records = check.recorded(&sets);
    for set in &sets {
        check.foreseen = None;
        check.earlier = Vec::new();
        // What a phase means depends on what the ones before it write.
        let last = set.phases.iter().rposition(|it| check.is_meant(set, it));
        for file in set.phases.iter().take(last.map_or(0, |last| last + 1)) {
            check.phase(set, file, &sets);
            if !check.is_meant(set, file) {
                check.making.remove(&file.path);
            }
        }
    }
    check.others(&sets);
    let making = std::mem::take(&mut check.making);
    Checked {
        found: check.finish(),
        making,
    }
}

/// Returns the file at which is told what is about no place: the workspace's settings, or else its
/// first checklist, and its text.
pub fn home(tree: &Tree) -> Option<(&str, &Arc<str>)> {
    let first = |wanted: &dyn Fn(&str) -> bool| tree.iter().find(|(path, _)| wanted(path));
    first(&|path| path == "orch.toml").or_else(|| first(&|path| file_name(path).is_some()))
}

/// What has been found so far.
struct Check<'a> {
    tree: &'a Tree,
    journals: &'a BTreeMap<String, String>,
    only: &'a BTreeSet<String>,
    sets: Sets,
    settings: Settings,
    /// The facts by what they are read from: many phases share them.
    facts: Vec<(Inputs, Option<Rc<Gathered>>)>,
    found: Vec<Diagnostic>,
    /// The phases of which the disk may tell more.
    making: BTreeSet<String>,
    /// What all phases wrote and applied.
    records: Records,
    /// The earlier phases of the set that wrote files, or are to write them.
    earlier: Vec<Earlier>,
    /// The files with those that earlier phases of the set, open yet, are to write.
    foreseen: Option<Rc<Tree>>,
}

impl<'a> Check<'a> {
    fn new(input: &Input<'a>) -> Self {
        let text = input.tree.get("orch.toml");
        let read = text.map(|text| Settings::parse("orch.toml", text));
        let (settings, found) = match read {
            Some(Ok(mut settings)) => {
                let warnings = std::mem::take(&mut settings.warnings);
                (settings, named(warnings))
            }
            Some(Err(problems)) => (Settings::default(), problems.0),
            None => (Settings::default(), Vec::new()),
        };
        Self {
            tree: input.tree,
            journals: input.journals,
            only: input.only,
            sets: sets(input.tree.documents()),
            settings,
            facts: Vec::new(),
            found,
            making: BTreeSet::new(),
            records: Records::new(),
            earlier: Vec::new(),
            foreseen: None,
        }
    }

    fn push(&mut self, rule: &'static str, problem: Diagnostic) {
        let unnamed = problem.rule.is_empty();
        self.found
            .push(if unnamed { problem.rule(rule) } else { problem });
    }

    fn extend(&mut self, rule: &'static str, problems: impl IntoIterator<Item = Diagnostic>) {
        for problem in problems {
            self.push(rule, problem);
        }
    }

    /// Returns what could be read, and keeps what is wrong with it otherwise.
    fn kept<T>(&mut self, rule: &'static str, result: Result<T, Diagnostics>) -> Option<T> {
        result
            .map_err(|problems| self.extend(rule, problems.0))
            .ok()
    }

    /// Returns whether anything of a phase is to be told of.
    fn is_meant(&self, set: &SetFiles, file: &PhaseFile) -> bool {
        let own = || self.settings_path(set, file);
        self.only.is_empty()
            || self.only.contains(&file.path)
            || own().is_some_and(|path| self.only.contains(&path))
    }

    /// Checks documents that are no phases by themselves, where they are asked for.
    fn others(&mut self, sets: &[SetFiles]) {
        let phases: BTreeSet<&str> = sets
            .iter()
            .flat_map(|set| &set.phases)
            .map(|phase| phase.path.as_str())
            .collect();
        let only = self.only;
        for path in only.iter().filter(|path| is_document(path)) {
            if !phases.contains(path.as_str())
                && let Some(text) = self.tree.get(path)
                && has_boxes(text)
            {
                self.document(None, path, text);
            }
        }
    }

    fn finish(self) -> Vec<Diagnostic> {
        let only = self.only;
        let mut found = self.found;
        found.retain(|one| {
            let path = one.place.as_ref().map(|place| place.path.as_str());
            // What has no place is mostly a remark on the application.
            let own = path.map_or(one.rule != rules::READING, |path| {
                is_document(path) || is_settings(path) || one.rule == rules::JOURNAL
            });
            let asked = only.is_empty() || path.is_some_and(|path| only.contains(path));
            asked && (own || one.severity == Severity::Error)
        });
        found.sort_by(|a, b| key(a).cmp(&key(b)));
        let mut each: Vec<Diagnostic> = Vec::new();
        for one in found {
            // What is the same stands together.
            let at = |known: &Diagnostic| key(known) == key(&one);
            let mut same = each.iter().rev().take_while(|known| at(known));
            if !same.any(|known| known.message == one.message) {
                each.push(one);
            }
        }
        each
    }
}

/// Returns what is to be known of settings, with their rule's name.
fn named(warnings: Diagnostics) -> Vec<Diagnostic> {
    let named = |one: Diagnostic| match one.rule {
        "" => one.rule(rules::SETTING),
        _ => one,
    };
    warnings.0.into_iter().map(named).collect()
}

/// Where a problem stands among the others: what has no place comes first.
fn key(one: &Diagnostic) -> Option<(&str, usize)> {
    let place = one.place.as_ref()?;
    Some((&place.path, place.span.start))
}

fn is_document(path: &str) -> bool {
    std::path::Path::new(path)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
}

/// Returns whether a text could be a checklist at all.
fn has_boxes(text: &str) -> bool {
    ["[ ]", "[x]", "[X]"].iter().any(|mark| text.contains(mark))
}

fn is_settings(path: &str) -> bool {
    path == "orch.toml" || path.starts_with("phases/")
}

/// Returns the clashes that keep a set from being used.
pub fn clashes_of<'c>(clashes: &'c [Clash], set: &'c str) -> impl Iterator<Item = &'c Clash> {
    clashes.iter().filter(move |clash| clash.set() == set)
}
