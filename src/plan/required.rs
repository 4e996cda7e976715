//! Rules that every manifest must keep: those that the phase applies, and those that lie beside
//! them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Work;
use super::draft::hash;
use crate::checklist::TaskId;
use crate::journal::Evidence;
use crate::manifest::{Object, Rendered, check, violations};
use crate::resolve::{Action, Requirement, Resolved};

/// What rules are checked against.
pub(super) struct Manifests {
    /// What the phase applies.
    own: Vec<Object>,
    /// That, and what lies beside it.
    all: Vec<Object>,
    hash: String,
}

impl Manifests {
    /// Returns all objects where there are rules, else none: nothing looks at them.
    pub(super) fn of(
        resolved: &Resolved,
        rendered: &[Rendered],
        written: &BTreeMap<TaskId, Vec<Arc<Object>>>,
    ) -> Self {
        let rules = || {
            let actions = resolved.tasks.iter().map(|task| &task.action);
            actions.filter_map(|action| {
                if let Action::Require { rule, .. } = action {
                    Some(rule)
                } else {
                    None
                }
            })
        };
        let any = rules().next().is_some();
        let own: Vec<Object> = rendered
            .iter()
            .flat_map(|file| &file.objects)
            .chain(written.values().flatten().map(Arc::as_ref))
            .filter(|_| any)
            .cloned()
            .collect();
        // Of an object that several files hold, any may be the one that is applied.
        let beside = resolved.hand_written.iter().map(|it| &it.object);
        let beside = beside.filter(|_| any);
        let all: Vec<Object> = own.iter().chain(beside).cloned().collect();
        // Every rule is checked against all objects: one hash of them all serves every key. Where
        // there are only namespaces, nothing is asked of what lies beside.
        let alone = rules().all(|rule| rule.namespace().is_some());
        let hashed = if alone { &own } else { &all };
        let values: Vec<&Value> = hashed.iter().map(|object| &object.value).collect();
        let hash = hash(&values);
        Self { own, all, hash }
    }

    /// Returns what a rule is checked against: what lies beside may live in other namespaces.
    fn against(&self, rule: &Requirement) -> Vec<Object> {
        let there = |it: &&Object| {
            let own = || self.own.iter().any(|own| own.is_same(it));
            rule.namespace()
                .is_none_or(|name| it.namespace.as_deref() == Some(name) || own())
        };
        self.all.iter().filter(there).cloned().collect()
    }

    /// Returns the name of a rule's step, what it does, and what it is known by. What somebody else's
    /// manifest breaks keeps the box open; the phase's own would be applied that way.
    pub(super) fn step(&self, rule: &Requirement, missing: &[String]) -> (String, Work, Value) {
        let checked = check(rule, &self.against(rule));
        let parameters = json!({ "kind": "require", "rule": checked.rule, "objects": self.hash });
        let name = format!("require {}", checked.rule);
        let own = self.own.iter().flat_map(|object| {
            let broken = violations(rule, object, &self.all).into_iter();
            broken.map(|problem| format!("{}: {problem}", object.label()))
        });
        let violations: Vec<String> = own.collect();
        // A budget that a person is to write makes nothing worse that is applied before.
        let waits = matches!(rule, Requirement::DisruptionBudget) && !missing.is_empty();
        let work = if !violations.is_empty() && !waits {
            Work::Refuse {
                rule: checked.rule,
                violations,
            }
        } else if !missing.is_empty() {
            Work::Expect {
                found: Vec::new(),
                missing: missing.to_vec(),
            }
        } else {
            Work::Conclude {
                evidence: Evidence::Checked {
                    rule: checked.rule,
                    objects: checked.objects,
                    exempt: checked.exempt,
                },
            }
        };
        (name, work, parameters)
    }
}
