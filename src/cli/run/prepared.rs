//! A phase that is ready to be run: connected, read and planned for its target.

mod tasks;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use super::ahead::Ahead;
use super::outlook::Outlook;
use super::watch::Early;
use crate::checklist::TaskId;
use crate::cli::confirm::{self, Ask};
use crate::cli::exit::Result;
use crate::cli::load::{Loaded, Meaning, Phase};
use crate::cli::mine::Mine;
use crate::cli::plan::saved::{Of, Saved};
use crate::cli::section::{self, Part};
use crate::cli::target::{self, Target};
use crate::cli::{Session, Stop, order};
use crate::cluster::{Cluster, Inventory, Live};
use crate::diagnostic::render;
use crate::execute::{Filled, Options, fill};
use crate::files::Clock;
use crate::git::Repo;
use crate::journal::{Evidence, State, StepId};
use crate::plan::{Plan, Work};
use tasks::Tasks;

/// All that is known before the first step runs.
pub(super) struct Prepared<'a> {
    /// What the program was started with.
    pub(super) session: &'a Session,
    /// The workspace.
    pub(super) loaded: &'a Loaded,
    /// The phase.
    pub(super) phase: &'a Phase,
    /// What its boxes mean.
    pub(super) meaning: Meaning,
    /// The steps.
    pub(super) plan: Plan,
    /// The target, connected.
    pub(super) cluster: Cluster,
    /// What the phase's objects are members of.
    pub(super) inventory: Inventory,
    /// What is known of each task.
    tasks: Tasks,
    /// Which target that is.
    pub(super) target: Target,
    /// The target that settings name for this phase, whatever it runs on now.
    pub(super) own_target: Option<String>,
    /// How a run behaves.
    pub(super) how: How,
    /// Tells of the target's troubles until the run is shown.
    pub(super) early: Early,
}

/// How a run behaves.
pub(super) struct How {
    /// What the flags and settings say of the steps.
    pub(super) options: Options,
    /// Whether boxes with unread bullets are ticked.
    pub(super) accept_unread: bool,
    /// What becomes of files that a person changed.
    pub(super) mine: Mine,
    /// The only section that it is about.
    pub(super) section: Option<String>,
    /// The earlier phases that aren't complete.
    pub(super) early: Vec<u32>,
    /// The time.
    pub(super) clock: Clock,
}

impl Prepared<'_> {
    /// Returns whether the target is the rehearsal.
    pub(super) fn is_rehearsal(&self) -> bool {
        self.target == Target::Rehearsal
    }

    /// Leaves what isn't part of the section that was asked for, if one was; says what else that
    /// can't do without.
    pub(super) fn narrow(&self, outlook: &mut Outlook) -> Result<()> {
        let section = self.how.section.as_ref();
        let of = (&self.plan, &self.meaning.resolved);
        if let Some(Part { number, scope }) = Part::of(section, &self.phase.checklist, of)? {
            outlook.narrow(&self.plan, scope);
            let needed = section::needed_text(&self.plan, outlook.needed(), &number);
            crate::terminal::err(&needed)?;
        }
        Ok(())
    }

    /// Returns whether the target has any part in the phase: it applies or runs something.
    pub(super) fn touches_target(&self) -> bool {
        let mut steps = self.plan.steps.iter();
        steps.any(|step| {
            matches!(
                step.work,
                Work::Apply { .. } | Work::Command { .. } | Work::Build { .. }
            )
        })
    }

    /// Returns the inventory that the phase's objects are members of.
    pub(super) fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// A bare context that leads to a protected target is refused.
    pub(super) fn refuse_back_door(&self, state: &State) -> Result<()> {
        let namespace = &self.meaning.resolved.application.namespace;
        let known = (&self.loaded.settings, state);
        self.target
            .refuse_back_door(self.cluster.info(), namespace, known)
    }

    /// Names decisions that may be about tasks whose words changed, files that a later phase wrote,
    /// too, and the secrets that people put into manifests, before these are committed.
    pub(super) fn warn_of_documents(&self) -> Result<()> {
        let mut warnings = self.phase.adrift();
        warnings.0.extend(self.meaning.later.told.0.iter().cloned());
        warnings.0.extend(self.meaning.in_clear(self.phase).0);
        if !warnings.0.is_empty() {
            let screen = self.session.err.screen();
            crate::terminal::err(&format!("{}\n", render(&warnings, screen)))?;
        }
        Ok(())
    }

    /// Names what objects need and nothing brings; their pods would wait for it.
    pub(super) async fn warn_of_missing(&self) -> Result<()> {
        let missing = if self.is_rehearsal() {
            order::expected(&self.plan, &self.loaded.snapshot.tree)
        } else {
            order::missing(&self.plan, &self.cluster).await
        };
        if !missing.is_empty() {
            let warnings = order::warnings(&missing);
            let screen = self.session.err.screen();
            crate::terminal::err(&format!("{}\n", render(&warnings, screen)))?;
        }
        Ok(())
    }

    /// Has a person name a protected target once it is known what will be done there.
    pub(super) fn confirm(&self, what: String, given: Option<&str>) -> Result<()> {
        let ask = Ask {
            target: &self.target,
            info: self.cluster.info(),
            namespace: &self.meaning.resolved.application.namespace,
            what,
        };
        confirm::confirm(self.session, &ask, given)
    }

    /// Returns what the cluster holds of the plan's objects.
    pub(super) async fn live(&self) -> Result<Live> {
        Ok(self.cluster.live(self.plan.objects()).await?)
    }

    /// Returns what is sent otherwise than it is planned: Secrets with their real values, as far
    /// as there are any, and images by the digests that are known.
    pub(super) fn filled(
        &self,
        repo: &Repo,
        env_file: Option<&str>,
        (live, outlook): (&Live, &Outlook),
    ) -> Result<Filled> {
        let mut given = target::secret_values(self.session, self.loaded, repo, env_file)?;
        let secrets = &self.meaning.resolved.application.secrets;
        target::add_secret_files(secrets, self.loaded, repo, &mut given)?;
        let mut filled = fill(&self.plan, live, &given);
        filled.pin(&self.plan, &outlook.digests());
        Ok(filled)
    }

    /// Refuses to go on where anything isn't as it was when a plan was saved.
    pub(super) async fn hold_to(
        &self,
        path: &Path,
        (outlook, live, filled): (&Outlook, &Live, &Filled),
        state: &State,
    ) -> Result<()> {
        let saved = Saved::read(path)?;
        if self.is_rehearsal() {
            let said = "a saved plan is for a cluster, not for the rehearsal";
            return Err(Stop::input(said).help(format!(
                "it was saved for `{}`: name that with --target or --context",
                saved.target()
            )));
        }
        let ahead = Ahead::find(self, outlook, (live, filled), state).await?;
        let of = Of {
            loaded: self.loaded,
            phase: self.phase,
            plan: &self.plan,
            info: self.cluster.info(),
        };
        saved.refuse_unless(&Saved::new(&of, &ahead), (path, self.phase))
    }

    /// Returns today's date.
    pub(super) fn today(&self) -> String {
        self.how.clock.date().to_string()
    }

    /// Returns PROGRESS.md's path: the set's own where there is one, else the workspace's.
    pub(super) fn progress_path(&self) -> String {
        self.loaded.progress_path(&self.phase.set)
    }

    /// Returns whether a person has to decide what a task's file is to hold.
    pub(super) fn undecided(&self, id: &TaskId) -> bool {
        self.tasks.undecided(id)
    }

    /// Returns what is missing of the traces that a task's work is to leave.
    pub(super) fn missing(&self, id: &TaskId) -> &[String] {
        self.tasks.missing(id)
    }

    /// Returns whether a task's box stays open for a person although its steps are done; one that
    /// is ticked was accepted.
    pub(super) fn needs_person(&self, id: &TaskId) -> bool {
        self.tasks.needs_person(id)
    }

    /// Returns whether a task has steps, and all of them are done.
    pub(super) fn is_done(&self, id: &TaskId, done: &BTreeMap<StepId, Evidence>) -> bool {
        self.tasks.done(id, done)
    }
}

/// Connects and reads the phase for the target.
pub(super) async fn prepare<'a>(
    session: &'a Session,
    loaded: &'a Loaded,
    phase: &'a Phase,
    target: Target,
    how: How,
) -> Result<Prepared<'a>> {
    let cluster = target.connect(session, phase).await?;
    let early = Early::new(session, &cluster);
    let service_monitors = target.service_monitors(&cluster).await?;
    let meaning = loaded.meaning_on(phase, service_monitors, (&target, how.mine))?;
    let plan = meaning.plan(target.name())?;
    target.refuse_idle_failures(phase, &plan)?;
    let own_target = match Target::of_phase(loaded, phase)? {
        Target::Rehearsal => None,
        own @ Target::Context { .. } => Some(own.name().to_owned()),
    };
    let inventory = Inventory::new(
        &phase.set,
        phase.checklist.number,
        &meaning.resolved.application.namespace,
    );
    let ticked = phase.checklist.tasks().filter(|task| task.marker.checked);
    let ticked: HashSet<&TaskId> = ticked.map(|task| &task.id).collect();
    let strict = phase.settings.strict.unwrap_or(loaded.settings.strict);
    let tasks = Tasks::new(&meaning.resolved.tasks, &plan, |task| {
        !ticked.contains(&task.id) && tasks::is_open(task, strict, how.accept_unread)
    });
    Ok(Prepared {
        session,
        loaded,
        phase,
        meaning,
        plan,
        cluster,
        inventory,
        tasks,
        target,
        own_target,
        how,
        early,
    })
}
