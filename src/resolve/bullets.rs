//! Nested bullets → [`Spec`]: each is read by the word before its colon, or by the words in it.
//!
//! A bullet that nothing here reads is left to a person; nothing is dropped in silence.

use std::fmt::Write as _;

use crate::checklist::{Bullet, Inline};

use super::amounts;
use super::application::Exposure;
use super::ingress;
use super::probe_words;
use super::quantity;
use super::spec::{Amounts, ExposureSpec, Spec};
use super::target::FileKind;
use super::words::{Word, find, has, mentions, tells, words};
use super::{running_words, scaling_words};

/// What a bullet was understood as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Carried over into the spec; says as what.
    Carried(String),
    /// The environment comes from maps and Secrets.
    Environment,
    /// Scripts that set a data base up.
    InitScripts,
    /// A heading for the bullets below it.
    Heading,
    /// Nothing reads it.
    Unread,
}

/// A bullet with its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReadBullet<'c> {
    pub(super) text: &'c Inline,
    pub(super) meaning: Meaning,
}

/// Returns every bullet read, nested ones after theirs, and takes what they ask into the spec; the
/// file's kind is what a bullet is about that doesn't say it. Those of an Ingress have words of
/// their own.
pub(super) fn read_all<'c>(
    bullets: &'c [Bullet],
    kind: Option<FileKind>,
    spec: &mut Spec,
) -> Vec<ReadBullet<'c>> {
    let mut all = Vec::new();
    for bullet in bullets {
        let mut own = Spec::default();
        let routed = if kind == Some(FileKind::Ingress) {
            ingress::read_bullet(&bullet.text, &mut own)
        } else {
            None
        };
        let mut meaning = match routed {
            Some(meaning) => Meaning::Carried(meaning),
            None => read(&bullet.text, kind, &mut own),
        };
        if meaning == Meaning::Unread && !bullet.children.is_empty() && is_heading(&bullet.text) {
            meaning = Meaning::Heading;
        }
        spec.merge(own);
        all.push(ReadBullet {
            text: &bullet.text,
            meaning,
        });
        all.extend(read_all(
            &bullet.children,
            about(&bullet.text).or(kind),
            spec,
        ));
    }
    all
}

/// Returns what the bullets below a text are about, where it says so.
fn about(text: &Inline) -> Option<FileKind> {
    let plain = text.plain();
    let scales = ["hpa", "autoscal", "автоскейл", "автомасштаб", "behavio"];
    mentions(&plain, &scales).then_some(FileKind::Hpa)
}

/// Returns whether a text only names what follows below it.
fn is_heading(text: &Inline) -> bool {
    let plain = text.plain();
    let named = find(&plain, HEADINGS).is_some() || about(text).is_some();
    plain.trim_end().ends_with(':') && named
}

const HEADINGS: &[Word] = &[
    Word::Resources,
    Word::Probes,
    Word::Liveness,
    Word::Readiness,
    Word::Ports,
    Word::Environment,
    Word::Annotations,
    Word::Paths,
    Word::Requests,
    Word::Limits,
];

/// Returns what one text asks for. The first rule that reads it wins.
pub(super) fn read(text: &Inline, kind: Option<FileKind>, spec: &mut Spec) -> Meaning {
    let plain = text.plain();
    let head = head(&plain);
    let carried = scaling_words::read(&plain, head, kind, spec)
        .or_else(|| running_words::read(text, &plain, kind, spec))
        .or_else(|| resources(&plain, head, spec))
        .or_else(|| probes(text, &plain, head, spec))
        .or_else(|| exposures(&plain, spec))
        .or_else(|| routing(&plain, head, spec));
    if let Some(meaning) = carried {
        return Meaning::Carried(meaning);
    }
    if has(head, Word::Init) {
        spec.init_scripts = true;
        return Meaning::InitScripts;
    }
    if has(head, Word::Environment) {
        return Meaning::Environment;
    }
    storage(&plain, head, spec)
        .or_else(|| ports(&plain, head, spec))
        .or_else(|| image(text, head, spec))
        .or_else(|| watched(&plain, spec))
        .or_else(|| always(&plain))
        .map_or(Meaning::Unread, Meaning::Carried)
}

/// Returns what stands before the colon, or the whole text.
fn head(plain: &str) -> &str {
    match plain.split_once(':') {
        Some((head, _)) if words(head).count() <= 4 => head,
        Some(_) | None => plain,
    }
}

fn resources(plain: &str, head: &str, spec: &mut Spec) -> Option<String> {
    find(head, &[Word::Resources, Word::Requests, Word::Limits])?;
    let (requests, limits) = amounts::resources(plain);
    if requests == limits && requests == Amounts::default() {
        return None;
    }
    let show = |amounts: &Amounts| {
        let both = [amounts.cpu.as_deref(), amounts.memory.as_deref()];
        both.into_iter().flatten().collect::<Vec<_>>().join("/")
    };
    let meaning = format!("requests {}, limits {}", show(&requests), show(&limits));
    spec.requests = requests;
    spec.limits = limits;
    Some(
        meaning
            .replace("requests , ", "")
            .trim_end_matches(", limits ")
            .to_owned(),
    )
}

fn probes(text: &Inline, plain: &str, head: &str, spec: &mut Spec) -> Option<String> {
    let liveness = has(head, Word::Liveness);
    let readiness = has(head, Word::Readiness);
    let startup = has(head, Word::Startup);
    let both = has(head, Word::Probes) && !liveness && !readiness && !startup;
    if !(liveness || readiness || startup || both) {
        return None;
    }
    let probe = probe_words::read(text, plain)?;
    let asked = [
        (liveness || both, "liveness", &mut spec.liveness),
        (readiness || both, "readiness", &mut spec.readiness),
        (startup, "startup", &mut spec.startup),
    ];
    let mut names = Vec::new();
    for (wanted, name, slot) in asked {
        if wanted {
            *slot = Some(probe.clone());
            names.push(name);
        }
    }
    Some(format!(
        "{} {}",
        names.join(" and "),
        probe_words::describe(&probe)
    ))
}

/// Reads `ClusterIP for the API, NodePort/LoadBalancer for AudioSocket`.
fn exposures(plain: &str, spec: &mut Spec) -> Option<String> {
    let mut meanings = Vec::new();
    for clause in plain.split([',', ';']) {
        let mut alternatives = Vec::new();
        let mut rest = Vec::new();
        for word in words(clause) {
            match word.to_lowercase().as_str() {
                "clusterip" => alternatives.push(Exposure::Cluster),
                "nodeport" => alternatives.push(Exposure::NodePort),
                "loadbalancer" => alternatives.push(Exposure::LoadBalancer),
                lower if FILLERS.contains(&lower) || tells(lower, Word::Ports) => {}
                _ => rest.push(word),
            }
        }
        if alternatives.is_empty() {
            continue;
        }
        let node_port = alternatives
            .contains(&Exposure::NodePort)
            .then(|| rest.iter().find_map(|word| word.parse::<u16>().ok()))
            .flatten();
        rest.retain(|word| word.parse::<u16>().is_err());
        let port = rest.last().map(|word| (*word).to_owned());
        let mut meaning = format!("{alternatives:?}");
        if let Some(number) = node_port {
            // Writing to a `String` can't fail.
            let _ = write!(meaning, " {number}");
        }
        if let Some(port) = &port {
            let _ = write!(meaning, " for {port}");
        }
        meanings.push(meaning);
        spec.exposures.push(ExposureSpec {
            alternatives,
            port,
            node_port,
        });
    }
    (!meanings.is_empty()).then(|| format!("service {}", meanings.join(", ")))
}

/// Words that name no port.
const FILLERS: &[&str] = &[
    "for",
    "the",
    "of",
    "and",
    "or",
    "type",
    "service",
    "services",
    "internal",
    "external",
    "headless",
    "для",
    "и",
    "или",
    "тип",
    "сервис",
    "внутренних",
    "внешних",
    "внутренний",
    "внешний",
    "та",
    "або",
    "і",
    "сервіс",
    "внутрішніх",
    "зовнішніх",
    "внутрішній",
    "зовнішній",
];

fn routing(plain: &str, head: &str, spec: &mut Spec) -> Option<String> {
    if has(head, Word::Annotations) {
        let lower = plain.to_lowercase();
        let known = ["nginx", "traefik"]
            .into_iter()
            .filter(|name| lower.contains(name));
        spec.controllers = known.map(str::to_owned).collect();
        return Some(format!("annotations {}", spec.controllers.join(", ")));
    }
    if has(head, Word::Tls) {
        spec.tls = true;
        return Some("TLS ends at the Ingress".to_owned());
    }
    None
}

/// Reads what is asked of Prometheus: `Retention: 15d`, `Alert rules`.
fn watched(plain: &str, spec: &mut Spec) -> Option<String> {
    if has(plain, Word::Retention)
        && let Some(kept) = retention(plain)
    {
        let meaning = format!("samples kept for {kept}");
        spec.monitoring.retention = Some(kept);
        return Some(meaning);
    }
    if has(plain, Word::Alerts) {
        spec.monitoring.alerts = true;
        return Some("alert rules".to_owned());
    }
    None
}

/// Returns a length of time as Prometheus writes it (`15d`, `2w`, `15 дней`).
fn retention(plain: &str) -> Option<String> {
    let lower = plain.to_lowercase();
    let start = lower.find(|character: char| character.is_ascii_digit())?;
    let rest = lower.get(start..)?;
    let end = rest.find(|character: char| !character.is_ascii_digit())?;
    let (number, rest) = rest.split_at_checked(end)?;
    let unit = rest.trim_start();
    let units = [
        ("h", &["h", "час", "годин"][..]),
        ("w", &["w", "недел", "тиж"]),
        ("y", &["y", "год", "лет", "рок", "рік"]),
        ("d", &["d", "дн", "ден", "сут", "доб"]),
    ];
    let (unit, _) = units
        .iter()
        .find(|(_, stems)| stems.iter().any(|stem| unit.starts_with(stem)))?;
    Some(format!("{number}{unit}"))
}

fn storage(plain: &str, head: &str, spec: &mut Spec) -> Option<String> {
    find(head, &[Word::Claim])?;
    let amount = quantity::bytes(plain)?;
    spec.claim = Some(amount.clone());
    Some(format!("volume claim {amount}"))
}

/// Reads `8080 (API), 9092 (AudioSocket)`.
fn ports(plain: &str, head: &str, spec: &mut Spec) -> Option<String> {
    find(head, &[Word::Ports])?;
    let list = plain.split_once(':').map_or(plain, |(_, list)| list);
    for item in list.split([',', ';']) {
        let Some(number) = words(item).find_map(|word| word.parse::<u16>().ok()) else {
            continue;
        };
        let label = words(item)
            .filter(|word| word.parse::<u16>().is_err())
            .find(|word| find(word, &[Word::Ports]).is_none())
            .map(str::to_owned);
        spec.ports.push((number, label));
    }
    let numbers: Vec<String> = spec
        .ports
        .iter()
        .map(|(number, _)| number.to_string())
        .collect();
    (!numbers.is_empty()).then(|| format!("ports {}", numbers.join(", ")))
}

fn image(text: &Inline, head: &str, spec: &mut Spec) -> Option<String> {
    find(head, &[Word::Image])?;
    let (code, _) = text.codes().next()?;
    spec.image = Some(code.to_owned());
    Some(format!("image {code}"))
}

/// Reads what every written manifest has anyway.
fn always(plain: &str) -> Option<String> {
    const KNOWN: &[(&[&str], &str)] = &[
        (
            &[
                "anti-affinity",
                "antiaffinity",
                "podantiaffinity",
                "анти-афф",
                "антиафф",
                "анти-аф",
            ],
            "anti-affinity",
        ),
        (
            &[
                "securitycontext",
                "non-root",
                "nonroot",
                "runasnonroot",
                "read-only",
            ],
            "security context",
        ),
        (&["serviceaccount"], "service account"),
        (&["networkpolicy", "network-policy"], "network policy"),
        (&["servicemonitor"], "service monitor"),
        (
            &["dashboard", "дашборд", "datasource", "provision"],
            "provisioning",
        ),
        (&["headless"], "headless service"),
    ];
    let (_, meaning) = KNOWN.iter().find(|(stems, _)| mentions(plain, stems))?;
    Some((*meaning).to_owned())
}
