//! What is in a phase's inventory and not in its plan any more: which of it may go, and deleting it.
//!
//! A label alone proves nothing: operators copy labels to what they make. An object goes only if
//! orch applied it, by its managed fields and by the journal, and no controller owns it; claims,
//! namespaces and definitions only when a person names them.

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, StreamExt as _};
use serde_json::Value;

use super::{Consent, Ledger, LedgerError};
use crate::cluster::{
    Cluster, ClusterError, FIELD_MANAGER, Fields, Inventory, InventoryError, Wait,
};
use crate::journal::{Event, Evidence, Failure, StepId, StepKey, StepStatus, TargetState, sha256};
use crate::manifest::Object;
use crate::plan::{Plan, object_needs};
use crate::resolve::Application;

/// How many objects are deleted at once.
const AT_ONCE: usize = 32;

/// A member of the inventory that the plan doesn't have.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The object as the cluster has it.
    pub object: Object,
    /// Its `metadata.uid`.
    pub uid: String,
    /// What is to become of it.
    pub fate: Fate,
}

/// What is to become of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It goes; with what a person should know about that, where there is something.
    Goes(Option<String>),
    /// It stays until a person names it, for this reason.
    Named(String),
    /// It isn't orch's and stays, for this reason.
    Foreign(String),
}

/// What a plan and its journal say about what may go.
#[derive(Clone, Copy)]
pub struct Pruning<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The application, whose start order counts.
    pub application: &'a Application,
    /// The phase's inventory.
    pub inventory: &'a Inventory,
    /// What is recorded of the target.
    pub state: Option<&'a TargetState>,
    /// What a person named.
    pub consent: &'a Consent,
}

/// Returns what is in the inventory and not in the plan, in the order in which it would go: what
/// needs others first.
///
/// # Errors
/// Where the inventory's name is taken, or the cluster can't be asked.
pub async fn prune_candidates(
    cluster: &Cluster,
    pruning: Pruning<'_>,
) -> Result<Vec<Candidate>, InventoryError> {
    let members = cluster.members(pruning.inventory).await?;
    let planned: BTreeSet<Place> = pruning
        .plan
        .objects()
        .map(|it| place(cluster, it))
        .collect();
    let mut candidates = Vec::new();
    for object in members {
        if planned.contains(&place(cluster, &object)) {
            continue;
        }
        let fate = match judge(&object, &pruning) {
            Fate::Goes(None) | Fate::Named(_) if object.kind == "Namespace" => {
                of_namespace(cluster, &object, &pruning).await?
            }
            fate @ (Fate::Goes(_) | Fate::Named(_) | Fate::Foreign(_)) => fate,
        };
        candidates.push(Candidate {
            uid: uid(&object.value),
            object,
            fate,
        });
    }
    Ok(in_order(candidates, pruning.application))
}

/// A kind in whichever version, a namespace and a name.
type Place = (String, String, Option<String>, String);

fn place(cluster: &Cluster, object: &Object) -> Place {
    let group = object
        .api_version
        .rsplit_once('/')
        .map_or("", |(group, _)| group);
    (
        group.to_owned(),
        object.kind.clone(),
        cluster.namespace_of(object),
        object.name.clone(),
    )
}

fn judge(object: &Object, pruning: &Pruning<'_>) -> Fate {
    if let Err(why) = is_ours(&object.value, pruning.inventory) {
        return Fate::Foreign(why);
    }
    let uid = uid(&object.value);
    let known = pruning.state.is_some_and(|state| state.has_applied(&uid));
    let why = if let Some(why) = protected(object) {
        why.to_owned()
    } else if !known {
        format!("the journal doesn't say that this phase applied it (uid {uid})")
    } else {
        return Fate::Goes(None);
    };
    if pruning.consent.names(object) {
        Fate::Goes(None)
    } else {
        Fate::Named(why)
    }
}

/// Returns why an object that carries the label isn't orch's all the same.
fn is_ours(live: &Value, inventory: &Inventory) -> Result<(), String> {
    if !inventory.marks(live) {
        return Err("it doesn't carry the inventory's label any more".to_owned());
    }
    if let Some(owner) = controller(live) {
        return Err(format!("{owner} made it and copied the label"));
    }
    if Fields::applied_by(live, FIELD_MANAGER).is_none() {
        return Err("it carries the label, but orch never applied it".to_owned());
    }
    Ok(())
}

/// Returns who controls an object.
pub(super) fn controller(live: &Value) -> Option<String> {
    let owners = live.pointer("/metadata/ownerReferences")?.as_array()?;
    let owner = owners.iter().find(|owner| owner["controller"] == true)?;
    let text = |field: &str| owner[field].as_str().unwrap_or_default();
    Some(format!("{}/{}", text("kind"), text("name")))
}

/// Returns why an object goes only when it is named, whoever made it.
pub(super) fn protected(object: &Object) -> Option<&'static str> {
    let retention = "/spec/persistentVolumeClaimRetentionPolicy/whenDeleted";
    match object.kind.as_str() {
        "PersistentVolumeClaim" | "PersistentVolume" => Some("data would be lost"),
        "Namespace" => Some("all that is in it would go"),
        "CustomResourceDefinition" => Some("all resources of its kind would go"),
        "StatefulSet" if object.value.pointer(retention) == Some(&Value::from("Delete")) => {
            Some("its claims would go with it, and their data be lost")
        }
        _ => None,
    }
}

/// A namespace goes only with what is in it: what the plan has there forbids it, claims have to be
/// named too, and the rest is told.
async fn of_namespace(
    cluster: &Cluster,
    namespace: &Object,
    pruning: &Pruning<'_>,
) -> Result<Fate, ClusterError> {
    let planned = pruning
        .plan
        .objects()
        .filter(|it| it.namespace.as_deref() == Some(&namespace.name))
        .count();
    if planned > 0 {
        return Ok(Fate::Foreign(format!(
            "the plan has {planned} objects in it"
        )));
    }
    let content = cluster.content(&namespace.name).await?;
    Ok(namespace_fate(
        namespace,
        &content,
        pruning.inventory,
        pruning.consent,
    ))
}

/// Returns what becomes of a namespace by what is in it.
pub(super) fn namespace_fate(
    namespace: &Object,
    inside: &[Object],
    inventory: &Inventory,
    consent: &Consent,
) -> Fate {
    let claims: Vec<String> = inside
        .iter()
        .filter(|it| it.kind == "PersistentVolumeClaim" && !consent.names(it))
        .map(Object::label)
        .collect();
    let foreign: Vec<String> = inside
        .iter()
        .filter(|it| !inventory.marks(&it.value) && it.name != inventory.name())
        .map(Object::label)
        .collect();
    let held = match foreign.as_slice() {
        [] => None,
        list => Some(format!(
            "with what orch didn't put into it: {}",
            list.join(", ")
        )),
    };
    if !claims.is_empty() {
        return Fate::Named(format!(
            "it holds claims, to be named too: {}",
            claims.join(", ")
        ));
    }
    if consent.names(namespace) {
        return Fate::Goes(held);
    }
    Fate::Named(match held {
        Some(held) => format!("all that is in it would go, {held}"),
        None => "all that is in it would go".to_owned(),
    })
}

/// What needs others goes before them.
fn in_order(candidates: Vec<Candidate>, application: &Application) -> Vec<Candidate> {
    let objects: Vec<&Object> = candidates.iter().map(|it| &it.object).collect();
    let order: Vec<usize> = waves(&object_needs(&objects, application)).concat();
    let mut by_place: BTreeMap<usize, Candidate> = candidates.into_iter().enumerate().collect();
    order.iter().filter_map(|at| by_place.remove(at)).collect()
}

/// Returns the indices in waves: each after all that need it. What needs itself in a circle comes
/// in one.
pub(super) fn waves(needs: &[BTreeSet<usize>]) -> Vec<Vec<usize>> {
    let mut left: BTreeSet<usize> = (0..needs.len()).collect();
    let mut waves = Vec::new();
    while !left.is_empty() {
        let needed: BTreeSet<usize> = left
            .iter()
            .filter_map(|at| needs.get(*at).map(|wanted| (*at, wanted)))
            .flat_map(|(at, wanted)| wanted.iter().copied().filter(move |need| *need != at))
            .collect();
        let mut free: Vec<usize> = left.difference(&needed).copied().collect();
        if free.is_empty() {
            free = left.iter().copied().collect();
        }
        for at in &free {
            left.remove(at);
        }
        waves.push(free);
    }
    waves
}

/// Deletes the candidates that may go, in order, and records each; returns what went, and what
/// failed: nothing further is deleted then.
///
/// # Errors
/// Where it can't be recorded.
pub async fn prune(
    cluster: &Cluster,
    pruning: Pruning<'_>,
    (candidates, target): (&[Candidate], &str),
    ledger: &mut Ledger,
    wait: &Wait<'_>,
) -> Result<(Vec<StepId>, Vec<(StepId, Failure)>), LedgerError> {
    let going: Vec<&Candidate> = candidates
        .iter()
        .filter(|it| matches!(it.fate, Fate::Goes(_)))
        .collect();
    let objects: Vec<&Object> = going.iter().map(|it| &it.object).collect();
    let mut gone = Vec::new();
    for wave in waves(&object_needs(&objects, pruning.application)) {
        let wave: Vec<(StepId, &Candidate)> = wave
            .iter()
            .filter_map(|at| going.get(*at))
            .map(|it| (step_of(it, ledger.state().target(target)), *it))
            .collect();
        let begun: Vec<Event> = wave
            .iter()
            .flat_map(|(step, it)| begin(step, it, ledger.state().target(target)))
            .collect();
        ledger.append(begun)?;
        let guard = |live: &Value| is_ours(live, pruning.inventory);
        let ended: Vec<(StepId, Result<(), Failure>)> = stream::iter(wave)
            .map(async |(step, it)| {
                let removed = cluster.delete((&it.object, &it.uid), &guard, wait).await;
                (step, removed)
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let (done, failed): (Vec<_>, Vec<_>) = ended.into_iter().partition(|it| it.1.is_ok());
        let done: Vec<StepId> = done.into_iter().map(|(step, _)| step).collect();
        let records = done
            .iter()
            .map(|step| Event::RolledBack { step: step.clone() });
        ledger.append(records.collect())?;
        gone.extend(done);
        if !failed.is_empty() {
            let failed = failed
                .into_iter()
                .filter_map(|(step, outcome)| Some((step, outcome.err()?)));
            return Ok((gone, failed.collect()));
        }
    }
    Ok((gone, Vec::new()))
}

/// Returns the records of objects that the plan doesn't have and that are gone: by another hand, or
/// by a run that was killed before it could record it. All are gone on a rehearsal (`None`), which
/// begins anew each time.
///
/// # Errors
/// Where the cluster can't be asked.
pub async fn settle_gone(
    cluster: Option<&Cluster>,
    plan: &Plan,
    state: Option<&TargetState>,
) -> Result<Vec<Event>, ClusterError> {
    let planned: BTreeSet<&StepId> = plan.steps.iter().map(|step| &step.id).collect();
    let mut events = Vec::new();
    for (id, known) in state.into_iter().flat_map(TargetState::steps) {
        let Some(Evidence::Object(object)) = &known.last else {
            continue;
        };
        if planned.contains(id) || known.status == StepStatus::RolledBack {
            continue;
        }
        let gone = match cluster {
            Some(cluster) => cluster.gone(object).await?,
            None => Some(String::new()),
        };
        // One that is being deleted is waited for.
        if gone.is_some_and(|why| !why.ends_with("is being deleted")) {
            events.push(Event::Compensating { step: id.clone() });
            events.push(Event::RolledBack { step: id.clone() });
        }
    }
    Ok(events)
}

/// The step that applied an object, or one of its own where the journal doesn't know it.
fn step_of(candidate: &Candidate, state: Option<&TargetState>) -> StepId {
    let mut steps = state.into_iter().flat_map(TargetState::steps);
    let known = steps.find(
        |(_, known)| matches!(&known.last, Some(Evidence::Object(it)) if it.uid == candidate.uid),
    );
    match known {
        Some((id, _)) => id.clone(),
        None => StepId::new(format!("prune {}", candidate.object.label())),
    }
}

fn begin(step: &StepId, candidate: &Candidate, state: Option<&TargetState>) -> Vec<Event> {
    let mut events = Vec::new();
    let known = state.and_then(|state| state.step(step));
    if known.is_none_or(|known| known.status == StepStatus::RolledBack) {
        events.push(Event::Started {
            step: step.clone(),
            key: StepKey::new(sha256(candidate.uid.as_bytes())),
            task: None,
            before: None,
        });
    }
    events.push(Event::Compensating { step: step.clone() });
    events
}

pub(super) fn uid(live: &Value) -> String {
    let uid = live.pointer("/metadata/uid").and_then(Value::as_str);
    uid.unwrap_or_default().to_owned()
}

#[cfg(test)]
#[path = "prune/tests.rs"]
mod tests;
