//! `orch phase N run`.

pub(super) mod account;
pub(super) mod ahead;
mod claim;
mod closing;
mod commands;
pub(super) mod drift;
mod known;
mod outlook;
mod permit;
mod prepared;
mod prune;
mod refuse;
mod rehearse;
mod tell;
mod undo;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::exit::{Code, Result};
use super::load::{Loaded, Phase};
use super::mine::Mine;
use super::target::{self, Target, TargetArgs};
use super::{Session, Stop, after, before, recorded, traces};
use crate::checklist::TaskId;
use crate::cluster::{Live, TakeOver};
use crate::execute::{Document, Ledger, Options, Progress, ProjectError, Report, Run, execute};
use crate::files::{Clock, JournalFile, Lock};
use crate::git::{DetachedHead, GitError, Repo};
use crate::journal::{Evidence, Header, RunId, State, StepId, Subjects, sha256};
use crate::manifest::Object;
use claim::Claimed;
use closing::Close;
use outlook::Outlook;
use prepared::{How, Prepared, prepare};
use prune::Prune;
pub(super) use rehearse::{RehearseArgs, rehearse};
pub(super) use undo::{UndoArgs, undo};

/// How long an object may take to become ready.
const READY: Duration = Duration::from_mins(10);

/// What a pod that no node takes, or a load balancer without an address, is given.
const GRACE: Duration = Duration::from_mins(1);

/// The same on the rehearsal, whose clock is virtual.
const REHEARSED_GRACE: Duration = Duration::from_secs(1);

/// Arguments of `run`.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
#[derive(Debug, Clone, Default, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    pub(super) on: TargetArgs,
    /// The name of a protected target, where no terminal can ask for it
    #[arg(long, value_name = "NAME")]
    pub(super) confirm: Option<String>,
    /// Take secrets' values from that ignored env file too
    #[arg(long, value_name = "FILE")]
    pub(super) env_file: Option<String>,
    /// Run only that section, with what it can't do without; leave everything else as it is
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["prune", "plan"])]
    pub(super) section: Option<String>,
    /// Begin it although earlier phases of the set aren't complete; the record says so
    #[arg(long)]
    pub(super) force: bool,
    /// Accept that finished steps changed, and do them again
    #[arg(long)]
    pub(super) accept_changes: bool,
    /// Tick boxes although a bullet below them was read by no rule
    #[arg(long)]
    pub(super) accept_unread: bool,
    /// Replace files that a person wrote or changed, instead of merging them
    #[arg(long)]
    pub(super) overwrite: bool,
    /// Keep what a person has where their changes of a file conflict with orch's
    #[arg(long, conflicts_with = "overwrite")]
    pub(super) keep_mine: bool,
    /// Take over what other tools own: from that manager (repeatable), or from all
    #[arg(long, value_name = "MANAGER", num_args = 0..=1, default_missing_value = "")]
    pub(super) take_over: Vec<String>,
    /// Delete and make again what has changes that can't be made; never claims, volumes, namespaces
    #[arg(long)]
    pub(super) recreate: bool,
    /// Do exactly what `plan --out FILE` saved, or refuse where anything has moved since
    #[arg(long, value_name = "FILE")]
    pub(super) plan: Option<PathBuf>,
    /// Put back what others changed of finished steps' objects (`orch phase N status --live`)
    #[arg(long)]
    pub(super) repair: bool,
    /// Delete what the phase applied and the plan doesn't have any more
    #[arg(long)]
    pub(super) prune: bool,
    /// Name a claim, namespace or definition that `--prune` may delete too
    #[arg(long, value_name = "KIND/NAME")]
    pub(super) delete: Vec<String>,
    /// Let the checklist's and the settings' commands run
    #[arg(long)]
    pub(super) yes: bool,
    /// Commit even on a detached HEAD
    #[arg(long)]
    pub(super) allow_detached: bool,
}

impl RunArgs {
    /// Returns what becomes of files that a person changed.
    fn mine(&self) -> Mine {
        match (self.overwrite, self.keep_mine) {
            (true, _) => Mine::Replace,
            (false, true) => Mine::Keep,
            (false, false) => Mine::Merge,
        }
    }
}

/// What every command that changes a target holds from its beginning to its end.
struct Opened {
    clock: Clock,
    repo: Repo,
    _lock: Lock,
    target: Target,
    journal: JournalFile,
}

impl Opened {
    /// Takes the phase's lock, and then reads which target is meant and what is recorded.
    fn by(session: &Session, loaded: &Loaded, phase: &Phase, on: &TargetArgs) -> Result<Self> {
        let clock = Clock::new(session.environment.source_date_epoch.as_deref())?;
        let repo = Repo::open(loaded.workspace.root())?;
        repo.identity()?;
        let number = phase.checklist.number;
        let lock = Lock::take(&loaded.workspace, &phase.set, number, clock.now())?;
        let journal = recorded::open(loaded, phase, &repo)?;
        Ok(Self {
            clock,
            repo,
            _lock: lock,
            target: Target::choose(on, loaded, phase)?,
            journal,
        })
    }
}

pub(super) fn run(session: &Session, loaded: &Loaded, phase: &Phase, args: &RunArgs) -> Result {
    target::runtime()?.block_on(run_phase(session, loaded, phase, args))
}

async fn run_phase(session: &Session, loaded: &Loaded, phase: &Phase, args: &RunArgs) -> Result {
    let Opened {
        clock,
        repo,
        _lock,
        target,
        journal,
    } = Opened::by(session, loaded, phase, &args.on)?;
    let on = (&target, journal.state());
    let early = in_order(session, loaded, phase, on, args.force)?;
    let how = How {
        early,
        ..how((session, loaded), args, (&target, phase), clock)
    };
    let mut prepared = prepare(session, loaded, phase, target, how).await?;
    let mut outlook = Outlook::new(&prepared, journal.state());
    prepared.narrow(&mut outlook)?;
    prepared.warn_of_documents()?;
    refuse_moved(&prepared, &outlook, args, journal.state())?;
    let mut live = look(&prepared, &mut outlook, (&repo, args), journal.state()).await?;
    commands::ask(&mut prepared, &outlook)?;
    let prune = Prune::find(&prepared, args, journal.state()).await?;
    let owned = outlook.owned_paths(&prepared, journal.path());
    check(&repo, &owned, args.allow_detached)?;
    let ledger = Ledger::Durable {
        journal: Box::new(journal),
        workspace: loaded.workspace.clone(),
        clock,
    };
    let close = Close {
        prepared: &prepared,
        outlook: &outlook,
        repo: &repo,
    };
    if outlook.nothing_to_run() && !outlook.lacks() && !prune.is_due() {
        return close.without_run(ledger);
    }
    prepared.refuse_without_access().await?;
    prepared.warn_of_missing().await?;
    let secrets = secrets(&prepared, &outlook, (&repo, args), &mut live).await?;
    prepared.confirm(
        outlook.work_text(&prepared.plan, prune.going()),
        args.confirm.as_deref(),
    )?;
    let mut document = Document::new(phase.checklist.clone());
    let claimed = Claimed::by(&prepared).await?;
    let ended = async {
        let with = With {
            secrets: &secrets,
            live: &live,
            lost: claimed.lost(),
        };
        let went = go(&prepared, &outlook, with, ledger, &mut document).await;
        let (mut report, mut ledger) = went?;
        prune.after(&prepared, &mut report, &mut ledger).await?;
        close.after_run(&report, ledger, &mut document)
    };
    let ended = ended.await;
    claimed.end(ended).await
}

/// Refuses a run where the plan or the target isn't what it was.
fn refuse_moved(
    prepared: &Prepared<'_>,
    outlook: &Outlook,
    args: &RunArgs,
    state: &State,
) -> Result<()> {
    outlook.refuse_changes(args.accept_changes, args.prune)?;
    outlook.refuse_other_cluster(prepared)?;
    prepared.refuse_back_door(state)
}

/// Refuses a run that comes too early: before other targets have the phase, or before earlier
/// phases are complete; returns those that aren't.
fn in_order(
    session: &Session,
    loaded: &Loaded,
    phase: &Phase,
    on: (&Target, &State),
    force: bool,
) -> Result<Vec<u32>> {
    after::refuse_too_early(session, loaded, phase, on)?;
    before::refuse_early(session, loaded, phase, on, force)
}

/// Looks at what the cluster holds, and whether that is what the flags count on.
async fn look(
    prepared: &Prepared<'_>,
    outlook: &mut Outlook,
    (repo, args): (&Repo, &RunArgs),
    state: &State,
) -> Result<Live> {
    let found = prepared.live().await;
    if found.is_err() {
        // What may not even be read is told with all that else is missing.
        prepared.refuse_without_access().await?;
    }
    let live = found?;
    outlook.look(prepared, &live)?;
    if !args.repair && args.plan.is_none() {
        return Ok(live);
    }
    let filled = prepared.filled(repo, args.env_file.as_deref(), (&live, &*outlook))?;
    if args.repair {
        outlook.repair(prepared, &live, &filled.objects);
    }
    if let Some(path) = &args.plan {
        let held = (&*outlook, &live, &filled);
        prepared.hold_to(path, held, state).await?;
    }
    Ok(live)
}

/// Returns the Secrets with their real values; the rehearsal, which runs on placeholders, is
/// rebuilt as the finished steps left it instead.
async fn secrets(
    prepared: &Prepared<'_>,
    outlook: &Outlook,
    (repo, args): (&Repo, &RunArgs),
    live: &mut Live,
) -> Result<BTreeMap<String, Object>> {
    if prepared.is_rehearsal() {
        outlook.restore(prepared).await?;
        *live = prepared.live().await?;
        return Ok(BTreeMap::new());
    }
    refuse::placeholders(prepared)?;
    let mut filled = prepared.filled(repo, args.env_file.as_deref(), (live, outlook))?;
    outlook.narrow_missing(&prepared.plan, &mut filled);
    let objects = filled.complete()?;
    refuse::unencoded_passwords(prepared, &objects)?;
    Ok(objects)
}

/// Returns how the flags and the settings want a run to behave.
fn how(
    (session, loaded): (&Session, &Loaded),
    args: &RunArgs,
    (target, phase): (&Target, &Phase),
    clock: Clock,
) -> How {
    How {
        options: options((session, loaded), args, target, phase),
        accept_unread: args.accept_unread,
        mine: args.mine(),
        section: args.section.clone(),
        early: Vec::new(),
        clock,
    }
}

/// Returns how they want its steps to behave.
fn options(
    (session, loaded): (&Session, &Loaded),
    args: &RunArgs,
    target: &Target,
    phase: &Phase,
) -> Options {
    let rehearsed = *target == Target::Rehearsal;
    Options {
        in_flight: 32,
        timeout: phase.settings.timeouts.ready.unwrap_or(READY),
        grace: if rehearsed { REHEARSED_GRACE } else { GRACE },
        address: address(target, phase),
        overwrite: args.overwrite,
        take_over: TakeOver::of(&args.take_over),
        recreate: args.recreate,
        commands: commands::of(session, loaded, phase, (target, args)),
    }
}

/// What a run goes on with.
struct With<'a> {
    /// The Secrets with their real values.
    secrets: &'a BTreeMap<String, Object>,
    /// What the cluster held just now.
    live: &'a Live,
    /// Turns true when the claim on the phase is lost.
    lost: Option<tokio::sync::watch::Receiver<bool>>,
}

/// The rehearsal's clock is virtual: what hasn't happened there within a second of ours won't.
fn address(target: &Target, phase: &Phase) -> Duration {
    match target {
        Target::Rehearsal => REHEARSED_GRACE,
        Target::Context { .. } => phase.settings.timeouts.load_balancer.unwrap_or(GRACE),
    }
}

/// Makes sure that these paths can be committed, and names the flag that allows what git alone
/// would not want.
fn check(repo: &Repo, owned: &[String], allow_detached: bool) -> Result<()> {
    let detached = if allow_detached {
        DetachedHead::Allow
    } else {
        DetachedHead::Refuse
    };
    repo.check(owned, detached).map_err(|error| {
        let is_detached = matches!(error, GitError::Detached);
        let stop = Stop::from(error);
        if is_detached {
            stop.help("or commit there all the same, as CI may want to: --allow-detached")
        } else {
            stop
        }
    })
}

/// Runs the steps and watches.
async fn go(
    prepared: &Prepared<'_>,
    outlook: &Outlook,
    with: With<'_>,
    mut ledger: Ledger,
    document: &mut Document,
) -> Result<(Report, Ledger)> {
    prepared.early.end();
    let view = watch::View::new(prepared, &outlook.standing);
    let run = Run {
        inventory: prepared.inventory(),
        live: with.live,
        plan: &prepared.plan,
        standing: &outlook.standing,
        cluster: &prepared.cluster,
        secrets: with.secrets,
        written: outlook.written.clone(),
        options: &prepared.how.options,
        cancel: watch::interrupted(with.lost),
    };
    let workspace = ledger.workspace().cloned();
    let mut events = outlook.reopenings(prepared)?;
    if !events.is_empty() {
        // The journal takes decisions of persons between runs only.
        ledger.append(std::mem::take(&mut events))?;
    }
    let mut ticked =
        |done: &BTreeMap<StepId, Evidence>| -> std::result::Result<Vec<TaskId>, ProjectError> {
            match (&workspace, outlook.home) {
                (Some(workspace), true) => {
                    let wanted = outlook.projection(prepared, done, None);
                    document.update(workspace, &wanted)
                }
                _ => Ok(outlook.tickable(prepared, done).into_iter().collect()),
            }
        };
    let show = |event: Progress| view.show(&event);
    let header = Header {
        began: traces::beginning(prepared.loaded, prepared.phase, ledger.state())?,
        gone: outlook.gone.clone(),
        ..header(prepared)
    };
    let report = execute(&run, header, &mut ledger, &show, &mut ticked);
    let report = view.beside(prepared.cluster.trouble(), report).await;
    view.end();
    Ok((report?, ledger))
}

fn header(prepared: &Prepared<'_>) -> Header {
    let checklist = &prepared.phase.checklist;
    let info = prepared.cluster.info();
    let seed = format!(
        "{}{}{}{}{:?}",
        prepared.plan.fingerprint,
        checklist.text,
        info.uid,
        std::process::id(),
        std::time::Instant::now()
    );
    let subjects = Subjects::new(checklist);
    let having = prepared
        .plan
        .steps
        .iter()
        .filter_map(|step| step.task.as_ref());
    let having: BTreeSet<&TaskId> = having.collect();
    let said = |id: &TaskId| Some((id.clone(), subjects.of(id)?));
    let tasks = having.into_iter().filter_map(said);
    Header {
        run: RunId::new(sha256(seed.as_bytes()).chars().take(16).collect::<String>()),
        checklist: sha256(checklist.text.as_bytes()),
        plan: prepared.plan.fingerprint.clone(),
        orch: env!("CARGO_PKG_VERSION").to_owned(),
        target: prepared.target.name().to_owned(),
        cluster: info.uid.clone(),
        namespace: prepared.meaning.resolved.application.namespace.clone(),
        undo: false,
        began: None,
        early: prepared.how.early.clone(),
        gone: Vec::new(),
        tasks: tasks.collect(),
    }
}
