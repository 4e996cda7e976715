//! What is to be done, before anything is: the plan beside the journal, the boxes and the target.

mod anew;
mod beside;
mod restored;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};

use super::{Prepared, Result, Stop};
use crate::checklist::{StatusKind, TaskId};
use crate::cli::target::REHEARSAL;
use crate::cluster::Live;
use crate::execute::{Changed, Held, Projection, Standing, Why, compare, expect, hold};
use crate::files::{Clock, unix};
use crate::journal::{Event, Evidence, State, StepId, Subject, Written, sha256};
use crate::manifest::Object;
use crate::plan::{Plan, Scope, Work};

use crate::resolve::ResolvedTask;
use crate::terminal::count;
use anew::{is_anew, is_later, path_of};
use beside::{by_hand, held, lost, reworded, settle, to_be_done};
pub(super) use restored::surround;
use restored::was_applied;
use waiting::is_part;
pub(super) use waiting::{Left, Waiting};

/// What the names of steps begin with that apply an object.
const APPLY: &str = "apply ";

/// What the name of a step that writes a file begins with.
const WRITE: &str = "write ";

/// What a run finds.
pub(super) struct Outlook {
    /// Where each step stands.
    pub(super) standing: Vec<Standing>,
    changed: Vec<Changed>,
    /// All finished steps that the plan doesn't have any more, accepted or not.
    pub(super) gone: Vec<StepId>,
    /// Whether the boxes show this target's evidence.
    pub(super) home: bool,
    /// Whether the last run was on this target.
    last: bool,
    /// Whether what the boxes show was rehearsed only.
    pub(super) rehearsed: bool,
    /// The files as orch wrote them last, by path.
    pub(super) written: BTreeMap<String, Written>,
    /// Tasks that a person decided on.
    waived: BTreeSet<TaskId>,
    /// Tasks that a person ticked without a record.
    elsewhere: BTreeSet<TaskId>,
    /// Tasks whose box a person opened again, or whose evidence is gone.
    reopened: BTreeSet<TaskId>,
    /// The latter, each with what is gone.
    lost: BTreeMap<TaskId, String>,
    /// Those of them whose line says something else by now, of which not all is read.
    reworded: BTreeSet<TaskId>,
    started: Option<String>,
    /// The cluster's uid at the last run on this target.
    cluster: Option<String>,
    /// The part of the plan that is asked for; `None` for all of it.
    scope: Option<Scope>,
    /// For each step, whether it was done once and not undone, though its task was opened again.
    applied: Vec<bool>,
}

impl Outlook {
    /// Returns the outlook of a run that starts from nothing and leaves nothing.
    pub(super) fn afresh(prepared: &Prepared<'_>) -> Self {
        let none = BTreeSet::new();
        let comparison = compare(&prepared.plan, None, &none, &none);
        let mut standing = comparison.standing;
        expect(&prepared.plan, &mut standing, &|_| false);
        hold(&prepared.plan, &mut standing, &BTreeMap::new());
        Self {
            standing,
            changed: Vec::new(),
            gone: Vec::new(),
            home: false,
            last: true,
            rehearsed: false,
            written: BTreeMap::new(),
            waived: BTreeSet::new(),
            elsewhere: BTreeSet::new(),
            reopened: BTreeSet::new(),
            lost: BTreeMap::new(),
            reworded: BTreeSet::new(),
            started: None,
            cluster: None,
            scope: None,
            applied: Vec::new(),
        }
    }

    /// Returns the outlook by what the journal and the boxes say.
    pub(super) fn new(prepared: &Prepared<'_>, state: &State) -> Self {
        let name = prepared.target.name();
        let target = state.target(name);
        let own = prepared.own_target.as_deref().or_else(|| state.first());
        let home = own.is_none_or(|own| own == name);
        let mut waived: BTreeSet<TaskId> = target
            .unwrap_or(state.current())
            .waived
            .keys()
            .cloned()
            .collect();
        let (elsewhere, mut reopened) = if home {
            by_hand(prepared, state, &waived)
        } else {
            Default::default()
        };
        waived.retain(|task| !reopened.contains(task));
        let decided = |task: &TaskId| waived.contains(task) || elsewhere.contains(task);
        let mut lost = lost(prepared, target, &decided);
        let reworded = if home {
            reworded(prepared, target, &decided)
        } else {
            BTreeMap::new()
        };
        lost.extend(reworded.clone());
        reopened.extend(lost.keys().cloned());
        let comparison = compare(&prepared.plan, target, &elsewhere, &reopened);
        let applied = prepared.plan.steps.iter();
        let applied = applied.map(|step| was_applied(step, target)).collect();
        let (mut standing, mut changed) = (comparison.standing, comparison.changed);
        let gone = changed.iter().filter(|change| change.vanished);
        let gone = gone.map(|change| change.step.clone()).collect();
        changed.retain(|it| !(it.vanished && target.is_some_and(|known| known.is_gone(&it.step))));
        let kept = |work: &Work| is_later(prepared, work);
        settle(&prepared.plan, (&mut standing, &mut changed), target, kept);
        expect(&prepared.plan, &mut standing, &decided);
        hold(&prepared.plan, &mut standing, &held(prepared, decided));
        Self {
            changed: to_be_done(prepared, &standing, changed),
            gone,
            standing,
            applied,
            home,
            last: state.current_name().is_none_or(|last| last == name),
            rehearsed: own.unwrap_or(name) == REHEARSAL,
            written: state.written(),
            waived,
            elsewhere,
            reopened,
            lost,
            reworded: reworded.into_keys().collect(),
            started: target
                .and_then(|t| t.started)
                .map(|at| Clock::date_of(at).to_string()),
            cluster: target
                .and_then(|t| t.header.as_ref())
                .map(|header| header.cluster.clone()),
            scope: None,
        }
    }

    /// Returns the finished steps that changed or vanished.
    pub(super) fn changed_steps(&self) -> Vec<StepId> {
        let changed = self.changed.iter();
        changed.map(|change| change.step.clone()).collect()
    }

    /// Whether a finished step isn't in the plan any more, and nobody has accepted that yet.
    pub(super) fn lacks(&self) -> bool {
        self.changed.iter().any(|change| change.vanished)
    }

    /// Finished steps that changed are only done again when a person accepts that; who prunes
    /// accepts that objects vanished from the plan.
    pub(super) fn refuse_changes(&self, accepted: bool, prune: bool) -> Result<()> {
        let changed: Vec<&Changed> = self
            .changed
            .iter()
            .filter(|it| !(prune && it.vanished && it.step.as_str().starts_with(APPLY)))
            .collect();
        if changed.is_empty() || accepted {
            return Ok(());
        }
        let list = |vanished: bool| -> Vec<&str> {
            let of = changed.iter().filter(|change| change.vanished == vanished);
            of.map(|change| change.step.as_str()).collect()
        };
        let what = match changed.len() {
            1 => "1 finished step is not what it was when it was".to_owned(),
            many => format!("{many} finished steps are not what they were when they were"),
        };
        let mut stop = Stop::input(format!("{what} done"));
        for (vanished, what) in [(false, "changed"), (true, "not in the plan any more")] {
            let steps = list(vanished);
            if !steps.is_empty() {
                stop = stop.help(format!("{what}: {}", steps.join(", ")));
            }
        }
        Err(stop.help(
            "run with --accept-changes to do what changed again; what vanished from the plan stays \
             in the cluster, unless you run with --prune",
        ))
    }

    /// A target that leads to another cluster than before is refused.
    pub(super) fn refuse_other_cluster(&self, prepared: &Prepared<'_>) -> Result<()> {
        let info = prepared.cluster.info();
        let Some(before) = self.cluster.as_ref().filter(|before| **before != info.uid) else {
            return Ok(());
        };
        let context = &info.target;
        let (what, help) = match prepared.target.settings() {
            Some(target) => (
                format!("the target `{}` (context `{context}`)", target.name),
                format!(
                    "correct its context in orch.toml, or give the new cluster a target of its \
                     own: [targets.NAME] context = \"{context}\""
                ),
            ),
            None => (
                format!("the context `{context}`"),
                "name the right context with --context, or a new name for the new cluster"
                    .to_owned(),
            ),
        };
        Err(Stop::target(format!(
            "{what} leads to another cluster than before (uid {}, it was {before})",
            info.uid
        ))
        .help(help))
    }

    /// Returns what is to be done, in numbers; `pruned` is how many objects go.
    pub(super) fn work_text(&self, plan: &Plan, pruned: usize) -> String {
        let (mut steps, mut objects, mut files, mut commands) = (0, 0, 0, 0);
        for (standing, step) in self.standing.iter().zip(&plan.steps) {
            if !matches!(standing, Standing::Todo(_)) {
                continue;
            }
            steps += 1;
            match &step.work {
                Work::Apply { .. } => objects += 1,
                Work::Write { .. } => files += 1,
                Work::Command { .. } | Work::Build { .. } => commands += 1,
                Work::Study { .. }
                | Work::Conclude { .. }
                | Work::Expect { .. }
                | Work::Wait { .. }
                | Work::Refuse { .. } => {}
            }
        }
        let deleted = match pruned {
            0 => String::new(),
            some => format!("; {} to delete", count(some, "object")),
        };
        format!(
            "{}: {} to apply, {} to write, {} to run{deleted}",
            count(steps, "step"),
            count(objects, "object"),
            count(files, "file"),
            count(commands, "command"),
        )
    }

    /// Looks whether what finished steps made is still there.
    pub(super) fn look(&mut self, prepared: &Prepared<'_>, live: &Live) -> Result<()> {
        let steps = self.standing.iter_mut().zip(&prepared.plan.steps);
        for (_, (standing, step)) in steps
            .enumerate()
            .filter(|(at, _)| is_part(self.scope.as_ref(), *at))
        {
            // What a later phase made of a file is its own to look after.
            if is_later(prepared, &step.work) {
                if matches!(standing, Standing::Todo(_)) {
                    *standing = Standing::Held(Held::File(path_of(&step.work).to_owned()));
                }
                continue;
            }
            let Standing::Done(evidence) = standing else {
                continue;
            };
            let gone = match (&step.work, &*evidence) {
                (Work::Write { path, .. }, Evidence::File { sha256: then, .. }) => {
                    match prepared.loaded.workspace.read(path)? {
                        None => Some(format!("`{path}` is gone")),
                        Some(text) if !is_text(&text, then) && !is_anew(prepared, path, &text) => {
                            Some(format!("`{path}` was changed"))
                        }
                        Some(_) => None,
                    }
                }
                // A rehearsal ends with its process; it is rebuilt from the record.
                (Work::Apply { .. }, Evidence::Object(_)) if prepared.is_rehearsal() => None,
                (Work::Apply { .. }, Evidence::Object(object)) => live.gone(object),
                _ => None,
            };
            if let Some(what) = gone {
                *standing = Standing::Todo(Why::Gone(what));
            }
        }
        Ok(())
    }

    /// Takes up again what finished steps applied and others changed since.
    pub(super) fn repair(
        &mut self,
        prepared: &Prepared<'_>,
        live: &Live,
        secrets: &BTreeMap<String, Object>,
    ) {
        let steps = self.standing.iter_mut().zip(&prepared.plan.steps);
        for (_, (standing, step)) in steps
            .enumerate()
            .filter(|(at, _)| is_part(self.scope.as_ref(), *at))
        {
            if is_later(prepared, &step.work) {
                continue;
            }
            if let (Standing::Done(_), Work::Apply { object, .. }) = (&*standing, &step.work) {
                let real = secrets.get(&object.label()).unwrap_or(object);
                let wanted = prepared.inventory().marked(real);
                // What isn't there any more and yet done is a Job that was cleared away.
                if live.has(&wanted) && live.settled(&wanted).is_none() {
                    let what = format!("{} was changed", object.label());
                    *standing = Standing::Todo(Why::Gone(what));
                }
            }
        }
    }

    /// Returns the digests of the images that finished steps pushed.
    pub(super) fn digests(&self) -> BTreeMap<String, String> {
        let pushed = self.standing.iter().filter_map(|standing| match standing {
            Standing::Done(Evidence::Image { image, digest }) => {
                Some((image.clone(), digest.clone()))
            }
            Standing::Done(_)
            | Standing::Elsewhere
            | Standing::Todo(_)
            | Standing::Held(_)
            | Standing::Left => None,
        });
        pushed.collect()
    }

    /// Returns whether no step is to be done.
    pub(super) fn nothing_to_run(&self) -> bool {
        !self
            .standing
            .iter()
            .any(|standing| matches!(standing, Standing::Todo(_)))
    }

    /// Returns the records of boxes that a person opened again.
    pub(super) fn reopenings(&self, prepared: &Prepared<'_>) -> Result<Vec<Event>> {
        if self.reopened.is_empty() {
            return Ok(Vec::new());
        }
        let repo = crate::git::Repo::open(prepared.loaded.workspace.root())?;
        let (name, mail) = repo.identity()?;
        let reopen = |task: &TaskId| Event::Reopened {
            task: task.clone(),
            who: if self.lost.contains_key(task) {
                "orch".to_owned()
            } else {
                format!("{name} <{mail}>")
            },
            why: self.lost.get(task).cloned(),
            target: (!self.last).then(|| prepared.target.name().to_owned()),
            about: Subject::of(&prepared.phase.checklist, task),
            rejected: Vec::new(),
        };
        Ok(self.reopened.iter().map(reopen).collect())
    }

    /// Returns the paths that this phase's commit would hold.
    pub(super) fn owned_paths(&self, prepared: &Prepared<'_>, journal: &str) -> Vec<String> {
        let mut paths: BTreeSet<String> = self.written.keys().cloned().collect();
        paths.extend(
            prepared
                .meaning
                .rendered
                .iter()
                .map(|file| file.path.clone()),
        );
        paths.insert(journal.to_owned());
        paths.insert(prepared.progress_path());
        paths.insert(prepared.phase.checklist.path.clone());
        // A symlink isn't what was written: git has the file that it leads to.
        let workspace = &prepared.loaded.workspace;
        let real: BTreeSet<String> = paths.iter().map(|path| workspace.real(path)).collect();
        real.into_iter().collect()
    }

    /// Returns the steps done by the standing alone.
    pub(super) fn done(&self, prepared: &Prepared<'_>) -> BTreeMap<StepId, Evidence> {
        self.standing
            .iter()
            .zip(&prepared.plan.steps)
            .filter_map(|(standing, step)| match standing {
                Standing::Done(evidence) => Some((step.id.clone(), evidence.clone())),
                Standing::Elsewhere | Standing::Todo(_) | Standing::Held(_) | Standing::Left => {
                    None
                }
            })
            .collect()
    }

    /// Returns the tasks whose boxes may be ticked: all steps done, or decided by a person.
    pub(super) fn tickable(
        &self,
        prepared: &Prepared<'_>,
        done: &BTreeMap<StepId, Evidence>,
    ) -> BTreeSet<TaskId> {
        let by_evidence = |task: &&ResolvedTask| {
            prepared.is_done(&task.id, done)
                && !prepared.needs_person(&task.id)
                && !prepared.undecided(&task.id)
                && !self.reworded.contains(&task.id)
        };
        let tasks = prepared.meaning.resolved.tasks.iter();
        let mut ticked: BTreeSet<TaskId> = tasks
            .filter(by_evidence)
            .map(|task| task.id.clone())
            .collect();
        ticked.extend(self.waived.iter().cloned());
        ticked.extend(self.elsewhere.iter().cloned());
        ticked.retain(|task| self.touches(prepared, task));
        ticked
    }

    /// Returns whether a task is asked for, or has a step that is needed.
    fn touches(&self, prepared: &Prepared<'_>, task: &TaskId) -> bool {
        let scope = self.scope.as_ref();
        scope.is_none_or(|scope| scope.touches(&prepared.plan, task))
    }

    /// Returns how many tasks a person did or decided on.
    pub(super) fn by_person(&self) -> usize {
        self.waived.union(&self.elsewhere).count()
    }

    /// Returns how many steps wait for each task that a person does.
    pub(super) fn held_by_task(&self) -> BTreeMap<&TaskId, usize> {
        let mut held = BTreeMap::new();
        for standing in &self.standing {
            if let Standing::Held(Held::Task(task)) = standing {
                *held.entry(task).or_default() += 1;
            }
        }
        held
    }

    /// Returns how many steps wait for a person to decide on a file, writing it included.
    pub(super) fn held_by_file(&self, path: &str) -> usize {
        let held =
            |standing: &&Standing| matches!(standing, Standing::Held(Held::File(by)) if by == path);
        self.standing.iter().filter(held).count()
    }

    /// Returns what the checklist is to show.
    pub(super) fn projection(
        &self,
        prepared: &Prepared<'_>,
        done: &BTreeMap<StepId, Evidence>,
        completed: Option<String>,
    ) -> Projection {
        Projection {
            ticked: self.tickable(prepared, done),
            opened: prepared
                .phase
                .checklist
                .tasks()
                .filter(|task| {
                    let undecided = prepared.undecided(&task.id);
                    let open = undecided || self.lost.contains_key(&task.id);
                    open && !self.elsewhere.contains(&task.id)
                })
                .filter(|task| self.touches(prepared, &task.id))
                .map(|task| task.id.clone())
                .collect(),
            status: if completed.is_some() {
                StatusKind::Completed
            } else {
                StatusKind::InProgress
            },
            started: Some(self.started.clone().unwrap_or_else(|| prepared.today())),
            completed,
        }
    }
}

/// Returns whether a text has that hash, but for the ends that git gave its lines.
fn is_text(text: &str, hash: &str) -> bool {
    let same = |text: &str| sha256(text.as_bytes()) == hash;
    same(text) || unix(text.as_bytes()).is_some_and(|text| same(&text))
}
