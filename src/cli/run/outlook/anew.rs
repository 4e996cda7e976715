//! Files of a phase that another one of the set wrote, too.

use crate::cli::earlier::lacking;
use crate::cli::run::Prepared;
use crate::plan::Work;

/// Returns whether a file is as another phase of the set wrote it since, a later one for a task of
/// its own or any with all that this phase writes: the two mustn't take turns.
pub(super) fn is_anew(prepared: &Prepared<'_>, path: &str, text: &str) -> bool {
    let others = prepared.loaded.written_anew(prepared.phase);
    let other = others.get(path).filter(|it| it.left(text.as_bytes()));
    let mut files = prepared.meaning.rendered.iter();
    other.is_some_and(|other| {
        let own = files.find(|file| file.path == path);
        let tree = &prepared.loaded.snapshot.tree;
        let kept = own.is_some_and(|file| lacking(file, text.as_bytes(), tree).is_empty());
        let later = other.phase > prepared.phase.checklist.number;
        later && other.written.task.is_some() || kept
    })
}

/// Returns whether a step is about a file that stays as a later phase wrote it.
pub(super) fn is_later(prepared: &Prepared<'_>, work: &Work) -> bool {
    let kept = &prepared.meaning.later.kept;
    !kept.is_empty() && kept.contains(path_of(work))
}

/// Returns the file that a step writes, or that its object lies in.
pub(super) fn path_of(work: &Work) -> &str {
    match work {
        Work::Write { path, .. } => path,
        Work::Apply { file, .. } => file,
        Work::Study { .. }
        | Work::Conclude { .. }
        | Work::Refuse { .. }
        | Work::Expect { .. }
        | Work::Command { .. }
        | Work::Wait { .. }
        | Work::Build { .. } => "",
    }
}
