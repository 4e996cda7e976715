//! A later phase that names what an earlier one wrote, and asks nothing new of it, changes nothing.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{manifests, objects, workspace};
use crate::harness::applications::{applications, checklist};
use crate::harness::workspace::Workspace;

applications!(tests check);

/// What runs pods, apart from what runs to its end: a Job can't be made twice.
const KINDS: &[&str] = &["Deployment", "StatefulSet", "DaemonSet", "CronJob"];

#[track_caller]
fn check(name: &str) {
    let workspace = workspace(name);
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let before = by_name(&workspace);
    let lines: Vec<String> = holders(&workspace)
        .iter()
        .map(|path| format!("- [ ] `{path}`\n"))
        .collect();
    let lines = lines.concat();
    let later = checklist(name).replace("phase-04-kubernetes", "phase-05-later");
    let text = format!("# Phase 5: Later\n\n## 5.1 Again\n\n{lines}");
    workspace.write(&later, &text);
    workspace.commit("another phase");
    workspace.orch(&["phase", "5", "run"]).expect(0);
    let ticked = workspace.read(&later);
    assert!(!ticked.contains("- [ ]"), "a box is open:\n{ticked}");
    let after = by_name(&workspace);
    for (object, old) in &before {
        assert_eq!(after.get(object), Some(old), "{object}");
    }
    assert_eq!(after.len(), before.len(), "{:?}", after.keys());
}

/// Returns the files that hold what runs pods.
fn holders(workspace: &Workspace) -> Vec<String> {
    let of = |text: &str| {
        let mut lines = text.lines();
        lines.any(|line| KINDS.iter().any(|kind| line == format!("kind: {kind}")))
    };
    let files = manifests(workspace).into_iter();
    let files = files.filter(|(_, text)| of(text));
    files.map(|(path, _)| path).collect()
}

/// Returns the objects by what they are called, without what says which phase wrote them last, and
/// lists as sets.
fn by_name(workspace: &Workspace) -> BTreeMap<String, Value> {
    let objects = objects(workspace).into_iter();
    let mut found = BTreeMap::new();
    for object in objects {
        let label = format!("{} {:?}", object.label(), object.namespace);
        let double = found.insert(label.clone(), settled(object.value));
        assert!(double.is_none(), "{label} is written twice");
    }
    found
}

fn settled(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(key, _)| key != "orch.dev/phase")
            .map(|(key, value)| (key, settled(value)))
            .collect(),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(settled).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other,
    }
}
