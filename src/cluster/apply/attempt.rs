//! One attempt to apply an object, from looking at what is there to the server's last word.

use kube::ResourceExt as _;
use kube::api::{Api, DynamicObject, Patch, PatchParams, ValidationDirective};
use serde_json::Value;

use super::{Applied, ApplyOptions, Before};
use crate::cluster::conflict::{Show, Sides, entries_of, text};
use crate::cluster::migrate::{self, Migration};
use crate::cluster::owner::{Owner, TakeOver, origin};
use crate::cluster::recreate::{Fixed, Old, Remake, remake};
use crate::cluster::{ApplyError, Cluster, ClusterError, FIELD_MANAGER, Fields};
use crate::manifest::Object;

/// All that an attempt needs.
pub(super) struct Attempt<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) api: &'a Api<DynamicObject>,
    pub(super) object: &'a Object,
    /// The object as it is sent.
    pub(super) wanted: &'a Value,
    pub(super) options: &'a ApplyOptions,
    pub(super) report: &'a (dyn Fn(String) + Sync),
    /// Returns a value at a place as it may be shown.
    pub(super) show: Show<'a>,
}

/// How a configuration is sent.
#[derive(Clone, Copy)]
struct Sending<'a> {
    body: &'a Value,
    dry_run: bool,
    force: bool,
    /// Only over this version of the object.
    version: Option<&'a str>,
}

/// What is to be told of an attempt, and what its dry run can't show.
#[derive(Default)]
struct Story {
    notes: Vec<String>,
    /// Fields that go with a migration, which a dry run doesn't make.
    going: Vec<crate::cluster::Path>,
}

impl Attempt<'_> {
    /// Applies the object.
    pub(super) async fn make(&self, before: Before) -> Result<Applied, ApplyError> {
        let mut story = Story::default();
        if before == Before::Unknown
            && let Some(live) = self.look().await?
        {
            if is_ending(&live) && !self.options.dry_run {
                self.wait_for_the_end(&live).await?;
            } else {
                self.adopt(&live, &mut story)?;
                self.migrate(&live, &mut story).await?;
            }
        }
        let mut answer = self.write(&mut story).await?;
        if answer.metadata.deletion_timestamp.is_some() && !self.options.dry_run {
            let live = serde_json::to_value(&answer).unwrap_or_default();
            self.wait_for_the_end(&live).await?;
            answer = self.write(&mut story).await?;
        }
        let uid = answer.uid().unwrap_or_default();
        let generation = answer.metadata.generation;
        let mut object = serde_json::to_value(answer).unwrap_or(Value::Null);
        if self.options.dry_run {
            migrate::take_out(&mut object, &story.going);
        } else if before == Before::Absent {
            story.notes.extend(meanwhile(&object));
        }
        Ok(Applied {
            uid,
            generation,
            object,
            notes: story.notes,
        })
    }

    /// Returns the object as the cluster has it.
    async fn look(&self) -> Result<Option<Value>, ApplyError> {
        let found = self.api.get_opt(&self.object.name).await;
        let found = found.map_err(|error| self.cluster.refusal(self.object, error))?;
        let live = found.map(|found| serde_json::to_value(found).unwrap_or_default());
        if let Some(live) = live.as_ref().filter(|_| self.object.kind == "Secret") {
            self.cluster.known().add_secret(live);
        }
        Ok(live)
    }

    /// Refuses what is somebody else's without a consent; says where what is adopted comes from.
    fn adopt(&self, live: &Value, story: &mut Story) -> Result<(), ApplyError> {
        if let Some(owner) = Owner::of(live, self.wanted) {
            let consent = &self.options.take_over;
            if !owner.names.iter().any(|name| consent.allows(name)) {
                return Err(ApplyError::Owned(Box::new(owner)));
            }
            story.notes.push(format!("taken over from {}", owner.what));
            story.notes.extend(owner.warning);
        } else if Fields::applied_by(live, FIELD_MANAGER).is_none() {
            story.notes.push(format!("adopted: {}", origin(live)));
            let client_side = live["metadata"]["annotations"].get(migrate::LAST_APPLIED);
            if client_side.is_some()
                && Migration::of(live, self.wanted, &self.options.take_over).is_none()
            {
                story.notes.push(
                    "kubectl's client-side apply keeps its share of it: what is taken out of the \
                     manifest stays, until a run with --take-over kubectl-client-side-apply"
                        .to_owned(),
                );
            }
        }
        Ok(())
    }

    /// Makes what the tool before owned ours. All is tried first: what is refused after this would
    /// leave an object that is half taken over.
    async fn migrate(&self, live: &Value, story: &mut Story) -> Result<(), ApplyError> {
        let Some(migration) = Migration::of(live, self.wanted, &self.options.take_over) else {
            return Ok(());
        };
        let trial = Sending {
            body: self.wanted,
            dry_run: true,
            force: false,
            version: version(live),
        };
        let tried = match self.send(trial).await {
            Err(ApplyError::Conflict(mut conflicts)) => {
                conflicts.explain(&self.sides(live));
                if !conflicts.covered(&self.options.take_over) {
                    return Err(ApplyError::Conflict(conflicts));
                }
                let force = true;
                self.send(Sending { force, ..trial }).await
            }
            tried => tried,
        };
        match tried {
            // It is about to be made again: nothing is left to be migrated then.
            Err(ApplyError::Immutable(_)) => return Ok(()),
            // A webhook that can't be tried tells nothing about the apply.
            Err(ApplyError::Policy(text)) if text.contains("dry run") => {}
            Err(error) => return Err(error),
            Ok(_) => {}
        }
        let going = migration.going(live, self.wanted);
        let managers = migration.managers.join(", ");
        story.notes.push(if going.is_empty() {
            format!("taken over from {managers}")
        } else {
            let fields: Vec<String> = going.iter().map(|path| text(path)).collect();
            let fields = fields.join(", ");
            format!("taken over from {managers}; not in the manifest, so taken out: {fields}")
        });
        if self.options.dry_run {
            story.going = going;
            return Ok(());
        }
        let params = PatchParams {
            field_manager: Some(FIELD_MANAGER.to_owned()),
            ..PatchParams::default()
        };
        let patch = Patch::Merge(&migration.patch);
        let answer = self.api.patch(&self.object.name, &params, &patch).await;
        match answer.map_err(|error| self.cluster.refusal(self.object, error)) {
            // Whether it was made is seen by looking again; its version guards it meanwhile.
            Err(ApplyError::Cluster(
                error @ (ClusterError::Unreachable { .. } | ClusterError::Silent { .. }),
            )) => Err(ApplyError::Race(error.to_string())),
            answer => answer.map(drop),
        }
    }

    /// Sends the object and settles what stands in its way, as far as there is consent.
    async fn write(&self, story: &mut Story) -> Result<DynamicObject, ApplyError> {
        let plain = Sending {
            body: self.wanted,
            dry_run: self.options.dry_run,
            force: false,
            version: None,
        };
        let answer = match self.send(plain).await {
            Err(ApplyError::Conflict(_)) => self.settle(plain, story).await,
            answer => answer,
        };
        match answer {
            Err(ApplyError::Immutable(fixed)) => self.make_again(*fixed, plain, story).await,
            answer => answer,
        }
    }

    /// Settles conflicts: exactly those that were looked at are taken over, and nothing that came
    /// after.
    async fn settle(
        &self,
        plain: Sending<'_>,
        story: &mut Story,
    ) -> Result<DynamicObject, ApplyError> {
        let Some(live) = self.look().await? else {
            return Err(ApplyError::Race("it went away".to_owned()));
        };
        // A consent for all covers what comes meanwhile too: an object that changes all the time
        // would never stand still for the guard.
        let guarded = self.options.take_over != TakeOver::All;
        let exactly = Sending {
            version: version(&live).filter(|_| guarded),
            ..plain
        };
        let mut conflicts = match self.send(exactly).await {
            Err(ApplyError::Conflict(conflicts)) => conflicts,
            answer => return answer,
        };
        conflicts.explain(&self.sides(&live));
        // What is written in another way only is written as the cluster has it.
        let mut body = self.wanted.clone();
        let exactly = if conflicts.adapt(&mut body, &live) {
            let adapted = Sending {
                body: &body,
                ..exactly
            };
            match self.send(adapted).await {
                Err(ApplyError::Conflict(left)) => {
                    conflicts = left;
                    conflicts.explain(&self.sides(&live));
                }
                answer => return answer,
            }
            adapted
        } else {
            exactly
        };
        if !conflicts.covered(&self.options.take_over) {
            return Err(ApplyError::Conflict(conflicts));
        }
        let force = true;
        let answer = self.send(Sending { force, ..exactly }).await?;
        // A preview tells of each conflict at its field.
        if !exactly.dry_run {
            story.notes.push(format!("taken over: {conflicts}"));
            let hints = conflicts.list.iter().filter_map(|conflict| conflict.hint);
            story.notes.extend(hints.map(str::to_owned));
        }
        Ok(answer)
    }

    /// Deletes what can't be changed, and makes it again.
    async fn make_again(
        &self,
        mut fixed: Fixed,
        plain: Sending<'_>,
        story: &mut Story,
    ) -> Result<DynamicObject, ApplyError> {
        let Some(live) = self.look().await? else {
            return Err(ApplyError::Race("it went away".to_owned()));
        };
        fixed.foreign = Fields::applied_by(&live, FIELD_MANAGER).is_none();
        fixed.explain(&self.sides(&live), remake(self.object, &live));
        let consent = self.options.recreate
            && !self.options.dry_run
            && !(fixed.foreign && self.options.take_over == TakeOver::None);
        let Some(cost) = (match fixed.remake {
            Remake::Consent(cost) if consent => Some(cost),
            Remake::Again(why) if !self.options.dry_run => Some(why),
            Remake::Consent(_) | Remake::Again(_) | Remake::Never(_) => None,
        }) else {
            return Err(ApplyError::Immutable(Box::new(fixed)));
        };
        self.could_be_made().await?;
        (self.report)(format!("deleting it, to make it again: {cost}"));
        let old = self.old(&live);
        self.cluster.make_room(&old).await?;
        let answer = self.send(plain).await?;
        story.notes.push(format!(
            "deleted and made again: {}",
            fixed.reasons.join(", ")
        ));
        Ok(answer)
    }

    /// Tries the object under a name that nothing has: what the server wouldn't take must not cost
    /// what is there.
    async fn could_be_made(&self) -> Result<(), ApplyError> {
        let name: String = self.object.name.chars().take(40).collect();
        let name = format!("{}-orch-trial", name.trim_end_matches(['-', '.']));
        let mut body = self.wanted.clone();
        body["metadata"]["name"] = name.as_str().into();
        let trial = Sending {
            body: &body,
            dry_run: true,
            force: false,
            version: None,
        };
        match self.send_as(&name, trial).await {
            // A Service's own address is still its own.
            Err(ApplyError::Invalid(text)) if text.contains("already allocated") => Ok(()),
            Err(ApplyError::Invalid(text) | ApplyError::Schema(text)) => {
                Err(ApplyError::Unmakeable(text))
            }
            Err(error @ ApplyError::Cluster(_)) => Err(error),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    async fn wait_for_the_end(&self, live: &Value) -> Result<(), ApplyError> {
        (self.report)("it is being deleted: waiting until it is gone, to make it again".to_owned());
        self.cluster.gone_by_itself(&self.old(live)).await
    }

    fn old<'a>(&'a self, live: &'a Value) -> Old<'a> {
        Old {
            api: self.api,
            object: self.object,
            live,
            patience: self.options.patience,
        }
    }

    fn sides<'a>(&'a self, live: &'a Value) -> Sides<'a> {
        Sides {
            wanted: self.wanted,
            live,
            show: self.show,
        }
    }

    async fn send(&self, sending: Sending<'_>) -> Result<DynamicObject, ApplyError> {
        self.send_as(&self.object.name, sending).await
    }

    async fn send_as(&self, name: &str, sending: Sending<'_>) -> Result<DynamicObject, ApplyError> {
        let params = PatchParams {
            dry_run: sending.dry_run,
            force: sending.force,
            field_manager: Some(FIELD_MANAGER.to_owned()),
            field_validation: Some(ValidationDirective::Strict),
        };
        let guarded = sending.version.map(|version| {
            let mut body = sending.body.clone();
            body["metadata"]["resourceVersion"] = version.into();
            body
        });
        let patch = Patch::Apply(guarded.as_ref().unwrap_or(sending.body));
        let answer = self.api.patch(name, &params, &patch).await;
        answer.map_err(|error| self.cluster.refusal(self.object, error))
    }
}

fn version(live: &Value) -> Option<&str> {
    live["metadata"]["resourceVersion"].as_str()
}

fn is_ending(live: &Value) -> bool {
    live["metadata"]["deletionTimestamp"].is_string()
}

/// Says that somebody made it between the list that didn't have it and this apply.
fn meanwhile(object: &Value) -> Option<String> {
    let entries = entries_of(object);
    let own = entries
        .iter()
        .find(|entry| entry["manager"] == FIELD_MANAGER)?;
    // Times are written so that their order is that of their letters.
    let other = entries.iter().find(|entry| {
        entry["manager"] != FIELD_MANAGER
            && entry["subresource"].is_null()
            && entry["time"].as_str() < own["time"].as_str()
    })?;
    let manager = other["manager"].as_str().unwrap_or_default();
    Some(format!("adopted: {manager} made it at the same time"))
}
