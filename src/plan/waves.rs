//! In which wave each object comes: the first needs none of the others, each further one something
//! of the one before.

use super::{Plan, Work};

/// Returns the wave of each step that applies an object, from 1; `None` for the other steps. An
/// object's wave counts the objects that must be ready before it, one after the other.
pub fn waves(plan: &Plan) -> Vec<Option<usize>> {
    // For every step how many objects stand one after the other up to it, itself included.
    let mut depth: Vec<usize> = Vec::with_capacity(plan.steps.len());
    for step in &plan.steps {
        let before = step
            .needs
            .iter()
            .filter_map(|need| depth.get(*need))
            .max()
            .copied()
            .unwrap_or_default();
        let itself = usize::from(matches!(step.work, Work::Apply { .. }));
        depth.push(before + itself);
    }
    plan.steps
        .iter()
        .zip(depth)
        .map(|(step, depth)| matches!(step.work, Work::Apply { .. }).then_some(depth))
        .collect()
}
