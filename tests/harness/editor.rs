//! An editor: it drives `orch lsp` over stdio and keeps what it is told.
//!
//! It speaks the frames itself, so that it can also send what no editor should.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use serde_json::{Value, json};

use crate::harness::wait::LIMIT;
use crate::harness::workspace::Workspace;

/// An editor with a server; dropping it kills the server.
pub(crate) struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    received: Receiver<Value>,
    root: String,
    next: i64,
    /// All that the server said, answers to requests apart.
    pub(crate) told: Vec<Value>,
}

/// What an editor of today says that it can.
pub(crate) fn capabilities() -> Value {
    json!({
        "workspace": {
            "workspaceEdit": { "documentChanges": true },
            "didChangeWatchedFiles": { "dynamicRegistration": true },
            "codeLens": { "refreshSupport": true },
        },
        "window": { "workDoneProgress": true },
    })
}

impl Editor {
    /// Starts a server in a workspace, and says nothing to it yet.
    pub(crate) fn silent(workspace: &Workspace) -> Self {
        let mut child = workspace
            .command(&["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program was built");
        let (sender, received) = channel();
        let output = child.stdout.take().expect("a pipe");
        thread::spawn(move || listen(output, &sender));
        Self {
            input: child.stdin.take(),
            child,
            received,
            root: workspace.root().display().to_string(),
            next: 1,
            told: Vec::new(),
        }
    }

    /// Starts a server for a workspace as an editor of today does.
    pub(crate) fn new(workspace: &Workspace) -> Self {
        Self::with(workspace, &capabilities())
    }

    /// Starts a server for a workspace as an editor with these capabilities does.
    pub(crate) fn with(workspace: &Workspace, capabilities: &Value) -> Self {
        let mut editor = Self::silent(workspace);
        let folder = json!({ "uri": editor.uri(""), "name": "work" });
        editor.begins(capabilities, json!([folder]));
        editor
    }

    /// Begins a session with these capabilities in these folders; returns what the server can.
    pub(crate) fn begins(&mut self, capabilities: &Value, folders: Value) -> Value {
        let mut params =
            json!({ "processId": null, "rootUri": null, "capabilities": capabilities });
        params["workspaceFolders"] = folders;
        let welcome = self.request("initialize", params);
        self.notify("initialized", json!({}));
        welcome["capabilities"].clone()
    }

    /// Returns a file's URI.
    pub(crate) fn uri(&self, path: &str) -> String {
        let path = path.replace(' ', "%20");
        let uri = format!("file://{}/{path}", self.root);
        uri.trim_end_matches('/').to_owned()
    }

    /// Sends any bytes.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("it is open");
        input.write_all(bytes).expect("the server listens");
        input.flush().expect("the server listens");
    }

    fn send(&mut self, mut message: Value) {
        message["jsonrpc"] = "2.0".into();
        self.raw(&framed(&message.to_string()));
    }

    /// Sends a notification.
    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        let mut message = json!({ "method": method });
        message["params"] = params;
        self.send(message);
    }

    /// Sends a request and returns its id.
    pub(crate) fn begin(&mut self, method: &str, params: Value) -> i64 {
        let id = self.next;
        self.next += 1;
        let mut message = json!({ "id": id, "method": method });
        message["params"] = params;
        self.send(message);
        id
    }

    /// Sends a request and returns the whole response.
    #[track_caller]
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        self.response(id)
    }

    /// Awaits a request's response.
    #[track_caller]
    pub(crate) fn response(&mut self, id: i64) -> Value {
        self.until("a response", |it| {
            it["id"] == id && it.get("method").is_none()
        })
    }

    /// Sends a request and returns its result.
    #[track_caller]
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        let response = self.ask(method, params);
        assert!(response.get("error").is_none(), "{method}: {response}");
        response["result"].clone()
    }

    /// Awaits a message that isn't there yet; requests of the server's are answered meanwhile.
    #[track_caller]
    pub(crate) fn until(&mut self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        loop {
            let Ok(message) = self.received.recv_timeout(LIMIT) else {
                panic!("waited for {what}; the server said {:#?}", self.told);
            };
            if message.get("method").is_some() && message.get("id").is_some() {
                let applied = message["method"] == "workspace/applyEdit";
                let result = if applied {
                    json!({ "applied": true })
                } else {
                    Value::Null
                };
                self.send(json!({ "id": message["id"], "result": result }));
            }
            let found = is(&message);
            self.told.push(message.clone());
            if found {
                return message;
            }
        }
    }

    /// Opens a document.
    pub(crate) fn open(&mut self, path: &str, text: &str) {
        let uri = self.uri(path);
        self.notify(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": uri, "languageId": "markdown", "version": 1,
                "text": text } }),
        );
    }

    /// Closes a document.
    pub(crate) fn close(&mut self, path: &str) {
        let document = json!({ "uri": self.uri(path) });
        self.notify("textDocument/didClose", json!({ "textDocument": document }));
    }

    /// Says that a document was saved, which a test has done itself.
    pub(crate) fn saved(&mut self, path: &str) {
        let document = json!({ "uri": self.uri(path) });
        self.notify("textDocument/didSave", json!({ "textDocument": document }));
    }

    /// Replaces a document's whole text.
    pub(crate) fn replace(&mut self, path: &str, version: i64, text: &str) {
        self.change(path, version, json!([{ "text": text }]));
    }

    /// Changes a document.
    pub(crate) fn change(&mut self, path: &str, version: i64, changes: Value) {
        let document = json!({ "uri": self.uri(path), "version": version });
        let mut params = json!({ "textDocument": document });
        params["contentChanges"] = changes;
        self.notify("textDocument/didChange", params);
    }

    /// Awaits what is wrong with a file, at that version where one is given.
    #[track_caller]
    pub(crate) fn problems(&mut self, path: &str, version: Option<i64>) -> Vec<Value> {
        let uri = self.uri(path);
        let message = self.until(&format!("the problems of {path}"), |it| {
            let of = &it["params"];
            it["method"] == "textDocument/publishDiagnostics"
                && of["uri"] == uri
                && version.is_none_or(|version| of["version"] == version)
        });
        let problems = message["params"]["diagnostics"].as_array();
        problems.expect("a list").clone()
    }

    /// Awaits the message that is shown to the person.
    #[track_caller]
    pub(crate) fn shown(&mut self) -> String {
        let message = self.until("a message", |it| it["method"] == "window/showMessage");
        let text = message["params"]["message"].as_str();
        text.expect("a text").to_owned()
    }

    /// Asks about a place of a document: where some words begin in it.
    #[track_caller]
    pub(crate) fn at(&mut self, method: &str, (path, text): (&str, &str), words: &str) -> Value {
        let position = position(text, text.find(words).expect("it is there"));
        let document = json!({ "uri": self.uri(path) });
        self.request(
            method,
            json!({ "textDocument": document, "position": position }),
        )
    }

    /// Returns the Markdown that is shown over a place.
    #[track_caller]
    pub(crate) fn hover(&mut self, page: (&str, &str), words: &str) -> String {
        let hover = self.at("textDocument/hover", page, words);
        let text = hover["contents"]["value"].as_str();
        text.unwrap_or_default().to_owned()
    }

    /// Asks about a whole document.
    #[track_caller]
    pub(crate) fn about(&mut self, method: &str, path: &str) -> Value {
        let document = json!({ "uri": self.uri(path) });
        self.request(method, json!({ "textDocument": document }))
    }

    /// Leaves in order and returns the server's exit code.
    #[track_caller]
    pub(crate) fn leave(mut self) -> Option<i32> {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.ended()
    }

    /// Says no more and returns the server's exit code.
    #[track_caller]
    pub(crate) fn ended(&mut self) -> Option<i32> {
        self.input = None;
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Returns a frame.
pub(crate) fn framed(body: &str) -> Vec<u8> {
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Returns the place of a byte offset, in UTF-16 units.
pub(crate) fn position(text: &str, offset: usize) -> Value {
    let before = text.get(..offset).expect("a place in the text");
    let line = before.matches('\n').count();
    let last = before.rsplit('\n').next().unwrap_or_default();
    let column = last.encode_utf16().count();
    json!({ "line": line, "character": column })
}

/// Returns a text with edits made, which name their places in UTF-16 units.
pub(crate) fn edited(text: &str, edits: &Value) -> String {
    let offset = |position: &Value| {
        let number = |key: &str| {
            let number = position[key].as_u64().expect("a number");
            usize::try_from(number).expect("a small one")
        };
        let start: usize = text
            .split_inclusive('\n')
            .take(number("line"))
            .map(str::len)
            .sum();
        let mut units = 0;
        let rest = text.get(start..).expect("a line's start");
        let within = rest.char_indices().find(|(_, letter)| {
            let there = units >= number("character");
            units += letter.len_utf16();
            there
        });
        within.map_or(text.len(), |(at, _)| start + at)
    };
    let mut spans: Vec<(usize, usize, &str)> = edits
        .as_array()
        .expect("a list")
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            let new = edit["newText"].as_str().expect("a text");
            (offset(&range["start"]), offset(&range["end"]), new)
        })
        .collect();
    spans.sort_unstable();
    let mut text = text.to_owned();
    for (start, end, new) in spans.into_iter().rev() {
        text.replace_range(start..end, new);
    }
    text
}

/// Takes in what the server says: whatever isn't the protocol ends it.
fn listen(output: ChildStdout, sender: &Sender<Value>) {
    let mut output = BufReader::new(output);
    loop {
        let mut length = None;
        loop {
            let mut line = String::new();
            match output.read_line(&mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            let line = line.strip_suffix("\r\n").expect("a header's end");
            if line.is_empty() {
                break;
            }
            let value = line.strip_prefix("Content-Length: ").expect("that header");
            length = Some(value.parse::<usize>().expect("a number"));
        }
        let mut body = vec![0; length.expect("a length")];
        if output.read_exact(&mut body).is_err() {
            return;
        }
        let message: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(message["jsonrpc"], "2.0");
        if sender.send(message).is_err() {
            return;
        }
    }
}
