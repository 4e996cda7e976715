//! Writing the files of a plan: those that can be written at one time are written together.
//!
//! A file is written where it is what orch left there, or what a person made of it and was merged;
//! it never replaces what it wasn't made for.

use super::effect::Surroundings;
use crate::diagnostic::causes;
use crate::files::{FilesError, Workspace, unix};
use crate::journal::{Evidence, Failure, sha256};
use crate::manifest::Theirs;
use crate::plan::{Step, Work};

/// A file that a step writes.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    path: &'a str,
    text: &'a str,
    theirs: Option<&'a Theirs>,
}

/// Writes the files of steps that do nothing else, and returns what came of each, in their order.
pub(super) fn write(steps: &[&Step], around: &Surroundings<'_>) -> Vec<Result<Evidence, Failure>> {
    let mut due: Vec<(usize, Wanted<'_>)> = Vec::new();
    let mut outcomes = Vec::with_capacity(steps.len());
    for step in steps {
        let Work::Write { path, text, theirs } = &step.work else {
            continue;
        };
        let theirs = theirs.as_deref();
        let wanted = Wanted { path, text, theirs };
        outcomes.push(match look(wanted, around) {
            Ok(is_there) => {
                if !is_there {
                    due.push((outcomes.len(), wanted));
                }
                Ok(wanted.evidence())
            }
            Err(failure) => Err(failure),
        });
    }
    let files: Vec<(&str, &[u8])> = due
        .iter()
        .map(|(_, wanted)| (wanted.path, wanted.text.as_bytes()))
        .collect();
    let written = around.workspace.as_ref().map(|it| it.write_all(&files));
    for ((at, wanted), written) in due.iter().zip(written.unwrap_or_default()) {
        if let (Some(outcome), Err(error)) = (outcomes.get_mut(*at), written) {
            *outcome = Err(wanted.failed(&error));
        }
    }
    outcomes
}

/// Returns whether there is nothing to be written: the file is there already, or nothing is written
/// at all.
fn look(wanted: Wanted<'_>, around: &Surroundings<'_>) -> Result<bool, Failure> {
    let Some(workspace) = &around.workspace else {
        return Ok(true);
    };
    let found = wanted.found(workspace);
    let Some(bytes) = found.map_err(|error| wanted.failed(&error))? else {
        return Ok(false);
    };
    let found = sha256(&bytes);
    // Line ends that git gave a file are no change of it.
    let text = unix(&bytes).map_or_else(|| found.clone(), |text| sha256(text.as_bytes()));
    if text == sha256(wanted.text.as_bytes()) {
        return Ok(true);
    }
    let own = around.written.get(wanted.path).map(|known| &known.sha256) == Some(&text);
    let merged = wanted.theirs.is_some_and(|theirs| theirs.found == found);
    if own || merged || around.options.overwrite {
        return Ok(false);
    }
    Err(Failure {
        cause: format!("`{}` changed since this run read it", wanted.path),
        details: Vec::new(),
        help: Some("run again: what a person changed is merged".to_owned()),
    })
}

impl Wanted<'_> {
    /// Returns the text as orch alone would have it.
    fn ours(&self) -> &str {
        self.theirs.map_or(self.text, |theirs| &theirs.ours)
    }

    fn evidence(&self) -> Evidence {
        let ours = self.ours();
        Evidence::File {
            path: self.path.to_owned(),
            sha256: sha256(self.text.as_bytes()),
            ours: (ours != self.text).then(|| ours.to_owned()),
        }
    }

    /// Keeps orch's own text, and returns what is on disk.
    fn found(&self, workspace: &Workspace) -> Result<Option<Vec<u8>>, FilesError> {
        // Before it is written: a run that is killed in between must know its own text.
        workspace.remember(self.path, self.ours())?;
        workspace.read_bytes(self.path)
    }

    fn failed(&self, error: &FilesError) -> Failure {
        Failure {
            cause: format!("can't write `{}`", self.path),
            details: causes(error),
            help: None,
        }
    }
}
