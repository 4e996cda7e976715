//! Files that a person changed, as they are shown: what is merged as a diff, what conflicts place
//! by place.

use std::fmt::Write as _;

use serde_json::json;
use similar::{ChangeTag, TextDiff};

use crate::manifest::{Rendered, Theirs};
use crate::merge::{Conflict, Side, Why};
use crate::terminal::{Paint, printable};

/// What a person can do about a conflict.
const WAYS_OUT: &str = "edit the file so that both sides agree, or run again with \
     --keep-mine (yours stays) or --overwrite (orch's replaces the file)\n";

/// What they can do about a Secret's value, which stays in no file that is committed.
const OUT_OF_SECRETS: &str = "take the Secret's value out of the file again: give it in the \
     environment or in an env file that git ignores; --overwrite puts orch's placeholder there\n";

/// How many lines of a value are shown.
const LINES: usize = 12;

/// How many unchanged lines are shown beside changed ones.
const AROUND: usize = 3;

/// Returns the files that a person has to decide on.
pub(super) fn undecided(files: &[Rendered]) -> impl Iterator<Item = &Rendered> {
    let open = |theirs: &Theirs| !theirs.conflicts.is_empty();
    files
        .iter()
        .filter(move |file| file.theirs.as_deref().is_some_and(open))
}

/// Returns what a person can do about the conflicts of files, a line each.
pub(super) fn ways_out(files: &[Rendered]) -> Vec<&'static str> {
    let theirs = files.iter().filter_map(|file| file.theirs.as_deref());
    let conflicts: Vec<&Conflict> = theirs.flat_map(|it| &it.conflicts).collect();
    let is_secret = |it: &&&Conflict| it.why == Why::Secret;
    let secrets = conflicts.iter().filter(is_secret).count();
    let mut ways = Vec::new();
    if secrets < conflicts.len() {
        ways.push(WAYS_OUT);
    }
    if secrets > 0 {
        ways.push(OUT_OF_SECRETS);
    }
    ways
}

/// Returns what becomes of the files that a person changed; nothing where there are none.
pub(super) fn text(files: &[Rendered], paint: Paint) -> String {
    let mut text = String::new();
    for file in files {
        let Some(theirs) = &file.theirs else {
            continue;
        };
        if !theirs.conflicts.is_empty() {
            text += &conflicts(file, paint);
        } else if theirs.text == file.text {
            let _ = writeln!(
                text,
                "  {} {}  kept as a person has it",
                paint.good("merge"),
                printable(&file.path)
            );
        } else {
            let word = if theirs.as_written { "anew " } else { "merge" };
            let _ = writeln!(text, "  {} {}", paint.warn(word), printable(&file.path));
            text += &diff(&theirs.text, &file.text, paint);
        }
    }
    if text.is_empty() {
        return text;
    }
    let mut theirs = files.iter().filter_map(|file| file.theirs.as_ref());
    let heading = paint.bold(if theirs.all(|it| it.as_written) {
        "files that an earlier phase wrote"
    } else {
        "files that a person changed"
    });
    let ways = ways_out(files).into_iter().map(|way| format!("  {way}"));
    let ways: String = ways.collect();
    format!("\n{heading}\n{text}{ways}")
}

/// Returns what conflicts in a file, place by place.
pub(super) fn conflicts(file: &Rendered, paint: Paint) -> String {
    let mut text = format!("  {} {}\n", paint.bad("conflict"), printable(&file.path));
    let theirs = file.theirs.iter();
    for conflict in theirs.flat_map(|theirs| &theirs.conflicts) {
        let _ = writeln!(
            text,
            "    {}\n      {}",
            paint.name(printable(&conflict.place)),
            printable(&conflict.why.to_string())
        );
        for (label, side) in sides(conflict) {
            text += &value(label, side, paint);
        }
    }
    text
}

fn sides(conflict: &Conflict) -> [(&'static str, &Side); 3] {
    [
        ("last written", &conflict.written),
        ("on disk", &conflict.found),
        ("orch wants", &conflict.wanted),
    ]
}

fn value(label: &str, side: &Side, paint: Paint) -> String {
    let label = paint.dim(format!("{label:<13}"));
    let lines: Vec<&str> = match side {
        Side::Unknown => return String::new(),
        Side::Absent => return format!("      {label} (not there)\n"),
        Side::Is(text) => text.lines().collect(),
    };
    if let [line] = lines.as_slice() {
        return format!("      {label} {}\n", printable(line));
    }
    let mut text = format!("      {label}\n");
    for line in lines.iter().take(LINES) {
        let _ = writeln!(text, "        | {}", printable(line));
    }
    if lines.len() > LINES {
        let _ = writeln!(text, "        | … {} more lines", lines.len() - LINES);
    }
    text
}

fn diff(before: &str, after: &str, paint: Paint) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut text = String::new();
    for (at, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if at > 0 {
            text += "      …\n";
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = printable(change.value().trim_end_matches('\n'));
            let _ = match change.tag() {
                ChangeTag::Equal => writeln!(text, "        {line}"),
                ChangeTag::Delete => writeln!(text, "      {}", paint.bad(format!("- {line}"))),
                ChangeTag::Insert => writeln!(text, "      {}", paint.good(format!("+ {line}"))),
            };
        }
    }
    text
}

/// Returns what becomes of the files that a person changed, one JSON event a line.
pub(super) fn json(files: &[Rendered]) -> String {
    let mut text = String::new();
    for file in files {
        let Some(theirs) = &file.theirs else {
            continue;
        };
        let found: Vec<_> = theirs.conflicts.iter().map(conflict).collect();
        let value = json!({ "event": "file", "path": file.path, "merged": found.is_empty(),
            "changes": theirs.text != file.text && found.is_empty(), "conflicts": found });
        let _ = writeln!(text, "{value}");
    }
    text
}

fn conflict(conflict: &Conflict) -> serde_json::Value {
    let side = |side: &Side| match side {
        Side::Unknown => json!({ "known": false }),
        Side::Absent => json!({ "known": true, "value": null }),
        Side::Is(text) => json!({ "known": true, "value": text }),
    };
    json!({ "place": conflict.place, "why": conflict.why.to_string(),
        "written": side(&conflict.written), "found": side(&conflict.found),
        "wanted": side(&conflict.wanted) })
}
