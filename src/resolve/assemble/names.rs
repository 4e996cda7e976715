//! What the application, its namespace and the map with its settings are called.

use crate::checklist::Checklist;
use crate::diagnostic::Diagnostic;
use crate::facts::Facts;
use crate::vocabulary::Word;

use super::super::Context;
use super::super::earlier::Past;
use super::super::roster;
use super::super::rules::Read;
use super::super::slug::slug;
use super::super::target::FileKind;

/// The namespace where nothing that names it can be written as Kubernetes takes it.
const NAMELESS: &str = "rollout";

/// Returns the namespace that tasks or settings name, or that of earlier phases, or the project's
/// name.
pub(super) fn namespace(
    reads: &[Read<'_>],
    facts: &Facts,
    (context, past): (&Context<'_>, &Past<'_>),
    warnings: &mut Vec<Diagnostic>,
) -> String {
    let (required, written) = by_tasks(reads);
    if let (Some(required), Some(written)) = (&required, &written)
        && required != written
    {
        warnings.push(Diagnostic::warning(format!(
            "two namespaces are named, `{required}` and `{written}`: `{required}` is used"
        )));
    }
    let named = required.or(written);
    if let (Some(named), Some(set)) = (&named, &context.phase.namespace)
        && named != set
    {
        warnings.push(Diagnostic::warning(format!(
            "the checklist names the namespace `{named}`, the settings `{set}`: `{named}` is used"
        )));
    }
    let project = facts
        .project
        .as_ref()
        .and_then(|project| project.name.clone());
    let found = named
        .or_else(|| context.phase.namespace.clone())
        .or_else(|| past.namespace.clone())
        .or(project);
    let candidates = [found, Some(context.set.clone())];
    let mut written = candidates.iter().flatten().map(|name| slug(name));
    written
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| NAMELESS.to_owned())
}

/// Returns the namespace that tasks or settings name.
pub(in super::super) fn named(reads: &[Read<'_>], context: &Context<'_>) -> Option<String> {
    let (required, written) = by_tasks(reads);
    let named = required.or(written);
    named.or_else(|| context.phase.namespace.clone())
}

/// Returns the namespace that a task requires, and the one that a task writes.
fn by_tasks(reads: &[Read<'_>]) -> (Option<String>, Option<String>) {
    let required = reads
        .iter()
        .find_map(|read| read.namespace().map(str::to_owned));
    let written = reads.iter().find_map(|read| {
        let target = read
            .target()
            .filter(|target| target.kind == FileKind::Namespace)?;
        let mut codes = read.task.text.codes().map(|(code, _)| code);
        let before = codes.next().filter(|code| *code != target.path);
        read.named.clone().or_else(|| before.map(str::to_owned))
    });
    (required, written)
}

/// Returns the project's name, or else the namespace's.
pub(super) fn application_name(facts: &Facts, namespace: &str) -> String {
    let project = facts
        .project
        .as_ref()
        .and_then(|project| project.name.as_deref());
    let own = project.map(slug).filter(|name| !name.is_empty());
    own.unwrap_or_else(|| namespace.to_owned())
}

/// Returns the name of the map with the application's own settings.
pub(super) fn config_name(checklist: &Checklist) -> String {
    let hinted = roster::hinted_names(checklist, Word::ConfigMaps);
    let others = ["prometheus", "grafana", "nginx", "redis", "postgres"];
    let mut own = hinted
        .into_iter()
        .filter(|name| others.iter().all(|other| !name.contains(other)));
    own.next().unwrap_or_else(|| "app-config".to_owned())
}
