//! A journal that can't be trusted stops every command that would rely on it.

use crate::harness::call_center::{CHECKLIST, JOURNAL, SETTINGS, call_center};
use crate::harness::workspace::Workspace;

fn done() -> Workspace {
    let workspace = call_center();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    workspace
}

/// The journal is refused with these pieces, and neither it nor anything else is touched.
#[track_caller]
fn check_refused(workspace: &Workspace, journal: &str, pieces: &[&str]) {
    workspace.write(JOURNAL, journal);
    let before = workspace.contents();
    for arguments in [
        &["phase", "4", "run"][..],
        &["phase", "4", "status"],
        &["status"],
    ] {
        let run = workspace.orch(arguments).expect(2);
        for piece in pieces {
            assert!(
                run.stderr.contains(piece),
                "no {piece:?} in\n{}",
                run.stderr
            );
        }
    }
    assert_eq!(workspace.contents(), before);
}

#[test]
fn damage_is_named_with_its_line() {
    let workspace = done();
    let journal = workspace.read(JOURNAL);
    let way_out = format!("git checkout -- {JOURNAL}");
    let mut lines: Vec<&str> = journal.split_inclusive('\n').collect();
    lines.remove(6);
    let place = format!("{JOURNAL}:7");
    check_refused(&workspace, &lines.concat(), &[&place, "damaged", &way_out]);

    let changed = journal.replacen("kubernetes", "kubernetez", 1);
    let changed = if changed == journal {
        journal.replacen("study", "stucy", 1)
    } else {
        changed
    };
    check_refused(&workspace, &changed, &["damaged", "hash", &way_out]);

    let text = journal.replacen("{\"v\":1,\"seq\":3,", "<<<<<<< HEAD", 1);
    let place = format!("{JOURNAL}:3");
    check_refused(&workspace, &text, &[&place, "damaged", &way_out]);
}

#[test]
fn a_newer_program_wrote_it() {
    let workspace = done();
    let journal = workspace
        .read(JOURNAL)
        .replacen("{\"v\":3,", "{\"v\":9,", 1);
    let place = format!("{JOURNAL}:1");
    check_refused(&workspace, &journal, &[&place, "version 9", "a newer one"]);
}

#[test]
fn another_clone_goes_on_from_it() {
    let workspace = call_center();
    let failing = format!(
        "{}\n[[rehearse.failures]]\nselector = \"Deployment/worker\"\noutcome = \"Pending\"\n",
        workspace.read(SETTINGS)
    );
    let settings = workspace.read(SETTINGS);
    workspace.write(SETTINGS, failing);
    workspace.orch(&["phase", "4", "run"]).expect(1);
    workspace.write(SETTINGS, settings);
    workspace.commit("Hand it over");

    let clone = Workspace::new();
    for (path, bytes) in workspace.contents() {
        clone.write(&path, bytes);
    }
    clone.commit("As it was handed over");
    let run = clone.orch(&["phase", "4", "run"]).expect(0);
    assert!(
        !run.stderr.contains("4.0.1 "),
        "what is recorded isn't done again: {}",
        run.stderr
    );
    assert!(clone.read(CHECKLIST).contains("- [x] Completed"));
}
