//! Images that are built here: named by a template and the sources' revision, built by nobody
//! without consent.

use crate::harness::call_center::{SETTINGS, call_center};
use crate::harness::workspace::Workspace;

/// Returns the call centre with images by a template, and a command that would build them.
fn named(template: &str) -> Workspace {
    let workspace = call_center();
    let settings = workspace.read(SETTINGS);
    let settings = format!(
        "{settings}\n[images]\n\"*\" = \"{template}\"\n\n[build]\ncommand = \"touch built && false\"\n"
    );
    workspace.write(SETTINGS, settings);
    workspace.commit("Name the images");
    workspace
}

/// Returns the image of the call processor as it is written.
fn written(workspace: &Workspace) -> String {
    let text = workspace.read("k8s/call-processor/deployment.yml");
    let line = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("image: "));
    line.expect("an image").to_owned()
}

#[test]
fn an_image_is_named_by_the_commit_that_changed_its_sources() {
    let workspace = named("registry.example.com/team/{service}:{revision}");
    workspace.write("src/new.py", "print()\n");
    workspace.commit("Add a module");
    let revision: String = workspace.head().to_string().chars().take(12).collect();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    assert_eq!(
        written(&workspace),
        format!("registry.example.com/team/app:{revision}")
    );
    // What the run itself committed makes no new image.
    let again = workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
}

#[test]
fn a_changed_source_is_another_image() {
    let workspace = named("registry.example.com/{service}:{revision}");
    workspace.orch(&["phase", "4", "run"]).expect(0);
    workspace.write("src/new.py", "print()\n");
    // A rehearsal pulls nothing: it takes a tree with changes.
    let plan = workspace.orch(&["phase", "4", "rehearse"]).expect(0);
    assert!(plan.stderr.contains("rehearsed"), "{}", plan.stderr);
    workspace.commit("Add a module");
    let revision: String = workspace.head().to_string().chars().take(12).collect();
    let refused = workspace.orch(&["phase", "4", "run"]).expect(2);
    assert!(
        refused.stderr.contains("--accept-changes"),
        "{}",
        refused.stderr
    );
    workspace
        .orch(&["phase", "4", "run", "--accept-changes"])
        .expect(0);
    assert!(written(&workspace).ends_with(&revision));
}

#[test]
fn a_rehearsal_builds_nothing() {
    let workspace = named("registry.example.com/{service}:1.0");
    workspace.orch(&["phase", "4", "rehearse"]).expect(0);
    workspace.orch(&["phase", "4", "run", "--yes"]).expect(0);
    assert!(!workspace.has("built"));
}

#[test]
fn a_template_with_an_unknown_part_is_refused() {
    let workspace = named("registry.example.com/{service}:{version}");
    let refused = workspace.orch(&["phase", "4", "plan"]).expect(2);
    for said in ["{version}", SETTINGS, "`{revision}`"] {
        assert!(refused.stderr.contains(said), "{}", refused.stderr);
    }
}
