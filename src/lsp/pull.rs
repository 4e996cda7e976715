//! Problems that an editor asks for: of a document, and of the workspace.

use std::collections::BTreeMap;

use gen_lsp_types::{Diagnostic as Shown, Uri};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answers::{Answer, failed};
use super::desk::inside;
use super::server::Server;
use super::told::{self, Asks, State};

/// What is asked of a document.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfDocument {
    text_document: Document,
    previous_result_id: Option<String>,
}

#[derive(Deserialize)]
struct Document {
    uri: Uri,
}

/// What is asked of the workspace.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfWorkspace {
    #[serde(default)]
    previous_result_ids: Vec<Previous>,
}

/// What the editor has of a file.
#[derive(Deserialize)]
struct Previous {
    uri: Uri,
    value: String,
}

impl Server<'_> {
    /// Answers with what is wrong with a document; nothing is with what is none of a workspace.
    pub(super) fn pull(&mut self, asked: &OfDocument) -> Answer {
        let uri = &asked.text_document.uri;
        let Some((root, path)) = self.desk.place(uri) else {
            return Ok(report(&[], None));
        };
        let mut files = self.desk.problems(&root).map_err(failed)?;
        let shown = files.remove(&path).unwrap_or_default();
        let version = self.desk.view(uri).and_then(|view| view.page.version);
        let state = State {
            version,
            shown: shown.clone(),
        };
        self.desk.answered(&root, &path, state);
        Ok(report(&shown, asked.previous_result_id.as_deref()))
    }

    /// Answers with what is wrong with all files: those with problems, and those that had some.
    pub(super) fn pull_all(&mut self, asked: &OfWorkspace) -> Answer {
        let before = asked.previous_result_ids.iter();
        let mut before: BTreeMap<&str, &str> = before.map(|it| (&*it.uri.0, &*it.value)).collect();
        if self.desk.asks == Asks::Documents {
            self.desk.asks = Asks::Workspace;
            self.desk.tell_all();
        }
        let mut items = Vec::new();
        for root in self.desk.roots() {
            let mut files = self.desk.problems(&root).map_err(failed)?;
            for it in &asked.previous_result_ids {
                if let Some(path) = inside(&root, &it.uri) {
                    files.entry(path).or_default();
                }
            }
            for (path, shown) in files {
                let uri = self.desk.uri(&root, &path);
                let version = self.desk.view(&uri).and_then(|view| view.page.version);
                let mut item = report(&shown, before.remove(&*uri.0));
                item["version"] = json!(version);
                item["uri"] = json!(uri);
                items.push(item);
                // Of what is open, the document's own answers count.
                if version.is_none() {
                    self.desk.answered(&root, &path, State { version, shown });
                }
            }
        }
        // Of what is left, nobody works in the workspace any more.
        for (uri, id) in before {
            let mut item = report(&[], Some(id));
            item["version"] = Value::Null;
            item["uri"] = json!(uri);
            items.push(item);
        }
        Ok(json!({ "items": items }))
    }
}

/// Returns a report: the problems, or that they are those that the editor has.
fn report(shown: &[Shown], before: Option<&str>) -> Value {
    let id = told::id(shown);
    if before == Some(id.as_str()) {
        json!({ "kind": "unchanged", "resultId": id })
    } else {
        json!({ "kind": "full", "resultId": id, "items": shown })
    }
}
