//! The rules over bullets: rows of one table. In which order they are asked, and what they may leave
//! of a text, is `whole`'s business.

use crate::checklist::Inline;

use super::super::ingress;
use super::super::probe_words::PROBES;
use super::super::spec::Spec;
use super::super::target::FileKind;
use super::super::{exposure_words, running_words, scaling_words};
use super::{Meaning, always, head, image, ports, probes, resources, routing, storage, watched};
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
    pub(super) name: &'static str,
    /// Words that make a bullet one of this rule's, though it may not read it.
    pub(super) about: &'static [Word],
    /// What other words tell that may stand in a bullet of this rule's.
    pub(super) beside: &'static [Word],
    /// Signs that may stand there.
    pub(super) signs: &'static str,
    /// How a bullet is written that it reads.
    pub(super) example: &'static str,
    read: fn(Asked<'_>, &mut Spec) -> Option<Meaning>,
}

/// The rule over the bullets of an Ingress, asked before all others.
pub(super) const ROUTED: Row = Row {
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
            Word::Pods,
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
            Word::Pods,
            Word::From,
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
        beside: &[Word::Minimum, Word::Exactly, Word::Pods],
        signs: "",
        example: "Replicas: 2",
        read: |it, spec| carried(scaling_words::replicas(it.plain, it.head, it.kind, spec)),
    },
    Row {
        name: "how it runs and ends",
        about: &[Word::Schedule],
        beside: &[
            Word::Zone,
            Word::Overlap,
            Word::Retries,
            Word::Attempts,
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
        read: |it, spec| carried(resources(it.plain, it.head, it.kind, spec)),
    },
    Row {
        name: "probes",
        about: &PROBES,
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
        read: |it, spec| carried(exposure_words::read(it.plain, spec)),
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
        beside: &[Word::ReadWriteOnce],
        signs: "",
        example: "PVC: 10Gi",
        read: |it, spec| carried(storage(it.plain, it.head, spec)),
    },
    Row {
        name: "ports",
        about: &[Word::Ports],
        beside: &[],
        signs: "→>",
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
            Word::ReadWriteOnce,
        ],
        signs: "",
        example: "Anti-affinity",
        read: |it, spec| carried(always(it.plain, spec)),
    },
];

fn carried(meaning: Option<String>) -> Option<Meaning> {
    meaning.map(Meaning::Carried)
}

/// Returns what words tell that the rules know, those over the bullets of an Ingress aside.
pub(in crate::resolve) fn known() -> impl Iterator<Item = Word> {
    let words = |row: &'static Row| row.about.iter().chain(row.beside);
    ROWS.iter().flat_map(words).copied()
}

/// Returns what words tell that the rule over the bullets of an Ingress knows.
pub(in crate::resolve) fn known_of_ingress() -> &'static [Word] {
    ROUTED.beside
}

impl<'a> Asked<'a> {
    /// A text as the rules look at it, with its plain form; one for all rules.
    pub(super) fn of(
        text: &'a Inline,
        plain: &'a str,
        kind: Option<FileKind>,
        vocabulary: &'a Vocabulary,
    ) -> Self {
        let plain = Phrase::new(plain, vocabulary);
        Self {
            text,
            plain,
            head: head(plain),
            kind,
        }
    }
}

impl Row {
    /// Returns what the rule makes of a text.
    pub(super) fn asked(&self, asked: Asked<'_>) -> Option<(Meaning, Spec)> {
        let mut spec = Spec::default();
        Some(((self.read)(asked, &mut spec)?, spec))
    }
}
