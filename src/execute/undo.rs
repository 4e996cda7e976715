//! Turning a phase back: what is to become of each object that it touched, in the reverse of the
//! plan's order, and doing that.
//!
//! What the phase made goes; what was there before gets its fields back; what holds data, what
//! others took over or changed since, and what these need, stays. Files stay too: git has them.

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, StreamExt as _};
use serde_json::Value;

use super::prune::{controller, namespace_fate, protected, uid, waves};
use super::{Consent, Fate, Ledger, LedgerError};
use crate::checklist::TaskId;
use crate::cluster::{
    Cluster, ClusterError, FIELD_MANAGER, Fields, Inventory, Live, Returning, Wait, set_by,
};
use crate::journal::{
    Event, Evidence, Failure, ObjectEvidence, Previous, Revision, StepId, StepState, StepStatus,
    TargetState,
};
use crate::manifest::{Object, references};
use crate::plan::{Plan, Work};

/// How many objects are turned back at once.
const AT_ONCE: usize = 32;

/// What is to become of one step's effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Undoing {
    /// The step; `None` for a claim that a StatefulSet's controller made.
    pub step: Option<StepId>,
    /// Its task.
    pub task: Option<TaskId>,
    /// Its object, as the cluster has it where it has it.
    pub object: Option<Object>,
    /// What is to become of it.
    pub turn: Turn,
}

/// What is to become of a step's effect.
#[derive(Debug, Clone, PartialEq)]
pub enum Turn {
    /// Nothing in the cluster: only the record is turned back.
    Record,
    /// The object is gone already.
    Gone,
    /// The phase made the object: it goes; with what a person should know about that.
    Delete(Option<String>),
    /// The object was there before: it gets these fields back.
    Restore(Revision, Vec<Returning>),
    /// The object stays, for this reason.
    Keep(String),
}

/// A phase that is to be turned back on a cluster.
#[derive(Clone, Copy)]
pub struct Undo<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The phase's inventory.
    pub inventory: &'a Inventory,
    /// What is recorded of the target.
    pub state: &'a TargetState,
    /// What a person named.
    pub consent: &'a Consent,
}

/// How turning back went.
#[derive(Debug, Default)]
pub struct Undone {
    /// The tasks of the steps that were turned back.
    pub tasks: BTreeSet<TaskId>,
    /// How many objects were deleted, and how many got fields back.
    pub deleted: usize,
    /// How many objects got fields back.
    pub restored: usize,
    /// What failed; nothing further was begun then.
    pub failed: Vec<(StepId, Failure)>,
    /// Whether a person stopped it.
    pub interrupted: bool,
}

impl Undo<'_> {
    /// Returns what is to become of what the phase did, in waves: each can begin when the one
    /// before is done. Without a cluster (on a rehearsal, which ends with its process) only records
    /// are turned back.
    ///
    /// # Errors
    /// Where the cluster can't be asked.
    pub async fn look(&self, cluster: Option<&Cluster>) -> Result<Vec<Vec<Undoing>>, ClusterError> {
        let steps: Vec<(&StepId, &StepState)> = self
            .state
            .steps()
            .filter(|(_, known)| known.status != StepStatus::RolledBack)
            .collect();
        let Some(cluster) = cluster else {
            return Ok(vec![steps.into_iter().map(record).collect()]);
        };
        let applied: Vec<Option<Object>> = steps.iter().map(|it| self.object_of(*it)).collect();
        let claims = self.claims(cluster).await?;
        let wanted = applied.iter().flatten().chain(&claims);
        let live = cluster.live(wanted).await?;
        let mut found = Vec::new();
        for ((id, known), object) in steps.into_iter().zip(applied) {
            let undoing = match object {
                None => record((id, known)),
                Some(object) => self.turn(cluster, (id, known, object), &live),
            };
            found.push(undoing);
        }
        let recorded = |object: &Object| {
            let found = found.iter().filter_map(|it| it.object.as_ref());
            found
                .into_iter()
                .any(|it| it.kind == object.kind && it.name == object.name)
        };
        let claims: Vec<Undoing> = claims
            .iter()
            .filter(|claim| !recorded(claim))
            .map(|claim| self.claim(claim, &live))
            .collect();
        found.extend(claims);
        self.keep_namespaces(cluster, &mut found).await?;
        keep_what_is_needed(&mut found);
        Ok(self.in_order(found))
    }

    /// The object that a step applied, as far as plan and journal say.
    fn object_of(&self, (id, known): (&StepId, &StepState)) -> Option<Object> {
        let planned = self.plan.steps.iter().find(|step| step.id == *id);
        if let Some(Work::Apply { object, .. }) = planned.map(|step| &step.work) {
            return Some(object.as_ref().clone());
        }
        match &known.last {
            Some(Evidence::Object(made)) => Some(reference(made)),
            Some(_) | None => None,
        }
    }

    fn turn(
        &self,
        cluster: &Cluster,
        (id, known, object): (&StepId, &StepState, Object),
        live: &Live,
    ) -> Undoing {
        let (object, turn) = match live.get(&object) {
            None => (object, Turn::Gone),
            Some(value) => {
                let turn = self.of_live(cluster, known, (&object, &value));
                (Object { value, ..object }, turn)
            }
        };
        Undoing {
            step: Some(id.clone()),
            task: known.task.clone(),
            object: Some(object),
            turn,
        }
    }

    fn of_live(
        &self,
        cluster: &Cluster,
        known: &StepState,
        (wanted, live): (&Object, &Value),
    ) -> Turn {
        let named = self.consent.names(wanted);
        let name = wanted.label();
        let unless = |why: &str| Turn::Keep(format!("{why}; --delete {name} lets it go"));
        if Fields::applied_by(live, FIELD_MANAGER).is_none() {
            return match &known.before {
                // Its fields were put back, and a kill came before the record.
                Some(Previous::There(_)) => Turn::Restore(empty(live), Vec::new()),
                Some(Previous::Absent) | None => {
                    Turn::Keep("orch applies nothing of it any more".to_owned())
                }
            };
        }
        let made = match &known.last {
            Some(Evidence::Object(made)) => Some(made.uid.as_str()),
            Some(_) | None => None,
        };
        if made.is_some_and(|made| made != uid(live)) && !named {
            return unless("it is another object than the one that this phase applied");
        }
        let held = Object {
            value: live.clone(),
            ..wanted.clone()
        };
        match &known.before {
            None if !named => unless("the journal doesn't say whether it was there before"),
            Some(Previous::There(revision)) if revision.uid == uid(live) => {
                let fields = cluster.returning(live, revision);
                Turn::Restore(revision.clone(), fields)
            }
            Some(Previous::There(_)) if !named => unless(
                "the one that was there before is gone: this phase made it again, and what it was \
                 can't be put back",
            ),
            Some(Previous::Absent | Previous::There(_)) | None => {
                if named {
                    Turn::Delete(None)
                } else if let Some(why) = protected(&held) {
                    unless(why)
                } else if let Some(owner) = controller(live) {
                    Turn::Keep(format!("{owner} owns it"))
                } else if let Some(others) = taken(wanted, live) {
                    unless(&others)
                } else {
                    Turn::Delete(None)
                }
            }
        }
    }

    /// The claims that the controllers of the plan's StatefulSets made.
    async fn claims(&self, cluster: &Cluster) -> Result<Vec<Object>, ClusterError> {
        let sets: Vec<&Object> = self
            .plan
            .objects()
            .filter(|it| {
                it.kind == "StatefulSet" && it.value["spec"]["volumeClaimTemplates"].is_array()
            })
            .collect();
        let mut claims = Vec::new();
        for set in sets {
            claims.extend(cluster.claims_of(set).await?);
        }
        Ok(claims)
    }

    fn claim(&self, claim: &Object, live: &Live) -> Undoing {
        let turn = if live.get(claim).is_none() {
            Turn::Gone
        } else if self.consent.names(claim) {
            Turn::Delete(None)
        } else {
            Turn::Keep(format!(
                "data would be lost; --delete {} lets it go",
                claim.label()
            ))
        };
        Undoing {
            step: None,
            task: None,
            object: Some(claim.clone()),
            turn,
        }
    }

    /// A namespace takes all with it that is in it: what that is has to be known and allowed.
    async fn keep_namespaces(
        &self,
        cluster: &Cluster,
        found: &mut [Undoing],
    ) -> Result<(), ClusterError> {
        let going: BTreeSet<(String, String)> = found
            .iter()
            .filter(|it| matches!(it.turn, Turn::Delete(_)))
            .filter_map(|it| it.object.as_ref())
            .map(|object| (object.kind.clone(), object.name.clone()))
            .collect();
        for it in found {
            let Some(namespace) = it.object.as_ref().filter(|it| it.kind == "Namespace") else {
                continue;
            };
            if !matches!(it.turn, Turn::Delete(_)) {
                continue;
            }
            let mut content = cluster.content(&namespace.name).await?;
            content.retain(|it| !going.contains(&(it.kind.clone(), it.name.clone())));
            it.turn = match namespace_fate(namespace, &content, self.inventory, self.consent) {
                Fate::Goes(note) => Turn::Delete(note),
                Fate::Named(why) | Fate::Foreign(why) => Turn::Keep(why),
            };
        }
        Ok(())
    }

    /// What vanished from the plan first, then the reverse of the plan's order, in waves.
    fn in_order(&self, found: Vec<Undoing>) -> Vec<Vec<Undoing>> {
        let place: BTreeMap<&StepId, usize> = self
            .plan
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
        let needs: Vec<BTreeSet<usize>> = self
            .plan
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

    /// Turns the phase back: records, acts, records, wave by wave.
    ///
    /// # Errors
    /// Where it can't be recorded.
    pub async fn perform(
        &self,
        cluster: Option<&Cluster>,
        waves: &[Vec<Undoing>],
        (ledger, stop): (&mut Ledger, &(dyn Fn() -> bool + Sync)),
        wait: &Wait<'_>,
    ) -> Result<Undone, LedgerError> {
        let mut undone = Undone::default();
        for wave in waves {
            if stop() {
                undone.interrupted = true;
                return Ok(undone);
            }
            let wave: Vec<&Undoing> = wave
                .iter()
                .filter(|it| !matches!(it.turn, Turn::Keep(_)))
                .collect();
            let steps = || wave.iter().filter_map(|it| it.step.clone());
            ledger.append(steps().map(|step| Event::Compensating { step }).collect())?;
            let ended: Vec<(&Undoing, Result<(), Failure>)> = stream::iter(wave.iter().copied())
                .map(async |it| (it, self.effect(cluster, it, wait).await))
                .buffer_unordered(AT_ONCE)
                .collect()
                .await;
            let done = ended.iter().filter(|(_, outcome)| outcome.is_ok());
            let records = done.clone().filter_map(|(it, _)| it.step.clone());
            ledger.append(records.map(|step| Event::RolledBack { step }).collect())?;
            for (it, _) in done {
                undone.tasks.extend(it.task.clone());
                match &it.turn {
                    Turn::Delete(_) => undone.deleted += 1,
                    Turn::Restore(..) => undone.restored += 1,
                    Turn::Record | Turn::Gone | Turn::Keep(_) => {}
                }
            }
            for (it, outcome) in ended {
                if let Err(failure) = outcome {
                    let label = it.object.as_ref().map(Object::label).unwrap_or_default();
                    let step = it.step.clone();
                    let step = step.unwrap_or_else(|| StepId::new(format!("delete {label}")));
                    undone.failed.push((step, failure));
                }
            }
            if !undone.failed.is_empty() {
                return Ok(undone);
            }
        }
        Ok(undone)
    }

    async fn effect(
        &self,
        cluster: Option<&Cluster>,
        it: &Undoing,
        wait: &Wait<'_>,
    ) -> Result<(), Failure> {
        let (Some(cluster), Some(object)) = (cluster, &it.object) else {
            return Ok(());
        };
        match &it.turn {
            Turn::Record | Turn::Gone | Turn::Keep(_) => Ok(()),
            Turn::Restore(revision, _) => cluster
                .restore(object, revision)
                .await
                .map_err(|error| error.failure(&object.label())),
            Turn::Delete(_) => {
                // Who takes it over in between keeps it.
                let guard = |live: &Value| match &it.step {
                    Some(_) if Fields::applied_by(live, FIELD_MANAGER).is_none() => {
                        Err("orch applies nothing of it any more".to_owned())
                    }
                    Some(_) | None => Ok(()),
                };
                cluster
                    .delete((object, &uid(&object.value)), &guard, wait)
                    .await
            }
        }
    }
}

/// A step whose effect lies outside of a cluster, or in one that is no more.
fn record((id, known): (&StepId, &StepState)) -> Undoing {
    Undoing {
        step: Some(id.clone()),
        task: known.task.clone(),
        object: None,
        turn: Turn::Record,
    }
}

/// An object of which only the evidence is left.
fn reference(made: &ObjectEvidence) -> Object {
    Object {
        api_version: made.api_version.clone(),
        kind: made.kind.clone(),
        namespace: made.namespace.clone(),
        name: made.name.clone(),
        value: Value::Null,
    }
}

fn empty(live: &Value) -> Revision {
    Revision {
        uid: uid(live),
        changes: Vec::new(),
        owned: None,
    }
}

/// Returns who else applies the object, or took over a field that the phase had set.
fn taken(wanted: &Object, live: &Value) -> Option<String> {
    let entries = live.pointer("/metadata/managedFields")?.as_array()?;
    for entry in entries {
        let manager = entry["manager"].as_str().unwrap_or_default();
        let part = entry["subresource"].as_str().unwrap_or_default();
        let applies = entry["operation"] == "Apply";
        if part == "status" || (manager == FIELD_MANAGER && applies) {
            continue;
        }
        if applies {
            return Some(format!("{manager} applies it too"));
        }
        let fields = Fields::parse(&entry["fieldsV1"]);
        if let Some(place) = set_by(&fields, &wanted.value) {
            return Some(format!("{manager} changed {place} since"));
        }
    }
    None
}

/// What stays keeps what it refers to.
fn keep_what_is_needed(found: &mut [Undoing]) {
    loop {
        let needed: BTreeMap<(String, String), String> = found
            .iter()
            .filter(|it| matches!(it.turn, Turn::Keep(_)))
            .filter_map(|it| it.object.as_ref())
            .flat_map(|object| {
                references(object)
                    .into_iter()
                    .map(|wanted| ((wanted.kind, wanted.name), object.label()))
            })
            .collect();
        let mut changed = false;
        for it in found.iter_mut() {
            let Some(object) = &it.object else { continue };
            let key = (object.kind.clone(), object.name.clone());
            if let (Turn::Delete(_), Some(user)) = (&it.turn, needed.get(&key)) {
                it.turn = Turn::Keep(format!("{user} needs it, which stays"));
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}
