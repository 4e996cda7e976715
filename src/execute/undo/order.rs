//! The order in which a phase is turned back.

use std::collections::{BTreeMap, BTreeSet};

use super::Undoing;
use crate::execute::prune::waves;
use crate::journal::StepId;
use crate::plan::Plan;

/// What vanished from the plan first, then the reverse of the plan's order, in waves.
pub(super) fn in_order(plan: &Plan, found: Vec<Undoing>) -> Vec<Vec<Undoing>> {
    let place: BTreeMap<&StepId, usize> = plan
        .steps
        .iter()
        .enumerate()
        .map(|(at, step)| (&step.id, at))
        .collect();
    let mut vanished = Vec::new();
    let mut planned: BTreeMap<usize, Undoing> = BTreeMap::new();
    let mut claims = Vec::new();
    for it in found {
        match it.step.as_ref().map(|step| place.get(step)) {
            None => claims.push(it),
            Some(None) => vanished.push(it),
            Some(Some(at)) => {
                planned.insert(*at, it);
            }
        }
    }
    let needs: Vec<BTreeSet<usize>> = plan
        .steps
        .iter()
        .map(|step| step.needs.iter().copied().collect())
        .collect();
    let mut order = vec![vanished];
    for mut wave in waves(&needs) {
        wave.reverse();
        let these = wave.iter().filter_map(|at| planned.remove(at));
        order.push(these.collect());
    }
    // A namespace would take the claims with it.
    let is_last = |it: &Undoing| it.object.as_ref().is_some_and(|it| it.kind == "Namespace");
    let mut last = Vec::new();
    for wave in &mut order {
        let (namespaces, rest) = std::mem::take(wave).into_iter().partition(is_last);
        *wave = rest;
        last.extend::<Vec<Undoing>>(namespaces);
    }
    order.push(claims);
    order.push(last);
    order.retain(|wave| !wave.is_empty());
    order
}
