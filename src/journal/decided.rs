//! A person's decisions, each bound to the task that it was made of.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Deref;

use jiff::Timestamp;

use super::subject::Bond;
use super::{Subject, Subjects};
use crate::checklist::TaskId;

/// A person's decision on a task; `W` is why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided<W> {
    /// Who.
    pub who: String,
    /// Why.
    pub why: W,
    /// When.
    pub at: Timestamp,
    /// What the task said then; `None` where it has an id of its own, and in older journals.
    pub about: Option<Subject>,
}

/// A person's decision that a task is done, or that what it lacks is accepted.
pub type Waiver = Decided<String>;

/// A person's decision that a task is left out, with why where they said.
pub type Skip = Decided<Option<String>>;

/// Decisions of one kind, by the id of the task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decisions<W> {
    by_id: BTreeMap<TaskId, Decided<W>>,
    /// Those in whose place something else was decided since, of a task of other words; in order.
    passed: BTreeMap<usize, (TaskId, Decided<W>)>,
    /// Where all of them are, by what binds them to their tasks.
    bound: HashMap<Bond, BTreeSet<Place>>,
}

/// Where a decision is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// Under the id of its task.
    Current(TaskId),
    /// Among those that were passed.
    Passed(usize),
}

impl<W> Default for Decisions<W> {
    fn default() -> Self {
        Self {
            by_id: BTreeMap::new(),
            passed: BTreeMap::new(),
            bound: HashMap::new(),
        }
    }
}

impl<W> Deref for Decisions<W> {
    type Target = BTreeMap<TaskId, Decided<W>>;

    fn deref(&self) -> &Self::Target {
        &self.by_id
    }
}

impl<W> Decisions<W> {
    /// Takes a decision in, which takes the place of earlier ones on the same task.
    pub(super) fn insert(&mut self, task: &TaskId, decided: Decided<W>) {
        self.remove(task, decided.about.as_ref());
        self.put(task.clone(), decided);
    }

    /// Forgets what was decided of a task. A decision under its id on a task of other words isn't
    /// about it, and stays for the task that has them.
    pub(super) fn remove(&mut self, task: &TaskId, about: Option<&Subject>) {
        let bonds = about.map(Subject::known_by).unwrap_or_default();
        let same = bonds.iter().filter_map(|bond| self.bound.get(bond));
        let same: Vec<Place> = same.flatten().cloned().collect();
        for place in same {
            self.take(&place);
        }
        if let Some(known) = self.take(&Place::Current(task.clone()))
            && known.about.is_some()
            && about.is_some()
        {
            let last = self.passed.last_key_value();
            let next = last.map_or(0, |(last, _)| last + 1);
            self.bind(&known, &Place::Passed(next));
            self.passed.insert(next, (task.clone(), known));
        }
    }

    /// Moves each decision to the id that its task has in a document now. Returns those whose task
    /// isn't there any more, unless something else was decided in their place.
    pub(super) fn follow(&mut self, tasks: &Subjects<'_>) -> Vec<(TaskId, Decided<W>)> {
        let known = std::mem::take(self);
        let current = known.by_id.into_iter().map(|(id, it)| (id, it, true));
        let passed = known.passed.into_values().map(|(id, it)| (id, it, false));
        let mut lost = Vec::new();
        for (id, decided, told) in current.chain(passed) {
            let task = match &decided.about {
                Some(subject) => tasks.find(subject),
                None => tasks.task(&id),
            };
            match task.map(|task| task.id.clone()) {
                Some(now) => {
                    let other = self.by_id.get(&now);
                    if other.is_none_or(|other| other.at <= decided.at) {
                        self.put(now, decided);
                    }
                }
                None if told => lost.push((id, decided)),
                None => {}
            }
        }
        lost
    }

    /// Forgets those that don't fulfil a condition.
    pub(super) fn retain(&mut self, keep: impl Fn(&TaskId, &Decided<W>) -> bool) {
        let left = self.by_id.iter().filter(|(id, decided)| !keep(id, decided));
        let left: Vec<Place> = left.map(|(id, _)| Place::Current(id.clone())).collect();
        for place in left {
            self.take(&place);
        }
    }

    /// Puts a decision under an id, instead of the one that is there.
    fn put(&mut self, task: TaskId, decided: Decided<W>) {
        let place = Place::Current(task.clone());
        self.take(&place);
        self.bind(&decided, &place);
        self.by_id.insert(task, decided);
    }

    fn take(&mut self, place: &Place) -> Option<Decided<W>> {
        let decided = match place {
            Place::Current(task) => self.by_id.remove(task),
            Place::Passed(at) => self.passed.remove(at).map(|(_, decided)| decided),
        }?;
        for bond in decided.about.iter().flat_map(Subject::bonds) {
            if let Some(places) = self.bound.get_mut(&bond) {
                places.remove(place);
                if places.is_empty() {
                    self.bound.remove(&bond);
                }
            }
        }
        Some(decided)
    }

    fn bind(&mut self, decided: &Decided<W>, place: &Place) {
        for bond in decided.about.iter().flat_map(Subject::bonds) {
            self.bound.entry(bond).or_default().insert(place.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::collection::vec;
    use proptest::prelude::{Strategy, any, proptest};

    use super::{BTreeSet, Decisions, Skip, Subject, TaskId};
    use crate::journal::Twin;

    /// What is decided of a task, or taken back.
    type Step = (bool, usize, Option<Subject>);

    fn skip(at: i64, about: Option<Subject>) -> Skip {
        Skip {
            who: "ann".to_owned(),
            why: None,
            at: Timestamp::from_second(at).expect("a time"),
            about,
        }
    }

    fn id(number: usize) -> TaskId {
        TaskId::new(format!("1.1.{number}"))
    }

    /// Decisions by the rule itself: each is compared with all before it.
    #[derive(Default)]
    struct Compared {
        current: Vec<(TaskId, Skip)>,
        passed: Vec<(TaskId, Skip)>,
    }

    impl Compared {
        fn remove(&mut self, task: &TaskId, about: Option<&Subject>) {
            let same = |(_, skip): &(TaskId, Skip)| {
                let both = skip.about.as_ref().zip(about);
                both.is_some_and(|(one, other)| one.is_same(other))
            };
            self.current.retain(|it| !same(it));
            self.passed.retain(|it| !same(it));
            let (gone, stay) = std::mem::take(&mut self.current)
                .into_iter()
                .partition(|(id, _)| id == task);
            self.current = stay;
            let gone: Vec<(TaskId, Skip)> = gone;
            let bound = |it: &(TaskId, Skip)| it.1.about.is_some() && about.is_some();
            self.passed.extend(gone.into_iter().filter(bound));
        }
    }

    #[track_caller]
    fn check(steps: &[Step]) {
        let mut decisions = Decisions::default();
        let mut compared = Compared::default();
        for (at, (decides, task, about)) in (0..).zip(steps) {
            let task = id(*task);
            compared.remove(&task, about.as_ref());
            if *decides {
                decisions.insert(&task, skip(at, about.clone()));
                compared.current.push((task, skip(at, about.clone())));
            } else {
                decisions.remove(&task, about.as_ref());
            }
        }
        compared.current.sort_by(|one, other| one.0.cmp(&other.0));
        let places: usize = decisions.bound.values().map(BTreeSet::len).sum();
        let all = decisions
            .by_id
            .values()
            .chain(decisions.passed.values().map(|it| &it.1));
        let bonds = all
            .filter_map(|it| it.about.as_ref())
            .map(|it| it.bonds().len());
        assert_eq!(
            places,
            bonds.sum::<usize>(),
            "each is bound, and nothing else"
        );
        let current: Vec<(TaskId, Skip)> = decisions.by_id.into_iter().collect();
        let passed: Vec<(TaskId, Skip)> = decisions.passed.into_values().collect();
        assert_eq!(current, compared.current);
        assert_eq!(passed, compared.passed);
    }

    fn subject() -> impl Strategy<Value = Subject> {
        let twin = proptest::option::of((1..3_usize, 2..4_usize));
        let does = proptest::option::of("[ab]");
        ("[ab]", "[AB]\\.?", twin, does).prop_map(|(section, text, twin, does)| Subject {
            text,
            section,
            twin: twin.map(|(nth, of)| Twin { nth, of }),
            does,
            below: None,
        })
    }

    proptest! {
        #[test]
        fn decisions_are_found_as_if_each_was_compared_with_all(
            steps in vec((any::<bool>(), 0..4_usize, proptest::option::of(subject())), 0..24),
        ) {
            check(&steps);
        }
    }

    #[test]
    fn many_decisions_are_replayed() {
        let about = |number: usize| Subject {
            text: format!("Ask team {}", number % 3_000),
            section: "Ask".to_owned(),
            twin: None,
            does: None,
            below: None,
        };
        let mut decisions = Decisions::default();
        // Lines above came and went: under one id, other tasks were decided on later.
        for number in 0..9_000 {
            decisions.insert(&id(number % 2_000), skip(0, Some(about(number))));
        }
        assert_eq!(decisions.len() + decisions.passed.len(), 3_000);
        for number in 0..3_000 {
            decisions.remove(&id(number), Some(&about(number)));
        }
        assert!(decisions.is_empty() && decisions.passed.is_empty());
    }
}
