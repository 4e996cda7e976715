//! What a run would change on a live target, for people and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};

use crate::checklist::TaskId;
use crate::cli::run::ahead::{Ahead, Foreseen, Would};
use crate::cluster::{Effect, FieldChange};
use crate::execute::{Candidate, Fate};
use crate::journal::StepId;
use crate::terminal::{Paint, count, printable};

/// How much of a value is shown.
const SHOWN: usize = 60;

/// How many lines of a text that changes are shown.
const LINES: usize = 24;

/// How many names of what stays are shown.
const NAMED: usize = 8;

/// How an object is shown: its sign, what happens, and what is needed or known beside.
struct Row {
    sign: char,
    word: &'static str,
    beside: String,
}

/// Returns what a run would change, a row an object and a line a field.
pub(super) fn text(ahead: &Ahead, context: &str, paint: Paint) -> String {
    let heading = format!("what a run would change on {}", printable(context));
    let mut text = format!("\n{}\n", paint.bold(heading));
    for object in &ahead.objects {
        let Some(row) = row(&object.would) else {
            continue;
        };
        text += &line(
            &row,
            &object.label,
            object.task.as_ref().map(TaskId::as_str),
            paint,
        );
        text += &below(&object.would, paint);
    }
    for candidate in &ahead.prune {
        text += &line(&pruned(candidate), &candidate.object.label(), None, paint);
    }
    text + &totals(ahead, paint)
}

fn line(row: &Row, label: &str, task: Option<&str>, paint: Paint) -> String {
    let action = format!("{} {:<10}", row.sign, row.word);
    let action = match row.sign {
        '+' => paint.good(action),
        '~' | '±' => paint.warn(action),
        _ => paint.bad(action),
    };
    let mut said = vec![format!("  {action} {}", printable(label))];
    said.extend(task.map(|task| paint.dim(format!("({task})"))));
    said.extend(Some(printable(&row.beside)).filter(|text| !text.is_empty()));
    said.join("  ") + "\n"
}

/// Returns how an object is shown; `None` where it stays as it is.
fn row(would: &Would) -> Option<Row> {
    let row = |sign, word, beside| Some(Row { sign, word, beside });
    match would {
        Would::After(what) => row('+', "create", format!("after {}", what.join(" and "))),
        Would::Drift(_) => row(
            '!',
            "drift",
            "changed since it was done; a run leaves it, --repair puts it back".to_owned(),
        ),
        Would::Leave(_) => None,
        Would::Apply(preview) => match &preview.effect {
            Effect::Create => row('+', "create", String::new()),
            Effect::Change => row('~', "change", String::new()),
            Effect::TakeOver(from) => row('!', "take over", take_over(from)),
            Effect::Recreate(cost) => row('±', "recreate", format!("needs --recreate: {cost}")),
            Effect::Again(why) => row('±', "run again", (*why).to_owned()),
            Effect::Adopt => row('~', "adopt", "as it is".to_owned()),
            Effect::Unchanged => None,
            Effect::Refused(cause, _) => row('!', "refused", cause.clone()),
        },
    }
}

fn take_over(from: &[String]) -> String {
    let flags: Vec<String> = from
        .iter()
        .map(|name| {
            if name.contains(' ') {
                format!("--take-over '{name}'")
            } else {
                format!("--take-over {name}")
            }
        })
        .collect();
    if flags.is_empty() {
        "needs --take-over".to_owned()
    } else {
        format!("needs {}", flags.join(" "))
    }
}

fn pruned(candidate: &Candidate) -> Row {
    let (word, beside) = match &candidate.fate {
        Fate::Goes(why) => {
            let why = why.as_ref().map(|why| format!("; {why}"));
            ("prune", format!("needs --prune{}", why.unwrap_or_default()))
        }
        Fate::Named(why) => {
            let label = candidate.object.label();
            (
                "keep",
                format!("{why}; --prune --delete {label} lets it go"),
            )
        }
        Fate::Foreign(why) => ("keep", why.clone()),
    };
    Row {
        sign: '-',
        word,
        beside,
    }
}

/// Returns the lines below an object's row.
fn below(would: &Would, paint: Paint) -> String {
    let mut text = String::new();
    let (fields, notes, help) = match would {
        Would::Apply(preview) => {
            let help = if let Effect::Refused(_, help) = &preview.effect {
                help.as_ref()
            } else {
                None
            };
            (preview.fields.as_slice(), preview.notes.as_slice(), help)
        }
        Would::Drift(fields) => (fields.as_slice(), &[][..], None),
        Would::After(_) | Would::Leave(_) => return text,
    };
    let width = fields.iter().map(|it| it.path.chars().count()).max();
    for it in fields {
        text += &field(it, width.unwrap_or(0).min(SHOWN), paint);
    }
    for note in notes {
        let _ = writeln!(text, "      {}", paint.dim(printable(note)));
    }
    if let Some(help) = help {
        let _ = writeln!(text, "      {} {}", paint.name("help:"), printable(help));
    }
    text
}

/// Returns a field's line, or its lines where its text has several.
pub(in crate::cli) fn field(it: &FieldChange, width: usize, paint: Paint) -> String {
    let by = it.by.as_ref().map(|by| format!("  ({})", printable(by)));
    let by = paint.dim(by.unwrap_or_default());
    let path = printable(&it.path);
    let several = |text: &Option<String>| text.as_ref().is_some_and(|it| it.contains('\n'));
    if several(&it.before) || several(&it.after) {
        let whole = |text: &Option<String>| text.clone().unwrap_or_default();
        let lines = lines(&whole(&it.before), &whole(&it.after), paint);
        return format!("      {path}{by}\n{lines}");
    }
    let said = match (&it.before, &it.after) {
        (Some(before), Some(after)) if before == after => format!("{before} (changed)"),
        (Some(before), Some(after)) => {
            format!("{} → {}", paint.dim(short(before)), short(after))
        }
        (None, Some(after)) => format!("{} {}", paint.good("+"), short(after)),
        (Some(before), None) => format!("{} {}", paint.bad("-"), paint.dim(short(before))),
        (None, None) => String::new(),
    };
    format!("      {path:<width$}  {said}{by}\n")
}

/// Returns a field in one line, whatever its text.
pub(in crate::cli) fn field_line(it: &FieldChange) -> String {
    let part = |value: &Option<String>| match value {
        Some(value) => short(value.lines().next().unwrap_or_default()),
        None => "nothing".to_owned(),
    };
    let by = it.by.as_ref().map(|by| format!(" (by {by})"));
    format!(
        "{} {} → {}{}",
        it.path,
        part(&it.before),
        part(&it.after),
        by.unwrap_or_default()
    )
}

/// Returns the lines that differ, each with one beside it.
fn lines(before: &str, after: &str, paint: Paint) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut shown = Vec::new();
    for (at, group) in diff.grouped_ops(1).iter().enumerate() {
        if at > 0 {
            shown.push(paint.dim("…"));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = printable(change.value().trim_end_matches(['\n', '\r']));
            shown.push(match change.tag() {
                ChangeTag::Equal => paint.dim(format!("  {line}")),
                ChangeTag::Delete => paint.bad(format!("- {line}")),
                ChangeTag::Insert => paint.good(format!("+ {line}")),
            });
        }
    }
    let more = shown.len().saturating_sub(LINES);
    let mut text = String::new();
    for line in shown.iter().take(LINES) {
        let _ = writeln!(text, "        {line}");
    }
    if more > 0 {
        let _ = writeln!(
            text,
            "        {}",
            paint.dim(format!("… {}", count(more, "line")))
        );
    }
    text
}

/// Returns a value's beginning and end, where it is long: what differs is often at the end.
fn short(value: &str) -> String {
    let value = printable(value);
    let length = value.chars().count();
    if value.is_empty() {
        return "\"\"".to_owned();
    }
    if length <= SHOWN {
        return value;
    }
    let (start, end) = (SHOWN / 2, SHOWN / 2 - 1);
    let start: String = value.chars().take(start).collect();
    let end: String = value.chars().skip(length - end).collect();
    format!("{start}…{end}")
}

fn totals(ahead: &Ahead, paint: Paint) -> String {
    let word = |object: &Foreseen| row(&object.would).map(|row| row.word);
    let mut parts: Vec<String> = Vec::new();
    for (what, said) in [
        ("create", "to create"),
        ("change", "to change"),
        ("adopt", "to adopt"),
        ("take over", "to take over"),
        ("recreate", "to recreate"),
        ("run again", "to run again"),
        ("refused", "refused"),
        ("drift", "drifted"),
    ] {
        let number = ahead.objects.iter();
        let number = number.filter(|it| word(it) == Some(what)).count();
        if number > 0 {
            parts.push(format!("{number} {said}"));
        }
    }
    let going = ahead.prune.iter();
    let going = going.filter(|it| matches!(it.fate, Fate::Goes(_))).count();
    if going > 0 {
        parts.push(format!("{going} to prune"));
    }
    let stays: Vec<&Foreseen> = ahead
        .objects
        .iter()
        .filter(|object| row(&object.would).is_none())
        .collect();
    if !stays.is_empty() {
        parts.push(format!("{} unchanged", stays.len()));
    }
    let text = beside(ahead, &stays, paint);
    let parts = if parts.is_empty() {
        "no object".to_owned()
    } else {
        parts.join(" · ")
    };
    text + &format!("  {parts}\n")
}

/// Returns what there is to know beside the objects' rows.
fn beside(ahead: &Ahead, stays: &[&Foreseen], paint: Paint) -> String {
    let mut text = String::new();
    let left: Vec<String> = stays
        .iter()
        .filter_map(|it| match &it.would {
            Would::Leave(why) => Some(format!("{}: left, {why}", it.label)),
            Would::Apply(_) | Would::After(_) | Would::Drift(_) => None,
        })
        .collect();
    for line in left.iter().take(NAMED) {
        let _ = writeln!(text, "  {}", paint.dim(printable(line)));
    }
    if !ahead.changed.is_empty() {
        let names: Vec<&str> = ahead.changed.iter().map(StepId::as_str).collect();
        let more = names.len().saturating_sub(NAMED);
        let names = names.get(..NAMED.min(names.len())).unwrap_or_default();
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let what = match ahead.changed.len() {
            1 => "a finished step is",
            _ => "finished steps are",
        };
        let _ = writeln!(
            text,
            "  {} {what} another thing now, a run needs --accept-changes: {}{more}",
            paint.warn("note:"),
            printable(&names.join(", "))
        );
    }
    text
}

/// Returns one JSON event an object, and one for what would be pruned.
pub(super) fn json(ahead: &Ahead) -> String {
    let mut text = String::new();
    for object in &ahead.objects {
        let _ = writeln!(text, "{}", event(object));
    }
    for candidate in &ahead.prune {
        let goes = matches!(candidate.fate, Fate::Goes(_));
        let value = json!({ "event": "preview", "object": candidate.object.label(),
            "namespace": candidate.object.namespace,
            "effect": if goes { "prune" } else { "keep" }, "said": pruned(candidate).beside });
        let _ = writeln!(text, "{value}");
    }
    text
}

fn event(object: &Foreseen) -> Value {
    let none: &[FieldChange] = &[];
    let (fields, notes): (&[FieldChange], &[String]) = match &object.would {
        Would::Apply(preview) => (&preview.fields, &preview.notes),
        Would::Drift(fields) => (fields, &[]),
        Would::After(_) | Would::Leave(_) => (none, &[]),
    };
    let fields: Vec<Value> = fields.iter().map(field_json).collect();
    let mut value = json!({ "event": "preview", "object": object.label,
        "namespace": object.namespace, "task": object.task, "step": object.step,
        "effect": effect(&object.would), "fields": fields, "notes": notes });
    match &object.would {
        Would::After(what) => value["after"] = json!(what),
        Would::Leave(why) => value["said"] = json!(why),
        Would::Drift(_) => {}
        Would::Apply(preview) => match &preview.effect {
            Effect::TakeOver(from) => value["from"] = json!(from),
            Effect::Recreate(text) | Effect::Again(text) => value["said"] = json!(text),
            Effect::Refused(cause, help) => {
                value["said"] = json!(cause);
                value["help"] = json!(help);
            }
            Effect::Create | Effect::Change | Effect::Adopt | Effect::Unchanged => {}
        },
    }
    value
}

/// Returns a field as JSON.
pub(in crate::cli) fn field_json(it: &FieldChange) -> Value {
    json!({ "path": it.path, "before": it.before, "after": it.after, "by": it.by })
}

/// Returns what happens to an object in a word.
pub(super) fn effect(would: &Would) -> &'static str {
    match (row(would), would) {
        (_, Would::Leave(_)) => "left",
        (Some(row), _) => row.word,
        (None, _) => "unchanged",
    }
}
