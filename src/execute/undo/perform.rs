//! Doing it: recorded before and after, wave by wave.

use futures::stream::{self, StreamExt as _};
use serde_json::Value;

use super::{Turn, Undo, Undoing, Undone};
use crate::cluster::{Cluster, FIELD_MANAGER, Fields, Wait};
use crate::execute::prune::uid;
use crate::execute::{Ledger, LedgerError};
use crate::journal::{Event, Failure, StepId};
use crate::manifest::Object;

/// How many objects are turned back at once.
const AT_ONCE: usize = 32;

impl Undo<'_> {
    /// Turns the phase back: records, acts, records, wave by wave.
    ///
    /// # Errors
    /// Where it can't be recorded.
    pub async fn perform(
        &self,
        cluster: Option<&Cluster>,
        waves: &[Vec<Undoing>],
        (ledger, is_stopped): (&mut Ledger, &(dyn Fn() -> bool + Sync)),
        wait: &Wait<'_>,
    ) -> Result<Undone, LedgerError> {
        let mut undone = Undone::default();
        for wave in waves {
            if is_stopped() {
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

    fn belongs_elsewhere(&self, object: &Object, live: &Value) -> bool {
        self.inventory.other(live).is_some() && !self.consent.names(object)
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
                    Some(_) if self.belongs_elsewhere(object, live) => {
                        Err("another inventory has it by now".to_owned())
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
