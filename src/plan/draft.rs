//! One draft step for each unit of work: what it does, its name, and what its key hashes.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use super::Work;
use super::cycle::End;
use super::required::Manifests;
use crate::checklist::{Awaited, Shell, TaskId};
use crate::facts::secret;
use crate::journal::{Evidence, StepKey, sha256};
use crate::manifest::{Generations, Object, Rendered, is_cluster_kind, is_kustomization};
use crate::resolve::{Action, Answer, Expected, FileOrigin, ImageBuild, Resolved, ResolvedTask};

/// A step before its edges are known.
pub(super) struct Draft {
    pub(super) task: Option<TaskId>,
    pub(super) name: String,
    pub(super) work: Work,
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
    pub(super) fn object(&self) -> Option<&Object> {
        match &self.work {
            Work::Apply { object, .. } => Some(object),
            Work::Study { .. }
            | Work::Expect { .. }
            | Work::Conclude { .. }
            | Work::Refuse { .. }
            | Work::Write { .. }
            | Work::Command { .. }
            | Work::Wait { .. }
            | Work::Build { .. } => None,
        }
    }

    /// Returns whether more than the workspace's files changes by it, or by a person before it.
    pub(super) fn does(&self) -> bool {
        matches!(
            self.work,
            Work::Apply { .. }
                | Work::Command { .. }
                | Work::Wait { .. }
                | Work::Build { .. }
                | Work::Expect { .. }
        )
    }

    /// Returns how it is named in a circle.
    pub(super) fn end(&self) -> End {
        let (name, file) = match &self.work {
            Work::Apply { object, file } => (object.label(), Some(file.clone())),
            Work::Study { .. }
            | Work::Conclude { .. }
            | Work::Refuse { .. }
            | Work::Write { .. }
            | Work::Command { .. }
            | Work::Expect { .. }
            | Work::Wait { .. }
            | Work::Build { .. } => (self.name.clone(), None),
        };
        End {
            name,
            file,
            task: self.task.clone(),
        }
    }

    /// Returns the step's key.
    pub(super) fn key(&self, target: &str) -> StepKey {
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

/// Returns the steps of tasks in their order, then those of the files that no task names.
pub(super) fn all(
    resolved: &Resolved,
    rendered: &[Rendered],
    written: &BTreeMap<TaskId, Vec<Arc<Object>>>,
) -> Vec<Draft> {
    let named = Generations::of(rendered);
    let mut drafts = of_tasks(resolved, rendered, (written, &named));
    drafts.extend(unassigned(resolved, rendered, &named));
    drafts.extend(resolved.application.builds.iter().map(build_draft));
    name_uniquely(&mut drafts);
    drafts
}

/// Returns the SHA-256 of a value's JSON, in hex.
pub(super) fn hash(value: &impl Serialize) -> String {
    // What is hashed here are JSON values and strings, none of which serde_json refuses.
    sha256(&serde_json::to_vec(value).unwrap_or_default())
}

fn of_tasks(
    resolved: &Resolved,
    rendered: &[Rendered],
    (written, named): (&BTreeMap<TaskId, Vec<Arc<Object>>>, &Generations),
) -> Vec<Draft> {
    let checked_against = Manifests::of(resolved, rendered, written);
    let mut drafts = Vec::new();
    for task in &resolved.tasks {
        match &task.action {
            Action::Expect { traces } => drafts.push(expect_draft(&task.id, traces)),
            Action::Study { .. } | Action::Inventory { .. } | Action::Require { .. } => {
                drafts.extend(conclusion(task, &checked_against));
            }
            Action::Write { path } => {
                for file in files_of(&task.id, path, (resolved, rendered)) {
                    drafts.extend(file_drafts(Some(&task.id), file, named));
                }
            }
            Action::Apply { path, .. } => {
                let file = path.clone().unwrap_or_else(|| format!("task {}", task.id));
                let objects = written.get(&task.id).into_iter().flatten();
                drafts.extend(
                    objects.map(|object| apply_draft(Some(&task.id), named.named(object), &file)),
                );
            }
            Action::Command { run, shell } => drafts.push(command_draft(&task.id, run, *shell)),
            Action::Wait | Action::Manual | Action::Skip => {}
        }
        if !matches!(task.action, Action::Skip) {
            let own = &resolved.application.namespace;
            drafts.extend(task.wait.iter().map(|it| wait_draft(&task.id, it, own)));
        }
    }
    drafts
}

/// Returns a task's file, then those of earlier phases that it changes.
fn files_of<'r>(
    task: &TaskId,
    path: &str,
    (resolved, rendered): (&Resolved, &'r [Rendered]),
) -> Vec<&'r Rendered> {
    let changed = resolved.files.iter().filter(|file| {
        let own = matches!(&file.origin, FileOrigin::Task { id, .. } if id == task);
        own && file.path != path
    });
    let changed = changed.map(|file| file.path.as_str());
    let paths = std::iter::once(path).chain(changed);
    paths
        .filter_map(|path| rendered.iter().find(|file| file.path == path))
        .collect()
}

fn values(objects: &[Object]) -> Vec<&Value> {
    objects.iter().map(|object| &object.value).collect()
}

/// A step whose outcome follows from facts and manifests alone.
fn conclusion(task: &ResolvedTask, against: &Manifests) -> Option<Draft> {
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
        Action::Require { rule, missing } => against.step(rule, missing),
        Action::Write { .. }
        | Action::Apply { .. }
        | Action::Command { .. }
        | Action::Expect { .. }
        | Action::Wait
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

/// A step that runs a command; one line's key is as journals hold it.
fn command_draft(task: &TaskId, run: &str, shell: Shell) -> Draft {
    let mut parameters = json!({ "kind": "command", "run": run });
    match shell {
        Shell::Line => {}
        Shell::Sh => parameters["shell"] = "sh".into(),
        Shell::Bash => parameters["shell"] = "bash".into(),
    }
    Draft {
        task: Some(task.clone()),
        name: format!("run {}", headline(run)),
        parameters,
        work: Work::Command {
            run: run.to_owned(),
            shell,
        },
    }
}

/// A step that looks for what a person's work leaves; its key tells what is looked for, and not
/// what was found: that may change as the work goes on.
fn expect_draft(task: &TaskId, traces: &[Expected]) -> Draft {
    let wanted: Vec<String> = traces.iter().map(|it| it.what.to_string()).collect();
    let keyed: Vec<[String; 2]> = traces
        .iter()
        .map(|it| [it.what.word().to_owned(), it.what.to_string()])
        .collect();
    Draft {
        task: Some(task.clone()),
        name: format!("expect {}", wanted.join(", ")),
        parameters: json!({ "kind": "expect", "traces": keyed }),
        work: Work::Expect {
            found: traces
                .iter()
                .filter_map(|it| it.found.clone().ok())
                .collect(),
            missing: traces
                .iter()
                .filter_map(|it| it.found.clone().err())
                .collect(),
        },
    }
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
fn file_drafts(task: Option<&TaskId>, file: &Rendered, named: &Generations) -> Vec<Draft> {
    // Objects rather than the text: a header's prose or the order of keys makes no difference.
    // And orch's own rather than a person's: what they change in the file is kept, not redone.
    let (text, objects) = match &file.theirs {
        Some(theirs) => (&theirs.ours, &theirs.wanted),
        None => (&file.text, &file.objects),
    };
    // What a kustomization generates is less than it says.
    let content = if objects.is_empty() || is_kustomization(&file.path) {
        hash(text)
    } else {
        hash(&values(objects))
    };
    let write = Draft {
        task: task.cloned(),
        name: format!("write {}", file.path),
        parameters: json!({ "kind": "write", "path": file.path, "content": content }),
        work: Work::Write {
            path: file.path.clone(),
            text: file.text.clone(),
            theirs: file.theirs.clone(),
        },
    };
    let applies = file
        .objects
        .iter()
        .map(|object| apply_draft(task, named.named(object), &file.path));
    std::iter::once(write).chain(applies).collect()
}

fn apply_draft(task: Option<&TaskId>, object: Object, file: &str) -> Draft {
    let object = Arc::new(object);
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

fn wait_draft(task: &TaskId, awaited: &Awaited, own: &str) -> Draft {
    let namespace = awaited.namespace.as_deref().unwrap_or(own);
    let object = Object {
        api_version: awaited.api_version.clone(),
        kind: awaited.kind.clone(),
        namespace: Some(namespace.to_owned()).filter(|_| !is_cluster_kind(&awaited.kind)),
        name: awaited.name.clone(),
        value: Value::Null,
    };
    Draft {
        task: Some(task.clone()),
        name: format!("wait for {awaited}"),
        parameters: json!({ "kind": "wait", "apiVersion": object.api_version,
            "of": object.kind, "namespace": object.namespace, "name": object.name }),
        work: Work::Wait {
            object: Box::new(object),
        },
    }
}

fn build_draft(build: &ImageBuild) -> Draft {
    Draft {
        task: None,
        name: format!("build {}", build.image),
        parameters: json!({ "kind": "build", "image": build.image, "run": build.run,
            "digest": build.digest }),
        work: Work::Build {
            image: build.image.clone(),
            run: build.run.clone(),
            digest: build.digest.clone(),
        },
    }
}

fn unassigned(resolved: &Resolved, rendered: &[Rendered], named: &Generations) -> Vec<Draft> {
    resolved
        .files
        .iter()
        .filter(|file| matches!(file.origin, FileOrigin::Unassigned { .. }))
        .filter_map(|file| rendered.iter().find(|rendered| rendered.path == file.path))
        .flat_map(|file| file_drafts(None, file, named))
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

/// Returns the first line of commands that says something, secrets masked that are written into
/// it, and that there are more.
pub(crate) fn headline(run: &str) -> String {
    let mut lines = run
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    // Steps are named by it, in the journal as well.
    let first = secret::masked(lines.next().unwrap_or_default());
    match lines.count() {
        0 => first,
        more => format!("{first} (and {more} more)"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{apply_draft, hash};
    use crate::journal::StepKey;
    use crate::manifest::Object;

    #[test]
    fn a_key_hashes_target_kind_and_object() {
        let value = json!({ "kind": "Secret", "apiVersion": "v1", "metadata": { "name": "a" } });
        let object = Object::from_value(value.clone()).expect("an object");
        // The form that journals hold: another would make every finished step a changed one.
        let expected = json!({ "target": "prod", "step": { "kind": "apply", "object": value } });
        let key = apply_draft(None, object, "a.yml").key("prod");
        assert_eq!(key, StepKey::new(hash(&expected)));
    }
}
