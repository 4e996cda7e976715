//! Files as an editor has them: new, renamed, closed, of no workspace, of any encoding.

use serde_json::{Value, json};

use super::{PATH, WRONG, actions, shop};
use crate::harness::editor::{Editor, capabilities};

const CLEAN: &str = "# Phase 1: Base\n\n## 1.1 A\n\n- [ ] Ask\n";

#[test]
fn a_document_that_was_never_saved_is_read_and_not_run() {
    let workspace = shop(CLEAN);
    let mut editor = Editor::new(&workspace);
    let path = "checklists/shop/phase-02-more.md";
    let text = "# Phase 2: More\n\n## 2.1 A\n\n- [ ] Tell\n- [х] Ask\n";
    editor.open(path, text);
    let problems = editor.problems(path, Some(1));
    assert_eq!(problems.len(), 1, "{problems:#?}");
    let arguments = json!([{ "uri": editor.uri(path), "section": "2.1" }]);
    let params = json!({ "command": "orch.runSection", "arguments": arguments });
    editor.request("workspace/executeCommand", params);
    let shown = editor.shown();
    assert!(
        shown.starts_with("Save first") && shown.contains(path),
        "{shown}"
    );
    // It goes without a trace.
    editor.close(path);
    assert_eq!(editor.problems(path, None), Vec::<Value>::new());
}

#[test]
fn a_renamed_document_takes_its_problems_along() {
    let workspace = shop(WRONG);
    let mut editor = Editor::new(&workspace);
    editor.open(PATH, WRONG);
    assert_eq!(editor.problems(PATH, Some(1)).len(), 2);
    let path = "checklists/shop/phase-01-other.md";
    fs_err::rename(workspace.path(PATH), workspace.path(path)).expect("it is renamed");
    editor.close(PATH);
    editor.open(path, WRONG);
    assert_eq!(editor.problems(path, Some(1)).len(), 2);
    let old = editor.uri(PATH);
    let told = editor
        .told
        .iter()
        .rev()
        .find(|it| it["params"]["uri"] == old);
    let told = &told.expect("it was told")["params"]["diagnostics"];
    assert_eq!(told.as_array().map(Vec::len), Some(0), "{told}");
}

#[test]
fn a_file_of_no_workspace_is_left_alone() {
    let workspace = shop(CLEAN);
    let mut editor = Editor::new(&workspace);
    let uri = format!("file://{}", workspace.outside("phase-01-a.md").display());
    let document = json!({ "uri": uri, "languageId": "markdown", "version": 1, "text": WRONG });
    editor.notify("textDocument/didOpen", json!({ "textDocument": document }));
    let change = json!({ "textDocument": { "uri": uri, "version": 2 },
        "contentChanges": [{ "text": WRONG }] });
    editor.notify("textDocument/didChange", change);
    let about =
        json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 0 } });
    assert_eq!(
        editor.request("textDocument/hover", about.clone()),
        Value::Null
    );
    assert_eq!(
        editor.request("textDocument/documentSymbol", about.clone()),
        json!([])
    );
    let pulled = editor.request("textDocument/diagnostic", about);
    assert_eq!(pulled["items"], json!([]));
    let document = json!({ "textDocument": { "uri": uri } });
    editor.notify("textDocument/didSave", document.clone());
    editor.notify("textDocument/didClose", document);
    // It is said once, as something to know.
    editor.open(PATH, WRONG);
    editor.problems(PATH, Some(1));
    let logged: Vec<&Value> = editor
        .told
        .iter()
        .filter(|it| it["method"] == "window/logMessage")
        .map(|it| &it["params"]["type"])
        .collect();
    assert_eq!(logged, [3], "{:#?}", editor.told);
    assert!(editor.told.iter().all(|it| it["params"]["uri"] != uri));
}

#[test]
fn a_workspace_that_only_a_document_brought_leaves_with_it() {
    let workspace = shop(WRONG);
    workspace.write("orch.toml", "extars = 1\n");
    let mut editor = Editor::silent(&workspace);
    editor.begins(&capabilities(), Value::Null);
    editor.open(PATH, WRONG);
    assert_eq!(editor.problems(PATH, Some(1)).len(), 2);
    assert_eq!(editor.problems("orch.toml", None).len(), 1);
    editor.close(PATH);
    assert_eq!(editor.problems(PATH, None), Vec::<Value>::new());
    assert_eq!(editor.problems("orch.toml", None), Vec::<Value>::new());
}

/// Returns the place of a byte offset as that encoding counts it.
fn place(text: &str, offset: usize, encoding: &str) -> Value {
    let before = text.get(..offset).expect("a place");
    let last = before.rsplit('\n').next().unwrap_or_default();
    let column = match encoding {
        "utf-8" => last.len(),
        _ => last.encode_utf16().count(),
    };
    json!({ "line": before.matches('\n').count(), "character": column })
}

#[test]
fn edits_and_fixes_are_where_they_are_meant_in_each_encoding() {
    let lines =
        "# Фаза 1: Дело 🚀\n\n## 1.1 Начало\n\n- [ ] Спросить 👩‍🚀 их\n🔥 - no\n- [х] Сказать\n";
    for (encoding, text) in [
        ("utf-8", lines.to_owned()),
        ("utf-8", lines.replace('\n', "\r\n")),
        ("utf-16", lines.to_owned()),
        ("utf-16", lines.replace('\n', "\r\n")),
    ] {
        let workspace = shop(&text);
        let mut capabilities = capabilities();
        capabilities["general"] = json!({ "positionEncodings": [encoding] });
        let mut editor = Editor::with(&workspace, &capabilities);
        editor.open(PATH, &text);
        let at = |text: &str, words: &str, behind: bool| {
            let start = text.find(words).expect("it is there");
            place(
                text,
                if behind { start + words.len() } else { start },
                encoding,
            )
        };
        let found = editor.problems(PATH, Some(1));
        let range = &found[0]["range"];
        assert_eq!(range["start"], at(&text, "[х]", false), "{encoding}");
        assert_eq!(range["end"], at(&text, "[х]", true), "{encoding}");

        // Behind the emoji, in the middle of a line.
        let there = json!({ "start": at(&text, "👩‍🚀 ", true), "end": at(&text, "👩‍🚀 их", true) });
        editor.change(
            PATH,
            2,
            json!([{ "range": there, "text": "всех <!-- orch: nope -->" }]),
        );
        let text = text.replace("👩‍🚀 их", "👩‍🚀 всех <!-- orch: nope -->");
        let found = editor.problems(PATH, Some(2));
        let of = |rule: &str| {
            found
                .iter()
                .find(|it| it["code"] == rule)
                .expect("a problem")
        };
        assert_eq!(
            of("directive")["range"]["start"],
            at(&text, "nope", false),
            "{encoding}"
        );
        let fix = &actions(&mut editor, &text, "- [х]", Some("source.fixAll"))[0];
        let edit = &fix["edit"]["documentChanges"][0]["edits"][0];
        assert_eq!(
            edit["range"]["start"],
            at(&text, "[х]", false),
            "{encoding}"
        );
        assert_eq!(edit["range"]["end"], at(&text, "[х]", true), "{encoding}");
    }
}

#[test]
fn settings_with_an_error_say_where() {
    let workspace = shop(CLEAN);
    let mut editor = Editor::new(&workspace);
    // It can't be read as TOML at all; the checklists are checked all the same.
    let broken = "set = \"shop\nstrict = true\n";
    editor.open("orch.toml", broken);
    let problems = editor.problems("orch.toml", Some(1));
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert_eq!(problems[0]["severity"], 1);
    assert_eq!(problems[0]["range"]["start"]["line"], 0);
    editor.open(PATH, WRONG);
    assert_eq!(editor.problems(PATH, Some(1)).len(), 2);
    editor.replace("orch.toml", 2, "set = \"shop\"\n");
    assert_eq!(editor.problems("orch.toml", Some(2)), Vec::<Value>::new());
}
