//! What became of what a phase applied to a real target: gone, another object, changed by others,
//! or not ready any more. Nothing is changed here.

use futures::stream::{self, StreamExt as _, TryStreamExt as _};

use super::outlook::Outlook;
use super::{How, Prepared, Result, RunArgs, options, prepare};
use crate::checklist::TaskId;
use crate::cli::Session;
use crate::cli::load::{Loaded, Meaning, Phase};
use crate::cli::mine::Mine;
use crate::cli::target::Target;
use crate::cluster::{ApplyError, FieldChange, Live, Name, Verdict, verdict};
use crate::execute::Filled;
use crate::files::Clock;
use crate::git::Repo;
use crate::journal::{Evidence, ObjectEvidence, State, StepId, StepState, TargetState};
use crate::manifest::Object;
use crate::plan::{Plan, Work};

/// How many objects are compared at once.
const COMPARED: usize = 32;

/// What a target holds of what was applied there.
pub(in crate::cli) struct Drift {
    /// How many objects were looked at.
    pub(in crate::cli) total: usize,
    /// Those that aren't as they were applied.
    pub(in crate::cli) found: Vec<Drifted>,
}

/// A target that was looked at, with what the phase means for it.
pub(in crate::cli) struct Looked {
    pub(in crate::cli) drift: Drift,
    pub(in crate::cli) meaning: Meaning,
    pub(in crate::cli) plan: Plan,
    /// What the target holds of what was applied and of what the plan has.
    pub(in crate::cli) live: Live,
}

/// An object that isn't as it was applied.
pub(in crate::cli) struct Drifted {
    /// The step that applied it.
    pub(in crate::cli) step: StepId,
    /// `Kind/name`.
    pub(in crate::cli) label: String,
    pub(in crate::cli) namespace: Option<String>,
    pub(in crate::cli) task: Option<TaskId>,
    /// Why it isn't there any more, if it isn't.
    pub(in crate::cli) gone: Option<String>,
    /// What others changed: what was applied, and what is there.
    pub(in crate::cli) fields: Vec<FieldChange>,
    /// Why it isn't ready any more, if it isn't.
    pub(in crate::cli) unready: Option<String>,
    /// What can't be told.
    pub(in crate::cli) note: Option<String>,
}

impl Drift {
    /// Looks at all that is recorded as applied on a target.
    pub(in crate::cli) async fn find(
        session: &Session,
        loaded: &Loaded,
        phase: &Phase,
        target: Target,
        state: &State,
    ) -> Result<Self> {
        let looked = Self::look(session, loaded, phase, target, state).await?;
        Ok(looked.drift)
    }

    /// Looks at the same, and returns what the phase means there as well.
    pub(in crate::cli) async fn look(
        session: &Session,
        loaded: &Loaded,
        phase: &Phase,
        target: Target,
        state: &State,
    ) -> Result<Looked> {
        let how = How {
            options: options((session, loaded), &RunArgs::default(), &target, phase),
            accept_unread: false,
            mine: Mine::Merge,
            section: None,
            early: Vec::new(),
            clock: Clock::new(session.environment.source_date_epoch.as_deref())?,
        };
        let prepared = prepare(session, loaded, phase, target, how).await?;
        let outlook = Outlook::new(&prepared, state);
        outlook.refuse_other_cluster(&prepared)?;
        let known = state.target(prepared.target.name());
        let applied: Vec<_> = known.into_iter().flat_map(applied).collect();
        let names = applied.iter().map(|(_, _, evidence)| Name::from(*evidence));
        let names = names.chain(prepared.plan.objects().map(Name::from));
        let names = names.chain(
            prepared
                .plan
                .awaited()
                .map(|(_, object)| Name::from(object)),
        );
        let live = prepared.cluster.live(names).await?;
        let repo = Repo::open(loaded.workspace.root())?;
        let filled = prepared.filled(&repo, None, (&live, &outlook))?;
        let view = View {
            prepared: &prepared,
            live: &live,
            filled: &filled,
        };
        let view = &view;
        let total = applied.len();
        let found = stream::iter(applied)
            .map(async |(step, state, evidence)| view.compare(step, state, evidence).await)
            .buffered(COMPARED)
            .try_filter_map(async |found| Ok(found));
        let drift = Self {
            total,
            found: found.try_collect().await?,
        };
        let Prepared { meaning, plan, .. } = prepared;
        Ok(Looked {
            drift,
            meaning,
            plan,
            live,
        })
    }
}

fn applied(target: &TargetState) -> impl Iterator<Item = (&StepId, &StepState, &ObjectEvidence)> {
    target
        .steps()
        .filter_map(|(id, step)| match step.evidence() {
            Some(Evidence::Object(evidence)) => Some((id, step, evidence)),
            _ => None,
        })
}

struct View<'a> {
    prepared: &'a Prepared<'a>,
    live: &'a Live,
    filled: &'a Filled,
}

impl View<'_> {
    async fn compare(
        &self,
        id: &StepId,
        step: &StepState,
        evidence: &ObjectEvidence,
    ) -> Result<Option<Drifted>> {
        let mut drifted = Drifted {
            step: id.clone(),
            label: format!("{}/{}", evidence.kind, evidence.name),
            namespace: evidence.namespace.clone(),
            task: step.task.clone(),
            gone: self.live.gone(evidence),
            fields: Vec::new(),
            unready: None,
            note: None,
        };
        let live = self.live.get(evidence);
        let live = match (&drifted.gone, live) {
            (None, Some(live)) => live,
            // A Job that did its work was cleared away.
            (None, None) => return Ok(None),
            (Some(_), _) => return Ok(Some(drifted)),
        };
        // A claim that waits for its first pod was ready by that.
        let waits = evidence.ready.contains("when a pod uses it");
        drifted.unready = match verdict(&evidence.kind, &live, waits) {
            Verdict::Ready(_) => None,
            // Many clusters never give a load balancer its address.
            Verdict::Progressing(_) if evidence.kind == "Service" => None,
            Verdict::Progressing(why) | Verdict::Lacking(why) | Verdict::Failed(why) => Some(why),
        };
        match self.wanted(id, step) {
            Err(note) => drifted.note = note,
            Ok(wanted) => match self.prepared.cluster.drift(&wanted, &live).await {
                Ok(fields) => drifted.fields = fields,
                Err(ApplyError::Cluster(error)) => return Err(error.into()),
                Err(error) => {
                    drifted.note = Some(format!("what differs can't be told: {error}"));
                }
            },
        }
        let still =
            drifted.fields.is_empty() && drifted.unready.is_none() && drifted.note.is_none();
        Ok((!still).then_some(drifted))
    }

    /// Returns the object as a step applied it; else why it can't be told, where that is worth
    /// telling.
    fn wanted(&self, id: &StepId, step: &StepState) -> std::result::Result<Object, Option<String>> {
        let planned = self.prepared.plan.steps.iter().find(|it| it.id == *id);
        let Some(planned) = planned else {
            return Err(Some("the plan doesn't have it any more".to_owned()));
        };
        let Work::Apply { object, .. } = &planned.work else {
            return Err(None);
        };
        if planned.key != step.key {
            let note = "its manifest changed since: `plan` shows what a run would do";
            return Err(Some(note.to_owned()));
        }
        let real = self.filled.objects.get(&object.label()).unwrap_or(object);
        Ok(self.prepared.inventory().marked(real))
    }
}
