//! Problems of paths, shown where a person wrote the path: in a phase's settings or its checklist.

use super::load::{Loaded, Phase};
use crate::check::missing_compose;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::resolve::Resolved;

/// Checks that the Compose files that a phase's settings name are there.
///
/// # Errors
/// All that aren't, each with its place.
pub(super) fn check_compose(loaded: &Loaded, phase: &Phase) -> Result<(), Diagnostics> {
    let settings = phase.settings_path.as_deref();
    let compose = &phase.settings.compose;
    all(missing_compose(&loaded.snapshot.tree, compose, settings).into_iter())
}

/// Checks that every file that a phase writes lies in the workspace.
///
/// # Errors
/// All that don't, each with its place.
pub(super) fn check_written(
    loaded: &Loaded,
    phase: &Phase,
    resolved: &Resolved,
) -> Result<(), Diagnostics> {
    let checklist = &phase.checklist;
    all(resolved.files.iter().filter_map(|file| {
        let error = loaded.workspace.path(&file.path).err()?;
        let problem = Diagnostic::error(error.to_string());
        let mut codes = checklist.tasks().flat_map(|task| task.text.codes());
        let (_, span) = codes.find(|(code, _)| *code == file.path)?;
        let problem = problem.at(&checklist.path, &checklist.text, span.clone(), "");
        Some(problem.help("name a path below the workspace's root, such as `k8s/service.yml`"))
    }))?;
    // What no task names was given its path by orch.
    for file in &resolved.files {
        loaded
            .workspace
            .path(&file.path)
            .map_err(|error| Diagnostics(vec![Diagnostic::error(error.to_string())]))?;
    }
    Ok(())
}

fn all(problems: impl Iterator<Item = Diagnostic>) -> Result<(), Diagnostics> {
    let problems: Vec<Diagnostic> = problems.collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Diagnostics(problems))
    }
}
