//! What the journal, the boxes and the disk say of tasks and finished steps, one beside the other.

use std::collections::{BTreeMap, BTreeSet};

use super::{APPLY, WRITE};
use crate::checklist::TaskId;
use crate::cli::run::Prepared;
use crate::execute::{Changed, Held, Standing, Why};
use crate::facts::{Tree, is_yaml};
use crate::journal::{Evidence, State, StepId, Subjects, TargetState};
use crate::manifest::{is_generation, is_kustomization, parse_documents};
use crate::plan::{Plan, Step, Work};
use crate::resolve::{Action, ResolvedTask};
use crate::verify;

/// Returns the tasks that a person ticked without a record, and those whose box a person opened
/// again.
pub(super) fn by_hand(
    prepared: &Prepared<'_>,
    state: &State,
    waived: &BTreeSet<TaskId>,
) -> (BTreeSet<TaskId>, BTreeSet<TaskId>) {
    let target = state.target(prepared.target.name());
    let mut elsewhere = BTreeSet::new();
    let mut reopened = BTreeSet::new();
    for task in prepared.phase.checklist.tasks() {
        let steps: Vec<_> = target
            .into_iter()
            .flat_map(|t| t.steps_of(&task.id))
            .collect();
        // One that moved and says something else by now has its record under the objects and files
        // that it is about: nobody ticked it by hand.
        let ran = |step: &Step| {
            let made = matches!(step.work, Work::Apply { .. } | Work::Write { .. });
            let known = target.and_then(|known| known.step(&step.id));
            made && known.is_some_and(|it| it.about.is_some())
        };
        let recorded = !steps.is_empty()
            || waived.contains(&task.id)
            || prepared.plan.steps_of(&task.id).any(|(_, step)| ran(step));
        if task.marker.checked && !recorded {
            elsewhere.insert(task.id.clone());
        }
        // One that was never begun tells nothing of the box.
        let begun = |step: &Step| target.is_some_and(|known| known.step(&step.id).is_some());
        let all_done = !steps.is_empty()
            && steps.iter().all(|(_, step)| step.evidence().is_some())
            && prepared
                .plan
                .steps_of(&task.id)
                .all(|(_, step)| begun(step));
        let killed = state.running().is_some();
        // `task done` ticks before it records: an open box was opened by a person since.
        let taken_back = waived.contains(&task.id);
        let waits = prepared.needs_person(&task.id)
            || prepared.undecided(&task.id)
            || !prepared.missing(&task.id).is_empty();
        let undone = all_done && !killed && !waits;
        if !task.marker.checked && (taken_back || undone) {
            reopened.insert(task.id.clone());
        }
    }
    (elsewhere, reopened)
}

/// The tasks whose box is ticked by traces of a person's work of which one is gone, or by a rule that
/// a manifest breaks by now, with what is.
pub(super) fn lost(
    prepared: &Prepared<'_>,
    target: Option<&TargetState>,
    decided: &dyn Fn(&TaskId) -> bool,
) -> BTreeMap<TaskId, String> {
    let steps = target.into_iter().flat_map(TargetState::steps);
    let found = steps.filter(|(_, step)| {
        let evidence = step.evidence();
        matches!(
            evidence,
            Some(Evidence::Traces { .. } | Evidence::Checked { .. })
        )
    });
    found
        .filter_map(|(_, step)| {
            let task = step.task.as_ref().filter(|task| !decided(task))?;
            let refused = prepared.plan.steps_of(task);
            let refused = refused.filter_map(|(_, step)| {
                if let Work::Refuse { violations, .. } = &step.work {
                    Some(violations.as_slice())
                } else {
                    None
                }
            });
            let gone = [prepared.missing(task)].into_iter().chain(refused);
            let gone: Vec<String> = gone.flatten().cloned().collect();
            (!gone.is_empty()).then(|| (task.clone(), gone.join("; ")))
        })
        .collect()
}

/// The tasks whose box is ticked and that say something else by now, of which not all is read, with
/// what isn't.
pub(super) fn reworded(
    prepared: &Prepared<'_>,
    target: Option<&TargetState>,
    decided: &dyn Fn(&TaskId) -> bool,
) -> BTreeMap<TaskId, String> {
    let checklist = &prepared.phase.checklist;
    let tasks = checklist.by_id();
    let doubtful = prepared.meaning.resolved.tasks.iter().filter(|resolved| {
        let open = resolved.has_unread() || resolved.action == Action::Manual;
        open && !decided(&resolved.id)
    });
    let ticked = doubtful.filter_map(|resolved| {
        let task = tasks.get(&resolved.id)?;
        task.marker.checked.then_some((*task, resolved))
    });
    let mut ticked = ticked.peekable();
    if ticked.peek().is_none() {
        return BTreeMap::new();
    }
    let subjects = Subjects::new(checklist);
    let found = ticked.filter_map(|(task, resolved)| {
        let steps = target?.steps_of(&task.id).map(|(_, step)| step);
        let why = verify::reworded(task, resolved, steps, &subjects.of(&task.id)?)?;
        Some((task.id.clone(), why))
    });
    found.collect()
}

/// The tasks that come after one which a person has to do and hasn't done, with that one.
pub(super) fn held(
    prepared: &Prepared<'_>,
    decided: impl Fn(&TaskId) -> bool,
) -> BTreeMap<TaskId, TaskId> {
    let tasks = &prepared.meaning.resolved.tasks;
    let open: BTreeSet<&TaskId> = tasks
        .iter()
        .filter(|task| {
            let waits =
                matches!(task.action, Action::Manual) || task.action.missing().next().is_some();
            waits && !decided(&task.id)
        })
        .map(|task| &task.id)
        .collect();
    let waits = |task: &ResolvedTask| {
        let before = task.after.iter().find(|after| open.contains(after))?;
        Some((task.id.clone(), before.clone()))
    };
    tasks.iter().filter_map(waits).collect()
}

/// Takes the finished steps of files that stay as a later phase wrote them for done, whatever was
/// applied with them then.
pub(super) fn settle(
    plan: &Plan,
    (standing, changed): (&mut [Standing], &mut Vec<Changed>),
    target: Option<&TargetState>,
    kept: impl Fn(&Work) -> bool,
) {
    for (step, now) in plan.steps.iter().zip(standing) {
        if *now != Standing::Todo(Why::Changed) || !kept(&step.work) {
            continue;
        }
        let known = target.and_then(|target| target.step(&step.id));
        if let Some(evidence) = known.and_then(|known| known.evidence()) {
            *now = Standing::Done(evidence.clone());
            changed.retain(|it| it.step != step.id);
        }
    }
}

/// Returns the finished steps that changed and would be done again; those that wait for a person
/// won't be. What another generation took the place of didn't change: it stays until it is pruned.
/// Nor did a file that isn't written any more and that holds nothing, or is gone, nor an object that
/// a later phase applies by now.
pub(super) fn to_be_done(
    prepared: &Prepared<'_>,
    standing: &[Standing],
    changed: Vec<Changed>,
) -> Vec<Changed> {
    let (plan, tree) = (&prepared.plan, &prepared.loaded.snapshot.tree);
    let held: BTreeSet<&StepId> = plan
        .steps
        .iter()
        .zip(standing)
        .filter(|(_, standing)| matches!(standing, Standing::Held(Held::File(_))))
        .map(|(step, _)| &step.id)
        .collect();
    let superseded = |change: &Changed| {
        let mut planned = plan.steps.iter().map(|step| step.id.as_str());
        change.vanished && planned.any(|step| is_newer(change.step.as_str(), step))
    };
    let empty = |change: &Changed| {
        let path = change.step.as_str().strip_prefix(WRITE);
        change.vanished && path.is_some_and(|path| holds_nothing(path, tree))
    };
    let later = prepared
        .loaded
        .applied_later(prepared.phase, prepared.target.name());
    let taken = |change: &Changed| change.vanished && later.contains(&change.step);
    changed
        .into_iter()
        .filter(|change| !held.contains(&change.step) && !superseded(change))
        .filter(|change| !empty(change) && !taken(change))
        .collect()
}

/// Returns whether a file is gone, or could hold objects and has none.
fn holds_nothing(path: &str, tree: &Tree) -> bool {
    match tree.get(path) {
        Some(text) if is_yaml(path) && !is_kustomization(path) => {
            parse_documents(path, text).is_ok_and(|objects| objects.is_empty())
        }
        Some(_) => false,
        None => tree.unread(path).is_none() && tree.other(path).is_none(),
    }
}

/// Returns whether both steps apply a `ConfigMap`, generated of one name and of different content.
fn is_newer(step: &str, other: &str) -> bool {
    let name = |step: &str| {
        Some(
            step.strip_prefix(APPLY)?
                .strip_prefix("ConfigMap/")?
                .to_owned(),
        )
    };
    let both = name(step).zip(name(other));
    both.is_some_and(|(old, new)| is_generation(&old, &new))
}
