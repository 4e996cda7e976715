//! The workspaces that most cases start from: the example application with a checklist, as it was
//! before anything was run.

use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::harness::workspace::Workspace;

/// The example's checklist, in a workspace.
pub(crate) const CHECKLIST: &str = "checklists/call-center/phase-04-kubernetes.md";
/// The example's settings, in a workspace.
pub(crate) const SETTINGS: &str = "phases/04-kubernetes.toml";
/// The journal of the example's phase.
pub(crate) const JOURNAL: &str = ".orch/call-center/phase-04.jsonl";
/// Where the example lies in this repository.
const EXAMPLE: &str = "examples/call-center/";

/// A workspace with the checklist that it is about.
pub(crate) struct Case {
    /// The workspace, committed.
    pub(crate) workspace: Workspace,
    /// The checklist's path.
    pub(crate) checklist: &'static str,
    /// The checklist's text, as committed.
    pub(crate) text: String,
    /// The set's name.
    pub(crate) set: &'static str,
    /// The journal's path.
    pub(crate) journal: &'static str,
}

/// Returns the call centre with its checklist and settings, committed.
pub(crate) fn call_center() -> Workspace {
    with_checklist(&checklist())
}

/// Returns the call centre with that checklist instead of its own, committed.
pub(crate) fn with_checklist(text: &str) -> Workspace {
    application(Workspace::new())
        .file(CHECKLIST, text)
        .file(SETTINGS, settings())
        .commit_all()
}

/// Returns the call centre as a [`Case`].
pub(crate) fn own() -> Case {
    Case {
        workspace: call_center(),
        checklist: CHECKLIST,
        text: checklist(),
        set: "call-center",
        journal: JOURNAL,
    }
}

/// Returns the call centre under a set of rollout checklists of other people, without any
/// settings: the one beside the repository where it is there, else the example's.
pub(crate) fn foreign() -> Case {
    let path = repository().join("../shared/checklists/phase-04-kubernetes.md");
    let text = if let Ok(text) = fs::read_to_string(&path) {
        pristine(&text)
    } else {
        use std::io::Write as _;
        let note = format!("{} is not there: the example's is used\n", path.display());
        std::io::stderr()
            .write_all(note.as_bytes())
            .expect("stderr");
        checklist()
    };
    let checklist = "checklists/post-production-improvements/phase-04-kubernetes.md";
    Case {
        workspace: application(Workspace::new())
            .file(checklist, &text)
            .commit_all(),
        checklist,
        text,
        set: "post-production-improvements",
        journal: ".orch/post-production-improvements/phase-04.jsonl",
    }
}

/// Adds the example application, at the work tree's root.
pub(crate) fn application(workspace: Workspace) -> Workspace {
    let folder = repository().join(EXAMPLE);
    let mut workspace = workspace.file(".gitignore", ".env\n");
    for path in files_below(&folder) {
        let text = fs::read(folder.join(&path)).expect("a file of the example");
        workspace = workspace.file(&path, text);
    }
    workspace
}

/// Returns the example's checklist for an application at the root, no box ticked.
pub(crate) fn checklist() -> String {
    pristine(&of_repository(CHECKLIST)).replace(EXAMPLE, "")
}

/// Returns the example's settings for an application at the root.
pub(crate) fn settings() -> String {
    of_repository(SETTINGS).replace(EXAMPLE, "")
}

/// Returns a file of this repository.
pub(crate) fn of_repository(path: &str) -> String {
    fs::read_to_string(repository().join(path)).expect("a file of this repository")
}

/// Returns a checklist as it was before anything was run: boxes open, dates empty.
pub(crate) fn pristine(text: &str) -> String {
    let dates = [
        "**Started:**",
        "**Completed:**",
        "**Начата:**",
        "**Завершена:**",
    ];
    text.split_inclusive('\n')
        .map(
            |line| match dates.iter().find(|date| line.starts_with(**date)) {
                Some(date) => format!("{date} -\n"),
                // An indented box stands in an instruction, not in a task.
                None if line.starts_with("- [x]") => line.replacen("- [x]", "- [ ]", 1),
                None => line.to_owned(),
            },
        )
        .collect()
}

/// Returns this repository's root.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the paths of the files below a folder, relative to it, sorted.
pub(crate) fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(inside) = path.strip_prefix(folder) {
                found.push(inside.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}
