//! In which order workloads come up.

use std::collections::{BTreeSet, HashMap};

use super::super::application::{Role, Workload};

/// Returns the workloads in the order in which they are to come up: what others wait for first,
/// data stores before all, else as they were.
pub(super) fn in_order(workloads: Vec<Workload>) -> Vec<Workload> {
    let (stores, others): (Vec<Workload>, Vec<Workload>) = workloads
        .into_iter()
        .partition(|it| matches!(it.role, Role::Postgres | Role::Redis | Role::Store));
    let all: Vec<Workload> = stores.into_iter().chain(others).collect();
    let places: HashMap<&str, usize> = all
        .iter()
        .enumerate()
        .map(|(at, it)| (it.name.as_str(), at))
        .collect();
    let mut needs: Vec<BTreeSet<usize>> = Vec::with_capacity(all.len());
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); all.len()];
    for (at, workload) in all.iter().enumerate() {
        let after = workload.after.iter();
        let mut found: BTreeSet<usize> = after
            .filter_map(|name| places.get(name.as_str()).copied())
            .collect();
        found.remove(&at);
        for need in &found {
            if let Some(users) = users.get_mut(*need) {
                users.push(at);
            }
        }
        needs.push(found);
    }
    let mut waiting: BTreeSet<usize> = (0..all.len()).collect();
    let mut free: BTreeSet<usize> = waiting.clone();
    free.retain(|at| needs.get(*at).is_some_and(BTreeSet::is_empty));
    let mut all: Vec<Option<Workload>> = all.into_iter().map(Some).collect();
    let mut ordered = Vec::with_capacity(all.len());
    // In a circle, none is free: the first goes first.
    while let Some(next) = free.pop_first().or_else(|| waiting.first().copied()) {
        waiting.remove(&next);
        ordered.extend(all.get_mut(next).and_then(Option::take));
        for user in users.get(next).into_iter().flatten() {
            let Some(needs) = needs.get_mut(*user) else {
                continue;
            };
            needs.remove(&next);
            if needs.is_empty() && waiting.contains(user) {
                free.insert(*user);
            }
        }
    }
    ordered
}
