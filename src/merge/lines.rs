//! Merging what isn't YAML line by line.

use diffy::{ConflictStyle, MergeOptions};

use super::{Conflict, Merged, Prefer, Side, Versions, Why};

/// The length of the marks around a conflict; no text has lines of that many equal signs.
const MARK: usize = 61;

/// Merges three texts line by line.
pub(super) fn merge(versions: &Versions<'_>, prefer: Prefer) -> Merged {
    let (theirs, ours) = (versions.theirs, versions.ours);
    let is = |text: &str| versions.base == Some(text);
    if theirs == ours || is(ours) {
        return merged(theirs);
    }
    if is(theirs) {
        return merged(ours);
    }
    let Some(base) = versions.base else {
        return without_base(versions, prefer);
    };
    let mut options = MergeOptions::new();
    options
        .set_conflict_style(ConflictStyle::Diff3)
        .set_conflict_marker_length(MARK);
    match options.merge(base, theirs, ours) {
        Ok(text) => merged(&text),
        Err(marked) => resolve(&marked, prefer),
    }
}

fn merged(text: &str) -> Merged {
    Merged {
        text: text.to_owned(),
        conflicts: Vec::new(),
    }
}

fn without_base(versions: &Versions<'_>, prefer: Prefer) -> Merged {
    match prefer {
        Prefer::Theirs => merged(versions.theirs),
        Prefer::Ours => merged(versions.ours),
        Prefer::Neither => Merged {
            text: versions.theirs.to_owned(),
            conflicts: vec![Conflict {
                place: "the whole file".to_owned(),
                why: Why::NoBase,
                written: Side::Unknown,
                found: Side::Is(versions.theirs.to_owned()),
                wanted: Side::Is(versions.ours.to_owned()),
            }],
        },
    }
}

/// Where in a marked text a line lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    Agreed,
    Theirs,
    Base,
    Ours,
}

/// Takes the marks out of a text: each conflict is told, and one side stays in its place.
fn resolve(marked: &str, prefer: Prefer) -> Merged {
    let mark = |sign: &str| sign.repeat(MARK);
    let (start, base, middle, end) = (mark("<"), mark("|"), mark("="), mark(">"));
    let mut place = In::Agreed;
    let mut text = String::new();
    let mut sides = [const { String::new() }; 3];
    let mut conflicts = Vec::new();
    for line in marked.split_inclusive('\n') {
        let next = [
            (&start, In::Theirs),
            (&base, In::Base),
            (&middle, In::Ours),
            (&end, In::Agreed),
        ];
        let turn = next
            .iter()
            .find(|(sign, _)| line.starts_with(sign.as_str()));
        let Some((_, now)) = turn else {
            match place {
                In::Agreed => text.push_str(line),
                In::Theirs => sides[0].push_str(line),
                In::Base => sides[1].push_str(line),
                In::Ours => sides[2].push_str(line),
            }
            continue;
        };
        place = *now;
        if place == In::Agreed {
            let [theirs, base, ours] = std::mem::take(&mut sides);
            let at = text.lines().count() + 1;
            text.push_str(if prefer == Prefer::Ours {
                &ours
            } else {
                &theirs
            });
            if prefer == Prefer::Neither {
                conflicts.push(conflict(at, [theirs, base, ours]));
            }
        }
    }
    Merged { text, conflicts }
}

fn conflict(at: usize, [theirs, base, ours]: [String; 3]) -> Conflict {
    let side = |text: String| match text.trim_end_matches('\n') {
        "" => Side::Absent,
        text => Side::Is(text.to_owned()),
    };
    let place = match theirs.lines().count() {
        0 | 1 => format!("line {at}"),
        several => format!("lines {at}–{}", at + several - 1),
    };
    Conflict {
        place,
        why: Why::Both,
        written: side(base),
        found: side(theirs),
        wanted: side(ours),
    }
}
