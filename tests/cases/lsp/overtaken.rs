//! Documents that are edited while a run ticks their boxes, and two editors at once.

use serde_json::{Value, json};

use crate::harness::call_center::{CHECKLIST, call_center, checklist};
use crate::harness::editor::{Editor, capabilities, edited};
use crate::harness::workspace::Workspace;

const TICKED: &str = "- [x] `k8s/postgresql/statefulset.yml`";

/// Has section 4.3 run while the person replaces the text; returns the message about its end.
#[track_caller]
fn run_while_editing(editor: &mut Editor, text: &str) -> String {
    let uri = editor.uri(CHECKLIST);
    let arguments = json!([{ "uri": uri, "section": "4.3" }]);
    let params = json!({ "command": "orch.runSection", "arguments": arguments });
    let id = editor.begin("workspace/executeCommand", params);
    editor.replace(CHECKLIST, 2, text);
    assert_eq!(editor.response(id)["result"]["started"], true);
    editor.shown()
}

fn edits() -> Value {
    let mut capabilities = capabilities();
    capabilities["workspace"]["applyEdit"] = true.into();
    capabilities
}

#[test]
fn ticks_of_a_run_come_into_the_text_that_is_edited() {
    let workspace = call_center();
    let text = checklist();
    let mut editor = Editor::with(&workspace, &edits());
    editor.open(CHECKLIST, &text);
    let unsaved = text.replace("Which volumes", "Which of the volumes 🚀");
    assert_ne!(unsaved, text);
    let shown = run_while_editing(&mut editor, &unsaved);
    assert!(shown.contains("is done on rehearsal"), "{shown}");
    let asked = editor.until("an edit", |it| it["method"] == "workspace/applyEdit");
    let change = &asked["params"]["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"]["version"], 2);
    let merged = edited(&unsaved, &change["edits"]);
    assert!(merged.contains(TICKED), "{merged}");
    assert!(merged.contains("Which of the volumes 🚀"), "{merged}");
    // The disk has the same ticks, and the text that was saved.
    let on_disk = workspace.read(CHECKLIST);
    let expected = on_disk.replace("Which volumes", "Which of the volumes 🚀");
    assert_eq!(merged, expected);
    assert!(editor.shown().contains("your text has its ticks now"));

    editor.replace(CHECKLIST, 3, &merged);
    workspace.write(CHECKLIST, &merged);
    editor.saved(CHECKLIST);
    let lenses = editor.about("textDocument/codeLens", CHECKLIST).to_string();
    assert!(lenses.contains("▶ run 4.3 · 0 of"), "{lenses}");
}

#[test]
fn a_task_that_is_being_edited_is_named() {
    let workspace = call_center();
    let text = checklist();
    let mut editor = Editor::with(&workspace, &edits());
    editor.open(CHECKLIST, &text);
    let unsaved = text.replace(
        "- [ ] `k8s/postgresql/statefulset.yml`",
        "- [ ] Soon, not yet: `k8s/postgresql/statefulset.yml`",
    );
    assert_ne!(unsaved, text);
    run_while_editing(&mut editor, &unsaved);
    let asked = editor.until("an edit", |it| it["method"] == "workspace/applyEdit");
    let edits = &asked["params"]["edit"]["documentChanges"][0]["edits"];
    let merged = edited(&unsaved, edits);
    assert!(merged.contains("- [ ] Soon, not yet"), "{merged}");
    editor.shown();
    let left = editor.shown();
    assert!(left.contains(": 4.3.1."), "{left}");
}

#[test]
fn an_editor_that_takes_no_edits_is_told_and_a_tick_comes_back() {
    let workspace = call_center();
    let text = checklist();
    let mut editor = Editor::new(&workspace);
    editor.open(CHECKLIST, &text);
    let unsaved = text.replace("Which volumes", "Which of the volumes");
    run_while_editing(&mut editor, &unsaved);
    let told = editor.shown();
    assert!(
        told.contains("while you edit it") && told.contains("4.3.1"),
        "{told}"
    );
    // They save over it, and run again.
    workspace.write(CHECKLIST, &unsaved);
    editor.saved(CHECKLIST);
    assert!(!workspace.read(CHECKLIST).contains(TICKED));
    let arguments = json!([{ "uri": editor.uri(CHECKLIST), "section": "4.3" }]);
    let params = json!({ "command": "orch.runSection", "arguments": arguments });
    editor.request("workspace/executeCommand", params);
    editor.shown();
    let now = workspace.read(CHECKLIST);
    assert!(
        now.contains(TICKED) && now.contains("Which of the volumes"),
        "{now}"
    );
}

#[test]
fn a_text_without_edits_is_left_to_the_editor() {
    let workspace = call_center();
    let text = checklist();
    let mut editor = Editor::with(&workspace, &edits());
    editor.open(CHECKLIST, &text);
    // The editor reads its file again by itself: it is as it was saved.
    let shown = run_while_editing(&mut editor, &text);
    assert!(shown.contains("is done on rehearsal"), "{shown}");
    editor.about("textDocument/documentSymbol", CHECKLIST);
    let asked = editor
        .told
        .iter()
        .any(|it| it["method"] == "workspace/applyEdit");
    assert!(!asked, "{:#?}", editor.told);
}

/// Says to an editor that a file was changed, as its watcher does.
fn changed(editor: &mut Editor, path: &str) {
    let uri = editor.uri(path);
    let changes = json!({ "changes": [{ "uri": uri, "type": 2 }] });
    editor.notify("workspace/didChangeWatchedFiles", changes);
}

#[test]
fn two_editors_see_one_workspace() {
    let workspace = call_center();
    let text = checklist();
    let (mut first, mut second) = (Editor::new(&workspace), Editor::new(&workspace));
    first.open(CHECKLIST, &text);
    second.open(CHECKLIST, &text);
    let shown = run_while_editing(&mut first, &text);
    assert!(shown.contains("is done on rehearsal"), "{shown}");
    let now = workspace.read(CHECKLIST);
    // The second one hasn't read its file yet: nothing is run on a text that it doesn't have.
    let arguments = json!([{ "uri": second.uri(CHECKLIST), "section": "4.3" }]);
    let params = json!({ "command": "orch.runSection", "arguments": arguments });
    second.request("workspace/executeCommand", params.clone());
    assert!(second.shown().starts_with("Save first"));
    second.replace(CHECKLIST, 2, &now);
    changed(&mut second, CHECKLIST);
    let hover = second.hover((CHECKLIST, &now), "PostgreSQL 16");
    assert!(hover.contains("evidence on rehearsal"), "{hover}");
    second.request("workspace/executeCommand", params);
    let shown = second.shown();
    assert!(shown.starts_with("Nothing to do"), "{shown}");
}

/// Starts the whole of a section that takes a while.
fn starts(editor: &mut Editor, workspace: &Workspace) {
    editor.open(CHECKLIST, &workspace.read(CHECKLIST));
    let arguments = json!([{ "uri": editor.uri(CHECKLIST), "section": "4.2" }]);
    let params = json!({ "command": "orch.runSection", "arguments": arguments });
    assert_eq!(
        editor.request("workspace/executeCommand", params)["started"],
        true
    );
}

#[test]
fn an_editor_that_leaves_stops_its_run() {
    let workspace = call_center();
    let mut editor = Editor::new(&workspace);
    starts(&mut editor, &workspace);
    assert_eq!(editor.leave(), Some(0));
    // The run has ended, or ends soon: another one waits for nothing and goes on.
    let mut again = Editor::new(&workspace);
    let shown = crate::harness::wait::eventually("the lock to be free", || {
        starts(&mut again, &workspace);
        Some(again.shown()).filter(|it| it.contains("is done on rehearsal"))
    });
    // Where the first was quick, it had ended before: nothing is left to do for this one.
    assert!(shown.to_lowercase().contains("section 4.2"), "{shown}");
}
