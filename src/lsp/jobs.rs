//! Running a section, or showing its plan, as a command of the editor: one at a time.
//!
//! The saved document counts. Nothing is consented to on a person's behalf: what needs `--yes`, a
//! protected target's name or a secret is refused with the command for a terminal.

use std::io;
use std::path::Path;

use gen_lsp_types::{MessageType, Uri};
use lsp_server::{ErrorCode, RequestId, Response};
use serde_json::{Value, json};

use super::actions::{PLAN, RUN, STOP};
use super::answers::{broken, failed};
use super::overtaken::Asked;
use super::running::{Job, Mode, Running};
use super::seen;
use super::server::{Refused, Server};

/// What runs, and how it is shown.
#[derive(Default)]
pub(super) struct Jobs {
    running: Option<Running>,
    progress: Progress,
    /// How many were started: each has a token of its own.
    started: usize,
    /// The edits that the editor was asked to make.
    pub(super) asked: Vec<Asked>,
}

/// Whether progress is shown.
#[derive(Debug, Default, PartialEq, Eq)]
enum Progress {
    /// The editor doesn't, or nothing runs.
    #[default]
    None,
    /// It was asked whether it does, by that request.
    Asked(RequestId),
    /// It does.
    Shown,
}

impl Jobs {
    /// Stops what runs.
    pub(super) fn stop(&mut self) {
        if let Some(running) = &self.running {
            running.stop();
        }
    }

    /// Stops what runs, where the token is its own.
    pub(super) fn cancel(&mut self, token: Option<&Value>) {
        if token == Some(&self.token()) {
            self.stop();
        }
    }

    /// Returns the section that runs of a checklist.
    pub(super) fn section(&self, root: &Path, path: &str) -> Option<&str> {
        let job = &self.running.as_ref()?.job;
        (job.root == root && job.asked.path == path).then_some(job.asked.section.as_str())
    }

    fn token(&self) -> Value {
        json!(format!("orch-{}", self.started))
    }
}

/// Why nothing was started, as a person is told.
enum Not {
    Refused(Refused),
    Told(String),
}

impl From<Refused> for Not {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl Server<'_> {
    /// Carries a command out; it goes on behind the answer, which says whether it was begun.
    pub(super) fn command(&mut self, params: &Value) -> Result<Value, Refused> {
        let name = params.get("command").and_then(Value::as_str);
        let mode = match name {
            Some(RUN) => Mode::Run,
            Some(PLAN) => Mode::Plan,
            Some(STOP) => {
                let running = self.jobs.running.is_some();
                self.jobs.stop();
                return Ok(json!({ "stopped": running }));
            }
            Some(_) | None => {
                let said = "there is no such command";
                return Err(Refused::new(ErrorCode::InvalidParams, said));
            }
        };
        let begun = match self.start(mode, params) {
            Ok(()) => true,
            Err(Not::Told(why)) => {
                self.later.push(why);
                false
            }
            Err(Not::Refused(refused)) => return Err(refused),
        };
        Ok(json!({ "started": begun }))
    }

    fn start(&mut self, mode: Mode, params: &Value) -> Result<(), Not> {
        let (uri, section) = arguments(params)?;
        if let Some(running) = &self.jobs.running {
            let title = running.job.title();
            return Err(Not::Told(format!(
                "orch is at work: {title}. One at a time."
            )));
        }
        let place = self.desk.place(&uri);
        let (root, path) =
            place.ok_or_else(|| Not::Told("Open the checklist first.".to_owned()))?;
        let unsaved = self.desk.unsaved(&root);
        if !unsaved.is_empty() {
            let list = unsaved.join(", ");
            return Err(Not::Told(format!(
                "Save first: what is on the disk is run, and {list} isn't what you see."
            )));
        }
        self.desk.forget();
        let reading = self.desk.reading(&root, &path);
        let unread = || Not::Told(format!("{path} can't be read: see its problems."));
        let reading = reading.ok_or_else(unread)?;
        let asked = seen::Asked { path, section };
        let seen = self.desk.seen(&root).map_err(failed)?;
        let job = Job {
            mode,
            root,
            set: reading.set.clone(),
            phase: reading.phase,
            asked,
        };
        if mode == Mode::Run
            && let Some(why) = (self.program.refuse)(&seen, &job.asked)
        {
            let line = job.command_line();
            return Err(Not::Told(format!("{why}\nIn a terminal: {line}")));
        }
        let title = job.title();
        let started = Running::start(job, self.program.executable, &self.events);
        let started =
            started.map_err(|error| Not::Told(format!("orch can't be started: {error}")))?;
        self.jobs.running = Some(started);
        self.jobs.started += 1;
        self.show_progress(&title).map_err(broken)?;
        Ok(())
    }

    fn show_progress(&mut self, title: &str) -> io::Result<()> {
        self.log(MessageType::Info, &format!("{title} begins"))?;
        if self.client.progress {
            let token = json!({ "token": self.jobs.token() });
            let id = self.request("window/workDoneProgress/create", token)?;
            self.jobs.progress = Progress::Asked(id);
        }
        self.refresh_lenses()
    }

    fn refresh_lenses(&mut self) -> io::Result<()> {
        if self.client.refreshes {
            self.request("workspace/codeLens/refresh", Value::Null)?;
        }
        Ok(())
    }

    /// Takes an editor's answer in: whether it shows progress, or has made an edit.
    pub(super) fn responded(&mut self, response: &Response) -> io::Result<()> {
        if self.carried(response)? {
            return Ok(());
        }
        if self.jobs.progress != Progress::Asked(response.id.clone()) {
            return Ok(());
        }
        self.jobs.progress = Progress::None;
        let Some(running) = &self.jobs.running else {
            return Ok(());
        };
        let title = format!("orch: {}", running.job.title());
        if response.response_result.is_ok() {
            self.jobs.progress = Progress::Shown;
            let begin = json!({ "kind": "begin", "title": title, "cancellable": true });
            return self.report(&begin);
        }
        Ok(())
    }

    fn report(&mut self, value: &Value) -> io::Result<()> {
        if self.jobs.progress != Progress::Shown {
            return Ok(());
        }
        let params = json!({ "token": self.jobs.token(), "value": value });
        self.notify("$/progress", params)
    }

    /// Takes a line of a run's stdout in.
    pub(super) fn run_said(&mut self, line: String) -> io::Result<()> {
        let running = self.jobs.running.as_mut();
        match running.and_then(|running| running.say(line)) {
            Some(shown) => self.report(&json!({ "kind": "report", "message": shown })),
            None => Ok(()),
        }
    }

    /// Takes a line of a run's stderr in.
    pub(super) fn run_complained(&mut self, line: String) {
        if let Some(running) = &mut self.jobs.running {
            running.keep(line);
        }
    }

    /// Takes in that one of a run's streams ended; behind the last one, it is over.
    pub(super) fn run_closed(&mut self) -> io::Result<()> {
        let over = self.jobs.running.as_mut().is_some_and(Running::close);
        let Some(running) = self.jobs.running.take_if(|_| over) else {
            return Ok(());
        };
        let (title, root) = (running.job.title(), running.job.root.clone());
        let outcome = running.end();
        self.report(&json!({ "kind": "end" }))?;
        self.jobs.progress = Progress::None;
        // What it did is seen from here on.
        self.desk.forget();
        self.log(MessageType::Log, &format!("{title}:\n{}", outcome.log))?;
        self.show(outcome.kind, &outcome.message)?;
        self.carry_over(&root)?;
        self.refresh_lenses()
    }
}

/// Returns the document and the section that a command is about: an object, or the two in order.
fn arguments(params: &Value) -> Result<(Uri, String), Refused> {
    let at = |pointer: &str| params.pointer(pointer).and_then(Value::as_str);
    let uri = at("/arguments/0/uri").or_else(|| at("/arguments/0"));
    let section = at("/arguments/0/section").or_else(|| at("/arguments/1"));
    match (uri, section) {
        (Some(uri), Some(section)) if is_section(section) => {
            Ok((Uri::from(uri), section.to_owned()))
        }
        (_, _) => {
            let said = "it takes { \"uri\": …, \"section\": \"4.2\" }";
            Err(Refused::new(ErrorCode::InvalidParams, said))
        }
    }
}

/// Nothing that could be taken for a flag is handed on.
fn is_section(text: &str) -> bool {
    let digits = text.chars().all(|it| it.is_ascii_digit() || it == '.');
    digits && !text.is_empty()
}
