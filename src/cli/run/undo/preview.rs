//! What would be turned back, in the order in which it would be.

use std::fmt::Write as _;

use serde_json::json;

use super::Prepared;
use crate::cluster::{Return, Returning};
use crate::execute::{Turn, Undoing};
use crate::manifest::Object;
use crate::terminal::{Paint, count, printable};

/// Returns the preview: for people, or one JSON event a line.
pub(super) fn text(prepared: &Prepared<'_>, waves: &[Vec<Undoing>]) -> String {
    let all: Vec<&Undoing> = waves.iter().flatten().collect();
    if prepared.session.global.json {
        let events = all
            .iter()
            .filter(|it| it.object.is_some())
            .map(|it| event(it));
        return events.collect();
    }
    let paint = prepared.session.out;
    let number = prepared.phase.checklist.number;
    let info = prepared.cluster.info();
    let place = if prepared.is_rehearsal() {
        "the rehearsal, which ended with its run: only records are turned back".to_owned()
    } else {
        format!(
            "{} (context {}, {}, namespace {}), in this order",
            printable(prepared.target.called()),
            printable(&info.target),
            printable(&info.server),
            printable(prepared.inventory().namespace()),
        )
    };
    let mut text = format!(
        "{} on {place}:\n",
        paint.bold(format!("phase {number} turned back"))
    );
    for it in &all {
        text += &row(it, paint);
    }
    let records = all
        .iter()
        .filter(|it| matches!(it.turn, Turn::Record))
        .count();
    if records > 0 {
        let _ = writeln!(
            text,
            "  {}   of {} without an object; files stay as they are: git has them",
            paint.dim("records"),
            count(records, "step"),
        );
    }
    if all.iter().all(|it| matches!(it.turn, Turn::Keep(_))) {
        text += "  nothing is left to turn back\n";
    }
    text
}

fn row(it: &Undoing, paint: Paint) -> String {
    let Some(object) = &it.object else {
        return String::new();
    };
    let name = printable(&object.label());
    let (word, why) = match &it.turn {
        Turn::Record => return String::new(),
        Turn::Gone => (
            paint.dim("gone   "),
            Some("it is not there any more".to_owned()),
        ),
        Turn::Delete(note) => (paint.bad("delete "), note.clone()),
        Turn::Restore(..) => (
            paint.warn("restore"),
            Some("it was there before".to_owned()),
        ),
        Turn::Keep(why) => (paint.name("keep   "), Some(why.clone())),
    };
    let why = why.map(|why| paint.dim(format!("  {}", printable(&why))));
    let mut text = format!("  {word}   {name}{}\n", why.unwrap_or_default());
    if let Turn::Restore(_, fields) = &it.turn {
        for field in fields {
            if let Some(line) = line(field) {
                let _ = writeln!(text, "              {line}");
            }
        }
    }
    text
}

/// What becomes of a field, in one line.
fn line(field: &Returning) -> Option<String> {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "(not there)".to_owned());
    let (now, was) = (value(&field.values.0), value(&field.values.1));
    let place = printable(&field.place);
    match &field.what {
        Return::Same => None,
        Return::Back => Some(format!("{place}  {now} → {was}")),
        Return::Withheld => Some(format!(
            "{place}  stays as it is: its value was secret and is recorded nowhere"
        )),
        Return::Changed(who) => Some(format!(
            "{place}  stays {now}: {} changed it since (it was {was})",
            printable(who)
        )),
    }
}

fn event(it: &Undoing) -> String {
    let (turn, why) = match &it.turn {
        Turn::Record => ("record", None),
        Turn::Gone => ("gone", None),
        Turn::Delete(note) => ("delete", note.clone()),
        Turn::Restore(..) => ("restore", None),
        Turn::Keep(why) => ("keep", Some(why.clone())),
    };
    let fields: Vec<String> = match &it.turn {
        Turn::Restore(_, fields) => fields.iter().filter_map(line).collect(),
        Turn::Record | Turn::Gone | Turn::Delete(_) | Turn::Keep(_) => Vec::new(),
    };
    let value = json!({ "event": "undo", "turn": turn, "step": it.step,
        "object": it.object.as_ref().map(Object::label), "why": why, "fields": fields });
    format!("{value}\n")
}
