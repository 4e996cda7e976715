//! Which object must be there before which: from references, and from what selects what.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::manifest::{Object, references};
use crate::resolve::Application;

/// Returns, for each object, the indices of the objects that must be ready before it.
pub(super) fn object_needs(objects: &[&Object], application: &Application) -> Vec<BTreeSet<usize>> {
    let index = Index::of(objects);
    objects
        .iter()
        .enumerate()
        .map(|(at, object)| {
            let mut needs = index.referred(object);
            needs.extend(index.selected(object));
            needs.extend(index.policies_for(object));
            needs.extend(index.started_before(object, application));
            needs.remove(&at);
            needs
        })
        .collect()
}

/// The objects by what others refer to them by.
struct Index<'a> {
    objects: &'a [&'a Object],
    by_name: BTreeMap<(&'a str, Option<&'a str>, &'a str), usize>,
}

impl<'a> Index<'a> {
    fn of(objects: &'a [&'a Object]) -> Self {
        let by_name = objects
            .iter()
            .enumerate()
            .map(|(at, object)| {
                let key = (
                    object.kind.as_str(),
                    object.namespace.as_deref(),
                    object.name.as_str(),
                );
                (key, at)
            })
            .collect();
        Self { objects, by_name }
    }

    fn find(&self, kind: &str, namespace: Option<&str>, name: &str) -> Option<usize> {
        self.by_name.get(&(kind, namespace, name)).copied()
    }

    /// What the object names itself: its namespace, its `ConfigMap`s, the target of its HPA …
    fn referred(&self, object: &Object) -> BTreeSet<usize> {
        references(object)
            .iter()
            .filter_map(|reference| {
                self.find(
                    &reference.kind,
                    reference.namespace.as_deref(),
                    &reference.name,
                )
            })
            .collect()
    }

    /// What the object selects by labels: a budget its workload, an Ingress the workloads behind
    /// its Services.
    fn selected(&self, object: &Object) -> BTreeSet<usize> {
        match object.kind.as_str() {
            "PodDisruptionBudget" => {
                self.workloads(object, &object.value["spec"]["selector"]["matchLabels"])
            }
            "Ingress" => self
                .referred(object)
                .into_iter()
                .filter_map(|at| self.objects.get(at))
                .filter(|referred| referred.kind == "Service")
                .flat_map(|service| self.workloads(service, &service.value["spec"]["selector"]))
                .collect(),
            _ => BTreeSet::new(),
        }
    }

    /// The network policies that hold for a workload: they come first, so that no pod ever runs
    /// without them.
    fn policies_for(&self, object: &Object) -> BTreeSet<usize> {
        if !is_workload(object) {
            return BTreeSet::new();
        }
        let labels = &object.value["spec"]["template"]["metadata"]["labels"];
        self.objects
            .iter()
            .enumerate()
            .filter(|(_, policy)| {
                policy.kind == "NetworkPolicy"
                    && policy.namespace == object.namespace
                    && selects(&policy.value["spec"]["podSelector"]["matchLabels"], labels)
            })
            .map(|(at, _)| at)
            .collect()
    }

    /// The workloads that the application's start order puts before this one (`depends_on`).
    fn started_before(&self, object: &Object, application: &Application) -> BTreeSet<usize> {
        if !is_workload(object) {
            return BTreeSet::new();
        }
        let Some(workload) = application.workload(&object.name) else {
            return BTreeSet::new();
        };
        workload
            .after
            .iter()
            .flat_map(|name| {
                ["Deployment", "StatefulSet", "DaemonSet", "Job"]
                    .into_iter()
                    .filter_map(|kind| self.find(kind, object.namespace.as_deref(), name))
            })
            .collect()
    }

    fn workloads(&self, by: &Object, selector: &Value) -> BTreeSet<usize> {
        self.objects
            .iter()
            .enumerate()
            .filter(|(_, object)| {
                is_workload(object)
                    && object.namespace == by.namespace
                    && selector
                        .as_object()
                        .is_some_and(|labels| !labels.is_empty())
                    && selects(
                        selector,
                        &object.value["spec"]["template"]["metadata"]["labels"],
                    )
            })
            .map(|(at, _)| at)
            .collect()
    }
}

fn is_workload(object: &Object) -> bool {
    matches!(
        object.kind.as_str(),
        "Deployment" | "StatefulSet" | "DaemonSet" | "Job"
    )
}

/// An absent selector selects everything, as in a `NetworkPolicy`.
fn selects(selector: &Value, labels: &Value) -> bool {
    selector.as_object().is_none_or(|wanted| {
        wanted
            .iter()
            .all(|(key, value)| labels.get(key) == Some(value))
    })
}

/// Returns the indices in an order in which each comes after what it needs, ties in the given
/// order, or the indices that form or hang on a cycle.
pub(super) fn sort(needs: &[BTreeSet<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut waiting: Vec<usize> = needs.iter().map(BTreeSet::len).collect();
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    for (user, wanted) in needs.iter().enumerate() {
        for need in wanted {
            if let Some(list) = users.get_mut(*need) {
                list.push(user);
            }
        }
    }
    let mut free: BTreeSet<usize> = waiting
        .iter()
        .enumerate()
        .filter(|(_, count)| **count == 0)
        .map(|(at, _)| at)
        .collect();
    let mut sorted = Vec::with_capacity(needs.len());
    while let Some(next) = free.pop_first() {
        sorted.push(next);
        for user in users.get(next).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(*user) {
                *count -= 1;
                if *count == 0 {
                    free.insert(*user);
                }
            }
        }
    }
    if sorted.len() == needs.len() {
        return Ok(sorted);
    }
    let done: BTreeSet<usize> = sorted.into_iter().collect();
    Err((0..needs.len()).filter(|at| !done.contains(at)).collect())
}

#[cfg(test)]
mod tests {
    use super::sort;
    use std::collections::BTreeSet;

    #[track_caller]
    fn check(needs: &[&[usize]], expected: Result<&[usize], &[usize]>) {
        let needs: Vec<BTreeSet<usize>> = needs
            .iter()
            .map(|wanted| wanted.iter().copied().collect())
            .collect();
        let sorted = sort(&needs);
        assert_eq!(sorted.as_deref().map_err(Vec::as_slice), expected);
    }

    #[test]
    fn what_is_needed_comes_first_and_ties_keep_their_order() {
        check(&[&[2], &[], &[]], Ok(&[1, 2, 0]));
    }

    #[test]
    fn a_cycle_is_named() {
        check(&[&[], &[2], &[1]], Err(&[1, 2]));
    }
}
