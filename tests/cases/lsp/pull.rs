//! Problems that an editor asks for.

use serde_json::{Value, json};

use super::{PATH, WRONG, range, shop};
use crate::harness::editor::{Editor, capabilities};

/// What an editor says that asks for problems.
fn pulling() -> Value {
    let mut capabilities = capabilities();
    capabilities["textDocument"]["diagnostic"] =
        json!({ "dynamicRegistration": true, "relatedInformation": true });
    capabilities["workspace"]["diagnostics"] = json!({ "refreshSupport": true });
    capabilities
}

/// Asks for a document's problems; `before` is the id of the answer before.
#[track_caller]
fn pull(editor: &mut Editor, path: &str, before: Option<&Value>) -> Value {
    let mut params = json!({ "textDocument": { "uri": editor.uri(path) }, "identifier": "orch" });
    if let Some(before) = before {
        params["previousResultId"] = before.clone();
    }
    editor.request("textDocument/diagnostic", params)
}

#[track_caller]
fn rules(report: &Value) -> Vec<&str> {
    let items = report["items"].as_array().expect("a full report");
    let rules = items.iter().map(|it| it["code"].as_str().expect("a rule"));
    rules.collect()
}

/// Returns what was sent of a file without being asked for.
fn sent(editor: &Editor, path: &str) -> Vec<usize> {
    let uri = editor.uri(path);
    let told = editor.told.iter().filter(|it| {
        it["method"] == "textDocument/publishDiagnostics" && it["params"]["uri"] == uri
    });
    let count = |it: &Value| it["params"]["diagnostics"].as_array().map_or(0, Vec::len);
    told.map(count).collect()
}

#[test]
fn what_an_editor_asks_for_isnt_sent_as_well() {
    let workspace = shop("# Phase 1: Base\n\n## 1.1 A\n\n- [ ] Ask\n");
    let mut editor = Editor::silent(&workspace);
    let folder = json!([{ "uri": editor.uri(""), "name": "work" }]);
    let offered = editor.begins(&pulling(), folder);
    let provider = &offered["diagnosticProvider"];
    assert_eq!(provider["interFileDependencies"], true);
    assert_eq!(provider["workspaceDiagnostics"], true);

    editor.open(PATH, WRONG);
    let first = pull(&mut editor, PATH, None);
    assert_eq!(first["kind"], "full");
    assert_eq!(rules(&first), ["box", "directive"]);
    let again = pull(&mut editor, PATH, Some(&first["resultId"]));
    assert_eq!(again["kind"], "unchanged");
    assert_eq!(again["resultId"], first["resultId"]);
    editor.replace(PATH, 2, &WRONG.replace("afetr", "after"));
    let second = pull(&mut editor, PATH, Some(&first["resultId"]));
    assert_eq!(rules(&second), ["box"]);

    // What isn't looked at any more is answered once, as what is cancelled.
    let document = json!({ "uri": editor.uri(PATH) });
    let id = editor.begin(
        "textDocument/diagnostic",
        json!({ "textDocument": document }),
    );
    editor.notify("$/cancelRequest", json!({ "id": id }));
    editor.response(id);
    assert_eq!(rules(&pull(&mut editor, PATH, None)), ["box"]);
    assert_eq!(sent(&editor, PATH), [0; 0], "{:#?}", editor.told);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn an_editor_that_cant_ask_is_offered_nothing_of_it() {
    let workspace = shop(WRONG);
    let mut editor = Editor::silent(&workspace);
    let folder = json!([{ "uri": editor.uri(""), "name": "work" }]);
    let offered = editor.begins(&capabilities(), folder);
    assert!(offered.get("diagnosticProvider").is_none(), "{offered}");
    assert_eq!(editor.problems(PATH, None).len(), 2);
}

#[test]
fn the_workspace_is_sent_until_it_is_asked_for() {
    let workspace = shop(WRONG);
    let mut editor = Editor::with(&workspace, &pulling());
    // Not every editor asks for more than what is open.
    assert_eq!(editor.problems(PATH, None).len(), 2);
    let ask = |editor: &mut Editor, before: Value| {
        let mut params = json!({});
        params["previousResultIds"] = before;
        editor.request("workspace/diagnostic", params)["items"].clone()
    };
    let all = ask(&mut editor, json!([]));
    let uri = editor.uri(PATH);
    let of = |all: &Value| {
        let all = all.as_array().expect("a list").iter();
        let mut own = all.filter(|it| it["uri"] == uri);
        own.next().expect("the checklist").clone()
    };
    let report = of(&all);
    assert_eq!(rules(&report), ["box", "directive"]);
    assert_eq!(report["version"], Value::Null);
    assert_eq!(
        editor.problems(PATH, None),
        Vec::<Value>::new(),
        "it is taken back"
    );

    let before = json!([{ "uri": uri, "value": report["resultId"] }]);
    assert_eq!(of(&ask(&mut editor, before.clone()))["kind"], "unchanged");
    workspace.write(PATH, WRONG.replace("afetr", "after").replace("[х]", "[x]"));
    let changed = json!({ "changes": [{ "uri": uri, "type": 2 }] });
    editor.notify("workspace/didChangeWatchedFiles", changed);
    editor.until("to be told to ask again", |it| {
        it["method"] == "workspace/diagnostic/refresh"
    });
    let report = of(&ask(&mut editor, before));
    assert_eq!(report["kind"], "full");
    assert_eq!(rules(&report), [""; 0]);
    assert_eq!(sent(&editor, PATH), [2, 0]);
}

#[test]
fn what_is_opened_is_asked_for_and_what_is_closed_is_sent() {
    let workspace = shop(WRONG);
    let mut editor = Editor::with(&workspace, &pulling());
    assert_eq!(editor.problems(PATH, None).len(), 2);
    editor.open(PATH, WRONG);
    assert_eq!(editor.problems(PATH, None).len(), 0, "it is taken back");
    assert_eq!(rules(&pull(&mut editor, PATH, None)).len(), 2);
    editor.close(PATH);
    assert_eq!(editor.problems(PATH, None).len(), 2);
}

#[test]
fn what_another_file_changes_is_asked_for_again() {
    let text = "# Phase 1: Base\n\n## 1.1 A\n\n- [ ] Study `src/gone.py`\n";
    let workspace = shop(text);
    let mut editor = Editor::with(&workspace, &pulling());
    editor.open(PATH, text);
    assert_eq!(rules(&pull(&mut editor, PATH, None)), ["path"]);
    workspace.write("src/gone.py", "pass\n");
    let uri = editor.uri("src/gone.py");
    let changed = json!({ "changes": [{ "uri": uri, "type": 1 }] });
    editor.notify("workspace/didChangeWatchedFiles", changed);
    editor.until("to be told to ask again", |it| {
        it["method"] == "workspace/diagnostic/refresh"
    });
    assert_eq!(rules(&pull(&mut editor, PATH, None)), [""; 0]);
}

#[test]
fn the_other_place_of_a_problem_is_shown_where_the_editor_can() {
    let text = "# Phase 1: Base\n\n## 1.1 A 🚀\n\n- [ ] Ask <!-- orch: id=one -->\n\
        - [ ] Tell <!-- orch: id=one -->\n";
    let workspace = shop(text);
    let mut editor = Editor::with(&workspace, &pulling());
    editor.open(PATH, text);
    let report = pull(&mut editor, PATH, None);
    assert_eq!(rules(&report), ["id"]);
    let related = &report["items"][0]["relatedInformation"];
    assert_eq!(related[0]["location"]["uri"], editor.uri(PATH));
    assert_eq!(related[0]["location"]["range"], range(text, "[ ]"));
    assert_eq!(related[0]["message"], "the first task with this id");

    let mut plain = Editor::new(&workspace);
    plain.open(PATH, text);
    let problems = plain.problems(PATH, Some(1));
    assert!(
        problems[0].get("relatedInformation").is_none(),
        "{problems:#?}"
    );
}
