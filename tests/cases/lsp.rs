//! An editor's view, by an editor that drives the program over stdio.

mod files;
mod overtaken;
mod pull;
mod sections;
mod session;

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::commands::check_golden;
use crate::harness::call_center::{CHECKLIST, call_center, checklist};
use crate::harness::editor::{Editor, capabilities, edited, position};
use crate::harness::workspace::Workspace;

/// A checklist of its own, in a workspace without anything else.
const PATH: &str = "checklists/shop/phase-01-base.md";

fn shop(text: &str) -> Workspace {
    Workspace::new().file(PATH, text).commit_all()
}

fn range(text: &str, words: &str) -> Value {
    let start = text.find(words).expect("it is there");
    json!({ "start": position(text, start), "end": position(text, start + words.len()) })
}

const WRONG: &str = "# Фаза 1: Дело 🚀\n\n## 1.1 Начало\n\n- [ ] Спросить\n- [х] Сказать 🚀 всем\n\
    - [ ] Прогреть 🔥 кэш <!-- orch: afetr=1.1.1 -->\n";

/// Opens a document with two problems, by an editor that counts columns so.
fn problems_of(encodings: &Value) -> (Workspace, Editor, Vec<Value>) {
    let workspace = shop(WRONG);
    let mut capabilities = capabilities();
    capabilities["general"] = json!({ "positionEncodings": encodings });
    let mut editor = Editor::with(&workspace, &capabilities);
    editor.open(PATH, WRONG);
    let problems = editor.problems(PATH, Some(1));
    (workspace, editor, problems)
}

#[test]
fn problems_are_shown_where_they_are() {
    let (_workspace, mut editor, problems) = problems_of(&json!(["utf-16"]));
    let of = |rule: &str| {
        let found = problems.iter().find(|it| it["code"] == rule);
        found.unwrap_or_else(|| panic!("no {rule} in {problems:#?}"))
    };
    assert_eq!(of("directive")["range"], range(WRONG, "afetr=1.1.1"));
    assert_eq!(of("directive")["severity"], 1);
    assert_eq!(of("directive")["source"], "orch");
    let message = of("directive")["message"].as_str().expect("a text");
    assert!(message.contains("did you mean `after`?"), "{message}");
    assert_eq!(of("box")["severity"], 2);
    assert_eq!(of("box")["range"]["start"]["line"], 5);

    // What is mended in the buffer is no problem any more, though the disk has it still.
    let start = WRONG.find("afetr").expect("there");
    let place = json!({ "start": position(WRONG, start), "end": position(WRONG, start + 5) });
    editor.change(PATH, 2, json!([{ "range": place, "text": "after" }]));
    let left = editor.problems(PATH, Some(2));
    let rules: Vec<&Value> = left.iter().map(|it| &it["code"]).collect();
    assert_eq!(rules, ["box"], "{left:#?}");
}

#[test]
fn columns_are_bytes_where_the_editor_offers_that() {
    let (_workspace, _editor, problems) = problems_of(&json!(["utf-16", "utf-8"]));
    let found = problems.iter().find(|it| it["code"] == "directive");
    let line = WRONG.lines().nth(6).expect("there");
    let column = line.find("afetr").expect("there");
    let start = &found.expect("it is found")["range"]["start"];
    assert_eq!(*start, json!({ "line": 6, "character": column }));
}

/// Asks for the actions at some words and returns them.
fn actions(editor: &mut Editor, text: &str, words: &str, only: Option<&str>) -> Vec<Value> {
    let mut context = json!({ "diagnostics": [] });
    if let Some(only) = only {
        context["only"] = json!([only]);
    }
    let document = json!({ "uri": editor.uri(PATH) });
    let params =
        json!({ "textDocument": document, "range": range(text, words), "context": context });
    let actions = editor.request("textDocument/codeAction", params);
    actions.as_array().expect("a list").clone()
}

#[test]
fn a_fix_gives_the_mended_text_byte_for_byte() {
    let (_workspace, mut editor, _) = problems_of(&json!(["utf-16"]));
    let found = actions(&mut editor, WRONG, "[х] Ска", Some("quickfix"));
    assert_eq!(found.len(), 1, "{found:#?}");
    let fix = &found[0];
    assert_eq!(fix["kind"], "quickfix");
    assert_eq!(fix["isPreferred"], true);
    assert_eq!(fix["diagnostics"][0]["code"], "box");
    let change = &fix["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"]["version"], 1);
    let mended = edited(WRONG, &change["edits"]);
    assert_eq!(mended, WRONG.replace("[х]", "[x]"));
    editor.replace(PATH, 2, &mended);
    let left = editor.problems(PATH, Some(2));
    assert!(left.iter().all(|it| it["code"] != "box"), "{left:#?}");
}

#[test]
fn all_that_is_beyond_doubt_is_fixed_at_once() {
    let text = "# Phase 1: Base\n\n## 1.1 Begin 🚀\n\n- [х] Ask\n- [ ]Tell\n- [~] Book\n";
    let workspace = shop(text);
    let mut capabilities = capabilities();
    capabilities["workspace"]["workspaceEdit"] = json!({});
    let mut editor = Editor::with(&workspace, &capabilities);
    editor.open(PATH, text);
    let found = actions(&mut editor, text, "# Phase", Some("source.fixAll"));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0]["kind"], "source.fixAll.orch");
    let edits = &found[0]["edit"]["changes"][editor.uri(PATH)];
    let mended = edited(text, edits);
    assert_eq!(
        mended,
        text.replace("[х]", "[x]").replace("[ ]Tell", "[ ] Tell")
    );
    // The same as the command line mends.
    workspace.orch(&["check", "--fix"]);
    assert_eq!(workspace.read(PATH), mended);
    // Nothing that an editor does on its own runs anything.
    let only = actions(&mut editor, text, "## 1.1", Some("source"));
    assert!(
        only.iter().all(|it| it.get("command").is_none()),
        "{only:#?}"
    );
}

#[test]
fn a_place_shows_what_is_known_of_it() {
    let workspace = call_center();
    let text = checklist().replace(
        "PDB: minAvailable 1",
        "PDB: minAvailable 1 <!-- orch: after=4.2.1 timeout=5m -->",
    );
    let mut editor = Editor::new(&workspace);
    editor.open(CHECKLIST, &text);
    let page = (CHECKLIST, text.as_str());
    let mut shown = String::new();
    for words in [
        "call processor (API and AudioSocket)",
        "services, ports, volumes",
        "docker-compose.yml",
        "/health/ready`\n",
        "k8s/ingress.yml",
        "Which volumes",
        "timeout=5m",
        "4.2.1 timeout",
        "4.3 Data stores",
    ] {
        let hover = editor.hover(page, words);
        writeln!(shown, "==== {}\n{hover}", words.trim()).expect("a text takes it");
    }
    check_golden("lsp-hover", &shown);
    assert_eq!(editor.at("textDocument/hover", page, "# "), Value::Null);
}

#[test]
fn text_of_documents_is_no_markup_where_it_is_shown() {
    let text = "# Phase 1: Base\n\n## 1.1 A\n\n- [ ] Ask *who* <img src=x> [here](command:evil)\n";
    let workspace = shop(text);
    let mut editor = Editor::new(&workspace);
    editor.open(PATH, text);
    let hover = editor.hover((PATH, text), "who");
    for piece in ["<img", "[here](", "*who*"] {
        assert!(!hover.contains(piece), "{piece} in {hover}");
    }
}

#[test]
fn a_problem_shows_its_rule() {
    let (_workspace, mut editor, _) = problems_of(&json!(["utf-16"]));
    let hover = editor.hover((PATH, WRONG), "[х]");
    for piece in ["Rule `box`", "Why: ", "Way out: "] {
        assert!(hover.contains(piece), "no {piece:?} in {hover}");
    }
    // The directive can't be read; the rest of the document is known all the same.
    assert!(
        editor
            .hover((PATH, WRONG), "Спросить")
            .contains("**1.1.1**")
    );
}

#[test]
fn sections_and_tasks_are_the_outline() {
    let text =
        "# Phase 1: Base\n\n## 1.1 Begin\n\n- [x] Ask 🚀\n- [ ] Tell\n\n## 1.2 End\n\n- [ ] Book\n";
    let workspace = shop(text);
    let mut editor = Editor::new(&workspace);
    editor.open(PATH, text);
    let symbols = editor.about("textDocument/documentSymbol", PATH);
    let names = |list: &Value| -> Vec<String> {
        let list = list.as_array().expect("a list").iter();
        list.map(|it| it["name"].as_str().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(names(&symbols), ["1.1 Begin", "1.2 End"]);
    let tasks = &symbols[0]["children"];
    assert_eq!(names(tasks), ["✓ 1.1.1 Ask 🚀", "☐ 1.1.2 Tell"]);
    assert_eq!(tasks[0]["detail"], "manual");
    assert_eq!(tasks[1]["selectionRange"]["start"]["line"], 5);
    assert_eq!(symbols[0]["detail"], "1 of 2 open");
}

#[test]
fn names_lead_to_what_they_name() {
    let workspace = call_center();
    let text = checklist().replace(
        "PDB: minAvailable 1",
        "PDB: minAvailable 1 <!-- orch: after=4.2.1 -->",
    );
    let mut editor = Editor::new(&workspace);
    editor.open(CHECKLIST, &text);
    let page = (CHECKLIST, text.as_str());
    let task = editor.at("textDocument/definition", page, "4.2.1 -->");
    let line = position(
        &text,
        text.find("`k8s/call-processor/deployment").expect("there"),
    );
    assert_eq!(task[0]["uri"], editor.uri(CHECKLIST));
    assert_eq!(task[0]["range"]["start"]["line"], line["line"]);
    let file = editor.at("textDocument/definition", page, "src/config.py");
    assert_eq!(file[0]["uri"], editor.uri("src/config.py"));
    let endpoint = editor.at("textDocument/definition", page, "/health/ready`");
    assert_eq!(endpoint[0]["uri"], editor.uri("src/api/health.py"));
    let nothing = editor.at("textDocument/definition", page, "k8s/ingress.yml");
    assert_eq!(nothing, json!([]), "it isn't written yet");
}

#[test]
fn directives_are_completed() {
    let text =
        "# Phase 1: Base\n\n## 1.1 A\n\n- [ ] Ask 🚀\n- [ ] Tell <!-- orch: manual after=1. -->\n";
    let workspace = shop(text);
    workspace.write("k8s/a.yml", "kind: X\n");
    let mut editor = Editor::new(&workspace);
    editor.open(PATH, text);
    let page = (PATH, text);
    let labels = |list: Value| -> Vec<String> {
        let list = list.as_array().expect("a list").clone().into_iter();
        list.map(|it| it["label"].as_str().expect("a label").to_owned())
            .collect()
    };
    let method = "textDocument/completion";
    let tasks = editor.at(method, page, " -->");
    let start = text.find("1. -->").expect("there");
    let place = json!({ "start": position(text, start), "end": position(text, start + 2) });
    assert_eq!(tasks[0]["textEdit"]["range"], place);
    assert_eq!(labels(tasks), ["1.1.1"]);
    let keys = labels(editor.at(method, page, "after="));
    assert!(keys.contains(&"after=".to_owned()), "{keys:?}");
    assert!(
        !keys.contains(&"manual".to_owned()),
        "it is there: {keys:?}"
    );
    assert_eq!(editor.at(method, page, "Ask"), json!([]));
    let text = text.replace("after=1.", "apply=");
    editor.replace(PATH, 2, &text);
    let paths = labels(editor.at(method, (PATH, &text), " -->"));
    assert_eq!(paths, ["fence", "k8s/a.yml"]);
}
