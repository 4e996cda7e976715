//! `Resource limits for every pod`: a rule that every written manifest must satisfy.

use crate::checklist::Task;

use super::{Intent, Line, Outcome, Required, Rule, reading};
use crate::vocabulary::Word;

pub(super) const RULE: Rule = Rule {
    name: "require",
    looks_for: "a namespace, resources, probes, anti-affinity or a disruption budget near the \
                line's beginning",
    read,
};

fn read(line: &Line<'_>) -> Outcome {
    let plain = line.plain.as_str();
    let head = plain.split_once(':').map_or(plain, |(head, _)| head);
    let head = line.phrase().with(head);
    let near: Vec<&str> = head.words().take(4).collect();
    let near = near.join(" ");
    let near = head.with(&near);
    if let Some(word) = near.find(&[Word::Namespace]) {
        let value = namespace(line.task, plain).ok_or("names no namespace")?;
        let matched = reading("require namespace", [word, &value]);
        return Ok((
            Intent::Require(Required::Namespace, Some(value.clone())),
            matched,
        ));
    }
    let rules = [
        (
            near.find(&[Word::Disruption]),
            Required::DisruptionBudget,
            "require disruption budget",
        ),
        (
            head.find(&[Word::AntiAffinity]),
            Required::AntiAffinity,
            "require anti-affinity",
        ),
        (
            near.find(&[Word::Probes, Word::Liveness, Word::Readiness]),
            Required::Probes,
            "require probes",
        ),
        (
            near.find(&[Word::Resources, Word::Limits]),
            Required::Resources,
            "require resources",
        ),
    ];
    let (word, rule, name) = rules
        .into_iter()
        .find_map(|(word, rule, name)| Some((word?, rule, name)))
        .ok_or("names nothing that manifests can be checked for")?;
    Ok((Intent::Require(rule, None), reading(name, [word])))
}

/// Returns the namespace that a line names, as a code span or behind the colon.
fn namespace(task: &Task, plain: &str) -> Option<String> {
    let code = task.text.codes().next().map(|(code, _)| code.to_owned());
    code.or_else(|| {
        let (_, value) = plain.split_once(':')?;
        let value = value.split_whitespace().next()?;
        Some(
            value
                .trim_matches(|character: char| !character.is_ascii_alphanumeric())
                .to_owned(),
        )
    })
}
