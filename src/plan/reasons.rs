//! Why a step waits for others.

use super::cycle::Why;
use super::{Plan, Work, order};
use crate::manifest::Object;
use crate::resolve::Resolved;

/// Returns the steps that a step needs, by index, each with why.
pub fn reasons(plan: &Plan, resolved: &Resolved, at: usize) -> Vec<(usize, Why)> {
    let Some(step) = plan.steps.get(at) else {
        return Vec::new();
    };
    let applied = |work: &Work| matches!(work, Work::Apply { .. });
    let places: Vec<usize> = (0..plan.steps.len())
        .filter(|at| plan.steps.get(*at).is_some_and(|step| applied(&step.work)))
        .collect();
    let objects: Vec<&Object> = plan.objects().collect();
    let place = |wanted: usize| places.binary_search(&wanted).ok();
    let referred = place(at)
        .map(|user| order::reasons(&objects, &resolved.application, user))
        .unwrap_or_default();
    let task = resolved
        .tasks
        .iter()
        .find(|task| Some(&task.id) == step.task.as_ref());
    let why = |need: usize| {
        if let Some(by) = place(need).and_then(|need| referred.get(&need)) {
            return Why::Reference(by);
        }
        if awaited(&step.work, plan.steps.get(need).map(|step| &step.work)) {
            return Why::Reference("what it waits for");
        }
        let of = plan.steps.get(need).and_then(|step| step.task.as_ref());
        let after = task.and_then(|task| task.after.iter().find(|after| Some(*after) == of));
        after.map_or(Why::Stage, |after| Why::After(after.clone()))
    };
    step.needs.iter().map(|need| (*need, why(*need))).collect()
}

/// Returns whether a step waits for the object that another applies.
fn awaited(work: &Work, need: Option<&Work>) -> bool {
    match (work, need) {
        (Work::Wait { object: wanted }, Some(Work::Apply { object, .. })) => {
            wanted.label() == object.label()
        }
        _ => false,
    }
}
