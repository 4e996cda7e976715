//! Files that a person changed since orch wrote them, or wrote before orch did: merged with what
//! orch wants now, before anything else reads what the files hold.

use std::cell::LazyCell;
use std::collections::BTreeMap;

use super::exit::Result;
use super::later::Later;
use super::load::{Loaded, Phase};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::facts::dotenv;
use crate::files::{read_journal, unix};
use crate::git::Repo;
use crate::journal::{Written, sha256};
use crate::manifest::{InClear, Object, Rendered, Theirs, parse_documents, yaml_text};
use crate::merge::{Conflict, Merged, Prefer, Side, Versions, Why, merge};

/// What becomes of files that a person changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Mine {
    /// They are merged; a person decides on conflicts.
    #[default]
    Merge,
    /// They are merged; where they conflict, what the person has stays.
    Keep,
    /// They are replaced.
    Replace,
}

impl Loaded {
    /// Merges what orch would write with what a person has on disk, and with what a later phase
    /// asks of the same file; returns what becomes of those.
    pub(super) fn merge(&self, phase: &Phase, files: &mut [Rendered], mine: Mine) -> Result<Later> {
        self.refuse_links(files)?;
        let later = self.beside_later(phase, files)?;
        if mine == Mine::Replace {
            return Ok(later);
        }
        let mut journal = None;
        let before = LazyCell::new(|| self.written_before(phase));
        let is_there = |path: &str| !later.has(path) && !self.foresees(path);
        for file in files.iter_mut().filter(|it| is_there(&it.path)) {
            let on_disk = match self.snapshot.tree.get(&file.path) {
                Some(text) => Ok(Some(text.to_string())),
                None => self.workspace.read(&file.path),
            };
            let text = match on_disk {
                Ok(None) => continue,
                Ok(Some(text)) if text == file.text => continue,
                Ok(Some(text)) => text,
                Err(error) => {
                    file.theirs = Some(Box::new(unreadable(file, error.to_string())));
                    continue;
                }
            };
            let found = sha256(text.as_bytes());
            let ends = unix(text.as_bytes());
            if ends.as_deref() == Some(&file.text) {
                continue;
            }
            let text = ends.unwrap_or(text);
            if journal.is_none() {
                let number = phase.checklist.number;
                let known = read_journal(&self.workspace, &phase.set, number)?;
                journal = Some(known.state.written());
            }
            let written = journal.get_or_insert_default();
            let known = written.get(&file.path);
            let own = sha256(text.as_bytes());
            if known.is_some_and(|known| known.sha256 == own && known.ours.is_none()) {
                continue;
            }
            let base = match self.workspace.remembered(&file.path, &own)? {
                // A run that was killed wrote it and couldn't record that.
                Some(own) => Some(own),
                None => match self.base(&file.path, written)? {
                    Some(own) => Some(match self.added(&file.path, written, &before)? {
                        Some(added) => with_added(&file.path, own, (&added, &text)),
                        None => own,
                    }),
                    // A task of this phase names what another phase wrote.
                    None => self.base(&file.path, &before)?,
                },
            };
            settle(file, (base.as_deref(), text, found), mine);
        }
        Ok(later)
    }

    /// Returns what an earlier phase wrote of a file since this one did.
    fn added(
        &self,
        path: &str,
        own: &BTreeMap<String, Written>,
        before: &BTreeMap<String, Written>,
    ) -> Result<Option<String>> {
        match (own.get(path), before.get(path)) {
            (Some(own), Some(other)) if own.at <= other.at => self.base(path, before),
            _ => Ok(None),
        }
    }

    /// Refuses files that are links to what git mustn't have: nothing of that may be shown, merged
    /// or overwritten.
    fn refuse_links(&self, files: &[Rendered]) -> Result<()> {
        let mut problems = Vec::new();
        for path in files.iter().map(|file| &file.path) {
            let real = self.workspace.real(path);
            if real == *path {
                continue;
            }
            let repo = Repo::open(self.workspace.root())?;
            let why = match (dotenv::is_one(&real), repo.is_ignored(&real)?) {
                (true, _) => "an env file",
                (_, true) => "which git ignores",
                (false, false) => continue,
            };
            let message = format!(
                "`{path}` is a symlink to `{real}`, {why}: it is neither read nor written through it"
            );
            let help =
                format!("take the link away (`rm {path}`): the next run writes a file there");
            problems.push(Diagnostic::error(message).help(help));
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Diagnostics(problems).into())
        }
    }

    /// Returns what orch wrote last of a file.
    pub(super) fn base(
        &self,
        path: &str,
        written: &BTreeMap<String, Written>,
    ) -> Result<Option<String>> {
        let Some(known) = written.get(path) else {
            return Ok(None);
        };
        if let Some(ours) = &known.ours {
            return Ok(Some(ours.clone()));
        }
        if let Some(text) = self.workspace.recalled(path, &known.sha256)? {
            return Ok(Some(text));
        }
        let repo = Repo::open(self.workspace.root())?;
        Ok(repo.text_of(path, &known.sha256)?)
    }
}

/// Warns of a secret that stands in a manifest in clear.
pub(super) fn in_clear(found: &InClear, phase: &Phase) -> Diagnostic {
    let InClear {
        path,
        line,
        object,
        name,
        why,
    } = found;
    let line = line.map_or_else(String::new, |line| format!(":{line}"));
    // Without the line itself: the value stands there.
    let message = format!(
        "{object} has a secret in clear, in a file that is committed: `{name}` ({path}{line}; {why})"
    );
    let settings = phase.settings_file();
    let variable = name
        .chars()
        .all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_');
    let named = if variable {
        format!(
            "name it in the Compose file's `environment` (`{name}: ${{{name}}}`), so that it comes \
             from a Secret, or take it from one here (`valueFrom: secretKeyRef`)"
        )
    } else {
        "take it from a Secret: a variable of the container (`valueFrom: secretKeyRef`), or a file \
         that is mounted"
            .to_owned()
    };
    Diagnostic::warning(message)
        .help(format!("{named}; change the value once it was committed"))
        .help(format!(
            "where it is no secret, {settings} tells: [secrets] settings = [\"{name}\"]"
        ))
}

/// Returns what orch wrote of a file with the objects that another phase added to it since, and nobody
/// changed: they are no person's.
fn with_added(path: &str, own: String, (added, there): (&str, &str)) -> String {
    let objects = |text: &str| parse_documents(path, text).unwrap_or_default();
    let (known, there) = (objects(&own), objects(there));
    let mut text = own;
    for object in objects(added) {
        let new = !known.iter().any(|it| it.is_same(&object));
        if new && there.iter().any(|it| it.value == object.value) {
            text = format!("{}\n---\n{}", text.trim_end(), yaml_text(&object.value));
        }
    }
    text
}

/// Takes the merged text and its objects into a file.
pub(super) fn settle(
    file: &mut Rendered,
    (base, text, found): (Option<&str>, String, String),
    mine: Mine,
) {
    let versions = Versions {
        base,
        theirs: &text,
        ours: &file.text,
    };
    let prefer = match mine {
        Mine::Keep => Prefer::Theirs,
        Mine::Merge | Mine::Replace => Prefer::Neither,
    };
    let Merged {
        text: merged,
        conflicts,
    } = merge(&file.path, &versions, prefer);
    let as_written = base == Some(text.as_str());
    let objects = objects_of(file, &text, &merged, &conflicts);
    let ours = std::mem::replace(&mut file.text, merged);
    let wanted = std::mem::replace(&mut file.objects, objects);
    file.theirs = Some(Box::new(Theirs {
        ours,
        wanted,
        text,
        found,
        as_written,
        conflicts,
    }));
}

/// Returns what a file holds that is merged, or, while a person has to decide, what it holds on
/// disk; but never a Secret's value.
fn objects_of(file: &Rendered, disk: &str, merged: &str, conflicts: &[Conflict]) -> Vec<Object> {
    let withheld = |conflict: &Conflict| matches!(conflict.why, Why::Secret | Why::Unreadable(_));
    if file.objects.is_empty() || conflicts.iter().any(withheld) {
        return file.objects.clone();
    }
    let text = if conflicts.is_empty() { merged } else { disk };
    parse_documents(&file.path, text).unwrap_or_else(|_| file.objects.clone())
}

fn unreadable(file: &Rendered, problem: String) -> Theirs {
    Theirs {
        ours: file.text.clone(),
        wanted: file.objects.clone(),
        text: String::new(),
        found: String::new(),
        as_written: false,
        conflicts: vec![Conflict {
            place: "the whole file".to_owned(),
            why: Why::Unreadable(problem),
            written: Side::Unknown,
            found: Side::Unknown,
            wanted: Side::Unknown,
        }],
    }
}

/// Returns a file's objects for a target that wants others than the files hold: what the person
/// changed in the file is changed in them as well, and the target's own settings win.
pub(super) fn objects_there(file: &Rendered, there: Rendered) -> Vec<Object> {
    if !is_merged(file) {
        return there.objects;
    }
    let merged = text_there(file, &there.text);
    parse_documents(&file.path, &merged).unwrap_or(there.objects)
}

/// Returns a file's text for such a target; nothing of it is written.
pub(super) fn text_there(file: &Rendered, there: &str) -> String {
    let Some(theirs) = file.theirs.as_ref().filter(|_| is_merged(file)) else {
        return there.to_owned();
    };
    let versions = Versions {
        base: Some(&theirs.ours),
        theirs: &file.text,
        ours: there,
    };
    merge(&file.path, &versions, Prefer::Ours).text
}

fn is_merged(file: &Rendered) -> bool {
    let theirs = file.theirs.as_ref();
    theirs.is_some_and(|it| it.conflicts.is_empty())
}
