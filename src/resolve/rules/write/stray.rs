//! Which words behind a path ask for something: what neither names the file or what it holds, nor
//! was read by a rule.
//!
//! Strict on purpose: a word that isn't known here may ask for anything. Names of services, ports
//! and keys are known from the facts, which are looked at later (`told_names`).

use std::path::Path;
use std::sync::LazyLock;

use crate::vocabulary::{Meanings, Phrase, UNITS, Vocabulary, Word, numeral, words};

use super::super::super::bullets;
use super::super::super::probe_words::PROBES;
use super::super::super::slug::alike;
use super::super::super::subjects::named_product;
use super::super::super::target::{self, FileKind, Target};
use super::super::{Line, expect, ticket};
use super::pieces::{Token, brackets, joins_some, tokens};

/// What bullets' rules read, figures' units with it.
static READ: LazyLock<Vec<Word>> = LazyLock::new(|| {
    let read = bullets::known().filter(|it| !ASKING.contains(it));
    let units = UNITS.iter().copied();
    read.chain(units).chain([Word::Reference]).collect()
});

/// What bullets' rules know and a line asks for beside what it was read as: TLS and annotations are
/// an Ingress's, data bases and headless Services lie in files of their own.
const ASKING: &[Word] = &[Word::Annotations, Word::Tls, Word::Database, Word::Headless];

/// What a rule reads by its letters.
const LITERAL: &[&str] = &[
    "clusterip",
    "nodeport",
    "loadbalancer",
    "http",
    "https",
    "tcp",
    "udp",
    "exec",
    "get",
    "prometheus.io",
    "nginx",
    "traefik",
    "haproxy",
    "cert-manager",
    "let's",
    "let’s",
    "encrypt",
    "letsencrypt",
    "r",
    "rps",
    "rpm",
    "rph",
];

/// Words that only join or lead to others.
const JOINING: &[Word] = &[
    Word::Plain,
    Word::Article,
    Word::And,
    Word::With,
    Word::Purpose,
];

/// What makes even a purpose ask for something: `for production only`.
const DEMANDS: &[Word] = &[
    Word::Demand,
    Word::Environments,
    Word::Exactly,
    Word::Negation,
    Word::Tls,
];

/// Words for kinds of objects, beside their own names.
pub(super) const KINDS: [(Word, FileKind); 10] = [
    (Word::Namespace, FileKind::Namespace),
    (Word::Secrets, FileKind::Secrets),
    (Word::ConfigMaps, FileKind::ConfigMap),
    (Word::Services, FileKind::Service),
    (Word::Entry, FileKind::Ingress),
    (Word::Autoscaler, FileKind::Hpa),
    (Word::Disruption, FileKind::Pdb),
    (Word::NetworkPolicy, FileKind::NetworkPolicy),
    (Word::ServiceAccount, FileKind::ServiceAccount),
    (Word::Schedule, FileKind::CronJob),
];

/// What marks a path that settings or secrets are taken from, among the words that ask for something.
pub(in crate::resolve) const SOURCE: &str = "from ";

/// What a program shows, and no program of its own.
const SHOWN: [&str; 5] = ["api", "ui", "rest", "grpc", "graphql"];

/// What is spoken at a port, where its name is to tell that.
const PROTOCOL: &str = "grpc";

/// Whose ports those of a pod are.
const CONTAINER: [&str; 3] = ["container", "контейнер", "контейнера"];

/// What a `DaemonSet` runs on each of.
const NODE: &str = "node";

/// How a text is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// A rule read it.
    Read,
    /// No rule did; it may name the file and what it holds.
    Named,
    /// No rule did, and what it names stands beside what was named already.
    Beside,
}

/// Returns the words of a text that ask for something, as written; code spans are one each.
pub(super) fn strays(line: &Line<'_>, target: &Target, text: &str, known: Known) -> Vec<String> {
    let mut all = Vec::new();
    let segments = if known == Known::Read {
        vec![text.to_owned()]
    } else {
        brackets(text)
    };
    for segment in segments {
        let joined = joins_some(&segment, line.vocabulary);
        let beside = known == Known::Beside || known == Known::Named && joined;
        let reader = Reader {
            line,
            target,
            known,
            beside,
            several: if known == Known::Read {
                several(&segment, line.vocabulary)
            } else {
                Vec::new()
            },
            segment: Phrase::new(&segment, line.vocabulary),
            each_node: target.kind == FileKind::DaemonSet
                && Phrase::new(&segment, line.vocabulary).has(Word::Machines),
        };
        all.extend(reader.strays());
    }
    all
}

fn is_file(text: &str) -> bool {
    target::is_path(text) || expect::is_file(text)
}

/// Returns the words without which a text no more tells what it takes several to tell.
fn several(text: &str, vocabulary: &Vocabulary) -> Vec<String> {
    let phrase = Phrase::new(text, vocabulary);
    let all: Vec<&str> = words(text).collect();
    let alone = |meaning| all.iter().any(|word| vocabulary.tells(word, meaning));
    let told = READ.iter().chain(bullets::known_of_ingress()).copied();
    let told: Vec<Word> = told.filter(|it| phrase.has(*it) && !alone(*it)).collect();
    let needed = |at: usize| {
        let rest: Vec<&str> = all
            .iter()
            .enumerate()
            .filter(|it| it.0 != at)
            .map(|it| *it.1)
            .collect();
        let rest = rest.join(" ");
        told.iter()
            .any(|it| !Phrase::new(&rest, vocabulary).has(*it))
    };
    let words = all.iter().enumerate().filter(|(at, _)| needed(*at));
    words.map(|(_, word)| (*word).to_owned()).collect()
}

struct Reader<'a, 'c> {
    line: &'a Line<'c>,
    target: &'a Target,
    known: Known,
    /// Whether programs that are named are more than one.
    beside: bool,
    /// Words that tell something only together: `rate limit`.
    several: Vec<String>,
    segment: Phrase<'a>,
    /// Whether it says of a `DaemonSet` that it runs on each node.
    each_node: bool,
}

impl Reader<'_, '_> {
    fn strays(&self) -> Vec<String> {
        let mut all = Vec::new();
        // Behind `for`, a purpose is told.
        let mut purpose = false;
        let tokens = tokens(self.segment.text());
        let mut named = false;
        for (at, token) in tokens.iter().enumerate() {
            let next = tokens.get(at + 1);
            if std::mem::take(&mut named) {
                continue;
            }
            if let Some(asked) = self.names_another(*token, tokens.get(at + 1..)) {
                all.extend(asked);
                named = true;
                continue;
            }
            if self.holds_values() && !purpose && is_file(token.text()) {
                all.push(format!("{SOURCE}{}", token.text()));
                continue;
            }
            if next.is_some_and(|next| self.leads_to_source(*token, next)) {
                continue;
            }
            let stray = match *token {
                Token::Code(code) => self.is_stray_code(code, purpose).then_some(code),
                Token::Word(word) => {
                    if self.leads_away(word, next) {
                        purpose = true;
                        continue;
                    }
                    self.is_stray(word, purpose).then_some(word)
                }
            };
            all.extend(stray.map(str::to_owned));
        }
        all
    }

    /// Returns the words by which an object is to be called otherwise than it is: `name shop-svc`,
    /// `Deployment gateway` of what is the tracker.
    fn names_another(&self, token: Token<'_>, behind: Option<&[Token<'_>]>) -> Option<Vec<String>> {
        let Token::Word(word) = token else {
            return None;
        };
        let (next, _) = behind?.split_first()?;
        // Of a namespace that is its name.
        if self.known == Known::Read || self.target.kind == FileKind::Namespace {
            return None;
        }
        let told = self.line.vocabulary.told_by(word).alone;
        let told_next = self.line.vocabulary.told_by(next.text()).alone;
        let called = told.has(Word::Called) && !told_next.meets(Meanings::of(JOINING));
        let shown = SHOWN.contains(&next.text().to_lowercase().as_str());
        let kind = target::kind_named(word).is_some() || told.has(Word::Deployed);
        let titled = kind && told_next.has(Word::Part) && next.text().is_ascii() && !shown;
        match (called || titled, self.is_called(next.text())) {
            (true, false) => Some(vec![word.to_owned(), next.text().to_owned()]),
            (true, true) if called => Some(Vec::new()),
            (true | false, _) => None,
        }
    }

    /// Returns whether a text is the name of what the file is about.
    fn is_called(&self, name: &str) -> bool {
        let path = self.target.path.as_str();
        let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
        let own = self.target.name.as_deref() == Some(name);
        own || stem.split('/').any(|part| part == name)
    }

    /// Returns whether the file holds values, which may be taken from another file.
    fn holds_values(&self) -> bool {
        matches!(self.target.kind, FileKind::Secrets | FileKind::ConfigMap)
    }

    /// Returns whether a word leads to the path of what settings or secrets are taken from, which
    /// the facts are asked about.
    fn leads_to_source(&self, token: Token<'_>, next: &Token<'_>) -> bool {
        let Token::Word(word) = token else {
            return false;
        };
        let leads = [Word::Reference, Word::From, Word::With];
        let told = self.line.vocabulary.told_by(word).alone;
        let leads = self.holds_values() && told.meets(Meanings::of(&leads));
        leads && is_file(next.text()) && !self.leads_away(word, Some(next))
    }

    /// Returns whether what stands behind a word is a purpose, or only referred to.
    fn leads_away(&self, word: &str, next: Option<&Token<'_>>) -> bool {
        let told = self.line.vocabulary.told_by(word).alone;
        let of_values = self.holds_values();
        let for_what = self.known != Known::Read && told.has(Word::Purpose) && !of_values;
        let refers = |next: &Token<'_>| {
            let document = Path::new(next.text()).extension();
            let document = document.is_some_and(|it| it == "md") && !told.has(Word::From);
            is_file(next.text()) && (!of_values || document)
        };
        for_what || told.has(Word::Reference) && next.is_some_and(refers)
    }

    fn is_stray_code(&self, code: &str, purpose: bool) -> bool {
        let file = target::is_path(code) || expect::is_file(code);
        let own = self.own(code) && (!code.is_ascii() || self.is_part(code));
        self.known != Known::Read && !(purpose && file) && !own
    }

    fn is_stray(&self, word: &str, purpose: bool) -> bool {
        let told = self.line.vocabulary.told_by(word).alone;
        let digit = word.starts_with(|letter: char| letter.is_ascii_digit());
        let figure = digit || numeral(word).is_some();
        if self.own(word) || self.is_aside(word) {
            return false;
        }
        if self.each_node && (told.has(Word::Around) || word.starts_with(NODE)) {
            return false;
        }
        if told.has(Word::Headless) && self.target.kind == FileKind::Service {
            return true;
        }
        if self.target.kind == FileKind::Service && self.asks_for_protocol(word) {
            return true;
        }
        if told.has(Word::Exactly) && self.narrows(word) {
            return true;
        }
        // Whether nothing is left out of the maps is told by what is written.
        if told.has(Word::Everything) && self.target.kind == FileKind::ConfigMap {
            return true;
        }
        if self.known == Known::Read {
            let path = self.segment.text().contains(&format!("/{word}")) && self.probes();
            return !(figure || path || self.was_read(word, told));
        }
        let above = self.target.kind == FileKind::Kustomization && told.has(Word::Above);
        if above {
            return true;
        }
        if purpose {
            // A host isn't what a way in is for.
            let host = self.target.kind == FileKind::Ingress && word.contains('.');
            return host || digit || told.meets(Meanings::of(DEMANDS));
        }
        let kept = if matches!(self.target.kind, FileKind::Secrets | FileKind::ConfigMap) {
            told.has(Word::Blank)
        } else {
            let shown = SHOWN.contains(&word.to_lowercase().as_str());
            told.has(Word::Part) && (!self.beside || shown)
        };
        let harmless = kept || self.joins(told) || self.names_kind(word, told);
        !harmless || self.is_compound(word)
    }

    /// Returns whether a word leaves out what isn't named (`DB password only`), or whom it isn't for
    /// (`for portal only`); that a template has placeholders only is so anyhow.
    fn narrows(&self, narrowing: &str) -> bool {
        let blank = |word: &str| {
            let told = self.line.vocabulary.told_by(word).alone;
            word == narrowing || told.has(Word::Blank) || self.joins(told)
        };
        if self.holds_values() {
            return !words(self.segment.text()).all(blank);
        }
        let leads = matches!(self.target.kind, FileKind::Service | FileKind::Ingress);
        leads && self.segment.has(Word::Purpose)
    }

    /// Returns whether a word asks for what is spoken at a Service's port, and isn't what a port is
    /// called: `9082 (grpc)`.
    fn asks_for_protocol(&self, word: &str) -> bool {
        const JOINED: [char; 5] = [' ', '(', '`', ':', '='];
        if !word.eq_ignore_ascii_case(PROTOCOL) {
            return false;
        }
        let names_port = self
            .segment
            .text()
            .split_once(word)
            .is_some_and(|(before, behind)| {
                let digit = |it: char| it.is_ascii_digit();
                self.known == Known::Read
                    && (before.trim_end_matches(JOINED).ends_with(digit)
                        || behind.trim_start_matches(JOINED).starts_with(digit))
            });
        !names_port
    }

    /// Returns whether a word only begins with one that is harmless: `catalog-svc`, `web-blue`.
    fn is_compound(&self, word: &str) -> bool {
        let several = word.contains(['-', '_', '.']);
        let kinds = KINDS.iter().map(|(word, _)| *word);
        let known = [Word::Part, Word::Blank, Word::Guide, Word::Deployed];
        let known: Vec<Word> = JOINING.iter().copied().chain(known).chain(kinds).collect();
        several && target::kind_named(word).is_none() && !self.line.vocabulary.is_form(word, &known)
    }

    fn joins(&self, told: Meanings) -> bool {
        let guides = self.target.kind == FileKind::Readme && told.has(Word::Guide);
        told.meets(Meanings::of(JOINING)) || guides
    }

    /// Returns whether a rule that read the text knows the word.
    fn was_read(&self, word: &str, told: Meanings) -> bool {
        let routed = self.target.kind == FileKind::Ingress;
        let lower = word.to_lowercase();
        told.meets(Meanings::of(&READ))
            || LITERAL.contains(&lower.as_str())
            || CONTAINER.contains(&lower.as_str()) && self.segment.has(Word::Ports)
            || self.several.iter().any(|it| it == word)
            || self.joins(told)
            // A Service's port is called by any word.
            || told.has(Word::Part)
                && !self.is_about()
                && (self.target.kind != FileKind::Service || SHOWN.contains(&lower.as_str()))
            || self.names_kind(word, told)
            || routed && (told.meets(Meanings::of(bullets::known_of_ingress())) || word.contains('.'))
    }

    /// Returns whether a text is one of the path's names as it stands.
    fn is_part(&self, text: &str) -> bool {
        let path = self.target.path.as_str();
        let mut parts = path.split(['/', '.']);
        let is = |part: &str| part.eq_ignore_ascii_case(text);
        parts.any(|part| is(part) || part.split(['-', '_']).any(is))
    }

    /// Returns whether a word is one of the path's.
    fn own(&self, word: &str) -> bool {
        let path = self.target.path.as_str();
        let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
        let parts = words(stem).flat_map(|it| it.split(['-', '_', '.']));
        let mut parts = parts.filter(|it| target::kind_named(it).is_none());
        // Another product may be called nearly so: PostGIS isn't all of `postgres`.
        if self.is_about() || named_product(&word.to_lowercase()).is_some() {
            return parts.any(|it| it.eq_ignore_ascii_case(word));
        }
        parts.any(|it| alike(it, word))
    }

    /// Returns whether a word only numbers a ticket (`OPS-17`) or names somebody (`@olha`).
    fn is_aside(&self, word: &str) -> bool {
        let named = word
            .chars()
            .all(|it| it.is_alphabetic() || "-_.".contains(it));
        let somebody = named && self.segment.text().contains(&format!("@{word}"));
        somebody || ticket::is_ticket(self.line.plain, word)
    }

    /// Whether it says what dashboards or alerts are about, whose things the application's folder may
    /// be called like.
    fn is_about(&self) -> bool {
        let about = [Word::Provisioning, Word::Alerts];
        self.segment.find(&about).is_some()
    }

    /// Whether it says something of probes, which have a path.
    fn probes(&self) -> bool {
        self.segment.find(&PROBES).is_some()
    }

    /// Returns whether a word is the kind of what lies in the file.
    fn names_kind(&self, word: &str, told: Meanings) -> bool {
        let kind = self.target.kind;
        let holds = |named: FileKind| {
            // Whether it has a Service, the facts tell.
            let beside = [FileKind::ServiceAccount, FileKind::NetworkPolicy];
            let any = kind == FileKind::Whole && named.runs_pods();
            named == kind || any || kind.runs_pods() && beside.contains(&named)
        };
        let mut said = KINDS
            .iter()
            .filter(|(word, _)| told.has(*word))
            .map(|it| it.1);
        target::kind_named(word).is_some_and(holds) || said.any(holds)
    }
}
