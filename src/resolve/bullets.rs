//! Nested bullets → [`Spec`]: each is read by the word before its colon, or by the words in it.
//!
//! A bullet that nothing here reads, or of which something is left that says more than what is
//! read, is a person's; nothing is dropped in silence.

mod explain;
mod left;
mod rows;
#[cfg(test)]
mod tests;
mod whole;

pub(super) use explain::explain;
pub(super) use rows::{known, known_of_ingress};
pub(super) use whole::{Beyond, clauses};

use crate::checklist::{Bullet, Form, Inline};
use crate::facts::{Protocol, image as reference};

use super::amounts;
use super::ports;
use super::probe_words;
use super::quantity;
use super::spec::{Amounts, PortSpec, Spec};
use super::target::FileKind;
use crate::vocabulary::{Meanings, Phrase, Vocabulary, Word, words};

/// What a bullet was understood as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Carried over into the spec; says as what.
    Carried(String),
    /// The environment comes from maps and Secrets; holds what it names of them.
    Environment(Vec<String>),
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
    /// What it asks of the file; whether that is written is known later (`kept`).
    pub(super) asks: Box<Spec>,
}

/// What a bullet is about that doesn't say it.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    /// The kind of the file, or of what the bullet stands below.
    pub(super) kind: Option<FileKind>,
    /// The path of the file.
    pub(super) path: &'a str,
}

impl About<'_> {
    /// Returns what the bullets below a text are about.
    fn below(self, text: &Inline, vocabulary: &Vocabulary) -> Self {
        let kind = about(text, vocabulary).or(self.kind);
        Self { kind, ..self }
    }
}

/// Returns every bullet read, nested ones after theirs, and takes what they ask into the spec.
/// Those of an Ingress have words of their own.
pub(super) fn read_all<'c>(
    bullets: &'c [Bullet],
    of: About<'_>,
    vocabulary: &Vocabulary,
    spec: &mut Spec,
) -> Vec<ReadBullet<'c>> {
    let mut all = Vec::new();
    for bullet in bullets {
        let (mut meaning, asks) = if is_readable(bullet) {
            read(&bullet.text, of, Beyond::Nothing, vocabulary)
        } else {
            (Meaning::Unread, Spec::default())
        };
        spec.merge(asks.clone());
        if meaning == Meaning::Unread
            && !bullet.children.is_empty()
            && is_heading(&bullet.text, vocabulary)
        {
            meaning = Meaning::Heading;
        }
        all.push(ReadBullet {
            text: &bullet.text,
            meaning,
            asks: Box::new(asks),
        });
        let below = of.below(&bullet.text, vocabulary);
        all.extend(read_all(&bullet.children, below, vocabulary, spec));
    }
    all
}

/// Returns whether the rules may read a bullet: what is struck through was taken back, and what a
/// quote, a table or code says isn't known.
pub(super) fn is_readable(bullet: &Bullet) -> bool {
    bullet.form != Form::Block && !bullet.text.is_struck()
}

/// Returns what the bullets below a text are about, where it says so.
fn about(text: &Inline, vocabulary: &Vocabulary) -> Option<FileKind> {
    let plain = text.plain();
    let scales = Phrase::new(&plain, vocabulary).find(&[Word::Autoscaler, Word::Behaviour]);
    scales.map(|_| FileKind::Hpa)
}

/// Returns whether a text only names what follows below it.
fn is_heading(text: &Inline, vocabulary: &Vocabulary) -> bool {
    let plain = text.plain();
    let named = Phrase::new(&plain, vocabulary).find(HEADINGS).is_some();
    let named = named || about(text, vocabulary).is_some();
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

/// Returns what one text is read as, and what it asks for. The first rule that reads all of it
/// wins.
pub(super) fn read(
    text: &Inline,
    of: About<'_>,
    beyond: Beyond,
    vocabulary: &Vocabulary,
) -> (Meaning, Spec) {
    match whole::read(text, of, beyond, vocabulary) {
        Ok(found) => (found.meaning, found.spec),
        Err(_) => (Meaning::Unread, Spec::default()),
    }
}

/// Returns what stands before the colon, or the whole text.
fn head(plain: Phrase<'_>) -> Phrase<'_> {
    let head = plain.before(':');
    if head.words().count() <= 4 {
        head
    } else {
        plain
    }
}

fn resources(
    plain: Phrase<'_>,
    head: Phrase<'_>,
    kind: Option<FileKind>,
    spec: &mut Spec,
) -> Option<String> {
    // `requests per second 100` of an autoscaler are other requests.
    if matches!(
        kind,
        Some(FileKind::Hpa | FileKind::Pdb | FileKind::Service | FileKind::Ingress)
    ) {
        return None;
    }
    let named = || {
        head.find(&[Word::Resources, Word::Requests, Word::Limits])?;
        amounts::resources(plain)
    };
    let (requests, limits) = amounts::pair(plain).or_else(named)?;
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

fn probes(text: &Inline, plain: Phrase<'_>, head: Phrase<'_>, spec: &mut Spec) -> Option<String> {
    let liveness = head.has(Word::Liveness);
    let readiness = head.has(Word::Readiness);
    let startup = head.has(Word::Startup);
    let both = head.has(Word::Probes) && !liveness && !readiness && !startup;
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

fn routing(plain: Phrase<'_>, head: Phrase<'_>, spec: &mut Spec) -> Option<String> {
    if head.has(Word::Annotations) {
        let lower = plain.text().to_lowercase();
        let known = ["nginx", "traefik"]
            .into_iter()
            .filter(|name| lower.contains(name));
        spec.controllers = known.map(str::to_owned).collect();
        return Some(format!("annotations {}", spec.controllers.join(", ")));
    }
    // A probe over HTTPS is none of the way in's.
    if head.has(Word::Tls) && head.find(&probe_words::PROBES).is_none() {
        spec.tls = true;
        return Some("TLS ends at the Ingress".to_owned());
    }
    None
}

/// Reads what is asked of Prometheus: `Retention: 15d`, `Alert rules`.
fn watched(plain: Phrase<'_>, spec: &mut Spec) -> Option<String> {
    if plain.has(Word::Retention)
        && let Some(kept) = retention(plain)
    {
        let meaning = format!("samples kept for {kept}");
        spec.monitoring.retention = Some(kept);
        return Some(meaning);
    }
    if plain.has(Word::Alerts) {
        spec.monitoring.alerts = true;
        return Some("alert rules".to_owned());
    }
    None
}

/// Returns a length of time as Prometheus writes it (`15d`, `2w`, `15 дней`).
fn retention(plain: Phrase<'_>) -> Option<String> {
    let lower = plain.text().to_lowercase();
    let start = lower.find(|character: char| character.is_ascii_digit())?;
    let rest = lower.get(start..)?;
    let end = rest.find(|character: char| !character.is_ascii_digit())?;
    let (number, rest) = rest.split_at_checked(end)?;
    let unit = rest.trim_start();
    let unit: String = unit.chars().take_while(|it| it.is_alphabetic()).collect();
    let units = [
        ("y", Word::Years),
        ("w", Word::Weeks),
        ("d", Word::Days),
        ("h", Word::Hours),
    ];
    let told = |meaning| plain.vocabulary().tells(&unit, meaning);
    let (unit, _) = units.iter().find(|(_, meaning)| told(*meaning))?;
    Some(format!("{number}{unit}"))
}

fn storage(plain: Phrase<'_>, head: Phrase<'_>, spec: &mut Spec) -> Option<String> {
    head.find(&[Word::Claim])?;
    // Where it is mounted is the Compose file's to say.
    if plain
        .text()
        .split_whitespace()
        .any(|it| it.starts_with('/'))
    {
        return None;
    }
    let amount = quantity::bytes(plain)?;
    spec.claim = Some(amount.clone());
    let once = plain.has(Word::ReadWriteOnce);
    spec.always.extend(once.then_some(Word::ReadWriteOnce));
    Some(format!("volume claim {amount}"))
}

/// Returns the parts of an item that words like `and` join, each with a number of its own where
/// there are several: not those of `5672 and the management port`.
fn joined(item: Phrase<'_>) -> Option<Vec<&str>> {
    let text = item.text();
    let (mut parts, mut begin, mut end) = (Vec::new(), 0, 0);
    for word in words(text) {
        let at = text.get(end..)?.find(word)? + end;
        end = at + word.len();
        if item.vocabulary().tells(word, Word::And) {
            parts.extend(text.get(begin..at));
            begin = end;
        }
    }
    parts.extend(text.get(begin..));
    let is_number = |word: &&str| word.parse::<u16>().is_ok();
    let one = |part: &&str| words(part).filter(is_number).count() == 1;
    (parts.len() == 1 || parts.iter().all(one)).then_some(parts)
}

/// Whether an item of a list of ports may be one: it says so, or begins with a number that ports have
/// and goes on with what they are called, not with what is counted (`100 rps`).
fn may_be_port(item: Phrase<'_>) -> bool {
    /// Below it, a number is more likely a count.
    const LOWEST: u16 = 20;
    /// From there on nothing but ports is numbered so.
    const FREE: u16 = 1024;
    // `port 80, target port 8080` has one, which leads to the other.
    let mut all = words(item.text());
    if all.any(|it| it.eq_ignore_ascii_case("target")) {
        return false;
    }
    let mut words = words(item.text());
    let first = words.next().map(str::parse::<u16>);
    let Some(Ok(number)) = first else {
        return item.has(Word::Ports) || words_alone(item);
    };
    let next = words.next();
    let named = next.is_none_or(|it| {
        let bracketed = item.text().contains('(');
        bracketed || ports::is_name(it) || item.with(it).has(Word::Ports)
    });
    let protocol = next.is_some_and(|it| {
        ["tcp", "udp"]
            .iter()
            .any(|known| it.eq_ignore_ascii_case(known))
    });
    number >= LOWEST && (named || protocol || number >= FREE) || item.has(Word::Ports)
}

/// Whether an item has no number at all: a word between ports.
fn words_alone(item: Phrase<'_>) -> bool {
    let mut all = words(item.text());
    !all.any(|it| it.contains(|letter: char| letter.is_ascii_digit()))
}

/// What a number counts that is none of a port.
const NO_PORTS: [Word; 12] = [
    Word::Replicas,
    Word::Period,
    Word::Timeout,
    Word::Delay,
    Word::Failures,
    Word::Seconds,
    Word::Minutes,
    Word::Hours,
    Word::Days,
    Word::Percent,
    Word::Cpu,
    Word::Memory,
];

/// Reads `8080 (API), 9092 (AudioSocket)`, `5672 and 15672`.
fn ports(plain: Phrase<'_>, head: Phrase<'_>, spec: &mut Spec) -> Option<String> {
    head.find(&[Word::Ports])?;
    let whole = plain.text();
    if let Some((service, number)) = ports::pair(whole) {
        spec.ports.push(PortSpec::led(service, number));
        return Some(format!("port {service} of the Service to {number}"));
    }
    let list = whole.split_once(':').map_or(whole, |(_, list)| list);
    let items = list.split([',', ';']).map(|item| joined(plain.with(item)));
    let items: Option<Vec<Vec<&str>>> = items.collect();
    for item in items?.into_iter().flatten() {
        // `Service (3 replicas, port 80)` has one port, and so has `port 80, every 10 s`.
        if plain.with(item).find(&NO_PORTS).is_some() || !may_be_port(plain.with(item)) {
            return None;
        }
        let Some(number) = words(item).find_map(|word| word.parse::<u16>().ok()) else {
            continue;
        };
        let is = |name: &str| words(item).any(|word| word.eq_ignore_ascii_case(name));
        let protocol = match (is("tcp"), is("udp")) {
            (true, false) => Some(Protocol::Tcp),
            (false, true) => Some(Protocol::Udp),
            (false, false) => None,
            (true, true) => return None,
        };
        let named = |word: &&str| {
            let known = [Word::Ports, Word::Idle, Word::Plain];
            let joins = plain.with(word).find(&known).is_some();
            let protocol = ["tcp", "udp"]
                .iter()
                .any(|it| word.eq_ignore_ascii_case(it));
            let number = word.parse::<u16>().is_ok();
            ports::is_name(word) || !(joins || protocol || number)
        };
        let label = words(item).find(named).map(str::to_owned);
        let encrypted = label
            .as_ref()
            .is_some_and(|it| it.eq_ignore_ascii_case("https"));
        if encrypted && !ports::is_encrypted(number) {
            return None;
        }
        spec.ports.push(PortSpec {
            number,
            label,
            protocol,
            service: None,
        });
    }
    let numbers: Vec<String> = spec
        .ports
        .iter()
        .map(|port| match port.protocol {
            Some(Protocol::Udp) => format!("{}/UDP", port.number),
            Some(Protocol::Tcp) | None => port.number.to_string(),
        })
        .collect();
    (!numbers.is_empty()).then(|| format!("ports {}", numbers.join(", ")))
}

/// Reads an image, or the tag that the service's own is to have: `Image: registry.example.com/app:1.2`,
/// `Version: 1.4`. What is said of images beside (`imagePullSecrets`) is something else.
fn image(text: &Inline, head: Phrase<'_>, spec: &mut Spec) -> Option<String> {
    const ALLOWED: &[Word] = &[Word::Image, Word::Article, Word::Called, Word::Plain];
    head.find(&[Word::Image])?;
    let (code, _) = text.codes().next()?;
    let plain = text.plain();
    let before = plain.split(code).next().unwrap_or_default();
    let vocabulary = head.vocabulary();
    let allowed = |word: &str| {
        let told = vocabulary.told_by(word).alone;
        told.meets(Meanings::of(ALLOWED)) || WRAPPED.contains(&word.to_lowercase().as_str())
    };
    if !words(before).all(allowed) {
        return None;
    }
    if is_version(code) {
        spec.version = Some(code.to_owned());
        return Some(format!("version {code}"));
    }
    if !reference::is_reference(code) {
        return None;
    }
    spec.image = Some(code.to_owned());
    Some(format!("image {code}"))
}

/// What an image is of, in so many words.
const WRAPPED: [&str; 4] = ["docker", "container", "докер", "контейнера"];

/// Returns whether a text is a version or a tag that begins with one: `1.4.2`, `v2`, `16-alpine`.
fn is_version(text: &str) -> bool {
    let figures = text.strip_prefix('v').unwrap_or(text);
    let word = |it: char| it.is_ascii_alphanumeric() || "._-".contains(it);
    figures.starts_with(|it: char| it.is_ascii_digit()) && figures.chars().all(word)
}

/// Reads what manifests have without being asked.
fn always(plain: Phrase<'_>, spec: &mut Spec) -> Option<String> {
    const KNOWN: &[(Word, &str)] = &[
        (Word::AntiAffinity, "anti-affinity"),
        (Word::Security, "security context"),
        (Word::ServiceAccount, "service account"),
        (Word::NetworkPolicy, "network policy"),
        (Word::ServiceMonitor, "service monitor"),
        (Word::Provisioning, "provisioning"),
        (Word::Headless, "headless service"),
        (Word::ReadWriteOnce, "for one node at a time"),
    ];
    let named = || KNOWN.iter().filter(|(word, _)| plain.has(*word));
    let (_, meaning) = named().next()?;
    spec.always = named().map(|(word, _)| *word).collect();
    Some((*meaning).to_owned())
}
