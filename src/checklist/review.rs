//! What a whole checklist says against itself: its status, its boxes and its dates.
//!
//! What a run would do with it is not decided here; nothing found here keeps it from being read.

use crate::diagnostic::Diagnostic;

use super::{Checklist, Marker, Span, StatusBox, StatusKind};

/// Returns what contradicts itself in a checklist, as warnings.
pub fn review(checklist: &Checklist) -> Vec<Diagnostic> {
    let review = Review { checklist };
    let mut found = Vec::new();
    found.extend(review.status_boxes());
    found.extend(review.open_boxes());
    found.extend(review.all_ticked());
    found.extend(review.dates());
    found
}

struct Review<'c> {
    checklist: &'c Checklist,
}

impl Review<'_> {
    fn warning(&self, span: Span, message: String, label: &str) -> Diagnostic {
        let placed = Diagnostic::warning(message).rule("status");
        placed.at(&self.checklist.path, &self.checklist.text, span, label)
    }

    fn ticked(&self) -> impl Iterator<Item = &StatusBox> {
        let boxes = self
            .checklist
            .status
            .iter()
            .flat_map(|status| &status.boxes);
        boxes.filter(|it| it.marker.checked)
    }

    /// Returns the status that the tasks' boxes tell.
    fn by_tasks(&self) -> StatusKind {
        let mut tasks = self.checklist.tasks();
        if tasks.all(|task| task.marker.checked) {
            StatusKind::Completed
        } else if self.checklist.tasks().any(|task| task.marker.checked) {
            StatusKind::InProgress
        } else {
            StatusKind::NotStarted
        }
    }

    /// Exactly one status box is to be ticked, or none as long as nothing is done.
    fn status_boxes(&self) -> Option<Diagnostic> {
        let status = self.checklist.status.as_ref()?;
        let ticked = self.ticked().count();
        if ticked == 1 || (ticked == 0 && self.by_tasks() == StatusKind::NotStarted) {
            return None;
        }
        let place = self.ticked().nth(1).or(status.boxes.first())?;
        let (message, label) = match ticked {
            0 => ("no status box is ticked".to_owned(), "one of these"),
            several => (format!("{several} status boxes are ticked"), "one too many"),
        };
        let counts = word(self.by_tasks());
        let help = format!("what counts are the tasks: by their boxes, this phase is {counts}");
        Some(
            self.warning(around(&place.marker), message, label)
                .help(help),
        )
    }

    /// A completed phase has no open boxes.
    fn open_boxes(&self) -> Option<Diagnostic> {
        let mut ticked = self.ticked();
        let completed = ticked.find(|it| it.kind == StatusKind::Completed)?;
        let open: Vec<_> = self
            .checklist
            .tasks()
            .filter(|it| !it.marker.checked)
            .collect();
        let first = open.first()?;
        let message = match open.len() {
            1 => format!(
                "the phase is called completed, and task {} is open",
                first.id
            ),
            several => format!("the phase is called completed, and {several} tasks are open"),
        };
        let lines: Vec<String> = open
            .iter()
            .take(NAMED)
            .map(|task| {
                format!(
                    "{} (line {})",
                    task.id,
                    self.checklist.line_at(task.marker.offset)
                )
            })
            .collect();
        let more = match open.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let warning = self.warning(around(&completed.marker), message, "ticked here");
        Some(warning.help(format!("open: {}{more}", lines.join(", "))))
    }

    /// A phase whose tasks are all done is completed.
    fn all_ticked(&self) -> Option<Diagnostic> {
        let only = self
            .ticked()
            .next()
            .filter(|_| self.ticked().count() == 1)?;
        if self.by_tasks() != StatusKind::Completed || only.kind == StatusKind::Completed {
            return None;
        }
        let message = format!(
            "every task is ticked, and the phase is called {}",
            word(only.kind)
        );
        let warning = self.warning(around(&only.marker), message, "ticked here");
        let help = "tick `Completed`, or open the box of what is left to do; `orch phase N run` \
                    closes a phase by itself";
        Some(warning.help(help))
    }

    /// What is completed was started.
    fn dates(&self) -> Option<Diagnostic> {
        let (started, completed) = (
            self.checklist.started.as_ref()?,
            self.checklist.completed.as_ref()?,
        );
        let date = |text: &str| text.trim().parse::<jiff::civil::Date>().ok();
        let (from, to) = (date(&started.text)?, date(&completed.text)?);
        (from > to).then(|| {
            let message = "the phase is completed before it is started".to_owned();
            let label = format!("started on {from}");
            self.warning(completed.value.clone(), message, &label)
        })
    }
}

/// How many open tasks are named.
const NAMED: usize = 8;

fn around(marker: &Marker) -> Span {
    marker.offset.saturating_sub(1)..marker.offset + 2
}

fn word(kind: StatusKind) -> &'static str {
    match kind {
        StatusKind::NotStarted => "not started",
        StatusKind::InProgress => "in progress",
        StatusKind::Completed => "completed",
    }
}

#[cfg(test)]
mod tests {
    use super::review;
    use crate::checklist::parse;
    use crate::vocabulary::Vocabulary;

    #[track_caller]
    fn check(status: [char; 3], tasks: [char; 2], dates: (&str, &str), expected: &[&str]) {
        let [a, b, c] = status;
        let [first, second] = tasks;
        let text = format!(
            "# Phase 1: Things\n\n## Status\n\n- [{a}] Not started\n- [{b}] In progress\n\
             - [{c}] Completed\n\n**Started:** {}\n**Completed:** {}\n\n## 1.1 Work\n\n\
             - [{first}] Ask\n- [{second}] Tell\n",
            dates.0, dates.1
        );
        let checklist = parse(
            "checklists/a/phase-01-things.md",
            &text,
            &Vocabulary::default(),
        )
        .expect("a checklist")
        .checklist;
        let found: Vec<String> = review(&checklist)
            .into_iter()
            .map(|it| it.message)
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_status_that_fits_says_nothing() {
        check(['x', ' ', ' '], [' ', ' '], ("-", "-"), &[]);
        check([' ', 'x', ' '], ['x', ' '], ("2026-01-02", "-"), &[]);
        check(
            [' ', ' ', 'x'],
            ['x', 'x'],
            ("2026-01-02", "2026-01-03"),
            &[],
        );
    }

    #[test]
    fn exactly_one_status_box_is_ticked() {
        let several = "3 status boxes are ticked";
        let open = "the phase is called completed, and task 1.1.2 is open";
        check(['x', 'x', 'x'], ['x', ' '], ("-", "-"), &[several, open]);
        let none = "no status box is ticked";
        check([' ', ' ', ' '], ['x', ' '], ("-", "-"), &[none]);
        check([' ', ' ', ' '], [' ', ' '], ("-", "-"), &[]);
    }

    #[test]
    fn a_finished_phase_has_no_open_boxes_and_the_other_way_round() {
        let open = "the phase is called completed, and 2 tasks are open";
        check([' ', ' ', 'x'], [' ', ' '], ("-", "-"), &[open]);
        let done = "every task is ticked, and the phase is called in progress";
        check([' ', 'x', ' '], ['x', 'x'], ("-", "-"), &[done]);
    }

    #[test]
    fn dates_go_forward() {
        let wrong = "the phase is completed before it is started";
        check(
            [' ', ' ', 'x'],
            ['x', 'x'],
            ("2026-01-03", "2026-01-02"),
            &[wrong],
        );
    }
}
