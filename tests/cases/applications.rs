//! Applications of many shapes, from their Compose files to manifests that pass every linter.
//!
//! The same manifests meet kube-score and a real API server in `tests/conformance`.

mod bad;
mod later;
mod lint;
mod polaris;
mod references;
mod rules;

use orch::manifest::{Object, parse_documents};

use crate::harness::applications::{
    self, NAMES, applications, checklist, folder, manifests, workspace,
};
use crate::harness::workspace::Workspace;

applications!(tests check);

/// Those whose files were read line by line, and are kept as they were.
const REVIEWED: &[&str] = &[
    "literal-secrets",
    "migrations",
    "queue-workers",
    "static-site",
    "wordpress",
];

/// From its Compose files to manifests without a finding, and nothing left to do afterwards.
#[track_caller]
fn check(name: &str) {
    let workspace = workspace(name);
    let plan = workspace.orch(&["phase", "4", "plan"]).expect(0);
    check_golden(&format!("{name}-plan"), &plan.stdout);
    check_golden(&format!("{name}-warnings"), &plan.stderr);
    assert!(
        plan.stdout.contains(
            " 0 for a person, 0 told by traces of a person's work, 0 with something unread"
        ),
        "{}",
        plan.stdout
    );

    workspace.orch(&["phase", "4", "run"]).expect(0);
    let ticked = workspace.read(&checklist(name));
    let tasks = ticked.split_once("### ").expect("a section").1;
    assert!(!tasks.contains("- [ ]"), "a box is open:\n{ticked}");
    let findings = lint::findings(&objects(&workspace));
    assert!(findings.is_empty(), "{name}:\n{}", findings.join("\n"));
    assert_nothing_secret(&workspace);
    if REVIEWED.contains(&name) {
        check_golden(&format!("{name}-files"), &whole(&workspace));
    }

    let again = workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
}

#[test]
fn every_application_is_listed() {
    let mut found = vec!["call-center".to_owned()];
    for entry in fs_err::read_dir(folder()).expect("the applications") {
        let entry = entry.expect("an entry");
        found.push(entry.file_name().to_string_lossy().into_owned());
    }
    let sorted = |names: &[&str]| {
        let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        names.sort();
        names
    };
    found.sort();
    assert_eq!(sorted(NAMES), found);
}

/// What lies in secret files, or is given to a run, never reaches a written file.
#[track_caller]
fn assert_nothing_secret(workspace: &Workspace) {
    let written = workspace.files();
    let made = written.iter().filter(|path| {
        path.starts_with("k8s/") || path.starts_with(".orch/") || path.ends_with("PROGRESS.md")
    });
    for path in made {
        let text = workspace.read(path);
        assert!(!text.contains("never-leaves-this-file"), "{path}:\n{text}");
    }
}

/// Returns all written objects.
#[track_caller]
fn objects(workspace: &Workspace) -> Vec<Object> {
    let files = applications::manifests(workspace);
    let objects = files.iter().flat_map(|(path, text)| {
        parse_documents(path, text).unwrap_or_else(|problems| panic!("{path}: {problems:?}"))
    });
    objects.collect()
}

/// Returns all manifests as one text.
fn whole(workspace: &Workspace) -> String {
    let files = manifests(workspace).into_iter();
    files
        .flat_map(|(path, file)| ["=== ".to_owned(), path, "\n".to_owned(), file])
        .collect()
}

/// Compares with what was reviewed; `INSTA_UPDATE=always` writes anew what is then reviewed again.
#[track_caller]
fn check_golden(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../golden/applications");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
