//! What a run would do to each object, found out before it does anything: by one list a kind, and
//! a dry run for each object that isn't as it is to be.

use std::collections::BTreeMap;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::Value;

use super::outlook::Outlook;
use super::{How, Prepared, Result, RunArgs, options, prepare};
use crate::checklist::TaskId;
use crate::cli::load::{Loaded, Meaning, Phase};
use crate::cli::mine::Mine;
use crate::cli::target::Target;
use crate::cli::{Session, order};
use crate::cluster::{ApplyError, ClusterInfo, Effect, FieldChange, Live, Preview};
use crate::execute::{Candidate, Consent, Filled, Held, Pruning, Standing, prune_candidates};
use crate::files::Clock;
use crate::git::Repo;
use crate::journal::{State, StepId};
use crate::manifest::Object;
use crate::plan::{Plan, Step, Want, Work};

/// How many dry runs are under way at once.
const DRY_RUNS: usize = 32;

/// A phase's plan beside what a real target holds.
pub(in crate::cli) struct Prospect {
    pub(in crate::cli) meaning: Meaning,
    pub(in crate::cli) plan: Plan,
    pub(in crate::cli) info: ClusterInfo,
    pub(in crate::cli) service_monitors: bool,
    /// What objects need that nothing brings.
    pub(in crate::cli) missing: Vec<Want>,
    pub(in crate::cli) ahead: Ahead,
}

/// What a run would do.
pub(in crate::cli) struct Ahead {
    /// To each object of the plan, in its order.
    pub(in crate::cli) objects: Vec<Foreseen>,
    /// To what the plan doesn't have any more.
    pub(in crate::cli) prune: Vec<Candidate>,
    /// The finished steps that changed: a run needs `--accept-changes`.
    pub(in crate::cli) changed: Vec<StepId>,
}

/// What a run would do to one object.
pub(in crate::cli) struct Foreseen {
    pub(in crate::cli) step: StepId,
    pub(in crate::cli) task: Option<TaskId>,
    /// `Kind/name`.
    pub(in crate::cli) label: String,
    pub(in crate::cli) namespace: Option<String>,
    pub(in crate::cli) would: Would,
    /// The uid of what is there.
    pub(in crate::cli) uid: Option<String>,
    /// The version of what is there, where what differs may not be told.
    pub(in crate::cli) version: Option<String>,
}

/// What a run would do.
pub(in crate::cli) enum Would {
    /// Apply it, with this effect.
    Apply(Preview),
    /// Apply it once these are there; the server can't be asked before.
    After(Vec<String>),
    /// Leave it: it is done, and others changed these fields since.
    Drift(Vec<FieldChange>),
    /// Leave it, for this reason.
    Leave(&'static str),
}

impl Prospect {
    /// Looks at a real target as a run would, and changes nothing.
    pub(in crate::cli) async fn find(
        session: &Session,
        loaded: &Loaded,
        phase: &Phase,
        (target, env_file): (Target, Option<&str>),
        state: &State,
    ) -> Result<Self> {
        let clock = Clock::new(session.environment.source_date_epoch.as_deref())?;
        let how = How {
            options: options((session, loaded), &RunArgs::default(), &target, phase),
            accept_unread: false,
            mine: Mine::Merge,
            section: None,
            early: Vec::new(),
            clock,
        };
        let prepared = prepare(session, loaded, phase, target, how).await?;
        let mut outlook = Outlook::new(&prepared, state);
        outlook.refuse_other_cluster(&prepared)?;
        let live = prepared.live().await?;
        outlook.look(&prepared, &live)?;
        let repo = Repo::open(loaded.workspace.root())?;
        let filled = prepared.filled(&repo, env_file, (&live, &outlook))?;
        let ahead = Ahead::find(&prepared, &outlook, (&live, &filled), state).await?;
        Ok(Self {
            missing: order::missing(&prepared.plan, &prepared.cluster).await,
            service_monitors: prepared.meaning.resolved.application.service_monitors,
            info: prepared.cluster.info().clone(),
            meaning: prepared.meaning,
            plan: prepared.plan,
            ahead,
        })
    }
}

impl Ahead {
    /// Looks at each object.
    pub(super) async fn find(
        prepared: &Prepared<'_>,
        outlook: &Outlook,
        (live, filled): (&Live, &Filled),
        state: &State,
    ) -> Result<Self> {
        let view = View {
            prepared,
            live,
            filled,
            coming: Coming::of(&prepared.plan, live),
        };
        let view = &view;
        let steps = prepared.plan.steps.iter().zip(&outlook.standing);
        let applies = steps.filter_map(|(step, standing)| match &step.work {
            Work::Apply { object, .. } => Some((step, object, standing)),
            Work::Study { .. }
            | Work::Conclude { .. }
            | Work::Refuse { .. }
            | Work::Write { .. }
            | Work::Expect { .. }
            | Work::Command { .. }
            | Work::Wait { .. }
            | Work::Build { .. } => None,
        });
        let objects = stream::iter(applies)
            .map(async |(step, object, standing)| view.foresee(step, object, standing).await)
            .buffered(DRY_RUNS);
        let objects = objects.try_collect().await?;
        let pruning = Pruning {
            plan: &prepared.plan,
            application: &prepared.meaning.resolved.application,
            inventory: prepared.inventory(),
            state: state.target(prepared.target.name()),
            consent: &Consent::default(),
        };
        Ok(Self {
            objects,
            prune: prune_candidates(&prepared.cluster, pruning).await?,
            changed: outlook.changed_steps(),
        })
    }
}

/// All that a look at an object needs.
struct View<'a> {
    prepared: &'a Prepared<'a>,
    live: &'a Live,
    filled: &'a Filled,
    coming: Coming,
}

impl View<'_> {
    async fn foresee(&self, step: &Step, object: &Object, standing: &Standing) -> Result<Foreseen> {
        let live = self.live.get(object);
        let would = match standing {
            Standing::Elsewhere => Would::Leave("a person ticked its task"),
            Standing::Left => Would::Leave("it isn't asked for"),
            Standing::Done(_) => self.since_done(object, live.as_ref()).await?,
            Standing::Todo(_) => self.to_do(object, live.as_ref()).await?,
            Standing::Held(Held::Task(task) | Held::Trace(task)) => {
                Would::After(vec![format!("task {task}")])
            }
            Standing::Held(Held::File(path)) => {
                Would::After(vec![format!("a decision on `{path}`")])
            }
        };
        let of = |pointer: &str| {
            let found = live.as_ref()?.pointer(pointer)?.as_str()?;
            Some(found.to_owned())
        };
        let hidden = object.kind == "Secret" || would.hides();
        Ok(Foreseen {
            step: step.id.clone(),
            task: step.task.clone(),
            label: object.label(),
            namespace: object.namespace.clone(),
            would,
            uid: of("/metadata/uid"),
            version: of("/metadata/resourceVersion").filter(|_| hidden),
        })
    }

    /// Returns the object as it is sent; `None` where values of a Secret are missing.
    fn wanted(&self, object: &Object) -> Option<Object> {
        let real = match self.filled.objects.get(&object.label()) {
            Some(real) => real,
            None if self.missing(object).is_empty() => object,
            None => return None,
        };
        Some(self.prepared.inventory().marked(real))
    }

    fn missing(&self, object: &Object) -> Vec<&str> {
        let missing = self.filled.missing.iter();
        missing
            .filter(|(name, _)| object.kind == "Secret" && *name == object.name)
            .map(|(_, key)| key.as_str())
            .collect()
    }

    async fn to_do(&self, object: &Object, live: Option<&Value>) -> Result<Would> {
        let Some(wanted) = self.wanted(object) else {
            let keys = self.missing(object).join(", ");
            return Ok(Would::Apply(Preview {
                effect: Effect::Refused(
                    format!("no value for {keys}"),
                    Some("set it in the environment or in an ignored env file".to_owned()),
                ),
                fields: Vec::new(),
                notes: Vec::new(),
            }));
        };
        let after = self.coming.before(object);
        if live.is_none() && !after.is_empty() {
            return Ok(Would::After(after));
        }
        let cluster = &self.prepared.cluster;
        Ok(Would::Apply(cluster.preview(&wanted, live).await?))
    }

    async fn since_done(&self, object: &Object, live: Option<&Value>) -> Result<Would> {
        let unchanged = Would::Apply(Preview {
            effect: Effect::Unchanged,
            fields: Vec::new(),
            notes: Vec::new(),
        });
        let (Some(wanted), Some(live)) = (self.wanted(object), live) else {
            return Ok(unchanged);
        };
        match self.prepared.cluster.drift(&wanted, live).await {
            Ok(fields) if fields.is_empty() => Ok(unchanged),
            Ok(fields) => Ok(Would::Drift(fields)),
            Err(ApplyError::Cluster(error)) => Err(error.into()),
            Err(_) => Ok(Would::Leave("it is done; what differs can't be told")),
        }
    }
}

impl Would {
    /// Whether a value that may not be told is among what differs.
    fn hides(&self) -> bool {
        let fields = match self {
            Self::Apply(preview) => &preview.fields,
            Self::Drift(fields) => fields,
            Self::After(_) | Self::Leave(_) => return false,
        };
        let masked = |text: &Option<String>| text.as_ref().is_some_and(|it| it.contains("***"));
        fields
            .iter()
            .any(|field| masked(&field.before) || masked(&field.after))
    }
}

/// What the plan makes and others can't be without: namespaces and kinds.
struct Coming {
    namespaces: BTreeMap<String, String>,
    /// By group and kind.
    kinds: BTreeMap<(String, String), String>,
}

impl Coming {
    fn of(plan: &Plan, live: &Live) -> Self {
        let mut coming = Self {
            namespaces: BTreeMap::new(),
            kinds: BTreeMap::new(),
        };
        for object in plan.objects().filter(|object| !live.has(*object)) {
            let text = |pointer: &str| {
                let found = object.value.pointer(pointer)?.as_str()?;
                Some(found.to_owned())
            };
            match object.kind.as_str() {
                "Namespace" => {
                    coming
                        .namespaces
                        .insert(object.name.clone(), object.label());
                }
                "CustomResourceDefinition" => {
                    if let Some(kind) = text("/spec/group").zip(text("/spec/names/kind")) {
                        coming.kinds.insert(kind, object.label());
                    }
                }
                _ => {}
            }
        }
        coming
    }

    /// Returns what comes before an object and isn't there yet.
    fn before(&self, object: &Object) -> Vec<String> {
        let namespace = object.namespace.as_ref();
        let namespace = namespace.and_then(|name| self.namespaces.get(name));
        let group = object.api_version.split_once('/');
        let group = group.map_or("", |(group, _)| group).to_owned();
        let kind = self.kinds.get(&(group, object.kind.clone()));
        namespace.into_iter().chain(kind).cloned().collect()
    }
}
