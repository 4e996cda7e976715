//! Every set and phase in columns that fit a terminal, or as JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;

use jiff::civil::Date;
use serde_json::json;

use super::columns::Columns;
use super::target_text;
use crate::checklist::{SetFiles, StatusKind, TaskId};
use crate::cli::load::{Loaded, Phase};
use crate::cli::standing::{self, standing};
use crate::cli::{Session, traces};
use crate::facts::{Gathered, Inputs, gather};
use crate::journal::State;
use crate::resolve::{Action, Context, ResolvedTask, inputs, resolve};
use crate::terminal::{bar, count, printable};

/// How wide the output is where no terminal says so.
const WIDTH: usize = 80;
/// What stands before a phase's title.
const BEFORE_TITLE: usize = 61;
/// What stands before a phase's further lines.
const INDENT: usize = 7;
/// How many tasks for a person are named.
const NAMED: usize = 4;

/// A phase to show.
pub(super) struct Row {
    pub(super) phase: Phase,
    pub(super) state: State,
    /// The tasks that are left to a person; `None` where the phase can't be resolved.
    pub(super) for_person: Option<Vec<TaskId>>,
}

/// The facts by what they are read from: many phases share them.
#[derive(Default)]
pub(super) struct Known(Vec<(Inputs, Option<Rc<Gathered>>)>);

impl Known {
    /// Returns the open tasks of a phase that a person has to do or decide on.
    pub(super) fn for_person(&mut self, loaded: &Loaded, phase: &Phase) -> Option<Vec<TaskId>> {
        let left = self.open(loaded, phase)?;
        let left = left.iter().filter(|task| {
            let theirs = matches!(task.action, Action::Manual)
                || task.has_unread()
                || task.action.missing().next().is_some();
            theirs && !matches!(task.action, Action::Skip)
        });
        Some(left.map(|task| task.id.clone()).collect())
    }

    /// Returns what is missing of the traces that open tasks are to leave, in plain words.
    pub(super) fn missing(
        &mut self,
        loaded: &Loaded,
        phase: &Phase,
    ) -> BTreeMap<TaskId, Vec<String>> {
        let open = self.open(loaded, phase).unwrap_or_default();
        let missing = open.into_iter().map(|task| {
            let missing = task.action.missing().map(str::to_owned).collect();
            (task.id, missing)
        });
        missing.collect()
    }

    /// Returns the open tasks of a phase with what they mean; `None` where that can't be told.
    fn open(&mut self, loaded: &Loaded, phase: &Phase) -> Option<Vec<ResolvedTask>> {
        let checklist = &phase.checklist;
        if checklist.open_tasks().next().is_none() {
            return Some(Vec::new());
        }
        let tree = &loaded.snapshot.tree;
        let before = loaded.before(phase);
        let inputs = inputs(checklist, tree, &phase.settings, Some(&before));
        let gathered = self.gathered(loaded, inputs)?;
        let seen = traces::seen(loaded, phase).ok();
        let context = Context {
            set: phase.set.clone(),
            settings: &loaded.settings,
            phase: &phase.settings,
            service_monitors: phase.settings.rehearse.service_monitors,
            seen: seen.as_ref(),
            before: Some(&before),
        };
        let resolved = resolve(checklist, &gathered.facts, tree, &context).ok()?;
        let tasks = checklist.by_id();
        let is_open = |id: &TaskId| tasks.get(id).is_some_and(|it| !it.marker.checked);
        let open = resolved.tasks.into_iter().filter(|task| is_open(&task.id));
        Some(open.collect())
    }

    fn gathered(&mut self, loaded: &Loaded, inputs: Inputs) -> Option<Rc<Gathered>> {
        if let Some((_, known)) = self.0.iter().find(|(known, _)| *known == inputs) {
            return known.clone();
        }
        let gathered = gather(&loaded.snapshot.tree, &inputs).ok().map(Rc::new);
        self.0.push((inputs, gathered.clone()));
        gathered
    }
}

/// Returns a set with its phases.
pub(super) fn set(session: &Session, loaded: &Loaded, set: &SetFiles, rows: &[Row]) -> String {
    let settings = &loaded.settings;
    let mut columns = Columns::of(settings, rows.iter().map(|row| &row.state), None);
    for row in rows {
        let cells = columns.phase_cells(&row.state);
        columns.fit(&cells);
    }
    if session.global.json {
        return rows
            .iter()
            .map(|row| json_row(set, row, &columns))
            .collect();
    }
    let view = View {
        session,
        columns: &columns,
        width: width(),
    };
    let mut text = view.head(loaded, set, rows);
    for row in rows {
        text += &view.row(row);
    }
    text
}

fn width() -> usize {
    let size = console::Term::stdout().size_checked();
    size.map_or(WIDTH, |(_, columns)| usize::from(columns).max(WIDTH))
}

/// How it is shown.
struct View<'a> {
    session: &'a Session,
    columns: &'a Columns<'a>,
    width: usize,
}

impl View<'_> {
    fn head(&self, loaded: &Loaded, set: &SetFiles, rows: &[Row]) -> String {
        let paint = self.session.out;
        let folder = match set.folder.as_str() {
            "" => "at the root",
            folder => folder,
        };
        let usual = loaded.settings.set.as_deref() == Some(set.name.as_str());
        let usual = if usual { ", the usual one" } else { "" };
        let (done, total) = rows
            .iter()
            .map(|row| row.phase.checklist.counts())
            .fold((0, 0), |(done, total), (more_done, more)| {
                (done + more_done, total + more)
            });
        let mut text = format!(
            "{} ({}{usual}): {}, {done} of {}, {}%\n",
            paint.bold(printable(&set.name)),
            printable(folder),
            count(rows.len(), "phase"),
            count(total, "task"),
            percent(done, total),
        );
        if self.columns.several() && !rows.is_empty() && self.columns_fit() {
            let header = format!("{:INDENT$}{}", "", self.columns.header());
            let _ = writeln!(text, "{}", paint.dim(header.trim_end()));
        }
        text
    }

    fn columns_fit(&self) -> bool {
        self.columns.header().trim_end().chars().count() + INDENT <= self.width
    }

    fn row(&self, row: &Row) -> String {
        let checklist = &row.phase.checklist;
        let (done, total) = checklist.counts();
        let (started, completed) = dates(row);
        let shown = |date: Option<String>| date.unwrap_or_else(|| "-".to_owned());
        let title = printable(&checklist.title);
        let mut text = format!(
            "  {:>3}  {} {:>3}%  {:<11}  {:<10}  {:<10}  {}\n",
            checklist.number,
            bar(done, total, 10),
            percent(done, total),
            word(standing(&row.phase.checklist, &row.state)),
            shown(started),
            shown(completed),
            shortened(&title, self.width - BEFORE_TITLE),
        );
        let mut parts = Vec::new();
        if done < total {
            parts.push(format!("{done} of {}", count(total, "task")));
        }
        parts.extend(for_person(row));
        if self.columns.several() && self.columns_fit() {
            let cells = self.columns.row(&self.columns.phase_cells(&row.state));
            let _ = writeln!(text, "{:INDENT$}{}", "", cells.trim_end());
        } else {
            let known = self.columns.known(&row.state);
            let known = known.filter_map(|(name, target)| Some((name, target?)));
            // A phase for people does nothing on a target.
            let known = known.filter(|(_, target)| target.steps().next().is_some());
            parts.extend(known.map(|(name, target)| target_text(name, target)));
        }
        for line in wrapped(&parts, self.width - INDENT) {
            let line = self.session.out.dim(printable(&line));
            let _ = writeln!(text, "{:INDENT$}{line}", "");
        }
        text
    }
}

/// Returns what a person has to do in a phase, in a few words.
fn for_person(row: &Row) -> Option<String> {
    let Some(left) = &row.for_person else {
        return Some("what is left can't be told: see `orch check`".to_owned());
    };
    let ids: Vec<&str> = left.iter().take(NAMED).map(TaskId::as_str).collect();
    let more = if left.len() > NAMED { ", …" } else { "" };
    let said = format!("{} for a person: {}{more}", left.len(), ids.join(", "));
    (!left.is_empty()).then_some(said)
}

fn json_row(set: &SetFiles, row: &Row, columns: &Columns<'_>) -> String {
    let checklist = &row.phase.checklist;
    let (done, total) = checklist.counts();
    let (started, completed) = dates(row);
    let value = json!({
        "event": "phase", "set": set.name, "phase": checklist.number, "title": checklist.title,
        "status": word(standing(&row.phase.checklist, &row.state)), "done": done, "total": total,
        "percent": percent(done, total), "started": started, "completed": completed, "forPerson": row.for_person,
        "file": checklist.path, "targets": columns.phase_json(&row.state),
    });
    format!("{value}\n")
}

/// Returns when a phase was started and completed, as it is shown.
fn dates(row: &Row) -> (Option<String>, Option<String>) {
    let (started, completed) = standing::dates(&row.phase.checklist, &row.state);
    let shown = |date: Option<Date>| date.map(|date| date.to_string());
    (shown(started), shown(completed))
}

fn percent(done: usize, total: usize) -> usize {
    (done * 100).checked_div(total).unwrap_or(100)
}

fn word(status: StatusKind) -> &'static str {
    match status {
        StatusKind::NotStarted => "not started",
        StatusKind::InProgress => "in progress",
        StatusKind::Completed => "completed",
    }
}

/// Returns a text that takes no more than that many columns.
fn shortened(text: &str, width: usize) -> String {
    if console::measure_text_width(text) <= width {
        return text.to_owned();
    }
    console::truncate_str(text, width, "…").into_owned()
}

/// Returns parts in lines of no more than that many columns.
fn wrapped(parts: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if line.chars().count() + part.chars().count() + 3 <= width => {
                line.push_str(" · ");
                line.push_str(part);
            }
            Some(_) | None => lines.push(part.clone()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{shortened, wrapped};

    #[track_caller]
    fn check(parts: &[&str], width: usize, expected: &[&str]) {
        let parts: Vec<String> = parts.iter().map(|&part| part.to_owned()).collect();
        assert_eq!(wrapped(&parts, width), expected);
    }

    #[test]
    fn parts_share_a_line_while_they_fit() {
        check(&["one", "two", "three"], 10, &["one · two", "three"]);
        check(&["one"], 2, &["one"]);
        check(&[], 9, &[]);
    }

    #[test]
    fn a_long_title_is_cut_between_characters() {
        assert_eq!(shortened("Кубернетес", 20), "Кубернетес");
        assert_eq!(shortened("Кубернетес", 5), "Кубе…");
    }
}
