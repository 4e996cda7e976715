//! What directives do: `wait=` on the rehearsal.

use crate::harness::call_center::{JOURNAL, checklist, with_checklist};
use crate::harness::workspace::Workspace;

/// The last task of 4.3.
const LAST: &str = "- [ ] `k8s/redis/service.yml`: ClusterIP\n";

fn with(added: &str) -> Workspace {
    with_checklist(&checklist().replace(LAST, &format!("{LAST}{added}")))
}

#[test]
fn a_box_waits_for_what_its_directive_names() {
    let workspace = with(
        "- [ ] The call processor serves <!-- orch: wait=deploy/call-processor -->\n\
         - [ ] The mesh is there <!-- orch: wait=mesh/Deployment/pilot -->\n",
    );
    let plan = workspace.orch(&["phase", "4", "plan"]).expect(0).stdout;
    assert!(plan.contains("directive wait"), "{plan}");
    let explained = workspace
        .orch(&["phase", "4", "explain", "4.3.5"])
        .expect(0)
        .stdout;
    let step = "wait for Deployment/call-processor";
    for piece in [step, "after what it waits for: apply"] {
        assert!(explained.contains(piece), "no {piece:?} in\n{explained}");
    }
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let records = workspace.read(JOURNAL);
    let place = |wanted: &str| {
        let found = records.lines().position(|line| line.contains(wanted));
        found.unwrap_or_else(|| panic!("no {wanted} in the journal"))
    };
    let applied = "\"succeeded\",\"step\":\"apply Deployment/call-processor\"";
    assert!(place(applied) < place("\"started\",\"step\":\"wait for Deployment/call-processor\""));
    assert!(records.contains("Deployment/call-processor: "), "{records}");
    assert!(records.contains("no part of this phase; a rehearsal takes it as ready"));
    let again = workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
    workspace.orch(&["phase", "4", "verify"]).expect(0);
}

#[test]
fn mistakes_are_told_with_their_place_before_anything_is_done() {
    for (directive, message) in [
        ("wait=30s", "`30s` is a length of time"),
        ("wait=Widget/x", "no kind that is known without its group"),
        (
            "manual wait=Job/x",
            "`manual` and `wait` exclude each other",
        ),
        ("id=4.3.4", "4.3.4"),
        ("after=4.9.9", "4.9.9"),
        ("after=4.3.5 manual", "4.3.5"),
        ("run=\"./a.sh --all\"", "a comment holds no `--`"),
    ] {
        let workspace = with(&format!("- [ ] It <!-- orch: {directive} -->\n"));
        let contents = workspace.contents();
        let run = workspace.orch(&["phase", "4", "run"]).expect(2);
        assert!(run.stderr.contains(message), "{directive}: {}", run.stderr);
        assert!(
            run.stderr.contains("phase-04-kubernetes.md:"),
            "{directive}: {}",
            run.stderr
        );
        assert_eq!(workspace.contents(), contents);
    }
}

#[test]
fn tasks_that_wait_for_each_other_are_an_error() {
    let workspace = with(
        "- [ ] Ask <!-- orch: id=ask manual after=tell -->\n\
         - [ ] Tell <!-- orch: id=tell manual after=ask -->\n",
    );
    let run = workspace.orch(&["check"]).expect(2);
    assert!(
        run.stdout.contains("ask") && run.stdout.contains("tell"),
        "{}",
        run.stdout
    );
}
