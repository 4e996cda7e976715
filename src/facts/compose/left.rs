//! Names the keys that nothing carries over: each kind once, with all its places.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::super::report::Report;
use super::fields::Left;

/// How many further places are named.
const PLACES: usize = 5;

/// Reports what isn't carried over; keys without an effect are facts, and nothing to report.
pub(super) fn report(left: &[Left], report: &mut Report) {
    let mut groups: Vec<(&Left, &'static str, Vec<&Left>)> = Vec::new();
    let mut known: HashMap<(&str, &str), usize> = HashMap::new();
    for one in left {
        let Some(way) = one.way else { continue };
        let at = *known.entry((one.name, one.why)).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((_, _, others)) => others.push(one),
            None => groups.push((one, way, Vec::new())),
        }
    }
    for (first, way, others) in groups {
        let message = format!("`{}` isn't carried over: {}", first.path, first.why);
        let mut warning = first.mark.warning(message, "").help(way);
        if !others.is_empty() {
            warning = warning.help(further(&others));
        }
        report.push(warning);
    }
}

fn further(others: &[&Left]) -> String {
    let mut text = "the same here: ".to_owned();
    for (index, one) in others.iter().take(PLACES).enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        // Writing to a `String` can't fail.
        let _ = write!(text, "{comma}`{}` ({})", one.path, one.mark.origin());
    }
    if let Some(more) = others.len().checked_sub(PLACES).filter(|more| *more > 0) {
        let _ = write!(text, ", and {more} more");
    }
    text
}
