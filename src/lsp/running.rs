//! A section's run or plan: the same program as a child process, without any consent.

use std::io::{self, BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Sender;
use std::thread;

use gen_lsp_types::MessageType;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::seen::Asked;
use super::server::Event;
use crate::terminal::{count, printable};

/// How much of what it says on stderr is kept.
const KEPT: usize = 400;

/// Whether a section is run, or its plan is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It is run.
    Run,
    /// Its plan is shown.
    Plan,
}

/// What is run.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) mode: Mode,
    pub(super) root: PathBuf,
    pub(super) asked: Asked,
    pub(super) set: String,
    pub(super) phase: u32,
}

impl Job {
    /// Returns the arguments: those of a run without any flag of consent.
    fn arguments(&self) -> Vec<String> {
        let command = match self.mode {
            Mode::Run => "run",
            Mode::Plan => "plan",
        };
        let phase = self.phase.to_string();
        let own = [
            "--set",
            &self.set,
            "phase",
            &phase,
            command,
            "--section",
            &self.asked.section,
        ];
        own.map(str::to_owned).into()
    }

    /// Returns the command for a terminal.
    pub(super) fn command_line(&self) -> String {
        let plain = |it: &str| {
            let safe = |c: char| c.is_alphanumeric() || "-_./".contains(c);
            it.chars().all(safe) && !it.is_empty()
        };
        let word = |it: &String| {
            if plain(it) {
                it.clone()
            } else {
                format!("'{}'", it.replace('\'', r"'\''"))
            }
        };
        let words: Vec<String> = self.arguments().iter().map(word).collect();
        format!("orch {}", words.join(" "))
    }

    /// Returns what people call it.
    pub(super) fn title(&self) -> String {
        let verb = match self.mode {
            Mode::Run => "run",
            Mode::Plan => "plan",
        };
        format!("{verb} section {}", printable(&self.asked.section))
    }
}

/// A child process, and what it has said.
pub(super) struct Running {
    pub(super) job: Job,
    child: Child,
    /// How many steps succeeded.
    pub(super) steps: usize,
    /// Why steps failed.
    failures: Vec<String>,
    /// The last event.
    ended: Option<Value>,
    /// What it said: the plan, and everything on stderr.
    said: Vec<String>,
    /// How many lines more it said.
    more: usize,
    /// How many of its streams are open.
    open: usize,
}

/// How it ended.
pub(super) struct Outcome {
    pub(super) kind: MessageType,
    pub(super) message: String,
    /// All that it said.
    pub(super) log: String,
}

impl Running {
    /// Starts it; what it says comes as events.
    ///
    /// # Errors
    /// Where it can't be started.
    pub(super) fn start(job: Job, program: &Path, events: &Sender<Event>) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.arg("-C").arg(&job.root).args(["--color", "never"]);
        if job.mode == Mode::Run {
            command.arg("--json");
        }
        command
            .args(job.arguments())
            .current_dir(&job.root)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let out = child.stdout.take();
        let err = child.stderr.take();
        follow(out, events.clone(), Event::Said);
        follow(err, events.clone(), Event::Complained);
        Ok(Self {
            job,
            child,
            steps: 0,
            failures: Vec::new(),
            ended: None,
            said: Vec::new(),
            more: 0,
            open: 2,
        })
    }

    /// Takes a line of its stdout in; returns what is worth showing of it.
    pub(super) fn say(&mut self, line: String) -> Option<String> {
        if self.job.mode == Mode::Plan {
            self.keep(line);
            return None;
        }
        let event: Value = serde_json::from_str(&line).ok()?;
        let text = |key: &str| event.get(key).and_then(Value::as_str).map(printable);
        match event.get("event")?.as_str()? {
            "succeeded" => {
                self.steps += 1;
                let step = text("step")?;
                Some(format!("{}: {step}", count(self.steps, "step")))
            }
            "failed" => {
                let cause = event.pointer("/failure/cause").and_then(Value::as_str);
                let cause = printable(cause.unwrap_or("it failed"));
                self.failures.push(format!("{}: {cause}", text("step")?));
                None
            }
            "ended" => {
                self.ended = Some(event);
                None
            }
            _ => None,
        }
    }

    /// Takes a line of its stderr in.
    pub(super) fn keep(&mut self, line: String) {
        if self.said.len() < KEPT {
            self.said.push(line);
        } else {
            self.more += 1;
        }
    }

    /// Takes in that one of its streams ended; returns whether it is over.
    pub(super) fn close(&mut self) -> bool {
        self.open = self.open.saturating_sub(1);
        self.open == 0
    }

    /// Asks it to stop, as Ctrl-C would; what is recorded is enough to go on.
    pub(super) fn stop(&self) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(id) = id {
            // One that has ended needs no stopping.
            let _ = kill_process(id, Signal::INT);
        }
    }

    /// Waits for its end and returns how it went.
    pub(super) fn end(mut self) -> Outcome {
        let code = self.child.wait().ok().and_then(|status| status.code());
        let (kind, message) = self.told(code);
        if self.more > 0 {
            let more = count(self.more, "more line");
            self.said
                .push(format!("and {more}: {}", self.job.command_line()));
        }
        Outcome {
            kind,
            message,
            log: printable_lines(&self.said),
        }
    }

    fn told(&self, code: Option<i32>) -> (MessageType, String) {
        let section = printable(&self.job.asked.section);
        let terminal = format!("In a terminal: {}", self.job.command_line());
        if self.job.mode == Mode::Plan && code == Some(0) {
            let message = format!("The plan of section {section} is in orch's log.");
            return (MessageType::Info, message);
        }
        match code {
            Some(0) => (MessageType::Info, self.done()),
            Some(3) => {
                let waits = self.waiting();
                let message = format!("Section {section} waits for a person: {waits}.");
                (MessageType::Warning, message)
            }
            Some(130) | None => {
                let message = format!("Section {section} was stopped; run it again to go on.");
                (MessageType::Info, message)
            }
            Some(_) => {
                let why = self.why();
                let message = format!("Section {section} failed. {why}\n{terminal}");
                (MessageType::Error, message)
            }
        }
    }

    fn done(&self) -> String {
        let section = printable(&self.job.asked.section);
        let of = |pointer: &str| self.ended.as_ref().and_then(|it| it.pointer(pointer));
        let target = of("/target")
            .and_then(Value::as_str)
            .unwrap_or("its target");
        let target = printable(target);
        if self.steps == 0 {
            return format!("Nothing to do: section {section} is done on {target}.");
        }
        let steps = count(self.steps, "step");
        let open = of("/left/tasks")
            .and_then(Value::as_u64)
            .unwrap_or_default();
        let open = usize::try_from(open).unwrap_or_default();
        let left = match open {
            0 => String::new(),
            open => format!(" {} of other sections left.", count(open, "task")),
        };
        format!("Section {section} is done on {target}: {steps}.{left}")
    }

    /// Returns what waits for a person.
    fn waiting(&self) -> String {
        let list = |key: &str, what: &str| {
            let list = self.ended.as_ref()?.get(key)?.as_array()?;
            let names: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            (!names.is_empty()).then(|| format!("{what} {}", printable(&names.join(", "))))
        };
        let both = [list("tasks", "task"), list("files", "file")];
        let both: Vec<String> = both.into_iter().flatten().collect();
        if both.is_empty() {
            "see orch's log".to_owned()
        } else {
            both.join("; ")
        }
    }

    /// Returns why it failed: the steps that did, else its error with the way out.
    fn why(&self) -> String {
        if !self.failures.is_empty() {
            return self.failures.join("\n");
        }
        let start = self.said.iter().position(|it| it.starts_with("error"));
        let lines = self.said.iter().skip(start.unwrap_or_default());
        let wanted = |line: &&String| line.starts_with("error") || line.starts_with("help");
        let lines: Vec<&str> = lines.filter(wanted).take(4).map(String::as_str).collect();
        if lines.is_empty() {
            "See orch's log.".to_owned()
        } else {
            printable_lines(&lines)
        }
    }
}

impl Drop for Running {
    /// A server that ends asks its run to stop, and doesn't leave a zombie where that is quick.
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.stop();
        }
    }
}

fn printable_lines(lines: &[impl AsRef<str>]) -> String {
    let lines: Vec<String> = lines.iter().map(|it| printable(it.as_ref())).collect();
    lines.join("\n")
}

/// Sends each line of a stream as an event, and then that it ended.
fn follow(
    stream: Option<impl Read + Send + 'static>,
    events: Sender<Event>,
    event: fn(String) -> Event,
) {
    thread::spawn(move || {
        for line in stream
            .into_iter()
            .flat_map(|it| BufReader::new(it).split(b'\n'))
        {
            let Ok(line) = line else {
                break;
            };
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            // A server that is gone needs no line.
            if events.send(event(line)).is_err() {
                return;
            }
        }
        let _ = events.send(Event::StreamEnded);
    });
}
