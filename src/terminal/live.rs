//! The live view of a run: finished tasks scroll by, what is under way stays at the bottom.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use console::Term;

use super::style::{Paint, bar, printable};
use crate::checklist::TaskId;
use crate::execute::Progress;
use crate::journal::{Evidence, Failure, StepId};

/// Rows that are shown of what is under way; more than that nobody reads.
const ROWS: usize = 6;

/// What is shown of the objects that no task names: the rest comes with these.
const WORKLOADS: [&str; 4] = ["Deployment", "StatefulSet", "DaemonSet", "Job"];

/// Faster than this no eye follows.
const FRAME: Duration = Duration::from_millis(40);

/// The view. Where stderr is no terminal, only finished steps are printed.
pub struct Live {
    term: Term,
    paint: Paint,
    tty: bool,
    total: usize,
    done: usize,
    /// Task texts, for the lines of finished tasks.
    titles: BTreeMap<TaskId, String>,
    under: BTreeMap<StepId, String>,
    /// What each step's evidence said, by task, until the task is done.
    said: BTreeMap<TaskId, Vec<String>>,
    ticked: BTreeSet<TaskId>,
    drawn: usize,
    last: Option<Instant>,
}

impl Live {
    /// Returns a view of a run with that many steps.
    pub fn new(total: usize, titles: BTreeMap<TaskId, String>, paint: Paint) -> Self {
        let term = Term::stderr();
        let tty = term.is_term();
        Self {
            term,
            paint,
            tty,
            total,
            done: 0,
            titles,
            under: BTreeMap::new(),
            said: BTreeMap::new(),
            ticked: BTreeSet::new(),
            drawn: 0,
            last: None,
        }
    }

    /// Takes an event in and shows it.
    pub fn show(&mut self, event: &Progress) {
        match event {
            Progress::Started { step, .. } => {
                self.under.insert(step.clone(), String::new());
            }
            Progress::Under { step, text } => {
                self.under.insert(step.clone(), printable(text));
            }
            Progress::Succeeded {
                step,
                task,
                evidence,
            } => self.succeeded(step, task.as_ref(), evidence),
            Progress::Failed {
                step,
                task,
                failure,
            } => self.failed(step, task.as_ref(), failure),
            Progress::Ticked { task } => self.ticked(task),
        }
        self.draw(false);
    }

    /// Takes the live rows away.
    pub fn end(&mut self) {
        self.under.clear();
        self.clear();
    }

    fn succeeded(&mut self, step: &StepId, task: Option<&TaskId>, evidence: &Evidence) {
        self.under.remove(step);
        self.done += 1;
        let said = vec![told(evidence)];
        match task {
            Some(task) => self.said.entry(task.clone()).or_default().extend(said),
            None => {
                if let Evidence::Object(object) = evidence
                    && WORKLOADS.contains(&object.kind.as_str())
                {
                    let line = format!(
                        "{} {}  {}",
                        self.paint.good("✓"),
                        self.paint.dim("  –   "),
                        said.join(", ")
                    );
                    self.line(&line);
                }
            }
        }
    }

    fn failed(&mut self, step: &StepId, task: Option<&TaskId>, failure: &Failure) {
        self.under.remove(step);
        self.done += 1;
        let of = task.map_or("–", TaskId::as_str);
        let line = format!(
            "{} {:<6}  {}: {}",
            self.paint.bad("✗"),
            of,
            printable(step.as_str()),
            printable(&failure.cause)
        );
        self.line(&line);
    }

    fn ticked(&mut self, task: &TaskId) {
        if !self.ticked.insert(task.clone()) {
            return;
        }
        let title = self
            .titles
            .get(task)
            .map(String::as_str)
            .unwrap_or_default();
        let said = self.said.remove(task).unwrap_or_default();
        let shown = match said.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [first, .., last] => {
                format!("{first}, … {last} ({} results)", said.len())
            }
        };
        let line = format!(
            "{} {:<6}  {}  {}",
            self.paint.good("✓"),
            task.as_str(),
            printable(title),
            self.paint.dim(printable(&shown))
        );
        self.line(&line);
    }

    /// Prints a line that stays.
    fn line(&mut self, text: &str) {
        self.clear();
        let width = usize::from(self.term.size().1);
        let text = if self.tty {
            console::truncate_str(text, width, "…").into_owned()
        } else {
            text.to_owned()
        };
        // A stderr that is gone must not end a run.
        let _ = self.term.write_line(&text);
    }

    fn clear(&mut self) {
        if self.drawn > 0 {
            let _ = self.term.clear_last_lines(self.drawn);
            self.drawn = 0;
        }
    }

    fn draw(&mut self, always: bool) {
        if !self.tty {
            return;
        }
        let now = Instant::now();
        if !always && self.drawn > 0 && self.last.is_some_and(|last| now - last < FRAME) {
            return;
        }
        self.last = Some(now);
        self.clear();
        let width = usize::from(self.term.size().1);
        let mut rows = vec![format!(
            "{} {}/{} steps",
            self.paint.good(bar(self.done, self.total, 24)),
            self.done,
            self.total
        )];
        rows.extend(self.under.iter().take(ROWS).map(|(step, text)| {
            format!("  {} {}", printable(step.as_str()), self.paint.dim(text))
        }));
        if self.under.len() > ROWS {
            rows.push(
                self.paint
                    .dim(format!("  and {} more", self.under.len() - ROWS)),
            );
        }
        for row in &rows {
            let _ = self
                .term
                .write_line(&console::truncate_str(row, width, "…"));
        }
        let _ = self.term.flush();
        self.drawn = rows.len();
    }
}

/// Returns what an evidence says, in a few words.
pub fn told(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Facts { found } if found.len() == 1 => "1 fact".to_owned(),
        Evidence::Facts { found } => format!("{} facts", found.len()),
        Evidence::Answer {
            matched,
            missing,
            extra,
        } => {
            let mut text = format!("{} found", matched.len());
            if !missing.is_empty() {
                text.push_str(", not found: ");
                text.push_str(&missing.join(", "));
            }
            if !extra.is_empty() {
                text += ", ";
                text += &extra.len().to_string();
                text += " not listed";
            }
            text
        }
        Evidence::File { path, .. } => path.clone(),
        Evidence::Object(object) => format!("{}/{} {}", object.kind, object.name, object.ready),
        Evidence::Checked {
            objects, exempt, ..
        } if exempt.is_empty() => {
            format!("{objects} objects checked")
        }
        Evidence::Checked {
            objects, exempt, ..
        } => {
            format!("{objects} objects checked, {} exempt", exempt.len())
        }
        Evidence::Command { exit } => format!("exit code {exit}"),
    }
}
