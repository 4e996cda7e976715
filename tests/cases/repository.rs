//! The repository is a workspace itself: what it holds is what orch writes from it.

use crate::harness::call_center::{
    CHECKLIST, JOURNAL, files_below, of_repository, pristine, repository,
};
use crate::harness::workspace::Workspace;

#[test]
fn reproduces_its_own_manifests_and_account() {
    let mut workspace = Workspace::new().file(CHECKLIST, pristine(&of_repository(CHECKLIST)));
    for folder in ["examples", "phases"] {
        for path in files_below(&repository().join(folder)) {
            let path = format!("{folder}/{path}");
            let text = fs_err::read(repository().join(&path)).expect("a file");
            workspace = workspace.file(&path, text);
        }
    }
    let workspace = workspace
        .commit_all()
        .with_env("SOURCE_DATE_EPOCH", epoch().to_string());

    workspace.orch(&["phase", "4", "run"]).expect(0);

    let committed = files_below(&repository().join("k8s"));
    let written = files_below(&workspace.path("k8s"));
    assert_eq!(written, committed);
    for path in written.iter().map(|path| format!("k8s/{path}")) {
        assert_eq!(workspace.read(&path), of_repository(&path), "{path}");
    }
    for path in [CHECKLIST, "PROGRESS.md"] {
        assert_eq!(workspace.read(path), of_repository(path), "{path}");
    }
}

/// Returns when the repository's own phase was run, by its journal.
fn epoch() -> i64 {
    let journal = of_repository(JOURNAL);
    let first = journal.lines().next().expect("a record");
    let record: serde_json::Value = serde_json::from_str(first).expect("JSON");
    let at: jiff::Timestamp = record["at"]
        .as_str()
        .expect("a time")
        .parse()
        .expect("a time of the journal");
    at.as_second()
}
