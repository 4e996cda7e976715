//! The rules over bullets: rows of one table, asked in its order; the first that reads one wins.

use crate::checklist::{Bullet, Inline};
use crate::diagnostic::nearest;

use super::super::ingress;
use super::super::model::BulletRule;
use super::super::spec::Spec;
use super::super::target::FileKind;
use super::super::{running_words, scaling_words};
use super::{
    Meaning, about, always, exposures, head, image, is_heading, ports, probes, resources, routing,
    storage, watched,
};
use crate::vocabulary::{Phrase, Vocabulary, Word};

/// A bullet, as the rules look at it.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    text: &'a Inline,
    plain: Phrase<'a>,
    head: Phrase<'a>,
    kind: Option<FileKind>,
}

/// A rule over bullets.
pub(super) struct Row {
    name: &'static str,
    /// Words that make a bullet one of this rule's, though it may not read it.
    about: &'static [Word],
    /// How a bullet is written that it reads.
    example: &'static str,
    read: fn(Asked<'_>, &mut Spec) -> Option<Meaning>,
}

/// The rules in the order in which they are asked.
pub(super) const ROWS: &[Row] = &[
    Row {
        name: "replicas and rollout",
        about: &[
            Word::Replicas,
            Word::Disruption,
            Word::Autoscaler,
            Word::Rolling,
            Word::Strategy,
        ],
        example: "Replicas: 2",
        read: |it, spec| carried(scaling_words::read(it.plain, it.head, it.kind, spec)),
    },
    Row {
        name: "how it runs and ends",
        about: &[Word::Schedule],
        example: "Graceful shutdown: 60s",
        read: |it, spec| carried(running_words::read(it.text, it.plain, it.kind, spec)),
    },
    Row {
        name: "resources",
        about: &[Word::Resources, Word::Requests, Word::Limits],
        example: "Resources: requests 256Mi/250m, limits 512Mi/500m",
        read: |it, spec| carried(resources(it.plain, it.head, spec)),
    },
    Row {
        name: "probes",
        about: &[Word::Probes, Word::Liveness, Word::Readiness, Word::Startup],
        example: "Liveness: `/health` (HTTP, period 30s)",
        read: |it, spec| carried(probes(it.text, it.plain, it.head, spec)),
    },
    Row {
        name: "how far a service reaches",
        about: &[],
        example: "ClusterIP for the API, LoadBalancer for AudioSocket",
        read: |it, spec| carried(exposures(it.plain, spec)),
    },
    Row {
        name: "annotations and TLS",
        about: &[Word::Annotations, Word::Tls],
        example: "Annotations for nginx",
        read: |it, spec| carried(routing(it.plain, it.head, spec)),
    },
    Row {
        name: "init scripts",
        about: &[Word::Init],
        example: "InitDB scripts",
        read: |it, spec| {
            let asked = it.head.has(Word::Init);
            spec.init_scripts |= asked;
            asked.then_some(Meaning::InitScripts)
        },
    },
    Row {
        name: "environment",
        about: &[Word::Environment],
        example: "Env from ConfigMap and Secrets",
        read: |it, _| {
            it.head
                .has(Word::Environment)
                .then_some(Meaning::Environment)
        },
    },
    Row {
        name: "volume claim",
        about: &[Word::Claim],
        example: "PVC: 10Gi",
        read: |it, spec| carried(storage(it.plain, it.head, spec)),
    },
    Row {
        name: "ports",
        about: &[Word::Ports],
        example: "Port: 8080 (API), 9092 (AudioSocket)",
        read: |it, spec| carried(ports(it.plain, it.head, spec)),
    },
    Row {
        name: "image",
        about: &[Word::Image],
        example: "Image: `registry.example.com/app:1.2`",
        read: |it, spec| carried(image(it.text, it.head, spec)),
    },
    Row {
        name: "monitoring",
        about: &[Word::Retention, Word::Alerts],
        example: "Retention: 15d",
        read: |it, spec| carried(watched(it.plain, spec)),
    },
    Row {
        name: "what every manifest has",
        about: &[],
        example: "Anti-affinity",
        read: |it, _| carried(always(it.plain)),
    },
];

fn carried(meaning: Option<String>) -> Option<Meaning> {
    meaning.map(Meaning::Carried)
}

/// Returns what the first rule that reads a text makes of it, and that rule.
pub(super) fn first(
    text: &Inline,
    kind: Option<FileKind>,
    vocabulary: &Vocabulary,
    spec: &mut Spec,
) -> Option<(&'static Row, Meaning)> {
    let plain = text.plain();
    let plain = Phrase::new(&plain, vocabulary);
    let asked = Asked {
        text,
        plain,
        head: head(plain),
        kind,
    };
    ROWS.iter()
        .find_map(|row| Some((row, (row.read)(asked, spec)?)))
}

/// Returns which rule reads each bullet, nested ones after theirs; or that none does, and what is
/// close to it.
pub(in crate::resolve) fn explain(
    bullets: &[Bullet],
    kind: Option<FileKind>,
    vocabulary: &Vocabulary,
) -> Vec<BulletRule> {
    let mut all = Vec::new();
    for bullet in bullets {
        all.push(one(bullet, kind, vocabulary));
        let below = about(&bullet.text, vocabulary).or(kind);
        all.extend(explain(&bullet.children, below, vocabulary));
    }
    all
}

fn one(bullet: &Bullet, kind: Option<FileKind>, vocabulary: &Vocabulary) -> BulletRule {
    let text = &bullet.text;
    let mut spec = Spec::default();
    let of_ingress = kind == Some(FileKind::Ingress);
    let rule = if of_ingress && ingress::read_bullet(text, vocabulary, &mut spec).is_some() {
        Some("the way in")
    } else if let Some((row, _)) = first(text, kind, vocabulary, &mut spec) {
        Some(row.name)
    } else if !bullet.children.is_empty() && is_heading(text, vocabulary) {
        Some("a heading for what is below it")
    } else {
        None
    };
    BulletRule {
        text: text.source.clone(),
        rule,
        close: match rule {
            Some(_) => None,
            None => close(text, vocabulary),
        },
    }
}

/// Returns what is close to a bullet that no rule reads: the rule whose words it has, or a word
/// that it may be meant to have.
fn close(text: &Inline, vocabulary: &Vocabulary) -> Option<String> {
    let plain = text.plain();
    let plain = Phrase::new(&plain, vocabulary);
    let of_rule = ROWS
        .iter()
        .find_map(|row| Some((row, plain.find(row.about)?)));
    if let Some((row, word)) = of_rule {
        let (name, example) = (row.name, row.example);
        return Some(format!(
            "`{word}` is a word of the rule “{name}”, which reads it like `{example}`"
        ));
    }
    let known: Vec<(&str, &Row)> = ROWS
        .iter()
        .flat_map(|row| row.about.iter().map(move |word| (word.name(), row)))
        .collect();
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let mut words = head(plain).words();
    let meant = words.find_map(|word| nearest(&word.to_lowercase(), &names))?;
    let (_, row) = known.iter().find(|(name, _)| *name == meant)?;
    Some(format!("did you mean `{meant}`? `{}`", row.example))
}

#[cfg(test)]
mod tests {
    use super::{ROWS, explain, first};
    use crate::checklist::parse;
    use crate::resolve::spec::Spec;
    use crate::resolve::target::FileKind;
    use crate::vocabulary::Vocabulary;

    /// Checks which rule reads a bullet below a Deployment, and what is close where none does.
    #[track_caller]
    fn check(bullet: &str, rule: Option<&str>, close: Option<&str>) {
        let text =
            format!("# Phase 1: A\n\n## 1.1 B\n\n- [ ] `k8s/a/deployment.yml`:\n  - {bullet}\n");
        let words = Vocabulary::default();
        let parsed = parse("phase-01-a.md", &text, &words).expect("a checklist");
        let task = parsed.checklist.tasks().next().expect("a task");
        let found = explain(&task.bullets, Some(FileKind::Deployment), &words);
        let found = found.first().expect("a bullet");
        assert_eq!(found.rule, rule, "{found:?}");
        let said = found.close.as_deref().unwrap_or_default();
        assert!(said.contains(close.unwrap_or_default()), "{said}");
        assert_eq!(found.close.is_some(), close.is_some(), "{said}");
    }

    #[test]
    fn every_rule_reads_its_own_example() {
        let words = Vocabulary::default();
        for row in ROWS {
            let text = format!(
                "# Phase 1: A\n\n## 1.1 B\n\n- [ ] It\n  - {}\n",
                row.example
            );
            let parsed = parse("phase-01-a.md", &text, &words).expect("a checklist");
            let task = parsed.checklist.tasks().next().expect("a task");
            let bullet = &task.bullets.first().expect("a bullet").text;
            let mut spec = Spec::default();
            let read = first(bullet, Some(FileKind::Deployment), &words, &mut spec);
            let name = read.map(|(row, _)| row.name);
            assert_eq!(name, Some(row.name), "{}", row.example);
        }
    }

    #[test]
    fn a_bullet_that_no_rule_reads_has_what_is_close() {
        check("Replicas: 2 (min)", Some("replicas and rollout"), None);
        check("Resources: plenty", None, Some("requests 256Mi/250m"));
        check("Replcas: 2", None, Some("did you mean `replicas`?"));
        check("Mind the phase of the moon", None, None);
    }
}
