//! The loop: one event after the other, in the order in which they came; what is wrong is looked
//! for when nothing else is to be done.
//!
//! Answers are so always about the text that the editor had when it asked. Fast edits cost one
//! check at their end, and a request that is cancelled while it waits costs nothing.

use std::collections::VecDeque;
use std::io::{self, BufReader, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use gen_lsp_types::{Diagnostic, MessageType, Uri};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};

use super::client::Client;
use super::desk::Desk;
use super::frame::{self, Frame};
use super::jobs::Jobs;
use super::seen::Program;
use super::text::Encoding;
use super::told::{Asks, State};

/// What the loop is told.
#[derive(Debug)]
pub(super) enum Event {
    /// The editor says something.
    Message(Message),
    /// The editor says what can't be read.
    Malformed(String),
    /// The editor is gone, or says nothing that is this protocol.
    Gone(Option<String>),
    /// A line of a run's stdout.
    Said(String),
    /// A line of a run's stderr.
    Complained(String),
    /// One of a run's streams ended.
    StreamEnded,
}

/// How a session went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The editor said good-bye.
    Orderly,
    /// It left without.
    Abrupt,
}

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    /// Before `initialize`.
    Before,
    /// In between.
    Up,
    /// After `shutdown`.
    Down,
}

/// Why a request isn't answered.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) code: ErrorCode,
    pub(super) message: String,
}

impl Refused {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message }
    }
}

/// The server.
pub(super) struct Server<'p> {
    pub(super) program: &'p Program<'p>,
    pub(super) desk: Desk<'p>,
    pub(super) client: Client,
    pub(super) jobs: Jobs,
    pub(super) events: Sender<Event>,
    /// What a person is told once a request is answered.
    pub(super) later: Vec<String>,
    life: Life,
    out: Box<dyn Write + 'p>,
    /// The id of the next request to the editor.
    next: i32,
}

/// Serves an editor on stdin and stdout until it leaves.
///
/// # Errors
/// Where stdout can't be written any more.
pub fn serve(program: &Program<'_>) -> io::Result<End> {
    let (events, received) = channel();
    let sender = events.clone();
    // It ends with the process: reading stdin can't be interrupted.
    thread::spawn(move || listen(&sender));
    let out = Box::new(io::stdout());
    Server::new(program, events, out).run(&received)
}

fn listen(events: &Sender<Event>) {
    let mut input = BufReader::new(io::stdin().lock());
    loop {
        let event = match frame::read(&mut input) {
            Ok(Some(Frame::Message(message))) => Event::Message(message),
            Ok(Some(Frame::Malformed(why))) => Event::Malformed(why),
            Ok(None) => Event::Gone(None),
            Err(error) => Event::Gone(Some(error.to_string())),
        };
        let over = matches!(event, Event::Gone(_));
        if events.send(event).is_err() || over {
            return;
        }
    }
}

impl<'p> Server<'p> {
    fn new(program: &'p Program<'p>, events: Sender<Event>, out: Box<dyn Write + 'p>) -> Self {
        Self {
            program,
            desk: Desk::new(program, Encoding::Utf16),
            client: Client::of(&Value::Null),
            jobs: Jobs::default(),
            events,
            later: Vec::new(),
            life: Life::Before,
            out,
            next: 1,
        }
    }

    fn run(&mut self, received: &Receiver<Event>) -> io::Result<End> {
        let mut queue = VecDeque::new();
        loop {
            queue.extend(received.try_iter());
            let event = match queue.pop_front() {
                Some(event) => event,
                None if self.check()? => continue,
                None => match received.recv() {
                    Ok(event) => event,
                    Err(_) => return Ok(self.end()),
                },
            };
            match event {
                Event::Message(Message::Request(request)) => {
                    let cancelled = is_cancelled(&request.id, &queue);
                    self.answer(request, cancelled)?;
                }
                Event::Message(Message::Notification(it)) if it.method == "exit" => {
                    return Ok(self.end());
                }
                Event::Message(Message::Notification(it)) => self.hear(it)?,
                Event::Message(Message::Response(it)) => self.responded(&it)?,
                Event::Malformed(why) => self.complain(&why)?,
                Event::Gone(why) => {
                    if let Some(why) = why {
                        self.log(MessageType::Error, &why)?;
                    }
                    return Ok(self.end());
                }
                Event::Said(line) => self.run_said(line)?,
                Event::Complained(line) => self.run_complained(line),
                Event::StreamEnded => self.run_closed()?,
            }
        }
    }

    fn end(&self) -> End {
        match self.life {
            Life::Down => End::Orderly,
            Life::Before | Life::Up => End::Abrupt,
        }
    }

    /// Answers a request, whatever becomes of it.
    fn answer(&mut self, request: Request, cancelled: bool) -> io::Result<()> {
        let Request { id, method, params } = request;
        let refuse = |code, message: &str| Err(Refused::new(code, message));
        let result = match (self.life, method.as_str()) {
            _ if cancelled => refuse(ErrorCode::RequestCanceled, "it was cancelled"),
            (Life::Before, "initialize") => {
                self.client = Client::of(&params);
                self.desk = Desk::new(self.program, self.client.encoding);
                self.desk.related = self.client.related;
                if self.client.pulls {
                    self.desk.asks = Asks::Documents;
                }
                self.life = Life::Up;
                Ok(self.client.welcome())
            }
            (Life::Before, _) => refuse(
                ErrorCode::ServerNotInitialized,
                "the first request is `initialize`",
            ),
            (Life::Up, "initialize") => refuse(ErrorCode::InvalidRequest, "it was said before"),
            (Life::Up, "shutdown") => {
                self.life = Life::Down;
                self.jobs.stop();
                Ok(Value::Null)
            }
            (Life::Down, _) => refuse(ErrorCode::InvalidRequest, "the server was shut down"),
            (Life::Up, _) => self.guarded(|server| server.respond(&method, params)),
        };
        let response = match result {
            Ok(result) => Response {
                id,
                response_result: Ok(result),
            },
            Err(refused) => Response::new_err(id, refused.code as i32, refused.message),
        };
        self.send(&Message::Response(response))?;
        for message in std::mem::take(&mut self.later) {
            self.show(MessageType::Warning, &message)?;
        }
        Ok(())
    }

    /// Does something that must not end the server: what is known is forgotten where it panics.
    fn guarded<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        catch_unwind(AssertUnwindSafe(|| work(self))).unwrap_or_else(|_| {
            self.desk.forget();
            let said = "the server has a bug: see its stderr";
            Err(Refused::new(ErrorCode::InternalError, said))
        })
    }

    fn hear(&mut self, notification: Notification) -> io::Result<()> {
        // Nothing that is said before or after the session counts.
        if self.life != Life::Up {
            return Ok(());
        }
        let Notification { method, params } = notification;
        match self.guarded(|server| server.heard(&method, params)) {
            Ok(()) => Ok(()),
            Err(refused) => self.log(
                MessageType::Error,
                &format!("{method}: {}", refused.message),
            ),
        }
    }

    /// Answers what can't be read: nobody knows which request it was.
    fn complain(&mut self, why: &str) -> io::Result<()> {
        let body = json!({ "jsonrpc": "2.0", "id": null,
            "error": { "code": ErrorCode::ParseError as i32, "message": why } });
        let body = body.to_string();
        write!(self.out, "Content-Length: {}\r\n\r\n{body}", body.len())?;
        self.out.flush()
    }

    /// Looks for what is to be told of a workspace in which something changed, and tells it; returns
    /// whether there was one.
    fn check(&mut self) -> io::Result<bool> {
        let root = match self.desk.untold() {
            Some(root) if self.life == Life::Up => root,
            Some(_) | None => return Ok(false),
        };
        let news = self.guarded(|server| {
            let news = server.desk.news(&root);
            news.map_err(|why| Refused::new(ErrorCode::RequestFailed, why))
        });
        let news = match news {
            Ok(news) => news,
            Err(refused) => {
                self.desk.give_up(&root);
                self.log(MessageType::Error, &refused.message)?;
                return Ok(true);
            }
        };
        for (path, State { version, shown }) in news.sent {
            let uri = self.desk.uri(&root, &path);
            self.publish(&uri, version, &shown)?;
        }
        if news.ask_again && self.client.pulls_anew {
            self.request("workspace/diagnostic/refresh", Value::Null)?;
        }
        Ok(true)
    }

    /// Sends the problems of a file.
    pub(super) fn publish(
        &mut self,
        uri: &Uri,
        version: Option<i32>,
        shown: &[Diagnostic],
    ) -> io::Result<()> {
        let mut params = json!({ "uri": uri, "diagnostics": shown });
        if let Some(version) = version {
            params["version"] = version.into();
        }
        self.notify("textDocument/publishDiagnostics", params)
    }

    /// Sends a notification.
    pub(super) fn notify(&mut self, method: &str, params: Value) -> io::Result<()> {
        let method = method.to_owned();
        self.send(&Message::Notification(Notification { method, params }))
    }

    /// Sends a request and returns its id.
    pub(super) fn request(&mut self, method: &str, params: Value) -> io::Result<RequestId> {
        let id = RequestId::from(self.next);
        self.next += 1;
        let (method, request) = (method.to_owned(), id.clone());
        self.send(&Message::Request(Request {
            id: request,
            method,
            params,
        }))?;
        Ok(id)
    }

    /// Writes to the editor's log.
    pub(super) fn log(&mut self, kind: MessageType, message: &str) -> io::Result<()> {
        self.notify(
            "window/logMessage",
            json!({ "type": kind, "message": message }),
        )
    }

    /// Shows a message to the person.
    pub(super) fn show(&mut self, kind: MessageType, message: &str) -> io::Result<()> {
        self.notify(
            "window/showMessage",
            json!({ "type": kind, "message": message }),
        )
    }

    fn send(&mut self, message: &Message) -> io::Result<()> {
        message.write(&mut self.out)
    }
}

/// Returns whether a request is cancelled by what came in behind it.
fn is_cancelled(id: &RequestId, queue: &VecDeque<Event>) -> bool {
    let id = serde_json::to_value(id).ok();
    queue.iter().any(|event| {
        let Event::Message(Message::Notification(it)) = event else {
            return false;
        };
        it.method == "$/cancelRequest" && it.params.get("id") == id.as_ref()
    })
}
