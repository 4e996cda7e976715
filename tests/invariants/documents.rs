//! Documents that people write and orch edits: checklists, directives, PROGRESS.md.

mod spans;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::date;
use orch::checklist::{
    Bullet, Checklist, Edits, Language, Parsed, Span, StatusKind, Task, harmless, parse, review,
    tick,
};
use orch::diagnostic::{Diagnostic, Diagnostics, Fix, Severity};
use orch::progress::{Entry, PhaseRow, Place, View, update};
use orch::vocabulary::Vocabulary;

use super::application::shown;
use super::text;

/// What the checklist is called.
pub const PATH: &str = "checklists/demo/phase-04-kubernetes.md";

/// How many boxes of a document are tried, so that a long one takes no longer than a short one.
const TRIED: usize = 5;
/// As many times may mending bring up what was hidden; `orch check --fix` goes no further.
const ROUNDS: usize = 4;

/// What orch may be told to write into a field: much of it would be something else at a line's
/// start.
const NOTES: &[&str] = &[
    "-",
    "два `слова` — і ще",
    "- [ ] no task",
    "# 4.9 No section",
    "```",
    "one ` mark",
    "===",
    "---",
    "<!-- orch: manual",
    "1. a",
    "> a",
    "**Files:** `x`",
    "",
];

/// Reads a document as the program does.
pub fn read(text: &str) -> Result<Parsed, Diagnostics> {
    parse(PATH, text, &Vocabulary::default())
}

/// A checklist: what is read is where it is said to be, and edits change what they are to change.
pub fn checklist(data: &[u8]) {
    if let Some(text) = text(data) {
        document(text);
    }
}

/// What holds for a text, whether it is a checklist or not.
pub fn document(text: &str) {
    settles(text);
    let parsed = match read(text) {
        Ok(parsed) => parsed,
        Err(problems) => return shown(&problems),
    };
    shown(&parsed.warnings);
    shown(&Diagnostics(review(&parsed.checklist)));
    spans::check(&parsed.checklist);
    let count = parsed.checklist.tasks().count();
    let step = count.div_ceil(TRIED).max(1);
    for index in (0..count).step_by(step).chain(count.checked_sub(1)) {
        flips(&parsed, index);
    }
    statuses(&parsed.checklist);
    fields(&parsed.checklist);
}

/// Ticking a box changes one byte, which is all that is read anew; unticking it restores.
pub fn flips(before: &Parsed, index: usize) {
    let text = &*before.checklist.text;
    let mut expected = before.checklist.clone();
    let mut tasks = expected
        .sections
        .iter_mut()
        .flat_map(|section| &mut section.tasks);
    let marker = &mut tasks.nth(index).expect("a task").marker;
    let was = *marker;
    marker.checked = !was.checked;
    let now = *marker;
    let ticked = tick(text, &was, now.checked).expect("the box is as it was read");
    let same = ticked.bytes().zip(text.bytes()).enumerate();
    let changed: Vec<usize> = same
        .filter(|(_, (a, b))| a != b)
        .map(|(at, _)| at)
        .collect();
    assert_eq!(
        (changed.as_slice(), ticked.len()),
        ([was.offset].as_slice(), text.len())
    );
    let again = read(&ticked).expect("it is still a checklist");
    expected.text = Arc::from(ticked.as_str());
    assert_eq!(again.checklist, expected, "of {text:?}");
    let mut taken = before.checklist.clone();
    assert!(taken.take_boxes(&ticked), "only a box changed in {text:?}");
    assert_eq!(taken, expected, "of {text:?}");
    assert_eq!(told(&again.warnings), told(&before.warnings), "of {text:?}");
    let back = tick(&ticked, &now, was.checked).expect("the box is as it was read");
    // Other bytes that a box may hold are written as the usual ones.
    if matches!(text.as_bytes().get(was.offset), Some(b'x' | b' ')) {
        assert_eq!(back, text);
    }
}

/// Returns what is said, and of which place.
pub fn told(found: &Diagnostics) -> Vec<(String, Option<Span>)> {
    let place = |one: &Diagnostic| one.place.as_ref().map(|place| place.span.clone());
    found
        .0
        .iter()
        // What a quote or a table holds is only noted.
        .filter(|one| one.severity != Severity::Note)
        .map(|one| (one.message.clone(), place(one)))
        .collect()
}

/// Setting the status leaves that box alone ticked.
fn statuses(checklist: &Checklist) {
    let Some(status) = &checklist.status else {
        return;
    };
    for kind in [
        StatusKind::InProgress,
        StatusKind::Completed,
        StatusKind::NotStarted,
    ] {
        let text = Edits::new().status(status, kind).apply(&checklist.text);
        let text = text.expect("the boxes are as they were read");
        let again = read(&text).expect("it is still a checklist").checklist;
        assert_eq!(outline(&again), outline(checklist));
        let boxes = again.status.expect("the boxes are still there").boxes;
        assert_eq!(boxes.len(), status.boxes.len());
        for (now, was) in boxes.iter().zip(&status.boxes) {
            assert_eq!(now.kind, was.kind);
            assert_eq!(
                now.marker.checked,
                now.kind == kind,
                "of {:?}",
                checklist.text
            );
        }
    }
}

/// Dates and notes are written where they belong, and everything else stays.
fn fields(checklist: &Checklist) {
    for given in ["2026-01-31", "-"] {
        let started = checklist.started.as_ref();
        if let Some(text) = started
            .and_then(|field| written(checklist, &Edits::new().date(field, given), &field.value))
        {
            let again = read(&text).expect("it is still a checklist").checklist;
            assert_eq!(
                again.started.map(|date| date.text).as_deref(),
                Some(given),
                "in {text:?}"
            );
        }
        let completed = checklist.completed.as_ref();
        if let Some(text) = completed
            .and_then(|field| written(checklist, &Edits::new().date(field, given), &field.value))
        {
            let again = read(&text).expect("it is still a checklist").checklist;
            assert_eq!(
                again.completed.map(|date| date.text).as_deref(),
                Some(given),
                "in {text:?}"
            );
        }
    }
    let mut with_notes = checklist.sections.iter().enumerate();
    let Some((index, notes)) = with_notes.find_map(|(index, it)| Some((index, it.notes.as_ref()?)))
    else {
        return;
    };
    for note in NOTES {
        if let Some(text) = written(checklist, &Edits::new().field(notes, note), &notes.span) {
            let again = read(&text).expect("it is still a checklist").checklist;
            let found = again
                .sections
                .get(index)
                .and_then(|section| section.notes.as_ref());
            assert_eq!(
                found.map(|notes| notes.text.as_str()),
                Some(harmless(note).as_str()),
                "in {text:?}"
            );
        }
    }
}

/// Returns the text with edits of one field; only that field's bytes changed.
fn written(checklist: &Checklist, edits: &Edits, field: &Span) -> Option<String> {
    let text = edits
        .apply(&checklist.text)
        .expect("the field is as it was read");
    let before = checklist.text.get(..field.start)?.trim_end();
    let after = checklist.text.get(field.end..)?;
    assert!(
        text.starts_with(before) && text.ends_with(after),
        "{text:?} of {:?}",
        checklist.text
    );
    let again = read(&text).expect("it is still a checklist").checklist;
    // What was half of a code span goes, and what it hid is there.
    let value = checklist.text.get(field.clone())?;
    let paragraph = before.rsplit("\n\n").next().unwrap_or_default();
    let halves = |text: &str| text.matches('`').count() % 2 == 1;
    if !halves(value) && !halves(paragraph) {
        assert_eq!(outline(&again), outline(checklist), "{text:?}");
    }
    Some(text)
}

/// What a checklist says, wherever it stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Outline {
    title: String,
    tasks: Vec<(String, bool, String, Vec<String>)>,
    files: Vec<String>,
    hints: Vec<String>,
    fences: Vec<String>,
}

impl Outline {
    /// Turns the box of a task over, by its place among them.
    pub fn flip(&mut self, index: usize) {
        if let Some((_, checked, ..)) = self.tasks.get_mut(index) {
            *checked = !*checked;
        }
    }
}

/// Returns what a checklist says beside its status, dates and notes.
pub fn outline(checklist: &Checklist) -> Outline {
    let sections = || checklist.sections.iter();
    let task = |task: &Task| {
        let mut below = Vec::new();
        task.bullets
            .iter()
            .for_each(|bullet| sources(bullet, &mut below));
        below.extend(task.fences.iter().map(|fence| fence.body.clone()));
        (
            task.id.to_string(),
            task.marker.checked,
            task.text.source.clone(),
            below,
        )
    };
    Outline {
        title: checklist.title.clone(),
        tasks: checklist.tasks().map(task).collect(),
        files: sections()
            .flat_map(|it| &it.files)
            .map(|it| it.value.clone())
            .collect(),
        hints: sections()
            .flat_map(|it| &it.hints)
            .map(|it| it.label.clone())
            .collect(),
        fences: sections()
            .flat_map(|it| &it.fences)
            .map(|it| it.body.clone())
            .collect(),
    }
}

fn sources(bullet: &Bullet, found: &mut Vec<String>) {
    found.push(bullet.text.source.clone());
    bullet
        .children
        .iter()
        .for_each(|child| sources(child, found));
}

/// Mending comes to an end, and what is mended isn't told any more.
fn settles(text: &str) {
    let mut text = text.to_owned();
    // Each round may bring up one box that was hidden in a comment.
    for _ in 0..ROUNDS + text.matches('[').count() {
        let fixes = fixes(&text);
        if fixes.is_empty() {
            return;
        }
        text = mended(&text, &fixes);
    }
    assert_eq!(fixes(&text), [], "{text:?} is never mended");
}

/// Returns what mends a text, front to back, nothing twice.
pub fn fixes(text: &str) -> Vec<Fix> {
    let mut found = match read(text) {
        Ok(parsed) => {
            let mut found = parsed.warnings.0;
            found.extend(review(&parsed.checklist));
            found
        }
        Err(problems) => problems.0,
    };
    found.sort_by_key(|one| one.place.as_ref().map(|place| place.span.start));
    let mut fixes: Vec<Fix> = Vec::new();
    for fix in found
        .into_iter()
        .filter_map(|one| one.fix)
        .filter(|fix| fix.safe)
    {
        if fixes
            .last()
            .is_none_or(|last| last.span.end <= fix.span.start)
        {
            fixes.push(fix);
        }
    }
    fixes
}

/// Returns the text with the fixes made.
pub fn mended(text: &str, fixes: &[Fix]) -> String {
    let edits = fixes.iter().fold(Edits::new(), |edits, fix| {
        let before = text.get(fix.span.clone()).expect("a place of the text");
        edits.replace(fix.span.clone(), before, &fix.text)
    });
    edits.apply(text).expect("the text is as it was read")
}

/// A directive's words: they are read or complained of, never lost.
pub fn directive(data: &[u8]) {
    let Some(words) = text(data) else { return };
    let text =
        format!("# Phase 4: A\n\n## 4.1 B\n- [ ] a\n- [ ] b <!-- orch: {words} -->\n- [ ] c\n");
    document(&text);
    if words.contains(['\n', '\r', '>']) || words.contains("--") || words.ends_with('-') {
        return;
    }
    if let Ok(parsed) = read(&text) {
        let task = parsed.checklist.tasks().nth(1).expect("three tasks");
        assert!(task.directive.is_some(), "{words:?} is lost");
        assert_eq!(parsed.checklist.tasks().count(), 3, "{words:?}");
    }
}

/// PROGRESS.md: updating it again changes nothing, and a person's lines stay.
pub fn progress(data: &[u8]) {
    let Some((chosen, rest)) = data.split_first() else {
        return;
    };
    let Some(existing) = text(rest) else { return };
    let view = view(*chosen);
    let Ok(once) = update(Some(existing), &view) else {
        return;
    };
    let twice = update(Some(&once), &view).expect("orch reads what it wrote");
    assert_eq!(twice, once, "updated again, of {existing:?}");
    if existing.trim().is_empty() {
        return;
    }
    // The current phase, its status, the date, the phase's row, a blank row of history.
    let lost = lost(existing, &once);
    let own = existing.contains("<!-- orch:begin");
    assert!(
        own || lost.len() <= 5,
        "{lost:?} of {existing:?} is gone from {once:?}"
    );
}

/// Returns the lines that the other text hasn't as often.
fn lost<'t>(text: &'t str, other: &str) -> Vec<&'t str> {
    let end = ['\n', '\r'];
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for line in other.split('\n') {
        *left.entry(line.trim_end_matches(end)).or_default() += 1;
    }
    let mut gone = Vec::new();
    for line in text.split('\n').map(|line| line.trim_end_matches(end)) {
        match left.get_mut(line).filter(|count| **count > 0) {
            Some(count) => *count -= 1,
            None => gone.push(line),
        }
    }
    gone
}

/// Returns what PROGRESS.md is to say; the byte chooses language, status and current phase.
pub fn view(chosen: u8) -> View {
    let languages = [Language::English, Language::Russian, Language::Ukrainian];
    let kinds = [
        StatusKind::NotStarted,
        StatusKind::InProgress,
        StatusKind::Completed,
    ];
    let pick = usize::from(chosen);
    let kind = kinds[pick / 3 % 3];
    let day = date(2026, 1, 31);
    let row = |number: u32, title: &str, status| PhaseRow {
        number,
        title: title.to_owned(),
        status,
        done: pick % 12,
        total: 12,
        started: (status != StatusKind::NotStarted).then_some(day),
        completed: (status == StatusKind::Completed).then_some(day),
        file: format!("checklists/demo/phase-{number:02}-a.md"),
        place: if pick % 2 == 0 {
            Place::Cluster
        } else {
            Place::Rehearsal
        },
    };
    let rows = vec![
        row(3, "Storage | Сховище", StatusKind::Completed),
        row(4, "Kubernetes", kind),
        row(5, "Ingress", StatusKind::NotStarted),
    ];
    View {
        set: "demo".to_owned(),
        language: languages[pick % 3],
        phases: rows,
        phase: 4,
        current: if kind == StatusKind::Completed { 5 } else { 4 },
        history: vec![Entry {
            date: day,
            phase: 4,
            title: "Kubernetes".to_owned(),
            text: "12 tasks done".to_owned(),
        }],
        shared: pick % 2 == 1,
    }
}
