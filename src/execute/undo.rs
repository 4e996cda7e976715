//! Turning a phase back: what is to become of each object that it touched, in the reverse of the
//! plan's order, and doing that.
//!
//! What the phase made goes; what was there before gets its fields back; what holds data, what
//! others took over or changed since, and what these need, stays. Files stay too: git has them.

mod order;
mod perform;
mod stay;

use std::collections::BTreeSet;

use serde_json::Value;

use super::prune::{controller, namespace_fate, protected, uid};
use super::{Consent, Fate};
use crate::checklist::TaskId;
use crate::cluster::{Cluster, ClusterError, FIELD_MANAGER, Fields, Inventory, Live, Returning};
use crate::journal::{
    Evidence, Failure, ObjectEvidence, Previous, Revision, StepId, StepState, StepStatus,
    TargetState,
};
use crate::manifest::Object;
use crate::plan::{Plan, Work};

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
        stay::keep_what_is_needed(&mut found);
        Ok(order::in_order(self.plan, found))
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
        if let Some(other) = self.inventory.other(live).filter(|_| !named) {
            return unless(&format!("another inventory has it by now ({other})"));
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
                } else if let Some(others) = stay::taken(wanted, live) {
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
