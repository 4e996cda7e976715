//! Where a checklist's parts are said to be, they are.

use std::collections::BTreeMap;

use orch::checklist::{Bullet, Checklist, Directive, Inline, Section, Span, Task};

/// Every span is what it is said to be.
pub fn check(checklist: &Checklist) {
    let text = &*checklist.text;
    inside(&checklist.title_span, text);
    let mut boxes = BTreeMap::new();
    for task in checklist.tasks() {
        assert!(
            boxes.insert(task.marker.offset, &task.id).is_none(),
            "a box is two tasks': {text:?}"
        );
        task_spans(task, text);
    }
    for one in checklist.status.iter().flat_map(|status| &status.boxes) {
        assert!(
            !boxes.contains_key(&one.marker.offset),
            "a status box is no task: {text:?}"
        );
    }
    for date in [&checklist.started, &checklist.completed]
        .into_iter()
        .flatten()
    {
        is(&date.value, &date.text, text);
    }
    for section in &checklist.sections {
        section_spans(section, text);
    }
    if let Some(closing) = &checklist.closing {
        inside(&closing.span, text);
    }
}

#[track_caller]
fn is(span: &Span, expected: &str, text: &str) {
    assert_eq!(
        text.get(span.clone()),
        Some(expected),
        "{span:?} of {text:?}"
    );
}

#[track_caller]
fn inside<'t>(span: &Span, text: &'t str) -> &'t str {
    let found = text.get(span.clone());
    found.unwrap_or_else(|| panic!("{span:?} is no place of {text:?}"))
}

fn task_spans(task: &Task, text: &str) {
    let at = task.marker.offset;
    let found = inside(&(at - 1..at + 2), text);
    let wanted: &[&str] = if task.marker.checked {
        &["[x]", "[X]"]
    } else {
        // What Markdown takes for a blank in a box.
        &["[ ]", "[\t]", "[\u{b}]", "[\u{c}]"]
    };
    assert!(wanted.contains(&found), "{found:?} is no box of {text:?}");
    assert!(task.span.contains(&at), "{:?} of {text:?}", task.span);
    inside(&task.span, text);
    line(&task.text, text);
    task.bullets.iter().for_each(|bullet| bullets(bullet, text));
    for fence in &task.fences {
        fenced(inside(&fence.span, text), &fence.body);
    }
    if let Some(directive) = &task.directive {
        directive_spans(directive, text);
    }
}

fn directive_spans(directive: &Directive, text: &str) {
    let found = inside(&directive.span, text);
    assert!(
        found.starts_with("<!--") && found.ends_with("-->"),
        "{found:?}"
    );
    let texts = [&directive.run, &directive.apply];
    for given in texts
        .into_iter()
        .flatten()
        .filter(|it| !it.value.contains(['\\', '"', '\'']))
    {
        let found = inside(&given.span, text);
        assert_eq!(found.replace('\\', ""), given.value.replace('\\', ""));
    }
    for after in &directive.after {
        let found = inside(&after.span, text);
        assert!(
            found == after.value.as_str() || found.contains('\\') || found.contains(['"', '\'']),
            "{found:?} {after:?}"
        );
    }
}

fn section_spans(section: &Section, text: &str) {
    inside(&section.span, text);
    for file in &section.files {
        code(inside(&file.span, text), &file.value);
    }
    if let Some(notes) = &section.notes {
        is(&notes.span, &notes.text, text);
    }
    for fence in &section.fences {
        fenced(inside(&fence.span, text), &fence.body);
    }
    for hint in &section.hints {
        inside(&hint.span, text);
        for value in &hint.values {
            is(&value.span, &value.value, text);
        }
    }
}

fn bullets(bullet: &Bullet, text: &str) {
    line(&bullet.text, text);
    bullet
        .children
        .iter()
        .for_each(|child| bullets(child, text));
}

fn line(inline: &Inline, text: &str) {
    assert_eq!(
        text.get(inline.span.clone()),
        Some(inline.source.as_str()),
        "{text:?}"
    );
    for (value, span) in inline.codes() {
        code(text.get(span.clone()).expect("a code span's place"), value);
    }
}

/// A code span's line ends are read as spaces, what begins the next line is left out, and so is
/// the backslash before a `|`.
fn code(found: &str, value: &str) {
    let several = found.contains(['\n', '\r']);
    assert!(several || found == value, "{found:?} is read as {value:?}");
}

fn fenced(found: &str, body: &str) {
    assert!(
        found.trim_start().starts_with(['`', '~']),
        "{found:?} is no fence"
    );
    for line in body.lines().map(str::trim) {
        assert!(found.contains(line), "{line:?} isn't in {found:?}");
    }
}
