//! One object that two steps apply with different content: which of them counts must be said.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::cycle::End;
use crate::manifest::Object;

/// An object that is described twice, differently, with nothing that says which comes last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twice {
    /// Where it is described first.
    pub first: End,
    /// Where it is described again.
    pub second: End,
}

/// What makes an object one for the server: group, kind, namespace, name.
type Identity<'a> = (&'a str, &'a str, Option<&'a str>, &'a str);

impl fmt::Display for Twice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in ", self.first.name)?;
        place(&self.first, f)?;
        f.write_str(" and in ")?;
        place(&self.second, f)
    }
}

fn place(end: &End, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let file = end.file.as_deref().unwrap_or("a fence");
    match &end.task {
        Some(task) => write!(f, "`{file}` (task {task})"),
        None => write!(f, "`{file}`"),
    }
}

/// Returns the first two objects that are one for the server, differ, and aren't ordered: neither
/// needs the other, so that chance would say which of them stays.
///
/// `objects` come with their places in `needs`, which must have no circle.
pub(super) fn find(
    objects: &[(usize, &Object)],
    needs: &[BTreeSet<usize>],
) -> Option<(usize, usize)> {
    let mut known: BTreeMap<Identity<'_>, Vec<(usize, &Object)>> = BTreeMap::new();
    for (at, object) in objects {
        // A kind is the same in all versions of its group.
        let group = object
            .api_version
            .split_once('/')
            .map_or("", |(group, _)| group);
        let namespace = object.namespace.as_deref();
        let same = known
            .entry((group, &object.kind, namespace, &object.name))
            .or_default();
        let differs = |(_, other): &&(usize, &Object)| other.value != object.value;
        for (before, _) in same.iter().filter(differs) {
            if !reaches(*at, *before, needs) && !reaches(*before, *at, needs) {
                return Some((*before, *at));
            }
        }
        same.push((*at, object));
    }
    None
}

/// Returns whether a step needs another, directly or not.
fn reaches(from: usize, to: usize, needs: &[BTreeSet<usize>]) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut waiting = vec![from];
    while let Some(at) = waiting.pop() {
        for need in needs.get(at).into_iter().flatten() {
            if *need == to {
                return true;
            }
            if seen.insert(*need) {
                waiting.push(*need);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::find;
    use crate::manifest::{Object, parse_documents};

    fn map(name: &str, value: &str) -> String {
        format!(
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: a}}\n\
             data: {{key: {value}}}\n"
        )
    }

    #[track_caller]
    fn check(yaml: &str, needs: &[&[usize]], expected: Option<(usize, usize)>) {
        let objects = parse_documents("a.yml", yaml).expect("objects");
        let objects: Vec<(usize, &Object)> = objects.iter().enumerate().collect();
        let set = |wanted: &&[usize]| wanted.iter().copied().collect();
        let needs: Vec<BTreeSet<usize>> = needs.iter().map(set).collect();
        assert_eq!(find(&objects, &needs), expected);
    }

    #[test]
    fn one_object_with_two_contents_is_found() {
        let yaml = map("a", "one") + &map("b", "one") + &map("a", "two");
        check(&yaml, &[&[], &[], &[]], Some((0, 2)));
    }

    #[test]
    fn the_same_content_twice_is_no_contradiction() {
        check(&(map("a", "one") + &map("a", "one")), &[&[], &[]], None);
    }

    #[test]
    fn a_later_step_may_replace_what_an_earlier_one_applied() {
        let yaml = map("a", "one") + &map("b", "one") + &map("a", "two");
        check(&yaml, &[&[], &[0], &[1]], None);
        check(&yaml, &[&[1], &[2], &[]], None);
    }
}
