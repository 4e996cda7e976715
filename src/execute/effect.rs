//! What a step does to the disk and the cluster, and what is observed of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use super::Options;
use super::awaited;
use super::command;
use super::membership::Membership;
use super::previous::Recorder;
use super::writes;
use crate::cluster::{Applied, ApplyOptions, Before, Cluster, Live, Situation, Wait};
use crate::files::Workspace;
use crate::journal::{Evidence, Failure, ObjectEvidence, StepId, Trace, Written};
use crate::manifest::{self, Object};
use crate::plan::{Step, Work};
use crate::resolve::Finding;

/// All that a step's effect needs.
pub(super) struct Surroundings<'a> {
    /// The target.
    pub(super) cluster: &'a Cluster,
    /// Where files go; `None` where nothing is to be written.
    pub(super) workspace: Option<Workspace>,
    /// How to behave.
    pub(super) options: &'a Options,
    /// The files as orch wrote them last, by path.
    pub(super) written: BTreeMap<String, Written>,
    /// Objects as they are really sent, by label: with secrets' values, and images by digests that
    /// are known already. None on the rehearsal, which runs on placeholders.
    pub(super) secrets: &'a BTreeMap<String, Object>,
    /// The digests of the images that this run pushed.
    pub(super) digests: Mutex<BTreeMap<String, String>>,
    /// Where status lines go.
    pub(super) report: &'a (dyn Fn(&StepId, String) + Sync),
    /// The inventory that the objects become members of.
    pub(super) membership: Membership<'a>,
    /// What the cluster held before the run.
    pub(super) live: &'a Live,
    /// The steps whose object this phase touches for the first time.
    pub(super) first: BTreeSet<StepId>,
    /// Takes previous revisions.
    pub(super) recorder: Recorder,
}

impl Surroundings<'_> {
    /// Returns the object that is really sent: marked as a member of the inventory, a Secret with
    /// its real values, images by their digests.
    fn wanted(&self, object: &Object) -> Object {
        let real = self.secrets.get(&object.label()).unwrap_or(object);
        let digests = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        let pinned = manifest::pinned(real, &digests);
        let real = pinned.as_ref().unwrap_or(real);
        self.membership.inventory.marked(real)
    }

    fn pin(&self, image: &str, digest: &str) {
        let mut digests = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        digests.insert(image.to_owned(), digest.to_owned());
    }

    /// Records what an object was before this phase first touches it, where it was there.
    async fn remember(
        &self,
        step: &StepId,
        wanted: &Object,
        options: &ApplyOptions,
    ) -> Result<(), Failure> {
        if !self.first.contains(step) {
            return Ok(());
        }
        let Some(live) = self.live.get(wanted) else {
            return Ok(());
        };
        let revision = self.cluster.revision(wanted, &live, options).await;
        let revision = revision.map_err(|error| error.failure(&wanted.label()))?;
        self.recorder.record(step, revision).await
    }
}

/// What a step's effect came to.
pub(super) enum Acted<'a> {
    /// The step is over.
    Over(Result<Evidence, Failure>),
    /// Its object is applied, and is to become ready.
    Applied(&'a Object, Box<Applied>),
}

/// Does what a step does to the disk or the cluster.
pub(super) async fn act<'a>(step: &'a Step, around: &Surroundings<'_>) -> Acted<'a> {
    Acted::Over(match &step.work {
        Work::Study { findings } => study(findings),
        Work::Conclude { evidence } => Ok(evidence.clone()),
        Work::Expect { found, missing } => traces(found, missing, around),
        Work::Refuse { rule, violations } => Err(Failure {
            cause: format!("manifests violate the rule `{rule}`"),
            details: violations.clone(),
            help: None,
        }),
        // One step that writes has one outcome; several are written together by `air`.
        Work::Write { .. } => writes::write(&[step], around).swap_remove(0),
        Work::Apply { object, .. } => match apply(step, object, around).await {
            Ok(applied) => return Acted::Applied(object, Box::new(applied.trimmed())),
            Err(failure) => Err(failure),
        },
        Work::Wait { object } => return awaited::appear(step, object, around).await,
        Work::Command { run, shell } => command::run(step, (run, *shell), around).await,
        Work::Build { image, run, digest } => {
            let built = command::build((image, run, digest.as_deref()), step.timeout, around).await;
            if let Ok(Evidence::Image { image, digest }) = &built {
                around.pin(image, digest);
            }
            built
        }
    })
}

/// Waits until a step's object is ready, and returns what was observed.
pub(super) async fn ready(
    step: &Step,
    object: &Object,
    applied: Box<Applied>,
    around: &Surroundings<'_>,
) -> Result<Evidence, Failure> {
    let say = |text: String| (around.report)(&step.id, text);
    let wait = Wait {
        timeout: step.timeout.unwrap_or(around.options.timeout),
        grace: match object.kind.as_str() {
            "Service" => around.options.address,
            _ => around.options.grace,
        },
        report: &say,
    };
    let ready = around
        .cluster
        .ready(object, &applied, &wait)
        .await
        .map_err(|not| not.failure)?;
    let served = around.cluster.served(object).await;
    served.map_err(|error| unserved(&error))?;
    // It is somebody else's: turning the phase back must not take it for its own.
    if matches!(step.work, Work::Wait { .. }) {
        let found = vec![format!("{}: {}", object.label(), ready.reason)];
        return Ok(Evidence::Facts { found });
    }
    Ok(Evidence::Object(ObjectEvidence {
        api_version: object.api_version.clone(),
        kind: object.kind.clone(),
        namespace: object.namespace.clone(),
        name: object.name.clone(),
        uid: applied.uid,
        generation: applied.generation,
        ready: [Some(ready.reason), step.note.map(str::to_owned)]
            .into_iter()
            .flatten()
            .chain(applied.notes)
            .collect::<Vec<_>>()
            .join("; "),
    }))
}

fn study(findings: &[Finding]) -> Result<Evidence, Failure> {
    let missing: Vec<String> = findings
        .iter()
        .filter_map(|finding| {
            finding
                .missing
                .as_ref()
                .map(|where_| format!("`{}`: {where_}", finding.subject))
        })
        .collect();
    if missing.is_empty() {
        let found = findings
            .iter()
            .flat_map(|finding| &finding.facts)
            .map(|(fact, origin)| format!("{fact} ({origin})"))
            .collect();
        return Ok(Evidence::Facts { found });
    }
    Err(Failure {
        cause: "what is to be studied is not there".to_owned(),
        details: missing,
        help: Some("correct the path in the checklist, or add the file".to_owned()),
    })
}

/// Records the traces of a person's work that were found when the run began, if what lies in the
/// workspace is still there.
fn traces(
    found: &[Trace],
    missing: &[String],
    around: &Surroundings<'_>,
) -> Result<Evidence, Failure> {
    let vanished = |trace: &Trace| {
        let (Trace::File { path, .. } | Trace::Folder { path, .. } | Trace::Change { path, .. }) =
            trace
        else {
            return None;
        };
        let there = around.workspace.as_ref().map(|it| it.path(path));
        let gone = there.is_some_and(|path| !path.is_ok_and(|path| path.exists()));
        gone.then(|| format!("`{path}` is gone since this run began"))
    };
    let mut missing = missing.to_vec();
    missing.extend(found.iter().filter_map(vanished));
    if missing.is_empty() {
        return Ok(Evidence::Traces {
            found: found.to_vec(),
        });
    }
    Err(Failure {
        cause: "what a person was to do isn't there".to_owned(),
        details: missing,
        help: Some("run again once it is".to_owned()),
    })
}

async fn apply(
    step: &Step,
    object: &Object,
    around: &Surroundings<'_>,
) -> Result<Applied, Failure> {
    let real = around.wanted(object);
    let say = |text: String| (around.report)(&step.id, text);
    let options = ApplyOptions {
        dry_run: false,
        take_over: around.options.take_over.clone(),
        recreate: around.options.recreate,
        patience: step.timeout.unwrap_or(around.options.timeout),
    };
    around.membership.open(around.cluster, &real).await?;
    around.remember(&step.id, &real, &options).await?;
    let before = around.live.before(&real, &options.take_over);
    // What somebody else owns too may be settled, and is still to be taken over.
    if before == Before::Ours
        && let Some(found) = around.live.settled(&real)
    {
        return Ok(found);
    }
    let situation = Situation {
        before,
        report: &say,
    };
    let applied = around.cluster.apply_in(&real, &options, situation).await;
    applied.map_err(|error| error.failure(&object.label()))
}

/// A kind whose definition is established, and that can't be used yet.
fn unserved(error: &crate::cluster::ClusterError) -> Failure {
    Failure {
        cause: "its definition is established, and the server doesn't serve the kind yet"
            .to_owned(),
        details: crate::diagnostic::causes(error),
        help: Some("run again; if it stays so, look at the API server's log".to_owned()),
    }
}
