//! What a whole checklist says against itself: its status, its boxes, its dates, its `after=`.
//!
//! What a run would do with it is not decided here; nothing found here keeps it from being read.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;

use super::date::{is_blank_date, loose_date};
use super::{
    Checklist, DateField, Edits, Marker, Span, Spanned, Status, StatusBox, StatusKind, Task,
    TaskId, read_date,
};

/// Returns what contradicts itself in a checklist.
pub fn review(checklist: &Checklist) -> Vec<Diagnostic> {
    let review = Review { checklist };
    let mut found = Vec::new();
    found.extend(review.status_boxes());
    found.extend(review.open_boxes());
    found.extend(review.all_ticked());
    found.extend(review.unread_dates());
    found.extend(review.dates());
    found.extend(review.circle());
    found
}

struct Review<'c> {
    checklist: &'c Checklist,
}

impl Review<'_> {
    fn at(&self, problem: Diagnostic, span: Span, label: &str) -> Diagnostic {
        problem.at(&self.checklist.path, &self.checklist.text, span, label)
    }

    fn related(&self, problem: Diagnostic, span: Span, label: &str) -> Diagnostic {
        problem.related(&self.checklist.path, &self.checklist.text, span, label)
    }

    fn warning(&self, span: Span, message: String, label: &str) -> Diagnostic {
        self.at(Diagnostic::warning(message).rule("status"), span, label)
    }

    fn ticked(&self) -> impl Iterator<Item = &StatusBox> {
        let boxes = self
            .checklist
            .status
            .iter()
            .flat_map(|status| &status.boxes);
        boxes.filter(|it| it.marker.checked)
    }

    /// Exactly one status box is to be ticked, or none as long as nothing is done.
    fn status_boxes(&self) -> Option<Diagnostic> {
        let status = self.checklist.status.as_ref()?;
        let ticked = self.ticked().count();
        let counts = self.checklist.standing_by_tasks();
        if ticked == 1 || (ticked == 0 && counts == StatusKind::NotStarted) {
            return None;
        }
        let place = self.ticked().nth(1).or(status.boxes.first())?;
        let (message, label) = match ticked {
            0 => ("no status box is ticked".to_owned(), "one of these"),
            several => (format!("{several} status boxes are ticked"), "one too many"),
        };
        let said = word(counts);
        let help = format!("what counts are the tasks: by their boxes, this phase is {said}");
        let warning = self.warning(around(&place.marker), message, label);
        let warning = warning.help(help);
        let Some((span, text)) = self.ticked_alone(status, counts) else {
            return Some(warning);
        };
        // Who ticks each box on the way means the last one.
        let last = self.ticked().last().map(|it| it.kind);
        Some(if last.is_none_or(|last| last == counts) {
            warning.fix(span, text)
        } else {
            warning.suggest(span, text)
        })
    }

    /// Returns the status boxes with that one ticked alone, and their place.
    fn ticked_alone(&self, status: &Status, kind: StatusKind) -> Option<(Span, String)> {
        status.boxes.iter().find(|it| it.kind == kind)?;
        let offsets = || status.boxes.iter().map(|it| it.marker.offset);
        let span = offsets().min()?..offsets().max()? + 1;
        let text = &self.checklist.text;
        let edited = Edits::new().status(status, kind).apply(text).ok()?;
        // A box is one byte, before and after.
        let replaced = edited.get(span.clone())?.to_owned();
        Some((span, replaced))
    }

    /// A completed phase has no open boxes.
    fn open_boxes(&self) -> Option<Diagnostic> {
        let mut ticked = self.ticked();
        let completed = ticked.find(|it| it.kind == StatusKind::Completed)?;
        let open: Vec<&Task> = self.checklist.open_tasks().collect();
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
        let warning = warning.rule("unfinished");
        Some(warning.help(format!("open: {}{more}", lines.join(", "))))
    }

    /// A phase whose tasks are all done is completed.
    fn all_ticked(&self) -> Option<Diagnostic> {
        let only = self
            .ticked()
            .next()
            .filter(|_| self.ticked().count() == 1)?;
        let done = self.checklist.standing_by_tasks() == StatusKind::Completed;
        if !done || only.kind == StatusKind::Completed {
            return None;
        }
        let message = format!(
            "every task is ticked, and the phase is called {}",
            word(only.kind)
        );
        let warning = self.warning(around(&only.marker), message, "ticked here");
        let help = "tick `Completed`, or open the box of what is left to do; `orch phase N run` \
                    closes a phase by itself";
        let warning = warning.help(help);
        let status = self.checklist.status.as_ref()?;
        Some(match self.ticked_alone(status, StatusKind::Completed) {
            Some((span, text)) => warning.suggest(span, text),
            None => warning,
        })
    }

    /// A date is one, or stands for none yet.
    fn unread_dates(&self) -> Vec<Diagnostic> {
        let unread = |field: &DateField| {
            if is_blank_date(&field.text) || read_date(&field.text).is_some() {
                return None;
            }
            let message = format!("`{}` is no date that is known", field.text.trim());
            let help =
                "write it like `2026-01-31` or `31.01.2026`, or `-` as long as there is none";
            let warning = Diagnostic::warning(message).rule("date").help(help);
            let warning = self.at(warning, field.value.clone(), "");
            Some(match loose_date(&field.text) {
                Some(date) => {
                    let date = self.checklist.date_style().write(date);
                    warning.fix(field.value.clone(), date)
                }
                None => warning,
            })
        };
        let fields = [&self.checklist.started, &self.checklist.completed];
        fields.into_iter().flatten().filter_map(unread).collect()
    }

    /// What is completed was started.
    fn dates(&self) -> Option<Diagnostic> {
        let (started, completed) = (
            self.checklist.started.as_ref()?,
            self.checklist.completed.as_ref()?,
        );
        let (from, to) = (read_date(&started.text)?, read_date(&completed.text)?);
        (from > to).then(|| {
            let message = "the phase is completed before it is started".to_owned();
            let label = format!("started on {from}");
            let warning = self.warning(completed.value.clone(), message, &label);
            let help =
                "correct one of the two dates; a run leaves dates that are there as they are";
            let warning = warning.rule("date").help(help);
            self.related(warning, started.value.clone(), "it is started here")
        })
    }

    /// Tasks don't wait for each other in a circle.
    fn circle(&self) -> Option<Diagnostic> {
        let mut waits: BTreeMap<&TaskId, Vec<&Spanned<TaskId>>> = BTreeMap::new();
        for task in self.checklist.tasks() {
            let after = task.directive.iter().flat_map(|given| &given.after);
            for other in after.filter(|after| after.value != task.id) {
                waits.entry(&task.id).or_default().push(other);
            }
        }
        let mut done = BTreeSet::new();
        let starts: Vec<&TaskId> = waits.keys().copied().collect();
        let (ids, place) = starts
            .into_iter()
            .find_map(|id| closed(id, &waits, &mut done))?;
        let message = format!("these tasks wait for each other: {}", ids.join(" → "));
        let error = Diagnostic::error(message).rule("cycle");
        let help = "take one `after=` away: what objects refer to is put in order without it";
        let label = "this closes the circle";
        let mut error = self.at(error, place.span.clone(), label).help(help);
        for pair in ids.windows(2) {
            let [task, after] = pair else { continue };
            let known = waits.iter().find(|(id, _)| id.as_str() == task);
            let edges = known.into_iter().flat_map(|(_, edges)| edges);
            let mut edges = edges.filter(|it| it.value.as_str() == after && it.span != place.span);
            if let Some(edge) = edges.next() {
                let label = format!("task {task} is to come after {after}");
                error = self.related(error, edge.span.clone(), &label);
            }
        }
        Some(error)
    }
}

/// Returns the ids of a circle that is reached from a task, with the place that closes it.
fn closed<'c>(
    start: &'c TaskId,
    waits: &BTreeMap<&'c TaskId, Vec<&'c Spanned<TaskId>>>,
    done: &mut BTreeSet<&'c TaskId>,
) -> Option<(Vec<String>, &'c Spanned<TaskId>)> {
    // Its own stack: a chain of tasks may be long.
    let mut path: Vec<(&TaskId, usize)> = vec![(start, 0)];
    let mut on_path = BTreeSet::from([start]);
    while let Some((id, next)) = path.last_mut() {
        let id = *id;
        let Some(after) = waits.get(id).and_then(|all| all.get(*next)) else {
            done.insert(id);
            on_path.remove(id);
            path.pop();
            continue;
        };
        *next += 1;
        if on_path.contains(&after.value) {
            let from = path.iter().position(|(seen, _)| **seen == after.value)?;
            let circle = path.iter().skip(from).map(|(id, _)| id.to_string());
            let ids = circle.chain([after.value.to_string()]).collect();
            return Some((ids, after));
        }
        if !done.contains(&after.value) {
            on_path.insert(&after.value);
            path.push((&after.value, 0));
        }
    }
    None
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

    #[track_caller]
    fn check_circle(first: &str, second: &str, third: &str, expected: Option<&str>) {
        let text = format!(
            "# Phase 1: A\n\n## 1.1 Work\n\n- [ ] A <!-- orch: {first} -->\n\
             - [ ] B <!-- orch: {second} -->\n- [ ] C <!-- orch: {third} -->\n"
        );
        let checklist = parse("phase-01-a.md", &text, &Vocabulary::default())
            .expect("a checklist")
            .checklist;
        let found: Vec<String> = review(&checklist)
            .into_iter()
            .map(|it| it.message)
            .collect();
        assert_eq!(found.first().map(String::as_str), expected);
    }

    #[test]
    fn tasks_that_wait_in_a_circle_are_named() {
        let circle = "these tasks wait for each other: 1.1.1 → 1.1.2 → 1.1.3 → 1.1.1";
        check_circle("after=1.1.2", "after=1.1.3", "after=1.1.1", Some(circle));
        check_circle("manual", "after=1.1.1", "after=1.1.1,1.1.2", None);
        let two = "these tasks wait for each other: 1.1.2 → 1.1.3 → 1.1.2";
        check_circle("after=1.1.2", "after=1.1.3", "after=1.1.2", Some(two));
    }

    #[track_caller]
    fn check_fix(status: [char; 3], tasks: [char; 2], expected: Option<([char; 3], bool)>) {
        let boxes = |[a, b, c]: [char; 3]| {
            format!("- [{a}] Not started\n- [{b}] In progress\n- [{c}] Completed\n")
        };
        let [first, second] = tasks;
        let rest = format!("\n## 1.1 Work\n\n- [{first}] Ask\n- [{second}] Tell\n");
        let head = "# Phase 1: Things\n\n## Status\n\n";
        let text = format!("{head}{}{rest}", boxes(status));
        let checklist = parse("phase-01-a.md", &text, &Vocabulary::default())
            .expect("a checklist")
            .checklist;
        let found = review(&checklist);
        let fix = found.first().and_then(|first| first.fix.as_ref());
        let mended = fix.map(|fix| {
            let mut mended = text.clone();
            mended.replace_range(fix.span.clone(), &fix.text);
            (mended, fix.safe)
        });
        let expected =
            expected.map(|(after, safe)| (format!("{head}{}{rest}", boxes(after)), safe));
        assert_eq!(mended, expected);
    }

    #[test]
    fn what_counts_is_the_fix_and_safe_only_where_it_is_what_was_meant() {
        check_fix(['x', 'x', 'x'], ['x', 'x'], Some(([' ', ' ', 'x'], true)));
        check_fix(['x', 'x', ' '], ['x', ' '], Some(([' ', 'x', ' '], true)));
        check_fix(['x', 'x', 'x'], ['x', ' '], Some(([' ', 'x', ' '], false)));
        check_fix([' ', ' ', ' '], ['x', ' '], Some(([' ', 'x', ' '], true)));
        check_fix([' ', 'x', ' '], ['x', 'x'], Some(([' ', ' ', 'x'], false)));
        check_fix([' ', 'x', ' '], ['x', ' '], None);
    }

    #[test]
    fn a_date_is_one_or_none() {
        let wrong = "`soon` is no date that is known";
        check([' ', 'x', ' '], ['x', ' '], ("soon", "-"), &[wrong]);
        check(
            [' ', 'x', ' '],
            ['x', ' '],
            ("01.02.2026", "DD.MM.YYYY"),
            &[],
        );
        let loose = "`2026-1-2` is no date that is known";
        check([' ', 'x', ' '], ['x', ' '], ("2026-1-2", ""), &[loose]);
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
