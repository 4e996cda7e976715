//! Across the phases of a set: what comes next, and going on until a person is needed.

use crate::harness::workspace::Workspace;

fn phase(number: u32, tasks: &str) -> String {
    format!("# Phase {number}: Part {number}\n\n## {number}.1 Work\n\n{tasks}")
}

fn map(name: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: {name}, namespace: parts }}\n")
}

/// Three phases: one that runs, one with a task for a person, one after it.
fn workspace() -> Workspace {
    let bring = |name: &str| format!("- [ ] Bring it <!-- orch: apply=\"{name}.yml\" -->\n");
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: { name: parts }\n---\n";
    Workspace::new()
        .file("orch.toml", "")
        .file("one.yml", namespace.to_owned() + &map("one"))
        .file("two.yml", map("two"))
        .file("checklists/parts/phase-01-one.md", phase(1, &bring("one")))
        .file(
            "checklists/parts/phase-02-ask.md",
            phase(2, "- [ ] Ask the owners\n"),
        )
        .file(
            "checklists/parts/phase-03-last.md",
            phase(3, "- [ ] Tell everybody\n"),
        )
        .commit_all()
}

#[test]
fn a_set_is_run_until_a_person_is_needed_and_goes_on_after() {
    let workspace = workspace();
    let first = workspace.orch(&["run"]).expect(3);
    assert!(first.stderr.contains("phase 1 Part 1"), "{}", first.stderr);
    assert!(first.stderr.contains("Ask the owners"), "{}", first.stderr);
    assert!(!first.stderr.contains("phase 3"), "{}", first.stderr);
    assert!(
        workspace
            .read("checklists/parts/phase-01-one.md")
            .contains("[x] Bring it")
    );

    let next = workspace.orch(&["next"]).expect(0).stdout;
    assert!(
        next.contains("parts, phase 2 Part 2: 1 task open"),
        "{next}"
    );
    assert!(
        next.contains("2.1.1") && next.contains("Ask the owners"),
        "{next}"
    );

    let done = ["task", "done", "2.1.1", "--note", "they agree"];
    workspace.orch(&done).expect(0);
    let second = workspace.orch(&["run"]).expect(3);
    assert!(!second.stderr.contains("phase 1"), "{}", second.stderr);
    assert!(
        second.stderr.contains("Tell everybody"),
        "{}",
        second.stderr
    );
}

#[test]
fn of_several_sets_one_is_to_be_chosen() {
    let workspace = workspace()
        .file("checklists/other/phase-01-one.md", phase(1, "- [ ] Ask\n"))
        .commit_all();
    let refused = workspace.orch(&["run"]).expect(2);
    assert!(
        refused.stderr.contains("which set? other, parts"),
        "{}",
        refused.stderr
    );
    let next = workspace.orch(&["next"]).expect(0).stdout;
    assert!(
        next.contains("other, phase 1") && next.contains("parts, phase 1"),
        "{next}"
    );
}
