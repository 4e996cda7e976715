//! What is known while a run goes on: which steps can begin, which are done, which failed.
//!
//! Pure. Each step is touched once for each step that needs it, however many there are.

use std::collections::{BTreeMap, BTreeSet};

use super::air::takes_no_room;
use super::{Report, Standing};
use crate::checklist::TaskId;
use crate::journal::{Evidence, Failure, Outcome, StepId};
use crate::plan::{Plan, Step};

/// What is known while a run goes on.
pub(super) struct Course<'a> {
    plan: &'a Plan,
    /// What was observed of the steps that are done.
    pub(super) done: BTreeMap<StepId, Evidence>,
    /// By index: how many of a step's needs are not satisfied yet.
    missing: Vec<usize>,
    /// By index: the steps that need a step.
    users: Vec<Vec<usize>>,
    /// The steps to be done whose needs are satisfied, in the plan's order.
    startable: BTreeSet<usize>,
    /// The steps to be done that were not begun.
    todo: BTreeSet<usize>,
    /// How often a step that fails is tried again, where it is.
    retries: BTreeMap<usize, u32>,
    /// How many steps of each task are not done.
    open: BTreeMap<&'a TaskId, usize>,
    failed: Vec<(StepId, Option<TaskId>, Failure)>,
    ran: usize,
}

impl<'a> Course<'a> {
    /// Returns what is known before anything is begun.
    pub(super) fn new(plan: &'a Plan, standing: &[Standing]) -> Self {
        let steps = &plan.steps;
        let mut course = Self {
            plan,
            done: BTreeMap::new(),
            missing: steps.iter().map(|step| step.needs.len()).collect(),
            users: vec![Vec::new(); steps.len()],
            startable: BTreeSet::new(),
            todo: BTreeSet::new(),
            retries: BTreeMap::new(),
            open: BTreeMap::new(),
            failed: Vec::new(),
            ran: 0,
        };
        for (at, step) in steps.iter().enumerate() {
            for need in &step.needs {
                if let Some(users) = course.users.get_mut(*need) {
                    users.push(at);
                }
            }
        }
        let of = |at: usize| standing.get(at);
        let is_todo = |at: usize| matches!(of(at), Some(Standing::Todo(_)));
        course.todo = (0..steps.len()).filter(|at| is_todo(*at)).collect();
        for (at, step) in steps.iter().enumerate() {
            match of(at) {
                Some(Standing::Done(evidence)) => {
                    course.done.insert(step.id.clone(), evidence.clone());
                    course.satisfy(at);
                }
                // What is left is needed by nothing that isn't left, but for the order of stages.
                Some(Standing::Elsewhere | Standing::Left) => course.satisfy(at),
                Some(Standing::Todo(_)) => {
                    if let Some(task) = &step.task {
                        *course.open.entry(task).or_default() += 1;
                    }
                    if step.retries > 0 {
                        course.retries.insert(at, step.retries);
                    }
                }
                // It isn't begun, and neither is what needs it.
                Some(Standing::Held(_)) | None => {}
            }
        }
        let free = |at: &usize| course.missing.get(*at) == Some(&0);
        course.startable = course.todo.iter().copied().filter(free).collect();
        course
    }

    /// Counts a step as satisfied for those that need it.
    fn satisfy(&mut self, at: usize) {
        for user in self.users.get(at).into_iter().flatten() {
            if let Some(missing) = self.missing.get_mut(*user) {
                *missing -= 1;
                if *missing == 0 && self.todo.contains(user) {
                    self.startable.insert(*user);
                }
            }
        }
    }

    /// Takes steps whose needs are satisfied, in the plan's order: up to `room`, beside which files
    /// are written.
    pub(super) fn take_startable(&mut self, mut room: usize) -> Vec<(usize, &'a Step)> {
        let mut taken = Vec::new();
        while let Some(at) = self.startable.first().copied() {
            let Some(step) = self.plan.steps.get(at) else {
                self.startable.remove(&at);
                continue;
            };
            if !takes_no_room(step) {
                if room == 0 {
                    break;
                }
                room -= 1;
            }
            self.startable.remove(&at);
            self.todo.remove(&at);
            taken.push((at, step));
        }
        taken
    }

    /// Returns whether a step that failed is to be tried again.
    pub(super) fn tries_again(&mut self, at: usize) -> bool {
        match self.retries.get_mut(&at) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }

    /// Takes an outcome in; returns whether it was the last of its task.
    pub(super) fn settle(
        &mut self,
        at: usize,
        step: &'a Step,
        outcome: Result<Evidence, Failure>,
    ) -> bool {
        self.ran += 1;
        match outcome {
            Ok(evidence) => {
                self.done.insert(step.id.clone(), evidence);
                self.satisfy(at);
                let open = step.task.as_ref().and_then(|task| self.open.get_mut(task));
                open.is_some_and(|open| {
                    *open -= 1;
                    *open == 0
                })
            }
            Err(failure) => {
                self.failed
                    .push((step.id.clone(), step.task.clone(), failure));
                false
            }
        }
    }

    /// Returns how the run went.
    pub(super) fn finish(self) -> Report {
        let steps = &self.plan.steps;
        let blocked = self.todo.iter().filter_map(|at| steps.get(*at));
        Report {
            outcome: if self.failed.is_empty() {
                Outcome::Completed
            } else {
                Outcome::Failed
            },
            blocked: blocked.map(|step| step.id.clone()).collect(),
            failed: self.failed,
            ran: self.ran,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::StepKey;
    use crate::plan::Work;

    /// A plan of steps by what each needs; those of `other` belong to another task than the rest.
    fn plan(needs: &[&[usize]], other: &[usize]) -> Plan {
        let steps = needs.iter().enumerate().map(|(at, needs)| Step {
            id: StepId::new(at.to_string()),
            key: StepKey::new(""),
            task: Some(TaskId::new(if other.contains(&at) { "1.2" } else { "1.1" })),
            work: Work::Study {
                findings: Vec::new(),
            },
            needs: needs.to_vec(),
            timeout: None,
            retries: 0,
            note: None,
        });
        Plan {
            target: String::new(),
            steps: steps.collect(),
            fingerprint: String::new(),
        }
    }

    fn seen() -> Evidence {
        Evidence::Command {
            exit: 0,
            output: None,
        }
    }

    fn todo() -> Standing {
        Standing::Todo(super::super::Why::New)
    }

    fn failure() -> Failure {
        Failure {
            cause: "no".to_owned(),
            details: Vec::new(),
            help: None,
        }
    }

    #[track_caller]
    fn check_starts(course: &mut Course<'_>, room: usize, expected: &[usize]) {
        let taken: Vec<usize> = course.take_startable(room).iter().map(|it| it.0).collect();
        assert_eq!(taken, expected);
    }

    #[track_caller]
    fn settle<'a>(course: &mut Course<'a>, plan: &'a Plan, at: usize) -> bool {
        course.settle(at, &plan.steps[at], Ok(seen()))
    }

    #[test]
    fn a_step_begins_when_the_last_of_its_needs_is_done() {
        let plan = plan(&[&[], &[], &[0, 1], &[2]], &[]);
        let standing = [todo(), todo(), todo(), todo()];
        let mut course = Course::new(&plan, &standing);
        check_starts(&mut course, 9, &[0, 1]);
        settle(&mut course, &plan, 1);
        check_starts(&mut course, 9, &[]);
        settle(&mut course, &plan, 0);
        check_starts(&mut course, 9, &[2]);
    }

    #[test]
    fn no_more_begin_than_there_is_room_for() {
        let plan = plan(&[&[], &[], &[]], &[]);
        let standing = [todo(), todo(), todo()];
        let mut course = Course::new(&plan, &standing);
        check_starts(&mut course, 2, &[0, 1]);
        check_starts(&mut course, 2, &[2]);
    }

    #[test]
    fn files_are_written_beside_what_takes_room() {
        let mut plan = plan(&[&[], &[], &[], &[]], &[]);
        for step in plan.steps.iter_mut().take(3) {
            step.work = Work::Write {
                path: String::new(),
                text: String::new(),
                theirs: None,
            };
        }
        let standing = [todo(), todo(), todo(), todo()];
        let mut course = Course::new(&plan, &standing);
        check_starts(&mut course, 0, &[0, 1, 2]);
        check_starts(&mut course, 1, &[3]);
    }

    #[test]
    fn what_was_done_before_is_waited_for_no_more() {
        let plan = plan(&[&[], &[], &[0, 1]], &[]);
        let standing = [Standing::Done(seen()), Standing::Elsewhere, todo()];
        let mut course = Course::new(&plan, &standing);
        assert_eq!(course.done.len(), 1);
        check_starts(&mut course, 9, &[2]);
    }

    #[test]
    fn a_tasks_last_step_is_told() {
        let plan = plan(&[&[], &[], &[]], &[1]);
        let standing = [todo(), todo(), todo()];
        let mut course = Course::new(&plan, &standing);
        assert!(
            !settle(&mut course, &plan, 0),
            "another of its steps is open"
        );
        assert!(settle(&mut course, &plan, 1));
        assert!(settle(&mut course, &plan, 2));
    }

    #[test]
    fn what_needs_a_failed_step_is_blocked_with_all_behind_it() {
        let plan = plan(&[&[], &[0], &[1], &[]], &[]);
        let standing = [todo(), todo(), todo(), todo()];
        let mut course = Course::new(&plan, &standing);
        check_starts(&mut course, 9, &[0, 3]);
        course.settle(0, &plan.steps[0], Err(failure()));
        settle(&mut course, &plan, 3);
        check_starts(&mut course, 9, &[]);
        let report = course.finish();
        assert_eq!(report.outcome, Outcome::Failed);
        assert_eq!(report.blocked, [StepId::new("1"), StepId::new("2")]);
        assert_eq!((report.failed.len(), report.ran), (1, 2));
    }

    #[test]
    fn a_step_is_tried_again_as_often_as_its_task_says() {
        let mut plan = plan(&[&[]], &[]);
        plan.steps[0].retries = 2;
        let standing = [todo()];
        let mut course = Course::new(&plan, &standing);
        let tries: Vec<bool> = (0..3).map(|_| course.tries_again(0)).collect();
        assert_eq!(tries, [true, true, false]);
    }
}
