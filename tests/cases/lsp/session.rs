//! What an editor and the server tell each other, in order and out of it.

use serde_json::{Value, json};

use super::{PATH, WRONG, shop};
use crate::harness::call_center::{CHECKLIST, checklist, with_checklist};
use crate::harness::editor::{Editor, framed};

#[test]
fn fast_edits_end_in_what_is_there() {
    let text = "# Phase 1: Base\n\n## 1.1 A\n\n- [ ] Ask\n";
    let workspace = shop(text);
    let mut editor = Editor::new(&workspace);
    editor.open(PATH, text);
    let end = json!({ "line": 4, "character": 99 });
    let end = json!({ "start": end, "end": end });
    for version in 2..=301 {
        let letter = ["🚀", "я", "x", " "][version % 4];
        let change = json!([{ "range": end, "text": letter }]);
        editor.change(PATH, i64::try_from(version).expect("small"), change);
    }
    editor.change(PATH, 302, json!([{ "range": end, "text": "\n- [х] Tell" }]));
    let problems = editor.problems(PATH, Some(302));
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert_eq!(problems[0]["range"]["start"]["line"], 5);
}

#[test]
fn each_folder_is_a_workspace_of_its_own() {
    let first = shop(WRONG);
    let second = shop(WRONG);
    let mut editor = Editor::new(&first);
    assert_eq!(editor.problems(PATH, None).len(), 2);
    let uri = format!("file://{}", second.root().display());
    let added = json!([{ "uri": uri, "name": "second" }]);
    let change =
        |added: &Value, removed: &Value| json!({ "event": { "added": added, "removed": removed } });
    let method = "workspace/didChangeWorkspaceFolders";
    editor.notify(method, change(&added, &json!([])));
    let of_second = |it: &Value| {
        let uri = it["params"]["uri"].as_str().unwrap_or_default().to_owned();
        it["method"] == "textDocument/publishDiagnostics"
            && uri.starts_with(&format!("file://{}", second.root().display()))
    };
    let told = editor.until("the second's problems", of_second);
    assert_eq!(
        told["params"]["diagnostics"].as_array().map(Vec::len),
        Some(2)
    );
    editor.notify(method, change(&json!([]), &added));
    let told = editor.until("them gone", of_second);
    assert_eq!(told["params"]["diagnostics"], json!([]));
}

#[test]
fn what_is_malformed_is_answered_and_passed_over() {
    let workspace = shop(WRONG);
    let mut editor = Editor::new(&workspace);
    editor.raw(&framed("{\"jsonrpc\": nonsense"));
    let error = editor.until("an error", |it| {
        it["id"].is_null() && it.get("error").is_some()
    });
    assert_eq!(error["error"]["code"], -32700);
    editor.raw(b"Stray: line\r\n");
    let unknown = editor.ask("orch/unknown", json!({}));
    assert_eq!(unknown["error"]["code"], -32601);
    let wrong = editor.ask("textDocument/hover", json!({ "textDocument": 7 }));
    assert_eq!(wrong["error"]["code"], -32602);
    editor.notify("textDocument/didChange", json!({ "nothing": true }));
    editor.notify("$/unknown", json!({}));
    let other = json!({ "textDocument": { "uri": "untitled:One" }, "position": { "line": 0,
        "character": 0 } });
    assert_eq!(editor.request("textDocument/hover", other), Value::Null);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn a_session_begins_and_ends_in_order() {
    let workspace = shop(WRONG);
    let mut early = Editor::silent(&workspace);
    let refused = early.ask("textDocument/hover", json!({}));
    assert_eq!(refused["error"]["code"], -32002);
    early.notify("exit", Value::Null);
    assert_eq!(early.ended(), Some(1), "without `shutdown`");

    let mut late = Editor::new(&workspace);
    late.request("shutdown", Value::Null);
    let refused = late.ask("textDocument/hover", json!({}));
    assert_eq!(refused["error"]["code"], -32600);
    late.notify("exit", Value::Null);
    assert_eq!(late.ended(), Some(0));

    let mut gone = Editor::new(&workspace);
    assert_eq!(gone.ended(), Some(1), "the editor is gone");
}

#[test]
fn a_cancelled_request_is_answered_once() {
    let workspace = with_checklist(&checklist());
    let mut editor = Editor::new(&workspace);
    editor.open(CHECKLIST, &checklist());
    let document = json!({ "uri": editor.uri(CHECKLIST) });
    let id = editor.begin(
        "textDocument/documentSymbol",
        json!({ "textDocument": document }),
    );
    editor.notify("$/cancelRequest", json!({ "id": id }));
    let response = editor.response(id);
    let code = &response["error"]["code"];
    assert!(
        response.get("result").is_some() || *code == -32800,
        "{response}"
    );
    let next = editor.about("textDocument/documentSymbol", CHECKLIST);
    assert_eq!(next.as_array().map(Vec::len), Some(5));
    assert_eq!(editor.told.iter().filter(|it| it["id"] == id).count(), 1);
}

#[test]
fn changes_of_others_on_the_disk_are_seen() {
    let text = "# Phase 1: Base\n\n## 1.1 A\n\n- [ ] Ask\n";
    let workspace = shop(text);
    let mut editor = Editor::new(&workspace);
    editor.open("README.md", "");
    editor.problems("README.md", Some(1));
    workspace.write(PATH, WRONG);
    let uri = editor.uri(PATH);
    let changes = json!({ "changes": [{ "uri": uri, "type": 2 }] });
    editor.notify("workspace/didChangeWatchedFiles", changes);
    assert_eq!(editor.problems(PATH, None).len(), 2);
}

#[test]
fn settings_count_as_the_editor_has_them() {
    let text = "# Phase 1: Base\n\n## 1.1 A\n\n- [ ] Ask\n";
    let workspace = shop(text);
    let mut editor = Editor::new(&workspace);
    editor.open("orch.toml", "extars = \"report\"\n");
    let problems = editor.problems("orch.toml", Some(1));
    assert_eq!(
        problems[0]["range"]["start"],
        json!({ "line": 0, "character": 0 })
    );
    editor.replace("orch.toml", 2, "extras = \"report\"\n");
    assert_eq!(editor.problems("orch.toml", Some(2)), Vec::<Value>::new());
    let uri = editor.uri("orch.toml");
    editor.replace("orch.toml", 3, "extars = 1\n");
    assert_eq!(editor.problems("orch.toml", Some(3)).len(), 1);
    // What is closed unsaved is as the disk has it: it isn't there.
    editor.notify(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": uri } }),
    );
    assert_eq!(editor.problems("orch.toml", None), Vec::<Value>::new());
}
