//! The live view of a run: finished tasks scroll by, what is under way stays at the bottom.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use console::Term;

use super::style::{Paint, bar, count, printable};
use crate::checklist::TaskId;
use crate::execute::Progress;
use crate::journal::{Evidence, Failure, StepId};

/// Rows that are shown of what is under way; more than that nobody reads.
const ROWS: usize = 6;

/// What is shown of the objects that no task names: the rest comes with these.
const WORKLOADS: [&str; 4] = ["Deployment", "StatefulSet", "DaemonSet", "Job"];

/// How wide the column of the tasks' ids is at least.
const IDS: usize = 6;

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
    /// How wide the column of the tasks' ids is.
    ids: usize,
    under: BTreeMap<StepId, String>,
    /// The evidence of each task's steps until the task is done.
    seen: BTreeMap<TaskId, Vec<Evidence>>,
    ticked: BTreeSet<TaskId>,
    /// What the target keeps the run waiting for.
    waiting: Option<String>,
    drawn: usize,
    last: Option<Instant>,
}

impl Live {
    /// Returns a view of a run with that many steps.
    pub fn new(total: usize, titles: BTreeMap<TaskId, String>, paint: Paint) -> Self {
        let term = Term::stderr();
        let tty = term.is_term();
        let ids = titles.keys().map(|id| id.as_str().chars().count()).max();
        Self {
            ids: ids.unwrap_or_default().max(IDS),
            term,
            paint,
            tty,
            total,
            done: 0,
            titles,
            under: BTreeMap::new(),
            seen: BTreeMap::new(),
            ticked: BTreeSet::new(),
            waiting: None,
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
            Progress::Waiting { why } => self.waiting(why.as_deref()),
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
        match task {
            Some(task) => self
                .seen
                .entry(task.clone())
                .or_default()
                .push(evidence.clone()),
            None if is_workload(evidence) => {
                let none = self.paint.dim("  –   ");
                let line = format!(
                    "{} {none}  {}",
                    self.paint.good("✓"),
                    printable(&told(evidence))
                );
                self.line(&line);
            }
            None => {}
        }
    }

    fn failed(&mut self, step: &StepId, task: Option<&TaskId>, failure: &Failure) {
        self.under.remove(step);
        self.done += 1;
        let of = task.map_or("–", TaskId::as_str);
        let ids = self.ids;
        let line = format!(
            "{} {of:<ids$}  {}: {}",
            self.paint.bad("✗"),
            printable(step.as_str()),
            printable(&failure.cause)
        );
        self.line(&line);
    }

    /// Where there is no row to keep up to date, the beginning and the end are told.
    fn waiting(&mut self, why: Option<&str>) {
        let before = self.waiting.take();
        self.waiting = why.map(printable);
        if self.tty {
            return;
        }
        let line = match (&before, &self.waiting) {
            (None, Some(why)) => format!("{} {why}", self.paint.bad("!")),
            (Some(_), None) => format!("{} the server answers again", self.paint.good("✓")),
            (None, None) | (Some(_), Some(_)) => return,
        };
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
        let ids = self.ids;
        let shown = gist(&self.seen.remove(task).unwrap_or_default());
        let line = format!(
            "{} {:<ids$}  {}  {}",
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
        rows.extend(
            self.waiting
                .iter()
                .map(|why| self.paint.bad(format!("  ! {why}"))),
        );
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

fn is_workload(evidence: &Evidence) -> bool {
    matches!(evidence, Evidence::Object(object) if WORKLOADS.contains(&object.kind.as_str()))
}

/// What a task's evidence says: of its workload, else of its first object, else of all there is.
fn gist(seen: &[Evidence]) -> String {
    let is_object = |evidence: &&Evidence| matches!(evidence, Evidence::Object(_));
    let objects = seen.iter().filter(is_object).count();
    let first = seen.iter().find(is_object).or(seen.first());
    let Some(main) = seen.iter().find(|evidence| is_workload(evidence)).or(first) else {
        return String::new();
    };
    match objects {
        0 | 1 => told(main),
        several => format!("{} (and {} more)", told(main), several - 1),
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
        Evidence::File { ours: None, .. } => "written".to_owned(),
        Evidence::File { ours: Some(_), .. } => "merged with what a person changed".to_owned(),
        Evidence::Object(object) => format!("{}/{} {}", object.kind, object.name, object.ready),
        Evidence::Checked {
            objects, exempt, ..
        } => {
            let mut text = format!("{} checked", count(*objects, "object"));
            // A tick that leaves something out says what, as far as a line has room.
            if let [first, rest @ ..] = exempt.as_slice() {
                text += ", exempt ";
                text += first;
                if !rest.is_empty() {
                    text += ", and ";
                    text += &rest.len().to_string();
                    text += " more";
                }
            }
            text
        }
        Evidence::Traces { found } => {
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            found.join("; ")
        }
        Evidence::Command { exit, .. } => format!("exit code {exit}"),
        Evidence::Image { image, digest } => format!("{image} is {digest}"),
    }
}
