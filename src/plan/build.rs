//! Building a plan: one draft step for each unit of work, edges, an order, keys.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use super::cycle::{Cycle, Edge, End, Why};
use super::{Plan, Step, Work, order};
use crate::checklist::TaskId;
use crate::journal::{Evidence, StepId, StepKey, sha256};
use crate::manifest::{Object, Rendered, check};
use crate::resolve::{Action, Answer, FileOrigin, Resolved, ResolvedTask, Role};

/// Why no plan can be made.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PlanError {
    /// Steps wait for each other.
    #[error("these steps wait for each other: {0}")]
    Cycle(Cycle),
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

/// A step before its edges are known.
struct Draft {
    task: Option<TaskId>,
    name: String,
    work: Work,
    /// What the key hashes beside the target; nothing for an object, which is hashed where it is.
    parameters: Value,
}

/// What is hashed of a step; its form is part of the journal's format.
#[derive(Serialize)]
struct Keyed<'a, T> {
    target: &'a str,
    step: T,
}

/// What is hashed of an object that is applied.
#[derive(Serialize)]
struct KeyedApply<'a> {
    kind: &'static str,
    object: &'a Value,
}

impl Draft {
    /// Returns the object that it applies.
    fn object(&self) -> Option<&Object> {
        match &self.work {
            Work::Apply { object, .. } => Some(object),
            Work::Study { .. }
            | Work::Conclude { .. }
            | Work::Refuse { .. }
            | Work::Write { .. }
            | Work::Command { .. } => None,
        }
    }

    /// Returns whether it changes more than the workspace's files.
    fn does(&self) -> bool {
        matches!(self.work, Work::Apply { .. } | Work::Command { .. })
    }

    /// Returns how it is named in a circle.
    fn end(&self) -> End {
        let (name, file) = match &self.work {
            Work::Apply { object, file } => (object.label(), Some(file.clone())),
            Work::Study { .. }
            | Work::Conclude { .. }
            | Work::Refuse { .. }
            | Work::Write { .. }
            | Work::Command { .. } => (self.name.clone(), None),
        };
        End {
            name,
            file,
            task: self.task.clone(),
        }
    }

    /// Returns the step's key.
    fn key(&self, target: &str) -> StepKey {
        StepKey::new(if let Work::Apply { object, .. } = &self.work {
            let step = KeyedApply {
                kind: "apply",
                object: &object.value,
            };
            hash(&Keyed { target, step })
        } else {
            let step = &self.parameters;
            hash(&Keyed { target, step })
        })
    }
}

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
    let mut drafts = task_drafts(resolved, rendered, written);
    drafts.extend(unassigned_drafts(resolved, rendered));
    name_uniquely(&mut drafts);
    let mut needs = stage_needs(&drafts);
    add_object_needs(&drafts, resolved, &mut needs);
    add_explicit_needs(&drafts, resolved, &mut needs)?;
    let sorted = order::sort(&needs)
        .map_err(|stuck| PlanError::Cycle(explained(&drafts, resolved, (&needs, &stuck))))?;
    let mut plan = assemble(drafts, &needs, &sorted, target);
    for step in &mut plan.steps {
        add_directives(step, resolved);
    }
    Ok(plan)
}

/// What rules are checked against.
struct Checked {
    all: Vec<Object>,
    hash: String,
}

impl Checked {
    /// Returns all objects where there are rules, else none: nothing looks at them.
    fn of(
        resolved: &Resolved,
        rendered: &[Rendered],
        written: &BTreeMap<TaskId, Vec<Arc<Object>>>,
    ) -> Self {
        let is_rule = |task: &ResolvedTask| matches!(task.action, Action::Require(_));
        let ruled = resolved.tasks.iter().any(is_rule);
        let all: Vec<Object> = rendered
            .iter()
            .flat_map(|file| &file.objects)
            .chain(written.values().flatten().map(Arc::as_ref))
            .filter(|_| ruled)
            .cloned()
            .collect();
        // Every rule is checked against all objects: one hash of them all serves every key.
        let hash = hash(&values(&all));
        Self { all, hash }
    }
}

fn task_drafts(
    resolved: &Resolved,
    rendered: &[Rendered],
    written: &BTreeMap<TaskId, Vec<Arc<Object>>>,
) -> Vec<Draft> {
    let checked_against = Checked::of(resolved, rendered, written);
    let mut drafts = Vec::new();
    for task in &resolved.tasks {
        match &task.action {
            Action::Study { .. } | Action::Inventory { .. } | Action::Require(_) => {
                drafts.extend(conclusion(task, &checked_against));
            }
            Action::Write { path } => {
                if let Some(file) = rendered.iter().find(|file| file.path == *path) {
                    drafts.extend(file_drafts(Some(&task.id), file));
                }
            }
            Action::Apply { path, .. } => {
                let file = path.clone().unwrap_or_else(|| format!("task {}", task.id));
                let objects = written.get(&task.id).into_iter().flatten();
                drafts.extend(
                    objects.map(|object| apply_draft(Some(&task.id), Arc::clone(object), &file)),
                );
            }
            Action::Command { run } => drafts.push(Draft {
                task: Some(task.id.clone()),
                name: format!("run {run}"),
                parameters: json!({ "kind": "command", "run": run }),
                work: Work::Command { run: run.clone() },
            }),
            Action::Manual | Action::Skip => {}
        }
    }
    drafts
}

fn values(objects: &[Object]) -> Vec<&Value> {
    objects.iter().map(|object| &object.value).collect()
}

/// A step whose outcome follows from facts and manifests alone.
fn conclusion(task: &ResolvedTask, against: &Checked) -> Option<Draft> {
    let (name, work, parameters) = match &task.action {
        Action::Study { findings } => {
            let subjects: Vec<&str> = findings.iter().map(|f| f.subject.as_str()).collect();
            let found: Vec<String> = findings
                .iter()
                .flat_map(|finding| &finding.facts)
                .map(|(fact, origin)| format!("{fact} ({origin})"))
                .collect();
            (
                format!("study {}", subjects.join(", ")),
                Work::Study {
                    findings: findings.clone(),
                },
                json!({ "kind": "study", "subjects": subjects, "found": found }),
            )
        }
        Action::Inventory { kind, answer } => {
            let evidence = answer_evidence(answer);
            let parameters =
                json!({ "kind": "inventory", "of": format!("{kind:?}"), "answer": evidence });
            (
                format!("answer {kind:?}").to_lowercase(),
                Work::Conclude { evidence },
                parameters,
            )
        }
        Action::Require(requirement) => {
            let checked = check(requirement, &against.all);
            let parameters = json!({ "kind": "require", "rule": checked.rule,
                "objects": against.hash });
            let name = format!("require {}", checked.rule);
            if checked.violations.is_empty() {
                let evidence = Evidence::Checked {
                    rule: checked.rule,
                    objects: checked.objects,
                    exempt: checked.exempt,
                };
                (name, Work::Conclude { evidence }, parameters)
            } else {
                let work = Work::Refuse {
                    rule: checked.rule,
                    violations: checked.violations,
                };
                (name, work, parameters)
            }
        }
        Action::Write { .. }
        | Action::Apply { .. }
        | Action::Command { .. }
        | Action::Manual
        | Action::Skip => return None,
    };
    Some(Draft {
        task: Some(task.id.clone()),
        name,
        work,
        parameters,
    })
}

fn answer_evidence(answer: &Answer) -> Evidence {
    let place = |text: &str, origin: Option<&crate::facts::Origin>| {
        origin.map_or_else(|| text.to_owned(), |origin| format!("{text} ({origin})"))
    };
    Evidence::Answer {
        matched: answer
            .matched
            .iter()
            .map(|(name, what, origin)| place(&format!("{name}: {what}"), origin.as_ref()))
            .collect(),
        missing: answer.missing.clone(),
        extra: answer
            .extra
            .iter()
            .map(|(what, origin)| place(what, origin.as_ref()))
            .collect(),
    }
}

/// The steps of one file: writing it, and applying each of its objects.
fn file_drafts(task: Option<&TaskId>, file: &Rendered) -> Vec<Draft> {
    // Objects rather than the text: a header's prose or the order of keys makes no difference.
    let content = if file.objects.is_empty() {
        hash(&file.text)
    } else {
        hash(&values(&file.objects))
    };
    let write = Draft {
        task: task.cloned(),
        name: format!("write {}", file.path),
        parameters: json!({ "kind": "write", "path": file.path, "content": content }),
        work: Work::Write {
            path: file.path.clone(),
            text: file.text.clone(),
        },
    };
    let applies = file
        .objects
        .iter()
        .map(|object| apply_draft(task, Arc::new(object.clone()), &file.path));
    std::iter::once(write).chain(applies).collect()
}

fn apply_draft(task: Option<&TaskId>, object: Arc<Object>, file: &str) -> Draft {
    Draft {
        task: task.cloned(),
        name: format!("apply {}", object.label()),
        parameters: Value::Null,
        work: Work::Apply {
            object,
            file: file.to_owned(),
        },
    }
}

fn unassigned_drafts(resolved: &Resolved, rendered: &[Rendered]) -> Vec<Draft> {
    resolved
        .files
        .iter()
        .filter(|file| matches!(file.origin, FileOrigin::Unassigned { .. }))
        .filter_map(|file| rendered.iter().find(|rendered| rendered.path == file.path))
        .flat_map(|file| file_drafts(None, file))
        .collect()
}

/// Two tasks may study one file, and two namespaces hold objects of one name.
fn name_uniquely(drafts: &mut [Draft]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for draft in drafts {
        let count = seen.entry(draft.name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            draft.name = format!("{} ({count})", draft.name);
        }
    }
}

/// The stages that every phase goes through: study → write → check the rules → apply.
fn stage_needs(drafts: &[Draft]) -> Vec<BTreeSet<usize>> {
    let of = |wanted: fn(&Work) -> bool| -> BTreeSet<usize> {
        drafts
            .iter()
            .enumerate()
            .filter(|(_, d)| wanted(&d.work))
            .map(|(at, _)| at)
            .collect()
    };
    let studies = of(|work| matches!(work, Work::Study { .. }));
    let writes = of(|work| matches!(work, Work::Write { .. }));
    let rules = of(|work| {
        matches!(
            work,
            Work::Refuse { .. }
                | Work::Conclude {
                    evidence: Evidence::Checked { .. }
                }
        )
    });
    let mut written: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, draft) in drafts.iter().enumerate() {
        if let Work::Write { path, .. } = &draft.work {
            written.entry(path).or_default().push(at);
        }
    }
    drafts
        .iter()
        .enumerate()
        .map(|(at, draft)| match &draft.work {
            Work::Study { .. } | Work::Command { .. } => BTreeSet::new(),
            _ if rules.contains(&at) => writes.clone(),
            Work::Conclude { .. } | Work::Refuse { .. } | Work::Write { .. } => studies.clone(),
            Work::Apply { file, .. } => {
                let mut needs = rules.clone();
                needs.extend(written.get(file.as_str()).into_iter().flatten());
                needs
            }
        })
        .collect()
}

/// The drafts that apply objects, by their places.
fn applied(drafts: &[Draft]) -> (Vec<usize>, Vec<&Object>) {
    drafts
        .iter()
        .enumerate()
        .filter_map(|(at, draft)| Some((at, draft.object()?)))
        .unzip()
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
    let of = |task: &TaskId| -> Vec<usize> {
        drafts
            .iter()
            .enumerate()
            .filter(|(_, draft)| draft.task.as_ref() == Some(task))
            .map(|(at, _)| at)
            .collect()
    };
    for task in &resolved.tasks {
        for after in &task.after {
            if !resolved.tasks.iter().any(|other| other.id == *after) {
                return Err(PlanError::NoSuchTask {
                    task: task.id.clone(),
                    after: after.clone(),
                });
            }
            let wanted = of(after);
            for user in of(&task.id) {
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
fn add_directives(step: &mut Step, resolved: &Resolved) {
    let task = resolved
        .tasks
        .iter()
        .find(|task| Some(&task.id) == step.task.as_ref());
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

fn assemble(drafts: Vec<Draft>, needs: &[BTreeSet<usize>], sorted: &[usize], target: &str) -> Plan {
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
                let mut list: Vec<usize> = needs
                    .get(old)
                    .into_iter()
                    .flatten()
                    .filter_map(|need| place.get(need).copied())
                    .collect();
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

/// Returns the SHA-256 of a value's JSON, in hex.
fn hash(value: &impl Serialize) -> String {
    // What is hashed here are JSON values and strings, none of which serde_json refuses.
    sha256(&serde_json::to_vec(value).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_hashes_target_kind_and_object() {
        let value = json!({ "kind": "Secret", "apiVersion": "v1", "metadata": { "name": "a" } });
        let object = Object::from_value(value.clone()).expect("an object");
        // The form that journals hold: another would make every finished step a changed one.
        let expected = json!({ "target": "prod", "step": { "kind": "apply", "object": value } });
        let key = apply_draft(None, Arc::new(object), "a.yml").key("prod");
        assert_eq!(key, StepKey::new(hash(&expected)));
    }
}
