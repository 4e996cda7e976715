//! What the server answers, and what it does when it is told something.

use std::path::Path;
use std::rc::Rc;

use gen_lsp_types::{
    CodeActionParams, DidChangeTextDocumentParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, MessageType, Position, Range, Uri,
};
use lsp_server::ErrorCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::actions::{self, Wish};
use super::definition::Lead;
use super::seen::{Reading, Seen};
use super::server::{Refused, Server};
use super::{completion, definition, hover, symbols, uri};

pub(super) type Answer = Result<Value, Refused>;

/// A place in a document, as requests name it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct At {
    text_document: Document,
    #[serde(default)]
    position: Position,
}

#[derive(Deserialize)]
struct Document {
    uri: Uri,
}

impl Server<'_> {
    /// Answers a request.
    pub(super) fn respond(&mut self, method: &str, params: Value) -> Answer {
        match method {
            "textDocument/hover" => self.hover(&read(params)?),
            "textDocument/definition" => Ok(self.definition(&read(params)?)),
            "textDocument/documentSymbol" => self.symbols(&read(params)?),
            "textDocument/codeLens" => self.lenses(&read(params)?),
            "textDocument/codeAction" => self.actions(&read(params)?),
            "textDocument/completion" => self.completion(&read(params)?),
            "textDocument/diagnostic" => self.pull(&read(params)?),
            "workspace/diagnostic" => self.pull_all(&read(params)?),
            "workspace/executeCommand" => self.command(&params),
            _ => {
                let said = format!("`{method}` is nothing that this server does");
                Err(Refused::new(ErrorCode::MethodNotFound, said))
            }
        }
    }

    /// Takes a notification in; what isn't known is passed over.
    pub(super) fn heard(&mut self, method: &str, params: Value) -> Result<(), Refused> {
        match method {
            "initialized" => self.begin(),
            "textDocument/didOpen" => {
                let it: DidOpenTextDocumentParams = read(params)?;
                let it = it.text_document;
                match self.desk.open(&it.uri, it.version, &it.text) {
                    Ok(()) => Ok(()),
                    // What lies in no workspace is none of orch's.
                    Err(why) => self.log(MessageType::Info, &why).map_err(broken),
                }
            }
            "textDocument/didChange" => {
                let it: DidChangeTextDocumentParams = read(params)?;
                let document = it.text_document;
                let uri = &document.text_document_identifier.uri;
                let changed = self.desk.change(uri, document.version, it.content_changes);
                changed.map_err(failed)
            }
            "textDocument/didClose" => {
                let it: DidCloseTextDocumentParams = read(params)?;
                let told = self.desk.close(&it.text_document.uri);
                self.take_back(&told)
            }
            "textDocument/didSave" => {
                let it: DidSaveTextDocumentParams = read(params)?;
                self.desk.saved(&it.text_document.uri);
                Ok(())
            }
            "workspace/didChangeWatchedFiles" => {
                for uri in uris(&params, "/changes") {
                    self.desk.changed_on_disk(&uri);
                }
                Ok(())
            }
            "workspace/didChangeWorkspaceFolders" => self.folders_changed(&params),
            "window/workDoneProgress/cancel" => {
                self.jobs.cancel(params.get("token"));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Begins to work once the editor is ready for it.
    fn begin(&mut self) -> Result<(), Refused> {
        if self.client.watches {
            let all = json!({ "registrations": [{
                "id": "orch-files", "method": "workspace/didChangeWatchedFiles",
                "registerOptions": { "watchers": [{ "globPattern": "**/*" }] },
            }] });
            self.request("client/registerCapability", all)
                .map_err(broken)?;
            self.desk.watched = true;
        }
        for folder in self.client.folders.clone() {
            self.add(&folder)?;
        }
        Ok(())
    }

    fn add(&mut self, folder: &Path) -> Result<(), Refused> {
        match self.desk.add(folder) {
            Ok(()) => Ok(()),
            // A folder of the editor's needn't hold a rollout.
            Err(why) => self.log(MessageType::Info, &why).map_err(broken),
        }
    }

    fn folders_changed(&mut self, params: &Value) -> Result<(), Refused> {
        for uri in uris(params, "/event/removed") {
            let folder = uri::path(&uri);
            let told = folder.map(|it| self.desk.remove(&it));
            self.take_back(&told.unwrap_or_default())?;
        }
        for uri in uris(params, "/event/added") {
            if let Some(folder) = uri::path(&uri) {
                self.add(&folder)?;
            }
        }
        Ok(())
    }

    /// Takes back what was sent of files that nobody looks at any more.
    fn take_back(&mut self, files: &[Uri]) -> Result<(), Refused> {
        for uri in files {
            self.publish(uri, None, &[]).map_err(broken)?;
        }
        Ok(())
    }

    /// Returns a workspace and the checklist that is open in it; nothing where the document is no
    /// checklist.
    fn checklist(&mut self, uri: &Uri) -> Option<(Rc<Seen>, Rc<Reading>)> {
        let (root, path) = self.desk.place(uri)?;
        let reading = self.desk.reading(&root, &path)?;
        Some((self.desk.seen(&root).ok()?, reading))
    }

    fn hover(&mut self, at: &At) -> Answer {
        let uri = &at.text_document.uri;
        let Some((root, path)) = self.desk.place(uri) else {
            return Ok(Value::Null);
        };
        let known = self.checklist(uri);
        let found = self.desk.found(&root).map_err(failed)?;
        let Some(view) = self.desk.view(uri) else {
            return Ok(Value::Null);
        };
        let offset = view.page.lines.offset(at.position);
        let rules = hover::rules(&found, &path, offset);
        let known = known.and_then(|(seen, reading)| hover::at(&seen, &reading, offset));
        let (text, range) = match known {
            Some((text, span)) => (text, Some(view.page.range(&span))),
            None => (String::new(), None),
        };
        let line = if rules.is_empty() || text.is_empty() {
            ""
        } else {
            "\n---\n\n"
        };
        let shown = format!("{text}{line}{rules}");
        if shown.is_empty() {
            return Ok(Value::Null);
        }
        let mut hover = json!({ "contents": { "kind": "markdown", "value": shown } });
        if let Some(range) = range {
            hover["range"] = json!(range);
        }
        Ok(hover)
    }

    fn definition(&mut self, at: &At) -> Value {
        let uri = &at.text_document.uri;
        let Some((seen, reading)) = self.checklist(uri) else {
            return Value::Null;
        };
        let Some(view) = self.desk.view(uri) else {
            return Value::Null;
        };
        let offset = view.page.lines.offset(at.position);
        let leads = definition::of(&seen, &reading, offset)
            .into_iter()
            .map(|lead| match lead {
                Lead::Here(span) => json!({ "uri": uri, "range": view.page.range(&span) }),
                Lead::File(path, line) => {
                    let line = u32::try_from(line.saturating_sub(1)).unwrap_or_default();
                    let start = Position::new(line, 0);
                    let uri = self.desk.uri(view.root, &path);
                    json!({ "uri": uri, "range": Range::new(start, start) })
                }
            });
        leads.collect()
    }

    fn symbols(&mut self, at: &At) -> Answer {
        let uri = &at.text_document.uri;
        let Some((_, reading)) = self.checklist(uri) else {
            return Ok(json!([]));
        };
        let view = self.desk.view(uri);
        value(view.map(|view| symbols::of(&view.page, &reading)))
    }

    fn lenses(&mut self, at: &At) -> Answer {
        let uri = &at.text_document.uri;
        let Some((_, reading)) = self.checklist(uri) else {
            return Ok(json!([]));
        };
        let Some(view) = self.desk.view(uri) else {
            return Ok(json!([]));
        };
        let running = self.jobs.section(view.root, &view.page.path);
        value(symbols::lenses(&view.page, &reading, running))
    }

    fn actions(&mut self, params: &CodeActionParams) -> Answer {
        let uri = &params.text_document.uri;
        let Some((root, path)) = self.desk.place(uri) else {
            return Ok(json!([]));
        };
        let found = self.desk.found(&root).map_err(failed)?;
        let reading = self.desk.reading(&root, &path);
        let Some(view) = self.desk.view(uri) else {
            return Ok(json!([]));
        };
        let wish = Wish {
            span: view.page.lines.span(params.range),
            only: params.context.only.as_deref(),
            versioned: self.client.versioned,
        };
        let mut actions = actions::at(&view.page, &found, &wish);
        if let Some(reading) = &reading {
            actions.extend(actions::of_section(&view.page, reading, &wish));
        }
        value(actions)
    }

    fn completion(&mut self, at: &At) -> Answer {
        let uri = &at.text_document.uri;
        let Some((root, path)) = self.desk.place(uri) else {
            return Ok(json!([]));
        };
        let seen = self.desk.seen(&root).map_err(failed)?;
        let reading = self.desk.reading(&root, &path);
        let Some(view) = self.desk.view(uri) else {
            return Ok(json!([]));
        };
        let offset = view.page.lines.offset(at.position);
        let known = (&*seen, reading.as_deref());
        value(completion::at(&view.page, known, offset))
    }
}

/// Returns the parameters as what they are to be.
pub(super) fn read<T: DeserializeOwned>(params: Value) -> Result<T, Refused> {
    let read = serde_json::from_value(params);
    read.map_err(|error| Refused::new(ErrorCode::InvalidParams, error.to_string()))
}

fn value(of: impl Serialize) -> Answer {
    let value = serde_json::to_value(of);
    value.map_err(|error| Refused::new(ErrorCode::InternalError, error.to_string()))
}

pub(super) fn failed(why: String) -> Refused {
    Refused::new(ErrorCode::RequestFailed, why)
}

/// Where stdout is gone, the next answer ends the server.
#[allow(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
pub(super) fn broken(error: std::io::Error) -> Refused {
    failed(error.to_string())
}

/// Returns the `uri` of each item of a list.
fn uris(params: &Value, pointer: &str) -> Vec<Uri> {
    let list = params.pointer(pointer).and_then(Value::as_array);
    let items = list.into_iter().flatten();
    let uris = items.filter_map(|it| it.get("uri")?.as_str().map(Uri::from));
    uris.collect()
}
