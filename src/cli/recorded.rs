//! A phase's journal that is to be appended to: never begun anew where the last commit has it.

use super::exit::Result;
use super::load::{Loaded, Phase};
use super::{Session, Stop};
use crate::check;
use crate::checklist::{PhaseFile, SetFiles};
use crate::diagnostic::Diagnostic;
use crate::files::JournalFile;
use crate::git::Repo;
use crate::journal::journal_path;

/// Opens the journal of a phase that is locked.
///
/// # Errors
/// Also where the last commit has a journal that the work tree lacks: what was done would be
/// forgotten, done again, and the record of it replaced by the next commit.
pub(super) fn open(loaded: &Loaded, phase: &Phase, repo: &Repo) -> Result<JournalFile> {
    let number = phase.checklist.number;
    if let Some(gone) = gone(loaded, repo, &journal_path(&phase.set, number))? {
        let stop = Stop::input(format!("{}, the record of phase {number}", gone.message));
        return Err(gone.help.into_iter().fold(stop, Stop::help));
    }
    let journal = JournalFile::open(&loaded.workspace, &phase.set, number)?;
    Ok(journal.following(&phase.checklist))
}

/// Returns the journals of a workspace that the last commit has and the work tree lacks.
pub(super) fn all_gone(session: &Session, loaded: &Loaded) -> Result<Vec<Diagnostic>> {
    // Without a repository, nothing is missing.
    let Ok(repo) = Repo::open(loaded.workspace.root()) else {
        return Ok(Vec::new());
    };
    let wanted = session.global.set.as_ref();
    let sets = loaded.snapshot.sets.iter();
    let sets = sets.filter(|set| wanted.is_none_or(|wanted| *wanted == set.name));
    let phases = sets.flat_map(|set| set.phases.iter().map(move |file| (set, file)));
    let gone = phases.map(|(set, file)| of_phase(loaded, &repo, set, file));
    gone.filter_map(Result::transpose).collect()
}

fn of_phase(
    loaded: &Loaded,
    repo: &Repo,
    set: &SetFiles,
    file: &PhaseFile,
) -> Result<Option<Diagnostic>> {
    let found = gone(loaded, repo, &journal_path(&set.name, file.number))?;
    let text = loaded.snapshot.tree.get(&file.path);
    Ok(found
        .zip(text)
        .map(|(found, text)| found.at(&file.path, text, 0..0, "the record of this phase")))
}

/// Says that a journal is gone, if it is.
fn gone(loaded: &Loaded, repo: &Repo, path: &str) -> Result<Option<Diagnostic>> {
    if loaded.workspace.read_bytes(path)?.is_some() || !repo.head_has(path)? {
        return Ok(None);
    }
    let message = format!("`{path}` is in the last commit, and not in the work tree");
    let way = if repo.is_sparse() {
        "the work tree is sparse: git sparse-checkout disable, or add `.orch` and what orch wrote \
         to it"
            .to_owned()
    } else {
        format!("bring it back: git restore {path}")
    };
    let problem = Diagnostic::error(message).rule(check::JOURNAL).help(way);
    Ok(Some(problem.help(
        "to begin the phase anew on purpose, commit that the file is removed",
    )))
}
