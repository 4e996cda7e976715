//! The rules over bullets: rows of one table, asked in its order; the first that reads one wins.

use crate::checklist::{Bullet, Inline, Part, Spanned};
use crate::diagnostic::nearest;

use super::super::ingress;
use super::super::model::BulletRule;
use super::super::spec::Spec;
use super::super::target::FileKind;
use super::super::{running_words, scaling_words};
use super::{
    About, Meaning, always, exposures, head, image, is_heading, left, ports, probes, resources,
    routing, storage, watched,
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
    /// What other words tell that may stand in a bullet of this rule's.
    beside: &'static [Word],
    /// Signs that may stand there.
    signs: &'static str,
    /// How a bullet is written that it reads.
    example: &'static str,
    read: fn(Asked<'_>, &mut Spec) -> Option<Meaning>,
}

/// What a text may say beyond what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beyond {
    /// Words that describe, no figures.
    Words,
    /// Nothing that asks for anything.
    Nothing,
}

/// What a text was read as.
pub(super) struct Found {
    rule: &'static str,
    pub(super) meaning: Meaning,
    pub(super) spec: Spec,
}

/// What a rule leaves of a text that it reads in part.
#[derive(Debug)]
pub(super) struct Left {
    rule: &'static str,
    word: String,
}

/// The rule over the bullets of an Ingress, asked before all others.
const ROUTED: Row = Row {
    name: "the way in",
    about: &[],
    beside: &[
        Word::Hosts,
        Word::Paths,
        Word::Exactly,
        Word::Target,
        Word::Tls,
        Word::Annotations,
        Word::RateLimit,
        Word::Requests,
        Word::Burst,
        Word::BasicAuth,
        Word::ForwardAuth,
        Word::Rewrite,
        Word::IdleTimeout,
        Word::BodySize,
        Word::Cors,
        Word::HttpsRedirect,
        Word::AllowList,
        Word::StickySessions,
        Word::Seconds,
    ],
    signs: "→>",
    example: "Path-based routing: `/api/*`",
    read: |it, spec| carried(ingress::read_bullet(it.text, it.plain.vocabulary(), spec)),
};

/// The rules in the order in which they are asked.
pub(super) const ROWS: &[Row] = &[
    Row {
        name: "disruption budget",
        about: &[Word::Disruption],
        beside: &[
            Word::Available,
            Word::Unavailable,
            Word::Minimum,
            Word::Maximum,
            Word::Replicas,
        ],
        signs: "",
        example: "PDB: minAvailable 1",
        read: |it, spec| carried(scaling_words::budget(it.plain, it.head, it.kind, spec)),
    },
    Row {
        name: "autoscaler",
        about: &[Word::Autoscaler],
        beside: &[
            Word::Minimum,
            Word::Maximum,
            Word::Cpu,
            Word::Memory,
            Word::Replicas,
            Word::ScaleUp,
            Word::ScaleDown,
            Word::Stable,
            Word::Behaviour,
            Word::Period,
            Word::Percent,
            Word::Seconds,
        ],
        signs: "%>",
        example: "HPA: min 2, max 10, CPU 70%",
        read: |it, spec| carried(scaling_words::autoscaler(it.plain, it.head, it.kind, spec)),
    },
    Row {
        name: "rollout",
        about: &[Word::Rolling, Word::Strategy],
        beside: &[
            Word::Unavailable,
            Word::Surge,
            Word::Recreate,
            Word::Seconds,
        ],
        signs: "",
        example: "RollingUpdate: maxUnavailable 25%, maxSurge 25%",
        read: |it, spec| carried(scaling_words::rollout(it.plain, spec)),
    },
    Row {
        name: "replicas",
        about: &[Word::Replicas],
        beside: &[Word::Minimum, Word::Exactly],
        signs: "",
        example: "Replicas: 2",
        read: |it, spec| carried(scaling_words::replicas(it.plain, it.head, spec)),
    },
    Row {
        name: "how it runs and ends",
        about: &[Word::Schedule],
        beside: &[
            Word::Zone,
            Word::Overlap,
            Word::Retries,
            Word::Deadline,
            Word::Grace,
            Word::Drain,
            Word::Seconds,
        ],
        signs: "",
        example: "Graceful shutdown: 60s",
        read: |it, spec| carried(running_words::read(it.text, it.plain, it.kind, spec)),
    },
    Row {
        name: "resources",
        about: &[Word::Resources, Word::Requests, Word::Limits],
        beside: &[Word::Cpu, Word::Memory],
        signs: "",
        example: "Resources: requests 256Mi/250m, limits 512Mi/500m",
        read: |it, spec| carried(resources(it.plain, it.head, spec)),
    },
    Row {
        name: "probes",
        about: &[Word::Probes, Word::Liveness, Word::Readiness, Word::Startup],
        beside: &[
            Word::Period,
            Word::Timeout,
            Word::Failures,
            Word::Delay,
            Word::Ports,
            Word::Seconds,
        ],
        signs: "",
        example: "Liveness: `/health` (HTTP, period 30s)",
        read: |it, spec| carried(probes(it.text, it.plain, it.head, spec)),
    },
    Row {
        name: "how far a service reaches",
        about: &[],
        beside: &[Word::Internal, Word::Ports],
        signs: "",
        example: "ClusterIP for the API, LoadBalancer for AudioSocket",
        read: |it, spec| carried(exposures(it.plain, spec)),
    },
    Row {
        name: "annotations and TLS",
        about: &[Word::Annotations, Word::Tls],
        beside: &[],
        signs: "",
        example: "Annotations for nginx",
        read: |it, spec| carried(routing(it.plain, it.head, spec)),
    },
    Row {
        name: "init scripts",
        about: &[Word::Init],
        beside: &[Word::Database],
        signs: "",
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
        beside: &[Word::ConfigMaps, Word::Secrets],
        signs: "",
        example: "Env from ConfigMap and Secrets",
        read: |it, _| {
            let named = || it.text.codes().map(|(code, _)| code.to_owned()).collect();
            it.head
                .has(Word::Environment)
                .then(|| Meaning::Environment(named()))
        },
    },
    Row {
        name: "volume claim",
        about: &[Word::Claim],
        beside: &[],
        signs: "",
        example: "PVC: 10Gi",
        read: |it, spec| carried(storage(it.plain, it.head, spec)),
    },
    Row {
        name: "ports",
        about: &[Word::Ports],
        beside: &[],
        signs: "",
        example: "Port: 8080 (API), 9092 (AudioSocket)",
        read: |it, spec| carried(ports(it.plain, it.head, spec)),
    },
    Row {
        name: "image",
        about: &[Word::Image],
        beside: &[],
        signs: "",
        example: "Image: `registry.example.com/app:1.2`",
        read: |it, spec| carried(image(it.text, it.head, spec)),
    },
    Row {
        name: "monitoring",
        about: &[Word::Retention, Word::Alerts],
        beside: &[],
        signs: "",
        example: "Retention: 15d",
        read: |it, spec| carried(watched(it.plain, spec)),
    },
    Row {
        name: "what every manifest has",
        about: &[],
        beside: &[
            Word::AntiAffinity,
            Word::Security,
            Word::ServiceAccount,
            Word::NetworkPolicy,
            Word::ServiceMonitor,
            Word::Provisioning,
            Word::Headless,
        ],
        signs: "",
        example: "Anti-affinity",
        read: |it, _| carried(always(it.plain)),
    },
];

fn carried(meaning: Option<String>) -> Option<Meaning> {
    meaning.map(Meaning::Carried)
}

/// Returns what the first rule makes of a text that leaves nothing of it, or several of its
/// clauses; else what the first that reads some of it leaves.
pub(super) fn read(
    text: &Inline,
    of: About<'_>,
    beyond: Beyond,
    vocabulary: &Vocabulary,
) -> Result<Found, Option<Left>> {
    let left = match whole(text, of, beyond, vocabulary) {
        Err(left) => left,
        found => return found,
    };
    let mut clauses = clauses(text).into_iter();
    let mut all: Option<Found> = None;
    let read = clauses.len() > 1
        && clauses.all(|clause| {
            let Ok(found) = whole(&clause, of, beyond, vocabulary) else {
                return false;
            };
            match (&mut all, found.meaning) {
                (None, meaning) => all = Some(Found { meaning, ..found }),
                (Some(all), Meaning::Carried(meaning)) => {
                    all.spec.merge(found.spec);
                    match &mut all.meaning {
                        Meaning::Carried(before) => before.push_str(&format!("; {meaning}")),
                        Meaning::Environment(_)
                        | Meaning::InitScripts
                        | Meaning::Heading
                        | Meaning::Unread => return false,
                    }
                }
                // These are answered from the facts, one at a time.
                (
                    Some(_),
                    Meaning::Environment(_)
                    | Meaning::InitScripts
                    | Meaning::Heading
                    | Meaning::Unread,
                ) => return false,
            }
            true
        });
    all.filter(|_| read).ok_or(left)
}

/// Returns what the first rule makes of a text that leaves nothing of it.
fn whole(
    text: &Inline,
    of: About<'_>,
    beyond: Beyond,
    vocabulary: &Vocabulary,
) -> Result<Found, Option<Left>> {
    let routed = (of.kind == Some(FileKind::Ingress)).then_some(&ROUTED);
    let mut left = None;
    for row in routed.into_iter().chain(ROWS) {
        let Some((meaning, spec)) = row.asked(text, of.kind, vocabulary) else {
            continue;
        };
        let beside = left::Beside {
            vocabulary,
            meanings: &[row.about, row.beside].concat(),
            signs: row.signs,
            path: of.path,
            words: beyond == Beyond::Words,
        };
        let word = left::first(text, &beside, |text| row.asked(text, of.kind, vocabulary));
        let rule = row.name;
        match word {
            None => {
                return Ok(Found {
                    rule,
                    meaning,
                    spec,
                });
            }
            Some(word) => left = left.or(Some(Left { rule, word })),
        }
    }
    Err(left)
}

impl Row {
    /// Returns what the rule makes of a text.
    fn asked(
        &self,
        text: &Inline,
        kind: Option<FileKind>,
        vocabulary: &Vocabulary,
    ) -> Option<(Meaning, Spec)> {
        let plain = text.plain();
        let plain = Phrase::new(&plain, vocabulary);
        let asked = Asked {
            text,
            plain,
            head: head(plain),
            kind,
        };
        let mut spec = Spec::default();
        Some(((self.read)(asked, &mut spec)?, spec))
    }
}

/// Returns what stands between a text's commas and semicolons; those in brackets part nothing.
fn clauses(text: &Inline) -> Vec<Inline> {
    let empty = Inline {
        parts: Vec::new(),
        ..text.clone()
    };
    let mut all = vec![empty.clone()];
    let mut depth = 0_usize;
    for part in &text.parts {
        let Part::Text(words) = part else {
            all.iter_mut()
                .last()
                .into_iter()
                .for_each(|last| last.parts.push(part.clone()));
            continue;
        };
        let pieces = words.value.split(|letter: char| {
            match letter {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && matches!(letter, ',' | ';')
        });
        for (at, piece) in pieces.enumerate() {
            if at > 0 {
                all.push(empty.clone());
            }
            let piece = Part::Text(Spanned {
                value: piece.to_owned(),
                span: words.span.clone(),
            });
            all.iter_mut()
                .last()
                .into_iter()
                .for_each(|last| last.parts.push(piece.clone()));
        }
    }
    all
}

/// Returns which rule reads each bullet, nested ones after theirs; or that none does, and what is
/// close to it.
pub(in crate::resolve) fn explain(
    bullets: &[Bullet],
    of: About<'_>,
    vocabulary: &Vocabulary,
) -> Vec<BulletRule> {
    let mut all = Vec::new();
    for bullet in bullets {
        all.push(one(bullet, of, vocabulary));
        let below = of.below(&bullet.text, vocabulary);
        all.extend(explain(&bullet.children, below, vocabulary));
    }
    all
}

fn one(bullet: &Bullet, of: About<'_>, vocabulary: &Vocabulary) -> BulletRule {
    let text = &bullet.text;
    let (rule, left) = match read(text, of, Beyond::Nothing, vocabulary) {
        Ok(found) => (Some(found.rule), None),
        Err(_) if !bullet.children.is_empty() && is_heading(text, vocabulary) => {
            (Some("a heading for what is below it"), None)
        }
        Err(left) => (None, left),
    };
    let said = |left: Left| {
        let Left { rule, word } = left;
        format!("the rule “{rule}” reads some of it, but not “{word}”")
    };
    BulletRule {
        text: text.source.clone(),
        rule,
        close: match rule {
            Some(_) => None,
            None => left.map(said).or_else(|| close(text, vocabulary)),
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
    use super::{Beyond, ROWS, explain, read};
    use crate::checklist::parse;
    use crate::resolve::bullets::About;
    use crate::resolve::target::FileKind;
    use crate::vocabulary::Vocabulary;

    const ABOUT: About<'_> = About {
        kind: Some(FileKind::Deployment),
        path: "k8s/a/deployment.yml",
    };

    /// Checks which rule reads a bullet below a Deployment, and what is close where none does.
    #[track_caller]
    fn check(bullet: &str, rule: Option<&str>, close: Option<&str>) {
        let text =
            format!("# Phase 1: A\n\n## 1.1 B\n\n- [ ] `k8s/a/deployment.yml`:\n  - {bullet}\n");
        let words = Vocabulary::default();
        let parsed = parse("phase-01-a.md", &text, &words).expect("a checklist");
        let task = parsed.checklist.tasks().next().expect("a task");
        let found = explain(&task.bullets, ABOUT, &words);
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
            let read = read(bullet, ABOUT, Beyond::Nothing, &words);
            let name = read.map(|found| found.rule).ok();
            assert_eq!(name, Some(row.name), "{}", row.example);
        }
    }

    #[test]
    fn a_bullet_that_no_rule_reads_has_what_is_close() {
        check("Replicas: 2 (min)", Some("replicas"), None);
        check(
            "Replicas: 2 on weekdays",
            None,
            Some("reads some of it, but not “weekdays”"),
        );
        check("Resources: plenty", None, Some("requests 256Mi/250m"));
        check("Replcas: 2", None, Some("did you mean `replicas`?"));
        check("Mind the phase of the moon", None, None);
    }
}
