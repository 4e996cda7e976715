//! Boxes of which nothing was read and nothing said, told at last: a line that begins with one and
//! is no task is never passed over in silence.
//!
//! Left alone are code, comments, notes and the closing list. A block of code or a comment that is
//! never closed takes what stands below it away, and is told where it begins.

use super::lead::lead;
use super::lookalike::is_unseen;
use super::problems::Problems;
use super::tree::{Kind, Node};
use super::{Checklist, Span};

/// Warns of lines that begin with a box, stand behind `base`, and are neither tasks nor told.
pub(super) fn warn(
    checklist: &Checklist,
    (base, blocks): (usize, &[Node<'_>]),
    problems: &mut Problems<'_>,
) {
    let text = &*checklist.text;
    let mut quiet = Vec::new();
    for block in blocks {
        silent(text, block, &mut quiet, problems);
    }
    quiet.extend(checklist.closing.iter().map(|it| it.span.clone()));
    let notes = checklist.sections.iter().filter_map(|it| it.notes.as_ref());
    quiet.extend(notes.map(|it| it.span.clone()));
    quiet.extend(problems.heard().cloned());
    quiet.sort_by_key(|span| span.start);
    let told = problems.places(&["box", "status"]);
    let boxes = boxes(checklist);
    let (mut quiet, mut covered) = (quiet.into_iter().peekable(), 0);
    let mut start = base;
    for line in text
        .get(base..)
        .unwrap_or_default()
        .split_inclusive(['\n', '\r'])
    {
        let whole = start..start + line.len();
        start = whole.end;
        let holds = |places: &[usize]| {
            let at = places.partition_point(|place| *place < whole.start);
            places.get(at).is_some_and(|place| *place < whole.end)
        };
        // Most lines of a long checklist are tasks.
        if holds(&boxes) || holds(&told) {
            continue;
        }
        let Some(found) = lead(line) else { continue };
        let found = whole.start + found.start..whole.start + found.end;
        while let Some(next) = quiet.next_if(|next| next.start <= found.start) {
            covered = covered.max(next.end);
        }
        if found.start >= covered {
            tell(text, whole.start, found, problems);
        }
    }
}

/// Returns where the boxes are that count, in order.
fn boxes(checklist: &Checklist) -> Vec<usize> {
    let statuses = checklist.status.iter().flat_map(|status| &status.boxes);
    let tasks = checklist.tasks().map(|task| task.marker.offset);
    let mut all: Vec<usize> = tasks.chain(statuses.map(|it| it.marker.offset)).collect();
    all.sort_unstable();
    all
}

/// Collects where boxes are no one's, and warns where that has no end.
fn silent(text: &str, node: &Node<'_>, quiet: &mut Vec<Span>, problems: &mut Problems<'_>) {
    let source = text.get(node.span.clone()).unwrap_or_default();
    if matches!(node.kind, Kind::Fence(_) | Kind::Indented) {
        if node.kind != Kind::Indented && is_open(text, node) {
            open(node, source, "block of code", problems);
        }
        quiet.push(node.span.clone());
    } else if node.kind == Kind::Html && source.starts_with("<!--") {
        let length = source.rfind("-->").map(|at| at + "-->".len());
        if length.is_none() {
            open(node, source, "comment", problems);
        }
        let start = node.span.start;
        quiet.push(start..length.map_or(node.span.end, |length| start + length));
    } else {
        for child in &node.children {
            silent(text, child, quiet, problems);
        }
    }
}

/// Returns whether a fence's last line is still code.
fn is_open(text: &str, fence: &Node<'_>) -> bool {
    let Some(last) = fence.children.last() else {
        return false;
    };
    let rest = text.get(last.span.end..fence.span.end.max(last.span.end));
    rest.is_none_or(|rest| rest.trim().is_empty())
}

/// Warns of a block that is never closed, where it holds boxes.
fn open(block: &Node<'_>, source: &str, what: &str, problems: &mut Problems<'_>) {
    let lines = || source.split(['\n', '\r']);
    let count = lines().skip(1).filter(|line| lead(line).is_some()).count();
    let boxes = match count {
        0 => return,
        1 => "the box in it is no task".to_owned(),
        many => format!("the {many} boxes in it are no tasks"),
    };
    let first = lines().next().unwrap_or_default().trim_end();
    let message = format!("this {what} is never closed, so {boxes}");
    let help = match what {
        "comment" => "close it with `-->`",
        _ => "close it with a line of the signs that it begins with",
    };
    let span = block.span.start..block.span.start + first.len();
    problems.push(problems.placed(&span, message, help).rule("box"));
}

/// Warns of a box, in a line that begins at a place, that is no task.
fn tell(text: &str, start: usize, found: Span, problems: &mut Problems<'_>) {
    let before = text.get(start..found.start).unwrap_or_default();
    let behind = text.get(found.end..).unwrap_or_default();
    if before.contains(is_unseen) {
        let message = "a character that can't be seen keeps this box from being a task".to_owned();
        let help = "begin the line anew, with `- [ ] …`";
        let warning = problems.placed(&found, message, help).rule("box");
        let plain = before.replace(is_unseen, "");
        let sign = plain.trim();
        let fixed = matches!(sign, "-" | "*" | "+") && behind.starts_with(' ');
        problems.push(if fixed {
            let indent: String = plain.chars().take_while(|it| *it == ' ').collect();
            warning.fix(start..found.start, format!("{indent}{sign} "))
        } else {
            warning
        });
        return;
    }
    let (message, help) = if behind.starts_with(['[', ':', '(']) {
        let message = "Markdown takes this box for a link, so it is no task";
        (message, "put a space behind the `]`")
    } else {
        let message = "this box isn't the first thing of a list's item, so it is no task";
        (message, "begin the line with `- [ ] …`")
    };
    let warning = problems.placed(&found, message.to_owned(), help);
    problems.push(warning.rule("box"));
}

#[cfg(test)]
mod tests;
