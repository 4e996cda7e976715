//! A section's run and plan as commands of an editor.

use serde_json::{Value, json};

use super::{PATH, WRONG, shop};
use crate::harness::call_center::{CHECKLIST, call_center, checklist};
use crate::harness::editor::Editor;

/// Has a section run by its lens and returns the message that tells how that ended.
#[track_caller]
fn run_section(editor: &mut Editor, path: &str, section: &str) -> String {
    let lenses = editor.about("textDocument/codeLens", path);
    let title = format!("▶ run {section} ");
    let lens = lenses.as_array().expect("a list").iter().find(|it| {
        let shown = it["command"]["title"].as_str().expect("a title");
        shown.starts_with(&title)
    });
    let command = &lens.unwrap_or_else(|| panic!("no {title} in {lenses:#?}"))["command"];
    let params = json!({ "command": command["command"], "arguments": command["arguments"] });
    editor.request("workspace/executeCommand", params);
    editor.shown()
}

#[test]
fn a_section_is_run_from_its_heading() {
    let workspace = call_center();
    let text = checklist();
    let mut editor = Editor::new(&workspace);
    editor.open(CHECKLIST, &text);
    let page = (CHECKLIST, text.as_str());
    let before = editor.hover(page, "PostgreSQL 16");
    assert!(before.contains("No evidence yet"), "{before}");

    let shown = run_section(&mut editor, CHECKLIST, "4.3");
    assert!(
        shown.contains("Section 4.3 is done on rehearsal: "),
        "{shown}"
    );
    assert!(shown.contains("tasks of other sections left"), "{shown}");
    let progress: Vec<&Value> = editor
        .told
        .iter()
        .filter(|it| it["method"] == "$/progress")
        .map(|it| &it["params"]["value"])
        .collect();
    assert_eq!(progress.first().expect("some")["kind"], "begin");
    assert_eq!(progress.first().expect("some")["cancellable"], true);
    assert_eq!(progress.last().expect("some")["kind"], "end");

    let now = workspace.read(CHECKLIST);
    assert!(
        now.contains("- [x] `k8s/postgresql/statefulset.yml`"),
        "{now}"
    );
    assert!(now.contains("- [ ] `k8s/ingress.yml`"), "{now}");
    // The editor has the old text still; what is recorded is shown all the same.
    let after = editor.hover(page, "PostgreSQL 16");
    assert!(after.contains("evidence on rehearsal, 2026"), "{after}");
    assert!(after.contains("1 of 1 replicas ready"), "{after}");
}

#[test]
fn unsaved_texts_arent_run() {
    let workspace = call_center();
    let text = checklist();
    let mut editor = Editor::new(&workspace);
    editor.open(CHECKLIST, &text);
    editor.replace(CHECKLIST, 2, &text.replace("4.3 Data stores", "4.3 Stores"));
    let shown = run_section(&mut editor, CHECKLIST, "4.3");
    assert!(shown.starts_with("Save first"), "{shown}");
    assert!(shown.contains(CHECKLIST), "{shown}");
    editor.replace(CHECKLIST, 3, &text);
    editor.open("orch.toml", "strict = true\n");
    let shown = run_section(&mut editor, CHECKLIST, "4.3");
    assert!(shown.contains("orch.toml"), "{shown}");
    assert!(!workspace.has(".orch"), "nothing was run");
}

#[test]
fn what_needs_consent_is_refused_with_the_command_for_a_terminal() {
    let text = "# Phase 1: Base\n\n## 1.1 A\n\n- [ ] Warm up <!-- orch: run=\"touch warm\" -->\n";
    let workspace = shop(text);
    let mut editor = Editor::new(&workspace);
    editor.open(PATH, text);
    let shown = run_section(&mut editor, PATH, "1.1");
    for piece in [
        "`touch warm`",
        "--yes",
        "orch --set shop phase 1 run --section 1.1",
    ] {
        assert!(shown.contains(piece), "no {piece:?} in {shown}");
    }
    assert!(!workspace.has("warm") && !workspace.has(".orch"));
}

#[test]
fn a_protected_target_is_refused() {
    let text = "# Phase 1: Base\n\n## 1.1 A\n\n- [ ] Create `k8s/namespace.yml`\n";
    let workspace = shop(text);
    let target = "[targets.prod]\ncontext = \"prod\"\nprotected = true\n";
    workspace.write("orch.toml", target);
    workspace.write("phases/01-base.toml", "target = \"prod\"\n");
    let mut editor = Editor::new(&workspace);
    editor.open(PATH, text);
    let shown = run_section(&mut editor, PATH, "1.1");
    assert!(shown.contains("`prod` is protected"), "{shown}");
}

#[test]
fn who_is_waited_for_and_what_failed_is_told() {
    let text = "# Phase 1: Base\n\n## 1.1 A\n\n- [ ] Ask\n\n## 1.2 B\n\n- [ ] Study `gone.py`\n";
    let workspace = shop(text);
    let mut editor = Editor::new(&workspace);
    editor.open(PATH, text);
    let shown = run_section(&mut editor, PATH, "1.1");
    assert!(shown.contains("waits for a person: task 1.1.1"), "{shown}");
    // The run has set the status; the editor reads its file again.
    editor.replace(PATH, 2, &workspace.read(PATH));
    let shown = run_section(&mut editor, PATH, "1.2");
    assert!(shown.contains("Section 1.2 failed"), "{shown}");
    assert!(shown.contains("gone.py"), "{shown}");
}

#[test]
fn a_plan_comes_in_the_log() {
    let workspace = call_center();
    let mut editor = Editor::new(&workspace);
    editor.open(CHECKLIST, &checklist());
    let uri = editor.uri(CHECKLIST);
    let arguments = json!([{ "uri": uri, "section": "4.3" }]);
    let params = json!({ "command": "orch.planSection", "arguments": arguments });
    editor.request("workspace/executeCommand", params);
    let log = editor.until("the plan", |it| {
        let text = it["params"]["message"].as_str().unwrap_or_default();
        it["method"] == "window/logMessage" && text.contains("4.3.1")
    });
    let text = log["params"]["message"].as_str().expect("a text");
    assert!(text.contains("section 4.3 can't do without:"), "{text}");
    assert!(!workspace.has(".orch"));
}

#[test]
fn a_run_is_stopped_and_goes_on_later() {
    let workspace = call_center();
    let text = checklist();
    let mut editor = Editor::new(&workspace);
    editor.open(CHECKLIST, &text);
    let uri = editor.uri(CHECKLIST);
    let params = |command: &str| {
        let arguments = json!([{ "uri": uri, "section": "4.2" }]);
        json!({ "command": command, "arguments": arguments })
    };
    let first = editor.request("workspace/executeCommand", params("orch.runSection"));
    assert_eq!(first["started"], true);
    let second = editor.request("workspace/executeCommand", params("orch.runSection"));
    assert_eq!(second["started"], false);
    assert!(editor.shown().contains("One at a time"));
    editor.until("its progress", |it| it["method"] == "$/progress");
    let token = json!({ "token": "orch-1" });
    editor.notify("window/workDoneProgress/cancel", token);
    // It may have come to its end first.
    let shown = editor.shown();
    let known = ["was stopped", "is done on rehearsal"];
    assert!(known.iter().any(|it| shown.contains(it)), "{shown}");
    editor.replace(CHECKLIST, 2, &workspace.read(CHECKLIST));
    let shown = run_section(&mut editor, CHECKLIST, "4.2");
    assert!(shown.contains("is done on rehearsal"), "{shown}");
}

#[test]
fn commands_take_nothing_that_could_be_a_flag() {
    let workspace = shop(WRONG);
    let mut editor = Editor::new(&workspace);
    editor.open(PATH, WRONG);
    let uri = editor.uri(PATH);
    for (command, arguments) in [
        (
            "orch.runSection",
            json!([{ "uri": uri, "section": "--yes" }]),
        ),
        ("orch.runSection", json!([])),
        ("orch.else", json!([{ "uri": uri, "section": "1.1" }])),
    ] {
        let params = json!({ "command": command, "arguments": arguments });
        let response = editor.ask("workspace/executeCommand", params);
        assert_eq!(response["error"]["code"], -32602, "{response}");
    }
}

#[test]
fn a_byte_order_mark_and_carriage_returns_move_nothing() {
    let text = WRONG.replace('\n', "\r\n");
    let workspace = shop(&format!("\u{feff}{text}"));
    let mut editor = Editor::new(&workspace);
    // It isn't open: its text is the disk's.
    let on_disk = editor.problems(PATH, None);
    editor.open(PATH, &text);
    let open = editor.problems(PATH, Some(1));
    assert_eq!(on_disk, open);
    assert_eq!(open.len(), 2);
    let shown = run_section(&mut editor, PATH, "1.1");
    assert!(!shown.starts_with("Save first"), "{shown}");
}
