//! What the editor says of itself, and what the server says of itself to it.
//!
//! Of what an editor says only what is used is looked at, wherever it stands: one odd field must not
//! keep an editor from having a server.

use std::path::PathBuf;

use gen_lsp_types::{PositionEncodingKind, Uri};
use serde_json::{Value, json};

use super::actions::{FIX_ALL, PLAN, RUN, STOP};
use super::text::Encoding;
use super::uri;

/// What the editor says of itself.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a capability of the protocol"
)]
#[derive(Debug, Clone)]
pub(super) struct Client {
    /// What a column counts.
    pub(super) encoding: Encoding,
    /// Whether edits may name a document's version.
    pub(super) versioned: bool,
    /// Whether it tells of changed files where it is asked to.
    pub(super) watches: bool,
    /// Whether it shows progress.
    pub(super) progress: bool,
    /// Whether it asks for lenses anew where it is told to.
    pub(super) refreshes: bool,
    /// Whether it asks for the problems of what is open.
    pub(super) pulls: bool,
    /// Whether it asks for problems anew where it is told to.
    pub(super) pulls_anew: bool,
    /// Whether it shows other places that a problem is about.
    pub(super) related: bool,
    /// Whether it takes edits that it didn't ask for.
    pub(super) edits: bool,
    /// The folders that it works in.
    pub(super) folders: Vec<PathBuf>,
}

impl Client {
    /// Reads the parameters of `initialize`.
    pub(super) fn of(params: &Value) -> Self {
        let flag = |pointer: &str| {
            let value = params.pointer(&format!("/capabilities{pointer}"));
            value.and_then(Value::as_bool).unwrap_or_default()
        };
        let has = |pointer: &str| {
            let value = params.pointer(&format!("/capabilities{pointer}"));
            value.is_some_and(Value::is_object)
        };
        let offered = params.pointer("/capabilities/general/positionEncodings");
        let offered: Vec<PositionEncodingKind> = offered
            .and_then(|it| serde_json::from_value(it.clone()).ok())
            .unwrap_or_default();
        Self {
            encoding: Encoding::choose(&offered),
            versioned: flag("/workspace/workspaceEdit/documentChanges"),
            watches: flag("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            progress: flag("/window/workDoneProgress"),
            refreshes: flag("/workspace/codeLens/refreshSupport"),
            pulls: has("/textDocument/diagnostic"),
            pulls_anew: flag("/workspace/diagnostics/refreshSupport"),
            related: flag("/textDocument/publishDiagnostics/relatedInformation")
                || flag("/textDocument/diagnostic/relatedInformation"),
            edits: flag("/workspace/applyEdit"),
            folders: folders(params),
        }
    }

    /// Returns the answer to `initialize`.
    pub(super) fn welcome(&self) -> Value {
        let mut welcome = json!({
            "serverInfo": { "name": "orch", "version": env!("CARGO_PKG_VERSION") },
            "capabilities": {
                "positionEncoding": self.encoding.kind(),
                "textDocumentSync": {
                    "openClose": true, "change": 2, "save": { "includeText": false },
                },
                "hoverProvider": true,
                "definitionProvider": true,
                "documentSymbolProvider": true,
                "codeActionProvider": { "codeActionKinds": ["quickfix", FIX_ALL] },
                "codeLensProvider": { "resolveProvider": false },
                "completionProvider": { "triggerCharacters": [":", " ", "=", ",", "/"] },
                "executeCommandProvider": { "commands": [RUN, PLAN, STOP] },
                "workspace": {
                    "workspaceFolders": { "supported": true, "changeNotifications": true },
                },
            },
        });
        if self.pulls {
            // What is wrong with one document may be seen in another.
            welcome["capabilities"]["diagnosticProvider"] = json!({
                "identifier": "orch", "interFileDependencies": true,
                "workspaceDiagnostics": true,
            });
        }
        welcome
    }
}

/// Returns the folders of `workspaceFolders`, or the one of `rootUri` or `rootPath`.
fn folders(params: &Value) -> Vec<PathBuf> {
    let of = |value: &Value| uri::path(&Uri::from(value.as_str()?));
    let several = params.get("workspaceFolders").and_then(Value::as_array);
    let several = several.into_iter().flatten();
    let several: Vec<PathBuf> = several.filter_map(|it| of(it.get("uri")?)).collect();
    if !several.is_empty() {
        return several;
    }
    let path = || Some(PathBuf::from(params.get("rootPath")?.as_str()?));
    let one = params.get("rootUri").and_then(of).or_else(path);
    one.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(params: &Value, expected: &[&str]) {
        let found = Client::of(params).folders;
        let expected: Vec<PathBuf> = expected.iter().map(PathBuf::from).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn folders_are_taken_from_wherever_the_editor_has_them() {
        check(
            &json!({ "workspaceFolders": [{ "uri": "file:///a", "name": "a" }, {}],
                "rootUri": "file:///b" }),
            &["/a"],
        );
        check(
            &json!({ "workspaceFolders": null, "rootUri": "file:///b" }),
            &["/b"],
        );
        check(&json!({ "rootUri": null, "rootPath": "/c" }), &["/c"]);
        check(&json!({ "capabilities": 7 }), &[]);
    }
}
