//! Ticks without a record: a person did it elsewhere, and it is checked by the task's own reading.

use super::{Claim, FileSeen, Found, Lost, Objects, View};
use crate::checklist::Task;
use crate::journal::Evidence;
use crate::plan::{Step, Work};
use crate::resolve::{Action, Expectation, Expected, Finding};

impl View<'_> {
    /// Checks a task of which nothing is recorded by what it means today.
    pub(super) fn by_reading(&self, task: &Task, steps: &[&Step]) -> Vec<Claim> {
        let Some(resolved) = self.resolved.get(&task.id) else {
            let why = "ticked without a record, and what the phase means can't be read now";
            return vec![claim("a tick by hand", Found::Unchecked(why.to_owned()))];
        };
        let mut claims: Vec<Claim> = match &resolved.action {
            Action::Study { findings } => findings.iter().map(study).collect(),
            Action::Inventory { answer, .. } => {
                let strict = self.seen.today.is_some_and(|today| today.strict);
                vec![claim("its list", inventory(&answer.missing, strict))]
            }
            Action::Expect { traces } => traces.iter().map(trace).collect(),
            Action::Command { .. } => vec![word("what a command did can't be seen afterwards")],
            Action::Manual => vec![word("ticked by hand, without a record")],
            Action::Skip => vec![word("ticked by hand; the task is left out by `skip`")],
            Action::Require { missing, .. } => missing.iter().map(|it| unkept(it)).collect(),
            Action::Write { .. } | Action::Apply { .. } | Action::Wait => Vec::new(),
        };
        let checked = steps.iter().filter_map(|step| self.step(step));
        claims.extend(checked);
        if claims.is_empty() {
            claims.push(word("ticked by hand, and there is nothing to check it by"));
        }
        claims
    }

    /// Checks what a step would do by what is there.
    fn step(&self, step: &Step) -> Option<Claim> {
        let found = match &step.work {
            Work::Write { path, .. } => self.present(path),
            Work::Refuse { rule, violations } => Found::Lost(Lost {
                expected: format!("every manifest keeps the rule: {rule}"),
                found: violations.join("; "),
                way: "mend the manifests, or open the box".to_owned(),
            }),
            Work::Conclude {
                evidence: Evidence::Checked { rule, objects, .. },
            } => Found::Holds(format!("{rule}: {objects} objects keep it")),
            Work::Wait { .. } => self.object(&step.id, "the box is ticked by hand"),
            Work::Apply { object, .. } => match self.seen.objects {
                Objects::Rehearsed => return None,
                Objects::NotAsked(why) => Found::Unchecked(format!("{}: {why}", object.label())),
                Objects::Asked { absent, .. } if absent.contains(&step.id) => Found::Lost(Lost {
                    expected: format!("{} on the cluster: the box is ticked", object.label()),
                    found: "it isn't there".to_owned(),
                    way: format!("open the box, and {} makes it", self.again()),
                }),
                Objects::Asked { .. } => {
                    Found::Holds(format!("{} is on the cluster", object.label()))
                }
            },
            Work::Study { .. }
            | Work::Expect { .. }
            | Work::Conclude { .. }
            | Work::Command { .. }
            | Work::Build { .. } => return None,
        };
        Some(claim(step.id.as_str(), found))
    }

    /// Checks that a file is there and holds something.
    fn present(&self, path: &str) -> Found {
        let lost = |found: &str| {
            Found::Lost(Lost {
                expected: format!("`{path}`: its box is ticked by hand"),
                found: found.to_owned(),
                way: format!("open the box, and {} writes it; or add it", self.again()),
            })
        };
        match self.seen.files.get(path) {
            None => Found::Unchecked(format!("`{path}` wasn't looked at")),
            Some(FileSeen::Missing) => lost("it isn't there"),
            Some(FileSeen::Unreadable(why)) => lost(&format!("it can't be read: {why}")),
            Some(FileSeen::There { empty: true, .. }) => lost("it is empty"),
            Some(FileSeen::There { .. }) => {
                Found::Holds(format!("`{path}` is there; it was done elsewhere"))
            }
        }
    }
}

/// What a box says was studied.
fn study(finding: &Finding) -> Claim {
    let found = match &finding.missing {
        None => Found::Holds(format!(
            "`{}` is there: {} facts",
            finding.subject,
            finding.facts.len()
        )),
        Some(looked) => Found::Lost(Lost {
            expected: format!("`{}`: the box says that it was studied", finding.subject),
            found: format!("it isn't there: {looked}"),
            way: "put it back, correct the checklist, or open the box".to_owned(),
        }),
    };
    claim(&format!("study {}", finding.subject), found)
}

/// What a box lists.
fn inventory(missing: &[String], strict: bool) -> Found {
    let names = missing.join(", ");
    if missing.is_empty() {
        Found::Holds("every listed name is supported by the facts".to_owned())
    } else if strict {
        Found::Lost(Lost {
            expected: "every listed name supported by the facts (`strict`)".to_owned(),
            found: format!("nothing supports {names}"),
            way: "correct the list, or open the box".to_owned(),
        })
    } else {
        Found::Holds(format!("the facts support all listed names but {names}"))
    }
}

/// A manifest that breaks the rule which a box asks for.
fn unkept(missing: &str) -> Claim {
    claim(
        "its rule",
        Found::Lost(Lost {
            expected: "every manifest keeps the rule: the box is ticked by hand".to_owned(),
            found: missing.to_owned(),
            way: "mend the manifests, or open the box".to_owned(),
        }),
    )
}

/// A trace of what a person's work leaves.
fn trace(trace: &Expected) -> Claim {
    let name = trace.what.to_string();
    match &trace.found {
        Ok(found) => claim(&name, Found::Holds(found.to_string())),
        // What was changed before the phase began leaves no trace that is looked for.
        Err(_) if matches!(trace.what, Expectation::Change(_)) => {
            word("ticked by hand; whether it changed before can't be told")
        }
        Err(missing) => claim(
            &name,
            Found::Lost(Lost {
                expected: format!("{name}: its box is ticked by hand"),
                found: missing.clone(),
                way: "do what is missing, or open the box".to_owned(),
            }),
        ),
    }
}

fn claim(what: &str, found: Found) -> Claim {
    Claim {
        what: what.to_owned(),
        found,
    }
}

fn word(why: &str) -> Claim {
    claim(
        "a tick by hand",
        Found::Word {
            who: None,
            at: None,
            why: why.to_owned(),
        },
    )
}
