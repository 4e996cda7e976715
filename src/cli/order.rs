//! What is said of a plan's order: what comes in which wave, and what must be there already.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use futures::stream::{self, StreamExt as _};
use serde_json::json;

use super::beside;
use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::facts::Tree;
use crate::plan::{Plan, Want, Work, wants, waves};
use crate::terminal::{Paint, printable};

/// How many objects are looked for at once.
const AT_ONCE: usize = 16;

/// What is looked for where there is no server to ask: what applications bring themselves.
const OWN_KINDS: &[&str] = &[
    "Namespace",
    "ConfigMap",
    "Secret",
    "ServiceAccount",
    "PersistentVolumeClaim",
];

/// Returns what the objects need that neither the plan brings nor the cluster has; what may not be
/// looked for is left out.
pub(super) async fn missing(plan: &Plan, cluster: &Cluster) -> Vec<Want> {
    stream::iter(wants(plan))
        .map(|want| async {
            let found = cluster.get(&want.object).await;
            matches!(found, Ok(None)).then_some(want)
        })
        .buffered(AT_ONCE)
        .filter_map(|want| async { want })
        .collect()
        .await
}

/// Returns what the objects need that neither the plan nor another manifest of the workspace brings,
/// and a fresh cluster wouldn't have.
pub(super) fn expected(plan: &Plan, tree: &Tree) -> Vec<Want> {
    let beside = beside::objects(plan, tree);
    let own = |want: &Want| OWN_KINDS.contains(&want.object.kind.as_str());
    let mut missing = wants(plan);
    missing.retain(|want| own(want) && !beside::holds(&beside, want));
    missing
}

/// Returns what is missing as warnings.
pub(super) fn warnings(missing: &[Want]) -> Diagnostics {
    let warning = |want: &Want| {
        let others = match want.others {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let (user, field) = &want.by;
        Diagnostic::warning(format!(
            "nothing brings {}: {user}{others} needs it ({field}, {})",
            place(want),
            want.file
        ))
        .help("create it in the cluster, or write it in a task that is applied")
    };
    Diagnostics(missing.iter().map(warning).collect())
}

/// Returns what is wanted, with its namespace.
pub(super) fn place(want: &Want) -> String {
    let object = &want.object;
    match &object.namespace {
        Some(namespace) => format!("{}/{} in `{namespace}`", object.kind, object.name),
        None => object.label(),
    }
}

/// Returns what is missing, one JSON event a line.
pub(super) fn json(missing: &[Want]) -> String {
    let mut text = String::new();
    for want in missing {
        let value = json!({ "event": "missing", "kind": want.object.kind,
            "namespace": want.object.namespace, "name": want.object.name,
            "by": want.by.0, "field": want.by.1, "file": want.file });
        let _ = writeln!(text, "{value}");
    }
    text
}

/// Returns the objects by waves: those of one may be applied at the same time.
pub(super) fn waves_text(plan: &Plan, paint: Paint) -> String {
    let mut by_wave: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (step, wave) in plan.steps.iter().zip(waves(plan)) {
        if let (Work::Apply { object, .. }, Some(wave)) = (&step.work, wave) {
            let labels = by_wave.entry(wave).or_default();
            // Several tasks may be about one file.
            if !labels.contains(&object.label()) {
                labels.push(object.label());
            }
        }
    }
    if by_wave.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "\n{}\n",
        paint.bold("waves: each once the one before is ready")
    );
    for (wave, labels) in by_wave {
        // Writing to a string can't fail.
        let _ = writeln!(text, "  {wave:>2}  {}", printable(&by_kind(&labels)));
    }
    text
}

/// Writes labels with each kind once (`ConfigMap a, b · Secret c`).
fn by_kind(labels: &[String]) -> String {
    let mut kinds: Vec<(&str, Vec<&str>)> = Vec::new();
    for (kind, name) in labels.iter().filter_map(|label| label.split_once('/')) {
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, names)) => names.push(name),
            None => kinds.push((kind, vec![name])),
        }
    }
    let kinds: Vec<String> = kinds
        .iter()
        .map(|(kind, names)| format!("{kind} {}", names.join(", ")))
        .collect();
    kinds.join(" · ")
}
