//! The stages that every phase goes through: study → write → check the rules → apply.
//!
//! A stage waits for all steps of another. That is one edge to a gate behind them rather than one
//! to each: with thousands of tasks, those would be millions.

use std::collections::{BTreeMap, BTreeSet};

use super::Work;
use super::draft::Draft;
use crate::journal::Evidence;
use crate::manifest::Object;

/// What each step needs, by index: steps, and gates behind the last step.
pub(super) struct Needs {
    /// The needs of steps, then those of gates.
    pub(super) all: Vec<BTreeSet<usize>>,
    steps: usize,
}

impl Needs {
    /// Returns what the stages of steps ask for.
    pub(super) fn of_stages(drafts: &[Draft]) -> Self {
        let of = |wanted: fn(&Work) -> bool| -> BTreeSet<usize> {
            drafts
                .iter()
                .enumerate()
                .filter(|(_, d)| wanted(&d.work))
                .map(|(at, _)| at)
                .collect()
        };
        let studied = of(|work| matches!(work, Work::Study { .. }));
        // A file that a person has to decide on isn't written; it is checked as it is.
        let writes = of(|work| matches!(work, Work::Write { .. }) && work.conflicts().is_empty());
        let rules = of(is_rule);
        let [all_studied, all_written, all_ruled] = [0, 1, 2].map(|gate| drafts.len() + gate);
        let mut written: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, draft) in drafts.iter().enumerate() {
            if let Work::Write { path, .. } = &draft.work {
                written.entry(path).or_default().push(at);
            }
        }
        let needs = drafts.iter().map(|draft| match &draft.work {
            Work::Study { .. } | Work::Expect { .. } | Work::Command { .. } => BTreeSet::new(),
            // Behind what its task does, and what the phase itself brings of it.
            Work::Wait { object } => waited(drafts, draft, object),
            // Nothing is pushed for manifests that break a rule.
            Work::Build { .. } => BTreeSet::from([all_studied, all_ruled]),
            work if is_rule(work) => BTreeSet::from([all_written]),
            Work::Conclude { .. } | Work::Refuse { .. } | Work::Write { .. } => {
                BTreeSet::from([all_studied])
            }
            Work::Apply { file, .. } => {
                let mut needs = BTreeSet::from([all_ruled]);
                needs.extend(written.get(file.as_str()).into_iter().flatten());
                needs
            }
        });
        let all = needs.chain([studied, writes, rules]).collect();
        Self {
            all,
            steps: drafts.len(),
        }
    }

    /// Returns the steps that a step needs, those behind gates included.
    pub(super) fn of(&self, at: usize) -> BTreeSet<usize> {
        let mut steps = BTreeSet::new();
        for need in self.all.get(at).into_iter().flatten() {
            if *need < self.steps {
                steps.insert(*need);
            } else {
                steps.extend(self.all.get(*need).into_iter().flatten());
            }
        }
        steps
    }

    /// Returns the steps that each step needs.
    pub(super) fn each(&self) -> Vec<BTreeSet<usize>> {
        (0..self.steps).map(|at| self.of(at)).collect()
    }
}

/// What a step that waits for an object comes after.
fn waited(drafts: &[Draft], own: &Draft, object: &Object) -> BTreeSet<usize> {
    let same = |other: &Object| {
        let place = |it: &Object| (it.kind.clone(), it.namespace.clone(), it.name.clone());
        place(other) == place(object)
    };
    let before = |draft: &Draft| {
        !matches!(draft.work, Work::Wait { .. })
            && (draft.task == own.task || draft.object().is_some_and(same))
    };
    let places = drafts.iter().enumerate();
    places
        .filter(|(_, draft)| before(draft))
        .map(|(at, _)| at)
        .collect()
}

fn is_rule(work: &Work) -> bool {
    matches!(
        work,
        Work::Refuse { .. }
            | Work::Conclude {
                evidence: Evidence::Checked { .. }
            }
    )
}
