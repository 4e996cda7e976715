//! Part of a plan: the steps of some tasks, and what these can't do without.
//!
//! Pure. That every phase studies, writes and checks before it applies is no need of a single
//! step: only what its object refers to, its file, its image and `after=` are, and whatever would
//! stop the whole phase before it.

use std::collections::{BTreeMap, BTreeSet};

use super::cycle::Why;
use super::{Plan, Step, Work, order};
use crate::checklist::TaskId;
use crate::manifest::{self, Object};
use crate::resolve::{Action, Resolved};

/// Some tasks' part of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The tasks that were asked for, and those that a person does before them.
    tasks: BTreeSet<TaskId>,
    /// The indices of the steps, those that others need included.
    steps: BTreeSet<usize>,
    /// The steps of other tasks, each with the first step that needs it, in the plan's order.
    pub needs: Vec<Needed>,
}

/// A step that belongs to no task which was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// The step's index.
    pub step: usize,
    /// The index of the step that needs it.
    pub by: usize,
    /// Why.
    pub why: Why,
}

impl Scope {
    /// Returns the part of a plan that does these tasks.
    pub fn of(plan: &Plan, resolved: &Resolved, tasks: &BTreeSet<TaskId>) -> Self {
        let reasons = Reasons::of(plan, resolved);
        let asked = |step: &Step| step.task.as_ref().is_some_and(|it| tasks.contains(it));
        let own = plan.steps.iter().enumerate();
        let own = own.filter(|(_, step)| asked(step)).map(|(at, _)| at);
        let mut steps: BTreeSet<usize> = own.collect();
        let mut needs: BTreeMap<usize, Needed> = BTreeMap::new();
        let mut open: Vec<usize> = steps.iter().copied().collect();
        while let Some(by) = open.pop() {
            for need in plan.steps.get(by).into_iter().flat_map(|step| &step.needs) {
                let Some(why) = reasons.why(by, *need) else {
                    continue;
                };
                if steps.insert(*need) {
                    open.push(*need);
                    let step = *need;
                    needs.insert(step, Needed { step, by, why });
                }
            }
        }
        Self {
            tasks: with_those_before(resolved, tasks),
            needs: needs.into_values().collect(),
            steps,
        }
    }

    /// Returns whether a step, by its index, is part of it.
    pub fn has(&self, step: usize) -> bool {
        self.steps.contains(&step)
    }

    /// Returns whether a task was asked for, or is done by a person before one that was.
    pub fn asks(&self, task: &TaskId) -> bool {
        self.tasks.contains(task)
    }

    /// Returns whether any step of a task is part of it, or the task was asked for.
    pub fn touches(&self, plan: &Plan, task: &TaskId) -> bool {
        self.asks(task) || plan.steps_of(task).any(|(at, _)| self.has(at))
    }
}

/// Adds the tasks that tasks come after by their directives, where those have nothing to run.
fn with_those_before(resolved: &Resolved, tasks: &BTreeSet<TaskId>) -> BTreeSet<TaskId> {
    let mut all = tasks.clone();
    let mut open: Vec<&TaskId> = tasks.iter().collect();
    while let Some(id) = open.pop() {
        let known = resolved.tasks.iter().find(|task| task.id == *id);
        for after in known.into_iter().flat_map(|task| &task.after) {
            let before = resolved.tasks.iter().find(|task| task.id == *after);
            let manual = before.is_some_and(|it| it.action == Action::Manual);
            if manual && all.insert(after.clone()) {
                open.push(after);
            }
        }
    }
    all
}

/// Why steps need each other.
struct Reasons<'p> {
    plan: &'p Plan,
    resolved: &'p Resolved,
    /// By the index of a step that applies an object: the steps that its object refers to.
    references: BTreeMap<usize, BTreeMap<usize, &'static str>>,
}

impl<'p> Reasons<'p> {
    fn of(plan: &'p Plan, resolved: &'p Resolved) -> Self {
        let applied = plan.steps.iter().enumerate();
        let applied = applied.filter_map(|(at, step)| {
            if let Work::Apply { object, .. } = &step.work {
                Some((at, object.as_ref()))
            } else {
                None
            }
        });
        let (places, objects): (Vec<usize>, Vec<&Object>) = applied.unzip();
        let step_of = |at: usize| places.get(at).copied();
        let references = order::all_reasons(&objects, &resolved.application);
        let references = places.iter().copied().zip(references.into_iter().map(|of| {
            let named = of
                .into_iter()
                .filter_map(|(at, by)| Some((step_of(at)?, by)));
            named.collect()
        }));
        Self {
            plan,
            resolved,
            references: references.collect(),
        }
    }

    /// Returns why a step can't do without another one, unless it is the order of stages only.
    fn why(&self, user: usize, need: usize) -> Option<Why> {
        if let Some(by) = self.references.get(&user).and_then(|of| of.get(&need)) {
            return Some(Why::Reference(by));
        }
        let (from, to) = (self.plan.steps.get(user)?, self.plan.steps.get(need)?);
        let known = self.resolved.tasks.iter();
        let known = known.filter(|task| Some(&task.id) == from.task.as_ref());
        let mut after = known.flat_map(|task| &task.after);
        if let Some(after) = after.find(|after| Some(*after) == to.task.as_ref()) {
            return Some(Why::After(after.clone()));
        }
        match (&from.work, &to.work) {
            (Work::Apply { file, .. }, Work::Write { path, .. }) if file == path => {
                Some(Why::File(path.clone()))
            }
            (Work::Apply { object, .. }, Work::Build { image, .. }) => {
                let runs = manifest::images(object).contains(&image.as_str());
                runs.then(|| Why::Image(image.clone()))
            }
            (_, to) => stops(to).then_some(Why::Stage),
        }
    }
}

/// Returns whether a step is known to fail: it would stop the whole phase.
fn stops(work: &Work) -> bool {
    if let Work::Study { findings } = work {
        return findings.iter().any(|it| it.missing.is_some());
    }
    matches!(work, Work::Refuse { .. })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::journal::{StepId, StepKey};
    use crate::resolve::Finding;

    fn object(yaml: &str) -> Work {
        let object = manifest::parse_documents("k.yml", yaml).expect("reads");
        let object = Arc::new(object.into_iter().next().expect("an object"));
        let file = "k.yml".to_owned();
        Work::Apply { object, file }
    }

    fn write() -> Work {
        Work::Write {
            path: "k.yml".to_owned(),
            text: String::new(),
            theirs: None,
        }
    }

    fn study(missing: bool) -> Work {
        let finding = Finding {
            subject: "a.py".to_owned(),
            facts: Vec::new(),
            missing: missing.then(|| "a.py".to_owned()),
        };
        let findings = vec![finding];
        Work::Study { findings }
    }

    const NAMESPACE: &str = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";
    const MAP: &str =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map, namespace: shop}\ndata: {}\n";

    /// Steps by task, work and needs, of which those of task 2.1 are asked for; expected are the
    /// steps with the reasons of those that others need.
    #[track_caller]
    fn check(steps: Vec<(&str, Work, &[usize])>, expected: &[(usize, &str)]) {
        let step = |(at, (task, work, needs)): (usize, (&str, Work, &[usize]))| Step {
            id: StepId::new(at.to_string()),
            key: StepKey::new(""),
            task: Some(TaskId::new(task)),
            work,
            needs: needs.to_vec(),
            timeout: None,
            retries: 0,
            note: None,
        };
        let plan = Plan {
            target: String::new(),
            steps: steps.into_iter().enumerate().map(step).collect(),
            fingerprint: String::new(),
        };
        let tasks = BTreeSet::from([TaskId::new("2.1")]);
        let scope = Scope::of(&plan, &Resolved::default(), &tasks);
        let found = (0..plan.steps.len()).filter(|at| scope.has(*at)).map(|at| {
            let need = scope.needs.iter().find(|it| it.step == at);
            (at, need.map_or_else(String::new, |it| it.why.to_string()))
        });
        let found: Vec<(usize, String)> = found.collect();
        let found: Vec<(usize, &str)> = found.iter().map(|(at, why)| (*at, &**why)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_stages_of_other_tasks_arent_needed() {
        check(
            vec![
                ("1.1", study(false), &[]),
                ("1.2", write(), &[0]),
                ("2.1", study(false), &[0, 1]),
            ],
            &[(2, "")],
        );
    }

    #[test]
    fn what_an_object_refers_to_is_needed_with_its_file() {
        check(
            vec![
                ("1.1", study(false), &[]),
                ("1.2", write(), &[0]),
                ("1.2", object(NAMESPACE), &[1]),
                ("2.1", object(MAP), &[0, 2]),
            ],
            &[(1, "it stands in `k.yml`"), (2, "namespace"), (3, "")],
        );
    }

    #[test]
    fn what_would_stop_the_phase_is_needed() {
        check(
            vec![("1.1", study(true), &[]), ("2.1", write(), &[0])],
            &[
                (
                    0,
                    "files are written and checked before anything is applied",
                ),
                (1, ""),
            ],
        );
    }
}
