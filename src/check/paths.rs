//! Paths that are named and not there, and paths that lead out.

use crate::checklist::{Checklist, Span, Spanned, Task, TaskId, file_name};
use crate::diagnostic::{Diagnostic, nearest, nearest_path};
use crate::facts::{Tree, default_compose_files, leads_out};
use crate::resolve::{Action, Expectation, Resolved};
use crate::vocabulary::{Phrase, Word};

use super::rules::PATH;

/// Returns the Compose files that a phase's settings name and that aren't there, each with its
/// place.
pub fn missing_compose(tree: &Tree, compose: &[String], settings: Option<&str>) -> Vec<Diagnostic> {
    let missing = compose.iter().filter(|path| tree.get(path).is_none());
    let problem = |path: &String| {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let found = default_compose_files(tree, folder);
        let problem = Diagnostic::error(format!("there is no Compose file `{path}`")).rule(PATH);
        let problem = in_settings(problem, tree, settings, path);
        if found.is_empty() {
            problem.help("paths are relative to the workspace's root")
        } else {
            problem.help(format!("found there: {}", found.join(", ")))
        }
    };
    missing.map(problem).collect()
}

/// Returns the source files that a phase's settings name and that aren't there.
pub(super) fn missing_sources(
    tree: &Tree,
    sources: &[String],
    settings: Option<&str>,
) -> Vec<Diagnostic> {
    let missing = sources.iter().filter(|path| tree.get(path).is_none());
    let problem = |path: &String| {
        let problem = Diagnostic::warning(format!("there is no file `{path}`")).rule(PATH);
        let problem = in_settings(problem, tree, settings, path);
        let known: Vec<&str> = tree.iter().map(|(path, _)| path).collect();
        match nearest(path, &known) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help("variables are read from it; paths begin at the workspace's root"),
        }
    };
    missing.map(problem).collect()
}

/// Places a problem at a text of the settings.
fn in_settings(problem: Diagnostic, tree: &Tree, path: Option<&str>, text: &str) -> Diagnostic {
    let Some(settings) = path else { return problem };
    let Some(source) = tree.get(settings) else {
        return problem;
    };
    match source.find(&format!("\"{text}\"")) {
        Some(start) => {
            let span = start + 1..start + 1 + text.len();
            problem.at(settings, source, span, "named here")
        }
        None => problem,
    }
}

/// Returns what tasks are to study and that isn't there.
pub(super) fn missing_subjects(
    checklist: &Checklist,
    resolved: &Resolved,
    tree: &Tree,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (written, task) in resolved.beside(checklist) {
        let Action::Study { findings } = &task.action else {
            continue;
        };
        for finding in findings {
            let Some(looked) = &finding.missing else {
                continue;
            };
            let span = place_of(written, &finding.subject);
            // What begins with a slash is an endpoint.
            let outside = !finding.subject.starts_with('/') && leads_out(&finding.subject);
            let why = if outside {
                "leads out of the workspace"
            } else {
                "is not there"
            };
            let message = format!("`{}` {why}", finding.subject);
            let warning = Diagnostic::warning(message).rule(PATH);
            let label = "to be studied here";
            let warning = warning.at(&checklist.path, &checklist.text, span.clone(), label);
            let warning = warning.help(looked.clone());
            let known: Vec<&str> = tree.iter().map(|(path, _)| path).collect();
            let near = nearest(&finding.subject, &known);
            found.push(match near.filter(|_| finding.subject.contains('.')) {
                Some(near) => warning
                    .help(format!("did you mean `{near}`?"))
                    .suggest(span, near),
                None => warning,
            });
        }
    }
    found
}

/// Returns the paths that tasks are to change and that aren't there, where no checklist has them
/// made.
pub(super) fn missing_changes(
    checklist: &Checklist,
    resolved: &Resolved,
    tree: &Tree,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let made = made(resolved);
    for (own, task) in resolved.beside(checklist) {
        let Action::Expect { traces } = &task.action else {
            continue;
        };
        // `Write tests: …` may make the file.
        let words = own.text.plain();
        let made_there = Phrase::new(&words, &checklist.vocabulary).find(&[Word::Create]);
        if own.marker.checked || made_there.is_some() {
            continue;
        }
        for trace in traces {
            let Expectation::Change(path) = &trace.what else {
                continue;
            };
            let folder = path.trim_end_matches('/');
            if tree.get(path).is_some()
                || tree.other(path).is_some()
                || tree.has_folder(folder)
                || is_made(folder, &task.id, &made)
                || is_named_elsewhere(path, checklist, tree)
            {
                continue;
            }
            let span = place_of(own, path);
            let warning = Diagnostic::warning(format!("`{path}` is not there")).rule(PATH);
            let label = "to be changed here";
            let warning = warning.at(&checklist.path, &checklist.text, span.clone(), label);
            let known: Vec<&str> = tree.iter().map(|(path, _)| path).collect();
            // What is put into a file may be what it begins with.
            let alone = traces.len() == 1;
            found.extend(match nearest_path(path, &known) {
                Some(near) => Some(
                    warning
                        .help(format!("did you mean `{near}`?"))
                        .suggest(span, near),
                ),
                None => alone.then(|| {
                    warning.help("correct the path; or say `create`, where it is to be made")
                }),
            });
        }
    }
    found
}

/// Returns the paths that tasks make, in order, each with its task.
fn made(resolved: &Resolved) -> Vec<(&str, &TaskId)> {
    let mut all = Vec::new();
    for task in &resolved.tasks {
        let paths: Vec<&str> = match &task.action {
            Action::Write { path } => vec![path],
            Action::Expect { traces } => traces.iter().flat_map(|it| made_by(&it.what)).collect(),
            Action::Study { .. }
            | Action::Inventory { .. }
            | Action::Require { .. }
            | Action::Apply { .. }
            | Action::Command { .. }
            | Action::Wait
            | Action::Manual
            | Action::Skip => continue,
        };
        let paths = paths.into_iter();
        all.extend(paths.map(|path| (path.trim_end_matches('/'), &task.id)));
    }
    all.sort_unstable();
    all
}

/// Returns whether another task of the checklist makes a path, or something in it.
fn is_made(path: &str, by: &TaskId, made: &[(&str, &TaskId)]) -> bool {
    let begin = made.partition_point(|(other, _)| *other < path);
    let behind = made.iter().skip(begin);
    let mut same = behind.take_while(|(other, _)| other.starts_with(path));
    same.any(|(other, task)| {
        let rest = other.strip_prefix(path).unwrap_or_default();
        *task != by && (rest.is_empty() || rest.starts_with('/'))
    })
}

/// Returns the paths that are there once what is looked for is.
fn made_by(what: &Expectation) -> Vec<&str> {
    match what {
        Expectation::File(path) => vec![path],
        Expectation::Symbol { paths, .. } | Expectation::Variable { paths, .. } => {
            paths.iter().map(String::as_str).collect()
        }
        Expectation::Change(_)
        | Expectation::Absent(_)
        | Expectation::Use { .. }
        | Expectation::Entry { .. }
        | Expectation::Endpoint { .. } => Vec::new(),
    }
}

/// Returns whether another checklist names a path: it may be made there.
fn is_named_elsewhere(path: &str, checklist: &Checklist, tree: &Tree) -> bool {
    let code = format!("`{path}`");
    let mut others = tree.iter().filter(|(other, _)| *other != checklist.path);
    others.any(|(other, text)| file_name(other).is_some() && text.contains(&code))
}

/// Returns where a task names what it studies.
fn place_of(task: &Task, subject: &str) -> Span {
    let mut codes = task.text.codes();
    let named = codes.find(|(code, _)| *code == subject);
    named.map_or(task.text.span.clone(), |(_, span)| span.clone())
}

/// Returns the files to write whose paths lead out of the workspace.
///
/// Symbolic links are seen by a run, which looks at the disk.
pub(super) fn outside(checklist: &Checklist, resolved: &Resolved) -> Vec<Diagnostic> {
    let problem = |path: &String, why: &str| {
        let problem = Diagnostic::error(format!("`{path}` is refused: {why}")).rule(PATH);
        let mut codes = checklist.tasks().flat_map(|task| task.text.codes());
        let span = codes.find(|(code, _)| code == path);
        let span = span.map_or(checklist.title_span.clone(), |(_, span)| span.clone());
        let problem = problem.at(&checklist.path, &checklist.text, span, "");
        problem.help("name a path below the workspace's root, such as `k8s/service.yml`")
    };
    let files = resolved.files.iter();
    files
        .filter_map(|file| Some(problem(&file.path, refused(&file.path)?)))
        .collect()
}

/// Returns what a section's `**Files:**` names and lies outside of the workspace.
pub(super) fn outside_files(checklist: &Checklist) -> Vec<Diagnostic> {
    let files = checklist.sections.iter().flat_map(|it| &it.files);
    let problem = |file: &Spanned<String>| {
        let why = refused(&file.value)?;
        let message = format!("nothing is written to `{}`: {why}", file.value);
        let warning = Diagnostic::warning(message).rule(PATH);
        let span = file.span.clone();
        let warning = warning.at(&checklist.path, &checklist.text, span, "");
        Some(warning.help("name a folder below the workspace's root, such as `k8s/`"))
    };
    files.filter_map(problem).collect()
}

fn refused(path: &str) -> Option<&'static str> {
    if path.starts_with('/') {
        return Some("it is absolute");
    }
    path.split('/').find_map(|part| match part {
        ".." => Some("it has `..`"),
        part if part.eq_ignore_ascii_case(".git") => Some("it lies in git's own folder"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{outside_files, refused};
    use crate::checklist::parse;
    use crate::vocabulary::Vocabulary;

    #[track_caller]
    fn check(path: &str, expected: bool) {
        assert_eq!(refused(path).is_some(), expected, "{path}");
    }

    #[test]
    fn files_outside_of_the_workspace_are_told() {
        let text =
            "# Phase 1: Things\n\n## 1.1 Work\n\n**Files:** `../k8s/`, `k8s/`\n\n- [ ] Ask\n";
        let checklist = parse("phase-01-things.md", text, &Vocabulary::default())
            .expect("a checklist")
            .checklist;
        let found = outside_files(&checklist);
        let found: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(found, ["nothing is written to `../k8s/`: it has `..`"]);
    }

    #[test]
    fn paths_stay_in_the_workspace() {
        check("k8s/a.yml", false);
        check("k8s/..a/b.yml", false);
        check("/etc/a.yml", true);
        check("../a.yml", true);
        check("k8s/../../a.yml", true);
        check("a/.GIT/hooks/x", true);
    }
}
