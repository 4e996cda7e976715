//! A person's decisions, each bound to the task that it was made of.

use std::collections::BTreeMap;
use std::ops::Deref;

use jiff::Timestamp;

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
    /// Those in whose place something else was decided since, of a task of other words.
    passed: Vec<(TaskId, Decided<W>)>,
}

impl<W> Default for Decisions<W> {
    fn default() -> Self {
        Self {
            by_id: BTreeMap::new(),
            passed: Vec::new(),
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
        self.by_id.insert(task.clone(), decided);
    }

    /// Forgets what was decided of a task. A decision under its id on a task of other words isn't
    /// about it, and stays for the task that has them.
    pub(super) fn remove(&mut self, task: &TaskId, about: Option<&Subject>) {
        let same = |decided: &Decided<W>| {
            let both = decided.about.as_ref().zip(about);
            both.is_some_and(|(one, other)| one.is_same(other))
        };
        self.by_id.retain(|_, decided| !same(decided));
        self.passed.retain(|(_, decided)| !same(decided));
        if let Some(known) = self.by_id.remove(task)
            && known.about.is_some()
            && about.is_some()
        {
            self.passed.push((task.clone(), known));
        }
    }

    /// Moves each decision to the id that its task has in a document now. Returns those whose task
    /// isn't there any more, unless something else was decided in their place.
    pub(super) fn follow(&mut self, tasks: &Subjects<'_>) -> Vec<(TaskId, Decided<W>)> {
        let known = std::mem::take(self);
        let current = known.by_id.into_iter().map(|(id, it)| (id, it, true));
        let passed = known.passed.into_iter().map(|(id, it)| (id, it, false));
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
                        self.by_id.insert(now, decided);
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
        self.by_id.retain(|id, decided| keep(id, decided));
    }
}
