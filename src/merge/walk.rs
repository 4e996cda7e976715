//! Which change a text needs next to become the merge, and what conflicts: decided on values.
//!
//! One change is found at a time. The text is changed, read again and walked again until none is
//! needed, so that no change has to know where another one moved the rest.

use serde_json::{Map, Value};

use super::change::{Change, Step, What, written};
use super::secrets::shown;
use super::{Conflict, Prefer, Side, Why, keys};

/// What orch wrote last of a place.
#[derive(Debug, Clone, Copy)]
enum Base<'v> {
    /// Not known.
    Unknown,
    /// Nothing.
    Absent,
    /// That.
    Is(&'v Value),
}

impl<'v> Base<'v> {
    fn key(self, key: &str) -> Self {
        match self {
            Self::Unknown => Self::Unknown,
            Self::Absent => Self::Absent,
            Self::Is(value) => value.get(key).map_or(Self::Absent, Self::Is),
        }
    }

    fn is(self, other: &Value) -> bool {
        matches!(self, Self::Is(value) if value == other)
    }

    fn items(self) -> &'v [Value] {
        match self {
            Self::Is(Value::Array(items)) => items,
            Self::Is(_) | Self::Unknown | Self::Absent => &[],
        }
    }
}

/// The values of a text's documents, empty ones left out.
pub(super) struct Values<'v> {
    /// What orch wrote last, where that is known.
    pub(super) base: Option<&'v [Value]>,
    /// What is on disk.
    pub(super) theirs: &'v [Value],
    /// What orch wants.
    pub(super) ours: &'v [Value],
}

/// What a walk finds.
pub(super) struct Walk<'r> {
    prefer: Prefer,
    /// Places whose change can't be made in the text.
    refused: &'r [Change],
    /// The document that is walked, by its place and name.
    document: (usize, String),
    /// The next change.
    pub(super) change: Option<Change>,
    /// What conflicts.
    pub(super) conflicts: Vec<Conflict>,
}

/// The three sides of a place.
struct Sides<'v> {
    base: Base<'v>,
    theirs: Option<&'v Value>,
    ours: Option<&'v Value>,
}

impl<'r> Walk<'r> {
    /// Walks all documents.
    pub(super) fn over(values: &Values<'_>, prefer: Prefer, refused: &'r [Change]) -> Self {
        let mut walk = Self {
            prefer,
            refused,
            document: (0, String::new()),
            change: None,
            conflicts: Vec::new(),
        };
        walk.documents(values);
        walk
    }

    fn documents(&mut self, values: &Values<'_>) {
        let keys::Names { base, theirs, ours } =
            keys::documents(values.base, values.theirs, values.ours);
        let before = |name: &String| match (&base, values.base) {
            (Some(names), Some(all)) => position(names, name)
                .and_then(|at| all.get(at))
                .map_or(Base::Absent, Base::Is),
            _ => Base::Unknown,
        };
        let mut previous = None;
        for (name, wanted) in ours.iter().zip(values.ours) {
            let at = position(&theirs, name);
            let sides = Sides {
                base: before(name),
                theirs: at.and_then(|at| values.theirs.get(at)),
                ours: Some(wanted),
            };
            self.document = (at.unwrap_or_default(), name.clone());
            let behind = previous.unwrap_or(values.theirs.len().saturating_sub(1));
            self.sides(&[], &sides, || Change {
                document: behind,
                path: Vec::new(),
                what: What::AddDocument(wanted.clone()),
            });
            previous = at.or(previous);
        }
        for (at, (name, value)) in theirs.iter().zip(values.theirs).enumerate() {
            if !ours.contains(name) {
                let sides = Sides {
                    base: before(name),
                    theirs: Some(value),
                    ours: None,
                };
                self.document = (at, name.clone());
                self.gone(&[], &sides);
            }
        }
    }

    /// Looks at a place that orch wants to have.
    fn sides(&mut self, path: &[Step], sides: &Sides<'_>, add: impl FnOnce() -> Change) {
        let Some(ours) = sides.ours else {
            return;
        };
        match (sides.base, sides.theirs) {
            (_, Some(theirs)) => self.both(path, sides.base, (theirs, ours)),
            // A person took it away, and orch wants no other than before.
            (base, None) if base.is(ours) => {}
            (Base::Absent, None) => self.propose(add(), sides, path),
            (Base::Unknown | Base::Is(_), None) => self.conflict(path, sides, add()),
        }
    }

    /// Looks at a place that orch doesn't want to have.
    fn gone(&mut self, path: &[Step], sides: &Sides<'_>) {
        let remove = Change {
            document: self.document.0,
            path: path.to_vec(),
            what: What::Remove,
        };
        match (sides.base, sides.theirs) {
            // A person added it.
            (Base::Absent, _) | (_, None) => {}
            (base, Some(theirs)) if base.is(theirs) => self.propose(remove, sides, path),
            (Base::Unknown | Base::Is(_), Some(_)) => self.conflict(path, sides, remove),
        }
    }

    fn both(&mut self, path: &[Step], base: Base<'_>, (theirs, ours): (&Value, &Value)) {
        if theirs == ours || base.is(ours) {
            return;
        }
        match (theirs, ours) {
            (Value::Object(theirs), Value::Object(ours)) => {
                let base = match base {
                    Base::Is(Value::Object(_)) | Base::Unknown => base,
                    Base::Is(_) | Base::Absent => Base::Absent,
                };
                self.maps(path, base, (theirs, ours));
            }
            (Value::Array(_), Value::Array(_)) if self.lists(path, base, (theirs, ours)) => {}
            _ => self.whole(path, base, (theirs, ours)),
        }
    }

    /// Looks at a place as a whole.
    fn whole(&mut self, path: &[Step], base: Base<'_>, (theirs, ours): (&Value, &Value)) {
        let sides = Sides {
            base,
            theirs: Some(theirs),
            ours: Some(ours),
        };
        let set = Change {
            document: self.document.0,
            path: path.to_vec(),
            what: What::Set(ours.clone()),
        };
        if base.is(theirs) {
            self.propose(set, &sides, path);
        } else {
            self.conflict(path, &sides, set);
        }
    }

    fn maps(
        &mut self,
        path: &[Step],
        base: Base<'_>,
        (theirs, ours): (&Map<String, Value>, &Map<String, Value>),
    ) {
        let mut previous: Option<&String> = None;
        for (key, wanted) in ours {
            let sides = Sides {
                base: base.key(key),
                theirs: theirs.get(key),
                ours: Some(wanted),
            };
            let (document, parent) = (self.document.0, path.to_vec());
            let behind = previous.cloned();
            self.sides(&deeper(path, Step::Key(key.clone())), &sides, || Change {
                document,
                path: parent,
                what: What::AddKey(key.clone(), wanted.clone(), behind),
            });
            if theirs.contains_key(key) {
                previous = Some(key);
            }
        }
        for (key, value) in theirs.iter().filter(|(key, _)| !ours.contains_key(*key)) {
            let sides = Sides {
                base: base.key(key),
                theirs: Some(value),
                ours: None,
            };
            self.gone(&deeper(path, Step::Key(key.clone())), &sides);
        }
    }

    /// Looks at the items of two lists; returns whether they can be told apart.
    fn lists(&mut self, path: &[Step], base: Base<'_>, (theirs, ours): (&Value, &Value)) -> bool {
        let (Value::Array(theirs_items), Value::Array(ours_items)) = (theirs, ours) else {
            return false;
        };
        let name = path.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Item(..) => None,
        });
        let lists = [base.items(), theirs_items, ours_items];
        let Some([before, there, wanted]) = keys::of(name.unwrap_or_default(), lists) else {
            return false;
        };
        if base.is(theirs) && reordered(&there, &wanted) {
            return false;
        }
        let of = |key: &String| match base {
            Base::Unknown => Base::Unknown,
            Base::Absent | Base::Is(_) => position(&before, key)
                .and_then(|at| base.items().get(at))
                .map_or(Base::Absent, Base::Is),
        };
        let mut previous = None;
        for (key, item) in wanted.iter().zip(ours_items) {
            let at = position(&there, key);
            let sides = Sides {
                base: of(key),
                theirs: at.and_then(|at| theirs_items.get(at)),
                ours: Some(item),
            };
            let (document, parent) = (self.document.0, path.to_vec());
            let step = Step::Item(at.unwrap_or(theirs_items.len()), Some(key.clone()));
            self.sides(&deeper(path, step), &sides, || Change {
                document,
                path: parent,
                what: What::AddItem(item.clone(), previous),
            });
            previous = at.or(previous);
        }
        for (at, (key, item)) in there.iter().zip(theirs_items).enumerate() {
            if !wanted.contains(key) {
                let sides = Sides {
                    base: of(key),
                    theirs: Some(item),
                    ours: None,
                };
                self.gone(&deeper(path, Step::Item(at, Some(key.clone()))), &sides);
            }
        }
        true
    }

    fn propose(&mut self, change: Change, sides: &Sides<'_>, path: &[Step]) {
        if self.refused.contains(&change) {
            self.tell(path, sides, Why::Form);
        } else if self.change.is_none() {
            self.change = Some(change);
        }
    }

    fn conflict(&mut self, path: &[Step], sides: &Sides<'_>, ours: Change) {
        match self.prefer {
            Prefer::Theirs => {}
            Prefer::Ours => self.propose(ours, sides, path),
            Prefer::Neither => {
                let unknown = matches!(sides.base, Base::Unknown);
                self.tell(path, sides, if unknown { Why::NoBase } else { Why::Both });
            }
        }
    }

    fn tell(&mut self, path: &[Step], sides: &Sides<'_>, why: Why) {
        let place = match written(path) {
            within if within.is_empty() => self.document.1.clone(),
            within => format!("{}: {within}", self.document.1),
        };
        let side = |value: Option<&Value>| match value {
            Some(value) => Side::Is(shown(&self.document.1, path, value)),
            None => Side::Absent,
        };
        let conflict = Conflict {
            place,
            why,
            written: match sides.base {
                Base::Unknown => Side::Unknown,
                Base::Absent => Side::Absent,
                Base::Is(value) => side(Some(value)),
            },
            found: side(sides.theirs),
            wanted: side(sides.ours),
        };
        self.conflicts.push(conflict);
    }
}

fn position(names: &[String], name: &String) -> Option<usize> {
    names.iter().position(|known| known == name)
}

fn deeper(path: &[Step], step: Step) -> Vec<Step> {
    let mut path = path.to_vec();
    path.push(step);
    path
}

/// Returns whether what both lists have stands in another order in one of them.
fn reordered(there: &[String], wanted: &[String]) -> bool {
    let left = there.iter().filter(|key| wanted.contains(key));
    let right = wanted.iter().filter(|key| there.contains(key));
    !left.eq(right)
}
