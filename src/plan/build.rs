//! Building a plan: edges among the draft steps, an order, keys.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::{Value, json};

use super::cycle::{Cycle, Edge, Why};
use super::draft::{self, Draft, hash};
use super::stages::Needs;
use super::twice::{self, Twice};
use super::{Plan, Step, Work, order};
use crate::checklist::TaskId;
use crate::journal::StepId;
use crate::manifest::{self, Object, Rendered};
use crate::resolve::{Resolved, ResolvedTask, Role};

/// Why no plan can be made.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PlanError {
    /// Steps wait for each other.
    #[error("these steps wait for each other: {0}")]
    Cycle(Cycle),
    /// An object is described twice, and nothing says which description counts.
    #[error("one object is described twice, differently: {0}")]
    Twice(Box<Twice>),
    /// An `after=` names no task.
    #[error("task {task} waits for `{after}`, and there is no such task")]
    NoSuchTask {
        /// The task with the directive.
        task: TaskId,
        /// What it names.
        after: TaskId,
    },
}

/// What the evidence of Prometheus says where the target has no `ServiceMonitor` CRD.
const STATIC_SCRAPING: &str = "no ServiceMonitor CRD there: it scrapes by static configuration";

/// Returns the plan of a phase.
///
/// `rendered` are the files of `resolved.files`; `written` are the objects of the files, folders
/// and fences that `apply` tasks name, by task.
///
/// # Errors
/// Returns a [`PlanError`] where steps wait for each other or for nothing.
pub fn build(
    resolved: &Resolved,
    rendered: &[Rendered],
    written: &BTreeMap<TaskId, Vec<Arc<Object>>>,
    target: &str,
) -> Result<Plan, PlanError> {
    let (drafts, needs, sorted) = ordered(resolved, rendered, written)?;
    let mut plan = assemble(drafts, &needs, &sorted, target);
    let tasks: HashMap<&TaskId, &ResolvedTask> =
        resolved.tasks.iter().map(|task| (&task.id, task)).collect();
    for step in &mut plan.steps {
        let task = step.task.as_ref().and_then(|id| tasks.get(id).copied());
        add_directives(step, task, resolved);
    }
    Ok(plan)
}

/// Says whether a phase has a plan, which is far less work than building it where it is large.
///
/// # Errors
/// As [`build`].
pub fn check(
    resolved: &Resolved,
    rendered: &[Rendered],
    written: &BTreeMap<TaskId, Vec<Arc<Object>>>,
) -> Result<(), PlanError> {
    ordered(resolved, rendered, written).map(drop)
}

/// The steps as they were found, what they need, and their order.
type Ordered = (Vec<Draft>, Needs, Vec<usize>);

fn ordered(
    resolved: &Resolved,
    rendered: &[Rendered],
    written: &BTreeMap<TaskId, Vec<Arc<Object>>>,
) -> Result<Ordered, PlanError> {
    let drafts = draft::all(resolved, rendered, written);
    let mut needs = Needs::of_stages(&drafts);
    add_image_needs(&drafts, &mut needs.all);
    add_object_needs(&drafts, resolved, &mut needs.all);
    add_explicit_needs(&drafts, resolved, &mut needs.all)?;
    let sorted = order::sort(&needs.all, drafts.len()).map_err(|stuck| {
        let each = needs.each();
        PlanError::Cycle(explained(&drafts, resolved, (&each, &stuck)))
    })?;
    refuse_twice(&drafts, &needs.all)?;
    Ok((drafts, needs, sorted))
}

/// The drafts that apply objects, by their places.
fn applied(drafts: &[Draft]) -> (Vec<usize>, Vec<&Object>) {
    drafts
        .iter()
        .enumerate()
        .filter_map(|(at, draft)| Some((at, draft.object()?)))
        .unzip()
}

/// What runs an image is applied once it is built.
fn add_image_needs(drafts: &[Draft], needs: &mut [BTreeSet<usize>]) {
    let mut builds: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, draft) in drafts.iter().enumerate() {
        if let Work::Build { image, .. } = &draft.work {
            builds.insert(image, at);
        }
    }
    if builds.is_empty() {
        return;
    }
    for (draft, list) in drafts.iter().zip(needs) {
        let images = draft.object().map(manifest::images).unwrap_or_default();
        list.extend(images.iter().filter_map(|image| builds.get(image)));
    }
}

fn add_object_needs(drafts: &[Draft], resolved: &Resolved, needs: &mut [BTreeSet<usize>]) {
    let (at, objects) = applied(drafts);
    for (user, wanted) in order::object_needs(&objects, &resolved.application)
        .iter()
        .enumerate()
    {
        if let Some(list) = at.get(user).and_then(|user| needs.get_mut(*user)) {
            list.extend(wanted.iter().filter_map(|need| at.get(*need)));
        }
    }
}

fn refuse_twice(drafts: &[Draft], needs: &[BTreeSet<usize>]) -> Result<(), PlanError> {
    let (at, objects) = applied(drafts);
    let placed: Vec<(usize, &Object)> = at.into_iter().zip(objects).collect();
    let Some((first, second)) = twice::find(&placed, needs) else {
        return Ok(());
    };
    match (drafts.get(first), drafts.get(second)) {
        (Some(first), Some(second)) => Err(PlanError::Twice(Box::new(Twice {
            first: first.end(),
            second: second.end(),
        }))),
        (_, _) => Ok(()),
    }
}

/// Returns a shortest circle among steps that can't be put in order, each edge with its reason.
fn explained(
    drafts: &[Draft],
    resolved: &Resolved,
    (needs, stuck): (&[BTreeSet<usize>], &[usize]),
) -> Cycle {
    let circle = order::cycle(needs, stuck);
    let next = circle.iter().cycle().skip(1);
    let ends = circle.iter().zip(next);
    let edge = |(user, need): (&usize, &usize)| {
        let (from, to) = (drafts.get(*user)?, drafts.get(*need)?);
        Some(Edge {
            user: from.end(),
            need: to.end(),
            why: why(drafts, resolved, (*user, *need)),
        })
    };
    Cycle {
        edges: ends.filter_map(edge).collect(),
    }
}

fn why(drafts: &[Draft], resolved: &Resolved, (user, need): (usize, usize)) -> Why {
    let (at, objects) = applied(drafts);
    let place = |wanted: usize| at.iter().position(|draft| *draft == wanted);
    if let (Some(user), Some(need)) = (place(user), place(need)) {
        let reasons = order::reasons(&objects, &resolved.application, user);
        if let Some(by) = reasons.get(&need) {
            return Why::Reference(by);
        }
    }
    let task = |at: usize| drafts.get(at).and_then(|draft| draft.task.as_ref());
    let directed = resolved
        .tasks
        .iter()
        .find(|known| Some(&known.id) == task(user))
        .and_then(|known| known.after.iter().find(|after| Some(*after) == task(need)));
    directed.map_or(Why::Stage, |after| Why::After(after.clone()))
}

fn add_explicit_needs(
    drafts: &[Draft],
    resolved: &Resolved,
    needs: &mut [BTreeSet<usize>],
) -> Result<(), PlanError> {
    let mut of: HashMap<&TaskId, Vec<usize>> = resolved
        .tasks
        .iter()
        .map(|task| (&task.id, Vec::new()))
        .collect();
    for (at, draft) in drafts.iter().enumerate() {
        if let Some(places) = draft.task.as_ref().and_then(|task| of.get_mut(task)) {
            places.push(at);
        }
    }
    for task in &resolved.tasks {
        for after in &task.after {
            let Some(wanted) = of.get(after) else {
                return Err(PlanError::NoSuchTask {
                    task: task.id.clone(),
                    after: after.clone(),
                });
            };
            for user in of.get(&task.id).into_iter().flatten().copied() {
                // Files are written, and rules checked, before anything is done: what a task does
                // waits, not what it says.
                let says = drafts.get(user).is_some_and(|draft| !draft.does());
                let waits = |need: &usize| {
                    !(says && drafts.get(*need).is_some_and(Draft::does)) && *need != user
                };
                if let Some(list) = needs.get_mut(user) {
                    list.extend(wanted.iter().copied().filter(waits));
                }
            }
        }
    }
    Ok(())
}

/// What a step has from its task's directive, and what its evidence is to say.
fn add_directives(step: &mut Step, task: Option<&ResolvedTask>, resolved: &Resolved) {
    step.timeout = task.and_then(|task| task.timeout);
    step.retries = task.map_or(0, |task| task.retries);
    let application = &resolved.application;
    if let Work::Apply { object, .. } = &step.work
        && object.kind == "Deployment"
        && !application.service_monitors
        && application
            .workload(&object.name)
            .is_some_and(|it| it.role == Role::Prometheus)
    {
        step.note = Some(STATIC_SCRAPING);
    }
}

fn assemble(drafts: Vec<Draft>, needs: &Needs, sorted: &[usize], target: &str) -> Plan {
    let place: BTreeMap<usize, usize> = sorted
        .iter()
        .enumerate()
        .map(|(new, old)| (*old, new))
        .collect();
    let mut numbered: Vec<Option<Draft>> = drafts.into_iter().map(Some).collect();
    let steps: Vec<Step> = sorted
        .iter()
        .filter_map(|old| Some((*old, numbered.get_mut(*old)?.take()?)))
        .map(|(old, draft)| Step {
            key: draft.key(target),
            id: StepId::new(draft.name),
            task: draft.task,
            work: draft.work,
            timeout: None,
            retries: 0,
            note: None,
            needs: {
                let list = needs.of(old).into_iter();
                let mut list: Vec<usize> =
                    list.filter_map(|need| place.get(&need).copied()).collect();
                list.sort_unstable();
                list
            },
        })
        .collect();
    let fingerprint = hash(
        &steps
            .iter()
            .map(|step| json!([step.id.as_str(), step.key.as_str(), step.needs]))
            .collect::<Value>(),
    );
    Plan {
        target: target.to_owned(),
        steps,
        fingerprint,
    }
}
